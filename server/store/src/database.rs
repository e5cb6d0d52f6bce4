//! One SQL text, two databases.

use std::{
    path::PathBuf,
    str::FromStr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sqlx::{
    ConnectOptions, Connection as _, Postgres, Sqlite, Transaction,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{Clock, Error, Keys, Result, Store, keys::PROOF};

/// A transaction on either database. Dropped, it is rolled back.
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// A transaction that only reads. Dropped, it is rolled back, unless it is one
/// of [`Store::of_one_request`] and goes on with the next read.
pub type Reading = tokio::sync::OwnedMutexGuard<Tx>;

/// What the reads of one request share: a transaction, from the first read to
/// the first write.
pub(crate) struct OneReading(Mutex<Sharing>);

enum Sharing {
    /// With the transaction, once something was read.
    On(Option<Arc<tokio::sync::Mutex<Tx>>>),
    /// Something may have been written that the transaction does not see.
    Off,
}

impl OneReading {
    fn sharing(&self) -> MutexGuard<'_, Sharing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The transaction, if there is one. A request reads one thing after the
    /// other: if it held this one while it waited for a second connection,
    /// enough requests at once would wait for each other for ever.
    fn free(&self) -> Option<Reading> {
        let Sharing::On(Some(tx)) = &*self.sharing() else { return None };
        let free = Arc::clone(tx).try_lock_owned();
        debug_assert!(free.is_ok(), "a request reads while it reads");
        free.ok()
    }

    fn keep(&self, tx: &Arc<tokio::sync::Mutex<Tx>>) {
        if let Sharing::On(kept @ None) = &mut *self.sharing() {
            *kept = Some(Arc::clone(tx));
        }
    }

    fn set(&self, sharing: Sharing) {
        *self.sharing() = sharing;
    }
}

/// Runs one query on whichever database the transaction is of:
/// `on!(tx, c => sqlx::query("…").execute(c).await)`, or, for the rare
/// difference, an arm for each.
macro_rules! on {
    ($tx:expr, $c:ident => $run:expr) => {
        match $crate::database::either($tx) {
            $crate::Tx::Sqlite(t) => {
                let $c = &mut **t;
                $run
            }
            $crate::Tx::Postgres(t) => {
                let $c = &mut **t;
                $run
            }
        }
    };
    ($tx:expr, sqlite $a:ident => $ra:expr, postgres $b:ident => $rb:expr) => {
        match $crate::database::either($tx) {
            $crate::Tx::Sqlite(t) => {
                let $a = &mut **t;
                $ra
            }
            $crate::Tx::Postgres(t) => {
                let $b = &mut **t;
                $rb
            }
        }
    };
}
pub(crate) use on;

/// What [`on!`] is given as a transaction, where it is one that reads, too.
pub(crate) const fn either(tx: &mut Tx) -> &mut Tx {
    tx
}

/// Runs a statement and tells how many rows it touched.
macro_rules! run {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::database::on!(&mut *$tx, c => sqlx::query($sql)$(.bind($bind))*.execute(c).await.map(|r| r.rows_affected()))
    };
}
pub(crate) use run;

/// Every row of a query as `$row`.
macro_rules! all {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::database::on!(&mut *$tx, c => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(c).await)
    };
}
pub(crate) use all;

/// The row of a query as `$row`, if there is one.
macro_rules! maybe {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::database::on!(&mut *$tx, c => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(c).await)
    };
}
pub(crate) use maybe;

impl Tx {
    pub async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

#[derive(Clone)]
pub(crate) enum Pool {
    /// Readers, and the one connection that writes.
    Sqlite {
        read: SqlitePool,
        write: SqlitePool,
    },
    Postgres(PgPool),
}

/// Where a database is: a file, or `postgres://…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    File(PathBuf),
    Postgres(Box<Hidden>),
}

/// An address whose password is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let after = self.0.rsplit_once('@').map_or("…", |(_, host)| host);
        write!(f, "postgres://…@{after}")
    }
}

impl FromStr for Address {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            PgConnectOptions::from_str(text).map_err(|e| format!("the database address is not understood: {e}"))?;
            return Ok(Self::Postgres(Box::new(Hidden(text.to_owned()))));
        }
        if text.contains("://") {
            return Err("the database is a file's path, or postgres://user:password@host/name".to_owned());
        }
        Ok(Self::File(PathBuf::from(text)))
    }
}

