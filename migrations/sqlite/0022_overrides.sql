-- A double booking on purpose: it names its reason, and what it was booked over
-- is marked. Everything else is refused as before.

ALTER TABLE session ADD COLUMN override_reason TEXT;
ALTER TABLE occupancy ADD COLUMN overridden INTEGER NOT NULL DEFAULT 0 CHECK (overridden IN (0, 1));

DROP TRIGGER occupancy_no_overlap_insert;
DROP TRIGGER occupancy_no_overlap_update;

CREATE TRIGGER occupancy_no_overlap_insert BEFORE INSERT ON occupancy
WHEN NEW.overridden = 0 AND EXISTS (
    SELECT 1 FROM occupancy o
    WHERE o.held_id = NEW.held_id AND o.ends_at > NEW.starts_at AND o.starts_at < NEW.ends_at AND o.overridden = 0
)
BEGIN
    SELECT RAISE (ABORT, 'occupancy_no_overlap');
END;

CREATE TRIGGER occupancy_no_overlap_update BEFORE UPDATE ON occupancy
WHEN NEW.overridden = 0 AND EXISTS (
    SELECT 1 FROM occupancy o
    WHERE o.held_id = NEW.held_id AND o.ends_at > NEW.starts_at AND o.starts_at < NEW.ends_at AND o.overridden = 0
      AND NOT (o.session_id = OLD.session_id AND o.held = OLD.held AND o.held_id = OLD.held_id)
)
BEGIN
    SELECT RAISE (ABORT, 'occupancy_no_overlap');
END;

-- Nothing is marked that names no reason.
CREATE TRIGGER occupancy_override_has_reason_insert BEFORE INSERT ON occupancy
WHEN NEW.overridden = 1 AND NOT EXISTS (SELECT 1 FROM session s WHERE s.id = NEW.session_id AND length(s.override_reason) > 0)
BEGIN
    SELECT RAISE (ABORT, 'occupancy_override_has_reason');
END;

CREATE TRIGGER occupancy_override_has_reason_update BEFORE UPDATE ON occupancy
WHEN NEW.overridden = 1 AND NOT EXISTS (SELECT 1 FROM session s WHERE s.id = NEW.session_id AND length(s.override_reason) > 0)
BEGIN
    SELECT RAISE (ABORT, 'occupancy_override_has_reason');
END;
