//! Single cases of free times that were wrong once; each test names what was wrong.

use axum::http::StatusCode;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    clients::person::{EmailAddress, Role, Zone},
    form::Form,
    ids::SessionId,
    practice::{
        hours::{Buffers, Exception, ExceptionKind, Week, read_hours},
        settings::Practice,
    },
    scheduling::{
        outside::night_hours,
        request::{PortalRule, PortalRules},
        series::{End, Recurrence, SeriesRule},
        session::{NewSession, Place},
        slots::{Cursor, SlotPlace, SlotWish, Suits},
    },
    span::Span,
    zone,
};
use store::{Booked, Choice, Choices, NewStaff, SeriesBooked};
use tests::{
    Backend, World,
    app::App,
    both,
    people::{Cast, accept_invitations, zone},
};

use super::{follow_pages, link_target, times_on_page};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A practice in a zone at an instant, with these rules for its portal.
async fn practice_in_zone(world: &World, name: &str, now: &str, portal: PortalRules) -> (App, Cast) {
    let (app, cast) = (App::new(world), Cast::new(&world.store).await);
    let practice = cast.owner.practice().await.unwrap();
    cast.owner.update_practice(&Practice { zone: zone(name), portal, ..practice }).await.unwrap();
    world.clock.advance(at(now) - world.store.now());
    (app, cast)
}

/// Sets Amara's zone on her own page; returns her cookie.
async fn set_readers_zone(app: &App, world: &World, cast: &Cast, name: &str) -> String {
    let cookie = app.cookie(world, cast.amara.me()).await;
    app.post("/account/zone", Some(&cookie), &[("zone", name)]).await;
    cookie
}

/// Sets the same hours for Ruth on every day of the week.
async fn set_hours(cast: &Cast, text: &str) {
    let week = Week(std::array::from_fn(|_| read_hours(text).unwrap()));
    cast.desk.set_week(cast.ruth.me(), day("2026-01-01"), &week.into(), Buffers::default()).await.unwrap();
}

/// Books a session at an instant, with both partners or with Amara alone.
async fn book_at(world: &World, cast: &Cast, starts_at: &str, alone: bool) -> SessionId {
    let practice = cast.owner.practice().await.unwrap();
    let wall = zone::wall_time(at(starts_at), &practice.zone);
    let wish = NewSession {
        attendee: alone.then(|| cast.amara.person()),
        outside: true,
        ..cast.wish(&world.store, &wall.format("%Y-%m-%d %H:%M").to_string())
    };
    let timing = store::timing(wish.starts, &practice.zone, 50, None).unwrap();
    let Booked::Done(id) = cast.desk.book(&wish, &timing).await.unwrap() else { panic!("free") };
    id
}

/// All starts in the practice's hours, 08:00 to 20:00 from Monday to Friday.
fn all_starts(practice: &Zone, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let mut found = Vec::new();
    let mut at = from - Duration::minutes(15);
    while at <= until {
        let wall = zone::wall_time(at, practice);
        let weekday = chrono::Datelike::weekday(&wall).num_days_from_monday();
        let minute = chrono::Timelike::num_seconds_from_midnight(&wall) / 60;
        if at >= from && weekday < 5 && (480..=1150).contains(&minute) && minute.is_multiple_of(15) {
            found.push(at);
        }
        at += Duration::minutes(15);
    }
    found
}

