//! The page of a therapist's note. The therapist chooses whose record it
//! belongs to before the first word; a signed note cannot be changed.

use domain::{
    ids::{ClientId, NoteId, SessionId},
    records::note::NoteScope,
};
use leptos::prelude::*;

use crate::pages::exercises::parts::paragraphs;
use crate::{
    islands::AutosaveNote,
    ui::{Field, FormState, error_summary, facts, form_key, page_head},
};

/// The view model of the page of a note.
#[derive(Clone, Debug)]
pub struct Model {
    pub client: ClientId,
    pub title: String,
    /// The id; `None` for a note that has not been saved yet.
    pub id: Option<NoteId>,
    /// The session that it is about: id and time; `None` if it is about none.
    pub session: Option<(SessionId, String)>,
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
        (None, None, Some(_)) => "Note, not signed yet",
    };
    let mut about = vec![(
        "Client".to_owned(),
        view! { <a href=format!("/clients/{}", m.client)>{m.title.clone()}</a> }.into_any(),
    )];
    if let Some((id, when)) = &m.session {
        about.push(("Session".to_owned(), view! { <a href=format!("/sessions/{id}")>{when.clone()}</a> }.into_any()));
    }
    if let Some((id, when)) = &m.amends {
        about.push((
            "Amends".to_owned(),
            view! { <a href=format!("/notes/{id}")>{format!("the note of {when}")}</a> }.into_any(),
        ));
    }
    if let Some(at) = &m.signed {
        about.push(("Signed".to_owned(), at.clone().into_any()));
    } else if let Some(at) = &m.saved_at {
        about.push(("Saved".to_owned(), at.clone().into_any()));
    }
    let content = if m.signed.is_some() { signed_note(m) } else { around(m) };
    view! {
        {page_head(heading, "", vec![])}
        {facts(about)}
        {content}
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
    let amend = m.id.map(|id| view! { <p><a class="button" href=format!("/clients/{}/notes/new?amends={id}", m.client)>"Write an amendment"</a></p> }.into_any());
    view! {
        <p>{format!("In the record of: {scope}")}</p>
        <article class="card">{paragraphs(m.form.form.get("body"))}</article>
        <p class="hint">"A signed note stays as it is. What has to be put right is added as an amendment."</p>
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
        .map(|(id, _)| view! { <input type="hidden" name="session" value=id.to_string()/> }.into_any());
    let amends =
        m.amends.as_ref().map(|(id, _)| view! { <input type="hidden" name="amends" value=id.to_string()/> }.into_any());
    let alone = match chosen_scope(m) {
        Some(NoteScope::PartnerA | NoteScope::PartnerB) => "The other partner’s portal shows nothing of this.",
        _ => "No portal shows anything of a note, not even that there is one.",
    };
    let alone = view! { <p class="notice">{alone}</p> }.into_any();
    let scopes = m.scopes.iter().map(|(scope, label)| (scope.word().to_owned(), label.clone())).collect();
    view! {
        <form id="note" class="form" method="post" action=action novalidate>
            {form_key()}
            <input type="hidden" name="note" value=m.id.map(|id| id.to_string()).unwrap_or_default() autocomplete="off"/>
            {session}
            {amends}
            {Field::new(&m.form, "scope", "Whose record does this note belong to?").hint("Choose before you write.").radios(scopes)}
            {alone}
            {Field::new(&m.form, "body", "Note").required().area(16)}
            {Field::new(&m.form, "read_through", "I have read it through, and want to sign it").hint("Nobody can change a signed note, you neither. Until then you can go on writing.").tick()}
            <div class="form-actions">
                <button class="button button-primary" type="submit" name="do" value="save">"Save"</button>
                <button class="button" type="submit" name="do" value="sign">"Save and sign"</button>
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
        session: Some((SessionId::from(uuid(2)), "Mon 23 Nov, 10:00".into())),
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
            errors: Errors::at_field("scope", "Please choose whose record this note belongs to."),
        },
        ..new.clone()
    };
    let signed = Model { signed: Some("Mon 23 Nov, 11:10".into()), ..half.clone() };
    vec![new, half, refused, signed]
}
