//! The call of an island that saves a note while it is being written.

use std::sync::Arc;

use app::{
    api::{Answer, ApiError, Backend, Saved},
    text,
};
use axum::{extract::Request, response::Response};
use domain::{
    clients::person::Zone,
    ids::{ClientId, NoteId, NoteTemplateVersionId},
    records::note::NoteText,
};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use store::{NoteForm, NoteWrite, SaveKind};
use uuid::Uuid;

use super::{
    note_model::names_other,
    notes::{about, first_key},
};
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

/// The sentence for a writer whose note was signed on another device.
const SIGNED: &str = "This note was signed on another device. What you type here is kept beside it: reload the page to \
                      make it an addendum";

/// What the form of the note is made for.
async fn form_of(
    clinician: &store::Clinician,
    client: ClientId,
    note: Option<NoteId>,
    typed: &domain::form::Form,
) -> Result<Option<NoteForm>, store::Error> {
    match note {
        Some(note) => clinician.note_form(note).await,
        None if !typed.get("addendum_of").is_empty() => clinician.addendum_form(client).await,
        None => {
            let asked = typed.get("template").parse::<NoteTemplateVersionId>().ok();
            clinician.new_note_form(client, asked).await
        }
    }
}

impl Backend for Notes {
    fn save_note(&self, client: Uuid, note: Option<Uuid>, fields: Vec<(String, String)>) -> Answer<Saved> {
        let (clinician, zone, options) = (self.clinician.clone(), self.zone.clone(), use_context::<ResponseOptions>());
        let answer = async move {
            let form = form(fields)?;
            let (client, note) = (ClientId(client), note.map(NoteId));
            let made = form_of(&clinician, client, note, &form).await.map_err(trouble)?.ok_or(ApiError::Gone)?;
            let text = NoteText::read_typing(&form, &made.layout).map_err(|_| ApiError::Unfit)?;
            let kind = if NoteText::is_undecided(&form) { SaveKind::Undecided } else { SaveKind::Typing };
            let saved = clinician.type_note(client, note, about(&form), &text, kind, first_key(&form)).await;
            let saved = saved.map_err(trouble)?;
            let other = names_other(&form, &made);
            let (id, more) = match (saved.write, note) {
                (NoteWrite::Saved(id) | NoteWrite::Unseen(id), _) if other.is_empty() => (id, String::new()),
                (NoteWrite::Saved(id) | NoteWrite::Unseen(id), _) => {
                    (id, format!("This note is about one partner and names {other}"))
                }
                (NoteWrite::Signed, Some(id)) => (id, SIGNED.to_owned()),
                (NoteWrite::Signed, None) | (NoteWrite::NoPolicy | NoteWrite::Gone, _) => return Err(ApiError::Gone),
            };
            let saved_at = text::clock(clinician.now(), &zone);
            Ok(Saved { id: id.0, number: saved.revision, saved_at, more })
        };
        Box::pin(async move { with_status(options.as_ref(), answer.await) })
    }
}
