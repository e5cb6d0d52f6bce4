//! The page of a client's own documents in the portal: what they sent, what their
//! partner shared with them, and the form that sends another.

use domain::{
    ids::{ClientId, DocumentId},
    records::document::FileType,
};
use leptos::prelude::*;

use super::document_parts::{ChosenFile, file_field};
use crate::{
    say,
    ui::{Field, FormState, Pager, Tone, badge, error_summary, form_key, page_head, pager},
    words::words,
};

/// The view model of the page.
#[derive(Clone, Debug)]
pub struct Model {
    pub documents: Vec<Item>,
    pub pager: Pager,
    /// The form that sends a document; `None`: this person can't send one.
    pub form: Option<HandIn>,
}

/// A document of the list.
#[derive(Clone, Debug)]
pub struct Item {
    pub id: DocumentId,
    pub title: String,
    pub file_type: FileType,
    /// When it was sent, such as "Mon 23 Nov, 21:04".
    pub when: String,
    /// The name of the partner who shared it; empty: the reader sent it.
    pub from: String,
    pub is_shared: bool,
    /// Whether a therapist has opened it.
    pub is_opened: bool,
}

/// The form that sends a document.
#[derive(Clone, Debug)]
pub struct HandIn {
    /// The clients that it can be for, with their labels; one is not shown.
    pub clients: Vec<(ClientId, String)>,
    /// Whether there is a partner with whom it can be shared.
    pub can_share: bool,
    /// The fields `client`, `title` and `share`.
    pub form: FormState,
    /// The file that has arrived already; `None`: none.
    pub file: Option<ChosenFile>,
    /// Whether the reader has sent the same file before.
    pub is_same: bool,
}

/// Renders the page.
pub fn view(m: &Model) -> AnyView {
    let w = words();
    let lead = match m.form.as_ref().map(|form| form.can_share) {
        Some(true) => say!(w, "documents-lead"),
        Some(false) => say!(w, "documents-lead-alone"),
        None => say!(w, "documents-closed"),
    };
    let list = if m.documents.is_empty() && !m.pager.is_later() {
        view! { <p class="muted">{say!(w, "documents-none")}</p> }.into_any()
    } else {
        let rows: Vec<AnyView> = m.documents.iter().map(row).collect();
        view! { <ul class="rows">{rows}</ul>{pager(&m.pager)} }.into_any()
    };
    view! {
        {page_head(say!(w, "documents-title"), lead, vec![])}
        {m.form.as_ref().map(hand_in)}
        <section aria-labelledby="documents">
            <h2 id="documents">{say!(w, "documents-list")}</h2>
            {list}
        </section>
    }
    .into_any()
}

/// A document in the list.
fn row(d: &Item) -> AnyView {
    let w = words();
    let mark = match (d.from.is_empty(), d.is_shared) {
        (false, _) => badge(Tone::Plain, say!(w, "documents-from", name = &d.from)),
        (true, true) => badge(Tone::Good, say!(w, "documents-shared")),
        (true, false) => badge(Tone::Plain, say!(w, "documents-private")),
    };
    let opened = d.is_opened.then(|| format!(" · {}", say!(w, "documents-opened")));
    view! {
        <li>
            <a class="row-link" href=format!("/portal/documents/{}", d.id)>{d.title.clone()}</a>
            " "{mark}
            <span class="muted">{format!(" {} · {}", w.label(d.file_type), d.when)}{opened}</span>
        </li>
    }
    .into_any()
}

/// The form that sends a document.
fn hand_in(h: &HandIn) -> AnyView {
    let w = words();
    let client = match h.clients.as_slice() {
        [(only, _)] => {
            view! { <input type="hidden" name="client" value=only.to_string() autocomplete="off"/> }.into_any()
        }
        several => {
            let options = several.iter().map(|(id, label)| (id.to_string(), label.clone())).collect();
            Field::new(&h.form, "client", say!(w, "document-for")).required().radios(options)
        }
    };
    let share = h.can_share.then(|| {
        Field::new(&h.form, "share", say!(w, "document-share-too")).hint(say!(w, "document-share-hint")).tick()
    });
    let again = h.is_same.then(|| {
        view! { <button class="button" type="submit" name="again" value="yes">{say!(w, "document-again")}</button> }
            .into_any()
    });
    view! {
        <section aria-labelledby="send">
            <h2 id="send">{say!(w, "documents-hand-in")}</h2>
            {error_summary(&h.form)}
            <form class="form narrow" method="post" action="/portal/documents" enctype="multipart/form-data" novalidate>
                {form_key()}
                {file_field(&h.form, h.file.as_ref())}
                {Field::new(&h.form, "title", say!(w, "document-title")).hint(say!(w, "document-title-hint")).text()}
                {client}
                {share}
                <p class="form-actions">
                    <button class="button button-primary" type="submit">{say!(w, "document-send")}</button>
                    {again}
                </p>
            </form>
        </section>
    }
    .into_any()
}

/// The card on the portal's first page that leads to the documents. It tells
/// nothing of what is there.
pub(crate) fn portal_card() -> AnyView {
    let w = words();
    view! {
        <section class="card" aria-labelledby="documents">
            <h2 id="documents">{say!(w, "documents-title")}</h2>
            <p><a class="row-link" href="/portal/documents">{say!(w, "documents-card")}</a></p>
        </section>
    }
    .into_any()
}

/// Sample models: nothing yet; documents, two clients and a refused form; a person
/// who can't send any.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};
    let uuid = uuid::Uuid::from_u128;
    let form = HandIn {
        clients: vec![(ClientId::from(uuid(1)), "As a couple".into())],
        can_share: true,
        form: FormState::default(),
        file: None,
        is_same: false,
    };
    let item = |n: u128, from: &str, is_shared: bool| Item {
        id: DocumentId::from(uuid(n)),
        title: "Brief <an> 💛 प्रमाण पत्र".into(),
        file_type: FileType::Jpeg,
        when: "Mon 23 Nov, 21:04".into(),
        from: from.into(),
        is_shared,
        is_opened: is_shared,
    };
    let refused = HandIn {
        clients: vec![(ClientId::from(uuid(1)), "As a couple".into()), (ClientId::from(uuid(2)), "On your own".into())],
        can_share: false,
        form: FormState {
            form: Form::from_pairs([("title", "</p>"), ("share", "yes")]),
            errors: Errors::at_field("file", "Choose a file.").and(Errors::at_field("client", "Choose who it is for.")),
        },
        file: Some(ChosenFile { name: String::new(), token: "abc".into() }),
        is_same: true,
    };
    let none = Model { documents: vec![], pager: Pager::default(), form: Some(form) };
    let some = Model {
        documents: vec![item(3, "", false), item(4, "", true), item(5, &"N".repeat(200), true)],
        pager: Pager { first: None, more: Some(("/portal/documents?after=1#documents".into(), "Older")) },
        form: Some(refused),
    };
    let closed = Model { form: None, ..none.clone() };
    vec![none, some, closed]
}
