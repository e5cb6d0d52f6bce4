//! The exercises and pathways that the program contains, embedded as they are
//! written, and exercises as files.

use domain::{
    exercises::{exercise::Document, pathway::Pathway},
    records::intake::IntakeList,
    typed,
};
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../app/library"]
struct Files;

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../app/pathways"]
struct PathwayFiles;

/// All pathways, read and checked against the exercises. The error names the file.
pub fn pathways() -> Result<Vec<Pathway>, String> {
    let known: Vec<String> = documents()?.into_iter().map(|d| d.slug).collect();
    let mut pathways = Vec::new();
    for name in PathwayFiles::iter().filter(|name| name.ends_with(".toml")) {
        let file = PathwayFiles::get(&name).ok_or_else(|| format!("{name} is not there"))?;
        let text = std::str::from_utf8(&file.data).map_err(|e| format!("{name}: {e}"))?;
        let pathway: Pathway = toml::from_str(text).map_err(|e| format!("{name}: {e}"))?;
        if let Some(problem) = pathway.problems(|slug| known.iter().any(|k| k == slug)).first() {
            return Err(format!("{name}: {problem}"));
        }
        pathways.push(pathway);
    }
    Ok(pathways)
}

/// The intake list that the program brings. The error says what is wrong with it.
pub fn intake_list() -> Result<IntakeList, String> {
    let text = include_str!("../../app/intake/list.toml");
    let list: IntakeList = toml::from_str(text).map_err(|e| e.to_string())?;
    match list.problems().into_iter().next() {
        Some(problem) => Err(problem),
        None => Ok(list),
    }
}

/// The longest file of an exercise, in bytes: many times the longest exercise that
/// the limits of [`Document::problems`] allow and a person could use.
const LONGEST_FILE: usize = 256 * 1024;

/// Reads an exercise from a file that a person wrote. The error is a sentence that
/// names the line.
pub fn read_file(text: &str) -> Result<Document, String> {
    if text.len() > LONGEST_FILE {
        return Err(format!("This is too long: {} kB at most.", LONGEST_FILE / 1024));
    }
    // A file of another editor may begin with a byte order mark.
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let line_of = |at: usize| text.get(..at).unwrap_or_default().matches('\n').count() + 1;
    let mut document: Document = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or_else(String::new, |span| format!("Line {}: ", line_of(span.start)));
        format!("{line}{}", in_plain_words(error.message()))
    })?;
    document.title = typed::line(&document.title);
    match document.problems().first() {
        None => Ok(document),
        Some(problem) => {
            // The first line of the step that has the problem.
            let at = problem.step.and_then(|n| text.match_indices("[[steps]]").nth(n));
            Err(match at {
                Some((at, _)) => format!("Line {}: {}", line_of(at), problem.sentence()),
                None => problem.sentence(),
            })
        }
    }
}

/// The parser's error in words for a person who does not know the format. An error
/// that is not known here is quoted as it is.
fn in_plain_words(message: &str) -> String {
    let message = message.lines().next().unwrap_or_default().trim_end_matches('.');
    // The parser's names are in backticks: first the wrong one, then those that are
    // allowed.
    let mut words = message.split('`').skip(1).step_by(2);
    let named = words.next().unwrap_or_default();
    let known = words.collect::<Vec<_>>().join(", ");
    if message.starts_with("missing field") {
        format!("“{named}” is missing here.")
    } else if message.starts_with("unknown field") {
        format!("“{named}” is not a line of an exercise. What may stand here: {known}.")
    } else if message.starts_with("unknown variant") {
        format!("“{named}” is not known. It is one of: {known}.")
    } else if message.starts_with("duplicate key") {
        "This stands here a second time.".to_owned()
    } else if let Some((_, wanted)) = message.rsplit_once(", expected ").filter(|_| message.starts_with("invalid ")) {
        match wanted {
            "a string" => "A text in quotation marks is expected here.".to_owned(),
            "a boolean" => "Either true or false is expected here.".to_owned(),
            "a sequence" => "A list in square brackets is expected here.".to_owned(),
            "u8" | "u16" | "u32" | "u64" | "i64" | "usize" => {
                "A whole number without quotation marks is expected here.".to_owned()
            }
            other => format!("Something else is expected here: {other}."),
        }
    } else {
        format!("This cannot be read as a line of an exercise ({message}).")
    }
}

