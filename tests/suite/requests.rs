//! What partners ask of their sessions from the portal: by the practice's
//! rules, with the other's yes, and without a word of what is not theirs.

use axum::http::StatusCode;
use chrono::{DateTime, Duration, Utc};
use domain::{
    ids::SessionId,
    practice::Practice,
    reminder::MessageKind,
    request::{PortalRule, PortalRules, RequestState},
    session::{NewSession, Place, SessionState},
};
use store::{Asked, Booked, Facts, Goal};
use tests::{
    World,
    app::App,
    both,
    people::{Cast, zone},
};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

async fn ruled(world: &World, rule: PortalRule) -> Cast {
    let cast = Cast::new(&world.store).await;
    let practice = cast.owner.practice().await.unwrap();
    let portal = PortalRules { rule, ..practice.portal };
    cast.owner.update_practice(&Practice { portal, ..practice }).await.unwrap();
    cast
}

async fn booked(cast: &Cast, world: &World, starts: &str) -> SessionId {
    let Booked::Done(id) = cast.book(&world.store, starts).await else { panic!("free") };
    id
}

async fn starts(cast: &Cast, id: SessionId) -> DateTime<Utc> {
    cast.desk.session(id).await.unwrap().unwrap().timing.starts_at
}

/// Everything due is sent: to whom, and what.
async fn sent(world: &World) -> Vec<(String, MessageKind)> {
    let mut sent = Vec::new();
    for message in world.store.claim_due(100, Duration::minutes(2)).await.unwrap() {
        assert!(world.store.store_body(message.id, message.token, b"x").await.unwrap());
        assert!(world.store.finish_sent(message.id, message.token).await.unwrap());
        if message.kind == MessageKind::Request {
            assert!(matches!(message.facts, Facts::Portal), "it says nothing but that something waits");
        }
        sent.push((message.recipient_name.split(' ').next().unwrap().to_owned(), message.kind));
    }
    sent.sort_by_key(|(name, kind)| (name.clone(), kind.word()));
    sent
}

const LATER: &str = "2026-12-01T10:00:00Z";

both!(another_time_needs_the_other_and_then_the_practice, |world| {
    let cast = ruled(&world, PortalRule::Ask).await;
    let id = booked(&cast, &world, "2026-11-30 10:00").await;
    sent(&world).await;
    let offered = cast.jonas.times(Some(id), None, "2026-12-01".parse().unwrap(), 8).await.unwrap().unwrap();
    assert!(offered.iter().any(|s| s.at == at("2026-12-01T08:00:00Z")), "{offered:?}");
    assert_eq!(cast.jonas.ask_for(Some(id), None, at(LATER)).await.unwrap(), Asked::Waits(RequestState::Partner));
    assert_eq!(cast.jonas.ask_for(Some(id), None, at(LATER)).await.unwrap(), Asked::NotAllowed, "one at a time");
    assert_eq!(sent(&world).await, [("Amara".to_owned(), MessageKind::Request)]);
    assert!(cast.desk.requests().await.unwrap().is_empty(), "not the practice's turn yet");
    assert_eq!(starts(&cast, id).await, at("2026-11-30T09:00:00Z"), "nothing is moved over her head");
    let (waiting, own) = cast.amara.requests().await.unwrap();
    assert_eq!((waiting.len(), own.len()), (1, 0));
    let request = waiting[0].id;
    // Not by himself, nor by a stranger.
    for who in [&cast.jonas, &cast.stranger] {
        assert_eq!(who.answer_request(request, true).await.unwrap(), Asked::Gone);
    }
    assert!(!cast.amara.withdraw_request(request).await.unwrap(), "it is not hers to take back");
    assert_eq!(cast.amara.answer_request(request, true).await.unwrap(), Asked::Waits(RequestState::Desk));
    assert_eq!(cast.amara.answer_request(request, false).await.unwrap(), Asked::Gone, "said once");
    let emeka = world.store.bookings(cast.emeka.visitor()).unwrap();
    assert!(emeka.requests().await.unwrap().is_empty());
    assert_eq!(emeka.answer_request(request, true).await.unwrap(), None, "another therapist's");
    assert_eq!(cast.desk.requests().await.unwrap().len(), 1);
    assert_eq!(cast.desk.answer_request(request, true).await.unwrap(), Some(Asked::Done(id)));
    assert_eq!(cast.desk.answer_request(request, true).await.unwrap(), Some(Asked::Gone), "twice");
    assert_eq!(starts(&cast, id).await, at(LATER));
    let moved = [("Amara".to_owned(), MessageKind::Moved), ("Jonas".to_owned(), MessageKind::Moved)];
    assert_eq!(sent(&world).await, moved);
});

