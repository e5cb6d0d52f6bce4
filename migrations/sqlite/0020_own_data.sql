-- A person's request for a copy of their own data: the request, the parts of the
-- clinicians, what they decided item by item, the files and their downloads.

CREATE TABLE data_request (
    id           BLOB PRIMARY KEY,
    person_id    BLOB NOT NULL REFERENCES person (id),
    way          TEXT NOT NULL CHECK (way IN ('portal', 'letter')),
    -- The practice's date on which it was received: the month counts from it.
    received_on  TEXT NOT NULL,
    asked_at     TEXT NOT NULL,
    -- The person's own account, or that of the clinician who opened the case.
    asked_by     BLOB NOT NULL REFERENCES account (id),
    -- Sealed: who asked by letter, and how their identity was checked; NULL: asked
    -- in the portal.
    checked      BLOB,
    -- Since when it may take two months longer; NULL: it may not.
    extended_at  TEXT,
    extended_by  BLOB REFERENCES account (id),
    -- Sealed: why it takes longer, as the person reads it.
    extension    BLOB,
    cancelled_at TEXT,
    cancelled_by BLOB REFERENCES account (id),
    -- When the files could be fetched first; NULL: not yet.
    ready_at     TEXT,
    -- When the files were removed after their time; NULL: they are there.
    removed_at   TEXT,
    CHECK ((way = 'letter') = (checked IS NOT NULL)),
    CHECK ((extended_at IS NULL) = (extension IS NULL)),
    CHECK ((extended_at IS NULL) = (extended_by IS NULL)),
    CHECK (removed_at IS NULL OR ready_at IS NOT NULL),
    CHECK (cancelled_at IS NULL OR ready_at IS NULL)
) STRICT;
CREATE UNIQUE INDEX data_request_open ON data_request (person_id) WHERE ready_at IS NULL AND cancelled_at IS NULL;
CREATE INDEX data_request_person ON data_request (person_id, asked_at);
CREATE INDEX data_request_kept ON data_request (ready_at) WHERE ready_at IS NOT NULL AND removed_at IS NULL;

-- The part of a request that is about one client: its clinicians decide it.
CREATE TABLE data_request_part (
    request_id   BLOB NOT NULL REFERENCES data_request (id),
    client_id    BLOB NOT NULL REFERENCES client (id),
    -- NULL: not yet.
    finished_at  TEXT,
    finished_by  BLOB REFERENCES account (id),
    -- What was handed to the person of this part; NULL: nothing yet.
    handover_id  BLOB REFERENCES handover (id),
    PRIMARY KEY (request_id, client_id),
    CHECK ((finished_at IS NULL) = (finished_by IS NULL))
) STRICT;
CREATE INDEX data_request_part_client ON data_request_part (client_id, request_id);

-- What was decided about one note or document. Without a row the kind's default
-- applies.
CREATE TABLE data_decision (
    id          BLOB PRIMARY KEY,
    request_id  BLOB NOT NULL REFERENCES data_request (id),
    client_id   BLOB NOT NULL REFERENCES client (id),
    kind        TEXT NOT NULL CHECK (kind IN
        ('joint_note', 'own_note', 'other_note', 'process_note', 'joint_document', 'own_document')),
    -- The note or the document.
    item_id     BLOB NOT NULL,
    decision    TEXT NOT NULL CHECK (decision IN ('in', 'redacted', 'out')),
    -- What the person is told of an item that is left out.
    ground      TEXT CHECK (ground IN ('harm', 'others', 'law')),
    -- Sealed by the client's key, or by the author's for a process note: the reason,
    -- and the edited copy. NULL: there is none.
    reason      BLOB,
    text        BLOB,
    -- Counts the changes.
    revision    INTEGER NOT NULL,
    decided_by  BLOB NOT NULL REFERENCES account (id),
    decided_at  TEXT NOT NULL,
    UNIQUE (request_id, item_id),
    CHECK ((decision = 'out') = (ground IS NOT NULL)),
    CHECK ((decision = 'redacted') = (text IS NOT NULL))
) STRICT;
CREATE INDEX data_decision_client ON data_decision (client_id);

-- A file that was made for a request. Its row stays when the file is removed.
CREATE TABLE data_copy (
    id          BLOB PRIMARY KEY,
    request_id  BLOB NOT NULL REFERENCES data_request (id),
    -- The client of whose part a clinician hands this file over; NULL: the person
    -- fetches it behind their own sign-in.
    client_id   BLOB REFERENCES client (id),
    format      TEXT NOT NULL CHECK (format IN ('pdf', 'json')),
    -- NULL: the file was removed.
    file_id     BLOB REFERENCES file (id),
    bytes       INTEGER NOT NULL,
    sha256      BLOB NOT NULL,
    made_at     TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX data_copy_own ON data_copy (request_id, format) WHERE client_id IS NULL;
CREATE UNIQUE INDEX data_copy_handed ON data_copy (request_id, client_id, format) WHERE client_id IS NOT NULL;

CREATE TABLE data_download (
    id          BLOB PRIMARY KEY,
    copy_id     BLOB NOT NULL REFERENCES data_copy (id),
    account_id  BLOB NOT NULL REFERENCES account (id),
    at          TEXT NOT NULL
) STRICT;
CREATE INDEX data_download_copy ON data_download (copy_id, at);

-- 1: a copy of a person's data names the members of staff who opened it; 0: it says
-- their role.
ALTER TABLE practice ADD COLUMN opened_names INTEGER NOT NULL DEFAULT 0 CHECK (opened_names IN (0, 1));

-- An email that something is in the portal names the request whose copy is ready.
ALTER TABLE email ADD COLUMN data_request_id BLOB REFERENCES data_request (id);
CREATE INDEX email_data_request ON email (data_request_id) WHERE data_request_id IS NOT NULL;
