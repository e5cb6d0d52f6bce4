//! What becomes of exercises between sessions, without blame.
//!
//! For the therapist: who did what, who carries the beginning, and who is
//! drifting, in words and as a picture. There is no score on a person, and
//! nothing of this is ever shown to a partner about the other.

use chrono::{DateTime, NaiveDate, Utc};

use crate::response::NotNow;

/// What one of the two did with one occurrence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// When they first wrote in it.
    pub started_at: Option<DateTime<Utc>>,
    pub submitted_at: Option<DateTime<Utc>>,
    pub reason: Option<NotNow>,
    /// Entered by the therapist from paper: its time tells nothing.
    pub from_paper: bool,
}

/// One occurrence, as its therapist sees it; `None` for whom it is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    pub parts: [Option<Part>; 2],
    /// Its time is over: what is not there will hardly come.
    pub over: bool,
}

/// How much of the work between sessions one of the two carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// What was asked and is done, put off or over.
    pub given: usize,
    pub done: usize,
    /// Where both began it: was the one who began first.
    pub first: usize,
    /// Over, and not done, with no word why.
    pub missed: usize,
    /// Not done, with a word why.
    pub told: usize,
}

/// How evenly the two carry what is asked of both. What one alone was asked
/// for counts for that one only.
pub fn balance(turns: &[Turn]) -> [Share; 2] {
    let mut shares = [Share::default(); 2];
    for turn in turns {
        for (share, part) in shares.iter_mut().zip(turn.parts) {
            let Some(part) = part else { continue };
            match (part.submitted_at, part.reason) {
                (Some(_), _) => share.done += 1,
                (None, Some(_)) => share.told += 1,
                (None, None) if turn.over => share.missed += 1,
                // Nobody is behind with what still has time.
                (None, None) => continue,
            }
            share.given += 1;
        }
        if let [Some(a), Some(b)] = turn.parts
            && !a.from_paper
            && !b.from_paper
            && let (Some(a), Some(b)) = (a.started_at, b.started_at)
            && a != b
        {
            shares[usize::from(b < a)].first += 1;
        }
    }
    shares
}

/// What is known of a client when the caseload is looked through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signs {
    /// Occurrences of the last four weeks that were anybody's to do by now,
    /// and how many of these were done: counted by person.
    pub asked: i64,
    pub done: i64,
    /// When anything was last sent.
    pub last: Option<NaiveDate>,
    /// There was ever an exercise.
    pub any: bool,
    pub has_session: bool,
    /// Reminders ended without an answer, within the last four weeks.
    pub nudged_out: bool,
}

/// How far somebody is from the work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// For sorting: never shown.
    pub weight: i64,
    /// What there is to see, in words.
    pub words: Vec<String>,
}

/// What a look at the signs tells.
pub fn drift(signs: &Signs, today: NaiveDate) -> Drift {
    let mut drift = Drift::default();
    // That no session is booked stands beside the names already.
    if !signs.has_session {
        drift.weight += 3;
    }
    let mut say = |weight: i64, words: String| {
        drift.weight += weight;
        drift.words.push(words);
    };
    if signs.any && signs.asked > 0 {
        let words = format!("{} of {} done in the last four weeks", signs.done, signs.asked);
        // Half done is life; less than a third is a sign.
        let weight = if signs.done * 3 < signs.asked {
            3
        } else if signs.done * 2 < signs.asked {
            1
        } else {
            0
        };
        say(weight, words);
    }
    if signs.asked > signs.done
        && let Some(last) = signs.last
    {
        let weeks = (today - last).num_weeks();
        if weeks >= 2 {
            say(weeks.min(6), format!("Nothing sent for {weeks} weeks"));
        }
    } else if signs.asked > 0 && signs.last.is_none() {
        say(2, "Nothing sent so far".to_owned());
    }
    if signs.nudged_out {
        say(2, "Reminders ended without an answer".to_owned());
    }
    drift
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(minute: i64) -> Option<DateTime<Utc>> {
        Some("2026-11-23T20:00:00Z".parse::<DateTime<Utc>>().unwrap() + chrono::Duration::minutes(minute))
    }

    fn part(submitted_at: Option<DateTime<Utc>>) -> Option<Part> {
        Some(Part { started_at: submitted_at, submitted_at, ..Part::default() })
    }

    #[test]
    fn who_began_and_who_missed() {
        let told = Some(Part { reason: Some(NotNow::NoTime), ..Part::default() });
        let turns = [
            Turn { parts: [part(at(0)), part(at(5))], over: true },
            Turn { parts: [part(at(9)), part(None)], over: true },
            Turn { parts: [part(None), told], over: true },
            Turn { parts: [part(None), part(None)], over: false },
            Turn { parts: [None, part(at(3))], over: false },
        ];
        let [a, b] = balance(&turns);
        assert_eq!(a, Share { given: 3, done: 2, first: 1, missed: 1, told: 0 });
        assert_eq!(b, Share { given: 4, done: 2, first: 0, missed: 1, told: 1 });
    }

    #[test]
    fn what_the_therapist_typed_in_says_nothing_about_who_was_first() {
        let paper = Some(Part { started_at: at(0), submitted_at: at(0), from_paper: true, ..Part::default() });
        let [a, b] = balance(&[Turn { parts: [paper, part(at(5))], over: true }]);
        assert_eq!((a.first, b.first, a.done, b.done), (0, 0, 1, 1));
    }

    #[test]
    fn a_couple_that_does_its_part_is_not_drifting() {
        let today = "2026-11-23".parse().unwrap();
        let well = Signs {
            asked: 8,
            done: 7,
            last: Some("2026-11-20".parse().unwrap()),
            any: true,
            has_session: true,
            nudged_out: false,
        };
        assert_eq!(drift(&well, today).weight, 0);
        let quiet = Signs { done: 1, last: Some("2026-11-01".parse().unwrap()), ..well };
        let gone = Signs { has_session: false, nudged_out: true, ..quiet };
        assert!(drift(&quiet, today).weight > 0);
        assert!(drift(&gone, today).weight > drift(&quiet, today).weight);
        assert!(drift(&gone, today).words.iter().any(|w| w == "Nothing sent for 3 weeks"));
    }

    proptest! {
        /// Nobody has done more than they were given, and what is done,
        /// missed and told never adds up to more either.
        #[test]
        fn shares_add_up(turns in prop::collection::vec((0u8..3, 0u8..3, any::<bool>()), 0..30)) {
            let of = |n: u8| match n { 0 => None, 1 => part(None), _ => part(at(i64::from(n))) };
            let turns: Vec<Turn> = turns.into_iter().map(|(a, b, over)| Turn { parts: [of(a), of(b)], over }).collect();
            for share in balance(&turns) {
                prop_assert!(share.done + share.missed + share.told <= share.given);
                prop_assert!(share.first <= share.given);
            }
        }
    }
}
