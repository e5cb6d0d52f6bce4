//! Mail that came back, and mail that somebody no longer wants.
//!
//! An address whose mail comes back gets nothing more until the practice has
//! looked at it: whoever goes on sending to it is soon taken for a sender of
//! unwanted mail. Only the address that was written to is stopped; one that
//! was mended meanwhile is not.

use chrono::{DateTime, Utc};
use domain::{
    ids::{MessageId, PersonId},
    person::Language,
    reminder::MessageKind,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Bookings, Result, Store, Tx,
    audit::Act,
    clients,
    database::{all, maybe, run},
};

/// What a tag in a mail's way back is drawn for, and a link to end mails.
const BACK: &str = "way back";
const UNSUBSCRIBE: &str = "unsubscribe";

/// Somebody whose mail comes back.
#[derive(Clone, Debug)]
pub struct Returned {
    pub person: PersonId,
    pub name: String,
    pub phone: String,
    pub since: DateTime<Utc>,
    /// What the mail server said.
    pub why: String,
}

/// Which mails somebody no longer wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unwanted {
    /// Before sessions.
    Reminders,
    /// Of something to do or planned.
    Nudges,
}

impl Unwanted {
    fn of(kind: MessageKind) -> Option<Self> {
        match kind {
            MessageKind::Reminder => Some(Self::Reminders),
            MessageKind::Nudge | MessageKind::Plan => Some(Self::Nudges),
            _ => None,
        }
    }
}

impl Store {
    /// What stands in a mail's way back: it names the message to us alone.
    pub(crate) fn way_back(&self, message: MessageId) -> String {
        self.keys().tag(BACK, message.0)
    }

    /// The token with which mails of this kind can be ended; `None` where they
    /// are part of what was agreed.
    pub(crate) fn unsubscribe_token(&self, message: MessageId, kind: MessageKind) -> Option<String> {
        Unwanted::of(kind).map(|_| self.keys().link(UNSUBSCRIBE, message.0))
    }

    /// Notes that a mail came back for good. `tag` is what stood in its way
    /// back. `false`: it is none of ours, or the address is another by now.
    pub async fn note_returned(&self, tag: &str, why: &str) -> Result<bool> {
        let Some(id) = self.keys().tagged(BACK, tag) else { return Ok(false) };
        let mut tx = self.write().await?;
        let noted = self.returned_in(&mut tx, id, why).await?;
        tx.commit().await?;
        Ok(noted)
    }

    /// The same in a transaction, of a message whose address was refused.
    pub(crate) async fn returned_in(&self, tx: &mut Tx, message: Uuid, why: &str) -> Result<bool> {
        let why: String = why.chars().take(300).collect();
        let row = maybe!(
            tx,
            (Option<Uuid>, Option<String>),
            "SELECT person_id, recipient FROM message WHERE id = $1",
            message
        )?;
        let Some((Some(person), Some(recipient))) = row else { return Ok(false) };
        run!(
            tx,
            "UPDATE message SET state = 'failed', last_error = $1 WHERE id = $2 AND state = 'sent'",
            format!("It came back: {why}"),
            message
        )?;
        let now = self.now();
        let noted = run!(
            tx,
            "UPDATE person SET returned_at = $1, returned_why = $2, updated_at = $1 WHERE id = $3 AND lower(email) = $4 AND returned_at IS NULL",
            now,
            &why,
            person,
            recipient.to_lowercase()
        )?;
        if noted > 0 {
            let act =
                Act { by: None, action: "mail came back", thing: "person", id: Some(person), client: None, detail: "" };
            self.audit(tx, act).await?;
        }
        Ok(noted > 0)
    }

    /// Which mails a link ends, whether they are ended already, and the
    /// language of its reader; `None` for a link that is none of ours.
    pub async fn unsubscribe_link(&self, token: &str) -> Result<Option<(Unwanted, bool, Language)>> {
        let mut tx = self.read().await?;
        let Some((person, unwanted)) = self.unwanted(&mut tx, token).await? else { return Ok(None) };
        let person = clients::person(&mut tx, person).await?;
        Ok(Some(match unwanted {
            Unwanted::Reminders => (unwanted, !person.reminders, person.language),
            Unwanted::Nudges => (unwanted, !person.nudges, person.language),
        }))
    }

