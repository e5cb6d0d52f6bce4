//! When two separate: what they shared here ends at once for both, nobody is
//! written to, and each may go on alone with a record that begins empty.

use chrono::Duration;
use domain::{
    assignment::For,
    client::ClientKind,
    exercise::Document,
    form::Form,
    note::{NoteScope, NoteText},
    reminder::MessageState,
    response,
    series::{End, Recurrence, Rule},
    session::{NewSession, SessionState},
};
use store::{Booked, NewClient, NewMember, NoteEnd, NoteWrite, Submit};
use tests::{
    Backend, World,
    app::App,
    both,
    people::{Cast, small_document, zone},
};

fn answers(document: &Document, text: &str) -> response::Answers {
    let pairs: Vec<(String, String)> = ["mine", "therapist", "reveal", "couple", "pact"]
        .iter()
        .map(|step| (format!("s.{step}"), format!("{text} {step}")))
        .collect();
    response::read(document, &Form::from_pairs(pairs))
}

/// A couple in the middle of everything.
async fn in_the_middle(world: &World, cast: &Cast) -> domain::ids::OccurrenceId {
    let occurrence = cast.assign().await;
    let document = small_document();
    assert_eq!(cast.amara.submit(occurrence, &answers(&document, "canary")).await.unwrap(), Submit::Done);
    cast.jonas.save_draft(occurrence, &answers(&document, "draft"), 0, None).await.unwrap();
    assert!(cast.amara.write_letter(cast.couple, None, "canary-letter", None).await.unwrap());
    let Booked::Done(_) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    let rule = Rule { first: "2026-12-03".parse().unwrap(), recurrence: Recurrence::Weeks(1), end: End::Never };
    let wish = cast.wish(&world.store, "2026-12-03 10:00");
    let booked = cast.desk.book_series(&wish, &rule, &zone("Europe/Berlin"), &store::Choices::new()).await.unwrap();
    assert!(matches!(booked, store::SeriesBooked::Done(_)));
    occurrence
}

both!(all_that_two_share_ends_at_once, |world| {
    let cast = Cast::new(&world.store).await;
    in_the_middle(&world, &cast).await;
    // Only whoever cares for them, and no individual client.
    assert!(cast.emeka.shared(cast.couple).await.unwrap().is_none());
    assert!(!cast.emeka.separate(cast.couple).await.unwrap());
    let shared = cast.ruth.shared(cast.couple).await.unwrap().unwrap();
    assert_eq!(
        (shared.exercises.len(), shared.sessions[0].timing.starts.to_string()),
        (1, "2026-11-30 10:00:00".into())
    );
    assert!(cast.ruth.separate(cast.couple).await.unwrap());
    assert!(!cast.ruth.separate(cast.couple).await.unwrap());
    assert!(cast.ruth.shared(cast.couple).await.unwrap().is_none());

    // Nothing is booked any more, and its time is free for others.
    let sessions = cast.ruth.client_sessions(cast.couple).await.unwrap();
    assert!(sessions.len() > 10 && sessions.iter().all(|s| s.state == SessionState::Cancelled));
    let theirs = NewSession { client: cast.other_couple, ..cast.wish(&world.store, "2026-11-30 10:00") };
    let timing = store::timing(theirs.starts, &zone("Europe/Berlin"), 50, None).unwrap();
    assert!(matches!(cast.desk.book(&theirs, &timing).await.unwrap(), Booked::Done(_)));
    assert!(!matches!(cast.book(&world.store, "2026-12-01 10:00").await, Booked::Done(_)));
    assert_eq!(cast.desk.undo(sessions[0].id).await.unwrap(), Some(store::Undone::TooLate));

    // Neither is written to, now or later.
    for days in [0, 1, 6, 3, 30] {
        world.clock.advance(Duration::days(days));
        world.store.extend_series().await.unwrap();
        world.store.advance_walks().await.unwrap();
        for message in world.store.claim_due(100, Duration::minutes(1)).await.unwrap() {
            assert!(!["Amara Nwosu", "Jonas Weber"].contains(&message.recipient_name.as_str()), "{message:?}");
        }
    }
    for session in &sessions {
        for message in cast.desk.session_messages(session.id).await.unwrap() {
            assert_eq!((message.state, message.reason.as_deref()), (MessageState::Superseded, Some("separated")));
        }
    }
});

