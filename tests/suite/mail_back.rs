//! Mail that comes back, mail that is no longer wanted, and mail that an
//! outage has made stale.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use chrono::Duration;
use domain::{
    ids::SessionId,
    practice::{Lead, Practice},
    reminder::{MessageKind, MessageState},
};
use store::{Booked, Claimed};
use tests::{World, app::App, both, people::Cast};

async fn booked(cast: &Cast, world: &World, starts: &str) -> SessionId {
    let Booked::Done(id) = cast.book(&world.store, starts).await else { panic!("free") };
    id
}

async fn send_all(world: &World) -> Vec<Claimed> {
    let claimed = world.store.claim_due(100, Duration::minutes(2)).await.unwrap();
    for message in &claimed {
        assert!(
            world
                .store
                .store_body(message.id, message.token, b"Subject: x\r\n\r\nhttps://p/replies/abc?x")
                .await
                .unwrap()
        );
        assert!(world.store.finish_sent(message.id, message.token).await.unwrap());
    }
    claimed
}

fn to<'a>(mails: &'a [Claimed], name: &str) -> Vec<&'a Claimed> {
    mails.iter().filter(|m| m.recipient_name.starts_with(name)).collect()
}

/// Everything about a session to one person, with its state and reason.
async fn ledger(cast: &Cast, id: SessionId, name: &str) -> Vec<(String, MessageState, Option<String>)> {
    let rows = cast.desk.session_messages(id).await.unwrap().into_iter();
    let lead = |lead: Option<String>| lead.map(|l| format!(" {l}")).unwrap_or_default();
    rows.filter(|m| m.person.starts_with(name))
        .map(|m| (format!("{}{}", m.kind.word(), lead(m.lead)), m.state, m.reason))
        .collect()
}

both!(mail_that_comes_back_stops_what_would_follow, |world| {
    let cast = Cast::new(&world.store).await;
    let id = booked(&cast, &world, "2026-11-30 10:00").await;
    let sent = send_all(&world).await;
    let tag = to(&sent, "Amara")[0].way_back.clone();
    // Made up, another's, cut: nothing.
    let other = &to(&sent, "Jonas")[0].way_back;
    for wrong in [String::new(), tag[..40].to_owned(), format!("{}{}", &other[..32], &tag[32..]), "x".repeat(48)] {
        assert!(!world.store.note_returned(&wrong, "550").await.unwrap(), "{wrong}");
    }
    assert!(world.store.note_returned(&tag.to_uppercase(), "550 5.1.1 no such user").await.unwrap());
    assert!(!world.store.note_returned(&tag, "550").await.unwrap(), "noted once");
    let returned = cast.desk.returned().await.unwrap();
    assert_eq!(returned.len(), 1);
    assert_eq!((returned[0].name.as_str(), returned[0].why.as_str()), ("Amara Nwosu", "550 5.1.1 no such user"));
    let own = world.store.bookings(cast.ruth.visitor()).unwrap();
    assert!(own.returned().await.unwrap().is_empty() && !own.try_address_again(cast.amara.person()).await.unwrap());
    let confirmation = &ledger(&cast, id, "Amara").await[0];
    assert_eq!((confirmation.0.as_str(), confirmation.1), ("confirmation", MessageState::Failed));
    world.clock.advance(Duration::days(4));
    let reminders = send_all(&world).await;
    assert_eq!((to(&reminders, "Amara").len(), to(&reminders, "Jonas").len()), (0, 1), "the other's goes on");
    let held = ledger(&cast, id, "Amara").await;
    assert!(held.contains(&("reminder 3d".to_owned(), MessageState::Skipped, Some("returned".to_owned()))), "{held:?}");
    assert!(cast.desk.try_address_again(cast.amara.person()).await.unwrap());
    assert!(!cast.desk.try_address_again(cast.amara.person()).await.unwrap());
    assert!(cast.desk.returned().await.unwrap().is_empty());
    world.clock.advance(Duration::days(2));
    assert_eq!(to(&send_all(&world).await, "Amara").len(), 1, "the next goes out");
});

