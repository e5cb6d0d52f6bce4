//! Therapists' hours: the weekly hours that apply from a day on, the days with
//! other hours, and the buffers that a therapist keeps free around each
//! session.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, Utc};
use domain::{
    clients::person::Zone,
    ids::{AccountId, LocationId, SessionId},
    practice::{
        hours::{Buffers, Exception, ExceptionKind, Hours, Week, WorkingWeek, open_hours},
        settings::Practice,
    },
    scheduling::{
        outside::{Opening, OutsideReason},
        session::Timing,
    },
    span::Span,
    zone,
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    After, Bookings, Paged, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    bin::{Binned, BinnedException, BinnedWeek},
    database::{all, maybe, run},
    limits::{COMPARED_AT_ONCE, EXCEPTIONS, OUTSIDE},
    practice::settings::practice_set_up,
    unreadable::{Lenient, fetched, legible},
};

/// The hours that are set for a therapist.
#[derive(Clone, Debug)]
pub struct HoursView {
    pub name: String,
    /// The weekly hours with the day from which each applies, the earliest
    /// first.
    pub weeks: Vec<(NaiveDate, WorkingWeek)>,
    /// A page of the exceptions that are not over, the soonest first.
    pub exceptions: Paged<(Uuid, Exception)>,
    pub buffers: Buffers,
    /// A page of the sessions to come that are outside these hours, the soonest
    /// first.
    pub outside: Paged<(SessionId, DateTime<Utc>)>,
}

/// The hours of one therapist over some days.
pub(crate) struct ClinicianHours {
    weeks: Vec<(NaiveDate, WorkingWeek)>,
    exceptions: Vec<Exception>,
    practice: Practice,
}

/// The hours of several therapists over some days.
pub(crate) struct PracticeHours {
    weeks: Vec<(Uuid, NaiveDate, WorkingWeek)>,
    exceptions: Vec<ExceptionRow>,
    practice: Practice,
}

impl PracticeHours {
    /// The hours of one of these therapists.
    pub(crate) fn of(&self, clinician: Uuid) -> ClinicianHours {
        let theirs = |e: &&ExceptionRow| e.account_id.is_none_or(|id| id == clinician);
        ClinicianHours {
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

/// Weekly hours of a therapist from a day on.
#[derive(FromRow)]
struct WeekRow {
    account_id: Uuid,
    from_on: NaiveDate,
    hours: Lenient<Week>,
    at_locations: Lenient<BTreeMap<LocationId, Week>>,
}

impl WeekRow {
    /// The hours at any location and at each location.
    fn week(self) -> WorkingWeek {
        WorkingWeek { anywhere: self.hours.0, at: self.at_locations.0 }
    }
}

/// Days with other hours, of one therapist or (`account_id` is `None`) of all.
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
            whole_practice: row.account_id.is_none(),
            reason: row.reason,
        }
    }
}

impl ClinicianHours {
    /// The weekly hours that apply on a day; `None`: none are set.
    fn week(&self, date: NaiveDate) -> Option<&WorkingWeek> {
        self.weeks.iter().rev().find(|(from, _)| *from <= date).map(|(_, week)| week)
    }

    /// Whether the hours differ between locations.
    pub(crate) fn by_location(&self) -> bool {
        self.weeks.iter().any(|(_, week)| !week.at.is_empty())
    }

    /// The weekly hours of a day in the rooms of a location or (`None`)
    /// anywhere. Where no weekly hours are set, these are the opening hours of
    /// the practice.
    fn weekly(&self, date: NaiveDate, location: Option<LocationId>) -> Vec<Hours> {
        match self.week(date) {
            Some(week) => week.on(date.weekday(), location),
            None => Week::of_practice(&self.practice.open_days, self.practice.opens, self.practice.closes)
                .on(date.weekday())
                .to_vec(),
        }
    }

    /// The hours in which free times are offered on a day, in the rooms of a
    /// location or (`None`) anywhere.
    pub(crate) fn on(&self, date: NaiveDate, location: Option<LocationId>) -> Vec<Hours> {
        open_hours(date, &self.weekly(date, location), &self.exceptions)
    }

    /// Whether a session is within the hours at the location of its room, or
    /// anywhere (`None`). Free times are offered from the same hours, so none
    /// of them is refused here.
    pub(crate) fn holds(&self, timing: &Timing, location: Option<LocationId>) -> Result<bool> {
        let week = |date| self.weekly(date, location);
        let opening = Opening { week: &week, exceptions: &self.exceptions, zone: &self.practice.zone };
        Ok(opening.is_open(Span { from: timing.starts_at, until: timing.ends_at })?)
    }

