//! Outgoing email: from the emails that the store owes to email that has left the
//! program.
//!
//! [`worker`] decides when an email is sent, [`message`] and [`calendar`] write its
//! bytes, [`smtp`] and [`files`] deliver them, [`bounces`] reads reports of email
//! that came back, and [`diagnosis`] says whose fault that is.

mod bounces;
mod calendar;
mod diagnosis;
mod dkim;
mod email;
mod files;
mod limits;
mod link;
mod smtp;
mod worker;

use std::{net::IpAddr, path::PathBuf, time::Duration};

use app::mail::{self, HeaderText};
use chrono::{DateTime, Utc};
use domain::clients::person::EmailAddress;
use secrecy::ExposeSecret;
use store::{Claimed, ReportOutcome};

pub use worker::run;

use self::{dkim::Signer, limits::Limits};
use crate::config::{self, Config, Transport};
use smtp::{Cause, Security, Settings, Smtp, Step, Trouble};

/// The practice's way of sending email.
struct Post {
    from: EmailAddress,
    base_url: String,
    /// The address that undeliverable email comes back to; each email gets its own
    /// variant of it.
    bounces: Option<EmailAddress>,
    signer: Option<Signer>,
    limits: Limits,
    /// Where emails are delivered to.
    way: Way,
}

/// Where emails are delivered to.
enum Way {
    /// Into this folder, as files.
    Files(PathBuf),
    /// To a mail server.
    Smtp(Box<Smtp>),
}

impl Post {
    /// Reads the way from the settings; the error says what does not fit.
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

    /// Sends a claimed email. It takes no longer than [`smtp::LONGEST`].
    async fn deliver(&self, claimed: &Claimed, bytes: &[u8]) -> Result<(), Trouble> {
        let careful = claimed.uncertain > 0;
        self.hand_over(&claimed.recipient, &claimed.message_id, &claimed.return_tag, bytes, careful).await
    }

    /// Delivers an email. `way_back` is the tag of its return address. `careful`:
    /// the answer to an earlier try was lost.
    async fn hand_over(
        &self,
        to: &EmailAddress,
        message_id: &str,
        way_back: &str,
        bytes: &[u8],
        careful: bool,
    ) -> Result<(), Trouble> {
        match &self.way {
            Way::Smtp(smtp) => smtp.deliver(&self.envelope_sender(way_back), to, bytes, careful).await,
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

    /// The envelope sender: the address that the email comes back to if it cannot
    /// be delivered.
    fn envelope_sender(&self, way_back: &str) -> EmailAddress {
        let tagged = self.bounces.as_ref().filter(|_| !way_back.is_empty()).and_then(|base| {
            let (local, domain) = base.as_str().rsplit_once('@')?;
            EmailAddress::parse(&format!("{local}+{way_back}@{domain}")).ok()
        });
        tagged.or_else(|| self.bounces.clone()).unwrap_or_else(|| self.from.clone())
    }

    /// The email with a DKIM signature, if there is a key to sign with.
    fn signed(&self, bytes: Vec<u8>, at: DateTime<Utc>) -> Vec<u8> {
        match &self.signer {
            Some(signer) => signer.sign(&bytes, at).unwrap_or(bytes),
            None => bytes,
        }
    }

    /// What went wrong and what to check, in a counsellor's words.
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

    /// Closes the idle connections.
    async fn close(&self) {
        if let Way::Smtp(smtp) = &self.way {
            smtp.close().await;
        }
    }
}

/// Sends a test email by the configured way, without the outbox. Returns a sentence
/// that says where it went.
///
/// # Errors
/// A sentence that says what went wrong and what to check, for a person who does
/// not run mail servers.
pub async fn send_test(config: &Config, to: &str) -> Result<String, String> {
    let to = EmailAddress::parse(to).map_err(str::to_owned)?;
    let post = Post::new(config)?;
    let clock = store::Clock::System;
    let host = public_name(&config.base_url).unwrap_or_else(|| "localhost".to_owned());
    let (nobody, message_id) = (HeaderText::default(), format!("test-{}@{host}", clock.id().simple()));
    let heading = email::Heading {
        sender: mail::sender_name(&nobody),
        from: &post.from,
        name: &nobody,
        to: &to,
        message_id: &message_id,
        written_at: clock.now(),
        unsubscribe: None,
    };
    let bytes = email::write_test(&heading).map_err(|error| error.to_string())?;
    let bytes = post.signed(bytes, clock.now());
    let sent = post.hand_over(&to, &message_id, "", &bytes, false).await;
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

/// The host name in an address such as `https://house.example:8443`; `None`: it is
/// not a public name that a mail server would accept as ours.
fn public_name(base_url: &str) -> Option<String> {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let name = rest.split(['/', ':', '?', '#']).next().unwrap_or_default();
    let public = name.contains('.')
        && name.parse::<IpAddr>().is_err()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c));
    public.then(|| name.to_owned())
}

/// How many emails came back, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounced {
    /// Emails that did not arrive, while their addresses may be good.
    pub emails: usize,
    /// Emails that did not arrive because their address is bad.
    pub addresses: usize,
    /// Emails that came back by a fault of ours.
    pub ours: usize,
}

/// Reads reports of email that came back and notes each of them in the store.
/// Returns how many were about our emails.
///
/// # Errors
/// `mail.bounces` is not set, or the database cannot be used: the caller should
/// hand the reports over again later.
pub async fn note_bounces(config: &Config, store: &store::Store, mails: &[Vec<u8>]) -> Result<Bounced, String> {
    let Some(base) = &config.mail.bounces else {
        return Err("mail.bounces is not set: it is the address that mail comes back to".to_owned());
    };
    let mut bounced = Bounced::default();
    for mail in mails {
        let Some(bounce) = bounces::read(mail, base) else { continue };
        let recipient = store.worker().returned_recipient(&bounce.tag).await.map_err(|e| e.to_string())?;
        let Some(report) = bounce.verdict(recipient.as_deref()) else { continue };
        match store.worker().record_report(&bounce.tag, &report).await.map_err(|e| e.to_string())? {
            ReportOutcome::Nothing => {}
            ReportOutcome::Message => bounced.emails += 1,
            ReportOutcome::Address => bounced.addresses += 1,
            ReportOutcome::Ourselves => bounced.ours += 1,
        }
    }
    Ok(bounced)
}

/// The name and the text of the DNS record that verifies the signatures; `None`:
/// email is not signed.
///
/// # Errors
/// The key file cannot be read.
pub fn dkim_record(config: &Config) -> Result<Option<(String, String)>, String> {
    let Some(dkim) = &config.mail.dkim else { return Ok(None) };
    Signer::load(&dkim.domain, &dkim.selector, &dkim.key_file).map(|signer| Some(signer.record()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_public_host_name_is_used_to_introduce_ourselves() {
        assert_eq!(public_name("https://house.example:8443/x"), Some("house.example".to_owned()));
        for none in ["http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000", "https://hau\u{df}.example"]
        {
            assert_eq!(public_name(none), None, "{none}");
        }
    }
}
