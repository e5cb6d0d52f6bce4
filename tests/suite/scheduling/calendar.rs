//! The views of the calendar: what each shows, and to whom.

use axum::http::StatusCode;
use domain::scheduling::session::{NewSession, Place};
use store::Booked;
use tests::{
    Backend, World,
    app::App,
    people::{Cast, zone},
};

async fn page(app: &App, cookie: &str, query: &str) -> String {
    let got = app.get(&format!("/calendar?{query}"), Some(cookie)).await;
    assert_eq!(got.status, StatusCode::OK, "{query}");
    got.text
}

#[tokio::test]
async fn each_calendar_view_shows_only_the_readers_sessions() {
    let world = World::new(Backend::Sqlite).await;
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    for day in ["2026-12-01 10:00", "2026-12-08 10:00", "2026-12-08 12:00"] {
        assert!(matches!(cast.book(&world.store, day).await, Booked::Done(_)));
    }
    let wish = NewSession {
        client: cast.other_couple,
        clinician: cast.emeka.me(),
        place: Place::Link("https://meet.example.org/x".into()),
        ..cast.wish(&world.store, "2026-12-08 10:00")
    };
    let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 50, None).unwrap();
    assert!(matches!(cast.desk.book(&wish, &timing).await.unwrap(), Booked::Done(_)));
    let (desk, ruth) = (app.cookie(&world, cast.desk.me()).await, app.cookie(&world, cast.ruth.me()).await);
    // A month: the front desk sees the first names of all, with their therapist; a
    // therapist sees their own clients only.
    let month = page(&app, &desk, "view=month&date=2026-12-20").await;
    assert_eq!((month.matches("Amara &amp; Jonas").count(), month.matches("Yusuf").count()), (3, 1));
    assert_eq!(month.matches("Emeka Obi, </span>").count(), 1);
    let own = page(&app, &ruth, "view=month&date=2026-12-20").await;
    assert_eq!(own.matches("Amara &amp; Jonas").count(), 3);
    assert!(!own.contains("Yusuf") && !own.contains("cal-who"));
    let emekas = page(&app, &desk, &format!("view=month&date=2026-12-20&clinician={}", cast.emeka.me())).await;
    assert!(emekas.contains("Yusuf") && !emekas.contains("Amara"));
    // The practice's week: a row for each hour, each session with its therapist.
    let week = page(&app, &desk, "view=week&date=2026-12-08").await;
    assert!(week.contains("7–13 December 2026") && week.contains("cal-dense"));
    assert_eq!(week.matches("title=\"Amara Nwosu &amp; Jonas Weber\"").count(), 2);
    assert!(week.contains("Ruth Abrahams, </span>") && week.contains("Emeka Obi, </span>"));
    // The month is shown from the first Monday to the last Sunday, without a week of
    // January alone.
    assert_eq!(own.matches("<td").count(), 35);
    // A list of one week.
    let agenda = page(&app, &desk, "view=agenda&date=2026-12-02").await;
    assert_eq!(agenda.matches("/sessions/0").count(), 3, "the first of December is over");
    assert!(page(&app, &ruth, "view=agenda&date=2026-12-09").await.contains("Nothing is booked"));
    // By room: each room has a column, and online sessions have one too.
    let rooms = page(&app, &desk, "view=day&date=2026-12-08&by=room").await;
    let (garden, online) = rooms.split_once(">Online</a>").expect("a column for what is online");
    assert!(garden.contains("Amara") && !garden.contains("Yusuf") && online.contains("Yusuf"));
    assert!(garden.contains(&format!("data-place=\"{}\"", cast.room)) && online.contains("data-place=\"online\""));
    // A therapist cannot look at the rooms of others.
    let alone = page(&app, &ruth, "view=day&date=2026-12-08&by=room").await;
    assert!(!alone.contains("Yusuf") && !alone.contains("By room"));
    // Impossible dates lead to today.
    for date in ["9999-12-31", "0001-01-01", "2026-02-31", "x"] {
        for view in ["day", "week", "month", "agenda"] {
            page(&app, &desk, &format!("view={view}&date={date}")).await;
        }
    }
}

/// A link can fill a form with a date, a time or an id, and with nothing else.
#[tokio::test]
async fn booking_form_takes_only_well_formed_values_from_a_link() {
    let world = World::new(Backend::Sqlite).await;
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let Booked::Done(id) = cast.book(&world.store, "2026-12-01 10:00").await else { panic!("free") };
    let desk = app.cookie(&world, cast.desk.me()).await;
    let moved =
        app.get(&format!("/sessions/{id}/move?date=2026-12-02&time=11%3A15&minutes=75"), Some(&desk)).await.text;
    for value in ["value=\"2026-12-02\"", "value=\"11:15\"", "value=\"75\""] {
        assert!(moved.contains(value), "{value}");
    }
    let search =
        app.get("/sessions/new?q=amara&date=2026-12-02&time=11%3A15&clinician=%22%3E%3Cscript", Some(&desk)).await.text;
    assert!(search.contains("&amp;time=11%3A15&amp;date=") || search.contains("&amp;date=2026-12-02&amp;time=11%3A15"));
    assert!(!search.contains("script\"") && !search.contains("&lt;script"));
}