/// With nothing set but the zones. Four faults showed here: days were cut off after 24
/// times, an evening had no link to later times, some links led to the same page for
/// ever, and others skipped every second day.
#[tokio::test]
async fn default_settings_page_through_all_free_times_in_any_zone() {
    let world = World::new(Backend::Sqlite).await;
    let rules = PortalRules { days: 18, max_coming_sessions: 30, ..PortalRules::default() };
    let (app, cast) = practice_in_zone(&world, "UTC", "2027-01-11T17:00:00Z", rules).await;
    let id = book_at(&world, &cast, "2027-01-20T09:00:00Z", false).await;
    for (here, there) in [
        ("Europe/Berlin", "Europe/Berlin"),
        ("Europe/Berlin", "America/Los_Angeles"),
        ("Asia/Tokyo", "America/Los_Angeles"),
        ("Australia/Sydney", "Europe/London"),
        ("Australia/Lord_Howe", "Europe/London"),
        ("America/Los_Angeles", "Asia/Tokyo"),
        ("Pacific/Kiritimati", "Pacific/Niue"),
        ("Asia/Kathmandu", "America/St_Johns"),
    ] {
        let practice = cast.owner.practice().await.unwrap();
        cast.owner.update_practice(&Practice { zone: zone(here), ..practice }).await.unwrap();
        let cookie = set_readers_zone(&app, &world, &cast, there).await;
        let progress = follow_pages(&app, &cookie, &format!("/portal/times?session={id}"), &zone(there)).await;
        let now = world.store.now();
        let mut expected = all_starts(&zone(here), now + Duration::hours(24), now + Duration::days(18));
        // The session's present time is not offered as another one.
        expected.retain(|start| *start != at("2027-01-20T09:00:00Z"));
        // Nor are times at night, by the reader's own clock.
        expected.retain(|start| {
            let session = Span { from: *start, until: *start + Duration::minutes(50) };
            night_hours(session, &zone(there)).is_none()
        });
        assert_eq!(progress.shown(), expected, "{here} {there}");
        assert_eq!(progress.back, progress.forwards, "{here} {there}");
        let last = zone::date_of(now + Duration::days(18), &zone(there)).format("%A %-d %B %Y");
        assert!(
            progress.end.contains(&format!("You can ask for times until {last}.")),
            "{here} {there}: {}",
            progress.end
        );
    }
}

both!(free_times_start_at_the_readers_day_and_invalid_days_show_the_first_page, |world| {
    let (app, cast) = practice_in_zone(&world, "Asia/Tokyo", "2027-01-11T17:00:00Z", PortalRules::default()).await;
    let cookie = set_readers_zone(&app, &world, &cast, "America/Los_Angeles").await;
    let get = async |more: &str| {
        let path = format!("/portal/times?client={}{more}", cast.couple);
        times_on_page(&app.get(&path, Some(&cookie)).await.text, &zone("America/Los_Angeles"))
    };
    // The practice's Friday begins at 15:00 on Thursday in Los Angeles, where the hours
    // before it are night.
    let thursday = get("&from=2027-01-14").await;
    assert_eq!((thursday[0], thursday[9]), (at("2027-01-14T23:00:00Z"), at("2027-01-15T01:15:00Z")));
    let first = get("").await;
    for odd in ["&from=2027-02-30", "&since=x", "&before=99999-01-01T00:00:00Z", "&from=2020-01-01", "&since="] {
        assert_eq!(get(odd).await, first, "{odd}");
    }
    // After the last time there is a link back, and before the first there is none.
    let got = app.get(&format!("/portal/times?client={}&from=2028-01-01", cast.couple), Some(&cookie)).await;
    assert!(got.text.contains("There is no free time until") && link_target(&got.text, "Earlier times").is_some());
    assert_eq!(link_target(&got.text, "Later times"), None);
    let back = app.get(&link_target(&got.text, "Earlier times").unwrap(), Some(&cookie)).await.text;
    assert!(!times_on_page(&back, &zone("America/Los_Angeles")).is_empty());
});

