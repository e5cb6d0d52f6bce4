//! A mail server that is down, refuses, or breaks off: what follows depends on whose
//! fault it is. The program's own worker sends through a real SMTP server, by a clock
//! that the test sets.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    ids::SessionId,
    outbox::reminder::{EmailKind, EmailState},
};
use store::{Booked, EmailRow, Obstacle};
use tests::{
    World,
    app::App,
    both,
    people::Cast,
    smtp::{Mailer, Received, Working},
};

const AMARA: &str = "amara@example.org";
const JONAS: &str = "jonas@example.org";

async fn book(cast: &Cast, world: &World, starts: &str) -> SessionId {
    match cast.book(&world.store, starts).await {
        Booked::Done(id) => id,
        other => panic!("{starts}: {other:?}"),
    }
}

/// Books one session a day for `days` days, the last day first, so that the emails that
/// are due first are the least urgent.
async fn book_days(cast: &Cast, world: &World, days: u64) -> Vec<SessionId> {
    let first = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
    let mut sessions = Vec::new();
    for n in (0..days).rev() {
        let day = first + chrono::Days::new(n);
        sessions.push(book(cast, world, &format!("{day} 10:00")).await);
        world.clock.advance(Duration::milliseconds(10));
    }
    sessions
}

/// The confirmations of a session, in the order of the people's names.
async fn notices(cast: &Cast, id: SessionId) -> Vec<EmailRow> {
    let rows = cast.desk.session_emails(id).await.unwrap();
    let mut rows: Vec<_> = rows.into_iter().filter(|m| m.kind == EmailKind::Confirmation).collect();
    rows.sort_by(|a, b| a.person.cmp(&b.person));
    rows
}

fn emails_to<'a>(mails: &'a [Received], whom: &str) -> Vec<&'a Received> {
    mails.iter().filter(|m| m.to == whom).collect()
}

/// The day in "Appointment on Thursday 3 December".
fn day_of(mail: &Received) -> u32 {
    mail.header("Subject").split(' ').find_map(|word| word.parse().ok()).expect("a day")
}

/// Advances the clock in steps and lets the worker do what it can after each.
async fn advance_in_steps(world: &World, working: &Working, time: Duration, step: Duration) {
    let end = world.store.now() + time;
    while world.store.now() < end {
        world.clock.advance(step.min(end - world.store.now()));
        working.settle().await;
    }
}

async fn page(app: &App, world: &World, who: domain::ids::AccountId, path: &str) -> String {
    let cookie = app.cookie(world, who).await;
    app.get(path, Some(&cookie)).await.text
}

both!(all_useful_emails_leave_within_five_minutes_after_an_outage, |world| {
    let (app, cast, mailer) = (App::new(&world), Cast::new(&world.store).await, Mailer::start(&world.clock));
    mailer.set_rule(|word, _| (word == "HELLO").then_some("421 4.3.2 down for maintenance"));
    // One session begins before the server works again; no email about it is sent after
    // that.
    let missed = book(&cast, &world, "2026-11-23 14:00").await;
    let sessions = book_days(&cast, &world, 15).await;
    let working = Working::start(&world, &mailer);
    working.settle().await;
    assert!(cast.desk.mail_stop().await.unwrap().is_none(), "a short outage needs nobody");
    let began = world.store.now();
    advance_in_steps(&world, &working, Duration::hours(6), Duration::minutes(15)).await;
    assert!(mailer.received().is_empty());
    // The people who can act see it, and each email says why it waits.
    let stop = cast.desk.mail_stop().await.unwrap().unwrap();
    assert!(!stop.ours && stop.since <= began && stop.code == "421 4.3.2", "{stop:?}");
    for (who, path) in [(cast.desk.me(), "/desk"), (cast.desk.me(), "/email-log"), (cast.owner.me(), "/practice")] {
        let shown = page(&app, &world, who, path).await;
        assert!(shown.contains("The mail server has been unavailable since"), "{path}");
        assert!(shown.contains("421 4.3.2") && shown.contains("Try now"), "{path}");
    }
    assert!(!page(&app, &world, cast.ruth.me(), "/today").await.contains("unavailable since"));
    let ready = app.get("/readyz", None).await;
    assert!(ready.status == 200 && ready.text.contains("\"state\":\"resting\""), "{}", ready.text);
    for id in &sessions {
        for row in notices(&cast, *id).await {
            assert_eq!((row.state, row.attempts), (EmailState::Planned, 0), "no fault of the message");
        }
    }
    let tried = notices(&cast, sessions[0]).await.remove(0);
    assert!(tried.last_error.is_some_and(|why| why.contains("127.0.0.1")));
    let shown = page(&app, &world, cast.desk.me(), &format!("/sessions/{}", sessions[0])).await;
    assert!(shown.contains("Not sent yet: "), "the reason is on the session's page");
    mailer.accept_everything();
    let back = world.store.now();
    advance_in_steps(&world, &working, Duration::minutes(5), Duration::seconds(20)).await;
    let mails = mailer.received();
    assert_eq!(mails.len(), 30, "{mails:?}");
    assert!(mails.iter().all(|m| m.at <= back + Duration::minutes(5)));
    // The emails of the soonest sessions go first, as far as several are sent at once.
    // Exceptions are the email that showed that the server works and the one refused
    // before it.
    let days: Vec<u32> = mails.iter().take(29).skip(1).map(day_of).collect();
    assert!((0..20).all(|n| days[n] <= days[n + 8]), "{days:?}");
    assert!(notices(&cast, missed).await.iter().all(|row| row.reason.as_deref() == Some("too_late")));
    assert!(cast.desk.mail_stop().await.unwrap().is_none());
    assert!(!page(&app, &world, cast.desk.me(), "/desk").await.contains("unavailable since"));
    working.stop().await;
});

