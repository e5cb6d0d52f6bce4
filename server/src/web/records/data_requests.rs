//! A person's request for a copy of their data, as its clinicians work on it: the
//! case, its items, and what came by letter.

use app::{
    pages::{
        clients::today,
        records::{
            data_case::{self, ItemRow, PartRow},
            data_entry, data_extension, data_item, forms,
        },
    },
    text,
    ui::{FormState, Link, Tone, shell::Notice},
};
use chrono::NaiveDate;
use domain::{
    clients::person::Zone,
    form::{Errors, Form, Reader},
    ids::{ClientId, DataRequestId, PersonId},
    records::{
        own_data::{Decided, ItemKind, Letter, READY_DAYS, RequestState, due_on, pressure, read_extension},
        release::Manner,
    },
    zone,
};
use store::{
    CopyFormat, CopyHanded, CopyRecord, DataAsked, DataCase, DataItem, DataItemLine, DataPart, DataRequest, DataTask,
    FormKey, ItemDecided, PartFinished,
};
use uuid::Uuid;

use super::own_data::file;
use crate::{
    access::Clinician,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect, redirect_with},
    paging::List,
    web::clients::below_record,
};

/// The address of a case.
fn case_address(id: DataRequestId) -> String {
    format!("/data-requests/{id}")
}

/// Today's date in the practice's zone.
fn today_of(clinician: &Clinician, page: &Page) -> NaiveDate {
    zone::date_of(clinician.now(), &page.practice_zone())
}

/// GET /data-requests/{id}?after=: a case with its items.
pub async fn show(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<DataRequestId>,
    Query(asked): Query,
) -> Answer {
    let (title, model) = case(&clinician, &page, id, &asked, FormState::default()).await?;
    page.ok(&title, model, data_case::view).await
}

/// The model of a case with its title; `refused` is a form of it with its errors.
async fn case(
    clinician: &Clinician,
    page: &Page,
    id: DataRequestId,
    asked: &Form,
    refused: FormState,
) -> Result<(String, data_case::Model), Failure> {
    let list = List::new(case_address(id), "after", "items", asked);
    let found = clinician.data_case(id, list.after()).await?.found()?;
    let zone = page.zone();
    let DataCase { request, checked, parts, undecided, has_open_joint, items, mentions, copies } = found;
    let is_open = request.state.is_open();
    let has_open_part = parts.iter().any(|part| part.finished_at.is_none());
    let own_copies = copies.iter().flat_map(|copy| {
        copy.downloads.iter().map(|(at, _)| format!("{}: {}", text::short(*at, &zone), copy.format.label()))
    });
    let model = data_case::Model {
        id: id.to_string(),
        name: request.name.clone(),
        received: format!("{} · {}", text::day(request.received_on), request.way.label()),
        state: state_words(&request, &zone),
        due: text::day(request.due_on),
        pressure: is_open.then(|| pressure(request.due_on, today_of(clinician, page))),
        extension: request.extension.clone(),
        checked,
        can_finish: is_open && has_open_part,
        undecided,
        can_include: is_open && has_open_part && has_open_joint,
        items: items.rows.iter().map(|item| item_row(id, item, &zone)).collect(),
        pager: list.pager(items.more, ["Latest items", "Older items"]),
        mentions: mentions.iter().map(|item| item_row(id, item, &zone)).collect(),
        downloads: own_copies.collect(),
        parts: parts.iter().map(|part| part_row(id, &request, part, &zone)).collect(),
        refused,
    };
    Ok((format!("Copy of data: {}", request.name), model))
}

/// The state of a request in words for clinicians.
fn state_words(request: &DataRequest, zone: &Zone) -> String {
    match (request.state, request.until) {
        (RequestState::Ready, Some(until)) => format!("Ready until {}", text::short(until, zone)),
        (state, _) => state.label().to_owned(),
    }
}

/// An item in the list of a case.
fn item_row(id: DataRequestId, item: &DataItemLine, zone: &Zone) -> ItemRow {
    ItemRow {
        href: format!("{}/items/{}", case_address(id), item.id),
        kind: item.kind,
        when: text::short(item.at, zone),
        title: item.title.clone(),
        decision: item.decision,
        is_decided: item.is_decided,
    }
}

