//! A text on which both partners agree, on an exercise's page.

use app::{pages::exercises::agreement, ui::shell::Notice};
use domain::{form::Errors, ids::OccurrenceId, typed};
use store::AgreementOutcome;

use super::responses::{keep_draft, redirect_unless_unset, show_refused, submit};
use crate::{
    access::Partner,
    error::{Answer, Failure},
    form::{PathIds, PostedForm},
    page::{Page, redirect_with},
};

/// POST /portal/exercises/{id}/agreements/{step}: writes, accepts or unaccepts an
/// agreement; `do` is `write`, `accept` or `unaccept`. `agree.{step}.version` is
/// the version that the page showed.
pub async fn update(
    partner: Partner,
    page: Page,
    PathIds((id, step)): PathIds<(OccurrenceId, String)>,
    PostedForm(mut form): PostedForm,
) -> Answer {
    if form.is_shown_again() {
        return submit(partner, page, PathIds(id), PostedForm(form)).await;
    }
    let view = keep_draft(&partner, id, &form).await?;
    let [version, field] = ["version", "text"].map(|name| agreement::field(&step, name));
    let seen = form.get(&version).parse().unwrap_or(-1);
    let typed = typed::lines(form.get(&field));
    let writes = !matches!(form.get("do"), "accept" | "unaccept");
    let done = match form.get("do") {
        "accept" => partner.accept_agreement(id, &step, seen).await?,
        "unaccept" => partner.unaccept_agreement(id, &step, seen).await?,
        _ => partner.write_agreement(id, &step, seen, &typed).await?,
    };
    let message = match done {
        AgreementOutcome::Done => {
            if writes {
                form.0.retain(|(name, _)| *name != field);
            }
            let here = format!("/portal/exercises/{id}#agree-{step}-head");
            return redirect_unless_unset(&partner, &page, id, &form, redirect_with(&here, Notice::Saved)).await;
        }
        AgreementOutcome::Gone if !view.withdrawn => return Err(Failure::NotFound),
        AgreementOutcome::Gone => "",
        AgreementOutcome::Changed => {
            "It was changed in the meantime: above is how it reads now. What you wrote is still here."
        }
        AgreementOutcome::Unfit => "Write a few words, 10,000 characters at most.",
    };
    show_refused(&partner, &page, id, view, form, Errors::at_field(&field, message)).await
}
