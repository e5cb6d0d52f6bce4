//! What stands beside exercises: plans, pathways, letters, paper, what
//! therapists write, the brief, and what ends or is taken back.

use chrono::Duration;
use domain::{
    assignment::{For, Frequency, NewAssignment, Rhythm},
    exercise::{Document, Scope},
    form::Form,
    reminder::MessageKind,
    response::{self, NotNow},
};
use store::{Changed, FormKey, Imported, PlanState, Published, Reset, Saved, Submit};
use tests::{
    both,
    people::{Cast, open_document, pathway, person, small_answers, small_document},
};

use super::exercises::{at, day, give, open_of, sent, until};

/// An exercise with a plan for both and one for oneself.
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

both!(a_plan_is_set_moved_kept_and_told_an_hour_before, |world| {
    let cast = Cast::new(&world.store).await;
    world.store.load_library(&[planned_document()]).await.unwrap();
    let id = give(&cast, "planned", Frequency::OnDate(day("2026-12-20"))).await;
    let (occurrence, ..) = open_of(&cast.amara).await[0];
    sent(&world.store).await;
    let wall = |text: &str| chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    let (first, instant) = (wall("2026-11-26 20:00"), at("2026-11-26T19:00:00Z"));
    assert!(cast.amara.set_plan(occurrence, "when", None, first, instant).await.unwrap());
    let plan_of = async |who: &store::Partner, step: &str| {
        who.plans(occurrence).await.unwrap().into_iter().find(|p| p.step == step).unwrap()
    };
    let seen = plan_of(&cast.jonas, "when").await.open().unwrap().clone();
    assert_eq!((seen.starts_at, seen.set_by.as_str()), (instant, "Amara Nwosu"));
    // Jonas moves it; Amara's page shows an older one and does not win.
    let later = at("2026-11-27T19:00:00Z");
    assert!(cast.jonas.set_plan(occurrence, "when", Some(seen.id), wall("2026-11-27 14:00"), later).await.unwrap());
    assert!(!cast.amara.set_plan(occurrence, "when", Some(seen.id), first, instant).await.unwrap());
    assert!(!cast.amara.close_plan(occurrence, "when", seen.id, PlanState::Kept).await.unwrap());
    // What Amara plans for herself Jonas does not see, nor the therapist.
    assert!(cast.amara.set_plan(occurrence, "own", None, first, instant).await.unwrap());
    assert!(cast.amara.set_plan(occurrence, "said", None, first, instant).await.unwrap());
    assert!(plan_of(&cast.jonas, "own").await.plans.is_empty());
    assert!(plan_of(&cast.jonas, "said").await.plans.is_empty());
    let read = cast.ruth.assignment(id, None).await.unwrap().unwrap().plans;
    assert!(read.iter().any(|p| p.step == "when") && read.iter().any(|p| p.step == "said"));
    assert!(!read.iter().any(|p| p.step == "own"));
    assert!(!cast.stranger.set_plan(occurrence, "when", None, first, instant).await.unwrap());
    // An hour before, each by an own mail; the moved one is not told.
    until(&world, "2026-11-26T18:01:00Z");
    let plans = |mails: Vec<(String, MessageKind)>| {
        let mut names: Vec<_> = mails.into_iter().filter(|(_, k)| *k == MessageKind::Plan).map(|(n, _)| n).collect();
        names.sort();
        names
    };
    assert_eq!(plans(sent(&world.store).await), ["Amara", "Amara"], "her own two, and not the moved one");
    until(&world, "2026-11-27T18:01:00Z");
    assert_eq!(plans(sent(&world.store).await), ["Amara", "Jonas"]);
    let open = plan_of(&cast.amara, "when").await.open().unwrap().id;
    assert!(cast.amara.close_plan(occurrence, "when", open, PlanState::Kept).await.unwrap());
    let states: Vec<_> = plan_of(&cast.jonas, "when").await.plans.iter().map(|p| p.state).collect();
    assert_eq!(states, [PlanState::Kept, PlanState::Moved]);
    // Two at once is one.
    let (a, b) = tokio::join!(
        cast.amara.set_plan(occurrence, "when", None, wall("2026-12-01 20:00"), at("2026-12-01T19:00:00Z")),
        cast.jonas.set_plan(occurrence, "when", None, wall("2026-12-02 20:00"), at("2026-12-02T19:00:00Z"))
    );
    assert!(a.unwrap() != b.unwrap());
});

