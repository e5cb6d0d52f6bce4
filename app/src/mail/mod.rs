//! The mails: what the system writes to people, as pure functions.
//!
//! A folder for each mail holds its subject, its text and its HTML; this file
//! gives them typed inputs. Nothing here says what the appointments are for
//! (rule 7 of the house): the sender's name is the neutral one, the practice's
//! own name appears nowhere, and a place or a person whose name gives it away
//! is left out. Names are [`HeaderText`], so that none can break a header.
//!
//! The text stands by itself in two or three lines. The HTML sets no colours
//! of its own but for what follows the reader's light or dark theme, and
//! fetches nothing.

mod text;
mod when;

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{person::Zone, reply::Reply};

pub use askama::Error;
pub use text::HeaderText;
pub use when::When;

/// Where the practice's own sender name gives away what it is.
const NEUTRAL_SENDER: &str = "Appointments";

/// A mail to one person.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The practice's sender name.
    pub sender: HeaderText,
    /// The practice's phone number; may be empty.
    pub phone: HeaderText,
    pub recipient: HeaderText,
    pub about: About,
}

/// What a mail is about.
#[derive(Clone, Debug)]
pub enum About {
    Confirmation(Appointment),
    Reminder(Appointment),
    Moved(Appointment),
    Cancelled(Appointment),
    Invitation(Link),
    /// Is this address right?
    ConfirmAddress(Link),
    PasswordReset {
        link: Link,
        login_name: HeaderText,
    },
    /// Something waits on the reader's page, at this address.
    Waiting {
        url: HeaderText,
    },
    /// Something was planned, by the reader's clock.
    Planned {
        url: HeaderText,
        starts_at: DateTime<Utc>,
        zone: Zone,
    },
    Test,
}

/// A session as its attendee may know it.
#[derive(Clone, Debug)]
pub struct Appointment {
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// The reader's.
    pub zone: Zone,
    pub practice_zone: Zone,
    /// A room's name; left out where the meeting is online.
    pub place: HeaderText,
    /// Where to meet online; empty for a meeting in a room.
    pub link: HeaderText,
    pub clinician: HeaderText,
    /// Of a series: the starts of those that follow.
    pub next: Vec<DateTime<Utc>>,
    /// More follow than these.
    pub more: bool,
    /// Cancelled together with all that would have followed.
    pub over: bool,
    /// Where a reminder asks whether they come: the page that the replies
    /// lead to.
    pub asks: Option<HeaderText>,
    /// Two come.
    pub joint: bool,
}

/// A link for one person and one purpose.
#[derive(Clone, Debug)]
pub struct Link {
    pub url: HeaderText,
    pub expires_at: DateTime<Utc>,
    /// In which the expiry is told.
    pub zone: Zone,
}

/// A mail as it reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub subject: HeaderText,
    pub text: String,
    pub html: String,
}

/// The name a mail of this practice comes from, which gives nothing away.
pub fn sender_name(sender: &HeaderText) -> &str {
    sender.neutral().unwrap_or(NEUTRAL_SENDER)
}

/// Writes a mail.
///
/// # Errors
/// Only where a template cannot be written out, which none of these does.
pub fn render(mail: &Mail) -> Result<Rendered, Error> {
    let foot = Foot {
        name: mail.recipient.as_str(),
        sender: sender_name(&mail.sender),
        phone: Some(mail.phone.as_str()).filter(|phone| !phone.is_empty()),
    };
    match &mail.about {
        About::Confirmation(a) => confirmation::render(&foot, &AppointmentView::new(a)),
        About::Reminder(a) => reminder::render(&foot, &AppointmentView::new(a)),
        About::Moved(a) => moved::render(&foot, &AppointmentView::new(a)),
        About::Cancelled(a) => cancelled::render(&foot, &AppointmentView::new(a)),
        About::Invitation(link) => invitation::render(&foot, &LinkView::new(link, "")),
        About::ConfirmAddress(link) => confirm_address::render(&foot, &LinkView::new(link, "")),
        About::PasswordReset { link, login_name } => {
            password_reset::render(&foot, &LinkView::new(link, login_name.as_str()))
        }
        About::Waiting { url } => waiting::render(&foot, &PortalView { url: url.to_string(), ..PortalView::default() }),
        About::Planned { url, starts_at, zone } => {
            let day = When::new(*starts_at, *starts_at, zone, zone).day;
            planned::render(&foot, &PortalView { url: url.to_string(), day, long: when::instant(*starts_at, zone) })
        }
        About::Test => test::render(&foot, &()),
    }
}

