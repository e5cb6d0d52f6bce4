-- The library of exercises, what clients were assigned from it, and what they
-- wrote.

-- An exercise of the library.
CREATE TABLE exercise (
    id           BLOB PRIMARY KEY,
    -- Its name in addresses and in pathways.
    slug         TEXT NOT NULL UNIQUE,
    created_at   TEXT NOT NULL,
    -- The therapist who wrote it; NULL: shipped with the program.
    author_id    BLOB REFERENCES account (id),
    archived_at  TEXT
) STRICT;

-- One version of an exercise. An assignment stays on the version with which it
-- was made.
CREATE TABLE exercise_version (
    id           BLOB PRIMARY KEY,
    exercise_id  BLOB NOT NULL REFERENCES exercise (id),
    version      INTEGER NOT NULL,
    -- The whole exercise as JSON.
    document     TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    UNIQUE (exercise_id, version)
) STRICT;

-- An exercise draft: an exercise that a therapist is writing.
CREATE TABLE exercise_draft (
    id           BLOB PRIMARY KEY,
    author_id    BLOB NOT NULL REFERENCES account (id),
    -- The exercise of which it becomes a version; NULL: a new one.
    exercise_id  BLOB REFERENCES exercise (id),
    -- The version that it began as a copy of; NULL: none.
    version_id   BLOB REFERENCES exercise_version (id),
    -- The form as it was typed, valid or not, as JSON.
    form         TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL,
    -- Counts the saves, so that a second window with an older state is noticed.
    number       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX exercise_draft_author ON exercise_draft (author_id, updated_at);

-- A pathway of the library: exercises in an order.
CREATE TABLE pathway (
    id           BLOB PRIMARY KEY,
    slug         TEXT NOT NULL UNIQUE,
    -- NULL: shipped with the program.
    author_id    BLOB REFERENCES account (id),
    -- The whole pathway as JSON.
    document     TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL,
    archived_at  TEXT
) STRICT;

-- An exercise that was assigned to a client, once or repeated.
CREATE TABLE assignment (
    id                   BLOB PRIMARY KEY,
    client_id            BLOB NOT NULL REFERENCES client (id),
    exercise_version_id  BLOB NOT NULL REFERENCES exercise_version (id),
    assigned_by          BLOB NOT NULL REFERENCES account (id),
    assigned_at          TEXT NOT NULL,
    -- When it is due: on the day `due_on`, or before the client's next session.
    due                  TEXT NOT NULL CHECK (due IN ('on_date', 'before_next')),
    due_on               TEXT,
    -- Sealed: a few words of the therapist to the client; NULL: none.
    word_along           BLOB,
    withdrawn_at         TEXT,
    -- A new occurrence after this many days; NULL: not repeated by days.
    every_days           INTEGER,
    -- A new occurrence before every session.
    each_session         INTEGER NOT NULL DEFAULT 0 CHECK (each_session IN (0, 1)),
    -- Either of the two.
    repeats              INTEGER NOT NULL DEFAULT 0 CHECK (repeats IN (0, 1)),
    -- The last day on which an occurrence may begin; NULL: no end.
    until_on             TEXT,
    -- The first day of the occurrence that is to be made next; NULL: none.
    next_on              TEXT,
    -- NULL: not paused.
    paused_at            TEXT,
    CHECK ((due = 'on_date') = (due_on IS NOT NULL))
) STRICT;
CREATE INDEX assignment_client ON assignment (client_id, assigned_at);
CREATE INDEX assignment_next ON assignment (next_on) WHERE next_on IS NOT NULL;
CREATE INDEX assignment_repeats ON assignment (client_id, repeats);
CREATE INDEX assignment_exercise ON assignment (exercise_version_id, client_id);
-- The condition is written as in the queries: only then does SQLite use it.
CREATE INDEX assignment_each_session ON assignment (client_id) WHERE each_session;

-- One time that an assigned exercise is to be done.
CREATE TABLE occurrence (
    id             BLOB PRIMARY KEY,
    assignment_id  BLOB NOT NULL REFERENCES assignment (id),
    -- From 1, by the calendar: a time that was not made leaves a gap.
    number         INTEGER NOT NULL,
    -- Counts the submissions. Each begins by updating it, so that they follow
    -- one another and the last one sees all before it.
    submissions    INTEGER NOT NULL,
    -- When both partners could read both responses; NULL: not yet.
    revealed_at    TEXT,
    -- The days in which it is to be done, by the reader's calendar; NULL: as the
    -- assignment says.
    opens_on       TEXT,
    due_on         TEXT,
    made_at        TEXT,
    UNIQUE (assignment_id, number)
) STRICT;

-- One person's response to an occurrence. There is a row for each person it is
-- for from the beginning; the reveal happens when all of them are submitted.
CREATE TABLE response (
    id             BLOB PRIMARY KEY,
    occurrence_id  BLOB NOT NULL REFERENCES occurrence (id),
    person_id      BLOB NOT NULL REFERENCES person (id),
    -- Sealed: the answers that are being written; NULL: none, or submitted.
    draft          BLOB,
    -- Counts the saves, so that a second device with an older state is noticed.
    draft_number   INTEGER NOT NULL,
    draft_at       TEXT,
    submitted_at   TEXT,
    -- When the person first opened it, and first wrote in it.
    opened_at      TEXT,
    started_at     TEXT,
    -- When the person put it off; NULL: they did not.
    not_now_at     TEXT,
    -- The account that typed the response in from paper; NULL: the person did.
    entered_by     BLOB REFERENCES account (id),
    -- Sealed: why the person puts it off. The therapist may read it, the partner
    -- never.
    not_now        BLOB,
    UNIQUE (occurrence_id, person_id),
    CHECK (submitted_at IS NULL OR draft IS NULL)
) STRICT;
-- Lists about many people are read from these two indexes alone.
CREATE INDEX response_person ON response (person_id, submitted_at, occurrence_id);
CREATE INDEX response_sent ON response (occurrence_id, submitted_at);

-- The submitted answer to one step.
CREATE TABLE answer (
    id             BLOB PRIMARY KEY,
    response_id    BLOB NOT NULL REFERENCES response (id),
    occurrence_id  BLOB NOT NULL REFERENCES occurrence (id),
    person_id      BLOB NOT NULL REFERENCES person (id),
    step           TEXT NOT NULL,
    -- Who may read it once it is submitted. `mine`: the writer; `therapist`:
    -- also the therapist; `reveal`: also the partner, once everyone has
    -- submitted; `couple`: the writer, the therapist and the partner at once.
    scope          TEXT NOT NULL CHECK (scope IN ('mine', 'therapist', 'reveal', 'couple')),
    -- Sealed.
    body           BLOB NOT NULL,
    -- When the writer opened it to more readers; NULL: never.
    shared_at      TEXT,
    -- The scope that it had before.
    shared_from    TEXT CHECK (shared_from IN ('mine', 'therapist', 'reveal', 'couple')),
    -- When the partner accepted an answer that was opened to them later. Until
    -- then it is only offered.
    accepted_at    TEXT,
    UNIQUE (response_id, step)
) STRICT;
CREATE INDEX answer_occurrence ON answer (occurrence_id, person_id);

-- One version of a text that both partners write together. The newest counts.
CREATE TABLE agreement (
    id             BLOB PRIMARY KEY,
    occurrence_id  BLOB NOT NULL REFERENCES occurrence (id),
    step           TEXT NOT NULL,
    version        INTEGER NOT NULL,
    -- Sealed.
    body           BLOB NOT NULL,
    written_by     BLOB NOT NULL REFERENCES person (id),
    written_at     TEXT NOT NULL,
    UNIQUE (occurrence_id, step, version)
) STRICT;

-- A partner's yes to one version of an agreement. A new version has none.
CREATE TABLE acceptance (
    agreement_id  BLOB NOT NULL REFERENCES agreement (id),
    person_id     BLOB NOT NULL REFERENCES person (id),
    accepted_at   TEXT NOT NULL,
    PRIMARY KEY (agreement_id, person_id)
) STRICT;

-- A day and time for something that a step proposes. Moving it adds a row; the
-- old one stays with the state `moved`.
CREATE TABLE plan (
    id             BLOB PRIMARY KEY,
    occurrence_id  BLOB NOT NULL REFERENCES occurrence (id),
    step           TEXT NOT NULL,
    -- Whose own plan it is; NULL: both partners'.
    person_id      BLOB REFERENCES person (id),
    -- The wall time that was chosen, its zone, and the instant this is.
    starts         TEXT NOT NULL,
    zone           TEXT NOT NULL,
    starts_at      TEXT NOT NULL,
    -- `dropped`: taken back; `missed`: it did not happen.
    state          TEXT NOT NULL CHECK (state IN ('planned', 'kept', 'moved', 'missed', 'dropped')),
    set_by         BLOB NOT NULL REFERENCES person (id),
    set_at         TEXT NOT NULL,
    closed_by      BLOB REFERENCES person (id),
    closed_at      TEXT
) STRICT;
CREATE UNIQUE INDEX plan_one_of_both ON plan (occurrence_id, step)
    WHERE state = 'planned' AND person_id IS NULL;
CREATE UNIQUE INDEX plan_one_of_each ON plan (occurrence_id, step, person_id)
    WHERE state = 'planned' AND person_id IS NOT NULL;
CREATE INDEX plan_occurrence ON plan (occurrence_id);

-- A client's pathway progress: their own copy of a pathway.
CREATE TABLE pathway_progress (
    id          BLOB PRIMARY KEY,
    client_id   BLOB NOT NULL REFERENCES client (id),
    pathway_id  BLOB NOT NULL REFERENCES pathway (id),
    title       TEXT NOT NULL,
    -- The partner it is for; NULL: everyone of the client.
    person_id   BLOB REFERENCES person (id),
    started_by  BLOB NOT NULL REFERENCES account (id),
    started_at  TEXT NOT NULL,
    ended_at    TEXT
) STRICT;
CREATE INDEX pathway_progress_client ON pathway_progress (client_id, started_at);
CREATE INDEX pathway_progress_open ON pathway_progress (started_at) WHERE ended_at IS NULL;

-- One exercise of a pathway progress, and when its turn comes.
CREATE TABLE progress_step (
    id             BLOB PRIMARY KEY,
    progress_id        BLOB NOT NULL REFERENCES pathway_progress (id),
    position       INTEGER NOT NULL,
    exercise_id    BLOB NOT NULL REFERENCES exercise (id),
    -- The morning after everyone has submitted the step before, …
    after_both     INTEGER NOT NULL CHECK (after_both IN (0, 1)),
    -- … or this many days after the step before was assigned: the earlier day.
    after_days     INTEGER,
    -- Repeated after this many days, for this many days; NULL: done once.
    every_days     INTEGER,
    for_days       INTEGER,
    -- The assignment that was made of it; NULL: its turn has not come.
    assignment_id  BLOB UNIQUE REFERENCES assignment (id)
) STRICT;
CREATE INDEX progress_step_progress ON progress_step (progress_id, position);
