//! What the front desk looks up: whom to book, and which mails went out.

use chrono::{DateTime, Duration, Utc};
use domain::{
    client::{ClientKind, title},
    ids::{ClientId, MessageId, PersonId, SessionId},
    person::search_key,
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
    /// What it said can be looked at.
    pub kept: bool,
    /// What it says still holds, and nothing of its kind is on its way.
    pub holds: bool,
    /// When the session is that it is about.
    pub about_at: Option<DateTime<Utc>>,
}

/// A mail as it went out.
#[derive(Clone, Debug)]
pub struct SentMail {
    pub session: SessionId,
    pub recipient: String,
    pub sent_at: Option<DateTime<Utc>>,
    /// RFC 5322.
    pub bytes: Vec<u8>,
}

impl MessageRow {
    /// What has failed, or was sent once, may be sent again while it is true.
    pub fn can_resend(&self) -> bool {
        matches!(self.state, MessageState::Sent | MessageState::Failed) && self.holds
    }
}

/// Messages about sessions; `$1` is now.
macro_rules! messages {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.kind, m.state, m.session_id, COALESCE(p.name, '') AS person, m.lead, m.due_at, m.sent_at, m.reason, m.last_error, m.attempts, (m.bytes IS NOT NULL) AS kept,
                    s.starts_at AS about_at,
                    (m.session_version = s.version AND m.not_after > $1 AND (m.kind = 'cancelled' OR s.state IN ('booked', 'arrived'))
                     AND NOT EXISTS (SELECT 1 FROM client c WHERE c.id = s.client_id AND c.separated_at IS NOT NULL)
                     AND NOT EXISTS (SELECT 1 FROM message x WHERE x.session_id = m.session_id AND x.person_id = m.person_id AND x.kind = m.kind
                        AND COALESCE(x.lead, '') = COALESCE(m.lead, '') AND x.state IN ('planned', 'claimed'))) AS holds
             FROM message m JOIN session s ON s.id = m.session_id LEFT JOIN person p ON p.id = m.person_id ",
            $rest
        )
    };
}

