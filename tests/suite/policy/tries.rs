//! Every function that could create or change a thing, called with fresh material. What
//! counts is not what it returns but what became of Amara's thing.

use domain::{
    access::{AnswerState, Thing},
    clients::{person::SafeContact, taking_on::TakingOn},
    exercises::{
        assignment::{Audience, Frequency, NewAssignment},
        exercise::Scope,
        response::NotNow,
        step::Answer,
    },
    form::Form,
    ids::{AssignmentId, OccurrenceId, SessionId},
    practice::settings::Practice,
    records::note::NoteText,
    scheduling::{
        inquiry::InquiryState,
        reply::Reply,
        request::PortalRule,
        session::{NewSession, Place},
    },
};
use store::{Invite, NewClient, NewMember, PlanState, SaveKind, Setup};
use tests::{
    cancelled,
    people::{NO_HASH, accept_invitations, details, new_couple, visitor, zone},
};
use uuid::Uuid;

use super::{
    doors::Doors,
    stage::{Stage, away_exception, cover, document_of, inquirer, liked_week, plan_step, step_of, words},
};

/// Whether a new thing of this kind can be created for Amara.
pub(super) async fn creates(stage: &Stage, doors: &Doors, thing: Thing) -> bool {
    match thing {
        Thing::Practice => adds_room(stage, doors).await,
        Thing::ClientRecord => creates_client(stage, doors).await,
        Thing::Booking { alone } => books(stage, doors, alone).await,
        Thing::Hours => sets_day_away(stage, doors).await,
        Thing::TimeRequest { alone } => requests_time(stage, doors, alone).await,
        Thing::PreferredTimes => sets_liked_times(stage, doors, false).await,
        Thing::Inquiry => inquires(stage, doors).await,
        Thing::Assignment => assigns(stage, doors).await,
        Thing::Answer { scope, state } => answers(stage, doors, scope, state).await,
        Thing::NotNow => puts_off(stage, doors, false).await,
        Thing::Plan(scope) => makes_plan(stage, doors, scope).await,
        Thing::Agreement => writes_agreement(stage, doors, 0).await,
        Thing::Message => writes_message(stage, doors).await,
        Thing::PathwayProgress => starts_pathway(stage, doors).await,
        Thing::Note(scope) => {
            let Some(clinician) = &doors.clinician else { return false };
            let before = count(stage, "SELECT count(*) FROM note").await;
            let text = NoteText { scope, body: "A note.".to_owned() };
            clinician.create_note(stage.cast.couple, None, None, &text, SaveKind::Saved).await.unwrap();
            count(stage, "SELECT count(*) FROM note").await > before
        }
        Thing::Reply => sends_reply(stage, doors).await,
        Thing::Login => signs_in(stage, doors).await,
        Thing::ClientName => takes_on(stage, doors).await,
        // No scope can create these: audit entries are made by the acts themselves,
        // emails are planned by them, contact settings come with a record, and some views
        // are computed.
        Thing::Audit | Thing::SafeContact | Thing::Adherence | Thing::EmailState | Thing::Undelivered => false,
    }
}

/// Whether a client can be taken on for a therapist.
async fn takes_on(stage: &Stage, doors: &Doors) -> bool {
    let Some(bookings) = &doors.bookings else { return false };
    let mut form = Form::from_pairs([("kind", "individual"), ("a.name", "Lea"), ("a.phone", "030 5550 177")]);
    form.set("clinician", stage.cast.ruth.me().to_string());
    let new = TakingOn::read(&form, &zone("Europe/Berlin")).unwrap();
    let before = count(stage, "SELECT count(*) FROM client").await;
    bookings.take_on(&new, None).await.unwrap();
    count(stage, "SELECT count(*) FROM client").await > before
}

