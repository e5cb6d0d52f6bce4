//! A partner's own portal. Nothing here depends on what the other partner has
//! done, but for what they have opened.

mod aside;

use app::{
    pages::{
        done, exercise,
        portal::{self, ExerciseItem},
    },
    text,
    ui::shell::Notice,
};
use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::{
    exercise::{Document, Scope, StepKind},
    form::{Errors, Form},
    ids::{AnswerId, OccurrenceId},
    person::Zone,
    reading,
    response::{self, Answers, NotNow},
    zone::{self},
};
use store::{DueAt, OccurrenceView, OwnAnswer, PortalItem, RequestView, Submit};

use self::aside::Aside;
pub use self::aside::{agree, plan};
use super::own_sessions;
use crate::{
    access::Partner,
    error::{Answer, Failure, Found as _},
    form::{Asked, At, Typed},
    page::{Page, redirect, redirect_with},
};

/// GET /portal?older=: `older` counts pages back in what is done.
pub async fn home(partner: Partner, page: Page, Asked(asked): Asked) -> Answer {
    let zone = page.zone();
    let mut sessions = partner.sessions_ahead().await?.into_iter().map(|session| own_sessions::told(&session, &zone));
    let (next, later) = (sessions.next(), sessions.collect());
    let (waiting, own) = partner.requests().await?;
    let wishes = |requests: &[RequestView], own| requests.iter().map(|q| own_sessions::asking(q, &zone, own)).collect();
    let (waiting, own) = (wishes(&waiting, false), wishes(&own, true));
    let may_book = partner.may_book().await?.into_iter().map(|(client, _, name)| (client, name)).collect();
    let older = asked.get("older").parse().unwrap_or(0_i64).clamp(0, 1_000);
    let mut items = partner.exercises().await?;
    if older > 0 {
        items.retain(|i| i.submitted_at.is_none());
        items.extend(partner.sent(older).await?);
    }
    let day = zone::today(partner.now(), &zone);
    let mut done: Vec<(DateTime<Utc>, ExerciseItem)> = Vec::new();
    let (mut today, mut begun) = (Vec::new(), Vec::new());
    for i in &items {
        match i.submitted_at {
            Some(at) => done.push((at, item(i, &zone, day))),
            None if i.over => begun.push(item(i, &zone, day)),
            None => today.push(item(i, &zone, day)),
        }
    }
    // What was put off stands behind the rest.
    today.sort_by_key(|i| i.put_off);
    done.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let more = i64::try_from(done.len()).is_ok_and(|n| n >= store::SENT);
    let done = done.into_iter().map(|(_, item)| item).collect();
    let together = partner.done_together().await?;
    let therapist = partner.therapist().await?;
    let letters = match therapist {
        Some(therapist) => Some((therapist, partner.unread_letters().await?)),
        None => None,
    };
    let name = partner.visitor().name.clone();
    let phone = page.practice().map(|p| p.phone.clone()).unwrap_or_default();
    page.ok(
        "Home",
        portal::Model {
            name,
            phone,
            next,
            later,
            asked: waiting,
            own,
            may_book,
            today,
            begun,
            done,
            older,
            more,
            together,
            letters,
        },
        portal::view,
    )
    .await
}

fn item(i: &PortalItem, zone: &Zone, today: chrono::NaiveDate) -> ExerciseItem {
    ExerciseItem {
        occurrence: i.occurrence,
        title: i.title.clone(),
        minutes: i.minutes,
        due: match i.due_at {
            _ if i.withdrawn => "taken back; what you wrote is kept".to_owned(),
            // A day that has passed presses nobody.
            Some(DueAt::Day(day)) if day < today => "whenever it suits you".to_owned(),
            Some(DueAt::Day(day)) if day == today => "today".to_owned(),
            Some(DueAt::Day(day)) => format!("by {}", text::short_day(day)),
            Some(DueAt::Session(at)) => format!("before {}", text::short(at, zone)),
            None => "before the next session".to_owned(),
        },
        rhythm: i.rhythm.clone(),
        planned: i.planned.map(|at| text::short(at, zone)).unwrap_or_default(),
        withdrawn: i.withdrawn,
        put_off: i.not_now,
        state: i.state,
        word_along: i.word_along.clone(),
        therapist: i.therapist.clone(),
        opened: i.opened,
        sent: i.submitted_at.map(|at| text::short_day(zone::today(at, zone))).unwrap_or_default(),
    }
}

