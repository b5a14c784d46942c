/// Tables of the second migration: verdicts, and which model was put in force.
extension Schema {
    static let review = """
        CREATE TABLE verdict (
            id INTEGER PRIMARY KEY,
            subject TEXT NOT NULL,                      -- VerdictSubject.key: the last one on a subject counts
            frame TEXT,                                 -- NULL for a file that names none
            pair TEXT,
            volcano INTEGER,                            -- NULL for a place
            verdict TEXT NOT NULL CHECK (verdict IN ('deformation', 'atmosphere', 'other', 'unsure')),
            alert TEXT REFERENCES alert(id),
            at INTEGER NOT NULL,
            json TEXT NOT NULL                          -- ReviewVerdict
        ) STRICT;
        CREATE INDEX verdictBySubject ON verdict (subject, id);
        CREATE INDEX verdictByInterferogram ON verdict (frame, pair, volcano);
        CREATE TRIGGER verdictIsNeverChanged BEFORE UPDATE ON verdict
            BEGIN SELECT RAISE(ABORT, 'a verdict is never changed'); END;
        CREATE TRIGGER verdictIsNeverRemoved BEFORE DELETE ON verdict
            BEGIN SELECT RAISE(ABORT, 'a verdict is never removed'); END;

        CREATE TABLE modelChange (
            id INTEGER PRIMARY KEY,
            promotion INTEGER NOT NULL,                 -- its number in the model store
            result TEXT NOT NULL CHECK (result IN ('adopted', 'refused', 'overtaken')),
            at INTEGER NOT NULL,                        -- when the daemon looked
            json TEXT NOT NULL                          -- ModelChange
        ) STRICT;
        CREATE INDEX modelChangeByPromotion ON modelChange (promotion, id);
        """
}
