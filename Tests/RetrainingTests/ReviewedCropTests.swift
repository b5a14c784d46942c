import Domain
import FoundationEssentials
import MapPicture
import Raster
import Retraining
import Testing
import Training

final class ReviewedCropTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "reviewed-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: folder) }

    private func write(_ name: String) throws {
        let geometry = GridGeometry(width: 40, height: 40, west: -91, north: 0, pixelWidth: 0.001, pixelHeight: 0.001)
        let grid = RasterGrid(geometry: geometry, values: (0..<1600).map { Float($0 % 60) / 10 - 3 })
        try FileManager.default.createDirectory(at: folder.appending(path: name).deletingLastPathComponent(), withIntermediateDirectories: true)
        try GeoTIFF.write(grid, to: folder.appending(path: name), as: .float32Deflate)
    }

    private func table(_ lines: String...) throws {
        let heading = "file,verdict,volcano,episode,place_latitude,place_longitude,why"
        try Data(([heading] + lines).joined(separator: "\n").utf8).write(to: folder.appending(path: "verdicts.csv"))
    }

    @Test func `an export is read with its places, an unsure verdict is left out`() throws {
        for name in ["a.tif", "b.tif"] { try write(name) }
        try table(
            "a.tif,deformation,353050,353050-20240101-abcde,-0.01,-90.99,\"said \"\"yes\"\", twice\"", "b.tif,atmosphere,,,,,", "c.tif,unsure,,,,,")
        let crops = try ReviewedCrop.read(folder)
        #expect(crops.map(\.name) == ["a.tif", "b.tif"] && crops.map(\.isDeformation) == [true, false])
        #expect(crops[0].volcano == "353050" && crops[0].episode == "353050-20240101-abcde")
        #expect(crops[0].place == GeoPoint(latitude: -0.01, longitude: -90.99) && crops[1].place == nil)
        #expect(crops[1].volcano == "b.tif", "what names no volcano stands for itself")
        #expect(abs(crops[0].centre.latitude + 0.02) < 1e-9)
    }

    @Test(arguments: [
        ("a.tif,maybe,,,,,", "'maybe' is no verdict"), ("../a.tif,other,,,,,", "is no file of this folder"), (",other,,,,,", "is no file"),
        ("a.tif,other,,,91,0,", "is no place"), ("a.tif,other", "2 fields, the heading has 7"),
    ])
    func `a wrong line is refused by its number`(line: String, words: String) throws {
        try write("a.tif")
        try table("a.tif,other,,,,,", line)
        let error = #expect(throws: ReviewedFolderError.self) { try ReviewedCrop.read(folder) }
        #expect(error?.description.contains(words) == true && error?.description.contains("line 3") == true, "\(error?.description ?? "")")
    }

    @Test func `two subfolders are a data set too, an empty folder is none, and a file that is gone is an error`() throws {
        #expect(throws: ReviewedFolderError.self) { try ReviewedCrop.read(folder) }
        try write("deformation/a.tif")
        try write("none/b.tif")
        #expect(try ReviewedCrop.read(folder).map(\.isDeformation) == [true, false])
        try table("gone.tif,other,,,,,")
        #expect(throws: RasterError.self) { try ReviewedCrop.read(folder) }
    }

    @Test func `GeoTIFFs alone are crops, PNGs or a manifest are patches, and a mixture is refused`() throws {
        let nothing = #expect(throws: ReviewedFolderError.self) { try JudgedSet(folder: folder, least: 32) }
        #expect(nothing?.description.contains("manifest.csv") == true)
        try write("deformation/a.tif")
        try write("background/b.TIFF")
        let whole = try JudgedSet(folder: folder, least: 32)
        guard case .crops(let crops) = whole else {
            Issue.record("GeoTIFFs alone are crops")
            return
        }
        #expect(crops.map(\.name) == ["deformation/a.tif", "background/b.TIFF"] && crops.map(\.isDeformation) == [true, false])
        #expect(whole.kind == .crops)

        let picture = GreyPNG(width: 36, height: 36, levels: [UInt8](repeating: 7, count: 36 * 36))
        try picture.encoded().write(to: folder.appending(path: "deformation/c.PNG"))
        let mixed = #expect(throws: ReviewedFolderError.self) { try JudgedSet(folder: folder, least: 32) }
        #expect(mixed?.description.contains("manifest.csv") == true)

        try Data("file,label,volcano\ndeformation/a.tif,1,Alcedo\ndeformation/c.PNG,0,".utf8).write(to: folder.appending(path: "manifest.csv"))
        let listed = try JudgedSet(folder: folder, least: 32)
        guard case .patches(let some) = listed else {
            Issue.record("a manifest lists patches")
            return
        }
        #expect(some.map(\.group) == ["Alcedo", "c.PNG"] && some.map(\.side) == [40, 36] && listed.kind == .patches)
        #expect(throws: DataError.self) { try JudgedSet(folder: folder, least: 38) }

        try table("none/b.tif,other,,,,,")
        #expect(throws: ReviewedFolderError.self, "verdicts are of crops, whatever else lies there") { try JudgedSet(folder: folder, least: 32) }
    }

    @Test func `PNGs in subfolders are patches`() throws {
        let picture = GreyPNG(width: 36, height: 36, levels: [UInt8](repeating: 7, count: 36 * 36))
        for (index, name) in ["deformation", "none"].enumerated() {
            try FileManager.default.createDirectory(at: folder.appending(path: name), withIntermediateDirectories: true)
            try picture.encoded().write(to: folder.appending(path: "\(name)/\(index).png"))
        }
        guard case .patches(let some) = try JudgedSet(folder: folder, least: 32) else {
            Issue.record("PNGs are patches")
            return
        }
        #expect(some.map(\.label) == [.background, .deformation])
    }

    @Test func `a folder that is not there is said so`() throws {
        let error = #expect(throws: DataError.self) { try JudgedSet(folder: folder.appending(path: "none"), least: 32) }
        #expect(error?.description.contains("does not exist") == true)
    }
}
