//! Series of sessions: booked, moved and cancelled as one, and never double-booked.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, Utc};
use domain::{
    ids::SessionId,
    outbox::reminder::EmailKind,
    scheduling::{
        series::{End, Reach, Recurrence, SeriesRule},
        session::{Move, Place, SessionState, When},
    },
};
use store::{Bookings, Choice, Choices, EmailFacts, FieldError, MoveTarget, SeriesBooked, SessionView};
use tests::{Backend, World, both, people::Cast};

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn wall(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn weekly(first: &str, end: End) -> SeriesRule {
    SeriesRule { first: day(first), recurrence: Recurrence::Weeks(1), end }
}

/// A move to a wall time and a length, in the same room.
pub fn move_to(cast: &Cast, starts: &str, minutes: i64) -> Move {
    let when = When { starts: wall(starts), fold: None, minutes };
    Move {
        when,
        place: Place::Room(cast.room),
        reason: "asked".to_owned(),
        outside: true,
        over: None,
        clinician: None,
        kind: None,
    }
}

pub async fn try_book(world: &World, cast: &Cast, starts: &str, rule: &SeriesRule, choices: &Choices) -> SeriesBooked {
    let wish = cast.wish(&world.store, starts);
    cast.desk.book_series(&wish, rule, &tests::people::zone("Europe/Berlin"), choices).await.unwrap()
}

pub async fn book_series(world: &World, cast: &Cast, starts: &str, rule: &SeriesRule) -> SessionId {
    match try_book(world, cast, starts, rule, &Choices::new()).await {
        SeriesBooked::Done(id) => id,
        other => panic!("{other:?}"),
    }
}

/// Every session of the couple that occupies its time, in order of time.
pub async fn occupying_sessions(desk: &Bookings, client: domain::ids::ClientId) -> Vec<SessionView> {
    let mut sessions = Vec::new();
    let (from, until) = (at("2026-01-01T00:00:00Z"), at("2029-01-01T00:00:00Z"));
    for row in desk.calendar(from, until, None, None).await.unwrap() {
        let session = desk.session(row.id).await.unwrap().unwrap();
        if session.client == client && session.state.occupies() {
            sessions.push(session);
        }
    }
    sessions
}

pub fn start_texts(sessions: &[SessionView]) -> Vec<String> {
    sessions.iter().map(|s| s.timing.starts_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)).collect()
}

/// Sends everything that is due; returns the recipient, the kind, the number of further
/// sessions that the email names, and whether the series ended.
pub async fn send_due(world: &World) -> Vec<(String, EmailKind, usize, bool)> {
    let mut sent = Vec::new();
    for email in world.store.worker().claim_due(500, Duration::minutes(1)).await.unwrap() {
        let EmailFacts::Session(facts) = &email.facts else { continue };
        let name = email.recipient_name.split(' ').next().unwrap().to_owned();
        sent.push((name, email.kind, facts.series.next.len(), facts.series.over));
        assert!(world.store.worker().store_body(email.id, email.token, b"x").await.unwrap());
        assert!(world.store.worker().finish_sent(email.id, email.token).await.unwrap());
    }
    sent.sort();
    sent
}

both!(series_keeps_its_wall_time_and_sends_one_confirmation, |world| {
    let cast = Cast::new(&world.store).await;
    send_due(&world).await;
    world.clock.advance(at("2027-03-20T11:00:00Z") - world.store.now());
    let first = book_series(&world, &cast, "2027-03-25 10:00", &weekly("2027-03-25", End::Times(3))).await;
    let sessions = occupying_sessions(&cast.desk, cast.couple).await;
    assert_eq!(start_texts(&sessions), ["2027-03-25T09:00:00Z", "2027-04-01T08:00:00Z", "2027-04-08T08:00:00Z"]);
    assert_eq!(sessions[0].id, first);
    // One confirmation for each partner, which names the sessions that follow.
    let confirmation = |name: &str| (name.to_owned(), EmailKind::Confirmation, 2, false);
    assert_eq!(send_due(&world).await, [confirmation("Amara"), confirmation("Jonas")]);
    // Each session has its own reminders.
    let rows = cast.desk.session_emails(sessions[2].id).await.unwrap();
    assert_eq!(rows.iter().filter(|r| r.kind == EmailKind::Reminder).count(), 4);
    assert!(rows.iter().all(|r| r.kind == EmailKind::Reminder));
    let told = cast.desk.series_of(&sessions[1]).await.unwrap().unwrap();
    assert_eq!((told.rule.words().as_str(), told.ahead), ("every week on Thursday, 3 times", 3));
    // Moving one session by hand sends a notice to those who were notified of the series.
    let timing = store::timing(wall("2027-04-02 10:00"), &sessions[1].timing.zone, 50, None).unwrap();
    cast.desk.move_session(sessions[1].id, &MoveTarget::to(&timing, &Place::Room(cast.room))).await.unwrap();
    let moved = |name: &str| (name.to_owned(), EmailKind::Moved, 0, false);
    assert_eq!(
        send_due(&world).await.into_iter().filter(|m| m.1 != EmailKind::Reminder).collect::<Vec<_>>(),
        [moved("Amara"), moved("Jonas")]
    );
});

