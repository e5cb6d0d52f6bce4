//! What belongs to exercises besides answers: plans, pathways, messages, paper, exercise
//! drafts, the session brief, and what ends or is withdrawn.

use chrono::Duration;
use domain::{
    exercises::{
        assignment::{Audience, Frequency, NewAssignment, Rhythm},
        exercise::{Document, Scope},
        response::{self, NotNow},
    },
    form::Form,
    outbox::reminder::EmailKind,
    records::adherence::{DueCount, Signs, balance, drift},
};
use store::{
    DraftSaved, ExerciseImported, ExercisePublished, FormKey, PlanState, ProgressChange, ResetOutcome, SubmitOutcome,
};
use tests::{
    both,
    people::{Cast, open_document, pathway, person, small_answers, small_document},
};

use super::occurrences::{at, day, give, move_clock_to, open_occurrences, send_due};

/// An exercise with one plan for both partners and two for one partner alone.
fn planned_document() -> Document {
    serde_json::from_value(serde_json::json!({
        "slug": "planned", "title": "Planned", "purpose": "For tests.", "article": "own", "section": "none",
        "themes": [], "minutes": 5, "mode": "together", "cautions": "None.",
        "steps": [
            {"key": "when", "kind": "plan", "scope": "couple", "prompt": "When, you two"},
            {"key": "own", "kind": "plan", "scope": "mine", "prompt": "When, you alone"},
            {"key": "said", "kind": "plan", "scope": "therapist", "prompt": "When, as told"},
            {"key": "words", "kind": "text", "scope": "couple", "prompt": "How it was", "optional": true}
        ]
    }))
    .unwrap()
}

both!(plan_is_set_moved_kept_and_reminded_an_hour_before, |world| {
    let cast = Cast::new(&world.store).await;
    world.store.load_library(&[planned_document()]).await.unwrap();
    let id = give(&cast, "planned", Frequency::OnDate(day("2026-12-20"))).await;
    let (occurrence, ..) = open_occurrences(&cast.amara).await[0];
    send_due(&world.store).await;
    let wall = |text: &str| chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    let (first, instant) = (wall("2026-11-26 20:00"), at("2026-11-26T19:00:00Z"));
    assert!(cast.amara.set_plan(occurrence, "when", None, first, instant).await.unwrap());
    let plan_of = async |who: &store::Partner, step: &str| {
        who.plans(occurrence).await.unwrap().into_iter().find(|p| p.step == step).unwrap()
    };
    let seen = plan_of(&cast.jonas, "when").await.open().unwrap().clone();
    assert_eq!((seen.starts_at, seen.set_by.as_str()), (instant, "Amara Nwosu"));
    // Jonas moves the plan; a page of Amara's that shows the older plan cannot overwrite
    // it.
    let later = at("2026-11-27T19:00:00Z");
    assert!(cast.jonas.set_plan(occurrence, "when", Some(seen.id), wall("2026-11-27 14:00"), later).await.unwrap());
    assert!(!cast.amara.set_plan(occurrence, "when", Some(seen.id), first, instant).await.unwrap());
    assert!(!cast.amara.close_plan(occurrence, "when", seen.id, PlanState::Kept).await.unwrap());
    // Jonas does not see what Amara plans alone; the therapist sees only what is shared
    // with them.
    assert!(cast.amara.set_plan(occurrence, "own", None, first, instant).await.unwrap());
    assert!(cast.amara.set_plan(occurrence, "said", None, first, instant).await.unwrap());
    assert!(plan_of(&cast.jonas, "own").await.plans.is_empty());
    assert!(plan_of(&cast.jonas, "said").await.plans.is_empty());
    let read = cast.ruth.assignment(id, None, None).await.unwrap().unwrap().plans;
    assert!(read.iter().any(|p| p.step == "when") && read.iter().any(|p| p.step == "said"));
    assert!(!read.iter().any(|p| p.step == "own"));
    assert!(!cast.stranger.set_plan(occurrence, "when", None, first, instant).await.unwrap());
    // An hour before, each gets an email of their own; there is none for the plan that
    // was moved.
    move_clock_to(&world, "2026-11-26T18:01:00Z");
    let plans = |mails: Vec<(String, EmailKind)>| {
        let mut names: Vec<_> = mails.into_iter().filter(|(_, k)| *k == EmailKind::Plan).map(|(n, _)| n).collect();
        names.sort();
        names
    };
    assert_eq!(plans(send_due(&world.store).await), ["Amara", "Amara"], "her own two, and not the moved one");
    move_clock_to(&world, "2026-11-27T18:01:00Z");
    assert_eq!(plans(send_due(&world.store).await), ["Amara", "Jonas"]);
    let open = plan_of(&cast.amara, "when").await.open().unwrap().id;
    assert!(cast.amara.close_plan(occurrence, "when", open, PlanState::Kept).await.unwrap());
    let states: Vec<_> = plan_of(&cast.jonas, "when").await.plans.iter().map(|p| p.state).collect();
    assert_eq!(states, [PlanState::Kept, PlanState::Moved]);
    // Of two plans made at the same time only one is kept.
    let (a, b) = tokio::join!(
        cast.amara.set_plan(occurrence, "when", None, wall("2026-12-01 20:00"), at("2026-12-01T19:00:00Z")),
        cast.jonas.set_plan(occurrence, "when", None, wall("2026-12-02 20:00"), at("2026-12-02T19:00:00Z"))
    );
    assert!(a.unwrap() != b.unwrap());
});

