//! Parts that pages share: headings, cards, badges, tables, pagers.

use leptos::prelude::*;

use crate::{say, words::words};

/// The tone of a badge: colour and mark. The badge's text says the same in
/// words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Neutral.
    Plain,
    /// Done or in order.
    Good,
    /// Open: something is still to come.
    Wait,
    /// Needs attention.
    Care,
}

impl Tone {
    /// The CSS classes of a badge.
    const fn class(self) -> &'static str {
        match self {
            Self::Plain => "badge",
            Self::Good => "badge badge-good",
            Self::Wait => "badge badge-wait",
            Self::Care => "badge badge-care",
        }
    }

    /// The mark before a badge's text.
    const fn mark(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Good => "✓ ",
            Self::Wait => "◔ ",
            Self::Care => "! ",
        }
    }
}

/// A badge.
pub fn badge(tone: Tone, text: impl Into<String>) -> AnyView {
    plain_badge(tone, text.into()).into_any()
}

/// A badge with its concrete type, which is not boxed, for lists with thousands
/// of rows.
pub fn plain_badge(tone: Tone, text: String) -> impl IntoView {
    view! { <span class=tone.class()><span aria-hidden="true">{tone.mark()}</span>{text}</span> }
}

/// A link to another page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub href: String,
    pub text: String,
}

impl Link {
    /// A link to `href` that reads `text`.
    pub fn new(href: impl Into<String>, text: impl Into<String>) -> Self {
        Self { href: href.into(), text: text.into() }
    }
}

/// The heading of a page with the sentence below it and its links; the first
/// link is the primary one.
pub fn page_head(title: impl Into<String>, lead: impl Into<String>, actions: Vec<Link>) -> AnyView {
    let lead: String = lead.into();
    let lead = (!lead.is_empty()).then(|| view! { <p class="lead">{lead}</p> }.into_any());
    let actions: Vec<AnyView> = actions
        .into_iter()
        .enumerate()
        .map(|(n, Link { href, text })| {
            let class = if n == 0 { "button button-primary" } else { "button" };
            view! { <a class=class href=href>{text}</a> }.into_any()
        })
        .collect();
    let actions = (!actions.is_empty()).then(|| view! { <div class="actions">{actions}</div> }.into_any());
    view! { <header class="page-head"><div><h1>{title.into()}</h1>{lead}</div>{actions}</header> }.into_any()
}

/// A section with a heading.
pub fn card(title: impl Into<String>, content: AnyView) -> AnyView {
    view! { <section class="card"><h2>{title.into()}</h2>{content}</section> }.into_any()
}

/// The text for an empty list, with a link to what can be done.
pub fn empty(text: impl Into<String>, action: Option<Link>) -> AnyView {
    let action = action.map(|link| view! { <p><a class="button" href=link.href>{link.text}</a></p> }.into_any());
    view! { <div class="empty"><p>{text.into()}</p>{action}</div> }.into_any()
}

/// A list of terms with their values.
pub fn facts(rows: Vec<(String, AnyView)>) -> AnyView {
    let rows: Vec<AnyView> =
        rows.into_iter().map(|(term, value)| view! { <div><dt>{term}</dt><dd>{value}</dd></div> }.into_any()).collect();
    view! { <dl class="facts">{rows}</dl> }.into_any()
}

