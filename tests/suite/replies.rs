//! What people say of a session by the links in a reminder: bound to one of
//! them and to one time, and harmless to open.

use axum::http::StatusCode;
use chrono::Duration;
use domain::{
    ids::SessionId,
    practice::{KindRule, Lead, Practice},
    reminder::MessageKind,
    reply::{Asks, Reply},
    session::SessionKind,
};
use store::{Booked, Facts, Goal};
use tests::{World, app::App, both, cancelled, people::Cast};

/// A joint session on 30 November, and what its first reminders carry: to
/// whom, and the token.
async fn asked(world: &World, cast: &Cast) -> (SessionId, Vec<(String, String)>) {
    let Booked::Done(id) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    sent(world).await;
    world.clock.advance(Duration::days(4));
    let tokens = sent(world).await.into_iter().filter_map(|(name, _, token)| Some((name, token?))).collect();
    (id, tokens)
}

/// Everything due is sent: to whom, what, and the token of its links.
async fn sent(world: &World) -> Vec<(String, MessageKind, Option<String>)> {
    let mut sent = Vec::new();
    for message in world.store.claim_due(100, Duration::minutes(2)).await.unwrap() {
        assert!(world.store.store_body(message.id, message.token, b"x").await.unwrap());
        assert!(world.store.finish_sent(message.id, message.token).await.unwrap());
        let token = if let Facts::Session(facts) = &message.facts { facts.asks.clone() } else { None };
        sent.push((message.recipient_name.split(' ').next().unwrap().to_owned(), message.kind, token));
    }
    sent.sort_by_key(|(name, kind, _)| (name.clone(), kind.word()));
    sent
}

fn of<'a>(tokens: &'a [(String, String)], name: &str) -> &'a str {
    &tokens.iter().find(|(n, _)| n == name).unwrap().1
}

both!(the_first_reminder_asks_and_a_link_alone_says_nothing, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let (id, tokens) = asked(&world, &cast).await;
    assert_eq!(tokens.len(), 2, "three days before, each of the two is asked: {tokens:?}");
    let path = format!("/replies/{}", of(&tokens, "Amara"));
    // A scanner opens every link of the mail.
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
    // Pressed twice, it is said once.
    for _ in 0..2 {
        let said = app.post(&path, None, &[("reply", "coming")]).await;
        assert!(said.status == StatusCode::OK && said.text.contains("Thank you"));
    }
    let replies = cast.desk.replies(id).await.unwrap();
    assert_eq!(replies.len(), 1);
    assert_eq!((replies[0].reply, replies[0].open, replies[0].name.as_str()), (Reply::Coming, false, "Amara Nwosu"));
    assert!(cast.desk.confirmed(day.0, day.1).await.unwrap()[&id].yes);
    // The day before carries the facts, and asks nothing.
    world.clock.advance(Duration::days(2));
    let reminders = sent(&world).await;
    assert_eq!(
        reminders.iter().filter(|(_, kind, token)| *kind == MessageKind::Reminder && token.is_none()).count(),
        2
    );
});

