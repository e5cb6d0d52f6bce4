//! The front desk's clients: names, phone numbers, email addresses, the
//! therapist and the next session. Nothing of a record.

use domain::ids::{ClientId, PersonId, SessionId};
use leptos::prelude::*;

use crate::pages::records::intake::{self, Mark};
use crate::ui::{
    FormState, Link, Pager, Tone, badge, card, empty, error_summary, form_key, page_head, pager, phone_link, table,
};

/// The view model of the list.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub q: String,
    pub clients: Vec<ClientItem>,
    pub pager: Pager,
}

/// A client of the list, and of a page of its own.
#[derive(Clone, Debug)]
pub struct ClientItem {
    pub id: ClientId,
    pub title: String,
    pub people: Vec<PersonItem>,
    /// The names of the therapists, with a word if one has not accepted yet;
    /// empty: there is none.
    pub therapist: String,
    /// The next session with its start as text; `None`: none is booked.
    pub next: Option<(SessionId, String)>,
    /// How far the intake is; `None`: none was started.
    pub intake: Option<Mark>,
}

/// A person of a client.
#[derive(Clone, Debug)]
pub struct PersonItem {
    pub id: PersonId,
    pub name: String,
    pub phone: String,
    /// The email address; empty: there is none.
    pub email: String,
    /// Whether the person wants no email.
    pub portal_only: bool,
    /// Whether the person has signed in to the portal.
    pub has_login: bool,
}

/// The view model of one client's page.
#[derive(Clone, Debug)]
pub struct OneModel {
    pub client: ClientItem,
    /// The therapists to choose from, if the client has none.
    pub therapists: Vec<(String, String)>,
    /// Which forms are signed: the person, the form, and whether it is signed.
    pub forms: Vec<(String, String, bool)>,
    /// The form for the therapist, as it was sent.
    pub form: FormState,
}

/// Renders the list.
pub fn view(m: &Model) -> AnyView {
    let rows: Vec<Vec<AnyView>> = m.clients.iter().map(row).collect();
    let list = match (rows.is_empty(), m.q.is_empty()) {
        (false, _) => table("Clients", &["Client", "Phone and email", "Therapist", "Next session", "Actions"], rows),
        (true, true) => empty("No clients yet.", None),
        (true, false) => empty("No client matches. Try a part of a name, a phone number or an email address.", None),
    };
    let order = if m.q.is_empty() { "Newest first." } else { "" };
    view! {
        {page_head("Clients", order, vec![Link::new("/desk/clients/new", "New client")])}
        <form class="search" role="search" aria-label="Clients" method="get" action="/desk/clients">
            <label for="clients-q">"Name, phone or email"</label>
            <input id="clients-q" type="search" name="q" value=m.q.clone() maxlength="200" autocomplete="off"/>
            <button class="button" type="submit">"Search clients"</button>
        </form>
        <div id="clients">{list}</div>
        {pager(&m.pager)}
    }
    .into_any()
}

/// The cells of a client in the list.
fn row(c: &ClientItem) -> Vec<AnyView> {
    let people: Vec<AnyView> =
        c.people.iter().map(|p| view! { <li>{reach(p, c.people.len() > 1)}</li> }.into_any()).collect();
    vec![
        view! { <a href=format!("/desk/clients/{}", c.id)><strong>{c.title.clone()}</strong></a>" "{c.intake.as_ref().map(intake::mark)} }.into_any(),
        view! { <ul class="plain">{people}</ul> }.into_any(),
        therapist(c),
        next_session(c),
        view! { <a class="button" href=format!("/slots?client={}", c.id) aria-label=format!("Find a time for {}", c.title)>"Find a time"</a> }
            .into_any(),
    ]
}

/// The therapist of a client, or that there is none.
fn therapist(c: &ClientItem) -> AnyView {
    if c.therapist.is_empty() { badge(Tone::Care, "No therapist") } else { c.therapist.clone().into_any() }
}

/// A link to the next session.
fn next_session(c: &ClientItem) -> AnyView {
    match &c.next {
        Some((id, at)) => view! { <a href=format!("/sessions/{id}")>{at.clone()}</a> }.into_any(),
        None => view! { <span class="muted">"None booked"</span> }.into_any(),
    }
}

/// How far the intake is.
fn intake_state(c: &ClientItem) -> AnyView {
    match &c.intake {
        Some(mark) => intake::mark(mark),
        None => view! { <span class="muted">"not started"</span> }.into_any(),
    }
}

/// How a person is reached. With `named`, their name is before it.
fn reach(p: &PersonItem, named: bool) -> AnyView {
    let name = named.then(|| view! { <span>{p.name.clone()}</span>" " }.into_any());
    let phone = phone_link(&p.phone);
    let email = match (p.portal_only, p.email.is_empty()) {
        (true, _) => view! { " "<span class="muted">"No email: portal only"</span> }.into_any(),
        (false, false) => view! { " "<a href=format!("mailto:{}", p.email)>{p.email.clone()}</a> }.into_any(),
        (false, true) => ().into_any(),
    };
    view! { {name}{phone}{email} }.into_any()
}

