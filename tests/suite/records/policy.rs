//! The secrets policy: it applies once both have signed, a change needs both again, and
//! a withdrawal is known to the therapist alone.

use chrono::Duration;
use domain::{
    ids::{AskId, ClientId, PolicyId},
    records::{
        consents::BlankValues,
        note::NoteScope,
        policy::{Decisions, PolicyState, Preset, default_note_scope},
    },
};
use store::{NewClient, Partner, PolicyProposed, SignOutcome};
use tests::{
    app::{App, pairs},
    both,
    people::{Cast, accept_invitations, details, visitor},
};

use super::consents::{by, shown, sign};
use crate::clients::unseen::plain;

/// The decisions in words, as blanks.
fn blanks() -> BlankValues {
    vec![("decisions".to_owned(), "- One decision.".to_owned())]
}

/// Ruth proposes a policy to a couple.
async fn propose_to(cast: &Cast, client: ClientId, preset: Preset) -> PolicyId {
    let decisions = Decisions::of(preset);
    let proposed = cast.ruth.propose_policy(client, (preset, &decisions), &blanks(), None).await.unwrap();
    match proposed {
        Some(PolicyProposed::Asked(policy)) => policy,
        other => panic!("{other:?}"),
    }
}

/// Ruth proposes a policy to Amara and Jonas.
pub(crate) async fn propose(cast: &Cast, preset: Preset) -> PolicyId {
    propose_to(cast, cast.couple, preset).await
}

/// Ruth proposes a policy to a couple with one partner, and adds the other.
pub(crate) async fn propose_to_half_a_couple(cast: &Cast) -> PolicyId {
    let a = details("Lea Brandt", "lea@example.org", "Europe/Berlin").into();
    let client = cast.ruth.create_client(&NewClient::Couple { a, b: None }).await.unwrap().unwrap();
    let policy = propose_to(cast, client, Preset::NoSecrets).await;
    let b = details("Kim Brandt", "kim@example.org", "Europe/Berlin").into();
    cast.ruth.add_partner(client, &b).await.unwrap().unwrap();
    policy
}

/// The form of a policy that a person is asked to sign.
async fn form_of(partner: &Partner, policy: PolicyId) -> AskId {
    let states = partner.own_consents().await.unwrap();
    states.iter().find(|state| state.policy == Some(policy)).expect("asked").ask
}

/// Signs a policy.
async fn sign_policy(partner: &Partner, policy: PolicyId) {
    let signed = sign(partner, form_of(partner, policy).await).await;
    assert!(matches!(signed, SignOutcome::Signed(_)), "{signed:?}");
}

/// The state of the couple's policy.
async fn state(cast: &Cast) -> PolicyState {
    cast.ruth.policy_state(cast.couple).await.unwrap().unwrap()
}

/// Advances the clock by a minute, within which a typed password counts.
fn minute(world: &tests::World) {
    world.clock.advance(Duration::minutes(1));
}

both!(policy_applies_once_each_of_the_two_has_signed_alone, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    assert_eq!(state(&cast).await, PolicyState::None);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    // No preset is chosen beforehand, and each decision is on the form.
    let path = format!("/clients/{}/policy", cast.couple);
    let choice = app.get(&format!("{path}/new"), Some(&ruth)).await.text;
    assert!(choice.contains("No secrets") && !choice.contains(" checked"), "{choice}");
    let mut form = domain::form::Form::from_pairs([("preset", "limited_secrets")]);
    Decisions::of(Preset::LimitedSecrets).fill(&mut form);
    form.0.retain(|(name, _)| name != "court");
    let typed: Vec<(&str, String)> = form.0.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    let refused = app.post(&path, Some(&ruth), &pairs(&typed)).await;
    assert!(refused.status.as_u16() == 422 && refused.text.contains("Choose one of these."), "{}", refused.text);
    form.set("court", "only_by_order");
    let typed: Vec<(&str, String)> = form.0.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    let got = app.post(&path, Some(&ruth), &pairs(&typed)).await;
    assert_eq!(got.location(), format!("{path}?notice=policy_proposed"), "{}", got.text);
    let policy = cast.ruth.policies(cast.couple).await.unwrap().unwrap().policies[0].id;
    let PolicyState::Proposed { words, .. } = state(&cast).await else { panic!("proposed") };
    assert_eq!(words, "Limited secrets, adapted");

    // Each reads every decision in the text, and signs it alone.
    let amara = app.cookie(&world, cast.amara.me()).await;
    let text = app.get(&format!("/portal/consents/{}", form_of(&cast.amara, policy).await), Some(&amara)).await.text;
    assert!(text.contains("The therapist testifies in court only if the law orders it."), "{text}");
    assert!(text.contains("The therapist decides how much of it the other is told."), "{text}");
    sign_policy(&cast.amara, policy).await;
    assert!(!state(&cast).await.is_in_force(), "one signature is not enough");
    minute(&world);
    sign_policy(&cast.jonas, policy).await;
    let PolicyState::InForce { since, decisions, proposed, .. } = state(&cast).await else { panic!("in force") };
    assert_eq!((since, proposed), (world.store.now(), None));
    assert_eq!(decisions.court, domain::records::policy::Court::OnlyByOrder);
    assert!(app.get(&path, Some(&ruth)).await.text.contains("In force since"));
    // An individual client needs none.
    let alone = NewClient::Individual(details("Lea Brandt", "lea@example.org", "Europe/Berlin").into());
    let alone = cast.ruth.create_client(&alone).await.unwrap().unwrap();
    let decisions = Decisions::of(Preset::NoSecrets);
    let proposed = cast.ruth.propose_policy(alone, (Preset::NoSecrets, &decisions), &blanks(), None).await.unwrap();
    assert_eq!(proposed, Some(PolicyProposed::NotACouple));
    // And a colleague's couple does not exist.
    assert!(cast.emeka.policies(cast.couple).await.unwrap().is_none());
    assert_eq!(cast.emeka.take_back_policy(policy).await.unwrap(), None);
});