both!(block_listing_stops_mail_but_marks_no_address, |world| {
    let (app, cast, mailer) = (App::new(&world), Cast::new(&world.store).await, Mailer::start(&world.clock));
    mailer.set_rule(|word, _| {
        (word == "RCPT").then_some("550 5.7.1 <amara@example.org>: client host [192.0.2.9] blocked using a list")
    });
    let sessions = book_days(&cast, &world, 5).await;
    let working = Working::start(&world, &mailer);
    working.settle().await;
    // Mail stops at once, and for every process.
    let stop = cast.desk.mail_stop().await.unwrap().unwrap();
    assert!(stop.ours && stop.code == "550 5.7.1" && !stop.reason.contains('@'), "{stop:?}");
    let owner = page(&app, &world, cast.owner.me(), "/practice").await;
    assert!(owner.contains("No email has gone out since") && !owner.contains("amara@"));
    let second = world.second().await;
    assert!(second.worker().claim_due(100, Duration::minutes(2)).await.unwrap().is_empty(), "every process heeds it");
    let before = mailer.command_count();
    working.settle().await;
    assert_eq!(mailer.command_count(), before, "it is quiet until the next probe");
    advance_in_steps(&world, &working, Duration::hours(1), Duration::minutes(2)).await;
    for id in &sessions {
        for row in notices(&cast, *id).await {
            assert_eq!((row.state, row.attempts), (EmailState::Planned, 0));
        }
    }
    assert!(cast.desk.returned(None).await.unwrap().rows.is_empty(), "no address is marked");
    assert!(mailer.received().is_empty());
    mailer.accept_everything();
    advance_in_steps(&world, &working, Duration::minutes(5), Duration::seconds(30)).await;
    assert_eq!(mailer.received().len(), 10);
    assert!(cast.desk.mail_stop().await.unwrap().is_none(), "it ends by itself");
    working.stop().await;
});

both!(try_now_sends_before_the_next_probe, |world| {
    let (app, cast, mailer) = (App::new(&world), Cast::new(&world.store).await, Mailer::start(&world.clock));
    mailer.set_rule(|word, _| (word == "MAIL").then_some("530 5.7.0 Authentication required"));
    book_days(&cast, &world, 3).await;
    let working = Working::start(&world, &mailer);
    working.settle().await;
    let desk = app.cookie(&world, cast.desk.me()).await;
    let owner = app.cookie(&world, cast.owner.me()).await;
    assert!(cast.desk.mail_stop().await.unwrap().unwrap().ours);
    // Nothing is fixed yet, so mail stops again.
    assert_eq!(app.post("/email-log/try", Some(&desk), &[]).await.location(), "/email-log?notice=mail_tried");
    working.settle().await;
    assert!(cast.desk.mail_stop().await.unwrap().unwrap().ours && mailer.received().is_empty());
    mailer.accept_everything();
    working.settle().await;
    assert!(mailer.received().is_empty(), "the next probe is a minute away");
    assert_eq!(app.post("/practice/mail", Some(&owner), &[]).await.status, 303);
    working.settle().await;
    assert_eq!(mailer.received().len(), 6);
    assert!(!cast.desk.try_mail_now().await.unwrap(), "nothing is stopped");
    assert!(!world.store.bookings(cast.ruth.visitor()).unwrap().try_mail_now().await.unwrap());
    working.stop().await;
});