/// A table that becomes a list on a phone, where each cell shows its column's
/// name.
pub fn table(caption: &str, columns: &[&str], rows: Vec<Vec<AnyView>>) -> AnyView {
    let heads: Vec<AnyView> =
        columns.iter().map(|c| view! { <th scope="col">{(*c).to_owned()}</th> }.into_any()).collect();
    let rows: Vec<AnyView> = rows
        .into_iter()
        .map(|cells| {
            let cells: Vec<AnyView> = cells
                .into_iter()
                .zip(columns)
                .map(|(cell, column)| view! { <td data-column=(*column).to_owned()>{cell}</td> }.into_any())
                .collect();
            view! { <tr>{cells}</tr> }.into_any()
        })
        .collect();
    view! {
        <table class="table">
            <caption class="quiet">{caption.to_owned()}</caption>
            <thead><tr>{heads}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// A link in a row of links.
#[derive(Clone, Debug)]
pub struct FilterLink {
    pub href: String,
    pub text: String,
    /// How many entries it shows; `None` if no number is named.
    pub count: Option<i64>,
    /// Whether it is the current one.
    pub here: bool,
}

impl FilterLink {
    /// A link without a number.
    pub fn new(href: impl Into<String>, text: impl Into<String>, here: bool) -> Self {
        Self { href: href.into(), text: text.into(), count: None, here }
    }
}

/// A row of links, of which one may be the current one.
pub fn filters(label: &str, links: Vec<FilterLink>) -> AnyView {
    let links: Vec<AnyView> = links
        .into_iter()
        .map(|FilterLink { href, text, count, here }| {
            let count = count.map(|n| view! { <span class="count">{n}</span> }.into_any());
            view! { <li><a href=href aria-current=here.then_some("true")>{text}" "{count}</a></li> }.into_any()
        })
        .collect();
    view! { <nav class="filters" aria-label=label.to_owned()><ul>{links}</ul></nav> }.into_any()
}

/// The links to the other pages of a list: address and label.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pager {
    /// The first page; `None` on that page.
    pub first: Option<(String, &'static str)>,
    /// The next page; `None` on the last page.
    pub more: Option<(String, &'static str)>,
}

impl Pager {
    /// Whether a page after the first is shown.
    pub const fn is_later(&self) -> bool {
        self.first.is_some()
    }
}

/// The links to the other pages of a list; `None` if there are none.
pub fn pager(p: &Pager) -> Option<AnyView> {
    let link = |rel: &'static str, link: &Option<(String, &'static str)>| {
        link.clone().map(|(href, label)| {
            view! { <a class="button" rel=rel href=href>{words().sentence(label)}</a>" " }.into_any()
        })
    };
    let (first, more) = (link("first", &p.first), link("next", &p.more));
    (first.is_some() || more.is_some()).then(|| view! { <p class="actions pager">{first}{more}</p> }.into_any())
}

/// A link that calls a phone number; `None` if the number is empty.
pub fn phone_link(phone: &str) -> Option<AnyView> {
    let dialled =
        domain::clients::phone::tel_link(phone).map(|link| view! { <a href=link>{phone.to_owned()}</a> }.into_any());
    // A text that is no single number, such as two numbers or a word, is shown
    // as plain text.
    dialled.or_else(|| (!phone.is_empty()).then(|| view! { <span>{phone.to_owned()}</span> }.into_any()))
}

/// The line with the practice's phone number; `None` if it is empty.
pub fn phone_line(phone: &str) -> Option<AnyView> {
    phone_link(phone).map(|link| view! { <p>{say!(words(), "call-practice")}" "{link}</p> }.into_any())
}

/// The submit button of a form.
pub fn submit(text: impl Into<String>) -> AnyView {
    view! { <p class="form-actions"><button class="button button-primary" type="submit">{text.into()}</button></p> }
        .into_any()
}

/// The buttons that move a row of a form up or down, or remove it: the row at
/// index `n` of `count`. `what` names a row to screen readers, such as "step".
/// They send `up`, `down` or `remove`, with a colon and the index, as `do`.
pub fn row_buttons(what: &str, n: usize, count: usize) -> AnyView {
    let button = |act: &str, text: &str, off: bool| {
        let (value, label) = (format!("{act}:{n}"), format!("{text}: {what} {}", n + 1));
        view! { <button class="button" type="submit" name="do" value=value aria-label=label disabled=off>{text.to_owned()}</button> }.into_any()
    };
    view! {
        <div class="actions">
            {button("up", "Up", n == 0)}
            {button("down", "Down", n + 1 == count)}
            {button("remove", "Remove", false)}
        </div>
    }
    .into_any()
}
