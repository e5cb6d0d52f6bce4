//! Goals of a client and the plan: what a client works towards, when a goal is
//! due for review, and what a note copies of both.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::form::{Errors, Form, Reader};

crate::words! {
    /// What became of a goal.
    pub enum GoalState {
        Open = "open", "Open";
        Reached = "reached", "Reached";
        Dropped = "dropped", "No longer pursued";
    }
}

/// The words of a goal, which are sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalBody {
    /// The goal, in the client's words.
    pub text: String,
    /// How a change is noticed, such as "evenings together in a week"; empty: not
    /// said.
    #[serde(default)]
    pub measure: String,
}

/// When a goal is due for review. Both can be set: the first to come counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReviewRule {
    /// After this many sessions since the latest review; `None`: not by sessions.
    pub sessions: Option<i64>,
    /// On this day; `None`: on none.
    pub on: Option<NaiveDate>,
}

impl ReviewRule {
    /// Whether a review is due today. `held` counts the sessions that took place
    /// since the latest review, or since the goal was set if there was none.
    pub fn is_due(self, held: i64, today: NaiveDate) -> bool {
        self.sessions.is_some_and(|sessions| held >= sessions) || self.on.is_some_and(|on| on <= today)
    }

    /// The rule as a sentence, with the day as `day` writes it.
    pub fn words(self, day: impl Fn(NaiveDate) -> String) -> String {
        let sessions = self.sessions.map(|n| match n {
            1 => "after each session".to_owned(),
            n => format!("every {n} sessions"),
        });
        match (sessions, self.on.map(day)) {
            (Some(sessions), Some(day)) => format!("Review {sessions}, and on {day}"),
            (Some(sessions), None) => format!("Review {sessions}"),
            (None, Some(day)) => format!("Review on {day}"),
            (None, None) => "No review is set".to_owned(),
        }
    }
}

/// A goal as its form sets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalText {
    pub body: GoalBody,
    /// Since when the client works towards it.
    pub since: NaiveDate,
    /// The slug of the exercise that belongs to it; empty: none.
    pub exercise: String,
    pub review: ReviewRule,
}

/// The longest goal, in characters.
pub const GOAL_MAX: usize = 1_000;
/// The longest measure, in characters.
const MEASURE_MAX: usize = 300;
/// The longest plan, in characters.
pub const PLAN_MAX: usize = 10_000;
/// The longest remark on a review, in characters.
const REMARK_MAX: usize = 4_000;
/// The most sessions between two reviews.
const SESSIONS_MAX: i64 = 100;

impl GoalText {
    /// Reads a goal from its form.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let text = r.lines("text", 1..=GOAL_MAX, "Write the goal.");
        let measure = r.text("measure", 0..=MEASURE_MAX, "");
        let since = r.date("since", "Enter the day on which this became a goal.");
        let exercise = r.text("exercise", 0..=100, "");
        let sessions = read_sessions(&mut r);
        let on = r.optional_date("review_on", "Enter the day of the review, or leave it empty.");
        r.finish()?;
        Ok(Self {
            body: GoalBody { text: text?, measure: measure? },
            since: since?,
            exercise: exercise?,
            review: ReviewRule { sessions: sessions?, on: on? },
        })
    }

    /// Fills the form that changes the goal.
    pub fn fill(&self, form: &mut Form) {
        form.set("text", self.body.text.as_str());
        form.set("measure", self.body.measure.as_str());
        form.set("since", self.since.to_string());
        form.set("exercise", self.exercise.as_str());
        form.set("review_sessions", self.review.sessions.map(|n| n.to_string()).unwrap_or_default());
        form.set("review_on", self.review.on.map(|on| on.to_string()).unwrap_or_default());
    }
}

