//! The notes and documents of the generated practice.

use chrono::{DateTime, Duration, Utc};
use domain::{
    ids::{AccountId, ClientId},
    records::{
        document::{DocumentKind, FileType},
        note::{NoteDocument, NoteScope},
    },
};

use super::{CLIENT, CLINICIAN, Dice, NOTE, SESSION, Size, id};
use crate::{
    Error, Result, Store, Tx,
    database::run,
    files,
    records::documents::{self, NewDocument},
};

/// A session that took place.
pub(super) struct Held {
    pub session: u64,
    pub couple: u64,
    pub clinician: u64,
    pub ended_at: DateTime<Utc>,
}

/// The words of notes.
const WORDS: &[&str] = &[
    "arrived",
    "quiet",
    "listened",
    "kitchen",
    "argued",
    "weekend",
    "turned",
    "away",
    "laughed",
    "mother",
    "tired",
    "asked",
    "again",
    "plans",
    "work",
    "slept",
    "children",
    "thanked",
    "worried",
    "evening",
    "walk",
    "promised",
    "letter",
    "sorry",
    "bridge",
    "garden",
    "phone",
    "money",
    "trust",
    "breathing",
    "pause",
    "soft",
];
/// A word that is in one of forty notes.
const RARE: &str = "lighthouse";
/// The length of a document, in bytes.
const DOCUMENT: usize = 4_000;

/// A note of some 110 words.
fn text(dice: &mut Dice) -> String {
    let mut words: Vec<&str> = (0..110).map(|_| super::pick(WORDS, dice.roll(1_000_000))).collect();
    if dice.roll(40) == 0 {
        words.push(RARE);
    }
    words.join(" ")
}

impl Store {
    /// Two notes about every session that took place: one about both and one about
    /// one of the partners. They are signed, except some of the last ten days.
    pub(super) async fn generate_notes(&self, tx: &mut Tx, size: Size, held: &[Held]) -> Result<()> {
        let mut dice = Dice(13);
        let mut keys = Vec::new();
        for couple in 1..=size.couples {
            keys.push(self.data_key_or_new(tx, id(CLIENT, couple)).await?);
        }
        let recent = self.now() - Duration::days(10);
        for session in held {
            let chance = dice.roll(4);
            let is_open = session.ended_at > recent && chance < 2;
            if is_open && chance == 0 {
                continue;
            }
            let of_one = if session.session.is_multiple_of(2) { NoteScope::PartnerA } else { NoteScope::PartnerB };
            for (n, scope) in [(0, NoteScope::Joint), (1, of_one)] {
                let note = id(NOTE, 2 * session.session + n);
                let body = serde_json::to_vec(&NoteDocument::free(text(&mut dice)))
                    .map_err(|error| Error::Stored(error.to_string()))?;
                let key = &keys[usize::try_from(session.couple - 1).unwrap_or(0)];
                let written = session.ended_at + Duration::minutes(30);
                let signed = (!is_open).then_some(written);
                run!(
                    &mut *tx,
                    "INSERT INTO note (id, client_id, session_id, author_id, scope, body, created_at, updated_at,
                         signed_at, undecided, revision, locked_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, 1, $8)",
                    note,
                    id(CLIENT, session.couple),
                    id(SESSION, session.session),
                    id(CLINICIAN, session.clinician),
                    scope.word(),
                    key.seal("note", note, &body),
                    written,
                    signed,
                    false
                )?;
            }
        }
        Ok(())
    }

    /// Letters with the records, the same number with each.
    pub(super) async fn generate_documents(&self, tx: &mut Tx, size: Size) -> Result<()> {
        let today = self.now().date_naive();
        for number in 0..size.documents {
            let couple = number % size.couples + 1;
            let client = ClientId(id(CLIENT, couple));
            let mut bytes = format!("Letter {number}. ").into_bytes();
            bytes.resize(DOCUMENT, b'.');
            let file = files::write(self, tx, client.0, &bytes).await?;
            let new = NewDocument {
                client,
                scope: NoteScope::Joint,
                file,
                file_type: FileType::Text,
                active: false,
                name: &format!("Letter {number}"),
                kind: DocumentKind::Letter,
                dated: today,
                by: AccountId(id(CLINICIAN, couple % size.clinicians + 1)),
                handed_in_by: None,
            };
            documents::attach(self, tx, new).await?;
        }
        Ok(())
    }
}
