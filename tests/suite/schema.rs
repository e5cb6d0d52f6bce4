//! Two migrations for each step, one schema.

use std::collections::BTreeMap;

use sqlx::{Connection as _, Row as _};
use tests::{Backend, World};

fn files(folder: &str) -> Vec<String> {
    let path = format!("{}/../migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut names: Vec<String> =
        std::fs::read_dir(path).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn migrations_have_the_same_numbers_and_names() {
    assert_eq!(files("sqlite"), files("postgres"));
    assert!(files("sqlite").len() >= 6);
}

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns() {
    let sqlite = World::new(Backend::Sqlite).await;
    let postgres = World::new(Backend::Postgres).await;
    let mut c = sqlx::SqliteConnection::connect(&format!("sqlite://{}", sqlite.address_text)).await.unwrap();
    let mut ours: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in sqlx::query("SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND t.name NOT LIKE 'sqlite%' ORDER BY 1, 2").fetch_all(&mut c).await.unwrap() {
        ours.entry(row.get(0)).or_default().push(row.get(1));
    }
    let mut c = sqlx::PgConnection::connect(&postgres.address_text).await.unwrap();
    let mut theirs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in sqlx::query("SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%' ORDER BY 1, 2").fetch_all(&mut c).await.unwrap() {
        theirs.entry(row.get(0)).or_default().push(row.get(1));
    }
    for columns in ours.values_mut().chain(theirs.values_mut()) {
        columns.sort();
    }
    assert_eq!(ours, theirs);
    assert!(ours.len() > 20, "{}", ours.len());
}

#[tokio::test]
async fn every_sqlite_table_is_strict() {
    let world = World::new(Backend::Sqlite).await;
    let mut c = sqlx::SqliteConnection::connect(&format!("sqlite://{}", world.address_text)).await.unwrap();
    let loose: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'").fetch_all(&mut c).await.unwrap();
    assert!(loose.is_empty(), "{loose:?}");
}

/// It makes a table anew, and may be stopped between its end and the note of it:
/// on a filled database it runs again, and nothing is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rooms_are_made_anew_without_losing_one() {
    let world = World::new(Backend::Sqlite).await;
    let cast = tests::people::Cast::new(&world.store).await;
    assert!(matches!(cast.book(&world.store, "2026-12-03 10:00").await, store::Booked::Done(_)));
    cast.owner.add_room("Attic", None).await.unwrap();
    let rooms = cast.owner.rooms().await.unwrap();
    let attic = rooms.iter().find(|r| r.name == "Attic").unwrap().room.id;
    assert!(cast.owner.archive_room(attic).await.unwrap());
    world.store.close().await;

    let mut c = sqlx::SqliteConnection::connect(&format!("sqlite://{}", world.address_text)).await.unwrap();
    const ROOMS: &str = "SELECT hex(r.id) || r.name || COALESCE(r.archived_at, '') || count(s.id) FROM room r LEFT JOIN session s ON s.room_id = r.id GROUP BY r.id";
    let before: Vec<String> = sqlx::query_scalar(ROOMS).fetch_all(&mut c).await.unwrap();
    assert!(before.len() == 2 && before[0].ends_with('1'), "{before:?}");
    sqlx::raw_sql(include_str!("../../migrations/sqlite/0036_rooms.sql")).execute(&mut c).await.unwrap();
    let after: Vec<String> = sqlx::query_scalar(ROOMS).fetch_all(&mut c).await.unwrap();
    assert_eq!(after, before);
    assert!(sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut c).await.unwrap().is_empty());
    let on: i64 = sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(&mut c).await.unwrap();
    assert_eq!(on, 1);
}
