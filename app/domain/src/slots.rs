//! Free times: a pure function of what is taken.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};

use crate::{
    availability::Hours,
    form::{Errors, Form, Reader, parse_date},
    ids::{AccountId, ClientId, LocationId, PersonId, RoomId},
    session::MINUTES,
};

/// A half-open span of time, `from..until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

impl Span {
    pub fn overlaps(&self, other: &Self) -> bool {
        self.from < other.until && other.from < self.until
    }
}

/// The starts of free spans of `length` within the windows, on a grid of
/// `step` from each window's begin, earliest first, `most` at most. `taken`
/// may be in any order and overlap itself.
pub fn free(windows: &[Span], taken: &[Span], length: Duration, step: Duration, most: usize) -> Vec<DateTime<Utc>> {
    let mut found = Vec::new();
    if length <= Duration::zero() || step <= Duration::zero() {
        return found;
    }
    let mut taken: Vec<Span> = taken.iter().copied().filter(|t| t.from < t.until).collect();
    taken.sort_unstable();
    for window in windows {
        let mut start = window.from;
        while start + length <= window.until {
            if found.len() == most {
                return found;
            }
            let wish = Span { from: start, until: start + length };
            match taken.iter().filter(|t| t.overlaps(&wish)).map(|t| t.until).max() {
                None => {
                    found.push(start);
                    start += step;
                }
                // Skips to the first grid point at which this span is over.
                Some(until) => {
                    let behind = (until - start).num_seconds();
                    let steps = behind.div_euclid(step.num_seconds()) + i64::from(behind % step.num_seconds() != 0);
                    start += step * i32::try_from(steps.max(1)).unwrap_or(i32::MAX);
                }
            }
        }
    }
    found
}

/// What two lists of spans have in common. The spans of each are in order and
/// apart.
pub fn common(a: &[Span], b: &[Span]) -> Vec<Span> {
    let mut found = Vec::new();
    let (mut i, mut j) = (0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        let both = Span { from: x.from.max(y.from), until: x.until.min(y.until) };
        if both.from < both.until {
            found.push(both);
        }
        if x.until < y.until { i += 1 } else { j += 1 }
    }
    found
}

/// The same as [`free`] where one of several rooms is wanted as well: each
/// start comes with the first room that is free all along. `rooms` are what
/// each of them is taken for.
pub fn free_with_room(
    windows: &[Span],
    taken: &[Span],
    rooms: &[impl AsRef<[Span]>],
    length: Duration,
    step: Duration,
    most: usize,
) -> Vec<(DateTime<Utc>, usize)> {
    let room_for = |start: &DateTime<Utc>| {
        let wish = Span { from: *start, until: *start + length };
        rooms.iter().position(|taken| !taken.as_ref().iter().any(|t| t.overlaps(&wish)))
    };
    free(windows, taken, length, step, usize::MAX)
        .into_iter()
        .filter_map(|start| Some((start, room_for(&start)?)))
        .take(most)
        .collect()
}

crate::words! {
    /// When in the day a slot is wanted, by the practice's clock.
    pub enum DayPart {
        Any = "any", "Any time of day";
        Morning = "morning", "In the morning, until 12:00";
        Afternoon = "afternoon", "In the afternoon, 12:00 to 17:00";
        Evening = "evening", "In the evening, from 17:00";
    }
}

impl DayPart {
    /// The hours it means.
    pub fn hours(self) -> Hours {
        let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(NaiveTime::MIN);
        let end = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or(NaiveTime::MIN);
        match self {
            Self::Any => Hours { from: NaiveTime::MIN, until: end },
            Self::Morning => Hours { from: NaiveTime::MIN, until: at(12) },
            Self::Afternoon => Hours { from: at(12), until: at(17) },
            Self::Evening => Hours { from: at(17), until: end },
        }
    }
}

/// Where a slot is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    Online,
    /// Any room that offers all of this; of one location, or of all.
    AnyRoom {
        offers: Vec<String>,
        at: Option<LocationId>,
    },
    /// This room, or one of the same location that offers all that it does.
    Like(RoomId),
    Room(RoomId),
}

