//! Nudges: reminders of exercises and plans. They are few, they are sent at the
//! hour a person chose, and they end by themselves.
//!
//! A nudge is sent only to a person who has not finished, at most twice for
//! one occurrence. Nudges end when the person sends the exercise or says "not
//! now", and when the assignment is paused or ends. Each nudge planned here is
//! checked again at the moment of sending.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};

use crate::{
    clients::person::{SafeContact, Zone},
    exercises::assignment::Window,
    outbox::reminder::{Recipient, safe_time, safe_time_before},
    zone::{self, UnknownZone},
};

/// The highest number of nudges for one occurrence. For an exercise that
/// repeats, also the highest number in a row without an answer.
pub const MAX_NUDGES: usize = 2;

/// When an exercise is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NudgeTime {
    /// On this day or earlier.
    By(NaiveDate),
    /// Within this window of a rhythm.
    Within(Window),
    /// Before the session that starts at this instant.
    BeforeSession(DateTime<Utc>),
}

/// The person who may get nudges.
#[derive(Clone, Debug)]
pub struct Reader {
    pub recipient: Recipient,
    /// The time of day that the person chose, in their own zone.
    pub at: NaiveTime,
}

impl Reader {
    /// A reader whose hour is that of their safe-contact settings. The plan of
    /// nudges does not use [`Recipient::alone`], so it is `None`.
    pub fn new(person: crate::ids::PersonId, has_address: bool, zone: Zone, contact: SafeContact) -> Self {
        let at = contact.nudge_at;
        Self { recipient: Recipient { person, has_address, held: false, alone: None, zone, contact }, at }
    }
}

/// An email that may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nudge {
    pub due_at: DateTime<Utc>,
    /// After this instant the email is of no use and is not sent.
    pub not_after: DateTime<Utc>,
}

/// The nudges to plan for an exercise, the earliest first and at most [`MOST`].
/// They are on the last two days for it (or on the two days before the session),
/// within the reader's safe hours and after `now`.
pub fn plan_nudges(ask: NudgeTime, reader: &Reader, now: DateTime<Utc>) -> Result<Vec<Nudge>, UnknownZone> {
    let home = &reader.recipient.zone;
    let (days, last) = match ask {
        // The day before the last day, and the last day.
        NudgeTime::By(day) => (vec![day - Duration::days(1), day], None),
        NudgeTime::Within(window) if window.opens == window.due => (vec![window.due], None),
        NudgeTime::Within(window) => (vec![window.due - Duration::days(1), window.due], None),
        // Not on the day of the session: the session has its own reminder.
        NudgeTime::BeforeSession(at) => {
            let day = zone::date_of(at, home);
            (vec![day - Duration::days(2), day - Duration::days(1)], Some(at))
        }
    };
    let mut nudges: Vec<Nudge> = Vec::new();
    for day in days {
        let wished = zone::instant(day.and_time(reader.at), home)?;
        let due_at = safe_time(wished, &reader.recipient)?;
        let (_, end) = zone::day(day, home)?;
        let not_after = last.unwrap_or(end).min(end.max(due_at + Duration::hours(3)));
        if due_at > now && due_at < not_after && nudges.iter().all(|n| n.due_at != due_at) {
            nudges.push(Nudge { due_at, not_after });
        }
    }
    nudges.truncate(MAX_NUDGES);
    Ok(nudges)
}

