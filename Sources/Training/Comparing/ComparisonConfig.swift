public import FoundationEssentials

/// Which methods are compared, on which data: the paper's figure 7 and table 2 (Anantrasirichai et al. 2018).
public struct ComparisonConfig: Sendable {
    public enum Method: Sendable {
        /// A network; the recipe's data are not used.
        case network(Recipe)
        /// Gabor energies and a support vector machine, on each training patch and this many augmented copies of it.
        case textures(cost: Double, copies: Int)
    }

    public struct Entry: Sendable {
        public let name: String
        public let method: Method
    }

    public var name = "comparison"
    public var seed: UInt64 = 1
    public var folds = 2
    public var threads = 2
    public var data: [Recipe.DataPart] = []
    public var methods: [Entry] = []

    public init() {}

    /// - Throws: `RecipeError`.
    public init(contentsOf url: URL) throws(RecipeError) {
        let text: String
        do { text = String(decoding: try Data(contentsOf: url), as: UTF8.self) } catch {
            throw RecipeError(
                file: url.path,
                problems: [RecipeProblem(line: 0, column: 0, key: "", found: "\(error)", expected: "a readable file", suggestion: nil)])
        }
        let problems = RecipeProblems()
        let root = RecipeSection(
            try RecipeNode.read(text, file: url.path), path: "", parent: RecipePlace(line: 1, column: 1), problems: problems,
            folder: url.deletingLastPathComponent())
        self.init()
        name = root.text("name", upTo: 64) ?? name
        seed = UInt64(root.whole("seed", 1, in: 0...Int.max))
        folds = root.whole("folds", folds, in: 2...10)
        threads = root.whole("threads", threads, in: 1...256)
        data = Recipe.parts(root, "data")
        if data.isEmpty { root.problem("data", expected: "a list of sources: synthetic, folder or verdicts") }
        for section in root.sections("methods") {
            if let entry = try Self.entry(section) { methods.append(entry) }
        }
        if methods.isEmpty || Set(methods.map(\.name)).count < methods.count {
            root.problem("methods", expected: "a list of methods, each with a name of its own")
        }
        root.finish()
        guard problems.all.isEmpty else { throw RecipeError(file: url.path, problems: problems.sorted) }
    }

    private static func entry(_ section: RecipeSection) throws(RecipeError) -> Entry? {
        defer { section.finish() }
        guard let name = section.text("name", upTo: 40), name.allSatisfy({ $0.isLetter || $0.isNumber || " -+_.".contains($0) }) else {
            section.problem("name", expected: "a name of letters, digits, spaces, +, -, _ and .")
            return nil
        }
        guard section.has("recipe") != section.has("textures") else {
            section.problem("recipe", expected: "either recipe: FILE or textures: {cost: 10}")
            return nil
        }
        if let file = section.file("recipe") { return Entry(name: name, method: .network(try Recipe(contentsOf: file))) }
        let textures = section.section("textures")
        defer { textures.finish() }
        return Entry(
            name: name,
            method: .textures(cost: textures.number("cost", 10, in: 0.001...10_000), copies: textures.whole("copies", 0, in: 0...100)))
    }
}
