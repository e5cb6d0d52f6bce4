-- The record of a couple that separated is frozen: nothing is added to it. The
-- program checks that first; these triggers also refuse what is asked for at the
-- same instant as the separation. The error is `client_frozen`.

-- Refuses with an error where the client is separated. Otherwise it locks the
-- client's row, so that a separation waits for the end of the transaction.
CREATE FUNCTION client_not_frozen(client uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM client c WHERE c.id = client AND c.separated_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'client_frozen' USING ERRCODE = 'check_violation';
    END IF;
END $$;

-- Rows that name the client.
CREATE FUNCTION of_client_not_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM client_not_frozen(NEW.client_id);
    RETURN NEW;
END $$;

CREATE TRIGGER session_not_frozen BEFORE INSERT ON session
    FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();

CREATE TRIGGER series_not_frozen BEFORE INSERT ON series
    FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();

CREATE TRIGGER assignment_not_frozen BEFORE INSERT ON assignment
    FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();

CREATE TRIGGER pathway_progress_not_frozen BEFORE INSERT ON pathway_progress
    FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();

CREATE TRIGGER message_not_frozen BEFORE INSERT ON message
    FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();

CREATE TRIGGER session_request_not_frozen BEFORE INSERT ON session_request
    FOR EACH ROW EXECUTE FUNCTION of_client_not_frozen();

-- An amendment of a note is still allowed.
CREATE TRIGGER note_not_frozen BEFORE INSERT ON note
    FOR EACH ROW
    WHEN (NEW.amends_id IS NULL)
    EXECUTE FUNCTION of_client_not_frozen();

-- A session may be completed or cancelled, but neither moved nor booked again.
CREATE TRIGGER session_not_booked_again BEFORE UPDATE OF state, starts_at ON session
    FOR EACH ROW
    WHEN (NEW.state = 'booked' AND (OLD.state <> 'booked' OR NEW.starts_at <> OLD.starts_at))
    EXECUTE FUNCTION of_client_not_frozen();

-- Rows that name an occurrence of the client's.
CREATE FUNCTION of_occurrence_not_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM client_not_frozen(g.client_id) FROM occurrence o JOIN assignment g ON g.id = o.assignment_id WHERE o.id = NEW.occurrence_id;
    RETURN NEW;
END $$;

CREATE TRIGGER answer_not_frozen BEFORE INSERT ON answer
    FOR EACH ROW EXECUTE FUNCTION of_occurrence_not_frozen();

CREATE TRIGGER response_not_frozen BEFORE UPDATE OF submitted_at ON response
    FOR EACH ROW
    WHEN (NEW.submitted_at IS NOT NULL)
    EXECUTE FUNCTION of_occurrence_not_frozen();

CREATE TRIGGER answer_stays BEFORE UPDATE ON answer
    FOR EACH ROW EXECUTE FUNCTION of_occurrence_not_frozen();

CREATE TRIGGER draft_not_frozen BEFORE UPDATE OF draft ON response
    FOR EACH ROW
    WHEN (NEW.draft IS NOT NULL)
    EXECUTE FUNCTION of_occurrence_not_frozen();

CREATE TRIGGER agreement_not_frozen BEFORE INSERT ON agreement
    FOR EACH ROW EXECUTE FUNCTION of_occurrence_not_frozen();

CREATE TRIGGER plan_not_frozen BEFORE INSERT ON plan
    FOR EACH ROW EXECUTE FUNCTION of_occurrence_not_frozen();

-- Rows that name an assignment of the client's.
CREATE FUNCTION of_assignment_not_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM client_not_frozen(g.client_id) FROM assignment g WHERE g.id = NEW.assignment_id;
    RETURN NEW;
END $$;

CREATE TRIGGER occurrence_not_frozen BEFORE INSERT ON occurrence
    FOR EACH ROW EXECUTE FUNCTION of_assignment_not_frozen();

-- A couple that separated stays separated and archived.
CREATE FUNCTION client_stays_separated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'client_frozen' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER client_stays_separated BEFORE UPDATE ON client
    FOR EACH ROW
    WHEN (OLD.separated_at IS NOT NULL AND (NEW.separated_at IS NULL OR NEW.archived_at IS NULL))
    EXECUTE FUNCTION client_stays_separated();
