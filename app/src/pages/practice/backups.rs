//! The backups on the settings page: the latest good one, whether it is late, and the
//! latest tries.

use leptos::prelude::*;

use crate::ui::{Tone, badge, card, empty, table};

/// What the page shows of backups.
#[derive(Clone, Debug, Default)]
pub struct Backups {
    /// How often the server makes one, such as "Every day at 02:30"; empty: it makes
    /// none by itself.
    pub schedule: String,
    /// When the latest good one was made, such as "Tue 1 Dec, 02:30"; empty: there is
    /// none.
    pub last_good: String,
    pub is_late: bool,
    pub rows: Vec<Row>,
}

/// A backup that was made or tried.
#[derive(Clone, Debug)]
pub struct Row {
    pub started: String,
    pub state: State,
    /// The file; empty: there is none.
    pub place: String,
    /// The length and the number of rows, or why there is no good backup.
    pub detail: String,
}

/// How far a backup is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Good,
    UnderWay,
    /// It was not ended for so long that the program must have been stopped.
    Interrupted,
    Failed,
}

/// The sentence about a late backup, for every page of the settings. `None`: none is
/// late.
pub fn late(m: &Backups) -> Option<AnyView> {
    m.is_late.then(|| {
        let since = if m.last_good.is_empty() {
            "There is no good backup yet.".to_owned()
        } else {
            format!("The latest good backup is from {}.", m.last_good)
        };
        view! {
            <div class="notice" role="status">
                <p><strong>"A backup is late. "</strong>{since}" "<a href="/practice/backups">"See what went wrong"</a></p>
            </div>
        }
        .into_any()
    })
}

/// The cards about backups.
pub fn cards(m: &Backups) -> AnyView {
    let about = if m.schedule.is_empty() {
        view! {
            <p>"This server makes no backups by itself. Ask the person who runs it to set "<code>"folder"</code>" and "<code>"to"</code>" in the section "<code>"[backup]"</code>" of the settings file, and to restart Duologue."</p>
        }
        .into_any()
    } else {
        view! { <p>{format!("{}. Each backup is encrypted, opened again and checked.", m.schedule)}</p> }.into_any()
    };
    let last = if m.last_good.is_empty() { "None yet".to_owned() } else { m.last_good.clone() };
    let rows: Vec<Vec<AnyView>> = m.rows.iter().map(row).collect();
    let list = if rows.is_empty() {
        empty("No backup has been made yet.", None)
    } else {
        table("Latest backups", &["Started", "Status", "File", "Details"], rows)
    };
    view! {
        {card("Backups", view! { {about}<p>"Latest good backup: "<strong>{last}</strong></p> }.into_any())}
        <div class="after">{list}</div>
    }
    .into_any()
}

/// A line of the table.
fn row(row: &Row) -> Vec<AnyView> {
    let state = match row.state {
        State::Good => badge(Tone::Good, "Made and checked"),
        State::UnderWay => badge(Tone::Wait, "In progress"),
        State::Interrupted => badge(Tone::Care, "Interrupted"),
        State::Failed => badge(Tone::Care, "Failed"),
    };
    vec![
        row.started.clone().into_any(),
        state.into_any(),
        view! { <span class="wrap">{row.place.clone()}</span> }.into_any(),
        row.detail.clone().into_any(),
    ]
}

/// Sample models, rendered by the page tests.
pub fn samples() -> Vec<Backups> {
    let row = |state, detail: &str| Row {
        started: "Tue 1 Dec, 02:30".into(),
        state,
        place: "/srv/duologue/backups/duologue-2026-12-01T013000Z.age".into(),
        detail: detail.into(),
    };
    vec![
        Backups::default(),
        Backups {
            schedule: "Every day at 02:30".into(),
            last_good: "Mon 30 Nov, 02:30".into(),
            is_late: true,
            rows: vec![
                row(State::UnderWay, ""),
                row(
                    State::Failed,
                    "The backup was made, and its command failed: exit status: 1: <the other machine> is away",
                ),
                row(State::Good, "14 MB, 120,482 rows"),
            ],
        },
    ]
}
