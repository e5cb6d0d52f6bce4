//! The texts of the practice to sign, as the owner keeps them.

use app::{
    pages::records::texts::{self, EditModel, Model, OneModel, TextItem},
    ui::{FormState, shell::Notice},
    words::Words,
};
use chrono::{DateTime, Utc};
use domain::{
    clients::person::Zone,
    form::{Errors, Form},
    ids::ConsentTextId,
    records::consents::NewVersion,
    zone,
};
use store::{FormKey, OwnerText, TextSaved, TextVersion};

use crate::{
    access::Owner,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm},
    page::{Page, redirect_with},
};

/// The title of the list, which is above the other pages.
const TITLE: &str = "Forms";

/// The address of a text.
fn address(id: ConsentTextId) -> String {
    format!("/practice/forms/{id}")
}

/// A version in words, such as "Version 2, 3 November 2026".
fn version_words(version: i64, made_at: DateTime<Utc>, zone: &Zone) -> String {
    format!("Version {version}, {}", Words::ENGLISH.day_of_year(zone::date_of(made_at, zone)))
}

/// Whether the text is the program's: then the practice has it checked.
const fn is_shipped(text: &OwnerText) -> bool {
    text.key.is_some() && !text.is_own
}

/// GET /practice/forms: the texts of the practice.
pub async fn index(owner: Owner, page: Page) -> Answer {
    let zone = page.practice_zone();
    let item = |text: &OwnerText| TextItem {
        id: text.id,
        title: text.title.clone(),
        kind: text.kind.label().to_owned(),
        version: version_words(text.version, text.made_at, &zone),
        is_shipped: is_shipped(text),
    };
    let all = owner.consent_texts().await?;
    let (archived, texts): (Vec<&OwnerText>, Vec<&OwnerText>) = all.iter().partition(|text| text.is_archived);
    let model =
        Model { texts: texts.into_iter().map(item).collect(), archived: archived.into_iter().map(item).collect() };
    page.ok(TITLE, model, texts::view).await
}

/// GET /practice/forms/{id}: a text with its versions.
pub async fn show(owner: Owner, page: Page, PathIds(id): PathIds<ConsentTextId>) -> Answer {
    let (text, versions) = owner.consent_text(id).await?.found()?;
    let zone = page.practice_zone();
    let shown = versions.first().map(|version| preview(&version.wordings)).unwrap_or_default();
    let words = |version: &TextVersion| {
        let by = version.made_by.as_deref().unwrap_or("the program");
        let renews = if version.renews { ", to be signed again" } else { "" };
        format!("{}, by {by}{renews}", version_words(version.version, version.made_at, &zone))
    };
    let model = OneModel {
        id,
        title: text.title.clone(),
        kind: text.kind.label().to_owned(),
        is_shipped: is_shipped(&text),
        is_archived: text.is_archived,
        can_archive: text.kind.is_chosen(),
        shown,
        versions: versions.iter().map(words).collect(),
    };
    page.ok(&text.title, model, texts::one_view).await
}

/// A version with samples in its blanks, in each of its languages.
fn preview(version: &NewVersion) -> Vec<(domain::clients::person::Language, domain::records::consents::Filled)> {
    version.wordings.iter().map(|(language, wording)| (*language, wording.sample(*language))).collect()
}

/// GET /practice/forms/new: the form for a text of the practice.
pub async fn new(owner: Owner, page: Page) -> Answer {
    owner.consent_texts().await?;
    page.ok("New form", edit_model(None, vec![], FormState::default()), texts::edit_view).await
}

/// The model of the form for a version; `text`: `None` is a new one.
fn edit_model(
    text: Option<&OwnerText>,
    preview: Vec<(domain::clients::person::Language, domain::records::consents::Filled)>,
    form: FormState,
) -> EditModel {
    EditModel {
        id: text.map(|text| text.id),
        title: text.map(|text| text.title.clone()).unwrap_or_default(),
        can_renew: text.is_some_and(|text| text.kind.can_renew()),
        preview,
        form,
    }
}

/// POST /practice/forms: adds a text of the practice, or shows a preview of it.
pub async fn create(owner: Owner, page: Page, PostedForm(form): PostedForm) -> Answer {
    let (preview, errors) = match NewVersion::read(&form) {
        Ok(new) if form.has("preview") => (preview(&new), Errors::default()),
        Ok(new) => {
            let id = owner.add_consent_text(&new, FormKey::of_form(&form)).await?;
            return Ok(redirect_with(&address(id), Notice::TextSaved));
        }
        Err(errors) => (vec![], errors),
    };
    let is_preview = errors.is_empty();
    let model = edit_model(None, preview, FormState { form, errors });
    if is_preview {
        return page.ok("New form", model, texts::edit_view).await;
    }
    page.invalid("New form", model, texts::edit_view).await
}

/// GET /practice/forms/{id}/edit: the form for a new version.
pub async fn edit(owner: Owner, page: Page, PathIds(id): PathIds<ConsentTextId>) -> Answer {
    let (text, versions) = owner.consent_text(id).await?.found()?;
    let mut form = Form::default();
    if let Some(version) = versions.first() {
        version.wordings.fill_form(&mut form);
    }
    form.set("version", text.version.to_string());
    let model = edit_model(Some(&text), vec![], FormState::new(form));
    page.under(address(id), text.title.clone()).ok("New version", model, texts::edit_view).await
}

/// POST /practice/forms/{id}: saves a new version, or shows a preview of it.
pub async fn update(
    owner: Owner,
    page: Page,
    PathIds(id): PathIds<ConsentTextId>,
    PostedForm(mut form): PostedForm,
) -> Answer {
    let (text, _) = owner.consent_text(id).await?.found()?;
    let based_on = form.get("version").parse().unwrap_or_default();
    let (preview, errors) = match NewVersion::read(&form) {
        Ok(new) if form.has("preview") => (preview(&new), Errors::default()),
        Ok(new) => match owner.change_consent_text(id, &new, form.has("renews"), based_on).await? {
            TextSaved::Saved(_) => return Ok(redirect_with(&address(id), Notice::TextSaved)),
            TextSaved::Same => return Ok(redirect_with(&address(id), Notice::TextSame)),
            TextSaved::Gone => return Err(Failure::NotFound),
            TextSaved::Elsewhere(version) => {
                form.set("version", version.to_string());
                let message = format!(
                    "Version {version} was made meanwhile. What you wrote is still here: save it, and it becomes the next."
                );
                (vec![], Errors::of_form(message))
            }
        },
        Err(errors) => (vec![], errors),
    };
    let is_preview = errors.is_empty();
    let model = edit_model(Some(&text), preview, FormState { form, errors });
    let page = page.under(address(id), text.title.clone());
    if is_preview {
        return page.ok("New version", model, texts::edit_view).await;
    }
    page.invalid("New version", model, texts::edit_view).await
}

/// POST /practice/forms/{id}/archive: takes a text off the list that is offered.
pub async fn archive(owner: Owner, PathIds(id): PathIds<ConsentTextId>) -> Answer {
    owner.set_consent_text_archived(id, true).await?.then_some(()).found()?;
    Ok(redirect_with(&address(id), Notice::TextArchived))
}

/// POST /practice/forms/{id}/restore: offers a text again.
pub async fn restore(owner: Owner, PathIds(id): PathIds<ConsentTextId>) -> Answer {
    owner.set_consent_text_archived(id, false).await?.then_some(()).found()?;
    Ok(redirect_with(&address(id), Notice::TextRestored))
}