both!(series_lists_conflicts_and_books_nothing_before_a_choice, |world| {
    let cast = Cast::new(&world.store).await;
    cast.book(&world.store, "2026-12-03 10:20").await;
    cast.book(&world.store, "2026-12-17 10:00").await;
    let rule = weekly("2026-11-26", End::Times(4));
    let SeriesBooked::Taken(clashes) = try_book(&world, &cast, "2026-11-26 10:00", &rule, &Choices::new()).await else {
        panic!("taken")
    };
    assert_eq!(clashes.iter().map(|c| c.on).collect::<Vec<_>>(), [day("2026-12-03"), day("2026-12-17")]);
    assert!(clashes.iter().all(|c| !c.taken.shown.is_empty() && !c.taken.next.is_empty()));
    assert_eq!(occupying_sessions(&cast.desk, cast.couple).await.len(), 2, "nothing is written");
    // A chosen time that is taken, too, is asked for again.
    let poor = Choices::from([
        (day("2026-12-03"), Choice::OtherTime(at("2026-12-03T09:30:00Z"))),
        (day("2026-12-17"), Choice::LeaveOut),
    ]);
    let SeriesBooked::Taken(again) = try_book(&world, &cast, "2026-11-26 10:00", &rule, &poor).await else {
        panic!("taken")
    };
    // The other choice is still shown, so that it is not lost.
    assert_eq!(
        again.iter().map(|c| (c.on, c.settled)).collect::<Vec<_>>(),
        [(day("2026-12-03"), None), (day("2026-12-17"), Some(Choice::LeaveOut))]
    );
    let choices = Choices::from([
        (day("2026-12-03"), Choice::OtherTime(at("2026-12-03T11:00:00Z"))),
        (day("2026-12-17"), Choice::LeaveOut),
    ]);
    let SeriesBooked::Done(first) = try_book(&world, &cast, "2026-11-26 10:00", &rule, &choices).await else {
        panic!("free")
    };
    let first = cast.desk.session(first).await.unwrap().unwrap();
    let told = cast.desk.series_of(&first).await.unwrap().unwrap();
    assert_eq!((told.ahead, told.gaps), (3, vec![(day("2026-12-17"), true)]));
    assert_eq!(
        start_texts(&occupying_sessions(&cast.desk, cast.couple).await),
        [
            "2026-11-26T09:00:00Z",
            "2026-12-03T09:20:00Z",
            "2026-12-03T11:00:00Z",
            "2026-12-10T09:00:00Z",
            "2026-12-17T09:00:00Z"
        ]
    );
    // A series in which every day is left out is refused.
    let none: Choices = rule.dates().map(|d| (d, Choice::LeaveOut)).collect();
    assert!(matches!(
        try_book(&world, &cast, "2026-11-26 18:00", &rule, &none).await,
        SeriesBooked::Invalid(FieldError { field: "repeat", .. })
    ));
});

