//! What one person wrote is never read by others: neither through the store nor in its
//! files.

use domain::{
    exercises::{
        assignment::Audience,
        exercise::Scope,
        response::{NotNow, therapist_may_read},
    },
    form::Form,
    practice::settings::Practice,
    records::{
        goal::{GoalReview, GoalText, PlanText},
        note::{NoteHeader, NoteScope, NoteText, TypedHeader, header_edits::HeaderEdits},
    },
};
use store::{Booked, Invite, NoteWrite};
use tests::{
    Backend, both,
    people::{Cast, small_answers},
};

use crate::records::documents;

both!(therapist_reads_exactly_what_the_policy_allows, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    let assignment = cast.ruth.assignments(cast.couple, None).await.unwrap().rows[0].id;
    cast.amara.save_draft(occurrence, &small_answers("draft"), 0, None).await.unwrap();
    let seen = format!("{:?}", cast.ruth.assignment(assignment, None, None).await.unwrap().unwrap());
    assert!(!seen.contains("canary"), "a draft was read");
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    let seen = format!("{:?}", cast.ruth.assignment(assignment, None, None).await.unwrap().unwrap());
    for scope in Scope::ALL {
        let canary = format!("canary-amara-{}", scope.word());
        assert_eq!(seen.contains(&canary), therapist_may_read(*scope, true), "{canary}");
    }
});

both!(another_therapist_reads_and_changes_nothing, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    let assignment = cast.ruth.assignments(cast.couple, None).await.unwrap().rows[0].id;
    let amara = cast.amara.person();
    let text = NoteText::free(NoteScope::Joint, "canary-note");
    let NoteWrite::Saved(note) =
        cast.ruth.create_note(cast.couple, None, None, &text, store::SaveKind::Saved).await.unwrap()
    else {
        panic!("kept")
    };
    let emeka = &cast.emeka;
    assert!(emeka.client(cast.couple).await.unwrap().is_none());
    assert!(emeka.names(cast.couple).await.unwrap().is_none());
    assert!(emeka.assignment(assignment, None, None).await.unwrap().is_none());
    assert!(emeka.assignments(cast.couple, None).await.unwrap().rows.is_empty());
    assert!(emeka.withdraw(assignment).await.unwrap().is_none());
    assert!(emeka.note(note).await.unwrap().is_none());
    assert!(emeka.notes(cast.couple, None).await.unwrap().rows.is_empty());
    assert_eq!(emeka.update_note(note, &text, store::SaveKind::Signed).await.unwrap(), NoteWrite::Gone);
    assert_eq!(
        emeka.create_note(cast.couple, None, None, &text, store::SaveKind::Signed).await.unwrap(),
        NoteWrite::Gone
    );
    assert_eq!(emeka.invite_partner(cast.couple, amara).await.unwrap(), Invite::NotTheirs);
    assert!(!emeka.set_archived(cast.couple, true).await.unwrap());
    assert!(emeka.sessions_ahead(cast.couple, None).await.unwrap().rows.is_empty());
    assert!(emeka.past_sessions(cast.couple, None).await.unwrap().rows.is_empty());
    assert!(emeka.next_session(cast.couple).await.unwrap().is_none());
    assert!(
        emeka.update_person(cast.couple, amara, &tests::people::details("X", "x@example.org", "UTC")).await.unwrap()
            == store::PersonUpdate::Unknown
    );
    // The id of a person from another caseload is not enough to take them over.
    assert!(
        emeka.create_client(&store::NewClient::Individual(store::NewMember::Known(amara))).await.unwrap().is_none()
    );
    assert!(!emeka.clients().await.unwrap().iter().any(|r| r.id == cast.couple));
});

both!(partner_of_another_couple_reads_and_changes_nothing, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    cast.jonas.submit(occurrence, &small_answers("jonas")).await.unwrap();
    assert!(cast.stranger.occurrence(occurrence).await.unwrap().is_none());
    assert!(cast.stranger.own_answers(occurrence).await.unwrap().is_empty());
    assert!(cast.stranger.shared_answers(occurrence).await.unwrap().is_none());
    assert_eq!(cast.stranger.submit(occurrence, &small_answers("x")).await.unwrap(), store::SubmitOutcome::Gone);
    assert!(cast.stranger.save_draft(occurrence, &small_answers("x"), 0, None).await.unwrap().is_none());
});

