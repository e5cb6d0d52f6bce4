//! A partner's own forms: the list, the page of a text to read and sign, withdrawing,
//! and the copies. Nothing here depends on what the other partner does.

use app::{
    pages::records::{
        forms::{self, Item, Section},
        own_form::{self, Model, SignForm, Signed, State},
    },
    say, sheet,
    ui::{FormState, Link, shell::Notice},
    words::Words,
};
use chrono::{DateTime, Utc};
use domain::{
    clients::person::Zone,
    form::{Errors, Form},
    ids::{AskId, ConsentTextId},
    records::consents::{ConsentKind, CopyGiven, TypedSignature},
    zone,
};
use store::{AskStatus, ConsentState, Evidence, OwnAsk, Shown, SignOutcome, SignedBy, SignedText};

use super::{form_words, intake, own_releases};
use crate::{
    access::{Partner, Public, SignedIn, again, origin::Origin},
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, without_passwords},
    page::{Page, redirect_with},
    pdf,
};

/// GET /portal/forms: what there is to sign and fill in, and what is on file.
pub async fn index(partner: Partner, page: Page) -> Answer {
    let (zone, w) = (page.zone(), page.words());
    let mut sections = vec![intake::own::portal_section(&partner, w).await?];
    sections.push(section(&partner, &zone, w).await?);
    sections.extend(own_releases::portal_sections(&partner, &zone, w).await?);
    page.ok(&say!(w, "forms-title"), forms::Model { sections }, forms::view).await
}

/// The section of agreements and notices: what is open, and the latest signature on
/// each text. Releases have a section of their own.
async fn section(partner: &Partner, zone: &Zone, w: Words) -> store::Result<Section> {
    let states = partner.own_consents().await?;
    let mut shown: Vec<&ConsentState> = Vec::new();
    for state in states.iter().rev().filter(|state| state.kind != ConsentKind::Release) {
        let is_single = state.kind == ConsentKind::Confidences || state.status.is_open();
        if is_single || shown.iter().all(|other| other.text != state.text || other.client != state.client) {
            shown.push(state);
        }
    }
    let items = shown.into_iter().rev().map(|state| item(state, zone, w));
    Ok(Section { title: say!(w, "forms-texts"), intro: say!(w, "forms-texts-intro"), items: items.collect() })
}

/// A text in the list.
fn item(state: &ConsentState, zone: &Zone, w: Words) -> Item {
    let day = |at: DateTime<Utc>| w.day_of_year(zone::date_of(at, zone));
    let (words, is_open) = match state.status {
        AskStatus::Open(_) => (say!(w, "forms-state-open"), true),
        AskStatus::Signed(at) | AskStatus::Replaced(at) => (say!(w, "forms-state-signed", day = day(at)), false),
        AskStatus::Withdrawn(at) => (say!(w, "forms-state-withdrawn", day = day(at)), false),
    };
    Item { label: state.title.clone(), href: address(state.ask), state: words, is_open }
}

/// The address of a text in the portal.
fn address(ask: AskId) -> String {
    format!("/portal/consents/{ask}")
}

/// GET /portal/consents/{id}: a text to read and sign, or what was signed.
pub async fn show(partner: Partner, me: SignedIn, page: Page, PathIds(id): PathIds<AskId>) -> Answer {
    match partner.own_consent(id).await?.found()? {
        OwnAsk::ToSign(shown) => {
            let title = shown.filled.title.clone();
            let model = to_sign(&me, &page, &shown, FormState::default(), false).await?;
            page.ok(&title, model, own_form::view).await
        }
        OwnAsk::Signed(signed) => {
            let model = signed_model(&partner, &page, &signed).await?;
            page.ok(&signed.filled.title.clone(), model, own_form::view).await
        }
    }
}

/// The page of a text that is to be signed.
async fn to_sign(
    me: &SignedIn,
    page: &Page,
    shown: &Shown,
    form: FormState,
    was_replaced: bool,
) -> Result<Model, Failure> {
    let form = SignForm {
        action: address(shown.ask),
        statement: form_words::statement(shown.kind, page.words()),
        hash: shown.hash.clone(),
        shown_at: me.now().to_rfc3339(),
        needs_password: shown.kind.needs_password() && !me.is_fresh().await?,
        was_replaced,
        copies: vec![],
        form,
    };
    Ok(Model {
        filled: shown.filled.clone(),
        language: shown.language,
        lead: String::new(),
        state: State::ToSign(Box::new(form)),
        earlier: vec![],
    })
}

/// The page of a text that this person has signed.
async fn signed_model(partner: &Partner, page: &Page, signed: &SignedText) -> Result<Model, Failure> {
    let (id, w) = (signed.signature.ask, page.words());
    let states = partner.own_consents().await?;
    let text: Option<ConsentTextId> = states.iter().find(|state| state.ask == id).map(|state| state.text);
    let others = states.iter().filter(|state| Some(state.text) == text && state.ask != id);
    let earlier = others.filter_map(|state| match state.status {
        AskStatus::Open(_) => None,
        AskStatus::Signed(at) | AskStatus::Withdrawn(at) | AskStatus::Replaced(at) => {
            let day = w.day_of_year(zone::date_of(at, &page.zone()));
            Some(Link::new(address(state.ask), say!(w, "forms-earlier-item", version = state.version, day = day)))
        }
    });
    let withdraw = match signed.kind {
        // A release is withdrawn on its own terms: until it is sent.
        ConsentKind::Release => own_releases::withdrawal_of(partner, id).await?,
        _ => signed.applies().then(|| format!("{}/withdrawal", address(id))),
    };
    Ok(Model {
        filled: signed.filled.clone(),
        language: signed.signature.language,
        lead: String::new(),
        earlier: earlier.collect(),
        state: State::Signed(Box::new(Signed {
            facts: form_words::facts(signed, w),
            copy: format!("{}/copy", address(id)),
            pdf: format!("{}/copy.pdf", address(id)),
            withdraw,
        })),
    })
}

