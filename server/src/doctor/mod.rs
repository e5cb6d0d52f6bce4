//! `duologue doctor`: checks the whole installation and reports in sentences.

mod finding;
mod surroundings;

use chrono::{DateTime, Utc};
use domain::zone;
use store::{Clock, MailStop, Outage, Store};

pub use self::finding::Finding;
use crate::{
    assets::Assets,
    audit_heads,
    config::{Config, Security, Transport},
    connections, portability, serve,
};

/// Checks the settings, the limit of open files, the database, the key, the audit
/// log, the time zones, the email and the pages' files. `heads` are heads of the
/// audit log that a person names, as [`audit_heads::from_argument`] reads them.
pub async fn examine(config: &Config, heads: &[String]) -> Vec<Finding> {
    let mut report = vec![address(config), open_files(connections::open_files())];
    match serve::open(config, Clock::System).await {
        Err(error) => report.push(Finding::Fault(format!("The database does not open: {error}"))),
        Ok((store, _)) => {
            report.push(Finding::Well(format!("The database opens with its key ({}).", store.backend())));
            report.push(match store.can_write().await {
                Ok(()) => Finding::Well("The database can be written.".to_owned()),
                Err(outage) => Finding::Fault(match outage {
                    Outage::Full => "The database cannot be written: the disk is full. Make room; Duologue goes on by itself.".to_owned(),
                    Outage::ReadOnly => "The database cannot be written: it is read-only. Look at the owner and the rights of its file and folder.".to_owned(),
                    Outage::Disk => "The database cannot be written: the disk answers with errors. Look at the system's log.".to_owned(),
                    Outage::Unreachable => "The database cannot be written: the connection to it was lost.".to_owned(),
                    Outage::Busy => "The database cannot be written: another program has locked it for too long.".to_owned(),
                }),
            });
            report.push(match store.guest().practice().await {
                Ok(Some(_)) => Finding::Well("The practice is set up.".to_owned()),
                Ok(None) => Finding::Note("The practice is not set up yet.".to_owned()),
                Err(error) => Finding::Fault(format!("The practice cannot be read: {error}")),
            });
            report.extend(audit_log(config, &store, heads).await);
            report.extend(unreadable(&store).await);
            let zones = zone::database();
            let text = format!("Time zones: {} ({}).", zones.version, zones.source);
            report.push(if zones.is_stale(store.now().date_naive()) {
                Finding::Note(format!("{text} That is old: update Duologue, or tzdata on this machine."))
            } else {
                Finding::Well(text)
            });
            report.extend(clock(&store).await);
            report.push(match store.mail_stop().await {
                Ok(None) => Finding::Well("Mail goes out.".to_owned()),
                Ok(Some(stop)) => mail_stop(&stop, store.now()),
                Err(error) => Finding::Fault(format!("Whether mail goes out cannot be read: {error}")),
            });
            report.push(backup(config, &store).await);
            report.extend(older_key(&store).await);
            store.close().await;
        }
    }
    report.extend(surroundings::look(config, Clock::System.now()));
    report.push(mail(config));
    report.push(if Assets::find().names().islands {
        Finding::Well("The pages' scripts are in the program.".to_owned())
    } else {
        Finding::Note("This build has no scripts for the pages; they work without, and less smoothly.".to_owned())
    });
    report
}

/// What is still sealed with an older key of the key file; `None`: nothing is.
async fn older_key(store: &Store) -> Option<Finding> {
    match store.sealed_with_older_key().await {
        Ok(0) => None,
        Ok(left) => Some(Finding::Note(format!(
            "{left} values are still sealed with an older key: run duologue rotate-key to its end, or let the server run for a minute."
        ))),
        Err(error) => Some(Finding::Fault(format!("What an older key has sealed cannot be counted: {error}"))),
    }
}

