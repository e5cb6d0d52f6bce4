//! Writes a whole practice into an empty database: all of it, or nothing.
//!
//! Everything is one transaction, in which the triggers and foreign keys of the schema
//! are put aside: rows come table by table, and a row may name one that comes later.
//! Before it is committed every row is read back and compared with what came, and the
//! foreign keys are checked. A process that is killed leaves an empty database, and the
//! same command begins again.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    time::Duration,
};

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt as _;
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use uuid::Uuid;

use super::{
    catalogue::{Table, quoted, tables},
    reading::{Contents, Counts, Part},
    rows::{self, Sum},
};
use crate::{
    Address, Error, Keys, Result,
    database::{Pool, postgres_options, sqlite_options},
    outbox::sent::kept::{HOLD, MAY_HAVE_GONE},
};

/// The lock that one copy into a PostgreSQL database holds.
const LOCK: i64 = 0x0d00_1064;

/// A connection that writes, with what is put back at the end.
enum Target {
    Sqlite {
        connection: Box<SqliteConnection>,
        /// The statements that make the triggers again.
        triggers: Vec<String>,
    },
    Postgres {
        connection: Box<PgConnection>,
        /// The statements that make the foreign keys again.
        foreign_keys: Vec<String>,
    },
}

/// A practice that is being written into an empty database.
pub struct Inflow {
    target: Target,
    contents: Contents,
    sums: BTreeMap<String, Sum>,
}

/// What is checked and done before the rows are kept.
pub struct LastStep<'a> {
    /// The key file that must be the one of the rows.
    pub keys: &'a Keys,
    /// The instant at which emails that may have gone out since are held back; `None`:
    /// none is, because the practice goes on here.
    pub held_at: Option<DateTime<Utc>>,
}

/// Whether an [`Inflow`] may begin.
pub enum InflowStart {
    /// It has begun.
    Begun(Box<Inflow>),
    /// The database is not empty.
    NotEmpty,
}

/// An error for the person who runs the program.
fn refused(text: impl Into<String>) -> Error {
    Error::Refused(text.into())
}

impl Inflow {
    /// Begins to write into a database: a SQLite file that does not exist yet, or a
    /// PostgreSQL database without a practice. Brings its schema to that of `contents`.
    /// Gives [`Error::Refused`] for contents of a newer program.
    pub async fn begin(address: &Address, contents: Contents) -> Result<InflowStart> {
        let known = crate::migrations().last().map_or(0, |(number, _)| *number);
        if contents.schema > known {
            return Err(refused(
                "This was written by a newer version of Duologue: install that version, or a newer one.",
            ));
        }
        if contents.schema < 1 {
            return Err(refused("This is not from Duologue: it names no schema."));
        }
        let target = match address {
            Address::File(path) if path.exists() => return Ok(InflowStart::NotEmpty),
            Address::File(path) => {
                migrate(address, contents.schema).await?;
                let options = sqlite_options(path).create_if_missing(false).foreign_keys(false).row_buffer_size(8);
                let connection = Box::new(SqliteConnection::connect_with(&options).await?);
                Target::Sqlite { connection, triggers: vec![] }
            }
            Address::Postgres(url) => {
                let mut connection = PgConnection::connect_with(&postgres_options(url)?).await?;
                let is_ours: bool =
                    sqlx::query_scalar("SELECT pg_try_advisory_lock($1)").bind(LOCK).fetch_one(&mut connection).await?;
                if !is_ours {
                    return Err(refused("Another copy into this database is under way."));
                }
                if !is_empty(&mut connection).await? {
                    return Ok(InflowStart::NotEmpty);
                }
                migrate(address, contents.schema).await?;
                Target::Postgres { connection: Box::new(connection), foreign_keys: vec![] }
            }
        };
        let mut inflow = Self { target, contents, sums: BTreeMap::new() };
        inflow.check_tables().await?;
        inflow.clear().await?;
        Ok(InflowStart::Begun(Box::new(inflow)))
    }

