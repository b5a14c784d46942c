public import Domain
public import FoundationEssentials
internal import GRDB

/// What an operator's wish about a delivery led to.
public enum DeliveryChange: Hashable, Sendable {
    case changed(Delivery)
    /// Why not, for the operator.
    case refused(String)
    case unknown
}

extension LedgerDatabase {
    /// Takes deliveries that are due, for sending. A lease that runs out (the process died while sending) makes them due again.
    ///
    /// Each address is a lane of its own: `perLane` at most of one, the oldest first, so that many waiting for a dead address leave the
    /// others their places. Disabled receivers get nothing.
    /// - Parameters:
    ///   - busy: lanes that are being sent to now; left out.
    ///   - lease: seconds; longer than any attempt's deadline.
    ///   - horizon: what is due later than any rule would have set is due now: the wall clock was set back since.
    /// - Returns: leased ones, in the order in which they fell due. What was delivered once is never leased again (P4).
    public func leaseDeliveries(
        limit: Int, perLane: Int = 1, except busy: Set<Lane> = [], lease: TimeInterval, at now: Date,
        horizon: Date = .distantFuture
    ) async throws(LedgerError) -> [Delivery] {
        let until = now.addingTimeInterval(lease).milliseconds
        let excluded = busy.map(\.key)
        return try await write { db in
            let marks = excluded.map { _ in "?" }.joined(separator: ", ")
            let sql = """
                UPDATE delivery SET state = 'leased', due = ? WHERE id IN (
                    SELECT id FROM (
                        SELECT id, due, created,
                            row_number() OVER (PARTITION BY receiver, address ORDER BY due, created, id) AS place
                        FROM delivery INDEXED BY dueDelivery
                        WHERE due IS NOT NULL AND (due <= ? OR due > ?) AND receiver || ' ' || address NOT IN (\(marks))
                            AND receiver NOT IN (SELECT receiver FROM disabledReceiver)
                    ) WHERE place <= ? ORDER BY due, created, id LIMIT ?
                ) RETURNING *
                """
            var arguments = StatementArguments([until, now.milliseconds, horizon.milliseconds])
            arguments += StatementArguments(excluded)
            arguments += StatementArguments([perLane, limit])
            return try Row.fetchAll(db, sql: sql, arguments: arguments).map { try Delivery($0) }
                .sorted { ($0.created, $0.id) < ($1.created, $1.id) }
        }
    }

    /// Makes everything leased due again: at the start, when no attempt of the process before can still be running.
    /// - Returns: how many there were.
    @discardableResult
    public func releaseLeases(at now: Date) async throws(LedgerError) -> Int {
        try await write { db in
            try db.execute(
                sql: "UPDATE delivery SET state = 'waiting', due = ? WHERE state = 'leased'", arguments: [now.milliseconds])
            return db.changesCount
        }
    }

    /// Records what became of an attempt (commit 4 of 4): the delivery with its new state, attempts and error.
    ///
    /// A receipt is recorded whatever happened meanwhile, for it is a fact. Anything else changes only what is still leased: what was
    /// delivered stays delivered, what an operator dropped stays dropped.
    /// - Parameter result: the receiver's answer, for the log of attempts.
    /// - Returns: the delivery as it now is.
    @discardableResult
    public func recordAttempt(_ delivery: Delivery, result: String, at now: Date) async throws(LedgerError) -> Delivery {
        try await write { db in
            guard let stored = try Delivery.fetch(delivery.id, db) else {
                throw LedgerError.inconsistent("delivery \(delivery.id) is not in the ledger")
            }
            try db.execute(
                sql: "INSERT INTO deliveryAttempt (delivery, at, state, result) VALUES (?, ?, ?, ?)",
                arguments: [delivery.id, now.milliseconds, delivery.state.kind.rawValue, result])
            let isReceipt = delivery.state.kind == .delivered && stored.state.kind != .delivered
            guard isReceipt || stored.state.kind == .leased else { return stored }
            try delivery.update(db)
            return delivery
        }
    }

    /// Gives a delivery that failed, was dropped or waits a new chance at once, with all its attempts before it.
    public func retryDelivery(_ id: String, at now: Date) async throws(LedgerError) -> DeliveryChange {
        try await change(id) { delivery in
            switch delivery.state {
            case .delivered: return "delivery \(id) has been delivered; it is never sent twice"
            case .leased: return "delivery \(id) is being tried at this moment"
            case .waiting, .failed, .dropped:
                delivery.attempts = 0
                delivery.state = .waiting(until: now)
                return nil
            }
        }
    }

    /// Gives a delivery up. An attempt that is running is not stopped; if it succeeds, its receipt is recorded.
    public func dropDelivery(_ id: String, at now: Date) async throws(LedgerError) -> DeliveryChange {
        try await change(id) { delivery in
            switch delivery.state {
            case .delivered: return "delivery \(id) has been delivered already"
            case .dropped: return "delivery \(id) has been dropped already"
            case .waiting, .leased, .failed:
                delivery.state = .dropped(at: now)
                return nil
            }
        }
    }

    /// - Parameter decide: changes the delivery, or says why not.
    private func change(
        _ id: String, _ decide: @escaping @Sendable (inout Delivery) -> String?
    ) async throws(LedgerError) -> DeliveryChange {
        try await write { db in
            guard var delivery = try Delivery.fetch(id, db) else { return .unknown }
            if let refusal = decide(&delivery) { return .refused(refusal) }
            try delivery.update(db)
            return .changed(delivery)
        }
    }

    /// Sends nothing to this receiver any more, until it is enabled again (P6: an answer 410). What waits for it stays waiting.
    public func disableReceiver(_ receiver: ReceiverName, reason: String, at now: Date) async throws(LedgerError) {
        try await write { db in
            try db.execute(
                sql: "INSERT INTO disabledReceiver (receiver, at, reason) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                arguments: [receiver.text, now.milliseconds, reason])
            if db.changesCount > 0 { try Journal.insert(db, .receiverDisabled, "\(receiver): \(reason)", at: now) }
        }
    }

    /// - Returns: false where it was not disabled.
    @discardableResult
    public func enableReceiver(_ receiver: ReceiverName, at now: Date) async throws(LedgerError) -> Bool {
        try await write { db in
            try db.execute(sql: "DELETE FROM disabledReceiver WHERE receiver = ?", arguments: [receiver.text])
            guard db.changesCount > 0 else { return false }
            try Journal.insert(db, .receiverEnabled, receiver.text, at: now)
            return true
        }
    }
}

extension Lane {
    /// As SQL builds it: a receiver's name holds no blank, so no two lanes have the same key.
    var key: String { "\(receiver) \(address)" }
}
