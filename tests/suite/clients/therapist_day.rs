//! The therapist's day: what Today lists, what the brief begins with, the caseload's
//! flags, and one number with one base wherever it is shown.

use axum::http::StatusCode;
use chrono::Duration;
use domain::{
    exercises::{
        assignment::{Audience, Frequency, NewAssignment, Rhythm},
        response::NotNow,
    },
    ids::{AssignmentId, ClientId, SessionId},
    records::{
        adherence::{DueCount, WEEKS},
        note::{NoteScope, NoteText},
    },
};
use store::{Booked, NoteWork, NoteWrite, SaveKind};
use tests::{
    World,
    app::App,
    both,
    people::{Cast, new_couple, open_document, small_answers},
};

fn note(scope: NoteScope, body: &str) -> NoteText {
    NoteText::free(scope, body)
}

async fn assign(cast: &Cast, frequency: Frequency) -> AssignmentId {
    let new = NewAssignment { for_whom: Audience::Everyone, frequency, word_along: String::new() };
    cast.ruth.assign(cast.couple, "open", &new, None).await.unwrap().unwrap()
}

/// The count of the couple as the caseload, the brief and the page of adherence have it.
async fn counts(cast: &Cast) -> [DueCount; 3] {
    let mut rows = cast.ruth.clients().await.unwrap();
    rows.retain(|row| row.id == cast.couple);
    cast.ruth.load_signs(&mut rows).await.unwrap();
    let brief = cast.ruth.brief(cast.couple).await.unwrap().unwrap();
    let since = cast.ruth.now() - Duration::weeks(WEEKS);
    let (turns, _) = cast.ruth.adherence(cast.couple, since).await.unwrap().unwrap();
    for seat in 0..2 {
        let dots = DueCount::of(rows[0].outcomes[seat].iter().copied());
        assert_eq!(dots, DueCount::of_partner(&turns, seat), "the dots of seat {seat}");
    }
    [rows[0].signs.count, DueCount::of_client(&brief.turns), DueCount::of_client(&turns)]
}

both!(caseload_brief_and_adherence_count_the_same, |world| {
    let cast = Cast::new(&world.store).await;
    world.store.load_library(&[open_document()]).await.unwrap();
    cast.book(&world.store, "2026-11-26 10:00").await;
    let due = |done, due| [DueCount { done, due }; 3];
    assert_eq!(counts(&cast).await, due(0, 0));
    let before_session = cast.assign_exercise("open", Audience::Everyone).await;
    let today = world.store.now().date_naive();
    assign(&cast, Frequency::Every(Rhythm { days: 1, from: today, until: None })).await;
    let withdrawn = assign(&cast, Frequency::BeforeNext).await;
    cast.ruth.withdraw(withdrawn).await.unwrap().unwrap();
    assert_eq!(counts(&cast).await, due(0, 0), "all have time");
    cast.amara.submit(before_session, &small_answers("a")).await.unwrap();
    assert_eq!(counts(&cast).await, due(1, 1));
    assert!(cast.jonas.set_not_now(before_session, Some(NotNow::NoTime)).await.unwrap());
    assert_eq!(counts(&cast).await, due(1, 2), "skipped with a reason");
    assert!(cast.jonas.set_not_now(before_session, None).await.unwrap());
    assert_eq!(counts(&cast).await, due(1, 1));
    world.clock.advance(Duration::days(1));
    world.store.worker().make_occurrences().await.unwrap();
    assert_eq!(counts(&cast).await, due(1, 3), "the first day is over for both");
    // The session begins, before which the first exercise was due.
    world.clock.advance(Duration::days(4));
    world.store.worker().make_occurrences().await.unwrap();
    let [after, ..] = counts(&cast).await;
    assert_eq!(counts(&cast).await, [after; 3]);
    assert_eq!((after.done, after.due % 2), (1, 0), "both count for each day, and for the exercise: {after:?}");
    world.clock.advance(Duration::weeks(WEEKS));
    let [later, ..] = counts(&cast).await;
    assert_eq!(counts(&cast).await, [later; 3]);
    assert_eq!(later.done, 0, "it was assigned before these weeks: {later:?}");
});

