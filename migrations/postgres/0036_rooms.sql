-- A room's name is its own in its house only: two houses may each have a Room 1.

ALTER TABLE room DROP CONSTRAINT room_name_key;

CREATE UNIQUE INDEX room_in_use ON room (name, COALESCE(location_id, '00000000-0000-0000-0000-000000000000')) WHERE archived_at IS NULL;