    /// Whether the therapist is there for a session of a series that was booked
    /// before. Where no weekly hours are set, only an absence or a closed day
    /// is a reason against it: its time was agreed on when it was booked.
    pub(crate) fn allows_series(&self, timing: &Timing, location: Option<LocationId>) -> Result<bool> {
        let week = |date: NaiveDate| match self.week(date) {
            Some(week) => week.on(date.weekday(), location),
            None => vec![Hours::DAY],
        };
        let opening = Opening { week: &week, exceptions: &self.exceptions, zone: &self.practice.zone };
        Ok(opening.is_open(Span { from: timing.starts_at, until: timing.ends_at })?)
    }

    /// Why a session is not within the hours; empty if it is. `therapist` is
    /// the name of the therapist whose hours these are.
    pub(crate) fn reasons(
        &self,
        timing: &Timing,
        location: Option<LocationId>,
        therapist: &str,
    ) -> Result<Vec<OutsideReason>> {
        let week = |date| self.weekly(date, location);
        let opening = Opening { week: &week, exceptions: &self.exceptions, zone: &self.practice.zone };
        let own = self.week(zone::date_of(timing.starts_at, &self.practice.zone)).is_some();
        Ok(opening.reasons(Span { from: timing.starts_at, until: timing.ends_at }, therapist, own)?)
    }
}

