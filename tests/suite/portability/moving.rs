//! A practice moves between the databases, in all four directions.

use std::time::Duration;

use duologue::portability::{copy, unwatched};
use sqlx::{Connection as _, PgConnection};
use store::{Address, Outflow};
use tests::{
    Backend, World, both,
    people::{Cast, small_answers},
    program::Practice,
    templates,
};

use super::{demo, empty, export, import, key_file, open};

/// The number of all rows of a database.
async fn rows_of(address: &Address) -> store::Counts {
    Outflow::begin(address).await.unwrap().counts().await.unwrap()
}

both!(archive_comes_back_into_either_database_with_every_row, |world| {
    let from = demo(world.backend).await;
    let head = from.store.audit_head().await.unwrap();
    let file = from.folder.path().join("practice.age");
    let (manifest, identity) = export(&from, &from.address, &file).await;
    assert_eq!((&manifest.rows, &manifest.audit), (&rows_of(&from.address).await, &head));
    let filled = manifest.rows.values().filter(|rows| **rows > 0).count();
    assert!(filled > 60, "the demo has rows in nearly every table: {filled}");
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let to = empty(&from, backend, &format!("{backend:?}")).await;
        let imported = import(&from, &file, &identity, &to).await.unwrap();
        assert_eq!(imported.manifest, manifest, "{backend:?}");
        let store = open(&from, &to).await;
        assert!(store.verify_audit().await.unwrap().is_ok());
        assert_eq!(store.bad_rows().await.unwrap(), []);
        store.close().await;
        let mut now = rows_of(&to).await;
        // The import itself is on record.
        let added = if imported.held > 0 { 2 } else { 1 };
        *now.get_mut("audit").unwrap() -= added;
        assert_eq!(now, manifest.rows, "{backend:?}");
        // A second import into it is refused, and the constraints of the schema are there.
        let again = import(&from, &file, &identity, &to).await.unwrap_err();
        assert!(
            again.to_string().contains("Move it away first") || again.to_string().contains("is not empty"),
            "{again}"
        );
    }
});

