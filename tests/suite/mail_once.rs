//! A reminder reaches each recipient once in effect.

use std::collections::HashMap;

use chrono::Duration;
use domain::reminder::{MessageKind, MessageState};
use store::{Booked, Claimed, Facts, Goal, Store};
use tests::{
    both,
    people::{self, Cast},
};

async fn due(store: &Store) -> Vec<Claimed> {
    store.claim_due(100, Duration::minutes(2)).await.unwrap()
}

async fn deliver(store: &Store, claimed: &Claimed) -> bool {
    store.store_body(claimed.id, claimed.token, b"bytes").await.unwrap()
        && store.finish_sent(claimed.id, claimed.token).await.unwrap()
}

both!(a_booking_owes_each_a_confirmation_and_reminders, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(id) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    let claimed = due(&world.store).await;
    assert_eq!(claimed.len(), 2);
    for message in &claimed {
        assert_eq!(message.kind, MessageKind::Confirmation);
        let Facts::Session(facts) = &message.facts else { panic!("a session") };
        assert_eq!(facts.session, id);
        assert!(deliver(&world.store, message).await);
        assert!(!deliver(&world.store, message).await, "finished twice");
    }
    let mut sent: HashMap<_, usize> = HashMap::new();
    for _ in 0..8 {
        world.clock.advance(Duration::days(1));
        for message in due(&world.store).await {
            assert_eq!(message.kind, MessageKind::Reminder);
            *sent.entry((message.recipient_name.clone(), message.message_id.clone())).or_default() += 1;
            deliver(&world.store, &message).await;
        }
    }
    // Three days and one day before, to each of the two, each once.
    assert_eq!(sent.len(), 4, "{sent:?}");
    assert!(sent.values().all(|n| *n == 1));
});

both!(workers_at_once_never_share_a_message, |world| {
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
                mine.extend(store.claim_due(4, Duration::minutes(2)).await.unwrap());
            }
            mine
        }));
    }
    let mut seen = std::collections::HashSet::new();
    for task in tasks {
        for message in task.await.unwrap() {
            assert!(seen.insert(message.id), "claimed twice");
        }
    }
    // Five sessions, two people: a confirmation for each.
    assert_eq!(seen.len(), 10);
});

both!(a_killed_worker_loses_nothing_and_a_stale_one_finishes_nothing, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(_) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    let first = due(&world.store).await;
    assert!(due(&world.store).await.is_empty(), "a lease holds");
    // One is killed before the bytes were stored, one after.
    assert!(world.store.store_body(first[1].id, first[1].token, b"first try").await.unwrap());
    world.clock.advance(Duration::minutes(3));
    let again = world.second().await;
    let second = due(&again).await;
    assert_eq!(second.len(), 2);
    for message in &second {
        let before = first.iter().find(|m| m.id == message.id).unwrap();
        assert_eq!(before.message_id, message.message_id);
        assert_ne!(before.token, message.token);
        assert_eq!(message.stored.as_deref(), (message.id == first[1].id).then_some(&b"first try"[..]));
        assert!(!world.store.finish_sent(before.id, before.token).await.unwrap(), "a stale worker finished");
        assert!(!world.store.store_body(before.id, before.token, b"x").await.unwrap(), "a stale worker may send");
        assert!(deliver(&again, message).await);
    }
});

both!(moved_or_cancelled_a_moment_before_is_not_announced_at_the_old_time, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(id) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    // Nobody was told yet: after the move they get one confirmation, of the new time.
    let starts = chrono::NaiveDateTime::parse_from_str("2026-12-01 14:00", "%Y-%m-%d %H:%M").unwrap();
    let timing = store::timing(starts, &tests::people::zone("Europe/Berlin"), 50, None).unwrap();
    cast.desk.move_session(id, &Goal::to(&timing, &domain::session::Place::Room(cast.room))).await.unwrap();
    let claimed = due(&world.store).await;
    assert_eq!(claimed.len(), 2);
    for message in &claimed {
        assert_eq!(message.kind, MessageKind::Confirmation);
        let Facts::Session(facts) = &message.facts else { panic!("a session") };
        assert_eq!(facts.starts_at, timing.starts_at);
    }
    // One was handed over, the other claimed; then it is cancelled.
    deliver(&world.store, &claimed[0]).await;
    world.store.release(claimed[1].id, claimed[1].token, false).await.unwrap();
    cast.desk.cancel(id, &tests::cancelled("ill")).await.unwrap().unwrap();
    let claimed_after = due(&world.store).await;
    assert_eq!(
        claimed_after.iter().map(|m| (m.kind, m.recipient_name.clone())).collect::<Vec<_>>(),
        [(MessageKind::Cancelled, claimed[0].recipient_name.clone())]
    );
    deliver(&world.store, &claimed_after[0]).await;
    world.clock.advance(Duration::days(9));
    assert!(due(&world.store).await.is_empty(), "a reminder of a cancelled session");
});

