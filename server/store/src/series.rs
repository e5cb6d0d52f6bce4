//! Sessions that come back, booked, moved and cancelled as one.
//!
//! A series keeps its rule as wall time and zone; its sessions are rows like
//! any other, so that the calendar, the constraint and the reminders know
//! nothing of series. What stands in the way is told as a list before
//! anything is written, with a choice for each day. A series without an end
//! is made half a year ahead, and a worker goes on behind it.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use domain::{
    ids::{AccountId, ClientId, PersonId, RoomId, SessionId},
    person::Zone,
    reminder::{Occasion, SkipReason},
    series::{AHEAD, End, Reach, Recurrence, Rule},
    session::{Cancellation, NewSession, Place, SessionKind, SessionState, Timing, is_late},
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Bookings, Result, SessionView, Store, Tx,
    audit::Act,
    clients,
    database::{all, maybe, run},
    practice::practice_set_up,
    sessions::{self, Held, Hold, New, Taken},
};

/// What to do with a day of a series on which something is in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    LeaveOut,
    /// At another time, by the wall clock of the series.
    At(NaiveDateTime),
}

/// By the day that the rule gives.
pub type Choices = BTreeMap<NaiveDate, Choice>;

/// A day of a series on which something is in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    pub on: NaiveDate,
    pub starts: NaiveDateTime,
    pub taken: Taken,
}

/// What became of a wish for a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeriesBooked {
    /// It stands; its first session.
    Done(SessionId),
    /// Nothing was written: on these days a choice is wanted.
    Taken(Vec<Clash>),
    /// A field names something that is not there, with a message.
    Unfit(&'static str, &'static str),
}

/// A series as its sessions' page tells it.
#[derive(Clone, Debug)]
pub struct SeriesView {
    pub rule: Rule,
    /// Nothing more is made of it.
    pub ended: bool,
    /// How many of its sessions are still to come.
    pub ahead: i64,
    /// Days ahead on which nothing was booked, and whether that was chosen.
    pub gaps: Vec<(NaiveDate, bool)>,
}

/// A day on which a series could not be booked, for the front desk.
#[derive(Clone, Debug)]
pub struct Gap {
    pub series: Uuid,
    pub on: NaiveDate,
    pub starts: NaiveTime,
    pub client: ClientId,
    pub title: String,
    pub clinician: AccountId,
    pub clinician_name: String,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    root_id: Uuid,
    outside: bool,
    client_id: Uuid,
    clinician_id: Uuid,
    room_id: Option<Uuid>,
    link: String,
    #[sqlx(try_from = "String")]
    kind: SessionKind,
    person_id: Option<Uuid>,
    starts: NaiveTime,
    #[sqlx(try_from = "String")]
    zone: Zone,
    minutes: i64,
    every_weeks: Option<i64>,
    first_on: NaiveDate,
    until_on: Option<NaiveDate>,
    times: Option<i64>,
    made_until: NaiveDate,
    created_by: Uuid,
    ended_at: Option<DateTime<Utc>>,
}

impl Row {
    fn rule(&self) -> Rule {
        let weeks = self.every_weeks.and_then(|n| u16::try_from(n).ok());
        Rule {
            first: self.first_on,
            recurrence: weeks.map_or(Recurrence::MonthlyByWeekday, Recurrence::Weeks),
            end: match (self.times.and_then(|n| u16::try_from(n).ok()), self.until_on) {
                (Some(times), _) => End::Times(times),
                (None, Some(day)) => End::Until(day),
                (None, None) => End::Never,
            },
        }
    }
}

async fn load(tx: &mut Tx, id: Uuid) -> Result<Option<Row>> {
    Ok(maybe!(
        tx,
        Row,
        "SELECT id, root_id, outside, client_id, clinician_id, room_id, link, kind, person_id, starts, zone, minutes, every_weeks, first_on, until_on, times, made_until, created_by, ended_at
         FROM series WHERE id = $1",
        id
    )?)
}

/// A series whose days are taken by others again and again gives up in the end.
const TRIES: usize = 4;

