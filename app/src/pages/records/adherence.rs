//! The adherence page: what was assigned and what was sent, and how evenly the
//! two partners share the work. Only the therapist sees it, and it has no
//! score.

use domain::{
    ids::ClientId,
    records::adherence::{Turn, balance},
};
use leptos::prelude::*;

use crate::ui::{FilterLink, chart, filters, page_head};

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
            FilterLink::new(href, format!("{weeks} weeks"), weeks == m.weeks)
        })
        .to_vec();
    view! {
        {page_head("Between sessions", summary(&m.turns, names), vec![])}
        <p><a href=format!("/clients/{}", m.client)>{m.title.clone()}</a></p>
        {filters("How far back", links)}
        <section aria-labelledby="course">
            <h2 id="course">"What was asked, and what came"</h2>
            {chart::turns("turns", &m.turns, names)}
        </section>
        {balance_section(&m.turns, names)}
    }
    .into_any()
}

/// The chart of how the work is shared; `None` unless there are two partners
/// and at least one occurrence.
pub(crate) fn balance_section(turns: &[Turn], names: chart::Names<'_>) -> Option<AnyView> {
    (names[0].is_some() && names[1].is_some() && !turns.is_empty()).then(|| {
        view! {
            <section aria-labelledby="balance">
                <h2 id="balance">"How it is carried"</h2>
                <p class="hint">"A picture to talk about, not a mark. Who writes less may carry more elsewhere."</p>
                {chart::balance("balance-chart", balance(turns), names)}
            </section>
        }
        .into_any()
    })
}

/// A summary of the occurrences in a sentence for each person.
pub(crate) fn summary(turns: &[Turn], names: chart::Names<'_>) -> String {
    if turns.is_empty() {
        return "Nothing has been asked in this time.".to_owned();
    }
    let shares = balance(turns);
    let each: Vec<String> = names
        .iter()
        .zip(shares)
        .filter_map(|(name, s)| {
            let name = (*name)?;
            if s.asked == 0 {
                return Some(format!("{name} was asked for nothing."));
            }
            let told = match s.declined {
                0 => String::new(),
                1 => ", put off one with a word why".to_owned(),
                n => format!(", put off {n} with a word why"),
            };
            Some(format!("{name} sent {} of {}{told}.", s.done, s.asked))
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
