//! When backups are made, and when one is late.

use chrono::{DateTime, Datelike as _, Duration, NaiveTime, Utc};

use crate::{
    clients::person::Zone,
    zone::{self, UnknownZone},
};

crate::words! {
    /// How often a backup is made.
    pub enum BackupEvery {
        Day = "day", "Every day";
        Week = "week", "Every week, on Sunday";
    }
}

/// A backup is late when it is missing this long after it was due.
pub const BACKUP_GRACE: Duration = Duration::hours(6);

/// When backups are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupSchedule {
    pub every: BackupEvery,
    /// The wall time at the practice.
    pub at: NaiveTime,
}

impl BackupSchedule {
    /// The latest instant, not after `now`, at which a backup was due.
    pub fn latest_due(self, now: DateTime<Utc>, zone: &Zone) -> Result<DateTime<Utc>, UnknownZone> {
        let today = zone::date_of(now, zone);
        let mut date = match self.every {
            BackupEvery::Day => today,
            BackupEvery::Week => today - Duration::days(i64::from(today.weekday().num_days_from_sunday())),
        };
        let step = match self.every {
            BackupEvery::Day => 1,
            BackupEvery::Week => 7,
        };
        loop {
            let due = zone::first_instant_at(date.and_time(self.at), zone)?;
            if due <= now {
                return Ok(due);
            }
            date -= Duration::days(step);
        }
    }

    /// Whether the backup that was due last is missing for too long. `last_good` is
    /// when the latest good one was begun; `None`: there is none.
    pub fn is_late(
        self,
        last_good: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
        zone: &Zone,
    ) -> Result<bool, UnknownZone> {
        let due = self.latest_due(now - BACKUP_GRACE, zone)?;
        Ok(last_good.is_none_or(|good| good < due))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        format!("{text}:00Z").parse().unwrap()
    }

    fn berlin() -> Zone {
        Zone::parse("Europe/Berlin").unwrap()
    }

    fn schedule(every: BackupEvery) -> BackupSchedule {
        BackupSchedule { every, at: NaiveTime::from_hms_opt(2, 30, 0).unwrap() }
    }

    #[test]
    fn backup_is_due_at_its_local_time() {
        let due = |now: &str| schedule(BackupEvery::Day).latest_due(at(now), &berlin()).unwrap();
        assert_eq!(due("2026-12-01T01:30"), at("2026-12-01T01:30"));
        assert_eq!(due("2026-12-01T01:29"), at("2026-11-30T01:30"));
        assert_eq!(due("2026-07-01T01:00"), at("2026-07-01T00:30"), "in summer an hour earlier in UTC");
        // On 28 March 2027 the clocks skip half past two.
        assert_eq!(due("2027-03-28T12:00"), at("2027-03-28T01:00"));
        let weekly = |now: &str| schedule(BackupEvery::Week).latest_due(at(now), &berlin()).unwrap();
        assert_eq!(weekly("2026-12-01T12:00"), at("2026-11-29T01:30"), "a Sunday");
        assert_eq!(weekly("2026-11-29T01:00"), at("2026-11-22T01:30"));
    }

    #[test]
    fn backup_is_late_some_hours_after_it_was_due() {
        let late = |last: Option<&str>, now: &str| {
            schedule(BackupEvery::Day).is_late(last.map(at), at(now), &berlin()).unwrap()
        };
        assert!(late(None, "2026-12-01T12:00"));
        assert!(!late(Some("2026-11-30T01:30"), "2026-12-01T07:29"), "the next one may still be under way");
        assert!(late(Some("2026-11-30T01:30"), "2026-12-01T07:30"));
        assert!(!late(Some("2026-12-01T05:00"), "2026-12-01T12:00"), "made later than it was due");
    }
}
