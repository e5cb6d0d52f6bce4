//! Sessions without a signed note: a list for each clinician, oldest first, that never
//! blocks anything.

use axum::http::StatusCode;
use chrono::Duration;
use domain::{
    ids::{NoteId, SessionId},
    records::note::{NoteScope, NoteText},
};
use store::{Booked, Clinician, MissingNote, NoteWrite, SaveKind};
use tests::{World, app::App, both, people::Cast};

/// Two sessions of the couple that are over.
async fn two_sessions(world: &World, cast: &Cast) -> [SessionId; 2] {
    let mut sessions = Vec::new();
    for starts in ["2026-11-24 10:00", "2026-11-25 10:00"] {
        let Booked::Done(session) = cast.book(&world.store, starts).await else { panic!("free") };
        sessions.push(session);
    }
    world.clock.advance(Duration::days(3));
    [sessions[0], sessions[1]]
}

async fn missing(clinician: &Clinician) -> Vec<MissingNote> {
    clinician.missing_notes(None).await.unwrap().rows
}

/// Ruth writes a note on a session.
async fn write(cast: &Cast, session: SessionId, scope: NoteScope, kind: SaveKind) -> NoteId {
    let text = NoteText::free(scope, "They came.");
    match cast.ruth.create_note(cast.couple, Some(session), None, &text, kind).await.unwrap() {
        NoteWrite::Saved(id) => id,
        other => panic!("{other:?}"),
    }
}

both!(session_is_missing_until_a_note_of_the_record_is_signed, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(_) = cast.book(&world.store, "2027-01-20 10:00").await else { panic!("free") };
    let [one, two] = two_sessions(&world, &cast).await;
    let sessions = |rows: Vec<MissingNote>| rows.into_iter().map(|row| row.session).collect::<Vec<_>>();
    assert_eq!(sessions(missing(&cast.ruth).await), [one, two], "the oldest first, and none ahead");
    assert!(missing(&cast.emeka).await.is_empty(), "not a colleague's");
    assert_eq!(missing(&cast.ruth).await[0].title, "Amara Nwosu & Jonas Weber");
    write(&cast, one, NoteScope::Process, SaveKind::Signed).await;
    assert_eq!(cast.ruth.missing_notes_count().await.unwrap(), 2, "a process note is no part of the record");
    let draft = write(&cast, one, NoteScope::Joint, SaveKind::Saved).await;
    assert_eq!(missing(&cast.ruth).await[0].draft, Some(draft), "begun, and still missing");
    let text = NoteText::free(NoteScope::Joint, "They came.");
    assert_eq!(cast.ruth.update_note(draft, &text, SaveKind::Signed).await.unwrap(), NoteWrite::Saved(draft));
    assert_eq!(sessions(missing(&cast.ruth).await), [two]);
    write(&cast, two, NoteScope::PartnerB, SaveKind::Signed).await;
    assert!(missing(&cast.ruth).await.is_empty());
    assert_eq!(cast.ruth.note_counts().await.unwrap().missing, 0);
});

both!(cancelled_and_separated_sessions_are_not_missing, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(cancelled) = cast.book(&world.store, "2026-11-26 10:00").await else { panic!("free") };
    cast.desk.cancel(cancelled, &tests::cancelled("ill")).await.unwrap();
    let sessions = two_sessions(&world, &cast).await;
    world.clock.advance(Duration::days(2));
    assert_eq!(missing(&cast.ruth).await.len(), sessions.len());
    assert!(cast.ruth.separate(cast.couple).await.unwrap());
    assert!(missing(&cast.ruth).await.is_empty(), "a frozen record takes no new note");
});

both!(note_that_was_returned_leaves_its_session_missing_again, |world| {
    let cast = Cast::new(&world.store).await;
    crate::records::supervision::supervise(&cast, &cast.ruth, "2026-11-01", None).await;
    let wish = domain::scheduling::session::NewSession {
        client: cast.other_couple,
        clinician: cast.emeka.me(),
        ..cast.wish(&world.store, "2026-11-24 12:00")
    };
    let timing = store::timing(wish.starts, &tests::people::zone("Europe/Berlin"), wish.minutes, None).unwrap();
    let Booked::Done(session) = cast.desk.book(&wish, &timing).await.unwrap() else { panic!("free") };
    world.clock.advance(Duration::days(3));
    assert_eq!(missing(&cast.emeka).await.len(), 1);
    let text = NoteText::free(NoteScope::Joint, "They came.");
    let signed = cast.emeka.create_note(cast.other_couple, Some(session), None, &text, SaveKind::Signed).await.unwrap();
    let NoteWrite::Saved(note) = signed else { panic!("{signed:?}") };
    assert!(missing(&cast.emeka).await.is_empty(), "it is signed, and waits");
    cast.ruth.return_note(note, 1, "Again.").await.unwrap();
    assert_eq!(missing(&cast.emeka).await[0].draft, Some(note));
});

both!(page_lists_what_to_write_and_today_leads_there, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let [one, two] = two_sessions(&world, &cast).await;
    write(&cast, two, NoteScope::Joint, SaveKind::Saved).await;
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let page = app.get("/notes", Some(&ruth)).await.text;
    let write_link = format!("/clients/{}/notes/new?session={one}", cast.couple);
    assert!(page.contains(&write_link) && page.contains("Write note: Amara Nwosu &amp; Jonas Weber"), "{page}");
    assert!(!page.contains("To co-sign"), "she supervises nobody");
    let drafts = app.get("/notes?tab=drafts", Some(&ruth)).await.text;
    assert!(drafts.contains("Sign note: Amara Nwosu"), "{drafts}");
    let today = app.get("/today", Some(&ruth)).await.text;
    assert!(today.contains("2 sessions without a signed note") && today.contains("href=\"/notes\""), "{today}");
    // A reminder, never a block: the next session is booked all the same.
    assert!(matches!(cast.book(&world.store, "2026-12-10 10:00").await, Booked::Done(_)));
    for account in [cast.owner.me(), cast.desk.me(), cast.amara.me()] {
        let cookie = app.cookie(&world, account).await;
        assert_eq!(app.get("/notes", Some(&cookie)).await.status, StatusCode::NOT_FOUND);
    }
});