both!(openings_and_changes_are_recorded_in_a_valid_audit_chain, |world| {
    let cast = Cast::new(&world.store).await;
    cast.assign().await;
    let assignment = cast.ruth.assignments(cast.couple, None).await.unwrap().rows[0].id;
    cast.ruth.assignment(assignment, None, None).await.unwrap();
    cast.ruth.client(cast.couple).await.unwrap();
    let acts: Vec<String> = cast
        .owner
        .audit_log(store::AuditFilter::default(), None)
        .await
        .unwrap()
        .rows
        .into_iter()
        .map(|entry| format!("{} {} {}", entry.who, entry.row.action, entry.row.thing))
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

/// Writes what is sealed beside the text of a note: its header, why it is joint, a
/// section that was moved, text typed after the signature, why it was unlocked.
async fn write_beside_a_note(cast: &Cast) {
    let practice = cast.owner.practice().await.unwrap();
    cast.owner.update_practice(&Practice { note_unlock_hours: 24, ..practice }).await.unwrap();
    let mut text = NoteText::free(NoteScope::Joint, "canary-moved");
    text.without_policy = "canary-without".to_owned();
    text.header = Some(TypedHeader::whole(NoteHeader {
        date: "2026-11-23".parse().unwrap(),
        starts: None,
        ends: None,
        place: "canary-place".to_owned(),
        kind: String::new(),
        attendance: vec![],
        others: "canary-others".to_owned(),
        policy: String::new(),
        edits: HeaderEdits::default(),
    }));
    let saved = cast.ruth.create_note(cast.couple, None, None, &text, store::SaveKind::Saved).await.unwrap();
    let NoteWrite::Saved(note) = saved else { panic!("{saved:?}") };
    assert!(matches!(cast.ruth.move_section(note, "text").await.unwrap(), store::SectionMoved::Done(_)));
    let signed = NoteText { without_policy: String::new(), ..NoteText::free(NoteScope::Joint, "canary-signed") };
    assert_eq!(cast.ruth.update_note(note, &signed, store::SaveKind::Signed).await.unwrap(), NoteWrite::Saved(note));
    let mut left = NoteText::free(NoteScope::Joint, "canary-left");
    left.body.page = Some(uuid::Uuid::from_u128(9));
    let about = store::NoteAbout::default();
    cast.ruth.type_note(cast.couple, Some(note), about, &left, store::SaveKind::Typing, None).await.unwrap();
    assert_eq!(cast.ruth.unlock_note(note, "canary-why").await.unwrap(), store::Unlocked::Done);
    let page = cast.ruth.note_page(note).await.unwrap().unwrap();
    assert_eq!((page.leftovers.len(), page.unlockings.len()), (1, 1));
    assert_eq!(page.note.without_policy, "canary-without");
    assert_eq!(page.note.header.unwrap().others, "canary-others");
}

/// Writes a goal with a review, a plan, and a supervisor's comment.
async fn write_goals_and_a_comment(cast: &Cast) {
    let typed = [("text", "canary-goal"), ("measure", "canary-measure"), ("since", "2026-11-03")];
    let goal = cast.ruth.create_goal(cast.couple, &GoalText::read(&Form::from_pairs(typed)).unwrap()).await.unwrap();
    let store::GoalWrite::Saved(goal) = goal else { panic!("{goal:?}") };
    let review = [("state", "open"), ("remark", "canary-remark")];
    let review = GoalReview::read(&Form::from_pairs(review)).unwrap();
    assert_eq!(cast.ruth.review_goal(goal, 1, &review).await.unwrap(), store::GoalWrite::Saved(goal));
    let plan = PlanText { text: "canary-plan".to_owned(), until: None };
    assert_eq!(cast.ruth.write_plan(cast.couple, None, &plan).await.unwrap(), store::PlanWrite::Saved);
    crate::routes::set_supervision(cast).await;
    let text = NoteText::free(NoteScope::Joint, "canary-supervised");
    let signed = cast.emeka.create_note(cast.other_couple, None, None, &text, store::SaveKind::Signed).await.unwrap();
    let NoteWrite::Saved(note) = signed else { panic!("{signed:?}") };
    assert_eq!(cast.ruth.return_note(note, 1, "canary-comment").await.unwrap(), store::CosignAnswer::Done);
}

/// The bytes of the database, its log and its backup contain no text that a partner or a
/// therapist wrote.
#[tokio::test]
async fn no_written_text_is_readable_in_the_database_files() {
    let world = tests::World::new(Backend::Sqlite).await;
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    cast.amara.save_draft(occurrence, &small_answers("draft"), 0, None).await.unwrap();
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    cast.jonas.save_draft(occurrence, &small_answers("jonas"), 0, None).await.unwrap();
    assert!(cast.jonas.set_not_now(occurrence, Some(NotNow::NotSafe)).await.unwrap());
    let Booked::Done(cancelled) = cast.book(&world.store, "2026-12-01 10:00").await else { panic!("free") };
    cast.desk.cancel(cancelled, &tests::cancelled("canary-reason")).await.unwrap();
    let file = documents::upload(&world.store, cast.ruth.me(), b"canary-file").await;
    documents::add(&cast.ruth, cast.couple, NoteScope::Joint, "canary-title", &file).await;
    let file = documents::upload(&world.store, cast.amara.me(), &b"canary-scan".repeat(40_000)).await;
    documents::hand_in(&cast.amara, cast.couple, "canary-name", &file, false).await;
    documents::upload(&world.store, cast.amara.me(), b"canary-loose").await;
    let text = NoteText::free(NoteScope::Process, "canary-note");
    cast.ruth.create_note(cast.couple, None, None, &text, store::SaveKind::Saved).await.unwrap();
    write_beside_a_note(&cast).await;
    write_goals_and_a_comment(&cast).await;
    let Booked::Done(_) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    for claimed in world.store.worker().claim_due(9, chrono::Duration::minutes(1)).await.unwrap() {
        world.store.worker().store_body(claimed.id, claimed.token, b"canary-mail").await.unwrap();
    }
    let mut looked = Vec::new();
    for file in std::fs::read_dir(world.folder.path()).unwrap().map(|f| f.unwrap().path()).filter(|p| p.is_file()) {
        looked.push((file.display().to_string(), std::fs::read(&file).unwrap()));
    }
    // What an archive has of each row before it is encrypted: sealed as in the database.
    let (parts, mut taken) = tokio::sync::mpsc::channel(500);
    let mut outflow = store::Outflow::begin(&world.address).await.unwrap();
    outflow.send(&parts).await.unwrap();
    drop(parts);
    while let Some(part) = taken.recv().await {
        looked.push((part.table, part.lines));
    }
    for table in [outflow.people().await.unwrap(), outflow.sessions().await.unwrap()] {
        looked.push(("a table for people".to_owned(), table.into_bytes()));
    }
    for (name, bytes) in &looked {
        assert!(!bytes.windows(7).any(|w| w == b"canary-"), "{name}");
        assert!(!bytes.windows(8).any(|w| w == b"not_safe"), "{name}");
        assert!(!bytes.windows(14).any(|w| w == b"Take your time"), "{name}");
    }
    assert!(looked.len() >= 40, "the database, its log and the parts of an archive were looked at");
}

// The database reveals nothing of a reason, not even its length.
both!(reasons_are_sealed_and_their_lengths_are_equal, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    for (partner, why) in [(&cast.amara, NotNow::NotSafe), (&cast.jonas, NotNow::NoTime)] {
        assert!(partner.set_not_now(occurrence, Some(why)).await.unwrap());
    }
    let Booked::Done(session) = cast.book(&world.store, "2026-12-01 10:00").await else { panic!("free") };
    cast.desk.cancel(session, &tests::cancelled("canary-reason")).await.unwrap();
    let in_files = |words: &[u8]| {
        let files = std::fs::read_dir(world.folder.path()).unwrap().map(|f| f.unwrap().path());
        files.filter(|f| std::fs::read(f).unwrap().windows(words.len()).any(|w| w == words)).count()
    };
    let (ruth, desk) = (&cast.ruth, &cast.desk);
    assert_eq!(ruth.put_off_as_unsafe().await.unwrap(), [(cast.couple, "Amara Nwosu".to_owned())]);
    let all = ruth.assignments(cast.couple, None).await.unwrap().rows;
    let told: Vec<_> = all[0].status.iter().map(|s| s.not_now).collect();
    assert_eq!(told, [Some(NotNow::NotSafe), Some(NotNow::NoTime)]);
    let (turns, _) = ruth.adherence(cast.couple, cast.ruth.now() - chrono::Duration::weeks(1)).await.unwrap().unwrap();
    let reasons: Vec<_> = turns[0].parts.iter().flatten().map(|p| p.reason).collect();
    assert_eq!(reasons, told);
    let changes = desk.changes(session).await.unwrap();
    assert_eq!((changes[0].what.as_str(), changes[0].reason.as_str()), ("cancelled", "canary-reason"));
    assert_eq!(world.number("SELECT count(DISTINCT length(not_now)) FROM response").await.unwrap(), 1);
    assert_eq!(world.store.bad_rows().await.unwrap(), []);
    for words in [&b"canary-reason"[..], b"not_safe", b"no_time"] {
        assert_eq!(in_files(words), 0, "{}", String::from_utf8_lossy(words));
    }
});

/// A sealed value that is copied to another row does not open.
#[tokio::test]
async fn sealed_value_does_not_open_in_another_row() {
    use sqlx::Connection as _;
    let world = tests::World::new(Backend::Sqlite).await;
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign_exercise("open", Audience::Everyone).await;
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    assert!(cast.jonas.shared_answers(occurrence).await.unwrap().unwrap().contains_key("couple"));
    let mut c = sqlx::SqliteConnection::connect(&format!("sqlite://{}", world.address_text)).await.unwrap();
    sqlx::query("UPDATE answer SET body = (SELECT b.body FROM answer b WHERE b.step = 'mine') WHERE step = 'couple'")
        .execute(&mut c)
        .await
        .unwrap();
    // A value that does not open is left out, and the page says so.
    assert!(cast.jonas.shared_answers(occurrence).await.unwrap().is_none_or(|theirs| theirs.is_empty()));
    assert!(cast.amara.own_answers(occurrence).await.unwrap().iter().all(|answer| answer.step != "couple"));
    assert_eq!(world.store.bad_rows().await.unwrap().len(), 1);
}

both!(continuous_typing_is_one_audit_entry, |world| {
    use store::SaveKind::{Saved, Typing};
    let cast = Cast::new(&world.store).await;
    let text = |body: &str| NoteText::free(NoteScope::Joint, body);
    let changes = async || {
        let rows = cast.owner.audit_log(store::AuditFilter::default(), None).await.unwrap().rows;
        rows.iter().filter(|entry| entry.row.thing == "note" && entry.row.action == "changed").count()
    };
    let NoteWrite::Saved(id) = cast.ruth.create_note(cast.couple, None, None, &text("B"), Typing).await.unwrap() else {
        panic!("kept")
    };
    for n in 0..5 {
        world.clock.advance(chrono::Duration::seconds(30));
        assert_eq!(cast.ruth.update_note(id, &text(&"B".repeat(n + 2)), Typing).await.unwrap(), NoteWrite::Saved(id));
    }
    assert_eq!(changes().await, 0);
    assert_eq!(cast.ruth.note(id).await.unwrap().unwrap().body, "B".repeat(6));
    world.clock.advance(chrono::Duration::hours(1));
    cast.ruth.update_note(id, &text("C"), Typing).await.unwrap();
    cast.ruth.update_note(id, &text("D"), Saved).await.unwrap();
    assert_eq!(changes().await, 2);
});
