//! The library: the exercises, with a search and filters.

use domain::{
    exercises::exercise::{Article, Mode},
    ids::ClientId,
};
use leptos::prelude::*;

use crate::ui::{Link, Pager, Tone, badge, empty, form_key, page_head, pager};

/// The view model of the library.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub q: String,
    pub article: String,
    pub theme: String,
    pub length: String,
    pub rows: Vec<LibItem>,
    /// All themes that occur in the library.
    pub themes: Vec<String>,
    /// The client for whom an exercise is chosen: id and title; `None` if the
    /// reader only looks.
    pub for_client: Option<(ClientId, String)>,
    /// The reader's exercise drafts: id, title, and time of the last save.
    pub drafts: Vec<(uuid::Uuid, String, String)>,
    pub pager: Pager,
}

/// An exercise in the library.
#[derive(Clone, Debug)]
pub struct LibItem {
    pub slug: String,
    pub title: String,
    pub purpose: String,
    pub article: Article,
    pub minutes: u16,
    pub themes: Vec<String>,
    pub mode: Mode,
    /// The author's name; empty if it came with the program.
    pub author: String,
    /// Whether it is archived.
    pub archived: bool,
}

/// The lengths to filter by: the value in the query, and the label.
pub const LENGTHS: [(&str, &str); 3] =
    [("short", "Up to 5 minutes"), ("medium", "6 to 10 minutes"), ("long", "More than 10 minutes")];

/// Renders the library.
pub fn view(m: &Model) -> AnyView {
    let client = m.for_client.as_ref();
    let query = client.map(|(id, _)| format!("?client={id}")).unwrap_or_default();
    let rows: Vec<AnyView> = m.rows.iter().map(|item| exercise_card(item, &query)).collect();
    let is_filtered = [&m.q, &m.article, &m.theme, &m.length].iter().any(|f| !f.is_empty());
    let list = if rows.is_empty() {
        empty("No exercise fits all of this.", Some(Link::new(format!("/library{query}"), "Show the whole library")))
    } else {
        view! { <ul class="stack plain">{rows}</ul> }.into_any()
    };
    let count = match m.rows.len() {
        1 => "One exercise".to_owned(),
        n => format!("{n} exercises"),
    };
    let clear = (is_filtered && !m.rows.is_empty())
        .then(|| view! { " · "<a href=format!("/library{query}")>"Show all"</a> }.into_any());
    let lead = client.map(|(_, title)| format!("To give to {title}")).unwrap_or_default();
    let keep = client.map(|(id, _)| view! { <input type="hidden" name="client" value=id.to_string()/> }.into_any());
    view! {
        {page_head("Library", lead, vec![Link::new(format!("/pathways{query}"), "Pathways"), Link::new("/library/import", "Take one in")])}
        <form class="inline-form" method="post" action="/authoring">{form_key()}<button class="button" type="submit">"Write an exercise"</button></form>
        {draft_card(m)}
        <form class="search" role="search" method="get" action="/library">
            {keep}
            <div class="field">
                <label for="q">"Word in the title or purpose"</label>
                <input id="q" type="search" name="q" value=m.q.clone() maxlength="200" autocomplete="off"/>
            </div>
            {filter_select("article", "From", "Any of the texts", &m.article, Article::ALL.iter().map(|a| (a.word(), a.label())))}
            {filter_select("theme", "Theme", "Any theme", &m.theme, m.themes.iter().map(|t| (t.as_str(), t.as_str())))}
            {filter_select("length", "Length", "Any length", &m.length, LENGTHS.into_iter())}
            <p class="form-actions"><button class="button" type="submit">"Show"</button></p>
        </form>
        <p class="muted" role="status">{count}{clear}</p>
        {list}
    }
    .into_any()
}

/// A select field whose first option, `any`, means no choice.
pub(crate) fn filter_select<'a>(
    name: &'static str,
    label: &'static str,
    any: &'static str,
    chosen: &str,
    options: impl Iterator<Item = (&'a str, &'a str)>,
) -> AnyView {
    let options: Vec<AnyView> = options
        .map(|(value, text)| {
            view! { <option value=value.to_owned() selected=value == chosen>{text.to_owned()}</option> }.into_any()
        })
        .collect();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name>
                <option value="">{any}</option>
                {options}
            </select>
        </div>
    }
    .into_any()
}

/// The card with the reader's exercise drafts; `None` if there are none.
fn draft_card(m: &Model) -> Option<AnyView> {
    let items: Vec<AnyView> = m
        .drafts
        .iter()
        .map(|(id, title, when)| {
            let title = if title.trim().is_empty() { "Without a title" } else { title };
            view! { <li><a class="row-link" href=format!("/authoring/{id}")>{title.to_owned()}</a><span class="muted">{format!(" {when}")}</span></li> }.into_any()
        })
        .collect();
    (!items.is_empty() || m.pager.is_later()).then(|| {
        view! {
            <section class="card" aria-labelledby="drafts">
                <h2 id="drafts">"Your drafts"</h2>
                <ul class="rows">{items}</ul>
                {pager(&m.pager)}
            </section>
        }
        .into_any()
    })
}

/// The card of an exercise.
fn exercise_card(item: &LibItem, query: &str) -> AnyView {
    view! {
        <li class="card">
            <h2 class="card-title"><a href=format!("/library/{}{query}", item.slug)>{item.title.clone()}</a></h2>
            <p>{item.purpose.clone()}</p>
            <p class="muted">{format!("About {} minutes · {} · {}", item.minutes, item.mode.label(), item.themes.join(", "))}" "{author_badge(item)}</p>
        </li>
    }
    .into_any()
}

/// The badge of an archived exercise, or of one written in the practice; `None`
/// for the others.
fn author_badge(item: &LibItem) -> Option<AnyView> {
    match (item.archived, item.author.as_str()) {
        (true, _) => Some(badge(Tone::Wait, "Put away")),
        (false, "") => None,
        (false, author) => Some(badge(Tone::Plain, format!("Written by {author}"))),
    }
}

/// Sample models: no match; a full library; a library for a client with a long
/// name.
pub fn samples() -> Vec<Model> {
    let item = |title: &str| LibItem {
        slug: "sample".into(),
        title: title.into(),
        purpose: "Closeness is less about how much you talk than about whether you can get through to each other."
            .into(),
        article: Article::Motion,
        minutes: 7,
        themes: vec!["closeness".into(), "safety".into()],
        mode: Mode::Reveal,
        author: if title.len() > 100 { "अनन्या <b>".into() } else { String::new() },
        archived: false,
    };
    let themes = vec!["closeness".to_owned(), "safety".to_owned()];
    vec![
        Model { q: "<none>".into(), themes: themes.clone(), ..Model::default() },
        Model {
            rows: vec![item("How reachable we are"), item(&"T".repeat(200))],
            themes: themes.clone(),
            drafts: vec![(uuid::Uuid::from_u128(1), String::new(), "Mon 23 Nov, 21:04".into())],
            pager: Pager {
                first: Some(("/library#drafts".into(), "Latest drafts")),
                more: Some(("/library?drafts=1#drafts".into(), "Older drafts")),
            },
            ..Model::default()
        },
        Model {
            article: "intimacy-in-motion".into(),
            theme: "safety".into(),
            length: "medium".into(),
            rows: vec![item("अनन्या 💛")],
            themes,
            for_client: Some((ClientId::from(uuid::Uuid::from_u128(1)), "N".repeat(200))),
            ..Model::default()
        },
    ]
}
