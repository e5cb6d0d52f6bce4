//! A couple, or somebody by themselves: who they are, when they come next,
//! what they practise, what was written down.

use domain::{
    client::ClientKind,
    ids::{AssignmentId, ClientId, NoteId, PersonId, SessionId},
    session::SessionState,
};
use leptos::prelude::*;

use super::session::state_badge;
use crate::ui::{Tone, badge, empty, facts, page_head};

#[derive(Clone, Debug)]
pub struct Model {
    pub id: ClientId,
    pub title: String,
    pub kind: ClientKind,
    pub archived: bool,
    /// "25 November 2026": since when two who separated have no record
    /// together; else empty.
    pub separated: String,
    pub partners: Vec<PartnerItem>,
    /// A seat is free.
    pub can_add: bool,
    pub next: Option<(SessionId, String)>,
    /// Those ahead, the soonest first, and those behind, the latest first.
    pub sessions: Vec<SessionItem>,
    /// One line of what did not take place; `None`: nothing.
    pub missed: Option<String>,
    pub past: Vec<SessionItem>,
    pub assignments: Vec<AssignItem>,
    pub notes: Vec<NoteItem>,
    /// Pathways they walk: which, its title, how far they are.
    pub walks: Vec<(uuid::Uuid, String, String)>,
}

#[derive(Clone, Debug)]
pub struct SessionItem {
    pub id: SessionId,
    pub when: String,
    pub place: String,
    /// Who comes, where not everyone does; else empty.
    pub alone: String,
    pub state: SessionState,
}

#[derive(Clone, Debug)]
pub struct PartnerItem {
    pub id: PersonId,
    pub name: String,
    pub pronouns: String,
    pub email: String,
    /// Mail to it came back.
    pub returned: bool,
    pub phone: String,
    pub zone: String,
    /// How they may be written to, in words.
    pub contact: String,
    /// Whether they can sign in, in words.
    pub login: String,
    /// By mail.
    pub can_invite: bool,
    /// By a link that is handed over.
    pub can_hand: bool,
    pub invited: bool,
    /// Who else of this unit has the same address.
    pub shares_address: bool,
    /// Other units of this person in the same caseload.
    pub also: Vec<(ClientId, String)>,
    /// What they wrote and nobody has read; `None`: they cannot sign in yet.
    pub letters: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct AssignItem {
    pub id: AssignmentId,
    pub title: String,
    pub due: String,
    /// Name, and where they stand.
    pub per: Vec<(String, String)>,
    pub revealed: bool,
    pub withdrawn: bool,
}

#[derive(Clone, Debug)]
pub struct NoteItem {
    pub id: NoteId,
    pub when: String,
    /// Whose record it belongs to, in words.
    pub scope: String,
    pub signed: bool,
    pub excerpt: String,
}

pub fn view(m: &Model) -> AnyView {
    let id = m.id;
    let actions = if m.archived {
        vec![]
    } else {
        vec![
            (format!("/clients/{id}/brief"), "The brief".to_owned()),
            (format!("/library?client={id}"), "Give an exercise".to_owned()),
            (format!("/sessions/new?client={id}"), "Book a session".to_owned()),
            (format!("/clients/{id}/notes/new"), "Write a note".to_owned()),
        ]
    };
    let partners: Vec<AnyView> = m.partners.iter().map(|p| partner(m, p)).collect();
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
                <button class="button" type="submit">"Bring back"</button>
            </form>
        }
        .into_any()
    } else {
        view! {
            <form class="inline-form" method="post" action=format!("/clients/{id}/archive")>
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
        <div class="columns">{partners}{add}</div>
        <section aria-labelledby="sessions">
            <h2 id="sessions">"Sessions"</h2>
            {sessions(m)}
            {m.missed.clone().map(|text| view! { <p class="muted">{text}</p> })}
        </section>
        <section aria-labelledby="exercises">
            <h2 id="exercises">"Exercises"</h2>
            {walks(m)}
            {assignments(m)}
            {looking_back(m)}
        </section>
        <section aria-labelledby="notes">
            <h2 id="notes">"Notes"</h2>
            {notes(m)}
        </section>
        <section aria-labelledby="put-away">
            <h2 id="put-away">{last}</h2>
            {put_away}
            {separate}
        </section>
    }
    .into_any()
}

