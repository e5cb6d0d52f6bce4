//! The secrets policy of a couple: what applies and what was proposed, and the form
//! that proposes one; and its decisions in the words that clients sign.

use domain::{
    ids::{ClientId, PolicyId},
    records::policy::{
        AloneContact, AloneSessions, Court, Decider, Decisions, Exempt, OwnAccess, PolicyState, Preset, Refused,
        ReleaseSigners, TellFirst, WhoIsClient,
    },
};
use leptos::prelude::*;

use crate::{
    say,
    ui::{Field, FormState, Link, Tone, badge, card, empty, error_summary, form_key, page_head, submit},
    words::Words,
};

/// The view model of the page of a couple's policy.
#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    /// The names of the couple's people.
    pub title: String,
    pub state: PolicyState,
    /// A sentence about what applies, and what follows from it.
    pub sentence: String,
    /// The decisions of the policy that applies, in words; empty: none applies.
    pub decisions: Vec<String>,
    /// Every policy that was proposed, the latest first.
    pub policies: Vec<PolicyItem>,
    /// Whether another can be proposed.
    pub can_propose: bool,
}

/// A policy that was proposed.
#[derive(Clone, Debug)]
pub struct PolicyItem {
    pub id: PolicyId,
    pub name: String,
    /// When and by whom it was proposed, and when it ended.
    pub when: String,
    /// The state of each person: tone, words and the address of their form.
    pub signers: Vec<(Tone, String, Option<String>)>,
    pub can_take_back: bool,
    /// The names of the people who can still be asked; empty: all were asked.
    pub to_ask: Vec<String>,
}

/// The tone of the state of a policy.
pub const fn tone(state: &PolicyState) -> Tone {
    match state {
        PolicyState::None => Tone::Plain,
        PolicyState::Proposed { .. } => Tone::Wait,
        PolicyState::InForce { .. } => Tone::Good,
        PolicyState::Suspended { .. } => Tone::Care,
    }
}

/// The line about the policy on a page where the therapist reads or writes what one of
/// the two said alone.
pub fn banner(client: ClientId, state: &PolicyState) -> AnyView {
    view! {
        <p class="policy-line">
            <a href=format!("/clients/{client}/policy")>"Secrets policy"</a>": "
            {badge(tone(state), state.words())}
        </p>
    }
    .into_any()
}

/// Renders the page of a couple's policy.
pub fn view(m: &Model) -> AnyView {
    let actions = if m.can_propose {
        vec![Link::new(format!("/clients/{}/policy/new", m.client), "Propose a policy")]
    } else {
        vec![]
    };
    let decisions: Vec<AnyView> = m.decisions.iter().map(|text| view! { <li>{text.clone()}</li> }.into_any()).collect();
    let decisions = (!decisions.is_empty()).then(|| card("What applies", view! { <ul>{decisions}</ul> }.into_any()));
    let policies: Vec<AnyView> = m.policies.iter().map(policy_row).collect();
    let policies = if policies.is_empty() {
        empty("No policy was proposed yet.", None)
    } else {
        view! { <ul class="rows">{policies}</ul> }.into_any()
    };
    view! {
        {page_head("Secrets policy", m.title.clone(), actions)}
        <p>{badge(tone(&m.state), m.state.words())}</p>
        <p>{m.sentence.clone()}</p>
        {decisions}
        <section aria-labelledby="proposed"><h2 id="proposed">"What was proposed"</h2>{policies}</section>
    }
    .into_any()
}

/// A policy in the list.
fn policy_row(p: &PolicyItem) -> AnyView {
    let signers: Vec<AnyView> = p
        .signers
        .iter()
        .map(|(tone, text, href)| match href {
            Some(href) => view! { <a href=href.clone()>{badge(*tone, text.clone())}</a>" " }.into_any(),
            None => view! { {badge(*tone, text.clone())}" " }.into_any(),
        })
        .collect();
    let act = |path: &str, label: String| {
        view! {
            <form class="inline-form" method="post" action=format!("/policies/{}/{path}", p.id)>
                {form_key()}
                <button class="button" type="submit">{label}</button>
            </form>
        }
        .into_any()
    };
    let ask = (!p.to_ask.is_empty()).then(|| act("newcomers", format!("Ask {} to sign", p.to_ask.join(" and "))));
    let back = p.can_take_back.then(|| act("end", "Cancel proposal".to_owned()));
    view! {
        <li>
            <p><strong>{p.name.clone()}</strong>" "<span class="muted">{p.when.clone()}</span></p>
            <p>{signers}</p>
            {ask}{back}
        </li>
    }
    .into_any()
}

