//! The page of a client: the people, the sessions, the exercises and the notes.

use domain::{
    clients::client::ClientKind,
    ids::{AssignmentId, ClientId, NoteId, PersonId, SessionId},
    scheduling::session::SessionState,
};
use leptos::prelude::*;

use crate::pages::{
    mail::undelivered::{self, UndeliveredItem},
    scheduling::session::state_badge,
};
use crate::ui::{Link, Pager, Tone, badge, empty, facts, form_key, page_head, pager, parts::phone_link};

/// The view model of the page of a client.
#[derive(Clone, Debug)]
pub struct Model {
    pub id: ClientId,
    pub title: String,
    pub kind: ClientKind,
    pub archived: bool,
    /// The date on which the couple separated, such as "25 November 2026",
    /// since when its joint record is frozen; empty if it has not separated.
    pub separated: String,
    pub partners: Vec<PartnerItem>,
    /// Emails to the partners that were not delivered.
    pub undelivered: Vec<UndeliveredItem>,
    /// Whether a partner can be added.
    pub can_add: bool,
    /// The next session: id and time; `None` if none is booked.
    pub next: Option<(SessionId, String)>,
    /// The sessions ahead, earliest first.
    pub sessions: Vec<SessionItem>,
    pub sessions_pager: Pager,
    /// A sentence that counts the sessions of the last year that took place and
    /// those that did not; `None` without such sessions.
    pub missed: Option<String>,
    /// The past sessions, latest first.
    pub past: Vec<SessionItem>,
    pub past_pager: Pager,
    pub assignments: Vec<AssignItem>,
    pub assignments_pager: Pager,
    pub notes: Vec<NoteItem>,
    pub notes_pager: Pager,
    /// The pathways in progress.
    pub pathways: Vec<PathwayItem>,
    pub pathways_pager: Pager,
}

/// A session in the client's list.
#[derive(Clone, Debug)]
pub struct SessionItem {
    pub id: SessionId,
    pub when: String,
    pub place: String,
    /// The name of the partner who attends alone; empty if everyone attends.
    pub alone: String,
    pub state: SessionState,
}

/// A person of the client, as their card shows them.
#[derive(Clone, Debug)]
pub struct PartnerItem {
    pub id: PersonId,
    pub name: String,
    pub pronouns: String,
    pub email: String,
    /// Whether emails to this address came back.
    pub returned: bool,
    pub phone: String,
    pub zone: String,
    /// How this person may be contacted, in words.
    pub contact: String,
    /// Whether this person can sign in, in words.
    pub login: String,
    /// Whether an invitation can be sent by email.
    pub can_invite: bool,
    /// Whether an invitation link can be shown, to hand over in the room.
    pub can_hand: bool,
    /// Whether an invitation is open that was not accepted yet.
    pub invited: bool,
    /// A note on who set the email address; may be empty.
    pub email_note: String,
    /// A warning when another person has the same address: they get no email
    /// about what they do alone, or they get it nevertheless. Otherwise empty.
    pub alone: String,
    /// Other clients of the same caseload to which this person belongs.
    pub also: Vec<(ClientId, String)>,
    /// How many of their messages are unread; `None` if they cannot sign in
    /// yet.
    pub messages: Option<i64>,
}

/// An assignment in the client's list.
#[derive(Clone, Debug)]
pub struct AssignItem {
    pub id: AssignmentId,
    pub title: String,
    pub due: String,
    /// The state of each person's response.
    pub per: Vec<ResponseLine>,
    pub revealed: bool,
    pub withdrawn: bool,
}

/// The state of a person's response to an assignment.
#[derive(Clone, Debug)]
pub struct ResponseLine {
    /// The person's name.
    pub name: String,
    /// The state in words.
    pub state: String,
}

/// A pathway in progress.
#[derive(Clone, Debug)]
pub struct PathwayItem {
    pub id: uuid::Uuid,
    pub title: String,
    /// How far the client is, in words.
    pub progress: String,
}

/// A note in the client's list.
#[derive(Clone, Debug)]
pub struct NoteItem {
    pub id: NoteId,
    pub when: String,
    /// Whose record it belongs to, in words.
    pub scope: String,
    pub signed: bool,
    pub excerpt: String,
}

