//! Assignments over time: occurrences that repeat, their windows and drafts, and nudges
//! and what ends them.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    clients::person::SafeContact,
    exercises::{
        assignment::{Audience, Frequency, NewAssignment, Rhythm},
        response::{NotNow, ResponseState},
    },
    ids::{AssignmentId, OccurrenceId},
    outbox::reminder::EmailKind,
};
use store::{DueAt, EmailFacts, Store, SubmitOutcome};
use tests::{
    World, both,
    people::{Cast, person, small_answers},
};

/// Parses a day.
pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Parses an instant.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Sets the world's clock to an instant.
pub(crate) fn move_clock_to(world: &World, instant: &str) {
    world.clock.advance(at(instant) - world.store.now());
}

/// Assigns an exercise to both partners of the couple.
pub(super) async fn give(cast: &Cast, slug: &str, frequency: Frequency) -> AssignmentId {
    let new = NewAssignment { for_whom: Audience::Everyone, frequency, word_along: String::new() };
    cast.ruth.assign(cast.couple, slug, &new, None).await.unwrap().unwrap()
}

/// Sends everything that is due; returns the first name of the recipient and the kind of
/// each email that is not about a session.
pub(super) async fn send_due(store: &Store) -> Vec<(String, EmailKind)> {
    let mut sent = Vec::new();
    loop {
        let claimed = store.worker().claim_due(100, Duration::minutes(1)).await.unwrap();
        if claimed.is_empty() {
            return sent;
        }
        for email in claimed {
            let mail = matches!(email.facts, EmailFacts::Portal | EmailFacts::Plan { .. });
            assert!(store.worker().store_body(email.id, email.token, b"x").await.unwrap());
            assert!(store.worker().finish_sent(email.id, email.token).await.unwrap());
            if mail {
                let name = email.recipient_name.split(' ').next().unwrap().to_owned();
                sent.push((name, email.kind));
            }
        }
    }
}

/// The occurrences that a partner has not sent yet, with their due time and state.
pub(super) async fn open_occurrences(partner: &store::Partner) -> Vec<(OccurrenceId, Option<DueAt>, ResponseState)> {
    let items = partner.exercises(None).await.unwrap().rows;
    items.into_iter().filter(|i| i.submitted_at.is_none()).map(|i| (i.occurrence, i.due_at, i.state)).collect()
}

both!(daily_occurrences_are_made_day_by_day_and_open_in_each_partners_zone, |world| {
    let cast = Cast::new(&world.store).await;
    let daily = Rhythm { days: 1, from: day("2026-11-23"), until: Some(day("2027-11-22")) };
    let id = give(&cast, "open", Frequency::Every(daily)).await;
    let view = cast.ruth.assignment(id, None, None).await.unwrap().unwrap();
    assert_eq!(view.occurrences.rows.len(), 1, "a year is not 365 rows on day one");
    // It is half past eleven at night in Berlin, and half past ten in London.
    move_clock_to(&world, "2026-11-23T22:30:00Z");
    world.store.worker().make_occurrences().await.unwrap();
    assert_eq!(open_occurrences(&cast.amara).await.len(), 1);
    // The next day has begun for Amara, and not for Jonas.
    move_clock_to(&world, "2026-11-23T23:30:00Z");
    assert_eq!(world.store.worker().make_occurrences().await.unwrap(), 0, "it was made when it began in the east");
    let amara = open_occurrences(&cast.amara).await;
    let jonas = open_occurrences(&cast.jonas).await;
    assert_eq!(amara.iter().map(|(_, due, _)| *due).collect::<Vec<_>>(), [Some(DueAt::Day(day("2026-11-24")))]);
    // Jonas's account has the zone of London.
    assert_eq!(jonas.iter().map(|(_, due, _)| *due).collect::<Vec<_>>(), [Some(DueAt::Day(day("2026-11-23")))]);
    // An occurrence that has not begun cannot be opened, even by its address.
    assert!(cast.jonas.occurrence(amara[0].0).await.unwrap().is_none());
    assert_eq!(cast.jonas.submit(amara[0].0, &small_answers("x")).await.unwrap(), SubmitOutcome::Gone);
    // Ten days without a running server are not made up for.
    move_clock_to(&world, "2026-12-04T12:00:00Z");
    world.store.worker().make_occurrences().await.unwrap();
    let made = cast.ruth.assignment(id, None, None).await.unwrap().unwrap().occurrences.rows;
    assert!(made.len() <= 5, "{}", made.len());
    assert_eq!(open_occurrences(&cast.amara).await.len(), 1, "what has passed goes quietly");
    assert_eq!(made[0].number, made[0].window.map(|(opens, _)| (opens - day("2026-11-22")).num_days()).unwrap());
});

