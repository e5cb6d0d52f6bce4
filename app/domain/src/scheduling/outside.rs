//! Unusual times: outside the hours in which a session with a therapist may be,
//! on days when the practice is closed or the therapist is away, and at night
//! for a person who attends. Nobody books such a time without being asked.

use chrono::{Datelike as _, Duration, NaiveDate, NaiveDateTime, NaiveTime};

use crate::{
    clients::person::Zone,
    form::Form,
    practice::hours::{Exception, Hours, hours_text},
};
#[cfg(feature = "zones")]
use crate::{
    practice::hours::{ExceptionKind, open_hours},
    span::{Span, covers, join_spans},
    zone::{self, UnknownZone},
};

/// A reason why a session is at an unusual time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutsideReason {
    /// The practice is closed, as on a public holiday.
    Closed {
        /// The reason that the practice noted; may be empty.
        reason: String,
    },
    /// The therapist is away.
    Away {
        therapist: String,
        /// The reason that was noted; may be empty.
        reason: String,
    },
    /// It is outside the therapist's weekly hours.
    WorkingHours {
        therapist: String,
        /// The therapist's hours on the day of the session; empty: a day off.
        that_day: Vec<Hours>,
    },
    /// It is outside the practice's opening hours, which apply because the
    /// therapist has no weekly hours.
    OpeningHours {
        /// The opening hours on the day of the session; empty: it is closed.
        that_day: Vec<Hours>,
    },
    /// It is night for a person who attends.
    Night {
        name: String,
        /// The start and the end on this person's clock.
        starts: NaiveDateTime,
        ends: NaiveDateTime,
        zone: Zone,
    },
}

impl OutsideReason {
    /// The reason as a sentence, such as "It is 01:31 for Farah Khan in
    /// Karachi."
    pub fn sentence(&self) -> String {
        let noted = |reason: &str| if reason.is_empty() { String::new() } else { format!(" ({reason})") };
        match self {
            Self::Closed { reason } => format!("The practice is closed that day{}.", noted(reason)),
            Self::Away { therapist, reason } => format!("{therapist} is away{}.", noted(reason)),
            Self::WorkingHours { therapist, that_day } if that_day.is_empty() => {
                format!("{therapist} does not work that day.")
            }
            Self::WorkingHours { therapist, that_day } => {
                format!("{therapist} works {} that day.", hours_text(that_day))
            }
            Self::OpeningHours { that_day } if that_day.is_empty() => "The practice does not open that day.".to_owned(),
            Self::OpeningHours { that_day } => format!("The practice opens {} that day.", hours_text(that_day)),
            // It begins by day and ends at night.
            Self::Night { name, starts, ends, zone } if (AWAKE.from..AWAKE.until).contains(&starts.time()) => {
                format!("It ends at {} for {name} in {}.", ends.format("%H:%M"), zone.city())
            }
            Self::Night { name, starts, zone, .. } => {
                format!("It is {} for {name} in {}.", starts.format("%H:%M"), zone.city())
            }
        }
    }

    /// Whether it is night for a person: the only reason that lies with those
    /// who attend, and that they can agree to by themselves.
    pub const fn is_night(&self) -> bool {
        match self {
            Self::Night { .. } => true,
            Self::Closed { .. } | Self::Away { .. } | Self::WorkingHours { .. } | Self::OpeningHours { .. } => false,
        }
    }
}

/// The hours of a day that are not night: a session within them is not at night.
pub const AWAKE: Hours = Hours { from: at_hour(7), until: at_hour(22) };

const fn at_hour(hour: u32) -> NaiveTime {
    match NaiveTime::from_hms_opt(hour, 0, 0) {
        Some(time) => time,
        None => NaiveTime::MIN,
    }
}

