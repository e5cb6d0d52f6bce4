//! What the front desk looks up: whom to book, and which mails went out.

use chrono::{DateTime, Utc};
use domain::{
    client::{ClientKind, title},
    ids::{ClientId, MessageId, PersonId, SessionId},
    reminder::{MessageKind, MessageState},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Bookings, Result,
    audit::Act,
    clients::in_care,
    database::{all, maybe, run},
    practice::practice_set_up,
};

/// A client to book with: names and nothing else.
#[derive(Clone, Debug)]
pub struct PersonHit {
    pub client: ClientId,
    pub kind: ClientKind,
    pub people: Vec<(PersonId, String)>,
}

impl PersonHit {
    pub fn title(&self) -> String {
        title(self.people.iter().map(|(_, n)| n.as_str()))
    }
}

/// A message's state; never its text.
#[derive(Clone, Debug, FromRow)]
pub struct MessageRow {
    #[sqlx(try_from = "Uuid")]
    pub id: MessageId,
    #[sqlx(try_from = "String")]
    pub kind: MessageKind,
    #[sqlx(try_from = "String")]
    pub state: MessageState,
    pub session_id: Option<Uuid>,
    pub person: String,
    pub lead: Option<String>,
    pub due_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
    pub last_error: Option<String>,
    pub attempts: i64,
}

impl MessageRow {
    /// What has failed, or was sent once, may be sent again.
    pub fn can_resend(&self) -> bool {
        matches!(self.state, MessageState::Sent | MessageState::Failed)
    }
}

impl Bookings {
    /// Clients whose people's names hold the text, twenty at most; with no
    /// text none.
    pub async fn find_clients(&self, text: &str) -> Result<Vec<PersonHit>> {
        let text = text.trim().to_lowercase();
        if text.is_empty() {
            return Ok(vec![]);
        }
        let pattern = format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
        let mut tx = self.store().read().await?;
        let today = domain::zone::today(self.now(), &practice_set_up(&mut tx).await?.zone);
        let ids = match self.only {
            None => all!(
                &mut tx,
                (Uuid,),
                "SELECT DISTINCT c.id FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL JOIN person p ON p.id = m.person_id
                 WHERE c.archived_at IS NULL AND p.search_name LIKE $1 ESCAPE '\\' LIMIT 20",
                &pattern
            )?,
            Some(me) => all!(
                &mut tx,
                (Uuid,),
                in_care!(
                    "SELECT DISTINCT c.id FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL JOIN person p ON p.id = m.person_id",
                    "AND c.archived_at IS NULL AND p.search_name LIKE $3 ESCAPE '\\' LIMIT 20"
                ),
                me.0, today, &pattern
            )?,
        };
        let mut hits = Vec::new();
        for (id,) in ids {
            hits.extend(self.hit(&mut tx, ClientId(id)).await?);
        }
        hits.sort_by_key(PersonHit::title);
        Ok(hits)
    }

    async fn hit(&self, tx: &mut crate::Tx, client: ClientId) -> Result<Option<PersonHit>> {
        let Some((kind,)) =
            maybe!(tx, (String,), "SELECT kind FROM client WHERE id = $1 AND archived_at IS NULL", client.0)?
        else {
            return Ok(None);
        };
        let people = all!(
            tx,
            (Uuid, String),
            "SELECT p.id, p.name FROM client_member m JOIN person p ON p.id = m.person_id WHERE m.client_id = $1 AND m.left_at IS NULL ORDER BY m.seat",
            client.0
        )?;
        Ok(Some(PersonHit {
            client,
            kind: kind.parse()?,
            people: people.into_iter().map(|(id, n)| (PersonId(id), n)).collect(),
        }))
    }

