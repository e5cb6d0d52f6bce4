//! The parts of the portal's first page that concern exercises: those that are
//! open, and those that the reader has sent. Nothing counts or presses.

use domain::{exercises::response::ResponseState, ids::OccurrenceId};
use leptos::prelude::*;

use super::parts::word_along;
use crate::{
    say,
    ui::{Pager, Tone, badge, pager},
    words::words,
};

/// A partner's exercises.
#[derive(Clone, Debug, Default)]
pub struct Exercises {
    /// The open exercises, earliest due first.
    pub today: Vec<ExerciseItem>,
    /// Exercises that the reader has begun and whose time is over; they can
    /// still be finished.
    pub begun: Vec<ExerciseItem>,
    pub open_pager: Pager,
    /// The exercises that the reader has sent, latest first.
    pub done: Vec<ExerciseItem>,
    pub done_pager: Pager,
    /// How many exercises both partners have done; 0 also where the number
    /// would tell something about the other partner.
    pub together: i64,
}

/// An exercise in the portal.
#[derive(Clone, Debug)]
pub struct ExerciseItem {
    pub occurrence: OccurrenceId,
    pub title: String,
    pub minutes: u16,
    pub due: String,
    /// How often it repeats, such as "every day"; empty if it does not.
    pub rhythm: String,
    /// The time for which it is planned, such as "Thu 26 Nov, 20:00"; may be
    /// empty.
    pub planned: String,
    /// Whether the therapist withdrew it; the reader's draft can still be read.
    pub withdrawn: bool,
    /// Whether the reader put it off.
    pub put_off: bool,
    /// The state of the reader's own response.
    pub state: ResponseState,
    pub word_along: String,
    pub therapist: String,
    /// Whether both can read the answers that are for both.
    pub opened: bool,
    /// The date on which it was sent, such as "Mon 23 Nov"; empty before.
    pub sent: String,
}

/// How many exercises that were sent are shown; the others are in a closed
/// list.
const LATEST: usize = 8;

/// The sections with the open exercises.
pub(crate) fn open_sections(m: &Exercises) -> AnyView {
    let w = words();
    let today: Vec<AnyView> = m.today.iter().map(open_exercise).collect();
    let today = if today.is_empty() && m.open_pager == Pager::default() {
        view! { <p class="muted">{say!(w, "own-none")}</p> }.into_any()
    } else {
        view! { <ul class="stack plain">{today}</ul> }.into_any()
    };
    let begun = (!m.begun.is_empty()).then(|| {
        let items: Vec<AnyView> = m.begun.iter().map(open_exercise).collect();
        view! {
            <section aria-labelledby="begun">
                <h2 id="begun">{say!(w, "own-begun")}</h2>
                <p class="hint">{say!(w, "own-begun-hint")}</p>
                <ul class="stack plain">{items}</ul>
            </section>
        }
        .into_any()
    });
    view! {
        <section aria-labelledby="today">
            <h2 id="today">{say!(w, "own-today")}</h2>
            {today}
        </section>
        {begun}
        {pager(&m.open_pager)}
    }
    .into_any()
}

/// The section with the exercises that the reader has sent; `None` if there are
/// none.
pub(crate) fn done_section(m: &Exercises) -> Option<AnyView> {
    let w = words();
    (!m.done.is_empty() || m.done_pager.is_later()).then(|| {
        let shown = if m.done_pager.is_later() { m.done.len() } else { LATEST };
        let (latest, older) = m.done.split_at(m.done.len().min(shown));
        let items: Vec<AnyView> = latest.iter().map(sent_exercise).collect();
        let older = (!older.is_empty()).then(|| {
            let items: Vec<AnyView> = older.iter().map(sent_exercise).collect();
            view! { <details><summary>{say!(w, "own-earlier")}</summary><ul class="rows">{items}</ul></details> }
                .into_any()
        });
        let together = (m.together > 0)
            .then(|| view! { <p class="muted">{say!(w, "own-together", count = m.together)}</p> }.into_any());
        view! {
            <section aria-labelledby="done">
                <h2 id="done">{say!(w, "own-done")}</h2>
                {together}
                <ul class="rows">{items}</ul>
                {older}
                {pager(&m.done_pager)}
            </section>
        }
        .into_any()
    })
}