both!(a_pathway_goes_on_when_both_have_sent_or_the_days_are_over, |world| {
    let cast = Cast::new(&world.store).await;
    world.store.load_pathways(&[pathway("way", "open")]).await.unwrap();
    assert!(cast.emeka.walk(cast.couple, "way", For::Everyone, None).await.unwrap().is_none());
    let walk = cast.ruth.walk(cast.couple, "way", For::Everyone, None).await.unwrap().unwrap();
    let other = cast.emeka.walk(cast.other_couple, "way", For::Everyone, None).await.unwrap().unwrap();
    let given = async |id| {
        let steps = cast.ruth.walk_of(id).await.unwrap().unwrap().steps;
        steps.iter().filter(|s| s.given.is_some()).count()
    };
    assert_eq!(given(walk).await, 1);
    let (first, ..) = open_of(&cast.amara).await[0];
    cast.amara.submit(first, &small_answers("amara")).await.unwrap();
    world.clock.advance(Duration::days(1));
    assert_eq!(world.store.advance_walks().await.unwrap(), 0);
    cast.jonas.submit(first, &small_answers("jonas")).await.unwrap();
    // Not in the same evening, from whose minute Amara could read Jonas's.
    assert_eq!(world.store.advance_walks().await.unwrap(), 0);
    world.clock.advance(Duration::hours(13));
    assert_eq!(world.store.advance_walks().await.unwrap(), 0, "nor at midnight");
    world.clock.advance(Duration::hours(6));
    let second = world.second().await;
    let (a, b) = tokio::join!(world.store.advance_walks(), second.advance_walks());
    assert_eq!(a.unwrap() + b.unwrap(), 1, "once, whoever looks");
    let whole = cast.ruth.walk_of(walk).await.unwrap().unwrap();
    assert!(whole.steps.iter().all(|s| s.given.is_some()) && whole.ended_at.is_some());
    // The other couple was not touched; its days run out.
    assert!(cast.ruth.walk_of(other).await.unwrap().is_none());
    world.clock.advance(Duration::days(14));
    assert_eq!(world.store.advance_walks().await.unwrap(), 1);
});

both!(a_walk_is_changed_for_one_couple_alone, |world| {
    let cast = Cast::new(&world.store).await;
    world.store.load_pathways(&[pathway("way", "open")]).await.unwrap();
    let walk = cast.ruth.walk(cast.couple, "way", For::Everyone, None).await.unwrap().unwrap();
    let mut ahead = pathway("way", "small").steps;
    ahead.push(domain::pathway::PathStep { exercise: "open".into(), days: Some(3), ..Default::default() });
    assert_eq!(cast.emeka.change_walk(walk, 1, &ahead).await.unwrap(), Changed::Gone);
    assert_eq!(cast.ruth.change_walk(walk, 0, &ahead).await.unwrap(), Changed::Meanwhile, "an old page");
    assert_eq!(cast.ruth.change_walk(walk, 1, &ahead).await.unwrap(), Changed::Done);
    let steps = cast.ruth.walk_of(walk).await.unwrap().unwrap().steps;
    assert_eq!(steps.iter().map(|s| s.step.exercise.as_str()).collect::<Vec<_>>(), ["open", "small", "small", "open"]);
    assert_eq!(cast.ruth.pathway("way").await.unwrap().unwrap().pathway.steps.len(), 2);
    // Now, whatever its condition.
    assert!(cast.emeka.give_next(walk, 1).await.unwrap().is_none());
    for _ in 0..2 {
        cast.ruth.give_next(walk, 1).await.unwrap().unwrap();
    }
    assert_eq!(cast.ruth.walk_of(walk).await.unwrap().unwrap().steps.iter().filter(|s| s.given.is_some()).count(), 2);
    cast.ruth.end_walk(walk).await.unwrap().unwrap();
    world.clock.advance(Duration::days(60));
    assert_eq!(world.store.advance_walks().await.unwrap(), 0);
});

