//! A partner's own portal. Nothing here depends on what the other partner has
//! done, but for what they have opened.

use app::{
    pages::{
        contact, done, exercise,
        portal::{self, ExerciseItem, NextSession},
    },
    text,
    ui::{FormState, shell::Notice},
};
use axum::response::Response;
use domain::{
    exercise::Scope,
    form::{Errors, Form},
    ids::{AnswerId, OccurrenceId},
    person::{SafeContact, Zone},
    response::{self, ResponseState},
};
use store::{DueAt, OccurrenceView, PortalItem, Submit};

use crate::{
    access::Partner,
    error::{Answer, Failure, Found as _},
    form::{At, Typed},
    page::{Page, redirect, redirect_with},
};

/// GET /portal
pub async fn home(partner: Partner, page: Page) -> Answer {
    let zone = page.zone();
    let next = partner.next_session().await?.map(|s| {
        let at = s.timing.starts_at;
        let mut zone_line = text::zone_line(at, &zone);
        if s.timing.zone != zone && domain::zone::wall(at, &s.timing.zone).offset != domain::zone::wall(at, &zone).offset {
            zone_line = format!("{zone_line} · {} in {}", text::clock(at, &s.timing.zone), s.timing.zone.city());
        }
        NextSession {
            when: text::short(at, &zone),
            zone_line,
            place: s.place(),
            link: s.link.clone(),
            with: s.clinician_name.clone(),
            joint: s.attendees.len() > 1,
        }
    });
    let items = partner.exercises().await?;
    let (done, today) = items.iter().map(|i| item(i, &zone)).partition(|i: &ExerciseItem| i.state == ResponseState::Submitted);
    let name = partner.visitor().name.clone();
    page.ok("Home", portal::Model { name, next, today, done }, portal::view).await
}

fn item(i: &PortalItem, zone: &Zone) -> ExerciseItem {
    ExerciseItem {
        occurrence: i.occurrence,
        title: i.title.clone(),
        minutes: i.minutes,
        due: match i.due_at {
            Some(DueAt::Day(day)) => format!("by {}", text::short_day(day)),
            Some(DueAt::Session(at)) => format!("before {}", text::short(at, zone)),
            None => "before the next session".to_owned(),
        },
        state: i.state,
        word_along: i.word_along.clone(),
        therapist: i.therapist.clone(),
        opened: i.revealed,
    }
}

/// GET /portal/exercises/{id}
pub async fn exercise(partner: Partner, page: Page, At(id): At<OccurrenceId>) -> Answer {
    let view = partner.occurrence(id).await?.found()?;
    if view.submitted_at.is_some() {
        return done_page(&partner, &page, view).await;
    }
    (!view.withdrawn).found()?;
    let answers = response::form(&view.draft.answers);
    let model = model(&page, &view, answers, Errors::default());
    page.ok(&model.document.title.clone(), model, exercise::view).await
}

fn model(page: &Page, view: &OccurrenceView, answers: Form, errors: Errors) -> exercise::Model {
    exercise::Model {
        occurrence: view.occurrence,
        document: view.document.clone(),
        alone: view.responders < 2,
        responders: view.responders,
        partner_name: view.partner.clone(),
        therapist: view.therapist.clone(),
        answers,
        errors,
        draft_number: view.draft.number,
        saved_at: view.draft.saved_at.map(|at| text::clock(at, &page.zone())),
        word_along: view.word_along.clone(),
    }
}

async fn done_page(partner: &Partner, page: &Page, view: OccurrenceView) -> Answer {
    let own = partner.own_answers(view.occurrence).await?;
    let theirs = partner.their_answers(view.occurrence).await?;
    let document = &view.document;
    let own = document
        .questions()
        .filter_map(|step| {
            let answer = own.iter().find(|a| a.step == step.key)?;
            let wider = response::wider(answer.scope).iter().copied().filter(|to| *to != Scope::Couple || view.partner.is_some()).collect();
            Some(done::Own { id: answer.id, step: step.clone(), lines: done::lines(step, &answer.answer), scope: answer.scope, wider })
        })
        .collect();
    let theirs = theirs.map(|theirs| {
        document
            .questions()
            .filter_map(|step| Some((step.clone(), done::lines(step, theirs.get(&step.key)?))))
            .collect()
    });
    let model = done::Model {
        occurrence: view.occurrence,
        waits: exercise::opens(document, view.responders) && !view.revealed,
        own,
        theirs,
        partner_name: view.partner,
        therapist: view.therapist,
        document: view.document,
    };
    page.ok(&model.document.title.clone(), model, done::view).await
}

/// POST /portal/exercises/{id}: `do` is `save` or `submit`.
pub async fn submit(partner: Partner, page: Page, At(id): At<OccurrenceId>, Typed(form): Typed) -> Answer {
    let view = partner.occurrence(id).await?.found()?;
    let here = format!("/portal/exercises/{id}");
    if view.submitted_at.is_some() {
        // Sent twice: it stands as it is.
        return Ok(redirect(&here));
    }
    let answers = response::read(&view.document, &form);
    if form.get("do") != "submit" {
        let number = form.get("draft_number").parse().unwrap_or(view.draft.number);
        partner.save_draft(id, &answers, number).await?.found()?;
        return Ok(redirect_with(&here, Notice::DraftSaved));
    }
    match partner.submit(id, &answers).await? {
        Submit::Done => Ok(redirect_with(&here, Notice::Submitted)),
        Submit::Gone => Err(Failure::NotFound),
        Submit::Unfit(errors) => {
            let view = partner.occurrence(id).await?.found()?;
            let model = model(&page, &view, form, errors);
            page.again(&model.document.title.clone(), model, exercise::view).await
        }
    }
}

/// POST /portal/answers/{id}/share
pub async fn share(partner: Partner, At(id): At<AnswerId>, Typed(form): Typed) -> Result<Response, Failure> {
    let to: Scope = form.get("to").parse().map_err(|_| Failure::NotFound)?;
    let occurrence = partner.share(id, to).await?.found()?;
    Ok(redirect_with(&format!("/portal/exercises/{occurrence}"), Notice::Shared))
}

/// GET /portal/contact
pub async fn contact(partner: Partner, page: Page) -> Answer {
    let contact = partner.contact().await?;
    let mut form = Form::default();
    if contact.portal_only {
        form.set("portal_only", "yes");
    }
    if contact.reminders {
        form.set("reminders", "yes");
    }
    if let Some((from, until)) = contact.hours {
        form.set("safe_from", text::time(from));
        form.set("safe_until", text::time(until));
    }
    page.ok("Contact", contact::Model { form: FormState::new(form) }, contact::view).await
}

/// POST /portal/contact
pub async fn update_contact(partner: Partner, page: Page, Typed(form): Typed) -> Answer {
    match SafeContact::read(&form) {
        Ok(contact) => {
            partner.set_contact(&contact).await?;
            Ok(redirect_with("/portal/contact", Notice::Saved))
        }
        Err(errors) => page.again("Contact", contact::Model { form: FormState { form, errors } }, contact::view).await,
    }
}
