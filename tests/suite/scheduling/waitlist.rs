//! Inquiries for a first meeting: they are confirmed before anyone sees them, limited,
//! kept in order, and reveal nothing about who is known here.

use axum::http::StatusCode;
use chrono::Duration;
use domain::{
    form::Form,
    outbox::reminder::EmailKind,
    practice::settings::Practice,
    scheduling::inquiry::{Inquiry, InquiryState},
};
use store::{Booked, EmailFacts};
use tests::{
    World,
    app::App,
    both,
    people::{Cast, zone},
};

const FORM: [(&str, &str); 5] =
    [("name", "Ana Ruiz"), ("email", "ana@example.org"), ("kind", "couple"), ("meeting", "room"), ("part", "evening")];

async fn open_inquiries(world: &World) -> (App, Cast) {
    let (app, cast) = (App::new(world), Cast::new(&world.store).await);
    assert_eq!(app.get("/inquire", None).await.status, StatusCode::NOT_FOUND, "closed until the owner opens it");
    assert_eq!(app.post("/inquire", None, &FORM).await.status, StatusCode::NOT_FOUND);
    let practice = cast.owner.practice().await.unwrap();
    cast.owner.update_practice(&Practice { inquiries: true, ..practice }).await.unwrap();
    (app, cast)
}

fn form_with_email(email: &str) -> Vec<(&str, &str)> {
    FORM.iter().map(|(n, v)| (*n, if *n == "email" { email } else { v })).collect()
}

/// Sends the emails to inquirers that are due; returns each recipient and token.
async fn send_and_collect(world: &World) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for email in world.store.worker().claim_due(20, Duration::minutes(2)).await.unwrap() {
        assert!(world.store.worker().store_body(email.id, email.token, b"x").await.unwrap());
        assert!(world.store.worker().finish_sent(email.id, email.token).await.unwrap());
        assert_eq!(email.kind, EmailKind::Inquiry);
        let EmailFacts::Inquiry { token, .. } = email.facts else { panic!("a question") };
        found.push((email.recipient.as_str().to_owned(), token));
    }
    found
}

both!(inquiry_is_listed_only_after_its_address_is_confirmed, |world| {
    let (app, cast) = open_inquiries(&world).await;
    let sent = app.post("/inquire", None, &FORM).await;
    assert_eq!(sent.status, StatusCode::OK);
    assert!(cast.desk.inquiries(None).await.unwrap().rows.is_empty());
    let mails = send_and_collect(&world).await;
    assert_eq!(mails[0].0, "ana@example.org");
    let path = format!("/inquire/{}", mails[0].1);
    // A scanner opens the link: nothing happens.
    assert!(app.get(&path, None).await.text.contains("Yes, that is me"));
    assert!(cast.desk.inquiries(None).await.unwrap().rows.is_empty());
    for _ in 0..2 {
        assert_eq!(app.post(&path, None, &[]).await.status, StatusCode::OK, "twice is once");
    }
    let waiting = cast.desk.inquiries(None).await.unwrap().rows;
    assert_eq!(waiting.len(), 1);
    // In the evening, in a room, by the practice's clock.
    assert_eq!(waiting[0].next[0].at.to_rfc3339(), "2026-11-23T16:00:00+00:00");
    assert!(waiting[0].next[0].room.is_some());
    assert_eq!(app.get(&path, None).await.status, StatusCode::GONE);
    assert_eq!(app.post("/inquire/wrong", None, &[]).await.status, StatusCode::GONE);
    // Nothing shows whether a person is known here.
    let known = app.post("/inquire", None, &form_with_email("amara@example.org")).await;
    assert_eq!((known.status, known.text.len()), (sent.status, sent.text.len()));
    // The owner and partners have no list of inquiries.
    for account in [cast.owner.me(), cast.amara.me()] {
        let cookie = app.cookie(&world, account).await;
        assert_eq!(app.get("/waitlist", Some(&cookie)).await.status, StatusCode::NOT_FOUND);
    }
});

