import Checksums
import Detection
import Domain
import FoundationEssentials
import NeuralNetwork
import Raster
import Synthesis
import Testing
import Training

@testable import Retraining

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The shipped starter, and crops made so that it can be taught: rings that it flags, judged to be atmosphere at some volcanoes.
struct RetrainingTests {
    private static let starter = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Tests/Models/starter.safetensors")

    private static let side = 300

    /// Rings of a radius and a shape, with a little noise; `stretch` makes them ellipses.
    private func crop(_ number: Int, isDeformation: Bool, volcano: String, stretch: Float, side: Int = 300) -> ReviewedCrop {
        let geometry = GridGeometry(width: side, height: side, west: -91, north: 0, pixelWidth: 0.001, pixelHeight: 0.001)
        var random = SeededGenerator(seed: UInt64(number))
        var values = [Float](repeating: 0, count: side * side)
        for y in 0..<side {
            for x in 0..<side {
                let (dx, dy) = (Float(x - side / 2) / stretch, Float(y - side / 2) * stretch)
                let phase = 22 / (1 + (dx * dx + dy * dy) / 2500) + Float.random(in: -0.3...0.3, using: &random)
                values[y * side + x] = phase - 2 * .pi * (phase / (2 * .pi)).rounded()
            }
        }
        let centre = GeoPoint(latitude: -0.15, longitude: -90.85)!
        return ReviewedCrop(
            name: "\(number).tif", isDeformation: isDeformation, volcano: volcano, episode: "\(number)",
            phase: RasterGrid(geometry: geometry, values: values), centre: centre, place: centre)
    }

    private func base() -> [LabelledPatch] {
        (0..<24).map { number in
            let rings = crop(100 + number, isDeformation: true, volcano: "x", stretch: 1)
            let quiet = number % 2 == 0
            let levels = GreyScale.levels(of: rings.phase.values.map { quiet ? $0 * 0.02 : $0 })
            return LabelledPatch(
                levels: levels, side: Self.side, label: quiet ? .background : .deformation, group: "\(number)", kind: "made", name: "\(number)")
        }
    }

    private func run(
        _ crops: [ReviewedCrop], held: [LabelledPatch] = [], after present: URL? = nil, from untaught: URL = starter,
        _ change: (inout Retraining.Settings) -> Void = { _ in }
    ) throws -> (Retraining.Outcome, URL) {
        var settings = Retraining.Settings()
        (settings.draws, settings.folds) = (4, 2)
        change(&settings)
        let folder = FileManager.default.temporaryDirectory.appending(path: "retraining-\(UUID().uuidString)")
        let outcome = try Retraining(present ?? untaught, untaught: untaught, settings: settings).run(
            reviewed: crops, base: base(), held: held, name: "challenger", into: folder)
        return (outcome, folder)
    }

    private var taught: [ReviewedCrop] {
        (0..<4).map { crop($0, isDeformation: true, volcano: "a\($0)", stretch: 1) }
            + (4..<10).map { crop($0, isDeformation: false, volcano: "b\($0)", stretch: 2.2) }
    }

    @Test func `a challenger is a model that loads, says where it comes from, and moves the scores the way that experts judged`() throws {
        let (outcome, folder) = try run(taught)
        defer { try? FileManager.default.removeItem(at: folder) }
        let model = try CNNModel.load(weights: outcome.challenger)
        #expect(model.id.name == "challenger" && model.card.training.startedFrom?.hasPrefix("starter@") == true)
        #expect(!model.card.calibrated)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["challenger.json", "challenger.safetensors"])
        func mean(_ scores: ModelScores, deformation: Bool) -> Double {
            let chosen = scores.cases.filter { $0.isDeformation == deformation }.map { $0.pMax ?? 0 }
            return chosen.reduce(0, +) / Double(chosen.count)
        }
        let gap = { (scores: ModelScores) in mean(scores, deformation: true) - mean(scores, deformation: false) }
        #expect(gap(outcome.replayed.challenger) > gap(outcome.replayed.present), "\(outcome.replayed)")
        #expect(outcome.heldOut.challenger.cases.count == 10 && outcome.heldOut.untaught.cases.count == 10)
    }

