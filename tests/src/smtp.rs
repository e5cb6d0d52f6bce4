//! A mail server in the test's own process, which answers as the test tells it to, and
//! the program's worker beside it.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use chrono::{DateTime, Utc};
use domain::clients::person::EmailAddress;
use duologue::{
    config::{Config, Security, Transport},
    outbox,
    state::AppState,
};
use store::Clock;
use tokio::{task::JoinHandle, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::{Backend, World, number};

/// An email that the server accepted.
#[derive(Clone, Debug)]
pub struct Received {
    pub from: String,
    pub to: String,
    pub raw: String,
    /// When it was accepted, by the test's clock.
    pub at: DateTime<Utc>,
}

impl Received {
    /// The value of a header that is on one line; empty where there is none.
    pub fn header(&self, name: &str) -> String {
        let prefix = format!("{name}: ");
        self.raw.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_default().to_owned()
    }
}

/// The answer to a command (its word, and the recipient so far) instead of the usual one:
/// a line, or `-` to hang up. `None` keeps the usual answer. The words are `HELLO` (the
/// greeting), EHLO, MAIL, RCPT, DATA, `LINE` (the first line of the content) and
/// `CONTENT` (after the final dot).
type Rule = Box<dyn Fn(&str, &str) -> Option<&'static str> + Send>;

/// The mail server: it records what it accepts and answers by a rule.
#[derive(Clone)]
pub struct Mailer {
    pub port: u16,
    clock: Clock,
    rule: Arc<Mutex<Rule>>,
    received: Arc<Mutex<Vec<Received>>>,
    heard: Arc<Mutex<u64>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Mailer {
    /// Starts a server that accepts everything.
    pub fn start(clock: &Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let mailer = Self {
            port: listener.local_addr().expect("an address").port(),
            clock: clock.clone(),
            rule: Arc::new(Mutex::new(Box::new(|_, _| None))),
            received: Arc::default(),
            heard: Arc::default(),
        };
        let server = mailer.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = server.clone();
                thread::spawn(move || server.converse(stream));
            }
        });
        mailer
    }

    /// Sets the rule by which the server answers from now on.
    pub fn set_rule(&self, rule: impl Fn(&str, &str) -> Option<&'static str> + Send + 'static) {
        *lock(&self.rule) = Box::new(rule);
    }

    /// Makes the server accept everything again.
    pub fn accept_everything(&self) {
        self.set_rule(|_, _| None);
    }

    /// Every email that the server recorded, in order; also those after which it closed the
    /// connection without an answer.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.received).clone()
    }

    /// How many commands the server has received.
    pub fn command_count(&self) -> u64 {
        *lock(&self.heard)
    }

    fn converse(&self, stream: TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream.try_clone().ok()?);
        let mut writer = stream;
        let (mut from, mut to, mut raw) = (String::new(), String::new(), String::new());
        let mut word = "HELLO".to_owned();
        loop {
            *lock(&self.heard) += 1;
            let usual = match word.as_str() {
                "HELLO" => "220 here",
                "EHLO" => "250-here\r\n250 8BITMIME",
                "DATA" => "354 go on",
                "QUIT" => "221 good-bye",
                _ => "250 fine",
            };
            let said = lock(&self.rule)(&word, &to);
            // The email is recorded even if the connection is closed instead of an
            // answer.
            if word == "CONTENT" && said.is_none_or(|said| said == "-") {
                let mail = Received { from: from.clone(), to: to.clone(), raw: raw.clone(), at: self.clock.now() };
                lock(&self.received).push(mail);
            }
            match said.unwrap_or(usual) {
                "-" => return None,
                line => writer.write_all(format!("{line}\r\n").as_bytes()).ok()?,
            }
            let content = word == "DATA" && said.is_none();
            raw.clear();
            let mut line = String::new();
            loop {
                line.clear();
                if reader.read_line(&mut line).ok()? == 0 {
                    return None;
                }
                if !content || line == ".\r\n" {
                    break;
                }
                if raw.is_empty() && lock(&self.rule)("LINE", &to) == Some("-") {
                    return None;
                }
                raw.push_str(line.strip_prefix('.').unwrap_or(&line));
            }
            if content {
                word = "CONTENT".to_owned();
                continue;
            }
            word = line.split([' ', '\r', ':']).next().unwrap_or_default().to_owned();
            let address = line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(address, _)| address);
            match word.as_str() {
                "MAIL" => (from, to) = (address.unwrap_or_default().to_owned(), String::new()),
                "RCPT" => to = address.unwrap_or_default().to_owned(),
                _ => {}
            }
        }
    }
}

/// The address to which bounces return in these tests.
pub const BACK: &str = "back@practice.example";

/// The settings of a practice that sends its email through the server at this port.
pub fn config(port: u16) -> Config {
    let mut config = Config::default();
    config.mail.transport = Transport::Smtp;
    config.mail.from = EmailAddress::parse("appointments@practice.example").expect("an address");
    config.mail.bounces = EmailAddress::parse(BACK).ok();
    config.mail.smtp.host = "127.0.0.1".to_owned();
    config.mail.smtp.port = port;
    config.mail.smtp.security = Security::None;
    config.mail.smtp.timeout_seconds = 4;
    config
}

/// The program's worker on a store; it runs until it is dropped.
pub struct Working {
    database: (Backend, String),
    state: AppState,
    mailer: Mailer,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Working {
    /// Starts the worker with this mail server.
    pub fn start(world: &World, mailer: &Mailer) -> Self {
        let state = AppState::new(config(mailer.port), world.store.clone(), "code");
        let stop = CancellationToken::new();
        let task = tokio::spawn(outbox::run(state.clone(), stop.clone()));
        Self { database: (world.backend, world.address_text.clone()), state, mailer: mailer.clone(), stop, task }
    }

    async fn is_sending(&self) -> bool {
        let claimed = "SELECT count(*) FROM email WHERE state = 'claimed'";
        number(self.database.0, &self.database.1, claimed).await.expect("a count") > 0
    }

    /// Waits until nothing more happens: everything that can be sent has been sent.
    pub async fn settle(&self) {
        let mut quiet = 0;
        let mut before = self.mailer.command_count();
        while quiet < 6 {
            self.state.wake().notify_one();
            sleep(Duration::from_millis(25)).await;
            let now = self.mailer.command_count();
            quiet = if now == before && !self.is_sending().await { quiet + 1 } else { 0 };
            before = now;
        }
    }

    /// Stops the worker as the program does when it stops.
    pub async fn stop(mut self) {
        self.stop.cancel();
        let _ = (&mut self.task).await;
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.task.abort();
    }
}