/// A part of a case.
fn part_row(id: DataRequestId, request: &DataRequest, part: &DataPart, zone: &Zone) -> PartRow {
    let is_ready = request.state == RequestState::Ready;
    let address = |copy: &CopyRecord| {
        let href = format!("{}/clients/{}/{}", case_address(id), part.client, copy.format.word());
        (href, format!("{} ({})", copy.format.label(), text::size(copy.bytes)))
    };
    PartRow {
        client: part.client.to_string(),
        title: part.title.clone(),
        finished: part.finished_at.map(|at| text::short(at, zone)).unwrap_or_default(),
        files: part.copies.iter().filter(|_| is_ready).map(address).collect(),
        handed: part.handed_at.map(|at| text::short(at, zone)).unwrap_or_default(),
    }
}

/// GET /data-requests/{id}/items/{item}: the page that decides about an item.
pub async fn item(clinician: Clinician, page: Page, PathIds((id, item)): PathIds<(DataRequestId, Uuid)>) -> Answer {
    let (request, found) = clinician.data_item(id, item).await?.found()?;
    let form = decision_form(&found);
    let page = page.under(case_address(id), format!("Copy of data: {}", request.name));
    page.ok(found.kind.label(), item_model(&request, &found, FormState::new(form), &page.zone()), data_item::view).await
}

/// The form of an item as it is decided now. The edited copy begins with the text of
/// a note, except that of the other partner.
fn decision_form(found: &DataItem) -> Form {
    let mut form = Form::default();
    if let Some(decision) = found.decision() {
        form.set("decision", decision.word());
    }
    let decided = found.decided.as_ref();
    if let Some(decided) = decided {
        form.set("ground", decided.ground.map(domain::records::own_data::Ground::word).unwrap_or_default());
        form.set("reason", decided.reason.as_str());
    }
    let edited = decided.map(|decided| decided.text.as_str()).filter(|text| !text.is_empty());
    let begin = if found.kind == ItemKind::OtherNote { "" } else { found.text.as_str() };
    form.set("text", edited.unwrap_or(begin));
    form.set("revision", decided.map_or(0, |decided| decided.revision).to_string());
    form
}

/// The model of the page of an item.
fn item_model(request: &DataRequest, found: &DataItem, form: FormState, zone: &Zone) -> data_item::Model {
    let is_document = match found.kind {
        ItemKind::JointDocument | ItemKind::OwnDocument => true,
        ItemKind::JointNote | ItemKind::OwnNote | ItemKind::OtherNote | ItemKind::ProcessNote => false,
    };
    data_item::Model {
        request: request.id.to_string(),
        item: found.id.to_string(),
        name: request.name.clone(),
        kind: found.kind,
        when: text::long(found.at, zone),
        title: found.title.clone(),
        author: found.author.clone(),
        text: found.text.clone(),
        document: is_document.then(|| format!("/documents/{}", found.id)),
        decided: found.decided.as_ref().map(|decided| format!("{}, {}", decided.by, text::short(decided.at, zone))),
        is_open: matches!(request.state, RequestState::Received | RequestState::Preparing),
        form,
    }
}

/// POST /data-requests/{id}/items/{item}: decides about an item.
pub async fn decide(
    clinician: Clinician,
    page: Page,
    PathIds((id, item)): PathIds<(DataRequestId, Uuid)>,
    PostedForm(form): PostedForm,
) -> Answer {
    let (request, found) = clinician.data_item(id, item).await?.found()?;
    let revision: i64 = form.get("revision").parse().unwrap_or(-1);
    let mut form = form;
    let errors = match Decided::read(&form, found.kind) {
        Err(errors) => errors,
        Ok(decided) => match clinician.decide_data_item(id, item, revision, &decided).await? {
            ItemDecided::Saved => return Ok(redirect_with(&case_address(id), Notice::Saved)),
            ItemDecided::Gone => return Err(Failure::NotFound),
            ItemDecided::Closed => {
                Errors::of_form("This part was finished, or the request was taken back. Nothing was changed.")
            }
            ItemDecided::Changed => {
                // The next press is about the decision that this page shows.
                form.set("revision", found.decided.as_ref().map_or(0, |decided| decided.revision).to_string());
                Errors::of_form("A colleague decided this in the meantime. Check your decision and save again.")
            }
        },
    };
    let page = page.under(case_address(id), format!("Copy of data: {}", request.name));
    let model = item_model(&request, &found, FormState { form, errors }, &page.zone());
    page.invalid(found.kind.label(), model, data_item::view).await
}

