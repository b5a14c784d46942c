import Configuration
import Courier
import Domain
import FoundationEssentials
import Ledger
import MapPicture
import Messages
import Raster
import Transport

/// Who is told, in which form, and by which way: the receivers of a configuration with their secrets read and templates checked.
struct Outbox: Sendable {
    private let receivers: [ReceiverName: ReceiverSettings]
    private let order: [ReceiverName]
    private let composer: MessageComposer
    private let secrets: [ReceiverName: WebhookSecret]
    private let sender: Sender
    private let publicURL: URL?
    let carrier: PostalService
    let schedule: RetrySchedule

    /// Whose name stands on the messages.
    private struct Sender: Sendable {
        let mailbox: Mailbox
        /// False where there is no relay.
        let canMail: Bool
    }

    /// - Throws: `TemplateErrors`, `SecretUnavailable`, or what is wrong with the relay.
    init(_ settings: Settings, installation: Installation) throws {
        composer = MessageComposer(templates: try TemplateSet.load(from: settings.templates ?? installation.templates))
        order = settings.receivers.map(\.name)
        receivers = Dictionary(settings.receivers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var secrets: [ReceiverName: WebhookSecret] = [:]
        var hosts: [HostPattern] = []
        for receiver in settings.receivers where receiver.enabled {
            guard case .webhook(let url, _) = receiver.channel else { continue }
            secrets[receiver.name] = try Self.webhookSecret(of: receiver)
            if let host = HostPattern(of: url) { hosts.append(host) }
        }
        self.secrets = secrets
        publicURL = settings.publicURL
        sender = try Self.sender(settings.smtp)
        carrier = PostalService(
            relay: try settings.smtp.map { SMTPClient(settings: try $0.transport()) },
            web: HTTPClient(policy: settings.network.policy(allowing: hosts)))
        schedule = RetrySchedule(settings.retries)
    }

    /// - Returns: nil for receivers of other kinds.
    /// - Throws: `SecretUnavailable`, `OutboxError`.
    static func webhookSecret(of receiver: ReceiverSettings) throws -> WebhookSecret? {
        guard case .webhook(_, let source) = receiver.channel else { return nil }
        do {
            return try WebhookSecret(try source.read().revealed)
        } catch let invalid as WebhookSecret.Invalid {
            throw OutboxError.notAWebhookSecret(receiver.name, source, invalid)
        }
    }

    private static func sender(_ smtp: SMTPRelaySettings?) throws -> Sender {
        guard let smtp else {
            // For maildirs only: no relay, so no address of our own is needed.
            return Sender(mailbox: try Mailbox("fringewatch <fringewatch@localhost>"), canMail: false)
        }
        let name = smtp.fromName.filter { !"\"\\<>".contains($0) }
        return Sender(mailbox: try Mailbox(name: name, address: smtp.from), canMail: true)
    }

    // MARK: Who is told

    /// One delivery for each address that is to hear of an alert.
    /// - Parameters:
    ///   - listed: receivers that the volcano's priority entry names.
    ///   - only: restrict to these; empty for all.
    func deliveries(for alert: Alert, listed: [ReceiverName], only: [ReceiverName] = [], now: Date) -> [Delivery] {
        order.compactMap { receivers[$0] }.filter { receiver in
            (only.isEmpty || only.contains(receiver.name))
                && receiver.wants(kind: alert.kind, tier: alert.tier, volcano: alert.volcano.number, listed: listed.contains(receiver.name))
        }.flatMap { receiver in
            receiver.addresses.map { address in
                Delivery(
                    id: receiver.addresses.count > 1 ? "\(alert.id)/\(receiver.name)/\(address)" : "\(alert.id)/\(receiver.name)", alert: alert.id,
                    receiver: receiver.name, address: address, created: now, attempts: 0, lastError: nil, state: .waiting(until: now))
            }
        }
    }

    // MARK: What they are told

    /// - Throws: where the receiver is no longer configured, or the message cannot be written.
    func parcel(for delivery: Delivery, alert: Alert, picture: Data?, now: Date) throws -> Parcel {
        guard let receiver = receivers[delivery.receiver], receiver.enabled else { throw OutboxError.noReceiver(delivery.receiver) }
        // Webhooks and maildirs may move; a person who was taken off the list must not be written to.
        if case .email(let to) = receiver.channel, !to.contains(where: { $0.text == delivery.address }) {
            throw OutboxError.noReceiver(delivery.receiver)
        }
        switch receiver.channel {
        case .maildir(let folder):
            let mail = try mail(delivery, alert, picture, receiver, to: Mailbox("\(receiver.name)@localhost"))
            return .maildir(mail, folder: folder)
        case .email:
            guard sender.canMail else { throw OutboxError.noSender }
            let to = try EmailAddress(delivery.address)
            let mail = try mail(delivery, alert, picture, receiver, to: Mailbox(address: to))
            return .mail(mail, from: sender.mailbox.address, to: to)
        case .webhook(let url, _):
            guard let secret = secrets[receiver.name] else { throw OutboxError.noReceiver(delivery.receiver) }
            let message = try composer.webhook(
                alert, picture: webhookPicture(alert, picture, receiver), language: receiver.language, secret: secret, deliveryID: delivery.id,
                timestamp: now)
            return .webhook(url, headers: try message.headers.map { try HTTPHeader(name: $0.name, value: $0.value) }, body: message.body)
        }
    }

    private func mail(_ delivery: Delivery, _ alert: Alert, _ picture: Data?, _ receiver: ReceiverSettings, to: Mailbox) throws -> Data {
        try composer.mail(
            alert, picture: receiver.picture == .inline ? attached(picture, alert, receiver) : nil, to: to, from: sender.mailbox,
            language: receiver.language, deliveryID: delivery.id, messageIDDomain: sender.mailbox.address.domain)
    }

    private func webhookPicture(_ alert: Alert, _ picture: Data?, _ receiver: ReceiverSettings) -> WebhookPicture {
        switch receiver.picture {
        case .none: .none
        case .inline: attached(picture, alert, receiver).map(WebhookPicture.inline) ?? .none
        case .link:
            publicURL.map {
                .link($0.appending(path: "pictures/\(alert.id).png"), alternativeText: alternativeText(alert, receiver.language))
            } ?? .none
        }
    }

    private func attached(_ picture: Data?, _ alert: Alert, _ receiver: ReceiverSettings) -> AlertPicture? {
        picture.map { AlertPicture(png: $0, alternativeText: alternativeText(alert, receiver.language)) }
    }

    private func alternativeText(_ alert: Alert, _ language: Language) -> String {
        // The words need no pixels: an empty map has the same ones.
        let empty = RasterGrid(
            geometry: GridGeometry(
                width: 1, height: 1, west: alert.volcano.summit.longitude, north: alert.volcano.summit.latitude, pixelWidth: 1, pixelHeight: 1),
            values: [.nan])
        return MapPicture.alternativeText(
            PictureScene(
                volcano: alert.volcano.name, summit: alert.volcano.summit, interferogram: alert.observation.interferogram, phase: empty,
                probability: empty, peak: PictureScene.Peak(place: alert.finding.place, probability: alert.finding.pMax), language: language,
                isTest: alert.kind == .test))
    }
}

/// Why a message has nowhere to go.
enum OutboxError: Error, CustomStringConvertible {
    case noReceiver(ReceiverName)
    case noSender
    case notAWebhookSecret(ReceiverName, SecretSource, WebhookSecret.Invalid)

