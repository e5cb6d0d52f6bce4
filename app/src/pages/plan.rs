//! A day and time that is set for something: by one of the two for both, or
//! by one for themselves.

use domain::ids::OccurrenceId;
use leptos::prelude::*;

use crate::ui::{Tone, badge};

#[derive(Clone, Debug)]
pub struct Item {
    pub occurrence: OccurrenceId,
    pub step: String,
    pub prompt: String,
    pub hint: String,
    /// Whose it is, in a sentence.
    pub whose: String,
    pub open: Option<Open>,
    /// What was planned before: when, and what became of it.
    pub before: Vec<(String, String)>,
    /// What stands in the fields.
    pub date: String,
    pub time: String,
    pub zone: String,
    pub message: Option<String>,
}

/// What is planned and waits.
#[derive(Clone, Debug)]
pub struct Open {
    pub id: uuid::Uuid,
    /// On the reader's clock, with the zone named.
    pub when: String,
    /// The same where it was set, if that differs.
    pub elsewhere: String,
    pub set_by: String,
    /// Its time has come: how was it?
    pub past: bool,
}

pub fn section(item: &Item) -> AnyView {
    let id = format!("plan-{}", item.step);
    let action = format!("/portal/exercises/{}/plans/{}", item.occurrence, item.step);
    let open = item.open.as_ref().map(|open| {
        let elsewhere = (!open.elsewhere.is_empty())
            .then(|| view! { <p class="muted">{open.elsewhere.clone()}</p> }.into_any());
        let (kept, missed) = if open.past {
            (
                view! { <button class="button button-primary" type="submit" name="do" value="kept">"We did it"</button> }.into_any(),
                Some(view! { <button class="button" type="submit" name="do" value="missed">"It did not happen"</button> }.into_any()),
            )
        } else {
            (
                view! { <button class="button" type="submit" name="do" value="kept">"We did it"</button> }.into_any(),
                Some(view! { <button class="button" type="submit" name="do" value="dropped">"Take it back"</button> }.into_any()),
            )
        };
        view! {
            <div class="card">
                <p class="when"><strong>{open.when.clone()}</strong></p>
                {elsewhere}
                <p class="muted">{format!("Set by {}", open.set_by)}</p>
                <form class="actions" method="post" action=action.clone()>
                    <input type="hidden" name="plan" value=open.id.to_string() autocomplete="off"/>
                    {kept}{missed}
                </form>
            </div>
        }
        .into_any()
    });
    let seen = item.open.as_ref().map(|o| o.id.to_string()).unwrap_or_default();
    let before: Vec<AnyView> = item
        .before
        .iter()
        .map(|(when, what)| view! { <li>{when.clone()}" "{badge(Tone::Plain, what.clone())}</li> }.into_any())
        .collect();
    let before = (!before.is_empty())
        .then(|| view! { <details><summary>"Before"</summary><ul class="plain">{before}</ul></details> }.into_any());
    let message = item
        .message
        .clone()
        .map(|m| view! { <p class="error" role="alert" id=format!("{id}-error")>{m}</p> }.into_any());
    let described = item.message.as_ref().map(|_| format!("{id}-error"));
    let (legend, button) =
        if item.open.is_some() { ("Another time", "Move it") } else { ("A day and a time", "Plan it") };
    let fields = view! {
        <form class="form plan-form" method="post" action=action novalidate>
            <input type="hidden" name="plan" value=seen autocomplete="off"/>
            <fieldset>
                <legend>{legend}</legend>
                {message}
                <label for=format!("{id}-date")>"Day"</label>
                <input type="date" id=format!("{id}-date") name="date" value=item.date.clone() aria-describedby=described.clone() autocomplete="off"/>
                <label for=format!("{id}-time")>{format!("Time ({})", item.zone)}</label>
                <input type="time" id=format!("{id}-time") name="time" value=item.time.clone() aria-describedby=described autocomplete="off"/>
            </fieldset>
            <p><button class="button" type="submit" name="do" value="set">{button}</button></p>
        </form>
    }
    .into_any();
    let fields = if item.open.is_some() && item.message.is_none() {
        view! { <details><summary>"Move it"</summary>{fields}</details> }.into_any()
    } else {
        fields
    };
    view! {
        <section class="step plan" aria-labelledby=format!("{id}-head")>
            <h2 id=format!("{id}-head")>{item.prompt.clone()}</h2>
            <p class="hint">{item.hint.clone()}</p>
            <p class="muted">{item.whose.clone()}</p>
            {open}
            {fields}
            {before}
        </section>
    }
    .into_any()
}

/// Nothing yet; planned; its time has come; refused.
pub fn samples() -> Vec<Item> {
    let none = Item {
        occurrence: OccurrenceId::from(uuid::Uuid::from_u128(7)),
        step: "when".into(),
        prompt: "When will it be?".into(),
        hint: "Better a small hour that happens.".into(),
        whose: "For both of you: each can set and move it.".into(),
        open: None,
        before: vec![],
        date: String::new(),
        time: String::new(),
        zone: "Kolkata time".into(),
        message: None,
    };
    let open = |past| Open {
        id: uuid::Uuid::from_u128(8),
        when: "Thu 26 Nov, 20:00, Kolkata time".into(),
        elsewhere: "15:30 in Berlin, where it was set".into(),
        set_by: "अनन्या 💛".repeat(12),
        past,
    };
    let ahead = Item { step: "ahead".into(), open: Some(open(false)), ..none.clone() };
    let past = Item {
        step: "past".into(),
        open: Some(open(true)),
        before: vec![("Thu 19 Nov, 20:00".into(), "Moved".into())],
        ..none.clone()
    };
    let refused = Item {
        step: "refused".into(),
        date: "<soon>".into(),
        message: Some("Please give a day and a time.".into()),
        ..none.clone()
    };
    vec![none, ahead, past, refused]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_it_went_is_asked_when_its_time_has_come() {
        for item in samples() {
            let html = Owner::new().with(|| section(&item).to_html());
            let past = item.open.as_ref().is_some_and(|o| o.past);
            assert_eq!(html.contains("It did not happen"), past);
            assert_eq!(html.contains("role=\"alert\""), item.message.is_some());
            assert!(!html.contains("<soon>"));
        }
    }
}
