//! Backups that are consistent while the server runs, and how they are
//! restored.
//!
//! A backup is a folder with the database as one SQLite file, the key file, and
//! a manifest with the number of rows of every table and a checksum. After it
//! is made it is opened and counted. For a practice on PostgreSQL the program
//! names PostgreSQL's own tools instead.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sqlx::{Connection as _, Row as _, SqliteConnection};

use crate::{Address, Clock, Error, Keys, Result, Store, audit::chain::AuditHead, database::sqlite_options};

/// The content of a backup, as its manifest states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupReport {
    /// The SHA-256 of the database file, in hexadecimal digits.
    pub sha256: String,
    /// The number of rows of each table.
    pub rows: std::collections::BTreeMap<String, i64>,
    /// The last entry of its audit log, for a later comparison; `None`: a
    /// version whose audit log had no key made the backup.
    #[serde(default)]
    pub audit: Option<AuditHead>,
}

/// The last entries of the audit log that backups have noted, each with the
/// manifest that names it. `path` is a backup, its manifest, or a folder of
/// backups.
pub fn audit_heads(path: &Path) -> Result<Vec<(PathBuf, AuditHead)>> {
    let manifests = if path.is_file() {
        vec![path.to_owned()]
    } else if path.join(MANIFEST).is_file() {
        vec![path.join(MANIFEST)]
    } else {
        let inside = std::fs::read_dir(path)?.collect::<std::io::Result<Vec<_>>>()?;
        let mut manifests: Vec<_> =
            inside.into_iter().map(|entry| entry.path().join(MANIFEST)).filter(|manifest| manifest.is_file()).collect();
        manifests.sort();
        manifests
    };
    let mut heads = Vec::new();
    for manifest in manifests {
        let report: BackupReport = serde_json::from_slice(&std::fs::read(&manifest)?)
            .map_err(|_| Error::Refused(format!("{} is no manifest of a backup.", manifest.display())))?;
        heads.extend(report.audit.map(|head| (manifest, head)));
    }
    Ok(heads)
}

/// The name of the database file in a backup.
const DATABASE: &str = "duologue.db";
/// The name of the manifest in a backup.
const MANIFEST: &str = "manifest.json";
/// The name of the key file in a backup.
const KEY: &str = "duologue.key";

/// Writes a backup into a folder that must not exist yet. The server may run
/// meanwhile. Gives [`Error::Refused`] with a sentence for the person who runs
/// the program.
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
    // The backup is made beside its final place and moved there when it is
    // complete, so that a part of a backup is never taken for a backup.
    let unfinished = with_suffix(into, ".unfinished");
    let _ = std::fs::remove_dir_all(&unfinished);
    std::fs::create_dir_all(&unfinished)?;
    set_mode(&unfinished, 0o700)?;
    let file = unfinished.join(DATABASE);
    let mut connection = SqliteConnection::connect_with(&sqlite_options(database)).await?;
    sqlx::query("VACUUM INTO $1").bind(file.display().to_string()).execute(&mut connection).await?;
    connection.close().await?;
    std::fs::copy(key_file, unfinished.join(KEY))?;
    set_mode(&unfinished.join(KEY), 0o600)?;
    set_mode(&file, 0o600)?;
    std::fs::File::open(&file)?.sync_all()?;
    let (rows, audit) = count_rows(&file).await?;
    let report = BackupReport { sha256: sha256(&file)?, rows, audit };
    let mut manifest = std::fs::File::create(unfinished.join(MANIFEST))?;
    manifest.write_all(serde_json::to_string_pretty(&report).unwrap_or_default().as_bytes())?;
    manifest.sync_all()?;
    std::fs::rename(&unfinished, into)?;
    Ok(report)
}

