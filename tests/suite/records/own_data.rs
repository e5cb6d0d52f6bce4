//! A person's own data: asking for a copy alone, the clinicians' decisions, and the two
//! files.

use std::collections::BTreeSet;

use app::{own_copy, words::Words};
use axum::http::StatusCode;
use chrono::Duration;
use domain::{
    clients::person::{Language, Zone},
    form::Form,
    ids::{DataRequestId, NoteId},
    records::{
        note::{NoteHeader, NoteScope, NoteText, TypedHeader, header_edits::HeaderEdits},
        own_data::{
            Decided, Decision, Ground, ItemKind, Letter, RequestState,
            copy::{Kind, Part, Reader, Shape},
        },
        release::Manner,
    },
};
use duologue::own_copies::make_copies;
use sha2::{Digest as _, Sha256};
use sqlx::Connection as _;
use store::{
    CopyFormat, CopyHanded, DataAsked, Gathered, ItemDecided, MadeCopy, NoteWrite, PartFinished, SaveKind, TableUse,
    people_tables,
};
use tests::{
    Backend, World,
    app::App,
    both,
    people::{Cast, person, small_answers},
};

use crate::{clients::unseen::plain, records::documents};

/// A signed note of Ruth's on the couple.
async fn note(cast: &Cast, scope: NoteScope, text: &str) -> NoteId {
    let text = NoteText::free(scope, text);
    match cast.ruth.create_note(cast.couple, None, None, &text, SaveKind::Signed).await.unwrap() {
        NoteWrite::Saved(id) => id,
        other => panic!("{other:?}"),
    }
}

/// Amara's request for a copy.
async fn asked(cast: &Cast) -> DataRequestId {
    match cast.amara.ask_for_data(None).await.unwrap() {
        DataAsked::Asked(id) => id,
        DataAsked::Open => panic!("there is none"),
    }
}

/// A decision to leave an item out.
fn left_out(ground: Ground) -> Decided {
    let (reason, text) = ("canary-reason".to_owned(), String::new());
    Decided { decision: Decision::Out, ground: Some(ground), reason, text }
}

/// Decides about an item that nobody has decided about.
async fn decide(cast: &Cast, request: DataRequestId, note: NoteId, decided: &Decided) {
    let done = cast.ruth.decide_data_item(request, note.0, 0, decided).await.unwrap();
    assert_eq!(done, ItemDecided::Saved);
}

/// What the files of a request are made of, as text: every value of them.
async fn gathered(world: &World, request: DataRequestId) -> Gathered {
    world.store.worker().gather_copies(request).await.unwrap().expect("all is decided")
}

/// The words of the PDF of a request that is decided.
fn words_of_pdf(gathered: &Gathered) -> String {
    let sheet = own_copy::sheet(&gathered.copies[0].1, "Amara Nwosu", Words::new(Language::English), &Zone::utc());
    format!("{sheet:?}")
}