/// The nudge for a planned day and time: an hour before `starts_at`, moved into
/// the recipient's safe hours. `None`: that hour has passed, or there is no safe
/// time before `starts_at`.
pub fn plan_nudge(
    starts_at: DateTime<Utc>,
    recipient: &Recipient,
    now: DateTime<Utc>,
) -> Result<Option<Nudge>, UnknownZone> {
    let wished = starts_at - Duration::hours(1);
    if wished <= now {
        return Ok(None);
    }
    let due_at = safe_time_before(wished, now, recipient)?;
    Ok((due_at < starts_at).then_some(Nudge { due_at, not_after: starts_at }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{exercises::assignment::Rhythm, ids::PersonId};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn reader(zone: &str, hour: u32, contact: SafeContact) -> Reader {
        let contact = SafeContact { nudge_at: NaiveTime::from_hms_opt(hour, 0, 0).unwrap(), ..contact };
        Reader::new(PersonId(Uuid::from_u128(7)), true, Zone::parse(zone).unwrap(), contact)
    }

    #[test]
    fn a_nudge_is_sent_at_the_chosen_hour_in_the_readers_zone() {
        let now = at("2026-11-23T11:00:00Z");
        for (zone, first) in [("Europe/Berlin", "2026-11-26T17:00:00Z"), ("Asia/Kolkata", "2026-11-26T12:30:00Z")] {
            let nudges =
                plan_nudges(NudgeTime::By(day("2026-11-27")), &reader(zone, 18, SafeContact::default()), now).unwrap();
            assert_eq!(nudges.len(), 2, "{zone}");
            assert_eq!(nudges[0].due_at, at(first), "{zone}");
        }
    }

    #[test]
    fn a_nudge_keeps_its_hour_over_a_clock_change() {
        let berlin = reader("Europe/Berlin", 18, SafeContact::default());
        let weekly = Rhythm { days: 7, from: day("2027-03-22"), until: None };
        let window = weekly.window(day("2027-03-25")).unwrap();
        let nudges = plan_nudges(NudgeTime::Within(window), &berlin, at("2027-03-22T00:00:00Z")).unwrap();
        let times: Vec<_> = nudges.iter().map(|n| n.due_at).collect();
        assert_eq!(times, [at("2027-03-27T17:00:00Z"), at("2027-03-28T16:00:00Z")]);
    }

    #[test]
    fn a_daily_exercise_has_one_nudge_a_day_and_none_after_its_hour() {
        let berlin = reader("Europe/Berlin", 18, SafeContact::default());
        let today = Window { number: 1, opens: day("2026-11-23"), due: day("2026-11-23") };
        assert_eq!(plan_nudges(NudgeTime::Within(today), &berlin, at("2026-11-23T11:00:00Z")).unwrap().len(), 1);
        assert_eq!(plan_nudges(NudgeTime::Within(today), &berlin, at("2026-11-23T18:00:00Z")).unwrap(), []);
    }

    #[test]
    fn an_exercise_before_a_session_has_nudges_on_the_two_days_before() {
        let berlin = reader("Europe/Berlin", 18, SafeContact::default());
        let session = at("2026-11-30T09:00:00Z");
        let nudges = plan_nudges(NudgeTime::BeforeSession(session), &berlin, at("2026-11-23T11:00:00Z")).unwrap();
        let times: Vec<_> = nudges.iter().map(|n| n.due_at).collect();
        assert_eq!(times, [at("2026-11-28T17:00:00Z"), at("2026-11-29T17:00:00Z")]);
    }

    #[test]
    fn a_plan_has_a_nudge_an_hour_before() {
        let berlin = reader("Europe/Berlin", 18, SafeContact::default());
        let (starts, now) = (at("2026-11-26T19:00:00Z"), at("2026-11-23T11:00:00Z"));
        assert_eq!(plan_nudge(starts, &berlin.recipient, now).unwrap().unwrap().due_at, at("2026-11-26T18:00:00Z"));
        assert_eq!(plan_nudge(starts, &berlin.recipient, at("2026-11-26T18:30:00Z")).unwrap(), None);
    }

    proptest! {
        /// For all safe hours, there are at most two nudges, all within the
        /// safe hours, and none after the day it is due.
        #[test]
        fn at_most_two_nudges_are_planned_within_safe_hours(from in 0u32..24, length in 1u32..23, hour in 0u32..24, ahead in 0i64..20) {
            let hm = |h: u32| NaiveTime::from_hms_opt(h % 24, 0, 0).unwrap();
            let contact = SafeContact { hours: Some((hm(from), hm(from + length))), ..SafeContact::default() };
            let reader = reader("America/New_York", hour, contact);
            let now = at("2026-10-25T00:00:00Z");
            let due = day("2026-10-26") + Duration::days(ahead);
            let nudges = plan_nudges(NudgeTime::By(due), &reader, now).unwrap();
            prop_assert!(nudges.len() <= MAX_NUDGES);
            for n in &nudges {
                prop_assert!(n.due_at > now && n.due_at < n.not_after);
                let shown = zone::wall_time(n.due_at, &reader.recipient.zone).time();
                prop_assert!(crate::clients::person::is_within_hours(shown, (hm(from), hm(from + length))), "{}", shown);
            }
        }
    }
}
