import Catalogue
import Configuration
import Domain
import FoundationEssentials
import Transport

/// The catalogues of a configuration and the way to them.
struct CatalogueSet: Sendable {
    let catalogues: [any InterferogramCatalogue]
    let connection: CatalogueConnection

    /// - Throws: `SecretUnavailable` where a token cannot be read.
    init(_ settings: Settings) throws {
        var hosts = settings.network.allowedHosts
        var tokens: [URL: Secret] = [:]
        for catalogue in settings.catalogues {
            guard let address = catalogue.source.address, let host = HostPattern(of: address) else { continue }
            hosts.append(host)
            if let token = catalogue.token { tokens[address] = try token.read() }
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
    /// Nil for a folder.
    var address: URL? {
        switch self {
        case .jasmin(let url), .ceda(let url): url
        case .directory: nil
        }
    }

    var isLocal: Bool {
        if case .directory = self { true } else { false }
    }
}

extension NetworkSettings {
    func policy(allowing hosts: [HostPattern]) -> HTTPPolicy {
        HTTPPolicy(
            allowedHosts: hosts, plainHosts: plainHTTPHosts, privateHosts: privateHosts,
            limits: HostLimits(concurrency: connectionsPerHost, ratePerSecond: requestsPerSecond, burst: max(20, Int(requestsPerSecond * 2))),
            caBundle: caFile?.path, userAgent: userAgent)
    }
}
