//! What one wrote, the others never read: in the store, and in its files.

use domain::{
    assignment::For,
    exercise::Scope,
    note::{NoteScope, NoteText},
    response::therapist_may_read,
};
use store::{Booked, NoteWrite};
use tests::{
    Backend, both,
    people::{Cast, small_answers},
};

both!(the_therapist_reads_what_the_policy_says, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    let assignment = cast.ruth.assignments(cast.couple).await.unwrap()[0].id;
    cast.amara.save_draft(occurrence, &small_answers("draft"), 0, None).await.unwrap();
    let seen = format!("{:?}", cast.ruth.assignment(assignment, None).await.unwrap().unwrap());
    assert!(!seen.contains("canary"), "a draft was read");
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    let seen = format!("{:?}", cast.ruth.assignment(assignment, None).await.unwrap().unwrap());
    for scope in Scope::ALL {
        let canary = format!("canary-amara-{}", scope.word());
        assert_eq!(seen.contains(&canary), therapist_may_read(*scope, true), "{canary}");
    }
});

both!(another_therapist_finds_nothing, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    let assignment = cast.ruth.assignments(cast.couple).await.unwrap()[0].id;
    let amara = cast.amara.person();
    let text = NoteText { scope: NoteScope::Joint, body: "canary-note".into() };
    let NoteWrite::Kept(note) =
        cast.ruth.create_note(cast.couple, None, None, &text, store::NoteEnd::Saved).await.unwrap()
    else {
        panic!("kept")
    };
    let emeka = &cast.emeka;
    assert!(emeka.client(cast.couple).await.unwrap().is_none());
    assert!(emeka.names(cast.couple).await.unwrap().is_none());
    assert!(emeka.assignment(assignment, None).await.unwrap().is_none());
    assert!(emeka.assignments(cast.couple).await.unwrap().is_empty());
    assert!(emeka.withdraw(assignment).await.unwrap().is_none());
    assert!(emeka.note(note).await.unwrap().is_none());
    assert!(emeka.notes(cast.couple).await.unwrap().is_empty());
    assert_eq!(emeka.update_note(note, &text, store::NoteEnd::Signed).await.unwrap(), NoteWrite::Gone);
    assert_eq!(
        emeka.create_note(cast.couple, None, None, &text, store::NoteEnd::Signed).await.unwrap(),
        NoteWrite::Gone
    );
    assert!(emeka.invite_partner(cast.couple, amara).await.unwrap().is_none());
    assert!(!emeka.set_archived(cast.couple, true).await.unwrap());
    assert!(emeka.client_sessions(cast.couple).await.unwrap().is_empty());
    assert!(
        !emeka.update_person(cast.couple, amara, &tests::people::details("X", "x@example.org", "UTC")).await.unwrap()
    );
    // A person of another's caseload cannot be taken over by their id.
    assert!(
        emeka.create_client(&store::NewClient::Individual(store::NewMember::Known(amara))).await.unwrap().is_none()
    );
    assert!(!emeka.clients().await.unwrap().iter().any(|r| r.id == cast.couple));
});

both!(a_partner_of_another_couple_finds_nothing, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    cast.jonas.submit(occurrence, &small_answers("jonas")).await.unwrap();
    assert!(cast.stranger.occurrence(occurrence).await.unwrap().is_none());
    assert!(cast.stranger.own_answers(occurrence).await.unwrap().is_empty());
    assert!(cast.stranger.their_answers(occurrence).await.unwrap().is_none());
    assert_eq!(cast.stranger.submit(occurrence, &small_answers("x")).await.unwrap(), store::Submit::Gone);
    assert!(cast.stranger.save_draft(occurrence, &small_answers("x"), 0, None).await.unwrap().is_none());
});

both!(a_process_note_is_its_authors_and_a_signed_note_stands, |world| {
    let cast = Cast::new(&world.store).await;
    let text = |scope, body: &str| NoteText { scope, body: body.into() };
    let NoteWrite::Kept(joint) = cast
        .ruth
        .create_note(cast.couple, None, None, &text(NoteScope::Joint, "first"), store::NoteEnd::Saved)
        .await
        .unwrap()
    else {
        panic!()
    };
    assert_eq!(
        cast.ruth.update_note(joint, &text(NoteScope::Joint, "second"), store::NoteEnd::Signed).await.unwrap(),
        NoteWrite::Kept(joint)
    );
    assert_eq!(
        cast.ruth.update_note(joint, &text(NoteScope::Joint, "third"), store::NoteEnd::Saved).await.unwrap(),
        NoteWrite::Signed
    );
    assert_eq!(cast.ruth.note(joint).await.unwrap().unwrap().body, "second");
    let amended = cast
        .ruth
        .create_note(cast.couple, None, Some(joint), &text(NoteScope::Joint, "amendment"), store::NoteEnd::Signed)
        .await
        .unwrap();
    assert!(matches!(amended, NoteWrite::Kept(_)));
    // An amendment of a draft is none.
    let NoteWrite::Kept(draft) = cast
        .ruth
        .create_note(cast.couple, None, None, &text(NoteScope::Process, "mine"), store::NoteEnd::Saved)
        .await
        .unwrap()
    else {
        panic!()
    };
    assert_eq!(
        cast.ruth
            .create_note(cast.couple, None, Some(draft), &text(NoteScope::Joint, "x"), store::NoteEnd::Signed)
            .await
            .unwrap(),
        NoteWrite::Gone
    );
});

