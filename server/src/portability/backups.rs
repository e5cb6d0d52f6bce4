//! Backups: archives that are made by hand or by the schedule of the settings, verified,
//! noted in the database, and removed when there are enough newer ones.
//!
//! Beside each backup is a report: what is in it, for people and for `duologue doctor`,
//! without anything of a client.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use store::{AuditHead, BackupEnd, Counts, Store};
use tracing::{error, info};

use super::{Lock, Trouble, Watch, archive, unwatched};
use crate::config::{Backup, Config};

/// How the name of a backup begins; then comes the instant.
const NAME: &str = "duologue-";
/// The instant in the name of a backup.
const AT: &str = "%Y-%m-%dT%H%M%SZ";
/// How the name of a backup ends.
const END: &str = ".age";
/// How the name of a backup's report ends.
const REPORT: &str = ".json";

/// An unfinished file that was not written to for this long was left behind.
const LEFT_AFTER: Duration = Duration::hours(6);

/// What a backup contains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub file: String,
    pub made_at: DateTime<Utc>,
    /// The length of the file.
    pub bytes: u64,
    pub rows: Counts,
    /// The last entry of its audit log; `None`: the log had none.
    pub audit: Option<AuditHead>,
}

impl Report {
    /// The number of all rows.
    pub fn all_rows(&self) -> u64 {
        self.rows.values().sum()
    }
}

/// What the backups of these settings are encrypted to; `None`: the settings do not say.
pub fn lock(settings: &Backup) -> Result<Option<Lock>, Trouble> {
    match &settings.passphrase_file {
        Some(file) => Lock::passphrase_file(file).map(Some),
        None if settings.to.is_empty() => Ok(None),
        None => Lock::keys(settings.to.iter().map(String::as_str)).map(Some),
    }
}

/// The path of a new backup in a folder.
pub fn path_in(folder: &Path, now: DateTime<Utc>) -> PathBuf {
    folder.join(format!("{NAME}{}{END}", now.format(AT)))
}

/// Makes and verifies a backup, writes its report beside it, and notes it in the
/// database.
pub async fn make(
    config: &Config,
    store: &Store,
    into: &Path,
    lock: Lock,
    due: Option<DateTime<Utc>>,
    watch: &Watch,
) -> Result<Option<Report>, Trouble> {
    let Some(run) = store.worker().begin_backup(due).await? else { return Ok(None) };
    if let Some(folder) = into.parent() {
        remove_unfinished(folder, store.now());
    }
    let made = write(config, store, into, lock, watch).await;
    let place = into.display().to_string();
    let (end, outcome) = match made {
        Ok(report) => match hand_over(&config.backup.command, into).await {
            Ok(()) => (BackupEnd::Good { place, bytes: report.bytes, rows: report.all_rows() }, Ok(Some(report))),
            Err(trouble) => (BackupEnd::Bad { place, trouble: trouble.to_string() }, Err(trouble)),
        },
        Err(trouble) => (BackupEnd::Bad { place: String::new(), trouble: trouble.to_string() }, Err(trouble)),
    };
    store.worker().end_backup(run, &end).await?;
    outcome
}

/// Writes the archive and its report.
async fn write(config: &Config, store: &Store, into: &Path, lock: Lock, watch: &Watch) -> Result<Report, Trouble> {
    let address = config.address().map_err(|error| Trouble::refused(error.to_string()))?;
    let now = store.now();
    let manifest = archive::export(&address, &config.key_file, into, lock, now, watch).await?;
    let report = Report {
        file: into.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        made_at: now,
        bytes: fs::metadata(into)?.len(),
        rows: manifest.rows,
        audit: manifest.audit,
    };
    let text = serde_json::to_string_pretty(&report).map_err(|error| Trouble::refused(error.to_string()))?;
    let mut file = fs::File::create(report_of(into))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(report)
}