/// Renders the page of a client.
pub fn view(m: &Model) -> AnyView {
    let id = m.id;
    let actions = if m.archived {
        vec![]
    } else {
        vec![
            Link::new(format!("/clients/{id}/brief"), "The brief"),
            Link::new(format!("/library?client={id}"), "Give an exercise"),
            Link::new(format!("/sessions/new?client={id}"), "Book a session"),
            Link::new(format!("/clients/{id}/notes/new"), "Write a note"),
        ]
    };
    let partners: Vec<AnyView> = m.partners.iter().map(|p| partner_card(m, p)).collect();
    let add = m.can_add.then(|| {
        view! {
            <section class="card">
                <h2>"The second partner"</h2>
                <p>"So far there is one of the two."</p>
                <p><a class="button" href=format!("/clients/{id}/partners/new")>"Add the second partner"</a></p>
            </section>
        }
        .into_any()
    });
    let put_away = if !m.separated.is_empty() {
        view! {
            <p>"Their record stays as it was. Each may go on alone, with one that begins empty."</p>
            <p><a class="button" href="/clients/new?kind=individual">"Take one of them on alone"</a></p>
        }
        .into_any()
    } else if m.archived {
        view! {
            <form class="inline-form" method="post" action=format!("/clients/{id}/restore")>
                {form_key()}
                <button class="button" type="submit">"Bring back"</button>
            </form>
        }
        .into_any()
    } else {
        view! {
            <form class="inline-form" method="post" action=format!("/clients/{id}/archive")>
                {form_key()}
                <button class="button" type="submit">"Put away"</button>
            </form>
            <p class="hint">"Nothing is deleted. You find them under “Put away” in your caseload."</p>
        }
        .into_any()
    };
    let separate = (m.kind == ClientKind::Couple && m.separated.is_empty()).then(|| {
        view! { <p><a href=format!("/clients/{id}/separation")>"They separate: end what they share here"</a></p> }
            .into_any()
    });
    let away = match (m.separated.as_str(), m.archived) {
        ("", false) => None,
        ("", true) => Some(badge(Tone::Plain, "Put away")),
        (since, _) => Some(badge(Tone::Care, format!("Separated since {since}: this record is frozen"))),
    };
    let away = away.map(|badge| view! { <p>{badge}</p> }.into_any());
    let last = match (m.separated.as_str(), m.archived) {
        ("", true) => "Bring back",
        ("", false) => "When the work is done",
        _ => "Separated",
    };
    view! {
        {page_head(m.title.clone(), m.kind.label(), actions)}
        {away}
        {undelivered_card(m)}
        <div class="columns after">{partners}{add}</div>
        <section aria-labelledby="sessions">
            <h2 id="sessions">"Sessions"</h2>
            {session_list(m)}
            {m.missed.clone().map(|text| view! { <p class="muted">{text}</p> })}
        </section>
        <section aria-labelledby="exercises">
            <h2 id="exercises">"Exercises"</h2>
            {pathway_list(m)}
            {assignment_list(m)}
            {review_links(m)}
        </section>
        <section aria-labelledby="notes">
            <h2 id="notes">"Notes"</h2>
            {note_list(m)}
        </section>
        <section aria-labelledby="put-away">
            <h2 id="put-away">{last}</h2>
            {put_away}
            {separate}
        </section>
    }
    .into_any()
}

/// The card with undelivered emails; `None` if there are none. The other
/// partner does not see it.
fn undelivered_card(m: &Model) -> Option<AnyView> {
    undelivered::rows(&m.undelivered).map(|rows| {
        view! {
            <section class="card" aria-labelledby="not-delivered">
                <h2 id="not-delivered">"Not delivered"</h2>
                {rows}
            </section>
        }
        .into_any()
    })
}

