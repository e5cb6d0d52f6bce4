//! The waiting list: those who asked for a first meeting, and those who are
//! booked and would come earlier; the longest waiting first.

use domain::ids::SessionId;
use leptos::prelude::*;

use super::inquire::wish_fields;
use crate::ui::{Field, FormState, Tone, badge, empty, error_summary, page_head, phone_link, submit};

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub items: Vec<InquiryItem>,
    pub earlier: Vec<EarlierItem>,
    /// The reader takes clients on.
    pub clinician: bool,
    /// The public page, where it is open.
    pub address: Option<String>,
}

#[derive(Clone, Debug)]
pub struct InquiryItem {
    pub id: uuid::Uuid,
    pub name: String,
    pub email: String,
    pub phone: String,
    /// "For two, in the evening, online. Waits since Mon 23 Nov."
    pub text: String,
    pub called: bool,
    /// "Thu 26 Nov, 10:00 with Dr Lin".
    pub next: Vec<String>,
}

/// A session that might be earlier.
#[derive(Clone, Debug)]
pub struct EarlierItem {
    pub session: SessionId,
    pub title: String,
    /// "Thu 26 Nov, 10:00 with Dr Lin · In the evening · Waits since …"
    pub text: String,
    /// What is free before it, and where it is moved there.
    pub next: Vec<(String, String)>,
}

pub fn view(m: &Model) -> AnyView {
    let rows: Vec<AnyView> = m.items.iter().map(|i| item(m, i)).collect();
    let list = if rows.is_empty() {
        empty("Nobody waits for a first meeting.", None)
    } else {
        view! { <ol class="rows">{rows}</ol> }.into_any()
    };
    let address = match &m.address {
        Some(address) => {
            format!("They ask at {address}, and their address is confirmed before they stand here; or you note them.")
        }
        None => "The page where people can ask for a first meeting is closed. The owner opens it under “Practice”."
            .to_owned(),
    };
    view! {
        {page_head("Waiting list", "The longest waiting first. Offer what becomes free in this order.", vec![("/inquiries/new".to_owned(), "Note somebody new".to_owned())])}
        <section aria-labelledby="first">
            <h2 id="first">"First meetings"</h2>
            {list}
            <p class="muted">{address}</p>
        </section>
        <section aria-labelledby="earlier">
            <h2 id="earlier">"Would come earlier"</h2>
            {earlier(&m.earlier)}
        </section>
    }
    .into_any()
}

/// Somebody who rings or comes in is written down.
pub fn noting(f: &FormState) -> AnyView {
    view! {
        {page_head("Somebody new", "Who rings or comes in for a first meeting goes to the end of the waiting list. They need not say why they come, and no mail goes out.", vec![])}
        <form class="form" method="post" action="/inquiries" novalidate>
            {error_summary(f)}
            <input type="hidden" name="key" value=f.form.get("key").to_owned()/>
            {Field::new(f, "name", "Their name").required().text()}
            {Field::new(f, "phone", "Phone number").hint("Or an e-mail address: one of them is needed.").unmarked().tel()}
            {Field::new(f, "email", "E-mail address").unmarked().email()}
            {wish_fields(f, "For one")}
            {submit("Put on the list")}
        </form>
    }
    .into_any()
}

