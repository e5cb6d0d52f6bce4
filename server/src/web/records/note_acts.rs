//! What an author may still do with a note: unlock it, settle what was typed after
//! the signature, take a moved section back.

use app::ui::{FormState, shell::Notice};
use domain::{
    form::{Errors, Form, Reader},
    ids::{NoteId, NoteLeftoverId, NoteMoveId},
    records::note::REASON_MAX,
};
use store::{MoveUndone, Unlocked};

use super::note_model::{self, show_again};
use crate::{
    access::{Clinician, Public, SignedIn},
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, without_passwords},
    page::{Page, redirect, redirect_with},
    web::accounts::account::check_current_password,
};

/// POST /notes/{id}/unlock: makes a signed note a draft again.
pub async fn unlock(
    clinician: Clinician,
    me: SignedIn,
    public: Public,
    page: Page,
    PathIds(id): PathIds<NoteId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let errors = match read_reason(&form) {
        Ok(reason) => {
            match check_current_password(&me, &public, form.get("current_password")).await?.message(page.words()) {
                Some(message) => Errors::at_field("current_password", message),
                None => match clinician.unlock_note(id, &reason).await? {
                    Unlocked::Done => return Ok(redirect_with(&format!("/notes/{id}"), Notice::NoteUnlocked)),
                    Unlocked::TooLate => Errors::of_form("The time for unlocking is over. Add an addendum instead."),
                    Unlocked::HasAddenda => {
                        Errors::of_form("This note has an addendum by now. Add another addendum instead.")
                    }
                    Unlocked::Gone => return Err(Failure::NotFound),
                },
            }
        }
        Err(errors) => errors,
    };
    let found = clinician.note_page(id).await?.found()?;
    if !found.is_own || found.note.locked_at.is_none() {
        return Err(Failure::NotFound);
    }
    let made = clinician.note_form(id).await?.found()?;
    let state = FormState { form: without_passwords(form), errors };
    let mut model = note_model::signed(&clinician, &page, &made, &found, Some(state.clone())).await?;
    // The form is not on the page any more: its message is at the top.
    model.form.errors = if found.unlockable_until.is_none() { state.errors } else { Errors::default() };
    show_again(&page, model).await
}

/// Reads the form that unlocks a note: the reason.
fn read_reason(form: &Form) -> Result<String, Errors> {
    let mut r = Reader::new(form);
    let reason = r.lines("reason", 1..=REASON_MAX, "Write the reason.");
    if form.get("current_password").is_empty() {
        let _ = r.fail::<()>("current_password", "Enter your password to unlock the note.");
    }
    r.finish()?;
    reason
}

/// POST /notes/{id}/leftovers/{leftover}: makes an addendum of what was typed in a
/// note after it was signed, or discards it with `do` as `discard`.
pub async fn leftover(
    clinician: Clinician,
    PathIds((id, leftover)): PathIds<(NoteId, NoteLeftoverId)>,
    PostedForm(form): PostedForm,
) -> Answer {
    let here = format!("/notes/{id}");
    if form.get("do") == "discard" {
        clinician.discard_leftover(id, leftover).await?.then_some(()).found()?;
        return Ok(redirect_with(&here, Notice::LeftoverDiscarded));
    }
    let addendum = clinician.leftover_to_addendum(id, leftover).await?.found()?;
    Ok(redirect(&format!("/notes/{addendum}")))
}

/// POST /note-moves/{id}/undo: takes a section back that was moved into a process
/// note.
pub async fn undo_move(clinician: Clinician, PathIds(id): PathIds<NoteMoveId>) -> Answer {
    match clinician.undo_move(id).await? {
        MoveUndone::Done(note) => Ok(redirect_with(&format!("/notes/{note}"), Notice::SectionMovedBack)),
        MoveUndone::TooLate(note) => Ok(redirect(&format!("/notes/{note}"))),
        MoveUndone::Gone => Err(Failure::NotFound),
    }
}
