//! Backups by the schedule of the settings.

use chrono::Duration;
use duologue::{
    config::Config,
    portability::{Unlock, backups, unwatched, verify},
};
use store::BackupRun;
use tests::{World, app::App, both, people::Cast};

use super::{PASSPHRASE, key_file};

/// Settings by which the world makes a backup each night at half past two.
fn nightly(world: &World) -> Config {
    let words = world.folder.path().join("words");
    std::fs::write(&words, format!("{PASSPHRASE}\n")).unwrap();
    std::fs::set_permissions(&words, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let mut config = Config { database: world.address_text.clone(), key_file: key_file(world), ..Config::default() };
    config.backup.folder = Some(world.folder.path().join("backups"));
    config.backup.passphrase_file = Some(words);
    config.backup.keep = 2;
    config
}

/// The files in the folder of the backups.
fn files(config: &Config) -> Vec<String> {
    let inside = std::fs::read_dir(config.backup.folder.as_ref().unwrap()).into_iter().flatten();
    let mut names: Vec<String> = inside.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The backups that the owner sees.
async fn seen(cast: &Cast) -> Vec<BackupRun> {
    cast.owner.backups().await.unwrap()
}

both!(backup_is_made_each_night_once_and_verified, |world| {
    let cast = Cast::new(&world.store).await;
    let config = nightly(&world);
    // Two processes look at the same moment.
    tokio::join!(backups::make_if_due(&config, &world.store), backups::make_if_due(&config, &world.store));
    let made = files(&config);
    assert_eq!(made.len(), 2, "one backup with its report: {made:?}");
    let first = config.backup.folder.as_ref().unwrap().join(&made[0]);
    let manifest = verify(&first, Unlock::passphrase(PASSPHRASE), &unwatched()).await.unwrap();
    let (_, report) = backups::reports(&first).unwrap().remove(0);
    assert_eq!((&report.rows, &report.audit), (&manifest.rows, &manifest.audit));
    let text = std::fs::read_to_string(config.backup.folder.as_ref().unwrap().join(&made[1])).unwrap();
    assert!(!text.contains("Amara") && text.contains("\"session\""), "{text}");
    let runs = seen(&cast).await;
    assert_eq!(runs.len(), 1);
    assert!(runs[0].trouble.is_empty() && runs[0].ended_at.is_some() && runs[0].row_count > 50, "{runs:?}");
    // Nothing more on the same day, and one on each of the next three nights: two are kept.
    backups::make_if_due(&config, &world.store).await;
    assert_eq!(files(&config).len(), 2);
    for _ in 0..3 {
        assert!(!backups::is_late(&config, &world.store).await.unwrap());
        world.clock.advance(Duration::days(1));
        backups::make_if_due(&config, &world.store).await;
    }
    assert_eq!((seen(&cast).await.len(), files(&config).len()), (4, 4));
    assert!(!files(&config).contains(&made[0]), "the oldest is removed");
    world.clock.advance(Duration::days(2));
    assert!(backups::is_late(&config, &world.store).await.unwrap());
});

both!(backup_that_fails_is_shown_and_tried_again, |world| {
    let cast = Cast::new(&world.store).await;
    let mut config = nightly(&world);
    let place = world.folder.path().join("backups");
    // A file is where the folder should be.
    std::fs::write(&place, "x").unwrap();
    backups::make_if_due(&config, &world.store).await;
    let runs = seen(&cast).await;
    assert!(runs.len() == 1 && !runs[0].trouble.is_empty(), "{runs:?}");
    assert!(world.store.last_good_backup().await.unwrap().is_none());
    std::fs::remove_file(&place).unwrap();
    backups::make_if_due(&config, &world.store).await;
    assert!(world.store.last_good_backup().await.unwrap().is_none(), "not at once again");
    // The command that copies it away fails.
    world.clock.advance(Duration::hours(1));
    config.backup.command = ["sh", "-c", "echo the other machine is away >&2; exit 1"].map(str::to_owned).to_vec();
    backups::make_if_due(&config, &world.store).await;
    let runs = seen(&cast).await;
    assert!(runs.len() == 1 && runs[0].trouble.contains("the other machine is away"), "{runs:?}");
    world.clock.advance(Duration::hours(1));
    config.backup.command = vec!["test".into(), "-f".into()];
    backups::make_if_due(&config, &world.store).await;
    assert_eq!(world.store.last_good_backup().await.unwrap().unwrap().id, runs[0].id);
    // A passphrase that others can read is not used.
    world.clock.advance(Duration::days(1));
    let words = config.backup.passphrase_file.as_ref().unwrap();
    std::fs::set_permissions(words, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    backups::make_if_due(&config, &world.store).await;
    assert!(seen(&cast).await[0].trouble.contains("can be read by others"));
});

both!(interrupted_backup_is_made_again, |world| {
    Cast::new(&world.store).await;
    let config = nightly(&world);
    let due = config
        .backup
        .schedule()
        .latest_due(world.clock.now(), &domain::clients::person::Zone::parse("Europe/Berlin").unwrap())
        .unwrap();
    assert!(world.store.worker().begin_backup(Some(due)).await.unwrap().is_some());
    // The process that began it is killed; its file is left.
    let folder = config.backup.folder.clone().unwrap();
    std::fs::create_dir(&folder).unwrap();
    let left = folder.join("duologue-2026-11-23T013000Z.age.unfinished");
    std::fs::write(&left, "half").unwrap();
    let long_ago = std::time::SystemTime::UNIX_EPOCH;
    std::fs::File::options().write(true).open(&left).unwrap().set_modified(long_ago).unwrap();
    backups::make_if_due(&config, &world.store).await;
    assert!(world.store.last_good_backup().await.unwrap().is_none(), "it may be under way still");
    world.clock.advance(Duration::hours(6));
    backups::make_if_due(&config, &world.store).await;
    assert!(world.store.last_good_backup().await.unwrap().is_some());
    assert!(!left.exists(), "{:?}", files(&config));
});

both!(owner_sees_the_backups_and_nobody_else, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let owner = app.cookie(&world, cast.owner.me()).await;
    let page = async || app.get("/practice/backups", Some(&owner)).await;
    assert!(page().await.text.contains("No backup has been made yet"), "{}", page().await.text);
    let config = nightly(&world);
    backups::make_if_due(&config, &world.store).await;
    let text = page().await.text;
    assert!(text.contains("Made and checked") && text.contains("duologue-2026-"), "{text}");
    for other in [cast.desk.me(), cast.ruth.me(), cast.amara.me()] {
        let cookie = app.cookie(&world, other).await;
        assert_eq!(app.get("/practice/backups", Some(&cookie)).await.status, 404);
    }
});
