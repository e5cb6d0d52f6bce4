//! The reveal opens answers to both partners or to neither; nothing is readable before
//! it, and nothing can be changed after it.

use domain::exercises::{assignment::Audience, exercise::Scope, response::ResponseState};
use store::{SavedDraft, SubmitOutcome};
use tests::{
    both,
    people::{Cast, small_answers},
};

both!(reveal_opens_answers_to_both_at_once, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    assert_eq!(cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap(), SubmitOutcome::Done);
    // Not even the answers for both are readable: they would tell that Amara has
    // answered.
    assert!(cast.jonas.shared_answers(occurrence).await.unwrap().is_none());
    assert!(!cast.jonas.exercises(None).await.unwrap().rows[0].opened);
    assert!(cast.amara.shared_answers(occurrence).await.unwrap().is_none());

    assert_eq!(cast.jonas.submit(occurrence, &small_answers("jonas")).await.unwrap(), SubmitOutcome::Done);
    for (reader, writer) in [(&cast.amara, "jonas"), (&cast.jonas, "amara")] {
        let theirs = reader.shared_answers(occurrence).await.unwrap().unwrap();
        assert_eq!(theirs.keys().collect::<Vec<_>>(), ["couple", "reveal"]);
        let text = format!("{theirs:?}");
        assert!(text.contains(&format!("canary-{writer}-reveal")));
        assert!(!text.contains("-mine") && !text.contains("-therapist"), "{text}");
    }
});

both!(without_a_blind_step_shared_answers_are_read_at_once, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign_exercise("open", Audience::Everyone).await;
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    let theirs = cast.jonas.shared_answers(occurrence).await.unwrap().unwrap();
    assert_eq!(theirs.keys().collect::<Vec<_>>(), ["couple"]);
    assert!(cast.jonas.exercises(None).await.unwrap().rows[0].opened);
    assert!(cast.stranger.shared_answers(occurrence).await.unwrap().is_none());
    // An answer that Amara shares later is readable, too.
    let mine = cast.amara.own_answers(occurrence).await.unwrap().into_iter().find(|a| a.step == "mine").unwrap().id;
    assert!(cast.amara.share(mine, Scope::Reveal).await.unwrap().is_none());
    assert_eq!(cast.amara.share(mine, Scope::Couple).await.unwrap(), Some(occurrence));
    // It is an offer: Jonas reads it after he accepts it.
    assert_eq!(cast.jonas.shared_answers(occurrence).await.unwrap().unwrap().len(), 1);
    assert_eq!(cast.jonas.offers(occurrence).await.unwrap(), [mine]);
    assert!(cast.amara.offers(occurrence).await.unwrap().is_empty());
    assert!(cast.amara.accept_offer(mine).await.unwrap().is_none());
    assert!(cast.stranger.accept_offer(mine).await.unwrap().is_none());
    assert_eq!(cast.jonas.accept_offer(mine).await.unwrap(), Some(occurrence));
    assert_eq!(cast.jonas.shared_answers(occurrence).await.unwrap().unwrap().len(), 2);
});

both!(sharing_in_a_blind_exercise_waits_for_the_reveal, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    let mine = cast.amara.own_answers(occurrence).await.unwrap().into_iter().find(|a| a.step == "mine").unwrap().id;
    assert!(cast.amara.share(mine, Scope::Couple).await.unwrap().is_none());
    assert_eq!(cast.amara.share(mine, Scope::Reveal).await.unwrap(), Some(occurrence));
    assert!(cast.jonas.shared_answers(occurrence).await.unwrap().is_none());
    assert!(cast.jonas.offers(occurrence).await.unwrap().is_empty(), "not even that there is one");
    assert!(cast.jonas.accept_offer(mine).await.unwrap().is_none());
    cast.jonas.submit(occurrence, &small_answers("jonas")).await.unwrap();
    assert!(!cast.jonas.shared_answers(occurrence).await.unwrap().unwrap().contains_key("mine"));
    assert_eq!(cast.jonas.accept_offer(mine).await.unwrap(), Some(occurrence));
    assert!(cast.jonas.shared_answers(occurrence).await.unwrap().unwrap().contains_key("mine"));
    assert!(!cast.amara.shared_answers(occurrence).await.unwrap().unwrap().contains_key("mine"));
});

