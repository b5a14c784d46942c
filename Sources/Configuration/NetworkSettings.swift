public import Domain
public import FoundationEssentials

/// What may be reached, and how hard.
public struct NetworkSettings: Sendable, Hashable {
    /// Beside the catalogues' and receivers' own.
    public var allowedHosts: [HostPattern]
    /// May be spoken to without encryption.
    public var plainHTTPHosts: [HostPattern]
    /// May resolve to private addresses.
    public var privateHosts: [HostPattern]
    public var connectionsPerHost: Int
    public var requestsPerSecond: Double
    /// Bytes.
    public var maxDownload: Int
    public var connectTimeout: Duration
    public var transferTimeout: Duration
    /// PEM file of the authorities to trust instead of the system's.
    public var caFile: URL?
    public var userAgent: String

    enum Keys {
        static let allowedHosts = SettingKey(
            "network.allowed_hosts", .hostPattern, default: "[data.ceda.ac.uk, dap.ceda.ac.uk]", isList: true,
            "Hosts that listings may link and redirect to, beside the catalogues' own.")
        static let plainHTTPHosts = SettingKey(
            "network.plain_http_hosts", .hostPattern, default: "[]", isList: true,
            "Hosts that may be spoken to without encryption. This machine always may.")
        static let privateHosts = SettingKey(
            "network.private_hosts", .hostPattern, default: "[]", isList: true,
            "Hosts whose names may lead to private addresses, such as an internal webhook.")
        static let connectionsPerHost = SettingKey<Int>(
            "network.connections_per_host", .whole(1...32), default: "4", "Requests to one host at the same time.")
        static let requestsPerSecond = SettingKey<Double>(
            "network.requests_per_second", .number(0.1...100), default: "10", "Requests to one host a second, in the long run.")
        static let maxDownload = SettingKey<Int>(
            "network.max_download", .size(from: "1 MiB", to: "10 GiB", such: "500 MiB"), default: "500 MiB",
            "A file that is greater is refused.")
        static let connectTimeout = SettingKey<Duration>(
            "network.connect_timeout", .time(from: "1s", to: "5m", such: "10s"), default: "10s", "Deadline for a connection.")
        static let transferTimeout = SettingKey<Duration>(
            "network.transfer_timeout", .time(from: "10s", to: "6h", such: "10m"), default: "10m", "Deadline for a whole transfer.")
        static let caFile = SettingKey(
            "network.ca_file", .path, defaultRule: "the system's",
            "PEM file of the certificate authorities to trust instead of the system's.")
        static let userAgent = SettingKey<String>(
            "network.user_agent", .line(upTo: 120), default: "fringewatch", "How fringewatch presents itself to servers.")
        static let all = [
            allowedHosts.description, plainHTTPHosts.description, privateHosts.description, connectionsPerHost.description,
            requestsPerSecond.description, maxDownload.description, connectTimeout.description, transferTimeout.description,
            caFile.description, userAgent.description,
        ]
    }

    init(_ reader: SectionReader) {
        allowedHosts = reader.listOrDefault(Keys.allowedHosts)
        plainHTTPHosts = reader.listOrDefault(Keys.plainHTTPHosts)
        privateHosts = reader.listOrDefault(Keys.privateHosts)
        connectionsPerHost = reader.value(Keys.connectionsPerHost)
        requestsPerSecond = reader.value(Keys.requestsPerSecond)
        maxDownload = reader.value(Keys.maxDownload)
        connectTimeout = reader.value(Keys.connectTimeout)
        transferTimeout = reader.value(Keys.transferTimeout)
        caFile = reader.optional(Keys.caFile)
        userAgent = reader.value(Keys.userAgent)
        if transferTimeout < connectTimeout {
            reader.problem(at: "transfer_timeout", found: "less than network.connect_timeout", expected: "at least network.connect_timeout")
        }
        reader.finish()
    }
}