impl Bookings {
    /// Clients each word of the text is found in, in the name of one or the
    /// other, whatever the accents and the order; twenty at most, and with no
    /// text none.
    pub async fn find_clients(&self, text: &str) -> Result<Vec<PersonHit>> {
        let text = search_key(text);
        let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c == '&').filter(|w| !w.is_empty()).collect();
        let Some(text) = words.iter().max_by_key(|w| w.chars().count()) else { return Ok(vec![]) };
        let pattern = format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
        // The other words are looked for in what the longest one finds.
        let most: i64 = if words.len() == 1 { 20 } else { 500 };
        let mut tx = self.store().read().await?;
        let today = domain::zone::today(self.now(), &practice_set_up(&mut tx).await?.zone);
        let ids = match self.only {
            None => all!(
                &mut tx,
                (Uuid,),
                "SELECT DISTINCT c.id FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL JOIN person p ON p.id = m.person_id
                 WHERE c.archived_at IS NULL AND p.search_name LIKE $1 ESCAPE '\\' LIMIT $2",
                &pattern,
                most
            )?,
            Some(me) => all!(
                &mut tx,
                (Uuid,),
                in_care!(
                    "SELECT DISTINCT c.id FROM client c JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL JOIN person p ON p.id = m.person_id",
                    "AND c.archived_at IS NULL AND p.search_name LIKE $3 ESCAPE '\\' LIMIT $4"
                ),
                me.0, today, &pattern, most
            )?,
        };
        let mut hits = Vec::new();
        for (id,) in ids {
            let Some(hit) = self.hit(&mut tx, ClientId(id)).await? else { continue };
            let names = search_key(&hit.title());
            if words.iter().all(|word| names.contains(word)) {
                hits.push(hit);
            }
            if hits.len() == 20 {
                break;
            }
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

    /// The next session of a client in this scope.
    pub async fn next_session(&self, client: ClientId) -> Result<Option<(SessionId, DateTime<Utc>)>> {
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            (Uuid, DateTime<Utc>),
            "SELECT id, starts_at FROM session WHERE client_id = $1 AND starts_at > $2 AND state = 'booked' AND clinician_id = COALESCE($3, clinician_id) ORDER BY starts_at LIMIT 1",
            client.0,
            self.now(),
            self.only.map(|a| a.0)
        )?;
        Ok(row.map(|(id, at)| (SessionId(id), at)))
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
            messages!("WHERE m.session_id = $2 ORDER BY m.created_at, m.due_at"),
            self.now(),
            session.0
        )?)
    }

    /// Messages about sessions in a state, from those of the last two weeks, the
    /// latest due first; where none is
    /// named, what needs a look: what did not go out in the last two weeks, and
    /// what is due within two days. 200 at most.
    pub async fn messages(&self, state: Option<MessageState>) -> Result<Vec<MessageRow>> {
        if !self.is_desk() {
            return Ok(vec![]);
        }
        let mut tx = self.store().read().await?;
        let now = self.now();
        Ok(match state {
            Some(state) => all!(
                &mut tx,
                MessageRow,
                messages!("WHERE m.state = $2 AND m.due_at > $3 ORDER BY m.due_at DESC LIMIT 200"),
                now,
                state.word(),
                now - Duration::days(14)
            )?,
            None => all!(
                &mut tx,
                MessageRow,
                messages!(
                    "WHERE (m.state = 'failed' AND m.due_at > $2) OR (m.state IN ('planned', 'claimed', 'sent') AND m.due_at > $3 AND m.due_at < $4)
                     ORDER BY CASE WHEN m.state = 'failed' THEN 0 ELSE 1 END, CASE WHEN m.state = 'sent' THEN 1 ELSE 0 END, m.due_at LIMIT 200"
                ),
                now,
                now - Duration::days(14),
                now - Duration::days(1),
                now + Duration::days(2)
            )?,
        })
    }

    /// The mails about somebody's sessions, the latest first, 100 at most, with
    /// their name. `None`: nobody, or it is not the front desk that asks.
    pub async fn messages_of(&self, person: PersonId) -> Result<Option<(String, Vec<MessageRow>)>> {
        if !self.is_desk() {
            return Ok(None);
        }
        let mut tx = self.store().read().await?;
        let name = maybe!(&mut tx, (String,), "SELECT name FROM person WHERE id = $1", person.0)?;
        let Some((name,)) = name else { return Ok(None) };
        let rows = all!(
            &mut tx,
            MessageRow,
            messages!("WHERE m.person_id = $2 AND m.session_id IS NOT NULL ORDER BY m.due_at DESC LIMIT 100"),
            self.now(),
            person.0
        )?;
        Ok(Some((name, rows)))
    }

    /// A mail about a session as it went out, or will again; its opening is on
    /// record. The links in it are its reader's alone: whoever draws it leaves
    /// them out. `None`: there is none, it is not written yet, or it is not the
    /// front desk that asks.
    pub async fn sent_mail(&self, message: MessageId) -> Result<Option<SentMail>> {
        if !self.is_desk() {
            return Ok(None);
        }
        #[derive(FromRow)]
        struct Row {
            person_id: Option<Uuid>,
            session_id: Uuid,
            client_id: Uuid,
            recipient: Option<String>,
            sent_at: Option<DateTime<Utc>>,
            bytes: Option<Vec<u8>>,
        }
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            Row,
            "SELECT m.person_id, s.id AS session_id, s.client_id, m.recipient, m.sent_at, m.bytes FROM message m JOIN session s ON s.id = m.session_id WHERE m.id = $1",
            message.0
        )?;
        let Some(Row {
            person_id: Some(person),
            session_id,
            client_id,
            recipient: Some(recipient),
            sent_at,
            bytes: Some(sealed),
        }) = row
        else {
            return Ok(None);
        };
        let bytes = self.store().key_of(&mut tx, person).await?.open("message", message.0, &sealed)?.to_vec();
        self.store().on_record(tx, Act::new(self.me(), "opened", "message", message.0, client_id)).await?;
        Ok(Some(SentMail { session: SessionId(session_id), recipient, sent_at, bytes }))
    }

    /// How many messages about sessions stand in each state: those of the last
    /// two weeks, and all that are ahead.
    pub async fn message_counts(&self) -> Result<Vec<(MessageState, i64)>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            (String, i64),
            "SELECT state, count(*) FROM message WHERE state IN ('planned', 'claimed', 'sent', 'failed', 'skipped', 'superseded') AND due_at > $1 AND session_id IS NOT NULL GROUP BY state",
            self.now() - Duration::days(14)
        )?;
        Ok(MessageState::ALL
            .iter()
            .map(|s| (*s, rows.iter().find(|(w, _)| w == s.word()).map_or(0, |(_, n)| *n)))
            .collect())
    }

    /// Owes a message again: as a new one, so that the record of the first
    /// stands. `None`: there is no such message; `false`: what it says holds
    /// no more, or it is on its way.
    pub async fn resend(&self, message: MessageId) -> Result<Option<(SessionId, bool)>> {
        if !self.is_desk() {
            return Ok(None);
        }
        let mut tx = self.store().write().await?;
        // Pressed twice at once it is one: the second waits here, and then finds
        // that it has been sent again.
        run!(&mut tx, "UPDATE message SET attempts = attempts WHERE id = $1", message.0)?;
        let now = self.now();
        let Some(row) = maybe!(&mut tx, MessageRow, messages!("WHERE m.id = $2"), now, message.0)? else {
            return Ok(None);
        };
        let Some(session) = row.session_id.map(SessionId) else { return Ok(None) };
        if !row.can_resend() {
            return Ok(Some((session, false)));
        }
        let before = maybe!(
            &mut tx,
            (i64,),
            "SELECT count(*) FROM message WHERE session_id = $1 AND dedupe LIKE 'again:%'",
            session.0
        )?
        .map_or(0, |(n,)| n);
        let made = run!(
            &mut tx,
            "INSERT INTO message (id, dedupe, kind, session_id, session_version, person_id, lead, due_at, not_after, state, attempts, created_at)
             SELECT $1, $2, kind, session_id, session_version, person_id, lead, $3, not_after, 'planned', 0, $3 FROM message WHERE id = $4 ON CONFLICT (dedupe) DO NOTHING",
            self.store().clock().id(), format!("again:{message}:{before}"), now, message.0
        )?;
        if made == 0 {
            return Ok(Some((session, false)));
        }
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
        Ok(Some((session, true)))
    }
}
