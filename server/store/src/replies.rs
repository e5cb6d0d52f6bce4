//! What people say of a session ahead: by a link in a reminder, without
//! signing in, or in the portal.
//!
//! A link is bound to one message, and so to one person and one version of
//! one session. Looking at it changes nothing. The last word counts while the
//! session is what it was; what asks for something stays with the practice
//! until somebody has seen to it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    ids::{AccountId, MessageId, PersonId, SessionId},
    person::{Language, Zone},
    reply::Reply,
    session::is_late,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Bookings, Partner, Result, Store, Tx,
    audit::Act,
    clients,
    database::{all, maybe, run},
    practice::practice_set_up,
    sessions,
};

/// What a token of these is drawn for.
const PURPOSE: &str = "reply";

/// So often one person may change their mind about one session.
const CHANGES: i64 = 20;

/// What a link shows: the time, and nothing that says whose or what for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub starts_at: DateTime<Utc>,
    /// The reader's.
    pub zone: Zone,
    pub language: Language,
    /// Two come.
    pub joint: bool,
    /// What they said last.
    pub reply: Option<Reply>,
    /// Later than the practice would like to know.
    pub late: bool,
}

/// Where a link leads.
#[derive(Clone, Debug)]
pub enum Link {
    Open(Asked),
    /// It was moved or cancelled, or is past; in the reader's language.
    Over(Language),
    /// None of ours.
    Unknown,
}

/// What one of those who come has said.
#[derive(Clone, Debug)]
pub struct ReplyView {
    pub session: SessionId,
    /// Whose session it is.
    pub clinician: AccountId,
    /// When the session is.
    pub starts_at: DateTime<Utc>,
    pub person: PersonId,
    pub name: String,
    pub reply: Reply,
    pub at: DateTime<Utc>,
    /// It asks for something, and nobody has seen to it.
    pub open: bool,
}

#[derive(FromRow)]
struct Row {
    session_id: Uuid,
    clinician_id: Uuid,
    starts_at: DateTime<Utc>,
    person_id: Uuid,
    name: String,
    #[sqlx(try_from = "String")]
    reply: Reply,
    replied_at: DateTime<Utc>,
    is_open: bool,
}

/// What holds of replies; `$1` is now. A reply to a time that is no more says
/// nothing.
macro_rules! replies {
    ($rest:literal) => {
        concat!(
            "SELECT y.session_id, s.clinician_id, s.starts_at, y.person_id, p.name, y.reply, y.replied_at, (y.reply <> 'coming' AND y.settled_at IS NULL AND s.starts_at > $1) AS is_open
             FROM session_reply y JOIN session s ON s.id = y.session_id AND s.version = y.session_version AND s.state IN ('booked', 'arrived')
             JOIN session_attendee t ON t.session_id = s.id AND t.person_id = y.person_id JOIN person p ON p.id = y.person_id ",
            $rest
        )
    };
}

impl Row {
    fn view(self) -> ReplyView {
        ReplyView {
            session: SessionId(self.session_id),
            clinician: AccountId(self.clinician_id),
            starts_at: self.starts_at,
            person: PersonId(self.person_id),
            name: self.name,
            reply: self.reply,
            at: self.replied_at,
            open: self.is_open,
        }
    }
}

impl Store {
    /// The token in the links of one message.
    pub(crate) fn reply_token(&self, message: MessageId) -> String {
        self.keys().link(PURPOSE, message.0)
    }

    /// Where a link leads; looking changes nothing.
    pub async fn reply_link(&self, token: &str) -> Result<Link> {
        let mut tx = self.read().await?;
        self.link_in(&mut tx, token).await.map(|found| match found {
            Some((.., asked)) => asked.map_or_else(Link::Over, Link::Open),
            None => Link::Unknown,
        })
    }

    /// Says it by a link. The same twice is once.
    pub async fn reply_by_link(&self, token: &str, reply: Reply) -> Result<Link> {
        let mut tx = self.write().await?;
        let Some((session, person, version, asked)) = self.link_in(&mut tx, token).await? else {
            return Ok(Link::Unknown);
        };
        let asked = match asked {
            Ok(asked) => asked,
            Err(language) => return Ok(Link::Over(language)),
        };
        if Reply::of(asked.joint).all(|r| r != reply) {
            return Ok(Link::Open(asked));
        }
        self.put_reply(&mut tx, session, person, version, reply).await?;
        tx.commit().await?;
        Ok(Link::Open(Asked { reply: Some(reply), ..asked }))
    }

