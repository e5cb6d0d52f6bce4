//! Finding somebody, and what can be done next: book, move, cancel. The same
//! list stands behind Ctrl+K on every page of the staff.

use leptos::prelude::*;

use crate::{
    api::Found,
    ui::{card, empty, page_head},
};

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub q: String,
    /// Who was found, each with what can be done.
    pub people: Vec<(String, Vec<Found>)>,
}

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
    let none = (m.people.is_empty() && !m.q.is_empty())
        .then(|| empty("Nobody of this name was found. A part of it is enough.", None));
    view! {
        {page_head("Find", "Somebody by a part of their name, and what to do next.", vec![])}
        <form class="search" role="search" method="get" action="/find">
            <label for="q">"Part of a name"</label>
            <input id="q" type="search" name="q" value=m.q.clone() maxlength="200" autocomplete="off"/>
            <button class="button button-primary" type="submit">"Find"</button>
        </form>
        {none}
        <div class="stack">{people}</div>
        <p class="hint keyboard after">"Ctrl+K, or ⌘K, finds somebody from every page."</p>
    }
    .into_any()
}

/// Nothing asked; nobody found; two.
pub fn samples() -> Vec<Model> {
    let act = |act: &str, href: &str| Found { title: String::new(), act: act.to_owned(), href: href.to_owned() };
    vec![
        Model::default(),
        Model { q: "zzz".to_owned(), people: vec![] },
        Model {
            q: "<b>a".to_owned(),
            people: vec![
                ("अनन्या शर्मा 💛 ".repeat(13), vec![act("Book", "/sessions/new?client=1")]),
                (
                    "Amara & Jonas".to_owned(),
                    vec![act("Book", "/sessions/new?client=2"), act("Move Thu 26 Nov, 10:00", "/sessions/3/move")],
                ),
            ],
        },
    ]
}
