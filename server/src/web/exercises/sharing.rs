//! The page of an exercise that its partner has sent, and the answers that one
//! partner opens to the other.

use app::{pages::exercises::revealed, ui::shell::Notice};
use axum::response::Response;
use domain::{
    clients::person::first_name,
    exercises::{
        exercise::{Document, Scope},
        response::{self, Answers},
        side_by_side,
    },
    form::{Errors, Form},
    ids::AnswerId,
};
use store::{OccurrenceView, OwnAnswer};

use super::aside::Aside;
use crate::{
    access::Partner,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm},
    page::{Page, redirect, redirect_with},
};

/// The page of an exercise that the partner has sent.
pub(super) async fn done_page(partner: &Partner, page: &Page, view: OccurrenceView) -> Answer {
    let own = partner.own_answers(view.occurrence).await?;
    let theirs = partner.shared_answers(view.occurrence).await?;
    let Aside { plans, agreements } = Aside::of(partner, page, &view, &Form::default(), &Errors::default()).await?;
    let offers = partner.offers(view.occurrence).await?;
    let model = revealed::Model { agreements, plans, offers, ..done_model(view, &own, theirs) };
    page.ok(&model.document.title.clone(), model, revealed::view).await
}

/// The model of an exercise that the partner has sent. `theirs` is `None` if the
/// other's answers are not open to this partner.
pub(super) fn done_model(view: OccurrenceView, own: &[OwnAnswer], theirs: Option<Answers>) -> revealed::Model {
    let document = &view.document;
    let blind = document.is_blind(view.responders);
    let guesses = theirs.as_ref().map(|theirs| guesses(document, own, theirs)).unwrap_or_default();
    let theirs = theirs.map(|theirs| their_lines(document, &theirs));
    let own = document
        .questions()
        .filter_map(|step| {
            let answer = own.iter().find(|a| a.step == step.key)?;
            let wider = response::wider_scopes(document, view.responders, answer.scope);
            Some(revealed::Own {
                id: answer.id,
                step: step.clone(),
                lines: revealed::answer_lines(document, step, &answer.answer),
                scope: answer.scope,
                wider,
                shared: answer.shared_from.is_some(),
            })
        })
        .filter(|own| !own.lines.is_empty())
        .collect();
    revealed::Model {
        occurrence: view.occurrence,
        waits: blind && !view.revealed,
        own,
        guesses,
        // After the reveal, an empty list says that the other answered nothing.
        theirs: theirs.or_else(|| (blind && view.revealed).then(Vec::new)),
        partner_name: view.partner.map(|name| first_name(&name).to_owned()),
        therapist: view.therapist,
        document: view.document,
        agreements: vec![],
        plans: vec![],
        from_paper: view.from_paper,
        offers: vec![],
        errors: Errors::default(),
    }
}

/// The other partner's answers that are open to this one, in the order of the
/// exercise.
pub(super) fn their_lines(document: &Document, theirs: &Answers) -> revealed::Theirs {
    document
        .questions()
        .filter_map(|step| Some((step.clone(), revealed::answer_lines(document, step, theirs.get(&step.key)?))))
        .filter(|(_, lines)| !lines.is_empty())
        .collect()
}

/// Each guess beside the answer that was guessed, if the reader may read both.
fn guesses(document: &Document, own: &[OwnAnswer], theirs: &Answers) -> Vec<revealed::Guess> {
    let own: Answers = own.iter().map(|a| (a.step.clone(), a.answer.clone())).collect();
    document
        .questions()
        .filter(|step| step.kind.guessed_step().is_some())
        .map(|step| (step.prompt.clone(), side_by_side::compare(document, step, [Some(&own), Some(theirs)])))
        // Without an answer beside a guess there is nothing to compare.
        .filter(|(_, read)| read.gap.is_some())
        .map(|(prompt, read)| revealed::Guess { prompt, rows: read.rows })
        .collect()
}

/// POST /portal/answers/{id}/share: opens an answer to a wider scope.
pub async fn share(
    partner: Partner,
    PathIds(id): PathIds<AnswerId>,
    PostedForm(form): PostedForm,
) -> Result<Response, Failure> {
    let to: Scope = form.get("to").parse().map_err(|_| Failure::NotFound)?;
    let occurrence = partner.share(id, to).await?.found()?;
    Ok(redirect_with(&format!("/portal/exercises/{occurrence}#answer-{id}"), Notice::Shared))
}

/// POST /portal/answers/{id}/unshare: takes back the sharing of an answer.
pub async fn unshare(partner: Partner, PathIds(id): PathIds<AnswerId>) -> Answer {
    let occurrence = partner.unshare(id).await?.found()?;
    Ok(redirect_with(&format!("/portal/exercises/{occurrence}#answer-{id}"), Notice::TakenBack))
}

/// POST /portal/offers/{id}: accepts an answer that the other offers to show.
pub async fn accept(partner: Partner, PathIds(id): PathIds<AnswerId>) -> Answer {
    let occurrence = partner.accept_offer(id).await?.found()?;
    Ok(redirect(&format!("/portal/exercises/{occurrence}")))
}

#[cfg(test)]
mod tests {
    use domain::ids::OccurrenceId;
    use uuid::Uuid;

    use domain::exercises::step::{Answer, TextAnswer};

    use super::*;

    fn sent(revealed: bool) -> OccurrenceView {
        OccurrenceView {
            occurrence: OccurrenceId(Uuid::from_u128(1)),
            document: revealed::samples().swap_remove(0).document,
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
    fn answer_of_a_single_responder_cannot_be_shared_with_the_partner() {
        let own = [OwnAnswer {
            id: AnswerId(Uuid::from_u128(2)),
            step: "words".into(),
            scope: Scope::Mine,
            shared_from: None,
            answer: Answer::Text(TextAnswer { text: "mine".into() }),
        }];
        let alone = OccurrenceView { responders: 1, partner: None, ..sent(false) };
        let model = done_model(alone, &own, None);
        assert_eq!(model.own[0].wider, [Scope::Therapist]);
        assert!(!model.waits && model.theirs.is_none());
    }
}
