//! Sending email through the practice's mail server (RFC 5321).
//!
//! lettre's transport tells that a command was refused, but not which one; yet the
//! consequence of a refusal depends on the command. So each step is done separately
//! on lettre's connection. A failure is a [`Trouble`] that knows its step, what to
//! do about it, and how to explain it to a counsellor.

use std::{
    error::Error as StdError,
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use domain::clients::person::EmailAddress;
use lettre::transport::smtp::{
    Error as SmtpError,
    authentication::{Credentials, DEFAULT_MECHANISMS},
    client::{AsyncSmtpConnection, TlsParameters},
    commands::{Data, Mail, Rcpt},
    extension::{ClientId, Extension, MailParameter},
};
use tokio::{
    net::TcpStream,
    time::{Instant, timeout, timeout_at},
};

use super::{
    diagnosis::{Meaning, Place, Reply, meaning},
    email,
    link::{FinalDot, Link},
};

/// How a connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// With TLS from the first byte.
    Tls,
    /// With TLS from STARTTLS on, which the server must offer.
    StartTls,
    /// Not at all.
    None,
}

/// Which mail server, and how to reach it.
pub struct Settings {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Name and password; `None`: the server asks for none.
    pub login: Option<(String, String)>,
    /// The time limit of each step.
    pub timeout: Duration,
    /// The name by which we introduce ourselves; `None`: the machine's name.
    pub hello: Option<String>,
}

/// The time limit of sending one email, all steps together.
pub const LONGEST: Duration = Duration::from_secs(80);

/// How long an idle connection may be used again.
const REST: Duration = Duration::from_secs(20);

/// How long the connection is watched before the final dot of an email if the
/// answer to an earlier try was lost.
const WATCH: Duration = Duration::from_secs(1);

/// A mail server with its idle connections.
pub struct Smtp {
    settings: Settings,
    tls: Option<TlsParameters>,
    hello: ClientId,
    credentials: Option<Credentials>,
    idle: Mutex<Vec<(Instant, Connection)>>,
}

/// A connection, and the state of the final dot of the email on it; `None`: the
/// connection is encrypted from its first byte, and the dot cannot be watched.
struct Connection {
    smtp: AsyncSmtpConnection,
    dot: Option<Arc<FinalDot>>,
}

/// The steps of sending, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Finding the server's network address.
    Name,
    /// Connecting, and reading the greeting.
    Connect,
    /// Starting TLS.
    Protect,
    /// Signing in.
    SignIn,
    /// Naming the sender (MAIL).
    Sender,
    /// Naming the recipient (RCPT).
    Recipient,
    /// Asking to send the content (DATA).
    Data,
    /// Sending the content and waiting for the answer.
    Content,
}

/// The cause of a failure at a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The server's name was not found.
    NotFound,
    /// The server accepts no connection at this port.
    Refused,
    /// The server did not answer in time.
    TimedOut,
    /// The server's certificate is not valid.
    Certificate,
    /// The connection broke.
    Lost,
    /// The server refused with this code.
    Answer(u16),
    /// The server cannot do what we need.
    Unable,
}

/// A failure to send an email.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub step: Step,
    pub cause: Cause,
    /// What the server or the system said; empty if that would not help.
    pub text: String,
}

/// What follows from a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// What the codes or the broken connection mean.
    Means(Meaning),
    /// The whole email was sent and no answer came: it may have arrived.
    Unknown,
}

impl Step {
    /// The place in the dialogue, for the diagnosis.
    fn place(self) -> Place {
        match self {
            Self::Name | Self::Connect | Self::Protect | Self::SignIn => Place::Session,
            Self::Sender => Place::Sender,
            Self::Recipient => Place::Recipient,
            Self::Data | Self::Content => Place::Content,
        }
    }
}

impl Trouble {
    /// The codes of the server's answer; [`Reply::NONE`] if it gave none.
    fn reply(&self) -> Reply {
        match self.cause {
            Cause::Answer(code) => Reply::new(code, &self.text),
            Cause::NotFound | Cause::Refused | Cause::TimedOut | Cause::Certificate | Cause::Lost | Cause::Unable => {
                Reply::NONE
            }
        }
    }

