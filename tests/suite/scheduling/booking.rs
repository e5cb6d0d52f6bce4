//! Nobody and nothing is booked twice at the same time, whatever the code does.

use domain::{
    ids::SessionId,
    scheduling::session::{Cancellation, CancelledBy, NewSession, Override, Place, SessionState},
};
use store::{Booked, MoveTarget};
use tests::{
    both,
    people::{Cast, details, zone},
};

fn is_taken(booked: &Booked) -> bool {
    matches!(booked, Booked::Taken(t) if !t.shown.is_empty() && !t.next.is_empty())
}

both!(overlapping_booking_is_refused_and_names_the_conflict, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(first) = cast.book(&world.store, "2026-11-26 10:00").await else { panic!("the first is free") };
    match cast.book(&world.store, "2026-11-26 10:30").await {
        Booked::Taken(taken) => {
            let names: Vec<&str> = taken.shown.iter().map(|w| w.name.as_str()).collect();
            for name in ["Ruth Abrahams", "Garden room", "Amara Nwosu", "Jonas Weber"] {
                assert!(names.contains(&name), "{names:?}");
            }
            // The first time offered is after the first session, on the next quarter of
            // an hour.
            assert_eq!(taken.next[0], "2026-11-26T10:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap());
        }
        other => panic!("{other:?}"),
    }
    // Sessions may follow each other without a gap.
    assert!(matches!(cast.book(&world.store, "2026-11-26 10:50").await, Booked::Done(_)));
    assert!(matches!(cast.book(&world.store, "2026-11-26 09:10").await, Booked::Done(_)));
    // A cancelled session frees its slot.
    cast.desk.cancel(first, &tests::cancelled("ill")).await.unwrap().unwrap();
    assert!(matches!(cast.book(&world.store, "2026-11-26 10:00").await, Booked::Done(_)));
});

both!(same_form_sent_twice_books_once, |world| {
    let cast = Cast::new(&world.store).await;
    let wish = cast.wish(&world.store, "2026-11-26 10:00");
    let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 50, None).unwrap();
    let (a, b) = tokio::join!(cast.desk.book(&wish, &timing), cast.desk.book(&wish, &timing));
    assert_eq!(a.unwrap(), b.unwrap());
});

both!(contested_slot_is_booked_once, |world| {
    let cast = Cast::new(&world.store).await;
    let second = world.second().await;
    let mut tasks = Vec::new();
    for slot in 0..6 {
        for client in 0..10 {
            let store = if client % 2 == 0 { world.store.clone() } else { second.clone() };
            let desk = store.front_desk(cast.desk.visitor()).unwrap();
            let mut wish = cast.wish(&store, &format!("2026-11-{:02} 10:00", 24 + slot));
            wish.minutes = 30 + 10 * (client % 3);
            let timing = store::timing(wish.starts, &zone("Europe/Berlin"), wish.minutes, None).unwrap();
            tasks.push(tokio::spawn(async move { desk.book(&wish, &timing).await }));
        }
    }
    let mut done = 0;
    for task in tasks {
        match task.await.unwrap().unwrap() {
            Booked::Done(_) => done += 1,
            other => assert!(is_taken(&other), "{other:?}"),
        }
    }
    assert_eq!(done, 6);
});

both!(database_constraints_refuse_overlap_and_override_without_reason, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(_) = cast.book(&world.store, "2026-11-26 10:00").await else { panic!("free") };
    let Booked::Done(later) = cast.book(&world.store, "2026-11-27 10:00").await else { panic!("free") };
    world.store.close().await;
    // Directly in the database, move the later session to the time of the first.
    let text = "UPDATE occupancy SET starts_at = (SELECT min(o.starts_at) FROM occupancy o),
            ends_at = (SELECT min(o.ends_at) FROM occupancy o)
        WHERE session_id = $1";
    // Nor may occupancy be marked as an override without a reason.
    let marked = "UPDATE occupancy SET overridden = true WHERE session_id = $1";
    for (text, name) in [(text, "occupancy_no_overlap"), (marked, "occupancy_override_has_reason")] {
        let refused = world.by_hand(text, later.0).await.unwrap_err();
        assert!(refused.to_string().contains(name), "{refused}");
    }
});

