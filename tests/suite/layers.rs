//! The order of the areas in the store, as `Cargo.toml` holds the order of the
//! crates: an area imports itself, the ground, and areas below it.
//!
//! Why the areas are in this order: `practice` has what all others need, and
//! `clients` the people. What is owed by email (`outbox::owed`) knows people
//! and sessions only as rows. `exercises` is below `accounts`, because a person
//! who changes their email address or time zone gets their nudges planned
//! again, while exercises ask nothing of accounts. `scheduling` plans nudges
//! again after each booking, so it is above both. The worker's part of the
//! outbox (`outbox::sent`) looks at whatever an email is about, and `lifecycle`
//! contains the acts that touch several areas at once.
//!
//! A call by path needs a `use` line, and this test reads it. A method of
//! `Store` or of a scope needs none: what crosses areas is therefore a free
//! function, and methods are what handlers call.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// The areas, the lowest first.
const AREAS: [&str; 10] = [
    "practice",
    "clients",
    "outbox::owed",
    "exercises",
    "accounts",
    "scheduling",
    "records",
    "outbox::sent",
    "lifecycle",
    "portability",
];

/// Files at the top of the store that everything may use. They use no area.
const GROUND: [&str; 15] = [
    "audit",
    "bin",
    "clock",
    "database",
    "error",
    "files",
    "form_keys",
    "keys",
    "outage",
    "paging",
    "presses",
    "scope",
    "typing",
    "unreadable",
    // The root: what `lib.rs` itself defines, such as `Store`.
    "",
];

/// Files at the top of the store that act on the whole database. They may use
/// everything, and nothing uses them.
const WHOLE: [&str; 1] = ["generate"];

/// Imports against the order: the file, the file that it imports, and why. At
/// most ten; there is none today.
const EXCEPTIONS: &[(&str, &str, &str)] = &[];

/// A module as its path from the root of the crate.
type Module = Vec<String>;

/// The store's sources: each module with its text, without its unit tests and
/// comments.
fn modules() -> BTreeMap<Module, String> {
    fn visit(folder: &Path, at: &[String], found: &mut BTreeMap<Module, String>) {
        for entry in std::fs::read_dir(folder).expect("a folder of the store") {
            let path = entry.expect("an entry").path();
            let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let inside = |name: &str| at.iter().cloned().chain([name.to_owned()]).collect::<Module>();
            if path.is_dir() {
                visit(&path, &inside(&stem), found);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a file");
            let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
            let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
            let module = if stem == "mod" || stem == "lib" { at.to_vec() } else { inside(&stem) };
            found.insert(module, lines.collect::<Vec<_>>().join("\n"));
        }
    }
    let mut found = BTreeMap::new();
    visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/store/src"), &[], &mut found);
    found
}

/// The paths that a tree such as `a::{b, c::d}` names, at the beginning of a
/// text.
fn paths(text: &str) -> Vec<Module> {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':' || c == '!')).unwrap_or(text.len());
    let (head, rest) = text.split_at(end);
    let head: Module = head.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
    if !(rest.starts_with('{') && (end == 0 || text[..end].ends_with("::"))) {
        return vec![head];
    }
    let (mut depth, mut begin, mut found) = (0, 1, Vec::new());
    for (at, c) in rest.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if (c == ',' && depth == 1) || depth == 0 {
            let part = rest[begin..at].trim();
            let below = if part.is_empty() { vec![] } else { paths(part) };
            found.extend(below.into_iter().map(|path| head.iter().cloned().chain(path).collect()));
            begin = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    found
}

/// The paths that a module names by `crate::` or `super::`, from the root.
fn named(module: &Module, text: &str) -> Vec<Module> {
    let mut found = Vec::new();
    for (start, above) in [("crate::", false), ("super::", true)] {
        for (at, _) in text.match_indices(start) {
            if text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let mut rest = &text[at + start.len()..];
            let mut base: &[String] = if above { &module[..module.len().saturating_sub(1)] } else { &[] };
            while let Some(after) = rest.strip_prefix("super::") {
                (rest, base) = (after, &base[..base.len().saturating_sub(1)]);
            }
            found.extend(paths(rest).into_iter().map(|path| base.iter().cloned().chain(path).collect()));
        }
    }
    found
}

/// The names that a module re-exports, each with the path behind it.
fn re_exports(module: &Module, text: &str) -> Vec<(Module, Module)> {
    let mut found = Vec::new();
    for start in ["pub use ", "pub(crate) use ", "pub(super) use "] {
        for (at, _) in text.match_indices(start) {
            let rest = &text[at + start.len()..];
            let (base, rest) = match rest.strip_prefix("crate::") {
                Some(rest) => (vec![], rest),
                None => (module.clone(), rest.strip_prefix("self::").unwrap_or(rest)),
            };
            for path in paths(rest) {
                let Some(name) = path.last() else { continue };
                let as_name = module.iter().cloned().chain([name.clone()]).collect();
                let behind: Module = base.iter().cloned().chain(path).collect();
                if behind != as_name {
                    found.push((as_name, behind));
                }
            }
        }
    }
    found
}

