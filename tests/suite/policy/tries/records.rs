//! Tries to create and change things of the record: forms, policy, intake, releases, disclosures, requests for data, documents.

use domain::{
    form::Form,
    ids::{DocumentId, IntakeId},
    records::{
        consents::{BlankValues, ConsentKind, CopyGiven, NewVersion},
        note::NoteScope,
        own_data::{Decided, Letter},
        policy::{Decisions, Preset},
    },
};
use store::{
    CopyFormat, DataAsked, DocumentAdded, IntakeOpened, IntakeSaved, IntakeStarted, ItemDecided, OwnAsk, PartFinished,
    PolicyProposed, SignedBy, Withdrawn,
};

use super::count;
use crate::{
    policy::{doors::Doors, stage::Stage},
    records::{documents, leaving},
};

/// Whether Amara can be asked to sign a text.
pub(super) async fn asks_to_sign(stage: &Stage, doors: &Doors) -> bool {
    let Some(clinician) = &doors.clinician else { return false };
    let (couple, amara) = (stage.cast.couple, stage.cast.amara.person());
    let (texts, _) = stage.cast.ruth.consent_choices(couple).await.unwrap().unwrap();
    let text = texts.iter().find(|text| text.kind == ConsentKind::Confidences).expect("a text").id;
    let before = count(stage, "SELECT count(*) FROM consent_ask").await;
    clinician.ask_consents(couple, &[amara], &[text], &vec![]).await.unwrap();
    count(stage, "SELECT count(*) FROM consent_ask").await > before
}

/// Whether a fresh form of Amara's can be signed or taken back.
pub(super) async fn changes_form(stage: &Stage, doors: &Doors) -> bool {
    // A text of its own, which has not been asked for before.
    let title = format!("Text {}", stage.number());
    let new = NewVersion::read(&Form::from_pairs([("title.en", title.as_str()), ("body.en", "Read.")])).unwrap();
    let text = stage.cast.owner.add_consent_text(&new, None).await.unwrap();
    let (ruth, couple, amara) = (&stage.cast.ruth, stage.cast.couple, &stage.cast.amara);
    ruth.ask_consents(couple, &[amara.person()], &[text], &vec![]).await.unwrap();
    let states = ruth.consents(couple).await.unwrap().unwrap();
    let form = states.iter().find(|state| state.text == text).expect("asked").ask;
    let Some(OwnAsk::ToSign(shown)) = amara.own_consent(form).await.unwrap() else { panic!("to sign") };
    if let Some(partner) = &doors.partner {
        let by = SignedBy {
            typed_name: "Somebody".to_owned(),
            statement: "I agree.".to_owned(),
            shown: shown.hash.clone(),
            shown_at: stage.world.store.now(),
            copy: CopyGiven::Portal,
            evidence: None,
        };
        partner.sign_consent(form, &by).await.unwrap();
    }
    if let Some(clinician) = &doors.clinician {
        clinician.close_ask(form).await.unwrap();
    }
    !matches!(amara.own_consent(form).await.unwrap(), Some(OwnAsk::ToSign(_)))
}

/// The decisions of a policy, and its blanks.
pub(super) fn policy() -> (Decisions, BlankValues) {
    (Decisions::of(Preset::LimitedSecrets), vec![("decisions".to_owned(), "- One.".to_owned())])
}

/// Whether a policy can be proposed to the couple.
pub(super) async fn proposes_policy(stage: &Stage, doors: &Doors) -> bool {
    let Some(clinician) = &doors.clinician else { return false };
    let (decisions, blanks) = policy();
    let before = count(stage, "SELECT count(*) FROM policy").await;
    let preset = (Preset::LimitedSecrets, &decisions);
    clinician.propose_policy(stage.cast.couple, preset, &blanks, None).await.unwrap();
    count(stage, "SELECT count(*) FROM policy").await > before
}

