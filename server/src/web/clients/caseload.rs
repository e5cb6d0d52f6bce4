//! A therapist's first page (Today) and their caseload.

use app::{
    pages::clients::{
        caseload::{self, CaseItem, CasePartner, Filter, PageLink, Sort},
        today::{self, SessionItem, Waiting},
    },
    text,
    ui::{Link, chart::CaseBar},
};
use chrono::Duration;
use domain::{
    clients::search::Wanted,
    ids::ClientId,
    records::adherence::{Drift, drift},
    typed, zone,
};
use store::{CaseRow, ClinicalList, NotReached, PortalState};

use crate::{
    access::{Bookings, Clinician},
    address::query,
    error::Answer,
    form::Query,
    page::Page,
    paging::List,
};

/// The weight of signs from which a client counts as drifting: two signs, or
/// one grave sign.
const DRIFTING: i64 = 4;

/// GET /today?replies=: a therapist's sessions of today, and what needs their
/// attention.
pub async fn today(clinician: Clinician, bookings: Bookings, page: Page, Query(asked): Query) -> Answer {
    let zone = page.zone();
    let date = zone::date_of(clinician.now(), &zone);
    let (from, until) = zone::day(date, &zone).map_err(store::Error::from)?;
    let mut sessions = Vec::new();
    for row in bookings.calendar(from, until, Some(clinician.me()), None).await? {
        let Some(session) = bookings.session(row.id).await? else { continue };
        sessions.push(SessionItem {
            id: row.id,
            time: format!("{}–{}", text::clock(row.starts_at, &zone), text::clock(row.ends_at, &zone)),
            title: row.title,
            place: row.place,
            state: row.state,
            client: session.client,
        });
    }
    let soon = clinician.now() + Duration::days(7);
    let mut rows = clinician.clients().await?;
    rows.retain(|row| !row.archived);
    clinician.load_ahead(&mut rows).await?;
    rows.retain(|row| row.open > 0 && row.next.is_some_and(|at| at < soon));
    let messages = clinician.messages_waiting().await?;
    let not_safe = clinician.put_off_as_unsafe().await?;
    // The audit log records whose data Today shows before it is shown.
    let named = rows.iter().map(|row| row.id);
    let named = named.chain(messages.iter().map(|l| l.client)).chain(not_safe.iter().map(|(client, _)| *client));
    clinician.record_list(ClinicalList::Today, named).await?;
    let waiting =
        rows.into_iter().map(|row| Waiting { title: row.title(), client: row.id, text: exercises(&row) }).collect();
    let messages = messages
        .into_iter()
        .map(|l| {
            let words = if l.unread > 0 {
                format!("{} wrote to you", l.name)
            } else {
                format!("{} wrote to you: read, and not answered yet", l.name)
            };
            Link::new(format!("/clients/{}/messages/{}", l.client, l.person), words)
        })
        .collect();
    let not_safe =
        not_safe.into_iter().map(|(client, name)| Link::new(format!("/clients/{client}/brief"), name)).collect();
    let requests = bookings.requests_for(clinician.me()).await?;
    let list = List::new("/today", "replies", "replies", &asked);
    let replies = bookings.open_replies(Some(clinician.me()), list.after()).await?;
    let model = today::Model {
        date: text::day(date),
        sessions,
        waiting,
        messages,
        requests,
        replies_pager: list.pager(replies.more, ["First replies", "More replies"]),
        replies: replies.rows.iter().map(|r| (crate::web::scheduling::desk::reply_line(r, &zone), r.session)).collect(),
        inquiries: bookings.inquiries_waiting().await?,
        not_safe,
        unreached: clinician.people_not_reached().await?.into_iter().map(unreached).collect(),
    };
    page.ok("Today", model, today::view).await
}

/// The line about a client's emails that were not delivered.
fn unreached(NotReached { client, name, emails }: NotReached) -> (String, ClientId) {
    let text = match emails {
        1 => format!("A mail did not reach {name}"),
        n => format!("{n} mails did not reach {name}"),
    };
    (text, client)
}

/// The largest number of clients on one page of the caseload.
const ON_A_PAGE: usize = 40;

