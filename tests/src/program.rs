//! Runs the program as a process of its own, with a mail server for its emails.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use sqlx::{Connection as _, PgConnection, SqliteConnection};
use store::{Clock, Keys, Store};

use crate::{Backend, KEY, people::Cast, templates};

/// The tests' key as a key file holds it.
pub const KEY_FILE: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n";

/// The root folder of the repository.
pub const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The program, which `make test` builds first.
pub const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/debug/duologue");

/// A process that is killed when the test ends.
pub struct Process(pub Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The Python interpreter with aiosmtpd: `DUOLOGUE_TEST_PYTHON`, or that of tests/mail.
#[expect(clippy::disallowed_methods, reason = "the Makefile says where the Python with aiosmtpd is")]
pub fn python() -> String {
    std::env::var("DUOLOGUE_TEST_PYTHON").unwrap_or_else(|_| format!("{ROOT}/tests/mail/.venv/bin/python"))
}

/// Starts the mail sink, which writes what it receives to `out`; returns the process and
/// its port.
pub fn sink(out: &Path, arguments: &[&str]) -> (Process, u16) {
    let mut child = Command::new(python())
        .arg(format!("{ROOT}/tests/mail/sink.py"))
        .arg("--out")
        .arg(out)
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the sink starts: `make test` installs what it needs");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("its port");
    (Process(child), line.trim().parse().expect("a port"))
}

/// A practice whose database and key are files in a folder of their own.
pub struct Practice {
    pub folder: tempfile::TempDir,
    pub port: u16,
    pub address: String,
}

impl Practice {
    /// The database file, for practices on SQLite.
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("practice.db")
    }

    /// Creates a practice with a couple on SQLite.
    pub async fn new() -> (Self, Store, Cast) {
        Self::on_backend(Backend::Sqlite).await
    }

    /// Creates a practice with a couple on this backend.
    pub async fn on_backend(backend: Backend) -> (Self, Store, Cast) {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).expect("private");
        let key = folder.path().join("practice.key");
        std::fs::write(&key, KEY_FILE).expect("a key");
        std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("private");
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        let address = match backend {
            Backend::Sqlite => folder.path().join("practice.db").display().to_string(),
            Backend::Postgres => templates::copy_in_cluster().await,
        };
        let practice = Self { folder, port, address };
        let address = practice.address.parse().expect("an address");
        let store = Store::open(&address, Keys::new(&KEY), Clock::System).await.expect("a database");
        let cast = Cast::new(&store).await;
        (practice, store, cast)
    }

    /// Ends the leases of all claimed emails, as if their time had passed; returns how
    /// many.
    pub async fn leases_run_out(&self) -> u64 {
        const OVER: &str = "UPDATE email SET lease_until = '2020-01-01T00:00:00+00:00' WHERE state = 'claimed'";
        if self.address.starts_with("postgres") {
            let mut c = PgConnection::connect(&self.address).await.expect("the cluster answers");
            sqlx::query(OVER).execute(&mut c).await.expect("changed").rows_affected()
        } else {
            let mut c = SqliteConnection::connect(&format!("sqlite://{}", self.address)).await.expect("the file opens");
            sqlx::query(OVER).execute(&mut c).await.expect("changed").rows_affected()
        }
    }

    /// Starts the server and waits until it answers.
    pub fn start(&self, smtp: u16) -> Process {
        let child = self.program("serve", smtp).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let process = Process(child.expect("the program was built: `make test` builds it first"));
        wait_until("the server answers", || {
            self.ask("GET", "/healthz", None, "").is_some_and(|a| a.contains("200 OK"))
        });
        process
    }

    /// A command of the program for this practice, with the mail server at this port.
    pub fn program(&self, command: &str, smtp: u16) -> Command {
        let mut program = self.with_environment(Command::new(PROGRAM), smtp);
        program.arg(command);
        program
    }

    /// Adds the environment that the program needs to a command that becomes the program.
    pub fn with_environment(&self, mut program: Command, smtp: u16) -> Command {
        program
            .env_remove("DUOLOGUE_TEST_POSTGRES")
            .env_remove("DUOLOGUE_TEST_PYTHON")
            .current_dir(self.folder.path())
            .envs([
                ("DUOLOGUE_LISTEN", format!("127.0.0.1:{}", self.port)),
                ("DUOLOGUE_BASE_URL", format!("http://localhost:{}", self.port)),
                ("DUOLOGUE_DATABASE", self.address.clone()),
                ("DUOLOGUE_KEY_FILE", "practice.key".to_owned()),
                ("DUOLOGUE_MAIL__TRANSPORT", "smtp".to_owned()),
                ("DUOLOGUE_MAIL__FROM", "desk@lakeside.example".to_owned()),
                ("DUOLOGUE_MAIL__BOUNCES", "back@lakeside.example".to_owned()),
                ("DUOLOGUE_MAIL__SMTP__HOST", "127.0.0.1".to_owned()),
                ("DUOLOGUE_MAIL__SMTP__PORT", smtp.to_string()),
                ("DUOLOGUE_MAIL__SMTP__SECURITY", "none".to_owned()),
            ]);
        program
    }

    /// Sends one request on a connection of its own; `None` where nobody answers.
    pub fn ask(&self, method: &str, path: &str, cookie: Option<&str>, body: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
        let host = format!("localhost:{}", self.port);
        let cookie = cookie.map(|c| format!("Cookie: {c}\r\n")).unwrap_or_default();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nSec-Fetch-Site: same-origin\r\n\
             {cookie}Content-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        (!answer.is_empty()).then(|| String::from_utf8_lossy(&answer).into_owned())
    }
}

/// Waits until `done` holds; fails after a minute.
pub fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !done() {
        assert!(begin.elapsed() < Duration::from_secs(60), "{what}: not within a minute");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The emails that the sink wrote to this file, one JSON object each.
pub fn mails(file: &Path) -> Vec<serde_json::Value> {
    std::fs::read_to_string(file)
        .unwrap_or_default()
        .lines()
        .map(|line| serde_json::from_str(line).expect("a mail"))
        .collect()
}

/// A start nine days from now at 10:00, as a booking form takes it.
pub fn start_ahead() -> String {
    let day = Clock::System.now() + chrono::Duration::days(9);
    format!("{} 10:00", day.format("%Y-%m-%d"))
}
