//! Somebody new asks for a first meeting: confirmed before anybody sees it,
//! limited, in order, and with nothing said about who is known.

use axum::http::StatusCode;
use chrono::Duration;
use domain::{
    inquiry::{Inquiry, InquiryState},
    practice::Practice,
    reminder::MessageKind,
};
use store::{Booked, Facts};
use tests::{World, app::App, both, people::Cast};

const FORM: [(&str, &str); 5] =
    [("name", "Ana Ruiz"), ("email", "ana@example.org"), ("kind", "couple"), ("meeting", "room"), ("part", "evening")];

async fn opened(world: &World) -> (App, Cast) {
    let (app, cast) = (App::new(world), Cast::new(&world.store).await);
    assert_eq!(app.get("/inquire", None).await.status, StatusCode::NOT_FOUND, "closed until the owner opens it");
    assert_eq!(app.post("/inquire", None, &FORM).await.status, StatusCode::NOT_FOUND);
    let practice = cast.owner.practice().await.unwrap();
    cast.owner.update_practice(&Practice { inquiries: true, ..practice }).await.unwrap();
    (app, cast)
}

fn with(email: &str) -> Vec<(&str, &str)> {
    FORM.iter().map(|(n, v)| (*n, if *n == "email" { email } else { v })).collect()
}

/// The token in the mail that waits, and to whom it goes.
async fn mailed(world: &World) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for message in world.store.claim_due(20, Duration::minutes(2)).await.unwrap() {
        assert!(world.store.store_body(message.id, message.token, b"x").await.unwrap());
        assert!(world.store.finish_sent(message.id, message.token).await.unwrap());
        assert_eq!(message.kind, MessageKind::Inquiry);
        let Facts::Inquiry { token, .. } = message.facts else { panic!("a question") };
        found.push((message.recipient.as_str().to_owned(), token));
    }
    found
}

both!(an_address_is_confirmed_before_anybody_sees_it, |world| {
    let (app, cast) = opened(&world).await;
    let sent = app.post("/inquire", None, &FORM).await;
    assert_eq!(sent.status, StatusCode::OK);
    assert!(cast.desk.inquiries().await.unwrap().is_empty());
    let mails = mailed(&world).await;
    assert_eq!(mails[0].0, "ana@example.org");
    let path = format!("/inquire/{}", mails[0].1);
    // A scanner opens the link: nothing happens.
    assert!(app.get(&path, None).await.text.contains("Yes, that is me"));
    assert!(cast.desk.inquiries().await.unwrap().is_empty());
    for _ in 0..2 {
        assert_eq!(app.post(&path, None, &[]).await.status, StatusCode::OK, "twice is once");
    }
    let waiting = cast.desk.inquiries().await.unwrap();
    assert_eq!(waiting.len(), 1);
    // In the evening, in a room, by the practice's clock.
    assert_eq!(waiting[0].next[0].at.to_rfc3339(), "2026-11-23T16:00:00+00:00");
    assert!(waiting[0].next[0].room.is_some());
    assert_eq!(app.get(&path, None).await.status, StatusCode::GONE);
    assert_eq!(app.post("/inquire/wrong", None, &[]).await.status, StatusCode::GONE);
    // Whether somebody is known here shows nowhere.
    let known = app.post("/inquire", None, &with("amara@example.org")).await;
    assert_eq!((known.status, known.text.len()), (sent.status, sent.text.len()));
    // The owner and partners have no list of them.
    for account in [cast.owner.me(), cast.amara.me()] {
        let cookie = app.cookie(&world, account).await;
        assert_eq!(app.get("/inquiries", Some(&cookie)).await.status, StatusCode::NOT_FOUND);
    }
});

