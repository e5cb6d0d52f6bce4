//! Sessions: booked, moved and cancelled so that nobody is in two places.
//!
//! The schema refuses an overlap whatever the code does; the checks here are
//! for a friendly answer. A booking, its messages and its audit row are one
//! transaction.

mod booking;
mod change;

use std::borrow::Cow;

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, Utc};
use domain::{
    client::title,
    ids::{AccountId, ClientId, PersonId, RoomId, SessionId},
    person::Zone,
    practice::Practice,
    reminder::{Occasion, Recipient},
    session::{Place, SessionKind, SessionState, Timing},
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

pub use self::booking::FreeTimes;
pub(crate) use self::booking::NO_THERAPIST;
pub use self::change::Goal;
use crate::{
    Bookings, Error, Result, Store, Tx,
    database::{all, maybe, run},
    holds::{Hold, Taken},
    outbox::Standing,
    practice::Room,
};

/// What became of a booking or a move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Booked {
    /// It stands; asked for twice, it is the same.
    Done(SessionId),
    Taken(Taken),
    /// A field names something that is not there, with a message.
    Unfit(&'static str, &'static str),
}

#[derive(Clone, Debug)]
pub struct Attendee {
    pub person: PersonId,
    pub name: String,
    pub zone: Zone,
    pub phone: String,
}

/// A session as the desk and its clinician see it: nothing clinical.
#[derive(Clone, Debug)]
pub struct SessionView {
    pub id: SessionId,
    pub client: ClientId,
    pub clinician: AccountId,
    pub clinician_name: String,
    pub room: Option<Room>,
    /// Of the house that the room is in; empty where it is not told.
    pub address: String,
    pub link: String,
    pub kind: SessionKind,
    pub state: SessionState,
    pub timing: Timing,
    pub version: i64,
    /// Outside the therapist's hours on purpose.
    pub outside: bool,
    /// Booked over what was there, on purpose: why.
    pub over: Option<String>,
    pub attendees: Vec<Attendee>,
    /// The series it is of, and the day that its rule gave it.
    pub series: Option<(Uuid, NaiveDate)>,
    /// Of two who have separated: nothing of it changes any more.
    pub frozen: bool,
}

impl SessionView {
    pub fn title(&self) -> String {
        title(self.attendees.iter().map(|a| a.name.as_str()))
    }

    pub fn place(&self) -> String {
        self.room.as_ref().map_or_else(|| "Online".to_owned(), |r| r.name.clone())
    }

    /// The place with the way there, for those who come.
    pub fn way(&self) -> String {
        if self.address.is_empty() { self.place() } else { format!("{}, {}", self.place(), self.address) }
    }
}

/// A change of a session, on record with who, when and why.
#[derive(Clone, Debug, FromRow)]
pub struct Change {
    pub at: DateTime<Utc>,
    pub who: String,
    pub what: String,
    pub reason: String,
    pub from_at: Option<DateTime<Utc>>,
    pub to_at: Option<DateTime<Utc>>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    client_id: Uuid,
    clinician_id: Uuid,
    clinician_name: String,
    room_id: Option<Uuid>,
    room_name: Option<String>,
    address: Option<String>,
    link: String,
    #[sqlx(try_from = "String")]
    kind: SessionKind,
    #[sqlx(try_from = "String")]
    state: SessionState,
    starts: NaiveDateTime,
    #[sqlx(try_from = "String")]
    zone: Zone,
    minutes: i64,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    version: i64,
    outside: bool,
    override_reason: Option<String>,
    series_id: Option<Uuid>,
    series_on: Option<NaiveDate>,
    frozen: bool,
}

/// What is new about a session, wherever it comes from.
pub(crate) struct New<'a> {
    pub client: ClientId,
    pub clinician: AccountId,
    pub room: Option<RoomId>,
    pub link: &'a str,
    pub kind: SessionKind,
    pub people: &'a [Recipient],
    pub by: AccountId,
    /// Outside the therapist's hours on purpose.
    pub outside: bool,
    /// Over what is there, on purpose: why.
    pub over: Option<&'a str>,
}

/// What a wish would hold.
pub(crate) struct Held {
    pub people: Vec<Recipient>,
    pub room: Option<RoomId>,
    pub link: String,
    pub holds: Vec<Hold>,
}