both!(pathway_advances_when_both_have_answered_or_its_days_have_passed, |world| {
    let cast = Cast::new(&world.store).await;
    world.store.load_pathways(&[pathway("way", "open")]).await.unwrap();
    assert!(cast.emeka.start_pathway(cast.couple, "way", Audience::Everyone, None).await.unwrap().is_none());
    let progress = cast.ruth.start_pathway(cast.couple, "way", Audience::Everyone, None).await.unwrap().unwrap();
    let other = cast.emeka.start_pathway(cast.other_couple, "way", Audience::Everyone, None).await.unwrap().unwrap();
    let given_count = async |id| {
        let steps = cast.ruth.pathway_progress(id).await.unwrap().unwrap().steps;
        steps.iter().filter(|s| s.given.is_some()).count()
    };
    assert_eq!(given_count(progress).await, 1);
    let (first, ..) = open_occurrences(&cast.amara).await[0];
    cast.amara.submit(first, &small_answers("amara")).await.unwrap();
    world.clock.advance(Duration::days(1));
    assert_eq!(world.store.worker().give_due_steps().await.unwrap(), 0);
    cast.jonas.submit(first, &small_answers("jonas")).await.unwrap();
    // The next step does not open on the same evening: Amara could tell from the minute
    // when Jonas answered.
    assert_eq!(world.store.worker().give_due_steps().await.unwrap(), 0);
    world.clock.advance(Duration::hours(13));
    assert_eq!(world.store.worker().give_due_steps().await.unwrap(), 0, "nor at midnight");
    world.clock.advance(Duration::hours(6));
    let (worker, second) = (world.store.worker(), world.second().await.worker());
    let (a, b) = tokio::join!(worker.give_due_steps(), second.give_due_steps());
    assert_eq!(a.unwrap() + b.unwrap(), 1, "once, whoever looks");
    let whole = cast.ruth.pathway_progress(progress).await.unwrap().unwrap();
    assert!(whole.steps.iter().all(|s| s.given.is_some()) && whole.ended_at.is_some());
    // The other couple was not affected; its pathway advances when the days have passed.
    assert!(cast.ruth.pathway_progress(other).await.unwrap().is_none());
    world.clock.advance(Duration::days(14));
    assert_eq!(world.store.worker().give_due_steps().await.unwrap(), 1);
});

both!(changing_a_couples_pathway_progress_leaves_the_pathway_unchanged, |world| {
    let cast = Cast::new(&world.store).await;
    world.store.load_pathways(&[pathway("way", "open")]).await.unwrap();
    let progress = cast.ruth.start_pathway(cast.couple, "way", Audience::Everyone, None).await.unwrap().unwrap();
    let mut ahead = pathway("way", "small").steps;
    ahead.push(domain::exercises::pathway::PathStep { exercise: "open".into(), days: Some(3), ..Default::default() });
    assert_eq!(cast.emeka.change_progress(progress, 1, &ahead).await.unwrap(), ProgressChange::Gone);
    assert_eq!(
        cast.ruth.change_progress(progress, 0, &ahead).await.unwrap(),
        ProgressChange::ChangedMeanwhile,
        "an old page"
    );
    assert_eq!(cast.ruth.change_progress(progress, 1, &ahead).await.unwrap(), ProgressChange::Done);
    let steps = cast.ruth.pathway_progress(progress).await.unwrap().unwrap().steps;
    assert_eq!(steps.iter().map(|s| s.step.exercise.as_str()).collect::<Vec<_>>(), ["open", "small", "small", "open"]);
    assert_eq!(cast.ruth.pathway("way").await.unwrap().unwrap().pathway.steps.len(), 2);
    // A step can be given at once, whatever its condition.
    assert!(cast.emeka.give_next(progress, 1).await.unwrap().is_none());
    for _ in 0..2 {
        cast.ruth.give_next(progress, 1).await.unwrap().unwrap();
    }
    assert_eq!(
        cast.ruth.pathway_progress(progress).await.unwrap().unwrap().steps.iter().filter(|s| s.given.is_some()).count(),
        2
    );
    assert!(matches!(cast.ruth.end_pathway(progress).await.unwrap(), store::Ended::Done(_)));
    world.clock.advance(Duration::days(60));
    assert_eq!(world.store.worker().give_due_steps().await.unwrap(), 0);
});