both!(session_moves_and_state_changes_follow_the_rules, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(id) = cast.book(&world.store, "2026-11-26 10:00").await else { panic!("free") };
    let Booked::Done(other) = cast.book(&world.store, "2026-11-26 12:00").await else { panic!("free") };
    let move_to = async |id: SessionId, starts: &str| {
        let starts = chrono::NaiveDateTime::parse_from_str(starts, "%Y-%m-%d %H:%M").unwrap();
        let timing = store::timing(starts, &zone("Europe/Berlin"), 50, None).unwrap();
        cast.desk
            .move_session(id, &MoveTarget { reason: "asked to", ..MoveTarget::to(&timing, &Place::Room(cast.room)) })
            .await
            .unwrap()
    };
    assert!(is_taken(&move_to(id, "2026-11-26 12:30").await));
    // A session may move to an overlapping time: its own occupancy is no conflict.
    assert_eq!(move_to(id, "2026-11-26 10:20").await, Booked::Done(id));
    // Two sessions that swap places at once are both refused; nothing hangs or is booked
    // twice.
    let (a, b) = tokio::join!(move_to(id, "2026-11-26 12:00"), move_to(other, "2026-11-26 10:20"));
    assert!(is_taken(&a) && is_taken(&b), "{a:?} {b:?}");
    assert!(cast.desk.set_state(id, SessionState::Arrived).await.unwrap());
    assert!(!cast.desk.set_state(id, SessionState::NoShow).await.unwrap());
    assert!(cast.desk.set_state(id, SessionState::Completed).await.unwrap());
    assert!(matches!(move_to(id, "2026-11-28 10:00").await, Booked::Invalid(..)));
    assert!(cast.desk.cancel(id, &tests::cancelled("late")).await.unwrap().is_none());
    assert_eq!(cast.desk.cancel(other, &tests::cancelled("ill")).await.unwrap(), Some(SessionState::Cancelled));
    assert_eq!(cast.desk.changes(id).await.unwrap().len(), 4);
});

both!(clinician_books_only_their_own_clients, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(id) = cast.book(&world.store, "2026-11-26 10:00").await else { panic!("free") };
    let ruth = world.store.bookings(cast.ruth.visitor()).unwrap();
    let emeka = world.store.bookings(cast.emeka.visitor()).unwrap();
    assert!(ruth.session(id).await.unwrap().is_some());
    assert!(emeka.session(id).await.unwrap().is_none());
    assert!(emeka.cancel(id, &tests::cancelled("x")).await.unwrap().is_none());
    let wish = cast.wish(&world.store, "2026-11-27 10:00");
    let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 50, None).unwrap();
    assert!(matches!(emeka.book(&wish, &timing).await.unwrap(), Booked::Invalid(..)));
    assert!(emeka.find_clients("amara", 20, None).await.unwrap().rows.is_empty());
    assert_eq!(ruth.find_clients("AMARA", 20, None).await.unwrap().rows.len(), 1);
    let day = |d: &str| d.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert!(
        emeka
            .calendar(day("2026-11-26T00:00:00Z"), day("2026-11-27T00:00:00Z"), Some(cast.ruth.me()), None)
            .await
            .unwrap()
            .is_empty()
    );
});

