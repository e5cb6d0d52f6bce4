//! The record of a client in tabs.

use app::{
    pages::clients::client::{
        self, AssignItem, Content, Details, Exercises, NoteItem, Notes, Overview, PartnerItem, PathwayItem,
        ResponseLine, SessionItem, Sessions, Tab, ThreadItem,
    },
    text,
};
use domain::{
    clients::{client::ClientKind, person::Zone},
    exercises::response::ResponseState,
    form::Form,
    ids::{ClientId, PersonId},
    zone,
};
use store::{
    AssignmentSummary, ClientRecord, FoundNote, ImportedDetails, Member, Note, PathwayProgress, PortalState,
    SessionView, Unmailed,
};

use super::{
    caseload::portal_words,
    client::{address_note, alone_words, due_words, scope_label},
};
use crate::{
    access::Clinician,
    error::{Answer, Failure, Found as _},
    form::{PathIds, Query},
    page::Page,
    paging::List,
    web::{
        outbox::undelivered,
        records::{consents, data_requests, documents, find_notes, goals, intake},
    },
};

/// How many open exercises the overview lists; the others are counted.
const OPEN: usize = 5;

/// GET /clients/{id}?tab=&sessions=&past=&pathways=&exercises=&notes=&documents=: a part of
/// a client's record. Each of the other parameters chooses the page of one list. On
/// the notes, `words`, `from`, `until`, `template` and `author` find some of them.
pub async fn show(clinician: Clinician, page: Page, PathIds(id): PathIds<ClientId>, Query(asked): Query) -> Answer {
    let record = clinician.client(id).await?.found()?;
    let zone = page.zone();
    let content = match asked.get("tab").parse().unwrap_or_default() {
        Tab::Overview => Content::Overview(overview(&clinician, &record, &zone).await?),
        Tab::Sessions => Content::Sessions(sessions(&clinician, &record, &asked, &zone).await?),
        Tab::Exercises => Content::Exercises(exercises(&clinician, id, &asked, &zone).await?),
        Tab::Notes => Content::Notes(notes(&clinician, &record, &asked, &zone).await?),
        Tab::Documents => Content::Documents(documents::tab(&clinician, &record, &asked, &zone).await?),
        Tab::Forms => {
            let is_couple = record.kind == ClientKind::Couple;
            let mut blocks = consents::tab(&clinician, id, is_couple, (&asked, &zone)).await?;
            blocks.push(data_requests::record_block(&clinician, &page, id).await?);
            Content::Forms(blocks)
        }
        Tab::Details => Content::Details(details(&clinician, &record, &zone).await?),
    };
    let model = client::Model {
        id,
        title: record.title(),
        kind: record.kind,
        archived: record.archived,
        separated: record
            .separated_at
            .map(|at| zone::wall_time(at, &zone).format("%-d %B %Y").to_string())
            .unwrap_or_default(),
        people: record.members.len(),
        held: record.members.iter().any(|member| member.held),
        content,
    };
    if matches!(&model.content, Content::Notes(notes) if !notes.find.form.errors.is_empty()) {
        return page.invalid(&model.title.clone(), model, client::view).await;
    }
    page.ok(&model.title.clone(), model, client::view).await
}

/// A list on a tab of the record.
fn list(id: ClientId, tab: Tab, field: &'static str, anchor: &'static str, asked: &Form) -> List {
    List::new(tab.address(id), field, anchor, asked)
}

/// Whether a second partner can be added.
fn can_add(record: &ClientRecord) -> bool {
    record.members.len() < record.kind.seats().len()
}

/// The names of a client's people.
fn names(record: &ClientRecord) -> Vec<String> {
    record.members.iter().map(|m| m.details.name.clone()).collect()
}

