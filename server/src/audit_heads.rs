//! The heads of the audit log: the sequence number and the MAC of its last entry,
//! noted outside of the database.
//!
//! A person who can change the database could cut off the end of the log or replace
//! it by an older one. What is left is still a valid chain, so this shows only
//! against an entry that was noted elsewhere, out of that person's reach.
//!
//! The server notes the last entry in a file beside the key file (or where
//! `audit_head_file` says), once a minute if there is a new one, and in its log: at
//! its start, once a day, and after each thousand entries. A backup has it in its
//! report. A head is never noted over one that the audit log does not continue.

use std::{io::Write as _, path::Path};

use chrono::{DateTime, Duration, Utc};
use store::{AuditHead, Store};
use tracing::{error, info, warn};

use crate::{config::Config, portability::backups};

/// After this many new entries the server writes the head to its log again.
const ENTRIES: i64 = 1_000;

/// A head that was noted, and a phrase for where, such as "in the file
/// data/duologue.key.head".
#[derive(Clone, Debug)]
pub struct Known {
    pub place: String,
    pub head: AuditHead,
}

/// The heads that the server has seen in the database and written to its log.
#[derive(Default)]
pub struct Heads {
    seen: Option<AuditHead>,
    said: Option<(i64, DateTime<Utc>)>,
}

impl Heads {
    /// Checks that the audit log continues every head that is known, and notes its
    /// present head. `false`: it does not, or it could not be read; then nothing is
    /// noted and the fault is logged.
    pub async fn look(&mut self, config: &Config, store: &Store) -> bool {
        match self.check_and_note(config, store).await {
            Ok(()) => true,
            Err(trouble) => {
                error!("{trouble}");
                false
            }
        }
    }

    /// Does the work of [`Heads::look`]; the error is the sentence to log.
    async fn check_and_note(&mut self, config: &Config, store: &Store) -> Result<(), String> {
        let file = config.audit_head_file();
        let in_file = read(&file)?;
        let seen = self.seen.iter().map(|head| Known { place: "by this server".to_owned(), head: head.clone() });
        for known in in_file.iter().cloned().chain(seen) {
            let continues = store.compare_audit_head(&known.head).await.map_err(|e| e.to_string())?;
            if let Some(fault) = continues.fault(&known.head, &known.place) {
                return Err(fault);
            }
        }
        let head = store.audit_head().await.map_err(|e| e.to_string())?;
        let head = head.ok_or_else(|| store::ChainFault::NoHead.to_string())?;
        if in_file.is_none_or(|known| known.head.seq < head.seq)
            && let Err(error) = write(&file, &head)
        {
            warn!(%error, file = %file.display(), "the head of the audit log cannot be noted");
        }
        let now = store.now();
        let is_due = |(seq, at): (i64, DateTime<Utc>)| head.seq >= seq + ENTRIES || now - at >= Duration::days(1);
        if self.said.is_none_or(is_due) {
            info!(entries = head.seq, head = %head, "the head of the audit log");
            self.said = Some((head.seq, now));
        }
        self.seen = Some(head);
        Ok(())
    }
}

/// The head noted in a file; `None`: there is no such file. The error is a sentence
/// that names the file.
pub fn read(file: &Path) -> Result<Option<Known>, String> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("The file {} cannot be read: {error}", file.display())),
    };
    let head = text.parse().map_err(|wrong| format!("In the file {}: {wrong}", file.display()))?;
    Ok(Some(Known { place: format!("in the file {}", file.display()), head }))
}

/// Writes the head to a file beside `file` and then renames it, so that the file is
/// never half written.
fn write(file: &Path, head: &AuditHead) -> std::io::Result<()> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut unfinished = file.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let mut new = std::fs::File::create(&unfinished)?;
    writeln!(new, "{head}")?;
    new.sync_all()?;
    std::fs::rename(&unfinished, file)
}

/// Renames the file with the noted head to one ending in `.before`, so that the
/// audit log can start anew: for a new database, and for one restored from a
/// backup. Does nothing if there is no such file.
pub fn set_aside(config: &Config) -> std::io::Result<()> {
    let file = config.audit_head_file();
    let mut before = file.as_os_str().to_owned();
    before.push(".before");
    match std::fs::rename(&file, before) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// The heads that a person names on the command line. `text` is a head as the log
/// prints it, a backup, its report, or a folder of backups. The error is the
/// sentence to print.
pub fn from_argument(text: &str) -> Result<Vec<Known>, String> {
    if let Ok(head) = text.parse() {
        return Ok(vec![Known { place: "in the head you gave".to_owned(), head }]);
    }
    let path = Path::new(text);
    if !path.exists() {
        return text.parse::<AuditHead>().map(|_| vec![]);
    }
    let reports = backups::reports(path).map_err(|error| error.to_string())?;
    let heads: Vec<Known> = reports
        .into_iter()
        .filter_map(|(at, report)| Some(Known { place: format!("in {}", at.display()), head: report.audit? }))
        .collect();
    if heads.is_empty() {
        return Err(format!("{text} holds no backup with the head of an audit log."));
    }
    Ok(heads)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_noted_head_is_read_back_and_can_be_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config { key_file: folder.path().join("d.key"), ..Config::default() };
        let file = config.audit_head_file();
        assert_eq!(file, folder.path().join("d.key.head"));
        assert!(read(&file).unwrap().is_none());
        let head = AuditHead { seq: 3, mac: vec![7; 32] };
        write(&file, &head).unwrap();
        assert_eq!(read(&file).unwrap().unwrap().head, head);
        assert_eq!(from_argument(&head.to_string()).unwrap().pop().unwrap().head, head);
        assert!(from_argument("nowhere").is_err() && from_argument(&folder.path().display().to_string()).is_err());
        set_aside(&config).unwrap();
        assert!(!file.exists() && folder.path().join("d.key.head.before").exists());
        set_aside(&config).unwrap();
    }
}