fn earlier(items: &[EarlierItem]) -> AnyView {
    if items.is_empty() {
        return empty(
            "Nobody waits for an earlier time. Who would come earlier is noted on the page of their session.",
            None,
        );
    }
    let rows: Vec<AnyView> = items
        .iter()
        .map(|e| {
            let next: Vec<AnyView> = e
                .next
                .iter()
                .map(|(at, href)| {
                    view! { <a class="button" href=href.clone() aria-label=format!("Move to {at}: {}", e.title)>{format!("Move to {at}")}</a> }.into_any()
                })
                .collect();
            let none = next.is_empty().then(|| view! { <br/>"Nothing earlier that suits is free." }.into_any());
            view! {
                <li class="row">
                    <span>
                        <a href=format!("/sessions/{}", e.session)><strong>{e.title.clone()}</strong></a><br/>
                        <span class="muted">{e.text.clone()}</span>
                        {none}
                    </span>
                    <form class="actions" method="post" action=format!("/sessions/{}/earlier", e.session)>
                        {next}
                        <input type="hidden" name="back" value="list"/>
                        <button class="button" type="submit" name="do" value="stop" aria-label=format!("Waits no more: {}", e.title)>"Waits no more"</button>
                    </form>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ol class="rows">{rows}</ol> }.into_any()
}

fn item(m: &Model, i: &InquiryItem) -> AnyView {
    let phone = phone_link(&i.phone);
    let email = (!i.email.is_empty()).then(|| {
        let apart = phone.as_ref().map(|_| " · ");
        view! { <a href=format!("mailto:{}", i.email)>{i.email.clone()}</a>{apart} }.into_any()
    });
    let called = i.called.then(|| view! { " "{badge(Tone::Wait, "Spoken to")} }.into_any());
    let next = if i.next.is_empty() {
        "Nothing that suits is free in the next four weeks.".to_owned()
    } else {
        format!("Free: {}.", i.next.join("; "))
    };
    let take = m.clinician.then(|| {
        view! { <a class="button button-primary" href=format!("/clients/new?inquiry={}", i.id) aria-label=format!("Take on {}", i.name)>"Take on"</a> }.into_any()
    });
    let act = |word: &'static str, text: &'static str| {
        view! { <button class="button" type="submit" name="state" value=word aria-label=format!("{text}: {}", i.name)>{text}</button> }.into_any()
    };
    let spoken = (!i.called).then(|| act("called", "Spoken to"));
    view! {
        <li class="row">
            <span>
                <strong>{i.name.clone()}</strong>{called}<br/>
                {email}{phone}<br/>
                <span class="muted">{i.text.clone()}</span><br/>
                <span>{next}</span>
            </span>
            <form class="actions" method="post" action=format!("/inquiries/{}", i.id)>
                {take}
                {spoken}
                {act("closed", "Close")}
            </form>
        </li>
    }
    .into_any()
}

/// None, closed; some, with long names.
pub fn samples() -> Vec<Model> {
    let item = |called| InquiryItem {
        id: uuid::Uuid::nil(),
        name: "अनन्या 💛 ".repeat(18),
        email: "ananya@example.org".to_owned(),
        phone: if called { String::new() } else { "+49 30 5550 100".to_owned() },
        text: "For two, in the evening, either. Waits since Mon 23 Nov, 10:00.".to_owned(),
        called,
        next: if called { vec![] } else { vec!["Thu 26 Nov, 18:00 with Dr Ngozi Okafor".to_owned()] },
    };
    vec![
        Model::default(),
        Model {
            items: vec![item(true), item(false)],
            earlier: vec![
                EarlierItem {
                    session: SessionId(uuid::Uuid::nil()),
                    title: "<b>Amara</b> & अनन्या 💛 ".repeat(9),
                    text: "Thu 26 Nov, 10:00 with Dr Lin · In the evening · Waits since Mon 23 Nov, 10:00.".to_owned(),
                    next: vec![(
                        "Wed 25 Nov, 18:00".to_owned(),
                        "/sessions/x/move?date=2026-11-25&time=18:00".to_owned(),
                    )],
                },
                EarlierItem {
                    session: SessionId(uuid::Uuid::nil()),
                    title: "Ines Costa".to_owned(),
                    text: "Fri 27 Nov, 10:00 with Dr Lin · Any time · Waits since Mon 23 Nov, 11:00.".to_owned(),
                    next: vec![],
                },
            ],
            clinician: true,
            address: Some("https://practice.example/inquire".to_owned()),
        },
    ]
}
