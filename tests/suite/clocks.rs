//! Days that are not twenty-four hours long, nights that belong to two days,
//! readers in other zones, and a clock that is set.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, Utc};
use domain::{
    availability::{Buffers, Exception, ExceptionKind, Week},
    form::Form,
    practice::{Practice, WEEK},
    reminder::{MessageKind, MessageState},
    session::NewSession,
    slots::{SlotWish, Where},
    zone::{self, Meaning},
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

/// The starts of free hours on a day of the practice, while Ruth is there from
/// midnight to six.
async fn night(cast: &Cast, date: &str, most: usize) -> Vec<DateTime<Utc>> {
    let form = Form::from_pairs([("client", cast.couple.to_string()), ("from", date.to_owned())]);
    let wish = SlotWish::read(&form, day("2026-11-23")).unwrap();
    let wish = SlotWish { clinician: Some(cast.ruth.me()), place: Where::Online, minutes: 60, ..wish };
    cast.desk.slots(&wish, most).await.unwrap().unwrap().found.into_iter().map(|s| s.at).collect()
}

both!(nights_of_other_lengths_offer_as_many_starts_as_there_is_time, |world| {
    let cast = Cast::new(&world.store).await;
    let mut week = Week::of_practice(&WEEK, "00:00:00".parse().unwrap(), "06:00:00".parse().unwrap());
    // Only the night from Saturday to Sunday.
    week.0[..6].fill(vec![]);
    cast.desk.set_week(cast.ruth.me(), day("2026-11-01"), &week.into(), Buffers::default()).await.unwrap();
    for (name, date, minutes) in [
        ("Europe/Berlin", "2027-03-21", 360),
        ("Europe/Berlin", "2027-03-28", 300),
        ("Europe/Berlin", "2027-10-31", 420),
        // Half an hour only.
        ("Australia/Lord_Howe", "2027-04-04", 390),
        ("Australia/Lord_Howe", "2027-10-03", 330),
        ("Asia/Kathmandu", "2027-03-28", 360),
        // No midnight: the clocks of Beirut go from 00:00 to 01:00.
        ("Asia/Beirut", "2027-03-28", 300),
    ] {
        let practice = cast.owner.practice().await.unwrap();
        cast.owner.update_practice(&Practice { zone: zone(name), ..practice }).await.unwrap();
        let wanted = (minutes - 60) / 15 + 1;
        let found = night(&cast, date, 30).await;
        let (from, until) = zone::day(day(date), &zone(name)).unwrap();
        let tonight: Vec<_> = found.into_iter().filter(|at| (from..until).contains(at)).collect();
        assert_eq!(tonight.len(), wanted, "{name} {date}: {tonight:?}");
        for at in tonight {
            // What is offered is what the wall clock of its form leads to.
            let wall = zone::wall(at, &zone(name)).time;
            let meant = match zone::meaning(wall, &zone(name)).unwrap() {
                Meaning::Once(instant) => vec![instant],
                Meaning::Twice { first, second } => vec![first, second],
                Meaning::Never { .. } => vec![],
            };
            assert!(meant.contains(&at), "{name} {wall}");
        }
    }
});

both!(over_midnight_a_session_stands_on_both_days_and_counts_once, |world| {
    let cast = Cast::new(&world.store).await;
    let book = async |starts: &str| {
        let wish = NewSession { outside: true, ..cast.wish(&world.store, starts) };
        let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 50, None).unwrap();
        cast.desk.book(&wish, &timing).await.unwrap()
    };
    let Booked::Done(_) = book("2026-11-30 23:30").await else { panic!("free") };
    let Booked::Taken(taken) = book("2026-12-01 00:00").await else { panic!("the night is taken until 00:20") };
    assert_eq!(taken.what[0].until, at("2026-11-30T23:20:00Z"));
    let Booked::Done(_) = book("2026-12-01 00:20").await else { panic!("touching ends are free") };
    let on = async |date: &str| {
        let (from, until) = zone::day(day(date), &zone("Europe/Berlin")).unwrap();
        let shown = cast.desk.calendar(from, until, None, None).await.unwrap().len();
        (shown, cast.desk.starts(from, until, None).await.unwrap().len())
    };
    assert_eq!((on("2026-11-30").await, on("2026-12-01").await), ((1, 1), (2, 1)));
});

