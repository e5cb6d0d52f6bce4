//! Unusual times: nobody books a session outside opening hours, on a closed day, or at
//! night for a client without being asked.

use axum::http::StatusCode;
use chrono::NaiveDate;
use domain::{
    practice::{
        hours::{Exception, ExceptionKind},
        settings::Practice,
    },
    scheduling::{
        outside::OutsideReason,
        request::{PortalRule, PortalRules, RequestState},
        series::{End, Reach, Recurrence, SeriesRule},
        session::{NewSession, Place},
    },
};
use store::{Booked, Choices, Conflicts, MoveTarget, RequestOutcome, SeriesBooked};
use tests::{
    World,
    app::{App, pairs},
    both,
    people::{Cast, zone},
};

use super::series::move_to;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn closed_day(text: &str, whole_practice: bool, reason: &str) -> Exception {
    Exception {
        first: day(text),
        last: day(text),
        hours: None,
        kind: ExceptionKind::Away,
        whole_practice,
        reason: reason.to_owned(),
    }
}

/// Moves Jonas to Karachi, four hours ahead of Berlin.
async fn move_jonas_to_karachi(world: &World, cast: &Cast) {
    let zone = "UPDATE person SET zone = 'Asia/Karachi' WHERE id = $1";
    assert_eq!(world.by_hand(zone, cast.jonas.person().0).await.unwrap(), 1);
}

/// The sentences with which a booking is refused; empty if it was booked.
fn reasons(booked: Booked) -> Vec<String> {
    match booked {
        Booked::Taken(Conflicts { shown, hidden: false, reasons, .. }) if shown.is_empty() => {
            reasons.iter().map(OutsideReason::sentence).collect()
        }
        Booked::Done(_) => vec![],
        other => panic!("{other:?}"),
    }
}

/// Books the couple with Ruth; `outside`: an unusual time is meant.
async fn book(world: &World, cast: &Cast, scope: &store::Bookings, starts: &str, outside: bool) -> Booked {
    let wish = NewSession { outside, ..cast.wish(&world.store, starts) };
    let timing = store::timing(wish.starts, &zone("Europe/Berlin"), wish.minutes, None).unwrap();
    scope.book(&wish, &timing).await.unwrap()
}

both!(unusual_time_is_booked_only_on_purpose_by_desk_and_therapist, |world| {
    let cast = Cast::new(&world.store).await;
    move_jonas_to_karachi(&world, &cast).await;
    let ruth = world.store.bookings(cast.ruth.visitor()).unwrap();
    cast.desk.add_exception(cast.ruth.me(), &closed_day("2026-12-24", true, "Christmas")).await.unwrap();
    cast.desk.add_exception(cast.ruth.me(), &closed_day("2026-12-03", false, "")).await.unwrap();
    for scope in [&cast.desk, &ruth] {
        let ask = async |starts: &str| reasons(book(&world, &cast, scope, starts, false).await);
        // Ruth has no weekly hours: those of the practice apply.
        assert_eq!(
            ask("2026-11-28 21:31").await,
            [
                "The practice does not open that day.",
                "It ends at 22:21 for Amara Nwosu in Berlin.",
                "It is 01:31 for Jonas Weber in Karachi."
            ]
        );
        assert_eq!(ask("2026-11-27 07:00").await, ["The practice opens 08:00–20:00 that day."]);
        assert_eq!(ask("2026-11-27 18:00").await, ["It is 22:00 for Jonas Weber in Karachi."]);
        assert_eq!(ask("2026-12-24 10:00").await, ["The practice is closed that day (Christmas)."]);
        assert_eq!(ask("2026-12-03 10:00").await, ["Ruth Abrahams is away."]);
    }
    assert!(reasons(book(&world, &cast, &ruth, "2026-11-27 17:00", false).await).is_empty(), "21:50 is not night");
    let Booked::Done(id) = book(&world, &cast, &ruth, "2026-11-28 21:31", true).await else { panic!("meant") };
    assert!(cast.desk.session(id).await.unwrap().unwrap().outside, "it is kept on the session");
    // A session of Amara alone is at night for nobody.
    let alone = NewSession {
        attendee: Some(cast.amara.person()),
        outside: false,
        ..cast.wish(&world.store, "2026-11-30 18:00")
    };
    let timing = store::timing(alone.starts, &zone("Europe/Berlin"), 50, None).unwrap();
    assert!(matches!(cast.desk.book(&alone, &timing).await.unwrap(), Booked::Done(_)));
});

