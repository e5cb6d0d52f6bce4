//! A move or a cancellation is undone before anyone is notified, or not at all.

use chrono::Duration;
use domain::{
    ids::SessionId,
    outbox::reminder::EmailKind,
    practice::settings::Practice,
    scheduling::session::{Cancellation, CancelledBy, Place, SessionKind, SessionState},
};
use store::{Booked, Claimed, FieldError, MoveTarget, Undone};
use tests::{
    World, both,
    people::{Cast, zone},
};

/// A practice whose notices wait for five minutes.
async fn cast_with_delay(world: &World) -> Cast {
    let cast = Cast::new(&world.store).await;
    let practice = Practice { quiet_minutes: 5, ..cast.owner.practice().await.unwrap() };
    cast.owner.update_practice(&practice).await.unwrap();
    cast
}

async fn book(cast: &Cast, world: &World, starts: &str) -> SessionId {
    let Booked::Done(id) = cast.book(&world.store, starts).await else { panic!("free") };
    id
}

/// Sends everything that is due, and returns the kinds.
async fn send_due(world: &World) -> Vec<EmailKind> {
    let claimed: Vec<Claimed> = world.store.worker().claim_due(100, Duration::minutes(2)).await.unwrap();
    for email in &claimed {
        assert!(world.store.worker().store_body(email.id, email.token, b"x").await.unwrap());
        assert!(world.store.worker().finish_sent(email.id, email.token).await.unwrap());
    }
    claimed.into_iter().map(|m| m.kind).collect()
}

async fn move_to(cast: &Cast, id: SessionId, starts: &str) -> Booked {
    let starts = chrono::NaiveDateTime::parse_from_str(starts, "%Y-%m-%d %H:%M").unwrap();
    let timing = store::timing(starts, &zone("Europe/Berlin"), 50, None).unwrap();
    cast.desk.move_session(id, &MoveTarget::to(&timing, &Place::Room(cast.room))).await.unwrap()
}

fn client_cancellation() -> Cancellation {
    Cancellation { by: CancelledBy::Client, reason: String::new() }
}

both!(move_undone_in_time_sends_no_email, |world| {
    let cast = cast_with_delay(&world).await;
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    assert_eq!(send_due(&world).await, [EmailKind::Confirmation; 2]);
    assert!(matches!(move_to(&cast, id, "2026-11-30 15:00").await, Booked::Done(_)));
    world.clock.advance(Duration::minutes(4));
    assert!(send_due(&world).await.is_empty(), "it waits");
    let moved = cast.desk.session(id).await.unwrap().unwrap();
    let (_, stood) = cast.desk.undo_deadline(&moved).await.unwrap().expect("in time");
    assert_eq!(stood.to_rfc3339(), "2026-11-30T09:00:00+00:00");
    assert_eq!(cast.desk.undo(id).await.unwrap(), Some(Undone::Done));
    assert_eq!(cast.desk.undo(id).await.unwrap(), Some(Undone::TooLate), "twice");
    let back = cast.desk.session(id).await.unwrap().unwrap();
    assert_eq!(back.timing.starts_at, stood);
    // The other time is free again, the session's own is occupied, and only reminders are
    // sent.
    assert!(matches!(cast.book(&world.store, "2026-11-30 15:00").await, Booked::Done(_)));
    assert!(matches!(cast.book(&world.store, "2026-11-30 10:30").await, Booked::Taken(_)));
    world.clock.advance(Duration::hours(1));
    assert_eq!(send_due(&world).await, [EmailKind::Confirmation; 2], "of the other booking");
    let mut reminders = 0;
    // Half a day at a time: a reminder later than half its lead time is not sent.
    for _ in 0..14 {
        world.clock.advance(Duration::hours(12));
        let sent = send_due(&world).await;
        assert!(sent.iter().all(|kind| *kind == EmailKind::Reminder), "{sent:?}");
        reminders += sent.len();
    }
    // Three days and one day before, for each of the two partners, for both sessions.
    assert_eq!(reminders, 8);
});

