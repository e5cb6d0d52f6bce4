//! Separation: what two partners shared ends at once for both, neither gets an email, and
//! each may continue alone with a record that begins empty.

use chrono::Duration;
use domain::{
    clients::client::ClientKind,
    exercises::{assignment::Audience, exercise::Document, response},
    form::Form,
    outbox::reminder::EmailState,
    records::note::{NoteScope, NoteText},
    scheduling::{
        series::{End, Recurrence, SeriesRule},
        session::{NewSession, SessionState},
    },
};
use store::{Booked, FieldError, Invite, NewClient, NewMember, NoteWrite, Resent, SaveKind, SubmitOutcome};
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

/// A couple with an exercise, a draft, a message, a session and a series.
async fn couple_with_everything(world: &World, cast: &Cast) -> domain::ids::OccurrenceId {
    let occurrence = cast.assign().await;
    let document = small_document();
    assert_eq!(cast.amara.submit(occurrence, &answers(&document, "canary")).await.unwrap(), SubmitOutcome::Done);
    cast.jonas.save_draft(occurrence, &answers(&document, "draft"), 0, None).await.unwrap();
    assert!(cast.amara.write_message(cast.couple, None, "canary-message", None).await.unwrap());
    let Booked::Done(_) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    let rule = SeriesRule { first: "2026-12-03".parse().unwrap(), recurrence: Recurrence::Weeks(1), end: End::Never };
    let wish = cast.wish(&world.store, "2026-12-03 10:00");
    let booked = cast.desk.book_series(&wish, &rule, &zone("Europe/Berlin"), &store::Choices::new()).await.unwrap();
    assert!(matches!(booked, store::SeriesBooked::Done(_)));
    occurrence
}

both!(separation_ends_everything_shared_at_once, |world| {
    let cast = Cast::new(&world.store).await;
    couple_with_everything(&world, &cast).await;
    // Only their therapist can separate them.
    assert!(cast.emeka.separation_preview(cast.couple).await.unwrap().is_none());
    assert!(!cast.emeka.separate(cast.couple).await.unwrap());
    let shared = cast.ruth.separation_preview(cast.couple).await.unwrap().unwrap();
    assert_eq!(
        (shared.exercises.len(), shared.sessions[0].timing.starts.to_string()),
        (1, "2026-11-30 10:00:00".into())
    );
    assert!(cast.ruth.separate(cast.couple).await.unwrap());
    assert!(!cast.ruth.separate(cast.couple).await.unwrap());
    assert!(cast.ruth.separation_preview(cast.couple).await.unwrap().is_none());

    // No session is booked any more, and the time is free for others.
    let sessions = cast.ruth.sessions_ahead(cast.couple, None).await.unwrap().rows;
    assert!(sessions.len() > 10 && sessions.iter().all(|s| s.state == SessionState::Cancelled));
    let theirs = NewSession { client: cast.other_couple, ..cast.wish(&world.store, "2026-11-30 10:00") };
    let timing = store::timing(theirs.starts, &zone("Europe/Berlin"), 50, None).unwrap();
    assert!(matches!(cast.desk.book(&theirs, &timing).await.unwrap(), Booked::Done(_)));
    assert!(!matches!(cast.book(&world.store, "2026-12-01 10:00").await, Booked::Done(_)));
    assert_eq!(cast.desk.undo(sessions[0].id).await.unwrap(), Some(store::Undone::TooLate));

    // Neither gets an email, now or later.
    for days in [0, 1, 6, 3, 30] {
        world.clock.advance(Duration::days(days));
        world.store.worker().extend_series().await.unwrap();
        world.store.worker().give_due_steps().await.unwrap();
        for email in world.store.worker().claim_due(100, Duration::minutes(1)).await.unwrap() {
            assert!(!["Amara Nwosu", "Jonas Weber"].contains(&email.recipient_name.as_str()), "{email:?}");
        }
    }
    for session in &sessions {
        for email in cast.desk.session_emails(session.id).await.unwrap() {
            assert_eq!((email.state, email.reason.as_deref()), (EmailState::Superseded, Some("separated")));
        }
    }
});

