//! Supervision: a supervised author's signed notes go to the supervisor, who reads
//! those and nothing else, within the dates, and co-signs or returns them.

use axum::http::StatusCode;
use chrono::{Duration, NaiveDate};
use domain::{
    form::Form,
    ids::NoteId,
    records::{
        note::{NoteScope, NoteText},
        supervision::NewSupervision,
    },
};
use store::{AuditFilter, Clinician, CosignAnswer, NoteWrite, SaveKind, SupervisionSet};
use tests::{World, app::App, both, people::Cast};

/// The password of everyone in tests that sign over HTTP.
const PASSWORD: &str = "a quiet river at dawn";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Emeka signs a note on his own couple.
pub(crate) async fn sign(cast: &Cast, scope: NoteScope, body: &str) -> NoteId {
    let text = NoteText::free(scope, body);
    match cast.emeka.create_note(cast.other_couple, None, None, &text, SaveKind::Signed).await.unwrap() {
        NoteWrite::Saved(id) => id,
        other => panic!("{other:?}"),
    }
}

/// Names a supervisor of Emeka from one day to another.
pub(crate) async fn supervise(cast: &Cast, supervisor: &Clinician, from: &str, until: Option<&str>) {
    let new = NewSupervision { supervisor: supervisor.me(), from: day(from), until: until.map(day) };
    assert_eq!(cast.owner.set_supervision(cast.emeka.me(), &new).await.unwrap(), SupervisionSet::Done);
}

/// The notes in a supervisor's queue.
async fn queue(clinician: &Clinician) -> Vec<NoteId> {
    clinician.notes_to_cosign(None).await.unwrap().rows.into_iter().map(|row| row.note).collect()
}

/// Whether a note is signed, and whether it is locked, as its author reads it.
async fn state(cast: &Cast, note: NoteId) -> (bool, bool) {
    let note = cast.emeka.note(note).await.unwrap().unwrap();
    (note.signed_at.is_some(), note.locked_at.is_some())
}

/// How often somebody did this with a note, by the audit log.
async fn recorded(cast: &Cast, clinician: &Clinician, action: &str) -> usize {
    let filter = AuditFilter { who: Some(clinician.me()), ..AuditFilter::default() };
    let rows = cast.owner.audit_log(filter, None).await.unwrap().rows;
    rows.iter().filter(|entry| entry.row.action == action && entry.row.thing == "note").count()
}

both!(supervised_note_is_locked_only_once_it_is_co_signed, |world| {
    let cast = Cast::new(&world.store).await;
    let free = sign(&cast, NoteScope::Joint, "before").await;
    assert_eq!(state(&cast, free).await, (true, true), "nobody supervises yet");
    supervise(&cast, &cast.ruth, "2026-11-01", None).await;
    let note = sign(&cast, NoteScope::PartnerA, "They came.").await;
    let process = sign(&cast, NoteScope::Process, "My own thoughts.").await;
    assert_eq!(state(&cast, note).await, (true, false));
    assert_eq!(state(&cast, process).await, (true, true), "a process note goes to no supervisor");
    assert_eq!(queue(&cast.ruth).await, [note]);
    assert_eq!(cast.ruth.note_counts().await.unwrap().to_cosign, Some(1));
    assert_eq!(cast.emeka.note_counts().await.unwrap().to_cosign, None, "he supervises nobody");
    let read = cast.ruth.note_to_cosign(note).await.unwrap().unwrap();
    assert!(read.is_open && read.note.body == "They came." && read.title() == "Yusuf Demir & Elif Demir", "{read:?}");
    assert_eq!(cast.ruth.cosign_note(note, 1).await.unwrap(), CosignAnswer::Done);
    assert_eq!(state(&cast, note).await, (true, true));
    assert!(queue(&cast.ruth).await.is_empty());
    let read = cast.ruth.note_to_cosign(note).await.unwrap().unwrap();
    assert!(!read.is_open && read.state.signed.is_some(), "what they co-signed stays readable: {read:?}");
    assert_eq!(cast.ruth.return_note(note, 1, "Late.").await.unwrap(), CosignAnswer::Settled);
    assert_eq!(cast.emeka.take_back_note(note).await.unwrap(), CosignAnswer::Settled);
    for (action, times) in [("opened", 2), ("co-signed", 1)] {
        assert_eq!(recorded(&cast, &cast.ruth, action).await, times, "{action}");
    }
});