both!(simultaneous_responses_reveal_once_to_both, |world| {
    let cast = Cast::new(&world.store).await;
    for _ in 0..10 {
        let occurrence = cast.assign().await;
        let (a, b) = (small_answers("amara"), small_answers("jonas"));
        let (first, second, again) = tokio::join!(
            cast.amara.submit(occurrence, &a),
            cast.jonas.submit(occurrence, &b),
            cast.amara.submit(occurrence, &a)
        );
        for result in [first, second, again] {
            assert_eq!(result.unwrap(), SubmitOutcome::Done);
        }
        for reader in [&cast.amara, &cast.jonas] {
            assert!(reader.occurrence(occurrence).await.unwrap().unwrap().revealed);
            assert_eq!(reader.own_answers(occurrence).await.unwrap().len(), 4);
            assert_eq!(reader.shared_answers(occurrence).await.unwrap().unwrap().len(), 2);
        }
    }
});

both!(submitted_response_cannot_be_changed, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    assert_eq!(cast.amara.submit(occurrence, &small_answers("changed")).await.unwrap(), SubmitOutcome::Done);
    assert!(cast.amara.save_draft(occurrence, &small_answers("changed"), 0, None).await.unwrap().is_none());
    let own = format!("{:?}", cast.amara.own_answers(occurrence).await.unwrap());
    assert!(own.contains("canary-amara-mine") && !own.contains("changed"));
});

both!(draft_saved_while_submitting_is_not_lost, |world| {
    let cast = Cast::new(&world.store).await;
    let (sent, typed) = (small_answers("amara"), small_answers("elsewhere"));
    let touched = ["mine".to_owned()];
    for round in 0..20 {
        let occurrence = cast.assign().await;
        // Two windows that saw no draft yet: one submits, the other autosaves.
        let send = cast.amara.submit_page(occurrence, &sent, Some(0));
        let keep = cast.amara.save_draft(occurrence, &typed, 0, Some(&touched));
        let (submitted, saved) = match round % 2 {
            0 => tokio::join!(send, keep),
            _ => {
                let (saved, submitted) = tokio::join!(keep, send);
                (submitted, saved)
            }
        };
        match (submitted.unwrap(), saved.unwrap()) {
            // The submission came first: the autosave was told that it is too late.
            (SubmitOutcome::Done, None) => {
                let own = format!("{:?}", cast.amara.own_answers(occurrence).await.unwrap());
                assert!(own.contains("canary-amara-mine") && !own.contains("elsewhere"), "{own}");
            }
            // The autosave came first: nothing is sent, and the draft has the words of
            // both windows.
            (SubmitOutcome::ChangedElsewhere, Some(_)) => {
                let all = format!("{:?}", cast.amara.occurrence(occurrence).await.unwrap().unwrap().draft.answers);
                assert!(all.contains("canary-amara-mine") && all.contains("canary-elsewhere-mine"), "{all}");
                assert!(cast.amara.own_answers(occurrence).await.unwrap().is_empty());
            }
            (submitted, saved) => panic!("round {round}: {submitted:?} and {saved:?}"),
        }
    }
});

