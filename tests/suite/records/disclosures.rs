//! Disclosures by law or in an emergency: confirmed by a colleague, chosen item by
//! item, and told to the clients unless that is forbidden.

use axum::http::StatusCode;
use chrono::Duration;
use domain::{
    ids::{DisclosureId, HandoverId},
    records::{disclosure::DisclosureState, handover::FilePart, note::NoteScope},
};
use store::LeavingWork;
use tests::{World, app::App, both, people::Cast};

use super::releases::{document, left, normal, note};

/// Prepares a disclosure over HTTP as Ruth; the answer.
async fn post(app: &App, ruth: &str, cast: &Cast, more: &[(&str, &str)]) -> tests::app::Got {
    let emeka = cast.emeka.me().to_string();
    let mut form = vec![
        ("ground", "danger"),
        ("ground_text", "He said that he would."),
        ("recipient", "Police, district 4"),
        ("address", "Platz 1"),
        ("manner", "in_person"),
        ("telling", "tell"),
        ("confirmer", &emeka),
    ];
    for (name, value) in more {
        if *name != "items" {
            form.retain(|(n, _)| n != name);
        }
        form.push((name, value));
    }
    app.post(&format!("/clients/{}/disclosures", cast.couple), Some(ruth), &form).await
}

async fn prepare(app: &App, ruth: &str, cast: &Cast, more: &[(&str, &str)]) -> DisclosureId {
    let got = post(app, ruth, cast, more).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    got.location().trim_start_matches("/disclosures/").split('?').next().unwrap().parse().unwrap()
}

/// Sends a disclosure over HTTP; the handover, or where the answer led instead.
async fn send(app: &App, ruth: &str, id: DisclosureId) -> Result<HandoverId, String> {
    let got = app.post(&format!("/disclosures/{id}/send"), Some(ruth), &[]).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    match got.location().strip_prefix("/handovers/") {
        Some(rest) => Ok(rest.split('?').next().unwrap().parse().unwrap()),
        None => Err(got.location().to_owned()),
    }
}

async fn confirm(app: &App, world: &World, cast: &Cast, id: DisclosureId) {
    let emeka = app.cookie(world, cast.emeka.me()).await;
    let got = app.post(&format!("/disclosures/{id}/answer"), Some(&emeka), &[("do", "confirm")]).await;
    assert!(got.location().contains("disclosure_confirmed"), "{}", got.text);
}

/// How many messages of the therapist a partner has not read.
async fn unread(partner: &store::Partner) -> i64 {
    partner.unread_messages().await.unwrap()
}

both!(disclosure_leaves_only_what_was_chosen_and_only_once_confirmed, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let chosen = note(&cast.ruth, &cast, NoteScope::Joint, "canary-chosen").await;
    note(&cast.ruth, &cast, NoteScope::Joint, "canary-left-out").await;
    note(&cast.ruth, &cast, NoteScope::PartnerB, "canary-own-b").await;
    let process = note(&cast.ruth, &cast, NoteScope::Process, "canary-process").await;
    let (chosen, process) = (format!("note:{chosen}"), format!("note:{process}"));
    // Nothing is chosen by itself, and process notes are not among what can be.
    assert_eq!(post(&app, &ruth, &cast, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let got = post(&app, &ruth, &cast, &[("items", &process)]).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!got.text.contains("canary-process"));
    let id = prepare(&app, &ruth, &cast, &[("items", &chosen), ("items", &process)]).await;
    // The colleague finds it on Today, reads the ground and no note.
    let emeka = app.cookie(&world, cast.emeka.me()).await;
    assert!(app.get("/today", Some(&emeka)).await.text.contains(&format!("/disclosures/{id}")));
    let page = app.get(&format!("/disclosures/{id}"), Some(&emeka)).await.text;
    assert!(page.contains("He said that he would.") && page.contains("Confirm disclosure"), "{page}");
    assert!(!page.contains("canary"), "{page}");
    assert!(send(&app, &ruth, id).await.unwrap_err().contains("disclosure_not_ready"));
    // Who prepared it cannot confirm it, and who confirms cannot send it.
    app.post(&format!("/disclosures/{id}/answer"), Some(&ruth), &[("do", "confirm")]).await;
    assert_eq!(cast.ruth.disclosure(id).await.unwrap().unwrap().state, DisclosureState::Confirming);
    confirm(&app, &world, &cast, id).await;
    let got = app.post(&format!("/disclosures/{id}/send"), Some(&emeka), &[]).await;
    assert_eq!(got.status, StatusCode::NOT_FOUND);
    assert!(app.get("/today", Some(&ruth)).await.text.contains("Send the disclosure"));
    let handover = send(&app, &ruth, id).await.unwrap();
    for (name, part, words) in left(&cast.ruth, handover).await {
        assert_eq!(part, FilePart::Joint, "{name}");
        assert!(words.contains("canary-chosen"), "{name}: {words}");
        for canary in ["canary-left-out", "canary-own-b", "canary-process"] {
            assert!(!words.contains(canary), "{name}: {words}");
        }
    }
    assert!(send(&app, &ruth, id).await.unwrap_err().contains("disclosure_not_ready"), "it leaves once");
    // Both are told in the portal, by a message and on the page of forms.
    assert_eq!((unread(&cast.amara).await, unread(&cast.jonas).await), (1, 1));
    let amara = app.cookie(&world, cast.amara.me()).await;
    let told = app.get(&format!("/portal/disclosures/{id}"), Some(&amara)).await.text;
    assert!(
        told.contains("Police, district 4") && told.contains("Danger to life") && told.contains("1 note"),
        "{told}"
    );
    assert!(!told.contains("canary"), "{told}");
});

