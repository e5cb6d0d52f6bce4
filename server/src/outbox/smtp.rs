//! Mail through the practice's mail server (RFC 5321).
//!
//! lettre's transport tells that a command was refused, but not which one;
//! what follows from a refusal depends on just that. So each step is taken by
//! itself on lettre's connection, and what goes wrong is a [`Trouble`] that
//! knows its step, what to do about it, and how to say it to a counsellor.

use std::{error::Error as StdError, io, sync::Mutex, time::Duration};

use domain::person::Email;
use lettre::transport::smtp::{
    Error as SmtpError,
    authentication::{Credentials, DEFAULT_MECHANISMS},
    client::{AsyncSmtpConnection, TlsParameters},
    commands::{Data, Mail, Rcpt},
    extension::{ClientId, Extension, MailParameter},
};
use tokio::time::{Instant, timeout, timeout_at};

use super::message;

/// How a connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// From the first byte.
    Tls,
    /// From STARTTLS on, which must be offered.
    StartTls,
    None,
}

/// Which server, and how to reach it.
pub struct Settings {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Name and password; `None` where the server asks for none.
    pub login: Option<(String, String)>,
    /// For each step.
    pub timeout: Duration,
    /// How we introduce ourselves; `None` takes the machine's name.
    pub hello: Option<String>,
}

/// Sending one mail takes no longer than this, all steps together.
pub const LONGEST: Duration = Duration::from_secs(80);

/// A connection at rest is used again for so long.
const REST: Duration = Duration::from_secs(20);

/// The way to one mail server.
pub struct Smtp {
    settings: Settings,
    tls: Option<TlsParameters>,
    hello: ClientId,
    credentials: Option<Credentials>,
    idle: Mutex<Vec<(Instant, AsyncSmtpConnection)>>,
}

/// The steps of sending, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Finding the server's address.
    Name,
    Connect,
    /// TLS.
    Protect,
    SignIn,
    Sender,
    Recipient,
    /// Asking to send the content.
    Data,
    /// The content is sent; the answer is outstanding.
    Content,
}

/// What went wrong at a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    NotFound,
    Refused,
    TimedOut,
    Certificate,
    /// The connection broke.
    Lost,
    /// The server said no.
    Answer(u16),
    /// The server cannot do what we need.
    Unable,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub step: Step,
    pub cause: Cause,
    /// What the server or the system said.
    pub text: String,
}

/// What follows from trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The server is not to be had just now: all mail rests.
    Rest,
    /// Something is set wrongly, here or there: all mail waits for a person.
    Stop,
    /// This message later.
    Later,
    /// This content was refused: all mail waits, in case it is not the
    /// content.
    Unwanted,
    /// This message never.
    Never,
    /// It may have arrived; all mail rests.
    Unknown,
}

impl Trouble {
    pub fn verdict(&self) -> Verdict {
        match (&self.cause, self.step) {
            (Cause::TimedOut | Cause::Lost, Step::Content) => Verdict::Unknown,
            (Cause::Answer(421), _) | (Cause::NotFound | Cause::Refused | Cause::TimedOut | Cause::Lost, _) => {
                Verdict::Rest
            }
            (Cause::Certificate, _) | (Cause::Unable, Step::Protect | Step::SignIn) => Verdict::Stop,
            (Cause::Unable, _) => Verdict::Never,
            (Cause::Answer(code), step) if *code < 500 => match step {
                // One mailbox or one mail; before that it is the server.
                Step::Recipient | Step::Data | Step::Content => Verdict::Later,
                _ => Verdict::Rest,
            },
            // An open relay is asked for: the sign-in is missing or wrong.
            (Cause::Answer(530 | 535), _) => Verdict::Stop,
            (Cause::Answer(_), Step::Recipient) if self.text.to_lowercase().contains("relay") => Verdict::Stop,
            (Cause::Answer(_), Step::Recipient) => Verdict::Never,
            (Cause::Answer(_), Step::Data | Step::Content) => Verdict::Unwanted,
            (Cause::Answer(_), _) => Verdict::Stop,
        }
    }

    /// For the log: neither names nor addresses, which a server may repeat.
    pub fn brief(&self) -> String {
        match self.cause {
            Cause::Answer(code) => format!("{:?}: {code}", self.step),
            ref cause => format!("{:?}: {cause:?}", self.step),
        }
    }