both!(a_day_off_is_the_practices_day_wherever_its_reader_is, |world| {
    let cast = Cast::new(&world.store).await;
    let off = Exception {
        first: day("2026-12-01"),
        last: day("2026-12-01"),
        hours: None,
        kind: ExceptionKind::Away,
        of_all: false,
        reason: String::new(),
    };
    cast.desk.add_exception(cast.ruth.me(), &off).await.unwrap();
    cast.book(&world.store, "2026-11-24 10:00").await;
    // Jonas is six hours behind: his last of November and his first of
    // December both touch the practice's first.
    let times = cast.jonas.times(None, Some(cast.couple), day("2026-11-30"), 400).await.unwrap().unwrap();
    let (from, until) = zone::day(day("2026-12-01"), &zone("Europe/Berlin")).unwrap();
    assert!(times.iter().any(|s| s.at < from) && times.iter().any(|s| s.at >= until), "{}", times.len());
    assert!(!times.iter().any(|s| s.at < until && s.at + Duration::minutes(50) > from));
});

both!(a_clock_that_is_set_back_or_far_ahead_sends_nothing_twice_and_nothing_stale, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(near) = cast.book(&world.store, "2026-11-26 10:00").await else { panic!("free") };
    let Booked::Done(far) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    let send = async |store: &Store| {
        let mut kinds = Vec::new();
        for claimed in store.claim_due(100, Duration::minutes(2)).await.unwrap() {
            assert!(store.store_body(claimed.id, claimed.token, b"bytes").await.unwrap());
            assert!(store.finish_sent(claimed.id, claimed.token).await.unwrap());
            kinds.push(claimed.kind);
        }
        kinds
    };
    assert_eq!(send(&world.store).await, [MessageKind::Confirmation; 4]);
    // An hour back, as after a wrong time server: nothing is due again.
    for hours in [-1, 2, -1, -24, 24] {
        world.clock.advance(Duration::hours(hours));
        assert_eq!(send(&world.store).await, [], "{hours}");
    }
    // The day before the first session; then back over that moment and on.
    world.clock.advance(at("2026-11-25T09:00:00Z") - world.store.now());
    assert_eq!(send(&world.store).await, [MessageKind::Reminder; 2]);
    world.clock.advance(Duration::hours(-1));
    assert_eq!(send(&world.store).await, []);
    world.clock.advance(Duration::hours(2));
    assert_eq!(send(&world.store).await, []);
    // A week ahead at once: what would come too late is skipped, and says so.
    world.clock.advance(Duration::days(7));
    assert_eq!(send(&world.store).await, []);
    let late = cast.desk.session_messages(far).await.unwrap();
    let reminders: Vec<_> = late.iter().filter(|m| m.kind == MessageKind::Reminder).collect();
    assert_eq!(reminders.len(), 4, "three days and one, to two people");
    assert!(reminders.iter().all(|m| m.state == MessageState::Skipped && m.reason.as_deref() == Some("too_late")));
    // And back to the day before the second: what was skipped stays so.
    world.clock.advance(at("2026-11-29T09:00:00Z") - world.store.now());
    assert_eq!(send(&world.store).await, []);
    let near = cast.desk.session_messages(near).await.unwrap();
    assert_eq!(near.iter().filter(|m| m.state == MessageState::Sent).count(), 4);
});

