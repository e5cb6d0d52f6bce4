//! Days that do not have twenty-four hours, nights that belong to two days, readers in
//! other zones, and a server clock that is changed.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, Utc};
use domain::{
    form::Form,
    outbox::reminder::{EmailKind, EmailState},
    practice::{
        hours::{Buffers, Exception, ExceptionKind, Week},
        settings::{Practice, WEEK},
    },
    scheduling::{
        session::NewSession,
        slots::{SlotPlace, SlotWish},
    },
    zone::{self, WallInstants},
};
use store::{Booked, Store};
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

/// The starts of free hours on a day of the practice, while Ruth works from midnight to
/// six.
async fn starts_at_night(cast: &Cast, date: &str, most: usize) -> Vec<DateTime<Utc>> {
    let form = Form::from_pairs([("client", cast.couple.to_string()), ("from", date.to_owned())]);
    let wish = SlotWish::read(&form, day("2026-11-23")).unwrap();
    let wish = SlotWish { clinician: Some(cast.ruth.me()), place: SlotPlace::Online, minutes: 60, ..wish };
    cast.desk.slots(&wish, most).await.unwrap().unwrap().found.into_iter().map(|s| s.at).collect()
}

both!(nights_with_a_clock_change_offer_as_many_starts_as_fit, |world| {
    let cast = Cast::new(&world.store).await;
    let mut week = Week::of_practice(&WEEK, "00:00:00".parse().unwrap(), "06:00:00".parse().unwrap());
    // Only the night from Saturday to Sunday.
    week.0[..6].fill(vec![]);
    cast.desk.set_week(cast.ruth.me(), day("2026-11-01"), &week.into(), Buffers::default()).await.unwrap();
    for (name, date, minutes) in [
        ("Europe/Berlin", "2027-03-21", 360),
        ("Europe/Berlin", "2027-03-28", 300),
        ("Europe/Berlin", "2027-10-31", 420),
        // The clocks change by half an hour only.
        ("Australia/Lord_Howe", "2027-04-04", 390),
        ("Australia/Lord_Howe", "2027-10-03", 330),
        ("Asia/Kathmandu", "2027-03-28", 360),
        // There is no midnight: the clocks of Beirut go from 00:00 to 01:00.
        ("Asia/Beirut", "2027-03-28", 300),
    ] {
        let practice = cast.owner.practice().await.unwrap();
        cast.owner.update_practice(&Practice { zone: zone(name), ..practice }).await.unwrap();
        let wanted = (minutes - 60) / 15 + 1;
        let found = starts_at_night(&cast, date, 30).await;
        let (from, until) = zone::day(day(date), &zone(name)).unwrap();
        let tonight: Vec<_> = found.into_iter().filter(|at| (from..until).contains(at)).collect();
        assert_eq!(tonight.len(), wanted, "{name} {date}: {tonight:?}");
        for at in tonight {
            // The offered instant is one that its wall time can mean.
            let wall = zone::wall(at, &zone(name)).time;
            let meant = match zone::instants_of(wall, &zone(name)).unwrap() {
                WallInstants::Once(instant) => vec![instant],
                WallInstants::Twice { first, second } => vec![first, second],
                WallInstants::Never { .. } => vec![],
            };
            assert!(meant.contains(&at), "{name} {wall}");
        }
    }
});

both!(session_over_midnight_shows_on_both_days_and_counts_once, |world| {
    let cast = Cast::new(&world.store).await;
    let book = async |starts: &str| {
        let wish = NewSession { outside: true, ..cast.wish(&world.store, starts) };
        let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 50, None).unwrap();
        cast.desk.book(&wish, &timing).await.unwrap()
    };
    let Booked::Done(_) = book("2026-11-30 23:30").await else { panic!("free") };
    let Booked::Taken(taken) = book("2026-12-01 00:00").await else { panic!("the night is taken until 00:20") };
    assert_eq!(taken.shown[0].until, at("2026-11-30T23:20:00Z"));
    let Booked::Done(_) = book("2026-12-01 00:20").await else { panic!("touching ends are free") };
    let counts_on = async |date: &str| {
        let (from, until) = zone::day(day(date), &zone("Europe/Berlin")).unwrap();
        let shown = cast.desk.calendar(from, until, None, None).await.unwrap().len();
        (shown, cast.desk.session_starts(from, until, None, None).await.unwrap().len())
    };
    assert_eq!((counts_on("2026-11-30").await, counts_on("2026-12-01").await), ((1, 1), (2, 1)));
});