/// The weekly hours of all therapists that apply today or will apply later,
/// each with the therapist's name.
pub(crate) async fn all_weeks(tx: &mut Tx, today: NaiveDate) -> Result<Vec<(String, WorkingWeek)>> {
    let rows = all!(
        tx,
        WeekRow,
        "SELECT account_id, from_on, hours, at_locations FROM working_week w
         WHERE from_on > $1 OR from_on = (SELECT max(from_on) FROM working_week h
             WHERE h.account_id = w.account_id AND h.from_on <= $1)",
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
    /// The name of a therapist; `None`: not a therapist, or not in this scope.
    async fn therapist(&self, tx: &mut Tx, clinician: AccountId) -> Result<Option<String>> {
        if self.only.is_some_and(|only| only != clinician) {
            return Ok(None);
        }
        let row = maybe!(
            tx,
            (String,),
            "SELECT a.display_name FROM account a JOIN account_role r ON r.account_id = a.id AND r.role = 'clinician'
             WHERE a.id = $1",
            clinician.0
        )?;
        Ok(row.map(|(name,)| name))
    }

    /// The name of a therapist; `None`: not a therapist, or not in this scope.
    pub async fn therapist_name(&self, clinician: AccountId) -> Result<Option<String>> {
        let mut tx = self.store().read().await?;
        self.therapist(&mut tx, clinician).await
    }

    /// The hours of a therapist, with one page of the exceptions and one of the
    /// sessions outside the hours. `None`: not a therapist, or not in this
    /// scope.
    pub async fn hours(
        &self,
        clinician: AccountId,
        exceptions: Option<After>,
        outside: Option<After>,
    ) -> Result<Option<HoursView>> {
        let after = exceptions.unwrap_or(After::START);
        let mut tx = self.store().read().await?;
        let Some(name) = self.therapist(&mut tx, clinician).await? else { return Ok(None) };
        let practice = practice_set_up(&mut tx).await?;
        let zone = practice.zone.clone();
        let today = zone::date_of(self.now(), &zone);
        let rows = fetched!(
            &mut tx,
            ExceptionRow,
            "SELECT id, account_id, first_on, last_on, starts, ends, kind, reason FROM hours_exception
             WHERE last_on >= $1 AND (account_id IS NULL OR account_id = $2) AND (first_on, id) > ($3, $4)
             ORDER BY first_on, id LIMIT $5",
            today,
            clinician.0,
            after.at.date_naive(),
            after.id,
            EXCEPTIONS + 1
        )?;
        let exceptions = Paged::of(rows, EXCEPTIONS, |row| After::day(row.first_on, row.id));
        let hours = hours_of(&mut tx, &practice, clinician.0, today, today + chrono::Duration::days(3 * 366)).await?;
        let outside = self.sessions_outside_hours(&mut tx, clinician, &hours, &zone, outside).await?;
        Ok(Some(HoursView {
            name,
            weeks: hours.weeks,
            exceptions: exceptions.map(|row| (row.id, row.into())),
            buffers: buffers(&mut tx, clinician).await?,
            outside,
        }))
    }

    /// A page of a therapist's sessions to come that are outside the hours and
    /// were not booked there on purpose, the soonest first.
    async fn sessions_outside_hours(
        &self,
        tx: &mut Tx,
        clinician: AccountId,
        hours: &ClinicianHours,
        zone: &Zone,
        after: Option<After>,
    ) -> Result<Paged<(SessionId, DateTime<Utc>)>> {
        let mut after = after.unwrap_or(After::START);
        let (page, at_once) = (usize::try_from(OUTSIDE).unwrap_or(0), usize::try_from(COMPARED_AT_ONCE).unwrap_or(0));
        let mut found = Vec::new();
        loop {
            let sessions = all!(
                &mut *tx,
                (Uuid, chrono::NaiveDateTime, i64, DateTime<Utc>, DateTime<Utc>, Option<Uuid>),
                "SELECT s.id, s.starts, s.minutes, s.starts_at, s.ends_at, r.location_id
                 FROM session s LEFT JOIN room r ON r.id = s.room_id
                 WHERE s.clinician_id = $1 AND s.starts_at > $2 AND s.state IN ('booked', 'arrived') AND NOT s.outside
                    AND (s.starts_at, s.id) > ($3, $4) ORDER BY s.starts_at, s.id LIMIT $5",
                clinician.0,
                self.now(),
                after.at,
                after.id,
                COMPARED_AT_ONCE
            )?;
            let is_last = sessions.len() < at_once;
            for (id, starts, minutes, starts_at, ends_at, location) in sessions {
                after = After::new(starts_at, id);
                let timing = Timing { starts, zone: zone.clone(), minutes, starts_at, ends_at };
                if !hours.holds(&timing, location.map(LocationId))? {
                    found.push((SessionId(id), starts_at));
                }
            }
            if is_last || found.len() > page {
                return Ok(Paged::of(found, OUTSIDE, |(id, at)| After::new(*at, id.0)));
            }
        }
    }

    /// Sets the weekly hours that apply from a day on, and the buffers. Hours
    /// that were set for the same day are replaced. `false`: not in this scope.
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
            "INSERT INTO working_week (id, account_id, from_on, hours, at_locations, set_by, set_at)
             VALUES ($1, $2, $3, $4, $7, $5, $6)
             ON CONFLICT (account_id, from_on) DO UPDATE
             SET hours = excluded.hours, at_locations = excluded.at_locations, set_by = excluded.set_by,
                 set_at = excluded.set_at",
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
        record_hours(self, &mut tx, AuditAction::Set, clinician.0).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Removes the weekly hours that apply from a day on, so that the hours
    /// before them continue to apply. Gives their id in the bin, also if this
    /// account removed them before. `None`: not in this scope, or there are
    /// none.
    pub async fn remove_week(&self, clinician: AccountId, from: NaiveDate) -> Result<Option<Uuid>> {
        let mut tx = self.store().write().await?;
        if self.therapist(&mut tx, clinician).await?.is_none() {
            return Ok(None);
        }
        let Some(week) = week_to_bin(&mut tx, clinician, from).await? else {
            return self.store().in_bin(&mut tx, self.me(), "week", &format!("{clinician} {from}")).await;
        };
        let bin = self.store().put_in_bin(&mut tx, self.me(), &week).await?;
        run!(&mut tx, "DELETE FROM working_week WHERE account_id = $1 AND from_on = $2", clinician.0, from)?;
        record_hours(self, &mut tx, AuditAction::Removed, clinician.0).await?;
        tx.commit().await?;
        Ok(Some(bin))
    }

    /// Adds days with other hours. `false`: not in this scope; exceptions of
    /// the whole practice are only in the scope of the front desk.
    pub async fn add_exception(&self, clinician: AccountId, exception: &Exception) -> Result<bool> {
        Ok(self.add_exceptions(clinician, std::slice::from_ref(exception)).await?.is_some())
    }

    /// Adds several exceptions. Gives how many of them are new; an exception
    /// that exists already is not added again. `None`: not in this scope;
    /// exceptions of the whole practice are only in the scope of the front
    /// desk.
    pub async fn add_exceptions(&self, clinician: AccountId, exceptions: &[Exception]) -> Result<Option<usize>> {
        let mut tx = self.store().write().await?;
        if self.therapist(&mut tx, clinician).await?.is_none()
            || (!self.is_desk() && exceptions.iter().any(|e| e.whole_practice))
        {
            return Ok(None);
        }
        let mut new = 0;
        for exception in exceptions {
            let whose = (!exception.whole_practice).then_some(clinician.0);
            let existing = all!(
                &mut tx,
                ExceptionRow,
                "SELECT id, account_id, first_on, last_on, starts, ends, kind, reason FROM hours_exception
                 WHERE last_on = $1 AND first_on = $2",
                exception.last,
                exception.first
            )?;
            if existing.into_iter().any(|row| row.account_id == whose && Exception::from(row) == *exception) {
                continue;
            }
            let id = self.store().clock().id();
            run!(
                &mut tx,
                "INSERT INTO hours_exception (id, account_id, first_on, last_on, starts, ends, kind, reason, set_by,
                     set_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
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
            record_hours(self, &mut tx, AuditAction::Set, id).await?;
            new += 1;
        }
        tx.commit().await?;
        Ok(Some(new))
    }

    /// Removes an exception. Gives its id in the bin, also if this account
    /// removed it before. `None`: not in this scope, or there is none.
    pub async fn remove_exception(&self, id: Uuid) -> Result<Option<Uuid>> {
        let mut tx = self.store().write().await?;
        let Some(exception) = exception_to_bin(self, &mut tx, id).await? else {
            return self.store().in_bin(&mut tx, self.me(), "exception", &id.to_string()).await;
        };
        let bin = self.store().put_in_bin(&mut tx, self.me(), &exception).await?;
        run!(&mut tx, "DELETE FROM hours_exception WHERE id = $1", id)?;
        record_hours(self, &mut tx, AuditAction::Removed, id).await?;
        tx.commit().await?;
        Ok(Some(bin))
    }

    /// The exceptions from the first to the last day, for the column heads of
    /// the calendar. Exceptions of the whole practice have no therapist.
    pub async fn exceptions(&self, first: NaiveDate, last: NaiveDate) -> Result<Vec<(Option<AccountId>, Exception)>> {
        let mut tx = self.store().read().await?;
        let rows = legible!(
            &mut tx,
            ExceptionRow,
            "SELECT id, account_id, first_on, last_on, starts, ends, kind, reason FROM hours_exception
             WHERE last_on >= $1 AND first_on <= $3 AND (account_id IS NULL OR account_id = COALESCE($2, account_id))
             ORDER BY starts, id",
            first,
            self.only.map(|a| a.0),
            last
        )?;
        Ok(rows.into_iter().map(|row| (row.account_id.map(AccountId), row.into())).collect())
    }
}

/// An exception of hours as it is stored, for the bin.
pub(crate) async fn exception_to_bin(bookings: &Bookings, tx: &mut Tx, id: Uuid) -> Result<Option<Binned>> {
    let row = maybe!(
        tx,
        BinnedException,
        "SELECT id, account_id, first_on, last_on, starts, ends, kind, reason, set_by, set_at FROM hours_exception
         WHERE id = $1 AND ($2 IS NULL OR account_id = $2)",
        id,
        bookings.only.map(|a| a.0)
    )?;
    Ok(row.map(Binned::Exception))
}

/// A therapist's weekly hours from a day on as they are stored, for the
/// bin.
pub(crate) async fn week_to_bin(tx: &mut Tx, clinician: AccountId, from: NaiveDate) -> Result<Option<Binned>> {
    let row = maybe!(
        tx,
        BinnedWeek,
        "SELECT id, account_id, from_on, hours, at_locations, set_by, set_at
         FROM working_week
         WHERE account_id = $1 AND from_on = $2",
        clinician.0,
        from
    )?;
    Ok(row.map(Binned::Week))
}

/// The days on which a session that starts within a span may lie, with one more
/// day on both sides for sessions and hours that pass midnight.
pub(crate) fn days_around(starts: Span, zone: &Zone) -> impl Iterator<Item = NaiveDate> {
    let (first, last) = (zone::date_of(starts.from, zone), zone::date_of(starts.until, zone));
    let days = (last - first).num_days() + 2;
    (-1..=days).map(move |n| first + chrono::Duration::days(n))
}

/// The hours of one therapist from the first to the last day.
pub(crate) async fn hours_of(
    tx: &mut Tx,
    practice: &Practice,
    clinician: Uuid,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<ClinicianHours> {
    Ok(hours_between(tx, practice, Some(clinician), first, last).await?.of(clinician))
}

/// The hours of one therapist, or (`None`) of all therapists, from the
/// first to the last day.
pub(crate) async fn hours_between(
    tx: &mut Tx,
    practice: &Practice,
    clinician: Option<Uuid>,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<PracticeHours> {
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
        "SELECT account_id, from_on, hours, at_locations FROM working_week
         WHERE account_id = COALESCE($1, account_id) ORDER BY from_on",
        clinician
    )?;
    let weeks = weeks.into_iter().map(|row| (row.account_id, row.from_on, row.week())).collect();
    Ok(PracticeHours { weeks, exceptions, practice: practice.clone() })
}

/// The minutes that a therapist keeps free before and after each session.
pub(crate) async fn buffers(tx: &mut Tx, clinician: AccountId) -> Result<Buffers> {
    let row = maybe!(tx, (i64, i64), "SELECT buffer_before, buffer_after FROM account WHERE id = $1", clinician.0)?;
    Ok(row.map_or_else(Buffers::default, |(before, after)| Buffers { before, after }))
}

/// Records a change of hours in the audit log.
pub(crate) async fn record_hours(bookings: &Bookings, tx: &mut Tx, action: AuditAction, id: Uuid) -> Result<()> {
    let act = Act::by(bookings.me(), action, AuditThing::Hours).id(id);
    bookings.store().record(tx, act).await
}