/// Writes an exercise as a file that [`read_file`] can read again.
pub fn write_file(document: &Document) -> Result<String, String> {
    toml::to_string_pretty(document).map_err(|e| e.to_string())
}

/// All exercises, read and checked. The error names the file.
pub fn documents() -> Result<Vec<Document>, String> {
    let mut documents = Vec::new();
    for name in Files::iter().filter(|name| name.ends_with(".toml")) {
        let file = Files::get(&name).ok_or_else(|| format!("{name} is not there"))?;
        let text = std::str::from_utf8(&file.data).map_err(|e| format!("{name}: {e}"))?;
        let document: Document = toml::from_str(text).map_err(|e| format!("{name}: {e}"))?;
        if let Some(problem) = document.problems().first() {
            return Err(format!("{name}: {problem}"));
        }
        documents.push(document);
    }
    Ok(documents)
}

#[cfg(test)]
mod tests {
    use domain::exercises::exercise::{
        Article::{self, Everyday as E, Motion as M, Performance as P, Ways as W},
        Scope::{self, Couple, Mine, Reveal, Therapist},
    };

    /// Each exercise with its article, the main kinds of its steps, and who reads
    /// those unless their writer decides otherwise.
    const ROWS: &[(&str, Article, &[&str], Scope)] = &[
        ("performance-signs", P, &["checklist", "text"], Reveal),
        ("performance-pressure", P, &["scale"], Reveal),
        ("pressure-effects", P, &["log", "scale"], Therapist),
        ("who-you-are", P, &["rewrite"], Couple),
        ("validate-first", P, &["turns"], Reveal),
        ("expectation-sort", P, &["sort", "agreement"], Reveal),
        ("open-hour", P, &["plan", "timer", "text"], Couple),
        ("daily-appreciation", P, &["log"], Couple),
        ("rebuilding-pact", P, &["scale", "agreement"], Reveal),
        ("home-exhausted", E, &["choice", "rewrite"], Reveal),
        ("same-side-in-conflict", E, &["rewrite"], Couple),
        ("small-moments", E, &["log"], Couple),
        ("safety-check", E, &["scale"], Reveal),
        ("four-presences", E, &["choice", "log"], Couple),
        ("when-i-felt-alone", E, &["log"], Mine),
        ("phone-down-reply", E, &["turns", "timer"], Couple),
        ("reachable", M, &["scale"], Reveal),
        ("capacity-map", M, &["sort", "text"], Reveal),
        ("who-holds-the-centre", M, &["allocate", "text"], Reveal),
        ("repair-ledger", M, &["log"], Couple),
        ("strategies-that-kept-me-safe", M, &["text", "checklist"], Therapist),
        ("ordinary-attention", M, &["timer", "log"], Couple),
        ("stored-resentment", M, &["text"], Mine),
        ("still-curious", M, &["text", "turns"], Couple),
        ("close-without-merging", M, &["sort", "agreement"], Reveal),
        ("spacious-or-effortful", M, &["scale"], Reveal),
        ("five-minutes", W, &["timer", "log"], Couple),
        ("brave-share", W, &["turns"], Reveal),
        ("trust-repair", W, &["text", "agreement", "plan"], Therapist),
        ("us-time", W, &["plan", "text"], Couple),
        ("rituals", W, &["plan", "log"], Couple),
        ("love-languages", W, &["rank", "guess"], Reveal),
        ("active-listening", W, &["turns", "checklist"], Reveal),
        ("questions-worth-asking", W, &["turns", "text"], Couple),
        ("touch-menu", W, &["sort"], Reveal),
        ("i-statements", W, &["rewrite", "agreement"], Couple),
        ("weekly-connection", W, &["scale", "text"], Reveal),
        ("without-words", W, &["text", "choice"], Mine),
        ("signs-of-connection", W, &["scale", "text"], Reveal),
    ];
    #[test]
    fn the_library_has_the_exercises_of_the_table() {
        let documents = super::documents().unwrap();
        for (slug, article, kinds, scope) in ROWS {
            let document = documents.iter().find(|d| d.slug == *slug).unwrap_or_else(|| panic!("{slug} is missing"));
            assert_eq!(document.article, *article, "{slug}");
            for kind in *kinds {
                let steps: Vec<_> = document.steps.iter().filter(|s| s.kind.word() == *kind).collect();
                assert!(!steps.is_empty(), "{slug} has no {kind}");
                // Agreements and plans are always for both partners.
                let both = matches!(*kind, "agreement" | "plan");
                assert!(both || steps.iter().any(|s| s.scope == *scope), "{slug}: no {kind} is {scope:?}");
            }
        }
        let known = |slug: &str| ROWS.iter().any(|r| r.0 == slug);
        let unknown: Vec<_> = documents.iter().filter(|d| !known(&d.slug)).map(|d| &d.slug).collect();
        assert!(unknown.is_empty(), "not in the table: {unknown:?}");
        assert_eq!(documents.len(), 39);
    }