/// How old the latest good backup is.
async fn backup(config: &Config, store: &Store) -> Finding {
    let (last, is_late) = match (store.last_good_backup().await, portability::backups::is_late(config, store).await) {
        (Ok(last), Ok(is_late)) => (last, is_late),
        (Err(error), _) | (_, Err(error)) => {
            return Finding::Fault(format!("Whether there is a backup cannot be read: {error}"));
        }
    };
    let last = last.as_ref().map(|last| (last.started_at, last.place.as_str()));
    surroundings::age_of_backup(config, last, is_late, store.now())
}

/// Checks that the audit log is whole and continues every head that was noted
/// elsewhere.
async fn audit_log(config: &Config, store: &Store, named: &[String]) -> Vec<Finding> {
    let mut report = vec![match store.verify_audit().await {
        Ok(Ok(head)) => Finding::Well(format!("The audit log is whole: {} entries. Its head is {head}", head.seq)),
        Ok(Err(fault)) => Finding::Fault(fault.to_string()),
        Err(error) => Finding::Fault(format!("The audit log cannot be read: {error}")),
    }];
    let file = config.audit_head_file();
    let mut known = Vec::new();
    match audit_heads::read(&file) {
        Ok(Some(noted)) => known.push(noted),
        Ok(None) => report.push(Finding::Note(format!(
            "No head of the audit log is noted in {} yet, so that a cut-off end would not show. The server notes it while it runs.",
            file.display()
        ))),
        Err(trouble) => report.push(Finding::Fault(trouble)),
    }
    for text in named {
        match audit_heads::from_argument(text) {
            Ok(heads) => known.extend(heads),
            Err(trouble) => report.push(Finding::Fault(trouble)),
        }
    }
    for audit_heads::Known { place, head } in known {
        report.push(match store.compare_audit_head(&head).await {
            Ok(continues) => match continues.fault(&head, &place) {
                Some(fault) => Finding::Fault(fault),
                None => Finding::Well(format!("The audit log continues from entry {}, noted {place}.", head.seq)),
            },
            Err(error) => Finding::Fault(format!("The audit log cannot be read: {error}")),
        });
    }
    report
}

/// A fault if the newest audit entry is in the future; `None`: nothing is wrong
/// with the clock.
async fn clock(store: &Store) -> Option<Finding> {
    let newest = store.newest_audit_entry_at().await.ok().flatten()?;
    (newest > store.now() + chrono::Duration::minutes(5)).then(|| {
        Finding::Fault(format!(
            "The newest entry is of {}, which has not come yet: the clock was set back. Set it right before anybody books.",
            newest.format("%Y-%m-%d %H:%M UTC")
        ))
    })
}

/// The finding that email does not go out: since when, and why.
fn mail_stop(stop: &MailStop, now: DateTime<Utc>) -> Finding {
    let since = stop.since.format("%Y-%m-%d %H:%M UTC");
    if stop.ours {
        Finding::Fault(format!(
            "Mail is stopped since {since} ({}): {} Then press “Try now” on the page Messages.",
            stop.code, stop.reason
        ))
    } else {
        let text = format!("The mail server is unavailable since {since} ({}): {}", stop.code, stop.reason);
        if stop.should_be_shown(now) { Finding::Fault(text) } else { Finding::Note(text) }
    }
}

/// The most unreadable rows that are named.
const NAMED: usize = 50;

/// The rows that the program cannot read, by table and id.
async fn unreadable(store: &Store) -> Vec<Finding> {
    match store.bad_rows().await {
        Ok(rows) if rows.is_empty() => vec![Finding::Well("Every entry can be read.".to_owned())],
        Ok(rows) => {
            let more = rows.len().saturating_sub(NAMED);
            let named = rows.into_iter().take(NAMED).map(|row| {
                Finding::Fault(format!("An entry cannot be read: table {}, id {}, {}.", row.table, row.id, row.wrong))
            });
            let rest =
                (more > 0).then(|| Finding::Fault(format!("There are {more} more entries that cannot be read.")));
            named.chain(rest).collect()
        }
        Err(error) => vec![Finding::Fault(format!("The entries cannot be looked at: {error}"))],
    }
}

