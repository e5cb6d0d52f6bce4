//! The form fields shared by booking and moving: time and place, conflicts, and
//! the free times offered instead.

use domain::{
    ids::RoomId,
    scheduling::{
        outside::{OutsideReason, asked_mark},
        session::MINUTES,
    },
};
use leptos::prelude::*;

use crate::ui::{Field, FormState, error_summary};

/// The conflict at the chosen time, and the next free times.
#[derive(Clone, Debug, Default)]
pub struct TakenView {
    pub what: Vec<String>,
    /// Why the time is unusual; empty if it is not.
    pub reasons: Vec<OutsideReason>,
    /// A fingerprint of the conflict: an override applies only to the conflict
    /// that the user saw.
    pub seen: String,
    /// The next free times.
    pub next: Vec<TimeOffer>,
}

/// A free time that the form offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeOffer {
    /// The date as the form sends it, such as "2026-11-25".
    pub date: String,
    /// The time as the form sends it, such as "11:00"; where the clocks show
    /// it twice, a 0 or 1 follows.
    pub time: String,
    /// The date and time, such as "Wed 25 Nov, 11:00".
    pub label: String,
}

/// The hidden first button of the form with this id, which the Enter key
/// activates. It is before all others of the page: without it, Enter would take
/// an offered time.
pub(crate) fn default_button(form: &'static str) -> AnyView {
    view! { <button class="quiet" type="submit" form=form tabindex="-1" aria-hidden="true">"Send"</button> }.into_any()
}

/// The errors, the conflict, and the next free times as buttons. `verb` begins
/// their labels: "Book" or "Move to".
pub(crate) fn refusal(state: &FormState, taken: Option<&TakenView>, verb: &str) -> AnyView {
    view! {
        {error_summary(state)}
        {taken.map(|t| conflict_card(t, verb))}
    }
    .into_any()
}

/// The question whether an unusual time is meant, with the reasons why it is
/// unusual and a box to tick. It is shown if there are reasons, or if the box
/// was ticked for this very time; otherwise `None`. `verb` is "Book" or "Move".
pub(crate) fn outside_question(
    state: &FormState,
    reasons: &[OutsideReason],
    series: bool,
    verb: &str,
) -> Option<AnyView> {
    let mark = asked_mark(&state.form);
    let ticked = !state.form.get("outside").is_empty() && state.form.get("outside_asked") == mark;
    (series || !reasons.is_empty() || ticked).then(|| {
        let sentences: Vec<AnyView> =
            reasons.iter().map(|why| view! { <li>{why.sentence()}</li> }.into_any()).collect();
        let sentences = (!sentences.is_empty()).then(|| view! { <ul>{sentences}</ul> }.into_any());
        let which = match reasons.iter().all(OutsideReason::is_night) && !reasons.is_empty() {
            true => "At night",
            false => "Outside opening hours",
        };
        let label = if series { "Yes, on all of these days" } else { "Yes, at this time" };
        view! {
            <section class="card unusual" aria-labelledby="unusual">
                <h2 id="unusual">{format!("{which}. {verb} anyway?")}</h2>
                {sentences}
                <input type="hidden" name="outside_asked" value=mark/>
                {Field::new(state, "outside", label).tick()}
            </section>
        }
        .into_any()
    })
}

/// The hint at the reason of an override.
pub(crate) const OVER_HINT: &str = "Kept with your name. Nothing clinical, please.";

/// The fields to override a conflict with a reason. They are shown if there is
/// a conflict or the override was chosen before; otherwise `None`.
pub(crate) fn over_fields(state: &FormState, taken: Option<&TakenView>) -> Option<AnyView> {
    let taken = taken.filter(|taken| !taken.what.is_empty());
    (taken.is_some() || state.form.has("over")).then(|| {
        // The override applies only to the conflict that is shown here.
        let seen = taken.map_or(state.form.get("over_seen"), |taken| &taken.seen).to_owned();
        view! {
            <details class="field" open=state.form.has("over")>
                <summary>"Double-book anyway"</summary>
                <input type="hidden" name="over_seen" value=seen/>
                {Field::new(state, "over", "Double-book on purpose").hint("Therapists can double-book their own sessions only.").tick()}
                {Field::new(state, "over_reason", "Reason for double-booking").hint(OVER_HINT).unmarked().text()}
            </details>
        }
        .into_any()
    })
}

