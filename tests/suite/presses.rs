//! One press is one act: every form that creates something is sent twice in a row, twice
//! at once, and with other content, and the rows of every table are counted.
//!
//! The routes come from the program's own table: the test fails for a new creating route
//! that has no form here.

mod forms;

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use chrono::Duration;
use duologue::{
    access::Access,
    routes::{self, Posts},
};
use sqlx::Connection as _;
use tests::{
    Backend, World,
    app::{App, CODE, Got},
    both,
    people::Cast,
};

pub(crate) use self::forms::{Case, case, new_staff, offered_client, supervised_note};
use crate::routes::Stage;

/// The number of rows in each table, except those that are not made by a form: form keys
/// and counted attempts.
#[expect(clippy::disallowed_methods, reason = "the names of tables come from the database")]
pub(crate) async fn row_counts(world: &World) -> BTreeMap<String, i64> {
    const TABLES: &str = "SELECT name
        FROM sqlite_schema
        WHERE type = 'table' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'";
    const THEIRS: &str = "SELECT table_name::text
        FROM information_schema.tables
        WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'";
    let mut counts = BTreeMap::new();
    macro_rules! count {
        ($c:expr, $tables:expr) => {{
            let names: Vec<String> = sqlx::query_scalar($tables).fetch_all(&mut $c).await.unwrap();
            assert!(names.len() > 40, "{names:?}");
            // Files are counted by what they are part of: one that is part of nothing is
            // carried on by the form that was refused.
            let not_counted = ["press", "throttle", "file", "file_chunk"];
            for name in names.into_iter().filter(|n| !not_counted.contains(&n.as_str())) {
                let query = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {name}")));
                let count: i64 = query.fetch_one(&mut $c).await.unwrap();
                counts.insert(name, count);
            }
        }};
    }
    match world.backend {
        Backend::Sqlite => {
            let mut c = sqlx::SqliteConnection::connect(&format!("sqlite://{}", world.address_text)).await.unwrap();
            count!(c, TABLES);
        }
        Backend::Postgres => {
            let mut c = sqlx::PgConnection::connect(&world.address_text).await.unwrap();
            count!(c, THEIRS);
        }
    }
    counts
}

/// The differences between two counts; tables without one are left out.
pub(crate) fn row_changes(before: &BTreeMap<String, i64>, after: &BTreeMap<String, i64>) -> BTreeMap<String, i64> {
    after.iter().map(|(name, n)| (name.clone(), n - before[name])).filter(|(_, n)| *n != 0).collect()
}

/// Owned copies of name and value pairs.
pub(crate) fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
}

async fn send(app: &App, case: &Case, cookie: Option<&str>, key: &str) -> Got {
    let form: Vec<(&str, &str)> =
        case.form.iter().map(|(n, v)| (n.as_str(), v.as_str())).chain([("key", key)]).collect();
    app.post(&case.path, cookie, &form).await
}

/// The status, target and length of an answer, without what differs from page to page.
fn summary(got: &Got) -> (StatusCode, String, usize) {
    (got.status, got.location().to_owned(), if got.status.is_redirection() { 0 } else { got.text.len() })
}

