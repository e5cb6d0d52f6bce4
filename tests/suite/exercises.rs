//! What repeats, what is planned, what reminds and ends by itself, what is
//! walked along; letters, paper, and what is taken back.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    assignment::{For, Frequency, NewAssignment, Rhythm},
    ids::{AssignmentId, OccurrenceId},
    person::SafeContact,
    reminder::MessageKind,
    response::{NotNow, ResponseState},
};
use store::{DueAt, Facts, Store, Submit};
use tests::{
    World, both,
    people::{Cast, person, small_answers},
};

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Moves the world's clock to an instant.
pub(super) fn until(world: &World, instant: &str) {
    world.clock.advance(at(instant) - world.store.now());
}

pub(super) async fn give(cast: &Cast, slug: &str, frequency: Frequency) -> AssignmentId {
    let new = NewAssignment { for_whom: For::Everyone, frequency, word_along: String::new() };
    cast.ruth.assign(cast.couple, slug, &new, None).await.unwrap().unwrap()
}

/// Sends what is due, and tells to whom what went.
pub(super) async fn sent(store: &Store) -> Vec<(String, MessageKind)> {
    let mut sent = Vec::new();
    loop {
        let claimed = store.claim_due(100, Duration::minutes(1)).await.unwrap();
        if claimed.is_empty() {
            return sent;
        }
        for message in claimed {
            let mail = matches!(message.facts, Facts::Portal | Facts::Plan { .. });
            assert!(store.store_body(message.id, message.token, b"x").await.unwrap());
            assert!(store.finish_sent(message.id, message.token).await.unwrap());
            if mail {
                let name = message.recipient_name.split(' ').next().unwrap().to_owned();
                sent.push((name, message.kind));
            }
        }
    }
}

pub(super) async fn open_of(partner: &store::Partner) -> Vec<(OccurrenceId, Option<DueAt>, ResponseState)> {
    let items = partner.exercises().await.unwrap();
    items.into_iter().filter(|i| i.submitted_at.is_none()).map(|i| (i.occurrence, i.due_at, i.state)).collect()
}

both!(a_daily_one_is_made_day_by_day_and_begins_where_each_lives, |world| {
    let cast = Cast::new(&world.store).await;
    let daily = Rhythm { days: 1, from: day("2026-11-23"), until: Some(day("2027-11-22")) };
    let id = give(&cast, "open", Frequency::Every(daily)).await;
    let view = cast.ruth.assignment(id, None).await.unwrap().unwrap();
    assert_eq!(view.occurrences.len(), 1, "a year is not 365 rows on day one");
    // Half past eleven at night in Berlin, late afternoon in New York.
    until(&world, "2026-11-23T22:30:00Z");
    world.store.make_occurrences().await.unwrap();
    assert_eq!(open_of(&cast.amara).await.len(), 1);
    // Midnight has come to Amara and not to Jonas.
    until(&world, "2026-11-23T23:30:00Z");
    assert_eq!(world.store.make_occurrences().await.unwrap(), 0, "it was made when it began in the east");
    let amara = open_of(&cast.amara).await;
    let jonas = open_of(&cast.jonas).await;
    assert_eq!(amara.iter().map(|(_, due, _)| *due).collect::<Vec<_>>(), [Some(DueAt::Day(day("2026-11-24")))]);
    // Jonas's account was made with the zone of New York.
    assert_eq!(jonas.iter().map(|(_, due, _)| *due).collect::<Vec<_>>(), [Some(DueAt::Day(day("2026-11-23")))]);
    // What has not begun is not there, even by its address.
    assert!(cast.jonas.occurrence(amara[0].0).await.unwrap().is_none());
    assert_eq!(cast.jonas.submit(amara[0].0, &small_answers("x")).await.unwrap(), Submit::Gone);
    // Ten days of a stopped server are not made up for.
    until(&world, "2026-12-04T12:00:00Z");
    world.store.make_occurrences().await.unwrap();
    let made = cast.ruth.assignment(id, None).await.unwrap().unwrap().occurrences;
    assert!(made.len() <= 5, "{}", made.len());
    assert_eq!(open_of(&cast.amara).await.len(), 1, "what has passed goes quietly");
    assert_eq!(made[0].number, made[0].window.map(|(opens, _)| (opens - day("2026-11-22")).num_days()).unwrap());
});

