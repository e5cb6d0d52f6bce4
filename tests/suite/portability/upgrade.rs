//! A new version meets an older database, and an older version a newer one.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    process::Stdio,
};

use sqlx::Connection as _;
use store::{Clock, Keys, Store, copy_before_upgrade};
use tests::{
    Backend, World, both,
    people::Cast,
    program::{Practice, Process, wait_until},
};

both!(older_program_refuses_a_newer_database_in_a_sentence, |world| {
    Cast::new(&world.store).await;
    world
        .raw("UPDATE _sqlx_migrations SET version = 9000 WHERE version = (SELECT max(version) FROM _sqlx_migrations)")
        .await
        .unwrap();
    let Err(error) = Store::open(&world.address, Keys::new(&tests::KEY), Clock::System).await else { panic!("opened") };
    assert!(error.to_string().contains("written by a newer version"), "{error}");
});

#[tokio::test]
async fn database_is_copied_before_its_schema_changes() {
    let world = World::new(Backend::Sqlite).await;
    let beside = |name: &str| world.folder.path().join(name);
    assert_eq!(copy_before_upgrade(&world.address).await.unwrap(), None, "nobody is in it");
    Cast::new(&world.store).await;
    assert_eq!(copy_before_upgrade(&world.address).await.unwrap(), None, "it is up to date");
    // As an earlier version left it, with the copy of the upgrade before that.
    let before = "DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)";
    world.raw(before).await.unwrap();
    std::fs::write(beside("test.db.before-0001"), "old").unwrap();
    let copy = copy_before_upgrade(&world.address).await.unwrap().unwrap();
    let schema = store::migrations().len() - 1;
    assert_eq!(copy, beside(&format!("test.db.before-{schema:04}")));
    assert!(!beside("test.db.before-0001").exists(), "the copy of the upgrade before is removed");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&copy).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let mut c = sqlx::SqliteConnection::connect(&format!("sqlite://{}", copy.display())).await.unwrap();
    let people: i64 = sqlx::query_scalar("SELECT count(*) FROM person").fetch_one(&mut c).await.unwrap();
    assert_eq!(people, world.number("SELECT count(*) FROM person").await.unwrap());
}

/// What an address answers to a request.
fn ask(port: u16, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_for_prometheus_tell_nothing_about_people() {
    let (practice, store, cast) = Practice::new().await;
    store.close().await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let mut serve = practice.program("serve", 9);
    serve.env("DUOLOGUE_METRICS__LISTEN", format!("127.0.0.1:{port}"));
    let _server = Process(serve.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    wait_until("the server answers", || practice.ask("GET", "/healthz", None, "").is_some());
    let client = format!("/clients/{}", cast.couple);
    practice.ask("GET", &client, None, "").unwrap();
    practice.ask("GET", "/nowhere/amara", None, "").unwrap();
    let text = ask(port, "/metrics").unwrap();
    for line in [
        "duologue_requests_total{method=\"GET\",route=\"/clients/{id}\",status=\"303\"} 1",
        "duologue_database_writable 1",
        "duologue_emails_due ",
        "duologue_last_backup_timestamp_seconds 0",
        "duologue_request_seconds_bucket{",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    for told in [cast.couple.to_string().as_str(), "amara", "Amara"] {
        assert!(!text.contains(told), "{told}: {text}");
    }
    assert!(practice.program("health", 9).status().unwrap().success());
    // The practice's own address has no such page.
    assert!(practice.ask("GET", "/metrics", None, "").unwrap().contains("404"));
}

#[test]
fn program_prints_its_settings_manual_and_completions() {
    let run = |words: &[&str]| {
        let output = std::process::Command::new(tests::program::PROGRAM).args(words).output().unwrap();
        assert!(output.status.success(), "{words:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(run(&["config", "print"]).contains("#base_url = \"http://localhost:3000\""));
    assert!(run(&["man"]).contains(".TH duologue 1"));
    for shell in ["bash", "zsh", "fish"] {
        assert!(run(&["completions", shell]).contains("duologue"), "{shell}");
    }
}
