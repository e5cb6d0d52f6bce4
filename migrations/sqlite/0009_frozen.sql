-- The record of a couple that separated is frozen: nothing is added to it. The
-- program checks that first; these triggers also refuse what is asked for at the
-- same instant as the separation. The error is `client_frozen`.

-- Rows that name the client.
CREATE TRIGGER session_not_frozen BEFORE INSERT ON session
WHEN EXISTS (
    SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TRIGGER series_not_frozen BEFORE INSERT ON series
WHEN EXISTS (
    SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TRIGGER assignment_not_frozen BEFORE INSERT ON assignment
WHEN EXISTS (
    SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TRIGGER pathway_progress_not_frozen BEFORE INSERT ON pathway_progress
WHEN EXISTS (
    SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TRIGGER message_not_frozen BEFORE INSERT ON message
WHEN EXISTS (
    SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TRIGGER session_request_not_frozen BEFORE INSERT ON session_request
WHEN EXISTS (
    SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

-- An amendment of a note is still allowed.
CREATE TRIGGER note_not_frozen BEFORE INSERT ON note
WHEN NEW.amends_id IS NULL AND EXISTS (
    SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

-- A session may be completed or cancelled, but neither moved nor booked again.
CREATE TRIGGER session_not_booked_again BEFORE UPDATE OF state, starts_at ON session
WHEN NEW.state = 'booked' AND (OLD.state <> 'booked' OR NEW.starts_at <> OLD.starts_at) AND EXISTS (
    SELECT 1 FROM client WHERE id = NEW.client_id AND separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

-- Rows that name an occurrence of the client's.
CREATE TRIGGER answer_not_frozen BEFORE INSERT ON answer
WHEN EXISTS (
    SELECT 1 FROM occurrence o JOIN assignment g ON g.id = o.assignment_id JOIN client c ON c.id = g.client_id
    WHERE o.id = NEW.occurrence_id AND c.separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TRIGGER response_not_frozen BEFORE UPDATE OF submitted_at ON response
WHEN NEW.submitted_at IS NOT NULL AND EXISTS (
    SELECT 1 FROM occurrence o JOIN assignment g ON g.id = o.assignment_id JOIN client c ON c.id = g.client_id
    WHERE o.id = NEW.occurrence_id AND c.separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TRIGGER answer_stays BEFORE UPDATE ON answer
WHEN EXISTS (
    SELECT 1 FROM occurrence o JOIN assignment g ON g.id = o.assignment_id JOIN client c ON c.id = g.client_id
    WHERE o.id = NEW.occurrence_id AND c.separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TRIGGER draft_not_frozen BEFORE UPDATE OF draft ON response
WHEN NEW.draft IS NOT NULL AND EXISTS (
    SELECT 1 FROM occurrence o JOIN assignment g ON g.id = o.assignment_id JOIN client c ON c.id = g.client_id
    WHERE o.id = NEW.occurrence_id AND c.separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TRIGGER agreement_not_frozen BEFORE INSERT ON agreement
WHEN EXISTS (
    SELECT 1 FROM occurrence o JOIN assignment g ON g.id = o.assignment_id JOIN client c ON c.id = g.client_id
    WHERE o.id = NEW.occurrence_id AND c.separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

CREATE TRIGGER plan_not_frozen BEFORE INSERT ON plan
WHEN EXISTS (
    SELECT 1 FROM occurrence o JOIN assignment g ON g.id = o.assignment_id JOIN client c ON c.id = g.client_id
    WHERE o.id = NEW.occurrence_id AND c.separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

-- Rows that name an assignment of the client's.
CREATE TRIGGER occurrence_not_frozen BEFORE INSERT ON occurrence
WHEN EXISTS (
    SELECT 1 FROM assignment g JOIN client c ON c.id = g.client_id
    WHERE g.id = NEW.assignment_id AND c.separated_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;

-- A couple that separated stays separated and archived.
CREATE TRIGGER client_stays_separated BEFORE UPDATE ON client
WHEN OLD.separated_at IS NOT NULL AND (NEW.separated_at IS NULL OR NEW.archived_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'client_frozen');
END;