both!(a_week_stays_a_week_over_a_change_of_the_clocks, |world| {
    let cast = Cast::new(&world.store).await;
    until(&world, "2027-03-22T09:00:00Z");
    let weekly = Rhythm { days: 7, from: day("2027-03-22"), until: None };
    let id = give(&cast, "open", Frequency::Every(weekly)).await;
    until(&world, "2027-03-29T05:00:00Z");
    world.store.make_occurrences().await.unwrap();
    let made = cast.ruth.assignment(id, None).await.unwrap().unwrap().occurrences;
    assert_eq!(made[0].window, Some((day("2027-03-29"), day("2027-04-04"))));
    // Paused, nothing is asked; going on, it takes up with the window of then.
    cast.ruth.set_paused(id, true).await.unwrap().unwrap();
    assert!(open_of(&cast.amara).await.is_empty());
    until(&world, "2027-04-20T09:00:00Z");
    assert_eq!(world.store.make_occurrences().await.unwrap(), 0);
    cast.ruth.set_paused(id, false).await.unwrap().unwrap();
    world.store.make_occurrences().await.unwrap();
    let due: Vec<_> = open_of(&cast.amara).await.into_iter().map(|(_, due, _)| due).collect();
    assert_eq!(due, [Some(DueAt::Day(day("2027-04-25")))]);
    // Twice at once is once.
    until(&world, "2027-04-27T09:00:00Z");
    let second = world.second().await;
    let (a, b) = tokio::join!(world.store.make_occurrences(), second.make_occurrences());
    assert_eq!(a.unwrap() + b.unwrap(), 1);
    // Ended, it ends.
    cast.ruth.withdraw(id).await.unwrap().unwrap();
    until(&world, "2027-05-27T09:00:00Z");
    assert_eq!(world.store.make_occurrences().await.unwrap(), 0);
});

both!(before_every_session_one_is_made_and_follows_it, |world| {
    let cast = Cast::new(&world.store).await;
    cast.book(&world.store, "2026-11-25 10:00").await;
    cast.book(&world.store, "2026-12-02 10:00").await;
    let id = give(&cast, "open", Frequency::EachSession).await;
    assert_eq!(open_of(&cast.amara).await[0].1, Some(DueAt::Session(at("2026-11-25T09:00:00Z"))));
    assert_eq!(world.store.make_occurrences().await.unwrap(), 0);
    until(&world, "2026-11-25T12:00:00Z");
    let second = world.second().await;
    let (a, b) = tokio::join!(world.store.make_occurrences(), second.make_occurrences());
    assert_eq!(a.unwrap() + b.unwrap(), 1);
    let open = open_of(&cast.amara).await;
    assert_eq!(open.len(), 1, "the passed one is not asked for any more");
    assert_eq!(open[0].1, Some(DueAt::Session(at("2026-12-02T09:00:00Z"))));
    assert_eq!(cast.ruth.assignment(id, None).await.unwrap().unwrap().summary.number, 2);
});

both!(paused_for_an_afternoon_it_stops_nobody_else, |world| {
    let cast = Cast::new(&world.store).await;
    let daily = Rhythm { days: 1, from: day("2026-11-23"), until: None };
    let paused = give(&cast, "open", Frequency::Every(daily)).await;
    let other = give(&cast, "small", Frequency::Every(daily)).await;
    // Tomorrow has begun somewhere on Earth: its window is made.
    until(&world, "2026-11-23T12:00:00Z");
    world.store.make_occurrences().await.unwrap();
    cast.ruth.set_paused(paused, true).await.unwrap().unwrap();
    cast.ruth.set_paused(paused, false).await.unwrap().unwrap();
    for _ in 0..3 {
        world.clock.advance(Duration::days(1));
        assert_eq!(world.store.make_occurrences().await.unwrap(), 2);
    }
    for id in [paused, other] {
        let newest = cast.ruth.assignment(id, None).await.unwrap().unwrap().occurrences.len();
        assert_eq!(newest, 5, "each day once, made ahead");
    }
});

both!(a_session_alone_is_not_told_by_what_the_other_is_asked, |world| {
    let cast = Cast::new(&world.store).await;
    let amara = person(&cast.ruth, cast.couple, "Amara").await;
    let wish = domain::session::NewSession { attendee: Some(amara), ..cast.wish(&world.store, "2026-11-25 10:00") };
    let zone = domain::person::Zone::parse("Europe/Berlin").unwrap();
    let timing = store::timing(wish.starts, &zone, wish.minutes, None).unwrap();
    cast.desk.book(&wish, &timing).await.unwrap();
    give(&cast, "open", Frequency::EachSession).await;
    let before = open_of(&cast.jonas).await;
    until(&world, "2026-11-25T12:00:00Z");
    assert_eq!(world.store.make_occurrences().await.unwrap(), 0);
    assert_eq!(open_of(&cast.jonas).await, before);
    cast.book(&world.store, "2026-11-26 10:00").await;
    until(&world, "2026-11-26T12:00:00Z");
    assert_eq!(world.store.make_occurrences().await.unwrap(), 1);
});