both!(change_needs_both_again_and_until_then_the_old_one_applies, |world| {
    let cast = Cast::new(&world.store).await;
    let first = propose(&cast, Preset::NoSecrets).await;
    sign_policy(&cast.amara, first).await;
    sign_policy(&cast.jonas, first).await;
    minute(&world);
    let second = propose(&cast, Preset::SeparateConfidences).await;
    sign_policy(&cast.amara, second).await;
    let PolicyState::InForce { preset, proposed, .. } = state(&cast).await else { panic!("in force") };
    assert_eq!((preset, proposed), (Preset::NoSecrets, Some(Preset::SeparateConfidences)));
    minute(&world);
    sign_policy(&cast.jonas, second).await;
    let PolicyState::InForce { preset, proposed, .. } = state(&cast).await else { panic!("in force") };
    assert_eq!((preset, proposed), (Preset::SeparateConfidences, None));
    // What both have signed cannot be taken back as a proposal.
    assert_eq!(cast.ruth.take_back_policy(second).await.unwrap(), Some((cast.couple, false)));
    // A proposal that another one follows is taken back with its open form.
    let third = propose(&cast, Preset::NoSecrets).await;
    let old = form_of(&cast.jonas, third).await;
    propose(&cast, Preset::LimitedSecrets).await;
    assert_eq!(cast.jonas.own_consent(old).await.unwrap(), None);
    assert!(state(&cast).await.is_in_force());
});

both!(withdrawal_suspends_it_and_the_other_partner_sees_no_difference, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let policy = propose(&cast, Preset::NoSecrets).await;
    sign_policy(&cast.amara, policy).await;
    sign_policy(&cast.jonas, policy).await;
    let his = form_of(&cast.jonas, policy).await;
    let jonas = app.cookie(&world, cast.jonas.me()).await;
    let read = async || {
        let mut all = Vec::new();
        for path in ["/portal", "/portal/forms", "/portal/messages", "/portal/settings", "/portal/welcome"]
            .map(str::to_owned)
            .into_iter()
            .chain([format!("/portal/consents/{his}"), format!("/portal/consents/{his}/copy")])
        {
            let got = app.get(&path, Some(&jonas)).await;
            all.push((path, got.status, plain(&got.text)));
        }
        all
    };
    let before = read().await;
    minute(&world);
    let hers = form_of(&cast.amara, policy).await;
    assert_eq!(cast.amara.withdraw_consent(hers).await.unwrap(), Some(true));
    assert_eq!(read().await, before, "Jonas learns that Amara has withdrawn");
    let suspended = state(&cast).await;
    assert!(matches!(&suspended, PolicyState::Suspended { by, .. } if by.len() == 1), "{suspended:?}");
    // New notes begin in the narrowest scope, and none in the joint record.
    assert_eq!(default_note_scope(&suspended, Some(NoteScope::PartnerA)), Some(NoteScope::PartnerA));
    assert_eq!(default_note_scope(&suspended, Some(NoteScope::Joint)), None);
    // The therapist gets one neutral line; it names neither the policy nor her.
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    assert!(app.get("/today", Some(&ruth)).await.text.contains("Amara Nwosu &amp; Jonas Weber: a form has changed"));
    // It applies again once both have signed again.
    let renewed = propose(&cast, Preset::NoSecrets).await;
    sign_policy(&cast.amara, renewed).await;
    assert!(matches!(state(&cast).await, PolicyState::Suspended { .. }));
    minute(&world);
    sign_policy(&cast.jonas, renewed).await;
    assert!(state(&cast).await.is_in_force());
});

