use std::process::Command;

use app::sheet::{Block, Sheet, sample};
use domain::clients::person::Language;

use super::write;

/// The words of a PDF as another program reads them (`pdftotext` of poppler).
fn text_of(pdf: &[u8]) -> String {
    run("pdftotext", &["-enc", "UTF-8"], pdf, Some("-"))
}

/// What another program says of a PDF. `make` installs the programs.
fn run(program: &str, before: &[&str], pdf: &[u8], after: Option<&str>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sheet.pdf");
    std::fs::write(&file, pdf).unwrap();
    let said = Command::new(program)
        .args(before)
        .arg(&file)
        .args(after)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}: `make test` installs poppler-utils and qpdf"));
    assert!(said.status.success(), "{program}: {}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8_lossy(&said.stdout).into_owned()
}

fn sheet(blocks: Vec<Block>) -> Sheet {
    Sheet { blocks, subtitle: String::new(), footer: String::new(), ..sample() }
}

/// The text without the breaks of its lines.
fn joined(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn another_program_reads_every_word_in_its_order() {
    let pdf = write(&sample()).unwrap();
    let text = joined(&text_of(&pdf));
    let mut at = 0;
    for words in [
        "Lakeside Practice",
        "Progress note",
        "Amara Okafor & Jonas Brandt",
        "24 November 2026, 10:00 to 11:15",
        "What happened between them",
        "Both spoke of the summer.",
        "Jonas paused for long.",
        "अमारा ने शांत होकर सुना।",
        "In their own words",
        "“I would like one evening a week that is ours.”",
        "One evening by the lake",
        "No phones at table",
        "To argue without leaving the room",
        "Reached",
        "Signed",
        "Ruth Feld, 24 November 2026, 12:03",
    ] {
        let found =
            text[at..].find(words).unwrap_or_else(|| panic!("{words} is not read after {}: {text}", &text[..at]));
        at += found + words.len();
    }
    assert!(text.contains("Confidential") && text.contains("1 of 1"), "{text}");
    for words in ["להקשיב", "مرحبا"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("letters that its fonts don’t include"), "{text}");
}

#[test]
fn pdf_is_sound_tagged_and_carries_its_fonts() {
    let pdf = write(&sample()).unwrap();
    assert!(run("qpdf", &["--check"], &pdf, None).contains("No syntax or stream encoding errors found"));
    let about = run("pdfinfo", &[], &pdf, None);
    for line in [
        "Title:           Progress note",
        "Tagged:          yes",
        "JavaScript:      no",
        "Page size:       595.28 x 841.89",
    ] {
        assert!(about.contains(line), "{line}: {about}");
    }
    let structure = run("pdfinfo", &["-struct"], &pdf, None);
    for element in ["H1", "H2", "P", "L", "LI", "LBody", "Table", "TH", "TD", "BlockQuote"] {
        assert!(structure.lines().any(|line| line.trim().starts_with(element)), "{element}: {structure}");
    }
    // name, type, encoding, embedded, subset, and a table from glyphs to letters
    let fonts = run("pdffonts", &[], &pdf, None);
    let lines: Vec<&str> = fonts.lines().skip(2).collect();
    assert!(lines.len() >= 4, "{fonts}");
    for line in lines {
        assert!(line.contains("+NotoSans") && line.matches("yes").count() == 3, "{line}");
    }
    // /Lang is in the catalogue, which qpdf shows uncompressed.
    let plain = run("qpdf", &["--qdf", "--object-streams=disable"], &pdf, Some("-"));
    assert!(plain.contains("/Lang (en)"), "the language is named");
}

#[test]
fn same_sheet_is_the_same_bytes() {
    assert_eq!(write(&sample()).unwrap(), write(&sample()).unwrap());
}

#[test]
fn letter_that_no_font_has_is_drawn_as_a_box_and_said_once() {
    let text = |words: &str| Block::Text(words.to_owned());
    let pdf = write(&sheet(vec![text("She wrote 漢 and 漢 💛."), text("And 漢 again.")])).unwrap();
    let read = joined(&text_of(&pdf));
    assert_eq!(read.matches("letters that its fonts don’t include").count(), 1, "{read}");
    assert!(read.contains("U+6F22, U+1F49B"), "{read}");
    let hindi = Sheet { language: Language::Hindi, ..sheet(vec![text("漢")]) };
    let read = joined(&text_of(&write(&hindi).unwrap()));
    assert!(read.contains("U+6F22") && read.contains("1 में से 1"), "{read}");
}

#[test]
fn long_sheet_has_numbered_pages_and_loses_nothing() {
    let rows: Vec<Vec<String>> =
        (0..120).map(|n| vec![format!("row-{n}"), "long words ".repeat(20), String::new()]).collect();
    let head = ["Name", "Words", "Empty"].map(str::to_owned).to_vec();
    let long = format!("begin-{} {} end-of-text", "x".repeat(400), "paragraph ".repeat(1_500));
    let pdf = write(&sheet(vec![Block::Text(long), Block::Break, Block::Table { head, rows }])).unwrap();
    let text = text_of(&pdf);
    for n in 0..120 {
        assert!(text.contains(&format!("row-{n}")), "row-{n}");
    }
    assert!(text.contains("end-of-text"));
    let pages = text.matches('\u{C}').count();
    assert!(pages > 6, "{pages}");
    let text = joined(&text);
    for page in 1..=pages {
        assert!(text.contains(&format!("{page} of {pages}")), "{page}");
    }
}

#[test]
fn odd_sheets_are_made_as_well() {
    let odd = vec![
        Block::Text(String::new()),
        Block::List(vec![String::new()]),
        Block::Facts(vec![(String::new(), String::new())]),
        Block::Table { head: vec![], rows: vec![vec!["lost".to_owned()]] },
        Block::Table { head: vec!["A".to_owned()], rows: vec![vec![], vec!["1".to_owned(), "2".to_owned()]] },
        Block::Quote("\n\n".to_owned()),
        Block::Heading(9, "\u{0}\u{7}\tabc\u{feff}".to_owned()),
        Block::Text("e\u{301}\u{301}\u{301} \u{200d}\u{200d} \u{fe0f}\n\n\u{1d11e}\u{10ffff}".to_owned()),
        Block::Rule,
        Block::Break,
    ];
    let pdf = write(&Sheet { title: String::new(), practice: String::new(), ..sheet(odd) }).unwrap();
    assert!(text_of(&pdf).contains("abc"));
}
