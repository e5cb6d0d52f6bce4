//! The lists around notes: what there is to write and to co-sign, what is found, and
//! the goals and plans of a client.

use chrono::Duration;
use domain::{
    form::Form,
    records::{
        goal::{GoalText, PlanText},
        note::{NoteScope, NoteText},
    },
};
use store::{CosignAnswer, GoalPages, GoalWrite, NoteWrite, PlanWrite, SaveKind, limits};
use tests::{app::App, both, people::Cast};

use super::{List, at, base, check_one_more, copies_alone, one_more_than};
use crate::routes::set_supervision;

/// The part of a page with the first list of the notes to work on.
const PART: (&str, &str) = ("id=\"list\"", "</section>");

fn note(body: String) -> NoteText {
    NoteText::free(NoteScope::Joint, body)
}

both!(every_note_to_write_is_reached_by_paging, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let base = base(&world, &cast).await;
    let count = one_more_than(limits::MISSING_NOTES);
    let past = copies_alone(&world, base, at("2026-09-01T09:00:00Z"), Duration::days(1), count);
    world.script(&past).await.unwrap();
    for n in 0..one_more_than(limits::DRAFT_NOTES) {
        let text = note(format!("Draft {n}"));
        cast.ruth.create_note(cast.couple, None, None, &text, SaveKind::Saved).await.unwrap();
    }
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let list = |limit, path: &str, row| List {
        limit,
        path: path.to_owned(),
        cookie: &ruth,
        more: "More notes",
        row,
        part: PART,
    };
    let missing = ("MISSING_NOTES", limits::MISSING_NOTES);
    check_one_more(&app, list(missing, "/notes", "notes/new?session=")).await;
    let drafts = ("DRAFT_NOTES", limits::DRAFT_NOTES);
    check_one_more(&app, list(drafts, "/notes?tab=drafts", "\"/notes/")).await;
});

both!(every_supervised_note_is_reached_by_paging, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    set_supervision(&cast).await;
    assert_eq!(limits::WAITING_NOTES, limits::NOTES_TO_COSIGN, "the same notes are on both lists");
    let mut notes = Vec::new();
    for n in 0..one_more_than(limits::NOTES_TO_COSIGN) {
        let text = note(format!("Signed {n}"));
        let signed = cast.emeka.create_note(cast.other_couple, None, None, &text, SaveKind::Signed).await.unwrap();
        let NoteWrite::Saved(id) = signed else { panic!("{signed:?}") };
        notes.push(id);
    }
    let (ruth, emeka) = (app.cookie(&world, cast.ruth.me()).await, app.cookie(&world, cast.emeka.me()).await);
    let queue = List {
        limit: ("NOTES_TO_COSIGN", limits::NOTES_TO_COSIGN),
        path: "/notes?tab=cosign".to_owned(),
        cookie: &ruth,
        more: "More notes",
        row: "\"/cosign/",
        part: PART,
    };
    check_one_more(&app, queue).await;
    let waiting = List {
        limit: ("WAITING_NOTES", limits::WAITING_NOTES),
        path: "/notes?tab=drafts".to_owned(),
        cookie: &emeka,
        more: "More notes with your supervisor",
        row: "\"/notes/",
        part: ("id=\"waiting\"", "</section>"),
    };
    check_one_more(&app, waiting).await;
    let returned = usize::try_from(one_more_than(limits::RETURNED_NOTES)).unwrap();
    for id in notes.iter().take(returned) {
        assert_eq!(cast.ruth.return_note(*id, 1, "Again.").await.unwrap(), CosignAnswer::Done);
    }
    let returned = List {
        limit: ("RETURNED_NOTES", limits::RETURNED_NOTES),
        path: "/notes?tab=returned".to_owned(),
        cookie: &emeka,
        more: "More notes",
        row: "\"/notes/",
        part: PART,
    };
    check_one_more(&app, returned).await;
});

both!(every_note_that_fits_a_search_is_reached_by_paging, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    // The notes that fit are among the oldest: more are opened than one query reads.
    let fitting = one_more_than(limits::FOUND_NOTES);
    for n in 0..fitting + limits::OPENED_AT_ONCE {
        let text = if n < fitting { format!("The lake {n}") } else { format!("Note {n}") };
        cast.ruth.create_note(cast.couple, None, None, &note(text), SaveKind::Saved).await.unwrap();
        world.clock.advance(Duration::seconds(1));
    }
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let found = List {
        limit: ("FOUND_NOTES", limits::FOUND_NOTES),
        path: format!("/clients/{}?tab=notes&words=lake", cast.couple),
        cookie: &ruth,
        more: "Older notes",
        row: "\"/notes/",
        part: ("id=\"notes\"", "</section>"),
    };
    check_one_more(&app, found).await;
});

both!(every_goal_and_plan_is_reached_by_paging, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let goal = |n: i64| {
        let form = Form::from_pairs([("text", format!("Goal {n}")), ("since", "2026-11-03".to_owned())]);
        GoalText::read(&form).unwrap()
    };
    let mut last = None;
    for n in 0..one_more_than(limits::GOALS) {
        let GoalWrite::Saved(id) = cast.ruth.create_goal(cast.couple, &goal(n)).await.unwrap() else { panic!() };
        last = Some(id);
    }
    let last = last.unwrap();
    // The goal itself is the first line of its history.
    for n in 1..one_more_than(limits::GOAL_EVENTS) {
        world.clock.advance(Duration::seconds(1));
        let changed = cast.ruth.change_goal(last, n, &goal(100 + n)).await.unwrap();
        assert_eq!(changed, GoalWrite::Saved(last));
    }
    for n in 0..one_more_than(limits::PLANS) {
        world.clock.advance(Duration::seconds(1));
        let plans = cast.ruth.goals(cast.couple, GoalPages::default()).await.unwrap().unwrap().plans.rows;
        let plan = PlanText { text: format!("Plan {n}"), until: None };
        let written = cast.ruth.write_plan(cast.couple, plans.first().map(|plan| plan.id), &plan).await.unwrap();
        assert_eq!(written, PlanWrite::Saved);
    }
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let goals = List {
        limit: ("GOALS", limits::GOALS),
        path: format!("/clients/{}/goals", cast.couple),
        cookie: &ruth,
        more: "More goals",
        row: "\"/goals/",
        part: ("id=\"goals\"", "</section>"),
    };
    check_one_more(&app, goals).await;
    let plans = List {
        limit: ("PLANS", limits::PLANS),
        path: format!("/clients/{}/goals", cast.couple),
        cookie: &ruth,
        more: "Older plans",
        row: "<p class=\"lines\">Plan ",
        part: ("id=\"plan\"", "</main>"),
    };
    check_one_more(&app, plans).await;
    let history = List {
        limit: ("GOAL_EVENTS", limits::GOAL_EVENTS),
        path: format!("/goals/{last}"),
        cookie: &ruth,
        more: "Older changes",
        row: "<p class=\"lines\">Goal ",
        part: ("id=\"history\"", "</section>"),
    };
    check_one_more(&app, history).await;
});
