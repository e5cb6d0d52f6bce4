//! Notes on paper: the sheet with header, sections, addenda and signatures, and the
//! page that shows it. The PDF is made of the same sheet.

use domain::{clients::person::Language, ids::ClientId};
use leptos::prelude::*;

use super::find_notes;
use crate::{
    sheet::{self, Block, Sheet},
    ui::{FormState, page_head},
};

/// A note as it is printed.
#[derive(Clone, Debug, Default)]
pub struct Note {
    /// What it is and of which day, such as "Couple session, Mon 23 Nov 2026".
    pub title: String,
    /// The lines of its header, each with its label.
    pub header: Vec<(String, String)>,
    /// Its sections: heading and text. The heading of a single section may be
    /// empty.
    pub sections: Vec<(String, String)>,
    /// Who signed it and when, and who co-signed it; empty for a draft.
    pub signatures: Vec<String>,
    pub addenda: Vec<Addendum>,
}

/// An addendum as it is printed.
#[derive(Clone, Debug, Default)]
pub struct Addendum {
    pub text: String,
    /// Who signed it and when, and who co-signed it.
    pub signatures: Vec<String>,
}

/// What a sheet of notes is made of.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// The name of the practice.
    pub practice: String,
    /// Whether they are the reader's own process notes.
    pub is_process: bool,
    /// The names of the client's people.
    pub client: String,
    /// The range of days in words; empty: a single note.
    pub range: String,
    pub notes: Vec<Note>,
    /// Who printed it and when.
    pub printed: String,
}

/// The sheet of notes, each on a page of its own.
pub fn sheet(m: &Notes) -> Sheet {
    let title = match (m.is_process, m.notes.len()) {
        (false, 1) => "Progress note",
        (false, _) => "Progress notes",
        (true, 1) => "Process note",
        (true, _) => "Process notes",
    };
    let mut blocks = Vec::new();
    for (n, note) in m.notes.iter().enumerate() {
        if n > 0 {
            blocks.push(Block::Break);
        }
        add_note(&mut blocks, note);
    }
    if m.notes.is_empty() {
        blocks.push(Block::Text("No signed notes in these days.".to_owned()));
    }
    let subtitle = if m.range.is_empty() { m.client.clone() } else { format!("{}, {}", m.client, m.range) };
    Sheet {
        title: title.to_owned(),
        subtitle,
        language: Language::English,
        practice: m.practice.clone(),
        blocks,
        footer: m.printed.clone(),
    }
}

/// Adds a note with its signatures and addenda.
fn add_note(blocks: &mut Vec<Block>, note: &Note) {
    blocks.push(Block::Heading(1, note.title.clone()));
    if !note.header.is_empty() {
        blocks.push(Block::Facts(note.header.clone()));
    }
    for (heading, text) in &note.sections {
        if !heading.is_empty() {
            blocks.push(Block::Heading(2, heading.clone()));
        }
        blocks.push(Block::Text(text.clone()));
    }
    blocks.push(Block::Rule);
    if note.signatures.is_empty() {
        blocks.push(Block::Text("Draft: not signed.".to_owned()));
    }
    blocks.extend(note.signatures.iter().cloned().map(Block::Text));
    for (n, addendum) in note.addenda.iter().enumerate() {
        let heading = if note.addenda.len() == 1 { "Addendum".to_owned() } else { format!("Addendum {}", n + 1) };
        blocks.push(Block::Heading(2, heading));
        blocks.push(Block::Text(addendum.text.clone()));
        blocks.extend(addendum.signatures.iter().cloned().map(Block::Text));
    }
}

/// The view model of the print page.
#[derive(Clone, Debug)]
pub struct Model {
    /// The notes; `None`: the range was refused.
    pub sheet: Option<Sheet>,
    /// The address of the PDF.
    pub pdf: String,
    /// The client and the form of the range; `None`: a single note is printed.
    pub range: Option<(ClientId, FormState)>,
    /// What is not on the sheet and why, one sentence each.
    pub left_out: Vec<String>,
}

