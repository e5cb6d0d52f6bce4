-- When two separated: their record is frozen from then on, and put away.
ALTER TABLE client ADD COLUMN separated_at TIMESTAMPTZ;
ALTER TABLE client ADD COLUMN separated_by UUID REFERENCES account (id);