both!(messages_are_read_only_by_the_partner_and_their_therapist, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    send_due(&world.store).await;
    assert!(cast.amara.write_message(cast.couple, Some(occurrence), "canary-message", None).await.unwrap());
    assert!(!cast.amara.write_message(cast.other_couple, None, "x", None).await.unwrap());
    assert!(!cast.stranger.write_message(cast.couple, None, "x", None).await.unwrap());
    let (amara, jonas) = (cast.amara.person(), cast.jonas.person());
    assert_eq!(cast.ruth.messages_waiting().await.unwrap().len(), 1);
    assert!(cast.emeka.messages_waiting().await.unwrap().is_empty());
    assert!(cast.emeka.messages(cast.couple, amara, None).await.unwrap().is_none());
    assert!(!cast.emeka.answer_message(cast.couple, amara, "x", None).await.unwrap());
    let (_, read) = cast.ruth.messages(cast.couple, amara, None).await.unwrap().unwrap();
    assert_eq!(read.rows[0].text, "canary-message");
    // A message that was read still waits for an answer, for two weeks.
    assert_eq!(cast.ruth.messages_waiting().await.unwrap()[0].unread, 0);
    world.clock.advance(Duration::days(15));
    assert!(cast.ruth.messages_waiting().await.unwrap().is_empty());
    world.clock.advance(Duration::days(-15) + Duration::minutes(1));
    assert_eq!(cast.ruth.messages_waiting().await.unwrap().len(), 1);
    assert!(cast.ruth.answer_message(cast.couple, jonas, "x", None).await.unwrap());
    assert_eq!(cast.ruth.messages_waiting().await.unwrap().len(), 1, "an answer to the other is none to her");
    send_due(&world.store).await;
    cast.jonas.messages(None).await.unwrap();
    assert!(cast.ruth.answer_message(cast.couple, amara, "canary-answer", None).await.unwrap());
    assert!(cast.ruth.messages_waiting().await.unwrap().is_empty());
    // An email says only that there is a message: once, and not after it has been read.
    assert_eq!(send_due(&world.store).await, [("Amara".to_owned(), EmailKind::Message)]);
    assert_eq!((cast.amara.unread_messages().await.unwrap(), cast.jonas.unread_messages().await.unwrap()), (1, 0));
    assert!(format!("{:?}", cast.amara.messages(None).await.unwrap()).contains("canary-answer"));
    assert!(!format!("{:?}", cast.jonas.messages(None).await.unwrap()).contains("canary"));
    let with_jonas = cast.ruth.messages(cast.couple, jonas, None).await.unwrap().unwrap().1;
    assert_eq!(with_jonas.rows.iter().map(|l| l.text.as_str()).collect::<Vec<_>>(), ["x"]);
    assert!(cast.ruth.answer_message(cast.couple, amara, "again", None).await.unwrap());
    cast.amara.messages(None).await.unwrap();
    assert_eq!(send_due(&world.store).await, []);
});

both!(sharing_an_answer_later_can_be_withdrawn_at_once, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign_exercise("open", Audience::Everyone).await;
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    let own_answer = |step: &'static str| {
        let amara = &cast.amara;
        async move { amara.own_answers(occurrence).await.unwrap().into_iter().find(|a| a.step == step).unwrap() }
    };
    let mine = own_answer("mine").await;
    assert!(cast.amara.unshare(mine.id).await.unwrap().is_none(), "nothing was opened");
    cast.amara.share(mine.id, Scope::Therapist).await.unwrap().unwrap();
    cast.amara.share(mine.id, Scope::Couple).await.unwrap().unwrap();
    cast.jonas.accept_offer(mine.id).await.unwrap().unwrap();
    assert!(cast.jonas.shared_answers(occurrence).await.unwrap().unwrap().contains_key("mine"));
    assert!(cast.jonas.unshare(mine.id).await.unwrap().is_none());
    assert_eq!(cast.amara.unshare(mine.id).await.unwrap(), Some(occurrence));
    assert_eq!(own_answer("mine").await.scope, Scope::Mine);
    assert!(!cast.jonas.shared_answers(occurrence).await.unwrap().unwrap().contains_key("mine"));
    // Shared again, the answer is an offer again.
    cast.amara.share(mine.id, Scope::Couple).await.unwrap().unwrap();
    assert!(!cast.jonas.shared_answers(occurrence).await.unwrap().unwrap().contains_key("mine"));
    cast.amara.unshare(mine.id).await.unwrap().unwrap();
    assert!(cast.jonas.offers(occurrence).await.unwrap().is_empty());
    // An answer that was sent to both from the start cannot be withdrawn.
    assert!(cast.amara.unshare(own_answer("couple").await.id).await.unwrap().is_none());
});