    /// What follows from the failure.
    pub fn verdict(&self) -> Verdict {
        Verdict::Means(match (&self.cause, self.step) {
            (Cause::TimedOut | Cause::Lost, Step::Content) => return Verdict::Unknown,
            (Cause::NotFound | Cause::Refused | Cause::TimedOut | Cause::Lost, _) => Meaning::Outage,
            // The server cannot write to this address; the address may be good
            // elsewhere.
            (Cause::Unable, Step::Recipient) => Meaning::Message,
            (Cause::Certificate | Cause::Unable, _) => Meaning::Ours,
            (Cause::Answer(_), step) => meaning(step.place(), self.reply()),
        })
    }

    /// Whether it is certain whose fault it is.
    pub fn is_certain(&self) -> bool {
        match self.cause {
            Cause::Answer(_) => self.reply().is_certain(self.step.place()),
            Cause::NotFound | Cause::Refused | Cause::TimedOut | Cause::Certificate | Cause::Lost | Cause::Unable => {
                true
            }
        }
    }

    /// The codes, such as `550 5.7.1`, or a few words.
    pub fn code(&self) -> String {
        match self.cause {
            Cause::NotFound => "name not found".to_owned(),
            Cause::Refused => "connection refused".to_owned(),
            Cause::TimedOut => "no answer".to_owned(),
            Cause::Certificate => "certificate".to_owned(),
            Cause::Lost => "connection lost".to_owned(),
            Cause::Unable => "not possible".to_owned(),
            Cause::Answer(_) => self.reply().to_string(),
        }
    }

    /// A summary for the log, without names or addresses, which a server may
    /// repeat.
    pub fn brief(&self) -> String {
        match self.cause {
            Cause::Answer(code) => format!("{:?}: {code}", self.step),
            ref cause => format!("{:?}: {cause:?}", self.step),
        }
    }

    /// What went wrong and what to check, for a person who has never seen a mail
    /// server.
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
            (Cause::Unable, Step::Sender) => {
                format!(
                    "Email cannot be sent from this address: {}. Please check mail.from and mail.bounces.",
                    self.text
                )
            }
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
            (Cause::Answer(_), Step::Recipient) => match meaning(Place::Recipient, self.reply()) {
                Meaning::Later => format!("{host} asks to try this address again later.{said}"),
                Meaning::Outage => format!("{host} cannot take mail just now. It is tried again.{said}"),
                Meaning::Address => {
                    format!("{host} does not take mail for this address. Please check its spelling.{said}")
                }
                Meaning::Message => format!("{host} did not take this mail for this recipient.{said}"),
                Meaning::Ours => format!(
                    "{host} refuses mail from this practice. Please check mail.smtp.username and mail.smtp.password, and show your mail provider what it said.{said}"
                ),
            },
            (Cause::Answer(code), Step::Data | Step::Content) if *code < 500 => {
                format!("{host} asks to send this mail again later.{said}")
            }
            (Cause::Answer(_), Step::Data | Step::Content) => {
                format!("{host} did not take the mail. Please show your mail provider what it said.{said}")
            }
            (Cause::Answer(_), _) => format!(
                "{host} does not want to talk to this machine just now. Please show your mail provider what it said.{said}"
            ),
        }
    }

    /// The failure of a step, from lettre's error.
    fn from_error(step: Step, error: &SmtpError) -> Self {
        let text = one_line(&error_chain(error));
        let cause = if let Some(code) = error.status() {
            Cause::Answer(u16::from(code))
        } else if error.is_client() {
            Cause::Unable
        } else {
            Self::cause_of(io_kind(error), &text.to_lowercase())
        };
        // The system's words for a broken connection help nobody.
        let told = matches!(cause, Cause::Answer(_) | Cause::Unable | Cause::Certificate);
        Self { step, cause, text: if told { text } else { String::new() } }
    }

    /// The cause of a broken connection, from the error of the system. (Whether a
    /// certificate is valid is known only from the text; that text is from this
    /// program's own library, not from the other side.)
    fn cause_of(kind: Option<io::ErrorKind>, text: &str) -> Cause {
        match kind {
            _ if text.contains("certificate") || text.contains("valid dns name") => Cause::Certificate,
            Some(io::ErrorKind::ConnectionRefused) => Cause::Refused,
            Some(io::ErrorKind::TimedOut | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => {
                Cause::TimedOut
            }
            // This includes TLS with a server that speaks none, and the reverse.
            _ => Cause::Lost,
        }
    }

    /// The failure of a step that took too long.
    fn timed_out(step: Step) -> Self {
        Self { step, cause: Cause::TimedOut, text: String::new() }
    }
}

