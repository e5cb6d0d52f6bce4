//! Answering the intake: by the person, screen by screen, or by the therapist from a
//! printed form. What a person says of their contact details and of safe contact also
//! becomes part of their details, by this act of their own.

use domain::{
    clients::person::PersonDetails,
    form::{Errors, Form},
    ids::{ClientId, IntakeId, PersonId},
    records::intake::{Answer, Item, ItemKind, read_item},
};
use uuid::Uuid;

use super::person::store_details;
use crate::{
    Clinician, Partner, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client,
    database::run,
    exercises::nudges,
    keys::DataKey,
    outbox::owed,
    records::intake::{self, ANSWER, AnswerRow, DRAFT, find_own, row_of, rows_of, seal_answer, stored_of},
};

/// The name of the field with the mark of what a form shows of an item: by it the
/// program sees what was changed in the form, and what on another device.
pub fn intake_mark(item: &str) -> String {
    format!("was.{item}")
}

/// What became of a screen of the intake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntakeSaved {
    /// Everything is saved: answers as answers.
    Done,
    /// Some fields are not valid; what was typed in them is kept as a draft.
    Unfit(Errors),
    /// These items were answered differently on another device since the form was
    /// opened. Nothing of them is saved: the page shows both, and what is sent with the
    /// new mark replaces the other.
    Elsewhere(Vec<String>),
    /// The intake is not there any more, or has no such screen.
    Gone,
}

/// What became of a printed form that was entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntakePaper {
    Saved,
    Unfit(Errors),
    /// The person is not in the caseload, the record is frozen, or there is no intake.
    Gone,
}

/// What is stored for an item.
enum ToStore {
    /// An answer; it ends a draft, unless it comes from paper: what the person has begun
    /// to type in the portal stays theirs.
    Answer(Answer),
    /// What was typed; it leaves an answer as it is.
    Draft(Answer),
    /// Nothing: the answer was removed.
    Nothing,
}

/// Whose item it is.
struct Place<'a> {
    intake: IntakeId,
    client: ClientId,
    person: PersonId,
    item: &'a Item,
    /// The row that is there; `None`: there is none yet.
    row: Option<&'a AnswerRow>,
    /// The therapist who enters it from paper; `None`: the person.
    entered_by: Option<Uuid>,
}

/// Writes the row of an item.
async fn put(store: &Store, tx: &mut Tx, key: &DataKey, place: &Place<'_>, what: &ToStore) -> Result<()> {
    let now = store.now();
    let id = place.row.map_or_else(|| store.clock().id(), |row| row.id);
    run!(
        tx,
        "INSERT INTO intake_answer (id, intake_id, client_id, person_id, item, saved_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (intake_id, person_id, item) DO NOTHING",
        id,
        place.intake.0,
        place.client.0,
        place.person.0,
        &place.item.key,
        now
    )?;
    match what {
        ToStore::Answer(answer) => {
            // A changed answer is not shared any more: sharing it is an act of its own.
            run!(
                tx,
                "UPDATE intake_answer SET answer = $1, answered_at = $2, entered_by = $3,
                     draft = CASE WHEN $5 THEN draft END, shared_at = NULL, saved_at = $2 WHERE id = $4",
                seal_answer(key, ANSWER, id, place.item, answer)?,
                now,
                place.entered_by,
                id,
                place.entered_by.is_some()
            )?;
        }
        ToStore::Draft(draft) => {
            run!(
                tx,
                "UPDATE intake_answer SET draft = $1, saved_at = $2 WHERE id = $3",
                seal_answer(key, DRAFT, id, place.item, draft)?,
                now,
                id
            )?;
        }
        ToStore::Nothing => {
            run!(
                tx,
                "UPDATE intake_answer SET answer = NULL, answered_at = NULL, draft = NULL, entered_by = NULL,
                     shared_at = NULL, saved_at = $1 WHERE id = $2",
                now,
                id
            )?;
        }
    }
    Ok(())
}

/// How a form's item relates to what is stored.
enum Compared {
    /// Nothing is to be saved: the form has what is stored, or nothing was changed in
    /// it.
    Unchanged,
    /// The form is newer.
    Newer,
    /// It was changed here and on another device.
    Both,
}

/// Compares what a form has for an item with what is stored. `mark` is that of what
/// the form showed when it was opened.
fn compare(typed: &Answer, stored: Option<&Answer>, mark: &str) -> Compared {
    let is = stored.map(Answer::fingerprint).unwrap_or_default();
    let has = typed.fingerprint();
    let nothing = Answer::default().fingerprint();
    if mark == is {
        // A first answer is saved as it is shown, and so is what was a draft.
        return Compared::Newer;
    }
    if has == is || has == mark || (mark.is_empty() && has == nothing) { Compared::Unchanged } else { Compared::Both }
}