both!(open_ended_series_is_extended_automatically, |world| {
    let cast = Cast::new(&world.store).await;
    let first = book_series(&world, &cast, "2026-11-26 10:00", &weekly("2026-11-26", End::Never)).await;
    let at_first = occupying_sessions(&cast.desk, cast.couple).await.len();
    assert_eq!(at_first, 26, "half a year");
    assert_eq!(world.store.worker().extend_series().await.unwrap(), 0);
    // Another session is booked where one of the next sessions would be.
    cast.book(&world.store, "2027-06-03 10:00").await;
    world.clock.advance(Duration::weeks(3));
    let (worker, second) = (world.store.worker(), world.second().await.worker());
    let (a, b) = tokio::join!(worker.extend_series(), second.extend_series());
    assert_eq!(a.unwrap() + b.unwrap(), 2, "once, whoever looks");
    assert_eq!(occupying_sessions(&cast.desk, cast.couple).await.len(), at_first + 3);
    let gaps = cast.desk.series_gaps(None).await.unwrap().rows;
    assert_eq!(
        gaps.iter().map(|g| (g.on, g.title.as_str())).collect::<Vec<_>>(),
        [(day("2027-06-03"), "Amara Nwosu & Jonas Weber")]
    );
    let bookings_of = |visitor: &store::Visitor| world.store.bookings(visitor).unwrap();
    assert!(bookings_of(cast.emeka.visitor()).series_gaps(None).await.unwrap().rows.is_empty(), "another’s");
    assert!(!bookings_of(cast.emeka.visitor()).settle_gap(gaps[0].series, gaps[0].on).await.unwrap());
    assert!(cast.desk.settle_gap(gaps[0].series, gaps[0].on).await.unwrap());
    assert!(cast.desk.series_gaps(None).await.unwrap().rows.is_empty());
    // An archived record ends the series.
    assert!(cast.ruth.set_archived(cast.couple, true).await.unwrap());
    world.clock.advance(Duration::weeks(2));
    assert_eq!(world.store.worker().extend_series().await.unwrap(), 0);
    let first = cast.desk.session(first).await.unwrap().unwrap();
    assert!(cast.desk.series_of(&first).await.unwrap().unwrap().ended);
});

both!(series_emails_follow_contact_settings_changed_meanwhile, |world| {
    let cast = Cast::new(&world.store).await;
    let amara = cast.amara.person().0;
    // A person switches email off while their series is being booked. On SQLite nothing
    // else is written meanwhile anyway.
    let no_mail = match world.backend {
        Backend::Sqlite => "UPDATE person SET portal_only = true WHERE id = $1",
        Backend::Postgres => {
            "WITH changed AS (UPDATE person SET portal_only = true WHERE id = $1 RETURNING id)
             SELECT pg_sleep(1)
             FROM changed"
        }
    };
    let unwanted = "SELECT count(*)
        FROM email m
        JOIN person p ON p.id = m.person_id
        WHERE p.portal_only AND m.state = 'planned'";
    let short_pause = || tokio::time::sleep(std::time::Duration::from_millis(300));
    let series = weekly("2026-11-26", End::Never);
    let (changed, ()) = tokio::join!(world.by_hand(no_mail, amara), async {
        short_pause().await;
        book_series(&world, &cast, "2026-11-26 10:00", &series).await;
    });
    changed.unwrap();
    assert_eq!(world.number(unwanted).await.unwrap(), 0, "booked");
    world.by_hand("UPDATE person SET portal_only = false WHERE id = $1", amara).await.unwrap();
    world.clock.advance(Duration::weeks(3));
    let (changed, made) = tokio::join!(world.by_hand(no_mail, amara), async {
        short_pause().await;
        world.store.worker().extend_series().await.unwrap()
    });
    changed.unwrap();
    assert_eq!((made, world.number(unwanted).await.unwrap()), (3, 0), "gone on with");
});

both!(gaps_of_an_ended_series_are_no_longer_listed, |world| {
    let cast = Cast::new(&world.store).await;
    book_series(&world, &cast, "2026-11-26 10:00", &weekly("2026-11-26", End::Never)).await;
    cast.book(&world.store, "2027-06-03 10:00").await;
    cast.book(&world.store, "2027-06-10 10:00").await;
    world.clock.advance(Duration::weeks(4));
    world.store.worker().extend_series().await.unwrap();
    let gap_days = async || cast.desk.series_gaps(None).await.unwrap().rows.iter().map(|g| g.on).collect::<Vec<_>>();
    assert_eq!(gap_days().await, [day("2027-06-03"), day("2027-06-10")]);
    let last = occupying_sessions(&cast.desk, cast.couple).await.into_iter().rfind(|s| s.series.is_some()).unwrap();
    assert!(last.timing.starts.date() > day("2027-06-10"));
    // End the series first after both gaps, and then before both.
    let cancel = async |id| cast.desk.cancel_series(id, Reach::Following, &tests::cancelled("away")).await.unwrap();
    cancel(last.id).await;
    assert_eq!(gap_days().await, [day("2027-06-03"), day("2027-06-10")]);
    let before = occupying_sessions(&cast.desk, cast.couple)
        .await
        .into_iter()
        .find(|s| s.timing.starts.date() > day("2027-05-25"));
    let before = before.unwrap();
    assert_eq!(before.timing.starts.date(), day("2027-05-27"));
    assert_eq!(cast.desk.series_of(&before).await.unwrap().unwrap().gaps.len(), 2);
    cancel(before.id).await;
    assert_eq!(gap_days().await, []);
    let first = occupying_sessions(&cast.desk, cast.couple).await.into_iter().next().unwrap();
    assert_eq!(cast.desk.series_of(&first).await.unwrap().unwrap().gaps, []);
});