/// Two series that want the same people follow each other: of the many days
/// of each, both would get some and wait for the rest. On SQLite all who write
/// do.
async fn lock(tx: &mut Tx, holds: &[Hold]) -> Result<()> {
    let Tx::Postgres(tx) = tx else { return Ok(()) };
    for hold in holds {
        let row = match hold.kind {
            "clinician" => sqlx::query("SELECT id FROM account WHERE id = $1 FOR NO KEY UPDATE"),
            "room" => sqlx::query("SELECT id FROM room WHERE id = $1 FOR NO KEY UPDATE"),
            _ => sqlx::query("SELECT id FROM person WHERE id = $1 FOR NO KEY UPDATE"),
        };
        row.bind(hold.id).execute(&mut **tx).await?;
    }
    Ok(())
}

/// A session of a series that may still be changed.
#[derive(FromRow)]
struct Ahead {
    id: Uuid,
    series_on: NaiveDate,
    starts: NaiveDateTime,
}

/// What a session of a series means on a day: where the clocks skip its time,
/// the one as far behind.
fn timing(starts: NaiveDateTime, zone: &Zone, minutes: i64) -> Result<Timing> {
    let starts = match zone::meaning(starts, zone)? {
        zone::Meaning::Never { next, .. } => next,
        zone::Meaning::Once(_) | zone::Meaning::Twice { .. } => starts,
    };
    sessions::timing(starts, zone, minutes, None)
}

impl Store {
    #[expect(clippy::too_many_arguments, reason = "a row's columns")]
    async fn put_series(
        &self,
        tx: &mut Tx,
        new: &New<'_>,
        person: Option<PersonId>,
        starts: NaiveTime,
        zone: &Zone,
        minutes: i64,
        rule: &Rule,
        made_until: NaiveDate,
        root: Option<Uuid>,
    ) -> Result<Uuid> {
        let id = self.clock().id();
        let (until_on, times) = match rule.end {
            End::Never => (None, None),
            End::Until(day) => (Some(day), None),
            End::Times(times) => (None, Some(i64::from(times))),
        };
        let every_weeks = match rule.recurrence {
            Recurrence::Weeks(weeks) => Some(i64::from(weeks)),
            Recurrence::MonthlyByWeekday => None,
        };
        run!(
            tx,
            "INSERT INTO series (id, client_id, clinician_id, room_id, link, kind, person_id, starts, zone, minutes, every_weeks, first_on, until_on, times, made_until, created_by, created_at, root_id, outside)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
            id, new.client.0, new.clinician.0, new.room.map(|r| r.0), new.link, new.kind.word(), person.map(|p| p.0), starts, zone.name(), minutes,
            every_weeks, rule.first, until_on, times, made_until, new.by.0, self.now(), root.unwrap_or(id), new.outside
        )?;
        Ok(id)
    }

    async fn note_gap(&self, tx: &mut Tx, series: Uuid, on: NaiveDate, reason: &str) -> Result<()> {
        run!(
            tx,
            "INSERT INTO series_gap (series_id, on_day, reason, noted_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            series,
            on,
            reason,
            self.now()
        )?;
        Ok(())
    }

    /// Makes what has come within reach of series without an end, and tells
    /// how many sessions that were. Any number of processes may do so at once.
    pub async fn extend_series(&self) -> Result<usize> {
        let mut look = self.read().await?;
        let today = zone::today(self.now(), &practice_set_up(&mut look).await?.zone);
        let open = all!(
            &mut look,
            (Uuid,),
            "SELECT id FROM series WHERE ended_at IS NULL AND until_on IS NULL AND times IS NULL AND made_until < $1 ORDER BY made_until LIMIT 500",
            today + AHEAD
        )?;
        drop(look);
        let mut made = 0;
        for (id,) in open {
            match self.extend(id, today + AHEAD).await {
                Ok(more) => made += more,
                // One that fails stops no other.
                Err(error) => tracing::error!(%error, series = %id, "its sessions cannot be made"),
            }
        }
        Ok(made)
    }

