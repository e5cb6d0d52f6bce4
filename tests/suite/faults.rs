//! A failed write does not end all writing: whatever made the database end a transaction,
//! the next request works once the cause is gone, without a restart.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use axum::http::StatusCode;
use sqlx::Connection as _;
use store::{Booked, Clock, Keys, Store, Tx};
use tests::{
    Backend, KEY, World,
    app::{App, Got},
    both,
    people::Cast,
    program::{PROGRAM, Practice, Process, ROOT, start_ahead, wait_until},
};

/// The statements that install and remove a trigger. It ends each transaction that adds a
/// room, as a full disk or a lost server would: SQLite rolls back by itself, and
/// PostgreSQL's backend ends.
fn saboteur(backend: Backend) -> [&'static str; 2] {
    match backend {
        Backend::Sqlite => [
            "CREATE TRIGGER sabotage BEFORE INSERT ON room BEGIN SELECT RAISE(ROLLBACK, 'ended by the database'); END",
            "DROP TRIGGER sabotage",
        ],
        Backend::Postgres => [
            "CREATE FUNCTION sabotage() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
             CREATE TRIGGER sabotage BEFORE INSERT ON room FOR EACH ROW EXECUTE FUNCTION sabotage()",
            "DROP TRIGGER sabotage ON room",
        ],
    }
}

/// Ends every other connection to this database.
const KILL_ALL: &str = "SELECT pg_terminate_backend(pid)
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()";

async fn add_room(app: &App, cookie: &str, name: &str) -> Got {
    app.post("/rooms", Some(cookie), &[("room", name)]).await
}

