//! Sessions: booked, moved and cancelled so that nobody is in two places at
//! once.
//!
//! The schema refuses an overlap whatever the code does; the checks here give a
//! friendly answer first. A booking, its emails and its audit entry are one
//! transaction.

mod booking;
mod change;
pub(crate) mod emails;

use std::borrow::Cow;

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, Utc};
use domain::{
    clients::{client::title, person::Zone},
    ids::{AccountId, ClientId, PersonId, RoomId, SessionId},
    outbox::reminder::{Occasion, Recipient},
    practice::settings::Practice,
    scheduling::{
        attendance::{Presence, came_sentence, presences},
        session::{Place, SessionKind, SessionState, Timing},
    },
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

pub use self::booking::FreeTimes;
pub(crate) use self::booking::{NO_THERAPIST, OverrideOutcome};
pub use self::change::MoveTarget;
use crate::{
    After, Bookings, Clinician, Error, Paged, Partner, Result, Store, Tx,
    clients::client,
    database::{all, maybe, run},
    limits::{OWN_SESSIONS, PAST_SESSIONS, SESSIONS_AHEAD},
    outbox::owed::{self, SessionVersion},
    practice::settings::Room,
    scheduling::holds::{Conflicts, Hold},
    unreadable::{self, fetched},
};

/// The column that the reason of a session's change is sealed for.
pub(crate) const CHANGE: &str = "session_change.reason";

/// The outcome of a booking or a move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Booked {
    /// It is booked, now or by an earlier try with the same form.
    Done(SessionId),
    /// There is a conflict; nothing was written.
    Taken(Conflicts),
    /// A field names something that does not exist, or cannot be changed.
    Invalid(FieldError),
}

/// A field of a booking that does not fit, and what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The name of the field; empty: the form as a whole.
    pub field: &'static str,
    /// The message that the page shows.
    pub message: &'static str,
}

impl FieldError {
    /// A message at a field.
    pub(crate) const fn new(field: &'static str, message: &'static str) -> Self {
        Self { field, message }
    }
}

/// A person who attends a session.
#[derive(Clone, Debug)]
pub struct Attendee {
    pub person: PersonId,
    pub name: String,
    pub zone: Zone,
    pub phone: String,
    /// What was marked of them; `None`: nothing.
    pub presence: Option<Presence>,
    /// When they were checked in; `None`: they were not.
    pub arrived_at: Option<DateTime<Utc>>,
}

/// A session as the front desk and its therapist see it: nothing clinical.
#[derive(Clone, Debug)]
pub struct SessionView {
    pub id: SessionId,
    pub client: ClientId,
    pub clinician: AccountId,
    pub clinician_name: String,
    pub room: Option<Room>,
    /// The address of the room's location; empty if there is none.
    pub address: String,
    pub link: String,
    pub kind: SessionKind,
    pub state: SessionState,
    pub timing: Timing,
    pub version: i64,
    /// The SEQUENCE of its calendar entries (RFC 5545 §3.8.7.4): it rises with
    /// each version and with each change of zone rules.
    pub sequence: i64,
    /// Outside the therapist's hours, on purpose.
    pub outside: bool,
    /// Why it was booked over a conflict, on purpose. `None`: it was not.
    pub over: Option<String>,
    pub attendees: Vec<Attendee>,
    /// Its series, and the day that the rule of the series gave it.
    pub series: Option<(Uuid, NaiveDate)>,
    /// The couple has separated: nothing of the session can change any more.
    pub frozen: bool,
}

impl SessionView {
    /// The names of those who attend, as a title.
    pub fn title(&self) -> String {
        title(self.attendees.iter().map(|a| a.name.as_str()))
    }

    /// What is known of each attendee, in their order.
    pub fn presences(&self) -> Vec<Option<Presence>> {
        let marks: Vec<Option<Presence>> = self.attendees.iter().map(|a| a.presence).collect();
        presences(self.state, &marks)
    }

    /// A sentence such as "Only Elif came"; `None`: the session is cancelled, or
    /// [`came_sentence`] has nothing to say.
    pub fn came(&self) -> Option<String> {
        let names: Vec<&str> = self.attendees.iter().map(|a| a.name.as_str()).collect();
        self.state.occupies().then(|| came_sentence(self.state, &names, &self.presences())).flatten()
    }

    /// The name of the place: the room, or "Online".
    pub fn place(&self) -> String {
        self.room.as_ref().map_or_else(|| "Online".to_owned(), |r| r.name.clone())
    }