/// Whether Amara's thing of this kind can be changed or removed.
pub(super) async fn changes(stage: &Stage, doors: &Doors, thing: Thing) -> bool {
    match thing {
        Thing::Practice => {
            let Some(owner) = &doors.owner else { return false };
            let practice = owner.practice().await.unwrap();
            let sender_name = format!("Sender {}", stage.number());
            owner.update_practice(&Practice { sender_name: sender_name.clone(), ..practice }).await.unwrap();
            stage.cast.owner.practice().await.unwrap().sender_name == sender_name
        }
        Thing::ClientRecord => changes_details(stage, doors, |d, mark| mark.clone_into(&mut d.pronouns)).await,
        Thing::ClientName => changes_details(stage, doors, |d, mark| d.name = format!("Amara {mark}")).await,
        Thing::SafeContact => changes_contact(stage, doors).await,
        Thing::Booking { alone } => changes_booking(stage, doors, alone).await,
        Thing::Hours => {
            let Some(bookings) = &doors.bookings else { return false };
            let (desk, ruth) = (&stage.cast.desk, stage.cast.ruth.me());
            let reason = format!("away {}", stage.number());
            assert!(desk.add_exception(ruth, &away_day(stage, &reason)).await.unwrap());
            let id = hours_id(stage, &reason).await.expect("set");
            bookings.remove_exception(id).await.unwrap();
            hours_id(stage, &reason).await.is_none()
        }
        Thing::TimeRequest { alone } => answers_request(stage, doors, alone).await,
        Thing::PreferredTimes => sets_liked_times(stage, doors, true).await,
        Thing::Inquiry => {
            let id = stage.noted(&format!("Inquirer {}", stage.number())).await;
            doors.guest.confirm_inquiry(&"x".repeat(43)).await.unwrap();
            if let Some(bookings) = &doors.bookings {
                bookings.settle_inquiry(id, InquiryState::Called).await.unwrap();
            }
            let state = stage.cast.desk.inquiries(None).await.unwrap().rows.iter().find(|i| i.id == id).unwrap().state;
            stage.cast.desk.settle_inquiry(id, InquiryState::Closed).await.unwrap();
            state == InquiryState::Called
        }
        Thing::Assignment => {
            let Some(clinician) = &doors.clinician else { return false };
            let (assignment, occurrence) = stage.fresh("small").await;
            clinician.withdraw(assignment).await.unwrap();
            stage.cast.amara.occurrence(occurrence).await.unwrap().unwrap().withdrawn
        }
        Thing::Answer { scope, state } => changes_answer(stage, doors, scope, state).await,
        Thing::NotNow => puts_off(stage, doors, true).await,
        Thing::Plan(scope) => changes_plan(stage, doors, scope).await,
        Thing::Agreement => writes_agreement(stage, doors, 1).await,
        Thing::PathwayProgress => {
            let Some(clinician) = &doors.clinician else { return false };
            let (ruth, amara) = (&stage.cast.ruth, stage.cast.amara.person());
            let id =
                ruth.start_pathway(stage.cast.couple, "own-way", Audience::One(amara), None).await.unwrap().unwrap();
            clinician.end_pathway(id).await.unwrap();
            ruth.pathway_progress(id).await.unwrap().unwrap().ended_at.is_some()
        }
        Thing::Note(scope) => {
            let Some(clinician) = &doors.clinician else { return false };
            let id = stage.note(scope, "Before.").await;
            let text = NoteText { scope, body: "After.".to_owned() };
            clinician.update_note(id, &text, SaveKind::Saved).await.unwrap();
            stage.cast.ruth.note(id).await.unwrap().unwrap().body == "After."
        }
        Thing::Reply => changes_reply(stage, doors).await,
        Thing::EmailState => sends_again(stage, doors, false).await,
        Thing::Undelivered => sends_again(stage, doors, true).await,
        Thing::Login => signs_out(stage, doors).await,
        // No scope can change these: messages and the audit log do not change, and some
        // views are computed.
        Thing::Audit | Thing::Message | Thing::Adherence => false,
    }
}

async fn count(stage: &Stage, question: &'static str) -> i64 {
    stage.world.number(question).await.unwrap()
}

async fn adds_room(stage: &Stage, doors: &Doors) -> bool {
    let name = format!("Room {}", stage.number());
    if let Some(owner) = &doors.owner {
        owner.add_room(&name, None).await.unwrap();
    }
    // After set-up, nobody can set up again.
    let again = Setup {
        practice: Practice::new(name.clone(), zone("Europe/Berlin")),
        display_name: name.clone(),
        email: details("Eve", "eve@example.org", "Europe/Berlin").email.expect("an address"),
        login_name: format!("eve{}", stage.number()),
        password_hash: NO_HASH.to_owned(),
        roles: vec![],
    };
    assert_eq!(doors.guest.set_up(&again).await.unwrap(), None);
    let owner = &stage.cast.owner;
    owner.rooms().await.unwrap().iter().any(|offer| offer.room.name == name)
        || owner.practice().await.unwrap().name == name
}

/// Tries to create a client with Amara in it.
async fn creates_client(stage: &Stage, doors: &Doors) -> bool {
    let Some(clinician) = &doors.clinician else { return false };
    let amara = stage.cast.amara.person();
    clinician.create_client(&NewClient::Individual(NewMember::Known(amara))).await.unwrap().is_some()
}

