import Detection
public import FoundationEssentials
import Synthesis

extension Recipe {
    /// Reads a recipe; every problem in it is reported at once.
    /// - Throws: `RecipeError`.
    public init(contentsOf url: URL) throws(RecipeError) {
        let data: Data
        do { data = try Data(contentsOf: url) } catch {
            throw RecipeError(
                file: url.path,
                problems: [RecipeProblem(line: 0, column: 0, key: "", found: "\(error)", expected: "a readable file", suggestion: nil)])
        }
        try self.init(String(decoding: data, as: UTF8.self), file: url.path, folder: url.deletingLastPathComponent())
    }

    /// - Parameters:
    ///   - file: what messages call the text.
    ///   - folder: where relative paths start.
    /// - Throws: `RecipeError`.
    public init(_ text: String, file: String, folder: URL) throws(RecipeError) {
        self.init()
        self.text = text
        let problems = RecipeProblems()
        let root = RecipeSection(
            try RecipeNode.read(text, file: file), path: "", parent: RecipePlace(line: 1, column: 1), problems: problems, folder: folder)
        read(root)
        guard problems.all.isEmpty else { throw RecipeError(file: file, problems: problems.sorted) }
    }

    private mutating func read(_ root: RecipeSection) {
        readName(root)
        seed = UInt64(root.whole("seed", 1, in: 0...Int.max))
        threads = root.whole("threads", threads, in: 1...256)
        readNetwork(root.section("network"))
        if !root.has("data") { root.problem("data", expected: "a list of sources: synthetic, folder or verdicts") }
        data = Self.parts(root, "data")
        let held = root.section("validation")
        validation = Validation(share: held.number("share", 0.15, in: 0...0.9), data: Self.parts(held, "data"))
        if validation.share == 0, validation.data.isEmpty {
            held.problem("share", expected: "more than 0, or a folder under validation.data: without validation nobody knows when to stop")
        }
        held.finish()
        augmentation = Augmentation(root.section("augmentation"))
        readBalance(root.section("balance"))
        training = TrainingPlan(root.section("training"))
        readTeachers(root.section("teachers"))
        readSecondLook(root.section("second_look"))
        readOutput(root)
        root.finish()
    }

