//! The page on which a supervisor reads a note of a supervised therapist and
//! co-signs it, or returns it with a comment.

use domain::ids::NoteId;
use leptos::prelude::*;

use crate::pages::exercises::parts::paragraphs;
use crate::ui::{Field, FormState, card, error_summary, facts, form_key, page_head};

/// The view model of the page.
#[derive(Clone, Debug)]
pub struct Model {
    pub note: NoteId,
    /// The names of the client's people.
    pub title: String,
    /// What the note is, such as "Couple session".
    pub kind: String,
    /// The author's name.
    pub author: String,
    /// Whose record it belongs to, in words.
    pub scope: String,
    /// When it was signed.
    pub signed: String,
    /// The lines of its header, each with its label.
    pub header: Vec<(String, String)>,
    /// Its sections: heading and text.
    pub sections: Vec<(String, String)>,
    /// Who co-signed it and when; empty: nobody did.
    pub cosigned: String,
    /// Earlier comments with which it was returned: who and when, and the text.
    pub comments: Vec<(String, String)>,
    /// The revision of the text that is shown: only this one is answered.
    pub revision: i64,
    /// Whether it can be co-signed or returned.
    pub is_open: bool,
    /// The fields `current_password` and `comment`.
    pub form: FormState,
}

/// Renders the page.
pub fn view(m: &Model) -> AnyView {
    let mut about = vec![
        ("Client".to_owned(), m.title.clone().into_any()),
        ("Author".to_owned(), m.author.clone().into_any()),
        ("Record".to_owned(), m.scope.clone().into_any()),
        ("Signed".to_owned(), m.signed.clone().into_any()),
    ];
    if !m.cosigned.is_empty() {
        about.push(("Co-signed".to_owned(), m.cosigned.clone().into_any()));
    }
    about.extend(m.header.iter().map(|(label, value)| (label.clone(), value.clone().into_any())));
    view! {
        {page_head(m.kind.clone(), "You read this note as the author’s supervisor. Opening it is recorded.", vec![])}
        {error_summary(&m.form)}
        {facts(about)}
        <article class="card">{sections(&m.sections)}</article>
        {comments(&m.comments)}
        {m.is_open.then(|| answers(m))}
    }
    .into_any()
}

/// The sections of a note; one section alone has no heading.
pub fn sections(sections: &[(String, String)]) -> AnyView {
    let alone = sections.len() == 1;
    let parts: Vec<AnyView> = sections
        .iter()
        .map(|(label, text)| {
            let heading = (!alone).then(|| view! { <h2>{label.clone()}</h2> });
            view! { <section>{heading}{paragraphs(text)}</section> }.into_any()
        })
        .collect();
    parts.into_any()
}

/// The comments with which a note was returned; `None`: it was not.
pub fn comments(comments: &[(String, String)]) -> Option<AnyView> {
    let rows: Vec<AnyView> = comments
        .iter()
        .map(|(by, text)| view! { <li><p class="muted">{by.clone()}</p>{paragraphs(text)}</li> }.into_any())
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section aria-labelledby="comments">
                <h2 id="comments">"Returned before"</h2>
                <ul class="rows">{rows}</ul>
            </section>
        }
        .into_any()
    })
}

/// The two forms: to co-sign the note, and to return it.
fn answers(m: &Model) -> AnyView {
    let action = format!("/cosign/{}", m.note);
    let sign = view! {
        <form class="form" method="post" action=action.clone()>
            {form_key()}
            <input type="hidden" name="revision" value=m.revision.to_string()/>
            {Field::new(&m.form, "current_password", "Your password").required().autocomplete("current-password").password()}
            <p class="hint">"The note is locked from then on. Only addenda are possible."</p>
            <p class="form-actions"><button class="button button-primary" type="submit" name="do" value="sign">"Co-sign note"</button></p>
        </form>
    };
    let back = view! {
        <form class="form" method="post" action=action>
            {form_key()}
            <input type="hidden" name="revision" value=m.revision.to_string()/>
            {Field::new(&m.form, "comment", "What is to be changed").hint("The author reads this above the note.").required().area(5)}
            <p class="form-actions"><button class="button" type="submit" name="do" value="return">"Return note"</button></p>
        </form>
    };
    view! { <div class="columns after">{card("Co-sign", sign.into_any())}{card("Return", back.into_any())}</div> }
        .into_any()
}

/// The view model of a note that was answered or taken back in the meantime.
#[derive(Clone, Debug, Default)]
pub struct Settled {
    /// The comment that was typed for it; empty: none was.
    pub comment: String,
}

/// Renders the page of a note that was answered or taken back in the meantime.
pub fn settled_view(m: &Settled) -> AnyView {
    let typed = (!m.comment.is_empty()).then(|| {
        view! {
            <p>"Your comment was not sent. Copy it if you need it:"</p>
            <blockquote>{paragraphs(&m.comment)}</blockquote>
        }
        .into_any()
    });
    view! {
        {page_head("Already answered", "This note was co-signed, returned or changed in the meantime.", vec![])}
        {typed}
        <p class="after"><a class="button" href="/notes?tab=cosign">"Notes to co-sign"</a></p>
    }
    .into_any()
}

/// Sample models: a note to co-sign, a refused form, and a note that is co-signed.
pub fn samples() -> Vec<Model> {
    let open = Model {
        note: NoteId::from(uuid::Uuid::from_u128(7)),
        title: "Amara & <b>Jonas</b>".into(),
        kind: "Couple session".into(),
        author: "अनन्या 💛".into(),
        scope: "Both partners (joint record)".into(),
        signed: "23 November 2026, 11:04".into(),
        header: vec![("Date".into(), "Mon 23 Nov 2026".into()), ("Place".into(), "N".repeat(120))],
        sections: vec![
            ("What happened".into(), "They came in <quietly>.\n\nअगली बार: listen first.".into()),
            ("Plan".into(), "Walks".into()),
        ],
        cosigned: String::new(),
        comments: vec![("Vera, 22 November 2026, 10:00".into(), "Add the <risk>.".into())],
        revision: 2,
        is_open: true,
        form: FormState::default(),
    };
    let refused = Model { form: crate::ui::refused("comment", "Write what is to be changed."), ..open.clone() };
    let done = Model {
        is_open: false,
        cosigned: "Vera, 23 November 2026, 12:00".into(),
        sections: vec![("Note".into(), "One text.".into())],
        comments: vec![],
        ..open.clone()
    };
    vec![open, refused, done]
}

/// Sample models of a note that was answered in the meantime.
pub fn settled_samples() -> Vec<Settled> {
    vec![Settled::default(), Settled { comment: "Add the <risk>.".into() }]
}
