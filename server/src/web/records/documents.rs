//! Documents of a client's record: a therapist's list, and adding, opening, changing
//! and removing them.

use app::{
    pages::{
        clients::client::Tab,
        records::{
            document,
            document_parts::{ChosenFile, StoredFile},
            documents_tab::{DocumentItem, Documents},
            new_document,
        },
    },
    say, text,
    ui::{FormState, shell::Notice},
    words::Words,
};
use axum::{body::Body, http::HeaderValue};
use domain::{
    clients::{client::ClientKind, person::Zone},
    form::{Errors, Form},
    ids::{ClientId, DocumentId, PersonId},
    records::{
        document::{DocumentDetails, DocumentKind, FileType, MOST_BYTES, download_name, title_of_file},
        note::NoteScope,
    },
    zone,
};
use store::{ClientRecord, Document, DocumentAdded, DocumentChanged, OpenFile};

use crate::{
    access::Clinician,
    arriving::{Arrived, ArrivedFile, without_file},
    download::{self, Shown},
    error::{Answer, Failure, Found as _},
    file_types::Refusal,
    form::{PathIds, PostedForm},
    page::{Page, redirect_with, redirect_with_undo},
    paging::List,
    pictures,
    web::clients::client::scope_label,
};

/// The documents of a record, for its tab.
pub(crate) async fn tab(
    clinician: &Clinician,
    record: &ClientRecord,
    asked: &Form,
    zone: &Zone,
) -> Result<Documents, Failure> {
    let list = List::new(Tab::Documents.address(record.id), "documents", "documents", asked);
    let found = clinician.documents(record.id, list.after()).await?.found()?;
    let names: Vec<String> = record.members.iter().map(|m| m.details.name.clone()).collect();
    Ok(Documents {
        documents_pager: list.pager(found.more, ["Latest documents", "Older documents"]),
        documents: found.rows.iter().map(|d| item(d, &names, zone)).collect(),
        can_add: !record.archived && record.separated_at.is_none(),
    })
}

/// A document in the list of a record.
fn item(d: &Document, names: &[String], zone: &Zone) -> DocumentItem {
    let title = match &d.handed_in_by {
        // What nobody has opened can still be withdrawn unread.
        Some((_, name)) if d.is_unopened() => format!("Document from {name}"),
        Some(_) | None => d.title.clone(),
    };
    let about = if d.is_unopened() {
        format!("Sent by client {}", text::short(d.added_at, zone))
    } else {
        format!("{} of {}", d.kind.label(), text::short_day(d.dated))
    };
    DocumentItem { id: d.id, title, scope: scope_label(d.scope, names), about, is_new: d.is_unopened() }
}

/// The records that a document can belong to, with the names of the people.
fn scopes(kind: ClientKind, names: &[String]) -> Vec<(NoteScope, String)> {
    NoteScope::ALL
        .iter()
        .filter(|scope| match scope {
            NoteScope::PartnerA | NoteScope::PartnerB => kind == ClientKind::Couple && names.len() == 2,
            NoteScope::Joint | NoteScope::Process => true,
        })
        .map(|scope| (*scope, scope_label(*scope, names)))
        .collect()
}

/// The sentence at the field of a file that is not accepted.
pub(super) fn refusal(w: Words, why: Refusal) -> String {
    match why {
        Refusal::Empty => say!(w, "document-empty"),
        Refusal::TooLong(bytes) => {
            say!(w, "document-too-long", size = bytes.max(MOST_BYTES + 1).div_ceil(1024 * 1024).to_string())
        }
        Refusal::WebPage => say!(w, "document-web-page"),
        Refusal::Program => say!(w, "document-program"),
        Refusal::Macros => say!(w, "document-macros"),
        Refusal::Other => say!(w, "document-other"),
    }
}

/// The file of a form; the error is for its field.
pub(super) fn arrived_file(w: Words, arrived: &Arrived) -> Result<&ArrivedFile, Errors> {
    let why = match arrived {
        Arrived::File(file) => return Ok(file),
        Arrived::Refused(why) => refusal(w, *why),
        Arrived::None | Arrived::NotStored => say!(w, "document-none"),
    };
    Err(Errors::at_field("file", why))
}

/// The file that a form which is shown again carries on; `None`: none.
pub(super) fn chosen(arrived: &Arrived) -> Option<ChosenFile> {
    match arrived {
        Arrived::File(file) => Some(ChosenFile { name: file.name.clone(), token: file.token.clone() }),
        Arrived::None | Arrived::Refused(_) | Arrived::NotStored => None,
    }
}

/// What the pages show of a client to whom a document is added.
struct About {
    title: String,
    scopes: Vec<(NoteScope, String)>,
}

/// The client of a new document; 404: not in the caseload, or it takes none.
async fn about(clinician: &Clinician, id: ClientId) -> Result<About, Failure> {
    let record = clinician.client(id).await?.found()?;
    if record.archived || record.separated_at.is_some() {
        return Err(Failure::NotFound);
    }
    let names: Vec<String> = record.members.iter().map(|m| m.details.name.clone()).collect();
    Ok(About { title: record.title(), scopes: scopes(record.kind, &names) })
}

