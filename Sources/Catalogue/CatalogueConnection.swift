import Checksums
public import Domain
public import FoundationEssentials
public import Transport

/// The way to catalogues over HTTP: a client, the hosts that links may lead to, and tokens for restricted data.
public struct CatalogueConnection: Sendable {
    let client: HTTPClient
    let links: LinkPolicy
    let downloadTimeouts: Timeouts
    private let bearerTokens: [String: Secret]

    /// - Parameters:
    ///   - allowedHosts: a manifest may link to these, beside the catalogue's own. The client's policy must allow them too.
    ///   - downloadTimeouts: of a file; pages have the same time to connect.
    ///   - bearerTokens: by the catalogue's address; sent to its host and port only.
    public init(
        client: HTTPClient, allowedHosts: [HostPattern], downloadTimeouts: Timeouts = .download, bearerTokens: [URL: Secret] = [:]
    ) {
        self.client = client
        self.downloadTimeouts = downloadTimeouts
        links = LinkPolicy(allowedHosts: allowedHosts)
        self.bearerTokens = Dictionary(
            bearerTokens.compactMap { url, token in LinkPolicy.authority(of: url).map { ($0, token) } },
            uniquingKeysWith: { first, _ in first })
    }

    func request(_ method: HTTPRequest.Method = .get, _ url: URL) -> HTTPRequest {
        var request = HTTPRequest(method, url)
        request.timeouts.connect = downloadTimeouts.connect
        request.bearerToken = LinkPolicy.authority(of: url).flatMap { bearerTokens[$0] }
        return request
    }

    /// A page of a catalogue.
    struct Page: Sendable {
        let content: Data
        /// After redirects.
        let url: URL
        let contentType: String?
        let validator: ListingValidator
    }

    /// - Returns: nil if the page is what the validator describes.
    /// - Throws: a temporary `notFound` for 404.
    func page(_ url: URL, limit: Int, unlessUnchanged validator: ListingValidator? = nil) async throws(CatalogueError) -> Page? {
        var request = request(.get, url)
        request.bodyLimit = limit
        let response: HTTPResponse
        do throws(TransportError) {
            try request.onlyIfChanged(entityTag: validator?.entityTag, lastModified: validator?.lastModified)
            response = try await client.send(request)
        } catch {
            throw CatalogueError(error, subject: url.absoluteString)
        }
        if response.isNotModified, validator != nil { return nil }
        guard response.status == 200 else { throw CatalogueError(response, subject: url.absoluteString) }
        let digest = Checksums.sha256(of: response.body)
        if digest == validator?.digest { return nil }
        return Page(
            content: response.body, url: response.finalURL, contentType: response.contentType,
            validator: ListingValidator(
                entityTag: response.entityTag, lastModified: Self.settledLastModified(of: response), digest: digest))
    }

    /// Last-Modified counts whole seconds: a page that changed a moment ago may change again within the same second. It is a
    /// strong validator only when a minute lies between it and the answer (RFC 9110, 8.8.2.2).
    private static func settledLastModified(of response: HTTPResponse) -> Date? {
        guard let modified = response.lastModified, let answered = response.headers["Date"].flatMap(HTTPDate.parse),
            answered.timeIntervalSince(modified) >= 60
        else { return nil }
        return modified
    }
}

/// Sizes of pages beyond which something is wrong.
enum PageLimit {
    /// A long frame has about 3,000 pairs of 250 bytes each.
    static let index = 16 << 20
    static let manifest = 1 << 20
    static let polygon = 1 << 20
}

extension CatalogueError {
    init(_ response: HTTPResponse, subject: String) {
        switch response.status {
        case 404:
            self.init(
                .notFound, .retry(after: nil), subject: subject,
                "not found (404); catalogues lose and regain files, it is tried again")
        case 410:
            self.init(.notFound, .giveUp, subject: subject, "the catalogue says that it is gone for good (410)")
        case 401, 403:
            self.init(
                .denied, .retry(after: response.retryAfter), subject: subject,
                "access denied (\(response.status)); check the catalogue's bearer token and whether the data are public")
        case 408, 425, 429, 500...599:
            self.init(
                .busy, .retry(after: response.retryAfter), subject: subject, "the server cannot answer now (\(response.status))")
        default:
            self.init(
                .unreadable, .retry(after: nil), subject: subject,
                "unexpected answer (\(response.status)); check the catalogue's address")
        }
    }

    init(_ error: TransportError, subject: String) {
        let (fault, remedy): (Fault, Remedy) =
            switch error.kind {
            case .refusedByPolicy, .invalidRequest: (.refusedLink, .giveUp)
            case .tooLarge: (.tooLarge, .giveUp)
            case .diskFull: (.diskFull, .retry(after: nil))
            case .disk: (.storage, .retry(after: nil))
            case .cancelled: (.cancelled, .retry(after: nil))
            // A failing index redirects in circles; it recovers.
            case .tooManyRedirects, .resolve, .connect, .certificate, .tls, .timeout, .tooSlow, .connectionLost, .truncated,
                .internal:
                (.unreachable, .retry(after: nil))
            }
        self.init(fault, remedy, subject: subject, error.message)
    }
}