both!(what_is_stale_is_skipped_with_its_reason, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(id) = cast.book(&world.store, "2026-11-24 10:00").await else { panic!("free") };
    world.clock.advance(Duration::days(2));
    assert!(due(&world.store).await.is_empty());
    let rows = cast.desk.session_messages(id).await.unwrap();
    assert!(
        !rows.is_empty()
            && rows.iter().all(|r| r.state == MessageState::Skipped && r.reason.as_deref() == Some("too_late")),
        "{rows:?}"
    );
});

both!(safe_contact_is_looked_at_again_when_sending, |world| {
    use domain::person::SafeContact;
    let cast = Cast::new(&world.store).await;
    let Booked::Done(id) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    cast.amara.set_contact(&SafeContact { portal_only: true, ..SafeContact::default() }).await.unwrap();
    cast.jonas.set_contact(&SafeContact { reminders: false, ..SafeContact::default() }).await.unwrap();
    let claimed = due(&world.store).await;
    assert_eq!(claimed.iter().map(|m| m.recipient_name.as_str()).collect::<Vec<_>>(), ["Jonas Weber"]);
    deliver(&world.store, &claimed[0]).await;
    world.clock.advance(Duration::days(6));
    assert!(due(&world.store).await.is_empty());
    // Back on: planned again, once.
    let rows = cast.desk.session_messages(id).await.unwrap();
    assert!(
        rows.iter().filter(|r| r.person.starts_with("Amara")).all(|r| r.state == MessageState::Skipped),
        "{rows:?}"
    );
});

both!(send_again_is_a_new_row_and_once_for_each_press, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(id) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    let claimed = due(&world.store).await;
    world.store.finish_failed(claimed[0].id, claimed[0].token, "550 no such user").await.unwrap();
    let (a, b) = tokio::join!(cast.desk.resend(claimed[0].id), cast.desk.resend(claimed[0].id));
    let mut answers = [a.unwrap(), b.unwrap()];
    answers.sort();
    assert_eq!(answers, [Some((id, false)), Some((id, true))]);
    let again = due(&world.store).await;
    assert_eq!(again.len(), 1);
    assert_ne!(again[0].message_id, claimed[0].message_id);
    let clinician = world.store.bookings(cast.ruth.visitor()).unwrap();
    assert!(clinician.resend(claimed[0].id).await.unwrap().is_none());
    // What was said of the old time is not said again.
    deliver(&world.store, &again[0]).await;
    assert!(cast.desk.session_messages(id).await.unwrap().iter().any(store::MessageRow::can_resend));
    cast.desk.cancel(id, &tests::cancelled("ill")).await.unwrap().unwrap();
    assert_eq!(cast.desk.resend(again[0].id).await.unwrap(), Some((id, false)));
});

both!(a_change_of_lead_times_plans_again, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(id) = cast.book(&world.store, "2026-12-10 10:00").await else { panic!("free") };
    let mut practice = cast.owner.practice().await.unwrap();
    practice.leads = vec![domain::practice::Lead::Hours(2)];
    cast.owner.update_practice(&practice).await.unwrap();
    let rows = cast.desk.session_messages(id).await.unwrap();
    let planned: Vec<_> = rows
        .iter()
        .filter(|r| r.state == MessageState::Planned && r.kind == MessageKind::Reminder)
        .map(|r| r.lead.as_deref())
        .collect();
    assert_eq!(planned, [Some("2h"), Some("2h")]);
    practice.leads = domain::practice::Practice::DEFAULT_LEADS.to_vec();
    cast.owner.update_practice(&practice).await.unwrap();
    let rows = cast.desk.session_messages(id).await.unwrap();
    assert_eq!(rows.iter().filter(|r| r.state == MessageState::Planned && r.kind == MessageKind::Reminder).count(), 4);
});

