//! Therapists' hours: weekly, from a day on, with days that are different,
//! and what they keep free around each session.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, Utc};
use domain::{
    availability::{Buffers, Exception, ExceptionKind, Hours, Week, WorkingWeek, open},
    ids::{AccountId, LocationId, SessionId},
    practice::Practice,
    session::Timing,
    zone,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Bookings, Result, Store, Tx,
    audit::Act,
    database::{all, maybe, run},
    practice::practice_set_up,
};

/// What is set for a therapist.
#[derive(Clone, Debug)]
pub struct Availability {
    pub name: String,
    /// From which day on, and the hours; the earliest first.
    pub weeks: Vec<(NaiveDate, WorkingWeek)>,
    /// Those that are not over, the soonest first.
    pub exceptions: Vec<(Uuid, Exception)>,
    pub buffers: Buffers,
    /// Sessions ahead that lie outside these hours, twenty at most.
    pub outside: Vec<(SessionId, DateTime<Utc>)>,
}

/// The hours of a therapist over some days.
pub(crate) struct Open {
    weeks: Vec<(NaiveDate, WorkingWeek)>,
    exceptions: Vec<Exception>,
    practice: Practice,
}

/// The hours of several therapists over some days.
pub(crate) struct AllOpen {
    weeks: Vec<(Uuid, NaiveDate, WorkingWeek)>,
    exceptions: Vec<ExceptionRow>,
    practice: Practice,
}

impl AllOpen {
    pub(crate) fn of(&self, clinician: Uuid) -> Open {
        let theirs = |e: &&ExceptionRow| e.account_id.is_none_or(|id| id == clinician);
        Open {
            weeks: self
                .weeks
                .iter()
                .filter(|(id, ..)| *id == clinician)
                .map(|(_, from, week)| (*from, week.clone()))
                .collect(),
            exceptions: self.exceptions.iter().filter(theirs).cloned().map(Exception::from).collect(),
            practice: self.practice.clone(),
        }
    }
}

/// Hours from a day on.
#[derive(FromRow)]
struct WeekRow {
    account_id: Uuid,
    from_on: NaiveDate,
    hours: Json<Week>,
    at_locations: Json<BTreeMap<LocationId, Week>>,
}

impl WeekRow {
    fn week(self) -> WorkingWeek {
        WorkingWeek { anywhere: self.hours.0, at: self.at_locations.0 }
    }
}

#[derive(Clone, FromRow)]
struct ExceptionRow {
    id: Uuid,
    account_id: Option<Uuid>,
    first_on: NaiveDate,
    last_on: NaiveDate,
    starts: Option<NaiveTime>,
    ends: Option<NaiveTime>,
    #[sqlx(try_from = "String")]
    kind: ExceptionKind,
    reason: String,
}

impl From<ExceptionRow> for Exception {
    fn from(row: ExceptionRow) -> Self {
        Self {
            first: row.first_on,
            last: row.last_on,
            hours: row.starts.zip(row.ends).map(|(from, until)| Hours { from, until }),
            kind: row.kind,
            of_all: row.account_id.is_none(),
            reason: row.reason,
        }
    }
}

impl Open {
    fn week(&self, date: NaiveDate) -> Option<&WorkingWeek> {
        self.weeks.iter().rev().find(|(from, _)| *from <= date).map(|(_, week)| week)
    }

    /// Whether it matters where a session is.
    pub(crate) fn by_location(&self) -> bool {
        self.weeks.iter().any(|(_, week)| !week.at.is_empty())
    }

    /// The hours in which free times are offered on a day, for the rooms of a
    /// location or for any place: where nothing is set, the practice's.
    pub(crate) fn on(&self, date: NaiveDate, location: Option<LocationId>) -> Vec<Hours> {
        let week = match self.week(date) {
            Some(week) => week.on(date.weekday(), location),
            None => Week::of_practice(&self.practice.open_days, self.practice.opens, self.practice.closes)
                .on(date.weekday())
                .to_vec(),
        };
        open(date, &week, &self.exceptions)
    }

