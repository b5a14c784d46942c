import Domain
import FoundationEssentials

extension ValueKind where Value == EmailAddress {
    static let mailAddress = ValueKind("an email address, such as observatory@example.org") { (text, _) throws(Misfit) in
        do throws(EmailAddress.Invalid) {
            return try EmailAddress(text)
        } catch {
            throw Misfit(addressWithin(text).map { "write the address alone: \($0)" } ?? error.reason)
        }
    }

    /// The address of `Name <address>`.
    private static func addressWithin(_ text: String) -> EmailAddress? {
        guard let inner = text.split(separator: "<").last?.prefix(while: { $0 != ">" }) else { return nil }
        do { return try EmailAddress(String(inner)) } catch { return nil }
    }
}

extension ValueKind where Value == String {
    static let host = ValueKind("a host name or an IP address") { (text, _) throws(Misfit) in
        guard HostName(text) != nil || IPAddress(text) != nil else { throw Misfit(hostAlone(text)) }
        return text
    }
}

extension ValueKind where Value == HostPattern {
    static let hostPattern = ValueKind("a host, host:port or *.domain") { (text, _) throws(Misfit) in
        guard let pattern = HostPattern(text) else { throw Misfit(hostAlone(text)) }
        return pattern
    }
}

private func hostAlone(_ text: String) -> String? {
    text.contains("://") ? "write the host alone, without scheme and path" : nil
}

extension ValueKind where Value == URL {
    /// An absolute path, or one relative to the file that names it.
    static let path = ValueKind<URL>("a path, absolute or relative to this file") { (text, context) throws(Misfit) in
        guard !text.isEmpty, isOneLine(text, upTo: 1000), !text.hasPrefix("~"), !text.contains("://") else {
            throw Misfit(text.hasPrefix("~") ? "write the home directory out" : nil)
        }
        let absolute = text.hasPrefix("/") ? text : context.folder.path + "/" + text
        // Foundation would look whether a folder is there and then write a slash behind it: the same text must always give the same value,
        // or a reload takes a folder that the start has made for another one.
        return URL(filePath: absolute, directoryHint: .notDirectory).standardizedFileURL
    }

    /// `https://host[:port]/path`, or http; without user, password or fragment.
    static let webAddress = ValueKind<URL>("a web address, such as https://example.org/path") { (text, _) throws(Misfit) in
        guard text.utf8.count <= 2000, text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), let url = URL(string: text),
            ["https", "http"].contains(url.scheme?.lowercased()), let host = url.host, !host.isEmpty
        else { throw Misfit(text.contains("://") ? nil : "it begins with https://") }
        guard url.user == nil, url.password == nil else { throw Misfit("a user or password does not belong into an address") }
        guard url.fragment == nil else { throw Misfit("leave out what follows the #") }
        return url
    }
}