both!(weekly_occurrence_lasts_a_week_across_a_clock_change_and_can_be_paused, |world| {
    let cast = Cast::new(&world.store).await;
    move_clock_to(&world, "2027-03-22T09:00:00Z");
    let weekly = Rhythm { days: 7, from: day("2027-03-22"), until: None };
    let id = give(&cast, "open", Frequency::Every(weekly)).await;
    move_clock_to(&world, "2027-03-29T05:00:00Z");
    world.store.worker().make_occurrences().await.unwrap();
    let made = cast.ruth.assignment(id, None, None).await.unwrap().unwrap().occurrences.rows;
    assert_eq!(made[0].window, Some((day("2027-03-29"), day("2027-04-04"))));
    // A paused assignment asks for nothing; continued, it starts with the current window.
    cast.ruth.set_paused(id, true).await.unwrap().unwrap();
    assert!(open_occurrences(&cast.amara).await.is_empty());
    move_clock_to(&world, "2027-04-20T09:00:00Z");
    assert_eq!(world.store.worker().make_occurrences().await.unwrap(), 0);
    cast.ruth.set_paused(id, false).await.unwrap().unwrap();
    world.store.worker().make_occurrences().await.unwrap();
    let due: Vec<_> = open_occurrences(&cast.amara).await.into_iter().map(|(_, due, _)| due).collect();
    assert_eq!(due, [Some(DueAt::Day(day("2027-04-25")))]);
    // Two processes at once make one occurrence.
    move_clock_to(&world, "2027-04-27T09:00:00Z");
    let (worker, second) = (world.store.worker(), world.second().await.worker());
    let (a, b) = tokio::join!(worker.make_occurrences(), second.make_occurrences());
    assert_eq!(a.unwrap() + b.unwrap(), 1);
    // A withdrawn assignment makes no more occurrences.
    cast.ruth.withdraw(id).await.unwrap().unwrap();
    move_clock_to(&world, "2027-05-27T09:00:00Z");
    assert_eq!(world.store.worker().make_occurrences().await.unwrap(), 0);
});

both!(exercise_for_each_session_gets_an_occurrence_before_every_session, |world| {
    let cast = Cast::new(&world.store).await;
    cast.book(&world.store, "2026-11-25 10:00").await;
    cast.book(&world.store, "2026-12-02 10:00").await;
    let id = give(&cast, "open", Frequency::EachSession).await;
    assert_eq!(open_occurrences(&cast.amara).await[0].1, Some(DueAt::Session(at("2026-11-25T09:00:00Z"))));
    assert_eq!(world.store.worker().make_occurrences().await.unwrap(), 0);
    move_clock_to(&world, "2026-11-25T12:00:00Z");
    let (worker, second) = (world.store.worker(), world.second().await.worker());
    let (a, b) = tokio::join!(worker.make_occurrences(), second.make_occurrences());
    assert_eq!(a.unwrap() + b.unwrap(), 1);
    let open = open_occurrences(&cast.amara).await;
    assert_eq!(open.len(), 1, "the passed one is not asked for any more");
    assert_eq!(open[0].1, Some(DueAt::Session(at("2026-12-02T09:00:00Z"))));
    assert_eq!(cast.ruth.assignment(id, None, None).await.unwrap().unwrap().summary.number, 2);
});