both!(paging_skips_spans_without_free_times, |world| {
    let rules = PortalRules { days: 300, ..PortalRules::default() };
    let (app, cast) = practice_in_zone(&world, "Europe/Berlin", "2027-01-11T17:00:00Z", rules).await;
    let away = |first: &str, last: &str| Exception {
        first: day(first),
        last: day(last),
        hours: None,
        kind: ExceptionKind::Away,
        whole_practice: false,
        reason: String::new(),
    };
    for (first, last) in [("2027-01-12", "2027-01-12"), ("2027-01-14", "2027-09-30"), ("2027-10-02", "2027-12-31")] {
        cast.desk.add_exception(cast.ruth.me(), &away(first, last)).await.unwrap();
    }
    let cookie = set_readers_zone(&app, &world, &cast, "Europe/Berlin").await;
    let progress =
        follow_pages(&app, &cookie, &format!("/portal/times?client={}", cast.couple), &zone("Europe/Berlin")).await;
    let days: Vec<String> =
        progress.shown().chunk_by(|a, b| *b - *a < Duration::hours(12)).map(|d| d[0].to_string()).collect();
    assert_eq!(days, ["2027-01-13 07:00:00 UTC", "2027-10-01 06:00:00 UTC"]);
    assert_eq!(progress.back, progress.forwards);
    // The practice's own search leads from an empty week to the next one with times.
    let desk = app.cookie(&world, cast.desk.me()).await;
    let path = format!("/slots?client={}&clinician={}&from=2027-02-01", cast.couple, cast.ruth.me());
    let empty = app.get(&path, Some(&desk)).await.text;
    assert!(empty.contains("No free times this week."), "{empty}");
    assert!(link_target(&empty, "Last before: Wed 13 Jan").is_some(), "{empty}");
    let next = link_target(&empty, "Next: Fri 1 Oct").unwrap();
    let text = app.get(&next, Some(&desk)).await.text;
    assert!(text.contains("Mon 27 Sep to Sun 3 Oct") && text.contains("date=2027-10-01"), "{text}");
    // Nothing is free at all: there is no link, and the page says where the search ended.
    cast.desk.add_exception(cast.ruth.me(), &away("2027-01-13", "2027-01-13")).await.unwrap();
    cast.desk.add_exception(cast.ruth.me(), &away("2027-10-01", "2027-10-01")).await.unwrap();
    let none = app.get(&format!("/portal/times?client={}", cast.couple), Some(&cookie)).await.text;
    assert!(none.contains("There is no free time until Sunday 7 November 2027."), "{none}");
    assert!(link_target(&none, "Later times").is_none() && link_target(&none, "Earlier times").is_none());
});

