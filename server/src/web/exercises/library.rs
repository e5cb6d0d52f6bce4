//! The exercise library: its list, and the page of one exercise.

use app::{
    pages::exercises::{
        library::{self, LibItem},
        library_item,
    },
    text,
};
use domain::{ids::ClientId, typed};

use crate::{
    access::Clinician,
    error::{Answer, Found as _},
    form::{PathIds, Query},
    page::Page,
    paging::List,
};

/// The id and title of the client from whose page the library was opened;
/// `None`: no client was given, or not one of this caseload.
pub(crate) async fn for_client(clinician: &Clinician, id: &str) -> Result<Option<(ClientId, String)>, store::Error> {
    let Ok(id) = id.parse::<ClientId>() else { return Ok(None) };
    let names = clinician.names(id).await?;
    Ok(names.map(|names| (id, domain::clients::client::title(names.iter().map(|(_, n)| n.as_str())))))
}

/// GET /library?q=&article=&theme=&length=&client=&drafts=: the library. The
/// first four filter it; `drafts` is a page of the list of exercise drafts.
pub async fn index(clinician: Clinician, page: Page, Query(asked): Query) -> Answer {
    let entries = clinician.library().await?;
    let mut themes: Vec<String> = entries.iter().flat_map(|e| e.document.themes.clone()).collect();
    themes.sort();
    themes.dedup();
    let value = |name: &str| typed::line(asked.get(name));
    let (q, article, theme, length) = (value("q"), value("article"), value("theme"), value("length"));
    let wanted = q.to_lowercase();
    let rows = entries
        .into_iter()
        .map(|e| (e.document, e.author_name.unwrap_or_default(), e.archived))
        .filter(|(d, ..)| {
            let fits = match length.as_str() {
                "short" => d.minutes <= 5,
                "medium" => (6..=10).contains(&d.minutes),
                "long" => d.minutes > 10,
                _ => true,
            };
            fits && (article.is_empty() || d.article.word() == article)
                && (theme.is_empty() || d.themes.contains(&theme))
                && (wanted.is_empty()
                    || d.title.to_lowercase().contains(&wanted)
                    || d.purpose.to_lowercase().contains(&wanted))
        })
        .map(|(d, author, archived)| LibItem {
            slug: d.slug,
            title: d.title,
            purpose: d.purpose,
            article: d.article,
            minutes: d.minutes,
            themes: d.themes,
            mode: d.mode,
            author,
            archived,
        })
        .collect();
    let for_client = for_client(&clinician, asked.get("client")).await?;
    let zone = page.zone();
    let list = List::new("/library", "drafts", "drafts", &asked);
    let drafts = clinician.drafts(list.after()).await?;
    let pager = list.pager(drafts.more, ["Latest drafts", "Older drafts"]);
    let drafts = drafts.map(|(id, title, at)| (id, title, text::short(at, &zone))).rows;
    let model = library::Model { q, article, theme, length, rows, themes, for_client, drafts, pager };
    page.ok("Library", model, library::view).await
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
