//! Replies about a session by the links in a reminder: bound to one person and one time,
//! and harmless to open.

use axum::http::StatusCode;
use chrono::Duration;
use domain::{
    ids::SessionId,
    outbox::{lead::Lead, reminder::EmailKind},
    practice::settings::{KindRule, Practice},
    scheduling::{
        reply::{Reply, ReplyReminders},
        session::SessionKind,
    },
};
use store::{Booked, BookedAlone, EmailFacts, Invite, MoveTarget};
use tests::{World, app::App, both, cancelled, people::Cast};

/// A joint session on 30 November; returns it with the recipient and reply token of each
/// first reminder.
async fn send_first_reminders(world: &World, cast: &Cast) -> (SessionId, Vec<(String, String)>) {
    let Booked::Done(id) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    send_due(world).await;
    world.clock.advance(Duration::days(4));
    let tokens = send_due(world).await.into_iter().filter_map(|(name, _, token)| Some((name, token?))).collect();
    (id, tokens)
}

/// Sends everything that is due; returns the recipient, kind and reply token of each
/// email.
async fn send_due(world: &World) -> Vec<(String, EmailKind, Option<String>)> {
    let mut sent = Vec::new();
    for email in world.store.worker().claim_due(100, Duration::minutes(2)).await.unwrap() {
        assert!(world.store.worker().store_body(email.id, email.token, b"x").await.unwrap());
        assert!(world.store.worker().finish_sent(email.id, email.token).await.unwrap());
        let token = if let EmailFacts::Session(facts) = &email.facts { facts.asks.clone() } else { None };
        sent.push((email.recipient_name.split(' ').next().unwrap().to_owned(), email.kind, token));
    }
    sent.sort_by_key(|(name, kind, _)| (name.clone(), kind.word()));
    sent
}

fn token_of<'a>(tokens: &'a [(String, String)], name: &str) -> &'a str {
    &tokens.iter().find(|(n, _)| n == name).unwrap().1
}

both!(first_reminder_has_reply_links_and_opening_one_is_no_reply, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let (id, tokens) = send_first_reminders(&world, &cast).await;
    assert_eq!(tokens.len(), 2, "three days before, each of the two is asked: {tokens:?}");
    let path = format!("/replies/{}", token_of(&tokens, "Amara"));
    // A scanner opens every link of the email.
    for reply in Reply::ALL {
        let shown = app.get(&format!("{path}?reply={}", reply.word()), None).await;
        assert_eq!(shown.status, StatusCode::OK);
        assert!(shown.text.contains("Monday 30 November 2026, 10:00"), "the time");
        for word in ["Amara", "Jonas", "Ruth", "Garden", "Bridge", "therap", "session"] {
            let main = shown.text.split("<main").nth(1).unwrap().split("</main>").next().unwrap();
            assert!(!main.contains(word), "{word} is nobody's business without signing in");
        }
    }
    assert!(cast.desk.replies(id).await.unwrap().is_empty(), "looking says nothing");
    let day = (world.store.now(), world.store.now() + Duration::days(5));
    assert!(!cast.desk.confirmed(day.0, day.1).await.unwrap()[&id].yes);
    // Pressed twice, the reply is stored once.
    for _ in 0..2 {
        let said = app.post(&path, None, &[("reply", "coming")]).await;
        assert!(said.status == StatusCode::OK && said.text.contains("Thank you"));
    }
    let replies = cast.desk.replies(id).await.unwrap();
    assert_eq!(replies.len(), 1);
    assert_eq!((replies[0].reply, replies[0].open, replies[0].name.as_str()), (Reply::Coming, false, "Amara Nwosu"));
    assert!(cast.desk.confirmed(day.0, day.1).await.unwrap()[&id].yes);
    // The reminder of the day before has the facts and asks nothing.
    world.clock.advance(Duration::days(2));
    let reminders = send_due(&world).await;
    assert_eq!(reminders.iter().filter(|(_, kind, token)| *kind == EmailKind::Reminder && token.is_none()).count(), 2);
});

