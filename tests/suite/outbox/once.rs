//! Each recipient gets a reminder once in effect.

use std::collections::HashMap;

use chrono::Duration;
use domain::outbox::reminder::{EmailKind, EmailState};
use store::{Booked, Claimed, EmailFacts, Invite, MoveTarget, Resent, Store};
use tests::{
    both,
    people::{self, Cast},
};

async fn due(store: &Store) -> Vec<Claimed> {
    store.worker().claim_due(100, Duration::minutes(2)).await.unwrap()
}

async fn deliver(store: &Store, claimed: &Claimed) -> bool {
    store.worker().store_body(claimed.id, claimed.token, b"bytes").await.unwrap()
        && store.worker().finish_sent(claimed.id, claimed.token).await.unwrap()
}

both!(booking_plans_a_confirmation_and_reminders_for_each_partner, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(id) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    let claimed = due(&world.store).await;
    assert_eq!(claimed.len(), 2);
    for email in &claimed {
        assert_eq!(email.kind, EmailKind::Confirmation);
        let EmailFacts::Session(facts) = &email.facts else { panic!("a session") };
        assert_eq!(facts.session, id);
        assert!(deliver(&world.store, email).await);
        assert!(!deliver(&world.store, email).await, "finished twice");
    }
    let mut sent: HashMap<_, usize> = HashMap::new();
    for _ in 0..8 {
        world.clock.advance(Duration::days(1));
        for email in due(&world.store).await {
            assert_eq!(email.kind, EmailKind::Reminder);
            *sent.entry((email.recipient_name.clone(), email.message_id.clone())).or_default() += 1;
            deliver(&world.store, &email).await;
        }
    }
    // Three days and one day before, to each of the two partners, each once.
    assert_eq!(sent.len(), 4, "{sent:?}");
    assert!(sent.values().all(|n| *n == 1));
});

both!(concurrent_workers_never_claim_the_same_email, |world| {
    let cast = Cast::new(&world.store).await;
    for day in 24..29 {
        let Booked::Done(_) = cast.book(&world.store, &format!("2026-11-{day} 10:00")).await else { panic!("free") };
    }
    let second = world.second().await;
    let mut tasks = Vec::new();
    for worker in 0..8 {
        let store = if worker % 2 == 0 { world.store.clone() } else { second.clone() };
        tasks.push(tokio::spawn(async move {
            let mut mine = Vec::new();
            for _ in 0..6 {
                mine.extend(store.worker().claim_due(4, Duration::minutes(2)).await.unwrap());
            }
            mine
        }));
    }
    let mut seen = std::collections::HashSet::new();
    for task in tasks {
        for email in task.await.unwrap() {
            assert!(seen.insert(email.id), "claimed twice");
        }
    }
    // Five sessions and two people: ten confirmations.
    assert_eq!(seen.len(), 10);
});

both!(killed_worker_loses_no_email_and_a_stale_one_finishes_none, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(_) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    let first = due(&world.store).await;
    assert!(due(&world.store).await.is_empty(), "a lease holds");
    // One worker is killed before the body was stored, one after.
    assert!(world.store.worker().store_body(first[1].id, first[1].token, b"first try").await.unwrap());
    world.clock.advance(Duration::minutes(3));
    let again = world.second().await;
    let second = due(&again).await;
    assert_eq!(second.len(), 2);
    for email in &second {
        let before = first.iter().find(|m| m.id == email.id).unwrap();
        assert_eq!(before.message_id, email.message_id);
        assert_ne!(before.token, email.token);
        assert_eq!(email.stored.as_deref(), (email.id == first[1].id).then_some(&b"first try"[..]));
        assert!(!world.store.worker().finish_sent(before.id, before.token).await.unwrap(), "a stale worker finished");
        assert!(
            !world.store.worker().store_body(before.id, before.token, b"x").await.unwrap(),
            "a stale worker may send"
        );
        assert!(deliver(&again, email).await);
    }
});

