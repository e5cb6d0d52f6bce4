//! A person's request for a copy of their data, as its clinicians work on it: the
//! clock, the items one by one, and the files to hand over.

use domain::records::{
    own_data::{Decision, ItemKind, Pressure},
    release::Manner,
};
use leptos::prelude::*;

use crate::ui::{Field, FormState, Link, Pager, Tone, badge, error_summary, facts, form_key, page_head, pager};

/// The view model of the page.
#[derive(Clone, Debug)]
pub struct Model {
    pub id: String,
    /// The name of the person who asks.
    pub name: String,
    /// How it came, and on which day.
    pub received: String,
    pub state: String,
    /// The last day on which it is answered in time.
    pub due: String,
    /// How near that day is; `None`: the request is not open.
    pub pressure: Option<Pressure>,
    /// Why it takes longer, as the person reads it; `None`: it was not extended.
    pub extension: Option<String>,
    /// Who asked by letter, and how they were checked; `None`: it came in the portal.
    pub checked: Option<String>,
    /// Whether this clinician has a part to finish.
    pub can_finish: bool,
    /// How many items this clinician has not decided.
    pub undecided: i64,
    /// Whether one of them is a joint note or document, which one press includes.
    pub can_include: bool,
    pub items: Vec<ItemRow>,
    pub pager: Pager,
    /// The notes of the other partner's record that name the person.
    pub mentions: Vec<ItemRow>,
    /// The parts of this clinician's clients.
    pub parts: Vec<PartRow>,
    /// When the person fetched the files, a line for each time.
    pub downloads: Vec<String>,
    /// The error of a press that could not be done; empty: none.
    pub refused: FormState,
}

/// An item in its list.
#[derive(Clone, Debug)]
pub struct ItemRow {
    pub href: String,
    pub kind: ItemKind,
    pub when: String,
    /// The title of the note's template, or of the document; may be empty.
    pub title: String,
    /// What applies now; `None`: it is not decided.
    pub decision: Option<Decision>,
    /// Whether it was decided; otherwise the default applies.
    pub is_decided: bool,
}

/// The part of a request that is about one client.
#[derive(Clone, Debug)]
pub struct PartRow {
    pub client: String,
    /// The names of the client's people.
    pub title: String,
    /// When it was finished; empty: not yet.
    pub finished: String,
    /// The files to hand over: address and label.
    pub files: Vec<(String, String)>,
    /// When it was recorded how they were handed over; empty: not yet.
    pub handed: String,
}

/// Renders the page.
pub fn view(m: &Model) -> AnyView {
    let mut about = vec![
        ("Received".to_owned(), m.received.clone().into_any()),
        ("State".to_owned(), m.state.clone().into_any()),
        ("Answer by".to_owned(), view! { {m.due.clone()}" "{m.pressure.map(pressure_badge)} }.into_any()),
    ];
    if let Some(reason) = &m.extension {
        about.push(("Extended".to_owned(), view! { <span class="lines">{reason.clone()}</span> }.into_any()));
    }
    if let Some(checked) = &m.checked {
        about.push(("Identity check".to_owned(), view! { <span class="lines">{checked.clone()}</span> }.into_any()));
    }
    let extend = (m.can_finish && m.extension.is_none())
        .then(|| vec![Link::new(format!("/data-requests/{}/extension", m.id), "Extend by two months")]);
    view! {
        {page_head(
            format!("Copy of data: {}", m.name),
            "They asked for a copy of what is on file about them. The other partner sees nothing of it.",
            vec![],
        )}
        {error_summary(&m.refused)}
        {facts(about)}
        {extend.map(links)}
        {items(m)}
        {mentions(m)}
        {finish(m)}
        {parts(m)}
        {downloads(m)}
    }
    .into_any()
}

/// Links beside each other.
fn links(links: Vec<Link>) -> AnyView {
    let links: Vec<AnyView> = links
        .into_iter()
        .map(|Link { href, text }| view! { <a class="button" href=href>{text}</a>" " }.into_any())
        .collect();
    view! { <p class="actions">{links}</p> }.into_any()
}

