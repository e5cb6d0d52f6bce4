//! Email that bounces, email that is no longer wanted, and email that an outage has made
//! stale.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use chrono::Duration;
use domain::{
    ids::SessionId,
    outbox::{
        lead::Lead,
        reminder::{EmailKind, EmailState},
    },
    practice::settings::Practice,
};
use store::{Booked, Claimed};
use tests::{World, app::App, both, people::Cast};

async fn book(cast: &Cast, world: &World, starts: &str) -> SessionId {
    let Booked::Done(id) = cast.book(&world.store, starts).await else { panic!("free") };
    id
}

async fn send_all(world: &World) -> Vec<Claimed> {
    let claimed = world.store.worker().claim_due(100, Duration::minutes(2)).await.unwrap();
    for email in &claimed {
        assert!(
            world
                .store
                .worker()
                .store_body(email.id, email.token, b"Subject: x\r\n\r\nhttps://p/replies/abc?x")
                .await
                .unwrap()
        );
        assert!(world.store.worker().finish_sent(email.id, email.token).await.unwrap());
    }
    claimed
}

fn emails_to<'a>(mails: &'a [Claimed], name: &str) -> Vec<&'a Claimed> {
    mails.iter().filter(|m| m.recipient_name.starts_with(name)).collect()
}

/// Every email about a session to one person, with its state and reason.
async fn ledger(cast: &Cast, id: SessionId, name: &str) -> Vec<(String, EmailState, Option<String>)> {
    let rows = cast.desk.session_emails(id).await.unwrap().into_iter();
    let lead = |lead: Option<String>| lead.map(|l| format!(" {l}")).unwrap_or_default();
    rows.filter(|m| m.person.starts_with(name))
        .map(|m| (format!("{}{}", m.kind.word(), lead(m.lead)), m.state, m.reason))
        .collect()
}

both!(bounced_email_stops_later_ones_to_that_address, |world| {
    let cast = Cast::new(&world.store).await;
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    let sent = send_all(&world).await;
    let tag = emails_to(&sent, "Amara")[0].return_tag.clone();
    // Invented, foreign and cut tags are ignored.
    let other = &emails_to(&sent, "Jonas")[0].return_tag;
    for wrong in [String::new(), tag[..40].to_owned(), format!("{}{}", &other[..32], &tag[32..]), "x".repeat(48)] {
        assert!(!world.store.worker().record_bounce(&wrong, "550").await.unwrap(), "{wrong}");
    }
    assert!(world.store.worker().record_bounce(&tag.to_uppercase(), "550 5.1.1 no such user").await.unwrap());
    assert!(!world.store.worker().record_bounce(&tag, "550").await.unwrap(), "noted once");
    let returned = cast.desk.returned(None).await.unwrap().rows;
    assert_eq!(returned.len(), 1);
    assert_eq!((returned[0].name.as_str(), returned[0].why.as_str()), ("Amara Nwosu", "550 5.1.1 no such user"));
    let own = world.store.bookings(cast.ruth.visitor()).unwrap();
    assert!(
        own.returned(None).await.unwrap().rows.is_empty() && !own.try_address_again(cast.amara.person()).await.unwrap()
    );
    let confirmation = &ledger(&cast, id, "Amara").await[0];
    assert_eq!((confirmation.0.as_str(), confirmation.1), ("confirmation", EmailState::Failed));
    world.clock.advance(Duration::days(4));
    let reminders = send_all(&world).await;
    assert_eq!(
        (emails_to(&reminders, "Amara").len(), emails_to(&reminders, "Jonas").len()),
        (0, 1),
        "the other's goes on"
    );
    let held = ledger(&cast, id, "Amara").await;
    assert!(held.contains(&("reminder 3d".to_owned(), EmailState::Skipped, Some("returned".to_owned()))), "{held:?}");
    assert!(cast.desk.try_address_again(cast.amara.person()).await.unwrap());
    assert!(!cast.desk.try_address_again(cast.amara.person()).await.unwrap());
    assert!(cast.desk.returned(None).await.unwrap().rows.is_empty());
    world.clock.advance(Duration::days(2));
    assert_eq!(emails_to(&send_all(&world).await, "Amara").len(), 1, "the next goes out");
});

