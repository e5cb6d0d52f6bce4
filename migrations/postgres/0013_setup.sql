-- The first steps of a new practice, its example couple, and the audit log by date.

-- When the owner hid the list of the first steps; NULL: it is shown until all is done.
ALTER TABLE practice ADD COLUMN first_steps_hidden_at TIMESTAMPTZ;

-- When the example couple was added; NULL: this is a client. An example is removed
-- with everything that was made for it.
ALTER TABLE client ADD COLUMN example_at TIMESTAMPTZ;

CREATE INDEX audit_at ON audit (at, seq);