both!(therapist_types_in_a_paper_response_and_resets_a_wrong_one, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    let id = cast.ruth.assignments(cast.couple, None).await.unwrap().rows[0].id;
    let (amara, jonas) = (cast.amara.person(), person(&cast.ruth, cast.couple, "Jonas").await);
    assert!(cast.emeka.paper_form(id, 1, amara).await.unwrap().is_none());
    let sheet = cast.ruth.paper_form(id, 1, amara).await.unwrap().unwrap();
    assert!(sheet.document.step("mine").is_none(), "what stays with its writer is not asked for");
    let form =
        Form::from_pairs([("s.mine", "no"), ("s.therapist", "t"), ("s.reveal", "from-paper"), ("s.couple", "c")]);
    let answers = response::read(&sheet.document, &form);
    // Jonas has begun: a paper response does not overwrite his draft.
    cast.jonas.save_draft(occurrence, &small_answers("jonas"), 0, None).await.unwrap();
    assert!(!cast.ruth.paper_form(id, 1, jonas).await.unwrap().unwrap().open);
    assert_eq!(cast.ruth.submit_paper(id, 1, jonas, &answers).await.unwrap(), SubmitOutcome::Gone);
    assert_eq!(cast.emeka.submit_paper(id, 1, amara, &answers).await.unwrap(), SubmitOutcome::Gone);
    // An empty sheet is not accepted; single blank answers are.
    let nothing = Form::from_pairs([("s.reveal", "  ")]);
    let empty = response::read(&sheet.document, &nothing);
    assert!(matches!(cast.ruth.submit_paper(id, 1, amara, &empty).await.unwrap(), SubmitOutcome::Invalid(_)));
    let view = cast.amara.occurrence(occurrence).await.unwrap().unwrap();
    assert!(view.submitted_at.is_none() && !view.from_paper);
    let form = Form::from_pairs([("s.reveal", "from-paper")]);
    let answers = response::read(&sheet.document, &form);
    assert_eq!(cast.ruth.submit_paper(id, 1, amara, &answers).await.unwrap(), SubmitOutcome::Done);
    let view = cast.amara.occurrence(occurrence).await.unwrap().unwrap();
    assert!(view.from_paper && view.submitted_at.is_some() && !view.revealed);
    assert!(cast.jonas.shared_answers(occurrence).await.unwrap().is_none(), "blind on paper too");
    // It was the wrong sheet: the response is erased, and Amara is asked again.
    assert_eq!(cast.emeka.reset_response(id, 1, amara).await.unwrap(), ResetOutcome::Gone);
    assert!(matches!(cast.ruth.reset_response(id, 1, amara).await.unwrap(), ResetOutcome::Done(_)));
    assert!(cast.amara.own_answers(occurrence).await.unwrap().is_empty());
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    cast.jonas.submit(occurrence, &small_answers("jonas")).await.unwrap();
    assert_eq!(cast.ruth.reset_response(id, 1, amara).await.unwrap(), ResetOutcome::Revealed(cast.couple));
    let theirs = format!("{:?}", cast.jonas.shared_answers(occurrence).await.unwrap());
    assert!(theirs.contains("canary-amara-reveal") && !theirs.contains("from-paper"));
});