both!(moving_following_sessions_leaves_earlier_ones, |world| {
    let cast = Cast::new(&world.store).await;
    book_series(&world, &cast, "2026-11-26 10:00", &weekly("2026-11-26", End::Never)).await;
    send_due(&world).await;
    let sessions = occupying_sessions(&cast.desk, cast.couple).await;
    // The fourth session was moved by hand, and stays where it was put.
    let timing = store::timing(wall("2026-12-18 16:00"), &sessions[3].timing.zone, 50, None).unwrap();
    cast.desk.move_session(sessions[3].id, &MoveTarget::to(&timing, &Place::Room(cast.room))).await.unwrap();
    send_due(&world).await;
    // From the second session on: Fridays at eleven. One of these days has a conflict.
    cast.book(&world.store, "2027-01-08 11:20").await;
    send_due(&world).await;
    let moved = async |choices: &Choices| {
        cast.desk
            .move_series(sessions[1].id, Reach::Following, &move_to(&cast, "2026-12-04 11:00", 60), choices)
            .await
            .unwrap()
    };
    let SeriesBooked::Taken(clashes) = moved(&Choices::new()).await else { panic!("taken") };
    assert_eq!(clashes.iter().map(|c| c.on).collect::<Vec<_>>(), [day("2027-01-08")]);
    assert_eq!(occupying_sessions(&cast.desk, cast.couple).await[1].timing, sessions[1].timing, "nothing is written");
    assert!(matches!(moved(&Choices::from([(day("2027-01-08"), Choice::LeaveOut)])).await, SeriesBooked::Done(_)));
    let after = occupying_sessions(&cast.desk, cast.couple).await;
    assert_eq!(
        start_texts(&after[..7]),
        [
            "2026-11-26T09:00:00Z",
            "2026-12-04T10:00:00Z",
            "2026-12-11T10:00:00Z",
            "2026-12-18T15:00:00Z",
            "2026-12-25T10:00:00Z",
            "2027-01-01T10:00:00Z",
            "2027-01-08T10:20:00Z",
        ]
    );
    assert_eq!(after[1].timing.minutes, 60);
    assert_eq!(after[0].timing.minutes, 50);
    // One notice to each partner, which names the sessions that follow.
    let told: Vec<_> = send_due(&world).await.into_iter().filter(|m| m.1 != EmailKind::Reminder).collect();
    assert_eq!(told, ["Amara", "Jonas"].map(|name| (name.to_owned(), EmailKind::Moved, 12, false)));
    // The new series continues on Fridays, and the old one has ended.
    let (old, new) = (&after[0], &after[1]);
    assert!(cast.desk.series_of(old).await.unwrap().unwrap().ended);
    let told = cast.desk.series_of(new).await.unwrap().unwrap();
    assert_eq!((told.rule.words().as_str(), told.ended), ("every week on Friday", false));
    world.clock.advance(Duration::weeks(2));
    assert_eq!(world.store.worker().extend_series().await.unwrap(), 2);
    // Another therapist cannot move or cancel it.
    let emeka = world.store.bookings(cast.emeka.visitor()).unwrap();
    let stolen =
        emeka.move_series(new.id, Reach::All, &move_to(&cast, "2027-02-05 09:00", 50), &Choices::new()).await.unwrap();
    assert!(matches!(stolen, SeriesBooked::Invalid(..)));
    assert!(emeka.cancel_series(new.id, Reach::All, &tests::cancelled("x")).await.unwrap().is_none());
});