both!(day_off_is_a_day_in_the_practices_zone, |world| {
    let cast = Cast::new(&world.store).await;
    let off = Exception {
        first: day("2026-12-01"),
        last: day("2026-12-01"),
        hours: None,
        kind: ExceptionKind::Away,
        whole_practice: false,
        reason: String::new(),
    };
    cast.desk.add_exception(cast.ruth.me(), &off).await.unwrap();
    cast.book(&world.store, "2026-11-24 10:00").await;
    // Jonas is an hour behind: his 30 November and his 1 December both overlap the
    // practice's 1 December.
    let times = cast.jonas.requestable_times(None, Some(cast.couple), None, 400).await.unwrap().unwrap().found;
    let (from, until) = zone::day(day("2026-12-01"), &zone("Europe/Berlin")).unwrap();
    assert!(times.iter().any(|s| s.at < from) && times.iter().any(|s| s.at >= until), "{}", times.len());
    assert!(!times.iter().any(|s| s.at < until && s.at + Duration::minutes(50) > from));
});

both!(changed_server_clock_sends_nothing_twice_and_nothing_stale, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(near) = cast.book(&world.store, "2026-11-26 10:00").await else { panic!("free") };
    let Booked::Done(far) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    let send = async |store: &Store| {
        let mut kinds = Vec::new();
        for claimed in store.worker().claim_due(100, Duration::minutes(2)).await.unwrap() {
            assert!(store.worker().store_body(claimed.id, claimed.token, b"bytes").await.unwrap());
            assert!(store.worker().finish_sent(claimed.id, claimed.token).await.unwrap());
            kinds.push(claimed.kind);
        }
        kinds
    };
    assert_eq!(send(&world.store).await, [EmailKind::Confirmation; 4]);
    // The clock is set back by an hour, as after a wrong time server: nothing is due
    // again.
    for hours in [-1, 2, -1, -24, 24] {
        world.clock.advance(Duration::hours(hours));
        assert_eq!(send(&world.store).await, [], "{hours}");
    }
    // The day before the first session; then the clock is set back before that moment and
    // on again.
    world.clock.advance(at("2026-11-25T09:00:00Z") - world.store.now());
    assert_eq!(send(&world.store).await, [EmailKind::Reminder; 2]);
    world.clock.advance(Duration::hours(-1));
    assert_eq!(send(&world.store).await, []);
    world.clock.advance(Duration::hours(2));
    assert_eq!(send(&world.store).await, []);
    // A jump of a week: what would be too late is skipped with that reason.
    world.clock.advance(Duration::days(7));
    assert_eq!(send(&world.store).await, []);
    let late = cast.desk.session_emails(far).await.unwrap();
    let reminders: Vec<_> = late.iter().filter(|m| m.kind == EmailKind::Reminder).collect();
    assert_eq!(reminders.len(), 4, "three days and one, to two people");
    assert!(reminders.iter().all(|m| m.state == EmailState::Skipped && m.reason.as_deref() == Some("too_late")));
    // Set back to the day before the second session: what was skipped remains skipped.
    world.clock.advance(at("2026-11-29T09:00:00Z") - world.store.now());
    assert_eq!(send(&world.store).await, []);
    let near = cast.desk.session_emails(near).await.unwrap();
    assert_eq!(near.iter().filter(|m| m.state == EmailState::Sent).count(), 4);
});

