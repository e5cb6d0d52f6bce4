//! Documents in a client's portal: sending one to the therapist, sharing it with
//! the partner, and withdrawing it. What the page shows does not depend on what the
//! other partner has not shared.

use app::{
    pages::records::{
        document_parts::StoredFile,
        own_document,
        own_documents::{self, HandIn, Item},
    },
    say,
    ui::{FormState, shell::Notice},
    words::Words,
};
use axum::{body::Body, http::HeaderValue};
use domain::{
    clients::{client::ClientKind, person::Zone},
    form::{Errors, Form, Reader},
    ids::{ClientId, DocumentId},
    records::document::{TITLE_MAX, download_name, title_of_file},
};
use store::{HandedIn, OwnClient, OwnDocument, Withdrawn};

use super::documents::{arrived_file, as_it_arrived, chosen, drawn_anew, shown};
use crate::{
    access::Partner,
    arriving::{Arrived, without_file},
    download::{self, Shown},
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect_with, redirect_with_undo},
    paging::List,
};

/// The page of documents in the portal.
const DOCUMENTS: &str = "/portal/documents";

/// GET /portal/documents?documents=: the reader's documents, and the form that
/// sends another.
pub async fn index(partner: Partner, page: Page, Query(asked): Query) -> Answer {
    let model = model(&partner, &page, &asked, FormState::default(), (&Arrived::None, false)).await?;
    page.ok(&say!(page.words(), "documents-title"), model, own_documents::view).await
}

/// The page's model. `form` is what was typed, `arrived` its file, and `is_same`
/// whether it was sent before.
async fn model(
    partner: &Partner,
    page: &Page,
    asked: &Form,
    form: FormState,
    (arrived, is_same): (&Arrived, bool),
) -> Result<own_documents::Model, Failure> {
    let (zone, w) = (page.zone(), page.words());
    let clients = partner.document_clients().await?;
    let list = List::new(DOCUMENTS, "documents", "documents", asked);
    let documents = partner.own_documents(list.after()).await?;
    let form = (!clients.is_empty()).then(|| HandIn {
        can_share: clients.iter().any(|client| client.has_partner),
        clients: clients.iter().map(|client| (client.client, client_label(client, w))).collect(),
        form,
        file: chosen(arrived),
        is_same,
    });
    Ok(own_documents::Model {
        pager: list.pager(documents.more, ["Newest", "Older"]),
        documents: documents.rows.into_iter().map(|d| item(d, &zone, w)).collect(),
        form,
    })
}

/// What a client is to its partner.
fn client_label(client: &OwnClient, w: Words) -> String {
    match client.kind {
        ClientKind::Couple => say!(w, "document-for-couple"),
        ClientKind::Individual => say!(w, "document-for-alone"),
    }
}

/// A document in the list.
fn item(d: OwnDocument, zone: &Zone, w: Words) -> Item {
    Item {
        id: d.id,
        title: d.title,
        file_type: d.file_type,
        when: w.short(d.added_at, zone),
        from: d.from.unwrap_or_default(),
        is_shared: d.is_shared,
        is_opened: d.is_opened,
    }
}

/// What a partner says of a document.
struct Sent {
    client: ClientId,
    /// Empty: the name of the file is the title.
    title: String,
    share: bool,
}

impl Sent {
    fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let title = r.text("title", 0..=TITLE_MAX, "Enter a title.");
        let client = r.word("client", "Choose who it is for.");
        let share = r.ticked("share");
        r.finish()?;
        Ok(Self { client: client?, title: title?, share })
    }
}

/// POST /portal/documents: sends a document to the therapist.
pub async fn create(partner: Partner, page: Page, arrived: Arrived, PostedForm(form): PostedForm) -> Answer {
    let w = page.words();
    let (file, sent) = match (arrived_file(w, &arrived), Sent::read(&form)) {
        (Ok(file), Ok(sent)) => (file, sent),
        (file, sent) => {
            let errors = file.err().unwrap_or_default().and(sent.err().unwrap_or_default());
            return refuse(&partner, &page, form, errors, (&arrived, false)).await;
        }
    };
    let title = [sent.title, title_of_file(&file.name)]
        .into_iter()
        .find(|title| !title.is_empty())
        .unwrap_or_else(|| say!(w, "document-untitled"));
    let again = !form.get("again").is_empty();
    match partner.hand_in(sent.client, &title, &file.upload, (sent.share, again)).await? {
        HandedIn::Added(_) => Ok(redirect_with(DOCUMENTS, Notice::DocumentSent)),
        HandedIn::Gone => Err(Failure::NotFound),
        HandedIn::Same(title, at) => {
            let why = say!(w, "document-same", when = w.short(at, &page.zone()), title = title);
            refuse(&partner, &page, form, Errors::at_field("file", why), (&arrived, true)).await
        }
        HandedIn::TooMany => {
            let why = Errors::at_field("file", say!(w, "document-too-many"));
            refuse(&partner, &page, form, why, (&arrived, false)).await
        }
        HandedIn::UploadGone => {
            let why = Errors::at_field("file", say!(w, "document-upload-gone"));
            refuse(&partner, &page, form, why, (&Arrived::None, false)).await
        }
    }
}

