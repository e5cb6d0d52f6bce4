//! The way out: from what the store owes to mail that has left.
//!
//! [`worker`] decides when, [`message`] and [`calendar`] write the bytes,
//! [`smtp`] and [`files`] carry them.

mod bounces;
mod calendar;
mod dkim;
mod files;
mod limits;
mod message;
mod smtp;
mod worker;

use std::{net::IpAddr, path::PathBuf, time::Duration};

use app::mail::{self, HeaderText};
use chrono::{DateTime, Utc};
use domain::person::Email;
use secrecy::ExposeSecret;

pub use worker::run;

use self::{dkim::Signer, limits::Limits};
use crate::config::{self, Config, Transport};
use smtp::{Cause, Security, Settings, Smtp, Step, Trouble};

/// The practice's way of sending mail.
struct Post {
    from: Email,
    base_url: String,
    /// Where mails come back to; each under an address of its own.
    bounces: Option<Email>,
    signer: Option<Signer>,
    limits: Limits,
    way: Way,
}

enum Way {
    Files(PathBuf),
    Smtp(Box<Smtp>),
}

impl Post {
    fn new(config: &Config) -> Result<Self, String> {
        let mail = &config.mail;
        let way = match mail.transport {
            Transport::Files => Way::Files(mail.folder.clone()),
            Transport::Smtp => Way::Smtp(Box::new(Smtp::new(Settings {
                host: mail.smtp.host.clone(),
                port: mail.smtp.port,
                security: match mail.smtp.security {
                    config::Security::Tls => Security::Tls,
                    config::Security::Starttls => Security::StartTls,
                    config::Security::None => Security::None,
                },
                login: (!mail.smtp.username.is_empty())
                    .then(|| (mail.smtp.username.clone(), mail.smtp.password.expose_secret().to_owned())),
                timeout: Duration::from_secs(mail.smtp.timeout_seconds.max(1)),
                hello: public_name(&config.base_url),
            })?)),
        };
        let signer = match &mail.dkim {
            Some(dkim) => Some(Signer::load(&dkim.domain, &dkim.selector, &dkim.key_file)?),
            None => None,
        };
        Ok(Self {
            from: mail.from.clone(),
            base_url: config.base_url.clone(),
            bounces: mail.bounces.clone(),
            signer,
            limits: Limits::new(mail.smtp.per_minute, mail.smtp.per_domain_minute),
            way,
        })
    }

    /// Sends one mail. It takes no longer than [`smtp::LONGEST`].
    async fn deliver(&self, to: &Email, message_id: &str, way_back: &str, bytes: &[u8]) -> Result<(), Trouble> {
        match &self.way {
            Way::Smtp(smtp) => smtp.deliver(&self.sender(way_back), to, bytes).await,
            Way::Files(folder) => {
                match tokio::time::timeout(smtp::LONGEST, files::deliver(folder, message_id, bytes)).await {
                    Ok(Ok(_)) => Ok(()),
                    Ok(Err(error)) => Err(Trouble { step: Step::Connect, cause: Cause::Lost, text: error.to_string() }),
                    Err(_) => Err(Trouble {
                        step: Step::Connect,
                        cause: Cause::TimedOut,
                        text: "the disk does not answer".to_owned(),
                    }),
                }
            }
        }
    }

    /// Whom a mail that cannot be delivered goes back to.
    fn sender(&self, way_back: &str) -> Email {
        let tagged = self.bounces.as_ref().filter(|_| !way_back.is_empty()).and_then(|base| {
            let (local, domain) = base.as_str().rsplit_once('@')?;
            Email::parse(&format!("{local}+{way_back}@{domain}")).ok()
        });
        tagged.or_else(|| self.bounces.clone()).unwrap_or_else(|| self.from.clone())
    }

    /// The bytes with a signature, where there is a key to sign with.
    fn signed(&self, bytes: Vec<u8>, at: DateTime<Utc>) -> Vec<u8> {
        match &self.signer {
            Some(signer) => signer.sign(&bytes, at).unwrap_or(bytes),
            None => bytes,
        }
    }

