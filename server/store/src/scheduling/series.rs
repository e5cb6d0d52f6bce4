//! Series: sessions that repeat, booked, moved and cancelled together.
//!
//! A series stores its rule as wall time and zone. Its sessions are rows like
//! any other, so the calendar, the database constraint and the reminders need
//! not know about series. Conflicts are listed before anything is written, with
//! a choice for each day. A series without an end is booked half a year ahead,
//! and a worker extends it as time passes.

mod change;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use domain::{
    clients::person::Zone,
    ids::{AccountId, ClientId, PersonId, RoomId, SessionId},
    outbox::reminder::{Occasion, Recipient},
    practice::hours::Buffers,
    scheduling::{
        series::{AHEAD, End, Recurrence, SeriesRule},
        session::{NewSession, Override, SessionKind, Timing},
    },
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    After, Bookings, Paged, Result, Store, Tx, Worker,
    audit::{Act, AuditAction, AuditThing},
    clients::client::{self, PersonRow, person_columns},
    database::{all, maybe, run},
    exercises::nudges,
    limits::{EXTENDED_AT_ONCE, GAPS},
    practice::settings::practice_set_up,
    scheduling::{
        holds::{Conflicts, Hold, occupancies_of},
        sessions::{
            self, BookingCheck, BookingHolds, FieldError, OverrideOutcome, SessionToStore, SessionView, timing_at,
        },
    },
    unreadable::{self, fetched},
};

/// What to do with a day of a series on which there is a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Leave this day out.
    LeaveOut,
    /// Book over the conflict on purpose, for the reason that the booking
    /// names. It covers only the conflict that the user saw, identified by this
    /// mark ([`Taken::seen`]).
    Override(u64),
    /// Book it at this time instead. It is an instant, because a wall time can
    /// occur twice.
    OtherTime(DateTime<Utc>),
}

/// The choices, by the day that the rule gives.
pub type Choices = BTreeMap<NaiveDate, Choice>;

/// A day of a series on which there is or was a conflict. A day with a choice
/// stays in the list until the series is booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    pub on: NaiveDate,
    pub starts: NaiveDateTime,
    pub taken: Conflicts,
    /// The time is in the past: the session can no longer be booked.
    pub past: bool,
    /// The mark of the conflict, if the user may book over it.
    pub seen: Option<u64>,
    /// The choice for this day, if it can be carried out.
    pub settled: Option<Choice>,
}

/// The outcome of booking or moving a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeriesBooked {
    /// It is booked; this is its first session.
    Done(SessionId),
    /// Nothing is written: the days of this list that are not settled need a
    /// choice.
    Taken(Vec<Clash>),
    /// A field names something that does not exist, or cannot be changed.
    Invalid(FieldError),
}

/// A series as the page of one of its sessions shows it.
#[derive(Clone, Debug)]
pub struct SeriesView {
    pub rule: SeriesRule,
    /// No more sessions are made of it.
    pub ended: bool,
    /// How many of its sessions are in the future.
    pub ahead: i64,
    /// Future days without a session, and whether the user chose to leave them
    /// out.
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
    fn rule(&self) -> SeriesRule {
        let weeks = self.every_weeks.and_then(|n| u16::try_from(n).ok());
        SeriesRule {
            first: self.first_on,
            recurrence: weeks.map_or(Recurrence::MonthlyByWeekday, Recurrence::Weeks),
            end: match (self.times.and_then(|n| u16::try_from(n).ok()), self.until_on) {
                (Some(times), _) => End::Times(times),
                (None, Some(day)) => End::Until(day),
                (None, None) => End::Never,
            },
        }
    }

    /// The people who attend its sessions now: those of the client who have not
    /// left, or the one person it is for.
    async fn people(&self, tx: &mut Tx) -> Result<Vec<Recipient>> {
        let people = all!(
            tx,
            PersonRow,
            concat!(
                "SELECT ",
                person_columns!(),
                " FROM client_member m JOIN client c ON c.id = m.client_id AND c.archived_at IS NULL
                   JOIN person p ON p.id = m.person_id
                 WHERE m.client_id = $1 AND m.left_at IS NULL AND m.person_id = COALESCE($2, m.person_id)
                 ORDER BY m.seat"
            ),
            self.client_id,
            self.person_id
        )?;
        Ok(people.iter().map(PersonRow::recipient).collect())
    }
}

