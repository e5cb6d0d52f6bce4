//! Signed notes: their lock, what is added to them, and unlocking.

use chrono::Duration;
use domain::{
    ids::NoteId,
    practice::settings::Practice,
    records::note::{NoteDocument, NoteScope, NoteText},
};
use store::{Clinician, NewClient, NoteAbout, NoteWrite, SaveKind, Unlocked};
use tests::{
    World, both,
    people::{Cast, details, visitor},
};

/// The id of a note that was stored.
fn saved(write: NoteWrite) -> NoteId {
    match write {
        NoteWrite::Saved(id) => id,
        other => panic!("{other:?}"),
    }
}

/// A signed note of Ruth's on the couple.
async fn signed(cast: &Cast, scope: NoteScope, body: &str) -> NoteId {
    let text = NoteText::free(scope, body);
    saved(cast.ruth.create_note(cast.couple, None, None, &text, SaveKind::Signed).await.unwrap())
}

/// Signs an addendum.
async fn add(by: &Clinician, cast: &Cast, note: NoteId, body: &str) -> NoteWrite {
    let text = NoteText::free(NoteScope::Process, body);
    by.create_note(cast.couple, None, Some(note), &text, SaveKind::Signed).await.unwrap()
}

/// Sets for how many hours a signed note can be unlocked.
async fn allow_unlocking(cast: &Cast, hours: i64) {
    let practice = cast.owner.practice().await.unwrap();
    cast.owner.update_practice(&Practice { note_unlock_hours: hours, ..practice }).await.unwrap();
}

/// Lets Emeka cover for Ruth with the couple.
async fn cover(world: &World, cast: &Cast) {
    let day = |text: &str| world.day(text.parse().unwrap());
    let row = format!(
        "INSERT INTO care (client_id, clinician_id, covering, starts_on, ends_on) VALUES ({}, {}, TRUE, {}, {})",
        world.id(cast.couple.0),
        world.id(cast.emeka.me().0),
        day("2026-11-20"),
        day("2026-12-24"),
    );
    world.script(&[row]).await.unwrap();
}

both!(signed_note_is_locked_and_only_signed_notes_get_addenda, |world| {
    let cast = Cast::new(&world.store).await;
    let text = NoteText::free;
    let first = text(NoteScope::Joint, "first");
    let joint = saved(cast.ruth.create_note(cast.couple, None, None, &first, SaveKind::Saved).await.unwrap());
    let second = text(NoteScope::Joint, "second");
    assert_eq!(cast.ruth.update_note(joint, &second, SaveKind::Signed).await.unwrap(), NoteWrite::Saved(joint));
    let third = text(NoteScope::Joint, "third");
    assert_eq!(cast.ruth.update_note(joint, &third, SaveKind::Saved).await.unwrap(), NoteWrite::Signed);
    let note = cast.ruth.note(joint).await.unwrap().unwrap();
    assert_eq!((note.body.as_str(), note.locked_at), ("second", note.signed_at));
    assert!(matches!(add(&cast.ruth, &cast, joint, "added").await, NoteWrite::Saved(_)));
    // An unsigned note gets no addendum.
    let mine = text(NoteScope::Process, "mine");
    let draft = saved(cast.ruth.create_note(cast.couple, None, None, &mine, SaveKind::Saved).await.unwrap());
    assert_eq!(add(&cast.ruth, &cast, draft, "x").await, NoteWrite::Gone);
});

