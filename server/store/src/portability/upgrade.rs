//! A copy of the database before a new version changes its schema.

use std::path::{Path, PathBuf};

use sqlx::{Connection as _, SqliteConnection};

use crate::{Address, Result, database::sqlite_options, migrations};

/// What the name of a copy has after that of the database, before the number of the
/// schema.
const BEFORE: &str = ".before-";

/// Copies a SQLite database beside itself if this program is going to change its schema;
/// the copies of earlier upgrades are removed. The copy lies where the database lies and
/// is as private as that. Gives the copy. `None`: the schema is up to date, there is no
/// practice in it, or it is PostgreSQL, which `pg_dump` copies.
pub async fn copy_before_upgrade(address: &Address) -> Result<Option<PathBuf>> {
    let Address::File(database) = address else { return Ok(None) };
    if !database.exists() {
        return Ok(None);
    }
    let newest = migrations().last().map_or(0, |(number, _)| *number);
    let mut c = SqliteConnection::connect_with(&sqlite_options(database).create_if_missing(false)).await?;
    // An empty database has neither of these tables.
    let schema: Option<i64> =
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut c).await.unwrap_or(None);
    let accounts: i64 = sqlx::query_scalar("SELECT count(*) FROM account").fetch_one(&mut c).await.unwrap_or(0);
    let Some(schema) = schema.filter(|schema| *schema < newest && accounts > 0) else {
        c.close().await?;
        return Ok(None);
    };
    let copy = beside(database, &format!("{BEFORE}{schema:04}"));
    let unfinished = beside(database, ".copying");
    let _ = std::fs::remove_file(&unfinished);
    sqlx::query("VACUUM INTO $1").bind(unfinished.display().to_string()).execute(&mut c).await?;
    c.close().await?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&unfinished, mode)?;
    std::fs::File::open(&unfinished)?.sync_all()?;
    std::fs::rename(&unfinished, &copy)?;
    remove_others(database, &copy);
    Ok(Some(copy))
}

/// The path with this text after the file name.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    path.with_file_name(name)
}

/// Removes the copies of earlier upgrades.
fn remove_others(database: &Path, keep: &Path) {
    let prefix = beside(database, BEFORE).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_copy = path.file_name().is_some_and(|name| {
            let name = name.to_string_lossy();
            let number = name.strip_prefix(&prefix);
            number.is_some_and(|number| number.len() == 4 && number.bytes().all(|b| b.is_ascii_digit()))
        });
        if is_copy && path.file_name() != keep.file_name() {
            let _ = std::fs::remove_file(path);
        }
    }
}
