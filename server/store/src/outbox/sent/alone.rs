//! Emails about what one person does alone, and email addresses that two people
//! share.
//!
//! A session with one partner, and an exercise, a message or a request of one
//! partner, are nobody else's business. Where another person has the same
//! address, an email about it would tell them: it is not sent unless the person
//! chooses so. This module decides that for every kind of email, when the email
//! is planned and once more in the transaction that sends it. So an address
//! that becomes shared, or stops being shared, counts from then on.
//!
//! Whether an address is shared is read from the addresses in use of every
//! person and every member of staff, whatever these chose for their own email:
//! nobody learns what another chose from the emails that arrive. An inquiry
//! does not count, because anybody can type any address into it and would stop
//! another person's email.

use chrono::NaiveDate;
use domain::{
    clients::person::EmailAddress,
    ids::{AccountId, PersonId},
    outbox::reminder::{Concern, EmailKind, SkipReason},
};
use uuid::Uuid;

use crate::{
    Bookings, Clinician, Result, Tx,
    clients::client::{PersonRow, find_person, in_care},
    database::{all, maybe},
    outbox::owed::{About, is_client_by_themselves},
    practice::settings::{practice_set_up, today},
    scheduling::requests,
};

/// Why an email is not sent because it is about its reader alone. `None`: it
/// may be sent. `attend`: how many people attend the session that it is about,
/// if it is about one.
pub(crate) async fn alone_reason(
    tx: &mut Tx,
    about: About,
    kind: EmailKind,
    reader: &PersonRow,
    attend: Option<usize>,
) -> Result<Option<SkipReason>> {
    let Some(reason) = reader.alone_skip() else { return Ok(None) };
    let alone = match kind.concern() {
        Concern::Session => attend.is_none_or(|attend| attend < 2),
        Concern::Login => is_client_by_themselves(tx, reader).await?,
        Concern::One => true,
        Concern::Request => match about {
            About::Request(request) => requests::is_request_of_one(tx, request).await?,
            About::Session { .. }
            | About::Invitation(_)
            | About::Reset(_)
            | About::Address(_)
            | About::Occurrence(_)
            | About::Plan(_)
            | About::Intake(_)
            | About::Message(_)
            | About::DataRequest(_)
            | About::Ask(_)
            | About::Inquiry(_)
            | About::Event(_) => true,
        },
        Concern::Asked => false,
    };
    Ok(alone.then_some(reason))
}

/// A person who gets no email about what they do alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmailed {
    pub person: PersonId,
    pub name: String,
    /// The names of the others with this address, as far as the reader may know
    /// them. Empty: the person chose it so, or the reader may know none of
    /// them.
    pub shared_with: Vec<String>,
}

/// The reader of the list of people without email.
enum Reader {
    /// The front desk, which may know everybody.
    Desk,
    /// A therapist and today's date: only people of their own caseload are
    /// named.
    Therapist(AccountId, NaiveDate),
}

impl Reader {
    /// Whether the reader may know of a person.
    async fn knows(&self, tx: &mut Tx, person: PersonId) -> Result<bool> {
        let Self::Therapist(me, today) = self else { return Ok(true) };
        let found = maybe!(
            tx,
            (Uuid,),
            in_care!(
                "SELECT c.id FROM client c JOIN client_member m ON m.client_id = c.id",
                "AND m.person_id = $3 LIMIT 1"
            ),
            me.0,
            *today,
            person.0
        )?;
        Ok(found.is_some())
    }
}

/// The people of a list who get no email about what they do alone, as far as
/// the reader may know of them.
async fn unmailed(tx: &mut Tx, people: &[PersonId], reader: &Reader) -> Result<Vec<Unmailed>> {
    let mut found = Vec::new();
    for id in people {
        if !reader.knows(tx, *id).await? {
            continue;
        }
        let row = find_person(tx, *id).await?;
        let also = match row.alone_skip() {
            None => continue,
            Some(SkipReason::SharedAddress) => others_with_address(tx, &row, reader).await?,
            Some(_) => vec![],
        };
        found.push(Unmailed { person: *id, name: row.name, shared_with: also });
    }
    Ok(found)
}

/// The names of the others who have a person's address.
async fn others_with_address(tx: &mut Tx, of: &PersonRow, reader: &Reader) -> Result<Vec<String>> {
    let key = of.email.as_deref().map(EmailAddress::key_of).unwrap_or_default();
    let names = match reader {
        Reader::Desk => all!(
            tx,
            (String,),
            "SELECT p.name FROM person p WHERE p.email_key = $1 AND p.id <> $2
             UNION SELECT a.display_name FROM account a WHERE a.email_key = $1 AND a.person_id IS NULL ORDER BY 1",
            key,
            of.id
        )?,
        Reader::Therapist(me, today) => all!(
            tx,
            (String,),
            in_care!(
                "SELECT DISTINCT p.name
                 FROM client c JOIN client_member m ON m.client_id = c.id JOIN person p ON p.id = m.person_id",
                "AND p.email_key = $3 AND p.id <> $4 ORDER BY p.name"
            ),
            me.0,
            *today,
            key,
            of.id
        )?,
    };
    Ok(names.into_iter().map(|(name,)| name).collect())
}

impl Bookings {
    /// The people of this list who get no email about what they do alone.
    pub async fn unmailed(&self, people: &[PersonId]) -> Result<Vec<Unmailed>> {
        let mut tx = self.store().read().await?;
        let reader = match self.only {
            None => Reader::Desk,
            Some(me) => {
                let zone = practice_set_up(&mut tx).await?.zone;
                Reader::Therapist(me, domain::zone::date_of(self.now(), &zone))
            }
        };
        unmailed(&mut tx, people, &reader).await
    }
}

impl Clinician {
    /// The people of this list who get no email about what they do alone.
    pub async fn unmailed(&self, people: &[PersonId]) -> Result<Vec<Unmailed>> {
        let mut tx = self.store().read().await?;
        let reader = Reader::Therapist(self.me(), today(&mut tx, self.now()).await?);
        unmailed(&mut tx, people, &reader).await
    }
}