both!(letters_are_read_by_the_two_they_are_between, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    sent(&world.store).await;
    assert!(cast.amara.write_letter(cast.couple, Some(occurrence), "canary-letter", None).await.unwrap());
    assert!(!cast.amara.write_letter(cast.other_couple, None, "x", None).await.unwrap());
    assert!(!cast.stranger.write_letter(cast.couple, None, "x", None).await.unwrap());
    let (amara, jonas) = (cast.amara.person(), cast.jonas.person());
    assert_eq!(cast.ruth.letters_waiting().await.unwrap().len(), 1);
    assert!(cast.emeka.letters_waiting().await.unwrap().is_empty());
    assert!(cast.emeka.letters(cast.couple, amara).await.unwrap().is_none());
    assert!(!cast.emeka.answer_letter(cast.couple, amara, "x", None).await.unwrap());
    let (_, read) = cast.ruth.letters(cast.couple, amara).await.unwrap().unwrap();
    assert_eq!(read[0].text, "canary-letter");
    // Read, it still waits for an answer, for two weeks.
    assert_eq!(cast.ruth.letters_waiting().await.unwrap()[0].unread, 0);
    world.clock.advance(Duration::days(15));
    assert!(cast.ruth.letters_waiting().await.unwrap().is_empty());
    world.clock.advance(Duration::days(-15) + Duration::minutes(1));
    assert_eq!(cast.ruth.letters_waiting().await.unwrap().len(), 1);
    assert!(cast.ruth.answer_letter(cast.couple, jonas, "x", None).await.unwrap());
    assert_eq!(cast.ruth.letters_waiting().await.unwrap().len(), 1, "an answer to the other is none to her");
    sent(&world.store).await;
    cast.jonas.letters().await.unwrap();
    assert!(cast.ruth.answer_letter(cast.couple, amara, "canary-answer", None).await.unwrap());
    assert!(cast.ruth.letters_waiting().await.unwrap().is_empty());
    // Told by a mail that says nothing; not told twice, and not once read.
    assert_eq!(sent(&world.store).await, [("Amara".to_owned(), MessageKind::Letter)]);
    assert_eq!((cast.amara.unread_letters().await.unwrap(), cast.jonas.unread_letters().await.unwrap()), (1, 0));
    assert!(format!("{:?}", cast.amara.letters().await.unwrap()).contains("canary-answer"));
    assert!(!format!("{:?}", cast.jonas.letters().await.unwrap()).contains("canary"));
    let with_jonas = cast.ruth.letters(cast.couple, jonas).await.unwrap().unwrap().1;
    assert_eq!(with_jonas.iter().map(|l| l.text.as_str()).collect::<Vec<_>>(), ["x"]);
    assert!(cast.ruth.answer_letter(cast.couple, amara, "again", None).await.unwrap());
    cast.amara.letters().await.unwrap();
    assert_eq!(sent(&world.store).await, []);
});

both!(a_later_share_is_taken_back_at_once, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign_exercise("open", For::Everyone).await;
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    let own = |step: &'static str| {
        let amara = &cast.amara;
        async move { amara.own_answers(occurrence).await.unwrap().into_iter().find(|a| a.step == step).unwrap() }
    };
    let mine = own("mine").await;
    assert!(cast.amara.unshare(mine.id).await.unwrap().is_none(), "nothing was opened");
    cast.amara.share(mine.id, Scope::Therapist).await.unwrap().unwrap();
    cast.amara.share(mine.id, Scope::Couple).await.unwrap().unwrap();
    cast.jonas.accept_offer(mine.id).await.unwrap().unwrap();
    assert!(cast.jonas.their_answers(occurrence).await.unwrap().unwrap().contains_key("mine"));
    assert!(cast.jonas.unshare(mine.id).await.unwrap().is_none());
    assert_eq!(cast.amara.unshare(mine.id).await.unwrap(), Some(occurrence));
    assert_eq!(own("mine").await.scope, Scope::Mine);
    assert!(!cast.jonas.their_answers(occurrence).await.unwrap().unwrap().contains_key("mine"));
    // Opened once more, it is an offer once more.
    cast.amara.share(mine.id, Scope::Couple).await.unwrap().unwrap();
    assert!(!cast.jonas.their_answers(occurrence).await.unwrap().unwrap().contains_key("mine"));
    cast.amara.unshare(mine.id).await.unwrap().unwrap();
    assert!(cast.jonas.offers(occurrence).await.unwrap().is_empty());
    // What was sent for both from the start stands.
    assert!(cast.amara.unshare(own("couple").await.id).await.unwrap().is_none());
});

