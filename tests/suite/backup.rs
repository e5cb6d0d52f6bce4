//! A backup is made while people write, and comes back as it was.

use domain::reminder::MessageState;
use store::{Booked, Clock, Keys, Store, backup, restore};
use tests::{
    Backend, World,
    people::{Cast, small_answers},
    program::Practice,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_backed_up_under_writes_comes_back() {
    let world = World::new(Backend::Sqlite).await;
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    let key = world.folder.path().join("key");
    std::fs::write(&key, "the key").unwrap();
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
    assert_eq!(restore(&target, &address, &new_key).await.unwrap(), report);
    assert_eq!(std::fs::read_to_string(&new_key).unwrap(), "the key");
    assert!(restore(&target, &address, &new_key).await.is_err(), "a restore overwrote");
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
    assert!(
        restore(&target, &elsewhere, &world.folder.path().join("k2")).await.is_err(),
        "a damaged backup was restored"
    );
}

/// As an administrator does it: a backup, the loss of the machine, the restore,
/// the server again. A confirmation that was owed at the backup is not sent by
/// itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restored_by_the_program_no_mail_goes_out_that_may_have_gone() {
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
    assert!(store.claim_due(100, chrono::Duration::minutes(1)).await.unwrap().is_empty());
    let desk = store.front_desk(cast.desk.visitor()).unwrap();
    let rows = desk.session_messages(id).await.unwrap();
    assert_eq!(rows.iter().filter(|r| r.state == MessageState::Failed && r.can_resend()).count(), 2);
    assert!(store.verify_audit().await.unwrap().is_ok());
}
