/// Says what a file that is no TIFF is, from its first bytes, so that the message can name the mistake.
enum FileSignature {
    static func problem(_ start: [UInt8]) -> RasterError.Problem {
        let text = String(decoding: start, as: UTF8.self).drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        let lower = text.lowercased()
        if lower.hasPrefix("<!doctype html") || lower.hasPrefix("<html") || lower.hasPrefix("<head")
            || (lower.hasPrefix("<") && (lower.contains("<html") || lower.contains("<a href")))
        {
            return .htmlPage(title: title(String(text)))
        }
        return .notATIFF(looksLike: kind(start, text: lower))
    }

    private static func kind(_ start: [UInt8], text: String) -> String {
        let signatures: [(bytes: [UInt8], name: String)] = [
            ([0x1F, 0x8B], "a gzip archive (unpack it first)"), ([0x50, 0x4B, 3, 4], "a zip archive (unpack it first)"),
            ([0x89, 0x50, 0x4E, 0x47], "a PNG picture"), ([0xFF, 0xD8, 0xFF], "a JPEG picture"),
            ([0x89, 0x48, 0x44, 0x46], "HDF5 or NetCDF-4"), ([0x43, 0x44, 0x46], "NetCDF"), ([0x25, 0x50, 0x44, 0x46], "a PDF"),
        ]
        if let known = signatures.first(where: { start.starts(with: $0.bytes) }) { return known.name }
        if start.allSatisfy({ $0 == 0 }) { return "zeros only (a download that never got its data)" }
        if text.hasPrefix("{") || text.hasPrefix("[") { return "JSON" }
        if text.hasPrefix("<") { return "XML" }
        let shown = start.prefix(16)
        if shown.allSatisfy({ (32..<127).contains($0) || $0 == 9 || $0 == 10 || $0 == 13 }) {
            return "text beginning with \"\(printable(String(decoding: start, as: UTF8.self), limit: 40))\""
        }
        return "binary data beginning with " + shown.prefix(8).map { hexadecimal($0) }.joined(separator: " ")
    }

    private static func title(_ page: String) -> String? {
        guard let start = page.range(ofTag: "title>"), let end = page[start...].firstIndex(of: "<") else { return nil }
        let title = printable(String(page[start..<end]), limit: 80).split(separator: " ").joined(separator: " ")
        return title.isEmpty ? nil : title
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }
}

extension String {
    /// The index behind the first occurrence of an ASCII tag, whatever its case.
    fileprivate func range(ofTag tag: String) -> Index? {
        var start = startIndex
        while start < endIndex {
            if self[start...].prefix(tag.count).lowercased() == tag { return index(start, offsetBy: tag.count) }
            start = index(after: start)
        }
        return nil
    }
}
