//! Sheets: what is printed, saved as a PDF, or handed to a person on paper.
//!
//! A sheet is a list of blocks without any layout. [`view`] shows it as the
//! page to print, and the server makes the PDF of the same blocks, so that both
//! say the same in the same order.

use domain::clients::person::Language;
use leptos::prelude::*;

use crate::{say, words::Words};

/// A document to print, in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// What it is, such as "Progress note".
    pub title: String,
    /// The line below the title, such as the names and the day; empty: none.
    pub subtitle: String,
    pub language: Language,
    /// The name of the practice, above the title.
    pub practice: String,
    pub blocks: Vec<Block>,
    /// The line at the foot of each page; empty: none.
    pub footer: String,
}

/// A part of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading, with its level from 1 (the largest below the title) to 3.
    Heading(u8, String),
    /// Paragraphs, which blank lines separate. Other line breaks are kept.
    Text(String),
    /// Terms with their values.
    Facts(Vec<(String, String)>),
    /// Items, each with a mark before it.
    List(Vec<String>),
    /// A table. Rows that are shorter than the head have empty cells.
    Table { head: Vec<String>, rows: Vec<Vec<String>> },
    /// Paragraphs that a person wrote or said, set apart.
    Quote(String),
    /// A line across the page.
    Rule,
    /// The end of a page.
    Break,
}

/// The paragraphs of a text: blank lines separate them.
pub fn paragraphs(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in text.lines().map(str::trim_end) {
        match (line.is_empty(), found.last_mut()) {
            (true, _) => is_open = false,
            (false, Some(last)) if is_open => {
                last.push('\n');
                last.push_str(line);
            }
            (false, _) => {
                found.push(line.to_owned());
                is_open = true;
            }
        }
    }
    found
}

/// Renders a sheet as the page to print.
pub fn view(sheet: &Sheet) -> AnyView {
    let text = |class: &'static str, text: &str| {
        let text = text.to_owned();
        (!text.is_empty()).then(|| view! { <p class=class>{text}</p> }.into_any())
    };
    let blocks: Vec<AnyView> = sheet.blocks.iter().map(block).collect();
    view! {
        <article class="print-sheet" lang=sheet.language.word() dir="auto">
            <p class="hint actions">{say!(Words::new(sheet.language), "sheet-print")}</p>
            {text("print-sheet-practice", &sheet.practice)}
            <header><h1>{sheet.title.clone()}</h1>{text("print-sheet-subtitle", &sheet.subtitle)}</header>
            {blocks}
            {text("print-sheet-footer", &sheet.footer)}
        </article>
    }
    .into_any()
}

/// The paragraphs of a text as elements.
fn texts(text: &str) -> Vec<AnyView> {
    paragraphs(text)
        .into_iter()
        .map(|paragraph| view! { <p class="lines" dir="auto">{paragraph}</p> }.into_any())
        .collect()
}

/// A block of a sheet.
fn block(block: &Block) -> AnyView {
    match block {
        Block::Heading(level, text) => {
            let text = text.clone();
            match level {
                0 | 1 => view! { <h2>{text}</h2> }.into_any(),
                2 => view! { <h3>{text}</h3> }.into_any(),
                _ => view! { <h4>{text}</h4> }.into_any(),
            }
        }
        Block::Text(text) => texts(text).into_any(),
        Block::Facts(facts) => {
            let rows: Vec<AnyView> = facts
                .iter()
                .map(|(term, value)| {
                    view! { <div><dt>{term.clone()}</dt><dd class="lines" dir="auto">{value.clone()}</dd></div> }
                        .into_any()
                })
                .collect();
            view! { <dl class="facts">{rows}</dl> }.into_any()
        }
        Block::List(items) => {
            let items: Vec<AnyView> = items
                .iter()
                .map(|item| view! { <li class="lines" dir="auto">{item.clone()}</li> }.into_any())
                .collect();
            view! { <ul>{items}</ul> }.into_any()
        }
        Block::Table { head, rows } => table(head, rows),
        Block::Quote(text) => view! { <blockquote>{texts(text)}</blockquote> }.into_any(),
        Block::Rule => view! { <hr /> }.into_any(),
        Block::Break => view! { <div class="print-sheet-break"></div> }.into_any(),
    }
}

/// A table of a sheet.
fn table(head: &[String], rows: &[Vec<String>]) -> AnyView {
    let heads: Vec<AnyView> =
        head.iter().map(|text| view! { <th scope="col">{text.clone()}</th> }.into_any()).collect();
    let rows: Vec<AnyView> = rows
        .iter()
        .map(|row| {
            let cells: Vec<AnyView> = head
                .iter()
                .enumerate()
                .map(|(n, column)| {
                    let text = row.get(n).cloned().unwrap_or_default();
                    view! { <td class="lines" dir="auto" data-column=column.clone()>{text}</td> }.into_any()
                })
                .collect();
            view! { <tr>{cells}</tr> }.into_any()
        })
        .collect();
    view! { <table class="table"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table> }.into_any()
}

/// A sample sheet with every kind of block, in several scripts.
pub fn sample() -> Sheet {
    let text = |text: &str| text.to_owned();
    Sheet {
        title: text("Progress note"),
        subtitle: text("Amara Okafor & Jonas Brandt, Tuesday 24 November 2026"),
        language: Language::English,
        practice: text("Lakeside Practice"),
        blocks: vec![
            Block::Facts(vec![
                (text("Session"), text("24 November 2026, 10:00 to 11:15")),
                (text("Who attended"), text("Amara Okafor, Jonas Brandt (from 10:10)")),
            ]),
            Block::Heading(1, text("What happened between them")),
            Block::Text(text("Both spoke of the summer.\nJonas paused for long.\n\nअमारा ने शांत होकर सुना।")),
            Block::Heading(2, text("In their own words")),
            Block::Quote(text(
                "“I would like one evening a week that is ours.”\n\nאני רוצה להקשיב, at least once. مرحبا",
            )),
            Block::List(vec![text("One evening by the lake"), text("No phones at table")]),
            Block::Table {
                head: vec![text("Goal"), text("Since"), text("State")],
                rows: vec![
                    vec![text("To argue without leaving the room"), text("3 November 2026"), text("Open")],
                    vec![text("An evening a week"), text("10 November 2026"), text("Reached")],
                ],
            },
            Block::Rule,
            Block::Heading(3, text("Signed")),
            Block::Text(text("Ruth Feld, 24 November 2026, 12:03")),
        ],
        footer: text("Confidential"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_separate_paragraphs() {
        assert_eq!(paragraphs("a\nb  \n\n \nc\n"), ["a\nb", "c"]);
        assert!(paragraphs("\n \n").is_empty());
    }

    #[test]
    fn a_short_row_fills_the_table() {
        let sheet = Sheet {
            blocks: vec![Block::Table { head: vec!["A".into(), "B".into()], rows: vec![vec!["1".into()]] }],
            ..sample()
        };
        let html = Owner::new().with(|| view(&sheet).to_html());
        assert_eq!(html.matches("<td").count(), 2, "{html}");
    }
}
