import FoundationEssentials

/// One link of an index page, with what the index shows beside it.
struct IndexLink: Hashable {
    /// The link's target as written, character references resolved.
    let href: String
    let lastModified: Date?
    /// Bytes, where the index shows an exact number (nginx does, Apache shows "3.8M").
    let size: Int?
}

/// The pages that web servers make of a folder: Apache's mod_autoindex (list, preformatted, table), nginx's autoindex, and
/// LiCSAR's pair manifests, which are nothing but links. All are read as what they have in common: links followed by text.
enum IndexPage {
    static func links(in page: Data) -> [IndexLink] {
        var scanner = MarkupScanner(bytes: Array(page))
        var links: [IndexLink] = []
        var open: String?
        var text: [UInt8] = []

        func close() {
            guard let href = open else { return }
            let (lastModified, size) = columns(of: String(decoding: text, as: UTF8.self))
            links.append(IndexLink(href: href, lastModified: lastModified, size: size))
        }

        while let piece = scanner.next() {
            switch piece {
            case .anchor(let href):
                close()
                (open, text) = (href, [])
            case .endOfAnchor:
                // The link's own text is its name, which may look like a date.
                text = []
            case .text(let bytes):
                // The columns stand right behind the link; more is another part of the page.
                if text.count < 400 { text += bytes.prefix(400) + [32] }
            }
        }
        close()
        return links
    }

    /// The date and size columns: `2024-03-12 10:24`, `2024-03-12 10:24:30` or `12-Mar-2024 10:24`, then the size.
    ///
    /// An index shows the server's local time without saying which; it is taken as UTC. Versions are compared with each other
    /// only, so a constant shift does no harm.
    private static func columns(of text: String) -> (Date?, Int?) {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r\n" || $0 == "\r" })
        guard words.count >= 2 else { return (nil, nil) }
        for (index, word) in words.enumerated().dropLast() {
            if let date = CalendarTime.date(day: word, time: words[index + 1]) {
                return (date, words.count > index + 2 ? Int(words[index + 2]).flatMap { $0 >= 0 ? $0 : nil } : nil)
            }
        }
        return (nil, nil)
    }
}

/// Splits a page into links and text, tolerating whatever else there is. Never fails: what it does not understand is text or nothing.
private struct MarkupScanner {
    enum Piece {
        case anchor(href: String)
        case endOfAnchor
        case text(ArraySlice<UInt8>)
    }

    let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> Piece? {
        while position < bytes.count {
            guard startsTag else {
                let end = bytes[(position + 1)...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
                defer { position = end }
                return .text(bytes[position..<end])
            }
            if starts(with: "<!--") {
                skip(past: "-->")
            } else if let piece = tag() {
                return piece
            }
        }
        return nil
    }

    /// Whether a tag begins here; a lone `<` in a text does not.
    private var startsTag: Bool {
        guard bytes[position] == UInt8(ascii: "<"), position + 1 < bytes.count else { return false }
        switch bytes[position + 1] {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "/"), UInt8(ascii: "!"):
            return true
        default: return false
        }
    }

    /// Reads the tag at `position` and moves behind it; nil for tags that do not matter here.
    private mutating func tag() -> Piece? {
        let nameEnd = bytes[(position + 1)...].firstIndex { isSpace($0) || $0 == UInt8(ascii: ">") } ?? bytes.count
        let name = String(decoding: bytes[(position + 1)..<nameEnd], as: UTF8.self).lowercased()
        position = nameEnd
        let attributes = attributes(keeping: name == "a" ? "href" : nil)
        switch name {
        case "a": return attributes.map { .anchor(href: $0) }
        case "/a": return .endOfAnchor
        default: return nil
        }
    }

    /// Moves behind the tag's `>`, which may also stand inside a quoted value; returns the first value of the attribute asked for.
    private mutating func attributes(keeping wanted: String?) -> String? {
        var found: String?
        while position < bytes.count, bytes[position] != UInt8(ascii: ">") {
            guard !isSpace(bytes[position]) else {
                position += 1
                continue
            }
            let name = take { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ">") && !isSpace($0) }
            _ = take(while: isSpace)
            guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else { continue }
            position += 1
            _ = take(while: isSpace)
            let value = attributeValue()
            if let wanted, found == nil, String(decoding: name, as: UTF8.self).lowercased() == wanted {
                found = resolvingCharacterReferences(String(decoding: value, as: UTF8.self))
            }
        }
        position = min(position + 1, bytes.count)
        return found
    }

    private mutating func attributeValue() -> ArraySlice<UInt8> {
        guard position < bytes.count else { return [] }
        let quote = bytes[position]
        guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            return take { $0 != UInt8(ascii: ">") && !isSpace($0) }
        }
        position += 1
        let value = take { $0 != quote }
        position = min(position + 1, bytes.count)
        return value
    }

    private mutating func take(while condition: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let end = bytes[position...].firstIndex { !condition($0) } ?? bytes.count
        defer { position = end }
        return bytes[position..<end]
    }

    private func starts(with text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

    private mutating func skip(past text: String) {
        while position < bytes.count, !starts(with: text) { position += 1 }
        position = min(position + text.utf8.count, bytes.count)
    }
}

private func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

/// `&amp;` and its few relatives, and numeric references; others stay as they are.
private func resolvingCharacterReferences(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    let named: [Substring: Character] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "Tab": "\t", "NewLine": "\n",
    ]
    var result = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "&") {
        result += rest[..<start]
        rest = rest[start...]
        guard let end = rest.prefix(12).firstIndex(of: ";") else {
            result += "&"
            rest = rest.dropFirst()
            continue
        }
        let name = rest[rest.index(after: start)..<end]
        let numeric =
            name.hasPrefix("#x") || name.hasPrefix("#X") ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst(1))
        if let character = named[name] ?? (name.first == "#" ? numeric.flatMap(Unicode.Scalar.init).map(Character.init) : nil) {
            result.append(character)
        } else {
            result += rest[start...end]
        }
        rest = rest[rest.index(after: end)...]
    }
    return result + rest
}
