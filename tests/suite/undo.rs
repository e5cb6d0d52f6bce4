//! A move or a cancellation is undone before anyone is told, or not at all.

use chrono::Duration;
use domain::{
    ids::SessionId,
    practice::Practice,
    reminder::MessageKind,
    session::{Cancellation, CancelledBy, Place, SessionKind, SessionState},
};
use store::{Booked, Claimed, Goal, Undone};
use tests::{
    World, both,
    people::{Cast, zone},
};

/// A practice whose notices wait for five minutes.
async fn quiet(world: &World) -> Cast {
    let cast = Cast::new(&world.store).await;
    let practice = Practice { quiet_minutes: 5, ..cast.owner.practice().await.unwrap() };
    cast.owner.update_practice(&practice).await.unwrap();
    cast
}

async fn booked(cast: &Cast, world: &World, starts: &str) -> SessionId {
    let Booked::Done(id) = cast.book(&world.store, starts).await else { panic!("free") };
    id
}

/// Everything that is due now is sent; what it was.
async fn sent(world: &World) -> Vec<MessageKind> {
    let claimed: Vec<Claimed> = world.store.claim_due(100, Duration::minutes(2)).await.unwrap();
    for message in &claimed {
        assert!(world.store.store_body(message.id, message.token, b"x").await.unwrap());
        assert!(world.store.finish_sent(message.id, message.token).await.unwrap());
    }
    claimed.into_iter().map(|m| m.kind).collect()
}

async fn move_to(cast: &Cast, id: SessionId, starts: &str) -> Booked {
    let starts = chrono::NaiveDateTime::parse_from_str(starts, "%Y-%m-%d %H:%M").unwrap();
    let timing = store::timing(starts, &zone("Europe/Berlin"), 50, None).unwrap();
    cast.desk.move_session(id, &Goal::to(&timing, &Place::Room(cast.room))).await.unwrap()
}

fn by_client() -> Cancellation {
    Cancellation { by: CancelledBy::Client, reason: String::new() }
}

both!(a_move_undone_in_time_is_told_to_nobody, |world| {
    let cast = quiet(&world).await;
    let id = booked(&cast, &world, "2026-11-30 10:00").await;
    assert_eq!(sent(&world).await, [MessageKind::Confirmation; 2]);
    assert!(matches!(move_to(&cast, id, "2026-11-30 15:00").await, Booked::Done(_)));
    world.clock.advance(Duration::minutes(4));
    assert!(sent(&world).await.is_empty(), "it waits");
    let moved = cast.desk.session(id).await.unwrap().unwrap();
    let (_, stood) = cast.desk.can_undo(&moved).await.unwrap().expect("in time");
    assert_eq!(stood.to_rfc3339(), "2026-11-30T09:00:00+00:00");
    assert_eq!(cast.desk.undo(id).await.unwrap(), Some(Undone::Done));
    assert_eq!(cast.desk.undo(id).await.unwrap(), Some(Undone::TooLate), "twice");
    let back = cast.desk.session(id).await.unwrap().unwrap();
    assert_eq!(back.timing.starts_at, stood);
    // The other time is free again, its own is held, and only reminders come.
    assert!(matches!(cast.book(&world.store, "2026-11-30 15:00").await, Booked::Done(_)));
    assert!(matches!(cast.book(&world.store, "2026-11-30 10:30").await, Booked::Taken(_)));
    world.clock.advance(Duration::hours(1));
    assert_eq!(sent(&world).await, [MessageKind::Confirmation; 2], "of the other booking");
    let mut reminders = 0;
    // Each half day: what is later than half its lead is not sent any more.
    for _ in 0..14 {
        world.clock.advance(Duration::hours(12));
        let sent = sent(&world).await;
        assert!(sent.iter().all(|kind| *kind == MessageKind::Reminder), "{sent:?}");
        reminders += sent.len();
    }
    // Three days and one day before, for each of the two, for both sessions.
    assert_eq!(reminders, 8);
});

