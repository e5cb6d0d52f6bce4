//! Releases to a third party: nothing leaves before everyone has signed, either can
//! withdraw until it is sent, and of one partner's own part only what that partner
//! ticked leaves.

use std::{process::Command, sync::Arc};

use axum::http::StatusCode;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::{
    ids::{AskId, DocumentId, HandoverId, NoteId, ReleaseId},
    records::{
        consents::CopyGiven,
        document::{DocumentDetails, DocumentKind},
        handover::FilePart,
        note::{NoteScope, NoteText},
        release::{ReleaseState, Signing},
    },
};
use sha2::{Digest as _, Sha256};
use store::{
    Clinician, MadeFile, NoteWrite, OwnAsk, OwnReleaseState, Partner, ReleaseWithdrawn, SaveKind, Sent, SignOutcome,
    SignedBy,
};
use tests::{
    World,
    app::App,
    both,
    people::{Cast, visitor},
};

use super::documents;

/// Writes a signed note of the couple that contains this text.
pub(super) async fn note(ruth: &Clinician, cast: &Cast, scope: NoteScope, text: &str) -> NoteId {
    let text = NoteText::free(scope, text);
    match ruth.create_note(cast.couple, None, None, &text, SaveKind::Signed).await.unwrap() {
        NoteWrite::Saved(id) => id,
        other => panic!("{other:?}"),
    }
}