both!(assigned_exercise_keeps_its_version_after_a_change, |world| {
    let cast = Cast::new(&world.store).await;
    // Change a shipped exercise: the result is an exercise of Ruth's own.
    let draft = cast.ruth.start_draft(Some("small"), &Form::default()).await.unwrap().unwrap();
    assert!(cast.emeka.draft(draft).await.unwrap().is_none());
    assert_eq!(cast.emeka.save_exercise_draft(draft, &Form::default(), 0).await.unwrap(), DraftSaved::Gone);
    assert_eq!(cast.emeka.publish(draft).await.unwrap(), ExercisePublished::Gone);
    let mut form = cast.ruth.draft(draft).await.unwrap().unwrap().form;
    form.set("title", "");
    assert_eq!(cast.ruth.save_exercise_draft(draft, &form, 0).await.unwrap(), DraftSaved::Done(1));
    assert!(
        matches!(cast.ruth.publish(draft).await.unwrap(), ExercisePublished::Unfit(e) if e.message("title").is_some())
    );
    assert_eq!(cast.ruth.draft(draft).await.unwrap().unwrap().form, form, "nothing is lost");
    form.set("title", "Ruth’s own");
    assert_eq!(
        cast.ruth.save_exercise_draft(draft, &form, 0).await.unwrap(),
        DraftSaved::Elsewhere(1),
        "an older window"
    );
    assert_eq!(cast.ruth.save_exercise_draft(draft, &form, 1).await.unwrap(), DraftSaved::Done(2));
    assert_eq!(
        cast.ruth.save_exercise_draft(draft, &form, 1).await.unwrap(),
        DraftSaved::Done(2),
        "its answer was lost"
    );
    let (a, b) = tokio::join!(cast.ruth.publish(draft), cast.ruth.publish(draft));
    let (done, gone): (Vec<_>, Vec<_>) =
        [a.unwrap(), b.unwrap()].into_iter().partition(|p| matches!(p, ExercisePublished::Done(..)));
    assert_eq!(gone, [ExercisePublished::Gone], "pressed twice at once");
    let ExercisePublished::Done(slug, 1) = done[0].clone() else { panic!() };
    assert_eq!(cast.ruth.published_from(draft, &form).await.unwrap(), Some((slug.clone(), true)));
    assert_eq!(cast.ruth.published_from(draft, &Form::default()).await.unwrap(), Some((slug.clone(), false)));
    assert_eq!(cast.emeka.published_from(draft, &form).await.unwrap(), None);
    let occurrence = cast.assign_exercise(&slug, Audience::Everyone).await;
    // Ruth's change of her own exercise is a new version; Emeka's change is an exercise
    // of his own.
    let draft = cast.ruth.start_draft(Some(&slug), &Form::default()).await.unwrap().unwrap();
    let mut form = cast.ruth.draft(draft).await.unwrap().unwrap().form;
    form.set("step.0.prompt", "Asked otherwise");
    cast.ruth.save_exercise_draft(draft, &form, 0).await.unwrap();
    assert_eq!(cast.ruth.start_draft(Some(&slug), &Form::default()).await.unwrap().map(|d| d == draft), Some(false));
    let older = cast.ruth.start_draft(Some(&slug), &Form::default()).await.unwrap().unwrap();
    assert_eq!(cast.ruth.publish(draft).await.unwrap(), ExercisePublished::Done(slug.clone(), 2));
    // A draft begun before that is reported once as outdated, and published when
    // confirmed.
    assert_eq!(cast.ruth.publish(older).await.unwrap(), ExercisePublished::Behind(2));
    let view = cast.amara.occurrence(occurrence).await.unwrap().unwrap();
    assert_eq!(view.document.steps[0].prompt, "For you");
    assert_eq!(cast.ruth.exercise(&slug).await.unwrap().unwrap().document.steps[0].prompt, "Asked otherwise");
    let his = cast.emeka.start_draft(Some(&slug), &Form::default()).await.unwrap().unwrap();
    let ExercisePublished::Done(of_emeka, 1) = cast.emeka.publish(his).await.unwrap() else { panic!() };
    assert_ne!(of_emeka, slug);
    assert!(!cast.emeka.set_exercise_archived(&slug, true).await.unwrap());
    assert!(cast.ruth.set_exercise_archived(&slug, true).await.unwrap());
    assert!(!cast.emeka.library().await.unwrap().iter().any(|e| e.document.slug == slug));
    // An imported file never takes over another exercise's slug.
    let of_the_house = small_document();
    assert_eq!(cast.emeka.import_exercise(&of_the_house).await.unwrap(), ExerciseImported::Twin);
    let renamed = Document { title: "Small, ours".to_owned(), ..of_the_house };
    let ExerciseImported::Done(taken, 1) = cast.emeka.import_exercise(&renamed).await.unwrap() else { panic!() };
    assert_ne!(taken, "small");
    // Imported again, it is not duplicated; changed, it becomes the next version.
    let mut again = Document { slug: taken.clone(), ..renamed };
    assert_eq!(cast.emeka.import_exercise(&again).await.unwrap(), ExerciseImported::Same(taken.clone()));
    again.purpose.push_str(" And more.");
    assert_eq!(cast.emeka.import_exercise(&again).await.unwrap(), ExerciseImported::Done(taken, 2));
    let titles = cast.emeka.library().await.unwrap();
    assert_eq!(titles.iter().filter(|e| e.document.title == "Small, ours").count(), 1);
});