both!(paper_is_typed_in_for_somebody_and_what_another_answered_is_erased, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    let id = cast.ruth.assignments(cast.couple).await.unwrap()[0].id;
    let (amara, jonas) = (cast.amara.person(), person(&cast.ruth, cast.couple, "Jonas").await);
    assert!(cast.emeka.paper(id, 1, amara).await.unwrap().is_none());
    let sheet = cast.ruth.paper(id, 1, amara).await.unwrap().unwrap();
    assert!(sheet.document.step("mine").is_none(), "what stays with its writer is not asked for");
    let form =
        Form::from_pairs([("s.mine", "no"), ("s.therapist", "t"), ("s.reveal", "from-paper"), ("s.couple", "c")]);
    let answers = response::read(&sheet.document, &form);
    // Jonas has begun: his words are not written over.
    cast.jonas.save_draft(occurrence, &small_answers("jonas"), 0, None).await.unwrap();
    assert!(!cast.ruth.paper(id, 1, jonas).await.unwrap().unwrap().open);
    assert_eq!(cast.ruth.submit_paper(id, 1, jonas, &answers).await.unwrap(), Submit::Gone);
    assert_eq!(cast.emeka.submit_paper(id, 1, amara, &answers).await.unwrap(), Submit::Gone);
    // Nothing typed in is no answer; what the sheet leaves blank is not asked for.
    let nothing = Form::from_pairs([("s.reveal", "  ")]);
    let empty = response::read(&sheet.document, &nothing);
    assert!(matches!(cast.ruth.submit_paper(id, 1, amara, &empty).await.unwrap(), Submit::Unfit(_)));
    let view = cast.amara.occurrence(occurrence).await.unwrap().unwrap();
    assert!(view.submitted_at.is_none() && !view.from_paper);
    let form = Form::from_pairs([("s.reveal", "from-paper")]);
    let answers = response::read(&sheet.document, &form);
    assert_eq!(cast.ruth.submit_paper(id, 1, amara, &answers).await.unwrap(), Submit::Done);
    let view = cast.amara.occurrence(occurrence).await.unwrap().unwrap();
    assert!(view.from_paper && view.submitted_at.is_some() && !view.revealed);
    assert!(cast.jonas.their_answers(occurrence).await.unwrap().is_none(), "blind on paper too");
    // It was the wrong sheet: gone, and asked anew.
    assert_eq!(cast.emeka.reset_response(id, 1, amara).await.unwrap(), Reset::Gone);
    assert_eq!(cast.ruth.reset_response(id, 1, amara).await.unwrap(), Reset::Done(cast.couple));
    assert!(cast.amara.own_answers(occurrence).await.unwrap().is_empty());
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    cast.jonas.submit(occurrence, &small_answers("jonas")).await.unwrap();
    assert_eq!(cast.ruth.reset_response(id, 1, amara).await.unwrap(), Reset::Revealed(cast.couple));
    let theirs = format!("{:?}", cast.jonas.their_answers(occurrence).await.unwrap());
    assert!(theirs.contains("canary-amara-reveal") && !theirs.contains("from-paper"));
});

