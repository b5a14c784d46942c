import Foundation
import MapPicture
import Raster
import Testing

@testable import Training

/// Where the real chips are; nil where the shared material is absent.
private let realChips: URL? = {
    let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let base =
        ProcessInfo.processInfo.environment["FRINGEWATCH_TEST_DATA"].map { URL(filePath: $0) }
        ?? repository.deletingLastPathComponent().appending(path: "shared/data")
    let folder = base.appending(path: "chips")
    return FileManager.default.fileExists(atPath: folder.appending(path: "manifest.csv").path) ? folder : nil
}()

private func failure(_ folder: URL) -> String {
    do {
        _ = try FolderSource(folder: folder).patches(least: 224)
        return ""
    } catch { return "\(error)" }
}

@Test func `grey pictures come back as they were written`() throws {
    let patch = MadePatches.patch(1, side: 227)
    let read = try GreyPNG(MadePatches.png(patch))
    #expect(read.levels == patch.levels && read.width == 227)
}

@Test func `subfolders give labels, names give groups`() throws {
    let folder = try TemporaryFolder()
    try folder.write(MadePatches.png(MadePatches.patch(0, side: 227)), to: "deformation/etna_044A_20200101_20200113_3.png")
    try folder.write(MadePatches.png(MadePatches.patch(1, side: 227)), to: "none/etna_044A_20200113_20200125_3.png")
    let patches = try FolderSource(folder: folder.url).patches(least: 224)
    #expect(patches.map(\.label) == [.background, .deformation])
    #expect(Set(patches.map(\.group)) == ["etna_044A"])
    #expect(patches[0].side == 227 && patches[0].centre(224) == MadePatches.patch(1, side: 227).crop(224, x: 1, y: 1))
}

@Test func `a manifest gives labels, groups, kinds and figures`() throws {
    let folder = try TemporaryFolder()
    try folder.write(MadePatches.png(MadePatches.patch(0, side: 227)), to: "a.png")
    try folder.write(MadePatches.png(MadePatches.patch(1, side: 227)), to: "b, c.png")
    try folder.write(
        "file,label,volcano,kind,fringes,signal_to_noise,weight\na.png,1,Etna,dyke,2.5,1.5,\n\"b, c.png\",0,Etna,,,,0.5\n", to: "manifest.csv")
    let patches = try FolderSource(folder: folder.url).patches(least: 224)
    #expect(patches.map(\.group) == ["Etna", "Etna"] && patches.map(\.kind) == ["dyke", "none"])
    #expect(patches[0].fringes == 2.5 && patches[0].signalToNoise == 1.5 && patches.map(\.weight) == [1, 0.5])
}

@Test func `GeoTIFFs of wrapped phase are patches too, cut round their middle`() throws {
    let folder = try TemporaryFolder()
    let geometry = GridGeometry(width: 400, height: 360, west: 10, north: 0.2, pixelWidth: 0.001, pixelHeight: 0.001)
    let values = (0..<400 * 360).map { (index: Int) -> Float in Float(index % 400) * 0.015 - 2.999 }
    for name in ["none/a_20200101_20200113.tif", "deformation/b_20200101_20200113.tif"] {
        try folder.write("", to: name)
        try GeoTIFF.write(RasterGrid(geometry: geometry, values: values), to: folder.url.appending(path: name), as: .float32Deflate)
    }
    let patches = try FolderSource(folder: folder.url).patches(least: 224)
    #expect(patches.map(\.side) == [320, 320])
    // The column 40 of the file is the patch's first.
    let cycles = (values[40] + Float.pi) / (2 * Float.pi)
    #expect(patches[0].levels[0] == UInt8((cycles * 256).rounded()))
}