both!(what_was_imported_is_used_like_any_other_practice, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    let file = world.folder.path().join("practice.age");
    let (_, identity) = export(&world, &world.address, &file).await;
    let other = if world.backend == Backend::Sqlite { Backend::Postgres } else { Backend::Sqlite };
    let to = empty(&world, other, "there").await;
    import(&world, &file, &identity, &to).await.unwrap();
    let store = open(&world, &to).await;
    let jonas = store.partner(cast.jonas.visitor()).unwrap();
    let amara = store.partner(cast.amara.visitor()).unwrap();
    assert_eq!(amara.own_answers(occurrence).await.unwrap().len(), 4);
    assert!(jonas.own_answers(occurrence).await.unwrap().is_empty(), "nothing of the other partner");
    jonas.submit(occurrence, &small_answers("jonas")).await.unwrap();
    assert!(!amara.shared_answers(occurrence).await.unwrap().unwrap().is_empty(), "both have answered: revealed");
    // Triggers and foreign keys are in force again.
    let text = "INSERT INTO acceptance (agreement_id, person_id, accepted_at) SELECT id, id, created_at FROM person";
    let refused = match &to {
        Address::File(path) => {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).foreign_keys(true);
            let mut c = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
            let refused = sqlx::raw_sql(text).execute(&mut c).await.is_err();
            let triggers: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'")
                .fetch_one(&mut c)
                .await
                .unwrap();
            assert!(triggers > 40, "{triggers}");
            refused
        }
        Address::Postgres(_) => {
            let mut tx = store.write().await.unwrap();
            let store::Tx::Postgres(c) = &mut tx else { panic!("PostgreSQL") };
            let off: i64 =
                sqlx::query_scalar("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'D'")
                    .fetch_one(&mut **c)
                    .await
                    .unwrap();
            assert_eq!(off, 0, "triggers that are off");
            sqlx::raw_sql(text).execute(&mut **c).await.is_err()
        }
    };
    assert!(refused, "a row that names what is not there");
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn practice_moves_to_postgres_and_the_source_stays_as_it_was() {
    let world = demo(Backend::Sqlite).await;
    let before = rows_of(&world.address).await;
    let to = empty(&world, Backend::Postgres, "").await;
    let key = key_file(&world);
    let copied = copy::copy(&world.address, &to, &key, world.clock.clone(), &unwatched()).await.unwrap();
    assert_eq!((&copied.rows, copied.audit), (&before, world.store.audit_head().await.unwrap()));
    assert_eq!(rows_of(&to).await, before);
    assert_eq!(rows_of(&world.address).await, before, "the source is only read");
    assert!(open(&world, &to).await.verify_audit().await.unwrap().is_ok());
    // A database with a practice, one with another program's table, and itself are refused.
    let again = copy::copy(&world.address, &to, &key, world.clock.clone(), &unwatched()).await.unwrap_err();
    assert!(again.to_string().contains("is not empty"), "{again}");
    let strange = templates::empty_in_cluster().await;
    let mut c = PgConnection::connect(&strange).await.unwrap();
    sqlx::raw_sql("CREATE TABLE ledger (id bigint)").execute(&mut c).await.unwrap();
    let there: Address = strange.parse().unwrap();
    let refused = copy::copy(&world.address, &there, &key, world.clock.clone(), &unwatched()).await.unwrap_err();
    assert!(refused.to_string().contains("is not empty"), "{refused}");
    let itself = copy::copy(&world.address, &world.address, &key, world.clock.clone(), &unwatched()).await;
    assert!(itself.unwrap_err().to_string().contains("in use"));
    // A key file that is not this practice's opens nothing of it.
    std::fs::write(&key, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n").unwrap();
    let other = empty(&world, Backend::Postgres, "").await;
    let wrong = copy::copy(&world.address, &other, &key, world.clock.clone(), &unwatched()).await.unwrap_err();
    assert!(wrong.to_string().contains("key file is not the one"), "{wrong}");
    assert!(rows_of(&other).await["account"] == 0, "nothing was kept");
}

/// People go on working while the practice is copied: the copy is one consistent state.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copy_of_a_practice_at_work_is_one_state() {
    let world = World::new(Backend::Sqlite).await;
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    let jonas = cast.jonas.clone();
    let writer = tokio::spawn(async move {
        for n in 0..60 {
            jonas.save_draft(occurrence, &small_answers("jonas"), n, None).await.unwrap();
        }
    });
    let to = empty(&world, Backend::Postgres, "").await;
    copy::copy(&world.address, &to, &key_file(&world), world.clock.clone(), &unwatched()).await.unwrap();
    writer.await.unwrap();
    assert_eq!(open(&world, &to).await.bad_rows().await.unwrap(), []);
}

/// Wherever the copy is killed, the database that it wrote into is empty or whole, and
/// the same command begins again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_copy_begins_again() {
    let (practice, store, _cast) = Practice::new().await;
    let before = rows_of(&practice.address.parse().unwrap()).await;
    store.close().await;
    let to = templates::empty_in_cluster().await;
    let mut cut_off = 0;
    for step in 0..30_u64 {
        let mut child = practice.program("copy-to", 9).arg(&to).stdout(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(step * step * 3));
        if child.try_wait().unwrap().is_some_and(|status| status.success()) {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        cut_off += 1;
    }
    let output = practice.program("copy-to", 9).arg(&to).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let was_whole = said.contains("is not empty");
    assert!(output.status.success() || was_whole, "{said}");
    let copied = rows_of(&to.parse().unwrap()).await;
    for (table, rows) in before {
        assert!(copied[&table] >= rows, "{table}: {} of {rows}", copied[&table]);
    }
    assert!(cut_off > 3, "{cut_off} cut off");
}
