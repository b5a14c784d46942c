public import Domain
public import FoundationEssentials

/// The map picture of an alert.
public struct AlertPicture: Hashable, Sendable {
    public let png: Data
    /// What it shows, for those who do not see it.
    public let alternativeText: String

    public init(png: Data, alternativeText: String) {
        self.png = png
        self.alternativeText = alternativeText
    }
}

/// Why a message could not be written. Trying again will not help.
public enum MessageError: Error, Hashable, Sendable, CustomStringConvertible {
    case header(name: String, reason: String)
    case body(reason: String)

    public var description: String {
        switch self {
        case .header(let name, let reason): "cannot write the header \(name): \(reason)"
        case .body(let reason): "cannot write the message's body: \(reason)"
        }
    }
}

/// Makes messages of alerts. The same alert, receiver and templates give the same bytes, whenever it is asked.
public struct MessageComposer: Sendable {
    let templates: TemplateSet

    public init(templates: TemplateSet) { self.templates = templates }

    /// A mail (RFC 5322), ready for SMTP or a maildir: lines end in CRLF, all is ASCII.
    ///
    /// - Parameters:
    ///   - deliveryID: the ledger's id of this delivery; Message-ID and References come from it.
    ///   - messageIDDomain: what stands after the @ in Message-ID; the sending host's own domain.
    public func mail(
        _ alert: Alert, picture: AlertPicture?, to: Mailbox, from: Mailbox, language: Language, deliveryID: String,
        messageIDDomain: HostName
    ) throws(MessageError) -> Data {
        let identity = MessageIdentity(alert: alert, deliveryID: deliveryID, domain: messageIDDomain)
        let seed = mark(identity.messageID)
        let contentID = "map.\(seed)@\(messageIDDomain)"
        let context = AlertContext(alert: alert, language: language).values(
            picture: picture.map { (contentID: contentID, alternative: $0.alternativeText) })
        let text = templates.render(.text, in: language, context) + "\n"
        let html = templates.render(.html, in: language, context) + "\n"

        var page = MIMEPart.text(html, subtype: "html")
        if let picture {
            let map = MIMEPart.png(
                picture.png, contentID: try value(contentID, for: "Content-ID"), fileName: fileName(alert))
            page = .multipart(
                subtype: "related", parameters: "; type=\"text/html\"", boundary: "=_related_\(seed)", parts: [page, map])
        }
        let body = MIMEPart.multipart(
            subtype: "alternative", parameters: "", boundary: "=_alternative_\(seed)", parts: [.text(text, subtype: "plain"), page])
        let subject = templates.render(.subject, in: language, context)
        let headers = try headers(alert, subject: subject, to: to, from: from, language: language, identity: identity)
        return Data((headers.map(\.line).joined() + body.wire).utf8)
    }

    /// Each header once, in the order in which people expect them.
    private func headers(
        _ alert: Alert, subject: String, to: Mailbox, from: Mailbox, language: Language, identity: MessageIdentity
    ) throws(MessageError) -> [MailHeader] {
        let oneLineSubject = subject.split(whereSeparator: \.isNewline).joined(separator: " ").onOneLine()
        var headers = [
            MailHeader("Date", exact: try value(Moment(alert.issued).rfc5322, for: "Date")),
            MailHeader("From", mailbox: from),
            MailHeader("To", mailbox: to),
            MailHeader("Subject", text: try value(oneLineSubject, for: "Subject")),
            MailHeader("Message-ID", exact: try value(identity.messageID, for: "Message-ID")),
        ]
        if let thread = identity.threadID {
            headers.append(MailHeader("In-Reply-To", exact: try value(thread, for: "In-Reply-To")))
            headers.append(MailHeader("References", exact: try value(thread, for: "References")))
        }
        // Out-of-office programs keep quiet (RFC 3834; the second is Exchange's).
        headers.append(MailHeader("Auto-Submitted", exact: try value("auto-generated", for: "Auto-Submitted")))
        headers.append(MailHeader("X-Auto-Response-Suppress", exact: try value("All", for: "X-Auto-Response-Suppress")))
        let filed = [
            ("Alert", alert.id.text), ("Episode", alert.episode.text), ("Revision", "\(alert.revision)"), ("Kind", alert.kind.rawValue),
            ("Tier", alert.tier.rawValue), ("Volcano", alert.volcano.number.description),
            ("P-Max", Language.english.probability(alert.finding.pMax)),
        ]
        for (name, text) in filed {
            headers.append(MailHeader("X-Fringewatch-\(name)", text: try value(text.onOneLine(), for: "X-Fringewatch-\(name)")))
        }
        headers.append(MailHeader("Content-Language", exact: try value(language.rawValue, for: "Content-Language")))
        headers.append(MailHeader("MIME-Version", exact: try value("1.0", for: "MIME-Version")))
        return headers
    }

    private func value(_ text: String, for name: String) throws(MessageError) -> HeaderValue {
        do {
            return try HeaderValue(text)
        } catch {
            throw .header(name: name, reason: error.description)
        }
    }

    /// `353050-20240106_20240211.png`
    private func fileName(_ alert: Alert) -> String { "\(alert.volcano.number)-\(alert.observation.interferogram.pair).png" }
}

extension MailHeader {
    init(_ name: String, mailbox: Mailbox) {
        self.init(name, wire: mailbox.wire(after: name.utf8.count + 2))
    }
}
