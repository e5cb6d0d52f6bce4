//! A form of a client, as their therapist reads it: the text, whether and how it was
//! signed, and what can be done; and the forms that ask for signatures and record one on
//! paper.

use domain::{
    clients::person::Language,
    ids::{AskId, ClientId},
    records::consents::{Blank, Filled, blank_field},
};
use leptos::prelude::*;

use super::consent_text;
use crate::ui::{Field, FormState, Link, Tone, badge, card, empty, error_summary, facts, form_key, page_head, submit};

/// The view model of the page of a form.
#[derive(Clone, Debug)]
pub struct Model {
    pub ask: AskId,
    /// Who signs.
    pub name: String,
    pub filled: Filled,
    pub language: Language,
    pub state: (Tone, String),
    /// How it was signed, in terms and values; empty: it is not signed.
    pub facts: Vec<(String, String)>,
    /// What can be done, the usual first.
    pub actions: Vec<Link>,
    /// Whether it can be taken back.
    pub can_close: bool,
    /// Whether it can be recorded that the person has withdrawn it.
    pub can_withdraw: bool,
    /// The other signatures of this person on the same text.
    pub earlier: Vec<Link>,
}

/// Renders the page of a form.
pub fn view(m: &Model) -> AnyView {
    let ask = m.ask;
    let (tone, state) = m.state.clone();
    let gaps = m.filled.has_gaps.then(|| {
        view! { <p class="notice">"A blank of this text is not filled in, so it can’t be signed. Cancel this form, and ask again."</p> }
            .into_any()
    });
    let rows: Vec<(String, AnyView)> =
        m.facts.iter().map(|(term, value)| (term.clone(), value.clone().into_any())).collect();
    let signed = (!rows.is_empty()).then(|| card("Signature", facts(rows)));
    let earlier = (!m.earlier.is_empty()).then(|| {
        let rows: Vec<AnyView> = m
            .earlier
            .iter()
            .map(|link| view! { <li><a href=link.href.clone()>{link.text.clone()}</a></li> }.into_any())
            .collect();
        card("Other signatures on this text", view! { <ul>{rows}</ul> }.into_any())
    });
    view! {
        {page_head(m.filled.title.clone(), m.name.clone(), m.actions.clone())}
        <p>{badge(tone, state)}</p>
        {gaps}
        <section class="card">{consent_text::body(&m.filled.body, m.language)}</section>
        {signed}
        {earlier}
        {m.can_close.then(|| act(
            "Cancel this form…",
            "The person no longer finds it under Forms. Nothing was signed.",
            format!("/consents/{ask}/close"),
            "Cancel form",
        ))}
        {m.can_withdraw.then(|| act(
            "Record a withdrawal…",
            "Record it if the person told you. What was done before stays done. Their partner learns nothing of it.",
            format!("/consents/{ask}/withdrawal"),
            "Record the withdrawal",
        ))}
    }
    .into_any()
}

/// An act behind a summary that is opened first.
fn act(summary: &'static str, hint: &'static str, action: String, button: &'static str) -> AnyView {
    view! {
        <details class="more-below">
            <summary>{summary}</summary>
            <p>{hint}</p>
            <form class="form" method="post" action=action>
                {form_key()}
                <button class="button button-danger" type="submit">{button}</button>
            </form>
        </details>
    }
    .into_any()
}

/// The view model of the form that asks for signatures.
#[derive(Clone, Debug)]
pub struct AskModel {
    pub client: ClientId,
    /// The names of the client's people.
    pub title: String,
    /// The texts: id and title.
    pub texts: Vec<(String, String)>,
    /// The people: id and name.
    pub people: Vec<(String, String)>,
    /// The blanks of the texts.
    pub blanks: Vec<Blank>,
    pub form: FormState,
}

/// Renders the form that asks for signatures.
pub fn ask_view(m: &AskModel) -> AnyView {
    if m.texts.is_empty() || m.people.is_empty() {
        return view! {
            {page_head("Ask for signatures", m.title.clone(), vec![])}
            {empty("There is nothing to ask for: no text is offered, or this record takes no new form.", None)}
        }
        .into_any();
    }
    let blanks: Vec<AnyView> = m
        .blanks
        .iter()
        .map(|blank| {
            let field = Field::new(&m.form, blank_field(*blank), blank.label()).unmarked();
            match blank {
                Blank::Topic => field.area(3),
                Blank::Practice
                | Blank::Therapist
                | Blank::Name
                | Blank::Fee
                | Blank::LateFee
                | Blank::Hours
                | Blank::Contact
                | Blank::Recipient
                | Blank::Purpose
                | Blank::What
                | Blank::Until
                | Blank::Decisions => field.text(),
            }
        })
        .collect();
    let blanks = (!blanks.is_empty()).then(|| {
        view! {
            <fieldset>
                <legend>"Blanks of the texts"</legend>
                <p class="hint">"Only those of the texts you ticked are needed."</p>
                {blanks}
            </fieldset>
        }
        .into_any()
    });
    view! {
        {page_head("Ask for signatures", "Each person signs alone, in their own account.", vec![])}
        {error_summary(&m.form)}
        <form class="form" method="post" action=format!("/clients/{}/consents", m.client) novalidate>
            {form_key()}
            {Field::new(&m.form, "text", "Texts").hint("What is signed or asked for already is left out.").required().ticks(m.texts.clone())}
            {Field::new(&m.form, "person", "Who signs").required().ticks(m.people.clone())}
            {blanks}
            {submit("Ask for signatures")}
        </form>
    }
    .into_any()
}