both!(what_is_assigned_stays_on_its_version, |world| {
    let cast = Cast::new(&world.store).await;
    // From the program's own: an exercise of one's own.
    let draft = cast.ruth.start_draft(Some("small"), &Form::default()).await.unwrap().unwrap();
    assert!(cast.emeka.draft(draft).await.unwrap().is_none());
    assert_eq!(cast.emeka.save_exercise_draft(draft, &Form::default(), 0).await.unwrap(), Saved::Gone);
    assert_eq!(cast.emeka.publish(draft).await.unwrap(), Published::Gone);
    let mut form = cast.ruth.draft(draft).await.unwrap().unwrap().form;
    form.set("title", "");
    assert_eq!(cast.ruth.save_exercise_draft(draft, &form, 0).await.unwrap(), Saved::Done(1));
    assert!(matches!(cast.ruth.publish(draft).await.unwrap(), Published::Unfit(e) if e.of("title").is_some()));
    assert_eq!(cast.ruth.draft(draft).await.unwrap().unwrap().form, form, "nothing is lost");
    form.set("title", "Ruth’s own");
    assert_eq!(cast.ruth.save_exercise_draft(draft, &form, 0).await.unwrap(), Saved::Elsewhere(1), "an older window");
    assert_eq!(cast.ruth.save_exercise_draft(draft, &form, 1).await.unwrap(), Saved::Done(2));
    assert_eq!(cast.ruth.save_exercise_draft(draft, &form, 1).await.unwrap(), Saved::Done(2), "its answer was lost");
    let (a, b) = tokio::join!(cast.ruth.publish(draft), cast.ruth.publish(draft));
    let (done, gone): (Vec<_>, Vec<_>) =
        [a.unwrap(), b.unwrap()].into_iter().partition(|p| matches!(p, Published::Done(..)));
    assert_eq!(gone, [Published::Gone], "pressed twice at once");
    let Published::Done(slug, 1) = done[0].clone() else { panic!() };
    assert_eq!(cast.ruth.published_from(draft, &form).await.unwrap(), Some((slug.clone(), true)));
    assert_eq!(cast.ruth.published_from(draft, &Form::default()).await.unwrap(), Some((slug.clone(), false)));
    assert_eq!(cast.emeka.published_from(draft, &form).await.unwrap(), None);
    let occurrence = cast.assign_exercise(&slug, For::Everyone).await;
    // Her own becomes a new version; Emeka's change is one of his own.
    let draft = cast.ruth.start_draft(Some(&slug), &Form::default()).await.unwrap().unwrap();
    let mut form = cast.ruth.draft(draft).await.unwrap().unwrap().form;
    form.set("step.0.prompt", "Asked otherwise");
    cast.ruth.save_exercise_draft(draft, &form, 0).await.unwrap();
    assert_eq!(cast.ruth.start_draft(Some(&slug), &Form::default()).await.unwrap().map(|d| d == draft), Some(false));
    let older = cast.ruth.start_draft(Some(&slug), &Form::default()).await.unwrap().unwrap();
    assert_eq!(cast.ruth.publish(draft).await.unwrap(), Published::Done(slug.clone(), 2));
    // Begun before that, it says so once, and follows when it is meant.
    assert_eq!(cast.ruth.publish(older).await.unwrap(), Published::Behind(2));
    let view = cast.amara.occurrence(occurrence).await.unwrap().unwrap();
    assert_eq!(view.document.steps[0].prompt, "For you");
    assert_eq!(cast.ruth.exercise(&slug).await.unwrap().unwrap().document.steps[0].prompt, "Asked otherwise");
    let his = cast.emeka.start_draft(Some(&slug), &Form::default()).await.unwrap().unwrap();
    let Published::Done(of_emeka, 1) = cast.emeka.publish(his).await.unwrap() else { panic!() };
    assert_ne!(of_emeka, slug);
    assert!(!cast.emeka.set_exercise_archived(&slug, true).await.unwrap());
    assert!(cast.ruth.set_exercise_archived(&slug, true).await.unwrap());
    assert!(!cast.emeka.library().await.unwrap().iter().any(|e| e.document.slug == slug));
    // A file never takes another's slug.
    let of_the_house = small_document();
    assert_eq!(cast.emeka.import_exercise(&of_the_house).await.unwrap(), Imported::Twin);
    let renamed = Document { title: "Small, ours".to_owned(), ..of_the_house };
    let Imported::Done(taken, 1) = cast.emeka.import_exercise(&renamed).await.unwrap() else { panic!() };
    assert_ne!(taken, "small");
    // Taken in again it is not there twice; changed, it is the next version.
    let mut again = Document { slug: taken.clone(), ..renamed };
    assert_eq!(cast.emeka.import_exercise(&again).await.unwrap(), Imported::Same(taken.clone()));
    again.purpose.push_str(" And more.");
    assert_eq!(cast.emeka.import_exercise(&again).await.unwrap(), Imported::Done(taken, 2));
    let titles = cast.emeka.library().await.unwrap();
    assert_eq!(titles.iter().filter(|e| e.document.title == "Small, ours").count(), 1);
});