/// GET /clients/{id}/documents/new: the form for a new document.
pub async fn new(clinician: Clinician, page: Page, PathIds(id): PathIds<ClientId>) -> Answer {
    let about = about(&clinician, id).await?;
    let today = zone::date_of(clinician.now(), &page.practice_zone());
    let form = Form::from_pairs([("dated", today.to_string()), ("kind", DocumentKind::Other.word().to_owned())]);
    show_form(&page, id, about, FormState::new(form), (None, false)).await
}

/// Shows the form for a new document: with status 422 if it was refused. `file` has
/// arrived already; `is_same`: it is in the record already.
async fn show_form(
    page: &Page,
    client: ClientId,
    about: About,
    form: FormState,
    (file, is_same): (Option<ChosenFile>, bool),
) -> Answer {
    let refused = !form.errors.is_empty();
    let model = new_document::Model { client, scopes: about.scopes, form, file, is_same };
    let page = page
        .under(format!("/clients/{client}"), about.title)
        .under(Tab::Documents.address(client), Tab::Documents.label());
    if refused {
        page.invalid("Add a document", model, new_document::view).await
    } else {
        page.ok("Add a document", model, new_document::view).await
    }
}

/// POST /clients/{id}/documents: adds a document.
pub async fn create(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<ClientId>,
    arrived: Arrived,
    PostedForm(form): PostedForm,
) -> Answer {
    let about = about(&clinician, id).await?;
    let today = zone::date_of(clinician.now(), &page.practice_zone());
    let details = DocumentDetails::read(&form, today, true).and_then(|details| offered(details, &about.scopes));
    let (file, mut details) = match (arrived_file(Words::ENGLISH, &arrived), details) {
        (Ok(file), Ok(details)) => (file, details),
        (file, details) => {
            let errors = file.err().unwrap_or_default().and(details.err().unwrap_or_default());
            let form = FormState { form: without_file(form), errors };
            return show_form(&page, id, about, form, (chosen(&arrived), false)).await;
        }
    };
    if details.title.is_empty() {
        details.title = Some(title_of_file(&file.name))
            .filter(|title| !title.is_empty())
            .unwrap_or_else(|| details.kind.label().to_owned());
    }
    let again = !form.get("again").is_empty();
    let (why, file) = match clinician.add_document(id, &details, &file.upload, again).await? {
        DocumentAdded::Added(id) => return Ok(redirect_with(&format!("/documents/{id}"), Notice::DocumentAdded)),
        DocumentAdded::Gone => return Err(Failure::NotFound),
        DocumentAdded::Same(title, at) => {
            let when = text::short(at, &page.zone());
            let title = if title.is_empty() { String::new() } else { format!(" as “{title}”") };
            (
                format!("This file was added on {when}{title}. To keep it twice, choose “Add it again”."),
                chosen(&arrived),
            )
        }
        DocumentAdded::UploadGone => (say!(Words::ENGLISH, "document-upload-gone"), None),
    };
    let is_same = file.is_some();
    let form = FormState { form: without_file(form), errors: Errors::at_field("file", why) };
    show_form(&page, id, about, form, (file, is_same)).await
}

/// The details, if their scope is one of those that the page offers.
fn offered(details: DocumentDetails, scopes: &[(NoteScope, String)]) -> Result<DocumentDetails, Errors> {
    if scopes.iter().any(|(scope, _)| *scope == details.scope) {
        Ok(details)
    } else {
        Err(Errors::at_field("scope", "Choose whose record this belongs to."))
    }
}

/// The model of a document's page; `form` is what was typed if it was refused.
async fn model(
    clinician: &Clinician,
    page: &Page,
    found: Document,
    form: Option<FormState>,
) -> Result<(document::Model, String), Failure> {
    let people: Vec<(PersonId, String)> = clinician.names(found.client).await?.found()?;
    let names: Vec<String> = people.into_iter().map(|(_, name)| name).collect();
    let zone = page.zone();
    let kind = if names.len() == 2 { ClientKind::Couple } else { ClientKind::Individual };
    let added = text::long(found.added_at, &zone);
    let mut about = match &found.handed_in_by {
        Some((_, name)) => vec![("Sent".to_owned(), format!("{added}, by {name}"))],
        None => vec![("Added".to_owned(), format!("{added}, by {}", found.author_name))],
    };
    about.push(("Record".to_owned(), scope_label(found.scope, &names)));
    if let Some(at) = found.shared_at {
        about.push(("Shared".to_owned(), format!("{}, with their partner", text::long(at, &zone))));
    }
    let form = form.unwrap_or_else(|| {
        FormState::new(Form::from_pairs([
            ("title", found.title.clone()),
            ("kind", found.kind.word().to_owned()),
            ("dated", found.dated.to_string()),
            ("scope", found.scope.word().to_owned()),
        ]))
    });
    let model = document::Model {
        id: found.id,
        file: StoredFile {
            href: format!("/documents/{}", found.id),
            title: found.title,
            file_type: found.file_type,
            active: found.active,
            bytes: found.bytes,
        },
        about,
        scopes: if found.handed_in_by.is_some() { vec![] } else { scopes(kind, &names) },
        form,
    };
    Ok((model, domain::clients::client::title(names.iter().map(String::as_str))))
}