both!(pausing_one_assignment_does_not_affect_another, |world| {
    let cast = Cast::new(&world.store).await;
    let daily = Rhythm { days: 1, from: day("2026-11-23"), until: None };
    let paused = give(&cast, "open", Frequency::Every(daily)).await;
    let other = give(&cast, "small", Frequency::Every(daily)).await;
    // Tomorrow has begun somewhere on Earth, so its window exists.
    move_clock_to(&world, "2026-11-23T12:00:00Z");
    world.store.worker().make_occurrences().await.unwrap();
    cast.ruth.set_paused(paused, true).await.unwrap().unwrap();
    cast.ruth.set_paused(paused, false).await.unwrap().unwrap();
    for _ in 0..3 {
        world.clock.advance(Duration::days(1));
        assert_eq!(world.store.worker().make_occurrences().await.unwrap(), 2);
    }
    for id in [paused, other] {
        let newest = cast.ruth.assignment(id, None, None).await.unwrap().unwrap().occurrences.rows.len();
        assert_eq!(newest, 5, "each day once, made ahead");
    }
});

both!(individual_session_makes_no_occurrence_for_the_couple, |world| {
    let cast = Cast::new(&world.store).await;
    let amara = person(&cast.ruth, cast.couple, "Amara").await;
    let wish = domain::scheduling::session::NewSession {
        attendee: Some(amara),
        ..cast.wish(&world.store, "2026-11-25 10:00")
    };
    let zone = domain::clients::person::Zone::parse("Europe/Berlin").unwrap();
    let timing = store::timing(wish.starts, &zone, wish.minutes, None).unwrap();
    cast.desk.book(&wish, &timing).await.unwrap();
    give(&cast, "open", Frequency::EachSession).await;
    let before = open_occurrences(&cast.jonas).await;
    move_clock_to(&world, "2026-11-25T12:00:00Z");
    assert_eq!(world.store.worker().make_occurrences().await.unwrap(), 0);
    assert_eq!(open_occurrences(&cast.jonas).await, before);
    cast.book(&world.store, "2026-11-26 10:00").await;
    move_clock_to(&world, "2026-11-26T12:00:00Z");
    assert_eq!(world.store.worker().make_occurrences().await.unwrap(), 1);
});

both!(draft_stays_readable_after_its_assignment_is_withdrawn, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    cast.amara.save_draft(occurrence, &small_answers("amara"), 0, None).await.unwrap().unwrap();
    let id = cast.ruth.assignments(cast.couple, None).await.unwrap().rows[0].id;
    cast.ruth.withdraw(id).await.unwrap().unwrap();
    let items = cast.amara.exercises(None).await.unwrap().rows;
    assert!(items.len() == 1 && items[0].withdrawn && items[0].over);
    assert!(cast.jonas.exercises(None).await.unwrap().rows.is_empty());
    let draft = cast.amara.occurrence(occurrence).await.unwrap().unwrap().draft.answers;
    assert_eq!(draft, small_answers("amara"));
    assert_eq!(cast.amara.submit(occurrence, &draft).await.unwrap(), SubmitOutcome::Gone);
});

both!(todays_occurrence_is_not_missed_when_tomorrows_is_made, |world| {
    let cast = Cast::new(&world.store).await;
    let daily = Rhythm { days: 1, from: day("2026-11-23"), until: None };
    give(&cast, "open", Frequency::Every(daily)).await;
    move_clock_to(&world, "2026-11-23T12:00:00Z");
    world.store.worker().make_occurrences().await.unwrap();
    let (turns, _) = cast.ruth.adherence(cast.couple, at("2026-01-01T00:00:00Z")).await.unwrap().unwrap();
    assert_eq!(turns.iter().map(|t| t.over).collect::<Vec<_>>(), [false]);
});