both!(at_once_means_at_once_and_only_where_both_agree, |world| {
    let cast = ruled(&world, PortalRule::AtOnce).await;
    // A session is asked for: both have to say yes, then it is booked.
    let (client, ..) = cast.amara.may_book().await.unwrap()[0].clone();
    assert_eq!(client, cast.couple);
    let asked = cast.amara.ask_for(None, Some(client), at("2026-12-02T14:00:00Z")).await.unwrap();
    assert_eq!(asked, Asked::Waits(RequestState::Partner));
    let request = cast.jonas.requests().await.unwrap().0[0].id;
    let Asked::Done(id) = cast.jonas.answer_request(request, true).await.unwrap() else { panic!("booked") };
    assert_eq!(starts(&cast, id).await, at("2026-12-02T14:00:00Z"));
    // Somebody who comes alone books alone.
    let wish = NewSession { attendee: Some(cast.amara.person()), ..cast.wish(&world.store, "2026-12-03 10:00") };
    let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 50, None).unwrap();
    let Booked::Done(alone) = cast.desk.book(&wish, &timing).await.unwrap() else { panic!("free") };
    assert_eq!(cast.amara.ask_for(Some(alone), None, at("2026-12-04T09:00:00Z")).await.unwrap(), Asked::Done(alone));
    assert_eq!(starts(&cast, alone).await, at("2026-12-04T09:00:00Z"));
    // A time that goes away between the wish and the yes is not booked over.
    assert_eq!(
        cast.jonas.ask_for(Some(id), None, at("2026-12-07T09:00:00Z")).await.unwrap(),
        Asked::Waits(RequestState::Partner)
    );
    assert!(matches!(cast.book(&world.store, "2026-12-07 10:30").await, Booked::Done(_)));
    let request = cast.amara.requests().await.unwrap().0[0].id;
    assert_eq!(cast.amara.answer_request(request, true).await.unwrap(), Asked::Gone);
    assert_eq!(starts(&cast, id).await, at("2026-12-02T14:00:00Z"));
    let (_, own) = cast.jonas.requests().await.unwrap();
    assert_eq!(own.iter().map(|q| q.state).collect::<Vec<_>>(), [RequestState::Declined], "and he is told");
});

both!(the_rules_hold_whatever_is_sent, |world| {
    let cast = ruled(&world, PortalRule::AtOnce).await;
    let id = booked(&cast, &world, "2026-11-30 10:00").await;
    let soon = booked(&cast, &world, "2026-11-24 08:00").await;
    // Too late to cancel or to move: 23 hours are left.
    assert_eq!(cast.amara.cancel_own(soon).await.unwrap(), Asked::NotAllowed);
    assert_eq!(cast.amara.ask_for(Some(soon), None, at(LATER)).await.unwrap(), Asked::NotAllowed);
    // Not theirs.
    assert_eq!(cast.stranger.cancel_own(id).await.unwrap(), Asked::Gone);
    assert_eq!(cast.stranger.ask_for(Some(id), None, at(LATER)).await.unwrap(), Asked::NotAllowed);
    assert_eq!(cast.stranger.ask_for(None, Some(cast.couple), at(LATER)).await.unwrap(), Asked::NotAllowed);
    assert!(cast.stranger.times(None, Some(cast.couple), "2026-12-01".parse().unwrap(), 5).await.unwrap().is_none());
    // Tonight, next year, at three in the morning, on a Sunday, between the quarters.
    for (when, expected) in [
        ("2026-11-23T15:00:00Z", Asked::NotAllowed),
        ("2027-11-30T10:00:00Z", Asked::NotAllowed),
        ("2026-12-01T02:00:00Z", Asked::Gone),
        ("2026-12-06T10:00:00Z", Asked::Gone),
        ("2026-12-01T10:07:00Z", Asked::Gone),
    ] {
        assert_eq!(cast.amara.ask_for(Some(id), None, at(when)).await.unwrap(), expected, "{when}");
    }
    // Two are booked ahead: no more by themselves.
    assert!(cast.amara.may_book().await.unwrap().is_empty());
    assert_eq!(cast.amara.ask_for(None, Some(cast.couple), at(LATER)).await.unwrap(), Asked::NotAllowed);
    // In time it is cancelled, once, for both.
    assert_eq!(cast.amara.cancel_own(id).await.unwrap(), Asked::Done(id));
    assert_eq!(cast.amara.cancel_own(id).await.unwrap(), Asked::Gone);
    assert_eq!(cast.desk.session(id).await.unwrap().unwrap().state, SessionState::Cancelled);
    // Where the practice wants calls, nothing goes.
    let practice = cast.owner.practice().await.unwrap();
    let portal = PortalRules { rule: PortalRule::No, ..practice.portal };
    cast.owner.update_practice(&Practice { portal, ..practice }).await.unwrap();
    let other = booked(&cast, &world, "2026-12-10 10:00").await;
    assert_eq!(cast.amara.cancel_own(other).await.unwrap(), Asked::NotAllowed);
    assert_eq!(cast.amara.only_me(other).await.unwrap(), Asked::NotAllowed);
    assert!(cast.amara.times(Some(other), None, "2026-12-01".parse().unwrap(), 5).await.unwrap().is_none());
});

