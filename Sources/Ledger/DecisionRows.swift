internal import Domain
internal import FoundationEssentials
internal import GRDB

// What a commit must be like, and the rows that it becomes.

extension InterferogramDecisions {
    /// A contradiction here would lose an alert or overwrite an episode without a trace, so it is refused.
    func check() throws(LedgerError) {
        let decidedUpon = Set(snapshots.map(\.volcano))
        for entry in entries {
            guard decidedUpon.contains(entry.volcano) else {
                throw .inconsistent("volcano \(entry.volcano) of \(interferogram) was decided without its episodes")
            }
            guard (entry.decision.announcement == nil) == (entry.alert == nil) else {
                throw .inconsistent(
                    "the decision '\(entry.decision.reason.rawValue)' on volcano \(entry.volcano) and its alert do not agree")
            }
            if entry.decision.announcement != nil, entry.decision.episode == nil {
                throw .inconsistent("volcano \(entry.volcano) of \(interferogram) has an alert without an episode")
            }
            try entry.alert?.check()
        }
    }
}

extension NewAlert {
    func check() throws(LedgerError) {
        for delivery in deliveries {
            guard delivery.alert == alert.id, delivery.state.kind == .waiting else {
                throw .inconsistent("delivery \(delivery.id) is not a waiting one of alert \(alert.id)")
            }
        }
    }

    func store(interferogram: Int64?, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO alert (id, episode, kind, volcano, interferogram, issued, json) VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                alert.id.text, interferogram == nil ? nil : alert.episode.text, alert.kind.rawValue, alert.volcano.number.value,
                interferogram, alert.issued.milliseconds, try StoredJSON.text(alert),
            ])
        if let picture {
            try db.execute(sql: "INSERT INTO picture (alert, png) VALUES (?, ?)", arguments: [alert.id.text, picture])
        }
        for delivery in deliveries { try delivery.insert(db) }
    }
}

extension InterferogramDecisions.Entry {
    func store(for interferogram: Int64, at now: Date, _ db: Database) throws {
        if let episode = decision.episode {
            try db.execute(
                sql: """
                    INSERT INTO episode (id, volcano, state, lastActiveDay, json) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (id) DO UPDATE
                        SET state = excluded.state, lastActiveDay = excluded.lastActiveDay, json = excluded.json
                        WHERE volcano = excluded.volcano
                    """,
                arguments: [
                    episode.id.text, episode.volcano.value, episode.state.rawValue, episode.lastActive.dayNumber,
                    try StoredJSON.text(episode),
                ])
            guard db.changesCount == 1 else {
                throw LedgerError.inconsistent("episode \(episode.id) belongs to another volcano than \(volcano)")
            }
        }
        try alert?.store(interferogram: interferogram, db)
        try db.execute(
            sql: """
                INSERT INTO decision (interferogram, volcano, model, rules, ending, at, reason, explanation, episode, alert)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                interferogram, volcano.value, model.description, rules,
                [.ended, .rejected].contains(decision.reason) ? decision.episode?.id.text ?? "" : "", now.milliseconds, decision.reason.rawValue,
                decision.explanation, decision.episode?.id.text, alert?.alert.id.text,
            ])
    }
}

extension Delivery {
    func insert(_ db: Database) throws {
        guard case .waiting(let until) = state else { throw LedgerError.inconsistent("delivery \(id) is new but not waiting") }
        try db.execute(
            sql: """
                INSERT INTO delivery (id, alert, receiver, address, created, attempts, lastError, state, due)
                VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', ?)
                """,
            arguments: [
                id, alert.text, receiver.text, address, created.milliseconds, attempts, lastError, until.milliseconds,
            ])
    }
}
