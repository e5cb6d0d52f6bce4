//! The blocks of a sheet as rows that follow each other down the page, with the
//! structure that they belong to.

use std::num::NonZeroU16;

use app::{
    say,
    sheet::{Block, Sheet, paragraphs},
    words::Words,
};
use krilla::tagging::{Identifier, ListNumbering, TableHeaderScope, Tag, TagKind};

use super::letters::{Letters, Lines, Style};

/// The width of the text on a page, in points: A4 with margins of two centimetres.
pub(super) const WIDTH: f32 = 595.28 - 2.0 * 56.7;

/// The size of text, in points.
const SIZE: f32 = 10.5;
/// The size of the practice's name, and of the foot of a page.
pub(super) const SMALL: f32 = 8.5;
/// The space between paragraphs, and between columns.
const GAP: f32 = 6.0;
/// How far lists and quotes are moved in.
const INDENT: f32 = 16.0;
/// The most characters that the remark at the end names.
const MOST_MISSING: usize = 20;

/// What is drawn, from top to bottom.
#[derive(Default)]
pub(super) struct Flow {
    pub rows: Vec<Row>,
    pub lines: Vec<Lines>,
    pub elements: Vec<Element>,
    /// The elements that are below no other.
    pub roots: Vec<usize>,
    /// The headings, for the outline: each with its first row.
    pub headings: Vec<(String, usize)>,
}

/// A piece of a page that is not cut.
#[derive(Default)]
pub(super) struct Row {
    /// The space above it, unless it is the first of a page.
    pub before: f32,
    pub height: f32,
    /// Whether the next row has to be on the same page.
    pub keeps: bool,
    /// Whether a page ends here.
    pub ends_page: bool,
    pub draws: Vec<Draw>,
}

/// Something that is drawn in a row.
pub(super) enum Draw {
    /// A line of a text, as a part of an element.
    Line { lines: usize, line: usize, x: f32, element: usize },
    /// A line across the page.
    Rule,
    /// A bar beside a quote, as high as the row.
    Bar,
}

/// An element of the structure.
pub(super) struct Element {
    pub tag: TagKind,
    pub children: Vec<Child>,
}

/// What an element contains.
pub(super) enum Child {
    Element(usize),
    /// Something drawn on a page.
    Drawn(Identifier),
}

/// The blocks of a sheet as rows, with its title and, at the end, the characters
/// that could not be drawn.
pub(super) fn flow(sheet: &Sheet, letters: &mut Letters) -> Flow {
    let mut maker = Maker { flow: Flow::default(), letters };
    if !sheet.practice.is_empty() {
        maker.paragraph(&sheet.practice, Style::plain(SMALL), 0.0);
    }
    maker.heading(0, &sheet.title);
    if !sheet.subtitle.is_empty() {
        maker.paragraph(&sheet.subtitle, Style::plain(SIZE), 2.0);
    }
    for block in &sheet.blocks {
        maker.block(block);
    }
    if !sheet.footer.is_empty() {
        // What is missing in it is said as well.
        let _ = maker.letters.set(&sheet.footer, Style::plain(SMALL), WIDTH);
    }
    maker.missing(Words::new(sheet.language));
    maker.flow
}

/// Makes the rows.
struct Maker<'a> {
    flow: Flow,
    letters: &'a mut Letters,
}

/// A text in a column: the element it belongs to, its place from the left, its
/// width, and the text.
struct Cell<'a> {
    element: usize,
    x: f32,
    width: f32,
    text: &'a str,
    style: Style,
}

