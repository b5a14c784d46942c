public import Domain
public import Raster

/// One volcano's crop of one interferogram.
public struct VolcanoCrop: Sendable {
    /// Wrapped phase, radians; NaN is no data.
    public let phase: RasterGrid
    /// 0 to 1 on the same grid; nil where none was published.
    public let coherence: RasterGrid?
    public let summit: GeoPoint

    public init(phase: RasterGrid, coherence: RasterGrid?, summit: GeoPoint) {
        self.phase = phase
        self.coherence = coherence
        self.summit = summit
    }
}

/// What the detector says of a crop.
public struct DetectionResult: Sendable {
    public let result: Assessment.Result
    /// The merged probability on the crop's grid, NaN without data; nil where the crop is not assessable.
    public let probability: RasterGrid?
}

/// A crop that cannot be one: a mistake of the caller, not of the data.
public enum DetectionError: Error, Sendable, CustomStringConvertible {
    case differentGrids(phase: GridGeometry, coherence: GridGeometry)
    case offTheEarth(GridGeometry)

    public var description: String {
        switch self {
        case .differentGrids(let phase, let coherence):
            "phase and coherence are on different grids (\(phase), \(coherence)): crop both to the same one"
        case .offTheEarth(let geometry): "the grid \(geometry) does not lie on the Earth"
        }
    }
}

/// The published method (Anantrasirichai et al. 2018): grey scale, half-overlapping patches, Canny gate, CNN, Gaussian
/// merge.
///
/// A value: share one between threads. Its calls take some 0.1 s a crop and block; make them off the cooperative pool.
public struct VolcanoDetector: Sendable {
    public let model: CNNModel
    public let settings: DetectionSettings
    /// How many the network may use at once.
    public let threads: Int

    public init(model: CNNModel, settings: DetectionSettings = DetectionSettings(), threads: Int = 2) {
        self.model = model
        self.settings = settings
        self.threads = threads
    }

    /// - Parameters:
    ///   - phase: wrapped, radians, NaN without data; of any size, smaller than a patch is filled up with no data.
    ///   - coherence: on the same grid.
    /// - Throws: `DetectionError`.
    public func assess(phase: RasterGrid, coherence: RasterGrid?, summit: GeoPoint) throws -> DetectionResult {
        try assess([VolcanoCrop(phase: phase, coherence: coherence, summit: summit)])[0]
    }

    /// Several crops at once, their patches in one batch. Takes about 5 MB for each crop.
    /// - Throws: `DetectionError`.
    public func assess(_ crops: [VolcanoCrop]) throws -> [DetectionResult] {
        let gate = QualityGate(settings: settings)
        var results = [DetectionResult?](repeating: nil, count: crops.count)
        var (scenes, places) = ([Scene](), [Int]())
        for (index, crop) in crops.enumerated() {
            if let coherence = crop.coherence, coherence.geometry != crop.phase.geometry {
                throw DetectionError.differentGrids(phase: crop.phase.geometry, coherence: coherence.geometry)
            }
            let quality = gate.quality(phase: crop.phase, coherence: crop.coherence)
            if let refusal = gate.refusal(of: crop.phase, quality: quality) {
                results[index] = DetectionResult(result: .notAssessable(refusal), probability: nil)
            } else {
                scenes.append(Scene(crop, quality: quality, side: model.side, step: model.step, edges: settings.edges, threads: threads))
                places.append(index)
            }
        }
        for (index, result) in zip(places, try detect(scenes, gate)) { results[index] = result }
        return results.compactMap { $0 }
    }

    /// Two looks: every scene for P_max, and the flagged ones again, more closely, for the place.
    private func detect(_ scenes: [Scene], _ gate: QualityGate) throws -> [DetectionResult] {
        let first = try judge(scenes, stride: settings.stride, viewsFrom: settings.viewsFrom)
        var looks = zip(scenes, first).map { Look(scene: $0, patches: $1, side: model.side, threads: threads) }
        let flagged = looks.indices.filter { looks[$0].pMax >= settings.flaggedFrom }
        let second = try judge(
            flagged.map { scenes[$0] }, stride: settings.placeStride, viewsFrom: .infinity, known: flagged.map { first[$0] })
        for (index, patches) in zip(flagged, second) { looks[index].placePatches = patches }
        return try looks.map { look in
            guard look.hasPatches else {
                return DetectionResult(
                    result: .notAssessable(gate.refusalForEmptyPatches(quality: look.scene.quality)), probability: nil)
            }
            return DetectionResult(result: .scored(try look.finding(motionFrom: settings.motionFrom)), probability: look.probability)
        }
    }

    /// Each scene's patches, gated and classified; all scenes' patches in one batch.
    /// - Parameter known: patches of the same scenes that need no second run.
    private func judge(_ scenes: [Scene], stride: Int, viewsFrom: Double, known: [[JudgedPatch]] = []) throws -> [[JudgedPatch]] {
        let aligned = max(model.step, stride / model.step * model.step)
        let gated = scenes.map { $0.patches(side: model.side, stride: aligned, settings: settings) }
        var outcomes: [[PatchOrigin: JudgedPatch.Outcome]] = scenes.indices.map { scene in
            guard known.indices.contains(scene) else { return [:] }
            return Dictionary(uniqueKeysWithValues: known[scene].map { ($0.origin, $0.outcome) })
        }
        let open = gated.indices.flatMap { scene in
            gated[scene].filter { $0.verdict == nil && outcomes[scene][$0.origin] == nil }.map {
                (image: scene, origin: $0.origin)
            }
        }
        let probabilities = try model.probabilities(of: open, in: scenes.map(\.image), viewsFrom: viewsFrom, threads: threads)
        for (patch, probability) in zip(open, probabilities) {
            outcomes[patch.image][patch.origin] = .classified(probability: probability)
        }
        return gated.indices.map { scene in
            gated[scene].compactMap { patch in
                (patch.verdict ?? outcomes[scene][patch.origin]).map {
                    JudgedPatch(origin: patch.origin, validShare: patch.validShare, outcome: $0)
                }
            }
        }
    }
}
