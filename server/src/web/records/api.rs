//! The call of an island that saves a note while it is being written.

use std::sync::Arc;

use app::{
    api::{Answer, ApiError, Backend, Saved},
    text,
};
use axum::{extract::Request, response::Response};
use domain::{
    clients::person::Zone,
    ids::{ClientId, NoteId},
    records::note::NoteText,
};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use store::{FormKey, NoteWrite, SaveKind};
use uuid::Uuid;

use crate::{
    access::Clinician,
    page::Page,
    web::api::{form, run, trouble, with_status},
};

/// POST /api/note: saves a note while it is being written.
pub async fn note(clinician: Clinician, page: Page, request: Request) -> Response {
    run(Arc::new(Notes { clinician: clinician.scope().clone(), zone: page.zone() }), request).await
}

/// Saves notes of this clinician.
struct Notes {
    clinician: store::Clinician,
    zone: Zone,
}

impl Backend for Notes {
    fn save_note(&self, client: Uuid, note: Option<Uuid>, fields: Vec<(String, String)>) -> Answer<Saved> {
        let (clinician, zone, options) = (self.clinician.clone(), self.zone.clone(), use_context::<ResponseOptions>());
        let answer = async move {
            let form = form(fields)?;
            let text = NoteText::read_typing(&form).map_err(|_| ApiError::Unfit)?;
            let kind = if NoteText::is_undecided(&form) { SaveKind::Undecided } else { SaveKind::Typing };
            let written = match note {
                Some(note) => clinician.update_note(NoteId(note), &text, kind).await,
                None => {
                    let (session, amends) = (form.get("session").parse().ok(), form.get("amends").parse().ok());
                    let key = FormKey::of_form(&form);
                    clinician.create_note_once(ClientId(client), (session, amends), &text, kind, key).await
                }
            };
            match written.map_err(trouble)? {
                NoteWrite::Saved(id) => {
                    Ok(Saved { id: id.0, number: 0, saved_at: text::clock(clinician.now(), &zone) })
                }
                NoteWrite::Signed | NoteWrite::Gone => Err(ApiError::Gone),
            }
        };
        Box::pin(async move { with_status(options.as_ref(), answer.await) })
    }
}
