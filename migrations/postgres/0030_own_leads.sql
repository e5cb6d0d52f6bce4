-- When somebody wants to be reminded; empty: as the practice does it.
ALTER TABLE person ADD COLUMN leads JSONB;
