//! Slots: the search for free times, a pure function of opening hours and what
//! is already taken.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};

use crate::{
    form::{Errors, Form, Reader, parse_date},
    ids::{AccountId, ClientId, LocationId, PersonId, RoomId},
    practice::hours::Hours,
    scheduling::session::MINUTES,
    span::{Span, covers, join_spans, obstacle_end},
};

/// The limits within which free times are searched. The lists may be in any
/// order, and their spans may overlap.
#[derive(Clone, Copy, Debug)]
pub struct Limits<'a> {
    /// The hours in which a session may take place. Each span begins a grid of
    /// starts. A session may extend from one span into another that touches it.
    pub open: &'a [Span],
    /// Lists of spans that narrow the starts without moving them: a session
    /// must lie within one span of each list.
    pub within: &'a [Vec<Span>],
    /// The times that are taken.
    pub taken: &'a [Span],
    /// The length of a session.
    pub length: Duration,
    /// The distance between two starts.
    pub step: Duration,
}

/// The first point at or after `at` of the grid that begins at `begin`.
fn next_on_grid(begin: DateTime<Utc>, step: Duration, at: DateTime<Utc>) -> DateTime<Utc> {
    if at <= begin {
        return begin;
    }
    let (behind, step) = ((at - begin).num_nanoseconds(), step.num_nanoseconds());
    let (Some(behind), Some(step)) = (behind, step) else { return at };
    let past = behind.rem_euclid(step.max(1));
    if past == 0 { at } else { at + Duration::nanoseconds(step - past) }
}

/// At most `most` free starts within the span `starts`, the soonest first and
/// each once. Empty if the length or the step is not positive.
pub fn free_starts(limits: &Limits<'_>, starts: Span, most: usize) -> Vec<DateTime<Utc>> {
    let Limits { length, step, .. } = *limits;
    let mut found: Vec<DateTime<Utc>> = Vec::new();
    if length <= Duration::zero() || step <= Duration::zero() {
        return found;
    }
    let (open, taken) = (join_spans(limits.open), join_spans(limits.taken));
    let within: Vec<Vec<Span>> = limits.within.iter().map(|spans| join_spans(spans)).collect();
    let mut openings = limits.open.to_vec();
    openings.sort_unstable();
    for opening in openings {
        let end = opening.until.min(starts.until);
        let mut start = next_on_grid(opening.from, step, starts.from);
        while start < end && found.len() < most {
            let wish = Span { from: start, until: start + length };
            // A later start in this opening ends later too.
            if !covers(&open, &wish) {
                break;
            }
            if let Some(until) = obstacle_end(&taken, &wish) {
                start = next_on_grid(opening.from, step, until);
                continue;
            }
            if within.iter().all(|spans| covers(spans, &wish)) && found.last().is_none_or(|last| *last < start) {
                found.push(start);
            }
            start += step;
        }
    }
    found
}

/// At most `most` free starts within the span `starts` at which a room is free
/// as well, each with the index of the first free room. `rooms` holds for each
/// room the times at which it is taken.
pub fn free_starts_with_room(
    limits: &Limits<'_>,
    rooms: &[impl AsRef<[Span]>],
    starts: Span,
    most: usize,
) -> Vec<(DateTime<Utc>, usize)> {
    let rooms: Vec<Vec<Span>> = rooms.iter().map(|taken| join_spans(taken.as_ref())).collect();
    let room_for = |start: DateTime<Utc>| {
        let wish = Span { from: start, until: start + limits.length };
        rooms.iter().position(|taken| obstacle_end(taken, &wish).is_none())
    };
    free_starts(limits, starts, usize::MAX)
        .into_iter()
        .filter_map(|start| Some((start, room_for(start)?)))
        .take(most)
        .collect()
}

/// The place where a page of free times begins or ends. It is an instant, so
/// that no zone and no clock change can lose, repeat or misplace a time between
/// two pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// The page shows the first times that start at this instant or later.
    From(DateTime<Utc>),
    /// The page shows the last times that start before this instant.
    Before(DateTime<Utc>),
}

impl Cursor {
    /// The names of the form fields for `From` and `Before`.
    pub const FIELDS: [&str; 2] = ["since", "before"];

