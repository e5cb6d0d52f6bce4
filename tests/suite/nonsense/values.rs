//! The values and the names of fields that are tried.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// Values that are short enough for an address, encoded as they are sent.
pub(super) fn short_values() -> Vec<String> {
    let text = [
        "",
        "\0",
        "a\0b",
        "%",
        "_",
        "\\",
        "%\\",
        "'",
        "\"",
        "';--",
        "\u{2028}\u{2029}\u{0085}",
        "👩\u{200D}👩\u{200D}👧 💛",
        "नमस्ते",
        "\u{202E}\u{2066}txet\u{200F}",
        "\u{FEFF}\u{FFFE}\u{10FFFF}",
        "<script>alert(1)</script>",
        "\r\nSet-Cookie: a=b",
        "\u{1F}\u{7F}\u{9B}",
        "99999999999999999999",
        "-1",
        "-0",
        "0",
        "32768",
        "65536",
        "2147483648",
        "999999999",
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551615",
        "NaN",
        "inf",
        "1e309",
        "0x7fffffff",
        "١٢٣",
        "0000-01-01",
        "0001-01-01",
        "1900-01-01",
        "2200-12-31",
        "9999-12-31",
        "10000-01-01",
        "-262143-01-01",
        "+262142-12-31",
        "2027-02-29",
        "0000-01-01T00:00:00Z",
        "2200-12-31T23:59:59Z",
        "9999-12-31T23:59:60Z",
        "-262143-01-01T00:00:00Z",
        "+262142-12-31T23:59:59.999999999Z",
        "2026-11-30T10:00:00+23:59",
        "24:00",
        "23:59:60",
        "9:00-9:00, 23:59–00:00",
        "../../etc/passwd",
        "Europe/../../etc/passwd",
        "Mars/Olympus",
        "/dev/zero",
        "//evil.example",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "-9223372036854775808.0.00000000000000000000000000000000",
        "9223372036854775807.9223372036854775807.ffffffffffffffffffffffffffffffff.ffffffffffffffffffffffffffffffff",
        "0.253402300799000000.ffffffffffffffffffffffffffffffff",
        "1.2",
        "[0]",
        "{}",
        "null",
        "at:",
        "over.ffffffffffffffff",
        "leave_out",
        "x@y",
        "a@xn--.example",
        "tel:+",
    ];
    let mut values: Vec<String> = text.iter().map(|t| encode(t)).collect();
    values.extend(["9".repeat(400), "x".repeat(10_000), "%F0%9F%92%9B".repeat(1_000), "a+".repeat(8_000)]);
    // Not even valid text.
    values.extend(["%", "%zz", "%u0041", "%FF%FE", "%ED%A0%80", "%C0%80", "%E2%80", "+"].map(str::to_owned));
    values
}

/// Values that only fit into a body, encoded as they are sent.
pub(super) fn long_values() -> Vec<String> {
    let runs = [
        "x",
        "9",
        "a%0A",
        "a%0Ab%0A",
        "%C3%A9",
        "%D9%A1",
        "%EF%B7%BA",
        ",",
        "a,",
        "%20",
        "-",
        "9:00-9:01,",
        "[",
        "%5C",
        "%25",
        // Joiners, accents, skin tones and flag tags, which are interpreted together with
        // their neighbours.
        "%E2%80%8D",
        "%CC%81",
        "%F0%9F%8F%BB",
        "%F0%9F%8F%B4%F3%A0%81%A7",
        "%F3%A0%81%A7",
        "%E0%A5%8D%E2%80%8D",
        "%E2%80%8B",
    ];
    runs.iter()
        .map(|run| {
            let mut value = String::from("a");
            while value.len() + run.len() < 900_000 {
                value.push_str(run);
            }
            value
        })
        .chain([(0..120_000).map(|n| format!("{n},")).collect(), (0..120_000).map(|n| format!("{n}%0A")).collect()])
        .collect()
}

pub(super) fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// Every name under which a handler or a type of `domain` reads a field.
pub(super) fn field_names() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for folder in ["server/src/web", "app/domain/src"] {
        sources(&root.join(folder), &mut files);
    }
    let readers = [
        "get",
        "has",
        "all",
        "text",
        "lines",
        "word",
        "optional",
        "number",
        "email",
        "optional_email",
        "phone",
        "zone",
        "date",
        "optional_date",
        "time",
        "optional_time",
        "several",
        "ticked",
        "list",
    ];
    let mut found = BTreeSet::new();
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap();
        for (at, _) in source.match_indices("(\"") {
            let before = source[..at].rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap();
            let name = source[at + 2..].split('"').next().unwrap();
            if readers.contains(&before) {
                found.insert(name.to_owned());
            }
        }
        // `List::new("/library", "drafts", …)` names the field of a list.
        for list in source.split("List::new(").skip(1) {
            let until = list.find(';').unwrap_or(list.len());
            found.extend(list[..until].split('"').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found.extend(
        ["since", "before", "after", "older", "notice", "undo", "key", "reason", "over", "seen"].map(str::to_owned),
    );
    found.retain(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.".contains(c)));
    assert!(found.len() > 80 && found.contains("exercise") && found.contains("drafts"), "{found:?}");
    found.into_iter().collect()
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

/// Names that no page has, for fields with a number or a date in their name.
pub(super) const ODD_NAMES: [&str; 14] = [
    "step.0.kind",
    "step.0.options",
    "step.399.title",
    "step.99999999999999999999.prompt",
    "step..x",
    "choice.2026-12-10",
    "choice.-262143-01-01",
    "first.+262142-12-31",
    "hours.mon",
    "s.mine.own",
    "s.0.0.0",
    "a[]",
    "a[0][b]",
    "%00",
];

/// A field name as forms send it: dots and underscores are not encoded.
pub(super) fn encode_name(name: &str) -> String {
    encode(name).replace("%2E", ".").replace("%5F", "_")
}