    /// What went wrong, and what to look at, in a counsellor's words.
    fn advice(&self, trouble: &Trouble) -> String {
        match &self.way {
            Way::Smtp(smtp) => trouble.advice(&smtp.settings().host, smtp.settings().port),
            Way::Files(folder) => format!(
                "The mail folder {} cannot be written to: {}. Please check mail.folder.",
                folder.display(),
                trouble.text
            ),
        }
    }

    async fn close(&self) {
        if let Way::Smtp(smtp) = &self.way {
            smtp.close().await;
        }
    }
}

/// Sends a test mail by the configured way, past the outbox.
///
/// # Errors
/// What went wrong and what to check, in words for somebody who does not run
/// mail servers.
pub async fn send_test(config: &Config, to: &str) -> Result<String, String> {
    let to = Email::parse(to).map_err(str::to_owned)?;
    let post = Post::new(config)?;
    let clock = store::Clock::System;
    let host = public_name(&config.base_url).unwrap_or_else(|| "localhost".to_owned());
    let (nobody, message_id) = (HeaderText::default(), format!("test-{}@{host}", clock.id().simple()));
    let heading = message::Heading {
        sender: mail::sender_name(&nobody),
        from: &post.from,
        name: &nobody,
        to: &to,
        message_id: &message_id,
        written_at: clock.now(),
        unsubscribe: None,
    };
    let bytes = message::write_test(&heading).map_err(|error| error.to_string())?;
    let bytes = post.signed(bytes, clock.now());
    let sent = post.deliver(&to, &message_id, "", &bytes).await;
    post.close().await;
    sent.map_err(|trouble| post.advice(&trouble))?;
    Ok(match &post.way {
        Way::Smtp(smtp) => {
            let host = &smtp.settings().host;
            format!(
                "{host} took the mail for {}. If it does not arrive within some minutes, please look among the unwanted mail.",
                to.as_str()
            )
        }
        Way::Files(folder) => format!(
            "The mail for {} was written into {}; nothing leaves this machine (mail.transport is \"files\").",
            to.as_str(),
            folder.display()
        ),
    })
}

/// The name in an address such as `https://house.example:8443`, where it is
/// one that a mail server accepts as ours.
fn public_name(base_url: &str) -> Option<String> {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let name = rest.split(['/', ':', '?', '#']).next().unwrap_or_default();
    let public = name.contains('.')
        && name.parse::<IpAddr>().is_err()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c));
    public.then(|| name.to_owned())
}

/// Reads reports of mail that came back, from a mailbox file of many or as one,
/// and notes each. How many were ours.
///
/// # Errors
/// No address for them is set, or the database cannot be had: whoever hands
/// one over should do so again later.
pub async fn note_bounces(config: &Config, store: &store::Store, mails: &[Vec<u8>]) -> Result<usize, String> {
    let Some(base) = &config.mail.bounces else {
        return Err("mail.bounces is not set: it is the address that mail comes back to".to_owned());
    };
    let mut noted = 0;
    for mail in mails {
        if let Some(report) = bounces::read(mail, base) {
            let ours = store.note_returned(&report.tag, &report.why).await.map_err(|e| e.to_string())?;
            noted += usize::from(ours);
        }
    }
    Ok(noted)
}

/// The record that the name server has to give for the signatures, where mail
/// is signed: name and text.
///
/// # Errors
/// The key cannot be read.
pub fn dkim_record(config: &Config) -> Result<Option<(String, String)>, String> {
    let Some(dkim) = &config.mail.dkim else { return Ok(None) };
    Signer::load(&dkim.domain, &dkim.selector, &dkim.key_file).map(|signer| Some(signer.record()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn we_introduce_ourselves_by_our_public_name() {
        assert_eq!(public_name("https://house.example:8443/x"), Some("house.example".to_owned()));
        for none in ["http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000", "https://hau\u{df}.example"]
        {
            assert_eq!(public_name(none), None, "{none}");
        }
    }
}