/// The columns of a [`Row`], with what follows.
macro_rules! sessions {
    ($($rest:tt)+) => {
        concat!(
            "SELECT s.id, s.client_id, s.clinician_id, a.display_name AS clinician_name, s.room_id, r.name || COALESCE(', ' || l.name, '') AS room_name, l.address, s.link, s.kind, s.state,
                    s.starts, s.zone, s.minutes, s.starts_at, s.ends_at, s.version, s.outside, s.override_reason, s.series_id, s.series_on,
                    EXISTS (SELECT 1 FROM client c WHERE c.id = s.client_id AND c.separated_at IS NOT NULL) AS frozen
             FROM session s JOIN account a ON a.id = s.clinician_id LEFT JOIN room r ON r.id = s.room_id LEFT JOIN location l ON l.id = r.location_id ",
            $($rest)+
        )
    };
}

/// Somebody who comes to a session.
#[derive(FromRow)]
struct ComingRow {
    session_id: Uuid,
    id: Uuid,
    name: String,
    #[sqlx(try_from = "String")]
    zone: Zone,
    phone: String,
}

/// Those who come, with what follows; in the order of their seats.
macro_rules! attendees {
    ($($rest:tt)+) => {
        concat!(
            "SELECT t.session_id, p.id, p.name, p.zone, p.phone FROM session s JOIN session_attendee t ON t.session_id = s.id JOIN person p ON p.id = t.person_id
             LEFT JOIN client_member m ON m.person_id = p.id AND m.client_id = s.client_id ",
            $($rest)+,
            " ORDER BY m.seat"
        )
    };
}

fn view(row: Row, coming: &[ComingRow]) -> SessionView {
    SessionView {
        id: SessionId(row.id),
        client: ClientId(row.client_id),
        clinician: AccountId(row.clinician_id),
        clinician_name: row.clinician_name,
        room: row.room_id.zip(row.room_name).map(|(id, name)| Room { id: RoomId(id), name }),
        frozen: row.frozen,
        address: row.address.unwrap_or_default(),
        link: row.link,
        kind: row.kind,
        state: row.state,
        timing: Timing {
            starts: row.starts,
            zone: row.zone,
            minutes: row.minutes,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
        },
        version: row.version,
        outside: row.outside,
        over: row.override_reason,
        series: row.series_id.zip(row.series_on),
        attendees: coming
            .iter()
            .filter(|c| c.session_id == row.id)
            .map(|c| Attendee {
                person: PersonId(c.id),
                name: c.name.clone(),
                zone: c.zone.clone(),
                phone: c.phone.clone(),
            })
            .collect(),
    }
}

/// A session whoever asks; the scopes decide before.
pub(crate) async fn load(tx: &mut Tx, id: SessionId) -> Result<Option<SessionView>> {
    let Some(row) = maybe!(tx, Row, sessions!("WHERE s.id = $1"), id.0)? else { return Ok(None) };
    let coming = all!(tx, ComingRow, attendees!("WHERE s.id = $1"), id.0)?;
    Ok(Some(view(row, &coming)))
}

/// What a person comes to next, the soonest first, a dozen at most.
pub(crate) async fn ahead_of(tx: &mut Tx, person: PersonId, now: DateTime<Utc>) -> Result<Vec<SessionView>> {
    // By what they are held for, which has the time in its index: those that
    // are over are not looked at. Taken out of the joins, it leaves PostgreSQL
    // few orders of them to weigh.
    macro_rules! next {
        () => {
            "JOIN (SELECT session_id FROM occupancy WHERE held_id = $1 AND ends_at > $2 ORDER BY ends_at LIMIT 12) held ON held.session_id = s.id
             JOIN session_attendee mine ON mine.session_id = s.id AND mine.person_id = $1
             WHERE s.ends_at > $2 AND s.state IN ('booked', 'arrived')"
        };
    }
    let rows = all!(tx, Row, sessions!(next!(), " ORDER BY s.starts_at"), person.0, now)?;
    if rows.is_empty() {
        return Ok(vec![]);
    }
    let coming = all!(tx, ComingRow, attendees!(next!()), person.0, now)?;
    Ok(rows.into_iter().map(|row| view(row, &coming)).collect())
}

/// The latest sessions of a client, twenty at most.
pub(crate) async fn latest(tx: &mut Tx, client: ClientId) -> Result<Vec<SessionView>> {
    let rows = all!(tx, Row, sessions!("WHERE s.client_id = $1 ORDER BY s.starts_at DESC LIMIT 20"), client.0)?;
    let Some(since) = rows.last().map(|row| row.starts_at) else { return Ok(vec![]) };
    let coming = all!(tx, ComingRow, attendees!("WHERE s.client_id = $1 AND s.starts_at >= $2"), client.0, since)?;
    Ok(rows.into_iter().map(|row| view(row, &coming)).collect())
}