both!(database_itself_refuses_every_change_of_a_locked_note, |world| {
    let cast = Cast::new(&world.store).await;
    let note = signed(&cast, NoteScope::Joint, "as it was").await;
    for statement in [
        "UPDATE note SET scope = 'process' WHERE id = $1",
        "UPDATE note SET body = header WHERE id = $1",
        "UPDATE note SET revision = revision + 1 WHERE id = $1",
        "UPDATE note SET updated_at = created_at, signed_at = NULL WHERE id = $1",
        "UPDATE note SET locked_at = NULL WHERE id = $1",
        "UPDATE note SET locked_at = NULL, signed_at = NULL WHERE id = $1",
        "DELETE FROM note WHERE id = $1",
    ] {
        let error = world.by_hand(statement, note.0).await.unwrap_err().to_string();
        assert!(error.contains("note_locked"), "{statement}: {error}");
    }
    assert_eq!(cast.ruth.note(note).await.unwrap().unwrap().body, "as it was");
    // The record of an unlocking is kept as well.
    allow_unlocking(&cast, 24).await;
    assert_eq!(cast.ruth.unlock_note(note, "A wrong name.").await.unwrap(), Unlocked::Done);
    for statement in [
        "UPDATE note_unlock SET unlocked_at = locked_at WHERE note_id = $1",
        "DELETE FROM note_unlock WHERE note_id = $1",
    ] {
        let error = world.by_hand(statement, note.0).await.unwrap_err().to_string();
        assert!(error.contains("note_locked"), "{statement}: {error}");
    }
    // Signed again, the old unlocking opens the new lock no more.
    world.clock.advance(Duration::minutes(1));
    let text = NoteText::free(NoteScope::Joint, "as it is");
    cast.ruth.update_note(note, &text, SaveKind::Signed).await.unwrap();
    let error = world.by_hand("UPDATE note SET locked_at = NULL, signed_at = NULL WHERE id = $1", note.0).await;
    assert!(error.unwrap_err().to_string().contains("note_locked"));
});

both!(addenda_of_several_authors_are_kept_in_the_order_of_their_signatures, |world| {
    let cast = Cast::new(&world.store).await;
    cover(&world, &cast).await;
    let note = signed(&cast, NoteScope::PartnerA, "the note").await;
    world.clock.advance(Duration::minutes(1));
    let by_emeka = saved(add(&cast.emeka, &cast, note, "by who covers").await);
    world.clock.advance(Duration::minutes(1));
    // What is added to an addendum is added to its note, in the note's record.
    saved(add(&cast.ruth, &cast, by_emeka, "by the author").await);
    let found = cast.ruth.note(note).await.unwrap().unwrap();
    let addenda: Vec<_> = found.addenda.iter().map(|a| (a.author_name.as_str(), a.text.as_str())).collect();
    assert_eq!(addenda, [("Emeka Obi", "by who covers"), ("Ruth Abrahams", "by the author")]);
    for addendum in &found.addenda {
        let addendum = cast.ruth.note(addendum.id).await.unwrap().unwrap();
        assert_eq!((addendum.scope, addendum.addendum_of), (NoteScope::PartnerA, Some(note)));
        assert!(addendum.locked_at.is_some());
    }
    // Each signature is in the audit chain.
    let entries = cast.owner.audit_log(store::AuditFilter::default(), None).await.unwrap().rows;
    let signed = entries.iter().filter(|entry| entry.row.thing == "note" && entry.row.action == "signed");
    assert_eq!(signed.count(), 3);
    assert!(world.store.verify_audit().await.unwrap().is_ok());
    // Nobody adds to a process note but its author.
    let process = signed_process(&cast).await;
    assert_eq!(add(&cast.emeka, &cast, process, "x").await, NoteWrite::Gone);
    saved(add(&cast.ruth, &cast, process, "mine").await);
});

/// A signed process note of Ruth's.
async fn signed_process(cast: &Cast) -> NoteId {
    signed(cast, NoteScope::Process, "for me").await
}

both!(addenda_that_are_signed_at_once_are_all_kept, |world| {
    let cast = Cast::new(&world.store).await;
    cover(&world, &cast).await;
    let note = signed(&cast, NoteScope::Joint, "the note").await;
    let second = world.second().await;
    let account = cast.emeka.me();
    let emeka = second.clinician(&visitor(&second, account).await).unwrap();
    let (a, b, c, d) = tokio::join!(
        add(&cast.ruth, &cast, note, "one"),
        add(&emeka, &cast, note, "two"),
        add(&cast.ruth, &cast, note, "three"),
        add(&emeka, &cast, note, "four"),
    );
    for write in [a, b, c, d] {
        saved(write);
    }
    let mut texts: Vec<String> =
        cast.ruth.note(note).await.unwrap().unwrap().addenda.into_iter().map(|a| a.text).collect();
    texts.sort();
    assert_eq!(texts, ["four", "one", "three", "two"]);
});