both!(reply_is_visible_to_the_practice_only, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let (id, tokens) = send_first_reminders(&world, &cast).await;
    let said = app.post(&format!("/replies/{}", token_of(&tokens, "Jonas")), None, &[("reply", "alone")]).await;
    assert_eq!(said.status, StatusCode::OK);
    let amara = app.cookie(&world, cast.amara.me()).await;
    for path in
        ["/portal".to_owned(), format!("/portal/sessions/{id}"), format!("/replies/{}", token_of(&tokens, "Amara"))]
    {
        let page = app.get(&path, Some(&amara)).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.text.contains("You said") && !page.text.contains("only you can come"), "{path}");
    }
    let open = cast.desk.open_replies(None, None).await.unwrap().rows;
    assert_eq!(open.iter().map(|r| (r.session, r.reply)).collect::<Vec<_>>(), [(id, Reply::Alone)]);
    let own = world.store.bookings(cast.ruth.visitor()).unwrap();
    assert_eq!(own.open_replies(None, None).await.unwrap().rows.len(), 1, "its therapist sees it");
    let emeka = world.store.bookings(cast.emeka.visitor()).unwrap();
    assert!(
        emeka.open_replies(None, None).await.unwrap().rows.is_empty() && emeka.replies(id).await.unwrap().is_empty()
    );
    assert!(!emeka.settle_reply(id, cast.jonas.person()).await.unwrap());
    assert_eq!(emeka.book_alone(id, cast.jonas.person()).await.unwrap(), BookedAlone::Unknown);
    // If one partner is met alone, the other's session is cancelled, and they learn
    // nothing else.
    send_due(&world).await;
    let BookedAlone::Done(alone) = own.book_alone(id, cast.jonas.person()).await.unwrap() else { panic!("free") };
    let view = cast.desk.session(alone).await.unwrap().unwrap();
    assert_eq!(view.attendees.iter().map(|a| a.person).collect::<Vec<_>>(), [cast.jonas.person()]);
    assert!(cast.desk.open_replies(None, None).await.unwrap().rows.is_empty());
    assert_eq!(own.book_alone(id, cast.jonas.person()).await.unwrap(), BookedAlone::Refused, "done once");
    world.clock.advance(Duration::minutes(10));
    let told = send_due(&world).await;
    assert!(told.iter().any(|(name, kind, _)| name == "Amara" && *kind == EmailKind::Cancelled), "{told:?}");
    assert!(!told.iter().any(|(name, kind, _)| name == "Amara" && *kind == EmailKind::Confirmation), "{told:?}");
});