/// The series with this id, if there is one.
async fn load(tx: &mut Tx, id: Uuid) -> Result<Option<Row>> {
    Ok(maybe!(
        tx,
        Row,
        "SELECT id, root_id, outside, client_id, clinician_id, room_id, link, kind, person_id, starts, zone, minutes,
             every_weeks, first_on, until_on, times, made_until, created_by, ended_at
         FROM series WHERE id = $1",
        id
    )?)
}

/// How many times the booking of a series is tried while others book its days at
/// the same moment.
const TRIES: usize = 4;

/// Locks the therapist, the room and the people on PostgreSQL, so that of two
/// series with the same people one waits for the other: without this, each
/// could get some of the days and wait for the rest. On SQLite all writers take
/// turns anyway.
async fn lock_holds(tx: &mut Tx, holds: &[Hold]) -> Result<()> {
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

/// The timing of a session of a series on one day. If the clocks skip its wall
/// time, the session starts that much later. If the wall time occurs twice,
/// `fold` chooses (the user is asked only for the first session), and without
/// it the earlier one counts.
fn timing(starts: NaiveDateTime, zone: &Zone, minutes: i64, fold: Option<u8>) -> Result<Timing> {
    let starts = match zone::instants_of(starts, zone)? {
        zone::WallInstants::Never { next, .. } => next,
        zone::WallInstants::Once(_) | zone::WallInstants::Twice { .. } => starts,
    };
    sessions::timing(starts, zone, minutes, fold)
}

impl Store {
    /// Stores a series and returns its id. `root` is the first series of a
    /// chain of moved series; `None`: this one is the first.
    #[expect(clippy::too_many_arguments, reason = "a row's columns")]
    async fn put_series(
        &self,
        tx: &mut Tx,
        new: &SessionToStore<'_>,
        person: Option<PersonId>,
        starts: NaiveTime,
        zone: &Zone,
        minutes: i64,
        rule: &SeriesRule,
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
            "INSERT INTO series (id, client_id, clinician_id, room_id, link, kind, person_id, starts, zone, minutes,
                 every_weeks, first_on, until_on, times, made_until, created_by, created_at, root_id, outside)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
            id,
            new.client.0,
            new.clinician.0,
            new.room.map(|r| r.0),
            new.link,
            new.kind.word(),
            person.map(|p| p.0),
            starts,
            zone.name(),
            minutes,
            every_weeks,
            rule.first,
            until_on,
            times,
            made_until,
            new.by.0,
            self.now(),
            root.unwrap_or(id),
            new.outside
        )?;
        Ok(id)
    }

    /// Records a day without a session. `reason` is `taken` or `left_out`.
    async fn note_gap(&self, tx: &mut Tx, series: Uuid, on: NaiveDate, reason: &str) -> Result<()> {
        run!(
            tx,
            "INSERT INTO series_gap (series_id, on_day, reason, noted_at)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
            series,
            on,
            reason,
            self.now()
        )?;
        Ok(())
    }

    /// Series without an end whose sessions do not reach the day `horizon`,
    /// those that reach least far first, with how far they reach. The next
    /// query begins after the last of them, so that a series that cannot be
    /// extended is not found again.
    async fn series_to_extend(&self, horizon: NaiveDate, after: Option<After>) -> Result<Paged<(Uuid, NaiveDate)>> {
        let after = after.unwrap_or(After::START);
        let mut tx = self.read().await?;
        let rows = all!(
            &mut tx,
            (Uuid, NaiveDate),
            "SELECT id, made_until FROM series
             WHERE ended_at IS NULL AND until_on IS NULL AND times IS NULL AND made_until < $1
                AND (made_until, id) > ($2, $3) ORDER BY made_until, id LIMIT $4",
            horizon,
            after.at.date_naive(),
            after.id,
            EXTENDED_AT_ONCE + 1
        )?;
        Ok(Paged::of(rows, EXTENDED_AT_ONCE, |(id, until)| After::day(*until, *id)))
    }

    /// Makes the sessions of one series up to `horizon` and returns how many. A
    /// day with a conflict is recorded as a gap. A series without people or
    /// without its therapist ends.
    async fn extend(&self, id: Uuid, horizon: NaiveDate) -> Result<usize> {
        let mut tx = self.write_occupancies(false).await?;
        // Of two processes, the second waits here and finds the sessions made.
        run!(&mut tx, "UPDATE series SET minutes = minutes WHERE id = $1", id)?;
        let Some(row) = load(&mut tx, id).await?.filter(|r| r.ended_at.is_none() && r.made_until < horizon) else {
            return Ok(0);
        };
        let (clinician, room) = (AccountId(row.clinician_id), row.room_id.map(RoomId));
        let ids = |people: &[Recipient]| people.iter().map(|p| p.person).collect::<Vec<_>>();
        let before = ids(&row.people(&mut tx).await?);
        lock_holds(&mut tx, &occupancies_of(clinician, Buffers::default(), room, &before)).await?;
        // People may have changed their settings while this waited for the
        // lock.
        let people = row.people(&mut tx).await?;
        let works =
            maybe!(&mut tx, (Uuid,), "SELECT id FROM account WHERE id = $1 AND disabled_at IS NULL", row.clinician_id)?;
        if people.is_empty() || works.is_none() {
            run!(&mut tx, "UPDATE series SET ended_at = $1 WHERE id = $2", self.now(), id)?;
            tx.commit().await?;
            return Ok(0);
        }
        let holds = self.holds(&mut tx, clinician, room, &ids(&people)).await?;
        let new = SessionToStore {
            client: ClientId(row.client_id),
            clinician,
            room,
            link: &row.link,
            kind: row.kind,
            people: &people,
            by: AccountId(row.created_by),
            outside: row.outside,
            over: None,
        };
        let practice = practice_set_up(&mut tx).await?;
        let mut made = 0;
        for day in row.rule().dates_to_book(horizon).into_iter().filter(|day| *day > row.made_until) {
            let timing = timing(day.and_time(row.starts), &row.zone, row.minutes, None)?;
            if timing.starts_at <= self.now() {
                continue;
            }
            let absent = !row.outside && self.is_absent(&mut tx, &practice, &holds, &timing).await?;
            if absent || self.has_conflict(&mut tx, &holds, &timing).await? {
                self.note_gap(&mut tx, id, day, "taken").await?;
                continue;
            }
            let (key, series) = (self.clock().id(), Some((id, day)));
            self.put_session(&mut tx, &practice, &new, &holds, &timing, key, series, Occasion::Settings).await?;
            made += 1;
        }
        run!(&mut tx, "UPDATE series SET made_until = $1 WHERE id = $2", horizon, id)?;
        if made > 0 {
            nudges::replan_before_session(self, &mut tx, ClientId(row.client_id)).await?;
        }
        tx.commit().await?;
        Ok(made)
    }
}

