//! Requests: what partners ask of their sessions from the portal.
//!
//! The practice's rules and the other partner decide ([`domain::scheduling::request`]).
//! What is allowed is done with the same functions as the front desk's
//! bookings, so that the database constraint, the emails and the audit log are
//! the same. A request is checked again when it is answered: if the session was
//! moved in the meantime, or the time is taken, it is no longer what was agreed
//! to.
//!
//! For the practice's quiet minutes only the person who asks knows of a request:
//! it can be taken back as if it had not been made ([`Withdrawal::Unseen`]).

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::{
    clients::person::Zone,
    ids::{AccountId, ClientId, PersonId, RoomId, SessionId},
    outbox::reminder::SkipReason,
    scheduling::{
        outside::OutsideReason,
        request::{RequestKind, RequestState},
        session::{Place, SessionState, Timing},
        slots::Cursor,
    },
    span::Span,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    After, Bookings, Paged, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::{maybe, run},
    limits::REQUESTS,
    outbox::owed::{EmailFacts, StillDue},
    scheduling::{
        sessions::{SessionView, timing},
        slots::Slot,
    },
    unreadable::fetched,
};

/// The outcome of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestOutcome {
    /// It is done; this is the session.
    Done(SessionId),
    /// It is in this state: for example, the other partner or the practice must
    /// answer first.
    Pending(RequestState),
    /// The time was taken by somebody else, or the session has changed.
    Gone,
    /// The practice's rules do not allow it.
    NotAllowed,
    /// The time is unusual, and nobody of the practice has said that it is
    /// meant. Nothing was changed.
    Unusual,
    /// There is no such session or request, or it is not this person's.
    Unknown,
}

/// The outcome of withdrawing one's own request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawal {
    /// It is taken back, and nobody was told of it.
    Unseen,
    /// It is taken back after others were told of it.
    Told,
    /// There is no such open request of this person.
    Unknown,
}

/// What would become of a request, before it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestReview {
    pub clinician_name: String,
    /// The other partner's name; `None` if nobody else attends.
    pub partner: Option<String>,
    /// When the session that would be moved is now; `None`: a new session is
    /// asked for.
    pub from_at: Option<DateTime<Utc>>,
    /// Who must agree first; `Done`: it is done at once.
    pub next: RequestState,
    /// How many minutes the request can be taken back before others are told.
    pub quiet_minutes: i64,
}

/// A request as the people concerned see it.
#[derive(Clone, Debug)]
pub struct RequestView {
    pub id: Uuid,
    pub kind: RequestKind,
    pub state: RequestState,
    pub client: ClientId,
    /// The person who asks.
    pub person: PersonId,
    pub name: String,
    /// The name of the client's other person; `None` if there is none.
    pub partner: Option<String>,
    pub session: Option<SessionId>,
    /// When that session is now.
    pub from_at: Option<DateTime<Utc>>,
    pub clinician: AccountId,
    pub clinician_name: String,
    pub starts_at: DateTime<Utc>,
    pub made_at: DateTime<Utc>,
    /// Until when the person who asks can take it back before others are told;
    /// `None`: they are told.
    pub quiet_until: Option<DateTime<Utc>>,
    /// Whether the session has changed since the request was made, or is over.
    pub outdated: bool,
    /// Why its time is unusual, for the practice that must answer it; empty for
    /// partners, and if it is not.
    pub reasons: Vec<OutsideReason>,
}

/// A page of the times that a person may ask for.
#[derive(Clone, Debug)]
pub struct OwnTimes {
    /// The times, the soonest first.
    pub found: Vec<Slot>,
    /// The pages before and after this one. `None`: there is none.
    pub earlier: Option<Cursor>,
    pub later: Option<Cursor>,
    /// The span in which a requested session may start.
    pub offered: Span,
}

/// One of the person's own sessions, and what they may do with it.
#[derive(Clone, Debug)]
pub struct OwnSession {
    pub session: SessionView,
    /// Whether there is enough time left and the practice's rules allow it.
    pub can_cancel: bool,
    pub can_move: bool,
    /// The open request about it, by either partner.
    pub open: Option<RequestView>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    #[sqlx(try_from = "String")]
    kind: RequestKind,
    #[sqlx(try_from = "String")]
    state: RequestState,
    client_id: Uuid,
    person_id: Uuid,
    name: String,
    partner_name: Option<String>,
    session_id: Option<Uuid>,
    session_version: Option<i64>,
    clinician_id: Uuid,
    clinician_name: String,
    room_id: Option<Uuid>,
    link: String,
    starts: NaiveDateTime,
    #[sqlx(try_from = "String")]
    zone: Zone,
    minutes: i64,
    starts_at: DateTime<Utc>,
    made_at: DateTime<Utc>,
    answered_at: Option<DateTime<Utc>>,
    quiet_until: Option<DateTime<Utc>>,
    version_now: Option<i64>,
    state_now: Option<String>,
    from_at: Option<DateTime<Utc>>,
}

