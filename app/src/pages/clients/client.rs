//! The page of a client in tabs: an overview, the sessions, the exercises, the
//! notes, and the people with how to reach them.

mod sample;

use domain::{
    clients::client::ClientKind,
    ids::{AssignmentId, ClientId, NoteId, PersonId, SessionId},
    scheduling::session::SessionState,
};
use leptos::prelude::*;

use crate::pages::{
    mail::undelivered::{self, UndeliveredItem},
    records::{
        documents_tab::{self, Documents},
        find_notes, forms, goals, intake,
    },
    scheduling::session::state_badge,
};
use crate::ui::{
    FilterLink, Link, Pager, Tone, badge, empty, facts, filters, form_key, page_head, pager, parts::phone_link,
};

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
    /// How many people the client is.
    pub people: usize,
    /// Whether at least one of them came with an import and was not released yet.
    pub held: bool,
    pub content: Content,
}

domain::words! {
    /// A part of a client's record, as the address names it.
    #[derive(Default)]
    pub enum Tab {
        #[default]
        Overview = "overview", "Overview";
        Sessions = "sessions", "Sessions";
        Exercises = "exercises", "Exercises";
        Notes = "notes", "Notes";
        Documents = "documents", "Documents";
        Forms = "forms", "Forms";
        Details = "details", "Details";
    }
}

impl Tab {
    /// The address of this part of a client's record.
    pub fn address(self, client: ClientId) -> String {
        match self {
            Self::Overview => format!("/clients/{client}"),
            Self::Sessions | Self::Exercises | Self::Notes | Self::Documents | Self::Forms | Self::Details => {
                format!("/clients/{client}?tab={}", self.word())
            }
        }
    }
}

/// The part of the record that is shown.
#[derive(Clone, Debug)]
pub enum Content {
    Overview(Overview),
    Sessions(Sessions),
    Exercises(Exercises),
    Notes(Notes),
    Documents(Documents),
    /// The parts of the tab Forms.
    Forms(Vec<forms::Block>),
    Details(Details),
}

impl Content {
    /// The tab of this part.
    const fn tab(&self) -> Tab {
        match self {
            Self::Overview(_) => Tab::Overview,
            Self::Sessions(_) => Tab::Sessions,
            Self::Exercises(_) => Tab::Exercises,
            Self::Notes(_) => Tab::Notes,
            Self::Documents(_) => Tab::Documents,
            Self::Forms(_) => Tab::Forms,
            Self::Details(_) => Tab::Details,
        }
    }
}

/// What a therapist looks for first.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    /// Emails to the partners that were not delivered.
    pub undelivered: Vec<UndeliveredItem>,
    /// The next session: id and time; `None` if none is booked.
    pub next: Option<(SessionId, String)>,
    pub threads: Vec<ThreadItem>,
    /// Whether a partner can be added.
    pub can_add: bool,
    /// The first exercises that are open.
    pub open: Vec<AssignItem>,
    /// How many more exercises are open.
    pub more_open: usize,
    /// The last note of a session; `None` if there is none.
    pub note: Option<NoteItem>,
    /// The open goals and the plan.
    pub goals: goals::Summary,
    /// How far the intake is; `None`: none was started.
    pub intake: Option<intake::Mark>,
}

/// The messages with a partner on the overview.
#[derive(Clone, Debug)]
pub struct ThreadItem {
    pub person: PersonId,
    pub name: String,
    /// How many of their messages are unread; `None` if they cannot sign in
    /// yet.
    pub unread: Option<i64>,
    /// Whether they can sign in, in words.
    pub login: String,
}

/// The sessions of a client.
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    /// The sessions ahead, earliest first.
    pub ahead: Vec<SessionItem>,
    pub ahead_pager: Pager,
    /// A sentence that counts the sessions of the last year that took place and
    /// those that did not; `None` without such sessions.
    pub missed: Option<String>,
    /// The past sessions, latest first.
    pub past: Vec<SessionItem>,
    pub past_pager: Pager,
}