/// The overview of a record.
async fn overview(clinician: &Clinician, record: &ClientRecord, zone: &Zone) -> Result<Overview, Failure> {
    let id = record.id;
    let messages = clinician.messages_waiting().await?;
    let unread = |person| messages.iter().find(|l| l.client == id && l.person == person).map_or(0, |l| l.unread);
    let assignments = clinician.assignments(id, None).await?;
    let is_open = |a: &&AssignmentSummary| {
        !a.withdrawn && !a.paused && a.status.iter().any(|s| s.state != ResponseState::Submitted)
    };
    let open: Vec<AssignItem> = assignments.rows.iter().filter(is_open).map(|a| assignment_item(a, zone)).collect();
    let next = clinician.next_session(id).await?;
    let note = clinician.last_note(id).await?;
    Ok(Overview {
        undelivered: clinician
            .undelivered(id)
            .await?
            .iter()
            .map(|mail| undelivered::item_for_therapist(mail, id, zone))
            .collect(),
        next: next.map(|(id, at)| (id, text::long(at, zone))),
        threads: record
            .members
            .iter()
            .map(|m| ThreadItem {
                person: m.person,
                name: m.details.name.clone(),
                unread: (m.portal == PortalState::Active).then(|| unread(m.person)),
                login: login(record, m),
            })
            .collect(),
        can_add: can_add(record),
        more_open: open.len().saturating_sub(OPEN),
        open: open.into_iter().take(OPEN).collect(),
        note: note.map(|last| note_item(&last.note, &names(record), zone)),
        goals: goals::summary(clinician, id).await?,
        intake: intake::record::mark(clinician, id).await?,
    })
}

/// Whether a person can sign in to something of this record, in words.
fn login(record: &ClientRecord, member: &Member) -> String {
    match record.separated_at {
        Some(_) => "nothing of this record".to_owned(),
        None => portal_words(member.portal).to_owned(),
    }
}

/// The sessions of a record.
async fn sessions(
    clinician: &Clinician,
    record: &ClientRecord,
    asked: &Form,
    zone: &Zone,
) -> Result<Sessions, Failure> {
    let id = record.id;
    let ahead_list = list(id, Tab::Sessions, "sessions", "sessions", asked);
    let ahead = clinician.sessions_ahead(id, ahead_list.after()).await?;
    let past_list = list(id, Tab::Sessions, "past", "past", asked);
    let past = clinician.past_sessions(id, past_list.after()).await?;
    let item = |s: &SessionView| session_item(s, record.members.len(), zone);
    Ok(Sessions {
        ahead_pager: ahead_list.pager(ahead.more, ["Next sessions", "Later sessions"]),
        ahead: ahead.rows.iter().map(item).collect(),
        missed: clinician.attendance(id).await?.sentence(),
        past_pager: past_list.pager(past.more, ["Latest sessions", "Older sessions"]),
        past: past.rows.iter().map(item).collect(),
    })
}

/// The exercises and pathways of a record.
async fn exercises(clinician: &Clinician, id: ClientId, asked: &Form, zone: &Zone) -> Result<Exercises, Failure> {
    let pathways_list = list(id, Tab::Exercises, "pathways", "pathways", asked);
    let pathways = clinician.pathways_of(id, pathways_list.after()).await?;
    let assignments_list = list(id, Tab::Exercises, "exercises", "exercises", asked);
    let assignments = clinician.assignments(id, assignments_list.after()).await?;
    Ok(Exercises {
        pathways_pager: pathways_list.pager(pathways.more, ["First pathways", "More pathways"]),
        pathways: pathways
            .map(|w| {
                let progress = progress_words(&w);
                PathwayItem { id: w.id, title: w.title, progress }
            })
            .rows,
        assignments_pager: assignments_list.pager(assignments.more, ["Latest exercises", "Older exercises"]),
        assignments: assignments.rows.iter().map(|a| assignment_item(a, zone)).collect(),
    })
}

/// The notes of a record.
async fn notes(clinician: &Clinician, record: &ClientRecord, asked: &Form, zone: &Zone) -> Result<Notes, Failure> {
    let names = names(record);
    let (find, search) = find_notes::read(clinician, record.id, asked).await?;
    if let Some(search) = search {
        let found_list = List::new(find_notes::address(record.id, asked), "notes", "notes", asked);
        let found = clinician.find_notes(record.id, &search, found_list.after()).await?.found()?;
        let item = |hit: FoundNote| NoteItem { excerpt: excerpt(&hit.line), ..note_item(&hit.note, &names, zone) };
        return Ok(Notes {
            find,
            notes_pager: found_list.pager(found.more, ["Latest notes", "Older notes"]),
            notes: found.map(item).rows,
        });
    }
    let notes_list = list(record.id, Tab::Notes, "notes", "notes", asked);
    let notes = clinician.notes(record.id, notes_list.after()).await?;
    Ok(Notes {
        find,
        notes_pager: notes_list.pager(notes.more, ["Latest notes", "Older notes"]),
        notes: notes.map(|n| note_item(&n, &names, zone)).rows,
    })
}

