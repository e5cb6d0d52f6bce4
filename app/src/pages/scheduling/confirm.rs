//! The short page that asks whether a time is meant, before a session is booked
//! or moved to it. All other fields are sent along unseen; “Change details”
//! opens the whole form with them.

use leptos::prelude::*;

use crate::ui::facts;

/// What the page shows of a time that was chosen.
#[derive(Clone, Debug, Default)]
pub struct Panel {
    /// The day and time, such as "Tuesday 1 December 2026, 17:30–18:20 (Berlin,
    /// UTC+1)".
    pub when: String,
    /// The start on the clock of each person for whom it is another one, such
    /// as "Farah Khan: 21:30 in Karachi (UTC+5)".
    pub clocks: Vec<String>,
    /// Therapist, place and kind: label and value.
    pub facts: Vec<(String, String)>,
    /// The fields that are sent along: name and value.
    pub hidden: Vec<(String, String)>,
}

/// The facts of the panel, and the fields that its form sends along.
pub(crate) fn panel_facts(p: &Panel) -> AnyView {
    let clocks: Vec<AnyView> =
        p.clocks.iter().map(|clock| view! { <div class="muted">{clock.clone()}</div> }.into_any()).collect();
    let mut rows = vec![("When".to_owned(), view! { <strong>{p.when.clone()}</strong>{clocks} }.into_any())];
    rows.extend(p.facts.iter().map(|(label, value)| (label.clone(), value.clone().into_any())));
    let hidden: Vec<AnyView> = p
        .hidden
        .iter()
        .map(|(name, value)| {
            view! { <input type="hidden" name=name.clone() value=value.clone() autocomplete="off"/> }.into_any()
        })
        .collect();
    view! {
        {hidden}
        <input type="hidden" name="panel" value="yes"/>
        {facts(rows)}
    }
    .into_any()
}

/// The buttons of the panel's form: the act itself, the whole form, and other
/// times. `to` is the path of the form.
pub(crate) fn panel_buttons(act: &'static str, to: &str) -> AnyView {
    let other = |value: &'static str, text: &'static str| {
        view! {
            <button class="button" type="submit" formmethod="get" formaction=to.to_owned() formnovalidate name="edit" value=value>{text}</button>
        }
        .into_any()
    };
    view! {
        <p class="form-actions">
            <button class="button button-primary" type="submit">{act}</button>
            {other("yes", "Change details")}
            {other("times", "Other times")}
        </p>
    }
    .into_any()
}

/// A sample panel with long names and two clocks.
pub(crate) fn sample() -> Panel {
    Panel {
        when: "Tuesday 1 December 2026, 17:30–18:20 (Berlin, UTC+1)".to_owned(),
        clocks: vec![format!("{}: 21:30 in Karachi (UTC+5)", "अनन्या 💛 ".repeat(9))],
        facts: vec![
            ("Therapist".to_owned(), "Dr Ngozi Okafor".to_owned()),
            ("Place".to_owned(), "Garden <room>".to_owned()),
        ],
        hidden: vec![("date".to_owned(), "2026-12-01".to_owned()), ("time".to_owned(), "17:30".to_owned())],
    }
}
