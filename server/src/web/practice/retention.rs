//! How long content is kept, what is due for deletion, and legal holds.

use app::{
    pages::practice::retention::{self, Due, Erasure, Hold, Model},
    text,
    ui::{FormState, shell::Notice},
    words::Words,
};
use domain::{
    form::{Errors, Form, Reader},
    ids::{ClientId, PersonId},
    records::retention::{RetentionClass, RetentionYears},
    zone,
};
use store::DueForDeletion;

use crate::{
    access::{Owner, Public, SignedIn, again},
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect_with},
    paging::List,
};

const HERE: &str = "/practice/retention";
const TITLE: &str = "Retention";

/// The page's model.
async fn model(owner: &Owner, page: &Page, asked: &Form) -> Result<Model, Failure> {
    let list = List::new(HERE.to_owned(), "due", "due", asked);
    let due = owner.due_for_deletion(list.after()).await?;
    let zone = page.zone();
    let holds = owner.holds().await?.into_iter().map(|hold| Hold {
        client: hold.client,
        title: hold.title,
        since: format!("{}, by {}", text::short_day(zone::date_of(hold.since, &zone)), hold.by),
        why: hold.why,
    });
    let erasures = owner.erasures_to_finish().await?.into_iter().map(|erasure| Erasure {
        person: erasure.person,
        name: erasure.name,
        since: text::short_day(zone::date_of(erasure.since, &zone)),
        kept: match erasure.kept_until {
            None => String::new(),
            Some(chrono::NaiveDate::MAX) => "A legal hold is set".to_owned(),
            Some(until) => format!("Until {}", until.format("%-d %B %Y")),
        },
    });
    Ok(Model {
        erasures: erasures.collect(),
        years: FormState::new(owner.retention_years().await?.form()),
        pager: list.pager(due.more, ["First clients", "More clients"]),
        due: due.rows.iter().map(due_item).collect(),
        holds: holds.collect(),
        ..Model::default()
    })
}

/// A client of whom something is due.
fn due_item(due: &DueForDeletion) -> Due {
    let what = match due.classes.as_slice() {
        [RetentionClass::Record] => "The whole record".to_owned(),
        classes => classes.iter().map(|class| class.label()).collect::<Vec<_>>().join(", "),
    };
    Due { client: due.client, title: due.title.clone(), last: due.last.format("%-d %B %Y").to_string(), what }
}

/// GET /practice/retention?due=: the years, what is due, and the holds.
pub async fn show(owner: Owner, page: Page, Query(asked): Query) -> Answer {
    let model = model(&owner, &page, &asked).await?;
    page.ok(TITLE, model, retention::view).await
}

/// POST /practice/retention: sets the years.
pub async fn update(owner: Owner, page: Page, PostedForm(form): PostedForm) -> Answer {
    match RetentionYears::read(&form) {
        Ok(years) => {
            owner.set_retention_years(&years).await?;
            Ok(redirect_with(HERE, Notice::Saved))
        }
        Err(errors) => {
            let model = Model { years: FormState { form, errors }, ..model(&owner, &page, &Form::default()).await? };
            page.invalid(TITLE, model, retention::view).await
        }
    }
}

/// POST /practice/retention/deletion: deletes what is due of the chosen clients, or with
/// `do` as `hold` sets a legal hold on them.
pub async fn delete(owner: Owner, me: SignedIn, public: Public, page: Page, PostedForm(form): PostedForm) -> Answer {
    let chosen: Vec<ClientId> = form.all("client").filter_map(|id| id.parse().ok()).collect();
    let mut errors = form.shown_again_error();
    if chosen.is_empty() {
        errors = errors.and(Errors::of_form("Choose at least one client."));
    }
    if form.get("do") == "hold" {
        let mut r = Reader::new(&form);
        let why = r.text("why", 1..=500, "Enter the reason of the hold.");
        let why = r.finish().and(why);
        if let (Ok(why), true) = (&why, errors.is_empty()) {
            for client in chosen {
                owner.set_hold(client, why).await?;
            }
            return Ok(redirect_with(HERE, Notice::HoldSet));
        }
        let wrong = why.err().unwrap_or_default();
        let hold = FormState { form: form.clone(), errors: wrong.clone() };
        let deletion = FormState { form: without_password(form), errors: errors.and(wrong) };
        let model = Model { hold, deletion, ..model(&owner, &page, &Form::default()).await? };
        return page.invalid(TITLE, model, retention::view).await;
    }
    if errors.is_empty()
        && let Some(message) = again::check(&me, &public, &form, Words::ENGLISH).await?
    {
        errors.add(again::FIELD, message);
    }
    if !errors.is_empty() {
        let deletion = FormState { form: without_password(form), errors };
        let model = Model { deletion, ..model(&owner, &page, &Form::default()).await? };
        return page.invalid(TITLE, model, retention::view).await;
    }
    for client in chosen {
        owner.delete_due(client).await?;
    }
    Ok(redirect_with(HERE, Notice::DeletedForGood))
}

/// A form without its password.
fn without_password(mut form: Form) -> Form {
    form.0.retain(|(name, _)| name != again::FIELD);
    form
}

/// POST /practice/retention/erasures/{id}: erases the name and the sign-in of a person of
/// whom nothing else has to be kept.
pub async fn finish_erasure(owner: Owner, PathIds(id): PathIds<PersonId>) -> Answer {
    owner.finish_erasure(id).await?.then_some(()).found()?;
    Ok(redirect_with(HERE, Notice::Erased))
}

/// POST /practice/retention/holds/{id}/end: ends a legal hold.
pub async fn end_hold(owner: Owner, PathIds(id): PathIds<ClientId>) -> Answer {
    owner.end_hold(id).await?.then_some(()).found()?;
    Ok(redirect_with(HERE, Notice::HoldEnded))
}
