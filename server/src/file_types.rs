//! What an uploaded file is, by its bytes: its name and what the browser says of
//! it count nothing. The bytes are looked at while they arrive.

use domain::records::document::FileType;

/// How many of the first bytes are kept to recognise a type.
const HEAD: usize = 8 * 1024;

/// The longest name of a PDF object that is compared, in bytes.
const LONGEST_NAME: usize = 32;

/// Names in a PDF with which something may run, be opened, be sent, or not be seen:
/// scripts, programs, forms that are sent, other files in it (ISO 32000-1, 12.6.4
/// and 7.11.4). Objects in compressed or encrypted streams cannot be looked at.
const ACTIVE_NAMES: [&[u8]; 10] = [
    b"JS",
    b"JavaScript",
    b"Launch",
    b"RichMedia",
    b"EmbeddedFile",
    b"XFA",
    b"SubmitForm",
    b"ImportData",
    b"ObjStm",
    b"Encrypt",
];

/// Why a file is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It has no bytes.
    Empty,
    /// It is longer than `domain::records::document::MOST_BYTES`; its length.
    TooLong(usize),
    /// A web page, or a picture that can contain scripts (SVG).
    WebPage,
    /// A program or a script.
    Program,
    /// A Word document with macros.
    Macros,
    /// Another type.
    Other,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recognised {
    pub file_type: FileType,
    /// Whether it is a PDF that may contain scripts or other active content.
    pub active: bool,
}

/// Looks at the bytes of a file in the order in which they arrive.
pub struct Inspection {
    head: Vec<u8>,
    text: TextCheck,
    pdf: PdfNames,
    word: Search,
    macros: Search,
}

impl Default for Inspection {
    fn default() -> Self {
        Self {
            head: Vec::new(),
            text: TextCheck { is_text: true, rest: Vec::new() },
            pdf: PdfNames::default(),
            word: Search::new(b"word/document.xml"),
            macros: Search::new(b"vbaProject.bin"),
        }
    }
}

impl Inspection {
    /// Looks at the next bytes.
    pub fn take(&mut self, bytes: &[u8]) {
        let room = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(bytes.get(..room).unwrap_or_default());
        self.text.take(bytes);
        if self.is_archive() {
            self.word.take(bytes);
            self.macros.take(bytes);
        } else {
            self.pdf.take(bytes);
        }
    }

    fn is_archive(&self) -> bool {
        self.head.starts_with(b"PK")
    }

    /// What the file is.
    pub fn result(&self) -> Result<Recognised, Refusal> {
        let plain = |file_type| Ok(Recognised { file_type, active: false });
        if self.head.is_empty() {
            return Err(Refusal::Empty);
        }
        match infer::get(&self.head).map(|found| found.mime_type()) {
            // The mark may be preceded by other bytes: such a file could be two
            // things at once.
            Some("application/pdf") if self.head.starts_with(b"%PDF-") => {
                Ok(Recognised { file_type: FileType::Pdf, active: self.pdf.is_active() })
            }
            Some("image/jpeg") => plain(FileType::Jpeg),
            Some("image/png") => plain(FileType::Png),
            Some(_) | None if self.is_archive() => match (self.word.is_found, self.macros.is_found) {
                (true, false) => plain(FileType::Docx),
                (true, true) => Err(Refusal::Macros),
                (false, _) => Err(Refusal::Other),
            },
            Some("text/html" | "text/xml" | "image/svg+xml") => Err(Refusal::WebPage),
            Some(kind) if is_program(kind) => Err(Refusal::Program),
            // Other text that the library knows, such as a card of an address book.
            Some(_) | None if self.text.is_text() => self.of_text(),
            Some(_) | None => Err(Refusal::Other),
        }
    }

    /// What a file of text is.
    fn of_text(&self) -> Result<Recognised, Refusal> {
        let head = self.head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.head).trim_ascii_start();
        if head.starts_with(b"<") {
            Err(Refusal::WebPage)
        } else if head.starts_with(b"#!") {
            Err(Refusal::Program)
        } else {
            Ok(Recognised { file_type: FileType::Text, active: false })
        }
    }
}

