//! The search page of the staff: clients by a part of their name, and the next
//! actions for each: book, move, cancel. Ctrl+K shows the same list on every
//! page.

use leptos::prelude::*;

use crate::{
    api::Found,
    ui::{Pager, card, empty, page_head, pager},
};

/// The view model of the search page.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub q: String,
    /// The clients that were found, each with its actions.
    pub people: Vec<(String, Vec<Found>)>,
    pub pager: Pager,
}

/// Renders the search page.
pub fn view(m: &Model) -> AnyView {
    let people: Vec<AnyView> = m
        .people
        .iter()
        .map(|(title, acts)| {
            let acts: Vec<AnyView> = acts
                .iter()
                .map(|act| view! { <a class="button" href=act.href.clone() aria-label=format!("{}: {title}", act.act)>{act.act.clone()}</a> }.into_any())
                .collect();
            card(title.clone(), view! { <div class="actions">{acts}</div> }.into_any())
        })
        .collect();
    let none = (m.people.is_empty() && !m.q.is_empty() && !m.pager.is_later())
        .then(|| empty("Nobody of this name was found. A part of it is enough.", None));
    view! {
        {page_head("Find", "Somebody by a part of their name, and what to do next.", vec![])}
        <form class="search" role="search" method="get" action="/find">
            <label for="q">"Part of a name"</label>
            <input id="q" type="search" name="q" value=m.q.clone() maxlength="200" autocomplete="off"/>
            <button class="button button-primary" type="submit">"Find"</button>
        </form>
        {none}
        <div class="stack" id="found">{people}</div>
        {pager(&m.pager)}
        <p class="hint keyboard after">"Ctrl+K, or ⌘K, finds somebody from every page."</p>
    }
    .into_any()
}

/// Sample models: no search; no result; two results.
pub fn samples() -> Vec<Model> {
    let act = |act: &str, href: &str| Found { title: String::new(), act: act.to_owned(), href: href.to_owned() };
    vec![
        Model::default(),
        Model { q: "zzz".to_owned(), ..Model::default() },
        Model {
            q: "<b>a".to_owned(),
            people: vec![
                ("अनन्या शर्मा 💛 ".repeat(13), vec![act("Book", "/sessions/new?client=1")]),
                (
                    "Amara & Jonas".to_owned(),
                    vec![act("Book", "/sessions/new?client=2"), act("Move Thu 26 Nov, 10:00", "/sessions/3/move")],
                ),
            ],
            pager: Pager { first: None, more: Some(("/find?q=a&after=1#found".to_owned(), "More people")) },
        },
    ]
}