/// The view model of the form that records a signature on paper.
#[derive(Clone, Debug)]
pub struct PaperModel {
    pub ask: AskId,
    /// The title of the text.
    pub title: String,
    /// Who signed.
    pub name: String,
    /// The versions: number and label.
    pub versions: Vec<(String, String)>,
    /// The languages of the text: word and label.
    pub languages: Vec<(String, String)>,
    /// The documents of the record that can be the scan: id and title.
    pub scans: Vec<(String, String)>,
    /// Whether the password is asked for.
    pub needs_password: bool,
    pub form: FormState,
}

/// Renders the form that records a signature on paper.
pub fn paper_view(m: &PaperModel) -> AnyView {
    let mut scans = vec![(String::new(), "None".to_owned())];
    scans.extend(m.scans.iter().cloned());
    let password = m.needs_password.then(|| {
        Field::new(&m.form, "current_password", "Your password")
            .hint("Needed because you vouch for this signature.")
            .required()
            .autocomplete("current-password")
            .password()
    });
    let print = vec![Link::new(format!("/consents/{}/copy", m.ask), "Print to sign")];
    view! {
        {page_head("Signature on paper", format!("{}: {}", m.title, m.name), print)}
        {error_summary(&m.form)}
        <form class="form narrow" method="post" action=format!("/consents/{}/paper", m.ask) novalidate>
            {form_key()}
            {Field::new(&m.form, "version", "Version of the printed text").hint("It is at the foot of the sheet.").required().select(m.versions.clone())}
            {Field::new(&m.form, "language", "Language of the printed text").required().select(m.languages.clone())}
            {Field::new(&m.form, "typed_name", "Name as it is signed").required().text()}
            {Field::new(&m.form, "signed_on", "Day of the signature").required().date()}
            {Field::new(&m.form, "scan", "Scan").hint("Add it under Documents first.").select(scans)}
            {Field::new(&m.form, "is_signed", "I have seen the signed sheet, and the person has a copy.").required().tick()}
            {password}
            {submit("Record the signature")}
        </form>
    }
    .into_any()
}

fn filled() -> Filled {
    Filled {
        title: "अनन्या <b>Fees</b> 💛".to_owned(), body: "Text\n\n- a <i>".to_owned(), has_gaps: false
    }
}

/// Sample models: open with a gap, and signed.
pub fn samples() -> Vec<Model> {
    let open = Model {
        ask: AskId(uuid::Uuid::nil()),
        name: "अनन्या <b>".repeat(9),
        filled: Filled { has_gaps: true, ..filled() },
        language: Language::English,
        state: (Tone::Wait, "Not signed".to_owned()),
        facts: vec![],
        actions: vec![Link::new("/consents/1/room", "Sign in the room")],
        can_close: true,
        can_withdraw: false,
        earlier: vec![],
    };
    let signed = Model {
        filled: filled(),
        state: (Tone::Good, "Signed".to_owned()),
        facts: vec![("Typed name".to_owned(), "अनन्या <b>".to_owned())],
        can_close: false,
        can_withdraw: true,
        earlier: vec![Link::new("/consents/2", "Version 1")],
        ..open.clone()
    };
    vec![open, signed]
}

/// Sample models of the form that asks: nothing to ask for, and refused.
pub fn ask_samples() -> Vec<AskModel> {
    let none = AskModel {
        client: ClientId(uuid::Uuid::nil()),
        title: "Amara & Jonas".to_owned(),
        texts: vec![],
        people: vec![],
        blanks: vec![],
        form: FormState::default(),
    };
    let all = AskModel {
        texts: vec![("1".to_owned(), "अनन्या <b>".to_owned()), ("2".to_owned(), "Fees".to_owned())],
        people: vec![("3".to_owned(), "अनन्या <b>".to_owned())],
        blanks: Blank::ALL.iter().copied().filter(|blank| !blank.is_automatic()).collect(),
        form: crate::ui::refused("text", "Choose at least one text."),
        ..none.clone()
    };
    vec![none, all]
}

/// Sample models of the form that records a signature on paper.
pub fn paper_samples() -> Vec<PaperModel> {
    vec![PaperModel {
        ask: AskId(uuid::Uuid::nil()),
        title: "अनन्या <b>".to_owned(),
        name: "अनन्या <b>".to_owned(),
        versions: vec![("1".to_owned(), "1".to_owned())],
        languages: vec![("en".to_owned(), "English".to_owned())],
        scans: vec![("7".to_owned(), "Scan <b>".to_owned())],
        needs_password: true,
        form: crate::ui::refused("signed_on", "Enter the day of the signature."),
    }]
}
