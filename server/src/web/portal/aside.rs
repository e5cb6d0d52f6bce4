//! What two do beside the answers of an exercise: plan, and agree.

use app::{
    pages::{agreement, plan},
    text,
    ui::shell::Notice,
};
use domain::{
    exercise::{Scope, StepKind},
    form::{Errors, Form, parse_date, parse_time},
    ids::OccurrenceId,
    zone::{self, Meaning},
};
use store::{Agreed, OccurrenceView, PlanState};
use uuid::Uuid;

use super::{again, keep, no_longer_open, on_with};
use crate::{
    access::Partner,
    error::{Answer, Failure, Found as _},
    form::{At, Typed},
    page::{Page, redirect_with},
};

/// What two do beside the answers of an exercise: plan, and agree.
pub(super) struct Aside {
    pub plans: Vec<plan::Item>,
    pub agreements: Vec<agreement::Item>,
}

impl Aside {
    /// As it stands, with what was typed and what is to be said of that.
    pub(super) async fn of(
        partner: &Partner,
        page: &Page,
        view: &OccurrenceView,
        form: &Form,
        errors: &Errors,
    ) -> Result<Self, Failure> {
        Ok(Self {
            plans: plans(partner, page, view, form, errors).await?,
            agreements: agreements(partner, page, view, form, errors).await?,
        })
    }

    /// What was typed here and not put to both.
    pub(super) fn left(&self) -> Errors {
        let mut left = Errors::default();
        for item in self.plans.iter().filter(|p| !(p.date.is_empty() && p.time.is_empty())) {
            left.add(&plan::field(&item.step, "date"), "This time is typed, and not planned yet.");
        }
        for item in self.agreements.iter().filter(|a| a.aside) {
            left.add(&agreement::field(&item.step, "text"), "This wording is typed, and not put to you both yet.");
        }
        left
    }
}

async fn plans(
    partner: &Partner,
    page: &Page,
    view: &OccurrenceView,
    form: &Form,
    errors: &Errors,
) -> Result<Vec<plan::Item>, Failure> {
    let (zone, now) = (page.zone(), partner.now());
    let mut items = Vec::new();
    for found in partner.plans(view.occurrence).await? {
        let Some(step) = view.document.step(&found.step) else { continue };
        let open = found.open().map(|p| plan::Open {
            id: p.id,
            when: format!("{}, {} time", text::short(p.starts_at, &zone), zone.city()),
            elsewhere: if zone::wall(p.starts_at, &p.zone).offset == zone::wall(p.starts_at, &zone).offset {
                String::new()
            } else {
                format!("{} in {}, where it was set", text::clock(p.starts_at, &p.zone), p.zone.city())
            },
            set_by: p.set_by.clone(),
            today: zone::today(p.starts_at, &zone) <= zone::today(now, &zone),
            past: p.starts_at <= now,
        });
        let shared = step.scope == Scope::Couple && view.responders > 1;
        let date = plan::field(&found.step, "date");
        items.push(plan::Item {
            occurrence: view.occurrence,
            prompt: step.prompt.clone(),
            hint: step.hint.clone(),
            whose: if shared {
                "For both of you: each of you sees it, can set it and can move it.".to_owned()
            } else if step.scope == Scope::Mine {
                "For you alone.".to_owned()
            } else {
                format!("For you; {} sees it too.", view.therapist)
            },
            before: found
                .plans
                .iter()
                .filter(|p| p.state != PlanState::Planned)
                .map(|p| (text::short(p.starts_at, &zone), p.told(shared)))
                .collect(),
            open,
            time: form.get(&plan::field(&found.step, "time")).to_owned(),
            zone: format!("{} time", zone.city()),
            message: errors.of(&date).map(str::to_owned),
            date: form.get(&date).to_owned(),
            step: found.step,
        });
    }
    Ok(items)
}