    /// Removes every row from a PostgreSQL database with the schema of this program, after
    /// an import into it that does not stand its check.
    pub async fn empty(address: &Address) -> Result<()> {
        let Address::Postgres(url) = address else { return Ok(()) };
        let connection = Box::new(PgConnection::connect_with(&postgres_options(url)?).await?);
        let schema = crate::migrations().last().map_or(0, |(number, _)| *number);
        let contents = Contents { schema, tables: tables() };
        let target = Target::Postgres { connection, foreign_keys: vec![] };
        let mut inflow = Self { target, contents, sums: BTreeMap::new() };
        inflow.check_tables().await?;
        inflow.clear().await?;
        inflow.put_back().await
    }

    /// Checks that the database has exactly the tables and columns of the contents.
    /// No name of the contents is used in SQL before.
    async fn check_tables(&mut self) -> Result<()> {
        let found: Vec<(String, String)> = match &mut self.target {
            Target::Sqlite { connection, .. } => {
                sqlx::query_as(
                    "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
                     WHERE t.type = 'table' AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND t.name NOT LIKE 'sqlite%'",
                )
                .fetch_all(&mut **connection)
                .await?
            }
            Target::Postgres { connection, .. } => {
                sqlx::query_as(
                    "SELECT table_name::text, column_name::text FROM information_schema.columns
                     WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_sqlx%'",
                )
                .fetch_all(&mut **connection)
                .await?
            }
        };
        let there: BTreeSet<(&str, &str)> = found.iter().map(|(table, column)| (&**table, &**column)).collect();
        let named = |table: &'_ Table| -> Vec<(String, String)> {
            table.columns.iter().map(|column| (table.name.clone(), column.name.clone())).collect()
        };
        let wanted: Vec<(String, String)> = self.contents.tables.iter().flat_map(named).collect();
        let wanted_set: BTreeSet<(&str, &str)> = wanted.iter().map(|(table, column)| (&**table, &**column)).collect();
        if there == wanted_set && wanted.len() == wanted_set.len() {
            return Ok(());
        }
        let other = there.symmetric_difference(&wanted_set).next().map_or("?", |(table, _)| *table);
        Err(refused(format!(
            "The table “{other}” in the database is not the one that is needed: use a new, empty database."
        )))
    }

    /// Puts the triggers and foreign keys aside, and removes the rows that the
    /// migrations have made.
    #[expect(clippy::disallowed_methods, reason = "names cannot be bound; they were compared with the schema")]
    async fn clear(&mut self) -> Result<()> {
        match &mut self.target {
            Target::Sqlite { connection, triggers } => {
                let c = &mut **connection;
                sqlx::query("BEGIN IMMEDIATE").execute(&mut *c).await?;
                let found: Vec<(String, String)> =
                    sqlx::query_as("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name")
                        .fetch_all(&mut *c)
                        .await?;
                for (name, sql) in found {
                    let drop = format!("DROP TRIGGER {}", quoted(&name));
                    sqlx::query(sqlx::AssertSqlSafe(drop)).execute(&mut *c).await?;
                    triggers.push(sql);
                }
                for table in &self.contents.tables {
                    let sql = format!("DELETE FROM {}", quoted(&table.name));
                    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *c).await?;
                }
            }
            Target::Postgres { connection, foreign_keys } => {
                let c = &mut **connection;
                sqlx::query("BEGIN").execute(&mut *c).await?;
                let found: Vec<(String, String, String)> = sqlx::query_as(
                    "SELECT t.relname::text, k.conname::text, pg_get_constraintdef(k.oid)
                     FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid
                     WHERE k.contype = 'f' AND k.connamespace = current_schema()::regnamespace
                     ORDER BY 1, 2",
                )
                .fetch_all(&mut *c)
                .await?;
                for (table, name, definition) in found {
                    let (table, name) = (quoted(&table), quoted(&name));
                    let drop = format!("ALTER TABLE {table} DROP CONSTRAINT {name}");
                    sqlx::query(sqlx::AssertSqlSafe(drop)).execute(&mut *c).await?;
                    foreign_keys.push(format!("ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"));
                }
                for table in &self.contents.tables {
                    let name = quoted(&table.name);
                    for sql in [format!("ALTER TABLE {name} DISABLE TRIGGER USER"), format!("DELETE FROM {name}")] {
                        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *c).await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Writes some rows.
    #[expect(clippy::disallowed_methods, reason = "names cannot be bound; they were compared with the schema")]
    pub async fn write(&mut self, part: &Part) -> Result<()> {
        let Some(table) = self.contents.tables.iter().find(|table| table.name == part.table) else {
            return Err(refused(format!("The archive has rows for a table “{}” that does not exist.", part.table)));
        };
        let sum = self.sums.entry(table.name.clone()).or_default();
        let lines = part.lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let not_taken =
            |error: sqlx::Error| refused(format!("The database does not take the rows of “{}”: {error}", table.name));
        match &mut self.target {
            Target::Sqlite { connection, .. } => {
                let places: Vec<String> = (1..=table.columns.len()).map(|n| format!("${n}")).collect();
                let (name, columns) = (quoted(&table.name), table.column_list());
                let sql = format!("INSERT INTO {name} ({columns}) VALUES ({})", places.join(", "));
                for line in lines {
                    let values = rows::read_line(line, table)?;
                    let query = rows::bind(sqlx::query(sqlx::AssertSqlSafe(sql.clone())), values);
                    query.execute(&mut **connection).await.map_err(not_taken)?;
                    sum.add(line);
                }
            }
            Target::Postgres { connection, .. } => {
                let mut copy = Vec::with_capacity(part.lines.len());
                for line in lines {
                    rows::write_copy(&rows::read_line(line, table)?, &mut copy);
                    sum.add(line);
                }
                let sql = format!("COPY {} ({}) FROM STDIN", quoted(&table.name), table.column_list());
                let mut into = connection.copy_in_raw(&sql).await.map_err(not_taken)?;
                into.send(copy).await.map_err(not_taken)?;
                into.finish().await.map_err(not_taken)?;
            }
        }
        Ok(())
    }

    /// Compares what is in the database with what was written and with the number of
    /// rows that there should be, puts the triggers and foreign keys back, and commits.
    /// `each` is told of every table before it is compared. Gives how many emails are
    /// held back. [`Error::Refused`] says what is wrong; then nothing is kept.
    pub async fn finish(
        mut self,
        expected: &Counts,
        last: LastStep<'_>,
        mut each: impl FnMut(&str, u64),
    ) -> Result<u64> {
        for table in self.contents.tables.clone() {
            let written = self.sums.remove(&table.name).unwrap_or_default();
            if written.rows != expected.get(&table.name).copied().unwrap_or_default() {
                return Err(refused(format!("Rows of “{}” are missing.", table.name)));
            }
            each(&table.name, written.rows);
            if self.read_back(&table).await? != written {
                return Err(refused(format!(
                    "The rows of “{}” are not in the database as they were written: nothing was kept.",
                    table.name
                )));
            }
        }
        self.prove(last.keys).await?;
        let held = match last.held_at {
            Some(now) => self.hold(now).await?,
            None => 0,
        };
        self.put_back().await?;
        Ok(held)
    }

    /// Checks that the key file is the one that the rows were sealed with.
    async fn prove(&mut self, keys: &Keys) -> Result<()> {
        const PROOF: &str = "SELECT proof FROM vault WHERE id = 1";
        let proof: Option<Vec<u8>> = match &mut self.target {
            Target::Sqlite { connection, .. } => sqlx::query_scalar(PROOF).fetch_optional(&mut **connection).await?,
            Target::Postgres { connection, .. } => sqlx::query_scalar(PROOF).fetch_optional(&mut **connection).await?,
        };
        match proof {
            Some(proof) if keys.open_master("vault", Uuid::nil(), &proof).is_ok() => Ok(()),
            _ => Err(refused("The key file is not the one that this practice was written with.")),
        }
    }

    /// Holds back the emails that may have gone out since the rows were read.
    async fn hold(&mut self, now: DateTime<Utc>) -> Result<u64> {
        Ok(match &mut self.target {
            Target::Sqlite { connection, .. } => {
                let hold = sqlx::query(HOLD).bind(true).bind(MAY_HAVE_GONE).bind(now);
                hold.execute(&mut **connection).await?.rows_affected()
            }
            Target::Postgres { connection, .. } => {
                let hold = sqlx::query(HOLD).bind(true).bind(MAY_HAVE_GONE).bind(now);
                hold.execute(&mut **connection).await?.rows_affected()
            }
        })
    }

    /// Puts the triggers and foreign keys back, checks the keys, and commits.
    #[expect(clippy::disallowed_methods, reason = "the statements come from the schema itself")]
    async fn put_back(self) -> Result<()> {
        match self.target {
            Target::Sqlite { mut connection, triggers } => {
                let c = &mut *connection;
                for sql in triggers {
                    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *c).await?;
                }
                let broken: Option<(String,)> =
                    sqlx::query_as("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1")
                        .fetch_optional(&mut *c)
                        .await?;
                if let Some((table,)) = broken {
                    return Err(refused(format!("A row of “{table}” names another that is not there.")));
                }
                sqlx::query("COMMIT").execute(&mut *c).await?;
                sqlx::query("ANALYZE").execute(&mut *c).await?;
                connection.close().await?;
            }
            Target::Postgres { mut connection, foreign_keys } => {
                let c = &mut *connection;
                for sql in foreign_keys {
                    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *c).await?;
                }
                for table in &self.contents.tables {
                    let sql = format!("ALTER TABLE {} ENABLE TRIGGER USER", quoted(&table.name));
                    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *c).await?;
                }
                sqlx::query("COMMIT").execute(&mut *c).await?;
                sqlx::query("ANALYZE").execute(&mut *c).await?;
                connection.close().await?;
            }
        }
        Ok(())
    }

    /// The sum of a table's rows as they are in the database.
    #[expect(clippy::disallowed_methods, reason = "names cannot be bound; they were compared with the schema")]
    async fn read_back(&mut self, table: &Table) -> Result<Sum> {
        let sql = format!("SELECT {} FROM {}", table.column_list(), quoted(&table.name));
        let (mut sum, mut line) = (Sum::default(), Vec::new());
        let mut add = |values: &[rows::Value]| -> Result<()> {
            line.clear();
            rows::write_line(values, table, &mut line)?;
            sum.add(line.trim_ascii_end());
            Ok(())
        };
        match &mut self.target {
            Target::Sqlite { connection, .. } => {
                let mut found = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch(&mut **connection);
                while let Some(row) = found.try_next().await? {
                    add(&rows::of_sqlite(&row, table)?)?;
                }
            }
            Target::Postgres { connection, .. } => {
                let mut found = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch(&mut **connection);
                while let Some(row) = found.try_next().await? {
                    add(&rows::of_postgres(&row, table)?)?;
                }
            }
        }
        Ok(sum)
    }
}

