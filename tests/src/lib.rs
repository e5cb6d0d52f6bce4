//! What every test of the whole needs: an own database for each test on
//! either backend, a clock that the test owns, and people to act as.

#![expect(clippy::expect_used, reason = "a test ends where something is not as it should be")]

pub mod app;
pub mod people;
pub mod program;

use chrono::{DateTime, Utc};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use store::{Address, Clock, Keys, Store};

/// Where a test's practice is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// A test on both backends: `both!(name, |world| async move { … })`.
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

/// A client's cancellation.
pub fn cancelled(reason: &str) -> domain::session::Cancellation {
    domain::session::Cancellation { by: domain::session::CancelledBy::Client, reason: reason.to_owned() }
}

/// The instant at which every test begins: a Monday noon in Berlin.
pub fn begin() -> DateTime<Utc> {
    "2026-11-23T11:00:00Z".parse().expect("an instant")
}

/// An own database with a clock of the test's own.
pub struct World {
    pub store: Store,
    pub clock: Clock,
    pub backend: Backend,
    pub address: Address,
    pub folder: tempfile::TempDir,
    /// The address as text, for a program of its own.
    pub address_text: String,
}

/// Pairs that hold the same at the same time.
pub const TWICE: &str =
    "SELECT count(*) FROM occupancy a JOIN occupancy b ON a.held_id = b.held_id AND a.session_id < b.session_id
    AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at";
/// Sessions that stand and hold less than they should, or at another time; and
/// holds of what does not stand.
pub const ASTRAY: &str = "SELECT count(*) FROM session s WHERE CASE WHEN s.state = 'booked'
    THEN (SELECT count(*) FROM occupancy o WHERE o.session_id = s.id AND o.starts_at = s.starts_at AND o.ends_at = s.ends_at)
        <> 1 + (SELECT count(*) FROM session_attendee t WHERE t.session_id = s.id) + CASE WHEN s.room_id IS NULL THEN 0 ELSE 1 END
    ELSE EXISTS (SELECT 1 FROM occupancy o WHERE o.session_id = s.id) END";

/// The master key of the tests' databases.
pub const KEY: [u8; 32] = [7; 32];

impl World {
    pub async fn new(backend: Backend) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let address_text = match backend {
            Backend::Sqlite => folder.path().join("test.db").display().to_string(),
            Backend::Postgres => new_postgres().await,
        };
        let address: Address = address_text.parse().expect("an address");
        let clock = Clock::fixed(begin());
        let store = Store::open(&address, Keys::new(&KEY), clock.clone()).await.expect("a database");
        Self { store, clock, backend, address, folder, address_text }
    }

    /// A statement about one row, past all code.
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

    /// The one number that a question has for an answer, past all code.
    pub async fn number(&self, text: &'static str) -> sqlx::Result<i64> {
        match self.backend {
            Backend::Sqlite => {
                let mut c = SqliteConnection::connect(&format!("sqlite://{}", self.address_text)).await?;
                sqlx::query_scalar(text).fetch_one(&mut c).await
            }
            Backend::Postgres => {
                let mut c = PgConnection::connect(&self.address_text).await?;
                sqlx::query_scalar(text).fetch_one(&mut c).await
            }
        }
    }

    /// A second process on the same database.
    pub async fn second(&self) -> Store {
        Store::open(&self.address, Keys::new(&KEY), self.clock.clone()).await.expect("the database again")
    }
}

/// A new database in the throw-away cluster that `make test` starts.
#[expect(clippy::disallowed_methods, reason = "the cluster's address comes from the Makefile")]
async fn new_postgres() -> String {
    let cluster = std::env::var("DUOLOGUE_TEST_POSTGRES").expect(
        "DUOLOGUE_TEST_POSTGRES is not set: run the tests with `make test`, which starts a PostgreSQL of its own",
    );
    let name = format!("t{}", Clock::System.id().simple());
    let mut connection = PgConnection::connect(&cluster).await.expect("the test cluster answers");
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut connection)
        .await
        .expect("a database");
    connection.close().await.expect("closed");
    let (base, _) = cluster.rsplit_once('/').expect("a database name");
    format!("{base}/{name}")
}