both!(the_brief_holds_what_was_sent_and_nothing_that_was_kept, |world| {
    let cast = Cast::new(&world.store).await;
    cast.book(&world.store, "2026-11-24 10:00").await;
    cast.book(&world.store, "2026-12-01 10:00").await;
    until(&world, "2026-11-25T10:00:00Z");
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
    // Opened later by Amara: that is what she brings.
    cast.amara.share(mine, Scope::Reveal).await.unwrap().unwrap();
    let brief = cast.ruth.brief(cast.couple).await.unwrap().unwrap();
    assert_eq!(brief.brought.len(), 1);
    assert!(cast.emeka.courses(cast.couple, "small").await.unwrap().is_none());
    assert!(cast.emeka.turns(cast.couple, at("2026-01-01T00:00:00Z")).await.unwrap().is_none());
    let (turns, _) = cast.ruth.turns(cast.couple, at("2026-01-01T00:00:00Z")).await.unwrap().unwrap();
    let shares = domain::adherence::balance(&turns);
    assert_eq!([shares[0].done, shares[1].done], [1, 0]);
});

both!(who_is_drifting_is_seen_in_the_caseload, |world| {
    let cast = Cast::new(&world.store).await;
    world.store.load_library(&[open_document()]).await.unwrap();
    let signs = async || {
        let mut rows = cast.ruth.clients().await.unwrap();
        rows.retain(|r| r.id == cast.couple);
        // Asked for by its id, and among many as the whole caseload is.
        let mut many = vec![rows[0].clone(); 41];
        cast.ruth.signs(&mut rows).await.unwrap();
        cast.ruth.signs(&mut many).await.unwrap();
        assert_eq!(rows[0].signs, many[0].signs);
        rows[0].signs
    };
    assert_eq!((signs().await.asked, signs().await.any), (0, false));
    let once = cast.assign_exercise("open", For::Everyone).await;
    let daily = Rhythm { days: 1, from: day("2026-11-23"), until: None };
    give(&cast, "open", Frequency::Every(daily)).await;
    cast.amara.submit(once, &small_answers("a")).await.unwrap();
    world.clock.advance(Duration::days(1));
    world.store.make_occurrences().await.unwrap();
    let found = signs().await;
    assert_eq!((found.asked, found.done, found.any, found.has_session), (6, 1, true, false));
    world.clock.advance(Duration::days(40));
    assert_eq!(signs().await.done, 0, "of the last four weeks");
    assert!(domain::adherence::drift(&signs().await, day("2027-01-03")).weight >= 3);
});

both!(signs_of_one_client_are_not_those_of_another_with_the_same_person, |world| {
    let cast = Cast::new(&world.store).await;
    world.store.load_library(&[open_document()]).await.unwrap();
    let couple = cast.ruth.client(cast.couple).await.unwrap().unwrap();
    let alone = store::NewClient::Individual(store::NewMember::Known(couple.members[0].person));
    let alone = cast.ruth.create_client(&alone).await.unwrap().unwrap();
    let once = cast.assign_exercise("open", For::Everyone).await;
    cast.amara.submit(once, &small_answers("a")).await.unwrap();
    let mut rows = cast.ruth.clients().await.unwrap();
    cast.ruth.signs(&mut rows).await.unwrap();
    let of = |id| rows.iter().find(|r| r.id == id).unwrap().signs;
    assert_eq!((of(cast.couple).done, of(cast.couple).asked), (1, 2));
    assert!(of(cast.couple).last.is_some());
    assert_eq!(of(alone), domain::adherence::Signs::default(), "she sent nothing as a client of her own");
});

