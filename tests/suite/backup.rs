//! Backups made while people write, and their restore.

use domain::outbox::reminder::EmailState;
use store::{Booked, Clock, Keys, Store, backup, restore};
use tests::{
    Backend, World,
    people::{Cast, small_answers},
    program::{KEY_FILE, Practice},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backup_made_during_writes_restores_completely() {
    let world = World::new(Backend::Sqlite).await;
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    let key = world.folder.path().join("key");
    std::fs::write(&key, KEY_FILE).unwrap();
    let jonas = cast.jonas.clone();
    let writer = tokio::spawn(async move {
        for n in 0..60 {
            jonas.save_draft(occurrence, &small_answers("jonas"), n, None).await.unwrap();
        }
    });
    let target = world.folder.path().join("backup");
    let report = backup(&world.address, &key, &target).await.unwrap();
    writer.await.unwrap();
    assert!(report.rows["answer"] == 4 && report.rows["account"] >= 7, "{report:?}");
    assert!(backup(&world.address, &key, &target).await.is_err(), "a backup was overwritten");

    let arrived = world.folder.path().join("restored/practice.db");
    let address = arrived.display().to_string().parse().unwrap();
    let new_key = world.folder.path().join("restored/key");
    let clock = || Clock::fixed(tests::begin());
    assert_eq!(restore(&target, &address, &new_key, clock()).await.unwrap(), (report, 0));
    assert_eq!(std::fs::read_to_string(&new_key).unwrap(), KEY_FILE);
    assert!(restore(&target, &address, &new_key, clock()).await.is_err(), "a restore overwrote");
    let store = Store::open(&address, Keys::new(&tests::KEY), Clock::fixed(tests::begin())).await.unwrap();
    let amara = store.partner(cast.amara.visitor()).unwrap();
    assert_eq!(amara.own_answers(occurrence).await.unwrap().len(), 4);
    assert!(store.verify_audit().await.unwrap().is_ok());

    let file = target.join("duologue.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let elsewhere = world.folder.path().join("elsewhere.db").display().to_string().parse().unwrap();
    let key = world.folder.path().join("k2");
    assert!(restore(&target, &elsewhere, &key, clock()).await.is_err(), "a damaged backup was restored");
    // A backup with another practice's key restores nothing, and leaves nothing behind
    // that would stop a second try.
    let (other, stranger) = (world.folder.path().join("other"), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
    backup(&world.address, &world.folder.path().join("key"), &other).await.unwrap();
    std::fs::write(other.join("duologue.key"), stranger).unwrap();
    assert!(restore(&other, &elsewhere, &key, clock()).await.is_err(), "a key that opens nothing");
    assert!(!key.exists() && !world.folder.path().join("elsewhere.db").exists());
    std::fs::write(other.join("duologue.key"), KEY_FILE).unwrap();
    restore(&other, &elsewhere, &key, clock()).await.unwrap();
}

/// Acts as an administrator does: makes a backup, loses the machine, restores, and starts
/// the server again. A confirmation that was due at the time of the backup is not sent
/// automatically.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restore_command_holds_emails_that_may_have_gone_out() {
    let (practice, store, cast) = Practice::new().await;
    let Booked::Done(id) = cast.book(&store, "2030-01-10 10:00").await else { panic!("free") };
    store.close().await;
    let run = |words: &[&str]| {
        let output = practice.program(words[0], 9).args(&words[1..]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        said
    };
    run(&["backup", "copy"]);
    for lost in ["practice.db", "practice.db-wal", "practice.db-shm", "practice.key"] {
        let _ = std::fs::remove_file(practice.folder.path().join(lost));
    }
    let said = run(&["restore", "copy"]);
    assert!(said.contains("Mails about sessions that may have gone out since the backup: 2."), "{said}");
    assert!(run(&["restored"]).contains("No mail waits"));
    let store = Store::open(&practice.address.parse().unwrap(), Keys::new(&tests::KEY), Clock::System).await.unwrap();
    assert!(store.worker().claim_due(100, chrono::Duration::minutes(1)).await.unwrap().is_empty());
    let desk = store.front_desk(cast.desk.visitor()).unwrap();
    let rows = desk.session_emails(id).await.unwrap();
    assert_eq!(rows.iter().filter(|r| r.state == EmailState::Failed && r.can_resend()).count(), 2);
    assert!(store.verify_audit().await.unwrap().is_ok());
}

/// Wherever the restore is killed, the restored practice sends no email that may have
/// gone out before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_restore_leaves_a_whole_database_or_none() {
    let (practice, store, cast) = Practice::new().await;
    assert!(matches!(cast.book(&store, "2030-01-10 10:00").await, Booked::Done(_)));
    store.close().await;
    assert!(practice.program("backup", 9).arg("copy").status().unwrap().success());
    let path_of = |name: &str| practice.folder.path().join(name);
    let (mut whole, mut cut_off) = (0, 0);
    for step in 0..40u64 {
        for gone in ["practice.db", "practice.db-wal", "practice.db-shm", "practice.key"] {
            let _ = std::fs::remove_file(path_of(gone));
        }
        let mut child = practice.program("restore", 9).arg("copy").stdout(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(step * step));
        child.kill().unwrap();
        child.wait().unwrap();
        if !path_of("practice.db").exists() {
            cut_off += 1;
            continue;
        }
        whole += 1;
        let keys = Keys::load(&path_of("practice.key"), false).unwrap();
        let store = Store::open(&practice.address.parse().unwrap(), keys, Clock::System).await.unwrap();
        assert!(store.worker().claim_due(100, chrono::Duration::minutes(1)).await.unwrap().is_empty());
        store.close().await;
        if whole == 3 {
            break;
        }
    }
    assert!(whole == 3 && cut_off > 3, "{whole} whole, {cut_off} cut off");
}
