/// One header of a mail, as it stands on the wire.
struct MailHeader {
    let name: String
    /// Already encoded: printable ASCII, folded with CRLF and a space.
    let wire: String

    /// Text for people: plain where ASCII suffices, RFC 2047 encoded words elsewhere; folded to 78 characters.
    init(_ name: String, text value: HeaderValue) {
        self.name = name
        let text = value.text
        wire = isPlain(text) ? folded(text, after: name.utf8.count + 2) : encodedWords(text, after: name.utf8.count + 2)
    }

    /// A value with a grammar of its own (addresses, dates, ids), written as it is.
    init(_ name: String, exact value: HeaderValue) {
        self.name = name
        wire = value.text
    }

    /// - Parameter wire: as it stands on the wire; only for what was encoded elsewhere.
    init(_ name: String, wire: String) {
        self.name = name
        self.wire = wire
    }

    var line: String { "\(name): \(wire)\r\n" }
}

/// Printable ASCII that no reader could take for an encoded word.
func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { (32...126).contains($0) } && !text.contains("=?")
}

/// Breaks before words where a line would pass 78 characters. Nothing is added or lost: unfolding gives the text back.
private func folded(_ text: String, after used: Int) -> String {
    var output = "", column = used
    for (i, word) in text.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
        let width = word.utf8.count
        if i > 0 {
            // A line of spaces alone would end the header for some readers, so an empty word never begins one.
            let breaks = width > 0 && column + 1 + width > 78
            output += breaks ? "\r\n " : " "
            column = breaks ? 1 : column + 1
        }
        output += word
        column += width
    }
    return output
}

/// RFC 2047, section 4.2 (Q encoding) in UTF-8. Words are at most 75 characters and never split a character.
func encodedWords(_ text: String, after used: Int) -> String {
    let (opening, closing) = ("=?utf-8?Q?", "?=")
    var words: [String] = [], word = "", room = min(75, 77 - used) - opening.utf8.count - closing.utf8.count
    for character in text.unicodeScalars {
        let piece = qEncoded(character)
        if word.utf8.count + piece.utf8.count > max(room, 12) {
            words.append(opening + word + closing)
            word = ""
            room = 75 - opening.utf8.count - closing.utf8.count
        }
        word += piece
    }
    words.append(opening + word + closing)
    return words.joined(separator: "\r\n ")
}

/// Only letters, digits and `!*+-/` stand for themselves: the set that is safe in an address's name too (RFC 2047, 5(3)).
private func qEncoded(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case " ": "_"
    case "a"..."z", "A"..."Z", "0"..."9", "!", "*", "+", "-", "/": String(scalar)
    default: String(scalar).utf8.map { "=" + hex($0) }.joined()
    }
}

func hex(_ byte: UInt8) -> String {
    let digits = Array("0123456789ABCDEF")
    return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
}
