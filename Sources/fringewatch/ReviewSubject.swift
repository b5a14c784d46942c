import ArgumentParser
import Daemon
import Domain
import Foundation
import Raster
import Volcanoes

/// The volcano that a person means.
func findVolcano(_ text: String) throws -> Volcano {
    let list = try VolcanoList.load(from: try Installation.find().volcanoes)
    switch list.resolve(text) {
    case .found(let volcano): return volcano
    case .ambiguous(let candidates):
        throw ValidationError(
            "\(text) is the name of several volcanoes: \(candidates.map { "\($0.number) \($0.name), \($0.country)" }.joined(separator: "; "))")
    case .unknown(let suggestions):
        let named = suggestions.map { "\($0.number) \($0.name)" }.joined(separator: "; ")
        throw ValidationError("no volcano is called \(printable(text))" + (named.isEmpty ? "" : "; did you mean \(named)?"))
    }
}

func parsedPlace(_ text: String, option: String) throws -> GeoPoint {
    let parts = text.split(separator: ",").compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
    guard parts.count == 2, let place = GeoPoint(latitude: parts[0], longitude: parts[1]) else {
        throw ValidationError("\(option) \(text): write latitude,longitude in degrees, such as \(option)=-0.83,-91.17")
    }
    return place
}

/// Frame and pair from a file's name and folders; nil where they do not tell.
func interferogramID(inPathOf file: URL) -> InterferogramID? {
    let stem = file.lastPathComponent.replacingOccurrences(of: ".geo.diff_pha.tif", with: "").replacingOccurrences(of: ".tif", with: "")
    guard let pair = AcquisitionPair(stem) else { return nil }
    return file.pathComponents.reversed().lazy.compactMap { FrameID($0) }.first.map { InterferogramID(frame: $0, pair: pair) }
}

/// The crop of a wrapped phase round a place, as the bytes of a GeoTIFF.
func cropFile(_ path: String, around place: GeoPoint) throws -> Data {
    do {
        let crop = try GeoTIFFFile(URL(fileURLWithPath: path)).crop(as: .wrappedPhase, around: place)
        guard crop.values.contains(where: { !$0.isNaN }) else { throw ValidationError("\(path) shows nothing round that place") }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fringewatch-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { unlink(folder.appendingPathComponent("crop.tif").path); rmdir(folder.path) }
        try GeoTIFF.write(crop, to: folder.appendingPathComponent("crop.tif"), as: .float32Deflate)
        return try Data(contentsOf: folder.appendingPathComponent("crop.tif"))
    } catch let error as RasterError {
        say("fringewatch: \(error)")
        throw Exit.failure
    }
}