/// GET /caseload?q=&filter=&sort=&page=: a therapist's clients.
pub async fn index(clinician: Clinician, page: Page, Query(asked): Query) -> Answer {
    let zone = page.zone();
    let filter: Filter = asked.get("filter").parse().unwrap_or_default();
    let sort: Sort = asked.get("sort").parse().unwrap_or_default();
    let q = typed::line(asked.get("q"));
    let wanted = Wanted::new(&q);
    let today = zone::date_of(clinician.now(), &page.practice_zone());
    let mut rows = clinician.clients().await?;
    let total = rows.len();
    // Clients on other pages are loaded only with what the filter and the
    // order need; the rest is loaded for this page alone.
    rows.retain(|row| row.archived == (filter == Filter::Archived));
    if !wanted.is_empty() {
        rows.retain(|row| wanted.matches_name(&row.title()));
    }
    if sort == Sort::Drift {
        clinician.load_signs(&mut rows).await?;
    } else if filter == Filter::Waiting || sort == Sort::Next {
        clinician.load_ahead(&mut rows).await?;
    }
    if filter == Filter::Waiting {
        rows.retain(|row| row.open > 0);
    }
    match sort {
        Sort::Name => rows.sort_by_cached_key(|row| row.title().to_lowercase()),
        // Clients without a booked session come last.
        Sort::Next => rows.sort_by_key(|row| (row.next.is_none(), row.next)),
        Sort::Recent => rows.sort_by_key(|row| std::cmp::Reverse(row.created_at)),
        Sort::Drift => rows
            .sort_by_cached_key(|row| (std::cmp::Reverse(drift(&row.signs, today).weight), row.title().to_lowercase())),
    }
    let charted = |row: &&CaseRow| sort == Sort::Drift && row.signs.asked > 0;
    let adherence = rows
        .iter()
        .filter(charted)
        .map(|row| CaseBar { name: row.title(), asked: row.signs.asked, sent: row.signs.done })
        .collect();
    let mut named: Vec<ClientId> = rows.iter().filter(charted).map(|row| row.id).collect();
    let found = rows.len();
    let pages = found.div_ceil(ON_A_PAGE).max(1);
    let here = asked.get("page").parse().unwrap_or(1_usize).clamp(1, pages);
    let links = (1..=pages)
        .map(|n| {
            let number = n.to_string();
            let asked = [("q", q.as_str()), ("filter", filter.word()), ("sort", sort.word()), ("page", &number)];
            PageLink { href: format!("/caseload?{}", query(&asked)), here: n == here }
        })
        .collect();
    rows.drain(..(here - 1) * ON_A_PAGE);
    rows.truncate(ON_A_PAGE);
    if sort != Sort::Drift {
        clinician.load_signs(&mut rows).await?;
    }
    named.extend(rows.iter().map(|row| row.id));
    clinician.record_list(ClinicalList::Caseload, named).await?;
    let rows = rows
        .iter()
        .map(|row| (row, if row.archived { Drift::default() } else { drift(&row.signs, today) }))
        .map(|(row, drift)| CaseItem {
            drifting: drift.weight >= DRIFTING,
            signs: drift.words,
            id: row.id,
            title: row.title(),
            kind: row.kind,
            partners: row
                .people
                .iter()
                .map(|p| CasePartner {
                    name: p.name.clone(),
                    pronouns: p.pronouns.clone(),
                    portal: portal_words(p.portal).to_owned(),
                })
                .collect(),
            next: row.next.map(|at| text::short(at, &zone)),
            exercises: exercises(row),
            archived: row.archived,
        })
        .collect();
    page.ok(
        "Caseload",
        caseload::Model { q, filter, sort, rows, found, pages: links, total, adherence },
        caseload::view,
    )
    .await
}

/// How many open exercises a client has, in words.
fn exercises(row: &CaseRow) -> String {
    match (row.open, row.signs.had_exercise) {
        (0, false) => "No exercise yet".to_owned(),
        (0, true) => "Nothing open".to_owned(),
        (1, _) => "One open exercise".to_owned(),
        (open, _) => format!("{open} open exercises"),
    }
}

/// Whether a person can sign in, in words.
pub(crate) const fn portal_words(portal: PortalState) -> &'static str {
    match portal {
        PortalState::NotInvited => "not invited yet",
        PortalState::Invited(_) => "invited",
        PortalState::Undelivered(_) => "invitation not delivered",
        PortalState::Expired => "invitation ran out",
        PortalState::Active => "has access",
    }
}
