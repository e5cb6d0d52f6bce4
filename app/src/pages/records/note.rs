//! The page of a therapist's note. The record it belongs to is offered by who
//! came to the session, and the page's title, colour and banner follow the
//! choice; a signed note cannot be changed.

use domain::{
    ids::{ClientId, NoteId, SessionId},
    records::note::NoteScope,
};
use leptos::prelude::*;

use crate::pages::exercises::parts::paragraphs;
use crate::{
    islands::AutosaveNote,
    ui::{Field, FormState, error_summary, facts, form_key},
};

/// The view model of the page of a note.
#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    pub title: String,
    /// The id; `None` for a note that has not been saved yet.
    pub id: Option<NoteId>,
    /// The session that it is about; `None` if it is about none.
    pub session: Option<AboutSession>,
    /// The records that it can belong to, with the names of the people.
    pub scopes: Vec<(NoteScope, String)>,
    /// The fields `scope` and `body`.
    pub form: FormState,
    /// The time of the signature; `None` for an unsigned note.
    pub signed: Option<String>,
    /// The signed note that this one amends: id and date.
    pub amends: Option<(NoteId, String)>,
    /// The time of the last save; `None` before the first.
    pub saved_at: Option<String>,
}

/// The session that a note is about.
#[derive(Clone, Debug)]
pub struct AboutSession {
    pub id: SessionId,
    /// The start of the session, such as "Mon 23 Nov, 10:00".
    pub when: String,
    /// The names of those who came, such as "Elif and Yusuf".
    pub present: String,
}

/// Renders the page of a note.
pub fn view(m: &Model) -> AnyView {
    page(m, with_island)
}

/// Renders the page. `around` renders the form, because the island needs a
/// request and a sample has none.
pub(crate) fn page(m: &Model, around: fn(&Model) -> AnyView) -> AnyView {
    let heading = match (&m.signed, &m.amends, m.id) {
        (Some(_), ..) => "Note",
        (None, Some(_), _) => "Amendment",
        (None, None, None) => "New note",
        (None, None, Some(_)) => "Unsigned note",
    };
    let mut about = vec![(
        "Client".to_owned(),
        view! { <a href=format!("/clients/{}", m.client)>{m.title.clone()}</a> }.into_any(),
    )];
    if let Some(AboutSession { id, when, present }) = &m.session {
        about.push(("Session".to_owned(), view! { <a href=format!("/sessions/{id}")>{when.clone()}</a> }.into_any()));
        about.push(("Present".to_owned(), present.clone().into_any()));
    }
    if let Some((id, when)) = &m.amends {
        about.push((
            "Amends".to_owned(),
            view! { <a href=format!("/notes/{id}")>{format!("Note of {when}")}</a> }.into_any(),
        ));
    }
    if let Some(at) = &m.signed {
        about.push(("Signed".to_owned(), at.clone().into_any()));
    } else if let Some(at) = &m.saved_at {
        about.push(("Saved".to_owned(), at.clone().into_any()));
    }
    let content = if m.signed.is_some() { signed_note(m) } else { around(m) };
    // The style sheet shows the name of the record that is chosen in the form.
    let chosen: Vec<AnyView> = m
        .scopes
        .iter()
        .filter(|_| m.signed.is_none())
        .map(|(scope, label)| {
            let class = format!("note-of note-of-{}", scope.word());
            view! { <span class=class>{format!(" · {}", short_label(*scope, label))}</span> }.into_any()
        })
        .collect();
    view! {
        <header class="page-head"><div><h1>{heading}{chosen}</h1></div></header>
        {facts(about)}
        {content}
    }
    .into_any()
}

/// The name of a record in a title: without what is said of it in brackets.
fn short_label(scope: NoteScope, label: &str) -> String {
    match scope {
        NoteScope::Joint | NoteScope::Process => label.split(" (").next().unwrap_or(label).to_owned(),
        NoteScope::PartnerA | NoteScope::PartnerB => label.to_owned(),
    }
}

/// The sentence about who reads a note of this record.
const fn readers(scope: NoteScope) -> &'static str {
    match scope {
        NoteScope::Joint => "Part of the joint record. Clients never see notes, or that a note exists.",
        NoteScope::PartnerA | NoteScope::PartnerB => {
            "Part of one partner’s record only. The other partner’s portal shows nothing of this."
        }
        NoteScope::Process => "Private to you, and never exported.",
    }
}

