//! Connections and transactions: one SQL text for SQLite and PostgreSQL.

use std::{
    path::PathBuf,
    str::FromStr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{
    ConnectOptions, Connection as _, Postgres, Sqlite, Transaction,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    Clock, Keys, Result, Store,
    outage::{self, Outage},
};

/// A transaction on either database. It is rolled back when it is dropped
/// before [`Self::commit`].
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// A transaction that only reads. When it is dropped it is rolled back, unless
/// it belongs to a store of [`Store::of_one_request`]: then the next read of
/// that request continues in it.
pub type Reading = tokio::sync::OwnedMutexGuard<Tx>;

/// The read transaction that the reads of one request share, from the first
/// read to the first write.
pub(crate) struct RequestReads(Mutex<Sharing>);

/// Whether the reads of a request share a transaction.
enum Sharing {
    /// Reads share this transaction. `None`: nothing was read yet.
    On(Option<Arc<tokio::sync::Mutex<Tx>>>),
    /// Each read has its own transaction, because something may have been
    /// written that a shared transaction would not see.
    Off,
}

impl Default for RequestReads {
    fn default() -> Self {
        Self(Mutex::new(Sharing::On(None)))
    }
}

impl RequestReads {
    fn sharing(&self) -> MutexGuard<'_, Sharing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The shared transaction, if there is one. A request reads one thing after
    /// the other. If it kept this transaction while it waited for a second
    /// connection, enough requests at the same time would wait for each other
    /// for ever.
    fn free(&self) -> Option<Reading> {
        let Sharing::On(Some(tx)) = &*self.sharing() else { return None };
        let free = Arc::clone(tx).try_lock_owned();
        debug_assert!(free.is_ok(), "a request reads while it reads");
        free.ok()
    }

    /// Keeps the first transaction of the request for its later reads.
    fn keep(&self, tx: &Arc<tokio::sync::Mutex<Tx>>) {
        if let Sharing::On(kept @ None) = &mut *self.sharing() {
            *kept = Some(Arc::clone(tx));
        }
    }

    fn set(&self, sharing: Sharing) {
        *self.sharing() = sharing;
    }
}

/// Runs one query on the database that the transaction belongs to: `on!(tx, c
/// => sqlx::query("…").execute(c).await)`. Where the two databases need
/// different SQL, there is one arm for each.
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

/// The transaction that [`on!`] matches on. Thanks to this function `on!`
/// accepts a `&mut Reading` as well: it is dereferenced to `&mut Tx`.
pub(crate) const fn either(tx: &mut Tx) -> &mut Tx {
    tx
}

/// Runs a statement. Gives the number of rows that it changed.
macro_rules! run {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::database::on!(&mut *$tx, c => sqlx::query($sql)$(.bind($bind))*.execute(c).await.map(|r| r.rows_affected()))
    };
}
pub(crate) use run;

/// Fetches every row of a query as `$row`.
macro_rules! all {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::database::on!(&mut *$tx, c => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(c).await)
    };
}
pub(crate) use all;

/// Fetches the first row of a query as `$row`; `None`: the query found no row.
macro_rules! maybe {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::database::on!(&mut *$tx, c => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(c).await)
    };
}
pub(crate) use maybe;

impl Tx {
    /// Commits the transaction.
    pub async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// The connections to the database.
#[derive(Clone)]
pub(crate) enum Pool {
    /// Several connections that read, and one that writes.
    Sqlite {
        read: SqlitePool,
        write: SqlitePool,
        /// Set when the writing connection could not begin a transaction. The
        /// next use of the connection opens a new one instead.
        anew: Arc<AtomicBool>,
    },
    Postgres(PgPool),
}

/// The address of a database: a file of SQLite, or `postgres://…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    File(PathBuf),
    Postgres(Box<PostgresUrl>),
}

/// A PostgreSQL address. Its debug output leaves out the user and the password.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl(String);

impl std::fmt::Debug for PostgresUrl {
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
            return Ok(Self::Postgres(Box::new(PostgresUrl(text.to_owned()))));
        }
        if text.contains("://") {
            return Err("the database is a file's path, or postgres://user:password@host/name".to_owned());
        }
        Ok(Self::File(PathBuf::from(text)))
    }
}