both!(draft_can_be_sent_after_its_window, |world| {
    let cast = Cast::new(&world.store).await;
    let daily = Rhythm { days: 1, from: day("2026-11-23"), until: None };
    give(&cast, "open", Frequency::Every(daily)).await;
    let (first, ..) = open_occurrences(&cast.amara).await[0];
    cast.amara.save_draft(first, &small_answers("late"), 0, None).await.unwrap().unwrap();
    move_clock_to(&world, "2026-11-25T12:00:00Z");
    world.store.worker().make_occurrences().await.unwrap();
    let items = cast.amara.exercises(None).await.unwrap().rows;
    let begun: Vec<_> = items.iter().filter(|i| i.over).collect();
    assert_eq!(begun.len(), 1);
    assert_eq!(begun[0].occurrence, first);
    let answers = cast.amara.occurrence(first).await.unwrap().unwrap().draft.answers;
    assert_eq!(cast.amara.submit(first, &answers).await.unwrap(), SubmitOutcome::Done);
});

both!(only_the_partner_who_has_not_finished_gets_two_nudges_at_most, |world| {
    let cast = Cast::new(&world.store).await;
    send_due(&world.store).await;
    let id = give(&cast, "open", Frequency::OnDate(day("2026-11-27"))).await;
    let (occurrence, ..) = open_occurrences(&cast.amara).await[0];
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    move_clock_to(&world, "2026-11-26T16:59:00Z");
    assert_eq!(send_due(&world.store).await, []);
    // At six in the evening in Berlin a nudge to Amara would be due, but she has
    // finished; in London it is still earlier.
    move_clock_to(&world, "2026-11-26T17:01:00Z");
    assert_eq!(send_due(&world.store).await, []);
    move_clock_to(&world, "2026-11-26T23:01:00Z");
    assert_eq!(send_due(&world.store).await, [("Jonas".to_owned(), EmailKind::Nudge)]);
    assert_eq!(send_due(&world.store).await, [], "once");
    move_clock_to(&world, "2026-11-27T23:01:00Z");
    assert_eq!(send_due(&world.store).await.len(), 1);
    move_clock_to(&world, "2026-12-24T23:01:00Z");
    assert_eq!(send_due(&world.store).await, [], "two, and no more");
    // The therapist has one line about it, and the client has none.
    let brief = cast.ruth.brief(cast.couple).await.unwrap().unwrap();
    let item = brief.items.iter().find(|i| i.assignment == id).unwrap();
    assert_eq!(item.nudged_out, [false, true]);
});

