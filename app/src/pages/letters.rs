//! What a partner and their therapist write to each other. The same view for
//! both sides; the other partner has none.

use domain::ids::OccurrenceId;
use leptos::prelude::*;

use super::exercise::paragraphs;
use crate::{
    islands::UnsavedGuard,
    ui::{Field, FormState, error_summary, form_key, page_head, submit},
};

#[derive(Clone, Debug)]
pub struct Model {
    /// "Between you and Dr Ruth Abrahams".
    pub title: String,
    /// Who reads it, in a sentence that leaves no doubt.
    pub readers: String,
    pub threads: Vec<Thread>,
    pub back: (String, String),
    /// A sample has no request to draw an island in.
    pub guarded: bool,
}

/// One thread with a form to write on in.
#[derive(Clone, Debug)]
pub struct Thread {
    /// Named where there are several.
    pub name: String,
    pub letters: Vec<Item>,
    /// Where the form goes.
    pub action: String,
    /// Fields that go along: the client, the exercise.
    pub hidden: Vec<(String, String)>,
    /// The exercise that is written about, in words; else empty.
    pub about: String,
    pub to: String,
    pub form: FormState,
    /// Where writing is a press away: one form stands on the page at a time.
    pub elsewhere: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Item {
    pub mine: bool,
    pub by: String,
    pub when: String,
    pub about: Option<(OccurrenceId, String)>,
    pub text: String,
    /// The other side has opened it.
    pub read: bool,
}

pub fn view(m: &Model) -> AnyView {
    let several = m.threads.len() > 1;
    let threads: Vec<AnyView> = m.threads.iter().enumerate().map(|(n, t)| thread(m, n, t, several)).collect();
    view! {
        {page_head(m.title.clone(), m.readers.clone(), vec![])}
        {threads}
        <p><a href=m.back.0.clone()>{m.back.1.clone()}</a></p>
    }
    .into_any()
}

fn thread(m: &Model, n: usize, t: &Thread, several: bool) -> AnyView {
    let letters: Vec<AnyView> = t.letters.iter().map(letter).collect();
    let letters = if letters.is_empty() {
        view! { <p class="muted">"Nothing has been written yet."</p> }.into_any()
    } else {
        view! { <ol class="letters plain">{letters}</ol> }.into_any()
    };
    let head = several.then(|| view! { <h2>{t.name.clone()}</h2> }.into_any());
    let hidden: Vec<AnyView> = t
        .hidden
        .iter()
        .map(|(name, value)| {
            view! { <input type="hidden" name=name.clone() value=value.clone() autocomplete="off"/> }.into_any()
        })
        .collect();
    let about =
        (!t.about.is_empty()).then(|| view! { <p class="muted">{format!("About: {}", t.about)}</p> }.into_any());
    let id = format!("letter-{n}");
    let guard = m.guarded.then(|| view! { <UnsavedGuard form=id.clone()/> }.into_any());
    if let Some(href) = &t.elsewhere {
        let write = format!("Write to {}", t.to);
        return view! { <section class="thread">{head}{letters}<p><a class="button" href=href.clone()>{write}</a></p></section> }.into_any();
    }
    view! {
        <section class="thread">
            {head}
            {letters}
            {error_summary(&t.form)}
            <form id=id.clone() class="form narrow" method="post" action=t.action.clone() novalidate>
                {hidden}{form_key(&t.form)}{about}
                {Field::new(&t.form, "text", format!("To {}", t.to)).required().area(6)}
                {submit("Send")}
            </form>
            {guard}
        </section>
    }
    .into_any()
}

fn letter(l: &Item) -> AnyView {
    let about =
        l.about.as_ref().map(|(_, title)| view! { <p class="muted">{format!("About “{title}”")}</p> }.into_any());
    let read = (l.mine && l.read).then_some(" · read");
    let class = if l.mine { "letter letter-mine" } else { "letter" };
    view! {
        <li class=class>
            <p class="muted">{l.by.clone()}" · "{l.when.clone()}{read}</p>
            {about}
            {paragraphs(&l.text)}
        </li>
    }
    .into_any()
}

/// Nothing yet; a thread; refused, with two clients.
pub fn samples() -> Vec<Model> {
    use domain::form::{Errors, Form};
    let item = |mine: bool, text: &str| Item {
        mine,
        by: if mine { "You".into() } else { "अनन्या शर्मा 💛".repeat(10) },
        when: "Mon 23 Nov, 21:04".into(),
        about: mine.then(|| (OccurrenceId::from(uuid::Uuid::from_u128(1)), "The letter I won’t send".into())),
        text: text.into(),
        read: mine,
    };
    let thread = |letters, form| Thread {
        name: "As a couple".into(),
        letters,
        action: "/portal/letters".into(),
        hidden: vec![("client".into(), "x".into())],
        about: "How reachable we are".into(),
        to: "Dr Ruth Abrahams".into(),
        form,
        elsewhere: None,
    };
    let none = Model {
        title: "Between you and Dr Ruth Abrahams".into(),
        readers: "Dr Ruth Abrahams reads this, and whoever stands in for her.".into(),
        threads: vec![thread(vec![], FormState::default())],
        back: ("/portal".into(), "Back to your page".into()),
        guarded: false,
    };
    let some = Model {
        threads: vec![thread(
            vec![item(true, "I am <not> sure.\n\nReally."), item(false, "Thank you for telling me.")],
            FormState::default(),
        )],
        ..none.clone()
    };
    let refused = FormState {
        form: Form::from_pairs([("text", "</textarea><b>")]),
        errors: Errors::one("text", "Please write a few words."),
    };
    let two = Model {
        threads: vec![
            thread(vec![], FormState::default()),
            Thread {
                elsewhere: Some("/portal/letters?client=y".into()),
                ..thread(vec![item(true, "x")], FormState::default())
            },
        ],
        ..none.clone()
    };
    let wrong = Model { threads: vec![thread(vec![], refused)], ..none.clone() };
    vec![none, some, two, wrong]
}
