//! What a therapist looks back on: the course of a scale, how it goes between
//! sessions, and the brief before one.

use app::{
    pages::{
        adherence,
        brief::{self, Item, part_words},
        course, done,
    },
    text,
};
use chrono::Duration;
use domain::{client::title, exercise::StepKind, ids::ClientId, person::Zone, reading, response::NotNow};
use store::{Brief, MEASURE};

use crate::{
    access::Clinician,
    error::{Answer, Found as _},
    form::{Asked, At},
    page::Page,
};

/// So many of the largest differences stand in a brief.
const GAPS: usize = 5;
/// So many exercises stand in a brief: it is one page. What was put off comes
/// first, then what is open, and the rest is counted.
const ITEMS: usize = 8;
/// From here on two answers are worth a question, in parts of the scale.
const FAR: f32 = 0.3;

fn title_of(names: &[Option<String>; 2]) -> String {
    title(names.iter().flatten().map(String::as_str))
}

/// GET /clients/{id}/course?exercise=
pub async fn course(clinician: Clinician, page: Page, At(id): At<ClientId>, Asked(asked): Asked) -> Answer {
    let slug = Some(asked.get("exercise")).filter(|s| !s.is_empty()).unwrap_or(MEASURE);
    let courses = clinician.courses(id, slug).await?.found()?;
    let model = course::Model {
        client: id,
        client_title: title_of(&courses.names),
        title: courses.title,
        names: courses.names,
        scales: courses.scales,
    };
    page.ok(&model.title.clone(), model, course::view).await
}

/// GET /clients/{id}/adherence?weeks=
pub async fn adherence(clinician: Clinician, page: Page, At(id): At<ClientId>, Asked(asked): Asked) -> Answer {
    let weeks = asked.get("weeks").parse().unwrap_or(12).clamp(1, 520);
    let (turns, names) = clinician.turns(id, clinician.now() - Duration::weeks(weeks)).await?.found()?;
    let model = adherence::Model { client: id, title: title_of(&names), names, turns, weeks };
    page.ok("Between sessions", model, adherence::view).await
}

/// GET /clients/{id}/brief
pub async fn brief(clinician: Clinician, page: Page, At(id): At<ClientId>) -> Answer {
    let found = clinician.brief(id).await?.found()?;
    let model = model(id, found, &page.zone());
    page.ok(&format!("Brief: {}", model.title), model, brief::view).await
}

fn model(id: ClientId, found: Brief, zone: &Zone) -> brief::Model {
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
    for (seat, unread) in found.unread.iter().enumerate() {
        match unread {
            0 => {}
            1 => lines.push(format!("{} wrote to you", name(seat))),
            n => lines.push(format!("{} wrote to you, {n} times", name(seat))),
        }
    }
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
        since: found
            .last
            .map_or_else(|| "four weeks ago".to_owned(), |at| format!("the session on {}", text::short(at, zone))),
        more: items.len().saturating_sub(ITEMS),
        items: items
            .into_iter()
            .take(ITEMS)
            .map(|item| Item {
                assignment: item.assignment,
                title: item.document.title.clone(),
                given: text::short_day(domain::zone::today(item.made_at, zone)),
                revealed: item.revealed_at.is_some() && item.document.is_blind(2),
                each: item
                    .parts
                    .map(|part| part.map(|p| part_words(&p, p.submitted_at.map(|at| text::short(at, zone))))),
            })
            .collect(),
        gaps: gaps(&found),
        brought: found
            .brought
            .iter()
            .map(|b| (name(b.seat), b.title.clone(), done::lines(&b.document, &b.step, &b.answer)))
            .filter(|(.., lines)| !lines.is_empty())
            .collect(),
        lines,
        measure,
        turns: found.turns.clone(),
        names: found.names,
    }
}

/// Where the two differ most since the last session, the largest gap first.
fn gaps(found: &Brief) -> Vec<(String, String)> {
    let mut gaps: Vec<(f32, String, String)> = Vec::new();
    for item in &found.items {
        let [Some(a), Some(b)] = &item.answers else { continue };
        for step in item.document.questions() {
            // Of what is shown only where both chose it, no brief gives a hint;
            // and two who each pick from where they stand do not differ by it.
            if item.document.shares_in_common(&step.key)
                || matches!(step.kind, StepKind::Choice { .. } | StepKind::Checklist { .. })
            {
                continue;
            }
            for row in reading::read(&item.document, step, [Some(a), Some(b)]).rows {
                let Some(gap) = row.gap.filter(|g| *g >= FAR) else { continue };
                let [Some(of_a), Some(of_b)] = &row.cells else { continue };
                let names = found.names.clone().map(Option::unwrap_or_default);
                let label = if row.label.is_empty() { step.prompt.clone() } else { row.label.clone() };
                let label = format!("{}: {label}", item.document.title);
                // The latest stands for what comes back.
                if gaps.iter().any(|(_, known, _)| *known == label) {
                    continue;
                }
                gaps.push((gap, label, format!("{} {of_a}, {} {of_b}", names[0], names[1])));
            }
        }
    }
    gaps.sort_by(|a, b| b.0.total_cmp(&a.0));
    gaps.truncate(GAPS);
    gaps.into_iter().map(|(_, label, said)| (label, said)).collect()
}