/// The card of a person.
fn partner_card(m: &Model, p: &PartnerItem) -> AnyView {
    let name = if p.pronouns.is_empty() { p.name.clone() } else { format!("{} ({})", p.name, p.pronouns) };
    let or_none = |text: &str| if text.is_empty() { "None given".to_owned() } else { text.to_owned() };
    let returned = p.returned.then(|| {
        view! { " "{badge(Tone::Care, "Mail comes back")}" Nothing more is sent there. Ask for another address." }
            .into_any()
    });
    let note =
        (!p.email_note.is_empty()).then(|| view! { <br/><span class="muted">{p.email_note.clone()}</span> }.into_any());
    let mut rows = vec![
        ("E-mail".to_owned(), view! { {or_none(&p.email)}{returned}{note} }.into_any()),
        ("Phone".to_owned(), phone_link(&p.phone).unwrap_or_else(|| or_none("").into_any())),
        ("Time zone".to_owned(), p.zone.clone().into_any()),
        ("Contact".to_owned(), p.contact.clone().into_any()),
        ("Portal".to_owned(), p.login.clone().into_any()),
    ];
    if !p.also.is_empty() {
        let also: Vec<AnyView> = p
            .also
            .iter()
            .map(|(id, text)| view! { <a href=format!("/clients/{id}")>{text.clone()}</a>" " }.into_any())
            .collect();
        rows.push(("Also".to_owned(), also.into_any()));
    }
    if let Some(unread) = p.messages {
        let waits = (unread > 0).then(|| badge(Tone::Good, "Something to read"));
        let href = format!("/clients/{}/messages/{}", m.id, p.id);
        rows.push((
            "Letters".to_owned(),
            view! { <a href=href aria-label=format!("Letters between you and {}", p.name)>"Between the two of you"</a>" "{waits} }.into_any(),
        ));
    }
    let action = format!("/clients/{}/partners/{}/invitation", m.id, p.id);
    let mail = p.can_invite.then(|| {
        let text = if p.invited { "Invite again" } else { "Invite by mail" };
        view! { <button class="button" type="submit" name="how" value="mail">{text}<span class="quiet">{format!(": {}", p.name)}</span></button> }.into_any()
    });
    let hand = p.can_hand.then(|| {
        view! { <button class="button" type="submit" name="how" value="hand">"Show a link to hand over"<span class="quiet">{format!(": {}", p.name)}</span></button> }.into_any()
    });
    let invite = (p.can_hand && m.separated.is_empty()).then(|| {
        view! { <form class="inline-form" method="post" action=action>{form_key()}{mail}{hand}</form> }.into_any()
    });
    let shares =
        (!p.alone.is_empty()).then(|| view! { <p class="notice notice-care">{p.alone.clone()}</p> }.into_any());
    view! {
        <section class="card">
            <h2>{name}</h2>
            {facts(rows)}
            {shares}
            <div class="actions">
                <a class="button" href=format!("/clients/{}/partners/{}/edit", m.id, p.id) aria-label=format!("Change the details of {}", p.name)>"Change details"</a>
                {invite}
            </div>
        </section>
    }
    .into_any()
}

