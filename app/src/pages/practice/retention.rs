//! The page on which an owner says how long content is kept, deletes what is due, and
//! sees the legal holds.

use domain::{
    ids::{ClientId, PersonId},
    records::retention::RetentionClass,
};
use leptos::prelude::*;

use crate::ui::{Field, FormState, Pager, card, empty, error_summary, form_key, page_head, pager, submit, table};

/// The view model of the page.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The years of each class.
    pub years: FormState,
    /// The password and the clients to delete.
    pub deletion: FormState,
    /// The reason of a hold.
    pub hold: FormState,
    pub due: Vec<Due>,
    pub pager: Pager,
    pub holds: Vec<Hold>,
    pub erasures: Vec<Erasure>,
}

/// A person of whom something was erased, and whose name is not erased yet.
#[derive(Clone, Debug)]
pub struct Erasure {
    pub person: PersonId,
    pub name: String,
    /// When something was erased first.
    pub since: String,
    /// Until when something else must be kept, in words; empty: nothing has.
    pub kept: String,
}

/// A client of whom something is due.
#[derive(Clone, Debug)]
pub struct Due {
    pub client: ClientId,
    pub title: String,
    /// The day of the last session.
    pub last: String,
    /// What is due, in words.
    pub what: String,
}

/// A legal hold.
#[derive(Clone, Debug)]
pub struct Hold {
    pub client: ClientId,
    pub title: String,
    /// Since when and by whom.
    pub since: String,
    pub why: String,
}

/// Renders the page.
pub fn view(m: &Model) -> AnyView {
    let fields: Vec<AnyView> = RetentionClass::ALL
        .iter()
        .map(|class| Field::new(&m.years, class.word(), class.label()).required().number(0, 50))
        .collect();
    view! {
        {page_head("Retention", "How long content is kept, and what is due for deletion.", vec![])}
        {error_summary(&m.deletion)}
        {due_card(m)}
        {erasures_card(m)}
        {holds_card(m)}
        {card("Years", view! {
            {error_summary(&m.years)}
            <form class="form narrow" method="post" action="/practice/retention" novalidate>
                {form_key()}
                <p>"Years from the last session of anyone in the couple. The record is kept as long as the longest of them. Ask a lawyer which years apply to you."</p>
                {fields}
                {submit("Save years")}
            </form>
        }.into_any())}
        <p class="hint after">"Inquiries are deleted 60 days after they were closed. The audit log names nobody’s content and is kept."</p>
    }
    .into_any()
}

/// What is due, to be chosen and deleted.
fn due_card(m: &Model) -> AnyView {
    if m.due.is_empty() && !m.pager.is_later() {
        return card("Due for deletion", empty("Nothing is due for deletion.", None));
    }
    let chosen: Vec<&str> = m.deletion.form.all("client").collect();
    let rows: Vec<Vec<AnyView>> = m
        .due
        .iter()
        .map(|due| {
            let id = format!("due-{}", due.client);
            let value = due.client.to_string();
            let checked = chosen.contains(&value.as_str());
            vec![
                view! {
                    <label class="choice" for=id.clone()>
                        <input id=id.clone() type="checkbox" name="client" value=value checked=checked/>
                        <span>{due.title.clone()}</span>
                    </label>
                }
                .into_any(),
                due.last.clone().into_any(),
                due.what.clone().into_any(),
            ]
        })
        .collect();
    card("Due for deletion", view! {
        <form id="due" class="form" method="post" action="/practice/retention/deletion" novalidate>
            {form_key()}
            {table("Due for deletion", &["Client", "Last session", "What is deleted"], rows)}
            {Field::new(&m.deletion, "current_password", "Your password").required().autocomplete("current-password").password()}
            {Field::new(&m.hold, "why", "Reason of a legal hold").hint("Only to set a hold.").unmarked().text()}
            <p class="form-actions">
                <button class="button button-primary" type="submit" name="do" value="delete">"Delete the chosen for good"</button>
                <button class="button" type="submit" name="do" value="hold">"Set a legal hold on the chosen"</button>
            </p>
        </form>
        {pager(&m.pager)}
    }.into_any())
}

