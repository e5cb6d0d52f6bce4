//! The checklist of a new practice, on the owner's first page until it is done.

use app::{
    pages::practice::first_steps::{Example, Model},
    ui::shell::Notice,
};
use domain::{clients::person::Role, form::Form};

use crate::{
    access::{Bookings, Clinician, Owner},
    demo,
    error::{Answer, Failure},
    form::PostedForm,
    page::{Page, redirect, redirect_with},
};

/// The checklist for this owner; `None`: all is done, or it is hidden. `back` is the
/// page that shows it.
pub(crate) async fn model(owner: &store::Owner, back: &'static str) -> Result<Option<Model>, Failure> {
    let has = |role| owner.visitor().has(role);
    let is_therapist = has(Role::Clinician);
    let progress = owner.first_steps(is_therapist).await?.filter(|progress| !progress.is_complete());
    let Some(progress) = progress else { return Ok(None) };
    let example = match owner.example().await? {
        store::Example::Possible if is_therapist => Example::Add,
        store::Example::There => Example::Remove,
        store::Example::Possible | store::Example::Unavailable => Example::Unavailable,
    };
    Ok(Some(Model { progress, may_book: is_therapist || has(Role::FrontDesk), back, example }))
}

/// The page that a form of the checklist leads back to.
fn back(form: &Form) -> &'static str {
    if form.get("back") == "/today" { "/today" } else { "/practice" }
}

/// POST /practice/first-steps: hides the checklist.
pub async fn hide(owner: Owner, PostedForm(form): PostedForm) -> Answer {
    owner.hide_first_steps().await?;
    Ok(redirect(back(&form)))
}

/// POST /practice/example: adds the example couple to the caseload of an owner who sees
/// clients, or removes it, as the field `do` says.
pub async fn example(
    owner: Owner,
    page: Page,
    clinician: Result<Clinician, Failure>,
    bookings: Result<Bookings, Failure>,
    PostedForm(form): PostedForm,
) -> Answer {
    let notice = match form.get("do") {
        "add" => {
            let (clinician, bookings) = (clinician?, bookings?);
            if !demo::example::add(clinician.scope(), bookings.scope(), &page.practice_zone()).await? {
                return Ok(redirect_with(back(&form), Notice::NoExample));
            }
            Notice::ExampleAdded
        }
        "remove" => {
            owner.remove_example().await?;
            Notice::ExampleRemoved
        }
        _ => return Err(Failure::BadRequest),
    };
    Ok(redirect_with(back(&form), notice))
}
