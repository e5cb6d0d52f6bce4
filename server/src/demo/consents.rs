//! Forms of the demo: a secrets policy that both of a couple have signed, and an
//! agreement that one of them has signed and the other is asked for.

use domain::{
    ids::{AskId, ClientId},
    records::{
        consents::{ConsentKind, CopyGiven},
        policy::{Decisions, Preset},
    },
};
use store::{Clinician, OwnAsk, Partner, PolicyProposed, SignOutcome, SignedBy};

use super::Result;
use crate::web::records::{form_words, policies};

/// Proposes a secrets policy to a couple, and lets both sign it.
pub(super) async fn policy(clinician: &Clinician, client: ClientId, partners: [&Partner; 2]) -> Result<()> {
    let decisions = Decisions::of(Preset::LimitedSecrets);
    let preset = (Preset::LimitedSecrets, &decisions);
    let proposed = clinician.propose_policy(client, preset, &policies::blanks(&decisions), None).await?;
    let Some(PolicyProposed::Asked(policy)) = proposed else { return Ok(()) };
    for partner in partners {
        let states = partner.own_consents().await?;
        for state in states.iter().filter(|state| state.policy == Some(policy)) {
            sign(partner, state.ask).await?;
        }
    }
    Ok(())
}

/// Asks both of a couple for their consent to treatment, and lets the first sign it.
pub(super) async fn treatment(clinician: &Clinician, client: ClientId, partners: [&Partner; 2]) -> Result<()> {
    let Some((texts, mut blanks)) = clinician.consent_choices(client).await? else { return Ok(()) };
    blanks.push(("contact".to_owned(), "+49 30 5550 100".to_owned()));
    let people = partners.map(Partner::person);
    for text in texts.iter().filter(|text| text.kind == ConsentKind::Treatment) {
        clinician.ask_consents(client, &people, &[text.id], &blanks).await?;
    }
    let states = partners[0].own_consents().await?;
    for state in states.iter().filter(|state| state.kind == ConsentKind::Treatment && state.status.is_open()) {
        sign(partners[0], state.ask).await?;
    }
    Ok(())
}

/// Signs a form as its page does.
async fn sign(partner: &Partner, ask: AskId) -> Result<()> {
    let Some(OwnAsk::ToSign(shown)) = partner.own_consent(ask).await? else { return Ok(()) };
    let words = app::words::Words::new(shown.language);
    let by = SignedBy {
        typed_name: shown.name.clone(),
        statement: form_words::statement(shown.kind, words),
        shown: shown.hash.clone(),
        shown_at: partner.now(),
        copy: CopyGiven::Portal,
        evidence: None,
    };
    match partner.sign_consent(ask, &by).await? {
        SignOutcome::Signed(_) | SignOutcome::Already => Ok(()),
        other => Err(store::Error::Refused(format!("the demo's signature: {other:?}"))),
    }
}
