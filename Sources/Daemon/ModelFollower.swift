import Detection
import FoundationEssentials
import Ledger
import ModelStore
import Service

/// Looks at the model store each second. A promotion counts from the next interferogram on; a model that cannot be used is refused, and
/// the one that judges goes on judging.
actor ModelFollower {
    private let watch: Watch
    private let ledger: LedgerDatabase
    private let log: Log
    private let reading = BlockingWork("models", inTurn: true)
    private var seen: StoreStamp?
    /// What the ledger does not have yet, oldest first.
    private var unrecorded: [ModelChange] = []

    init(watch: Watch, ledger: LedgerDatabase, log: Log) {
        self.watch = watch
        self.ledger = ledger
        self.log = log
    }

    func run() async {
        while !Task.isCancelled {
            do {
                try await look(now: Date())
                try await record()
            } catch {
                if Task.isCancelled { return }
                log.error("the model store could not be looked at; it is tried again", ["error": "\(error)"])
            }
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
        }
    }

    /// What a reading of the store led to.
    private enum Reading: Sendable {
        case usable(CNNModel, PromotionHistory)
        case refused(String, PromotionHistory)
    }

    func look(now: Date) async throws {
        guard let store = await watch.runtime.store else {
            seen = nil
            return
        }
        let stamp = try await reading.run { try store.stamp() }
        guard stamp != seen else { return }
        let reading = await Self.read(store, on: reading)
        let inUse = await watch.runtime.detector.model.id
        switch reading {
        case .usable(let model, let history):
            try await watch.use(model.id == inUse ? nil : model, problem: nil)
            if model.id != inUse { log.notice("another model judges", ["model": "\(model.id)", "before": "\(inUse)"]) }
            await note(history, .adopted, nil, now)
        case .refused(let problem, let history):
            try await watch.use(nil, problem: "\(problem); \(inUse) judges on")
            log.error("a model is refused; the one before judges on", ["model": "\(inUse)", "error": problem])
            await note(history, .refused, problem, now)
        }
        // Only now: what threw is looked at again.
        seen = stamp
    }

    private static func read(_ store: ModelStore, on work: BlockingWork) async -> Reading {
        do {
            return try await work.run {
                var history = PromotionHistory()
                do throws(StoreError) {
                    history = try store.history()
                    return .usable(try store.load(history.inForce), history)
                } catch {
                    return .refused("\(error)", history)
                }
            }
        } catch {
            return .refused("\(error)", PromotionHistory())
        }
    }

    /// The last promotion has this result; those since the last look were overtaken by it.
    private func note(_ history: PromotionHistory, _ result: ModelChange.Result, _ problem: String?, _ now: Date) async {
        guard let last = history.promotions.last else { return }
        var recorded = unrecorded.last?.ordered
        do { if recorded == nil { recorded = try await ledger.reader.newestRecordedOrder() } } catch {
            log.error("the ledger cannot be read", ["error": "\(error)"])
        }
        let overtaken = history.promotions.dropLast().filter { $0.at > recorded ?? .distantPast }
        unrecorded += overtaken.map { ModelChange($0, .overtaken, nil, now) }
        unrecorded.append(ModelChange(last, result, problem, now))
    }

    /// What fails (a full disk) is tried again by the next call.
    func record() async throws {
        guard !unrecorded.isEmpty else { return }
        try await ledger.recordModelChanges(unrecorded)
        unrecorded = []
    }
}

extension ModelChange {
    fileprivate init(_ promotion: Promotion, _ result: Result, _ problem: String?, _ now: Date) {
        self.init(
            promotion: promotion.number, kind: promotion.kind.rawValue, from: "\(promotion.from)", to: "\(promotion.to)", who: promotion.who,
            why: promotion.why, ordered: promotion.at, result: result, at: now, problem: problem)
    }
}
