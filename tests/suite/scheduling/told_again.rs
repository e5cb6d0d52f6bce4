//! When a change of zone rules moves a session to another instant, calendars are updated
//! silently, and people get an email if their local time changed.

use chrono::{DateTime, Duration, Utc};
use domain::{
    clients::person::SafeContact,
    ids::SessionId,
    outbox::reminder::{EmailKind, EmailState},
    scheduling::session::{NewSession, Place},
};
use store::{Booked, Claimed, EmailFacts, SessionFacts};
use tests::{
    World,
    app::App,
    both,
    people::{Cast, zone},
};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

async fn send(world: &World) -> Vec<Claimed> {
    let claimed = world.store.worker().claim_due(100, Duration::minutes(2)).await.unwrap();
    for mail in &claimed {
        assert!(world.store.worker().store_body(mail.id, mail.token, b"x").await.unwrap());
        assert!(world.store.worker().finish_sent(mail.id, mail.token).await.unwrap());
    }
    claimed
}

fn session_facts(mail: &Claimed) -> &SessionFacts {
    match &mail.facts {
        EmailFacts::Session(facts) => facts,
        facts => panic!("not of a session: {facts:?}"),
    }
}

/// The kind, SEQUENCE and start of each email to a person, in the order of starts;
/// reminders are left out.
fn emails_to(mails: &[Claimed], name: &str) -> Vec<(EmailKind, i64, DateTime<Utc>)> {
    let mut told: Vec<_> = mails
        .iter()
        .filter(|m| m.recipient_name.starts_with(name) && m.kind != EmailKind::Reminder)
        .map(|m| (m.kind, session_facts(m).sequence, session_facts(m).starts_at))
        .collect();
    told.sort_by_key(|(_, _, at)| *at);
    told
}

async fn book(cast: &Cast, world: &World, starts: &str) -> SessionId {
    let Booked::Done(id) = cast.book(&world.store, starts).await else { panic!("free") };
    id
}

/// Puts a session into the state of an older zone database: Berlin was an hour further
/// ahead, so the session began an hour earlier, and people elsewhere were told so.
async fn move_an_hour_earlier(world: &World, id: SessionId) {
    let texts = match world.backend {
        tests::Backend::Sqlite => [
            "UPDATE session SET zone_version = '2019a',
                 starts_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', starts_at, '-1 hour'),
                 ends_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', ends_at, '-1 hour')
             WHERE id = $1",
            "UPDATE occupancy SET starts_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', starts_at, '-1 hour'),
                 ends_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', ends_at, '-1 hour')
             WHERE session_id = $1",
            "UPDATE email SET told_starts = strftime('%Y-%m-%d %H:%M:%S', told_starts, '-1 hour')
             WHERE session_id = $1 AND told_zone = 'Europe/London'",
        ],
        tests::Backend::Postgres => [
            "UPDATE session SET zone_version = '2019a', starts_at = starts_at - interval '1 hour',
                 ends_at = ends_at - interval '1 hour'
             WHERE id = $1",
            "UPDATE occupancy
             SET starts_at = starts_at - interval '1 hour', ends_at = ends_at - interval '1 hour'
             WHERE session_id = $1",
            "UPDATE email SET told_starts = told_starts - interval '1 hour'
             WHERE session_id = $1 AND told_zone = 'Europe/London'",
        ],
    };
    for text in texts {
        world.by_hand(text, id.0).await.unwrap();
    }
}