both!(a_monthly_series_knows_leap_days_and_long_months, |world| {
    use domain::series::{End, Recurrence, Rule};
    let cast = Cast::new(&world.store).await;
    // A fifth Tuesday is the last: of a leap February, of a March behind the
    // change of the clocks, of a month that has five again.
    let wish = cast.wish(&world.store, "2028-02-29 10:00");
    let rule = Rule { first: day("2028-02-29"), recurrence: Recurrence::MonthlyByWeekday, end: End::Times(4) };
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

/// A wish for one of the two half hours at half past two, of a couple and a
/// therapist of its own.
fn twice(world: &World, cast: &Cast, fold: u8) -> NewSession {
    let (client, clinician) =
        if fold == 0 { (cast.couple, cast.ruth.me()) } else { (cast.other_couple, cast.emeka.me()) };
    NewSession {
        fold: Some(fold),
        client,
        clinician,
        place: domain::session::Place::Link(String::new()),
        minutes: 30,
        outside: true,
        ..cast.wish(&world.store, "2027-10-31 02:30")
    }
}

both!(a_series_begins_at_the_second_of_two_times_where_that_was_chosen, |world| {
    use domain::series::{End, Recurrence, Rule};
    let cast = Cast::new(&world.store).await;
    let berlin = zone("Europe/Berlin");
    let rule = |first: &str| Rule { first: day(first), recurrence: Recurrence::Weeks(1), end: End::Times(2) };
    for (fold, first) in [(0, "2027-10-31T00:30:00Z"), (1, "2027-10-31T01:30:00Z")] {
        let wish = NewSession { attendee: None, ..twice(&world, &cast, fold) };
        let booked = cast.desk.book_series(&wish, &rule("2027-10-31"), &berlin, &store::Choices::new()).await.unwrap();
        let store::SeriesBooked::Done(id) = booked else { panic!("free: {booked:?}") };
        assert_eq!(cast.desk.session(id).await.unwrap().unwrap().timing.starts_at, at(first));
        // Moved together, the one that was moved keeps the choice, and the next
        // is where the clock is plain.
        let when = domain::session::When { starts: wish.starts, fold: Some(1 - fold), minutes: 30 };
        let to = domain::session::Move {
            when,
            place: wish.place.clone(),
            reason: String::new(),
            outside: true,
            over: None,
            clinician: None,
            kind: None,
        };
        let moved = cast.desk.move_series(id, domain::series::Reach::All, &to, &store::Choices::new()).await.unwrap();
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

both!(a_newer_zone_database_keeps_the_time_on_the_wall, |world| {
    let cast = Cast::new(&world.store).await;
    let mut ids = Vec::new();
    for starts in ["2026-11-30 10:00", "2026-11-30 11:00", "2026-12-01 10:00"] {
        let Booked::Done(id) = cast.book(&world.store, starts).await else { panic!("free") };
        ids.push(id);
    }
    let dues = async |id| {
        let messages = cast.desk.session_messages(id).await.unwrap();
        let planned = messages.iter().filter(|m| m.kind == MessageKind::Reminder && m.state == MessageState::Planned);
        planned.map(|m| m.due_at).collect::<Vec<_>>()
    };
    let reminded = dues(ids[0]).await;
    assert_eq!(reminded.len(), 4);
    // As an older database had it: Berlin was two hours ahead, and all began an
    // hour earlier.
    for (id, [session, occupancy]) in ids.iter().zip([
        [
            "UPDATE session SET starts_at = '2026-11-30T08:00:00+00:00', ends_at = '2026-11-30T08:50:00+00:00', zone_version = '2019a' WHERE id = $1",
            "UPDATE occupancy SET starts_at = '2026-11-30T08:00:00+00:00', ends_at = '2026-11-30T08:50:00+00:00' WHERE session_id = $1",
        ],
        [
            "UPDATE session SET starts_at = '2026-11-30T09:00:00+00:00', ends_at = '2026-11-30T09:50:00+00:00', zone_version = '2019a' WHERE id = $1",
            "UPDATE occupancy SET starts_at = '2026-11-30T09:00:00+00:00', ends_at = '2026-11-30T09:50:00+00:00' WHERE session_id = $1",
        ],
        // One of a version that this program does not know yet.
        [
            "UPDATE session SET starts_at = '2026-12-01T08:00:00+00:00', ends_at = '2026-12-01T08:50:00+00:00', zone_version = '2999a' WHERE id = $1",
            "UPDATE occupancy SET starts_at = '2026-12-01T08:00:00+00:00', ends_at = '2026-12-01T08:50:00+00:00' WHERE session_id = $1",
        ],
    ]) {
        assert_eq!(world.by_hand(session, id.0).await.unwrap(), 1);
        assert_eq!(world.by_hand(occupancy, id.0).await.unwrap(), 4);
    }
    let early = "UPDATE message SET due_at = '2026-11-27T08:00:00+00:00' WHERE session_id = $1 AND kind = 'reminder'";
    world.by_hand(early, ids[0].0).await.unwrap();
    // Meanwhile somebody else was booked into the room, at the hour that the
    // second will begin.
    let room = NewSession {
        client: cast.other_couple,
        clinician: cast.emeka.me(),
        ..cast.wish(&world.store, "2026-11-30 11:00")
    };
    let timing = store::timing(room.starts, &zone("Europe/Berlin"), 50, None).unwrap();
    let Booked::Done(other) = cast.desk.book(&room, &timing).await.unwrap() else { panic!("free") };

    assert_eq!(cast.owner.zones_changed().await.unwrap(), None);
    assert_eq!(world.store.derive_anew().await.unwrap(), 2);
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
    // Reminders move along; nobody is told anything else.
    assert_eq!(dues(ids[0]).await, reminded);
    let messages = cast.desk.session_messages(ids[0]).await.unwrap();
    assert!(messages.iter().all(|m| matches!(m.kind, MessageKind::Reminder | MessageKind::Confirmation)));
    // Its old hour is free, its new one is not.
    let wish = |starts: &str| NewSession { client: cast.other_couple, ..cast.wish(&world.store, starts) };
    for (starts, free) in [("2026-11-30 10:20", false), ("2026-11-30 09:00", true)] {
        let timing = store::timing(wish(starts).starts, &zone("Europe/Berlin"), 50, None).unwrap();
        let booked = cast.desk.book(&wish(starts), &timing).await.unwrap();
        assert_eq!(matches!(booked, Booked::Done(_)), free, "{starts}");
    }
    // The owner is told: Jonas reads a clock in New York.
    let told = cast.owner.zones_changed().await.unwrap().unwrap();
    assert_eq!((told.sessions, told.elsewhere, told.over), (2, 2, 1));
    let app = tests::app::App::new(&world);
    let page = app.get("/practice", Some(&app.cookie(&world, cast.owner.me()).await)).await.text;
    assert!(page.contains("Time zones have changed") && page.contains("2 sessions begin at another instant"), "{page}");
    assert!(
        page.contains("2 of them are for somebody who lives by another clock")
            && page.contains("One of them lies over another one now")
    );
    // Twice is once.
    assert_eq!(world.store.derive_anew().await.unwrap(), 0);
    assert!(world.store.verify_audit().await.unwrap().is_ok());
});

both!(of_two_instants_the_one_that_was_meant_stays, |world| {
    let cast = Cast::new(&world.store).await;
    for (fold, starts_at) in [(0, "2027-10-31T00:30:00Z"), (1, "2027-10-31T01:30:00Z")] {
        let wish = twice(&world, &cast, fold);
        let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 30, Some(fold)).unwrap();
        let Booked::Done(id) = cast.desk.book(&wish, &timing).await.unwrap() else { panic!("free") };
        world.by_hand("UPDATE session SET zone_version = '2019a' WHERE id = $1", id.0).await.unwrap();
        assert_eq!(world.store.derive_anew().await.unwrap(), 0);
        assert_eq!(cast.desk.session(id).await.unwrap().unwrap().timing.starts_at, at(starts_at));
    }
});

both!(who_cancels_while_zones_change_leaves_nothing_behind, |world| {
    let cast = Cast::new(&world.store).await;
    let mut ids = Vec::new();
    for day in 1..=30 {
        let Booked::Done(id) = cast.book(&world.store, &format!("2026-12-{day:02} 10:00")).await else {
            panic!("free")
        };
        // Some move, and some are only known to be right.
        let older = match day % 3 {
            0 => "UPDATE session SET zone_version = '2019a' WHERE id = $1",
            _ => "UPDATE session SET starts_at = '2026-12-01T00:00:00+00:00', zone_version = '2019a' WHERE id = $1",
        };
        world.by_hand(older, id.0).await.unwrap();
        ids.push(id);
    }
    let (store, second) = (world.store.clone(), world.second().await);
    // Two programs start at once, while the desk cancels and checks in.
    let derived = [store, second].map(|store| tokio::spawn(async move { store.derive_anew().await.unwrap() }));
    let acts = ids.iter().rev().enumerate().map(|(n, id)| {
        let (desk, id) = (cast.desk.clone(), *id);
        tokio::spawn(async move {
            // One after the other, all along the way.
            tokio::time::sleep(std::time::Duration::from_millis(20 * u64::try_from(n).unwrap())).await;
            if n % 2 == 0 {
                assert!(desk.set_state(id, domain::session::SessionState::Arrived).await.unwrap());
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
    // Those that arrived keep what they hold, and are no concern of this.
    let cancelled =
        "SELECT count(*) FROM occupancy o JOIN session s ON s.id = o.session_id WHERE s.state = 'cancelled'";
    assert_eq!(world.number(cancelled).await.unwrap(), 0, "nothing cancelled holds anybody");
    let held = "SELECT count(*) FROM session s WHERE s.state = 'arrived' AND 4 <> (SELECT count(*) FROM occupancy o WHERE o.session_id = s.id)";
    assert_eq!(world.number(held).await.unwrap(), 0, "who is here holds their place");
    let reminders = "SELECT count(*) FROM message m JOIN session s ON s.id = m.session_id WHERE s.state = 'cancelled' AND m.kind = 'reminder' AND m.state = 'planned'";
    assert_eq!(world.number(reminders).await.unwrap(), 0, "nobody is reminded of what is cancelled");
});