both!(answers_are_new_until_their_exercise_is_opened, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    world.store.load_library(&[open_document()]).await.unwrap();
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let today = async || app.get("/today", Some(&ruth)).await.text;
    let occurrence = cast.assign_exercise("open", Audience::Everyone).await;
    let assignment = cast.ruth.assignments(cast.couple, None).await.unwrap().rows[0].id;
    assert!(!today().await.contains("New answers"));
    cast.amara.submit(occurrence, &small_answers("a")).await.unwrap();
    let new = cast.ruth.new_answers(None).await.unwrap().rows;
    assert_eq!(new.len(), 1);
    assert_eq!((new[0].assignment, new[0].names.clone()), (assignment, vec!["Amara Nwosu".to_owned()]));
    assert!(cast.emeka.new_answers(None).await.unwrap().rows.is_empty(), "not a colleague's");
    let page = today().await;
    assert!(page.contains("Amara Nwosu answered “") && page.contains(&format!("/assignments/{assignment}")), "{page}");
    world.clock.advance(Duration::minutes(1));
    assert_eq!(app.get(&format!("/assignments/{assignment}"), Some(&ruth)).await.status, StatusCode::OK);
    assert!(cast.ruth.new_answers(None).await.unwrap().rows.is_empty(), "it was opened");
    world.clock.advance(Duration::minutes(1));
    cast.jonas.submit(occurrence, &small_answers("j")).await.unwrap();
    let new = cast.ruth.new_answers(None).await.unwrap().rows;
    assert_eq!(new[0].names, ["Jonas Weber"], "only what arrived since then");
    assert!(today().await.contains("Jonas Weber answered “"));
});

/// A session of the couple that is over.
async fn past_session(world: &World, cast: &Cast) -> SessionId {
    let Booked::Done(session) = cast.book(&world.store, "2026-11-24 10:00").await else { panic!("free") };
    world.clock.advance(Duration::days(1) + Duration::hours(3));
    session
}

both!(notes_to_finish_are_drafts_and_sessions_without_a_note, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let session = past_session(&world, &cast).await;
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let works = async || {
        let rows = cast.ruth.notes_to_finish(None, None).await.unwrap().rows;
        let of_client = cast.ruth.notes_to_finish(Some(cast.couple), None).await.unwrap().rows;
        assert_eq!(rows, of_client);
        rows.into_iter().map(|note| note.work).collect::<Vec<_>>()
    };
    assert_eq!(works().await, [NoteWork::Write(session)]);
    assert!(cast.ruth.notes_to_finish(Some(cast.other_couple), None).await.unwrap().rows.is_empty());
    assert!(cast.emeka.notes_to_finish(None, None).await.unwrap().rows.is_empty(), "not a colleague's");
    let page = app.get("/today", Some(&ruth)).await.text;
    assert!(page.contains("Notes to finish") && page.contains("Write note: Amara Nwosu"), "{page}");
    assert!(page.contains(&format!("/clients/{}/notes/new?session={session}", cast.couple)), "{page}");
    let text = note(NoteScope::Joint, "They laughed.");
    let written = cast.ruth.create_note(cast.couple, Some(session), None, &text, SaveKind::Saved).await.unwrap();
    let NoteWrite::Saved(draft) = written else { panic!("saved") };
    assert_eq!(works().await, [NoteWork::Sign(draft)]);
    assert!(app.get("/today", Some(&ruth)).await.text.contains("Sign note: Amara Nwosu"));
    cast.ruth.update_note(draft, &text, SaveKind::Signed).await.unwrap();
    assert_eq!(works().await, []);
    assert!(app.get("/today", Some(&ruth)).await.text.contains("You’re all caught up."));
});