both!(zone_change_updates_calendars_and_emails_only_changed_local_times, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    // Booked, moved and undone: the SEQUENCE is two already.
    let moved = book(&cast, &world, "2026-11-30 10:00").await;
    assert_eq!(emails_to(&send(&world).await, "Amara"), [(EmailKind::Confirmation, 0, at("2026-11-30T09:00:00Z"))]);
    let set_quiet_minutes = async |quiet_minutes| {
        let practice = cast.owner.practice().await.unwrap();
        cast.owner.update_practice(&domain::practice::settings::Practice { quiet_minutes, ..practice }).await.unwrap();
    };
    set_quiet_minutes(5).await;
    let timing = store::timing("2026-11-30T12:00:00".parse().unwrap(), &zone("Europe/Berlin"), 50, None).unwrap();
    cast.desk.move_session(moved, &store::MoveTarget::to(&timing, &Place::Room(cast.room))).await.unwrap();
    assert_eq!(cast.desk.undo(moved).await.unwrap(), Some(store::Undone::Done));
    assert!(emails_to(&send(&world).await, "Amara").is_empty(), "they know of it as it is again");
    // One session was cancelled, and one has no confirmation yet.
    set_quiet_minutes(0).await;
    let cancelled = book(&cast, &world, "2026-12-01 10:00").await;
    send(&world).await;
    cast.desk.cancel(cancelled, &tests::cancelled("away")).await.unwrap();
    send(&world).await;
    let pending = book(&cast, &world, "2026-12-02 10:00").await;
    for id in [moved, pending] {
        move_an_hour_earlier(&world, id).await;
    }
    world.by_hand("UPDATE session SET zone_version = '2019a' WHERE id = $1", cancelled.0).await.unwrap();
    let feed = async || {
        let cookie = app.cookie(&world, cast.jonas.me()).await;
        let page = app.get("/account/feed", Some(&cookie)).await.text;
        let path = match page.split("/feeds/").nth(1) {
            Some(rest) => format!("/feeds/{}", rest.split('"').next().unwrap()),
            None => {
                app.post("/account/feed", Some(&cookie), &[("do", "make")]).await;
                let page = app.get("/account/feed", Some(&cookie)).await.text;
                format!("/feeds/{}", page.split("/feeds/").nth(1).unwrap().split('"').next().unwrap())
            }
        };
        app.get(&path, None).await.text
    };
    assert!(feed().await.contains("SEQUENCE:2\r\n"));
    world.clock.advance(Duration::minutes(1));
    assert_eq!(world.store.worker().apply_new_zone_rules().await.unwrap(), 2);
    let now = send(&world).await;
    // Amara lives by the practice's clock: only her calendar is updated. Jonas was told
    // another hour. A confirmation that was not sent yet has the new instant.
    assert_eq!(
        emails_to(&now, "Amara"),
        [
            (EmailKind::CalendarUpdate, 3, at("2026-11-30T09:00:00Z")),
            (EmailKind::Confirmation, 1, at("2026-12-02T09:00:00Z")),
        ]
    );
    assert_eq!(
        emails_to(&now, "Jonas"),
        [
            (EmailKind::LocalTime, 3, at("2026-11-30T09:00:00Z")),
            (EmailKind::Confirmation, 1, at("2026-12-02T09:00:00Z")),
        ]
    );
    let feed = feed().await;
    assert!(feed.contains("SEQUENCE:3\r\n") && feed.contains("DTSTAMP:20261123T110100Z"), "{feed}");
    // This happens once.
    assert_eq!(world.store.worker().apply_new_zone_rules().await.unwrap(), 0);
    assert!(send(&world).await.is_empty());
    // The next move has a higher SEQUENCE.
    let timing = store::timing("2026-11-30T14:00:00".parse().unwrap(), &zone("Europe/Berlin"), 50, None).unwrap();
    cast.desk.move_session(moved, &store::MoveTarget::to(&timing, &Place::Room(cast.room))).await.unwrap();
    assert_eq!(emails_to(&send(&world).await, "Amara"), [(EmailKind::Moved, 4, at("2026-11-30T13:00:00Z"))]);
    // So have a second change of the rules and the cancellation after it.
    move_an_hour_earlier(&world, moved).await;
    assert_eq!(world.store.worker().apply_new_zone_rules().await.unwrap(), 1);
    let now = send(&world).await;
    assert_eq!(emails_to(&now, "Amara"), [(EmailKind::CalendarUpdate, 5, at("2026-11-30T13:00:00Z"))]);
    assert_eq!(emails_to(&now, "Jonas"), [(EmailKind::LocalTime, 5, at("2026-11-30T13:00:00Z"))]);
    cast.desk.cancel(moved, &tests::cancelled("away")).await.unwrap();
    assert_eq!(emails_to(&send(&world).await, "Amara"), [(EmailKind::Cancelled, 6, at("2026-11-30T13:00:00Z"))]);
});