both!(inquiry_with_another_persons_address_does_not_end_theirs, |world| {
    let (_, cast) = open_inquiries(&world).await;
    let ask = async |name: &str| {
        let form: Vec<_> = FORM.iter().map(|(n, v)| (*n, if *n == "name" { name } else { v })).collect();
        let inquiry = Inquiry::read(&Form::from_pairs(form), &zone("Europe/Berlin")).unwrap();
        world.store.guest().inquire(&inquiry).await.unwrap();
        send_and_collect(&world).await.remove(0).1
    };
    let (own, other) = (ask("Ana").await, ask("Another").await);
    assert_ne!(own, other);
    // Her link still works; the first one that is confirmed counts and ends the other.
    assert!(
        world.store.guest().is_inquiry_open(&own).await.unwrap()
            && world.store.guest().is_inquiry_open(&other).await.unwrap()
    );
    assert!(world.store.guest().confirm_inquiry(&own).await.unwrap());
    assert!(
        !world.store.guest().is_inquiry_open(&other).await.unwrap()
            && !world.store.guest().confirm_inquiry(&other).await.unwrap()
    );
    let waiting = cast.desk.inquiries(None).await.unwrap().rows;
    assert_eq!(waiting.iter().map(|w| w.name.as_str()).collect::<Vec<_>>(), ["Ana"]);
});

both!(telephone_inquiry_is_noted_without_an_email, |world| {
    // The public page is closed: a practice without it still has a list.
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let cookie = app.cookie(&world, cast.desk.me()).await;
    let form = app.get("/waitlist/new", Some(&cookie)).await.text;
    let key = form.split("name=\"key\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let said = [
        ("key", key),
        ("name", "Noor"),
        ("kind", "couple"),
        ("meeting", "any"),
        ("part", "any"),
        ("phone", ""),
        ("email", ""),
    ];
    let refused = app.post("/waitlist", Some(&cookie), &said).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("a phone number, or") && refused.text.contains("value=\"Noor\""), "{}", refused.text);
    let reached: Vec<_> = said.iter().map(|(n, v)| (*n, if *n == "phone" { "+49 30 5550 177" } else { v })).collect();
    for _ in 0..2 {
        assert_eq!(app.post("/waitlist", Some(&cookie), &reached).await.status, StatusCode::SEE_OTHER);
    }
    let waiting = cast.desk.inquiries(None).await.unwrap().rows;
    assert_eq!(waiting.len(), 1, "sent twice is written down once");
    assert_eq!((waiting[0].email.as_str(), waiting[0].phone.as_str()), ("", "+49 30 5550177"));
    assert!(send_and_collect(&world).await.is_empty());
    // A therapist takes the inquiry on with the same details.
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let new = app.get(&format!("/clients/new?inquiry={}", waiting[0].id), Some(&ruth)).await;
    assert!(new.status == StatusCode::OK && new.text.contains("value=\"+49 30 5550177\""), "{}", new.text);
    // An inquiry that is confirmed later is listed after it.
    world.clock.advance(Duration::hours(1));
    world
        .store
        .guest()
        .inquire(&Inquiry::read(&domain::form::Form::from_pairs(FORM), &zone("Europe/Berlin")).unwrap())
        .await
        .unwrap();
    for (_, token) in send_and_collect(&world).await {
        assert!(world.store.guest().confirm_inquiry(&token).await.unwrap());
    }
    let names: Vec<_> = cast.desk.inquiries(None).await.unwrap().rows.into_iter().map(|i| i.name).collect();
    assert_eq!(names, ["Noor", "Ana Ruiz"]);
});

