//! Plans: a day and time that a partner sets for both or for themselves. The
//! fields belong to the exercise's form, like those of an agreement.

use domain::ids::OccurrenceId;
use leptos::prelude::*;

use super::parts::FORM;
use crate::{
    say,
    ui::{Tone, badge, field::id},
    words::words,
};

/// A plan of an exercise, as its section shows it.
#[derive(Clone, Debug)]
pub struct Item {
    pub occurrence: OccurrenceId,
    pub step: String,
    pub prompt: String,
    pub hint: String,
    /// A sentence that says for whom it is.
    pub whose: String,
    /// The open plan; `None` if nothing is planned.
    pub open: Option<Open>,
    /// Earlier plans, latest first.
    pub before: Vec<Earlier>,
    /// The content of the date field.
    pub date: String,
    /// The content of the time field.
    pub time: String,
    pub zone: String,
    pub message: Option<String>,
}

/// A plan that has no outcome yet.
#[derive(Clone, Debug)]
pub struct Open {
    pub id: uuid::Uuid,
    /// The time on the reader's clock, with the zone named.
    pub when: String,
    /// The time in the zone where it was set; empty if that is the reader's.
    pub elsewhere: String,
    pub set_by: String,
    /// Whether its day has come, so that it may have been kept already.
    pub today: bool,
    /// Whether its time is over, so that the outcome is asked for.
    pub past: bool,
}

/// A plan that has an outcome.
#[derive(Clone, Debug)]
pub struct Earlier {
    pub when: String,
    /// The outcome in words.
    pub outcome: String,
}

/// The name of a plan's form field; `name` is `seen`, `date` or `time`.
pub fn field(step: &str, name: &str) -> String {
    format!("plan.{step}.{name}")
}

/// A submit button of a plan; `first` makes it the primary button.
fn button(action: &str, what: &'static str, text: String, first: bool) -> AnyView {
    let class = if first { "button button-primary" } else { "button" };
    view! { <button class=class type="submit" form=FORM formaction=action.to_owned() name="do" value=what>{text}</button> }
        .into_any()
}

/// The section of an exercise page that shows one plan.
pub fn section(item: &Item) -> AnyView {
    let w = words();
    let head = format!("plan-{}-head", item.step);
    let action = format!("/portal/exercises/{}/plans/{}", item.occurrence, item.step);
    let (date, time) = (field(&item.step, "date"), field(&item.step, "time"));
    let open = item.open.as_ref().map(|open| {
        let elsewhere =
            (!open.elsewhere.is_empty()).then(|| view! { <p class="muted">{open.elsewhere.clone()}</p> }.into_any());
        let kept = (open.past || open.today).then(|| button(&action, "kept", say!(w, "plan-kept"), open.past));
        let other = if open.past {
            button(&action, "missed", say!(w, "plan-missed"), false)
        } else {
            button(&action, "dropped", say!(w, "plan-drop"), false)
        };
        view! {
            <div class="card">
                <p class="when"><strong>{open.when.clone()}</strong></p>
                {elsewhere}
                <p class="muted">{say!(w, "plan-set-by", name = &open.set_by)}</p>
                <p class="actions">{kept}{other}</p>
            </div>
        }
        .into_any()
    });
    let row = |p: &Earlier| view! { {p.when.clone()}" "{badge(Tone::Plain, p.outcome.clone())} }.into_any();
    // The latest outcome stays visible until something new is planned.
    let in_sight = usize::from(item.open.is_none());
    let last =
        item.before.first().filter(|_| in_sight == 1).map(|last| view! { <p class="when">{row(last)}</p> }.into_any());
    let before: Vec<AnyView> =
        item.before.iter().skip(in_sight).map(|b| view! { <li>{row(b)}</li> }.into_any()).collect();
    let before = (!before.is_empty()).then(|| {
        view! { <details><summary>{say!(w, "plan-before")}</summary><ul class="plain">{before}</ul></details> }
            .into_any()
    });
    let error = format!("{}-error", id(&date));
    let message =
        item.message.clone().map(|m| view! { <p class="error" id=error.clone()>{w.sentence(&m)}</p> }.into_any());
    let described = item.message.as_ref().map(|_| error.clone());
    let invalid = item.message.as_ref().map(|_| "true");
    let (legend, text) = match item.open {
        Some(_) => (say!(w, "plan-another"), say!(w, "plan-move")),
        None => (say!(w, "plan-when"), say!(w, "plan-save")),
    };
    let fields = view! {
        <div class="form plan-form">
            <fieldset>
                <legend>{legend}</legend>
                {message}
                <label for=id(&date)>{say!(w, "plan-day")}</label>
                <input type="date" id=id(&date) form=FORM name=date.clone() value=item.date.clone() aria-describedby=described.clone() aria-invalid=invalid autocomplete="off"/>
                <label for=id(&time)>{say!(w, "plan-time", zone = &item.zone)}</label>
                <input type="time" id=id(&time) form=FORM name=time.clone() value=item.time.clone() aria-describedby=described aria-invalid=invalid autocomplete="off"/>
            </fieldset>
            <p>{button(&action, "set", text, false)}</p>
        </div>
    }
    .into_any();
    let fields = if item.open.is_some() && item.message.is_none() && item.date.is_empty() && item.time.is_empty() {
        view! { <details><summary>{say!(w, "plan-move")}</summary>{fields}</details> }.into_any()
    } else {
        fields
    };
    let seen = item.open.as_ref().map(|o| o.id.to_string()).unwrap_or_default();
    view! {
        <section class="step plan" aria-labelledby=head.clone()>
            <h2 id=head.clone()>{item.prompt.clone()}</h2>
            <p class="hint">{item.hint.clone()}</p>
            <p class="muted">{item.whose.clone()}</p>
            <input type="hidden" form=FORM name=field(&item.step, "seen") value=seen autocomplete="off"/>
            {open}
            {last}
            {fields}
            {before}
        </section>
    }
    .into_any()
}

/// Samples: no plan; a plan ahead; a plan whose time is over; a refused form.
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
        today: past,
        past,
    };
    let ahead = Item { step: "ahead".into(), open: Some(open(false)), ..none.clone() };
    let past = Item {
        step: "past".into(),
        open: Some(open(true)),
        before: vec![Earlier { when: "Thu 19 Nov, 20:00".into(), outcome: "Moved".into() }],
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
    fn outcome_is_asked_only_after_the_planned_time() {
        for item in samples() {
            let html = Owner::new().with(|| section(&item).to_html());
            let past = item.open.as_ref().is_some_and(|o| o.past);
            assert_eq!(html.contains("It didn’t happen"), past);
            assert_eq!(html.contains("We did it"), past);
            assert_eq!(html.contains("aria-invalid=\"true\""), item.message.is_some());
            assert!(!html.contains("<soon>"));
        }
    }
}