/// GET /portal/exercises/{id}
pub async fn exercise(partner: Partner, page: Page, At(id): At<OccurrenceId>) -> Answer {
    let view = partner.occurrence(id).await?.found()?;
    if view.submitted_at.is_some() {
        return done_page(&partner, &page, view).await;
    }
    if view.withdrawn {
        // What was begun stays its writer's to read.
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
    model.theirs = partner.their_answers(id).await?.map(|theirs| read(&view.document, &theirs));
    model.offers = partner.offers(id).await?;
    page.ok(&model.document.title.clone(), model, exercise::view).await
}

/// The page of an exercise again, with what was typed into its form and what
/// is to be said of that.
async fn again(partner: &Partner, page: &Page, view: OccurrenceView, form: Form, errors: Errors) -> Answer {
    let title = view.document.title.clone();
    let Aside { plans, agreements } = Aside::of(partner, page, &view, &form, &errors).await?;
    let (theirs, offers) = (partner.their_answers(view.occurrence).await?, partner.offers(view.occurrence).await?);
    if view.submitted_at.is_some() {
        let own = partner.own_answers(view.occurrence).await?;
        let model = done::Model { agreements, plans, offers, errors, ..done_model(view, &own, theirs) };
        return page.again(&title, model, done::view).await;
    }
    let theirs = theirs.map(|theirs| read(&view.document, &theirs));
    let model =
        exercise::Model { agreements, plans, theirs, offers, ..model(page, &view, partner.now(), form, errors) };
    page.again(&title, model, exercise::view).await
}

/// Keeps what stands in the exercise's own fields when something else of its
/// page is pressed, and gives the exercise with it.
async fn keep(partner: &Partner, id: OccurrenceId, form: &Form) -> Result<OccurrenceView, Failure> {
    let view = partner.occurrence(id).await?.found()?;
    let (None, Ok(number)) = (view.submitted_at, form.get("draft_number").parse()) else { return Ok(view) };
    let answers = response::read(&view.document, form);
    // Nothing is begun by pressing a button of an empty page.
    if answers.is_empty() && view.draft.saved_at.is_none() {
        return Ok(view);
    }
    partner.save_draft(id, &answers, number, None).await?;
    partner.occurrence(id).await?.found()
}

/// After something was done on an exercise's page: its page as it stands, or,
/// where a plan or a wording was typed and not put to both, that page with it.
async fn on_with(partner: &Partner, page: &Page, id: OccurrenceId, form: &Form, done: Response) -> Answer {
    let view = partner.occurrence(id).await?.found()?;
    let left = Aside::of(partner, page, &view, form, &Errors::default()).await?.left();
    if left.is_empty() {
        return Ok(done);
    }
    let form = with_draft(&view, form);
    again(partner, page, view, form, left).await
}

/// A form with what the draft has in place of its answers.
fn with_draft(view: &OccurrenceView, form: &Form) -> Form {
    let beside = form.0.iter().filter(|(name, _)| !name.starts_with("s."));
    Form(response::form(&view.draft.answers).0.into_iter().chain(beside.cloned()).collect())
}

fn model(page: &Page, view: &OccurrenceView, now: DateTime<Utc>, answers: Form, errors: Errors) -> exercise::Model {
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
        today: domain::zone::today(now, &page.zone()).to_string(),
    }
}

/// What the other has opened, in the order of the exercise.
fn read(document: &Document, theirs: &Answers) -> done::Theirs {
    document
        .questions()
        .filter_map(|step| Some((step.clone(), done::lines(document, step, theirs.get(&step.key)?))))
        .filter(|(_, lines)| !lines.is_empty())
        .collect()
}

