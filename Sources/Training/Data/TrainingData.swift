import Synthesis

/// What a recipe trains on and what it is measured on.
public struct TrainingData: Sendable {
    /// The patches of one source that are trained on.
    public struct Part: Sendable {
        public let name: String
        /// Its share of each class in an epoch; nil: parts without one have what is left, by their counts.
        public let share: Double?
        public let patches: [LabelledPatch]

        public init(name: String, share: Double? = nil, patches: [LabelledPatch]) {
            (self.name, self.share, self.patches) = (name, share, patches)
        }
    }

    public struct ValidationSet: Sendable {
        public let name: String
        public let patches: [LabelledPatch]

        public init(name: String, patches: [LabelledPatch]) { (self.name, self.patches) = (name, patches) }

        /// Those of at least this side, to be looked at with what is round them; nil where a class has none.
        func surrounded(least side: Int) -> ValidationSet? {
            let wide = patches.filter { $0.side >= side }
            return Set(wide.map(\.label)).count == PatchLabel.allCases.count ? ValidationSet(name: "\(name) surrounded", patches: wide) : nil
        }
    }

    public let parts: [Part]
    public let validation: [ValidationSet]
    /// What went in, for the model card.
    public let summary: String

    /// - Throws: `DataError` where one class is missing from either.
    public init(parts: [Part], validation: [ValidationSet], summary: String) throws(DataError) {
        self.parts = parts
        self.validation = validation.filter { !$0.patches.isEmpty }
        self.summary = summary
        try Self.requireBothClasses(parts.flatMap(\.patches), "the training data")
        for set in self.validation { try Self.requireBothClasses(set.patches, "the validation data \(set.name)") }
        if self.validation.isEmpty { throw .noValidation(groups: Set(parts.flatMap { $0.patches.map(\.group) }).count) }
    }

    /// Reads and makes what the recipe names, and sets its share of the groups aside.
    /// - Parameter progress: told what is being read, and how far it is; what it throws ends the reading.
    public init(_ recipe: Recipe, cache: PatchCache? = nil, progress: (String, Int, Int) throws -> Void = { _, _, _ in }) throws {
        func read(_ part: Recipe.DataPart) throws -> (source: any PatchSource, patches: [LabelledPatch]) {
            let source = part.patchSource(threads: recipe.threads, cache: cache)
            return (source, try source.patches(least: 224) { try progress(part.name, $0, $1) })
        }
        try Self.refuseTaughtSeeds(recipe)
        let sources = try recipe.data.map(read)
        let all = sources.flatMap(\.patches)
        try Self.requireBothClasses(all, "the training data")
        let held = Self.heldGroups(of: all, share: recipe.validation.share, seed: recipe.seed)
        let parts = zip(recipe.data, sources).map { part, source in
            Part(name: part.name, share: part.share, patches: source.patches.filter { !held.contains($0.group) })
        }
        var validation = [ValidationSet(name: "held", patches: all.filter { held.contains($0.group) })]
        for part in recipe.validation.data {
            let patches = try read(part).patches
            try Self.refuseTaughtGroups(part, patches, trainedOn: zip(recipe.data, sources).map { ($0, $1.patches) })
            validation.append(ValidationSet(name: part.name, patches: patches))
        }
        try self.init(parts: parts, validation: validation, summary: sources.map(\.source.summary).joined(separator: "; "))
    }

    /// - Throws: `DataError` where scenes for validation are trained on too: before any are made. Another seed gives others.
    private static func refuseTaughtSeeds(_ recipe: Recipe) throws(DataError) {
        for part in recipe.validation.data {
            guard case .synthetic(let own) = part.source else { continue }
            for taught in recipe.data {
                guard case .synthetic(let other) = taught.source, other.seed == own.seed else { continue }
                throw .taughtValidation(source: part.name, what: "the seed \(own.seed) of \(taught.name)")
            }
        }
    }

    /// - Throws: `DataError` where a validation set and what is trained on share volcanoes.
    private static func refuseTaughtGroups(
        _ part: Recipe.DataPart, _ patches: [LabelledPatch], trainedOn: [(part: Recipe.DataPart, patches: [LabelledPatch])]
    ) throws(DataError) {
        // A file's name stands where nothing is known of its volcano: the same name in two folders says nothing.
        let groups = Set(patches.map(\.group).filter { !Chip.isChip($0) })
        for (taught, its) in trainedOn {
            // Scenes are told apart by their seeds.
            if case .synthetic = taught.source { continue }
            if let shared = its.map(\.group).filter(groups.contains).min() {
                throw .taughtValidation(source: part.name, what: "\(shared) in \(taught.name), among others")
            }
        }
    }

    static func requireBothClasses(_ patches: [LabelledPatch], _ name: String) throws(DataError) {
        for label in PatchLabel.allCases where patches.count(where: { $0.label == label }) < 2 {
            throw .oneClassOnly(source: name, present: label == .background ? .deformation : .background)
        }
    }

    /// Which groups are set aside: of those with deformation and of those without the same share, at least one of each where there are
    /// two. Which ones depends on the seed and the groups' names, little on the others.
    static func heldGroups(of patches: [LabelledPatch], share: Double, seed: UInt64) -> Set<String> {
        guard share > 0 else { return [] }
        let deforming = Set(patches.filter { $0.label == .deformation }.map(\.group))
        let others = Set(patches.map(\.group)).subtracting(deforming)
        var held: Set<String> = []
        for groups in [deforming, others] where groups.count > 1 {
            let drawn = groups.map { (name: $0, draw: draw(seed, $0)) }.sorted { ($0.draw, $0.name) < ($1.draw, $1.name) }
            let count = min(groups.count - 1, max(1, Int((share * Double(groups.count)).rounded())))
            held.formUnion(drawn.prefix(count).map(\.name))
        }
        return held
    }

    static func draw(_ seed: UInt64, _ name: String) -> UInt64 {
        var random = SeededGenerator(seed: seed, purpose: "group \(name)")
        return random.next()
    }
}

extension Recipe.DataPart {
    func patchSource(threads: Int, cache: PatchCache?) -> any PatchSource {
        switch source {
        case .synthetic(let scenes): SyntheticSource(scenes: scenes, threads: threads, cache: cache)
        case .folder(let folder): FolderSource(folder: folder)
        case .verdicts(let folder): VerdictSource(folder: folder)
        }
    }
}