both!(neither_reaches_the_frozen_record_again, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = in_the_middle(&world, &cast).await;
    assert!(!cast.amara.own_answers(occurrence).await.unwrap().is_empty());
    let wish = cast.wish(&world.store, "2026-12-01 15:00");
    let timing = store::timing(wish.starts, &zone("Europe/Berlin"), wish.minutes, None).unwrap();
    let booked = cast.desk.book(&wish, &timing).await.unwrap();
    assert!(cast.ruth.separate(cast.couple).await.unwrap());
    // A form that is sent again finds what it has done; another does nothing.
    assert_eq!(cast.desk.book(&wish, &timing).await.unwrap(), booked);
    let another = NewSession { key: world.store.clock().id(), ..wish };
    assert!(matches!(cast.desk.book(&another, &timing).await.unwrap(), Booked::Unfit("client", _)));
    for (partner, login) in [(&cast.amara, "amara"), (&cast.jonas, "jonas")] {
        assert!(world.store.sign_in(login).await.unwrap().is_none(), "{login}");
        assert!(partner.exercises().await.unwrap().is_empty() && partner.sent(0).await.unwrap().is_empty());
        assert!(partner.occurrence(occurrence).await.unwrap().is_none());
        assert!(partner.own_answers(occurrence).await.unwrap().is_empty());
        assert!(partner.their_answers(occurrence).await.unwrap().is_none());
        assert!(partner.agreements(occurrence).await.unwrap().is_empty());
        assert!(partner.letters().await.unwrap().is_empty() && partner.may_book().await.unwrap().is_empty());
        assert!(!partner.write_letter(cast.couple, None, "x", None).await.unwrap());
        assert_eq!(partner.submit(occurrence, &answers(&small_document(), "x")).await.unwrap(), Submit::Gone);
        assert!(partner.sessions_ahead().await.unwrap().is_empty());
    }
    // Whoever cares for them reads it, and adds nothing.
    let ruth = &cast.ruth;
    let record = ruth.client(cast.couple).await.unwrap().unwrap();
    assert!(record.archived && record.separated_at == Some(world.store.now()) && record.members.len() == 2);
    assert_eq!(ruth.assignments(cast.couple).await.unwrap().len(), 1);
    assert_eq!(ruth.letters(cast.couple, cast.amara.person()).await.unwrap().unwrap().1[0].text, "canary-letter");
    let note = NoteText { scope: NoteScope::Joint, body: "x".into() };
    assert_eq!(ruth.create_note(cast.couple, None, None, &note, NoteEnd::Saved).await.unwrap(), NoteWrite::Gone);
    let new = domain::assignment::NewAssignment {
        for_whom: For::Everyone,
        frequency: domain::assignment::Frequency::BeforeNext,
        word_along: String::new(),
    };
    assert!(ruth.assign(cast.couple, "small", &new, None).await.unwrap().is_none());
    assert!(!ruth.answer_letter(cast.couple, cast.amara.person(), "x", None).await.unwrap());
    assert!(ruth.invite_by_hand(cast.couple, cast.amara.person()).await.unwrap().is_none());
    assert!(!ruth.set_archived(cast.couple, false).await.unwrap());
    let given = ruth.assignments(cast.couple).await.unwrap()[0].id;
    let paper = ruth.submit_paper(given, 1, cast.jonas.person(), &answers(&small_document(), "x")).await.unwrap();
    assert_eq!(paper, Submit::Gone);
    assert_eq!(ruth.reset_response(given, 1, cast.amara.person()).await.unwrap(), store::Reset::Gone);
});