both!(moved_or_cancelled_session_is_not_announced_at_its_old_time, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(id) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    // Nobody was notified yet: after the move each gets one confirmation, with the new
    // time.
    let starts = chrono::NaiveDateTime::parse_from_str("2026-12-01 14:00", "%Y-%m-%d %H:%M").unwrap();
    let timing = store::timing(starts, &tests::people::zone("Europe/Berlin"), 50, None).unwrap();
    cast.desk
        .move_session(id, &MoveTarget::to(&timing, &domain::scheduling::session::Place::Room(cast.room)))
        .await
        .unwrap();
    let claimed = due(&world.store).await;
    assert_eq!(claimed.len(), 2);
    for email in &claimed {
        assert_eq!(email.kind, EmailKind::Confirmation);
        let EmailFacts::Session(facts) = &email.facts else { panic!("a session") };
        assert_eq!(facts.starts_at, timing.starts_at);
    }
    // One email was sent and the other only claimed; then the session is cancelled.
    deliver(&world.store, &claimed[0]).await;
    world.store.worker().return_claim_early(claimed[1].id, claimed[1].token, false).await.unwrap();
    cast.desk.cancel(id, &tests::cancelled("ill")).await.unwrap().unwrap();
    let claimed_after = due(&world.store).await;
    assert_eq!(
        claimed_after.iter().map(|m| (m.kind, m.recipient_name.clone())).collect::<Vec<_>>(),
        [(EmailKind::Cancelled, claimed[0].recipient_name.clone())]
    );
    deliver(&world.store, &claimed_after[0]).await;
    world.clock.advance(Duration::days(9));
    assert!(due(&world.store).await.is_empty(), "a reminder of a cancelled session");
});

both!(stale_email_is_skipped_with_its_reason, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(id) = cast.book(&world.store, "2026-11-24 10:00").await else { panic!("free") };
    world.clock.advance(Duration::days(2));
    assert!(due(&world.store).await.is_empty());
    let rows = cast.desk.session_emails(id).await.unwrap();
    assert!(
        !rows.is_empty()
            && rows.iter().all(|r| r.state == EmailState::Skipped && r.reason.as_deref() == Some("too_late")),
        "{rows:?}"
    );
});

both!(contact_settings_are_checked_again_when_sending, |world| {
    use domain::clients::person::SafeContact;
    let cast = Cast::new(&world.store).await;
    let Booked::Done(id) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    cast.amara.set_contact(&SafeContact { portal_only: true, ..SafeContact::default() }).await.unwrap();
    cast.jonas.set_contact(&SafeContact { reminders: false, ..SafeContact::default() }).await.unwrap();
    let claimed = due(&world.store).await;
    assert_eq!(claimed.iter().map(|m| m.recipient_name.as_str()).collect::<Vec<_>>(), ["Jonas Weber"]);
    deliver(&world.store, &claimed[0]).await;
    world.clock.advance(Duration::days(6));
    assert!(due(&world.store).await.is_empty());
    // The emails to Amara were skipped.
    let rows = cast.desk.session_emails(id).await.unwrap();
    assert!(rows.iter().filter(|r| r.person.starts_with("Amara")).all(|r| r.state == EmailState::Skipped), "{rows:?}");
});

both!(resending_a_failed_email_creates_one_new_row, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(id) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    let claimed = due(&world.store).await;
    world.store.worker().finish_failed(claimed[0].id, claimed[0].token, "550 no such user").await.unwrap();
    let (a, b) = tokio::join!(cast.desk.resend(claimed[0].id), cast.desk.resend(claimed[0].id));
    let answers = [a.unwrap(), b.unwrap()];
    assert!(answers.contains(&Resent::Planned(id)) && answers.contains(&Resent::NotNow(id)), "{answers:?}");
    let again = due(&world.store).await;
    assert_eq!(again.len(), 1);
    assert_ne!(again[0].message_id, claimed[0].message_id);
    let clinician = world.store.bookings(cast.ruth.visitor()).unwrap();
    assert_eq!(clinician.resend(claimed[0].id).await.unwrap(), Resent::NotThere);
    // An email about the old state of the session is not sent again.
    deliver(&world.store, &again[0]).await;
    assert!(cast.desk.session_emails(id).await.unwrap().iter().any(store::EmailRow::can_resend));
    cast.desk.cancel(id, &tests::cancelled("ill")).await.unwrap().unwrap();
    assert_eq!(cast.desk.resend(again[0].id).await.unwrap(), Resent::NotNow(id));
});

