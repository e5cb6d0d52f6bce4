//! The therapist's clients, to look through and to find.

use domain::{client::ClientKind, ids::ClientId};
use leptos::prelude::*;

use crate::ui::{Tone, chart, empty, filters, page_head, plain_badge};

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub q: String,
    pub filter: Filter,
    pub sort: Sort,
    /// Those of this page.
    pub rows: Vec<CaseItem>,
    /// How many fit what is looked for.
    pub found: usize,
    /// Where its pages are, and which of them this is.
    pub pages: Vec<(String, bool)>,
    /// How many clients there are at all.
    pub total: usize,
    /// The name, what was asked in four weeks, what came: where the order is
    /// by who is drifting.
    pub adherence: Vec<(String, i64, i64)>,
}

#[derive(Clone, Debug)]
pub struct CaseItem {
    pub id: ClientId,
    pub title: String,
    pub kind: ClientKind,
    /// Name, pronouns, and whether they can sign in.
    pub partners: Vec<(String, String, String)>,
    pub next: Option<String>,
    pub exercises: String,
    /// How they are getting on, in words.
    pub signs: Vec<String>,
    /// They are drifting away from the work.
    pub drifting: bool,
    pub archived: bool,
}

domain::words! {
    #[derive(Default)]
    pub enum Filter {
        #[default]
        Active = "active", "In my care";
        Waiting = "waiting", "With an open exercise";
        Archived = "archived", "Put away";
    }
}

domain::words! {
    #[derive(Default)]
    pub enum Sort {
        #[default]
        Name = "name", "Name";
        Next = "next", "Next session";
        Recent = "recent", "Newest first";
        Drift = "drift", "Who is drifting";
    }
}

pub fn view(m: &Model) -> AnyView {
    let rows: Vec<_> = m.rows.iter().map(row).collect();
    let list = match (rows.is_empty(), m.total) {
        (true, 0) => empty("You have no clients yet. Start with a couple, or with somebody who comes alone.", None),
        (true, _) => empty(
            "Nobody here fits what you are looking for.",
            Some(("/caseload".to_owned(), "Show everyone in your care".to_owned())),
        ),
        _ => view! { <ul class="stack plain">{rows}</ul> }.into_any(),
    };
    view! {
        {page_head("Caseload", "", vec![link("/clients/new?kind=couple", "New couple"), link("/clients/new?kind=individual", "New individual")])}
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
        {pages(m)}
    }
    .into_any()
}

/// The other pages, where there are any.
fn pages(m: &Model) -> Option<AnyView> {
    let here = m.pages.iter().position(|(_, here)| *here).unwrap_or(0) + 1;
    let links = m.pages.iter().enumerate().map(|(n, (href, here))| (href.clone(), (n + 1).to_string(), None, *here));
    (m.pages.len() > 1).then(|| {
        let all = format!("{} clients, page {here} of {}", m.found, m.pages.len());
        view! { <p class="muted">{all}</p> {filters("Pages", links.collect())} }.into_any()
    })
}

fn link(href: &str, text: &str) -> (String, String) {
    (href.to_owned(), text.to_owned())
}

fn options(of: impl Iterator<Item = (&'static str, &'static str, bool)>) -> Vec<AnyView> {
    of.map(|(value, label, selected)| view! { <option value=value selected=selected>{label}</option> }.into_any())
        .collect()
}

fn row(c: &CaseItem) -> impl IntoView + use<> {
    let partners: Vec<_> = c
        .partners
        .iter()
        .map(|(name, pronouns, portal)| {
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

/// Nobody yet; several; nobody found.
pub fn samples() -> Vec<Model> {
    let item = |title: &str, archived: bool| CaseItem {
        id: ClientId::from(uuid::Uuid::from_u128(1)),
        title: title.into(),
        kind: ClientKind::Couple,
        partners: vec![
            (title.into(), "she/her".into(), "Can sign in".into()),
            ("José 💛".into(), String::new(), "Not invited yet".into()),
        ],
        next: (!archived).then(|| "Thursday 26 November, 10:00".to_owned()),
        exercises: "1 open, 3 done".into(),
        signs: vec!["2 of 6 done in the last four weeks".into()],
        drifting: archived,
        archived,
    };
    vec![
        Model::default(),
        Model {
            rows: vec![item("Amara & Jonas", false), item("अनन्या शर्मा", true), item(&"N".repeat(200), false)],
            total: 3,
            found: 90,
            pages: vec![("/caseload?page=1".into(), false), ("/caseload?page=2".into(), true)],
            sort: Sort::Drift,
            adherence: vec![("Amara & Jonas".into(), 6, 2), ("अनन्या <b>".repeat(20), 1, 0), ("x".into(), 12, 12)],
            ..Model::default()
        },
        Model { q: "<nobody>".into(), filter: Filter::Archived, sort: Sort::Recent, total: 3, ..Model::default() },
    ]
}