both!(draft_survives_a_restart_and_an_incomplete_submission, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    let mut some = small_answers("amara");
    some.remove("couple");
    let saved = cast.amara.save_draft(occurrence, &some, 0, None).await.unwrap().unwrap();
    assert_eq!((saved.draft.number, saved.merged), (1, false));
    // A second device that has not seen the draft yet is told so.
    let saved = cast.amara.save_draft(occurrence, &some, 0, None).await.unwrap().unwrap();
    assert!(saved.merged);
    // The process ends, and another one opens the same database.
    let again = world.second().await;
    let amara = again.partner(cast.amara.visitor()).unwrap();
    assert_eq!(amara.occurrence(occurrence).await.unwrap().unwrap().draft.answers, some);
    assert!(
        matches!(amara.submit(occurrence, &some).await.unwrap(), SubmitOutcome::Invalid(e) if e.message("s.couple").is_some())
    );
    assert_eq!(amara.occurrence(occurrence).await.unwrap().unwrap().draft.answers, some);
    // Nobody else sees that there is a draft.
    assert!(cast.jonas.shared_answers(occurrence).await.unwrap().is_none());
    assert_eq!(cast.jonas.exercises(None).await.unwrap().rows[0].state, ResponseState::Open);
});

both!(individual_assignment_has_no_reveal, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign_for(Audience::One(cast.amara.person())).await;
    assert!(cast.jonas.occurrence(occurrence).await.unwrap().is_none());
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    let scope = |step: &str, own: &[store::OwnAnswer]| own.iter().find(|a| a.step == step).unwrap().scope;
    let own = cast.amara.own_answers(occurrence).await.unwrap();
    assert_eq!(scope("reveal", &own), Scope::Therapist);
    assert!(!cast.amara.occurrence(occurrence).await.unwrap().unwrap().revealed);
});

both!(only_the_writer_widens_a_scope_and_nobody_narrows_it, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    let mine = cast.amara.own_answers(occurrence).await.unwrap().into_iter().find(|a| a.step == "mine").unwrap().id;
    assert!(cast.jonas.share(mine, Scope::Couple).await.unwrap().is_none());
    assert!(cast.stranger.share(mine, Scope::Couple).await.unwrap().is_none());
    assert_eq!(cast.amara.share(mine, Scope::Therapist).await.unwrap(), Some(occurrence));
    assert!(cast.amara.share(mine, Scope::Mine).await.unwrap().is_none());
    let assignment = cast.ruth.assignments(cast.couple, None).await.unwrap().rows[0].id;
    let seen = format!("{:?}", cast.ruth.assignment(assignment, None, None).await.unwrap().unwrap().answers);
    assert!(seen.contains("canary-amara-mine"));
    assert!(!format!("{:?}", cast.jonas.shared_answers(occurrence).await.unwrap()).contains("canary-amara-mine"));
});