/// Adds a document with these words to the couple's record.
pub(super) async fn document(world: &World, cast: &Cast, scope: NoteScope, words: &str) -> DocumentId {
    let upload = documents::upload(&world.store, cast.ruth.me(), words.as_bytes()).await;
    documents::add(&cast.ruth, cast.couple, scope, &format!("Title of {words}"), &upload).await
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A release form as it is filled in for notes, goals, attendance and exercises.
fn form(more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut form: Vec<(String, String)> = [
        ("kind", "record"),
        ("recipient", "Dr. Weiss"),
        ("address", "Hauptstraße 1\nBerlin"),
        ("manner", "post"),
        ("purpose", "A second opinion"),
        ("by", "Ruth Abrahams"),
        ("range", "signature"),
        ("notes", "yes"),
        ("attendance", "yes"),
        ("goals", "yes"),
        ("exercises", "yes"),
        ("term", "once"),
        ("ends_on", "2027-02-21"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    for (name, value) in more {
        if !matches!(*name, "documents" | "own.a.documents" | "own.b.documents") {
            form.retain(|(n, _)| n != name);
        }
        form.push(((*name).to_owned(), (*value).to_owned()));
    }
    form
}

/// Prepares a release over HTTP as Ruth and gives its id.
async fn prepare(app: &App, ruth: &str, cast: &Cast, more: &[(&str, &str)]) -> ReleaseId {
    let form = form(more);
    let pairs: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let got = app.post(&format!("/clients/{}/releases", cast.couple), Some(ruth), &pairs).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    let id = got.location().trim_start_matches("/releases/").split('?').next().unwrap();
    id.parse().unwrap()
}

/// Signs what a partner is asked to sign.
pub(crate) async fn sign_ask(partner: &Partner, ask: AskId, now: DateTime<Utc>) -> SignOutcome {
    let by = signature(partner, ask, now).await;
    partner.sign_consent(ask, &by).await.unwrap()
}

/// The signature on what the page shows now.
async fn signature(partner: &Partner, ask: AskId, now: DateTime<Utc>) -> SignedBy {
    let Some(OwnAsk::ToSign(shown)) = partner.own_consent(ask).await.unwrap() else { panic!("it is to be signed") };
    SignedBy {
        typed_name: shown.name.clone(),
        statement: "I agree.".into(),
        shown: shown.hash.clone(),
        shown_at: now,
        copy: CopyGiven::Portal,
        evidence: None,
    }
}

/// Signs a release as a partner who has just signed in.
async fn sign(world: &World, partner: &Partner, id: ReleaseId) {
    let fresh = world.store.partner(&visitor(&world.store, partner.me()).await).unwrap();
    let ask = fresh.own_release(id).await.unwrap().unwrap().ask;
    assert!(matches!(sign_ask(&fresh, ask, world.clock.now()).await, SignOutcome::Signed(_)));
}

async fn state(cast: &Cast, id: ReleaseId) -> ReleaseState {
    cast.ruth.release(id).await.unwrap().unwrap().state
}

/// The words of a PDF, as another program reads them.
fn words_of(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("left.pdf");
    std::fs::write(&file, pdf).unwrap();
    let said = Command::new("pdftotext").arg(&file).arg("-").output().expect("`make test` installs poppler-utils");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8_lossy(&said.stdout).into_owned()
}

/// Everything that left by a handover: the name, the part and the words of each file.
pub(super) async fn left(ruth: &Clinician, id: HandoverId) -> Vec<(String, FilePart, String)> {
    let (_, files) = ruth.handover(id).await.unwrap().unwrap();
    let mut all = Vec::new();
    for file in files {
        let (name, bytes) = ruth.handed_file(id, file.number).await.unwrap().unwrap();
        assert_eq!(name, file.name);
        assert_eq!(*Sha256::digest(&*bytes), file.sha256, "{name}: the hash is that of the bytes");
        assert_eq!(u64::try_from(bytes.len()).unwrap(), file.bytes);
        let words = if name.ends_with(".pdf") { words_of(&bytes) } else { String::from_utf8(bytes.to_vec()).unwrap() };
        all.push((name, file.part, words));
    }
    all
}

/// Sends a release over HTTP; the handover, or where the answer led instead.
async fn send(app: &App, ruth: &str, id: ReleaseId) -> Result<HandoverId, String> {
    let got = app.post(&format!("/releases/{id}/send"), Some(ruth), &[]).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    match got.location().strip_prefix("/handovers/") {
        Some(rest) => Ok(rest.split('?').next().unwrap().parse().unwrap()),
        None => Err(got.location().to_owned()),
    }
}

both!(release_leaves_only_when_both_have_signed, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    note(&cast.ruth, &cast, NoteScope::Joint, "canary-joint").await;
    note(&cast.ruth, &cast, NoteScope::PartnerA, "canary-own-a").await;
    note(&cast.ruth, &cast, NoteScope::Process, "canary-process").await;
    let letter = document(&world, &cast, NoteScope::Joint, "canary-letter").await.to_string();
    let id = prepare(&app, &ruth, &cast, &[("documents", &letter), ("own.a.notes", "yes")]).await;
    assert!(send(&app, &ruth, id).await.unwrap_err().contains("release_not_ready"));
    sign(&world, &cast.amara, id).await;
    assert_eq!(state(&cast, id).await, ReleaseState::Signing);
    assert!(send(&app, &ruth, id).await.unwrap_err().contains("release_not_ready"));
    assert_eq!(world.number("SELECT count(*) FROM handover").await.unwrap(), 0);
    sign(&world, &cast.jonas, id).await;
    assert_eq!(state(&cast, id).await, ReleaseState::Open);
    let page = app.get(&format!("/releases/{id}"), Some(&ruth)).await.text;
    assert!(page.contains("Ready to send") && page.contains("own part not released"), "{page}");
    let handover = send(&app, &ruth, id).await.unwrap();
    let files = left(&cast.ruth, handover).await;
    let names: Vec<&str> = files.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["record.pdf", "record.json", "record-document-1.txt"]);
    for (name, part, words) in &files {
        assert_eq!(*part, FilePart::Joint);
        assert!(!words.contains("canary-own") && !words.contains("canary-process"), "{name}: {words}");
    }
    assert!(files[0].2.contains("canary-joint") && files[1].2.contains("canary-joint"));
    assert_eq!(files[2].2, "canary-letter");
    // It is on record, with how it was sent, and once is once.
    assert_eq!(state(&cast, id).await, ReleaseState::Sent);
    assert!(send(&app, &ruth, id).await.unwrap_err().contains("release_not_ready"));
    assert_eq!(world.number("SELECT count(*) FROM handover").await.unwrap(), 1);
    let page = app.get(&format!("/handovers/{handover}"), Some(&ruth)).await.text;
    for words in ["Dr. Weiss", "By post", "A second opinion", "SHA-256", "record.pdf", "Note of"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let file = app.get(&format!("/handovers/{handover}/files/2"), Some(&ruth)).await;
    assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert!(file.text.contains("canary-joint"));
});

both!(own_part_leaves_only_with_its_partners_own_tick, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    note(&cast.ruth, &cast, NoteScope::Joint, "canary-joint").await;
    note(&cast.ruth, &cast, NoteScope::PartnerA, "canary-own-a").await;
    note(&cast.ruth, &cast, NoteScope::PartnerB, "canary-own-b").await;
    let (a, b) = (
        document(&world, &cast, NoteScope::PartnerA, "canary-paper-a").await.to_string(),
        document(&world, &cast, NoteScope::PartnerB, "canary-paper-b").await.to_string(),
    );
    let own = [("own.a.notes", "yes"), ("own.b.notes", "yes"), ("own.a.documents", &*a), ("own.b.documents", &*b)];
    let id = prepare(&app, &ruth, &cast, &own).await;
    let amara = app.cookie(&world, cast.amara.me()).await;
    let jonas = app.cookie(&world, cast.jonas.me()).await;
    let path = format!("/portal/releases/{id}");
    let before = app.get(&path, Some(&jonas)).await.text;
    assert!(before.contains("canary-paper-b") && !before.contains("canary-paper-a"), "{before}");
    // Amara ticks her line; the text that she signs names it.
    let got = app.post(&path, Some(&amara), &[("own", "yes")]).await;
    let ask = cast.amara.own_release(id).await.unwrap().unwrap().ask;
    assert_eq!(got.location(), format!("/portal/consents/{ask}"));
    let Some(OwnAsk::ToSign(shown)) = cast.amara.own_consent(ask).await.unwrap() else { panic!("to sign") };
    assert!(shown.filled.body.contains("canary-paper-a") && !shown.filled.body.contains("canary-paper-b"));
    assert!(!shown.filled.has_gaps, "{}", shown.filled.body);
    sign(&world, &cast.amara, id).await;
    assert_eq!(normal(&before), normal(&app.get(&path, Some(&jonas)).await.text), "nothing shows what she did");
    sign(&world, &cast.jonas, id).await;
    let handover = send(&app, &ruth, id).await.unwrap();
    let files = left(&cast.ruth, handover).await;
    let whole: String = files.iter().map(|(.., words)| words.as_str()).collect();
    assert!(whole.contains("canary-own-a") && whole.contains("canary-paper-a"), "{whole}");
    assert!(!whole.contains("canary-own-b") && !whole.contains("canary-paper-b"), "{whole}");
    for (name, part, words) in &files {
        assert_eq!(words.contains("canary-own-a"), *part == FilePart::PartnerA && !name.contains("document"), "{name}");
    }
});

/// A page without what is different at each opening: form keys.
pub(super) fn normal(page: &str) -> String {
    let mut parts = page.split("name=\"key\" value=\"");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str(part.split_once('"').map_or(part, |(_, rest)| rest));
    }
    let mut parts = text.split("nonce=\"");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once('"').map_or(part, |(_, rest)| rest));
    }
    plain
}

