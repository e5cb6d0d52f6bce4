-- A double booking on purpose: it names its reason, and what it was booked over
-- is marked. Everything else is refused as before.

ALTER TABLE session ADD COLUMN override_reason TEXT;
ALTER TABLE occupancy ADD COLUMN overridden BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE occupancy DROP CONSTRAINT occupancy_no_overlap;
ALTER TABLE occupancy ADD CONSTRAINT occupancy_no_overlap
    EXCLUDE USING gist (held_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (NOT overridden);

-- Nothing is marked that names no reason.
CREATE FUNCTION occupancy_override_has_reason() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.overridden AND NOT EXISTS (SELECT 1 FROM session s WHERE s.id = NEW.session_id AND length(s.override_reason) > 0) THEN
        RAISE EXCEPTION 'occupancy_override_has_reason';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER occupancy_override_has_reason BEFORE INSERT OR UPDATE ON occupancy
    FOR EACH ROW EXECUTE FUNCTION occupancy_override_has_reason();