    /// The place with its address, for those who attend.
    pub fn place_with_address(&self) -> String {
        if self.address.is_empty() { self.place() } else { format!("{}, {}", self.place(), self.address) }
    }
}

/// A change of a session: who made it, when and why.
#[derive(Clone, Debug)]
pub struct Change {
    pub at: DateTime<Utc>,
    pub who: String,
    pub what: String,
    /// Why; empty if nobody gave a reason.
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
    shifts: i64,
    outside: bool,
    override_reason: Option<String>,
    series_id: Option<Uuid>,
    series_on: Option<NaiveDate>,
    frozen: bool,
}

/// A new session, however it came about.
pub(crate) struct SessionToStore<'a> {
    pub client: ClientId,
    pub clinician: AccountId,
    pub room: Option<RoomId>,
    pub link: &'a str,
    pub kind: SessionKind,
    pub people: &'a [Recipient],
    pub by: AccountId,
    /// Outside the therapist's hours, on purpose.
    pub outside: bool,
    /// Why it is booked over a conflict, on purpose. `None`: it is not.
    pub over: Option<&'a str>,
}

/// The occupancy of a wished booking: the people, the place, and everything
/// that it would hold (therapist, room, people).
pub(crate) struct BookingHolds {
    pub people: Vec<Recipient>,
    pub room: Option<RoomId>,
    pub link: String,
    pub holds: Vec<Hold>,
}

/// Whether a booking names only what exists and can be booked.
pub(crate) enum BookingCheck {
    /// It does; these are the occupancies that it would have.
    Fits(BookingHolds),
    /// This field does not fit.
    Invalid(FieldError),
}

/// The query for the columns of a [`Row`]; `$rest` follows the joins.
macro_rules! sessions {
    ($($rest:tt)+) => {
        concat!(
            "SELECT s.id, s.client_id, s.clinician_id, a.display_name AS clinician_name, s.room_id,
                    r.name || COALESCE(', ' || l.name, '') AS room_name, l.address, s.link, s.kind, s.state,
                    s.starts, s.zone, s.minutes, s.starts_at, s.ends_at, s.version, s.shifts, s.outside,
                    s.override_reason, s.series_id, s.series_on,
                    EXISTS (SELECT 1 FROM client c WHERE c.id = s.client_id AND c.separated_at IS NOT NULL) AS frozen
             FROM session s JOIN account a ON a.id = s.clinician_id LEFT JOIN room r ON r.id = s.room_id
               LEFT JOIN location l ON l.id = r.location_id ",
            $($rest)+
        )
    };
}

/// A person who attends a session, as stored.
#[derive(FromRow)]
struct ComingRow {
    session_id: Uuid,
    id: Uuid,
    name: String,
    #[sqlx(try_from = "String")]
    zone: Zone,
    phone: String,
    presence: Option<String>,
    arrived_at: Option<DateTime<Utc>>,
}

/// The query for those who attend, in the order of their seats; `$rest` follows
/// the joins.
macro_rules! attendees {
    ($($rest:tt)+) => {
        concat!(
            "SELECT t.session_id, p.id, p.name, p.zone, p.phone, t.presence, t.arrived_at
             FROM session s JOIN session_attendee t ON t.session_id = s.id JOIN person p ON p.id = t.person_id
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
        sequence: row.version + row.shifts,
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
                presence: c.presence.as_deref().and_then(|word| word.parse().ok()),
                arrived_at: c.arrived_at,
            })
            .collect(),
    }
}

/// A session, without a check of who may see it: the scopes decide that before.
pub(crate) async fn load(tx: &mut Tx, id: SessionId) -> Result<Option<SessionView>> {
    let Some(row) = maybe!(tx, Row, sessions!("WHERE s.id = $1"), id.0)? else { return Ok(None) };
    let coming = all!(tx, ComingRow, attendees!("WHERE s.id = $1"), id.0)?;
    Ok(Some(view(row, &coming)))
}

