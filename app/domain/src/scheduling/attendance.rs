//! Attendance: which of the people expected at a session came, what one press
//! at the front desk marks, and the state of the session that follows.
//!
//! A session that was marked as a whole by an earlier version has no marks of
//! its people; [`presences`] says what its state tells about them.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};

use crate::{UnknownWord, ids::PersonId, scheduling::session::SessionState};

crate::words! {
    /// What was marked of an attendee.
    pub enum Presence {
        Present = "present", "Arrived";
        Absent = "absent", "No-show";
    }
}

/// What one press marks of a session's attendees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// This person has arrived; `None`: everyone who attends.
    Arrived(Option<PersonId>),
    /// This person is a no-show.
    Absent(PersonId),
    /// Nothing is marked of this person any more.
    Expected(PersonId),
    /// The session took place with this person, and without the others.
    Only(PersonId),
}

impl Mark {
    /// The session's state that is allowed at the same time as this mark: nobody
    /// is a no-show before the session begins. `None`: the mark is always
    /// allowed.
    pub const fn needs(self) -> Option<SessionState> {
        match self {
            Self::Arrived(_) => Some(SessionState::Arrived),
            Self::Absent(_) | Self::Only(_) => Some(SessionState::NoShow),
            Self::Expected(_) => None,
        }
    }

    /// The marks of these attendees after this one, in the same order. `None`:
    /// the person is not among them.
    pub fn apply(self, people: &[(PersonId, Option<Presence>)]) -> Option<Vec<Option<Presence>>> {
        let whom = match self {
            Self::Arrived(whom) => whom,
            Self::Absent(whom) | Self::Expected(whom) | Self::Only(whom) => Some(whom),
        };
        if whom.is_some_and(|whom| people.iter().all(|(person, _)| *person != whom)) {
            return None;
        }
        let marked = people.iter().map(|(person, before)| {
            let is_meant = whom.is_none_or(|whom| whom == *person);
            match (self, is_meant) {
                (Self::Arrived(_) | Self::Only(_), true) => Some(Presence::Present),
                (Self::Absent(_), true) | (Self::Only(_), false) => Some(Presence::Absent),
                (Self::Expected(_), true) => None,
                (Self::Arrived(_) | Self::Absent(_) | Self::Expected(_), false) => *before,
            }
        });
        Some(marked.collect())
    }
}

/// The value of the button that sends this mark, such as `arrived` or
/// `only:0198…`.
impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arrived(None) => write!(f, "arrived"),
            Self::Arrived(Some(person)) => write!(f, "arrived:{person}"),
            Self::Absent(person) => write!(f, "absent:{person}"),
            Self::Expected(person) => write!(f, "expected:{person}"),
            Self::Only(person) => write!(f, "only:{person}"),
        }
    }
}

impl FromStr for Mark {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let unknown = || UnknownWord { set: "Mark", word: text.chars().take(40).collect() };
        let Some((word, person)) = text.split_once(':') else {
            return if text == "arrived" { Ok(Self::Arrived(None)) } else { Err(unknown()) };
        };
        let person: PersonId = person.parse().map_err(|_| unknown())?;
        match word {
            "arrived" => Ok(Self::Arrived(Some(person))),
            "absent" => Ok(Self::Absent(person)),
            "expected" => Ok(Self::Expected(person)),
            "only" => Ok(Self::Only(person)),
            _ => Err(unknown()),
        }
    }
}

/// The state of a session with these marks. `is_over`: its time has passed, or
/// it is marked as completed.
pub fn session_state(marks: &[Option<Presence>], is_over: bool) -> SessionState {
    let has = |presence| marks.contains(&Some(presence));
    let all_marked = marks.iter().all(Option::is_some);
    match (has(Presence::Present), has(Presence::Absent)) {
        (true, _) if all_marked && is_over => SessionState::Completed,
        (true, _) => SessionState::Arrived,
        (false, true) if all_marked => SessionState::NoShow,
        (false, _) => SessionState::Booked,
    }
}