both!(changed_lead_times_replan_reminders, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(id) = cast.book(&world.store, "2026-12-10 10:00").await else { panic!("free") };
    let mut practice = cast.owner.practice().await.unwrap();
    practice.leads = vec![domain::outbox::lead::Lead::Hours(2)];
    cast.owner.update_practice(&practice).await.unwrap();
    let rows = cast.desk.session_emails(id).await.unwrap();
    let planned: Vec<_> = rows
        .iter()
        .filter(|r| r.state == EmailState::Planned && r.kind == EmailKind::Reminder)
        .map(|r| r.lead.as_deref())
        .collect();
    assert_eq!(planned, [Some("2h"), Some("2h")]);
    practice.leads = domain::practice::settings::Practice::DEFAULT_LEADS.to_vec();
    cast.owner.update_practice(&practice).await.unwrap();
    let rows = cast.desk.session_emails(id).await.unwrap();
    assert_eq!(rows.iter().filter(|r| r.state == EmailState::Planned && r.kind == EmailKind::Reminder).count(), 4);
});

both!(each_partner_is_reminded_at_their_own_lead_times, |world| {
    use domain::{clients::person::SafeContact, outbox::lead::Lead};
    let cast = Cast::new(&world.store).await;
    let Booked::Done(id) = cast.book(&world.store, "2026-12-10 10:00").await else { panic!("free") };
    let planned = async || {
        let mut leads: Vec<(String, String)> = (cast.desk.session_emails(id).await.unwrap().into_iter())
            .filter(|r| r.state == EmailState::Planned && r.kind == EmailKind::Reminder)
            .filter_map(|r| Some((r.person, r.lead?)))
            .collect();
        leads.sort();
        leads.into_iter().map(|(who, lead)| format!("{} {lead}", who.split(' ').next().unwrap())).collect::<Vec<_>>()
    };
    let own = SafeContact { leads: vec![Lead::Days(2), Lead::Hours(2)], ..SafeContact::default() };
    cast.amara.set_contact(&own).await.unwrap();
    assert_eq!(cast.amara.contact().await.unwrap(), own);
    assert_eq!(planned().await, ["Amara 2d", "Amara 2h", "Jonas 1d", "Jonas 3d"]);
    // Her lead times stay when the practice's change, and her first reminder has the
    // reply links.
    let practice = cast.owner.practice().await.unwrap();
    let leads = vec![Lead::Days(5)];
    cast.owner.update_practice(&domain::practice::settings::Practice { leads, ..practice }).await.unwrap();
    assert_eq!(planned().await, ["Amara 2d", "Amara 2h", "Jonas 5d"]);
    for mail in due(&world.store).await {
        deliver(&world.store, &mail).await;
    }
    let at: chrono::DateTime<chrono::Utc> = "2026-12-08T09:00:00Z".parse().unwrap();
    let mut asks = Vec::new();
    for until in [at, "2026-12-10T07:00:00Z".parse().unwrap()] {
        world.clock.advance(until - world.store.now());
        for mail in due(&world.store).await {
            let store::EmailFacts::Session(facts) = &mail.facts else { panic!("of a session") };
            asks.push((mail.recipient_name.clone(), facts.asks.is_some()));
            deliver(&world.store, &mail).await;
        }
    }
    asks.retain(|(who, _)| who == "Amara Nwosu");
    assert_eq!(asks.iter().map(|(_, asks)| *asks).collect::<Vec<_>>(), [true, false]);
    // Return to the practice's lead times.
    cast.amara.set_contact(&SafeContact::default()).await.unwrap();
    assert_eq!(cast.amara.contact().await.unwrap().leads, []);
});