impl Maker<'_> {
    /// A new element below another; `None`: below none.
    fn element(&mut self, tag: impl Into<TagKind>, below: Option<usize>) -> usize {
        let id = self.flow.elements.len();
        self.flow.elements.push(Element { tag: tag.into(), children: Vec::new() });
        match below.and_then(|below| self.flow.elements.get_mut(below)) {
            Some(above) => above.children.push(Child::Element(id)),
            None => self.flow.roots.push(id),
        }
        id
    }

    /// Sets texts beside each other: the first lines in one row, then the second
    /// lines, so that a row of a table may be longer than a page.
    fn cells(&mut self, cells: &[Cell<'_>], before: f32) {
        let first = self.flow.lines.len();
        for cell in cells {
            let lines = self.letters.set(cell.text, cell.style, cell.width);
            self.flow.lines.push(lines);
        }
        let of = |flow: &Flow, n: usize| flow.lines.get(first + n).map_or(0, |lines| lines.layout.len());
        let most = (0..cells.len()).map(|n| of(&self.flow, n)).max().unwrap_or_default();
        for line in 0..most {
            let mut row = Row { before: if line == 0 { before } else { 0.0 }, ..Row::default() };
            for (n, cell) in cells.iter().enumerate() {
                if line < of(&self.flow, n) {
                    row.height = row.height.max(cell.style.line_height());
                    row.draws.push(Draw::Line { lines: first + n, line, x: cell.x, element: cell.element });
                }
            }
            self.flow.rows.push(row);
        }
    }

    /// A paragraph that is below no other element.
    fn paragraph(&mut self, text: &str, style: Style, before: f32) {
        let element = self.element(Tag::P, None);
        self.cells(&[Cell { element, x: 0.0, width: WIDTH, text, style }], before);
    }

    /// A heading; level 0 is the title.
    fn heading(&mut self, level: u8, text: &str) {
        let (size, before) = match level {
            0 => (18.0, 4.0),
            1 => (13.5, 16.0),
            2 => (11.5, 12.0),
            _ => (SIZE, 10.0),
        };
        let tag = Tag::Hn(NonZeroU16::MIN.saturating_add(u16::from(level.min(3))), Some(text.to_owned()));
        let element = self.element(tag, None);
        let first = self.flow.rows.len();
        self.cells(&[Cell { element, x: 0.0, width: WIDTH, text, style: Style::bold(size) }], before);
        for row in self.flow.rows.iter_mut().skip(first) {
            row.keeps = true;
        }
        if first < self.flow.rows.len() && !text.trim().is_empty() {
            self.flow.headings.push((text.to_owned(), first));
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(level, text) => self.heading((*level).max(1), text),
            Block::Text(text) => {
                for paragraph in paragraphs(text) {
                    self.paragraph(&paragraph, Style::plain(SIZE), GAP);
                }
            }
            Block::Facts(facts) => self.facts(facts),
            Block::List(items) => self.list(items),
            Block::Table { head, rows } => self.table(head, rows),
            Block::Quote(text) => self.quote(text),
            Block::Rule => {
                let row = Row { before: GAP * 2.0, height: 1.0, draws: vec![Draw::Rule], ..Row::default() };
                self.flow.rows.push(row);
            }
            Block::Break => self.flow.rows.push(Row { ends_page: true, ..Row::default() }),
        }
    }

    /// Terms in a column of their own, with their values beside them.
    fn facts(&mut self, facts: &[(String, String)]) {
        if facts.is_empty() {
            return;
        }
        let style = Style::bold(SIZE);
        let widest = facts.iter().map(|(term, _)| self.letters.width(term, style)).fold(0.0, f32::max);
        let term_width = (widest + 1.0).min(WIDTH * 0.35);
        let x = term_width + GAP * 2.0;
        let list = self.element(Tag::L(ListNumbering::None), None);
        for (term, value) in facts {
            let item = self.element(Tag::LI, Some(list));
            let label = self.element(Tag::Lbl, Some(item));
            let body = self.element(Tag::LBody, Some(item));
            let term = Cell { element: label, x: 0.0, width: term_width, text: term, style };
            let value = Cell { element: body, x, width: WIDTH - x, text: value, style: Style::plain(SIZE) };
            self.cells(&[term, value], GAP / 2.0);
        }
    }

    /// Items with a mark before each; in a script that is written from the right,
    /// the mark is on the right.
    fn list(&mut self, items: &[String]) {
        if items.is_empty() {
            return;
        }
        let style = Style::plain(SIZE);
        let list = self.element(Tag::L(ListNumbering::Disc), None);
        for text in items {
            let item = self.element(Tag::LI, Some(list));
            let label = self.element(Tag::Lbl, Some(item));
            let body = self.element(Tag::LBody, Some(item));
            let is_rtl = self.letters.set(text, style, WIDTH).layout.is_rtl();
            let (mark_x, text_x) = if is_rtl { (WIDTH - INDENT + 6.0, 0.0) } else { (4.0, INDENT) };
            let mark = Cell { element: label, x: mark_x, width: INDENT, text: "•", style };
            let text = Cell { element: body, x: text_x, width: WIDTH - INDENT, text, style };
            self.cells(&[mark, text], GAP / 2.0);
        }
    }

    /// Paragraphs that are moved in, with a bar beside them.
    fn quote(&mut self, text: &str) {
        let paragraphs = paragraphs(text);
        if paragraphs.is_empty() {
            return;
        }
        let quote = self.element(Tag::BlockQuote, None);
        let width = WIDTH - INDENT * 2.0;
        for paragraph in &paragraphs {
            let element = self.element(Tag::P, Some(quote));
            let first = self.flow.rows.len();
            self.cells(&[Cell { element, x: INDENT, width, text: paragraph, style: Style::plain(SIZE) }], GAP);
            for row in self.flow.rows.iter_mut().skip(first) {
                row.draws.push(Draw::Bar);
            }
        }
    }

    /// A table with its head, and a line below each row.
    fn table(&mut self, head: &[String], rows: &[Vec<String>]) {
        if head.is_empty() {
            return;
        }
        let (bold, plain) = (Style::bold(SIZE), Style::plain(SIZE));
        let mut wanted: Vec<f32> = head.iter().map(|text| self.letters.width(text, bold)).collect();
        for row in rows {
            for (width, text) in wanted.iter_mut().zip(row) {
                *width = width.max(self.letters.width(text, plain));
            }
        }
        let columns = columns(&wanted);
        let table = self.element(Tag::Table, None);
        let top = self.element(Tag::THead, Some(table));
        self.table_row(top, head, &columns, bold);
        if rows.is_empty() {
            return;
        }
        let body = self.element(Tag::TBody, Some(table));
        for row in rows {
            self.table_row(body, row, &columns, plain);
        }
    }

    fn table_row(&mut self, below: usize, texts: &[String], columns: &[(f32, f32)], style: Style) {
        let row = self.element(Tag::TR, Some(below));
        let mut cells = Vec::new();
        for (n, (x, width)) in columns.iter().enumerate() {
            let element = if style.bold {
                self.element(Tag::TH(TableHeaderScope::Column), Some(row))
            } else {
                self.element(Tag::TD, Some(row))
            };
            let text = texts.get(n).map_or("", String::as_str);
            cells.push(Cell { element, x: *x, width: *width, text, style });
        }
        self.cells(&cells, GAP / 2.0);
        let line = Row { before: 1.5, height: 1.0, keeps: style.bold, draws: vec![Draw::Rule], ..Row::default() };
        if let Some(last) = self.flow.rows.last_mut() {
            last.keeps = true;
        }
        self.flow.rows.push(line);
    }

    /// Says once which characters are drawn as a box.
    fn missing(&mut self, w: Words) {
        if self.letters.missing.is_empty() {
            return;
        }
        let count = self.letters.missing.len();
        let named = self.letters.missing.iter().take(MOST_MISSING);
        let mut named: Vec<String> = named.map(|letter| format!("U+{:04X}", u32::from(*letter))).collect();
        if count > MOST_MISSING {
            named.push("…".to_owned());
        }
        let text = say!(w, "sheet-letters", letters = named.join(", "));
        self.paragraph(&text, Style::plain(SMALL), GAP * 3.0);
    }
}