both!(part_of_one_partner_is_told_to_that_partner_only, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let own = format!("note:{}", note(&cast.ruth, &cast, NoteScope::PartnerB, "canary-own-b").await);
    let got = post(&app, &ruth, &cast, &[("items", &own)]).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(got.text.contains("Say why something of one partner’s alone has to leave."), "{}", got.text);
    let amara = app.cookie(&world, cast.amara.me()).await;
    let pages = ["/portal", "/portal/messages", "/portal/forms", "/portal/sessions"];
    let mut before = Vec::new();
    for path in pages {
        before.push(normal(&app.get(path, Some(&amara)).await.text));
    }
    let id = prepare(&app, &ruth, &cast, &[("items", &own), ("partner_reason", "It names the weapon.")]).await;
    confirm(&app, &world, &cast, id).await;
    let handover = send(&app, &ruth, id).await.unwrap();
    for (name, part, words) in left(&cast.ruth, handover).await {
        assert_eq!(part, FilePart::PartnerB, "{name}");
        assert!(words.contains("canary-own-b"), "{name}");
    }
    assert_eq!((unread(&cast.amara).await, unread(&cast.jonas).await), (0, 1));
    for (path, before) in pages.iter().zip(before) {
        assert_eq!(before, normal(&app.get(path, Some(&amara)).await.text), "{path}: nothing of it is hers");
    }
    assert_eq!(app.get(&format!("/portal/disclosures/{id}"), Some(&amara)).await.status, StatusCode::NOT_FOUND);
    let jonas = app.cookie(&world, cast.jonas.me()).await;
    assert_eq!(app.get(&format!("/portal/disclosures/{id}"), Some(&jonas)).await.status, StatusCode::OK);
});