/// The people who asked for erasure, each with a button that ends it; `None`: there are
/// none.
fn erasures_card(m: &Model) -> Option<AnyView> {
    let rows: Vec<Vec<AnyView>> = m.erasures.iter().map(erasure_row).collect();
    (!rows.is_empty()).then(|| {
        card("Erasures to finish", view! {
            <p>"Their therapist has erased what does not have to be kept. The name, the addresses and the sign-in are erased last."</p>
            {table("Erasures to finish", &["Person", "Since", "Still kept", "Actions"], rows)}
        }.into_any())
    })
}

/// The row of a person.
fn erasure_row(erasure: &Erasure) -> Vec<AnyView> {
    let act = erasure.kept.is_empty().then(|| {
        view! {
            <form class="inline-form" method="post" action=format!("/practice/retention/erasures/{}", erasure.person)>
                {form_key()}
                <button class="button" type="submit">"Erase name and sign-in"<span class="quiet">{format!(": {}", erasure.name)}</span></button>
            </form>
        }
        .into_any()
    });
    vec![
        erasure.name.clone().into_any(),
        erasure.since.clone().into_any(),
        erasure.kept.clone().into_any(),
        act.into_any(),
    ]
}

/// The holds, each with a button that ends it.
fn holds_card(m: &Model) -> AnyView {
    if m.holds.is_empty() {
        return card("Legal holds", empty("No legal hold is set.", None));
    }
    let rows: Vec<Vec<AnyView>> = m
        .holds
        .iter()
        .map(|hold| {
            vec![
                hold.title.clone().into_any(),
                hold.since.clone().into_any(),
                view! { <span class="wrap">{hold.why.clone()}</span> }.into_any(),
                view! {
                    <form class="inline-form" method="post" action=format!("/practice/retention/holds/{}/end", hold.client)>
                        {form_key()}
                        <button class="button" type="submit">"End the hold"<span class="quiet">{format!(": {}", hold.title)}</span></button>
                    </form>
                }
                .into_any(),
            ]
        })
        .collect();
    card("Legal holds", table("Legal holds", &["Client", "Since", "Reason", "Actions"], rows))
}

/// Sample models: nothing; everything with refused forms.
pub fn samples() -> Vec<Model> {
    use domain::{
        form::{Errors, Form},
        records::retention::RetentionYears,
    };
    let client = ClientId::from(uuid::Uuid::from_u128(1));
    let due =
        |title: &str| Due { client, title: title.into(), last: "3 May 2016".into(), what: "The whole record".into() };
    vec![
        Model { years: FormState::new(RetentionYears::default().form()), ..Model::default() },
        Model {
            years: crate::ui::refused("messages", "Enter a number of years from 0 to 50."),
            deletion: FormState {
                form: Form::from_pairs([("client", client.to_string())]),
                errors: Errors::at_field("current_password", "Enter your password."),
            },
            hold: FormState { form: Form::from_pairs([("why", "</b>")]), errors: Errors::default() },
            due: vec![due("अनन्या <b> & Ben 💛")],
            pager: Pager { first: None, more: Some(("/practice/retention?due=1".into(), "More clients")) },
            erasures: vec![
                Erasure {
                    person: PersonId::from(uuid::Uuid::from_u128(2)),
                    name: "Mina <b>".into(),
                    since: "1 Dec 2026".into(),
                    kept: String::new(),
                },
                Erasure {
                    person: PersonId::from(uuid::Uuid::from_u128(3)),
                    name: "Leo".into(),
                    since: "1 Dec 2026".into(),
                    kept: "Until 3 May 2034".into(),
                },
            ],
            holds: vec![Hold {
                client,
                title: "Mina & Leo".into(),
                since: "1 Dec 2026, by Vera <b>".into(),
                why: "A court case <7>".repeat(9),
            }],
        },
    ]
}
