//! Each migration exists for both databases, and both have the same schema.

mod printed;

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{Connection as _, Row as _};
use tests::{Backend, World};

fn migration_files(folder: &str) -> Vec<String> {
    let path = format!("{}/../migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut names: Vec<String> =
        std::fs::read_dir(path).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn migrations_have_the_same_numbers_and_names() {
    assert_eq!(migration_files("sqlite"), migration_files("postgres"));
    assert!(migration_files("sqlite").len() >= 6);
}

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns() {
    let sqlite = World::new(Backend::Sqlite).await;
    let postgres = World::new(Backend::Postgres).await;
    let mut c = sqlx::SqliteConnection::connect(&format!("sqlite://{}", sqlite.address_text)).await.unwrap();
    let mut ours: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in sqlx::query(
        "SELECT t.name, c.name
        FROM sqlite_schema t
        JOIN pragma_table_info(t.name) c
        WHERE t.type = 'table' AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND t.name NOT LIKE 'sqlite%'
        ORDER BY 1, 2",
    )
    .fetch_all(&mut c)
    .await
    .unwrap()
    {
        ours.entry(row.get(0)).or_default().push(row.get(1));
    }
    let mut c = sqlx::PgConnection::connect(&postgres.address_text).await.unwrap();
    let mut theirs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in sqlx::query(
        "SELECT table_name::text, column_name::text
        FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'
        ORDER BY 1, 2",
    )
    .fetch_all(&mut c)
    .await
    .unwrap()
    {
        theirs.entry(row.get(0)).or_default().push(row.get(1));
    }
    for columns in ours.values_mut().chain(theirs.values_mut()) {
        columns.sort();
    }
    assert_eq!(ours, theirs);
    assert!(ours.len() > 20, "{}", ours.len());
}

/// A database whose first migration is another one is refused with a sentence that says
/// what to do, and is left as it was.
#[tokio::test]
async fn database_from_before_the_baseline_is_refused() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let world = World::new(backend).await;
        world.raw("UPDATE _sqlx_migrations SET description = 'practice' WHERE version = 1").await.unwrap();
        let address: store::Address = world.address_text.parse().unwrap();
        let keys = store::Keys::new(&[7; 32]);
        let Err(error) = store::Store::open(&address, keys, store::Clock::System).await else { panic!("opened") };
        assert!(error.to_string().contains("set `database` to a new file"), "{error}");
    }
}

#[tokio::test]
async fn every_sqlite_table_is_strict() {
    let world = World::new(Backend::Sqlite).await;
    let mut c = sqlx::SqliteConnection::connect(&format!("sqlite://{}", world.address_text)).await.unwrap();
    let loose: Vec<String> = sqlx::query_scalar(
        "SELECT name
        FROM pragma_table_list
        WHERE schema = 'main' AND type = 'table' AND strict = 0
        AND name NOT LIKE '\\_sqlx%' ESCAPE '\\'
        AND name NOT LIKE 'sqlite%'",
    )
    .fetch_all(&mut c)
    .await
    .unwrap();
    assert!(loose.is_empty(), "{loose:?}");
}

/// Tables that lead to a client and have no trigger that refuses rows for a frozen record,
/// each with the reason.
const NOT_FROZEN: &[(&str, &str)] = &[
    ("acceptance", "belongs to a version of an agreement; versions are refused"),
    ("care", "who takes care of a client may change after a separation"),
    ("client_member", "a partner who leaves is noted in it"),
    ("cosign", "a signed note may be co-signed or returned, which its author then finishes"),
    ("data_copy", "a person gets a copy of their own data also after a separation"),
    ("data_decision", "is about such a copy"),
    ("data_download", "is about such a copy"),
    ("data_request_part", "a person asks for a copy of their own data also after a separation"),
    ("disclosure", "the law may order it after a separation"),
    ("disclosure_silence", "belongs to a disclosure"),
    ("earlier_wish", "belongs to a session; sessions are refused, and those ahead are cancelled"),
    ("email", "the practice may still email a person, for example about a cancellation"),
    ("fee_suggestion", "a fee for a past session may be decided later"),
    ("handover", "the record may be released, disclosed or copied after a separation"),
    ("handover_file", "belongs to a handover"),
    ("mail_suspect", "is about emails"),
    ("note_leftover", "belongs to a signed note, and becomes an addendum, which is allowed"),
    ("note_move", "belongs to two notes; new notes are refused"),
    ("occupancy", "belongs to a session"),
    ("progress_step", "belongs to a pathway progress"),
    ("release", "both may release the record after a separation"),
    ("release_signer", "belongs to a release"),
    ("series_gap", "belongs to a series"),
    ("session_attendee", "belongs to a session"),
    ("session_change", "records what happened to a session, also its cancellation"),
    ("session_reply", "belongs to a session"),
    ("session_undo", "belongs to a session"),
];

/// Whatever is added to a client's record is refused after a separation, unless the table
/// has a reason not to.
#[tokio::test]
async fn every_table_of_a_client_refuses_rows_for_a_frozen_record() {
    let world = World::new(Backend::Sqlite).await;
    let mut c = sqlx::SqliteConnection::connect(&format!("sqlite://{}", world.address_text)).await.unwrap();
    let links: Vec<(String, String)> = sqlx::query_as(
        "SELECT t.name, f.\"table\" FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table'",
    )
    .fetch_all(&mut c)
    .await
    .unwrap();
    let mut of_clients = BTreeSet::from(["client".to_owned()]);
    loop {
        let more: Vec<String> = links
            .iter()
            .filter(|(table, to)| of_clients.contains(to) && !of_clients.contains(table))
            .map(|(table, _)| table.clone())
            .collect();
        if more.is_empty() {
            break;
        }
        of_clients.extend(more);
    }
    let frozen: BTreeSet<String> = sqlx::query_scalar(
        "SELECT tbl_name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE '%\\_not\\_frozen' ESCAPE '\\'",
    )
    .fetch_all(&mut c)
    .await
    .unwrap()
    .into_iter()
    .collect();
    of_clients.remove("client");
    let free: BTreeSet<&str> = of_clients.difference(&frozen).map(String::as_str).collect();
    let known: BTreeSet<&str> = NOT_FROZEN.iter().map(|(table, _)| *table).collect();
    assert_eq!(free, known, "left: without a trigger; right: with a reason");
}
