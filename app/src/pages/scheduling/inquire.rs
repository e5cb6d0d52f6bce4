//! The public inquiry page for new people. It asks for as little as possible,
//! and for no reason.

use domain::{
    clients::client::ClientKind,
    scheduling::{inquiry::MeetingWish, slots::DayPart},
};
use leptos::prelude::*;

use crate::ui::{Field, FormState, error_summary, form_key, phone_line, submit};

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
    let kinds = vec![
        (ClientKind::Couple.word().to_owned(), "For two".to_owned()),
        (ClientKind::Individual.word().to_owned(), alone.to_owned()),
    ];
    let parts = DayPart::ALL.iter().map(|p| (p.word().to_owned(), p.label().to_owned())).collect();
    let meetings = MeetingWish::ALL.iter().map(|w| (w.word().to_owned(), w.label().to_owned())).collect();
    view! {
        {Field::new(f, "kind", "For whom?").required().radios(kinds)}
        {Field::new(f, "meeting", "Where?").required().radios(meetings)}
        {Field::new(f, "part", "When would it suit?").required().select(parts)}
    }
    .into_any()
}

/// Renders the inquiry page.
pub fn view(m: &Model) -> AnyView {
    let f = &m.form;
    view! {
        <div class="sheet">
            <h1>"Ask for a first meeting"</h1>
            <p class="lead">{format!("{} writes or calls you with a time. You need not say why you come.", m.practice)}</p>
            {phone_line(&m.phone)}
            <form class="form" method="post" action="/inquire" novalidate>
                {form_key()}
                {error_summary(f)}
                {Field::new(f, "name", "Your name").required().autocomplete("name").text()}
                {Field::new(f, "email", "Your e-mail address").hint("A link goes there first, so that we know it is yours.").required().autocomplete("email").email()}
                {Field::new(f, "phone", "Your phone number").autocomplete("tel").tel()}
                {wish_fields(f, "For me alone")}
                {submit("Send")}
            </form>
        </div>
    }
    .into_any()
}

/// Renders the page of a state after the form was sent.
pub fn step(step: &Step) -> AnyView {
    let body = match step {
        Step::Sent => view! {
            <h1>"Look at your mail"</h1>
            <p>"We have sent a link to that address. Open it within three days, and we know that we can write to you. Until then nobody here sees what you sent."</p>
        }
        .into_any(),
        Step::Confirm(token) => view! {
            <h1>"Is this your address?"</h1>
            <p>"One press, and your wish for a first meeting is with us."</p>
            <form method="post" action=format!("/inquire/{token}")>{form_key()}<button class="button button-primary" type="submit">"Yes, that is me"</button></form>
        }
        .into_any(),
        Step::Confirmed => view! {
            <h1>"Thank you"</h1>
            <p>"Your wish is with us. We write or call as soon as there is a time that suits."</p>
        }
        .into_any(),
        Step::Gone => view! {
            <h1>"This link does not work any more"</h1>
            <p>"It works for three days. You can simply ask again."</p>
            <p><a class="button" href="/inquire">"Ask for a first meeting"</a></p>
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