/// How near the last day is.
pub fn pressure_badge(pressure: Pressure) -> AnyView {
    match pressure {
        Pressure::InTime => badge(Tone::Plain, "In time"),
        Pressure::Soon(0) => badge(Tone::Wait, "Today"),
        Pressure::Soon(1) => badge(Tone::Wait, "1 day left"),
        Pressure::Soon(days) => badge(Tone::Wait, format!("{days} days left")),
        Pressure::Late(1) => badge(Tone::Care, "1 day late"),
        Pressure::Late(days) => badge(Tone::Care, format!("{days} days late")),
    }
}

/// A list of items.
fn rows(items: &[ItemRow]) -> AnyView {
    let rows: Vec<AnyView> = items
        .iter()
        .map(|item| {
            let (tone, text) = match (item.decision, item.is_decided) {
                (None, _) => (Tone::Wait, "Not decided".to_owned()),
                (Some(decision), true) => (Tone::Good, decision.label().to_owned()),
                (Some(decision), false) => (Tone::Plain, format!("{} (default)", decision.label())),
            };
            let title = if item.title.is_empty() { String::new() } else { format!(" · {}", item.title) };
            view! {
                <li class="row">
                    <span>
                        <a class="row-link" href=item.href.clone()>{format!("{}, {}", item.kind.label(), item.when)}</a>
                        <span class="muted">{title}</span>
                    </span>
                    {badge(tone, text)}
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ul class="rows">{rows}</ul> }.into_any()
}

/// The items to decide.
fn items(m: &Model) -> AnyView {
    let list = if m.items.is_empty() && !m.pager.is_later() {
        view! { <p class="empty">"No notes or documents to decide."</p> }.into_any()
    } else {
        rows(&m.items)
    };
    let include = m.can_include.then(|| {
        view! {
            <form method="post" action=format!("/data-requests/{}/include", m.id)>
                {form_key()}
                <button class="button" type="submit">"Include all open joint items"</button>
            </form>
        }
        .into_any()
    });
    view! {
        <section aria-labelledby="items">
            <h2 id="items">"Notes and documents"</h2>
            <p class="hint">"Joint items are decided one by one. Theirs alone are included unless you leave them out."</p>
            {list}
            {pager(&m.pager)}
            {include}
        </section>
    }
    .into_any()
}

/// The notes of the other partner that name the person; nothing if there are none.
fn mentions(m: &Model) -> Option<AnyView> {
    (!m.mentions.is_empty()).then(|| {
        view! {
            <section aria-labelledby="mentions">
                <h2 id="mentions">"Notes about the other partner that name them"</h2>
                <p class="hint">"Left out unless you write an excerpt. Every copy has the same general sentence."</p>
                {rows(&m.mentions)}
            </section>
        }
        .into_any()
    })
}

/// The form that finishes the part.
fn finish(m: &Model) -> Option<AnyView> {
    let open = match m.undecided {
        0 => "You have decided everything.".to_owned(),
        1 => "1 item is not decided yet.".to_owned(),
        n => format!("{n} items are not decided yet."),
    };
    m.can_finish.then(|| {
        view! {
            <section class="card" aria-labelledby="finish">
                <h2 id="finish">"Finish"</h2>
                <p>{open}" The copy is made once everyone has finished."</p>
                <form method="post" action=format!("/data-requests/{}/finish", m.id)>
                    {form_key()}
                    <button class="button button-primary" type="submit">"Finish your part"</button>
                </form>
            </section>
        }
        .into_any()
    })
}

/// The parts, with the files to hand over.
fn parts(m: &Model) -> Option<AnyView> {
    let cards: Vec<AnyView> = m.parts.iter().enumerate().map(|(n, part)| part_card(m, n, part)).collect();
    (!cards.is_empty())
        .then(|| view! { <section aria-labelledby="parts"><h2 id="parts">"Parts"</h2>{cards}</section> }.into_any())
}

/// The card of the part at this index.
fn part_card(m: &Model, n: usize, part: &PartRow) -> AnyView {
    let state =
        if part.finished.is_empty() { "Not finished.".to_owned() } else { format!("Finished on {}.", part.finished) };
    let files: Vec<AnyView> = part
        .files
        .iter()
        .map(|(href, label)| view! { <a class="button" href=href.clone() download>{label.clone()}</a>" " }.into_any())
        .collect();
    let handed = match (part.files.is_empty(), part.handed.is_empty()) {
        (true, true) => None,
        (_, false) => Some(view! { <p>{format!("Handed over on {}.", part.handed)}</p> }.into_any()),
        (false, true) => Some(handed_form(m, n, part)),
    };
    view! {
        <article class="card">
            <h3><a href=format!("/clients/{}", part.client)>{part.title.clone()}</a></h3>
            <p>{state}</p>
            {(!files.is_empty()).then(|| view! { <p class="actions">{files}</p> }.into_any())}
            {handed}
        </article>
    }
    .into_any()
}

/// The form that records how the files were handed over. Errors of a refused form lead
/// to the fields of the first part.
fn handed_form(m: &Model, n: usize, part: &PartRow) -> AnyView {
    let field = |name: &str, label: &str| {
        let field = Field::new(&m.refused, name, label);
        if n > 0 { field.within(n) } else { field }
    };
    let options = Manner::ALL.iter().map(|manner| (manner.word().to_owned(), manner.label().to_owned())).collect();
    view! {
        <form class="form narrow" method="post" action=format!("/data-requests/{}/handed", m.id) novalidate>
            {form_key()}
            <input type="hidden" name="client" value=part.client.clone() autocomplete="off"/>
            {field("manner", "How did you hand it over?").required().select(options)}
            {field("address", "To which address?").text()}
            <p class="form-actions"><button class="button" type="submit">"Record handover"</button></p>
        </form>
    }
    .into_any()
}

/// When the person fetched the files; nothing if they did not.
fn downloads(m: &Model) -> Option<AnyView> {
    let lines: Vec<AnyView> = m.downloads.iter().map(|line| view! { <li>{line.clone()}</li> }.into_any()).collect();
    (!lines.is_empty()).then(|| {
        view! { <section aria-labelledby="fetched"><h2 id="fetched">"Downloaded by the client"</h2><ul>{lines}</ul></section> }
            .into_any()
    })
}

/// Sample models: open items; nothing to decide; files to hand over.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};
    let item = |kind, decision, is_decided| ItemRow {
        href: "/data-requests/1/items/2".into(),
        kind,
        when: "Mon 23 Nov".into(),
        title: "अनन्या <b>session</b> 💛".repeat(5),
        decision,
        is_decided,
    };
    let open = Model {
        id: "00000000-0000-0000-0000-000000000001".into(),
        name: "Amara Nwosu <b>".into(),
        received: "Monday 23 November 2026, in the portal".into(),
        state: "Received".into(),
        due: "Wednesday 23 December 2026".into(),
        pressure: Some(Pressure::Soon(3)),
        extension: None,
        checked: None,
        can_finish: true,
        undecided: 2,
        can_include: true,
        items: vec![
            item(ItemKind::JointNote, None, false),
            item(ItemKind::OwnNote, Some(Decision::In), false),
            item(ItemKind::ProcessNote, Some(Decision::Out), true),
        ],
        pager: Pager { first: None, more: Some(("/data-requests/1?after=2#items".into(), "Older items")) },
        mentions: vec![item(ItemKind::OtherNote, Some(Decision::Out), false)],
        parts: vec![PartRow {
            client: "00000000-0000-0000-0000-000000000003".into(),
            title: "Amara & Jonas".into(),
            finished: String::new(),
            files: vec![],
            handed: String::new(),
        }],
        downloads: vec![],
        refused: FormState::default(),
    };
    let none = Model {
        pressure: None,
        state: "Ready".into(),
        can_finish: false,
        undecided: 0,
        can_include: false,
        items: vec![],
        pager: Pager::default(),
        mentions: vec![],
        parts: vec![],
        downloads: vec!["Mon 23 Nov, 10:00: PDF to read".into()],
        ..open.clone()
    };
    let letter = Model {
        checked: Some("Her passport, in the practice.\nSeen by Ruth.".into()),
        extension: Some("Many notes.".into()),
        parts: vec![PartRow {
            finished: "Mon 23 Nov".into(),
            files: vec![("/data-requests/1/clients/3/pdf".into(), "PDF to read (84 kB)".into())],
            ..open.parts[0].clone()
        }],
        refused: FormState {
            form: Form::from_pairs([("address", "\"><script>")]),
            errors: Errors::at_field("manner", "Choose how you handed it over."),
        },
        ..none.clone()
    };
    vec![open, none, letter]
}