both!(what_was_begun_stays_after_it_is_taken_back, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    cast.amara.save_draft(occurrence, &small_answers("amara"), 0, None).await.unwrap().unwrap();
    let id = cast.ruth.assignments(cast.couple).await.unwrap()[0].id;
    cast.ruth.withdraw(id).await.unwrap().unwrap();
    let items = cast.amara.exercises().await.unwrap();
    assert!(items.len() == 1 && items[0].withdrawn && items[0].over);
    assert!(cast.jonas.exercises().await.unwrap().is_empty());
    let draft = cast.amara.occurrence(occurrence).await.unwrap().unwrap().draft.answers;
    assert_eq!(draft, small_answers("amara"));
    assert_eq!(cast.amara.submit(occurrence, &draft).await.unwrap(), Submit::Gone);
});

both!(today_is_not_missed_because_tomorrow_has_begun_elsewhere, |world| {
    let cast = Cast::new(&world.store).await;
    let daily = Rhythm { days: 1, from: day("2026-11-23"), until: None };
    give(&cast, "open", Frequency::Every(daily)).await;
    until(&world, "2026-11-23T12:00:00Z");
    world.store.make_occurrences().await.unwrap();
    let (turns, _) = cast.ruth.turns(cast.couple, at("2026-01-01T00:00:00Z")).await.unwrap().unwrap();
    assert_eq!(turns.iter().map(|t| t.over).collect::<Vec<_>>(), [false]);
});

both!(a_draft_outlives_its_window_and_can_still_be_sent, |world| {
    let cast = Cast::new(&world.store).await;
    let daily = Rhythm { days: 1, from: day("2026-11-23"), until: None };
    give(&cast, "open", Frequency::Every(daily)).await;
    let (first, ..) = open_of(&cast.amara).await[0];
    cast.amara.save_draft(first, &small_answers("late"), 0, None).await.unwrap().unwrap();
    until(&world, "2026-11-25T12:00:00Z");
    world.store.make_occurrences().await.unwrap();
    let items = cast.amara.exercises().await.unwrap();
    let begun: Vec<_> = items.iter().filter(|i| i.over).collect();
    assert_eq!(begun.len(), 1);
    assert_eq!(begun[0].occurrence, first);
    let answers = cast.amara.occurrence(first).await.unwrap().unwrap().draft.answers;
    assert_eq!(cast.amara.submit(first, &answers).await.unwrap(), Submit::Done);
});

both!(only_the_one_who_has_not_finished_is_reminded_twice_at_most, |world| {
    let cast = Cast::new(&world.store).await;
    sent(&world.store).await;
    let id = give(&cast, "open", Frequency::OnDate(day("2026-11-27"))).await;
    let (occurrence, ..) = open_of(&cast.amara).await[0];
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    until(&world, "2026-11-26T16:59:00Z");
    assert_eq!(sent(&world.store).await, []);
    // Six in the evening in Berlin is for Amara, who has finished; in New York
    // it is later.
    until(&world, "2026-11-26T17:01:00Z");
    assert_eq!(sent(&world.store).await, []);
    until(&world, "2026-11-26T23:01:00Z");
    assert_eq!(sent(&world.store).await, [("Jonas".to_owned(), MessageKind::Nudge)]);
    assert_eq!(sent(&world.store).await, [], "once");
    until(&world, "2026-11-27T23:01:00Z");
    assert_eq!(sent(&world.store).await.len(), 1);
    until(&world, "2026-12-24T23:01:00Z");
    assert_eq!(sent(&world.store).await, [], "two, and no more");
    // The therapist has one line, and the client none.
    let brief = cast.ruth.brief(cast.couple).await.unwrap().unwrap();
    let item = brief.items.iter().find(|i| i.assignment == id).unwrap();
    assert_eq!(item.nudged_out, [false, true]);
});