    /// Session, person, version, and what may be said, or the language in
    /// which to say that it is over.
    async fn link_in(
        &self,
        tx: &mut Tx,
        token: &str,
    ) -> Result<Option<(SessionId, PersonId, i64, Result<Asked, Language>)>> {
        let Some(message) = self.keys().linked(PURPOSE, token) else { return Ok(None) };
        let row = maybe!(
            tx,
            (Option<Uuid>, Option<Uuid>, Option<i64>),
            "SELECT session_id, person_id, session_version FROM message WHERE id = $1",
            message
        )?;
        let Some((Some(session), Some(person), Some(version))) = row else { return Ok(None) };
        let (session, person) = (SessionId(session), PersonId(person));
        let asked = match self.asked(tx, session, person, version).await? {
            Some(asked) => Ok(asked),
            None => Err(clients::person(tx, person).await?.language),
        };
        Ok(Some((session, person, version, asked)))
    }

    async fn asked(&self, tx: &mut Tx, session: SessionId, person: PersonId, version: i64) -> Result<Option<Asked>> {
        let Some(view) = sessions::load(tx, session).await? else { return Ok(None) };
        let stands = view.version == version && view.state.is_ahead() && view.timing.starts_at > self.now();
        let Some(me) = view.attendees.iter().find(|a| a.person == person).filter(|_| stands) else { return Ok(None) };
        let practice = practice_set_up(tx).await?;
        let said = maybe!(
            tx,
            (String,),
            "SELECT reply FROM session_reply WHERE session_id = $1 AND person_id = $2 AND session_version = $3",
            session.0,
            person.0,
            version
        )?;
        Ok(Some(Asked {
            starts_at: view.timing.starts_at,
            zone: me.zone.clone(),
            language: clients::person(tx, person).await?.language,
            joint: view.attendees.len() > 1,
            reply: said.map(|(word,)| word.parse()).transpose()?,
            late: is_late(view.timing.starts_at, self.now(), practice.notice_hours),
        }))
    }

    async fn put_reply(
        &self,
        tx: &mut Tx,
        session: SessionId,
        person: PersonId,
        version: i64,
        reply: Reply,
    ) -> Result<()> {
        // Said again, it stays seen to; said otherwise, it is new.
        let changed = run!(
            tx,
            "INSERT INTO session_reply (session_id, person_id, session_version, reply, replied_at, changes) VALUES ($1, $2, $3, $4, $5, 1)
             ON CONFLICT (session_id, person_id) DO UPDATE SET session_version = excluded.session_version, reply = excluded.reply, replied_at = excluded.replied_at,
                settled_by = NULL, settled_at = NULL, changes = session_reply.changes + 1
             WHERE (session_reply.reply <> excluded.reply OR session_reply.session_version <> excluded.session_version) AND session_reply.changes < $6",
            session.0,
            person.0,
            version,
            reply.word(),
            self.now(),
            CHANGES
        )?;
        if changed > 0 {
            self.audit(
                tx,
                Act {
                    by: None,
                    action: "replied",
                    thing: "session",
                    id: Some(session.0),
                    client: None,
                    detail: reply.word(),
                },
            )
            .await?;
        }
        Ok(())
    }
}

impl Partner {
    /// Says of one of their own sessions ahead that they come. `false`: there
    /// is none.
    pub async fn comes(&self, session: SessionId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let Some(version) = self.version(&mut tx, session).await? else { return Ok(false) };
        if self.store().asked(&mut tx, session, self.person(), version).await?.is_none() {
            return Ok(false);
        }
        self.store().put_reply(&mut tx, session, self.person(), version, Reply::Coming).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// What they said of it, as it stands.
    pub async fn own_reply(&self, session: SessionId) -> Result<Option<Reply>> {
        let mut tx = self.store().read().await?;
        let Some(version) = self.version(&mut tx, session).await? else { return Ok(None) };
        Ok(self.store().asked(&mut tx, session, self.person(), version).await?.and_then(|asked| asked.reply))
    }

    async fn version(&self, tx: &mut Tx, session: SessionId) -> Result<Option<i64>> {
        Ok(maybe!(tx, (i64,), "SELECT version FROM session WHERE id = $1", session.0)?.map(|(version,)| version))
    }
}

/// How a session stands with those who come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Confirmed {
    /// Somebody has said that all come.
    pub yes: bool,
    /// They were asked, by a mail that went out.
    pub asked: bool,
}

