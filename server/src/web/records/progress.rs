//! A therapist's views of a client's exercises: the course of a scale, the
//! adherence between sessions, and the session brief.

use app::{
    pages::{
        exercises::revealed,
        records::{
            adherence,
            brief::{self, Agreed, Brought, Difference, Item, part_words},
            course,
        },
    },
    text,
    ui::Link,
};
use chrono::Duration;
use domain::{
    clients::{client::title, person::Zone},
    exercises::{response::NotNow, side_by_side},
    ids::ClientId,
    records::{adherence::WEEKS, agreed::agreed},
};
use store::{Brief, LastNote, MEASURE, NoteToFinish, NoteWork, RequestView};

use crate::{
    access::{Bookings, Clinician},
    error::{Answer, Failure, Found as _},
    form::{PathIds, Query},
    page::Page,
    web::{
        clients::{
            caseload::{message_link, request_words},
            client::scope_label,
        },
        records::goals,
    },
};

/// How many of the largest differences a brief lists; the others are counted.
const GAPS: usize = 5;
/// How many exercises a brief lists, so that it stays one page: exercises that
/// were put off first, then open ones. The others are counted.
const ITEMS: usize = 8;
/// The smallest difference between two answers that a brief lists, as a part of
/// the scale (0 to 1).
const FAR: f32 = 0.3;

/// The client's title, from the names of those who are in the seats.
fn title_of(names: &[Option<String>; 2]) -> String {
    title(names.iter().flatten().map(String::as_str))
}

/// GET /clients/{id}/course?exercise=: the course of an exercise's scales.
pub async fn course(clinician: Clinician, page: Page, PathIds(id): PathIds<ClientId>, Query(asked): Query) -> Answer {
    let slug = Some(asked.get("exercise")).filter(|s| !s.is_empty()).unwrap_or(MEASURE);
    let courses = clinician.courses(id, slug).await?.found()?;
    let model = course::Model {
        client: id,
        client_title: title_of(&courses.names),
        title: courses.title,
        names: courses.names,
        scales: courses.scales,
    };
    let page = page.under(format!("/clients/{id}"), model.client_title.clone());
    page.ok(&model.title.clone(), model, course::view).await
}

/// GET /clients/{id}/adherence?weeks=: what became of the exercises of the last
/// weeks.
pub async fn adherence(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<ClientId>,
    Query(asked): Query,
) -> Answer {
    let weeks = asked.get("weeks").parse().unwrap_or(WEEKS).clamp(1, 520);
    let (turns, names) = clinician.adherence(id, clinician.now() - Duration::weeks(weeks)).await?.found()?;
    let model = adherence::Model { client: id, title: title_of(&names), names, turns, weeks };
    let page = page.under(format!("/clients/{id}"), model.title.clone());
    page.ok("Between sessions", model, adherence::view).await
}

/// GET /clients/{id}/brief?all=1: the session brief. With `all` it lists
/// everything and may be longer than a page.
pub async fn brief(
    clinician: Clinician,
    bookings: Bookings,
    page: Page,
    PathIds(id): PathIds<ClientId>,
    Query(asked): Query,
) -> Answer {
    let found = clinician.brief(id).await?.found()?;
    let (zone, all) = (page.zone(), asked.has("all"));
    let last = clinician.last_note(id).await?;
    let owed = owed(&clinician, &bookings, id, &zone).await?;
    let goals = goals::for_brief(&clinician, id).await?;
    let model = brief::Model {
        owed,
        goals,
        agreed: last.map(|last| agreed_of(&last, &found, &zone)),
        ..model(id, found, &zone, all)
    };
    let page = page.under(format!("/clients/{id}"), model.title.clone());
    page.ok("Session brief", model, brief::view).await
}

/// What the last note says about the next session.
fn agreed_of(last: &LastNote, found: &Brief, zone: &Zone) -> Agreed {
    let names: Vec<String> = found.names.iter().flatten().cloned().collect();
    Agreed {
        note: last.note.id,
        text: plan_of(last),
        when: text::short_day(domain::zone::date_of(last.note.created_at, zone)),
        scope: scope_label(last.note.scope, &names),
        is_signed: last.note.signed_at.is_some(),
        has_addenda: last.has_addenda,
    }
}

/// What the note says about the next session: its plan, or the part of its text that
/// is about it.
fn plan_of(last: &LastNote) -> String {
    let plan = last
        .note
        .document
        .section("plan")
        .map(domain::records::note::NoteSection::joined)
        .filter(|plan| !plan.trim().is_empty());
    plan.unwrap_or_else(|| agreed(&last.note.body).to_owned())
}

/// What the therapist owes a client, each with the link to do it: messages to
/// answer, notes to sign or to write, requests to decide.
async fn owed(clinician: &Clinician, bookings: &Bookings, id: ClientId, zone: &Zone) -> Result<Vec<Link>, Failure> {
    let messages = clinician.messages_waiting().await?;
    let mut owed: Vec<Link> = messages.iter().filter(|m| m.client == id).map(message_link).collect();
    let mut after = None;
    loop {
        let notes = clinician.notes_to_finish(Some(id), after).await?;
        owed.extend(notes.rows.iter().map(|note| note_link(note, zone)));
        after = notes.more;
        if after.is_none() {
            break;
        }
    }
    loop {
        let requests = bookings.requests(after).await?;
        let theirs = requests.rows.iter().filter(|q| q.client == id && q.clinician == clinician.me());
        owed.extend(theirs.map(|q: &RequestView| Link::new("/requests", request_words(q, zone))));
        after = requests.more;
        if after.is_none() {
            return Ok(owed);
        }
    }
}

