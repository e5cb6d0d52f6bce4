//! What the client list of an earlier program said about a person beyond the fields of
//! this one: their date of birth and the texts of other columns. It is sealed by the
//! person's data key, and the clinicians of their clients read it.

use chrono::NaiveDate;
use domain::{
    ids::{ClientId, PersonId},
    records::intake::{IntakeList, ItemKind},
};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    Clinician, Error, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client,
    database::{all, maybe, run},
    records::intake,
    unreadable,
};

/// The place of the sealed details.
const PLACE: &str = "imported_details";

/// What a list said about a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedDetails {
    /// `None`: the list had none.
    pub birth: Option<NaiveDate>,
    /// The headings of other columns and their texts.
    pub texts: Vec<(String, String)>,
}

impl Clinician {
    /// What a list said about a person of a client of the caseload; the opening is
    /// audited. `None`: the person is not in the caseload, or did not come with an
    /// import.
    pub async fn imported_details(&self, client: ClientId, person: PersonId) -> Result<Option<ImportedDetails>> {
        let mut tx = self.store().read().await?;
        if client::member(self, &mut tx, client, person).await?.is_none() {
            return Ok(None);
        }
        // A colleague's client may have come with the import.
        let came = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT c.id FROM client c JOIN imported_details d ON d.import_id = c.import_id
             WHERE c.id = $1 AND d.person_id = $2",
            client.0,
            person.0
        )?;
        if came.is_none() {
            return Ok(None);
        }
        let Some(details) = unreadable::or_skip(find(self.store(), &mut tx, person.0).await)?.flatten() else {
            return Ok(None);
        };
        let act = Act::by(self.me(), AuditAction::Opened, AuditThing::ImportedDetails);
        self.store().record_opening(tx, act.id(person.0).client(client.0)).await?;
        Ok(Some(details))
    }
}

/// Keeps what a list said about a person who has just been made.
pub(crate) async fn insert(
    store: &Store,
    tx: &mut Tx,
    (person, import): (Uuid, Uuid),
    details: &ImportedDetails,
) -> Result<()> {
    let key = store.data_key_or_new(tx, person).await?;
    let plain = serde_json::to_vec(details).map_err(|error| Error::Stored(error.to_string()))?;
    run!(
        tx,
        "INSERT INTO imported_details (person_id, import_id, sealed) VALUES ($1, $2, $3)",
        person,
        import,
        key.seal(PLACE, person, &plain)
    )?;
    Ok(())
}

/// What a list said about a person; `None`: nothing.
pub(crate) async fn find(store: &Store, tx: &mut Tx, person: Uuid) -> Result<Option<ImportedDetails>> {
    let row = maybe!(&mut *tx, (Vec<u8>,), "SELECT sealed FROM imported_details WHERE person_id = $1", person)?;
    let Some((sealed,)) = row else { return Ok(None) };
    let key = store.key_of(tx, person).await?;
    let plain = key.open(PLACE, person, &sealed)?;
    serde_json::from_slice(&plain).map(Some).map_err(|error| Error::Stored(error.to_string()))
}

/// The date of birth of a person, from the list with which they came or from their
/// intake; `None`: it is not known, or cannot be read.
pub(crate) async fn birth_of(store: &Store, tx: &mut Tx, person: Uuid) -> Result<Option<NaiveDate>> {
    let imported = unreadable::or_skip(find(store, tx, person).await)?.flatten();
    if let Some(birth) = imported.and_then(|details| details.birth) {
        return Ok(Some(birth));
    }
    let rows = all!(
        &mut *tx,
        (Uuid, String, Vec<u8>, Json<IntakeList>),
        "SELECT a.id, a.item, a.answer, l.list FROM intake_answer a
         JOIN intake i ON i.id = a.intake_id JOIN intake_list l ON l.id = i.list_id
         WHERE a.person_id = $1 AND a.answer IS NOT NULL ORDER BY a.answered_at DESC, a.id",
        person
    )?;
    for (id, item, sealed, Json(list)) in rows {
        if !list.items.iter().any(|known| known.key == item && known.kind == ItemKind::Contact) {
            continue;
        }
        let key = store.key_of(tx, person).await;
        let answer = unreadable::or_skip(key.and_then(|key| intake::open_answer(&key, intake::ANSWER, id, &sealed)))?;
        if let Some(birth) = answer.and_then(|answer| answer.get("birth").parse().ok()) {
            return Ok(Some(birth));
        }
    }
    Ok(None)
}
