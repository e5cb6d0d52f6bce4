//! The parts of a copy with what the person entered and signed: intake, consents,
//! and what was sent to others.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    clients::{client::Seat, person::Language},
    records::{
        consents::{Filled, hex},
        disclosure::{Details, Ground, Item},
        intake::{Answer, IntakeList, ItemReaders},
        own_data::copy::{Field, Record, Term},
        release::{Contents, Terms},
    },
    zone,
};
use serde::Deserialize;
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{Gather, term};
use crate::{
    Error, Result, Tx, clients::client::find_person, database::all, practice::settings::practice_set_up,
    records::handovers::opened_json, unreadable,
};

#[derive(FromRow)]
struct IntakeRow {
    id: Uuid,
    list: Json<IntakeList>,
    item: String,
    answer: Option<Vec<u8>>,
    answered_at: Option<DateTime<Utc>>,
    is_from_paper: bool,
    shared_at: Option<DateTime<Utc>>,
}

/// Who can read the answer to an item of the intake.
fn intake_readers(readers: ItemReaders, is_shared: bool) -> Term {
    match readers {
        ItemReaders::Desk | ItemReaders::Channels => Term::YouTherapistDesk,
        ItemReaders::Clinician | ItemReaders::Alone => Term::YouAndTherapist,
        ItemReaders::Shared if is_shared => Term::YouBoth,
        ItemReaders::Shared => Term::YouAndTherapist,
        ItemReaders::Joint => Term::YouBoth,
    }
}

/// The person's own answers to their intake.
pub(super) async fn intake(of: &Gather<'_>, tx: &mut Tx) -> Result<Vec<Record>> {
    let language = find_person(tx, domain::ids::PersonId(of.person)).await?.language.0;
    let rows = all!(
        &mut *tx,
        IntakeRow,
        "SELECT y.id, l.list, y.item, y.answer, y.answered_at, (y.entered_by IS NOT NULL) AS is_from_paper, y.shared_at
         FROM intake_answer y JOIN intake i ON i.id = y.intake_id JOIN intake_list l ON l.id = i.list_id
         WHERE y.person_id = $1 AND y.answer IS NOT NULL AND ($2 IS NULL OR y.client_id = $2)
         ORDER BY i.started_at, y.answered_at, y.id",
        of.person,
        of.client
    )?;
    let mut records = Vec::new();
    for row in rows {
        let list = &row.list.0;
        let (Some(item), Some(sealed)) = (list.item(&row.item), &row.answer) else { continue };
        let key = of.store.key_of(tx, of.person).await;
        let answer = key.and_then(|key| opened_json::<Answer>(&key.open("intake_answer.answer", row.id, sealed)?));
        let Some(answer) = unreadable::or_skip(answer)? else { continue };
        let section = list.screens.iter().find(|screen| screen.key == item.screen);
        for (question, text) in answer.lines(item, language) {
            records.push(
                Record::default()
                    .text(Field::Section, section.map_or("", |screen| screen.title.in_language(language)))
                    .text(Field::Question, question)
                    .text(Field::Answer, text)
                    .term(Field::Readers, intake_readers(item.readers, row.shared_at.is_some()))
                    .at(Field::AnsweredAt, row.answered_at)
                    .term(Field::Method, if row.is_from_paper { Term::Paper } else { Term::Portal }),
            );
        }
    }
    Ok(records)
}

#[derive(FromRow)]
struct SignatureRow {
    id: Uuid,
    version: i64,
    #[sqlx(try_from = "String")]
    language: Language,
    sha256: Vec<u8>,
    content: Vec<u8>,
    signed_at: DateTime<Utc>,
    method: String,
    withdrawn_at: Option<DateTime<Utc>>,
    evidence: Option<Vec<u8>>,
}

/// What was signed, as the area of consents seals it.
#[derive(Deserialize)]
struct Signed {
    title: String,
    body: String,
    statement: String,
    typed_name: String,
}

