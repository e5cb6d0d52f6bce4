//! The exercises that the program ships, embedded as they are written.

use domain::{exercise::Document, pathway::Pathway};
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../app/library"]
struct Files;

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../app/pathways"]
struct PathwayFiles;

/// Every pathway, read and checked against the library.
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

/// An exercise from a file that somebody wrote: what is wrong is told with
/// its line.
pub fn read_file(text: &str) -> Result<Document, String> {
    let line_of = |at: usize| text.get(..at).unwrap_or_default().matches('\n').count() + 1;
    let document: Document = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or_else(String::new, |span| format!("Line {}: ", line_of(span.start)));
        format!("{line}{}", plainly(error.message()))
    })?;
    match document.problems().first() {
        None => Ok(document),
        Some(problem) => {
            // The head of the step it lies in.
            let at = problem.step.and_then(|n| text.match_indices("[[steps]]").nth(n));
            Err(match at {
                Some((at, _)) => format!("Line {}: {}", line_of(at), problem.sentence()),
                None => problem.sentence(),
            })
        }
    }
}

/// What the parser found, for somebody who has never met one. What is not
/// known here is passed on in its own words.
fn plainly(message: &str) -> String {
    let message = message.lines().next().unwrap_or_default().trim_end_matches('.');
    // What it names stands in backticks: first the culprit, then what is known.
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

/// An exercise as a file to keep or hand on: the same format.
pub fn write_file(document: &Document) -> Result<String, String> {
    toml::to_string_pretty(document).map_err(|e| e.to_string())
}

/// Every exercise, read and checked. An error names the file.
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
    use domain::exercise::{
        Article::{self, Everyday as E, Motion as M, Performance as P, Ways as W},
        Scope::{self, Couple, Mine, Reveal, Therapist},
    };

    /// Each exercise with the article it grows out of, what is mainly done in
    /// it, and who reads that unless its writer decides otherwise.
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
    fn the_library_is_the_one_that_was_promised() {
        let documents = super::documents().unwrap();
        for (slug, article, kinds, scope) in ROWS {
            let document = documents.iter().find(|d| d.slug == *slug).unwrap_or_else(|| panic!("{slug} is missing"));
            assert_eq!(document.article, *article, "{slug}");
            for kind in *kinds {
                let steps: Vec<_> = document.steps.iter().filter(|s| s.kind.word() == *kind).collect();
                assert!(!steps.is_empty(), "{slug} has no {kind}");
                // What is agreed and planned is always for both.
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
    fn each_article_has_a_pathway() {
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
    fn a_file_comes_back_as_it_went_and_its_faults_have_lines() {
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
        let step = "[[steps]]\nkey = \"k\"\nkind = \"text\"\nscope = \"mine\"\nprompt = \"?\"\n".repeat(5_000);
        let head = one.split("[[steps]]").next().unwrap();
        assert!(fault(&format!("{head}{step}")).contains("more than 60 steps"));
    }
}