both!(agreement_counts_once_both_accept_the_same_words, |world| {
    use store::AgreementOutcome;
    let cast = Cast::new(&world.store).await;
    let (amara, jonas) = (&cast.amara, &cast.jonas);
    let blind = cast.assign().await;
    assert!(amara.agreements(blind).await.unwrap().is_empty());
    assert_eq!(amara.write_agreement(blind, "pact", 0, "early").await.unwrap(), AgreementOutcome::Gone);
    amara.submit(blind, &small_answers("amara")).await.unwrap();
    assert_eq!(amara.write_agreement(blind, "pact", 0, "early").await.unwrap(), AgreementOutcome::Gone);
    jonas.submit(blind, &small_answers("jonas")).await.unwrap();
    assert_eq!(amara.agreements(blind).await.unwrap()[0].version, 0);

    assert_eq!(amara.write_agreement(blind, "other", 0, "x").await.unwrap(), AgreementOutcome::Gone);
    assert_eq!(amara.write_agreement(blind, "pact", 0, "  ").await.unwrap(), AgreementOutcome::Unfit);
    // Both write at once: one of them is told that the other was faster.
    let (a, b) = tokio::join!(
        amara.write_agreement(blind, "pact", 0, "canary-words of Amara"),
        jonas.write_agreement(blind, "pact", 0, "words of Jonas")
    );
    let mut both = [a.unwrap(), b.unwrap()].map(|x| x == AgreementOutcome::Done);
    both.sort_unstable();
    assert_eq!(both, [false, true]);
    assert_eq!(amara.write_agreement(blind, "pact", 1, "canary-words").await.unwrap(), AgreementOutcome::Done);
    let accepted = async || amara.agreements(blind).await.unwrap()[0].accepted.len();
    assert_eq!(accepted().await, 1);
    assert_eq!(jonas.accept_agreement(blind, "pact", 1).await.unwrap(), AgreementOutcome::Changed);
    for _ in 0..2 {
        assert_eq!(jonas.accept_agreement(blind, "pact", 2).await.unwrap(), AgreementOutcome::Done);
        assert_eq!(accepted().await, 2);
    }
    // A changed word asks both again; the therapist reads the current text.
    assert_eq!(jonas.write_agreement(blind, "pact", 2, "canary-words, and tea").await.unwrap(), AgreementOutcome::Done);
    assert_eq!(accepted().await, 1);
    let assignment = cast.ruth.assignments(cast.couple, None).await.unwrap().rows[0].id;
    let read = cast.ruth.assignment(assignment, None, None).await.unwrap().unwrap().agreements;
    assert_eq!((read[0].text.as_str(), read[0].version, read[0].accepted.len()), ("canary-words, and tea", 3, 1));
    assert!(cast.stranger.agreements(blind).await.unwrap().is_empty());
    assert_eq!(cast.stranger.accept_agreement(blind, "pact", 3).await.unwrap(), AgreementOutcome::Gone);
    // Without a blind step an agreement is possible from the start.
    let open = cast.assign_exercise("open", Audience::Everyone).await;
    assert_eq!(jonas.write_agreement(open, "pact", 0, "at once").await.unwrap(), AgreementOutcome::Done);
});

both!(two_windows_keep_both_drafts, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    let only_step = |step: &str, who: &str| {
        let mut answers = small_answers(who);
        answers.retain(|key, _| key == step);
        answers
    };
    let save = async |step: &str, who: &str, number| {
        let touched = [step.to_owned()];
        cast.amara.save_draft(occurrence, &only_step(step, who), number, Some(&touched)).await.unwrap().unwrap()
    };
    assert!(!save("mine", "one", 0).await.merged);
    // The second window has not seen the first draft, and is told so.
    assert!(save("couple", "two", 0).await.merged);
    let draft = cast.amara.occurrence(occurrence).await.unwrap().unwrap().draft.answers;
    assert_eq!(draft.keys().collect::<Vec<_>>(), ["couple", "mine"]);
    // Two texts of one step are both kept, however often the outdated page saves.
    save("couple", "three", 0).await;
    save("couple", "three", 0).await;
    let text = format!("{:?}", cast.amara.occurrence(occurrence).await.unwrap().unwrap().draft.answers);
    assert_eq!((text.matches("canary-two-couple").count(), text.matches("canary-three-couple").count()), (1, 1));
    // A step that was emptied is empty.
    let touched = ["mine".to_owned()];
    cast.amara.save_draft(occurrence, &only_step("none", "x"), 4, Some(&touched)).await.unwrap().unwrap();
    let draft = cast.amara.occurrence(occurrence).await.unwrap().unwrap().draft.answers;
    assert_eq!(draft.keys().collect::<Vec<_>>(), ["couple"]);
});

