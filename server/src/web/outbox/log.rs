//! The email log: the emails to clients that the front desk can see and send
//! again.

use app::{
    pages::mail::{
        email_table::EmailItem,
        log::{self, Model, Shown, TabItem},
        sent_email::{self, Sent},
        stopped::MailStop,
    },
    text,
    ui::shell::Notice,
};
use domain::{
    clients::person::Zone,
    ids::{EmailId, PersonId, SessionId},
    outbox::{
        lead::Lead,
        log::LogTab,
        reminder::{EmailState, SkipReason},
    },
    typed,
};
use store::{EmailRow, Resent, SentAgain};

use super::mailbox;
use crate::{
    access::FrontDesk,
    address::query,
    error::{Answer, Failure, Found as _},
    form::{PathIds, Query},
    page::{Page, redirect_with},
    paging::List,
    web::day_time,
};

/// The labels of the log's two page links.
const LABELS: [&str; 2] = ["First page", "More emails"];

/// The address of the front desk's button that tries to send email again after a
/// mail stop.
pub(crate) const TRY: &str = "/email-log/try";

/// A mail stop (no email can be sent at present) as the pages show it: since
/// when, and why.
pub(crate) fn mail_stop_item(stop: store::MailStop, action: &'static str, zone: &Zone) -> MailStop {
    MailStop {
        ours: stop.ours,
        since: day_time(stop.since, zone),
        why: stop.reason,
        code: stop.code,
        next: stop.next_probe_at.map(|at| text::clock(at, zone)).unwrap_or_default(),
        action,
    }
}

/// POST /email-log/try: tries to send email again after a mail stop.
pub async fn try_now(desk: FrontDesk) -> Answer {
    desk.try_mail_now().await?;
    Ok(redirect_with("/email-log", Notice::MailTried))
}

/// GET /email-log?tab=…&q=…&after=… or ?person=…&after=…: a tab of the email log,
/// of everyone or of those with the name `q`; or the emails to one person.
pub async fn index(desk: FrontDesk, page: Page, Query(asked): Query) -> Answer {
    let zone = page.practice_zone();
    let stop = desk.mail_stop().await?.map(|stop| mail_stop_item(stop, TRY, &zone));
    if asked.has("person") {
        let person: PersonId = asked.get("person").parse().map_err(|_| Failure::NotFound)?;
        let list = List::new(format!("/email-log?person={person}"), "after", "mails", &asked);
        let (name, found) = desk.emails_of(person, list.after()).await?.found()?;
        let pager = list.pager(found.more, LABELS);
        let rows = found.map(|row| item(row, &zone)).rows;
        let title = format!("Emails to {name}");
        let model = Model { tabs: vec![], shown: Shown::Person(name), rows, stop, pager, zone: zone.city() };
        return page.under("/email-log", "Email log").ok(&title, model, log::view).await;
    }
    let tab = asked.get("tab").parse().unwrap_or(LogTab::Attention);
    let name = typed::line(asked.get("q"));
    let list = List::new(tab_href(tab, &name), "after", "mails", &asked);
    let found = desk.email_log(tab, &name, list.after()).await?;
    let attention = desk.emails_needing_attention().await?;
    let tab_item = |tab: &LogTab| TabItem {
        tab: *tab,
        href: tab_href(*tab, &name),
        count: (*tab == LogTab::Attention).then_some(attention),
    };
    let model = Model {
        tabs: LogTab::ALL.iter().map(tab_item).collect(),
        pager: list.pager(found.more, LABELS),
        rows: found.map(|row| item(row, &zone)).rows,
        shown: Shown::Tab { tab, name },
        stop,
        zone: zone.city(),
    };
    page.ok("Email log", model, log::view).await
}

/// The address of a tab of the email log, with the name that is searched for.
fn tab_href(tab: LogTab, name: &str) -> String {
    let mut asked = vec![("tab", tab.word())];
    if !name.is_empty() {
        asked.push(("q", name));
    }
    format!("/email-log?{}", query(&asked))
}

/// GET /email-log/{id}: an email exactly as it was sent, without the tokens of
/// the recipient's personal links.
pub async fn show(desk: FrontDesk, page: Page, PathIds(id): PathIds<EmailId>) -> Answer {
    let mail = desk.sent_mail(id).await?.found()?;
    let zone = page.practice_zone();
    let at = mail.sent_at.map(|at| day_time(at, &zone)).unwrap_or_default();
    let mut open = mailbox::mail_parts(&mail.recipient, at, &mail.bytes);
    open.text = without_links(&open.text);
    open.html = open.html.map(|html| without_links(&html));
    let title = open.subject.clone();
    page.ok(&title, Sent { mail: open, session: mail.session }, sent_email::view).await
}

