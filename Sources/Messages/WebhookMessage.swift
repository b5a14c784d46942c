public import Domain
public import FoundationEssentials

/// How a webhook carries the picture.
public enum WebhookPicture: Hashable, Sendable {
    case none
    /// As base64 in the body.
    case inline(AlertPicture)
    /// Where the receiver can fetch it.
    case link(URL, alternativeText: String)
}

/// A signed webhook (Standard Webhooks), ready to be sent with POST.
public struct WebhookMessage: Sendable {
    /// In order; names in lower case.
    public let headers: [(name: String, value: String)]
    /// JSON, described by alert-templates/webhook.schema.json.
    public let body: Data
}

extension MessageComposer {
    /// - Parameters:
    ///   - deliveryID: the ledger's id of this delivery. What goes out as `webhook-id` is a mark made from it: the same on every
    ///     attempt, without the receiver's name in it.
    ///   - timestamp: of this attempt. The signature covers it, and receivers refuse old ones.
    public func webhook(
        _ alert: Alert, picture: WebhookPicture, language: Language, secret: WebhookSecret, deliveryID: String, timestamp: Date
    ) throws(MessageError) -> WebhookMessage {
        let context = AlertContext(alert: alert, language: language).values(picture: nil)
        let body = WebhookBody(
            alert, text: templates.render(.chat, in: language, context), picture: picture, language: language)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json: Data
        do {
            json = try encoder.encode(body)
        } catch {
            throw .body(reason: "\(error)")
        }
        let id = "msg_" + mark(deliveryID), seconds = Int(timestamp.timeIntervalSince1970.rounded(.down))
        return WebhookMessage(
            headers: [
                ("content-type", "application/json; charset=utf-8"), ("webhook-id", id), ("webhook-timestamp", "\(seconds)"),
                ("webhook-signature", secret.signature(id: id, timestamp: seconds, body: json)),
            ], body: json)
    }
}
