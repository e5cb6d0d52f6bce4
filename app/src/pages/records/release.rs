//! The pages of a release to a third party, for the therapist: the form that
//! prepares it, and the page with its signatures, from which it is sent.

use domain::{
    clients::client::Seat,
    ids::{ClientId, HandoverId, ReleaseId},
    records::release::{Manner, ReleaseKind, Term, own_field},
};
use leptos::prelude::*;

use crate::{
    islands::UnsavedGuard,
    ui::{Field, FormState, Tone, badge, card, error_summary, facts, form_key, page_head, submit},
};

/// The view model of the form that prepares a release.
#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    /// The names of the client's people.
    pub title: String,
    /// The people of the client, by seat.
    pub people: Vec<(Seat, String)>,
    /// The templates of signed notes: id and title.
    pub templates: Vec<(String, String)>,
    /// The documents of the joint record: id and title.
    pub documents: Vec<(String, String)>,
    /// The documents of one partner's record: seat, id and title.
    pub own_documents: Vec<(Seat, String, String)>,
    /// The partners who may release what is theirs alone without the other, by the
    /// policy that both have signed.
    pub alone: Vec<Seat>,
    pub form: FormState,
}

/// The options of a closed set of words.
macro_rules! options {
    ($set:ident) => {
        $set::ALL.iter().map(|word| (word.word().to_owned(), word.label().to_owned())).collect::<Vec<_>>()
    };
}

/// Renders the form that prepares a release.
pub fn view(m: &Model) -> AnyView {
    let lead = if m.people.len() > 1 {
        "Each partner signs alone. Nothing is sent before both have, and either can withdraw until you send it."
    } else {
        "The client signs it, and can withdraw until you send it."
    };
    let range = vec![
        ("signature".to_owned(), "The day of the last signature".to_owned()),
        ("day".to_owned(), "Another day".to_owned()),
    ];
    view! {
        {page_head("New release", lead, vec![])}
        <UnsavedGuard form="release".to_owned()/>
        <form class="form" id="release" method="post" action=format!("/clients/{}/releases", m.client) novalidate>
            {form_key()}
            {error_summary(&m.form)}
            {Field::new(&m.form, "kind", "What do you release?").radios(options!(ReleaseKind))}
            {card("To whom, and why", view! {
                {Field::new(&m.form, "recipient", "Recipient").required().text()}
                {Field::new(&m.form, "address", "Address").required().area(3)}
                {Field::new(&m.form, "manner", "How will it be sent?").hint("You send it yourself. Duologue makes the files.").radios(options!(Manner))}
                {Field::new(&m.form, "purpose", "Purpose").required().area(3)}
                {Field::new(&m.form, "by", "Released by").required().text()}
            }.into_any())}
            {card("Which days", view! {
                {Field::new(&m.form, "from", "First day").hint("Leave it empty to begin with the record.").date()}
                {Field::new(&m.form, "range", "Include notes up to").radios(range)}
                {Field::new(&m.form, "until", "Which day?").unmarked().date()}
            }.into_any())}
            {contents(m)}
            {own_parts(m)}
            {signs(m)}
            {card("Until when", view! {
                {Field::new(&m.form, "term", "When does it end?").radios(options!(Term))}
                {Field::new(&m.form, "ends_on", "Last day to send it").required().date()}
            }.into_any())}
            {submit("Ask for signatures")}
        </form>
    }
    .into_any()
}

/// What leaves of the joint record.
fn contents(m: &Model) -> AnyView {
    let title = if m.people.len() > 1 { "What is sent of the joint record" } else { "What is sent" };
    let templates = (!m.templates.is_empty()).then(|| {
        Field::new(&m.form, "templates", "Only notes of these kinds")
            .hint("Tick none for all kinds.")
            .ticks(m.templates.clone())
    });
    let documents =
        (!m.documents.is_empty()).then(|| Field::new(&m.form, "documents", "Documents").ticks(m.documents.clone()));
    card(
        title,
        view! {
            <p class="hint">"Not for process notes: those are sent alone."</p>
            {Field::new(&m.form, "notes", "Signed notes of these days").tick()}
            {templates}
            {documents}
            {Field::new(&m.form, "attendance", "List of joint sessions with who attended").tick()}
            {Field::new(&m.form, "goals", "Goals").tick()}
            {Field::new(&m.form, "exercises", "List of exercises, without answers").tick()}
        }
        .into_any(),
    )
}

