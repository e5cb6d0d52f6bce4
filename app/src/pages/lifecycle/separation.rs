//! The page of a separation: it lists what will end, before the therapist
//! confirms.

use domain::ids::ClientId;
use leptos::prelude::*;

use crate::ui::{Field, FormState, error_summary, facts, form_key, page_head};

/// The view model of the page of a separation.
#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    pub title: String,
    /// The two partners.
    pub people: Vec<PartnerItem>,
    /// The sessions that will be cancelled, such as "Thu 26 Nov, 10:00, Garden
    /// room, with Dr Lin".
    pub sessions: Vec<String>,
    /// The titles of the exercises that will be withdrawn.
    pub exercises: Vec<String>,
    /// The titles of the pathways that will end.
    pub pathways: Vec<String>,
    /// How many open requests will be withdrawn.
    pub requests: i64,
    /// Whether an intake was started and ends.
    pub has_intake: bool,
    /// Further sentences of what ends: the secrets policy, forms that are not signed.
    pub also: Vec<String>,
    pub form: FormState,
}

/// One of the two partners.
#[derive(Clone, Debug)]
pub struct PartnerItem {
    pub name: String,
    /// The phone number; may be empty.
    pub phone: String,
}

/// Renders the page of a separation.
pub fn view(m: &Model) -> AnyView {
    let people = m
        .people
        .iter()
        .map(|PartnerItem { name, phone }| {
            let phone = if phone.is_empty() { "no phone number".to_owned() } else { phone.clone() };
            (name.clone(), phone.into_any())
        })
        .collect();
    let requests = (m.requests > 0).then(|| {
        view! { <li>{format!("What was asked for and not answered yet is withdrawn ({}).", m.requests)}</li> }
            .into_any()
    });
    let also: Vec<AnyView> = m.also.iter().map(|text| view! { <li>{text.clone()}</li> }.into_any()).collect();
    view! {
        {page_head(format!("Separate {}?", m.title), "For good: what they share here ends for both of them at once.", vec![])}
        {ending_list("Sessions that are cancelled", &m.sessions, "None is booked.")}
        {ending_list("Exercises that are taken back", &m.exercises, "None is open.")}
        {ending_list("Pathways that end", &m.pathways, "None is walked.")}
        <section aria-labelledby="what">
            <h2 id="what">"And besides"</h2>
            <ul>
                {requests}
                {m.has_intake.then(|| view! { <li>"The intake ends. What was answered stays in the record."</li> }.into_any())}
                {also}
                <li>"Their record is frozen. You can read it, finish a note that is begun, and add to one that is signed; nothing else is added to it."</li>
                <li>"Both are signed out, and neither reaches anything of it again, whoever wrote it."</li>
                <li>"Nobody is written to, not about the sessions either: what waited to be sent is not sent. Please tell each of them yourself, alone."</li>
                <li>"Each may go on alone: take them on as an individual client, and they begin with an empty record."</li>
            </ul>
            {facts(people)}
        </section>
        <form method="post" action=format!("/clients/{}/separation", m.client) class="form">
            {form_key()}
            {error_summary(&m.form)}
            {Field::new(&m.form, "read", "I have read what ends, and I will tell each of them").tick()}
            <p class="form-actions">
                <button class="button button-danger" type="submit">"Separate them now"</button>
                <a class="button" href=format!("/clients/{}", m.client)>"Leave it as it is"</a>
            </p>
        </form>
    }
    .into_any()
}

/// A section with a list, or the text `none` if it is empty.
fn ending_list(title: &'static str, items: &[String], none: &'static str) -> AnyView {
    let rows: Vec<AnyView> = items.iter().map(|item| view! { <li>{item.clone()}</li> }.into_any()).collect();
    let rows = if rows.is_empty() {
        view! { <p class="muted">{none}</p> }.into_any()
    } else {
        view! { <ul>{rows}</ul> }.into_any()
    };
    view! { <section><h2>{title}</h2>{rows}</section> }.into_any()
}

/// Sample models: nothing to end; everything, with a refused form.
pub fn samples() -> Vec<Model> {
    let none = Model {
        client: ClientId(uuid::Uuid::nil()),
        title: "Amara & Jonas".to_owned(),
        people: vec![
            PartnerItem { name: "Amara".to_owned(), phone: "+49 30 5550 200".to_owned() },
            PartnerItem { name: "Jonas".to_owned(), phone: String::new() },
        ],
        sessions: vec![],
        exercises: vec![],
        pathways: vec![],
        requests: 0,
        has_intake: false,
        also: vec![],
        form: FormState::default(),
    };
    let long = "अनन्या शर्मा 💛 <b> ".repeat(12);
    let all = Model {
        title: long.clone(),
        sessions: vec![long.clone()],
        exercises: vec![long.clone()],
        pathways: vec![long],
        requests: 2,
        has_intake: true,
        also: vec!["The secrets policy ends.".to_owned()],
        form: crate::ui::refused("read", "Please read the list, and tick this."),
        ..none.clone()
    };
    vec![none, all]
}