impl Row {
    /// Whether others may know of it: it was not taken back before that, and its
    /// quiet minutes are over.
    fn was_told(&self, now: DateTime<Utc>) -> bool {
        let seen_at = self.answered_at.filter(|_| self.state == RequestState::Withdrawn).unwrap_or(now);
        self.quiet_until.is_none_or(|until| until <= seen_at)
    }

    /// Whether the session has changed since the request was made, or is over.
    fn outdated(&self, now: DateTime<Utc>) -> bool {
        let state: Option<SessionState> = self.state_now.as_deref().and_then(|word| word.parse().ok());
        self.session_version != self.version_now
            || state.is_some_and(|s| !s.is_ahead())
            || self.from_at.is_some_and(|at| at <= now)
    }

    fn view(self, now: DateTime<Utc>) -> RequestView {
        RequestView {
            outdated: self.outdated(now),
            reasons: vec![],
            id: self.id,
            kind: self.kind,
            state: self.state,
            client: ClientId(self.client_id),
            person: PersonId(self.person_id),
            name: self.name,
            partner: self.partner_name,
            session: self.session_id.map(SessionId),
            from_at: self.from_at,
            clinician: AccountId(self.clinician_id),
            clinician_name: self.clinician_name,
            starts_at: self.starts_at,
            made_at: self.made_at,
            quiet_until: self.quiet_until.filter(|until| *until > now),
        }
    }

    /// The place of the requested session: its room, or its link.
    fn place(&self) -> Place {
        self.room_id.map_or_else(|| Place::Link(self.link.clone()), |room| Place::Room(RoomId(room)))
    }

    /// The wall time as it was shown. Where that wall time occurs twice (when
    /// clocks go back), the one that the person chose.
    fn timing(&self) -> Result<Timing> {
        let first = timing(self.starts, &self.zone, self.minutes, Some(0))?;
        if first.starts_at == self.starts_at {
            return Ok(first);
        }
        timing(self.starts, &self.zone, self.minutes, Some(1))
    }
}

/// The query for requests with their person, clinician and session; `$rest`
/// follows the joins.
macro_rules! requests {
    ($rest:literal) => {
        concat!(
            "SELECT q.id, q.kind, q.state, q.client_id, q.person_id, p.name, q.session_id, q.session_version,
                    q.clinician_id, a.display_name AS clinician_name, q.room_id, q.link,
                    q.starts, q.zone, q.minutes, q.starts_at, q.made_at, q.answered_at,
                    q.quiet_until,
                    (SELECT o.name FROM client_member om JOIN person o ON o.id = om.person_id
                     WHERE om.client_id = q.client_id AND om.person_id <> q.person_id AND om.left_at IS NULL
                     ORDER BY om.seat LIMIT 1) AS partner_name,
                    s.version AS version_now, s.state AS state_now, s.starts_at AS from_at
             FROM session_request q JOIN person p ON p.id = q.person_id JOIN account a ON a.id = q.clinician_id
               LEFT JOIN session s ON s.id = q.session_id ",
            $rest
        )
    };
}

mod asking;
mod doing;
mod withdrawing;

pub use self::doing::BookedAlone;
use self::doing::Meant;

/// Whether an email about a request still tells its reader something.
pub(crate) async fn check_request(tx: &mut Tx, id: Uuid, reader: PersonId, now: DateTime<Utc>) -> Result<StillDue> {
    let row = maybe!(tx, Row, requests!("WHERE q.id = $1"), id)?;
    let news = row.is_some_and(|row| {
        if row.person_id == reader.0 {
            row.state == RequestState::Declined
        } else {
            row.was_told(now) && row.state == RequestState::Partner && !row.outdated(now) && row.starts_at > now
        }
    });
    Ok(if news { StillDue::Yes(EmailFacts::Portal) } else { StillDue::No(SkipReason::NothingToDo) })
}

/// Whether a request concerns one person alone: that only they can come, a
/// session with nobody else, or a client who is one person.
pub(crate) async fn is_request_of_one(tx: &mut Tx, request: Uuid) -> Result<bool> {
    let found = maybe!(
        tx,
        (bool,),
        "SELECT (q.kind = 'alone'
            OR (q.session_id IS NOT NULL
                AND (SELECT count(*) FROM session_attendee t WHERE t.session_id = q.session_id) < 2)
            OR (SELECT count(*) FROM client_member m WHERE m.client_id = q.client_id AND m.left_at IS NULL) < 2)
         FROM session_request q WHERE q.id = $1",
        request
    )?;
    Ok(found.is_none_or(|(alone,)| alone))
}