both!(session_brief_shows_sent_answers_and_no_private_ones, |world| {
    let cast = Cast::new(&world.store).await;
    cast.book(&world.store, "2026-11-24 10:00").await;
    cast.book(&world.store, "2026-12-01 10:00").await;
    move_clock_to(&world, "2026-11-25T10:00:00Z");
    let blind = cast.assign().await;
    cast.amara.submit(blind, &small_answers("amara")).await.unwrap();
    let mine = cast.amara.own_answers(blind).await.unwrap().into_iter().find(|a| a.step == "therapist").unwrap().id;
    assert!(cast.emeka.brief(cast.couple).await.unwrap().is_none());
    let brief = cast.ruth.brief(cast.couple).await.unwrap().unwrap();
    assert_eq!(brief.next.as_ref().map(|s| s.timing.starts_at), Some(at("2026-12-01T09:00:00Z")));
    assert_eq!(brief.items.len(), 1);
    let text = format!("{:?}{:?}", brief.items, brief.brought);
    assert!(text.contains("canary-amara-reveal") && !text.contains("-mine") && !text.contains("jonas-"));
    assert!(brief.brought.is_empty());
    // What Amara shares later is listed as what she brings to the session.
    cast.amara.share(mine, Scope::Reveal).await.unwrap().unwrap();
    let brief = cast.ruth.brief(cast.couple).await.unwrap().unwrap();
    assert_eq!(brief.brought.len(), 1);
    assert!(cast.emeka.courses(cast.couple, "small").await.unwrap().is_none());
    assert!(cast.emeka.adherence(cast.couple, at("2026-01-01T00:00:00Z")).await.unwrap().is_none());
    let (turns, _) = cast.ruth.adherence(cast.couple, at("2026-01-01T00:00:00Z")).await.unwrap().unwrap();
    let shares = balance(&turns);
    assert_eq!([shares[0].done, shares[1].done], [1, 0]);
});

both!(caseload_shows_clients_who_drift, |world| {
    let cast = Cast::new(&world.store).await;
    world.store.load_library(&[open_document()]).await.unwrap();
    let signs = async || {
        let mut rows = cast.ruth.clients().await.unwrap();
        rows.retain(|r| r.id == cast.couple);
        // The signs are the same for one client and for a long caseload that contains it.
        let mut many = vec![rows[0].clone(); 41];
        cast.ruth.load_signs(&mut rows).await.unwrap();
        cast.ruth.load_signs(&mut many).await.unwrap();
        assert_eq!(rows[0].signs, many[0].signs);
        rows[0].signs
    };
    assert_eq!((signs().await.count, signs().await.had_exercise), (DueCount::default(), false));
    let once = cast.assign_exercise("open", Audience::Everyone).await;
    let daily = Rhythm { days: 1, from: day("2026-11-23"), until: None };
    give(&cast, "open", Frequency::Every(daily)).await;
    cast.amara.submit(once, &small_answers("a")).await.unwrap();
    world.clock.advance(Duration::days(1));
    world.store.worker().make_occurrences().await.unwrap();
    let found = signs().await;
    // Amara sent one. The first day of the daily one is over for both; its second day
    // and Jonas's part of the other still have time.
    assert_eq!((found.count, found.had_exercise, found.has_session), (DueCount { done: 1, due: 3 }, true, false));
    world.clock.advance(Duration::days(40));
    assert_eq!(signs().await.count, DueCount::default(), "of the last four weeks");
    assert!(drift(&signs().await, day("2027-01-03")).weight >= 3);
});

both!(signs_of_drift_are_kept_apart_for_two_clients_of_one_person, |world| {
    let cast = Cast::new(&world.store).await;
    world.store.load_library(&[open_document()]).await.unwrap();
    let couple = cast.ruth.client(cast.couple).await.unwrap().unwrap();
    let alone = store::NewClient::Individual(store::NewMember::Known(couple.members[0].person));
    let alone = cast.ruth.create_client(&alone).await.unwrap().unwrap();
    let once = cast.assign_exercise("open", Audience::Everyone).await;
    cast.amara.submit(once, &small_answers("a")).await.unwrap();
    let mut rows = cast.ruth.clients().await.unwrap();
    cast.ruth.load_signs(&mut rows).await.unwrap();
    let signs_of = |id| rows.iter().find(|r| r.id == id).unwrap().signs;
    assert_eq!(signs_of(cast.couple).count, DueCount { done: 1, due: 1 });
    assert!(signs_of(cast.couple).last_sent.is_some());
    assert_eq!(
        signs_of(alone),
        Signs { signed_in: true, ..Signs::default() },
        "she sent nothing as a client of her own"
    );
});

