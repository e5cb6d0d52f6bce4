//! A therapist's first page (Today) and their caseload.

use app::{
    pages::clients::{
        caseload::{self, CaseItem, CasePartner, Filter, PageLink, Portal, Sort},
        client::Tab,
        today::{self, AnswerItem, NoteItem, OfferedItem, SessionItem},
    },
    text,
    ui::Link,
};
use chrono::{Duration, NaiveDate};
use domain::{
    clients::{person::Zone, search::Wanted},
    ids::ClientId,
    records::adherence::{case_flags, drift},
    scheduling::request::RequestKind,
    typed, zone,
};
use store::{
    CalendarRow, CaseRow, ClinicalList, LeavingTask, LeavingWork, MessagesWaiting, NewAnswers, NewDocuments,
    NotReached, NoteToFinish, NoteWork, OfferedClient, PortalState, RequestView, WithdrawnNews,
};

use crate::{
    access::{Bookings, Clinician, Owner},
    address::query,
    error::{Answer, Failure},
    form::Query,
    page::Page,
    paging::List,
    web::{
        practice::first_steps,
        records::{data_requests, note_lists},
    },
};

/// How many requests Today lists; the others are counted.
const REQUESTS: usize = 5;
/// How many days ahead Today looks for the next day with sessions.
const DAYS_AHEAD: i64 = 14;

/// GET /today?clients=&notes=&answers=&replies=: a therapist's next sessions, and what
/// there is to do. Each parameter chooses the page of one list.
pub async fn today(
    clinician: Clinician,
    bookings: Bookings,
    owner: Result<Owner, Failure>,
    page: Page,
    Query(asked): Query,
) -> Answer {
    let zone = page.zone();
    let date = zone::date_of(clinician.now(), &zone);
    let offered_list = List::new("/today", "clients", "offered", &asked);
    let offered = clinician.offered_clients(offered_list.after()).await?;
    let notes_list = List::new("/today", "notes", "notes", &asked);
    let notes = clinician.notes_to_finish(None, notes_list.after()).await?;
    let answers_list = List::new("/today", "answers", "answers", &asked);
    let answers = clinician.new_answers(answers_list.after()).await?;
    let leaving_list = List::new("/today", "leaving", "leaving", &asked);
    let leaving = clinician.leaving_tasks(leaving_list.after()).await?;
    let messages = clinician.messages_waiting().await?;
    let documents = clinician.new_documents().await?;
    let withdrawn = clinician.withdrawn_consents().await?;
    let not_safe = clinician.put_off_as_unsafe().await?;
    // The audit log records whose data Today shows before it is shown.
    let named = notes.rows.iter().map(|note| note.client);
    let named = named.chain(answers.rows.iter().map(|new| new.client));
    let named = named.chain(offered.rows.iter().map(|new| new.client));
    let named = named.chain(messages.iter().map(|l| l.client)).chain(not_safe.iter().map(|(client, _)| *client));
    let named = named.chain(documents.iter().map(|new| new.client));
    let named = named.chain(withdrawn.iter().map(|news| news.client));
    let named = named.chain(leaving.rows.iter().map(|task| task.client));
    clinician.record_list(ClinicalList::Today, named).await?;
    let Days { sessions, earlier, next_day } = days(&clinician, &bookings, date, &zone).await?;
    let (requests, all_requests) = requests(&clinician, &bookings, &zone).await?;
    let list = List::new("/today", "replies", "replies", &asked);
    let replies = bookings.open_replies(Some(clinician.me()), list.after()).await?;
    let not_safe =
        not_safe.into_iter().map(|(client, name)| Link::new(format!("/clients/{client}/brief"), name)).collect();
    let mut model = today::Model {
        date: text::day(date),
        not_safe,
        sessions,
        earlier,
        next_day,
        offered_pager: offered_list.pager(offered.more, ["First clients", "More clients"]),
        offered: offered.rows.into_iter().map(|new| offered_item(new, &zone)).collect(),
        notes_pager: notes_list.pager(notes.more, ["Latest notes", "More notes"]),
        notes: notes.rows.into_iter().map(|note| note_item(note, &zone)).collect(),
        notes_missing: note_lists::missing_count(&clinician).await?,
        answers_pager: answers_list.pager(answers.more, ["Latest answers", "More answers"]),
        answers: answers.rows.into_iter().map(|new| answer_item(&new, &zone)).collect(),
        documents: documents.iter().map(document_link).collect(),
        withdrawn: withdrawn.iter().map(withdrawn_link).collect(),
        data_tasks: data_requests::tasks(&clinician, &page).await?,
        leaving_pager: leaving_list.pager(leaving.more, ["Latest", "More"]),
        leaving: leaving.rows.iter().map(leaving_link).collect(),
        messages: messages.iter().map(message_link).collect(),
        requests,
        all_requests,
        replies_pager: list.pager(replies.more, ["First replies", "More replies"]),
        replies: replies.rows.iter().map(|r| (crate::web::scheduling::desk::reply_line(r, &zone), r.session)).collect(),
        inquiries: bookings.inquiries_waiting().await?,
        unreached: clinician.people_not_reached().await?.into_iter().map(unreached).collect(),
        first_steps: None,
    };
    if let Ok(owner) = owner {
        model.first_steps = first_steps::model(owner.scope(), "/today").await?;
    }
    page.ok("Today", model, today::view).await
}

