//! The audit log: who did what and when, without any content. Its entries are
//! sentences under the heading of their day.

use domain::ids::{AccountId, ClientId};
use leptos::prelude::*;

use crate::ui::{Field, FormState, Pager, empty, page_head, pager, table};

/// The view model of the audit page.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The filter as typed: the person, the kind, the record and the days.
    pub filter: FormState,
    /// The staff, for the filter.
    pub staff: Vec<(AccountId, String)>,
    /// The kinds of things, for the filter: word and label.
    pub kinds: Vec<(String, String)>,
    /// What a check of the log found wrong, as a sentence; empty if nothing was
    /// found.
    pub fault: String,
    pub days: Vec<AuditDay>,
    pub pager: Pager,
    /// The address of the CSV file of the filtered entries.
    pub csv: String,
}

/// The entries of a day.
#[derive(Clone, Debug)]
pub struct AuditDay {
    /// The day, such as "Monday 23 November 2026".
    pub day: String,
    pub rows: Vec<AuditItem>,
}

/// An entry of the audit log.
#[derive(Clone, Debug)]
pub struct AuditItem {
    pub seq: i64,
    /// The time of day.
    pub at: String,
    pub who: String,
    /// The rest of the sentence after the name: "opened a note".
    pub what: String,
    /// The end of the thing's id; empty: the entry is about no single thing.
    pub id: String,
    /// The clients whose records the entry is about.
    pub records: Vec<ClientId>,
}

/// The most records that a row shows; more are in a closed list.
const RECORDS: usize = 3;

/// The fields of the filter.
pub const FILTERS: [&str; 5] = ["who", "kind", "record", "from", "until"];

/// The end of a client's id, which is also the end of its page's address.
pub fn tail(id: ClientId) -> String {
    let id = id.to_string();
    // Ids made on the same day begin alike.
    format!("…{}", id.rsplit('-').next().unwrap_or_default())
}

/// Renders the audit page.
pub fn view(m: &Model) -> AnyView {
    let narrowed = FILTERS.iter().any(|name| !m.filter.form.get(name).is_empty());
    let list = if m.days.is_empty() {
        empty(if narrowed { "No entries match these filters." } else { "No entries yet." }, None)
    } else {
        m.days.iter().map(day_section).collect::<Vec<_>>().into_any()
    };
    let fault = (!m.fault.is_empty()).then(|| {
        view! {
            <p class="notice">{m.fault.clone()}" Ask the person who runs Duologue to run “duologue doctor”."</p>
        }
        .into_any()
    });
    view! {
        {page_head("Audit log", "Who opened or changed what, and when; never what it said.", vec![])}
        {fault}
        {filter_form(m)}
        <div id="log" class="audit-log">{list}</div>
        {pager(&m.pager)}
    }
    .into_any()
}

/// The form with the filters.
fn filter_form(m: &Model) -> AnyView {
    let mut staff = vec![(String::new(), "Everyone".to_owned())];
    staff.extend(m.staff.iter().map(|(id, name)| (id.to_string(), name.clone())));
    let mut kinds = vec![(String::new(), "Everything".to_owned())];
    kinds.extend(m.kinds.iter().cloned());
    let f = &m.filter;
    let csv = (!m.csv.is_empty())
        .then(|| view! { <a class="button" href=m.csv.clone() download="audit-log.csv">"Download CSV"</a> });
    view! {
        <form class="search" role="search" method="get" action="/audit">
            {Field::new(f, "who", "Person").unmarked().select(staff)}
            {Field::new(f, "kind", "Kind").unmarked().select(kinds)}
            {Field::new(f, "from", "From").unmarked().date()}
            {Field::new(f, "until", "Until").unmarked().date()}
            {Field::new(f, "record", "Record").unmarked().hint("Paste the address of a client’s page.").text()}
            <p class="form-actions">
                <button class="button" type="submit">"Show entries"</button>
                <a class="button" href="/audit">"Clear filters"</a>
                {csv}
            </p>
        </form>
    }
    .into_any()
}

/// The entries of a day under its heading.
fn day_section(d: &AuditDay) -> AnyView {
    let rows = d
        .rows
        .iter()
        .map(|r| {
            let id = (!r.id.is_empty()).then(|| view! { " "<span class="muted">{r.id.clone()}</span> });
            vec![
                r.seq.into_any(),
                r.at.clone().into_any(),
                view! { <span><strong>{r.who.clone()}</strong>" "{r.what.clone()}{id}</span> }.into_any(),
                record_links(&r.records),
            ]
        })
        .collect();
    view! {
        <section>
            <h2>{d.day.clone()}</h2>
            {table(&format!("Entries of {}", d.day), &["No.", "Time", "Entry", "Record"], rows)}
        </section>
    }
    .into_any()
}

/// Links to the audit entries of each of these clients.
fn record_links(ids: &[ClientId]) -> AnyView {
    let link = |id: &ClientId| view! { <a href=format!("/audit?record={id}")>{tail(*id)}</a>" " }.into_any();
    let links: Vec<AnyView> = ids.iter().map(link).collect();
    if ids.len() <= RECORDS {
        return links.into_any();
    }
    view! { <details><summary>{format!("{} records", ids.len())}</summary>{links}</details> }.into_any()
}

/// Sample models of the audit page, rendered by the page tests.
pub fn samples() -> Vec<Model> {
    let id = |n: u128| ClientId(uuid::Uuid::from_u128(n));
    let row = |seq, records| AuditItem {
        seq,
        at: "09:12".into(),
        who: "Ruth".into(),
        what: "opened a client".into(),
        id: "…0198".into(),
        records,
    };
    vec![
        Model::default(),
        Model {
            days: vec![
                AuditDay { day: "Monday 23 November 2026".into(), rows: vec![row(3, vec![id(7)])] },
                AuditDay {
                    day: "Sunday 22 November 2026".into(),
                    rows: vec![row(2, (0..40).map(id).collect()), row(1, vec![])],
                },
            ],
            fault: "The audit log ends at entry 3, and entry 9 was noted in a file: its last 6 entries are missing."
                .into(),
            staff: vec![(AccountId(uuid::Uuid::from_u128(1)), "Ruth".into())],
            kinds: vec![("clinical".into(), "Clinical content".into())],
            pager: Pager { first: None, more: Some(("/audit?after=1".into(), "Older entries")) },
            csv: "/audit.csv".into(),
            ..Model::default()
        },
    ]
}
