//! Replies: what people say about a future session, by a link in a reminder
//! without signing in, or in the portal.
//!
//! A link belongs to one email, and so to one person and one version of one
//! session. Opening it changes nothing. The last reply counts as long as the
//! session is not changed. A reply that asks for something stays open for the
//! practice until somebody has dealt with it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    clients::person::{Language, Zone},
    ids::{AccountId, EmailId, PersonId, SessionId},
    scheduling::{reply::Reply, session::is_late},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    After, Bookings, Guest, Paged, Partner, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client,
    database::{all, maybe, run},
    limits::REPLIES,
    practice::settings::practice_set_up,
    scheduling::sessions,
    unreadable::{fetched, legible},
};

/// The purpose that the tokens of reply links are made for.
const PURPOSE: &str = "reply";

/// How many times at most one person may change their reply to one session.
const CHANGES: i64 = 20;

/// What the page of a link shows: the time, but not whose session it is or what
/// for.
#[derive(Clone, Debug)]
pub struct ReplyQuestion {
    pub starts_at: DateTime<Utc>,
    /// The reader's zone.
    pub zone: Zone,
    pub language: Language,
    /// Whether two people attend.
    pub joint: bool,
    /// Their last reply. `None`: there is none yet, or it must not be shown to
    /// others who read that address.
    pub reply: Option<Reply>,
    /// Whether it is later than the practice's notice period allows.
    pub late: bool,
}

/// What a reply link leads to.
#[derive(Clone, Debug)]
pub enum Link {
    /// The question, which can be answered.
    Open(ReplyQuestion),
    /// The session was moved or cancelled, or is in the past; shown in the
    /// reader's language.
    Over(Language),
    /// The link is not one of ours.
    Unknown,
}

/// What the token of a reply link was found to belong to.
enum FoundLink {
    /// A question that can be answered, and where the answer goes.
    Open { session: SessionId, person: PersonId, version: i64, question: ReplyQuestion },
    /// A session that was moved or cancelled, or is in the past; to be said in
    /// the reader's language.
    Over(Language),
    /// The link is not one of ours.
    Unknown,
}

/// The reply of one attendee.
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
    /// Whether it asks for something that nobody has dealt with yet.
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