both!(openings_and_changes_are_on_record_and_the_chain_holds, |world| {
    let cast = Cast::new(&world.store).await;
    cast.assign().await;
    let assignment = cast.ruth.assignments(cast.couple).await.unwrap()[0].id;
    cast.ruth.assignment(assignment, None).await.unwrap();
    cast.ruth.client(cast.couple).await.unwrap();
    let acts: Vec<String> = cast
        .owner
        .audit_log(None)
        .await
        .unwrap()
        .into_iter()
        .map(|(r, who)| format!("{who} {} {}", r.action, r.thing))
        .collect();
    for act in [
        "Ruth Abrahams opened assignment",
        "Ruth Abrahams opened client",
        "Ruth Abrahams assigned assignment",
        "Ruth Abrahams sign-in login",
        "Olive Owner created room",
    ] {
        assert!(acts.iter().any(|a| a == act), "{act} in {acts:#?}");
    }
    assert!(world.store.verify_audit().await.unwrap().is_ok());
});

/// The database's own bytes, its log and its backup: no text a partner or a
/// therapist wrote stands in them.
#[tokio::test]
async fn nothing_written_stands_in_the_files() {
    let world = tests::World::new(Backend::Sqlite).await;
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    cast.amara.save_draft(occurrence, &small_answers("draft"), 0, None).await.unwrap();
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    cast.jonas.save_draft(occurrence, &small_answers("jonas"), 0, None).await.unwrap();
    let text = NoteText { scope: NoteScope::Process, body: "canary-note".into() };
    cast.ruth.create_note(cast.couple, None, None, &text, store::NoteEnd::Saved).await.unwrap();
    let Booked::Done(_) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    for claimed in world.store.claim_due(9, chrono::Duration::minutes(1)).await.unwrap() {
        world.store.store_body(claimed.id, claimed.token, b"canary-mail").await.unwrap();
    }
    let key = world.folder.path().join("test.key");
    std::fs::write(&key, "key").unwrap();
    store::backup(&world.address, &key, &world.folder.path().join("backup")).await.unwrap();
    let mut looked = 0;
    for folder in [world.folder.path().to_owned(), world.folder.path().join("backup")] {
        for file in std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).filter(|p| p.is_file()) {
            let bytes = std::fs::read(&file).unwrap();
            looked += 1;
            assert!(!bytes.windows(7).any(|w| w == b"canary-"), "{}", file.display());
            assert!(!bytes.windows(14).any(|w| w == b"Take your time"), "{}", file.display());
        }
    }
    assert!(looked >= 4, "the database, its log, its backup and the manifest were looked at");
}

/// Two sealed values that change places do not open.
#[tokio::test]
async fn a_sealed_value_is_bound_to_its_row() {
    use sqlx::Connection as _;
    let world = tests::World::new(Backend::Sqlite).await;
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign_exercise("open", For::Everyone).await;
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    assert!(cast.jonas.their_answers(occurrence).await.is_ok());
    let mut c = sqlx::SqliteConnection::connect(&format!("sqlite://{}", world.address_text)).await.unwrap();
    sqlx::query("UPDATE answer SET body = (SELECT b.body FROM answer b WHERE b.step = 'mine') WHERE step = 'couple'")
        .execute(&mut c)
        .await
        .unwrap();
    assert!(cast.jonas.their_answers(occurrence).await.is_err());
}

both!(a_stretch_of_typing_is_one_change_on_record, |world| {
    use store::NoteEnd::{Saved, Typing};
    let cast = Cast::new(&world.store).await;
    let text = |body: &str| NoteText { scope: NoteScope::Joint, body: body.into() };
    let changes = async || {
        let rows = cast.owner.audit_log(None).await.unwrap();
        rows.iter().filter(|(r, _)| r.thing == "note" && r.action == "changed").count()
    };
    let NoteWrite::Kept(id) = cast.ruth.create_note(cast.couple, None, None, &text("B"), Typing).await.unwrap() else {
        panic!("kept")
    };
    for n in 0..5 {
        world.clock.advance(chrono::Duration::seconds(30));
        assert_eq!(cast.ruth.update_note(id, &text(&"B".repeat(n + 2)), Typing).await.unwrap(), NoteWrite::Kept(id));
    }
    assert_eq!(changes().await, 0);
    assert_eq!(cast.ruth.note(id).await.unwrap().unwrap().body, "B".repeat(6));
    world.clock.advance(chrono::Duration::hours(1));
    cast.ruth.update_note(id, &text("C"), Typing).await.unwrap();
    cast.ruth.update_note(id, &text("D"), Saved).await.unwrap();
    assert_eq!(changes().await, 2);
});