both!(brief_begins_with_what_was_agreed_and_is_owed, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let session = past_session(&world, &cast).await;
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let brief = async || app.get(&format!("/clients/{}/brief", cast.couple), Some(&ruth)).await.text;
    assert!(brief().await.contains("No note yet."));
    let signed = note(NoteScope::Joint, "They spoke of the move. Next time: what each of them needs.");
    let written = cast.ruth.create_note(cast.couple, Some(session), None, &signed, SaveKind::Signed).await.unwrap();
    let NoteWrite::Saved(signed) = written else { panic!("saved") };
    world.clock.advance(Duration::minutes(1));
    let process = note(NoteScope::Process, "Next time I say less. canary-process");
    cast.ruth.create_note(cast.couple, None, None, &process, SaveKind::Signed).await.unwrap();
    cast.amara.write_message(cast.couple, None, "canary-words", None).await.unwrap();
    let shown = brief().await;
    let agreed = shown.find("Next time: what each of them needs.").expect("what was agreed");
    let owed = shown.find("Amara Nwosu wrote to you").expect("what is owed");
    let since = shown.find("Answers since").expect("answers");
    assert!(agreed < owed && owed < since, "{shown}");
    assert!(!shown.contains("They spoke of the move") && !shown.contains("canary-"), "{shown}");
    let last = cast.ruth.last_note(cast.couple).await.unwrap().unwrap();
    assert_eq!((last.note.id, last.has_addenda), (signed, false));
    assert!(cast.emeka.last_note(cast.couple).await.unwrap().is_none());
    let addendum = note(NoteScope::Joint, "One word was wrong.");
    cast.ruth.create_note(cast.couple, None, Some(signed), &addendum, SaveKind::Signed).await.unwrap();
    assert!(cast.ruth.last_note(cast.couple).await.unwrap().unwrap().has_addenda);
    assert!(brief().await.contains("Has an addendum"));
    // A draft of one's own that is newer is the last note.
    world.clock.advance(Duration::minutes(1));
    let draft = note(NoteScope::PartnerA, "Came alone.\n\nAgreed on a walk.");
    cast.ruth.create_note(cast.couple, None, None, &draft, SaveKind::Saved).await.unwrap();
    let shown = brief().await;
    assert!(shown.contains("Agreed on a walk.") && shown.contains("Sign the note of"), "{shown}");
});

both!(couple_that_has_not_signed_in_never_drifts, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    world.store.load_library(&[open_document()]).await.unwrap();
    let new: ClientId = new_couple(&cast.ruth, "Sunita Rai", "Bikram Rai").await;
    let daily = Frequency::Every(Rhythm { days: 1, from: world.store.now().date_naive(), until: None });
    let each_day = NewAssignment { for_whom: Audience::Everyone, frequency: daily, word_along: String::new() };
    cast.ruth.assign(new, "open", &each_day, None).await.unwrap().unwrap();
    assign(&cast, daily).await;
    for _ in 0..20 {
        world.clock.advance(Duration::days(1));
        world.store.worker().make_occurrences().await.unwrap();
    }
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let page = app.get("/caseload?filter=attention&sort=name", Some(&ruth)).await.text;
    let row = |name: &str| page.split("<tr").find(|row| row.contains(name)).unwrap_or_default().to_owned();
    assert!(row("Sunita Rai").contains("Not signed in yet"), "{page}");
    assert!(!row("Sunita Rai").contains("Drifting"), "{page}");
    assert!(row("Amara Nwosu").contains("Drifting") && !row("Amara Nwosu").contains("Not signed in yet"), "{page}");
    // The invitation is sent from the list.
    assert!(row("Sunita Rai").contains(&format!("/clients/{new}/partners/")), "{page}");
    let legend = "Filled: done. Half: skipped with a reason. Empty: not done.";
    assert!(page.contains(legend) && page.contains("of 20") && page.contains("due in four weeks"), "{page}");
});

both!(record_is_in_tabs_that_work_without_scripts, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    cast.assign_exercise("small", Audience::Everyone).await;
    let signed = note(NoteScope::Joint, "canary-of-the-note");
    cast.ruth.create_note(cast.couple, None, None, &signed, SaveKind::Signed).await.unwrap();
    cast.book(&world.store, "2026-11-30 10:00").await;
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let path = format!("/clients/{}", cast.couple);
    let overview = app.get(&path, Some(&ruth)).await.text;
    for text in ["Next session", "Messages with Amara Nwosu", "Open exercises", "canary-of-the-note", "Archive"] {
        assert!(overview.contains(text), "{text}: {overview}");
    }
    assert!(overview.contains("Record a separation…") && !overview.contains("aria-label=\"Messages"), "{overview}");
    for (tab, text) in [
        ("sessions", "Upcoming sessions"),
        ("exercises", "Progress in the weekly measure"),
        ("notes", "canary-of-the-note"),
        ("details", "Change details"),
    ] {
        assert!(overview.contains(&format!("{path}?tab={tab}\"")), "{tab}: {overview}");
        let page = app.get(&format!("{path}?tab={tab}"), Some(&ruth)).await;
        assert!(page.status == StatusCode::OK && page.text.contains(text), "{tab}: {}", page.text);
    }
});
