//! The page of a handover: what left the practice at one time, with the files and
//! their hashes.

use domain::ids::HandoverId;
use leptos::prelude::*;

use super::release::lines;
use crate::ui::{Link, card, facts, page_head};

/// The view model of the page of a handover.
#[derive(Clone, Debug)]
pub struct Model {
    pub id: HandoverId,
    /// The door by which it left, such as "Release".
    pub door: String,
    /// What is on record about it: term and value.
    pub facts: Vec<(String, String)>,
    /// What left, a line for each item.
    pub items: Vec<String>,
    pub files: Vec<FileItem>,
    /// The page of the release or the disclosure; `None`: there is none.
    pub cause: Option<Link>,
}

/// A file that left.
#[derive(Clone, Debug)]
pub struct FileItem {
    pub number: i64,
    pub name: String,
    /// To whose record it belongs, in words.
    pub part: String,
    /// Its size, such as "12 kB".
    pub size: String,
    /// Its SHA-256, in groups.
    pub hash: String,
    /// Whether the reader can download it.
    pub can_fetch: bool,
}

/// Renders the page of a handover.
pub fn view(m: &Model) -> AnyView {
    let rows = m
        .facts
        .iter()
        .map(|(term, value)| (term.clone(), view! { <span class="lines">{value.clone()}</span> }.into_any()));
    let files: Vec<AnyView> = m.files.iter().map(|file| file_row(m.id, file)).collect();
    let cause =
        m.cause.clone().map(|link| view! { <p><a class="button" href=link.href>{link.text}</a></p> }.into_any());
    view! {
        {page_head("What was sent", m.door.clone(), vec![])}
        {card("On record", view! { {facts(rows.collect())}<h3>"What was sent"</h3>{lines(&m.items)} }.into_any())}
        {card("Files", view! {
            <p class="hint">"Exactly these files were sent. Their hash proves that they have not changed since."</p>
            <ul class="rows">{files}</ul>
        }.into_any())}
        {cause}
    }
    .into_any()
}

/// The row of a file.
fn file_row(id: HandoverId, file: &FileItem) -> AnyView {
    let name = if file.can_fetch {
        let href = format!("/handovers/{id}/files/{}", file.number);
        view! { <a class="row-link" href=href>{format!("Download {}", file.name)}</a> }.into_any()
    } else {
        view! { <span>{file.name.clone()}</span> }.into_any()
    };
    view! {
        <li>
            {name}
            " "<span class="muted">{format!("{}, {}", file.part, file.size)}</span>
            <br/><code class="hash">{file.hash.clone()}</code>
        </li>
    }
    .into_any()
}

/// Sample models: two files; none.
pub fn samples() -> Vec<Model> {
    let file = |number, can_fetch| FileItem {
        number,
        name: "record.pdf".into(),
        part: "Joint record".into(),
        size: "12 kB".into(),
        hash: "0123abcd ".repeat(8).trim_end().to_owned(),
        can_fetch,
    };
    let full = Model {
        id: HandoverId::from(uuid::Uuid::from_u128(1)),
        door: "Release".into(),
        facts: vec![("To".into(), "अनन्या <b>शर्मा</b>\nHauptstraße 1".into())],
        items: vec!["Note of 3 November".into()],
        files: vec![file(1, true), file(2, false)],
        cause: Some(Link::new("/releases/1", "Open the release")),
    };
    let bare = Model { items: vec![], files: vec![], cause: None, ..full.clone() };
    vec![full, bare]
}