both!(an_address_mended_meanwhile_is_not_stopped, |world| {
    let cast = Cast::new(&world.store).await;
    booked(&cast, &world, "2026-11-30 10:00").await;
    let sent = send_all(&world).await;
    let tag = to(&sent, "Amara")[0].way_back.clone();
    let record = cast.ruth.client(cast.couple).await.unwrap().unwrap();
    let mut details = record.members[0].details.clone();
    details.email = domain::person::Email::parse("amara.new@example.org").ok();
    assert!(cast.ruth.update_person(cast.couple, cast.amara.person(), &details).await.unwrap());
    assert!(!world.store.note_returned(&tag, "550").await.unwrap());
    assert!(cast.desk.returned().await.unwrap().is_empty());
    // Refused at the door is the same as coming back; another address ends it.
    booked(&cast, &world, "2026-12-01 10:00").await;
    let claimed = world.store.claim_due(100, Duration::minutes(2)).await.unwrap();
    let mine = to(&claimed, "Amara")[0];
    assert!(world.store.finish_refused(mine.id, mine.token, "refused", "550 unknown").await.unwrap());
    assert_eq!(cast.desk.returned().await.unwrap().len(), 1);
    assert!(cast.ruth.update_person(cast.couple, cast.amara.person(), &details).await.unwrap());
    assert_eq!(cast.desk.returned().await.unwrap().len(), 1, "the same address is still the same");
    details.email = domain::person::Email::parse("amara.third@example.org").ok();
    assert!(cast.ruth.update_person(cast.couple, cast.amara.person(), &details).await.unwrap());
    assert!(cast.desk.returned().await.unwrap().is_empty());
});

/// As a mail program posts for its reader: no cookie, no origin.
async fn one_click(app: &App, path: &str) -> StatusCode {
    let request = Request::builder().method(Method::POST).uri(path).header("host", "localhost");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    app.send(request.body(Body::from("List-Unsubscribe=One-Click")).unwrap()).await.status
}

both!(reminders_end_with_one_click_and_by_looking_they_do_not, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let id = booked(&cast, &world, "2026-11-30 10:00").await;
    assert!(
        send_all(&world).await.iter().all(|m| m.unsubscribe.is_none()),
        "a confirmation is part of what was agreed"
    );
    world.clock.advance(Duration::days(4));
    let sent = send_all(&world).await;
    let token = to(&sent, "Amara")[0].unsubscribe.clone().unwrap();
    let path = format!("/unsubscribe/{token}");
    let shown = app.get(&path, None).await;
    assert!(shown.status == StatusCode::OK && shown.text.contains("reminders of your appointments"));
    assert!(!shown.text.contains("Amara") && !shown.text.contains("@"));
    assert!(cast.amara.contact().await.unwrap().reminders, "looking ends nothing");
    // No other address takes a post from nowhere.
    assert_eq!(one_click(&app, "/sign-out").await, StatusCode::FORBIDDEN);
    assert_eq!(one_click(&app, "/replies/x").await, StatusCode::FORBIDDEN);
    assert_eq!(one_click(&app, "/unsubscribe/x").await, StatusCode::NOT_FOUND);
    // Nor does a token for another purpose.
    let reply = app.get(&format!("/replies/{token}"), None).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    for _ in 0..2 {
        assert_eq!(one_click(&app, &path).await, StatusCode::OK);
    }
    assert!(!cast.amara.contact().await.unwrap().reminders && cast.jonas.contact().await.unwrap().reminders);
    world.clock.advance(Duration::days(2));
    let sent = send_all(&world).await;
    assert_eq!((to(&sent, "Amara").len(), to(&sent, "Jonas").len()), (0, 1));
    assert!(ledger(&cast, id, "Amara").await.iter().any(|(_, _, why)| why.as_deref() == Some("reminders_off")));
});

both!(after_an_outage_stale_reminders_are_not_sent, |world| {
    let cast = Cast::new(&world.store).await;
    let id = booked(&cast, &world, "2026-11-30 10:00").await;
    send_all(&world).await;
    // The server stands still from before the first reminder until an hour
    // after the second: Sunday, eleven o'clock in Berlin.
    world.clock.advance(Duration::days(6) + Duration::hours(2));
    let sent = send_all(&world).await;
    assert_eq!(sent.iter().map(|m| m.kind).collect::<Vec<_>>(), [MessageKind::Reminder, MessageKind::Reminder]);
    let rows = ledger(&cast, id, "Jonas").await;
    let state =
        |what: &str| rows.iter().find(|(w, ..)| w == what).map(|(_, state, why)| (*state, why.clone())).unwrap();
    assert_eq!(state("reminder 1d"), (MessageState::Sent, None));
    assert_eq!(state("reminder 3d"), (MessageState::Skipped, Some("too_late".to_owned())));
    // A day of standing still before the next: a reminder an hour ahead of a
    // session that was to come a day ahead is stale.
    let id = booked(&cast, &world, "2026-12-10 10:00").await;
    send_all(&world).await;
    let to: chrono::DateTime<chrono::Utc> = "2026-12-10T08:00:00Z".parse().unwrap();
    world.clock.advance(to - world.store.now());
    assert!(send_all(&world).await.iter().all(|m| m.kind != MessageKind::Reminder));
    let rows = ledger(&cast, id, "Jonas").await;
    assert!(
        rows.iter()
            .filter(|(what, ..)| what.starts_with("reminder"))
            .all(|(_, state, why)| *state == MessageState::Skipped && why.as_deref() == Some("too_late")),
        "{rows:?}"
    );
});

