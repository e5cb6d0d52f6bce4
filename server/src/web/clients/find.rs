//! Finding clients, with links to what can be done for each.

use app::{
    api::{ALL, Act, BOOK, FoundClient, Hits, MORE},
    pages::clients::find::{self, Model},
    text,
};
use chrono::{DateTime, Utc};
use domain::{clients::person::Zone, ids::SessionId, typed};
use store::{After, ClientHit, limits::HITS_WITH_ACTS};

use crate::{
    access::{Bookings, Clinician},
    address::query,
    error::{Answer, Failure},
    form::Query,
    page::Page,
    paging::List,
};

/// GET /find?q=…&after=…: the clients whose names match.
pub async fn show(
    bookings: Bookings,
    clinician: Result<Clinician, Failure>,
    page: Page,
    Query(asked): Query,
) -> Answer {
    let q = typed::line(asked.get("q"));
    let list = List::new(all_hits_href(&q), "after", "found", &asked);
    let finder = Finder::new(bookings, clinician.ok(), page.practice_zone());
    let (people, more) = finder.clients(&q, list.after()).await?;
    let pager = list.pager(more, ["First people", "More people"]);
    let page = page.searched(&q);
    page.ok("Find", Model { q, people, pager }, find::view).await
}

/// The address of the page with all clients who match a text.
fn all_hits_href(text: &str) -> String {
    format!("/find?{}", query(&[("q", text)]))
}

/// Finds clients, and says what the visitor can do for each.
pub(super) struct Finder {
    bookings: store::Bookings,
    /// The visitor's own caseload; `None`: they are no therapist.
    clinician: Option<store::Clinician>,
    zone: Zone,
}

impl Finder {
    /// A search by this visitor; times are in `zone`.
    pub(super) fn new(bookings: Bookings, clinician: Option<Clinician>, zone: Zone) -> Self {
        Self { bookings: bookings.scope().clone(), clinician: clinician.map(|c| c.scope().clone()), zone }
    }

    /// One page of the clients who match a text, and where the next page begins;
    /// `None`: there is no next page.
    async fn clients(&self, text: &str, after: Option<After>) -> store::Result<(Vec<FoundClient>, Option<After>)> {
        let hits = self.bookings.find_clients(text, HITS_WITH_ACTS, after).await?;
        let mut found = Vec::new();
        for hit in &hits.rows {
            let is_own = match &self.clinician {
                Some(clinician) => clinician.names(hit.client).await?.is_some(),
                None => false,
            };
            let next = self.bookings.next_session(hit.client).await?;
            found.push(FoundClient {
                title: hit.title(),
                acts: acts(hit, is_own, self.bookings.is_desk(), next, &self.zone),
            });
        }
        Ok((found, hits.more))
    }

    /// The first clients who match a text, and the link to all of them; for a
    /// short list such as that of the search field.
    pub(super) async fn first(&self, text: &str) -> store::Result<Hits> {
        let (clients, more) = self.clients(text, None).await?;
        let label = if more.is_some() { MORE } else { ALL };
        let all = (!clients.is_empty()).then(|| Act { text: label.to_owned(), href: all_hits_href(text.trim()) });
        Ok(Hits { clients, all })
    }
}

/// The links for one client, the first of which opens the client. `is_own`: in the
/// visitor's caseload; `is_desk`: the visitor is at the front desk.
fn acts(
    hit: &ClientHit,
    is_own: bool,
    is_desk: bool,
    next: Option<(SessionId, DateTime<Utc>)>,
    zone: &Zone,
) -> Vec<Act> {
    let act = |text: &str, href: String| Act { text: text.to_owned(), href };
    let client = hit.client;
    let mut acts = Vec::new();
    if is_own {
        acts.extend([
            act("Open record", format!("/clients/{client}")),
            act("Brief", format!("/clients/{client}/brief")),
            act("New note", format!("/clients/{client}/notes/new")),
            act("Assign exercise", format!("/clients/{client}/assignments/new")),
        ]);
    }
    if is_desk {
        let text = if is_own { "Contact details" } else { "Open client" };
        acts.push(act(text, format!("/desk/clients/{client}")));
    }
    acts.extend([
        act(BOOK, format!("/sessions/new?client={client}")),
        act("Find a time", format!("/slots?client={client}")),
    ]);
    if let Some((id, at)) = next {
        let at = text::short(at, zone);
        acts.extend([
            act(&format!("Open session {at}"), format!("/sessions/{id}")),
            act(&format!("Reschedule {at}"), format!("/sessions/{id}/move")),
            act(&format!("Cancel {at}"), format!("/sessions/{id}/cancellation")),
        ]);
    }
    if is_desk {
        acts.extend(
            hit.people
                .iter()
                .map(|(person, name)| act(&format!("Emails to {name}"), format!("/email-log?person={person}"))),
        );
    }
    acts
}

#[cfg(test)]
mod tests {
    use domain::{
        clients::client::ClientKind,
        ids::{ClientId, PersonId},
    };
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_first_link_opens_the_client_for_each_role() {
        let hit = ClientHit {
            client: ClientId(Uuid::nil()),
            kind: ClientKind::Couple,
            people: vec![(PersonId(Uuid::nil()), "Amara".to_owned()), (PersonId(Uuid::nil()), "Jonas".to_owned())],
            zones: vec![],
        };
        let next = Some((SessionId(Uuid::nil()), "2026-11-26T09:00:00Z".parse().unwrap()));
        let texts = |is_own, is_desk| {
            acts(&hit, is_own, is_desk, next, &Zone::utc()).into_iter().map(|act| act.text).collect::<Vec<_>>()
        };
        let therapist = texts(true, false);
        assert_eq!(therapist[..5], ["Open record", "Brief", "New note", "Assign exercise", BOOK]);
        assert!(!therapist.iter().any(|text| text.starts_with("Emails")));
        let desk = texts(false, true);
        assert_eq!(desk[..3], ["Open client", BOOK, "Find a time"]);
        assert!(desk.contains(&"Reschedule Thu 26 Nov, 09:00".to_owned()));
        assert!(desk.ends_with(&["Emails to Amara".to_owned(), "Emails to Jonas".to_owned()]));
        assert!(texts(true, true).contains(&"Contact details".to_owned()));
    }
}
