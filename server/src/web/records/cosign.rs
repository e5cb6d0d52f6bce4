//! Co-signing: what a supervisor does with a note of a supervised therapist, and
//! how its author takes it back.

use app::{
    pages::records::cosign,
    ui::{FormState, shell::Notice},
};
use domain::{
    form::{Errors, Form},
    ids::NoteId,
    records::supervision::read_comment,
};
use store::{AssignedNote, CosignAnswer};

use crate::{
    access::{Clinician, Public, SignedIn},
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, without_passwords},
    page::{Page, redirect_with},
    web::{accounts::account::check_current_password, clients::client::scope_label},
};

/// The page of the notes to co-sign.
const QUEUE: &str = "/notes?tab=cosign";

/// The model of the page.
fn model(page: &Page, found: AssignedNote, form: FormState) -> cosign::Model {
    let title = found.title();
    let AssignedNote { note, names, state, is_open } = found;
    let comments = state.comments.into_iter().map(|c| (format!("{}, {}", c.by, page.stamp(c.at)), c.text)).collect();
    cosign::Model {
        note: note.id,
        title,
        kind: note.title(),
        scope: scope_label(note.scope, &names),
        signed: note.signed_at.map(|at| page.stamp(at)).unwrap_or_default(),
        header: note.header.as_ref().map(domain::records::note::NoteHeader::lines).unwrap_or_default(),
        sections: note.document.written().map(|section| (section.label.clone(), section.joined())).collect(),
        author: note.author_name,
        cosigned: state.signed.map(|(by, at)| format!("{by}, {}", page.stamp(at))).unwrap_or_default(),
        comments,
        revision: note.revision,
        is_open,
        form,
    }
}

/// The page below the list of the notes to co-sign.
fn below(page: &Page) -> Page {
    page.under(QUEUE, "To co-sign")
}

/// GET /cosign/{id}: a note to co-sign, as the supervisor reads it.
pub async fn show(clinician: Clinician, page: Page, PathIds(id): PathIds<NoteId>) -> Answer {
    let found = clinician.note_to_cosign(id).await?.found()?;
    let model = model(&page, found, FormState::default());
    below(&page).ok("Note to co-sign", model, cosign::view).await
}

/// POST /cosign/{id}: co-signs a note, or returns it with `do` as `return`.
pub async fn answer(
    clinician: Clinician,
    me: SignedIn,
    public: Public,
    page: Page,
    PathIds(id): PathIds<NoteId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let is_return = form.get("do") == "return";
    // A page without the field shows no revision that there is.
    let read = form.get("revision").parse().unwrap_or(-1);
    let errors = if is_return {
        match read_comment(&form) {
            Ok(comment) => {
                let answered = clinician.return_note(id, read, &comment).await?;
                return answer_page(&clinician, &page, id, (answered, Notice::NoteReturned), &form).await;
            }
            Err(errors) => errors,
        }
    } else {
        // Nobody tries passwords at a note that is not theirs.
        if clinician.note_to_cosign(id).await?.is_none() {
            return settled_page(&clinician, &page, id, &form).await;
        }
        let errors = check_signature(&me, &public, &page, &form).await?;
        if errors.is_empty() {
            let answered = clinician.cosign_note(id, read).await?;
            return answer_page(&clinician, &page, id, (answered, Notice::NoteCosigned), &form).await;
        }
        errors
    };
    let Some(found) = clinician.note_to_cosign(id).await? else {
        return settled_page(&clinician, &page, id, &form).await;
    };
    let model = model(&page, found, FormState { form: without_passwords(form), errors });
    below(&page).invalid("Note to co-sign", model, cosign::view).await
}

/// The page of a note that was answered or taken back in the meantime, with the
/// comment that was typed; not found for a note that was never this supervisor's.
async fn settled_page(clinician: &Clinician, page: &Page, id: NoteId, form: &Form) -> Answer {
    clinician.was_to_cosign(id).await?.found()?;
    let model = cosign::Settled { comment: form.get("comment").to_owned() };
    below(page).invalid("Already answered", model, cosign::settled_view).await
}

/// The errors of a co-signature: a password that is missing or wrong.
async fn check_signature(me: &SignedIn, public: &Public, page: &Page, form: &Form) -> Result<Errors, Failure> {
    let shown_again = form.shown_again_error();
    if !shown_again.is_empty() {
        return Ok(shown_again);
    }
    let typed = form.get("current_password");
    if typed.is_empty() {
        return Ok(Errors::at_field("current_password", "Enter your password to co-sign the note."));
    }
    let wrong = check_current_password(me, public, typed).await?.message(page.words());
    Ok(wrong.map_or_else(Errors::default, |message| Errors::at_field("current_password", message)))
}

/// The answer to a supervisor: the list with a notice, or that the note was
/// answered in the meantime.
async fn answer_page(
    clinician: &Clinician,
    page: &Page,
    id: NoteId,
    (answered, done): (CosignAnswer, Notice),
    form: &Form,
) -> Answer {
    match answered {
        CosignAnswer::Done => Ok(redirect_with(QUEUE, done)),
        CosignAnswer::Gone => Err(Failure::NotFound),
        CosignAnswer::Settled => settled_page(clinician, page, id, form).await,
    }
}

/// POST /notes/{id}/take-back: makes an own note that is with a supervisor a draft
/// again.
pub async fn take_back(clinician: Clinician, PathIds(id): PathIds<NoteId>) -> Answer {
    let notice = match clinician.take_back_note(id).await? {
        CosignAnswer::Done => Notice::NoteTakenBack,
        CosignAnswer::Settled => Notice::NoteAnswered,
        CosignAnswer::Gone => return Err(Failure::NotFound),
    };
    Ok(redirect_with(&format!("/notes/{id}"), notice))
}