/// Where a signature came from, as the area of consents seals it.
#[derive(Default, Deserialize)]
struct Evidence {
    ip: String,
    browser: String,
}

/// What the person signed, word for word.
pub(super) async fn consents(of: &Gather<'_>, tx: &mut Tx) -> Result<Vec<Record>> {
    let rows = all!(
        &mut *tx,
        SignatureRow,
        "SELECT s.id, v.version, s.language, s.sha256, s.content, s.signed_at, s.method, s.withdrawn_at, s.evidence
         FROM signature s JOIN consent_version v ON v.id = s.version_id
         WHERE s.person_id = $1 AND ($2 IS NULL OR s.client_id = $2
             OR (s.client_id IS NULL AND EXISTS (SELECT 1 FROM release_signer y JOIN release r ON r.id = y.release_id
                 WHERE y.ask_id = s.ask_id AND r.client_id = $2)))
         ORDER BY s.signed_at, s.id",
        of.person,
        of.client
    )?;
    let mut records = Vec::new();
    for row in rows {
        let key = of.store.key_of(tx, of.person).await;
        let signed = key.and_then(|key| {
            let signed: Signed = opened_json(&key.open("signature.content", row.id, &row.content)?)?;
            let evidence = match row.evidence.as_ref().filter(|_| of.is_whole()) {
                Some(sealed) => opened_json(&key.open("signature.evidence", row.id, sealed)?)?,
                None => Evidence::default(),
            };
            Ok::<_, Error>((signed, evidence))
        });
        let Some((signed, evidence)) = unreadable::or_skip(signed)? else { continue };
        let text = Filled { title: signed.title.clone(), body: signed.body, has_gaps: false }.document();
        records.push(
            Record::default()
                .text(Field::Title, signed.title)
                .number(Field::Version, row.version)
                .text(Field::Language, row.language.word())
                .text(Field::Text, text)
                .text(Field::Statement, signed.statement)
                .text(Field::TypedName, signed.typed_name)
                .at(Field::SignedAt, row.signed_at)
                .term(Field::Method, term(&row.method))
                .at(Field::WithdrawnAt, row.withdrawn_at)
                .text(Field::Sha256, hex(&row.sha256))
                .text(Field::NetworkAddress, evidence.ip)
                .text(Field::Browser, evidence.browser),
        );
    }
    Ok(records)
}

#[derive(FromRow)]
struct ReleaseRow {
    id: Uuid,
    client_id: Uuid,
    terms: Vec<u8>,
    ends_on: NaiveDate,
    prepared_at: DateTime<Utc>,
    #[sqlx(try_from = "String")]
    seat: Seat,
    sent_at: Option<DateTime<Utc>>,
    signed_at: Option<DateTime<Utc>>,
    withdrawn_at: Option<DateTime<Utc>>,
}

/// The lines of what a release contains of the joint record and of the person's own.
fn release_lines(what: &Contents, seat: Seat) -> Vec<String> {
    let mut lines = Vec::new();
    let mut add = |is_chosen: bool, line: &str| {
        if is_chosen {
            lines.push(line.to_owned());
        }
    };
    add(what.notes, "Joint notes");
    add(what.attendance, "List of joint sessions and attendance");
    add(what.goals, "Goals");
    add(what.exercises, "List of exercises, without answers");
    let own = what.own_of(seat);
    add(own.is_some_and(|own| own.notes), "Notes about you only");
    let own = own.iter().flat_map(|own| &own.documents);
    lines.extend(what.documents.iter().chain(own).map(|document| document.title.clone()));
    lines
}

