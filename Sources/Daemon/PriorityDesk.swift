import Configuration
import Domain
import FoundationEssentials
import Service
import Volcanoes

/// What a look at the priority file led to.
enum PriorityNews: Sendable {
    case none
    case adopted([PriorityListChange])
    case refused(ConfigurationErrors)

    func write(to log: Log) {
        switch self {
        case .none: break
        case .adopted(let changes):
            for change in changes { log.notice("the priority list has changed", ["change": "\(change)"]) }
        case .refused(let errors): log.error("the priority list is wrong; the one before stays in force", ["errors": "\(errors)"])
        }
    }
}

/// The priority list in force, and what a look at its file does to it: a change that is right counts at once, one that is wrong leaves the
/// list as it was.
struct PriorityDesk: Sendable {
    /// A content of the file that was taken over.
    struct Record: Hashable, Sendable {
        let content: String
        let summary: String
        let at: Date
    }

    let url: URL
    private(set) var list: PriorityList
    /// What the ledger does not have yet, oldest first.
    private(set) var unrecorded: [Record] = []
    private var file: PriorityListFile
    private var readingProblem: String?
    private var contentProblem: String?

    /// - Parameter inForce: the list that counts until the file has been looked at.
    init(_ url: URL, inForce: PriorityList = .empty) {
        self.url = url
        list = inForce
        file = PriorityListFile(file: url.path)
    }

    /// Why the file as it now is does not count; nil while it does.
    var problem: String? { readingProblem ?? contentProblem }

    mutating func look(volcanoes: VolcanoList, receiverNames: [ReceiverName], now: Date) -> PriorityNews {
        let text: String?
        do throws(ConfigurationErrors) {
            text = try PriorityListFile.read(url)
        } catch {
            defer { readingProblem = error.description }
            return readingProblem == error.description ? .none : .refused(error)
        }
        readingProblem = nil
        switch file.consider(text, volcanoes: volcanoes, receiverNames: receiverNames, today: AcquisitionDate(now)) {
        case .unchanged: return .none
        case .invalid(let errors):
            contentProblem = errors.description
            return .refused(errors)
        case .valid(let new, let changes):
            contentProblem = nil
            list = new
            if let text {
                // The ledger leaves out what it has already, such as the same file at a restart.
                let summary = changes.isEmpty ? "no entry has changed" : changes.map(\.description).joined(separator: "; ")
                unrecorded.append(Record(content: text, summary: summary, at: now))
            }
            return changes.isEmpty ? .none : .adopted(changes)
        }
    }

    mutating func markRecorded(_ record: Record) { unrecorded.removeAll { $0 == record } }
}
