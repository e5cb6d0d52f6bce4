//! Notes on paper: the print page and the PDF of one note or of a range of days.

use app::{
    pages::records::note_sheet::{self, Addendum, Model, Note, Notes},
    sheet::Sheet,
    ui::FormState,
};
use chrono::NaiveDate;
use domain::{
    clients::person::Zone,
    form::Form,
    ids::{ClientId, NoteId},
    records::note_search::NoteRange,
    zone,
};
use store::{CosignState, PrintedNote, PrintedNotes};

use crate::{
    access::Clinician,
    address::query,
    error::{Answer, Found as _},
    form::{PathIds, Query},
    page::Page,
    pdf,
    web::clients::client::scope_label,
};

/// GET /notes/{id}/print: a note to print.
pub async fn note(clinician: Clinician, page: Page, PathIds(id): PathIds<NoteId>) -> Answer {
    let found = clinician.note_to_print(id).await?.found()?;
    let (client, title) = (found.notes.first().map(|printed| printed.note.client), found.title());
    let sheet = sheet(&clinician, &page, &found, None);
    let model = Model { sheet: Some(sheet), pdf: format!("/notes/{id}/pdf"), range: None, left_out: vec![] };
    let page = client.map_or_else(|| page.clone(), |client| page.under(format!("/clients/{client}"), title));
    page.under(format!("/notes/{id}"), "Note").ok("Print note", model, note_sheet::view).await
}

/// GET /notes/{id}/pdf: the PDF of a note.
pub async fn note_pdf(clinician: Clinician, page: Page, PathIds(id): PathIds<NoteId>) -> Answer {
    let found = clinician.note_to_print(id).await?.found()?;
    let day = found.notes.first().map(|printed| day_of(printed, &page.practice_zone()));
    let name = day.map_or_else(|| "note".to_owned(), |day| format!("note-{day}"));
    pdf::answer(&name, &sheet(&clinician, &page, &found, None)).await
}

/// GET /clients/{id}/notes/print?from=&until=&process=: the signed notes of some
/// days to print; without `from` the form that asks for the days.
pub async fn range(clinician: Clinician, page: Page, PathIds(id): PathIds<ClientId>, Query(asked): Query) -> Answer {
    let people = clinician.names(id).await?.found()?;
    let title = domain::clients::client::title(people.iter().map(|(_, name)| name.as_str()));
    let page = page.under(format!("/clients/{id}"), title);
    let form = Form::from_pairs(["from", "until", "process"].map(|name| (name, asked.get(name))));
    let empty = |form| Model { sheet: None, pdf: String::new(), range: Some((id, form)), left_out: vec![] };
    if !asked.has("from") {
        return page.ok("Print notes", empty(FormState::default()), note_sheet::view).await;
    }
    let range = match NoteRange::read(&form) {
        Ok(range) => range,
        Err(errors) => {
            return page.invalid("Print notes", empty(FormState { form, errors }), note_sheet::view).await;
        }
    };
    let found = clinician.notes_to_print(id, range).await?.found()?;
    let fields: Vec<(&str, &str)> = form.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let model = Model {
        pdf: format!("/clients/{id}/notes/pdf?{}", query(&fields)),
        left_out: left_out(&found),
        sheet: Some(sheet(&clinician, &page, &found, Some(range))),
        range: Some((id, FormState::new(form))),
    };
    page.ok("Print notes", model, note_sheet::view).await
}

/// GET /clients/{id}/notes/pdf?from=&until=&process=: the PDF of the signed notes of
/// some days.
pub async fn range_pdf(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<ClientId>,
    Query(asked): Query,
) -> Answer {
    let range = NoteRange::read(&asked).ok().found()?;
    let found = clinician.notes_to_print(id, range).await?.found()?;
    let today = zone::date_of(clinician.now(), &page.practice_zone());
    pdf::answer(&format!("notes-{today}"), &sheet(&clinician, &page, &found, Some(range))).await
}

