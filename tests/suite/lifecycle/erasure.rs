//! Erasure of one person's data, deletion of what was kept for its years, and legal
//! holds.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use chrono::Duration;
use domain::{
    exercises::assignment::Audience,
    form::Form,
    ids::ClientId,
    records::{
        note::{NoteScope, NoteText},
        retention::{ErasureFate, ErasureThing, RetentionClass, RetentionYears},
    },
};
use store::{Erased, NoteWrite, Removal, SaveKind, removal_tables};
use tests::{
    Backend, World,
    app::App,
    both,
    people::{Cast, small_answers},
};

use crate::{matrix::PASSWORD, routes::Stage};

/// The number of rows of a table.
async fn rows(world: &World, table: &str) -> i64 {
    world.number(Box::leak(format!("SELECT count(*) FROM {table}").into_boxed_str())).await.unwrap()
}

/// The years with these values for every class.
fn years(of: impl Fn(RetentionClass) -> u32) -> RetentionYears {
    RetentionYears::read(&Form::from_pairs(RetentionClass::ALL.iter().map(|c| (c.word(), of(*c).to_string())))).unwrap()
}

/// All clients of whom something is due.
async fn due(cast: &Cast) -> BTreeSet<ClientId> {
    cast.owner.due_for_deletion(None).await.unwrap().rows.into_iter().map(|due| due.client).collect()
}

/// Whether a text is in the files of a SQLite database, after all that was written is in
/// them.
async fn lies_in_files(world: &World, text: &str) -> bool {
    if world.backend == Backend::Postgres {
        return false;
    }
    world.raw("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    let mut found = false;
    for entry in std::fs::read_dir(world.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            found |= bytes.windows(text.len()).any(|window| window == text.as_bytes());
        }
    }
    found
}