/// What a mark of the whole session means for an attendee, of whom `before` was
/// marked. `None`: nothing is marked any more.
pub const fn presence_in(state: SessionState, before: Option<Presence>) -> Option<Presence> {
    match state {
        SessionState::Arrived => Some(Presence::Present),
        // An absence that was marked before stays.
        SessionState::Completed => match before {
            Some(Presence::Absent) => Some(Presence::Absent),
            Some(Presence::Present) | None => Some(Presence::Present),
        },
        SessionState::NoShow => Some(Presence::Absent),
        SessionState::Booked | SessionState::LateCancelled | SessionState::Cancelled => None,
    }
}

/// What is known of each attendee. Without any mark, the state of the session
/// tells it of all of them.
pub fn presences(state: SessionState, marks: &[Option<Presence>]) -> Vec<Option<Presence>> {
    if marks.iter().any(Option::is_some) {
        return marks.to_vec();
    }
    marks.iter().map(|_| presence_in(state, None)).collect()
}

/// A sentence about a joint session to which not everyone came, such as "Only
/// Elif came". `None`: the session is not joint, everyone or nobody came, or it
/// is not known yet.
pub fn came_sentence(state: SessionState, names: &[&str], marks: &[Option<Presence>]) -> Option<String> {
    let known = presences(state, marks);
    let names = first_names(names);
    let of = |presence| known.iter().zip(&names).filter(move |(p, _)| **p == presence).map(|(_, name)| name.as_str());
    let came: Vec<&str> = of(Some(Presence::Present)).collect();
    if names.len() < 2 || came.is_empty() || came.len() == names.len() {
        return None;
    }
    let came = came.join(" and ");
    match of(None).collect::<Vec<_>>() {
        expected if expected.is_empty() => Some(format!("Only {came} came")),
        expected => Some(format!("{came} arrived, {} not yet", expected.join(" and "))),
    }
}

/// The first words of names, or the whole names if two first words are the same.
pub fn first_names(names: &[&str]) -> Vec<String> {
    let first: Vec<&str> = names.iter().map(|name| name.split_whitespace().next().unwrap_or(name)).collect();
    let is_unique = first.iter().enumerate().all(|(n, name)| !first[n + 1..].contains(name));
    (if is_unique { first.as_slice() } else { names }).iter().map(|name| (*name).to_owned()).collect()
}

