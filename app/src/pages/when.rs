//! The fields of a booking and of a move: when and where, what is in the way,
//! and the free times that are offered instead.

use domain::{ids::RoomId, session::MINUTES};
use leptos::prelude::*;

use super::booking::TakenView;
use crate::ui::{Field, FormState, error_summary};

/// Enter in a field sends the form by its first button: this one, so that an
/// offered time is only ever taken by pressing it.
pub(super) fn default_button() -> AnyView {
    view! { <button class="quiet" type="submit" tabindex="-1" aria-hidden="true">"Send"</button> }.into_any()
}

/// What did not fit, what is in the way, and the next free times as buttons.
/// `verb` is what a press does: "Book", "Move to".
pub(super) fn refusal(state: &FormState, taken: Option<&TakenView>, verb: &str) -> AnyView {
    view! {
        {error_summary(state)}
        {taken.map(|t| offers(t, verb))}
    }
    .into_any()
}

/// To book outside the therapist's hours on purpose: where that is what stands
/// in the way, or was chosen.
pub(super) fn outside_tick(state: &FormState, in_the_way: bool) -> Option<AnyView> {
    (in_the_way || state.form.has("outside")).then(|| {
        Field::new(state, "outside", "Outside the therapist’s hours, on purpose")
            .hint("What is tied to other people and rooms is never booked over.")
            .tick()
    })
}

/// What is kept of the reason for a double booking.
pub(super) const OVER_HINT: &str = "Kept with your name. Nothing clinical, please.";

/// To book over what is there on purpose: it names its reason.
pub(super) fn over_fields(state: &FormState, taken: Option<&TakenView>) -> Option<AnyView> {
    let taken = taken.filter(|taken| !taken.what.is_empty());
    (taken.is_some() || state.form.has("over")).then(|| {
        // Over what is shown here, and nothing else.
        let seen = taken.map_or(state.form.get("over_seen"), |taken| &taken.seen).to_owned();
        view! {
            <details class="field" open=state.form.has("over")>
                <summary>"Book it all the same"</summary>
                <input type="hidden" name="over_seen" value=seen/>
                {Field::new(state, "over", "Over what is there, on purpose").hint("It stays marked as a double booking. A therapist books over their own sessions only; the front desk over any.").tick()}
                {Field::new(state, "over_reason", "Why").hint(OVER_HINT).unmarked().text()}
            </details>
        }
        .into_any()
    })
}

fn offers(taken: &TakenView, verb: &str) -> AnyView {
    let what: Vec<AnyView> = taken.what.iter().map(|w| view! { <li>{w.clone()}</li> }.into_any()).collect();
    let what = (!what.is_empty()).then(|| view! { <ul>{what}</ul> }.into_any());
    let buttons: Vec<AnyView> = taken
        .next
        .iter()
        .map(|(date, time, label)| {
            view! { <button class="button" type="submit" name="pick" value=format!("{date} {time}")>{format!("{verb} {label}")}</button> }.into_any()
        })
        .collect();
    let next = if buttons.is_empty() {
        view! { <p>"There is no free time for all of them in the next three weeks. Another room, therapist or length may help."</p> }.into_any()
    } else {
        view! {
            <p>"Next free times, with all else as you wrote it:"</p>
            <div class="actions">{buttons}</div>
        }
        .into_any()
    };
    view! { <div class="card" role="group" aria-label="Next free times">{what}{next}</div> }.into_any()
}

/// One of a list. Where there is a choice, nobody makes it by leaving it be.
pub(super) fn select(state: &FormState, name: &str, label: &str, mut options: Vec<(String, String)>) -> AnyView {
    let chosen = state.form.get(name);
    if options.len() != 1 && !options.iter().any(|(value, _)| value == chosen) {
        options.insert(0, (String::new(), "Please choose".to_owned()));
    }
    Field::new(state, name, label).required().select(options)
}

/// Date, time and length; where the time comes twice, which of the two.
/// `length` says what holds where no length is given; empty: one must be.
pub(super) fn when_fields(state: &FormState, zone: &str, fold: Option<&[String; 2]>, length: &str) -> AnyView {
    let fold = match fold {
        Some([first, second]) => Field::new(state, "fold", "This time comes twice that night. Which one?")
            .required()
            .radios(vec![("0".to_owned(), first.clone()), ("1".to_owned(), second.clone())]),
        // Where a free time that is put in by a script says which.
        None => view! { <input type="hidden" name="fold" value=""/> }.into_any(),
    };
    let minutes = Field::new(state, "minutes", "Minutes");
    let minutes = if length.is_empty() { minutes.required() } else { minutes.hint(length) };
    view! {
        {Field::new(state, "date", "Date").required().date()}
        {Field::new(state, "time", "Time").hint(format!("{zone} time")).required().time()}
        {fold}
        {minutes.number(*MINUTES.start(), *MINUTES.end())}
    }
    .into_any()
}

/// A room or online, with the link.
pub(super) fn place_fields(state: &FormState, rooms: &[(RoomId, String)]) -> AnyView {
    let mut places: Vec<(String, String)> = rooms.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    places.push(("online".to_owned(), "Online".to_owned()));
    view! {
        {select(state, "place", "Place", places)}
        {Field::new(state, "link", "Link, if online").hint("It starts with https:// and may follow later.").text()}
    }
    .into_any()
}

/// Why: kept with who and when.
pub(super) fn reason_field(state: &FormState) -> AnyView {
    Field::new(state, "reason", "Reason, for the practice’s own record")
        .hint("Kept with your name. Nothing clinical, please.")
        .text()
}