/// A client's new documents, as Today shows them.
fn document_link(new: &NewDocuments) -> Link {
    let text = match new.count {
        1 => format!("{} sent a document ({})", new.name, new.title),
        count => format!("{} sent {count} documents ({})", new.name, new.title),
    };
    Link::new(Tab::Documents.address(new.client), text)
}

/// A client to accept, as Today shows them.
fn offered_item(new: OfferedClient, zone: &Zone) -> OfferedItem {
    let first = match new.first_session {
        Some(at) => format!("First session {}.", text::short(at, zone)),
        None => "No session is booked yet.".to_owned(),
    };
    let on = text::short_day(zone::date_of(new.offered_at, zone));
    OfferedItem { client: new.client, title: new.title, text: format!("Added by {} on {on}. {first}", new.offered_by) }
}

/// The sessions on Today.
struct Days {
    sessions: Vec<SessionItem>,
    earlier: Vec<SessionItem>,
    next_day: Option<(String, Vec<SessionItem>)>,
}

/// A therapist's sessions of this day and of the next day with sessions.
async fn days(clinician: &Clinician, bookings: &Bookings, date: NaiveDate, zone: &Zone) -> Result<Days, Failure> {
    let (from, until) = zone::day(date, zone).map_err(store::Error::from)?;
    let now = clinician.now();
    let mut days = Days { sessions: vec![], earlier: vec![], next_day: None };
    for row in bookings.calendar(from, until, Some(clinician.me()), None).await? {
        let is_left = row.state.is_ahead() && row.ends_at > now;
        let Some(item) = session_item(bookings, row, zone).await? else { continue };
        if is_left { days.sessions.push(item) } else { days.earlier.push(item) }
    }
    let ahead = bookings.calendar(until, until + Duration::days(DAYS_AHEAD), Some(clinician.me()), None).await?;
    let day_of = |row: &CalendarRow| zone::date_of(row.starts_at, zone);
    let Some(next) = ahead.iter().filter(|row| row.state.is_ahead() && day_of(row) > date).map(day_of).min() else {
        return Ok(days);
    };
    let mut items = Vec::new();
    for row in ahead.into_iter().filter(|row| row.state.is_ahead() && day_of(row) == next) {
        items.extend(session_item(bookings, row, zone).await?);
    }
    let tomorrow = if next == date + Duration::days(1) { "Tomorrow, " } else { "" };
    days.next_day = Some((format!("{tomorrow}{}", text::day(next)), items));
    Ok(days)
}

/// A session on Today; `None`: it cannot be read.
async fn session_item(bookings: &Bookings, row: CalendarRow, zone: &Zone) -> Result<Option<SessionItem>, Failure> {
    let Some(session) = bookings.session(row.id).await? else { return Ok(None) };
    Ok(Some(SessionItem {
        id: row.id,
        time: format!("{}–{}", text::clock(row.starts_at, zone), text::clock(row.ends_at, zone)),
        title: row.title,
        place: row.place,
        state: row.state,
        client: session.client,
    }))
}

/// A note to finish, as Today lists it.
fn note_item(note: NoteToFinish, zone: &Zone) -> NoteItem {
    NoteItem {
        client: note.client,
        title: note.title,
        work: match note.work {
            NoteWork::Sign(id) => today::NoteWork::Sign(id),
            NoteWork::Write(session) => today::NoteWork::Write(session),
        },
        when: text::short(note.at, zone),
    }
}

/// New answers, as Today lists them.
fn answer_item(new: &NewAnswers, zone: &Zone) -> AnswerItem {
    AnswerItem {
        assignment: new.assignment,
        exercise: new.exercise.clone(),
        names: new.names.join(" and "),
        when: text::short(new.at, zone),
    }
}