both!(of_two_reminders_that_are_due_the_later_says_it, |world| {
    let cast = Cast::new(&world.store).await;
    let practice = cast.owner.practice().await.unwrap();
    let leads = vec![Lead::Days(3), Lead::Days(2)];
    cast.owner.update_practice(&Practice { leads, ..practice }).await.unwrap();
    let id = booked(&cast, &world, "2026-11-30 10:00").await;
    send_all(&world).await;
    // Two days and less before: the first would still be good for something.
    world.clock.advance(Duration::days(5) + Duration::hours(2));
    assert_eq!(send_all(&world).await.len(), 2, "one for each of the two");
    let rows = ledger(&cast, id, "Jonas").await;
    assert!(rows.contains(&("reminder 2d".to_owned(), MessageState::Sent, None)), "{rows:?}");
    let first = ("reminder 3d".to_owned(), MessageState::Skipped, Some("overtaken".to_owned()));
    assert!(rows.contains(&first), "{rows:?}");
});

both!(one_mail_says_that_something_waits, |world| {
    let cast = Cast::new(&world.store).await;
    let letter =
        async |text: &str| cast.ruth.answer_letter(cast.couple, cast.amara.person(), text, None).await.unwrap();
    letter("one").await;
    letter("two").await;
    world.clock.advance(Duration::minutes(40));
    let mut waiting = send_all(&world).await.into_iter().filter(|m| m.kind == MessageKind::Letter).count();
    letter("three").await;
    world.clock.advance(Duration::minutes(40));
    waiting += send_all(&world).await.into_iter().filter(|m| m.kind == MessageKind::Letter).count();
    assert_eq!(waiting, 1);
});

both!(the_desk_looks_at_what_was_sent_without_its_links, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let id = booked(&cast, &world, "2026-11-30 10:00").await;
    let planned = cast.desk.session_messages(id).await.unwrap().into_iter().find(|m| m.lead.is_some()).unwrap().id;
    let sent = send_all(&world).await;
    let path = format!("/messages/{}", sent[0].id);
    let desk = app.cookie(&world, cast.desk.me()).await;
    let shown = app.get(&path, Some(&desk)).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.text.contains("/replies/…?x") && !shown.text.contains("/replies/abc"));
    assert_eq!(
        app.get(&format!("/messages/{planned}"), Some(&desk)).await.status,
        StatusCode::NOT_FOUND,
        "not written yet"
    );
    for who in [cast.ruth.me(), cast.emeka.me(), cast.owner.me(), cast.amara.me(), cast.jonas.me()] {
        let cookie = app.cookie(&world, who).await;
        assert_eq!(app.get(&path, Some(&cookie)).await.status, StatusCode::NOT_FOUND);
    }
});

both!(what_waits_its_turn_comes_later_and_counts_as_no_try, |world| {
    let cast = Cast::new(&world.store).await;
    booked(&cast, &world, "2026-11-30 10:00").await;
    let claimed = world.store.claim_due(100, Duration::minutes(2)).await.unwrap();
    let (first, second) = (&claimed[0], &claimed[1]);
    assert!(world.store.store_body(first.id, first.token, b"x").await.unwrap());
    let until = world.store.now() + Duration::seconds(30);
    assert!(world.store.put_off(first.id, first.token, until).await.unwrap());
    assert!(!world.store.put_off(first.id, second.token, until).await.unwrap(), "the claim is gone");
    world.clock.advance(Duration::seconds(29));
    assert!(world.store.claim_due(100, Duration::minutes(2)).await.unwrap().is_empty());
    world.clock.advance(Duration::seconds(1));
    let again = world.store.claim_due(100, Duration::minutes(2)).await.unwrap();
    assert_eq!(
        again.iter().map(|m| (m.id, m.attempts, m.stored.is_some())).collect::<Vec<_>>(),
        [(first.id, 1, false)]
    );
});
