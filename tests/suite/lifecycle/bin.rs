//! What one press discards, one more press restores: for thirty days, only for the
//! account that discarded it, and never over something newer.

use axum::http::StatusCode;
use domain::{form::Form, ids::AccountId};
use store::{ResetOutcome, Restored};
use tests::{
    World,
    app::{App, Got},
    both,
    people::{Cast, small_answers},
};

use crate::routes::Stage;

/// The address to which the undo button posts on the page that an answer leads to.
async fn undo_address(app: &App, cookie: &str, got: &Got) -> String {
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    let page = app.get(got.location(), Some(cookie)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", got.location());
    let form = page.text.split("<form").find(|f| f.contains("notice-undo")).expect("a notice with a button");
    assert!(form.contains(">Undo</button>"), "{form}");
    form.split("action=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

async fn new_stage(world: World) -> Stage {
    Stage::in_world(world).await
}

/// Discards something by its form, undoes it by the button of the notice, and checks that
/// the page shows it again.
async fn discard_and_restore(
    stage: &Stage,
    who: AccountId,
    (path, form): (&str, &[(&str, &str)]),
    (page, words): (&str, &str),
) {
    let cookie = stage.app.cookie(&stage.world, who).await;
    let is_shown = async || stage.app.get(page, Some(&cookie)).await.text.contains(words);
    assert!(is_shown().await, "{page} says {words} before");
    let thrown = stage.app.post(path, Some(&cookie), form).await;
    let again = stage.app.post(path, Some(&cookie), form).await;
    assert_eq!(again.location(), thrown.location(), "{path}: a second press is the same");
    assert!(!is_shown().await, "{page}: {words} is gone");
    let back = undo_address(&stage.app, &cookie, &thrown).await;
    // Nobody else can restore it from the bin.
    for other in [stage.cast.emeka.me(), stage.cast.jonas.me(), stage.cast.amara.me()] {
        let cookie = stage.app.cookie(&stage.world, other).await;
        assert_eq!(stage.app.post(&back, Some(&cookie), &[]).await.status, StatusCode::NOT_FOUND, "{back}");
    }
    let restored = stage.app.post(&back, Some(&cookie), &[]).await;
    assert!(restored.location().contains("notice=restored"), "{path}: {} {}", restored.status, restored.location());
    assert!(is_shown().await, "{page}: {words} is back");
}

both!(everything_discarded_by_one_press_can_be_restored, |world| {
    let stage = new_stage(world).await;
    let c = &stage.cast;
    let (ruth, desk, owner) = (c.ruth.me(), c.desk.me(), c.owner.me());
    let fill = |path: &str| stage.fill(path);
    discard_and_restore(&stage, ruth, (&fill("/authoring/{id}/discard"), &[]), ("/authoring", "canary-draft")).await;
    let closed: &[(&str, &str)] = &[("state", "closed")];
    discard_and_restore(&stage, desk, (&fill("/waitlist/{id}"), closed), ("/waitlist", "ana@example.org")).await;
    let cookie = stage.app.cookie(&stage.world, ruth).await;
    let (draft, typed) =
        (fill("/authoring/{id}"), [("title", "A draft"), ("step.0.kind", "read"), ("step.0.prompt", "canary-step")]);
    let press = |what, number| typed.iter().copied().chain([("do", what), ("number", number)]).collect::<Vec<_>>();
    stage.app.post(&draft, Some(&cookie), &press("save", "0")).await;
    let removed = stage.app.post(&draft, Some(&cookie), &press("remove:0", "1")).await;
    assert!(!stage.app.get(&draft, Some(&cookie)).await.text.contains("canary-step"));
    let back = undo_address(&stage.app, &cookie, &removed).await;
    assert!(stage.app.post(&back, Some(&cookie), &[]).await.location().contains("notice=restored"));
    assert!(stage.app.get(&draft, Some(&cookie)).await.text.contains("canary-step"), "the step is back");
    discard_and_restore(&stage, ruth, (&fill("/pathways/{slug}/archive"), &[]), ("/pathways", "A way")).await;
    discard_and_restore(
        &stage,
        ruth,
        (&fill("/pathway-progress/{id}/end"), &[]),
        (&fill("/pathway-progress/{id}"), "/next\""),
    )
    .await;
    discard_and_restore(
        &stage,
        ruth,
        (&fill("/assignments/{id}/withdraw"), &[]),
        (&fill("/assignments/{id}"), "/withdraw\""),
    )
    .await;
    discard_and_restore(&stage, owner, (&fill("/rooms/{id}/archive"), &[]), ("/practice/places", "Garden room")).await;
    discard_and_restore(&stage, owner, (&fill("/locations/{id}/archive"), &[]), ("/practice/places", "/locations/"))
        .await;
    let hours = fill("/clinicians/{id}/hours");
    let clinician = ruth.to_string();
    let exception: &[(&str, &str)] = &[("clinician", clinician.as_str())];
    discard_and_restore(&stage, desk, (&fill("/hours-exceptions/{id}/remove"), exception), (&hours, "1 February 2027"))
        .await;
    let cookie = stage.app.cookie(&stage.world, desk).await;
    let week = [("from_on", "2026-12-07"), ("hours.mon", "9:17–12:00"), ("buffer_before", "0"), ("buffer_after", "0")];
    assert_eq!(stage.app.post(&hours, Some(&cookie), &week).await.status, StatusCode::SEE_OTHER);
    discard_and_restore(
        &stage,
        desk,
        (&hours, &[("do", "remove"), ("from_on", "2026-12-07")]),
        (&hours, "7 December 2026"),
    )
    .await;
    let wording = Form::from_pairs([("subject", "Our own subject"), ("body", "Dear {name}, {when}")]);
    let (kind, hindi) = ("reminder".parse().unwrap(), "hi".parse().unwrap());
    c.owner.set_wording(kind, hindi, &wording).await.unwrap();
    discard_and_restore(
        &stage,
        owner,
        ("/wordings/reminder/hi", &[("do", "reset")]),
        ("/wordings/reminder/hi", "Our own subject"),
    )
    .await;
});

both!(reset_answers_are_restored_sealed_and_never_over_newer_ones, |world| {
    let stage = new_stage(world).await;
    let (cast, world) = (&stage.cast, &stage.world);
    let number = async |sql: &'static str| world.number(sql).await.unwrap();
    let reset = stage.fill("/assignments/{id}/reset/{person}");
    let cookie = stage.app.cookie(world, cast.ruth.me()).await;
    let answers = number("SELECT count(*) FROM answer").await;
    assert!(answers > 3);
    let thrown = stage.app.post(&reset, Some(&cookie), &[("number", "1")]).await;
    assert_eq!(number("SELECT count(*) FROM answer").await, 0);
    // In the bin the answers stay sealed, and what the bin keeps of them is sealed as well.
    let occurrence = stage.ids["/portal/exercises/{id}"].parse().unwrap();
    let back = undo_address(&stage.app, &cookie, &thrown).await;
    let jonas = stage.app.cookie(world, cast.jonas.me()).await;
    assert_eq!(stage.app.post(&back, Some(&jonas), &[]).await.status, StatusCode::NOT_FOUND);
    let restored = stage.app.post(&back, Some(&cookie), &[]).await;
    assert!(restored.location().contains("notice=restored"), "{}", restored.location());
    assert_eq!(number("SELECT count(*) FROM answer").await, answers);
    let own = cast.amara.own_answers(occurrence).await.unwrap();
    assert!(own.iter().any(|a| format!("{:?}", a.answer).contains("canary-amara-mine")), "and they open for her");

    // Something newer has taken the place: it is kept.
    let thrown = stage.app.post(&reset, Some(&cookie), &[("number", "1")]).await;
    let back = undo_address(&stage.app, &cookie, &thrown).await;
    cast.amara.submit(occurrence, &small_answers("anew")).await.unwrap();
    let late = stage.app.post(&back, Some(&cookie), &[]).await;
    assert!(late.location().contains("notice=not_restored"), "{}", late.location());
    let own = cast.amara.own_answers(occurrence).await.unwrap();
    assert!(own.iter().all(|a| !format!("{:?}", a.answer).contains("canary-amara")), "what was sent anew stands");
});

both!(restoring_the_second_response_reveals_both, |world| {
    let stage = new_stage(world).await;
    let (cast, world) = (&stage.cast, &stage.world);
    let assignment = stage.ids["/assignments/{id}"].parse().unwrap();
    let occurrence = stage.ids["/portal/exercises/{id}"].parse().unwrap();
    let ResetOutcome::Done(bin) = cast.ruth.reset_response(assignment, 1, cast.amara.person()).await.unwrap() else {
        panic!("reset")
    };
    cast.jonas.submit(occurrence, &small_answers("jonas")).await.unwrap();
    let theirs = async || cast.jonas.shared_answers(occurrence).await.unwrap().unwrap_or_default();
    assert!(!theirs().await.contains_key("reveal"), "nothing of hers while it is in the bin");
    let visitor = tests::people::visitor(&world.store, cast.ruth.me()).await;
    assert!(matches!(world.store.signed_in(&visitor).restore(bin).await.unwrap(), Restored::Done(_)));
    assert!(theirs().await.contains_key("reveal") && !theirs().await.contains_key("mine"));
    assert!(cast.amara.shared_answers(occurrence).await.unwrap().unwrap().contains_key("reveal"), "both, or neither");
});

both!(bin_is_emptied_after_thirty_days, |world| {
    let cast = Cast::new(&world.store).await;
    let form = Form::from_pairs([("title", "canary-draft")]);
    let draft = cast.ruth.start_draft(None, &form).await.unwrap().unwrap();
    let bin = cast.ruth.discard_draft(draft).await.unwrap().unwrap();
    let visitor = tests::people::visitor(&world.store, cast.ruth.me()).await;
    world.clock.advance(chrono::Duration::days(29));
    world.store.worker().empty_bin().await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM bin").await.unwrap(), 1);
    world.clock.advance(chrono::Duration::days(2));
    assert_eq!(world.store.signed_in(&visitor).restore(bin).await.unwrap(), Restored::Gone, "its time is over");
    world.store.worker().empty_bin().await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM bin").await.unwrap(), 0);
});