/// Brings a database to a schema.
async fn migrate(address: &Address, schema: i64) -> Result<()> {
    let pool = Pool::open(address).await?;
    let migrated = pool.migrate_to(schema).await;
    pool.close().await;
    migrated
}

/// Whether a PostgreSQL database has no practice and no table of another program. One
/// in which a copy was killed has a part of our schema.
#[expect(clippy::disallowed_methods, reason = "the name is one of two constants")]
async fn is_empty(connection: &mut PgConnection) -> Result<bool> {
    let tables: Vec<(String,)> =
        sqlx::query_as("SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()")
            .fetch_all(&mut *connection)
            .await?;
    let has = |table: &str| tables.iter().any(|(name,)| name == table);
    if !has("_sqlx_migrations") {
        return Ok(tables.is_empty());
    }
    for table in ["account", "vault"].into_iter().filter(|table| has(table)) {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {table})");
        if sqlx::query_scalar::<_, bool>(sqlx::AssertSqlSafe(sql)).fetch_one(&mut *connection).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Makes a closed SQLite database one file again. A reading connection that is closed
/// last leaves the write-ahead log behind, because it must not write. So a connection
/// that writes is opened and closed until the log is gone. `false`: it stays.
pub async fn fold_in(database: &Path) -> Result<bool> {
    let mut log = database.as_os_str().to_owned();
    log.push("-wal");
    let log = Path::new(&log);
    for _ in 0..100 {
        if !log.exists() {
            return Ok(true);
        }
        SqliteConnection::connect_with(&sqlite_options(database)).await?.close().await?;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(!log.exists())
}
