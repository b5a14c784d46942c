import Checksums
import Domain
import FoundationEssentials

/// What a delivery is called on the wire: the same on every attempt (promise P3), and so that an episode's mails make one thread.
struct MessageIdentity {
    let alert: Alert
    /// The ledger's id: `alert/receiver` or `alert/receiver/address`.
    let deliveryID: String
    let domain: HostName

    /// `<episode.revision.receiver@domain>`, the receiver as a mark that gives away neither name nor address.
    var messageID: String {
        alert.kind == .test ? "<test.\(mark(deliveryID))@\(domain)>" : id(revision: alert.revision)
    }

    /// The episode's first mail to the same receiver and address; nil for that mail itself and for tests.
    var threadID: String? {
        alert.kind == .test || alert.revision == 1 ? nil : id(revision: 1)
    }

    private func id(revision: Int) -> String { "<\(safe(alert.episode.text)).\(revision).\(mark(receiver))@\(domain)>" }

    /// What of the delivery's id stays the same through an episode.
    private var receiver: String {
        deliveryID.hasPrefix(alert.id.text + "/") ? String(deliveryID.dropFirst(alert.id.text.utf8.count + 1)) : deliveryID
    }

    /// Letters, digits and hyphens; whatever else an id holds becomes a hyphen.
    private func safe(_ text: String) -> String {
        String(decoding: text.utf8.prefix(60).map { $0.isLetterOrDigit || $0 == 45 ? $0 : 45 }, as: UTF8.self)
    }
}

/// Sixteen hex digits that stand for a text.
func mark(_ text: String) -> String { String(Checksums.sha256(of: Data(text.utf8)).prefix(16)) }
