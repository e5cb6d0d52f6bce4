//! The email log of the front desk: its tabs, its search, and what it says of an email
//! that is held for quiet hours.

use chrono::Duration;
use domain::{clients::person::SafeContact, outbox::log::LogTab};
use store::{Booked, Store};
use tests::{
    app::App,
    both,
    people::{Cast, zone},
};

/// The recipients of emails about sessions in a tab, each once, in alphabetical order.
async fn names(cast: &Cast, tab: LogTab, name: &str) -> Vec<String> {
    let rows = cast.desk.email_log(tab, name, None).await.unwrap().rows;
    let mut names: Vec<String> =
        rows.into_iter().filter(|row| row.session_id.is_some()).map(|row| row.person).collect();
    names.sort();
    names.dedup();
    names
}

/// Sends what is due, except to Jonas, to whom it fails.
async fn send_except_jonas(store: &Store) {
    for mail in store.worker().claim_due(20, Duration::minutes(2)).await.unwrap() {
        assert!(store.worker().store_body(mail.id, mail.token, b"bytes").await.unwrap());
        if mail.recipient_name.contains("Jonas") {
            assert!(store.worker().finish_failed(mail.id, mail.token, "no such user").await.unwrap());
        } else {
            assert!(store.worker().finish_sent(mail.id, mail.token).await.unwrap());
        }
    }
}

both!(each_email_is_in_the_tab_of_its_state, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(_) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    assert!(names(&cast, LogTab::Attention, "").await.is_empty());
    assert_eq!(names(&cast, LogTab::Scheduled, "").await.len(), 2);
    send_except_jonas(&world.store).await;
    let [failed] = names(&cast, LogTab::Attention, "").await.try_into().unwrap();
    assert!(failed.contains("Jonas"));
    assert_eq!(cast.desk.emails_needing_attention().await.unwrap(), 1);
    let [sent] = names(&cast, LogTab::Sent, "").await.try_into().unwrap();
    assert!(sent.contains("Amara"));
    assert!(!names(&cast, LogTab::Scheduled, "").await.is_empty(), "the reminders");
    // Sent again, the failed email is done with; it stays in the log.
    let row = cast.desk.email_log(LogTab::Attention, "", None).await.unwrap().rows.remove(0);
    cast.desk.resend(row.id).await.unwrap();
    assert_eq!(cast.desk.emails_needing_attention().await.unwrap(), 0);
    assert_eq!(names(&cast, LogTab::Sent, "").await.len(), 2);
});

both!(the_search_finds_the_emails_of_a_name, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let Booked::Done(_) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    assert_eq!(names(&cast, LogTab::Scheduled, "amá").await.len(), 1);
    assert_eq!(names(&cast, LogTab::Scheduled, "NWOSU Amara").await.len(), 1);
    assert!(names(&cast, LogTab::Scheduled, "amara weber").await.is_empty());
    assert!(names(&cast, LogTab::Scheduled, "100%").await.is_empty());
    let kofi = app.cookie(&world, cast.desk.me()).await;
    let page = app.get("/email-log?tab=scheduled&q=amara", Some(&kofi)).await.text;
    assert!(page.contains("Amara") && !page.contains("Jonas"), "{page}");
    let none = app.get("/email-log?tab=sent&q=zed", Some(&kofi)).await.text;
    assert!(none.contains("No email to “zed” was sent"), "{none}");
    // A therapist has no email log.
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    assert_eq!(app.get("/email-log", Some(&ruth)).await.status, 404);
});

both!(an_email_held_for_quiet_hours_says_so, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    // Jonas lives in New York.
    let local = domain::zone::wall_time(world.store.now(), &zone("America/New_York")).time();
    let from = local + Duration::hours(2);
    let hours = (from, from + Duration::hours(2));
    cast.jonas.set_contact(&SafeContact { hours: Some(hours), ..SafeContact::default() }).await.unwrap();
    let Booked::Done(session) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    let rows = cast.desk.session_emails(session).await.unwrap();
    let held = |name: &str| rows.iter().any(|row| row.person.contains(name) && row.lead.is_none() && row.held);
    assert!(held("Jonas") && !held("Amara"), "{rows:?}");
    let kofi = app.cookie(&world, cast.desk.me()).await;
    let page = app.get("/email-log?tab=scheduled", Some(&kofi)).await.text;
    assert!(page.contains("Held until ") && page.contains(" (quiet hours)"), "{page}");
});