both!(author_unlocks_within_the_hours_that_the_practice_allows, |world| {
    let cast = Cast::new(&world.store).await;
    cover(&world, &cast).await;
    let note = signed(&cast, NoteScope::Joint, "Jonas was late").await;
    assert_eq!(cast.ruth.unlock_note(note, "x").await.unwrap(), Unlocked::TooLate, "none are allowed at first");
    allow_unlocking(&cast, 2).await;
    assert_eq!(cast.emeka.unlock_note(note, "x").await.unwrap(), Unlocked::Gone, "only the author");
    assert!(cast.emeka.note_page(note).await.unwrap().unwrap().unlockable_until.is_none());
    world.clock.advance(Duration::minutes(119));
    assert!(cast.ruth.note_page(note).await.unwrap().unwrap().unlockable_until.is_some());
    // Two presses at once open it once.
    let (a, b) = tokio::join!(cast.ruth.unlock_note(note, "The name."), cast.ruth.unlock_note(note, "The name."));
    let mut both = [a.unwrap(), b.unwrap()];
    both.sort_by_key(|unlocked| *unlocked != Unlocked::Done);
    assert_eq!(both, [Unlocked::Done, Unlocked::Gone]);
    let page = cast.ruth.note_page(note).await.unwrap().unwrap();
    assert_eq!((page.note.signed_at, page.note.body.as_str()), (None, "Jonas was late"));
    assert_eq!((page.unlockings.len(), page.unlockings[0].reason.as_str()), (1, "The name."));
    let text = NoteText::free(NoteScope::Joint, "Amara was late");
    assert_eq!(cast.ruth.update_note(note, &text, SaveKind::Signed).await.unwrap(), NoteWrite::Saved(note));
    world.clock.advance(Duration::hours(2));
    assert_eq!(cast.ruth.unlock_note(note, "again").await.unwrap(), Unlocked::TooLate);
    assert_eq!(cast.ruth.note_page(note).await.unwrap().unwrap().unlockings.len(), 1, "it stays on record");
});

both!(note_with_an_addendum_is_not_unlocked_even_at_the_same_moment, |world| {
    let cast = Cast::new(&world.store).await;
    allow_unlocking(&cast, 24).await;
    let second = world.second().await;
    let again = second.clinician(&visitor(&second, cast.ruth.me()).await).unwrap();
    for round in 0..6 {
        let note = signed(&cast, NoteScope::Joint, "the note").await;
        let (added, unlocked) = tokio::join!(add(&again, &cast, note, "added"), async {
            cast.ruth.unlock_note(note, "why").await.unwrap()
        });
        let found = cast.ruth.note(note).await.unwrap().unwrap();
        match unlocked {
            Unlocked::Done => assert!(found.addenda.is_empty() && added == NoteWrite::Gone, "{round}: {added:?}"),
            Unlocked::HasAddenda => assert!(found.addenda.len() == 1 && found.locked_at.is_some(), "{round}"),
            Unlocked::TooLate | Unlocked::Gone => panic!("{round}: {unlocked:?}"),
        }
    }
});

