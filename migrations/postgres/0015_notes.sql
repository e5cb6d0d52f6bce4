-- Notes with sections from templates, a header, drafts on several devices,
-- locks, addenda and unlocking.

-- A template of notes, across its versions.
CREATE TABLE note_template (
    id           UUID PRIMARY KEY,
    -- The name of a shipped template's file; NULL: the practice's own.
    slug         TEXT UNIQUE,
    created_at   TIMESTAMPTZ NOT NULL,
    -- NULL: in use.
    archived_at  TIMESTAMPTZ
);

-- One version of a template. It is never changed: a note keeps the version it
-- was written with.
CREATE TABLE note_template_version (
    id           UUID PRIMARY KEY,
    template_id  UUID NOT NULL REFERENCES note_template (id),
    version      BIGINT NOT NULL CHECK (version >= 1),
    title        TEXT NOT NULL,
    -- The title, what it is for, and the sections in their order.
    document     JSONB NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    -- Who wrote it; NULL: it was shipped with the program.
    made_by      UUID REFERENCES account (id),
    UNIQUE (template_id, version)
);

CREATE FUNCTION note_template_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'note_template_version_stays' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER note_template_version_stays BEFORE UPDATE ON note_template_version
    FOR EACH ROW EXECUTE FUNCTION note_template_version_stays();

-- The template with which a clinician begins a note.
CREATE TABLE note_template_default (
    account_id   UUID PRIMARY KEY REFERENCES account (id),
    template_id  UUID NOT NULL REFERENCES note_template (id)
);

-- A signed note is never changed: an addendum is a note of its own that names
-- the one it belongs to.
DROP TRIGGER note_not_frozen ON note;
ALTER TABLE note RENAME COLUMN amends_id TO addendum_of;
CREATE INDEX note_addenda ON note (addendum_of, created_at) WHERE addendum_of IS NOT NULL;
CREATE INDEX note_session ON note (session_id, scope) WHERE session_id IS NOT NULL;

-- The template's version it was written with; NULL: free text.
ALTER TABLE note ADD COLUMN template_version_id UUID REFERENCES note_template_version (id);
-- Sealed: the day, who attended, and so on; NULL: it has none.
ALTER TABLE note ADD COLUMN header BYTEA;
-- Counts the changes. A page that shows an older number does not replace what was
-- written since.
ALTER TABLE note ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
-- From then on nothing changes it; NULL: a draft, or signed and not co-signed yet.
ALTER TABLE note ADD COLUMN locked_at TIMESTAMPTZ;
-- Sealed: why a joint note was begun without a secrets policy in force; NULL: it
-- was in force, or the note needs none.
ALTER TABLE note ADD COLUMN without_policy BYTEA;
UPDATE note SET locked_at = signed_at WHERE signed_at IS NOT NULL;

-- An addendum to a note is still allowed.
CREATE TRIGGER note_not_frozen BEFORE INSERT ON note
    FOR EACH ROW
    WHEN (NEW.addendum_of IS NULL)
    EXECUTE FUNCTION of_client_not_frozen();

-- An author unlocked a signed note, within the hours that the practice allows.
CREATE TABLE note_unlock (
    id           UUID PRIMARY KEY,
    note_id      UUID NOT NULL REFERENCES note (id),
    account_id   UUID NOT NULL REFERENCES account (id),
    -- The lock that it opened.
    locked_at    TIMESTAMPTZ NOT NULL,
    unlocked_at  TIMESTAMPTZ NOT NULL,
    -- Sealed.
    reason       BYTEA NOT NULL
);
CREATE UNIQUE INDEX note_unlock_once ON note_unlock (note_id, locked_at);

CREATE FUNCTION note_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'note_locked' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER note_unlock_stays BEFORE UPDATE ON note_unlock
    FOR EACH ROW EXECUTE FUNCTION note_locked();

CREATE FUNCTION note_unlock_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM note n JOIN client c ON c.id = n.client_id WHERE n.id = OLD.note_id AND c.example_at IS NOT NULL) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'note_locked' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER note_unlock_not_removed BEFORE DELETE ON note_unlock
    FOR EACH ROW EXECUTE FUNCTION note_unlock_is_kept();

CREATE FUNCTION of_note_not_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM client_not_frozen(n.client_id) FROM note n WHERE n.id = NEW.note_id;
    RETURN NEW;
END $$;

CREATE TRIGGER note_unlock_not_frozen BEFORE INSERT ON note_unlock
    FOR EACH ROW EXECUTE FUNCTION of_note_not_frozen();

-- A locked note changes only by an unlocking, which leaves its words.
CREATE FUNCTION note_keeps_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.locked_at IS NULL AND NEW.signed_at IS NULL AND NEW.id = OLD.id AND NEW.client_id = OLD.client_id
        AND NEW.session_id IS NOT DISTINCT FROM OLD.session_id AND NEW.author_id = OLD.author_id
        AND NEW.addendum_of IS NOT DISTINCT FROM OLD.addendum_of AND NEW.scope = OLD.scope AND NEW.body = OLD.body
        AND NEW.header IS NOT DISTINCT FROM OLD.header
        AND NEW.template_version_id IS NOT DISTINCT FROM OLD.template_version_id
        AND NEW.without_policy IS NOT DISTINCT FROM OLD.without_policy AND NEW.created_at = OLD.created_at
        AND EXISTS (SELECT 1 FROM note_unlock u WHERE u.note_id = OLD.id AND u.locked_at = OLD.locked_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'note_locked' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER note_locked BEFORE UPDATE ON note
    FOR EACH ROW
    WHEN (OLD.locked_at IS NOT NULL)
    EXECUTE FUNCTION note_keeps_lock();

-- The example couple of a new practice is invented, and removed with all it has.
CREATE FUNCTION note_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM client c WHERE c.id = OLD.client_id AND c.example_at IS NOT NULL) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'note_locked' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER note_locked_stays BEFORE DELETE ON note
    FOR EACH ROW
    WHEN (OLD.locked_at IS NOT NULL)
    EXECUTE FUNCTION note_is_kept();

-- What was typed on another device after the note was signed, until its author
-- makes an addendum of it or discards it.
CREATE TABLE note_leftover (
    id          UUID PRIMARY KEY,
    note_id     UUID NOT NULL REFERENCES note (id),
    account_id  UUID NOT NULL REFERENCES account (id),
    -- The page on which it was typed.
    page        UUID NOT NULL,
    -- Sealed.
    body        BYTEA NOT NULL,
    typed_at    TIMESTAMPTZ NOT NULL,
    UNIQUE (note_id, page)
);

-- A section was moved into the author's process note. It can be taken back while
-- both notes are drafts.
CREATE TABLE note_move (
    id            UUID PRIMARY KEY,
    from_note_id  UUID NOT NULL REFERENCES note (id),
    to_note_id    UUID NOT NULL REFERENCES note (id),
    account_id    UUID NOT NULL REFERENCES account (id),
    -- Sealed, by the author's key: the section as it was.
    body          BYTEA NOT NULL,
    moved_at      TIMESTAMPTZ NOT NULL,
    -- NULL: not taken back.
    undone_at     TIMESTAMPTZ
);
CREATE INDEX note_move_from ON note_move (from_note_id, moved_at);

-- For how many hours an author may unlock a signed note; 0: never.
ALTER TABLE practice ADD COLUMN note_unlock_hours BIGINT NOT NULL DEFAULT 0 CHECK (note_unlock_hours BETWEEN 0 AND 72);