/// The card of an open exercise.
fn open_exercise(item: &ExerciseItem) -> AnyView {
    let w = words();
    let act = match item.state {
        _ if item.withdrawn => say!(w, "own-read-draft"),
        ResponseState::Open => say!(w, "own-begin"),
        ResponseState::Draft => say!(w, "own-continue"),
        ResponseState::Submitted => say!(w, "own-read"),
    };
    let href = format!("/portal/exercises/{}", item.occurrence);
    let given = item.opened.then(|| badge(Tone::Good, say!(w, "own-something")));
    let begun = (item.state == ResponseState::Draft).then(|| badge(Tone::Plain, say!(w, "own-started")));
    let put_off = item.put_off.then(|| badge(Tone::Plain, say!(w, "own-not-now")));
    let rhythm = if item.rhythm.is_empty() { String::new() } else { format!(" · {}", item.rhythm) };
    let planned =
        (!item.planned.is_empty()).then(|| view! { <p>{say!(w, "own-planned", when = &item.planned)}</p> }.into_any());
    let about = say!(w, "own-about", minutes = item.minutes);
    let label = say!(w, "own-act", act = &act, title = &item.title);
    view! {
        <li class="card">
            <h3><a href=href.clone()>{item.title.clone()}</a></h3>
            <p class="muted">{format!("{about} · {}{rhythm}", item.due)}" "{begun}" "{put_off}" "{given}</p>
            {planned}
            {word_along(&item.therapist, &item.word_along)}
            <p><a class="button button-primary" href=href aria-label=label>{act}</a></p>
        </li>
    }
    .into_any()
}

/// The list item of an exercise that was sent.
fn sent_exercise(item: &ExerciseItem) -> AnyView {
    let w = words();
    let state = if item.opened { say!(w, "own-opened") } else { say!(w, "own-done") };
    view! {
        <li>
            <a class="row-link" href=format!("/portal/exercises/{}", item.occurrence)>{item.title.clone()}</a>
            " "
            {badge(Tone::Good, state)}
            <span class="muted">{format!(" {}", item.sent)}</span>
        </li>
    }
    .into_any()
}

/// Samples for the portal's first page: no exercises; a full list; long names.
pub(crate) fn samples() -> [Exercises; 3] {
    let item = |title: &str, state, opened| ExerciseItem {
        occurrence: OccurrenceId::from(uuid::Uuid::from_u128(1)),
        title: title.into(),
        minutes: 7,
        due: "by Thursday 26 November".into(),
        rhythm: "every day".into(),
        planned: if opened { String::new() } else { "Thu 26 Nov, 20:00".into() },
        withdrawn: false,
        put_off: opened,
        state,
        word_along: "This may help with what you said on Monday.".into(),
        therapist: "Dr Ruth Abrahams".into(),
        sent: if state == ResponseState::Submitted { "Mon 23 Nov".into() } else { String::new() },
        opened,
    };
    let full = Exercises {
        today: vec![
            item("How reachable we are", ResponseState::Open, false),
            item("A map", ResponseState::Draft, false),
        ],
        begun: vec![item("A log", ResponseState::Draft, false)],
        open_pager: Pager { first: None, more: Some(("/portal?open=1#today".into(), "More exercises")) },
        done: (0..12).map(|n| item(&format!("Number {n}"), ResponseState::Submitted, n % 2 == 0)).collect(),
        done_pager: Pager { first: None, more: Some(("/portal?done=1#done".into(), "Older")) },
        together: 6,
    };
    let long = Exercises {
        today: vec![item(&"T".repeat(200), ResponseState::Open, false)],
        done: vec![item(&"D".repeat(200), ResponseState::Submitted, true)],
        done_pager: Pager { first: Some(("/portal#done".into(), "Newest")), more: None },
        together: 1,
        ..Exercises::default()
    };
    [Exercises::default(), full, long]
}