both!(nudges_end_with_a_reason_a_setting_or_withdrawal, |world| {
    let cast = Cast::new(&world.store).await;
    send_due(&world.store).await;
    // Nobody answers a daily exercise: two nudges in total, over all its days.
    let daily = Rhythm { days: 1, from: day("2026-11-23"), until: None };
    let id = give(&cast, "open", Frequency::Every(daily)).await;
    // Advance four hours at a time, so that what is due at six is not too late when it is
    // looked at.
    let emails_of_days = async |count: i64| {
        let mut mails = Vec::new();
        for _ in 0..count * 6 {
            world.store.worker().make_occurrences().await.unwrap();
            mails.extend(send_due(&world.store).await);
            world.clock.advance(Duration::hours(4));
        }
        mails
    };
    let mails = emails_of_days(8).await;
    for name in ["Amara", "Jonas"] {
        assert_eq!(mails.iter().filter(|(n, _)| n == name).count(), 2, "{name}: {mails:?}");
    }
    // Sending one response starts the count again.
    world.store.worker().make_occurrences().await.unwrap();
    let (today, ..) = open_occurrences(&cast.amara).await[0];
    cast.amara.submit(today, &small_answers("amara")).await.unwrap();
    let again = emails_of_days(3).await;
    assert!(again.iter().any(|(n, _)| n == "Amara") && !again.iter().any(|(n, _)| n == "Jonas"), "{again:?}");
    // A reason ends the nudges for the following days too, and only the therapist reads
    // it. (She has sent one response, so it is not the count that ends them.)
    let (today, ..) = open_occurrences(&cast.amara).await[0];
    cast.amara.submit(today, &small_answers("amara")).await.unwrap();
    world.clock.advance(Duration::hours(24));
    world.store.worker().make_occurrences().await.unwrap();
    let (today, ..) = open_occurrences(&cast.amara).await[0];
    assert!(cast.amara.set_not_now(today, Some(NotNow::NotSafe)).await.unwrap());
    assert_eq!(emails_of_days(3).await, []);
    let number =
        cast.ruth.assignment(id, None, None).await.unwrap().unwrap().occurrences.rows.iter().map(|o| o.number).max();
    let mut told = Vec::new();
    for n in 1..=number.unwrap() {
        if let Some(view) = cast.ruth.assignment(id, Some(n), None).await.unwrap() {
            told.extend(view.summary.status.iter().filter_map(|s| s.not_now));
        }
    }
    assert_eq!(told, [NotNow::NotSafe]);
    assert!(!format!("{:?}", cast.jonas.exercises(None).await.unwrap().rows).contains("not_now: true"));
    // Jonas switches nudges off: none is even planned for him any more.
    let quiet = SafeContact { nudges: false, ..SafeContact::default() };
    cast.jonas.set_contact(&quiet).await.unwrap();
    cast.ruth.withdraw(id).await.unwrap();
    let once = give(&cast, "small", Frequency::OnDate(world.store.now().date_naive() + Duration::days(3))).await;
    let mails = emails_of_days(3).await;
    assert!(!mails.is_empty() && mails.iter().all(|(n, _)| n == "Amara"), "{mails:?}");
    cast.ruth.withdraw(once).await.unwrap();
    assert_eq!(emails_of_days(3).await, []);
});

both!(nudge_before_a_session_follows_the_session, |world| {
    let cast = Cast::new(&world.store).await;
    give(&cast, "open", Frequency::BeforeNext).await;
    send_due(&world.store).await;
    let store::Booked::Done(session) = cast.book(&world.store, "2026-12-04 10:00").await else { panic!() };
    move_clock_to(&world, "2026-12-01T12:00:00Z");
    send_due(&world.store).await;
    let cancellation = tests::cancelled("");
    cast.desk.cancel(session, &cancellation).await.unwrap();
    move_clock_to(&world, "2026-12-03T20:00:00Z");
    let mails = send_due(&world.store).await;
    assert!(!mails.iter().any(|(_, kind)| *kind == EmailKind::Nudge), "{mails:?}");
    cast.book(&world.store, "2026-12-11 10:00").await;
    move_clock_to(&world, "2026-12-09T17:30:00Z");
    let mails = send_due(&world.store).await;
    assert_eq!(mails.iter().filter(|(n, k)| *k == EmailKind::Nudge && n == "Amara").count(), 1, "{mails:?}");
});

both!(nudge_is_replanned_for_the_following_session, |world| {
    let cast = Cast::new(&world.store).await;
    cast.book(&world.store, "2026-11-24 10:00").await;
    cast.book(&world.store, "2026-12-08 10:00").await;
    cast.assign().await;
    move_clock_to(&world, "2026-11-24T12:00:00Z");
    send_due(&world.store).await;
    world.store.worker().replan_after_sessions().await.unwrap();
    world.store.worker().replan_after_sessions().await.unwrap();
    move_clock_to(&world, "2026-12-06T17:30:00Z");
    let nudges: Vec<_> =
        send_due(&world.store).await.into_iter().filter(|(_, kind)| *kind == EmailKind::Nudge).collect();
    assert_eq!(nudges.iter().filter(|(name, _)| name == "Amara").count(), 1, "{nudges:?}");
});
