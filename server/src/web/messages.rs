//! Mails about sessions: what the front desk sees of them, and sends again.

use app::{
    pages::{
        messages::{self, Model},
        sent_mail::{self, Sent},
        session::MessageItem,
    },
    ui::shell::Notice,
};
use domain::{
    ids::{MessageId, SessionId},
    person::Zone,
    practice::Lead,
    reminder::{MessageState, SkipReason},
};
use store::MessageRow;

use super::{mailbox, sessions::day_time};
use crate::{
    access::FrontDesk,
    error::{Answer, Failure, Found as _},
    form::{Asked, At},
    page::{Page, redirect_with},
};

/// GET /messages?state=… or ?person=…
pub async fn index(desk: FrontDesk, page: Page, Asked(q): Asked) -> Answer {
    let state: Option<MessageState> = q.get("state").parse().ok();
    let zone = page.practice_zone();
    if q.has("person") {
        let person = q.get("person").parse().map_err(|_| Failure::NotFound)?;
        let (name, rows) = desk.messages_of(person).await?.found()?;
        let rows = rows.into_iter().map(|row| item(row, &zone)).collect();
        let title = format!("Mails to {name}");
        let model = Model { filter: String::new(), counts: vec![], rows, person: Some(name), zone: zone.city() };
        return page.ok(&title, model, messages::view).await;
    }
    let counts = desk.message_counts().await?;
    let rows = desk.messages(state).await?;
    let model = Model {
        filter: state.map(MessageState::word).unwrap_or_default().to_owned(),
        counts: counts.into_iter().map(|(s, n)| (s.word().to_owned(), s.label().to_owned(), n)).collect(),
        rows: rows.into_iter().map(|row| item(row, &zone)).collect(),
        person: None,
        zone: zone.city(),
    };
    page.ok("Messages", model, messages::view).await
}

/// GET /messages/{id}: exactly what was sent, but for the links that are its
/// reader's alone.
pub async fn show(desk: FrontDesk, page: Page, At(id): At<MessageId>) -> Answer {
    let mail = desk.sent_mail(id).await?.found()?;
    let zone = page.practice_zone();
    let at = mail.sent_at.map(|at| day_time(at, &zone)).unwrap_or_default();
    let mut open = mailbox::opened(&mail.recipient, at, &mail.bytes);
    open.text = without_links(&open.text);
    open.html = open.html.map(|html| without_links(&html));
    let title = open.subject.clone();
    page.ok(&title, Sent { mail: open, session: mail.session }, sent_mail::view).await
}

/// A mail's text without the tokens in its links: whoever has one answers in
/// its reader's name.
fn without_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) =
        ["/replies/", "/unsubscribe/"].iter().filter_map(|path| Some(rest.find(path)? + path.len())).min()
    {
        out.push_str(&rest[..at]);
        out.push('…');
        rest = rest[at..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    }
    out.push_str(rest);
    out
}

/// POST /messages/{id}/resend
pub async fn resend(desk: FrontDesk, At(id): At<MessageId>) -> Answer {
    let (session, again) = desk.resend(id).await?.found()?;
    let notice = if again { Notice::SentAgain } else { Notice::NotSentAgain };
    Ok(redirect_with(&format!("/sessions/{session}"), notice))
}

/// A mail's state in words.
pub(super) fn item(row: MessageRow, zone: &Zone) -> MessageItem {
    let can_resend = row.can_resend();
    let reason = match row.state {
        MessageState::Sent => row.sent_at.map(|at| day_time(at, zone)),
        MessageState::Skipped | MessageState::Superseded => {
            row.reason.map(|word| word.parse::<SkipReason>().map_or(word, |reason| reason.label().to_owned()))
        }
        MessageState::Failed => row.last_error,
        // A first try that failed is worth knowing about; it goes on by itself.
        MessageState::Planned if row.attempts > 0 => Some(format!(
            "tried {} so far, and will be tried again",
            if row.attempts == 1 { "once".to_owned() } else { format!("{} times", row.attempts) }
        )),
        MessageState::Planned | MessageState::Claimed => None,
    };
    let kind =
        row.lead.map_or_else(|| row.kind.label().to_owned(), |lead| format!("{}, {}", row.kind.label(), before(&lead)));
    MessageItem {
        id: row.id,
        to: row.person,
        kind,
        due: day_time(row.due_at, zone),
        state: row.state,
        reason,
        can_resend,
        written: row.kept && matches!(row.state, MessageState::Sent | MessageState::Failed),
        about: row.about_at.map(|at| day_time(at, zone)).unwrap_or_default(),
        session: row.session_id.map(SessionId),
    }
}

/// `3d` in words.
fn before(lead: &str) -> String {
    lead.parse().map_or_else(|_| lead.to_owned(), Lead::words)
}

#[cfg(test)]
mod tests {
    use domain::reminder::MessageKind;

    use super::*;

    #[test]
    fn a_mail_is_shown_without_its_readers_links() {
        let text = "Yes: https://p.example/replies/Ab-_9z?reply=coming\nNo: https://p.example/replies/Ab-_9z?reply=alone\nhttps://p.example/unsubscribe/q7";
        let shown = without_links(text);
        assert!(!shown.contains("Ab-_9z") && !shown.contains("q7"));
        assert!(shown.contains("https://p.example/replies/…?reply=alone") && shown.ends_with("/unsubscribe/…"));
        assert_eq!(without_links("नमस्ते /replies/"), "नमस्ते /replies/…");
    }

    #[test]
    fn a_mail_that_was_not_sent_says_why() {
        let row = MessageRow {
            id: MessageId(uuid::Uuid::nil()),
            kind: MessageKind::Reminder,
            state: MessageState::Skipped,
            session_id: None,
            person: "Amara".to_owned(),
            lead: Some("3d".to_owned()),
            due_at: "2026-11-20T09:00:00Z".parse().unwrap(),
            sent_at: None,
            reason: Some("no_address".to_owned()),
            last_error: None,
            attempts: 0,
            kept: true,
            holds: true,
            about_at: None,
        };
        let item = item(row, &Zone::utc());
        assert_eq!(item.reason.as_deref(), Some("no e-mail address"));
        assert_eq!(item.kind, "Reminder, 3 days before");
        assert!(!item.can_resend);
    }
}
