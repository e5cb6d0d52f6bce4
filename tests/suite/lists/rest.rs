//! The lists of the practice, the library and a person’s own pages.

use chrono::Duration;
use domain::{
    form::Form,
    portability::client_list::{ClientList, Row},
    practice::hours::{Exception, ExceptionKind},
};
use store::{Booked, NewClient, limits};
use tests::{
    app::App,
    both,
    people::{Cast, details, person},
};

use super::{List, at, base, check_one_more, copies_alone, day, follow_pages, link_target, one_more_than, rows};

both!(every_row_of_the_remaining_pages_is_reached_by_paging, |world| {
    let mut app = App::new(&world);
    let cast = Cast::new(&world.store).await;
    let (ruth, olive) = (app.cookie(&world, cast.ruth.me()).await, app.cookie(&world, cast.owner.me()).await);
    let kofi = app.cookie(&world, cast.desk.me()).await;
    for n in 0..one_more_than(limits::DRAFTS) {
        let form = Form::from_pairs([("title", format!("Draft {n}"))]);
        cast.ruth.start_draft(None, &form).await.unwrap().unwrap();
    }
    for _ in 0..limits::AUDIT {
        cast.ruth.messages(cast.couple, cast.amara.person(), None).await.unwrap().unwrap();
    }
    let base = base(&world, &cast).await;
    // Two emails of each booking are sent: more than a page holds.
    let days = (0..)
        .map(|n| day("2026-12-01") + Duration::days(n))
        .filter(|d| chrono::Datelike::weekday(d).number_from_monday() < 6);
    for on in days.take(usize::try_from(limits::MAILBOX).unwrap() / 8 + 1) {
        for hour in ["09", "11", "13", "15"] {
            assert!(matches!(cast.book(&world.store, &format!("{on} {hour}:00")).await, Booked::Done(_)));
        }
    }
    loop {
        let claimed = world.store.worker().claim_due(100, Duration::minutes(1)).await.unwrap();
        if claimed.is_empty() {
            break;
        }
        for message in claimed {
            assert!(world.store.worker().store_body(message.id, message.token, b"Subject: x\r\n\r\nx").await.unwrap());
            assert!(world.store.worker().finish_sent(message.id, message.token).await.unwrap());
        }
    }
    let sent = world.number("SELECT count(*) FROM email WHERE state = 'sent'").await.unwrap();
    assert!(sent > limits::MAILBOX);
    let acts = world.number("SELECT count(*) FROM audit").await.unwrap();
    assert!(acts > limits::AUDIT, "{acts}");
    let away = |n: i64| {
        let on = day("2027-01-04") + Duration::days(n);
        let kind = ExceptionKind::Away;
        Exception { first: on, last: on, hours: None, kind, whole_practice: false, reason: String::new() }
    };
    let away: Vec<Exception> = (0..one_more_than(limits::EXCEPTIONS)).map(away).collect();
    cast.desk.add_exceptions(cast.ruth.me(), &away).await.unwrap().unwrap();
    // More sessions than are compared at once are within the hours; then come those on
    // days on which she is away, one more than a page holds.
    let mut script = Vec::new();
    let within = limits::COMPARED_AT_ONCE / 400 + 1;
    for n in 0..i32::try_from(within).unwrap() {
        let from = at("2026-12-21T08:00:00Z") + Duration::days(i64::from(n));
        script.extend(copies_alone(&world, base, from, Duration::minutes(1), 400));
    }
    script.extend(copies_alone(
        &world,
        base,
        at("2027-01-04T09:00:00Z"),
        Duration::days(1),
        one_more_than(limits::OUTSIDE),
    ));
    // Nobody has confirmed these times.
    script.push("UPDATE session SET outside = FALSE".to_owned());
    world.script(&script).await.unwrap();

    let audit = List {
        limit: ("AUDIT", limits::AUDIT),
        path: "/audit".to_owned(),
        cookie: &olive,
        more: "Older entries",
        row: "data-column=\"No.\">",
        part: ("id=\"log\"", "</main>"),
    };
    let acts = usize::try_from(world.number("SELECT count(*) FROM audit").await.unwrap()).unwrap();
    assert_eq!(follow_pages(&app, &audit).await, acts, "AUDIT");
    let drafts = List {
        limit: ("DRAFTS", limits::DRAFTS),
        path: "/authoring".to_owned(),
        cookie: &ruth,
        more: "Older drafts",
        row: "\"/authoring/",
        part: ("id=\"drafts\"", "</section>"),
    };
    check_one_more(&app, drafts).await;
    let hours = format!("/clinicians/{}/hours", cast.ruth.me());
    let list = |limit, more, row, part| List { limit, path: hours.clone(), cookie: &kofi, more, row, part };
    let exceptions = ("EXCEPTIONS", limits::EXCEPTIONS);
    let part = ("id=\"exceptions\"", "</section>");
    check_one_more(&app, list(exceptions, "More days", "\"/hours-exceptions/", part)).await;
    let outside = ("OUTSIDE", limits::OUTSIDE);
    check_one_more(&app, list(outside, "More sessions", "\"/sessions/", ("id=\"outside\"", "</section>"))).await;
    // The demo's mailbox; the oldest email can be opened, too.
    let config = duologue::config::Config { demo: true, ..app.state.config().clone() };
    app.state = duologue::state::AppState::new(config, world.store.clone(), tests::app::CODE);
    app.router = duologue::routes::router(app.state.clone());
    let mailbox = List {
        limit: ("MAILBOX", limits::MAILBOX),
        path: "/mailbox".to_owned(),
        cookie: "",
        more: "Older emails",
        row: "\"/mailbox/",
        part: ("id=\"mails\"", "</main>"),
    };
    assert_eq!(follow_pages(&app, &mailbox).await, usize::try_from(sent).unwrap(), "MAILBOX");
    let last = link_target(&app.get("/mailbox", None).await.text, "Older emails").unwrap();
    let oldest = rows(&mailbox, &app.get(&last, None).await.text).pop_first().unwrap();
    assert_eq!(app.get(&format!("/mailbox/{oldest}"), None).await.status, 200);
});

