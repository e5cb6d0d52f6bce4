//! The therapist's list of threads: with whom they write, who has something new,
//! and who is not answered yet. It shows no word of a message.

use domain::ids::{ClientId, PersonId};
use leptos::prelude::*;

use crate::ui::{Pager, Tone, badge, empty, page_head, pager};

/// The view model of the list of threads.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The threads, the one written to last first.
    pub threads: Vec<ThreadItem>,
    pub pager: Pager,
}

/// The thread with one partner.
#[derive(Clone, Debug)]
pub struct ThreadItem {
    pub client: ClientId,
    /// The names of the client.
    pub title: String,
    pub person: PersonId,
    pub name: String,
    /// When the last message was written.
    pub last: String,
    pub is_answered: bool,
    /// How many messages are not opened yet.
    pub unread: i64,
}

/// Renders the list of threads.
pub fn view(m: &Model) -> AnyView {
    let rows: Vec<AnyView> = m.threads.iter().map(row).collect();
    let list = if rows.is_empty() {
        empty("No messages yet. Clients write to you from their own page; you can write from their record.", None)
    } else {
        view! { <ul class="rows" id="threads">{rows}</ul> }.into_any()
    };
    view! {
        {page_head("Messages", "Each partner writes to you alone. The other partner is not told.", vec![])}
        {list}
        {pager(&m.pager)}
    }
    .into_any()
}

/// The row of a thread.
fn row(t: &ThreadItem) -> AnyView {
    let state = match (t.unread, t.is_answered) {
        (0, true) => None,
        (0, false) => Some(badge(Tone::Wait, "Not answered")),
        (n, _) => Some(badge(Tone::Care, format!("{n} new"))),
    };
    let client = (t.title != t.name).then(|| view! { <span class="muted">{t.title.clone()}</span>" · " }.into_any());
    view! {
        <li class="row">
            <div>
                <a class="row-link" href=format!("/clients/{}/messages/{}", t.client, t.person)>{format!("Messages with {}", t.name)}</a>
                <br/>
                {client}
                <span class="muted">{t.last.clone()}</span>
            </div>
            {state}
        </li>
    }
    .into_any()
}

/// Sample models: no thread; one of each state.
pub fn samples() -> Vec<Model> {
    let thread = |n: u128, name: &str, unread, is_answered| ThreadItem {
        client: ClientId(uuid::Uuid::from_u128(n)),
        title: format!("{name} & Jonas"),
        person: PersonId(uuid::Uuid::from_u128(n)),
        name: name.to_owned(),
        last: "Mon 23 Nov, 21:04".to_owned(),
        is_answered,
        unread,
    };
    vec![
        Model::default(),
        Model {
            threads: vec![
                thread(1, &"अनन्या <b>शर्मा</b> 💛 ".repeat(13), 12, false),
                thread(2, "Amara", 0, false),
                thread(3, "Elif", 0, true),
            ],
            pager: Pager { first: None, more: Some(("/messages?after=1#threads".to_owned(), "Older messages")) },
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_says_what_is_left_to_do() {
        let html = view(&samples().pop().unwrap()).to_html();
        for text in ["12 new", "Not answered", "Messages with Elif"] {
            assert!(html.contains(text), "{text}: {html}");
        }
        assert_eq!(html.matches("Not answered").count(), 1);
    }
}
