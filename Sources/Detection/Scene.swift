import Domain
import Raster

/// A crop made ready for the network: grey levels, and what every patch of them holds.
struct Scene {
    let crop: VolcanoCrop
    let quality: Quality
    /// At least as large as a patch; the crop lies in its upper left corner.
    let image: GreyImage
    let valid: [Bool]
    private let validCounts: SummedArea
    private let edgeCounts: SummedArea

    init(_ crop: VolcanoCrop, quality: Quality, side: Int, edges settings: EdgeSettings) {
        self.crop = crop
        self.quality = quality
        image = GreyImage(crop.phase, atLeast: side)
        valid = image.valid
        validCounts = SummedArea(valid, width: image.width, height: image.height)
        edgeCounts = SummedArea(
            CannyEdges(settings: settings).edges(of: image), width: image.width, height: image.height)
    }

    /// A patch before the network has seen it.
    struct GatedPatch {
        let origin: PatchOrigin
        let validShare: Double
        /// Why the network does not see it; nil where it does.
        let verdict: JudgedPatch.Outcome?
    }

    func patches(side: Int, stride: Int, settings: DetectionSettings) -> [GatedPatch] {
        PatchGrid.origins(width: image.width, height: image.height, side: side, stride: stride).map { origin in
            let valid = validCounts.count(y: origin.y, x: origin.x, side: side)
            let edges = edgeCounts.count(y: origin.y, x: origin.x, side: side)
            let share = Double(valid) / Double(side * side)
            let verdict: JudgedPatch.Outcome? =
                share < settings.leastPatchValidShare || valid == 0
                ? .withoutData : Double(edges) < settings.leastEdgeShare * Double(valid) ? .withoutEdges : nil
            return GatedPatch(origin: origin, validShare: share, verdict: verdict)
        }
    }

    /// Values of the padded image on the crop's own grid, NaN where the phase has no data.
    func onCropGrid(_ values: [Float]) -> RasterGrid {
        var grid = RasterGrid(
            geometry: crop.phase.geometry, values: [Float](repeating: .nan, count: crop.phase.width * crop.phase.height)
        )
        grid.values.withUnsafeMutableBufferPointer { target in
            for y in 0..<crop.phase.height {
                let (from, to) = (y * image.width, y * crop.phase.width)
                for x in 0..<crop.phase.width where valid[from + x] { target[to + x] = values[from + x] }
            }
        }
        return grid
    }
}
