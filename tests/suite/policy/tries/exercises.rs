//! Tries to create and change things of exercises: assignments, answers, plans, agreements, pathways.

use domain::{
    access::AnswerState,
    exercises::{
        assignment::{Audience, Frequency, NewAssignment},
        exercise::Scope,
        response::NotNow,
        step::Answer,
    },
    ids::{AssignmentId, OccurrenceId},
};
use store::PlanState;
use tests::people::zone;
use uuid::Uuid;

use super::count;
use crate::policy::{
    doors::Doors,
    stage::{Stage, document_of, plan_step, step_of, words},
};

pub(super) async fn assigns(stage: &Stage, doors: &Doors) -> bool {
    let Some(clinician) = &doors.clinician else { return false };
    let before = count(stage, "SELECT count(*) FROM assignment").await;
    let new = NewAssignment {
        for_whom: Audience::One(stage.cast.amara.person()),
        frequency: Frequency::BeforeNext,
        word_along: String::new(),
    };
    clinician.assign(stage.cast.couple, "small", &new, None).await.unwrap();
    count(stage, "SELECT count(*) FROM assignment").await > before
}

/// Amara's draft of a step.
pub(super) async fn draft_answer(stage: &Stage, occurrence: OccurrenceId, step: &str) -> Option<Answer> {
    stage.cast.amara.occurrence(occurrence).await.unwrap().unwrap().draft.answers.remove(step)
}

/// What Amara sent for a step, with its scope.
pub(super) async fn sent_answer(stage: &Stage, occurrence: OccurrenceId, step: &str) -> Option<(Scope, Answer)> {
    let own = stage.cast.amara.own_answers(occurrence).await.unwrap();
    own.into_iter().find(|answer| answer.step == step).map(|answer| (answer.scope, answer.answer))
}

/// An exercise that Jonas has already sent, if revealed answers are to be tried.
pub(super) async fn exercise(stage: &Stage, document: &str, state: AnswerState) -> (AssignmentId, OccurrenceId) {
    let (assignment, occurrence) = stage.fresh(document).await;
    if state == AnswerState::Revealed {
        stage.cast.jonas.submit(occurrence, &words(document, "his")).await.unwrap();
    }
    (assignment, occurrence)
}

pub(super) async fn answers(stage: &Stage, doors: &Doors, scope: Scope, state: AnswerState) -> bool {
    if doors.partner.is_none() && doors.clinician.is_none() {
        return false;
    }
    let (document, step) = (document_of(scope), step_of(scope));
    let (assignment, occurrence) = exercise(stage, document, state).await;
    let text = words(document, "made");
    if let Some(clinician) = &doors.clinician {
        // The paper sheet leaves out what is the writer's alone, and an answer that is
        // sent for such a step is ignored.
        clinician.submit_paper(assignment, 1, stage.cast.amara.person(), &text).await.unwrap();
    }
    if let Some(partner) = &doors.partner {
        match state {
            AnswerState::Draft => drop(partner.save_draft(occurrence, &text, 0, None).await.unwrap()),
            AnswerState::Submitted | AnswerState::Revealed => drop(partner.submit(occurrence, &text).await.unwrap()),
        }
    }
    if state == AnswerState::Draft {
        return draft_answer(stage, occurrence, step).await.is_some();
    }
    let made = sent_answer(stage, occurrence, step).await;
    if let Some((kept, _)) = &made {
        assert_eq!(*kept, scope, "{document} keeps this scope");
        let revealed = stage.cast.amara.occurrence(occurrence).await.unwrap().unwrap().revealed;
        assert_eq!(revealed, state == AnswerState::Revealed);
    }
    made.is_some()
}

pub(super) async fn changes_answer(stage: &Stage, doors: &Doors, scope: Scope, state: AnswerState) -> bool {
    if doors.partner.is_none() && doors.clinician.is_none() {
        return false;
    }
    let (document, step) = (document_of(scope), step_of(scope));
    let (assignment, occurrence) = exercise(stage, document, state).await;
    let (amara, before) = (&stage.cast.amara, words(document, "hers"));
    match state {
        AnswerState::Draft => drop(amara.save_draft(occurrence, &before, 0, None).await.unwrap()),
        AnswerState::Submitted | AnswerState::Revealed => drop(amara.submit(occurrence, &before).await.unwrap()),
    }
    let text = words(document, "another");
    if let Some(clinician) = &doors.clinician {
        clinician.submit_paper(assignment, 1, amara.person(), &text).await.unwrap();
        clinician.reset_response(assignment, 1, amara.person()).await.unwrap();
    }
    if let Some(partner) = &doors.partner {
        partner.save_draft(occurrence, &text, 1, None).await.unwrap();
        if state != AnswerState::Draft {
            partner.submit(occurrence, &text).await.unwrap();
        }
    }
    let stands = match state {
        AnswerState::Draft => draft_answer(stage, occurrence, step).await,
        AnswerState::Submitted | AnswerState::Revealed => {
            sent_answer(stage, occurrence, step).await.map(|(_, answer)| answer)
        }
    };
    stands.as_ref() != before.get(step)
}

