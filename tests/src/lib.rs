//! Helpers for the tests of the whole program: an own database for each test on either
//! backend, a clock that the test sets, and people to act as.

#![expect(clippy::expect_used, reason = "a test ends where something is not as it should be")]

pub mod app;
pub mod people;
pub mod program;
pub mod smtp;
pub mod templates;

use chrono::{DateTime, Utc};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use store::{Address, Clock, Keys, Store};

/// The database in which a test keeps its practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// Defines a test for both backends: `both!(name, |world| async move { … })` becomes a
/// module `name` with the tests `sqlite` and `postgres`.
#[macro_export]
macro_rules! both {
    ($name:ident, |$world:ident| $body:expr) => {
        mod $name {
            use super::*;

            async fn scenario($world: $crate::World) {
                $body
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let world = $crate::World::new($crate::Backend::Sqlite).await;
                scenario(world).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let world = $crate::World::new($crate::Backend::Postgres).await;
                scenario(world).await;
            }
        }
    };
}

/// A cancellation by the client, for this reason.
pub fn cancelled(reason: &str) -> domain::scheduling::session::Cancellation {
    domain::scheduling::session::Cancellation {
        by: domain::scheduling::session::CancelledBy::Client,
        reason: reason.to_owned(),
    }
}

/// The instant at which every test begins: noon on a Monday in Berlin.
pub fn begin() -> DateTime<Utc> {
    "2026-11-23T11:00:00Z".parse().expect("an instant")
}

/// A database of the test's own, with a clock that the test sets.
pub struct World {
    pub store: Store,
    pub clock: Clock,
    pub backend: Backend,
    pub address: Address,
    pub folder: tempfile::TempDir,
    /// The address as text, for a program that is started as a process.
    pub address_text: String,
}

/// Counts pairs of sessions that occupy the same therapist, room or person at the same
/// time.
pub const TWICE: &str = "SELECT count(*) FROM occupancy a
    JOIN occupancy b ON a.held_id = b.held_id AND a.session_id < b.session_id
    AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at";
/// Counts booked sessions that occupy too little or another time than their own, and
/// sessions that are not booked and still occupy something.
pub const ASTRAY: &str = "SELECT count(*)
    FROM session s
    WHERE CASE WHEN s.state = 'booked'
    THEN (SELECT count(*) FROM occupancy o
            WHERE o.session_id = s.id AND o.starts_at = s.starts_at AND o.ends_at = s.ends_at)
        <> 1 + (SELECT count(*) FROM session_attendee t WHERE t.session_id = s.id)
            + CASE WHEN s.room_id IS NULL THEN 0 ELSE 1 END
    ELSE EXISTS (SELECT 1 FROM occupancy o WHERE o.session_id = s.id) END";

/// The master key of the tests' databases.
pub const KEY: [u8; 32] = [7; 32];