impl Smtp {
    /// A mail server with these settings, without a connection yet.
    ///
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

    /// The settings of the mail server.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Sends one email to the server; if it cannot be delivered, it comes back to
    /// `sender`. `careful`: the answer to an earlier try was lost, so the
    /// connection is watched for a moment before the end of the email.
    ///
    /// # Errors
    /// The step and the cause. The email has not left, unless the verdict is
    /// [`Verdict::Unknown`]: then it may have.
    pub async fn deliver(
        &self,
        sender: &EmailAddress,
        to: &EmailAddress,
        bytes: &[u8],
        careful: bool,
    ) -> Result<(), Trouble> {
        let unable = |step, text: &str| Trouble { step, cause: Cause::Unable, text: text.to_owned() };
        let from = email::address(sender).map_err(|error| unable(Step::Sender, &error.to_string()))?;
        let to = email::address(to).map_err(|error| unable(Step::Recipient, &error.to_string()))?;
        let until = Instant::now() + LONGEST;
        let mut connection = self.idle_or_new_connection(until).await?;
        let mut options = Vec::new();
        // The domains are A-labels by now: only the parts before the `@` can be
        // beyond ASCII.
        let strange = [(Step::Sender, &from), (Step::Recipient, &to)];
        if let Some((step, _)) = strange.into_iter().find(|(_, address)| !AsRef::<str>::as_ref(address).is_ascii()) {
            if !connection.smtp.server_info().supports_feature(Extension::SmtpUtfEight) {
                self.keep_idle(connection);
                return Err(unable(
                    step,
                    "it has letters before the @ that this mail server does not support (SMTPUTF8). Use another address, or ask your mail provider",
                ));
            }
            options.push(MailParameter::SmtpUtfEight);
        }
        // After a failure the connection is dropped, and the server forgets the
        // transaction with it.
        let smtp = &mut connection.smtp;
        self.run_step(until, Step::Sender, smtp.command(Mail::new(Some(from), options))).await?;
        self.run_step(until, Step::Recipient, smtp.command(Rcpt::new(to, vec![]))).await?;
        self.run_step(until, Step::Data, smtp.command(Data)).await?;
        crate::fault::point("content");
        self.send_content(until, &mut connection, bytes, careful).await?;
        self.keep_idle(connection);
        Ok(())
    }

    /// Sends the content and the dot that ends it. A connection that breaks before
    /// the dot fails at [`Step::Data`]: nothing was delivered.
    async fn send_content(
        &self,
        until: Instant,
        connection: &mut Connection,
        bytes: &[u8],
        careful: bool,
    ) -> Result<(), Trouble> {
        // lettre ends the content with a line break of its own.
        let content = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
        let wait = if careful { WATCH.min(self.settings.timeout / 2) } else { Duration::ZERO };
        let (written, dot) = (AtomicBool::new(false), connection.dot.clone());
        if let Some(dot) = &dot {
            dot.mark_ahead();
        }
        // lettre asks the iterator for more once the content is written.
        let end = std::iter::from_fn(|| {
            written.store(true, Ordering::Relaxed);
            if let Some(dot) = &dot {
                dot.mark_next(wait);
            }
            None
        });
        let sending = connection.smtp.message_iter(std::iter::once(content).chain(end));
        let sent = self.run_step(until, Step::Content, sending).await;
        sent.map(drop).map_err(|trouble| {
            let gone = dot.as_ref().map_or(written.load(Ordering::Relaxed), |dot| dot.has_gone());
            match trouble.cause {
                Cause::Lost | Cause::TimedOut if !gone => Trouble { step: Step::Data, ..trouble },
                _ => trouble,
            }
        })
    }