    async fn extend(&self, id: Uuid, horizon: NaiveDate) -> Result<usize> {
        let mut tx = self.write().await?;
        // Two processes follow each other; the second finds it made.
        run!(&mut tx, "UPDATE series SET minutes = minutes WHERE id = $1", id)?;
        let Some(row) = load(&mut tx, id).await?.filter(|r| r.ended_at.is_none() && r.made_until < horizon) else {
            return Ok(0);
        };
        let people = all!(
            &mut tx,
            (Uuid,),
            "SELECT m.person_id FROM client_member m JOIN client c ON c.id = m.client_id AND c.archived_at IS NULL
             WHERE m.client_id = $1 AND m.left_at IS NULL AND m.person_id = COALESCE($2, m.person_id) ORDER BY m.seat",
            row.client_id,
            row.person_id
        )?;
        let works =
            maybe!(&mut tx, (Uuid,), "SELECT id FROM account WHERE id = $1 AND disabled_at IS NULL", row.clinician_id)?;
        if people.is_empty() || works.is_none() {
            run!(&mut tx, "UPDATE series SET ended_at = $1 WHERE id = $2", self.now(), id)?;
            tx.commit().await?;
            return Ok(0);
        }
        let people: Vec<PersonId> = people.into_iter().map(|(p,)| PersonId(p)).collect();
        let room = row.room_id.map(RoomId);
        let holds = self.holds(&mut tx, AccountId(row.clinician_id), room, &people).await?;
        let new = New {
            client: ClientId(row.client_id),
            clinician: AccountId(row.clinician_id),
            room,
            link: &row.link,
            kind: row.kind,
            people: &people,
            by: AccountId(row.created_by),
            outside: row.outside,
        };
        let mut made = 0;
        for day in row.rule().until(horizon).into_iter().filter(|day| *day > row.made_until) {
            let timing = timing(day.and_time(row.starts), &row.zone, row.minutes)?;
            if timing.starts_at <= self.now() {
                continue;
            }
            let outside = !row.outside && self.is_outside(&mut tx, &holds, &timing).await?;
            if outside || self.is_taken(&mut tx, &holds, &timing).await? {
                self.note_gap(&mut tx, id, day, "taken").await?;
                continue;
            }
            self.put_session(&mut tx, &new, &holds, &timing, self.clock().id(), Some((id, day)), Occasion::Settings)
                .await?;
            made += 1;
        }
        run!(&mut tx, "UPDATE series SET made_until = $1 WHERE id = $2", horizon, id)?;
        if made > 0 {
            self.replan_before_session(&mut tx, ClientId(row.client_id)).await?;
        }
        tx.commit().await?;
        Ok(made)
    }
}

impl Bookings {
    /// Books a series: all of its sessions or, where something is in the way
    /// and no choice was made for that day, none.
    pub async fn book_series(
        &self,
        new: &NewSession,
        rule: &Rule,
        zone: &Zone,
        choices: &Choices,
    ) -> Result<SeriesBooked> {
        for _ in 1..TRIES {
            match self.try_book_series(new, rule, zone, choices).await {
                // Somebody else was quicker by a moment: what is in the way now
                // is in the list.
                Err(error) if error.is_overlap() || error.is_unique() => {}
                result => return result,
            }
        }
        self.try_book_series(new, rule, zone, choices).await
    }