    /// What went wrong, and what to look at, for somebody who has never seen
    /// a mail server.
    pub fn advice(&self, host: &str, port: u16) -> String {
        let said = if self.text.is_empty() { String::new() } else { format!(" (It said: {})", self.text) };
        match (&self.cause, self.step) {
            (Cause::NotFound, _) => format!(
                "No mail server called {host} was found. Please check the spelling of mail.smtp.host, and that this machine is on the internet."
            ),
            (Cause::Refused, _) => format!(
                "{host} is there, but accepts no connection on port {port}. Please check mail.smtp.port: 465 belongs to security \"tls\", 587 to \"starttls\"."
            ),
            (Cause::TimedOut, Step::Name | Step::Connect | Step::Protect) => {
                format!(
                    "{host} did not answer on port {port}. A firewall may stand in the way, or the port may not fit mail.smtp.security: 465 belongs to \"tls\", 587 to \"starttls\"."
                )
            }
            (Cause::TimedOut, _) => {
                format!("{host} answered at first, and then no more. Please try again in a few minutes.")
            }
            (Cause::Certificate, _) => format!(
                "The connection to {host} is not safe, so nothing was sent: its certificate does not fit. Please check that mail.smtp.host is the name your mail provider gives.{said}"
            ),
            (Cause::Unable, Step::Protect) => format!(
                "{host} offers no protected connection on port {port}. Please check mail.smtp.port and mail.smtp.security with your mail provider."
            ),
            (Cause::Unable, Step::SignIn) => format!(
                "{host} lets nobody sign in this way. Please check mail.smtp.security with your mail provider; many allow a sign-in over a protected connection only."
            ),
            (Cause::Unable, _) => format!("{host} cannot send to this address: {}.", self.text),
            (Cause::Lost, Step::Connect | Step::Protect) => {
                format!(
                    "{host} hung up at once. The port may not fit mail.smtp.security: 465 belongs to \"tls\", 587 to \"starttls\"."
                )
            }
            (Cause::Lost, _) => format!("The connection to {host} broke. Please try again in a few minutes."),
            (Cause::Answer(_), Step::SignIn) => {
                format!(
                    "{host} refused the sign-in. Please check mail.smtp.username and mail.smtp.password; some providers want a password made for programs.{said}"
                )
            }
            (Cause::Answer(530), _) => {
                format!("{host} asks for a sign-in. Please set mail.smtp.username and mail.smtp.password.{said}")
            }
            (Cause::Answer(_), Step::Sender) => format!(
                "{host} does not let you send as this address. Please check mail.from: it mostly has to be the address of the account that signs in.{said}"
            ),
            (Cause::Answer(code), Step::Recipient) if *code < 500 => {
                format!("{host} asks to try this address again later.{said}")
            }
            (Cause::Answer(_), Step::Recipient) if self.verdict() == Verdict::Stop => {
                format!(
                    "{host} sends nothing to other places without a sign-in. Please check mail.smtp.username and mail.smtp.password.{said}"
                )
            }
            (Cause::Answer(_), Step::Recipient) => {
                format!("{host} does not take mail for this address. Please check its spelling.{said}")
            }
            (Cause::Answer(_), Step::Data | Step::Content) => {
                format!("{host} did not take the mail. Please show your mail provider what it said.{said}")
            }
            (Cause::Answer(_), _) => format!(
                "{host} does not want to talk to this machine just now. Please show your mail provider what it said.{said}"
            ),
        }
    }

    fn of(step: Step, error: &SmtpError) -> Self {
        let text = brief(&chain(error));
        let cause = if let Some(code) = error.status() {
            Cause::Answer(u16::from(code))
        } else if error.is_client() {
            Cause::Unable
        } else {
            let lower = text.to_lowercase();
            match io_kind(error) {
                _ if lower.contains("certificate") || lower.contains("valid dns name") => Cause::Certificate,
                Some(io::ErrorKind::ConnectionRefused) => Cause::Refused,
                Some(io::ErrorKind::TimedOut | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => {
                    Cause::TimedOut
                }
                // Also TLS against a server that speaks none, or the reverse.
                _ => Cause::Lost,
            }
        };
        // What the system says of a broken connection helps nobody.
        let told = matches!(cause, Cause::Answer(_) | Cause::Unable | Cause::Certificate);
        Self { step, cause, text: if told { text } else { String::new() } }
    }

    fn timed_out(step: Step) -> Self {
        Self { step, cause: Cause::TimedOut, text: String::new() }
    }
}

impl Smtp {
    /// # Errors
    /// What is wrong with the settings, in words.
    pub fn new(settings: Settings) -> Result<Self, String> {
        let tls = match settings.security {
            Security::None => None,
            Security::Tls | Security::StartTls => Some(
                TlsParameters::new(settings.host.clone())
                    .map_err(|e| format!("this machine's certificates cannot be read: {e}"))?,
            ),
        };
        let hello = settings.hello.clone().map_or_else(ClientId::default, ClientId::Domain);
        let credentials = settings.login.clone().map(|(name, password)| Credentials::new(name, password));
        Ok(Self { settings, tls, hello, credentials, idle: Mutex::new(Vec::new()) })
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Hands one mail to the server; what cannot be delivered comes back to
    /// `sender`.
    ///
    /// # Errors
    /// The step and the cause; the message has left only where there is none,
    /// and may have where the verdict is [`Verdict::Unknown`].
    pub async fn deliver(&self, sender: &Email, to: &Email, bytes: &[u8]) -> Result<(), Trouble> {
        let (from, to) = match (message::address(sender), message::address(to)) {
            (Ok(from), Ok(to)) => (from, to),
            (Err(error), _) => {
                return Err(Trouble { step: Step::Sender, cause: Cause::Answer(553), text: error.to_string() });
            }
            (_, Err(error)) => {
                return Err(Trouble { step: Step::Recipient, cause: Cause::Unable, text: error.to_string() });
            }
        };
        let until = Instant::now() + LONGEST;
        let mut connection = self.connection(until).await?;
        let mut options = Vec::new();
        if !AsRef::<str>::as_ref(&to).is_ascii() || !AsRef::<str>::as_ref(&from).is_ascii() {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(Trouble {
                    step: Step::Recipient,
                    cause: Cause::Unable,
                    text: "the address holds letters this server cannot send to".to_owned(),
                });
            }
            options.push(MailParameter::SmtpUtfEight);
        }
        // On trouble the connection is dropped, and the server forgets the
        // transaction with it.
        self.step(until, Step::Sender, connection.command(Mail::new(Some(from), options))).await?;
        self.step(until, Step::Recipient, connection.command(Rcpt::new(to, vec![]))).await?;
        self.step(until, Step::Data, connection.command(Data)).await?;
        crate::fault::point("content");
        // The connection ends the content with a line break of its own.
        let content = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
        self.step(until, Step::Content, connection.message(content)).await?;
        self.keep(connection);
        Ok(())
    }

