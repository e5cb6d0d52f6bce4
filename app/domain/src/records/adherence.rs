//! Adherence: what became of the exercises between sessions, without blame.
//!
//! It shows the therapist who did what, who starts first, and which clients do
//! less and less, in words and as a chart. There is no score on a person, and a
//! partner is never shown any of it about the other.

use chrono::{DateTime, NaiveDate, Utc};

use crate::exercises::response::NotNow;

/// What one partner did with one occurrence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// When the partner first wrote in it; `None`: not yet.
    pub started_at: Option<DateTime<Utc>>,
    /// When the partner sent it; `None`: not yet.
    pub submitted_at: Option<DateTime<Utc>>,
    /// Why the partner does not do it now; `None`: no reason was given.
    pub reason: Option<NotNow>,
    /// Whether the therapist entered it from paper. Its times say nothing then.
    pub from_paper: bool,
}

/// One occurrence, as its therapist sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// The part of each partner; `None` for a partner who was not asked.
    pub parts: [Option<Part>; 2],
    /// Whether its time is over, so that no more answers are expected.
    pub over: bool,
}

/// How much of the work between sessions one partner does, in numbers of
/// occurrences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Asked of the partner, and done, declined with a reason, or over.
    pub asked: usize,
    pub done: usize,
    /// Started by both, and first by this partner.
    pub started_first: usize,
    /// Over and not done, without a reason.
    pub missed: usize,
    /// Not done, with a reason.
    pub declined: usize,
}

/// The share of each partner in the work between sessions. An occurrence for one
/// partner alone counts for that partner only.
pub fn balance(turns: &[Turn]) -> [Share; 2] {
    let mut shares = [Share::default(); 2];
    for turn in turns {
        for (share, part) in shares.iter_mut().zip(turn.parts) {
            let Some(part) = part else { continue };
            match (part.submitted_at, part.reason) {
                (Some(_), _) => share.done += 1,
                (None, Some(_)) => share.declined += 1,
                (None, None) if turn.over => share.missed += 1,
                // An occurrence that still has time does not count.
                (None, None) => continue,
            }
            share.asked += 1;
        }
        if let [Some(a), Some(b)] = turn.parts
            && !a.from_paper
            && !b.from_paper
            && let (Some(a), Some(b)) = (a.started_at, b.started_at)
            && a != b
        {
            shares[usize::from(b < a)].started_first += 1;
        }
    }
    shares
}

/// The facts about a client by which the caseload is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signs {
    /// How many occurrences of the last four weeks were to be done by now,
    /// counted once for each person.
    pub asked: i64,
    /// How many of those `asked` were done.
    pub done: i64,
    /// The day on which a response was last sent; `None`: never.
    pub last_sent: Option<NaiveDate>,
    /// Whether there was ever an exercise.
    pub had_exercise: bool,
    /// Whether a session is booked.
    pub has_session: bool,
    /// Whether nudges ended without an answer within the last four weeks.
    pub nudges_ended: bool,
}

/// How far a client has moved away from the work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// A number to sort by, higher for more drift; never shown.
    pub weight: i64,
    /// The visible signs in words.
    pub words: Vec<String>,
}

/// Weighs the signs of a client as of `today`.
pub fn drift(signs: &Signs, today: NaiveDate) -> Drift {
    let mut drift = Drift::default();
    // The caseload already shows beside the names that no session is booked.
    if !signs.has_session {
        drift.weight += 3;
    }
    let mut say = |weight: i64, words: String| {
        drift.weight += weight;
        drift.words.push(words);
    };
    if signs.had_exercise && signs.asked > 0 {
        let words = format!("{} of {} done in the last four weeks", signs.done, signs.asked);
        // Half of them done is normal; less than a third is a sign.
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
        && let Some(last) = signs.last_sent
    {
        let weeks = (today - last).num_weeks();
        if weeks >= 2 {
            say(weeks.min(6), format!("Nothing sent for {weeks} weeks"));
        }
    } else if signs.asked > 0 && signs.last_sent.is_none() {
        say(2, "Nothing sent so far".to_owned());
    }
    if signs.nudges_ended {
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
    fn occurrences_started_first_missed_and_declined_are_counted() {
        let declined = Some(Part { reason: Some(NotNow::NoTime), ..Part::default() });
        let turns = [
            Turn { parts: [part(at(0)), part(at(5))], over: true },
            Turn { parts: [part(at(9)), part(None)], over: true },
            Turn { parts: [part(None), declined], over: true },
            Turn { parts: [part(None), part(None)], over: false },
            Turn { parts: [None, part(at(3))], over: false },
        ];
        let [a, b] = balance(&turns);
        assert_eq!(a, Share { asked: 3, done: 2, started_first: 1, missed: 1, declined: 0 });
        assert_eq!(b, Share { asked: 4, done: 2, started_first: 0, missed: 1, declined: 1 });
    }

    #[test]
    fn an_entry_from_paper_does_not_count_as_started_first() {
        let paper = Some(Part { started_at: at(0), submitted_at: at(0), from_paper: true, ..Part::default() });
        let [a, b] = balance(&[Turn { parts: [paper, part(at(5))], over: true }]);
        assert_eq!((a.started_first, b.started_first, a.done, b.done), (0, 0, 1, 1));
    }

    #[test]
    fn drift_grows_when_nothing_is_sent_and_no_session_is_booked() {
        let today = "2026-11-23".parse().unwrap();
        let well = Signs {
            asked: 8,
            done: 7,
            last_sent: Some("2026-11-20".parse().unwrap()),
            had_exercise: true,
            has_session: true,
            nudges_ended: false,
        };
        assert_eq!(drift(&well, today).weight, 0);
        let quiet = Signs { done: 1, last_sent: Some("2026-11-01".parse().unwrap()), ..well };
        let gone = Signs { has_session: false, nudges_ended: true, ..quiet };
        assert!(drift(&quiet, today).weight > 0);
        assert!(drift(&gone, today).weight > drift(&quiet, today).weight);
        assert!(drift(&gone, today).words.iter().any(|w| w == "Nothing sent for 3 weeks"));
    }

    proptest! {
        /// The numbers done, missed and declined never add up to more than were
        /// given.
        #[test]
        fn done_missed_and_declined_are_at_most_the_number_given(turns in prop::collection::vec((0u8..3, 0u8..3, any::<bool>()), 0..30)) {
            let part_of = |n: u8| match n { 0 => None, 1 => part(None), _ => part(at(i64::from(n))) };
            let turns: Vec<Turn> = turns.into_iter().map(|(a, b, over)| Turn { parts: [part_of(a), part_of(b)], over }).collect();
            for share in balance(&turns) {
                prop_assert!(share.done + share.missed + share.declined <= share.asked);
                prop_assert!(share.started_first <= share.asked);
            }
        }
    }
}
