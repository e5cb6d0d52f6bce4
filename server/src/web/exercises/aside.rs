//! What is beside the answers on an exercise's page: the plans and agreements that
//! two partners make for it.

use app::{
    pages::exercises::{agreement, plan},
    say, text,
    words::Words,
};
use domain::{
    clients::person::first_name,
    exercises::{exercise::Scope, step::StepKind},
    form::{Errors, Form},
    typed, zone,
};
use store::{OccurrenceView, PlanState, Planned};

use crate::{access::Partner, error::Failure, page::Page};

/// The plans and agreements on an exercise's page.
pub(super) struct Aside {
    pub plans: Vec<plan::Item>,
    pub agreements: Vec<agreement::Item>,
}

impl Aside {
    /// The stored plans and agreements, with the typed fields of `form` and
    /// their errors.
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

    /// Errors at the fields that were typed and not yet set as a plan or put
    /// to both partners as an agreement.
    pub(super) fn unset(&self) -> Errors {
        let mut unset = Errors::default();
        for item in self.plans.iter().filter(|p| !(p.date.is_empty() && p.time.is_empty())) {
            unset.add(
                &plan::field(&item.step, "date"),
                "You typed a time, and it isn’t saved yet. Save the plan, or clear the fields.",
            );
        }
        for item in self.agreements.iter().filter(|a| a.aside) {
            unset.add(
                &agreement::field(&item.step, "text"),
                "You typed a wording, and it isn’t suggested yet. Suggest it, or clear the field.",
            );
        }
        unset
    }
}

/// The planning steps of an exercise, with the plans made for them.
async fn plans(
    partner: &Partner,
    page: &Page,
    view: &OccurrenceView,
    form: &Form,
    errors: &Errors,
) -> Result<Vec<plan::Item>, Failure> {
    let (zone, now, w) = (page.zone(), partner.now(), page.words());
    let mut items = Vec::new();
    for found in partner.plans(view.occurrence).await? {
        let Some(step) = view.document.step(&found.step) else { continue };
        let open = found.open().map(|p| plan::Open {
            id: p.id,
            when: say!(w, "plan-at", when = w.short(p.starts_at, &zone), city = zone.city()),
            elsewhere: if zone::wall(p.starts_at, &p.zone).offset == zone::wall(p.starts_at, &zone).offset {
                String::new()
            } else {
                let (time, city) = (text::clock(p.starts_at, &p.zone), p.zone.city());
                say!(w, "plan-elsewhere", time = time, city = city)
            },
            set_by: first_name(&p.set_by).to_owned(),
            today: zone::date_of(p.starts_at, &zone) <= zone::date_of(now, &zone),
            past: p.starts_at <= now,
        });
        let shared = step.scope == Scope::Couple && view.responders > 1;
        let date = plan::field(&found.step, "date");
        items.push(plan::Item {
            occurrence: view.occurrence,
            prompt: step.prompt.clone(),
            hint: step.hint.clone(),
            whose: if shared {
                say!(w, "plan-for-both")
            } else if step.scope == Scope::Mine {
                say!(w, "plan-for-you")
            } else {
                say!(w, "plan-for-therapist", therapist = &view.therapist)
            },
            before: found
                .plans
                .iter()
                .filter(|p| p.state != PlanState::Planned)
                .map(|p| plan::Earlier { when: w.short(p.starts_at, &zone), outcome: outcome_text(p, shared, w) })
                .collect(),
            open,
            time: form.get(&plan::field(&found.step, "time")).to_owned(),
            zone: say!(w, "email-time-of", city = zone.city()),
            message: errors.message(&date).map(str::to_owned),
            date: form.get(&date).to_owned(),
            step: found.step,
        });
    }
    Ok(items)
}

/// What became of a plan. For a plan of both partners it also says who moved it or
/// took it back.
fn outcome_text(plan: &Planned, shared: bool, w: Words) -> String {
    let by = plan.closed_by.as_ref().filter(|_| shared);
    match (plan.state, by) {
        (PlanState::Planned, _) => say!(w, "plan-state-planned"),
        (PlanState::Kept, _) => say!(w, "plan-state-kept"),
        (PlanState::Moved, Some(by)) => say!(w, "plan-state-moved-by", name = by),
        (PlanState::Moved, None) => say!(w, "plan-state-moved"),
        (PlanState::Missed, _) => say!(w, "plan-state-missed"),
        (PlanState::Dropped, Some(by)) => say!(w, "plan-state-dropped-by", name = by),
        (PlanState::Dropped, None) => say!(w, "plan-state-dropped"),
    }
}

/// The agreement steps of an exercise, with the current wording of each.
async fn agreements(
    partner: &Partner,
    page: &Page,
    view: &OccurrenceView,
    form: &Form,
    errors: &Errors,
) -> Result<Vec<agreement::Item>, Failure> {
    let (zone, w) = (page.zone(), page.words());
    let mut items = Vec::new();
    for found in partner.agreements(view.occurrence).await? {
        let Some(step) = view.document.step(&found.step) else { continue };
        let StepKind::Agreement(agreement) = &step.kind else { continue };
        let field = agreement::field(&found.step, "text");
        let begin = if found.version == 0 { agreement.starter.clone() } else { found.text.clone() };
        let typed = form.has(&field).then(|| typed::lines(form.get(&field)));
        items.push(agreement::Item {
            occurrence: view.occurrence,
            prompt: step.prompt.clone(),
            hint: step.hint.clone(),
            by_me: found.accepted.iter().any(|(person, ..)| *person == partner.person()),
            stands: found.version > 0 && found.accepted.len() >= view.responders,
            accepted: found
                .accepted
                .iter()
                .map(|(_, name, at)| agreement::Acceptance {
                    name: first_name(name).to_owned(),
                    at: w.short(*at, &zone),
                })
                .collect(),
            // An emptied field counts as not typed.
            aside: typed.as_ref().is_some_and(|t| !typed::is_blank(t) && t.trim() != begin.trim()),
            typed: typed.unwrap_or(begin),
            message: errors.message(&field).map(str::to_owned),
            version: found.version,
            text: found.text,
            step: found.step,
        });
    }
    Ok(items)
}