/// The link to a form whose signature was withdrawn. What it is, is said on its own page
/// alone: this page may be open while others are in the room.
fn withdrawn_link(news: &WithdrawnNews) -> Link {
    Link::new(format!("/consents/{}", news.ask), format!("{}: a form has changed", news.title))
}

/// The link to a release or a disclosure with what there is to do about it.
fn leaving_link(task: &LeavingTask) -> Link {
    let of = &task.title;
    let (href, text) = match task.work {
        LeavingWork::Confirm(id) => (format!("/disclosures/{id}"), format!("Confirm a disclosure about {of}")),
        LeavingWork::Declined(id) => (format!("/disclosures/{id}"), format!("Your disclosure about {of} was declined")),
        LeavingWork::Send(id) => (format!("/disclosures/{id}"), format!("Send the disclosure about {of}")),
        LeavingWork::Tell(id) => (format!("/disclosures/{id}"), format!("Can {of} be told of the disclosure now?")),
        LeavingWork::SendRelease(id) => {
            (format!("/releases/{id}"), format!("Signed by everyone: send the release of {of}"))
        }
    };
    Link::new(href, text)
}

/// The link to the thread of a partner whose messages the therapist has to read or
/// to answer.
pub(crate) fn message_link(m: &MessagesWaiting) -> Link {
    let words = if m.unread > 0 {
        format!("{} wrote to you", m.name)
    } else {
        format!("{} wrote to you: read, and not answered yet", m.name)
    };
    Link::new(format!("/clients/{}/messages/{}", m.client, m.person), words)
}

/// The first requests for this therapist's time, each with a link, and how many
/// there are in all.
async fn requests(clinician: &Clinician, bookings: &Bookings, zone: &Zone) -> Result<(Vec<Link>, usize), Failure> {
    let found = bookings.requests(None).await?;
    let own = found.rows.iter().filter(|q| q.clinician == clinician.me()).take(REQUESTS);
    let links = own.map(|q| Link::new("/requests", request_words(q, zone))).collect();
    Ok((links, bookings.requests_for(clinician.me()).await?))
}

/// A request in words.
pub(crate) fn request_words(q: &RequestView, zone: &Zone) -> String {
    let at = text::short(q.starts_at, zone);
    match (q.kind, q.from_at) {
        (RequestKind::Move, Some(from)) => format!("{} asks to move {} to {at}", q.name, text::short(from, zone)),
        (RequestKind::Move | RequestKind::Book, _) => format!("{} asks for a session on {at}", q.name),
        (RequestKind::Alone, _) => format!("{} asks to come alone on {at}", q.name),
    }
}

/// The line about a client's emails that were not delivered.
fn unreached(NotReached { client, name, emails }: NotReached) -> (String, ClientId) {
    let text = match emails {
        1 => format!("An email did not reach {name}"),
        n => format!("{n} emails did not reach {name}"),
    };
    (text, client)
}

/// The largest number of clients on one page of the caseload.
const ON_A_PAGE: usize = 40;

/// GET /caseload?q=&filter=&sort=&desc=&page=: a therapist's clients.
pub async fn index(clinician: Clinician, page: Page, Query(asked): Query) -> Answer {
    let zone = page.zone();
    let filter: Filter = asked.get("filter").parse().unwrap_or_default();
    let sort: Sort = asked.get("sort").parse().unwrap_or_default();
    let reversed = asked.has("desc");
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
    let needs_signs = filter == Filter::Attention || matches!(sort, Sort::Done | Sort::Flag);
    if needs_signs {
        load_signs(&clinician, &mut rows).await?;
    } else if matches!(sort, Sort::Next | Sort::Seen | Sort::Open) {
        clinician.load_ahead(&mut rows).await?;
    }
    if filter == Filter::Attention {
        rows.retain(|row| !case_flags(&row.signs, today).is_empty());
    }
    sort_rows(&mut rows, sort, today);
    if reversed {
        rows.reverse();
    }
    let found = rows.len();
    let pages = found.div_ceil(ON_A_PAGE).max(1);
    let here = asked.get("page").parse().unwrap_or(1_usize).clamp(1, pages);
    let links = (1..=pages)
        .map(|n| {
            let encoded = query(&[("q", &q)]);
            let encoded = encoded.strip_prefix("q=").unwrap_or_default();
            let href = format!("{}&page={n}", caseload::address(filter, sort, reversed, encoded));
            PageLink { href, here: n == here }
        })
        .collect();
    rows.drain(..(here - 1) * ON_A_PAGE);
    rows.truncate(ON_A_PAGE);
    if !needs_signs {
        load_signs(&clinician, &mut rows).await?;
    }
    clinician.record_list(ClinicalList::Caseload, rows.iter().map(|row| row.id)).await?;
    let rows = rows.iter().map(|row| case_item(row, today, &zone)).collect();
    let model = caseload::Model { q, filter, sort, reversed, rows, found, pages: links, total, live: true };
    page.ok("Caseload", model, caseload::view).await
}

