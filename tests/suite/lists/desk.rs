//! The lists of the front desk.

use chrono::Duration;
use domain::{
    clients::{client::ClientKind, taking_on::TakingOn},
    form::Form,
    ids::SessionId,
    scheduling::inquiry::{Inquiry, MeetingWish},
    scheduling::series::{End, Recurrence, SeriesRule},
    scheduling::slots::DayPart,
};
use store::{NewClient, TakenOn, limits};
use tests::{
    app::App,
    both,
    people::{Cast, details, zone},
};

use super::{List, at, base, check_one_more, copies, day, follow_pages, id, link_target, one_more_than};

both!(every_row_of_the_front_desk_is_reached_by_paging, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let kofi = app.cookie(&world, cast.desk.me()).await;
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let base = base(&world, &cast).await;
    let amara = world.id(cast.amara.person().0);
    let (sessions, script) =
        copies(&world, base, at("2027-01-04T09:00:00Z"), Duration::days(1), one_more_than(limits::REPLIES));
    world.script(&script).await.unwrap();
    let now = world.instant(world.store.now());
    let mut script = vec!["DELETE FROM email".to_owned()];
    // The other partner replies about every second session.
    for (n, session) in sessions.iter().enumerate() {
        let who = if n % 2 == 0 { cast.amara.person() } else { cast.jonas.person() };
        script.push(format!(
            "INSERT INTO session_reply (session_id, person_id, session_version, reply, replied_at, changes)
             VALUES ({}, {}, 0, 'alone', {now}, 0)",
            world.id(*session),
            world.id(who.0)
        ));
    }
    for n in 0..i32::try_from(one_more_than(limits::REQUESTS)).unwrap() {
        // All requests were made at the same instant, so their ids decide the order.
        let starts = at("2027-03-01T09:00:00Z") + Duration::minutes(i64::from(n));
        script.push(format!(
            "INSERT INTO session_request (id, kind, state, client_id, person_id, account_id, clinician_id,
                 link, starts, zone, minutes, starts_at, ends_at, made_at)
             SELECT {}, 'book', 'desk', client_id, {amara}, {}, clinician_id, '', starts, zone, minutes, {},
                 {}, created_at
             FROM session
             WHERE id = {}",
            world.id(id()),
            world.id(cast.amara.me().0),
            world.instant(starts),
            world.instant(starts + Duration::minutes(50)),
            world.id(base.0)
        ));
    }
    // One failed email more than a page holds, and to Jonas one more than the page of one
    // person holds.
    let not_after = world.instant(at("2027-01-01T00:00:00Z"));
    for n in 0..one_more_than(limits::EMAILS) {
        let to = if n <= limits::EMAILS_OF { cast.jonas.person() } else { cast.amara.person() };
        let about = if n < one_more_than(limits::UNDELIVERED) { sessions[0] } else { base.0 };
        script.push(format!(
            "INSERT INTO email (id, dedupe, kind, session_id, session_version, person_id, lead, due_at,
                 not_after, state, attempts, created_at, last_error)
             VALUES ({}, 'copy {n}', 'reminder', {}, 0, {}, '{n}h', {now}, {not_after}, 'failed', 1, {now},
                 'Refused {n} times.')",
            world.id(id()),
            world.id(about),
            world.id(to.0)
        ));
    }
    world.script(&script).await.unwrap();
    for n in 0..one_more_than(limits::RETURNED) {
        let new = details(&format!("Returned {n}"), &format!("returned{n}@example.org"), "Europe/Berlin");
        cast.ruth.create_client(&NewClient::Individual(new.into())).await.unwrap().unwrap();
    }
    let returned = "FROM person WHERE name LIKE 'Returned %'";
    world
        .script(&[
            format!("UPDATE person SET returned_at = {now}, returned_why = '550' WHERE name LIKE 'Returned %'"),
            format!(
                "INSERT INTO session_attendee (session_id, person_id) SELECT {}, id {returned}",
                world.id(sessions[0])
            ),
        ])
        .await
        .unwrap();
    for session in &sessions[..usize::try_from(one_more_than(limits::EARLIER)).unwrap()] {
        assert!(cast.desk.add_earlier_wish(SessionId(*session), DayPart::Any).await.unwrap());
    }
    for n in 0..one_more_than(limits::INQUIRIES) {
        let (part, meeting) = (DayPart::Any, MeetingWish::Any);
        let new = Inquiry {
            name: format!("New {n}"),
            email: None,
            phone: "1".into(),
            kind: ClientKind::Couple,
            part,
            meeting,
        };
        cast.desk.add_inquiry(&new, None).await.unwrap();
    }
    let first = day("2027-06-01");
    let rule = SeriesRule { first, recurrence: Recurrence::Weeks(1), end: End::Never };
    let wish = cast.wish(&world.store, "2027-06-01 16:00");
    let series = cast.desk.book_series(&wish, &rule, &zone("Europe/Berlin"), &store::Choices::default()).await.unwrap();
    let store::SeriesBooked::Done(series) = series else { panic!("free: {series:?}") };
    let (series, _) = cast.desk.session(series).await.unwrap().unwrap().series.unwrap();
    let script: Vec<String> = (0..one_more_than(limits::GAPS))
        .map(|n| {
            let on = world.day(first + Duration::days(n));
            format!(
                "INSERT INTO series_gap (series_id, on_day, reason, noted_at) VALUES ({}, {on}, 'taken', {now})",
                world.id(series)
            )
        })
        .chain(["DELETE FROM email WHERE state = 'planned'".to_owned()])
        .collect();
    world.script(&script).await.unwrap();

    let list =
        |limit, path: &str, more, row, part| List { limit, path: path.to_owned(), cookie: &kofi, more, row, part };
    let requests = ("REQUESTS", limits::REQUESTS);
    let part = ("id=\"requests\"", "</main>");
    check_one_more(&app, list(requests, "/requests", "More requests", "\"/requests/", part)).await;
    // The front desk's own page has the same link to the next requests.
    let desk = app.get("/desk", Some(&kofi)).await.text;
    assert_eq!(
        link_target(&desk, "More requests"),
        link_target(&app.get("/requests", Some(&kofi)).await.text, "More requests")
    );
    assert!(app.get("/today", Some(&ruth)).await.text.contains(&format!("Show all {} requests", requests.1 + 1)));
    let replies = ("REPLIES", limits::REPLIES);
    let part = ("id=\"replies\"", "</ul>");
    check_one_more(&app, list(replies, "/desk", "More replies", "\"/sessions/", part)).await;
    check_one_more(&app, List { cookie: &ruth, ..list(replies, "/today", "More replies", "\"/sessions/", part) }).await;
    let returned = ("RETURNED", limits::RETURNED);
    check_one_more(&app, list(returned, "/desk", "More addresses", "\"/people/", ("id=\"returned\"", "</ul>"))).await;
    // One session may have several emails, so the error texts tell them apart.
    let mails = ("UNDELIVERED", limits::UNDELIVERED);
    let undelivered = list(mails, "/desk", "More emails", "Refused ", ("id=\"undelivered\"", "</ul>"));
    assert_eq!(
        follow_pages(&app, &undelivered).await,
        usize::try_from(one_more_than(limits::EMAILS)).unwrap(),
        "all are of sessions ahead"
    );
    let messages = ("MESSAGES", limits::EMAILS);
    for path in ["/email-log?tab=attention", "/email-log"] {
        check_one_more(&app, list(messages, path, "More emails", "Refused ", ("id=\"mails\"", "</main>"))).await;
    }
    let of_jonas = format!("/email-log?person={}", cast.jonas.person());
    let messages_of = ("MESSAGES_OF", limits::EMAILS_OF);
    check_one_more(&app, list(messages_of, &of_jonas, "More emails", "Refused ", ("id=\"mails\"", "</main>"))).await;
    let inquiries = ("INQUIRIES", limits::INQUIRIES);
    let part = ("id=\"first\"", "</section>");
    check_one_more(&app, list(inquiries, "/waitlist", "More people", "action=\"/waitlist/", part)).await;
    let earlier = ("EARLIER", limits::EARLIER);
    let part = ("id=\"earlier\"", "</section>");
    check_one_more(&app, list(earlier, "/waitlist", "More sessions", "action=\"/sessions/", part)).await;
    let of_fees = sessions[..usize::try_from(one_more_than(limits::FEES)).unwrap()].iter().map(|session| {
        let session = world.id(*session);
        format!(
            "INSERT INTO fee_suggestion (session_id, amount, state, made_at) VALUES ({session}, '60 €', 'kept', {now})"
        )
    });
    world.script(&of_fees.collect::<Vec<_>>()).await.unwrap();
    let fees = ("FEES", limits::FEES);
    let part = ("id=\"fees\"", "</section>");
    check_one_more(&app, list(fees, "/fees", "Earlier fees", "\"/sessions/", part)).await;
    let file = app.get("/fees/file", Some(&kofi)).await.text;
    assert_eq!(file.lines().count(), usize::try_from(fees.1).unwrap() + 2, "the file has every row, and a heading");
    let gaps = ("GAPS", limits::GAPS);
    let calendar = "/calendar?view=week&date=2027-06-01";
    check_one_more(&app, list(gaps, calendar, "More days", "/gaps/", ("id=\"gaps\"", "</details>"))).await;
    let all = usize::try_from(gaps.1).unwrap() + 1;
    assert!(desk.contains(&format!("{all} sessions of series could not be booked")), "the desk counts all of them");
    assert!(app.get(calendar, Some(&kofi)).await.text.contains(&format!("{all} sessions of series")));
});