static SQLITE: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations/postgres");

/// PostgreSQL's settings that suit short questions to a database in memory or
/// on a solid-state disk. What the one who runs it has set stays as it is.
const SUITED: &str = "SELECT set_config(name, CASE name WHEN 'jit' THEN 'off' ELSE '1.1' END, false)
    FROM pg_settings WHERE name IN ('jit', 'random_page_cost') AND source = 'default'";

/// SQLite's settings, which hold for a connection, not for the file.
pub(crate) fn sqlite_options(path: &std::path::Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("secure_delete", "ON")
        .pragma("temp_store", "MEMORY")
        .pragma("cache_size", "-4000")
        // Each checkpoint copies a page once, however often it was written.
        .pragma("wal_autocheckpoint", "4000")
        // A page's rows and statements without a handover for every fifty, and
        // without planning them anew.
        .row_buffer_size(2_000)
        .statement_cache_capacity(400)
        .optimize_on_close(true, 400)
        .disable_statement_logging()
}

impl Pool {
    pub(crate) async fn open(address: &Address) -> Result<Self> {
        match address {
            Address::File(path) => {
                if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
                    std::fs::create_dir_all(folder)?;
                }
                let options = sqlite_options(path);
                // What is open on a file stays open: it need not be asked.
                let write = SqlitePoolOptions::new()
                    .max_connections(1)
                    .acquire_timeout(Duration::from_secs(10))
                    .test_before_acquire(false)
                    .connect_with(options.clone())
                    .await?;
                let read = SqlitePoolOptions::new()
                    .max_connections(4)
                    .acquire_timeout(Duration::from_secs(10))
                    .test_before_acquire(false)
                    .connect_lazy_with(options.pragma("query_only", "ON").pragma("cache_size", "-8000"));
                Ok(Self::Sqlite { read, write })
            }
            Address::Postgres(hidden) => {
                let options = PgConnectOptions::from_str(&hidden.0)?
                    .application_name("duologue")
                    .statement_cache_capacity(400)
                    .disable_statement_logging();
                let pool = PgPoolOptions::new()
                    .max_connections(8)
                    .acquire_timeout(Duration::from_secs(10))
                    .test_before_acquire(false)
                    // It was asked when it came back: only after a rest the
                    // server may have gone since.
                    .before_acquire(|connection, about| {
                        Box::pin(async move {
                            if about.idle_for > Duration::from_secs(1) {
                                connection.ping().await?;
                            }
                            Ok(true)
                        })
                    })
                    .after_connect(|connection, _| {
                        Box::pin(async move { sqlx::query(SUITED).execute(connection).await.map(drop) })
                    })
                    .connect_with(options)
                    .await?;
                Ok(Self::Postgres(pool))
            }
        }
    }

    pub(crate) async fn migrate(&self) -> Result<()> {
        match self {
            Self::Sqlite { write, .. } => SQLITE.run(write).await?,
            Self::Postgres(pool) => POSTGRES.run(pool).await?,
        }
        Ok(())
    }

    /// Numbers and names of the migrations of this program.
    pub(crate) fn known() -> Vec<(i64, String)> {
        SQLITE.iter().map(|m| (m.version, m.description.to_string())).collect()
    }
}

/// Begins a transaction on PostgreSQL, in a task of its own: a request that is
/// given up while its BEGIN is on the way would hand a connection back to the
/// pool whose open transaction sqlx does not know of. So it is begun, and ended.
#[expect(clippy::disallowed_methods, reason = "for the two places where transactions begin")]
async fn begin(pool: &PgPool, statement: &'static str) -> Result<Tx> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(statement).await });
    Ok(Tx::Postgres(begun.await.map_err(std::io::Error::from)??))
}

impl Store {
    /// Opens a database, brings its schema up to date, and refuses one that
    /// was written with another key.
    pub async fn open(address: &Address, keys: Keys, clock: Clock) -> Result<Self> {
        let pool = Pool::open(address).await?;
        pool.migrate().await?;
        let store = Self(Arc::new(crate::Inner { pool, clock, keys: Arc::new(keys), shared: None }));
        store.prove_key().await?;
        Ok(store)
    }

