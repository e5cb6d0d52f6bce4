//! Pathways: exercises in a fixed order, given over weeks.
//!
//! A pathway is a pattern. It is copied when it is given to a client, so that
//! it can be changed for one couple without a change for others. The copy is
//! the client's *pathway progress*.

use chrono::{Duration, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::{
    exercises::{
        assignment::RHYTHM_DAYS,
        authoring::with_step_numbers,
        exercise::{Article, Problem, STEPS_FIELD, is_key},
    },
    form::{Errors, Form, Reader, rows},
    typed,
};

/// A pathway of the library, as its author wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pathway {
    pub slug: String,
    pub title: String,
    /// For the therapist: whom the pathway is for, and what it builds.
    pub purpose: String,
    pub article: Article,
    /// For the therapist: when not to give the pathway.
    pub cautions: String,
    pub steps: Vec<PathStep>,
}

/// One exercise of a pathway, and when it is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathStep {
    /// The exercise's slug.
    pub exercise: String,
    /// Whether the step opens after everyone has sent the previous step. It
    /// opens on the next day, so that there is one exercise in an evening, and
    /// so that it does not show at what hour the other partner sent theirs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub both: bool,
    /// The step opens this many days after the previous step was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
    /// The number of days after which the exercise repeats; `None`: it is done
    /// once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every_days: Option<u16>,
    /// The number of days for which the exercise repeats; `None`: no end is
    /// set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_days: Option<u16>,
}

/// The highest number of steps in a pathway.
pub const MAX_STEPS: usize = 30;

impl PathStep {
    /// The day on which this step opens. `given` is the day on which the
    /// previous step was given, `sent` the day on which the last person sent
    /// it. If the step has two conditions, the earlier day counts. `None`: the
    /// day is not known yet, or the step has no condition.
    pub fn opens_on(&self, given: NaiveDate, sent: Option<NaiveDate>) -> Option<NaiveDate> {
        let both = sent.filter(|_| self.both).map(|day| day + Duration::days(1));
        let days = self.days.map(|n| given + Duration::days(i64::from(n)));
        both.into_iter().chain(days).min()
    }

    /// The condition in words, such as "the morning after everyone has finished the
    /// previous one, or after 14 days".
    pub fn condition(&self) -> String {
        match (self.both, self.days) {
            (true, Some(days)) => {
                format!("the morning after everyone has finished the previous one, or after {days} days")
            }
            (true, None) => "the morning after everyone has finished the previous one".to_owned(),
            (false, Some(1)) => "a day after the previous one".to_owned(),
            (false, Some(days)) => format!("{days} days after the previous one"),
            (false, None) => "at once".to_owned(),
        }
    }

    /// The repetition in words, such as "every week for 28 days"; empty if the
    /// exercise is done once.
    pub fn rhythm(&self) -> String {
        let Some(days) = self.every_days else { return String::new() };
        let rhythm = crate::exercises::assignment::Rhythm { days, from: NaiveDate::MIN, until: None };
        match self.for_days {
            Some(long) => format!("{} for {long} days", rhythm.words()),
            None => rhythm.words(),
        }
    }

    /// The error in the choice of this step's exercise; `None`: there is none.
    fn exercise_problem(&self, n: usize, known: impl Fn(&str) -> bool) -> Option<Problem> {
        let text = match self.exercise.as_str() {
            slug if known(slug) => return None,
            "" => "choose an exercise".to_owned(),
            slug => format!("choose another exercise; there is no \"{slug}\""),
        };
        Some(Problem { step: Some(n), field: "exercise", text })
    }

    /// The errors in this step, which is number `n` of its pathway, from 0.
    fn problems(&self, n: usize) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut say = |ok: bool, field, text: &str| {
            if !ok {
                problems.push(Problem { step: Some(n), field, text: text.to_owned() });
            }
        };
        say(n == 0 || self.both || self.days.is_some(), "both", "choose when it opens");
        say(self.days.is_none_or(|d| (1..=120).contains(&d)), "days", "enter the days until it opens, 1 to 120");
        let fits = self.every_days.is_none_or(|d| RHYTHM_DAYS.contains(&i64::from(d)));
        say(fits, "every_days", "enter the days between repeats, 1 to 90");
        say(
            self.for_days.is_none_or(|d| (1..=365).contains(&d)),
            "for_days",
            "enter how long it repeats, 1 to 365 days",
        );
        let fits = self.for_days.is_none() || self.every_days.is_some();
        say(fits, "every_days", "enter how often it repeats, or clear how long");
        problems
    }
}

