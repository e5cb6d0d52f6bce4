//! The audit page: who did what and when, without any content.

use domain::ids::{AccountId, ClientId};
use leptos::prelude::*;

use crate::ui::{Field, FormState, Pager, empty, page_head, pager, table};

/// The view model of the audit page.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The filter as typed: the person and the record.
    pub filter: FormState,
    /// The staff, for the filter.
    pub staff: Vec<(AccountId, String)>,
    /// What a check of the log found wrong, as a sentence; empty if nothing was
    /// found.
    pub fault: String,
    pub rows: Vec<AuditItem>,
    pub pager: Pager,
}

/// An entry of the audit log.
#[derive(Clone, Debug)]
pub struct AuditItem {
    pub seq: i64,
    pub at: String,
    pub who: String,
    pub what: String,
    /// The clients whose records the entry is about.
    pub records: Vec<ClientId>,
}

/// The most records that a row shows; more are in a closed list.
const RECORDS: usize = 3;

/// The end of a client's id, which is also the end of its page's address.
pub fn tail(id: ClientId) -> String {
    let id = id.to_string();
    // Ids made on the same day begin alike.
    format!("…{}", id.rsplit('-').next().unwrap_or_default())
}

/// Renders the audit page.
pub fn view(m: &Model) -> AnyView {
    let rows: Vec<Vec<AnyView>> = m
        .rows
        .iter()
        .map(|r| {
            vec![
                r.seq.into_any(),
                r.at.clone().into_any(),
                r.who.clone().into_any(),
                r.what.clone().into_any(),
                record_links(&r.records),
            ]
        })
        .collect();
    let narrowed = ["who", "record"].iter().any(|name| !m.filter.form.get(name).is_empty());
    let list = if rows.is_empty() {
        empty(if narrowed { "Nothing on record fits." } else { "Nothing has happened yet." }, None)
    } else {
        table("Acts on record", &["No.", "When", "Who", "What", "Record"], rows)
    };
    let fault = (!m.fault.is_empty()).then(|| {
        view! {
            <p class="notice notice-care">{m.fault.clone()}" Ask the person who runs Duologue to run “duologue doctor”."</p>
        }
        .into_any()
    });
    let mut staff = vec![(String::new(), "Everyone".to_owned())];
    staff.extend(m.staff.iter().map(|(id, name)| (id.to_string(), name.clone())));
    view! {
        {page_head("Audit", "Every opening and change of clinical content, sign-ins and settings. Rows are chained: one that was changed or removed shows in `duologue doctor`.", vec![])}
        {fault}
        <form class="search" role="search" method="get" action="/audit">
            {Field::new(&m.filter, "who", "Who").unmarked().select(staff)}
            {Field::new(&m.filter, "record", "Record").unmarked().hint("Paste the address of the client’s page.").text()}
            <p class="form-actions"><button class="button" type="submit">"Show entries"</button></p>
        </form>
        <div id="log">{list}</div>
        {pager(&m.pager)}
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
    let row =
        |seq, records| AuditItem { seq, at: "now".into(), who: "Ruth".into(), what: "client: opened".into(), records };
    vec![
        Model::default(),
        Model {
            rows: vec![row(1, vec![id(7)]), row(2, (0..40).map(id).collect()), row(3, vec![])],
            fault: "The audit log ends at entry 3, and entry 9 was noted in a file: its last 6 entries are missing."
                .into(),
            staff: vec![(AccountId(uuid::Uuid::from_u128(1)), "Ruth".into())],
            pager: Pager { first: None, more: Some(("/audit?after=1".into(), "Older entries")) },
            ..Model::default()
        },
    ]
}