both!(email_log_of_a_person_is_for_the_front_desk_only, |world| {
    let (app, cast) = (tests::app::App::new(&world), Cast::new(&world.store).await);
    let Booked::Done(id) = cast.book(&world.store, "2026-12-10 10:00").await else { panic!("free") };
    let session = cast.desk.session(id).await.unwrap().unwrap();
    let (amara, jonas) = (session.attendees[0].person, session.attendees[1].person);
    let (name, page) = cast.desk.emails_of(amara, None).await.unwrap().unwrap();
    let rows = page.rows;
    // Her accepted invitation, and three emails about the session.
    assert_eq!((name.as_str(), rows.len()), ("Amara Nwosu", 4));
    assert!(rows.iter().all(|r| r.person == name) && rows.is_sorted_by(|a, b| a.due_at >= b.due_at));
    let nobody = domain::ids::PersonId(world.store.clock().id());
    assert!(cast.desk.emails_of(nobody, None).await.unwrap().is_none());
    let ruth = world.store.bookings(cast.ruth.visitor()).unwrap();
    assert!(ruth.emails_of(amara, None).await.unwrap().is_none());
    let page = async |who| {
        let cookie = app.cookie(&world, who).await;
        app.get(&format!("/email-log?person={jonas}"), Some(&cookie)).await
    };
    let shown = page(cast.desk.me()).await;
    assert!(shown.text.contains("Emails to Jonas Weber") && !shown.text.contains("Amara"));
    assert_eq!(page(cast.ruth.me()).await.status, 404);
    assert_eq!(page(cast.amara.me()).await.status, 404);
});

both!(email_bodies_are_kept_for_half_a_year, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(id) = cast.book(&world.store, "2027-12-10 10:00").await else { panic!("free") };
    let claimed = due(&world.store).await;
    for mail in &claimed {
        deliver(&world.store, mail).await;
    }
    world.clock.advance(Duration::days(179));
    assert_eq!(world.store.worker().forget_bodies().await.unwrap(), 0);
    assert!(cast.desk.sent_mail(claimed[0].id).await.unwrap().is_some());
    world.clock.advance(Duration::days(2));
    assert_eq!(world.store.worker().forget_bodies().await.unwrap(), 2);
    assert!(cast.desk.sent_mail(claimed[0].id).await.unwrap().is_none());
    let rows = cast.desk.session_emails(id).await.unwrap();
    let sent: Vec<_> = rows.iter().filter(|r| r.state == EmailState::Sent).collect();
    assert!(sent.len() == 2 && sent.iter().all(|r| !r.kept && r.sent_at.is_some()), "that it went stays on record");
    assert_eq!(rows.iter().filter(|r| r.state == EmailState::Planned).count(), 4, "what is owed is not touched");
});

both!(new_lead_times_apply_to_the_soonest_sessions_first_and_then_to_all, |world| {
    let cast = Cast::new(&world.store).await;
    let mut sessions = Vec::new();
    for n in 0..108 {
        let (day, hour) = (1 + n / 6, 9 + n % 6);
        let Booked::Done(id) = cast.book(&world.store, &format!("2027-02-{day:02} {hour:02}:00")).await else {
            panic!("free")
        };
        sessions.push(id);
    }
    let planned = async |id| {
        let mut leads: Vec<String> = (cast.desk.session_emails(id).await.unwrap().into_iter())
            .filter(|r| r.state == EmailState::Planned && r.kind == EmailKind::Reminder)
            .filter_map(|r| r.lead)
            .collect();
        leads.sort();
        leads
    };
    let practice = cast.owner.practice().await.unwrap();
    let leads = vec![domain::outbox::lead::Lead::Hours(2)];
    cast.owner.update_practice(&domain::practice::settings::Practice { leads, ..practice }).await.unwrap();
    assert_eq!(planned(sessions[0]).await, ["2h", "2h"]);
    assert_eq!(planned(sessions[107]).await, ["1d", "1d", "3d", "3d"], "its turn comes");
    // A session that is booked meanwhile uses the new lead times at once.
    let Booked::Done(new) = cast.book(&world.store, "2027-03-01 10:00").await else { panic!("free") };
    let worker = world.store.worker();
    let (one, two) = tokio::join!(worker.replan_some(), worker.replan_some());
    assert_eq!(one.unwrap() + two.unwrap(), 9);
    assert_eq!(world.store.worker().replan_some().await.unwrap(), 0);
    for id in [sessions[0], sessions[99], sessions[100], sessions[107], new] {
        assert_eq!(planned(id).await, ["2h", "2h"]);
    }
});