    /// Whether a session lies within the hours at the location of its room,
    /// or anywhere. Where no week is set, only an absence is outside.
    pub(crate) fn holds(&self, timing: &Timing, location: Option<LocationId>) -> bool {
        let zone = &self.practice.zone;
        let (from, until) = (zone::wall_time(timing.starts_at, zone), zone::wall_time(timing.ends_at, zone));
        let date = from.date();
        let all_day = [Hours { from: NaiveTime::MIN, until: END_OF_DAY }];
        let week = self.week(date).map_or(all_day.to_vec(), |week| week.on(date.weekday(), location));
        let untouched = self.week(date).is_none() && !self.exceptions.iter().any(|e| e.covers(date));
        if untouched {
            return true;
        }
        // Over midnight: up to the end of the day.
        let until = if until.date() == date { until.time() } else { END_OF_DAY };
        open(date, &week, &self.exceptions).iter().any(|h| h.from <= from.time() && until <= h.until)
    }
}

const END_OF_DAY: NaiveTime = match NaiveTime::from_hms_opt(23, 59, 59) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

impl Store {
    /// A therapist's hours over some days.
    pub(crate) async fn hours_of(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        clinician: Uuid,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Open> {
        Ok(self.hours(tx, practice, Some(clinician), first, last).await?.of(clinician))
    }

    /// The hours of one therapist, or of all of them, over some days.
    pub(crate) async fn hours(
        &self,
        tx: &mut Tx,
        practice: &Practice,
        clinician: Option<Uuid>,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<AllOpen> {
        let exceptions = all!(
            tx,
            ExceptionRow,
            "SELECT id, account_id, first_on, last_on, starts, ends, kind, reason FROM hours_exception
             WHERE last_on >= $1 AND first_on <= $2 AND (account_id IS NULL OR account_id = COALESCE($3, account_id))",
            first,
            last,
            clinician
        )?;
        let weeks = all!(
            tx,
            WeekRow,
            "SELECT account_id, from_on, hours, at_locations FROM working_week WHERE account_id = COALESCE($1, account_id) ORDER BY from_on",
            clinician
        )?;
        let weeks = weeks.into_iter().map(|row| (row.account_id, row.from_on, row.week())).collect();
        Ok(AllOpen { weeks, exceptions, practice: practice.clone() })
    }

    pub(crate) async fn buffers(&self, tx: &mut Tx, clinician: AccountId) -> Result<Buffers> {
        let row = maybe!(tx, (i64, i64), "SELECT buffer_before, buffer_after FROM account WHERE id = $1", clinician.0)?;
        Ok(row.map_or_else(Buffers::default, |(before, after)| Buffers { before, after }))
    }
}

/// The weeks that hold today or will, of everyone, with whose they are.
pub(crate) async fn all_weeks(tx: &mut Tx, today: NaiveDate) -> Result<Vec<(String, WorkingWeek)>> {
    let rows = all!(
        tx,
        WeekRow,
        "SELECT account_id, from_on, hours, at_locations FROM working_week w
         WHERE from_on > $1 OR from_on = (SELECT max(from_on) FROM working_week h WHERE h.account_id = w.account_id AND h.from_on <= $1)",
        today
    )?;
    let names: HashMap<Uuid, String> =
        all!(tx, (Uuid, String), "SELECT id, display_name FROM account")?.into_iter().collect();
    let mut weeks: Vec<(String, WorkingWeek)> =
        rows.into_iter().map(|row| (names.get(&row.account_id).cloned().unwrap_or_default(), row.week())).collect();
    weeks.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(weeks)
}

impl Bookings {
    /// A therapist of this scope, by name.
    async fn therapist(&self, tx: &mut Tx, clinician: AccountId) -> Result<Option<String>> {
        if self.only.is_some_and(|only| only != clinician) {
            return Ok(None);
        }
        let row = maybe!(
            tx,
            (String,),
            "SELECT a.display_name FROM account a JOIN account_role r ON r.account_id = a.id AND r.role = 'clinician' WHERE a.id = $1",
            clinician.0
        )?;
        Ok(row.map(|(name,)| name))
    }

    /// What a therapist of this scope is called.
    pub async fn therapist_name(&self, clinician: AccountId) -> Result<Option<String>> {
        let mut tx = self.store().read().await?;
        self.therapist(&mut tx, clinician).await
    }

    /// What is set for a therapist. `None`: not of this scope.
    pub async fn availability(&self, clinician: AccountId) -> Result<Option<Availability>> {
        let mut tx = self.store().read().await?;
        let Some(name) = self.therapist(&mut tx, clinician).await? else { return Ok(None) };
        let practice = practice_set_up(&mut tx).await?;
        let zone = practice.zone.clone();
        let today = zone::today(self.now(), &zone);
        let rows = all!(
            &mut tx,
            ExceptionRow,
            "SELECT id, account_id, first_on, last_on, starts, ends, kind, reason FROM hours_exception
             WHERE last_on >= $1 AND (account_id IS NULL OR account_id = $2) ORDER BY first_on, id LIMIT 200",
            today,
            clinician.0
        )?;
        let hours = self
            .store()
            .hours_of(&mut tx, &practice, clinician.0, today, today + chrono::Duration::days(3 * 366))
            .await?;
        let sessions = all!(
            &mut tx,
            (Uuid, chrono::NaiveDateTime, i64, DateTime<Utc>, DateTime<Utc>, Option<Uuid>),
            "SELECT s.id, s.starts, s.minutes, s.starts_at, s.ends_at, r.location_id FROM session s LEFT JOIN room r ON r.id = s.room_id
             WHERE s.clinician_id = $1 AND s.starts_at > $2 AND s.state IN ('booked', 'arrived') AND NOT s.outside ORDER BY s.starts_at LIMIT 1000",
            clinician.0,
            self.now()
        )?;
        let outside = sessions
            .into_iter()
            .map(|(id, starts, minutes, starts_at, ends_at, location)| {
                let timing = Timing { starts, zone: zone.clone(), minutes, starts_at, ends_at };
                (SessionId(id), timing, location.map(LocationId))
            })
            .filter(|(_, timing, location)| !hours.holds(timing, *location))
            .map(|(id, timing, _)| (id, timing.starts_at))
            .take(20)
            .collect();
        Ok(Some(Availability {
            name,
            weeks: hours.weeks,
            exceptions: rows.into_iter().map(|row| (row.id, row.into())).collect(),
            buffers: self.store().buffers(&mut tx, clinician).await?,
            outside,
        }))
    }

    /// Sets the hours that hold from a day on, in place of what was set for
    /// that very day.
    pub async fn set_week(
        &self,
        clinician: AccountId,
        from: NaiveDate,
        week: &WorkingWeek,
        buffers: Buffers,
    ) -> Result<bool> {
        let mut tx = self.store().write().await?;
        if self.therapist(&mut tx, clinician).await?.is_none() {
            return Ok(false);
        }
        run!(
            &mut tx,
            "INSERT INTO working_week (id, account_id, from_on, hours, at_locations, set_by, set_at) VALUES ($1, $2, $3, $4, $7, $5, $6)
             ON CONFLICT (account_id, from_on) DO UPDATE SET hours = excluded.hours, at_locations = excluded.at_locations, set_by = excluded.set_by, set_at = excluded.set_at",
            self.store().clock().id(),
            clinician.0,
            from,
            Json(&week.anywhere),
            self.me().0,
            self.now(),
            Json(&week.at)
        )?;
        run!(
            &mut tx,
            "UPDATE account SET buffer_before = $1, buffer_after = $2 WHERE id = $3",
            buffers.before,
            buffers.after,
            clinician.0
        )?;
        self.record_hours(&mut tx, "set", clinician.0).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Takes back the hours that hold from a day on: what held before goes on.
    pub async fn remove_week(&self, clinician: AccountId, from: NaiveDate) -> Result<bool> {
        let mut tx = self.store().write().await?;
        if self.therapist(&mut tx, clinician).await?.is_none() {
            return Ok(false);
        }
        let gone = run!(&mut tx, "DELETE FROM working_week WHERE account_id = $1 AND from_on = $2", clinician.0, from)?;
        self.record_hours(&mut tx, "removed", clinician.0).await?;
        tx.commit().await?;
        Ok(gone > 0)
    }

    /// Notes days that are different. The whole practice's are the desk's to
    /// set.
    pub async fn add_exception(&self, clinician: AccountId, exception: &Exception) -> Result<bool> {
        Ok(self.add_exceptions(clinician, std::slice::from_ref(exception)).await?.is_some())
    }

    /// Notes many at once; how many of them are new, for what stands already
    /// is not noted again. `None`: not of this scope.
    pub async fn add_exceptions(&self, clinician: AccountId, exceptions: &[Exception]) -> Result<Option<usize>> {
        let mut tx = self.store().write().await?;
        if self.therapist(&mut tx, clinician).await?.is_none()
            || (!self.is_desk() && exceptions.iter().any(|e| e.of_all))
        {
            return Ok(None);
        }
        let mut new = 0;
        for exception in exceptions {
            let whose = (!exception.of_all).then_some(clinician.0);
            let standing = all!(
                &mut tx,
                ExceptionRow,
                "SELECT id, account_id, first_on, last_on, starts, ends, kind, reason FROM hours_exception WHERE last_on = $1 AND first_on = $2",
                exception.last,
                exception.first
            )?;
            if standing.into_iter().any(|row| row.account_id == whose && Exception::from(row) == *exception) {
                continue;
            }
            let id = self.store().clock().id();
            run!(
                &mut tx,
                "INSERT INTO hours_exception (id, account_id, first_on, last_on, starts, ends, kind, reason, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                id,
                whose,
                exception.first,
                exception.last,
                exception.hours.map(|h| h.from),
                exception.hours.map(|h| h.until),
                exception.kind.word(),
                &exception.reason,
                self.me().0,
                self.now()
            )?;
            self.record_hours(&mut tx, "set", id).await?;
            new += 1;
        }
        tx.commit().await?;
        Ok(Some(new))
    }

    /// Takes days that are different back.
    pub async fn remove_exception(&self, id: Uuid) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let gone = match self.only {
            None => run!(&mut tx, "DELETE FROM hours_exception WHERE id = $1", id)?,
            Some(me) => run!(&mut tx, "DELETE FROM hours_exception WHERE id = $1 AND account_id = $2", id, me.0)?,
        };
        if gone > 0 {
            self.record_hours(&mut tx, "removed", id).await?;
            tx.commit().await?;
        }
        Ok(gone > 0)
    }

    /// What is different between two days, for the heads of the calendar's
    /// columns; the whole practice's have no therapist.
    pub async fn exceptions(&self, first: NaiveDate, last: NaiveDate) -> Result<Vec<(Option<AccountId>, Exception)>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            ExceptionRow,
            "SELECT id, account_id, first_on, last_on, starts, ends, kind, reason FROM hours_exception
             WHERE last_on >= $1 AND first_on <= $3 AND (account_id IS NULL OR account_id = COALESCE($2, account_id)) ORDER BY starts, id",
            first,
            self.only.map(|a| a.0),
            last
        )?;
        Ok(rows.into_iter().map(|row| (row.account_id.map(AccountId), row.into())).collect())
    }

    async fn record_hours(&self, tx: &mut Tx, action: &str, id: Uuid) -> Result<()> {
        let act = Act { by: Some(self.me()), action, thing: "hours", id: Some(id), client: None, detail: "" };
        self.store().audit(tx, act).await
    }
}
