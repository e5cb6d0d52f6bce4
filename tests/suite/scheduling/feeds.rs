//! A person's own sessions as a calendar feed: what it contains, for whom, and how its
//! address is withdrawn.

use axum::http::StatusCode;
use domain::scheduling::session::NewSession;
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

    /// Creates a feed as its owner does, and returns its path.
    async fn make(&self, world: &World, account: domain::ids::AccountId, wording: &str) -> String {
        let cookie = self.app.cookie(world, account).await;
        let form = [("do", "make"), ("wording", wording)];
        let made = self.app.post("/account/feed", Some(&cookie), &form).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER);
        let page = self.app.get("/account/feed", Some(&cookie)).await.text;
        let from = page.find("/feeds/").expect("the address is shown");
        page[from..].split('"').next().unwrap().to_owned()
    }

    /// The text of a feed with folded lines joined; `None` where there is no such feed.
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

both!(therapists_feed_shows_the_chosen_wording, |world| {
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
        for line in ["DTSTART:20270325T090000Z", "DTSTART:20270401T080000Z"] {
            assert!(text.contains(&format!("{line}\r\n")), "{text}");
        }
    }
    // Another therapist's own feed is empty.
    let other = stage.make(&world, cast.emeka.me(), "names").await;
    assert!(!stage.read(&other).await.unwrap().contains("VEVENT"));
});

both!(partners_feed_holds_only_their_sessions_and_no_names, |world| {
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
    // The same instant for both; each calendar program shows it by its reader's clock.
    for (text, zone) in [(&amara, "Europe/Berlin"), (&jonas, "Europe/London")] {
        assert!(text.contains("DTSTART:20261130T140000Z\r\n"), "{text}");
        assert!(text.contains(&format!("X-WR-TIMEZONE:{zone}\r\n")), "{text}");
    }
    for text in [&amara, &jonas] {
        assert_eq!(text.matches("SUMMARY:Appointment\r\n").count(), text.matches("BEGIN:VEVENT").count());
        for word in ["Amara", "Jonas", "Ruth", "Garden", "Lakeside", "example.org", "therap"] {
            assert!(!text.contains(word), "{word}");
        }
    }
    // A shared session has another UID in each feed, so that neither finds the other's.
    let uids = |text: &str| text.lines().filter(|l| l.starts_with("UID:")).map(str::to_owned).collect::<Vec<_>>();
    assert!(uids(&amara).iter().all(|uid| !uids(&jonas).contains(uid)));
    // A cancelled session disappears from the feed.
    let session = cast
        .desk
        .calendar("2026-11-30T00:00:00Z".parse().unwrap(), "2026-12-01T00:00:00Z".parse().unwrap(), None, None)
        .await
        .unwrap()[0]
        .id;
    cast.desk
        .cancel(
            session,
            &domain::scheduling::session::Cancellation {
                by: domain::scheduling::session::CancelledBy::Practice,
                reason: String::new(),
            },
        )
        .await
        .unwrap();
    let path = stage.make(&world, cast.amara.me(), "names").await;
    assert!(!stage.read(&path).await.unwrap().contains("VEVENT"));
});

// Two sessions in an hour that the partner's clock shows twice: a local time could not
// tell them apart (RFC 5545 §3.3.5).
both!(repeated_clock_hour_stays_distinct_in_the_feed, |world| {
    let stage = Stage::new(&world).await;
    let cast = &stage.cast;
    let jonas = stage.app.cookie(&world, cast.jonas.me()).await;
    stage.app.post("/account/zone", Some(&jonas), &[("zone", "America/New_York")]).await;
    for at in ["2027-11-07 06:10", "2027-11-07 07:10"] {
        assert!(matches!(cast.book(&world.store, at).await, Booked::Done(_)));
    }
    let feed = stage.read(&stage.make(&world, cast.jonas.me(), "names").await).await.unwrap();
    for line in ["DTSTART:20271107T051000Z", "DTSTART:20271107T061000Z"] {
        assert!(feed.contains(&format!("{line}\r\n")), "{feed}");
    }
    let cookie = stage.app.cookie(&world, cast.jonas.me()).await;
    let portal = stage.app.get("/portal/sessions", Some(&cookie)).await.text;
    for shown in ["Sun 7 Nov, 01:10 (UTC−4)", "Sun 7 Nov, 01:10 (UTC−5)"] {
        assert!(portal.contains(shown), "{shown}");
    }
});

// Calendar programs that respect robots.txt may read feeds, and search engines list
// nothing.
both!(robots_txt_allows_feeds_and_no_page_is_indexed, |world| {
    let stage = Stage::new(&world).await;
    let robots = stage.app.get("/robots.txt", None).await;
    assert_eq!(robots.status, StatusCode::OK);
    let rules: Vec<&str> = robots.text.lines().collect();
    assert_eq!(rules.first(), Some(&"User-agent: *"));
    let at = |rule: &str| rules.iter().position(|r| *r == rule);
    assert!(at("Allow: /feeds/").is_some() && at("Allow: /feeds/") < at("Disallow: /"), "{}", robots.text);
    let path = stage.make(&world, stage.cast.ruth.me(), "busy").await;
    for path in [path.as_str(), "/robots.txt", "/sign-in", "/inquire", "/nowhere", "/portal", "/healthz"] {
        let answer = stage.app.get(path, None).await;
        assert_eq!(answer.headers["x-robots-tag"], "noindex, nofollow", "{path}");
    }
});

both!(feed_address_can_be_withdrawn, |world| {
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
    // A disabled account's feed ends, too.
    let theirs = stage.make(&world, cast.emeka.me(), "names").await;
    cast.owner.set_disabled(cast.emeka.me(), true).await.unwrap();
    assert!(stage.read(&theirs).await.is_none());
    // The front desk has no sessions of its own.
    let desk = stage.app.cookie(&world, cast.desk.me()).await;
    assert_eq!(stage.app.post("/account/feed", Some(&desk), &[("do", "make")]).await.status, StatusCode::NOT_FOUND);
    assert!(!stage.app.get("/account", Some(&desk)).await.text.contains("/account/feed"));
    assert_eq!(stage.app.get("/account/feed", Some(&desk)).await.status, StatusCode::NOT_FOUND);
    assert!(stage.read("/feeds/none.ics").await.is_none());
});