    /// An idle connection that still answers, or a new one.
    async fn idle_or_new_connection(&self, until: Instant) -> Result<Connection, Trouble> {
        while let Some((since, mut connection)) = self.take_idle() {
            if since.elapsed() < REST
                && timeout(self.settings.timeout.min(Duration::from_secs(3)), connection.smtp.test_connected()).await
                    == Ok(true)
            {
                return Ok(connection);
            }
        }
        self.connect(until).await
    }

    /// Connects, encrypts and signs in.
    async fn connect(&self, until: Instant) -> Result<Connection, Trouble> {
        let Settings { host, port, .. } = &self.settings;
        let found = timeout(self.settings.timeout, tokio::net::lookup_host((host.as_str(), *port))).await;
        let addresses: Vec<SocketAddr> = match found {
            Err(_) => return Err(Trouble::timed_out(Step::Name)),
            Ok(found) => found.map(Iterator::collect).unwrap_or_default(),
        };
        if addresses.is_empty() {
            return Err(Trouble { step: Step::Name, cause: Cause::NotFound, text: String::new() });
        }
        let implicit = self.tls.clone().filter(|_| self.settings.security == Security::Tls);
        let mut connection = match implicit {
            Some(tls) => {
                let limit = Some(self.settings.timeout);
                let connecting = AsyncSmtpConnection::connect_tokio1(&*addresses, limit, &self.hello, Some(tls), None);
                Connection { smtp: self.run_step(until, Step::Connect, connecting).await?, dot: None }
            }
            None => {
                let dot = Arc::new(FinalDot::default());
                let link = Link::new(self.dial(until, &addresses).await?, Arc::clone(&dot));
                let greeting = AsyncSmtpConnection::connect_with_transport(Box::new(link), &self.hello);
                Connection { smtp: self.run_step(until, Step::Connect, greeting).await?, dot: Some(dot) }
            }
        };
        if self.settings.security == Security::StartTls
            && let Some(tls) = self.tls.clone()
        {
            self.run_step(until, Step::Protect, connection.smtp.starttls(tls, &self.hello)).await?;
        }
        if let Some(credentials) = &self.credentials {
            self.run_step(until, Step::SignIn, connection.smtp.auth(DEFAULT_MECHANISMS, credentials)).await?;
        }
        Ok(connection)
    }

    /// A TCP connection to the first of the addresses that accepts one.
    async fn dial(&self, until: Instant, addresses: &[SocketAddr]) -> Result<TcpStream, Trouble> {
        let mut trouble = Trouble::timed_out(Step::Connect);
        for address in addresses {
            let limit = until.min(Instant::now() + self.settings.timeout);
            match timeout_at(limit, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => {
                    let cause = Trouble::cause_of(Some(error.kind()), "");
                    trouble = Trouble { step: Step::Connect, cause, text: String::new() };
                }
                Err(_) => trouble = Trouble::timed_out(Step::Connect),
            }
        }
        Err(trouble)
    }

    /// Runs one step within its own time limit and that of the whole email.
    async fn run_step<T>(
        &self,
        until: Instant,
        step: Step,
        doing: impl Future<Output = Result<T, SmtpError>>,
    ) -> Result<T, Trouble> {
        match timeout_at(until.min(Instant::now() + self.settings.timeout), doing).await {
            Ok(done) => done.map_err(|error| Trouble::from_error(step, &error)),
            Err(_) => Err(Trouble::timed_out(step)),
        }
    }

    /// Takes an idle connection; `None`: there is none.
    fn take_idle(&self) -> Option<(Instant, Connection)> {
        self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop()
    }

    /// Keeps a connection for the next email.
    fn keep_idle(&self, connection: Connection) {
        self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((Instant::now(), connection));
    }

    /// Closes every idle connection with QUIT.
    pub async fn close(&self) {
        while let Some((_, mut connection)) = self.take_idle() {
            let _ = timeout(Duration::from_secs(1), connection.smtp.quit()).await;
        }
    }
}

/// An error and its sources, on one line.
fn error_chain(error: &SmtpError) -> String {
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

/// The kind of the system's error behind lettre's; `None`: there is none.
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

/// A text of a server on one line of at most 300 characters, for a table.
fn one_line(text: &str) -> String {
    app::mail::HeaderText::new(text).as_str().chars().take(300).collect()
}

#[cfg(test)]
#[path = "smtp_tests.rs"]
mod tests;