pub(super) async fn puts_off(stage: &Stage, doors: &Doors, before: bool) -> bool {
    if doors.partner.is_none() && doors.clinician.is_none() {
        return false;
    }
    let (assignment, occurrence) = stage.fresh("small").await;
    let amara = &stage.cast.amara;
    let stood = before.then_some(NotNow::NoTime);
    if stood.is_some() {
        assert!(amara.set_not_now(occurrence, stood).await.unwrap());
    }
    if let Some(partner) = &doors.partner {
        partner.set_not_now(occurrence, Some(NotNow::OurWay)).await.unwrap();
    }
    if let Some(clinician) = &doors.clinician {
        clinician.reset_response(assignment, 1, amara.person()).await.unwrap();
    }
    amara.occurrence(occurrence).await.unwrap().unwrap().not_now != stood
}

/// Amara's open plan for a step.
pub(super) async fn open_plan(stage: &Stage, occurrence: OccurrenceId, step: &str) -> Option<Uuid> {
    let plans = stage.cast.amara.plans(occurrence).await.unwrap();
    plans.iter().find(|view| view.step == step).and_then(store::PlanView::open).map(|plan| plan.id)
}

pub(super) async fn makes_plan(stage: &Stage, doors: &Doors, scope: Scope) -> bool {
    let Some(partner) = &doors.partner else { return false };
    let (_, occurrence) = stage.fresh("plans").await;
    let starts = stage.day().and_hms_opt(19, 0, 0).expect("a time");
    let timing = store::timing(starts, &zone("Europe/Berlin"), 50, None).unwrap();
    partner.set_plan(occurrence, &plan_step(scope), None, starts, timing.starts_at).await.unwrap();
    open_plan(stage, occurrence, &plan_step(scope)).await.is_some()
}

pub(super) async fn changes_plan(stage: &Stage, doors: &Doors, scope: Scope) -> bool {
    if doors.partner.is_none() && doors.clinician.is_none() {
        return false;
    }
    let (amara, step) = (&stage.cast.amara, plan_step(scope));
    let (assignment, occurrence) = stage.fresh("plans").await;
    assert!(stage.plan(occurrence, scope, stage.day().and_hms_opt(19, 0, 0).expect("a time")).await);
    // The response is sent, so that a reset by the therapist is possible.
    amara.submit(occurrence, &words("plans", "hers")).await.unwrap();
    let plan = open_plan(stage, occurrence, &step).await.expect("planned");
    if let Some(partner) = &doors.partner {
        partner.close_plan(occurrence, &step, plan, PlanState::Kept).await.unwrap();
    }
    if let Some(clinician) = &doors.clinician {
        clinician.reset_response(assignment, 1, amara.person()).await.unwrap();
    }
    open_plan(stage, occurrence, &step).await != Some(plan)
}

/// Tries to write the next version of an agreement that has `before` versions.
pub(super) async fn writes_agreement(stage: &Stage, doors: &Doors, before: i64) -> bool {
    if doors.partner.is_none() && doors.clinician.is_none() {
        return false;
    }
    let (assignment, occurrence) = stage.fresh("open").await;
    let amara = &stage.cast.amara;
    for version in 0..before {
        amara.write_agreement(occurrence, "pact", version, "We talk.").await.unwrap();
    }
    amara.submit(occurrence, &words("open", "hers")).await.unwrap();
    if let Some(partner) = &doors.partner {
        partner.write_agreement(occurrence, "pact", before, "We walk.").await.unwrap();
    }
    if let Some(clinician) = &doors.clinician {
        clinician.reset_response(assignment, 1, amara.person()).await.unwrap();
    }
    let agreements = amara.agreements(occurrence).await.unwrap();
    let stands = agreements.iter().find(|agreement| agreement.step == "pact").expect("its step");
    stands.version != before
}

pub(super) async fn starts_pathway(stage: &Stage, doors: &Doors) -> bool {
    let Some(clinician) = &doors.clinician else { return false };
    let before = count(stage, "SELECT count(*) FROM pathway_progress").await;
    clinician
        .start_pathway(stage.cast.couple, "own-way", Audience::One(stage.cast.amara.person()), None)
        .await
        .unwrap();
    count(stage, "SELECT count(*) FROM pathway_progress").await > before
}
