-- Notes with sections from templates, a header, drafts on several devices,
-- locks, addenda and unlocking.

-- A template of notes, across its versions.
CREATE TABLE note_template (
    id           BLOB PRIMARY KEY,
    -- The name of a shipped template's file; NULL: the practice's own.
    slug         TEXT UNIQUE,
    created_at   TEXT NOT NULL,
    -- NULL: in use.
    archived_at  TEXT
) STRICT;

-- One version of a template. It is never changed: a note keeps the version it
-- was written with.
CREATE TABLE note_template_version (
    id           BLOB PRIMARY KEY,
    template_id  BLOB NOT NULL REFERENCES note_template (id),
    version      INTEGER NOT NULL CHECK (version >= 1),
    title        TEXT NOT NULL,
    -- JSON: the title, what it is for, and the sections in their order.
    document     TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    -- Who wrote it; NULL: it was shipped with the program.
    made_by      BLOB REFERENCES account (id),
    UNIQUE (template_id, version)
) STRICT;

CREATE TRIGGER note_template_version_stays BEFORE UPDATE ON note_template_version
BEGIN
    SELECT RAISE(ABORT, 'note_template_version_stays');
END;

-- The template with which a clinician begins a note.
CREATE TABLE note_template_default (
    account_id   BLOB PRIMARY KEY REFERENCES account (id),
    template_id  BLOB NOT NULL REFERENCES note_template (id)
) STRICT;

-- A signed note is never changed: an addendum is a note of its own that names
-- the one it belongs to.
DROP TRIGGER note_not_frozen;
ALTER TABLE note RENAME COLUMN amends_id TO addendum_of;
CREATE INDEX note_addenda ON note (addendum_of, created_at) WHERE addendum_of IS NOT NULL;
CREATE INDEX note_session ON note (session_id, scope) WHERE session_id IS NOT NULL;

-- The template's version it was written with; NULL: free text.
ALTER TABLE note ADD COLUMN template_version_id BLOB REFERENCES note_template_version (id);
-- Sealed: the day, who attended, and so on; NULL: it has none.
ALTER TABLE note ADD COLUMN header BLOB;
-- Counts the changes. A page that shows an older number does not replace what was
-- written since.
ALTER TABLE note ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
-- From then on nothing changes it; NULL: a draft, or signed and not co-signed yet.
ALTER TABLE note ADD COLUMN locked_at TEXT;
-- Sealed: why a joint note was begun without a secrets policy in force; NULL: it
-- was in force, or the note needs none.
ALTER TABLE note ADD COLUMN without_policy BLOB;
UPDATE note SET locked_at = signed_at WHERE signed_at IS NOT NULL;

-- An addendum to a note is still allowed.
CREATE TRIGGER note_not_frozen BEFORE INSERT ON note
WHEN NEW.addendum_of IS NULL AND EXISTS (
    SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

-- An author unlocked a signed note, within the hours that the practice allows.
CREATE TABLE note_unlock (
    id           BLOB PRIMARY KEY,
    note_id      BLOB NOT NULL REFERENCES note (id),
    account_id   BLOB NOT NULL REFERENCES account (id),
    -- The lock that it opened.
    locked_at    TEXT NOT NULL,
    unlocked_at  TEXT NOT NULL,
    -- Sealed.
    reason       BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX note_unlock_once ON note_unlock (note_id, locked_at);

CREATE TRIGGER note_unlock_stays BEFORE UPDATE ON note_unlock
BEGIN
    SELECT RAISE(ABORT, 'note_locked');
END;

CREATE TRIGGER note_unlock_not_removed BEFORE DELETE ON note_unlock
WHEN NOT EXISTS (
    SELECT 1 FROM note n JOIN client c ON c.id = n.client_id WHERE n.id = OLD.note_id AND c.example_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'note_locked');
END;

CREATE TRIGGER note_unlock_not_frozen BEFORE INSERT ON note_unlock
WHEN EXISTS (
    SELECT 1 FROM note n JOIN client c ON c.id = n.client_id WHERE n.id = NEW.note_id AND c.separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

-- A locked note changes only by an unlocking, which leaves its words.
CREATE TRIGGER note_locked BEFORE UPDATE ON note
WHEN OLD.locked_at IS NOT NULL AND NOT (
    NEW.locked_at IS NULL AND NEW.signed_at IS NULL AND NEW.id = OLD.id AND NEW.client_id = OLD.client_id
    AND NEW.session_id IS OLD.session_id AND NEW.author_id = OLD.author_id AND NEW.addendum_of IS OLD.addendum_of
    AND NEW.scope = OLD.scope AND NEW.body = OLD.body AND NEW.header IS OLD.header
    AND NEW.template_version_id IS OLD.template_version_id AND NEW.without_policy IS OLD.without_policy
    AND NEW.created_at = OLD.created_at
    AND EXISTS (SELECT 1 FROM note_unlock u WHERE u.note_id = OLD.id AND u.locked_at = OLD.locked_at))
BEGIN
    SELECT RAISE(ABORT, 'note_locked');
END;

-- The example couple of a new practice is invented, and removed with all it has.
CREATE TRIGGER note_locked_stays BEFORE DELETE ON note
WHEN OLD.locked_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM client c WHERE c.id = OLD.client_id AND c.example_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'note_locked');
END;

-- What was typed on another device after the note was signed, until its author
-- makes an addendum of it or discards it.
CREATE TABLE note_leftover (
    id          BLOB PRIMARY KEY,
    note_id     BLOB NOT NULL REFERENCES note (id),
    account_id  BLOB NOT NULL REFERENCES account (id),
    -- The page on which it was typed.
    page        BLOB NOT NULL,
    -- Sealed.
    body        BLOB NOT NULL,
    typed_at    TEXT NOT NULL,
    UNIQUE (note_id, page)
) STRICT;

-- A section was moved into the author's process note. It can be taken back while
-- both notes are drafts.
CREATE TABLE note_move (
    id            BLOB PRIMARY KEY,
    from_note_id  BLOB NOT NULL REFERENCES note (id),
    to_note_id    BLOB NOT NULL REFERENCES note (id),
    account_id    BLOB NOT NULL REFERENCES account (id),
    -- Sealed, by the author's key: the section as it was.
    body          BLOB NOT NULL,
    moved_at      TEXT NOT NULL,
    -- NULL: not taken back.
    undone_at     TEXT
) STRICT;
CREATE INDEX note_move_from ON note_move (from_note_id, moved_at);

-- For how many hours an author may unlock a signed note; 0: never.
ALTER TABLE practice ADD COLUMN note_unlock_hours INTEGER NOT NULL DEFAULT 0 CHECK (note_unlock_hours BETWEEN 0 AND 72);
