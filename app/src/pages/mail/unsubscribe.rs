//! The unsubscribe page, opened by a link in an email, which stops emails of
//! that kind. It names no person.

use leptos::prelude::*;

use crate::{say, ui::form_key, words::words};

/// A kind of email that can be stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoppedEmails {
    /// Reminders of sessions.
    Reminders,
    /// Reminders of exercises and plans.
    Nudges,
}

/// The view model of the unsubscribe page.
#[derive(Clone, Debug)]
pub struct Model {
    pub token: String,
    /// The kind of email that the link stops; `None` if the link is unknown.
    pub mails: Option<StoppedEmails>,
    /// Whether these emails are stopped already.
    pub ended: bool,
}

/// Renders the unsubscribe page.
pub fn view(m: &Model) -> AnyView {
    let w = words();
    let Some(mails) = m.mails else {
        return view! {
            <div class="sheet">
                <h1>{say!(w, "unsubscribe-unknown")}</h1>
                <p>{say!(w, "unsubscribe-unknown-text")}</p>
                <p><a class="button" href="/portal/contact">{say!(w, "unsubscribe-open-page")}</a></p>
            </div>
        }
        .into_any();
    };
    if m.ended {
        let text = match mails {
            StoppedEmails::Reminders => say!(w, "unsubscribe-done-reminders"),
            StoppedEmails::Nudges => say!(w, "unsubscribe-done-nudges"),
        };
        return view! {
            <div class="sheet">
                <h1>{say!(w, "unsubscribe-done")}</h1>
                <p role="status">{text}</p>
                <p>{say!(w, "unsubscribe-again")}</p>
            </div>
        }
        .into_any();
    }
    let text = match mails {
        StoppedEmails::Reminders => say!(w, "unsubscribe-reminders"),
        StoppedEmails::Nudges => say!(w, "unsubscribe-nudges"),
    };
    view! {
        <div class="sheet">
            <h1>{say!(w, "unsubscribe-heading")}</h1>
            <p>{text}</p>
            <form method="post" action=format!("/unsubscribe/{}", m.token)>
                {form_key()}
                <button class="button button-primary" type="submit">{say!(w, "unsubscribe-button")}</button>
            </form>
        </div>
    }
    .into_any()
}

/// Sample models: before; after; an unknown link.
pub fn samples() -> Vec<Model> {
    let asked = Model { token: "t".repeat(43), mails: Some(StoppedEmails::Reminders), ended: false };
    vec![
        asked.clone(),
        Model { ended: true, ..asked.clone() },
        Model { mails: Some(StoppedEmails::Nudges), ..asked.clone() },
        Model { mails: None, ..asked },
    ]
}