/// Fills in how the clients are doing, with what is unsafe and the messages to
/// answer.
async fn load_signs(clinician: &Clinician, rows: &mut [CaseRow]) -> Result<(), Failure> {
    clinician.load_signs(rows).await?;
    let messages = clinician.messages_waiting().await?;
    let not_safe = clinician.put_off_as_unsafe().await?;
    for row in rows {
        row.signs.message = messages.iter().any(|m| m.client == row.id);
        row.signs.not_safe = not_safe.iter().any(|(client, _)| *client == row.id);
    }
    Ok(())
}

/// Sorts clients by a column; those that are equal in it by name.
fn sort_rows(rows: &mut [CaseRow], sort: Sort, today: NaiveDate) {
    rows.sort_by_cached_key(|row| row.title().to_lowercase());
    match sort {
        Sort::Name => {}
        // Clients without a booked session come last.
        Sort::Next => rows.sort_by_key(|row| (row.next.is_none(), row.next)),
        // Those who were not seen for the longest time come first.
        Sort::Seen => rows.sort_by_key(|row| row.last_seen),
        Sort::Open => rows.sort_by_key(|row| row.open),
        // The smallest part first; clients of whom nothing was due come last.
        Sort::Done => rows.sort_by(|a, b| {
            let part = |row: &CaseRow| (row.signs.count.due == 0, row.signs.count);
            let ((none_a, a), (none_b, b)) = (part(a), part(b));
            none_a.cmp(&none_b).then((a.done * b.due.max(1)).cmp(&(b.done * a.due.max(1))))
        }),
        // The most urgent flags first.
        Sort::Flag => rows.sort_by_cached_key(|row| {
            let flags = case_flags(&row.signs, today);
            let first = flags.first().copied();
            (first.is_none(), first, std::cmp::Reverse(drift(&row.signs, today).weight))
        }),
    }
}

/// A client's row of the caseload.
fn case_item(row: &CaseRow, today: NaiveDate, zone: &Zone) -> CaseItem {
    CaseItem {
        id: row.id,
        title: row.title(),
        kind: row.kind,
        partners: row
            .people
            .iter()
            .map(|p| CasePartner {
                id: p.id,
                name: p.name.clone(),
                seat: p.seat,
                outcomes: row.outcomes[p.seat].clone(),
                portal: (p.portal != PortalState::Active).then(|| Portal {
                    state: portal_words(p.portal),
                    is_invited: matches!(p.portal, PortalState::Invited(_)),
                    invite: invite_label(p.portal, p.has_address),
                }),
            })
            .collect(),
        next: row.next.map(|at| text::short(at, zone)),
        last_seen: row.last_seen.map(|at| text::short_day(zone::date_of(at, zone))),
        open: match (row.open, row.signs.had_exercise) {
            (0, false) => "No exercise yet".to_owned(),
            (0, true) => "None open".to_owned(),
            (open, _) => format!("{open} open"),
        },
        flags: if row.archived { vec![] } else { case_flags(&row.signs, today) },
        signs: drift(&row.signs, today).words,
        archived: row.archived,
    }
}

/// The label of the button that sends an invitation; `None`: there is no address.
const fn invite_label(portal: PortalState, has_address: bool) -> Option<&'static str> {
    match (portal, has_address) {
        (_, false) | (PortalState::Active, _) => None,
        (PortalState::NotInvited, true) => Some("Send invitation"),
        (PortalState::Invited(_) | PortalState::Undelivered(_) | PortalState::Expired, true) => {
            Some("Resend invitation")
        }
    }
}

/// Whether a person can sign in, in words.
pub(crate) const fn portal_words(portal: PortalState) -> &'static str {
    match portal {
        PortalState::NotInvited => "not invited yet",
        PortalState::Invited(_) => "invited",
        PortalState::Undelivered(_) => "invitation not delivered",
        PortalState::Expired => "invitation expired",
        PortalState::Active => "has access",
    }
}
