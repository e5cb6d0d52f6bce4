//! Wordings: the texts of emails, which the practice can change.

use app::{
    mail::{self, sample},
    pages::mail::{
        wording::{self, Model, Preview, Shipped},
        wordings::{self, changeable},
    },
    text,
    ui::{FormState, shell::Notice},
};
use domain::{
    clients::person::Language,
    form::{Errors, Form},
    outbox::wording::{Wording, WordingKind},
    practice::settings::Practice,
    zone,
};

use crate::{
    access::Owner,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm},
    page::{Page, redirect_with, redirect_with_undo},
};

/// GET /wordings: the list of emails whose wording can be changed.
pub async fn index(owner: Owner, page: Page) -> Answer {
    let own = owner.wordings().await?.into_iter().map(|w| (w.kind, w.language)).collect();
    page.ok("Email templates", wordings::Model { own }, wordings::view).await
}

/// GET /wordings/{kind}/{language}: the form for a wording.
pub async fn show(owner: Owner, page: Page, PathIds(which): PathIds<(WordingKind, Language)>) -> Answer {
    let model = model(&owner, &page, which, None).await?;
    page.ok(&title(which)?, model, wording::view).await
}

/// POST /wordings/{kind}/{language}: saves a wording. With `do` as `preview` it
/// only shows a preview, with `reset` it goes back to the shipped wording.
pub async fn update(
    owner: Owner,
    page: Page,
    PathIds(which): PathIds<(WordingKind, Language)>,
    PostedForm(form): PostedForm,
) -> Answer {
    let (title, (kind, language)) = (title(which)?, which);
    if form.get("do") == "reset" {
        let bin = owner.reset_wording(kind, language).await?.found()?;
        return Ok(redirect_with_undo(&wording::path(kind, language), Notice::WordingReset, bin));
    }
    match Wording::read(kind, &form) {
        Ok(_) if form.get("do") == "preview" => {
            let model = model(&owner, &page, which, Some(FormState::new(form))).await?;
            page.ok(&title, model, wording::view).await
        }
        Ok(_) => {
            owner.set_wording(kind, language, &form).await?;
            Ok(redirect_with(&wording::path(kind, language), Notice::WordingSaved))
        }
        Err(errors) => {
            let model = model(&owner, &page, which, Some(FormState { form, errors })).await?;
            page.invalid(&title, model, wording::view).await
        }
    }
}

/// The title of a wording's page; not found: this email cannot be changed.
fn title((kind, language): (WordingKind, Language)) -> Result<String, Failure> {
    if changeable(kind) { Ok(format!("{} ({})", kind.label(), language.label())) } else { Err(Failure::NotFound) }
}

/// The page's model; a typed form replaces the stored wording.
async fn model(
    owner: &Owner,
    page: &Page,
    (kind, language): (WordingKind, Language),
    typed: Option<FormState>,
) -> Result<Model, Failure> {
    let own = owner.wordings().await?.into_iter().find(|w| (w.kind, w.language) == (kind, language));
    let shipped = mail::shipped(kind, language);
    let zone = page.practice_zone();
    let changed = own
        .as_ref()
        .map(|w| format!("{} on {}", w.by, text::day(zone::wall_time(w.at, &zone).date())))
        .unwrap_or_default();
    let form = typed.unwrap_or_else(|| FormState::new(own.map_or_else(|| shipped.clone(), |w| w.form())));
    let preview = preview(&owner.practice().await?, (kind, language), &form.form, owner.now());
    Ok(Model {
        kind,
        language,
        changed,
        form,
        shipped: Shipped { subject: shipped.get("subject").to_owned(), body: shipped.get("body").to_owned() },
        preview,
    })
}

/// A preview of the email with the wording of a form, or what is wrong with it.
pub(crate) fn preview(
    practice: &Practice,
    (kind, language): (WordingKind, Language),
    form: &Form,
    now: chrono::DateTime<chrono::Utc>,
) -> Preview {
    let wrong = |errors: Errors| Preview::Wrong(errors.iter().map(|(_, message)| message.to_owned()).collect());
    let wording = match Wording::read(kind, form) {
        Ok(wording) => wording,
        Err(errors) => return wrong(errors),
    };
    let facts = (practice.sender_name.as_str(), practice.phone.as_str(), &practice.zone);
    match mail::render(&sample(kind, language, Some(wording), facts, now)) {
        Ok(mail) => Preview::Mail { subject: mail.subject.to_string(), text: mail.text, html: mail.html },
        Err(error) => wrong(Errors::of_form(error.to_string())),
    }
}