impl Pathway {
    /// The errors that keep this from being a valid pathway; empty if it is
    /// valid. `known` tells whether an exercise with a given slug exists.
    pub fn problems(&self, known: impl Fn(&str) -> bool) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut say = |ok: bool, field, text: &str| {
            if !ok {
                problems.push(Problem { step: None, field, text: text.to_owned() });
            }
        };
        say(is_key(&self.slug), "title", "use only a-z, 0-9 and - in the slug");
        say(!typed::is_blank(&self.title), "title", "enter a title");
        say(!typed::is_blank(&self.purpose), "purpose", "enter the purpose");
        say((2..=MAX_STEPS).contains(&self.steps.len()), STEPS_FIELD, "add exercises: a pathway has 2 to 30");
        for (n, step) in self.steps.iter().enumerate() {
            problems.extend(step.exercise_problem(n, &known));
            problems.extend(step.problems(n));
        }
        problems
    }

    /// Reads the form in which a therapist writes a pathway. `known` tells
    /// whether an exercise with a given slug exists.
    pub fn read(form: &Form, slug: &str, known: impl Fn(&str) -> bool) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let title = r.text("title", 1..=120, "Enter a title.");
        let purpose = r.lines("purpose", 1..=2000, "Enter whom it is for, and what it builds.");
        let cautions = r.lines("cautions", 0..=2000, "");
        let steps = read_steps(&mut r, form);
        let mut errors = with_step_numbers(&r.finish().err().unwrap_or_default());
        // A missing text does not keep the rest from being checked.
        let pathway = Self {
            slug: slug.to_owned(),
            title: title.unwrap_or_default(),
            purpose: purpose.unwrap_or_default(),
            article: Article::Own,
            cautions: cautions.unwrap_or_default(),
            steps,
        };
        for problem in pathway.problems(known) {
            let field = problem.step.map_or_else(|| problem.field.to_owned(), |n| rows::field(n, problem.field));
            errors.add(&field, problem.sentence());
        }
        errors.into_result().map(|()| pathway)
    }

    /// The pathway as the form that [`Pathway::read`] reads.
    pub fn form(&self) -> Form {
        let mut form = Form::from_pairs([
            ("title", self.title.clone()),
            ("purpose", self.purpose.clone()),
            ("cautions", self.cautions.clone()),
        ]);
        fill_steps(&mut form, &self.steps);
        form
    }
}

/// Reads the steps ahead of a pathway progress from a form. Each of them must say
/// when it opens. `known` tells whether an exercise with a given slug exists.
pub fn read_ahead(form: &Form, known: impl Fn(&str) -> bool) -> Result<Vec<PathStep>, Errors> {
    let mut r = Reader::new(form);
    let steps = read_steps(&mut r, form);
    let mut errors = with_step_numbers(&r.finish().err().unwrap_or_default());
    for (row, step) in steps.iter().enumerate() {
        // Only the first step of a whole pathway opens at once.
        let problems = step.exercise_problem(row, &known).into_iter().chain(step.problems(row + 1));
        for problem in problems.map(|problem| Problem { step: Some(row), ..problem }) {
            errors.add(&rows::field(row, problem.field), problem.sentence());
        }
    }
    errors.into_result().map(|()| steps)
}