/// Sends a route's form once on one stage, and several times on another, and compares the
/// rows.
async fn check_one_act(backend: Backend, route: &str) {
    let stage = Stage::in_world(World::new(backend).await).await;
    let sent = case(&stage, route).await;
    let cookie = match sent.who {
        Some(who) => Some(stage.app.cookie(&stage.world, who).await),
        None => None,
    };
    let key = stage.world.store.form_key(sent.who).to_string();
    let before = row_counts(&stage.world).await;
    let first = send(&stage.app, &sent, cookie.as_deref(), &key).await;
    assert!(first.status.is_success() || first.status.is_redirection(), "{route}: {} {}", first.status, first.text);
    let once = row_changes(&before, &row_counts(&stage.world).await);
    // An address is confirmed or a feed renewed in the existing row.
    let changes = matches!(route, "/account/feed" | "/inquire/{token}");
    assert!(!once.is_empty() || changes, "{route} made nothing: {}", first.location());

    let stage = Stage::in_world(World::new(backend).await).await;
    let sent = case(&stage, route).await;
    let mut cookie = match sent.who {
        Some(who) => Some(stage.app.cookie(&stage.world, who).await),
        None => None,
    };
    let key = stage.world.store.form_key(sent.who).to_string();
    let before = row_counts(&stage.world).await;
    let (one, two) = tokio::join!(
        send(&stage.app, &sent, cookie.as_deref(), &key),
        send(&stage.app, &sent, cookie.as_deref(), &key)
    );
    assert_eq!(summary(&one), summary(&two), "{route}: two at once");
    let twice = row_counts(&stage.world).await;
    assert_eq!(row_changes(&before, &twice), once, "{route}: two at once");
    // A new password gives this browser a new login.
    cookie = one.cookie().or_else(|| two.cookie()).filter(|_| sent.who.is_some()).or(cookie);
    let third = send(&stage.app, &sent, cookie.as_deref(), &key).await;
    assert_eq!(summary(&third), summary(&one), "{route}: once more");
    assert_eq!(row_changes(&twice, &row_counts(&stage.world).await), BTreeMap::new(), "{route}: once more");

    let Some((field, words)) = sent.other else { return };
    let mut other = Case { form: sent.form.clone(), path: sent.path.clone(), ..sent };
    other.form.retain(|(name, _)| name != field);
    other.form.push((field.to_owned(), words.to_owned()));
    let refused = send(&stage.app, &other, cookie.as_deref(), &key).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{route}: {}", refused.location());
    assert!(refused.text.contains("This form was already sent on"), "{route}");
    assert!(refused.text.contains(words), "{route}: {words} is lost");
    let mut more = row_changes(&twice, &row_counts(&stage.world).await);
    // Opening a page is recorded.
    more.remove("audit");
    assert_eq!(more, BTreeMap::new(), "{route}: other content");
}

