//! Forms: what a person has to fill in and to sign, and what is on file; and the
//! tab of the record with the state of all of it. Each part of it is a section of
//! its own, made by the area that it belongs to.

use leptos::prelude::*;

use crate::{
    say,
    ui::{Link, Tone, badge, page_head},
    words::words,
};

/// The view model of the portal's page of forms.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The sections, in the order in which they are shown.
    pub sections: Vec<Section>,
}

/// A section of the portal's page of forms.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// The heading, in the reader's language.
    pub title: String,
    /// A sentence below the heading; may be empty.
    pub intro: String,
    pub items: Vec<Item>,
}

/// A form in a section.
#[derive(Clone, Debug, Default)]
pub struct Item {
    pub label: String,
    /// The address of the form or of its copy.
    pub href: String,
    /// The state in words, such as "Signed on 3 November"; may be empty.
    pub state: String,
    /// Whether the person has something to do there.
    pub is_open: bool,
}

/// Renders the portal's page of forms: first what is to do, then what is on file.
pub fn view(m: &Model) -> AnyView {
    let w = words();
    let open: Vec<AnyView> =
        m.sections.iter().flat_map(|s| &s.items).filter(|item| item.is_open).map(item_row).collect();
    let to_do = if open.is_empty() {
        view! { <p class="muted">{say!(w, "forms-nothing-to-do")}</p> }.into_any()
    } else {
        view! { <ul class="rows">{open}</ul> }.into_any()
    };
    let sections: Vec<AnyView> = m.sections.iter().enumerate().filter_map(|(n, s)| section(n, s)).collect();
    view! {
        {page_head(say!(w, "forms-title"), say!(w, "forms-lead"), vec![])}
        <section class="card" aria-labelledby="forms-to-do">
            <h2 id="forms-to-do">{say!(w, "forms-to-do")}</h2>
            {to_do}
        </section>
        {sections}
    }
    .into_any()
}

/// A section with what is on file in it; nothing where it has neither such an item
/// nor an intro.
fn section(n: usize, s: &Section) -> Option<AnyView> {
    let filed: Vec<AnyView> = s.items.iter().filter(|item| !item.is_open).map(item_row).collect();
    if filed.is_empty() && s.intro.is_empty() {
        return None;
    }
    let id = format!("forms-{n}");
    let intro = (!s.intro.is_empty()).then(|| view! { <p>{s.intro.clone()}</p> }.into_any());
    let list = (!filed.is_empty()).then(|| view! { <ul class="rows">{filed}</ul> }.into_any());
    Some(
        view! {
            <section class="card" aria-labelledby=id.clone()>
                <h2 id=id.clone()>{s.title.clone()}</h2>
                {intro}
                {list}
            </section>
        }
        .into_any(),
    )
}

/// The row of a form.
fn item_row(item: &Item) -> AnyView {
    let state = (!item.state.is_empty()).then(|| {
        let tone = if item.is_open { Tone::Wait } else { Tone::Plain };
        badge(tone, item.state.clone())
    });
    view! {
        <li class="row">
            <a class="row-link" href=item.href.clone()>{item.label.clone()}</a>
            {state}
        </li>
    }
    .into_any()
}

/// A part of the tab Forms of a client's record.
#[derive(Clone, Debug, Default)]
pub struct Block {
    pub title: String,
    /// A sentence below the heading; may be empty.
    pub intro: String,
    pub rows: Vec<BlockRow>,
    /// What can be done, such as "Ask for a signature".
    pub actions: Vec<Link>,
}

/// A row of a part of the tab Forms.
#[derive(Clone, Debug)]
pub struct BlockRow {
    pub label: String,
    /// The address of its page; `None`: it has none.
    pub href: Option<String>,
    /// Its states, each with its tone: one for each person, such as "Amara: signed".
    pub states: Vec<(Tone, String)>,
}