both!(bad_address_stops_no_other_recipient_whatever_the_answer_says, |world| {
    let (cast, mailer) = (Cast::new(&world.store).await, Mailer::start(&world.clock));
    mailer.set_rule(|word, to| {
        (word == "RCPT" && to == AMARA)
            .then_some("550 5.1.1 <amara@example.org>: User unknown, relay access denied (relay07.two.example)")
    });
    let sessions = book_days(&cast, &world, 3).await;
    let working = Working::start(&world, &mailer);
    working.settle().await;
    assert_eq!(emails_to(&mailer.received(), JONAS).len(), 3, "at once");
    assert!(cast.desk.mail_stop().await.unwrap().is_none());
    let returned = cast.desk.returned(None).await.unwrap().rows;
    assert_eq!(returned.iter().map(|r| r.person).collect::<Vec<_>>(), [cast.amara.person()]);
    let mut states: Vec<_> = Vec::new();
    for id in sessions {
        states.push(notices(&cast, id).await[0].state);
    }
    assert!(states.contains(&EmailState::Failed), "{states:?}");
    assert!(states.iter().all(|s| matches!(s, EmailState::Failed | EmailState::Skipped)), "{states:?}");
    working.stop().await;
});

both!(greylisting_is_not_an_outage, |world| {
    let (cast, mailer) = (Cast::new(&world.store).await, Mailer::start(&world.clock));
    let since = world.store.now();
    let clock = world.clock.clone();
    // Amara's server greylists for five minutes; Jonas's takes email at once.
    mailer.set_rule(move |word, to| {
        (word == "RCPT" && to == AMARA && clock.now() < since + Duration::minutes(5))
            .then_some("450 4.2.0 <amara@example.org>: Greylisted")
    });
    let id = book(&cast, &world, "2026-12-01 10:00").await;
    let working = Working::start(&world, &mailer);
    working.settle().await;
    assert_eq!(emails_to(&mailer.received(), JONAS).len(), 1);
    let hers = notices(&cast, id).await.remove(0);
    assert_eq!((hers.state, hers.attempts), (EmailState::Planned, 1));
    assert!(hers.last_error.is_some_and(|why| why.contains("Greylisted")));
    assert!(world.store.mail_stop().await.unwrap().is_none());
    advance_in_steps(&world, &working, Duration::minutes(8), Duration::minutes(1)).await;
    assert_eq!(emails_to(&mailer.received(), AMARA).len(), 1);
    working.stop().await;
});

both!(content_refused_for_one_recipient_delays_no_other, |world| {
    let (cast, mailer) = (Cast::new(&world.store).await, Mailer::start(&world.clock));
    mailer.set_rule(|word, to| (word == "CONTENT" && to == AMARA).then_some("554 no"));
    let first = book(&cast, &world, "2026-12-01 10:00").await;
    let working = Working::start(&world, &mailer);
    working.settle().await;
    assert_eq!(emails_to(&mailer.received(), JONAS).len(), 1, "at once");
    assert!(world.store.mail_stop().await.unwrap().is_none());
    assert_eq!(notices(&cast, first).await[0].state, EmailState::Failed);
    assert!(cast.desk.returned(None).await.unwrap().rows.is_empty(), "her address is as good as before");
    working.stop().await;
});

both!(several_different_emails_refused_in_a_row_count_as_our_fault, |world| {
    let (cast, mailer) = (Cast::new(&world.store).await, Mailer::start(&world.clock));
    // Exim refuses a stranger with a plain 550, as it does for a bad address.
    for (word, answer) in [("RCPT", "550 relay not permitted"), ("CONTENT", "554 no")] {
        mailer.set_rule(move |said, _| (said == word).then_some(answer));
        let day = if word == "RCPT" { "01" } else { "11" };
        let mut sessions = Vec::new();
        for hour in 9..13 {
            sessions.push(book(&cast, &world, &format!("2026-12-{day} {hour:02}:00")).await);
        }
        let working = Working::start(&world, &mailer);
        working.settle().await;
        let stop = cast.desk.mail_stop().await.unwrap().unwrap();
        assert!(stop.ours && stop.code == answer[..3], "{stop:?}");
        for id in &sessions {
            for row in notices(&cast, *id).await {
                assert_eq!(row.state, EmailState::Planned, "{answer}: taken back: {row:?}");
            }
        }
        assert!(cast.desk.returned(None).await.unwrap().rows.is_empty(), "{answer}: so are the marks");
        advance_in_steps(&world, &working, Duration::minutes(20), Duration::minutes(4)).await;
        let before = mailer.received().len();
        mailer.accept_everything();
        advance_in_steps(&world, &working, Duration::minutes(5), Duration::seconds(30)).await;
        assert_eq!(mailer.received().len() - before, 8, "{answer}");
        assert!(world.store.mail_stop().await.unwrap().is_none());
        working.stop().await;
    }
});

