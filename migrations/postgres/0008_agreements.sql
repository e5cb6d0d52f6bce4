-- One text that two people write, in versions; the newest counts.
CREATE TABLE agreement (
    id             UUID PRIMARY KEY,
    occurrence_id  UUID NOT NULL REFERENCES occurrence (id),
    step           TEXT NOT NULL,
    version        BIGINT NOT NULL,
    body           BYTEA NOT NULL,
    written_by     UUID NOT NULL REFERENCES person (id),
    written_at     TIMESTAMPTZ NOT NULL,
    UNIQUE (occurrence_id, step, version)
);

-- Who said yes to which version. A new version starts without any.
CREATE TABLE acceptance (
    agreement_id  UUID NOT NULL REFERENCES agreement (id),
    person_id     UUID NOT NULL REFERENCES person (id),
    accepted_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (agreement_id, person_id)
);
