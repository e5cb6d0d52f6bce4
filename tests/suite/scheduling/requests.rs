//! What partners request about their sessions in the portal: by the practice's rules,
//! with the other's agreement, and without a word about what is not theirs.

use axum::http::StatusCode;
use chrono::{DateTime, Duration, Utc};
use domain::{
    ids::SessionId,
    outbox::reminder::EmailKind,
    practice::settings::Practice,
    scheduling::{
        request::{PortalRule, PortalRules, RequestState},
        session::{NewSession, Place, SessionState},
        slots::Cursor,
    },
};
use store::{Booked, EmailFacts, MoveTarget, Partner, RequestOutcome, Withdrawal};
use tests::{
    World,
    app::App,
    both,
    people::{Cast, zone},
};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn cursor_from(text: &str) -> Option<Cursor> {
    Some(Cursor::From(at(text)))
}

async fn cast_with_rule(world: &World, rule: PortalRule) -> Cast {
    let cast = Cast::new(&world.store).await;
    let practice = cast.owner.practice().await.unwrap();
    let portal = PortalRules { rule, ..practice.portal };
    cast.owner.update_practice(&Practice { portal, ..practice }).await.unwrap();
    cast
}

async fn book(cast: &Cast, world: &World, starts: &str) -> SessionId {
    let Booked::Done(id) = cast.book(&world.store, starts).await else { panic!("free") };
    id
}

/// Withdraws the oldest of a partner's own requests.
async fn withdraw_own(partner: &Partner) -> Withdrawal {
    let own = partner.requests().await.unwrap().1;
    partner.withdraw_request(own[0].id).await.unwrap()
}

async fn start_of(cast: &Cast, id: SessionId) -> DateTime<Utc> {
    cast.desk.session(id).await.unwrap().unwrap().timing.starts_at
}

/// Sends everything that is due; returns each recipient's first name and the kind.
async fn send_due(world: &World) -> Vec<(String, EmailKind)> {
    let mut sent = Vec::new();
    for email in world.store.worker().claim_due(100, Duration::minutes(2)).await.unwrap() {
        assert!(world.store.worker().store_body(email.id, email.token, b"x").await.unwrap());
        assert!(world.store.worker().finish_sent(email.id, email.token).await.unwrap());
        if email.kind == EmailKind::Request {
            assert!(matches!(email.facts, EmailFacts::Portal), "it says nothing but that something waits");
        }
        sent.push((email.recipient_name.split(' ').next().unwrap().to_owned(), email.kind));
    }
    sent.sort_by_key(|(name, kind)| (name.clone(), kind.word()));
    sent
}

const LATER: &str = "2026-12-01T10:00:00Z";

both!(moving_a_joint_session_needs_the_other_partner_and_the_practice, |world| {
    let cast = cast_with_rule(&world, PortalRule::Ask).await;
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    send_due(&world).await;
    let offered = cast
        .jonas
        .requestable_times(Some(id), None, cursor_from("2026-12-01T00:00:00Z"), 8)
        .await
        .unwrap()
        .unwrap()
        .found;
    assert!(offered.iter().any(|s| s.at == at("2026-12-01T08:00:00Z")), "{offered:?}");
    assert_eq!(
        cast.jonas.request_time(Some(id), None, at(LATER)).await.unwrap(),
        RequestOutcome::Pending(RequestState::Partner)
    );
    assert_eq!(
        cast.jonas.request_time(Some(id), None, at(LATER)).await.unwrap(),
        RequestOutcome::NotAllowed,
        "one at a time"
    );
    assert_eq!(send_due(&world).await, [("Amara".to_owned(), EmailKind::Request)]);
    assert!(cast.desk.requests(None).await.unwrap().rows.is_empty(), "not the practice's turn yet");
    assert_eq!(start_of(&cast, id).await, at("2026-11-30T09:00:00Z"), "nothing is moved over her head");
    let (waiting, own) = cast.amara.requests().await.unwrap();
    assert_eq!((waiting.len(), own.len()), (1, 0));
    let request = waiting[0].id;
    // Neither Jonas himself nor a stranger can agree.
    for who in [&cast.jonas, &cast.stranger] {
        assert_eq!(who.answer_request(request, true).await.unwrap(), RequestOutcome::Unknown);
    }
    assert_eq!(cast.amara.withdraw_request(request).await.unwrap(), Withdrawal::Unknown, "it is not hers to take back");
    assert_eq!(cast.amara.answer_request(request, true).await.unwrap(), RequestOutcome::Pending(RequestState::Desk));
    assert_eq!(cast.amara.answer_request(request, false).await.unwrap(), RequestOutcome::Gone, "said once");
    let emeka = world.store.bookings(cast.emeka.visitor()).unwrap();
    assert!(emeka.requests(None).await.unwrap().rows.is_empty());
    assert_eq!(emeka.answer_request(request, true).await.unwrap(), None, "another therapist's");
    assert_eq!(cast.desk.requests(None).await.unwrap().rows.len(), 1);
    assert_eq!(cast.desk.answer_request(request, true).await.unwrap(), Some(RequestOutcome::Done(id)));
    assert_eq!(cast.desk.answer_request(request, true).await.unwrap(), Some(RequestOutcome::Gone), "twice");
    assert_eq!(start_of(&cast, id).await, at(LATER));
    let moved = [("Amara".to_owned(), EmailKind::Moved), ("Jonas".to_owned(), EmailKind::Moved)];
    assert_eq!(send_due(&world).await, moved);
});

