//! When two separate: the list of what ends, and the act.

use app::{
    pages::separate::{self, Model},
    text,
    ui::{FormState, shell::Notice},
};
use domain::{form::Errors, ids::ClientId};

use crate::{
    access::Clinician,
    error::{Answer, Failure, Found as _},
    form::{At, Typed},
    page::{Page, redirect_with},
};

/// GET /clients/{id}/separation
pub async fn show(clinician: Clinician, page: Page, At(id): At<ClientId>) -> Answer {
    let model = model(&clinician, &page, id, FormState::default()).await?;
    page.ok("Separation", model, separate::view).await
}

/// POST /clients/{id}/separation
pub async fn create(clinician: Clinician, page: Page, At(id): At<ClientId>, Typed(form): Typed) -> Answer {
    if form.get("read").is_empty() {
        let errors = Errors::one("read", "Please read the list, and tick this.");
        let model = model(&clinician, &page, id, FormState { form, errors }).await?;
        return page.again("Separation", model, separate::view).await;
    }
    clinician.separate(id).await?.then_some(()).found()?;
    Ok(redirect_with(&format!("/clients/{id}"), Notice::Separated))
}

async fn model(clinician: &Clinician, page: &Page, id: ClientId, form: FormState) -> Result<Model, Failure> {
    let shared = clinician.shared(id).await?.found()?;
    let library = clinician.library().await?;
    let title_of =
        |slug: String| library.iter().find(|e| e.document.slug == slug).map_or(slug, |e| e.document.title.clone());
    let zone = page.practice_zone();
    let names: Vec<&str> = shared.members.iter().map(|m| m.details.name.as_str()).collect();
    Ok(Model {
        client: id,
        title: domain::client::title(names),
        people: shared.members.iter().map(|m| (m.details.name.clone(), m.details.phone.clone())).collect(),
        sessions: shared
            .sessions
            .iter()
            .map(|s| format!("{}, {}, with {}", text::short(s.timing.starts_at, &zone), s.place(), s.clinician_name))
            .collect(),
        exercises: shared.exercises.into_iter().map(title_of).collect(),
        walks: shared.walks,
        requests: shared.requests,
        form,
    })
}
