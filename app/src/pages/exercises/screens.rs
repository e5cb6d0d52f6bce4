//! The screens of an exercise: with a script it is shown one step at a time, with
//! its progress. Which step is on which screen, and with which screen it begins, is
//! decided here; the island [`StepByStep`] only turns the screens. Without a
//! script, and in print, all of them are one page.
//!
//! [`StepByStep`]: crate::islands::StepByStep

use domain::{
    exercises::{
        exercise::Document,
        response,
        step::{Step, StepInput},
    },
    form::{Errors, Form},
};
use leptos::prelude::*;

use crate::{say, words::words};

/// The screens of an exercise, each with the indices of its steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Screens {
    pub screens: Vec<Vec<usize>>,
    /// The index of the screen that is shown first.
    pub start: usize,
}

/// Whether a step only says that something is written elsewhere on the page: it has
/// no screen of its own.
const fn is_pointer(step: &Step) -> bool {
    matches!(step.kind.takes(), StepInput::Agreement | StepInput::Plan)
}

impl Screens {
    /// The screens of a document whose first `lead` steps are shown before the form.
    /// A page with errors begins where the first of them is; an exercise that was
    /// begun (`is_begun`), with the first step that still needs an answer.
    pub(super) fn new(document: &Document, lead: usize, answers: &Form, errors: &Errors, is_begun: bool) -> Self {
        let mut screens: Vec<Vec<usize>> = Vec::new();
        for (n, step) in document.steps.iter().enumerate() {
            let within = n > lead && (is_pointer(step) || n == lead + 1 && is_pointer(&document.steps[lead]));
            match screens.last_mut().filter(|_| within) {
                Some(last) => last.push(n),
                None => screens.push(vec![n]),
            }
        }
        let mut all = Self { screens, start: 0 };
        let last = all.screens.len().saturating_sub(1);
        all.start = match all.with_error(document, lead, errors) {
            Some(screen) => screen,
            None if is_begun => {
                let missing = response::check(document, &response::read(document, answers)).err();
                missing.map_or(last, |missing| all.with_error(document, lead, &missing).unwrap_or(last))
            }
            None => 0,
        };
        all
    }

    /// The first screen with an error; `None` if no error belongs to a step. Plans
    /// and agreements that are behind the form are on the last screen.
    fn with_error(&self, document: &Document, lead: usize, errors: &Errors) -> Option<usize> {
        let of_field = |name: &str| {
            let mut parts = name.split('.');
            let (what, key) = (parts.next()?, parts.next()?);
            let index = document.steps.iter().position(|step| step.key == key)?;
            if what != "s" && index >= lead {
                return self.screens.len().checked_sub(1);
            }
            self.screens.iter().position(|steps| steps.contains(&index))
        };
        errors.iter().filter_map(|(name, _)| of_field(name)).min()
    }

    /// Where the screen that is shown first is, as the island and the style sheet
    /// read it: `first`, `last`, both or neither.
    pub(super) fn place(&self) -> &'static str {
        match (self.start == 0, self.start + 1 >= self.screens.len()) {
            (true, true) => "first last",
            (true, false) => "first",
            (false, true) => "last",
            (false, false) => "",
        }
    }

    /// The screens whose steps are all in `within`, drawn with `step`.
    pub(super) fn draw(&self, within: std::ops::Range<usize>, step: impl Fn(usize) -> AnyView) -> Vec<AnyView> {
        self.screens
            .iter()
            .enumerate()
            .filter(|(_, steps)| steps.iter().all(|n| within.contains(n)))
            .map(|(n, steps)| {
                let class = if n == self.start { "screen is-current" } else { "screen" };
                let steps: Vec<AnyView> = steps.iter().map(|n| step(*n)).collect();
                view! { <div class=class>{steps}</div> }.into_any()
            })
            .collect()
    }

    /// The line that names the screen, such as "Step 2 of 5"; `None` if there is only
    /// one screen. The style sheet shows it where the screens are turned.
    pub(super) fn progress(&self) -> Option<AnyView> {
        let (at, all) = (self.start + 1, self.screens.len());
        (all > 1).then(|| {
            view! {
                <p class="screens-progress">
                    <span id="progress" role="status">{say!(words(), "exercise-step", at = at, all = all)}</span>
                    " "<progress aria-hidden="true" max=all.to_string() value=at.to_string()></progress>
                </p>
            }
            .into_any()
        })
    }
}

