//! Rows as pages of a PDF, each drawn thing as a part of its element.

use app::{say, sheet::Sheet, words::Words};
use krilla::{
    Document,
    destination::XyzDestination,
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    outline::{Outline, OutlineNode},
    page::PageSettings,
    paint::Fill,
    surface::Surface,
    tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TagGroup, TagTree},
    text::{GlyphId, KrillaGlyph},
};
use parley::layout::Run;

use super::{
    flow::{Child, Draw, Flow, Row, SMALL, WIDTH},
    letters::{Letters, Lines, Style},
};
use crate::error::Failure;

/// The size of a page, in points: A4.
const PAGE: (f32, f32) = (595.28, 841.89);
/// The margin on each side: two centimetres.
const MARGIN: f32 = 56.7;
/// The highest and the lowest place of text on a page.
const TOP: f32 = MARGIN;
const BOTTOM: f32 = PAGE.1 - MARGIN - 12.0;
/// The place of the foot of a page.
const FOOT: f32 = PAGE.1 - MARGIN + 4.0;

/// Draws a sheet's rows on pages.
pub(super) fn draw(sheet: &Sheet, mut flow: Flow, letters: &mut Letters) -> Result<Vec<u8>, Failure> {
    let pages = paginate(&flow.rows);
    let mut document = Document::new();
    let language = sheet.language.word().to_owned();
    document.set_metadata(
        Metadata::new().title(sheet.title.clone()).language(language.clone()).creator("Duologue".to_owned()),
    );
    document.set_outline(outline(&flow, &pages));
    let w = Words::new(sheet.language);
    for (n, rows) in pages.iter().enumerate() {
        let size = PageSettings::from_wh(PAGE.0, PAGE.1)
            .ok_or_else(|| Failure::Broken("a page of a PDF has no size".to_owned()))?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        surface.set_fill(Some(Fill::default()));
        for (row, y) in rows {
            draw_row(&mut surface, &mut flow, letters, (*row, *y))?;
        }
        let number = say!(w, "sheet-page", page = (n + 1).to_string(), pages = pages.len().to_string());
        draw_foot(&mut surface, letters, &sheet.footer, &number)?;
        surface.finish();
        page.finish();
    }
    let mut tree = TagTree::new().with_lang(Some(language));
    for root in &flow.roots {
        if let Some(group) = group(&flow, *root) {
            tree.push(group);
        }
    }
    document.set_tag_tree(tree);
    document.finish().map_err(|error| Failure::Broken(format!("a PDF was not made: {error}")))
}

/// The rows of each page with their places from the top. There is at least one
/// page.
fn paginate(rows: &[Row]) -> Vec<Vec<(usize, f32)>> {
    let mut pages = Vec::new();
    let mut page: Vec<(usize, f32)> = Vec::new();
    let mut y = TOP;
    for (n, row) in rows.iter().enumerate() {
        if row.ends_page {
            // Two ends in a row make no empty page.
            if !page.is_empty() {
                pages.push(std::mem::take(&mut page));
                y = TOP;
            }
            continue;
        }
        let before = if page.is_empty() { 0.0 } else { row.before };
        if y + before + kept_height(rows, n) > BOTTOM && !page.is_empty() {
            pages.push(std::mem::take(&mut page));
            y = TOP;
        }
        y += if page.is_empty() { 0.0 } else { row.before };
        page.push((n, y));
        y += row.height;
    }
    if !page.is_empty() || pages.is_empty() {
        pages.push(page);
    }
    pages
}

/// The height of a row with those that have to be on the same page after it. What
/// is higher than a page is not kept together.
fn kept_height(rows: &[Row], first: usize) -> f32 {
    let own = rows.get(first).map_or(0.0, |row| row.height);
    let mut height = own;
    let mut keeps = rows.get(first).is_some_and(|row| row.keeps);
    for row in rows.iter().skip(first + 1) {
        if !keeps || row.ends_page {
            break;
        }
        height += row.before + row.height;
        keeps = row.keeps;
    }
    if height > BOTTOM - TOP { own } else { height }
}

/// The headings as an outline.
fn outline(flow: &Flow, pages: &[Vec<(usize, f32)>]) -> Outline {
    let mut outline = Outline::new();
    for (text, row) in &flow.headings {
        let place = pages
            .iter()
            .enumerate()
            .find_map(|(page, rows)| rows.iter().find(|(n, _)| n == row).map(|(_, y)| (page, *y)));
        if let Some((page, y)) = place {
            outline.push_child(OutlineNode::new(text.clone(), XyzDestination::new(page, Point::from_xy(MARGIN, y))));
        }
    }
    outline
}

/// Draws a row; what is drawn becomes a part of its element.
fn draw_row(
    surface: &mut Surface<'_>,
    flow: &mut Flow,
    letters: &mut Letters,
    (row, y): (usize, f32),
) -> Result<(), Failure> {
    let Flow { rows, lines, elements, .. } = flow;
    let Some(row) = rows.get(row) else { return Ok(()) };
    for draw in &row.draws {
        match draw {
            Draw::Line { lines: of, line, x, element } => {
                let (Some(lines), Some(element)) = (lines.get(*of), elements.get_mut(*element)) else { continue };
                let drawn = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                let result = draw_line(surface, letters, lines, *line, (MARGIN + x, y));
                surface.end_tagged();
                element.children.push(Child::Drawn(drawn));
                result?;
            }
            Draw::Rule => draw_box(surface, Rect::from_xywh(MARGIN, y, WIDTH, 0.5)),
            Draw::Bar => draw_box(surface, Rect::from_xywh(MARGIN + 4.0, y, 1.5, row.height)),
        }
    }
    Ok(())
}