    private mutating func readName(_ root: RecipeSection) {
        guard let text = root.text("name", upTo: 64) else { return root.has("name") ? () : root.problem("name", expected: "the model's name") }
        let isFit =
            text.first?.isLetter == true
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_.".unicodeScalars.contains($0))
            }
        if isFit { name = text } else { root.problem("name", expected: "letters, digits, -, _ and ., a letter first: it names the files") }
    }

    private mutating func readNetwork(_ section: RecipeSection) {
        if let text = section.text("architecture") {
            if let known = Architecture(name: text) {
                architecture = known
            } else {
                section.problem("architecture", expected: "one of " + Architecture.knownNames.joined(separator: ", ") + ", WIDTH from 0.1 to 2")
            }
        }
        input = section.word("input", input)
        start = Start(weights: section.files("weights"), renewed: section.texts("renew"), kept: section.number("kept", 0, in: 0...0.9))
        if start.kept > 0, start.weights.isEmpty || !start.renewed.isEmpty {
            section.problem("kept", expected: "0 where weights are random or begin anew: it is a share of the weights begun with")
        }
        section.finish()
    }

    static func parts(_ parent: RecipeSection, _ key: String) -> [DataPart] {
        let parts = parent.sections(key).enumerated().compactMap { index, section -> DataPart? in
            defer { section.finish() }
            let kinds = ["synthetic", "folder", "verdicts"].filter(section.has)
            let name = section.text("name") ?? (kinds.first.map { index == 0 ? $0 : "\($0)-\(index + 1)" } ?? "")
            let share = section.optionalNumber("share", in: 0.001...1)
            guard kinds.count == 1 else {
                section.problems.add(
                    section.place, section.path, found: kinds.isEmpty ? "no source" : kinds.joined(separator: " and "),
                    expected: "one of synthetic, folder, verdicts")
                return nil
            }
            switch kinds[0] {
            case "synthetic": return DataPart(name: name, source: .synthetic(SyntheticScenes(section.section("synthetic"))), share: share)
            case "folder": return section.file("folder").map { DataPart(name: name, source: .folder($0), share: share) }
            default: return section.file("verdicts").map { DataPart(name: name, source: .verdicts($0), share: share) }
            }
        }
        if Set(parts.map(\.name)).count < parts.count { parent.problem(key, found: "a name twice", expected: "a name of its own for each source") }
        if parts.contains(where: { $0.name == "held" }) {
            parent.problem(key, found: "the name held", expected: "another name: held is the share set aside for validation")
        }
        let given = parts.reduce(0) { $0 + ($1.share ?? 0) }
        if given > 1 + 1e-9 || (given > 1 - 1e-9 && parts.contains { $0.share == nil }) {
            parent.problem(
                key, found: "shares that leave nothing for the others", expected: "shares with a sum of at most 1, less than 1 if a source has none")
        }
        return parts
    }

    private mutating func readBalance(_ section: RecipeSection) {
        balance.evenly = section.word("evenly", balance.evenly)
        if section.text("positives") == "as found" {
            balance.positives = nil
        } else {
            balance.positives = section.number("positives", 0.5, in: 0.01...0.99)
        }
        section.finish()
    }

    private mutating func readTeachers(_ section: RecipeSection) {
        teachers.models = section.files("models")
        teachers.share = section.number("share", teachers.share, in: 0.01...1)
        teachers.doubled = section.number("doubled", teachers.doubled, in: 0...1)
        if !teachers.models.isEmpty, training.surroundings > 0 {
            section.problem("models", expected: "none where training.surroundings is above 0: teachers see patches alone")
        }
        if teachers.models.isEmpty, let idle = ["share", "doubled"].first(where: section.has) {
            section.problem(idle, expected: "models to learn from, in teachers.models: without them it has no effect")
        }
        section.finish()
    }

    private mutating func readSecondLook(_ section: RecipeSection) {
        secondLook.model = section.file("model")
        secondLook.from = section.number("from", secondLook.from, in: 0...1)
        if secondLook.model == nil, section.has("from") {
            section.problem("from", expected: "a model that looks from there on, in second_look.model: without one it has no effect")
        }
        section.finish()
    }

    private mutating func readOutput(_ root: RecipeSection) {
        enum Precision: String, CaseIterable { case half, single }
        isHalfPrecision = root.word("precision", Precision.half) == .half
        let calibrating = root.section("calibration")
        calibration.isWanted = calibrating.yesOrNo("wanted", true)
        calibration.prevalence = calibrating.optionalNumber("prevalence", in: 0.001...0.999)
        calibration.data = calibrating.text("data")
        if let name = calibration.data, name != "held", !validation.data.contains(where: { $0.name == name }) {
            calibrating.problem("data", expected: "held, or a name under validation.data")
        }
        calibrating.finish()
        let checkpoints = root.section("checkpoint")
        checkpoint.minutes = checkpoints.number("minutes", 10, in: 0.05...1440)
        checkpoint.steps = checkpoints.whole("steps", 0, in: 0...1_000_000)
        checkpoints.finish()
    }
}

extension Augmentation {
    init(_ section: RecipeSection) {
        self.init()
        shift = section.whole("shift", shift, in: 0...200)
        shiftStep = section.whole("shift_step", shiftStep, in: 1...100)
        flips = section.yesOrNo("flips", flips)
        rotations = section.numberList("rotations", rotations, in: -360...360, count: 1...64)
        scaleX = section.range("scale_x", scaleX, in: 0.25...4)
        scaleY = section.range("scale_y", scaleY, in: 0.25...4)
        phaseOffset = section.yesOrNo("phase_offset", phaseOffset)
        sign = section.yesOrNo("sign", sign)
        section.finish()
    }
}

