//! A text that a person reads and signs: in the portal, or in the room on the
//! practice's device; and what they signed.

use domain::{clients::person::Language, records::consents::Filled};
use leptos::prelude::*;

use super::consent_text;
use crate::{
    say,
    ui::{Field, FormState, Link, error_summary, facts, form_key, page_head, submit},
    words::words,
};

/// The view model of the page of a text.
#[derive(Clone, Debug)]
pub struct Model {
    pub filled: Filled,
    /// The language of the text.
    pub language: Language,
    /// A line below the title; may be empty.
    pub lead: String,
    pub state: State,
    /// Other signatures of the reader on the same text.
    pub earlier: Vec<Link>,
}

/// What the reader can do with a text.
#[derive(Clone, Debug)]
pub enum State {
    ToSign(Box<SignForm>),
    Signed(Box<Signed>),
}

/// The form that signs a text.
#[derive(Clone, Debug, Default)]
pub struct SignForm {
    pub action: String,
    /// The sentence that is ticked.
    pub statement: String,
    /// The SHA-256 of the text above, in hexadecimal.
    pub hash: String,
    /// When the page was made, as the form sends it back.
    pub shown_at: String,
    /// Whether the password is asked for.
    pub needs_password: bool,
    /// Whether the text was replaced since the page was opened: what is above is new.
    pub was_replaced: bool,
    /// What the person can be given as a copy, with labels; empty: it is in the portal.
    pub copies: Vec<(String, String)>,
    pub form: FormState,
}

/// A text that is signed.
#[derive(Clone, Debug, Default)]
pub struct Signed {
    /// How it was signed, in terms and values.
    pub facts: Vec<(String, String)>,
    /// The address of the copy to print.
    pub copy: String,
    /// The address of the copy as a PDF.
    pub pdf: String,
    /// The address to which the withdrawal is sent; `None`: it does not apply any more.
    pub withdraw: Option<String>,
}

/// Renders the page of a text.
pub fn view(m: &Model) -> AnyView {
    let below = match &m.state {
        State::ToSign(form) => sign_form(m, form),
        State::Signed(signed) => signed_part(signed),
    };
    let replaced = matches!(&m.state, State::ToSign(form) if form.was_replaced)
        .then(|| view! { <p class="notice" role="alert">{say!(words(), "forms-replaced")}</p> }.into_any());
    view! {
        {page_head(m.filled.title.clone(), m.lead.clone(), vec![])}
        {replaced}
        <section class="card">{consent_text::body(&m.filled.body, m.language)}</section>
        {below}
        {earlier(&m.earlier)}
    }
    .into_any()
}

/// The form below a text that is not signed.
fn sign_form(m: &Model, f: &SignForm) -> AnyView {
    let w = words();
    if m.filled.has_gaps {
        return view! { <section class="card"><p>{say!(w, "forms-gaps")}</p></section> }.into_any();
    }
    // In the room, the password is that of the therapist whose device it is.
    let (password_label, password_hint) = if f.copies.is_empty() {
        (say!(w, "forms-password"), say!(w, "forms-password-hint"))
    } else {
        (say!(w, "forms-password-room"), say!(w, "forms-password-room-hint"))
    };
    let password = f.needs_password.then(|| {
        Field::new(&f.form, "current_password", password_label)
            .hint(password_hint)
            .required()
            .autocomplete("current-password")
            .password()
    });
    let copies = (!f.copies.is_empty())
        .then(|| Field::new(&f.form, "copy", say!(w, "forms-copy-given")).required().radios(f.copies.clone()));
    let hidden = |name: &'static str, value: &str| {
        view! { <input type="hidden" name=name value=value.to_owned() autocomplete="off"/> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="sign">
            <h2 id="sign">{say!(w, "forms-sign")}</h2>
            {error_summary(&f.form)}
            <form class="form narrow" method="post" action=f.action.clone() novalidate>
                {form_key()}
                {hidden("shown", &f.hash)}
                {hidden("shown_at", &f.shown_at)}
                {Field::new(&f.form, "agree", f.statement.clone()).required().tick()}
                {Field::new(&f.form, "typed_name", say!(w, "forms-name")).hint(say!(w, "forms-name-hint")).required().autocomplete("name").text()}
                {password}
                {copies}
                {submit(say!(w, "forms-sign-button"))}
            </form>
        </section>
    }
    .into_any()
}

