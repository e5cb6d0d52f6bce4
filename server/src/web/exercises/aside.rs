//! What is beside the answers on an exercise's page: the plans and agreements that
//! two partners make for it.

use app::{
    pages::exercises::{agreement, plan},
    text,
};
use domain::{
    exercises::{exercise::Scope, step::StepKind},
    form::{Errors, Form},
    typed, zone,
};
use store::{OccurrenceView, PlanState};

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
            unset.add(&plan::field(&item.step, "date"), "This time is typed, and not planned yet.");
        }
        for item in self.agreements.iter().filter(|a| a.aside) {
            unset.add(&agreement::field(&item.step, "text"), "This wording is typed, and not put to you both yet.");
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
                .map(|p| plan::Earlier { when: text::short(p.starts_at, &zone), outcome: p.outcome_text(shared) })
                .collect(),
            open,
            time: form.get(&plan::field(&found.step, "time")).to_owned(),
            zone: format!("{} time", zone.city()),
            message: errors.message(&date).map(str::to_owned),
            date: form.get(&date).to_owned(),
            step: found.step,
        });
    }
    Ok(items)
}

/// The agreement steps of an exercise, with the current wording of each.
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
                .map(|(_, name, at)| agreement::Acceptance { name: name.clone(), at: text::short(*at, &zone) })
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