/// Whether a media type is that of a program.
fn is_program(kind: &str) -> bool {
    matches!(
        kind,
        "application/vnd.microsoft.portable-executable"
            | "application/x-executable"
            | "application/x-mach-binary"
            | "application/java"
            | "application/x-java-archive"
            | "application/wasm"
            | "application/llvm"
            | "application/vnd.android.dex"
            | "application/vnd.android.dey"
            | "application/x-msi"
            | "text/x-shellscript"
    )
}

/// Whether bytes are a text: UTF-8 without control characters.
struct TextCheck {
    is_text: bool,
    /// The first bytes of a character whose others have not arrived.
    rest: Vec<u8>,
}

impl TextCheck {
    fn take(&mut self, bytes: &[u8]) {
        if !self.is_text {
            return;
        }
        let control = |b: &u8| (*b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0C)) || *b == 0x7F;
        if bytes.iter().any(control) {
            self.is_text = false;
            return;
        }
        let mut whole = std::mem::take(&mut self.rest);
        whole.extend_from_slice(bytes);
        if let Err(error) = std::str::from_utf8(&whole) {
            self.is_text = error.error_len().is_none();
            self.rest = whole.get(error.valid_up_to()..).unwrap_or_default().to_vec();
        }
    }

    fn is_text(&self) -> bool {
        self.is_text && self.rest.is_empty()
    }
}

/// Looks for the names of active content in a PDF. `#` and two digits stand for any
/// letter of a name (ISO 32000-1, 7.3.5).
#[derive(Default)]
struct PdfNames {
    is_active: bool,
    /// The name that is being read; `None`: no name.
    name: Option<Vec<u8>>,
}

impl PdfNames {
    fn take(&mut self, bytes: &[u8]) {
        if self.is_active {
            return;
        }
        for byte in bytes {
            match *byte {
                b'/' => {
                    self.end();
                    self.name = Some(Vec::new());
                }
                byte if is_regular(byte) => {
                    if let Some(name) = self.name.as_mut().filter(|name| name.len() < LONGEST_NAME * 3) {
                        name.push(byte);
                    }
                }
                _ => self.end(),
            }
        }
    }

    /// Whether one was found, also at the very end.
    fn is_active(&self) -> bool {
        self.is_active || self.name.as_ref().is_some_and(|name| is_active_name(name))
    }

    /// Compares the name that has ended.
    fn end(&mut self) {
        if let Some(name) = self.name.take() {
            self.is_active |= is_active_name(&name);
        }
    }
}

/// Whether a byte belongs to a name: it is no white space and no delimiter.
const fn is_regular(byte: u8) -> bool {
    !matches!(
        byte,
        0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ' | b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    )
}

/// Whether a name is one of those with which something may run.
fn is_active_name(name: &[u8]) -> bool {
    ACTIVE_NAMES.contains(&plain_name(name).as_slice())
}

/// A name with its escaped letters as they are meant.
fn plain_name(name: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut bytes = name.iter().copied();
    let digit = |byte: Option<u8>| byte.and_then(|b| char::from(b).to_digit(16)).and_then(|d| u8::try_from(d).ok());
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        match (byte, digit(ahead.next()), digit(ahead.next())) {
            (b'#', Some(high), Some(low)) => {
                plain.push(high * 16 + low);
                bytes = ahead;
            }
            _ => plain.push(byte),
        }
    }
    plain
}

/// Looks for a text in bytes that arrive in pieces.
struct Search {
    wanted: &'static [u8],
    /// The last bytes, in which the text may begin.
    rest: Vec<u8>,
    is_found: bool,
}

impl Search {
    const fn new(wanted: &'static [u8]) -> Self {
        Self { wanted, rest: Vec::new(), is_found: false }
    }

