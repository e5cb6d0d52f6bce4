//! The checklist of a new practice: the steps until the first session, each with the
//! page where it is done. It is part of the owner's first page until all is done.

use domain::practice::first_steps::{FirstStep, Progress};
use leptos::prelude::*;

use crate::ui::{Tone, badge, form_key};

/// The view model of the checklist.
#[derive(Clone, Debug)]
pub struct Model {
    pub progress: Progress,
    /// Whether the reader books sessions.
    pub may_book: bool,
    /// The page that the buttons lead back to: `/practice` or `/today`.
    pub back: &'static str,
    /// The example couple.
    pub example: Example,
}

/// What the reader can do about the example couple.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Example {
    /// Nothing: the reader is no therapist, or there are clients already.
    Unavailable,
    /// Add it.
    Add,
    /// Remove it.
    Remove,
}

/// The page on which a step is done; `None`: the reader has no such page.
fn page_of(m: &Model, step: FirstStep) -> Option<&'static str> {
    match step {
        FirstStep::Hours => Some("/practice"),
        FirstStep::Rooms => Some("/practice/places"),
        FirstStep::TestEmail => Some("/practice/email"),
        FirstStep::Staff => Some("/staff"),
        FirstStep::Couple => m.progress.owner_is_therapist.then_some("/clients/new"),
        FirstStep::Invitations => (m.progress.owner_is_therapist && m.progress.client).then_some("/caseload"),
        FirstStep::Session => m.may_book.then_some("/sessions/new"),
    }
}

/// The sentence beside a step.
const fn hint(step: FirstStep) -> &'static str {
    match step {
        FirstStep::Hours => "Free times are offered within them.",
        FirstStep::Rooms => "Not needed if all sessions are online.",
        FirstStep::TestEmail => "Make sure that invitations and reminders arrive.",
        FirstStep::Staff => "Each person has their own account.",
        FirstStep::Couple => "Names are enough to start.",
        FirstStep::Invitations => "By email, or with a link to hand over.",
        FirstStep::Session => "Both partners get a confirmation.",
    }
}

/// Renders the checklist.
pub fn view(m: &Model) -> AnyView {
    let done = FirstStep::ALL.iter().filter(|step| m.progress.is_done(**step)).count();
    let steps: Vec<AnyView> = FirstStep::ALL.iter().map(|step| step_item(m, *step)).collect();
    view! {
        <section class="card first-steps" aria-labelledby="first-steps">
            <h2 id="first-steps">"Set up your practice"</h2>
            <p class="muted">{format!("{done} of {} done", FirstStep::ALL.len())}</p>
            <ol class="plain">{steps}</ol>
            <div class="actions">
                {example_form(m)}
                <form method="post" action="/practice/first-steps">
                    {form_key()}
                    <input type="hidden" name="back" value=m.back autocomplete="off"/>
                    <button class="button" type="submit">"Hide checklist"</button>
                </form>
            </div>
        </section>
    }
    .into_any()
}

/// A step of the list.
fn step_item(m: &Model, step: FirstStep) -> AnyView {
    let is_done = m.progress.is_done(step);
    let state = if is_done {
        badge(Tone::Good, "Done")
    } else if m.progress.is_optional(step) {
        badge(Tone::Plain, "Optional")
    } else {
        badge(Tone::Wait, "To do")
    };
    let name = match page_of(m, step).filter(|_| !is_done) {
        Some(href) => view! { <a href=href>{step.label()}</a> }.into_any(),
        None => view! { <span>{step.label()}</span> }.into_any(),
    };
    let hint = (!is_done).then(|| view! { <span class="muted">{hint(step)}</span> });
    view! { <li>{state}<span>{name}" "{hint}</span></li> }.into_any()
}

/// The button that adds or removes the example couple; `None`: neither is possible.
fn example_form(m: &Model) -> Option<AnyView> {
    let (act, text, hint) = match m.example {
        Example::Unavailable => return None,
        Example::Add => ("add", "Add example data", "An invented couple to try things with. No one is emailed."),
        Example::Remove => {
            ("remove", "Remove example data", "Removes the example couple and everything you tried with it.")
        }
    };
    Some(
        view! {
            <form method="post" action="/practice/example">
                {form_key()}
                <input type="hidden" name="back" value=m.back autocomplete="off"/>
                <p class="hint">{hint}</p>
                <button class="button" type="submit" name="do" value=act>{text}</button>
            </form>
        }
        .into_any(),
    )
}

/// Sample models of the checklist: a new practice, one that is nearly done, and one
/// with the example couple.
pub fn samples() -> Vec<Model> {
    let new =
        Model { progress: Progress::default(), may_book: false, back: "/practice", example: Example::Unavailable };
    let progress = Progress { hours: true, room: true, owner_is_therapist: true, client: true, ..Progress::default() };
    let nearly = Model { progress, may_book: true, back: "/today", example: Example::Add };
    vec![new, nearly.clone(), Model { example: Example::Remove, ..nearly }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_link_only_to_pages_that_the_reader_has() {
        let html = |model: &Model| Owner::new().with(|| view(model).to_html());
        let [new, therapist, _] = samples().try_into().unwrap();
        assert!(!html(&new).contains("/clients/new") && !html(&new).contains("/sessions/new"));
        assert!(html(&new).contains("0 of 7 done") && html(&new).contains("href=\"/practice/email\""));
        let html = html(&therapist);
        assert!(html.contains("href=\"/sessions/new\"") && html.contains("Optional"), "{html}");
        assert!(!html.contains("href=\"/practice/places\""), "a step that is done has no link: {html}");
    }
}