both!(either_withdraws_and_the_other_learns_only_that_it_is_not_open, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    note(&cast.ruth, &cast, NoteScope::Joint, "canary-joint").await;
    let id = prepare(&app, &ruth, &cast, &[]).await;
    sign(&world, &cast.jonas, id).await;
    let jonas = app.cookie(&world, cast.jonas.me()).await;
    let path = format!("/portal/releases/{id}");
    let alone = normal(&app.get(&path, Some(&jonas)).await.text);
    sign(&world, &cast.amara, id).await;
    assert_eq!(alone, normal(&app.get(&path, Some(&jonas)).await.text), "her signature shows nowhere");
    let amara = app.cookie(&world, cast.amara.me()).await;
    let got = app.post(&format!("{path}/withdraw"), Some(&amara), &[]).await;
    assert!(got.location().contains("release_withdrawn"), "{}", got.location());
    assert_eq!(state(&cast, id).await, ReleaseState::Revoked);
    assert!(send(&app, &ruth, id).await.unwrap_err().contains("release_not_ready"));
    let own = cast.jonas.own_release(id).await.unwrap().unwrap();
    assert_eq!((own.state, own.can_withdraw), (OwnReleaseState::NoLongerOpen, false));
    // Closed by the therapist or withdrawn: the other reads the same words.
    let withdrawn = normal(&app.get(&path, Some(&jonas)).await.text);
    assert!(withdrawn.contains("no longer open") && !withdrawn.contains("withdr"), "{withdrawn}");
    let closed = prepare(&app, &ruth, &cast, &[]).await;
    sign(&world, &cast.jonas, closed).await;
    app.post(&format!("/releases/{closed}/close"), Some(&ruth), &[]).await;
    let other = normal(&app.get(&format!("/portal/releases/{closed}"), Some(&jonas)).await.text);
    let ask = cast.jonas.own_release(closed).await.unwrap().unwrap().ask;
    let same = other.replace(&closed.to_string(), &id.to_string()).replace(&ask.to_string(), &own.ask.to_string());
    assert_eq!(withdrawn, same);
});

