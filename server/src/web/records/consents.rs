//! The forms of a client for their therapist: asking for signatures, the page of one
//! form, and recording a signature on paper, one in the room, and a withdrawal.

use app::{
    pages::records::{
        consent::{self, AskModel, Model, PaperModel},
        forms::{Block, BlockRow},
        own_form::{self, SignForm, State},
    },
    sheet,
    ui::{FormState, Link, Tone, shell::Notice},
    words::Words,
};
use domain::{
    clients::{
        client::title,
        person::{Language, Zone},
    },
    form::{Errors, Form},
    ids::{AskId, ClientId, ConsentTextId, PersonId},
    records::{
        consents::{Blank, BlankValues, ConsentKind, CopyGiven, NewAsks, PaperSignature, blank_field},
        policy::PolicyState,
    },
    zone,
};
use store::{
    AskOutcome, AskStatus, ConsentContent, ConsentState, ConsentView, Evidence, Shown, SignOutcome, SignedText,
    TextChoice,
};

use super::{disclosures, form_words, handovers, intake, own_forms, releases};
use crate::{
    access::{Clinician, Public, SignedIn, again, origin::Origin},
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, without_passwords},
    page::{Page, redirect_with},
    pdf,
    web::clients::below_record,
};

/// The address of the tab Forms of a client's record.
fn tab_address(client: ClientId) -> String {
    format!("/clients/{client}?tab=forms")
}

/// The address of a form.
fn address(ask: AskId) -> String {
    format!("/consents/{ask}")
}

/// The parts of the tab Forms of a client's record.
pub(crate) async fn tab(
    clinician: &Clinician,
    client: ClientId,
    is_couple: bool,
    (asked, zone): (&Form, &Zone),
) -> Result<Vec<Block>, Failure> {
    let mut blocks = vec![intake::record::block(clinician, client).await?];
    if is_couple {
        blocks.push(policy_block(clinician, client).await?);
    }
    blocks.push(block(clinician, client, zone).await?);
    blocks.push(releases::block(clinician, client, asked, zone).await?);
    blocks.push(disclosures::block(clinician, client, asked, zone).await?);
    blocks.push(handovers::block(clinician, client, asked, zone).await?);
    Ok(blocks)
}

/// The part with the secrets policy.
async fn policy_block(clinician: &Clinician, client: ClientId) -> Result<Block, Failure> {
    let state = clinician.policy_state(client).await?.found()?;
    let href = format!("/clients/{client}/policy");
    let actions = match &state {
        PolicyState::None => vec![Link::new(format!("{href}/new"), "Propose a policy")],
        PolicyState::Proposed { .. } | PolicyState::InForce { .. } | PolicyState::Suspended { .. } => vec![],
    };
    let states = vec![(app::pages::records::policy::tone(&state), state.words())];
    let row = BlockRow { label: "What one partner says alone".to_owned(), href: Some(href), states };
    Ok(Block { title: "Secrets policy".to_owned(), intro: String::new(), rows: vec![row], actions })
}

/// The part with the agreements and notices: a row for each text, with the state of each
/// person.
async fn block(clinician: &Clinician, client: ClientId, zone: &Zone) -> Result<Block, Failure> {
    let states = clinician.consents(client).await?.found()?;
    let people = clinician.names(client).await?.found()?;
    let shown = states.iter().filter(|state| state.kind != ConsentKind::Release && state.policy.is_none());
    // The latest of each person and text counts; a permission is one of its own.
    let mut latest: Vec<&ConsentState> = Vec::new();
    for state in shown.rev() {
        let is_new = latest.iter().all(|other| (other.text, other.person) != (state.text, state.person));
        if is_new || state.kind == ConsentKind::Confidences {
            latest.push(state);
        }
    }
    latest.sort_by(|a, b| (a.kind, &a.title, a.person).cmp(&(b.kind, &b.title, b.person)));
    let rows = latest.into_iter().map(|state| {
        let name = people.iter().find(|(id, _)| *id == state.person).map_or("Former partner", |(_, name)| name);
        BlockRow {
            label: format!("{}: {name}", state.title),
            href: Some(address(state.ask)),
            states: vec![state_words(state.status, zone)],
        }
    });
    Ok(Block {
        title: "Agreements and notices".to_owned(),
        intro: "Each person signs alone, in their own account.".to_owned(),
        rows: rows.collect(),
        actions: vec![Link::new(format!("/clients/{client}/consents/new"), "Ask for signatures")],
    })
}