both!(one_recipients_refusing_server_delays_the_others_only_briefly, |world| {
    let (cast, mailer) = (Cast::new(&world.store).await, Mailer::start(&world.clock));
    mailer.set_rule(|word, to| (word == "RCPT" && to == AMARA).then_some("550 5.7.1 not from you"));
    let sessions = book_days(&cast, &world, 4).await;
    let working = Working::start(&world, &mailer);
    advance_in_steps(&world, &working, Duration::minutes(5), Duration::seconds(30)).await;
    assert_eq!(emails_to(&mailer.received(), JONAS).len(), 4);
    advance_in_steps(&world, &working, Duration::hours(1), Duration::minutes(4)).await;
    // Without another email to compare with, it is not known whose fault the last refusal
    // was.
    book(&cast, &world, "2026-12-20 10:00").await;
    advance_in_steps(&world, &working, Duration::minutes(10), Duration::minutes(2)).await;
    assert_eq!(emails_to(&mailer.received(), JONAS).len(), 5);
    let mut failed = 0;
    for id in sessions {
        let row = notices(&cast, id).await.remove(0);
        failed += usize::from(row.state == EmailState::Failed);
    }
    assert!(failed >= 1, "what is refused while others go out ends as not delivered");
    assert!(cast.desk.returned(None).await.unwrap().rows.is_empty());
    working.stop().await;
});

both!(email_that_may_have_arrived_is_sent_twice_at_most, |world| {
    let (cast, mailer) = (Cast::new(&world.store).await, Mailer::start(&world.clock));
    mailer.set_rule(|word, to| (word == "CONTENT" && to == AMARA).then_some("-"));
    let id = book(&cast, &world, "2026-12-01 10:00").await;
    let working = Working::start(&world, &mailer);
    advance_in_steps(&world, &working, Duration::hours(1), Duration::minutes(1)).await;
    let mails = mailer.received();
    let hers = emails_to(&mails, AMARA);
    assert_eq!((hers.len(), emails_to(&mails, JONAS).len()), (2, 1));
    assert_eq!(hers[0].raw, hers[1].raw, "the same mail both times");
    let row = notices(&cast, id).await.remove(0);
    assert_eq!(row.state, EmailState::Failed);
    assert!(row.last_error.unwrap().contains("may have arrived"));
    working.stop().await;
    // The same count applies if the program ends each time: it is in the database.
    assert!(cast.desk.try_mail_now().await.unwrap(), "no mail was accepted since");
    let id = book(&cast, &world, "2026-12-02 10:00").await;
    let mut copies = 0;
    for _ in 0..5 {
        for claimed in world.store.worker().claim_due(100, Duration::minutes(2)).await.unwrap() {
            if claimed.recipient_name.starts_with("Amara") {
                assert!(world.store.worker().store_body(claimed.id, claimed.token, b"x").await.unwrap());
                copies += 1;
            } else {
                world.store.worker().return_claim_early(claimed.id, claimed.token, false).await.unwrap();
            }
        }
        world.clock.advance(Duration::minutes(3));
    }
    assert_eq!(copies, 2);
    let row = notices(&cast, id).await.remove(0);
    assert_eq!(row.state, EmailState::Failed);
    assert!(row.last_error.unwrap().contains("may have arrived"));
});

both!(connection_lost_before_the_final_dot_fails_no_email, |world| {
    let (cast, mailer) = (Cast::new(&world.store).await, Mailer::start(&world.clock));
    mailer.set_rule(|word, _| (word == "LINE").then_some("-"));
    let id = book(&cast, &world, "2026-12-01 10:00").await;
    let working = Working::start(&world, &mailer);
    for _ in 0..8 {
        world.clock.advance(Duration::minutes(3));
        working.settle().await;
        // The second attempt watches the connection for a second.
        tokio::time::sleep(std::time::Duration::from_millis(1_300)).await;
        working.settle().await;
    }
    for row in notices(&cast, id).await {
        assert_eq!(row.state, EmailState::Planned, "{row:?}");
    }
    mailer.accept_everything();
    for _ in 0..4 {
        world.clock.advance(Duration::minutes(2));
        working.settle().await;
        tokio::time::sleep(std::time::Duration::from_millis(1_300)).await;
    }
    assert_eq!(mailer.received().len(), 2);
    working.stop().await;
});