/// The area or the file at the top to which a module belongs.
fn home(module: &[String]) -> String {
    match module {
        [] => String::new(),
        [first, second, ..] if first == "outbox" => {
            format!("outbox::{}", if second == "owed" { "owed" } else { "sent" })
        }
        [first, ..] if first == "outbox" => "outbox::sent".to_owned(),
        [first, ..] => first.clone(),
    }
}

/// The place of a home in the order: 0 for the ground, then the areas, and the
/// files about the whole database last.
fn rank(home: &str) -> usize {
    if GROUND.contains(&home) {
        return 0;
    }
    if WHOLE.contains(&home) {
        return AREAS.len() + 1;
    }
    let area = AREAS.iter().position(|area| *area == home);
    area.unwrap_or_else(|| panic!("{home} is in no list of `suite::layers`")) + 1
}

/// All imports between modules of the store: who imports whom.
fn imports() -> BTreeSet<(Module, Module)> {
    let modules = modules();
    let behind: BTreeMap<Module, Module> = modules.iter().flat_map(|(module, text)| re_exports(module, text)).collect();
    let mut found = BTreeSet::new();
    for (module, text) in modules.iter().filter(|(module, _)| !module.is_empty()) {
        for mut path in named(module, text) {
            // The path is followed through re-exports, then cut to a module.
            for _ in 0..4 {
                let known = (1..=path.len()).find_map(|n| behind.get(&path[..n]).map(|to| (n, to)));
                let Some((n, to)) = known else { break };
                path = to.iter().chain(&path[n..]).cloned().collect();
            }
            while !modules.contains_key(&path) {
                path.pop();
            }
            if path != *module {
                found.insert((module.clone(), path));
            }
        }
    }
    found
}

#[test]
fn area_of_the_store_imports_only_areas_below_it() {
    let imports = imports();
    assert!(imports.len() > 300, "the imports are read: {}", imports.len());
    let mut needed = BTreeSet::new();
    let mut wrong = Vec::new();
    for (from, to) in &imports {
        let (here, there) = (home(from), home(to));
        if here == there || rank(&there) < rank(&here) || rank(&here) == 0 && rank(&there) == 0 {
            continue;
        }
        let (from, to) = (from.join("::"), to.join("::"));
        if EXCEPTIONS.iter().any(|(of, on, _)| *of == from && *on == to) {
            needed.insert((from, to));
        } else {
            wrong.push(format!("{from} imports {to}, but {there} is not below {here}"));
        }
    }
    assert!(wrong.is_empty(), "move the function, or the one that calls it:\n{}", wrong.join("\n"));
    assert!(EXCEPTIONS.len() <= 10);
    for (from, to, _) in EXCEPTIONS {
        let is_needed = needed.contains(&((*from).to_owned(), (*to).to_owned()));
        assert!(is_needed, "{from} no longer imports {to}: take it from the exceptions");
    }
}

/// A way by imports from a module back to itself, inside its area. `None`: there
/// is none.
fn way_back(start: &Module, imports: &BTreeSet<(Module, Module)>) -> Option<Vec<String>> {
    let area = home(start);
    let mut ways = vec![vec![start.clone()]];
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop() {
        for (_, to) in imports.iter().filter(|(from, to)| way.last() == Some(from) && home(to) == area) {
            if to == start {
                return Some(way.iter().chain([to]).map(|module| module.join("::")).collect());
            }
            if seen.insert(to) {
                ways.push(way.iter().chain([to]).cloned().collect());
            }
        }
    }
    None
}

/// The outbox's `sent` is not checked: to claim an email and to look at what it
/// is about are two halves of one act.
#[test]
fn files_of_an_area_import_each_other_in_no_circle() {
    let imports = imports();
    let starts: BTreeSet<&Module> = imports.iter().map(|(from, _)| from).collect();
    let checked = starts.iter().filter(|from| AREAS.contains(&home(from).as_str()) && home(from) != "outbox::sent");
    let circles: Vec<_> = checked.filter_map(|start| way_back(start, &imports)).map(|way| way.join(" > ")).collect();
    assert!(circles.is_empty(), "move what both need to a file of its own:\n{}", circles.join("\n"));
}

#[test]
fn paths_are_read_from_trees() {
    let read = |text| paths(text).iter().map(|path| path.join("::")).collect::<Vec<_>>();
    assert_eq!(read("a::{B, c::{self, D}, e::F,\n}; more"), ["a::B", "a::c::self", "a::c::D", "a::e::F"]);
    assert_eq!(read("a::b(tx)"), ["a::b"]);
    assert_eq!(read("{A, b::C}"), ["A", "b::C"]);
}