/// POST /portal/exercises/{id}/plans/{step}: `do` is `set`, `kept`, `missed`
/// or `dropped`; `plan.{step}.seen` is the one that was seen.
pub async fn plan(
    partner: Partner,
    page: Page,
    At((id, step)): At<(OccurrenceId, String)>,
    Typed(mut form): Typed,
) -> Answer {
    let view = keep(&partner, id, &form).await?;
    let here = format!("/portal/exercises/{id}#plan-{step}-head");
    let [seen, date, time] = ["seen", "date", "time"].map(|name| plan::field(&step, name));
    let seen: Option<Uuid> = form.get(&seen).parse().ok();
    let gone =
        "This was changed in the meantime, in another window or by the other one of you. Above is how it stands now.";
    let message = match (form.get("do"), seen) {
        ("set", _) => {
            let wished = parse_date(form.get(&date)).zip(parse_time(form.get(&time))).map(|(d, t)| d.and_time(t));
            match wished.map(|wished| (wished, zone::meaning(wished, &page.zone()))) {
                None => "Please give a day and a time, such as 20:00.",
                Some((_, Err(_))) => "Your time zone is not known here. Please choose it anew under your name.",
                Some((_, Ok(Meaning::Never { .. }))) => "The clocks skip this time that night. Please choose another.",
                Some((_, Ok(meaning))) if meaning.instant() <= partner.now() => "This time has passed.",
                Some((wished, Ok(meaning))) => {
                    if partner.set_plan(id, &step, seen, wished, meaning.instant()).await? {
                        form.0.retain(|(name, _)| *name != date && *name != time);
                        return on_with(&partner, &page, id, &form, redirect_with(&here, Notice::Planned)).await;
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
                return on_with(&partner, &page, id, &form, redirect_with(&here, Notice::Noted)).await;
            }
            gone
        }
        _ => return Err(Failure::NotFound),
    };
    refused(&partner, &page, id, view, form, Errors::one(&date, message)).await
}

/// A plan or an agreement that was not taken, with all that was typed. Where
/// nothing was typed that could be lost, what is not there is not there.
async fn refused(
    partner: &Partner,
    page: &Page,
    id: OccurrenceId,
    view: OccurrenceView,
    form: Form,
    errors: Errors,
) -> Answer {
    if view.withdrawn {
        // Its field is no longer on the page: the words stand in the message.
        let typed = errors.iter().map(|(field, _)| form.get(field)).collect::<String>();
        let message = format!("{} {typed}", no_longer_open().of("").unwrap_or_default());
        return again(partner, page, view, form, Errors::whole(message)).await;
    }
    let aside = Aside::of(partner, page, &view, &form, &errors).await?;
    let is_there =
        aside.plans.iter().any(|p| p.message.is_some()) || aside.agreements.iter().any(|a| a.message.is_some());
    is_there.then_some(()).found()?;
    let view = partner.occurrence(id).await?.found()?;
    again(partner, page, view, form, errors).await
}

async fn agreements(
    partner: &Partner,
    page: &Page,
    view: &OccurrenceView,
    form: &Form,
    errors: &Errors,
) -> Result<Vec<agreement::Item>, Failure> {
    let zone = page.zone();
    let mut items = Vec::new();
    for found in partner.agreements(view.occurrence).await? {
        let Some(step) = view.document.step(&found.step) else { continue };
        let StepKind::Agreement { starter } = &step.kind else { continue };
        let field = agreement::field(&found.step, "text");
        let begin = if found.version == 0 { starter.clone() } else { found.text.clone() };
        let typed = form.has(&field).then(|| form.get(&field).replace("\r\n", "\n"));
        items.push(agreement::Item {
            occurrence: view.occurrence,
            prompt: step.prompt.clone(),
            hint: step.hint.clone(),
            by_me: found.accepted.iter().any(|(person, ..)| *person == partner.person()),
            stands: found.version > 0 && found.accepted.len() >= view.responders,
            accepted: found.accepted.iter().map(|(_, name, at)| (name.clone(), text::short(*at, &zone))).collect(),
            // A field that was emptied says nothing.
            aside: typed.as_ref().is_some_and(|t| !t.trim().is_empty() && t.trim() != begin.trim()),
            typed: typed.unwrap_or(begin),
            message: errors.of(&field).map(str::to_owned),
            version: found.version,
            text: found.text,
            step: found.step,
        });
    }
    Ok(items)
}

/// POST /portal/exercises/{id}/agreements/{step}: `do` is `write`, `accept` or
/// `unaccept`;
/// `agree.{step}.version` is the one that was seen.
pub async fn agree(
    partner: Partner,
    page: Page,
    At((id, step)): At<(OccurrenceId, String)>,
    Typed(mut form): Typed,
) -> Answer {
    let view = keep(&partner, id, &form).await?;
    let [version, field] = ["version", "text"].map(|name| agreement::field(&step, name));
    let seen = form.get(&version).parse().unwrap_or(-1);
    let typed = form.get(&field).replace("\r\n", "\n");
    let writes = !matches!(form.get("do"), "accept" | "unaccept");
    let done = match form.get("do") {
        "accept" => partner.accept_agreement(id, &step, seen).await?,
        "unaccept" => partner.unaccept_agreement(id, &step, seen).await?,
        _ => partner.write_agreement(id, &step, seen, &typed).await?,
    };
    let message = match done {
        Agreed::Done => {
            if writes {
                form.0.retain(|(name, _)| *name != field);
            }
            let here = format!("/portal/exercises/{id}#agree-{step}-head");
            return on_with(&partner, &page, id, &form, redirect_with(&here, Notice::Saved)).await;
        }
        Agreed::Gone if !view.withdrawn => return Err(Failure::NotFound),
        Agreed::Gone => "",
        Agreed::Changed => "It was changed in the meantime: above is how it reads now. What you wrote is still here.",
        Agreed::Unfit => "Please write a few words, 10,000 characters at most.",
    };
    refused(&partner, &page, id, view, form, Errors::one(&field, message)).await
}
