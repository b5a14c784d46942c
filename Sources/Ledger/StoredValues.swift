internal import Domain
internal import FoundationEssentials
internal import GRDB

// How values of `Domain` lie in the tables, and how they are read back. What cannot be read back is an error, never a default.

/// JSON columns. Dates and other numbers come back bit for bit; an infinite or undefined figure must not keep an alert out.
enum StoredJSON {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func value<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do { return try decoder.decode(type, from: Data(text.utf8)) } catch {
            throw LedgerError.unreadable("\(type) in \(text.prefix(200)): \(error)")
        }
    }
}

extension Date {
    var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }

    init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
}

extension Row {
    func instant(_ column: String) -> Date { Date(milliseconds: self[column]) }

    func instantIfAny(_ column: String) -> Date? { (self[column] as Int64?).map(Date.init(milliseconds:)) }

    func json<T: Decodable>(_ type: T.Type, _ column: String = "json") throws -> T {
        try StoredJSON.value(type, self[column] as String)
    }

    func jsonIfAny<T: Decodable>(_ type: T.Type, _ column: String) throws -> T? {
        try (self[column] as String?).map { try StoredJSON.value(type, $0) }
    }

    /// A text column that is parsed by one of `Domain`'s failable initialisers.
    func parsed<T>(_ column: String, _ parse: (String) -> T?) throws -> T {
        let text: String = self[column]
        guard let value = parse(text) else { throw LedgerError.unreadable("\(column) '\(text)'") }
        return value
    }

    func parsedIfAny<T>(_ column: String, _ parse: (String) -> T?) throws -> T? {
        self[column] as String? == nil ? nil : try parsed(column, parse)
    }

    func frame(_ column: String = "frame") throws -> FrameID { try parsed(column) { FrameID($0) } }

    /// From the columns `frame` and `pair`.
    func interferogram() throws -> InterferogramID {
        InterferogramID(frame: try frame(), pair: try parsed("pair") { AcquisitionPair($0) })
    }

    func volcano() throws -> VolcanoNumber {
        let number: Int = self["volcano"]
        guard let volcano = VolcanoNumber(number) else { throw LedgerError.unreadable("volcano \(number)") }
        return volcano
    }

    /// Nil for a version that is still waiting.
    func outcome() throws -> Outcome? {
        guard let kind: String = self["outcome"] else { return nil }
        let reason: String = self["outcomeReason"] ?? ""
        switch Outcome.Kind(rawValue: kind) {
        case .baseline: return .baseline
        case .scored: return .scored
        case .notAssessable: return .notAssessable(reason)
        case .rejected: return .rejected(reason)
        case .superseded: return .superseded
        case nil: throw LedgerError.unreadable("outcome '\(kind)'")
        }
    }
}
