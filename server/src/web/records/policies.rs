//! The secrets policy of a couple: what applies and what was proposed, proposing one,
//! and taking a proposal back.

use app::{
    pages::records::policy::{self, Model, PolicyItem, ProposalModel, decision_lines},
    ui::{FormState, Tone, shell::Notice},
    words::Words,
};
use domain::{
    clients::{
        client::title,
        person::{Language, Zone},
    },
    form::{Errors, Form},
    ids::{ClientId, PolicyId},
    records::{
        consents::{Blank, BlankValues},
        policy::{Decisions, PolicyState, Preset},
    },
    zone,
};
use store::{FormKey, Policy, PolicyProposed, PolicySigner};

use crate::{
    access::Clinician,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect_with},
    web::clients::below_record,
};

/// The address of a couple's policy.
fn address(client: ClientId) -> String {
    format!("/clients/{client}/policy")
}

/// The decisions in the words of each language, as blanks of the text.
pub(crate) fn blanks(decisions: &Decisions) -> BlankValues {
    let of = |language: &Language| {
        let lines: Vec<String> =
            decision_lines(Words::new(*language), decisions).into_iter().map(|line| format!("- {line}")).collect();
        (format!("{}.{}", Blank::Decisions.word(), language.word()), lines.join("\n"))
    };
    Language::ALL.iter().map(of).collect()
}

/// GET /clients/{id}/policy: what applies, and what was proposed.
pub async fn show(clinician: Clinician, page: Page, PathIds(id): PathIds<ClientId>) -> Answer {
    let found = clinician.policies(id).await?.found()?;
    let record = clinician.client(id).await?.found()?;
    let zone = page.zone();
    let is_open = !record.archived && record.separated_at.is_none();
    let decisions = match &found.state {
        PolicyState::InForce { decisions, .. } | PolicyState::Suspended { decisions, .. } => {
            decision_lines(Words::ENGLISH, decisions)
        }
        PolicyState::None | PolicyState::Proposed { .. } => vec![],
    };
    let model = Model {
        client: id,
        title: record.title(),
        sentence: sentence(&found.state, &zone),
        state: found.state,
        decisions,
        policies: found.policies.iter().map(|policy| item(policy, is_open, &zone)).collect(),
        can_propose: is_open,
    };
    below_record(&clinician, &page, id).await?.ok("Secrets policy", model, policy::view).await
}

/// A day, such as "3 November 2026".
fn day(at: chrono::DateTime<chrono::Utc>, in_zone: &Zone) -> String {
    Words::ENGLISH.day_of_year(zone::date_of(at, in_zone))
}

/// What applies, and what follows from it.
fn sentence(state: &PolicyState, zone: &Zone) -> String {
    match state {
        PolicyState::None => "Until both have signed one, a joint note needs a reason.".to_owned(),
        PolicyState::Proposed { .. } => "Not signed by both yet. Until then, a joint note needs a reason.".to_owned(),
        PolicyState::InForce { since, .. } => format!(
            "In force since {}. New notes begin in its scope; what was written before stays as it is.",
            day(*since, zone)
        ),
        // Who withdrew is beside the proposal. This line is all that the page makes of it.
        PolicyState::Suspended { since, .. } => format!(
            "Not in force since {}. What is new begins in the narrowest scope. Only you see this. \
             Propose a policy again once you have talked.",
            day(*since, zone)
        ),
    }
}

/// A policy in the list.
fn item(policy: &Policy, is_open: bool, zone: &Zone) -> PolicyItem {
    let is_pending = policy.complete_at.is_none() && policy.ended_at.is_none();
    let mut when = format!("Proposed on {} by {}", day(policy.proposed_at, zone), policy.proposed_by);
    if let Some(at) = policy.complete_at {
        when.push_str(&format!(", signed by both on {}", day(at, zone)));
    }
    if let Some(at) = policy.ended_at {
        when.push_str(&format!(", ended on {}", day(at, zone)));
    }
    let missing = policy.signers.iter().filter(|signer| signer.ask.is_none());
    PolicyItem {
        id: policy.id,
        name: policy.words(),
        when,
        signers: policy.signers.iter().map(|signer| signer_words(signer, policy.ended_at.is_some(), zone)).collect(),
        can_take_back: is_pending,
        to_ask: missing.filter(|_| is_pending && is_open).map(|signer| signer.name.clone()).collect(),
    }
}

