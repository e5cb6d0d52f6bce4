//! Therapists' hours: what is offered, what is refused, and what stays free around a
//! session.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use domain::{
    practice::hours::{Buffers, Exception, ExceptionKind, Hours, Week, read_hours},
    scheduling::{
        series::{End, Recurrence, SeriesRule},
        session::{NewSession, Place},
    },
};
use store::{Booked, Choices, Conflicts, MoveTarget, SeriesBooked};
use tests::{
    World, both,
    people::{Cast, zone},
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn t(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap()
}

/// The same hours from Monday to Friday.
fn week(hours: &str) -> Week {
    let mut week = Week::default();
    for day in &mut week.0[..5] {
        *day = read_hours(hours).unwrap();
    }
    week
}

fn day_away(first: &str, last: &str, hours: Option<Hours>, of_all: bool) -> Exception {
    Exception {
        first: day(first),
        last: day(last),
        hours,
        kind: ExceptionKind::Away,
        whole_practice: of_all,
        reason: String::new(),
    }
}

async fn free_times(cast: &Cast, from: &str, most: usize) -> Vec<String> {
    let found =
        cast.desk.free_times(cast.couple, None, cast.ruth.me(), Some(cast.room), at(from), 50, most).await.unwrap();
    found.times.iter().map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)).collect()
}

/// Books the couple with Ruth, without saying that an unusual time is meant.
async fn book(cast: &Cast, store: &store::Store, starts: &str) -> Booked {
    let wish = NewSession { outside: false, ..cast.wish(store, starts) };
    let timing = store::timing(wish.starts, &zone("Europe/Berlin"), wish.minutes, None).unwrap();
    cast.desk.book(&wish, &timing).await.unwrap()
}

fn is_outside(booked: &Booked) -> bool {
    matches!(booked, Booked::Taken(Conflicts { shown, outside: true, next, .. }) if shown.is_empty() && !next.is_empty())
}

both!(working_week_applies_from_its_day_and_changes_nothing_before, |world| {
    let cast = Cast::new(&world.store).await;
    let ruth = cast.ruth.me();
    // Nothing is set: the practice's hours are offered, and others ask first.
    assert_eq!(free_times(&cast, "2026-11-26T00:00:00Z", 1).await, ["2026-11-26T07:00:00Z"]);
    assert!(is_outside(&book(&cast, &world.store, "2026-11-26 20:00").await));
    assert!(matches!(book(&cast, &world.store, "2026-11-26 19:00").await, Booked::Done(_)));
    assert!(
        cast.desk.set_week(ruth, day("2026-11-01"), &week("9-12, 14-18").into(), Buffers::default()).await.unwrap()
    );
    assert!(cast.desk.set_week(ruth, day("2026-12-01"), &week("13-15").into(), Buffers::default()).await.unwrap());
    assert_eq!(free_times(&cast, "2026-11-27T00:00:00Z", 1).await, ["2026-11-27T08:00:00Z"]);
    assert_eq!(free_times(&cast, "2026-11-27T10:30:00Z", 1).await, ["2026-11-27T13:00:00Z"], "not over the noon break");
    assert_eq!(free_times(&cast, "2026-11-30T16:30:00Z", 2).await, ["2026-12-01T12:00:00Z", "2026-12-01T12:15:00Z"]);
    assert!(is_outside(&book(&cast, &world.store, "2026-11-27 11:30").await));
    assert!(is_outside(&book(&cast, &world.store, "2026-12-01 10:00").await));
    assert!(is_outside(&book(&cast, &world.store, "2026-11-28 10:00").await), "a Saturday");
    assert!(matches!(book(&cast, &world.store, "2026-11-30 10:00").await, Booked::Done(_)));
    // Booked outside the hours on purpose.
    let wish = NewSession { outside: true, ..cast.wish(&world.store, "2026-11-28 10:00") };
    let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 50, None).unwrap();
    let Booked::Done(saturday) = cast.desk.book(&wish, &timing).await.unwrap() else { panic!("meant") };
    // The session that is outside by accident is listed, and the one on purpose is not.
    let set = cast.desk.hours(ruth, None, None).await.unwrap().unwrap();
    assert_eq!(set.outside.rows.iter().map(|(_, at)| *at).collect::<Vec<_>>(), [at("2026-11-26T18:00:00Z")]);
    // Moving it asks again.
    let later = store::timing(wish.starts + Duration::hours(1), &zone("Europe/Berlin"), 50, None).unwrap();
    let moved = cast.desk.move_session(saturday, &MoveTarget::to(&later, &Place::Room(cast.room))).await.unwrap();
    assert!(is_outside(&moved));
    // After the later week is removed, the earlier one applies again.
    assert!(cast.desk.remove_week(ruth, day("2026-12-01")).await.unwrap().is_some());
    assert!(matches!(book(&cast, &world.store, "2026-12-01 10:00").await, Booked::Done(_)));
});