both!(zone_change_emails_respect_contact_settings, |world| {
    let cast = Cast::new(&world.store).await;
    let near = book(&cast, &world, "2026-11-30 10:00").await;
    let past = book(&cast, &world, "2026-11-24 10:00").await;
    let failed = book(&cast, &world, "2026-12-03 10:00").await;
    for mail in world.store.worker().claim_due(100, Duration::minutes(2)).await.unwrap() {
        assert!(world.store.worker().store_body(mail.id, mail.token, b"x").await.unwrap());
        if session_facts(&mail).session == failed {
            assert!(world.store.worker().finish_failed(mail.id, mail.token, "refused").await.unwrap());
        } else {
            assert!(world.store.worker().finish_sent(mail.id, mail.token).await.unwrap());
        }
    }
    // Amara gets no email any more, and Jonas none at night.
    cast.amara.set_contact(&SafeContact { portal_only: true, ..SafeContact::default() }).await.unwrap();
    let (from, until) = ("09:00:00".parse().unwrap(), "20:00:00".parse().unwrap());
    cast.jonas.set_contact(&SafeContact { hours: Some((from, until)), ..SafeContact::default() }).await.unwrap();
    for id in [near, past, failed] {
        move_an_hour_earlier(&world, id).await;
    }
    // One session has begun by the old rules: it is in the past, whatever the new ones
    // say.
    world.clock.advance(at("2026-11-24T08:30:00Z") - world.store.now());
    assert_eq!(world.store.worker().apply_new_zone_rules().await.unwrap(), 2);
    assert!(send(&world).await.is_empty());
    let rows = cast.desk.session_emails(near).await.unwrap();
    let hers = rows.iter().find(|m| m.kind == EmailKind::CalendarUpdate).unwrap();
    assert_eq!((hers.state, hers.reason.as_deref()), (EmailState::Skipped, Some("portal_only")));
    assert!(cast.desk.session_emails(failed).await.unwrap().iter().all(|m| m.kind != EmailKind::LocalTime));
    // Within Jonas's hours.
    world.clock.advance(at("2026-11-24T14:00:00Z") - world.store.now());
    assert_eq!(emails_to(&send(&world).await, "Jonas"), [(EmailKind::LocalTime, 1, at("2026-11-30T09:00:00Z"))]);
    let rows = cast.desk.session_emails(past).await.unwrap();
    assert!(rows.iter().all(|m| !matches!(m.kind, EmailKind::CalendarUpdate | EmailKind::LocalTime)));
});

both!(zone_change_where_the_recipient_lives_sends_the_new_local_time, |world| {
    let cast = Cast::new(&world.store).await;
    let id = book(&cast, &world, "2026-11-30 15:00").await;
    let sent = send(&world).await;
    assert_eq!(sent.len(), 2);
    // Jonas was told 15:00, by an older database's rules for London; it is 14:00.
    let jonas = sent.iter().find(|m| m.recipient_name.starts_with("Jonas")).unwrap();
    let text = match world.backend {
        tests::Backend::Sqlite => "UPDATE email SET told_starts = '2026-11-30T15:00:00' WHERE id = $1",
        tests::Backend::Postgres => "UPDATE email SET told_starts = timestamp '2026-11-30 15:00:00' WHERE id = $1",
    };
    assert_eq!(world.by_hand(text, jonas.id.0).await.unwrap(), 1);
    world.by_hand("UPDATE session SET zone_version = '2019a' WHERE id = $1", id.0).await.unwrap();
    assert_eq!(world.store.worker().apply_new_zone_rules().await.unwrap(), 0, "it begins when it began");
    let now = send(&world).await;
    assert_eq!(emails_to(&now, "Jonas"), [(EmailKind::LocalTime, 1, at("2026-11-30T14:00:00Z"))]);
    assert_eq!(emails_to(&now, "Amara"), [], "nothing has changed for her, nor for her calendar");
    // He moves to Berlin: the instant that he was told is still right.
    let visitor = world.store.signed_in(cast.jonas.visitor());
    visitor.set_zone(&zone("Europe/Berlin")).await.unwrap();
    world.by_hand("UPDATE session SET zone_version = '2019a' WHERE id = $1", id.0).await.unwrap();
    assert_eq!(world.store.worker().apply_new_zone_rules().await.unwrap(), 0);
    assert_eq!(emails_to(&send(&world).await, "Jonas"), []);
});

