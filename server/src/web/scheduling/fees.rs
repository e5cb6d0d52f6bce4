//! The front desk's list of fees: to collect, settled, waived, and as a file.

use app::{
    pages::scheduling::fees::{self, FeeItem, Model},
    text,
    ui::{FormState, shell::Notice},
};
use axum::{
    http::header,
    response::{IntoResponse as _, Response},
};
use domain::{
    clients::person::Zone,
    csv,
    form::Form,
    ids::SessionId,
    scheduling::fee::{FeeList, FeeState, read_settled_on},
    zone,
};
use store::FeeView;

use crate::{
    access::FrontDesk,
    error::{Answer, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect_with, redirect_with_undo},
    paging::List,
};

/// The part of the list that the address asks for.
fn asked_list(q: &Form) -> FeeList {
    q.get("list").parse().unwrap_or(FeeList::Open)
}

/// GET /fees?list=&after=: a part of the list of fees.
pub async fn index(desk: FrontDesk, page: Page, Query(q): Query) -> Answer {
    let model = model(&desk, &page, &q, None).await?;
    page.ok("Fees", model, fees::view).await
}

/// The model of the list; `refused` is the form that was refused, with its session.
async fn model(
    desk: &FrontDesk,
    page: &Page,
    q: &Form,
    refused: Option<(SessionId, FormState)>,
) -> store::Result<Model> {
    let zone = page.practice_zone();
    let asked = asked_list(q);
    let list = List::new(fees::href(asked), "after", "fees", q);
    let found = desk.fees(asked, list.after()).await?;
    Ok(Model {
        list: asked,
        pager: list.pager(found.more, ["Latest fees", "Earlier fees"]),
        items: found.rows.into_iter().map(|fee| item(fee, &zone)).collect(),
        today: zone::date_of(desk.now(), &zone).to_string(),
        refused,
    })
}

/// A fee of the list.
fn item(fee: FeeView, zone: &Zone) -> FeeItem {
    FeeItem {
        session: fee.session,
        when: text::short(fee.starts_at, zone),
        title: fee.title,
        clinician: fee.clinician_name,
        reason: fee.reason,
        amount: fee.amount,
        state: fee.state,
        by: fee.by,
        settled: fee.settled_on.map(text::short_day).unwrap_or_default(),
    }
}

/// POST /fees/{id}/settle: notes the day `on` which the fee for a session was settled.
pub async fn settle(
    desk: FrontDesk,
    page: Page,
    PathIds(id): PathIds<SessionId>,
    PostedForm(form): PostedForm,
) -> Answer {
    desk.fee(id).await?.found()?;
    let today = zone::date_of(desk.now(), &page.practice_zone());
    match read_settled_on(&form, today) {
        Ok(on) => {
            desk.settle_fee(id, Some(on)).await?.then_some(()).found()?;
            Ok(redirect_with_undo(&fees::href(FeeList::Open), Notice::FeeSettled, id))
        }
        Err(errors) => {
            let model = model(&desk, &page, &Form::default(), Some((id, FormState { form, errors }))).await?;
            page.invalid("Fees", model, fees::view).await
        }
    }
}

/// POST /fees/{id}/reopen: the fee for a session is not settled after all.
pub async fn reopen(desk: FrontDesk, PathIds(id): PathIds<SessionId>) -> Answer {
    desk.settle_fee(id, None).await?.then_some(()).found()?;
    Ok(redirect_with(&fees::href(FeeList::Open), Notice::FeeReopened))
}

/// GET /fees/file?list=: a part of the list as a CSV file.
pub async fn file(desk: FrontDesk, page: Page, Query(q): Query) -> Answer {
    let (list, zone) = (asked_list(&q), page.practice_zone());
    let mut text =
        csv::line(["Date", "Time", "Clients", "Therapist", "Reason", "Amount", "Status", "Decided by", "Settled on"]);
    for fee in desk.export_fees(list).await? {
        text.push_str(&file_line(&fee, &zone));
    }
    Ok(csv_file(&format!("fees-{}.csv", list.word().replace('_', "-")), text))
}

/// The line of a fee in the file.
fn file_line(fee: &FeeView, zone: &Zone) -> String {
    let status = match (fee.settled_on, fee.state) {
        (Some(_), _) => FeeList::Settled.label(),
        (None, FeeState::Kept | FeeState::Suggested | FeeState::Waived) => fee.state.label(),
    };
    csv::line([
        zone::date_of(fee.starts_at, zone).to_string().as_str(),
        &text::clock(fee.starts_at, zone),
        &fee.title,
        &fee.clinician_name,
        &fee.reason,
        &fee.amount,
        status,
        &fee.by,
        &fee.settled_on.map(|on| on.to_string()).unwrap_or_default(),
    ])
}

/// A CSV file to save under this name (RFC 4180 §3).
fn csv_file(name: &str, text: String) -> Response {
    let kind = "text/csv; charset=utf-8; header=present";
    let name = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)], text).into_response()
}