    /// A connection at rest that still answers, or a new one.
    async fn connection(&self, until: Instant) -> Result<AsyncSmtpConnection, Trouble> {
        while let Some((since, mut connection)) = self.resting() {
            if since.elapsed() < REST
                && timeout(self.settings.timeout.min(Duration::from_secs(3)), connection.test_connected()).await
                    == Ok(true)
            {
                return Ok(connection);
            }
        }
        self.connect(until).await
    }

    async fn connect(&self, until: Instant) -> Result<AsyncSmtpConnection, Trouble> {
        let Settings { host, port, .. } = &self.settings;
        let found = timeout(self.settings.timeout, tokio::net::lookup_host((host.as_str(), *port))).await;
        let found = found.map(|addresses| addresses.is_ok_and(|addresses| addresses.count() > 0));
        match found {
            Err(_) => return Err(Trouble::timed_out(Step::Name)),
            Ok(true) => {}
            Ok(false) => return Err(Trouble { step: Step::Name, cause: Cause::NotFound, text: String::new() }),
        }
        let implicit = self.tls.clone().filter(|_| self.settings.security == Security::Tls);
        let connecting = AsyncSmtpConnection::connect_tokio1(
            (host.as_str(), *port),
            Some(self.settings.timeout),
            &self.hello,
            implicit,
            None,
        );
        let mut connection = self.step(until, Step::Connect, connecting).await?;
        if self.settings.security == Security::StartTls
            && let Some(tls) = self.tls.clone()
        {
            self.step(until, Step::Protect, connection.starttls(tls, &self.hello)).await?;
        }
        if let Some(credentials) = &self.credentials {
            self.step(until, Step::SignIn, connection.auth(DEFAULT_MECHANISMS, credentials)).await?;
        }
        Ok(connection)
    }

    /// One step, within its own limit and that of the whole.
    async fn step<T>(
        &self,
        until: Instant,
        step: Step,
        doing: impl Future<Output = Result<T, SmtpError>>,
    ) -> Result<T, Trouble> {
        match timeout_at(until.min(Instant::now() + self.settings.timeout), doing).await {
            Ok(done) => done.map_err(|error| Trouble::of(step, &error)),
            Err(_) => Err(Trouble::timed_out(step)),
        }
    }

    fn resting(&self) -> Option<(Instant, AsyncSmtpConnection)> {
        self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop()
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((Instant::now(), connection));
    }

    /// Says good-bye on every connection at rest.
    pub async fn close(&self) {
        while let Some((_, mut connection)) = self.resting() {
            let _ = timeout(Duration::from_secs(1), connection.quit()).await;
        }
    }
}

/// An error and what is behind it, on one line.
fn chain(error: &SmtpError) -> String {
    let mut text = if error.status().is_some() || error.is_client() { String::new() } else { error.to_string() };
    let mut source = StdError::source(error);
    while let Some(inner) = source {
        let said = inner.to_string();
        if !text.contains(&said) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&said);
        }
        source = inner.source();
    }
    text
}

fn io_kind(error: &SmtpError) -> Option<io::ErrorKind> {
    let mut source: Option<&(dyn StdError + 'static)> = StdError::source(error);
    while let Some(inner) = source {
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            return Some(io.kind());
        }
        source = inner.source();
    }
    None
}

/// What a server said, on one line that fits a table.
fn brief(text: &str) -> String {
    app::mail::HeaderText::new(text).as_str().chars().take(300).collect()
}

#[cfg(test)]
#[path = "smtp_tests.rs"]
mod tests;
