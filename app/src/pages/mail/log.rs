//! The email log of the front desk: what was sent, what was not and why, never
//! what an email says.

use domain::outbox::reminder::EmailState;
use leptos::prelude::*;

use super::{
    email_table::{self, EmailItem},
    stopped::{self, MailStop},
};
use crate::ui::{FilterLink, Pager, empty, filters, page_head, pager};

/// The view model of the email log.
#[derive(Clone, Debug)]
pub struct Model {
    /// The state by which the list is filtered, as its word; empty for all.
    pub filter: String,
    /// The states to filter by.
    pub counts: Vec<StateCount>,
    pub rows: Vec<EmailItem>,
    /// The outage of outgoing email; `None` if emails go out.
    pub stop: Option<MailStop>,
    pub pager: Pager,
    /// The name of the person whose emails are listed; `None` for everyone's.
    pub person: Option<String>,
    /// The name of the zone in which the times are.
    pub zone: String,
}

/// How many emails are in a state.
#[derive(Clone, Debug)]
pub struct StateCount {
    pub state: EmailState,
    pub count: i64,
}

/// Renders the email log.
pub fn view(m: &Model) -> AnyView {
    let mut links = vec![FilterLink::new("/email-log", "Now", m.filter.is_empty())];
    links.extend(m.counts.iter().map(|StateCount { state, count }| FilterLink {
        href: format!("/email-log?state={}", state.word()),
        text: state.label().to_owned(),
        count: Some(*count),
        here: m.filter == state.word(),
    }));
    let list = if m.rows.is_empty() {
        let text = match m.filter.as_str() {
            "failed" => "Every mail has found its way. There is nothing to do here.",
            "" => "Nothing has failed, and no mail is due within two days.",
            _ => "No mails in this state.",
        };
        empty(text, None)
    } else {
        email_table::table(&m.rows, true)
    };
    if let Some(name) = &m.person {
        let none = || empty("No mail has been planned for them.", None);
        let list = if m.rows.is_empty() { none() } else { email_table::table(&m.rows, true) };
        let lead = format!("The latest first. Times are {} time.", m.zone);
        return view! {
            {page_head(format!("Mails to {name}"), lead, vec![])}
            {m.stop.as_ref().map(stopped::view)}
            <div id="mails">{list}</div>
            {pager(&m.pager)}
            <p class="after"><a href="/email-log">"All mails"</a></p>
        }
        .into_any();
    }
    view! {
        {page_head("Messages", lead_sentence(m), vec![])}
        {m.stop.as_ref().map(stopped::view)}
        {filters("State", links)}
        <div id="mails">{list}</div>
        {pager(&m.pager)}
    }
    .into_any()
}

/// The sentence below the heading.
fn lead_sentence(m: &Model) -> String {
    let what = if m.filter.is_empty() {
        "Mails to clients: what did not go out, then what is due within two days."
    } else {
        "Mails about sessions, the latest first. The numbers count the last two weeks and what is ahead."
    };
    format!("{what} Times are {} time.", m.zone)
}

/// Sample models of the email log, rendered by the page tests.
pub fn samples() -> Vec<Model> {
    let counts = |count: i64| EmailState::ALL.iter().map(|state| StateCount { state: *state, count }).collect();
    let empty = Model {
        filter: String::new(),
        counts: counts(0),
        rows: vec![],
        pager: Pager::default(),
        stop: None,
        person: None,
        zone: "Berlin".to_owned(),
    };
    let pager = Pager {
        first: Some(("/email-log#mails".to_owned(), "First page")),
        more: Some(("/email-log?after=1#mails".to_owned(), "More emails")),
    };
    let rows = email_table::samples();
    vec![
        Model { filter: "failed".to_owned(), ..empty.clone() },
        Model { counts: counts(12), rows: rows.clone(), stop: stopped::samples().pop(), pager, ..empty.clone() },
        Model { person: Some("अनन्या <b>शर्मा</b> 💛 ".repeat(13)), rows, ..empty.clone() },
        Model { person: Some("Amara".to_owned()), ..empty.clone() },
        empty,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_render_with_filter_and_table() {
        for model in samples() {
            let html = view(&model).to_html();
            assert_eq!(html.contains("<table"), !model.rows.is_empty());
            assert_eq!(html.matches("aria-current").count(), usize::from(model.person.is_none()));
            assert!(!html.contains("<b>शर्मा"));
        }
    }
}