both!(monthly_series_moves_to_its_new_weekday, |world| {
    let cast = Cast::new(&world.store).await;
    let rule = SeriesRule { first: day("2026-12-08"), recurrence: Recurrence::MonthlyByWeekday, end: End::Times(4) };
    let first = book_series(&world, &cast, "2026-12-08 10:00", &rule).await;
    let done = cast.desk.move_series(first, Reach::All, &move_to(&cast, "2026-12-10 10:00", 50), &Choices::new()).await;
    assert!(matches!(done.unwrap(), SeriesBooked::Done(_)));
    let days: Vec<NaiveDate> =
        occupying_sessions(&cast.desk, cast.couple).await.iter().map(|s| s.timing.starts.date()).collect();
    // The second Thursdays of each month.
    assert_eq!(days, ["2026-12-10", "2027-01-14", "2027-02-11", "2027-03-11"].map(day));
});

both!(cancelling_following_sessions_sends_one_email_to_each, |world| {
    let cast = Cast::new(&world.store).await;
    book_series(&world, &cast, "2026-11-26 10:00", &weekly("2026-11-26", End::Never)).await;
    send_due(&world).await;
    let sessions = occupying_sessions(&cast.desk, cast.couple).await;
    let gone =
        cast.desk.cancel_series(sessions[2].id, Reach::Following, &tests::cancelled("moving away")).await.unwrap();
    assert_eq!(gone, Some(24));
    assert_eq!(occupying_sessions(&cast.desk, cast.couple).await.len(), 2);
    let told = ["Amara", "Jonas"].map(|name| (name.to_owned(), EmailKind::Cancelled, 0, true));
    assert_eq!(send_due(&world).await, told);
    world.clock.advance(Duration::weeks(40));
    assert_eq!(world.store.worker().extend_series().await.unwrap(), 0);
    assert!(send_due(&world).await.is_empty(), "nothing is said of what is gone");
    let gone = cast.desk.session(sessions[9].id).await.unwrap().unwrap();
    assert_eq!(gone.state, SessionState::Cancelled);
});

both!(series_and_single_sessions_never_overlap, |world| {
    let cast = Cast::new(&world.store).await;
    let second = world.second().await;
    let mut tasks = Vec::new();
    for n in 0..12_usize {
        let store = if n % 2 == 0 { world.store.clone() } else { second.clone() };
        let desk = store.front_desk(cast.desk.visitor()).unwrap();
        let wish = cast.wish(&store, &format!("2026-11-26 {:02}:{}0", 10 + n % 2, n % 3));
        tasks.push(tokio::spawn(async move {
            let berlin = tests::people::zone("Europe/Berlin");
            if n % 3 == 0 {
                let timing = store::timing(wish.starts + Duration::weeks(2), &berlin, 50, None).unwrap();
                return matches!(desk.book(&wish, &timing).await.unwrap(), store::Booked::Done(_));
            }
            let rule = weekly("2026-11-26", End::Times(5));
            matches!(desk.book_series(&wish, &rule, &berlin, &Choices::new()).await.unwrap(), SeriesBooked::Done(_))
        }));
    }
    let mut done = 0;
    for task in tasks {
        done += usize::from(task.await.unwrap());
    }
    assert!(done >= 1);
    let sessions = occupying_sessions(&cast.desk, cast.couple).await;
    for pair in sessions.windows(2) {
        assert!(pair[0].timing.ends_at <= pair[1].timing.starts_at, "{:?}", start_texts(&sessions));
    }
});

