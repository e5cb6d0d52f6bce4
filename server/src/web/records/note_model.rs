//! The model of a note's page: what the program fills into its form, and what a
//! signed note shows.

use app::{
    pages::records::note::{
        self, AboutSession, AddendumItem, LeftoverItem, Model, MovedItem, Section, Signed, UnlockForm,
    },
    text,
    ui::FormState,
};
use chrono::{DateTime, Utc};
use domain::{
    clients::{client::title, person::Zone},
    form::Form,
    ids::{NoteId, PersonId, SessionId},
    records::{
        note::{
            NoteDocument, NoteHeader, NoteScope, NoteText, copied_field,
            document::mark,
            header::{Attendance, Attended},
            header_edits::{HeaderEdits, marks},
            naming::is_named,
            page_of, section_field, shown_field,
        },
        policy::default_note_scope,
    },
    scheduling::attendance::{Presence, first_names, minutes_late},
    zone,
};
use store::{CosignState, Note, NoteForm, NotePage, SessionView, Unlocking};

use crate::{access::Clinician, page::Page, web::clients::client::scope_label};

/// The session that a form names, if it is one of this client.
async fn session_of(clinician: &Clinician, made: &NoteForm, form: &Form) -> Result<Option<SessionView>, store::Error> {
    match form.get("session").parse::<SessionId>() {
        Ok(session) => clinician.session_of(made.client, session).await,
        Err(_) => Ok(None),
    }
}

/// The names of the client's people, by seat.
async fn names_of(clinician: &Clinician, made: &NoteForm) -> Result<Vec<String>, store::Error> {
    let people = clinician.names(made.client).await?.unwrap_or_default();
    Ok(people.into_iter().map(|(_, name)| name).collect())
}

/// Fills the fields of a note that is not saved yet: the scope that fits, the header
/// of the session, and what each section shows. Fields that the form has stay as
/// they are.
async fn fill_new(clinician: &Clinician, page: &Page, made: &NoteForm, form: &mut Form) -> Result<(), store::Error> {
    let session = session_of(clinician, made, form).await?;
    for (key, _) in made.layout.sections() {
        if !form.has(&shown_field(key)) {
            form.set(&shown_field(key), mark(""));
        }
    }
    if !form.has("revision") {
        form.set("revision", "0");
    }
    if !form.get("addendum_of").is_empty() {
        return Ok(());
    }
    form.set("template", made.template.map(|(_, version)| version.to_string()).unwrap_or_default());
    if !form.has("h.date") {
        header_of(page, made, session.as_ref(), clinician.now()).fill(form);
    }
    // The record of those who came is offered once, and can be changed.
    if !form.has("scope") && NoteText::is_undecided(form) {
        let ids: Vec<PersonId> = made.layout.people.iter().map(|(id, _)| *id).collect();
        let attended: Vec<(PersonId, Option<Presence>)> =
            session.iter().flat_map(|s| s.attendees.iter().map(|a| a.person).zip(s.presences())).collect();
        if let Some(scope) = default_note_scope(&made.policy, NoteScope::for_session(&ids, &attended)) {
            form.set("scope", scope.word());
        }
    }
    Ok(())
}

/// The header as the session tells it. Without a session it has the day of `at`.
fn header_of(page: &Page, made: &NoteForm, session: Option<&SessionView>, at: DateTime<Utc>) -> NoteHeader {
    let practice = page.practice_zone();
    let wall = |at| zone::wall_time(at, &practice);
    let attended = |person: PersonId| {
        let session = session?;
        let at = session.attendees.iter().position(|attendee| attendee.person == person)?;
        let presence = session.presences().get(at).copied().flatten()?;
        let arrived = session.attendees.get(at).and_then(|attendee| attendee.arrived_at);
        let late = arrived.filter(|arrived| minutes_late(session.timing.starts_at, *arrived).is_some());
        Some((presence, late.map(|late| wall(late).time())))
    };
    let people = made.layout.people.iter().map(|(person, name)| {
        let (attended, late_from) = match attended(*person) {
            Some((Presence::Present, late)) => (Attended::Present, late),
            Some((Presence::Absent, _)) => (Attended::Absent, None),
            None => (Attended::Unknown, None),
        };
        Attendance { person: *person, name: name.clone(), attended, late_from, left_at: None }
    });
    let attendance = people.collect();
    let starts = session.map(|session| wall(session.timing.starts_at));
    NoteHeader {
        date: starts.map_or_else(|| wall(at).date(), |starts| starts.date()),
        starts: starts.map(|starts| starts.time()),
        ends: session.map(|session| wall(session.timing.ends_at).time()),
        place: session.map(SessionView::place).unwrap_or_default(),
        kind: session.map(|session| session.kind.label().to_owned()).unwrap_or_default(),
        attendance,
        others: String::new(),
        policy: made.layout.policy.clone(),
        edits: HeaderEdits::default(),
    }
}