both!(only_one_can_come, |world| {
    let cast = ruled(&world, PortalRule::AtOnce).await;
    let id = booked(&cast, &world, "2026-11-30 10:00").await;
    sent(&world).await;
    assert_eq!(cast.jonas.only_me(id).await.unwrap(), Asked::Waits(RequestState::Desk), "the practice decides");
    let request = cast.desk.requests().await.unwrap()[0].id;
    let Some(Asked::Done(alone)) = cast.desk.answer_request(request, true).await.unwrap() else { panic!("done") };
    let session = cast.desk.session(alone).await.unwrap().unwrap();
    assert_eq!(session.attendees.iter().map(|a| a.person).collect::<Vec<_>>(), [cast.jonas.person()]);
    assert_eq!(session.timing.starts_at, at("2026-11-30T09:00:00Z"));
    assert_eq!(
        sent(&world).await,
        [
            ("Amara".to_owned(), MessageKind::Cancelled),
            ("Jonas".to_owned(), MessageKind::Cancelled),
            ("Jonas".to_owned(), MessageKind::Confirmation),
        ]
    );
    assert!(cast.amara.own_session(alone).await.unwrap().is_none(), "it is not hers any more");
});

both!(a_wish_falls_with_the_session_it_was_about, |world| {
    let cast = ruled(&world, PortalRule::Ask).await;
    let id = booked(&cast, &world, "2026-11-30 10:00").await;
    cast.jonas.ask_for(Some(id), None, at(LATER)).await.unwrap();
    let request = cast.amara.requests().await.unwrap().0[0].id;
    // The desk moves it by telephone meanwhile.
    let timing = store::timing("2026-12-02T10:00:00".parse().unwrap(), &zone("Europe/Berlin"), 50, None).unwrap();
    cast.desk.move_session(id, &Goal::to(&timing, &Place::Room(cast.room))).await.unwrap();
    assert!(cast.amara.requests().await.unwrap().0.is_empty());
    assert_eq!(cast.amara.answer_request(request, true).await.unwrap(), Asked::Gone);
    assert_eq!(starts(&cast, id).await, at("2026-12-02T09:00:00Z"));
    assert!(sent(&world).await.iter().all(|(_, kind)| *kind != MessageKind::Request), "nobody is asked any more");
    // The next wish is not in the way of the last one.
    assert_eq!(cast.jonas.ask_for(Some(id), None, at(LATER)).await.unwrap(), Asked::Waits(RequestState::Partner));
    assert!(cast.jonas.withdraw_request(cast.jonas.requests().await.unwrap().1[0].id).await.unwrap());
    assert!(cast.amara.requests().await.unwrap().0.is_empty());
});