both!(each_may_go_on_alone_with_an_empty_record, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = in_the_middle(&world, &cast).await;
    // Jonas comes alone beside it already: his login stays, and that record.
    let jonas = NewClient::Individual(NewMember::Known(cast.jonas.person()));
    let alone = cast.ruth.create_client(&jonas).await.unwrap().unwrap();
    assert!(cast.ruth.separate(cast.couple).await.unwrap());
    assert!(
        world.store.sign_in("jonas").await.unwrap().is_some() && world.store.sign_in("amara").await.unwrap().is_none()
    );
    assert!(cast.jonas.occurrence(occurrence).await.unwrap().is_none());
    assert!(cast.ruth.could_come_alone().await.unwrap().iter().any(|(id, _)| *id == cast.amara.person()));
    let amara = NewClient::Individual(NewMember::Known(cast.amara.person()));
    let hers = cast.ruth.create_client(&amara).await.unwrap().unwrap();
    assert!(world.store.sign_in("amara").await.unwrap().is_some());
    assert!(cast.amara.exercises().await.unwrap().is_empty(), "it begins empty");
    let new = domain::assignment::NewAssignment {
        for_whom: For::Everyone,
        frequency: domain::assignment::Frequency::BeforeNext,
        word_along: String::new(),
    };
    for client in [alone, hers] {
        assert!(cast.ruth.assignments(client).await.unwrap().is_empty());
        cast.ruth.assign(client, "small", &new, None).await.unwrap().unwrap();
    }
    for partner in [&cast.amara, &cast.jonas] {
        assert_eq!(partner.exercises().await.unwrap().len(), 1, "their own alone");
        assert_eq!(partner.letters().await.unwrap().len(), 1);
    }
    // An individual client is nobody to be separated.
    assert!(!cast.ruth.separate(hers).await.unwrap());
    assert_eq!(cast.ruth.client(hers).await.unwrap().unwrap().kind, ClientKind::Individual);
});

#[tokio::test]
async fn the_list_is_read_before_the_act() {
    let world = World::new(Backend::Sqlite).await;
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    in_the_middle(&world, &cast).await;
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let amara = app.cookie(&world, cast.amara.me()).await;
    assert_eq!(app.get("/portal", Some(&amara)).await.status, 200);
    let (here, client) = (format!("/clients/{}/separation", cast.couple), format!("/clients/{}", cast.couple));
    assert!(app.get(&client, Some(&ruth)).await.text.contains(&here));
    let list = app.get(&here, Some(&ruth)).await.text;
    assert!(
        list.contains("Mon 30 Nov, 10:00, Garden room, with Ruth Abrahams") && list.contains("Small exercise"),
        "{list}"
    );
    let refused = app.post(&here, Some(&ruth), &[]).await;
    assert!(refused.status == 422 && refused.text.contains("Please read the list"), "{}", refused.text);
    assert_eq!(app.get("/portal", Some(&amara)).await.status, 200, "nothing has ended");
    assert_eq!(app.post(&here, Some(&ruth), &[("read", "yes")]).await.status, 303);
    assert_eq!(app.get("/portal", Some(&amara)).await.status, 303, "she is signed out");
    let page = app.get(&client, Some(&ruth)).await.text;
    assert!(page.contains("this record is frozen") && !page.contains(&here) && !page.contains("/restore"), "{page}");
    assert!(!page.contains("invitation\"") && !page.contains("Write a note"));
    assert_eq!(app.get(&here, Some(&ruth)).await.status, 404);
    assert_eq!(app.post(&here, Some(&ruth), &[("read", "yes")]).await.status, 404);
}

both!(what_is_under_way_in_that_instant_is_not_added, |world| {
    let cast = Cast::new(&world.store).await;
    let second = world.second().await;
    let kofi = second.front_desk(cast.desk.visitor()).unwrap();
    for round in 0..12_i64 {
        // A couple of their own for each round, with an exercise of one.
        let couple = tests::people::new_couple(&cast.ruth, &format!("Ines{round} Costa"), "Rui Costa").await;
        let new = domain::assignment::NewAssignment {
            for_whom: For::Everyone,
            frequency: domain::assignment::Frequency::BeforeNext,
            word_along: String::new(),
        };
        let wish = |hour: i64| {
            let starts = format!("2026-12-{:02} {:02}:00", 1 + round, 8 + hour);
            NewSession { client: couple, ..cast.wish(&world.store, &starts) }
        };
        let book = async |hour| {
            let wish = wish(hour);
            let timing = store::timing(wish.starts, &zone("Europe/Berlin"), 50, None).unwrap();
            kofi.book(&wish, &timing).await.map(|booked| matches!(booked, Booked::Done(_))).unwrap_or(false)
        };
        let (_, _, _, _, separated) = tokio::join!(
            book(0),
            book(1),
            async { cast.ruth.assign(couple, "small", &new, None).await.is_ok() },
            async { cast.ruth.create_note(couple, None, None, &note(), NoteEnd::Saved).await.is_ok() },
            async {
                tokio::time::sleep(std::time::Duration::from_millis(u64::try_from(round).unwrap())).await;
                cast.ruth.separate(couple).await
            }
        );
        assert!(
            separated.unwrap_or(false) || cast.ruth.separate(couple).await.unwrap(),
            "it waits for nobody for long"
        );
        let sessions = cast.ruth.client_sessions(couple).await.unwrap();
        assert!(sessions.iter().all(|s| s.state == SessionState::Cancelled), "{sessions:?}");
        assert!(!book(2).await, "and later nothing is");
        let given = cast.ruth.assignments(couple).await.unwrap();
        assert!(given.iter().all(|g| g.withdrawn), "{given:?}");
    }
    for message in world.store.claim_due(200, Duration::minutes(1)).await.unwrap() {
        assert!(!message.recipient_name.ends_with("Costa"), "{message:?}");
    }
});