    @Test func `a challenger keeps the network that takes a second look, whose last layer learns too`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "second-look-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let starter = try WeightFile(contentsOf: Self.starter)
        let both = folder.appending(path: "both.safetensors")
        try starter.with(secondLook: starter).write(to: both)
        let card = try ModelCard(besideWeights: Self.starter)
        try ModelCard(
            name: "both", architecture: card.architecture, sha256: Checksums.sha256(ofFileAt: both), layers: card.layers, input: card.input,
            training: card.training, metrics: [], knownFailures: [], calibration: nil,
            secondLook: ModelCard.SecondLook(architecture: card.architecture, model: "starter@d5ef47e8795a", from: 0.3)
        ).encoded().write(to: ModelCard.location(besideWeights: both))
        let (outcome, made) = try run(Array(taught.prefix(3)) + Array(taught.suffix(2)), from: both)
        defer { try? FileManager.default.removeItem(at: made) }
        let challenger = try WeightFile(contentsOf: outcome.challenger)
        let second = challenger.secondLook
        #expect(second.tensors.keys == starter.tensors.keys)
        #expect(second.tensors["conv5.weight"]?.values == starter.tensors["conv5.weight"]?.values)
        #expect(second.tensors["fc.weight"]?.values != starter.tensors["fc.weight"]?.values)
        #expect(second.tensors["fc.weight"]?.values == challenger.firstLook.tensors["fc.weight"]?.values, "the same network learns the same twice")
        #expect(challenger.firstLook.tensors["conv1.weight"]?.values == starter.tensors["conv1.weight"]?.values)
        #expect(challenger.firstLook.tensors["fc.weight"]?.values != starter.tensors["fc.weight"]?.values)
        #expect(try CNNModel.load(weights: outcome.challenger).card.secondLook?.model == "starter@d5ef47e8795a")
    }

    @Test func `the same verdicts and seed give the same challenger, bit for bit`() throws {
        let few = Array(taught.prefix(3)) + Array(taught.suffix(2))
        let (first, one) = try run(few) { $0.threads = 1 }
        let (second, two) = try run(few) { $0.threads = 2 }
        defer { for folder in [one, two] { try? FileManager.default.removeItem(at: folder) } }
        #expect(try Data(contentsOf: first.challenger) == Data(contentsOf: second.challenger))
    }

    @Test func `a second round begins with the model that no verdict has taught, and is compared with it where volcanoes are held out`() throws {
        let few = Array(taught.prefix(3)) + Array(taught.suffix(2))
        let (first, one) = try run(few)
        let (second, two) = try run(few, after: first.challenger)
        defer { for folder in [one, two] { try? FileManager.default.removeItem(at: folder) } }
        #expect(try Data(contentsOf: second.challenger) == Data(contentsOf: first.challenger), "what the first round taught is not taught twice")
        #expect(second.replayed.present.cases == first.replayed.challenger.cases)
        #expect(second.heldOut.untaught == first.heldOut.untaught && second.heldOut.untaught.model.name == "starter")
        let training = try CNNModel.load(weights: second.challenger).card.training
        #expect(training.reviewedCrops == few.count && training.startedFrom?.hasPrefix("starter@") == true)
    }

    @Test func `what is said of a volcano teaches others, and never the challenger that it is held out from`() throws {
        let crops = Array(taught.prefix(3)) + Array(taught.suffix(3))
        let contrary = crops.map { crop in
            let number = crop.name.prefix { $0 != "." }
            return crop.volcano == "a0" ? self.crop(Int(number) ?? -1, isDeformation: false, volcano: "a0", stretch: 1) : crop
        }
        let (first, one) = try run(crops)
        let (second, two) = try run(contrary)
        defer { for folder in [one, two] { try? FileManager.default.removeItem(at: folder) } }
        func scores(_ outcome: Retraining.Outcome) -> [String: Double?] {
            Dictionary(uniqueKeysWithValues: outcome.heldOut.challenger.cases.map { ($0.volcano, $0.pMax) })
        }
        let (before, after) = (scores(first), scores(second))
        #expect(before.count == 6 && before["a0"] == after["a0"])
        #expect(before.keys.contains { before[$0] != after[$0] }, "the other part was taught otherwise")
    }

    @Test func `patches that were held back calibrate the challenger, which its card tells`() throws {
        let few = Array(taught.prefix(3)) + Array(taught.suffix(2))
        let (outcome, folder) = try run(few, held: base())
        defer { try? FileManager.default.removeItem(at: folder) }
        let calibrated = try CNNModel.load(weights: outcome.challenger)
        let calibration = try #require(calibrated.card.calibration)
        #expect(calibration.prevalence == 0.5 && calibration.on.hasPrefix("24 base patches"))
        #expect(!calibrated.card.knownFailures.contains { $0.contains("calibrated") })
        // The starter sees each patch alone, and these come without surroundings to measure.
        #expect(calibrated.card.surroundings == nil)
        // The weights hold it: the margins are those of the challenger without, scaled and shifted.
        let (plain, other) = try run(few)
        defer { try? FileManager.default.removeItem(at: other) }
        let patches = base().map { $0.centre(224) }
        func margins(_ model: CNNModel) throws -> [Double] {
            try model.probabilities(of: patches, threads: 1).map { log($0 / (1 - $0)) }
        }
        for (before, after) in zip(try margins(CNNModel.load(weights: plain.challenger)), try margins(calibrated)) where abs(after) < 8 {
            #expect(abs(calibration.scale * before + calibration.shift - after) < 1e-2)
        }
    }

    @Test func `what surroundings change is measured anew on patches that were held back, and kept where they are too few`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "retraining-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "starter.safetensors")
        try FileManager.default.copyItem(at: Self.starter, to: file)
        let text = try String(decoding: Data(contentsOf: ModelCard.location(besideWeights: Self.starter)), as: UTF8.self)
        let before = "{\n  \"surroundings\": {\"scale\": 1.25, \"shift\": -3, \"pixels\": 48, \"on\": \"made\"},\n"
        try Data(text.replacing("{\n", with: before, maxReplacements: 1).utf8).write(to: ModelCard.location(besideWeights: file))
        var settings = Retraining.Settings()
        settings.draws = 2
        let retraining = try Retraining(file, settings: settings)
        func surroundings(held: [LabelledPatch], _ name: String) throws -> ModelCard.Surroundings {
            let crops = [crop(0, isDeformation: true, volcano: "a", stretch: 1), crop(5, isDeformation: false, volcano: "a", stretch: 2.2)]
            let outcome = try retraining.run(reviewed: crops, base: base(), held: held, name: name, into: folder)
            return try #require(try CNNModel.load(weights: outcome.challenger).card.surroundings)
        }
        let kept = try surroundings(held: base(), "few")
        #expect((kept.scale, kept.shift, kept.on) == (1.25, -3, "made"))
        let wide = (0..<104).map { number -> LabelledPatch in
            let isQuiet = number % 2 == 0
            let rings = crop(200 + number, isDeformation: true, volcano: "x", stretch: 1, side: 320)
            // Some of either kind look like the other: no line can part what can be parted perfectly.
            let levels = GreyScale.levels(of: rings.phase.values.map { isQuiet == (number % 10 < 8) ? $0 * 0.02 : $0 })
            return LabelledPatch(
                levels: levels, side: 320, label: isQuiet ? .background : .deformation, group: "\(number)", kind: "made", name: "\(number)")
        }
        let measured = try surroundings(held: wide, "many")
        #expect(measured.on == "104 patches of the base set, 52 with deformation" && measured.pixels == 48)
        #expect(measured.scale > 0 && (measured.scale, measured.shift) != (1.25, -3))
    }

    @Test func `verdicts on one volcano alone are no reason to promote`() throws {
        let (outcome, folder) = try run((0..<3).map { crop($0, isDeformation: $0 == 0, volcano: "a", stretch: 1) })
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(!outcome.finding.mayPromote && outcome.finding.reasons.contains { $0.contains("at least two are needed") })
        #expect(outcome.heldOut.challenger.cases.isEmpty)
    }

    @Test func `without verdicts, or with a base of one class, there is nothing to learn`() throws {
        #expect(throws: RetrainingError.self) { try run([]) }
        let settings = Retraining.Settings()
        let retraining = try Retraining(Self.starter, settings: settings)
        let folder = FileManager.default.temporaryDirectory.appending(path: "never-made")
        #expect(throws: RetrainingError.self) {
            try retraining.run(reviewed: taught, base: base().filter { $0.label == .background }, name: "x", into: folder)
        }
    }
}