impl Worker {
    /// Makes the sessions of series without an end that have come within reach,
    /// and returns how many. Several processes may do this at the same time.
    pub async fn extend_series(&self) -> Result<usize> {
        let mut look = self.read().await?;
        // Before the practice is set up, nothing is booked.
        let Some(practice) = crate::practice::settings::practice(&mut look).await? else { return Ok(0) };
        let horizon = zone::date_of(self.now(), &practice.zone) + AHEAD;
        drop(look);
        let (mut made, mut after) = (0, None);
        loop {
            let Paged { rows, more } = self.series_to_extend(horizon, after).await?;
            for (id, _) in rows {
                match self.extend(id, horizon).await {
                    Ok(more) => made += more,
                    // One that fails does not stop the others.
                    Err(error) => tracing::error!(%error, series = %id, "its sessions cannot be made"),
                }
            }
            if more.is_none() {
                return Ok(made);
            }
            after = more;
        }
    }
}

impl Bookings {
    /// Books a series: all of its sessions, or none if there is a conflict on a
    /// day without a choice.
    pub async fn book_series(
        &self,
        new: &NewSession,
        rule: &SeriesRule,
        zone: &Zone,
        choices: &Choices,
    ) -> Result<SeriesBooked> {
        for _ in 1..TRIES {
            match self.try_book_series(new, rule, zone, choices).await {
                // Another booking was a moment earlier: its conflict is now in
                // the list.
                Err(error) if error.is_overlap() || error.is_unique() => {}
                result => return result,
            }
        }
        self.try_book_series(new, rule, zone, choices).await
    }

