//! The words for clients: what they read on pages and in emails, in their
//! language.
//!
//! The words are in files, so that a further language is a folder
//! (`docs/translating.md`): `app/locales/{language}/{area}.ftl`, in the syntax
//! of [Project Fluent](https://projectfluent.org). A message is named by its key
//! with [`say!`](crate::say); the tests of this module prove that each key
//! exists in each language with the same arguments and that none is unused. Days,
//! months, numbers and lists are written by ICU4X.
//!
//! The pages of the staff are in English, in their own code.

mod accepted;
mod arguments;
mod dates;
mod files;
mod icu;
mod labels;
mod sentences;

use domain::clients::person::Language;
use leptos::prelude::*;

pub use accepted::accepted;
pub use arguments::Argument;
pub use labels::Label;

/// A message in the language of these [`Words`], as text: `say!(w, "key")`, with
/// arguments `say!(w, "key", name = &person.name, count = 3)`. The key and the
/// names of the arguments are those of the message in the language files.
#[macro_export]
macro_rules! say {
    ($words:expr, $key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $words.message($key, &[$((stringify!($name), $crate::words::Argument::from($value))),*])
    };
}

/// The words of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    language: Language,
}

impl Words {
    /// The words that the staff's pages share with the clients'.
    pub const ENGLISH: Self = Self::new(Language::English);

    /// The words of this language.
    pub const fn new(language: Language) -> Self {
        Self { language }
    }

    /// The language of these words.
    pub const fn language(self) -> Language {
        self.language
    }

    /// The message with this key, as text. Code calls [`say!`](crate::say), so
    /// that the tests find the key.
    ///
    /// A message that this language does not have, or that needs an argument it
    /// did not get, is in English as a whole. A key that does not exist is
    /// returned itself; the tests let none through.
    pub fn message(self, key: &str, arguments: &[(&str, Argument)]) -> String {
        [self.language, Language::English]
            .into_iter()
            .find_map(|language| files::message(language, key, arguments))
            .unwrap_or_else(|| key.to_owned())
    }
}

/// The words of the page that is being rendered: those of its reader. The server
/// puts them into the context in which the page is rendered; English without.
pub fn words() -> Words {
    use_context::<Words>().unwrap_or(Words::ENGLISH)
}

/// A message with marks as parts of a page: `<a>` becomes a link to `href`,
/// `<strong>` is emphasised. All else is plain text.
pub fn marked(text: &str, href: &str) -> AnyView {
    let mut parts: Vec<AnyView> = Vec::new();
    let mut rest = text;
    while let Some((plain, mark, inside, behind)) = next_mark(rest) {
        let inside = inside.to_owned();
        parts.push(plain.to_owned().into_any());
        parts.push(match mark {
            Mark::Link => view! { <a href=href.to_owned()>{inside}</a> }.into_any(),
            Mark::Strong => view! { <strong>{inside}</strong> }.into_any(),
        });
        rest = behind;
    }
    parts.push(rest.to_owned().into_any());
    parts.into_any()
}

/// A mark within a message.
#[derive(Clone, Copy)]
enum Mark {
    Link,
    Strong,
}

/// The first mark of a text: what is before it, its kind, what is inside and
/// behind it. `None`: the text has no mark that ends.
fn next_mark(text: &str) -> Option<(&str, Mark, &str, &str)> {
    let first = [(Mark::Link, "<a>", "</a>"), (Mark::Strong, "<strong>", "</strong>")]
        .into_iter()
        .filter_map(|(mark, open, close)| Some((text.find(open)?, mark, open, close)))
        .min_by_key(|(at, ..)| *at)?;
    let (at, mark, open, close) = first;
    let (inside, behind) = text[at + open.len()..].split_once(close)?;
    Some((&text[..at], mark, inside, behind))
}

#[cfg(test)]
mod tests;
