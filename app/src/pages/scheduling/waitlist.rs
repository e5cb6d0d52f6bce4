//! The waitlist: inquiries for a first meeting, and clients who would like an
//! earlier session; those who have waited longest are first.

use domain::ids::SessionId;
use leptos::prelude::*;

use super::inquire::wish_fields;
use crate::pages::mail::undelivered::{self, UndeliveredItem};
use crate::ui::{
    Field, FormState, Link, Pager, Tone, badge, empty, error_summary, form_key, page_head, pager, phone_link, submit,
};

/// The view model of the waitlist.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub items: Vec<InquiryItem>,
    /// Inquiries whose email address could not be confirmed, because the email
    /// was not delivered.
    pub undelivered: Vec<UndeliveredItem>,
    pub items_pager: Pager,
    pub earlier: Vec<EarlierItem>,
    pub earlier_pager: Pager,
    /// Whether the reader is a therapist, who takes on clients without being
    /// asked by the front desk.
    pub clinician: bool,
    /// Whether the reader is at the front desk, which takes on clients for a
    /// therapist.
    pub desk: bool,
    /// The address of the public inquiry page; `None` if it is closed.
    pub address: Option<String>,
}

/// An inquiry in the list.
#[derive(Clone, Debug)]
pub struct InquiryItem {
    pub id: uuid::Uuid,
    pub name: String,
    pub email: String,
    pub phone: String,
    /// The wish in words, such as "For two, in the evening, online. Waiting since
    /// Mon 23 Nov."
    pub text: String,
    /// Whether the practice has spoken to them.
    pub called: bool,
    /// Free times that suit, such as "Thu 26 Nov, 10:00 with Dr Lin", each with a
    /// link to the form that books it.
    pub next: Vec<Link>,
}

/// A session whose client would like an earlier one.
#[derive(Clone, Debug)]
pub struct EarlierItem {
    pub session: SessionId,
    pub title: String,
    /// The session and the wish in words, such as "Thu 26 Nov, 10:00 with Dr
    /// Lin · In the evening · Waiting since …"
    pub text: String,
    /// Earlier free times, each with a link to the form that moves the session
    /// there.
    pub next: Vec<Link>,
}

/// Renders the waitlist.
pub fn view(m: &Model) -> AnyView {
    let rows: Vec<AnyView> = m.items.iter().map(|i| inquiry_row(m, i)).collect();
    let list = if rows.is_empty() {
        empty("Nobody is waiting for a first session.", None)
    } else {
        view! { <ol class="rows">{rows}</ol> }.into_any()
    };
    let address = match &m.address {
        Some(address) => {
            format!(
                "Requests from {address} appear here once the email address is confirmed. You can also add people yourself."
            )
        }
        None => "The public request page is closed. The owner can open it in the settings.".to_owned(),
    };
    view! {
        {page_head("Waitlist", "Longest waiting first.", vec![Link::new("/waitlist/new", "Add to waitlist")])}
        <section aria-labelledby="first">
            <h2 id="first">"First sessions"</h2>
            {list}
            {pager(&m.items_pager)}
            <p class="muted">{address}</p>
            {unconfirmed_list(&m.undelivered)}
        </section>
        <section aria-labelledby="earlier">
            <h2 id="earlier">"Wants an earlier time"</h2>
            {earlier_list(&m.earlier)}
            {pager(&m.earlier_pager)}
        </section>
    }
    .into_any()
}

/// The list of inquiries whose address could not be confirmed; `None` if there
/// are none. They are not on the waitlist, and must not be lost.
fn unconfirmed_list(items: &[UndeliveredItem]) -> Option<AnyView> {
    undelivered::rows(items).map(|rows| {
        view! {
            <h3>"Address not confirmed"</h3>
            <p class="muted">"They asked on the public page, but our email did not reach them. Call them, or send it again."</p>
            {rows}
        }
        .into_any()
    })
}

/// Renders the form with which the staff enters an inquiry made by phone or in
/// person.
pub fn inquiry_form(f: &FormState) -> AnyView {
    view! {
        {page_head("Add to waitlist", "People who call or walk in are added to the end. No email is sent.", vec![])}
        <form class="form" method="post" action="/waitlist" novalidate>
            {form_key()}
            {error_summary(f)}
            {Field::new(f, "name", "Name").required().text()}
            {Field::new(f, "phone", "Phone number").hint("A phone number or an email address is needed.").unmarked().tel()}
            {Field::new(f, "email", "Email").unmarked().email()}
            {wish_fields(f, "For one")}
            {submit("Add")}
        </form>
    }
    .into_any()
}