/// The name of the first migration.
const BASELINE: &str = "ground";

static SQLITE: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations/postgres");

/// Sets PostgreSQL options that suit short queries on a database in memory or
/// on a solid-state disk. An option that the administrator has set is left as
/// it is.
const SHORT_QUERY_OPTIONS: &str = "SELECT set_config(name, CASE name WHEN 'jit' THEN 'off' ELSE '1.1' END, false)
    FROM pg_settings WHERE name IN ('jit', 'random_page_cost') AND source = 'default'";

/// The SQLite options of a connection. SQLite keeps them for each connection,
/// not in the file.
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
        // A checkpoint copies each page once, however often it was written.
        .pragma("wal_autocheckpoint", "4000")
        // Fetches all rows of a page of the site with one handover between
        // threads instead of one for every fifty rows, and plans no statement
        // twice.
        .row_buffer_size(2_000)
        .statement_cache_capacity(400)
        .optimize_on_close(true, 400)
        .disable_statement_logging()
}

/// The PostgreSQL options of a connection.
pub(crate) fn postgres_options(url: &PostgresUrl) -> Result<PgConnectOptions> {
    Ok(PgConnectOptions::from_str(&url.0)?
        .application_name("duologue")
        .statement_cache_capacity(400)
        .disable_statement_logging())
}

/// The highest number of connections to PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 8;

/// Whether a connection of the pool can begin a transaction.
///
/// When the database itself ended a transaction (a full disk, an I/O error),
/// the ROLLBACK that follows is refused, and sqlx counts the transaction as
/// open for ever. Each later BEGIN would be refused, and a reading connection
/// would keep showing an old state. The pool closes such a connection and opens
/// another. A pending ROLLBACK is already done here: the pool waits for it
/// before it takes a connection back.
fn is_at_rest(connection: &impl sqlx::Connection) -> bool {
    !connection.is_in_transaction()
}

