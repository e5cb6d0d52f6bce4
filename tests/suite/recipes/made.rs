//! What a recipe makes before it asks.

use chrono::Duration;
use domain::{
    exercises::{assignment::Audience, exercise::Document},
    ids::{DataRequestId, NoteId, NoteMoveId, OccurrenceId, SessionId},
    practice::settings::Practice,
    records::{
        note::{NoteScope, NoteText},
        own_data::{Decided, Decision, Ground, Letter},
    },
    scheduling::session::NewSession,
};
use store::{Booked, DataAsked, EmailFacts, ItemDecided, NoteWrite, PartFinished, SaveKind, SectionMoved};
use tests::people::{details, small_answers, zone};

use super::ALONE;
use crate::routes::Stage;

/// An exercise with a plan.
pub(crate) fn planned_document() -> Document {
    serde_json::from_value(serde_json::json!({
        "slug": "planned", "title": "Planned", "purpose": "For tests.", "article": "own", "section": "none",
        "themes": [], "minutes": 5, "mode": "together", "cautions": "None.",
        "steps": [
            {"key": "when", "kind": "plan", "scope": "couple", "prompt": "When, you two"},
            {"key": "words", "kind": "text", "scope": "couple", "prompt": "How it was", "optional": true}
        ]
    }))
    .unwrap()
}

/// Assigns an exercise to both partners or to Amara.
pub(in crate::recipes) async fn assign_exercise_for(stage: &Stage, slug: &str, variant: &str) -> OccurrenceId {
    let for_whom = if variant == ALONE { Audience::One(stage.cast.amara.person()) } else { Audience::Everyone };
    stage.cast.assign_exercise(slug, for_whom).await
}

pub(in crate::recipes) async fn book_session(stage: &Stage, starts: &str, alone: bool) -> SessionId {
    let cast = &stage.cast;
    let attendee = alone.then(|| cast.amara.person());
    let wish = NewSession { attendee, outside: true, ..cast.wish(&stage.world.store, starts) };
    let timing = store::timing(wish.starts, &zone("Europe/Berlin"), wish.minutes, None).unwrap();
    match cast.desk.book(&wish, &timing).await.unwrap() {
        Booked::Done(id) => id,
        other => panic!("{other:?}"),
    }
}

/// A session that was cancelled late, with a suggested fee.
pub(in crate::recipes) async fn late_session(stage: &Stage) -> SessionId {
    let practice = stage.cast.owner.practice().await.unwrap();
    stage.cast.owner.update_practice(&Practice { late_fee: "60 €".into(), ..practice }).await.unwrap();
    let late = book_session(stage, "2026-11-23 18:00", false).await;
    stage.cast.desk.cancel(late, &tests::cancelled("")).await.unwrap();
    late
}

/// Books a session for both partners or for Amara alone, early enough to be changed in
/// the portal.
pub(in crate::recipes) async fn session(stage: &Stage, variant: &str) -> SessionId {
    book_session(stage, "2026-12-17 10:00", variant == ALONE).await
}

pub(in crate::recipes) async fn half_a_couple(stage: &Stage) -> domain::ids::ClientId {
    let a = details("Lea Brandt", "lea@example.org", "Europe/Berlin").into();
    stage.cast.ruth.create_client(&store::NewClient::Couple { a, b: None }).await.unwrap().unwrap()
}

/// An answer of Amara's in an exercise without a reveal.
pub(in crate::recipes) async fn own_answer(stage: &Stage, step: &str) -> String {
    let occurrence = stage.cast.assign_exercise("open", Audience::Everyone).await;
    stage.cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    let own = stage.cast.amara.own_answers(occurrence).await.unwrap();
    own.into_iter().find(|a| a.step == step).unwrap().id.to_string()
}

/// The tokens in a reminder to Amara: the one to unsubscribe, and the one to reply.
pub(in crate::recipes) async fn reminder(stage: &Stage) -> (String, String) {
    let world = &stage.world;
    book_session(stage, "2026-12-17 10:00", false).await;
    let mut found = None;
    for _ in 0..2 {
        for message in world.store.worker().claim_due(200, Duration::minutes(2)).await.unwrap() {
            if let (EmailFacts::Session(facts), Some(unsubscribe), true) =
                (&message.facts, &message.unsubscribe, message.recipient_name.starts_with("Amara"))
                && let Some(asks) = &facts.asks
            {
                found = Some((unsubscribe.clone(), asks.clone()));
            }
            assert!(world.store.worker().store_body(message.id, message.token, b"Subject: x\r\n\r\nx").await.unwrap());
            assert!(world.store.worker().finish_sent(message.id, message.token).await.unwrap());
        }
        if found.is_none() {
            // Three days before the first session.
            world.clock.advance(Duration::days(4) - Duration::minutes(30));
        }
    }
    found.expect("a reminder that asks")
}