/// What of a range is not printed, and why.
fn left_out(found: &PrintedNotes) -> Vec<String> {
    let mut sentences = Vec::new();
    match found.left_out {
        0 => {}
        1 => sentences.push("One more note is not shown. Choose fewer days to print it.".to_owned()),
        n => sentences.push(format!("{n} more notes are not shown. Choose fewer days to print them.")),
    }
    match found.drafts {
        0 => {}
        1 => sentences.push("One draft is left out: only signed notes are printed here.".to_owned()),
        n => sentences.push(format!("{n} drafts are left out: only signed notes are printed here.")),
    }
    sentences
}

/// A day as it is printed, such as "23 November 2026".
fn day_words(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// The sheet of notes. `range` is the range of days; `None`: a single note.
fn sheet(clinician: &Clinician, page: &Page, found: &PrintedNotes, range: Option<NoteRange>) -> Sheet {
    let zone = page.practice_zone();
    let is_process = match range {
        Some(range) => range.only_process,
        None => found.notes.iter().any(|printed| printed.note.scope == domain::records::note::NoteScope::Process),
    };
    let range = match range.map(|range| (range.from, range.until)) {
        Some((Some(from), Some(until))) => format!("{} to {}", day_words(from), day_words(until)),
        Some((Some(from), None)) => format!("since {}", day_words(from)),
        Some((None, Some(until))) => format!("until {}", day_words(until)),
        Some((None, None)) => "all days".to_owned(),
        None => String::new(),
    };
    let printed = format!("Printed by {}, {}", clinician.visitor().name, page.stamp(clinician.now()));
    note_sheet::sheet(&Notes {
        practice: page.practice_name().to_owned(),
        is_process,
        client: found.title(),
        range,
        notes: found.notes.iter().map(|printed| sheet_note(page, printed, &found.names, &zone)).collect(),
        printed,
    })
}

/// The day of a note: that of its header, or the day on which it was begun.
fn day_of(printed: &PrintedNote, zone: &Zone) -> NaiveDate {
    let note = &printed.note;
    note.header.as_ref().map_or_else(|| zone::date_of(note.created_at, zone), |header| header.date)
}

/// A note on its sheet.
fn sheet_note(page: &Page, printed: &PrintedNote, names: &[String], zone: &Zone) -> Note {
    let note = &printed.note;
    let mut header =
        vec![("Record".to_owned(), scope_label(note.scope, names)), ("Author".to_owned(), note.author_name.clone())];
    header.extend(note.header.iter().flat_map(domain::records::note::NoteHeader::lines));
    if !note.without_policy.is_empty() {
        header.push(("No secrets policy in force".to_owned(), note.without_policy.clone()));
    }
    let is_single = note.document.sections.len() == 1;
    let heading = |label: &str| if is_single { String::new() } else { label.to_owned() };
    let addenda = note.addenda.iter().zip(&printed.cosigned_addenda).map(|(addendum, cosign)| Addendum {
        text: addendum.text.clone(),
        signatures: signatures(page, (&addendum.author_name, Some(addendum.signed_at)), cosign),
    });
    Note {
        title: format!("{}, {}", note.title(), day_words(day_of(printed, zone))),
        header,
        sections: note.document.written().map(|section| (heading(&section.label), section.joined())).collect(),
        signatures: signatures(page, (&note.author_name, note.signed_at), &printed.cosign),
        addenda: addenda.collect(),
    }
}

/// Who signed and co-signed, and when; empty for a draft.
fn signatures(
    page: &Page,
    (author, signed_at): (&str, Option<chrono::DateTime<chrono::Utc>>),
    cosign: &CosignState,
) -> Vec<String> {
    let Some(at) = signed_at else { return vec![] };
    let mut lines = vec![format!("Signed by {author}, {}", page.stamp(at))];
    if let Some((by, at)) = &cosign.signed {
        lines.push(format!("Co-signed by {by}, {}", page.stamp(*at)));
    }
    if let Some((by, at)) = &cosign.waiting {
        lines.push(format!("Sent to {by} for co-signature, {}; not co-signed yet", page.stamp(*at)));
    }
    lines
}