both!(a_cancellation_undone_in_time_leaves_the_session, |world| {
    let cast = quiet(&world).await;
    let id = booked(&cast, &world, "2026-11-30 10:00").await;
    // Not even the confirmation was sent: it is owed again afterwards.
    cast.desk.cancel(id, &by_client()).await.unwrap();
    assert_eq!(cast.desk.undo(id).await.unwrap(), Some(Undone::Done));
    assert_eq!(cast.desk.session(id).await.unwrap().unwrap().state, SessionState::Booked);
    assert_eq!(sent(&world).await, [MessageKind::Confirmation; 2]);
    assert!(matches!(cast.book(&world.store, "2026-11-30 10:30").await, Booked::Taken(_)), "its time is held");
    // Cancelled again, and the time given away: it is not undone over that.
    cast.desk.cancel(id, &by_client()).await.unwrap();
    booked(&cast, &world, "2026-11-30 10:30").await;
    assert!(matches!(cast.desk.undo(id).await.unwrap(), Some(Undone::Taken(_))));
    assert_eq!(cast.desk.session(id).await.unwrap().unwrap().state, SessionState::Cancelled);
    world.clock.advance(Duration::minutes(6));
    let mut told = sent(&world).await;
    told.sort_by_key(|kind| kind.word());
    assert_eq!(told, [[MessageKind::Cancelled; 2], [MessageKind::Confirmation; 2]].concat());
});

both!(once_somebody_is_told_it_stands, |world| {
    let cast = quiet(&world).await;
    let id = booked(&cast, &world, "2026-11-30 10:00").await;
    sent(&world).await;
    move_to(&cast, id, "2026-11-30 15:00").await;
    world.clock.advance(Duration::minutes(5));
    // A worker has it in its hands: whether it is sent is not known yet.
    let claimed = world.store.claim_due(1, Duration::minutes(2)).await.unwrap();
    assert_eq!(claimed.len(), 1);
    let moved = cast.desk.session(id).await.unwrap().unwrap();
    assert_eq!(cast.desk.can_undo(&moved).await.unwrap(), None);
    assert_eq!(cast.desk.undo(id).await.unwrap(), Some(Undone::TooLate));
    world.store.finish_retry(claimed[0].id, claimed[0].token, world.store.now(), "later", true).await.unwrap();
    // Somebody may have been told: both are.
    world.clock.advance(Duration::minutes(1));
    assert_eq!(sent(&world).await, [MessageKind::Moved; 2]);
    assert_eq!(
        cast.desk.session(id).await.unwrap().unwrap().timing.starts_at.to_rfc3339(),
        "2026-11-30T14:00:00+00:00"
    );
});

both!(only_the_last_change_is_undone_and_only_by_those_who_may, |world| {
    let cast = quiet(&world).await;
    let id = booked(&cast, &world, "2026-11-30 10:00").await;
    move_to(&cast, id, "2026-11-30 15:00").await;
    move_to(&cast, id, "2026-11-30 17:00").await;
    let emeka = world.store.bookings(cast.emeka.visitor()).unwrap();
    assert_eq!(emeka.undo(id).await.unwrap(), None, "not his");
    let ruth = world.store.bookings(cast.ruth.visitor()).unwrap();
    assert_eq!(ruth.undo(id).await.unwrap(), Some(Undone::Done));
    assert_eq!(ruth.session(id).await.unwrap().unwrap().timing.starts_at.to_rfc3339(), "2026-11-30T14:00:00+00:00");
    assert_eq!(ruth.undo(id).await.unwrap(), Some(Undone::TooLate));
    // A minute before it begins nothing waits any more.
    let soon = booked(&cast, &world, "2026-11-24 10:00").await;
    sent(&world).await;
    let session = cast.desk.session(soon).await.unwrap().unwrap();
    world.clock.advance(session.timing.starts_at - world.store.now() - Duration::minutes(3));
    sent(&world).await;
    cast.desk.cancel(soon, &by_client()).await.unwrap();
    assert_eq!(sent(&world).await, [MessageKind::Cancelled; 2]);
    // They are told already, though its minutes are not over.
    assert_eq!(cast.desk.undo(soon).await.unwrap(), Some(Undone::TooLate));
    assert_eq!(cast.desk.session(soon).await.unwrap().unwrap().state, SessionState::LateCancelled);
});

