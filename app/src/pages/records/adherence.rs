//! The adherence page: what was assigned and what was done, and how evenly the
//! two partners share the work. Only the therapist sees it, and it has no
//! score.

use domain::{
    ids::ClientId,
    records::adherence::{DueCount, Turn, balance, weeks_words},
};
use leptos::prelude::*;

use crate::{
    text::capitalised,
    ui::{FilterLink, chart, filters, page_head},
};

/// The view model of the adherence page.
#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    pub title: String,
    pub names: [Option<String>; 2],
    /// The occurrences, latest first.
    pub turns: Vec<Turn>,
    /// How many weeks back the list goes.
    pub weeks: i64,
}

/// Renders the adherence page.
pub fn view(m: &Model) -> AnyView {
    let names = [m.names[0].as_deref(), m.names[1].as_deref()];
    let links = [4, 12, 52]
        .map(|weeks| {
            let href = format!("/clients/{}/adherence?weeks={weeks}", m.client);
            FilterLink::new(href, capitalised(&weeks_words(weeks)), weeks == m.weeks)
        })
        .to_vec();
    view! {
        {page_head("Between sessions", summary(&m.turns, names, m.weeks), vec![])}
        {filters("How far back", links)}
        <section aria-labelledby="course">
            <h2 id="course">"Exercises that were due"</h2>
            {chart::turns("turns", &m.turns, names, m.weeks)}
            <p class="hint">"Counted: done, skipped, or past the due date or session."</p>
        </section>
        {balance_section(&m.turns, names)}
    }
    .into_any()
}

/// The chart of how the two share the work, closed while there is nothing in it;
/// `None` unless there are two partners and at least one occurrence.
pub(crate) fn balance_section(turns: &[Turn], names: chart::Names<'_>) -> Option<AnyView> {
    (names[0].is_some() && names[1].is_some() && !turns.is_empty()).then(|| {
        let shares = balance(turns);
        let chart = view! {
            <p class="hint">"A picture to talk about, not a score."</p>
            {chart::balance("balance-chart", shares, names)}
        };
        if shares.iter().all(|share| share.due == 0) {
            return view! {
                <details class="balance">
                    <summary>"Balance between partners: nothing due yet"</summary>
                    {chart}
                </details>
            }
            .into_any();
        }
        view! {
            <section aria-labelledby="balance">
                <h2 id="balance">"Balance between partners"</h2>
                {chart}
            </section>
        }
        .into_any()
    })
}

/// What each person did with what was due, in a sentence for each; `weeks` is how
/// far back `turns` goes.
pub(crate) fn summary(turns: &[Turn], names: chart::Names<'_>, weeks: i64) -> String {
    let shares = balance(turns);
    let each: Vec<String> = names
        .iter()
        .enumerate()
        .filter_map(|(who, name)| {
            let name = (*name)?;
            let skipped = match shares[who].skipped {
                0 => String::new(),
                n => format!(", {n} skipped with a reason"),
            };
            Some(format!("{name}: {}{skipped}.", DueCount::of_partner(turns, who).words(weeks)))
        })
        .collect();
    each.join(" ")
}

/// Sample models: nothing assigned; a couple; an individual.
pub fn samples() -> Vec<Model> {
    use chrono::{DateTime, Utc};
    use domain::{exercises::response::NotNow, records::adherence::Part};
    let at = |minute: i64| {
        "2026-11-23T20:00:00Z".parse::<DateTime<Utc>>().ok().map(|at| at + chrono::Duration::minutes(minute))
    };
    let part = |submitted_at, reason| Some(Part { started_at: submitted_at, submitted_at, reason, from_paper: false });
    let none = Model {
        client: ClientId::from(uuid::Uuid::from_u128(1)),
        title: "Amara & Jonas".into(),
        names: [Some("Amara".into()), Some("Jonas".into())],
        turns: vec![],
        weeks: 12,
    };
    let turns: Vec<Turn> = (0..50)
        .map(|n| Turn {
            parts: [
                part(at(n), None),
                if n % 3 == 0 { part(None, Some(NotNow::NoTime)) } else { part(at(9 - n), None) },
            ],
            over: n % 2 == 0,
            ..Turn::default()
        })
        .collect();
    let full = Model { turns: turns.clone(), weeks: 4, ..none.clone() };
    let alone = Model {
        names: [Some("N".repeat(200)), None],
        turns: turns.into_iter().map(|t| Turn { parts: [t.parts[0], None], ..t }).collect(),
        ..none.clone()
    };
    vec![none, full, alone]
}
