//! A therapist's notes: writing and signing them. A signed note is amended by
//! another note.

use app::{
    pages::records::note,
    text,
    ui::{FormState, shell::Notice},
};
use domain::{
    clients::client::title,
    form::{Errors, Form},
    ids::{ClientId, NoteId, PersonId, SessionId},
    records::note::{NoteScope, NoteText},
    scheduling::attendance::{Presence, first_names},
};
use store::{FormKey, NoteWrite, SaveKind, SessionView};

use crate::web::clients::client::scope_label;
use crate::{
    access::Clinician,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect_with},
};

/// GET /clients/{id}/notes/new?session=&amends=: the form for a new note.
/// `session` is what it is about; `amends` is the signed note it amends.
pub async fn new(clinician: Clinician, page: Page, PathIds(id): PathIds<ClientId>, Query(asked): Query) -> Answer {
    let mut form = Form::default();
    for name in ["session", "amends"] {
        form.set(name, asked.get(name));
    }
    if let Ok(amends) = asked.get("amends").parse::<NoteId>() {
        // An amendment has the same scope as the note it amends.
        form.set("scope", clinician.note(amends).await?.found()?.scope.word());
    }
    let model = model(&clinician, &page, id, None, FormState::new(form)).await?.found()?;
    page.under(format!("/clients/{}", model.client), model.title.clone()).ok("Note", model, note::view).await
}

/// The model of a note's page before it is signed; `id` is `None` for a new
/// note. `None`: no such client in this caseload.
async fn model(
    clinician: &Clinician,
    page: &Page,
    client: ClientId,
    id: Option<NoteId>,
    mut form: FormState,
) -> Result<Option<note::Model>, store::Error> {
    let Some(people) = clinician.names(client).await? else { return Ok(None) };
    let zone = page.zone();
    let (ids, names): (Vec<PersonId>, Vec<String>) = people.into_iter().unzip();
    let session = match form.form.get("session").parse::<SessionId>() {
        Ok(wanted) => clinician.session_of(client, wanted).await?,
        Err(_) => None,
    };
    // The record of those who came is offered once, and can be changed.
    if id.is_none() && form.errors.is_empty() && NoteText::is_undecided(&form.form) {
        let attended: Vec<(PersonId, Option<Presence>)> =
            session.iter().flat_map(|s| s.attendees.iter().map(|a| a.person).zip(s.presences())).collect();
        if let Some(scope) = NoteScope::for_session(&ids, &attended) {
            form.form.set("scope", scope.word());
        }
    }
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
        session: session.map(|s| note::AboutSession {
            id: s.id,
            when: text::short(s.timing.starts_at, &zone),
            present: present(&s),
        }),
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

/// Who was present at a session, such as "Elif and Yusuf".
fn present(session: &SessionView) -> String {
    let names: Vec<&str> = session.attendees.iter().map(|a| a.name.as_str()).collect();
    let presences = session.presences();
    let came = first_names(&names).into_iter().zip(&presences);
    let came: Vec<String> =
        came.filter(|(_, presence)| **presence == Some(Presence::Present)).map(|(name, _)| name).collect();
    match came.is_empty() {
        false => came.join(" and "),
        true if !session.state.occupies() || presences.contains(&Some(Presence::Absent)) => "Nobody".to_owned(),
        true => "Not marked yet".to_owned(),
    }
}

/// POST /clients/{id}/notes: saves or signs a new note.
pub async fn create(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<ClientId>,
    PostedForm(form): PostedForm,
) -> Answer {
    // The island has already saved this note while it was typed.
    if let Ok(note) = form.get("note").parse::<NoteId>() {
        return update(clinician, page, PathIds(note), PostedForm(form)).await;
    }
    let end = note_end(&form);
    match NoteText::read(&form) {
        Ok(new) => {
            let about = (form.get("session").parse().ok(), form.get("amends").parse().ok());
            let written = clinician.create_note_once(id, about, &new, end, FormKey::of_form(&form)).await?;
            answer_written(written, end)
        }
        Err(errors) => refuse(&clinician, &page, id, None, form, errors).await,
    }
}

/// Whether the pressed button saves or signs the note.
fn note_end(form: &Form) -> SaveKind {
    if form.get("do") == "sign" { SaveKind::Signed } else { SaveKind::Saved }
}

/// The answer to a note that was written: its page with a notice.
fn answer_written(written: NoteWrite, end: SaveKind) -> Answer {
    match written {
        NoteWrite::Saved(id) => Ok(redirect_with(
            &format!("/notes/{id}"),
            if end == SaveKind::Signed { Notice::Signed } else { Notice::NoteSaved },
        )),
        NoteWrite::Signed | NoteWrite::Gone => Err(Failure::NotFound),
    }
}

/// Shows a note's form again with its errors.
async fn refuse(
    clinician: &Clinician,
    page: &Page,
    client: ClientId,
    id: Option<NoteId>,
    form: Form,
    errors: Errors,
) -> Answer {
    let model = model(clinician, page, client, id, FormState { form, errors }).await?.found()?;
    page.under(format!("/clients/{client}"), model.title.clone()).invalid("Note", model, note::view).await
}

/// GET /notes/{id}: a note; the form that changes it, unless it is signed.
pub async fn edit(clinician: Clinician, page: Page, PathIds(id): PathIds<NoteId>) -> Answer {
    let found = clinician.note(id).await?.found()?;
    let zone = page.zone();
    let mut form = Form::from_pairs([("scope", found.scope.word()), ("body", &found.body)]);
    if found.undecided {
        form.set("scope", "");
    }
    form.set("session", found.session.map(|s| s.to_string()).unwrap_or_default());
    form.set("amends", found.amends.map(|a| a.to_string()).unwrap_or_default());
    let mut model = model(&clinician, &page, found.client, Some(id), FormState::new(form)).await?.found()?;
    model.signed = found.signed_at.map(|at| text::long(at, &zone));
    model.saved_at = Some(text::ago(found.updated_at, clinician.now(), &zone));
    page.under(format!("/clients/{}", model.client), model.title.clone()).ok("Note", model, note::view).await
}

/// POST /notes/{id}: saves or signs a note.
pub async fn update(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<NoteId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let end = note_end(&form);
    let errors = match NoteText::read(&form) {
        Ok(new) => match clinician.update_note(id, &new, end).await? {
            kept_it @ NoteWrite::Saved(_) => return answer_written(kept_it, end),
            NoteWrite::Signed => Errors::of_form(
                "This note was signed in the meantime. What you wrote is still here: save it as an amendment.",
            ),
            NoteWrite::Gone => Errors::of_form(
                "Only its author can change this note. What you wrote is still here: copy it into a note of your own.",
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
    // The note was signed in the meantime: the form becomes an amendment to it.
    form.set("amends", id.to_string());
    refuse(&clinician, &page, found.client, None, form, errors).await
}
