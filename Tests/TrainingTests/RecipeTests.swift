import Detection
import Foundation
import Synthesis
import Testing

@testable import Training

private let good = """
    name: test
    data:
      - folder: chips
    """

private func problems(_ text: String) -> [String] {
    do {
        _ = try Recipe(text, file: "recipe.yaml", folder: URL(filePath: "/data"))
        return []
    } catch { return error.problems.map(\.description) }
}

@Test func `a short recipe has the documented defaults`() throws {
    let recipe = try Recipe(good, file: "recipe.yaml", folder: URL(filePath: "/data"))
    #expect(recipe.name == "test" && recipe.training.batch == 100 && recipe.training.epochs == 50)
    #expect(recipe.architecture.name == "alexnet-half-pooled")
    guard case .folder(let folder) = recipe.data[0].source else {
        Issue.record("\(recipe.data[0])")
        return
    }
    #expect(folder.path == "/data/chips")
}

@Test func `weights to begin with are one file or several`() throws {
    func weights(_ text: String) throws -> [String] {
        try Recipe(good + "\nnetwork: {weights: \(text)}", file: "recipe.yaml", folder: URL(filePath: "/data")).start.weights.map(\.path)
    }
    #expect(try weights("a.safetensors") == ["/data/a.safetensors"])
    #expect(try weights("[a.safetensors, /b.safetensors]") == ["/data/a.safetensors", "/b.safetensors"])
}

@Test func `what is kept of the weights begun with is read`() throws {
    let recipe = try Recipe(good + "\nnetwork: {weights: a.safetensors, kept: 25 %}", file: "recipe.yaml", folder: URL(filePath: "/data"))
    #expect(recipe.start.kept == 0.25)
}

@Test func `a second look is read`() throws {
    let text = "name: test\ndata: [{synthetic: {}}]\nsecond_look: {model: a/deep.safetensors, from: 0.2}"
    let look = try Recipe(text, file: "recipe.yaml", folder: URL(filePath: "/data")).secondLook
    #expect(look.model?.path == "/data/a/deep.safetensors" && look.from == 0.2)
}

@Test func `teachers and odds are read`() throws {
    let text =
        "name: test\ndata: [{synthetic: {odds: natural, visibility: observed}}]\nteachers: {models: [a/b.safetensors, /c.safetensors], share: 60 %, doubled: 0.5}"
    let recipe = try Recipe(text, file: "recipe.yaml", folder: URL(filePath: "/data"))
    #expect(
        recipe.teachers.models.map(\.path) == ["/data/a/b.safetensors", "/c.safetensors"] && recipe.teachers.share == 0.6
            && recipe.teachers.doubled == 0.5)
    guard case .synthetic(let scenes) = recipe.data[0].source else {
        Issue.record("\(recipe.data[0])")
        return
    }
    #expect(scenes.recipe.odds == .natural && scenes.recipe.visibility == .observed)
}

@Test(arguments: ["config/recipes/", "", "/elsewhere/"])
func `paths start at the recipe's folder, however the recipe was named`(folder: String) throws {
    let start = URL(fileURLWithPath: folder + "recipe.yaml").deletingLastPathComponent()
    let recipe = try Recipe("name: test\ndata: [{folder: ../../chips}]", file: "recipe.yaml", folder: start)
    guard case .folder(let found) = recipe.data[0].source else {
        Issue.record("\(recipe.data[0])")
        return
    }
    let here = FileManager.default.currentDirectoryPath
    let expected = ["config/recipes/": "\(here)/chips", "": "\(here)/../../chips", "/elsewhere/": "/chips"]
    #expect(found.path == URL(fileURLWithPath: try #require(expected[folder])).standardizedFileURL.path)
}

