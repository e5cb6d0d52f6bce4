//! A partner's own data: asking for a copy of it, taking the request back, and
//! fetching the files.

use app::{
    pages::records::own_data::{self, RequestItem, RequestTone},
    say, text,
    ui::shell::Notice,
    words::Words,
};
use axum::{
    body::Body,
    http::{HeaderValue, header},
};
use domain::{
    clients::person::Zone,
    ids::DataRequestId,
    records::own_data::{RequestState, copy::Term},
    zone,
};
use store::{CopyFile, CopyFormat, CopyRecord, DataAsked, FormKey, OwnDataRequest, own_copy_name};

use crate::{
    access::Partner,
    download::{self, Shown},
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect, redirect_with},
    paging::List,
};

/// The address of the page.
const PAGE: &str = "/portal/data";

/// GET /portal/data?after=: the person's requests for a copy, with the form to ask.
pub async fn show(partner: Partner, page: Page, Query(asked): Query) -> Answer {
    let (zone, w) = (page.zone(), page.words());
    let list = List::new(PAGE, "after", "requests", &asked);
    let found = partner.data_requests(list.after()).await?;
    let current = partner.current_data_request().await?;
    let model = own_data::Model {
        can_ask: current.is_none_or(|request| !request.state.is_open()),
        requests: found.rows.iter().map(|request| item(request, &zone, w)).collect(),
        pager: list.pager(found.more, ["Latest requests", "Earlier requests"]),
    };
    page.ok(&say!(w, "own-data-title"), model, own_data::view).await
}

/// A word of the copy in words; empty if the copy has no such word.
fn term(word: &str, w: Words) -> String {
    word.parse::<Term>().map_or_else(|_| String::new(), |term| w.label(term))
}

/// A request as the page shows it.
fn item(own: &OwnDataRequest, zone: &Zone, w: Words) -> RequestItem {
    let request = &own.request;
    let is_ready = request.state == RequestState::Ready;
    let file = |copy: &CopyRecord| {
        let label = say!(w, "own-data-file", label = term(copy.format.word(), w), size = text::size(copy.bytes));
        (format!("{PAGE}/{}/{}", request.id, copy.format.word()), label)
    };
    RequestItem {
        id: request.id.to_string(),
        received: w.day(request.received_on),
        state: w.label(request.state),
        tone: match request.state {
            RequestState::Received | RequestState::Preparing | RequestState::Making => RequestTone::Open,
            RequestState::Ready => RequestTone::Ready,
            RequestState::Over | RequestState::Cancelled => RequestTone::Over,
        },
        due: if request.state.is_open() { w.day(request.due_on) } else { String::new() },
        extension: request.extension.clone().unwrap_or_default(),
        can_cancel: request.state.is_open(),
        files: own.copies.iter().filter(|_| is_ready).map(file).collect(),
        until: request.until.filter(|_| is_ready).map(|at| w.day(zone::date_of(at, zone))).unwrap_or_default(),
        left_out: own
            .left_out
            .iter()
            .map(|(kind, ground)| {
                let (kind, ground) = (term(kind.word(), w), term(ground.word(), w));
                say!(w, "own-data-ground", kind = &kind, ground = &ground)
            })
            .collect(),
        downloads: own.copies.iter().flat_map(|copy| copy.downloads.iter().map(|(at, _)| w.short(*at, zone))).collect(),
    }
}

/// POST /portal/data: asks for a copy.
pub async fn create(partner: Partner, PostedForm(form): PostedForm) -> Answer {
    Ok(match partner.ask_for_data(FormKey::of_form(&form)).await? {
        DataAsked::Asked(_) => redirect_with(PAGE, Notice::DataAsked),
        // There is one already: the page shows it.
        DataAsked::Open => redirect(PAGE),
    })
}

/// POST /portal/data/{id}/cancel: takes a request back that is not ready.
pub async fn cancel(partner: Partner, PathIds(id): PathIds<DataRequestId>) -> Answer {
    if !partner.cancel_data_request(id).await? {
        return Err(Failure::NotFound);
    }
    Ok(redirect_with(PAGE, Notice::DataCancelled))
}

/// GET /portal/data/{id}/pdf: fetches the PDF of a copy.
pub async fn fetch_pdf(partner: Partner, PathIds(id): PathIds<DataRequestId>) -> Answer {
    Ok(file(partner.fetch_own_copy(id, CopyFormat::Pdf).await?.found()?))
}

/// GET /portal/data/{id}/json: fetches the data file of a copy.
pub async fn fetch_json(partner: Partner, PathIds(id): PathIds<DataRequestId>) -> Answer {
    Ok(file(partner.fetch_own_copy(id, CopyFormat::Json).await?.found()?))
}

/// The answer that is a file of a copy. No browser keeps it.
pub(super) fn file(found: CopyFile) -> axum::response::Response {
    let kind = match found.format {
        CopyFormat::Pdf => HeaderValue::from_static("application/pdf"),
        CopyFormat::Json => HeaderValue::from_static("application/json"),
    };
    let name = own_copy_name(found.format, found.made_at);
    let length = u64::try_from(found.bytes.len()).unwrap_or(u64::MAX);
    let mut answer = download::answer(kind, &name, length, Shown::Never, Body::from(found.bytes.to_vec()));
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
