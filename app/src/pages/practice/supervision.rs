//! The page on which the owner says who supervises a therapist, and from when until
//! when.

use domain::ids::{AccountId, SupervisionId};
use leptos::prelude::*;

use crate::ui::{Field, FormState, Tone, badge, card, empty, error_summary, form_key, page_head, submit, table};

/// The view model of the page.
#[derive(Clone, Debug)]
pub struct Model {
    /// The therapist whose supervision it is.
    pub account: AccountId,
    pub name: String,
    /// Whether the account is a therapist's, who can be supervised.
    pub is_therapist: bool,
    pub rows: Vec<Row>,
    /// The therapists who can supervise: account and name.
    pub supervisors: Vec<(String, String)>,
    pub form: FormState,
}

/// A supervision of this therapist, on either side.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: SupervisionId,
    /// Who is supervised by whom.
    pub who: String,
    /// From when until when.
    pub dates: String,
    /// Whether today is within the dates.
    pub is_on: bool,
    /// Whether the supervisor can no longer sign in as a therapist.
    pub supervisor_left: bool,
    /// Whether it can be ended here: it is this therapist's own and not over.
    pub may_end: bool,
}

/// Renders the page.
pub fn view(m: &Model) -> AnyView {
    let rows: Vec<Vec<AnyView>> = m.rows.iter().map(|row| table_row(m, row)).collect();
    let list = if rows.is_empty() {
        empty("No supervision is set.", None)
    } else {
        table("Supervision", &["Who", "Dates", "Status", "Actions"], rows)
    };
    let add = m.is_therapist.then(|| {
        card(
            "Add a supervisor",
            view! {
                <form class="form" method="post" action=format!("/staff/{}/supervision", m.account)>
                    {form_key()}
                    {error_summary(&m.form)}
                    {Field::new(&m.form, "supervisor", "Supervisor").required().select(choices(m))}
                    {Field::new(&m.form, "from", "From").required().date()}
                    {Field::new(&m.form, "until", "Until").hint("Leave it empty if no end is set.").date()}
                    {submit("Add supervisor")}
                </form>
            }
            .into_any(),
        )
    });
    view! {
        {page_head(
            format!("Supervision of {}", m.name),
            "Signed notes, except process notes, go to the supervisor, who co-signs or returns them.",
            vec![],
        )}
        <div class="after">{list}</div>
        {add}
        <p class="after"><a class="button" href="/staff">"Back to staff"</a></p>
    }
    .into_any()
}

/// The therapists to choose from.
fn choices(m: &Model) -> Vec<(String, String)> {
    std::iter::once((String::new(), "Choose a therapist".to_owned())).chain(m.supervisors.iter().cloned()).collect()
}

/// The row of a supervision.
fn table_row(m: &Model, row: &Row) -> Vec<AnyView> {
    let state = if row.is_on { badge(Tone::Good, "Today") } else { badge(Tone::Plain, "Not today") };
    let left = row.supervisor_left.then(|| badge(Tone::Care, "The supervisor’s account is not in use"));
    let end = row.may_end.then(|| {
        view! {
            <form class="inline-form" method="post" action=format!("/staff/{}/supervision/{}/end", m.account, row.id)>
                {form_key()}
                <button class="button" type="submit">"End today"<span class="quiet">{format!(": {}", row.who)}</span></button>
            </form>
        }
        .into_any()
    });
    vec![
        row.who.clone().into_any(),
        row.dates.clone().into_any(),
        view! { {state}" "{left} }.into_any(),
        end.into_any(),
    ]
}

/// Sample models: none; several with a refused form; an account that is no
/// therapist's.
pub fn samples() -> Vec<Model> {
    let none = Model {
        account: AccountId(uuid::Uuid::nil()),
        name: "अनन्या <b>💛".into(),
        is_therapist: true,
        rows: vec![],
        supervisors: vec![("7".into(), "Vera <b>".into())],
        form: FormState::default(),
    };
    let row = |is_on, supervisor_left| Row {
        id: SupervisionId::from(uuid::Uuid::from_u128(7)),
        who: format!("अनन्या is supervised by {}", "Vera ".repeat(20)),
        dates: "1 November 2026 to 31 January 2027".into(),
        is_on,
        supervisor_left,
        may_end: is_on,
    };
    let full = Model {
        rows: vec![row(true, true), row(false, false)],
        form: crate::ui::refused("until", "The last day is before the first."),
        ..none.clone()
    };
    let desk = Model { is_therapist: false, ..none.clone() };
    vec![none, full, desk]
}
