//! The portal's page of sessions: the next one, those after it, requests about
//! them, and the practice's phone number. The next session and the requests are
//! also on the portal's first page.

use domain::ids::{ClientId, SessionId};
use leptos::prelude::*;

use crate::{
    say,
    ui::{Pager, form_key, page_head, pager, phone_link},
    words::words,
};

/// The view model of the portal's page of sessions.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The practice's phone number; may be empty.
    pub phone: String,
    /// The next session; `None` if none is booked.
    pub next: Option<NextSession>,
    /// The sessions after the next one; on a later page of the list, those of
    /// that page.
    pub later: Vec<NextSession>,
    pub later_pager: Pager,
    pub requests: Requests,
    /// The clients for whom the reader may ask for a session: id, and the
    /// therapist's name.
    pub may_book: Vec<(ClientId, String)>,
}

/// The open requests about a partner's sessions.
#[derive(Clone, Debug, Default)]
pub struct Requests {
    /// Requests of the other partner that need the reader's consent.
    pub asked: Vec<Asking>,
    /// The reader's own requests.
    pub own: Vec<Asking>,
}

/// A session ahead, as a client sees it.
#[derive(Clone, Debug)]
pub struct NextSession {
    pub id: SessionId,
    /// The time in the reader's own zone.
    pub when: String,
    /// The name of the zone, with the practice's own time if that differs.
    pub zone_line: String,
    pub place: String,
    /// The link for a session online; may be empty.
    pub link: String,
    pub with: String,
    /// Whether both partners attend.
    pub joint: bool,
}

/// A request about a session.
#[derive(Clone, Debug)]
pub struct Asking {
    pub id: uuid::Uuid,
    pub text: String,
    /// The text of the button with which the reader withdraws it; `None` if that
    /// is no longer possible.
    pub withdraw: Option<String>,
}

/// Renders the portal's page of sessions.
pub fn view(m: &Model) -> AnyView {
    let w = words();
    let change = m.next.as_ref().map(|s| {
        view! { <p><a class="button" href=format!("/portal/sessions/{}", s.id)>{say!(w, "sessions-change")}</a></p> }
            .into_any()
    });
    let book: Vec<AnyView> = m
        .may_book
        .iter()
        .map(|(client, with)| view! { <p class="after"><a class="button" href=format!("/portal/times?client={client}")>{say!(w, "sessions-ask", therapist = with)}</a></p> }.into_any())
        .collect();
    view! {
        {page_head(say!(w, "sessions-title"), "", vec![])}
        {request_card(&m.requests)}
        <section class="card next-session" aria-labelledby="next">
            <h2 id="next">{say!(w, "sessions-next")}</h2>
            {session_facts(m.next.as_ref())}
            {change}
        </section>
        {later_section(m)}
        {book}
        {phone_card(&m.phone)}
    }
    .into_any()
}

/// The section with the sessions after the next one; `None` if there are none.
fn later_section(m: &Model) -> Option<AnyView> {
    let rows: Vec<AnyView> = m
        .later
        .iter()
        .map(|s| view! { <li><a class="row-link" href=format!("/portal/sessions/{}", s.id)>{s.when.clone()}</a><span class="muted">{format!(" {}", s.place)}</span></li> }.into_any())
        .collect();
    (!rows.is_empty() || m.later_pager.is_later()).then(|| {
        view! {
            <section aria-labelledby="later">
                <h2 id="later">{say!(words(), "sessions-later")}</h2>
                <ul class="rows">{rows}</ul>
                {pager(&m.later_pager)}
            </section>
        }
        .into_any()
    })
}

/// The card with the practice's phone number; `None` if it is empty.
pub(crate) fn phone_card(phone: &str) -> Option<AnyView> {
    phone_link(phone).map(|link| {
        view! {
            <section class="card call" aria-labelledby="call">
                <h2 id="call">{say!(words(), "sessions-call")}</h2>
                <p class="call-number">{link}</p>
            </section>
        }
        .into_any()
    })
}

/// The line with the next session on the portal's first page, which leads to the
/// session.
pub(crate) fn next_line(next: Option<&NextSession>) -> AnyView {
    let w = words();
    let Some(next) = next else {
        return view! { <p class="next-line muted">{say!(w, "sessions-none")}</p> }.into_any();
    };
    let online = (!next.link.is_empty()).then(|| online_room(&next.link));
    view! {
        <p class="next-line">
            <a href=format!("/portal/sessions/{}", next.id)>
                <span>{say!(w, "sessions-next-line")}</span>" "<strong>{next.when.clone()}</strong>
            </a>
            " "<span class="muted">{next.zone_line.clone()}</span>
        </p>
        {online}
    }
    .into_any()
}