/// Tries to change Amara's details; whether they are read as changed afterwards.
async fn changes_details(
    stage: &Stage,
    doors: &Doors,
    change: impl Fn(&mut domain::clients::person::PersonDetails, &str),
) -> bool {
    let Some(clinician) = &doors.clinician else { return false };
    let (ruth, couple, amara) = (&stage.cast.ruth, stage.cast.couple, stage.cast.amara.person());
    let read = async || {
        let record = ruth.client(couple).await.unwrap().unwrap();
        record.members.iter().find(|m| m.person == amara).unwrap().details.clone()
    };
    let before = read().await;
    let mut wish = before.clone();
    change(&mut wish, &format!("mark {}", stage.number()));
    clinician.update_person(couple, amara, &wish).await.unwrap();
    let changed = read().await == wish;
    ruth.update_person(couple, amara, &before).await.unwrap();
    changed
}

async fn changes_contact(stage: &Stage, doors: &Doors) -> bool {
    let amara = &stage.cast.amara;
    let before = amara.contact().await.unwrap();
    assert!(before.reminders);
    let quieter = SafeContact { reminders: false, ..before.clone() };
    if let Some(partner) = &doors.partner {
        partner.set_contact(&quieter).await.unwrap();
    }
    if let Some(clinician) = &doors.clinician {
        let record = stage.cast.ruth.client(stage.cast.couple).await.unwrap().unwrap();
        let mut details = record.members.into_iter().find(|m| m.person == amara.person()).unwrap().details;
        details.contact = quieter;
        clinician.update_person(stage.cast.couple, amara.person(), &details).await.unwrap();
    }
    doors.guest.unsubscribe(&"x".repeat(43)).await.unwrap();
    let changed = amara.contact().await.unwrap() != before;
    amara.set_contact(&before).await.unwrap();
    changed
}

/// Whether the calendar has a session of Amara's at this time, alone or with Jonas.
async fn is_booked(stage: &Stage, at: chrono::DateTime<chrono::Utc>, alone: bool) -> bool {
    let rows = stage.cast.desk.calendar(at, at + chrono::Duration::minutes(1), None, None).await.unwrap();
    rows.iter().any(|row| row.state.is_ahead() && row.title.contains("Amara") && row.title.contains("Jonas") != alone)
}

async fn books(stage: &Stage, doors: &Doors, alone: bool) -> bool {
    let (cast, couple) = (&stage.cast, stage.cast.couple);
    let mut found = false;
    if let Some(bookings) = &doors.bookings {
        let starts = format!("{} 14:00", stage.day());
        let wish = NewSession {
            clinician: if bookings.is_desk() { cast.ruth.me() } else { bookings.me() },
            attendee: alone.then(|| cast.amara.person()),
            place: Place::Link(String::new()),
            ..cast.wish(&stage.world.store, &starts)
        };
        let timing = store::timing(wish.starts, &zone("Europe/Berlin"), wish.minutes, None).unwrap();
        bookings.book(&wish, &timing).await.unwrap();
        found |= is_booked(stage, timing.starts_at, alone).await;
    }
    if let Some(partner) = &doors.partner {
        stage.rule(PortalRule::AtOnce).await;
        let at = stage.offered();
        stage.date_requests_back().await;
        if alone {
            // As an individual client she comes alone.
            partner.request_time(None, Some(stage.solo), at).await.unwrap();
        } else {
            // A joint session needs both: one requests it, and this partner agrees.
            let asker = if partner.person() == cast.amara.person() { &cast.jonas } else { &cast.amara };
            let asked = asker.request_time(None, Some(couple), at).await.unwrap();
            assert!(matches!(asked, store::RequestOutcome::Pending(_)), "{asked:?}");
            let own = asker.requests().await.unwrap().1;
            let request = own.iter().find(|q| q.starts_at == at).expect("asked").id;
            partner.answer_request(request, true).await.unwrap();
            asker.withdraw_request(request).await.unwrap();
        }
        found |= is_booked(stage, at, alone).await;
        stage.rule(PortalRule::Ask).await;
    }
    found
}

async fn changes_booking(stage: &Stage, doors: &Doors, alone: bool) -> bool {
    let session = stage.fresh_session(alone).await;
    if let Some(bookings) = &doors.bookings {
        bookings.cancel(session, &cancelled("")).await.unwrap();
    }
    if let Some(partner) = &doors.partner {
        partner.cancel_own_session(session).await.unwrap();
    }
    !stage.cast.desk.session(session).await.unwrap().unwrap().state.is_ahead()
}