both!(monthly_series_handles_leap_days_and_fifth_weekdays, |world| {
    use domain::scheduling::series::{End, Recurrence, SeriesRule};
    let cast = Cast::new(&world.store).await;
    // The fifth Tuesday counts as the last one: in a leap February, in a March after the
    // clock change, and in months that have five again.
    let wish = cast.wish(&world.store, "2028-02-29 10:00");
    let rule = SeriesRule { first: day("2028-02-29"), recurrence: Recurrence::MonthlyByWeekday, end: End::Times(4) };
    let berlin = zone("Europe/Berlin");
    let booked = cast.desk.book_series(&wish, &rule, &berlin, &store::Choices::new()).await.unwrap();
    let store::SeriesBooked::Done(first) = booked else { panic!("free: {booked:?}") };
    let (from, until) = (at("2028-02-01T00:00:00Z"), at("2028-12-31T00:00:00Z"));
    let walls: Vec<NaiveDateTime> = cast
        .desk
        .calendar(from, until, None, None)
        .await
        .unwrap()
        .iter()
        .map(|row| zone::wall(row.starts_at, &berlin).time)
        .collect();
    assert!(cast.desk.session(first).await.unwrap().is_some());
    let walls: Vec<String> = walls.iter().map(ToString::to_string).collect();
    assert_eq!(walls, ["2028-02-29", "2028-03-28", "2028-04-25", "2028-05-30"].map(|d| format!("{d} 10:00:00")));
});

/// A session at one of the two 02:30 of that night; each of the two has a couple and a
/// therapist of its own.
fn wish_in_repeated_hour(world: &World, cast: &Cast, fold: u8) -> NewSession {
    let (client, clinician) =
        if fold == 0 { (cast.couple, cast.ruth.me()) } else { (cast.other_couple, cast.emeka.me()) };
    NewSession {
        fold: Some(fold),
        client,
        clinician,
        place: domain::scheduling::session::Place::Link(String::new()),
        minutes: 30,
        outside: true,
        ..cast.wish(&world.store, "2027-10-31 02:30")
    }
}

both!(series_starts_at_the_chosen_one_of_two_equal_wall_times, |world| {
    use domain::scheduling::series::{End, Recurrence, SeriesRule};
    let cast = Cast::new(&world.store).await;
    let berlin = zone("Europe/Berlin");
    let rule = |first: &str| SeriesRule { first: day(first), recurrence: Recurrence::Weeks(1), end: End::Times(2) };
    for (fold, first) in [(0, "2027-10-31T00:30:00Z"), (1, "2027-10-31T01:30:00Z")] {
        let wish = NewSession { attendee: None, ..wish_in_repeated_hour(&world, &cast, fold) };
        let booked = cast.desk.book_series(&wish, &rule("2027-10-31"), &berlin, &store::Choices::new()).await.unwrap();
        let store::SeriesBooked::Done(id) = booked else { panic!("free: {booked:?}") };
        assert_eq!(cast.desk.session(id).await.unwrap().unwrap().timing.starts_at, at(first));
        // When the series moves, the first session gets the other chosen time, and the
        // next is on a day without a clock change.
        let when = domain::scheduling::session::When { starts: wish.starts, fold: Some(1 - fold), minutes: 30 };
        let to = domain::scheduling::session::Move {
            when,
            place: wish.place.clone(),
            reason: String::new(),
            outside: true,
            over: None,
            clinician: None,
            kind: None,
        };
        let moved = cast
            .desk
            .move_series(id, domain::scheduling::series::Reach::All, &to, &store::Choices::new())
            .await
            .unwrap();
        assert!(matches!(moved, store::SeriesBooked::Done(_)), "{moved:?}");
        let (from, until) = (at("2027-10-30T00:00:00Z"), at("2027-11-30T00:00:00Z"));
        let starts: Vec<_> = cast
            .desk
            .calendar(from, until, Some(wish.clinician), None)
            .await
            .unwrap()
            .iter()
            .map(|row| row.starts_at)
            .collect();
        let other = if fold == 0 { "2027-10-31T01:30:00Z" } else { "2027-10-31T00:30:00Z" };
        assert_eq!(starts, [at(other), at("2027-11-07T01:30:00Z")]);
    }
});