/// Reads after how many sessions a review is due; `None`: the field is empty.
fn read_sessions(r: &mut Reader<'_>) -> Result<Option<i64>, Errors> {
    if crate::typed::is_blank(r.raw("review_sessions")) {
        return Ok(None);
    }
    r.number("review_sessions", 1..=SESSIONS_MAX).map(Some)
}

/// What a review of a goal found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalReview {
    pub state: GoalState,
    /// What the therapist noted; empty: nothing.
    pub remark: String,
    /// The day of the next review; `None`: on none.
    pub next_on: Option<NaiveDate>,
}

impl GoalReview {
    /// Reads a review from its form.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let state = r.word("state", "Choose what became of the goal.");
        let remark = r.lines("remark", 0..=REMARK_MAX, "");
        let next_on = r.optional_date("next_on", "Enter the day of the next review, or leave it empty.");
        r.finish()?;
        Ok(Self { state: state?, remark: remark?, next_on: next_on? })
    }
}

/// The plan of a client as its form sets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanText {
    pub text: String,
    /// Until when it is to be done; `None`: no day is set.
    pub until: Option<NaiveDate>,
}

impl PlanText {
    /// Reads a plan from its form.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let text = r.lines("plan", 1..=PLAN_MAX, "Write the plan.");
        let until = r.optional_date("until", "Enter the last day, or leave it empty.");
        r.finish()?;
        Ok(Self { text: text?, until: until? })
    }
}

/// A goal as a line of a note, with the day as `day` writes it.
pub fn line(body: &GoalBody, since: NaiveDate, day: impl Fn(NaiveDate) -> String) -> String {
    let text = body.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let since = day(since);
    match body.measure.as_str() {
        "" => format!("• {text} (since {since})"),
        measure => format!("• {text} (since {since}; measured by {measure})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn goal_is_read_as_it_was_filled() {
        let goal = GoalText {
            body: GoalBody { text: "Argue without leaving".into(), measure: "evenings a week".into() },
            since: day("2026-11-03"),
            exercise: "listening".into(),
            review: ReviewRule { sessions: Some(4), on: Some(day("2026-12-24")) },
        };
        let mut form = Form::default();
        goal.fill(&mut form);
        assert_eq!(GoalText::read(&form), Ok(goal));
    }

    #[test]
    fn goal_names_each_gap_at_its_field() {
        let form = Form::from_pairs([("review_sessions", "0"), ("review_on", "soon"), ("since", "")]);
        let errors = GoalText::read(&form).unwrap_err();
        let at: Vec<&str> = errors.iter().map(|(field, _)| field).collect();
        assert_eq!(at, ["review_on", "review_sessions", "since", "text"]);
        let blank = Form::from_pairs([("text", "Talk"), ("since", "2026-11-03"), ("review_sessions", " ")]);
        assert_eq!(GoalText::read(&blank).unwrap().review, ReviewRule::default());
        assert!(GoalReview::read(&Form::default()).unwrap_err().message("state").is_some());
        assert!(PlanText::read(&Form::default()).unwrap_err().message("plan").is_some());
    }

    #[test]
    fn review_is_due_by_sessions_or_by_day() {
        let today = day("2026-12-01");
        let by_sessions = ReviewRule { sessions: Some(4), on: None };
        assert!(!by_sessions.is_due(3, today) && by_sessions.is_due(4, today));
        let by_day = ReviewRule { sessions: None, on: Some(today) };
        assert!(by_day.is_due(0, today) && !by_day.is_due(9, day("2026-11-30")));
        assert!(!ReviewRule::default().is_due(99, today));
        let both = ReviewRule { sessions: Some(1), on: Some(today) };
        assert_eq!(both.words(|on| on.to_string()), "Review after each session, and on 2026-12-01");
    }

    #[test]
    fn line_of_a_note_is_one_line() {
        let body = GoalBody { text: "Talk\nmore".into(), measure: String::new() };
        assert_eq!(line(&body, day("2026-11-03"), |on| on.to_string()), "• Talk more (since 2026-11-03)");
    }
}
