-- The library of exercises, what clients were assigned from it, and what they
-- wrote.

-- An exercise of the library.
CREATE TABLE exercise (
    id           UUID PRIMARY KEY,
    -- Its name in addresses and in pathways.
    slug         TEXT NOT NULL UNIQUE,
    created_at   TIMESTAMPTZ NOT NULL,
    -- The therapist who wrote it; NULL: shipped with the program.
    author_id    UUID REFERENCES account (id),
    archived_at  TIMESTAMPTZ
);

-- One version of an exercise. An assignment stays on the version with which it
-- was made.
CREATE TABLE exercise_version (
    id           UUID PRIMARY KEY,
    exercise_id  UUID NOT NULL REFERENCES exercise (id),
    version      BIGINT NOT NULL,
    -- The whole exercise as JSON.
    document     JSONB NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    UNIQUE (exercise_id, version)
);

-- An exercise draft: an exercise that a therapist is writing.
CREATE TABLE exercise_draft (
    id           UUID PRIMARY KEY,
    author_id    UUID NOT NULL REFERENCES account (id),
    -- The exercise of which it becomes a version; NULL: a new one.
    exercise_id  UUID REFERENCES exercise (id),
    -- The version that it began as a copy of; NULL: none.
    version_id   UUID REFERENCES exercise_version (id),
    -- The form as it was typed, valid or not, as JSON.
    form         JSONB NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    updated_at   TIMESTAMPTZ NOT NULL,
    -- Counts the saves, so that a second window with an older state is noticed.
    number       BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX exercise_draft_author ON exercise_draft (author_id, updated_at);

-- A pathway of the library: exercises in an order.
CREATE TABLE pathway (
    id           UUID PRIMARY KEY,
    slug         TEXT NOT NULL UNIQUE,
    -- NULL: shipped with the program.
    author_id    UUID REFERENCES account (id),
    -- The whole pathway as JSON.
    document     JSONB NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    updated_at   TIMESTAMPTZ NOT NULL,
    archived_at  TIMESTAMPTZ
);

-- An exercise that was assigned to a client, once or repeated.
CREATE TABLE assignment (
    id                   UUID PRIMARY KEY,
    client_id            UUID NOT NULL REFERENCES client (id),
    exercise_version_id  UUID NOT NULL REFERENCES exercise_version (id),
    assigned_by          UUID NOT NULL REFERENCES account (id),
    assigned_at          TIMESTAMPTZ NOT NULL,
    -- When it is due: on the day `due_on`, or before the client's next session.
    due                  TEXT NOT NULL CHECK (due IN ('on_date', 'before_next')),
    due_on               DATE,
    -- Sealed: a few words of the therapist to the client; NULL: none.
    word_along           BYTEA,
    withdrawn_at         TIMESTAMPTZ,
    -- A new occurrence after this many days; NULL: not repeated by days.
    every_days           BIGINT,
    -- A new occurrence before every session.
    each_session         BOOLEAN NOT NULL DEFAULT false,
    -- Either of the two.
    repeats              BOOLEAN NOT NULL DEFAULT false,
    -- The last day on which an occurrence may begin; NULL: no end.
    until_on             DATE,
    -- The first day of the occurrence that is to be made next; NULL: none.
    next_on              DATE,
    -- NULL: not paused.
    paused_at            TIMESTAMPTZ,
    CHECK ((due = 'on_date') = (due_on IS NOT NULL))
);
CREATE INDEX assignment_client ON assignment (client_id, assigned_at);
CREATE INDEX assignment_next ON assignment (next_on) WHERE next_on IS NOT NULL;
CREATE INDEX assignment_repeats ON assignment (client_id, repeats);
CREATE INDEX assignment_exercise ON assignment (exercise_version_id, client_id);
-- The condition is written as in the queries: only then does SQLite use it.
CREATE INDEX assignment_each_session ON assignment (client_id) WHERE each_session;

-- One time that an assigned exercise is to be done.
CREATE TABLE occurrence (
    id             UUID PRIMARY KEY,
    assignment_id  UUID NOT NULL REFERENCES assignment (id),
    -- From 1, by the calendar: a time that was not made leaves a gap.
    number         BIGINT NOT NULL,
    -- Counts the submissions. Each begins by updating it, so that they follow
    -- one another and the last one sees all before it.
    submissions    BIGINT NOT NULL,
    -- When both partners could read both responses; NULL: not yet.
    revealed_at    TIMESTAMPTZ,
    -- The days in which it is to be done, by the reader's calendar; NULL: as the
    -- assignment says.
    opens_on       DATE,
    due_on         DATE,
    made_at        TIMESTAMPTZ,
    UNIQUE (assignment_id, number)
);

-- One person's response to an occurrence. There is a row for each person it is
-- for from the beginning; the reveal happens when all of them are submitted.
CREATE TABLE response (
    id             UUID PRIMARY KEY,
    occurrence_id  UUID NOT NULL REFERENCES occurrence (id),
    person_id      UUID NOT NULL REFERENCES person (id),
    -- Sealed: the answers that are being written; NULL: none, or submitted.
    draft          BYTEA,
    -- Counts the saves, so that a second device with an older state is noticed.
    draft_number   BIGINT NOT NULL,
    draft_at       TIMESTAMPTZ,
    submitted_at   TIMESTAMPTZ,
    -- When the person first opened it, and first wrote in it.
    opened_at      TIMESTAMPTZ,
    started_at     TIMESTAMPTZ,
    -- When the person put it off; NULL: they did not.
    not_now_at     TIMESTAMPTZ,
    -- The account that typed the response in from paper; NULL: the person did.
    entered_by     UUID REFERENCES account (id),
    -- Sealed: why the person puts it off. The therapist may read it, the partner
    -- never.
    not_now        BYTEA,
    UNIQUE (occurrence_id, person_id),
    CHECK (submitted_at IS NULL OR draft IS NULL)
);
-- Lists about many people are read from these two indexes alone.
CREATE INDEX response_person ON response (person_id, submitted_at, occurrence_id);
CREATE INDEX response_sent ON response (occurrence_id, submitted_at);

-- The submitted answer to one step.
CREATE TABLE answer (
    id             UUID PRIMARY KEY,
    response_id    UUID NOT NULL REFERENCES response (id),
    occurrence_id  UUID NOT NULL REFERENCES occurrence (id),
    person_id      UUID NOT NULL REFERENCES person (id),
    step           TEXT NOT NULL,
    -- Who may read it once it is submitted. `mine`: the writer; `therapist`:
    -- also the therapist; `reveal`: also the partner, once everyone has
    -- submitted; `couple`: the writer, the therapist and the partner at once.
    scope          TEXT NOT NULL CHECK (scope IN ('mine', 'therapist', 'reveal', 'couple')),
    -- Sealed.
    body           BYTEA NOT NULL,
    -- When the writer opened it to more readers; NULL: never.
    shared_at      TIMESTAMPTZ,
    -- The scope that it had before.
    shared_from    TEXT CHECK (shared_from IN ('mine', 'therapist', 'reveal', 'couple')),
    -- When the partner accepted an answer that was opened to them later. Until
    -- then it is only offered.
    accepted_at    TIMESTAMPTZ,
    UNIQUE (response_id, step)
);
CREATE INDEX answer_occurrence ON answer (occurrence_id, person_id);

-- One version of a text that both partners write together. The newest counts.
CREATE TABLE agreement (
    id             UUID PRIMARY KEY,
    occurrence_id  UUID NOT NULL REFERENCES occurrence (id),
    step           TEXT NOT NULL,
    version        BIGINT NOT NULL,
    -- Sealed.
    body           BYTEA NOT NULL,
    written_by     UUID NOT NULL REFERENCES person (id),
    written_at     TIMESTAMPTZ NOT NULL,
    UNIQUE (occurrence_id, step, version)
);

-- A partner's yes to one version of an agreement. A new version has none.
CREATE TABLE acceptance (
    agreement_id  UUID NOT NULL REFERENCES agreement (id),
    person_id     UUID NOT NULL REFERENCES person (id),
    accepted_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (agreement_id, person_id)
);

-- A day and time for something that a step proposes. Moving it adds a row; the
-- old one stays with the state `moved`.
CREATE TABLE plan (
    id             UUID PRIMARY KEY,
    occurrence_id  UUID NOT NULL REFERENCES occurrence (id),
    step           TEXT NOT NULL,
    -- Whose own plan it is; NULL: both partners'.
    person_id      UUID REFERENCES person (id),
    -- The wall time that was chosen, its zone, and the instant this is.
    starts         TIMESTAMP NOT NULL,
    zone           TEXT NOT NULL,
    starts_at      TIMESTAMPTZ NOT NULL,
    -- `dropped`: taken back; `missed`: it did not happen.
    state          TEXT NOT NULL CHECK (state IN ('planned', 'kept', 'moved', 'missed', 'dropped')),
    set_by         UUID NOT NULL REFERENCES person (id),
    set_at         TIMESTAMPTZ NOT NULL,
    closed_by      UUID REFERENCES person (id),
    closed_at      TIMESTAMPTZ
);
CREATE UNIQUE INDEX plan_one_of_both ON plan (occurrence_id, step)
    WHERE state = 'planned' AND person_id IS NULL;
CREATE UNIQUE INDEX plan_one_of_each ON plan (occurrence_id, step, person_id)
    WHERE state = 'planned' AND person_id IS NOT NULL;
CREATE INDEX plan_occurrence ON plan (occurrence_id);

-- A client's pathway progress: their own copy of a pathway.
CREATE TABLE pathway_progress (
    id          UUID PRIMARY KEY,
    client_id   UUID NOT NULL REFERENCES client (id),
    pathway_id  UUID NOT NULL REFERENCES pathway (id),
    title       TEXT NOT NULL,
    -- The partner it is for; NULL: everyone of the client.
    person_id   UUID REFERENCES person (id),
    started_by  UUID NOT NULL REFERENCES account (id),
    started_at  TIMESTAMPTZ NOT NULL,
    ended_at    TIMESTAMPTZ
);
CREATE INDEX pathway_progress_client ON pathway_progress (client_id, started_at);
CREATE INDEX pathway_progress_open ON pathway_progress (started_at) WHERE ended_at IS NULL;

-- One exercise of a pathway progress, and when its turn comes.
CREATE TABLE progress_step (
    id             UUID PRIMARY KEY,
    progress_id        UUID NOT NULL REFERENCES pathway_progress (id),
    position       BIGINT NOT NULL,
    exercise_id    UUID NOT NULL REFERENCES exercise (id),
    -- The morning after everyone has submitted the step before, …
    after_both     BOOLEAN NOT NULL,
    -- … or this many days after the step before was assigned: the earlier day.
    after_days     BIGINT,
    -- Repeated after this many days, for this many days; NULL: done once.
    every_days     BIGINT,
    for_days       BIGINT,
    -- The assignment that was made of it; NULL: its turn has not come.
    assignment_id  UUID UNIQUE REFERENCES assignment (id)
);
CREATE INDEX progress_step_progress ON progress_step (progress_id, position);