/// The exercises and pathways of a client.
#[derive(Clone, Debug, Default)]
pub struct Exercises {
    /// The pathways in progress.
    pub pathways: Vec<PathwayItem>,
    pub pathways_pager: Pager,
    pub assignments: Vec<AssignItem>,
    pub assignments_pager: Pager,
}

/// The notes on a client.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// The search above the list.
    pub find: find_notes::Model,
    pub notes: Vec<NoteItem>,
    pub notes_pager: Pager,
}

/// The people of a client, with how to reach them.
#[derive(Clone, Debug, Default)]
pub struct Details {
    pub partners: Vec<PartnerItem>,
    /// Whether a partner can be added.
    pub can_add: bool,
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
    /// What the list of an earlier program said: headings and texts.
    pub imported: Vec<(String, String)>,
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
            Link::new(format!("/clients/{id}/brief"), "Session brief"),
            Link::new(format!("/clients/{id}/notes/new"), "Write a note"),
            Link::new(format!("/library?client={id}"), "Assign an exercise"),
            Link::new(format!("/sessions/new?client={id}"), "Book a session"),
        ]
    };
    let state = match (m.separated.as_str(), m.archived) {
        ("", false) => None,
        ("", true) => Some(badge(Tone::Plain, "Archived")),
        (since, _) => Some(badge(Tone::Care, format!("Separated since {since}: this record is frozen"))),
    };
    let here = m.content.tab();
    let tabs = Tab::ALL.iter().map(|tab| FilterLink::new(tab.address(id), tab.label(), *tab == here)).collect();
    let content = match &m.content {
        Content::Overview(overview) => overview_tab(m, overview),
        Content::Sessions(sessions) => sessions_tab(m, sessions),
        Content::Exercises(exercises) => exercises_tab(m, exercises),
        Content::Notes(notes) => notes_tab(m, notes),
        Content::Documents(documents) => documents_tab::tab(m.id, documents),
        Content::Forms(blocks) => forms::blocks(blocks),
        Content::Details(details) => details_tab(m, details),
    };
    view! {
        {page_head(m.title.clone(), m.kind.label(), actions)}
        {state.map(|badge| view! { <p>{badge}</p> })}
        {m.held.then(|| held(m))}
        <div class="tab-bar">{filters("Record", tabs)}{more_menu(m)}</div>
        {content}
    }
    .into_any()
}

/// What is said of a client that came with an import, with the button that releases
/// them.
fn held(m: &Model) -> AnyView {
    view! {
        <div class="notice">
            <p><strong>"Imported and not released yet. "</strong>"They get no email and can’t be invited until you release them."</p>
            <form class="inline-form" method="post" action=format!("/clients/{}/release", m.id)>
                {form_key()}
                <button class="button" type="submit">"Release for emails and invitations"</button>
            </form>
        </div>
    }
    .into_any()
}

/// The menu with what is seldom done: archive, restore, separate.
fn more_menu(m: &Model) -> AnyView {
    let id = m.id;
    let form = |act: &'static str, label: &'static str| {
        view! {
            <form class="inline-form" method="post" action=format!("/clients/{id}/{act}")>
                {form_key()}
                <button class="button" type="submit">{label}</button>
            </form>
        }
        .into_any()
    };
    let archive = if !m.separated.is_empty() {
        view! {
            <p>"The record stays as it was. Each partner can continue with a new one."</p>
            <p><a class="button" href="/clients/new?kind=individual">"New individual client"</a></p>
        }
        .into_any()
    } else if m.archived {
        form("restore", "Restore")
    } else {
        view! {
            {form("archive", "Archive")}
            <p class="hint">"Nothing is deleted. Find them under “Archived” in your caseload."</p>
        }
        .into_any()
    };
    let separate = (m.kind == ClientKind::Couple && m.separated.is_empty())
        .then(|| view! { <p><a href=format!("/clients/{id}/separation")>"Record a separation…"</a></p> }.into_any());
    view! { <details class="more"><summary>"More"</summary><div class="more-panel">{archive}{separate}</div></details> }
        .into_any()
}