/// Reads a signature as a page sends it; `statement` is the sentence that was ticked.
pub(super) fn read(
    form: &Form,
    now: DateTime<Utc>,
    statement: String,
    copy: CopyGiven,
    from: &Origin,
) -> Result<SignedBy, Errors> {
    let typed = TypedSignature::read(form)?;
    Ok(SignedBy {
        typed_name: typed.typed_name,
        statement,
        shown: typed.shown,
        shown_at: domain::form::parse_instant(form.get("shown_at")).unwrap_or(now),
        copy,
        evidence: Some(Evidence { ip: from.ip.to_string(), browser: from.device.clone() }),
    })
}

/// POST /portal/consents/{id}: signs a text.
pub async fn sign(
    partner: Partner,
    me: SignedIn,
    public: Public,
    page: Page,
    from: Origin,
    PathIds(id): PathIds<AskId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let w = page.words();
    let shown = match partner.own_consent(id).await?.found()? {
        OwnAsk::ToSign(shown) => shown,
        // It was signed in another window.
        OwnAsk::Signed(_) => return Ok(redirect_with(&address(id), Notice::FormSettled)),
    };
    let statement = form_words::statement(shown.kind, w);
    let (errors, was_replaced) = match read(&form, partner.now(), statement, CopyGiven::Portal, &from) {
        // What was not read cannot be agreed to, whatever else is wrong.
        _ if form.get("shown") != shown.hash && !form.is_shown_again() => (Errors::default(), true),
        Err(errors) => (errors, false),
        Ok(by) => match check_password(&me, &public, &form, &shown, w).await? {
            Some(message) => (Errors::at_field(again::FIELD, message), false),
            None => match partner.sign_consent(id, &by).await? {
                SignOutcome::Signed(_) => return Ok(redirect_with(&address(id), Notice::FormSigned)),
                SignOutcome::Already => return Ok(redirect_with(&address(id), Notice::FormSettled)),
                SignOutcome::Replaced | SignOutcome::Unfilled => (Errors::default(), true),
                SignOutcome::NotFresh => (Errors::at_field(again::FIELD, say!(w, "forms-password-needed")), false),
                SignOutcome::Gone => return Err(Failure::NotFound),
            },
        },
    };
    // The text may have changed in this very moment: the page shows it as it is now.
    let OwnAsk::ToSign(shown) = partner.own_consent(id).await?.found()? else {
        return Ok(redirect_with(&address(id), Notice::FormSettled));
    };
    let mut form = without_passwords(form);
    if was_replaced {
        form.0.retain(|(name, _)| name != "agree");
    }
    let title = shown.filled.title.clone();
    let model = to_sign(&me, &page, &shown, FormState { form, errors }, was_replaced).await?;
    page.invalid(&title, model, own_form::view).await
}

/// The sentence to show at the password, if this kind of text needs one; `None`: it is
/// right, or not needed.
async fn check_password(
    me: &SignedIn,
    public: &Public,
    form: &Form,
    shown: &Shown,
    w: Words,
) -> Result<Option<String>, Failure> {
    if !shown.kind.needs_password() {
        return Ok(None);
    }
    again::check(me, public, form, w).await
}

/// POST /portal/consents/{id}/withdrawal: withdraws a signature.
pub async fn withdraw(partner: Partner, PathIds(id): PathIds<AskId>) -> Answer {
    let done = partner.withdraw_consent(id).await?.found()?;
    Ok(redirect_with(&address(id), if done { Notice::FormWithdrawn } else { Notice::FormSettled }))
}

/// The text with this id that the person has signed.
async fn signed_text(partner: &Partner, id: AskId) -> Result<SignedText, Failure> {
    match partner.own_consent(id).await?.found()? {
        OwnAsk::Signed(signed) => Ok(*signed),
        OwnAsk::ToSign(_) => Err(Failure::NotFound),
    }
}

/// GET /portal/consents/{id}/copy: the copy of what was signed, to print.
pub async fn copy(partner: Partner, page: Page, PathIds(id): PathIds<AskId>) -> Answer {
    let signed = signed_text(&partner, id).await?;
    let copy = form_words::signed_copy(&signed, page.practice_name());
    page.under(address(id), signed.filled.title).ok(&copy.title.clone(), copy, sheet::view).await
}

/// GET /portal/consents/{id}/copy.pdf: the copy of what was signed as a PDF.
pub async fn copy_pdf(partner: Partner, page: Page, PathIds(id): PathIds<AskId>) -> Answer {
    let signed = signed_text(&partner, id).await?;
    let copy = form_words::signed_copy(&signed, page.practice_name());
    pdf::answer(&copy.title.clone(), &copy).await
}
