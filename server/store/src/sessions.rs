//! Sessions: booked, moved and cancelled so that nobody is in two places.
//!
//! The schema refuses an overlap whatever the code does; the checks here are
//! for a friendly answer. A booking, its messages and its audit row are one
//! transaction.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, Utc};
use domain::{
    availability::Buffers,
    client::title,
    ids::{AccountId, ClientId, PersonId, RoomId, SessionId},
    person::Zone,
    practice::Practice,
    reminder::Occasion,
    session::{Cancellation, NewSession, Place, SessionKind, SessionState, Timing, is_late},
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Bookings, Error, Result, Store, Tx,
    audit::Act,
    database::{all, maybe, run},
    holds::{Hold, Taken, held},
    practice::{Room, practice_set_up},
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
}

impl SessionView {
    pub fn title(&self) -> String {
        title(self.attendees.iter().map(|a| a.name.as_str()))
    }

    pub fn place(&self) -> String {
        self.room.as_ref().map_or_else(|| "Online".to_owned(), |r| r.name.clone())
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
}

/// What is new about a session, wherever it comes from.
pub(crate) struct New<'a> {
    pub client: ClientId,
    pub clinician: AccountId,
    pub room: Option<RoomId>,
    pub link: &'a str,
    pub kind: SessionKind,
    pub people: &'a [PersonId],
    pub by: AccountId,
    /// Outside the therapist's hours on purpose.
    pub outside: bool,
    /// Over what is there, on purpose: why.
    pub over: Option<&'a str>,
}

/// What a wish would hold.
pub(crate) struct Held {
    pub people: Vec<PersonId>,
    pub room: Option<RoomId>,
    pub link: String,
    pub holds: Vec<Hold>,
}