impl Pool {
    /// Opens the connections to a database. The SQLite file and its folder are
    /// created where they do not exist.
    pub(crate) async fn open(address: &Address) -> Result<Self> {
        match address {
            Address::File(path) => {
                if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
                    std::fs::create_dir_all(folder)?;
                }
                let options = sqlite_options(path);
                // A connection to a file does not break, so it is not tested
                // before each use.
                let anew = Arc::new(AtomicBool::new(false));
                let is_due = Arc::clone(&anew);
                let write = SqlitePoolOptions::new()
                    .max_connections(1)
                    .acquire_timeout(Duration::from_secs(10))
                    .test_before_acquire(false)
                    .before_acquire(move |connection, _| {
                        let keep = is_at_rest(connection) && !is_due.swap(false, Ordering::Relaxed);
                        Box::pin(async move { Ok(keep) })
                    })
                    .connect_with(options.clone())
                    .await?;
                let read = SqlitePoolOptions::new()
                    .max_connections(4)
                    .acquire_timeout(Duration::from_secs(10))
                    .test_before_acquire(false)
                    .before_acquire(|connection, _| Box::pin(async { Ok(is_at_rest(connection)) }))
                    .connect_lazy_with(options.pragma("query_only", "ON").pragma("cache_size", "-8000"));
                Ok(Self::Sqlite { read, write, anew })
            }
            Address::Postgres(hidden) => {
                let options = postgres_options(hidden)?;
                let pool = PgPoolOptions::new()
                    .max_connections(POSTGRES_CONNECTIONS)
                    .acquire_timeout(Duration::from_secs(10))
                    .test_before_acquire(false)
                    // The connection was tested when it came back to the pool.
                    // Only after a second of rest may the server have closed
                    // it.
                    .before_acquire(|connection, about| {
                        Box::pin(async move {
                            if about.idle_for > Duration::from_secs(1) {
                                connection.ping().await?;
                            }
                            Ok(is_at_rest(connection))
                        })
                    })
                    .after_connect(|connection, _| {
                        Box::pin(async move { sqlx::query(SHORT_QUERY_OPTIONS).execute(connection).await.map(drop) })
                    })
                    .connect_with(options)
                    .await?;
                Ok(Self::Postgres(pool))
            }
        }
    }

    /// Brings the schema up to date. A database that was made before the
    /// migrations began anew is refused.
    pub(crate) async fn migrate(&self) -> Result<()> {
        const FIRST: &str = "SELECT description FROM _sqlx_migrations WHERE version = 1";
        // An empty database has no such table.
        let first: Option<String> = match self {
            Self::Sqlite { write, .. } => sqlx::query_scalar(FIRST).fetch_optional(write).await.ok().flatten(),
            Self::Postgres(pool) => sqlx::query_scalar(FIRST).fetch_optional(pool).await.ok().flatten(),
        };
        const LAST: &str = "SELECT max(version) FROM _sqlx_migrations";
        let last: Option<i64> = match self {
            Self::Sqlite { write, .. } => sqlx::query_scalar(LAST).fetch_one(write).await.unwrap_or(None),
            Self::Postgres(pool) => sqlx::query_scalar(LAST).fetch_one(pool).await.unwrap_or(None),
        };
        let newest = Self::known().last().map_or(0, |(number, _)| *number);
        if last.is_some_and(|last| last > newest) {
            return Err(crate::Error::Refused(
                "This database was written by a newer version of Duologue: install that version, or restore a backup \
                 from before the upgrade."
                    .to_owned(),
            ));
        }
        if first.is_some_and(|first| first != BASELINE) {
            return Err(crate::Error::Refused(
                "This database was made by a version before the first release, which this program cannot read: set \
                 `database` to a new file or an empty PostgreSQL database."
                    .to_owned(),
            ));
        }
        match self {
            Self::Sqlite { write, .. } => SQLITE.run(write).await?,
            Self::Postgres(pool) => POSTGRES.run(pool).await?,
        }
        Ok(())
    }

    /// Brings the schema of an empty database to what it was after this migration.
    pub(crate) async fn migrate_to(&self, number: i64) -> Result<()> {
        match self {
            Self::Sqlite { write, .. } => SQLITE.run_to(number, write).await?,
            Self::Postgres(pool) => POSTGRES.run_to(number, pool).await?,
        }
        Ok(())
    }

    /// Closes every connection. SQLite then copies its write-ahead log into the
    /// database file.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { read, write, .. } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// The numbers and names of the migrations in this program.
    pub(crate) fn known() -> Vec<(i64, String)> {
        SQLITE.iter().map(|m| (m.version, m.description.to_string())).collect()
    }
}

/// Begins a transaction on PostgreSQL, in a task of its own. If a request were
/// cancelled while its BEGIN is under way, its connection would go back to the
/// pool with an open transaction that sqlx does not know of. In a task the
/// BEGIN always completes, and the transaction is then rolled back.
///
/// A server that was restarted, or that closed a connection, is noticed here
/// first. Nothing was done yet, so the transaction is begun on another
/// connection, until every connection that may be in the pool was tried and a
/// new one as well.
#[expect(clippy::disallowed_methods, reason = "for the two places where transactions begin")]
async fn begin(pool: &PgPool, statement: &'static str) -> Result<Tx> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move {
        for _ in 0..POSTGRES_CONNECTIONS {
            match pool.begin_with(statement).await {
                Err(error) if outage::is_lost(&error) => {}
                result => return result,
            }
        }
        pool.begin_with(statement).await
    });
    Ok(Tx::Postgres(begun.await.map_err(std::io::Error::from)??))
}

impl Store {
    /// Connects to a database as a store: brings its schema up to date and seals
    /// values that an earlier version stored open. Gives
    /// [`crate::Error::Refused`] for a database that was written with another
    /// key.
    pub(crate) async fn connect(address: &Address, keys: Keys, clock: Clock) -> Result<Self> {
        let pool = Pool::open(address).await?;
        pool.migrate().await?;
        let store = Self(Arc::new(crate::Inner {
            pool,
            clock,
            keys: Arc::new(keys),
            shared: None,
            probe: Default::default(),
            writes: crate::Writes::All,
        }));
        store.prove_key().await?;
        Ok(store)
    }