/// A section of the record with a heading, which has the id.
fn section(id: &'static str, title: &'static str, content: AnyView) -> AnyView {
    view! { <section aria-labelledby=id><h2 id=id>{title}</h2>{content}</section> }.into_any()
}

/// The overview: next session, messages, open exercises, last note.
fn overview_tab(m: &Model, o: &Overview) -> AnyView {
    let next = match &o.next {
        Some((id, when)) => view! { <p><a href=format!("/sessions/{id}")>{when.clone()}</a></p> }.into_any(),
        None if m.archived => view! { <p class="muted">"No session is booked."</p> }.into_any(),
        None => {
            empty("No session is booked.", Some(Link::new(format!("/sessions/new?client={}", m.id), "Book a session")))
        }
    };
    let threads: Vec<AnyView> = o.threads.iter().map(|thread| thread_row(m, thread)).collect();
    let add = o.can_add.then(|| add_partner(m));
    let more = (o.more_open > 0).then(|| {
        let href = Tab::Exercises.address(m.id);
        view! { <p><a href=href>{format!("Show {} more open exercises", o.more_open)}</a></p> }.into_any()
    });
    let open = if o.open.is_empty() {
        view! { <p class="muted">"No open exercises."</p> }.into_any()
    } else {
        let rows: Vec<AnyView> = o.open.iter().map(|a| assignment_row(m, a)).collect();
        view! { <ul class="rows">{rows}</ul>{more} }.into_any()
    };
    let note = match &o.note {
        Some(note) => view! { <ul class="rows">{note_row(note)}</ul> }.into_any(),
        None => view! { <p class="muted">"No note yet."</p> }.into_any(),
    };
    view! {
        {undelivered_card(o)}
        <div class="halves">
            {section("next", "Next session", next)}
            {section("messages", "Messages", view! { <ul class="rows">{threads}</ul>{add} }.into_any())}
        </div>
        {section("intake", "Intake", intake_line(m, o))}
        {section("goals", "Goals and plan", goals::summary(m.id, &o.goals))}
        {section("open", "Open exercises", open)}
        {section("last-note", "Last note", note)}
    }
    .into_any()
}

/// How far the intake is, with the way to it.
fn intake_line(m: &Model, o: &Overview) -> AnyView {
    let href = format!("/clients/{}/intake", m.id);
    match &o.intake {
        Some(mark) => view! { <p><a href=href>"Open intake"</a>" "{intake::mark(mark)}</p> }.into_any(),
        None => view! { <p><span class="muted">"Not started."</span>" "<a href=href>"Start intake"</a></p> }.into_any(),
    }
}

/// The messages with a partner, or that they cannot sign in yet.
fn thread_row(m: &Model, t: &ThreadItem) -> AnyView {
    match t.unread {
        Some(unread) => {
            let href = format!("/clients/{}/messages/{}", m.id, t.person);
            let new = (unread > 0).then(|| badge(Tone::Good, "New message"));
            view! { <li><a class="row-link" href=href>{format!("Messages with {}", t.name)}</a>" "{new}</li> }.into_any()
        }
        None => view! {
            <li>
                <span>{format!("{}: {}", t.name, t.login)}</span>
                " "<a href=Tab::Details.address(m.id)>"Invitation"<span class="quiet">{format!(": {}", t.name)}</span></a>
            </li>
        }
        .into_any(),
    }
}

/// The card with undelivered emails; `None` if there are none. The other
/// partner does not see it.
fn undelivered_card(o: &Overview) -> Option<AnyView> {
    undelivered::rows(&o.undelivered).map(|rows| {
        view! {
            <section class="card" aria-labelledby="not-delivered">
                <h2 id="not-delivered">"Not delivered"</h2>
                {rows}
            </section>
        }
        .into_any()
    })
}

/// The link that adds the second partner.
fn add_partner(m: &Model) -> AnyView {
    view! { <p><a class="button" href=format!("/clients/{}/partners/new", m.id)>"Add the second partner"</a></p> }
        .into_any()
}