both!(holidays_absences_and_extra_hours_change_what_can_be_booked, |world| {
    let cast = Cast::new(&world.store).await;
    let (ruth, emeka) = (cast.ruth.me(), world.store.bookings(cast.emeka.visitor()).unwrap());
    assert!(cast.desk.add_exception(ruth, &day_away("2026-12-24", "2026-12-26", None, true)).await.unwrap());
    let ill = day_away("2026-12-28", "2026-12-28", Some(Hours { from: t(9), until: t(13) }), false);
    assert!(cast.desk.add_exception(ruth, &ill).await.unwrap());
    assert!(is_outside(&book(&cast, &world.store, "2026-12-24 10:00").await));
    assert!(is_outside(&book(&cast, &world.store, "2026-12-28 12:30").await));
    assert!(matches!(book(&cast, &world.store, "2026-12-28 13:00").await, Booked::Done(_)));
    // The holiday is for everyone, the illness for Ruth only.
    let times = emeka
        .free_times(cast.other_couple, None, cast.emeka.me(), None, at("2026-12-23T18:30:00Z"), 50, 1)
        .await
        .unwrap()
        .times;
    assert_eq!(times, [at("2026-12-28T07:00:00Z")]);
    let open = Exception {
        kind: ExceptionKind::Open,
        hours: Some(Hours { from: t(10), until: t(11) }),
        ..day_away("2026-12-24", "2026-12-24", None, false)
    };
    assert!(cast.desk.add_exception(ruth, &open).await.unwrap());
    assert!(matches!(book(&cast, &world.store, "2026-12-24 10:00").await, Booked::Done(_)));
    // Only the front desk closes the practice, and another therapist's hours cannot be
    // reached.
    assert!(!emeka.add_exception(cast.emeka.me(), &day_away("2027-01-01", "2027-01-01", None, true)).await.unwrap());
    assert!(!emeka.add_exception(ruth, &ill).await.unwrap());
    assert!(!emeka.set_week(ruth, day("2026-12-01"), &week("9-12").into(), Buffers::default()).await.unwrap());
    assert!(emeka.remove_week(ruth, day("2026-12-01")).await.unwrap().is_none());
    assert!(emeka.hours(ruth, None, None).await.unwrap().is_none());
    for (id, exception) in cast.desk.hours(ruth, None, None).await.unwrap().unwrap().exceptions.rows {
        assert!(emeka.remove_exception(id).await.unwrap().is_none());
        assert!(cast.desk.remove_exception(id).await.unwrap().is_some(), "{exception:?}");
    }
    assert!(cast.desk.hours(ruth, None, None).await.unwrap().unwrap().exceptions.rows.is_empty());
});

both!(database_constraint_enforces_a_therapists_buffers, |world| {
    let cast = Cast::new(&world.store).await;
    let buffers = Buffers { before: 5, after: 10 };
    assert!(cast.desk.set_week(cast.ruth.me(), day("2026-11-01"), &week("8-20").into(), buffers).await.unwrap());
    let Booked::Done(first) = book(&cast, &world.store, "2026-11-26 10:00").await else { panic!("free") };
    // The session ends at 10:50; ten minutes follow it, and five are kept before the
    // next.
    let refused = book(&cast, &world.store, "2026-11-26 11:00").await;
    assert!(matches!(&refused, Booked::Taken(t) if t.shown.iter().all(|w| w.name == "Ruth Abrahams")), "{refused:?}");
    assert_eq!(free_times(&cast, "2026-11-26T08:30:00Z", 1).await, ["2026-11-26T10:15:00Z"]);
    assert!(matches!(book(&cast, &world.store, "2026-11-26 11:05").await, Booked::Done(_)));
    assert!(matches!(book(&cast, &world.store, "2026-11-26 08:55").await, Booked::Done(_)));
    // A session that moves within its own time does not conflict with itself.
    let timing = store::timing("2026-11-26T10:00:00".parse().unwrap(), &zone("Europe/Berlin"), 45, None).unwrap();
    let moved = cast.desk.move_session(first, &MoveTarget::to(&timing, &Place::Room(cast.room))).await.unwrap();
    assert!(matches!(moved, Booked::Done(_)));
});