    var description: String {
        switch self {
        case .noReceiver(let name):
            "the receiver \(name), or this address of it, is no longer configured or is switched off; configure it again, or drop the delivery"
        case .noSender: "no mail relay is configured; write the section smtp with host and from"
        case .notAWebhookSecret(let name, let source, let invalid): "the secret of receiver \(name), \(source): \(invalid)"
        }
    }
}

extension ReceiverSettings {
    /// Each gets a delivery of its own.
    var addresses: [String] {
        switch channel {
        case .email(let to): to.map(\.text)
        case .maildir(let folder): [folder.path]
        case .webhook(let url, _): [url.absoluteString]
        }
    }
}

extension SMTPRelaySettings {
    func transport() throws -> SMTPSettings {
        let security: SMTPSettings.Security =
            switch self.security {
            case .none: .none
            case .starttls: .startTLS
            case .tls: .tls
            }
        // Whoever writes `security: none` for another machine has said that the network between is trusted.
        return try SMTPSettings(
            host: host, port: port, security: security,
            credentials: try login.map { SMTPSettings.Credentials(user: $0.user, password: try $0.password.read()) },
            ehloName: ehlo, caBundle: caFile, plainAllowed: true)
    }
}

extension RetrySchedule {
    init(_ settings: RetrySettings) {
        self.init(waits: settings.schedule.map { $0 / .seconds(1) }, retryAfterLimit: settings.retryAfterLimit / .seconds(1))
    }
}