both!(crowded_day_of_a_month_names_some_sessions_and_links_to_the_rest, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let kofi = app.cookie(&world, cast.desk.me()).await;
    let base = base(&world, &cast).await;
    let count = one_more_than(limits::NAMED_IN_MONTH);
    let (_, script) = copies(&world, base, at("2027-01-05T09:00:00Z"), Duration::hours(1), count);
    world.script(&script).await.unwrap();
    let month = app.get("/calendar?view=month&date=2027-01-01", Some(&kofi)).await.text;
    assert_eq!(i64::try_from(month.matches("Amara &amp; Jonas").count()).unwrap(), limits::NAMED_IN_MONTH);
    assert!(month.contains("aria-label=\"1 more, Tuesday 5 January 2027\""), "{month}");
    let day = link_target(&month, "1 more").unwrap();
    let day = app.get(&day, Some(&kofi)).await.text;
    assert_eq!(i64::try_from(day.matches("cal-item-booked").count()).unwrap(), count);
});

both!(every_client_of_the_front_desk_and_every_offered_client_is_reached_by_paging, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let (kofi, ruth) = (app.cookie(&world, cast.desk.me()).await, app.cookie(&world, cast.ruth.me()).await);
    // The cast has two clients.
    let count = one_more_than(limits::DESK_CLIENTS) - 2;
    for n in 0..count {
        let name = format!("Zed Common {n}");
        let pairs = [("kind", "individual"), ("a.name", name.as_str()), ("a.phone", "030 5550 177")];
        let mut form = Form::from_pairs(pairs);
        form.set("clinician", cast.ruth.me().to_string());
        let new = TakingOn::read(&form, &zone("Europe/Berlin")).unwrap();
        let TakenOn::Done(client) = cast.desk.take_on(&new, None).await.unwrap() else { panic!("the desk") };
        if n > limits::OFFERED_CLIENTS {
            assert!(cast.ruth.accept_client(client).await.unwrap());
        }
    }
    let part = ("id=\"clients\"", "</main>");
    let (limit, row, more) = (("DESK_CLIENTS", limits::DESK_CLIENTS), "href=\"/desk/clients/", "More clients");
    check_one_more(&app, List { limit, path: "/desk/clients".to_owned(), cookie: &kofi, more, row, part }).await;
    let part = ("id=\"offered\"", "</section>");
    let (limit, row) = (("OFFERED_CLIENTS", limits::OFFERED_CLIENTS), "action=\"/clients/");
    check_one_more(&app, List { limit, path: "/today".to_owned(), cookie: &ruth, more, row, part }).await;
});
