-- When two separated: their record is frozen from then on, and put away.
ALTER TABLE client ADD COLUMN separated_at TEXT;
ALTER TABLE client ADD COLUMN separated_by BLOB REFERENCES account (id);