impl Bookings {
    /// A page of the requests that the practice must answer, the soonest time
    /// first.
    pub async fn requests(&self, after: Option<After>) -> Result<Paged<RequestView>> {
        let after = after.unwrap_or(After::START);
        let mut tx = self.store().read().await?;
        let rows = fetched!(
            &mut tx,
            Row,
            requests!(
                "WHERE q.state = 'desk' AND q.starts_at > $1 AND q.clinician_id = COALESCE($2, q.clinician_id)
                   AND (q.quiet_until IS NULL OR q.quiet_until <= $1)
                   AND (q.session_id IS NULL
                       OR (s.version = q.session_version AND s.state IN ('booked', 'arrived') AND s.starts_at > $1))
                   AND (q.starts_at, q.id) > ($3, $4) ORDER BY q.starts_at, q.id LIMIT $5"
            ),
            self.now(),
            self.only.map(|a| a.0),
            after.at,
            after.id,
            REQUESTS + 1
        )?;
        let now = self.now();
        let page = Paged::of(rows, REQUESTS, |row| After::new(row.starts_at, row.id));
        let mut views = Vec::new();
        for row in page.rows {
            let reasons = self.store().request_reasons(&mut tx, &row).await?;
            views.push(RequestView { reasons, ..row.view(now) });
        }
        Ok(Paged { rows: views, more: page.more })
    }

    /// How many requests for a therapist's time the practice must answer.
    pub async fn requests_for(&self, clinician: AccountId) -> Result<usize> {
        if self.only.is_some_and(|only| only != clinician) {
            return Ok(0);
        }
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            (i64,),
            "SELECT count(*) FROM session_request q LEFT JOIN session s ON s.id = q.session_id
             WHERE q.state = 'desk' AND q.starts_at > $1 AND q.clinician_id = $2
               AND (q.quiet_until IS NULL OR q.quiet_until <= $1)
               AND (q.session_id IS NULL
                   OR (s.version = q.session_version AND s.state IN ('booked', 'arrived') AND s.starts_at > $1))",
            self.now(),
            clinician.0
        )?;
        Ok(row.and_then(|(n,)| usize::try_from(n).ok()).unwrap_or_default())
    }

    /// Answers a request with the practice's yes or no. A yes to an unusual time
    /// changes nothing and gives [`RequestOutcome::Unusual`]. `None`: there is
    /// no such request.
    pub async fn answer_request(&self, id: Uuid, yes: bool) -> Result<Option<RequestOutcome>> {
        self.settle_request(id, yes, false).await
    }

    /// Answers a request with the practice's yes, also if its time is unusual.
    /// `None`: there is no such request.
    pub async fn grant_unusual_request(&self, id: Uuid) -> Result<Option<RequestOutcome>> {
        self.settle_request(id, true, true).await
    }

    /// Answers a request. `outside`: an unusual time is meant.
    async fn settle_request(&self, id: Uuid, yes: bool, outside: bool) -> Result<Option<RequestOutcome>> {
        let mut tx = self.store().write().await?;
        run!(&mut tx, "UPDATE session_request SET state = state WHERE id = $1", id)?;
        let row = maybe!(&mut tx, Row, requests!("WHERE q.id = $1"), id)?;
        let is_mine = |row: &Row| self.only.is_none_or(|only| only.0 == row.clinician_id);
        let Some(row) = row.filter(|row| is_mine(row) && row.was_told(self.now())) else { return Ok(None) };
        if row.state != RequestState::Desk {
            return Ok(Some(RequestOutcome::Gone));
        }
        if yes && (row.outdated(self.now()) || row.starts_at <= self.now()) {
            return Ok(Some(RequestOutcome::Gone));
        }
        if yes && !outside && !self.store().request_reasons(&mut tx, &row).await?.is_empty() {
            return Ok(Some(RequestOutcome::Unusual));
        }
        let action = if yes { AuditAction::Agreed } else { AuditAction::Declined };
        self.store()
            .record(&mut tx, Act::by(self.me(), action, AuditThing::SessionRequest).id(id).client(row.client_id))
            .await?;
        if !yes {
            self.store().close_request(&mut tx, id, RequestState::Declined, self.me()).await?;
            self.store().notify_asker(&mut tx, id, ClientId(row.client_id), PersonId(row.person_id)).await?;
        }
        tx.commit().await?;
        if yes {
            self.store().carry_out(self, id, Meant::ByPractice { outside }).await.map(Some)
        } else {
            Ok(Some(RequestOutcome::Pending(RequestState::Declined)))
        }
    }
}
