import CPixels
import Domain
import Raster

/// A crop made ready for the network: grey levels, and what every patch of them holds.
struct Scene {
    let crop: VolcanoCrop
    let quality: Quality
    /// At least as large as a patch; the crop lies in its upper left corner.
    let image: GreyImage
    private let edges: EdgeMap

    /// - Parameter threads: how many share the rows.
    init(_ crop: VolcanoCrop, quality: Quality, side: Int, step: Int, edges settings: EdgeSettings, threads: Int) {
        self.crop = crop
        self.quality = quality
        image = GreyImage(crop.phase, atLeast: side, step: step, threads: threads)
        edges = CannyEdges(settings: settings).edges(of: image, threads: threads)
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
            let valid = image.levels.withUnsafeBytes {
                pixels_count($0.square(at: origin, side: side, width: image.width), image.width, Int32(side), GreyImage.noData)
            }
            let share = Double(valid) / Double(side * side)
            let verdict: JudgedPatch.Outcome? =
                if share < settings.leastPatchValidShare || valid == 0 {
                    .withoutData
                } else {
                    edges.holds(settings.leastEdgeShare * Double(valid), at: origin, side: side) ? nil : .withoutEdges
                }
            return GatedPatch(origin: origin, validShare: share, verdict: verdict)
        }
    }
}
