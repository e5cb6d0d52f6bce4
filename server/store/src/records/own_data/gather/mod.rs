//! Gathering a copy of a person's data: each part of the copy from the tables that
//! [`super::tables`] names for it.
//!
//! Every query begins with the person's own rows. What the other partner of a
//! couple wrote is in the copy only where both can read it; that there is more is
//! told by nothing: not by a number, an order or an empty place.

mod exercises;
mod person;
mod record;
mod signed;

use chrono::{DateTime, Utc};
use domain::{
    ids::{ClientId, DataRequestId, PersonId},
    records::own_data::copy::{Copy, Part, Reader, Record, Term},
};
use uuid::Uuid;

use crate::{Error, Result, Store, Tx, database::maybe, practice::settings::practice_set_up};

/// What a copy is gathered for.
struct Gather<'a> {
    store: &'a Store,
    request: DataRequestId,
    person: Uuid,
    /// Only what belongs to this client; `None`: to any.
    client: Option<Uuid>,
    reader: Reader,
    /// The person's account; `None`: they have none.
    account: Option<Uuid>,
    now: DateTime<Utc>,
}

impl Gather<'_> {
    /// Whether the copy has what only the person may read.
    fn is_whole(&self) -> bool {
        self.reader == Reader::Person
    }
}

/// Gathers a copy of a person's data: of one client, or all of it (`None`).
pub(super) async fn gather(
    store: &Store,
    tx: &mut Tx,
    request: DataRequestId,
    person: PersonId,
    client: Option<ClientId>,
    reader: Reader,
) -> Result<Copy> {
    let account = maybe!(&mut *tx, (Uuid,), "SELECT id FROM account WHERE person_id = $1", person.0)?;
    let of = Gather {
        store,
        request,
        person: person.0,
        client: client.map(|client| client.0),
        reader,
        account: account.map(|(id,)| id),
        now: store.now(),
    };
    let mut parts = Vec::new();
    for part in Part::ALL {
        parts.push((*part, part_of(&of, tx, *part).await?));
    }
    let copy = Copy { practice: practice_set_up(tx).await?.name, made_at: of.now, reader, parts };
    match copy.misfit() {
        None => Ok(copy),
        Some((part, field)) => Err(Error::Refused(format!("The copy’s part {part:?} has no field {field:?}."))),
    }
}

/// The records of a part. Each part of a copy is named here.
async fn part_of(of: &Gather<'_>, tx: &mut Tx, part: Part) -> Result<Vec<Record>> {
    match part {
        Part::Person => person::person(of, tx).await,
        Part::Contact => person::contact(of, tx).await,
        Part::Account => person::account(of, tx).await,
        Part::SignIns => person::sign_ins(of, tx).await,
        Part::Care => person::care(of, tx).await,
        Part::Sessions => record::sessions(of, tx).await,
        Part::Requests => record::requests(of, tx).await,
        Part::Exercises => exercises::exercises(of, tx).await,
        Part::Messages => record::messages(of, tx).await,
        Part::Emails => person::emails(of, tx).await,
        Part::Intake => signed::intake(of, tx).await,
        Part::Consents => signed::consents(of, tx).await,
        Part::Releases => signed::releases(of, tx).await,
        Part::Notes => record::notes(of, tx).await,
        Part::Documents => record::documents(of, tx).await,
        Part::Opened => record::opened(of, tx).await,
        Part::Copies => person::copies(of, tx).await,
        Part::LeftOut => record::left_out(of, tx).await,
    }
}

/// The word of the copy for a word that is stored; `None`: the copy has no such word.
fn term(word: &str) -> Option<Term> {
    word.parse().ok()
}
