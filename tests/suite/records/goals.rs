//! Goals and the plan of a client: kept with a history, reviewed by sessions or on a
//! day, read by the client's therapists alone, and frozen with the record.

use axum::http::StatusCode;
use chrono::Duration;
use domain::{
    form::Form,
    ids::GoalId,
    records::goal::{GoalReview, GoalState, GoalText, PlanText},
};
use store::{Booked, GoalPages, GoalWrite, PlanWrite};
use tests::{app::App, both, people::Cast};

/// A goal as a form gives it.
fn goal(fields: &[(&str, &str)]) -> GoalText {
    let mut form = Form::from_pairs([("text", "To argue without leaving"), ("since", "2026-11-03")]);
    for (name, value) in fields {
        form.set(name, *value);
    }
    GoalText::read(&form).unwrap()
}

/// Ruth sets a goal of the couple.
async fn set(cast: &Cast, fields: &[(&str, &str)]) -> GoalId {
    match cast.ruth.create_goal(cast.couple, &goal(fields)).await.unwrap() {
        GoalWrite::Saved(id) => id,
        other => panic!("{other:?}"),
    }
}

fn review(state: GoalState, remark: &str) -> GoalReview {
    GoalReview { state, remark: remark.to_owned(), next_on: None }
}

both!(goal_is_due_after_its_sessions_or_on_its_day, |world| {
    let cast = Cast::new(&world.store).await;
    let by_sessions = set(&cast, &[("review_sessions", "2")]).await;
    let by_day = set(&cast, &[("review_on", "2026-12-01")]).await;
    let never = set(&cast, &[]).await;
    let due = async |id: GoalId| cast.ruth.goal(id, None).await.unwrap().unwrap().goal.is_due;
    for starts in ["2026-11-26 10:00", "2026-12-03 10:00"] {
        let Booked::Done(_) = cast.book(&world.store, starts).await else { panic!("free") };
    }
    world.clock.advance(Duration::days(4));
    assert_eq!((due(by_sessions).await, due(by_day).await), (false, false), "one session, and not the day yet");
    world.clock.advance(Duration::days(7));
    assert_eq!((due(by_sessions).await, due(by_day).await, due(never).await), (true, true, false));
    let reviewed = cast.ruth.review_goal(by_sessions, 1, &review(GoalState::Open, "Better.")).await.unwrap();
    assert_eq!(reviewed, GoalWrite::Saved(by_sessions));
    assert!(!due(by_sessions).await, "counted anew");
    let reached = cast.ruth.review_goal(by_day, 1, &review(GoalState::Reached, "")).await.unwrap();
    assert_eq!(reached, GoalWrite::Saved(by_day));
    let open = cast.ruth.open_goals(cast.couple).await.unwrap().unwrap().goals;
    assert_eq!(open.len(), 2, "what is reached is not open");
});

both!(history_keeps_every_change_and_two_pages_overwrite_nothing, |world| {
    let cast = Cast::new(&world.store).await;
    let id = set(&cast, &[("exercise", "small"), ("measure", "evenings")]).await;
    world.clock.advance(Duration::minutes(1));
    let change = goal(&[("text", "To stay")]);
    assert_eq!(cast.ruth.change_goal(id, 1, &change).await.unwrap(), GoalWrite::Saved(id));
    let (one, two) = (goal(&[("text", "One")]), goal(&[("text", "Two")]));
    world.clock.advance(Duration::minutes(1));
    let (a, b) = tokio::join!(cast.ruth.change_goal(id, 2, &one), cast.ruth.change_goal(id, 2, &two));
    let outcomes = [a.unwrap(), b.unwrap()];
    assert!(outcomes.contains(&GoalWrite::Saved(id)) && outcomes.contains(&GoalWrite::Changed), "{outcomes:?}");
    world.clock.advance(Duration::minutes(1));
    assert_eq!(cast.ruth.review_goal(id, 2, &review(GoalState::Open, "x")).await.unwrap(), GoalWrite::Changed);
    assert_eq!(
        cast.ruth.review_goal(id, 3, &review(GoalState::Dropped, "No need.")).await.unwrap(),
        GoalWrite::Saved(id)
    );
    let view = cast.ruth.goal(id, None).await.unwrap().unwrap();
    assert_eq!((view.goal.state, view.goal.revision, view.goal.exercise), (GoalState::Dropped, 4, None));
    let told: Vec<(&str, bool)> = view.events.rows.iter().map(|e| (e.body.text.as_str(), e.is_review)).collect();
    assert_eq!(told.len(), 4);
    assert_eq!((told[0].1, told[2], told[3]), (true, ("To stay", false), ("To argue without leaving", false)));
    assert_eq!(view.events.rows[0].remark, "No need.");
    let unknown = goal(&[("exercise", "no-such-exercise")]);
    assert_eq!(cast.ruth.create_goal(cast.couple, &unknown).await.unwrap(), GoalWrite::NoExercise);
    // Nothing of it lies open in the database.
    let plain = "SELECT count(*) FROM goal_event WHERE CAST(body AS TEXT) LIKE '%stay%'";
    if world.backend == tests::Backend::Sqlite {
        assert_eq!(world.number(plain).await.unwrap(), 0);
    }
});