both!(transaction_ended_by_the_database_leaves_a_working_connection, |world| {
    let app = App::new(&world);
    let cast = Cast::new(&world.store).await;
    let olive = app.cookie(&world, cast.owner.me()).await;
    let [on, off] = saboteur(world.backend);
    world.raw(on).await.unwrap();
    // More often than there are connections.
    for n in 0..10 {
        let failed = add_room(&app, &olive, &format!("Attic {n}")).await;
        let expected = match world.backend {
            Backend::Sqlite => StatusCode::INTERNAL_SERVER_ERROR,
            Backend::Postgres => StatusCode::SERVICE_UNAVAILABLE,
        };
        assert_eq!(failed.status, expected, "{n}: {}", failed.text);
        // Other writes and reads are not affected.
        assert_eq!(app.get("/practice", Some(&olive)).await.status, StatusCode::OK);
        let other = app.post("/practice/locations", Some(&olive), &[]).await;
        assert_ne!(other.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", other.text);
    }
    world.raw(off).await.unwrap();
    assert_eq!(add_room(&app, &olive, "Attic").await.status, StatusCode::SEE_OTHER);
    assert_eq!(app.get("/readyz", None).await.status, StatusCode::OK);
    let rooms = cast.owner.rooms().await.unwrap();
    assert_eq!(rooms.iter().filter(|r| r.name.starts_with("Attic")).count(), 1, "what failed was not kept");
});

both!(failed_commit_leaves_a_working_connection, |world| {
    let cast = Cast::new(&world.store).await;
    for _ in 0..10 {
        let mut tx = world.store.write().await.unwrap();
        match &mut tx {
            // A foreign key that is checked at the COMMIT.
            Tx::Sqlite(t) => {
                sqlx::raw_sql("PRAGMA defer_foreign_keys = ON; DELETE FROM account").execute(&mut **t).await.unwrap();
            }
            Tx::Postgres(t) => {
                sqlx::raw_sql("UPDATE room SET name = 'Lost'").execute(&mut **t).await.unwrap();
                world.raw(KILL_ALL).await.unwrap();
            }
        }
        assert!(tx.commit().await.is_err());
    }
    assert!(cast.owner.add_room("Attic", None).await.unwrap());
    assert!(cast.owner.rooms().await.unwrap().iter().all(|r| r.name != "Lost"));
    assert_eq!(cast.owner.staff().await.unwrap().len(), 4);
});

both!(abandoned_requests_leave_working_connections, |world| {
    let app = App::new(&world);
    let cast = Cast::new(&world.store).await;
    let olive = app.cookie(&world, cast.owner.me()).await;
    let mut cut_off = 0;
    for n in 0..80 {
        let name = format!("Room {n}");
        // Abandoned after a different number of scheduler turns each time.
        let turns = async {
            for _ in 0..n * n {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            _ = add_room(&app, &olive, &name) => {}
            () = turns => cut_off += 1,
        }
    }
    assert!(cut_off > 5, "only {cut_off} were given up");
    for n in 0..12 {
        assert_eq!(add_room(&app, &olive, &format!("Attic {n}")).await.status, StatusCode::SEE_OTHER);
        assert_eq!(app.get("/practice", Some(&olive)).await.status, StatusCode::OK);
    }
});

both!(read_only_database_is_reported_and_recovers, |world| {
    let app = App::new(&world);
    let cast = Cast::new(&world.store).await;
    let olive = app.cookie(&world, cast.owner.me()).await;
    assert_eq!(app.get("/readyz", None).await.status, StatusCode::OK);
    match world.backend {
        Backend::Sqlite => {
            // Like a file that could not be written when it was opened.
            let mut tx = world.store.write().await.unwrap();
            if let Tx::Sqlite(t) = &mut tx {
                sqlx::raw_sql("PRAGMA query_only = ON").execute(&mut **t).await.unwrap();
            }
            drop(tx);
        }
        Backend::Postgres => {
            world
                .raw(
                    "DO $$ BEGIN
                EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$",
                )
                .await
                .unwrap();
            world.raw(KILL_ALL).await.unwrap();
            tokio::time::sleep(Duration::from_millis(1_100)).await;
            let ready = app.get("/readyz", None).await;
            assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE, "{}", ready.text);
            assert!(
                ready.text.contains(r#""database":true"#) && ready.text.contains(r#""writing":"read_only""#),
                "{}",
                ready.text
            );
            let refused = add_room(&app, &olive, "Attic").await;
            assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
            assert!(refused.text.contains("Nothing can be saved right now"), "{}", refused.text);
            assert_eq!(app.get("/practice", Some(&olive)).await.status, StatusCode::OK, "reading goes on");
            world
                .raw(
                    "BEGIN READ WRITE; DO $$ BEGIN
                EXECUTE format('ALTER DATABASE %I RESET default_transaction_read_only', current_database());
                END $$; COMMIT",
                )
                .await
                .unwrap();
            world.raw(KILL_ALL).await.unwrap();
            tokio::time::sleep(Duration::from_millis(1_100)).await;
        }
    }
    assert_eq!(add_room(&app, &olive, "Attic").await.status, StatusCode::SEE_OTHER);
    assert_eq!(app.get("/readyz", None).await.status, StatusCode::OK);
});

/// A database that has reached SQLite's own size limit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn full_sqlite_file_fails_only_the_request() {
    let world = World::new(Backend::Sqlite).await;
    let app = App::new(&world);
    let cast = Cast::new(&world.store).await;
    let olive = app.cookie(&world, cast.owner.me()).await;
    let limit = async |pages: &'static str| {
        let mut tx = world.store.write().await.unwrap();
        if let Tx::Sqlite(t) = &mut tx {
            sqlx::raw_sql(pages).execute(&mut **t).await.unwrap();
        }
        tx.commit().await.unwrap();
    };
    // The limit cannot be below the current size, so the file keeps its size.
    limit("PRAGMA max_page_count = 1").await;
    let mut refused = 0;
    for n in 0..400 {
        let got = add_room(&app, &olive, &format!("{n} {}", "a".repeat(60))).await;
        if got.status != StatusCode::SEE_OTHER {
            assert_eq!(got.status, StatusCode::INSUFFICIENT_STORAGE, "{}", got.text);
            assert!(got.text.contains("no space left"), "{}", got.text);
            refused += 1;
        }
        if refused == 3 {
            break;
        }
    }
    assert_eq!(refused, 3, "it is full at some time");
    // A small row may still fit; the text that people write does not.
    let ready = app.get("/readyz", None).await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE, "{}", ready.text);
    assert!(ready.text.contains(r#""writing":"full""#), "{}", ready.text);
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    limit("PRAGMA max_page_count = 100000").await;
    assert_eq!(add_room(&app, &olive, "Attic").await.status, StatusCode::SEE_OTHER);
    assert_eq!(app.get("/readyz", None).await.status, StatusCode::OK);
}

mod connections_ended_between_requests_are_replaced {
    use super::*;

    /// Nobody notices that the server ended the connections: each request gets a new one.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn postgres() {
        let world = World::new(Backend::Postgres).await;
        let app = App::new(&world);
        let cast = Cast::new(&world.store).await;
        let olive = app.cookie(&world, cast.owner.me()).await;
        for n in 0..5 {
            // Several connections, all of which were just used.
            let page = || app.get("/practice", Some(&olive));
            let (a, b, c, d) = tokio::join!(page(), page(), page(), page());
            assert!([a, b, c, d].iter().all(|page| page.status == StatusCode::OK));
            world.raw(KILL_ALL).await.unwrap();
            assert_eq!(add_room(&app, &olive, &format!("Attic {n}")).await.status, StatusCode::SEE_OTHER, "{n}");
            world.raw(KILL_ALL).await.unwrap();
            assert_eq!(app.get("/practice", Some(&olive)).await.status, StatusCode::OK, "{n}");
        }
    }
}