both!(each_is_reminded_when_they_chose_to_be, |world| {
    use domain::{person::SafeContact, practice::Lead};
    let cast = Cast::new(&world.store).await;
    let Booked::Done(id) = cast.book(&world.store, "2026-12-10 10:00").await else { panic!("free") };
    let planned = async || {
        let mut leads: Vec<(String, String)> = (cast.desk.session_messages(id).await.unwrap().into_iter())
            .filter(|r| r.state == MessageState::Planned && r.kind == MessageKind::Reminder)
            .filter_map(|r| Some((r.person, r.lead?)))
            .collect();
        leads.sort();
        leads.into_iter().map(|(who, lead)| format!("{} {lead}", who.split(' ').next().unwrap())).collect::<Vec<_>>()
    };
    let own = SafeContact { leads: vec![Lead::Days(2), Lead::Hours(2)], ..SafeContact::default() };
    cast.amara.set_contact(&own).await.unwrap();
    assert_eq!(cast.amara.contact().await.unwrap(), own);
    assert_eq!(planned().await, ["Amara 2d", "Amara 2h", "Jonas 1d", "Jonas 3d"]);
    // Hers stay when the practice's change; the first of them asks.
    let practice = cast.owner.practice().await.unwrap();
    let leads = vec![Lead::Days(5)];
    cast.owner.update_practice(&domain::practice::Practice { leads, ..practice }).await.unwrap();
    assert_eq!(planned().await, ["Amara 2d", "Amara 2h", "Jonas 5d"]);
    for mail in due(&world.store).await {
        deliver(&world.store, &mail).await;
    }
    let at: chrono::DateTime<chrono::Utc> = "2026-12-08T09:00:00Z".parse().unwrap();
    let mut asks = Vec::new();
    for until in [at, "2026-12-10T07:00:00Z".parse().unwrap()] {
        world.clock.advance(until - world.store.now());
        for mail in due(&world.store).await {
            let store::Facts::Session(facts) = &mail.facts else { panic!("of a session") };
            asks.push((mail.recipient_name.clone(), facts.asks.is_some()));
            deliver(&world.store, &mail).await;
        }
    }
    asks.retain(|(who, _)| who == "Amara Nwosu");
    assert_eq!(asks.iter().map(|(_, asks)| *asks).collect::<Vec<_>>(), [true, false]);
    // As the practice does it, again.
    cast.amara.set_contact(&SafeContact::default()).await.unwrap();
    assert_eq!(cast.amara.contact().await.unwrap().leads, []);
});

both!(somebodys_mails_are_listed_for_the_desk_alone, |world| {
    let (app, cast) = (tests::app::App::new(&world), Cast::new(&world.store).await);
    let Booked::Done(id) = cast.book(&world.store, "2026-12-10 10:00").await else { panic!("free") };
    let session = cast.desk.session(id).await.unwrap().unwrap();
    let (amara, jonas) = (session.attendees[0].person, session.attendees[1].person);
    let (name, rows) = cast.desk.messages_of(amara).await.unwrap().unwrap();
    assert_eq!((name.as_str(), rows.len()), ("Amara Nwosu", 3));
    assert!(rows.iter().all(|r| r.person == name) && rows.is_sorted_by(|a, b| a.due_at >= b.due_at));
    let nobody = domain::ids::PersonId(world.store.clock().id());
    assert!(cast.desk.messages_of(nobody).await.unwrap().is_none());
    let ruth = world.store.bookings(cast.ruth.visitor()).unwrap();
    assert!(ruth.messages_of(amara).await.unwrap().is_none());
    let page = async |who| {
        let cookie = app.cookie(&world, who).await;
        app.get(&format!("/messages?person={jonas}"), Some(&cookie)).await
    };
    let shown = page(cast.desk.me()).await;
    assert!(shown.text.contains("Mails to Jonas Weber") && !shown.text.contains("Amara"));
    assert_eq!(page(cast.ruth.me()).await.status, 404);
    assert_eq!(page(cast.amara.me()).await.status, 404);
});