both!(after_two_changes_and_one_undone_everybody_hears_how_it_stands, |world| {
    let cast = quiet(&world).await;
    let id = booked(&cast, &world, "2026-11-30 10:00").await;
    assert_eq!(sent(&world).await, [MessageKind::Confirmation; 2]);
    move_to(&cast, id, "2026-11-30 15:00").await;
    move_to(&cast, id, "2026-11-30 17:00").await;
    assert_eq!(cast.desk.undo(id).await.unwrap(), Some(Undone::Done));
    // They know of ten in the morning: of three in the afternoon nobody told them.
    world.clock.advance(Duration::minutes(6));
    assert_eq!(sent(&world).await, [MessageKind::Confirmation; 2]);
    // The same where it was cancelled in between.
    move_to(&cast, id, "2026-12-01 10:00").await;
    cast.desk.cancel(id, &by_client()).await.unwrap();
    assert_eq!(cast.desk.undo(id).await.unwrap(), Some(Undone::Done));
    world.clock.advance(Duration::minutes(6));
    assert_eq!(sent(&world).await, [MessageKind::Confirmation; 2]);
});

both!(a_move_to_another_therapist_over_another_session_and_back, |world| {
    let cast = quiet(&world).await;
    let id = booked(&cast, &world, "2026-11-30 10:00").await;
    let other = tests::people::new_couple(&cast.ruth, "Ines Costa", "Rui Costa").await;
    let starts = chrono::NaiveDateTime::parse_from_str("2026-11-30 15:00", "%Y-%m-%d %H:%M").unwrap();
    let timing = store::timing(starts, &zone("Europe/Berlin"), 50, None).unwrap();
    let theirs = domain::session::NewSession {
        client: other,
        clinician: cast.emeka.me(),
        place: Place::Link(String::new()),
        ..cast.wish(&world.store, "2026-11-30 15:00")
    };
    assert!(matches!(cast.desk.book(&theirs, &timing).await.unwrap(), Booked::Done(_)));
    sent(&world).await;
    let place = Place::Room(cast.room);
    let handed =
        Goal { clinician: Some(cast.emeka.me()), kind: Some(SessionKind::CheckIn), ..Goal::to(&timing, &place) };
    let Booked::Taken(taken) = cast.desk.move_session(id, &handed).await.unwrap() else {
        panic!("he has somebody then")
    };
    // A therapist gives no session away, and takes none.
    let (ruth, emeka) =
        (world.store.bookings(cast.ruth.visitor()).unwrap(), world.store.bookings(cast.emeka.visitor()).unwrap());
    let meant = domain::session::Over { reason: "both agreed".to_owned(), seen: taken.seen };
    let over = Goal { over: Some(&meant), ..handed };
    assert!(matches!(ruth.move_session(id, &over).await.unwrap(), Booked::Unfit("clinician", _)));
    assert!(matches!(emeka.move_session(id, &over).await.unwrap(), Booked::Unfit("", _)));
    let nobody = Goal { clinician: Some(cast.desk.me()), ..over };
    assert!(matches!(cast.desk.move_session(id, &nobody).await.unwrap(), Booked::Unfit("clinician", _)));
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
    assert!(sent(&world).await.is_empty(), "nobody was told");
    // Of another kind only: nobody who comes sees that, and nobody is told.
    let place = Place::Room(cast.room);
    let kind = Goal { kind: Some(SessionKind::Intake), ..Goal::to(&back.timing, &place) };
    assert!(matches!(cast.desk.move_session(id, &kind).await.unwrap(), Booked::Done(_)));
    let now = cast.desk.session(id).await.unwrap().unwrap();
    assert_eq!((now.kind, now.version), (SessionKind::Intake, back.version));
    world.clock.advance(Duration::minutes(6));
    assert!(sent(&world).await.is_empty());
});