both!(at_once_rule_books_only_when_both_partners_agree, |world| {
    let cast = cast_with_rule(&world, PortalRule::AtOnce).await;
    // A new session is requested: both have to agree, and then it is booked.
    let (client, ..) = cast.amara.bookable_clients().await.unwrap()[0].clone();
    assert_eq!(client, cast.couple);
    let asked = cast.amara.request_time(None, Some(client), at("2026-12-02T14:00:00Z")).await.unwrap();
    assert_eq!(asked, RequestOutcome::Pending(RequestState::Partner));
    let request = cast.jonas.requests().await.unwrap().0[0].id;
    let RequestOutcome::Done(id) = cast.jonas.answer_request(request, true).await.unwrap() else { panic!("booked") };
    assert_eq!(start_of(&cast, id).await, at("2026-12-02T14:00:00Z"));
    // A person who comes alone books alone.
    let wish = NewSession { attendee: Some(cast.amara.person()), ..cast.wish(&world.store, "2026-12-03 10:00") };
    let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 50, None).unwrap();
    let Booked::Done(alone) = cast.desk.book(&wish, &timing).await.unwrap() else { panic!("free") };
    assert_eq!(
        cast.amara.request_time(Some(alone), None, at("2026-12-04T09:00:00Z")).await.unwrap(),
        RequestOutcome::Done(alone)
    );
    assert_eq!(start_of(&cast, alone).await, at("2026-12-04T09:00:00Z"));
    // A time that is taken between request and agreement is not booked over.
    assert_eq!(
        cast.jonas.request_time(Some(id), None, at("2026-12-07T09:00:00Z")).await.unwrap(),
        RequestOutcome::Pending(RequestState::Partner)
    );
    assert!(matches!(cast.book(&world.store, "2026-12-07 10:30").await, Booked::Done(_)));
    let request = cast.amara.requests().await.unwrap().0[0].id;
    assert_eq!(cast.amara.answer_request(request, true).await.unwrap(), RequestOutcome::Gone);
    assert_eq!(start_of(&cast, id).await, at("2026-12-02T14:00:00Z"));
    let (_, own) = cast.jonas.requests().await.unwrap();
    assert_eq!(own.iter().map(|q| q.state).collect::<Vec<_>>(), [RequestState::Declined], "and he is told");
});

