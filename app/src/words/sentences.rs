//! Sentences that `domain` and the server write in English, such as the errors at
//! the fields of a form, in the reader's language.
//!
//! They are found by their English text, which the file `sentences.ftl` repeats:
//! the rules do not know who reads them. A sentence that is not in the file is in
//! English.

use std::{collections::HashMap, sync::LazyLock};

use domain::clients::person::Language;
use fluent_bundle::FluentResource;
use fluent_syntax::ast;

use super::{Words, arguments::Argument, files};

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    /// A value, with its name.
    Value(String),
}

/// A sentence of the file: its key and its English parts.
pub(super) type Sentence = (String, Vec<Part>);

/// The sentences of the English file: those that are always the same by their
/// text, and those with values.
struct Sentences {
    fixed: HashMap<String, String>,
    with_values: Vec<Sentence>,
}

static SENTENCES: LazyLock<Sentences> = LazyLock::new(|| {
    let (mut fixed, mut with_values) = (HashMap::new(), Vec::new());
    for (key, parts) in english() {
        match parts.as_slice() {
            [Part::Text(text)] => drop(fixed.insert(text.clone(), key)),
            _ => with_values.push((key, parts)),
        }
    }
    Sentences { fixed, with_values }
});

/// All sentences of the English file.
pub(super) fn english() -> Vec<Sentence> {
    let file = files::files(Language::English).iter().find(|(area, _)| *area == "sentences");
    let file = file.map(|(_, file)| FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(file, _)| file));
    let messages = file.iter().flat_map(FluentResource::entries).filter_map(|entry| match entry {
        ast::Entry::Message(message) => Some((message.id.name.to_owned(), parts(message.value.as_ref()?)?)),
        _ => None,
    });
    messages.collect()
}

/// The parts of a message; `None` if it has other parts than text and values.
fn parts(pattern: &ast::Pattern<&str>) -> Option<Vec<Part>> {
    let part = |element: &ast::PatternElement<&str>| match element {
        ast::PatternElement::TextElement { value } => Some(Part::Text((*value).to_owned())),
        ast::PatternElement::Placeable {
            expression: ast::Expression::Inline(ast::InlineExpression::VariableReference { id }),
        } => Some(Part::Value(id.name.to_owned())),
        ast::PatternElement::Placeable { .. } => None,
    };
    pattern.elements.iter().map(part).collect()
}

/// The values of a text that has these parts; `None` if it has not.
fn values(parts: &[Part], mut text: &str) -> Option<Vec<(String, String)>> {
    let mut values = Vec::new();
    for (n, part) in parts.iter().enumerate() {
        match part {
            Part::Text(same) => text = text.strip_prefix(same.as_str())?,
            Part::Value(name) => {
                let end = match parts.get(n + 1) {
                    Some(Part::Text(next)) => text.find(next.as_str())?,
                    Some(Part::Value(_)) => return None,
                    None => text.len(),
                };
                values.push((name.clone(), text[..end].to_owned()));
                text = &text[end..];
            }
        }
    }
    text.is_empty().then_some(values)
}

impl Words {
    /// A sentence of `domain` or the server in this language; in English if the
    /// files do not have it.
    pub fn sentence(self, english: &str) -> String {
        if self == Self::ENGLISH {
            return english.to_owned();
        }
        let found = match SENTENCES.fixed.get(english) {
            Some(key) => files::message(self.language, key, &[]),
            None => SENTENCES.with_values.iter().find_map(|(key, parts)| {
                let values = values(parts, english)?;
                let arguments: Vec<_> = values.iter().map(|(name, value)| (name.as_str(), argument(value))).collect();
                files::message(self.language, key, &arguments)
            }),
        };
        found.unwrap_or_else(|| english.to_owned())
    }
}

/// A value as an argument: a whole number, by which a message can choose its
/// words, or a text.
fn argument(value: &str) -> Argument {
    value.parse().map_or_else(|_| value.into(), Argument::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_found_by_their_english_text() {
        let hindi = Words::new(Language::Hindi);
        assert_eq!(hindi.sentence("Write this on one line."), "इसे एक ही पंक्ति में लिखें।");
        assert_eq!(hindi.sentence("Use at most 200 characters."), "अधिक से अधिक 200 अक्षर लिखें।");
        assert_eq!(hindi.sentence("No such sentence."), "No such sentence.");
        assert_eq!(Words::ENGLISH.sentence("Write this on one line."), "Write this on one line.");
    }

    #[test]
    fn values_between_texts_are_read() {
        let parts = [Part::Text("a ".into()), Part::Value("n".into()), Part::Text(" b".into())];
        assert_eq!(values(&parts, "a 12 b"), Some(vec![("n".to_owned(), "12".to_owned())]));
        assert_eq!(values(&parts, "a 12 bc"), None);
        assert_eq!(values(&parts, "12 b"), None);
    }
}
