//! Adherence: what became of the exercises between sessions, without blame.
//!
//! It shows the therapist who did what, who starts first, and which clients do
//! less and less, in words and as a chart. There is no score on a person, and a
//! partner is never shown any of it about the other.
//!
//! Wherever a number is shown, it has the same base: the exercises assigned in
//! the weeks it names ([`WEEKS`] beside a client) that are due by now. An
//! exercise is due once its time is over, or once the partner has done it or
//! skipped it with a reason.

use chrono::{DateTime, NaiveDate, Utc};

use crate::exercises::response::NotNow;

/// How many weeks back the numbers beside a client go: in the caseload, in the
/// session brief, and at first on the page of adherence.
pub const WEEKS: i64 = 4;

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
    /// When it was assigned or, if it repeats, made.
    pub made_at: DateTime<Utc>,
    /// The part of each partner; `None` for a partner who was not asked.
    pub parts: [Option<Part>; 2],
    /// Whether its time is over, so that no more answers are expected.
    pub over: bool,
}

/// What became of an occurrence that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The partner sent it.
    Done,
    /// The partner said why not.
    Skipped,
    /// Its time is over, and neither happened.
    Missed,
}

impl Turn {
    /// What a partner (0 or 1) did with it. `None`: it is not for this partner,
    /// or there is still time for it.
    pub fn outcome(&self, who: usize) -> Option<Outcome> {
        let part = (*self.parts.get(who)?)?;
        outcome(part.submitted_at.is_some(), part.reason.is_some(), self.over)
    }
}

/// What became of one partner's part: whether it was sent, whether a reason was
/// given, and whether its time is over. `None`: there is still time for it.
pub const fn outcome(sent: bool, has_reason: bool, over: bool) -> Option<Outcome> {
    match (sent, has_reason, over) {
        (true, ..) => Some(Outcome::Done),
        (false, true, _) => Some(Outcome::Skipped),
        (false, false, true) => Some(Outcome::Missed),
        (false, false, false) => None,
    }
}

/// How many of the exercises that were due are done, counted once for each
/// person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DueCount {
    pub done: usize,
    pub due: usize,
}

impl DueCount {
    /// The count over some outcomes.
    pub fn of(outcomes: impl IntoIterator<Item = Outcome>) -> Self {
        outcomes.into_iter().fold(Self::default(), |count, outcome| Self {
            done: count.done + usize::from(outcome == Outcome::Done),
            due: count.due + 1,
        })
    }

    /// The count of one partner (0 or 1).
    pub fn of_partner(turns: &[Turn], who: usize) -> Self {
        Self::of(turns.iter().filter_map(|turn| turn.outcome(who)))
    }

    /// The count of both partners together.
    pub fn of_client(turns: &[Turn]) -> Self {
        Self::of(turns.iter().flat_map(|turn| [turn.outcome(0), turn.outcome(1)]).flatten())
    }

    /// The count with its base, such as "11 of 14 due in four weeks".
    pub fn words(self, weeks: i64) -> String {
        let span = weeks_words(weeks);
        match self.due {
            0 => format!("nothing due in {span}"),
            due => format!("{} of {due} due in {span}", self.done),
        }
    }
}

/// A number of weeks in words, such as "four weeks" or "12 weeks".
pub fn weeks_words(weeks: i64) -> String {
    match weeks {
        1 => "one week".to_owned(),
        WEEKS => "four weeks".to_owned(),
        weeks => format!("{weeks} weeks"),
    }
}

/// The occurrences that were made since then.
pub fn made_since(turns: &[Turn], since: DateTime<Utc>) -> Vec<Turn> {
    turns.iter().filter(|turn| turn.made_at >= since).copied().collect()
}

/// How much of the work between sessions one partner does, in numbers of
/// occurrences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Asked of the partner, and done, skipped with a reason, or over.
    pub due: usize,
    pub done: usize,
    /// Started by both, and first by this partner.
    pub started_first: usize,
    /// Over and not done, without a reason.
    pub missed: usize,
    /// Not done, with a reason.
    pub skipped: usize,
}

