public import Domain
internal import FoundationEssentials
public import Transport

/// The real ways: the mail relay, the web, local maildirs.
public struct PostalService: Carrier {
    private let relay: SMTPClient?
    private let web: HTTPClient
    private let webhookTimeouts: Timeouts

    /// - Parameters:
    ///   - relay: nil if no mail is configured.
    ///   - web: its policy names the webhooks' hosts.
    public init(
        relay: SMTPClient?, web: HTTPClient, webhookTimeouts: Timeouts = Timeouts(total: .seconds(30), lowSpeedBytesPerSecond: 0)
    ) {
        self.relay = relay
        self.web = web
        self.webhookTimeouts = webhookTimeouts
    }

    public func carry(_ parcel: Parcel, of delivery: Delivery) async -> Answer {
        switch parcel {
        case .mail(let message, let from, let to): await mail(message, from: from, to: to)
        case .maildir(let message, let folder): await file(message, into: Maildir(folder), of: delivery)
        case .webhook(let url, let headers, let body): await post(body, headers: headers, to: url)
        }
    }

    private func mail(_ message: Data, from: EmailAddress, to: EmailAddress) async -> Answer {
        guard let relay else {
            return .later(reason: "no mail relay is configured; set mail.host")
        }
        do throws(SMTPError) {
            let receipt = try await relay.send(message: message, from: from, to: to)
            return .accepted(receipt: "\(receipt.code) \(receipt.text)")
        } catch {
            return Answer(error)
        }
    }

    private func post(_ body: Data, headers: [HTTPHeader], to url: URL) async -> Answer {
        var request = HTTPRequest(.post, url)
        request.headers = headers
        request.body = body
        request.timeouts = webhookTimeouts
        request.followRedirects = false
        request.needsOnlyStatus = true
        do throws(TransportError) {
            return Answer(webhook: try await web.send(request))
        } catch {
            return Answer(error)
        }
    }

    private func file(_ message: Data, into maildir: Maildir, of delivery: Delivery) async -> Answer {
        let name = Maildir.fileName(id: delivery.id, created: delivery.created)
        let filed = await onOwnThread { Result { () throws(MaildirError) in try maildir.deliver(message, name: name) } }
        switch filed {
        case .success(let path): return .accepted(receipt: path)
        case .failure(let error): return .later(reason: error.description)
        case nil: return .later(reason: "the system has no thread left; raise the service's limits")
        }
    }
}
