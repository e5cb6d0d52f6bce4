//! Reads the whole practice in one consistent state, table by table.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use domain::csv;
use futures_util::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{
    catalogue::{self, Table, quoted},
    rows,
};
use crate::{
    Address, Error, Keys, Result,
    audit::chain::AuditHead,
    database::{postgres_options, sqlite_options},
};

/// A part ends when its lines are as long as this, in bytes.
const PART: usize = 4_000_000;

/// What an archive is made of: the schema's number and its tables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// The number of the last migration.
    pub schema: i64,
    pub tables: Vec<Table>,
}

/// The number of rows of each table.
pub type Counts = BTreeMap<String, u64>;

/// Some rows of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub table: String,
    pub rows: u64,
    /// One line of JSON for each row.
    pub lines: Vec<u8>,
}

/// A connection that reads.
enum Source {
    Sqlite(Box<SqliteConnection>),
    Postgres(Box<PgConnection>),
}

/// Runs one query on the source.
macro_rules! on_source {
    ($source:expr, $c:ident => $run:expr) => {
        match &mut $source {
            Source::Sqlite($c) => {
                let $c = &mut **$c;
                $run
            }
            Source::Postgres($c) => {
                let $c = &mut **$c;
                $run
            }
        }
    };
}

/// Reads the rows of one table into parts.
macro_rules! send_rows {
    ($connection:expr, $sql:expr, $read:path, $table:expr, $part:expr, $parts:expr) => {{
        let mut found = sqlx::query(sqlx::AssertSqlSafe($sql)).fetch(&mut **$connection);
        while let Some(row) = found.try_next().await? {
            rows::write_line(&$read(&row, $table)?, $table, &mut $part.lines)?;
            $part.rows += 1;
            if $part.lines.len() >= PART {
                let whole = std::mem::replace(&mut $part, Part::of($table));
                if $parts.send(whole).await.is_err() {
                    return Ok(());
                }
            }
        }
    }};
}

impl Part {
    /// A part of this table without rows.
    fn of(table: &Table) -> Self {
        Self { table: table.name.clone(), rows: 0, lines: Vec::new() }
    }
}

/// Everything in a database, as it is at one instant. People may go on working
/// meanwhile; what they write is not in it.
pub struct Outflow {
    source: Source,
    contents: Contents,
}

impl Outflow {
    /// Begins to read. Gives [`Error::Refused`] for a database that is not there or
    /// whose schema is not this program's.
    pub async fn begin(address: &Address) -> Result<Self> {
        let mut source = match address {
            Address::File(path) if !path.exists() => {
                return Err(Error::Refused(format!("There is no database at {}.", path.display())));
            }
            Address::File(path) => {
                // Files are in rows of their own: few rows are read ahead.
                let options = sqlite_options(path).create_if_missing(false).row_buffer_size(8);
                Source::Sqlite(Box::new(SqliteConnection::connect_with(&options.pragma("query_only", "ON")).await?))
            }
            Address::Postgres(url) => {
                Source::Postgres(Box::new(PgConnection::connect_with(&postgres_options(url)?).await?))
            }
        };
        match &mut source {
            Source::Sqlite(c) => sqlx::query("BEGIN").execute(&mut **c).await.map(drop)?,
            Source::Postgres(c) => {
                sqlx::query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").execute(&mut **c).await.map(drop)?;
            }
        }
        let schema: Option<i64> = on_source!(source, c => sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
            .fetch_one(c).await.unwrap_or(None));
        let known = crate::migrations().last().map(|(number, _)| *number);
        let schema = schema.filter(|schema| Some(*schema) == known).ok_or_else(|| {
            Error::Refused("The database has another schema than this program: run duologue migrate first.".to_owned())
        })?;
        Ok(Self { source, contents: Contents { schema, tables: catalogue::tables() } })
    }

    /// The schema and its tables.
    pub const fn contents(&self) -> &Contents {
        &self.contents
    }

    /// The number of rows of each table.
    #[expect(clippy::disallowed_methods, reason = "a table's name cannot be bound; the names come from the catalogue")]
    pub async fn counts(&mut self) -> Result<Counts> {
        let mut counts = Counts::new();
        for table in &self.contents.tables {
            let sql = format!("SELECT count(*) FROM {}", quoted(&table.name));
            let rows: i64 =
                on_source!(self.source, c => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(c).await?);
            counts.insert(table.name.clone(), u64::try_from(rows).unwrap_or_default());
        }
        Ok(counts)
    }