both!(cancellation_undone_in_time_restores_the_session, |world| {
    let cast = cast_with_delay(&world).await;
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    // The confirmation had not been sent: it is due again afterwards.
    cast.desk.cancel(id, &client_cancellation()).await.unwrap();
    assert_eq!(cast.desk.undo(id).await.unwrap(), Some(Undone::Done));
    assert_eq!(cast.desk.session(id).await.unwrap().unwrap().state, SessionState::Booked);
    assert_eq!(send_due(&world).await, [EmailKind::Confirmation; 2]);
    assert!(matches!(cast.book(&world.store, "2026-11-30 10:30").await, Booked::Taken(_)), "its time is held");
    // Cancelled again, and the time booked by others: it cannot be undone over that.
    cast.desk.cancel(id, &client_cancellation()).await.unwrap();
    book(&cast, &world, "2026-11-30 10:30").await;
    assert!(matches!(cast.desk.undo(id).await.unwrap(), Some(Undone::Taken(_))));
    assert_eq!(cast.desk.session(id).await.unwrap().unwrap().state, SessionState::Cancelled);
    world.clock.advance(Duration::minutes(6));
    let mut told = send_due(&world).await;
    told.sort_by_key(|kind| kind.word());
    assert_eq!(told, [[EmailKind::Cancelled; 2], [EmailKind::Confirmation; 2]].concat());
});

both!(change_cannot_be_undone_once_its_email_is_claimed, |world| {
    let cast = cast_with_delay(&world).await;
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    send_due(&world).await;
    move_to(&cast, id, "2026-11-30 15:00").await;
    world.clock.advance(Duration::minutes(5));
    // A worker has claimed the notice, so it is not known yet whether it is sent.
    let claimed = world.store.worker().claim_due(1, Duration::minutes(2)).await.unwrap();
    assert_eq!(claimed.len(), 1);
    let moved = cast.desk.session(id).await.unwrap().unwrap();
    assert_eq!(cast.desk.undo_deadline(&moved).await.unwrap(), None);
    assert_eq!(cast.desk.undo(id).await.unwrap(), Some(Undone::TooLate));
    world.store.worker().finish_retry(claimed[0].id, claimed[0].token, world.store.now(), "later", true).await.unwrap();
    // One of them may have been notified, so both are.
    world.clock.advance(Duration::minutes(1));
    assert_eq!(send_due(&world).await, [EmailKind::Moved; 2]);
    assert_eq!(
        cast.desk.session(id).await.unwrap().unwrap().timing.starts_at.to_rfc3339(),
        "2026-11-30T14:00:00+00:00"
    );
});

both!(only_the_last_change_is_undone_and_only_by_its_therapist_or_the_desk, |world| {
    let cast = cast_with_delay(&world).await;
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    move_to(&cast, id, "2026-11-30 15:00").await;
    move_to(&cast, id, "2026-11-30 17:00").await;
    let emeka = world.store.bookings(cast.emeka.visitor()).unwrap();
    assert_eq!(emeka.undo(id).await.unwrap(), None, "not his");
    let ruth = world.store.bookings(cast.ruth.visitor()).unwrap();
    assert_eq!(ruth.undo(id).await.unwrap(), Some(Undone::Done));
    assert_eq!(ruth.session(id).await.unwrap().unwrap().timing.starts_at.to_rfc3339(), "2026-11-30T14:00:00+00:00");
    assert_eq!(ruth.undo(id).await.unwrap(), Some(Undone::TooLate));
    // Shortly before a session, its notices do not wait.
    let soon = book(&cast, &world, "2026-11-24 10:00").await;
    send_due(&world).await;
    let session = cast.desk.session(soon).await.unwrap().unwrap();
    world.clock.advance(session.timing.starts_at - world.store.now() - Duration::minutes(3));
    send_due(&world).await;
    cast.desk.cancel(soon, &client_cancellation()).await.unwrap();
    assert_eq!(send_due(&world).await, [EmailKind::Cancelled; 2]);
    // The notices are sent already, though the five minutes have not passed.
    assert_eq!(cast.desk.undo(soon).await.unwrap(), Some(Undone::TooLate));
    assert_eq!(cast.desk.session(soon).await.unwrap().unwrap().state, SessionState::LateCancelled);
});

both!(after_two_moves_and_one_undo_the_current_time_is_emailed, |world| {
    let cast = cast_with_delay(&world).await;
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    assert_eq!(send_due(&world).await, [EmailKind::Confirmation; 2]);
    move_to(&cast, id, "2026-11-30 15:00").await;
    move_to(&cast, id, "2026-11-30 17:00").await;
    assert_eq!(cast.desk.undo(id).await.unwrap(), Some(Undone::Done));
    // They know of the session at ten; nobody told them about three in the afternoon.
    world.clock.advance(Duration::minutes(6));
    assert_eq!(send_due(&world).await, [EmailKind::Confirmation; 2]);
    // The outcome is the same if it was cancelled in between.
    move_to(&cast, id, "2026-12-01 10:00").await;
    cast.desk.cancel(id, &client_cancellation()).await.unwrap();
    assert_eq!(cast.desk.undo(id).await.unwrap(), Some(Undone::Done));
    world.clock.advance(Duration::minutes(6));
    assert_eq!(send_due(&world).await, [EmailKind::Confirmation; 2]);
});

