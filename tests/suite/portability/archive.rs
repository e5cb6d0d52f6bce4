//! The archive as a file: what it tells to whom, and what is refused.

use std::path::Path;

use domain::outbox::reminder::EmailState;
use duologue::portability::{self, Lock, Unlock, drill, import, unwatched, verify};
use store::{Booked, Clock, Keys, Store};
use tests::{
    Backend, World,
    people::{Cast, small_answers},
    program::{KEY_FILE, Practice},
};

use super::{PASSPHRASE, export, key_file};

/// A file for nobody else to read.
fn secret(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn archive_made_during_writes_comes_back_completely() {
    let world = World::new(Backend::Sqlite).await;
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    let key = key_file(&world);
    let jonas = cast.jonas.clone();
    let writer = tokio::spawn(async move {
        for n in 0..60 {
            jonas.save_draft(occurrence, &small_answers("jonas"), n, None).await.unwrap();
        }
    });
    let file = world.folder.path().join("one.age");
    let lock = || Lock::passphrase(PASSPHRASE).unwrap();
    let now = world.clock.now();
    let made = portability::export(&world.address, &key, &file, lock(), now, &unwatched()).await.unwrap();
    writer.await.unwrap();
    assert!(made.rows["answer"] == 4 && made.rows["account"] >= 7, "{made:?}");
    let again = portability::export(&world.address, &key, &file, lock(), now, &unwatched()).await;
    assert!(again.unwrap_err().to_string().contains("exists already"), "an archive was overwritten");
    // Nothing of it is readable, not even a name.
    let bytes = std::fs::read(&file).unwrap();
    for word in ["Amara", "answer", "tables/", KEY_FILE.trim()] {
        assert!(!bytes.windows(word.len()).any(|window| window == word.as_bytes()), "{word}");
    }
    assert!(!world.folder.path().join("one.age.unfinished").exists());
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);

    let to = world.folder.path().join("there/practice.db").display().to_string().parse().unwrap();
    let new_key = world.folder.path().join("there/key");
    let unlock = || Unlock::passphrase(PASSPHRASE);
    let clock = || Clock::fixed(tests::begin());
    let imported = import::import(&file, unlock(), &to, &new_key, clock(), &unwatched()).await.unwrap();
    assert_eq!((imported.manifest, imported.held), (made, 0));
    assert_eq!(std::fs::read_to_string(&new_key).unwrap(), KEY_FILE);
    let again = import::import(&file, unlock(), &to, &new_key, clock(), &unwatched()).await;
    assert!(again.unwrap_err().to_string().contains("never overwrites"));
    let store = Store::open(&to, Keys::new(&tests::KEY), clock()).await.unwrap();
    let amara = store.partner(cast.amara.visitor()).unwrap();
    assert_eq!(amara.own_answers(occurrence).await.unwrap().len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_archive_is_refused_and_leaves_nothing() {
    let world = World::new(Backend::Sqlite).await;
    Cast::new(&world.store).await;
    let key = key_file(&world);
    let at = |name: &str| world.folder.path().join(name);
    let file = at("one.age");
    let lock = Lock::passphrase(PASSPHRASE).unwrap();
    portability::export(&world.address, &key, &file, lock, world.clock.now(), &unwatched()).await.unwrap();
    let to = at("there.db").display().to_string().parse().unwrap();
    let tries = async |from: &Path, unlock: Unlock| {
        let clock = Clock::fixed(tests::begin());
        let refused = import::import(from, unlock, &to, &at("there.key"), clock, &unwatched()).await.unwrap_err();
        for left in ["there.db", "there.db.arriving", "there.key", "there.key.arriving"] {
            assert!(!at(left).exists(), "{left} is left");
        }
        refused.to_string()
    };
    let passphrase = || Unlock::passphrase(PASSPHRASE);
    let text = tries(&file, Unlock::passphrase("another passphrase")).await;
    assert!(text.contains("the passphrase or the private key is wrong"), "{text}");
    let (private, _) = portability::locks::new_key();
    secret(&at("identity"), &private);
    let text = tries(&file, Unlock::key_file(&at("identity")).unwrap()).await;
    assert!(text.contains("encrypted with a passphrase"), "{text}");
    // A byte that changed, a file that was cut off, and files that are none.
    let whole = std::fs::read(&file).unwrap();
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 1;
    std::fs::write(at("damaged.age"), damaged).unwrap();
    let text = tries(&at("damaged.age"), passphrase()).await;
    assert!(text.contains("damaged"), "{text}");
    std::fs::write(at("cut.age"), &whole[..whole.len() * 2 / 3]).unwrap();
    let text = tries(&at("cut.age"), passphrase()).await;
    assert!(text.contains("cut off") || text.contains("damaged"), "{text}");
    std::fs::write(at("no.age"), "Dear all, …").unwrap();
    let text = tries(&at("no.age"), passphrase()).await;
    assert!(text.contains("not a Duologue archive"), "{text}");
    let text = tries(&at("nowhere.age"), passphrase()).await;
    assert!(text.contains("cannot be read"), "{text}");
    // Another practice's key is in the place of the key file.
    std::fs::write(at("there.key"), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n").unwrap();
    let clock = Clock::fixed(tests::begin());
    let text = import::import(&file, passphrase(), &to, &at("there.key"), clock, &unwatched()).await.unwrap_err();
    assert!(text.to_string().contains("never overwritten"), "{text}");
    assert!(!at("there.db").exists());
}

/// An archive whose entries were written by somebody else, encrypted rightly.
fn forged(path: &Path, entries: &[(&str, Vec<u8>)], lock: &str) {
    let key: age::x25519::Recipient = lock.parse().unwrap();
    let encryptor = age::Encryptor::with_recipients(std::iter::once(&key as &dyn age::Recipient)).unwrap();
    let mut tar = tar::Builder::new(encryptor.wrap_output(std::fs::File::create(path).unwrap()).unwrap());
    for (name, bytes) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, name, bytes.as_slice()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forged_archive_is_refused_in_words() {
    let world = World::new(Backend::Sqlite).await;
    Cast::new(&world.store).await;
    let at = |name: &str| world.folder.path().join(name);
    let (private, public) = portability::locks::new_key();
    secret(&at("identity"), &private);
    // The head of a true archive, as a start.
    let contents = store::Outflow::begin(&world.address).await.unwrap().contents().clone();
    let head = |version: u32, contents: &store::Contents| {
        serde_json::json!({
            "format": "duologue-archive", "version": version, "program": "9", "made_at": "2026-12-01T00:00:00Z",
            "schema": contents.schema, "tables": contents.tables,
        })
        .to_string()
        .into_bytes()
    };
    let manifest = br#"{"entries": [], "rows": {}, "audit": null}"#.to_vec();
    let mut injected = contents.clone();
    injected.tables[0].name = "account; DROP TABLE person".into();
    let mut extra = contents.clone();
    extra.tables[0].columns[0].name = "x\" FROM vault --".into();
    let mut newer = contents.clone();
    newer.schema += 1;
    let row = ("tables/session_log/00001.jsonl", b"{}\n".to_vec());
    let bad_row = ("tables/account/00001.jsonl", b"{\"id\":1}\n".to_vec());
    let key = ("duologue.key", KEY_FILE.as_bytes().to_vec());
    let to = at("there.db").display().to_string().parse().unwrap();
    for (what, entries) in [
        ("newer version", vec![("archive.json", head(2, &contents))]),
        ("newer version", vec![("archive.json", head(1, &newer))]),
        ("is not the one that is needed", vec![("archive.json", head(1, &injected))]),
        ("is not the one that is needed", vec![("archive.json", head(1, &extra))]),
        ("not a Duologue archive", vec![key.clone()]),
        ("that does not exist", vec![("archive.json", head(1, &contents)), row]),
        ("other columns", vec![("archive.json", head(1, &contents)), bad_row]),
        ("manifest is missing", vec![("archive.json", head(1, &contents)), key.clone()]),
        (
            "does not hold what its manifest says",
            vec![("archive.json", head(1, &contents)), key, ("manifest.json", manifest)],
        ),
        ("cannot be read", vec![("archive.json", b"{".to_vec())]),
    ] {
        forged(&at("forged.age"), &entries, &public);
        let unlock = Unlock::key_file(&at("identity")).unwrap();
        let clock = Clock::fixed(tests::begin());
        let refused = import::import(&at("forged.age"), unlock, &to, &at("k"), clock, &unwatched()).await.unwrap_err();
        assert!(refused.to_string().contains(what), "{what}: {refused}");
        assert!(!at("there.db").exists() && !at("there.db.arriving").exists() && !at("k").exists(), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drill_reads_everything_and_leaves_nothing() {
    let world = World::new(Backend::Sqlite).await;
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    let file = world.folder.path().join("one.age");
    let (manifest, identity) = export(&world, &world.address, &file).await;
    let unlock = || Unlock::key_file(&identity).unwrap();
    assert_eq!(verify(&file, unlock(), &unwatched()).await.unwrap(), manifest);
    let drilled = drill::drill(&file, unlock(), world.clock.clone(), &unwatched()).await.unwrap();
    assert_eq!((&drilled.manifest, drilled.unreadable.as_slice()), (&manifest, &[][..]));
    assert!(!world.folder.path().join("one.age.drill").exists());
    // An entry that does not open any more is found by the drill, and only there.
    world.raw("UPDATE answer SET body = x'00'").await.unwrap();
    let second = world.folder.path().join("two.age");
    let (_, identity) = export(&world, &world.address, &second).await;
    let unlock = Unlock::key_file(&identity).unwrap();
    let drilled = drill::drill(&second, unlock, world.clock.clone(), &unwatched()).await.unwrap();
    assert_eq!(drilled.unreadable.len(), 4, "{:?}", drilled.unreadable);
}

/// Acts as an administrator does: makes a backup, loses the machine, restores, and starts
/// the server again. A confirmation that was due at the time of the backup is not sent
/// automatically.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restore_command_holds_emails_that_may_have_gone_out() {
    let (practice, store, cast) = Practice::new().await;
    let Booked::Done(id) = cast.book(&store, "2030-01-10 10:00").await else { panic!("free") };
    store.close().await;
    let path = |name: &str| practice.folder.path().join(name);
    secret(&path("words"), PASSPHRASE);
    let run = |words: &[&str]| {
        let output = practice.program(words[0], 9).args(&words[1..]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        said
    };
    let said = run(&["backup", "copy.age", "--passphrase-file", "words"]);
    assert!(said.contains("opened again and checked"), "{said}");
    let said = run(&["drill", "copy.age", "--passphrase-file", "words"]);
    assert!(said.contains("Everything in it can be read") && said.contains("session"), "{said}");
    for lost in ["practice.db", "practice.db-wal", "practice.db-shm", "practice.key"] {
        let _ = std::fs::remove_file(path(lost));
    }
    let said = run(&["restore", "copy.age", "--passphrase-file", "words"]);
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
    let path_of = |name: &str| practice.folder.path().join(name);
    let (private, public) = portability::locks::new_key();
    secret(&path_of("identity"), &private);
    store.close().await;
    assert!(practice.program("backup", 9).args(["copy.age", "--to", &public]).status().unwrap().success());
    let (mut whole, mut cut_off) = (0, 0);
    for step in 0..60u64 {
        for gone in ["practice.db", "practice.db-wal", "practice.db-shm", "practice.key"] {
            let _ = std::fs::remove_file(path_of(gone));
        }
        let mut restore = practice.program("restore", 9);
        restore.args(["copy.age", "--identity", "identity"]).stdout(std::process::Stdio::null());
        let mut child = restore.spawn().unwrap();
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