both!(joint_note_of_a_couple_without_a_policy_needs_a_reason, |world| {
    let cast = Cast::new(&world.store).await;
    let unsaid = |scope| NoteText { without_policy: String::new(), ..NoteText::free(scope, "words") };
    let create = async |text: &NoteText, end| cast.ruth.create_note(cast.couple, None, None, text, end).await.unwrap();
    assert_eq!(create(&unsaid(NoteScope::Joint), SaveKind::Saved).await, NoteWrite::NoPolicy);
    assert_eq!(world.number("SELECT count(*) FROM note").await.unwrap(), 0);
    // A note about one partner and a process note need none.
    saved(create(&unsaid(NoteScope::PartnerA), SaveKind::Signed).await);
    let process = saved(create(&unsaid(NoteScope::Process), SaveKind::Saved).await);
    let joint = unsaid(NoteScope::Joint);
    assert_eq!(cast.ruth.update_note(process, &joint, SaveKind::Saved).await.unwrap(), NoteWrite::NoPolicy);
    assert_eq!(cast.ruth.note(process).await.unwrap().unwrap().scope, NoteScope::Process);
    // While it is typed, it is kept; it is asked for when the author saves or signs.
    let typed = saved(create(&joint, SaveKind::Typing).await);
    assert_eq!(cast.ruth.update_note(typed, &joint, SaveKind::Signed).await.unwrap(), NoteWrite::NoPolicy);
    let said = NoteText { without_policy: "They sign next week.".into(), ..joint.clone() };
    assert_eq!(cast.ruth.update_note(typed, &said, SaveKind::Saved).await.unwrap(), NoteWrite::Saved(typed));
    assert_eq!(cast.ruth.update_note(typed, &joint, SaveKind::Signed).await.unwrap(), NoteWrite::Saved(typed));
    assert_eq!(cast.ruth.note(typed).await.unwrap().unwrap().without_policy, "They sign next week.");
    // An individual client has no secrets policy.
    let alone = NewClient::Individual(details("Lea Adler", "lea@example.org", "Europe/Berlin").into());
    let alone = cast.ruth.create_client(&alone).await.unwrap().unwrap();
    let write = cast.ruth.create_note(alone, None, None, &joint, SaveKind::Signed).await.unwrap();
    assert_eq!(cast.ruth.note(saved(write)).await.unwrap().unwrap().without_policy, "");
});

both!(note_from_before_there_were_sections_is_one_text, |world| {
    let cast = Cast::new(&world.store).await;
    let text = NoteText::free(NoteScope::PartnerB, "words");
    let note = saved(cast.ruth.create_note(cast.couple, None, None, &text, SaveKind::Saved).await.unwrap());
    // Such a note was saved no time since, and its text is whatever was sealed.
    world.by_hand("UPDATE note SET revision = 0 WHERE id = $1", note.0).await.unwrap();
    let old = cast.ruth.note(note).await.unwrap().unwrap();
    assert_eq!(old.document, NoteDocument::free(old.body.clone()));
    assert!(old.body.starts_with("{\"sections\""), "{}", old.body);
    assert!(world.store.bad_rows().await.unwrap().is_empty());
    let done = NoteText::free(NoteScope::PartnerB, "finished");
    assert_eq!(cast.ruth.update_note(note, &done, SaveKind::Signed).await.unwrap(), NoteWrite::Saved(note));
    let new = cast.ruth.note(note).await.unwrap().unwrap();
    assert_eq!((new.body.as_str(), new.revision, new.template), ("finished", 1, None));
});

both!(example_couple_is_removed_with_its_signed_notes, |world| {
    let cast = Cast::new(&world.store).await;
    allow_unlocking(&cast, 24).await;
    let note = signed(&cast, NoteScope::Joint, "invented").await;
    assert_eq!(cast.ruth.unlock_note(note, "once").await.unwrap(), Unlocked::Done);
    let text = NoteText::free(NoteScope::Joint, "invented again");
    cast.ruth.update_note(note, &text, SaveKind::Signed).await.unwrap();
    saved(add(&cast.ruth, &cast, note, "and more").await);
    let mut more = NoteText::free(NoteScope::Joint, "typed late");
    more.body.page = Some(uuid::Uuid::from_u128(5));
    let about = NoteAbout::default();
    cast.ruth.type_note(cast.couple, Some(note), about, &more, SaveKind::Typing, None).await.unwrap();
    world.by_hand("UPDATE client SET example_at = created_at WHERE id = $1", cast.couple.0).await.unwrap();
    cast.owner.remove_example().await.unwrap();
    for count in ["SELECT count(*) FROM note", "SELECT count(*) FROM note_unlock", "SELECT count(*) FROM note_leftover"]
    {
        assert_eq!(world.number(count).await.unwrap(), 0, "{count}");
    }
});
