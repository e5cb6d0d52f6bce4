//! The way out: from what the store owes to mail that has left.
//!
//! [`worker`] decides when, [`message`] and [`calendar`] write the bytes,
//! [`smtp`] and [`files`] carry them.

mod calendar;
mod files;
mod message;
mod smtp;
mod worker;

use std::{net::IpAddr, path::PathBuf, time::Duration};

use app::mail::{self, HeaderText};
use domain::person::Email;
use secrecy::ExposeSecret;

pub use worker::run;

use crate::config::{self, Config, Transport};
use smtp::{Cause, Security, Settings, Smtp, Step, Trouble};

/// The practice's way of sending mail.
struct Post {
    from: Email,
    base_url: String,
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
                from: mail.from.clone(),
                hello: public_name(&config.base_url),
            })?)),
        };
        Ok(Self { from: mail.from.clone(), base_url: config.base_url.clone(), way })
    }

    /// Sends one mail. It takes no longer than [`smtp::LONGEST`].
    async fn deliver(&self, to: &Email, message_id: &str, bytes: &[u8]) -> Result<(), Trouble> {
        match &self.way {
            Way::Smtp(smtp) => smtp.deliver(to, bytes).await,
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
    };
    let bytes = message::write_test(&heading).map_err(|error| error.to_string())?;
    let sent = post.deliver(&to, &message_id, &bytes).await;
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
