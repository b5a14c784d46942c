import Catalogue
import Detection
import Domain
import FoundationEssentials
import Raster

/// The crops of one interferogram, ready for the detector.
struct CropReading: Sendable {
    struct Entry: Sendable {
        let volcano: Volcano
        let crop: VolcanoCrop
    }

    let entries: [Entry]
    /// Why the coherence was not used, if it was not.
    let coherenceProblem: String?

    /// Reads both files once, on so many threads, and cuts out every volcano whose summit lies in the image. Blocks.
    /// - Throws: `RasterError` for the phase. Coherence that cannot be read is left out: the phase is what decides.
    init(phase: URL, coherence: URL?, volcanoes: [Volcano], threads: Int) throws {
        let file = try GeoTIFFFile(phase, threads: threads)
        let inside = volcanoes.filter { file.geometry.holds($0.summit) }
        let summits = inside.map(\.summit)
        let phases = try file.crops(as: .wrappedPhase, around: summits)
        var coherences: [RasterGrid?] = inside.map { _ in nil }
        var problem: String?
        if let coherence {
            do throws(RasterError) {
                coherences = try GeoTIFFFile(coherence, threads: threads).crops(as: .coherence, around: summits)
            } catch {
                problem = "\(error)"
            }
        }
        entries = zip(inside, zip(phases, coherences)).map { volcano, grids in
            Entry(volcano: volcano, crop: VolcanoCrop(phase: grids.0, coherence: grids.1, summit: volcano.summit))
        }
        coherenceProblem = problem
    }
}

extension GridGeometry {
    func holds(_ point: GeoPoint) -> Bool {
        (0..<Double(width)).contains(column(longitude: point.longitude)) && (0..<Double(height)).contains(row(latitude: point.latitude))
    }
}