    /// Reads the cursor of a link. `None`: the link has none, or none that is
    /// valid.
    pub fn read(form: &Form) -> Option<Self> {
        let [since, before] = Self::FIELDS.map(|name| form.get(name).parse::<DateTime<Utc>>().ok());
        // Arithmetic with instants near the ends of chrono's range overflows.
        let near = |at: &DateTime<Utc>| (1970..=9000).contains(&chrono::Datelike::year(at));
        before.filter(near).map(Self::Before).or_else(|| since.filter(near).map(Self::From))
    }

    /// The name and the value of the form field for this cursor.
    pub fn field(self) -> (&'static str, String) {
        let [since, before] = Self::FIELDS;
        let (name, at) = match self {
            Self::From(at) => (since, at),
            Self::Before(at) => (before, at),
        };
        (name, at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
    }
}

crate::words! {
    /// The part of the day in which a slot is wanted, in the practice's zone.
    pub enum DayPart {
        Any = "any", "Any time of day";
        Morning = "morning", "In the morning, until 12:00";
        Afternoon = "afternoon", "In the afternoon, 12:00 to 17:00";
        Evening = "evening", "In the evening, from 17:00";
    }
}

impl DayPart {
    /// The hours within which the session must lie. `None`: any hours.
    pub fn hours(self) -> Option<Hours> {
        let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(NaiveTime::MIN);
        match self {
            Self::Any => None,
            Self::Morning => Some(Hours { until: at(12), ..Hours::DAY }),
            Self::Afternoon => Some(Hours { from: at(12), until: at(17) }),
            Self::Evening => Some(Hours { from: at(17), ..Hours::DAY }),
        }
    }
}

/// The place where a session is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlotPlace {
    Online,
    /// Any room that offers all of `offers`, of the location `at` (`None`: of
    /// any location).
    AnyRoom {
        offers: Vec<String>,
        at: Option<LocationId>,
    },
    /// This room, or a room of the same location that offers all that this one
    /// offers.
    Like(RoomId),
    /// This room only.
    Room(RoomId),
}

/// The prefix of a location's id in the field `place`: any room of the location
/// is wanted.
pub const AT: &str = "at:";

/// Whose preferred times narrow the search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suits {
    /// The preferred times of all who attend.
    All,
    /// The preferred times of this person only, so that their list does not
    /// reveal the other partner's.
    Only(PersonId),
    /// Nobody's.
    NoMatter,
}

/// The search for a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotWish {
    pub client: ClientId,
    /// The one person who attends; `None`: everyone of the client.
    pub attendee: Option<PersonId>,
    /// `None`: any therapist.
    pub clinician: Option<AccountId>,
    pub place: SlotPlace,
    pub minutes: i64,
    /// The first day, in the practice's zone.
    pub from: NaiveDate,
    /// The page of free times to show. `None`: the first page, from that day
    /// on.
    pub cursor: Option<Cursor>,
    pub part: DayPart,
    pub preferred_times: Suits,
}