both!(bounce_of_a_replaced_address_does_not_stop_the_new_one, |world| {
    let cast = Cast::new(&world.store).await;
    book(&cast, &world, "2026-11-30 10:00").await;
    let sent = send_all(&world).await;
    let tag = emails_to(&sent, "Amara")[0].return_tag.clone();
    let address = |text: &str| domain::clients::person::EmailAddress::parse(text).unwrap();
    let amara = async |to: &str| tests::people::change_address(&world.store, cast.amara.visitor(), &address(to)).await;
    amara("amara.new@example.org").await;
    assert!(!world.store.worker().record_bounce(&tag, "550").await.unwrap());
    assert!(cast.desk.returned(None).await.unwrap().rows.is_empty());
    // A refusal by the server counts as a bounce; another address ends it.
    book(&cast, &world, "2026-12-01 10:00").await;
    let claimed = world.store.worker().claim_due(100, Duration::minutes(2)).await.unwrap();
    let mine = emails_to(&claimed, "Amara")[0];
    assert!(world.store.worker().finish_refused(mine.id, mine.token, "refused", "550 unknown").await.unwrap());
    assert_eq!(cast.desk.returned(None).await.unwrap().rows.len(), 1);
    amara("amara.new@example.org").await;
    assert_eq!(cast.desk.returned(None).await.unwrap().rows.len(), 1, "the same address is still the same");
    // An address that the therapist writes is a suggestion; nothing is sent there.
    let record = cast.ruth.client(cast.couple).await.unwrap().unwrap();
    let mut details = record.members[0].details.clone();
    details.email = Some(address("amara.third@example.org"));
    assert_eq!(
        cast.ruth.update_person(cast.couple, cast.amara.person(), &details).await.unwrap(),
        store::PersonUpdate::SavedWithSuggestion
    );
    assert_eq!(cast.desk.returned(None).await.unwrap().rows.len(), 1);
    amara("amara.third@example.org").await;
    assert!(cast.desk.returned(None).await.unwrap().rows.is_empty());
});

/// Posts as a mail program does for its reader: without a cookie or an origin.
async fn one_click(app: &App, path: &str) -> StatusCode {
    let request = Request::builder().method(Method::POST).uri(path).header("host", "localhost:3000");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    app.send(request.body(Body::from("List-Unsubscribe=One-Click")).unwrap()).await.status
}

both!(unsubscribe_link_ends_reminders_by_a_post_only, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    assert!(
        send_all(&world).await.iter().all(|m| m.unsubscribe.is_none()),
        "a confirmation is part of what was agreed"
    );
    world.clock.advance(Duration::days(4));
    let sent = send_all(&world).await;
    let token = emails_to(&sent, "Amara")[0].unsubscribe.clone().unwrap();
    let path = format!("/unsubscribe/{token}");
    let shown = app.get(&path, None).await;
    assert!(shown.status == StatusCode::OK && shown.text.contains("reminders of your appointments"));
    assert!(!shown.text.contains("Amara") && !shown.text.contains("@"));
    assert!(cast.amara.contact().await.unwrap().reminders, "looking ends nothing");
    // No other address accepts a post without an origin.
    assert_eq!(one_click(&app, "/sign-out").await, StatusCode::FORBIDDEN);
    assert_eq!(one_click(&app, "/replies/x").await, StatusCode::FORBIDDEN);
    assert_eq!(one_click(&app, "/unsubscribe/x").await, StatusCode::NOT_FOUND);
    // A token for another purpose is not accepted either.
    let reply = app.get(&format!("/replies/{token}"), None).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    for _ in 0..2 {
        assert_eq!(one_click(&app, &path).await, StatusCode::OK);
    }
    assert!(!cast.amara.contact().await.unwrap().reminders && cast.jonas.contact().await.unwrap().reminders);
    world.clock.advance(Duration::days(2));
    let sent = send_all(&world).await;
    assert_eq!((emails_to(&sent, "Amara").len(), emails_to(&sent, "Jonas").len()), (0, 1));
    assert!(ledger(&cast, id, "Amara").await.iter().any(|(_, _, why)| why.as_deref() == Some("reminders_off")));
});

both!(stale_reminders_are_not_sent_after_an_outage, |world| {
    let cast = Cast::new(&world.store).await;
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    send_all(&world).await;
    // The server is down from before the first reminder until an hour after the second:
    // Sunday, eleven o'clock in Berlin.
    world.clock.advance(Duration::days(6) + Duration::hours(2));
    let sent = send_all(&world).await;
    assert_eq!(sent.iter().map(|m| m.kind).collect::<Vec<_>>(), [EmailKind::Reminder, EmailKind::Reminder]);
    let rows = ledger(&cast, id, "Jonas").await;
    let state =
        |what: &str| rows.iter().find(|(w, ..)| w == what).map(|(_, state, why)| (*state, why.clone())).unwrap();
    assert_eq!(state("reminder 1d"), (EmailState::Sent, None));
    assert_eq!(state("reminder 3d"), (EmailState::Skipped, Some("too_late".to_owned())));
    // The server is down until an hour before the next session: a reminder of the day
    // before is stale.
    let id = book(&cast, &world, "2026-12-10 10:00").await;
    send_all(&world).await;
    let to: chrono::DateTime<chrono::Utc> = "2026-12-10T08:00:00Z".parse().unwrap();
    world.clock.advance(to - world.store.now());
    assert!(send_all(&world).await.iter().all(|m| m.kind != EmailKind::Reminder));
    let rows = ledger(&cast, id, "Jonas").await;
    assert!(
        rows.iter()
            .filter(|(what, ..)| what.starts_with("reminder"))
            .all(|(_, state, why)| *state == EmailState::Skipped && why.as_deref() == Some("too_late")),
        "{rows:?}"
    );
});

