//! The therapist's page of the day: a list of what there is to do.

use domain::{
    ids::{AssignmentId, ClientId, NoteId, SessionId},
    records::own_data::Pressure,
    scheduling::session::SessionState,
};
use leptos::prelude::*;

use crate::pages::{practice::first_steps, records::data_case::pressure_badge, scheduling::session::state_badge};
use crate::ui::{Link, Pager, empty, form_key, page_head, pager};

/// The view model of the therapist's page of the day.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The date, such as "Monday 23 November".
    pub date: String,
    /// The people who said that an exercise does not feel safe, each with a
    /// link to the client's session brief.
    pub not_safe: Vec<Link>,
    /// The sessions of today that are not over.
    pub sessions: Vec<SessionItem>,
    /// The sessions of today that are over or cancelled.
    pub earlier: Vec<SessionItem>,
    /// The next day with sessions and its sessions; `None`: there is none soon.
    pub next_day: Option<(String, Vec<SessionItem>)>,
    /// The clients whom the front desk took on for this therapist, to accept.
    pub offered: Vec<OfferedItem>,
    pub offered_pager: Pager,
    /// The notes to write or to sign.
    pub notes: Vec<NoteItem>,
    pub notes_pager: Pager,
    /// How many sessions have no signed note.
    pub notes_missing: i64,
    /// The exercises with answers that were not opened yet.
    pub answers: Vec<AnswerItem>,
    pub answers_pager: Pager,
    /// What clients handed in and no therapist has opened, each with a link to the
    /// client's documents.
    pub documents: Vec<Link>,
    /// Forms whose signature was withdrawn, each with a link.
    pub withdrawn: Vec<Link>,
    /// People's requests for a copy of their data.
    pub data_tasks: Vec<DataTaskItem>,
    /// What there is to do about releases and disclosures, each with a link.
    pub leaving: Vec<Link>,
    pub leaving_pager: Pager,
    /// Messages to answer, each with a link to its thread.
    pub messages: Vec<Link>,
    /// The first requests that need a decision, each with a link.
    pub requests: Vec<Link>,
    /// How many requests there are in all.
    pub all_requests: usize,
    /// Replies to reminders that need a decision: text and session.
    pub replies: Vec<(String, SessionId)>,
    pub replies_pager: Pager,
    /// How many people wait for a first session.
    pub inquiries: usize,
    /// People whom an email did not reach: text and client.
    pub unreached: Vec<(String, ClientId)>,
    /// The checklist of a new practice, for an owner who sees clients; `None`: all
    /// is done, it is hidden, or the reader is no owner.
    pub first_steps: Option<first_steps::Model>,
}

/// A person's request for a copy of their data.
#[derive(Clone, Debug)]
pub struct DataTaskItem {
    pub href: String,
    pub text: String,
    /// The last day on which it is answered in time.
    pub due: String,
    pub pressure: Pressure,
}

/// A session of the day.
#[derive(Clone, Debug)]
pub struct SessionItem {
    pub id: SessionId,
    /// The time, such as "10:00–11:00".
    pub time: String,
    pub title: String,
    pub place: String,
    pub state: SessionState,
    pub client: ClientId,
}

/// A client to accept or to decline.
#[derive(Clone, Debug)]
pub struct OfferedItem {
    pub client: ClientId,
    pub title: String,
    /// Who took the client on, and the first session, such as "Added by Kofi
    /// Mensah on Mon 23 Nov. First session Thu 26 Nov, 10:00."
    pub text: String,
}

/// A note to write or to sign.
#[derive(Clone, Debug)]
pub struct NoteItem {
    pub client: ClientId,
    pub title: String,
    pub work: NoteWork,
    /// When the session was, or when the draft was begun.
    pub when: String,
}

/// What there is to do about a note.
#[derive(Clone, Copy, Debug)]
pub enum NoteWork {
    /// To sign this draft.
    Sign(NoteId),
    /// To write the note of this session.
    Write(SessionId),
}

