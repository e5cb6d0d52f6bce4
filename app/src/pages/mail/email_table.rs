//! The table of emails: on the page of a session, and in the email log.

use domain::{
    ids::{EmailId, SessionId},
    outbox::reminder::EmailState,
};
use leptos::prelude::*;

use crate::ui::{self, Tone, badge, form_key};

/// An email in a list: its state, never its text.
#[derive(Clone, Debug)]
pub struct EmailItem {
    pub id: EmailId,
    pub to: String,
    pub kind: String,
    pub due: String,
    pub state: EmailState,
    /// Why it was not sent, in words; `None` without a reason.
    pub reason: Option<String>,
    pub can_resend: bool,
    /// Whether its text can be opened.
    pub written: bool,
    /// The session that it is about, for lists that cover several.
    pub session: Option<SessionId>,
    /// The time of that session.
    pub about: String,
}

/// The badge of an email's state.
fn email_badge(state: EmailState) -> AnyView {
    let tone = match state {
        EmailState::Planned | EmailState::Skipped | EmailState::Superseded => Tone::Plain,
        EmailState::Claimed => Tone::Wait,
        EmailState::Sent => Tone::Good,
        EmailState::Failed => Tone::Care,
    };
    badge(tone, state.label())
}

/// A table of emails: recipient, kind, time, state, and the button to send one
/// again. `with_session` adds the session.
pub(crate) fn table(items: &[EmailItem], with_session: bool) -> AnyView {
    let mut columns = vec!["To", "Mail", "Due", "State", "Send again"];
    if with_session {
        columns.push("About");
    }
    let rows = items
        .iter()
        .map(|m| {
            let reason = m.reason.clone().map(|r| view! { <span class="muted">{format!(" {r}")}</span> }.into_any());
            let again = m.can_resend.then(|| {
                view! {
                    <form method="post" action=format!("/email-log/{}/resend", m.id)>
                        {form_key()}
                        <button class="button" type="submit" aria-label=format!("Send again: {} to {}", m.kind, m.to)>"Send again"</button>
                    </form>
                }
                .into_any()
            });
            let mut cells = vec![
                m.to.clone().into_any(),
                if m.written { view! { <a href=format!("/email-log/{}", m.id) aria-label=format!("Look at it: {} to {}", m.kind, m.to)>{m.kind.clone()}</a> }.into_any() } else { m.kind.clone().into_any() },
                m.due.clone().into_any(),
                view! { <span>{email_badge(m.state)}{reason}</span> }.into_any(),
                again.into_any(),
            ];
            if with_session {
                let link = m.session.map(|s| view! { <a href=format!("/sessions/{s}") aria-label=format!("The session this mail to {} is about: {}", m.to, m.about)>{m.about.clone()}</a> }.into_any());
                cells.push(link.into_any());
            }
            cells
        })
        .collect();
    ui::table("Mails", &columns, rows)
}

/// An email in each state, for samples.
pub(crate) fn samples() -> Vec<EmailItem> {
    let mail = |state, can_resend| EmailItem {
        id: EmailId(uuid::Uuid::nil()),
        to: "अनन्या शर्मा 💛 ".repeat(13),
        kind: "Reminder".to_owned(),
        due: "20 November 2026, 10:00".to_owned(),
        state,
        reason: Some("no e-mail address".to_owned()),
        can_resend,
        written: can_resend,
        session: Some(SessionId(uuid::Uuid::nil())),
        about: "Mon 23 Nov 2026, 10:00".to_owned(),
    };
    EmailState::ALL.iter().map(|s| mail(*s, *s == EmailState::Failed)).collect()
}