/// What a location's id follows where any of its rooms will do.
pub const AT: &str = "at:";

/// Whose own preferred times count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suits {
    /// Those of all who come.
    All,
    /// One person's alone: what narrows their list must not tell of another's.
    Only(PersonId),
    NoMatter,
}

/// What a slot is looked for with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotWish {
    pub client: ClientId,
    /// Everyone of the unit, or one partner alone.
    pub attendee: Option<PersonId>,
    /// `None`: whoever is free.
    pub clinician: Option<AccountId>,
    pub place: Where,
    pub minutes: i64,
    pub from: NaiveDate,
    pub part: DayPart,
    pub suits: Suits,
}

impl SlotWish {
    /// Reads a search. Nothing is required but for whom: a search that is
    /// opened finds something.
    pub fn read(form: &Form, today: NaiveDate) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let client = r.word("client", "Please choose for whom this session is.");
        let minutes = if form.has("minutes") { r.number("minutes", MINUTES) } else { Ok(60) };
        let from = match form.get("from") {
            "" => Ok(today),
            date => match parse_date(date) {
                Some(date) if date <= today + Duration::days(2 * 366) => Ok(date.max(today)),
                _ => r.fail("from", "Please choose a day within the next two years."),
            },
        };
        r.finish()?;
        let offers = form.all("offers").filter(|o| !o.is_empty()).map(str::to_owned).collect();
        Ok(Self {
            client: client?,
            attendee: form.get("attendee").parse().ok(),
            clinician: form.get("clinician").parse().ok(),
            place: match form.get("place") {
                "online" => Where::Online,
                place => match place.strip_prefix(AT) {
                    Some(at) => Where::AnyRoom { offers, at: at.parse().ok() },
                    None => place.parse().map_or(Where::AnyRoom { offers, at: None }, Where::Room),
                },
            },
            minutes: minutes?,
            from: from?,
            part: form.get("part").parse().unwrap_or(DayPart::Any),
            suits: if form.get("suits") == "no" { Suits::NoMatter } else { Suits::All },
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + minutes * 60, 0).unwrap()
    }

    fn span(from: i64, until: i64) -> Span {
        Span { from: at(from), until: at(until) }
    }

    #[test]
    fn touching_ends_are_free() {
        let hour = Duration::minutes(60);
        assert_eq!(free(&[span(0, 120)], &[span(60, 90)], hour, Duration::minutes(30), 9), [at(0)]);
        assert_eq!(free(&[span(0, 120)], &[span(0, 60)], hour, hour, 9), [at(60)]);
        for (a, b) in [(span(0, 60), span(60, 90)), (span(60, 90), span(0, 60))] {
            assert!(!a.overlaps(&b));
            assert_eq!(common(&[a], &[b]), []);
        }
    }

    #[test]
    fn what_takes_no_time_is_in_nobodys_way_and_is_not_offered() {
        let hour = Duration::minutes(60);
        assert_eq!(free(&[span(0, 60)], &[span(30, 30), span(40, 20)], hour, hour, 9), [at(0)]);
        for (length, step) in [(Duration::zero(), hour), (hour, Duration::zero()), (-hour, hour), (hour, -hour)] {
            assert!(free(&[span(0, 240)], &[], length, step, 9).is_empty());
        }
    }