/// Renders the page of one client.
pub fn one(m: &OneModel) -> AnyView {
    let c = &m.client;
    let people: Vec<AnyView> = c
        .people
        .iter()
        .map(|p| {
            let login = if p.has_login { "Signs in to the portal." } else { "Has not signed in yet." };
            let content = view! {
                <p>{reach(p, false)}</p>
                <p class="muted">{login}</p>
                <p class="actions"><a class="button" href=format!("/email-log?person={}", p.id) aria-label=format!("Emails to {}", p.name)>"Emails"</a></p>
            };
            card(p.name.clone(), content.into_any())
        })
        .collect();
    let choose = (!m.therapists.is_empty()).then(|| {
        let options: Vec<AnyView> = m
            .therapists
            .iter()
            .map(|(id, name)| view! { <option value=id.clone()>{name.clone()}</option> }.into_any())
            .collect();
        let form = view! {
            {error_summary(&m.form)}
            <form method="post" action=format!("/desk/clients/{}/therapist", c.id)>
                {form_key()}
                <div class="field">
                    <label for="f-clinician">"Therapist"</label>
                    <select id="f-clinician" name="clinician">{options}</select>
                </div>
                <p class="actions"><button class="button button-primary" type="submit">"Ask this therapist"</button></p>
            </form>
        };
        card("No therapist yet", form.into_any())
    });
    let actions = vec![
        Link::new(format!("/slots?client={}", c.id), "Find a time"),
        Link::new(format!("/sessions/new?client={}", c.id), "Book a session"),
    ];
    let care = (!c.therapist.is_empty()).then(|| view! { <p>"Therapist: "{c.therapist.clone()}</p> });
    view! {
        {page_head(c.title.clone(), "", actions)}
        {choose}
        {care}
        <p>"Next session: "{next_session(c)}</p>
        <p><a href=format!("/desk/clients/{}/intake", c.id)>"Intake"</a>": "{intake_state(c)}</p>
        <div class="columns">{people}</div>
        {forms_card(m)}
    }
    .into_any()
}

/// Which forms are signed; `None`: none was asked for.
fn forms_card(m: &OneModel) -> Option<AnyView> {
    let row = |(name, title, is_signed): &(String, String, bool)| {
        let (tone, state) = if *is_signed { (Tone::Good, "Signed") } else { (Tone::Wait, "Not signed") };
        view! { <li>{format!("{name}: {title}")}" "{badge(tone, state)}</li> }.into_any()
    };
    let rows: Vec<AnyView> = m.forms.iter().map(row).collect();
    (!rows.is_empty()).then(|| card("Forms", view! { <ul class="plain">{rows}</ul> }.into_any()))
}

/// Sample models: an empty list; a list of two; nothing found.
pub fn samples() -> Vec<Model> {
    vec![
        Model::default(),
        Model {
            q: String::new(),
            clients: vec![sample(true), sample(false)],
            pager: Pager { first: None, more: Some(("/desk/clients?after=1#clients".to_owned(), "More clients")) },
        },
        Model { q: "<b>zzz".to_owned(), ..Model::default() },
    ]
}

/// Sample models of one client's page: with a therapist, and without.
pub fn one_samples() -> Vec<OneModel> {
    let therapists = vec![("x".to_owned(), "Dr Ngozi Okafor".to_owned())];
    vec![
        OneModel {
            client: sample(true),
            therapists: vec![],
            forms: vec![("अनन्या <b>".to_owned(), "Fees <i>".to_owned(), false)],
            form: FormState::default(),
        },
        OneModel {
            client: sample(false),
            therapists,
            forms: vec![],
            form: crate::ui::refused("clinician", "Choose a therapist."),
        },
    ]
}

/// A sample client, with a therapist or without.
fn sample(cared_for: bool) -> ClientItem {
    let person = |name: &str, portal_only| PersonItem {
        id: PersonId(uuid::Uuid::nil()),
        name: name.to_owned(),
        phone: "+49 30 5550 100".to_owned(),
        email: "ananya@example.org".to_owned(),
        portal_only,
        has_login: !portal_only,
    };
    ClientItem {
        id: ClientId(uuid::Uuid::nil()),
        title: "अनन्या 💛 ".repeat(18),
        people: vec![person(&"अनन्या 💛 ".repeat(9), false), person("<b>Jonas", true)],
        therapist: if cared_for { "Dr Ngozi Okafor (asked)".to_owned() } else { String::new() },
        next: cared_for.then(|| (SessionId(uuid::Uuid::nil()), "Thu 26 Nov, 10:00".to_owned())),
        intake: cared_for.then(|| Mark { is_ready: false, text: "Intake: <b>अनन्या 3 of 6".to_owned() }),
    }
}