/// Renders the print page.
pub fn view(m: &Model) -> AnyView {
    let left_out: Vec<AnyView> =
        m.left_out.iter().map(|text| view! { <p class="notice actions">{text.clone()}</p> }.into_any()).collect();
    let range = m.range.as_ref().map(|(client, form)| find_notes::print_form(*client, form));
    let sheet = m.sheet.as_ref().map(|printed| {
        view! {
            <p class="actions"><a class="button" href=m.pdf.clone() download="">"Download PDF"</a></p>
            {sheet::view(printed)}
        }
        .into_any()
    });
    let heading = m.sheet.is_none().then(|| page_head("Print notes", "", vec![]));
    view! { {heading}{range}{left_out}{sheet} }.into_any()
}

/// Sample models: a range of notes, a draft, no note, and a refused range.
pub fn samples() -> Vec<Model> {
    let note = Note {
        title: "Couple session, Mon 23 Nov 2026".into(),
        header: vec![("Date".into(), "Mon 23 Nov 2026".into()), ("Amara <b>".into(), "present".into())],
        sections: vec![
            ("What happened".into(), "They came in <quietly>.\n\nअगली बार: listen first.".into()),
            ("Plan".into(), "Walks".into()),
        ],
        signatures: vec!["Signed by Ruth, 23 November 2026, 11:04".into(), "Co-signed by Vera".into()],
        addenda: vec![Addendum { text: "A <correction>.".into(), signatures: vec!["Signed by Ruth".into()] }],
    };
    let draft = Note { signatures: vec![], addenda: vec![], ..note.clone() };
    let two = Note { addenda: vec![Addendum::default(), Addendum::default()], ..note.clone() };
    let of = |notes: Vec<Note>, is_process, left_out: Vec<String>| Model {
        range: (notes.len() != 1).then(|| (ClientId::from(uuid::Uuid::from_u128(1)), FormState::default())),
        sheet: Some(sheet(&Notes {
            practice: "Lakeside".into(),
            is_process,
            client: "Amara & <b>Jonas</b>".into(),
            range: if notes.len() == 1 { String::new() } else { "until 24 December 2026".into() },
            notes,
            printed: "Printed by अनन्या 💛".into(),
        })),
        pdf: "/notes/7/pdf".into(),
        left_out,
    };
    let refused = Model {
        sheet: None,
        range: Some((
            ClientId::from(uuid::Uuid::from_u128(1)),
            crate::ui::refused("until", "The last day is before the first."),
        )),
        ..of(vec![], false, vec![])
    };
    vec![
        of(vec![note, two], false, vec!["12 more notes: choose a shorter range.".into()]),
        of(vec![draft], true, vec![]),
        of(vec![], false, vec![]),
        refused,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheet_has_every_word_of_the_notes_in_order() {
        let sheets: Vec<Sheet> = samples().into_iter().filter_map(|sample| sample.sheet).collect();
        let texts: Vec<String> = sheets[0]
            .blocks
            .iter()
            .map(|block| match block {
                Block::Heading(_, text) | Block::Text(text) => text.clone(),
                Block::Facts(_) => "facts".into(),
                Block::Break => "break".into(),
                Block::Rule => "rule".into(),
                Block::List(_) | Block::Table { .. } | Block::Quote(_) => "other".into(),
            })
            .collect();
        let first: Vec<&str> = texts.iter().take_while(|text| *text != "break").map(String::as_str).collect();
        assert_eq!(
            first,
            [
                "Couple session, Mon 23 Nov 2026",
                "facts",
                "What happened",
                "They came in <quietly>.\n\nअगली बार: listen first.",
                "Plan",
                "Walks",
                "rule",
                "Signed by Ruth, 23 November 2026, 11:04",
                "Co-signed by Vera",
                "Addendum",
                "A <correction>.",
                "Signed by Ruth",
            ]
        );
        assert_eq!(sheets[0].title, "Progress notes");
        assert_eq!((sheets[1].title.as_str(), sheets[1].subtitle.as_str()), ("Process note", "Amara & <b>Jonas</b>"));
        assert!(sheets[1].blocks.contains(&Block::Text("Draft: not signed.".into())));
    }
}