/// The people of a record.
async fn details(clinician: &Clinician, record: &ClientRecord, zone: &Zone) -> Result<Details, Failure> {
    let people: Vec<PersonId> = record.members.iter().map(|m| m.person).collect();
    let unmailed = clinician.unmailed(&people).await?;
    let mut partners = Vec::with_capacity(people.len());
    for m in &record.members {
        let unmailed = unmailed.iter().find(|unmailed| unmailed.person == m.person);
        let imported = clinician.imported_details(record.id, m.person).await?.map(imported_texts).unwrap_or_default();
        partners.push(PartnerItem { login: login(record, m), imported, ..partner_item(m, unmailed, zone) });
    }
    Ok(Details { partners, can_add: can_add(record) })
}

/// What the list of an earlier program said about a person, with the date of birth first.
fn imported_texts(details: ImportedDetails) -> Vec<(String, String)> {
    let birth = details.birth.map(|birth| ("Date of birth".to_owned(), birth.format("%-d %B %Y").to_string()));
    birth.into_iter().chain(details.texts).collect()
}

/// A session of the record; `people` is how many people the client is.
fn session_item(s: &SessionView, people: usize, zone: &Zone) -> SessionItem {
    SessionItem {
        id: s.id,
        when: text::short(s.timing.starts_at, zone),
        place: s.place(),
        alone: if s.attendees.len() < people { s.title() } else { String::new() },
        state: s.state,
    }
}

/// How far a pathway is, such as "2 of 5 assigned".
fn progress_words(walk: &PathwayProgress) -> String {
    let given = walk.steps.iter().filter(|s| s.given.is_some()).count();
    let ended = if walk.ended_at.is_some() { "ended, " } else { "" };
    format!("{ended}{given} of {} assigned", walk.steps.len())
}

/// An assignment of the record, with what each partner has done.
fn assignment_item(a: &AssignmentSummary, zone: &Zone) -> AssignItem {
    AssignItem {
        id: a.id,
        title: a.title.clone(),
        due: due_words(a, zone),
        per: a
            .status
            .iter()
            .map(|s| {
                let words = s.not_now.map_or(s.state.label(), |why| why.label());
                ResponseLine { name: s.name.clone(), state: words.to_owned() }
            })
            .collect(),
        revealed: a.revealed,
        withdrawn: a.withdrawn,
    }
}

/// A note of the record, with its first words.
fn note_item(n: &Note, names: &[String], zone: &Zone) -> NoteItem {
    NoteItem {
        id: n.id,
        when: text::short(n.created_at, zone),
        scope: scope_label(n.scope, names),
        signed: n.signed_at.is_some(),
        excerpt: excerpt(&n.body),
    }
}

/// The longest excerpt of a note, in characters.
const EXCERPT: usize = 140;

/// The beginning of a note, with an ellipsis where the note is longer.
fn excerpt(body: &str) -> String {
    let mut begin: String = body.chars().take(EXCERPT).collect();
    if begin.len() < body.len() {
        begin.push('…');
    }
    begin
}

/// A partner as the record's page shows them.
fn partner_item(member: &Member, unmailed: Option<&Unmailed>, zone: &Zone) -> PartnerItem {
    let d = &member.details;
    let contact = match (d.contact.portal_only, d.contact.hours, d.contact.reminders) {
        (true, ..) => "through the portal only".to_owned(),
        (false, Some((from, until)), _) => format!("email between {} and {}", text::time(from), text::time(until)),
        (false, None, false) => "email, but no reminders".to_owned(),
        (false, None, true) => "email".to_owned(),
    };
    PartnerItem {
        id: member.person,
        name: d.name.clone(),
        pronouns: d.pronouns.clone(),
        returned: member.returned_at.is_some(),
        email: d.email.as_ref().map_or(String::new(), |e| e.as_str().to_owned()),
        email_note: address_note(member, zone),
        phone: d.phone.clone(),
        zone: d.zone.city(),
        contact,
        login: portal_words(member.portal).to_owned(),
        can_invite: member.portal != PortalState::Active && d.email.is_some() && !d.contact.portal_only && !member.held,
        can_hand: member.portal != PortalState::Active && !member.held,
        alone: if d.contact.portal_only || d.email.is_none() { String::new() } else { alone_words(member, unmailed) },
        invited: matches!(member.portal, PortalState::Invited(_) | PortalState::Undelivered(_)),
        also: member.also.iter().map(|(id, kind)| (*id, kind.label().to_owned())).collect(),
        imported: vec![],
    }
}
