//! The front desk's list of fees: to collect, settled, waived. Nothing is
//! charged by the program; it keeps what the practice decided and received.

use domain::{
    ids::SessionId,
    scheduling::fee::{FeeList, FeeState},
};
use leptos::prelude::*;

use crate::ui::{
    FilterLink, FormState, Link, Pager, Tone, badge, empty, error_summary, filters, form_key, page_head, pager, table,
};

/// The view model of the list of fees.
#[derive(Clone, Debug)]
pub struct Model {
    /// The part of the list that is shown.
    pub list: FeeList,
    pub items: Vec<FeeItem>,
    pub pager: Pager,
    /// Today's date as a date field reads it.
    pub today: String,
    /// The form that was refused, with its session; `None`: none was.
    pub refused: Option<(SessionId, FormState)>,
}

/// A fee in the list.
#[derive(Clone, Debug)]
pub struct FeeItem {
    pub session: SessionId,
    /// The start of the session, such as "Mon 23 Nov, 10:00".
    pub when: String,
    pub title: String,
    pub clinician: String,
    /// The reason, such as "No-show of Yusuf".
    pub reason: String,
    /// The amount, such as "60 €".
    pub amount: String,
    pub state: FeeState,
    /// The name of the person who decided; empty: nobody has.
    pub by: String,
    /// The day on which it was settled; empty: it is not.
    pub settled: String,
}

/// The address of a part of the list.
pub fn href(list: FeeList) -> String {
    format!("/fees?list={}", list.word())
}

/// Renders the list of fees.
pub fn view(m: &Model) -> AnyView {
    let tabs = FeeList::ALL.iter().map(|list| FilterLink::new(href(*list), list.label(), *list == m.list)).collect();
    let rows: Vec<Vec<AnyView>> = m.items.iter().map(|item| row(m, item)).collect();
    let body = if rows.is_empty() {
        empty(
            match m.list {
                FeeList::Open => "No fees to collect.",
                FeeList::Settled => "No fees settled yet.",
                FeeList::Waived => "No fees waived yet.",
            },
            None,
        )
    } else {
        table(m.list.label(), &["Session", "Clients", "Reason", "Amount", "Status", "Actions"], rows)
    };
    let file = if m.items.is_empty() {
        vec![]
    } else {
        vec![Link::new(format!("/fees/file?list={}", m.list.word()), "Download CSV")]
    };
    let errors = m.refused.as_ref().map(|(_, form)| error_summary(form));
    view! {
        {page_head("Fees", "No-shows and late cancellations. Nothing is charged automatically.", file)}
        {filters("Fees", tabs)}
        {errors}
        <section id="fees" class="fees" aria-label=m.list.label()>{body}{pager(&m.pager)}</section>
    }
    .into_any()
}

/// The cells of a fee.
fn row(m: &Model, item: &FeeItem) -> Vec<AnyView> {
    let session = format!("/sessions/{}", item.session);
    let by = if item.by.is_empty() { String::new() } else { format!(" by {}", item.by) };
    let status = match (item.settled.is_empty(), item.state) {
        (false, _) => badge(Tone::Good, format!("Settled {}", item.settled)),
        (true, FeeState::Suggested) => badge(Tone::Wait, FeeState::Suggested.label()),
        (true, FeeState::Kept) => {
            view! { {badge(Tone::Plain, "To be charged")}<span class="muted">{by}</span> }.into_any()
        }
        (true, FeeState::Waived) => view! { {badge(Tone::Plain, "Waived")}<span class="muted">{by}</span> }.into_any(),
    };
    vec![
        view! { <a class="row-link" href=session>{item.when.clone()}</a> }.into_any(),
        view! { <span>{item.title.clone()}</span><br/><span class="muted">{item.clinician.clone()}</span> }.into_any(),
        item.reason.clone().into_any(),
        unbroken(&item.amount).into_any(),
        status,
        acts(m, item),
    ]
}

/// The amount with a space that keeps it and its currency together.
pub fn unbroken(amount: &str) -> String {
    amount.replace(' ', "\u{a0}")
}

