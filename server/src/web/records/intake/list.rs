//! The owner's page of the intake list.

use app::{
    pages::records::intake::list::{self, Model},
    text,
    ui::{FormState, shell::Notice},
};
use domain::{
    form::{Errors, Form, rows},
    records::intake::{ITEMS_MAX, blank_row, fill_list, read_list},
    zone,
};
use store::{ListPublished, OwnersList};

use crate::{
    access::Owner,
    error::{Answer, Failure},
    form::PostedForm,
    page::{Page, redirect_with},
};

/// The address of the page.
const HERE: &str = "/practice/intake";

/// GET /practice/intake: the intake list, to be changed.
pub async fn show(owner: Owner, page: Page) -> Answer {
    let current = owner.intake_list().await?;
    let form = fill_list(&current.list);
    let model = model(&owner, &page, &current, FormState::new(form)).await?;
    page.ok("Intake list", model, list::view).await
}

/// The model of the page.
async fn model(owner: &Owner, page: &Page, current: &OwnersList, form: FormState) -> Result<Model, Failure> {
    let day = text::day(zone::date_of(current.made_at, &page.zone()));
    let whose = if current.is_shipped { "The program’s list" } else { "Your practice’s list" };
    let seen = form.form.get("version").parse().unwrap_or(current.version);
    let screens = current.list.screens.iter();
    Ok(Model {
        about: format!("{whose}: version {}, since {day}.", current.version),
        version: seen,
        screens: screens.map(|screen| (screen.key.clone(), screen.title.in_english().to_owned())).collect(),
        exercises: owner.intake_exercises().await?,
        preview: read_list(&form.form, &current.list).ok(),
        form,
    })
}

/// POST /practice/intake: does what `do` says with the form: `save` makes a new version;
/// `add`, `preview`, `up:n`, `down:n` and `remove:n` show it changed, and save nothing.
pub async fn update(owner: Owner, page: Page, PostedForm(form): PostedForm) -> Answer {
    let current = owner.intake_list().await?;
    let act = form.get("do").to_owned();
    let changed = match act.as_str() {
        "save" => None,
        "add" if rows::count(&form) < ITEMS_MAX => Some(blank_row(&form, &current.list)),
        press => Some(rows::press(&form, press).unwrap_or_else(|| form.clone())),
    };
    if let Some(form) = changed.filter(|_| !form.is_shown_again()) {
        let model = model(&owner, &page, &current, FormState::new(form)).await?;
        return page.ok("Intake list", model, list::view).await;
    }
    let errors = publish(&owner, &current, &form).await?;
    let Some(errors) = errors else { return Ok(redirect_with(HERE, Notice::IntakeListSaved)) };
    let model = model(&owner, &page, &current, FormState { form, errors }).await?;
    page.invalid("Intake list", model, list::view).await
}

/// Makes a new version of the form; `Some`: why not.
async fn publish(owner: &Owner, current: &OwnersList, form: &Form) -> Result<Option<Errors>, Failure> {
    let list = match read_list(form, &current.list) {
        Ok(list) => list,
        Err(errors) => return Ok(Some(errors)),
    };
    let seen = form.get("version").parse().unwrap_or(current.version);
    Ok(match owner.publish_intake_list(seen, &list).await? {
        ListPublished::Done(_) | ListPublished::Same => None,
        ListPublished::Unfit(errors) => Some(errors),
        ListPublished::Behind(version) => Some(Errors::of_form(format!(
            "The list was changed in another window: version {version} is newer. Open this page again to see it; what you typed is still here."
        ))),
    })
}