/// The share of each partner in the work between sessions. An occurrence for one
/// partner alone counts for that partner only.
pub fn balance(turns: &[Turn]) -> [Share; 2] {
    let mut shares = [Share::default(); 2];
    for turn in turns {
        for (who, share) in shares.iter_mut().enumerate() {
            match turn.outcome(who) {
                Some(Outcome::Done) => share.done += 1,
                Some(Outcome::Skipped) => share.skipped += 1,
                Some(Outcome::Missed) => share.missed += 1,
                // An occurrence that still has time does not count.
                None => continue,
            }
            share.due += 1;
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

/// The facts about a client by which the caseload is sorted and flagged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signs {
    /// Of the exercises of the last [`WEEKS`] weeks.
    pub count: DueCount,
    /// The day on which a response was last sent; `None`: never.
    pub last_sent: Option<NaiveDate>,
    /// Whether there was ever an exercise.
    pub had_exercise: bool,
    /// Whether a session is booked.
    pub has_session: bool,
    /// Whether nudges ended without an answer within these weeks.
    pub nudges_ended: bool,
    /// Whether at least one of the people can sign in.
    pub signed_in: bool,
    /// Whether one of the people said that an open exercise does not feel safe.
    pub not_safe: bool,
    /// Whether a message of theirs is unread or not answered.
    pub message: bool,
}

/// How far a client has moved away from the work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// A number to sort by, higher for more drift; never shown.
    pub weight: i64,
    /// The signs in words, other than the number of exercises and the next
    /// session, which are shown beside them.
    pub words: Vec<String>,
}

/// Weighs the signs of a client as of `today`. Clients of whom nobody can sign in
/// yet do not drift: they have not begun.
pub fn drift(signs: &Signs, today: NaiveDate) -> Drift {
    let mut drift = Drift::default();
    if !signs.signed_in {
        return drift;
    }
    if !signs.has_session {
        drift.weight += 3;
    }
    let DueCount { done, due } = signs.count;
    if signs.had_exercise && due > 0 {
        // Half of them done is normal; less than a third is a sign.
        drift.weight += if done * 3 < due {
            3
        } else if done * 2 < due {
            1
        } else {
            0
        };
    }
    let mut say = |weight: i64, words: String| {
        drift.weight += weight;
        drift.words.push(words);
    };
    if due > done
        && let Some(last) = signs.last_sent
    {
        let weeks = (today - last).num_weeks();
        if weeks >= 2 {
            say(weeks.min(6), format!("Nothing sent for {weeks} weeks"));
        }
    } else if due > 0 && signs.last_sent.is_none() {
        say(2, "Nothing sent so far".to_owned());
    }
    if signs.nudges_ended {
        say(2, "Reminders ended without an answer".to_owned());
    }
    drift
}

/// The weight of signs from which a client counts as drifting: two signs, or one
/// grave sign.
const DRIFTING: i64 = 4;

/// Why a client needs the therapist's attention, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CaseFlag {
    NotSafe,
    Message,
    NotSignedIn,
    Drifting,
}

impl CaseFlag {
    /// The flag in words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::NotSafe => "Something does not feel safe",
            Self::Message => "Message to answer",
            Self::NotSignedIn => "Not signed in yet",
            Self::Drifting => "Drifting",
        }
    }
}