extension TrainingPlan {
    init(_ section: RecipeSection) {
        self.init()
        batch = section.whole("batch", batch, in: 1...4096)
        epochs = section.whole("epochs", epochs, in: 1...10_000)
        patchesPerEpoch = section.has("patches_per_epoch") ? section.whole("patches_per_epoch", 1, in: 1...100_000_000) : nil
        optimiser = section.word("optimiser", optimiser)
        momentum = section.number("momentum", momentum, in: 0...0.9999)
        weightDecay = section.number("weight_decay", weightDecay, in: 0...1)
        learningRate = section.number("learning_rate", optimiser == .sgd ? 0.01 : 0.001, in: 1e-9...10)
        schedule = section.word("schedule", schedule)
        warmUp = section.number("warm_up", warmUp, in: 0...0.5)
        finalShare = section.number("final_share", finalShare, in: 0...1)
        stepEpochs = section.whole("step_epochs", stepEpochs, in: 1...10_000)
        stepFactor = section.number("step_factor", stepFactor, in: 0.001...1)
        newLayers = section.number("new_layers", newLayers, in: 0.01...1000)
        rateMultipliers = section.numbers("rates", in: 0...1000)
        frozen = section.texts("frozen")
        labelSmoothing = section.number("label_smoothing", labelSmoothing, in: 0...0.5)
        averaging = section.number("averaging", averaging, in: 0...0.9999)
        surroundings = section.number("surroundings", surroundings, in: 0...1)
        patience = section.whole("patience", patience, in: 0...10_000)
        section.finish()
    }
}

extension SyntheticScenes {
    init(_ section: RecipeSection) {
        self.init()
        patches = section.whole("patches", patches, in: 4...10_000_000)
        seed = UInt64(section.whole("seed", 1, in: 0...Int.max))
        perScene = section.whole("per_scene", perScene, in: 1...16)
        terrain = section.file("terrain")
        recipe.kinds = section.shares("kinds", recipe.kinds)
        recipe.sources = section.shares("sources", recipe.sources)
        recipe.realTerrain = section.number("real_terrain", recipe.realTerrain, in: 0...1)
        recipe.odds = section.word("odds", recipe.odds)
        recipe.visibility = section.word("visibility", recipe.visibility)
        recipe.fringes = section.range("fringes", recipe.fringes, in: 0.5...60)
        let label = section.section("label")
        rule.positiveFringes = label.number("positive_fringes", rule.positiveFringes, in: 0.1...20)
        rule.calmFringes = label.number("calm_fringes", rule.calmFringes, in: 0.1...20)
        rule.calmSignalToNoise = label.number("calm_signal_to_noise", rule.calmSignalToNoise, in: 0...20)
        rule.negativeFringes = label.number("negative_fringes", rule.negativeFringes, in: 0...10)
        rule.shareOfSource = label.number("share_of_source", rule.shareOfSource, in: 0...1)
        rule.visibleShare = label.number("visible_share", rule.visibleShare, in: 0...1)
        rule.seenShare = label.number("seen_share", rule.seenShare, in: 0...1)
        rule.manyFringes = label.number("many_fringes", rule.manyFringes, in: 0.5...60)
        rule.signalToNoise = label.number("signal_to_noise", rule.signalToNoise, in: 0...20)
        if rule.negativeFringes > min(rule.positiveFringes, rule.calmFringes) {
            label.problem("negative_fringes", expected: "at most positive_fringes and calm_fringes")
        }
        label.finish()
        section.finish()
    }
}

extension RecipeSection {
    /// Shares by name; those that are not written are 0 where any is.
    fileprivate func shares<Key: RawRepresentable & CaseIterable & Hashable>(_ name: String, _ fallback: [Key: Double]) -> [Key: Double]
    where Key.RawValue == String {
        let given = numbers(name, in: 0...1000)
        guard !given.isEmpty else { return fallback }
        var shares: [Key: Double] = [:]
        for (word, share) in given.sorted(by: { $0.key < $1.key }) {
            guard let key = Key(rawValue: word) else {
                problem(name, found: "the unknown name \(word)", expected: "names among " + Key.allCases.map(\.rawValue).joined(separator: ", "))
                continue
            }
            shares[key] = share
        }
        if !shares.contains(where: { $0.value > 0 }) { problem(name, expected: "a share above 0") }
        return shares
    }
}
