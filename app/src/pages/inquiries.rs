//! Those who asked for a first meeting, the longest waiting first.

use leptos::prelude::*;

use crate::ui::{Tone, badge, empty, page_head, phone_link};

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub items: Vec<InquiryItem>,
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

pub fn view(m: &Model) -> AnyView {
    let rows: Vec<AnyView> = m.items.iter().map(|i| item(m, i)).collect();
    let list = if rows.is_empty() {
        empty("Nobody waits for a first meeting.", None)
    } else {
        view! { <ol class="rows">{rows}</ol> }.into_any()
    };
    let address = match &m.address {
        Some(address) => format!("They come from {address}. An address is confirmed before it stands here."),
        None => "The page where people can ask for a first meeting is closed. The owner opens it under “Practice”."
            .to_owned(),
    };
    view! {
        {page_head("First meetings", "The longest waiting first. Offer what becomes free in this order.", vec![])}
        {list}
        <p class="muted">{address}</p>
    }
    .into_any()
}

fn item(m: &Model, i: &InquiryItem) -> AnyView {
    let phone = phone_link(&i.phone).map(|link| view! { " · "{link} }.into_any());
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
        <li>
            <span>
                <strong>{i.name.clone()}</strong>{called}<br/>
                <a href=format!("mailto:{}", i.email)>{i.email.clone()}</a>{phone}<br/>
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
            clinician: true,
            address: Some("https://practice.example/inquire".to_owned()),
        },
    ]
}
