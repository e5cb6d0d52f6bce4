//! Attendance: each partner is checked in on their own, the session's state follows, the
//! therapist reads who came, and the fee and the note follow from it.

use axum::http::StatusCode;
use chrono::Duration;
use domain::{
    ids::SessionId,
    practice::settings::Practice,
    records::note::{NoteScope, NoteText},
    scheduling::{
        attendance::{Mark, Presence},
        session::SessionState,
    },
};
use store::{Booked, NoteWrite, SaveKind};
use tests::{World, app::App, both, people::Cast};

/// Books a session for both partners this afternoon: at 11:00 UTC the tests begin, and it
/// lasts from 14:00 to 14:50.
async fn book(world: &World, cast: &Cast) -> SessionId {
    match cast.book(&world.store, "2026-11-23 15:00").await {
        Booked::Done(id) => id,
        other => panic!("{other:?}"),
    }
}

const IN: Option<Presence> = Some(Presence::Present);
const OUT: Option<Presence> = Some(Presence::Absent);

both!(session_follows_from_who_is_checked_in, |world| {
    let cast = Cast::new(&world.store).await;
    let id = book(&world, &cast).await;
    let (amara, jonas) = (cast.amara.person(), cast.jonas.person());
    let state = async || {
        let session = cast.desk.session(id).await.unwrap().unwrap();
        (session.state, session.presences(), session.came())
    };
    assert_eq!(state().await, (SessionState::Booked, vec![None, None], None));
    // Amara is twelve minutes late, Jonas does not come.
    world.clock.advance(Duration::minutes(192));
    assert!(cast.desk.mark_attendance(id, Mark::Arrived(Some(amara))).await.unwrap());
    let came = Some("Amara arrived, Jonas not yet".to_owned());
    assert_eq!(state().await, (SessionState::Arrived, vec![IN, None], came));
    let session = cast.desk.session(id).await.unwrap().unwrap();
    assert_eq!(session.attendees[0].arrived_at, Some(world.store.now()));
    // A second press changes nothing and writes no history.
    let changes = cast.desk.changes(id).await.unwrap().len();
    assert!(!cast.desk.mark_attendance(id, Mark::Arrived(Some(amara))).await.unwrap());
    assert_eq!(cast.desk.changes(id).await.unwrap().len(), changes);
    let ruth = world.store.bookings(cast.ruth.visitor()).unwrap();
    assert!(ruth.mark_attendance(id, Mark::Absent(jonas)).await.unwrap());
    let only = Some("Only Amara came".to_owned());
    assert_eq!(state().await, (SessionState::Arrived, vec![IN, OUT], only.clone()));
    assert!(cast.desk.set_state(id, SessionState::Completed).await.unwrap());
    assert_eq!(state().await, (SessionState::Completed, vec![IN, OUT], only), "an absence stays");
    let attendees = cast.desk.session(id).await.unwrap().unwrap().attendees;
    assert_eq!(attendees[0].arrived_at, session.attendees[0].arrived_at, "the arrival stays");
    // It was a mistake: all of it can be set back.
    assert!(cast.desk.set_state(id, SessionState::Booked).await.unwrap());
    assert_eq!(state().await, (SessionState::Booked, vec![None, None], None));
    // Nobody comes.
    assert!(cast.desk.mark_attendance(id, Mark::Absent(amara)).await.unwrap());
    assert_eq!(state().await.0, SessionState::Booked);
    assert!(cast.desk.mark_attendance(id, Mark::Absent(jonas)).await.unwrap());
    assert_eq!(state().await.0, SessionState::NoShow);
    // One of them comes after all, and it ends.
    assert!(cast.desk.mark_attendance(id, Mark::Only(jonas)).await.unwrap());
    assert_eq!(state().await, (SessionState::Completed, vec![OUT, IN], Some("Only Jonas came".to_owned())));
});

