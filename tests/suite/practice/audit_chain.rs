//! The audit log cannot be changed, cut or replaced without the key file, even by someone
//! who may write into the database: each known way of doing it, and the sentence that
//! `duologue doctor` prints for it.

use std::os::unix::fs::PermissionsExt as _;

use domain::ids::ClientId;
use duologue::{audit_heads::Heads, config::Config, doctor};
use sha2::{Digest as _, Sha256};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use store::{AuditFilter, AuditHead, AuditRow, ClinicalList, Clock, Keys, Store};
use tests::{
    Backend, KEY, World,
    app::App,
    both,
    people::Cast,
    program::{KEY_FILE, Practice},
};
use uuid::Uuid;

/// The proof of the tests' key, as written by versions whose log had no key.
const OLD_PROOF: &str = "01b1aa374f74363e6ac62cd26c2eff82a029e087d5c48b1c2d0ed132718a0a08dc2a70309f92aaf38a0a4518c66ec43bdc715e566a9648e1360cbc105e3873";

/// A practice with some audit entries, among them openings of lists.
async fn practice_with_log(world: &World) -> Cast {
    let cast = Cast::new(&world.store).await;
    for _ in 0..3 {
        cast.ruth.client(cast.couple).await.unwrap().unwrap();
        cast.ruth.record_list(ClinicalList::Caseload, [cast.couple, cast.other_couple]).await.unwrap();
        cast.emeka.client(cast.other_couple).await.unwrap().unwrap();
    }
    std::fs::write(world.folder.path().join("key"), KEY_FILE).unwrap();
    std::fs::set_permissions(world.folder.path().join("key"), std::fs::Permissions::from_mode(0o600)).unwrap();
    cast
}

fn config(world: &World) -> Config {
    Config { database: world.address_text.clone(), key_file: world.folder.path().join("key"), ..Config::default() }
}

async fn rows(world: &World) -> Vec<AuditRow> {
    const ALL: &str = "SELECT * FROM audit ORDER BY seq";
    match world.backend {
        Backend::Sqlite => {
            let mut c = SqliteConnection::connect(&format!("sqlite://{}", world.address_text)).await.unwrap();
            sqlx::query_as(ALL).fetch_all(&mut c).await.unwrap()
        }
        Backend::Postgres => {
            let mut c = PgConnection::connect(&world.address_text).await.unwrap();
            sqlx::query_as(ALL).fetch_all(&mut c).await.unwrap()
        }
    }
}

fn bytes_literal(world: &World, bytes: &[u8]) -> String {
    let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    match world.backend {
        Backend::Sqlite => format!("X'{hex}'"),
        Backend::Postgres => format!("'\\x{hex}'::bytea"),
    }
}

/// Recomputes all links from a row on, as an earlier version did: that needs no key.
async fn rehash(world: &World, from: i64) {
    let mut before = vec![0; 32];
    let mut script = Vec::new();
    for row in rows(world).await {
        let id = |id: Option<Uuid>| id.map(|i| i.to_string()).unwrap_or_default();
        let mut hash = Sha256::new().chain_update(&before);
        for part in [
            row.seq.to_string(),
            row.at.timestamp_micros().to_string(),
            id(row.account_id),
            row.action.clone(),
            row.thing.clone(),
            id(row.thing_id),
            id(row.client_id),
            row.detail.clone(),
        ] {
            hash.update(u64::try_from(part.len()).unwrap().to_le_bytes());
            hash.update(&part);
        }
        before = if row.seq < from { row.mac } else { hash.finalize().to_vec() };
        script.push(format!("UPDATE audit SET mac = {} WHERE seq = {}", bytes_literal(world, &before), row.seq));
    }
    script.push(format!("UPDATE audit_head SET mac = {} WHERE id = 1", bytes_literal(world, &before)));
    world.script(&script).await.unwrap();
}