both!(form_sent_twice_with_one_key_acts_once, |world| {
    let cast = Cast::new(&world.store).await;
    world.store.load_library(&[open_document()]).await.unwrap();
    world.store.load_pathways(&[pathway("way", "open")]).await.unwrap();
    send_due(&world.store).await;
    let (one, two) = (Some(FormKey::fresh()), Some(FormKey::fresh()));
    let new =
        NewAssignment { for_whom: Audience::Everyone, frequency: Frequency::BeforeNext, word_along: String::new() };
    let assign = |key| cast.ruth.assign(cast.couple, "open", &new, key);
    let (a, b) = tokio::join!(assign(one), assign(one));
    assert_eq!(a.unwrap(), b.unwrap());
    assert_ne!(assign(two).await.unwrap(), assign(one).await.unwrap());
    assert_eq!(cast.ruth.assignments(cast.couple, None).await.unwrap().rows.len(), 2);
    // The same form key sent by another account is independent.
    assert!(cast.emeka.assign(cast.other_couple, "open", &new, one).await.unwrap().is_some());
    assert_eq!(cast.emeka.assignments(cast.other_couple, None).await.unwrap().rows.len(), 1);
    let progress = |key| cast.ruth.start_pathway(cast.couple, "way", Audience::Everyone, key);
    let key = Some(FormKey::fresh());
    let (a, b) = tokio::join!(progress(key), progress(key));
    assert_eq!(a.unwrap(), b.unwrap());
    assert_eq!(cast.ruth.pathways_of(cast.couple, None).await.unwrap().rows.len(), 1);
    let amara = cast.amara.person();
    let key = Some(FormKey::fresh());
    for _ in 0..2 {
        assert!(cast.ruth.answer_message(cast.couple, amara, "once", key).await.unwrap());
        assert!(cast.amara.write_message(cast.couple, None, "once", Some(FormKey::from(amara.0))).await.unwrap());
    }
    assert_eq!(cast.ruth.messages(cast.couple, amara, None).await.unwrap().unwrap().1.rows.len(), 2);
    assert_eq!(send_due(&world.store).await.iter().filter(|(_, kind)| *kind == EmailKind::Message).count(), 1);
    world.clock.advance(Duration::days(31));
    world.store.worker().forget_form_keys().await.unwrap();
    assert_ne!(assign(one).await.unwrap(), None);
    assert_eq!(cast.ruth.assignments(cast.couple, None).await.unwrap().rows.len(), 4, "two, the pathway’s, and this");
});

both!(not_safe_reason_reaches_only_the_therapist_and_stops_plan_reminders, |world| {
    let cast = Cast::new(&world.store).await;
    world.store.load_library(&[planned_document()]).await.unwrap();
    give(&cast, "planned", Frequency::OnDate(day("2026-12-20"))).await;
    let (occurrence, ..) = open_occurrences(&cast.amara).await[0];
    send_due(&world.store).await;
    let wall = chrono::NaiveDateTime::parse_from_str("2026-11-26 20:00", "%Y-%m-%d %H:%M").unwrap();
    assert!(cast.amara.set_plan(occurrence, "when", None, wall, at("2026-11-26T19:00:00Z")).await.unwrap());
    let planned = |items: Vec<store::PortalItem>| items.into_iter().find_map(|i| i.planned);
    assert_eq!(planned(cast.jonas.exercises(None).await.unwrap().rows), Some(at("2026-11-26T19:00:00Z")));
    assert!(cast.ruth.put_off_as_unsafe().await.unwrap().is_empty());
    assert!(cast.amara.set_not_now(occurrence, Some(NotNow::NotSafe)).await.unwrap());
    assert_eq!(cast.ruth.put_off_as_unsafe().await.unwrap(), [(cast.couple, "Amara Nwosu".to_owned())]);
    assert!(cast.emeka.put_off_as_unsafe().await.unwrap().is_empty());
    move_clock_to(&world, "2026-11-26T18:30:00Z");
    assert_eq!(send_due(&world.store).await, [("Jonas".to_owned(), EmailKind::Plan)]);
    cast.amara.set_not_now(occurrence, None).await.unwrap();
    assert!(cast.ruth.put_off_as_unsafe().await.unwrap().is_empty());
});