fn away_day(stage: &Stage, reason: &str) -> domain::practice::hours::Exception {
    let first: chrono::NaiveDate = "2029-01-01".parse().expect("a day");
    away_exception(first + chrono::Duration::days(stage.number()), reason)
}

/// The id of Ruth's day away with this reason.
async fn hours_id(stage: &Stage, reason: &str) -> Option<Uuid> {
    let hours = stage.cast.desk.hours(stage.cast.ruth.me(), None, None).await.unwrap().unwrap();
    assert!(hours.exceptions.more.is_none(), "few enough to find it");
    hours.exceptions.rows.iter().find(|(_, exception)| exception.reason == reason).map(|(id, _)| *id)
}

async fn sets_day_away(stage: &Stage, doors: &Doors) -> bool {
    let Some(bookings) = &doors.bookings else { return false };
    let reason = format!("away {}", stage.number());
    bookings.add_exception(stage.cast.ruth.me(), &away_day(stage, &reason)).await.unwrap();
    let id = hours_id(stage, &reason).await;
    if let Some(id) = id {
        stage.cast.desk.remove_exception(id).await.unwrap();
    }
    id.is_some()
}

async fn requests_time(stage: &Stage, doors: &Doors, alone: bool) -> bool {
    let Some(partner) = &doors.partner else { return false };
    let session = stage.fresh_session(false).await;
    stage.date_requests_back().await;
    if alone {
        partner.request_alone(session).await.unwrap();
    } else {
        partner.request_time(Some(session), None, stage.offered()).await.unwrap();
    }
    let amara = &stage.cast.amara;
    let own = amara.requests().await.unwrap().1;
    own.iter().any(|q| q.session == Some(session) && q.person == amara.person())
}

async fn answers_request(stage: &Stage, doors: &Doors, alone: bool) -> bool {
    if doors.partner.is_none() && doors.bookings.is_none() {
        return false;
    }
    let (amara, jonas) = (&stage.cast.amara, &stage.cast.jonas);
    let mut requests = Vec::new();
    if alone {
        stage.date_requests_back().await;
        let session = stage.fresh_session(false).await;
        amara.request_alone(session).await.unwrap();
        let own = amara.requests().await.unwrap().1;
        requests.push(own.iter().find(|q| q.session == Some(session)).expect("asked").id);
    } else {
        // One request waits for her partner, and one for the practice.
        for agreed in [false, true] {
            let session = stage.fresh_session(false).await;
            let request = stage.ask(Some(session), None, stage.offered()).await;
            if agreed {
                jonas.answer_request(request, true).await.unwrap();
            }
            requests.push(request);
        }
    }
    let mut changed = false;
    for request in requests {
        if let Some(bookings) = &doors.bookings {
            bookings.answer_request(request, false).await.unwrap();
            bookings.grant_unusual_request(request).await.unwrap();
        }
        if let Some(partner) = &doors.partner {
            partner.answer_request(request, false).await.unwrap();
            partner.withdraw_request(request).await.unwrap();
        }
        let own = amara.requests().await.unwrap().1;
        changed |= !own.iter().any(|q| q.id == request && q.state.is_open());
        amara.withdraw_request(request).await.unwrap();
    }
    changed
}

async fn sets_liked_times(stage: &Stage, doors: &Doors, before: bool) -> bool {
    let amara = &stage.cast.amara;
    let stood = before.then(|| liked_week("10:00:00"));
    amara.set_prefers(stood.as_ref()).await.unwrap();
    if let Some(partner) = &doors.partner {
        partner.set_prefers(Some(&liked_week("15:00:00"))).await.unwrap();
    }
    let changed = amara.prefers().await.unwrap() != stood;
    amara.set_prefers(None).await.unwrap();
    changed
}

/// The public page is open to everyone, and the practice can add inquirers by itself.
async fn inquires(stage: &Stage, doors: &Doors) -> bool {
    let before = count(stage, "SELECT count(*) FROM inquiry").await;
    doors.guest.inquire(&inquirer(&format!("Asker {}", stage.number()))).await.unwrap();
    let by_page = count(stage, "SELECT count(*) FROM inquiry").await - before;
    if let Some(bookings) = &doors.bookings {
        let name = format!("Caller {}", stage.number());
        bookings.add_inquiry(&inquirer(&name), None).await.unwrap();
        let listed = stage.cast.desk.inquiries(None).await.unwrap().rows;
        let id = listed.iter().find(|i| i.name == name).expect("who may see inquiries may note one").id;
        stage.cast.desk.settle_inquiry(id, InquiryState::Closed).await.unwrap();
    }
    by_page == 1
}