/// The form of a note as it is stored.
pub(super) fn stored_form(found: &Note, made: &NoteForm) -> Form {
    let mut form = Form::default();
    let undecided = found.undecided;
    let scope = if undecided { "" } else { found.scope.word() };
    form.set("scope", scope);
    form.set("was_scope", scope);
    form.set("without_policy", found.without_policy.as_str());
    form.set("revision", found.revision.to_string());
    form.set("session", found.session.map(|s| s.to_string()).unwrap_or_default());
    form.set("addendum_of", found.addendum_of.map(|a| a.to_string()).unwrap_or_default());
    fill_sections(&mut form, made, &found.document);
    if let Some(header) = &found.header {
        header.fill(&mut form);
        let shown = marks(&form);
        form.set("was_header", shown);
    }
    form
}

/// Fills the fields of the sections.
fn fill_sections(form: &mut Form, made: &NoteForm, document: &NoteDocument) {
    for (key, _) in made.layout.sections() {
        let section = document.section(key);
        let text = section.map(domain::records::note::NoteSection::joined).unwrap_or_default();
        form.set(&shown_field(key), mark(&text));
        if section.is_some_and(|section| section.copied) {
            form.set(&copied_field(key), mark(&text));
        }
        form.set(&section_field(key), text);
    }
}

/// Puts copied sections into a form that is not saved yet.
pub(super) fn fill_copies(form: &mut Form, document: &NoteDocument) {
    for section in document.sections.iter().filter(|section| section.copied) {
        form.set(&copied_field(&section.key), mark(&section.text));
        form.set(&section_field(&section.key), section.text.as_str());
    }
}

/// Marks a form that is shown again as one of the page on which it was first shown.
pub(super) fn keep_page(form: &mut Form) {
    if let Some(first) = page_of(form) {
        form.set("page", first.to_string());
    }
}

/// The model of a note that is not signed. `id` is `None` for a new one; `found` is
/// what is stored of it.
pub(super) async fn unsigned(
    clinician: &Clinician,
    page: &Page,
    made: &NoteForm,
    found: Option<&NotePage>,
    mut form: FormState,
) -> Result<Model, store::Error> {
    match found.map(|found| &found.note) {
        None => fill_new(clinician, page, made, &mut form.form).await?,
        Some(note) if note.header.is_none() && note.addendum_of.is_none() && !form.form.has("h.date") => {
            let session = session_of(clinician, made, &form.form).await?;
            header_of(page, made, session.as_ref(), note.created_at).fill(&mut form.form);
        }
        Some(_) => {}
    }
    let mut model = frame(clinician, page, made, form).await?;
    model.names_other = names_other(&model.form.form, made);
    if model.addendum_of.is_none() {
        let templates = clinician.note_templates().await?;
        model.templates =
            templates.into_iter().map(|entry| (entry.version_id.to_string(), entry.template.title)).collect();
        if !model.form.form.has("use_template")
            && let Some((_, version)) = made.template
        {
            model.form.form.set("use_template", version.to_string());
        }
        model.newer = made.newer.map(|newer| newer.to_string()).unwrap_or_default();
    }
    let Some(found) = found else { return Ok(model) };
    let zone = page.zone();
    model.id = Some(found.note.id);
    model.header_others = found.note.header.as_ref().map(NoteHeader::other_lines).unwrap_or_default();
    model.saved_at = Some(text::ago(found.note.updated_at, clinician.now(), &zone));
    model.moves =
        found.moves.iter().map(|moved| MovedItem { id: moved.id, label: moved.label.clone(), to: moved.to }).collect();
    model.returned = found
        .cosign
        .comments
        .first()
        .map(|comment| (format!("{}, {}", comment.by, text::short(comment.at, &zone)), comment.text.clone()));
    model.unlockings = unlocking_lines(&found.unlockings, &zone);
    Ok(model)
}

