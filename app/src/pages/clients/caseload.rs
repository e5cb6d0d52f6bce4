//! The caseload: the therapist's clients, with a search and filters.

use domain::{clients::client::ClientKind, ids::ClientId};
use leptos::prelude::*;

use crate::ui::{FilterLink, Link, Tone, chart, empty, filters, page_head, plain_badge};

/// The view model of the caseload.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub q: String,
    pub filter: Filter,
    pub sort: Sort,
    /// The clients on this page.
    pub rows: Vec<CaseItem>,
    /// How many clients match the search and the filter.
    pub found: usize,
    /// The links to all pages.
    pub pages: Vec<PageLink>,
    /// How many clients the therapist has in all.
    pub total: usize,
    /// For the order "Who is drifting": the clients' work of four weeks. Empty
    /// in other orders.
    pub adherence: Vec<chart::CaseBar>,
}

/// A link to a page of the list.
#[derive(Clone, Debug)]
pub struct PageLink {
    pub href: String,
    /// Whether it is the current one.
    pub here: bool,
}

/// A client in the caseload.
#[derive(Clone, Debug)]
pub struct CaseItem {
    pub id: ClientId,
    pub title: String,
    pub kind: ClientKind,
    /// The people.
    pub partners: Vec<CasePartner>,
    /// The next session; `None` if none is booked.
    pub next: Option<String>,
    pub exercises: String,
    /// Observations about the client's work, in words.
    pub signs: Vec<String>,
    /// Whether the client is doing less of the work than before.
    pub drifting: bool,
    pub archived: bool,
}

/// A person of a client in the caseload.
#[derive(Clone, Debug)]
pub struct CasePartner {
    pub name: String,
    /// The pronouns; may be empty.
    pub pronouns: String,
    /// Whether they can sign in, in words.
    pub portal: String,
}

domain::words! {
    /// The clients that the list is limited to.
    #[derive(Default)]
    pub enum Filter {
        #[default]
        Active = "active", "In my care";
        Waiting = "waiting", "With an open exercise";
        Archived = "archived", "Put away";
    }
}

domain::words! {
    /// The order of the list.
    #[derive(Default)]
    pub enum Sort {
        #[default]
        Name = "name", "Name";
        Next = "next", "Next session";
        Recent = "recent", "Newest first";
        Drift = "drift", "Who is drifting";
    }
}

/// Renders the caseload.
pub fn view(m: &Model) -> AnyView {
    let rows: Vec<_> = m.rows.iter().map(client_card).collect();
    let list = match (rows.is_empty(), m.total) {
        (true, 0) => empty("You have no clients yet. Start with a couple, or with somebody who comes alone.", None),
        (true, _) => empty(
            "Nobody here fits what you are looking for.",
            Some(Link::new("/caseload", "Show everyone in your care")),
        ),
        _ => view! { <ul class="stack plain">{rows}</ul> }.into_any(),
    };
    view! {
        {page_head("Caseload", "", vec![Link::new("/clients/new?kind=couple", "New couple"), Link::new("/clients/new?kind=individual", "New individual")])}
        <form class="search" role="search" method="get" action="/caseload">
            <div class="field">
                <label for="q">"Part of a name"</label>
                <input id="q" type="search" name="q" value=m.q.clone() maxlength="200" autocomplete="off"/>
            </div>
            <div class="field">
                <label for="filter">"Show"</label>
                <select id="filter" name="filter">{options(Filter::ALL.iter().map(|f| (f.word(), f.label(), *f == m.filter)))}</select>
            </div>
            <div class="field">
                <label for="sort">"Order"</label>
                <select id="sort" name="sort">{options(Sort::ALL.iter().map(|s| (s.word(), s.label(), *s == m.sort)))}</select>
            </div>
            <p class="form-actions"><button class="button" type="submit">"Show"</button></p>
        </form>
        {(!m.adherence.is_empty()).then(|| chart::caseload("adherence", &m.adherence))}
        {list}
        {page_links(m)}
    }
    .into_any()
}