both!(attendance_is_marked_by_those_who_book_and_of_those_who_attend, |world| {
    let cast = Cast::new(&world.store).await;
    let id = book(&world, &cast).await;
    let emeka = world.store.bookings(cast.emeka.visitor()).unwrap();
    assert!(!emeka.mark_attendance(id, Mark::Arrived(None)).await.unwrap());
    assert!(!cast.desk.mark_attendance(id, Mark::Arrived(Some(cast.stranger.person()))).await.unwrap());
    let app = App::new(&world);
    let kofi = app.cookie(&world, cast.desk.me()).await;
    let path = format!("/sessions/{id}/attendance");
    // No-shows are marked when the session has begun, and arrivals on its day.
    let absent = Mark::Absent(cast.amara.person()).to_string();
    assert!(!app.post(&path, Some(&kofi), &[("mark", &absent)]).await.location().contains("notice"));
    assert_eq!(app.post(&path, Some(&kofi), &[("mark", "left")]).await.status, StatusCode::BAD_REQUEST);
    let amara = app.cookie(&world, cast.amara.me()).await;
    assert_eq!(app.post(&path, Some(&amara), &[("mark", "arrived")]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(cast.desk.session(id).await.unwrap().unwrap().presences(), [None, None]);
    let done = app.post(&path, Some(&kofi), &[("mark", "arrived"), ("back", "desk")]).await;
    assert_eq!(done.location(), "/desk?notice=attendance_saved");
    assert_eq!(cast.desk.session(id).await.unwrap().unwrap().presences(), [IN, IN]);
    // A move starts afresh.
    let session = cast.desk.session(id).await.unwrap().unwrap();
    let starts = session.timing.starts + Duration::days(1);
    let timing = store::timing(starts, &session.timing.zone, 50, None).unwrap();
    let room = domain::scheduling::session::Place::Room(cast.room);
    let goal = store::MoveTarget::to(&timing, &room);
    assert_eq!(cast.desk.move_session(id, &goal).await.unwrap(), Booked::Done(id));
    assert_eq!(cast.desk.session(id).await.unwrap().unwrap().presences(), [None, None]);
});

both!(no_show_of_one_makes_a_fee_only_if_the_practice_says_so, |world| {
    let cast = Cast::new(&world.store).await;
    let practice = cast.owner.practice().await.unwrap();
    let practice = Practice { late_fee: "60 €".into(), ..practice };
    cast.owner.update_practice(&practice).await.unwrap();
    let id = book(&world, &cast).await;
    world.clock.advance(Duration::hours(5));
    assert!(cast.desk.mark_attendance(id, Mark::Only(cast.amara.person())).await.unwrap());
    assert_eq!(cast.desk.fee(id).await.unwrap(), None);
    cast.owner.update_practice(&Practice { fee_if_one_absent: true, ..practice }).await.unwrap();
    assert!(cast.desk.mark_attendance(id, Mark::Only(cast.jonas.person())).await.unwrap());
    assert!(cast.desk.fee(id).await.unwrap().is_some());
    let fees = cast.desk.fees(domain::scheduling::fee::FeeList::Open, None).await.unwrap().rows;
    assert_eq!(fees[0].reason, "No-show of Amara");
    assert!(cast.desk.mark_attendance(id, Mark::Arrived(None)).await.unwrap());
    assert_eq!(cast.desk.fee(id).await.unwrap(), None, "both came after all");
});

both!(desk_and_therapist_read_who_came_and_partners_do_not, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let id = book(&world, &cast).await;
    world.clock.advance(Duration::minutes(192));
    let kofi = app.cookie(&world, cast.desk.me()).await;
    let desk = app.get("/desk", Some(&kofi)).await.text;
    assert!(desk.contains("Check in both") && desk.contains("12 minutes late"), "{desk}");
    let jonas = app.cookie(&world, cast.jonas.me()).await;
    let before = app.get("/portal", Some(&jonas)).await.text;
    assert!(cast.desk.mark_attendance(id, Mark::Arrived(Some(cast.amara.person()))).await.unwrap());
    let desk = app.get("/desk", Some(&kofi)).await.text;
    assert!(
        desk.contains("Amara 15:12")
            && desk.contains("Amara 12 minutes late")
            && desk.contains("Amara arrived, Jonas not yet"),
        "{desk}"
    );
    let after = app.get("/portal", Some(&jonas)).await.text;
    assert_eq!(before.contains("Arrived"), after.contains("Arrived"));
    assert!(!after.contains("15:12") && !after.contains("not yet"));
    assert!(cast.desk.mark_attendance(id, Mark::Only(cast.amara.person())).await.unwrap());
    let (from, until) = ["2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z"].map(|at| at.parse().unwrap()).into();
    let day = cast.desk.calendar(from, until, None, None).await.unwrap();
    assert_eq!(day[0].came.as_deref(), Some("Only Amara came"));
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let page = app.get(&format!("/sessions/{id}"), Some(&ruth)).await.text;
    assert!(page.contains("Only Amara came") && page.contains("Attendance"), "{page}");
    // The history says it in words, and the marks are in the audit log.
    assert!(page.contains("Completed, only Amara Nwosu came"), "{page}");
    let portal = app.get("/portal", Some(&jonas)).await.text;
    assert!(!portal.contains("Only Amara"));
});

both!(note_of_a_session_begins_with_the_record_of_who_came, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let id = book(&world, &cast).await;
    world.clock.advance(Duration::hours(5));
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let path = format!("/clients/{}/notes/new?session={id}", cast.couple);
    let is_checked = |page: &str, scope: NoteScope| {
        let at = page.find(&format!("value=\"{}\"", scope.word())).expect("a choice");
        page[at..].split('>').next().unwrap().contains("checked")
    };
    let page = app.get(&path, Some(&ruth)).await.text;
    assert!(page.contains("Not marked yet"), "{page}");
    assert!(NoteScope::ALL.iter().all(|scope| !is_checked(&page, *scope)), "nothing is known yet");
    assert!(cast.desk.mark_attendance(id, Mark::Only(cast.jonas.person())).await.unwrap());
    let page = app.get(&path, Some(&ruth)).await.text;
    assert!(is_checked(&page, NoteScope::PartnerB) && page.contains("<dd>Jonas"), "{page}");
    assert!(cast.desk.mark_attendance(id, Mark::Arrived(None)).await.unwrap());
    let page = app.get(&path, Some(&ruth)).await.text;
    assert!(is_checked(&page, NoteScope::Joint) && page.contains("Amara and Jonas"), "{page}");
    // The errors of a refused note are only those that are missing, in page order.
    let sent = [("s.text", "They came in"), ("do", "sign"), ("scope", "")];
    let refused = app.post(&format!("/clients/{}/notes", cast.couple), Some(&ruth), &sent).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let at = |text: &str| refused.text.find(text).unwrap_or_else(|| panic!("{text}"));
    assert!(at("Choose whose record") < at("Review the note, and tick"));
    assert!(!refused.text.contains("Write the note.") && refused.text.contains("They came in"));
});