/// The view model of the form that proposes a policy.
#[derive(Clone, Debug)]
pub struct ProposalModel {
    pub client: ClientId,
    pub title: String,
    /// The preset with whose decisions the form begins; `None`: it is to be chosen.
    pub preset: Option<Preset>,
    /// Whether a policy applies, which a new one would replace.
    pub replaces: bool,
    pub form: FormState,
}

/// Renders the form that proposes a policy: first the choice of a preset, then its
/// decisions.
pub fn proposal_view(m: &ProposalModel) -> AnyView {
    let lead = if m.replaces {
        "What applies stays until both have signed the new one. It never reaches back."
    } else {
        "It applies once each of them has signed it alone, and never reaches back."
    };
    let content = match m.preset {
        None => presets(m),
        Some(preset) => decisions_form(m, preset),
    };
    view! { {page_head("Propose a policy", lead, vec![])}{content} }.into_any()
}

/// The choice of a preset. None is chosen beforehand.
fn presets(m: &ProposalModel) -> AnyView {
    let options = Preset::ALL
        .iter()
        .map(|preset| (preset.word().to_owned(), format!("{}: {}", preset.label(), preset.summary())))
        .collect();
    view! {
        {error_summary(&m.form)}
        <form class="form" method="get" action=format!("/clients/{}/policy/new", m.client)>
            {Field::new(&m.form, "preset", "What do you agree on?").hint("You can change each decision on the next page.").required().radios(options)}
            {submit("Continue")}
        </form>
    }
    .into_any()
}

/// Words and labels of a closed set, for radio buttons.
macro_rules! options {
    ($set:ty) => {
        <$set>::ALL.iter().map(|value| (value.word().to_owned(), value.label().to_owned())).collect()
    };
}

/// The decisions of the chosen preset.
fn decisions_form(m: &ProposalModel, preset: Preset) -> AnyView {
    let field = |name: &'static str, label: &'static str| Field::new(&m.form, name, label).required();
    view! {
        <p>
            <strong>{preset.label()}</strong>": "{preset.summary()}" "
            <a href=format!("/clients/{}/policy/new", m.client)>"Choose another"</a>
        </p>
        {error_summary(&m.form)}
        <form class="form" method="post" action=format!("/clients/{}/policy", m.client) novalidate>
            {form_key()}
            <input type="hidden" name="preset" value=preset.word() autocomplete="off"/>
            {field("client", "Who is the client?").radios(options!(WhoIsClient))}
            {field("contact", "What counts as contact with one partner alone?").radios(options!(AloneContact))}
            {field("decider", "Who decides how much of it the other is told?").radios(options!(Decider))}
            {field("tell_first", "By when can the partner tell the other first?").radios(options!(TellFirst))}
            {Field::new(&m.form, "exempt", "What else is never passed on without permission?").hint("Violence, coercion, risk and screening never are.").ticks(options!(Exempt))}
            {field("refused", "What happens if the partner refuses?").radios(options!(Refused))}
            {field("sessions", "How do sessions with one partner relate to the couple work?").radios(options!(AloneSessions))}
            {field("release", "Who signs before something is released?").radios(options!(ReleaseSigners))}
            {field("access", "What does a partner who asks for their own data get?").radios(options!(OwnAccess))}
            {field("court", "What applies in court?").radios(options!(Court))}
            {submit("Ask both to sign")}
        </form>
    }
    .into_any()
}