/// A page of the sessions that a person attends from now on, the soonest first.
pub(crate) async fn future_sessions_of(
    tx: &mut Tx,
    person: PersonId,
    now: DateTime<Utc>,
    after: Option<After>,
) -> Result<Paged<SessionView>> {
    let after = after.unwrap_or(After::START);
    // Found by the person's occupancy, whose index has the time: past sessions
    // are not looked at. As a subquery it leaves PostgreSQL few join orders to
    // weigh.
    macro_rules! next {
        () => {
            "JOIN (SELECT h.session_id
               FROM occupancy h JOIN session x ON x.id = h.session_id AND x.state IN ('booked', 'arrived')
                   WHERE h.held_id = $1 AND h.ends_at > $2 AND (h.ends_at, h.session_id) > ($3, $4)
                   ORDER BY h.ends_at, h.session_id LIMIT $5) held ON held.session_id = s.id
             JOIN session_attendee mine ON mine.session_id = s.id AND mine.person_id = $1"
        };
    }
    let (at, id, most) = (after.at, after.id, OWN_SESSIONS + 1);
    let rows = fetched!(tx, Row, sessions!(next!(), " ORDER BY s.ends_at, s.id"), person.0, now, at, id, most)?;
    if rows.is_empty() {
        return Ok(Paged::default());
    }
    let coming = all!(tx, ComingRow, attendees!(next!()), person.0, now, at, id, most)?;
    let mut page = Paged::of(rows, OWN_SESSIONS, |row| After::new(row.ends_at, row.id));
    // Where one session was booked over another, the one that ends first may
    // start last.
    page.rows.sort_by_key(|row| (row.starts_at, row.id));
    Ok(page.map(|row| view(row, &coming)))
}

/// A page of a client's sessions that are in the future or going on, the
/// soonest first.
pub(crate) async fn future_sessions_of_client(
    tx: &mut Tx,
    client: ClientId,
    now: DateTime<Utc>,
    after: Option<After>,
) -> Result<Paged<SessionView>> {
    let after = after.unwrap_or(After::START);
    let rows = fetched!(
        tx,
        Row,
        sessions!(
            "WHERE s.client_id = $1 AND s.ends_at > $2 AND (s.starts_at, s.id) > ($3, $4)
             ORDER BY s.starts_at, s.id LIMIT $5"
        ),
        client.0,
        now,
        after.at,
        after.id,
        SESSIONS_AHEAD + 1
    )?;
    let page = Paged::of(rows, SESSIONS_AHEAD, |row| After::new(row.starts_at, row.id));
    with_attendees(tx, client, page).await
}

/// A page of a client's past sessions, the latest first.
pub(crate) async fn past_sessions_of_client(
    tx: &mut Tx,
    client: ClientId,
    now: DateTime<Utc>,
    after: Option<After>,
) -> Result<Paged<SessionView>> {
    let after = after.unwrap_or(After::END);
    let rows = fetched!(
        tx,
        Row,
        sessions!(
            "WHERE s.client_id = $1 AND s.ends_at <= $2 AND (s.starts_at, s.id) < ($3, $4)
             ORDER BY s.starts_at DESC, s.id DESC LIMIT $5"
        ),
        client.0,
        now,
        after.at,
        after.id,
        PAST_SESSIONS + 1
    )?;
    let page = Paged::of(rows, PAST_SESSIONS, |row| After::new(row.starts_at, row.id));
    with_attendees(tx, client, page).await
}

/// Adds those who attend to a page of sessions.
async fn with_attendees(tx: &mut Tx, client: ClientId, page: Paged<Row>) -> Result<Paged<SessionView>> {
    let starts = || page.rows.iter().map(|row| row.starts_at);
    let (Some(first), Some(last)) = (starts().min(), starts().max()) else { return Ok(Paged::default()) };
    let coming = all!(
        tx,
        ComingRow,
        attendees!("WHERE s.client_id = $1 AND s.starts_at >= $2 AND s.starts_at <= $3"),
        client.0,
        first,
        last
    )?;
    Ok(page.map(|row| view(row, &coming)))
}