both!(what_one_of_them_says_is_for_the_practice_alone, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let (id, tokens) = asked(&world, &cast).await;
    let said = app.post(&format!("/replies/{}", of(&tokens, "Jonas")), None, &[("reply", "alone")]).await;
    assert_eq!(said.status, StatusCode::OK);
    let amara = app.cookie(&world, cast.amara.me()).await;
    for path in ["/portal".to_owned(), format!("/portal/sessions/{id}"), format!("/replies/{}", of(&tokens, "Amara"))] {
        let page = app.get(&path, Some(&amara)).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.text.contains("You said") && !page.text.contains("only you can come"), "{path}");
    }
    let open = cast.desk.open_replies().await.unwrap();
    assert_eq!(open.iter().map(|r| (r.session, r.reply)).collect::<Vec<_>>(), [(id, Reply::Alone)]);
    let own = world.store.bookings(cast.ruth.visitor()).unwrap();
    assert_eq!(own.open_replies().await.unwrap().len(), 1, "its therapist sees it");
    let emeka = world.store.bookings(cast.emeka.visitor()).unwrap();
    assert!(emeka.open_replies().await.unwrap().is_empty() && emeka.replies(id).await.unwrap().is_empty());
    assert!(!emeka.settle_reply(id, cast.jonas.person()).await.unwrap());
    assert_eq!(emeka.meet_alone(id, cast.jonas.person()).await.unwrap(), None);
    // Met alone: the other's is cancelled, and they hear nothing else.
    sent(&world).await;
    let alone = own.meet_alone(id, cast.jonas.person()).await.unwrap().unwrap().unwrap();
    let view = cast.desk.session(alone).await.unwrap().unwrap();
    assert_eq!(view.attendees.iter().map(|a| a.person).collect::<Vec<_>>(), [cast.jonas.person()]);
    assert!(cast.desk.open_replies().await.unwrap().is_empty());
    assert_eq!(own.meet_alone(id, cast.jonas.person()).await.unwrap(), Some(None), "done once");
    world.clock.advance(Duration::minutes(10));
    let told = sent(&world).await;
    assert!(told.iter().any(|(name, kind, _)| name == "Amara" && *kind == MessageKind::Cancelled), "{told:?}");
    assert!(!told.iter().any(|(name, kind, _)| name == "Amara" && *kind == MessageKind::Confirmation), "{told:?}");
});