    fn take(&mut self, bytes: &[u8]) {
        if self.is_found {
            return;
        }
        self.rest.extend_from_slice(bytes);
        self.is_found = self.rest.windows(self.wanted.len()).any(|window| window == self.wanted);
        let keep = self.rest.len().saturating_sub(self.wanted.len() - 1);
        self.rest.drain(..keep);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks at bytes that arrive in pieces of this length.
    fn look(bytes: &[u8], piece: usize) -> Result<Recognised, Refusal> {
        let mut inspection = Inspection::default();
        bytes.chunks(piece).for_each(|piece| inspection.take(piece));
        inspection.result()
    }

    fn file_type(bytes: &[u8]) -> Result<FileType, Refusal> {
        let results: Vec<_> = [1, 3, 7, 100_000].map(|piece| look(bytes, piece)).to_vec();
        assert!(results.iter().all(|result| *result == results[0]), "{results:?}");
        results[0].map(|found| found.file_type)
    }

    /// The beginning of an archive with a file of this name.
    fn archive(names: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for name in names {
            bytes.extend_from_slice(b"PK\x03\x04");
            bytes.extend_from_slice(&[0; 22]);
            bytes.extend_from_slice(&[u8::try_from(name.len()).unwrap(), 0, 0, 0]);
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(&[7; 300]);
        }
        bytes
    }

    #[test]
    fn types_are_known_by_their_content() {
        assert_eq!(file_type(b"%PDF-1.7\nabc"), Ok(FileType::Pdf));
        assert_eq!(file_type(b"\xFF\xD8\xFF\xE0abc"), Ok(FileType::Jpeg));
        assert_eq!(file_type(b"\x89PNG\r\n\x1A\nabc"), Ok(FileType::Png));
        assert_eq!(file_type("Ein Brief, अमारा\r\n".as_bytes()), Ok(FileType::Text));
        assert_eq!(
            file_type(&archive(&["[Content_Types].xml", "_rels/.rels", "word/document.xml"])),
            Ok(FileType::Docx)
        );
    }

    #[test]
    fn programs_and_pages_are_refused_whatever_their_name() {
        assert_eq!(file_type(b"MZ\x90\x00\x03"), Err(Refusal::Program));
        let mut elf = b"\x7FELF\x02\x01\x01".to_vec();
        elf.resize(200, 0);
        assert_eq!(file_type(&elf), Err(Refusal::Program));
        assert_eq!(file_type(b"#!/bin/sh\nrm -rf /\n"), Err(Refusal::Program));
        for page in [
            &b"<!DOCTYPE html><p>"[..],
            b"\n  <svg xmlns='http://www.w3.org/2000/svg'>",
            b"\xEF\xBB\xBF<script>",
            b"<?xml version='1.0'?><svg/>",
            b"<!-- -->\n<html>",
        ] {
            assert_eq!(file_type(page), Err(Refusal::WebPage), "{}", String::from_utf8_lossy(page));
        }
        assert_eq!(file_type(b""), Err(Refusal::Empty));
        assert_eq!(file_type(b"GIF89a\x01\x00"), Err(Refusal::Other));
        assert_eq!(file_type(&archive(&["a.txt"])), Err(Refusal::Other));
        let macros = archive(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]);
        assert_eq!(file_type(&macros), Err(Refusal::Macros));
        assert_eq!(file_type(b"text \xFF\xFE"), Err(Refusal::Other));
        assert_eq!(file_type(b"text \x00"), Err(Refusal::Other));
        // A page before the mark of a PDF could be taken for either.
        assert!(file_type(b"<html><script>x</script>%PDF-1.4").is_err());
    }

    #[test]
    fn pdf_with_scripts_is_known_also_by_escaped_names() {
        for piece in [1, 4, 1_000] {
            let active = |bytes: &[u8]| look(bytes, piece).unwrap().active;
            assert!(active(b"%PDF-1.7 << /S /JavaScript /JS (x) >>"));
            assert!(active(b"%PDF-1.7 << /S /J#61vaScript >>"));
            assert!(active(b"%PDF-1.7 <</Type/ObjStm/N 3>>"));
            assert!(active(b"%PDF-1.7 <</Encrypt 5 0 R>>"));
            assert!(!active(b"%PDF-1.7 << /Type /Catalog /Pages 2 0 R /JSX /Launched >>"));
            assert!(!active(b"%PDF-1.7 (JavaScript) JS"));
        }
    }
}