    async fn try_book_series(
        &self,
        new: &NewSession,
        rule: &SeriesRule,
        zone: &Zone,
        choices: &Choices,
    ) -> Result<SeriesBooked> {
        let mut tx = self.store().write_occupancies(new.over.is_some()).await?;
        if let Some(id) = self.booked_with_key(&mut tx, new.key).await? {
            return Ok(SeriesBooked::Done(id));
        }
        let practice = practice_set_up(&mut tx).await?;
        if let BookingCheck::Fits(held) = self.booking_holds(&mut tx, &practice, new).await? {
            lock_holds(&mut tx, &held.holds).await?;
        }
        // While this waited for the lock, people may have left the client or
        // changed their settings.
        let BookingHolds { people, room, link, holds } = match self.booking_holds(&mut tx, &practice, new).await? {
            BookingCheck::Fits(held) => held,
            BookingCheck::Invalid(error) => return Ok(SeriesBooked::Invalid(error)),
        };
        let horizon = zone::date_of(self.now(), zone) + AHEAD;
        let fresh = SessionToStore {
            client: new.client,
            clinician: new.clinician,
            room,
            link: &link,
            kind: new.kind,
            people: &people,
            by: self.me(),
            outside: new.outside,
            over: None,
        };
        let time = new.starts.time();
        let series = self
            .store()
            .put_series(&mut tx, &fresh, new.attendee, time, zone, new.minutes, rule, horizon.max(rule.first), None)
            .await?;
        let mut clashes = Vec::new();
        let mut first: Option<SessionId> = None;
        for day in rule.dates_to_book(horizon.max(rule.first)) {
            let choice = choices.get(&day).copied();
            let timing = match choice {
                Some(Choice::OtherTime(at)) => timing_at(at, zone, new.minutes)?,
                Some(Choice::LeaveOut | Choice::Override(_)) | None => {
                    let starts = day.and_time(time);
                    timing(starts, zone, new.minutes, new.fold.filter(|_| starts == new.starts))?
                }
            };
            if choice == Some(Choice::LeaveOut) {
                self.store().note_gap(&mut tx, series, day, "left_out").await?;
                clashes.push(self.clash(day, &timing, Conflicts::default(), choice));
                continue;
            }
            let taken =
                self.store().conflicts(&mut tx, &practice, &holds, &timing, None, new.outside, self.only).await?;
            let mut here = holds.clone();
            let over = match self.accept_override_for_day(&taken, &mut here, &timing, choice, new.over.as_ref()) {
                OverrideOutcome::Free => None,
                OverrideOutcome::Accepted { reason } => Some(reason),
                OverrideOutcome::Refused => {
                    clashes.push(self.clash(day, &timing, taken, None));
                    continue;
                }
            };
            if choice.is_some() {
                clashes.push(self.clash(day, &timing, taken, choice));
            }
            let (key, occasion) = match first {
                // One notice names all sessions of the series.
                None => (new.key, Occasion::Booked),
                Some(_) => (self.store().clock().id(), Occasion::Settings),
            };
            let of = Some((series, day));
            let fresh = SessionToStore { over, ..fresh };
            let id = self.store().put_session(&mut tx, &practice, &fresh, &here, &timing, key, of, occasion).await?;
            first.get_or_insert(id);
        }
        if clashes.iter().any(|clash| clash.settled.is_none()) {
            return Ok(SeriesBooked::Taken(clashes));
        }
        let Some(first) = first else {
            return Ok(SeriesBooked::Invalid(FieldError::new(
                "repeat",
                "Every date of this series is skipped. Keep at least one.",
            )));
        };
        nudges::replan_before_session(self.store(), &mut tx, new.client).await?;
        self.store()
            .record(
                &mut tx,
                Act::by(self.me(), AuditAction::Booked, AuditThing::Series).id(series).client(new.client.0),
            )
            .await?;
        tx.commit().await?;
        Ok(SeriesBooked::Done(first))
    }

    fn clash(&self, on: NaiveDate, timing: &Timing, taken: Conflicts, settled: Option<Choice>) -> Clash {
        let past = timing.starts_at <= self.now();
        let seen = (!past && self.may_override(&taken)).then_some(taken.fingerprint);
        Clash { on, starts: timing.starts, taken, past, seen, settled }
    }