both!(nothing_here_tells_what_the_other_comes_to_alone, |world| {
    let cast = ruled(&world, PortalRule::Ask).await;
    // Jonas comes alone, to another therapist, for long, again and again.
    for day in ["2026-12-01 10:00", "2026-12-08 10:00", "2026-12-15 10:00"] {
        let wish = NewSession {
            attendee: Some(cast.jonas.person()),
            clinician: cast.emeka.me(),
            place: Place::Link("https://meet.example.org/jonas".into()),
            minutes: 90,
            ..cast.wish(&world.store, day)
        };
        let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 90, None).unwrap();
        assert!(matches!(cast.desk.book(&wish, &timing).await.unwrap(), Booked::Done(_)));
    }
    // She too, once, to him; what both come to is still with Ruth.
    let wish = NewSession {
        attendee: Some(cast.amara.person()),
        clinician: cast.emeka.me(),
        minutes: 90,
        ..cast.wish(&world.store, "2026-11-24 15:00")
    };
    let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 90, None).unwrap();
    let Booked::Done(hers) = cast.desk.book(&wish, &timing).await.unwrap() else { panic!("free") };
    // And he likes to come late.
    let mut late = domain::availability::Week::default();
    late.0[3] = domain::availability::read_hours("13-14").unwrap();
    cast.jonas.set_prefers(Some(&late)).await.unwrap();
    let app = App::new(&world);
    let cookie = app.cookie(&world, cast.amara.me()).await;
    assert_eq!(cast.amara.sessions_ahead().await.unwrap().len(), 1);
    let may = cast.amara.may_book().await.unwrap();
    assert_eq!(may.iter().map(|(_, _, name)| name.as_str()).collect::<Vec<_>>(), ["Ruth Abrahams"]);
    let times = cast.amara.times(None, Some(cast.couple), "2026-11-25".parse().unwrap(), 4).await.unwrap().unwrap();
    assert_eq!(times[0].at, at("2026-11-25T07:00:00Z"), "his own hours narrow nothing of hers");
    let day = cast.amara.times(None, Some(cast.couple), "2026-12-01".parse().unwrap(), 60).await.unwrap().unwrap();
    for quarter in 0..20 {
        let when = at("2026-12-01T07:00:00Z") + Duration::minutes(15 * quarter);
        assert!(day.iter().any(|s| s.at == when), "a hole at {when} tells when he is elsewhere");
    }
    // Asked for and agreed to, it is found out without a word of why.
    let asked = cast.amara.ask_for(None, Some(cast.couple), at("2026-12-01T09:00:00Z")).await.unwrap();
    assert_eq!(asked, Asked::Waits(RequestState::Partner));
    let (waiting, _) = cast.jonas.requests().await.unwrap();
    assert_eq!(waiting[0].clinician_name, "Ruth Abrahams");
    assert_eq!(cast.jonas.answer_request(waiting[0].id, true).await.unwrap(), Asked::Waits(RequestState::Desk));
    let request = cast.desk.requests().await.unwrap()[0].id;
    assert_eq!(cast.desk.answer_request(request, true).await.unwrap(), Some(Asked::Gone));
    let theirs = app.get("/portal", Some(&cookie)).await.text;
    assert!(theirs.contains("It could not be."), "{theirs}");
    cast.desk.cancel(hers, &tests::cancelled("ill")).await.unwrap();
    for path in ["/portal".to_owned(), format!("/portal/times?client={}", cast.couple), "/portal/contact".to_owned()] {
        let got = app.get(&path, Some(&cookie)).await.text;
        for word in ["Emeka", "meet.example.org", "13:00–14:00", "1 h 30 min"] {
            assert!(!got.contains(word), "{path} tells {word}");
        }
    }
    let session =
        cast.desk.calendar(at("2026-12-01T00:00:00Z"), at("2026-12-02T00:00:00Z"), None, None).await.unwrap()[0].id;
    assert!(cast.amara.own_session(session).await.unwrap().is_none());
    assert_eq!(cast.amara.cancel_own(session).await.unwrap(), Asked::Gone);
});

both!(a_way_that_was_shown_in_time_says_later_why_it_ends, |world| {
    let cast = ruled(&world, PortalRule::Ask).await;
    let id = booked(&cast, &world, "2026-11-30 10:00").await;
    let app = App::new(&world);
    let times = format!("/portal/times?session={id}");
    let amara = app.cookie(&world, cast.amara.me()).await;
    assert_eq!(app.get(&times, Some(&amara)).await.status, StatusCode::OK);
    // Somebody else's answers as one that is not there: both ways end alike.
    let stranger = app.cookie(&world, cast.stranger.me()).await;
    for (times, session) in [(times.clone(), id), missing(&world)] {
        let got = app.get(&times, Some(&stranger)).await;
        assert_eq!(got.status, StatusCode::SEE_OTHER);
        assert_eq!(
            app.get(&format!("/portal/sessions/{session}"), Some(&stranger)).await.status,
            StatusCode::NOT_FOUND
        );
    }
    world.clock.advance(at("2026-11-29T20:00:00Z") - world.store.now());
    let amara = app.cookie(&world, cast.amara.me()).await;
    let got = app.get(&times, Some(&amara)).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER);
    let its_own = format!("/portal/sessions/{id}");
    assert_eq!(got.headers["location"], its_own);
    assert!(app.get(&its_own, Some(&amara)).await.text.contains("please call"));
});