both!(what_a_mail_said_is_kept_for_half_a_year, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(id) = cast.book(&world.store, "2027-12-10 10:00").await else { panic!("free") };
    let claimed = due(&world.store).await;
    for mail in &claimed {
        deliver(&world.store, mail).await;
    }
    world.clock.advance(Duration::days(179));
    assert_eq!(world.store.forget_bodies().await.unwrap(), 0);
    assert!(cast.desk.sent_mail(claimed[0].id).await.unwrap().is_some());
    world.clock.advance(Duration::days(2));
    assert_eq!(world.store.forget_bodies().await.unwrap(), 2);
    assert!(cast.desk.sent_mail(claimed[0].id).await.unwrap().is_none());
    let rows = cast.desk.session_messages(id).await.unwrap();
    let sent: Vec<_> = rows.iter().filter(|r| r.state == MessageState::Sent).collect();
    assert!(sent.len() == 2 && sent.iter().all(|r| !r.kept && r.sent_at.is_some()), "that it went stays on record");
    assert_eq!(rows.iter().filter(|r| r.state == MessageState::Planned).count(), 4, "what is owed is not touched");
});

both!(new_lead_times_reach_the_soonest_at_once_and_all_in_turn, |world| {
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
        let mut leads: Vec<String> = (cast.desk.session_messages(id).await.unwrap().into_iter())
            .filter(|r| r.state == MessageState::Planned && r.kind == MessageKind::Reminder)
            .filter_map(|r| r.lead)
            .collect();
        leads.sort();
        leads
    };
    let practice = cast.owner.practice().await.unwrap();
    let leads = vec![domain::practice::Lead::Hours(2)];
    cast.owner.update_practice(&domain::practice::Practice { leads, ..practice }).await.unwrap();
    assert_eq!(planned(sessions[0]).await, ["2h", "2h"]);
    assert_eq!(planned(sessions[107]).await, ["1d", "1d", "3d", "3d"], "its turn comes");
    // What is booked meanwhile is planned by what holds now, and stays so.
    let Booked::Done(new) = cast.book(&world.store, "2027-03-01 10:00").await else { panic!("free") };
    let (one, two) = tokio::join!(world.store.replan_some(), world.store.replan_some());
    assert_eq!(one.unwrap() + two.unwrap(), 9);
    assert_eq!(world.store.replan_some().await.unwrap(), 0);
    for id in [sessions[0], sessions[99], sessions[100], sessions[107], new] {
        assert_eq!(planned(id).await, ["2h", "2h"]);
    }
});

both!(what_is_late_waits_for_an_hour_that_its_reader_wants, |world| {
    use domain::person::SafeContact;
    let cast = Cast::new(&world.store).await;
    let hour = |h: u32| chrono::NaiveTime::from_hms_opt(h, 0, 0).unwrap();
    let hours = SafeContact { hours: Some((hour(9), hour(20))), ..SafeContact::default() };
    cast.amara.set_contact(&hours).await.unwrap();
    // Booked in the afternoon; the mail server is down until an hour before
    // midnight, where Amara lives.
    let Booked::Done(id) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    let night: chrono::DateTime<chrono::Utc> = "2026-11-23T22:00:00Z".parse().unwrap();
    world.clock.advance(night - world.store.now());
    let names = |claimed: &[Claimed]| claimed.iter().map(|m| m.recipient_name.clone()).collect::<Vec<_>>();
    let claimed = due(&world.store).await;
    assert_eq!(names(&claimed), ["Jonas Weber"]);
    deliver(&world.store, &claimed[0]).await;
    assert!(due(&world.store).await.is_empty(), "it waits and is not looked at again and again");
    // Before the morning the hours change once more, without a word about it.
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
    // The reminder a day before, late by a night: after that it is too late.
    cast.amara.set_contact(&SafeContact { hours: Some((hour(18), hour(19))), ..SafeContact::default() }).await.unwrap();
    let morning: chrono::DateTime<chrono::Utc> = "2026-11-30T07:00:00Z".parse().unwrap();
    world.clock.advance(morning - world.store.now());
    assert!(names(&due(&world.store).await).iter().all(|n| n == "Jonas Weber"));
    let rows = cast.desk.session_messages(id).await.unwrap();
    let hers = rows.iter().filter(|r| r.person.starts_with("Amara") && r.kind == MessageKind::Reminder);
    assert!(
        hers.clone().all(|r| r.reason.as_deref() == Some("too_late") || r.state != MessageState::Planned),
        "{rows:?}"
    );
});