/// The list of clients who would like an earlier session.
fn earlier_list(items: &[EarlierItem]) -> AnyView {
    if items.is_empty() {
        return empty("Nobody is waiting for an earlier time. You can note the wish on the page of a session.", None);
    }
    let rows: Vec<AnyView> = items
        .iter()
        .map(|e| {
            let next: Vec<AnyView> = e
                .next
                .iter()
                .map(|Link { href, text: at }| {
                    view! { <a class="button" href=href.clone() aria-label=format!("Move to {at}: {}", e.title)>{format!("Move to {at}")}</a> }.into_any()
                })
                .collect();
            let none = next.is_empty().then(|| view! { <br/>"No earlier time that suits is free." }.into_any());
            view! {
                <li class="row">
                    <span>
                        <a href=format!("/sessions/{}", e.session)><strong>{e.title.clone()}</strong></a><br/>
                        <span class="muted">{e.text.clone()}</span>
                        {none}
                    </span>
                    <form class="actions" method="post" action=format!("/sessions/{}/earlier", e.session)>
                        {form_key()}
                        {next}
                        <input type="hidden" name="back" value="list"/>
                        <button class="button" type="submit" name="do" value="stop" aria-label=format!("Remove from waitlist: {}", e.title)>"Remove from waitlist"</button>
                    </form>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ol class="rows">{rows}</ol> }.into_any()
}

/// An inquiry in the list.
fn inquiry_row(m: &Model, i: &InquiryItem) -> AnyView {
    let phone = phone_link(&i.phone);
    let email = (!i.email.is_empty()).then(|| {
        let apart = phone.as_ref().map(|_| " · ");
        view! { <a href=format!("mailto:{}", i.email)>{i.email.clone()}</a>{apart} }.into_any()
    });
    let called = i.called.then(|| view! { " "{badge(Tone::Wait, "Contacted")} }.into_any());
    let next: Vec<AnyView> = i
        .next
        .iter()
        .map(|Link { href, text }| {
            let label = format!("Book {text}: {}", i.name);
            view! { <a class="button" href=href.clone() aria-label=label>{format!("Book {text}")}</a> }.into_any()
        })
        .collect();
    let next = if next.is_empty() {
        view! { <span>"No time that suits is free in the next four weeks."</span> }.into_any()
    } else {
        view! { <span class="actions">{next}</span> }.into_any()
    };
    let accept = match (m.desk, m.clinician) {
        (true, _) => Some(format!("/desk/clients/new?inquiry={}", i.id)),
        (false, true) => Some(format!("/clients/new?inquiry={}", i.id)),
        (false, false) => None,
    };
    let accept = accept.map(|href| {
        view! { <a class="button button-primary" href=href aria-label=format!("Accept as client: {}", i.name)>"Accept as client"</a> }.into_any()
    });
    let act = |word: &'static str, text: &'static str| {
        view! { <button class="button" type="submit" name="state" value=word aria-label=format!("{text}: {}", i.name)>{text}</button> }.into_any()
    };
    let contacted = (!i.called).then(|| act("called", "Contacted"));
    view! {
        <li class="row">
            <span>
                <strong>{i.name.clone()}</strong>{called}<br/>
                {email}{phone}<br/>
                <span class="muted">{i.text.clone()}</span><br/>
                {next}
            </span>
            <form class="actions" method="post" action=format!("/waitlist/{}", i.id)>
                {form_key()}
                {accept}
                {contacted}
                {act("closed", "Remove from waitlist")}
            </form>
        </li>
    }
    .into_any()
}

/// Sample models: an empty list with the public page closed; a full list with
/// long names.
pub fn samples() -> Vec<Model> {
    let item = |called| InquiryItem {
        id: uuid::Uuid::nil(),
        name: "अनन्या 💛 ".repeat(18),
        email: "ananya@example.org".to_owned(),
        phone: if called { String::new() } else { "+49 30 5550 100".to_owned() },
        text: "For two, in the evening, either. Waiting since Mon 23 Nov, 10:00.".to_owned(),
        called,
        next: if called {
            vec![]
        } else {
            vec![Link::new("/desk/clients/new", "Thu 26 Nov, 18:00 with Dr Ngozi Okafor")]
        },
    };
    vec![
        Model::default(),
        Model {
            items: vec![item(true), item(false)],
            undelivered: undelivered::samples(),
            earlier: vec![
                EarlierItem {
                    session: SessionId(uuid::Uuid::nil()),
                    title: "<b>Amara</b> & अनन्या 💛 ".repeat(9),
                    text: "Thu 26 Nov, 10:00 with Dr Lin · In the evening · Waiting since Mon 23 Nov, 10:00."
                        .to_owned(),
                    next: vec![Link::new("/sessions/x/move?date=2026-11-25&time=18:00", "Wed 25 Nov, 18:00")],
                },
                EarlierItem {
                    session: SessionId(uuid::Uuid::nil()),
                    title: "Ines Costa".to_owned(),
                    text: "Fri 27 Nov, 10:00 with Dr Lin · Any time · Waiting since Mon 23 Nov, 11:00.".to_owned(),
                    next: vec![],
                },
            ],
            items_pager: Pager { first: None, more: Some(("/waitlist?after=1#first".to_owned(), "More people")) },
            earlier_pager: Pager::default(),
            clinician: true,
            desk: true,
            address: Some("https://practice.example/inquire".to_owned()),
        },
    ]
}
