//! The lists of a partner’s portal, and what their pages tell of the other partner.

use chrono::Duration;
use domain::exercises::assignment::Frequency;
use store::{Partner, limits};
use tests::{
    World,
    app::App,
    both,
    people::{Cast, small_answers},
};

use super::{List, assign, at, base, check_one_more, copies, link_target, one_more_than, rows};

async fn portal_of(world: &World, app: &App, partner: &Partner) -> String {
    app.cookie(world, partner.me()).await
}

both!(every_row_of_the_portal_is_reached_by_paging, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let (ruth, amara) = (app.cookie(&world, cast.ruth.me()).await, portal_of(&world, &app, &cast.amara).await);
    for _ in 0..one_more_than(limits::SENT_RESPONSES) {
        assign(&cast, "small", Frequency::BeforeNext).await;
    }
    for item in cast.amara.exercises(None).await.unwrap().rows {
        cast.amara.submit(item.occurrence, &small_answers("amara")).await.unwrap();
    }
    for _ in 0..one_more_than(limits::OPEN_RESPONSES) {
        assign(&cast, "open", Frequency::BeforeNext).await;
    }
    let base = base(&world, &cast).await;
    let (_, script) =
        copies(&world, base, at("2027-01-04T09:00:00Z"), Duration::days(1), one_more_than(limits::OWN_SESSIONS) - 1);
    world.script(&script).await.unwrap();
    for n in 0..one_more_than(limits::MESSAGES) {
        cast.amara.write_message(cast.couple, None, &format!("(message {n})"), None).await.unwrap();
    }
    let list = |limit, more, row, part| List { limit, path: "/portal".to_owned(), cookie: &amara, more, row, part };
    check_one_more(
        &app,
        list(
            ("OPEN_RESPONSES", limits::OPEN_RESPONSES),
            "More exercises",
            "\"/portal/exercises/",
            ("id=\"today\"", "id=\"messages\""),
        ),
    )
    .await;
    check_one_more(
        &app,
        list(
            ("SENT_RESPONSES", limits::SENT_RESPONSES),
            "Older",
            "\"/portal/exercises/",
            ("id=\"done\"", "</section>"),
        ),
    )
    .await;
    // The first row is the next session, which every page shows above the list.
    let sessions = ("id=\"next\"", "</main>");
    let own = List {
        path: "/portal/sessions".to_owned(),
        ..list(("OWN_SESSIONS", limits::OWN_SESSIONS), "Later sessions", "\"/portal/sessions/", sessions)
    };
    let first = rows(&own, &app.get(&own.path, Some(&amara)).await.text);
    let next = link_target(&app.get(&own.path, Some(&amara)).await.text, own.more).unwrap();
    let second = rows(&own, &app.get(&next, Some(&amara)).await.text);
    assert_eq!(first.len(), usize::try_from(limits::OWN_SESSIONS).unwrap());
    assert_eq!(first.union(&second).count(), usize::try_from(limits::OWN_SESSIONS).unwrap() + 1, "OWN_SESSIONS");
    assert!(second.contains(&base.to_string()));
    // The therapist reads the latest page: older messages remain unread.
    let before = cast.ruth.messages_waiting().await.unwrap()[0].unread;
    assert_eq!(before, one_more_than(limits::MESSAGES));
    let thread = format!("/clients/{}/messages/{}", cast.couple, cast.amara.person());
    for (path, cookie) in [(thread, &ruth), ("/portal/messages".to_owned(), &amara)] {
        let messages = List {
            limit: ("LETTERS", limits::MESSAGES),
            path,
            cookie,
            more: "Earlier messages",
            row: "(message ",
            part: ("", ""),
        };
        let latest = rows(&messages, &app.get(&messages.path, Some(cookie)).await.text);
        assert!(!latest.contains("0)"), "the latest are first");
        if *cookie == ruth {
            assert_eq!(cast.ruth.messages_waiting().await.unwrap()[0].unread, 1, "only what is shown counts as read");
        }
        check_one_more(&app, messages).await;
    }
    assert_eq!(cast.ruth.messages_waiting().await.unwrap()[0].unread, 0);
});

both!(portal_paging_reveals_nothing_of_the_other_partner, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let amara = portal_of(&world, &app, &cast.amara).await;
    for _ in 0..one_more_than(limits::OPEN_RESPONSES) {
        assign(&cast, "small", Frequency::BeforeNext).await;
    }
    let pages = async || {
        let first = app.get("/portal", Some(&amara)).await.text;
        let next = link_target(&first, "More exercises").unwrap();
        let second = app.get(&next, Some(&amara)).await.text;
        let plain =
            |text: String| text.split("nonce=").map(|p| p.split_once('"').map_or(p, |(_, p)| p)).collect::<String>();
        (next, plain(first).len(), plain(second).len())
    };
    let before = pages().await;
    for item in cast.jonas.exercises(None).await.unwrap().rows.iter().take(5) {
        cast.jonas.submit(item.occurrence, &small_answers("jonas")).await.unwrap();
    }
    for _ in 0..3 {
        cast.jonas.write_message(cast.couple, None, "canary", None).await.unwrap();
    }
    assert_eq!(pages().await, before, "a place in a list is made of one's own rows");
});