both!(inquiries_wait_in_order_and_are_taken_on_once, |world| {
    let (app, cast) = open_inquiries(&world).await;
    let mut tokens = Vec::new();
    for name in ["first", "second"] {
        let email = format!("{name}@example.org");
        app.post("/inquire", None, &form_with_email(&email)).await;
        for (_, token) in send_and_collect(&world).await {
            assert!(world.store.guest().confirm_inquiry(&token).await.unwrap());
            tokens.push(token);
        }
        world.clock.advance(Duration::hours(1));
    }
    let ruth = world.store.bookings(cast.ruth.visitor()).unwrap();
    let waiting = ruth.inquiries(None).await.unwrap().rows;
    assert_eq!(
        waiting.iter().map(|i| i.email.as_str()).collect::<Vec<_>>(),
        ["first@example.org", "second@example.org"]
    );
    // A therapist is offered only her own times.
    assert!(waiting.iter().flat_map(|i| &i.next).all(|s| s.clinician == cast.ruth.me()));
    // A time that was booked meanwhile is no longer offered.
    assert!(matches!(cast.book(&world.store, "2026-11-23 17:00").await, Booked::Done(_)));
    let next = &cast.desk.inquiries(None).await.unwrap().rows[0].next;
    assert_eq!(
        next[0].at.to_rfc3339(),
        "2026-11-23T17:00:00+00:00",
        "the room is held until ten to six: on the quarter after"
    );
    let id = waiting[0].id;
    let cookie = app.cookie(&world, cast.ruth.me()).await;
    let form = app.get(&format!("/clients/new?inquiry={id}"), Some(&cookie)).await.text;
    assert!(form.contains("value=\"first@example.org\"") && form.contains(&format!("name=\"inquiry\" value=\"{id}\"")));
    assert!(ruth.settle_inquiry(id, InquiryState::Called).await.unwrap());
    assert!(ruth.settle_inquiry(id, InquiryState::TakenOn).await.unwrap());
    assert!(!cast.desk.settle_inquiry(id, InquiryState::Closed).await.unwrap(), "taken on already");
    // Pressing its link once more does not list the inquirer again.
    world.store.guest().confirm_inquiry(&tokens[0]).await.unwrap();
    assert_eq!(cast.desk.inquiries(None).await.unwrap().rows.len(), 1);
    assert_eq!(app.get(&format!("/clients/new?inquiry={id}"), Some(&cookie)).await.status, StatusCode::NOT_FOUND);
});

both!(inquiry_emails_are_limited_and_unconfirmed_inquiries_expire, |world| {
    let (app, cast) = open_inquiries(&world).await;
    for n in 0..6 {
        let got = app.post("/inquire", None, &form_with_email("victim@example.org")).await;
        let expected = if n < 3 { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        assert_eq!(got.status, expected, "{n}");
        if n >= 3 {
            assert!(got.text.contains("value=\"Ana Ruiz\""), "what was typed is kept");
        }
    }
    // At most three emails a day go to one address; none of them ends another.
    assert_eq!(send_and_collect(&world).await.len(), 3);
    // Others in the same network may inquire with an address of their own, until the
    // network has sent twenty inquiries in an hour.
    for n in 0..14 {
        assert_eq!(
            app.post("/inquire", None, &form_with_email(&format!("guest{n}@example.org"))).await.status,
            StatusCode::OK,
            "{n}"
        );
    }
    send_and_collect(&world).await;
    assert_eq!(app.post("/inquire", None, &FORM).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // An invalid form is not counted and loses nothing that was typed.
    let got = app.post("/inquire", None, &form_with_email("no address")).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(got.text.contains("value=\"no address\""));
    // An inquiry that is never confirmed is deleted after some days, with its email.
    let new = Inquiry::read(&domain::form::Form::from_pairs(FORM), &zone("Europe/Berlin")).unwrap();
    world.store.guest().inquire(&new).await.unwrap();
    let (_, token) = send_and_collect(&world).await.swap_remove(0);
    world.clock.advance(Duration::days(5));
    assert!(!world.store.guest().confirm_inquiry(&token).await.unwrap());
    world.store.worker().forget_inquiries().await.unwrap();
    assert!(cast.desk.inquiries(None).await.unwrap().rows.is_empty());
    assert!(!world.store.guest().is_inquiry_open(&token).await.unwrap());
});
