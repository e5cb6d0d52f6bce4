//! The public inquiry page for new people. It asks for as little as possible,
//! and for no reason.

use domain::{
    clients::client::ClientKind,
    scheduling::{inquiry::MeetingWish, slots::DayPart},
};
use leptos::prelude::*;

use crate::{
    say,
    ui::{Field, FormState, error_summary, form_key, phone_line, submit},
    words::words,
};

/// The view model of the inquiry page.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub practice: String,
    /// The practice's phone number; may be empty.
    pub phone: String,
    pub form: FormState,
}

/// The states after the form was sent.
#[derive(Clone, Debug)]
pub enum Step {
    /// The confirmation email has been sent.
    Sent,
    /// The link was opened, and a button confirms; holds the token. Opening the
    /// link alone changes nothing, because mail scanners open links.
    Confirm(String),
    /// The email address is confirmed.
    Confirmed,
    /// The link is unknown or has expired.
    Gone,
}

/// The fields of an inquiry: for whom, where and when. `alone` is the label of
/// the choice for one person.
pub fn wish_fields(f: &FormState, alone: &str) -> AnyView {
    let w = words();
    let kinds = vec![
        (ClientKind::Couple.word().to_owned(), say!(w, "inquire-couple")),
        (ClientKind::Individual.word().to_owned(), alone.to_owned()),
    ];
    view! {
        {Field::new(f, "kind", say!(w, "inquire-kind")).required().radios(kinds)}
        {Field::new(f, "meeting", say!(w, "inquire-meeting")).required().radios(w.options(MeetingWish::ALL))}
        {Field::new(f, "part", say!(w, "inquire-part")).required().select(w.options(DayPart::ALL))}
    }
    .into_any()
}

/// Renders the inquiry page.
pub fn view(m: &Model) -> AnyView {
    let (w, f) = (words(), &m.form);
    view! {
        <div class="sheet">
            <h1>{say!(w, "inquire-heading")}</h1>
            <p class="lead">{say!(w, "inquire-lead", practice = &m.practice)}</p>
            {phone_line(&m.phone)}
            <form class="form" method="post" action="/inquire" novalidate>
                {form_key()}
                {error_summary(f)}
                {Field::new(f, "name", say!(w, "inquire-name")).required().autocomplete("name").text()}
                {Field::new(f, "email", say!(w, "inquire-email")).hint(say!(w, "inquire-email-hint")).required().autocomplete("email").email()}
                {Field::new(f, "phone", say!(w, "inquire-phone")).autocomplete("tel").tel()}
                {wish_fields(f, &say!(w, "inquire-alone"))}
                {submit(say!(w, "inquire-button"))}
            </form>
        </div>
    }
    .into_any()
}

/// Renders the page of a state after the form was sent.
pub fn step(step: &Step) -> AnyView {
    let w = words();
    let body = match step {
        Step::Sent => view! {
            <h1>{say!(w, "inquire-sent")}</h1>
            <p>{say!(w, "inquire-sent-text")}</p>
        }
        .into_any(),
        Step::Confirm(token) => view! {
            <h1>{say!(w, "inquire-confirm")}</h1>
            <p>{say!(w, "inquire-confirm-text")}</p>
            <form method="post" action=format!("/inquire/{token}")>{form_key()}<button class="button button-primary" type="submit">{say!(w, "inquire-confirm-button")}</button></form>
        }
        .into_any(),
        Step::Confirmed => view! {
            <h1>{say!(w, "inquire-confirmed")}</h1>
            <p>{say!(w, "inquire-confirmed-text")}</p>
        }
        .into_any(),
        Step::Gone => view! {
            <h1>{say!(w, "link-gone-heading")}</h1>
            <p>{say!(w, "inquire-gone")}</p>
            <p><a class="button" href="/inquire">{say!(w, "inquire-heading")}</a></p>
        }
        .into_any(),
    };
    view! { <div class="sheet">{body}</div> }.into_any()
}

/// Sample models of the inquiry page, rendered by the page tests.
pub fn samples() -> Vec<Model> {
    vec![
        Model { practice: "Lakeside".to_owned(), ..Model::default() },
        Model {
            practice: "L".repeat(80),
            phone: "+49 30 5550 100".to_owned(),
            form: crate::ui::refused("email", "Please write an e-mail address such as name@example.org."),
        },
    ]
}