#[cfg(test)]
mod tests {
    use domain::exercises::step::{AgreementStep, ReadStep, StepKind, TextStep};

    use super::{super::step::sample::sample_document, *};

    const READ: fn() -> StepKind = || StepKind::Read(ReadStep { body: "Words.".into() });
    const TEXT: fn() -> StepKind = || StepKind::Text(TextStep { long: true });
    const PLAN: fn() -> StepKind = || StepKind::Plan;
    const AGREEMENT: fn() -> StepKind = || StepKind::Agreement(AgreementStep { starter: String::new() });

    /// A document with steps of these keys and kinds, all of which must be answered.
    /// The key of a step, and what makes its kind.
    type Made<'a> = (&'a str, fn() -> StepKind);

    fn document(steps: &[Made<'_>]) -> Document {
        let mut document = sample_document();
        let step = document.steps.swap_remove(0);
        let of = |(key, kind): &(&str, fn() -> StepKind)| Step {
            key: (*key).into(),
            optional: false,
            kind: kind(),
            ..step.clone()
        };
        document.steps = steps.iter().map(of).collect();
        document
    }

    fn begun(document: &Document, answers: &[(&str, &str)]) -> Screens {
        Screens::new(document, 0, &Form::from_pairs(answers.iter().copied()), &Errors::default(), true)
    }

    #[test]
    fn each_step_has_a_screen_unless_it_only_points_elsewhere() {
        let d = document(&[("a", READ), ("b", TEXT), ("c", AGREEMENT), ("d", TEXT), ("e", PLAN)]);
        let screens = begun(&d, &[]);
        assert_eq!(screens.screens, [vec![0], vec![1, 2], vec![3, 4]]);
        let d = document(&[("a", PLAN), ("b", TEXT), ("c", TEXT)]);
        assert_eq!(begun(&d, &[]).screens, [vec![0, 1], vec![2]], "what points elsewhere has a neighbour");
        let shown = Screens::new(&d, 1, &Form::default(), &Errors::default(), false);
        assert_eq!(shown.screens, [vec![0], vec![1], vec![2]], "a plan before the form is no pointer");
    }

    #[test]
    fn an_exercise_is_taken_up_where_an_answer_is_missing() {
        let d = document(&[("a", TEXT), ("b", TEXT), ("c", TEXT)]);
        let new = Screens::new(&d, 0, &Form::default(), &Errors::default(), false);
        assert_eq!((new.start, new.place()), (0, "first"));
        let second = begun(&d, &[("s.a", "One."), ("s.c", "Three.")]);
        assert_eq!((second.start, second.place()), (1, ""));
        let all = begun(&d, &[("s.a", "One."), ("s.b", "Two."), ("s.c", "Three.")]);
        assert_eq!((all.start, all.place()), (2, "last"));
        assert_eq!(begun(&document(&[("a", TEXT)]), &[]).place(), "first last");
    }

    #[test]
    fn a_refused_form_begins_with_the_step_of_its_first_error() {
        let d = document(&[("a", TEXT), ("b", TEXT), ("c", PLAN), ("d", TEXT)]);
        let start = |field: &str, lead| {
            let errors = Errors::at_field(field, "No.");
            Screens::new(&d, lead, &Form::default(), &errors, true).start
        };
        assert_eq!(start("s.b.item", 0), 1);
        assert_eq!(start("plan.c.date", 0), 2, "what is set behind the form is on the last screen");
        assert_eq!(start("plan.c.date", 3), 2);
        assert_eq!(start("", 0), 0, "an error of the whole form");
    }

    #[test]
    fn every_step_is_on_exactly_one_screen() {
        let d = sample_document();
        for lead in 0..=d.plans_at_beginning() {
            let screens = Screens::new(&d, lead, &Form::default(), &Errors::default(), false);
            let all: Vec<usize> = screens.screens.concat();
            assert_eq!(all, (0..d.steps.len()).collect::<Vec<_>>());
            let count = Owner::new().with(|| {
                let step = |n: usize| format!("({n})").into_any();
                let parts = [screens.draw(0..lead, step), screens.draw(lead..d.steps.len(), step)];
                parts
                    .into_iter()
                    .flatten()
                    .map(leptos::prelude::RenderHtml::to_html)
                    .collect::<String>()
                    .matches("class=\"screen")
                    .count()
            });
            assert_eq!(count, screens.screens.len(), "none lies across the beginning of the form");
        }
    }
}