/// Each guess beside what it was about, of what the reader may read.
fn guesses(document: &Document, own: &[OwnAnswer], theirs: &Answers) -> Vec<done::Guess> {
    let own: Answers = own.iter().map(|a| (a.step.clone(), a.answer.clone())).collect();
    document
        .questions()
        .filter(|step| matches!(step.kind, StepKind::Guess { .. }))
        .map(|step| (step.prompt.clone(), reading::read(document, step, [Some(&own), Some(theirs)])))
        // Where neither guess stands beside an answer there is nothing to compare.
        .filter(|(_, read)| read.gap.is_some())
        .map(|(prompt, read)| done::Guess { prompt, rows: read.rows })
        .collect()
}

async fn done_page(partner: &Partner, page: &Page, view: OccurrenceView) -> Answer {
    let own = partner.own_answers(view.occurrence).await?;
    let theirs = partner.their_answers(view.occurrence).await?;
    let Aside { plans, agreements } = Aside::of(partner, page, &view, &Form::default(), &Errors::default()).await?;
    let offers = partner.offers(view.occurrence).await?;
    let model = done::Model { agreements, plans, offers, ..done_model(view, &own, theirs) };
    page.ok(&model.document.title.clone(), model, done::view).await
}

/// The page of what was sent.
fn done_model(view: OccurrenceView, own: &[OwnAnswer], theirs: Option<Answers>) -> done::Model {
    let document = &view.document;
    let blind = document.is_blind(view.responders);
    let guesses = theirs.as_ref().map(|theirs| guesses(document, own, theirs)).unwrap_or_default();
    let theirs = theirs.map(|theirs| read(document, &theirs));
    let own = document
        .questions()
        .filter_map(|step| {
            let answer = own.iter().find(|a| a.step == step.key)?;
            let wider = response::wider(document, view.responders, answer.scope);
            Some(done::Own {
                id: answer.id,
                step: step.clone(),
                lines: done::lines(document, step, &answer.answer),
                scope: answer.scope,
                wider,
                shared: answer.shared_from.is_some(),
            })
        })
        .filter(|own| !own.lines.is_empty())
        .collect();
    done::Model {
        occurrence: view.occurrence,
        waits: blind && !view.revealed,
        own,
        guesses,
        // Opened, and the other left all of it open: that is told too.
        theirs: theirs.or_else(|| (blind && view.revealed).then(Vec::new)),
        partner_name: view.partner,
        therapist: view.therapist,
        document: view.document,
        agreements: vec![],
        plans: vec![],
        from_paper: view.from_paper,
        offers: vec![],
        errors: Errors::default(),
    }
}

/// POST /portal/exercises/{id}/not-now: `why` in one word; empty takes it
/// back.
pub async fn not_now(partner: Partner, page: Page, At(id): At<OccurrenceId>, Typed(form): Typed) -> Answer {
    let why = match form.get("why") {
        "" => None,
        word => Some(word.parse::<NotNow>().map_err(|_| Failure::NotFound)?),
    };
    keep(&partner, id, &form).await?;
    partner.set_not_now(id, why).await?.found()?;
    let done = match why {
        // Where it is not safe, what helps stands on the page itself.
        Some(NotNow::NotSafe) => redirect_with(&format!("/portal/exercises/{id}#not-now"), Notice::PutOff),
        Some(_) => redirect_with("/portal", Notice::PutOff),
        None => redirect_with(&format!("/portal/exercises/{id}"), Notice::TakenUp),
    };
    on_with(&partner, &page, id, &form, done).await
}

/// POST /portal/offers/{id}: takes what the other would like to show.
pub async fn accept(partner: Partner, At(id): At<AnswerId>) -> Answer {
    let occurrence = partner.accept_offer(id).await?.found()?;
    Ok(redirect(&format!("/portal/exercises/{occurrence}")))
}

/// POST /portal/answers/{id}/unshare
pub async fn unshare(partner: Partner, At(id): At<AnswerId>) -> Answer {
    let occurrence = partner.unshare(id).await?.found()?;
    Ok(redirect_with(&format!("/portal/exercises/{occurrence}"), Notice::TakenBack))
}