/// The button that opens the room of a session online.
fn online_room(link: &str) -> AnyView {
    view! { <p><a class="button" href=link.to_owned() rel="noreferrer noopener" target="_blank">{say!(words(), "sessions-online")}</a></p> }
        .into_any()
}

/// The facts about the next session.
pub(crate) fn session_facts(next: Option<&NextSession>) -> AnyView {
    let w = words();
    let Some(next) = next else {
        return view! { <p class="muted">{say!(w, "sessions-none-yet")}</p> }.into_any();
    };
    let link = (!next.link.is_empty()).then(|| online_room(&next.link));
    let who = if next.joint { say!(w, "sessions-for-both") } else { say!(w, "sessions-for-you") };
    let with = say!(w, "sessions-with", therapist = &next.with);
    view! {
        <p class="when"><strong>{next.when.clone()}</strong></p>
        <p class="muted">{next.zone_line.clone()}</p>
        <p>{format!("{} · {with} · {who}", next.place)}</p>
        {link}
    }
    .into_any()
}

/// The card with requests: those that need the reader's consent, and the
/// reader's own. `None` if there are none.
pub(crate) fn request_card(m: &Requests) -> Option<AnyView> {
    let w = words();
    let asked: Vec<AnyView> = m
        .asked
        .iter()
        .map(|q| {
            view! {
                <li>
                    <p>{q.text.clone()}</p>
                    <form class="actions" method="post" action=format!("/portal/requests/{}/answer", q.id)>
                        {form_key()}
                        <button class="button button-primary" type="submit" name="answer" value="yes">{say!(w, "request-yes")}</button>
                        <button class="button" type="submit" name="answer" value="no">{say!(w, "request-no")}</button>
                    </form>
                </li>
            }
            .into_any()
        })
        .collect();
    let own: Vec<AnyView> = m
        .own
        .iter()
        .map(|q| {
            let back = q.withdraw.clone().map(|text| {
                view! { <form class="actions" method="post" action=format!("/portal/requests/{}/withdraw", q.id)>{form_key()}<button class="button" type="submit">{text}</button></form> }.into_any()
            });
            view! { <li><p>{q.text.clone()}</p>{back}</li> }.into_any()
        })
        .collect();
    (!asked.is_empty() || !own.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="requests">
                <h2 id="requests">{say!(w, "requests-title")}</h2>
                <ul class="rows">{asked}{own}</ul>
            </section>
        }
        .into_any()
    })
}

/// Sample models: no session; a full list; long names.
pub fn samples() -> Vec<Model> {
    let session = |when: &str, place: &str| NextSession {
        id: SessionId(uuid::Uuid::nil()),
        when: when.into(),
        zone_line: String::new(),
        place: place.into(),
        link: String::new(),
        with: "Dr Ruth Abrahams".into(),
        joint: true,
    };
    let asking = |text: &str, withdraw: Option<&str>| Asking {
        id: uuid::Uuid::nil(),
        text: text.into(),
        withdraw: withdraw.map(str::to_owned),
    };
    let none = Model { phone: "+49 30 1234567".into(), ..Model::default() };
    let full = Model {
        next: Some(NextSession {
            zone_line: "Kolkata time (UTC+5:30); 11:00 in Berlin".into(),
            link: "https://meet.example.org/x".into(),
            ..session("Thursday 26 November, 15:30", "Online")
        }),
        later: vec![session("Thu 3 Dec, 15:30", "Online")],
        later_pager: Pager { first: None, more: Some(("/portal/sessions?after=1#later".into(), "Later sessions")) },
        requests: Requests {
            asked: vec![asking(
                "Jonas would like Fri 4 Dec, 10:00 instead of Thu 3 Dec, 15:30. Does that work for you?",
                None,
            )],
            own: vec![
                asking("You asked for a session on Mon 7 Dec, 10:00. We’ll ask Jonas at 21:12.", Some("Take back")),
                asking("You asked for a session on Tue 8 Dec, 10:00. We’ve asked Jonas.", Some("Withdraw request")),
                asking("You asked for Wed 9 Dec, 10:00. That time isn’t possible.", None),
            ],
        },
        may_book: vec![(ClientId(uuid::Uuid::nil()), "Dr Ruth Abrahams".into())],
        ..none.clone()
    };
    let long = Model {
        next: Some(NextSession {
            zone_line: "Berlin time".into(),
            with: "W".repeat(200),
            joint: false,
            ..session("Today, 10:00", &"R".repeat(80))
        }),
        ..none.clone()
    };
    vec![none, full, long]
}
