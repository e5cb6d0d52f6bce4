//! Reminders of exercises and plans: few, at the hour a person chose, and
//! ending by themselves.
//!
//! A nudge goes only to the one who has not finished, two at most for what
//! they were asked. It ends with their sending it, with a "not now", with a
//! pause or the end of the assignment. What is planned here is looked at once
//! more in the moment of sending.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};

use crate::{
    assignment::Window,
    person::{SafeContact, Zone},
    reminder::{Recipient, safe_time, safe_time_before},
    zone::{self, UnknownZone},
};

/// The most nudges for one occurrence; and the most without an answer in a
/// row where the exercise repeats.
pub const MOST: usize = 2;

/// By when something is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    By(NaiveDate),
    Within(Window),
    BeforeSession(DateTime<Utc>),
}

/// Who is asked.
#[derive(Clone, Debug)]
pub struct Reader {
    pub recipient: Recipient,
    /// The hour they chose, by the clock where they live.
    pub at: NaiveTime,
}

impl Reader {
    pub fn new(person: crate::ids::PersonId, has_address: bool, zone: Zone, contact: SafeContact) -> Self {
        let at = contact.nudge_at;
        Self { recipient: Recipient { person, has_address, zone, contact }, at }
    }
}

/// A mail that may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nudge {
    pub due_at: DateTime<Utc>,
    /// Past this instant it says nothing anyone needs.
    pub not_after: DateTime<Utc>,
}

/// When somebody may be reminded of what they are asked, from `now` on.
pub fn plan(ask: Ask, reader: &Reader, now: DateTime<Utc>) -> Result<Vec<Nudge>, UnknownZone> {
    let home = &reader.recipient.zone;
    let (days, last) = match ask {
        // The evening before the last one, and the last.
        Ask::By(day) => (vec![day - Duration::days(1), day], None),
        Ask::Within(window) if window.opens == window.due => (vec![window.due], None),
        Ask::Within(window) => (vec![window.due - Duration::days(1), window.due], None),
        // Not on the day itself: the session's own reminder comes then.
        Ask::BeforeSession(at) => {
            let day = zone::today(at, home);
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
    nudges.truncate(MOST);
    Ok(nudges)
}

/// The reminder of something that two have planned: an hour before.
pub fn of_plan(
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
    use crate::{assignment::Rhythm, ids::PersonId};

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
    fn each_is_reminded_at_the_hour_where_they_live() {
        let now = at("2026-11-23T11:00:00Z");
        for (zone, first) in [("Europe/Berlin", "2026-11-26T17:00:00Z"), ("Asia/Kolkata", "2026-11-26T12:30:00Z")] {
            let nudges = plan(Ask::By(day("2026-11-27")), &reader(zone, 18, SafeContact::default()), now).unwrap();
            assert_eq!(nudges.len(), 2, "{zone}");
            assert_eq!(nudges[0].due_at, at(first), "{zone}");
        }
    }

    #[test]
    fn the_hour_stays_over_a_change_of_the_clocks() {
        let berlin = reader("Europe/Berlin", 18, SafeContact::default());
        let weekly = Rhythm { days: 7, from: day("2027-03-22"), until: None };
        let window = weekly.window(day("2027-03-25")).unwrap();
        let nudges = plan(Ask::Within(window), &berlin, at("2027-03-22T00:00:00Z")).unwrap();
        let times: Vec<_> = nudges.iter().map(|n| n.due_at).collect();
        assert_eq!(times, [at("2027-03-27T17:00:00Z"), at("2027-03-28T16:00:00Z")]);
    }

    #[test]
    fn a_daily_one_asks_once_a_day_and_what_has_passed_is_not_made_up_for() {
        let berlin = reader("Europe/Berlin", 18, SafeContact::default());
        let today = Window { number: 1, opens: day("2026-11-23"), due: day("2026-11-23") };
        assert_eq!(plan(Ask::Within(today), &berlin, at("2026-11-23T11:00:00Z")).unwrap().len(), 1);
        assert_eq!(plan(Ask::Within(today), &berlin, at("2026-11-23T18:00:00Z")).unwrap(), []);
    }

    #[test]
    fn before_a_session_it_comes_on_the_days_before() {
        let berlin = reader("Europe/Berlin", 18, SafeContact::default());
        let session = at("2026-11-30T09:00:00Z");
        let nudges = plan(Ask::BeforeSession(session), &berlin, at("2026-11-23T11:00:00Z")).unwrap();
        let times: Vec<_> = nudges.iter().map(|n| n.due_at).collect();
        assert_eq!(times, [at("2026-11-28T17:00:00Z"), at("2026-11-29T17:00:00Z")]);
    }

    #[test]
    fn a_plan_is_told_an_hour_before() {
        let berlin = reader("Europe/Berlin", 18, SafeContact::default());
        let (starts, now) = (at("2026-11-26T19:00:00Z"), at("2026-11-23T11:00:00Z"));
        assert_eq!(of_plan(starts, &berlin.recipient, now).unwrap().unwrap().due_at, at("2026-11-26T18:00:00Z"));
        assert_eq!(of_plan(starts, &berlin.recipient, at("2026-11-26T18:30:00Z")).unwrap(), None);
    }

    proptest! {
        /// Whatever the hours, no more than two come, in order, within the
        /// safe hours, and none for what is over.
        #[test]
        fn few_and_in_safe_hours(from in 0u32..24, length in 1u32..23, hour in 0u32..24, ahead in 0i64..20) {
            let hm = |h: u32| NaiveTime::from_hms_opt(h % 24, 0, 0).unwrap();
            let contact = SafeContact { hours: Some((hm(from), hm(from + length))), ..SafeContact::default() };
            let reader = reader("America/New_York", hour, contact);
            let now = at("2026-10-25T00:00:00Z");
            let due = day("2026-10-26") + Duration::days(ahead);
            let nudges = plan(Ask::By(due), &reader, now).unwrap();
            prop_assert!(nudges.len() <= MOST);
            for n in &nudges {
                prop_assert!(n.due_at > now && n.due_at < n.not_after);
                let shown = zone::wall_time(n.due_at, &reader.recipient.zone).time();
                prop_assert!(crate::person::within(shown, (hm(from), hm(from + length))), "{}", shown);
            }
        }
    }
}