/// Renders the parts of the tab Forms.
pub fn blocks(blocks: &[Block]) -> AnyView {
    let blocks: Vec<AnyView> = blocks.iter().enumerate().map(|(n, b)| block(n, b)).collect();
    view! { <div class="stack">{blocks}</div> }.into_any()
}

/// A part of the tab Forms.
fn block(n: usize, b: &Block) -> AnyView {
    let id = format!("block-{n}");
    let intro = (!b.intro.is_empty()).then(|| view! { <p class="muted">{b.intro.clone()}</p> }.into_any());
    let rows: Vec<AnyView> = b.rows.iter().map(block_row).collect();
    let rows = (!rows.is_empty()).then(|| view! { <ul class="rows">{rows}</ul> }.into_any());
    let actions: Vec<AnyView> = b
        .actions
        .iter()
        .map(|Link { href, text }| view! { <a class="button" href=href.clone()>{text.clone()}</a>" " }.into_any())
        .collect();
    let actions = (!actions.is_empty()).then(|| view! { <p>{actions}</p> }.into_any());
    view! {
        <section class="card" aria-labelledby=id.clone()>
            <h2 id=id.clone()>{b.title.clone()}</h2>
            {intro}
            {rows}
            {actions}
        </section>
    }
    .into_any()
}

/// A row with its states.
fn block_row(row: &BlockRow) -> AnyView {
    let label = match &row.href {
        Some(href) => view! { <a class="row-link" href=href.clone()>{row.label.clone()}</a> }.into_any(),
        None => view! { <span>{row.label.clone()}</span> }.into_any(),
    };
    let states: Vec<AnyView> =
        row.states.iter().map(|(tone, text)| view! { {badge(*tone, text.clone())}" " }.into_any()).collect();
    view! { <li class="row">{label}<span class="states">{states}</span></li> }.into_any()
}

/// Sample parts of the tab Forms.
pub fn block_samples() -> Vec<Block> {
    vec![
        Block {
            title: "Agreements <b>".to_owned(),
            intro: "Each person signs alone.".to_owned(),
            rows: vec![
                BlockRow {
                    label: "अनन्या <b>शर्मा</b> 💛 ".repeat(9),
                    href: Some("/consents/1".to_owned()),
                    states: vec![(Tone::Good, "Amara: signed".to_owned()), (Tone::Wait, "Jonas: to sign".to_owned())],
                },
                BlockRow { label: "Fees".to_owned(), href: None, states: vec![] },
            ],
            actions: vec![Link::new("/clients/1/consents/new", "Ask for signatures")],
        },
        Block { title: "Nothing".to_owned(), ..Block::default() },
    ]
}

/// Sample models: nothing; forms to do and on file.
pub fn samples() -> Vec<Model> {
    let item = |label: &str, state: &str, is_open| Item {
        label: label.to_owned(),
        href: "/portal/consents/00000000-0000-0000-0000-000000000001".to_owned(),
        state: state.to_owned(),
        is_open,
    };
    vec![
        Model::default(),
        Model {
            sections: vec![
                Section {
                    title: "Texts to sign".to_owned(),
                    intro: "Each of you signs alone.".to_owned(),
                    items: vec![
                        item(&"अनन्या <b>शर्मा</b> 💛 ".repeat(9), "To sign", true),
                        item("Privacy notice", "Signed on 3 November 2026", false),
                    ],
                },
                Section { title: "Releases".to_owned(), intro: String::new(), items: vec![item("A", "", false)] },
                Section { title: "Nothing".to_owned(), ..Section::default() },
            ],
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_do_is_first_and_what_is_on_file_is_below() {
        let html = view(&samples().pop().unwrap()).to_html();
        let at = |text: &str| html.find(text).unwrap_or_else(|| panic!("{text}: {html}"));
        assert!(at("To sign") < at("Texts to sign") && at("Texts to sign") < at("Privacy notice"), "{html}");
        assert_eq!(html.matches("To sign").count(), 1, "what is to do is not listed again");
        assert!(!html.contains("Nothing</h2>"), "an empty section is not shown: {html}");
    }
}
