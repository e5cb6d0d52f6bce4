-- The practice's own words in place of ours: one mail in one language.

CREATE TABLE wording (
    kind      TEXT NOT NULL,
    language  TEXT NOT NULL,
    subject   TEXT NOT NULL,
    body      TEXT NOT NULL,
    set_by    BLOB NOT NULL REFERENCES account (id),
    set_at    TEXT NOT NULL,
    PRIMARY KEY (kind, language)
) STRICT;