both!(plan_keeps_its_earlier_versions, |world| {
    let cast = Cast::new(&world.store).await;
    let plan = |text: &str| PlanText { text: text.to_owned(), until: None };
    assert_eq!(cast.ruth.write_plan(cast.couple, None, &plan("Walks.")).await.unwrap(), PlanWrite::Saved);
    world.clock.advance(Duration::minutes(1));
    let shown = async || {
        let found = cast.ruth.goals(cast.couple, GoalPages::default()).await.unwrap().unwrap();
        found.plans.rows
    };
    let first = shown().await[0].id;
    let (one, two) = (plan("One."), plan("Two."));
    let (a, b) = tokio::join!(
        cast.ruth.write_plan(cast.couple, Some(first), &one),
        cast.ruth.write_plan(cast.couple, Some(first), &two)
    );
    let outcomes = [a.unwrap(), b.unwrap()];
    assert!(outcomes.contains(&PlanWrite::Saved) && outcomes.contains(&PlanWrite::Changed), "{outcomes:?}");
    let plans = shown().await;
    assert_eq!((plans.len(), plans[1].text.as_str()), (2, "Walks."));
});

both!(only_the_clients_therapists_reach_goals_and_a_frozen_record_keeps_them, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let id = set(&cast, &[("text", "canary-goal")]).await;
    let paths = [format!("/clients/{}/goals", cast.couple), format!("/goals/{id}")];
    for account in [cast.emeka.me(), cast.owner.me(), cast.desk.me(), cast.amara.me(), cast.jonas.me()] {
        let cookie = app.cookie(&world, account).await;
        for path in &paths {
            assert_eq!(app.get(path, Some(&cookie)).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let form = [("text", "Mine"), ("since", "2026-11-03"), ("revision", "1")];
        for path in [format!("/goals/{id}"), format!("/clients/{}/goals", cast.couple)] {
            assert_eq!(app.post(&path, Some(&cookie), &form).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    for path in [format!("/clients/{}", cast.couple), format!("/clients/{}/brief", cast.couple), paths[0].clone()] {
        assert!(app.get(&path, Some(&ruth)).await.text.contains("canary-goal"), "{path}");
    }
    assert!(cast.ruth.separate(cast.couple).await.unwrap());
    let page = app.get(&paths[1], Some(&ruth)).await.text;
    assert!(page.contains("canary-goal") && page.contains("This record is frozen") && !page.contains("Save goal"));
    assert_eq!(cast.ruth.change_goal(id, 1, &goal(&[])).await.unwrap(), GoalWrite::Gone);
    assert_eq!(cast.ruth.create_goal(cast.couple, &goal(&[])).await.unwrap(), GoalWrite::Gone);
    assert_eq!(cast.ruth.review_goal(id, 1, &review(GoalState::Reached, "")).await.unwrap(), GoalWrite::Gone);
    let plan = PlanText { text: "Late.".to_owned(), until: None };
    assert_eq!(cast.ruth.write_plan(cast.couple, None, &plan).await.unwrap(), PlanWrite::Gone);
});

both!(refused_goal_and_plan_come_back_with_what_was_typed, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let goals = format!("/clients/{}/goals", cast.couple);
    let form = [("text", "To listen"), ("since", "soon"), ("review_sessions", "0")];
    let got = app.post(&goals, Some(&ruth), &form).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(got.text.contains("To listen") && got.text.contains("Enter a number from 1 to 100."), "{}", got.text);
    let id = set(&cast, &[]).await;
    let stale = [("revision", "0"), ("text", "Typed elsewhere"), ("since", "2026-11-03")];
    let got = app.post(&format!("/goals/{id}"), Some(&ruth), &stale).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(got.text.contains("Typed elsewhere") && got.text.contains("name=\"revision\" value=\"1\""), "{}", got.text);
    let plan = format!("/clients/{}/plan", cast.couple);
    let got = app.post(&plan, Some(&ruth), &[("plan", "Rest on Sundays"), ("until", "x")]).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(got.text.contains("Rest on Sundays"), "{}", got.text);
});