both!(repeated_clock_time_is_offered_twice_and_booked_as_chosen, |world| {
    let rules = PortalRules { rule: PortalRule::AtOnce, max_coming_sessions: 30, ..PortalRules::default() };
    let (app, cast) = practice_in_zone(&world, "Europe/Berlin", "2027-10-29T12:00:00Z", rules).await;
    set_hours(&cast, "1-4").await;
    let id = book_at(&world, &cast, "2027-11-20T12:00:00Z", true).await;
    // Read where it is day then: in a zone whose clocks go back a week later, and in two
    // without summer time.
    for name in ["America/Los_Angeles", "Asia/Tokyo", "Asia/Singapore"] {
        let cookie = set_readers_zone(&app, &world, &cast, name).await;
        let got = app.get(&format!("/portal/times?session={id}&from=2027-10-30"), Some(&cookie)).await.text;
        let night: Vec<_> = times_on_page(&got, &zone(name))
            .into_iter()
            .filter(|start| (at("2027-10-30T22:00:00Z")..at("2027-10-31T12:00:00Z")).contains(start))
            .collect();
        // From one to four by the clock are four hours on that night, minus the session's
        // own start.
        let mut expected: Vec<_> = (0..13).map(|n| at("2027-10-30T23:00:00Z") + Duration::minutes(15 * n)).collect();
        let now = cast.desk.session(id).await.unwrap().unwrap().timing.starts_at;
        expected.retain(|start| *start != now);
        assert_eq!(night, expected, "{name}");
        for start in ["2027-10-31T01:15:00Z", "2027-10-31T00:15:00Z"] {
            let form = [("session", id.to_string()), ("at", start.to_owned())];
            let asked = app.post("/portal/requests", Some(&cookie), &tests::app::pairs(&form)).await;
            assert_eq!(asked.status, StatusCode::SEE_OTHER);
            let timing = cast.desk.session(id).await.unwrap().unwrap().timing;
            assert_eq!((timing.starts_at, timing.starts.to_string().as_str()), (at(start), "2027-10-31 02:15:00"));
        }
    }
    // The front desk's search, day and month lead to the booking form with the right one
    // of the two times.
    let desk = app.cookie(&world, cast.desk.me()).await;
    let slots = format!(
        "/slots?client={}&clinician={}&place=online&from=2027-10-31&minutes=50",
        cast.other_couple,
        cast.ruth.me()
    );
    let text = app.get(&slots, Some(&desk)).await.text;
    // The first 02:15 is taken, and so is every time that overlaps it.
    for (time, fold, count) in [("02:00", "0", 0), ("02:00", "1", 0), ("02:15", "0", 0), ("02:15", "1", 1)] {
        let link = format!("date=2027-10-31&amp;time={time}&amp;fold={fold}&amp;").replace(':', "%3A");
        assert_eq!(text.matches(&link).count(), count, "{link}");
    }
    world.clock.advance(at("2027-10-31T00:31:00Z") - world.store.now());
    cast.desk.cancel(id, &tests::cancelled("ill")).await.unwrap();
    let desk = app.cookie(&world, cast.desk.me()).await;
    for path in ["/desk", &format!("/calendar?view=month&clinician={}", cast.ruth.me())] {
        let text = app.get(path, Some(&desk)).await.text;
        let (_, link) = text.split_once("date=2027-10-31&amp;time=02").expect(path);
        // It is 02:30 for the first time.
        let link = link.split('"').next().unwrap();
        assert!(link.starts_with("%3A45") && link.contains("&amp;fold=0"), "{path}: {link}");
        let href = format!("/sessions/new?clinician={}&date=2027-10-31&time=02%3A45&fold=1", cast.ruth.me());
        let search = app.get(&format!("{href}&q=amara"), Some(&desk)).await.text;
        assert!(search.contains("fold=1"), "it is carried to the form: {search}");
    }
});

both!(series_day_is_booked_at_the_chosen_one_of_two_equal_times, |world| {
    let (_, cast) = practice_in_zone(&world, "Europe/Berlin", "2027-10-20T12:00:00Z", PortalRules::default()).await;
    set_hours(&cast, "1-4").await;
    // Another session occupies the room until the clocks go back.
    let wish = NewSession {
        client: cast.other_couple,
        place: Place::Link(String::new()),
        minutes: 60,
        outside: true,
        ..cast.wish(&world.store, "2027-10-31 02:00")
    };
    let first = store::timing(wish.starts, &zone("Europe/Berlin"), 60, Some(0)).unwrap();
    assert!(matches!(cast.desk.book(&wish, &first).await.unwrap(), Booked::Done(_)));
    let wish = cast.wish(&world.store, "2027-10-24 02:00");
    let rule = SeriesRule { first: day("2027-10-24"), recurrence: Recurrence::Weeks(1), end: End::Times(2) };
    let berlin = zone("Europe/Berlin");
    let asked = cast.desk.book_series(&wish, &rule, &berlin, &Choices::new()).await.unwrap();
    let SeriesBooked::Taken(clashes) = asked else { panic!("{asked:?}") };
    let offered = clashes[0].taken.next[0];
    assert_eq!(offered, at("2027-10-31T01:00:00Z"), "the second two o’clock");
    let choices = Choices::from([(day("2027-10-31"), Choice::OtherTime(offered))]);
    let done = cast.desk.book_series(&wish, &rule, &berlin, &choices).await.unwrap();
    assert!(matches!(done, SeriesBooked::Done(_)), "{done:?}");
    let (from, until) = (at("2027-10-30T00:00:00Z"), at("2027-11-01T00:00:00Z"));
    let starts: Vec<_> =
        cast.desk.calendar(from, until, None, None).await.unwrap().iter().map(|s| s.starts_at).collect();
    assert_eq!(starts, [at("2027-10-31T00:00:00Z"), offered]);
});