/// POST /data-requests/{id}/include: includes all joint items that are not decided.
pub async fn include(clinician: Clinician, PathIds(id): PathIds<DataRequestId>) -> Answer {
    clinician.include_open_items(id).await?.found()?;
    Ok(redirect_with(&case_address(id), Notice::Saved))
}

/// POST /data-requests/{id}/finish: finishes the clinician's part.
pub async fn finish(clinician: Clinician, page: Page, PathIds(id): PathIds<DataRequestId>) -> Answer {
    let refused = match clinician.finish_data_request(id).await? {
        PartFinished::Done => return Ok(redirect_with(&case_address(id), Notice::DataFinished)),
        PartFinished::Gone => return Err(Failure::NotFound),
        PartFinished::Undecided(1) => Errors::of_form("Not finished: 1 item is not decided yet. Decide it first."),
        PartFinished::Undecided(open) => {
            Errors::of_form(format!("Not finished: {open} items are not decided yet. Decide them first."))
        }
    };
    let refused = FormState { form: Form::default(), errors: refused };
    let (title, model) = case(&clinician, &page, id, &Form::default(), refused).await?;
    page.invalid(&title, model, data_case::view).await
}

/// GET /data-requests/{id}/extension: the form that takes two months longer.
pub async fn extension(clinician: Clinician, page: Page, PathIds(id): PathIds<DataRequestId>) -> Answer {
    let model = extension_model(&clinician, id, FormState::default()).await?;
    page.under(case_address(id), format!("Copy of data: {}", model.name))
        .ok("Extend by two months", model, data_extension::view)
        .await
}

/// The model of the form that takes two months longer.
async fn extension_model(
    clinician: &Clinician,
    id: DataRequestId,
    form: FormState,
) -> Result<data_extension::Model, Failure> {
    let found = clinician.data_case(id, None).await?.found()?;
    let is_open = found.request.state.is_open() && found.parts.iter().any(|part| part.finished_at.is_none());
    if !is_open || found.request.extension.is_some() {
        return Err(Failure::NotFound);
    }
    Ok(data_extension::Model {
        request: id.to_string(),
        until: text::day(due_on(found.request.received_on, true)),
        name: found.request.name,
        form,
    })
}

/// POST /data-requests/{id}/extension: takes two months longer.
pub async fn extend(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<DataRequestId>,
    PostedForm(form): PostedForm,
) -> Answer {
    match read_extension(&form) {
        Ok(reason) => {
            // A colleague, or an earlier press, may have been quicker: the case says what
            // counts.
            if clinician.extend_data_request(id, &reason).await? {
                return Ok(redirect_with(&case_address(id), Notice::Saved));
            }
            clinician.data_case(id, None).await?.found()?;
            Ok(redirect(&case_address(id)))
        }
        Err(errors) => {
            let model = extension_model(&clinician, id, FormState { form, errors }).await?;
            page.under(case_address(id), format!("Copy of data: {}", model.name))
                .invalid("Extend by two months", model, data_extension::view)
                .await
        }
    }
}

/// GET /clients/{id}/data-requests/new: the form for a request by letter.
pub async fn new(clinician: Clinician, page: Page, PathIds(id): PathIds<ClientId>) -> Answer {
    let mut form = Form::default();
    form.set("received_on", today_of(&clinician, &page).to_string());
    let model = entry_model(&clinician, id, FormState::new(form)).await?;
    below_record(&clinician, &page, id).await?.ok("Record a request for a copy", model, data_entry::view).await
}

/// The model of the form for a request by letter.
async fn entry_model(clinician: &Clinician, id: ClientId, form: FormState) -> Result<data_entry::Model, Failure> {
    let people = clinician.names(id).await?.found()?;
    let people = people.into_iter().map(|(person, name)| (person.to_string(), name)).collect();
    Ok(data_entry::Model { client: id.to_string(), people, form })
}

/// POST /clients/{id}/data-requests: enters a request by letter.
pub async fn create(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<ClientId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let letter = Letter::read(&form, today_of(&clinician, &page));
    let person = form.get("person").parse::<PersonId>().map_err(|_| Errors::at_field("person", "Choose who asks."));
    let errors = match (person, letter) {
        (Ok(person), Ok(letter)) => {
            match clinician.enter_data_request(id, person, &letter, FormKey::of_form(&form)).await?.found()? {
                DataAsked::Asked(request) => return Ok(redirect_with(&case_address(request), Notice::Created)),
                DataAsked::Open => {
                    Errors::at_field("person", "They already have an open request. Find it under Forms.")
                }
            }
        }
        (person, letter) => {
            let errors = person.err().unwrap_or_default();
            errors.and(letter.err().unwrap_or_default())
        }
    };
    let model = entry_model(&clinician, id, FormState { form, errors }).await?;
    below_record(&clinician, &page, id).await?.invalid("Record a request for a copy", model, data_entry::view).await
}

