//! The front desk's list of mails about sessions: what was sent, what was not
//! and why, never what a mail says.

use leptos::prelude::*;

use super::session::{MessageItem, message_table};
use crate::ui::{empty, filters, page_head};

#[derive(Clone, Debug)]
pub struct Model {
    /// The state the list is narrowed to, as its word; empty for all.
    pub filter: String,
    /// Word, label, how many.
    pub counts: Vec<(String, String, i64)>,
    pub rows: Vec<MessageItem>,
    /// Whose mails these are, where they are one person's.
    pub person: Option<String>,
    /// The zone the times are in, as a person reads it.
    pub zone: String,
}

pub fn view(m: &Model) -> AnyView {
    let mut links = vec![("/messages".to_owned(), "Now".to_owned(), None, m.filter.is_empty())];
    links.extend(
        m.counts
            .iter()
            .map(|(word, label, n)| (format!("/messages?state={word}"), label.clone(), Some(*n), m.filter == *word)),
    );
    let list = if m.rows.is_empty() {
        let text = match m.filter.as_str() {
            "failed" => "Every mail has found its way. There is nothing to do here.",
            "" => "Nothing has failed, and no mail is due within two days.",
            _ => "No mails in this state.",
        };
        empty(text, None)
    } else {
        message_table(&m.rows, true)
    };
    if let Some(name) = &m.person {
        let none = || empty("No mail about a session has been planned for them.", None);
        let list = if m.rows.is_empty() { none() } else { message_table(&m.rows, true) };
        let lead = format!("About their sessions, the latest first. Times are {} time.", m.zone);
        return view! {
            {page_head(format!("Mails to {name}"), lead, vec![])}
            {list}
            <p class="after"><a href="/messages">"All mails"</a></p>
        }
        .into_any();
    }
    view! {
        {page_head("Messages", lead(m), vec![])}
        {filters("State", links)}
        {list}
    }
    .into_any()
}

fn lead(m: &Model) -> String {
    let what = if m.filter.is_empty() {
        "Mails about sessions: what did not go out, then what is due within two days."
    } else {
        "Mails about sessions, of the last two weeks and those ahead, the latest first."
    };
    format!("{what} Times are {} time.", m.zone)
}

pub fn samples() -> Vec<Model> {
    let counts = |n: i64| {
        domain::reminder::MessageState::ALL.iter().map(|s| (s.word().to_owned(), s.label().to_owned(), n)).collect()
    };
    let empty =
        Model { filter: String::new(), counts: counts(0), rows: vec![], person: None, zone: "Berlin".to_owned() };
    let rows: Vec<MessageItem> = super::session::samples().into_iter().filter_map(|s| s.messages).flatten().collect();
    vec![
        Model { filter: "failed".to_owned(), ..empty.clone() },
        Model { counts: counts(12), rows: rows.clone(), ..empty.clone() },
        Model { person: Some("अनन्या <b>शर्मा</b> 💛 ".repeat(13)), rows, ..empty.clone() },
        Model { person: Some("Amara".to_owned()), ..empty.clone() },
        empty,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_render() {
        for model in samples() {
            let html = view(&model).to_html();
            assert_eq!(html.contains("<table"), !model.rows.is_empty());
            assert_eq!(html.matches("aria-current").count(), usize::from(model.person.is_none()));
            assert!(!html.contains("<b>शर्मा"));
        }
    }
}