impl World {
    /// Creates an empty database and opens a store on it.
    pub async fn new(backend: Backend) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let address_text = match backend {
            Backend::Sqlite => {
                let file = folder.path().join("test.db");
                templates::copy_to_file(&file).await;
                file.display().to_string()
            }
            Backend::Postgres => templates::copy_in_cluster().await,
        };
        let address: Address = address_text.parse().expect("an address");
        let clock = Clock::fixed(begin());
        let store = Store::open(&address, Keys::new(&KEY), clock.clone()).await.expect("a database");
        Self { store, clock, backend, address, folder, address_text }
    }

    /// Copies the practice's database. Nobody may be connected to it, and all that was
    /// written must be in its file.
    #[expect(clippy::disallowed_methods, reason = "the names of the databases are the tests' own")]
    pub async fn copy(&self) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let address_text = match self.backend {
            Backend::Sqlite => {
                let file = folder.path().join("test.db");
                std::fs::copy(&self.address_text, &file).expect("a copy");
                file.display().to_string()
            }
            Backend::Postgres => {
                let (base, template) = self.address_text.rsplit_once('/').expect("a database name");
                let name = format!("t{}", Clock::System.id().simple());
                let mut c = PgConnection::connect(&format!("{base}/postgres")).await.expect("the test cluster answers");
                let text = format!("CREATE DATABASE {name} TEMPLATE {template}");
                sqlx::query(sqlx::AssertSqlSafe(text)).execute(&mut c).await.expect("a copy");
                c.close().await.expect("closed");
                format!("{base}/{name}")
            }
        };
        let address: Address = address_text.parse().expect("an address");
        let clock = Clock::fixed(self.clock.now());
        let store = Store::open(&address, Keys::new(&KEY), clock.clone()).await.expect("the copy");
        Self { store, clock, backend: self.backend, address, folder, address_text }
    }

    /// Runs a statement about one row directly in the database; returns how many rows
    /// changed.
    pub async fn by_hand(&self, text: &'static str, id: uuid::Uuid) -> sqlx::Result<u64> {
        Ok(match self.backend {
            Backend::Sqlite => {
                let mut c = SqliteConnection::connect(&format!("sqlite://{}", self.address_text)).await?;
                sqlx::query(text).bind(id).execute(&mut c).await?.rows_affected()
            }
            Backend::Postgres => {
                let mut c = PgConnection::connect(&self.address_text).await?;
                sqlx::query(text).bind(id).execute(&mut c).await?.rows_affected()
            }
        })
    }

    /// Runs statements, separated by semicolons, directly in the database.
    pub async fn raw(&self, text: &'static str) -> sqlx::Result<()> {
        match self.backend {
            Backend::Sqlite => {
                let mut c = SqliteConnection::connect(&format!("sqlite://{}", self.address_text)).await?;
                sqlx::raw_sql(text).execute(&mut c).await?;
            }
            Backend::Postgres => {
                let mut c = PgConnection::connect(&self.address_text).await?;
                sqlx::raw_sql(text).execute(&mut c).await?;
            }
        }
        Ok(())
    }

    /// Runs statements directly in the database, in one transaction. For more rows than
    /// the program's own functions could make in the time of a test.
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's statements are its own, and nobody else's words are in them"
    )]
    pub async fn script(&self, statements: &[String]) -> sqlx::Result<()> {
        let text = format!("BEGIN; {}; COMMIT;", statements.join("; "));
        match self.backend {
            Backend::Sqlite => {
                let mut c = SqliteConnection::connect(&format!("sqlite://{}", self.address_text)).await?;
                sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut c).await?;
            }
            Backend::Postgres => {
                let mut c = PgConnection::connect(&self.address_text).await?;
                sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut c).await?;
            }
        }
        Ok(())
    }

    /// An id as an SQL literal for [`World::script`].
    pub fn id(&self, id: uuid::Uuid) -> String {
        match self.backend {
            Backend::Sqlite => format!("X'{}'", id.simple()),
            Backend::Postgres => format!("'{id}'::uuid"),
        }
    }

    /// An instant as an SQL literal for [`World::script`].
    pub fn instant(&self, at: DateTime<Utc>) -> String {
        match self.backend {
            Backend::Sqlite => format!("'{}'", at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false)),
            Backend::Postgres => format!("'{}'::timestamptz", at.to_rfc3339()),
        }
    }

    /// A day as an SQL literal for [`World::script`].
    pub fn day(&self, day: chrono::NaiveDate) -> String {
        match self.backend {
            Backend::Sqlite => format!("'{day}'"),
            Backend::Postgres => format!("'{day}'::date"),
        }
    }

    /// The number that a query returns, read directly from the database.
    pub async fn number(&self, text: &'static str) -> sqlx::Result<i64> {
        number(self.backend, &self.address_text, text).await
    }

    /// Opens a second store on the same database, as a second process does.
    pub async fn second(&self) -> Store {
        Store::open(&self.address, Keys::new(&KEY), self.clock.clone()).await.expect("the database again")
    }
}

/// The number that a query returns, read directly from the database at this address.
pub(crate) async fn number(backend: Backend, address: &str, text: &'static str) -> sqlx::Result<i64> {
    match backend {
        Backend::Sqlite => {
            let mut c = SqliteConnection::connect(&format!("sqlite://{address}")).await?;
            sqlx::query_scalar(text).fetch_one(&mut c).await
        }
        Backend::Postgres => {
            let mut c = PgConnection::connect(address).await?;
            sqlx::query_scalar(text).fetch_one(&mut c).await
        }
    }
}
