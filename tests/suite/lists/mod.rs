//! No list ends silently: with one row more than a page holds, the links of the pages
//! reach every row exactly once.
//!
//! Each limit of the store is named here; [`every_list_limit_is_tested`] checks that no
//! limit of the store is missing in these files.

mod around_notes;
mod desk;
mod leaving;
mod portal;
mod record;
mod rest;

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    exercises::assignment::{Audience, Frequency, NewAssignment},
    ids::SessionId,
};
use store::{Booked, NewClient, limits};
use tests::{
    World,
    app::App,
    both,
    people::{Cast, details},
};
use uuid::Uuid;

/// A list on a page, as a reader sees it.
struct List<'a> {
    /// The name of the limit in the store, and its value.
    limit: (&'static str, i64),
    path: String,
    cookie: &'a str,
    /// The label of the link to the next page.
    more: &'static str,
    /// The text right before each row's name.
    row: &'static str,
    /// The texts at which the list begins and ends on the page.
    part: (&'static str, &'static str),
}

/// The names of the rows in the list's part of a page.
fn rows(list: &List<'_>, text: &str) -> BTreeSet<String> {
    let (begin, end) = list.part;
    let at = if begin.is_empty() { 0 } else { text.find(begin).unwrap_or_else(|| panic!("{}: {begin}", list.limit.0)) };
    let part = &text[at + begin.len()..];
    let part = if end.is_empty() { part } else { &part[..part.find(end).unwrap_or(part.len())] };
    part.split(list.row)
        .skip(1)
        .map(|rest| rest.split(['"', '?', '#', '<', '/']).next().unwrap().to_owned())
        .filter(|name| name != "new")
        .collect()
}

/// The address of a link on a page; `None` where there is no such link.
fn link_target(text: &str, label: &str) -> Option<String> {
    let at = text.find(&format!(">{label}</a>"))?;
    let tag = &text[text[..at].rfind("<a ")?..at];
    let href = tag.split("href=\"").nth(1)?.split('"').next()?;
    Some(href.split('#').next()?.replace("&amp;", "&"))
}

/// Follows a list from page to page, as a browser without scripts does, and returns the
/// number of its rows.
async fn follow_pages(app: &App, list: &List<'_>) -> usize {
    let (name, limit) = list.limit;
    let limit = usize::try_from(limit).unwrap();
    let (mut seen, mut path, mut pages) = (BTreeSet::new(), list.path.clone(), 0);
    loop {
        let page = app.get(&path, Some(list.cookie)).await;
        assert_eq!(page.status, 200, "{name}: {path}");
        let found = rows(list, &page.text);
        let next = link_target(&page.text, list.more);
        assert!(found.len() <= limit, "{name}: {} on a page of {limit}", found.len());
        assert!(next.is_none() || found.len() == limit, "{name}: a page of {} goes on", found.len());
        for row in found {
            assert!(seen.insert(row.clone()), "{name}: {row} is there twice");
        }
        pages += 1;
        assert!(pages < 20, "{name}: the pages have no end");
        let Some(next) = next else { return seen.len() };
        path = next;
    }
}

/// Checks that the list has one row more than a page holds, and that all are reached.
async fn check_one_more(app: &App, list: List<'_>) {
    let (name, limit) = list.limit;
    assert_eq!(follow_pages(app, &list).await, usize::try_from(limit).unwrap() + 1, "{name}");
}

/// One more than a limit.
pub(crate) fn one_more_than(limit: i64) -> i64 {
    limit + 1
}

/// A new random id.
pub(crate) fn id() -> Uuid {
    store::Clock::System.id()
}

/// Copies of a session, one every `step` from an instant on, with its attendees and their
/// occupancy. Returns the new ids and the statements.
pub(crate) fn copies(
    world: &World,
    base: SessionId,
    from: DateTime<Utc>,
    step: Duration,
    count: i64,
) -> (Vec<Uuid>, Vec<String>) {
    let base = world.id(base.0);
    let mut ids = Vec::new();
    let mut script = Vec::new();
    for n in 0..i32::try_from(count).unwrap() {
        let (new, starts) = (id(), from + step * n);
        ids.push(new);
        let (new, ends) = (world.id(new), world.instant(starts + Duration::minutes(50)));
        let starts = world.instant(starts);
        script.push(format!(
            "INSERT INTO session (id, client_id, clinician_id, room_id, link, kind, state, starts, zone,
                 minutes, starts_at, ends_at, zone_version, version, booking_key, created_at, outside)
             SELECT {new}, client_id, clinician_id, NULL, link, kind, state, starts, zone, minutes,
                 {starts}, {ends}, zone_version, version, {}, created_at, outside
             FROM session
             WHERE id = {base}",
            world.id(id())
        ));
        script.push(format!(
            "INSERT INTO session_attendee (session_id, person_id)
            SELECT {new}, person_id
            FROM session_attendee
            WHERE session_id = {base}"
        ));
        script.push(format!(
            "INSERT INTO occupancy (session_id, held, held_id, starts_at, ends_at)
            SELECT {new}, held, held_id, {starts}, {ends}
            FROM occupancy
            WHERE session_id = {base} AND held = 'person'"
        ));
    }
    (ids, script)
}

