internal import Domain
public import FoundationEssentials

/// One place that publishes interferograms.
public struct CatalogueSettings: Sendable, Hashable {
    public enum Source: Sendable, Hashable {
        /// The folder that holds `LiCSAR_products`.
        case jasmin(URL)
        /// The folder that holds the tracks.
        case ceda(URL)
        /// A drop folder that a script fills.
        case directory(URL)
    }

    public enum Kind: String, Sendable, CaseIterable { case jasmin, ceda, directory }

    /// The operator's name for it; unique.
    public var name: String
    public var source: Source
    /// Sent as a bearer token to this catalogue's host only.
    public var token: SecretSource?

    enum Keys {
        static let name = SettingKey<String>(
            "catalogues[].name", .line(upTo: 64), isRequired: true,
            "Its name in status and ledger; unique. A later file changes a catalogue by its name.")
        static let kind = SettingKey<Kind>("catalogues[].kind", .word, isRequired: true, "The layout: JASMIN's, CEDA's, or a local folder.")
        static let url = SettingKey(
            "catalogues[].url", .webAddress, defaultRule: "jasmin: `\(jasminBase)`; ceda: `\(cedaBase)`",
            "Kinds jasmin and ceda: the folder in which the products (or tracks) lie.")
        static let path = SettingKey("catalogues[].path", .path, "Kind directory, required there: the drop folder.")
        static let token = SecretKeys.key("catalogues[].token", "Kinds jasmin and ceda: bearer token for restricted data.")
        static let all = [name.description, kind.description, url.description, path.description, token]
    }

    static let jasminBase = "https://gws-access.jasmin.ac.uk/public/nceo_geohazards"
    static let cedaBase = "https://data.ceda.ac.uk/neodc/comet/data/licsar_products"

    init(name: String, source: Source, token: SecretSource? = nil) {
        self.name = name
        self.source = source
        self.token = token
    }

    /// Where no catalogue is written: JASMIN's public tree, which links to CEDA's archive.
    static func standard() -> [CatalogueSettings] {
        URL(string: jasminBase).map { [CatalogueSettings(name: "jasmin", source: .jasmin($0))] } ?? []
    }

    /// Nil where something is wrong; the reader has noted what.
    init?(_ reader: SectionReader, plainHosts: [HostPattern], environment: [String: String]) {
        let name = reader.required(Keys.name)
        let kind = reader.required(Keys.kind)
        var source: Source?
        var token: SecretSource?
        switch kind {
        case .directory:
            source = reader.required(Keys.path).map(Source.directory)
            reader.finish(elsewhere: ["url": "the kinds jasmin and ceda", "token": "the kinds jasmin and ceda"])
        case .jasmin:
            source = Self.address(reader, else: Self.jasminBase, plainHosts).map(Source.jasmin)
            token = reader.secret("token", environment: environment)
            reader.finish(elsewhere: ["path": "kind directory"])
        case .ceda:
            source = Self.address(reader, else: Self.cedaBase, plainHosts).map(Source.ceda)
            token = reader.secret("token", environment: environment)
            reader.finish(elsewhere: ["path": "kind directory"])
        case nil:
            // Without a kind nobody knows which of these is wrong.
            for known in ["url", "path", "token"] { _ = reader.node(known) }
            reader.finish()
        }
        guard let name, let source else { return nil }
        self.init(name: name, source: source, token: token)
    }

    private static func address(_ reader: SectionReader, else fallback: String, _ plainHosts: [HostPattern]) -> URL? {
        guard reader.node("url") != nil else { return URL(string: fallback) }
        return reader.secureAddress(Keys.url, plainHosts: plainHosts)
    }
}

extension SectionReader {
    /// A web address that is encrypted, stays on this machine, or leads to a host for which plain HTTP is allowed.
    func secureAddress(_ key: SettingKey<URL>, plainHosts: [HostPattern]) -> URL? {
        guard let url = node(key.name) == nil ? required(key) : optional(key) else { return nil }
        guard url.scheme?.lowercased() == "http", let host = HostPattern(of: url), !isLoopback(host: host.name),
            !plainHosts.contains(where: { $0.matches(host: host.name, port: host.port ?? 80) })
        else { return url }
        problem(
            at: key.name, found: "an address without encryption", expected: "an address that begins with https://",
            suggestion: "or add \(host.name) to network.plain_http_hosts")
        return nil
    }
}