fn note() -> NoteText {
    NoteText { scope: NoteScope::Joint, body: "x".into() }
}

both!(what_ran_or_was_cancelled_before_stays_as_it_is, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    assert_eq!(cast.amara.submit(occurrence, &answers(&small_document(), "x")).await.unwrap(), Submit::Done);
    let mine = cast.amara.own_answers(occurrence).await.unwrap().into_iter().find(|a| a.step == "mine").unwrap().id;
    assert!(cast.amara.share(mine, domain::exercise::Scope::Therapist).await.unwrap().is_some());
    let alone = NewClient::Individual(NewMember::Known(cast.amara.person()));
    cast.ruth.create_client(&alone).await.unwrap().unwrap();
    let Booked::Done(running) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    let Booked::Done(gone) = cast.book(&world.store, "2026-12-07 10:00").await else { panic!("free") };
    // Both were told of it, and of its end.
    for _ in 0..2 {
        for claimed in world.store.claim_due(100, Duration::minutes(1)).await.unwrap() {
            assert!(world.store.store_body(claimed.id, claimed.token, b"bytes").await.unwrap());
            assert!(world.store.finish_sent(claimed.id, claimed.token).await.unwrap());
        }
        cast.desk.cancel(gone, &tests::cancelled("ill")).await.unwrap();
    }
    world.clock.advance("2026-11-30T09:10:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() - world.store.now());
    // A mail of it is in a worker's hands.
    let claimed = world.store.claim_due(100, Duration::minutes(1)).await.unwrap();
    assert!(cast.ruth.separate(cast.couple).await.unwrap());
    for message in claimed.iter().filter(|m| m.kind != domain::reminder::MessageKind::Invitation) {
        assert!(!world.store.store_body(message.id, message.token, b"late").await.unwrap(), "{message:?}");
    }
    // The one that runs is theirs no more, and is only closed.
    assert!(cast.amara.sessions_ahead().await.unwrap().is_empty());
    assert!(cast.amara.own_session(running).await.unwrap().is_none());
    let later =
        store::timing(cast.wish(&world.store, "2026-12-14 10:00").starts, &zone("Europe/Berlin"), 50, None).unwrap();
    let place = domain::session::Place::Room(cast.room);
    let moved = cast.desk.move_session(running, &store::Goal::to(&later, &place)).await.unwrap();
    assert!(matches!(moved, Booked::Unfit(..)), "{moved:?}");
    assert!(!cast.desk.set_state(running, SessionState::NoShow).await.unwrap());
    assert!(!cast.desk.set_state(gone, SessionState::LateCancelled).await.unwrap());
    assert!(cast.desk.set_state(running, SessionState::Completed).await.unwrap());
    // What was said of the other is not said again.
    for message in cast.desk.session_messages(gone).await.unwrap() {
        assert!(!cast.desk.resend(message.id).await.unwrap().unwrap().1, "{message:?}");
    }
    // She signs in for her own record, and what she shared of theirs stands.
    assert!(world.store.sign_in("amara").await.unwrap().is_some());
    assert!(cast.amara.unshare(mine).await.unwrap().is_none());
    assert_eq!(cast.amara.done_together().await.unwrap(), 0);
});
