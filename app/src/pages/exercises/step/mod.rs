//! Steps of an exercise on the pages: a file for each kind.
//!
//! The file of a kind renders the step as form fields (also in previews, where
//! they cannot be filled in) and on paper, its part of the form in which an
//! author writes it, and, where the kind has its own way, the difference of two
//! answers. What is the same for all kinds is in [`parts`] and [`author`], and in
//! the pages themselves. The words of an answer are in
//! `domain::exercises::step`.
//!
//! This file says for each operation, in one match, which kind does what.

// A new kind must fail to compile until it has each operation.
#![deny(clippy::wildcard_enum_match_arm)]

use domain::{
    exercises::{
        exercise::Document,
        side_by_side::Row,
        step::{Kind, Step, StepKind},
    },
    form::{Errors, Form},
};
use leptos::prelude::*;

use self::author::StepForm;
pub(super) use self::kinds::add_buttons;
pub use self::parts::scope_badge;
use super::parts::day_or;
use crate::{
    say,
    ui::{Tone, badge, table},
    words::words,
};

mod agreement;
mod allocate;
pub(super) mod author;
mod checklist;
mod choice;
mod guess;
mod kinds;
mod log;
mod paper;
mod parts;
mod plan;
mod rank;
mod read;
mod rewrite;
pub(crate) mod sample;
mod scale;
mod sort;
mod text;
mod timer;
mod turns;

/// The difference from which two answers are highlighted, as a part of the
/// whole scale.
pub(super) const FAR: f32 = 0.4;

/// What the fields of an exercise are rendered with.
#[derive(Clone, Copy)]
pub struct Fields<'a> {
    pub document: &'a Document,
    /// How many people the exercise is assigned to.
    pub responders: usize,
    /// The other partner's name, if it is known.
    pub partner: Option<&'a str>,
    /// The person whose answers they are, if the therapist types them in;
    /// `None` if the person types them.
    pub writer: Option<&'a str>,
    pub therapist: &'a str,
    pub answers: &'a Form,
    pub errors: &'a Errors,
    /// Whether the fields are shown but cannot be filled in.
    pub disabled: bool,
    /// The reader's date, in the format of a date field.
    pub today: &'a str,
    /// Whether timers are islands. A sample has none, because an island needs a
    /// request.
    pub clocks: bool,
}

/// The steps of the exercise with their fields.
pub fn steps(f: Fields<'_>) -> Vec<AnyView> {
    f.document.steps.iter().map(|step| step_fields(f, step)).collect()
}

/// The steps from index `from` on.
pub(crate) fn steps_from(f: Fields<'_>, from: usize) -> Vec<AnyView> {
    f.document.steps.iter().skip(from).map(|step| step_fields(f, step)).collect()
}

/// A step that is shown outside the form.
pub(crate) fn step_alone(f: Fields<'_>, step: &Step) -> AnyView {
    step_fields(f, step)
}

/// A step with its fields.
fn step_fields(f: Fields<'_>, step: &Step) -> AnyView {
    match &step.kind {
        StepKind::Read(read) => read::fields(step, read),
        StepKind::Text(text) => text::fields(f, step, text),
        StepKind::Choice(choice) => choice::fields(f, step, choice),
        StepKind::Checklist(checklist) => checklist::fields(f, step, checklist),
        StepKind::Scale(scale) => scale::fields(f, step, scale),
        StepKind::Rewrite(rewrite) => rewrite::fields(f, step, rewrite),
        StepKind::Rank(rank) => rank::fields(f, step, rank),
        StepKind::Guess(_) => match f.document.guess_as_step(step) {
            Some(guessed) => step_fields(f, &guessed),
            None => ().into_any(),
        },
        StepKind::Allocate(allocate) => allocate::fields(f, step, allocate),
        StepKind::Sort(sort) => sort::fields(f, step, sort),
        StepKind::Timer(timer) => timer::fields(f, step, timer),
        StepKind::Turns(turns) => turns::fields(f, step, turns),
        StepKind::Log(log) => log::fields(f, step, log),
        StepKind::Agreement(_) => agreement::fields(f, step),
        StepKind::Plan => plan::fields(f, step),
    }
}

/// The content of a step on paper, without its prompt.
pub(super) fn on_paper(document: &Document, step: &Step) -> AnyView {
    match &step.kind {
        StepKind::Read(read) => read::on_paper(read),
        StepKind::Text(text) => text::on_paper(text),
        StepKind::Choice(choice) => choice::on_paper(choice),
        StepKind::Checklist(checklist) => checklist::on_paper(checklist),
        StepKind::Scale(scale) => scale::on_paper(scale),
        StepKind::Rewrite(rewrite) => rewrite::on_paper(rewrite),
        StepKind::Rank(rank) => rank::on_paper(rank),
        StepKind::Guess(_) => match document.guess_as_step(step) {
            Some(guessed) => on_paper(document, &guessed),
            None => ().into_any(),
        },
        StepKind::Allocate(allocate) => allocate::on_paper(allocate),
        StepKind::Sort(sort) => sort::on_paper(sort),
        StepKind::Timer(timer) => timer::on_paper(timer),
        StepKind::Turns(turns) => turns::on_paper(turns),
        StepKind::Log(log) => log::on_paper(log),
        StepKind::Agreement(agreement) => agreement::on_paper(agreement),
        StepKind::Plan => plan::on_paper(),
    }
}