/// The place and the width of each column, from the widths that their texts want.
/// Where they want more than there is, narrow columns keep theirs and the others
/// share the rest.
fn columns(wanted: &[f32]) -> Vec<(f32, f32)> {
    let gap = GAP * 2.0;
    let count = wanted.len().max(1) as f32;
    let room = (WIDTH - gap * (count - 1.0)).max(count);
    // The rounding of a width must not break a word.
    let mut widths: Vec<f32> = wanted.iter().map(|width| width + 1.0).collect();
    let total: f32 = widths.iter().sum();
    if total > room {
        let fair = room / count;
        let kept: f32 = widths.iter().filter(|width| **width <= fair).sum();
        let wide: f32 = widths.iter().filter(|width| **width > fair).sum();
        for width in widths.iter_mut().filter(|width| **width > fair) {
            *width *= (room - kept) / wide;
        }
    } else {
        let more = (room - total) / count;
        widths.iter_mut().for_each(|width| *width += more);
    }
    let mut x = 0.0;
    widths
        .into_iter()
        .map(|width| {
            let at = x;
            x += width + gap;
            (at, width)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fill_the_page_and_narrow_ones_keep_their_width() {
        let end = |columns: &[(f32, f32)]| columns.last().map(|(x, width)| x + width).unwrap();
        let few = columns(&[20.0, 30.0]);
        assert!((end(&few) - WIDTH).abs() < 0.1, "{few:?}");
        let wide = columns(&[40.0, 900.0, 1_800.0]);
        assert!((end(&wide) - WIDTH).abs() < 0.1, "{wide:?}");
        assert!((wide[0].1 - 41.0).abs() < 0.1, "{wide:?}");
        assert!(wide[2].1 > wide[1].1, "{wide:?}");
    }
}