both!(newer_zone_database_keeps_the_wall_time_of_sessions, |world| {
    let cast = Cast::new(&world.store).await;
    let mut ids = Vec::new();
    for starts in ["2026-11-30 10:00", "2026-11-30 11:00", "2026-12-01 10:00"] {
        let Booked::Done(id) = cast.book(&world.store, starts).await else { panic!("free") };
        ids.push(id);
    }
    let dues = async |id| {
        let emails = cast.desk.session_emails(id).await.unwrap();
        let planned = emails.iter().filter(|m| m.kind == EmailKind::Reminder && m.state == EmailState::Planned);
        planned.map(|m| m.due_at).collect::<Vec<_>>()
    };
    let reminded = dues(ids[0]).await;
    assert_eq!(reminded.len(), 4);
    // As an older zone database had it: Berlin was two hours ahead of UTC, and all
    // sessions began an hour earlier.
    for (id, [session, occupancy]) in ids.iter().zip([
        [
            "UPDATE session SET starts_at = '2026-11-30T08:00:00+00:00', ends_at = '2026-11-30T08:50:00+00:00',
                 zone_version = '2019a'
             WHERE id = $1",
            "UPDATE occupancy SET starts_at = '2026-11-30T08:00:00+00:00', ends_at = '2026-11-30T08:50:00+00:00'
             WHERE session_id = $1",
        ],
        [
            "UPDATE session SET starts_at = '2026-11-30T09:00:00+00:00', ends_at = '2026-11-30T09:50:00+00:00',
                 zone_version = '2019a'
             WHERE id = $1",
            "UPDATE occupancy SET starts_at = '2026-11-30T09:00:00+00:00', ends_at = '2026-11-30T09:50:00+00:00'
             WHERE session_id = $1",
        ],
        // The third session has a zone version that this program does not know yet.
        [
            "UPDATE session SET starts_at = '2026-12-01T08:00:00+00:00', ends_at = '2026-12-01T08:50:00+00:00',
                 zone_version = '2999a'
             WHERE id = $1",
            "UPDATE occupancy SET starts_at = '2026-12-01T08:00:00+00:00', ends_at = '2026-12-01T08:50:00+00:00'
             WHERE session_id = $1",
        ],
    ]) {
        assert_eq!(world.by_hand(session, id.0).await.unwrap(), 1);
        assert_eq!(world.by_hand(occupancy, id.0).await.unwrap(), 4);
    }
    let early = "UPDATE email SET due_at = '2026-11-27T08:00:00+00:00' WHERE session_id = $1 AND kind = 'reminder'";
    world.by_hand(early, ids[0].0).await.unwrap();
    // Meanwhile another couple was booked into the room, at the hour at which the second
    // session will begin.
    let room = NewSession {
        client: cast.other_couple,
        clinician: cast.emeka.me(),
        ..cast.wish(&world.store, "2026-11-30 11:00")
    };
    let timing = store::timing(room.starts, &zone("Europe/Berlin"), 50, None).unwrap();
    let Booked::Done(other) = cast.desk.book(&room, &timing).await.unwrap() else { panic!("free") };

    assert_eq!(cast.owner.zones_changed().await.unwrap(), None);
    assert_eq!(world.store.worker().apply_new_zone_rules().await.unwrap(), 2);
    let session = async |id| cast.desk.session(id).await.unwrap().unwrap();
    let [first, second, unknown] = [session(ids[0]).await, session(ids[1]).await, session(ids[2]).await];
    assert_eq!(
        (first.timing.starts_at, first.timing.ends_at),
        (at("2026-11-30T09:00:00Z"), at("2026-11-30T09:50:00Z"))
    );
    assert_eq!(first.over, None, "they follow each other, and were never in each other's way");
    assert_eq!(second.timing.starts_at, at("2026-11-30T10:00:00Z"));
    assert_eq!(second.over.as_deref(), Some("The rules of a time zone have changed"));
    assert_eq!(unknown.timing.starts_at, at("2026-12-01T08:00:00Z"), "nothing newer is taken back");
    assert_eq!(session(other).await.timing.starts_at, at("2026-11-30T10:00:00Z"));
    // Reminders move with the session; no other email is planned.
    assert_eq!(dues(ids[0]).await, reminded);
    let emails = cast.desk.session_emails(ids[0]).await.unwrap();
    assert!(emails.iter().all(|m| matches!(m.kind, EmailKind::Reminder | EmailKind::Confirmation)));
    // The old hour is free, and the new one is not.
    let wish = |starts: &str| NewSession { client: cast.other_couple, ..cast.wish(&world.store, starts) };
    for (starts, free) in [("2026-11-30 10:20", false), ("2026-11-30 09:00", true)] {
        let timing = store::timing(wish(starts).starts, &zone("Europe/Berlin"), 50, None).unwrap();
        let booked = cast.desk.book(&wish(starts), &timing).await.unwrap();
        assert_eq!(matches!(booked, Booked::Done(_)), free, "{starts}");
    }
    // The owner is notified: Jonas's clock is that of London.
    let told = cast.owner.zones_changed().await.unwrap().unwrap();
    assert_eq!((told.sessions, told.elsewhere, told.over), (2, 2, 1));
    let app = tests::app::App::new(&world);
    let page = app.get("/practice", Some(&app.cookie(&world, cast.owner.me()).await)).await.text;
    assert!(page.contains("Time zones have changed") && page.contains("2 sessions begin at another instant"), "{page}");
    assert!(
        page.contains("2 of them are for clients in another time zone")
            && page.contains("One of them lies over another one now")
    );
    // Running it a second time changes nothing.
    assert_eq!(world.store.worker().apply_new_zone_rules().await.unwrap(), 0);
    assert!(world.store.verify_audit().await.unwrap().is_ok());
});