both!(every_thread_of_messages_is_reached_by_paging, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    for n in 0..one_more_than(limits::THREADS) {
        let new = details(&format!("Zed {n}"), &format!("z{n}@example.org"), "Europe/Berlin");
        let client = cast.ruth.create_client(&NewClient::Individual(new.into())).await.unwrap().unwrap();
        let zed = person(&cast.ruth, client, "Zed").await;
        assert!(cast.ruth.answer_message(client, zed, "canary-text", None).await.unwrap());
    }
    let threads = List {
        limit: ("THREADS", limits::THREADS),
        path: "/messages".to_owned(),
        cookie: &ruth,
        more: "Older messages",
        row: "Messages with ",
        part: ("id=\"threads\"", "</main>"),
    };
    check_one_more(&app, threads).await;
});

both!(every_import_and_every_client_due_for_deletion_is_reached_by_paging, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let rows = vec![Row { number: 2, cells: vec!["Zed".to_owned()] }];
    let list = ClientList { heads: vec!["Name".to_owned()], rows, remarks: vec![] };
    for n in 0..one_more_than(limits::CLIENT_IMPORTS) {
        cast.owner.read_client_list(&format!("list-{n}.csv"), &list).await.unwrap();
    }
    let old = world.number("SELECT count(*) FROM client").await.unwrap();
    for n in 0..one_more_than(limits::RETENTION) - old {
        let new = details(&format!("Zed {n}"), &format!("z{n}@example.org"), "Europe/Berlin");
        cast.ruth.create_client(&NewClient::Individual(new.into())).await.unwrap().unwrap();
    }
    world.clock.advance(Duration::days(366 * 11));
    let owner = app.cookie(&world, cast.owner.me()).await;
    let imports = List {
        limit: ("CLIENT_IMPORTS", limits::CLIENT_IMPORTS),
        path: "/practice/imports".to_owned(),
        cookie: &owner,
        more: "Older imports",
        row: "\"/practice/imports/",
        part: ("id=\"imports\"", "</section>"),
    };
    check_one_more(&app, imports).await;
    let due = List {
        limit: ("RETENTION", limits::RETENTION),
        path: "/practice/retention".to_owned(),
        cookie: &owner,
        more: "More clients",
        row: "name=\"client\" value=\"",
        part: ("id=\"due\"", "</section>"),
    };
    check_one_more(&app, due).await;
});

both!(every_event_of_an_account_is_reached_by_paging, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    for _ in 0..one_more_than(limits::ACCOUNT_EVENTS) {
        world.store.record_failed_sign_in(Some(cast.ruth.me())).await.unwrap();
        world.clock.advance(Duration::minutes(1));
    }
    let (ruth, owner) = (app.cookie(&world, cast.ruth.me()).await, app.cookie(&world, cast.owner.me()).await);
    for (path, cookie) in [("/account/security", &ruth), ("/staff", &owner)] {
        let events = List {
            limit: ("ACCOUNT_EVENTS", limits::ACCOUNT_EVENTS),
            path: path.to_owned(),
            cookie,
            more: "Older events",
            row: "<td data-column=\"When\">",
            part: ("id=\"events\"", "</section>"),
        };
        check_one_more(&app, events).await;
    }
});
