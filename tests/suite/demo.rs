//! The demo: whenever it starts, it is a working day in it.

use chrono::{DateTime, Duration, Utc};
use domain::{scheduling::session::SessionState, zone};
use duologue::demo;
use store::Bookings;
use tests::{Backend, World, people::visitor};

/// The bookings scope of the account with this sign-in name.
async fn bookings(world: &World, login: &str) -> Bookings {
    let account = world.store.sign_in(login).await.unwrap().unwrap().account;
    world.store.bookings(&visitor(&world.store, account).await).unwrap()
}

/// Loads the exercises and pathways that the program comes with.
async fn load_library(world: &World) {
    world.store.load_library(&duologue::library::documents().unwrap()).await.unwrap();
    world.store.load_pathways(&duologue::library::pathways().unwrap()).await.unwrap();
    world.store.load_intake_list(&duologue::library::intake_list().unwrap()).await.unwrap();
}

/// Fills the demo at this instant and checks its day.
async fn check_day_at(instant: &str) {
    let world = World::new(Backend::Sqlite).await;
    let now: DateTime<Utc> = instant.parse().unwrap();
    world.clock.advance(now - world.clock.now());
    load_library(&world).await;
    demo::fill(&world.store, tests::people::NO_HASH).await.unwrap();

    let practice = world.store.guest().practice().await.unwrap().unwrap();
    let (zone, local) = (practice.zone.clone(), zone::wall_time(now, &practice.zone));
    assert!((practice.opens..practice.closes).contains(&local.time()), "{instant}: open, it is {local}");
    assert!(practice.open_days.contains(&chrono::Datelike::weekday(&local)), "{instant}: {local}");

    let desk = bookings(&world, "kofi").await;
    let (from, until) = zone::day(local.date(), &zone).unwrap();
    let today = desk.calendar(from, until, None, None).await.unwrap();
    let count = |wanted: &dyn Fn(&store::CalendarRow) -> bool| today.iter().filter(|row| wanted(row)).count();
    assert!(count(&|row| row.ends_at <= now) >= 2, "{instant}: a morning is behind it: {today:?}");
    assert!(count(&|row| row.starts_at > now) >= 3, "{instant}: an afternoon is ahead: {today:?}");
    assert!(count(&|row| row.state == SessionState::Arrived) >= 1, "{instant}: clients have arrived");
    assert!(count(&|row| row.state == SessionState::NoShow) == 1, "{instant}: one couple did not come");
    assert!(
        today.iter().all(|row| row.ends_at > now || row.state != SessionState::Booked),
        "{instant}: nothing left over"
    );

    assert!(!desk.requests(None).await.unwrap().rows.is_empty(), "{instant}: a request to answer");
    assert_eq!(desk.undelivered(None).await.unwrap().rows.len(), 1, "{instant}: an email that was not delivered");
    assert!(desk.inquiries_waiting().await.unwrap() >= 1, "{instant}: the waitlist");
    let open_notes = "SELECT count(*) FROM note WHERE signed_at IS NULL AND session_id IS NOT NULL";
    assert_eq!(world.number(open_notes).await.unwrap(), 1, "{instant}: a note to sign");
    let shared = "SELECT count(*) - count(DISTINCT phone) FROM person";
    assert_eq!(world.number(shared).await.unwrap(), 0, "{instant}: each person has their own number");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_is_a_working_day_on_a_saturday_night() {
    check_day_at("2026-11-28T22:40:00Z").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_is_a_working_day_before_dawn_and_across_the_turn_of_the_year() {
    check_day_at("2026-12-31T23:59:30Z").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_is_a_working_day_on_a_sunday_on_which_the_clocks_change() {
    check_day_at("2027-03-28T13:20:00Z").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_is_a_working_day_on_a_wednesday_morning() {
    check_day_at("2026-11-25T08:30:00Z").await;
}

/// The demo that is opened the next week is still the same practice, and a second
/// start changes nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_is_filled_once() {
    let world = World::new(Backend::Sqlite).await;
    load_library(&world).await;
    demo::fill(&world.store, tests::people::NO_HASH).await.unwrap();
    let sessions = world.number("SELECT count(*) FROM session").await.unwrap();
    world.clock.advance(Duration::days(7));
    assert!(!demo::fill(&world.store, tests::people::NO_HASH).await.unwrap().is_empty());
    assert_eq!(world.number("SELECT count(*) FROM session").await.unwrap(), sessions);
}
