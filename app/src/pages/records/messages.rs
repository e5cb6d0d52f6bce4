//! The messages between a partner and their therapist. Both sides use this
//! view; the other partner has none.

use domain::{
    ids::{ClientId, OccurrenceId},
    records::policy::PolicyState,
};
use leptos::prelude::*;

use super::policy;
use crate::pages::exercises::parts::paragraphs;
use crate::{
    islands::UnsavedGuard,
    say,
    ui::{Field, FormState, Pager, Tone, badge, error_summary, form_key, page_head, pager, submit},
    words::words,
};

/// The view model of the messages page.
#[derive(Clone, Debug)]
pub struct Model {
    /// The title, such as "Messages with Dr Ruth Abrahams".
    pub title: String,
    /// A sentence that says exactly who can read the messages.
    pub readers: String,
    /// For the therapist: the couple and the state of its secrets policy; `None` for a
    /// partner, and for an individual client.
    pub policy: Option<(ClientId, PolicyState)>,
    pub threads: Vec<Thread>,
    /// Whether the form has the guard against leaving unsaved text. A sample
    /// has none, because an island needs a request.
    pub guarded: bool,
}

/// A thread of messages with a form to write another.
#[derive(Clone, Debug)]
pub struct Thread {
    /// The thread's name, shown if there are several.
    pub name: String,
    /// The messages, oldest first.
    pub messages: Vec<Item>,
    pub pager: Pager,
    /// The address to which the form is submitted.
    pub action: String,
    /// Hidden fields of the form: the client and the exercise.
    pub hidden: Vec<(String, String)>,
    /// The title of the exercise that the new message is about; may be empty.
    pub about: String,
    /// The name of the person who will read it.
    pub to: String,
    pub form: FormState,
    /// The address of the page with this thread's form, because a page has only
    /// one form; `None` on that page.
    pub elsewhere: Option<String>,
}

/// A message in a thread.
#[derive(Clone, Debug)]
pub struct Item {
    /// Whether the reader wrote it.
    pub mine: bool,
    pub by: String,
    pub when: String,
    /// The exercise that it is about: occurrence and title.
    pub about: Option<(OccurrenceId, String)>,
    pub text: String,
    /// Whether the other side has opened it.
    pub read: bool,
}

/// Renders the messages page.
pub fn view(m: &Model) -> AnyView {
    let several = m.threads.len() > 1;
    let threads: Vec<AnyView> = m.threads.iter().enumerate().map(|(n, t)| thread_section(m, n, t, several)).collect();
    view! {
        {page_head(m.title.clone(), m.readers.clone(), vec![])}
        {m.policy.as_ref().map(|(client, state)| policy::banner(*client, state))}
        {threads}
    }
    .into_any()
}

/// The section of a thread; `several` if the page has more than one.
fn thread_section(m: &Model, n: usize, t: &Thread, several: bool) -> AnyView {
    let w = words();
    let messages: Vec<AnyView> = t.messages.iter().map(message_item).collect();
    let messages = if messages.is_empty() {
        view! { <p class="muted">{say!(w, "messages-none")}</p> }.into_any()
    } else {
        view! { <ol class="thread-messages plain">{messages}</ol> }.into_any()
    };
    let messages = view! { {pager(&t.pager)}{messages} }.into_any();
    let head = several.then(|| view! { <h2>{t.name.clone()}</h2> }.into_any());
    let hidden: Vec<AnyView> = t
        .hidden
        .iter()
        .map(|(name, value)| {
            view! { <input type="hidden" name=name.clone() value=value.clone() autocomplete="off"/> }.into_any()
        })
        .collect();
    let about = (!t.about.is_empty())
        .then(|| view! { <p class="muted">{say!(w, "messages-about", title = &t.about)}</p> }.into_any());
    let id = format!("message-{n}");
    let guard = m.guarded.then(|| view! { <UnsavedGuard form=id.clone()/> }.into_any());
    if let Some(href) = &t.elsewhere {
        let write = say!(w, "messages-write", name = &t.to);
        return view! { <section class="thread" id=format!("thread-{n}")>{head}{messages}<p><a class="button" href=href.clone()>{write}</a></p></section> }.into_any();
    }
    view! {
        <section class="thread" id=format!("thread-{n}")>
            {head}
            {messages}
            {error_summary(&t.form)}
            <form id=id.clone() class="form narrow" method="post" action=t.action.clone() novalidate>
                {form_key()}
                {hidden}{about}
                {Field::new(&t.form, "text", say!(w, "messages-to", name = &t.to)).required().area(6)}
                {submit(say!(w, "messages-send"))}
            </form>
            {guard}
        </section>
    }
    .into_any()
}

/// The list item of a message.
fn message_item(l: &Item) -> AnyView {
    let w = words();
    let about = l
        .about
        .as_ref()
        .map(|(_, title)| view! { <p class="muted">{say!(w, "messages-about-title", title = title)}</p> }.into_any());
    let read = (l.mine && l.read).then(|| format!(" · {}", say!(w, "messages-read")));
    let class = if l.mine { "thread-message thread-message-mine" } else { "thread-message" };
    view! {
        <li class=class>
            <p class="muted">{l.by.clone()}" · "{l.when.clone()}{read}</p>
            {about}
            {paragraphs(&l.text)}
        </li>
    }
    .into_any()
}

/// A partner's messages on the portal's first page.
#[derive(Clone, Debug)]
pub struct MessageCount {
    /// The therapists' names.
    pub therapists: String,
    /// How many messages are unread.
    pub unread: i64,
}

/// The card on the portal's first page that leads to the messages.
pub(crate) fn portal_card(m: &MessageCount) -> AnyView {
    let w = words();
    let unread = (m.unread > 0).then(|| badge(Tone::Good, say!(w, "messages-new")));
    view! {
        <section class="card" aria-labelledby="messages">
            <h2 id="messages">{say!(w, "messages-title")}</h2>
            <p><a class="row-link" href="/portal/messages">{say!(w, "messages-with", name = &m.therapists)}</a>" "{unread}</p>
        </section>
    }
    .into_any()
}

/// Sample models: no messages; a thread; two clients; a refused form.
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
    let thread = |messages, form| Thread {
        name: "As a couple".into(),
        messages,
        pager: Pager { first: None, more: Some(("/portal/messages?older=1#thread-0".into(), "Earlier messages")) },
        action: "/portal/messages".into(),
        hidden: vec![("client".into(), "x".into())],
        about: "How reachable we are".into(),
        to: "Dr Ruth Abrahams".into(),
        form,
        elsewhere: None,
    };
    let none = Model {
        title: "Messages with Dr Ruth Abrahams".into(),
        readers: "Dr Ruth Abrahams reads this, and those who cover for her.".into(),
        policy: Some((ClientId(uuid::Uuid::nil()), PolicyState::None)),
        threads: vec![thread(vec![], FormState::default())],
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
        errors: Errors::at_field("text", "Please write a few words."),
    };
    let two = Model {
        threads: vec![
            thread(vec![], FormState::default()),
            Thread {
                elsewhere: Some("/portal/messages?client=y".into()),
                ..thread(vec![item(true, "x")], FormState::default())
            },
        ],
        ..none.clone()
    };
    let wrong = Model { threads: vec![thread(vec![], refused)], ..none.clone() };
    vec![none, some, two, wrong]
}