impl Bookings {
    /// What was said of a session.
    pub async fn replies(&self, session: SessionId) -> Result<Vec<ReplyView>> {
        let mut tx = self.store().read().await?;
        if self.find(&mut tx, session).await?.is_none() {
            return Ok(vec![]);
        }
        let rows =
            all!(&mut tx, Row, replies!("WHERE y.session_id = $2 ORDER BY y.replied_at"), self.now(), session.0)?;
        Ok(rows.into_iter().map(Row::view).collect())
    }

    /// What asks for something and was not seen to, the soonest session first.
    pub async fn open_replies(&self) -> Result<Vec<ReplyView>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            Row,
            replies!(
                "WHERE y.reply <> 'coming' AND y.settled_at IS NULL AND s.starts_at > $1 AND s.clinician_id = COALESCE($2, s.clinician_id)
                 ORDER BY s.starts_at, y.replied_at LIMIT 50"
            ),
            self.now(),
            self.only.map(|a| a.0)
        )?;
        Ok(rows.into_iter().map(Row::view).collect())
    }

    /// How the sessions of a span stand with those who come.
    pub async fn confirmed(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<HashMap<SessionId, Confirmed>> {
        let mut tx = self.store().read().await?;
        let only = self.only.map(|a| a.0);
        // From the span to what belongs to it: grouped or joined, SQLite reads
        // every session there ever was, or every mail that went out.
        let rows = all!(
            &mut tx,
            (Uuid, bool, bool, bool),
            "SELECT s.id,
                EXISTS (SELECT 1 FROM session_reply y WHERE y.session_id = s.id AND y.session_version = s.version AND y.reply = 'coming'),
                EXISTS (SELECT 1 FROM session_reply y WHERE y.session_id = s.id AND y.session_version = s.version AND y.reply <> 'coming'),
                EXISTS (SELECT 1 FROM message m WHERE m.session_id = s.id AND m.session_version = s.version AND m.state = 'sent' AND m.asks)
             FROM session s WHERE s.starts_at >= $1 AND s.starts_at < $2 AND s.clinician_id = COALESCE($3, s.clinician_id)",
            from,
            until,
            only
        )?;
        let said = |(id, coming, other, asked): (Uuid, bool, bool, bool)| {
            let confirmed = Confirmed { yes: coming && !other, asked };
            (coming || other || asked).then_some((SessionId(id), confirmed))
        };
        Ok(rows.into_iter().filter_map(said).collect())
    }

    /// Who comes to a first meeting of a span and has not signed in to the
    /// portal yet: by session, in the order of their seats.
    pub async fn not_ready(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<HashMap<SessionId, Vec<String>>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            (Uuid, String),
            "SELECT s.id, p.name FROM session s JOIN session_attendee t ON t.session_id = s.id JOIN person p ON p.id = t.person_id
                LEFT JOIN client_member m ON m.client_id = s.client_id AND m.person_id = p.id LEFT JOIN account u ON u.person_id = p.id
             WHERE s.starts_at >= $1 AND s.starts_at < $2 AND s.kind = 'intake' AND s.state = 'booked' AND s.clinician_id = COALESCE($3, s.clinician_id)
                AND u.password_changed_at IS NULL ORDER BY s.starts_at, s.id, m.seat",
            from,
            until,
            self.only.map(|a| a.0)
        )?;
        let mut found: HashMap<SessionId, Vec<String>> = HashMap::new();
        for (session, name) in rows {
            found.entry(SessionId(session)).or_default().push(name);
        }
        Ok(found)
    }

    /// Notes that somebody has seen to what was said. `false`: there is
    /// nothing to see to.
    pub async fn settle_reply(&self, session: SessionId, person: PersonId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let Some(view) = self.find(&mut tx, session).await? else { return Ok(false) };
        let done = run!(
            &mut tx,
            "UPDATE session_reply SET settled_by = COALESCE(settled_by, $1), settled_at = COALESCE(settled_at, $2) WHERE session_id = $3 AND person_id = $4",
            self.me().0,
            self.now(),
            session.0,
            person.0
        )?;
        if done > 0 {
            self.store()
                .audit(&mut tx, Act::new(self.me(), "saw to a reply", "session", session.0, view.client.0))
                .await?;
        }
        tx.commit().await?;
        Ok(done > 0)
    }
}