both!(international_domain_is_sent_as_a_labels, |world| {
    let (cast, mailer) = (Cast::new(&world.store).await, Mailer::start(&world.clock));
    for (who, address) in [(&cast.amara, "ana@müller-probe.example"), (&cast.jonas, "jönas@example.org")] {
        let address = domain::clients::person::EmailAddress::parse(address).unwrap();
        tests::people::change_address(&world.store, who.visitor(), &address).await;
    }
    let id = book(&cast, &world, "2026-12-01 10:00").await;
    let working = Working::start(&world, &mailer);
    working.settle().await;
    let mails = mailer.received();
    assert_eq!(mails.iter().map(|m| m.to.as_str()).collect::<Vec<_>>(), ["ana@xn--mller-probe-thb.example"]);
    assert!(mails[0].header("To").contains("<ana@xn--mller-probe-thb.example>"));
    // This server does not support addresses beyond ASCII: the address is not marked as
    // bad.
    let his = notices(&cast, id).await.remove(1);
    assert_eq!(his.state, EmailState::Failed);
    assert!(his.last_error.unwrap().contains("letters before the @"));
    assert!(
        cast.desk.returned(None).await.unwrap().rows.is_empty() && world.store.mail_stop().await.unwrap().is_none()
    );
    working.stop().await;
});

both!(released_probe_does_not_end_the_mail_stop, |world| {
    let cast = Cast::new(&world.store).await;
    book(&cast, &world, "2026-12-01 10:00").await;
    let lease = Duration::minutes(2);
    let claimed = world.store.worker().claim_due(1, lease).await.unwrap();
    let away = Obstacle { ours: false, reason: "away".to_owned(), code: "421".to_owned() };
    assert!(world.store.worker().finish_obstructed(claimed[0].id, claimed[0].token, &away, None).await.unwrap());
    let since = world.store.mail_stop().await.unwrap().unwrap().since;
    assert!(world.store.worker().claim_due(100, lease).await.unwrap().is_empty(), "it rests");
    for _ in 0..2 {
        world.clock.advance(Duration::minutes(1));
        let probe = world.store.worker().claim_due(100, lease).await.unwrap();
        assert!(probe.len() == 1 && probe[0].probe, "one at a time");
        assert!(world.second().await.worker().claim_due(100, lease).await.unwrap().is_empty(), "one process");
        // The program ends, or the email cannot be rendered.
        assert!(world.store.worker().return_claim_early(probe[0].id, probe[0].token, false).await.unwrap());
        assert_eq!(world.store.mail_stop().await.unwrap().unwrap().since, since);
    }
    let probe = world.store.worker().claim_due(100, lease).await.unwrap();
    assert!(world.store.worker().store_body(probe[0].id, probe[0].token, b"x").await.unwrap());
    assert!(world.store.worker().finish_sent(probe[0].id, probe[0].token).await.unwrap());
    assert!(world.store.mail_stop().await.unwrap().is_none());
});

both!(server_clock_set_back_delays_no_email, |world| {
    let cast = Cast::new(&world.store).await;
    book(&cast, &world, "2026-12-01 10:00").await;
    let lease = Duration::minutes(2);
    let claimed = world.store.worker().claim_due(100, lease).await.unwrap();
    assert_eq!(claimed.len(), 2);
    // One email waits for a later attempt, the other was cut off; then the clock is set
    // back by the hour that it was ahead.
    let (later, cut) = (&claimed[0], &claimed[1]);
    let at: DateTime<Utc> = world.store.now() + Duration::minutes(30);
    assert!(world.store.worker().finish_retry(later.id, later.token, at, "greylisted", false).await.unwrap());
    world.clock.advance(Duration::hours(-1));
    // Nothing is due by this clock: the emails became due an hour from now.
    world.clock.advance(Duration::hours(1));
    assert!(world.store.worker().claim_due(100, lease).await.unwrap().is_empty(), "both are held");
    // A lease or a next attempt that is farther ahead than any can be is ignored.
    let far = "UPDATE email SET lease_until = '2026-11-23T12:05:00+00:00' WHERE id = $1";
    world.by_hand(far, cut.id.0).await.unwrap();
    let again = world.store.worker().claim_due(100, lease).await.unwrap();
    assert_eq!(again.iter().map(|m| m.id).collect::<Vec<_>>(), [cut.id]);
    let far = "UPDATE email SET lease_until = '2026-11-23T12:31:00+00:00' WHERE id = $1";
    world.by_hand(far, later.id.0).await.unwrap();
    assert_eq!(world.store.worker().claim_due(100, lease).await.unwrap().len(), 1);
});