/// What can leave of each partner's own part; `None`: the client is one person.
fn own_parts(m: &Model) -> Option<AnyView> {
    if m.people.len() < 2 {
        return None;
    }
    let parts: Vec<AnyView> = m
        .people
        .iter()
        .map(|(seat, name)| {
            let documents: Vec<(String, String)> = m
                .own_documents
                .iter()
                .filter(|(of, ..)| of == seat)
                .map(|(_, id, title)| (id.clone(), title.clone()))
                .collect();
            let documents = (!documents.is_empty()).then(|| {
                Field::new(&m.form, own_field(*seat, "documents"), format!("Documents of {name}")).ticks(documents)
            });
            view! {
                {Field::new(&m.form, own_field(*seat, "notes"), format!("Signed notes about {name} alone")).tick()}
                {documents}
            }
            .into_any()
        })
        .collect();
    Some(card(
        "What may be sent of one partner’s own part",
        view! {
            <p class="hint">"It is sent only if that partner ticks it. The other sees nothing of it."</p>
            {parts}
        }
        .into_any(),
    ))
}

/// Who signs; `None`: there is no choice.
fn signs(m: &Model) -> Option<AnyView> {
    if m.alone.is_empty() {
        return None;
    }
    let mut options = vec![(String::new(), "Both".to_owned())];
    options.extend(
        m.people
            .iter()
            .filter(|(seat, _)| m.alone.contains(seat))
            .map(|(seat, name)| (seat.word().to_owned(), format!("{name} alone, for their own part only"))),
    );
    Some(
        Field::new(&m.form, "signs", "Who signs?")
            .hint("Their policy lets each decide about their own sessions.")
            .unmarked()
            .select(options),
    )
}

/// The view model of the page of a release.
#[derive(Clone, Debug)]
pub struct ReleaseModel {
    pub id: ReleaseId,
    pub recipient: String,
    /// The state, with its tone.
    pub state: (Tone, String),
    /// What was signed: term and value.
    pub terms: Vec<(String, String)>,
    /// What leaves, as it was signed.
    pub what: Vec<String>,
    pub signers: Vec<SignerItem>,
    /// What leaves now; `None`: it is not ready to send.
    pub leaving: Option<Vec<String>>,
    /// Whether it can be closed.
    pub can_close: bool,
    /// When it was sent, each with its handover.
    pub sent: Vec<(HandoverId, String)>,
}

/// A person who signs.
#[derive(Clone, Debug)]
pub struct SignerItem {
    pub name: String,
    pub state: (Tone, String),
    /// Whether their own part leaves, in words; empty: none is offered.
    pub own: String,
}

/// Renders the page of a release.
pub fn release_view(m: &ReleaseModel) -> AnyView {
    let terms = m
        .terms
        .iter()
        .map(|(term, value)| (term.clone(), view! { <span class="lines">{value.clone()}</span> }.into_any()));
    let what = lines(&m.what);
    let signers: Vec<AnyView> = m
        .signers
        .iter()
        .map(|signer| {
            let own = (!signer.own.is_empty()).then(|| view! { " "<span class="muted">{signer.own.clone()}</span> }.into_any());
            view! { <li class="row"><span>{signer.name.clone()}{own}</span>{badge(signer.state.0, signer.state.1.clone())}</li> }.into_any()
        })
        .collect();
    let sent: Vec<AnyView> = m
        .sent
        .iter()
        .map(|(id, when)| {
            view! { <li><a class="row-link" href=format!("/handovers/{id}")>{format!("Sent on {when}")}</a></li> }
                .into_any()
        })
        .collect();
    let sent = (!sent.is_empty()).then(|| card("What was sent", view! { <ul class="rows">{sent}</ul> }.into_any()));
    let close = m.can_close.then(|| {
        view! {
            <form method="post" action=format!("/releases/{}/close", m.id)>
                {form_key()}
                <p class="hint">"The clients read only that it is no longer open."</p>
                <p><button class="button" type="submit">"Close release"</button></p>
            </form>
        }
        .into_any()
    });
    view! {
        {page_head(format!("Release to {}", m.recipient), "", vec![])}
        <p>{badge(m.state.0, m.state.1.clone())}</p>
        {card("What is signed", view! { {facts(terms.collect())}<h3>"What is sent"</h3>{what} }.into_any())}
        {card("Signatures", view! { <ul class="rows">{signers}</ul> }.into_any())}
        {m.leaving.as_ref().map(|leaving| send_card(format!("/releases/{}/send", m.id), leaving, None))}
        {sent}
        {close}
    }
    .into_any()
}

