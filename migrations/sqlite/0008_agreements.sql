-- One text that two people write, in versions; the newest counts.
CREATE TABLE agreement (
    id             BLOB PRIMARY KEY,
    occurrence_id  BLOB NOT NULL REFERENCES occurrence (id),
    step           TEXT NOT NULL,
    version        INTEGER NOT NULL,
    body           BLOB NOT NULL,
    written_by     BLOB NOT NULL REFERENCES person (id),
    written_at     TEXT NOT NULL,
    UNIQUE (occurrence_id, step, version)
) STRICT;

-- Who said yes to which version. A new version starts without any.
CREATE TABLE acceptance (
    agreement_id  BLOB NOT NULL REFERENCES agreement (id),
    person_id     BLOB NOT NULL REFERENCES person (id),
    accepted_at   TEXT NOT NULL,
    PRIMARY KEY (agreement_id, person_id)
) STRICT;