both!(both_can_withdraw_at_once, |world| {
    let cast = Cast::new(&world.store).await;
    let policy = propose(&cast, Preset::LimitedSecrets).await;
    sign_policy(&cast.amara, policy).await;
    sign_policy(&cast.jonas, policy).await;
    let (hers, his) = (form_of(&cast.amara, policy).await, form_of(&cast.jonas, policy).await);
    let second = world.second().await;
    let there = second.partner(cast.jonas.visitor()).unwrap();
    let (one, two) = tokio::join!(cast.amara.withdraw_consent(hers), there.withdraw_consent(his));
    assert_eq!((one.unwrap(), two.unwrap()), (Some(true), Some(true)));
    let PolicyState::Suspended { by, .. } = state(&cast).await else { panic!("suspended") };
    assert_eq!(by.len(), 2);
});

both!(who_withdrew_before_the_other_had_signed_brings_nothing_into_force, |world| {
    let cast = Cast::new(&world.store).await;
    let policy = propose(&cast, Preset::NoSecrets).await;
    sign_policy(&cast.amara, policy).await;
    minute(&world);
    let hers = form_of(&cast.amara, policy).await;
    assert_eq!(cast.amara.withdraw_consent(hers).await.unwrap(), Some(true));
    minute(&world);
    // Jonas cannot know of it, and signs.
    sign_policy(&cast.jonas, policy).await;
    assert!(matches!(state(&cast).await, PolicyState::Proposed { .. }));
});

both!(proposal_that_is_taken_back_while_the_second_signs_is_one_or_the_other, |world| {
    let cast = Cast::new(&world.store).await;
    let second = world.second().await;
    let there = second.partner(cast.jonas.visitor()).unwrap();
    for round in 0..6 {
        let policy = propose(&cast, Preset::NoSecrets).await;
        sign_policy(&cast.amara, policy).await;
        let his = form_of(&cast.jonas, policy).await;
        let signature = by(&shown(&cast.jonas, his).await);
        let (taken, signed) = tokio::join!(cast.ruth.take_back_policy(policy), there.sign_consent(his, &signature));
        let (_, is_taken) = taken.unwrap().expect("in the caseload");
        let is_signed = matches!(signed.unwrap(), SignOutcome::Signed(_));
        assert!(is_taken != is_signed, "round {round}: taken back {is_taken}, signed {is_signed}");
        let policies = cast.ruth.policies(cast.couple).await.unwrap().unwrap().policies;
        let found = policies.iter().find(|p| p.id == policy).unwrap();
        assert_eq!((found.ended_at.is_some(), found.complete_at.is_some()), (is_taken, is_signed));
        minute(&world);
        // The typed password counts for a few minutes only.
        for who in [cast.amara.visitor(), cast.jonas.visitor()] {
            world.store.signed_in(who).note_password().await.unwrap();
        }
    }
});

both!(second_partner_who_comes_later_signs_later, |world| {
    let cast = Cast::new(&world.store).await;
    let policy = propose_to_half_a_couple(&cast).await;
    let client = cast.ruth.couple_of_policy(policy).await.unwrap().unwrap();
    for (person, _) in cast.ruth.names(client).await.unwrap().unwrap() {
        cast.ruth.invite_partner(client, person).await.unwrap();
    }
    accept_invitations(&world.store, tests::people::NO_HASH).await;
    let partner = async |name: &str| {
        let account = world.store.sign_in(name).await.unwrap().expect("an account").account;
        world.store.partner(&visitor(&world.store, account).await).unwrap()
    };
    let (lea, kim) = (partner("lea").await, partner("kim").await);
    sign_policy(&lea, policy).await;
    let state = async || cast.ruth.policy_state(client).await.unwrap().unwrap();
    assert!(matches!(state().await, PolicyState::Proposed { .. }), "one person is not both");
    assert!(kim.own_consents().await.unwrap().is_empty());
    let blanks = blanks();
    let (one, two) = tokio::join!(cast.ruth.ask_newcomers(policy, &blanks), cast.ruth.ask_newcomers(policy, &blanks));
    assert_eq!(one.unwrap().unwrap().1 + two.unwrap().unwrap().1, 1, "Kim is asked once");
    sign_policy(&kim, policy).await;
    assert!(state().await.is_in_force());
});

both!(separation_ends_the_policy_and_keeps_the_signatures, |world| {
    let cast = Cast::new(&world.store).await;
    let policy = propose(&cast, Preset::NoSecrets).await;
    sign_policy(&cast.amara, policy).await;
    sign_policy(&cast.jonas, policy).await;
    let preview = cast.ruth.separation_preview(cast.couple).await.unwrap().unwrap();
    assert_eq!((preview.policy.as_deref(), preview.forms), (Some("No secrets"), 0));
    assert!(cast.ruth.separate(cast.couple).await.unwrap());
    assert_eq!(state(&cast).await, PolicyState::None);
    let kept = cast.ruth.policies(cast.couple).await.unwrap().unwrap().policies.remove(0);
    assert!(kept.ended_at.is_some() && kept.signers.iter().all(|signer| signer.signed_at.is_some()));
    let decisions = Decisions::of(Preset::NoSecrets);
    let again = cast.ruth.propose_policy(cast.couple, (Preset::NoSecrets, &decisions), &blanks(), None).await;
    assert_eq!(again.unwrap(), None, "nothing is added to a frozen record");
});
