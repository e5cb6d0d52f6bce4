-- Clients whom the front desk takes on: their therapist accepts them later.

-- When the front desk chose this therapist, and who did; NULL: the therapist
-- took the client on.
ALTER TABLE care ADD COLUMN offered_at TIMESTAMPTZ;
ALTER TABLE care ADD COLUMN offered_by UUID REFERENCES account (id);
-- When the therapist accepted the client; NULL: not yet, or nothing was offered.
ALTER TABLE care ADD COLUMN accepted_at TIMESTAMPTZ;