/// A server clock that is changed between two pages loses no time that is still ahead.
#[tokio::test]
async fn server_clock_change_between_two_pages_loses_no_time() {
    let world = World::new(Backend::Sqlite).await;
    let (_, cast) = practice_in_zone(&world, "Europe/Berlin", "2027-01-11T17:00:00Z", PortalRules::default()).await;
    let page = async |cursor| cast.amara.requestable_times(None, Some(cast.couple), cursor, 20).await.unwrap().unwrap();
    let first = page(None).await;
    let second = page(first.later).await;
    for hours in [-1, 1, 24, -24] {
        world.clock.advance(Duration::hours(hours));
        let again = page(first.later).await;
        let soonest = world.store.now() + Duration::hours(24);
        assert!(again.found.iter().all(|s| s.at >= soonest), "{hours}");
        let left: Vec<_> = second.found.iter().filter(|s| s.at >= soonest).collect();
        assert!(again.found.iter().zip(left).all(|(a, b)| a.at == b.at), "{hours}");
        // The link back leads to the first page if all times before have passed.
        let back = page(second.earlier).await;
        let now = page(None).await;
        let ahead = first.found.last().unwrap().at >= soonest;
        assert_eq!(back.found.last(), if ahead { first.found.last() } else { now.found.last() }, "{hours}");
    }
}

both!(offered_times_can_be_requested_when_liked_hours_start_at_odd_minutes, |world| {
    let (_, cast) = practice_in_zone(&world, "Europe/Berlin", "2026-11-23T11:00:00Z", PortalRules::default()).await;
    // From 09:10 to noon and from noon on: together one stretch.
    let mut week = Week::default();
    week.0[1] = read_hours("09:10-12:00, 12:00-13:20").unwrap();
    cast.amara.set_prefers(Some(&week)).await.unwrap();
    let found = cast.amara.requestable_times(None, Some(cast.couple), None, 99).await.unwrap().unwrap().found;
    let tuesday: Vec<String> =
        found.iter().map(|s| s.at.format("%d %H:%M").to_string()).filter(|text| text.starts_with("01 ")).collect();
    assert_eq!((tuesday.len(), tuesday[0].as_str(), tuesday[12].as_str()), (13, "01 08:15", "01 11:15"), "{tuesday:?}");
    for slot in found.iter().filter(|slot| slot.at > at("2026-12-01T00:00:00Z")).take(13) {
        let asked = cast.amara.request_time(None, Some(cast.couple), slot.at).await.unwrap();
        assert!(matches!(asked, store::RequestOutcome::Pending(_)), "{slot:?}: {asked:?}");
        let open = cast.amara.requests().await.unwrap().1.pop().unwrap().id;
        assert_eq!(cast.amara.withdraw_request(open).await.unwrap(), store::Withdrawal::Told);
        world.clock.advance(Duration::hours(4));
    }
});

both!(person_in_an_unknown_zone_does_not_stop_the_search, |world| {
    let (_, cast) = practice_in_zone(&world, "Europe/Berlin", "2026-11-23T11:00:00Z", PortalRules::default()).await;
    let mut week = Week::default();
    week.0[1] = read_hours("9-12").unwrap();
    cast.jonas.set_prefers(Some(&week)).await.unwrap();
    world.by_hand("UPDATE person SET zone = 'Mars/Olympus' WHERE id = $1", cast.jonas.person().0).await.unwrap();
    let form = Form::from_pairs([("client", cast.couple.to_string())]);
    let wish = SlotWish::read(&form, day("2026-11-23")).unwrap();
    assert_eq!(cast.desk.slots(&wish, 3).await.unwrap().unwrap().found.len(), 6, "two therapists at three times");
});

