//! The part of a copy with exercises: what the person answered, and what the other
//! partner opened to them.
//!
//! The rules are those of the portal: what the person can read there of the other's
//! answers is in the copy. A couple that has separated can read nothing of each
//! other there any more, and the copy has only one's own.

use chrono::{DateTime, Utc};
use domain::{
    exercises::{
        exercise::{Document, Scope},
        lines::{LineLabel, lines},
        response::{Answers, other_partner_may_read, therapist_may_read, visible_to_partner},
        step::Answer,
    },
    records::own_data::copy::{Field, Record, Term},
    zone,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{Gather, term};
use crate::{
    Error, Result, Tx,
    clients::client::find_person,
    database::{all, maybe},
    exercises::{not_now::Reasons, responses::AnswerRow},
    unreadable,
};

/// A response of the person, with its exercise.
#[derive(FromRow)]
struct ResponseRow {
    id: Uuid,
    occurrence_id: Uuid,
    client_id: Uuid,
    assignment_id: Uuid,
    document: Json<Document>,
    given_at: DateTime<Utc>,
    therapist: String,
    word_along: Option<Vec<u8>>,
    draft: Option<Vec<u8>>,
    submitted_at: Option<DateTime<Utc>>,
    opened_at: Option<DateTime<Utc>>,
    not_now: Option<Vec<u8>>,
    revealed_at: Option<DateTime<Utc>>,
    is_separated: bool,
    responders: i64,
}

/// An own answer, with when it was shared later.
#[derive(FromRow)]
struct OwnAnswerRow {
    #[sqlx(flatten)]
    answer: AnswerRow,
    shared_at: Option<DateTime<Utc>>,
}

/// An answer of the other partner.
#[derive(FromRow)]
struct TheirRow {
    person_id: Uuid,
    #[sqlx(flatten)]
    answer: AnswerRow,
}

/// The exercises that were given to the person.
pub(super) async fn exercises(of: &Gather<'_>, tx: &mut Tx) -> Result<Vec<Record>> {
    let who = find_person(tx, domain::ids::PersonId(of.person)).await?;
    let rows = all!(
        &mut *tx,
        ResponseRow,
        "SELECT r.id, r.occurrence_id, g.client_id, g.id AS assignment_id, v.document,
             COALESCE(o.made_at, g.assigned_at) AS given_at, a.display_name AS therapist, g.word_along,
             r.draft, r.submitted_at, r.opened_at, r.not_now, o.revealed_at,
             (c.separated_at IS NOT NULL) AS is_separated,
             (SELECT count(*) FROM response x WHERE x.occurrence_id = r.occurrence_id) AS responders
         FROM response r JOIN occurrence o ON o.id = r.occurrence_id JOIN assignment g ON g.id = o.assignment_id
         JOIN exercise_version v ON v.id = g.exercise_version_id JOIN account a ON a.id = g.assigned_by
         JOIN client c ON c.id = g.client_id
         WHERE r.person_id = $1 AND ($2 IS NULL OR g.client_id = $2) AND (o.opens_on IS NULL OR o.opens_on <= $3)
         ORDER BY COALESCE(o.made_at, g.assigned_at), r.id",
        of.person,
        of.client,
        zone::date_of(of.now, &who.zone)
    )?;
    let mut records = Vec::new();
    for row in rows {
        records.push(exercise(of, tx, &row).await?);
    }
    Ok(records)
}

/// An exercise as the copy has it.
async fn exercise(of: &Gather<'_>, tx: &mut Tx, row: &ResponseRow) -> Result<Record> {
    let document = &row.document.0;
    let own = own_answers(of, tx, row).await?;
    let answers: Answers = own.iter().map(|(_, step, _, answer)| (step.clone(), answer.clone())).collect();
    let told = own.iter().filter(|(scope, ..)| of.is_whole() || therapist_may_read(*scope, true));
    let own = told.filter_map(|(scope, step, shared_at, answer)| {
        Some(
            answer_record(document, step, answer)?
                .term(Field::Readers, readers(*scope))
                .at(Field::SharedAt, *shared_at),
        )
    });
    let why = Reasons::default().open(of.store, tx, of.person, row.id, row.not_now.as_deref()).await?;
    let draft = draft(of, tx, row).await?;
    let draft = draft.iter().filter_map(|(step, answer)| answer_record(document, step, answer));
    let shared = shared_answers(of, tx, row, &answers).await?;
    let shared = shared.iter().filter_map(|(step, answer)| answer_record(document, step, answer));
    Ok(Record::default()
        .text(Field::Title, document.title.clone())
        .at(Field::GivenAt, row.given_at)
        .text(Field::By, row.therapist.clone())
        .text(Field::Line, line(of, tx, row).await?)
        .at(Field::OpenedAt, row.opened_at)
        .at(Field::SentAt, row.submitted_at)
        .term(Field::PutOff, why.and_then(|why| term(why.word())))
        .list(Field::Answers, own.collect())
        .list(Field::Draft, draft.collect())
        .list(Field::Shared, shared.collect())
        .list(Field::Plans, plans(of, tx, row).await?)
        .list(Field::Agreements, agreements(of, tx, row).await?))
}

/// A question with its answer in plain lines. `None`: the step is gone, or the
/// answer is empty.
fn answer_record(document: &Document, step: &str, answer: &Answer) -> Option<Record> {
    let step = document.step(step)?;
    let lines = lines(document, step, answer).into_iter().map(|line| match line.label {
        LineLabel::Text(label) if label.is_empty() => line.text,
        LineLabel::Text(label) | LineLabel::Day(label) => format!("{label}: {}", line.text),
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    (!text.is_empty()).then(|| Record::default().text(Field::Question, step.prompt.clone()).text(Field::Answer, text))
}

/// Who can read an answer.
const fn readers(scope: Scope) -> Term {
    match scope {
        Scope::Mine => Term::OnlyYou,
        Scope::Therapist => Term::YouAndTherapist,
        Scope::Reveal => Term::YouBothOnceAnswered,
        Scope::Couple => Term::YouBoth,
    }
}

/// The person's own answers: scope, step, when it was shared later, answer.
async fn own_answers(
    of: &Gather<'_>,
    tx: &mut Tx,
    row: &ResponseRow,
) -> Result<Vec<(Scope, String, Option<DateTime<Utc>>, Answer)>> {
    let rows = all!(
        &mut *tx,
        OwnAnswerRow,
        "SELECT id, step, scope, body, shared_at FROM answer WHERE response_id = $1 AND person_id = $2",
        row.id,
        of.person
    )?;
    let key = of.store.data_key(tx, of.person).await?;
    let mut found = Vec::new();
    for OwnAnswerRow { answer: sealed, shared_at } in rows {
        let opened = key.as_ref().ok_or(Error::Sealed("its key was erased")).and_then(|key| sealed.open(key));
        let Some(answer) = unreadable::or_skip(opened)? else { continue };
        found.push((sealed.scope, sealed.step, shared_at, answer));
    }
    // In the order of the exercise.
    let place = |step: &str| row.document.0.steps.iter().position(|of| of.key == step);
    found.sort_by_key(|(_, step, ..)| place(step));
    Ok(found)
}

/// What the person has written and not sent, which only they may read.
async fn draft(of: &Gather<'_>, tx: &mut Tx, row: &ResponseRow) -> Result<Answers> {
    let Some(sealed) = row.draft.as_ref().filter(|_| of.is_whole()) else { return Ok(Answers::new()) };
    let key = of.store.key_of(tx, of.person).await;
    let json = key.and_then(|key| key.open("response.draft", row.id, sealed));
    let draft = json.and_then(|json| serde_json::from_slice(&json).map_err(|_| Error::Sealed("it is no draft")));
    Ok(unreadable::or_skip(draft)?.unwrap_or_default())
}

/// The answers of the other partner that this person can read in the portal.
async fn shared_answers(of: &Gather<'_>, tx: &mut Tx, row: &ResponseRow, own: &Answers) -> Result<Answers> {
    let mut theirs = Answers::new();
    if row.is_separated {
        return Ok(theirs);
    }
    let rows = all!(
        &mut *tx,
        TheirRow,
        "SELECT a.id, a.step, a.scope, a.body, a.person_id FROM answer a
         JOIN response r ON r.id = a.response_id AND r.submitted_at IS NOT NULL
         JOIN occurrence o ON o.id = a.occurrence_id
         WHERE a.occurrence_id = $1 AND a.person_id <> $2
           AND (a.scope = 'couple' OR (a.scope = 'reveal' AND o.revealed_at IS NOT NULL))
           AND (a.shared_from IS NULL OR a.accepted_at IS NOT NULL)",
        row.occurrence_id,
        of.person
    )?;
    for TheirRow { person_id, answer } in rows {
        if !other_partner_may_read(answer.scope, true, row.revealed_at.is_some()) {
            continue;
        }
        let key = of.store.key_of(tx, person_id).await;
        if let Some(opened) = unreadable::or_skip(key.and_then(|key| answer.open(&key)))? {
            theirs.insert(answer.step, opened);
        }
    }
    Ok(visible_to_partner(&row.document.0, theirs, own))
}

/// The line that the therapist wrote beside the exercise; may be empty.
async fn line(of: &Gather<'_>, tx: &mut Tx, row: &ResponseRow) -> Result<String> {
    let Some(sealed) = &row.word_along else { return Ok(String::new()) };
    let key = of.store.key_of(tx, row.client_id).await;
    let text = key.and_then(|key| key.open_text("assignment.word_along", row.assignment_id, sealed));
    Ok(unreadable::or_skip(text)?.unwrap_or_default())
}

/// The plans of both and of the person alone.
async fn plans(of: &Gather<'_>, tx: &mut Tx, row: &ResponseRow) -> Result<Vec<Record>> {
    let rows = all!(
        tx,
        (DateTime<Utc>, String, String, bool),
        "SELECT starts_at, state, step, (person_id IS NULL) FROM plan
         WHERE occurrence_id = $1 AND (person_id IS NULL OR person_id = $2) ORDER BY set_at, id",
        row.occurrence_id,
        of.person
    )?;
    let mut records = Vec::new();
    for (at, state, step, is_joint) in rows {
        let scope = row.document.0.step(&step).map(|step| step.scope);
        let is_told = is_joint || of.is_whole() || scope.is_some_and(|scope| therapist_may_read(scope, true));
        if is_told {
            let whose = if is_joint { Term::Joint } else { Term::Alone };
            records.push(
                Record::default().at(Field::StartsAt, at).term(Field::State, term(&state)).term(Field::Readers, whose),
            );
        }
    }
    Ok(records)
}

/// The texts on which both agree, in the versions that were written, once both can
/// read them; with when the person accepted each.
async fn agreements(of: &Gather<'_>, tx: &mut Tx, row: &ResponseRow) -> Result<Vec<Record>> {
    let is_open =
        row.revealed_at.is_some() || !row.document.0.is_blind(usize::try_from(row.responders).unwrap_or_default());
    if !is_open || row.is_separated {
        return Ok(vec![]);
    }
    let rows = all!(
        &mut *tx,
        (Uuid, i64, Vec<u8>, DateTime<Utc>, Uuid),
        "SELECT id, version, body, written_at, written_by FROM agreement WHERE occurrence_id = $1
         ORDER BY step, version",
        row.occurrence_id
    )?;
    let mut records = Vec::new();
    for (id, version, body, written_at, by) in rows {
        let key = of.store.key_of(tx, row.client_id).await;
        let text = unreadable::or_skip(key.and_then(|key| key.open_text("agreement", id, &body)))?;
        let accepted = maybe!(
            &mut *tx,
            (DateTime<Utc>,),
            "SELECT accepted_at FROM acceptance WHERE agreement_id = $1 AND person_id = $2",
            id,
            of.person
        )?;
        records.push(
            Record::default()
                .number(Field::Version, version)
                .text(Field::Text, text.unwrap_or_else(|| "This agreement cannot be read.".to_owned()))
                .at(Field::WrittenAt, written_at)
                .term(Field::By, if by == of.person { Term::You } else { Term::Partner })
                .at(Field::AcceptedAt, accepted.map(|(at,)| at)),
        );
    }
    Ok(records)
}