/// A document's page below its client's documents.
fn below(page: &Page, client: ClientId, title: String) -> Page {
    page.under(format!("/clients/{client}"), title).under(Tab::Documents.address(client), Tab::Documents.label())
}

/// GET /documents/{id}: a document, with the form that changes what is said of it.
pub async fn show(clinician: Clinician, page: Page, PathIds(id): PathIds<DocumentId>) -> Answer {
    let found = clinician.document(id).await?.found()?;
    let client = found.client;
    let (model, title) = model(&clinician, &page, found, None).await?;
    below(&page, client, title).ok(&model.file.title.clone(), model, document::view).await
}

/// POST /documents/{id}: changes what is said of a document.
pub async fn update(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<DocumentId>,
    PostedForm(mut form): PostedForm,
) -> Answer {
    let found = clinician.document(id).await?.found()?;
    let client = found.client;
    if found.handed_in_by.is_some() {
        // It stays where the client put it.
        form.set("scope", found.scope.word());
    }
    let today = zone::date_of(clinician.now(), &page.practice_zone());
    let (mut model, title) = model(&clinician, &page, found, None).await?;
    let scopes = model.scopes.clone();
    let read = DocumentDetails::read(&form, today, false)
        .and_then(|details| if scopes.is_empty() { Ok(details) } else { offered(details, &scopes) });
    let errors = match read {
        Ok(details) => match clinician.change_document(id, &details).await? {
            DocumentChanged::Saved => return Ok(redirect_with(&format!("/documents/{id}"), Notice::Saved)),
            DocumentChanged::Gone => return Err(Failure::NotFound),
            DocumentChanged::ReadByOthers => Errors::at_field(
                "scope",
                "Choose another record: only a document of yours that nobody else opened can become private.",
            ),
        },
        Err(errors) => errors,
    };
    model.form = FormState { form, errors };
    below(&page, client, title).invalid(&model.file.title.clone(), model, document::view).await
}

/// POST /documents/{id}/remove: removes a document; it can be restored.
pub async fn remove(clinician: Clinician, PathIds(id): PathIds<DocumentId>) -> Answer {
    let (client, bin) = clinician.remove_document(id).await?.found()?;
    Ok(redirect_with_undo(&Tab::Documents.address(client), Notice::DocumentRemoved, bin))
}

/// GET /documents/{id}/file: downloads a document as it arrived.
pub async fn file(clinician: Clinician, PathIds(id): PathIds<DocumentId>) -> Answer {
    let (found, file) = clinician.document_file(id).await?.found()?;
    Ok(as_it_arrived(&found.title, found.file_type, file))
}

/// GET /documents/{id}/view: shows a picture, encoded anew, or a PDF without
/// scripts.
pub async fn view(clinician: Clinician, PathIds(id): PathIds<DocumentId>) -> Answer {
    let (found, file) = clinician.document_file(id).await?.found()?;
    shown(&found.title, found.file_type, found.active, file).await
}

/// The answer that downloads a file as it arrived, chunk by chunk.
pub(super) fn as_it_arrived(title: &str, file_type: FileType, file: OpenFile) -> axum::response::Response {
    let kind = HeaderValue::from_static(file_type.media_type());
    let length = file.bytes();
    download::answer(kind, &download_name(title, file_type), length, Shown::Never, download::body(file))
}

/// The answer that shows a file: a picture encoded anew, a PDF that has no scripts
/// under a policy that lets none run. 404: a file of another type is not shown, nor
/// a picture that cannot be opened.
pub(super) async fn shown(title: &str, file_type: FileType, active: bool, file: OpenFile) -> Answer {
    let name = download_name(title, file_type);
    let kind = HeaderValue::from_static(file_type.media_type());
    match file_type {
        FileType::Jpeg | FileType::Png => {
            let bytes = drawn_anew(file_type, file).await?;
            let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            Ok(download::answer(kind, &name, length, Shown::Sandboxed, Body::from(bytes)))
        }
        FileType::Pdf if !active => {
            Ok(download::answer(kind, &name, file.bytes(), Shown::Sandboxed, download::body(file)))
        }
        FileType::Pdf | FileType::Text | FileType::Docx => Err(Failure::NotFound),
    }
}

/// A picture encoded anew; 404: it cannot be opened.
pub(super) async fn drawn_anew(file_type: FileType, file: OpenFile) -> Result<Vec<u8>, Failure> {
    pictures::encoded_anew(file.whole().await?, file_type).await?.found()
}
