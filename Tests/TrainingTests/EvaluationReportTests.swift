import Evaluation
import Foundation
import MapPicture
import Synthesis
import Testing

@testable import Training

private func patch(_ label: PatchLabel, kind: String, group: String, fringes: Double? = nil) -> LabelledPatch {
    LabelledPatch(
        levels: Array(repeating: 10, count: 4), side: 2, label: label, group: group, kind: kind, name: "\(kind), \"\(group)\"", fringes: fringes)
}

private let patches = [
    patch(.deformation, kind: "dyke", group: "Etna", fringes: 1.2), patch(.deformation, kind: "mogi", group: "Etna", fringes: 5),
    patch(.background, kind: "stratified", group: "Etna"), patch(.background, kind: "turbulent", group: "Fuji"),
]

@Test func `tables tell kinds, fringes and groups apart`() throws {
    let report = try EvaluationReport(model: "m", data: ["d"], patches: patches, probabilities: [0.4, 0.9, 0.6, 0.1], prevalence: 0.5)
    #expect(report.overall.auc == 0.75 && report.overall.accuracy == 0.5)
    let kinds = try #require(report.tables.first { $0.title == "by kind" })
    #expect(kinds.rows.map(\.name) == ["background: stratified", "background: turbulent", "deformation: dyke", "deformation: mogi"])
    // Stratified 0.6 against 0.4 and 0.9; the dyke's 0.4 against 0.6 and 0.1.
    #expect(kinds.rows.map(\.figures.auc) == [0.5, 1, 0.5, 1])
    let fringes = try #require(report.tables.first { $0.title == "by fringes" })
    #expect(fringes.rows.map(\.name) == ["1: 1 to 1.5", "4: 4 to 8"] && fringes.rows.map(\.figures.truePositiveRate) == [0, 1])
    let groups = try #require(report.tables.first { $0.title == "by group" })
    #expect(groups.rows.map(\.figures.auc) == [0.5, nil] && groups.rows[1].figures.trueNegativeRate == 1)
    #expect(try JSONDecoder().decode(EvaluationReport.self, from: JSONEncoder().encode(report)).overall == report.overall)
}

@Test func `scores are written as a table that can be read again`() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "scores.csv")
    try ScoredPatches.write([ScoredPatches(name: "a,b", patches: patches, probabilities: [0.4, 0.9, 0.6, 0.1])], to: file)
    let table = try CSVTable(contentsOf: file, needing: ["set", "name", "probability"])
    #expect(table.rows.map { $0.fields["probability"] } == ["0.4", "0.9", "0.6", "0.1"])
    #expect(table.rows[0].fields["set"] == "a,b" && table.rows[0].fields["name"] == "dyke, \"Etna\"")
}

@Test func `pictures of curves and of the worst errors are PNGs`() throws {
    let cases = zip([0.4, 0.9, 0.6, 0.1], patches).map { ScoredCase(score: $0, isPositive: $1.label == .deformation) }
    let made = MadePatches.patches(4, side: 224)
    for picture in [
        try EvaluationPictures.curves([("m", cases)]), try EvaluationPictures.reliability([("m", cases)]),
        try EvaluationPictures.worst(made, [0.1, 0.2, 0.3, 0.9], of: .background),
    ] {
        #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]) && picture.count > 1000)
    }
}

@Test func `a history without epochs and one with a flat line can be drawn`() throws {
    #expect(try TrainingHistory(records: []).picture(title: "none").count > 100)
    let record = EpochRecord(epoch: 1, steps: 1, learningRate: 1, trainingLoss: 1, trainingAccuracy: 1, validation: [])
    #expect(try TrainingHistory(records: [record]).picture(title: "one").count > 100)
    #expect(TrainingHistory(records: [record]).csv.split(separator: "\n").count == 2)
}

@Test func `patches that were kept come back, and damaged ones are made again`() throws {
    let folder = try TemporaryFolder()
    let cache = PatchCache(folder: folder.url)
    let made = MadePatches.patches(3, side: 224)
    try cache.keep(made, "key")
    let kept = try #require(try cache.patches("key"))
    #expect(kept.map(\.levels) == made.map(\.levels) && kept.map(\.name) == made.map(\.name))
    #expect(try cache.patches("other") == nil)
    let file = folder.url.appending(path: try #require(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).first))
    try Data(contentsOf: file).dropLast().write(to: file)
    #expect(try cache.patches("key") == nil)
}

@Test func `synthetic patches depend on the seed and not on the threads`() throws {
    var scenes = SyntheticScenes()
    scenes.patches = 6
    let one = try SyntheticSource(scenes: scenes, threads: 1, cache: nil).patches(least: 224) { _, _ in }
    let two = try SyntheticSource(scenes: scenes, threads: 2, cache: nil).patches(least: 224) { _, _ in }
    #expect(one.map(\.levels) == two.map(\.levels) && one.count == 6)
    scenes.seed = 2
    #expect(try SyntheticSource(scenes: scenes, threads: 2, cache: nil).patches(least: 224) { _, _ in }.map(\.levels) != one.map(\.levels))
}

@Test func `kept patches are not those of other elevations, even where the first scenes use none`() throws {
    let folder = try TemporaryFolder()
    let cache = PatchCache(folder: folder.url.appending(path: "cache"))
    var scenes = SyntheticScenes()
    scenes.patches = 2
    scenes.recipe.realTerrain = 0
    scenes.terrain = folder.url.appending(path: "terrain")
    for metres in [UInt8(0), 1] {
        try folder.write(Data(repeating: metres, count: 2 * 1201 * 1201), to: "terrain/N40E014.hgt")
        _ = try SyntheticSource(scenes: scenes, threads: 2, cache: cache).patches(least: 224) { _, _ in }
        _ = try SyntheticSource(scenes: scenes, threads: 2, cache: cache).patches(least: 224) { _, _ in }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: cache.folder.path).count == 2)
}