both!(newer_zone_database_keeps_the_chosen_one_of_two_instants, |world| {
    let cast = Cast::new(&world.store).await;
    for (fold, starts_at) in [(0, "2027-10-31T00:30:00Z"), (1, "2027-10-31T01:30:00Z")] {
        let wish = wish_in_repeated_hour(&world, &cast, fold);
        let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 30, Some(fold)).unwrap();
        let Booked::Done(id) = cast.desk.book(&wish, &timing).await.unwrap() else { panic!("free") };
        world.by_hand("UPDATE session SET zone_version = '2019a' WHERE id = $1", id.0).await.unwrap();
        assert_eq!(world.store.worker().apply_new_zone_rules().await.unwrap(), 0);
        assert_eq!(cast.desk.session(id).await.unwrap().unwrap().timing.starts_at, at(starts_at));
    }
});

both!(cancelling_during_a_zone_update_leaves_no_occupancy_or_reminder, |world| {
    let cast = Cast::new(&world.store).await;
    let mut ids = Vec::new();
    for day in 1..=30 {
        let Booked::Done(id) = cast.book(&world.store, &format!("2026-12-{day:02} 10:00")).await else {
            panic!("free")
        };
        // Some sessions have to move, and for some only the zone version is noted.
        let older = match day % 3 {
            0 => "UPDATE session SET zone_version = '2019a' WHERE id = $1",
            _ => "UPDATE session SET starts_at = '2026-12-01T00:00:00+00:00', zone_version = '2019a' WHERE id = $1",
        };
        world.by_hand(older, id.0).await.unwrap();
        ids.push(id);
    }
    let (store, second) = (world.store.clone(), world.second().await);
    // Two programs start at the same time, while the front desk cancels and checks in.
    let derived =
        [store, second].map(|store| tokio::spawn(async move { store.worker().apply_new_zone_rules().await.unwrap() }));
    let acts = ids.iter().rev().enumerate().map(|(n, id)| {
        let (desk, id) = (cast.desk.clone(), *id);
        tokio::spawn(async move {
            // One after the other, during the whole run.
            tokio::time::sleep(std::time::Duration::from_millis(20 * u64::try_from(n).unwrap())).await;
            if n % 2 == 0 {
                assert!(desk.set_state(id, domain::scheduling::session::SessionState::Arrived).await.unwrap());
            } else {
                assert!(desk.cancel(id, &tests::cancelled("away")).await.unwrap().is_some());
            }
        })
    });
    for act in acts.collect::<Vec<_>>() {
        act.await.unwrap();
    }
    for one in derived {
        one.await.unwrap();
    }
    // Sessions whose clients have arrived keep their occupancy.
    let cancelled =
        "SELECT count(*) FROM occupancy o JOIN session s ON s.id = o.session_id WHERE s.state = 'cancelled'";
    assert_eq!(world.number(cancelled).await.unwrap(), 0, "nothing cancelled holds anybody");
    let held = "SELECT count(*)
        FROM session s
        WHERE s.state = 'arrived' AND 4 <> (SELECT count(*) FROM occupancy o WHERE o.session_id = s.id)";
    assert_eq!(world.number(held).await.unwrap(), 0, "who is here holds their place");
    let reminders = "SELECT count(*)
        FROM email m
        JOIN session s ON s.id = m.session_id
        WHERE s.state = 'cancelled' AND m.kind = 'reminder' AND m.state = 'planned'";
    assert_eq!(world.number(reminders).await.unwrap(), 0, "nobody is reminded of what is cancelled");
});