    /// The last entry of the audit log; `None`: there is none yet.
    pub async fn audit_head(&mut self) -> Result<Option<AuditHead>> {
        let head: Option<(i64, Vec<u8>)> = on_source!(self.source, c =>
            sqlx::query_as("SELECT seq, mac FROM audit_head WHERE id = 1").fetch_optional(c).await?);
        Ok(head.map(|(seq, mac)| AuditHead { seq, mac }))
    }

    /// Whether these are the keys of the database.
    pub async fn is_sealed_with(&mut self, keys: &Keys) -> Result<bool> {
        let proof: Option<Vec<u8>> = on_source!(self.source, c =>
            sqlx::query_scalar("SELECT proof FROM vault WHERE id = 1").fetch_optional(c).await?);
        Ok(proof.is_some_and(|proof| keys.open_master("vault", Uuid::nil(), &proof).is_ok()))
    }

    /// The people as a table for a spreadsheet (CSV).
    pub async fn people(&mut self) -> Result<String> {
        let rows: Vec<PersonRow> = on_source!(self.source, c => sqlx::query_as(
            "SELECT p.id, p.name, p.pronouns, p.email, p.phone, p.zone, p.language, m.client_id, m.seat, k.kind
             FROM person p
             LEFT JOIN client_member m ON m.person_id = p.id AND m.left_at IS NULL
             LEFT JOIN client k ON k.id = m.client_id
             ORDER BY p.name, p.id, m.client_id",
        ).fetch_all(c).await?);
        let mut all =
            csv::line(["id", "name", "pronouns", "email", "phone", "zone", "language", "client", "kind", "seat"]);
        for p in rows {
            let (id, client) = (p.id.to_string(), p.client_id.map(|id| id.to_string()).unwrap_or_default());
            all.push_str(&csv::line([
                id.as_str(),
                &p.name,
                &p.pronouns,
                p.email.as_deref().unwrap_or_default(),
                &p.phone,
                &p.zone,
                &p.language,
                &client,
                p.kind.as_deref().unwrap_or_default(),
                p.seat.as_deref().unwrap_or_default(),
            ]));
        }
        Ok(all)
    }

    /// The sessions as a table for a spreadsheet (CSV), with their local times.
    pub async fn sessions(&mut self) -> Result<String> {
        let rows: Vec<SessionRow> = on_source!(self.source, c => sqlx::query_as(
            "SELECT s.id, s.client_id, s.starts, s.zone, s.minutes, s.kind, s.state, a.display_name AS clinician,
                 r.name AS room
             FROM session s
             JOIN account a ON a.id = s.clinician_id
             LEFT JOIN room r ON r.id = s.room_id
             ORDER BY s.starts_at, s.id",
        ).fetch_all(c).await?);
        let mut all = csv::line(["id", "client", "starts", "zone", "minutes", "kind", "state", "clinician", "room"]);
        for s in rows {
            let (id, client, minutes) = (s.id.to_string(), s.client_id.to_string(), s.minutes.to_string());
            let starts = s.starts.format("%Y-%m-%d %H:%M").to_string();
            all.push_str(&csv::line([
                id.as_str(),
                &client,
                &starts,
                &s.zone,
                &minutes,
                &s.kind,
                &s.state,
                &s.clinician,
                s.room.as_deref().unwrap_or_default(),
            ]));
        }
        Ok(all)
    }

    /// Reads every row of every table into `parts`. Ends early, without an error, if
    /// nobody takes the parts any more.
    #[expect(clippy::disallowed_methods, reason = "names cannot be bound; they come from the catalogue")]
    pub async fn send(&mut self, parts: &mpsc::Sender<Part>) -> Result<()> {
        for table in self.contents.tables.clone() {
            let mut part = Part::of(&table);
            let sql = format!("SELECT {} FROM {}", table.column_list(), quoted(&table.name));
            match &mut self.source {
                Source::Sqlite(c) => send_rows!(c, sql, rows::of_sqlite, &table, part, parts),
                Source::Postgres(c) => send_rows!(c, sql, rows::of_postgres, &table, part, parts),
            }
            if part.rows > 0 && parts.send(part).await.is_err() {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// A person with one of the clients that they belong to now.
#[derive(sqlx::FromRow)]
struct PersonRow {
    id: Uuid,
    name: String,
    pronouns: String,
    email: Option<String>,
    phone: String,
    zone: String,
    language: String,
    client_id: Option<Uuid>,
    seat: Option<String>,
    kind: Option<String>,
}

/// A session.
#[derive(sqlx::FromRow)]
struct SessionRow {
    id: Uuid,
    client_id: Uuid,
    starts: NaiveDateTime,
    zone: String,
    minutes: i64,
    kind: String,
    state: String,
    clinician: String,
    room: Option<String>,
}
