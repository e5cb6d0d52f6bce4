//! Separation: what happens when a couple separates. The page lists what will
//! end; sending its form ends it.

use app::{
    pages::lifecycle::separation::{self, Model, PartnerItem},
    text,
    ui::{FormState, shell::Notice},
};
use domain::{form::Errors, ids::ClientId};

use crate::{
    access::Clinician,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm},
    page::{Page, redirect_with},
};

/// GET /clients/{id}/separation: the list of what will end, to be confirmed.
pub async fn show(clinician: Clinician, page: Page, PathIds(id): PathIds<ClientId>) -> Answer {
    let model = model(&clinician, &page, id, FormState::default()).await?;
    page.under(format!("/clients/{id}"), model.title.clone()).ok("Separation", model, separation::view).await
}

/// POST /clients/{id}/separation: separates a couple.
pub async fn create(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<ClientId>,
    PostedForm(form): PostedForm,
) -> Answer {
    if form.get("read").is_empty() || form.is_shown_again() {
        let errors = Errors::at_field("read", "Please read the list, and tick this.");
        let model = model(&clinician, &page, id, FormState { form, errors }).await?;
        return page
            .under(format!("/clients/{id}"), model.title.clone())
            .invalid("Separation", model, separation::view)
            .await;
    }
    clinician.separate(id).await?.then_some(()).found()?;
    Ok(redirect_with(&format!("/clients/{id}"), Notice::Separated))
}

/// The page's model; not found: not a couple of this caseload, or separated
/// already.
async fn model(clinician: &Clinician, page: &Page, id: ClientId, form: FormState) -> Result<Model, Failure> {
    let shared = clinician.separation_preview(id).await?.found()?;
    let library = clinician.library().await?;
    let title_of =
        |slug: String| library.iter().find(|e| e.document.slug == slug).map_or(slug, |e| e.document.title.clone());
    let zone = page.practice_zone();
    let mut also: Vec<String> = Vec::new();
    also.extend(shared.policy.as_ref().map(|policy| format!("The secrets policy ends ({policy}).")));
    if shared.forms > 0 {
        also.push(format!("Forms that are not signed are taken back ({}). What is signed is kept.", shared.forms));
    }
    if shared.releases > 0 {
        also.push(format!("Releases that are not sent are closed ({}).", shared.releases));
    }
    let names: Vec<&str> = shared.members.iter().map(|m| m.details.name.as_str()).collect();
    Ok(Model {
        client: id,
        title: domain::clients::client::title(names),
        people: shared
            .members
            .iter()
            .map(|m| PartnerItem { name: m.details.name.clone(), phone: m.details.phone.clone() })
            .collect(),
        sessions: shared
            .sessions
            .iter()
            .map(|s| format!("{}, {}, with {}", text::short(s.timing.starts_at, &zone), s.place(), s.clinician_name))
            .collect(),
        exercises: shared.exercises.into_iter().map(title_of).collect(),
        pathways: shared.pathways,
        requests: shared.requests,
        has_intake: shared.has_intake,
        also,
        form,
    })
}