both!(who_rings_is_written_down_without_a_mail, |world| {
    // The public page is closed: a practice without it has a list all the same.
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let cookie = app.cookie(&world, cast.desk.me()).await;
    let form = app.get("/inquiries/new", Some(&cookie)).await.text;
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
    let refused = app.post("/inquiries", Some(&cookie), &said).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("a phone number, or") && refused.text.contains("value=\"Noor\""), "{}", refused.text);
    assert!(refused.text.contains(key), "the same form");
    let reached: Vec<_> = said.iter().map(|(n, v)| (*n, if *n == "phone" { "+49 30 5550 177" } else { v })).collect();
    for _ in 0..2 {
        assert_eq!(app.post("/inquiries", Some(&cookie), &reached).await.status, StatusCode::SEE_OTHER);
    }
    let waiting = cast.desk.inquiries().await.unwrap();
    assert_eq!(waiting.len(), 1, "sent twice is written down once");
    assert_eq!((waiting[0].email.as_str(), waiting[0].phone.as_str()), ("", "+49 30 5550 177"));
    assert!(mailed(&world).await.is_empty());
    // A therapist takes them on as they stand.
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let new = app.get(&format!("/clients/new?inquiry={}", waiting[0].id), Some(&ruth)).await;
    assert!(new.status == StatusCode::OK && new.text.contains("value=\"+49 30 5550 177\""), "{}", new.text);
    // A confirmed address takes its turn behind them.
    world.clock.advance(Duration::hours(1));
    world.store.inquire(&Inquiry::read(&domain::form::Form::from_pairs(FORM)).unwrap()).await.unwrap();
    for (_, token) in mailed(&world).await {
        assert!(world.store.confirm_inquiry(&token).await.unwrap());
    }
    let names: Vec<_> = cast.desk.inquiries().await.unwrap().into_iter().map(|i| i.name).collect();
    assert_eq!(names, ["Noor", "Ana Ruiz"]);
});

both!(they_wait_in_order_and_are_taken_on_once, |world| {
    let (app, cast) = opened(&world).await;
    let mut tokens = Vec::new();
    for name in ["first", "second"] {
        let email = format!("{name}@example.org");
        app.post("/inquire", None, &with(&email)).await;
        for (_, token) in mailed(&world).await {
            assert!(world.store.confirm_inquiry(&token).await.unwrap());
            tokens.push(token);
        }
        world.clock.advance(Duration::hours(1));
    }
    let ruth = world.store.bookings(cast.ruth.visitor()).unwrap();
    let waiting = ruth.inquiries().await.unwrap();
    assert_eq!(
        waiting.iter().map(|i| i.email.as_str()).collect::<Vec<_>>(),
        ["first@example.org", "second@example.org"]
    );
    // Her own time is offered to her, not a colleague's.
    assert!(waiting.iter().flat_map(|i| &i.next).all(|s| s.clinician == cast.ruth.me()));
    // What is booked meanwhile is offered no more.
    assert!(matches!(cast.book(&world.store, "2026-11-23 17:00").await, Booked::Done(_)));
    let next = &cast.desk.inquiries().await.unwrap()[0].next;
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
    // Its link, pressed once more, brings nobody back.
    world.store.confirm_inquiry(&tokens[0]).await.unwrap();
    assert_eq!(cast.desk.inquiries().await.unwrap().len(), 1);
    assert_eq!(app.get(&format!("/clients/new?inquiry={id}"), Some(&cookie)).await.status, StatusCode::NOT_FOUND);
});

both!(nobodys_mailbox_is_filled_from_here_and_nothing_is_kept_for_long, |world| {
    let (app, cast) = opened(&world).await;
    for n in 0..6 {
        let got = app.post("/inquire", None, &with("victim@example.org")).await;
        let expected = if n < 3 { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        assert_eq!(got.status, expected, "{n}");
        if n >= 3 {
            assert!(got.text.contains("value=\"Ana Ruiz\""), "what was typed is kept");
        }
    }
    // Asked for three times at once, it is one mail: the last counts.
    assert_eq!(mailed(&world).await.len(), 1);
    // Another address from the same network is at its end as well.
    assert_eq!(app.post("/inquire", None, &FORM).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // A wrong form costs no try and loses nothing.
    let got = app.post("/inquire", None, &with("no address")).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(got.text.contains("value=\"no address\""));
    // Never confirmed, it is gone after some days, its mail with it.
    let new = Inquiry::read(&domain::form::Form::from_pairs(FORM)).unwrap();
    world.store.inquire(&new).await.unwrap();
    let (_, token) = mailed(&world).await.swap_remove(0);
    world.clock.advance(Duration::days(5));
    assert!(!world.store.confirm_inquiry(&token).await.unwrap());
    world.store.forget_inquiries().await.unwrap();
    assert!(cast.desk.inquiries().await.unwrap().is_empty());
    assert!(!world.store.inquiry_open(&token).await.unwrap());
});