/// The state of a form, with its tone.
fn state_words(status: AskStatus, zone: &Zone) -> (Tone, String) {
    let day = |at| Words::ENGLISH.day_of_year(zone::date_of(at, zone));
    match status {
        AskStatus::Open(at) => (Tone::Wait, format!("Asked on {}", day(at))),
        AskStatus::Signed(at) => (Tone::Good, format!("Signed on {}", day(at))),
        AskStatus::Withdrawn(at) => (Tone::Care, format!("Withdrawn on {}", day(at))),
        AskStatus::Replaced(at) => (Tone::Plain, format!("Replaced on {}", day(at))),
    }
}

/// GET /clients/{id}/consents/new: the form that asks for signatures.
pub async fn new(clinician: Clinician, page: Page, PathIds(id): PathIds<ClientId>) -> Answer {
    let (choices, values) = choices(&clinician, id).await?;
    let mut form = Form::default();
    for (name, value) in &values {
        if let Ok(blank) = name.parse::<Blank>() {
            form.set(&blank_field(blank), value.as_str());
        }
    }
    let model = ask_model(&clinician, id, &choices, FormState::new(form)).await?;
    below_record(&clinician, &page, id).await?.ok("Ask for signatures", model, consent::ask_view).await
}

/// The texts that can be asked for, and what is filled in; none for a record that takes
/// no new form.
async fn choices(clinician: &Clinician, client: ClientId) -> Result<(Vec<TextChoice>, BlankValues), Failure> {
    clinician.names(client).await?.found()?;
    Ok(clinician.consent_choices(client).await?.unwrap_or_default())
}

/// The model of the form that asks for signatures.
async fn ask_model(
    clinician: &Clinician,
    client: ClientId,
    choices: &[TextChoice],
    form: FormState,
) -> Result<AskModel, Failure> {
    let people: Vec<(PersonId, String)> = clinician.names(client).await?.found()?;
    let is_asked = |blank: &Blank| choices.iter().any(|choice| choice.blanks.contains(blank));
    Ok(AskModel {
        client,
        title: title(people.iter().map(|(_, name)| name.as_str())),
        texts: choices.iter().map(|choice| (choice.id.to_string(), choice.title.clone())).collect(),
        people: people.into_iter().map(|(id, name)| (id.to_string(), name)).collect(),
        blanks: Blank::ALL.iter().copied().filter(is_asked).collect(),
        form,
    })
}

/// POST /clients/{id}/consents: asks for signatures.
pub async fn create(
    clinician: Clinician,
    page: Page,
    PathIds(id): PathIds<ClientId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let (choices, _) = choices(&clinician, id).await?;
    let blanks: Vec<(ConsentTextId, Vec<Blank>)> =
        choices.iter().map(|choice| (choice.id, choice.blanks.clone())).collect();
    let errors = match NewAsks::read(&form, &blanks) {
        Ok(new) => match clinician.ask_consents(id, &new.people, &new.texts, &new.blanks).await?.found()? {
            AskOutcome::Asked(0) => return Ok(redirect_with(&tab_address(id), Notice::FormsAskedBefore)),
            AskOutcome::Asked(_) => return Ok(redirect_with(&tab_address(id), Notice::FormsAsked)),
            AskOutcome::Unknown => Errors::of_form("The list has changed meanwhile. Choose again."),
        },
        Err(errors) => errors,
    };
    let model = ask_model(&clinician, id, &choices, FormState { form, errors }).await?;
    below_record(&clinician, &page, id).await?.invalid("Ask for signatures", model, consent::ask_view).await
}

/// The page below a client's forms.
async fn below_forms(clinician: &Clinician, page: &Page, client: ClientId) -> store::Result<Page> {
    Ok(below_record(clinician, page, client).await?.under(tab_address(client), "Forms"))
}

/// GET /consents/{id}: a form with its text, and how it was signed.
pub async fn show(clinician: Clinician, page: Page, PathIds(id): PathIds<AskId>) -> Answer {
    let view = clinician.consent(id).await?.found()?;
    let states = clinician.consents(view.client).await?.found()?;
    let model = model(&view, &states, &page.zone());
    let heading = model.filled.title.clone();
    below_forms(&clinician, &page, view.client).await?.ok(&heading, model, consent::view).await
}