/// Books the session that is copied.
pub(crate) async fn base(world: &World, cast: &Cast) -> SessionId {
    match cast.book(&world.store, "2026-11-30 10:00").await {
        Booked::Done(session) => session,
        other => panic!("{other:?}"),
    }
}

/// Parses an instant.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Parses a day.
pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Assigns an exercise to both partners of the couple.
pub(crate) async fn assign(cast: &Cast, slug: &str, frequency: Frequency) -> domain::ids::AssignmentId {
    let new = NewAssignment { for_whom: Audience::Everyone, frequency, word_along: String::new() };
    cast.ruth.assign(cast.couple, slug, &new, None).await.unwrap().unwrap()
}

/// Copies of a session without attendees and occupancy.
fn copies_alone(world: &World, base: SessionId, from: DateTime<Utc>, step: Duration, count: i64) -> Vec<String> {
    copies(world, base, from, step, count).1.into_iter().filter(|s| s.starts_with("INSERT INTO session (")).collect()
}

both!(everyone_with_a_common_name_is_found, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let kofi = app.cookie(&world, cast.desk.me()).await;
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    // Of two search words the longer is looked up; the last of its results has both.
    let create_named = async |name: &str, n: i64| {
        let new = details(name, &format!("p{n}@example.org"), "Europe/Berlin");
        cast.ruth.create_client(&NewClient::Individual(new.into())).await.unwrap().unwrap()
    };
    for n in 0..one_more_than(limits::HITS) {
        create_named(&format!("Zed Common {n}"), n).await;
    }
    for n in one_more_than(limits::HITS)..one_more_than(limits::SEARCHED_AT_ONCE) {
        create_named("Quentin Common", n).await;
    }
    let last = create_named("Io Common", one_more_than(limits::SEARCHED_AT_ONCE)).await;
    for cookie in [&kofi, &ruth] {
        let list = |limit, path: &str, row| List {
            limit,
            path: path.to_owned(),
            cookie,
            more: if path.starts_with("/find") { "More people" } else { "More clients" },
            row,
            part: ("<main", "</main>"),
        };
        let hits = ("HITS", limits::HITS);
        check_one_more(&app, list(hits, "/sessions/new?q=zed&date=2026-12-01", "/sessions/new?client=")).await;
        let acts = list(("HITS_WITH_ACTS", limits::HITS_WITH_ACTS), "/find?q=zed", "/slots?client=");
        assert_eq!(follow_pages(&app, &acts).await, usize::try_from(limits::HITS).unwrap() + 1);
        let both = app.get("/find?q=io+common", Some(cookie)).await.text;
        assert!(both.contains(&format!("/slots?client={last}")), "SEARCHED_AT_ONCE");
    }
});

/// Limits that are tested in another file, with that file.
const ELSEWHERE: [(&str, &str); 1] = [("VERIFIED_AT_ONCE", "server/store/src/audit/chain.rs")];

/// The Rust files in a folder, each with its path and text.
fn sources(folder: &std::path::Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

#[test]
fn every_list_limit_is_tested() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let store = root.join("server/store/src");
    let paging = std::fs::read_to_string(store.join("paging.rs")).unwrap();
    let names: Vec<&str> =
        paging.split("    pub const ").skip(1).filter_map(|rest| rest.split_once(": i64 = ")).map(|(n, _)| n).collect();
    assert!(names.len() > 30, "{names:?}");
    let suite = root.join("tests/suite");
    let mut tests = sources(&suite.join("lists"));
    tests.push(("batches.rs".to_owned(), std::fs::read_to_string(suite.join("batches.rs")).unwrap()));
    for name in names {
        let tested = tests.iter().any(|(_, text)| text.contains(&format!("limits::{name}")));
        let elsewhere = ELSEWHERE.iter().any(|(known, file)| {
            *known == name && std::fs::read_to_string(root.join(file)).unwrap().matches(name).count() > 2
        });
        assert!(tested || elsewhere, "no list of `suite::lists` has one row more than {name}");
    }
    // `LIMIT 1` reads a single row; every other limit must be one of those.
    for (path, text) in sources(&store) {
        for after in text.split("LIMIT ").skip(1) {
            let limit = after.split([' ', ')', '"', '\n']).next().unwrap();
            assert!(limit == "1" || limit.starts_with('$'), "{path}: LIMIT {limit} is not one of `paging::limits`");
        }
    }
}
