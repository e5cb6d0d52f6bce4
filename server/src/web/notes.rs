//! A therapist's notes: written, signed, amended by notes of their own.

use app::{
    pages::note,
    text,
    ui::{FormState, shell::Notice},
};
use domain::{
    client::title,
    form::{Errors, Form},
    ids::{ClientId, NoteId, SessionId},
    note::{NoteScope, NoteText},
};
use store::{NoteEnd, NoteWrite};

use super::clients::scope_label;
use crate::{
    access::Clinician,
    error::{Answer, Failure, Found as _},
    form::{Asked, At, Typed},
    page::{Page, redirect_with},
};

/// GET /clients/{id}/notes/new?session=&amends=
pub async fn new(clinician: Clinician, page: Page, At(id): At<ClientId>, Asked(asked): Asked) -> Answer {
    let mut form = Form::default();
    for name in ["session", "amends"] {
        form.set(name, asked.get(name));
    }
    if let Ok(amends) = asked.get("amends").parse::<NoteId>() {
        // An amendment belongs where its note belongs.
        form.set("scope", clinician.note(amends).await?.found()?.scope.word());
    }
    let model = model(&clinician, &page, id, None, FormState::new(form)).await?.found()?;
    page.ok("Note", model, note::view).await
}

/// The page of a note that is not signed.
async fn model(
    clinician: &Clinician,
    page: &Page,
    client: ClientId,
    id: Option<NoteId>,
    form: FormState,
) -> Result<Option<note::Model>, store::Error> {
    let Some(people) = clinician.names(client).await? else { return Ok(None) };
    let zone = page.zone();
    let names: Vec<String> = people.into_iter().map(|(_, name)| name).collect();
    let session = match form.form.get("session").parse::<SessionId>() {
        Ok(wanted) => clinician
            .client_sessions(client)
            .await?
            .into_iter()
            .find(|s| s.id == wanted)
            .map(|s| (s.id, text::short(s.timing.starts_at, &zone))),
        Err(_) => None,
    };
    let amends = match form.form.get("amends").parse::<NoteId>() {
        Ok(wanted) => clinician
            .note(wanted)
            .await?
            .filter(|n| n.client == client && n.signed_at.is_some())
            .map(|n| (n.id, text::short(n.created_at, &zone))),
        Err(_) => None,
    };
    Ok(Some(note::Model {
        client,
        title: title(names.iter().map(String::as_str)),
        id,
        session,
        scopes: NoteScope::ALL
            .iter()
            .filter(|s| match s {
                NoteScope::PartnerA | NoteScope::PartnerB => names.len() == 2,
                _ => true,
            })
            .map(|s| (*s, scope_label(*s, &names)))
            .collect(),
        form,
        signed: None,
        amends,
        saved_at: None,
    }))
}

/// POST /clients/{id}/notes
pub async fn create(clinician: Clinician, page: Page, At(id): At<ClientId>, Typed(form): Typed) -> Answer {
    // The page kept it while it was typed: it is a note already.
    if let Ok(note) = form.get("note").parse::<NoteId>() {
        return update(clinician, page, At(note), Typed(form)).await;
    }
    let end = end(&form);
    match NoteText::read(&form) {
        Ok(new) => {
            let written = clinician
                .create_note(id, form.get("session").parse().ok(), form.get("amends").parse().ok(), &new, end)
                .await?;
            kept(written, end)
        }
        Err(errors) => refuse(&clinician, &page, id, None, form, errors).await,
    }
}

fn end(form: &Form) -> NoteEnd {
    if form.get("do") == "sign" { NoteEnd::Signed } else { NoteEnd::Saved }
}

fn kept(written: NoteWrite, end: NoteEnd) -> Answer {
    match written {
        NoteWrite::Kept(id) => Ok(redirect_with(
            &format!("/notes/{id}"),
            if end == NoteEnd::Signed { Notice::Signed } else { Notice::Saved },
        )),
        NoteWrite::Signed | NoteWrite::Gone => Err(Failure::NotFound),
    }
}

async fn refuse(
    clinician: &Clinician,
    page: &Page,
    client: ClientId,
    id: Option<NoteId>,
    form: Form,
    errors: Errors,
) -> Answer {
    let model = model(clinician, page, client, id, FormState { form, errors }).await?.found()?;
    page.again("Note", model, note::view).await
}

/// GET /notes/{id}
pub async fn edit(clinician: Clinician, page: Page, At(id): At<NoteId>) -> Answer {
    let found = clinician.note(id).await?.found()?;
    let zone = page.zone();
    let mut form = Form::from_pairs([("scope", found.scope.word()), ("body", &found.body)]);
    form.set("session", found.session.map(|s| s.to_string()).unwrap_or_default());
    form.set("amends", found.amends.map(|a| a.to_string()).unwrap_or_default());
    let mut model = model(&clinician, &page, found.client, Some(id), FormState::new(form)).await?.found()?;
    model.signed = found.signed_at.map(|at| text::long(at, &zone));
    model.saved_at = Some(text::ago(found.updated_at, clinician.now(), &zone));
    page.ok("Note", model, note::view).await
}

/// POST /notes/{id}
pub async fn update(clinician: Clinician, page: Page, At(id): At<NoteId>, Typed(form): Typed) -> Answer {
    let end = end(&form);
    let errors = match NoteText::read(&form) {
        Ok(new) => match clinician.update_note(id, &new, end).await? {
            kept_it @ NoteWrite::Kept(_) => return kept(kept_it, end),
            NoteWrite::Signed => Errors::whole(
                "This note was signed in the meantime. What you wrote is still here: save it as an amendment.",
            ),
            NoteWrite::Gone => Errors::whole(
                "Only the one who began this note can change it. What you wrote is still here: please copy it into a note of your own.",
            ),
        },
        Err(errors) => errors,
    };
    let found = clinician.note(id).await?.found()?;
    let mut form = form;
    form.set("session", found.session.map(|s| s.to_string()).unwrap_or_default());
    if found.signed_at.is_none() {
        form.set("amends", found.amends.map(|a| a.to_string()).unwrap_or_default());
        return refuse(&clinician, &page, found.client, Some(id), form, errors).await;
    }
    // Signed: what was written goes on as an amendment to it.
    form.set("amends", id.to_string());
    refuse(&clinician, &page, found.client, None, form, errors).await
}