both!(note_that_was_changed_since_it_was_opened_is_not_co_signed, |world| {
    let cast = Cast::new(&world.store).await;
    supervise(&cast, &cast.ruth, "2026-11-01", None).await;
    let note = sign(&cast, NoteScope::Joint, "They came.").await;
    let read = cast.ruth.note_to_cosign(note).await.unwrap().unwrap().note.revision;
    assert_eq!(cast.emeka.take_back_note(note).await.unwrap(), CosignAnswer::Done);
    let text = NoteText::free(NoteScope::Joint, "They did not come.");
    assert_eq!(cast.emeka.update_note(note, &text, SaveKind::Signed).await.unwrap(), NoteWrite::Saved(note));
    assert_eq!(queue(&cast.ruth).await, [note]);
    assert_eq!(cast.ruth.cosign_note(note, read).await.unwrap(), CosignAnswer::Settled);
    assert_eq!(cast.ruth.return_note(note, read, "Add the risk.").await.unwrap(), CosignAnswer::Settled);
    assert_eq!(state(&cast, note).await, (true, false), "she has not read these words");
    let read = cast.ruth.note_to_cosign(note).await.unwrap().unwrap().note.revision;
    assert_eq!(cast.ruth.cosign_note(note, read).await.unwrap(), CosignAnswer::Done);
});

both!(returned_note_is_a_draft_with_the_comment_until_it_is_signed_again, |world| {
    let cast = Cast::new(&world.store).await;
    supervise(&cast, &cast.ruth, "2026-11-01", None).await;
    let note = sign(&cast, NoteScope::Joint, "They came.").await;
    assert_eq!(cast.ruth.return_note(note, 1, "Add the risk.").await.unwrap(), CosignAnswer::Done);
    assert_eq!(state(&cast, note).await, (false, false));
    let returned = cast.emeka.returned_notes(None).await.unwrap().rows;
    assert_eq!(returned.iter().map(|row| (row.note, row.by.as_str())).collect::<Vec<_>>(), [(note, "Ruth Abrahams")]);
    assert!(cast.emeka.draft_notes(None).await.unwrap().rows.is_empty(), "it is on one list");
    let counts = cast.emeka.note_counts().await.unwrap();
    assert_eq!((counts.returned, counts.drafts), (1, 0));
    assert!(cast.ruth.note_to_cosign(note).await.unwrap().is_none(), "a draft is its author's");
    // The author finds the comment above the note.
    let app = App::new(&world);
    let emeka = app.cookie(&world, cast.emeka.me()).await;
    let page = app.get(&format!("/notes/{note}"), Some(&emeka)).await.text;
    assert!(page.contains("Add the risk."), "{page}");
    // Signed again, it is sent again.
    world.clock.advance(Duration::minutes(5));
    let text = NoteText::free(NoteScope::Joint, "They came. No risk.");
    let signed = cast.emeka.update_note(note, &text, SaveKind::Signed).await.unwrap();
    assert_eq!(signed, NoteWrite::Saved(note));
    assert_eq!(queue(&cast.ruth).await, [note]);
    let read = cast.ruth.note_to_cosign(note).await.unwrap().unwrap();
    assert_eq!((read.note.body.as_str(), read.state.comments.len()), ("They came. No risk.", 1));
    assert_eq!(cast.ruth.cosign_note(note, read.note.revision).await.unwrap(), CosignAnswer::Done);
    assert!(cast.emeka.returned_notes(None).await.unwrap().rows.is_empty());
});