both!(move_to_another_therapist_with_an_override_can_be_undone, |world| {
    let cast = cast_with_delay(&world).await;
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    let other = tests::people::new_couple(&cast.ruth, "Ines Costa", "Rui Costa").await;
    let starts = chrono::NaiveDateTime::parse_from_str("2026-11-30 15:00", "%Y-%m-%d %H:%M").unwrap();
    let timing = store::timing(starts, &zone("Europe/Berlin"), 50, None).unwrap();
    let theirs = domain::scheduling::session::NewSession {
        client: other,
        clinician: cast.emeka.me(),
        place: Place::Link(String::new()),
        ..cast.wish(&world.store, "2026-11-30 15:00")
    };
    assert!(matches!(cast.desk.book(&theirs, &timing).await.unwrap(), Booked::Done(_)));
    send_due(&world).await;
    let place = Place::Room(cast.room);
    let handed = MoveTarget {
        clinician: Some(cast.emeka.me()),
        kind: Some(SessionKind::CheckIn),
        ..MoveTarget::to(&timing, &place)
    };
    let Booked::Taken(taken) = cast.desk.move_session(id, &handed).await.unwrap() else {
        panic!("he has somebody then")
    };
    // A therapist can neither pass a session to a colleague nor take one.
    let (ruth, emeka) =
        (world.store.bookings(cast.ruth.visitor()).unwrap(), world.store.bookings(cast.emeka.visitor()).unwrap());
    let meant = domain::scheduling::session::Override { reason: "both agreed".to_owned(), seen: taken.fingerprint };
    let over = MoveTarget { over: Some(&meant), ..handed };
    assert!(matches!(
        ruth.move_session(id, &over).await.unwrap(),
        Booked::Invalid(FieldError { field: "clinician", .. })
    ));
    assert!(matches!(emeka.move_session(id, &over).await.unwrap(), Booked::Invalid(FieldError { field: "", .. })));
    let nobody = MoveTarget { clinician: Some(cast.desk.me()), ..over };
    assert!(matches!(
        cast.desk.move_session(id, &nobody).await.unwrap(),
        Booked::Invalid(FieldError { field: "clinician", .. })
    ));
    let before = cast.desk.session(id).await.unwrap().unwrap();
    assert_eq!((before.clinician, before.kind), (cast.ruth.me(), SessionKind::Regular));
    assert!(matches!(cast.desk.move_session(id, &over).await.unwrap(), Booked::Done(_)));
    let moved = cast.desk.session(id).await.unwrap().unwrap();
    assert_eq!((moved.clinician, moved.kind), (cast.emeka.me(), SessionKind::CheckIn));
    assert_eq!(moved.over.as_deref(), Some("both agreed"));
    assert!(ruth.session(id).await.unwrap().is_none() && emeka.session(id).await.unwrap().is_some());
    let said: Vec<String> = cast.desk.changes(id).await.unwrap().into_iter().map(|c| c.what).collect();
    assert!(["handed", "kind", "moved"].iter().all(|what| said.iter().any(|s| s == what)), "{said:?}");
    // Ruth is free at the old time, which she was not before.
    assert_eq!(cast.desk.undo(id).await.unwrap(), Some(Undone::Done));
    let back = cast.desk.session(id).await.unwrap().unwrap();
    assert_eq!((back.clinician, back.kind, back.over.clone()), (cast.ruth.me(), SessionKind::Regular, None));
    assert_eq!(back.timing.starts_at, before.timing.starts_at);
    assert!(send_due(&world).await.is_empty(), "nobody was told");
    // A change of the kind only is not visible to clients, and sends nothing.
    let place = Place::Room(cast.room);
    let kind = MoveTarget { kind: Some(SessionKind::Intake), ..MoveTarget::to(&back.timing, &place) };
    assert!(matches!(cast.desk.move_session(id, &kind).await.unwrap(), Booked::Done(_)));
    let now = cast.desk.session(id).await.unwrap().unwrap();
    assert_eq!((now.kind, now.version), (SessionKind::Intake, back.version));
    world.clock.advance(Duration::minutes(6));
    assert!(send_due(&world).await.is_empty());
});