    #[test]
    fn a_search_is_read_with_all_that_it_leaves_out() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-11-26");
        let client = "0198a1a0-0000-7000-8000-000000000001";
        let read = |pairs: &[(&str, &str)]| {
            let of = [("client", client)].into_iter().chain(pairs.iter().copied());
            SlotWish::read(&Form::from_pairs(of), today)
        };
        let bare = read(&[]).unwrap();
        assert_eq!((bare.minutes, bare.from, bare.part, bare.suits), (60, today, DayPart::Any, Suits::All));
        assert_eq!((bare.attendee, bare.clinician), (None, None));
        assert_eq!(bare.place, Where::AnyRoom { offers: vec![], at: None });
        // What is past begins today; two years ahead is the last day.
        assert_eq!(read(&[("from", "2026-11-01")]).unwrap().from, today);
        assert_eq!(read(&[("from", "2028-11-27")]).unwrap().from, day("2028-11-27"));
        for wrong in ["2028-11-28", "9999-01-01", "tomorrow"] {
            let errors = read(&[("from", wrong)]).unwrap_err();
            assert_eq!(errors.of("from"), Some("Please choose a day within the next two years."), "{wrong}");
        }
        assert_eq!(read(&[("suits", "no")]).unwrap().suits, Suits::NoMatter);
        assert!(read(&[("minutes", "0")]).unwrap_err().of("minutes").is_some());
        assert!(SlotWish::read(&Form::default(), today).unwrap_err().of("client").is_some());
        let place = |pairs: &[(&str, &str)]| read(pairs).unwrap().place;
        assert_eq!(place(&[("place", "online")]), Where::Online);
        assert_eq!(place(&[("place", client)]), Where::Room(client.parse().unwrap()));
        let at = format!("{AT}{client}");
        assert_eq!(
            place(&[("place", &at), ("offers", "a ramp"), ("offers", "")]),
            Where::AnyRoom { offers: vec!["a ramp".to_owned()], at: client.parse().ok() }
        );
    }

    proptest! {
        #[test]
        fn what_is_offered_is_free_and_nothing_free_is_missed(
            taken in prop::collection::vec((0i64..600, 1i64..120), 0..12),
            length in 1i64..90,
        ) {
            let taken: Vec<Span> = taken.into_iter().map(|(f, l)| span(f, f + l)).collect();
            let window = span(0, 600);
            let step = Duration::minutes(15);
            let found = free(&[window], &taken, Duration::minutes(length), step, usize::MAX);
            let expected: Vec<_> = (0..40).map(|i| at(i * 15))
                .filter(|s| *s + Duration::minutes(length) <= window.until)
                .filter(|s| !taken.iter().any(|t| t.overlaps(&Span { from: *s, until: *s + Duration::minutes(length) })))
                .collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn common_is_what_both_hold(
            a in prop::collection::vec(0i64..40, 0..6),
            b in prop::collection::vec(0i64..40, 0..6),
        ) {
            // Hours of the day, as spans that are apart.
            let spans = |hours: Vec<i64>| -> Vec<Span> {
                let hours: std::collections::BTreeSet<i64> = hours.into_iter().collect();
                hours.into_iter().map(|h| span(h * 60, h * 60 + 45)).collect()
            };
            let (a, b) = (spans(a), spans(b));
            let within = |spans: &[Span], at: DateTime<Utc>| spans.iter().any(|s| s.from <= at && at < s.until);
            let both = common(&a, &b);
            for minute in 0..(41 * 60) {
                prop_assert_eq!(within(&both, at(minute)), within(&a, at(minute)) && within(&b, at(minute)));
            }
        }

        #[test]
        fn a_room_is_free_all_along_or_the_start_is_not_offered(
            rooms in prop::collection::vec(prop::collection::vec((0i64..300, 1i64..120), 0..6), 1..4),
        ) {
            let rooms: Vec<Vec<Span>> =
                rooms.into_iter().map(|r| r.into_iter().map(|(f, l)| span(f, f + l)).collect()).collect();
            let (length, step) = (Duration::minutes(45), Duration::minutes(15));
            let found = free_with_room(&[span(0, 300)], &[], &rooms, length, step, usize::MAX);
            let is_free = |room: &Vec<Span>, s: DateTime<Utc>| !room.iter().any(|t| t.overlaps(&Span { from: s, until: s + length }));
            for i in 0..=17 {
                let start = at(i * 15);
                let offered = found.iter().find(|(s, _)| *s == start).map(|(_, room)| *room);
                prop_assert_eq!(offered, rooms.iter().position(|room| is_free(room, start)));
            }
        }
    }
}