/// The address of the practice, and whether it is https.
fn address(config: &Config) -> Finding {
    if config.is_https() {
        Finding::Well(format!("People reach it at {}.", config.base_url))
    } else {
        Finding::Note(format!(
            "It is at {}: good for trying out on this machine only. A practice needs base_url with https.",
            config.base_url
        ))
    }
}

/// The lowest number of open files that a process should be allowed.
const ENOUGH_FILES: usize = 1_024;

/// Whether the process may have enough files open; each connection is one.
fn open_files(allowed: usize) -> Finding {
    let connections = connections::most(allowed);
    if allowed >= ENOUGH_FILES {
        return Finding::Well(format!("There is room for {connections} connections at once."));
    }
    Finding::Note(format!(
        "Duologue may open {allowed} files only, which is {connections} connections at once. Raise the limit to {ENOUGH_FILES} or more: LimitNOFILE in systemd, or “ulimit -n”."
    ))
}

/// How the email is sent.
fn mail(config: &Config) -> Finding {
    let mail = &config.mail;
    match (mail.transport, mail.smtp.security) {
        (Transport::Files, _) if config.demo => {
            Finding::Well(format!("Mails are written to {}.", mail.folder.display()))
        }
        (Transport::Files, _) => Finding::Note(format!(
            "Mails are written to {}, not sent: set mail.transport to smtp. Until then duologue user address-link and reset-link print the links that people need.",
            mail.folder.display()
        )),
        (Transport::Smtp, Security::None) if !matches!(mail.smtp.host.as_str(), "localhost" | "127.0.0.1" | "::1") => {
            Finding::Fault(format!(
                "Mails go to {} unencrypted: set mail.smtp.security to tls or starttls.",
                mail.smtp.host
            ))
        }
        (Transport::Smtp, _) => Finding::Well(format!(
            "Mails go out by {}:{}. Try it with: duologue send-test ADDRESS",
            mail.smtp.host, mail.smtp.port
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that no other user of the machine can read, as the program creates
    /// its own.
    fn private_folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let mine = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(folder.path(), mine).unwrap();
        folder
    }

    #[test]
    fn a_low_limit_of_open_files_is_reported_with_the_cure() {
        assert!(matches!(open_files(1_024), Finding::Well(_)));
        let Finding::Note(text) = open_files(256) else { panic!("no note") };
        assert!(
            text.contains("256 files only") && text.contains("136 connections") && text.contains("LimitNOFILE"),
            "{text}"
        );
    }

    #[tokio::test]
    async fn a_new_installation_has_notes_and_no_faults() {
        let folder = private_folder();
        let config = Config {
            database: folder.path().join("d.db").display().to_string(),
            key_file: folder.path().join("d.key"),
            ..Config::default()
        };
        let report = examine(&config, &[]).await;
        let text = report.iter().map(|f| format!("{f}\n")).collect::<String>();
        assert!(report.iter().all(|f| !f.is_fault()), "{text}");
        assert!(text.contains("No good backup is known") && text.contains("address-link"), "{text}");
    }

    #[tokio::test]
    async fn a_clock_that_was_set_back_is_a_fault() {
        let folder = private_folder();
        let config = Config {
            database: folder.path().join("d.db").display().to_string(),
            key_file: folder.path().join("d.key"),
            ..Config::default()
        };
        let ahead = Clock::fixed(Clock::System.now() + chrono::Duration::days(2));
        let (store, _) = serve::open(&config, ahead).await.unwrap();
        store.guest().request_reset("nobody").await.unwrap();
        store.close().await;
        assert!(examine(&config, &[]).await.iter().any(|f| f.is_fault() && f.to_string().contains("set back")));
    }
}