both!(a_mail_that_waits_goes_where_its_reader_is_to_be_reached_now, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(_) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    let claimed = due(&world.store).await;
    for message in &claimed {
        assert!(world.store.store_body(message.id, message.token, b"to the old one").await.unwrap());
    }
    // The server rests: one was never begun, one may have arrived.
    let [never, begun] = claimed.as_slice() else { panic!("two") };
    assert!(world.store.release(never.id, never.token, false).await.unwrap());
    assert!(world.store.release(begun.id, begun.token, true).await.unwrap());
    let again = due(&world.store).await;
    let of = |id| again.iter().find(|m: &&Claimed| m.id == id).unwrap();
    assert_eq!(of(never.id).stored, None, "written anew");
    assert_eq!(of(begun.id).stored.as_deref(), Some(&b"to the old one"[..]), "the same once more");
    for message in &again {
        assert!(world.store.store_body(message.id, message.token, b"to the old one").await.unwrap());
    }
    // Killed; meanwhile Amara leaves an address that is no longer hers alone.
    let details = people::details("Amara Nwosu", "amara.new@example.org", "Europe/Berlin");
    assert!(cast.ruth.update_person(cast.couple, cast.amara.person(), &details).await.unwrap());
    world.clock.advance(Duration::minutes(3));
    let last = due(&world.store).await;
    let hers = last.iter().find(|m| m.recipient_name == "Amara Nwosu").unwrap();
    assert_eq!((hers.recipient.as_str(), hers.stored.as_deref()), ("amara.new@example.org", None));
    assert!(world.store.store_body(hers.id, hers.token, b"to the new one").await.unwrap());
    let his = last.iter().find(|m| m.recipient_name == "Jonas Weber").unwrap();
    assert_eq!((his.recipient.as_str(), his.stored.is_some()), ("jonas@example.org", true));
});

both!(a_try_that_was_refused_has_told_nobody, |world| {
    let cast = Cast::new(&world.store).await;
    let try_all = async |unknown: bool| {
        let claimed = due(&world.store).await;
        for message in &claimed {
            assert!(world.store.store_body(message.id, message.token, b"bytes").await.unwrap());
            let later = world.store.now() + Duration::minutes(1);
            assert!(world.store.finish_retry(message.id, message.token, later, "refused", unknown).await.unwrap());
        }
        claimed.len()
    };
    let kinds = async |id| {
        let rows = cast.desk.session_messages(id).await.unwrap();
        let mut kinds: Vec<_> = rows
            .iter()
            .filter(|m| m.kind != MessageKind::Reminder)
            .map(|m| (m.kind, m.state, m.reason.clone()))
            .collect();
        kinds.sort_by_key(|(kind, state, _)| (kind.word(), state.word()));
        kinds
    };
    let moved = |id| {
        let starts = chrono::NaiveDateTime::parse_from_str("2026-12-01 14:00", "%Y-%m-%d %H:%M").unwrap();
        let timing = store::timing(starts, &tests::people::zone("Europe/Berlin"), 50, None).unwrap();
        let (desk, room) = (&cast.desk, cast.room);
        async move { desk.move_session(id, &Goal::to(&timing, &domain::session::Place::Room(room))).await.unwrap() }
    };
    // The mail server was away: nobody heard of it. A move is still news, and
    // a cancellation is none.
    let Booked::Done(first) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    assert_eq!(try_all(false).await, 2);
    moved(first).await;
    let (skip, new) = (Some("session_changed".to_owned()), None);
    assert_eq!(
        kinds(first).await,
        [
            (MessageKind::Confirmation, MessageState::Planned, new.clone()),
            (MessageKind::Confirmation, MessageState::Planned, new),
            (MessageKind::Confirmation, MessageState::Superseded, skip.clone()),
            (MessageKind::Confirmation, MessageState::Superseded, skip),
        ]
    );
    assert_eq!(try_all(false).await, 2);
    cast.desk.cancel(first, &tests::cancelled("ill")).await.unwrap().unwrap();
    assert!(kinds(first).await.iter().all(|(kind, ..)| *kind == MessageKind::Confirmation));
    // The server took it and said nothing: they may have been told.
    let Booked::Done(second) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    assert_eq!(try_all(true).await, 2);
    moved(second).await;
    let may = Some("may_have_arrived".to_owned());
    assert_eq!(
        kinds(second).await,
        [
            (MessageKind::Confirmation, MessageState::Superseded, may.clone()),
            (MessageKind::Confirmation, MessageState::Superseded, may.clone()),
            (MessageKind::Moved, MessageState::Planned, None),
            (MessageKind::Moved, MessageState::Planned, None),
        ]
    );
    // Killed while it was sent, and moved before anybody looked again.
    let claimed = due(&world.store).await;
    for message in &claimed {
        assert!(world.store.store_body(message.id, message.token, b"bytes").await.unwrap());
    }
    cast.desk.cancel(second, &tests::cancelled("ill")).await.unwrap().unwrap();
    world.clock.advance(Duration::minutes(3));
    let cancelled = due(&world.store).await;
    assert!(cancelled.len() == 2 && cancelled.iter().all(|m| m.kind == MessageKind::Cancelled));
    assert_eq!(
        kinds(second).await[4..],
        [(MessageKind::Moved, MessageState::Skipped, may.clone()), (MessageKind::Moved, MessageState::Skipped, may)]
    );
});