both!(who_cancelled_is_recorded_and_can_be_corrected, |world| {
    use domain::scheduling::session::{Cancellation, CancelledBy};
    let cast = Cast::new(&world.store).await;
    let book = async |time: &str| match cast.book(&world.store, time).await {
        Booked::Done(id) => id,
        other => panic!("{other:?}"),
    };
    // Both are cancelled within the notice period.
    let (client, practice) = (book("2026-11-23 15:00").await, book("2026-11-23 17:00").await);
    let cancelled_by = |by| Cancellation { by, reason: "ill".to_owned() };
    assert_eq!(
        cast.desk.cancel(client, &cancelled_by(CancelledBy::Client)).await.unwrap(),
        Some(SessionState::LateCancelled)
    );
    assert_eq!(
        cast.desk.cancel(practice, &cancelled_by(CancelledBy::Practice)).await.unwrap(),
        Some(SessionState::Cancelled)
    );
    assert!(cast.desk.set_state(client, SessionState::Cancelled).await.unwrap());
    assert!(!cast.desk.set_state(client, SessionState::Booked).await.unwrap());
});

both!(client_is_found_by_parts_of_both_names, |world| {
    let cast = Cast::new(&world.store).await;
    let couple = store::NewClient::Couple {
        a: details("Lucía Fernández", "l@example.org", "UTC").into(),
        b: Some(details("Mei-Ling Chou", "m@example.org", "UTC").into()),
    };
    let id = cast.ruth.create_client(&couple).await.unwrap().unwrap();
    for text in ["fernandez", "lucia chou", "CHOU & fern", "mei-ling"] {
        let found = cast.desk.find_clients(text, 20, None).await.unwrap().rows;
        assert_eq!(found.iter().map(|h| h.client).collect::<Vec<_>>(), [id], "{text}");
    }
    for text in ["lucia weber", "%", "_", " ", "&"] {
        assert!(cast.desk.find_clients(text, 20, None).await.unwrap().rows.is_empty(), "{text}");
    }
});

