//! Every function that could create or change a thing, called with fresh material. What
//! counts is not what it returns but what became of Amara's thing.

mod bookings;
mod exercises;
mod records;

use domain::{
    access::Thing,
    clients::{person::SafeContact, taking_on::TakingOn},
    exercises::assignment::Audience,
    form::Form,
    ids::SessionId,
    practice::settings::Practice,
    records::note::{NoteScope, NoteTemplate, NoteText},
    scheduling::{inquiry::InquiryState, reply::Reply},
};
use store::{Invite, NewClient, NewMember, NoteTemplateChange, SaveKind, Setup};
use tests::people::{NO_HASH, accept_invitations, details, new_couple, visitor, zone};

use self::{
    bookings::{
        answers_request, away_day, books, changes_booking, hours_id, inquires, requests_time, sets_day_away,
        sets_liked_times,
    },
    exercises::{
        answers, assigns, changes_answer, changes_plan, makes_plan, puts_off, starts_pathway, writes_agreement,
    },
    records::{
        adds_document, answers_intake, asks_for_data, asks_to_sign, changes_data_request, changes_document,
        changes_form, changes_own_document, changes_policy, changes_release, changes_supervised_note, hands_in,
        prepares_disclosure, prepares_release, proposes_policy, starts_intake, waives,
    },
};
use super::{
    doors::Doors,
    stage::{Stage, cover, goal},
};
use crate::records::leaving;

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
            let text = NoteText::free(scope, "A note.");
            clinician.create_note(stage.cast.couple, None, None, &text, SaveKind::Saved).await.unwrap();
            count(stage, "SELECT count(*) FROM note").await > before
        }
        Thing::SupervisedNote => {
            let Some(clinician) = &doors.clinician else { return false };
            let before = count(stage, "SELECT count(*) FROM cosign").await;
            let text = NoteText::free(NoteScope::Joint, "To be co-signed.");
            clinician.create_note(stage.cast.couple, None, None, &text, SaveKind::Signed).await.unwrap();
            count(stage, "SELECT count(*) FROM cosign").await > before
        }
        Thing::Goal => {
            let Some(clinician) = &doors.clinician else { return false };
            let before = count(stage, "SELECT count(*) FROM goal").await;
            clinician.create_goal(stage.cast.couple, &goal("A goal.")).await.unwrap();
            count(stage, "SELECT count(*) FROM goal").await > before
        }
        Thing::NoteTemplate => {
            let Some(owner) = &doors.owner else { return false };
            let before = count(stage, "SELECT count(*) FROM note_template").await;
            owner.add_note_template(&NoteTemplate::free(), None).await.unwrap();
            count(stage, "SELECT count(*) FROM note_template").await > before
        }
        Thing::Document(scope) => adds_document(stage, doors, scope).await,
        Thing::OwnDocument { shared } => hands_in(stage, doors, shared).await,
        Thing::DataRequest => asks_for_data(stage, doors).await,
        Thing::Consent => asks_to_sign(stage, doors).await,
        Thing::SecretsPolicy => proposes_policy(stage, doors).await,
        Thing::Intake => starts_intake(stage, doors).await,
        Thing::IntakeAnswer => answers_intake(stage, doors, "health", false).await,
        Thing::IntakeFacts => answers_intake(stage, doors, "facts", false).await,
        Thing::Release => prepares_release(stage, doors).await,
        Thing::Disclosure => prepares_disclosure(stage, doors).await,
        Thing::Reply => sends_reply(stage, doors).await,
        Thing::Login => signs_in(stage, doors).await,
        Thing::ClientName => takes_on(stage, doors).await,
        // No scope can create these: audit entries are made by the acts themselves,
        // emails are planned by them, contact settings come with a record, and some views
        // are computed.
        Thing::Audit
        | Thing::Handover
        | Thing::SafeContact
        | Thing::Adherence
        | Thing::ConsentState
        | Thing::EmailState
        | Thing::Undelivered => false,
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
        Thing::Intake => waives(stage, doors).await,
        Thing::IntakeAnswer => answers_intake(stage, doors, "health", true).await,
        Thing::IntakeFacts => answers_intake(stage, doors, "facts", true).await,
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
            let text = NoteText::free(scope, "After.");
            clinician.update_note(id, &text, SaveKind::Saved).await.unwrap();
            stage.cast.ruth.note(id).await.unwrap().unwrap().body == "After."
        }
        Thing::SupervisedNote => changes_supervised_note(stage, doors).await,
        Thing::Goal => {
            let Some(clinician) = &doors.clinician else { return false };
            let id = stage.set_goal("Before.").await;
            clinician.change_goal(id, 1, &goal("After.")).await.unwrap();
            let read = stage.cast.ruth.goal(id, None).await.unwrap().unwrap();
            read.goal.body.text == "After."
        }
        Thing::NoteTemplate => {
            let Some(owner) = &doors.owner else { return false };
            let (before, _) = stage.cast.owner.note_templates().await.unwrap().remove(0);
            let purpose = format!("For {}.", stage.number());
            let changed = NoteTemplate { purpose, ..before.template };
            let changed = owner.change_note_template(before.id, before.version, &changed).await.unwrap();
            matches!(changed, NoteTemplateChange::Done(_))
        }
        Thing::Document(scope) => {
            let id = stage.document(scope, "Before").await;
            changes_document(stage, doors, id, scope).await
        }
        Thing::OwnDocument { shared } => changes_own_document(stage, doors, shared).await,
        Thing::DataRequest => changes_data_request(stage, doors).await,
        Thing::Consent => changes_form(stage, doors).await,
        Thing::SecretsPolicy => changes_policy(stage, doors).await,
        Thing::Release => changes_release(stage, doors).await,
        Thing::Disclosure => {
            let Some(clinician) = &doors.clinician else { return false };
            let id = leaving::disclosure(&stage.world.store, (&stage.cast, &stage.covering), "The court").await;
            clinician.drop_disclosure(id).await.unwrap();
            let state = stage.cast.ruth.disclosure(id).await.unwrap().unwrap().state;
            state == domain::records::disclosure::DisclosureState::Dropped
        }
        Thing::Reply => changes_reply(stage, doors).await,
        Thing::EmailState => sends_again(stage, doors, false).await,
        Thing::Undelivered => sends_again(stage, doors, true).await,
        Thing::Login => signs_out(stage, doors).await,
        // No scope can change these: messages and the audit log do not change, and some
        // views are computed.
        Thing::Audit | Thing::Handover | Thing::Message | Thing::Adherence | Thing::ConsentState => false,
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
        factor_rules: None,
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
