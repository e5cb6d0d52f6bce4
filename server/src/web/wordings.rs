//! The words of the mails, which are the practice's to choose.

use app::{
    mail::{self, sample},
    pages::{
        wording::{self, Model, Preview},
        wordings::{self, changeable},
    },
    text,
    ui::{FormState, shell::Notice},
};
use domain::{
    form::{Errors, Form},
    person::Language,
    practice::Practice,
    wording::{Wording, WordingKind},
    zone,
};

use crate::{
    access::Owner,
    error::{Answer, Failure, Found as _},
    form::{At, Typed},
    page::{Page, redirect_with},
};

/// GET /wordings
pub async fn index(owner: Owner, page: Page) -> Answer {
    let own = owner.wordings().await?.into_iter().map(|w| (w.kind, w.language)).collect();
    page.ok("Words of the mails", wordings::Model { own }, wordings::view).await
}

/// GET /wordings/{kind}/{language}
pub async fn show(owner: Owner, page: Page, At(which): At<(WordingKind, Language)>) -> Answer {
    let model = model(&owner, &page, which, None).await?;
    page.ok(&title(which)?, model, wording::view).await
}

/// POST /wordings/{kind}/{language}: `do` is `preview` to look at it, `reset`
/// to go back to ours.
pub async fn update(owner: Owner, page: Page, At(which): At<(WordingKind, Language)>, Typed(form): Typed) -> Answer {
    let (title, (kind, language)) = (title(which)?, which);
    if form.get("do") == "reset" {
        owner.reset_wording(kind, language).await?.then_some(()).found()?;
        return Ok(redirect_with(&wording::path(kind, language), Notice::Saved));
    }
    match Wording::read(kind, &form) {
        Ok(_) if form.get("do") == "preview" => {
            let model = model(&owner, &page, which, Some(FormState::new(form))).await?;
            page.ok(&title, model, wording::view).await
        }
        Ok(_) => {
            owner.set_wording(kind, language, &form).await?;
            Ok(redirect_with(&wording::path(kind, language), Notice::Saved))
        }
        Err(errors) => {
            let model = model(&owner, &page, which, Some(FormState { form, errors })).await?;
            page.again(&title, model, wording::view).await
        }
    }
}

fn title((kind, language): (WordingKind, Language)) -> Result<String, Failure> {
    if changeable(kind) { Ok(format!("{}: {}", kind.label(), language.label())) } else { Err(Failure::NotFound) }
}

/// The page as it stands, or with what was typed.
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
        shipped: (shipped.get("subject").to_owned(), shipped.get("body").to_owned()),
        preview,
    })
}

/// What the words of a form become.
pub(super) fn preview(
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
        Err(error) => wrong(Errors::whole(error.to_string())),
    }
}