    async fn try_book_series(
        &self,
        new: &NewSession,
        rule: &Rule,
        zone: &Zone,
        choices: &Choices,
    ) -> Result<SeriesBooked> {
        let mut tx = self.store().write().await?;
        if let Some(id) = self.by_key(&mut tx, new.key).await? {
            return Ok(SeriesBooked::Done(id));
        }
        let Held { people, room, link, holds } = match self.holds_of(&mut tx, new).await? {
            Ok(held) => held,
            Err((field, message)) => return Ok(SeriesBooked::Unfit(field, message)),
        };
        lock(&mut tx, &holds).await?;
        let horizon = zone::today(self.now(), zone) + AHEAD;
        let fresh = New {
            client: new.client,
            clinician: new.clinician,
            room,
            link: &link,
            kind: new.kind,
            people: &people,
            by: self.me(),
            outside: new.outside,
        };
        let time = new.starts.time();
        let series = self
            .store()
            .put_series(&mut tx, &fresh, new.attendee, time, zone, new.minutes, rule, horizon.max(rule.first), None)
            .await?;
        let mut clashes = Vec::new();
        let mut first: Option<SessionId> = None;
        for day in rule.until(horizon.max(rule.first)) {
            let starts = match choices.get(&day) {
                Some(Choice::LeaveOut) => {
                    self.store().note_gap(&mut tx, series, day, "left_out").await?;
                    continue;
                }
                Some(Choice::At(starts)) => *starts,
                None => day.and_time(time),
            };
            let timing = timing(starts, zone, new.minutes)?;
            let taken = self.store().taken(&mut tx, &holds, &timing, None, new.outside).await?;
            if !taken.is_free() || timing.starts_at <= self.now() {
                clashes.push(Clash { on: day, starts, taken });
                continue;
            }
            let (key, occasion) = match first {
                // The notice is one, and names them all.
                None => (new.key, Occasion::Booked),
                Some(_) => (self.store().clock().id(), Occasion::Settings),
            };
            let id =
                self.store().put_session(&mut tx, &fresh, &holds, &timing, key, Some((series, day)), occasion).await?;
            first.get_or_insert(id);
        }
        if !clashes.is_empty() {
            return Ok(SeriesBooked::Taken(clashes));
        }
        let Some(first) = first else {
            return Ok(SeriesBooked::Unfit("repeat", "Every day of this series is left out: nothing would be booked."));
        };
        self.store().replan_before_session(&mut tx, new.client).await?;
        self.store().audit(&mut tx, Act::new(self.me(), "booked", "series", series, new.client.0)).await?;
        tx.commit().await?;
        Ok(SeriesBooked::Done(first))
    }

    /// The series of a session of this scope, if it is of one.
    pub async fn series_of(&self, session: &SessionView) -> Result<Option<SeriesView>> {
        let Some((id, _)) = session.series else { return Ok(None) };
        let mut tx = self.store().read().await?;
        let Some(row) = load(&mut tx, id).await? else { return Ok(None) };
        let today = zone::today(self.now(), &row.zone);
        let ahead = maybe!(
            &mut tx,
            (i64,),
            "SELECT count(*) FROM session WHERE series_id = $1 AND starts_at > $2 AND state IN ('booked', 'arrived')",
            id,
            self.now()
        )?;
        let gaps = all!(
            &mut tx,
            (NaiveDate, String),
            "SELECT on_day, reason FROM series_gap WHERE series_id = $1 AND on_day >= $2 ORDER BY on_day LIMIT 100",
            id,
            today
        )?;
        Ok(Some(SeriesView {
            rule: row.rule(),
            ended: row.ended_at.is_some(),
            ahead: ahead.map_or(0, |(n,)| n),
            gaps: gaps.into_iter().map(|(on, reason)| (on, reason == "left_out")).collect(),
        }))
    }

    /// The sessions of a series that a change reaches, and the series itself,
    /// locked.
    async fn reached(&self, tx: &mut Tx, session: &SessionView, reach: Reach) -> Result<Option<(Row, Vec<Ahead>)>> {
        let Some((series, on)) = session.series else { return Ok(None) };
        run!(tx, "UPDATE series SET minutes = minutes WHERE id = $1", series)?;
        let Some(row) = load(tx, series).await? else { return Ok(None) };
        let ahead = all!(
            tx,
            Ahead,
            "SELECT id, series_on, starts FROM session WHERE series_id = $1 AND state IN ('booked', 'arrived') AND starts_at > $2 AND series_on >= COALESCE($3, series_on)
             ORDER BY series_on",
            series,
            self.now(),
            (reach == Reach::Following).then_some(on)
        )?;
        Ok(Some((row, ahead)))
    }