impl Store {
    /// Writes a session that nothing stands in the way of, with what it holds
    /// and what it owes.
    #[expect(clippy::too_many_arguments, reason = "a session has as many parts")]
    pub(crate) async fn put_session(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        new: &New<'_>,
        holds: &[Hold],
        timing: &Timing,
        key: Uuid,
        series: Option<(Uuid, NaiveDate)>,
        occasion: Occasion,
    ) -> Result<SessionId> {
        let id = SessionId(self.clock().id());
        run!(
            tx,
            "INSERT INTO session (id, client_id, clinician_id, room_id, link, kind, state, starts, zone, minutes, starts_at, ends_at, zone_version, version, booking_key, created_at, series_id, series_on, outside, override_reason)
             VALUES ($1, $2, $3, $4, $5, $6, 'booked', $7, $8, $9, $10, $11, $12, 0, $13, $14, $15, $16, $17, $18)",
            id.0, new.client.0, new.clinician.0, new.room.map(|r| r.0), new.link, new.kind.word(), timing.starts, timing.zone.name(), timing.minutes,
            timing.starts_at, timing.ends_at, &zone::database().version, key, self.now(), series.map(|(id, _)| id), series.map(|(_, day)| day), new.outside, new.over
        )?;
        for two in new.people.chunks(2) {
            run!(
                tx,
                "INSERT INTO session_attendee (session_id, person_id) SELECT $1, v.person_id FROM (SELECT $2 AS person_id UNION ALL SELECT $3) v WHERE v.person_id IS NOT NULL",
                id.0,
                two.first().map(|p| p.person.0),
                two.get(1).map(|p| p.person.0)
            )?;
        }
        self.hold(tx, id, holds, timing).await?;
        self.record(tx, id, new.by, "booked", new.over.unwrap_or_default(), None, Some(timing.starts_at)).await?;
        let about = Standing { id, version: 0, kind: new.kind, timing };
        self.plan_new(tx, practice, &about, new.people, occasion).await?;
        Ok(id)
    }

    #[expect(clippy::too_many_arguments, reason = "a row's columns")]
    pub(crate) async fn record(
        &self,
        tx: &mut Tx,
        id: SessionId,
        by: AccountId,
        what: &str,
        reason: &str,
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
    ) -> Result<()> {
        run!(
            tx,
            "INSERT INTO session_change (id, session_id, at, account_id, what, reason, from_at, to_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            self.clock().id(),
            id.0,
            self.now(),
            by.0,
            what,
            reason,
            from,
            to
        )?;
        Ok(())
    }
}

impl Bookings {
    pub async fn session(&self, id: SessionId) -> Result<Option<SessionView>> {
        let mut tx = self.store().read().await?;
        self.find(&mut tx, id).await
    }

    pub(crate) async fn find(&self, tx: &mut Tx, id: SessionId) -> Result<Option<SessionView>> {
        Ok(load(tx, id).await?.filter(|s| self.only.is_none_or(|only| only == s.clinician)))
    }

    pub async fn changes(&self, id: SessionId) -> Result<Vec<Change>> {
        let mut tx = self.store().read().await?;
        if self.find(&mut tx, id).await?.is_none() {
            return Ok(vec![]);
        }
        Ok(all!(
            &mut tx,
            Change,
            "SELECT c.at, a.display_name AS who, c.what, c.reason, c.from_at, c.to_at FROM session_change c JOIN account a ON a.id = c.account_id
             WHERE c.session_id = $1 ORDER BY c.at DESC",
            id.0
        )?)
    }
}

/// Why a session was moved, and why over what is there, for the record.
pub(crate) fn why<'a>(reason: &'a str, over: Option<&'a str>) -> Cow<'a, str> {
    match over {
        Some(over) if reason.is_empty() => over.into(),
        Some(over) => format!("{reason}. Over what is there: {over}").into(),
        None => reason.into(),
    }
}

fn room_of(place: &Place) -> Option<RoomId> {
    match place {
        Place::Room(room) => Some(*room),
        Place::Link(_) => None,
    }
}

/// Makes the timing of a wish: the wall time in a zone, and what it means.
/// Where the wall time comes twice, `fold` says which.
pub fn timing(starts: NaiveDateTime, zone: &Zone, minutes: i64, fold: Option<u8>) -> Result<Timing> {
    let starts_at = match (zone::meaning(starts, zone)?, fold) {
        (zone::Meaning::Twice { second, .. }, Some(1)) => second,
        (meaning, _) => meaning.instant(),
    };
    let ends_at = starts_at + Duration::minutes(minutes);
    if ends_at <= starts_at {
        return Err(Error::Refused("a session has a length".to_owned()));
    }
    Ok(Timing { starts, zone: zone.clone(), minutes, starts_at, ends_at })
}
