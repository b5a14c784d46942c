internal import CCurl
internal import Domain
internal import FoundationEssentials

/// A URL as libcurl itself reads it, so that what is checked is what is connected to.
struct WebAddress: Hashable, Sendable, CustomStringConvertible {
    /// The whole URL, normalised.
    let text: String
    let scheme: String
    /// In lower case; IPv6 without brackets, IPv4 always in dotted decimal.
    let host: String
    let port: Int

    var description: String { "\(scheme)://\(origin)" }
    /// `host:port`
    var origin: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    init(_ url: URL) throws(TransportError) { try self.init(url.absoluteString) }

    /// - Throws: `.invalidRequest` for what is no absolute URL, `.refusedByPolicy` for a scheme other than http and https.
    init(_ url: String) throws(TransportError) {
        guard url.utf8.count <= 8192, url.utf8.allSatisfy({ (33...126).contains($0) && $0 != UInt8(ascii: "\\") }) else {
            throw TransportError(.invalidRequest, "the URL \(url.quoted) is too long or holds blanks, control or non-ASCII characters")
        }
        let scheme = url.prefix { $0 != ":" }.lowercased()
        guard scheme == "http" || scheme == "https" else {
            throw TransportError(.refusedByPolicy, "the URL \(url.quoted) is refused: only https and http are fetched")
        }
        guard let parser = curl_url() else { throw TransportError(.internal, "libcurl has no memory left") }
        defer { curl_url_cleanup(parser) }
        let parsed = curl_url_set(parser, CURLUPART_URL, url, UInt32(CURLU_DISALLOW_USER))
        guard parsed == CURLUE_OK, let text = Self.part(CURLUPART_URL, of: parser), let host = Self.part(CURLUPART_HOST, of: parser),
            let port = Self.part(CURLUPART_PORT, of: parser).flatMap({ Int($0) }),
            // A zone (fe80::1%eth0) names a network interface of this machine: nothing to be reached from outside.
            !host.contains("%"), Self.part(CURLUPART_ZONEID, of: parser) == nil
        else {
            let reason = parsed == CURLUE_OK ? "no usable host" : String(cString: curl_url_strerror(parsed))
            throw TransportError(.invalidRequest, "the URL \(url.quoted) cannot be used: \(reason)")
        }
        self.text = text
        self.scheme = scheme
        self.port = port
        self.host = (host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host).lowercased()
    }

    private static func part(_ part: CURLUPart, of parser: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(parser, part, &text, UInt32(CURLU_DEFAULT_PORT)) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}

extension HTTPPolicy {
    /// Decides whether the address may be asked.
    ///
    /// - Returns: whether its name may resolve to addresses that are not public.
    /// - Throws: `.refusedByPolicy`, naming the rule.
    func admit(_ address: WebAddress) throws(TransportError) -> Bool {
        let named = allowedHosts.filter { $0.matches(host: address.host, port: address.port) }
        guard !named.isEmpty else {
            throw TransportError(.refusedByPolicy, "\(address) is refused: it is not among the allowed hosts (\(listed(allowedHosts)))")
        }
        let isLiteral = IPAddress(address.host) != nil || address.host == "localhost"
        let mayBePlain = isLoopback(host: address.host) || plainHosts.contains { $0.matches(host: address.host, port: address.port) }
        guard address.scheme == "https" || mayBePlain else {
            throw TransportError(.refusedByPolicy, "\(address) is refused: this host is only spoken to over https")
        }
        return privateHosts.contains { $0.matches(host: address.host, port: address.port) }
            || isLiteral && named.contains { !$0.isSuffix }
    }

    private func listed(_ hosts: [HostPattern]) -> String {
        hosts.isEmpty ? "there are none" : hosts.prefix(8).map(\.description).joined(separator: ", ") + (hosts.count > 8 ? ", ..." : "")
    }
}