/// What the log says about itself, and compared with a head that was noted before.
async fn describe_log(world: &World, known: &AuditHead) -> String {
    let whole = match world.store.verify_audit().await {
        Ok(Ok(head)) => format!("whole: {}", head.seq),
        Ok(Err(fault)) => fault.to_string(),
        Err(error) => format!("error: {error}"),
    };
    let continues = world.store.compare_audit_head(known).await.unwrap();
    format!("{whole} | {}", continues.fault(known, "elsewhere").unwrap_or_default())
}

const KEEP: &str = "CREATE TABLE keep_audit AS SELECT * FROM audit; CREATE TABLE keep_head AS SELECT * FROM audit_head;
    CREATE TABLE keep_named AS SELECT * FROM audit_named; CREATE TABLE keep_vault AS SELECT * FROM vault";
const BACK: &str = "DELETE FROM audit; DELETE FROM audit_head; DELETE FROM audit_named; DELETE FROM vault;
    INSERT INTO audit SELECT * FROM keep_audit; INSERT INTO audit_head SELECT * FROM keep_head;
    INSERT INTO audit_named SELECT * FROM keep_named; INSERT INTO vault SELECT * FROM keep_vault";
both!(changing_the_audit_log_without_the_key_is_detected, |world| {
    let cast = practice_with_log(&world).await;
    let known = world.store.audit_head().await.unwrap().unwrap();
    let n = known.seq;
    assert_eq!(describe_log(&world, &known).await, format!("whole: {n} | "));
    world.raw(KEEP).await.unwrap();
    let other = world.id(cast.other_couple.0);
    // The entry "Emeka opened a client": every field of it is protected.
    let row = n - 6;
    let changed = format!("The audit log was changed from outside at entry {row}.");
    let an_hour_later = match world.backend {
        Backend::Sqlite => "strftime('%Y-%m-%dT%H:%M:%f+00:00', at, '+1 hour')",
        Backend::Postgres => "at + interval '1 hour'",
    };
    let no_id = match world.backend {
        Backend::Sqlite => "NULL".to_owned(),
        Backend::Postgres => "NULL::uuid".to_owned(),
    };
    let listed = world.number("SELECT max(seq) FROM audit_named").await.unwrap();
    let named_changed = format!("The audit log was changed from outside at entry {listed}.");
    let zeros = bytes_literal(&world, &[0; 32]);
    let cases: Vec<(&str, Vec<String>, String)> = vec![
        (
            "the end cut off, and the head set to it",
            vec![
                format!("DELETE FROM audit WHERE seq > {n} - 5"),
                format!("DELETE FROM audit_named WHERE seq > {n} - 5"),
                format!("UPDATE audit_head SET seq = {n} - 5, mac = (SELECT mac FROM audit WHERE seq = {n} - 5)"),
            ],
            format!("whole: {} | The audit log ends at entry {}, and entry {n} was noted elsewhere: its last 5 entries are missing.", n - 5, n - 5),
        ),
        (
            "the last entry cut off, and the head set to it",
            vec![
                format!("DELETE FROM audit WHERE seq = {n}"),
                format!("UPDATE audit_head SET seq = {n} - 1, mac = (SELECT mac FROM audit WHERE seq = {n} - 1)"),
            ],
            format!("whole: {} | The audit log ends at entry {}, and entry {n} was noted elsewhere: its last entry is missing.", n - 1, n - 1),
        ),
        (
            "the end cut off",
            vec![format!("DELETE FROM audit WHERE seq > {n} - 5")],
            format!("Entries {} to {n} of the audit log are missing.", n - 4),
        ),
        (
            "everything deleted, and the head set to nothing",
            vec![
                "DELETE FROM audit".to_owned(),
                "DELETE FROM audit_named".to_owned(),
                format!("UPDATE audit_head SET seq = 0, mac = {zeros}"),
            ],
            format!("whole: 0 | The audit log ends at entry 0, and entry {n} was noted elsewhere: its last {n} entries are missing."),
        ),
        ("everything deleted", vec!["DELETE FROM audit".to_owned()], format!("Entries 1 to {n} of the audit log are missing.")),
        ("an entry deleted", vec![format!("DELETE FROM audit WHERE seq = {row}")], format!("Entry {row} of the audit log is missing.")),
        ("another's act", vec![format!("UPDATE audit SET account_id = {other} WHERE seq = {row}")], changed.clone()),
        ("nobody's act", vec![format!("UPDATE audit SET account_id = {no_id} WHERE seq = {row}")], changed.clone()),
        ("another client", vec![format!("UPDATE audit SET client_id = {} WHERE seq = {row}", world.id(Uuid::nil()))], changed.clone()),
        ("no client", vec![format!("UPDATE audit SET client_id = {no_id} WHERE seq = {row}")], changed.clone()),
        ("another thing", vec![format!("UPDATE audit SET thing_id = {no_id} WHERE seq = {row}")], changed.clone()),
        ("a detail", vec![format!("UPDATE audit SET detail = 'x' WHERE seq = {row}")], changed.clone()),
        ("another time", vec![format!("UPDATE audit SET at = {an_hour_later} WHERE seq = {row}")], changed.clone()),
        (
            "a letter moved from one field to the next",
            vec![format!("UPDATE audit
                SET action = substr(action, 1, length(action) - 1),
                    thing = substr(action, length(action), 1) || thing
                WHERE seq = {row}")],
            changed.clone(),
        ),
        (
            "a field moved into the next",
            vec![format!("UPDATE audit SET detail = thing || detail, thing = '' WHERE seq = {row}")],
            changed.clone(),
        ),
        (
            "two entries change places",
            vec![
                format!("UPDATE audit SET seq = -1 WHERE seq = {row}"),
                format!("UPDATE audit SET seq = {row} WHERE seq = {row} + 1"),
                format!("UPDATE audit SET seq = {row} + 1 WHERE seq = -1"),
            ],
            changed.clone(),
        ),
        (
            "an entry put between two",
            vec![
                format!("UPDATE audit SET seq = -seq WHERE seq > {row}"),
                "UPDATE audit SET seq = 1 - seq WHERE seq < 0".to_owned(),
                format!("INSERT INTO audit
                    SELECT seq + 1, at, account_id, action, thing, thing_id, client_id, detail, mac
                    FROM audit
                    WHERE seq = {row}"),
                "UPDATE audit_head SET seq = seq + 1".to_owned(),
            ],
            format!("The audit log was changed from outside at entry {}.", row + 1),
        ),
        (
            "an entry before the first",
            vec!["INSERT INTO audit
                SELECT 0, at, account_id, action, thing, thing_id, client_id, detail, mac
                FROM audit
                WHERE seq = 1".to_owned()],
            "Entry 0 was added to the audit log from outside.".to_owned(),
        ),
        (
            "an entry after the last",
            vec![format!("INSERT INTO audit
                SELECT seq + 1, at, account_id, action, thing, thing_id, client_id, detail, mac
                FROM audit
                WHERE seq = {n}")],
            format!("The audit log was changed from outside at entry {}.", n + 1),
        ),
        (
            "the head deleted",
            vec!["DELETE FROM audit_head".to_owned()],
            "The row that counts the entries of the audit log (audit_head) is missing: nothing can be recorded. Restore a backup.".to_owned(),
        ),
        (
            "the head set back",
            vec!["UPDATE audit_head SET seq = seq - 3".to_owned()],
            format!("The row that counts the entries of the audit log (audit_head) was changed from outside: it should name entry {n}."),
        ),
        ("the head’s link changed", vec![format!("UPDATE audit_head SET mac = {zeros}")], format!("it should name entry {n}.")),
        (
            "the head set ahead",
            vec!["UPDATE audit_head SET seq = seq + 3".to_owned()],
            format!("Entries {} to {} of the audit log are missing.", n + 1, n + 3),
        ),
        ("a list that names one less", vec![format!("DELETE FROM audit_named WHERE seq = {listed} AND client_id = {other}")], named_changed.clone()),
        (
            "a list that names another",
            vec![format!("UPDATE audit_named SET client_id = {} WHERE seq = {listed} AND client_id = {other}", world.id(Uuid::nil()))],
            named_changed.clone(),
        ),
        ("names of an entry that is no list", vec![format!("INSERT INTO audit_named (seq, client_id) VALUES ({row}, {other})")], changed.clone()),
        (
            "names of no entry",
            vec![format!("INSERT INTO audit_named (seq, client_id) VALUES ({n} + 9, {other})")],
            "Clients were added to the audit log from outside (audit_named).".to_owned(),
        ),
    ];
    for (what, script, sentence) in cases {
        world.script(&script).await.unwrap_or_else(|e| panic!("{what}: {e}"));
        let said = describe_log(&world, &known).await;
        assert!(said.contains(&sentence), "{what}: {said}");
        assert!(!said.ends_with(&format!("whole: {n} | ")), "{what}");
        world.raw(BACK).await.unwrap();
        assert_eq!(describe_log(&world, &known).await, format!("whole: {n} | "), "{what}");
    }

    // The way to change a chain that has no key: rewrite an entry and recompute every
    // hash after it.
    world.script(&[format!("UPDATE audit SET account_id = {other} WHERE seq = {row}")]).await.unwrap();
    rehash(&world, row).await;
    assert!(describe_log(&world, &known).await.starts_with(&changed));
    world.raw(BACK).await.unwrap();
    rehash(&world, 1).await;
    assert!(describe_log(&world, &known).await.starts_with("The audit log was changed from outside at entry 1."));
    world.raw(BACK).await.unwrap();

    // Put an older log in the place of this one; the practice continues with it.
    for _ in 0..4 {
        cast.ruth.client(cast.couple).await.unwrap().unwrap();
    }
    let later = world.store.audit_head().await.unwrap().unwrap();
    world.raw(BACK).await.unwrap();
    assert!(describe_log(&world, &later).await.contains("its last 4 entries are missing."));
    for _ in 0..5 {
        cast.emeka.client(cast.other_couple).await.unwrap().unwrap();
    }
    let said = describe_log(&world, &later).await;
    let replaced = format!(
        "whole: {} | Entry {} of the audit log is another than was noted elsewhere: the log was rewritten, or an older one was put in its place.",
        n + 5,
        n + 4
    );
    assert_eq!(said, replaced);
});

both!(unkeyed_audit_log_is_keyed_once_and_cannot_be_passed_off_as_old, |world| {
    let cast = practice_with_log(&world).await;
    let known = world.store.audit_head().await.unwrap().unwrap();
    // As an earlier version would have left the log.
    world.raw("DELETE FROM audit_named").await.unwrap();
    let proof: Vec<u8> =
        (0..OLD_PROOF.len()).step_by(2).map(|at| u8::from_str_radix(&OLD_PROOF[at..at + 2], 16).unwrap()).collect();
    let old = format!("UPDATE vault SET proof = {} WHERE id = 1", bytes_literal(&world, &proof));
    rehash(&world, 1).await;
    world.script(std::slice::from_ref(&old)).await.unwrap();

    // Two processes start at the same time: the log is keyed once, and an entry says so.
    let (one, two) = tokio::join!(world.second(), world.second());
    let head = one.verify_audit().await.unwrap().unwrap();
    assert_eq!(head.seq, known.seq + 1);
    assert_eq!(two.verify_audit().await.unwrap().unwrap(), head);
    let all = rows(&world).await;
    let (last, before) = (all.last().unwrap(), &all[all.len() - 2]);
    assert_eq!((last.action.as_str(), last.thing.as_str()), ("keyed", "audit log"));
    assert_eq!(last.detail, format!("after {} entries", known.seq));
    assert_eq!(last.account_id, None);
    cast.ruth.client(cast.couple).await.unwrap().unwrap();
    let kept = world.store.audit_head().await.unwrap().unwrap();

    // The old part is still protected, even against recomputing, and so is its end.
    world.raw(KEEP).await.unwrap();
    let row = before.seq - 2;
    world.script(&[format!("UPDATE audit SET detail = 'x' WHERE seq = {row}")]).await.unwrap();
    assert!(
        describe_log(&world, &kept)
            .await
            .starts_with(&format!("The audit log was changed from outside at entry {row}."))
    );
    rehash(&world, row).await;
    let said = describe_log(&world, &kept).await;
    assert!(said.starts_with(&format!("The audit log was changed from outside at entry {}.", before.seq)), "{said}");
    world.raw(BACK).await.unwrap();
    // Cut the log within the old part, and set everything to match.
    world
        .script(&[
            format!("DELETE FROM audit WHERE seq > {row}"),
            format!("UPDATE audit_head SET seq = {row}, mac = (SELECT mac FROM audit WHERE seq = {row})"),
        ])
        .await
        .unwrap();
    assert!(describe_log(&world, &kept).await.starts_with(&format!(
        "Entries {} to {} of the audit log are missing.",
        row + 1,
        before.seq
    )));
    world.raw(BACK).await.unwrap();
    // An entry without a key follows entries that have one, as if an old version had run.
    rehash(&world, kept.seq).await;
    assert!(
        describe_log(&world, &kept)
            .await
            .starts_with(&format!("The audit log was changed from outside at entry {}.", kept.seq))
    );
    world.raw(BACK).await.unwrap();

    // With the proof from an old backup and everything rewritten, the chain is keyed
    // again, and differs from the one that was noted.
    world.script(&[format!("UPDATE audit SET detail = 'x' WHERE seq = {row}"), old]).await.unwrap();
    rehash(&world, 1).await;
    let again = world.second().await;
    assert!(again.verify_audit().await.unwrap().is_ok());
    let replaced = again.compare_audit_head(&kept).await.unwrap().fault(&kept, "elsewhere").unwrap();
    assert!(
        replaced.starts_with(&format!("Entry {} of the audit log is another than was noted elsewhere", kept.seq)),
        "{replaced}"
    );
});

both!(database_does_not_open_with_another_key_or_without_its_proof, |world| {
    practice_with_log(&world).await;
    let open = async |key: [u8; 32]| match Store::open(&world.address, Keys::new(&key), world.clock.clone()).await {
        Ok(_) => "opened".to_owned(),
        Err(error) => error.to_string(),
    };
    assert!(open([8; 32]).await.starts_with("The key file is not the one this database was written with."));
    world.raw("DELETE FROM vault; DELETE FROM audit; DELETE FROM audit_named; DELETE FROM audit_head").await.unwrap();
    assert_eq!(
        open(KEY).await,
        "The database holds a practice, and the row that proves its key (vault) is missing: it was changed from outside. Restore a backup."
    );
});

both!(two_processes_write_one_audit_chain, |world| {
    let cast = practice_with_log(&world).await;
    let second = world.second().await;
    let begin = world.store.audit_head().await.unwrap().unwrap().seq;
    let (ruth, emeka) = (cast.ruth.clone(), second.clinician(cast.emeka.visitor()).unwrap());
    let (one, two) = (cast.couple, cast.other_couple);
    let by_ruth = tokio::spawn(async move {
        for _ in 0..25 {
            ruth.client(one).await.unwrap().unwrap();
            ruth.record_list(ClinicalList::Today, [one, two]).await.unwrap();
        }
    });
    for _ in 0..25 {
        emeka.client(two).await.unwrap().unwrap();
    }
    by_ruth.await.unwrap();
    assert_eq!(world.store.verify_audit().await.unwrap().unwrap().seq, begin + 75);
});

both!(noted_head_shows_a_cut_audit_log_to_doctor_and_owner, |world| {
    let (cast, app) = (practice_with_log(&world).await, App::new(&world));
    let olive = app.cookie(&world, cast.owner.me()).await;
    let config = config(&world);
    let examine = async |heads: &[String]| {
        let report = doctor::examine(&config, heads).await;
        report.iter().map(|f| format!("{f}\n")).collect::<String>()
    };
    assert!(examine(&[]).await.contains("note   No head of the audit log is noted in "));
    let mut heads = Heads::default();
    assert!(heads.look(&config, &world.store).await);
    let noted = std::fs::read_to_string(config.audit_head_file()).unwrap();
    let head: AuditHead = noted.parse().unwrap();
    assert_eq!(Some(&head), world.store.audit_head().await.unwrap().as_ref());
    let said = examine(&[]).await;
    assert!(
        said.contains(&format!("ok     The audit log is whole: {} entries. Its head is {head}\n", head.seq)),
        "{said}"
    );
    assert!(
        said.contains(&format!("ok     The audit log continues from entry {}, noted in the file", head.seq)),
        "{said}"
    );
    assert!(!app.get("/audit", Some(&olive)).await.text.contains("are missing"));

    // Opening the page makes no entry by itself, so the end is known.
    world
        .script(&[
            format!("DELETE FROM audit WHERE seq > {} - 3", head.seq),
            format!("DELETE FROM audit_named WHERE seq > {} - 3", head.seq),
            format!("UPDATE audit_head SET seq = {0} - 3, mac = (SELECT mac FROM audit WHERE seq = {0} - 3)", head.seq),
        ])
        .await
        .unwrap();
    let fault = format!("The audit log ends at entry {}, and entry {} was noted in the file", head.seq - 3, head.seq);
    let said = examine(&[]).await;
    assert!(said.contains(&format!("FAULT  {fault}")) && said.contains("its last 3 entries are missing."), "{said}");
    let page = app.get("/audit", Some(&olive)).await.text;
    assert!(page.contains(&fault) && page.contains("duologue doctor"), "{page}");
    // The noted head is not overwritten, neither by this server nor by one that starts
    // now.
    assert!(!heads.look(&config, &world.store).await);
    cast.ruth.client(cast.couple).await.unwrap().unwrap();
    assert!(!Heads::default().look(&config, &world.store).await);
    assert_eq!(std::fs::read_to_string(config.audit_head_file()).unwrap(), noted);
    // Without the file, a head given by hand shows the cut, and so does this server,
    // which has seen the head.
    std::fs::remove_file(config.audit_head_file()).unwrap();
    assert!(!heads.look(&config, &world.store).await);
    let said = examine(std::slice::from_ref(&noted)).await;
    assert!(
        said.contains("FAULT  The audit log ends at entry ") && said.contains("noted in the head you gave"),
        "{said}"
    );
    assert!(examine(&["nothing".to_owned()]).await.contains("FAULT  “nothing” is not the head of an audit log"));
});

both!(owner_finds_who_opened_a_record, |world| {
    let (cast, app) = (practice_with_log(&world).await, App::new(&world));
    let olive = app.cookie(&world, cast.owner.me()).await;
    let openings = async |who: Option<domain::ids::AccountId>, client: Option<ClientId>| {
        let rows =
            cast.owner.audit_log(AuditFilter { who, client, ..AuditFilter::default() }, None).await.unwrap().rows;
        rows.into_iter()
            .filter(|e| e.row.action == "opened")
            .map(|e| format!("{} {} {}", e.who, e.row.thing, e.named.len()))
            .collect::<Vec<_>>()
    };
    let (ruth, list, emeka) = ("Ruth Abrahams client 0", "Ruth Abrahams caseload 2", "Emeka Obi client 0");
    assert_eq!(openings(None, Some(cast.couple)).await, [list, ruth, list, ruth, list, ruth]);
    assert_eq!(openings(None, Some(cast.other_couple)).await, [emeka, list, emeka, list, emeka, list]);
    assert_eq!(openings(Some(cast.emeka.me()), Some(cast.other_couple)).await, [emeka; 3]);
    assert_eq!(openings(Some(cast.emeka.me()), Some(cast.couple)).await, [""; 0]);
    assert_eq!(openings(Some(cast.ruth.me()), None).await, [list, ruth, list, ruth, list, ruth]);

    let page =
        app.get(&format!("/audit?record=http%3A%2F%2Flocalhost%2Fclients%2F{}", cast.couple), Some(&olive)).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("opened the caseload") && !page.text.contains("Emeka Obi</strong>"), "{}", page.text);
    assert!(!page.text.contains("Amara") && !page.text.contains("Nwosu"), "names are not the owner's to read");
    let wrong = app.get("/audit?record=Amara", Some(&olive)).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("Paste the address of a client’s page."), "{}", wrong.text);
});

/// Acts as an administrator does: the head in a backup shows that the log was cut; a
/// restore is recorded, and a new head is noted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn head_in_a_backup_shows_a_cut_log_and_a_restore_is_recorded() {
    let (practice, store, cast) = Practice::new().await;
    cast.ruth.client(cast.couple).await.unwrap().unwrap();
    let head = store.audit_head().await.unwrap().unwrap();
    store.close().await;
    let run = |words: &[&str]| {
        let output = practice.program(words[0], 9).args(&words[1..]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.success(), said + &String::from_utf8_lossy(&output.stderr))
    };
    std::fs::create_dir(practice.folder.path().join("backups")).unwrap();
    let words = practice.folder.path().join("words");
    std::fs::write(&words, "four herons on the ice").unwrap();
    std::fs::set_permissions(&words, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let (done, said) = run(&["backup", "backups/one.age", "--passphrase-file", "words"]);
    assert!(done && said.contains(&format!("The last entry of its audit log is {head}")), "{said}");
    let (done, said) = run(&["doctor", "--head", "backups"]);
    assert!(done && said.contains("noted in backups/one.age.json."), "{said}");
    let address = practice.address.parse().unwrap();
    let open = async || Store::open(&address, Keys::new(&KEY), Clock::System).await.unwrap();

    let mut c = SqliteConnection::connect(&format!("sqlite://{}", practice.address)).await.unwrap();
    sqlx::raw_sql(
        "DELETE FROM audit WHERE seq > (SELECT max(seq) - 2 FROM audit);
        UPDATE audit_head
        SET seq = seq - 2, mac = (SELECT mac FROM audit ORDER BY seq DESC LIMIT 1)",
    )
    .execute(&mut c)
    .await
    .unwrap();
    c.close().await.unwrap();
    let (done, said) = run(&["doctor"]);
    assert!(done, "nothing else is known: {said}");
    for known in ["backups", "backups/one.age", "backups/one.age.json", &head.to_string()] {
        let (done, said) = run(&["doctor", "--head", known]);
        assert!(!done && said.contains("its last entry is missing."), "{known}: {said}");
    }

    // The machine is lost after the server noted a later head.
    for lost in ["practice.db", "practice.db-wal", "practice.db-shm", "practice.key"] {
        let _ = std::fs::remove_file(practice.folder.path().join(lost));
    }
    let file = practice.folder.path().join("practice.key.head");
    std::fs::write(&file, AuditHead { seq: head.seq + 9, mac: vec![1; 32] }.to_string()).unwrap();
    let (done, said) = run(&["restore", "backups/one.age", "--passphrase-file", "words"]);
    assert!(done && said.contains("the restore is on record."), "{said}");
    let store = open().await;
    let noted: AuditHead = std::fs::read_to_string(&file).unwrap().parse().unwrap();
    assert_eq!(store.verify_audit().await.unwrap().unwrap(), noted);
    assert_eq!(noted.seq, head.seq + 1);
    let owner = store.owner(cast.owner.visitor()).unwrap();
    let entry = owner.audit_log(AuditFilter::default(), None).await.unwrap().rows.remove(0);
    assert_eq!((entry.who.as_str(), entry.row.action.as_str()), ("The program", "restored from a backup"));
    store.close().await;
    let (done, said) = run(&["doctor", "--head", "backups"]);
    assert!(done, "{said}");
}
