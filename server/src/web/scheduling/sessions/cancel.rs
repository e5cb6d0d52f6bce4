//! Cancelling a session or a part of its series.

use app::{
    pages::scheduling::cancel,
    ui::{FormState, shell::Notice},
};
use domain::{
    form::Form,
    ids::SessionId,
    scheduling::{
        series::Reach,
        session::{Cancellation, is_late},
    },
};
use store::SessionView;

use super::shared::{may_change, page_of, series_words, timing_text, unmailed_attendee};
use crate::{
    access::Bookings,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm},
    page::{Page, redirect, redirect_with},
    web::scheduling::series,
};

/// GET /sessions/{id}/cancellation: the form that cancels a session.
pub async fn cancel_form(bookings: Bookings, page: Page, PathIds(id): PathIds<SessionId>) -> Answer {
    let session = bookings.session(id).await?.found()?;
    if !may_change(&session, bookings.now()) {
        return Ok(redirect(&page_of(id)));
    }
    let form = FormState::new(Form::from_pairs([("reach", Reach::One.word())]));
    let model = cancel_model(&bookings, &page, &session, form).await?;
    page.under(page_of(id), session.title()).ok("Cancel a session", model, cancel::view).await
}

/// POST /sessions/{id}/cancellation: cancels a session or a part of its series.
pub async fn cancel(
    bookings: Bookings,
    page: Page,
    PathIds(id): PathIds<SessionId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let session = bookings.session(id).await?.found()?;
    if !may_change(&session, bookings.now()) {
        return Ok(redirect(&page_of(id)));
    }
    match Cancellation::read(&form, is_late_now(&bookings, &page, &session)) {
        Err(errors) => {
            let model = cancel_model(&bookings, &page, &session, FormState { form, errors }).await?;
            page.under(page_of(id), session.title()).invalid("Cancel a session", model, cancel::view).await
        }
        Ok(cancellation) if session.series.is_some() && series::reach(&form) != Reach::One => {
            match bookings.cancel_series(id, series::reach(&form), &cancellation).await? {
                Some(_) => Ok(redirect_with(&page_of(id), Notice::CancelledSeries)),
                None => Ok(redirect(&page_of(id))),
            }
        }
        // A form that is sent twice cancels once.
        Ok(cancellation) => match bookings.cancel(id, &cancellation).await? {
            Some(_) => Ok(redirect_with(&page_of(id), Notice::Cancelled)),
            None => Ok(redirect(&page_of(id))),
        },
    }
}

/// The model of the form that cancels a session.
async fn cancel_model(
    bookings: &Bookings,
    page: &Page,
    session: &SessionView,
    form: FormState,
) -> Result<cancel::Model, Failure> {
    let late = is_late_now(bookings, page, session);
    let series = series_words(bookings, session).await?;
    let unmailed = unmailed_attendee(bookings, session).await?;
    let (title, when) = (session.title(), timing_text(&session.timing));
    let undo_minutes = page.practice().map_or(0, |p| p.quiet_minutes);
    Ok(cancel::Model { id: session.id, title, when, late, series, undo_minutes, unmailed, form })
}

/// Whether a cancellation now would be within the practice's notice time.
fn is_late_now(bookings: &Bookings, page: &Page, session: &SessionView) -> bool {
    is_late(session.timing.starts_at, bookings.now(), page.practice().map_or(0, |p| p.notice_hours))
}