/// The query for replies to the current version of a session; `$1` is now. A
/// reply to an earlier time of the session does not count.
macro_rules! replies {
    ($rest:literal) => {
        concat!(
            "SELECT y.session_id, s.clinician_id, s.starts_at, y.person_id, p.name, y.reply, y.replied_at,
                 (y.reply <> 'coming' AND y.settled_at IS NULL AND s.starts_at > $1) AS is_open
             FROM session_reply y
               JOIN session s ON s.id = y.session_id AND s.version = y.session_version
                 AND s.state IN ('booked', 'arrived')
             JOIN session_attendee t ON t.session_id = s.id AND t.person_id = y.person_id
             JOIN person p ON p.id = y.person_id ",
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
    /// The question of a person's future session. `None`: there is no such
    /// session any more in this version.
    async fn find_question(
        &self,
        tx: &mut Tx,
        session: SessionId,
        person: PersonId,
        version: i64,
    ) -> Result<Option<ReplyQuestion>> {
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
        Ok(Some(ReplyQuestion {
            starts_at: view.timing.starts_at,
            zone: me.zone.clone(),
            language: client::find_person(tx, person).await?.language.0,
            joint: view.attendees.len() > 1,
            reply: said.map(|(word,)| word.parse()).transpose()?,
            late: is_late(view.timing.starts_at, self.now(), practice.notice_hours),
        }))
    }

    /// Stores a person's reply to a session, at most [`CHANGES`] times, and
    /// audits it if it is new.
    async fn put_reply(
        &self,
        tx: &mut Tx,
        session: SessionId,
        person: PersonId,
        version: i64,
        reply: Reply,
    ) -> Result<()> {
        // The same reply again stays settled; another reply is open again.
        let changed = run!(
            tx,
            "INSERT INTO session_reply (session_id, person_id, session_version, reply, replied_at, changes)
             VALUES ($1, $2, $3, $4, $5, 1)
             ON CONFLICT (session_id, person_id) DO UPDATE SET session_version = excluded.session_version,
                 reply = excluded.reply, replied_at = excluded.replied_at,
                settled_by = NULL, settled_at = NULL, changes = session_reply.changes + 1
             WHERE (session_reply.reply <> excluded.reply
                 OR session_reply.session_version <> excluded.session_version)
               AND session_reply.changes < $6",
            session.0,
            person.0,
            version,
            reply.word(),
            self.now(),
            CHANGES
        )?;
        if changed > 0 {
            self.record(
                tx,
                Act::by_program(AuditAction::Replied, AuditThing::Session).id(session.0).detail(reply.word()),
            )
            .await?;
        }
        Ok(())
    }
}

impl Guest {
    /// Finds what a reply link leads to; this changes nothing.
    pub async fn reply_link(&self, token: &str) -> Result<Link> {
        let mut tx = self.store().read().await?;
        Ok(match self.find_link(&mut tx, token).await? {
            FoundLink::Open { question, .. } => Link::Open(question),
            FoundLink::Over(language) => Link::Over(language),
            FoundLink::Unknown => Link::Unknown,
        })
    }

    /// Stores a reply given by a link. The same reply twice counts once.
    pub async fn reply_by_link(&self, token: &str, reply: Reply) -> Result<Link> {
        let mut tx = self.store().write().await?;
        let (session, person, version, question) = match self.find_link(&mut tx, token).await? {
            FoundLink::Open { session, person, version, question } => (session, person, version, question),
            FoundLink::Over(language) => return Ok(Link::Over(language)),
            FoundLink::Unknown => return Ok(Link::Unknown),
        };
        if Reply::of(question.joint).all(|r| r != reply) {
            return Ok(Link::Open(question));
        }
        self.store().put_reply(&mut tx, session, person, version, reply).await?;
        tx.commit().await?;
        Ok(Link::Open(ReplyQuestion { reply: Some(reply), ..question }))
    }

    /// Finds what a link belongs to: the session, the person and the session's
    /// version, with the question that it asks.
    async fn find_link(&self, tx: &mut Tx, token: &str) -> Result<FoundLink> {
        let Some(message) = self.store().keys().id_of_link(PURPOSE, token) else { return Ok(FoundLink::Unknown) };
        let row = maybe!(
            tx,
            (Option<Uuid>, Option<Uuid>, Option<i64>),
            "SELECT session_id, person_id, session_version FROM email WHERE id = $1",
            message
        )?;
        let Some((Some(session), Some(person), Some(version))) = row else { return Ok(FoundLink::Unknown) };
        let (session, person) = (SessionId(session), PersonId(person));
        let reader = client::find_person(tx, person).await?;
        let question = match self.store().find_question(tx, session, person, version).await? {
            // Others may read this address, so the person's reply is not shown.
            Some(question) if reader.alone_skip().is_some() => ReplyQuestion { reply: None, ..question },
            Some(question) => question,
            None => return Ok(FoundLink::Over(reader.language.0)),
        };
        Ok(FoundLink::Open { session, person, version, question })
    }
}

impl Partner {
    /// Replies that this person is coming to one of their own future sessions.
    /// `false`: there is no such session.
    pub async fn confirm_session(&self, session: SessionId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let Some(version) = self.version(&mut tx, session).await? else { return Ok(false) };
        if self.store().find_question(&mut tx, session, self.person(), version).await?.is_none() {
            return Ok(false);
        }
        self.store().put_reply(&mut tx, session, self.person(), version, Reply::Coming).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The person's reply to the session as it is now. `None`: there is none.
    pub async fn own_reply(&self, session: SessionId) -> Result<Option<Reply>> {
        let mut tx = self.store().read().await?;
        let Some(version) = self.version(&mut tx, session).await? else { return Ok(None) };
        Ok(self.store().find_question(&mut tx, session, self.person(), version).await?.and_then(|asked| asked.reply))
    }

    async fn version(&self, tx: &mut Tx, session: SessionId) -> Result<Option<i64>> {
        Ok(maybe!(tx, (i64,), "SELECT version FROM session WHERE id = $1", session.0)?.map(|(version,)| version))
    }
}

/// Whether those who attend a session have confirmed it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Confirmation {
    /// Somebody has replied that all are coming, and nobody anything else.
    pub yes: bool,
    /// They were asked, in an email that was sent.
    pub asked: bool,
}

impl Bookings {
    /// The replies to a session.
    pub async fn replies(&self, session: SessionId) -> Result<Vec<ReplyView>> {
        let mut tx = self.store().read().await?;
        if self.find(&mut tx, session).await?.is_none() {
            return Ok(vec![]);
        }
        let rows =
            legible!(&mut tx, Row, replies!("WHERE y.session_id = $2 ORDER BY y.replied_at"), self.now(), session.0)?;
        Ok(rows.into_iter().map(Row::view).collect())
    }

    /// A page of the replies that ask for something and are not settled, those
    /// of the soonest session first; for one therapist's sessions, or for all
    /// in this scope.
    pub async fn open_replies(&self, clinician: Option<AccountId>, after: Option<After>) -> Result<Paged<ReplyView>> {
        let after = after.unwrap_or(After::START);
        let mut tx = self.store().read().await?;
        let rows = fetched!(
            &mut tx,
            Row,
            replies!(
                "WHERE y.reply <> 'coming' AND y.settled_at IS NULL AND s.starts_at > $1
                   AND s.clinician_id = COALESCE($2, s.clinician_id)
                 AND s.clinician_id = COALESCE($3, s.clinician_id)
                 AND (s.starts_at, y.session_id, y.person_id) > ($4, $5, $6)
                 ORDER BY s.starts_at, y.session_id, y.person_id LIMIT $7"
            ),
            self.now(),
            self.only.map(|a| a.0),
            clinician.map(|a| a.0),
            after.at,
            after.id,
            after.second,
            REPLIES + 1
        )?;
        let place = |row: &Row| After::new(row.starts_at, row.session_id).and(row.person_id);
        Ok(Paged::of(rows, REPLIES, place).map(Row::view))
    }

    /// Which sessions of a span were confirmed, or asked about. Sessions
    /// without reply and question are left out.
    pub async fn confirmed(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<HashMap<SessionId, Confirmation>> {
        let mut tx = self.store().read().await?;
        let only = self.only.map(|a| a.0);
        // From the sessions of the span to what belongs to each: grouped or
        // joined, SQLite would read every session there ever was, or every
        // email that was sent.
        let rows = all!(
            &mut tx,
            (Uuid, bool, bool, bool),
            "SELECT s.id,
                EXISTS (SELECT 1
                  FROM session_reply y
                  WHERE y.session_id = s.id AND y.session_version = s.version AND y.reply = 'coming'),
                EXISTS (SELECT 1
                  FROM session_reply y
                  WHERE y.session_id = s.id AND y.session_version = s.version AND y.reply <> 'coming'),
                EXISTS (SELECT 1
                  FROM email m
                  WHERE m.session_id = s.id AND m.session_version = s.version AND m.state = 'sent' AND m.asks)
             FROM session s
             WHERE s.starts_at >= $1 AND s.starts_at < $2 AND s.clinician_id = COALESCE($3, s.clinician_id)",
            from,
            until,
            only
        )?;
        let said = |(id, coming, other, asked): (Uuid, bool, bool, bool)| {
            let confirmed = Confirmation { yes: coming && !other, asked };
            (coming || other || asked).then_some((SessionId(id), confirmed))
        };
        Ok(rows.into_iter().filter_map(said).collect())
    }

    /// The people who attend a first meeting in a span and have not signed in
    /// to the portal yet: by session, in the order of their seats.
    pub async fn people_without_login(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<HashMap<SessionId, Vec<String>>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            (Uuid, String),
            "SELECT s.id, p.name
             FROM session s JOIN session_attendee t ON t.session_id = s.id JOIN person p ON p.id = t.person_id
                LEFT JOIN client_member m ON m.client_id = s.client_id AND m.person_id = p.id
                LEFT JOIN account u ON u.person_id = p.id
             WHERE s.starts_at >= $1 AND s.starts_at < $2 AND s.kind = 'intake' AND s.state = 'booked'
               AND s.clinician_id = COALESCE($3, s.clinician_id)
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

    /// Records that somebody has dealt with a reply. `false`: there is no such
    /// reply.
    pub async fn settle_reply(&self, session: SessionId, person: PersonId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let Some(view) = self.find(&mut tx, session).await? else { return Ok(false) };
        let done = run!(
            &mut tx,
            "UPDATE session_reply SET settled_by = COALESCE(settled_by, $1), settled_at = COALESCE(settled_at, $2)
             WHERE session_id = $3 AND person_id = $4",
            self.me().0,
            self.now(),
            session.0,
            person.0
        )?;
        if done > 0 {
            self.store()
                .record(
                    &mut tx,
                    Act::by(self.me(), AuditAction::ReplySettled, AuditThing::Session)
                        .id(session.0)
                        .client(view.client.0),
                )
                .await?;
        }
        tx.commit().await?;
        Ok(done > 0)
    }
}

/// The token of the reply links in one email.
pub(crate) fn reply_token(store: &Store, message: EmailId) -> String {
    store.keys().short_token(PURPOSE, message.0)
}
