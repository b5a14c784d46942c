import FoundationEssentials

/// A part of a mail: text, a picture, or parts within parts (RFC 2045, 2046). Its lines end in CRLF, are ASCII and at most 76 long,
/// so no relay has a reason to touch them.
indirect enum MIMEPart {
    /// - Parameter subtype: `plain` or `html`.
    case text(String, subtype: String)
    case png(Data, contentID: HeaderValue, fileName: String)
    /// - Parameters:
    ///   - parameters: more of the Content-Type, such as `; type="text/html"`.
    ///   - boundary: printable; holds `=_`, which no encoded body does.
    case multipart(subtype: String, parameters: String, boundary: String, parts: [MIMEPart])

    /// The part's own headers, the empty line, and the body.
    var wire: String {
        switch self {
        case .text(let text, let subtype):
            "Content-Type: text/\(subtype); charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + quotedPrintable(text)
        case .png(let data, let contentID, let fileName):
            "Content-Type: image/png; name=\"\(fileName)\"\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <\(contentID)>\r\n"
                + "Content-Disposition: inline; filename=\"\(fileName)\"\r\n\r\n" + base64Lines(data)
        case .multipart(let subtype, let parameters, let boundary, let parts):
            "Content-Type: multipart/\(subtype)\(parameters);\r\n boundary=\"\(boundary)\"\r\n\r\n"
                + parts.map { "--\(boundary)\r\n\($0.wire)\r\n" }.joined() + "--\(boundary)--\r\n"
        }
    }
}

/// RFC 2045, 6.7. Besides what must be, a point that begins a line and a `From ` that does are encoded: the first means "end of the
/// mail" to a careless relay, the second gets a `>` in an mbox.
func quotedPrintable(_ text: String) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(text.utf8.count * 5 / 4)
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
        let bytes = Array(line.utf8)
        var column = 0
        for (i, byte) in bytes.enumerated() {
            let isEdgeCase =
                (byte == 46 && column == 0) || (byte == 32 || byte == 9) && i == bytes.count - 1
                || (byte == 70 && column == 0 && bytes[i...].starts(with: "From ".utf8))
            let isPlain = ((32...126).contains(byte) && byte != 61 || byte == 9) && !isEdgeCase
            let width = isPlain ? 1 : 3
            if column + width > 75 {
                output += "=\r\n".utf8
                column = 0
            }
            // After a soft break a point begins a line too.
            if isPlain, column == 0, byte == 46 {
                output += "=2E".utf8
                column = 3
            } else if isPlain {
                output.append(byte)
                column += 1
            } else {
                output += ("=" + hex(byte)).utf8
                column += 3
            }
        }
        output += "\r\n".utf8
    }
    return String(decoding: output.dropLast(2), as: UTF8.self)
}

func base64Lines(_ data: Data) -> String {
    let text = Array(data.base64EncodedString().utf8)
    var output: [UInt8] = []
    output.reserveCapacity(text.count * 78 / 76 + 2)
    for start in stride(from: 0, to: text.count, by: 76) {
        if start > 0 { output += "\r\n".utf8 }
        output += text[start..<min(start + 76, text.count)]
    }
    return String(decoding: output, as: UTF8.self)
}