both!(archived_client_gets_no_exercises_and_accepts_no_responses, |world| {
    let cast = Cast::new(&world.store).await;
    world.store.load_library(&[open_document()]).await.unwrap();
    let (begun, open) = (cast.assign().await, cast.assign_exercise("open", Audience::Everyone).await);
    cast.amara.save_draft(begun, &small_answers("kept"), 0, None).await.unwrap();
    assert!(cast.ruth.answer_message(cast.couple, cast.amara.person(), "hello", None).await.unwrap());
    assert!(cast.ruth.set_archived(cast.couple, true).await.unwrap());
    let items = cast.amara.exercises(None).await.unwrap().rows;
    assert_eq!(items.iter().map(|i| (i.occurrence, i.withdrawn)).collect::<Vec<_>>(), [(begun, true)]);
    assert_eq!(cast.amara.submit(open, &small_answers("a")).await.unwrap(), SubmitOutcome::Gone);
    assert!(cast.amara.save_draft(open, &small_answers("a"), 0, None).await.unwrap().is_none());
    assert!(!cast.amara.write_message(cast.couple, None, "x", None).await.unwrap());
    assert_eq!(cast.amara.unread_messages().await.unwrap(), 0);
    // After the record is restored, everything continues.
    assert!(cast.ruth.set_archived(cast.couple, false).await.unwrap());
    assert_eq!(cast.amara.exercises(None).await.unwrap().rows.len(), 2);
    assert_eq!(cast.amara.unread_messages().await.unwrap(), 1);
    assert_eq!(cast.amara.submit(begun, &small_answers("a")).await.unwrap(), SubmitOutcome::Done);
});

both!(response_reset_as_unread_was_not_read_meanwhile, |world| {
    let cast = Cast::new(&world.store).await;
    world.store.load_library(&[open_document()]).await.unwrap();
    let (mut read, mut erased) = (0, 0);
    for round in 0..30 {
        let occurrence = cast.assign_exercise("open", Audience::Everyone).await;
        let id = cast.ruth.assignments(cast.couple, None).await.unwrap().rows[0].id;
        cast.jonas.submit(occurrence, &small_answers("jonas")).await.unwrap();
        // At the same time Amara opens the answer and the therapist resets it; each is a
        // little earlier than the other in turn.
        let late = std::time::Duration::from_micros(300 * (round % 10));
        let (theirs, reset) = tokio::join!(cast.amara.shared_answers(occurrence), async {
            tokio::time::sleep(late).await;
            cast.ruth.reset_response(id, 1, cast.jonas.person()).await
        });
        let (theirs, reset) = (theirs.unwrap().is_some(), matches!(reset.unwrap(), ResetOutcome::Done(_)));
        assert!(theirs != reset, "round {round}: read {theirs}, erased {reset}");
        read += usize::from(theirs);
        erased += usize::from(reset);
    }
    assert_eq!(read + erased, 30);
});

both!(resetting_a_response_withdraws_its_agreement_and_plans, |world| {
    let cast = Cast::new(&world.store).await;
    let mut document = planned_document();
    let pact =
        serde_json::json!({"key": "pact", "kind": "agreement", "scope": "couple", "prompt": "Pact", "starter": ""});
    document.steps.push(serde_json::from_value(pact).unwrap());
    world.store.load_library(&[document]).await.unwrap();
    let id = give(&cast, "planned", Frequency::OnDate(day("2026-12-20"))).await;
    let (occurrence, ..) = open_occurrences(&cast.amara).await[0];
    cast.jonas.write_agreement(occurrence, "pact", 0, "no phones").await.unwrap();
    cast.amara.accept_agreement(occurrence, "pact", 1).await.unwrap();
    let wall = chrono::NaiveDateTime::parse_from_str("2026-11-26 20:00", "%Y-%m-%d %H:%M").unwrap();
    for step in ["when", "own"] {
        assert!(cast.amara.set_plan(occurrence, step, None, wall, at("2026-11-26T19:00:00Z")).await.unwrap());
    }
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    assert!(matches!(cast.ruth.reset_response(id, 1, cast.amara.person()).await.unwrap(), ResetOutcome::Done(_)));
    let said = cast.jonas.agreements(occurrence).await.unwrap();
    assert_eq!(said[0].accepted.iter().map(|(_, name, _)| name.as_str()).collect::<Vec<_>>(), ["Jonas Weber"]);
    assert!(cast.amara.plans(occurrence).await.unwrap().iter().all(|p| p.open().is_none()));
    move_clock_to(&world, "2026-11-26T18:30:00Z");
    assert!(send_due(&world.store).await.iter().all(|(_, kind)| *kind != EmailKind::Plan));
});