both!(author_takes_a_note_back_before_it_is_answered, |world| {
    let cast = Cast::new(&world.store).await;
    supervise(&cast, &cast.ruth, "2026-11-01", None).await;
    let note = sign(&cast, NoteScope::Joint, "They came.").await;
    assert_eq!(cast.emeka.waiting_notes(None).await.unwrap().rows[0].note, note);
    assert_eq!(cast.ruth.take_back_note(note).await.unwrap(), CosignAnswer::Gone, "only its author");
    assert_eq!(cast.emeka.take_back_note(note).await.unwrap(), CosignAnswer::Done);
    assert_eq!(state(&cast, note).await, (false, false));
    assert!(queue(&cast.ruth).await.is_empty() && cast.ruth.note_to_cosign(note).await.unwrap().is_none());
    assert_eq!(cast.emeka.draft_notes(None).await.unwrap().rows[0].note, note);
    assert_eq!(cast.ruth.cosign_note(note, 1).await.unwrap(), CosignAnswer::Settled);
    assert_eq!(cast.emeka.take_back_note(note).await.unwrap(), CosignAnswer::Settled);
});

both!(of_three_answers_at_once_one_counts, |world| {
    let cast = Cast::new(&world.store).await;
    supervise(&cast, &cast.ruth, "2026-11-01", None).await;
    for n in 0..6 {
        let note = sign(&cast, NoteScope::Joint, &format!("Note {n}")).await;
        let (ruth, other, emeka) = (cast.ruth.clone(), cast.ruth.clone(), cast.emeka.clone());
        let all = tokio::join!(
            tokio::spawn(async move { ruth.cosign_note(note, 1).await.unwrap() }),
            tokio::spawn(async move { other.return_note(note, 1, "Again.").await.unwrap() }),
            tokio::spawn(async move { emeka.take_back_note(note).await.unwrap() }),
        );
        let answers = [all.0.unwrap(), all.1.unwrap(), all.2.unwrap()];
        let done: Vec<usize> = (0..3).filter(|i| answers[*i] == CosignAnswer::Done).collect();
        assert_eq!(done.len(), 1, "{answers:?}");
        assert_eq!(answers.iter().filter(|a| **a == CosignAnswer::Settled).count(), 2, "{answers:?}");
        let expected = if done == [0] { (true, true) } else { (false, false) };
        assert_eq!(state(&cast, note).await, expected, "{answers:?}");
    }
    assert_eq!(world.number("SELECT count(*) FROM cosign WHERE settled_at IS NULL").await.unwrap(), 0);
});

both!(supervisor_reads_the_assigned_notes_within_the_dates_and_nothing_else, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    supervise(&cast, &cast.ruth, "2026-11-01", Some("2026-11-30")).await;
    let draft = NoteText::free(NoteScope::Joint, "a draft");
    let draft = cast.emeka.create_note(cast.other_couple, None, None, &draft, SaveKind::Saved).await.unwrap();
    let NoteWrite::Saved(draft) = draft else { panic!("{draft:?}") };
    let process = sign(&cast, NoteScope::Process, "a thought").await;
    let (one, two) = (sign(&cast, NoteScope::Joint, "one").await, sign(&cast, NoteScope::Joint, "two").await);
    assert_eq!(cast.ruth.cosign_note(one, 1).await.unwrap(), CosignAnswer::Done);
    // Nothing else of the record exists for her.
    assert!(cast.ruth.client(cast.other_couple).await.unwrap().is_none());
    assert!(cast.ruth.notes(cast.other_couple, None).await.unwrap().rows.is_empty());
    assert!(cast.ruth.note(two).await.unwrap().is_none());
    assert!(cast.ruth.note_to_print(two).await.unwrap().is_none());
    for other in [draft, process] {
        assert!(cast.ruth.note_to_cosign(other).await.unwrap().is_none());
        assert_eq!(cast.ruth.cosign_note(other, 1).await.unwrap(), CosignAnswer::Gone);
    }
    // Nobody else reads it, whatever their role.
    let all = [
        ("owner", cast.owner.me()),
        ("front desk", cast.desk.me()),
        ("partner", cast.stranger.me()),
        ("author", cast.emeka.me()),
        ("another client", cast.amara.me()),
    ];
    for (who, account) in all {
        let cookie = app.cookie(&world, account).await;
        let got = app.get(&format!("/cosign/{two}"), Some(&cookie)).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND, "{who}");
        let form = [("do", "return"), ("revision", "1"), ("comment", "No.")];
        let got = app.post(&format!("/cosign/{two}"), Some(&cookie), &form).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND, "{who}");
    }
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    assert_eq!(app.get(&format!("/cosign/{two}"), Some(&ruth)).await.status, StatusCode::OK);
    // The last day is over: neither what waits nor what she co-signed.
    world.clock.advance(Duration::days(8));
    for note in [one, two] {
        assert!(cast.ruth.note_to_cosign(note).await.unwrap().is_none());
        assert_eq!(cast.ruth.return_note(note, 1, "Late.").await.unwrap(), CosignAnswer::Gone);
    }
    assert!(queue(&cast.ruth).await.is_empty());
    assert_eq!(state(&cast, two).await, (true, false), "it waits for another supervisor, or is taken back");
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    assert_eq!(app.get(&format!("/cosign/{two}"), Some(&ruth)).await.status, StatusCode::NOT_FOUND);
    // A note that is signed now is locked: nobody supervises today.
    assert_eq!(state(&cast, sign(&cast, NoteScope::Joint, "three").await).await, (true, true));
});