/// Reads the steps of a pathway or of a pathway progress from a form, at most one
/// more than [`MAX_STEPS`], so that too many are noticed. A number of days that
/// cannot be read is an error at its field, and 0 in the step.
fn read_steps(r: &mut Reader<'_>, form: &Form) -> Vec<PathStep> {
    let mut number = |n: usize, name: &str, what: &str| -> Option<u16> {
        let name = rows::field(n, name);
        let text = typed::code(form.get(&name));
        if text.is_empty() {
            return None;
        }
        let days = text.parse::<u16>().ok();
        if days.is_none() {
            let _ = r.fail::<()>(&name, format!("Enter {what} as a number."));
        }
        Some(days.unwrap_or_default())
    };
    (0..rows::count(form).min(MAX_STEPS + 1))
        .map(|n| PathStep {
            exercise: form.get(&rows::field(n, "exercise")).to_owned(),
            both: !form.get(&rows::field(n, "both")).is_empty(),
            days: number(n, "days", "the days until it opens"),
            every_days: number(n, "every_days", "the days between repeats"),
            for_days: number(n, "for_days", "the days for which it repeats"),
        })
        .collect()
}

/// Writes steps into the rows of a form, as [`read_steps`] reads them.
pub fn fill_steps(form: &mut Form, steps: &[PathStep]) {
    for (n, step) in steps.iter().enumerate() {
        let number = |days: Option<u16>| days.map(|n| n.to_string()).unwrap_or_default();
        form.set(&rows::field(n, "exercise"), step.exercise.clone());
        form.set(&rows::field(n, "both"), if step.both { "yes" } else { "" });
        form.set(&rows::field(n, "days"), number(step.days));
        form.set(&rows::field(n, "every_days"), number(step.every_days));
        form.set(&rows::field(n, "for_days"), number(step.for_days));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn step(both: bool, days: Option<u16>) -> PathStep {
        PathStep { exercise: "x".into(), both, days, ..PathStep::default() }
    }

    #[test]
    fn a_step_opens_the_day_after_all_have_sent_or_after_its_days() {
        let given = day("2026-11-23");
        let sent = Some(day("2026-11-25"));
        assert_eq!(step(true, None).opens_on(given, None), None);
        assert_eq!(step(true, None).opens_on(given, sent), Some(day("2026-11-26")));
        assert_eq!(step(true, Some(7)).opens_on(given, None), Some(day("2026-11-30")));
        assert_eq!(step(true, Some(7)).opens_on(given, sent), Some(day("2026-11-26")));
        assert_eq!(step(false, Some(7)).opens_on(given, sent), Some(day("2026-11-30")));
    }

    #[test]
    fn steps_ahead_are_numbered_as_their_form_shows_them() {
        let ahead = [step(false, Some(3)), step(false, None)];
        let mut form = Form::default();
        fill_steps(&mut form, &ahead);
        let errors = read_ahead(&form, |_| true).unwrap_err();
        assert_eq!(errors.iter().collect::<Vec<_>>(), [("step.1.both", "Step 2: choose when it opens.")]);
        form.set("step.1.days", "2");
        assert_eq!(read_ahead(&form, |_| true).unwrap().len(), 2);
        assert!(read_ahead(&form, |_| false).unwrap_err().message("step.0.exercise").is_some());
    }

    #[test]
    fn a_pathway_is_read_back_from_its_own_form_and_errors_are_at_their_fields() {
        let pathway = Pathway {
            slug: "own".into(),
            title: "T".into(),
            purpose: "P".into(),
            article: Article::Own,
            cautions: String::new(),
            steps: vec![step(false, None), PathStep { every_days: Some(7), for_days: Some(28), ..step(true, Some(9)) }],
        };
        let known = |slug: &str| slug == "x";
        assert_eq!(Pathway::read(&pathway.form(), "own", known), Ok(pathway.clone()));
        let mut form = pathway.form();
        form.set("step.1.days", "soon");
        form.set("purpose", "");
        let errors = Pathway::read(&form, "own", known).unwrap_err();
        assert_eq!(errors.message("step.1.days"), Some("Step 2: enter the days until it opens as a number."));
        assert!(errors.message("purpose").is_some(), "all errors are found at once");
        form.set("purpose", "P");
        form.set("step.1.days", "");
        form.set("step.1.both", "");
        let errors = Pathway::read(&form, "own", known).unwrap_err();
        assert_eq!(errors.message("step.1.both"), Some("Step 2: choose when it opens."), "{errors:?}");
        assert!(Pathway::read(&pathway.form(), "own", |_| false).unwrap_err().message("step.0.exercise").is_some());
    }
}