/// The releases that the person signs, by what they did themselves, and what was
/// disclosed by law, once the clients were told of it.
pub(super) async fn releases(of: &Gather<'_>, tx: &mut Tx) -> Result<Vec<Record>> {
    let zone = practice_set_up(tx).await?.zone;
    let rows = all!(
        &mut *tx,
        ReleaseRow,
        "SELECT r.id, r.client_id, r.terms, r.ends_on, r.prepared_at, m.seat,
             (SELECT max(h.sent_at) FROM handover h WHERE h.release_id = r.id) AS sent_at,
             y.signed_at, y.withdrawn_at
         FROM release_signer s JOIN release r ON r.id = s.release_id
         JOIN client_member m ON m.client_id = r.client_id AND m.person_id = s.person_id
         LEFT JOIN signature y ON y.ask_id = s.ask_id
         WHERE s.person_id = $1 AND ($2 IS NULL OR r.client_id = $2) ORDER BY r.prepared_at, r.id",
        of.person,
        of.client
    )?;
    let mut records = Vec::new();
    for row in rows {
        let key = of.store.key_of(tx, row.client_id).await;
        let terms = key.and_then(|key| opened_json::<Terms>(&key.open("release", row.id, &row.terms)?));
        let Some(terms) = unreadable::or_skip(terms)? else { continue };
        // Whether the other signed or withdrew is not said.
        let state = match (row.sent_at, row.withdrawn_at, row.signed_at) {
            (Some(_), ..) => Some(Term::Sent),
            (None, Some(_), _) => Some(Term::Withdrawn),
            (None, None, None) => Some(Term::Waiting),
            (None, None, Some(_)) => None,
        };
        records.push(
            Record::default()
                .day(Field::On, zone::date_of(row.prepared_at, &zone))
                .text(Field::Recipient, terms.recipient)
                .text(Field::Purpose, terms.purpose)
                .text(Field::Text, release_lines(&terms.what, row.seat).join("\n"))
                .term(Field::State, state)
                .at(Field::SentAt, row.sent_at)
                .day(Field::ExpiresOn, row.ends_on),
        );
    }
    records.extend(disclosures(of, tx).await?);
    Ok(records)
}

#[derive(FromRow)]
struct DisclosureRow {
    id: Uuid,
    client_id: Uuid,
    #[sqlx(try_from = "String")]
    seat: Seat,
    #[sqlx(try_from = "String")]
    ground: Ground,
    details: Vec<u8>,
    sent_at: DateTime<Utc>,
}

/// What was disclosed by law of the joint record and of the person's own, once the
/// clients were told.
async fn disclosures(of: &Gather<'_>, tx: &mut Tx) -> Result<Vec<Record>> {
    let zone = practice_set_up(tx).await?.zone;
    let rows = all!(
        &mut *tx,
        DisclosureRow,
        "SELECT d.id, d.client_id, m.seat, d.ground, d.details, h.sent_at
         FROM disclosure d JOIN handover h ON h.disclosure_id = d.id
         JOIN client_member m ON m.client_id = d.client_id AND m.person_id = $1 AND m.joined_at <= h.sent_at
         WHERE d.told_at IS NOT NULL AND ($2 IS NULL OR d.client_id = $2) ORDER BY h.sent_at, d.id",
        of.person,
        of.client
    )?;
    let mut records = Vec::new();
    for row in rows {
        let key = of.store.key_of(tx, row.client_id).await;
        let details = key.and_then(|key| opened_json::<Details>(&key.open("disclosure", row.id, &row.details)?));
        let Some(details) = unreadable::or_skip(details)? else { continue };
        let lines: Vec<&str> = details
            .items_of(row.seat)
            .map(|item| match item {
                Item::Note(_) => "A note",
                Item::Document(_) => "A document",
                Item::List(list) => list.label(),
            })
            .collect();
        if lines.is_empty() {
            continue;
        }
        records.push(
            Record::default()
                .day(Field::On, zone::date_of(row.sent_at, &zone))
                .text(Field::Recipient, details.recipient)
                .text(Field::Purpose, row.ground.label())
                .text(Field::Text, lines.join("\n"))
                .term(Field::State, Term::Sent)
                .at(Field::SentAt, row.sent_at),
        );
    }
    Ok(records)
}