/// The model of the page of a form.
fn model(view: &ConsentView, states: &[ConsentState], zone: &Zone) -> Model {
    let (id, state) = (view.state.ask, &view.state);
    let others = states.iter().filter(|other| {
        (other.text, other.person) == (state.text, state.person) && other.ask != id && !other.status.is_open()
    });
    let earlier = others
        .map(|other| {
            let words = format!("Version {}: {}", other.version, state_words(other.status, zone).1);
            Link::new(address(other.ask), words)
        })
        .collect();
    let of_a_whole = state.policy.is_some() || state.kind == ConsentKind::Release;
    let link = |path: &str, label: &str| Link::new(format!("{}/{path}", address(id)), label);
    let (filled, language, facts, actions, can_withdraw) = match &view.content {
        ConsentContent::Open(shown) => {
            let actions = if shown.filled.has_gaps {
                vec![]
            } else {
                vec![
                    link("room", "Sign in the room"),
                    link("paper", "Record a paper signature"),
                    link("copy", "Print to sign"),
                ]
            };
            (shown.filled.clone(), shown.language, vec![], actions, false)
        }
        ConsentContent::Signed(signed, evidence) => (
            signed.filled.clone(),
            signed.signature.language,
            signed_facts(signed, evidence.as_ref(), zone),
            vec![link("copy", "Show a copy"), link("copy.pdf", "Save as PDF")],
            signed.applies(),
        ),
    };
    Model {
        ask: id,
        name: view.name.clone(),
        filled,
        language,
        state: state_words(state.status, zone),
        facts,
        actions,
        can_close: state.status.is_open() && !of_a_whole,
        can_withdraw,
        earlier,
    }
}

/// How a text was signed, as the therapist reads it.
fn signed_facts(signed: &SignedText, evidence: Option<&Evidence>, zone: &Zone) -> Vec<(String, String)> {
    let mut facts = form_words::facts(signed, Words::ENGLISH);
    let mut add = |term: &str, value: String| facts.push((term.to_owned(), value));
    let at = |at| form_words::instant(at, zone, Words::ENGLISH);
    add("Shown", at(signed.shown_at));
    add("Recorded", at(signed.recorded_at));
    let minutes = (signed.recorded_at - signed.proven_at).num_minutes();
    add("Login", format!("{}, {minutes} minutes before", signed.proof.label()));
    add("Copy given", signed.copy.label().to_owned());
    if let Some(version) = signed.replaces {
        add("Replaces", format!("the signature on version {version}"));
    }
    if let Some(how) = signed.withdrawn_how {
        add("Withdrawn", how.label().to_owned());
    }
    if let Some(Evidence { ip, browser }) = evidence {
        add("From", format!("{ip}, {browser} (deleted after 90 days)"));
    }
    facts
}

/// POST /consents/{id}/close: takes a form back that was not signed.
pub async fn close(clinician: Clinician, PathIds(id): PathIds<AskId>) -> Answer {
    let client = clinician.client_of_consent(id).await?.found()?;
    let done = clinician.close_ask(id).await?.found()?;
    let notice = if done { Notice::FormTakenBack } else { Notice::FormSettled };
    Ok(redirect_with(&tab_address(client), notice))
}

/// POST /consents/{id}/withdrawal: records that the person told the therapist that they
/// withdraw it.
pub async fn withdraw(clinician: Clinician, PathIds(id): PathIds<AskId>) -> Answer {
    let done = clinician.record_consent_withdrawal(id).await?.found()?;
    let notice = if done { Notice::FormWithdrawn } else { Notice::FormSettled };
    Ok(redirect_with(&address(id), notice))
}

/// A form that can be signed; not found: it is signed, or not in the caseload.
async fn open_form(clinician: &Clinician, id: AskId) -> Result<(ConsentView, Shown), Failure> {
    let view = clinician.consent(id).await?.found()?;
    match &view.content {
        ConsentContent::Open(shown) => {
            let shown = (**shown).clone();
            Ok((view, shown))
        }
        ConsentContent::Signed(..) => Err(Failure::NotFound),
    }
}

