//! Heads, cards, badges, tables: what is the same on every page.

use domain::exercise::Scope;
use leptos::prelude::*;

/// The colour of a badge; its words and mark say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Good,
    Wait,
    Care,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Plain => "badge",
            Self::Good => "badge badge-good",
            Self::Wait => "badge badge-wait",
            Self::Care => "badge badge-care",
        }
    }

    const fn mark(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Good => "✓ ",
            Self::Wait => "◔ ",
            Self::Care => "! ",
        }
    }
}

pub fn badge(tone: Tone, text: impl Into<String>) -> AnyView {
    plain_badge(tone, text.into()).into_any()
}

/// The same for rows that come by the thousand: its type is known, so that
/// nothing is boxed.
pub fn plain_badge(tone: Tone, text: String) -> impl IntoView {
    view! { <span class=tone.class()><span aria-hidden="true">{tone.mark()}</span>{text}</span> }
}

/// Who may read an answer: stands beside the field before anyone types.
pub fn scope_badge(scope: Scope) -> AnyView {
    let (class, mark) = match scope {
        Scope::Mine => ("scope scope-mine", "●"),
        Scope::Therapist => ("scope scope-therapist", "◐"),
        Scope::Reveal => ("scope scope-reveal", "◑"),
        Scope::Couple => ("scope scope-couple", "○"),
    };
    view! { <span class=class><span aria-hidden="true">{mark}" "</span>"Read by: "{scope.label()}</span> }.into_any()
}

/// A page's title with what can be done from here.
pub fn page_head(title: impl Into<String>, lead: impl Into<String>, actions: Vec<(String, String)>) -> AnyView {
    let lead: String = lead.into();
    let lead = (!lead.is_empty()).then(|| view! { <p class="lead">{lead}</p> }.into_any());
    let actions: Vec<AnyView> = actions
        .into_iter()
        .enumerate()
        .map(|(n, (href, text))| {
            let class = if n == 0 { "button button-primary" } else { "button" };
            view! { <a class=class href=href>{text}</a> }.into_any()
        })
        .collect();
    let actions = (!actions.is_empty()).then(|| view! { <div class="actions">{actions}</div> }.into_any());
    view! { <header class="page-head"><div><h1>{title.into()}</h1>{lead}</div>{actions}</header> }.into_any()
}

pub fn card(title: impl Into<String>, content: AnyView) -> AnyView {
    view! { <section class="card"><h2>{title.into()}</h2>{content}</section> }.into_any()
}

/// What stands where there is nothing yet, and what to do about it.
pub fn empty(text: impl Into<String>, action: Option<(String, String)>) -> AnyView {
    let action = action.map(|(href, text)| view! { <p><a class="button" href=href>{text}</a></p> }.into_any());
    view! { <div class="empty"><p>{text.into()}</p>{action}</div> }.into_any()
}

/// Terms and what they are.
pub fn facts(rows: Vec<(String, AnyView)>) -> AnyView {
    let rows: Vec<AnyView> =
        rows.into_iter().map(|(term, value)| view! { <div><dt>{term}</dt><dd>{value}</dd></div> }.into_any()).collect();
    view! { <dl class="facts">{rows}</dl> }.into_any()
}

/// A table that becomes a list on a phone: each cell knows its column.
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

/// Links of which one is where the reader is: href, text, count, here.
pub fn filters(label: &str, links: Vec<(String, String, Option<i64>, bool)>) -> AnyView {
    let links: Vec<AnyView> = links
        .into_iter()
        .map(|(href, text, count, here)| {
            let count = count.map(|n| view! { <span class="count">{n}</span> }.into_any());
            view! { <li><a href=href aria-current=here.then_some("true")>{text}" "{count}</a></li> }.into_any()
        })
        .collect();
    view! { <nav class="filters" aria-label=label.to_owned()><ul>{links}</ul></nav> }.into_any()
}

/// A phone number that a press calls; nothing where there is none.
pub fn phone_link(phone: &str) -> Option<AnyView> {
    let number: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    (!number.is_empty()).then(|| view! { <a href=format!("tel:{number}")>{phone.to_owned()}</a> }.into_any())
}

/// The button that sends a form.
pub fn submit(text: impl Into<String>) -> AnyView {
    view! { <p class="form-actions"><button class="button button-primary" type="submit">{text.into()}</button></p> }
        .into_any()
}
