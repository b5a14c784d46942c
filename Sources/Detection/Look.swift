import Domain
import Raster

/// What the network saw in one scene, read as a finding.
struct Look {
    let scene: Scene
    private let patches: [JudgedPatch]
    private let side: Int
    private let threads: Int
    /// Denser patches for the place of a flagged scene; nil where those for P_max do.
    var placePatches: [JudgedPatch]?
    /// On the crop's grid, NaN without data.
    let probability: RasterGrid
    /// The greatest probability of any pixel with data.
    let pMax: Double
    private let merge: GaussianMerge

    /// - Parameter threads: how many share the merging.
    init(scene: Scene, patches: [JudgedPatch], side: Int, threads: Int) {
        self.scene = scene
        self.patches = patches
        self.side = side
        self.threads = threads
        merge = GaussianMerge(patches, side: side, width: scene.image.width, height: scene.image.height, threads: threads)
        let (map, greatest) = merge.probability(on: scene.image, width: scene.phase.width, height: scene.phase.height)
        probability = RasterGrid(geometry: scene.phase.geometry, values: map).onGrid(ofDataIn: scene.crop.phase)
        pMax = min(1, Double(greatest))
    }

    /// False where no patch had enough data to be judged.
    var hasPatches: Bool { patches.contains { $0.outcome != .withoutData } }

    func finding(motionFrom: Double) throws(DetectionError) -> Finding {
        let geometry = scene.phase.geometry
        let spot = self.spot
        let countsMotion = self.pMax >= motionFrom
        // Without any probability there is no place: the summit, where the reader looks anyway.
        let place = try spot.map { spot throws(DetectionError) in try point(geometry, spot) } ?? scene.crop.summit
        guard let pMax = Probability(pMax) else { throw .offTheEarth(geometry) }
        return Finding(
            pMax: pMax, place: place, distance: scene.crop.summit.distance(to: place),
            bearing: scene.crop.summit.bearing(to: place),
            areaAbove50: area(above: 0.5), areaAbove80: area(above: 0.8),
            motion: countsMotion ? spot.flatMap(motion) : nil, quality: scene.quality, patches: patchCounts)
    }

    /// Counted on the crop's own pixels.
    private func motion(at spot: HotSpot) -> LineOfSightMotion? {
        let (crop, square) = (scene.crop.phase, scene.phase)
        return FringeCount.motion(
            crop, y: spot.y * Double(crop.height) / Double(square.height), x: spot.x * Double(crop.width) / Double(square.width))
    }

    private var spot: HotSpot? {
        let merge =
            placePatches.map { GaussianMerge($0, side: side, width: scene.image.width, height: scene.image.height, threads: threads) }
            ?? self.merge
        return HotSpot(merge.support, on: scene.image)
    }

    private func point(_ geometry: GridGeometry, _ spot: HotSpot) throws(DetectionError) -> GeoPoint {
        let longitude = geometry.longitude(x: spot.x)
        // A crop across the 180th meridian goes on beyond it.
        let wrapped = longitude > 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude
        guard let point = GeoPoint(latitude: geometry.latitude(y: spot.y), longitude: wrapped) else {
            throw .offTheEarth(geometry)
        }
        return point
    }

    /// Square kilometres with data and a greater probability.
    private func area(above limit: Float) -> Double {
        guard pMax > Double(limit) else { return 0 }
        return probability.values.withUnsafeBufferPointer { values in
            (0..<probability.height).reduce(0) { sum, y in
                let pixels = values[y * probability.width..<(y + 1) * probability.width].count { $0 > limit }
                return sum + Double(pixels) * probability.geometry.squareKilometresPerPixel(row: y)
            }
        }
    }

    private var patchCounts: PatchCounts {
        let withoutData = patches.count { $0.outcome == .withoutData }
        let withoutEdges = patches.count { $0.outcome == .withoutEdges }
        return PatchCounts(
            total: patches.count, withoutData: withoutData, withoutEdges: withoutEdges,
            classified: patches.count - withoutData - withoutEdges)
    }
}

extension RasterGrid {
    /// On another one's pixels; NaN where that has no data.
    fileprivate func onGrid(ofDataIn phase: RasterGrid) -> RasterGrid {
        guard geometry != phase.geometry else { return self }
        var result = resampled(onto: phase.geometry)
        for (index, value) in phase.values.enumerated() where value.isNaN { result.values[index] = .nan }
        return result
    }
}