@Test func `at high latitudes chips are shown on square pixels, filled up with no data round them`() throws {
    let folder = try TemporaryFolder()
    let geometry = GridGeometry(width: 240, height: 240, west: 10, north: 60.12, pixelWidth: 0.001, pixelHeight: 0.001)
    // No level is the one of no data.
    let levels = (0..<240 * 240).map { UInt8($0 % 240 / 2) }
    let phase = levels.map { (level: UInt8) -> Float in (Float(level) + 0.1) / 128 * Float.pi - Float.pi }
    try GeoTIFF.write(RasterGrid(geometry: geometry, values: phase), to: folder.url.appending(path: "a.tif"), as: .float32Deflate)
    try folder.write(GreyPNG(width: 240, height: 240, levels: levels).encoded(), to: "b.png")
    try folder.write("file,label,latitude\na.tif,1,\nb.png,1,60\n", to: "manifest.csv")
    let patches = try FolderSource(folder: folder.url).patches(least: 224)
    #expect(patches[0].levels == patches[1].levels, "a GeoTIFF says itself where it lies")
    #expect(patches[0].side == 224)
    let row = patches[0].levels[100 * 224..<101 * 224].map(Int.init)
    #expect(row.filter { $0 != 128 } == (0..<120).map(\.self), "every second of 240 columns")
    #expect(row[52..<172].allSatisfy { $0 != 128 }, "in the middle")
    try folder.write("file,label,latitude\nb.png,1,91\n", to: "manifest.csv")
    #expect(failure(folder.url).contains("latitude is 91.0, expected degrees between -90 and 90"))
}

@Test func `a judged place at high latitudes is found on square pixels`() throws {
    let folder = try TemporaryFolder()
    let geometry = GridGeometry(width: 500, height: 500, west: 10, north: 60.25, pixelWidth: 0.001, pixelHeight: 0.001)
    let phase = (0..<500 * 500).map { (index: Int) -> Float in Float(index % 500) / 500 * 6 - 3 }
    try GeoTIFF.write(RasterGrid(geometry: geometry, values: phase), to: folder.url.appending(path: "a.tif"), as: .float32Deflate)
    try folder.write("file,verdict,column,row\na.tif,deformation,250,250\n", to: "verdicts.csv")
    let patch = try #require(try VerdictSource(folder: folder.url).patches(least: 224).first)
    // 250 columns are left, all of them in the square of 250 round the middle.
    #expect(patch.side == 250)
    let row = patch.levels.prefix(250)
    #expect(row.first ?? 0 < 10 && row.last ?? 0 > 245)
}

@Test func `chips that are too small, damaged or of another kind are named with what to do`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(MadePatches.png(MadePatches.patch(0, side: 100)), to: "deformation/a.png")
    #expect(failure(folder.url).contains("100 x 100 pixels, the network looks at 224 x 224"))
    var data = try MadePatches.png(MadePatches.patch(0, side: 227))
    try data.prefix(data.count / 2).write(to: file)
    #expect(failure(folder.url).contains("truncated"))
    data[data.count / 2] ^= 0xFF
    try data.write(to: file)
    #expect(failure(folder.url).contains("damaged"))
    try Data("GIF89a".utf8).write(to: file)
    #expect(failure(folder.url).contains("no PNG"))
}

@Test(arguments: [
    ("file,label\na.png,perhaps\n", "line 2: label is \"perhaps\""),
    ("file\na.png\n", "no column label"),
    ("file,label\n../a.png,1\n", "a path inside the folder"),
    ("file,label\na.png\n", "line 2: 1 fields"),
    ("file,label,weight\na.png,1,heavy\n", "weight is \"heavy\""),
    ("file,label\n\"a.png,1\n", "no end"),
    ("file,label\nmissing.png,1\n", "missing.png does not exist"),
])
func `a manifest that is wrong is named by its line`(text: String, expected: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(text, to: "manifest.csv")
    #expect(failure(folder.url).contains(expected), "\(failure(folder.url))")
}

@Test func `an absent and an empty folder are told apart`() throws {
    let folder = try TemporaryFolder()
    #expect(failure(folder.url.appending(path: "none/there")).contains("does not exist"))
    #expect(failure(folder.url).contains("holds nothing to learn from"))
}

@Test func `a folder with one class only is refused`() throws {
    let folder = try TemporaryFolder()
    for index in 0..<4 { try folder.write(MadePatches.png(MadePatches.patch(0, side: 227)), to: "deformation/v\(index)_20200101.png") }
    var recipe = Recipe()
    recipe.data = [Recipe.DataPart(name: "chips", source: .folder(folder.url))]
    #expect(throws: DataError.oneClassOnly(source: "the training data", present: .deformation)) { try TrainingData(recipe) }
}