/// An exercise with answers that were not opened yet.
#[derive(Clone, Debug)]
pub struct AnswerItem {
    pub assignment: AssignmentId,
    pub exercise: String,
    /// The names of those who answered, such as "Amara and Jonas".
    pub names: String,
    /// When the latest answers arrived.
    pub when: String,
}

/// Renders the therapist's page of the day.
pub fn view(m: &Model) -> AnyView {
    let sections: Vec<AnyView> = [
        offered(m),
        notes(m),
        answers(m),
        documents(m),
        withdrawn(m),
        data_tasks(m),
        leaving(m),
        messages(m),
        requests(m),
        unreached(m),
    ]
    .into_iter()
    .flatten()
    .collect();
    let sections = if sections.is_empty() {
        view! { <section><p class="empty">"You’re all caught up."</p></section> }.into_any()
    } else {
        sections.into_any()
    };
    view! {
        {page_head(m.date.clone(), "", vec![])}
        {m.first_steps.as_ref().map(first_steps::view)}
        {not_safe(m)}
        {sessions(m)}
        {sections}
    }
    .into_any()
}

/// A section with a heading; the heading has the id, to which pagers lead.
fn section(id: &'static str, title: &'static str, content: AnyView) -> AnyView {
    view! { <section aria-labelledby=id><h2 id=id>{title}</h2>{content}</section> }.into_any()
}

/// The clients to accept; `None`: there are none.
fn offered(m: &Model) -> Option<AnyView> {
    let rows: Vec<AnyView> = m
        .offered
        .iter()
        .map(|o| {
            view! {
                <li class="row">
                    <span><a href=format!("/clients/{}", o.client)><strong>{o.title.clone()}</strong></a><br/><span class="muted">{o.text.clone()}</span></span>
                    <form class="actions" method="post" action=format!("/clients/{}/acceptance", o.client)>
                        {form_key()}
                        <button class="button button-primary" type="submit" name="do" value="accept" aria-label=format!("Accept {}", o.title)>"Accept"</button>
                        <button class="button" type="submit" name="do" value="decline" aria-label=format!("Decline {}", o.title)>"Decline"</button>
                    </form>
                </li>
            }
            .into_any()
        })
        .collect();
    (!rows.is_empty() || m.offered_pager.is_later()).then(|| {
        section("offered", "New clients", view! { <ul class="rows">{rows}</ul>{pager(&m.offered_pager)} }.into_any())
    })
}

/// The people who said that an exercise does not feel safe; `None`: nobody did.
fn not_safe(m: &Model) -> Option<AnyView> {
    let rows: Vec<AnyView> =
        m.not_safe.iter().map(|l| view! { <li><a href=l.href.clone()>{l.text.clone()}</a></li> }.into_any()).collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="summary" aria-labelledby="not-safe">
                <h2 id="not-safe">"Something does not feel safe"</h2>
                <p>"Said of an open exercise. The partner does not know. Speak with them alone, and withdraw the exercise if needed."</p>
                <ul>{rows}</ul>
            </section>
        }
        .into_any()
    })
}