/// The banner of each record; the style sheet shows the one that is chosen.
fn banners(m: &Model) -> AnyView {
    let banners: Vec<AnyView> = m
        .scopes
        .iter()
        .map(|(scope, label)| {
            let class = format!("note-banner note-banner-{}", scope.word());
            view! { <p class=class><strong>{format!("{}.", short_label(*scope, label))}</strong>" "{readers(*scope)}</p> }.into_any()
        })
        .collect();
    view! {
        {banners}
        <p class="note-banner note-banner-none">
            <strong>"No record chosen yet."</strong>" What you write is kept, private to you, until you choose."
        </p>
    }
    .into_any()
}

/// The form within the autosave island.
fn with_island(m: &Model) -> AnyView {
    let form = note_form(m);
    view! {
        {error_summary(&m.form)}
        <AutosaveNote form="note".to_owned() client=m.client.0 note=m.id.map(|id| id.0) saved_at=m.saved_at.clone().unwrap_or_default()>
            {form}
        </AutosaveNote>
    }
    .into_any()
}

/// The scope that the form has now; `None` if none is chosen.
fn chosen_scope(m: &Model) -> Option<NoteScope> {
    m.form.form.get("scope").parse().ok()
}

/// The text of a signed note, with the link to write an amendment.
fn signed_note(m: &Model) -> AnyView {
    let scope = chosen_scope(m)
        .and_then(|scope| m.scopes.iter().find(|(s, _)| *s == scope))
        .map(|(_, label)| label.clone())
        .unwrap_or_default();
    let amend = m.id.map(|id| view! { <p><a class="button" href=format!("/clients/{}/notes/new?amends={id}", m.client)>"Amend note"</a></p> }.into_any());
    view! {
        <p>{format!("Record: {scope}")}</p>
        <article class="card">{paragraphs(m.form.form.get("body"))}</article>
        <p class="hint">"Signed notes can’t be edited, only amended."</p>
        {amend}
    }
    .into_any()
}

/// The form of an unsigned note.
pub(crate) fn note_form(m: &Model) -> AnyView {
    let action = m.id.map_or_else(|| format!("/clients/{}/notes", m.client), |id| format!("/notes/{id}"));
    let session = m
        .session
        .as_ref()
        .map(|session| view! { <input type="hidden" name="session" value=session.id.to_string()/> }.into_any());
    let amends =
        m.amends.as_ref().map(|(id, _)| view! { <input type="hidden" name="amends" value=id.to_string()/> }.into_any());
    let scopes = m.scopes.iter().map(|(scope, label)| (scope.word().to_owned(), label.clone())).collect();
    view! {
        <form id="note" class="form" method="post" action=action novalidate>
            {form_key()}
            <input type="hidden" name="note" value=m.id.map(|id| id.to_string()).unwrap_or_default() autocomplete="off"/>
            {session}
            {amends}
            {Field::new(&m.form, "scope", "Whose record does this note belong to?").radios(scopes)}
            {banners(m)}
            {Field::new(&m.form, "body", "Note").required().area(16)}
            {Field::new(&m.form, "read_through", "I’ve reviewed this note").hint("Signed notes can’t be edited, only amended.").tick()}
            <div class="form-actions">
                <button class="button button-primary" type="submit" name="do" value="save">"Save note"</button>
                <button class="button" type="submit" name="do" value="sign">"Sign note"</button>
            </div>
        </form>
    }
    .into_any()
}

/// Sample models: an empty note; half a note about one partner; a refused form;
/// a signed note.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};
    let uuid = uuid::Uuid::from_u128;
    let new = Model {
        client: ClientId::from(uuid(1)),
        title: "Amara & Jonas".into(),
        id: None,
        session: Some(AboutSession {
            id: SessionId::from(uuid(2)),
            when: "Mon 23 Nov, 10:00".into(),
            present: "Amara".into(),
        }),
        scopes: NoteScope::ALL.iter().map(|s| (*s, s.label().to_owned())).collect(),
        form: FormState::default(),
        signed: None,
        amends: None,
        saved_at: None,
    };
    let body = "They came in <quietly> & left laughing. 💛\n\nअगली बार: listen first.";
    let half = Model {
        id: Some(NoteId::from(uuid(3))),
        form: FormState::new(Form::from_pairs([("scope", "partner_a"), ("body", body)])),
        saved_at: Some("Mon 23 Nov, 11:04".into()),
        ..new.clone()
    };
    let refused = Model {
        title: "N".repeat(200),
        session: None,
        amends: Some((NoteId::from(uuid(4)), "Mon 16 Nov".into())),
        form: FormState {
            form: Form::from_pairs([("body", "</textarea><script>x</script>")]),
            errors: Errors::at_field("scope", "Choose whose record this note belongs to."),
        },
        ..new.clone()
    };
    let signed = Model { signed: Some("Mon 23 Nov, 11:10".into()), ..half.clone() };
    vec![new, half, refused, signed]
}