    /// The same store for one request, which should not last: what it reads is
    /// read in one transaction, as it stood at the first read, until it writes.
    /// A page is then of one moment, and the database is asked to begin once.
    pub fn of_one_request(&self) -> Self {
        self.with(self.clock().clone(), Some(OneReading(Mutex::new(Sharing::On(None)))))
    }

    /// Ends what the reads of a request share, before it waits for anything
    /// else.
    pub fn end_reading(&self) {
        if let Some(shared) = &self.0.shared {
            shared.set(Sharing::Off);
        }
    }

    /// Ends it too, and shares what is read from now on: what was written has
    /// been committed, or nothing was.
    pub(crate) fn read_anew(&self) {
        if let Some(shared) = &self.0.shared {
            shared.set(Sharing::On(None));
        }
    }

    /// A transaction that only reads.
    #[expect(clippy::disallowed_methods, reason = "one of the two places where transactions begin")]
    pub async fn read(&self) -> Result<Reading> {
        if let Some(free) = self.0.shared.as_ref().and_then(OneReading::free) {
            return Ok(free);
        }
        let tx = match &self.0.pool {
            Pool::Sqlite { read, .. } => Tx::Sqlite(read.begin().await?),
            Pool::Postgres(pool) => begin(pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?,
        };
        let tx = Arc::new(tokio::sync::Mutex::new(tx));
        if let Some(shared) = &self.0.shared {
            shared.keep(&tx);
        }
        Ok(tx.lock_owned().await)
    }

    /// A transaction that writes. On SQLite it takes the write lock at once:
    /// one that reads first and writes later would be refused without waiting.
    #[expect(clippy::disallowed_methods, reason = "one of the two places where transactions begin")]
    pub async fn write(&self) -> Result<Tx> {
        self.end_reading();
        Ok(match &self.0.pool {
            Pool::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Pool::Postgres(pool) => begin(pool, "BEGIN").await?,
        })
    }

    /// Which database this is, for `doctor` and the logs.
    pub fn backend(&self) -> &'static str {
        match self.0.pool {
            Pool::Sqlite { .. } => "SQLite",
            Pool::Postgres(_) => "PostgreSQL",
        }
    }

    /// Ends every connection; SQLite's write-ahead log is folded in.
    pub async fn close(&self) {
        match &self.0.pool {
            Pool::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Pool::Postgres(pool) => pool.close().await,
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        let mut tx = self.read().await?;
        run!(&mut tx, "SELECT 1")?;
        Ok(())
    }

    async fn prove_key(&self) -> Result<()> {
        let mut tx = self.write().await?;
        match maybe!(&mut tx, (Vec<u8>,), "SELECT proof FROM vault WHERE id = 1")? {
            Some((proof,)) => {
                self.keys().open_master("vault", uuid::Uuid::nil(), &proof).map_err(|_| {
                    Error::Refused(
                        "The key file is not the one this database was written with. Put the right key file in its place; \
                         without it nothing that people wrote can be read."
                            .to_owned(),
                    )
                })?;
            }
            None => {
                let proof = self.keys().seal_master("vault", uuid::Uuid::nil(), PROOF);
                run!(&mut tx, "INSERT INTO vault (id, proof) VALUES (1, $1)", proof)?;
                run!(&mut tx, "INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, $1)", vec![0u8; 32])?;
            }
        }
        tx.commit().await
    }
}

/// Whether a database already holds sealed values, without opening it as a
/// store: a missing key file is then a refusal, never a new key.
pub async fn has_vault(address: &Address) -> Result<bool> {
    if let Address::File(path) = address
        && !path.exists()
    {
        return Ok(false);
    }
    let pool = Pool::open(address).await?;
    pool.migrate().await?;
    let count: i64 = match &pool {
        Pool::Sqlite { write, .. } => sqlx::query_scalar("SELECT count(*) FROM vault").fetch_one(write).await?,
        Pool::Postgres(pool) => sqlx::query_scalar("SELECT count(*) FROM vault").fetch_one(pool).await?,
    };
    match pool {
        Pool::Sqlite { read, write } => {
            read.close().await;
            write.close().await;
        }
        Pool::Postgres(pool) => pool.close().await,
    }
    Ok(count > 0)
}

/// The numbers and names of every migration this program knows.
pub fn migrations() -> Vec<(i64, String)> {
    Pool::known()
}