both!(search_says_when_more_therapists_are_free_than_named, |world| {
    let (app, cast) = practice_in_zone(&world, "Europe/Berlin", "2026-11-23T11:00:00Z", PortalRules::default()).await;
    let wish = SlotWish {
        clinician: None,
        place: SlotPlace::Online,
        preferred_times: Suits::NoMatter,
        ..SlotWish::read(&Form::from_pairs([("client", cast.couple.to_string())]), day("2026-11-23")).unwrap()
    };
    assert!(!cast.desk.slots(&wish, 3).await.unwrap().unwrap().unnamed);
    for name in ["Ada Okeke", "Zoe Lind"] {
        let new = NewStaff {
            display_name: name.to_owned(),
            email: EmailAddress::parse(&format!("{}@example.org", &name[..3].to_lowercase())).unwrap(),
            zone: zone("Europe/Berlin"),
            roles: vec![Role::Clinician],
        };
        cast.owner.invite_staff(&new).await.unwrap();
    }
    accept_invitations(&world.store, tests::people::NO_HASH).await;
    let page = cast.desk.slots(&wish, 3).await.unwrap().unwrap();
    assert!(page.unnamed && page.found.len() == 9, "{page:?}");
    assert!(matches!(page.later, Some(Cursor::From(next)) if next > page.found[8].at));
    let desk = app.cookie(&world, cast.desk.me()).await;
    let all = app.get(&format!("/slots?client={}&clinician=&place=online", cast.couple), Some(&desk)).await.text;
    assert!(all.contains("More therapists are free at some of these times."), "{all}");
    let one = format!("/slots?client={}&clinician={}&place=online", cast.couple, cast.ruth.me());
    assert!(!app.get(&one, Some(&desk)).await.text.contains("More therapists are free"));
});

both!(buffer_around_an_earlier_session_counts_at_the_start_of_a_list, |world| {
    let (_, cast) = practice_in_zone(&world, "Europe/Berlin", "2026-11-23T11:00:00Z", PortalRules::default()).await;
    let week = Week(std::array::from_fn(|_| read_hours("8-20").unwrap()));
    let buffers = Buffers { before: 120, after: 0 };
    cast.desk.set_week(cast.ruth.me(), day("2026-01-01"), &week.into(), buffers).await.unwrap();
    // The other session ends ten minutes before the first time that may be requested.
    let other = NewSession {
        client: cast.other_couple,
        place: Place::Link(String::new()),
        ..cast.wish(&world.store, "2026-11-24 11:00")
    };
    let timing = store::timing(other.starts, &zone("Europe/Berlin"), 50, None).unwrap();
    assert!(matches!(cast.desk.book(&other, &timing).await.unwrap(), Booked::Done(_)));
    let first = at("2026-11-24T13:00:00Z");
    let own = cast.amara.requestable_times(None, Some(cast.couple), None, 1).await.unwrap().unwrap();
    assert_eq!(own.found[0].at, first);
    let from = at("2026-11-24T11:00:00Z");
    let next = cast.desk.free_times(cast.couple, None, cast.ruth.me(), None, from, 50, 1).await.unwrap();
    assert_eq!(next.times, [first]);
    // The buffer also counts at the start of what is left of the day.
    world.clock.advance(from - world.store.now());
    assert_eq!(
        cast.desk.free_days(cast.ruth.me(), day("2026-11-24"), 1, 50).await.unwrap(),
        [(day("2026-11-24"), first)]
    );
    let today = cast.desk.free_today().await.unwrap().therapists;
    assert_eq!(today.iter().find(|(id, ..)| *id == cast.ruth.me()).unwrap().2[0].at, first);
});