both!(portal_rules_apply_to_every_request, |world| {
    let cast = cast_with_rule(&world, PortalRule::AtOnce).await;
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    let soon = book(&cast, &world, "2026-11-24 08:00").await;
    // Too late to cancel or to move: 23 hours are left.
    assert_eq!(cast.amara.cancel_own_session(soon).await.unwrap(), RequestOutcome::NotAllowed);
    assert_eq!(cast.amara.request_time(Some(soon), None, at(LATER)).await.unwrap(), RequestOutcome::NotAllowed);
    // The session belongs to others.
    assert_eq!(cast.stranger.cancel_own_session(id).await.unwrap(), RequestOutcome::Unknown);
    assert_eq!(cast.stranger.request_time(Some(id), None, at(LATER)).await.unwrap(), RequestOutcome::Unknown);
    assert_eq!(cast.stranger.request_time(None, Some(cast.couple), at(LATER)).await.unwrap(), RequestOutcome::Unknown);
    assert!(cast.stranger.requestable_times(None, Some(cast.couple), None, 5).await.unwrap().is_none());
    // Tonight, next year, at three in the morning, on a Sunday, and between the quarters.
    for (when, expected) in [
        ("2026-11-23T15:00:00Z", RequestOutcome::NotAllowed),
        ("2027-11-30T10:00:00Z", RequestOutcome::NotAllowed),
        ("2026-12-01T02:00:00Z", RequestOutcome::Gone),
        ("2026-12-06T10:00:00Z", RequestOutcome::Gone),
        ("2026-12-01T10:07:00Z", RequestOutcome::Gone),
    ] {
        assert_eq!(cast.amara.request_time(Some(id), None, at(when)).await.unwrap(), expected, "{when}");
    }
    // Two sessions are booked ahead: clients may not book more by themselves.
    assert!(cast.amara.bookable_clients().await.unwrap().is_empty());
    assert_eq!(cast.amara.request_time(None, Some(cast.couple), at(LATER)).await.unwrap(), RequestOutcome::NotAllowed);
    // In time, a session is cancelled, once, for both.
    assert_eq!(cast.amara.cancel_own_session(id).await.unwrap(), RequestOutcome::Done(id));
    assert_eq!(cast.amara.cancel_own_session(id).await.unwrap(), RequestOutcome::Gone);
    assert_eq!(cast.desk.session(id).await.unwrap().unwrap().state, SessionState::Cancelled);
    // Where the practice wants telephone calls, nothing is possible in the portal.
    let practice = cast.owner.practice().await.unwrap();
    let portal = PortalRules { rule: PortalRule::No, ..practice.portal };
    cast.owner.update_practice(&Practice { portal, ..practice }).await.unwrap();
    let other = book(&cast, &world, "2026-12-10 10:00").await;
    assert_eq!(cast.amara.cancel_own_session(other).await.unwrap(), RequestOutcome::NotAllowed);
    assert_eq!(cast.amara.request_alone(other).await.unwrap(), RequestOutcome::NotAllowed);
    assert!(cast.amara.requestable_times(Some(other), None, None, 5).await.unwrap().is_none());
});

both!(request_to_come_alone_replaces_the_joint_session, |world| {
    let cast = cast_with_rule(&world, PortalRule::AtOnce).await;
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    send_due(&world).await;
    assert_eq!(
        cast.jonas.request_alone(id).await.unwrap(),
        RequestOutcome::Pending(RequestState::Desk),
        "the practice decides"
    );
    let request = cast.desk.requests(None).await.unwrap().rows[0].id;
    let Some(RequestOutcome::Done(alone)) = cast.desk.answer_request(request, true).await.unwrap() else {
        panic!("done")
    };
    let session = cast.desk.session(alone).await.unwrap().unwrap();
    assert_eq!(session.attendees.iter().map(|a| a.person).collect::<Vec<_>>(), [cast.jonas.person()]);
    assert_eq!(session.timing.starts_at, at("2026-11-30T09:00:00Z"));
    assert_eq!(
        send_due(&world).await,
        [
            ("Amara".to_owned(), EmailKind::Cancelled),
            ("Jonas".to_owned(), EmailKind::Cancelled),
            ("Jonas".to_owned(), EmailKind::Confirmation),
        ]
    );
    assert!(cast.amara.own_session(alone).await.unwrap().is_none(), "it is not hers any more");
});

both!(request_ends_when_its_session_moves, |world| {
    let cast = cast_with_rule(&world, PortalRule::Ask).await;
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    cast.jonas.request_time(Some(id), None, at(LATER)).await.unwrap();
    let request = cast.amara.requests().await.unwrap().0[0].id;
    // Meanwhile the front desk moves the session after a telephone call.
    let timing = store::timing("2026-12-02T10:00:00".parse().unwrap(), &zone("Europe/Berlin"), 50, None).unwrap();
    cast.desk.move_session(id, &MoveTarget::to(&timing, &Place::Room(cast.room))).await.unwrap();
    assert!(cast.amara.requests().await.unwrap().0.is_empty());
    assert_eq!(cast.amara.answer_request(request, true).await.unwrap(), RequestOutcome::Gone);
    assert_eq!(start_of(&cast, id).await, at("2026-12-02T09:00:00Z"));
    assert!(send_due(&world).await.iter().all(|(_, kind)| *kind != EmailKind::Request), "nobody is asked any more");
    // The ended request does not block the next one.
    assert_eq!(
        cast.jonas.request_time(Some(id), None, at(LATER)).await.unwrap(),
        RequestOutcome::Pending(RequestState::Partner)
    );
    assert_eq!(withdraw_own(&cast.jonas).await, Withdrawal::Told);
    assert!(cast.amara.requests().await.unwrap().0.is_empty());
});