/// The flags of a client as of `today`, the most urgent first.
pub fn case_flags(signs: &Signs, today: NaiveDate) -> Vec<CaseFlag> {
    let all = [
        (signs.not_safe, CaseFlag::NotSafe),
        (signs.message, CaseFlag::Message),
        (!signs.signed_in, CaseFlag::NotSignedIn),
        (drift(signs, today).weight >= DRIFTING, CaseFlag::Drifting),
    ];
    all.into_iter().filter_map(|(applies, flag)| applies.then_some(flag)).collect()
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

    fn turn(parts: [Option<Part>; 2], over: bool) -> Turn {
        Turn { parts, over, ..Turn::default() }
    }

    #[test]
    fn occurrences_started_first_missed_and_skipped_are_counted() {
        let skipped = Some(Part { reason: Some(NotNow::NoTime), ..Part::default() });
        let turns = [
            turn([part(at(0)), part(at(5))], true),
            turn([part(at(9)), part(None)], true),
            turn([part(None), skipped], true),
            turn([part(None), part(None)], false),
            turn([None, part(at(3))], false),
        ];
        let [a, b] = balance(&turns);
        assert_eq!(a, Share { due: 3, done: 2, started_first: 1, missed: 1, skipped: 0 });
        assert_eq!(b, Share { due: 4, done: 2, started_first: 0, missed: 1, skipped: 1 });
    }

    #[test]
    fn an_entry_from_paper_does_not_count_as_started_first() {
        let paper = Some(Part { started_at: at(0), submitted_at: at(0), from_paper: true, ..Part::default() });
        let [a, b] = balance(&[turn([paper, part(at(5))], true)]);
        assert_eq!((a.started_first, b.started_first, a.done, b.done), (0, 0, 1, 1));
    }

    #[test]
    fn drift_grows_when_nothing_is_sent_and_no_session_is_booked() {
        let today = "2026-11-23".parse().unwrap();
        let well = Signs {
            count: DueCount { done: 7, due: 8 },
            last_sent: Some("2026-11-20".parse().unwrap()),
            had_exercise: true,
            has_session: true,
            signed_in: true,
            ..Signs::default()
        };
        assert_eq!(drift(&well, today).weight, 0);
        let quiet =
            Signs { count: DueCount { done: 1, due: 8 }, last_sent: Some("2026-11-01".parse().unwrap()), ..well };
        let gone = Signs { has_session: false, nudges_ended: true, ..quiet };
        assert!(drift(&quiet, today).weight > 0);
        assert!(drift(&gone, today).weight > drift(&quiet, today).weight);
        assert!(drift(&gone, today).words.iter().any(|w| w == "Nothing sent for 3 weeks"));
        assert_eq!(case_flags(&gone, today), [CaseFlag::Drifting]);
        assert_eq!(case_flags(&well, today), []);
    }

    #[test]
    fn clients_who_have_not_signed_in_never_drift() {
        let today = "2026-11-23".parse().unwrap();
        let invited =
            Signs { count: DueCount { done: 0, due: 9 }, had_exercise: true, nudges_ended: true, ..Signs::default() };
        assert_eq!(drift(&invited, today), Drift::default());
        assert_eq!(case_flags(&invited, today), [CaseFlag::NotSignedIn]);
        let urgent = Signs { not_safe: true, message: true, signed_in: true, has_session: true, ..Signs::default() };
        assert_eq!(case_flags(&urgent, today), [CaseFlag::NotSafe, CaseFlag::Message]);
    }

    #[test]
    fn a_number_is_said_with_its_base() {
        let skipped = Some(Part { reason: Some(NotNow::NoTime), ..Part::default() });
        let turns = [
            turn([part(at(0)), skipped], false),
            turn([part(None), part(None)], true),
            turn([part(None), part(at(5))], false),
        ];
        assert_eq!(DueCount::of_partner(&turns, 0), DueCount { done: 1, due: 2 });
        assert_eq!(DueCount::of_partner(&turns, 1), DueCount { done: 1, due: 3 });
        assert_eq!(DueCount::of_client(&turns).words(WEEKS), "2 of 5 due in four weeks");
        assert_eq!(DueCount::of_client(&turns[..0]).words(12), "nothing due in 12 weeks");
    }

    #[test]
    fn only_exercises_of_the_weeks_count() {
        let since = at(0).unwrap();
        let made = |minute| Turn { made_at: at(minute).unwrap(), over: true, parts: [part(None), None] };
        assert_eq!(made_since(&[made(5), made(0), made(-1)], since).len(), 2);
    }

    proptest! {
        /// What was done, missed and skipped adds up to what was due, and the
        /// number beside a client is the same.
        #[test]
        fn done_missed_and_skipped_add_up_to_what_was_due(turns in prop::collection::vec((0u8..3, 0u8..3, any::<bool>()), 0..30)) {
            let part_of = |n: u8| match n { 0 => None, 1 => part(None), _ => part(at(i64::from(n))) };
            let turns: Vec<Turn> = turns.into_iter().map(|(a, b, over)| turn([part_of(a), part_of(b)], over)).collect();
            let shares = balance(&turns);
            for (who, share) in shares.iter().enumerate() {
                prop_assert_eq!(share.done + share.missed + share.skipped, share.due);
                prop_assert!(share.started_first <= share.due);
                prop_assert_eq!(DueCount::of_partner(&turns, who), DueCount { done: share.done, due: share.due });
            }
            let both = DueCount::of_client(&turns);
            prop_assert_eq!((both.done, both.due), (shares[0].done + shares[1].done, shares[0].due + shares[1].due));
        }
    }
}