    #[test]
    fn each_article_has_one_pathway() {
        let pathways = super::pathways().unwrap();
        let mut titles: Vec<_> = pathways.iter().map(|p| (p.article, p.title.as_str())).collect();
        titles.sort_unstable();
        assert_eq!(
            titles,
            [
                (P, "From performance to connection"),
                (E, "Small moments"),
                (M, "Carrying it together"),
                (W, "A daily practice")
            ]
        );
    }

    #[test]
    fn a_written_file_is_read_back_and_errors_name_their_line() {
        for document in super::documents().unwrap() {
            let text = super::write_file(&document).unwrap();
            assert_eq!(super::read_file(&text).as_ref(), Ok(&document), "{text}");
        }
        let one = super::write_file(&super::documents().unwrap()[0]).unwrap();
        let fault = |text: &str| super::read_file(text).unwrap_err();
        let broken = one.replacen("minutes = ", "minutes = \"", 1);
        let line = one.lines().position(|l| l.starts_with("minutes")).unwrap() + 1;
        assert!(fault(&broken).starts_with(&format!("Line {line}: ")), "{}", fault(&broken));
        let key = one.lines().position(|l| l.starts_with("key = ")).unwrap();
        let mut lines: Vec<&str> = one.lines().collect();
        lines[key] = "key = \"Not a key\"";
        let head = lines[..key].iter().rposition(|l| *l == "[[steps]]").unwrap() + 1;
        assert!(fault(&lines.join("\n")).starts_with(&format!("Line {head}: ")));
        assert!(super::read_file("nonsense").is_err());
        for (from, to, says) in [
            ("minutes = ", "minutes = \"ten\" # ", "A whole number without quotation marks is expected here."),
            ("title = ", "titel = ", "“titel” is not a line of an exercise. What may stand here: slug, title,"),
            ("scope = \"", "scope = \"all", "is not known. It is one of: mine, therapist, reveal, couple."),
            ("slug = ", "# ", "“slug” is missing here."),
            ("title = ", "title = \"Twice\"\ntitle = ", "This stands here a second time."),
            ("title = \"", "title = 7 # ", "A text in quotation marks is expected here."),
            ("title = \"", "title = ", "This cannot be read as a line of an exercise ("),
        ] {
            let said = fault(&one.replacen(from, to, 1));
            assert!(said.starts_with("Line ") && said.contains(says), "{to}: {said}");
        }
        // Files that are deep, wide or long.
        let nested = |open: &str, close: &str| format!("a = {}1{}", open.repeat(60_000), close.repeat(60_000));
        for odd in [
            nested("[", "]"),
            nested("{a=", "}"),
            nested("[", ""),
            format!("{}a = 1", "a.".repeat(100_000)),
            format!("[{}a]", "a.".repeat(100_000)),
            format!("{}[[", "[[a]]\n".repeat(40_000)),
            "a = 1\n".repeat(40_000),
            "\"\"\"".repeat(80_000),
            "a = 99999999999999999999999999999e999999999\n".to_owned(),
            "\0\u{FEFF}\u{202E}".repeat(30_000),
            one.replacen("minutes = ", "minutes = -1 # ", 1),
            one.replacen("minutes = ", "minutes = 65536 # ", 1),
        ] {
            assert!(!fault(&odd).is_empty(), "{}", odd.chars().take(40).collect::<String>());
        }
        assert_eq!(fault(&"#\n".repeat(200_000)), "This is too long: 256 kB at most.");
        let step = "[[steps]]\nkey = \"k\"\nkind = \"text\"\nscope = \"mine\"\nprompt = \"?\"\n".repeat(3_000);
        let head = one.split("[[steps]]").next().unwrap();
        assert!(fault(&format!("{head}{step}")).contains("Remove steps: 60 is the most"));
    }
}
