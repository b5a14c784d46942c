import Catalogue
import Configuration
import FoundationEssentials
import Transport

/// The catalogues of a configuration and the way to them.
struct CatalogueSet: Sendable {
    let catalogues: [any InterferogramCatalogue]
    let connection: CatalogueConnection

    /// - Throws: `SecretUnavailable` where a token cannot be read.
    init(_ settings: Settings) throws {
        var hosts = settings.network.allowedHosts
        var tokens: [String: Secret] = [:]
        for catalogue in settings.catalogues {
            guard let authority = catalogue.source.authority else { continue }
            hosts.append(authority)
            if let token = catalogue.token { tokens[authority] = Secret(try token.read().revealed) }
        }
        let connection = CatalogueConnection(
            client: HTTPClient(policy: settings.network.policy(allowing: hosts)), allowedHosts: hosts,
            downloadTimeouts: Timeouts(connect: settings.network.connectTimeout, total: settings.network.transferTimeout), bearerTokens: tokens)
        self.connection = connection
        let settle = settings.polling.settle / .seconds(1)
        catalogues = settings.catalogues.map { catalogue in
            switch catalogue.source {
            case .jasmin(let base): JASMINCatalogue(name: catalogue.name, base: base, connection: connection)
            case .ceda(let base): CEDACatalogue(name: catalogue.name, base: base, connection: connection)
            case .directory(let folder): LocalDirectoryCatalogue(name: catalogue.name, path: folder.path, settleTime: settle)
            }
        }
    }

    subscript(name: String) -> (any InterferogramCatalogue)? { catalogues.first { $0.name == name } }
}

extension CatalogueSettings.Source {
    /// `host` or `host:port`; nil for a folder.
    var authority: String? {
        switch self {
        case .jasmin(let url), .ceda(let url): url.host.map { host in url.port.map { "\(host):\($0)" } ?? host }
        case .directory: nil
        }
    }

    var isLocal: Bool {
        if case .directory = self { true } else { false }
    }
}

extension NetworkSettings {
    /// - Parameter hosts: already checked by the configuration's reader.
    func policy(allowing hosts: [String]) -> HTTPPolicy {
        HTTPPolicy(
            allowedHosts: hosts.compactMap(HostPattern.init), plainHosts: plainHTTPHosts.compactMap(HostPattern.init),
            privateHosts: privateHosts.compactMap(HostPattern.init),
            limits: HostLimits(concurrency: connectionsPerHost, ratePerSecond: requestsPerSecond, burst: max(20, Int(requestsPerSecond * 2))),
            caBundle: caFile?.path, userAgent: userAgent)
    }
}
