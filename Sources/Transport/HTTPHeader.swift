internal import Domain

/// One header field whose name and value cannot end the line that they stand in.
///
/// libcurl sends what it is given: a line break in a value would become a header, or a request, of its own.
public struct HTTPHeader: Hashable, Sendable {
    public let name: String
    public let value: String

    /// - Throws: `.invalidRequest` if the name is not a token (RFC 9110, 5.6.2) or the value holds anything but printable ASCII and tabs.
    public init(name: String, value: String) throws(TransportError) {
        guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte) else {
            throw TransportError(.invalidRequest, "the header name \(name.quoted) is not a token; use letters, digits and -")
        }
        guard value.utf8.allSatisfy({ (32...126).contains($0) || $0 == 9 }) else {
            throw TransportError(
                .invalidRequest, "the value of header \(name) holds a line break, control or non-ASCII character; remove or encode it")
        }
        self.name = name
        self.value = value.trimmingBlanks
    }
}

/// Header fields of a response; names are compared without regard to case.
public struct HTTPHeaders: Hashable, Sendable {
    /// In the order received.
    public private(set) var fields: [(name: String, value: String)] = []

    public init() {}

    /// The first value of the name.
    public subscript(_ name: String) -> String? { fields.first { $0.name.lowercased() == name.lowercased() }?.value }

    /// Every value of the name.
    public func all(_ name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    mutating func append(line: some StringProtocol) {
        guard let colon = line.firstIndex(of: ":"), colon != line.startIndex else { return }
        let value = String(line[line.index(after: colon)...]).trimmingBlanks
        fields.append((String(line[..<colon]), value))
    }

    public static func == (a: Self, b: Self) -> Bool { a.fields.elementsEqual(b.fields, by: ==) }

    public func hash(into hasher: inout Hasher) {
        for field in fields {
            hasher.combine(field.name)
            hasher.combine(field.value)
        }
    }
}

private func isTokenByte(_ byte: UInt8) -> Bool { byte.isLetterOrDigit || "!#$%&'*+-.^_`|~".utf8.contains(byte) }

extension String {
    /// Without spaces, tabs and line ends at both ends.
    var trimmingBlanks: String {
        let isBlank = { (byte: UInt8) in byte == 32 || byte == 9 || byte == 10 || byte == 13 }
        let bytes = utf8.drop(while: isBlank)
        guard let last = bytes.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(self[bytes.startIndex...last])
    }
}
