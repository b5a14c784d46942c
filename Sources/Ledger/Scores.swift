public import Domain
public import FoundationEssentials
internal import GRDB

extension LedgerDatabase {
    /// Records what the classifier said of an interferogram (commit 2 of 4). Repeating it changes nothing: the first record of a
    /// version, volcano and model stays.
    /// - Parameter timings: seconds by stage, such as "fetch" and "classify".
    public func recordScores(
        _ assessments: [Assessment], of interferogram: InterferogramID, version: Int, timings: [String: Double] = [:], at now: Date
    ) async throws(LedgerError) {
        guard assessments.allSatisfy({ $0.interferogram == interferogram }) else {
            throw .inconsistent("scores of \(interferogram) with assessments of another interferogram")
        }
        try await write { db in
            let id: Int64 = try interferogram.row(version: version, db)["id"]
            for assessment in assessments {
                try db.execute(
                    sql: """
                        INSERT INTO assessment (interferogram, volcano, model, laterDay, pMax, json, at) VALUES (?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO NOTHING
                        """,
                    arguments: [
                        id, assessment.volcano.value, assessment.model.description, interferogram.pair.later.dayNumber,
                        assessment.finding?.pMax.value, try StoredJSON.text(assessment), now.milliseconds,
                    ])
            }
            guard !timings.isEmpty else { return }
            try db.execute(
                sql: "UPDATE interferogram SET timings = coalesce(timings, ?) WHERE id = ?",
                arguments: [try StoredJSON.text(timings), id])
        }
    }
}

extension LedgerReader {
    /// What was recorded of a version: after a restart the decision goes on from here. By volcano.
    public func scores(of interferogram: InterferogramID, version: Int) async throws(LedgerError) -> [Assessment] {
        try await read { db in
            let id: Int64 = try interferogram.row(version: version, db)["id"]
            return try Row.fetchAll(
                db, sql: "SELECT json FROM assessment WHERE interferogram = ? ORDER BY volcano, model", arguments: [id]
            ).map { try $0.json(Assessment.self) }
        }
    }

    /// A volcano's assessments, oldest later acquisition first. Superseded versions are left out.
    /// - Parameter since: of the later acquisition.
    public func assessments(of volcano: VolcanoNumber, since: AcquisitionDate? = nil) async throws(LedgerError) -> [Assessment] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT a.json FROM assessment a JOIN interferogram i ON i.id = a.interferogram
                    WHERE a.volcano = ? AND a.laterDay >= ? AND i.current = 1 ORDER BY a.laterDay, i.earlierDay, i.frame
                    """, arguments: [volcano.value, since?.dayNumber ?? 0]
            ).map { try $0.json(Assessment.self) }
        }
    }

    /// A volcano's earlier flags, newest first, with what was told of each.
    public func earlierFlags(
        of volcano: VolcanoNumber, atLeast threshold: Probability, except: InterferogramID? = nil, limit: Int = 20
    ) async throws(LedgerError) -> [EarlierFlag] {
        try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT a.json, (SELECT t.kind FROM decision d JOIN alert t ON t.id = d.alert
                        WHERE d.interferogram = a.interferogram AND d.volcano = a.volcano AND d.ending = '') AS kind
                    FROM assessment a JOIN interferogram i ON i.id = a.interferogram
                    WHERE a.volcano = ? AND a.pMax >= ? AND i.current = 1
                        AND NOT (i.frame = coalesce(?, '') AND i.pair = coalesce(?, ''))
                    ORDER BY a.laterDay DESC, i.earlierDay DESC, i.frame LIMIT ?
                    """,
                arguments: [volcano.value, threshold.value, except?.frame.name, except?.pair.description, limit])
            return try rows.compactMap { row in
                let assessment = try row.json(Assessment.self)
                guard let finding = assessment.finding else { return nil }
                return EarlierFlag(
                    interferogram: assessment.interferogram, pMax: finding.pMax,
                    kind: try row.parsedIfAny("kind", AlertKind.init(rawValue:)))
            }
        }
    }

    /// Until when a volcano has been observed: the latest acquisition of its scored assessments. Nil if there are none.
    public func observedUntil(_ volcano: VolcanoNumber) async throws(LedgerError) -> AcquisitionDate? {
        try await read { db in
            try Int.fetchOne(
                db,
                sql: "SELECT laterDay FROM assessment WHERE volcano = ? AND pMax IS NOT NULL ORDER BY laterDay DESC LIMIT 1",
                arguments: [volcano.value]
            ).map(AcquisitionDate.init(dayNumber:))
        }
    }
}
