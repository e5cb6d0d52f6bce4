//! Calls of islands: saving a partner's response and a therapist's exercise draft
//! while they type.

use std::sync::Arc;

use app::{
    api::{Answer, ApiError, Backend, Saved},
    pages::exercises::authoring,
    text,
};
use axum::{extract::Request, response::Response};
use domain::{clients::person::Zone, exercises::response, ids::OccurrenceId};
use leptos::prelude::{Owner, RenderHtml as _, use_context};
use leptos_axum::ResponseOptions;
use store::{FormKey, SavedDraft};
use uuid::Uuid;

use crate::{
    access::{Clinician, Partner},
    page::Page,
    web::api::{form, run, trouble, with_status},
};

/// POST /api/draft: saves a partner's unfinished response.
pub async fn draft(partner: Partner, page: Page, request: Request) -> Response {
    run(Arc::new(Drafts { partner: partner.scope().clone(), zone: page.zone() }), request).await
}

/// Saves unfinished responses of this partner.
struct Drafts {
    partner: store::Partner,
    zone: Zone,
}

impl Backend for Drafts {
    fn save_draft(
        &self,
        occurrence: Uuid,
        number: i64,
        touched: Vec<String>,
        fields: Vec<(String, String)>,
    ) -> Answer<Saved> {
        let (partner, zone, options) = (self.partner.clone(), self.zone.clone(), use_context::<ResponseOptions>());
        let answer = async move {
            let occurrence = OccurrenceId(occurrence);
            let view = partner.occurrence(occurrence).await.map_err(trouble)?.ok_or(ApiError::Gone)?;
            let answers = response::read(&view.document, &form(fields)?);
            let SavedDraft { draft, .. } = partner
                .save_draft(occurrence, &answers, number, Some(&touched))
                .await
                .map_err(trouble)?
                .ok_or(ApiError::Gone)?;
            Ok(Saved {
                id: occurrence.0,
                number: draft.number,
                saved_at: draft.saved_at.map(|at| text::clock(at, &zone)).unwrap_or_default(),
                more: String::new(),
            })
        };
        Box::pin(async move { with_status(options.as_ref(), answer.await) })
    }
}

/// POST /api/exercise: saves an exercise draft and returns its preview.
pub async fn exercise(clinician: Clinician, page: Page, request: Request) -> Response {
    run(Arc::new(Exercises { clinician: clinician.scope().clone(), zone: page.zone() }), request).await
}

/// Saves exercise drafts of this clinician.
struct Exercises {
    clinician: store::Clinician,
    zone: Zone,
}

impl Backend for Exercises {
    fn save_exercise(&self, draft: Uuid, number: i64, mut fields: Vec<(String, String)>) -> Answer<(Saved, String)> {
        let (clinician, zone, options) = (self.clinician.clone(), self.zone.clone(), use_context::<ResponseOptions>());
        let answer = async move {
            fields.retain(|(name, _)| name != "number" && name != FormKey::FIELD);
            let form = form(fields)?;
            let number = match clinician.save_exercise_draft(draft, &form, number).await.map_err(trouble)? {
                store::DraftSaved::Done(number) => number,
                store::DraftSaved::Elsewhere(_) => return Err(ApiError::Unfit),
                store::DraftSaved::Gone => return Err(ApiError::Gone),
            };
            let before = clinician.draft(draft).await.map_err(trouble)?.and_then(|d| d.before);
            let document = domain::exercises::authoring::preview(&form, before.as_ref());
            let html = Owner::new().with(|| authoring::previewed(&document).to_html());
            let saved_at = text::clock(clinician.now(), &zone);
            Ok((Saved { id: draft, number, saved_at, more: String::new() }, html))
        };
        Box::pin(async move { with_status(options.as_ref(), answer.await) })
    }
}