both!(reminders_end_with_a_word_with_a_switch_and_with_the_end, |world| {
    let cast = Cast::new(&world.store).await;
    sent(&world.store).await;
    // A daily one that nobody answers: two reminders over all its days.
    let daily = Rhythm { days: 1, from: day("2026-11-23"), until: None };
    let id = give(&cast, "open", Frequency::Every(daily)).await;
    // Four hours at a time: what is due at six has not passed when it is seen.
    let days = async |count: i64| {
        let mut mails = Vec::new();
        for _ in 0..count * 6 {
            world.store.make_occurrences().await.unwrap();
            mails.extend(sent(&world.store).await);
            world.clock.advance(Duration::hours(4));
        }
        mails
    };
    let mails = days(8).await;
    for name in ["Amara", "Jonas"] {
        assert_eq!(mails.iter().filter(|(n, _)| n == name).count(), 2, "{name}: {mails:?}");
    }
    // Sending one begins the count anew.
    world.store.make_occurrences().await.unwrap();
    let (today, ..) = open_of(&cast.amara).await[0];
    cast.amara.submit(today, &small_answers("amara")).await.unwrap();
    let again = days(3).await;
    assert!(again.iter().any(|(n, _)| n == "Amara") && !again.iter().any(|(n, _)| n == "Jonas"), "{again:?}");
    // A word why ends them for the days to come too, and nobody but the
    // therapist reads it. (She has sent one: it is not the count that ends them.)
    let (today, ..) = open_of(&cast.amara).await[0];
    cast.amara.submit(today, &small_answers("amara")).await.unwrap();
    world.clock.advance(Duration::hours(24));
    world.store.make_occurrences().await.unwrap();
    let (today, ..) = open_of(&cast.amara).await[0];
    assert!(cast.amara.set_not_now(today, Some(NotNow::NotSafe)).await.unwrap());
    assert_eq!(days(3).await, []);
    let number = cast.ruth.assignment(id, None).await.unwrap().unwrap().occurrences.iter().map(|o| o.number).max();
    let mut told = Vec::new();
    for n in 1..=number.unwrap() {
        if let Some(view) = cast.ruth.assignment(id, Some(n)).await.unwrap() {
            told.extend(view.summary.status.iter().filter_map(|s| s.not_now));
        }
    }
    assert_eq!(told, [NotNow::NotSafe]);
    assert!(!format!("{:?}", cast.jonas.exercises().await.unwrap()).contains("not_now: true"));
    // Switched off by Jonas, nothing more is even planned for him.
    let quiet = SafeContact { nudges: false, ..SafeContact::default() };
    cast.jonas.set_contact(&quiet).await.unwrap();
    cast.ruth.withdraw(id).await.unwrap();
    let once = give(&cast, "small", Frequency::OnDate(world.store.now().date_naive() + Duration::days(3))).await;
    let mails = days(3).await;
    assert!(!mails.is_empty() && mails.iter().all(|(n, _)| n == "Amara"), "{mails:?}");
    cast.ruth.withdraw(once).await.unwrap();
    assert_eq!(days(3).await, []);
});

both!(a_reminder_before_a_session_moves_with_it, |world| {
    let cast = Cast::new(&world.store).await;
    give(&cast, "open", Frequency::BeforeNext).await;
    sent(&world.store).await;
    let store::Booked::Done(session) = cast.book(&world.store, "2026-12-04 10:00").await else { panic!() };
    until(&world, "2026-12-01T12:00:00Z");
    sent(&world.store).await;
    let cancellation = tests::cancelled("");
    cast.desk.cancel(session, &cancellation).await.unwrap();
    until(&world, "2026-12-03T20:00:00Z");
    let mails = sent(&world.store).await;
    assert!(!mails.iter().any(|(_, kind)| *kind == MessageKind::Nudge), "{mails:?}");
    cast.book(&world.store, "2026-12-11 10:00").await;
    until(&world, "2026-12-09T17:30:00Z");
    let mails = sent(&world.store).await;
    assert_eq!(mails.iter().filter(|(n, k)| *k == MessageKind::Nudge && n == "Amara").count(), 1, "{mails:?}");
});

both!(before_the_next_session_means_the_next_one, |world| {
    let cast = Cast::new(&world.store).await;
    cast.book(&world.store, "2026-11-24 10:00").await;
    cast.book(&world.store, "2026-12-08 10:00").await;
    cast.assign().await;
    until(&world, "2026-11-24T12:00:00Z");
    sent(&world.store).await;
    world.store.replan_after_sessions().await.unwrap();
    world.store.replan_after_sessions().await.unwrap();
    until(&world, "2026-12-06T17:30:00Z");
    let nudges: Vec<_> = sent(&world.store).await.into_iter().filter(|(_, kind)| *kind == MessageKind::Nudge).collect();
    assert_eq!(nudges.iter().filter(|(name, _)| name == "Amara").count(), 1, "{nudges:?}");
});