/// Fills a rectangle that says nothing to a reader.
fn draw_box(surface: &mut Surface<'_>, rect: Option<Rect>) {
    let Some(rect) = rect else { return };
    let mut path = PathBuilder::new();
    path.push_rect(rect);
    let Some(path) = path.finish() else { return };
    let _: Identifier = surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
    surface.draw_path(&path);
    surface.end_tagged();
}

/// Draws the foot of a page: its line and its number, which are no part of the
/// text.
fn draw_foot(surface: &mut Surface<'_>, letters: &mut Letters, footer: &str, number: &str) -> Result<(), Failure> {
    let style = Style::plain(SMALL);
    let number_width = letters.width(number, style) + 1.0;
    let number = letters.set(number, style, number_width);
    let footer = letters.set(footer, style, (WIDTH - number_width - 12.0).max(1.0));
    let kinds =
        [(&footer, MARGIN, ArtifactType::Footer), (&number, MARGIN + WIDTH - number_width, ArtifactType::PageNumber)];
    for (lines, x, kind) in kinds {
        let _: Identifier = surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
        // A long line has room for two.
        let drawn: Result<(), Failure> = (0..lines.layout.len().min(2)).try_for_each(|line| {
            let below = line as f32 * style.line_height();
            draw_line(surface, letters, lines, line, (x, FOOT + below))
        });
        surface.end_tagged();
        drawn?;
    }
    Ok(())
}

/// Draws a line of a text; `(x, y)` is its upper left corner.
fn draw_line(
    surface: &mut Surface<'_>,
    letters: &mut Letters,
    lines: &Lines,
    number: usize,
    (x, y): (f32, f32),
) -> Result<(), Failure> {
    let Some(line) = lines.layout.get(number) else { return Ok(()) };
    let above = number as f32 * lines.style.line_height();
    let baseline = y + line.metrics().baseline - above;
    let mut x = x + line.metrics().offset;
    for run in line.runs() {
        let size = run.font_size();
        let font = letters.embedded(run.font())?;
        let (glyphs, width) = glyphs(&run, size);
        if !glyphs.is_empty() {
            surface.draw_glyphs(Point::from_xy(x, baseline), &glyphs, font, &lines.text, size, false);
        }
        x += width;
    }
    Ok(())
}

/// The glyphs of a run from left to right, each with the text that it shows, and
/// how wide they are.
fn glyphs<B: parley::Brush>(run: &Run<'_, B>, size: f32) -> (Vec<KrillaGlyph>, f32) {
    let (mut glyphs, mut width) = (Vec::<KrillaGlyph>::new(), 0.0);
    // From right to left, the later letters of a ligature come before its glyph.
    let mut pending = None;
    for cluster in run.visual_clusters() {
        let range = cluster.text_range();
        if cluster.is_ligature_continuation() {
            if run.is_rtl() {
                pending = pending.max(Some(range.end));
            } else if let Some(glyph) = glyphs.last_mut() {
                glyph.text_range.end = range.end;
            }
            continue;
        }
        let end = pending.take().map_or(range.end, |later: usize| later.max(range.end));
        for glyph in cluster.glyphs() {
            glyphs.push(KrillaGlyph::new(
                GlyphId::new(glyph.id),
                glyph.advance / size,
                glyph.x / size,
                // Downwards in a layout, upwards in a PDF.
                -glyph.y / size,
                0.0,
                range.start..end,
                None,
            ));
            width += glyph.advance;
        }
    }
    (glyphs, width)
}

/// An element with all that is below it. An empty cell keeps its place in the row.
fn group(flow: &Flow, id: usize) -> Option<TagGroup> {
    let element = flow.elements.get(id)?;
    let mut made = TagGroup::new(element.tag.clone());
    for child in &element.children {
        match child {
            Child::Drawn(drawn) => made.push(*drawn),
            Child::Element(below) => made.children.extend(group(flow, *below).map(Into::into)),
        }
    }
    Some(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(height: f32, keeps: bool) -> Row {
        Row { height, keeps, ..Row::default() }
    }

    #[test]
    fn heading_is_on_the_page_of_what_follows() {
        let rows = [row(700.0, false), row(20.0, true), row(60.0, false)];
        let pages = paginate(&rows);
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
        let lonely = [row(600.0, false), row(20.0, true), row(5_000.0, false)];
        assert_eq!(paginate(&lonely).len(), 2, "what fits on no page is not kept together");
    }

    #[test]
    fn page_ends_make_no_empty_page() {
        let end = || Row { ends_page: true, ..Row::default() };
        let pages = paginate(&[end(), row(10.0, false), end(), end(), row(10.0, false), end()]);
        assert_eq!(pages.len(), 2);
        assert_eq!(paginate(&[]).len(), 1);
    }
}
