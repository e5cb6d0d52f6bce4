//! Empty databases with the program's schema. The schema is made once for each build of
//! the tests and copied for each test, because making it takes longer than most tests
//! do.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
};

use sqlx::{Connection as _, PgConnection, SqliteConnection};
use store::{Address, Clock, Keys, Store};

use crate::{KEY, begin};

/// The lock that a process holds in the cluster while it makes the template.
const LOCK: &str = "SELECT pg_advisory_lock(20261129)";
const UNLOCK: &str = "SELECT pg_advisory_unlock(20261129)";

/// What the names of templates begin with.
const PREFIX: &str = "template_";

/// The name of the template of a database, for today's migrations and this build: the
/// program writes more into a new database than its schema.
fn name(database: &str) -> String {
    let program = std::env::current_exe().expect("the path of the test").metadata().expect("the test's file");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(database);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the migrations").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    (program.len(), program.modified().expect("a time")).hash(&mut hasher);
    for file in files {
        std::fs::read(file).expect("a migration").hash(&mut hasher);
    }
    format!("{PREFIX}{:016x}", hasher.finish())
}

/// Removes the templates of earlier builds beside this one.
fn remove_others(template: &Path) {
    let beside = std::fs::read_dir(template.parent().expect("a folder")).expect("the folder of the tests");
    for entry in beside.map(|entry| entry.expect("an entry")) {
        let is_older = entry.file_name().to_string_lossy().starts_with(PREFIX) && entry.path() != template;
        if is_older && entry.path().extension().is_some_and(|ending| ending == "db") {
            // Another process may have removed it.
            drop(std::fs::remove_file(entry.path()));
        }
    }
}

/// Brings the database at this address up to date, and lets go of it.
async fn make(address: &str) {
    let address: Address = address.parse().expect("an address");
    Store::open(&address, Keys::new(&KEY), Clock::fixed(begin())).await.expect("a database").close().await;
}

/// Copies an empty SQLite database with the schema to this file.
pub(crate) async fn copy_to_file(file: &Path) {
    let program = std::env::current_exe().expect("the path of the test");
    let template = program.with_file_name(format!("{}.db", name("sqlite")));
    if !template.exists() {
        // Tests of other processes make the same file at the same time: each its own,
        // and the last one counts.
        let own = tempfile::tempdir_in(template.parent().expect("a folder")).expect("a folder");
        let made = own.path().join("template.db");
        make(&made.display().to_string()).await;
        let mut c = SqliteConnection::connect(&format!("sqlite://{}", made.display())).await.expect("the template");
        sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut c).await.expect("one file");
        c.close().await.expect("closed");
        std::fs::rename(made, &template).expect("the template in its place");
        remove_others(&template);
    }
    std::fs::copy(&template, file).expect("a copy");
}

/// Creates a database with the schema in the temporary cluster that `make test`
/// starts; returns its address.
#[expect(clippy::disallowed_methods, reason = "the cluster's address comes from the Makefile")]
pub(crate) async fn copy_in_cluster() -> String {
    let cluster = std::env::var("DUOLOGUE_TEST_POSTGRES").expect(
        "DUOLOGUE_TEST_POSTGRES is not set: run the tests with `make test`, which starts a PostgreSQL of its own",
    );
    let (base, _) = cluster.rsplit_once('/').expect("a database name");
    let template = name("postgres");
    let mut connection = PgConnection::connect(&cluster).await.expect("the test cluster answers");
    sqlx::query(LOCK).execute(&mut connection).await.expect("the lock");
    let (there,): (i64,) = sqlx::query_as("SELECT count(*) FROM pg_database WHERE datname = $1")
        .bind(&template)
        .fetch_one(&mut connection)
        .await
        .expect("the databases");
    if there == 0 {
        run(&mut connection, format!("DROP DATABASE IF EXISTS {template}_new")).await;
        run(&mut connection, format!("CREATE DATABASE {template}_new")).await;
        make(&format!("{base}/{template}_new")).await;
        run(&mut connection, format!("ALTER DATABASE {template}_new RENAME TO {template}")).await;
    }
    sqlx::query(UNLOCK).execute(&mut connection).await.expect("the lock");
    let name = format!("t{}", Clock::System.id().simple());
    run(&mut connection, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    connection.close().await.expect("closed");
    format!("{base}/{name}")
}

/// Creates a database without any table in the temporary cluster that `make test`
/// starts; returns its address.
#[expect(clippy::disallowed_methods, reason = "the cluster's address comes from the Makefile")]
pub async fn empty_in_cluster() -> String {
    let cluster = std::env::var("DUOLOGUE_TEST_POSTGRES").expect("the tests run with `make test`");
    let (base, _) = cluster.rsplit_once('/').expect("a database name");
    let mut connection = PgConnection::connect(&cluster).await.expect("the test cluster answers");
    let name = format!("e{}", Clock::System.id().simple());
    run(&mut connection, format!("CREATE DATABASE {name}")).await;
    connection.close().await.expect("closed");
    format!("{base}/{name}")
}

#[expect(clippy::disallowed_methods, reason = "the names of the databases are the tests' own")]
async fn run(connection: &mut PgConnection, statement: String) {
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(connection).await.expect("a database");
}
