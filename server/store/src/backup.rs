//! Backups that are consistent while the server runs, and their way back.
//!
//! A backup is a folder: the database as one SQLite file, the key file, and a
//! manifest with the counts of every table and a checksum. It is opened and
//! counted after it is made. On PostgreSQL the practice's own tools are named
//! instead.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sqlx::{Connection as _, Row as _, SqliteConnection};

use crate::{Address, Clock, Error, Keys, Result, Store, database::sqlite_options};

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupReport {
    /// The database file's SHA-256.
    pub sha256: String,
    /// Rows by table.
    pub rows: std::collections::BTreeMap<String, i64>,
}

const DATABASE: &str = "duologue.db";
const MANIFEST: &str = "manifest.json";
const KEY: &str = "duologue.key";

/// Writes a backup into a folder that must not exist yet. The server may go
/// on meanwhile.
pub async fn backup(address: &Address, key_file: &Path, into: &Path) -> Result<BackupReport> {
    let Address::File(database) = address else {
        return Err(Error::Refused(
            "This practice is on PostgreSQL: back it up with pg_dump, and keep the key file beside the dump."
                .to_owned(),
        ));
    };
    if !database.exists() {
        return Err(Error::Refused(format!("There is no database at {}.", database.display())));
    }
    if into.exists() {
        return Err(Error::Refused(format!("{} exists already: give a folder that does not.", into.display())));
    }
    // Made beside its place and moved there whole: half a backup is none.
    let unfinished = with_suffix(into, ".unfinished");
    let _ = std::fs::remove_dir_all(&unfinished);
    std::fs::create_dir_all(&unfinished)?;
    private(&unfinished, 0o700)?;
    let file = unfinished.join(DATABASE);
    let mut connection = SqliteConnection::connect_with(&sqlite_options(database)).await?;
    sqlx::query("VACUUM INTO $1").bind(file.display().to_string()).execute(&mut connection).await?;
    connection.close().await?;
    std::fs::copy(key_file, unfinished.join(KEY))?;
    private(&unfinished.join(KEY), 0o600)?;
    private(&file, 0o600)?;
    std::fs::File::open(&file)?.sync_all()?;
    let report = BackupReport { sha256: sha256(&file)?, rows: count(&file).await? };
    let mut manifest = std::fs::File::create(unfinished.join(MANIFEST))?;
    manifest.write_all(serde_json::to_string_pretty(&report).unwrap_or_default().as_bytes())?;
    manifest.sync_all()?;
    std::fs::rename(&unfinished, into)?;
    Ok(report)
}

/// Puts a backup in the place of a database and key file that must not exist.
/// It arrives there with what may have been sent since held back, or not at
/// all. What it holds, and how many mails wait for a person.
pub async fn restore(from: &Path, address: &Address, key_file: &Path, clock: Clock) -> Result<(BackupReport, u64)> {
    let Address::File(database) = address else {
        return Err(Error::Refused(
            "A backup folder is restored to a file; to PostgreSQL restore with pg_restore.".to_owned(),
        ));
    };
    for path in [database.as_path(), key_file] {
        if path.exists() {
            return Err(Error::Refused(format!(
                "{} exists already. Move it away first: a restore never overwrites.",
                path.display()
            )));
        }
    }
    let manifest = std::fs::read(from.join(MANIFEST))
        .map_err(|_| Error::Refused(format!("{} holds no finished backup.", from.display())))?;
    let report: BackupReport = serde_json::from_slice(&manifest)
        .map_err(|_| Error::Refused("The backup's manifest cannot be read.".to_owned()))?;
    let file = from.join(DATABASE);
    if sha256(&file)? != report.sha256 {
        return Err(Error::Refused("The backup's database is damaged: its checksum is another.".to_owned()));
    }
    for path in [database.as_path(), key_file] {
        if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)?;
        }
    }
    let arriving = with_suffix(database, ".arriving");
    let key_arriving = with_suffix(key_file, ".arriving");
    let clear = || {
        for left in
            [arriving.clone(), with_suffix(&arriving, "-wal"), with_suffix(&arriving, "-shm"), key_arriving.clone()]
        {
            let _ = std::fs::remove_file(left);
        }
    };
    // What one that was killed has left.
    clear();
    std::fs::copy(&file, &arriving)?;
    private(&arriving, 0o600)?;
    std::fs::copy(from.join(KEY), &key_arriving)?;
    private(&key_arriving, 0o600)?;
    let held = match arrive(&arriving, &key_arriving, &report, clock).await {
        Ok(held) => held,
        Err(error) => {
            clear();
            return Err(error);
        }
    };
    // Without its database a key is refused by nobody, and a database without
    // its key by everybody: the key goes first.
    std::fs::rename(&key_arriving, key_file)?;
    std::fs::rename(&arriving, database)?;
    Ok((report, held))
}

/// Looks whether a copied database is what its manifest says, and holds back
/// what may have been sent since; on its way it is brought up to date.
async fn arrive(database: &Path, key_file: &Path, report: &BackupReport, clock: Clock) -> Result<u64> {
    if count(database).await? != report.rows {
        return Err(Error::Refused("The backup's database does not hold what its manifest says.".to_owned()));
    }
    let keys = Keys::load(key_file, false).map_err(|error| Error::Refused(error.to_string()))?;
    let store = Store::open(&Address::File(database.to_owned()), keys, clock).await?;
    let held = store.hold_after_restore().await;
    store.close().await;
    if with_suffix(database, "-wal").exists() {
        return Err(Error::Refused("The copied database could not be closed.".to_owned()));
    }
    held
}

#[expect(clippy::disallowed_methods, reason = "a table's name cannot be bound; the names come from the schema itself")]
async fn count(file: &Path) -> Result<std::collections::BTreeMap<String, i64>> {
    let mut connection =
        SqliteConnection::connect_with(&sqlx::sqlite::SqliteConnectOptions::new().filename(file).immutable(true))
            .await?;
    let sound: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await?;
    if sound != "ok" {
        return Err(Error::Refused(format!("The copy is damaged: {sound}")));
    }
    let tables: Vec<String> =
        sqlx::query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
            .fetch_all(&mut connection)
            .await?
            .iter()
            .map(|row| row.get(0))
            .collect();
    let mut rows = std::collections::BTreeMap::new();
    for table in tables {
        // The names come from the schema, and no query can bind a name.
        let quoted = table.replace('"', "\"\"");
        let number: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM \"{quoted}\"")))
            .fetch_one(&mut connection)
            .await?;
        rows.insert(table, number);
    }
    connection.close().await?;
    Ok(rows)
}

fn sha256(file: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    std::io::copy(&mut std::fs::File::open(file)?, &mut hash)?;
    Ok(hash.finalize().iter().map(|b| format!("{b:02x}")).collect())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    path.with_file_name(name)
}

fn private(path: &Path, mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?)
}
