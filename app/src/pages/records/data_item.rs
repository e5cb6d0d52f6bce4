//! The page on which a clinician decides about one note or document of a person's
//! request for a copy of their data.

use domain::records::own_data::{Decision, Ground, ItemKind};
use leptos::prelude::*;

use crate::pages::exercises::parts::paragraphs;
use crate::ui::{Field, FormState, error_summary, facts, form_key, page_head, submit};

/// The view model of the page.
#[derive(Clone, Debug)]
pub struct Model {
    pub request: String,
    pub item: String,
    /// The name of the person who asks.
    pub name: String,
    pub kind: ItemKind,
    pub when: String,
    /// The title of the note's template, or of the document; may be empty.
    pub title: String,
    /// The author of the note; empty for a document.
    pub author: String,
    /// The text of the note; empty for a document.
    pub text: String,
    /// The address of the document; `None`: it is a note.
    pub document: Option<String>,
    /// Who decided last, and when; `None`: nobody yet.
    pub decided: Option<String>,
    /// Whether it can be decided; otherwise the part is finished.
    pub is_open: bool,
    /// The fields `decision`, `ground`, `reason`, `text` and `revision`.
    pub form: FormState,
}

/// The sentence about who else learns of the decision.
const fn hint(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::JointNote | ItemKind::JointDocument => {
            "It is about both. If you leave it out, they are told that, and the ground."
        }
        ItemKind::OwnNote | ItemKind::OwnDocument => {
            "It is included unless you leave it out. Then they are told that, and the ground."
        }
        ItemKind::OtherNote => "It is left out unless you write an excerpt. They aren’t told that it exists.",
        ItemKind::ProcessNote => {
            "Only you decide. If you leave it out, they aren’t told that it exists. If you include it, it is in the copy."
        }
    }
}

/// Renders the page.
pub fn view(m: &Model) -> AnyView {
    let mut about = vec![("Date".to_owned(), m.when.clone().into_any())];
    for (term, value) in [("Title", &m.title), ("Author", &m.author)] {
        if !value.is_empty() {
            about.push((term.to_owned(), value.clone().into_any()));
        }
    }
    if let Some(decided) = &m.decided {
        about.push(("Decided".to_owned(), decided.clone().into_any()));
    }
    let content = match &m.document {
        Some(href) => view! { <p><a class="button" href=href.clone()>"Open document"</a></p> }.into_any(),
        None => view! { <article class="card">{paragraphs(&m.text)}</article> }.into_any(),
    };
    let decide = if m.is_open {
        form(m)
    } else {
        view! { <p class="hint">"This part is finished. The decision can’t be changed any more."</p> }.into_any()
    };
    view! {
        {page_head(m.kind.label(), hint(m.kind), vec![])}
        {error_summary(&m.form)}
        {facts(about)}
        {content}
        {decide}
    }
    .into_any()
}

/// The form with the decision.
fn form(m: &Model) -> AnyView {
    let action = format!("/data-requests/{}/items/{}", m.request, m.item);
    let options = |of: &[Decision]| of.iter().map(|d| (d.word().to_owned(), d.label().to_owned())).collect();
    let grounds = Ground::ALL.iter().map(|g| (g.word().to_owned(), g.label().to_owned())).collect();
    let text = m.kind.decisions().contains(&Decision::Redacted).then(|| {
        Field::new(&m.form, "text", "Edited copy")
            .unmarked()
            .hint("Only for an edited copy. The note itself is not changed.")
            .area(14)
    });
    view! {
        <form class="form" method="post" action=action novalidate>
            {form_key()}
            <input type="hidden" name="revision" value=m.form.form.get("revision").to_owned() autocomplete="off"/>
            {Field::new(&m.form, "decision", "Is it in the copy?").required().radios(options(m.kind.decisions()))}
            {text}
            {Field::new(&m.form, "ground", "If you leave it out: the ground they are told").unmarked().select(grounds)}
            {Field::new(&m.form, "reason", "Your reason").hint("Kept with the request. They don’t read it.").area(4)}
            {submit("Save decision")}
        </form>
    }
    .into_any()
}

/// Sample models: a note to decide; a note of the other partner; a document; a
/// refused form; a finished part.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};
    let note = Model {
        request: "00000000-0000-0000-0000-000000000001".into(),
        item: "00000000-0000-0000-0000-000000000002".into(),
        name: "Amara".into(),
        kind: ItemKind::JointNote,
        when: "Mon 23 Nov".into(),
        title: "Couple session".into(),
        author: "Dr Ruth Abrahams".into(),
        text: "They came in <quietly> & left laughing. 💛\n\nअगली बार: listen first.".into(),
        document: None,
        decided: None,
        is_open: true,
        form: FormState::new(Form::from_pairs([("revision", "0")])),
    };
    let other = Model { kind: ItemKind::OtherNote, decided: Some("Ruth, Mon 23 Nov, 10:00".into()), ..note.clone() };
    let document = Model {
        kind: ItemKind::OwnDocument,
        document: Some("/documents/3".into()),
        author: String::new(),
        text: String::new(),
        ..note.clone()
    };
    let refused = Model {
        kind: ItemKind::ProcessNote,
        form: FormState {
            form: Form::from_pairs([("decision", "out"), ("text", "</textarea><script>x</script>"), ("revision", "1")]),
            errors: Errors::at_field("ground", "Choose what they are told."),
        },
        ..note.clone()
    };
    let finished = Model { is_open: false, title: "N".repeat(200), ..note.clone() };
    vec![note, other, document, refused, finished]
}