both!(after_a_restore_what_may_have_gone_out_waits_for_a_person, |world| {
    let cast = Cast::new(&world.store).await;
    let Booked::Done(id) = cast.book(&world.store, "2026-12-10 10:00").await else { panic!("free") };
    // As the backup has it: one confirmation is on its way, the other owed.
    let claimed = world.store.claim_due(1, Duration::minutes(2)).await.unwrap();
    assert_eq!((claimed.len(), claimed[0].kind), (1, MessageKind::Confirmation));
    // A link that somebody waits for is not held: twice it does no harm.
    let new = tests::people::new_couple(&cast.ruth, "Ines Costa", "Rui Costa").await;
    let ines = cast.ruth.names(new).await.unwrap().unwrap()[0].0;
    assert_eq!(cast.ruth.invite_partner(new, ines).await.unwrap(), Some(true));
    assert_eq!(world.store.hold_after_restore().await.unwrap(), 2);
    assert_eq!(world.store.hold_after_restore().await.unwrap(), 0);
    world.clock.advance(Duration::minutes(10));
    let goes: Vec<_> = due(&world.store).await;
    assert_eq!(goes.iter().map(|m| m.kind).collect::<Vec<_>>(), [MessageKind::Invitation], "sent once more by itself");
    assert!(deliver(&world.store, &goes[0]).await);
    assert!(!deliver(&world.store, &claimed[0]).await, "its worker is of another time");
    // Settings planned anew wake nothing; what is for later stands.
    let practice = world.store.practice().await.unwrap().unwrap();
    let leads = vec!["2d".parse().unwrap()];
    cast.owner.update_practice(&domain::practice::Practice { leads, ..practice }).await.unwrap();
    while world.store.replan_some().await.unwrap() > 0 {}
    assert!(due(&world.store).await.is_empty());
    let rows = cast.desk.session_messages(id).await.unwrap();
    let confirmations: Vec<_> = rows.iter().filter(|r| r.kind == MessageKind::Confirmation).collect();
    assert!(
        confirmations.len() == 2 && confirmations.iter().all(|r| r.state == MessageState::Failed && r.can_resend())
    );
    assert!(confirmations.iter().all(|r| r.last_error.as_deref().unwrap().contains("brought back from a backup")));
    assert!(rows.iter().any(|r| r.kind == MessageKind::Reminder && r.state == MessageState::Planned));
    // The desk sends one of them again, once.
    assert_eq!(cast.desk.resend(confirmations[0].id).await.unwrap(), Some((id, true)));
    assert_eq!(cast.desk.resend(confirmations[0].id).await.unwrap(), Some((id, false)));
    let again = due(&world.store).await;
    assert_eq!(again.iter().map(|m| m.kind).collect::<Vec<_>>(), [MessageKind::Confirmation]);
    assert!(deliver(&world.store, &again[0]).await);
    // Whoever may have been told is told of a move as of a move.
    let timing = store::timing(
        chrono::NaiveDateTime::parse_from_str("2026-12-10 14:00", "%Y-%m-%d %H:%M").unwrap(),
        &people::zone("Europe/Berlin"),
        50,
        None,
    );
    let place = domain::session::Place::Room(cast.room);
    cast.desk.move_session(id, &Goal::to(&timing.unwrap(), &place)).await.unwrap();
    assert_eq!(due(&world.store).await.iter().map(|m| m.kind).collect::<Vec<_>>(), [MessageKind::Moved; 2]);
});