both!(undecided_note_is_private_to_its_author_until_a_record_is_chosen, |world| {
    let cast = Cast::new(&world.store).await;
    let text = |scope, body: &str| NoteText::free(scope, body);
    let typed = text(NoteScope::Joint, "typed before choosing");
    let NoteWrite::Saved(id) =
        cast.ruth.create_note(cast.couple, None, None, &typed, SaveKind::Undecided).await.unwrap()
    else {
        panic!("kept")
    };
    let note = cast.ruth.note(id).await.unwrap().unwrap();
    assert_eq!((note.scope, note.undecided), (NoteScope::Process, true), "whatever the form says");
    let app = App::new(&world);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let page = app.get(&format!("/notes/{id}"), Some(&ruth)).await.text;
    assert!(page.contains("typed before choosing") && !page.contains(" checked"), "{page}");
    // It is chosen: the same note, now of that record.
    let chosen = text(NoteScope::PartnerA, "typed before choosing");
    assert_eq!(cast.ruth.update_note(id, &chosen, SaveKind::Typing).await.unwrap(), NoteWrite::Saved(id));
    let note = cast.ruth.note(id).await.unwrap().unwrap();
    assert_eq!((note.scope, note.undecided, note.body.as_str()), (NoteScope::PartnerA, false, "typed before choosing"));
});