fn missing(world: &World) -> (String, SessionId) {
    let id = SessionId::from(world.store.clock().id());
    (format!("/portal/times?session={id}"), id)
}

both!(the_wish_to_come_alone_is_the_askers_and_the_practices, |world| {
    let cast = ruled(&world, PortalRule::AtOnce).await;
    let id = booked(&cast, &world, "2026-11-30 10:00").await;
    assert_eq!(cast.amara.only_me(id).await.unwrap(), Asked::Waits(RequestState::Desk));
    let his = cast.jonas.own_session(id).await.unwrap().unwrap();
    assert!(his.open.is_none() && his.can_move, "nothing has changed for him");
    assert!(cast.amara.own_session(id).await.unwrap().unwrap().open.is_some());
    // Not even by what he may do.
    assert_eq!(cast.jonas.ask_for(Some(id), None, at(LATER)).await.unwrap(), Asked::Waits(RequestState::Partner));
    assert!(cast.jonas.withdraw_request(cast.jonas.requests().await.unwrap().1[0].id).await.unwrap());
    assert_eq!(cast.jonas.only_me(id).await.unwrap(), Asked::Waits(RequestState::Desk));
    // Where she cannot be booked alone, the session of both stands.
    cast.ruth.set_archived(cast.couple, true).await.unwrap();
    for request in cast.desk.requests().await.unwrap() {
        assert_eq!(cast.desk.answer_request(request.id, true).await.unwrap(), Some(Asked::Gone));
    }
    assert_eq!(cast.desk.session(id).await.unwrap().unwrap().state, SessionState::Booked);
    assert_eq!(cast.amara.requests().await.unwrap().1[0].state, RequestState::Declined);
});

both!(what_was_promised_is_not_undone_and_a_late_yes_goes_to_the_practice, |world| {
    let cast = ruled(&world, PortalRule::AtOnce).await;
    let practice = cast.owner.practice().await.unwrap();
    cast.owner.update_practice(&Practice { quiet_minutes: 5, ..practice }).await.unwrap();
    let id = booked(&cast, &world, "2026-11-30 10:00").await;
    sent(&world).await;
    assert_eq!(cast.amara.cancel_own(id).await.unwrap(), Asked::Done(id));
    let session = cast.desk.session(id).await.unwrap().unwrap();
    assert_eq!(cast.desk.can_undo(&session).await.unwrap(), None);
    assert_eq!(cast.desk.undo(id).await.unwrap(), Some(store::Undone::TooLate));
    let told = [("Amara".to_owned(), MessageKind::Cancelled), ("Jonas".to_owned(), MessageKind::Cancelled)];
    assert_eq!(sent(&world).await, told, "and it is told at once");
    // Asked in time, agreed to when it is late.
    let id = booked(&cast, &world, "2026-11-26 10:00").await;
    assert_eq!(cast.jonas.ask_for(Some(id), None, at(LATER)).await.unwrap(), Asked::Waits(RequestState::Partner));
    let request = cast.amara.requests().await.unwrap().0[0].id;
    world.clock.advance(at("2026-11-26T08:50:00Z") - world.store.now());
    assert_eq!(cast.amara.answer_request(request, true).await.unwrap(), Asked::Waits(RequestState::Desk));
    // And when it is over, it is not moved out of the record.
    world.clock.advance(Duration::hours(1));
    assert!(cast.desk.requests().await.unwrap().is_empty());
    assert_eq!(cast.desk.answer_request(request, true).await.unwrap(), Some(Asked::Gone));
    assert_eq!(starts(&cast, id).await, at("2026-11-26T09:00:00Z"));
});