both!(series_lists_days_outside_hours_and_is_booked_around_them, |world| {
    let cast = Cast::new(&world.store).await;
    let ruth = cast.ruth.me();
    cast.desk.set_week(ruth, day("2026-11-01"), &week("9-12").into(), Buffers::default()).await.unwrap();
    cast.desk.add_exception(ruth, &day_away("2026-12-24", "2027-01-03", None, true)).await.unwrap();
    let rule = SeriesRule { first: day("2026-11-26"), recurrence: Recurrence::Weeks(1), end: End::Never };
    let book = async |choices: &Choices, outside: bool| {
        let wish = NewSession { outside, ..cast.wish(&world.store, "2026-11-26 10:00") };
        cast.desk.book_series(&wish, &rule, &zone("Europe/Berlin"), choices).await.unwrap()
    };
    let SeriesBooked::Taken(clashes) = book(&Choices::new(), false).await else { panic!("outside") };
    assert_eq!(
        clashes.iter().map(|c| (c.on, c.taken.outside)).collect::<Vec<_>>(),
        [(day("2026-12-24"), true), (day("2026-12-31"), true)]
    );
    let choices: Choices = clashes.iter().map(|c| (c.on, store::Choice::LeaveOut)).collect();
    assert!(matches!(book(&choices, false).await, SeriesBooked::Done(_)));
    // A later day that is closed becomes a gap, which the front desk sees.
    cast.desk.add_exception(ruth, &day_away("2027-05-31", "2027-06-04", None, false)).await.unwrap();
    world.clock.advance(Duration::weeks(3));
    assert_eq!(world.store.worker().extend_series().await.unwrap(), 2);
    assert_eq!(
        cast.desk.series_gaps(None).await.unwrap().rows.iter().map(|g| g.on).collect::<Vec<_>>(),
        [day("2027-06-03")]
    );
});

/// Over HTTP, without scripts: set, refused with what was typed, and overridden.
#[tokio::test]
async fn hours_are_set_refused_and_overridden_through_forms() {
    use axum::http::StatusCode;
    use tests::{Backend, app::App};
    let world = World::new(Backend::Sqlite).await;
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let cookie = app.cookie(&world, cast.desk.me()).await;
    let here = format!("/clinicians/{}/hours", cast.ruth.me());
    let page = app.get(&here, Some(&cookie)).await;
    assert!(page.text.contains("No personal hours yet"));
    let wrong = [
        ("from_on", "2026-11-01"),
        ("hours.mon", "nine to five"),
        ("hours.tue", "9-12"),
        ("buffer_before", "0"),
        ("buffer_after", "x"),
    ];
    let refused = app.post(&here, Some(&cookie), &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for kept in ["nine to five", "9-12", "is not a time span", "number from 0 to 120"] {
        assert!(refused.text.contains(kept), "{kept}");
    }
    let right = [("from_on", "2026-11-01"), ("hours.thu", "9-12"), ("buffer_before", "0"), ("buffer_after", "10")];
    assert_eq!(app.post(&here, Some(&cookie), &right).await.status, StatusCode::SEE_OTHER);
    assert!(app.get(&here, Some(&cookie)).await.text.contains("Thu 09:00–12:00"));
    let wish = cast.form(&world.store, cast.couple, cast.ruth.me(), "2026-11-26 15:00");
    let mut form = tests::app::pairs(&wish);
    form.retain(|(name, _)| *name != "outside");
    form.push(("repeat", "once"));
    let refused = app.post("/sessions", Some(&cookie), &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Outside opening hours. Book anyway?") && refused.text.contains("name=\"outside\""));
    form.push(("outside", "yes"));
    assert_eq!(app.post("/sessions", Some(&cookie), &form).await.status, StatusCode::SEE_OTHER);
    let calendar = app.get("/calendar?view=day&date=2026-11-26", Some(&cookie)).await;
    assert!(calendar.text.contains("15:00"));
}

both!(month_lists_days_with_free_time, |world| {
    let cast = Cast::new(&world.store).await;
    let days = async |first: &str, days, minutes| {
        let found = cast.desk.free_days(cast.ruth.me(), first.parse().unwrap(), days, minutes).await.unwrap();
        found.into_iter().map(|(date, at)| format!("{date} {}", at.format("%H:%M"))).collect::<Vec<_>>()
    };
    // It is Monday 23 November; nothing is offered before that.
    assert_eq!(days("2026-11-16", 7, 60).await, [] as [String; 0]);
    let week = days("2026-11-23", 7, 60).await;
    assert_eq!(week.len(), 5, "no weekend: {week:?}");
    assert_eq!(week[1], "2026-11-24 07:00", "eight o'clock in Berlin");
    let store::Booked::Done(_) = book(&cast, &world.store, "2026-11-24 08:00").await else { panic!("free") };
    assert_eq!(days("2026-11-24", 1, 60).await, ["2026-11-24 08:00"]);
    assert_eq!(days("2026-11-24", 1, 480).await, ["2026-11-24 08:00"]);
    let off = domain::form::Form::from_pairs([("first", "2026-11-24"), ("last", "2026-11-25"), ("kind", "away")]);
    let off = domain::practice::hours::Exception::read(&off).unwrap();
    assert!(cast.desk.add_exception(cast.ruth.me(), &off).await.unwrap());
    assert_eq!(days("2026-11-24", 2, 60).await, [] as [String; 0]);
    let emeka = world.store.bookings(cast.emeka.visitor()).unwrap();
    let foreign = emeka.free_days(cast.ruth.me(), "2026-11-26".parse().unwrap(), 2, 60).await.unwrap();
    assert!(foreign.is_empty(), "a colleague's time is not theirs to see");
});