impl Partner {
    /// Saves a screen of the intake, item by item. With `leaves`, fields that are not
    /// valid are kept as a draft without an error: the person goes on later.
    pub async fn save_intake(&self, intake: IntakeId, screen: &str, form: &Form, leaves: bool) -> Result<IntakeSaved> {
        let mut tx = self.store().write().await?;
        // Two forms of one person that are sent at once are saved one after the other.
        run!(&mut tx, "UPDATE intake SET started_at = started_at WHERE id = $1", intake.0)?;
        let Some(row) = find_own(&mut tx, intake, self.person()).await? else { return Ok(IntakeSaved::Gone) };
        let items: Vec<Item> = row.list().asked().filter(|item| item.screen == screen).cloned().collect();
        if items.is_empty() {
            return Ok(IntakeSaved::Gone);
        }
        let rows = rows_of(&mut tx, intake).await?;
        let key = self.store().data_key_or_new(&mut tx, self.person().0).await?;
        let (mut errors, mut elsewhere, mut answered) = (Errors::default(), Vec::new(), Vec::new());
        for item in items.iter().filter(|item| item.kind.is_answered()) {
            let own = row_of(&rows, self.person(), &item.key);
            // What cannot be read any more is replaced by what the person types.
            let stored = match own.map(|row| stored_of(&key, row)) {
                Some(Err(error)) if error.is_of_one_row() => None,
                Some(stored) => stored?,
                None => None,
            };
            let typed = Answer::draft(item, form);
            let place = Place { intake, client: row.client(), person: self.person(), item, row: own, entered_by: None };
            match compare(&typed, stored.as_ref(), form.get(&intake_mark(&item.key))) {
                Compared::Unchanged => continue,
                Compared::Both => {
                    elsewhere.push(item.key.clone());
                    continue;
                }
                Compared::Newer => {}
            }
            let what = match read_item(item, form) {
                Ok(Some(answer)) => ToStore::Answer(answer),
                Ok(None) => ToStore::Nothing,
                Err(found) => {
                    errors = errors.and(found);
                    ToStore::Draft(typed)
                }
            };
            match &what {
                ToStore::Nothing if own.is_none() => continue,
                // Nothing was typed in a screen that the person leaves.
                ToStore::Draft(draft) if own.is_none() && draft.is_blank() => continue,
                ToStore::Answer(answer) => {
                    let is_same = own.is_some_and(|row| row.answer.is_some() && row.draft.is_none())
                        && stored.as_ref() == Some(answer);
                    if is_same {
                        continue;
                    }
                    answered.push((item.kind, answer.clone()));
                }
                ToStore::Draft(_) | ToStore::Nothing => {}
            }
            put(self.store(), &mut tx, &key, &place, &what).await?;
        }
        self.take_over(&mut tx, &answered).await?;
        let act = Act::by(self.me(), AuditAction::Saved, AuditThing::Intake).id(intake.0).client(row.client().0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(if !elsewhere.is_empty() {
            IntakeSaved::Elsewhere(elsewhere)
        } else if errors.is_empty() || leaves {
            IntakeSaved::Done
        } else {
            IntakeSaved::Unfit(errors)
        })
    }

    /// Takes what the person said of themselves over into their details, and plans
    /// what is planned for them again.
    async fn take_over(&self, tx: &mut Tx, answered: &[(ItemKind, Answer)]) -> Result<()> {
        let before = client::find_person(tx, self.person()).await?.details();
        let new = details_after(&before, answered);
        if new == before {
            return Ok(());
        }
        store_details(tx, self.now(), self.person(), &new).await?;
        run!(
            tx,
            "UPDATE account SET display_name = $1, zone = $2 WHERE person_id = $3",
            &new.name,
            new.zone.name(),
            self.person().0
        )?;
        owed::replan_person(self.store(), tx, self.person()).await?;
        nudges::replan_nudges_of(self.store(), tx, self.person()).await?;
        intake::mail::replan_of(self.store(), tx, self.person()).await?;
        let act = Act::by(self.me(), AuditAction::Changed, AuditThing::OwnContact).id(self.person().0);
        self.store().record(tx, act).await
    }
}

/// A person's details after these answers.
fn details_after(before: &PersonDetails, answered: &[(ItemKind, Answer)]) -> PersonDetails {
    let mut new = before.clone();
    for (kind, answer) in answered {
        match kind {
            ItemKind::Contact => {
                if let Some(own) = answer.own_details() {
                    new = PersonDetails {
                        name: own.name,
                        pronouns: own.pronouns,
                        phone: own.phone,
                        zone: own.zone,
                        language: own.language,
                        ..new
                    };
                }
            }
            ItemKind::SafeContact => new.contact = answer.safe_contact(&new.contact),
            ItemKind::Text
            | ItemKind::LongText
            | ItemKind::Choice
            | ItemKind::Choices
            | ItemKind::Date
            | ItemKind::Number
            | ItemKind::YesNo
            | ItemKind::Emergency
            | ItemKind::Consents
            | ItemKind::Payer
            | ItemKind::Facts
            | ItemKind::Private
            | ItemKind::Measure => {}
        }
    }
    new
}

impl Clinician {
    /// Enters what a person wrote on a printed form. It counts as theirs. What the form
    /// leaves blank stays as it is, and what the person answered themselves since then is
    /// not replaced. Their contact rules are only made stricter if they can sign in.
    pub async fn enter_intake_paper(&self, client: ClientId, person: PersonId, form: &Form) -> Result<IntakePaper> {
        let mut tx = self.store().write().await?;
        if client::find_open_client(self, &mut tx, client).await?.is_none() {
            return Ok(IntakePaper::Gone);
        }
        let Some(member) = client::member(self, &mut tx, client, person).await? else {
            return Ok(IntakePaper::Gone);
        };
        let Some(row) = intake::find_of_client(&mut tx, client).await?.filter(|row| !row.is_ended()) else {
            return Ok(IntakePaper::Gone);
        };
        run!(&mut tx, "UPDATE intake SET started_at = started_at WHERE id = $1", row.id().0)?;
        let rows = rows_of(&mut tx, row.id()).await?;
        let (mut errors, mut answers) = (form.shown_again_error(), Vec::new());
        for item in row.list().asked().filter(|item| item.kind.is_answered()) {
            let own = row_of(&rows, person, &item.key);
            let is_theirs = own.is_some_and(|row| row.answer.is_some() && row.entered_by.is_none());
            let was_seen = item.kind == ItemKind::Private && form.has(&seen_field(&item.key));
            if is_theirs || (Answer::draft(item, form).is_blank() && !was_seen) {
                continue;
            }
            match read_item(item, form) {
                Ok(Some(answer)) => answers.push((item.clone(), answer)),
                Ok(None) => {}
                Err(found) => errors = errors.and(found),
            }
        }
        if errors.is_empty() && answers.is_empty() {
            errors.add("", "Enter at least one answer.");
        }
        if !errors.is_empty() {
            return Ok(IntakePaper::Unfit(errors));
        }
        let key = self.store().data_key_or_new(&mut tx, person.0).await?;
        let mut answered = Vec::new();
        for (item, answer) in answers {
            let own = row_of(&rows, person, &item.key);
            let entered_by = Some(self.me().0);
            let place = Place { intake: row.id(), client, person, item: &item, row: own, entered_by };
            answered.push((item.kind, answer.clone()));
            put(self.store(), &mut tx, &key, &place, &ToStore::Answer(answer)).await?;
        }
        let details = details_after(&member.details, &answered);
        if details != member.details {
            self.change_person(&mut tx, client, &member, &details).await?;
        }
        let act = Act::by(self.me(), AuditAction::EnteredFromPaper, AuditThing::Intake).id(row.id().0).client(client.0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(IntakePaper::Saved)
    }
}

/// The name of the box that says that the private questions of a printed form were
/// seen.
pub fn seen_field(item: &str) -> String {
    format!("seen.{item}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> Answer {
        Answer([("value".to_owned(), vec![text.to_owned()])].into())
    }

    #[test]
    fn form_that_was_changed_on_two_devices_replaces_nothing() {
        let (a, b, c) = (answer("a"), answer("b"), answer("c"));
        let is = |typed: &Answer, stored: Option<&Answer>, mark: &str| match compare(typed, stored, mark) {
            Compared::Unchanged => "unchanged",
            Compared::Newer => "newer",
            Compared::Both => "both",
        };
        assert_eq!(is(&a, None, ""), "newer", "a first answer");
        assert_eq!(is(&b, Some(&a), &a.fingerprint()), "newer");
        assert_eq!(is(&c, Some(&b), &a.fingerprint()), "both");
        assert_eq!(is(&a, Some(&b), &a.fingerprint()), "unchanged", "the other device’s is newer");
        assert_eq!(is(&b, Some(&b), &a.fingerprint()), "unchanged", "both typed alike");
        assert_eq!(is(&Answer::default(), Some(&b), ""), "unchanged", "opened before, and left blank");
        assert_eq!(is(&c, Some(&b), ""), "both");
    }
}
