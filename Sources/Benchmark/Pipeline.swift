import Detection
import Dispatch
import Domain
import FoundationEssentials
import Raster
import Synchronization
import Synthesis

/// From a GeoTIFF of a volcano's surroundings to P_max, picture and alert not included: what `fringewatch scan` does with a file.
struct Pipeline {
    let detector: VolcanoDetector

    func pMax(of file: URL) throws -> Double {
        switch try detector.assess([try crop(file)])[0].result {
        case .scored(let finding): return finding.pMax.value
        case .notAssessable: return 0
        }
    }

    private func crop(_ file: URL) throws -> VolcanoCrop {
        let tiff = try GeoTIFFFile(file, threads: detector.threads)
        let phase = try tiff.read(as: .wrappedPhase)
        let centre = GeoPoint(
            latitude: phase.geometry.latitude(y: Double(phase.height) / 2), longitude: phase.geometry.longitude(x: Double(phase.width) / 2))
        guard let centre else { throw BenchmarkError.place(file.path) }
        return VolcanoCrop(phase: phase, coherence: nil, summit: centre)
    }

    /// Wrapped phase of synthetic scenes, 0.5 x 0.5 degrees, named by their numbers. As in an archive, few show deformation: one in fifty.
    static func writeScenes(_ folder: URL, count: Int) throws -> Int {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var recipe = SceneRecipe()
        recipe.kinds[.deformation] = 0.01
        let generator = SceneGenerator(recipe: recipe, side: 500, seed: 5)
        let failure = Mutex<(any Error)?>(nil)
        DispatchQueue.concurrentPerform(iterations: count) { index in
            do { try write(generator.scene(index), index, to: folder) } catch { failure.withLock { $0 = error } }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        return count
    }

    private static func write(_ scene: SyntheticScene, _ index: Int, to folder: URL) throws {
        let geometry = GridGeometry(width: 500, height: 500, west: 14, north: 0.25, pixelWidth: 0.001, pixelHeight: 0.001)
        let name = "\(100_000 + index).geo.diff_pha.tif"
        try GeoTIFF.write(RasterGrid(geometry: geometry, values: scene.phase), to: folder.appending(path: name), as: .float32Deflate)
    }
}