impl Store {
    /// Stores a session that has no conflict, with its occupancy and its
    /// emails.
    #[expect(clippy::too_many_arguments, reason = "a session has as many parts")]
    pub(crate) async fn put_session(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        new: &SessionToStore<'_>,
        holds: &[Hold],
        timing: &Timing,
        key: Uuid,
        series: Option<(Uuid, NaiveDate)>,
        occasion: Occasion,
    ) -> Result<SessionId> {
        let id = SessionId(self.clock().id());
        run!(
            tx,
            "INSERT INTO session (id, client_id, clinician_id, room_id, link, kind, state, starts, zone, minutes,
                 starts_at, ends_at, zone_version, version, booking_key, created_at, series_id, series_on, outside,
                 override_reason)
             VALUES ($1, $2, $3, $4, $5, $6, 'booked', $7, $8, $9, $10, $11, $12, 0, $13, $14, $15, $16, $17, $18)",
            id.0,
            new.client.0,
            new.clinician.0,
            new.room.map(|r| r.0),
            new.link,
            new.kind.word(),
            timing.starts,
            timing.zone.name(),
            timing.minutes,
            timing.starts_at,
            timing.ends_at,
            &zone::database().version,
            key,
            self.now(),
            series.map(|(id, _)| id),
            series.map(|(_, day)| day),
            new.outside,
            new.over
        )?;
        for two in new.people.chunks(2) {
            run!(
                tx,
                "INSERT INTO session_attendee (session_id, person_id)
                 SELECT $1, v.person_id FROM (SELECT $2 AS person_id UNION ALL SELECT $3) v
                 WHERE v.person_id IS NOT NULL",
                id.0,
                two.first().map(|p| p.person.0),
                two.get(1).map(|p| p.person.0)
            )?;
        }
        self.occupy(tx, id, holds, timing).await?;
        record_change(self, tx, id, new.by, "booked", new.over.unwrap_or_default(), None, Some(timing.starts_at))
            .await?;
        let about = SessionVersion { id, version: 0, kind: new.kind, timing };
        owed::plan_new(self, tx, practice, &about, new.people, occasion).await?;
        Ok(id)
    }
}

impl Bookings {
    /// A session of this scope. A zone that this program does not know is noted
    /// for the page.
    pub async fn session(&self, id: SessionId) -> Result<Option<SessionView>> {
        let mut tx = self.store().read().await?;
        let session = self.find(&mut tx, id).await?;
        if let Some(session) = &session {
            unreadable::report_unknown_zone("this session", &session.timing.zone);
            for attendee in &session.attendees {
                unreadable::report_unknown_zone(&attendee.name, &attendee.zone);
            }
        }
        Ok(session)
    }

    /// A session of this scope, if there is one.
    pub(crate) async fn find(&self, tx: &mut Tx, id: SessionId) -> Result<Option<SessionView>> {
        Ok(load(tx, id).await?.filter(|s| self.only.is_none_or(|only| only == s.clinician)))
    }

    /// The changes of a session of this scope, the latest first.
    pub async fn changes(&self, id: SessionId) -> Result<Vec<Change>> {
        let mut tx = self.store().read().await?;
        let Some(session) = self.find(&mut tx, id).await? else { return Ok(vec![]) };
        let rows = all!(
            &mut tx,
            (Uuid, DateTime<Utc>, String, String, Option<Vec<u8>>, Option<DateTime<Utc>>, Option<DateTime<Utc>>),
            "SELECT c.id, c.at, a.display_name, c.what, c.reason, c.from_at, c.to_at
             FROM session_change c JOIN account a ON a.id = c.account_id
             WHERE c.session_id = $1 ORDER BY c.at DESC, c.id DESC",
            id.0
        )?;
        let key = match rows.iter().any(|(_, _, _, _, reason, _, _)| reason.is_some()) {
            true => unreadable::or_skip(self.store().key_of(&mut tx, session.client.0).await)?,
            false => None,
        };
        let mut changes = Vec::new();
        for (row, at, who, what, sealed, from_at, to_at) in rows {
            let reason = match (&key, sealed) {
                (Some(key), Some(sealed)) => unreadable::or_skip(key.open_text(CHANGE, row, &sealed))?,
                _ => None,
            };
            changes.push(Change { at, who, what, reason: reason.unwrap_or_default(), from_at, to_at });
        }
        Ok(changes)
    }
}

/// The reason to record: why a session was moved and, if so, why it was booked
/// over a conflict.
pub(crate) fn reason_with_override<'a>(reason: &'a str, over: Option<&'a str>) -> Cow<'a, str> {
    match over {
        Some(over) if reason.is_empty() => over.into(),
        Some(over) => format!("{reason}. Double-booked: {over}").into(),
        None => reason.into(),
    }
}

fn room_of(place: &Place) -> Option<RoomId> {
    match place {
        Place::Room(room) => Some(*room),
        Place::Link(_) => None,
    }
}