/// Shows the page again with what was typed and what is wrong.
async fn refuse(partner: &Partner, page: &Page, form: Form, errors: Errors, file: (&Arrived, bool)) -> Answer {
    let form = FormState { form: without_file(form), errors };
    let model = model(partner, page, &Form::default(), form, file).await?;
    page.invalid(&say!(page.words(), "documents-title"), model, own_documents::view).await
}

/// The model of a document's page.
fn document_model(page: &Page, found: &OwnDocument, is_too_late: bool) -> own_document::Model {
    let w = page.words();
    let readers = match &found.from {
        Some(name) => say!(w, "documents-from", name = name),
        None if found.is_shared => say!(w, "documents-shared"),
        None => say!(w, "documents-private"),
    };
    own_document::Model {
        id: found.id,
        file: StoredFile {
            href: format!("{DOCUMENTS}/{}", found.id),
            title: found.title.clone(),
            file_type: found.file_type,
            active: found.active,
            bytes: found.bytes,
        },
        when: w.short(found.added_at, &page.zone()),
        readers,
        can_share: found.can_be_shared,
        can_withdraw: found.from.is_none() && !found.is_opened && !found.is_shared,
        is_too_late,
    }
}

/// GET /portal/documents/{id}: a document.
pub async fn show(partner: Partner, page: Page, PathIds(id): PathIds<DocumentId>) -> Answer {
    let found = partner.own_document(id).await?.found()?;
    let model = document_model(&page, &found, false);
    page.under(DOCUMENTS, say!(page.words(), "documents-title")).ok(&found.title, model, own_document::view).await
}

/// GET /portal/documents/{id}/file: downloads a document. A picture of the partner's
/// is encoded anew, so that nothing of their camera is in it.
pub async fn file(partner: Partner, PathIds(id): PathIds<DocumentId>) -> Answer {
    let (found, file) = partner.own_document_file(id).await?.found()?;
    if found.from.is_none() || !found.file_type.is_picture() {
        return Ok(as_it_arrived(&found.title, found.file_type, file));
    }
    let bytes = drawn_anew(found.file_type, file).await?;
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let kind = HeaderValue::from_static(found.file_type.media_type());
    let name = download_name(&found.title, found.file_type);
    Ok(download::answer(kind, &name, length, Shown::Never, Body::from(bytes)))
}

/// GET /portal/documents/{id}/view: shows a picture, encoded anew, or a PDF without
/// scripts.
pub async fn view(partner: Partner, PathIds(id): PathIds<DocumentId>) -> Answer {
    let (found, file) = partner.own_document_file(id).await?.found()?;
    shown(&found.title, found.file_type, found.active, file).await
}

/// POST /portal/documents/{id}/share: opens a document to the partner.
pub async fn share(partner: Partner, PathIds(id): PathIds<DocumentId>) -> Answer {
    partner.share_document(id).await?.found()?;
    Ok(redirect_with(&format!("{DOCUMENTS}/{id}"), Notice::DocumentShared))
}

/// POST /portal/documents/{id}/withdraw: withdraws a document that nobody else could
/// read; it can be restored.
pub async fn withdraw(partner: Partner, page: Page, PathIds(id): PathIds<DocumentId>) -> Answer {
    match partner.withdraw_document(id).await? {
        Withdrawn::Done(bin) => Ok(redirect_with_undo(DOCUMENTS, Notice::DocumentWithdrawn, bin)),
        Withdrawn::Gone => Err(Failure::NotFound),
        Withdrawn::TooLate => {
            let found = partner.own_document(id).await?.found()?;
            let model = document_model(&page, &found, true);
            let page = page.under(DOCUMENTS, say!(page.words(), "documents-title"));
            page.invalid(&found.title, model, own_document::view).await
        }
    }
}
