import Checksums
import FoundationEssentials

/// The secret that signs webhooks: `whsec_` and the base64 of 24 to 64 random bytes (Standard Webhooks). It does not print itself.
public struct WebhookSecret: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    private let key: Data

    public struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        /// Says what is wrong, never the secret.
        public let description: String
    }

    /// - Throws: ``Invalid`` for anything else. White space round it, such as a file's last line end, is ignored.
    public init(_ text: String) throws(Invalid) {
        let text = text.trimmed
        guard text.hasPrefix("whsec_") else { throw Invalid(description: "a webhook secret begins with whsec_") }
        guard let key = Data(base64Encoded: String(text.dropFirst(6))) else {
            throw Invalid(description: "a webhook secret is whsec_ followed by base64")
        }
        guard (24...64).contains(key.count) else {
            throw Invalid(
                description: "a webhook secret has 24 to 64 bytes, this one \(key.count); make one with: echo whsec_$(openssl rand -base64 32)")
        }
        self.key = key
    }

    /// `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`.
    func signature(id: String, timestamp: Int, body: Data) -> String {
        "v1," + Checksums.hmacSHA256(key: key, message: Data("\(id).\(timestamp).".utf8) + body).base64EncodedString()
    }

    public var description: String { "whsec_(hidden)" }
    public var debugDescription: String { description }
}