/// Everything that was kept for its years is deleted, table by table, and nothing else.
async fn check_deletion(backend: Backend) {
    let stage = Stage::in_world(World::new(backend).await).await;
    let (world, cast) = (&stage.world, &stage.cast);
    let clients = rows(world, "client").await;
    assert!(clients >= 2);
    assert!(due(cast).await.is_empty(), "nothing is due at the start");
    // An open request for one's own data is answered first.
    cast.amara.cancel_data_request(stage.ids["/portal/data/{id}"].parse().unwrap()).await.unwrap();
    world.clock.advance(Duration::days(366 * 4));
    let found = cast.owner.due_for_deletion(None).await.unwrap().rows;
    let couple = found.iter().find(|due| due.client == cast.couple).unwrap();
    assert_eq!(couple.classes, [RetentionClass::Exercises, RetentionClass::Messages]);
    let notes = rows(world, "note").await;
    assert!(cast.owner.delete_due(cast.couple).await.unwrap());
    assert!(!cast.owner.delete_due(cast.couple).await.unwrap(), "once");
    assert_eq!(rows(world, "note").await, notes, "the record is kept longer");
    let left = "SELECT count(*) FROM answer w JOIN occurrence o ON o.id = w.occurrence_id
        JOIN assignment a ON a.id = o.assignment_id JOIN client_member m ON m.client_id = a.client_id
        JOIN person p ON p.id = m.person_id WHERE p.name LIKE 'Amara%'";
    assert_eq!(world.number(left).await.unwrap(), 0);
    world.clock.advance(Duration::days(366 * 8));
    // A hold stops it.
    assert!(cast.owner.set_hold(cast.couple, "canary-court-case").await.unwrap());
    assert!(!cast.owner.delete_due(cast.couple).await.unwrap());
    assert!(!due(cast).await.contains(&cast.couple));
    assert_eq!(cast.owner.holds().await.unwrap()[0].why, "canary-court-case");
    assert!(!lies_in_files(world, "canary-court-case").await, "the reason is sealed");
    assert!(cast.owner.end_hold(cast.couple).await.unwrap());
    for client in due(cast).await {
        assert!(cast.owner.delete_due(client).await.unwrap());
    }
    for (table, removal) in removal_tables() {
        let n = rows(world, table).await;
        if *removal == Removal::WithClient {
            assert_eq!(n, 0, "{table}: {removal:?}");
        }
    }
    // Staff and what is theirs stay.
    assert!(rows(world, "account").await >= 4 && rows(world, "exercise").await > 0);
    assert_eq!(world.number("SELECT count(*) FROM account WHERE person_id IS NOT NULL").await.unwrap(), 0);
    for text in ["amara@example.org", "Amara Nwosu", "jonas@example.org"] {
        assert!(!lies_in_files(world, text).await, "{text}");
    }
    assert!(world.store.verify_audit().await.unwrap().is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_kept_for_its_years_is_deleted_from_every_table_sqlite() {
    check_deletion(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_kept_for_its_years_is_deleted_from_every_table_postgres() {
    check_deletion(Backend::Postgres).await;
}

#[tokio::test]
async fn every_table_is_in_the_list_of_what_is_deleted_with_a_client() {
    let world = World::new(Backend::Sqlite).await;
    let listed: BTreeSet<&str> = removal_tables().iter().map(|(table, _)| *table).collect();
    let copied: BTreeSet<&str> = store::people_tables().iter().map(|(table, _)| *table).collect();
    assert_eq!(listed, copied, "both lists have each table of the schema");
    for (table, removal) in removal_tables() {
        if let Removal::Partly(why) | Removal::Stays(why) = removal {
            assert!(why.len() > 20 && why.ends_with('.'), "{table}");
        }
        rows(&world, table).await;
    }
}

both!(erasure_keeps_what_has_to_be_kept_and_leaves_the_partner_alone, |world| {
    let cast = Cast::new(&world.store).await;
    let both = cast.assign_exercise("small", Audience::Everyone).await;
    cast.amara.submit(both, &small_answers("amara")).await.unwrap();
    cast.jonas.submit(both, &small_answers("jonas")).await.unwrap();
    let of_jonas = "SELECT count(*) FROM answer w JOIN person p ON p.id = w.person_id WHERE p.name LIKE 'Jonas%'";
    let of_amara = "SELECT count(*) FROM answer w JOIN person p ON p.id = w.person_id WHERE p.name NOT LIKE 'Jonas%'";
    let jonas_before = (world.number(of_jonas).await.unwrap(), cast.jonas.own_answers(both).await.unwrap());
    let text = NoteText::free(NoteScope::Joint, "They came together.");
    let signed = cast.ruth.create_note(cast.couple, None, None, &text, SaveKind::Signed).await.unwrap();
    let NoteWrite::Saved(joint) = signed else { panic!("{signed:?}") };
    let (own, amara) = (NoteText::free(NoteScope::PartnerA, "She came alone."), cast.amara.person());
    let signed = cast.ruth.create_note(cast.couple, None, None, &own, SaveKind::Signed).await.unwrap();
    let NoteWrite::Saved(alone) = signed else { panic!("{signed:?}") };
    let fate = |lines: &[domain::records::retention::ErasureLine], thing| {
        lines.iter().find(|line| line.thing == thing).map(|line| line.fate)
    };
    // Everything has its years to run.
    let preview = cast.ruth.erasure_preview(cast.couple, amara).await.unwrap().unwrap();
    assert_eq!(fate(&preview.lines, ErasureThing::Answers), Some(ErasureFate::Kept));
    assert!(
        preview
            .lines
            .iter()
            .filter(|l| l.fate == ErasureFate::Kept && l.thing.class().is_some())
            .all(|l| l.until.is_some())
    );
    assert!(cast.emeka.erasure_preview(cast.couple, amara).await.unwrap().is_none(), "another’s client");
    // Answers need not be kept: they are erased, and so are the ways in; the rest stays.
    cast.owner.set_retention_years(&years(|c| if c == RetentionClass::Exercises { 0 } else { 10 })).await.unwrap();
    assert_eq!(cast.ruth.erase(cast.couple, amara).await.unwrap(), Erased::Done);
    assert_eq!(world.number(of_amara).await.unwrap(), 0);
    assert!(cast.ruth.note(alone).await.unwrap().is_some());
    assert_eq!(world.number("SELECT count(*) FROM person WHERE name LIKE 'Amara%'").await.unwrap(), 1);
    let open = cast.owner.erasures_to_finish().await.unwrap();
    assert!(open[0].person == amara && open[0].kept_until.is_some(), "{open:?}");
    assert!(!cast.owner.finish_erasure(amara).await.unwrap(), "the record is kept under her name");
    let report = cast.ruth.erasure_preview(cast.couple, amara).await.unwrap().unwrap();
    assert_eq!(fate(&report.earlier[0].lines, ErasureThing::Answers), Some(ErasureFate::Erased));
    assert_eq!(fate(&report.lines, ErasureThing::Answers), None, "there are none any more");
    // Nothing has to be kept: her identity and her part of the record go, what is both’s
    // stays for Jonas.
    cast.owner.set_retention_years(&years(|_| 0)).await.unwrap();
    assert!(cast.ruth.hold_client(cast.couple, "A court case").await.unwrap());
    assert_eq!(cast.ruth.erase(cast.couple, amara).await.unwrap(), Erased::Held);
    assert!(cast.owner.end_hold(cast.couple).await.unwrap());
    assert_eq!(cast.ruth.erase(cast.couple, amara).await.unwrap(), Erased::Done);
    assert!(cast.ruth.note(alone).await.unwrap().is_none());
    assert!(cast.ruth.note(joint).await.unwrap().is_some());
    assert!(!cast.owner.finish_erasure(cast.jonas.person()).await.unwrap(), "he asked for nothing");
    assert!(cast.owner.finish_erasure(amara).await.unwrap());
    assert!(cast.owner.erasures_to_finish().await.unwrap().is_empty());
    assert_eq!(world.number("SELECT count(*) FROM account WHERE login_name LIKE 'amara%'").await.unwrap(), 0);
    for text in ["amara@example.org", "Amara Nwosu"] {
        assert!(!lies_in_files(&world, text).await, "{text}");
    }
    let key = "SELECT count(*) FROM data_key k JOIN person p ON p.id = k.subject_id WHERE p.name = 'Erased person'";
    assert_eq!(world.number(key).await.unwrap(), 0, "her key is destroyed");
    let jonas_after = (world.number(of_jonas).await.unwrap(), cast.jonas.own_answers(both).await.unwrap());
    assert_eq!(format!("{jonas_before:?}"), format!("{jonas_after:?}"), "his content stays as it was");
    // The pages of the couple still work.
    let app = App::new(&world);
    let (ruth, jonas) = (app.cookie(&world, cast.ruth.me()).await, app.cookie(&world, cast.jonas.me()).await);
    for tab in ["overview", "sessions", "exercises", "notes", "documents", "forms", "details"] {
        let page = app.get(&format!("/clients/{}?tab={tab}", cast.couple), Some(&ruth)).await;
        assert_eq!(page.status, StatusCode::OK, "{tab}: {}", page.text);
        assert!(!page.text.contains("cannot be read"), "{tab}: {}", page.text);
    }
    assert_eq!(app.get("/portal", Some(&jonas)).await.status, StatusCode::OK);
    assert_eq!(app.get(&format!("/portal/exercises/{both}"), Some(&jonas)).await.status, StatusCode::OK);
});

/// The page asks for the name and the password, and tells what is in the way.
#[tokio::test]
async fn erasure_needs_the_name_and_the_password() {
    let stage = Stage::with_hash(World::new(Backend::Sqlite).await, &duologue::password::hash(PASSWORD).unwrap()).await;
    let (world, app, cast) = (&stage.world, &stage.app, &stage.cast);
    let ruth = app.cookie(world, cast.ruth.me()).await;
    world.clock.advance(Duration::minutes(10));
    cast.owner.set_retention_years(&years(|_| 0)).await.unwrap();
    let path = format!("/clients/{}/partners/{}/erasure", cast.couple, cast.amara.person());
    let shown = app.get(&path, Some(&ruth)).await.text;
    assert!(shown.contains("booked with this person. Cancel them first."), "{shown}");
    world.raw("UPDATE session SET state = 'cancelled'").await.unwrap();
    let shown = app.get(&path, Some(&ruth)).await.text;
    assert!(shown.contains("Erase for good"), "{shown}");
    for (name, password, field) in [
        ("Amara", PASSWORD, "f-name"),
        ("Amara Nwosu", "", "f-current_password"),
        ("Amara Nwosu", "wrong", "f-current_password"),
    ] {
        let refused = app.post(&path, Some(&ruth), &[("name", name), ("current_password", password)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {password}");
        assert!(refused.text.contains(&format!("{field}-error")), "{name} {password}: {}", refused.text);
    }
    let done = app.post(&path, Some(&ruth), &[("name", "amara nwosu"), ("current_password", PASSWORD)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let report = app.get(&path, Some(&ruth)).await.text;
    assert!(report.contains("Erased on") && report.contains("Kept for the other partner"), "{report}");
    // The owner deletes with a password, too.
    world.clock.advance(Duration::days(2));
    let (owner, ruth) = (app.cookie(world, cast.owner.me()).await, app.cookie(world, cast.ruth.me()).await);
    world.clock.advance(Duration::minutes(10));
    let page = app.get("/practice/retention", Some(&owner)).await.text;
    assert!(page.contains("The whole record"), "{page}");
    let client = cast.couple.to_string();
    let form = |password: &'static str| {
        [("client", client.clone()), ("current_password", password.to_owned()), ("do", "delete".to_owned())]
    };
    let send = |form: [(&'static str, String); 3]| {
        let (app, owner) = (app, owner.clone());
        async move {
            let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
            app.post("/practice/retention/deletion", Some(&owner), &form).await
        }
    };
    assert_eq!(send(form("")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    cast.amara.cancel_data_request(stage.ids["/portal/data/{id}"].parse().unwrap()).await.ok();
    assert_eq!(send(form(PASSWORD)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(app.get(&format!("/clients/{client}"), Some(&ruth)).await.status, StatusCode::NOT_FOUND);
}
