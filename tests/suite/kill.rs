//! The program itself, as a process: real mails to a real SMTP server, and
//! SIGKILL while a partner types and while the worker sends.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use sqlx::Connection as _;
use store::{Clock, Keys, Store};
use tests::{
    KEY,
    people::{Cast, small_document},
};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A process that ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[expect(clippy::disallowed_methods, reason = "the Makefile says where the Python with aiosmtpd is")]
fn python() -> String {
    std::env::var("DUOLOGUE_TEST_PYTHON").unwrap_or_else(|_| format!("{ROOT}/tests/mail/.venv/bin/python"))
}

/// The sink and the port it listens on.
fn sink(out: &Path, arguments: &[&str]) -> (Process, u16) {
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

struct Practice {
    folder: tempfile::TempDir,
    port: u16,
}

impl Practice {
    fn database(&self) -> PathBuf {
        self.folder.path().join("practice.db")
    }

    /// A practice in files, with a couple, made by the store.
    async fn new() -> (Self, Store, Cast) {
        let folder = tempfile::tempdir().expect("a folder");
        let key = folder.path().join("practice.key");
        std::fs::write(&key, "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n").expect("a key");
        std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("private");
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        let practice = Self { folder, port };
        let address = practice.database().display().to_string().parse().expect("an address");
        let store = Store::open(&address, Keys::new(&KEY), Clock::System).await.expect("a database");
        let cast = Cast::new(&store).await;
        (practice, store, cast)
    }

    fn start(&self, smtp: u16) -> Process {
        let child = self.program("serve", smtp).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let process = Process(child.expect("the program was built: `make test` builds it first"));
        until("the server answers", || self.ask("GET", "/healthz", None, "").is_some_and(|a| a.contains("200 OK")));
        process
    }

    /// The program on this practice, with its mail server.
    fn program(&self, command: &str, smtp: u16) -> Command {
        let mut program = Command::new(format!("{ROOT}/target/debug/duologue"));
        program
            .arg(command)
            .env_remove("DUOLOGUE_TEST_POSTGRES")
            .env_remove("DUOLOGUE_TEST_PYTHON")
            .current_dir(self.folder.path())
            .envs([
                ("DUOLOGUE_LISTEN", format!("127.0.0.1:{}", self.port)),
                ("DUOLOGUE_BASE_URL", format!("http://localhost:{}", self.port)),
                ("DUOLOGUE_DATABASE", self.database().display().to_string()),
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
    fn ask(&self, method: &str, path: &str, cookie: Option<&str>, body: &str) -> Option<String> {
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

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !done() {
        assert!(begin.elapsed() < Duration::from_secs(60), "{what}: not within a minute");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn mails(file: &Path) -> Vec<serde_json::Value> {
    std::fs::read_to_string(file)
        .unwrap_or_default()
        .lines()
        .map(|line| serde_json::from_str(line).expect("a mail"))
        .collect()
}

/// A start on some Thursday morning ahead, in the practice's zone.
fn ahead() -> String {
    let day = Clock::System.now() + chrono::Duration::days(9);
    format!("{} 10:00", day.format("%Y-%m-%d"))
}

/// A practice in which both partners have the mail of a booking.
struct Told {
    practice: Practice,
    cast: Cast,
    out: PathBuf,
    smtp: u16,
    /// The sink and the server.
    running: [Process; 2],
}

impl Told {
    async fn both() -> Self {
        let (practice, store, cast) = Practice::new().await;
        let out = practice.folder.path().join("mails.jsonl");
        let (sink, smtp) = sink(&out, &[]);
        let server = practice.start(smtp);
        assert!(matches!(cast.book(&store, &ahead()).await, store::Booked::Done(_)));
        until("two mails", || mails(&out).len() >= 2);
        Self { practice, cast, out, smtp, running: [sink, server] }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_partners_get_their_mail_through_smtp_in_their_own_zone() {
    let told = Told::both().await;
    let out = &told.out;
    let mails = mails(out);
    assert_eq!(mails.len(), 2);
    for (to, time, zone) in [("amara@example.org", "10:00", "Berlin"), ("jonas@example.org", "04:00", "New York")] {
        let mail = mails.iter().find(|m| m["to"].to_string().contains(to)).expect("each has an own mail");
        let checked = Command::new(python())
            .arg(format!("{ROOT}/tests/mail/check.py"))
            .arg(out)
            .output()
            .expect("the check runs");
        assert!(
            checked.status.success(),
            "{}{}",
            String::from_utf8_lossy(&checked.stdout),
            String::from_utf8_lossy(&checked.stderr)
        );
        let raw = mail["raw"].as_str().expect("the mail").replace("=\r\n", "").replace("=\n", "");
        assert!(raw.contains(time) && raw.contains(zone), "{raw}");
    }
}

/// A report as Postfix writes it, piped into the program.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_back_through_a_pipe_stops_its_address() {
    let Told { practice, cast, out, smtp, running: _running } = Told::both().await;
    let sent = mails(&out);
    let way_back = |to: &str| {
        let mail = sent.iter().find(|m| m["to"].to_string().contains(to)).expect("each has an own mail");
        mail["from"].as_str().expect("a sender").to_owned()
    };
    let (amara, jonas) = (way_back("amara"), way_back("jonas"));
    assert!(amara.starts_with("back+") && amara.ends_with("@lakeside.example") && amara != jonas);
    let pipe = |report: String| {
        let mut child = practice.program("bounce", smtp).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(report.as_bytes()).unwrap();
        let done = child.wait_with_output().unwrap();
        assert!(done.status.success());
        String::from_utf8(done.stdout).unwrap()
    };
    let report = |action: &str, status: &str| {
        format!(
            "Return-Path: <>\r\nDelivered-To: {amara}\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: {amara}\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; amara@example.org\r\n\
             Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 5.1.1 unknown\r\n\r\n--b--\r\n"
        )
    };
    assert!(pipe(report("delayed", "4.4.1")).starts_with("Nothing of ours"));
    assert!(pipe("not a mail at all".to_owned()).starts_with("Nothing of ours"));
    assert!(cast.desk.returned().await.unwrap().is_empty());
    assert!(pipe(report("failed", "5.1.1")).starts_with("One mail came back"));
    let returned = cast.desk.returned().await.unwrap();
    assert_eq!(returned.iter().map(|r| r.person).collect::<Vec<_>>(), [cast.amara.person()]);
    assert!(pipe(report("failed", "5.1.1")).starts_with("Nothing of ours"), "noted once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_sending_no_mail_is_lost_and_none_is_another() {
    let (practice, store, cast) = Practice::new().await;
    let out = practice.folder.path().join("mails.jsonl");
    // The sink keeps the mail and never answers: the worst moment of all.
    let (hanging, smtp) = sink(&out, &["--fault", "hang"]);
    let server = practice.start(smtp);
    assert!(matches!(cast.book(&store, &ahead()).await, store::Booked::Done(_)));
    until("mails at the sink", || mails(&out).len() >= 2);
    drop(server); // SIGKILL
    drop(hanging);
    // The lease runs out.
    let mut c = sqlx::SqliteConnection::connect(&format!("sqlite://{}", practice.database().display())).await.unwrap();
    let claimed = sqlx::query("UPDATE message SET lease_until = '2020-01-01T00:00:00+00:00' WHERE state = 'claimed'")
        .execute(&mut c)
        .await
        .unwrap();
    assert_eq!(claimed.rows_affected(), 2, "both were on their way");
    let (_sink, smtp) = sink(&out, &[]);
    let _server = practice.start(smtp);
    until("both are sent", || {
        let session_mails = mails(&out);
        session_mails.len() >= 4
    });
    std::thread::sleep(Duration::from_secs(1));
    let all = mails(&out);
    let ids: std::collections::BTreeSet<String> = all.iter().map(|m| m["message_id"].to_string()).collect();
    let bodies: std::collections::BTreeSet<String> = all.iter().map(|m| m["raw"].to_string()).collect();
    // Handed over twice, it is one mail: the same bytes, the same Message-ID.
    assert_eq!((all.len(), ids.len(), bodies.len()), (4, 2, 2), "{ids:?}");
    let sent: i64 = sqlx::query_scalar("SELECT count(*) FROM message WHERE state = 'sent' AND kind = 'confirmation'")
        .fetch_one(&mut c)
        .await
        .unwrap();
    assert_eq!(sent, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_a_partner_types_what_was_acknowledged_is_there() {
    let (practice, store, cast) = Practice::new().await;
    let occurrence = cast.assign().await;
    let cookie = format!("duologue={}", store.start_login(cast.amara.me(), "phone", None).await.unwrap());
    let out = practice.folder.path().join("mails.jsonl");
    let (_sink, smtp) = sink(&out, &[]);
    let mut acknowledged = 0;
    for round in 0..12u64 {
        let server = practice.start(smtp);
        let path = format!("/portal/exercises/{occurrence}");
        let begin = Instant::now();
        let pid = server.0.id();
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(120 + 37 * round));
            let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
        });
        while begin.elapsed() < Duration::from_secs(2) {
            let number = acknowledged + 1;
            match practice.ask("POST", &path, Some(&cookie), &format!("s.mine=thought-{number}-end&do=save")) {
                Some(answer) if answer.starts_with("HTTP/1.1 303") => acknowledged = number,
                Some(answer) => panic!("{answer}"),
                None => break,
            }
        }
        killer.join().expect("killed");
        drop(server);
        let draft = format!("{:?}", cast.amara.occurrence(occurrence).await.unwrap().unwrap().draft.answers);
        let kept: u64 =
            draft.split("thought-").nth(1).and_then(|d| d.split('-').next()).and_then(|n| n.parse().ok()).unwrap_or(0);
        assert!(kept >= acknowledged, "round {round}: {acknowledged} was acknowledged, {kept} is there");
        acknowledged = kept;
    }
    assert!(acknowledged > 12, "only {acknowledged} drafts were written at all");
    let mut c = sqlx::SqliteConnection::connect(&format!("sqlite://{}", practice.database().display())).await.unwrap();
    let sound: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut c).await.unwrap();
    assert_eq!(sound, "ok");
    assert!(small_document().step("mine").is_some());
}

/// Killed while both send: afterwards both have opened, or neither, and what
/// was acknowledged stands whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_both_send_it_opens_to_both_or_to_neither() {
    let (practice, store, cast) = Practice::new().await;
    let cookie = async |who| format!("duologue={}", store.start_login(who, "phone", None).await.unwrap());
    let cookies = [cookie(cast.amara.me()).await, cookie(cast.jonas.me()).await];
    let out = practice.folder.path().join("mails.jsonl");
    let (_sink, smtp) = sink(&out, &[]);
    let (mut opened, mut halves) = (0, 0);
    for round in 0..10u64 {
        let mut sent: Vec<(domain::ids::OccurrenceId, [bool; 2])> = Vec::new();
        for _ in 0..6 {
            sent.push((cast.assign().await, [false; 2]));
        }
        let server = practice.start(smtp);
        let pid = server.0.id();
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(15 + 11 * round));
            let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
        });
        'all: for (occurrence, done) in &mut sent {
            let path = format!("/portal/exercises/{occurrence}");
            let fields = "s.mine=m&s.therapist=t&s.reveal=r&s.couple=c&do=submit";
            let answers = std::thread::scope(|scope| {
                let threads = [0, 1].map(|n: usize| {
                    let (practice, path, cookie) = (&practice, &path, &cookies[n]);
                    scope.spawn(move || practice.ask("POST", path, Some(cookie), fields))
                });
                threads.map(|t| t.join().expect("an answer or none"))
            });
            for (n, answer) in answers.into_iter().enumerate() {
                match answer {
                    Some(answer) if answer.starts_with("HTTP/1.1 303") => done[n] = true,
                    Some(answer) => panic!("{answer}"),
                    None => break 'all,
                }
            }
        }
        killer.join().expect("killed");
        drop(server);
        for (occurrence, done) in sent {
            let views = [&cast.amara, &cast.jonas].map(|who| async move {
                let view = who.occurrence(occurrence).await.unwrap().unwrap();
                let own = who.own_answers(occurrence).await.unwrap().len();
                let theirs = who.their_answers(occurrence).await.unwrap().map_or(0, |t| t.len());
                (view.submitted_at.is_some(), view.revealed, own, theirs)
            });
            let [a, b] = views;
            let (a, b) = (a.await, b.await);
            assert_eq!((a.1, b.1), (a.0 && b.0, a.0 && b.0), "open exactly when both have sent");
            for ((sent, revealed, own, theirs), acknowledged) in [a, b].into_iter().zip(done) {
                assert!(sent || !acknowledged, "what was acknowledged stands");
                assert_eq!(own, if sent { 4 } else { 0 }, "whole or not at all");
                assert_eq!(theirs, if revealed { 2 } else { 0 });
            }
            opened += usize::from(a.1);
            halves += usize::from(a.0 != b.0);
        }
    }
    assert!(opened > 0, "no round came as far as a reveal ({halves} halves)");
}

/// Killed while series are booked: each is there whole, with all that it
/// holds, or not at all; and the form sent once more books what is missing and
/// nothing twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_a_series_is_booked_it_is_there_whole_or_not_at_all() {
    const TIMES: i64 = 10;
    let (practice, store, cast) = Practice::new().await;
    let cookie = format!("duologue={}", store.start_login(cast.desk.me(), "desk", None).await.unwrap());
    let out = practice.folder.path().join("mails.jsonl");
    let (_sink, smtp) = sink(&out, &[]);
    let form = |n: u32| {
        let day = chrono::NaiveDate::from_ymd_opt(2030, 1, 7).unwrap() + chrono::Duration::days(i64::from(n % 5));
        let fields = [
            ("client", cast.couple.to_string()),
            ("attendee", "everyone".to_owned()),
            ("clinician", cast.ruth.me().to_string()),
            ("kind", "regular".to_owned()),
            ("place", cast.room.to_string()),
            ("link", String::new()),
            ("date", day.to_string()),
            ("time", format!("{:02}:00", 8 + n / 5)),
            ("minutes", "50".to_owned()),
            ("key", uuid::Uuid::from_u128(u128::from(n) + 1).to_string()),
            ("repeat", "weekly".to_owned()),
            ("ends", "times".to_owned()),
            ("times", TIMES.to_string()),
        ];
        fields.map(|(name, value)| format!("{name}={value}")).join("&")
    };
    let (mut next, mut cut_off) = (0, 0);
    for round in 0..8u64 {
        let server = practice.start(smtp);
        let pid = server.0.id();
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(25 + 23 * round));
            let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
        });
        while next < 50 {
            match practice.ask("POST", "/sessions", Some(&cookie), &form(next)) {
                Some(answer) if answer.starts_with("HTTP/1.1 303") => next += 1,
                Some(answer) => panic!("{answer}"),
                None => break,
            }
        }
        killer.join().expect("killed");
        drop(server);
        let mut c =
            sqlx::SqliteConnection::connect(&format!("sqlite://{}", practice.database().display())).await.unwrap();
        let whole: Vec<(i64, i64, i64)> = sqlx::query_as(
            "SELECT (SELECT count(*) FROM session s WHERE s.series_id = x.id),
                    (SELECT count(*) FROM session s JOIN occupancy o ON o.session_id = s.id WHERE s.series_id = x.id),
                    (SELECT count(*) FROM session s JOIN message m ON m.session_id = s.id AND m.kind = 'confirmation' WHERE s.series_id = x.id)
             FROM series x",
        )
        .fetch_all(&mut c)
        .await
        .unwrap();
        for found in &whole {
            // Therapist, room and the two of them; one notice for each.
            assert_eq!(*found, (TIMES, TIMES * 4, 2), "round {round}");
        }
        let there = u32::try_from(whole.len()).unwrap();
        assert!(there == next || there == next + 1, "{next} were acknowledged, {there} are there");
        cut_off += u32::from(there > next);
    }
    assert!(next > 2, "only {next} series were booked at all ({cut_off} without an answer)");
}