/// What can be done with a fee.
fn acts(m: &Model, item: &FeeItem) -> AnyView {
    let id = item.session;
    let about = format!("{}, {}", item.title, item.when);
    let press = |to: FeeState, text: String| {
        let label = format!("{text}: {about}");
        view! { <button class="button" type="submit" name="fee" value=to.word() aria-label=label>{text}</button> }
            .into_any()
    };
    let decide = |buttons: AnyView| {
        view! {
            <form class="actions" method="post" action=format!("/sessions/{id}/fee")>
                {form_key()}
                <input type="hidden" name="back" value=m.list.word()/>
                {buttons}
            </form>
        }
        .into_any()
    };
    match (item.settled.is_empty(), item.state) {
        (false, _) => view! {
            <form class="actions" method="post" action=format!("/fees/{id}/reopen")>
                {form_key()}
                <button class="button" type="submit" aria-label=format!("Mark as not settled: {about}")>"Mark as not settled"</button>
            </form>
        }
        .into_any(),
        (true, FeeState::Suggested) => decide(
            view! {
                {press(FeeState::Kept, format!("Charge {}", unbroken(&item.amount)))}
                {press(FeeState::Waived, "Waive".to_owned())}
            }
            .into_any(),
        ),
        (true, FeeState::Kept) => view! {
            {settle_form(m, item)}
            {decide(press(FeeState::Waived, "Waive".to_owned()))}
        }
        .into_any(),
        (true, FeeState::Waived) => decide(press(FeeState::Suggested, "Undo waiver".to_owned())),
    }
}

/// The form that notes the day on which a fee was settled.
fn settle_form(m: &Model, item: &FeeItem) -> AnyView {
    let id = item.session;
    let about = format!("{}, {}", item.title, item.when);
    let refused = m.refused.as_ref().filter(|(session, _)| *session == id).map(|(_, state)| state);
    let error = refused.and_then(|state| state.errors.message("on")).map(str::to_owned);
    let value = refused.map_or_else(|| m.today.clone(), |state| state.form.get("on").to_owned());
    // The summary of errors links to the field of the form that was refused.
    let field = if refused.is_some() { "f-on".to_owned() } else { format!("f-on-{id}") };
    let described = error.is_some().then(|| format!("{field}-error"));
    let invalid = error.is_some().then_some("true");
    let error = error.map(|text| view! { <p class="error" id=format!("{field}-error")>{text}</p> }.into_any());
    view! {
        <form class="actions" method="post" action=format!("/fees/{id}/settle") novalidate>
            {form_key()}
            <input id=field type="date" name="on" value=value max=m.today.clone() aria-label=format!("Settled on: {about}")
                aria-describedby=described aria-invalid=invalid/>
            <button class="button button-primary" type="submit" aria-label=format!("Mark as settled: {about}")>"Mark as settled"</button>
            {error}
        </form>
    }
    .into_any()
}

/// Sample models: each part of the list; a refused date; an empty list.
pub fn samples() -> Vec<Model> {
    let item = |n, state, by: &str, settled: &str| FeeItem {
        session: SessionId(uuid::Uuid::from_u128(n)),
        when: "Mon 23 Nov, 10:00".to_owned(),
        title: "अनन्या शर्मा & <b>Jonas</b> ".repeat(4),
        clinician: "Dr Ngozi Okafor".to_owned(),
        reason: "No-show of Jonas".to_owned(),
        amount: "60 €".to_owned(),
        state,
        by: by.to_owned(),
        settled: settled.to_owned(),
    };
    let model =
        |list, items| Model { list, items, pager: Pager::default(), today: "2026-11-29".to_owned(), refused: None };
    let open = vec![item(1, FeeState::Suggested, "", ""), item(2, FeeState::Kept, "Kofi Mensah", "")];
    let refused = Model {
        refused: Some((
            SessionId(uuid::Uuid::from_u128(2)),
            crate::ui::refused("on", "Enter the date of the payment."),
        )),
        ..model(FeeList::Open, open.clone())
    };
    vec![
        model(FeeList::Open, open),
        refused,
        model(FeeList::Settled, vec![item(3, FeeState::Kept, "Kofi Mensah", "Fri 27 Nov")]),
        model(FeeList::Waived, vec![item(4, FeeState::Waived, "Kofi Mensah", "")]),
        model(FeeList::Waived, vec![]),
    ]
}