both!(release_that_is_not_open_is_signed_by_nobody_whatever_ended_it, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    note(&cast.ruth, &cast, NoteScope::Joint, "canary-joint").await;
    let mut all = Vec::new();
    for end in ["withdrawn", "closed", "expired"] {
        let ends_on = if end == "expired" { "2026-11-24" } else { "2026-12-24" };
        let id = prepare(&app, &ruth, &cast, &[("ends_on", ends_on)]).await;
        sign(&world, &cast.amara, id).await;
        let ask = cast.jonas.own_release(id).await.unwrap().unwrap().ask;
        let by = signature(&cast.jonas, ask, world.clock.now()).await;
        match end {
            "withdrawn" => assert!(cast.amara.withdraw_release(id).await.unwrap().is_some()),
            "closed" => assert!(cast.ruth.close_release(id).await.unwrap()),
            _ => {}
        }
        all.push((end, ask, by));
    }
    world.clock.advance(Duration::days(2));
    let jonas = app.cookie(&world, cast.jonas.me()).await;
    for (end, ask, by) in &all {
        let path = format!("/portal/consents/{ask}");
        assert_eq!(app.get(&path, Some(&jonas)).await.status, StatusCode::NOT_FOUND, "{end}");
        let form = [("agreed", "yes"), ("typed_name", "Jonas"), ("shown", "0")];
        assert_eq!(app.post(&path, Some(&jonas), &form).await.status, StatusCode::NOT_FOUND, "{end}");
        assert_eq!(cast.jonas.sign_consent(*ask, by).await.unwrap(), SignOutcome::Gone, "{end}");
        let room = cast.ruth.sign_consent_in_room(*ask, by).await.unwrap();
        assert_eq!(room, SignOutcome::Gone, "{end}: not in the room either");
    }
});

both!(release_expires_after_its_last_day, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    note(&cast.ruth, &cast, NoteScope::Joint, "canary-joint").await;
    let id = prepare(&app, &ruth, &cast, &[("ends_on", "2026-11-25")]).await;
    let until = prepare(&app, &ruth, &cast, &[("ends_on", "2026-11-25"), ("term", "until")]).await;
    for id in [id, until] {
        sign(&world, &cast.amara, id).await;
        sign(&world, &cast.jonas, id).await;
    }
    // It is 12:00 in Berlin: two and a half days later its last day is almost over.
    world.clock.advance(Duration::hours(59));
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    assert_eq!(state(&cast, id).await, ReleaseState::Open);
    assert!(send(&app, &ruth, until).await.is_ok());
    assert!(send(&app, &ruth, until).await.is_ok(), "until its last day it is sent again");
    world.clock.advance(Duration::hours(2));
    assert_eq!(state(&cast, id).await, ReleaseState::Expired);
    assert_eq!(state(&cast, until).await, ReleaseState::Sent);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    for id in [id, until] {
        assert!(send(&app, &ruth, id).await.unwrap_err().contains("release_not_ready"));
    }
    let own = cast.jonas.own_release(id).await.unwrap().unwrap();
    assert_eq!(own.state, OwnReleaseState::NoLongerOpen);
});