/// POST /portal/exercises/{id}: `do` is `save` or `submit`.
pub async fn submit(partner: Partner, page: Page, At(id): At<OccurrenceId>, Typed(form): Typed) -> Answer {
    let view = partner.occurrence(id).await?.found()?;
    let here = format!("/portal/exercises/{id}");
    let answers = response::read(&view.document, &form);
    if view.submitted_at.is_some() {
        if view.from_paper && !answers.is_empty() {
            // Their sheet was typed in while they wrote here: the words stay in
            // front of them.
            let errors = Errors::whole(
                "Your therapist has typed in your sheet of paper meanwhile, and that stands. Please copy what you would like to keep, or write to your therapist.",
            );
            let model = model(&page, &view, partner.now(), form, errors);
            return page.again(&model.document.title.clone(), model, exercise::view).await;
        }
        // Sent twice: it stands as it is.
        return on_with(&partner, &page, id, &form, redirect(&here)).await;
    }
    let number = form.get("draft_number").parse().ok();
    let mut joined = false;
    let errors = if form.get("do") == "submit" {
        match partner.submit_page(id, &answers, number).await? {
            Submit::Done => {
                let notice = if exercise::is_private(&view.document) { Notice::Kept } else { Notice::Submitted };
                return on_with(&partner, &page, id, &form, redirect_with(&here, notice)).await;
            }
            Submit::Unfit(errors) => errors,
            Submit::Elsewhere => {
                joined = true;
                elsewhere()
            }
            Submit::Gone => no_longer_open(),
        }
    } else {
        match partner.save_draft(id, &answers, number.unwrap_or(view.draft.number), None).await? {
            Some((draft, true)) if draft.answers != answers => {
                joined = true;
                elsewhere()
            }
            Some(_) => {
                return on_with(&partner, &page, id, &form, redirect_with(&here, Notice::DraftSaved)).await;
            }
            None => no_longer_open(),
        }
    };
    // The draft that was kept has a new number.
    let view = partner.occurrence(id).await?.found()?;
    if view.submitted_at.is_some() {
        return on_with(&partner, &page, id, &form, redirect(&here)).await;
    }
    // Put together with what another device kept, the draft has more.
    let form = if joined { with_draft(&view, &form) } else { form };
    again(&partner, &page, view, form, errors).await
}

/// Written on two devices: nothing is sent before its writer has seen both.
fn elsewhere() -> Errors {
    Errors::whole(
        "You also wrote on another device or in another window. Both are here now, and kept: please look, then finish.",
    )
}

/// Withdrawn while somebody wrote: their words stay in front of them.
fn no_longer_open() -> Errors {
    Errors::whole(
        "This exercise is no longer open, so nothing more can be saved here. Please copy what you would like to keep.",
    )
}

/// POST /portal/answers/{id}/share
pub async fn share(partner: Partner, At(id): At<AnswerId>, Typed(form): Typed) -> Result<Response, Failure> {
    let to: Scope = form.get("to").parse().map_err(|_| Failure::NotFound)?;
    let occurrence = partner.share(id, to).await?.found()?;
    Ok(redirect_with(&format!("/portal/exercises/{occurrence}"), Notice::Shared))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn sent(revealed: bool) -> OccurrenceView {
        OccurrenceView {
            occurrence: OccurrenceId(Uuid::from_u128(1)),
            document: done::samples().swap_remove(0).document,
            word_along: String::new(),
            therapist: "Dr Ruth Abrahams".into(),
            responders: 2,
            partner: Some("Jonas".into()),
            withdrawn: false,
            revealed,
            submitted_at: "2026-11-23T20:00:00Z".parse().ok(),
            draft: store::Draft::default(),
            not_now: None,
            from_paper: false,
            opened: true,
            rhythm: String::new(),
            client: domain::ids::ClientId(Uuid::from_u128(3)),
        }
    }

    #[test]
    fn what_one_alone_was_asked_for_is_not_offered_to_the_other() {
        let own = [OwnAnswer {
            id: AnswerId(Uuid::from_u128(2)),
            step: "words".into(),
            scope: Scope::Mine,
            shared_from: None,
            answer: response::Answer::Text { text: "mine".into() },
        }];
        let alone = OccurrenceView { responders: 1, partner: None, ..sent(false) };
        let model = done_model(alone, &own, None);
        assert_eq!(model.own[0].wider, [Scope::Therapist]);
        assert!(!model.waits && model.theirs.is_none());
    }
}
