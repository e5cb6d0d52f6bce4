//! `duologue doctor`: whether everything is as it should be, in sentences.

use std::fmt;

use domain::zone;
use store::Clock;

use crate::{
    assets::Assets,
    config::{Config, Security, Transport},
    serve,
};

/// What a check found.
pub enum Finding {
    Well(String),
    /// It works, and somebody should look at it.
    Note(String),
    Fault(String),
}

impl Finding {
    pub fn is_fault(&self) -> bool {
        matches!(self, Self::Fault(_))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Well(text) => write!(f, "ok     {text}"),
            Self::Note(text) => write!(f, "note   {text}"),
            Self::Fault(text) => write!(f, "FAULT  {text}"),
        }
    }
}

/// Looks at the settings, the database, the key, the audit log, the zones,
/// the mail and the pages' files.
pub async fn examine(config: &Config) -> Vec<Finding> {
    let mut report = vec![address(config)];
    match serve::open(config, Clock::System).await {
        Err(error) => report.push(Finding::Fault(format!("The database does not open: {error}"))),
        Ok((store, _)) => {
            report.push(Finding::Well(format!("The database opens with its key ({}).", store.backend())));
            report.push(match store.practice().await {
                Ok(Some(_)) => Finding::Well("The practice is set up.".to_owned()),
                Ok(None) => Finding::Note("The practice is not set up yet.".to_owned()),
                Err(error) => Finding::Fault(format!("The practice cannot be read: {error}")),
            });
            report.push(match store.verify_audit().await {
                Ok(Ok(rows)) => Finding::Well(format!("The audit log is whole: {rows} entries.")),
                Ok(Err(fault)) => {
                    Finding::Fault(format!("The audit log was changed from outside at entry {}.", fault.seq))
                }
                Err(error) => Finding::Fault(format!("The audit log cannot be read: {error}")),
            });
            let zones = zone::database();
            let text = format!("Time zones: {} ({}).", zones.version, zones.source);
            report.push(if zones.is_stale(store.now().date_naive()) {
                Finding::Note(format!("{text} That is old: update Duologue, or tzdata on this machine."))
            } else {
                Finding::Well(text)
            });
            store.close().await;
        }
    }
    report.push(mail(config));
    report.push(if Assets::find().names().islands {
        Finding::Well("The pages' scripts are in the program.".to_owned())
    } else {
        Finding::Note("This build has no scripts for the pages; they work without, and less smoothly.".to_owned())
    });
    report
}

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

fn mail(config: &Config) -> Finding {
    let mail = &config.mail;
    match (mail.transport, mail.smtp.security) {
        (Transport::Files, _) if config.demo => {
            Finding::Well(format!("Mails are written to {}.", mail.folder.display()))
        }
        (Transport::Files, _) => Finding::Note(format!(
            "Mails are written to {}, not sent: set mail.transport to smtp.",
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

    #[tokio::test]
    async fn a_new_place_has_notes_and_no_faults() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            database: folder.path().join("d.db").display().to_string(),
            key_file: folder.path().join("d.key"),
            ..Config::default()
        };
        let report = examine(&config).await;
        assert!(
            report.iter().all(|f| !f.is_fault()),
            "{}",
            report.iter().map(|f| format!("{f}\n")).collect::<String>()
        );
    }
}