/// The decisions of a policy as the people sign them, each a sentence in their language.
pub fn decision_lines(w: Words, d: &Decisions) -> Vec<String> {
    let mut lines = vec![
        match d.client {
            WhoIsClient::Couple => say!(w, "policy-client-couple"),
            WhoIsClient::CoupleAndEach => say!(w, "policy-client-each"),
        },
        match d.contact {
            AloneContact::Sessions => say!(w, "policy-contact-sessions"),
            AloneContact::Everything => say!(w, "policy-contact-everything"),
        },
        match d.decider {
            Decider::NotNeeded => say!(w, "policy-decider-none"),
            Decider::Therapist => say!(w, "policy-decider-therapist"),
            Decider::Person => say!(w, "policy-decider-person"),
        },
        match d.tell_first {
            TellFirst::No => say!(w, "policy-first-no"),
            TellFirst::NextSession => say!(w, "policy-first-session"),
            TellFirst::TwoWeeks => say!(w, "policy-first-two-weeks"),
            TellFirst::FourWeeks => say!(w, "policy-first-four-weeks"),
        },
        match d.refused {
            Refused::Continue => say!(w, "policy-refused-continue"),
            Refused::Pause => say!(w, "policy-refused-pause"),
            Refused::End => say!(w, "policy-refused-end"),
        },
        match d.sessions {
            AloneSessions::PartOfWork => say!(w, "policy-sessions-part"),
            AloneSessions::Separate => say!(w, "policy-sessions-separate"),
        },
        match d.release {
            ReleaseSigners::Both => say!(w, "policy-release-both"),
            ReleaseSigners::OwnAlone => say!(w, "policy-release-own"),
        },
        match d.access {
            OwnAccess::OwnAndJoint => say!(w, "policy-access-joint"),
            OwnAccess::OwnAndDecided => say!(w, "policy-access-decided"),
        },
        match d.court {
            Court::NeitherCalls => say!(w, "policy-court-neither"),
            Court::OnlyByOrder => say!(w, "policy-court-order"),
        },
    ];
    let exempt: Vec<String> = d
        .exempt
        .iter()
        .map(|exempt| match exempt {
            Exempt::Health => say!(w, "policy-exempt-health"),
            Exempt::Past => say!(w, "policy-exempt-past"),
            Exempt::Identity => say!(w, "policy-exempt-identity"),
        })
        .collect();
    if !exempt.is_empty() {
        lines.push(say!(w, "policy-exempt", things = w.list(&exempt)));
    }
    lines
}

/// Sample models: nothing, and a policy that applies with one that was proposed since.
pub fn samples() -> Vec<Model> {
    let none = Model {
        client: ClientId(uuid::Uuid::nil()),
        title: "Amara & Jonas".to_owned(),
        state: PolicyState::None,
        sentence: "Until both have signed one, a note of both needs a reason.".to_owned(),
        decisions: vec![],
        policies: vec![],
        can_propose: true,
    };
    let item = PolicyItem {
        id: PolicyId(uuid::Uuid::nil()),
        name: "Limited secrets".to_owned(),
        when: "Proposed on 3 November 2026".to_owned(),
        signers: vec![
            (Tone::Good, "अनन्या <b>: signed".to_owned(), Some("/consents/1".to_owned())),
            (Tone::Wait, "Jonas: not asked".to_owned(), None),
        ],
        can_take_back: true,
        to_ask: vec!["Jonas <b>".to_owned()],
    };
    let preset = Preset::LimitedSecrets;
    let all = Model {
        state: PolicyState::InForce {
            preset,
            words: preset.label().to_owned(),
            since: chrono::DateTime::UNIX_EPOCH,
            decisions: Box::new(Decisions::of(preset)),
            proposed: Some(Preset::NoSecrets),
        },
        decisions: decision_lines(Words::ENGLISH, &Decisions { exempt: Exempt::ALL.to_vec(), ..Decisions::of(preset) }),
        policies: vec![item.clone(), PolicyItem { can_take_back: false, to_ask: vec![], ..item }],
        can_propose: false,
        ..none.clone()
    };
    vec![none, all]
}

/// Sample models of the form: to choose, and refused.
pub fn proposal_samples() -> Vec<ProposalModel> {
    let choose = ProposalModel {
        client: ClientId(uuid::Uuid::nil()),
        title: "Amara & Jonas".to_owned(),
        preset: None,
        replaces: false,
        form: FormState::default(),
    };
    let refused = ProposalModel {
        preset: Some(Preset::NoSecrets),
        replaces: true,
        form: crate::ui::refused("court", "Choose one of these."),
        ..choose.clone()
    };
    vec![choose, refused]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_preset_is_chosen_beforehand() {
        let html = Owner::new().with(|| proposal_view(&proposal_samples().swap_remove(0)).to_html());
        assert_eq!(html.matches("type=\"radio\"").count(), Preset::ALL.len());
        assert!(!html.contains("checked"), "{html}");
    }

    #[test]
    fn every_decision_has_a_sentence_of_its_own_in_each_language() {
        use domain::clients::person::Language;
        for language in Language::ALL {
            let w = Words::new(*language);
            let mut seen = std::collections::BTreeSet::new();
            for preset in Preset::ALL {
                let lines = decision_lines(w, &Decisions { exempt: Exempt::ALL.to_vec(), ..Decisions::of(*preset) });
                assert_eq!(lines.len(), 10, "{lines:?}");
                seen.extend(lines);
            }
            assert!(seen.len() > 15, "{seen:?}");
        }
    }
}
