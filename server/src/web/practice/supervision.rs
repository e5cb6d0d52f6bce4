//! Who supervises whom: the owner says it on the page of a member of staff.

use app::{
    pages::practice::supervision::{self, Model, Row},
    ui::{FormState, shell::Notice},
};
use chrono::NaiveDate;
use domain::{
    clients::person::Role,
    form::{Errors, Form},
    ids::{AccountId, SupervisionId},
    records::supervision::NewSupervision,
    zone,
};
use store::{Supervision, SupervisionSet};

use crate::{
    access::Owner,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm},
    page::{Page, redirect_with},
};

/// The page's model; `form` replaces what is offered.
async fn model(owner: &Owner, page: &Page, id: AccountId, form: Option<FormState>) -> Result<Model, Failure> {
    let today = zone::date_of(owner.now(), &page.practice_zone());
    let staff = owner.staff().await?;
    let member = staff.iter().find(|member| member.id == id).found()?;
    let rows = owner.supervisions_of(id).await?.found()?;
    let is_therapist = member.roles.contains(&Role::Clinician) && !member.disabled;
    let supervisors = staff.iter().filter(|other| other.id != id && other.roles.contains(&Role::Clinician));
    Ok(Model {
        account: id,
        name: member.name.clone(),
        is_therapist,
        rows: rows.iter().map(|row| row_of(row, id, today)).collect(),
        supervisors: supervisors
            .filter(|other| !other.disabled && other.active)
            .map(|other| (other.id.to_string(), other.name.clone()))
            .collect(),
        form: form.unwrap_or_else(|| FormState::new(Form::from_pairs([("from", today.to_string())]))),
    })
}

/// A supervision in the table of the account `of`.
fn row_of(row: &Supervision, of: AccountId, today: NaiveDate) -> Row {
    let day = |on: NaiveDate| on.format("%-d %B %Y").to_string();
    let until = row.until.map_or_else(|| "no end is set".to_owned(), |until| format!("until {}", day(until)));
    Row {
        id: row.id,
        who: format!("{} is supervised by {}", row.author_name, row.supervisor_name),
        dates: format!("From {}, {until}", day(row.from)),
        is_on: row.is_on(today),
        supervisor_left: row.supervisor_left && row.until.is_none_or(|until| until >= today),
        may_end: row.author == of && row.until.is_none_or(|until| until > today),
    }
}

/// The title of the page.
fn title(model: &Model) -> String {
    format!("Supervision of {}", model.name)
}

/// GET /staff/{id}/supervision: the supervisions of a member of staff.
pub async fn show(owner: Owner, page: Page, PathIds(id): PathIds<AccountId>) -> Answer {
    let model = model(&owner, &page, id, None).await?;
    page.ok(&title(&model), model, supervision::view).await
}

/// POST /staff/{id}/supervision: names a supervisor.
pub async fn create(owner: Owner, page: Page, PathIds(id): PathIds<AccountId>, PostedForm(form): PostedForm) -> Answer {
    let errors = match NewSupervision::read(&form) {
        Ok(new) => match owner.set_supervision(id, &new).await? {
            SupervisionSet::Done => {
                return Ok(redirect_with(&format!("/staff/{id}/supervision"), Notice::SupervisionSet));
            }
            SupervisionSet::Missing => return Err(Failure::NotFound),
            SupervisionSet::NotASupervisor => {
                Errors::at_field("supervisor", "Choose a therapist of this practice other than themselves.")
            }
            SupervisionSet::Overlaps => {
                Errors::at_field("from", "This supervisor is set for some of these days already. Choose other dates.")
            }
        },
        Err(errors) => errors,
    };
    let model = model(&owner, &page, id, Some(FormState { form, errors })).await?;
    page.invalid(&title(&model), model, supervision::view).await
}

/// POST /staff/{id}/supervision/{supervision}/end: ends a supervision with today.
pub async fn end(owner: Owner, PathIds((id, row)): PathIds<(AccountId, SupervisionId)>) -> Answer {
    owner.end_supervision(id, row).await?.then_some(()).found()?;
    Ok(redirect_with(&format!("/staff/{id}/supervision"), Notice::SupervisionEnded))
}