both!(moving_to_an_unusual_time_asks_again, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(id) = book(&world, &cast, &cast.desk, "2026-11-28 10:00", true).await else { panic!("meant") };
    let place = Place::Room(cast.room);
    let timing = |starts: &str| store::timing(starts.parse().unwrap(), &zone("Europe/Berlin"), 50, None).unwrap();
    let sunday = timing("2026-11-29T10:00:00");
    let asked = cast.desk.move_session(id, &MoveTarget::to(&sunday, &place)).await.unwrap();
    assert_eq!(reasons(asked), ["The practice does not open that day."]);
    let meant = MoveTarget { outside: true, ..MoveTarget::to(&sunday, &place) };
    assert_eq!(cast.desk.move_session(id, &meant).await.unwrap(), Booked::Done(id));
    assert!(cast.desk.session(id).await.unwrap().unwrap().outside);
    // At a usual time, it is usual again.
    let monday = timing("2026-11-30T10:00:00");
    assert_eq!(cast.desk.move_session(id, &MoveTarget::to(&monday, &place)).await.unwrap(), Booked::Done(id));
    assert!(!cast.desk.session(id).await.unwrap().unwrap().outside);
});

both!(series_asks_about_each_unusual_day_and_is_extended_without_asking_again, |world| {
    let cast = Cast::new(&world.store).await;
    move_jonas_to_karachi(&world, &cast).await;
    let berlin = zone("Europe/Berlin");
    let rule = |first: &str, end| SeriesRule { first: day(first), recurrence: Recurrence::Weeks(1), end };
    let wish = |outside| NewSession { outside, ..cast.wish(&world.store, "2026-11-26 18:00") };
    let two = rule("2026-11-26", End::Times(2));
    let asked = cast.desk.book_series(&wish(false), &two, &berlin, &Choices::new()).await.unwrap();
    let SeriesBooked::Taken(clashes) = asked else { panic!("{asked:?}") };
    assert_eq!(clashes.len(), 2);
    assert!(clashes.iter().all(|c| c.taken.outside && c.taken.reasons.iter().all(OutsideReason::is_night)));
    // On purpose, and without an end: the worker extends it at the same time.
    let endless = rule("2026-11-26", End::Never);
    let booked = cast.desk.book_series(&wish(true), &endless, &berlin, &Choices::new()).await.unwrap();
    let SeriesBooked::Done(id) = booked else { panic!("{booked:?}") };
    world.clock.advance(chrono::Duration::weeks(2));
    assert_eq!(world.store.worker().extend_series().await.unwrap(), 2);
    assert!(cast.desk.series_gaps(None).await.unwrap().rows.is_empty());
    // Moved to another hour at night, it asks.
    world.clock.advance(chrono::Duration::weeks(-2));
    let to = domain::scheduling::session::Move { outside: false, ..move_to(&cast, "2026-11-26 19:00", 50) };
    let asked = cast.desk.move_series(id, Reach::All, &to, &Choices::new()).await.unwrap();
    assert!(matches!(asked, SeriesBooked::Taken(_)), "{asked:?}");
});

both!(granting_a_request_for_an_unusual_time_asks_the_practice, |world| {
    let cast = Cast::new(&world.store).await;
    let practice = cast.owner.practice().await.unwrap();
    let portal = PortalRules { rule: PortalRule::Ask, ..practice.portal };
    cast.owner.update_practice(&Practice { portal, ..practice }).await.unwrap();
    let Booked::Done(id) = book(&world, &cast, &cast.desk, "2026-12-03 10:00", false).await else { panic!("free") };
    let at = "2026-12-04T09:00:00Z".parse().unwrap();
    let asked = cast.jonas.request_time(Some(id), None, at).await.unwrap();
    assert_eq!(asked, RequestOutcome::Pending(RequestState::Partner));
    let (waiting, _) = cast.amara.requests().await.unwrap();
    cast.amara.answer_request(waiting[0].id, true).await.unwrap();
    let request = waiting[0].id;
    // Meanwhile the practice closes on that day.
    cast.desk.add_exception(cast.ruth.me(), &closed_day("2026-12-04", true, "Holiday")).await.unwrap();
    let open = cast.desk.requests(None).await.unwrap().rows;
    assert_eq!(open[0].reasons, [OutsideReason::Closed { reason: "Holiday".to_owned() }]);
    assert_eq!(cast.desk.answer_request(request, true).await.unwrap(), Some(RequestOutcome::Unusual));
    assert_eq!(cast.desk.requests(None).await.unwrap().rows.len(), 1, "nothing was changed");
    assert_eq!(cast.desk.grant_unusual_request(request).await.unwrap(), Some(RequestOutcome::Done(id)));
    let session = cast.desk.session(id).await.unwrap().unwrap();
    assert_eq!((session.timing.starts_at, session.outside), (at, true));
});