/// Whether a fresh proposal can be taken back.
pub(super) async fn changes_policy(stage: &Stage, doors: &Doors) -> bool {
    let Some(clinician) = &doors.clinician else { return false };
    let (decisions, blanks) = policy();
    let preset = (Preset::LimitedSecrets, &decisions);
    let proposed = stage.cast.ruth.propose_policy(stage.cast.couple, preset, &blanks, None).await.unwrap();
    let Some(PolicyProposed::Asked(id)) = proposed else { panic!("{proposed:?}") };
    clinician.take_back_policy(id).await.unwrap();
    let policies = stage.cast.ruth.policies(stage.cast.couple).await.unwrap().unwrap().policies;
    // Another is there to be seen.
    stage.cast.ruth.propose_policy(stage.cast.couple, preset, &blanks, None).await.unwrap();
    policies.iter().find(|policy| policy.id == id).expect("kept").ended_at.is_some()
}

/// Starts the intake of the couple anew, with nothing answered.
pub(super) async fn fresh_intake(stage: &Stage) -> IntakeId {
    remove_intake(stage).await;
    match stage.cast.ruth.start_intake(stage.cast.couple).await.unwrap() {
        Some(IntakeStarted::Started(id)) => id,
        other => panic!("{other:?}"),
    }
}

/// Removes the intake of the couple by hand: none can be started twice.
pub(super) async fn remove_intake(stage: &Stage) {
    for text in [
        "DELETE FROM email WHERE intake_id IN (SELECT id FROM intake WHERE client_id = $1)",
        "DELETE FROM intake_answer WHERE client_id = $1",
        "DELETE FROM intake WHERE client_id = $1",
    ] {
        stage.world.by_hand(text, stage.cast.couple.0).await.unwrap();
    }
}

/// Whether the intake of the couple can be started.
pub(super) async fn starts_intake(stage: &Stage, doors: &Doors) -> bool {
    remove_intake(stage).await;
    let couple = stage.cast.couple;
    if let Some(clinician) = &doors.clinician {
        clinician.start_intake(couple).await.unwrap();
    }
    if let Some(bookings) = &doors.bookings {
        bookings.start_intake_at_desk(couple).await.unwrap();
    }
    let is_started = stage.cast.ruth.intake_standing(couple).await.unwrap().is_some();
    fresh_intake(stage).await;
    is_started
}

/// Whether the therapist's decision to do without an item of Amara's can be made.
pub(super) async fn waives(stage: &Stage, doors: &Doors) -> bool {
    fresh_intake(stage).await;
    let (couple, amara) = (stage.cast.couple, stage.cast.amara.person());
    if let Some(clinician) = &doors.clinician {
        clinician.waive_intake_item(couple, amara, "emergency", Some("Not needed.")).await.unwrap();
    }
    let standing = stage.cast.ruth.intake_standing(couple).await.unwrap().unwrap();
    standing.people.iter().any(|person| person.person == amara && person.standing.settled > 0)
}

/// Whether Amara's answer to an item can be given or, with `change`, replaced.
pub(super) async fn answers_intake(stage: &Stage, doors: &Doors, item: &str, change: bool) -> bool {
    let intake = fresh_intake(stage).await;
    let (couple, amara) = (stage.cast.couple, stage.cast.amara.person());
    let (screen, name) = if item == "facts" { ("facts", "since") } else { (item, "value") };
    let field = domain::records::intake::field(item, name);
    let form = |text: &str| Form::from_pairs([(field.as_str(), text)]);
    let mut typed = form("second");
    if change {
        let first = form("first");
        assert_eq!(stage.cast.amara.save_intake(intake, screen, &first, false).await.unwrap(), IntakeSaved::Done);
        let kept = domain::records::intake::Answer([(name.to_owned(), vec!["first".to_owned()])].into());
        typed.set(&store::intake_mark(item), kept.fingerprint());
    }
    if let Some(partner) = &doors.partner {
        partner.save_intake(intake, screen, &typed, false).await.unwrap();
    }
    if let Some(clinician) = &doors.clinician {
        clinician.enter_intake_paper(couple, amara, &typed).await.unwrap();
    }
    let Some(IntakeOpened::Started(view)) = stage.cast.ruth.intake(couple).await.unwrap() else { panic!("started") };
    let of_amara = view.people.iter().find(|person| person.person == amara).unwrap();
    let answer = of_amara.items.iter().find(|one| one.item.key == item).and_then(|one| one.answer.clone());
    answer.is_some_and(|answer| answer.get(name) == "second")
}

