//! Finding clients, with links to what can be done for each.

use app::{
    api::{ALL, BOOK, Found, MORE},
    pages::clients::find::{self, Model},
    text,
};
use chrono::{DateTime, Utc};
use domain::{clients::person::Zone, ids::SessionId, typed};
use store::{After, ClientHit, limits::HITS_WITH_ACTS};

use crate::{access::Bookings, address::query, error::Answer, form::Query, page::Page, paging::List};

/// GET /find?q=…&after=…: the clients whose names match.
pub async fn show(bookings: Bookings, page: Page, Query(asked): Query) -> Answer {
    let q = typed::line(asked.get("q"));
    let list = List::new(all_hits_href(&q), "after", "found", &asked);
    let mut people: Vec<(String, Vec<Found>)> = Vec::new();
    let (found, more) = acts(bookings.scope(), &page.practice_zone(), &q, list.after()).await?;
    let pager = list.pager(more, ["First people", "More people"]);
    for found in found {
        match people.last_mut() {
            Some((title, acts)) if *title == found.title && found.act != BOOK => acts.push(found),
            _ => people.push((found.title.clone(), vec![found])),
        }
    }
    page.ok("Find", Model { q, people, pager }, find::view).await
}

/// The address of the page with all clients who match a text.
fn all_hits_href(text: &str) -> String {
    format!("/find?{}", query(&[("q", text)]))
}

/// The links for one page of the clients who match a text, client by client,
/// and where the next page begins; `None`: there is no next page.
async fn acts(
    bookings: &store::Bookings,
    zone: &Zone,
    text: &str,
    after: Option<After>,
) -> store::Result<(Vec<Found>, Option<After>)> {
    let hits = bookings.find_clients(text, HITS_WITH_ACTS, after).await?;
    let mut found = Vec::new();
    for hit in &hits.rows {
        found.extend(acts_for(hit, bookings.next_session(hit.client).await?, zone));
    }
    Ok((found, hits.more))
}

/// The links for the first clients who match a text, then a link to all of them;
/// for a short list such as the palette's.
pub(super) async fn first_acts(bookings: &store::Bookings, zone: &Zone, text: &str) -> store::Result<Vec<Found>> {
    let (mut found, more) = acts(bookings, zone, text, None).await?;
    if !found.is_empty() {
        let act = if more.is_some() { MORE } else { ALL };
        found.push(Found { title: String::new(), act: act.to_owned(), href: all_hits_href(text.trim()) });
    }
    Ok(found)
}

/// The links for one client: book, find a time, and open, move or cancel the
/// next session.
fn acts_for(hit: &ClientHit, next: Option<(SessionId, DateTime<Utc>)>, zone: &Zone) -> Vec<Found> {
    let act = |act: String, href: String| Found { title: hit.title(), act, href };
    let client = hit.client;
    let mut acts = vec![
        act(BOOK.to_owned(), format!("/sessions/new?client={client}")),
        act("Find a time".to_owned(), format!("/slots?client={client}")),
    ];
    if let Some((id, at)) = next {
        let at = text::short(at, zone);
        acts.push(act(format!("Open {at}"), format!("/sessions/{id}")));
        acts.push(act(format!("Move {at}"), format!("/sessions/{id}/move")));
        acts.push(act(format!("Cancel {at}"), format!("/sessions/{id}/cancellation")));
    }
    acts
}
