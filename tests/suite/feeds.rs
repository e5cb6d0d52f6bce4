//! One's own sessions in a calendar elsewhere: what it holds, for whom, and
//! that the address can be taken back.

use axum::http::StatusCode;
use domain::session::NewSession;
use store::Booked;
use tests::{
    World,
    app::App,
    both,
    people::{Cast, zone},
};

struct Stage {
    app: App,
    cast: Cast,
}

impl Stage {
    async fn new(world: &World) -> Self {
        Self { app: App::new(world), cast: Cast::new(&world.store).await }
    }

    /// Makes an address as its owner does, and gives the path of it.
    async fn make(&self, world: &World, account: domain::ids::AccountId, wording: &str) -> String {
        let cookie = self.app.cookie(world, account).await;
        let form = [("do", "make"), ("wording", wording)];
        let made = self.app.post("/account/feed", Some(&cookie), &form).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER);
        let page = self.app.get("/account", Some(&cookie)).await.text;
        let from = page.find("/feeds/").expect("the address is shown");
        page[from..].split('"').next().unwrap().to_owned()
    }

    /// The feed's text with folded lines joined; `None`: it reads nothing.
    async fn read(&self, path: &str) -> Option<String> {
        let got = self.app.get(path, None).await;
        if got.status == StatusCode::NOT_FOUND {
            return None;
        }
        assert_eq!(got.headers["content-type"], "text/calendar; charset=utf-8");
        assert!(got.headers["cache-control"].to_str().unwrap().contains("no-store"));
        Some(got.text.replace("\r\n ", ""))
    }
}

both!(a_therapists_feed_says_what_they_chose, |world| {
    let stage = Stage::new(&world).await;
    let cast = &stage.cast;
    assert!(matches!(cast.book(&world.store, "2027-03-25 10:00").await, Booked::Done(_)));
    assert!(matches!(cast.book(&world.store, "2027-04-01 10:00").await, Booked::Done(_)));
    for (wording, says, never) in [
        ("busy", "SUMMARY:Busy", "Garden"),
        ("initials", "SUMMARY:A. & J.", "Amara"),
        ("names", "SUMMARY:Amara Nwosu & Jonas Weber", "Busy"),
    ] {
        let path = stage.make(&world, cast.ruth.me(), wording).await;
        let text = stage.read(&path).await.expect("it reads");
        assert!(text.contains(&format!("{says}\r\n")), "{text}");
        assert!(!text.contains(never), "{wording} says {never}");
        for line in ["DTSTART;TZID=Europe/Berlin:20270325T100000", "DTSTART;TZID=Europe/Berlin:20270401T100000"] {
            assert!(text.contains(&format!("{line}\r\n")), "{text}");
        }
    }
    // Another therapist's own is empty.
    let other = stage.make(&world, cast.emeka.me(), "names").await;
    assert!(!stage.read(&other).await.unwrap().contains("VEVENT"));
});

both!(a_partners_feed_holds_their_own_and_no_word_of_the_other, |world| {
    let stage = Stage::new(&world).await;
    let cast = &stage.cast;
    assert!(matches!(cast.book(&world.store, "2026-11-30 15:00").await, Booked::Done(_)));
    let alone = NewSession { attendee: Some(cast.jonas.person()), ..cast.wish(&world.store, "2026-12-02 15:00") };
    let timing = store::timing(alone.starts, &zone("Europe/Berlin"), 50, None).unwrap();
    assert!(matches!(cast.desk.book(&alone, &timing).await.unwrap(), Booked::Done(_)));
    let amara = stage.read(&stage.make(&world, cast.amara.me(), "names").await).await.unwrap();
    let jonas = stage.read(&stage.make(&world, cast.jonas.me(), "names").await).await.unwrap();
    assert_eq!(amara.matches("BEGIN:VEVENT").count(), 1, "not what is his alone");
    assert_eq!(jonas.matches("BEGIN:VEVENT").count(), 2);
    // Each on their own clock.
    assert!(amara.contains("DTSTART;TZID=Europe/Berlin:20261130T150000\r\n"));
    assert!(jonas.contains("DTSTART;TZID=America/New_York:20261130T090000\r\n"), "{jonas}");
    for text in [&amara, &jonas] {
        assert_eq!(text.matches("SUMMARY:Appointment\r\n").count(), text.matches("BEGIN:VEVENT").count());
        for word in ["Amara", "Jonas", "Ruth", "Garden", "Lakeside", "example.org", "therap"] {
            assert!(!text.contains(word), "{word}");
        }
    }
    // What they share has a name of its own in each: nobody finds the other's.
    let uids = |text: &str| text.lines().filter(|l| l.starts_with("UID:")).map(str::to_owned).collect::<Vec<_>>();
    assert!(uids(&amara).iter().all(|uid| !uids(&jonas).contains(uid)));
    // Moved, it is there at its new time with a higher number; cancelled, it is gone.
    let session = cast
        .desk
        .calendar("2026-11-30T00:00:00Z".parse().unwrap(), "2026-12-01T00:00:00Z".parse().unwrap(), None, None)
        .await
        .unwrap()[0]
        .id;
    cast.desk
        .cancel(
            session,
            &domain::session::Cancellation { by: domain::session::CancelledBy::Practice, reason: String::new() },
        )
        .await
        .unwrap();
    let path = stage.make(&world, cast.amara.me(), "names").await;
    assert!(!stage.read(&path).await.unwrap().contains("VEVENT"));
});

both!(an_address_is_taken_back, |world| {
    let stage = Stage::new(&world).await;
    let cast = &stage.cast;
    let first = stage.make(&world, cast.ruth.me(), "busy").await;
    assert!(stage.read(&first).await.is_some());
    assert!(stage.read(first.trim_end_matches(".ics")).await.is_some());
    let second = stage.make(&world, cast.ruth.me(), "busy").await;
    assert_ne!(first, second);
    assert!(stage.read(&first).await.is_none(), "the old one");
    assert!(stage.read(&second).await.is_some());
    let cookie = stage.app.cookie(&world, cast.ruth.me()).await;
    stage.app.post("/account/feed", Some(&cookie), &[("do", "stop")]).await;
    assert!(stage.read(&second).await.is_none(), "stopped");
    // Whoever is shut out is shut out here too.
    let theirs = stage.make(&world, cast.emeka.me(), "names").await;
    cast.owner.set_disabled(cast.emeka.me(), true).await.unwrap();
    assert!(stage.read(&theirs).await.is_none());
    // The front desk has no sessions of its own.
    let desk = stage.app.cookie(&world, cast.desk.me()).await;
    assert_eq!(stage.app.post("/account/feed", Some(&desk), &[("do", "make")]).await.status, StatusCode::NOT_FOUND);
    assert!(!stage.app.get("/account", Some(&desk)).await.text.contains("/account/feed"));
    assert!(stage.read("/feeds/none.ics").await.is_none());
});