both!(silence_has_a_reason_and_ends_when_the_therapist_is_asked_again, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    note(&cast.ruth, &cast, NoteScope::Joint, "canary-joint").await;
    let silent = [
        ("items", "attendance"),
        ("telling", "forbidden"),
        ("untold_reason", "The court forbids it."),
        ("ask_again_on", "2026-12-01"),
    ];
    assert_eq!(post(&app, &ruth, &cast, &silent[..2]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let id = prepare(&app, &ruth, &cast, &silent).await;
    confirm(&app, &world, &cast, id).await;
    send(&app, &ruth, id).await.unwrap();
    let jonas = app.cookie(&world, cast.jonas.me()).await;
    assert_eq!((unread(&cast.amara).await, unread(&cast.jonas).await), (0, 0));
    assert!(cast.jonas.told_disclosures().await.unwrap().is_empty());
    assert_eq!(app.get(&format!("/portal/disclosures/{id}"), Some(&jonas)).await.status, StatusCode::NOT_FOUND);
    let asks = async || {
        let tasks = cast.ruth.leaving_tasks(None).await.unwrap().rows;
        tasks.iter().any(|task| task.work == LeavingWork::Tell(id))
    };
    assert!(!asks().await, "not before its day");
    world.clock.advance(Duration::days(8));
    assert!(asks().await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let path = format!("/disclosures/{id}/telling");
    let refused = app.post(&path, Some(&ruth), &[("telling", "forbidden"), ("untold_reason", "Still so.")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Still so."), "{}", refused.text);
    let again = [("telling", "forbidden"), ("untold_reason", "Still so."), ("ask_again_on", "2026-12-10")];
    app.post(&path, Some(&ruth), &again).await;
    assert!(!asks().await);
    assert_eq!(cast.ruth.disclosure(id).await.unwrap().unwrap().silences.len(), 2, "each reason is on record");
    world.clock.advance(Duration::days(9));
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    assert!(asks().await);
    app.post(&path, Some(&ruth), &[("telling", "tell")]).await;
    assert!(!asks().await);
    assert_eq!((unread(&cast.amara).await, unread(&cast.jonas).await), (1, 1));
    assert_eq!(cast.jonas.told_disclosures().await.unwrap().len(), 1);
});

both!(colleague_declines_with_a_reason, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let id = prepare(&app, &ruth, &cast, &[("items", "goals")]).await;
    let emeka = app.cookie(&world, cast.emeka.me()).await;
    let path = format!("/disclosures/{id}/answer");
    let got = app.post(&path, Some(&emeka), &[("do", "decline")]).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    app.post(&path, Some(&emeka), &[("do", "decline"), ("reason", "No danger is named.")]).await;
    // The first answer stays.
    app.post(&path, Some(&emeka), &[("do", "confirm")]).await;
    let found = cast.ruth.disclosure(id).await.unwrap().unwrap();
    assert_eq!(found.state, DisclosureState::Declined);
    assert_eq!(found.answer.unwrap().reason, "No danger is named.");
    assert!(send(&app, &ruth, id).await.unwrap_err().contains("disclosure_not_ready"));
    let got = app.post(&format!("/disclosures/{id}/drop"), Some(&ruth), &[]).await;
    assert!(got.location().contains("disclosure_dropped"));
    assert_eq!(cast.ruth.disclosure(id).await.unwrap().unwrap().state, DisclosureState::Dropped);
    let changed = world.by_hand("UPDATE disclosure SET answer = 'confirmed' WHERE id = $1", id.0).await;
    assert!(changed.unwrap_err().to_string().contains("disclosure_stays"));
});

both!(order_is_attached_and_stays_when_its_document_is_removed, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let order = document(&world, &cast, NoteScope::Joint, "canary-order").await;
    let court = [("items", "attendance"), ("ground", "court")];
    assert_eq!(post(&app, &ruth, &cast, &court).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let id = prepare(&app, &ruth, &cast, &[court[0], court[1], ("order", &order.to_string())]).await;
    cast.ruth.remove_document(order).await.unwrap().unwrap();
    let emeka = app.cookie(&world, cast.emeka.me()).await;
    let got = app.get(&format!("/disclosures/{id}/order"), Some(&emeka)).await;
    assert_eq!((got.status, got.text.as_str()), (StatusCode::OK, "canary-order"));
});

both!(nobody_else_reaches_a_disclosure, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let order = document(&world, &cast, NoteScope::Joint, "canary-order").await.to_string();
    let id = prepare(&app, &ruth, &cast, &[("items", "goals"), ("order", &order)]).await;
    for account in [cast.desk.me(), cast.owner.me(), cast.stranger.me(), cast.amara.me()] {
        let cookie = app.cookie(&world, account).await;
        for path in [format!("/disclosures/{id}"), format!("/disclosures/{id}/order")] {
            assert_eq!(app.get(&path, Some(&cookie)).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        for act in ["answer", "send", "drop", "telling"] {
            let path = format!("/disclosures/{id}/{act}");
            let got = app.post(&path, Some(&cookie), &[("do", "confirm"), ("telling", "tell")]).await;
            assert_eq!(got.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
    // The colleague of another disclosure does not reach this one.
    let emeka = app.cookie(&world, cast.emeka.me()).await;
    let theirs = format!("/clients/{}/disclosures/new", cast.couple);
    assert_eq!(app.get(&theirs, Some(&emeka)).await.status, StatusCode::NOT_FOUND);
    for act in ["send", "drop", "telling"] {
        let got = app.post(&format!("/disclosures/{id}/{act}"), Some(&emeka), &[("telling", "tell")]).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND, "{act}");
    }
    assert_eq!(cast.ruth.disclosure(id).await.unwrap().unwrap().state, DisclosureState::Confirming);
});
