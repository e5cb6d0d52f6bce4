//! A partner's response to an exercise: writing it, putting it off and sending it.

use app::{
    pages::exercises::{exercise, parts, revealed},
    text,
    ui::shell::Notice,
};
use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::{
    clients::person::first_name,
    exercises::response::{self, NotNow},
    form::{Errors, Form},
    ids::OccurrenceId,
};
use store::{OccurrenceView, SavedDraft, SubmitOutcome};

use super::{
    aside::Aside,
    sharing::{done_model, done_page, their_lines},
};
use crate::{
    access::Partner,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm},
    page::{Page, redirect, redirect_with},
};

/// GET /portal/exercises/{id}: an exercise to fill in, or the sent response.
pub async fn show(partner: Partner, page: Page, PathIds(id): PathIds<OccurrenceId>) -> Answer {
    let view = partner.occurrence(id).await?.found()?;
    if view.submitted_at.is_some() {
        return done_page(&partner, &page, view).await;
    }
    if view.withdrawn {
        // A draft of a withdrawn exercise stays readable for its writer.
        view.draft.saved_at.found()?;
        let answers = response::form(&view.draft.answers);
        let begun = model(&page, &view, partner.now(), answers, Errors::default());
        let model = exercise::Model { withdrawn: true, ..begun };
        return page.ok(&model.document.title.clone(), model, exercise::view).await;
    }
    if !view.opened {
        partner.mark_opened(id).await?;
    }
    let answers = response::form(&view.draft.answers);
    let mut model = model(&page, &view, partner.now(), answers, Errors::default());
    let aside = Aside::of(&partner, &page, &view, &Form::default(), &Errors::default()).await?;
    (model.plans, model.agreements) = (aside.plans, aside.agreements);
    model.theirs = partner.shared_answers(id).await?.map(|theirs| their_lines(&view.document, &theirs));
    model.offers = partner.offers(id).await?;
    page.ok(&model.document.title.clone(), model, exercise::view).await
}

/// POST /portal/exercises/{id}: saves the draft or sends the response; `do` is
/// `save` or `submit`.
pub async fn submit(
    partner: Partner,
    page: Page,
    PathIds(id): PathIds<OccurrenceId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let view = partner.occurrence(id).await?.found()?;
    if form.is_shown_again() {
        let errors = form.shown_again_error();
        return show_again(&partner, &page, view, form, errors).await;
    }
    let here = format!("/portal/exercises/{id}");
    let answers = response::read(&view.document, &form);
    if view.submitted_at.is_some() {
        if view.from_paper && !answers.is_empty() {
            // The therapist entered the partner's paper sheet while the partner
            // wrote here: the typed words must stay on the page.
            let errors = Errors::of_form(
                "Your therapist has entered your paper answers in the meantime, and those count. Please copy what you \
                 would like to keep, or write to your therapist.",
            );
            let model = model(&page, &view, partner.now(), form, errors);
            return page.invalid(&model.document.title.clone(), model, exercise::view).await;
        }
        // Sent twice: the first one counts.
        return redirect_unless_unset(&partner, &page, id, &form, redirect(&here)).await;
    }
    let number = form.get("draft_number").parse().ok();
    let mut joined = false;
    let errors = if form.get("do") == "submit" {
        match partner.submit_page(id, &answers, number).await? {
            SubmitOutcome::Done => {
                let notice = if parts::is_private(&view.document) { Notice::Kept } else { Notice::Submitted };
                return redirect_unless_unset(&partner, &page, id, &form, redirect_with(&here, notice)).await;
            }
            SubmitOutcome::Invalid(errors) => errors,
            SubmitOutcome::ChangedElsewhere => {
                joined = true;
                written_elsewhere()
            }
            SubmitOutcome::Gone => no_longer_open(),
        }
    } else {
        match partner.save_draft(id, &answers, number.unwrap_or(view.draft.number), None).await? {
            Some(SavedDraft { draft, merged: true }) if draft.answers != answers => {
                joined = true;
                written_elsewhere()
            }
            Some(_) => {
                return redirect_unless_unset(&partner, &page, id, &form, redirect_with(&here, Notice::DraftSaved))
                    .await;
            }
            None => no_longer_open(),
        }
    };
    // Saving the draft has given it a new number.
    let view = partner.occurrence(id).await?.found()?;
    if view.submitted_at.is_some() {
        return redirect_unless_unset(&partner, &page, id, &form, redirect(&here)).await;
    }
    // A draft joined with another device's has more than this form.
    let form = if joined { with_draft(&view, &form) } else { form };
    show_again(&partner, &page, view, form, errors).await
}

/// The error for answers written on two devices: nothing is sent before the
/// writer has seen both.
fn written_elsewhere() -> Errors {
    Errors::of_form(
        "You also wrote on another device or in another window. Both are here now, and kept: please look, then finish.",
    )
}

/// The error for an exercise that was withdrawn while the partner wrote; their
/// words stay on the page.
fn no_longer_open() -> Errors {
    Errors::of_form(
        "This exercise is no longer open, so nothing more can be saved here. Please copy what you would like to keep.",
    )
}