    /// Moves a session of a series and those that a change reaches, by the same
    /// number of days and to the same time. Those that were moved by hand stay
    /// where they were put. The rest goes on as a series of its own, so that
    /// what lies behind stays as it was.
    #[expect(clippy::too_many_arguments, reason = "a wish has as many parts")]
    pub async fn move_series(
        &self,
        id: SessionId,
        reach: Reach,
        starts: NaiveDateTime,
        minutes: i64,
        place: &Place,
        reason: &str,
        outside: bool,
        choices: &Choices,
    ) -> Result<SeriesBooked> {
        for _ in 1..TRIES {
            match self.try_move_series(id, reach, starts, minutes, place, reason, outside, choices).await {
                Err(error) if error.is_overlap() => {}
                result => return result,
            }
        }
        self.try_move_series(id, reach, starts, minutes, place, reason, outside, choices).await
    }

    #[expect(clippy::too_many_arguments, reason = "a wish has as many parts")]
    async fn try_move_series(
        &self,
        id: SessionId,
        reach: Reach,
        starts: NaiveDateTime,
        minutes: i64,
        place: &Place,
        reason: &str,
        outside: bool,
        choices: &Choices,
    ) -> Result<SeriesBooked> {
        let mut tx = self.store().write().await?;
        let Some(session) = self.find(&mut tx, id).await? else {
            return Ok(SeriesBooked::Unfit("", "This session is not there."));
        };
        let Some((row, ahead)) = self.reached(&mut tx, &session, reach).await? else {
            return Ok(SeriesBooked::Unfit("reach", "This session is not of a series."));
        };
        let Some((_, on)) = session.series else { return Ok(SeriesBooked::Unfit("", "This session is not there.")) };
        if !ahead.iter().any(|a| a.id == id.0) {
            return Ok(SeriesBooked::Unfit("", "This session cannot be moved any more."));
        }
        let (room, link) = self.place(&mut tx, place).await?;
        if matches!(place, Place::Room(_)) && room.is_none() {
            return Ok(SeriesBooked::Unfit("place", "Please choose a room, or online."));
        }
        let by = starts.date() - on;
        let moving: Vec<&Ahead> =
            ahead.iter().filter(|a| a.id == id.0 || a.starts == a.series_on.and_time(row.starts)).collect();
        let Some(first) = moving.first() else {
            return Ok(SeriesBooked::Unfit("", "This session cannot be moved any more."));
        };
        let last = moving.last().map_or(first.series_on, |a| a.series_on);
        let people: Vec<PersonId> = session.attendees.iter().map(|a| a.person).collect();
        let holds = self.store().holds(&mut tx, session.clinician, room, &people).await?;
        lock(&mut tx, &holds).await?;
        let end = if row.rule().end == End::Never { End::Never } else { End::Until(last + by) };
        let rule = row.rule().from(first.series_on + by, end);
        // Where the month's weekday is kept, the days follow the new rule.
        let dates: Vec<NaiveDate> = rule.from(rule.first, End::Until(last + by + Duration::days(21))).dates().collect();
        let day_of = |on: NaiveDate| {
            let wished = on + by;
            dates.iter().copied().min_by_key(|d| (*d - wished).num_days().abs()).unwrap_or(wished)
        };
        let new = New {
            client: session.client,
            clinician: session.clinician,
            room,
            link: &link,
            kind: session.kind,
            people: &people,
            by: self.me(),
            outside,
        };
        let person = row.person_id.map(PersonId);
        let series = self
            .store()
            .put_series(
                &mut tx,
                &new,
                person,
                starts.time(),
                &row.zone,
                minutes,
                &rule,
                row.made_until,
                Some(row.root_id),
            )
            .await?;
        for one in &moving {
            run!(&mut tx, "UPDATE session SET version = version WHERE id = $1", one.id)?;
            run!(&mut tx, "DELETE FROM occupancy WHERE session_id = $1", one.id)?;
        }
        let mut clashes = Vec::new();
        let mut told = false;
        for one in &moving {
            let day = day_of(one.series_on);
            let starts = match choices.get(&day) {
                Some(Choice::LeaveOut) => {
                    self.drop_session(&mut tx, SessionId(one.id), SessionState::Cancelled, reason).await?;
                    self.store().note_gap(&mut tx, series, day, "left_out").await?;
                    continue;
                }
                Some(Choice::At(starts)) => *starts,
                None => day.and_time(starts.time()),
            };
            let timing = timing(starts, &row.zone, minutes)?;
            let taken = self.store().taken(&mut tx, &holds, &timing, None, outside).await?;
            if !taken.is_free() || timing.starts_at <= self.now() {
                clashes.push(Clash { on: day, starts, taken });
                continue;
            }
            let Some(before) = sessions::load(&mut tx, SessionId(one.id)).await? else { continue };
            run!(
                &mut tx,
                "UPDATE session SET room_id = $1, link = $2, starts = $3, zone = $4, minutes = $5, starts_at = $6, ends_at = $7, zone_version = $8,
                        state = 'booked', version = version + 1, series_id = $9, series_on = $10, outside = $12 WHERE id = $11",
                room.map(|r| r.0),
                &link,
                timing.starts,
                timing.zone.name(),
                timing.minutes,
                timing.starts_at,
                timing.ends_at,
                &zone::database().version,
                series,
                day,
                one.id,
                outside
            )?;
            let id = SessionId(one.id);
            self.store().hold(&mut tx, id, &holds, &timing).await?;
            let (from, to) = (before.timing.starts_at, timing.starts_at);
            self.store().record(&mut tx, id, self.me(), "moved", reason, Some(from), Some(to)).await?;
            let occasion = if told { Occasion::Settings } else { Occasion::Moved };
            self.store().plan_session(&mut tx, id, occasion).await?;
            told = true;
        }
        if !clashes.is_empty() {
            return Ok(SeriesBooked::Taken(clashes));
        }
        // Those moved by hand go along with the series they belong to now.
        for one in ahead.iter().filter(|a| !moving.iter().any(|m| m.id == a.id)) {
            run!(
                &mut tx,
                "UPDATE session SET series_id = $1, series_on = $2 WHERE id = $3",
                series,
                day_of(one.series_on),
                one.id
            )?;
        }
        self.end(&mut tx, &row, first.series_on).await?;
        self.store().replan_before_session(&mut tx, session.client).await?;
        self.store().audit(&mut tx, Act::new(self.me(), "moved", "series", series, session.client.0)).await?;
        tx.commit().await?;
        Ok(SeriesBooked::Done(id))
    }