/// The links to the other pages; `None` if there is only one.
fn page_links(m: &Model) -> Option<AnyView> {
    let here = m.pages.iter().position(|page| page.here).unwrap_or(0) + 1;
    let links =
        m.pages.iter().enumerate().map(|(n, page)| FilterLink::new(page.href.clone(), (n + 1).to_string(), page.here));
    (m.pages.len() > 1).then(|| {
        let all = format!("{} clients, page {here} of {}", m.found, m.pages.len());
        view! { <p class="muted">{all}</p> {filters("Pages", links.collect())} }.into_any()
    })
}

/// The options of a select field, from value, label and whether it is selected.
fn options(of: impl Iterator<Item = (&'static str, &'static str, bool)>) -> Vec<AnyView> {
    of.map(|(value, label, selected)| view! { <option value=value selected=selected>{label}</option> }.into_any())
        .collect()
}

/// A client's card.
fn client_card(c: &CaseItem) -> impl IntoView + use<> {
    let partners: Vec<_> = c
        .partners
        .iter()
        .map(|CasePartner { name, pronouns, portal }| {
            let pronouns = if pronouns.is_empty() { String::new() } else { format!(" ({pronouns})") };
            view! { <li>{format!("{name}{pronouns}")}<span class="muted">{format!(" · {portal}")}</span></li> }
        })
        .collect();
    let next = c.next.as_ref().map_or_else(|| "No session is booked".to_owned(), |at| format!("Next session {at}"));
    let archived = c.archived.then(|| view! { " "{plain_badge(Tone::Plain, "Put away".to_owned())} });
    view! {
        <li class="card">
            <h2 class="card-title"><a href=format!("/clients/{}", c.id)>{c.title.clone()}</a></h2>
            <p class="muted">{c.kind.label()}{archived}</p>
            <ul class="plain">{partners}</ul>
            <p>{next}</p>
            <p class="muted">{c.exercises.clone()}</p>
            {(!c.signs.is_empty()).then(|| {
                let mark = c.drifting.then(|| plain_badge(Tone::Wait, "Drifting".to_owned()));
                view! { <p class="muted">{mark}" "{c.signs.join(" · ")}</p> }
            })}
        </li>
    }
}

/// Sample models: no clients; several clients; a search without results.
pub fn samples() -> Vec<Model> {
    let item = |title: &str, archived: bool| CaseItem {
        id: ClientId::from(uuid::Uuid::from_u128(1)),
        title: title.into(),
        kind: ClientKind::Couple,
        partners: vec![
            CasePartner { name: title.into(), pronouns: "she/her".into(), portal: "Can sign in".into() },
            CasePartner { name: "José 💛".into(), pronouns: String::new(), portal: "Not invited yet".into() },
        ],
        next: (!archived).then(|| "Thursday 26 November, 10:00".to_owned()),
        exercises: "1 open, 3 done".into(),
        signs: vec!["2 of 6 done in the last four weeks".into()],
        drifting: archived,
        archived,
    };
    let page = |href: &str, here| PageLink { href: href.into(), here };
    let bar = |name: &str, asked, sent| chart::CaseBar { name: name.into(), asked, sent };
    vec![
        Model::default(),
        Model {
            rows: vec![item("Amara & Jonas", false), item("अनन्या शर्मा", true), item(&"N".repeat(200), false)],
            total: 3,
            found: 90,
            pages: vec![page("/caseload?page=1", false), page("/caseload?page=2", true)],
            sort: Sort::Drift,
            adherence: vec![bar("Amara & Jonas", 6, 2), bar(&"अनन्या <b>".repeat(20), 1, 0), bar("x", 12, 12)],
            ..Model::default()
        },
        Model { q: "<nobody>".into(), filter: Filter::Archived, sort: Sort::Recent, total: 3, ..Model::default() },
    ]
}