/// The path of a backup's report.
fn report_of(backup: &Path) -> PathBuf {
    archive::with_suffix(backup, REPORT)
}

/// Runs the command of the settings with the path of a new backup as its last argument.
async fn hand_over(command: &[String], backup: &Path) -> Result<(), Trouble> {
    let Some((program, arguments)) = command.split_first() else { return Ok(()) };
    let mut run = Command::new(program);
    run.args(arguments).arg(backup).stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || run.output()).await.map_err(std::io::Error::from)?;
    let failed =
        |what: String| Trouble::refused(format!("The backup was made, but the command after it failed: {what}"));
    let output = output.map_err(|error| failed(format!("{program}: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().last().unwrap_or_default().chars().take(200).collect::<String>();
    Err(failed(format!("{}: {said}", output.status)))
}

/// Makes the backup that is due by the settings, if there is one, and removes those
/// that are too many.
pub async fn make_if_due(config: &Config, store: &Store) {
    let Some(folder) = config.backup.folder.clone() else { return };
    match due(config, store).await {
        Ok(None) => {}
        Ok(Some(due)) => {
            let lock = match lock(&config.backup) {
                Ok(Some(lock)) => lock,
                Ok(None) => return,
                Err(trouble) => return note_failure(store, due, &trouble).await,
            };
            let into = path_in(&folder, store.now());
            match make(config, store, &into, lock, Some(due), &unwatched()).await {
                Ok(None) => {}
                Ok(Some(report)) => {
                    info!(file = %into.display(), rows = report.all_rows(), "a backup was made and verified");
                }
                Err(trouble) => error!(%trouble, "the backup that was due failed"),
            }
            // Also after a command that failed: its file is tried again each hour.
            keep(&folder, config.backup.keep);
        }
        Err(trouble) => error!(%trouble, "whether a backup is due cannot be read"),
    }
}

/// Notes that a backup that was due could not begin.
async fn note_failure(store: &Store, due: DateTime<Utc>, trouble: &Trouble) {
    error!(%trouble, "the backup that was due was not made");
    if let Ok(Some(run)) = store.worker().begin_backup(Some(due)).await {
        let end = BackupEnd::Bad { place: String::new(), trouble: trouble.to_string() };
        if let Err(error) = store.worker().end_backup(run, &end).await {
            error!(%error, "that the backup failed cannot be noted");
        }
    }
}

/// When the backup was due that is missing; `None`: none is missing.
async fn due(config: &Config, store: &Store) -> Result<Option<DateTime<Utc>>, Trouble> {
    let Some(practice) = store.guest().practice().await? else { return Ok(None) };
    let due = config.backup.schedule().latest_due(store.now(), &practice.zone).map_err(store::Error::from)?;
    let last = store.last_good_backup().await?;
    Ok(last.is_none_or(|last| last.started_at < due).then_some(due))
}

/// Whether the latest good backup is late by the settings; `false` also where the
/// settings ask for none.
pub async fn is_late(config: &Config, store: &Store) -> Result<bool, store::Error> {
    if config.backup.folder.is_none() {
        return Ok(false);
    }
    let Some(practice) = store.guest().practice().await? else { return Ok(false) };
    let last = store.last_good_backup().await?.map(|last| last.started_at);
    Ok(config.backup.schedule().is_late(last, store.now(), &practice.zone)?)
}

/// Whether a name without its end is one that the server gives: other files in the folder
/// are left alone.
fn is_ours(name: &str) -> bool {
    name.strip_prefix(NAME).is_some_and(|at| chrono::NaiveDateTime::parse_from_str(at, AT).is_ok())
}

/// The backups in a folder, the latest first.
fn backups_in(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.strip_suffix(END).is_some_and(is_ours)
        })
        .collect();
    found.sort();
    found.reverse();
    found
}

/// The latest backup in a folder; `None`: there is none.
pub fn latest_in(folder: &Path) -> Option<PathBuf> {
    backups_in(folder).into_iter().next()
}