/// The start and the end of a session on the clock of a person for whom a part
/// of it is before 07:00 or after 22:00. `None`: all of it is within [`AWAKE`],
/// or the zone is unknown.
#[cfg(feature = "zones")]
pub fn night_hours(session: Span, zone: &Zone) -> Option<(NaiveDateTime, NaiveDateTime)> {
    if !zone::exists(zone) {
        return None;
    }
    let (starts, ends) = (zone::wall_time(session.from, zone), zone::wall_time(session.until, zone));
    let awake = starts.date() == ends.date() && AWAKE.from <= starts.time() && ends.time() <= AWAKE.until;
    (!awake).then_some((starts, ends))
}

/// The hours that apply to the sessions of one therapist.
pub struct Opening<'a> {
    /// The weekly hours of a date.
    pub week: &'a dyn Fn(NaiveDate) -> Vec<Hours>,
    pub exceptions: &'a [Exception],
    /// The zone of the practice, in which all these hours are.
    pub zone: &'a Zone,
}

#[cfg(feature = "zones")]
impl Opening<'_> {
    /// The dates on which a session may lie: hours can pass midnight.
    fn dates(&self, session: Span) -> impl Iterator<Item = NaiveDate> + use<> {
        let (first, last) = (zone::date_of(session.from, self.zone), zone::date_of(session.until, self.zone));
        (-1..=(last - first).num_days() + 1).map(move |n| first + Duration::days(n))
    }

    /// Whether a session lies within the open hours, with these of the
    /// exceptions.
    fn is_within(&self, session: Span, exceptions: &[Exception]) -> Result<bool, UnknownZone> {
        let mut open = Vec::new();
        for date in self.dates(session) {
            for hours in open_hours(date, &(self.week)(date), exceptions) {
                open.extend(hours.span(date, self.zone)?);
            }
        }
        Ok(covers(&join_spans(&open), &session))
    }

    /// Whether a session lies within the open hours.
    pub fn is_open(&self, session: Span) -> Result<bool, UnknownZone> {
        self.is_within(session, self.exceptions)
    }

    /// Why a session is not within the open hours; empty if it is. `therapist`
    /// is the therapist's name, and `own` says whether the weekly hours are
    /// theirs and not the practice's.
    pub fn reasons(&self, session: Span, therapist: &str, own: bool) -> Result<Vec<OutsideReason>, UnknownZone> {
        let mut found = Vec::new();
        if self.is_open(session)? {
            return Ok(found);
        }
        let therapist = therapist.to_owned();
        for exception in self.exceptions.iter().filter(|e| e.kind == ExceptionKind::Away) {
            let mut covered = false;
            for date in self.dates(session).filter(|date| exception.covers(*date)) {
                let hours = exception.hours.unwrap_or(Hours::DAY);
                covered |= hours.span(date, self.zone)?.is_some_and(|span| span.overlaps(&session));
            }
            let reason = exception.reason.clone();
            let why = match exception.whole_practice {
                true => OutsideReason::Closed { reason },
                false => OutsideReason::Away { therapist: therapist.clone(), reason },
            };
            if covered && !found.contains(&why) {
                found.push(why);
            }
        }
        let opened: Vec<Exception> =
            self.exceptions.iter().filter(|e| e.kind == ExceptionKind::Open).cloned().collect();
        if found.is_empty() || !self.is_within(session, &opened)? {
            let date = zone::date_of(session.from, self.zone);
            let that_day = open_hours(date, &(self.week)(date), &opened);
            found.push(match own {
                true => OutsideReason::WorkingHours { therapist, that_day },
                false => OutsideReason::OpeningHours { that_day },
            });
        }
        Ok(found)
    }
}

/// The fields on which it depends whether a session is at an unusual time.
const ASKED: [&str; 9] = ["date", "time", "fold", "minutes", "clinician", "place", "attendee", "repeat", "every_weeks"];

/// The mark of the time for which a form asks whether it is meant: a tick
/// counts only for the time that the user was asked about.
pub fn asked_mark(form: &Form) -> String {
    ASKED.map(|name| form.get(name)).join("|")
}

/// Whether a form confirms an unusual time: it is ticked, and the time is the
/// one that was asked about. A form without a mark confirms any time.
pub fn is_confirmed(form: &Form) -> bool {
    let asked = form.get("outside_asked");
    !form.get("outside").is_empty() && (asked.is_empty() || asked == asked_mark(form))
}

