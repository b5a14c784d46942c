/// What a patch shows.
public enum PatchLabel: Int, Hashable, Sendable, CaseIterable {
    case background = 0
    case deformation = 1
}

/// A square of wrapped phase with what is known of it.
public struct LabelledPatch: Sendable {
    /// `side * side` grey levels, row-major: 256 levels are one cycle, 128 is no data (a valid 128 is 129).
    public let levels: [UInt8]
    /// Pixels along each side, at least the network's input; more leaves room for shifts and rotations.
    public let side: Int
    public let label: PatchLabel
    /// What must not be divided between training and validation: a volcano, or a synthetic scene.
    public let group: String
    /// The source of a deformation, or what a background shows: "dyke", "stratified".
    public let kind: String
    /// Where it comes from, for lists of errors: a file, or a scene's number.
    public let name: String
    /// Fringes of deformation that are visible; nil where nobody knows.
    public let fringes: Double?
    /// Deformation against atmosphere and noise; nil where nobody knows.
    public let signalToNoise: Double?
    /// How much it counts in the loss.
    public let weight: Float

    public static let noData: UInt8 = 128

    /// - Precondition: `side * side` levels.
    public init(
        levels: [UInt8], side: Int, label: PatchLabel, group: String, kind: String, name: String, fringes: Double? = nil,
        signalToNoise: Double? = nil, weight: Float = 1
    ) {
        precondition(levels.count == side * side, "a patch has side x side levels")
        self.levels = levels
        self.side = side
        self.label = label
        self.group = group
        self.kind = kind
        self.name = name
        self.fringes = fringes
        self.signalToNoise = signalToNoise
        self.weight = weight
    }

    /// The middle of the patch, `size` pixels on each side: what is scored.
    /// - Precondition: the patch is at least that large.
    public func centre(_ size: Int) -> [UInt8] { crop(size, x: (side - size) / 2, y: (side - size) / 2) }

    /// - Precondition: the crop lies in the patch.
    public func crop(_ size: Int, x: Int, y: Int) -> [UInt8] {
        precondition(x >= 0 && y >= 0 && x + size <= side && y + size <= side, "a crop lies in its patch")
        var result: [UInt8] = []
        result.reserveCapacity(size * size)
        for row in y..<y + size { result += levels[row * side + x..<row * side + x + size] }
        return result
    }
}

/// Something that patches come from.
public protocol PatchSource: Sendable {
    /// What it is, for messages and the model card: "synthetic, 20,000 patches, seed 1".
    var summary: String { get }

    /// All its patches, in an order that does not change.
    /// - Parameter progress: told how many are there of how many; what it throws ends the making.
    /// - Throws: `DataError`.
    func patches(least side: Int, progress: (Int, Int) throws -> Void) throws -> [LabelledPatch]
}

/// Why data cannot be used.
public enum DataError: Error, Hashable, Sendable, CustomStringConvertible {
    case missing(path: String)
    case unreadable(path: String, reason: String)
    case tooSmall(path: String, width: Int, height: Int, least: Int)
    case noPatches(path: String, expected: String)
    case oneClassOnly(source: String, present: PatchLabel)
    case manifest(path: String, line: Int, reason: String)
    case noValidation(groups: Int)
    /// Data for validation that are trained on too.
    case taughtValidation(source: String, what: String)

    public var description: String {
        switch self {
        case .missing(let path): "\(path) does not exist: correct the path; a recipe's relative ones start at its folder"
        case .unreadable(let path, let reason): "\(path) cannot be used: \(reason)"
        case .tooSmall(let path, let width, let height, let least):
            "\(path) has \(width) x \(height) pixels, the network looks at \(least) x \(least): cut larger chips"
        case .noPatches(let path, let expected): "\(path) holds nothing to learn from: expected \(expected)"
        case .oneClassOnly(let source, let present):
            "\(source): all patches are labelled \(present); at least two with deformation and two without are needed to tell them apart"
        case .manifest(let path, let line, let reason): "\(path), line \(line): \(reason)"
        case .noValidation(let groups):
            "\(groups) groups (volcanoes, scenes) are too few to set some aside for validation: add data or name a folder under validation.data"
        case .taughtValidation(let source, let what):
            "the validation data \(source) are trained on too (\(what)): give synthetic scenes another seed, or take those groups out of one of both"
        }
    }
}