both!(what_is_written_after_the_last_signature_does_not_leave, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    note(&cast.ruth, &cast, NoteScope::Joint, "canary-before").await;
    let id = prepare(&app, &ruth, &cast, &[]).await;
    sign(&world, &cast.amara, id).await;
    sign(&world, &cast.jonas, id).await;
    world.clock.advance(Duration::days(2));
    note(&cast.ruth, &cast, NoteScope::Joint, "canary-after").await;
    let draft = NoteText::free(NoteScope::Joint, "canary-draft");
    cast.ruth.create_note(cast.couple, None, None, &draft, SaveKind::Saved).await.unwrap();
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let handover = send(&app, &ruth, id).await.unwrap();
    let whole: String = left(&cast.ruth, handover).await.into_iter().map(|(.., words)| words).collect();
    assert!(whole.contains("canary-before"), "{whole}");
    assert!(!whole.contains("canary-after") && !whole.contains("canary-draft"), "{whole}");
});

both!(process_notes_leave_alone_and_only_by_their_author, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    note(&cast.ruth, &cast, NoteScope::Joint, "canary-joint").await;
    note(&cast.ruth, &cast, NoteScope::Process, "canary-process").await;
    let id = prepare(&app, &ruth, &cast, &[("kind", "process")]).await;
    sign(&world, &cast.amara, id).await;
    sign(&world, &cast.jonas, id).await;
    let covering = app.cookie(&world, cast.emeka.me()).await;
    let care = format!(
        "INSERT INTO care (client_id, clinician_id, covering, starts_on) VALUES ({}, {}, {}, {})",
        world.id(cast.couple.0),
        world.id(cast.emeka.me().0),
        if world.backend == tests::Backend::Sqlite { "1" } else { "true" },
        world.day(day("2026-11-01"))
    );
    world.script(&[care]).await.unwrap();
    assert_eq!(app.get(&format!("/releases/{id}"), Some(&covering)).await.status, StatusCode::NOT_FOUND);
    // Nor what was signed for it, which names the recipient.
    let ask = cast.jonas.own_release(id).await.unwrap().unwrap().ask;
    assert!(cast.ruth.consents(cast.couple).await.unwrap().unwrap().iter().any(|state| state.ask == ask));
    assert!(cast.emeka.consents(cast.couple).await.unwrap().unwrap().iter().all(|state| state.ask != ask));
    assert_eq!(app.get(&format!("/consents/{ask}"), Some(&covering)).await.status, StatusCode::NOT_FOUND);
    let handover = send(&app, &ruth, id).await.unwrap();
    let files = left(&cast.ruth, handover).await;
    for (name, part, words) in &files {
        assert_eq!(*part, FilePart::Process, "{name}");
        assert!(words.contains("canary-process") && !words.contains("canary-joint"), "{name}: {words}");
    }
    for path in [format!("/handovers/{handover}"), format!("/handovers/{handover}/files/1")] {
        assert_eq!(app.get(&path, Some(&covering)).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(cast.emeka.handovers(cast.couple, None).await.unwrap().rows.is_empty());
});

both!(withdrawing_while_it_is_sent_is_before_or_after_and_never_both, |world| {
    let cast = Cast::new(&world.store).await;
    let app = App::new(&world);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    note(&cast.ruth, &cast, NoteScope::Joint, "canary-joint").await;
    let second = world.second().await;
    let cast = Arc::new(cast);
    let (mut sent, mut withdrawn) = (0, 0);
    for round in 0..12_u64 {
        let id = prepare(&app, &ruth, &cast, &[]).await;
        sign(&world, &cast.amara, id).await;
        sign(&world, &cast.jonas, id).await;
        let (_, leaving) = cast.ruth.release_to_send(id).await.unwrap().unwrap();
        let leaving = leaving.unwrap();
        let made = MadeFile { part: FilePart::Joint, name: "record.json".into(), bytes: b"{}".to_vec() };
        let amara = second.partner(&visitor(&second, cast.amara.me()).await).unwrap();
        let sending = {
            let (cast, mark) = (Arc::clone(&cast), leaving.mark.clone());
            tokio::spawn(async move {
                tokio::time::sleep(std::time::Duration::from_millis(round % 4)).await;
                cast.ruth.send_release(id, &mark, &[made]).await.unwrap().unwrap()
            })
        };
        let withdrawing = tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_millis(3 - round % 4)).await;
            amara.withdraw_release(id).await.unwrap().unwrap()
        });
        let (send, withdraw) = (sending.await.unwrap(), withdrawing.await.unwrap());
        let handovers = cast.ruth.handovers_of_release(id).await.unwrap().len();
        match (send, withdraw) {
            (Sent::Done(_), ReleaseWithdrawn::Sent(_)) => {
                sent += 1;
                assert_eq!((handovers, state(&cast, id).await), (1, ReleaseState::Sent));
                let release = cast.ruth.release(id).await.unwrap().unwrap();
                assert!(release.signers.iter().all(|signer| matches!(signer.signing, Signing::Signed(_))));
            }
            (Sent::NotReady, ReleaseWithdrawn::Done) => {
                withdrawn += 1;
                assert_eq!((handovers, state(&cast, id).await), (0, ReleaseState::Revoked));
            }
            other => panic!("half: {other:?}"),
        }
    }
    assert_eq!(sent + withdrawn, 12);
});