/// GET /consents/{id}/room: the text for the person who signs in the room.
pub async fn room(clinician: Clinician, me: SignedIn, page: Page, PathIds(id): PathIds<AskId>) -> Answer {
    let (view, shown) = open_form(&clinician, id).await?;
    let model = room_model(&me, &shown, FormState::default(), false).await?;
    let heading = shown.filled.title.clone();
    below_forms(&clinician, &page, view.client).await?.ok(&heading, model, own_form::view).await
}

/// The page for a signature in the room.
async fn room_model(
    me: &SignedIn,
    shown: &Shown,
    form: FormState,
    was_replaced: bool,
) -> Result<own_form::Model, Failure> {
    let form = SignForm {
        action: format!("{}/room", address(shown.ask)),
        statement: form_words::statement(shown.kind, Words::new(shown.language)),
        hash: shown.hash.clone(),
        shown_at: me.now().to_rfc3339(),
        needs_password: shown.kind.needs_password() && !me.is_fresh().await?,
        was_replaced,
        copies: CopyGiven::ALL.iter().map(|copy| (copy.word().to_owned(), copy.label().to_owned())).collect(),
        form,
    };
    Ok(own_form::Model {
        filled: shown.filled.clone(),
        language: shown.language,
        lead: format!("{} reads and signs here. The password is yours.", shown.name),
        state: State::ToSign(Box::new(form)),
        earlier: vec![],
    })
}

/// POST /consents/{id}/room: signs in the room, on the practice's device.
pub async fn sign_in_room(
    clinician: Clinician,
    me: SignedIn,
    public: Public,
    page: Page,
    from: Origin,
    PathIds(id): PathIds<AskId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let (view, shown) = open_form(&clinician, id).await?;
    let statement = form_words::statement(shown.kind, Words::new(shown.language));
    let copy = form.get("copy").parse::<CopyGiven>();
    let mut errors = copy.as_ref().err().map(|_| Errors::at_field("copy", "Choose one of these.")).unwrap_or_default();
    let read = own_forms::read(&form, me.now(), statement, copy.unwrap_or(CopyGiven::Printed), &from);
    let mut was_replaced = false;
    match read {
        _ if form.get("shown") != shown.hash && !form.is_shown_again() => {
            (errors, was_replaced) = (Errors::default(), true);
        }
        Err(others) => errors = errors.and(others),
        Ok(by) if errors.is_empty() => {
            if shown.kind.needs_password()
                && let Some(message) = again::check(&me, &public, &form, Words::ENGLISH).await?
            {
                errors.add(again::FIELD, message);
            } else {
                match clinician.sign_consent_in_room(id, &by).await? {
                    SignOutcome::Signed(_) => return Ok(redirect_with(&address(id), Notice::FormRecorded)),
                    SignOutcome::Already => return Ok(redirect_with(&address(id), Notice::FormSettled)),
                    SignOutcome::Replaced | SignOutcome::Unfilled => was_replaced = true,
                    SignOutcome::NotFresh => errors.add(again::FIELD, "Type your password."),
                    SignOutcome::Gone => return Err(Failure::NotFound),
                }
            }
        }
        Ok(_) => {}
    }
    let (_, shown) = open_form(&clinician, id).await?;
    let mut form = without_passwords(form);
    if was_replaced {
        form.0.retain(|(name, _)| name != "agree");
    }
    let model = room_model(&me, &shown, FormState { form, errors }, was_replaced).await?;
    let heading = shown.filled.title.clone();
    below_forms(&clinician, &page, view.client).await?.invalid(&heading, model, own_form::view).await
}

/// GET /consents/{id}/paper: the form that records a signature on paper.
pub async fn paper(clinician: Clinician, me: SignedIn, page: Page, PathIds(id): PathIds<AskId>) -> Answer {
    let (view, shown) = open_form(&clinician, id).await?;
    let mut form = Form::default();
    form.set("version", shown.version.to_string());
    form.set("language", shown.language.word());
    form.set("typed_name", shown.name.as_str());
    let model = paper_model(&clinician, &me, (&view, &shown), FormState::new(form)).await?;
    below_forms(&clinician, &page, view.client).await?.ok("Signature on paper", model, consent::paper_view).await
}

