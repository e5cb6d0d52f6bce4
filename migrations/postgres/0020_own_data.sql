-- A person's request for a copy of their own data: the request, the parts of the
-- clinicians, what they decided item by item, the files and their downloads.

CREATE TABLE data_request (
    id           UUID PRIMARY KEY,
    person_id    UUID NOT NULL REFERENCES person (id),
    way          TEXT NOT NULL CHECK (way IN ('portal', 'letter')),
    -- The practice's date on which it was received: the month counts from it.
    received_on  DATE NOT NULL,
    asked_at     TIMESTAMPTZ NOT NULL,
    -- The person's own account, or that of the clinician who opened the case.
    asked_by     UUID NOT NULL REFERENCES account (id),
    -- Sealed: who asked by letter, and how their identity was checked; NULL: asked
    -- in the portal.
    checked      BYTEA,
    -- Since when it may take two months longer; NULL: it may not.
    extended_at  TIMESTAMPTZ,
    extended_by  UUID REFERENCES account (id),
    -- Sealed: why it takes longer, as the person reads it.
    extension    BYTEA,
    cancelled_at TIMESTAMPTZ,
    cancelled_by UUID REFERENCES account (id),
    -- When the files could be fetched first; NULL: not yet.
    ready_at     TIMESTAMPTZ,
    -- When the files were removed after their time; NULL: they are there.
    removed_at   TIMESTAMPTZ,
    CHECK ((way = 'letter') = (checked IS NOT NULL)),
    CHECK ((extended_at IS NULL) = (extension IS NULL)),
    CHECK ((extended_at IS NULL) = (extended_by IS NULL)),
    CHECK (removed_at IS NULL OR ready_at IS NOT NULL),
    CHECK (cancelled_at IS NULL OR ready_at IS NULL)
);
CREATE UNIQUE INDEX data_request_open ON data_request (person_id) WHERE ready_at IS NULL AND cancelled_at IS NULL;
CREATE INDEX data_request_person ON data_request (person_id, asked_at);
CREATE INDEX data_request_kept ON data_request (ready_at) WHERE ready_at IS NOT NULL AND removed_at IS NULL;

-- The part of a request that is about one client: its clinicians decide it.
CREATE TABLE data_request_part (
    request_id   UUID NOT NULL REFERENCES data_request (id),
    client_id    UUID NOT NULL REFERENCES client (id),
    -- NULL: not yet.
    finished_at  TIMESTAMPTZ,
    finished_by  UUID REFERENCES account (id),
    -- What was handed to the person of this part; NULL: nothing yet.
    handover_id  UUID REFERENCES handover (id),
    PRIMARY KEY (request_id, client_id),
    CHECK ((finished_at IS NULL) = (finished_by IS NULL))
);
CREATE INDEX data_request_part_client ON data_request_part (client_id, request_id);

-- What was decided about one note or document. Without a row the kind's default
-- applies.
CREATE TABLE data_decision (
    id          UUID PRIMARY KEY,
    request_id  UUID NOT NULL REFERENCES data_request (id),
    client_id   UUID NOT NULL REFERENCES client (id),
    kind        TEXT NOT NULL CHECK (kind IN
        ('joint_note', 'own_note', 'other_note', 'process_note', 'joint_document', 'own_document')),
    -- The note or the document.
    item_id     UUID NOT NULL,
    decision    TEXT NOT NULL CHECK (decision IN ('in', 'redacted', 'out')),
    -- What the person is told of an item that is left out.
    ground      TEXT CHECK (ground IN ('harm', 'others', 'law')),
    -- Sealed by the client's key, or by the author's for a process note: the reason,
    -- and the edited copy. NULL: there is none.
    reason      BYTEA,
    text        BYTEA,
    -- Counts the changes.
    revision    BIGINT NOT NULL,
    decided_by  UUID NOT NULL REFERENCES account (id),
    decided_at  TIMESTAMPTZ NOT NULL,
    UNIQUE (request_id, item_id),
    CHECK ((decision = 'out') = (ground IS NOT NULL)),
    CHECK ((decision = 'redacted') = (text IS NOT NULL))
);
CREATE INDEX data_decision_client ON data_decision (client_id);

-- A file that was made for a request. Its row stays when the file is removed.
CREATE TABLE data_copy (
    id          UUID PRIMARY KEY,
    request_id  UUID NOT NULL REFERENCES data_request (id),
    -- The client of whose part a clinician hands this file over; NULL: the person
    -- fetches it behind their own sign-in.
    client_id   UUID REFERENCES client (id),
    format      TEXT NOT NULL CHECK (format IN ('pdf', 'json')),
    -- NULL: the file was removed.
    file_id     UUID REFERENCES file (id),
    bytes       BIGINT NOT NULL,
    sha256      BYTEA NOT NULL,
    made_at     TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX data_copy_own ON data_copy (request_id, format) WHERE client_id IS NULL;
CREATE UNIQUE INDEX data_copy_handed ON data_copy (request_id, client_id, format) WHERE client_id IS NOT NULL;

CREATE TABLE data_download (
    id          UUID PRIMARY KEY,
    copy_id     UUID NOT NULL REFERENCES data_copy (id),
    account_id  UUID NOT NULL REFERENCES account (id),
    at          TIMESTAMPTZ NOT NULL
);
CREATE INDEX data_download_copy ON data_download (copy_id, at);

-- true: a copy of a person's data names the members of staff who opened it; false: it says
-- their role.
ALTER TABLE practice ADD COLUMN opened_names BOOLEAN NOT NULL DEFAULT false;

-- An email that something is in the portal names the request whose copy is ready.
ALTER TABLE email ADD COLUMN data_request_id UUID REFERENCES data_request (id);
CREATE INDEX email_data_request ON email (data_request_id) WHERE data_request_id IS NOT NULL;