both!(a_form_that_is_sent_twice_is_one_act, |world| {
    let cast = Cast::new(&world.store).await;
    world.store.load_library(&[open_document()]).await.unwrap();
    world.store.load_pathways(&[pathway("way", "open")]).await.unwrap();
    sent(&world.store).await;
    let (one, two) = (Some(FormKey::fresh()), Some(FormKey::fresh()));
    let new = NewAssignment { for_whom: For::Everyone, frequency: Frequency::BeforeNext, word_along: String::new() };
    let assign = |key| cast.ruth.assign(cast.couple, "open", &new, key);
    let (a, b) = tokio::join!(assign(one), assign(one));
    assert_eq!(a.unwrap(), b.unwrap());
    assert_ne!(assign(two).await.unwrap(), assign(one).await.unwrap());
    assert_eq!(cast.ruth.assignments(cast.couple).await.unwrap().len(), 2);
    // The same key in another's hands is not theirs.
    assert!(cast.emeka.assign(cast.other_couple, "open", &new, one).await.unwrap().is_some());
    assert_eq!(cast.emeka.assignments(cast.other_couple).await.unwrap().len(), 1);
    let walk = |key| cast.ruth.walk(cast.couple, "way", For::Everyone, key);
    let key = Some(FormKey::fresh());
    let (a, b) = tokio::join!(walk(key), walk(key));
    assert_eq!(a.unwrap(), b.unwrap());
    assert_eq!(cast.ruth.walks(cast.couple).await.unwrap().len(), 1);
    let amara = cast.amara.person();
    let key = Some(FormKey::fresh());
    for _ in 0..2 {
        assert!(cast.ruth.answer_letter(cast.couple, amara, "once", key).await.unwrap());
        assert!(cast.amara.write_letter(cast.couple, None, "once", Some(FormKey::from(amara.0))).await.unwrap());
    }
    assert_eq!(cast.ruth.letters(cast.couple, amara).await.unwrap().unwrap().1.len(), 2);
    assert_eq!(sent(&world.store).await.iter().filter(|(_, kind)| *kind == MessageKind::Letter).count(), 1);
    world.clock.advance(Duration::days(31));
    world.store.forget_form_keys().await.unwrap();
    assert_ne!(assign(one).await.unwrap(), None);
    assert_eq!(cast.ruth.assignments(cast.couple).await.unwrap().len(), 4, "two, the pathway’s, and this");
});

both!(what_does_not_feel_safe_is_seen_by_the_therapist_alone_and_ends_the_plans_mail, |world| {
    let cast = Cast::new(&world.store).await;
    world.store.load_library(&[planned_document()]).await.unwrap();
    give(&cast, "planned", Frequency::OnDate(day("2026-12-20"))).await;
    let (occurrence, ..) = open_of(&cast.amara).await[0];
    sent(&world.store).await;
    let wall = chrono::NaiveDateTime::parse_from_str("2026-11-26 20:00", "%Y-%m-%d %H:%M").unwrap();
    assert!(cast.amara.set_plan(occurrence, "when", None, wall, at("2026-11-26T19:00:00Z")).await.unwrap());
    let planned = |items: Vec<store::PortalItem>| items.into_iter().find_map(|i| i.planned);
    assert_eq!(planned(cast.jonas.exercises().await.unwrap()), Some(at("2026-11-26T19:00:00Z")));
    assert!(cast.ruth.not_safe().await.unwrap().is_empty());
    assert!(cast.amara.set_not_now(occurrence, Some(NotNow::NotSafe)).await.unwrap());
    assert_eq!(cast.ruth.not_safe().await.unwrap(), [(cast.couple, "Amara Nwosu".to_owned())]);
    assert!(cast.emeka.not_safe().await.unwrap().is_empty());
    until(&world, "2026-11-26T18:30:00Z");
    assert_eq!(sent(&world.store).await, [("Jonas".to_owned(), MessageKind::Plan)]);
    cast.amara.set_not_now(occurrence, None).await.unwrap();
    assert!(cast.ruth.not_safe().await.unwrap().is_empty());
});