fn partner(m: &Model, p: &PartnerItem) -> AnyView {
    let name = if p.pronouns.is_empty() { p.name.clone() } else { format!("{} ({})", p.name, p.pronouns) };
    let or_none = |text: &str| if text.is_empty() { "None given".to_owned() } else { text.to_owned() };
    let returned = p.returned.then(|| {
        view! { " "{badge(Tone::Care, "Mail comes back")}" Nothing more is sent there. Ask for another address." }
            .into_any()
    });
    let mut rows = vec![
        ("E-mail".to_owned(), view! { {or_none(&p.email)}{returned} }.into_any()),
        ("Phone".to_owned(), or_none(&p.phone).into_any()),
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
    if let Some(unread) = p.letters {
        let waits = (unread > 0).then(|| badge(Tone::Good, "Something to read"));
        let href = format!("/clients/{}/letters/{}", m.id, p.id);
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
    let invite = (p.can_hand && m.separated.is_empty())
        .then(|| view! { <form class="inline-form" method="post" action=action>{mail}{hand}</form> }.into_any());
    let shares = p.shares_address.then(|| {
        view! { <p class="notice notice-care">"Both have this address: each can read the other’s mails, and open the other’s invitation. Better give each an own one, or hand the links over and choose “No e-mail at all”."</p> }.into_any()
    });
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

fn sessions(m: &Model) -> AnyView {
    let next = match &m.next {
        Some((id, when)) => view! { <p>"Next: "<a href=format!("/sessions/{id}")>{when.clone()}</a></p> }.into_any(),
        None if m.archived => ().into_any(),
        None => empty(
            "No session is booked.",
            Some((format!("/sessions/new?client={}", m.id), "Book a session".to_owned())),
        ),
    };
    let list = |items: &[SessionItem]| {
        let rows: Vec<AnyView> = items.iter().map(session).collect();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    let ahead = (!m.sessions.is_empty()).then(|| list(&m.sessions));
    let past = (!m.past.is_empty()).then(|| {
        view! {
            <details>
                <summary>{format!("Before ({})", m.past.len())}</summary>
                {list(&m.past)}
            </details>
        }
        .into_any()
    });
    view! { {next} {ahead} {past} }.into_any()
}

fn session(s: &SessionItem) -> AnyView {
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

fn assignments(m: &Model) -> AnyView {
    if m.assignments.is_empty() {
        let action =
            (!m.archived).then(|| (format!("/clients/{}/assignments/new", m.id), "Give a first one".to_owned()));
        return empty("No exercise yet.", action);
    }
    let rows: Vec<AnyView> = m
        .assignments
        .iter()
        .map(|a| {
            let per: Vec<String> = a.per.iter().map(|(name, state)| format!("{name}: {state}")).collect();
            let mark = match (a.withdrawn, a.revealed) {
                (true, _) => Some(badge(Tone::Plain, "Withdrawn")),
                (false, true) => Some(badge(Tone::Good, "Both have answered")),
                (false, false) => None,
            };
            let alone = match a.per.as_slice() {
                [(name, _)] if m.partners.len() > 1 => Some(badge(Tone::Plain, format!("{name} alone"))),
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
    view! { <ul class="rows">{rows}</ul>{more} }.into_any()
}

fn walks(m: &Model) -> Option<AnyView> {
    let rows: Vec<AnyView> = m
        .walks
        .iter()
        .map(|(id, title, words)| {
            view! { <li><a class="row-link" href=format!("/walks/{id}")>{title.clone()}</a><span class="muted">{format!(" {words}")}</span></li> }.into_any()
        })
        .collect();
    (!rows.is_empty()).then(|| view! { <h3>"Pathways"</h3><ul class="rows">{rows}</ul> }.into_any())
}

/// The ways to what has been.
fn looking_back(m: &Model) -> AnyView {
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

fn notes(m: &Model) -> AnyView {
    if m.notes.is_empty() {
        let action = (!m.archived).then(|| (format!("/clients/{}/notes/new", m.id), "Write the first note".to_owned()));
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
    view! { <ul class="rows">{rows}</ul> }.into_any()
}

/// Somebody new; a couple in the middle of it; put away, with long names.
pub fn samples() -> Vec<Model> {
    let uuid = uuid::Uuid::from_u128;
    let partner = |name: &str, can_invite| PartnerItem {
        id: PersonId::from(uuid(2)),
        name: name.into(),
        pronouns: "she/her".into(),
        email: "amara@example.org".into(),
        returned: can_invite,
        phone: String::new(),
        zone: "Kolkata".into(),
        contact: "E-mail with reminders, between 09:00 and 17:00".into(),
        login: "Invited, until Thu 26 Nov".into(),
        can_invite,
        can_hand: can_invite,
        shares_address: can_invite,
        invited: can_invite,
        also: vec![(ClientId::from(uuid(3)), "as an individual client".into())],
        letters: (!can_invite).then_some(2),
    };
    let new = Model {
        id: ClientId::from(uuid(1)),
        title: "Amara".into(),
        kind: ClientKind::Couple,
        archived: false,
        separated: String::new(),
        partners: vec![partner("Amara", true)],
        can_add: true,
        next: None,
        sessions: vec![],
        missed: None,
        past: vec![],
        assignments: vec![],
        notes: vec![],
        walks: vec![],
    };
    let item = |withdrawn, revealed| AssignItem {
        id: AssignmentId::from(uuid(4)),
        title: "How reachable we are".into(),
        due: "By Thu 26 Nov".into(),
        per: vec![("Amara".into(), "Done".into()), ("José 💛".into(), "Started".into())],
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
        partners: vec![partner("अनन्या", true), partner("José 💛", false)],
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
        walks: vec![(uuid(7), "Small moments".into(), "3 of 6 given".into())],
        ..new.clone()
    };
    let away = Model {
        title: "N".repeat(200),
        partners: vec![partner(&"N".repeat(200), false)],
        archived: true,
        separated: "25 November 2026".to_owned(),
        ..full.clone()
    };
    vec![new, full, away]
}
