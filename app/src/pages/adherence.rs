//! How the work between sessions goes: what was asked and what came, and how
//! evenly it is carried. For the therapist alone, and without a score.

use domain::{
    adherence::{Turn, balance},
    ids::ClientId,
};
use leptos::prelude::*;

use crate::ui::{chart, filters, page_head};

#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    pub title: String,
    pub names: [Option<String>; 2],
    /// The latest first.
    pub turns: Vec<Turn>,
    /// So many weeks back.
    pub weeks: i64,
}

pub fn view(m: &Model) -> AnyView {
    let names = [m.names[0].as_deref(), m.names[1].as_deref()];
    let links = [4, 12, 52]
        .map(|weeks| {
            let href = format!("/clients/{}/adherence?weeks={weeks}", m.client);
            (href, format!("{weeks} weeks"), None, weeks == m.weeks)
        })
        .to_vec();
    view! {
        {page_head("Between sessions", words(&m.turns, names), vec![])}
        <p><a href=format!("/clients/{}", m.client)>{m.title.clone()}</a></p>
        {filters("How far back", links)}
        <section aria-labelledby="course">
            <h2 id="course">"What was asked, and what came"</h2>
            {chart::turns("turns", &m.turns, names)}
        </section>
        {balanced(&m.turns, names)}
    }
    .into_any()
}

/// The picture of the balance, where there are two.
pub(super) fn balanced(turns: &[Turn], names: chart::Names<'_>) -> Option<AnyView> {
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

/// The same in a sentence or two.
pub(super) fn words(turns: &[Turn], names: chart::Names<'_>) -> String {
    if turns.is_empty() {
        return "Nothing has been asked in this time.".to_owned();
    }
    let shares = balance(turns);
    let each: Vec<String> = names
        .iter()
        .zip(shares)
        .filter_map(|(name, s)| {
            let name = (*name)?;
            if s.given == 0 {
                return Some(format!("{name} was asked for nothing."));
            }
            let told = match s.told {
                0 => String::new(),
                1 => ", put off one with a word why".to_owned(),
                n => format!(", put off {n} with a word why"),
            };
            Some(format!("{name} sent {} of {}{told}.", s.done, s.given))
        })
        .collect();
    each.join(" ")
}

/// Nothing; a couple; one alone.
pub fn samples() -> Vec<Model> {
    use chrono::{DateTime, Utc};
    use domain::{adherence::Part, response::NotNow};
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
