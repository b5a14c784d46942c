import Domain
import FoundationEssentials

/// Decides what a link found in a catalogue means, without asking anybody: a listing is outside input, and a link in it may
/// try to lead to another host, out of the tree or to a local file.
struct LinkPolicy: Hashable, Sendable {
    enum Refusal: String, Error, Hashable {
        case notALink = "not a usable link (empty, too long, or with control characters, blanks or backslashes)"
        case scheme = "only http and https links are followed"
        case credentials = "a link may not carry a user name or password"
        case host = "its host is not one of the allowed hosts"
        case traversal = "it climbs out of its folder (.. or an encoded slash)"
        case downgrade = "it leads from https to http on another port"
    }

    let allowedHosts: [HostPattern]

    /// - Parameter page: the page's own address after redirects; its host is allowed too.
    /// - Returns: an absolute URL without query and fragment.
    func resolve(_ href: String, on page: URL) throws(Refusal) -> URL {
        guard (1...2048).contains(href.utf8.count), href.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\\") })
        else { throw .notALink }
        let (scheme, afterScheme) = try splitScheme(href)
        var target = afterScheme.prefix { $0 != "?" && $0 != "#" }
        guard let pageScheme = page.scheme?.lowercased(), let pageAuthority = Self.authority(of: page) else { throw .host }

        let authority: String
        if target.hasPrefix("//") {
            let rest = target.dropFirst(2)
            authority = try checkedAuthority(rest.prefix { $0 != "/" }, scheme: scheme ?? pageScheme)
            target = rest[rest.index(rest.startIndex, offsetBy: rest.prefix { $0 != "/" }.count)...]
        } else if scheme == nil {
            authority = pageAuthority
        } else {
            throw .scheme
        }
        try refuseTraversal(target)

        guard authority == pageAuthority || isAllowed(authority, scheme: pageScheme == "https" ? pageScheme : scheme ?? pageScheme)
        else { throw .host }
        let path = target.hasPrefix("/") || authority != pageAuthority ? String(target) : Self.folder(of: page) + String(target)
        let safeScheme = try schemeToUse(scheme, on: pageScheme, authority: authority)
        guard let url = URL(string: "\(safeScheme)://\(authority)\(path.hasPrefix("/") ? path : "/" + path)") else {
            throw .notALink
        }
        return url
    }

    /// An http link on an https page is followed over https: old manifests say http of servers that speak both.
    private func schemeToUse(_ scheme: String?, on pageScheme: String, authority: String) throws(Refusal) -> String {
        guard pageScheme == "https", scheme == "http" else { return scheme ?? pageScheme }
        guard !authority.contains(":") else { throw .downgrade }
        return "https"
    }

    private func splitScheme(_ href: String) throws(Refusal) -> (String?, Substring) {
        guard let colon = href.firstIndex(of: ":") else { return (nil, href[...]) }
        let before = href[..<colon]
        guard !before.contains("/"), !before.contains("?"), !before.contains("#") else { return (nil, href[...]) }
        let scheme = before.lowercased()
        guard scheme == "http" || scheme == "https" else { throw .scheme }
        return (scheme, href[href.index(after: colon)...])
    }

    private func isAllowed(_ authority: String, scheme: String) -> Bool {
        let parts = authority.split(separator: ":", maxSplits: 1)
        guard let host = parts.first, let port = parts.count == 1 ? (scheme == "https" ? 443 : 80) : Int(parts[1]) else { return false }
        return allowedHosts.contains { $0.matches(host: String(host), port: port) }
    }

    private func checkedAuthority(_ text: Substring, scheme: String) throws(Refusal) -> String {
        guard !text.contains("@") else { throw .credentials }
        guard !text.isEmpty, text.utf8.allSatisfy({ $0.isLetterOrDigit || "-.:".utf8.contains($0) }) else { throw .host }
        let defaultPort = scheme == "https" ? ":443" : ":80"
        let lower = text.lowercased()
        return lower.hasSuffix(defaultPort) ? String(lower.dropLast(defaultPort.count)) : lower
    }

    /// Percent-encoding is undone until nothing changes, since servers differ in how often they do it.
    private func refuseTraversal(_ path: Substring) throws(Refusal) {
        var text = String(path)
        for _ in 0..<4 {
            let segments = text.split(separator: "/", omittingEmptySubsequences: false)
            guard !segments.contains(".."), !segments.dropFirst().contains(".") else { throw .traversal }
            guard text.utf8.contains(UInt8(ascii: "%")) else { return }
            guard let decoded = percentDecoded(text) else { throw .notALink }
            let slashes = { (text: String) in text.utf8.count { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") } }
            guard slashes(decoded) == slashes(text) else { throw .traversal }
            guard decoded.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else { throw .notALink }
            if decoded == text { return }
            text = decoded
        }
        throw .traversal
    }

    static func authority(of url: URL) -> String? {
        guard let host = url.host?.lowercased(), !host.isEmpty else { return nil }
        guard let port = url.port, port != (url.scheme == "https" ? 443 : 80) else { return host }
        return "\(host):\(port)"
    }

    /// The page's path up to its last slash, that slash included.
    private static func folder(of page: URL) -> String {
        let path = page.path(percentEncoded: true)
        return String(path[...(path.lastIndex(of: "/") ?? path.startIndex)])
    }
}

/// Percent-encoding undone once; nil if it is malformed or no UTF-8.
private func percentDecoded(_ text: String) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%") else {
            bytes.append(byte)
            continue
        }
        let digits = rest.prefix(2)
        guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
        else { return nil }
        bytes.append(value)
        rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
}

extension URL {
    /// The path's components without slashes, percent-encoding undone.
    var segments: [String] {
        path(percentEncoded: false).split(separator: "/").map(String.init)
    }

    /// Whether the path names this frame and no other: a listing may not pass off another frame's pair as this one's.
    func names(_ frame: FrameID) -> Bool {
        let frames = Set(segments.compactMap(FrameID.init))
        return frames == [frame]
    }
}
