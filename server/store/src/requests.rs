//! What partners ask of their sessions from the portal.
//!
//! The practice's rules and the other partner decide ([`domain::request`]);
//! what is allowed is done through the same doors as the front desk's own
//! bookings, so that the constraint, the mails and the record are the same. A
//! request is looked at again when it is answered: a session that was moved
//! meanwhile, or a time that is taken, is not what was agreed to.

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::{
    ids::{AccountId, ClientId, PersonId, RoomId, SessionId},
    person::Zone,
    request::{RequestKind, RequestState},
    session::{Place, SessionState, Timing},
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Bookings, Result, SessionView, Tx,
    audit::Act,
    database::{all, maybe, run},
    sessions::timing,
};

/// What became of a wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It is done; the session it is about.
    Done(SessionId),
    /// It waits for the other partner or the practice.
    Waits(RequestState),
    /// Somebody was quicker, or the session is another one by now.
    Gone,
    /// The practice's rules do not allow it.
    NotAllowed,
}

/// A request as those it concerns see it.
#[derive(Clone, Debug)]
pub struct RequestView {
    pub id: Uuid,
    pub kind: RequestKind,
    pub state: RequestState,
    pub client: ClientId,
    /// Who asks.
    pub person: PersonId,
    pub name: String,
    pub session: Option<SessionId>,
    /// When that session is, as things stand.
    pub from_at: Option<DateTime<Utc>>,
    pub clinician: AccountId,
    pub clinician_name: String,
    pub starts_at: DateTime<Utc>,
    pub made_at: DateTime<Utc>,
    /// The session is no more what it was when this was asked.
    pub outdated: bool,
}

/// A session of one's own, and what may be done with it.
#[derive(Clone, Debug)]
pub struct OwnSession {
    pub session: SessionView,
    /// There is time enough, and the practice lets them.
    pub can_cancel: bool,
    pub can_move: bool,
    /// What is open about it, whoever asked.
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
    version_now: Option<i64>,
    state_now: Option<String>,
    from_at: Option<DateTime<Utc>>,
}

impl Row {
    /// The session is not what it was, or has taken place.
    fn outdated(&self, now: DateTime<Utc>) -> bool {
        let state: Option<SessionState> = self.state_now.as_deref().and_then(|word| word.parse().ok());
        self.session_version != self.version_now
            || state.is_some_and(|s| !s.is_ahead())
            || self.from_at.is_some_and(|at| at <= now)
    }

    fn view(self, now: DateTime<Utc>) -> RequestView {
        RequestView {
            outdated: self.outdated(now),
            id: self.id,
            kind: self.kind,
            state: self.state,
            client: ClientId(self.client_id),
            person: PersonId(self.person_id),
            name: self.name,
            session: self.session_id.map(SessionId),
            from_at: self.from_at,
            clinician: AccountId(self.clinician_id),
            clinician_name: self.clinician_name,
            starts_at: self.starts_at,
            made_at: self.made_at,
        }
    }

    fn place(&self) -> Place {
        self.room_id.map_or_else(|| Place::Link(self.link.clone()), |room| Place::Room(RoomId(room)))
    }

    /// The wall time as it was shown; where it comes twice, the one that was
    /// meant.
    fn timing(&self) -> Result<Timing> {
        let first = timing(self.starts, &self.zone, self.minutes, Some(0))?;
        if first.starts_at == self.starts_at {
            return Ok(first);
        }
        timing(self.starts, &self.zone, self.minutes, Some(1))
    }
}

/// Requests with what stands beside them.
macro_rules! requests {
    ($rest:literal) => {
        concat!(
            "SELECT q.id, q.kind, q.state, q.client_id, q.person_id, p.name, q.session_id, q.session_version, q.clinician_id, a.display_name AS clinician_name, q.room_id, q.link,
                    q.starts, q.zone, q.minutes, q.starts_at, q.made_at, s.version AS version_now, s.state AS state_now, s.starts_at AS from_at
             FROM session_request q JOIN person p ON p.id = q.person_id JOIN account a ON a.id = q.clinician_id LEFT JOIN session s ON s.id = q.session_id ",
            $rest
        )
    };
}

mod asking;
mod doing;

/// Whether a mail about a request still says something to its reader.
pub(crate) async fn request_waits(tx: &mut Tx, id: Uuid, person: PersonId, now: DateTime<Utc>) -> Result<bool> {
    let row = maybe!(tx, Row, requests!("WHERE q.id = $1"), id)?;
    Ok(row.is_some_and(|row| {
        if row.person_id == person.0 {
            row.state == RequestState::Declined
        } else {
            row.state == RequestState::Partner && !row.outdated(now) && row.starts_at > now
        }
    }))
}

impl Bookings {
    /// What waits for the practice, the soonest first.
    pub async fn requests(&self) -> Result<Vec<RequestView>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            Row,
            requests!(
                "WHERE q.state = 'desk' AND q.starts_at > $1 AND q.clinician_id = COALESCE($2, q.clinician_id)
                   AND (q.session_id IS NULL OR (s.version = q.session_version AND s.state IN ('booked', 'arrived') AND s.starts_at > $1)) ORDER BY q.starts_at LIMIT 100"
            ),
            self.now(),
            self.only.map(|a| a.0)
        )?;
        Ok(rows.into_iter().map(|row| row.view(self.now())).collect())
    }

    /// The practice's yes or no to a request. `None`: there is no such request.
    pub async fn answer_request(&self, id: Uuid, yes: bool) -> Result<Option<Asked>> {
        let mut tx = self.store().write().await?;
        run!(&mut tx, "UPDATE session_request SET state = state WHERE id = $1", id)?;
        let row = maybe!(&mut tx, Row, requests!("WHERE q.id = $1"), id)?;
        let Some(row) = row.filter(|row| self.only.is_none_or(|only| only.0 == row.clinician_id)) else {
            return Ok(None);
        };
        if row.state != RequestState::Desk {
            return Ok(Some(Asked::Gone));
        }
        if yes && (row.outdated(self.now()) || row.starts_at <= self.now()) {
            return Ok(Some(Asked::Gone));
        }
        let action = if yes { "agreed" } else { "declined" };
        self.store().audit(&mut tx, Act::new(self.me(), action, "session request", id, row.client_id)).await?;
        if !yes {
            self.store().settle(&mut tx, id, RequestState::Declined, self.me()).await?;
            self.store().tell_asker(&mut tx, id, ClientId(row.client_id), PersonId(row.person_id)).await?;
        }
        tx.commit().await?;
        if yes {
            self.store().carry_out(self, id).await.map(Some)
        } else {
            Ok(Some(Asked::Waits(RequestState::Declined)))
        }
    }
}