both!(neither_partner_reaches_the_frozen_record, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = couple_with_everything(&world, &cast).await;
    assert!(!cast.amara.own_answers(occurrence).await.unwrap().is_empty());
    let wish = cast.wish(&world.store, "2026-12-01 15:00");
    let timing = store::timing(wish.starts, &zone("Europe/Berlin"), wish.minutes, None).unwrap();
    let booked = cast.desk.book(&wish, &timing).await.unwrap();
    assert!(cast.ruth.separate(cast.couple).await.unwrap());
    // A booking form that is sent again returns its earlier result; a new one books
    // nothing.
    assert_eq!(cast.desk.book(&wish, &timing).await.unwrap(), booked);
    let another = NewSession { key: world.store.clock().id(), ..wish };
    assert!(matches!(
        cast.desk.book(&another, &timing).await.unwrap(),
        Booked::Invalid(FieldError { field: "client", .. })
    ));
    for (partner, login) in [(&cast.amara, "amara"), (&cast.jonas, "jonas")] {
        assert!(world.store.sign_in(login).await.unwrap().is_none(), "{login}");
        assert!(
            partner.exercises(None).await.unwrap().rows.is_empty()
                && partner.submitted_exercises(None).await.unwrap().rows.is_empty()
        );
        assert!(partner.occurrence(occurrence).await.unwrap().is_none());
        assert!(partner.own_answers(occurrence).await.unwrap().is_empty());
        assert!(partner.shared_answers(occurrence).await.unwrap().is_none());
        assert!(partner.agreements(occurrence).await.unwrap().is_empty());
        assert!(
            partner.messages(None).await.unwrap().is_empty() && partner.bookable_clients().await.unwrap().is_empty()
        );
        assert!(!partner.write_message(cast.couple, None, "x", None).await.unwrap());
        assert_eq!(partner.submit(occurrence, &answers(&small_document(), "x")).await.unwrap(), SubmitOutcome::Gone);
        assert!(partner.sessions_ahead(None).await.unwrap().rows.is_empty());
    }
    // Their therapist reads the record, and can add nothing.
    let ruth = &cast.ruth;
    let record = ruth.client(cast.couple).await.unwrap().unwrap();
    assert!(record.archived && record.separated_at == Some(world.store.now()) && record.members.len() == 2);
    assert_eq!(ruth.assignments(cast.couple, None).await.unwrap().rows.len(), 1);
    assert_eq!(
        ruth.messages(cast.couple, cast.amara.person(), None).await.unwrap().unwrap().1.rows[0].text,
        "canary-message"
    );
    let note = NoteText::free(NoteScope::Joint, "x");
    assert_eq!(ruth.create_note(cast.couple, None, None, &note, SaveKind::Saved).await.unwrap(), NoteWrite::Gone);
    let new = domain::exercises::assignment::NewAssignment {
        for_whom: Audience::Everyone,
        frequency: domain::exercises::assignment::Frequency::BeforeNext,
        word_along: String::new(),
    };
    assert!(ruth.assign(cast.couple, "small", &new, None).await.unwrap().is_none());
    assert!(!ruth.answer_message(cast.couple, cast.amara.person(), "x", None).await.unwrap());
    assert_eq!(ruth.invite_by_hand(cast.couple, cast.amara.person()).await.unwrap(), Invite::NotTheirs);
    assert!(!ruth.set_archived(cast.couple, false).await.unwrap());
    let given = ruth.assignments(cast.couple, None).await.unwrap().rows[0].id;
    let paper = ruth.submit_paper(given, 1, cast.jonas.person(), &answers(&small_document(), "x")).await.unwrap();
    assert_eq!(paper, SubmitOutcome::Gone);
    assert_eq!(ruth.reset_response(given, 1, cast.amara.person()).await.unwrap(), store::ResetOutcome::Gone);
});

both!(each_partner_may_continue_alone_with_an_empty_record, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = couple_with_everything(&world, &cast).await;
    // Jonas is an individual client already: his login and that record remain.
    let jonas = NewClient::Individual(NewMember::Known(cast.jonas.person()));
    let alone = cast.ruth.create_client(&jonas).await.unwrap().unwrap();
    assert!(cast.ruth.separate(cast.couple).await.unwrap());
    assert!(
        world.store.sign_in("jonas").await.unwrap().is_some() && world.store.sign_in("amara").await.unwrap().is_none()
    );
    assert!(cast.jonas.occurrence(occurrence).await.unwrap().is_none());
    assert!(cast.ruth.possible_individuals().await.unwrap().iter().any(|(id, _)| *id == cast.amara.person()));
    let amara = NewClient::Individual(NewMember::Known(cast.amara.person()));
    let hers = cast.ruth.create_client(&amara).await.unwrap().unwrap();
    assert!(world.store.sign_in("amara").await.unwrap().is_some());
    assert!(cast.amara.exercises(None).await.unwrap().rows.is_empty(), "it begins empty");
    let new = domain::exercises::assignment::NewAssignment {
        for_whom: Audience::Everyone,
        frequency: domain::exercises::assignment::Frequency::BeforeNext,
        word_along: String::new(),
    };
    for client in [alone, hers] {
        assert!(cast.ruth.assignments(client, None).await.unwrap().rows.is_empty());
        cast.ruth.assign(client, "small", &new, None).await.unwrap().unwrap();
    }
    for partner in [&cast.amara, &cast.jonas] {
        assert_eq!(partner.exercises(None).await.unwrap().rows.len(), 1, "their own alone");
        assert_eq!(partner.messages(None).await.unwrap().len(), 1);
    }
    // An individual client cannot be separated.
    assert!(!cast.ruth.separate(hers).await.unwrap());
    assert_eq!(cast.ruth.client(hers).await.unwrap().unwrap().kind, ClientKind::Individual);
});