async fn assigns(stage: &Stage, doors: &Doors) -> bool {
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
async fn draft_answer(stage: &Stage, occurrence: OccurrenceId, step: &str) -> Option<Answer> {
    stage.cast.amara.occurrence(occurrence).await.unwrap().unwrap().draft.answers.remove(step)
}

/// What Amara sent for a step, with its scope.
async fn sent_answer(stage: &Stage, occurrence: OccurrenceId, step: &str) -> Option<(Scope, Answer)> {
    let own = stage.cast.amara.own_answers(occurrence).await.unwrap();
    own.into_iter().find(|answer| answer.step == step).map(|answer| (answer.scope, answer.answer))
}

/// An exercise that Jonas has already sent, if revealed answers are to be tried.
async fn exercise(stage: &Stage, document: &str, state: AnswerState) -> (AssignmentId, OccurrenceId) {
    let (assignment, occurrence) = stage.fresh(document).await;
    if state == AnswerState::Revealed {
        stage.cast.jonas.submit(occurrence, &words(document, "his")).await.unwrap();
    }
    (assignment, occurrence)
}

async fn answers(stage: &Stage, doors: &Doors, scope: Scope, state: AnswerState) -> bool {
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

async fn changes_answer(stage: &Stage, doors: &Doors, scope: Scope, state: AnswerState) -> bool {
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

async fn puts_off(stage: &Stage, doors: &Doors, before: bool) -> bool {
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
async fn open_plan(stage: &Stage, occurrence: OccurrenceId, step: &str) -> Option<Uuid> {
    let plans = stage.cast.amara.plans(occurrence).await.unwrap();
    plans.iter().find(|view| view.step == step).and_then(store::PlanView::open).map(|plan| plan.id)
}

async fn makes_plan(stage: &Stage, doors: &Doors, scope: Scope) -> bool {
    let Some(partner) = &doors.partner else { return false };
    let (_, occurrence) = stage.fresh("plans").await;
    let starts = stage.day().and_hms_opt(19, 0, 0).expect("a time");
    let timing = store::timing(starts, &zone("Europe/Berlin"), 50, None).unwrap();
    partner.set_plan(occurrence, &plan_step(scope), None, starts, timing.starts_at).await.unwrap();
    open_plan(stage, occurrence, &plan_step(scope)).await.is_some()
}

async fn changes_plan(stage: &Stage, doors: &Doors, scope: Scope) -> bool {
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
async fn writes_agreement(stage: &Stage, doors: &Doors, before: i64) -> bool {
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

async fn writes_message(stage: &Stage, doors: &Doors) -> bool {
    let (couple, amara) = (stage.cast.couple, &stage.cast.amara);
    let text = format!("Letter {}.", stage.number());
    if let Some(partner) = &doors.partner {
        partner.write_message(couple, None, &text, None).await.unwrap();
    }
    if let Some(clinician) = &doors.clinician {
        clinician.answer_message(couple, amara.person(), &text, None).await.unwrap();
    }
    let boxes = amara.messages(None).await.unwrap();
    boxes.iter().any(|post| post.client == couple && post.messages.rows.iter().any(|message| message.text == text))
}

async fn starts_pathway(stage: &Stage, doors: &Doors) -> bool {
    let Some(clinician) = &doors.clinician else { return false };
    let before = count(stage, "SELECT count(*) FROM pathway_progress").await;
    clinician
        .start_pathway(stage.cast.couple, "own-way", Audience::One(stage.cast.amara.person()), None)
        .await
        .unwrap();
    count(stage, "SELECT count(*) FROM pathway_progress").await > before
}

async fn sends_reply(stage: &Stage, doors: &Doors) -> bool {
    let session: SessionId = stage.fresh_session(false).await;
    if let Some(partner) = &doors.partner {
        partner.confirm_session(session).await.unwrap();
    }
    doors.guest.reply_by_link(&"x".repeat(43), Reply::Another).await.unwrap();
    stage.cast.amara.own_reply(session).await.unwrap().is_some()
}

async fn changes_reply(stage: &Stage, doors: &Doors) -> bool {
    if doors.partner.is_none() && doors.bookings.is_none() {
        return false;
    }
    let seen_to = "SELECT count(*) FROM session_reply WHERE settled_at IS NOT NULL";
    stage.reset_reply().await;
    assert_eq!(count(stage, seen_to).await, 0);
    let (amara, (session, token)) = (&stage.cast.amara, &stage.reminded);
    if let Some(bookings) = &doors.bookings {
        bookings.settle_reply(*session, amara.person()).await.unwrap();
    }
    if let Some(partner) = &doors.partner {
        partner.confirm_session(*session).await.unwrap();
        if partner.person() == amara.person() {
            // The link is in Amara's email.
            doors.guest.reply_by_link(token, Reply::Alone).await.unwrap();
        }
    }
    amara.own_reply(*session).await.unwrap() != Some(Reply::Coming) || count(stage, seen_to).await > 0
}

async fn sends_again(stage: &Stage, doors: &Doors, fails: bool) -> bool {
    if doors.bookings.is_none() && doors.clinician.is_none() && doors.owner.is_none() {
        return false;
    }
    let message = stage.fresh_mail(fails).await;
    let again = "SELECT count(*) FROM email WHERE again_of IS NOT NULL";
    let before = count(stage, again).await;
    if let Some(bookings) = &doors.bookings {
        bookings.resend(message).await.unwrap();
        bookings.send_again(message).await.unwrap();
    }
    if let Some(clinician) = &doors.clinician {
        clinician.send_again(stage.cast.couple, message).await.unwrap();
    }
    if let Some(owner) = &doors.owner {
        owner.send_again(stage.cast.amara.me(), message).await.unwrap();
    }
    count(stage, again).await > before
}

/// The logins of Amara's account.
async fn logins(stage: &Stage) -> Vec<domain::ids::LoginId> {
    let signed_in = stage.world.store.signed_in(stage.cast.amara.visitor());
    signed_in.logins().await.unwrap().into_iter().map(|login| login.id).collect()
}

async fn signs_in(stage: &Stage, doors: &Doors) -> bool {
    let (guest, amara) = (&doors.guest, &stage.cast.amara);
    let before = logins(stage).await;
    let mut tokens = Vec::new();
    if let Some(owner) = &doors.owner {
        assert_eq!(owner.invite_by_hand(amara.me()).await.unwrap(), None, "hers is no staff account");
        owner.hand_out_link(amara.me(), stage.failed).await.unwrap();
    }
    if let Some(clinician) = &doors.clinician
        && let Invite::HandedOver(token) = clinician.invite_by_hand(stage.cast.couple, amara.person()).await.unwrap()
    {
        tokens.push(token);
    }
    guest.request_reset("amara").await.unwrap();
    tokens.push("x".repeat(43));
    for token in tokens {
        guest.accept_invitation(&token, "amara2", NO_HASH).await.unwrap();
        guest.reset_password(&token, NO_HASH).await.unwrap();
    }
    if let Some(signed_in) = &doors.signed_in {
        signed_in.change_password(NO_HASH, "test", None).await.unwrap();
    }
    logins(stage).await.iter().any(|login| !before.contains(login))
}

async fn signs_out(stage: &Stage, doors: &Doors) -> bool {
    let store = &stage.world.store;
    let login = visitor(store, stage.cast.amara.me()).await.login;
    if let Some(signed_in) = &doors.signed_in {
        signed_in.end_login(login).await.unwrap();
    }
    let ended = !logins(stage).await.contains(&login);
    ended || separates(stage, doors).await
}

/// A separation signs both partners out. It cannot be undone, so another couple of Ruth's
/// with the same covering therapist is used.
async fn separates(stage: &Stage, doors: &Doors) -> bool {
    let Some(clinician) = &doors.clinician else { return false };
    let (store, n) = (&stage.world.store, stage.number());
    stage.drain().await;
    let couple = new_couple(&stage.cast.ruth, &format!("Ada{n} Lund"), &format!("Bo{n} Lund")).await;
    for (person, _) in stage.cast.ruth.names(couple).await.unwrap().unwrap() {
        stage.cast.ruth.invite_partner(couple, person).await.unwrap();
    }
    let accounts = accept_invitations(store, NO_HASH).await;
    cover(&stage.world, couple, stage.covering.me()).await;
    let partner = visitor(store, accounts[0]).await;
    let signed_in = store.signed_in(&partner);
    assert_eq!(signed_in.logins().await.unwrap().len(), 1);
    clinician.separate(couple).await.unwrap();
    signed_in.logins().await.unwrap().is_empty()
}