    /// Nothing more is made of a series, and its last day is before `from`.
    async fn end(&self, tx: &mut Tx, row: &Row, from: NaiveDate) -> Result<()> {
        run!(
            tx,
            "UPDATE series SET ended_at = COALESCE(ended_at, $1), until_on = $2, times = NULL WHERE id = $3",
            self.now(),
            from - Duration::days(1),
            row.id
        )?;
        Ok(())
    }

    /// A session that goes with others: its own mails are not sent any more.
    async fn drop_session(&self, tx: &mut Tx, id: SessionId, state: SessionState, reason: &str) -> Result<()> {
        let Some(session) = sessions::load(tx, id).await? else { return Ok(()) };
        run!(tx, "UPDATE session SET state = $1, version = version + 1 WHERE id = $2", state.word(), id.0)?;
        run!(tx, "DELETE FROM occupancy WHERE session_id = $1", id.0)?;
        let at = session.timing.starts_at;
        self.store().record(tx, id, self.me(), state.word(), reason, Some(at), None).await?;
        run!(
            tx,
            "UPDATE message SET state = 'superseded', reason = $2 WHERE session_id = $1 AND state = 'planned'",
            id.0,
            SkipReason::SessionChanged.word()
        )?;
        Ok(())
    }

    /// Cancels a session of a series and those that the cancellation reaches.
    /// How many went; `None`: not there, not of a series, or not ahead any
    /// more.
    pub async fn cancel_series(
        &self,
        id: SessionId,
        reach: Reach,
        cancellation: &Cancellation,
    ) -> Result<Option<usize>> {
        let mut tx = self.store().write().await?;
        let Some(session) = self.find(&mut tx, id).await? else { return Ok(None) };
        let Some((row, ahead)) = self.reached(&mut tx, &session, reach).await? else { return Ok(None) };
        let Some(first) = ahead.first() else { return Ok(None) };
        let notice = practice_set_up(&mut tx).await?.notice_hours;
        for one in &ahead {
            let Some(session) = sessions::load(&mut tx, SessionId(one.id)).await? else { continue };
            let state = cancellation.state(is_late(session.timing.starts_at, self.now(), notice));
            self.drop_session(&mut tx, SessionId(one.id), state, &cancellation.reason).await?;
        }
        // One notice for all; and one for each that had a notice of its own.
        for one in &ahead {
            let own = maybe!(
                &mut tx,
                (Uuid,),
                "SELECT id FROM message WHERE session_id = $1 AND kind IN ('confirmation', 'moved') AND (state IN ('sent', 'claimed') OR attempts > 0) LIMIT 1",
                one.id
            )?;
            if one.id == first.id || own.is_some() {
                self.store().plan_session(&mut tx, SessionId(one.id), Occasion::Cancelled).await?;
            }
        }
        self.end(&mut tx, &row, first.series_on).await?;
        self.store().replan_before_session(&mut tx, session.client).await?;
        self.store().audit(&mut tx, Act::new(self.me(), "cancelled", "series", row.id, session.client.0)).await?;
        tx.commit().await?;
        Ok(Some(ahead.len()))
    }

