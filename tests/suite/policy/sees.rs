//! Whether an actor sees a thing: its mark is in what they can read, or, for a thing
//! without words of its own, a method that reads it succeeds.

use domain::{access::Thing, exercises::response::NotNow, records::policy::PolicyState};

use super::{
    doors::Doors,
    stage::{Stage, answer_mark, document_mark, note_mark, own_document_mark, plan_start},
};

/// Whether the holder of these scopes sees a thing; `text` is everything that they can
/// read.
pub(super) async fn sees(stage: &Stage, doors: &Doors, text: &str, thing: Thing) -> bool {
    let has = |mark: &str| text.contains(mark);
    match thing {
        Thing::Practice => has("canary-staff@example.org"),
        Thing::Audit => has("sign-in refused"),
        // Each partner reads their own details, in their intake; the record has both's.
        Thing::ClientRecord => has("canary-pronouns") && has("canary-his-pronouns"),
        Thing::ClientName => finds_by_name(stage, doors).await,
        Thing::SafeContact => has("21:37:00"),
        Thing::Booking { alone: false } => has("2027-01-20T09:07:00Z"),
        Thing::Booking { alone: true } => has("2027-01-21T10:07:00Z"),
        Thing::Hours => has("canary-hours"),
        Thing::TimeRequest { alone: false } => stage.asked.iter().any(|id| has(&id.to_string())),
        Thing::TimeRequest { alone: true } => has(&stage.asked_alone.to_string()),
        Thing::PreferredTimes => has("06:41:00"),
        Thing::Inquiry => has("Canary Inquirer"),
        Thing::Assignment => has("canary-word-along"),
        Thing::Answer { scope, state } => has(&answer_mark(scope, state)),
        Thing::NotNow => has(&format!("{:?}", NotNow::OurWay)),
        Thing::Plan(scope) => has(&format!("{:?}", plan_start(scope))),
        Thing::Agreement => has("canary-agreement"),
        Thing::Message => has("canary-message"),
        Thing::PathwayProgress => has(&stage.progress.to_string()),
        Thing::Adherence => looks_back(stage, doors).await,
        Thing::Note(scope) => has(&note_mark(scope)),
        Thing::NoteTemplate => has("canary-template"),
        Thing::Consent => has("canary-form"),
        Thing::ConsentState => reads_state_of_form(stage, doors).await,
        Thing::SecretsPolicy => reads_policy(stage, doors).await,
        Thing::SupervisedNote => has("canary-supervised-note"),
        Thing::Goal => has("canary-goal"),
        Thing::Document(scope) => has(&document_mark(scope)),
        Thing::OwnDocument { shared } => has(own_document_mark(shared)),
        Thing::DataRequest => has(&stage.data_request.to_string()),
        Thing::Intake => has(&stage.intake.to_string()),
        Thing::IntakeAnswer => has("canary-intake-health"),
        Thing::IntakeFacts => has("canary-intake-facts"),
        Thing::Release => has("canary-release"),
        Thing::Disclosure => has("canary-disclosure"),
        Thing::Handover => has(&stage.left.2.to_string()),
        Thing::Reply => reads_reply(stage, doors).await,
        Thing::EmailState => has(&stage.sent.to_string()),
        Thing::Undelivered => has(&stage.failed.to_string()),
        Thing::Login => has(&stage.cast.amara.visitor().login.to_string()),
    }
}

/// Whether it can be read that Amara was asked to sign the consent to treatment. Its
/// title is no mark: it is a text of the practice.
async fn reads_state_of_form(stage: &Stage, doors: &Doors) -> bool {
    let (couple, form) = (stage.cast.couple, stage.forms[1]);
    let mut found = false;
    if let Some(clinician) = &doors.clinician {
        let states = clinician.consents(couple).await.unwrap();
        found |= states.is_some_and(|states| states.iter().any(|state| state.ask == form));
    }
    if let Some(bookings) = &doors.bookings {
        let states = bookings.form_states(couple).await.unwrap();
        found |= states.iter().any(|state| state.person == stage.cast.amara.person());
    }
    if let Some(partner) = &doors.partner {
        found |= partner.own_consents().await.unwrap().iter().any(|state| state.ask == form);
    }
    found
}

/// Whether the state of the couple's policy can be read. The text of it is no mark: both
/// partners are asked to sign it.
async fn reads_policy(stage: &Stage, doors: &Doors) -> bool {
    let Some(clinician) = &doors.clinician else { return false };
    let state = clinician.policy_state(stage.cast.couple).await.unwrap();
    let policies = clinician.policies(stage.cast.couple).await.unwrap();
    assert_eq!(state.is_some(), policies.is_some());
    state.is_some_and(|state| state != PolicyState::None)
}

/// Whether Amara can be found in order to book for her. Her name is no mark: Jonas knows
/// it, and every session of theirs shows it.
async fn finds_by_name(stage: &Stage, doors: &Doors) -> bool {
    let couple = stage.cast.couple;
    let mut found = false;
    if let Some(clinician) = &doors.clinician {
        found |= clinician.names(couple).await.unwrap().is_some();
    }
    if let Some(bookings) = &doors.bookings {
        found |= !bookings.find_clients("amara", 50, None).await.unwrap().rows.is_empty();
        found |= bookings.client_to_book(couple).await.unwrap().is_some();
    }
    found
}

/// Whether the views computed from the couple's answers can be opened.
async fn looks_back(stage: &Stage, doors: &Doors) -> bool {
    let couple = stage.cast.couple;
    let Some(clinician) = &doors.clinician else { return false };
    let brief = clinician.brief(couple).await.unwrap().is_some();
    let course = clinician.courses(couple, "small").await.unwrap().is_some();
    let turns = clinician.adherence(couple, stage.world.store.now()).await.unwrap().is_some();
    assert!(brief == course && course == turns, "all of it, or nothing: {brief} {course} {turns}");
    brief
}

/// Whether Amara's reply about the joint session is readable.
async fn reads_reply(stage: &Stage, doors: &Doors) -> bool {
    let mut found = false;
    if let Some(bookings) = &doors.bookings {
        let replies = bookings.replies(stage.joint).await.unwrap();
        found |= replies.iter().any(|reply| reply.person == stage.cast.amara.person());
        let (from, until) = (stage.world.store.now(), stage.world.store.now() + chrono::Duration::days(90));
        found |= bookings.confirmed(from, until).await.unwrap().contains_key(&stage.joint);
    }
    if let Some(partner) = &doors.partner {
        found |= partner.own_reply(stage.joint).await.unwrap().is_some();
    }
    found
}