/// The fields of the author's form that only steps of this kind have.
pub(super) fn author_fields(kind: Kind, form: &StepForm<'_>) -> AnyView {
    match kind {
        Kind::Read => read::author_fields(form),
        Kind::Text => text::author_fields(form),
        Kind::Choice => choice::author_fields(form),
        Kind::Checklist => checklist::author_fields(form),
        Kind::Scale => scale::author_fields(form),
        Kind::Rewrite => rewrite::author_fields(form),
        Kind::Rank => rank::author_fields(form),
        Kind::Guess => guess::author_fields(form),
        Kind::Allocate => allocate::author_fields(form),
        Kind::Sort => sort::author_fields(form),
        Kind::Timer => timer::author_fields(form),
        Kind::Turns => turns::author_fields(form),
        Kind::Log => log::author_fields(form),
        Kind::Agreement => agreement::author_fields(form),
        Kind::Plan => ().into_any(),
    }
}

/// The label of the author's field for the prompt.
pub(super) const fn prompt_label(kind: Kind) -> &'static str {
    match kind {
        Kind::Read => "Heading",
        Kind::Text
        | Kind::Choice
        | Kind::Checklist
        | Kind::Scale
        | Kind::Rewrite
        | Kind::Rank
        | Kind::Guess
        | Kind::Allocate
        | Kind::Sort
        | Kind::Timer
        | Kind::Turns
        | Kind::Log
        | Kind::Agreement
        | Kind::Plan => "What is asked",
    }
}

/// The answers to a step, as the therapist reads them. `names` are the people
/// who answer it.
pub(super) fn answers(step: &Step, names: &[&str], rows: &[Row]) -> AnyView {
    match &step.kind {
        StepKind::Text(_) => text::columns(names, rows.first()),
        StepKind::Read(_)
        | StepKind::Choice(_)
        | StepKind::Checklist(_)
        | StepKind::Scale(_)
        | StepKind::Rewrite(_)
        | StepKind::Rank(_)
        | StepKind::Guess(_)
        | StepKind::Allocate(_)
        | StepKind::Sort(_)
        | StepKind::Timer(_)
        | StepKind::Turns(_)
        | StepKind::Log(_)
        | StepKind::Agreement(_)
        | StepKind::Plan => {
            if rows.is_empty() {
                view! { <p class="muted">{say!(words(), "answers-none")}</p> }.into_any()
            } else {
                answer_table(step, names, rows)
            }
        }
    }
}

/// How far two different answers are apart; `gap` is a part of the largest
/// possible distance.
pub(super) fn difference(kind: &StepKind, gap: f32) -> AnyView {
    match kind {
        StepKind::Scale(scale) => scale::difference(scale, gap),
        StepKind::Turns(_) => turns::difference(gap),
        StepKind::Rank(rank) => rank::difference(rank, gap),
        StepKind::Guess(_) => "".into_any(),
        StepKind::Read(_)
        | StepKind::Text(_)
        | StepKind::Choice(_)
        | StepKind::Checklist(_)
        | StepKind::Rewrite(_)
        | StepKind::Allocate(_)
        | StepKind::Sort(_)
        | StepKind::Timer(_)
        | StepKind::Log(_)
        | StepKind::Agreement(_)
        | StepKind::Plan => say!(words(), "difference-other").into_any(),
    }
}

/// The table with the answers to a step of several rows.
fn answer_table(step: &Step, names: &[&str], rows: &[Row]) -> AnyView {
    let together = names.len() > 1;
    let w = words();
    let (line, difference) = (say!(w, "answers-line"), say!(w, "answers-difference"));
    let mut columns = vec![line.as_str()];
    columns.extend(names);
    if together {
        columns.push(&difference);
    }
    let rows = rows
        .iter()
        .map(|r| {
            // In a log the label is a date; no other label can be read as one.
            let label = if r.label.is_empty() { say!(w, "answers-answer") } else { day_or(&r.label) };
            let mut cells = vec![label.into_any()];
            for cell in r.cells.iter().take(names.len()) {
                cells.push(view! { <span class="lines">{cell.clone().filter(|c| !c.is_empty()).unwrap_or_else(|| "–".to_owned())}</span> }.into_any());
            }
            if together {
                cells.push(difference_cell(&step.kind, r));
            }
            cells
        })
        .collect();
    table(&step.prompt, &columns, rows)
}

/// The last cell of a row: how far the two answers differ.
fn difference_cell(kind: &StepKind, row: &Row) -> AnyView {
    let Some(gap) = row.gap else { return "–".into_any() };
    if gap == 0.0 {
        return say!(words(), "difference-none").into_any();
    }
    if !row.note.is_empty() {
        let note = words().sentence(row.note);
        return if gap >= FAR { badge(Tone::Wait, note) } else { note.into_any() };
    }
    difference(kind, gap)
}