/// PostgreSQL stops while the program runs, and starts again.
mod stopped_server_is_reported_and_recovers {
    use super::*;

    fn run_cluster_command(command: &str, folder: &Path) -> String {
        let done = Command::new(format!("{ROOT}/tests/support/postgres.sh")).arg(command).arg(folder).output().unwrap();
        assert!(done.status.success(), "{command}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    }

    struct Cluster(tempfile::TempDir);

    impl Drop for Cluster {
        fn drop(&mut self) {
            run_cluster_command("stop", &self.0.path().join("cluster"));
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn postgres() {
        let place = Cluster(tempfile::tempdir().unwrap());
        std::fs::set_permissions(place.0.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let folder = place.0.path().join("cluster");
        let address_text = run_cluster_command("start", &folder);
        let address: store::Address = address_text.parse().unwrap();
        let clock = Clock::fixed(tests::begin());
        let store = Store::open(&address, Keys::new(&KEY), clock.clone()).await.unwrap();
        let world = World {
            store,
            clock,
            backend: Backend::Postgres,
            address,
            folder: tempfile::tempdir().unwrap(),
            address_text,
        };
        let app = App::new(&world);
        let cast = Cast::new(&world.store).await;
        let olive = app.cookie(&world, cast.owner.me()).await;
        run_cluster_command("halt", &folder);
        let (ready, refused) = tokio::join!(app.get("/readyz", None), add_room(&app, &olive, "Attic"));
        assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(ready.text.contains(r#""writing":"unreachable""#), "{}", ready.text);
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(refused.text.contains("records cannot be reached"), "{}", refused.text);
        assert_eq!(
            world.store.worker().claim_due(5, chrono::Duration::minutes(1)).await.unwrap_err().outage(),
            Some(store::Outage::Unreachable)
        );
        run_cluster_command("resume", &folder);
        assert_eq!(add_room(&app, &olive, "Attic").await.status, StatusCode::SEE_OTHER);
        assert_eq!(app.get("/readyz", None).await.status, StatusCode::OK);
        world.store.close().await;
    }
}

/// The program as a process whose disk fails; its emails are written to files.
struct Failing {
    practice: Practice,
    olive: String,
    server: Process,
}

impl Failing {
    /// Starts the program by a shell script in the practice's folder. Two emails of a
    /// session become due within seconds.
    async fn start(script: &str, database: &str) -> Self {
        let (practice, store, cast) = Practice::new().await;
        let olive = format!("duologue={}", store.start_login(cast.owner.me(), "test", None).await.unwrap());
        assert!(matches!(cast.book(&store, &start_ahead()).await, Booked::Done(_)));
        let mut c = sqlx::SqliteConnection::connect(&format!("sqlite://{}", practice.address)).await.unwrap();
        sqlx::query("UPDATE email SET due_at = $1 WHERE state = 'planned' AND kind = 'confirmation'")
            .bind(Clock::System.now() + chrono::Duration::seconds(8))
            .execute(&mut c)
            .await
            .unwrap();
        c.close().await.unwrap();
        store.close().await;
        let mut shell = Command::new("unshare");
        shell.args(["--map-root-user", "--mount", "sh", "-c", script, PROGRAM]);
        let mut shell = practice.with_environment(shell, 1);
        shell.envs([
            ("DUOLOGUE_DATABASE", database),
            ("DUOLOGUE_MAIL__TRANSPORT", "files"),
            ("DUOLOGUE_MAIL__FOLDER", "mail"),
        ]);
        let server =
            Process(shell.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("unshare, of util-linux"));
        let failing = Self { practice, olive, server };
        wait_until("the server answers", || failing.ready().contains("200 OK"));
        failing
    }

    fn ready(&self) -> String {
        self.practice.ask("GET", "/readyz", None, "").unwrap_or_default()
    }

    fn add_room(&self, name: &str) -> String {
        self.practice.ask("POST", "/rooms", Some(&self.olive), &format!("room={name}")).expect("an answer")
    }

    fn mails(&self) -> usize {
        std::fs::read_dir(self.practice.folder.path().join("mail")).map_or(0, Iterator::count)
    }

    /// While the disk fails, reading works, writing is refused with an explanation, and
    /// no email is sent. Afterwards everything works without a restart.
    fn fails_and_recovers(&self, why: &str, status: &str, repair: impl FnOnce()) {
        wait_until("readiness tells it", || self.ready().contains(why));
        assert!(self.ready().contains("503 Service Unavailable"));
        for _ in 0..3 {
            let refused = self.add_room("Attic");
            assert!(refused.starts_with(&format!("HTTP/1.1 {status}")), "{refused}");
            let read = self.practice.ask("GET", "/practice", Some(&self.olive), "").expect("an answer");
            assert!(read.starts_with("HTTP/1.1 200"), "{read}");
        }
        // The emails become due meanwhile.
        std::thread::sleep(Duration::from_secs(14));
        assert_eq!(self.mails(), 0, "nothing is sent that is not on record");
        repair();
        wait_until("readiness tells that it works again", || self.ready().contains("200 OK"));
        assert!(self.add_room("Attic").starts_with("HTTP/1.1 303"));
        wait_until("both mails leave", || self.mails() == 2);
        std::thread::sleep(Duration::from_secs(6));
        assert_eq!(self.mails(), 2, "each once");
    }
}

/// A disk of 24 MB that another file fills.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn program_survives_a_full_disk() {
    let failing = Failing::start(
        r#"mkdir small && mount -t tmpfs -o size=24m tmpfs small && cp practice.db small/ && exec "$0" serve"#,
        "small/practice.db",
    )
    .await;
    let folder = failing.practice.folder.path().strip_prefix("/").unwrap();
    let small = Path::new("/proc").join(failing.server.0.id().to_string()).join("root").join(folder).join("small");
    let mut filler = std::fs::File::create(small.join("filler")).unwrap();
    for size in [1 << 16, 1 << 10, 1] {
        while filler.write_all(&vec![0; size]).is_ok() {}
    }
    drop(filler);
    failing.fails_and_recovers(r#""writing":"full""#, "507", || std::fs::remove_file(small.join("filler")).unwrap());
}

/// Files that may not grow, as under a quota: SQLite reports an I/O error.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn program_survives_disk_write_errors() {
    let failing = Failing::start(r#"trap '' XFSZ; exec "$0" serve"#, "practice.db").await;
    let limit = |bytes: &str| {
        let pid = failing.server.0.id().to_string();
        let done = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={bytes}:")]).status();
        assert!(done.unwrap().success());
    };
    limit("1");
    failing.fails_and_recovers(r#""writing":"full""#, "507", || limit("unlimited"));
}
