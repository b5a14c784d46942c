import CPixels
import Domain
import Raster

/// A crop made ready for the network: grey levels, and what every patch of them holds.
struct Scene {
    let crop: VolcanoCrop
    let quality: Quality
    /// The crop's phase on square pixels: deformation is as wide as it is high, whatever the latitude.
    let phase: RasterGrid
    /// `phase` as the network sees it, in the upper left corner; at least as large as a patch.
    let image: GreyImage
    /// The part of the image that patches cover.
    private let covered: (width: Int, height: Int)
    private let edges: EdgeMap
    /// With steps of 16 pixels a crop is 224, 320, 416 or 512 pixels wide.
    private static let squeezedSteps = 6

    /// - Parameter threads: how many share the rows.
    init(_ crop: VolcanoCrop, quality: Quality, side: Int, step: Int, edges settings: EdgeSettings, threads: Int) {
        self.crop = crop
        self.quality = quality
        phase = crop.phase.resampled(onto: crop.phase.geometry.withSquarePixels)
        covered = (GreyImage.filled(phase.width, side, step), GreyImage.filled(phase.height, side, step))
        // Every latitude has a width of its own: filled up to one of a few, for which the network is ready.
        let isSqueezed = phase.geometry != crop.phase.geometry
        image = GreyImage(phase, atLeast: side, step: isSqueezed ? Self.squeezedSteps * step : step, threads: threads)
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
        PatchGrid.origins(width: covered.width, height: covered.height, side: side, stride: stride).map { origin in
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