impl SlotWish {
    /// Reads a search from its form. Only the client is required: all other
    /// fields have defaults, so that the search finds something as soon as it
    /// is opened.
    pub fn read(form: &Form, today: NaiveDate) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let client = r.word("client", "Choose a client.");
        let minutes = if form.has("minutes") { r.number("minutes", MINUTES) } else { Ok(60) };
        let from = match form.get("from") {
            "" => Ok(today),
            date => match parse_date(date) {
                Some(date) if date <= today + Duration::days(2 * 366) => Ok(date.max(today)),
                _ => r.fail("from", "Enter a day within the next two years."),
            },
        };
        r.finish()?;
        let offers = form.all("offers").filter(|o| !o.is_empty()).map(str::to_owned).collect();
        Ok(Self {
            client: client?,
            attendee: form.get("attendee").parse().ok(),
            clinician: form.get("clinician").parse().ok(),
            place: match form.get("place") {
                "online" => SlotPlace::Online,
                place => match place.strip_prefix(AT) {
                    Some(at) => SlotPlace::AnyRoom { offers, at: at.parse().ok() },
                    None => place.parse().map_or(SlotPlace::AnyRoom { offers, at: None }, SlotPlace::Room),
                },
            },
            minutes: minutes?,
            from: from?,
            cursor: Cursor::read(form),
            part: form.get("part").parse().unwrap_or(DayPart::Any),
            preferred_times: if form.get("suits") == "no" { Suits::NoMatter } else { Suits::All },
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

    fn limits<'a>(open: &'a [Span], taken: &'a [Span], length: i64, step: i64) -> Limits<'a> {
        Limits { open, within: &[], taken, length: Duration::minutes(length), step: Duration::minutes(step) }
    }

    const EVER: Span = Span { from: DateTime::<Utc>::MIN_UTC, until: DateTime::<Utc>::MAX_UTC };

    #[test]
    fn spans_that_touch_do_not_overlap() {
        assert_eq!(free_starts(&limits(&[span(0, 120)], &[span(60, 90)], 60, 30), EVER, 9), [at(0)]);
        assert_eq!(free_starts(&limits(&[span(0, 120)], &[span(0, 60)], 60, 60), EVER, 9), [at(60)]);
        for (a, b) in [(span(0, 60), span(60, 90)), (span(60, 90), span(0, 60))] {
            assert!(!a.overlaps(&b));
        }
    }

    #[test]
    fn empty_spans_block_nothing_and_empty_sessions_are_not_offered() {
        assert_eq!(free_starts(&limits(&[span(0, 60)], &[span(30, 30), span(40, 20)], 60, 60), EVER, 9), [at(0)]);
        for (length, step) in [(0, 60), (60, 0), (-60, 60), (60, -60)] {
            assert!(free_starts(&limits(&[span(0, 240)], &[], length, step), EVER, 9).is_empty());
        }
    }

    #[test]
    fn touching_hours_are_joined_and_each_begins_a_grid() {
        // 0 to 100 and 100 to 200: the first's last start may end in the second.
        let open = [span(0, 100), span(100, 200)];
        assert_eq!(
            free_starts(&limits(&open, &[], 50, 30), EVER, 9),
            [at(0), at(30), at(60), at(90), at(100), at(130)]
        );
        // `within` narrows the starts and moves none of them.
        let within = [vec![span(35, 95), span(95, 170)], vec![span(0, 160)]];
        let narrow = Limits { within: &within, ..limits(&open, &[], 50, 30) };
        assert_eq!(free_starts(&narrow, EVER, 9), [at(60), at(90), at(100)]);
        // A nanosecond after a start, the next start is the first one found.
        let from = at(60) + Duration::nanoseconds(1);
        assert_eq!(free_starts(&narrow, Span { from, until: at(200) }, 9), [at(90), at(100)]);
        // A part of the list has the starts that lie in it.
        assert_eq!(free_starts(&narrow, Span { from: at(61), until: at(100) }, 9), [at(90)]);
        assert_eq!(free_starts(&narrow, EVER, 2), [at(60), at(90)]);
    }

    #[test]
    fn a_cursor_is_read_back_from_its_link() {
        let read = |pairs: &[(&str, &str)]| Cursor::read(&Form::from_pairs(pairs.iter().copied()));
        for cursor in [Cursor::From(at(15)), Cursor::Before(at(0) + Duration::milliseconds(1))] {
            let (name, value) = cursor.field();
            assert_eq!(read(&[(name, &value)]), Some(cursor));
        }
        for wrong in ["", "2027-01-12", "soon", "+262142-12-31T23:59:59Z", "-0001-01-01T00:00:00Z"] {
            assert_eq!(read(&[("since", wrong), ("before", wrong)]), None, "{wrong}");
        }
    }

    #[test]
    fn a_search_has_defaults_for_missing_fields() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-11-26");
        let client = "0198a1a0-0000-7000-8000-000000000001";
        let read = |pairs: &[(&str, &str)]| {
            let fields = [("client", client)].into_iter().chain(pairs.iter().copied());
            SlotWish::read(&Form::from_pairs(fields), today)
        };
        let bare = read(&[]).unwrap();
        assert_eq!((bare.minutes, bare.from, bare.part, bare.preferred_times), (60, today, DayPart::Any, Suits::All));
        assert_eq!((bare.attendee, bare.clinician), (None, None));
        assert_eq!(bare.place, SlotPlace::AnyRoom { offers: vec![], at: None });
        // A past day becomes today; the last day is two years ahead.
        assert_eq!(read(&[("from", "2026-11-01")]).unwrap().from, today);
        assert_eq!(read(&[("from", "2028-11-27")]).unwrap().from, day("2028-11-27"));
        for wrong in ["2028-11-28", "9999-01-01", "tomorrow"] {
            let errors = read(&[("from", wrong)]).unwrap_err();
            assert_eq!(errors.message("from"), Some("Enter a day within the next two years."), "{wrong}");
        }
        assert_eq!(read(&[("suits", "no")]).unwrap().preferred_times, Suits::NoMatter);
        assert!(read(&[("minutes", "0")]).unwrap_err().message("minutes").is_some());
        assert!(SlotWish::read(&Form::default(), today).unwrap_err().message("client").is_some());
        let place = |pairs: &[(&str, &str)]| read(pairs).unwrap().place;
        assert_eq!(place(&[("place", "online")]), SlotPlace::Online);
        assert_eq!(place(&[("place", client)]), SlotPlace::Room(client.parse().unwrap()));
        let at = format!("{AT}{client}");
        assert_eq!(
            place(&[("place", &at), ("offers", "a ramp"), ("offers", "")]),
            SlotPlace::AnyRoom { offers: vec!["a ramp".to_owned()], at: client.parse().ok() }
        );
    }

    proptest! {
        #[test]
        fn the_offered_starts_are_exactly_the_free_ones(
            open in prop::collection::vec((0i64..40, 1i64..20), 1..5),
            taken in prop::collection::vec((0i64..600, 1i64..120), 0..12),
            suits in prop::collection::vec((0i64..600, 1i64..300), 0..4),
            length in 1i64..90,
            (from, long) in (0i64..600, 0i64..600),
        ) {
            // Opening hours on quarters of an hour, apart or touching.
            let open: Vec<Span> = open.into_iter().map(|(f, l)| span(f * 15, (f + l) * 15)).collect();
            let taken: Vec<Span> = taken.into_iter().map(|(f, l)| span(f, f + l)).collect();
            let within: Vec<Vec<Span>> =
                if suits.is_empty() { vec![] } else { vec![suits.into_iter().map(|(f, l)| span(f, f + l)).collect()] };
            let starts = span(from, from + long);
            let narrow = Limits { within: &within, ..limits(&open, &taken, length, 15) };
            let found = free_starts(&narrow, starts, usize::MAX);
            // The expected result minute by minute, with no list joined or
            // sorted.
            let all = |of: &[Span], s: i64| (s..s + length).all(|m| of.iter().any(|o| o.from <= at(m) && at(m) < o.until));
            let expected: Vec<_> = (0..80).map(|i| i * 15)
                .filter(|s| starts.from <= at(*s) && at(*s) < starts.until)
                .filter(|s| all(&open, *s) && within.iter().all(|w| all(w, *s)))
                .filter(|s| !(*s..s + length).any(|m| taken.iter().any(|t| t.from <= at(m) && at(m) < t.until)))
                .map(at)
                .collect();
            prop_assert_eq!(&found, &expected);
            let three: Vec<_> = expected.into_iter().take(3).collect();
            prop_assert_eq!(free_starts(&narrow, starts, 3), three);
        }

        #[test]
        fn a_start_is_offered_only_with_a_room_free_for_the_whole_session(
            rooms in prop::collection::vec(prop::collection::vec((0i64..300, 1i64..120), 0..6), 1..4),
        ) {
            let rooms: Vec<Vec<Span>> =
                rooms.into_iter().map(|r| r.into_iter().map(|(f, l)| span(f, f + l)).collect()).collect();
            let length = Duration::minutes(45);
            let found = free_starts_with_room(&limits(&[span(0, 300)], &[], 45, 15), &rooms, EVER, usize::MAX);
            let is_free = |room: &Vec<Span>, s: DateTime<Utc>| !room.iter().any(|t| t.overlaps(&Span { from: s, until: s + length }));
            for i in 0..=17 {
                let start = at(i * 15);
                let offered = found.iter().find(|(s, _)| *s == start).map(|(_, room)| *room);
                prop_assert_eq!(offered, rooms.iter().position(|room| is_free(room, start)));
            }
        }
    }
}
