//! From a wording and what is known to a mail's text and HTML.

use std::collections::HashMap;

use askama::Template;
use domain::{
    person::Language,
    wording::{Part, Placeholder},
};

use super::{Error, HeaderText};

/// What a placeholder becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Text(String),
    /// What the eye should find first.
    Strong(String),
    /// An address that a program may follow.
    Link(String),
    /// The link that the mail is for, and what is written on it.
    Button {
        label: &'static str,
        url: String,
    },
    /// A line each.
    List(Vec<String>),
    /// A line each: what can be said, and where it leads.
    Links(Vec<(&'static str, String)>),
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

    fn plain(&self) -> String {
        match self {
            Self::Text(text) | Self::Strong(text) | Self::Link(text) | Self::Button { url: text, .. } => text.clone(),
            Self::List(lines) => lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n"),
            Self::Links(links) => links.iter().map(|(say, url)| format!("{say}: {url}")).collect::<Vec<_>>().join("\n"),
        }
    }
}

/// What is known of a mail; what is missing is empty.
pub type Values = HashMap<Placeholder, Value>;

/// A stretch of what is written out.
enum Piece<'a> {
    Plain(&'a str),
    Value(&'a Value),
}

/// The pieces that a wording becomes: optional parts with an empty value are
/// gone, and with them the line that was theirs alone.
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

/// The wording as text.
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

/// A text without spaces at the ends of its lines, with one empty line at
/// most in one place, and with one line break at its own end.
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

/// A paragraph's stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Span {
    Plain(String),
    Strong(String),
    Link(String),
    Break,
}

/// What stands below each other.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Block {
    Paragraph(Vec<Span>),
    Button { label: &'static str, url: String },
    List(Vec<String>),
    Links(Vec<(&'static str, String)>),
}

#[derive(Template)]
#[template(path = "layout.html")]
struct Html<'a> {
    language: &'static str,
    subject: &'a str,
    blocks: Vec<Block>,
}

/// The wording as HTML that fetches nothing and has no colours of its own.
pub fn html(language: Language, subject: &HeaderText, parts: &[Part], values: &Values) -> Result<String, Error> {
    Html { language: language.word(), subject: subject.as_str(), blocks: blocks(pieces(parts, values)) }.render()
}

/// An empty line ends a paragraph; lists and buttons stand by themselves.
fn blocks(pieces: Vec<Piece<'_>>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut spans: Vec<Span> = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Plain(text) => {
                for (n, line) in text.split('\n').enumerate() {
                    if n > 0 {
                        let empty = matches!(spans.last(), None | Some(Span::Break));
                        if empty { end(&mut spans, &mut blocks) } else { spans.push(Span::Break) }
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
            // Anything else is shown as it is.
            Piece::Value(Value::Link(url)) => {
                let opens = url.starts_with("https://") || url.starts_with("http://");
                spans.push(if opens { Span::Link(url.clone()) } else { Span::Plain(url.clone()) });
            }
            Piece::Value(Value::Button { label, url }) => {
                end(&mut spans, &mut blocks);
                blocks.push(Block::Button { label, url: url.clone() });
            }
            Piece::Value(Value::List(lines)) => {
                end(&mut spans, &mut blocks);
                blocks.push(Block::List(lines.clone()));
            }
            Piece::Value(Value::Links(links)) => {
                end(&mut spans, &mut blocks);
                blocks.push(Block::Links(links.clone()));
            }
        }
    }
    end(&mut spans, &mut blocks);
    blocks
}

fn end(spans: &mut Vec<Span>, blocks: &mut Vec<Block>) {
    while spans.last() == Some(&Span::Break) {
        spans.pop();
    }
    if !spans.is_empty() {
        blocks.push(Block::Paragraph(std::mem::take(spans)));
    }
}