both!(concurrent_bookings_moves_and_cancellations_double_book_nothing, |world| {
    let cast = Cast::new(&world.store).await;
    let second = world.second().await;
    let third = tests::people::new_couple(&cast.ruth, "Ines Costa", "Rui Costa").await;
    let cases = [
        (cast.couple, cast.ruth.me()),
        (cast.other_couple, cast.emeka.me()),
        (third, cast.ruth.me()),
        (cast.couple, cast.emeka.me()),
    ];
    // The random numbers are the same in each run.
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut dice = move |sides: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % sides).unwrap()
    };
    let mut done = [0; 5];
    for _ in 0..20 {
        let mut there: Vec<SessionId> = Vec::new();
        for (client, _) in &cases[..3] {
            there.extend(occupying_sessions(&cast.desk, *client).await.iter().map(|s| s.id));
        }
        let mut tasks = Vec::new();
        for n in 0..20 {
            let store = if n % 2 == 0 { world.store.clone() } else { second.clone() };
            let desk = store.front_desk(cast.desk.visitor()).unwrap();
            let (client, clinician) = cases[dice(4)];
            let starts = format!("2026-12-{:02} {:02}:{}0", 1 + dice(4), 9 + dice(4), dice(6));
            let place = if dice(3) == 0 { Place::Link(String::new()) } else { Place::Room(cast.room) };
            let wish = domain::scheduling::session::NewSession {
                client,
                clinician,
                attendee: None,
                place: place.clone(),
                ..cast.wish(&world.store, &starts)
            };
            let goal = Move { place, ..move_to(&cast, &starts, 50) };
            let (act, one) = (if there.is_empty() { dice(2) } else { dice(5) }, dice(there.len().max(1) as u64));
            let one = there.get(one).copied();
            tasks.push(tokio::spawn(async move {
                let berlin = tests::people::zone("Europe/Berlin");
                let timing = store::timing(wish.starts, &berlin, 50, None).unwrap();
                let accepted = match (act, one) {
                    (2, Some(id)) => {
                        matches!(
                            desk.move_session(id, &MoveTarget::of(&goal, &timing)).await.unwrap(),
                            store::Booked::Done(_)
                        )
                    }
                    (3, Some(id)) => {
                        let moved = desk.move_series(id, Reach::Following, &goal, &Choices::new()).await.unwrap();
                        matches!(moved, SeriesBooked::Done(_))
                    }
                    (4, Some(id)) => desk.cancel(id, &tests::cancelled("away")).await.unwrap().is_some(),
                    (1, _) => {
                        let rule = SeriesRule { first: wish.starts.date(), ..weekly("2026-12-01", End::Times(3)) };
                        let booked = desk.book_series(&wish, &rule, &berlin, &Choices::new()).await.unwrap();
                        matches!(booked, SeriesBooked::Done(_))
                    }
                    _ => matches!(desk.book(&wish, &timing).await.unwrap(), store::Booked::Done(_)),
                };
                (act, accepted)
            }));
        }
        for task in tasks {
            let (act, accepted) = task.await.unwrap();
            done[act] += usize::from(accepted);
        }
        assert_eq!(world.number(tests::TWICE).await.unwrap(), 0, "somebody or something is held twice at once");
        assert_eq!(world.number(tests::ASTRAY).await.unwrap(), 0, "what is held is not what stands");
    }
    assert!(done.iter().all(|n| *n >= 3), "each kind of act was done: {done:?}");
});

both!(moving_a_series_by_days_duplicates_and_skips_no_day, |world| {
    let cast = Cast::new(&world.store).await;
    for (to_day, first) in [("2026-12-08 10:00", "2026-12-08"), ("2026-12-02 10:00", "2026-12-02")] {
        let id = book_series(&world, &cast, "2026-12-03 10:00", &weekly("2026-12-03", End::Never)).await;
        let done = cast.desk.move_series(id, Reach::All, &move_to(&cast, to_day, 50), &Choices::new()).await.unwrap();
        assert!(matches!(done, SeriesBooked::Done(_)));
        world.clock.advance(Duration::days(3));
        world.store.worker().extend_series().await.unwrap();
        assert!(cast.desk.series_gaps(None).await.unwrap().rows.is_empty(), "{to_day}");
        let days: Vec<NaiveDate> =
            occupying_sessions(&cast.desk, cast.couple).await.iter().map(|s| s.timing.starts.date()).collect();
        assert_eq!(days[0], day(first));
        assert!(days.windows(2).all(|w| w[1] - w[0] == Duration::weeks(1)), "{days:?}");
        assert!(days.len() >= 25, "{}", days.len());
        cast.desk.cancel_series(id, Reach::All, &tests::cancelled("again")).await.unwrap();
    }
});