both!(late_email_waits_for_the_recipients_safe_hours, |world| {
    use domain::clients::person::SafeContact;
    let cast = Cast::new(&world.store).await;
    let hour = |h: u32| chrono::NaiveTime::from_hms_opt(h, 0, 0).unwrap();
    let hours = SafeContact { hours: Some((hour(9), hour(20))), ..SafeContact::default() };
    cast.amara.set_contact(&hours).await.unwrap();
    // Booked in the afternoon; the mail server is down until an hour before midnight,
    // where Amara lives.
    let Booked::Done(id) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    let night: chrono::DateTime<chrono::Utc> = "2026-11-23T22:00:00Z".parse().unwrap();
    world.clock.advance(night - world.store.now());
    let names = |claimed: &[Claimed]| claimed.iter().map(|m| m.recipient_name.clone()).collect::<Vec<_>>();
    let claimed = due(&world.store).await;
    assert_eq!(names(&claimed), ["Jonas Weber"]);
    deliver(&world.store, &claimed[0]).await;
    assert!(due(&world.store).await.is_empty(), "it waits and is not looked at again and again");
    // Before the morning her safe hours change once more.
    world.clock.advance(Duration::hours(9));
    assert!(due(&world.store).await.is_empty(), "seven in the morning");
    world.clock.advance(Duration::hours(1));
    let later = SafeContact { hours: Some((hour(11), hour(20))), ..SafeContact::default() };
    cast.amara.set_contact(&later).await.unwrap();
    assert!(due(&world.store).await.is_empty(), "it was nine, and is eleven now");
    world.clock.advance(Duration::hours(2));
    let claimed = due(&world.store).await;
    assert_eq!(names(&claimed), ["Amara Nwosu"]);
    assert_eq!(claimed[0].attempts, 1, "waiting is no try");
    deliver(&world.store, &claimed[0]).await;
    // The reminder of the day before would be too late in her safe hours, so it is not
    // sent.
    cast.amara.set_contact(&SafeContact { hours: Some((hour(18), hour(19))), ..SafeContact::default() }).await.unwrap();
    let morning: chrono::DateTime<chrono::Utc> = "2026-11-30T07:00:00Z".parse().unwrap();
    world.clock.advance(morning - world.store.now());
    assert!(names(&due(&world.store).await).iter().all(|n| n == "Jonas Weber"));
    let rows = cast.desk.session_emails(id).await.unwrap();
    let hers = rows.iter().filter(|r| r.person.starts_with("Amara") && r.kind == EmailKind::Reminder);
    assert!(
        hers.clone().all(|r| r.reason.as_deref() == Some("too_late") || r.state != EmailState::Planned),
        "{rows:?}"
    );
});