/// The list of sessions.
fn session_list(m: &Model) -> AnyView {
    let next = match &m.next {
        Some((id, when)) => view! { <p>"Next: "<a href=format!("/sessions/{id}")>{when.clone()}</a></p> }.into_any(),
        None if m.archived => ().into_any(),
        None => {
            empty("No session is booked.", Some(Link::new(format!("/sessions/new?client={}", m.id), "Book a session")))
        }
    };
    let list = |items: &[SessionItem]| {
        let rows: Vec<AnyView> = items.iter().map(session_row).collect();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    let ahead = (!m.sessions.is_empty()).then(|| list(&m.sessions));
    let past = (!m.past.is_empty() || m.past_pager.is_later()).then(|| {
        view! {
            <details id="past" open=m.past_pager.is_later()>
                <summary>"Earlier sessions"</summary>
                {list(&m.past)}
                {pager(&m.past_pager)}
            </details>
        }
        .into_any()
    });
    view! { {next} {ahead} {pager(&m.sessions_pager)} {past} }.into_any()
}

/// A session in the list.
fn session_row(s: &SessionItem) -> AnyView {
    let alone = (!s.alone.is_empty()).then(|| badge(Tone::Plain, format!("{} alone", s.alone)));
    view! {
        <li>
            <a class="row-link" href=format!("/sessions/{}", s.id)>{s.when.clone()}</a>
            " "{state_badge(s.state)}" "{alone}
            <span class="muted">{format!(" {}", s.place)}</span>
        </li>
    }
    .into_any()
}

/// The list of assignments.
fn assignment_list(m: &Model) -> AnyView {
    if m.assignments.is_empty() && !m.assignments_pager.is_later() {
        let action = (!m.archived).then(|| Link::new(format!("/clients/{}/assignments/new", m.id), "Give a first one"));
        return empty("No exercise yet.", action);
    }
    let rows: Vec<AnyView> = m
        .assignments
        .iter()
        .map(|a| {
            let per: Vec<String> = a.per.iter().map(|p| format!("{}: {}", p.name, p.state)).collect();
            let mark = match (a.withdrawn, a.revealed) {
                (true, _) => Some(badge(Tone::Plain, "Withdrawn")),
                (false, true) => Some(badge(Tone::Good, "Both have answered")),
                (false, false) => None,
            };
            let alone = match a.per.as_slice() {
                [only] if m.partners.len() > 1 => Some(badge(Tone::Plain, format!("{} alone", only.name))),
                _ => None,
            };
            view! {
                <li>
                    <a class="row-link" href=format!("/assignments/{}", a.id)>{a.title.clone()}</a>
                    " "
                    {mark}" "{alone}
                    <span class="muted">{format!(" {} · {}", a.due, per.join(" · "))}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    let more = (!m.archived).then(|| {
        view! { <p><a href=format!("/clients/{}/assignments/new", m.id)>"Assign another exercise"</a></p> }.into_any()
    });
    view! { <ul class="rows">{rows}</ul>{pager(&m.assignments_pager)}{more} }.into_any()
}

/// The list of pathways in progress; `None` if there are none.
fn pathway_list(m: &Model) -> Option<AnyView> {
    let rows: Vec<AnyView> = m
        .pathways
        .iter()
        .map(|PathwayItem { id, title, progress }| {
            view! { <li><a class="row-link" href=format!("/pathway-progress/{id}")>{title.clone()}</a><span class="muted">{format!(" {progress}")}</span></li> }.into_any()
        })
        .collect();
    (!rows.is_empty() || m.pathways_pager.is_later()).then(|| {
        view! { <h3 id="pathways">"Pathways"</h3><ul class="rows">{rows}</ul>{pager(&m.pathways_pager)} }.into_any()
    })
}

/// The links to the course of the measure and to adherence.
fn review_links(m: &Model) -> AnyView {
    let id = m.id;
    let give = (!m.archived)
        .then(|| view! { <li><a href=format!("/pathways?client={id}")>"Give a pathway"</a></li> }.into_any());
    view! {
        <ul class="plain links">
            {give}
            <li><a href=format!("/clients/{id}/course")>"The course of the weekly measure"</a></li>
            <li><a href=format!("/clients/{id}/adherence")>"How it goes between sessions"</a></li>
        </ul>
    }
    .into_any()
}

/// The list of notes.
fn note_list(m: &Model) -> AnyView {
    if m.notes.is_empty() && !m.notes_pager.is_later() {
        let action = (!m.archived).then(|| Link::new(format!("/clients/{}/notes/new", m.id), "Write the first note"));
        return empty("No note yet.", action);
    }
    let rows: Vec<AnyView> = m
        .notes
        .iter()
        .map(|n| {
            let state = if n.signed { badge(Tone::Good, "Signed") } else { badge(Tone::Wait, "Draft") };
            view! {
                <li>
                    <a class="row-link" href=format!("/notes/{}", n.id)>{n.when.clone()}</a>
                    " "
                    {state}
                    <span class="muted">{format!(" {}", n.scope)}</span>
                    <p class="excerpt">{n.excerpt.clone()}</p>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ul class="rows">{rows}</ul>{pager(&m.notes_pager)} }.into_any()
}

/// A person for the samples. With `can_invite` an invitation can be sent to
/// them; without it they have an address of their own already.
fn sample_partner(name: &str, can_invite: bool) -> PartnerItem {
    let uuid = uuid::Uuid::from_u128;
    PartnerItem {
        id: PersonId::from(uuid(2)),
        name: name.into(),
        pronouns: "she/her".into(),
        email: "amara@example.org".into(),
        email_note: if can_invite {
            String::new()
        } else {
            "Amara’s own, set 3 Nov. You suggested <new>@example.org.".into()
        },
        returned: can_invite,
        phone: String::new(),
        zone: "Kolkata".into(),
        contact: "E-mail with reminders, between 09:00 and 17:00".into(),
        login: "Invited, until Thu 26 Nov".into(),
        can_invite,
        can_hand: can_invite,
        alone: if can_invite {
            "Amara’s address is also José’s. Only what is about both is mailed.".into()
        } else {
            String::new()
        },
        invited: can_invite,
        also: vec![(ClientId::from(uuid(3)), "as an individual client".into())],
        messages: (!can_invite).then_some(2),
    }
}

/// Sample models: a new couple with one partner; a full record; a separated
/// couple with long names.
pub fn samples() -> Vec<Model> {
    let uuid = uuid::Uuid::from_u128;
    let new = Model {
        id: ClientId::from(uuid(1)),
        title: "Amara".into(),
        kind: ClientKind::Couple,
        archived: false,
        separated: String::new(),
        partners: vec![sample_partner("Amara", true)],
        undelivered: vec![],
        can_add: true,
        next: None,
        sessions: vec![],
        sessions_pager: Pager::default(),
        missed: None,
        past: vec![],
        past_pager: Pager::default(),
        assignments: vec![],
        assignments_pager: Pager::default(),
        notes: vec![],
        notes_pager: Pager::default(),
        pathways: vec![],
        pathways_pager: Pager::default(),
    };
    let line = |name: &str, state: &str| ResponseLine { name: name.into(), state: state.into() };
    let item = |withdrawn, revealed| AssignItem {
        id: AssignmentId::from(uuid(4)),
        title: "How reachable we are".into(),
        due: "By Thu 26 Nov".into(),
        per: vec![line("Amara", "Done"), line("José 💛", "Started")],
        revealed,
        withdrawn,
    };
    let note = |signed| NoteItem {
        id: NoteId::from(uuid(5)),
        when: "Mon 23 Nov, 10:00".into(),
        scope: "Both partners (joint record)".into(),
        signed,
        excerpt: "They came in <quietly> & left laughing.".into(),
    };
    let full = Model {
        title: "अनन्या & José 💛".into(),
        partners: vec![sample_partner("अनन्या", true), sample_partner("José 💛", false)],
        undelivered: undelivered::samples(),
        can_add: false,
        next: Some((SessionId::from(uuid(6)), "Thursday 26 November 2026, 10:00".into())),
        missed: Some("In the last year 20 took place, 1 missed.".to_owned()),
        sessions: SessionState::ALL
            .iter()
            .map(|state| SessionItem {
                id: SessionId::from(uuid(4)),
                when: "Mon 23 Nov, 10:00".into(),
                place: "Garden room".into(),
                alone: "अनन्या शर्मा 💛".into(),
                state: *state,
            })
            .collect(),
        assignments: vec![item(false, false), item(false, true), item(true, false)],
        notes: vec![note(true), note(false)],
        notes_pager: Pager {
            first: Some(("/clients/1#notes".into(), "Latest notes")),
            more: Some(("/clients/1?notes=1#notes".into(), "Older notes")),
        },
        past_pager: Pager { first: Some(("/clients/1#past".into(), "Latest sessions")), more: None },
        pathways: vec![PathwayItem { id: uuid(7), title: "Small moments".into(), progress: "3 of 6 given".into() }],
        ..new.clone()
    };
    let away = Model {
        title: "N".repeat(200),
        partners: vec![sample_partner(&"N".repeat(200), false)],
        archived: true,
        separated: "25 November 2026".to_owned(),
        ..full.clone()
    };
    vec![new, full, away]
}