/// The link to a note that is to be signed or written.
fn note_link(note: &NoteToFinish, zone: &Zone) -> Link {
    let day = text::short_day(domain::zone::date_of(note.at, zone));
    match note.work {
        NoteWork::Sign(id) => Link::new(format!("/notes/{id}"), format!("Sign the note of {day}")),
        NoteWork::Write(session) => Link::new(
            format!("/clients/{}/notes/new?session={session}", note.client),
            format!("Write the note of the session on {day}"),
        ),
    }
}

/// The brief's model without what was agreed and what is owed; `all` turns off
/// the limits [`ITEMS`] and [`GAPS`].
fn model(id: ClientId, found: Brief, zone: &Zone, all: bool) -> brief::Model {
    let (most_items, most_gaps) = if all { (usize::MAX, usize::MAX) } else { (ITEMS, GAPS) };
    let mut gaps = gaps(&found);
    let more_gaps = gaps.len().saturating_sub(most_gaps);
    gaps.truncate(most_gaps);
    let name = |seat: usize| found.names[seat].clone().unwrap_or_default();
    let session = found.next.as_ref().map_or_else(
        || "No session is booked".to_owned(),
        |s| {
            let alone = if s.attendees.len() < found.names.iter().flatten().count() {
                format!(" · {} alone", s.title())
            } else {
                String::new()
            };
            format!("{} · {}{alone}", text::long(s.timing.starts_at, zone), s.place())
        },
    );
    let mut lines = Vec::new();
    for item in &found.items {
        for seat in 0..2 {
            if let Some(part) = item.parts[seat].filter(|p| p.reason == Some(NotNow::NotSafe)) {
                lines.insert(0, format!("{} of “{}”: {}", name(seat), item.document.title, part_words(&part, None)));
            }
            if item.nudged_out[seat] {
                lines.push(format!("Reminders to {} of “{}” ended without an answer", name(seat), item.document.title));
            }
        }
    }
    let mut items: Vec<_> = found.items.iter().collect();
    items.sort_by_key(|item| {
        let parts = || item.parts.iter().flatten();
        (!parts().any(|p| p.reason.is_some()), parts().all(|p| p.submitted_at.is_some()))
    });
    let measure = found.measure.as_ref().map(|m| m.scales.clone()).unwrap_or_default();
    brief::Model {
        client: id,
        title: title_of(&found.names),
        session,
        agreed: None,
        owed: vec![],
        goals: vec![],
        since: found
            .last
            .map_or_else(|| "four weeks ago".to_owned(), |at| format!("the session on {}", text::short(at, zone))),
        more: items.len().saturating_sub(most_items),
        more_gaps,
        items: items
            .into_iter()
            .take(most_items)
            .map(|item| Item {
                assignment: item.assignment,
                title: item.document.title.clone(),
                given: text::short_day(domain::zone::date_of(item.made_at, zone)),
                revealed: item.revealed_at.is_some() && item.document.is_blind(2),
                each: item
                    .parts
                    .map(|part| part.map(|p| part_words(&p, p.submitted_at.map(|at| text::short(at, zone))))),
            })
            .collect(),
        gaps,
        brought: found
            .brought
            .iter()
            .map(|b| Brought {
                name: name(b.seat),
                exercise: b.title.clone(),
                lines: revealed::answer_lines(&b.document, &b.step, &b.answer),
            })
            .filter(|b| !b.lines.is_empty())
            .collect(),
        lines,
        measure,
        turns: found.turns.clone(),
        names: found.names,
    }
}

/// The differences between the two partners' answers since the last session,
/// the largest first.
fn gaps(found: &Brief) -> Vec<Difference> {
    // Each with its size.
    let mut gaps: Vec<(f32, Difference)> = Vec::new();
    for item in &found.items {
        let [Some(a), Some(b)] = &item.answers else { continue };
        for step in item.document.questions() {
            // A brief must not hint at items that are shown only where both
            // partners chose them. Some kinds of step are not comparable:
            // different answers to them are no disagreement.
            if item.document.shares_in_common(&step.key) || !step.kind.kind().is_compared() {
                continue;
            }
            for row in side_by_side::compare(&item.document, step, [Some(a), Some(b)]).rows {
                let Some(gap) = row.gap.filter(|g| *g >= FAR) else { continue };
                let [Some(of_a), Some(of_b)] = &row.cells else { continue };
                let names = found.names.clone().map(Option::unwrap_or_default);
                let label = if row.label.is_empty() { step.prompt.clone() } else { row.label.clone() };
                let label = format!("{}: {label}", item.document.title);
                // Of a repeated exercise, only the latest answers count.
                if gaps.iter().any(|(_, known)| known.place == label) {
                    continue;
                }
                let said = format!("{} {of_a}, {} {of_b}", names[0], names[1]);
                gaps.push((gap, Difference { place: label, said }));
            }
        }
    }
    gaps.sort_by(|a, b| b.0.total_cmp(&a.0));
    gaps.into_iter().map(|(_, difference)| difference).collect()
}