both!(outdated_page_submits_only_after_its_writer_saw_both_drafts, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    let mut laptop = small_answers("laptop");
    laptop.retain(|step, _| step == "mine");
    cast.amara.save_draft(occurrence, &laptop, 0, None).await.unwrap().unwrap();
    let mut phone = small_answers("phone");
    phone.remove("mine");
    let sent = cast.amara.submit_page(occurrence, &phone, Some(0)).await.unwrap();
    assert_eq!(sent, SubmitOutcome::ChangedElsewhere);
    let view = cast.amara.occurrence(occurrence).await.unwrap().unwrap();
    assert!(view.submitted_at.is_none());
    let both: Vec<_> = laptop.into_iter().chain(phone).collect();
    assert_eq!(
        view.draft.answers.clone().into_iter().collect::<std::collections::BTreeMap<_, _>>(),
        both.into_iter().collect()
    );
    // After its writer saw both drafts, it is submitted; an old page that has everything
    // is submitted at once.
    let sent = cast.amara.submit_page(occurrence, &view.draft.answers, Some(0)).await.unwrap();
    assert_eq!(sent, SubmitOutcome::Done);
    // Saving from an outdated page removes nothing either.
    let (jonas, other) = (&cast.jonas, small_answers("jonas"));
    jonas.save_draft(occurrence, &other, 0, None).await.unwrap().unwrap();
    let SavedDraft { draft, merged } =
        jonas.save_draft(occurrence, &small_answers("phone"), 0, None).await.unwrap().unwrap();
    assert!(merged);
    let text = format!("{:?}", draft.answers);
    assert!(text.contains("canary-jonas-mine") && text.contains("canary-phone-mine"), "{text}");
});

/// Before the reveal every answer of the server to one partner is identical, whether the
/// other has opened the exercise, begun, said "not now", sent it, or done nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_the_other_partner_shows_before_the_reveal() {
    use axum::http::StatusCode;
    use domain::exercises::response::NotNow;
    let world = tests::World::new(tests::Backend::Sqlite).await;
    let app = tests::app::App::new(&world);
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    let cookie = app.cookie(&world, cast.jonas.me()).await;
    let paths = [
        "/portal".to_owned(),
        format!("/portal/exercises/{occurrence}"),
        "/portal/messages".to_owned(),
        "/portal/contact".to_owned(),
    ];
    let read_all = async || {
        let mut all = Vec::new();
        for path in &paths {
            let got = app.get(path, Some(&cookie)).await;
            assert_eq!(got.status, StatusCode::OK, "{path}");
            // Nonces and form keys differ in every answer, so they are replaced.
            let nonce = got.text.split("nonce=\"").nth(1).and_then(|t| t.split('"').next()).unwrap_or("-").to_owned();
            let mut text = got.text.replace(&nonce, "nonce");
            for key in got.text.split("name=\"key\" value=\"").skip(1).filter_map(|t| t.split('"').next()) {
                text = text.replace(key, "key");
            }
            let length = got.headers.get("content-length").cloned();
            all.push((path.clone(), text, length));
        }
        for (path, form) in [
            (
                format!("/portal/exercises/{occurrence}/agreements/pact"),
                vec![("do", "write"), ("agree.pact.version", "0"), ("agree.pact.text", "x")],
            ),
            (
                format!("/portal/exercises/{occurrence}/agreements/pact"),
                vec![("do", "accept"), ("agree.pact.version", "0")],
            ),
        ] {
            let got = app.post(&path, Some(&cookie), &form).await;
            all.push((path, format!("{} {}", got.status, got.text.len()), None));
        }
        all
    };
    read_all().await;
    let before = read_all().await;
    let amara = &cast.amara;
    amara.mark_opened(occurrence).await.unwrap();
    assert_eq!(read_all().await, before, "opened");
    amara.save_draft(occurrence, &small_answers("amara"), 0, None).await.unwrap();
    assert_eq!(read_all().await, before, "begun");
    amara.set_not_now(occurrence, Some(NotNow::NotSafe)).await.unwrap();
    assert_eq!(read_all().await, before, "put off");
    amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    assert_eq!(read_all().await, before, "sent");
    let mine = amara.own_answers(occurrence).await.unwrap().into_iter().find(|a| a.step == "mine").unwrap().id;
    amara.share(mine, Scope::Reveal).await.unwrap();
    assert_eq!(read_all().await, before, "opened wider");
    amara.write_message(cast.couple, Some(occurrence), "a message", None).await.unwrap();
    assert_eq!(read_all().await, before, "written to the therapist");
    // After the reveal the difference does show.
    cast.jonas.submit(occurrence, &small_answers("jonas")).await.unwrap();
    assert_ne!(read_all().await, before);
}