both!(later_of_two_due_reminders_replaces_the_earlier, |world| {
    let cast = Cast::new(&world.store).await;
    let practice = cast.owner.practice().await.unwrap();
    let leads = vec![Lead::Days(3), Lead::Days(2)];
    cast.owner.update_practice(&Practice { leads, ..practice }).await.unwrap();
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    send_all(&world).await;
    // Less than two days before the session, the three-day reminder would still be
    // useful.
    world.clock.advance(Duration::days(5) + Duration::hours(2));
    assert_eq!(send_all(&world).await.len(), 2, "one for each of the two");
    let rows = ledger(&cast, id, "Jonas").await;
    assert!(rows.contains(&("reminder 2d".to_owned(), EmailState::Sent, None)), "{rows:?}");
    let first = ("reminder 3d".to_owned(), EmailState::Skipped, Some("overtaken".to_owned()));
    assert!(rows.contains(&first), "{rows:?}");
});

both!(several_messages_cause_one_email, |world| {
    let cast = Cast::new(&world.store).await;
    let message =
        async |text: &str| cast.ruth.answer_message(cast.couple, cast.amara.person(), text, None).await.unwrap();
    message("one").await;
    message("two").await;
    world.clock.advance(Duration::minutes(40));
    let mut waiting = send_all(&world).await.into_iter().filter(|m| m.kind == EmailKind::Message).count();
    message("three").await;
    world.clock.advance(Duration::minutes(40));
    waiting += send_all(&world).await.into_iter().filter(|m| m.kind == EmailKind::Message).count();
    assert_eq!(waiting, 1);
});

both!(front_desk_reads_a_sent_email_without_its_links, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let id = book(&cast, &world, "2026-11-30 10:00").await;
    let planned = cast.desk.session_emails(id).await.unwrap().into_iter().find(|m| m.lead.is_some()).unwrap().id;
    let sent = send_all(&world).await;
    let path = format!("/email-log/{}", sent[0].id);
    let desk = app.cookie(&world, cast.desk.me()).await;
    let shown = app.get(&path, Some(&desk)).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.text.contains("/replies/…?x") && !shown.text.contains("/replies/abc"));
    assert_eq!(
        app.get(&format!("/email-log/{planned}"), Some(&desk)).await.status,
        StatusCode::NOT_FOUND,
        "not written yet"
    );
    for who in [cast.ruth.me(), cast.emeka.me(), cast.owner.me(), cast.amara.me(), cast.jonas.me()] {
        let cookie = app.cookie(&world, who).await;
        assert_eq!(app.get(&path, Some(&cookie)).await.status, StatusCode::NOT_FOUND);
    }
});

both!(postponed_email_is_sent_later_and_counts_as_no_attempt, |world| {
    let cast = Cast::new(&world.store).await;
    book(&cast, &world, "2026-11-30 10:00").await;
    let claimed = world.store.worker().claim_due(100, Duration::minutes(2)).await.unwrap();
    let (first, second) = (&claimed[0], &claimed[1]);
    assert!(world.store.worker().store_body(first.id, first.token, b"x").await.unwrap());
    let until = world.store.now() + Duration::seconds(30);
    assert!(world.store.worker().postpone_claim(first.id, first.token, until).await.unwrap());
    assert!(!world.store.worker().postpone_claim(first.id, second.token, until).await.unwrap(), "the claim is gone");
    world.clock.advance(Duration::seconds(29));
    assert!(world.store.worker().claim_due(100, Duration::minutes(2)).await.unwrap().is_empty());
    world.clock.advance(Duration::seconds(1));
    let again = world.store.worker().claim_due(100, Duration::minutes(2)).await.unwrap();
    assert_eq!(
        again.iter().map(|m| (m.id, m.attempts, m.stored.is_some())).collect::<Vec<_>>(),
        [(first.id, 1, false)]
    );
});