/// Removes all but the latest backups from a folder, with their reports.
fn keep(folder: &Path, number: usize) {
    for old in backups_in(folder).into_iter().skip(number.max(1)) {
        for path in [report_of(&old), old] {
            if let Err(error) = fs::remove_file(&path)
                && error.kind() != std::io::ErrorKind::NotFound
            {
                error!(%error, file = %path.display(), "an old backup cannot be removed");
            }
        }
    }
}

/// Removes what an interrupted backup has left in a folder. A file that was written to a
/// short time ago may be another process's, which is still at it.
fn remove_unfinished(folder: &Path, now: DateTime<Utc>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let written = entry.metadata().and_then(|about| about.modified()).map(DateTime::<Utc>::from);
        let is_left = written.is_ok_and(|written| now - written > LEFT_AFTER);
        if is_left && name.strip_suffix(".age.unfinished").is_some_and(is_ours) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The reports of backups, each with its file. `path` is a backup, its report, or a
/// folder of backups.
pub fn reports(path: &Path) -> Result<Vec<(PathBuf, Report)>, Trouble> {
    let files = if path.is_dir() {
        let mut inside: Vec<PathBuf> = fs::read_dir(path)?.filter_map(|entry| entry.ok().map(|e| e.path())).collect();
        inside.retain(|file| file.to_string_lossy().ends_with(".age.json"));
        inside.sort();
        inside
    } else if path.to_string_lossy().ends_with(REPORT) {
        vec![path.to_owned()]
    } else {
        vec![report_of(path)]
    };
    let read = files.into_iter().map(|file| {
        let text = fs::read(&file).map_err(|error| Trouble::refused(format!("{}: {error}", file.display())))?;
        let report = serde_json::from_slice(&text)
            .map_err(|_| Trouble::refused(format!("{} is not a backup report.", file.display())))?;
        Ok((file, report))
    });
    read.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_backups_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for day in 1..=4 {
            let path = path_in(folder.path(), format!("2026-12-0{day}T02:30:00Z").parse().unwrap());
            fs::write(&path, "x").unwrap();
            fs::write(report_of(&path), "{}").unwrap();
        }
        fs::write(at("holiday.age"), "x").unwrap();
        fs::write(at("duologue-before-move.age"), "x").unwrap();
        fs::write(at("duologue-2026-12-05T023000Z.age.unfinished"), "x").unwrap();
        let written = DateTime::<Utc>::from(fs::metadata(at("holiday.age")).unwrap().modified().unwrap());
        remove_unfinished(folder.path(), written + Duration::hours(5));
        assert!(at("duologue-2026-12-05T023000Z.age.unfinished").exists(), "it may be under way");
        remove_unfinished(folder.path(), written + Duration::hours(7));
        keep(folder.path(), 2);
        let mut left: Vec<String> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(
            left,
            [
                "duologue-2026-12-03T023000Z.age",
                "duologue-2026-12-03T023000Z.age.json",
                "duologue-2026-12-04T023000Z.age",
                "duologue-2026-12-04T023000Z.age.json",
                "duologue-before-move.age",
                "holiday.age",
            ]
        );
        assert_eq!(latest_in(folder.path()).unwrap(), at("duologue-2026-12-04T023000Z.age"));
    }

    #[tokio::test]
    async fn command_that_fails_says_why() {
        let command = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let backup = Path::new("/backups/one.age");
        assert!(hand_over(&[], backup).await.is_ok());
        assert!(hand_over(&command(&["test", "/backups/one.age", "="]), backup).await.is_ok());
        let failed = hand_over(&command(&["sh", "-c", "echo no space >&2; exit 3"]), backup).await.unwrap_err();
        assert!(failed.to_string().contains("no space"), "{failed}");
        assert!(hand_over(&command(&["/nowhere/copy-away"]), backup).await.is_err());
    }
}
