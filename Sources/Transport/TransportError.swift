/// Why no complete answer came. An HTTP status is not an error: see ``HTTPResponse/retryAdvice``.
public struct TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable, CaseIterable {
        /// The policy forbids the host, the scheme or the address that the name resolves to.
        case refusedByPolicy = "refused-by-policy"
        /// The request itself is malformed: a URL or header that must not go on the wire.
        case invalidRequest = "invalid-request"
        case tooManyRedirects = "too-many-redirects"
        /// The host name has no address.
        case resolve
        /// Nothing answers at the address.
        case connect
        /// The certificate is not trusted, has expired or is another host's.
        case certificate
        /// The TLS handshake failed for another reason.
        case tls
        /// The deadline passed.
        case timeout
        /// The transfer stayed below the lowest acceptable speed.
        case tooSlow = "too-slow"
        /// The answer is larger than the request allows.
        case tooLarge = "too-large"
        /// The connection ended before the announced length; a part file is kept.
        case truncated
        /// The connection broke, or the peer spoke no proper HTTP.
        case connectionLost = "connection-lost"
        case diskFull = "disk-full"
        /// The part file cannot be opened or written.
        case disk
        /// The caller's task was cancelled.
        case cancelled
        /// libcurl could not be set up.
        case `internal`
    }

    public let kind: Kind
    /// What failed, with whom, and what to do.
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// Whether the same request must fail again until the configuration or the resource changes.
    public var isPermanent: Bool {
        switch kind {
        case .refusedByPolicy, .invalidRequest, .tooLarge, .tooManyRedirects: true
        case .resolve, .connect, .certificate, .tls, .timeout, .tooSlow, .truncated, .connectionLost, .diskFull, .disk, .cancelled,
            .internal:
            false
        }
    }

    public var description: String { message }
}