/// What every mail begins and ends with.
struct Foot<'a> {
    name: &'a str,
    sender: &'a str,
    phone: Option<&'a str>,
}

struct AppointmentView {
    when: When,
    place: Option<String>,
    link: Option<String>,
    with: Option<String>,
    next: Vec<String>,
    more: bool,
    over: bool,
    /// What can be said, and where each leads.
    replies: Vec<(&'static str, String)>,
}

impl AppointmentView {
    fn new(a: &Appointment) -> Self {
        let link = Some(a.link.to_string()).filter(|link| !link.is_empty());
        Self {
            when: When::new(a.starts_at, a.ends_at, &a.zone, &a.practice_zone),
            place: if link.is_some() { None } else { a.place.neutral().map(str::to_owned) },
            link,
            with: a.clinician.neutral().map(str::to_owned),
            next: a.next.iter().map(|at| when::instant(*at, &a.zone)).collect(),
            more: a.more,
            over: a.over,
            replies: a.asks.iter().flat_map(|url| replies(url, a.joint)).collect(),
        }
    }

    /// A link may be followed in the reader's program; anything else is shown
    /// as it is.
    fn link_opens(&self) -> bool {
        self.link.as_ref().is_some_and(|link| link.starts_with("https://") || link.starts_with("http://"))
    }
}

/// The links of a reminder that asks: each opens a page that says nothing yet.
fn replies(url: &HeaderText, joint: bool) -> impl Iterator<Item = (&'static str, String)> {
    Reply::of(joint).map(move |reply| (reply.words(joint), format!("{url}?reply={}", reply.word())))
}

#[derive(Default)]
struct PortalView {
    url: String,
    day: String,
    long: String,
}

struct LinkView {
    url: String,
    until: String,
    login_name: String,
}

impl LinkView {
    fn new(link: &Link, login_name: &str) -> Self {
        Self {
            url: link.url.to_string(),
            until: when::instant(link.expires_at, &link.zone),
            login_name: login_name.to_owned(),
        }
    }
}

/// A mail's three templates over its view, as a module with `render`.
macro_rules! mails {
    ($($name:ident($view:ty): $subject:tt, $text:tt, $html:tt;)+) => {$(
        mod $name {
            use super::*;

            #[derive(Template)]
            #[template(path = $subject)]
            struct Subject<'a> { m: &'a $view }

            #[derive(Template)]
            #[template(path = $text)]
            struct Text<'a> { foot: &'a Foot<'a>, m: &'a $view }

            #[derive(Template)]
            #[template(path = $html)]
            struct Html<'a> { foot: &'a Foot<'a>, subject: &'a str, m: &'a $view }

            pub(super) fn render(foot: &Foot<'_>, m: &$view) -> Result<Rendered, Error> {
                let (subject, text) = (Subject { m }, Text { foot, m });
                // Not every template says something of its matter.
                let _ = (subject.m, text.m);
                let subject = HeaderText::new(&subject.render()?);
                let html = Html { foot, subject: subject.as_str(), m };
                let _ = html.m;
                Ok(Rendered { text: tidy(&text.render()?), html: html.render()?, subject })
            }
        }
    )+};
}

mails! {
    confirmation(AppointmentView): "confirmation/subject.txt", "confirmation/body.txt", "confirmation/body.html";
    reminder(AppointmentView): "reminder/subject.txt", "reminder/body.txt", "reminder/body.html";
    moved(AppointmentView): "moved/subject.txt", "moved/body.txt", "moved/body.html";
    cancelled(AppointmentView): "cancelled/subject.txt", "cancelled/body.txt", "cancelled/body.html";
    invitation(LinkView): "invitation/subject.txt", "invitation/body.txt", "invitation/body.html";
    confirm_address(LinkView): "confirm_address/subject.txt", "confirm_address/body.txt", "confirm_address/body.html";
    password_reset(LinkView): "password_reset/subject.txt", "password_reset/body.txt", "password_reset/body.html";
    waiting(PortalView): "waiting/subject.txt", "waiting/body.txt", "waiting/body.html";
    planned(PortalView): "planned/subject.txt", "planned/body.txt", "planned/body.html";
    test(()): "test/subject.txt", "test/body.txt", "test/body.html";
}

/// A text without spaces at the ends of its lines, with one empty line at
/// most in one place, and with one line break at its own end.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for line in text.trim().lines().map(str::trim_end) {
        if !(line.is_empty() && tidy.ends_with("\n\n")) {
            tidy.push_str(line);
            tidy.push('\n');
        }
    }
    tidy
}

#[cfg(test)]
mod tests;