both!(booking_offers_the_usual_values_and_no_closed_days, |world| {
    let cast = Cast::new(&world.store).await;
    let care = cast.desk.usual_session(cast.couple).await.unwrap().unwrap();
    assert_eq!((care.clinician, care.minutes), (cast.ruth.me(), None));
    let Booked::Done(_) = cast.book(&world.store, "2026-11-27 19:00").await else { panic!("free") };
    let last = cast.desk.usual_session(cast.couple).await.unwrap().unwrap();
    assert_eq!((last.room, last.minutes), (Some(cast.room), Some(50)));
    // Friday evening is taken, so the next free time is on Monday.
    let from = "2026-11-27T17:55:00Z".parse().unwrap();
    let free = cast.desk.free_times(cast.couple, None, cast.ruth.me(), None, from, 60, 1).await.unwrap().times;
    assert_eq!(free, ["2026-11-30T07:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap()]);
});

both!(override_needs_a_reason_and_covers_only_the_conflict_shown, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(first) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    // The other couple with Emeka, in the same room at the same time.
    let wish = |over: Option<(&str, u64)>| NewSession {
        client: cast.other_couple,
        clinician: cast.emeka.me(),
        over: over.map(|(reason, seen)| Override { reason: reason.to_owned(), seen }),
        ..cast.wish(&world.store, "2026-11-30 10:20")
    };
    let book = async |scope: &store::Bookings, new: NewSession| {
        let timing = store::timing(new.starts, &zone("Europe/Berlin"), new.minutes, None).unwrap();
        scope.book(&new, &timing).await.unwrap()
    };
    let Booked::Taken(taken) = book(&cast.desk, wish(None)).await else { panic!("not free") };
    let seen = taken.fingerprint;
    assert!(matches!(book(&cast.desk, wish(Some(("", seen)))).await, Booked::Taken(_)), "no reason, no booking");
    let unseen = book(&cast.desk, wish(Some(("the large room is shared", seen ^ 1)))).await;
    assert!(matches!(unseen, Booked::Taken(_)), "over what nobody was shown");
    // The room is occupied by a colleague's session: a therapist may not override that.
    let emeka = world.store.bookings(cast.emeka.visitor()).unwrap();
    assert!(matches!(book(&emeka, wish(Some(("they are early", seen)))).await, Booked::Taken(_)));
    let meant = wish(Some(("the large room is shared", seen)));
    let Booked::Done(over) = book(&cast.desk, meant).await else { panic!("meant") };
    let session = cast.desk.session(over).await.unwrap().unwrap();
    assert_eq!(session.over.as_deref(), Some("the large room is shared"));
    let record = cast.desk.changes(over).await.unwrap();
    assert_eq!((record[0].what.as_str(), record[0].reason.as_str()), ("booked", "the large room is shared"));
    assert_eq!(cast.desk.session(first).await.unwrap().unwrap().over, None);
    // The session occupies what was free, and everyone after it finds that taken.
    let same = NewSession { place: Place::Link("https://meet.example.org/x".into()), ..wish(None) };
    assert!(matches!(book(&cast.desk, NewSession { key: world.store.clock().id(), ..same }).await, Booked::Taken(_)));
    cast.desk.cancel(first, &Cancellation { by: CancelledBy::Practice, reason: String::new() }).await.unwrap();
    assert!(matches!(cast.book(&world.store, "2026-11-30 10:30").await, Booked::Taken(_)), "the room is still theirs");
    // Moved to a free time, it is no longer an override.
    let timing = store::timing("2026-12-01T10:00:00".parse().unwrap(), &zone("Europe/Berlin"), 50, None).unwrap();
    assert!(matches!(
        cast.desk.move_session(over, &MoveTarget::to(&timing, &Place::Room(cast.room))).await.unwrap(),
        Booked::Done(_)
    ));
    assert_eq!(cast.desk.session(over).await.unwrap().unwrap().over, None);
    // A therapist may override a conflict with their own session.
    let ruth = world.store.bookings(cast.ruth.visitor()).unwrap();
    let Booked::Done(own) = cast.book(&world.store, "2026-12-02 10:00").await else { panic!("free") };
    let third = tests::people::new_couple(&cast.ruth, "Ines Costa", "Rui Costa").await;
    let shared =
        NewSession { client: third, place: Place::Link(String::new()), ..cast.wish(&world.store, "2026-12-02 10:00") };
    let Booked::Taken(taken) = book(&ruth, shared.clone()).await else { panic!("not free") };
    let over = Some(Override { reason: "a group of four".into(), seen: taken.fingerprint });
    let shared = NewSession { over, ..shared };
    assert!(matches!(book(&ruth, shared).await, Booked::Done(id) if id != own));
});

both!(search_finds_only_the_readers_own_clients_and_their_actions, |world| {
    let (app, cast) = (tests::app::App::new(&world), Cast::new(&world.store).await);
    let Booked::Done(id) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    let find = async |who: domain::ids::AccountId| {
        let cookie = app.cookie(&world, who).await;
        app.get("/find?q=amara", Some(&cookie)).await.text
    };
    for who in [cast.desk.me(), cast.ruth.me()] {
        let found = find(who).await;
        assert!(found.contains("Amara Nwosu") && found.contains(&format!("/sessions/{id}/move")), "{who}");
    }
    let foreign = find(cast.emeka.me()).await;
    assert!(!foreign.contains("Amara Nwosu") && !foreign.contains(&id.to_string()));
});

both!(form_overrides_only_the_conflict_it_has_shown, |world| {
    let (app, cast) = (tests::app::App::new(&world), Cast::new(&world.store).await);
    for starts in ["2026-11-30 10:00", "2026-11-30 14:00"] {
        assert!(matches!(cast.book(&world.store, starts).await, Booked::Done(_)));
    }
    let cookie = app.cookie(&world, cast.desk.me()).await;
    let send = async |time: &str, seen: &str| {
        let wish = cast.form(&world.store, cast.other_couple, cast.emeka.me(), &format!("2026-11-30 {time}"));
        let mut form = tests::app::pairs(&wish);
        form.extend([("repeat", "once"), ("over", "yes"), ("over_reason", "the large room is shared")]);
        form.push(("over_seen", seen));
        app.post("/sessions", Some(&cookie), &form).await
    };
    let shown_mark = |text: &str| {
        let field = text.split("name=\"over_seen\" value=\"").nth(1).unwrap();
        field.split('"').next().unwrap().to_owned()
    };
    // If the box is ticked before a conflict was shown, the conflict is shown first.
    let first = send("10:20", "").await;
    assert!(first.status == 422 && first.text.contains("Garden room is taken from 10:00 to 10:50"), "{}", first.text);
    let shown = shown_mark(&first.text);
    // At another time the conflict is another one, so it is shown again.
    let other = send("14:10", &shown).await;
    assert!(other.status == 422 && shown_mark(&other.text) != shown && other.text.contains("The conflict has changed"));
    assert_eq!(send("10:20", &shown).await.status, 303);
});

both!(override_racing_another_booking_never_covers_an_unseen_conflict, |world| {
    let cast = Cast::new(&world.store).await;
    let third = tests::people::new_couple(&cast.ruth, "Ines Costa", "Rui Costa").await;
    let second = world.second().await;
    let desks = [cast.desk.clone(), second.front_desk(cast.desk.visitor()).unwrap()];
    let wish = |client, clinician, starts: &str| NewSession { client, clinician, ..cast.wish(&world.store, starts) };
    let book = async |desk: &store::Bookings, new: &NewSession| {
        let timing = store::timing(new.starts, &zone("Europe/Berlin"), new.minutes, None).unwrap();
        desk.book(new, &timing).await.unwrap()
    };
    for n in 0..16u32 {
        let day = format!("2026-12-{:02}", n + 1);
        // The room is occupied until 10:50; an override would use it until 11:10; and a
        // plain booking asks for it from 11:00, which is still free.
        let there = wish(cast.other_couple, cast.emeka.me(), &format!("{day} 10:00"));
        assert!(matches!(book(&desks[0], &there).await, Booked::Done(_)));
        let meant = wish(cast.couple, cast.ruth.me(), &format!("{day} 10:20"));
        let Booked::Taken(taken) = book(&desks[0], &meant).await else { panic!("not free") };
        let over = Some(Override { reason: "the large room is shared".to_owned(), seen: taken.fingerprint });
        let meant = NewSession { over: over.clone(), ..meant };
        let plain = wish(third, cast.emeka.me(), &format!("{day} 11:00"));
        let (a, b) = tokio::join!(book(&desks[n as usize % 2], &meant), book(&desks[(n as usize + 1) % 2], &plain));
        let stand = [&a, &b].iter().filter(|booked| matches!(booked, Booked::Done(_))).count();
        assert_eq!(stand, 1, "{day}: {a:?} {b:?}");
        // Two overrides of the same conflict cannot both succeed.
        let first = wish(cast.other_couple, cast.emeka.me(), &format!("{day} 14:00"));
        assert!(matches!(book(&desks[0], &first).await, Booked::Done(_)));
        let one = wish(cast.couple, cast.ruth.me(), &format!("{day} 14:00"));
        let Booked::Taken(taken) = book(&desks[0], &one).await else { panic!("not free") };
        let over = Some(Override { reason: "the large room is shared".to_owned(), seen: taken.fingerprint });
        let (one, two) = (
            NewSession { over: over.clone(), ..one },
            NewSession { client: third, over, ..wish(third, cast.ruth.me(), &format!("{day} 14:00")) },
        );
        let (a, b) = tokio::join!(book(&desks[0], &one), book(&desks[1], &two));
        let stand = [&a, &b].iter().filter(|booked| matches!(booked, Booked::Done(_))).count();
        assert_eq!(stand, 1, "{day}: {a:?} {b:?}");
    }
});