/// The model of the form that records a signature on paper.
async fn paper_model(
    clinician: &Clinician,
    me: &SignedIn,
    (view, shown): (&ConsentView, &Shown),
    form: FormState,
) -> Result<PaperModel, Failure> {
    let versions = clinician.consent_versions(shown.ask).await?.found()?;
    let mut numbers: Vec<i64> = versions.iter().map(|(version, ..)| *version).collect();
    numbers.dedup();
    let languages: Vec<Language> = Language::ALL
        .iter()
        .copied()
        .filter(|language| versions.iter().any(|(_, other, _)| other == language))
        .collect();
    let documents = clinician.documents(view.client, None).await?.found()?;
    let scans = documents.rows.iter().filter(|document| !document.is_unopened());
    Ok(PaperModel {
        ask: shown.ask,
        title: shown.filled.title.clone(),
        name: view.name.clone(),
        versions: numbers.into_iter().map(|n| (n.to_string(), n.to_string())).collect(),
        languages: languages.into_iter().map(|l| (l.word().to_owned(), l.label().to_owned())).collect(),
        scans: scans.map(|document| (document.id.to_string(), document.title.clone())).collect(),
        needs_password: shown.kind.needs_password() && !me.is_fresh().await?,
        form,
    })
}

/// POST /consents/{id}/paper: records a signature on paper.
pub async fn record_paper(
    clinician: Clinician,
    me: SignedIn,
    public: Public,
    page: Page,
    PathIds(id): PathIds<AskId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let (view, shown) = open_form(&clinician, id).await?;
    let today = zone::date_of(clinician.now(), &page.practice_zone());
    let errors = match PaperSignature::read(&form, today) {
        Err(errors) => errors,
        Ok(paper) => {
            let refused = match shown.kind.needs_password() {
                true => again::check(&me, &public, &form, Words::ENGLISH).await?,
                false => None,
            };
            match refused {
                Some(message) => Errors::at_field(again::FIELD, message),
                None => {
                    let statement = form_words::statement(shown.kind, Words::new(paper.language));
                    match clinician.record_paper_consent(id, &paper, &statement).await? {
                        SignOutcome::Signed(_) => return Ok(redirect_with(&address(id), Notice::FormRecorded)),
                        SignOutcome::Already => return Ok(redirect_with(&address(id), Notice::FormSettled)),
                        SignOutcome::Replaced => Errors::at_field(
                            "version",
                            "This version does not exist in this language. Choose the language of the printed sheet.",
                        ),
                        SignOutcome::Unfilled => {
                            Errors::of_form("A blank of this text is not filled in. Cancel the form and ask again.")
                        }
                        SignOutcome::NotFresh => Errors::at_field(again::FIELD, "Type your password."),
                        SignOutcome::Gone => Errors::at_field("scan", "Choose a document of this record."),
                    }
                }
            }
        }
    };
    let state = FormState { form: without_passwords(form), errors };
    let model = paper_model(&clinician, &me, (&view, &shown), state).await?;
    below_forms(&clinician, &page, view.client).await?.invalid("Signature on paper", model, consent::paper_view).await
}

/// The sheet of a form: the copy of what was signed, or the text to sign on paper.
fn sheet_of(view: &ConsentView, practice: &str) -> app::sheet::Sheet {
    match &view.content {
        ConsentContent::Open(shown) => form_words::sheet_to_sign(shown, practice),
        ConsentContent::Signed(signed, _) => form_words::signed_copy(signed, practice),
    }
}

/// GET /consents/{id}/copy: the copy of what was signed, or the sheet to sign on paper.
pub async fn copy(clinician: Clinician, page: Page, PathIds(id): PathIds<AskId>) -> Answer {
    let view = clinician.consent(id).await?.found()?;
    let copy = sheet_of(&view, page.practice_name());
    let page = below_forms(&clinician, &page, view.client).await?;
    page.under(address(id), view.state.title).ok(&copy.title.clone(), copy, sheet::view).await
}

/// GET /consents/{id}/copy.pdf: the same as a PDF.
pub async fn copy_pdf(clinician: Clinician, page: Page, PathIds(id): PathIds<AskId>) -> Answer {
    let view = clinician.consent(id).await?.found()?;
    let copy = sheet_of(&view, page.practice_name());
    pdf::answer(&copy.title.clone(), &copy).await
}