both!(next_supervisor_takes_over_what_waits_and_a_second_one_does_not, |world| {
    let cast = Cast::new(&world.store).await;
    let (vera, nils) =
        (new_therapist(&world, &cast, "Vera Lind").await, new_therapist(&world, &cast, "Nils Aas").await);
    supervise(&cast, &cast.ruth, "2026-11-01", Some("2026-11-30")).await;
    supervise(&cast, &nils, "2026-11-10", Some("2026-11-30")).await;
    supervise(&cast, &vera, "2026-12-01", None).await;
    let note = sign(&cast, NoteScope::Joint, "They came.").await;
    assert_eq!(queue(&cast.ruth).await, [note], "the one named first");
    for other in [&vera, &nils] {
        assert!(queue(other).await.is_empty() && other.note_to_cosign(note).await.unwrap().is_none());
        assert_eq!(other.cosign_note(note, 1).await.unwrap(), CosignAnswer::Gone);
    }
    world.clock.advance(Duration::days(8));
    assert_eq!(queue(&vera).await, [note]);
    assert!(queue(&nils).await.is_empty(), "his dates are over, too");
    assert_eq!(vera.cosign_note(note, 1).await.unwrap(), CosignAnswer::Done);
});

both!(owner_sets_and_ends_supervisions_with_dates, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let owner = app.cookie(&world, cast.owner.me()).await;
    let path = format!("/staff/{}/supervision", cast.emeka.me());
    let (ruth, emeka, kofi) = (cast.ruth.me().to_string(), cast.emeka.me().to_string(), cast.desk.me().to_string());
    for (form, said) in [
        ([("supervisor", ""), ("from", "2026-12-01"), ("until", "")], "Choose the supervisor."),
        ([("supervisor", &ruth), ("from", "2026-12-01"), ("until", "2026-11-30")], "The last day is before the first."),
        ([("supervisor", &emeka), ("from", "2026-12-01"), ("until", "")], "other than themselves"),
        ([("supervisor", &kofi), ("from", "2026-12-01"), ("until", "")], "Choose a therapist of this practice"),
    ] {
        let got = app.post(&path, Some(&owner), &form).await;
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        assert!(got.text.contains(said) && got.text.contains("2026-12-01"), "{said}: {}", got.text);
    }
    let form = [("supervisor", ruth.as_str()), ("from", "2026-11-01"), ("until", "")];
    assert_eq!(app.post(&path, Some(&owner), &form).await.status, StatusCode::SEE_OTHER);
    let again = app.post(&path, Some(&owner), &[("supervisor", &ruth), ("from", "2027-01-01"), ("until", "")]).await;
    assert!(again.text.contains("some of these days already"), "{}", again.text);
    let page = app.get(&path, Some(&owner)).await.text;
    assert!(page.contains("Emeka Obi is supervised by Ruth Abrahams"), "{page}");
    let row = cast.owner.supervisions_of(cast.emeka.me()).await.unwrap().unwrap().remove(0);
    let end = format!("{path}/{}/end", row.id);
    assert_eq!(app.post(&end, Some(&owner), &[]).await.status, StatusCode::SEE_OTHER);
    let row = cast.owner.supervisions_of(cast.emeka.me()).await.unwrap().unwrap().remove(0);
    assert_eq!(row.until, Some(day("2026-11-23")), "today is the last day");
    assert_eq!(app.post(&end, Some(&owner), &[]).await.status, StatusCode::NOT_FOUND, "it has ended");
    // Nobody but the owner.
    for account in [cast.ruth.me(), cast.emeka.me(), cast.desk.me(), cast.amara.me()] {
        let cookie = app.cookie(&world, account).await;
        assert_eq!(app.get(&path, Some(&cookie)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(app.post(&path, Some(&cookie), &form).await.status, StatusCode::NOT_FOUND);
    }
});

both!(co_signing_takes_the_password_and_keeps_what_was_typed, |world| {
    let app = App::new(&world);
    let hash = app.state.site().hasher.hash(PASSWORD.to_owned()).await.unwrap();
    let cast = Cast::with_hash(&world.store, &hash).await;
    supervise(&cast, &cast.ruth, "2026-11-01", None).await;
    let note = sign(&cast, NoteScope::Joint, "They came.").await;
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let path = format!("/cosign/{note}");
    let list = app.get("/notes?tab=cosign", Some(&ruth)).await.text;
    assert!(list.contains(&path) && list.contains("Yusuf Demir &amp; Elif Demir"), "{list}");
    for password in ["", "another one"] {
        let got =
            app.post(&path, Some(&ruth), &[("do", "sign"), ("revision", "1"), ("current_password", password)]).await;
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{password}");
        assert!(!got.text.contains("another one"), "a password is not shown again");
    }
    assert_eq!(state(&cast, note).await, (true, false));
    let empty = app.post(&path, Some(&ruth), &[("do", "return"), ("revision", "1"), ("comment", " ")]).await;
    assert!(empty.text.contains("Write what is to be changed."), "{}", empty.text);
    let got = app.post(&path, Some(&ruth), &[("do", "sign"), ("revision", "1"), ("current_password", PASSWORD)]).await;
    assert_eq!((got.status, got.location()), (StatusCode::SEE_OTHER, "/notes?tab=cosign&notice=note_cosigned"));
    assert_eq!(state(&cast, note).await, (true, true));
    // A comment that comes too late is shown again.
    let second = sign(&cast, NoteScope::Joint, "They came again.").await;
    assert_eq!(cast.emeka.take_back_note(second).await.unwrap(), CosignAnswer::Done);
    let form = [("do", "return"), ("revision", "1"), ("comment", "Add the risk.")];
    let late = app.post(&format!("/cosign/{second}"), Some(&ruth), &form).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.text.contains("Add the risk.") && !late.text.contains("They came again."), "{}", late.text);
});

/// Invites a therapist who has accepted.
async fn new_therapist(world: &World, cast: &Cast, name: &str) -> Clinician {
    let first = name.split(' ').next().unwrap().to_lowercase();
    let form = Form::from_pairs([
        ("display_name", name),
        ("email", &format!("{first}@example.org")),
        ("zone", "Europe/Berlin"),
        ("role", "clinician"),
    ]);
    cast.owner.invite_staff(&store::NewStaff::read(&form).unwrap()).await.unwrap();
    tests::people::accept_invitations(&world.store, tests::people::NO_HASH).await;
    let account = world.store.sign_in(&first).await.unwrap().unwrap().account;
    world.store.clinician(&tests::people::visitor(&world.store, account).await).unwrap()
}