both!(reply_link_is_valid_for_one_person_and_one_time, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let (id, tokens) = send_first_reminders(&world, &cast).await;
    let (amara, jonas) = (token_of(&tokens, "Amara"), token_of(&tokens, "Jonas"));
    assert_ne!(amara, jonas);
    // Another person's id with one's own signature, a changed bit, half a token, and
    // none.
    let mixed = format!("{}{}", &jonas[..20], &amara[20..]);
    let turned = format!("{}{}", &amara[..amara.len() - 1], if amara.ends_with('A') { "E" } else { "A" });
    for wrong in [mixed.as_str(), &turned, &amara[..40], &amara[..20], "x", "ü".repeat(40).as_str()] {
        let path = format!("/replies/{}", path_segment(wrong));
        assert_eq!(app.get(&path, None).await.status, StatusCode::NOT_FOUND, "{wrong}");
        assert_eq!(app.post(&path, None, &[("reply", "coming")]).await.status, StatusCode::NOT_FOUND);
    }
    let path = format!("/replies/{amara}");
    assert_eq!(app.post(&path, None, &[("reply", "maybe")]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(app.post(&path, None, &[("reply", "another")]).await.status, StatusCode::OK);
    assert_eq!(cast.desk.open_replies(None, None).await.unwrap().rows.len(), 1);
    assert!(cast.desk.settle_reply(id, cast.amara.person()).await.unwrap());
    assert!(cast.desk.open_replies(None, None).await.unwrap().rows.is_empty());
    assert_eq!(app.post(&path, None, &[("reply", "another")]).await.status, StatusCode::OK);
    assert!(cast.desk.open_replies(None, None).await.unwrap().rows.is_empty(), "the same again was seen to");
    assert_eq!(app.post(&path, None, &[("reply", "alone")]).await.status, StatusCode::OK);
    assert_eq!(cast.desk.open_replies(None, None).await.unwrap().rows.len(), 1, "another word is new");
    // After a move the old link says nothing about the new time, and no reply counts.
    let timing =
        store::timing("2026-11-30T14:00:00".parse().unwrap(), &tests::people::zone("Europe/Berlin"), 50, None).unwrap();
    let place = domain::scheduling::session::Place::Room(cast.room);
    assert!(matches!(cast.desk.move_session(id, &MoveTarget::to(&timing, &place)).await.unwrap(), Booked::Done(_)));
    let moved = app.get(&path, None).await;
    assert!(moved.status == StatusCode::GONE && !moved.text.contains("14:00"));
    assert!(
        cast.desk.open_replies(None, None).await.unwrap().rows.is_empty()
            && cast.desk.replies(id).await.unwrap().is_empty()
    );
    cast.desk.cancel(id, &cancelled("x")).await.unwrap().unwrap();
    let gone = app.get(&path, None).await;
    assert_eq!(gone.status, StatusCode::GONE);
    assert!(!gone.text.contains("30 November"), "nor the old time");
    assert_eq!(app.post(&path, None, &[("reply", "coming")]).await.status, StatusCode::GONE);
    assert!(cast.desk.open_replies(None, None).await.unwrap().rows.is_empty());
});

both!(each_session_kind_has_its_own_reminders, |world| {
    let cast = Cast::new(&world.store).await;
    let practice = cast.owner.practice().await.unwrap();
    let intake = KindRule { kind: SessionKind::Intake, minutes: 75, leads: Some(vec![Lead::Days(5), Lead::Days(2)]) };
    let closing = KindRule { kind: SessionKind::Closing, minutes: 60, leads: Some(vec![]) };
    let kinds = KindRule::all(&[intake, closing]);
    cast.owner.update_practice(&Practice { kinds, asks: ReplyReminders::All, ..practice }).await.unwrap();
    let mut leads = Vec::new();
    for (n, kind) in SessionKind::ALL.iter().enumerate() {
        let new = domain::scheduling::session::NewSession {
            kind: *kind,
            ..cast.wish(&world.store, &format!("2026-12-{:02} 10:00", 7 + n))
        };
        let timing = store::timing(new.starts, &tests::people::zone("Europe/Berlin"), 60, None).unwrap();
        let Booked::Done(id) = cast.desk.book(&new, &timing).await.unwrap() else { panic!("free") };
        let mails = cast.desk.session_emails(id).await.unwrap();
        leads.push(mails.into_iter().filter(|m| m.person == "Amara Nwosu").filter_map(|m| m.lead).collect::<Vec<_>>());
    }
    // In the order of the kinds: first meeting, session, check-in, closing.
    assert_eq!(leads, [vec!["5d", "2d"], vec!["3d", "1d"], vec!["3d", "1d"], vec![]]);
    send_due(&world).await;
    let mut asks = 0;
    for _ in 0..16 {
        world.clock.advance(Duration::days(1));
        asks += send_due(&world).await.iter().filter(|(_, _, token)| token.is_some()).count();
    }
    assert_eq!(asks, 12, "all of them ask");
});

/// Encodes a text as a segment of a path.
fn path_segment(text: &str) -> String {
    text.bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-_".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}

both!(people_without_a_login_are_listed_before_a_first_meeting, |world| {
    let cast = Cast::new(&world.store).await;
    let new = tests::people::new_couple(&cast.ruth, "Ines Costa", "Rui Costa").await;
    let (ines, rui) =
        (tests::people::person(&cast.ruth, new, "Ines").await, tests::people::person(&cast.ruth, new, "Rui").await);
    let book = async |client, attendee, kind, starts: &str| {
        let wish =
            domain::scheduling::session::NewSession { client, attendee, kind, ..cast.wish(&world.store, starts) };
        let timing = store::timing(wish.starts, &tests::people::zone("Europe/Berlin"), 50, None).unwrap();
        let Booked::Done(id) = cast.desk.book(&wish, &timing).await.unwrap() else { panic!("free") };
        id
    };
    let both = book(new, None, SessionKind::Intake, "2026-11-30 10:00").await;
    let alone = book(new, Some(rui), SessionKind::Intake, "2026-11-30 12:00").await;
    // A session that is no first meeting, and a couple whose partners both have logins.
    book(new, None, SessionKind::Regular, "2026-11-30 14:00").await;
    book(cast.couple, None, SessionKind::Intake, "2026-11-30 16:00").await;
    let day = |n: i64| world.store.now() + Duration::days(n);
    let found = cast.desk.people_without_login(day(0), day(10)).await.unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found[&both], ["Ines Costa", "Rui Costa"]);
    assert_eq!(found[&alone], ["Rui Costa"]);
    assert!(cast.desk.people_without_login(day(10), day(20)).await.unwrap().is_empty());
    let emeka = world.store.bookings(cast.emeka.visitor()).unwrap();
    assert!(emeka.people_without_login(day(0), day(10)).await.unwrap().is_empty());
    // An invited person is not ready yet; a person with a login is.
    assert_eq!(cast.ruth.invite_partner(new, ines).await.unwrap(), Invite::Mailed);
    assert_eq!(cast.desk.people_without_login(day(0), day(10)).await.unwrap()[&both].len(), 2);
    tests::people::accept_invitations(&world.store, "hash").await;
    assert_eq!(cast.desk.people_without_login(day(0), day(10)).await.unwrap()[&both], ["Rui Costa"]);
});