both!(a_link_speaks_of_one_time_only, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let (id, tokens) = asked(&world, &cast).await;
    let (amara, jonas) = (of(&tokens, "Amara"), of(&tokens, "Jonas"));
    assert_ne!(amara, jonas);
    // Another's id under one's own signature, a bit turned, half of it, none.
    let mixed = format!("{}{}", &jonas[..20], &amara[20..]);
    let turned = format!("{}{}", &amara[..amara.len() - 1], if amara.ends_with('A') { "E" } else { "A" });
    for wrong in [mixed.as_str(), &turned, &amara[..40], &amara[..20], "x", "ü".repeat(40).as_str()] {
        let path = format!("/replies/{}", urlencoding(wrong));
        assert_eq!(app.get(&path, None).await.status, StatusCode::NOT_FOUND, "{wrong}");
        assert_eq!(app.post(&path, None, &[("reply", "coming")]).await.status, StatusCode::NOT_FOUND);
    }
    let path = format!("/replies/{amara}");
    assert_eq!(app.post(&path, None, &[("reply", "maybe")]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(app.post(&path, None, &[("reply", "another")]).await.status, StatusCode::OK);
    assert_eq!(cast.desk.open_replies().await.unwrap().len(), 1);
    assert!(cast.desk.settle_reply(id, cast.amara.person()).await.unwrap());
    assert!(cast.desk.open_replies().await.unwrap().is_empty());
    assert_eq!(app.post(&path, None, &[("reply", "another")]).await.status, StatusCode::OK);
    assert!(cast.desk.open_replies().await.unwrap().is_empty(), "the same again was seen to");
    assert_eq!(app.post(&path, None, &[("reply", "alone")]).await.status, StatusCode::OK);
    assert_eq!(cast.desk.open_replies().await.unwrap().len(), 1, "another word is new");
    // Moved, the old link says nothing of the new time, and no reply stands.
    let timing =
        store::timing("2026-11-30T14:00:00".parse().unwrap(), &tests::people::zone("Europe/Berlin"), 50, None).unwrap();
    let place = domain::session::Place::Room(cast.room);
    assert!(matches!(cast.desk.move_session(id, &Goal::to(&timing, &place)).await.unwrap(), Booked::Done(_)));
    let moved = app.get(&path, None).await;
    assert!(moved.status == StatusCode::GONE && !moved.text.contains("14:00"));
    assert!(cast.desk.open_replies().await.unwrap().is_empty() && cast.desk.replies(id).await.unwrap().is_empty());
    cast.desk.cancel(id, &cancelled("x")).await.unwrap().unwrap();
    let gone = app.get(&path, None).await;
    assert_eq!(gone.status, StatusCode::GONE);
    assert!(!gone.text.contains("30 November"), "nor the old time");
    assert_eq!(app.post(&path, None, &[("reply", "coming")]).await.status, StatusCode::GONE);
    assert!(cast.desk.open_replies().await.unwrap().is_empty());
});

both!(each_kind_of_session_has_its_own_reminders, |world| {
    let cast = Cast::new(&world.store).await;
    let practice = cast.owner.practice().await.unwrap();
    let intake = KindRule { kind: SessionKind::Intake, minutes: 75, leads: Some(vec![Lead::Days(5), Lead::Days(2)]) };
    let closing = KindRule { kind: SessionKind::Closing, minutes: 60, leads: Some(vec![]) };
    let kinds = KindRule::all(&[intake, closing]);
    cast.owner.update_practice(&Practice { kinds, asks: Asks::All, ..practice }).await.unwrap();
    let mut leads = Vec::new();
    for (n, kind) in SessionKind::ALL.iter().enumerate() {
        let new = domain::session::NewSession {
            kind: *kind,
            ..cast.wish(&world.store, &format!("2026-12-{:02} 10:00", 7 + n))
        };
        let timing = store::timing(new.starts, &tests::people::zone("Europe/Berlin"), 60, None).unwrap();
        let Booked::Done(id) = cast.desk.book(&new, &timing).await.unwrap() else { panic!("free") };
        let mails = cast.desk.session_messages(id).await.unwrap();
        leads.push(mails.into_iter().filter(|m| m.person == "Amara Nwosu").filter_map(|m| m.lead).collect::<Vec<_>>());
    }
    // In the order of the kinds: first meeting, session, check-in, closing.
    assert_eq!(leads, [vec!["5d", "2d"], vec!["3d", "1d"], vec!["3d", "1d"], vec![]]);
    sent(&world).await;
    let mut asks = 0;
    for _ in 0..16 {
        world.clock.advance(Duration::days(1));
        asks += sent(&world).await.iter().filter(|(_, _, token)| token.is_some()).count();
    }
    assert_eq!(asks, 12, "all of them ask");
});

/// A path's segment.
fn urlencoding(text: &str) -> String {
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

both!(who_is_not_ready_for_a_first_meeting, |world| {
    let cast = Cast::new(&world.store).await;
    let new = tests::people::new_couple(&cast.ruth, "Ines Costa", "Rui Costa").await;
    let (ines, rui) =
        (tests::people::person(&cast.ruth, new, "Ines").await, tests::people::person(&cast.ruth, new, "Rui").await);
    let book = async |client, attendee, kind, starts: &str| {
        let wish = domain::session::NewSession { client, attendee, kind, ..cast.wish(&world.store, starts) };
        let timing = store::timing(wish.starts, &tests::people::zone("Europe/Berlin"), 50, None).unwrap();
        let Booked::Done(id) = cast.desk.book(&wish, &timing).await.unwrap() else { panic!("free") };
        id
    };
    let both = book(new, None, SessionKind::Intake, "2026-11-30 10:00").await;
    let alone = book(new, Some(rui), SessionKind::Intake, "2026-11-30 12:00").await;
    // No first meeting; and two who have long been there.
    book(new, None, SessionKind::Regular, "2026-11-30 14:00").await;
    book(cast.couple, None, SessionKind::Intake, "2026-11-30 16:00").await;
    let day = |n: i64| world.store.now() + Duration::days(n);
    let found = cast.desk.not_ready(day(0), day(10)).await.unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found[&both], ["Ines Costa", "Rui Costa"]);
    assert_eq!(found[&alone], ["Rui Costa"]);
    assert!(cast.desk.not_ready(day(10), day(20)).await.unwrap().is_empty());
    let emeka = world.store.bookings(cast.emeka.visitor()).unwrap();
    assert!(emeka.not_ready(day(0), day(10)).await.unwrap().is_empty());
    // Invited is not there yet; signed in is.
    assert_eq!(cast.ruth.invite_partner(new, ines).await.unwrap(), Some(true));
    assert_eq!(cast.desk.not_ready(day(0), day(10)).await.unwrap()[&both].len(), 2);
    tests::people::take_up(&world.store, "hash").await;
    assert_eq!(cast.desk.not_ready(day(0), day(10)).await.unwrap()[&both], ["Rui Costa"]);
});