@Test(arguments: [
    // what is added to the good recipe, what the message names
    ("trainng: {epochs: 3}", ["line 4", "trainng: found an unknown key", "did you mean training?"]),
    ("training: {epoch: 3}", ["line 4", "training.epoch: found an unknown key", "epochs"]),
    ("training: {epochs: many}", ["training.epochs", "\"many\"", "a whole number, 1 to 10000"]),
    ("training: {learning_rate: 0x10}", ["training.learning_rate", "a number"]),
    ("training: {learning_rate: nan}", ["training.learning_rate"]),
    ("training: {schedule: cosinus}", ["training.schedule", "did you mean cosine?"]),
    ("network: {architecture: vgg}", ["network.architecture", "alexnet-half-pooled", "inception-v3"]),
    ("network: {architecture: alexnet-pooled-9}", ["network.architecture", "0.1 to 2"]),
    ("network: {kept: 25 %}", ["network.kept", "0 where weights are random"]),
    ("network: {weights: [], kept: 25 %}", ["network.kept", "0 where weights are random"]),
    ("network: {weights: a.safetensors, renew: [fc.], kept: 25 %}", ["network.kept", "begin anew"]),
    ("network: {weights: a.safetensors, kept: 1}", ["network.kept", "0 to 0.9"]),
    ("augmentation: {scale_x: [1.2, 0.8]}", ["augmentation.scale_x", "smaller number first"]),
    ("augmentation: {rotations: 45}", ["augmentation.rotations", "a list"]),
    ("balance: {positives: 120 %}", ["balance.positives", "0.01 to 0.99"]),
    ("validation: {share: 0}", ["validation.share", "without validation nobody knows"]),
    ("calibration: {data: chips}", ["calibration.data", "held"]),
    ("seed: -1", ["seed", "0 to"]),
    ("teachers: {model: [a.safetensors]}", ["teachers.model", "did you mean models?"]),
    ("teachers: {models: {a: b}}", ["teachers.models", "a list"]),
    ("teachers: {models: [a.safetensors], share: 0}", ["teachers.share", "0.01 to 1"]),
    ("teachers: {models: [a.safetensors], doubled: 2}", ["teachers.doubled", "0 to 1"]),
    ("teachers: {doubled: 0.5}", ["teachers.doubled", "teachers.models", "no effect"]),
    ("teachers: {models: [a.safetensors]}\ntraining: {surroundings: 20 %}", ["teachers.models", "patches alone"]),
    ("checkpoint: 5", ["checkpoint", "a mapping"]),
])
func `what does not fit is named with its place`(addition: String, expected: [String]) throws {
    let found = problems(good + "\n" + addition)
    #expect(found.count == 1, "\(found)")
    for part in expected { #expect(found.first?.contains(part) == true, "\(found) lacks \(part)") }
}

@Test(arguments: [
    ("data: []\nname: x y", ["name"]),
    ("name: a\ndata:\n  - {folder: a, synthetic: {}}", ["data[1]: found synthetic and folder"]),
    ("name: a\ndata:\n  - {}", ["data[1]: found no source"]),
    ("name: a\ndata:\n  - {folder: a, share: 60 %}\n  - {folder: b, share: 60 %}", ["leave nothing"]),
    ("name: a\ndata:\n  - {folder: a, name: held}", ["held"]),
    ("name: a\ndata:\n  - synthetic: {kinds: {volcano: 1}}", ["volcano", "stratified"]),
    ("name: a\ndata:\n  - synthetic: {odds: real}", ["odds", "natural"]),
    ("name: a\ndata:\n  - synthetic: {visibility: seen}", ["visibility", "observed"]),
    ("name: a\ndata:\n  - synthetic: {label: {negative_fringes: 3}}", ["negative_fringes"]),
    ("name: a\ndata: [{folder: a}]\nsecond_look: {from: 0.2}", ["second_look.from", "no effect"]),
    ("name: a\ndata: [{folder: a}]\nsecond_look: {model: b, from: 1.2}", ["second_look.from"]),
    ("name: a", ["data"]),
    ("name: a\nname: b\ndata: [{folder: a}]", ["twice"]),
    ("name: [", ["YAML"]),
    ("a: &x [1]\nb: *x", ["anchor"]),
    ("", ["empty"]),
])
func `a recipe that cannot be followed says why`(text: String, expected: [String]) {
    let found = problems(text).joined(separator: "\n")
    for part in expected { #expect(found.contains(part), "\(found) lacks \(part)") }
}

@Test func `all problems are reported at once, in the file's order`() {
    let found = problems(good + "\nthreads: 0\nepochs: 3\ntraining: {batch: 0}")
    #expect(found.count == 3)
    #expect(found.map { $0.prefix(6) } == ["line 4", "line 5", "line 6"])
}

@Test func `the recipes that come with the project can be read`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "config/recipes")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
    #expect(names.contains("default.yaml"))
    for name in names {
        if name.hasPrefix("compare") {
            #expect(throws: Never.self) { try ComparisonConfig(contentsOf: folder.appending(path: name)) }
        } else {
            #expect(throws: Never.self) { try Recipe(contentsOf: folder.appending(path: name)) }
        }
    }
}

@Test func `the cosine schedule warms up, starts at the rate and ends at its final share`() {
    var plan = TrainingPlan()
    (plan.learningRate, plan.warmUp, plan.finalShare) = (0.1, 0.1, 0.01)
    let rates = (0..<100).map { plan.rate(step: $0, of: 100, perEpoch: 10) }
    #expect(abs(rates[0] - 0.01) < 1e-12 && abs(rates[9] - 0.1) < 1e-12 && abs(rates[10] - 0.1) < 1e-12)
    #expect(abs(rates[99] - 0.001) < 1e-12)
    #expect(zip(rates[10...], rates[11...]).allSatisfy { $0 > $1 })
    plan.schedule = .step
    (plan.stepEpochs, plan.stepFactor, plan.warmUp) = (3, 0.5, 0)
    #expect(plan.rate(step: 29, of: 100, perEpoch: 10) == 0.1 && plan.rate(step: 30, of: 100, perEpoch: 10) == 0.05)
}