/// The state of a person: tone, words, and the address of their form.
fn signer_words(signer: &PolicySigner, is_over: bool, zone: &Zone) -> (Tone, String, Option<String>) {
    let (tone, words) = match (signer.ask, signer.signed_at, signer.withdrawn_at) {
        (None, ..) => (Tone::Plain, "not asked".to_owned()),
        (Some(_), _, Some(at)) => (Tone::Care, format!("withdrew on {}", day(at, zone))),
        (Some(_), Some(at), None) => (Tone::Good, format!("signed on {}", day(at, zone))),
        (Some(_), None, None) if is_over => (Tone::Plain, "did not sign".to_owned()),
        (Some(_), None, None) => (Tone::Wait, "not signed yet".to_owned()),
    };
    // A form that was taken back has no page.
    let has_page = signer.signed_at.is_some() || !is_over;
    let href = signer.ask.filter(|_| has_page).map(|ask| format!("/consents/{ask}"));
    (tone, format!("{}: {words}", signer.name), href)
}

/// GET /clients/{id}/policy/new?preset=: the choice of a preset, then its decisions.
pub async fn new(clinician: Clinician, page: Page, PathIds(id): PathIds<ClientId>, Query(asked): Query) -> Answer {
    let preset = asked.get("preset").parse::<Preset>().ok();
    let mut form = Form::default();
    if let Some(preset) = preset {
        Decisions::of(preset).fill(&mut form);
    }
    let errors = match preset {
        None if asked.has("preset") => Errors::at_field("preset", "Choose one of these."),
        _ => Errors::default(),
    };
    let model = proposal_model(&clinician, id, preset, FormState { form, errors }).await?;
    below_policy(&clinician, &page, id).await?.ok("Propose a policy", model, policy::proposal_view).await
}

/// The page below a couple's policy.
async fn below_policy(clinician: &Clinician, page: &Page, client: ClientId) -> store::Result<Page> {
    Ok(below_record(clinician, page, client).await?.under(address(client), "Secrets policy"))
}

/// The model of the form that proposes a policy; not found: no couple of the caseload,
/// or a record that takes no new form.
async fn proposal_model(
    clinician: &Clinician,
    client: ClientId,
    preset: Option<Preset>,
    form: FormState,
) -> Result<ProposalModel, Failure> {
    let found = clinician.policies(client).await?.found()?;
    clinician.consent_choices(client).await?.found()?;
    let people = clinician.names(client).await?.found()?;
    Ok(ProposalModel {
        client,
        title: title(people.iter().map(|(_, name)| name.as_str())),
        preset,
        replaces: found.policies.iter().any(|policy| policy.complete_at.is_some() && policy.ended_at.is_none()),
        form,
    })
}

/// POST /clients/{id}/policy: proposes a policy to both.
pub async fn create(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<ClientId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let preset = form.get("preset").parse::<Preset>().map_err(|_| Failure::BadRequest)?;
    let errors = match Decisions::read(&form) {
        Ok(decisions) => {
            let key = FormKey::of_form(&form);
            let proposed = clinician.propose_policy(id, (preset, &decisions), &blanks(&decisions), key).await?;
            match proposed.found()? {
                PolicyProposed::Asked(_) => return Ok(redirect_with(&address(id), Notice::PolicyProposed)),
                PolicyProposed::NotACouple => return Err(Failure::NotFound),
            }
        }
        Err(errors) => errors,
    };
    let model = proposal_model(&clinician, id, Some(preset), FormState { form, errors }).await?;
    below_policy(&clinician, &page, id).await?.invalid("Propose a policy", model, policy::proposal_view).await
}

/// POST /policies/{id}/end: takes a proposal back.
pub async fn end(clinician: Clinician, PathIds(id): PathIds<PolicyId>) -> Answer {
    let (client, done) = clinician.take_back_policy(id).await?.found()?;
    let notice = if done { Notice::PolicyTakenBack } else { Notice::FormSettled };
    Ok(redirect_with(&address(client), notice))
}

/// POST /policies/{id}/newcomers: asks the people who joined since to sign a proposal.
pub async fn ask_newcomers(clinician: Clinician, PathIds(id): PathIds<PolicyId>) -> Answer {
    let client = clinician.couple_of_policy(id).await?.found()?;
    let found = clinician.policies(client).await?.found()?;
    let policy = found.policies.iter().find(|policy| policy.id == id).found()?;
    let (client, asked) = clinician.ask_newcomers(id, &blanks(&policy.decisions)).await?.found()?;
    let notice = if asked > 0 { Notice::FormsAsked } else { Notice::FormsAskedBefore };
    Ok(redirect_with(&address(client), notice))
}