@Test func `verdicts teach by what they say, unsure ones nothing`() throws {
    let folder = try TemporaryFolder()
    let wide = MadePatches.patch(0, side: 500)
    try folder.write(MadePatches.png(wide), to: "a.png")
    try folder.write(
        "file,verdict,volcano,column,row\na.png,deformation,Etna,480,250\na.png,atmosphere,Etna,,\na.png,other,Etna,,\na.png,unsure,Etna,,\n",
        to: "verdicts.csv")
    let patches = try VerdictSource(folder: folder.url).patches(least: 224)
    #expect(patches.map(\.kind) == ["verdict deformation", "verdict atmosphere", "verdict other"])
    #expect(patches.map(\.label) == [.deformation, .background, .background])
    // 20 columns from the border: the middle 224 of these 244 columns, 266 to 489, hold the place.
    #expect(patches[0].levels == wide.crop(244, x: 256, y: 128) && patches[1].levels == wide.crop(320, x: 90, y: 90))
    try folder.write("file,verdict,volcano,column,row\na.png,deformation,Etna,900,250\n", to: "verdicts.csv")
    let error = #expect(throws: DataError.self) { try VerdictSource(folder: folder.url).patches(least: 224) }
    #expect("\(String(describing: error))".contains("outside the picture of 500 x 500"))
}

@Test func `groups are never divided, and both classes are set aside`() {
    let patches = MadePatches.patches(64, side: 224)
    let held = TrainingData.heldGroups(of: patches, share: 0.25, seed: 1)
    #expect(held.count == 2)
    #expect(held == TrainingData.heldGroups(of: patches.reversed(), share: 0.25, seed: 1))
    #expect((2...9).contains { TrainingData.heldGroups(of: patches, share: 0.25, seed: UInt64($0)) != held })
}

/// Recipe data in two folders, the second for validation: one volcano in each of the first, `second` in the other.
private func recipe(validating second: String, in folder: TemporaryFolder) throws -> Recipe {
    for (place, volcano, first) in [("taught", "etna", 0), ("taught", "wolf", 4), ("asked", second, 8)] {
        for number in 0..<4 {
            let kind = number % 2 == 0 ? "deformation" : "none"
            let name = "\(place)/\(kind)/\(volcano)_\(20_200_101 + first + number)_20210101.png"
            try folder.write(MadePatches.png(MadePatches.patch(first + number, side: 227)), to: name)
        }
    }
    let text =
        "name: net\ndata: [{name: taught, folder: taught}]\nnetwork: {architecture: alexnet-half-pooled}\n"
        + "validation: {share: 0, data: [{name: asked, folder: asked}]}\n"
    return try Recipe(text, file: "recipe.yaml", folder: folder.url)
}

@Test func `what is set aside is not trained on`() throws {
    let folder = try TemporaryFolder()
    var recipe = try recipe(validating: "fuji", in: folder)
    let data = try TrainingData(recipe)
    #expect(data.validation.map { Set($0.patches.map(\.group)) } == [["fuji"]])
    recipe.validation.share = 0.5
    let split = try TrainingData(recipe)
    let held = try #require(split.validation.first { $0.name == "held" })
    #expect(!held.patches.isEmpty && held.patches.contains { $0.label == .deformation } && held.patches.contains { $0.label == .background })
    #expect(Set(held.patches.map(\.group)).isDisjoint(with: Set(split.parts.flatMap { $0.patches.map(\.group) })))
}

@Test func `validation data that are trained on too are refused`() throws {
    let folder = try TemporaryFolder()
    let twice = try recipe(validating: "etna", in: folder)
    #expect(throws: DataError.taughtValidation(source: "asked", what: "etna in taught, among others")) { try TrainingData(twice) }
    let text =
        "name: net\ndata: [{synthetic: {patches: 8, seed: 3}}]\nnetwork: {architecture: alexnet-half-pooled}\n"
        + "validation: {data: [{name: asked, synthetic: {patches: 8, seed: 3}}]}\n"
    let scenes = try Recipe(text, file: "recipe.yaml", folder: folder.url)
    #expect(throws: DataError.taughtValidation(source: "asked", what: "the seed 3 of synthetic")) { try TrainingData(scenes) }
}

@Test(.enabled(if: realChips != nil, "the real chips are not here"))
func `the real chips can be read: 116 with deformation, 1200 without`() throws {
    let patches = try FolderSource(folder: try #require(realChips)).patches(least: 224)
    #expect(patches.count == 1316 && patches.count { $0.label == .deformation } == 116)
    #expect(patches.allSatisfy { $0.side == 227 })
}