both!(moving_a_series_works_after_one_session_was_moved_by_hand, |world| {
    let cast = Cast::new(&world.store).await;
    book_series(&world, &cast, "2026-11-26 10:00", &weekly("2026-11-26", End::Times(4))).await;
    send_due(&world).await;
    let sessions = occupying_sessions(&cast.desk, cast.couple).await;
    let timing = store::timing(wall("2026-11-27 16:00"), &sessions[0].timing.zone, 50, None).unwrap();
    cast.desk.move_session(sessions[0].id, &MoveTarget::to(&timing, &Place::Room(cast.room))).await.unwrap();
    send_due(&world).await;
    let choices = Choices::from([(day("2026-12-04"), Choice::LeaveOut)]);
    let done =
        cast.desk.move_series(sessions[2].id, Reach::All, &move_to(&cast, "2026-12-11 11:00", 50), &choices).await;
    assert!(matches!(done.unwrap(), SeriesBooked::Done(_)));
    let found = start_texts(&occupying_sessions(&cast.desk, cast.couple).await);
    assert_eq!(found, ["2026-11-27T15:00:00Z", "2026-12-11T10:00:00Z", "2026-12-18T10:00:00Z"]);
    // The session that was left out had no calendar entry of its own.
    let told: Vec<_> = send_due(&world).await.into_iter().filter(|m| m.1 != EmailKind::Reminder).collect();
    assert_eq!(told.iter().map(|m| m.1).collect::<Vec<_>>(), [EmailKind::Moved, EmailKind::Moved]);
});

both!(leaving_out_a_confirmed_session_sends_a_cancellation, |world| {
    let cast = Cast::new(&world.store).await;
    let first = book_series(&world, &cast, "2026-11-26 10:00", &weekly("2026-11-26", End::Times(3))).await;
    send_due(&world).await;
    let choices = Choices::from([(day("2026-11-27"), Choice::LeaveOut)]);
    let done =
        cast.desk.move_series(first, Reach::All, &move_to(&cast, "2026-11-27 11:00", 50), &choices).await.unwrap();
    assert!(matches!(done, SeriesBooked::Done(_)));
    let kinds: Vec<_> = send_due(&world).await.into_iter().map(|m| (m.0, m.1)).collect();
    for who in ["Amara", "Jonas"] {
        for kind in [EmailKind::Cancelled, EmailKind::Moved] {
            assert_eq!(kinds.iter().filter(|(n, k)| n == who && *k == kind).count(), 1, "{kinds:?}");
        }
    }
});

both!(series_passes_to_another_therapist_from_a_session_on, |world| {
    let cast = Cast::new(&world.store).await;
    book_series(&world, &cast, "2026-12-03 10:00", &weekly("2026-12-03", End::Times(4))).await;
    let sessions = occupying_sessions(&cast.desk, cast.couple).await;
    let wish = Move {
        clinician: Some(cast.emeka.me()),
        kind: Some(domain::scheduling::session::SessionKind::CheckIn),
        ..move_to(&cast, "2026-12-17 10:00", 50)
    };
    // Only the front desk passes a series to another therapist.
    let ruth = world.store.bookings(cast.ruth.visitor()).unwrap();
    let given = ruth.move_series(sessions[2].id, Reach::Following, &wish, &Choices::new()).await.unwrap();
    assert!(matches!(given, SeriesBooked::Invalid(FieldError { field: "clinician", .. })), "{given:?}");
    let done = cast.desk.move_series(sessions[2].id, Reach::Following, &wish, &Choices::new()).await.unwrap();
    assert!(matches!(done, SeriesBooked::Done(_)), "{done:?}");
    let after = occupying_sessions(&cast.desk, cast.couple).await;
    assert_eq!(start_texts(&after), start_texts(&sessions));
    let whose: Vec<_> = after.iter().map(|s| s.clinician).collect();
    assert_eq!(whose, [cast.ruth.me(), cast.ruth.me(), cast.emeka.me(), cast.emeka.me()]);
    assert!(after[2..].iter().all(|s| s.kind == domain::scheduling::session::SessionKind::CheckIn));
    // Ruth is free at that time, and Emeka is not.
    let other = tests::people::new_couple(&cast.ruth, "Ines Costa", "Rui Costa").await;
    let timing = store::timing(wall("2026-12-17 10:00"), &tests::people::zone("Europe/Berlin"), 50, None).unwrap();
    for (who, free) in [(cast.ruth.me(), true), (cast.emeka.me(), false)] {
        let new = domain::scheduling::session::NewSession {
            client: other,
            clinician: who,
            place: Place::Link(String::new()),
            ..cast.wish(&world.store, "2026-12-17 10:00")
        };
        let booked = cast.desk.book(&new, &timing).await.unwrap();
        assert_eq!(matches!(booked, store::Booked::Done(_)), free, "{booked:?}");
    }
});
