//! A text that people sign, as a page shows it and as a sheet prints it: both are made
//! of the same parts.

use domain::{
    clients::person::Language,
    records::consents::{Filled, Part, parts},
};
use leptos::prelude::*;

use crate::sheet::{Block, Sheet};

/// Renders the text below its title.
pub fn body(text: &str, language: Language) -> AnyView {
    let parts: Vec<AnyView> = parts(text)
        .into_iter()
        .map(|part| match part {
            Part::Heading(text) => view! { <h2>{text}</h2> }.into_any(),
            Part::Paragraph(text) => view! { <p class="lines">{text}</p> }.into_any(),
            Part::Items(items) => {
                let items: Vec<AnyView> = items.into_iter().map(|item| view! { <li>{item}</li> }.into_any()).collect();
                view! { <ul>{items}</ul> }.into_any()
            }
        })
        .collect();
    view! { <div class="consent-text" lang=language.word()>{parts}</div> }.into_any()
}

/// The copy of a text on paper: the text, and below it how it was signed, or the lines
/// to sign on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    pub practice: String,
    pub filled: Filled,
    pub language: Language,
    /// The heading above what follows the text.
    pub heading: String,
    /// How it was signed, or the lines to sign on.
    pub facts: Vec<(String, String)>,
    /// The line at the foot, such as the version.
    pub footer: String,
}

/// The sheet of a copy.
pub fn sheet(copy: &Copy) -> Sheet {
    let mut blocks: Vec<Block> = parts(&copy.filled.body)
        .into_iter()
        .map(|part| match part {
            Part::Heading(text) => Block::Heading(1, text),
            Part::Paragraph(text) => Block::Text(text),
            Part::Items(items) => Block::List(items),
        })
        .collect();
    blocks.push(Block::Rule);
    blocks.push(Block::Heading(1, copy.heading.clone()));
    blocks.push(Block::Facts(copy.facts.clone()));
    Sheet {
        title: copy.filled.title.clone(),
        subtitle: String::new(),
        language: copy.language,
        practice: copy.practice.clone(),
        blocks,
        footer: copy.footer.clone(),
    }
}

#[cfg(test)]
mod tests {
    use domain::records::shipped;

    use super::*;

    /// The words of a text, without the marks of headings and items.
    fn plain(text: &str) -> Vec<String> {
        text.lines()
            .map(|line| line.trim_start_matches("## ").trim_start_matches("- ").trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect()
    }

    #[test]
    fn copy_has_every_line_of_the_text_in_its_order() {
        for text in shipped::texts() {
            for (language, wording) in &text.wordings {
                let filled = wording.sample(*language);
                let copy = Copy {
                    practice: "Lakeside".to_owned(),
                    filled: filled.clone(),
                    language: *language,
                    heading: "Signed".to_owned(),
                    facts: vec![("Name".to_owned(), "Amara".to_owned())],
                    footer: String::new(),
                };
                let sheet = sheet(&copy);
                let mut lines = Vec::new();
                for block in &sheet.blocks {
                    match block {
                        Block::Heading(_, text) | Block::Text(text) => lines.extend(plain(text)),
                        Block::List(items) => lines.extend(items.iter().flat_map(|item| plain(item))),
                        Block::Rule => break,
                        other => panic!("{other:?}"),
                    }
                }
                assert_eq!(lines, plain(&filled.body), "{}", text.key);
                assert_eq!(sheet.title, filled.title);
            }
        }
    }
}