/// A list of lines; a sentence if there is none.
pub(crate) fn lines(lines: &[String]) -> AnyView {
    if lines.is_empty() {
        return view! { <p class="empty">"Nothing."</p> }.into_any();
    }
    let lines: Vec<AnyView> = lines.iter().map(|line| view! { <li>{line.clone()}</li> }.into_any()).collect();
    view! { <ul>{lines}</ul> }.into_any()
}

/// The card from which a release or a disclosure is sent: what leaves now, and the
/// button. `hint` is a further sentence above it.
pub(crate) fn send_card(action: String, leaving: &[String], hint: Option<&'static str>) -> AnyView {
    let form = if leaving.is_empty() {
        view! { <p class="empty">"No signed note or document fits yet."</p> }.into_any()
    } else {
        view! {
            <form method="post" action=action>
                {form_key()}
                {hint.map(|hint| view! { <p>{hint}</p> }.into_any())}
                <p class="hint">"This makes a PDF and a data file of each part, which stay on record. Then send them yourself."</p>
                <p><button class="button button-primary" type="submit">"Make the files and record as sent"</button></p>
            </form>
        }
        .into_any()
    };
    card("Ready to send", view! { <p>"To be sent now:"</p>{lines(leaving)}{form} }.into_any())
}

/// Sample models of the form: a couple; an individual with a refused form.
pub fn samples() -> Vec<Model> {
    let couple = Model {
        client: ClientId::from(uuid::Uuid::from_u128(1)),
        title: "Amara & <b>Jonas</b>".into(),
        people: vec![(Seat::A, "Amara".into()), (Seat::B, "अनन्या <b>Jonas</b>".into())],
        templates: vec![("t".into(), "Couple session".into())],
        documents: vec![("d".into(), "Letter <of> the clinic".into())],
        own_documents: vec![(Seat::A, "e".into(), "Report".into())],
        alone: vec![Seat::A, Seat::B],
        form: FormState::default(),
    };
    let refused = Model {
        people: vec![(Seat::A, "N".repeat(200))],
        templates: vec![],
        documents: vec![],
        own_documents: vec![],
        alone: vec![],
        form: crate::ui::refused("recipient", "Enter the name of the recipient."),
        ..couple.clone()
    };
    vec![couple, refused]
}

/// Sample models of the page: waiting for signatures; ready; sent.
pub fn release_samples() -> Vec<ReleaseModel> {
    let waiting = ReleaseModel {
        id: ReleaseId::from(uuid::Uuid::from_u128(2)),
        recipient: "Dr <Weiss>".into(),
        state: (Tone::Wait, "Not signed by everyone".into()),
        terms: vec![("Purpose".into(), "A second opinion\nsoon".into())],
        what: vec!["Signed notes".into()],
        signers: vec![SignerItem {
            name: "अनन्या <b>शर्मा</b>".into(),
            state: (Tone::Good, "Signed on 3 November".into()),
            own: "own part released".into(),
        }],
        leaving: None,
        can_close: true,
        sent: vec![],
    };
    let ready = ReleaseModel { leaving: Some(vec!["Note of 3 November".into()]), ..waiting.clone() };
    let empty = ReleaseModel { leaving: Some(vec![]), what: vec![], signers: vec![], ..waiting.clone() };
    let sent = ReleaseModel {
        can_close: false,
        sent: vec![(HandoverId::from(uuid::Uuid::from_u128(3)), "3 November".into())],
        ..waiting.clone()
    };
    vec![waiting, ready, empty, sent]
}
