//! The table of emails: on the page of a session, and in the email log. Emails of
//! one kind about one session are in one row, with a line for each recipient.

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
    /// Whether it is held until it is due because of the recipient's quiet hours.
    pub held: bool,
    /// Why it was not sent, or when it was, in words; `None` without either.
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

/// When an email is sent, or what became of it, in words.
fn status(m: &EmailItem) -> String {
    let EmailItem { due, held, reason, state, .. } = m;
    let when = match (state, held) {
        (EmailState::Planned, true) => format!("Held until {due} (quiet hours)"),
        (EmailState::Planned | EmailState::Claimed, _) => due.clone(),
        (EmailState::Sent, _) => String::new(),
        (EmailState::Failed | EmailState::Skipped | EmailState::Superseded, _) => format!("Due {due}"),
    };
    let parts: Vec<&str> =
        [reason.as_deref().unwrap_or_default(), when.as_str()].into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(". ")
}

/// The line of a recipient: name, state, and the button that resends the email.
fn recipient(m: &EmailItem) -> AnyView {
    let EmailItem { id, to, kind, written, can_resend, .. } = m;
    let name = if *written {
        view! { <a href=format!("/email-log/{id}") aria-label=format!("{to}: open {kind}")>{to.clone()}</a> }.into_any()
    } else {
        view! { <span>{to.clone()}</span> }.into_any()
    };
    let again = can_resend.then(|| {
        view! {
            <form method="post" action=format!("/email-log/{id}/resend")>
                {form_key()}
                <button class="button" type="submit" aria-label=format!("Resend {kind} to {to}")>"Resend"</button>
            </form>
        }
        .into_any()
    });
    view! {
        <li>
            <span class="email-to">{name}" "{email_badge(m.state)}</span>
            " "
            <span class="muted">{status(m)}</span>
            " "
            {again}
        </li>
    }
    .into_any()
}

/// The emails, those of one kind about one session together, in the order of the
/// first of each.
fn grouped(items: &[EmailItem]) -> Vec<Vec<&EmailItem>> {
    let mut groups: Vec<Vec<&EmailItem>> = Vec::new();
    for item in items {
        let is_same = |group: &&mut Vec<&EmailItem>| {
            let first = group[0];
            item.session.is_some()
                && (first.session, &first.kind) == (item.session, &item.kind)
                // Two emails to one person are two rows, so that it shows which is newer.
                && group.iter().all(|other| other.to != item.to)
        };
        match groups.iter_mut().find(is_same) {
            Some(group) => group.push(item),
            None => groups.push(vec![item]),
        }
    }
    groups
}

/// A table of emails. `with_session` adds the session, for lists that cover
/// several.
pub(crate) fn table(items: &[EmailItem], with_session: bool) -> AnyView {
    let mut columns = vec!["Email", "To"];
    if with_session {
        columns.insert(1, "Session");
    }
    let rows = grouped(items)
        .into_iter()
        .map(|group| {
            let first = group[0];
            let lines: Vec<AnyView> = group.iter().map(|item| recipient(item)).collect();
            let mut cells = vec![
                first.kind.clone().into_any(),
                view! { <ul class="plain email-lines">{lines}</ul> }.into_any(),
            ];
            if with_session {
                let link = first.session.map(|s| view! { <a href=format!("/sessions/{s}") aria-label=format!("{}: the session of {} to {}", first.about, first.kind, first.to)>{first.about.clone()}</a> }.into_any());
                cells.insert(1, link.into_any());
            }
            cells
        })
        .collect();
    ui::table("Emails", &columns, rows)
}

/// An email in each state, for samples.
pub(crate) fn samples() -> Vec<EmailItem> {
    let mail = |n: u128, state, can_resend| EmailItem {
        id: EmailId(uuid::Uuid::from_u128(n)),
        to: "अनन्या शर्मा 💛 ".repeat(13),
        kind: "Reminder".to_owned(),
        due: "Fri 20 Nov 2026, 09:00".to_owned(),
        state,
        held: state == EmailState::Planned,
        reason: Some("no email address".to_owned()),
        can_resend,
        written: can_resend,
        session: Some(SessionId(uuid::Uuid::nil())),
        about: "Mon 23 Nov 2026, 10:00".to_owned(),
    };
    let mut all: Vec<EmailItem> =
        (1..).zip(EmailState::ALL).map(|(n, state)| mail(n, *state, *state == EmailState::Failed)).collect();
    all.push(EmailItem { to: "Jonas".to_owned(), ..mail(9, EmailState::Sent, true) });
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_recipients_of_one_email_share_a_row() {
        let items = samples();
        let groups = grouped(&items);
        assert_eq!(groups.len(), items.len() - 1, "Jonas is in the row of the first, the others are to one person");
        assert_eq!(groups[0].len(), 2);
        let apart: Vec<EmailItem> = items.into_iter().map(|item| EmailItem { session: None, ..item }).collect();
        assert_eq!(grouped(&apart).len(), apart.len());
    }

    #[test]
    fn an_email_held_for_quiet_hours_says_until_when() {
        let html = table(&samples(), true).to_html();
        assert!(html.contains("Held until Fri 20 Nov 2026, 09:00 (quiet hours)"), "{html}");
        assert!(html.contains("Resend Reminder to Jonas"), "{html}");
    }
}
