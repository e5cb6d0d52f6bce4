//! The erasure of a person's data by their therapist, and legal holds.

use app::{
    pages::lifecycle::erasure::{self, Line, Model, Report},
    text,
    ui::{FormState, shell::Notice},
    words::Words,
};
use domain::{
    clients::search,
    form::{Form, Reader},
    ids::{ClientId, PersonId},
    records::retention::{ErasureFate, ErasureLine},
    zone,
};
use store::{Erased, PastErasure};

use crate::{
    access::{Clinician, Public, SignedIn, again},
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm},
    page::{Page, redirect_with},
};

/// The page's model.
async fn model(
    clinician: &Clinician,
    page: &Page,
    (client, person): (ClientId, PersonId),
    form: FormState,
) -> Result<Model, Failure> {
    let preview = clinician.erasure_preview(client, person).await?.found()?;
    Ok(Model {
        client,
        person,
        name: preview.name,
        lines: preview.lines.iter().map(line).collect(),
        is_held: preview.is_held,
        ahead: preview.ahead,
        earlier: preview.earlier.iter().map(|past| report(past, page)).collect(),
        form,
    })
}

/// An erasure that was done.
fn report(past: &PastErasure, page: &Page) -> Report {
    let day = text::day(zone::date_of(past.at, &page.zone()));
    Report { when: format!("{day}, by {}", past.by), lines: past.lines.iter().map(line).collect() }
}

/// A line of the report.
fn line(line: &ErasureLine) -> Line {
    let fate = match (line.fate, line.until) {
        (ErasureFate::Kept, Some(until)) => format!("Kept until {}", until.format("%-d %B %Y")),
        (fate, _) => fate.label().to_owned(),
    };
    Line {
        thing: line.thing.label().to_owned(),
        is_erased: matches!(line.fate, ErasureFate::Erased | ErasureFate::Last),
        fate,
        reason: line.reason().to_owned(),
    }
}

/// A form without its passwords.
fn without_password(mut form: Form) -> Form {
    form.0.retain(|(name, _)| name != again::FIELD);
    form
}

/// Answers with the page.
async fn answer(clinician: &Clinician, page: &Page, ids: (ClientId, PersonId), form: FormState) -> Answer {
    let is_refused = !form.errors.is_empty();
    let model = model(clinician, page, ids, form).await?;
    let title = format!("Erase data of {}", model.name);
    let page = crate::web::clients::below_record(clinician, page, ids.0).await?;
    if is_refused {
        page.invalid(&title, model, erasure::view).await
    } else {
        page.ok(&title, model, erasure::view).await
    }
}

/// GET /clients/{id}/partners/{person}/erasure: what would be erased and kept.
pub async fn show(clinician: Clinician, page: Page, PathIds(ids): PathIds<(ClientId, PersonId)>) -> Answer {
    answer(&clinician, &page, ids, FormState::default()).await
}

/// POST /clients/{id}/partners/{person}/erasure: erases what does not have to be kept.
pub async fn create(
    clinician: Clinician,
    me: SignedIn,
    public: Public,
    page: Page,
    PathIds(ids): PathIds<(ClientId, PersonId)>,
    PostedForm(form): PostedForm,
) -> Answer {
    // Nobody tries passwords at a person who is not in their caseload.
    let preview = clinician.erasure_preview(ids.0, ids.1).await?.found()?;
    let mut errors = form.shown_again_error();
    if search::search_key(form.get("name")) != search::search_key(&preview.name) {
        errors.add("name", "Type the name as it is above.");
    }
    if errors.is_empty()
        && let Some(message) = again::check(&me, &public, &form, Words::ENGLISH).await?
    {
        errors.add(again::FIELD, message);
    }
    if !errors.is_empty() {
        return answer(&clinician, &page, ids, FormState { form: without_password(form), errors }).await;
    }
    let here = format!("/clients/{}/partners/{}/erasure", ids.0, ids.1);
    match clinician.erase(ids.0, ids.1).await? {
        Erased::Done => Ok(redirect_with(&here, Notice::Erased)),
        Erased::ClientGone => Ok(redirect_with("/caseload", Notice::Erased)),
        Erased::Gone => Err(Failure::NotFound),
        Erased::Held | Erased::SessionsAhead => {
            answer(&clinician, &page, ids, FormState::new(without_password(form))).await
        }
    }
}

/// POST /clients/{id}/partners/{person}/hold: sets a legal hold on the client.
pub async fn hold(
    clinician: Clinician,
    page: Page,
    PathIds(ids): PathIds<(ClientId, PersonId)>,
    PostedForm(form): PostedForm,
) -> Answer {
    let mut r = Reader::new(&form);
    let why = r.text("why", 1..=500, "Enter the reason.");
    match r.finish().and(why) {
        Ok(why) => {
            clinician.names(ids.0).await?.found()?;
            clinician.hold_client(ids.0, &why).await?;
            Ok(redirect_with(&format!("/clients/{}/partners/{}/erasure", ids.0, ids.1), Notice::HoldSet))
        }
        Err(errors) => answer(&clinician, &page, ids, FormState { form, errors }).await,
    }
}
