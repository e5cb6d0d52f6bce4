//! The program as a process: real emails to a real SMTP server, and SIGKILL while a
//! partner types and while the worker sends.

use std::{
    collections::BTreeSet,
    io::Write as _,
    os::unix::process::ExitStatusExt as _,
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use domain::outbox::reminder::{EmailKind, EmailState};
use sqlx::Connection as _;
use tests::{
    Backend,
    people::{Cast, small_document},
    program::{Practice, Process, ROOT, mails, python, sink, start_ahead, wait_until},
};

/// How often a test kills the program at most. Each round leaves it a little
/// more time, and a slow machine needs more rounds until something was done.
const MOST_ROUNDS: u64 = 40;

/// A practice in which both partners have received the email about a booking.
struct Told {
    practice: Practice,
    cast: Cast,
    out: PathBuf,
    smtp: u16,
    /// The mail sink and the server.
    running: [Process; 2],
}

impl Told {
    async fn both() -> Self {
        let (practice, store, cast) = Practice::new().await;
        let out = practice.folder.path().join("mails.jsonl");
        let (sink, smtp) = sink(&out, &[]);
        let server = practice.start(smtp);
        assert!(matches!(cast.book(&store, &start_ahead()).await, store::Booked::Done(_)));
        wait_until("two mails", || mails(&out).len() >= 2);
        Self { practice, cast, out, smtp, running: [sink, server] }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_partners_get_email_by_smtp_in_their_own_zone() {
    let told = Told::both().await;
    let out = &told.out;
    let mails = mails(out);
    assert_eq!(mails.len(), 2);
    for (to, time, zone) in [("amara@example.org", "10:00", "Berlin"), ("jonas@example.org", "09:00", "London")] {
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

/// A bounce as Postfix writes it, piped into the program.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bounce_piped_into_the_program_stops_its_address() {
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
    assert!(pipe(report("delayed", "4.4.1")).starts_with("No permanent bounces"));
    assert!(pipe("not a mail at all".to_owned()).starts_with("No permanent bounces"));
    assert!(cast.desk.returned(None).await.unwrap().rows.is_empty());
    assert!(pipe(report("failed", "5.1.1")).starts_with("One mail came back"));
    let returned = cast.desk.returned(None).await.unwrap().rows;
    assert_eq!(returned.iter().map(|r| r.person).collect::<Vec<_>>(), [cast.amara.person()]);
    assert!(pipe(report("failed", "5.1.1")).starts_with("No permanent bounces"), "noted once");
    // Bounces that are piped in by another process and blame our side stop this one's
    // email.
    let jonas = pipe(report("failed", "5.7.26").replace(&amara, &jonas));
    assert!(jonas.contains("by a fault on our side"), "{jonas}");
    let doctor = practice.program("doctor", smtp).output().unwrap();
    let said = String::from_utf8_lossy(&doctor.stdout);
    assert!(said.contains("FAULT  Mail is stopped since") && said.contains("5.7.26"), "{said}");
    assert_eq!(cast.desk.returned(None).await.unwrap().rows.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_sending_no_email_is_lost_or_changed() {
    let (practice, store, cast) = Practice::new().await;
    let out = practice.folder.path().join("mails.jsonl");
    // The sink keeps the email and never answers: the worst possible moment.
    let (hanging, smtp) = sink(&out, &["--fault", "hang"]);
    let server = practice.start(smtp);
    assert!(matches!(cast.book(&store, &start_ahead()).await, store::Booked::Done(_)));
    wait_until("mails at the sink", || mails(&out).len() >= 2);
    drop(server); // SIGKILL
    drop(hanging);
    assert_eq!(practice.leases_run_out().await, 2, "both were on their way");
    let mut c = sqlx::SqliteConnection::connect(&format!("sqlite://{}", practice.database().display())).await.unwrap();
    let (_sink, smtp) = sink(&out, &[]);
    let _server = practice.start(smtp);
    wait_until("both are sent", || {
        let session_mails = mails(&out);
        session_mails.len() >= 4
    });
    std::thread::sleep(Duration::from_secs(1));
    let all = mails(&out);
    let ids: BTreeSet<String> = all.iter().map(|m| m["message_id"].to_string()).collect();
    let bodies: BTreeSet<String> = all.iter().map(|m| m["raw"].to_string()).collect();
    // Handed over twice, it is one email: the same bytes and the same Message-ID.
    assert_eq!((all.len(), ids.len(), bodies.len()), (4, 2, 2), "{ids:?}");
    let sent: i64 = sqlx::query_scalar("SELECT count(*) FROM email WHERE state = 'sent' AND kind = 'confirmation'")
        .fetch_one(&mut c)
        .await
        .unwrap();
    assert_eq!(sent, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_a_partner_types_saved_drafts_remain() {
    let (practice, store, cast) = Practice::new().await;
    let occurrence = cast.assign().await;
    let cookie = format!("duologue={}", store.start_login(cast.amara.me(), "phone", None).await.unwrap());
    let out = practice.folder.path().join("mails.jsonl");
    let (_sink, smtp) = sink(&out, &[]);
    let mut acknowledged = 0;
    for round in 0..MOST_ROUNDS {
        if round >= 12 && acknowledged > 12 {
            break;
        }
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

/// Killed while both submit: afterwards the answers are revealed to both or to neither,
/// and every acknowledged response is complete.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_both_submit_reveals_to_both_or_neither() {
    let (practice, store, cast) = Practice::new().await;
    let cookie = async |who| format!("duologue={}", store.start_login(who, "phone", None).await.unwrap());
    let cookies = [cookie(cast.amara.me()).await, cookie(cast.jonas.me()).await];
    let out = practice.folder.path().join("mails.jsonl");
    let (_sink, smtp) = sink(&out, &[]);
    let (mut opened, mut halves) = (0, 0);
    for round in 0..MOST_ROUNDS {
        if round >= 10 && opened > 0 {
            break;
        }
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
                let theirs = who.shared_answers(occurrence).await.unwrap().map_or(0, |t| t.len());
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

/// Killed while series are booked: each is stored completely, with all its occupancy, or
/// not at all. The form sent again books what is missing and nothing twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_booking_a_series_stores_all_or_nothing() {
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
    for round in 0..MOST_ROUNDS {
        if round >= 8 && next > 2 {
            break;
        }
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
                    (SELECT count(*) FROM session s
                        JOIN email m ON m.session_id = s.id AND m.kind = 'confirmation'
                        WHERE s.series_id = x.id)
             FROM series x",
        )
        .fetch_all(&mut c)
        .await
        .unwrap();
        for found in &whole {
            // Occupancy of the therapist, the room and two people; one confirmation for
            // each partner.
            assert_eq!(*found, (TIMES, TIMES * 4, 2), "round {round}");
        }
        let there = u32::try_from(whole.len()).unwrap();
        assert!(there == next || there == next + 1, "{next} were acknowledged, {there} are there");
        cut_off += u32::from(there > next);
        // The same form is answered only once the killed program's turn has ended: go on
        // with the next one.
        next = there;
    }
    assert!(next > 2, "only {next} series were booked at all ({cut_off} without an answer)");
}

/// The points between a claim and the note that an email was sent, and how many emails
/// may arrive twice if the program ends there.
const POINTS: [(&str, std::ops::RangeInclusive<usize>); 5] = [
    ("claimed", 0..=0),
    ("kept", 0..=0),
    ("content", 0..=0),
    // The one window that cannot be closed: the server's answer had arrived. The other
    // partner's email may be as far.
    ("answered", 1..=2),
    ("noted", 0..=1),
];

async fn crash_at(backend: Backend, (point, twice): (&str, std::ops::RangeInclusive<usize>)) {
    let (practice, store, cast) = Practice::on_backend(backend).await;
    let out = practice.folder.path().join("mails.jsonl");
    let (_sink, smtp) = sink(&out, &[]);
    let store::Booked::Done(session) = cast.book(&store, &start_ahead()).await else { panic!("not booked") };
    let mut program = practice.program("serve", smtp);
    program.env("FAULT_POINT", point).stdout(Stdio::null()).stderr(Stdio::null());
    let mut first = Process(program.spawn().expect("the program was built"));
    wait_until("the program ends", || first.0.try_wait().expect("its state").is_some());
    assert_eq!(first.0.wait().expect("its state").signal(), Some(6), "{point}: it ended, but not there");
    let held = practice.leases_run_out().await;
    assert!(held == 2 || point == "noted" && held < 2, "{point}: {held} were on their way");
    let _second = practice.start(smtp);
    let begin = Instant::now();
    loop {
        let notices = cast.desk.session_emails(session).await.expect("a list");
        let notices: Vec<_> = notices.iter().filter(|m| m.kind == EmailKind::Confirmation).collect();
        assert_eq!(notices.len(), 2);
        if notices.iter().all(|m| m.state == EmailState::Sent) {
            break;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "{point}: {notices:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let all = mails(&out);
    let distinct: BTreeSet<_> = all.iter().map(|m| (m["message_id"].to_string(), m["raw"].to_string())).collect();
    let to: BTreeSet<_> = all.iter().map(|m| m["to"].to_string()).collect();
    // Handed over twice, it is one email: the same bytes and the same Message-ID.
    assert_eq!((distinct.len(), to.len()), (2, 2), "{point}: each has one");
    assert!(twice.contains(&(all.len() - 2)), "{point}: {} mails came", all.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_at_each_point_of_sending_loses_no_email_sqlite() {
    for point in POINTS {
        crash_at(Backend::Sqlite, point).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_at_each_point_of_sending_loses_no_email_postgres() {
    for point in POINTS {
        crash_at(Backend::Postgres, point).await;
    }
}
