//! A therapist's day and their caseload.

use app::{
    pages::{
        caseload::{self, CaseItem, Filter, Sort},
        today::{self, SessionItem, Waiting},
    },
    text,
};
use chrono::Duration;
use domain::{
    adherence::{Drift, drift},
    person::search_key,
    zone,
};
use store::{CaseRow, PortalState};

use crate::{
    access::{Bookings, Clinician, query},
    error::Answer,
    form::Asked,
    page::Page,
};

/// From this weight on somebody is drifting: two signs, or one that is grave.
const DRIFTING: i64 = 4;

/// So many clients stand in the caseload's plot.
const PLOTTED: usize = 20;

/// GET /today
pub async fn today(clinician: Clinician, bookings: Bookings, page: Page) -> Answer {
    let zone = page.zone();
    let date = zone::today(clinician.now(), &zone);
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
    clinician.ahead(&mut rows).await?;
    let waiting = rows
        .into_iter()
        .filter(|row| row.open > 0 && row.next.is_some_and(|at| at < soon))
        .map(|row| Waiting { title: row.title(), client: row.id, text: exercises(&row) })
        .collect();
    let letters = clinician.letters_waiting().await?.into_iter();
    let letters = letters
        .map(|l| {
            let words = if l.unread > 0 {
                format!("{} wrote to you", l.name)
            } else {
                format!("{} wrote to you: read, and not answered yet", l.name)
            };
            (words, format!("/clients/{}/letters/{}", l.client, l.person))
        })
        .collect();
    let not_safe = clinician.not_safe().await?.into_iter();
    let not_safe = not_safe.map(|(client, name)| (name, format!("/clients/{client}/brief"))).collect();
    let requests = bookings.requests().await?.iter().filter(|q| q.clinician == clinician.me()).count();
    let mut replies = bookings.open_replies().await?;
    replies.retain(|r| r.clinician == clinician.me());
    let model = today::Model {
        date: text::day(date),
        sessions,
        waiting,
        letters,
        requests,
        replies: replies.iter().map(|r| (super::desk::said(r, &zone), r.session)).collect(),
        inquiries: bookings.inquiries_waiting().await?,
        not_safe,
    };
    page.ok("Today", model, today::view).await
}

/// So many clients stand on a page of the caseload.
const ON_A_PAGE: usize = 40;

/// GET /caseload?q=&filter=&sort=&page=
pub async fn index(clinician: Clinician, page: Page, Asked(asked): Asked) -> Answer {
    let zone = page.zone();
    let filter: Filter = asked.get("filter").parse().unwrap_or_default();
    let sort: Sort = asked.get("sort").parse().unwrap_or_default();
    let q = asked.get("q").trim().to_owned();
    let key = search_key(&q);
    let wanted: Vec<&str> = key.split_whitespace().collect();
    let today = zone::today(clinician.now(), &page.practice_zone());
    let mut rows = clinician.clients().await?;
    let total = rows.len();
    // Of those that stand on the page much is asked; of the others only what
    // they are chosen and ordered by.
    rows.retain(|row| row.archived == (filter == Filter::Archived));
    if !wanted.is_empty() {
        rows.retain(|row| {
            let names = search_key(&row.title());
            wanted.iter().all(|word| names.contains(word))
        });
    }
    if sort == Sort::Drift {
        clinician.signs(&mut rows).await?;
    } else if filter == Filter::Waiting || sort == Sort::Next {
        clinician.ahead(&mut rows).await?;
    }
    if filter == Filter::Waiting {
        rows.retain(|row| row.open > 0);
    }
    match sort {
        Sort::Name => rows.sort_by_cached_key(|row| row.title().to_lowercase()),
        // Those without a session come last: nobody is booked for them.
        Sort::Next => rows.sort_by_key(|row| (row.next.is_none(), row.next)),
        Sort::Recent => rows.sort_by_key(|row| std::cmp::Reverse(row.created_at)),
        Sort::Drift => rows
            .sort_by_cached_key(|row| (std::cmp::Reverse(drift(&row.signs, today).weight), row.title().to_lowercase())),
    }
    let adherence = match sort {
        Sort::Drift => rows
            .iter()
            .filter(|row| row.signs.asked > 0)
            .take(PLOTTED)
            .map(|row| (row.title(), row.signs.asked, row.signs.done))
            .collect(),
        _ => vec![],
    };
    let found = rows.len();
    let pages = found.div_ceil(ON_A_PAGE).max(1);
    let here = asked.get("page").parse().unwrap_or(1_usize).clamp(1, pages);
    let links = (1..=pages)
        .map(|n| {
            let number = n.to_string();
            let asked = [("q", q.as_str()), ("filter", filter.word()), ("sort", sort.word()), ("page", &number)];
            (format!("/caseload?{}", query(&asked)), n == here)
        })
        .collect();
    rows.drain(..(here - 1) * ON_A_PAGE);
    rows.truncate(ON_A_PAGE);
    if sort != Sort::Drift {
        clinician.signs(&mut rows).await?;
    }
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
                .map(|p| (p.name.clone(), p.pronouns.clone(), portal_words(p.portal).to_owned()))
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

fn exercises(row: &CaseRow) -> String {
    match (row.open, row.signs.any) {
        (0, false) => "No exercise yet".to_owned(),
        (0, true) => "Nothing open".to_owned(),
        (1, _) => "One open exercise".to_owned(),
        (open, _) => format!("{open} open exercises"),
    }
}

/// Whether a person can sign in, in words.
pub(super) const fn portal_words(portal: PortalState) -> &'static str {
    match portal {
        PortalState::NotInvited => "not invited yet",
        PortalState::Invited(_) => "invited",
        PortalState::Expired => "invitation ran out",
        PortalState::Active => "has access",
    }
}