both!(a_copy_has_what_is_ones_own_and_no_byte_of_the_other_partners, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    cast.jonas.save_draft(occurrence, &small_answers("jonas"), 0, None).await.unwrap();
    cast.amara.write_message(cast.couple, None, "canary-message-amara", None).await.unwrap();
    cast.jonas.write_message(cast.couple, None, "canary-message-jonas", None).await.unwrap();
    let jonas = documents::upload(&world.store, cast.jonas.me(), b"canary-file-jonas").await;
    documents::hand_in(&cast.jonas, cast.couple, "canary-title-jonas", &jonas, false).await;
    let amara = documents::upload(&world.store, cast.amara.me(), b"canary-file-amara").await;
    documents::hand_in(&cast.amara, cast.couple, "canary-title-amara", &amara, false).await;
    let joint = note(&cast, NoteScope::Joint, "canary-joint-note").await;
    let edited = note(&cast, NoteScope::Joint, "canary-whole-note").await;
    let hidden = note(&cast, NoteScope::Joint, "canary-hidden-note").await;
    note(&cast, NoteScope::PartnerA, "canary-note-of-amara").await;
    let about = note(&cast, NoteScope::PartnerB, "canary-note-of-jonas: Amara is far away.").await;
    note(&cast, NoteScope::PartnerB, "canary-other-note").await;
    let process = note(&cast, NoteScope::Process, "canary-process-note").await;
    let mut text = NoteText::free(NoteScope::PartnerA, "canary-headed-note");
    text.header = Some(TypedHeader::whole(NoteHeader {
        date: "2026-11-20".parse().unwrap(),
        starts: None,
        ends: None,
        place: "canary-place".to_owned(),
        kind: String::new(),
        attendance: vec![],
        others: String::new(),
        policy: "Limited secrets, suspended".to_owned(),
        edits: HeaderEdits::default(),
    }));
    cast.ruth.create_note(cast.couple, None, None, &text, SaveKind::Signed).await.unwrap();

    let request = asked(&cast).await;
    assert_eq!(cast.ruth.finish_data_request(request).await.unwrap(), PartFinished::Undecided(4));
    decide(&cast, request, joint, &Decided::INCLUDED).await;
    let excerpt = |text: &str| Decided { decision: Decision::Redacted, text: text.to_owned(), ..Decided::INCLUDED };
    decide(&cast, request, edited, &excerpt("canary-edited-copy")).await;
    decide(&cast, request, hidden, &left_out(Ground::Others)).await;
    decide(&cast, request, process, &left_out(Ground::Others)).await;
    let case = cast.ruth.data_case(request, None).await.unwrap().unwrap();
    assert_eq!(case.mentions.len(), 1, "one note of Jonas's names her");
    assert_eq!((case.mentions[0].id, case.mentions[0].decision), (about.0, Some(Decision::Out)));
    let whole = cast.ruth.decide_data_item(request, about.0, 0, &Decided::INCLUDED).await.unwrap();
    assert_eq!(whole, ItemDecided::Gone, "a note of the other partner never leaves whole");
    assert_eq!(cast.ruth.finish_data_request(request).await.unwrap(), PartFinished::Done);

    let made_of = gathered(&world, request).await;
    assert_eq!(make_copies(&world.store).await.unwrap(), 1);
    assert_eq!(make_copies(&world.store).await.unwrap(), 0, "they are made once");
    let json = cast.amara.fetch_own_copy(request, CopyFormat::Json).await.unwrap().unwrap();
    let pdf = cast.amara.fetch_own_copy(request, CopyFormat::Pdf).await.unwrap().unwrap();
    assert!(pdf.bytes.starts_with(b"%PDF-"));
    let (data, sheet) = (String::from_utf8(json.bytes.to_vec()).unwrap(), words_of_pdf(&made_of));
    let raw = String::from_utf8_lossy(&pdf.bytes).into_owned();
    for own in [
        "canary-amara-mine",
        "canary-amara-therapist",
        "canary-amara-reveal",
        "canary-message-amara",
        "canary-title-amara",
        "canary-joint-note",
        "canary-edited-copy",
        "canary-note-of-amara",
        "canary-headed-note",
        "canary-place",
    ] {
        assert!(data.contains(own), "{own} is in the data file: {data}");
        assert!(sheet.contains(own), "{own} is in the PDF");
    }
    for other in [
        "jonas-mine",
        "canary-jonas",
        "canary-message-jonas",
        "canary-title-jonas",
        "canary-file-jonas",
        "canary-whole-note",
        "canary-hidden-note",
        "canary-note-of-jonas",
        "canary-other-note",
        "canary-process-note",
        "canary-reason",
        // What the policy was may tell that the other withdrew.
        "suspended",
        "Secrets policy",
        "jonas@example.org",
    ] {
        for (name, text) in [("data file", &data), ("PDF", &sheet), ("PDF's bytes", &raw)] {
            assert!(!text.contains(other), "{other} is in the {name}");
        }
    }
    let value: serde_json::Value = serde_json::from_str(&data).unwrap();
    let content = value["documents"][0]["content"].as_str().unwrap();
    assert_eq!(content, "Y2FuYXJ5LWZpbGUtYW1hcmE=", "the document itself");
    assert_eq!(value["left_out"].as_array().unwrap().len(), 1, "she is told of one joint note, and of nothing else");
    assert_eq!(value["left_out"][0]["ground"], "others");
    assert!(sheet.contains("It does not mean that there is any"), "the same sentence is in every copy");
});