async fn check_every_form_is_one_act(backend: Backend) {
    let made: Vec<&str> = routes::table()
        .into_iter()
        .filter(|r| r.method == Method::POST && r.path != "/setup")
        .filter(|r| matches!(r.posts, Some(Posts::Once(_) | Posts::OnceUnless { .. })))
        .map(|r| r.path)
        .collect();
    assert!(made.len() > 35, "{}", made.len());
    let mut wrong = Vec::new();
    for route in made {
        let done = tokio::spawn(async move { check_one_act(backend, route).await }).await;
        if let Err(error) = done {
            let panic = error.into_panic();
            let text = panic.downcast_ref::<String>().cloned().unwrap_or_else(|| route.to_owned());
            wrong.push(text.chars().take(600).collect::<String>());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_creating_form_creates_once_sqlite() {
    check_every_form_is_one_act(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_creating_form_creates_once_postgres() {
    check_every_form_is_one_act(Backend::Postgres).await;
}

both!(a_practice_is_set_up_once, |world| {
    let app = App::new(&world);
    let key = world.store.form_key(None).to_string();
    let form = [
        ("key", key.as_str()),
        ("code", CODE),
        ("name", "Bridge House"),
        ("zone", "Europe/Berlin"),
        ("display_name", "Ada"),
        ("email", "ada@example.org"),
        ("login_name", "ada"),
        ("password", "three tired swans at noon"),
    ];
    let (one, two) = tokio::join!(app.post("/setup", None, &form), app.post("/setup", None, &form));
    assert_eq!((one.status, one.location()), (StatusCode::SEE_OTHER, "/practice"));
    assert_eq!(summary(&one), summary(&two));
    assert_eq!(world.number("SELECT count(*) FROM account").await.unwrap(), 1);
});

/// Every form on every page has its form key, so that no page avoids the check.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_form_of_every_page_has_a_form_key() {
    let stage = Stage::in_world(World::new(Backend::Sqlite).await).await;
    let c = &stage.cast;
    let visitors =
        [None, Some(c.owner.me()), Some(c.ruth.me()), Some(c.desk.me()), Some(c.amara.me()), Some(c.jonas.me())];
    let mut forms = 0;
    for route in routes::table().into_iter().filter(|r| r.method == Method::GET && r.access != Access::Plain) {
        for who in visitors {
            let cookie = match who {
                Some(who) => Some(stage.app.cookie(&stage.world, who).await),
                None => None,
            };
            let page = stage.app.get(&stage.fill(route.path), cookie.as_deref()).await.text;
            for form in page.split("<form").skip(1) {
                let (tag, inside) = form.split_once('>').unwrap();
                if !tag.contains("method=\"post\"") {
                    continue;
                }
                let key = inside
                    .strip_prefix("<input type=\"hidden\" name=\"key\" value=\"")
                    .and_then(|t| t.split('"').next());
                let key = key.unwrap_or_else(|| panic!("{}: {tag} has no key", route.path));
                let key = store::FormKey::from(key.parse::<uuid::Uuid>().unwrap());
                assert_eq!(
                    stage.world.store.key_of_page(key, who),
                    store::KeyOwner::ThisAccount,
                    "{}: {tag}",
                    route.path
                );
                forms += 1;
            }
        }
    }
    assert!(forms > 150, "{forms}");
}

both!(form_from_another_persons_page_is_refused, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    // Amara's message is left in the tab; Jonas signs in at the same computer.
    let key = world.store.form_key(Some(cast.amara.me())).to_string();
    let jonas = app.cookie(&world, cast.jonas.me()).await;
    let client = cast.couple.to_string();
    let message = [("key", key.as_str()), ("client", &client), ("text", "canary-amara")];
    let refused = app.post("/portal/messages", Some(&jonas), &message).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(!refused.text.contains("canary-amara"), "nor is it shown to him");
    assert_eq!(world.number("SELECT count(*) FROM message").await.unwrap(), 0);
});

both!(form_without_a_key_is_accepted_each_time, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let desk = app.cookie(&world, cast.desk.me()).await;
    for time in ["10:00", "12:00"] {
        let form = cast.form(&world.store, cast.couple, cast.ruth.me(), &format!("2026-12-09 {time}"));
        let form: Vec<_> = form.iter().filter(|(n, _)| *n != "key").map(|(n, v)| (*n, v.as_str())).collect();
        let booked = app.post("/sessions", Some(&desk), &form).await;
        assert_eq!(booked.status, StatusCode::SEE_OTHER, "{}", booked.text);
    }
    assert_eq!(world.number("SELECT count(*) FROM session").await.unwrap(), 2);
});

both!(refused_form_may_be_corrected_and_sent_with_its_key, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let key = world.store.form_key(Some(cast.ruth.me())).to_string();
    let here = format!("/clients/{}/notes", cast.couple);
    let refused = app.post(&here, Some(&ruth), &[("key", &key), ("scope", "partner_a"), ("s.text", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mended = [("key", key.as_str()), ("scope", "partner_a"), ("s.text", "They came.")];
    assert_eq!(app.post(&here, Some(&ruth), &mended).await.status, StatusCode::SEE_OTHER);
    assert_eq!(world.number("SELECT count(*) FROM note").await.unwrap(), 1);
});

both!(two_processes_do_not_run_one_form_twice, |world| {
    let (one, cast) = (App::new(&world), Cast::new(&world.store).await);
    let second = World { store: world.second().await, ..World::new(world.backend).await };
    let two = App::new(&second);
    let owner = one.cookie(&world, cast.owner.me()).await;
    let key = world.store.form_key(Some(cast.owner.me())).to_string();
    let form = [("key", key.as_str()), ("room", "Attic")];
    let (a, b) = tokio::join!(one.post("/rooms", Some(&owner), &form), two.post("/rooms", Some(&owner), &form));
    assert_eq!(summary(&a), summary(&b), "{} {}", a.text, b.text);
    assert_eq!(a.status, StatusCode::SEE_OTHER);
    assert_eq!(world.number("SELECT count(*) FROM room").await.unwrap(), 2);
});

both!(form_key_records_keep_no_content_and_expire, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let amara = app.cookie(&world, cast.amara.me()).await;
    let key = world.store.form_key(Some(cast.amara.me())).to_string();
    let client = cast.couple.to_string();
    let form = [("key", key.as_str()), ("client", &client), ("text", "I am fine.")];
    assert_eq!(app.post("/portal/messages", Some(&amara), &form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(world.number("SELECT count(*) FROM press WHERE answer IS NOT NULL").await.unwrap(), 1);
    // Not even a hash is stored that a guess could be compared with: the hash has a key.
    let press = |store: &store::Store| {
        let fields = form.iter().map(|(n, v)| (*n, v.as_bytes()));
        store.press(Some(cast.amara.me()), "/portal/messages", key.parse::<uuid::Uuid>().unwrap().into(), fields)
    };
    assert!(matches!(world.store.pressed(&press(&world.store)).await.unwrap(), store::PressState::Done { .. }));
    world.clock.advance(Duration::days(31));
    world.store.worker().forget_presses().await.unwrap();
    assert_eq!(world.store.pressed(&press(&world.store)).await.unwrap(), store::PressState::New);
});