both!(what_has_changed_since_the_files_were_made_is_not_sent, |world| {
    let cast = Cast::new(&world.store).await;
    let app = App::new(&world);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let letter = document(&world, &cast, NoteScope::Joint, "canary-letter").await;
    let id = prepare(&app, &ruth, &cast, &[("documents", &letter.to_string())]).await;
    sign(&world, &cast.amara, id).await;
    sign(&world, &cast.jonas, id).await;
    let (_, leaving) = cast.ruth.release_to_send(id).await.unwrap().unwrap();
    let mark = leaving.unwrap().mark;
    // The letter turns out to be Amara's alone.
    let details = DocumentDetails {
        scope: NoteScope::PartnerA,
        title: "Hers".into(),
        kind: DocumentKind::Letter,
        dated: day("2026-11-20"),
    };
    cast.ruth.change_document(letter, &details).await.unwrap();
    assert_eq!(cast.ruth.send_release(id, &mark, &[]).await.unwrap(), Some(Sent::Changed));
    let handover = send(&app, &ruth, id).await.unwrap();
    let whole: String = left(&cast.ruth, handover).await.into_iter().map(|(.., words)| words).collect();
    assert!(!whole.contains("canary-letter") && !whole.contains("Hers"), "{whole}");
});

both!(nobody_else_reaches_a_release_or_what_left, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    note(&cast.ruth, &cast, NoteScope::Joint, "canary-joint").await;
    let id = prepare(&app, &ruth, &cast, &[]).await;
    sign(&world, &cast.amara, id).await;
    sign(&world, &cast.jonas, id).await;
    let handover = send(&app, &ruth, id).await.unwrap();
    let others = [cast.emeka.me(), cast.desk.me(), cast.owner.me(), cast.stranger.me(), cast.amara.me()];
    for account in others {
        let cookie = app.cookie(&world, account).await;
        for path in
            [format!("/releases/{id}"), format!("/handovers/{handover}"), format!("/handovers/{handover}/files/1")]
        {
            assert_eq!(app.get(&path, Some(&cookie)).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        for path in [format!("/releases/{id}/send"), format!("/releases/{id}/close")] {
            assert_eq!(app.post(&path, Some(&cookie), &[]).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
    let stranger = app.cookie(&world, cast.stranger.me()).await;
    assert_eq!(app.get(&format!("/portal/releases/{id}"), Some(&stranger)).await.status, StatusCode::NOT_FOUND);
    for path in [format!("/portal/releases/{id}"), format!("/portal/releases/{id}/withdraw")] {
        assert_eq!(app.post(&path, Some(&stranger), &[]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(cast.stranger.withdraw_release(id).await.unwrap(), None);
    assert!(cast.stranger.own_releases().await.unwrap().is_empty());
});

both!(what_left_stays_on_record_for_ever, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    note(&cast.ruth, &cast, NoteScope::Joint, "canary-joint").await;
    let id = prepare(&app, &ruth, &cast, &[]).await;
    sign(&world, &cast.amara, id).await;
    sign(&world, &cast.jonas, id).await;
    let handover = send(&app, &ruth, id).await.unwrap();
    for statement in [
        "UPDATE handover SET sent_at = sent_at WHERE id = $1",
        "DELETE FROM handover_file WHERE handover_id = $1",
        "UPDATE handover_file SET part = 'process' WHERE handover_id = $1",
        "DELETE FROM file_chunk WHERE file_id IN (SELECT file_id FROM handover_file WHERE handover_id = $1)",
        "UPDATE file_chunk SET number = number WHERE file_id IN (
             SELECT file_id FROM handover_file WHERE handover_id = $1)",
        "DELETE FROM handover WHERE id = $1",
    ] {
        let error = world.by_hand(statement, handover.0).await.unwrap_err().to_string();
        assert!(error.contains("handover_stays") || error.contains("foreign key"), "{statement}: {error}");
    }
    for statement in [
        "UPDATE release SET ends_on = '2030-01-01' WHERE id = $1",
        "UPDATE release SET term = 'until' WHERE id = $1",
        "DELETE FROM release WHERE id = $1",
    ] {
        let error = world.by_hand(statement, id.0).await.unwrap_err().to_string();
        assert!(
            error.contains("release_stays") || error.to_lowercase().contains("foreign key"),
            "{statement}: {error}"
        );
    }
    assert!(!left(&cast.ruth, handover).await.is_empty(), "it can still be opened");
    // An archived client keeps it.
    assert!(cast.ruth.set_archived(cast.couple, true).await.unwrap());
    assert_eq!(cast.ruth.handovers(cast.couple, None).await.unwrap().rows.len(), 1);
});

both!(separation_closes_open_releases_and_hides_them, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    note(&cast.ruth, &cast, NoteScope::Joint, "canary-joint").await;
    let open = prepare(&app, &ruth, &cast, &[]).await;
    sign(&world, &cast.amara, open).await;
    sign(&world, &cast.jonas, open).await;
    let waiting = prepare(&app, &ruth, &cast, &[]).await;
    let page = app.get(&format!("/clients/{}/separation", cast.couple), Some(&ruth)).await.text;
    assert!(page.contains("Releases that are not sent are closed (2)."), "{page}");
    assert!(cast.ruth.separate(cast.couple).await.unwrap());
    for id in [open, waiting] {
        assert_eq!(state(&cast, id).await, ReleaseState::Closed);
        assert!(send(&app, &ruth, id).await.unwrap_err().contains("release_not_ready"));
        assert!(cast.jonas.own_release(id).await.unwrap().is_none(), "the portal does not reach it");
    }
});

both!(refused_form_keeps_what_was_typed, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let form = form(&[("recipient", ""), ("purpose", "A very particular purpose")]);
    let pairs: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let got = app.post(&format!("/clients/{}/releases", cast.couple), Some(&ruth), &pairs).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(got.text.contains("Enter the name of the recipient.") && got.text.contains("A very particular purpose"));
    assert_eq!(world.number("SELECT count(*) FROM release").await.unwrap(), 0);
    let form = self::form(&[("key", "0192f0a0-0000-7000-8000-000000000001")]);
    let pairs: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    for _ in 0..2 {
        app.post(&format!("/clients/{}/releases", cast.couple), Some(&ruth), &pairs).await;
    }
    assert_eq!(world.number("SELECT count(*) FROM release").await.unwrap(), 1, "the same form is one release");
});
