internal import GRDB

/// The tables. A published migration is never changed: a new one is added.
///
/// Times are milliseconds since 1970 (UTC), days are days since 1970, JSON is what `StoredJSON` writes. All tables are STRICT.
enum Schema {
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 the ledger") { db in
            try db.execute(sql: "PRAGMA application_id = \(LedgerFile.applicationID)")
            for sql in [frames, interferograms, results, alerts, deliveries, journal] { try db.execute(sql: sql) }
        }
        migrator.registerMigration("2 verdicts and models") { db in try db.execute(sql: review) }
        return migrator
    }()

    private static let frames = """
        CREATE TABLE frame (
            name TEXT PRIMARY KEY,
            priority INTEGER NOT NULL DEFAULT 0,        -- greater is sooner
            newestDay INTEGER,                          -- newest acquisition in any listing
            polygon TEXT                                -- JSON: FramePolygon
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE polling (
            frame TEXT NOT NULL REFERENCES frame(name),
            catalogue TEXT NOT NULL,
            firstListed INTEGER,                        -- the listing that made the baseline
            lastSuccess INTEGER,
            lastError TEXT,                             -- of the last poll, if it failed
            lastErrorAt INTEGER,
            failures INTEGER NOT NULL DEFAULT 0,        -- in a row
            degraded TEXT,
            pairs INTEGER NOT NULL DEFAULT 0,           -- in the last successful listing
            PRIMARY KEY (frame, catalogue)
        ) STRICT, WITHOUT ROWID;
        """

    private static let interferograms = """
        CREATE TABLE interferogram (                    -- one row per published version
            id INTEGER PRIMARY KEY,
            frame TEXT NOT NULL REFERENCES frame(name),
            pair TEXT NOT NULL,
            version INTEGER NOT NULL,                   -- 1, 2, ...
            current INTEGER NOT NULL,                   -- 1 for the newest version
            earlierDay INTEGER NOT NULL,
            laterDay INTEGER NOT NULL,
            catalogue TEXT NOT NULL,
            source TEXT NOT NULL,
            product TEXT NOT NULL,                      -- JSON: ProductVersion
            seen INTEGER NOT NULL,
            priority INTEGER NOT NULL,                  -- its frame's, copied for the queue's index
            attempts INTEGER NOT NULL DEFAULT 0,
            notBefore INTEGER NOT NULL DEFAULT 0,
            lastError TEXT,
            timings TEXT,                               -- JSON: seconds by stage
            outcome TEXT CHECK (outcome IN ('baseline', 'scored', 'not-assessable', 'rejected', 'superseded')),
            outcomeReason TEXT,
            finished INTEGER,
            supersededOutcome TEXT,                     -- how a superseded version had ended before
            UNIQUE (frame, pair, version),
            CHECK ((outcome IS NULL) = (finished IS NULL))
        ) STRICT;
        CREATE INDEX waitingInterferogram
            ON interferogram (priority DESC, laterDay DESC, earlierDay DESC, id, notBefore) WHERE outcome IS NULL;
        CREATE INDEX interferogramByOutcome ON interferogram (outcome);
        CREATE INDEX interferogramByPair ON interferogram (pair);
        CREATE INDEX processedInterferogram ON interferogram (seen DESC, id DESC) WHERE outcome IS NOT 'baseline';

        CREATE TABLE fetchAttempt (
            interferogram INTEGER NOT NULL REFERENCES interferogram(id),
            number INTEGER NOT NULL,
            at INTEGER NOT NULL,
            error TEXT NOT NULL,
            PRIMARY KEY (interferogram, number)
        ) STRICT, WITHOUT ROWID;
        """

    private static let results = """
        CREATE TABLE assessment (
            interferogram INTEGER NOT NULL REFERENCES interferogram(id),
            volcano INTEGER NOT NULL,
            model TEXT NOT NULL,                        -- name@checksum
            laterDay INTEGER NOT NULL,
            pMax REAL,                                  -- NULL where not assessable
            json TEXT NOT NULL,                         -- Assessment
            at INTEGER NOT NULL,
            PRIMARY KEY (interferogram, volcano, model)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX assessmentByVolcano ON assessment (volcano, laterDay, pMax);

        CREATE TABLE episode (
            id TEXT PRIMARY KEY,
            volcano INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('open', 'ended', 'cancelled')),
            lastActiveDay INTEGER NOT NULL,
            json TEXT NOT NULL                          -- Episode
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX episodeByVolcano ON episode (volcano, lastActiveDay);
        CREATE INDEX openEpisode ON episode (volcano) WHERE state = 'open';

        CREATE TABLE decision (
            id INTEGER PRIMARY KEY,
            interferogram INTEGER NOT NULL REFERENCES interferogram(id),
            volcano INTEGER NOT NULL,
            model TEXT NOT NULL,
            rules TEXT NOT NULL,
            ending TEXT NOT NULL,                       -- the episode that it ends; '' for a decision on the assessment itself
            at INTEGER NOT NULL,
            reason TEXT NOT NULL,
            explanation TEXT NOT NULL,
            episode TEXT REFERENCES episode(id),
            alert TEXT REFERENCES alert(id),
            UNIQUE (interferogram, volcano, model, rules, ending)
        ) STRICT;
        CREATE INDEX decisionByVolcano ON decision (volcano, id);
        """

    private static let alerts = """
        CREATE TABLE alert (
            id TEXT PRIMARY KEY,
            episode TEXT REFERENCES episode(id),        -- NULL for a test alert
            kind TEXT NOT NULL,
            volcano INTEGER NOT NULL,
            interferogram INTEGER REFERENCES interferogram(id),
            issued INTEGER NOT NULL,
            json TEXT NOT NULL                          -- Alert
        ) STRICT;
        CREATE INDEX alertByTime ON alert (issued);
        CREATE INDEX alertByVolcano ON alert (volcano, issued);
        CREATE INDEX alertByInterferogram ON alert (interferogram);
        CREATE INDEX alertByEpisode ON alert (episode, issued);

        CREATE TABLE picture (
            alert TEXT PRIMARY KEY REFERENCES alert(id),
            png BLOB NOT NULL
        ) STRICT;
        """

    private static let deliveries = """
        CREATE TABLE delivery (
            id TEXT PRIMARY KEY,
            alert TEXT NOT NULL REFERENCES alert(id),
            receiver TEXT NOT NULL,
            address TEXT NOT NULL,
            created INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            lastError TEXT,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'leased', 'delivered', 'failed', 'dropped')),
            due INTEGER,                                -- waiting: the next attempt; leased: the lease's end
            ended INTEGER,
            note TEXT,                                  -- delivered: the receipt; failed: the reason
            CHECK ((state IN ('waiting', 'leased')) = (due IS NOT NULL)),
            CHECK ((state IN ('delivered', 'failed', 'dropped')) = (ended IS NOT NULL))
        ) STRICT;
        CREATE INDEX dueDelivery ON delivery (due, created, id) WHERE due IS NOT NULL;
        CREATE INDEX deliveryByAlert ON delivery (alert);
        CREATE INDEX deliveryByState ON delivery (state, created);

        CREATE TABLE deliveryAttempt (
            id INTEGER PRIMARY KEY,
            delivery TEXT NOT NULL REFERENCES delivery(id),
            at INTEGER NOT NULL,
            state TEXT NOT NULL,                        -- what the delivery became
            result TEXT NOT NULL
        ) STRICT;
        CREATE INDEX deliveryAttemptByDelivery ON deliveryAttempt (delivery, id);

        CREATE TABLE disabledReceiver (
            receiver TEXT PRIMARY KEY,
            at INTEGER NOT NULL,
            reason TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    private static let journal = """
        CREATE TABLE event (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            kind TEXT NOT NULL,
            message TEXT NOT NULL
        ) STRICT;

        CREATE TABLE priorityChange (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            contentHash TEXT NOT NULL,
            content TEXT NOT NULL,
            summary TEXT NOT NULL
        ) STRICT;
        """
}