    /// Checks that the override the user confirmed (`choice`) matches the
    /// current conflict (`taken`), and marks the `holds` in conflict if it
    /// does. A day in the past is refused.
    fn accept_override_for_day<'a>(
        &self,
        taken: &Conflicts,
        holds: &mut [Hold],
        timing: &Timing,
        choice: Option<Choice>,
        over: Option<&'a Override>,
    ) -> OverrideOutcome<'a> {
        if timing.starts_at <= self.now() {
            return OverrideOutcome::Refused;
        }
        let reason = over.map(|over| over.reason.as_str());
        self.accept_override(taken, holds, reason.filter(|_| choice == Some(Choice::Override(taken.fingerprint))))
    }

    /// The series of a session of this scope. `None`: the session belongs to
    /// none.
    pub async fn series_of(&self, session: &SessionView) -> Result<Option<SeriesView>> {
        let Some((id, _)) = session.series else { return Ok(None) };
        let mut tx = self.store().read().await?;
        let Some(row) = load(&mut tx, id).await? else { return Ok(None) };
        let today = zone::date_of(self.now(), &row.zone);
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
            "SELECT g.on_day, g.reason FROM series_gap g JOIN series s ON s.id = g.series_id
             WHERE g.series_id = $1 AND g.on_day >= $2 AND g.on_day <= COALESCE(s.until_on, g.on_day)
             ORDER BY g.on_day",
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

    /// A page of the future days on which a series could not be booked and that
    /// nobody has dealt with yet, the soonest first.
    pub async fn series_gaps(&self, after: Option<After>) -> Result<Paged<Gap>> {
        let after = after.unwrap_or(After::START);
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
        let today = zone::date_of(self.now(), &practice_set_up(&mut tx).await?.zone);
        let found = fetched!(
            &mut tx,
            Found,
            "SELECT g.series_id, g.on_day, s.starts, s.client_id, s.clinician_id, a.display_name AS clinician_name
             FROM series_gap g JOIN series s ON s.id = g.series_id JOIN account a ON a.id = s.clinician_id
                JOIN client c ON c.id = s.client_id AND c.archived_at IS NULL
             WHERE g.reason = 'taken' AND g.seen_at IS NULL AND g.on_day >= $1
               AND g.on_day <= COALESCE(s.until_on, g.on_day) AND s.clinician_id = COALESCE($2, s.clinician_id)
                AND (g.on_day, g.series_id) > ($3, $4) ORDER BY g.on_day, g.series_id LIMIT $5",
            today,
            self.only.map(|a| a.0),
            after.at.date_naive(),
            after.id,
            GAPS + 1
        )?;
        let Paged { rows, more } = Paged::of(found, GAPS, |row| After::day(row.on_day, row.series_id));
        let mut gaps = Vec::new();
        for row in rows {
            let client = ClientId(row.client_id);
            let names = client::members_of(self.store(), &mut tx, &[client]).await;
            let Some(names) = unreadable::or_skip(names)? else { continue };
            gaps.push(Gap {
                series: row.series_id,
                on: row.on_day,
                starts: row.starts,
                client,
                title: domain::clients::client::title(names.iter().map(|(_, m)| m.details.name.as_str())),
                clinician: AccountId(row.clinician_id),
                clinician_name: row.clinician_name,
            });
        }
        Ok(Paged { rows: gaps, more })
    }

    /// How many future days there are on which a series could not be booked and
    /// that nobody has dealt with yet.
    pub async fn series_gaps_count(&self) -> Result<usize> {
        let mut tx = self.store().read().await?;
        let today = zone::date_of(self.now(), &practice_set_up(&mut tx).await?.zone);
        let row = maybe!(
            &mut tx,
            (i64,),
            "SELECT count(*)
             FROM series_gap g JOIN series s ON s.id = g.series_id
               JOIN client c ON c.id = s.client_id AND c.archived_at IS NULL
             WHERE g.reason = 'taken' AND g.seen_at IS NULL AND g.on_day >= $1
               AND g.on_day <= COALESCE(s.until_on, g.on_day) AND s.clinician_id = COALESCE($2, s.clinician_id)",
            today,
            self.only.map(|a| a.0)
        )?;
        Ok(row.and_then(|(n,)| usize::try_from(n).ok()).unwrap_or_default())
    }

    /// Records that somebody has dealt with a day on which a series could not
    /// be booked. `false`: there is no such day in this scope.
    pub async fn settle_gap(&self, series: Uuid, on: NaiveDate) -> Result<bool> {
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
