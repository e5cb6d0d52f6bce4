//! The parts of the portal's first page that concern sessions: the next one,
//! those after it, and requests about them.

use domain::ids::{ClientId, SessionId};
use leptos::prelude::*;

use crate::ui::{Pager, form_key, pager, phone_line};

/// A partner's sessions and requests.
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    /// The practice's phone number; may be empty.
    pub phone: String,
    /// The next session; `None` if none is booked.
    pub next: Option<NextSession>,
    /// The sessions after the next one; on a later page of the list, those of
    /// that page.
    pub later: Vec<NextSession>,
    pub later_pager: Pager,
    /// Requests of the other partner that need the reader's consent.
    pub asked: Vec<Asking>,
    /// The reader's own requests.
    pub own: Vec<Asking>,
    /// The clients for whom the reader may ask for a session: id, and the
    /// therapist's name.
    pub may_book: Vec<(ClientId, String)>,
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
    /// Whether it can still be withdrawn.
    pub open: bool,
}

/// The card with the next session.
pub(crate) fn next_card(m: &Sessions) -> AnyView {
    view! {
        <section class="card next-session" aria-labelledby="next">
            <h2 id="next">"Your next session"</h2>
            {session_facts(m.next.as_ref())}
            {session_links(m)}
            {phone_line(&m.phone)}
        </section>
    }
    .into_any()
}

/// The facts about the next session.
pub(crate) fn session_facts(next: Option<&NextSession>) -> AnyView {
    let Some(next) = next else {
        return view! { <p class="muted">"No session is booked at the moment. Your practice will be in touch."</p> }
            .into_any();
    };
    let link = (!next.link.is_empty())
        .then(|| view! { <p><a class="button" href=next.link.clone() rel="noreferrer noopener" target="_blank">"Open the online room"</a></p> }.into_any());
    let who = if next.joint { "For both of you" } else { "For you alone" };
    view! {
        <p class="when"><strong>{next.when.clone()}</strong></p>
        <p class="muted">{next.zone_line.clone()}</p>
        <p>{format!("{} · with {} · {}", next.place, next.with, who)}</p>
        {link}
    }
    .into_any()
}

/// The links to change the next session, the later sessions, and the links to
/// ask for one.
fn session_links(m: &Sessions) -> AnyView {
    let change = m.next.as_ref().map(|s| {
        view! { <p><a class="button" href=format!("/portal/sessions/{}", s.id)>"Change or cancel it"</a></p> }
            .into_any()
    });
    let later: Vec<AnyView> = m
        .later
        .iter()
        .map(|s| view! { <li><a class="row-link" href=format!("/portal/sessions/{}", s.id)>{s.when.clone()}</a><span class="muted">{format!(" {}", s.place)}</span></li> }.into_any())
        .collect();
    let later = (!later.is_empty() || m.later_pager.is_later()).then(|| {
        view! { <details open=m.later_pager.is_later()><summary>"After that"</summary><ul class="rows">{later}</ul>{pager(&m.later_pager)}</details> }.into_any()
    });
    let book: Vec<AnyView> = m
        .may_book
        .iter()
        .map(|(client, with)| view! { <p><a href=format!("/portal/times?client={client}")>{format!("Ask for a session with {with}")}</a></p> }.into_any())
        .collect();
    view! { {change}{later}{book} }.into_any()
}

/// The card with requests: those that need the reader's consent, and the
/// reader's own. `None` if there are none.
pub(crate) fn request_card(m: &Sessions) -> Option<AnyView> {
    let asked: Vec<AnyView> = m
        .asked
        .iter()
        .map(|q| {
            view! {
                <li>
                    <p>{q.text.clone()}</p>
                    <form class="actions" method="post" action=format!("/portal/requests/{}/answer", q.id)>
                        {form_key()}
                        <button class="button button-primary" type="submit" name="answer" value="yes">"It suits me"</button>
                        <button class="button" type="submit" name="answer" value="no">"It does not"</button>
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
            let back = q.open.then(|| {
                view! { <form class="actions" method="post" action=format!("/portal/requests/{}/withdraw", q.id)>{form_key()}<button class="button" type="submit">"Withdraw request"</button></form> }.into_any()
            });
            view! { <li><p>{q.text.clone()}</p>{back}</li> }.into_any()
        })
        .collect();
    (!asked.is_empty() || !own.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="wishes">
                <h2 id="wishes">"About your sessions"</h2>
                <ul class="rows">{asked}{own}</ul>
            </section>
        }
        .into_any()
    })
}

/// Samples for the portal's first page: no session; a full list; long names.
pub(crate) fn samples() -> [Sessions; 3] {
    let session = |when: &str, place: &str| NextSession {
        id: SessionId(uuid::Uuid::nil()),
        when: when.into(),
        zone_line: String::new(),
        place: place.into(),
        link: String::new(),
        with: "Dr Ruth Abrahams".into(),
        joint: true,
    };
    let asking = |text: &str| Asking { id: uuid::Uuid::nil(), text: text.into(), open: true };
    let none = Sessions { phone: "+49 30 1234567".into(), ..Sessions::default() };
    let full = Sessions {
        next: Some(NextSession {
            zone_line: "Kolkata time (UTC+5:30); 11:00 in Berlin".into(),
            link: "https://meet.example.org/x".into(),
            ..session("Thursday 26 November, 15:30", "Online")
        }),
        later: vec![session("Thu 3 Dec, 15:30", "Online")],
        later_pager: Pager { first: None, more: Some(("/portal?sessions=1#next".into(), "Later sessions")) },
        asked: vec![asking("Jonas asked for Fri 4 Dec, 10:00 instead of Thu 3 Dec, 15:30. Does that suit you?")],
        own: vec![asking("You asked for a session on Mon 7 Dec, 10:00. Your partner is asked first.")],
        may_book: vec![(ClientId(uuid::Uuid::nil()), "Dr Ruth Abrahams".into())],
        ..none.clone()
    };
    let long = Sessions {
        next: Some(NextSession {
            zone_line: "Berlin time".into(),
            with: "W".repeat(200),
            joint: false,
            ..session("Today, 10:00", &"R".repeat(80))
        }),
        ..none.clone()
    };
    [none, full, long]
}