/// The people, with how to reach them.
fn details_tab(m: &Model, d: &Details) -> AnyView {
    let partners: Vec<AnyView> = d.partners.iter().map(|p| partner_card(m, p)).collect();
    let add = d.can_add.then(|| {
        view! { <section class="card"><h2>"Second partner"</h2><p>"Not added yet."</p>{add_partner(m)}</section> }
            .into_any()
    });
    view! { <div class="columns after">{partners}{add}</div> }.into_any()
}

/// The card of a person.
fn partner_card(m: &Model, p: &PartnerItem) -> AnyView {
    let name = if p.pronouns.is_empty() { p.name.clone() } else { format!("{} ({})", p.name, p.pronouns) };
    let or_none = |text: &str| if text.is_empty() { "None given".to_owned() } else { text.to_owned() };
    let returned = p.returned.then(|| {
        view! { " "{badge(Tone::Care, "Emails bounce")}" No more emails go there. Ask for another address." }.into_any()
    });
    let note =
        (!p.email_note.is_empty()).then(|| view! { <br/><span class="muted">{p.email_note.clone()}</span> }.into_any());
    let mut rows = vec![
        ("Email".to_owned(), view! { {or_none(&p.email)}{returned}{note} }.into_any()),
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
    let action = format!("/clients/{}/partners/{}/invitation", m.id, p.id);
    let mail = p.can_invite.then(|| {
        let text = if p.invited { "Resend invitation" } else { "Send invitation" };
        view! { <button class="button" type="submit" name="how" value="mail">{text}<span class="quiet">{format!(": {}", p.name)}</span></button> }.into_any()
    });
    let hand = p.can_hand.then(|| {
        view! { <button class="button" type="submit" name="how" value="hand">"Show invitation link"<span class="quiet">{format!(": {}", p.name)}</span></button> }.into_any()
    });
    let invite = (p.can_hand && m.separated.is_empty()).then(|| {
        view! { <form class="inline-form" method="post" action=action>{form_key()}{mail}{hand}</form> }.into_any()
    });
    let shares = (!p.alone.is_empty()).then(|| view! { <p class="notice">{p.alone.clone()}</p> }.into_any());
    view! {
        <section class="card">
            <h2>{name}</h2>
            {facts(rows)}
            {shares}
            {imported_details(p)}
            <div class="actions">
                <a class="button" href=format!("/clients/{}/partners/{}/edit", m.id, p.id) >"Change details"<span class="quiet">{format!(": {}", p.name)}</span></a>
                <a class="button" href=format!("/clients/{}/partners/{}/erasure", m.id, p.id)>"Erase data…"<span class="quiet">{format!(": {}", p.name)}</span></a>
                {invite}
            </div>
        </section>
    }
    .into_any()
}

/// What the list of an earlier program said about a person; `None`: nothing.
fn imported_details(p: &PartnerItem) -> Option<AnyView> {
    let texts = |(head, text): &(String, String)| {
        (head.clone(), view! { <span class="lines wrap">{text.clone()}</span> }.into_any())
    };
    let rows: Vec<_> = p.imported.iter().map(texts).collect();
    (!rows.is_empty()).then(|| {
        view! { <details><summary>"Details from the import"<span class="quiet">{format!(": {}", p.name)}</span></summary>{facts(rows)}</details> }
            .into_any()
    })
}

/// The sessions ahead and the past ones.
fn sessions_tab(m: &Model, s: &Sessions) -> AnyView {
    let list = |items: &[SessionItem]| {
        let rows: Vec<AnyView> = items.iter().map(session_row).collect();
        view! { <ul class="rows">{rows}</ul> }.into_any()
    };
    let ahead = if s.ahead.is_empty() && !s.ahead_pager.is_later() {
        let action = Link::new(format!("/sessions/new?client={}", m.id), "Book a session");
        empty("No session is booked.", (!m.archived).then_some(action))
    } else {
        view! { {list(&s.ahead)}{pager(&s.ahead_pager)} }.into_any()
    };
    let missed = s.missed.clone().map(|text| view! { <p class="muted">{text}</p> });
    let past = (!s.past.is_empty() || s.past_pager.is_later()).then(|| {
        section("past", "Earlier sessions", view! { {missed}{list(&s.past)}{pager(&s.past_pager)} }.into_any())
    });
    view! { {section("sessions", "Upcoming sessions", ahead)}{past} }.into_any()
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

/// The pathways and assignments, with the links to what they add up to.
fn exercises_tab(m: &Model, e: &Exercises) -> AnyView {
    let id = m.id;
    let assign = (!m.archived).then(|| {
        view! {
            <li><a href=format!("/clients/{id}/assignments/new")>"Assign an exercise"</a></li>
            <li><a href=format!("/pathways?client={id}")>"Assign a pathway"</a></li>
        }
        .into_any()
    });
    let list = if e.assignments.is_empty() && !e.assignments_pager.is_later() {
        empty("No exercise yet.", None)
    } else {
        let rows: Vec<AnyView> = e.assignments.iter().map(|a| assignment_row(m, a)).collect();
        view! { <ul class="rows">{rows}</ul>{pager(&e.assignments_pager)} }.into_any()
    };
    view! {
        <ul class="plain links">
            {assign}
            <li><a href=format!("/clients/{id}/course")>"Progress in the weekly measure"</a></li>
            <li><a href=format!("/clients/{id}/adherence")>"Between sessions"</a></li>
        </ul>
        {pathway_list(e)}
        {section("exercises", "Exercises", list)}
    }
    .into_any()
}

/// An assignment in its list.
fn assignment_row(m: &Model, a: &AssignItem) -> AnyView {
    let per: Vec<String> = a.per.iter().map(|p| format!("{}: {}", p.name, p.state)).collect();
    let mark = match (a.withdrawn, a.revealed) {
        (true, _) => Some(badge(Tone::Plain, "Withdrawn")),
        (false, true) => Some(badge(Tone::Good, "Both have answered")),
        (false, false) => None,
    };
    let alone = match a.per.as_slice() {
        [only] if m.people > 1 => Some(badge(Tone::Plain, format!("{} alone", only.name))),
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
}

/// The list of pathways in progress; `None` if there are none.
fn pathway_list(e: &Exercises) -> Option<AnyView> {
    let rows: Vec<AnyView> = e
        .pathways
        .iter()
        .map(|PathwayItem { id, title, progress }| {
            view! { <li><a class="row-link" href=format!("/pathway-progress/{id}")>{title.clone()}</a><span class="muted">{format!(" {progress}")}</span></li> }.into_any()
        })
        .collect();
    (!rows.is_empty() || e.pathways_pager.is_later()).then(|| {
        section("pathways", "Pathways", view! { <ul class="rows">{rows}</ul>{pager(&e.pathways_pager)} }.into_any())
    })
}

/// The notes.
fn notes_tab(m: &Model, n: &Notes) -> AnyView {
    let list = if n.find.is_search && n.notes.is_empty() && !n.notes_pager.is_later() {
        empty("No note fits this search.", None)
    } else if n.notes.is_empty() && !n.notes_pager.is_later() {
        let action = (!m.archived).then(|| Link::new(format!("/clients/{}/notes/new", m.id), "Write the first note"));
        empty("No note yet.", action)
    } else {
        let rows: Vec<AnyView> = n.notes.iter().map(note_row).collect();
        view! { <ul class="rows">{rows}</ul>{pager(&n.notes_pager)} }.into_any()
    };
    section("notes", "Notes", view! { {find_notes::view(m.id, &n.find)}{list} }.into_any())
}

/// A note in its list.
fn note_row(n: &NoteItem) -> AnyView {
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
}

/// Sample models: every tab of a new couple with one partner, of a full record,
/// and of a separated couple with long names.
pub fn samples() -> Vec<Model> {
    sample::models()
}
