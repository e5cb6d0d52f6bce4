//! The exercise library: its list, and the page of one exercise.

use app::pages::exercises::{
    catalogue::{Filter, LibItem},
    library, library_item,
};
use domain::{form::Form, ids::ClientId, typed};
use store::LibraryEntry;

use crate::{
    access::Clinician,
    error::{Answer, Found as _},
    form::{PathIds, Query},
    page::Page,
};

/// The id and title of the client from whose page the library was opened;
/// `None`: no client was given, or not one of this caseload.
pub(crate) async fn for_client(clinician: &Clinician, id: &str) -> Result<Option<(ClientId, String)>, store::Error> {
    let Ok(id) = id.parse::<ClientId>() else { return Ok(None) };
    let names = clinician.names(id).await?;
    Ok(names.map(|names| (id, domain::clients::client::title(names.iter().map(|(_, n)| n.as_str())))))
}

/// What the fields `q`, `article`, `theme` and `length` of a query look for.
pub(super) fn filter(asked: &Form) -> Filter {
    let value = |name: &str| typed::line(asked.get(name));
    Filter { q: value("q"), article: value("article"), theme: value("theme"), length: value("length") }
}

/// An exercise as a row of the library. `open`: whether it is open for the client
/// for whom an exercise is chosen.
pub(super) fn item(entry: LibraryEntry, open: bool) -> LibItem {
    let d = entry.document;
    LibItem {
        slug: d.slug,
        title: d.title,
        purpose: d.purpose,
        cautions: d.cautions,
        article: d.article,
        minutes: d.minutes,
        themes: d.themes,
        mode: d.mode,
        author: entry.author_name.unwrap_or_default(),
        archived: entry.archived,
        open,
    }
}

/// GET /library?q=&article=&theme=&length=&client=: the library. The first four
/// fields filter it.
pub async fn index(clinician: Clinician, page: Page, Query(asked): Query) -> Answer {
    let rows = clinician.library().await?.into_iter().map(|entry| item(entry, false)).collect();
    let for_client = for_client(&clinician, asked.get("client")).await?;
    page.ok("Library", library::Model { filter: filter(&asked), rows, for_client }, library::view).await
}

/// GET /library/{slug}?client=: an exercise.
pub async fn show(clinician: Clinician, page: Page, PathIds(slug): PathIds<String>, Query(asked): Query) -> Answer {
    let entry = clinician.exercise(&slug).await?.found()?;
    let for_client = for_client(&clinician, asked.get("client")).await?;
    let clients = clinician.clients().await?.iter().filter(|c| !c.archived).map(|c| (c.id, c.title())).collect();
    let title = entry.document.title.clone();
    page.ok(
        &title,
        library_item::Model {
            author: entry.author_name.clone().unwrap_or_default(),
            mine: entry.is_of(clinician.me()),
            archived: entry.archived,
            document: entry.document,
            version: entry.version,
            clients,
            for_client,
        },
        library_item::view,
    )
    .await
}