/// The card with the conflict and the next free times.
fn conflict_card(taken: &TakenView, verb: &str) -> AnyView {
    let what: Vec<AnyView> = taken.what.iter().map(|w| view! { <li>{w.clone()}</li> }.into_any()).collect();
    let what = (!what.is_empty()).then(|| view! { <ul>{what}</ul> }.into_any());
    let buttons: Vec<AnyView> = taken
        .next
        .iter()
        .map(|TimeOffer { date, time, label }| {
            view! { <button class="button" type="submit" name="pick" value=format!("{date} {time}")>{format!("{verb} {label}")}</button> }.into_any()
        })
        .collect();
    let next = if buttons.is_empty() {
        view! { <p>"No free times in the next three weeks. Try another room, therapist or length."</p> }.into_any()
    } else {
        view! {
            <p>"Next free times (everything else stays as you entered it):"</p>
            <div class="actions">{buttons}</div>
        }
        .into_any()
    };
    view! { <div class="card" role="group" aria-label="Next free times">{what}{next}</div> }.into_any()
}

/// A select field. If there is a choice, it begins with "Choose", so
/// that nobody takes an option by accident.
pub(crate) fn select(state: &FormState, name: &str, label: &str, mut options: Vec<(String, String)>) -> AnyView {
    let chosen = state.form.get(name);
    if options.len() != 1 && !options.iter().any(|(value, _)| value == chosen) {
        options.insert(0, (String::new(), "Choose".to_owned()));
    }
    Field::new(state, name, label).required().select(options)
}

/// The fields for date, time and length, and the choice between two instants
/// when the clocks show the time twice. `length` is the hint about the length
/// that an empty field means; if it is empty, a length is required.
pub(crate) fn when_fields(state: &FormState, zone: &str, fold: Option<&[String; 2]>, length: &str) -> AnyView {
    let fold = match fold {
        Some([first, second]) => Field::new(state, "fold", "The clocks show this time twice. Which one?")
            .required()
            .radios(vec![("0".to_owned(), first.clone()), ("1".to_owned(), second.clone())]),
        // A script that puts in a free time sets this field.
        None => view! { <input type="hidden" name="fold" value=""/> }.into_any(),
    };
    let minutes = Field::new(state, "minutes", "Minutes");
    let minutes = if length.is_empty() { minutes.required() } else { minutes.hint(length) };
    view! {
        <div class="pair">
            {Field::new(state, "date", "Date").required().date()}
            {Field::new(state, "time", format!("Time ({zone})")).required().time()}
        </div>
        {fold}
        {minutes.number(*MINUTES.start(), *MINUTES.end())}
    }
    .into_any()
}

/// The fields for the room or "online", and the link.
pub(crate) fn place_fields(state: &FormState, rooms: &[(RoomId, String)]) -> AnyView {
    let mut places: Vec<(String, String)> = rooms.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    places.push(("online".to_owned(), "Online".to_owned()));
    view! {
        {select(state, "place", "Place", places)}
        <div class="if-online">
            {Field::new(state, "link", "Link").hint("Starts with https://. You can add it later.").text()}
        </div>
    }
    .into_any()
}

/// The field for the reason, which is stored with the author and the time.
pub(crate) fn reason_field(state: &FormState) -> AnyView {
    Field::new(state, "reason", "Reason (for the practice only)")
        .hint("Kept with your name. Nothing clinical, please.")
        .text()
}
