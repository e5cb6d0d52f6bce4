//! Notes: a signed note is locked.

use domain::records::note::{NoteScope, NoteText};
use store::NoteWrite;
use tests::{both, people::Cast};

both!(signed_note_is_locked_and_only_signed_notes_are_amended, |world| {
    let cast = Cast::new(&world.store).await;
    let text = |scope, body: &str| NoteText { scope, body: body.into() };
    let NoteWrite::Saved(joint) = cast
        .ruth
        .create_note(cast.couple, None, None, &text(NoteScope::Joint, "first"), store::SaveKind::Saved)
        .await
        .unwrap()
    else {
        panic!()
    };
    assert_eq!(
        cast.ruth.update_note(joint, &text(NoteScope::Joint, "second"), store::SaveKind::Signed).await.unwrap(),
        NoteWrite::Saved(joint)
    );
    assert_eq!(
        cast.ruth.update_note(joint, &text(NoteScope::Joint, "third"), store::SaveKind::Saved).await.unwrap(),
        NoteWrite::Signed
    );
    assert_eq!(cast.ruth.note(joint).await.unwrap().unwrap().body, "second");
    let amended = cast
        .ruth
        .create_note(cast.couple, None, Some(joint), &text(NoteScope::Joint, "amendment"), store::SaveKind::Signed)
        .await
        .unwrap();
    assert!(matches!(amended, NoteWrite::Saved(_)));
    // An unsigned note cannot be amended.
    let NoteWrite::Saved(draft) = cast
        .ruth
        .create_note(cast.couple, None, None, &text(NoteScope::Process, "mine"), store::SaveKind::Saved)
        .await
        .unwrap()
    else {
        panic!()
    };
    assert_eq!(
        cast.ruth
            .create_note(cast.couple, None, Some(draft), &text(NoteScope::Joint, "x"), store::SaveKind::Signed)
            .await
            .unwrap(),
        NoteWrite::Gone
    );
});