/// The sessions of today and of the next day with sessions.
fn sessions(m: &Model) -> AnyView {
    let list = |items: &[SessionItem]| {
        let rows: Vec<AnyView> = items.iter().map(session_row).collect();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    let today = if m.sessions.is_empty() {
        let text = if m.earlier.is_empty() { "No sessions today." } else { "No more sessions today." };
        empty(text, m.next_day.is_none().then(|| Link::new("/calendar", "Open the calendar")))
    } else {
        list(&m.sessions)
    };
    let earlier = (!m.earlier.is_empty()).then(|| {
        view! {
            <details>
                <summary>{format!("Earlier today ({})", m.earlier.len())}</summary>
                {list(&m.earlier)}
            </details>
        }
        .into_any()
    });
    let next = m.next_day.as_ref().map(|(day, items)| view! { <h3>{day.clone()}</h3>{list(items)} }.into_any());
    section("sessions", "Next sessions", view! { {today}{earlier}{next} }.into_any())
}

/// A session in its list.
fn session_row(s: &SessionItem) -> AnyView {
    let badge = (s.state != SessionState::Booked).then(|| state_badge(s.state));
    let brief = s.state.occupies().then(|| {
        let of = format!(": {}", s.title);
        view! { <div class="actions"><a class="button" href=format!("/clients/{}/brief", s.client)>"Brief"<span class="quiet">{of}</span></a></div> }.into_any()
    });
    view! {
        <li class="row">
            <div>
                <a class="row-link" href=format!("/sessions/{}", s.id)>{format!("{} {}", s.time, s.title)}</a>
                " "<span class="muted">{s.place.clone()}</span>" "{badge}
            </div>
            {brief}
        </li>
    }
    .into_any()
}

/// The notes to write and to sign; `None`: there are none.
fn notes(m: &Model) -> Option<AnyView> {
    let rows: Vec<AnyView> = m
        .notes
        .iter()
        .map(|n| {
            let (href, act, what) = match n.work {
                NoteWork::Sign(id) => (format!("/notes/{id}"), "Sign note", "Draft of"),
                NoteWork::Write(session) => {
                    (format!("/clients/{}/notes/new?session={session}", n.client), "Write note", "Session on")
                }
            };
            view! {
                <li>
                    <a class="row-link" href=href>{format!("{act}: {}", n.title)}</a>
                    " "<span class="muted">{format!("{what} {}", n.when)}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    let missing = match m.notes_missing {
        0 => None,
        1 => Some("One session without a signed note".to_owned()),
        n => Some(format!("{n} sessions without a signed note")),
    };
    let missing = missing.map(|text| view! { <p><a href="/notes">{text}</a></p> }.into_any());
    (!rows.is_empty() || m.notes_pager.is_later() || missing.is_some()).then(|| {
        let list = view! { <ul class="rows">{rows}</ul>{pager(&m.notes_pager)}{missing} }.into_any();
        section("notes", "Notes to finish", list)
    })
}

/// The answers that were not opened yet; `None`: there are none.
fn answers(m: &Model) -> Option<AnyView> {
    let rows: Vec<AnyView> = m
        .answers
        .iter()
        .map(|a| {
            view! {
                <li>
                    <a class="row-link" href=format!("/assignments/{}", a.assignment)>{format!("{} answered “{}”", a.names, a.exercise)}</a>
                    " "<span class="muted">{a.when.clone()}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    (!rows.is_empty() || m.answers_pager.is_later()).then(|| {
        let list = view! { <ul class="rows">{rows}</ul>{pager(&m.answers_pager)} }.into_any();
        section("answers", "New answers", list)
    })
}

/// The list items of links.
fn link_rows(links: &[Link]) -> Vec<AnyView> {
    links
        .iter()
        .map(|l| view! { <li><a class="row-link" href=l.href.clone()>{l.text.clone()}</a></li> }.into_any())
        .collect()
}

/// The documents that were not opened yet; `None`: there are none.
fn documents(m: &Model) -> Option<AnyView> {
    (!m.documents.is_empty()).then(|| {
        section("documents", "New documents", view! { <ul class="rows">{link_rows(&m.documents)}</ul> }.into_any())
    })
}

/// The messages to answer; `None`: there are none.
fn messages(m: &Model) -> Option<AnyView> {
    (!m.messages.is_empty())
        .then(|| section("messages", "Messages", view! { <ul class="rows">{link_rows(&m.messages)}</ul> }.into_any()))
}

/// The forms whose signature was withdrawn; `None`: none was.
fn withdrawn(m: &Model) -> Option<AnyView> {
    (!m.withdrawn.is_empty())
        .then(|| section("forms", "Forms", view! { <ul class="rows">{link_rows(&m.withdrawn)}</ul> }.into_any()))
}

/// What there is to do about releases and disclosures; `None`: nothing.
fn leaving(m: &Model) -> Option<AnyView> {
    (!m.leaving.is_empty() || m.leaving_pager.is_later()).then(|| {
        let list = view! { <ul class="rows">{link_rows(&m.leaving)}</ul>{pager(&m.leaving_pager)} }.into_any();
        section("leaving", "Releases and disclosures", list)
    })
}

/// The requests for a copy of a person's data; `None`: there are none.
fn data_tasks(m: &Model) -> Option<AnyView> {
    let rows: Vec<AnyView> = m
        .data_tasks
        .iter()
        .map(|task| {
            view! {
                <li class="row">
                    <span>
                        <a class="row-link" href=task.href.clone()>{task.text.clone()}</a>
                        " "<span class="muted">{format!("answer by {}", task.due)}</span>
                    </span>
                    {pressure_badge(task.pressure)}
                </li>
            }
            .into_any()
        })
        .collect();
    (!rows.is_empty())
        .then(|| section("data-requests", "Copies of data", view! { <ul class="rows">{rows}</ul> }.into_any()))
}

/// The requests, replies and inquiries that need a decision; `None`: there are
/// none.
fn requests(m: &Model) -> Option<AnyView> {
    if m.all_requests == 0 && m.replies.is_empty() && m.inquiries == 0 && !m.replies_pager.is_later() {
        return None;
    }
    let all = (m.all_requests > m.requests.len()).then(|| {
        view! { <li><a class="row-link" href="/requests">{format!("Show all {} requests", m.all_requests)}</a></li> }
            .into_any()
    });
    let inquiries = (m.inquiries > 0).then(|| {
        let text = match m.inquiries {
            1 => "1 person is waiting for a first session".to_owned(),
            n => format!("{n} people are waiting for a first session"),
        };
        view! { <li><a class="row-link" href="/waitlist">{text}</a></li> }.into_any()
    });
    let asked: Vec<AnyView> = link_rows(&m.requests).into_iter().chain(all).chain(inquiries).collect();
    let asked = (!asked.is_empty()).then(|| view! { <ul class="rows">{asked}</ul> }.into_any());
    let replies: Vec<AnyView> = m
        .replies
        .iter()
        .map(|(text, id)| {
            view! { <li><a class="row-link" href=format!("/sessions/{id}")>{text.clone()}</a></li> }.into_any()
        })
        .collect();
    let replies = (!replies.is_empty() || m.replies_pager.is_later()).then(|| {
        view! { <h3 id="replies">"Replies to reminders"</h3><ul class="rows">{replies}</ul>{pager(&m.replies_pager)} }
            .into_any()
    });
    Some(section("requests", "Requests", view! { {asked}{replies} }.into_any()))
}

/// The people whom an email did not reach; `None`: there are none.
fn unreached(m: &Model) -> Option<AnyView> {
    let rows: Vec<AnyView> = m
        .unreached
        .iter()
        .map(|(text, client)| {
            view! { <li><a class="row-link" href=format!("/clients/{client}#not-delivered")>{text.clone()}</a></li> }
                .into_any()
        })
        .collect();
    (!rows.is_empty())
        .then(|| section("unreached", "Emails not delivered", view! { <ul class="rows">{rows}</ul> }.into_any()))
}

/// Sample models: a day on which nothing is left; a full day; a later page of
/// each list, with long and foreign names.
pub fn samples() -> Vec<Model> {
    let uuid = uuid::Uuid::from_u128;
    let session = |title: &str, state| SessionItem {
        id: SessionId::from(uuid(1)),
        time: "10:00–11:00".into(),
        title: title.into(),
        place: "Garden room".into(),
        state,
        client: ClientId::from(uuid(2)),
    };
    let note = |title: &str, work| NoteItem {
        client: ClientId::from(uuid(2)),
        title: title.into(),
        work,
        when: "Mon 23 Nov, 10:00".into(),
    };
    let answer = |exercise: &str| AnswerItem {
        assignment: AssignmentId::from(uuid(3)),
        exercise: exercise.into(),
        names: "अनन्या and José 💛".into(),
        when: "Sun 22 Nov, 21:04".into(),
    };
    let reply = || ("Thu 26 Nov, 10:00, Jonas Weber: “Only I can come”".to_owned(), SessionId(uuid::Uuid::nil()));
    let later = |list: &str| Pager { first: Some((format!("/today#{list}"), "First")), more: None };
    vec![
        Model { date: "Monday 23 November".into(), ..Model::default() },
        Model {
            date: "Monday 23 November".into(),
            not_safe: vec![Link::new("/clients/x/brief", "अनन्या <b>".repeat(20))],
            sessions: vec![session("Amara & Jonas", SessionState::Booked)],
            earlier: SessionState::ALL.iter().map(|s| session("Amara & Jonas", *s)).collect(),
            next_day: Some(("Tomorrow, Tuesday 24 November".into(), vec![session("A", SessionState::Booked)])),
            notes_missing: 12,
            notes: vec![
                note("Amara & Jonas", NoteWork::Sign(NoteId::from(uuid(4)))),
                note("<i>Tomasz", NoteWork::Write(SessionId::from(uuid(5)))),
            ],
            offered: vec![OfferedItem {
                client: ClientId::from(uuid(6)),
                title: "अनन्या 💛 & <b>Rui".into(),
                text: "Added by Kofi Mensah on Mon 23 Nov. No session is booked yet.".into(),
            }],
            answers: vec![answer("How reachable we are")],
            documents: vec![Link::new("/clients/x?tab=documents", "अनन्या 💛 sent 2 documents (<अनन्या>)")],
            withdrawn: vec![Link::new("/consents/x", "<अनन्या> & Jonas: a form has changed")],
            data_tasks: vec![DataTaskItem {
                href: "/data-requests/x".into(),
                text: "Copy of data for अनन्या <b>शर्मा</b> 💛".into(),
                due: "Wed 23 Dec".into(),
                pressure: Pressure::Soon(3),
            }],
            leaving: vec![Link::new("/disclosures/x", "Confirm a disclosure about अनन्या <b>शर्मा</b>")],
            messages: vec![Link::new("/clients/x/messages/y", "अनन्या 💛 wrote to you")],
            requests: vec![Link::new("/requests", "Amara asks for a session on Thu 26 Nov, 10:00")],
            all_requests: 7,
            replies: vec![reply()],
            replies_pager: Pager { first: None, more: Some(("/today?replies=1#replies".to_owned(), "More replies")) },
            inquiries: 1,
            unreached: vec![("An email did not reach <b>Amara</b>".to_owned(), ClientId(uuid::Uuid::nil()))],
            ..Model::default()
        },
        Model {
            date: "Monday".into(),
            sessions: vec![],
            earlier: vec![session(&"N".repeat(200), SessionState::Completed)],
            next_day: Some(("Thursday 26 November".into(), vec![session(&"N".repeat(200), SessionState::Booked)])),
            first_steps: first_steps::samples().pop(),
            notes_pager: later("notes"),
            answers: vec![answer(&"अनन्या & José 💛 ".repeat(20))],
            answers_pager: later("answers"),
            replies_pager: later("replies"),
            inquiries: 3,
            ..Model::default()
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_without_work_says_so() {
        let html = view(&samples()[0]).to_html();
        assert!(html.contains("You’re all caught up.") && html.contains("No sessions today."), "{html}");
    }

    #[test]
    fn more_requests_than_are_shown_are_counted_and_linked() {
        let html = view(&samples()[1]).to_html();
        assert!(html.contains("<a href=\"/requests\" class=\"row-link\">Show all 7 requests</a>"), "{html}");
        assert!(!html.contains("all caught up"), "{html}");
    }
}
