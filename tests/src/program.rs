//! The program as a process of its own, with a mail server for its mails.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use sqlx::{Connection as _, PgConnection, SqliteConnection};
use store::{Clock, Keys, Store};

use crate::{Backend, KEY, new_postgres, people::Cast};

/// The tests' key as a file holds it.
pub const KEY_FILE: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n";

pub const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A process that ends with the test.
pub struct Process(pub Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[expect(clippy::disallowed_methods, reason = "the Makefile says where the Python with aiosmtpd is")]
pub fn python() -> String {
    std::env::var("DUOLOGUE_TEST_PYTHON").unwrap_or_else(|_| format!("{ROOT}/tests/mail/.venv/bin/python"))
}

/// The sink and the port it listens on.
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

pub struct Practice {
    pub folder: tempfile::TempDir,
    pub port: u16,
    pub address: String,
}

impl Practice {
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("practice.db")
    }

    /// A practice in files, with a couple, made by the store.
    pub async fn new() -> (Self, Store, Cast) {
        Self::on(Backend::Sqlite).await
    }

    pub async fn on(backend: Backend) -> (Self, Store, Cast) {
        let folder = tempfile::tempdir().expect("a folder");
        let key = folder.path().join("practice.key");
        std::fs::write(&key, KEY_FILE).expect("a key");
        std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("private");
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        let address = match backend {
            Backend::Sqlite => folder.path().join("practice.db").display().to_string(),
            Backend::Postgres => new_postgres().await,
        };
        let practice = Self { folder, port, address };
        let address = practice.address.parse().expect("an address");
        let store = Store::open(&address, Keys::new(&KEY), Clock::System).await.expect("a database");
        let cast = Cast::new(&store).await;
        (practice, store, cast)
    }

    /// What a claim holds is free again: its lease has run out.
    pub async fn leases_run_out(&self) -> u64 {
        const OVER: &str = "UPDATE message SET lease_until = '2020-01-01T00:00:00+00:00' WHERE state = 'claimed'";
        if self.address.starts_with("postgres") {
            let mut c = PgConnection::connect(&self.address).await.expect("the cluster answers");
            sqlx::query(OVER).execute(&mut c).await.expect("changed").rows_affected()
        } else {
            let mut c = SqliteConnection::connect(&format!("sqlite://{}", self.address)).await.expect("the file opens");
            sqlx::query(OVER).execute(&mut c).await.expect("changed").rows_affected()
        }
    }

    pub fn start(&self, smtp: u16) -> Process {
        let child = self.program("serve", smtp).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let process = Process(child.expect("the program was built: `make test` builds it first"));
        until("the server answers", || self.ask("GET", "/healthz", None, "").is_some_and(|a| a.contains("200 OK")));
        process
    }

    /// The program on this practice, with its mail server.
    pub fn program(&self, command: &str, smtp: u16) -> Command {
        let mut program = Command::new(format!("{ROOT}/target/debug/duologue"));
        program
            .arg(command)
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

    /// One request on a connection of its own; `None` where nobody answers.
    pub fn ask(&self, method: &str, path: &str, cookie: Option<&str>, body: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
        let host = format!("localhost:{}", self.port);
        let cookie = cookie.map(|c| format!("Cookie: {c}\r\n")).unwrap_or_default();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nSec-Fetch-Site: same-origin\r\n{cookie}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        (!answer.is_empty()).then(|| String::from_utf8_lossy(&answer).into_owned())
    }
}

pub fn until(what: &str, mut done: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !done() {
        assert!(begin.elapsed() < Duration::from_secs(60), "{what}: not within a minute");
        std::thread::sleep(Duration::from_millis(50));
    }
}

pub fn mails(file: &Path) -> Vec<serde_json::Value> {
    std::fs::read_to_string(file)
        .unwrap_or_default()
        .lines()
        .map(|line| serde_json::from_str(line).expect("a mail"))
        .collect()
}

/// A start on some Thursday morning ahead, in the practice's zone.
pub fn ahead() -> String {
    let day = Clock::System.now() + chrono::Duration::days(9);
    format!("{} 10:00", day.format("%Y-%m-%d"))
}