    /// A client that may be booked in this scope.
    pub async fn client_to_book(&self, client: ClientId) -> Result<Option<PersonHit>> {
        let mut tx = self.store().read().await?;
        if let Some(me) = self.only {
            let today = domain::zone::today(self.now(), &practice_set_up(&mut tx).await?.zone);
            if maybe!(&mut tx, (Uuid,), in_care!("SELECT c.id FROM client c", "AND c.id = $3"), me.0, today, client.0)?
                .is_none()
            {
                return Ok(None);
            }
        }
        self.hit(&mut tx, client).await
    }

    /// The messages about a session, for the front desk.
    pub async fn session_messages(&self, session: SessionId) -> Result<Vec<MessageRow>> {
        if !self.is_desk() {
            return Ok(vec![]);
        }
        let mut tx = self.store().read().await?;
        Ok(all!(
            &mut tx,
            MessageRow,
            "SELECT m.id, m.kind, m.state, m.session_id, COALESCE(p.name, '') AS person, m.lead, m.due_at, m.sent_at, m.reason, m.last_error, m.attempts
             FROM message m LEFT JOIN person p ON p.id = m.person_id WHERE m.session_id = $1 ORDER BY m.created_at, m.due_at",
            session.0
        )?)
    }

    /// Messages about sessions in a state (all where none is named), the
    /// latest due first, 200 at most.
    pub async fn messages(&self, state: Option<MessageState>) -> Result<Vec<MessageRow>> {
        if !self.is_desk() {
            return Ok(vec![]);
        }
        let mut tx = self.store().read().await?;
        Ok(all!(
            &mut tx,
            MessageRow,
            "SELECT m.id, m.kind, m.state, m.session_id, COALESCE(p.name, '') AS person, m.lead, m.due_at, m.sent_at, m.reason, m.last_error, m.attempts
             FROM message m LEFT JOIN person p ON p.id = m.person_id
             WHERE m.session_id IS NOT NULL AND m.state = COALESCE($1, m.state) ORDER BY m.due_at DESC LIMIT 200",
            state.map(MessageState::word)
        )?)
    }

    /// How many messages about sessions stand in each state.
    pub async fn message_counts(&self) -> Result<Vec<(MessageState, i64)>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            (String, i64),
            "SELECT state, count(*) FROM message WHERE session_id IS NOT NULL GROUP BY state"
        )?;
        Ok(MessageState::ALL
            .iter()
            .map(|s| (*s, rows.iter().find(|(w, _)| w == s.word()).map_or(0, |(_, n)| *n)))
            .collect())
    }

    /// Owes a message again: as a new one, so that the record of the first
    /// stands. `None`: there is no such message to send again.
    pub async fn resend(&self, message: MessageId) -> Result<Option<SessionId>> {
        if !self.is_desk() {
            return Ok(None);
        }
        let mut tx = self.store().write().await?;
        let row = maybe!(
            &mut tx,
            (Uuid, String, i64, DateTime<Utc>),
            "SELECT m.session_id, m.dedupe, m.attempts, m.not_after FROM message m
             WHERE m.id = $1 AND m.state IN ('sent', 'failed') AND m.session_id IS NOT NULL",
            message.0
        )?;
        let Some((session, dedupe, _, _)) = row else { return Ok(None) };
        let now = self.now();
        let base = dedupe.split("#again").next().unwrap_or(&dedupe).to_owned();
        let id = self.store().clock().id();
        run!(
            &mut tx,
            "INSERT INTO message (id, dedupe, kind, session_id, session_version, person_id, lead, due_at, not_after, state, attempts, created_at)
             SELECT $1, $2, kind, session_id, session_version, person_id, lead, $3, not_after, 'planned', 0, $3 FROM message WHERE id = $4
             ON CONFLICT (dedupe) DO NOTHING",
            id, format!("{base}#again:{message}"), now, message.0
        )?;
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: "sent again",
                    thing: "message",
                    id: Some(message.0),
                    client: None,
                    detail: "",
                },
            )
            .await?;
        tx.commit().await?;
        Ok(Some(SessionId(session)))
    }
}