both!(nobody_is_pressed_by_mail, |world| {
    let cast = ruled(&world, PortalRule::Ask).await;
    let id = booked(&cast, &world, "2026-11-30 10:00").await;
    sent(&world).await;
    let mut asked = 0;
    let mut mails = 0;
    for _ in 0..12 {
        if cast.jonas.ask_for(Some(id), None, at(LATER)).await.unwrap() == Asked::Waits(RequestState::Partner) {
            asked += 1;
            mails += sent(&world).await.len();
            assert!(cast.jonas.withdraw_request(cast.jonas.requests().await.unwrap().1[0].id).await.unwrap());
        }
    }
    assert_eq!((asked, mails), (8, 1));
    world.clock.advance(Duration::hours(25));
    assert_eq!(cast.jonas.ask_for(Some(id), None, at(LATER)).await.unwrap(), Asked::Waits(RequestState::Partner));
    assert_eq!(sent(&world).await, [("Amara".to_owned(), MessageKind::Request)]);
});

both!(however_often_at_once_it_is_done_once, |world| {
    let cast = ruled(&world, PortalRule::Ask).await;
    let id = booked(&cast, &world, "2026-11-30 10:00").await;
    sent(&world).await;
    let second = world.second().await;
    let store = |n: usize| if n.is_multiple_of(2) { world.store.clone() } else { second.clone() };
    // The same session asked for by both, five times each: one request.
    let mut asking = Vec::new();
    for n in 0..10 {
        let who = if n < 5 { cast.amara.visitor() } else { cast.jonas.visitor() };
        let (partner, couple) = (store(n).partner(who).unwrap(), cast.couple);
        asking.push(tokio::spawn(async move { partner.ask_for(None, Some(couple), at("2026-12-03T10:00:00Z")).await }));
    }
    let mut waits = 0;
    for asked in asking {
        waits += usize::from(matches!(asked.await.unwrap().unwrap(), Asked::Waits(_)));
    }
    assert_eq!(waits, 1);
    // One yes, pressed at once by the other and by the desk's two windows.
    cast.jonas.ask_for(Some(id), None, at(LATER)).await.unwrap();
    let waiting = cast.amara.requests().await.unwrap().0;
    let request = waiting.iter().find(|q| q.session == Some(id)).unwrap().id;
    let mut yes = Vec::new();
    for n in 0..6 {
        let amara = store(n).partner(cast.amara.visitor()).unwrap();
        yes.push(tokio::spawn(async move { amara.answer_request(request, true).await }));
    }
    let mut first = 0;
    for answer in yes {
        first += usize::from(answer.await.unwrap().unwrap() == Asked::Waits(RequestState::Desk));
    }
    assert_eq!(first, 1);
    let mut yes = Vec::new();
    for n in 0..6 {
        let desk = store(n).front_desk(cast.desk.visitor()).unwrap();
        yes.push(tokio::spawn(async move { desk.answer_request(request, true).await }));
    }
    for answer in yes {
        assert!(matches!(answer.await.unwrap().unwrap(), Some(Asked::Done(_) | Asked::Gone)));
    }
    let session = cast.desk.session(id).await.unwrap().unwrap();
    assert_eq!((session.timing.starts_at, session.version), (at(LATER), 1), "moved once");
    let moved = sent(&world).await.into_iter().filter(|(_, kind)| *kind == MessageKind::Moved).count();
    assert_eq!(moved, 2);
});

both!(cut_off_anywhere_it_is_whole_and_can_be_done_again, |world| {
    let cast = ruled(&world, PortalRule::Ask).await;
    for n in 0..12u64 {
        let id = booked(&cast, &world, &format!("2026-12-{:02} 10:00", 1 + n)).await;
        let to = at(&format!("2026-12-{:02}T15:00:00Z", 1 + n));
        if cast.jonas.only_me(id).await.unwrap() != Asked::Waits(RequestState::Desk) {
            continue;
        }
        let request = cast.desk.requests().await.unwrap().iter().find(|q| q.session == Some(id)).unwrap().id;
        // The server dies somewhere on the way.
        let after = std::time::Duration::from_micros(300 * n * n);
        let cut = tokio::time::timeout(after, cast.desk.answer_request(request, true)).await;
        // A commit that was on its way has landed, or never will.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        let joint = cast.desk.session(id).await.unwrap().unwrap();
        let alone = cast
            .jonas
            .sessions_ahead()
            .await
            .unwrap()
            .into_iter()
            .any(|s| s.timing.starts_at == joint.timing.starts_at && s.attendees.len() == 1);
        assert_eq!(joint.state.occupies(), !alone, "neither lost nor doubled; cut off: {}", cut.is_err());
        // And pressed again, it is done.
        cast.desk.answer_request(request, true).await.unwrap();
        let joint = cast.desk.session(id).await.unwrap().unwrap();
        assert!(!joint.state.occupies(), "{to}");
    }
});
