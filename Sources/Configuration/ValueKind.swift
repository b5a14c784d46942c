import Domain
import FoundationEssentials
import Volcanoes

/// What a value's text is read against.
struct ReadingContext {
    /// Relative paths start here: the folder of the file that names them.
    let folder: URL
    let volcanoes: VolcanoList
}

/// A text that does not fit; perhaps with a way to mend it.
struct Misfit: Error {
    let suggestion: String?
    init(_ suggestion: String? = nil) { self.suggestion = suggestion }
}

/// How a value is written, what it becomes, and what to say where it is written otherwise.
struct ValueKind<Value: Sendable>: Sendable {
    /// Completes "expected ...".
    let expected: String
    let parse: @Sendable (String, ReadingContext) throws(Misfit) -> Value

    init(_ expected: String, _ parse: @escaping @Sendable (String, ReadingContext) throws(Misfit) -> Value) {
        self.expected = expected
        self.parse = parse
    }
}

// MARK: - Words

extension ValueKind where Value == String {
    /// One line of text without control characters, safe in a header.
    static func line(upTo longest: Int = 200) -> Self {
        ValueKind("one line of text, at most \(longest) characters, without control characters") { (text, _) throws(Misfit) in
            guard isOneLine(text, upTo: longest), !text.isEmpty else { throw Misfit() }
            return text
        }
    }

    static let country = ValueKind("a country of the volcano list, such as Ecuador") { (text, context) throws(Misfit) in
        guard context.volcanoes.inCountry(text).isEmpty else { return text }
        throw Misfit(didYouMean(NearestSpelling.of(text, among: context.volcanoes.countries)))
    }

    static let region = ValueKind("a region of the volcano list or its first words, such as Galapagos") { (text, context) throws(Misfit) in
        guard context.volcanoes.inRegion(text).isEmpty else { return text }
        throw Misfit(didYouMean(NearestSpelling.of(text, among: context.volcanoes.regions)))
    }
}

extension ValueKind where Value == Bool {
    static let yesOrNo = ValueKind("true or false") { (text, _) throws(Misfit) in
        switch text.lowercased() {
        case "true", "yes", "on": true
        case "false", "no", "off": false
        default: throw Misfit()
        }
    }
}

extension ValueKind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the words of an enumeration, whatever its case.
    static var word: Self {
        let words = Value.allCases.map(\.rawValue)
        return ValueKind(alternatives(words)) { (text, _) throws(Misfit) in
            if let value = Value.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() }) { return value }
            throw Misfit(didYouMean(NearestSpelling.of(text, among: words, limit: 1)))
        }
    }
}

extension ValueKind where Value == VolcanoNumber {
    static let volcano = ValueKind("a volcano's number or name from the volcano list") { (text, context) throws(Misfit) in
        switch context.volcanoes.resolve(text) {
        case .found(let volcano): return volcano.number
        case .ambiguous(let candidates): throw Misfit("several have this name, write the number: " + listing(candidates))
        case .unknown(let suggestions): throw Misfit(suggestions.isEmpty ? nil : "did you mean " + listing(suggestions) + "?")
        }
    }
}

extension ValueKind where Value == FrameID {
    static let frame = ValueKind("a LiCSAR frame's name, such as 106A_09048_000909") { (text, _) throws(Misfit) in
        guard let frame = FrameID(text) else { throw Misfit() }
        return frame
    }
}

extension ValueKind where Value == ReceiverName {
    static let receiverName = ValueKind("a name of letters, digits, -, _ and ., at most 64") { (text, _) throws(Misfit) in
        guard let name = ReceiverName(text) else { throw Misfit() }
        return name
    }
}

// MARK: - Wording

/// "Sierra Negra (353050, Ecuador), Cerro Azul (353060, Ecuador)"
func listing(_ volcanoes: [Volcano]) -> String {
    volcanoes.prefix(12).map { "\($0.name) (\($0.number), \($0.country))" }.joined(separator: ", ")
}

func didYouMean(_ words: [String]) -> String? {
    words.isEmpty ? nil : "did you mean " + alternatives(words) + "?"
}

/// "a, b or c"
func alternatives(_ words: [String]) -> String {
    guard words.count > 1, let last = words.last else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
}

func isOneLine(_ text: String, upTo longest: Int) -> Bool {
    text.unicodeScalars.count <= longest && !text.unicodeScalars.contains(where: \.isUnsafeInALine)
}