/// Whether a release of the couple can be prepared.
pub(super) async fn prepares_release(stage: &Stage, doors: &Doors) -> bool {
    let Some(clinician) = &doors.clinician else { return false };
    let cast = &stage.cast;
    let before = count(stage, "SELECT count(*) FROM release").await;
    let texts = [cast.amara.person(), cast.jonas.person()]
        .map(|person| store::ReleaseSignerText { person, blanks: leaving::blanks() });
    clinician.prepare_release(cast.couple, &leaving::new_release("Dr. Weiss"), &texts, None).await.unwrap();
    count(stage, "SELECT count(*) FROM release").await > before
}

/// Whether a disclosure of the couple's record can be prepared.
pub(super) async fn prepares_disclosure(stage: &Stage, doors: &Doors) -> bool {
    let Some(clinician) = &doors.clinician else { return false };
    let before = count(stage, "SELECT count(*) FROM disclosure").await;
    // Nobody confirms what they prepared themselves.
    let (ruth, covering) = (&stage.cast.ruth, &stage.covering);
    let confirmer = if clinician.me() == covering.me() { ruth } else { covering };
    let new = leaving::new_disclosure(confirmer, "The court");
    clinician.prepare_disclosure(stage.cast.couple, &new, None).await.unwrap();
    count(stage, "SELECT count(*) FROM disclosure").await > before
}

/// Whether a release can be closed, or the line of an own part ticked.
pub(super) async fn changes_release(stage: &Stage, doors: &Doors) -> bool {
    let id = leaving::release(&stage.cast, "Dr. Weiss").await;
    if let Some(clinician) = &doors.clinician {
        clinician.close_release(id).await.unwrap();
    }
    if let Some(partner) = &doors.partner {
        partner.choose_own_part(id, true, leaving::blanks()).await.unwrap();
    }
    let release = stage.cast.ruth.release(id).await.unwrap().unwrap();
    release.closed_why.is_some() || release.signers.iter().any(|signer| signer.has_own)
}

/// Whether a note that is with a supervisor can be co-signed, returned or taken back:
/// each is tried at a note of its own.
pub(super) async fn changes_supervised_note(stage: &Stage, doors: &Doors) -> bool {
    let Some(clinician) = &doors.clinician else { return false };
    let mut changed = false;
    for act in 0..3 {
        let id = stage.supervised_note("To be answered.").await;
        match act {
            0 => clinician.cosign_note(id, 1).await.unwrap(),
            1 => clinician.return_note(id, 1, "Again.").await.unwrap(),
            _ => clinician.take_back_note(id).await.unwrap(),
        };
        let now = stage.covering.note(id).await.unwrap().unwrap();
        changed |= now.locked_at.is_some() || now.signed_at.is_none();
    }
    changed
}

/// Takes back the open request of Amara for her own data, so that another can be made.
pub(super) async fn without_data_request(stage: &Stage) {
    if let Some(open) = stage.cast.amara.current_data_request().await.unwrap() {
        stage.cast.amara.cancel_data_request(open.id).await.unwrap();
    }
}

/// The request of Amara for her own data that is open; `None`: there is none.
pub(super) async fn open_data_request(stage: &Stage) -> Option<store::DataRequest> {
    stage.cast.amara.current_data_request().await.unwrap().filter(|request| request.state.is_open())
}

/// Whether a copy of Amara's data can be asked for: in the portal, or by letter.
pub(super) async fn asks_for_data(stage: &Stage, doors: &Doors) -> bool {
    without_data_request(stage).await;
    if let Some(partner) = &doors.partner {
        partner.ask_for_data(None).await.unwrap();
    }
    if let Some(clinician) = &doors.clinician {
        let letter = Letter { received_on: "2026-11-23".parse().unwrap(), checked: "Her passport.".to_owned() };
        clinician.enter_data_request(stage.cast.couple, stage.cast.amara.person(), &letter, None).await.unwrap();
    }
    open_data_request(stage).await.is_some()
}

