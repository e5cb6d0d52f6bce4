//! What the documents name exists: files, items of the code, tests, routes, commands and
//! make targets. A document that names a test becomes wrong when that test is renamed,
//! and nobody would notice.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use domain::{
    access::{Action, Actor, AnswerState, Thing, may},
    exercises::exercise::Scope,
    records::note::NoteScope,
};

/// The documents of the repository. `docs/decisions.md` is left out: it is a log, whose
/// older entries may name things that no longer exist.
const DOCUMENTS: [&str; 9] = [
    "README.md",
    "SECURITY.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/access.md",
    "docs/architecture.md",
    "docs/asvs.md",
    "docs/operating.md",
    "migrations/README.md",
];

/// Folders that a document may name and that are created while running or building.
const MADE: [&str; 3] = ["data", "target", "copies"];

fn repository_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every Rust file of the repository, with its path from the root.
fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("node_modules") && !path.ends_with("target") {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    for folder in ["app", "server", "tests"] {
        walk(&repository_root().join(folder), &mut found);
    }
    let name = |path: &Path| path.strip_prefix(repository_root()).unwrap().to_string_lossy().into_owned();
    found.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// The texts between backticks, outside of code blocks.
fn spans(text: &str) -> Vec<String> {
    let prose: String = text.split("```").step_by(2).collect();
    prose.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

fn is_path(span: &str) -> bool {
    let first = span.split('/').next().unwrap();
    span.contains('/')
        && !span.starts_with('/')
        && !span.contains([' ', '…', '*', ':', '{'])
        && (repository_root().join(first).exists() || span.starts_with("store/") || span.starts_with("domain/"))
}

/// Whether the text has the form `a::b::c`, without generics or calls.
fn is_item(span: &str) -> bool {
    span.contains("::")
        && span.split("::").all(|part| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_'))
}

/// Whether a file defines an item of this name.
fn defines(source: &str, name: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    ["fn ", "struct ", "enum ", "mod ", "const ", "type ", "trait ", "static ", "macro_rules! "].iter().any(|keyword| {
        let whole = format!("{keyword}{name}");
        source.match_indices(&whole).any(|(at, _)| {
            ends(&source[at + whole.len()..])
                && (at == 0 || source[..at].ends_with(|c: char| c.is_whitespace() || c == '('))
        })
    })
}

/// Whether a file implements methods of a type.
fn implements(source: &str, name: &str) -> bool {
    source.contains(&format!("impl {name} {{"))
}

/// Whether `a::b::c` exists: a file or module for each of the first parts, and in it a
/// module or definition of the last.
fn exists(item: &str, sources: &[(String, String)]) -> bool {
    let parts: Vec<&str> = item.split("::").collect();
    let (last, before) = parts.split_last().unwrap();
    let in_path = |path: &str, part: &str| path.split(['/', '.']).any(|p| p == part);
    sources.iter().any(|(path, source)| {
        let file = before.iter().all(|part| in_path(path, part) || defines(source, part) || implements(source, part));
        file && (in_path(path, last) || defines(source, last))
    })
}

/// Why a text between backticks is wrong; `None` where it is right or names nothing that
/// can be checked.
fn wrong(span: &str, sources: &[(String, String)], rest: &Rest) -> Option<&'static str> {
    if is_item(span) {
        return (!exists(span, sources)).then_some("no such module, type or function");
    }
    if is_path(span) {
        let made = MADE.contains(&span.split('/').next().unwrap());
        return (!made && !repository_root().join(span).exists()).then_some("no such file");
    }
    if let Some(path) = span.strip_prefix('/') {
        let known =
            rest.routes.iter().any(|route| route.trim_start_matches('/').starts_with(path.trim_end_matches('/')));
        return (!known).then_some("no such route");
    }
    let mut words = span.split_whitespace();
    match (words.next(), words.next()) {
        (Some("duologue"), Some(command)) if command.starts_with(char::is_alphabetic) => {
            (!rest.commands.contains(command)).then_some("no such command")
        }
        (Some("make"), Some(target)) => (!rest.targets.contains(target)).then_some("no such target of the Makefile"),
        _ => None,
    }
}

struct Rest {
    routes: Vec<String>,
    commands: BTreeSet<String>,
    targets: BTreeSet<String>,
}

impl Rest {
    fn read() -> Self {
        let makefile = fs::read_to_string(repository_root().join("Makefile")).unwrap();
        let target = |line: &str| line.split_once(':').map(|(name, _)| name.to_owned());
        Self {
            routes: duologue::routes::table().into_iter().map(|route| route.path.to_owned()).collect(),
            commands: commands(),
            targets: makefile
                .lines()
                .filter(|l| l.starts_with(|c: char| c.is_lowercase()))
                .filter_map(target)
                .collect(),
        }
    }
}

/// The subcommands of the program: the variants of `cli::Command`, as clap names them.
fn commands() -> BTreeSet<String> {
    let source = fs::read_to_string(repository_root().join("server/src/cli.rs")).unwrap();
    let body = source.split_once("enum Command {").unwrap().1.split_once("\n}").unwrap().0;
    let variant = |line: &str| {
        let name = line.strip_prefix("    ").filter(|l| l.starts_with(char::is_uppercase))?;
        let name: String = name.chars().take_while(|c| c.is_alphanumeric()).collect();
        let mut kebab = String::new();
        for (n, c) in name.char_indices() {
            if n > 0 && c.is_uppercase() {
                kebab.push('-');
            }
            kebab.extend(c.to_lowercase());
        }
        Some(kebab)
    };
    body.lines().filter_map(variant).collect()
}

#[test]
fn everything_named_in_the_documents_exists() {
    let (sources, rest) = (sources(), Rest::read());
    let mut faults = Vec::new();
    for document in DOCUMENTS {
        let text = fs::read_to_string(repository_root().join(document)).unwrap();
        for span in spans(&text) {
            if let Some(why) = wrong(&span, &sources, &rest) {
                faults.push(format!("{document}: `{span}`: {why}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Proves that the check finds each kind of missing name.
#[test]
fn document_check_finds_names_that_do_not_exist() {
    let (sources, rest) = (sources(), Rest::read());
    let wrong = |span| wrong(span, &sources, &rest);
    for missing in [
        "suite::claims::no_such_test",
        "suite::nowhere",
        "server/src/nowhere.rs",
        "/nowhere",
        "duologue fly",
        "make tea",
    ] {
        assert!(wrong(missing).is_some(), "{missing}");
    }
    for present in [
        "suite::claims::everything_named_in_the_documents_exists",
        "server/src/routes/mod.rs",
        "/readyz",
        "duologue doctor",
        "make test",
    ] {
        assert_eq!(wrong(present), None, "{present}");
    }
}

/// Files that comments name between backticks exist.
#[test]
fn files_named_in_comments_exist() {
    let mut faults = Vec::new();
    for (path, source) in sources() {
        for line in source.lines().filter(|line| line.trim_start().starts_with("//")) {
            for span in line.split('`').skip(1).step_by(2).filter(|span| is_path(span)) {
                let made = MADE.contains(&span.split('/').next().unwrap());
                if !made && !repository_root().join(span).exists() {
                    faults.push(format!("{path}: `{span}`"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "no such file:\n{}", faults.join("\n"));
}

/// The program accepts the settings that `README.md` and `docs/operating.md` show, each
/// block by itself.
#[test]
fn settings_in_the_documents_are_accepted_by_the_program() {
    let shown: Vec<String> = ["README.md", "docs/operating.md"]
        .iter()
        .map(|document| fs::read_to_string(repository_root().join(document)).unwrap())
        .flat_map(|text| {
            let blocks = text.split("```toml\n").skip(1);
            blocks.map(|rest| rest.split("```").next().unwrap().to_owned()).collect::<Vec<_>>()
        })
        .collect();
    assert!(shown.len() >= 3, "the documents show settings");
    let folder = tempfile::tempdir().unwrap();
    for block in shown {
        fs::write(folder.path().join("duologue.toml"), &block).unwrap();
        let mut program = std::process::Command::new(tests::program::PROGRAM);
        let ran = program.arg("dkim-record").env_clear().current_dir(folder.path()).output().unwrap();
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(!said.contains("unknown") && !said.contains("setting"), "{block}\n{said}");
    }
}

/// The things of a row of the table in docs/access.md, found by the row's first words.
/// `None` where the row is about an act or a part of a thing, and not about who reads it.
fn things_of(row: &str) -> Option<Vec<Thing>> {
    use AnswerState::{Draft, Revealed, Submitted};
    let answer = |scope, state| Thing::Answer { scope, state };
    let single = |thing| Some(vec![thing]);
    match row {
        "A draft that is not sent" => Some(Scope::ALL.iter().map(|scope| answer(*scope, Draft)).collect()),
        "An answer marked *Only you*" => Some(vec![answer(Scope::Mine, Submitted), answer(Scope::Mine, Revealed)]),
        "… *You and your therapist*" => {
            Some(vec![answer(Scope::Therapist, Submitted), answer(Scope::Therapist, Revealed)])
        }
        "… *Your partner too, once you have both answered*" => single(answer(Scope::Reveal, Revealed)),
        "… *Your partner and your therapist*" => single(answer(Scope::Couple, Revealed)),
        "A plan of both: a day and time" => single(Thing::Plan(Scope::Couple)),
        "A plan of one's own" => single(Thing::Plan(Scope::Therapist)),
        "The text both agree on" => single(Thing::Agreement),
        "\"Not now\", and why" => single(Thing::NotNow),
        "A pathway given to a client" => single(Thing::PathwayProgress),
        "Messages between a partner and their therapist" => single(Thing::Message),
        "The course of a scale, the brief, how it goes between sessions" => single(Thing::Adherence),
        "The templates in which notes are written" => single(Thing::NoteTemplate),
        "Notes, also about one partner alone" => Some(NoteScope::ALL.iter().map(|scope| Thing::Note(*scope)).collect()),
        "Goals and plan of a client" => single(Thing::Goal),
        "Documents that the practice keeps with a record" => {
            Some(NoteScope::ALL.iter().map(|scope| Thing::Document(*scope)).collect())
        }
        "A document that a partner hands in" => single(Thing::OwnDocument { shared: false }),
        "… once its owner has shared it" => single(Thing::OwnDocument { shared: true }),
        "A release of parts of the record to a third party" => single(Thing::Release),
        "A disclosure by law or in an emergency" => single(Thing::Disclosure),
        "What was sent, with its files" => single(Thing::Handover),
        "The secrets policy of a couple: whether it applies" => single(Thing::SecretsPolicy),
        "Time, place and people of a session that both come to" => single(Thing::Booking { alone: false }),
        "… that one of them comes to" => single(Thing::Booking { alone: true }),
        "A therapist's hours, and days away" => single(Thing::Hours),
        "A time that a partner asks for in the portal" => single(Thing::TimeRequest { alone: false }),
        "… that only they can come" => single(Thing::TimeRequest { alone: true }),
        "What a person says of a session ahead" => single(Thing::Reply),
        "The times that a person prefers" => single(Thing::PreferredTimes),
        "How a person may be written to" => single(Thing::SafeContact),
        "Whether an email about a session was sent, why not, and what it says" => single(Thing::EmailState),
        "An email that was not sent, and why not" => single(Thing::Undelivered),
        "Settings, rooms, staff" => single(Thing::Practice),
        "Who did what and when" => single(Thing::Audit),
        "A request for a copy of one’s own data" => single(Thing::DataRequest),
        "The intake: its items, and whether each is open" => single(Thing::Intake),
        "The list that an intake asks" => single(Thing::Practice),
        "An answer to the intake, before its writer shares it" => single(Thing::IntakeAnswer),
        "The facts of the relationship in the intake" => single(Thing::IntakeFacts),
        // Acts; the tests of the policy cover each of them.
        "Who of the two came to a session, and a fee for it"
        | "Until when an email is held because of somebody's quiet hours"
        | "An answer on paper, unless *Only you*"
        | "An answer, and a plan, that another person sent in their place, before it is opened to both"
        | "… that a colleague is asked to confirm"
        | "… once its clients are told of it"
        | "Where an account is signed in" => None,
        // Parts of a thing that more people may read than the whole.
        "An exercise given to a partner, with the line beside it"
        | "Who asks for a first meeting (anyone may, on the public page)"
        | "Names and contact details of clients"
        | "… that is for the front desk: contact details, safe channels and hours"
        | "A signed note of a supervised therapist"
        | "A form that a person is asked to sign, and what they signed"
        | "Whether what one does alone is mailed"
        | "The address that emails go to" => None,
        other => panic!("docs/access.md has a new row, “{other}”: name its things here"),
    }
}

/// The table in docs/access.md says who reads what, as the policy decides.
#[test]
fn access_table_in_the_documents_matches_the_policy() {
    let text = fs::read_to_string(repository_root().join("docs/access.md")).unwrap();
    let readers =
        [Actor::Self_, Actor::OtherPartner, Actor::OwnClinician, Actor::OtherClinician, Actor::FrontDesk, Actor::Owner];
    let (mut cells, mut faults) = (0, Vec::new());
    for line in text.lines().filter(|line| line.starts_with("| ")).skip(1) {
        let columns: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if columns[0].starts_with("---") {
            continue;
        }
        if columns.len() != readers.len() + 1 {
            break;
        }
        let Some(things) = things_of(columns[0]) else { continue };
        for (cell, reader) in columns[1..].iter().zip(readers) {
            cells += 1;
            for thing in &things {
                let reads = may(reader, Action::See, *thing).is_ok();
                if reads == (*cell == "–") {
                    faults
                        .push(format!("{}: {reader:?}: “{cell}”, and the policy says {reads}: {thing:?}", columns[0]));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(cells >= 150, "only {cells} cells of the table were found");
}

/// The name of a public item that a line declares; fields, variants and modules do not
/// count.
fn public_item(line: &str) -> Option<&str> {
    let rest = line.trim_start();
    let rest = ["pub(crate) ", "pub(super) ", "pub "].iter().find_map(|word| rest.strip_prefix(word))?;
    let rest = ["const fn ", "async fn ", "fn ", "struct ", "enum ", "trait ", "const ", "type ", "static "]
        .iter()
        .find_map(|word| rest.strip_prefix(word))?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().filter(|name| !name.is_empty())
}

/// Each public function, type and constant has a doc comment.
#[test]
fn every_public_item_has_a_doc_comment() {
    let mut bare = Vec::new();
    let mut seen = 0;
    for (path, source) in sources().iter().filter(|(path, _)| !path.starts_with("tests/")) {
        let source = source.split("#[cfg(test)]\nmod tests").next().unwrap();
        let mut documented = false;
        for (number, line) in source.lines().enumerate() {
            let text = line.trim();
            if let Some(name) = public_item(line) {
                seen += 1;
                if !documented {
                    bare.push(format!("{path}:{}: {name}", number + 1));
                }
            }
            // Attributes may stand between a comment and its item.
            documented = text.starts_with("///") || (documented && (text.starts_with("#[") || text.ends_with(")]")));
        }
    }
    assert!(seen > 2000, "{seen}");
    assert!(bare.is_empty(), "no doc comment:\n{}", bare.join("\n"));
}

/// Whether `suite::…` names a module of this suite, or a test in one.
fn is_in_suite(name: &str) -> bool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("suite");
    let parts: Vec<&str> = name.split("::").skip(1).collect();
    (1..=parts.len()).rev().any(|n| {
        let base = parts[..n].iter().fold(root.clone(), |path, part| path.join(part));
        let text =
            [base.with_extension("rs"), base.join("mod.rs")].into_iter().find_map(|p| std::fs::read_to_string(p).ok());
        match (text, &parts[n..]) {
            (None, _) => false,
            (Some(_), []) => true,
            (Some(text), [test]) => text.contains(&format!("fn {test}(")) || text.contains(&format!("both!({test},")),
            (Some(_), _) => false,
        }
    })
}

#[test]
fn tests_that_the_security_page_names_exist() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/asvs.md")).unwrap();
    let named: Vec<&str> = page.split('`').filter(|part| part.starts_with("suite::")).collect();
    assert!(named.len() > 25, "{named:?}");
    let gone: Vec<&&str> = named.iter().filter(|name| !is_in_suite(name)).collect();
    assert!(gone.is_empty(), "docs/asvs.md names tests that do not exist: {gone:?}");
    assert!(!is_in_suite("suite::nothing") && !is_in_suite("suite::claims::nothing"));
}