both!(what_the_other_has_revealed_is_in_the_copy_as_both_can_read_it, |world| {
    let cast = Cast::new(&world.store).await;
    let occurrence = cast.assign().await;
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    cast.jonas.submit(occurrence, &small_answers("jonas")).await.unwrap();
    let request = asked(&cast).await;
    assert_eq!(cast.ruth.finish_data_request(request).await.unwrap(), PartFinished::Done);
    let copy = serde_json::to_string(&gathered(&world, request).await.copies[0].1).unwrap();
    assert!(copy.contains("canary-jonas-reveal"), "{copy}");
    assert!(!copy.contains("canary-jonas-mine") && !copy.contains("canary-jonas-therapist"), "{copy}");
    // After a separation they can read nothing of each other, and the copy has only her own.
    assert!(cast.ruth.separate(cast.couple).await.unwrap());
    let gathered = gathered(&world, request).await;
    let copy = serde_json::to_string(&gathered.copies[0].1).unwrap();
    assert!(copy.contains("canary-amara-reveal") && !copy.contains("canary-jonas"), "{copy}");
    assert!(gathered.copies[0].0.is_some(), "she cannot sign in any more: a clinician hands it over");
});

both!(asking_changes_no_byte_for_the_other_partner_the_desk_and_the_owner, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    note(&cast, NoteScope::Joint, "canary-joint-note").await;
    let mut pages = Vec::new();
    for (who, paths) in [
        (cast.jonas.me(), &["/portal", "/portal/data", "/portal/settings", "/portal/messages", "/account"][..]),
        (cast.desk.me(), &["/desk", "/email-log", "/desk/clients"][..]),
        (cast.owner.me(), &["/practice", "/staff"][..]),
    ] {
        let cookie = app.cookie(&world, who).await;
        for path in paths {
            let before = plain(&app.get(path, Some(&cookie)).await.text);
            pages.push((cookie.clone(), *path, before));
        }
    }
    let request = asked(&cast).await;
    assert!(cast.ruth.extend_data_request(request, "canary-extension").await.unwrap());
    assert_eq!(cast.ruth.include_open_items(request).await.unwrap(), Some(1));
    assert_eq!(cast.ruth.finish_data_request(request).await.unwrap(), PartFinished::Done);
    make_copies(&world.store).await.unwrap();
    cast.amara.fetch_own_copy(request, CopyFormat::Pdf).await.unwrap().unwrap();
    for (cookie, path, before) in &pages {
        let after = plain(&app.get(path, Some(cookie)).await.text);
        if *path != "/email-log" {
            assert_eq!(*before, after, "{path}");
        }
        assert!(!after.contains("canary") && !after.contains("copy of a person"), "{path}: {after}");
    }
    for who in [cast.jonas.me(), cast.stranger.me(), cast.desk.me(), cast.owner.me(), cast.emeka.me()] {
        let cookie = app.cookie(&world, who).await;
        for path in [
            format!("/portal/data/{request}/pdf"),
            format!("/portal/data/{request}/json"),
            format!("/data-requests/{request}"),
            format!("/data-requests/{request}/extension"),
        ] {
            assert_eq!(app.get(&path, Some(&cookie)).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        for path in [format!("/portal/data/{request}/cancel"), format!("/data-requests/{request}/finish")] {
            assert_eq!(app.post(&path, Some(&cookie), &[]).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
});

both!(of_two_asks_at_once_one_request_is_made, |world| {
    let cast = Cast::new(&world.store).await;
    let (a, b) = tokio::join!(cast.amara.ask_for_data(None), cast.amara.ask_for_data(None));
    let made = [a.unwrap(), b.unwrap()].into_iter().filter(|asked| matches!(asked, DataAsked::Asked(_))).count();
    assert_eq!(made, 1);
    assert_eq!(cast.amara.data_requests(None).await.unwrap().rows.len(), 1);
    assert!(cast.jonas.data_requests(None).await.unwrap().rows.is_empty());
    // The other partner asks for their own at any time.
    assert!(matches!(cast.jonas.ask_for_data(None).await.unwrap(), DataAsked::Asked(_)));
    // Taken back, it can be asked for again, and no files are made for it.
    let first = cast.amara.current_data_request().await.unwrap().unwrap().id;
    assert!(cast.amara.cancel_data_request(first).await.unwrap());
    assert!(!cast.amara.cancel_data_request(first).await.unwrap());
    assert_eq!(cast.ruth.finish_data_request(first).await.unwrap(), PartFinished::Gone);
    asked(&cast).await;
});

both!(two_programs_that_make_the_files_at_once_keep_them_once, |world| {
    let cast = Cast::new(&world.store).await;
    let request = asked(&cast).await;
    assert_eq!(cast.ruth.finish_data_request(request).await.unwrap(), PartFinished::Done);
    let made = [MadeCopy { client: None, pdf: b"%PDF-1".to_vec(), json: b"{}".to_vec() }];
    let (one, two) = (world.store.worker(), world.store.worker());
    let (a, b) = tokio::join!(one.keep_copies(request, &made), two.keep_copies(request, &made));
    assert_ne!(a.unwrap(), b.unwrap(), "one of them keeps the files");
    let own = cast.amara.data_requests(None).await.unwrap().rows.swap_remove(0);
    assert_eq!(own.copies.len(), 2);
    assert_eq!(own.copies[0].sha256, Sha256::digest(b"%PDF-1").to_vec());
    let handovers = cast.ruth.handovers(cast.couple, None).await.unwrap().rows;
    assert_eq!(handovers.len(), 1, "what left is on record once");
    assert_eq!(handovers[0].door, domain::records::handover::Door::OwnData);
    // One taken back meanwhile gets none.
    let next = asked(&cast).await;
    assert_eq!(cast.ruth.finish_data_request(next).await.unwrap(), PartFinished::Done);
    assert!(cast.amara.cancel_data_request(next).await.unwrap());
    assert!(!world.store.worker().keep_copies(next, &made).await.unwrap());
});

both!(the_month_counts_and_can_be_extended_once_with_a_reason_that_the_person_reads, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let request = asked(&cast).await;
    let task = cast.ruth.data_tasks().await.unwrap().swap_remove(0);
    let received = cast.amara.current_data_request().await.unwrap().unwrap().received_on;
    assert_eq!(task.due_on, domain::records::own_data::due_on(received, false));
    let shown = app.get("/today", Some(&ruth)).await.text;
    assert!(shown.contains("Copy of data for Amara Nwosu") && shown.contains("In time"), "{shown}");
    world.clock.advance(Duration::days(26));
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    assert!(app.get("/today", Some(&ruth)).await.text.contains("days left"));
    let path = format!("/data-requests/{request}/extension");
    let refused = app.post(&path, Some(&ruth), &[("reason", " ")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Write why it takes longer."), "{}", refused.text);
    let extended = app.post(&path, Some(&ruth), &[("reason", "canary-extension")]).await;
    assert_eq!(extended.status, StatusCode::SEE_OTHER);
    assert!(!cast.ruth.extend_data_request(request, "again").await.unwrap(), "once");
    let amara = app.cookie(&world, cast.amara.me()).await;
    assert!(app.get("/portal/data", Some(&amara)).await.text.contains("canary-extension"));
    assert!(app.get("/today", Some(&ruth)).await.text.contains("In time"));
    world.clock.advance(Duration::days(80));
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    assert!(app.get("/today", Some(&ruth)).await.text.contains("days late"));
    // The other therapist and the desk have none of it.
    assert!(cast.emeka.data_tasks().await.unwrap().is_empty());
});

both!(downloads_are_recorded_and_the_files_are_removed_after_fourteen_days, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let request = asked(&cast).await;
    assert!(cast.amara.fetch_own_copy(request, CopyFormat::Pdf).await.unwrap().is_none(), "nothing is ready");
    assert_eq!(cast.ruth.finish_data_request(request).await.unwrap(), PartFinished::Done);
    make_copies(&world.store).await.unwrap();
    let cookie = app.cookie(&world, cast.amara.me()).await;
    let got = app.get(&format!("/portal/data/{request}/json"), Some(&cookie)).await;
    assert_eq!((got.status, &got.headers["content-type"]), (StatusCode::OK, &"application/json".parse().unwrap()));
    assert_eq!(&got.headers["cache-control"], "no-store");
    let disposition = got.headers["content-disposition"].to_str().unwrap();
    assert!(disposition.starts_with("attachment; filename=\"own-data-"), "{disposition}");
    let own = cast.amara.data_requests(None).await.unwrap().rows.swap_remove(0);
    assert_eq!(own.request.state, RequestState::Ready);
    assert_eq!(own.copies.iter().map(|copy| copy.downloads.len()).sum::<usize>(), 1);
    let case = cast.ruth.data_case(request, None).await.unwrap().unwrap();
    assert_eq!(case.copies.iter().flat_map(|copy| &copy.downloads).filter(|(_, own)| *own).count(), 1);
    let files = "SELECT count(*) FROM file WHERE sealed_key IS NOT NULL";
    assert_eq!(world.number(files).await.unwrap(), 2);
    world.clock.advance(Duration::days(14) + Duration::seconds(1));
    assert!(cast.amara.fetch_own_copy(request, CopyFormat::Json).await.unwrap().is_none(), "its time is over");
    make_copies(&world.store).await.unwrap();
    assert_eq!(world.number(files).await.unwrap(), 0, "no byte of it is kept");
    let own = cast.amara.data_requests(None).await.unwrap().rows.swap_remove(0);
    assert_eq!((own.request.state, own.copies.len()), (RequestState::Over, 2));
    asked(&cast).await;
});

both!(a_request_by_letter_is_handed_over_by_the_clinician_without_what_is_hers_alone, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let occurrence = cast.assign().await;
    cast.amara.submit(occurrence, &small_answers("amara")).await.unwrap();
    let amara = person(&cast.ruth, cast.couple, "Amara").await;
    let path = format!("/clients/{}/data-requests", cast.couple);
    let refused = app.post(&path, Some(&ruth), &[("checked", "canary-checked"), ("received_on", "2099-01-01")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Choose who asks.") && refused.text.contains("canary-checked"), "{}", refused.text);
    let letter = Letter { received_on: "2026-11-20".parse().unwrap(), checked: "Her passport.".to_owned() };
    let made = cast.ruth.enter_data_request(cast.couple, amara, &letter, None).await.unwrap().unwrap();
    let DataAsked::Asked(request) = made else { panic!("entered") };
    let again = cast.ruth.enter_data_request(cast.couple, amara, &letter, None).await.unwrap().unwrap();
    assert_eq!(again, DataAsked::Open);
    assert!(cast.emeka.enter_data_request(cast.couple, amara, &letter, None).await.unwrap().is_none());
    assert_eq!(cast.ruth.finish_data_request(request).await.unwrap(), PartFinished::Done);
    make_copies(&world.store).await.unwrap();
    assert!(cast.amara.fetch_own_copy(request, CopyFormat::Json).await.unwrap().is_none(), "it is handed over");
    assert!(cast.emeka.fetch_handed_copy(request, cast.couple, CopyFormat::Json).await.unwrap().is_none());
    let json = cast.ruth.fetch_handed_copy(request, cast.couple, CopyFormat::Json).await.unwrap().unwrap();
    let data = String::from_utf8(json.bytes.to_vec()).unwrap();
    assert!(data.contains("canary-amara-therapist") && !data.contains("canary-amara-mine"), "{data}");
    let value: serde_json::Value = serde_json::from_str(&data).unwrap();
    assert_eq!(value["is_whole"], false);
    for part in ["sign_ins", "emails"] {
        assert!(value[part].as_array().unwrap().is_empty(), "{part}");
    }
    let case = format!("/data-requests/{request}");
    let shown = app.get(&case, Some(&ruth)).await.text;
    assert!(shown.contains("Her passport.") && shown.contains("Record handover"), "{shown}");
    let form = [("client", cast.couple.to_string()), ("address", "Lake Road 1".to_owned())];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = app.post(&format!("{case}/handed"), Some(&ruth), &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Lake Road 1"), "nothing typed is lost: {}", refused.text);
    let handed = cast.ruth.record_copy_handed(request, cast.couple, (Manner::Post, "Lake Road 1")).await.unwrap();
    assert_eq!(handed, CopyHanded::Done);
    cast.ruth.record_copy_handed(request, cast.couple, (Manner::Post, "Lake Road 1")).await.unwrap();
    let handovers = cast.ruth.handovers(cast.couple, None).await.unwrap().rows;
    assert_eq!(handovers.len(), 1, "it is on record once");
    let (_, files) = cast.ruth.handover(handovers[0].id).await.unwrap().unwrap();
    let sha256 = files.iter().find(|file| file.name.ends_with(".json")).unwrap().sha256;
    assert_eq!(sha256[..], Sha256::digest(&*json.bytes)[..]);
});

both!(a_decision_that_a_colleague_changed_is_shown_and_not_overwritten, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let joint = note(&cast, NoteScope::Joint, "canary-joint-note").await;
    let request = asked(&cast).await;
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let path = format!("/data-requests/{request}/items/{joint}");
    let shown = app.get(&path, Some(&ruth)).await.text;
    assert!(shown.contains("canary-joint-note"), "{shown}");
    let refused =
        app.post(&path, Some(&ruth), &[("decision", "out"), ("reason", "canary-kept"), ("revision", "0")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Choose what they are told.") && refused.text.contains("canary-kept"));
    decide(&cast, request, joint, &left_out(Ground::Harm)).await;
    let late = app.post(&path, Some(&ruth), &[("decision", "in"), ("revision", "0")]).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.text.contains("A colleague decided this in the meantime."), "{}", late.text);
    let item = cast.ruth.data_item(request, joint.0).await.unwrap().unwrap().1;
    assert_eq!(item.decided.unwrap().decision, Decision::Out);
    assert_eq!(
        app.post(&path, Some(&ruth), &[("decision", "in"), ("revision", "1")]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(cast.ruth.finish_data_request(request).await.unwrap(), PartFinished::Done);
    let after = cast.ruth.decide_data_item(request, joint.0, 2, &left_out(Ground::Law)).await.unwrap();
    assert_eq!(after, ItemDecided::Closed, "what is finished stays");
});

both!(the_email_that_a_copy_is_ready_says_nothing_of_it, |world| {
    let cast = Cast::new(&world.store).await;
    let request = asked(&cast).await;
    assert_eq!(cast.ruth.finish_data_request(request).await.unwrap(), PartFinished::Done);
    make_copies(&world.store).await.unwrap();
    world.clock.advance(Duration::hours(1));
    let due = world.store.worker().claim_due(100, Duration::minutes(1)).await.unwrap();
    let news: Vec<_> = due.iter().filter(|mail| mail.kind == domain::outbox::reminder::EmailKind::Copy).collect();
    assert_eq!(news.len(), 1);
    assert_eq!(news[0].recipient_name, "Amara Nwosu");
    assert!(matches!(news[0].facts, store::EmailFacts::Portal), "it only says that something is in the portal");
    assert_eq!(news[0].kind.desk_label(), "New activity");
});

both!(who_opened_the_record_is_told_by_role_and_by_name_if_the_practice_says_so, |world| {
    let cast = Cast::new(&world.store).await;
    cast.ruth.client(cast.couple).await.unwrap().unwrap();
    let other = note(&cast, NoteScope::PartnerB, "Only about him.").await;
    cast.ruth.note(other).await.unwrap().unwrap();
    let request = asked(&cast).await;
    assert_eq!(cast.ruth.finish_data_request(request).await.unwrap(), PartFinished::Done);
    let opened = |gathered: &Gathered| format!("{:?}", gathered.copies[0].1.records(Part::Opened));
    let by_role = opened(&gathered(&world, request).await);
    assert!(by_role.contains("Therapist") && by_role.contains("Record"), "{by_role}");
    assert!(!by_role.contains("Ruth"), "{by_role}");
    assert!(!by_role.contains("RecordNote)"), "the note about Jonas is not told of: {by_role}");
    cast.owner.set_names_openers(true).await.unwrap();
    assert!(cast.owner.names_openers().await.unwrap());
    assert!(opened(&gathered(&world, request).await).contains("Ruth"));
});

/// The fields of a shape as the document lists them.
fn rows(shape: Shape, before: &str) -> Vec<String> {
    let mut rows = Vec::new();
    for (field, kind) in shape {
        let name = format!("{before}{}", field.word());
        rows.push(format!("| `{name}` | {} | {} |", kind.name(), field.label()));
        if let Kind::List(inner) = kind {
            rows.extend(self::rows(inner, &format!("{name}[].")));
        }
    }
    rows
}

#[test]
fn the_document_names_every_field_and_word_of_the_data_file() {
    let document = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/own-data.md")).unwrap();
    let mut written: BTreeSet<&str> = document.lines().collect();
    for part in Part::ALL {
        let head = format!("### `{}`: {}", part.word(), part.label());
        let section = document.split(&head).nth(1).unwrap_or_else(|| panic!("{head}"));
        let section = section.split("\n### ").next().unwrap();
        for row in rows(part.shape(), "") {
            assert!(section.contains(&row), "docs/own-data.md, {head}: {row}");
            written.remove(row.as_str());
        }
    }
    for word in domain::records::own_data::copy::Term::ALL {
        let row = format!("| `{}` | {} |", word.word(), word.label());
        assert!(written.remove(row.as_str()), "docs/own-data.md: {row}");
    }
    assert!(document.contains(domain::records::own_data::copy::FORMAT));
    let kinds =
        [" | text | ", " | word | ", " | day | ", " | instant | ", " | number | ", " | yes/no | ", " | list | "];
    let left: Vec<&&str> = written.iter().filter(|line| kinds.iter().any(|kind| line.contains(kind))).collect();
    assert!(left.is_empty(), "docs/own-data.md names fields that no copy has: {left:?}");
    assert_ne!(Reader::Person, Reader::HandOver);
}

/// A new table has to be in the copy, or in the list of exceptions with a reason.
#[tokio::test]
async fn every_table_is_in_the_copy_or_has_a_reason_not_to_be() {
    let world = World::new(Backend::Sqlite).await;
    let mut c = sqlx::SqliteConnection::connect(&format!("sqlite://{}", world.address_text)).await.unwrap();
    let schema: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema
         WHERE type = 'table' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' ORDER BY name",
    )
    .fetch_all(&mut c)
    .await
    .unwrap();
    let named: BTreeSet<&str> = people_tables().iter().map(|(table, _)| *table).collect();
    let schema: BTreeSet<&str> = schema.iter().map(String::as_str).collect();
    let missing: Vec<_> = schema.difference(&named).collect();
    assert!(missing.is_empty(), "say in server/store/src/records/own_data/tables.rs where these are: {missing:?}");
    let gone: Vec<_> = named.difference(&schema).collect();
    assert!(gone.is_empty(), "these are no tables: {gone:?}");
    let used = people_tables().iter().filter(|(_, of)| matches!(of, TableUse::In(_))).count();
    assert!(used > 30, "{used}");
    assert!(ItemKind::ALL.iter().all(|kind| !kind.decisions().is_empty()));
    assert!(Decided::read(&Form::default(), ItemKind::JointNote).is_err());
}