    /// A store for one short request. Its reads share one transaction and see
    /// the state of the first read, until the request writes. A page therefore
    /// shows one moment, and the database begins one transaction instead of
    /// many.
    pub fn of_one_request(&self) -> Self {
        self.with_reads(self.clock().clone(), Some(RequestReads::default()))
    }

    /// A store whose reads each have a transaction of their own, for what goes on
    /// after the request is answered.
    pub(crate) fn unshared(&self) -> Self {
        self.with_reads(self.clock().clone(), None)
    }

    /// Ends the shared read transaction of a request, so that the request holds
    /// no connection while it waits for something else. Later reads have their
    /// own transactions.
    pub fn end_reading(&self) {
        if let Some(shared) = &self.0.shared {
            shared.set(Sharing::Off);
        }
    }

    /// Ends the shared read transaction of a request, and lets its later reads
    /// share a new one. It is called when everything that was written has been
    /// committed, or when nothing was written.
    pub(crate) fn read_anew(&self) {
        if let Some(shared) = &self.0.shared {
            shared.set(Sharing::On(None));
        }
    }

    /// A transaction that only reads, with one unchanging view of the database.
    #[expect(clippy::disallowed_methods, reason = "one of the two places where transactions begin")]
    pub async fn read(&self) -> Result<Reading> {
        if let Some(free) = self.0.shared.as_ref().and_then(RequestReads::free) {
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

    /// A transaction that writes. If the request has a press (see
    /// [`crate::Press`]), the first such transaction keeps it. Gives
    /// [`crate::Error::OnlyShown`] or [`crate::Error::PressedBefore`] if this
    /// request may not write.
    pub async fn write(&self) -> Result<Tx> {
        self.may_write()?;
        let mut tx = self.write_aside().await?;
        self.keep_press(&mut tx).await?;
        Ok(tx)
    }

    /// A transaction for a write that is not what the request was sent for,
    /// such as an audit entry: it is allowed to every request and keeps no
    /// press. On SQLite it takes the write lock at once, because a transaction
    /// that reads first and writes later would be refused without waiting.
    #[expect(clippy::disallowed_methods, reason = "one of the two places where transactions begin")]
    pub(crate) async fn write_aside(&self) -> Result<Tx> {
        self.end_reading();
        Ok(match &self.0.pool {
            Pool::Sqlite { write, anew, .. } => match write.begin_with("BEGIN IMMEDIATE").await {
                // SQLite opens a file that it may not write as read-only, and
                // the connection stays read-only afterwards.
                Err(error) if matches!(Outage::of(&error), Some(Outage::ReadOnly | Outage::Disk)) => {
                    anew.store(true, Ordering::Relaxed);
                    Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?)
                }
                begun => Tx::Sqlite(begun?),
            },
            Pool::Postgres(pool) => begin(pool, "BEGIN").await?,
        })
    }

    /// The name of the database program, for `doctor` and the logs.
    pub fn backend(&self) -> &'static str {
        match self.0.pool {
            Pool::Sqlite { .. } => "SQLite",
            Pool::Postgres(_) => "PostgreSQL",
        }
    }

    /// Closes every connection. SQLite then copies its write-ahead log into the
    /// database file.
    pub async fn close(&self) {
        self.0.pool.close().await;
    }

    /// Checks that the database answers a query.
    pub async fn ping(&self) -> Result<()> {
        let mut tx = self.read().await?;
        run!(&mut tx, "SELECT 1")?;
        Ok(())
    }
}

/// Whether a database already contains the proof of a key, and so may contain
/// sealed values. It is asked before the store is opened: if there are sealed
/// values and the key file is missing, the program must refuse to start and
/// never make a new key.
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
    pool.close().await;
    Ok(count > 0)
}

/// The numbers and names of every migration in this program.
pub fn migrations() -> Vec<(i64, String)> {
    Pool::known()
}