/// What every page of a note has: the client, the session, the records, the sections.
async fn frame(clinician: &Clinician, page: &Page, made: &NoteForm, form: FormState) -> Result<Model, store::Error> {
    let names = names_of(clinician, made).await?;
    let zone = page.zone();
    let session = session_of(clinician, made, &form.form).await?;
    let addendum_of = match form.form.get("addendum_of").parse::<NoteId>() {
        Ok(root) => clinician
            .note(root)
            .await?
            .filter(|n| n.client == made.client && n.signed_at.is_some())
            .map(|n| (n.id, text::short(n.created_at, &zone))),
        Err(_) => None,
    };
    let template = &made.layout.template;
    let sections = made.layout.sections().map(|(key, label)| {
        let own = template.section(key);
        Section {
            key: key.to_owned(),
            label: label.to_owned(),
            hint: own.map(|own| own.hint.clone()).unwrap_or_default(),
            required: own.is_some_and(|own| own.required),
        }
    });
    Ok(Model {
        client: made.client,
        title: title(names.iter().map(String::as_str)),
        id: None,
        session: session.map(|s| AboutSession {
            id: s.id,
            when: text::short(s.timing.starts_at, &zone),
            present: present(&s),
        }),
        scopes: NoteScope::ALL
            .iter()
            .filter(|s| match s {
                NoteScope::PartnerA | NoteScope::PartnerB => names.len() == 2,
                NoteScope::Joint | NoteScope::Process => true,
            })
            .map(|s| (*s, scope_label(*s, &names)))
            .collect(),
        addendum_of,
        sections: sections.collect(),
        people: made.layout.people.iter().map(|(_, name)| name.clone()).collect(),
        header_others: vec![],
        policy: made.layout.policy.clone(),
        joint_needs_reason: made.joint_needs_reason,
        templates: vec![],
        newer: String::new(),
        form,
        names_other: String::new(),
        moves: vec![],
        returned: None,
        unlockings: vec![],
        signed: None,
        saved_at: None,
    })
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

/// The first name of the partner whom a note about the other one names; empty: it
/// names nobody, or is not about one partner.
pub(super) fn names_other(form: &Form, made: &NoteForm) -> String {
    let other = form.get("scope").parse::<NoteScope>().ok().and_then(NoteScope::other_seat);
    let Some((_, name)) = other.and_then(|seat| made.layout.people.get(seat)) else { return String::new() };
    let is_in = |key: &str| is_named(form.get(&section_field(key)), name);
    if made.layout.sections().any(|(key, _)| is_in(key)) {
        domain::clients::person::first_name(name).to_owned()
    } else {
        String::new()
    }
}

/// How often a note was unlocked, in lines.
fn unlocking_lines(unlockings: &[Unlocking], zone: &Zone) -> Vec<String> {
    let line = |u: &Unlocking| format!("Unlocked by {}, {}: {}", u.by, text::short(u.unlocked_at, zone), u.reason);
    unlockings.iter().map(line).collect()
}

/// How far the co-signature is, in words; empty: nobody co-signs the note.
fn cosign_words(cosign: &CosignState, zone: &Zone) -> String {
    match (&cosign.signed, &cosign.waiting) {
        (Some((who, at)), _) => format!("{who}, {}", text::short(*at, zone)),
        (None, Some((who, since))) => format!("With {who} since {}", text::short(*since, zone)),
        (None, None) => String::new(),
    }
}

/// The model of a signed note. `unlock` is its form to unlock, if it was refused.
pub(super) async fn signed(
    clinician: &Clinician,
    page: &Page,
    made: &NoteForm,
    found: &NotePage,
    unlock: Option<FormState>,
) -> Result<Model, store::Error> {
    let (zone, note) = (page.zone(), &found.note);
    let form = FormState::new(stored_form(note, made));
    let names = names_of(clinician, made).await?;
    let mut model = frame(clinician, page, made, form).await?;
    model.id = Some(note.id);
    model.unlockings = unlocking_lines(&found.unlockings, &zone);
    let is_one = note.document.written().count() < 2;
    let sections = note
        .document
        .written()
        .map(|section| (if is_one { String::new() } else { section.label.clone() }, section.joined()));
    let signed = |name: &str, at| format!("{name}, {}", text::long(at, &zone));
    model.signed = Some(Signed {
        record: scope_label(note.scope, &names),
        kind: note.template_title.clone(),
        by: note.signed_at.map(|at| signed(&note.author_name, at)).unwrap_or_default(),
        cosign: cosign_words(&found.cosign, &zone),
        is_waiting: note.locked_at.is_none(),
        may_take_back: found.is_own && note.locked_at.is_none() && found.cosign.waiting.is_some(),
        without_policy: note.without_policy.clone(),
        header: note.header.as_ref().map(NoteHeader::lines).unwrap_or_default(),
        sections: sections.collect(),
        addenda: note
            .addenda
            .iter()
            .map(|a| AddendumItem { id: a.id, by: signed(&a.author_name, a.signed_at), text: a.text.clone() })
            .collect(),
        own_addendum: found.own_addendum,
        leftovers: found
            .leftovers
            .iter()
            .map(|left| LeftoverItem {
                id: left.id,
                typed_at: text::short(left.typed_at, &zone),
                text: left.text.clone(),
            })
            .collect(),
        unlock: found
            .unlockable_until
            .map(|until| UnlockForm { until: text::short(until, &zone), form: unlock.unwrap_or_default() }),
    });
    Ok(model)
}

/// Renders the page of a note below its client's record.
pub(super) async fn show(page: &Page, model: Model) -> crate::error::Answer {
    below(page, &model).ok("Note", model, note::view).await
}

/// Renders the page of a note again, with status 422.
pub(super) async fn show_again(page: &Page, model: Model) -> crate::error::Answer {
    below(page, &model).invalid("Note", model, note::view).await
}

/// The page below the client's record in the breadcrumbs.
fn below(page: &Page, model: &Model) -> Page {
    page.under(format!("/clients/{}", model.client), model.title.clone())
}