both!(partner_is_offered_no_time_at_night_on_their_own_clock, |world| {
    let cast = Cast::new(&world.store).await;
    move_jonas_to_karachi(&world, &cast).await;
    let Booked::Done(id) = book(&world, &cast, &cast.desk, "2026-12-03 10:00", true).await else { panic!("free") };
    let offered = async |partner: &store::Partner| {
        let page = partner.requestable_times(Some(id), None, None, 2000).await.unwrap().unwrap();
        let times = page.found.iter().map(|slot| domain::zone::wall_time(slot.at, &zone("Europe/Berlin")).time());
        (times.clone().min().unwrap().to_string(), times.max().unwrap().to_string())
    };
    // 17:00 in Berlin is 21:00 in Karachi, and the session ends at 21:50.
    assert_eq!(offered(&cast.jonas).await, ("08:00:00".to_owned(), "17:00:00".to_owned()));
    assert_eq!(
        offered(&cast.amara).await,
        ("08:00:00".to_owned(), "19:00:00".to_owned()),
        "her list tells nothing of his"
    );
    let night = "2026-12-04T17:15:00Z".parse().unwrap();
    assert_eq!(cast.jonas.request_time(Some(id), None, night).await.unwrap(), RequestOutcome::Gone);
});

both!(booking_pages_ask_about_the_time_that_is_shown, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    move_jonas_to_karachi(&world, &cast).await;
    let cookie = app.cookie(&world, cast.desk.me()).await;
    // The short page: it names both clocks, and comes back with the question.
    let (date, time) = ("2026-11-28", "21:31");
    let path = format!(
        "/sessions/new?client={}&clinician={}&place={}&date={date}&time={time}&minutes=50",
        cast.couple,
        cast.ruth.me(),
        cast.room
    );
    let page = app.get(&path, Some(&cookie)).await.text;
    assert!(page.contains("Book this session?") && page.contains("01:31 in Karachi"), "{page}");
    let wish = cast.form(&world.store, cast.couple, cast.ruth.me(), &format!("{date} {time}"));
    let mut form = pairs(&wish);
    form.retain(|(name, _)| *name != "outside");
    form.extend([("repeat", "once"), ("panel", "yes")]);
    let refused = app.post("/sessions", Some(&cookie), &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for text in [
        "Outside opening hours. Book anyway?",
        "The practice does not open that day.",
        "It is 01:31 for Jonas Weber in Karachi.",
        "Book this session?",
    ] {
        assert!(refused.text.contains(text), "{text}: {}", refused.text);
    }
    let asked = refused.text.split("name=\"outside_asked\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    // The tick is for this time only.
    let mut other = form.clone();
    other.retain(|(name, _)| *name != "time");
    other.extend([("time", "21:45"), ("outside", "yes"), ("outside_asked", asked)]);
    assert_eq!(app.post("/sessions", Some(&cookie), &other).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    form.extend([("outside", "yes"), ("outside_asked", asked)]);
    let booked = app.post("/sessions", Some(&cookie), &form).await;
    assert_eq!(booked.status, StatusCode::SEE_OTHER, "{}", booked.text);
    // Rescheduling asks in the same way.
    let Booked::Done(id) = book(&world, &cast, &cast.desk, "2026-11-30 10:00", false).await else { panic!("free") };
    let path = format!("/sessions/{id}/move");
    let page = app.get(&format!("{path}?date=2026-12-05&time=10%3A00"), Some(&cookie)).await.text;
    assert!(page.contains("Move this session?") && page.contains("14:00 in Karachi"), "{page}");
    let room = cast.room.to_string();
    let key = world.store.clock().id().to_string();
    let form = [
        ("key", key.as_str()),
        ("date", "2026-12-05"),
        ("time", "10:00"),
        ("minutes", "50"),
        ("place", &room),
        ("kind", "regular"),
        ("panel", "yes"),
    ];
    let refused = app.post(&path, Some(&cookie), &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Outside opening hours. Move anyway?"), "{}", refused.text);
    let key = world.store.clock().id().to_string();
    let meant: Vec<(&str, &str)> = form
        .into_iter()
        .filter(|(name, _)| *name != "key")
        .chain([("key", key.as_str()), ("outside", "yes")])
        .collect();
    assert_eq!(app.post(&path, Some(&cookie), &meant).await.status, StatusCode::SEE_OTHER);
});
