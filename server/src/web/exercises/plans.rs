//! A day and time that partners plan for something, on an exercise's page.

use app::{pages::exercises::plan, ui::shell::Notice};
use domain::{
    form::{Errors, parse_date, parse_time},
    ids::OccurrenceId,
    zone::{self, WallInstants},
};
use store::PlanState;
use uuid::Uuid;

use super::responses::{keep_draft, redirect_unless_unset, show_refused, submit};
use crate::{
    access::Partner,
    error::{Answer, Failure},
    form::{PathIds, PostedForm},
    page::{Page, redirect_with},
};

/// POST /portal/exercises/{id}/plans/{step}: sets or closes a plan; `do` is
/// `set`, `kept`, `missed` or `dropped`. `plan.{step}.seen` is the plan that the
/// page showed.
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
    let here = format!("/portal/exercises/{id}#plan-{step}-head");
    let [seen, date, time] = ["seen", "date", "time"].map(|name| plan::field(&step, name));
    let seen: Option<Uuid> = form.get(&seen).parse().ok();
    let gone = "This has changed in the meantime, in another window or by your partner. You can see it above.";
    let message = match (form.get("do"), seen) {
        ("set", _) => {
            let wished = parse_date(form.get(&date)).zip(parse_time(form.get(&time))).map(|(d, t)| d.and_time(t));
            match wished.map(|wished| (wished, zone::instants_of(wished, &page.zone()))) {
                None => "Please give a day and a time, such as 20:00.",
                Some((_, Err(_))) => "Your time zone is not known here. Please choose it anew under your name.",
                Some((_, Ok(WallInstants::Never { .. }))) => {
                    "The clocks skip this time that night. Please choose another."
                }
                Some((_, Ok(meaning))) if meaning.instant() <= partner.now() => "This time has passed.",
                Some((wished, Ok(meaning))) => {
                    if partner.set_plan(id, &step, seen, wished, meaning.instant()).await? {
                        form.0.retain(|(name, _)| *name != date && *name != time);
                        return redirect_unless_unset(
                            &partner,
                            &page,
                            id,
                            &form,
                            redirect_with(&here, Notice::Planned),
                        )
                        .await;
                    }
                    gone
                }
            }
        }
        (state, Some(seen)) => {
            let state: PlanState = state.parse().map_err(|_| Failure::NotFound)?;
            if matches!(state, PlanState::Planned | PlanState::Moved) {
                return Err(Failure::NotFound);
            }
            if partner.close_plan(id, &step, seen, state).await? {
                return redirect_unless_unset(&partner, &page, id, &form, redirect_with(&here, Notice::Noted)).await;
            }
            gone
        }
        _ => return Err(Failure::NotFound),
    };
    show_refused(&partner, &page, id, view, form, Errors::at_field(&date, message)).await
}
