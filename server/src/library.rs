//! The exercises that the program ships, embedded as they are written.

use domain::exercise::Document;
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../app/library"]
struct Files;

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
                assert!(steps.iter().any(|s| s.scope == *scope), "{slug}: no {kind} is {scope:?}");
            }
        }
        let known = |slug: &str| ROWS.iter().any(|r| r.0 == slug);
        let unknown: Vec<_> = documents.iter().filter(|d| !known(&d.slug)).map(|d| &d.slug).collect();
        assert!(unknown.is_empty(), "not in the table: {unknown:?}");
    }
}