/// How many minutes after the start a person arrived. `None`: in time, or less
/// than five minutes late.
pub fn minutes_late(starts_at: DateTime<Utc>, arrived_at: DateTime<Utc>) -> Option<i64> {
    Some((arrived_at - starts_at).num_minutes()).filter(|late| *late >= 5)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const IN: Option<Presence> = Some(Presence::Present);
    const OUT: Option<Presence> = Some(Presence::Absent);

    #[test]
    fn the_state_of_a_session_follows_from_who_came() {
        use SessionState::{Arrived, Booked, Completed, NoShow};
        for (marks, before_end, after_end) in [
            ([None, None], Booked, Booked),
            ([IN, None], Arrived, Arrived),
            ([OUT, None], Booked, Booked),
            ([IN, IN], Arrived, Completed),
            ([IN, OUT], Arrived, Completed),
            ([OUT, OUT], NoShow, NoShow),
        ] {
            assert_eq!(session_state(&marks, false), before_end, "{marks:?}");
            assert_eq!(session_state(&marks, true), after_end, "{marks:?}");
        }
        assert_eq!(session_state(&[OUT], false), NoShow);
        assert_eq!(session_state(&[], true), Booked);
    }

    #[test]
    fn a_press_marks_only_whom_it_names() {
        let [elif, yusuf, other] = [1, 2, 3].map(|n| PersonId(Uuid::from_u128(n)));
        let people = [(elif, None), (yusuf, None)];
        assert_eq!(Mark::Arrived(None).apply(&people), Some(vec![IN, IN]));
        assert_eq!(Mark::Arrived(Some(elif)).apply(&people), Some(vec![IN, None]));
        assert_eq!(Mark::Absent(yusuf).apply(&[(elif, IN), (yusuf, None)]), Some(vec![IN, OUT]));
        assert_eq!(Mark::Expected(elif).apply(&[(elif, IN), (yusuf, OUT)]), Some(vec![None, OUT]));
        assert_eq!(Mark::Only(elif).apply(&[(elif, None), (yusuf, IN)]), Some(vec![IN, OUT]));
        for mark in [Mark::Arrived(Some(other)), Mark::Absent(other), Mark::Expected(other), Mark::Only(other)] {
            assert_eq!(mark.apply(&people), None);
            assert_eq!(mark.to_string().parse(), Ok(mark));
        }
        assert_eq!("arrived".parse(), Ok(Mark::Arrived(None)));
        for text in ["", "only", "absent", "left:0198a1a0-0000-7000-8000-000000000001", "arrived:all"] {
            assert!(text.parse::<Mark>().is_err(), "{text}");
        }
    }

    #[test]
    fn nobody_is_a_no_show_before_the_session_begins() {
        let who = PersonId(Uuid::nil());
        assert_eq!(Mark::Absent(who).needs(), Some(SessionState::NoShow));
        assert_eq!(Mark::Only(who).needs(), Some(SessionState::NoShow));
        assert_eq!(Mark::Arrived(None).needs(), Some(SessionState::Arrived));
        assert_eq!(Mark::Expected(who).needs(), None);
    }

    #[test]
    fn completing_a_session_keeps_an_absence_and_setting_it_back_removes_all_marks() {
        assert_eq!(presence_in(SessionState::Completed, OUT), OUT);
        assert_eq!(presence_in(SessionState::Completed, None), IN);
        assert_eq!(presence_in(SessionState::Arrived, OUT), IN);
        assert_eq!(presence_in(SessionState::NoShow, IN), OUT);
        for state in [SessionState::Booked, SessionState::LateCancelled, SessionState::Cancelled] {
            assert_eq!(presence_in(state, IN), None);
        }
    }

    #[test]
    fn therapist_reads_who_came_alone() {
        let say = |state, marks: &[Option<Presence>]| came_sentence(state, &["Elif Kaya", "Yusuf Kaya"], marks);
        assert_eq!(say(SessionState::Completed, &[IN, OUT]).as_deref(), Some("Only Elif came"));
        assert_eq!(say(SessionState::Arrived, &[None, IN]).as_deref(), Some("Yusuf arrived, Elif not yet"));
        for (state, marks) in [
            (SessionState::Completed, [None, None]),
            (SessionState::Completed, [IN, IN]),
            (SessionState::NoShow, [OUT, OUT]),
            (SessionState::Booked, [None, None]),
        ] {
            assert_eq!(say(state, &marks), None, "{state:?} {marks:?}");
        }
        assert_eq!(came_sentence(SessionState::Completed, &["Elif Kaya"], &[IN]), None, "it is no joint session");
        let same = came_sentence(SessionState::Completed, &["Kim Lee", "Kim Park"], &[IN, OUT]);
        assert_eq!(same.as_deref(), Some("Only Kim Lee came"));
    }

    #[test]
    fn session_marked_as_a_whole_tells_of_everyone() {
        assert_eq!(presences(SessionState::Completed, &[None, None]), [IN, IN]);
        assert_eq!(presences(SessionState::NoShow, &[None, None]), [OUT, OUT]);
        assert_eq!(presences(SessionState::Booked, &[None, None]), [None, None]);
        assert_eq!(presences(SessionState::Arrived, &[IN, None]), [IN, None]);
    }

    #[test]
    fn five_minutes_after_the_start_is_late() {
        let starts: DateTime<Utc> = "2026-11-25T10:00:00Z".parse().unwrap();
        let after = |minutes| minutes_late(starts, starts + chrono::Duration::minutes(minutes));
        assert_eq!((after(-10), after(4), after(5), after(12)), (None, None, Some(5), Some(12)));
    }
}
