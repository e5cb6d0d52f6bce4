//! A backup is made while people write, and comes back as it was.

use store::{Clock, Keys, Store, backup, restore};
use tests::{
    Backend, World,
    people::{Cast, small_answers},
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
