//! Renders a wording and its values as an email's text and HTML.

use std::collections::HashMap;

use askama::Template;
use domain::{
    clients::person::Language,
    outbox::wording::{Part, Placeholder},
};

use super::{Error, HeaderText};

/// The value of a placeholder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Text(String),
    /// A text that is emphasised.
    Strong(String),
    /// An address that an email program can open.
    Link(String),
    /// The main link of the email, with its label.
    Button {
        label: String,
        url: String,
    },
    /// A list with one line for each entry.
    List(Vec<String>),
    /// A list of links: label and address.
    Links(Vec<(String, String)>),
}

impl Value {
    fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) | Self::Strong(text) | Self::Link(text) | Self::Button { url: text, .. } => {
                text.is_empty()
            }
            Self::List(lines) => lines.is_empty(),
            Self::Links(links) => links.is_empty(),
        }
    }

    /// The value as plain text.
    fn plain(&self) -> String {
        match self {
            Self::Text(text) | Self::Strong(text) | Self::Link(text) | Self::Button { url: text, .. } => text.clone(),
            Self::List(lines) => lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n"),
            Self::Links(links) => links.iter().map(|(say, url)| format!("{say}: {url}")).collect::<Vec<_>>().join("\n"),
        }
    }
}

/// The values of an email's placeholders; a missing value is the same as an
/// empty one.
pub type Values = HashMap<Placeholder, Value>;

/// A part of the output.
enum Piece<'a> {
    Plain(&'a str),
    Value(&'a Value),
}

/// Splits a wording into its pieces. An optional part with an empty value is
/// left out, together with its line break if the part has a line of its own.
fn pieces<'a>(parts: &'a [Part], values: &'a Values) -> Vec<Piece<'a>> {
    let known = |p: &Placeholder| values.get(p).filter(|v| !v.is_empty());
    let mut pieces = Vec::new();
    let mut begins_line = true;
    let mut dropped = false;
    for part in parts {
        match part {
            Part::Plain(text) => {
                let text = if dropped && begins_line { text.strip_prefix('\n').unwrap_or(text) } else { text };
                if !text.is_empty() {
                    begins_line = text.ends_with('\n');
                    pieces.push(Piece::Plain(text));
                }
                dropped = false;
            }
            Part::Value(placeholder) => {
                if let Some(value) = known(placeholder) {
                    pieces.push(Piece::Value(value));
                    begins_line = false;
                }
            }
            Part::Optional(inside) => {
                let missing = inside.iter().any(|p| matches!(p, Part::Value(v) if known(v).is_none()));
                if missing {
                    dropped = true;
                } else {
                    pieces.extend(self::pieces(inside, values));
                    begins_line = false;
                }
            }
        }
    }
    pieces
}

/// Renders a wording as plain text.
pub fn text(parts: &[Part], values: &Values) -> String {
    let written: String = pieces(parts, values)
        .iter()
        .map(|piece| match piece {
            Piece::Plain(text) => (*text).to_owned(),
            Piece::Value(value) => value.plain(),
        })
        .collect();
    tidy(&written)
}

/// Removes spaces at the ends of lines, reduces empty lines to one at a time,
/// and ends the text with one line break.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for line in text.trim().lines().map(str::trim_end) {
        if !(line.is_empty() && tidy.ends_with("\n\n")) {
            tidy.push_str(line);
            tidy.push('\n');
        }
    }
    tidy
}

/// A part of a paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Span {
    Plain(String),
    Strong(String),
    Link(String),
    Break,
}

/// A part of the email's body; the parts are below each other.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Block {
    Paragraph(Vec<Span>),
    Button { label: String, url: String },
    List(Vec<String>),
    Links(Vec<(String, String)>),
}

/// The data of the HTML template.
#[derive(Template)]
#[template(path = "layout.html")]
struct Html<'a> {
    language: &'static str,
    subject: &'a str,
    blocks: Vec<Block>,
}

/// Renders a wording as HTML that loads nothing and sets no colours.
pub fn html(language: Language, subject: &HeaderText, parts: &[Part], values: &Values) -> Result<String, Error> {
    Html { language: language.word(), subject: subject.as_str(), blocks: blocks(pieces(parts, values)) }.render()
}

/// Groups the pieces into blocks: an empty line ends a paragraph, and lists and
/// buttons are blocks of their own.
fn blocks(pieces: Vec<Piece<'_>>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut spans: Vec<Span> = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Plain(text) => {
                for (n, line) in text.split('\n').enumerate() {
                    if n > 0 {
                        let empty = matches!(spans.last(), None | Some(Span::Break));
                        if empty { end_paragraph(&mut spans, &mut blocks) } else { spans.push(Span::Break) }
                    }
                    let starts = matches!(spans.last(), None | Some(Span::Break));
                    let line = if starts { line.trim_start() } else { line };
                    if !line.is_empty() {
                        spans.push(Span::Plain(line.to_owned()));
                    }
                }
            }
            Piece::Value(Value::Text(text)) => spans.push(Span::Plain(text.clone())),
            Piece::Value(Value::Strong(text)) => spans.push(Span::Strong(text.clone())),
            // Any other address is shown as plain text.
            Piece::Value(Value::Link(url)) => {
                let opens = url.starts_with("https://") || url.starts_with("http://");
                spans.push(if opens { Span::Link(url.clone()) } else { Span::Plain(url.clone()) });
            }
            Piece::Value(Value::Button { label, url }) => {
                end_paragraph(&mut spans, &mut blocks);
                blocks.push(Block::Button { label: label.clone(), url: url.clone() });
            }
            Piece::Value(Value::List(lines)) => {
                end_paragraph(&mut spans, &mut blocks);
                blocks.push(Block::List(lines.clone()));
            }
            Piece::Value(Value::Links(links)) => {
                end_paragraph(&mut spans, &mut blocks);
                blocks.push(Block::Links(links.clone()));
            }
        }
    }
    end_paragraph(&mut spans, &mut blocks);
    blocks
}

/// Adds the collected spans to `blocks` as a paragraph.
fn end_paragraph(spans: &mut Vec<Span>, blocks: &mut Vec<Block>) {
    while spans.last() == Some(&Span::Break) {
        spans.pop();
    }
    if !spans.is_empty() {
        blocks.push(Block::Paragraph(std::mem::take(spans)));
    }
}