/// Whether Amara's request for her own data can be taken back, extended, decided or
/// finished.
pub(super) async fn changes_data_request(stage: &Stage, doors: &Doors) -> bool {
    without_data_request(stage).await;
    let DataAsked::Asked(id) = stage.cast.amara.ask_for_data(None).await.unwrap() else { panic!("asked") };
    let before = format!("{:?}", open_data_request(stage).await);
    if let Some(partner) = &doors.partner {
        partner.cancel_data_request(id).await.unwrap();
        for format in CopyFormat::ALL {
            assert!(partner.fetch_own_copy(id, *format).await.unwrap().is_none(), "nothing is ready");
        }
    }
    let mut is_decided = false;
    if let Some(clinician) = &doors.clinician {
        let is_extended = clinician.extend_data_request(id, "Many notes.").await.unwrap();
        is_decided = clinician.include_open_items(id).await.unwrap().is_some();
        assert_eq!(is_extended, is_decided, "all of it, or nothing");
        let item = stage.notes[0].0;
        let decided = clinician.decide_data_item(id, item, 0, &Decided::INCLUDED).await.unwrap();
        assert!(is_decided || decided == ItemDecided::Gone, "{decided:?}");
        assert_eq!(clinician.data_item(id, item).await.unwrap().is_some(), decided != ItemDecided::Gone);
        let finished = clinician.finish_data_request(id).await.unwrap();
        assert_eq!(finished == PartFinished::Gone, !is_decided, "{finished:?}");
        let manner = domain::records::release::Manner::Post;
        let handed = clinician.record_copy_handed(id, stage.cast.couple, (manner, "")).await.unwrap();
        assert_eq!(handed, store::CopyHanded::Gone, "nothing is ready");
        for format in CopyFormat::ALL {
            assert!(clinician.fetch_handed_copy(id, stage.cast.couple, *format).await.unwrap().is_none());
        }
    }
    is_decided || before != format!("{:?}", open_data_request(stage).await)
}

/// Whether a file can be kept with the couple's record.
pub(super) async fn adds_document(stage: &Stage, doors: &Doors, scope: NoteScope) -> bool {
    let Some(clinician) = &doors.clinician else { return false };
    let bytes = format!("A letter, {}.", stage.number());
    let upload = documents::upload(&stage.world.store, clinician.me(), bytes.as_bytes()).await;
    let added = clinician.add_document(stage.cast.couple, &documents::details(scope, "Letter"), &upload, false).await;
    matches!(added.unwrap(), DocumentAdded::Added(_))
}

/// Whether a file can be handed in for Amara: in her name, to her couple.
pub(super) async fn hands_in(stage: &Stage, doors: &Doors, shared: bool) -> bool {
    let Some(partner) = &doors.partner else { return false };
    let title = format!("Scan {}", stage.number());
    let upload = documents::upload(&stage.world.store, partner.me(), title.as_bytes()).await;
    partner.hand_in(stage.cast.couple, &title, &upload, (shared, false)).await.unwrap();
    let theirs = stage.cast.amara.own_documents(None).await.unwrap().rows;
    theirs.iter().any(|own| own.title == title && own.from.is_none() && own.is_shared == shared)
}

/// Whether the details of a document can be changed, or it can be removed.
pub(super) async fn changes_document(stage: &Stage, doors: &Doors, id: DocumentId, scope: NoteScope) -> bool {
    let Some(clinician) = &doors.clinician else { return false };
    clinician.change_document(id, &documents::details(scope, "After")).await.unwrap();
    let changed = stage.cast.ruth.document(id).await.unwrap().unwrap().title == "After";
    let removed = clinician.remove_document(id).await.unwrap().is_some();
    assert_eq!(changed, removed, "both, or neither");
    changed
}

/// Whether what Amara handed in can be changed, withdrawn or shared.
pub(super) async fn changes_own_document(stage: &Stage, doors: &Doors, shared: bool) -> bool {
    let id = stage.own_document(shared, "Before").await;
    let mut changed = false;
    if let Some(partner) = &doors.partner {
        changed |= matches!(partner.withdraw_document(id).await.unwrap(), Withdrawn::Done(_));
        let other = stage.own_document(shared, "Before").await;
        partner.share_document(other).await.unwrap();
        changed |= stage.cast.amara.own_document(other).await.unwrap().unwrap().is_shared != shared;
    }
    if doors.clinician.is_some() {
        changed |= changes_document(stage, doors, id, NoteScope::Joint).await;
    }
    changed
}
