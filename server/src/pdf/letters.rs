//! Letters: the fonts of our PDFs, and texts that are set into lines with them.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use krilla::text::Font;
use parley::{
    Alignment, AlignmentOptions, FontContext, FontData, Layout, LayoutContext,
    fontique::{Blob, Collection, CollectionOptions, SourceCache},
    style::{FontFamily, FontFamilyName, FontWeight, LineHeight, OverflowWrap, StyleProperty},
};

use crate::error::Failure;

/// The font files. See `server/fonts/README.md`.
const FILES: [&[u8]; 6] = [
    include_bytes!("../../fonts/NotoSans-Regular.ttf"),
    include_bytes!("../../fonts/NotoSans-Bold.ttf"),
    include_bytes!("../../fonts/NotoSansDevanagari-Regular.ttf"),
    include_bytes!("../../fonts/NotoSansDevanagari-Bold.ttf"),
    include_bytes!("../../fonts/NotoSansArabic-Regular.ttf"),
    include_bytes!("../../fonts/NotoSansHebrew-Regular.ttf"),
];

/// The families of the font files, in the order in which a letter is looked for.
static FAMILIES: [FontFamilyName<'static>; 4] = [
    FontFamilyName::Named(Cow::Borrowed("Noto Sans")),
    FontFamilyName::Named(Cow::Borrowed("Noto Sans Devanagari")),
    FontFamilyName::Named(Cow::Borrowed("Noto Sans Arabic")),
    FontFamilyName::Named(Cow::Borrowed("Noto Sans Hebrew")),
];

/// The height of a line as a multiple of the font size. Devanagari has marks above
/// and below its letters.
const LEADING: f32 = 1.45;

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Style {
    /// The size of the font, in points.
    pub size: f32,
    pub bold: bool,
}

impl Style {
    /// Upright letters of this size, in points.
    pub(super) const fn plain(size: f32) -> Self {
        Self { size, bold: false }
    }

    /// Bold letters of this size, in points.
    pub(super) const fn bold(size: f32) -> Self {
        Self { size, bold: true }
    }

    /// The height of a line, in points.
    pub(super) fn line_height(self) -> f32 {
        self.size * LEADING
    }
}

/// A text that is set into lines.
pub(super) struct Lines {
    pub text: String,
    pub layout: Layout<()>,
    pub style: Style,
}

/// The fonts, with what was found missing in them so far.
pub(super) struct Letters {
    fonts: FontContext,
    layouts: LayoutContext<()>,
    embedded: HashMap<u64, Font>,
    /// The characters of all texts so far that no font has.
    pub missing: BTreeSet<char>,
}

impl Letters {
    /// The fonts of this program. The machine's fonts are not used: the same sheet
    /// looks the same everywhere.
    pub(super) fn new() -> Result<Self, Failure> {
        let mut collection = Collection::new(CollectionOptions { shared: false, system_fonts: false });
        for file in FILES {
            if collection.register_fonts(Blob::new(Arc::new(file)), None).is_empty() {
                return Err(Failure::Broken("a font of the PDFs cannot be read".to_owned()));
            }
        }
        Ok(Self {
            fonts: FontContext { collection, source_cache: SourceCache::default() },
            layouts: LayoutContext::new(),
            embedded: HashMap::new(),
            missing: BTreeSet::new(),
        })
    }

    /// Sets a text into lines of at most this width, in points. A word that is
    /// longer is broken.
    pub(super) fn set(&mut self, text: &str, style: Style, width: f32) -> Lines {
        let text: String = text.chars().filter_map(printable).collect();
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, &text, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(FontFamily::List(Cow::Borrowed(&FAMILIES))));
        builder.push_default(StyleProperty::FontSize(style.size));
        builder.push_default(StyleProperty::LineHeight(LineHeight::Absolute(style.line_height())));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        if style.bold {
            builder.push_default(StyleProperty::FontWeight(FontWeight::BOLD));
        }
        let mut layout = builder.build(&text);
        layout.break_all_lines(Some(width));
        layout.align(Alignment::Start, AlignmentOptions::default());
        self.note_missing(&text, &layout);
        Lines { text, layout, style }
    }

    /// How wide a text is that is not broken, in points.
    pub(super) fn width(&mut self, text: &str, style: Style) -> f32 {
        // Wider than any page, and still finite: alignment needs a width.
        self.set(text, style, 100_000.0).layout.width()
    }

    /// Remembers the characters that are drawn as a box because no font has them.
    fn note_missing(&mut self, text: &str, layout: &Layout<()>) {
        for cluster in layout.lines().flat_map(|line| line.runs()).flat_map(|run| run.clusters()) {
            if cluster.glyphs().any(|glyph| glyph.id == 0) {
                let letters = text.get(cluster.text_range()).unwrap_or_default();
                self.missing.extend(letters.chars().filter(|letter| is_visible(*letter)));
            }
        }
    }

    /// The font as it is embedded into a PDF.
    pub(super) fn embedded(&mut self, font: &FontData) -> Result<Font, Failure> {
        let (data, id) = font.data.clone().into_raw_parts();
        if let Some(known) = self.embedded.get(&id) {
            return Ok(known.clone());
        }
        let new = Font::new(data.into(), font.index)
            .ok_or_else(|| Failure::Broken("a font of the PDFs cannot be embedded".to_owned()))?;
        self.embedded.insert(id, new.clone());
        Ok(new)
    }
}

/// A character as it is set; `None`: it is left out. Line breaks stay.
fn printable(letter: char) -> Option<char> {
    match letter {
        '\n' => Some('\n'),
        '\t' => Some(' '),
        letter if letter.is_control() => None,
        letter => Some(letter),
    }
}

/// Whether a character has a shape of its own. Those that only join, separate or
/// choose (Unicode: `Default_Ignorable_Code_Point`) are not missed.
fn is_visible(letter: char) -> bool {
    !letter.is_whitespace()
        && !letter.is_control()
        && !matches!(
            letter,
            '\u{AD}'
                | '\u{34F}'
                | '\u{61C}'
                | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}'
                | '\u{202A}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{3164}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF0}'..='\u{FFF8}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
}