/// Replaces the tokens in an email's links: a person who has a token could
/// reply in the recipient's name.
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

/// POST /email-log/{id}/resend: sends an email again, as a new one.
pub async fn resend(desk: FrontDesk, PathIds(id): PathIds<EmailId>) -> Answer {
    match desk.resend(id).await? {
        Resent::Planned(session) => {
            return Ok(redirect_with(&format!("/sessions/{session}"), Notice::SentAgain));
        }
        Resent::NotNow(session) => {
            return Ok(redirect_with(&format!("/sessions/{session}"), Notice::NotSentAgain));
        }
        Resent::NotThere => {}
    }
    let notice = match desk.send_again(id).await? {
        SentAgain::Unknown => return Err(Failure::NotFound),
        SentAgain::Planned => Notice::Resent,
        SentAgain::NotNow => Notice::NotResent,
    };
    Ok(redirect_with("/email-log", notice))
}

/// A row of the email log, with the email's state and its reason in words.
pub(crate) fn item(row: EmailRow, zone: &Zone) -> EmailItem {
    let can_resend = row.can_resend();
    let reason = match row.state {
        EmailState::Sent => row.sent_at.map(|at| day_time(at, zone)),
        EmailState::Skipped | EmailState::Superseded => {
            row.reason.map(|word| word.parse::<SkipReason>().map_or(word, |reason| reason.label().to_owned()))
        }
        EmailState::Failed => row.last_error,
        // An email that could not be sent yet is tried again automatically.
        EmailState::Planned | EmailState::Claimed => row.last_error.map(|why| format!("Not sent yet: {why}")),
    };
    let kind = row.lead.map_or_else(
        || row.kind.desk_label().to_owned(),
        |lead| format!("{}, {}", row.kind.desk_label(), lead_text(&lead)),
    );
    EmailItem {
        id: row.id,
        to: row.person,
        kind,
        due: day_time(row.due_at, zone),
        held: row.held,
        state: row.state,
        reason,
        can_resend,
        written: row.kept && matches!(row.state, EmailState::Sent | EmailState::Failed),
        about: row.about_at.map(|at| day_time(at, zone)).unwrap_or_default(),
        session: row.session_id.map(SessionId),
    }
}

/// The lead of a reminder in words: `3d` becomes "3 days before".
fn lead_text(lead: &str) -> String {
    lead.parse().map_or_else(|_| lead.to_owned(), Lead::words)
}

#[cfg(test)]
mod tests {
    use domain::outbox::reminder::EmailKind;

    use super::*;

    #[test]
    fn shown_email_has_no_link_tokens() {
        let text = "Yes: https://p.example/replies/Ab-_9z?reply=coming\nNo: https://p.example/replies/Ab-_9z?reply=alone\nhttps://p.example/unsubscribe/q7";
        let shown = without_links(text);
        assert!(!shown.contains("Ab-_9z") && !shown.contains("q7"));
        assert!(shown.contains("https://p.example/replies/…?reply=alone") && shown.ends_with("/unsubscribe/…"));
        assert_eq!(without_links("नमस्ते /replies/"), "नमस्ते /replies/…");
    }

    #[test]
    fn skipped_email_shows_its_reason() {
        let row = EmailRow {
            id: EmailId(uuid::Uuid::nil()),
            kind: EmailKind::Reminder,
            state: EmailState::Skipped,
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
            held: false,
        };
        let item = item(row, &Zone::utc());
        assert_eq!(item.reason.as_deref(), Some("no email address"));
        assert_eq!(item.kind, "Reminder, 3 days before");
        assert!(!item.can_resend);
    }

    #[test]
    fn mail_stop_is_shown_only_after_five_minutes() {
        let stop = store::MailStop {
            ours: false,
            since: "2026-11-20T09:00:00Z".parse().unwrap(),
            reason: "The mail server did not answer.".to_owned(),
            code: "no answer".to_owned(),
            next_probe_at: Some("2026-11-20T09:04:00Z".parse().unwrap()),
        };
        assert!(!stop.should_be_shown("2026-11-20T09:04:59Z".parse().unwrap()));
        assert!(stop.should_be_shown("2026-11-20T09:05:00Z".parse().unwrap()));
        let shown = mail_stop_item(stop, TRY, &Zone::utc());
        assert_eq!((shown.next.as_str(), shown.action), ("09:04", "/email-log/try"));
    }
}