/// How a text was signed, its copies, and the form that withdraws it.
fn signed_part(s: &Signed) -> AnyView {
    let w = words();
    let rows = s.facts.iter().map(|(term, value)| (term.clone(), value.clone().into_any())).collect();
    let withdraw = s.withdraw.clone().map(|action| {
        view! {
            <details class="more-below">
                <summary>{say!(w, "forms-withdraw")}</summary>
                <p>{say!(w, "forms-withdraw-hint")}</p>
                <form class="form" method="post" action=action>
                    {form_key()}
                    <button class="button button-danger" type="submit">{say!(w, "forms-withdraw-button")}</button>
                </form>
            </details>
        }
        .into_any()
    });
    view! {
        <section class="card" aria-labelledby="signed">
            <h2 id="signed">{say!(w, "forms-signature")}</h2>
            {facts(rows)}
            <p class="actions">
                <a class="button" href=s.copy.clone()>{say!(w, "forms-copy")}</a>" "
                <a class="button" href=s.pdf.clone() download="">{say!(w, "forms-pdf")}</a>
            </p>
            {withdraw}
        </section>
    }
    .into_any()
}

/// The other signatures on the same text.
fn earlier(links: &[Link]) -> Option<AnyView> {
    (!links.is_empty()).then(|| {
        let rows: Vec<AnyView> = links
            .iter()
            .map(|link| view! { <li><a href=link.href.clone()>{link.text.clone()}</a></li> }.into_any())
            .collect();
        view! {
            <section class="card" aria-labelledby="earlier">
                <h2 id="earlier">{say!(words(), "forms-earlier")}</h2>
                <ul>{rows}</ul>
            </section>
        }
        .into_any()
    })
}

/// Sample models: to be signed, refused, incomplete, and signed.
pub fn samples() -> Vec<Model> {
    let filled = Filled {
        title: "अनन्या <b>& Fees</b> 💛".to_owned(),
        body: "One\ntwo\n\n## A heading\n\n- a\n- b <i>".to_owned(),
        has_gaps: false,
    };
    let form = SignForm {
        action: "/portal/consents/1".to_owned(),
        statement: "I have read this text, and I agree.".to_owned(),
        hash: "ab".to_owned(),
        shown_at: "2026-11-30T10:00:00Z".to_owned(),
        ..SignForm::default()
    };
    let model = |state| Model {
        filled: filled.clone(),
        language: Language::English,
        lead: String::new(),
        state,
        earlier: vec![],
    };
    let refused = SignForm {
        needs_password: true,
        was_replaced: true,
        copies: vec![("portal".to_owned(), "In the portal".to_owned()), ("printed".to_owned(), "On paper".to_owned())],
        form: crate::ui::refused("agree", "Tick the box to agree."),
        ..form.clone()
    };
    let signed = Signed {
        facts: vec![("Name".to_owned(), "अनन्या <b>".to_owned())],
        copy: "/portal/consents/1/copy".to_owned(),
        pdf: "/portal/consents/1/copy.pdf".to_owned(),
        withdraw: Some("/portal/consents/1/withdrawal".to_owned()),
    };
    let mut gaps = model(State::ToSign(Box::new(form.clone())));
    gaps.filled.has_gaps = true;
    let mut last = model(State::Signed(Box::new(signed)));
    last.earlier = vec![Link::new("/portal/consents/2", "Version 1, signed on 3 November 2026")];
    vec![model(State::ToSign(Box::new(form))), model(State::ToSign(Box::new(refused))), gaps, last]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn incomplete_text_cannot_be_signed_and_a_signed_one_can_be_withdrawn() {
        let html: Vec<String> = samples().iter().map(|m| Owner::new().with(|| view(m).to_html())).collect();
        assert!(html[0].contains("name=\"typed_name\"") && html[0].contains("value=\"ab\""), "{}", html[0]);
        assert!(!html[0].contains("current_password") && html[1].contains("current_password"));
        assert!(!html[2].contains("typed_name"), "{}", html[2]);
        assert!(html[3].contains("/portal/consents/1/withdrawal") && !html[3].contains("typed_name"));
    }
}
