//! Marking a session: its state, who came, its fee, an earlier wish, and taking back
//! the last change.

use app::{pages::scheduling::fees, ui::shell::Notice};
use domain::{
    ids::SessionId,
    scheduling::{
        attendance::Mark,
        fee::{FeeList, FeeState},
        session::SessionState,
        slots::DayPart,
    },
};
use store::Undone;

use super::shared::{may_attend, may_mark, page_of};
use crate::{
    access::Bookings,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm},
    page::{redirect, redirect_with},
};

/// POST /sessions/{id}/state: marks a session, for example as arrived or
/// completed.
pub async fn state(bookings: Bookings, PathIds(id): PathIds<SessionId>, PostedForm(form): PostedForm) -> Answer {
    let session = bookings.session(id).await?.found()?;
    let state: SessionState = form.get("state").parse().map_err(|_| Failure::BadRequest)?;
    // If another person has changed the state first, the page shows it now.
    let back = if form.get("back") == "desk" { "/desk".to_owned() } else { page_of(id) };
    if may_mark(state, &session, bookings.now()) && bookings.set_state(id, state).await? {
        Ok(redirect_with(&back, Notice::StateChanged))
    } else {
        Ok(redirect(&back))
    }
}

/// POST /sessions/{id}/attendance: marks who came, by `mark` (see [`Mark`]); the
/// session's state follows.
pub async fn attendance(bookings: Bookings, PathIds(id): PathIds<SessionId>, PostedForm(form): PostedForm) -> Answer {
    let session = bookings.session(id).await?.found()?;
    let mark: Mark = form.get("mark").parse().map_err(|_| Failure::BadRequest)?;
    let back = if form.get("back") == "desk" { "/desk".to_owned() } else { page_of(id) };
    if may_attend(mark, &session, bookings.now()) && bookings.mark_attendance(id, mark).await? {
        Ok(redirect_with(&back, Notice::AttendanceSaved))
    } else {
        Ok(redirect(&back))
    }
}

/// POST /sessions/{id}/fee: charges or waives a suggested fee, or opens the decision
/// again. `back` names the part of the list of fees that the form is in.
pub async fn fee(bookings: Bookings, PathIds(id): PathIds<SessionId>, PostedForm(form): PostedForm) -> Answer {
    let state: FeeState = form.get("fee").parse().map_err(|_| Failure::BadRequest)?;
    bookings.decide_fee(id, state).await?.then_some(()).found()?;
    let back = match form.get("back").parse::<FeeList>() {
        Ok(list) if bookings.is_desk() => fees::href(list),
        _ => page_of(id),
    };
    let notice = match state {
        FeeState::Kept => Notice::FeeCharged,
        FeeState::Waived => Notice::FeeWaived,
        FeeState::Suggested => Notice::FeeReopened,
    };
    Ok(redirect_with(&back, notice))
}

/// POST /sessions/{id}/earlier: puts an earlier wish for this session on the
/// waitlist, or removes it with `do` as `stop`.
pub async fn earlier(bookings: Bookings, PathIds(id): PathIds<SessionId>, PostedForm(form): PostedForm) -> Answer {
    let back = if form.get("back") == "list" { "/waitlist".to_owned() } else { page_of(id) };
    let (done, notice) = match form.get("do") {
        "stop" => (bookings.remove_earlier_wish(id).await?, Notice::EarlierRemoved),
        _ => {
            let part = form.get("part").parse().unwrap_or(DayPart::Any);
            (bookings.add_earlier_wish(id, part).await?, Notice::EarlierAdded)
        }
    };
    done.then_some(()).found()?;
    Ok(redirect_with(&back, notice))
}

/// POST /sessions/{id}/undo: undoes the last move or cancellation.
pub async fn undo(bookings: Bookings, PathIds(id): PathIds<SessionId>) -> Answer {
    let notice = match bookings.undo(id).await?.found()? {
        Undone::Done => Notice::Undone,
        Undone::TooLate => Notice::TooLateToUndo,
        Undone::Taken(_) => Notice::TakenMeanwhile,
    };
    Ok(redirect_with(&page_of(id), notice))
}