both!(waiting_email_goes_to_the_recipients_current_address, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(_) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    let claimed = due(&world.store).await;
    for email in &claimed {
        assert!(world.store.worker().store_body(email.id, email.token, b"to the old one").await.unwrap());
    }
    // The worker stops: one email was never begun, and one may have arrived.
    let [never, begun] = claimed.as_slice() else { panic!("two") };
    assert!(world.store.worker().return_claim_early(never.id, never.token, false).await.unwrap());
    assert!(world.store.worker().return_claim_early(begun.id, begun.token, true).await.unwrap());
    let again = due(&world.store).await;
    let email_of = |id| again.iter().find(|m: &&Claimed| m.id == id).unwrap();
    assert_eq!(email_of(never.id).stored, None, "written anew");
    assert_eq!(email_of(begun.id).stored.as_deref(), Some(&b"to the old one"[..]), "the same once more");
    for email in &again {
        if email.id == never.id {
            assert!(world.store.worker().store_body(email.id, email.token, b"to the old one").await.unwrap());
        } else {
            assert!(world.store.worker().return_claim_early(email.id, email.token, false).await.unwrap());
        }
    }
    // Killed; meanwhile Amara moves to another address.
    let new = domain::clients::person::EmailAddress::parse("amara.new@example.org").unwrap();
    tests::people::change_address(&world.store, cast.amara.visitor(), &new).await;
    world.clock.advance(Duration::minutes(3));
    let last = due(&world.store).await;
    let hers = last.iter().find(|m| m.recipient_name == "Amara Nwosu").unwrap();
    assert_eq!((hers.recipient.as_str(), hers.stored.as_deref()), ("amara.new@example.org", None));
    assert!(world.store.worker().store_body(hers.id, hers.token, b"to the new one").await.unwrap());
    let his = last.iter().find(|m| m.recipient_name == "Jonas Weber").unwrap();
    assert_eq!((his.recipient.as_str(), his.stored.is_some()), ("jonas@example.org", true));
});

both!(refused_attempt_counts_as_not_notified, |world| {
    let cast = Cast::new(&world.store).await;
    let try_all = async |unknown: bool| {
        let claimed = due(&world.store).await;
        for email in &claimed {
            assert!(world.store.worker().store_body(email.id, email.token, b"bytes").await.unwrap());
            let later = world.store.now() + Duration::minutes(1);
            assert!(world.store.worker().finish_retry(email.id, email.token, later, "refused", unknown).await.unwrap());
        }
        claimed.len()
    };
    let kinds = async |id| {
        let rows = cast.desk.session_emails(id).await.unwrap();
        let mut kinds: Vec<_> = rows
            .iter()
            .filter(|m| m.kind != EmailKind::Reminder)
            .map(|m| (m.kind, m.state, m.reason.clone()))
            .collect();
        kinds.sort_by_key(|(kind, state, _)| (kind.word(), state.word()));
        kinds
    };
    let move_session = |id| {
        let starts = chrono::NaiveDateTime::parse_from_str("2026-12-01 14:00", "%Y-%m-%d %H:%M").unwrap();
        let timing = store::timing(starts, &tests::people::zone("Europe/Berlin"), 50, None).unwrap();
        let (desk, room) = (&cast.desk, cast.room);
        async move {
            desk.move_session(id, &MoveTarget::to(&timing, &domain::scheduling::session::Place::Room(room)))
                .await
                .unwrap()
        }
    };
    // The mail server was down: nobody was notified. A move plans new confirmations, and
    // a cancellation plans nothing.
    let Booked::Done(first) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    assert_eq!(try_all(false).await, 2);
    move_session(first).await;
    let (skip, new) = (Some("session_changed".to_owned()), None);
    assert_eq!(
        kinds(first).await,
        [
            (EmailKind::Confirmation, EmailState::Planned, new.clone()),
            (EmailKind::Confirmation, EmailState::Planned, new),
            (EmailKind::Confirmation, EmailState::Superseded, skip.clone()),
            (EmailKind::Confirmation, EmailState::Superseded, skip),
        ]
    );
    assert_eq!(try_all(false).await, 2);
    cast.desk.cancel(first, &tests::cancelled("ill")).await.unwrap().unwrap();
    assert!(kinds(first).await.iter().all(|(kind, ..)| *kind == EmailKind::Confirmation));
    // The server took the email and did not answer: they may have been notified.
    let Booked::Done(second) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    assert_eq!(try_all(true).await, 2);
    move_session(second).await;
    let may = Some("may_have_arrived".to_owned());
    assert_eq!(
        kinds(second).await,
        [
            (EmailKind::Confirmation, EmailState::Superseded, may.clone()),
            (EmailKind::Confirmation, EmailState::Superseded, may.clone()),
            (EmailKind::Moved, EmailState::Planned, None),
            (EmailKind::Moved, EmailState::Planned, None),
        ]
    );
    // Killed while sending, and cancelled before the email was looked at again.
    let claimed = due(&world.store).await;
    for email in &claimed {
        assert!(world.store.worker().store_body(email.id, email.token, b"bytes").await.unwrap());
    }
    cast.desk.cancel(second, &tests::cancelled("ill")).await.unwrap().unwrap();
    world.clock.advance(Duration::minutes(3));
    let cancelled = due(&world.store).await;
    assert!(cancelled.len() == 2 && cancelled.iter().all(|m| m.kind == EmailKind::Cancelled));
    assert_eq!(
        kinds(second).await[4..],
        [(EmailKind::Moved, EmailState::Skipped, may.clone()), (EmailKind::Moved, EmailState::Skipped, may)]
    );
});

