//! An email about a session exactly as it was sent, for the front desk.

use domain::ids::SessionId;
use leptos::prelude::*;

use super::mailbox::{OpenMail, email_parts};

/// The data that the page shows.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The email without the links that only its recipient may open.
    pub mail: OpenMail,
    pub session: SessionId,
}

/// Renders the page.
pub fn view(m: &Sent) -> AnyView {
    view! {
        <p><a href=format!("/sessions/{}", m.session)>"Open the session"</a></p>
        {email_parts(&m.mail, "As it was sent. Personal links are left out here.")}
    }
    .into_any()
}

/// Sample models of the page, rendered by the page tests.
pub fn samples() -> Vec<Sent> {
    let mail = OpenMail {
        to: "a@example.org".to_owned(),
        subject: "अनन्या 💛 ".repeat(18),
        when: "Mon 23 Nov, 10:00".to_owned(),
        text: "Hello https://example.org/replies/…?reply=coming\nBye".to_owned(),
        has_calendar: true,
        html: Some("<p>x</p>".to_owned()),
    };
    vec![Sent { mail, session: SessionId(uuid::Uuid::nil()) }]
}