#[tokio::test]
async fn separation_requires_reading_its_list() {
    let world = World::new(Backend::Sqlite).await;
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    couple_with_everything(&world, &cast).await;
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

both!(nothing_is_added_to_a_couple_during_its_separation, |world| {
    let cast = Cast::new(&world.store).await;
    let second = world.second().await;
    let kofi = second.front_desk(cast.desk.visitor()).unwrap();
    for round in 0..12_i64 {
        // A new couple for each round.
        let couple = tests::people::new_couple(&cast.ruth, &format!("Ines{round} Costa"), "Rui Costa").await;
        let new = domain::exercises::assignment::NewAssignment {
            for_whom: Audience::Everyone,
            frequency: domain::exercises::assignment::Frequency::BeforeNext,
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
            async { cast.ruth.create_note(couple, None, None, &note(), SaveKind::Saved).await.is_ok() },
            async {
                tokio::time::sleep(std::time::Duration::from_millis(u64::try_from(round).unwrap())).await;
                cast.ruth.separate(couple).await
            }
        );
        assert!(
            separated.unwrap_or(false) || cast.ruth.separate(couple).await.unwrap(),
            "it waits for nobody for long"
        );
        let sessions = cast.ruth.sessions_ahead(couple, None).await.unwrap().rows;
        assert!(sessions.iter().all(|s| s.state == SessionState::Cancelled), "{sessions:?}");
        assert!(!book(2).await, "and later nothing is");
        let given = cast.ruth.assignments(couple, None).await.unwrap().rows;
        assert!(given.iter().all(|g| g.withdrawn), "{given:?}");
    }
    for email in world.store.worker().claim_due(200, Duration::minutes(1)).await.unwrap() {
        assert!(!email.recipient_name.ends_with("Costa"), "{email:?}");
    }
});

fn note() -> NoteText {
    NoteText::free(NoteScope::Joint, "x")
}

both!(separation_leaves_running_and_cancelled_sessions_unchanged, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    assert_eq!(cast.amara.submit(occurrence, &answers(&small_document(), "x")).await.unwrap(), SubmitOutcome::Done);
    let mine = cast.amara.own_answers(occurrence).await.unwrap().into_iter().find(|a| a.step == "mine").unwrap().id;
    assert!(cast.amara.share(mine, domain::exercises::exercise::Scope::Therapist).await.unwrap().is_some());
    let alone = NewClient::Individual(NewMember::Known(cast.amara.person()));
    cast.ruth.create_client(&alone).await.unwrap().unwrap();
    let Booked::Done(running) = cast.book(&world.store, "2026-11-30 10:00").await else { panic!("free") };
    let Booked::Done(gone) = cast.book(&world.store, "2026-12-07 10:00").await else { panic!("free") };
    // Both received the emails about the session and about its cancellation.
    for _ in 0..2 {
        for claimed in world.store.worker().claim_due(100, Duration::minutes(1)).await.unwrap() {
            assert!(world.store.worker().store_body(claimed.id, claimed.token, b"bytes").await.unwrap());
            assert!(world.store.worker().finish_sent(claimed.id, claimed.token).await.unwrap());
        }
        cast.desk.cancel(gone, &tests::cancelled("ill")).await.unwrap();
    }
    world.clock.advance("2026-11-30T09:10:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() - world.store.now());
    // A worker has claimed emails about the running session.
    let claimed = world.store.worker().claim_due(100, Duration::minutes(1)).await.unwrap();
    assert!(cast.ruth.separate(cast.couple).await.unwrap());
    for email in claimed.iter().filter(|m| m.kind != domain::outbox::reminder::EmailKind::Invitation) {
        assert!(!world.store.worker().store_body(email.id, email.token, b"late").await.unwrap(), "{email:?}");
    }
    // The running session is no longer in their portals, and can only be completed.
    assert!(cast.amara.sessions_ahead(None).await.unwrap().rows.is_empty());
    assert!(cast.amara.own_session(running).await.unwrap().is_none());
    let later =
        store::timing(cast.wish(&world.store, "2026-12-14 10:00").starts, &zone("Europe/Berlin"), 50, None).unwrap();
    let place = domain::scheduling::session::Place::Room(cast.room);
    let moved = cast.desk.move_session(running, &store::MoveTarget::to(&later, &place)).await.unwrap();
    assert!(matches!(moved, Booked::Invalid(..)), "{moved:?}");
    assert!(!cast.desk.set_state(running, SessionState::NoShow).await.unwrap());
    assert!(!cast.desk.set_state(gone, SessionState::LateCancelled).await.unwrap());
    assert!(cast.desk.set_state(running, SessionState::Completed).await.unwrap());
    // Emails about the cancelled session are not sent again.
    for email in cast.desk.session_emails(gone).await.unwrap() {
        assert!(matches!(cast.desk.resend(email.id).await.unwrap(), Resent::NotNow(_)), "{email:?}");
    }
    // She signs in for her own record; what she shared with the therapist cannot be
    // withdrawn.
    assert!(world.store.sign_in("amara").await.unwrap().is_some());
    assert!(cast.amara.unshare(mine).await.unwrap().is_none());
    assert_eq!(cast.amara.done_together().await.unwrap(), 0);
});