both!(a_record_that_is_put_away_asks_for_nothing_and_takes_nothing, |world| {
    let cast = Cast::new(&world.store).await;
    world.store.load_library(&[open_document()]).await.unwrap();
    let (begun, open) = (cast.assign().await, cast.assign_exercise("open", For::Everyone).await);
    cast.amara.save_draft(begun, &small_answers("kept"), 0, None).await.unwrap();
    assert!(cast.ruth.answer_letter(cast.couple, cast.amara.person(), "hello", None).await.unwrap());
    assert!(cast.ruth.set_archived(cast.couple, true).await.unwrap());
    let items = cast.amara.exercises().await.unwrap();
    assert_eq!(items.iter().map(|i| (i.occurrence, i.withdrawn)).collect::<Vec<_>>(), [(begun, true)]);
    assert_eq!(cast.amara.submit(open, &small_answers("a")).await.unwrap(), Submit::Gone);
    assert!(cast.amara.save_draft(open, &small_answers("a"), 0, None).await.unwrap().is_none());
    assert!(!cast.amara.write_letter(cast.couple, None, "x", None).await.unwrap());
    assert_eq!(cast.amara.unread_letters().await.unwrap(), 0);
    // Brought back, it all goes on.
    assert!(cast.ruth.set_archived(cast.couple, false).await.unwrap());
    assert_eq!(cast.amara.exercises().await.unwrap().len(), 2);
    assert_eq!(cast.amara.unread_letters().await.unwrap(), 1);
    assert_eq!(cast.amara.submit(begun, &small_answers("a")).await.unwrap(), Submit::Done);
});

both!(what_is_erased_as_unread_has_not_been_read, |world| {
    let cast = Cast::new(&world.store).await;
    world.store.load_library(&[open_document()]).await.unwrap();
    let (mut read, mut erased) = (0, 0);
    for round in 0..30 {
        let occurrence = cast.assign_exercise("open", For::Everyone).await;
        let id = cast.ruth.assignments(cast.couple).await.unwrap()[0].id;
        cast.jonas.submit(occurrence, &small_answers("jonas")).await.unwrap();
        // In one instant the other opens it and the therapist takes it back;
        // each a little before the other in turn.
        let late = std::time::Duration::from_micros(300 * (round % 10));
        let (theirs, reset) = tokio::join!(cast.amara.their_answers(occurrence), async {
            tokio::time::sleep(late).await;
            cast.ruth.reset_response(id, 1, cast.jonas.person()).await
        });
        let (theirs, reset) = (theirs.unwrap().is_some(), reset.unwrap() == Reset::Done(cast.couple));
        assert!(theirs != reset, "round {round}: read {theirs}, erased {reset}");
        read += usize::from(theirs);
        erased += usize::from(reset);
    }
    assert_eq!(read + erased, 30);
});

both!(a_reset_takes_back_what_was_agreed_and_planned_in_ones_name, |world| {
    let cast = Cast::new(&world.store).await;
    let mut document = planned_document();
    let pact =
        serde_json::json!({"key": "pact", "kind": "agreement", "scope": "couple", "prompt": "Pact", "starter": ""});
    document.steps.push(serde_json::from_value(pact).unwrap());
    world.store.load_library(&[document]).await.unwrap();
    let id = give(&cast, "planned", Frequency::OnDate(day("2026-12-20"))).await;
    let (occurrence, ..) = open_of(&cast.amara).await[0];
    cast.jonas.write_agreement(occurrence, "pact", 0, "no phones").await.unwrap();
    cast.amara.accept_agreement(occurrence, "pact", 1).await.unwrap();
    let wall = chrono::NaiveDateTime::parse_from_str("2026-11-26 20:00", "%Y-%m-%d %H:%M").unwrap();
    for step in ["when", "own"] {
        assert!(cast.amara.set_plan(occurrence, step, None, wall, at("2026-11-26T19:00:00Z")).await.unwrap());
    }
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    assert_eq!(cast.ruth.reset_response(id, 1, cast.amara.person()).await.unwrap(), Reset::Done(cast.couple));
    let said = cast.jonas.agreements(occurrence).await.unwrap();
    assert_eq!(said[0].accepted.iter().map(|(_, name, _)| name.as_str()).collect::<Vec<_>>(), ["Jonas Weber"]);
    assert!(cast.amara.plans(occurrence).await.unwrap().iter().all(|p| p.open().is_none()));
    until(&world, "2026-11-26T18:30:00Z");
    assert!(sent(&world.store).await.iter().all(|(_, kind)| *kind != MessageKind::Plan));
});