/// The columns of a [`Row`], with what follows.
macro_rules! sessions {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.client_id, s.clinician_id, a.display_name AS clinician_name, s.room_id, r.name AS room_name, s.link, s.kind, s.state,
                    s.starts, s.zone, s.minutes, s.starts_at, s.ends_at, s.version, s.outside, s.override_reason, s.series_id, s.series_on
             FROM session s JOIN account a ON a.id = s.clinician_id LEFT JOIN room r ON r.id = s.room_id ",
            $rest
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
    ($rest:literal) => {
        concat!(
            "SELECT t.session_id, p.id, p.name, p.zone, p.phone FROM session s JOIN session_attendee t ON t.session_id = s.id JOIN person p ON p.id = t.person_id
             LEFT JOIN client_member m ON m.person_id = p.id AND m.client_id = s.client_id ",
            $rest,
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
    let rows = all!(
        tx,
        Row,
        sessions!(
            "JOIN session_attendee mine ON mine.session_id = s.id AND mine.person_id = $1
             WHERE s.ends_at > $2 AND s.state IN ('booked', 'arrived') ORDER BY s.starts_at LIMIT 12"
        ),
        person.0,
        now
    )?;
    let Some(until) = rows.last().map(|row| row.starts_at) else { return Ok(vec![]) };
    let coming = all!(
        tx,
        ComingRow,
        attendees!(
            "JOIN session_attendee mine ON mine.session_id = s.id AND mine.person_id = $1 WHERE s.ends_at > $2 AND s.starts_at <= $3"
        ),
        person.0,
        now,
        until
    )?;
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
                two.first().map(|p| p.0),
                two.get(1).map(|p| p.0)
            )?;
        }
        self.hold(tx, id, holds, timing).await?;
        self.record(tx, id, new.by, "booked", new.over.unwrap_or_default(), None, Some(timing.starts_at)).await?;
        self.plan_session(tx, practice, id, occasion).await?;
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

    /// Whether this client may be booked in this scope, and with whom.
    pub(crate) async fn bookable(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        client: ClientId,
    ) -> Result<Option<Vec<PersonId>>> {
        if let Some(me) = self.only {
            let mine = maybe!(
                tx,
                (Uuid,),
                crate::clients::in_care!("SELECT c.id FROM client c", "AND c.id = $3 AND c.archived_at IS NULL"),
                me.0,
                zone::today(self.now(), &practice.zone),
                client.0
            )?;
            if mine.is_none() {
                return Ok(None);
            }
        }
        let people = all!(
            tx,
            (Option<Uuid>,),
            "SELECT m.person_id FROM client c LEFT JOIN client_member m ON m.client_id = c.id AND m.left_at IS NULL
             WHERE c.id = $1 AND c.archived_at IS NULL ORDER BY m.seat",
            client.0
        )?;
        if people.is_empty() {
            return Ok(None);
        }
        Ok(Some(people.into_iter().filter_map(|(id,)| id.map(PersonId)).collect()))
    }

    /// Books a session. The timing has been derived from the wished wall time.
    pub async fn book(&self, new: &NewSession, timing: &Timing) -> Result<Booked> {
        let result = self.try_book(new, timing).await;
        match result {
            // The same form, sent twice at once: what is in its way is itself.
            Ok(Booked::Taken(taken)) => {
                let mut tx = self.store().read().await?;
                Ok(self.by_key(&mut tx, new.key).await?.map_or(Booked::Taken(taken), Booked::Done))
            }
            Err(error) if error.is_overlap() => {
                let mut tx = self.store().read().await?;
                if let Some(id) = self.by_key(&mut tx, new.key).await? {
                    return Ok(Booked::Done(id));
                }
                let practice = practice_set_up(&mut tx).await?;
                let Some(people) = self.bookable(&mut tx, &practice, new.client).await? else {
                    return Ok(Booked::Unfit("client", "This client cannot be booked."));
                };
                let people = new.attendee.map_or(people, |p| vec![p]);
                let room = room_of(&new.place);
                let holds = self.store().holds(&mut tx, new.clinician, room, &people).await?;
                Ok(Booked::Taken(self.store().taken(&mut tx, &practice, &holds, timing, None, new.outside).await?))
            }
            Err(error) if error.is_unique() => {
                let mut tx = self.store().read().await?;
                match self.by_key(&mut tx, new.key).await? {
                    Some(id) => Ok(Booked::Done(id)),
                    None => Ok(Booked::Unfit("", "Please open the booking form again: this one was used before.")),
                }
            }
            result => result,
        }
    }

    pub(crate) async fn by_key(&self, tx: &mut Tx, key: Uuid) -> Result<Option<SessionId>> {
        let row = maybe!(
            tx,
            (Uuid,),
            "SELECT id FROM session WHERE booking_key = $1 AND clinician_id = COALESCE($2, clinician_id)",
            key,
            self.only.map(|a| a.0)
        )?;
        Ok(row.map(|(id,)| SessionId(id)))
    }

    async fn try_book(&self, new: &NewSession, timing: &Timing) -> Result<Booked> {
        let mut tx = self.store().write().await?;
        if let Some(id) = self.by_key(&mut tx, new.key).await? {
            return Ok(Booked::Done(id));
        }
        let practice = practice_set_up(&mut tx).await?;
        let Held { people, room, link, mut holds } = match self.holds_of(&mut tx, &practice, new).await? {
            Ok(held) => held,
            Err((field, message)) => return Ok(Booked::Unfit(field, message)),
        };
        let taken = self.store().taken(&mut tx, &practice, &holds, timing, None, new.outside).await?;
        let mut over = None;
        if !taken.is_free() {
            let clashing: Vec<Uuid> = taken.what.iter().map(|w| w.held).collect();
            // The front desk books over anything; a therapist over themselves,
            // never over a colleague's room or client.
            let may = self.only.is_none_or(|me| clashing.iter().all(|held| *held == me.0));
            match &new.over {
                Some(reason) if may && !taken.outside && !reason.is_empty() => over = Some(reason.as_str()),
                _ => return Ok(Booked::Taken(taken)),
            }
            for hold in holds.iter_mut().filter(|hold| clashing.contains(&hold.id)) {
                hold.over = true;
            }
        }
        let fresh = New {
            client: new.client,
            clinician: new.clinician,
            room,
            link: &link,
            kind: new.kind,
            people: &people,
            by: self.me(),
            outside: new.outside,
            over,
        };
        let id = self
            .store()
            .put_session(&mut tx, &practice, &fresh, &holds, timing, new.key, None, Occasion::Booked)
            .await?;
        self.store().replan_before_session(&mut tx, new.client).await?;
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: "booked",
                    thing: "session",
                    id: Some(id.0),
                    client: Some(new.client.0),
                    detail: "",
                },
            )
            .await?;
        tx.commit().await?;
        Ok(Booked::Done(id))
    }

    /// Whom and what a wish would hold, or the field that does not fit, with a
    /// message.
    pub(crate) async fn holds_of(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        new: &NewSession,
    ) -> Result<Result<Held, (&'static str, &'static str)>> {
        let no_therapist = ("clinician", "Please choose a therapist.");
        if self.only.is_some_and(|only| only != new.clinician) {
            return Ok(Err(no_therapist));
        }
        let buffers = maybe!(
            tx,
            (i64, i64),
            "SELECT a.buffer_before, a.buffer_after FROM account a JOIN account_role r ON r.account_id = a.id AND r.role = 'clinician' WHERE a.id = $1 AND a.disabled_at IS NULL",
            new.clinician.0
        )?;
        let Some((before, after)) = buffers else { return Ok(Err(no_therapist)) };
        let Some(members) = self.bookable(tx, practice, new.client).await? else {
            return Ok(Err(("client", "This client cannot be booked.")));
        };
        let people = match new.attendee {
            None => members,
            Some(one) if members.contains(&one) => vec![one],
            Some(_) => return Ok(Err(("attendee", "Please choose who will come."))),
        };
        if people.is_empty() {
            return Ok(Err(("attendee", "Nobody belongs to this client yet.")));
        }
        let (room, link) = self.place(tx, &new.place).await?;
        if matches!(new.place, Place::Room(_)) && room.is_none() {
            return Ok(Err(("place", "Please choose a room, or online.")));
        }
        let holds = held(new.clinician, Buffers { before, after }, room, &people);
        Ok(Ok(Held { people, room, link, holds }))
    }

    pub(crate) async fn place(&self, tx: &mut Tx, place: &Place) -> Result<(Option<RoomId>, String)> {
        Ok(match place {
            Place::Link(link) => (None, link.clone()),
            Place::Room(room) => {
                let found = maybe!(tx, (Uuid,), "SELECT id FROM room WHERE id = $1 AND archived_at IS NULL", room.0)?;
                (found.map(|(id,)| RoomId(id)), String::new())
            }
        })
    }

    /// The next times at which this therapist, this room and these people are
    /// all free.
    #[expect(clippy::too_many_arguments, reason = "a wish has as many parts")]
    pub async fn free_times(
        &self,
        client: ClientId,
        attendee: Option<PersonId>,
        clinician: AccountId,
        room: Option<RoomId>,
        from: DateTime<Utc>,
        minutes: i64,
        most: usize,
    ) -> Result<Vec<DateTime<Utc>>> {
        if self.only.is_some_and(|only| only != clinician) {
            return Ok(vec![]);
        }
        let mut tx = self.store().read().await?;
        let practice = practice_set_up(&mut tx).await?;
        let Some(members) = self.bookable(&mut tx, &practice, client).await? else { return Ok(vec![]) };
        let people: Vec<PersonId> = members.into_iter().filter(|p| attendee.is_none_or(|a| a == *p)).collect();
        let holds = self.store().holds(&mut tx, clinician, room, &people).await?;
        self.store().free(&mut tx, &practice, &holds, from, minutes, most, Uuid::nil()).await
    }

    /// Moves a session: new messages replace the planned ones.
    pub async fn move_session(
        &self,
        id: SessionId,
        timing: &Timing,
        place: &Place,
        reason: &str,
        outside: bool,
    ) -> Result<Booked> {
        self.move_from(id, None, timing, place, reason, outside).await
    }

    /// The same where it still stands as it was when that was agreed to.
    pub(crate) async fn move_from(
        &self,
        id: SessionId,
        version: Option<i64>,
        timing: &Timing,
        place: &Place,
        reason: &str,
        outside: bool,
    ) -> Result<Booked> {
        match self.try_move(id, version, timing, place, reason, outside).await {
            Err(error) if error.is_overlap() => {
                let mut tx = self.store().read().await?;
                let Some(session) = self.find(&mut tx, id).await? else { return Err(error) };
                let people: Vec<PersonId> = session.attendees.iter().map(|a| a.person).collect();
                let holds = self.store().holds(&mut tx, session.clinician, room_of(place), &people).await?;
                let practice = practice_set_up(&mut tx).await?;
                Ok(Booked::Taken(self.store().taken(&mut tx, &practice, &holds, timing, Some(id), outside).await?))
            }
            result => result,
        }
    }

    async fn try_move(
        &self,
        id: SessionId,
        version: Option<i64>,
        timing: &Timing,
        place: &Place,
        reason: &str,
        outside: bool,
    ) -> Result<Booked> {
        let mut tx = self.store().write().await?;
        // The row is locked first: two moves of one session follow each other.
        run!(&mut tx, "UPDATE session SET version = version WHERE id = $1", id.0)?;
        let Some(session) = self.find(&mut tx, id).await? else {
            return Ok(Booked::Unfit("", "This session is not there."));
        };
        if !session.state.is_ahead() {
            return Ok(Booked::Unfit("", "This session cannot be moved any more."));
        }
        let (room, link) = self.place(&mut tx, place).await?;
        if matches!(place, Place::Room(_)) && room.is_none() {
            return Ok(Booked::Unfit("place", "Please choose a room, or online."));
        }
        let same_place = room == session.room.as_ref().map(|r| r.id) && link == session.link;
        if *timing == session.timing && same_place {
            return Ok(Booked::Done(id));
        }
        if version.is_some_and(|version| version != session.version) {
            return Ok(Booked::Unfit("", "This session was changed meanwhile."));
        }
        let people: Vec<PersonId> = session.attendees.iter().map(|a| a.person).collect();
        let holds = self.store().holds(&mut tx, session.clinician, room, &people).await?;
        let practice = self.practice_here(&mut tx).await?;
        let taken = self.store().taken(&mut tx, &practice, &holds, timing, Some(id), outside).await?;
        if !taken.is_free() {
            return Ok(Booked::Taken(taken));
        }
        run!(
            &mut tx,
            "UPDATE session SET room_id = $1, link = $2, starts = $3, zone = $4, minutes = $5, starts_at = $6, ends_at = $7, zone_version = $8, state = 'booked', version = version + 1, outside = $10, override_reason = NULL WHERE id = $9",
            room.map(|r| r.0),
            link,
            timing.starts,
            timing.zone.name(),
            timing.minutes,
            timing.starts_at,
            timing.ends_at,
            &zone::database().version,
            id.0,
            outside
        )?;
        run!(&mut tx, "DELETE FROM occupancy WHERE session_id = $1", id.0)?;
        self.store().hold(&mut tx, id, &holds, timing).await?;
        self.store().keep_for_undo(&mut tx, &practice, &session, self.undoable).await?;
        self.store()
            .record(&mut tx, id, self.me(), "moved", reason, Some(session.timing.starts_at), Some(timing.starts_at))
            .await?;
        self.store().plan_session(&mut tx, &practice, id, Occasion::Moved).await?;
        self.store().replan_before_session(&mut tx, session.client).await?;
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: "moved",
                    thing: "session",
                    id: Some(id.0),
                    client: Some(session.client.0),
                    detail: "",
                },
            )
            .await?;
        tx.commit().await?;
        Ok(Booked::Done(id))
    }

    /// The practice's settings as they hold for this act: what cannot be undone
    /// is told at once.
    pub(crate) async fn practice_here(&self, tx: &mut Tx) -> Result<Practice> {
        let practice = practice_set_up(tx).await?;
        Ok(if self.undoable { practice } else { Practice { quiet_minutes: 0, ..practice } })
    }

    /// Cancels a session. `None`: not there, or not ahead any more.
    pub async fn cancel(&self, id: SessionId, cancellation: &Cancellation) -> Result<Option<SessionState>> {
        let mut tx = self.store().write().await?;
        run!(&mut tx, "UPDATE session SET version = version WHERE id = $1", id.0)?;
        let Some(session) = self.find(&mut tx, id).await?.filter(|s| s.state.is_ahead()) else { return Ok(None) };
        let practice = self.practice_here(&mut tx).await?;
        let state = self.cancel_in(&mut tx, &practice, &session, cancellation).await?;
        tx.commit().await?;
        Ok(Some(state))
    }

    /// Cancels a session that is ahead and locked, in a transaction with more.
    pub(crate) async fn cancel_in(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        session: &SessionView,
        cancellation: &Cancellation,
    ) -> Result<SessionState> {
        let id = session.id;
        let state = cancellation.state(is_late(session.timing.starts_at, self.now(), practice.notice_hours));
        run!(tx, "UPDATE session SET state = $1, version = version + 1 WHERE id = $2", state.word(), id.0)?;
        run!(tx, "DELETE FROM occupancy WHERE session_id = $1", id.0)?;
        self.store().keep_for_undo(tx, practice, session, self.undoable).await?;
        self.store().suggest_fee(tx, practice, id, state).await?;
        self.store()
            .record(tx, id, self.me(), state.word(), &cancellation.reason, Some(session.timing.starts_at), None)
            .await?;
        self.store().plan_session(tx, practice, id, Occasion::Cancelled).await?;
        self.store().replan_before_session(tx, session.client).await?;
        self.store().audit(tx, Act::new(self.me(), "cancelled", "session", id.0, session.client.0)).await?;
        Ok(state)
    }

    /// Marks arrived, completed or no-show. `false`: not there, or not a step
    /// from where the session stands.
    pub async fn set_state(&self, id: SessionId, state: SessionState) -> Result<bool> {
        let mut tx = self.store().write().await?;
        run!(&mut tx, "UPDATE session SET version = version WHERE id = $1", id.0)?;
        let Some(session) = self.find(&mut tx, id).await?.filter(|s| s.state.next().contains(&state)) else {
            return Ok(false);
        };
        run!(&mut tx, "UPDATE session SET state = $1 WHERE id = $2", state.word(), id.0)?;
        if !state.occupies() {
            run!(&mut tx, "DELETE FROM occupancy WHERE session_id = $1", id.0)?;
        }
        let practice = practice_set_up(&mut tx).await?;
        self.store().suggest_fee(&mut tx, &practice, id, state).await?;
        self.store().record(&mut tx, id, self.me(), state.word(), "", None, None).await?;
        self.store()
            .audit(
                &mut tx,
                Act {
                    by: Some(self.me()),
                    action: state.word(),
                    thing: "session",
                    id: Some(id.0),
                    client: Some(session.client.0),
                    detail: "",
                },
            )
            .await?;
        tx.commit().await?;
        Ok(true)
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