/// The timing of a wished wall time in a zone. Where the wall time occurs
/// twice, `fold` chooses: `Some(1)` the second, otherwise the first.
pub fn timing(starts: NaiveDateTime, zone: &Zone, minutes: i64, fold: Option<u8>) -> Result<Timing> {
    let starts_at = match (zone::instants_of(starts, zone)?, fold) {
        (zone::WallInstants::Twice { second, .. }, Some(1)) => second,
        (meaning, _) => meaning.instant(),
    };
    let ends_at = starts_at + Duration::minutes(minutes);
    if ends_at <= starts_at {
        return Err(Error::Refused("a session has a length".to_owned()));
    }
    Ok(Timing { starts, zone: zone.clone(), minutes, starts_at, ends_at })
}

/// The timing of a session that starts at an instant: its wall time is what the
/// clocks of the zone show then, whether for the first or the second time.
pub(crate) fn timing_at(at: DateTime<Utc>, zone: &Zone, minutes: i64) -> Result<Timing> {
    let starts = zone::wall_time(at, zone);
    let first = timing(starts, zone, minutes, Some(0))?;
    if first.starts_at == at { Ok(first) } else { timing(starts, zone, minutes, Some(1)) }
}

impl Clinician {
    /// A page of the client's sessions that are still to come or in progress,
    /// the soonest first. Empty for a client outside the caseload.
    pub async fn sessions_ahead(&self, client: ClientId, after: Option<After>) -> Result<Paged<SessionView>> {
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(Paged::default());
        }
        future_sessions_of_client(&mut tx, client, self.now(), after).await
    }

    /// A page of the client's sessions that are over, the latest first. Empty
    /// for a client outside the caseload.
    pub async fn past_sessions(&self, client: ClientId, after: Option<After>) -> Result<Paged<SessionView>> {
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(Paged::default());
        }
        past_sessions_of_client(&mut tx, client, self.now(), after).await
    }

    /// The client's next booked session and its start. `None`: none is booked,
    /// or the client is not in the caseload.
    pub async fn next_session(&self, client: ClientId) -> Result<Option<(SessionId, DateTime<Utc>)>> {
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let row = maybe!(
            &mut tx,
            (Uuid, DateTime<Utc>),
            "SELECT id, starts_at FROM session
             WHERE client_id = $1 AND starts_at > $2 AND state IN ('booked', 'arrived') ORDER BY starts_at, id LIMIT 1",
            client.0,
            self.now()
        )?;
        Ok(row.map(|(id, at)| (SessionId(id), at)))
    }

    /// A session of the client; `None`: it is not the client's, or the client
    /// is not in the caseload.
    pub async fn session_of(&self, client: ClientId, session: SessionId) -> Result<Option<SessionView>> {
        let mut tx = self.store().read().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        Ok(load(&mut tx, session).await?.filter(|s| s.client == client))
    }
}

impl Partner {
    /// This person's next session, if there is one.
    pub async fn next_session(&self) -> Result<Option<SessionView>> {
        let mut tx = self.store().read().await?;
        let row = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT s.id FROM session s JOIN session_attendee t ON t.session_id = s.id
             WHERE t.person_id = $1 AND s.ends_at > $2 AND s.state IN ('booked', 'arrived')
             ORDER BY s.starts_at LIMIT 1",
            self.person().0,
            self.now()
        )?;
        match row {
            Some((id,)) => Ok(unreadable::or_skip(load(&mut tx, id.into()).await)?.flatten()),
            None => Ok(None),
        }
    }
}

/// Records a change of a session; its reason is sealed.
#[expect(clippy::too_many_arguments, reason = "a row's columns")]
pub(crate) async fn record_change(
    store: &Store,
    tx: &mut Tx,
    id: SessionId,
    by: AccountId,
    what: &str,
    reason: &str,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
) -> Result<()> {
    let row = store.clock().id();
    // A reason says something about a client, so it is sealed with the
    // client's key.
    let reason = if reason.is_empty() {
        None
    } else {
        let client = maybe!(tx, (Uuid,), "SELECT client_id FROM session WHERE id = $1", id.0)?;
        let (client,) = client.ok_or_else(|| Error::Stored("a change of a session that is not there".to_owned()))?;
        Some(store.data_key_or_new(tx, client).await?.seal(CHANGE, row, reason.as_bytes()))
    };
    run!(
        tx,
        "INSERT INTO session_change (id, session_id, at, account_id, what, reason, from_at, to_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        row,
        id.0,
        store.now(),
        by.0,
        what,
        reason,
        from,
        to
    )?;
    Ok(())
}