both!(zone_change_of_a_series_sends_one_email, |world| {
    use domain::scheduling::series::{End, Recurrence, SeriesRule};
    let cast = Cast::new(&world.store).await;
    let wish = cast.wish(&world.store, "2026-12-01 10:00");
    let first: chrono::NaiveDate = "2026-12-01".parse().unwrap();
    let rule = SeriesRule { first, recurrence: Recurrence::Weeks(1), end: End::Times(4) };
    let booked = cast.desk.book_series(&wish, &rule, &zone("Europe/Berlin"), &store::Choices::new()).await.unwrap();
    assert!(matches!(booked, store::SeriesBooked::Done(_)), "{booked:?}");
    assert_eq!(send(&world).await.len(), 2, "one mail each tells of all");
    let (from, until) = (at("2026-12-02T00:00:00Z"), at("2027-01-01T00:00:00Z"));
    let later: Vec<_> = cast.desk.calendar(from, until, None, None).await.unwrap().iter().map(|row| row.id).collect();
    assert_eq!(later.len(), 3);
    for id in later {
        move_an_hour_earlier(&world, id).await;
    }
    assert_eq!(world.store.worker().apply_new_zone_rules().await.unwrap(), 3);
    let now = send(&world).await;
    assert_eq!(emails_to(&now, "Amara"), [], "no invitation of these was sent to her");
    let jonas: Vec<_> = now.iter().filter(|m| m.recipient_name.starts_with("Jonas")).collect();
    assert_eq!(jonas.len(), 1);
    let facts = session_facts(jonas[0]);
    assert_eq!((jonas[0].kind, facts.starts_at), (EmailKind::LocalTime, at("2026-12-08T09:00:00Z")));
    assert_eq!(facts.series.next, [at("2026-12-15T09:00:00Z"), at("2026-12-22T09:00:00Z")]);
});

both!(retried_email_is_rewritten_with_the_new_instant, |world| {
    let cast = Cast::new(&world.store).await;
    let wish = NewSession { attendee: Some(cast.jonas.person()), ..cast.wish(&world.store, "2026-11-30 10:00") };
    let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 50, None).unwrap();
    let Booked::Done(id) = cast.desk.book(&wish, &timing).await.unwrap() else { panic!("free") };
    let claimed = world.store.worker().claim_due(10, Duration::minutes(2)).await.unwrap();
    let mail = &claimed[0];
    assert!(world.store.worker().store_body(mail.id, mail.token, b"at the old instant").await.unwrap());
    let later = world.store.now() + Duration::minutes(5);
    assert!(world.store.worker().finish_retry(mail.id, mail.token, later, "try later", false).await.unwrap());
    let text = match world.backend {
        tests::Backend::Sqlite => {
            "UPDATE session SET zone_version = '2019a', starts_at = '2026-11-30T08:00:00+00:00',
                 ends_at = '2026-11-30T08:50:00+00:00'
             WHERE id = $1"
        }
        tests::Backend::Postgres => {
            "UPDATE session SET zone_version = '2019a', starts_at = starts_at - interval '1 hour',
                 ends_at = ends_at - interval '1 hour'
             WHERE id = $1"
        }
    };
    world.by_hand(text, id.0).await.unwrap();
    assert_eq!(world.store.worker().apply_new_zone_rules().await.unwrap(), 1);
    world.clock.advance(Duration::minutes(6));
    let again = world.store.worker().claim_due(10, Duration::minutes(2)).await.unwrap();
    assert_eq!(again.len(), 1, "one mail, and no correction of what was never told");
    assert_eq!(
        (again[0].kind, again[0].stored.as_deref(), session_facts(&again[0]).sequence),
        (EmailKind::Confirmation, None, 1)
    );
    assert_eq!(session_facts(&again[0]).starts_at, at("2026-11-30T09:00:00Z"));
});