both!(emails_that_may_have_gone_out_wait_for_the_desk_after_a_restore, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(id) = cast.book(&world.store, "2026-12-10 10:00").await else { panic!("free") };
    // As in the backup: one confirmation is being sent, the other is due.
    let claimed = world.store.worker().claim_due(1, Duration::minutes(2)).await.unwrap();
    assert_eq!((claimed.len(), claimed[0].kind), (1, EmailKind::Confirmation));
    // An email with a link is not held: to get it twice does no harm.
    let new = tests::people::new_couple(&cast.ruth, "Ines Costa", "Rui Costa").await;
    let ines = cast.ruth.names(new).await.unwrap().unwrap()[0].0;
    assert_eq!(cast.ruth.invite_partner(new, ines).await.unwrap(), Invite::Mailed);
    assert_eq!(world.store.hold_after_restore().await.unwrap(), 2);
    assert_eq!(world.store.hold_after_restore().await.unwrap(), 0);
    world.clock.advance(Duration::minutes(10));
    let goes: Vec<_> = due(&world.store).await;
    assert_eq!(goes.iter().map(|m| m.kind).collect::<Vec<_>>(), [EmailKind::Invitation], "sent once more by itself");
    assert!(deliver(&world.store, &goes[0]).await);
    assert!(!deliver(&world.store, &claimed[0]).await, "its worker is of another time");
    // Replanning after a change of settings releases nothing; later emails stay planned.
    let practice = world.store.guest().practice().await.unwrap().unwrap();
    let leads = vec!["2d".parse().unwrap()];
    cast.owner.update_practice(&domain::practice::settings::Practice { leads, ..practice }).await.unwrap();
    while world.store.worker().replan_some().await.unwrap() > 0 {}
    assert!(due(&world.store).await.is_empty());
    let rows = cast.desk.session_emails(id).await.unwrap();
    let confirmations: Vec<_> = rows.iter().filter(|r| r.kind == EmailKind::Confirmation).collect();
    assert!(confirmations.len() == 2 && confirmations.iter().all(|r| r.state == EmailState::Failed && r.can_resend()));
    assert!(confirmations.iter().all(|r| r.last_error.as_deref().unwrap().contains("brought back from a backup")));
    assert!(rows.iter().any(|r| r.kind == EmailKind::Reminder && r.state == EmailState::Planned));
    // The front desk sends one of them again, once.
    assert_eq!(cast.desk.resend(confirmations[0].id).await.unwrap(), Resent::Planned(id));
    assert_eq!(cast.desk.resend(confirmations[0].id).await.unwrap(), Resent::NotNow(id));
    let again = due(&world.store).await;
    assert_eq!(again.iter().map(|m| m.kind).collect::<Vec<_>>(), [EmailKind::Confirmation]);
    assert!(deliver(&world.store, &again[0]).await);
    // People who may have been notified get a notice when the session moves.
    let timing = store::timing(
        chrono::NaiveDateTime::parse_from_str("2026-12-10 14:00", "%Y-%m-%d %H:%M").unwrap(),
        &people::zone("Europe/Berlin"),
        50,
        None,
    );
    let place = domain::scheduling::session::Place::Room(cast.room);
    cast.desk.move_session(id, &MoveTarget::to(&timing.unwrap(), &place)).await.unwrap();
    assert_eq!(due(&world.store).await.iter().map(|m| m.kind).collect::<Vec<_>>(), [EmailKind::Moved; 2]);
});