    /// Days ahead on which a series could not be booked and nobody has looked
    /// after it yet, the soonest first.
    pub async fn series_gaps(&self) -> Result<Vec<Gap>> {
        #[derive(FromRow)]
        struct Found {
            series_id: Uuid,
            on_day: NaiveDate,
            starts: NaiveTime,
            client_id: Uuid,
            clinician_id: Uuid,
            clinician_name: String,
        }
        let mut tx = self.store().read().await?;
        let today = zone::today(self.now(), &practice_set_up(&mut tx).await?.zone);
        let found = all!(
            &mut tx,
            Found,
            "SELECT g.series_id, g.on_day, s.starts, s.client_id, s.clinician_id, a.display_name AS clinician_name
             FROM series_gap g JOIN series s ON s.id = g.series_id JOIN account a ON a.id = s.clinician_id
             WHERE g.reason = 'taken' AND g.seen_at IS NULL AND g.on_day >= $1 AND s.clinician_id = COALESCE($2, s.clinician_id) ORDER BY g.on_day LIMIT 50",
            today,
            self.only.map(|a| a.0)
        )?;
        let mut gaps = Vec::new();
        for row in found {
            let client = ClientId(row.client_id);
            let names = clients::members(self.store(), &mut tx, &[client]).await?;
            gaps.push(Gap {
                series: row.series_id,
                on: row.on_day,
                starts: row.starts,
                client,
                title: domain::client::title(names.iter().map(|(_, m)| m.details.name.as_str())),
                clinician: AccountId(row.clinician_id),
                clinician_name: row.clinician_name,
            });
        }
        Ok(gaps)
    }

    /// Somebody has looked after a day on which a series could not be booked.
    pub async fn see_gap(&self, series: Uuid, on: NaiveDate) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let seen = run!(
            &mut tx,
            "UPDATE series_gap SET seen_at = COALESCE(seen_at, $1) WHERE series_id = $2 AND on_day = $3
                AND EXISTS (SELECT 1 FROM series s WHERE s.id = $2 AND s.clinician_id = COALESCE($4, s.clinician_id))",
            self.now(),
            series,
            on,
            self.only.map(|a| a.0)
        )?;
        tx.commit().await?;
        Ok(seen > 0)
    }
}