both!(portal_reveals_nothing_of_the_others_individual_sessions, |world| {
    let cast = cast_with_rule(&world, PortalRule::Ask).await;
    // Jonas has long sessions alone with another therapist, several times.
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
    // Amara has one with him too; their joint sessions are still with Ruth.
    let wish = NewSession {
        attendee: Some(cast.amara.person()),
        clinician: cast.emeka.me(),
        minutes: 90,
        ..cast.wish(&world.store, "2026-11-24 15:00")
    };
    let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 90, None).unwrap();
    let Booked::Done(hers) = cast.desk.book(&wish, &timing).await.unwrap() else { panic!("free") };
    // Jonas likes to come late.
    let mut late = domain::practice::hours::Week::default();
    late.0[3] = domain::practice::hours::read_hours("13-14").unwrap();
    cast.jonas.set_prefers(Some(&late)).await.unwrap();
    let app = App::new(&world);
    let cookie = app.cookie(&world, cast.amara.me()).await;
    assert_eq!(cast.amara.sessions_ahead(None).await.unwrap().rows.len(), 1);
    let may = cast.amara.bookable_clients().await.unwrap();
    assert_eq!(may.iter().map(|(_, _, name)| name.as_str()).collect::<Vec<_>>(), ["Ruth Abrahams"]);
    let times = cast
        .amara
        .requestable_times(None, Some(cast.couple), cursor_from("2026-11-24T23:00:00Z"), 4)
        .await
        .unwrap()
        .unwrap()
        .found;
    assert_eq!(times[0].at, at("2026-11-25T07:00:00Z"), "his own hours narrow nothing of hers");
    let day = cast
        .amara
        .requestable_times(None, Some(cast.couple), cursor_from("2026-11-30T23:00:00Z"), 60)
        .await
        .unwrap()
        .unwrap()
        .found;
    for quarter in 0..20 {
        let when = at("2026-12-01T07:00:00Z") + Duration::minutes(15 * quarter);
        assert!(day.iter().any(|s| s.at == when), "a hole at {when} tells when he is elsewhere");
    }
    // The requested time turns out to be impossible, without a word about why.
    let asked = cast.amara.request_time(None, Some(cast.couple), at("2026-12-01T09:00:00Z")).await.unwrap();
    assert_eq!(asked, RequestOutcome::Pending(RequestState::Partner));
    let (waiting, _) = cast.jonas.requests().await.unwrap();
    assert_eq!(waiting[0].clinician_name, "Ruth Abrahams");
    assert_eq!(
        cast.jonas.answer_request(waiting[0].id, true).await.unwrap(),
        RequestOutcome::Pending(RequestState::Desk)
    );
    let request = cast.desk.requests(None).await.unwrap().rows[0].id;
    assert_eq!(cast.desk.answer_request(request, true).await.unwrap(), Some(RequestOutcome::Gone));
    let theirs = app.get("/portal", Some(&cookie)).await.text;
    assert!(theirs.contains("That isn’t possible."), "{theirs}");
    cast.desk.cancel(hers, &tests::cancelled("ill")).await.unwrap();
    for path in
        ["/portal".to_owned(), format!("/portal/times?client={}", cast.couple), "/portal/contact/times".to_owned()]
    {
        let got = app.get(&path, Some(&cookie)).await.text;
        for word in ["Emeka", "meet.example.org", "13:00–14:00", "1 h 30 min"] {
            assert!(!got.contains(word), "{path} tells {word}");
        }
    }
    let session =
        cast.desk.calendar(at("2026-12-01T00:00:00Z"), at("2026-12-02T00:00:00Z"), None, None).await.unwrap()[0].id;
    assert!(cast.amara.own_session(session).await.unwrap().is_none());
    assert_eq!(cast.amara.cancel_own_session(session).await.unwrap(), RequestOutcome::Unknown);
});