    /// Ends them. The same twice is once.
    pub async fn unsubscribe(&self, token: &str) -> Result<Option<(Unwanted, Language)>> {
        let mut tx = self.write().await?;
        let Some((person, unwanted)) = self.unwanted(&mut tx, token).await? else { return Ok(None) };
        let language = clients::person(&mut tx, person).await?.language;
        let now = self.now();
        let changed = match unwanted {
            Unwanted::Reminders => run!(
                &mut tx,
                "UPDATE person SET reminders = $1, updated_at = $2 WHERE id = $3 AND reminders",
                false,
                now,
                person.0
            )?,
            Unwanted::Nudges => run!(
                &mut tx,
                "UPDATE person SET nudges = $1, updated_at = $2 WHERE id = $3 AND nudges",
                false,
                now,
                person.0
            )?,
        };
        if changed > 0 {
            self.replan_person(&mut tx, person).await?;
            self.replan_nudges_of(&mut tx, person).await?;
            let act = Act {
                by: None,
                action: "ended mails",
                thing: "own contact",
                id: Some(person.0),
                client: None,
                detail: "",
            };
            self.audit(&mut tx, act).await?;
        }
        tx.commit().await?;
        Ok(Some((unwanted, language)))
    }

    async fn unwanted(&self, tx: &mut Tx, token: &str) -> Result<Option<(PersonId, Unwanted)>> {
        let Some(message) = self.keys().linked(UNSUBSCRIBE, token) else { return Ok(None) };
        let row = maybe!(tx, (Option<Uuid>, String), "SELECT person_id, kind FROM message WHERE id = $1", message)?;
        let Some((Some(person), kind)) = row else { return Ok(None) };
        Ok(Unwanted::of(kind.parse()?).map(|unwanted| (PersonId(person), unwanted)))
    }
}

impl Bookings {
    /// Those whose mail comes back and who have a session ahead, for the front
    /// desk; fifty at most.
    pub async fn returned(&self) -> Result<Vec<Returned>> {
        #[derive(FromRow)]
        struct Row {
            id: Uuid,
            name: String,
            phone: String,
            returned_at: DateTime<Utc>,
            returned_why: String,
        }
        if !self.is_desk() {
            return Ok(vec![]);
        }
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            Row,
            "SELECT p.id, p.name, p.phone, p.returned_at, p.returned_why FROM person p
             WHERE p.returned_at IS NOT NULL AND NOT p.portal_only
               AND EXISTS (SELECT 1 FROM session_attendee t JOIN session s ON s.id = t.session_id WHERE t.person_id = p.id AND s.starts_at > $1 AND s.state IN ('booked', 'arrived'))
             ORDER BY p.returned_at LIMIT 50",
            self.now()
        )?;
        Ok(rows
            .into_iter()
            .map(|r| Returned {
                person: PersonId(r.id),
                name: r.name,
                phone: r.phone,
                since: r.returned_at,
                why: r.returned_why,
            })
            .collect())
    }

    /// Lets mail go to an address again: it was a fault elsewhere. `false`:
    /// nothing was stopped, or it is not the front desk that asks.
    pub async fn try_address_again(&self, person: PersonId) -> Result<bool> {
        if !self.is_desk() {
            return Ok(false);
        }
        let mut tx = self.store().write().await?;
        let changed = run!(
            &mut tx,
            "UPDATE person SET returned_at = NULL, returned_why = '', updated_at = $1 WHERE id = $2 AND returned_at IS NOT NULL",
            self.now(),
            person.0
        )?;
        if changed > 0 {
            let act = Act {
                by: Some(self.me()),
                action: "tried an address again",
                thing: "person",
                id: Some(person.0),
                client: None,
                detail: "",
            };
            self.store().audit(&mut tx, act).await?;
        }
        tx.commit().await?;
        Ok(changed > 0)
    }
}
