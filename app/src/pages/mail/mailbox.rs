//! The mailbox of the demo: its emails, shown without a mail server.

use leptos::prelude::*;

use crate::ui::{Pager, empty, facts, page_head, pager};

/// The view model of the mailbox of the demo.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub mails: Vec<MailItem>,
    pub pager: Pager,
    /// The email that is shown; `None` for the list.
    pub open: Option<OpenMail>,
}

/// An email in the list.
#[derive(Clone, Debug, Default)]
pub struct MailItem {
    pub id: String,
    pub to: String,
    pub subject: String,
    pub when: String,
}

/// An email that is shown in full.
#[derive(Clone, Debug, Default)]
pub struct OpenMail {
    pub to: String,
    pub subject: String,
    pub when: String,
    pub text: String,
    /// Whether a calendar entry is attached.
    pub has_calendar: bool,
    pub html: Option<String>,
}

/// Renders the mailbox of the demo.
pub fn view(m: &Model) -> AnyView {
    if let Some(mail) = &m.open {
        return email_view(mail);
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
        empty("No emails yet. Book a session or invite a client, then reload this page.", None)
    } else {
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    view! {
        {page_head("Mailbox of the demo", "Every mail that would have gone out. A real practice has no such page.", vec![])}
        <div id="mails">{list}</div>
        {pager(&m.pager)}
        <p><a href="/sign-in">"To the sign-in page"</a></p>
    }
    .into_any()
}

/// The email's text with its web addresses as links.
fn text_with_links(text: &str) -> Vec<AnyView> {
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

/// The page of one email.
fn email_view(mail: &OpenMail) -> AnyView {
    view! {
        <p><a href="/mailbox">"Back to the mailbox"</a></p>
        {email_parts(mail, "")}
    }
    .into_any()
}

/// The parts of an email: heading, facts, text and HTML.
pub(crate) fn email_parts(mail: &OpenMail, lead: &'static str) -> AnyView {
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
        <section class="card"><h2>"As text"</h2><pre class="mail-text">{text_with_links(&mail.text)}</pre></section>
        {html}
    }
    .into_any()
}

/// Sample models of the mailbox of the demo, rendered by the page tests.
pub fn samples() -> Vec<Model> {
    let mail =
        MailItem { id: "1".into(), to: "a@example.org".into(), subject: "Appointment 💛".into(), when: "now".into() };
    let open = OpenMail {
        text: "Hello https://example.org/x\nBye".into(),
        html: Some("<p>x</p>".into()),
        subject: "s".into(),
        ..OpenMail::default()
    };
    let pager = Pager { first: None, more: Some(("/mailbox?after=1".into(), "Older emails")) };
    vec![
        Model::default(),
        Model { mails: vec![mail], pager, open: None },
        Model { open: Some(open), ..Model::default() },
    ]
}