both!(request_page_opened_too_late_explains_why_it_is_closed, |world| {
    let cast = cast_with_rule(&world, PortalRule::Ask).await;
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    let app = App::new(&world);
    let times = format!("/portal/times?session={id}");
    let amara = app.cookie(&world, cast.amara.me()).await;
    assert_eq!(app.get(&times, Some(&amara)).await.status, StatusCode::OK);
    // For a stranger the session answers like one that does not exist, on both pages.
    let stranger = app.cookie(&world, cast.stranger.me()).await;
    for (times, session) in [(times.clone(), id), missing_session(&world)] {
        let got = app.get(&times, Some(&stranger)).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND);
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

fn missing_session(world: &World) -> (String, SessionId) {
    let id = SessionId::from(world.store.clock().id());
    (format!("/portal/times?session={id}"), id)
}

both!(request_to_come_alone_is_hidden_from_the_other_partner, |world| {
    let cast = cast_with_rule(&world, PortalRule::AtOnce).await;
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    assert_eq!(cast.amara.request_alone(id).await.unwrap(), RequestOutcome::Pending(RequestState::Desk));
    let his = cast.jonas.own_session(id).await.unwrap().unwrap();
    assert!(his.open.is_none() && his.can_move, "nothing has changed for him");
    assert!(cast.amara.own_session(id).await.unwrap().unwrap().open.is_some());
    // What he may do does not reveal it either.
    assert_eq!(
        cast.jonas.request_time(Some(id), None, at(LATER)).await.unwrap(),
        RequestOutcome::Pending(RequestState::Partner)
    );
    assert_eq!(withdraw_own(&cast.jonas).await, Withdrawal::Told);
    assert_eq!(cast.jonas.request_alone(id).await.unwrap(), RequestOutcome::Pending(RequestState::Desk));
    // Where she cannot be booked alone, the joint session remains.
    cast.ruth.set_archived(cast.couple, true).await.unwrap();
    for request in cast.desk.requests(None).await.unwrap().rows {
        assert_eq!(cast.desk.answer_request(request.id, true).await.unwrap(), Some(RequestOutcome::Gone));
    }
    assert_eq!(cast.desk.session(id).await.unwrap().unwrap().state, SessionState::Booked);
    assert_eq!(cast.amara.requests().await.unwrap().1[0].state, RequestState::Declined);
});

both!(portal_cancellation_is_not_undone_and_late_agreement_goes_to_the_desk, |world| {
    let cast = cast_with_rule(&world, PortalRule::AtOnce).await;
    let practice = cast.owner.practice().await.unwrap();
    cast.owner.update_practice(&Practice { quiet_minutes: 5, ..practice }).await.unwrap();
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    send_due(&world).await;
    assert_eq!(cast.amara.cancel_own_session(id).await.unwrap(), RequestOutcome::Done(id));
    let session = cast.desk.session(id).await.unwrap().unwrap();
    assert_eq!(cast.desk.undo_deadline(&session).await.unwrap(), None);
    assert_eq!(cast.desk.undo(id).await.unwrap(), Some(store::Undone::TooLate));
    let told = [("Amara".to_owned(), EmailKind::Cancelled), ("Jonas".to_owned(), EmailKind::Cancelled)];
    assert_eq!(send_due(&world).await, told, "and it is told at once");
    // Requested in time, and agreed to when it is too late.
    let id = book(&cast, &world, "2026-11-26 10:00").await;
    assert_eq!(
        cast.jonas.request_time(Some(id), None, at(LATER)).await.unwrap(),
        RequestOutcome::Pending(RequestState::Partner)
    );
    world.clock.advance(Duration::minutes(5));
    let request = cast.amara.requests().await.unwrap().0[0].id;
    world.clock.advance(at("2026-11-26T08:50:00Z") - world.store.now());
    assert_eq!(cast.amara.answer_request(request, true).await.unwrap(), RequestOutcome::Pending(RequestState::Desk));
    // After the session it is not moved any more.
    world.clock.advance(Duration::hours(1));
    assert!(cast.desk.requests(None).await.unwrap().rows.is_empty());
    assert_eq!(cast.desk.answer_request(request, true).await.unwrap(), Some(RequestOutcome::Gone));
    assert_eq!(start_of(&cast, id).await, at("2026-11-26T09:00:00Z"));
});

both!(repeated_requests_send_one_email_a_day, |world| {
    let cast = cast_with_rule(&world, PortalRule::Ask).await;
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    send_due(&world).await;
    let mut asked = 0;
    let mut mails = 0;
    for _ in 0..12 {
        if cast.jonas.request_time(Some(id), None, at(LATER)).await.unwrap()
            == RequestOutcome::Pending(RequestState::Partner)
        {
            asked += 1;
            mails += send_due(&world).await.len();
            assert_eq!(withdraw_own(&cast.jonas).await, Withdrawal::Told);
        }
    }
    assert_eq!((asked, mails), (8, 1));
    world.clock.advance(Duration::hours(25));
    assert_eq!(
        cast.jonas.request_time(Some(id), None, at(LATER)).await.unwrap(),
        RequestOutcome::Pending(RequestState::Partner)
    );
    assert_eq!(send_due(&world).await, [("Amara".to_owned(), EmailKind::Request)]);
});

both!(concurrent_requests_and_answers_act_once, |world| {
    let cast = cast_with_rule(&world, PortalRule::Ask).await;
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    send_due(&world).await;
    let second = world.second().await;
    let store = |n: usize| if n.is_multiple_of(2) { world.store.clone() } else { second.clone() };
    // Both request a new session, five times each: there is one request.
    let mut asking = Vec::new();
    for n in 0..10 {
        let who = if n < 5 { cast.amara.visitor() } else { cast.jonas.visitor() };
        let (partner, couple) = (store(n).partner(who).unwrap(), cast.couple);
        asking.push(tokio::spawn(
            async move { partner.request_time(None, Some(couple), at("2026-12-03T10:00:00Z")).await },
        ));
    }
    let mut waits = 0;
    for asked in asking {
        waits += usize::from(matches!(asked.await.unwrap().unwrap(), RequestOutcome::Pending(_)));
    }
    assert_eq!(waits, 1);
    // Several agreements at once, by the other partner and then by the front desk.
    cast.jonas.request_time(Some(id), None, at(LATER)).await.unwrap();
    let waiting = cast.amara.requests().await.unwrap().0;
    let request = waiting.iter().find(|q| q.session == Some(id)).unwrap().id;
    let mut yes = Vec::new();
    for n in 0..6 {
        let amara = store(n).partner(cast.amara.visitor()).unwrap();
        yes.push(tokio::spawn(async move { amara.answer_request(request, true).await }));
    }
    let mut first = 0;
    for answer in yes {
        first += usize::from(answer.await.unwrap().unwrap() == RequestOutcome::Pending(RequestState::Desk));
    }
    assert_eq!(first, 1);
    let mut yes = Vec::new();
    for n in 0..6 {
        let desk = store(n).front_desk(cast.desk.visitor()).unwrap();
        yes.push(tokio::spawn(async move { desk.answer_request(request, true).await }));
    }
    for answer in yes {
        assert!(matches!(answer.await.unwrap().unwrap(), Some(RequestOutcome::Done(_) | RequestOutcome::Gone)));
    }
    let session = cast.desk.session(id).await.unwrap().unwrap();
    assert_eq!((session.timing.starts_at, session.version), (at(LATER), 1), "moved once");
    let moved = send_due(&world).await.into_iter().filter(|(_, kind)| *kind == EmailKind::Moved).count();
    assert_eq!(moved, 2);
});

both!(interrupted_answer_to_a_request_is_all_or_nothing, |world| {
    let cast = cast_with_rule(&world, PortalRule::Ask).await;
    for n in 0..12u64 {
        let id = book(&cast, &world, &format!("2026-12-{:02} 10:00", 1 + n)).await;
        let to = at(&format!("2026-12-{:02}T15:00:00Z", 1 + n));
        if cast.jonas.request_alone(id).await.unwrap() != RequestOutcome::Pending(RequestState::Desk) {
            continue;
        }
        let request = cast.desk.requests(None).await.unwrap().rows.iter().find(|q| q.session == Some(id)).unwrap().id;
        // The answer is interrupted somewhere on the way.
        let after = std::time::Duration::from_micros(300 * n * n);
        let cut = tokio::time::timeout(after, cast.desk.answer_request(request, true)).await;
        // A commit that had started has finished by now, or never will.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        let joint = cast.desk.session(id).await.unwrap().unwrap();
        let alone = cast
            .jonas
            .sessions_ahead(None)
            .await
            .unwrap()
            .rows
            .into_iter()
            .any(|s| s.timing.starts_at == joint.timing.starts_at && s.attendees.len() == 1);
        assert_eq!(joint.state.occupies(), !alone, "neither lost nor doubled; cut off: {}", cut.is_err());
        // Pressed again, the answer succeeds.
        cast.desk.answer_request(request, true).await.unwrap();
        let joint = cast.desk.session(id).await.unwrap().unwrap();
        assert!(!joint.state.occupies(), "{to}");
    }
});

/// A cast whose practice tells others of a request after five minutes.
async fn quiet_cast(world: &World, rule: PortalRule) -> Cast {
    let cast = cast_with_rule(world, rule).await;
    let practice = cast.owner.practice().await.unwrap();
    cast.owner.update_practice(&Practice { quiet_minutes: 5, ..practice }).await.unwrap();
    cast
}

/// Sends what is due, and returns those who are told of a request.
async fn told_of_requests(world: &World) -> Vec<String> {
    send_due(world).await.into_iter().filter(|(_, kind)| *kind == EmailKind::Request).map(|(name, _)| name).collect()
}

/// How many emails about requests the outbox contains, sent or not.
async fn request_emails(world: &World) -> i64 {
    world.number("SELECT count(*) FROM email WHERE kind = 'request'").await.unwrap()
}

both!(request_taken_back_in_the_quiet_minutes_is_known_to_nobody, |world| {
    let cast = quiet_cast(&world, PortalRule::Ask).await;
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    world.clock.advance(Duration::minutes(6));
    send_due(&world).await;
    let asked = cast.jonas.request_time(Some(id), None, at(LATER)).await.unwrap();
    assert_eq!(asked, RequestOutcome::Pending(RequestState::Partner));
    let own = cast.jonas.requests().await.unwrap().1;
    assert_eq!(own[0].quiet_until, Some(world.store.now() + Duration::minutes(5)));
    assert_eq!(own[0].partner.as_deref(), Some("Amara Nwosu"));
    // Within the minutes nothing of it reaches the other partner, whatever she does.
    world.clock.advance(Duration::minutes(4));
    assert!(told_of_requests(&world).await.is_empty());
    assert!(cast.amara.requests().await.unwrap().0.is_empty());
    let hers = cast.amara.own_session(id).await.unwrap().unwrap();
    assert!(hers.open.is_none() && hers.can_move);
    assert_eq!(cast.amara.answer_request(own[0].id, true).await.unwrap(), RequestOutcome::Unknown);
    assert_eq!(cast.desk.answer_request(own[0].id, true).await.unwrap(), None);
    assert_eq!(withdraw_own(&cast.jonas).await, Withdrawal::Unseen);
    assert_eq!(cast.jonas.withdraw_request(own[0].id).await.unwrap(), Withdrawal::Unknown, "once");
    world.clock.advance(Duration::hours(2));
    assert!(told_of_requests(&world).await.is_empty());
    assert_eq!(request_emails(&world).await, 0, "nor does the email log tell of it");
    assert_eq!(cast.amara.answer_request(own[0].id, true).await.unwrap(), RequestOutcome::Unknown, "not even later");
    // To the practice, too.
    assert_eq!(cast.jonas.request_alone(id).await.unwrap(), RequestOutcome::Pending(RequestState::Desk));
    assert!(cast.desk.requests(None).await.unwrap().rows.is_empty());
    assert_eq!(cast.desk.requests_for(cast.ruth.me()).await.unwrap(), 0);
    assert_eq!(withdraw_own(&cast.jonas).await, Withdrawal::Unseen);
    world.clock.advance(Duration::hours(2));
    assert!(cast.desk.requests(None).await.unwrap().rows.is_empty());
});

both!(request_is_told_once_when_its_quiet_minutes_are_over, |world| {
    let cast = quiet_cast(&world, PortalRule::Ask).await;
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    world.clock.advance(Duration::minutes(6));
    send_due(&world).await;
    cast.jonas.request_time(Some(id), None, at(LATER)).await.unwrap();
    world.clock.advance(Duration::minutes(5));
    assert_eq!(told_of_requests(&world).await, ["Amara"]);
    world.clock.advance(Duration::minutes(5));
    assert!(told_of_requests(&world).await.is_empty(), "once");
    assert_eq!(cast.jonas.requests().await.unwrap().1[0].quiet_until, None);
    let request = cast.amara.requests().await.unwrap().0[0].id;
    assert_eq!(cast.amara.answer_request(request, true).await.unwrap(), RequestOutcome::Pending(RequestState::Desk));
    assert_eq!(cast.desk.requests(None).await.unwrap().rows.len(), 1, "her answer is no new request");
    // What was told is withdrawn before everybody's eyes.
    assert_eq!(withdraw_own(&cast.jonas).await, Withdrawal::Told);
    assert_eq!(cast.amara.answer_request(request, true).await.unwrap(), RequestOutcome::Gone);
});

both!(second_request_that_is_taken_back_leaves_the_first_to_be_told, |world| {
    let cast = quiet_cast(&world, PortalRule::Ask).await;
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    world.clock.advance(Duration::minutes(6));
    send_due(&world).await;
    cast.jonas.request_time(Some(id), None, at(LATER)).await.unwrap();
    world.clock.advance(Duration::minutes(3));
    // One email a day tells of both; the second is taken back.
    cast.jonas.request_time(None, Some(cast.couple), at("2026-12-03T10:00:00Z")).await.unwrap();
    let own = cast.jonas.requests().await.unwrap().1;
    assert_eq!(cast.jonas.withdraw_request(own[1].id).await.unwrap(), Withdrawal::Unseen);
    assert!(told_of_requests(&world).await.is_empty(), "not before its own time");
    world.clock.advance(Duration::minutes(2));
    assert_eq!(told_of_requests(&world).await, ["Amara"]);
});

both!(partners_who_ask_within_the_same_minutes_do_not_learn_of_each_other, |world| {
    let cast = quiet_cast(&world, PortalRule::AtOnce).await;
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    for who in [&cast.jonas, &cast.amara] {
        let asked = who.request_time(Some(id), None, at(LATER)).await.unwrap();
        assert_eq!(asked, RequestOutcome::Pending(RequestState::Partner));
    }
    world.clock.advance(Duration::minutes(5));
    let request = cast.amara.requests().await.unwrap().0[0].id;
    assert_eq!(cast.amara.answer_request(request, true).await.unwrap(), RequestOutcome::Done(id));
    assert_eq!(start_of(&cast, id).await, at(LATER));
    // Her own request ends with the session that it was about.
    assert!(cast.jonas.requests().await.unwrap().0.is_empty());
});

both!(request_is_reviewed_before_it_is_made, |world| {
    let cast = quiet_cast(&world, PortalRule::Ask).await;
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    let app = App::new(&world);
    let jonas = app.cookie(&world, cast.jonas.me()).await;
    let times = app.get(&format!("/portal/times?session={id}"), Some(&jonas)).await.text;
    let place = format!("/portal/times?session={id}&amp;at=2026-12-01T10%3A00%3A00Z");
    let other = app.get(&format!("/portal/times?session={id}&from=2026-12-01"), Some(&jonas)).await.text;
    assert!(other.contains(&place), "{other}");
    assert!(!times.contains("<button class=\"button slot\""), "a time is a link, and asks for nothing");
    let review = app.get(&place.replace("&amp;", "&"), Some(&jonas)).await;
    assert_eq!(review.status, StatusCode::OK);
    for words in ["Ask Amara to move to Tue 1 Dec, 10:00?", "Now: Mon 30 Nov, 09:00", "for 5 minutes", ">Ask Amara<"] {
        assert!(review.text.contains(words), "{words}: {}", review.text);
    }
    assert!(cast.jonas.requests().await.unwrap().1.is_empty(), "looking asks for nothing");
    let form = [("session", id.to_string()), ("at", LATER.to_owned())];
    let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let asked = app.post("/portal/requests", Some(&jonas), &form).await;
    assert_eq!((asked.status, asked.location()), (StatusCode::SEE_OTHER, "/portal/sessions?notice=request_saved"));
    let page = app.get("/portal/sessions", Some(&jonas)).await.text;
    assert!(page.contains("We’ll ask Amara at ") && page.contains(">Take back<"), "{page}");
    world.clock.advance(Duration::minutes(5));
    let jonas = app.cookie(&world, cast.jonas.me()).await;
    let page = app.get("/portal/sessions", Some(&jonas)).await.text;
    assert!(page.contains("We’ve asked Amara. Nothing changes until you both agree."), "{page}");
    assert!(!page.contains(">Take back<"));
    // A time that is past the notice leads back to the session.
    let late = app.get(&format!("/portal/times?session={id}&at=2026-11-23T15:00:00Z"), Some(&jonas)).await;
    assert_eq!(late.headers["location"], format!("/portal/sessions/{id}"));
});
