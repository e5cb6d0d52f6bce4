//! The mails of the demo, to be looked at without a mail server.

use leptos::prelude::*;

use crate::ui::{empty, facts, page_head};

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub mails: Vec<MailItem>,
    pub open: Option<OpenMail>,
}

#[derive(Clone, Debug, Default)]
pub struct MailItem {
    pub id: String,
    pub to: String,
    pub subject: String,
    pub when: String,
}

#[derive(Clone, Debug, Default)]
pub struct OpenMail {
    pub to: String,
    pub subject: String,
    pub when: String,
    pub text: String,
    pub has_calendar: bool,
    pub html: Option<String>,
}

pub fn view(m: &Model) -> AnyView {
    if let Some(mail) = &m.open {
        return open(mail);
    }
    let rows: Vec<AnyView> = m
        .mails
        .iter()
        .map(|mail| {
            view! {
                <li>
                    <a class="row-link" href=format!("/mailbox/{}", mail.id)>{mail.subject.clone()}</a>
                    <span class="muted">{format!(" to {}, {}", mail.to, mail.when)}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    let list = if rows.is_empty() {
        empty("No mail yet. Book a session or invite somebody, and come back in a few seconds.", None)
    } else {
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    view! {
        {page_head("Mailbox of the demo", "Every mail that would have gone out. A real practice has no such page.", vec![])}
        {list}
        <p><a href="/sign-in">"To the sign-in page"</a></p>
    }
    .into_any()
}

/// The mail's text with its web addresses as links.
fn linked(text: &str) -> Vec<AnyView> {
    text.lines()
        .map(|line| {
            let words: Vec<AnyView> = line
                .split(' ')
                .map(|word| {
                    if word.starts_with("http://") || word.starts_with("https://") {
                        let (href, word) = (word.to_owned(), word.to_owned());
                        view! { <a href=href>{word}</a>" " }.into_any()
                    } else {
                        format!("{word} ").into_any()
                    }
                })
                .collect();
            view! { {words}"\n" }.into_any()
        })
        .collect()
}

fn open(mail: &OpenMail) -> AnyView {
    view! {
        <p><a href="/mailbox">"Back to the mailbox"</a></p>
        {parts(mail, "")}
    }
    .into_any()
}

/// A mail in its parts.
pub(super) fn parts(mail: &OpenMail, lead: &'static str) -> AnyView {
    let html = mail.html.clone().map(|html| {
        view! {
            <section class="card">
                <h2>"As HTML"</h2>
                <iframe class="mail" title="The mail as HTML" sandbox="" srcdoc=html></iframe>
            </section>
        }
        .into_any()
    });
    view! {
        {page_head(mail.subject.clone(), lead, vec![])}
        {facts(vec![
            ("To".into(), mail.to.clone().into_any()),
            ("Sent".into(), mail.when.clone().into_any()),
            ("Calendar entry".into(), (if mail.has_calendar { "attached" } else { "none" }).into_any()),
        ])}
        <section class="card"><h2>"As text"</h2><pre class="mail-text">{linked(&mail.text)}</pre></section>
        {html}
    }
    .into_any()
}

pub fn samples() -> Vec<Model> {
    let mail =
        MailItem { id: "1".into(), to: "a@example.org".into(), subject: "Appointment 💛".into(), when: "now".into() };
    let open = OpenMail {
        text: "Hello https://example.org/x\nBye".into(),
        html: Some("<p>x</p>".into()),
        subject: "s".into(),
        ..OpenMail::default()
    };
    vec![Model::default(), Model { mails: vec![mail], open: None }, Model { mails: vec![], open: Some(open) }]
}