/// POST /portal/exercises/{id}/not-now: puts an exercise off; `why` is the
/// reason's word. An empty `why` takes that back.
pub async fn not_now(
    partner: Partner,
    page: Page,
    PathIds(id): PathIds<OccurrenceId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let why = match form.get("why") {
        "" => None,
        word => Some(word.parse::<NotNow>().map_err(|_| Failure::NotFound)?),
    };
    if form.is_shown_again() {
        return submit(partner, page, PathIds(id), PostedForm(form)).await;
    }
    keep_draft(&partner, id, &form).await?;
    partner.set_not_now(id, why).await?.found()?;
    let done = match why {
        // For "did not feel safe", the exercise's own page shows what helps.
        Some(NotNow::NotSafe) => redirect_with(&format!("/portal/exercises/{id}#not-now"), Notice::PutOff),
        Some(_) => redirect_with("/portal", Notice::PutOff),
        None => redirect_with(&format!("/portal/exercises/{id}"), Notice::TakenUp),
    };
    redirect_unless_unset(&partner, &page, id, &form, done).await
}

/// The model of an exercise that is not sent yet.
fn model(page: &Page, view: &OccurrenceView, now: DateTime<Utc>, answers: Form, errors: Errors) -> exercise::Model {
    exercise::Model {
        occurrence: view.occurrence,
        document: view.document.clone(),
        alone: view.responders < 2,
        responders: view.responders,
        partner_name: view.partner.as_deref().map(|name| first_name(name).to_owned()),
        therapist: view.therapist.clone(),
        answers,
        errors,
        draft_number: view.draft.number,
        withdrawn: false,
        saved_at: view.draft.saved_at.map(|at| text::clock(at, &page.zone())),
        word_along: view.word_along.clone(),
        theirs: None,
        agreements: vec![],
        plans: vec![],
        rhythm: view.rhythm.clone(),
        not_now: view.not_now,
        phone: page.practice().map(|p| p.phone.clone()).unwrap_or_default(),
        offers: vec![],
        client: view.client,
        today: domain::zone::date_of(now, &page.zone()).to_string(),
    }
}

/// Saves the exercise's own fields as a draft when another button of its page
/// is pressed; returns the exercise with that draft.
pub(super) async fn keep_draft(partner: &Partner, id: OccurrenceId, form: &Form) -> Result<OccurrenceView, Failure> {
    let view = partner.occurrence(id).await?.found()?;
    let (None, Ok(number)) = (view.submitted_at, form.get("draft_number").parse()) else { return Ok(view) };
    let answers = response::read(&view.document, form);
    // A button pressed on an empty page must not begin a response.
    if answers.is_empty() && view.draft.saved_at.is_none() {
        return Ok(view);
    }
    partner.save_draft(id, &answers, number, None).await?;
    partner.occurrence(id).await?.found()
}

/// Shows an exercise's page again with the typed fields and their errors.
async fn show_again(partner: &Partner, page: &Page, view: OccurrenceView, form: Form, errors: Errors) -> Answer {
    let title = view.document.title.clone();
    let Aside { plans, agreements } = Aside::of(partner, page, &view, &form, &errors).await?;
    let (theirs, offers) = (partner.shared_answers(view.occurrence).await?, partner.offers(view.occurrence).await?);
    if view.submitted_at.is_some() {
        let own = partner.own_answers(view.occurrence).await?;
        let model = revealed::Model { agreements, plans, offers, errors, ..done_model(view, &own, theirs) };
        return page.invalid(&title, model, revealed::view).await;
    }
    let theirs = theirs.map(|theirs| their_lines(&view.document, &theirs));
    let model =
        exercise::Model { agreements, plans, theirs, offers, ..model(page, &view, partner.now(), form, errors) };
    page.invalid(&title, model, exercise::view).await
}

/// Shows a plan or agreement that was refused, with all that was typed. Not
/// found: the page has no field with an error, so nothing typed could be lost.
pub(super) async fn show_refused(
    partner: &Partner,
    page: &Page,
    id: OccurrenceId,
    view: OccurrenceView,
    form: Form,
    errors: Errors,
) -> Answer {
    if view.withdrawn {
        // The field is no longer on the page: the message shows the words.
        let typed = errors.iter().map(|(field, _)| form.get(field)).collect::<String>();
        let message = format!("{} {typed}", no_longer_open().message("").unwrap_or_default());
        return show_again(partner, page, view, form, Errors::of_form(message)).await;
    }
    let aside = Aside::of(partner, page, &view, &form, &errors).await?;
    let is_there =
        aside.plans.iter().any(|p| p.message.is_some()) || aside.agreements.iter().any(|a| a.message.is_some());
    is_there.then_some(()).found()?;
    let view = partner.occurrence(id).await?.found()?;
    show_again(partner, page, view, form, errors).await
}

/// Finishes an act on an exercise's page. Returns the redirect `done`, or, if a
/// plan or agreement was typed in the form and not yet set, the page with it.
pub(super) async fn redirect_unless_unset(
    partner: &Partner,
    page: &Page,
    id: OccurrenceId,
    form: &Form,
    done: Response,
) -> Answer {
    let view = partner.occurrence(id).await?.found()?;
    let unset = Aside::of(partner, page, &view, form, &Errors::default()).await?.unset();
    if unset.is_empty() {
        return Ok(done);
    }
    let form = with_draft(&view, form);
    show_again(partner, page, view, form, unset).await
}

/// A form with its answers replaced by those of the draft.
fn with_draft(view: &OccurrenceView, form: &Form) -> Form {
    let beside = form.0.iter().filter(|(name, _)| !name.starts_with("s."));
    Form(response::form(&view.draft.answers).0.into_iter().chain(beside.cloned()).collect())
}