/// The Monday of the week of a date.
pub fn monday_of(date: NaiveDate) -> NaiveDate {
    date - Duration::days(i64::from(date.weekday().num_days_from_monday()))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc, Weekday};
    use proptest::prelude::*;

    use super::*;
    use crate::practice::hours::Week;

    fn zone(name: &str) -> Zone {
        Zone::parse(name).unwrap()
    }

    /// A session of 50 minutes from a wall time in Berlin.
    fn session(starts: &str) -> Span {
        let wall = NaiveDateTime::parse_from_str(starts, "%Y-%m-%d %H:%M").unwrap();
        let from = zone::instant(wall, &zone("Europe/Berlin")).unwrap();
        Span { from, until: from + Duration::minutes(50) }
    }

    fn exception(day: &str, whole_practice: bool, reason: &str) -> Exception {
        let day = day.parse().unwrap();
        let kind = ExceptionKind::Away;
        Exception { first: day, last: day, hours: None, kind, whole_practice, reason: reason.to_owned() }
    }

    fn weekdays(date: NaiveDate) -> Vec<Hours> {
        let days = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
        Week::of_practice(&days, at_hour(8), at_hour(20)).on(date.weekday()).to_vec()
    }

    fn sentences(starts: &str, own: bool, exceptions: &[Exception]) -> Vec<String> {
        let opening = Opening { week: &weekdays, exceptions, zone: &zone("Europe/Berlin") };
        let found = opening.reasons(session(starts), "Ruth", own).unwrap();
        found.iter().map(OutsideReason::sentence).collect()
    }

    #[test]
    fn time_within_the_hours_has_no_reason() {
        assert!(sentences("2026-11-26 08:00", true, &[]).is_empty());
        assert!(sentences("2026-11-26 19:10", false, &[]).is_empty());
    }

    #[test]
    fn time_outside_the_hours_names_whose_hours_they_are() {
        assert_eq!(sentences("2026-11-26 19:11", true, &[]), ["Ruth works 08:00–20:00 that day."]);
        assert_eq!(sentences("2026-11-26 21:00", false, &[]), ["The practice opens 08:00–20:00 that day."]);
        assert_eq!(sentences("2026-11-28 10:00", false, &[]), ["The practice does not open that day."]);
        assert_eq!(sentences("2026-11-28 10:00", true, &[]), ["Ruth does not work that day."]);
    }

    #[test]
    fn holiday_and_absence_are_each_named_once_and_with_their_reason() {
        let away = [exception("2026-12-24", true, "Christmas"), exception("2026-12-24", false, "")];
        assert_eq!(
            sentences("2026-12-24 10:00", true, &away),
            ["The practice is closed that day (Christmas).", "Ruth is away."]
        );
        let twice = [away[0].clone(), away[0].clone()];
        assert_eq!(sentences("2026-12-24 10:00", true, &twice), ["The practice is closed that day (Christmas)."]);
        // Late on the holiday it is outside the hours as well.
        assert_eq!(sentences("2026-12-24 21:00", true, &away).len(), 3);
        assert!(sentences("2026-12-23 10:00", true, &away).is_empty());
    }

    #[test]
    fn extra_hours_on_a_holiday_are_open() {
        let hours = Some(Hours { from: at_hour(10), until: at_hour(12) });
        let open = Exception { hours, kind: ExceptionKind::Open, ..exception("2026-12-24", false, "") };
        let both = [exception("2026-12-24", true, ""), open];
        assert!(sentences("2026-12-24 10:00", true, &both).is_empty());
        assert_eq!(sentences("2026-12-24 12:00", true, &both), ["The practice is closed that day."]);
    }

    #[test]
    fn night_is_from_22_to_7_on_each_persons_own_clock() {
        let starts = |at: &str, name: &str| {
            night_hours(session(at), &zone(name)).map(|(wall, _)| wall.format("%a %H:%M").to_string())
        };
        assert_eq!(starts("2026-11-28 21:31", "Asia/Karachi").as_deref(), Some("Sun 01:31"));
        assert_eq!(starts("2026-11-26 07:00", "Europe/Berlin"), None);
        assert_eq!(starts("2026-11-26 06:59", "Europe/Berlin").as_deref(), Some("Thu 06:59"));
        assert_eq!(starts("2026-11-26 21:10", "Europe/Berlin"), None);
        // A session that ends after 22:00 is partly at night.
        assert_eq!(starts("2026-11-26 21:11", "Europe/Berlin").as_deref(), Some("Thu 21:11"));
        assert_eq!(starts("2026-11-26 23:30", "Europe/Berlin").as_deref(), Some("Thu 23:30"));
        assert_eq!(starts("2026-11-26 10:00", "America/New_York").as_deref(), Some("Thu 04:00"));
        assert_eq!(starts("2026-11-26 10:00", "Mars/Olympus"), None);
        let night = |starts: &str, ends: &str| OutsideReason::Night {
            name: "Farah Khan".to_owned(),
            starts: starts.parse().unwrap(),
            ends: ends.parse().unwrap(),
            zone: zone("Asia/Karachi"),
        };
        let late = night("2026-11-28T21:31:00", "2026-11-28T22:21:00");
        assert_eq!(late.sentence(), "It ends at 22:21 for Farah Khan in Karachi.");
        let night = night("2026-11-29T01:31:00", "2026-11-29T02:21:00");
        assert_eq!(night.sentence(), "It is 01:31 for Farah Khan in Karachi.");
        assert!(night.is_night() && !OutsideReason::Closed { reason: String::new() }.is_night());
    }

    #[test]
    fn tick_counts_only_for_the_time_that_was_asked_about() {
        let mut form = Form::from_pairs([("date", "2026-11-28"), ("time", "21:31"), ("minutes", "50")]);
        assert!(!is_confirmed(&form));
        form.set("outside", "yes");
        assert!(is_confirmed(&form), "a form that names no time");
        form.set("outside_asked", asked_mark(&form));
        assert!(is_confirmed(&form));
        form.set("time", "22:31");
        assert!(!is_confirmed(&form));
    }

    #[test]
    fn week_begins_on_monday() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(monday_of(day("2026-11-30")), day("2026-11-30"));
        assert_eq!(monday_of(day("2026-12-06")), day("2026-11-30"));
    }

    proptest! {
        #[test]
        fn session_has_a_reason_exactly_where_it_is_not_open(
            minute in 0..40_000i64, length in 10..480i64, closed in 0..28i64, away in 0..28i64, own in any::<bool>(),
        ) {
            let begin: DateTime<Utc> = "2027-03-20T00:00:00Z".parse().unwrap();
            let from = begin + Duration::minutes(minute);
            let session = Span { from, until: from + Duration::minutes(length) };
            let day = |n: i64| (begin.date_naive() + Duration::days(n)).to_string();
            let exceptions = [exception(&day(closed), true, "x"), exception(&day(away), false, "y")];
            let opening = Opening { week: &weekdays, exceptions: &exceptions, zone: &zone("Europe/Berlin") };
            let found = opening.reasons(session, "Ruth", own).unwrap();
            prop_assert_eq!(found.is_empty(), opening.is_open(session).unwrap());
            prop_assert!(!found.iter().any(OutsideReason::is_night));
        }

        #[test]
        fn night_is_every_time_that_is_not_awake(minute in 0..600_000i64, length in 10..480i64) {
            let from = "2027-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minute);
            let session = Span { from, until: from + Duration::minutes(length) };
            for name in ["Europe/Berlin", "Asia/Kathmandu", "America/New_York", "Pacific/Kiritimati"] {
                let zone = zone(name);
                let awake = (0..length).all(|n| {
                    let wall = zone::wall_time(from + Duration::minutes(n), &zone).time();
                    AWAKE.from <= wall && wall < AWAKE.until
                });
                prop_assert_eq!(night_hours(session, &zone).is_none(), awake);
            }
        }
    }
}