/// GET /data-requests/{id}/clients/{client}/pdf: fetches a PDF to hand over.
pub async fn fetch_pdf(clinician: Clinician, PathIds((id, client)): PathIds<(DataRequestId, ClientId)>) -> Answer {
    Ok(file(clinician.fetch_handed_copy(id, client, CopyFormat::Pdf).await?.found()?))
}

/// GET /data-requests/{id}/clients/{client}/json: fetches a data file to hand over.
pub async fn fetch_json(clinician: Clinician, PathIds((id, client)): PathIds<(DataRequestId, ClientId)>) -> Answer {
    Ok(file(clinician.fetch_handed_copy(id, client, CopyFormat::Json).await?.found()?))
}

/// The longest address of a handover, in characters.
const ADDRESS_MAX: usize = 500;

/// Reads how files were handed over.
fn read_handed(form: &Form) -> Result<(Manner, String), Errors> {
    let mut r = Reader::new(form);
    let manner = r.word::<Manner>("manner", "Choose how you handed it over.");
    let address = r.text("address", 0..=ADDRESS_MAX, "Write a shorter address.");
    r.finish()?;
    Ok((manner?, address?))
}

/// POST /data-requests/{id}/handed: records how the files of a part were handed over.
pub async fn handed(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<DataRequestId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let client: ClientId = form.get("client").parse().map_err(|_| Failure::NotFound)?;
    match read_handed(&form) {
        Ok((manner, address)) => match clinician.record_copy_handed(id, client, (manner, &address)).await? {
            CopyHanded::Done => Ok(redirect_with(&case_address(id), Notice::Saved)),
            CopyHanded::Gone => Err(Failure::NotFound),
        },
        Err(errors) => {
            let refused = FormState { form, errors };
            let (title, model) = case(&clinician, &page, id, &Form::default(), refused).await?;
            page.invalid(&title, model, data_case::view).await
        }
    }
}

/// The requests that wait for this clinician, for the page Today.
pub(crate) async fn tasks(clinician: &Clinician, page: &Page) -> store::Result<Vec<today::DataTaskItem>> {
    let now = today_of(clinician, page);
    Ok(clinician.data_tasks().await?.iter().map(|task| task_item(task, now)).collect())
}

/// A request on the page Today.
fn task_item(task: &DataTask, today: NaiveDate) -> today::DataTaskItem {
    today::DataTaskItem {
        href: case_address(task.request),
        text: if task.has_part {
            format!("Copy of data for {}", task.name)
        } else {
            format!("Your process notes: copy of data for {}", task.name)
        },
        due: text::short_day(task.due_on),
        pressure: pressure(task.due_on, today),
    }
}

/// The part of the tab Forms of a client's record.
pub(crate) async fn record_block(clinician: &Clinician, page: &Page, client: ClientId) -> store::Result<forms::Block> {
    let now = today_of(clinician, page);
    let rows = clinician.data_requests_of(client).await?;
    let row = |request: &DataRequest| {
        let is_late = request.state.is_open() && request.due_on < now;
        let tone = match (request.state.is_open(), is_late) {
            (_, true) => Tone::Care,
            (true, false) => Tone::Wait,
            (false, false) => Tone::Plain,
        };
        let due = if request.state.is_open() {
            format!("{}, answer by {}", request.state.label(), text::short_day(request.due_on))
        } else {
            request.state.label().to_owned()
        };
        forms::BlockRow {
            label: format!("{}, {}", request.name, text::short_day(request.received_on)),
            href: Some(case_address(request.id)),
            states: vec![(tone, due)],
        }
    };
    Ok(forms::Block {
        title: "Copies of their own data".to_owned(),
        intro: format!("Each of them can ask alone. A copy can be fetched for {READY_DAYS} days."),
        rows: rows.iter().map(row).collect(),
        actions: vec![Link::new(format!("/clients/{client}/data-requests/new"), "Record a request")],
    })
}