/// A note of Ruth's that she has signed.
pub(in crate::recipes) async fn signed_note(stage: &Stage) -> NoteId {
    let text = NoteText::free(NoteScope::Joint, "They came.");
    let signed = stage.cast.ruth.create_note(stage.cast.couple, None, None, &text, SaveKind::Signed).await.unwrap();
    let NoteWrite::Saved(note) = signed else { panic!("{signed:?}") };
    note
}

/// Decides everything about Amara's request for her own data: the process note stays out.
pub(in crate::recipes) async fn decide_all(stage: &Stage, request: DataRequestId) {
    let (ruth, note) = (&stage.cast.ruth, stage.ids["{item}"].parse().unwrap());
    let (reason, text) = ("My own thinking.".to_owned(), String::new());
    let out = Decided { decision: Decision::Out, ground: Some(Ground::Others), reason, text };
    assert_eq!(ruth.decide_data_item(request, note, 0, &out).await.unwrap(), ItemDecided::Saved);
    ruth.include_open_items(request).await.unwrap().expect("it is open");
}

/// Makes the copy that Amara can fetch.
pub(in crate::recipes) async fn copy_to_fetch(stage: &Stage) {
    let request = stage.ids["/portal/data/{id}"].parse().unwrap();
    decide_all(stage, request).await;
    assert_eq!(stage.cast.ruth.finish_data_request(request).await.unwrap(), PartFinished::Done);
    assert_eq!(duologue::own_copies::make_copies(&stage.world.store).await.unwrap(), 1);
}

/// A request of Amara's by letter, with a copy that Ruth hands over.
pub(crate) async fn copy_to_hand_over(stage: &Stage) -> DataRequestId {
    let cast = &stage.cast;
    cast.amara.cancel_data_request(stage.ids["/portal/data/{id}"].parse().unwrap()).await.unwrap();
    let letter = Letter { received_on: "2026-11-23".parse().unwrap(), checked: "Her passport.".to_owned() };
    let made = cast.ruth.enter_data_request(cast.couple, cast.amara.person(), &letter, None).await.unwrap();
    let Some(DataAsked::Asked(request)) = made else { panic!("{made:?}") };
    decide_all(stage, request).await;
    assert_eq!(cast.ruth.finish_data_request(request).await.unwrap(), PartFinished::Done);
    assert_eq!(duologue::own_copies::make_copies(&stage.world.store).await.unwrap(), 1);
    request
}

/// A section that Ruth has moved into her process note.
pub(in crate::recipes) async fn moved_section(stage: &Stage) -> NoteMoveId {
    let (ruth, text) = (&stage.cast.ruth, NoteText::free(NoteScope::Joint, "Mine alone."));
    let saved = ruth.create_note(stage.cast.couple, None, None, &text, SaveKind::Saved).await.unwrap();
    let NoteWrite::Saved(note) = saved else { panic!("{saved:?}") };
    assert!(matches!(ruth.move_section(note, "text").await.unwrap(), SectionMoved::Done(_)));
    ruth.note_page(note).await.unwrap().unwrap().moves[0].id
}

/// The page of an email that was sent.
pub(in crate::recipes) async fn sent_mail(stage: &Stage) -> String {
    let message = stage.ids["/email-log/{id}"].parse().unwrap();
    loop {
        let due = stage.world.store.worker().claim_due(100, Duration::minutes(1)).await.unwrap();
        assert!(!due.is_empty(), "it is due");
        if let Some(mail) = due.iter().find(|m| m.id == message) {
            let body = b"Subject: Appointment\r\n\r\nOn Monday.";
            assert!(stage.world.store.worker().store_body(mail.id, mail.token, body).await.unwrap());
            assert!(stage.world.store.worker().finish_sent(mail.id, mail.token).await.unwrap());
            return stage.fill("/email-log/{id}");
        }
    }
}
