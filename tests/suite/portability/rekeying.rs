//! A new key, while people work.

use std::time::Duration;

use store::{Address, Clock, Keys, Store};
use tests::{
    Backend, both,
    people::{Cast, small_answers},
    program::{KEY_FILE, Practice},
};

use super::key_file;

both!(new_key_seals_everything_anew_and_the_old_one_opens_nothing, |world| {
    let key = key_file(&world);
    let open = async || {
        let keys = Keys::load(&key, false).unwrap();
        Store::open(&world.address, keys, world.clock.clone()).await
    };
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    let server = open().await.unwrap();
    let other = open().await.unwrap();
    assert_eq!(other.sealed_with_older_key().await.unwrap(), 0);
    other.rotate_key().await.unwrap();
    let left = other.sealed_with_older_key().await.unwrap();
    assert!(left >= 2, "{left}");
    // The server has not heard of the new key, and goes on.
    let jonas = server.partner(cast.jonas.visitor()).unwrap();
    jonas.save_draft(occurrence, &small_answers("jonas"), 0, None).await.unwrap();
    let rekeyed = other.seal_anew(|_| {}).await.unwrap();
    assert!(rekeyed.anew >= left && rekeyed.unreadable == 0, "{rekeyed:?}");
    assert_eq!(other.sealed_with_older_key().await.unwrap(), 0);
    // It finds the new key by itself, reads what is there and writes with it.
    let amara = server.partner(cast.amara.visitor()).unwrap();
    assert_eq!(amara.own_answers(occurrence).await.unwrap().len(), 4);
    jonas.submit(occurrence, &small_answers("jonas")).await.unwrap();
    assert_eq!(server.bad_rows().await.unwrap(), []);
    assert!(server.verify_audit().await.unwrap().is_ok(), "the chain is not broken by a new key");
    // A copy of the old key file opens the database no more.
    let stolen = world.folder.path().join("stolen.key");
    std::fs::write(&stolen, KEY_FILE).unwrap();
    std::fs::set_permissions(&stolen, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let Err(refused) = Store::open(&world.address, Keys::load(&stolen, false).unwrap(), Clock::System).await else {
        panic!("the old key opened the database")
    };
    assert!(refused.to_string().contains("key file is not the one"), "{refused}");
    // It can be changed again.
    let again = open().await.unwrap();
    again.rotate_key().await.unwrap();
    again.seal_anew(|_| {}).await.unwrap();
    assert_eq!(open().await.unwrap().bad_rows().await.unwrap(), []);
});

both!(links_of_before_a_new_key_still_work, |world| {
    let key = key_file(&world);
    let cast = Cast::new(&world.store).await;
    let keys = Keys::load(&key, false).unwrap();
    let store = Store::open(&world.address, keys, world.clock.clone()).await.unwrap();
    let token = store.hand_out_reset(cast.owner.me(), "ruth").await.unwrap();
    store.rotate_key().await.unwrap();
    store.seal_anew(|_| {}).await.unwrap();
    if let Some(token) = token {
        assert!(store.guest().reset_for(&token).await.unwrap().is_some());
    }
    let feed_owner = store.signed_in(cast.ruth.visitor());
    feed_owner.make_feed(domain::scheduling::session::CalendarTitle::Busy).await.unwrap();
    assert!(feed_owner.feed().await.unwrap().is_some());
});

/// Wherever the change is killed, everything opens, and the next run ends it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_change_of_the_key_is_ended_by_the_next_run() {
    let (practice, store, cast) = Practice::on_backend(Backend::Sqlite).await;
    let occurrence = cast.assign().await;
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    store.close().await;
    let address: Address = practice.address.parse().unwrap();
    let key = practice.folder.path().join("practice.key");
    let mut cut_off = 0;
    for step in 0..14_u64 {
        let mut child = practice.program("rotate-key", 9).stdout(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(step * step * 2));
        cut_off += u64::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        let store = Store::open(&address, Keys::load(&key, false).unwrap(), Clock::System).await.unwrap();
        assert_eq!(store.bad_rows().await.unwrap(), [], "after {} ms", step * step * 2);
        store.close().await;
    }
    assert!(cut_off > 3, "{cut_off} cut off");
    let output = practice.program("rotate-key", 9).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let store = Store::open(&address, Keys::load(&key, false).unwrap(), Clock::System).await.unwrap();
    assert_eq!(store.sealed_with_older_key().await.unwrap(), 0);
    let doctor = String::from_utf8_lossy(&practice.program("doctor", 9).output().unwrap().stdout).into_owned();
    assert!(!doctor.contains("older key"), "{doctor}");
}