/// Restores a backup as a database and a key file that must not exist yet. It
/// is put in place completely, with the emails held back that may have been
/// sent after the backup was made, or not at all. Gives what the backup
/// contains, and how many emails are held back until a person decides. Gives
/// [`Error::Refused`] with a sentence for the person who runs the program.
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
    let remove_copies = || {
        for left in
            [arriving.clone(), with_suffix(&arriving, "-wal"), with_suffix(&arriving, "-shm"), key_arriving.clone()]
        {
            let _ = std::fs::remove_file(left);
        }
    };
    // A restore that was killed may have left copies behind.
    remove_copies();
    std::fs::copy(&file, &arriving)?;
    set_mode(&arriving, 0o600)?;
    std::fs::copy(from.join(KEY), &key_arriving)?;
    set_mode(&key_arriving, 0o600)?;
    let held = match check_and_hold(&arriving, &key_arriving, &report, clock).await {
        Ok(held) => held,
        Err(error) => {
            remove_copies();
            return Err(error);
        }
    };
    // Nothing refuses to start with a key file that has no database yet, but
    // everything refuses a database without its key: the key is put in place
    // first.
    std::fs::rename(&key_arriving, key_file)?;
    std::fs::rename(&arriving, database)?;
    Ok((report, held))
}

/// Checks that a copied database is what its manifest says, brings its schema
/// up to date, and holds back the emails that may have been sent after the
/// backup was made. Gives how many were held back.
async fn check_and_hold(database: &Path, key_file: &Path, report: &BackupReport, clock: Clock) -> Result<u64> {
    let (rows, audit) = count_rows(database).await?;
    if rows != report.rows || (report.audit.is_some() && audit != report.audit) {
        return Err(Error::Refused("The backup's database does not hold what its manifest says.".to_owned()));
    }
    let keys = Keys::load(key_file, false).map_err(|error| Error::Refused(error.to_string()))?;
    let store = Store::open(&Address::File(database.to_owned()), keys, clock).await?;
    let held = store.hold_after_restore().await;
    store.close().await;
    if !is_folded_in(database).await? {
        return Err(Error::Refused("The copied database could not be closed.".to_owned()));
    }
    held
}

/// Whether a closed database is one file again. A reading connection that is
/// closed last leaves the write-ahead log behind, because it must not write. So
/// a connection that writes is opened and closed until the log is gone.
async fn is_folded_in(database: &Path) -> Result<bool> {
    let log = with_suffix(database, "-wal");
    for _ in 0..100 {
        if !log.exists() {
            return Ok(true);
        }
        SqliteConnection::connect_with(&sqlite_options(database)).await?.close().await?;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(!log.exists())
}

/// The number of rows of each table, and the last entry of the audit log
/// (`None`: the log has no key). Gives [`Error::Refused`] where the file is
/// damaged.
#[expect(clippy::disallowed_methods, reason = "a table's name cannot be bound; the names come from the schema itself")]
async fn count_rows(file: &Path) -> Result<(std::collections::BTreeMap<String, i64>, Option<AuditHead>)> {
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
        // A table name cannot be bound as a parameter. These come from the
        // schema.
        let quoted = table.replace('"', "\"\"");
        let number: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM \"{quoted}\"")))
            .fetch_one(&mut connection)
            .await?;
        rows.insert(table, number);
    }
    let keyed: i64 = sqlx::query_scalar("SELECT count(*) FROM pragma_table_info('audit_head') WHERE name = 'mac'")
        .fetch_one(&mut connection)
        .await?;
    let head = match keyed {
        0 => None,
        _ => sqlx::query_as::<_, (i64, Vec<u8>)>("SELECT seq, mac FROM audit_head WHERE id = 1")
            .fetch_optional(&mut connection)
            .await?
            .map(|(seq, mac)| AuditHead { seq, mac }),
    };
    connection.close().await?;
    Ok((rows, head))
}

/// The SHA-256 of a file, in hexadecimal digits.
fn sha256(file: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    std::io::copy(&mut std::fs::File::open(file)?, &mut hash)?;
    Ok(hash.finalize().iter().map(|b| format!("{b:02x}")).collect())
}

/// The path with this text after the file name.
fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    path.with_file_name(name)
}

/// Sets the permissions of a file or folder.
fn set_mode(path: &Path, mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?)
}
