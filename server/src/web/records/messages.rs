//! Messages between a partner and their therapist: the partner's pages in the
//! portal, and the therapist's pages under the client.

use app::{
    pages::records::{
        message_list::{self, ThreadItem},
        messages::{self, Item, Thread},
    },
    say, text,
    ui::{FormState, Pager, shell::Notice},
    words::Words,
};
use domain::{
    clients::person::Zone,
    form::{Errors, Form, Reader},
    ids::{ClientId, OccurrenceId, PersonId},
    records::policy::PolicyState,
};
use store::{After, FormKey, Message};

use crate::{
    access::{Clinician, Partner},
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect_with},
    paging::List,
    web::clients::below_record,
};

/// The longest message, in characters.
const LONGEST: usize = 10_000;

/// Reads the text of a new message.
fn read(form: &Form) -> Result<String, Errors> {
    let mut r = Reader::new(form);
    let text = r.lines("text", 1..=LONGEST, "Write a few words.");
    r.finish()?;
    text
}

/// The query parameter that chooses an older page of a thread.
const OLDER: &str = "older";

/// The links to the other pages of a thread; `n` is its index on the page.
fn pager(href: String, n: usize, asked: &Form, more: Option<After>) -> Pager {
    List::new(href, OLDER, format!("thread-{n}"), asked).pager(more, ["Latest messages", "Earlier messages"])
}

/// A message as its reader sees it; `therapist_reads` is false where the reader
/// is the partner.
fn item(message: &Message, therapist_reads: bool, zone: &Zone, w: Words) -> Item {
    let mine = message.from_therapist == therapist_reads;
    Item {
        mine,
        by: if mine { say!(w, "messages-you") } else { message.by.clone() },
        when: w.short(message.written_at, zone),
        about: message.about.clone(),
        text: message.text.clone(),
        read: message.read_at.is_some(),
    }
}

/// GET /portal/messages?client=&about=&older=: the partner's threads. `about` is
/// an exercise to write about; `older` is a page of the thread of `client`.
pub async fn index(partner: Partner, page: Page, Query(asked): Query) -> Answer {
    let model = portal_model(&partner, &page, &asked, None).await?;
    page.ok(&say!(page.words(), "messages-title"), model, messages::view).await
}

/// POST /portal/messages: sends a partner's message to the therapist.
pub async fn create(partner: Partner, page: Page, PostedForm(form): PostedForm) -> Answer {
    let client: ClientId = form.get("client").parse().map_err(|_| Failure::NotFound)?;
    let about: Option<OccurrenceId> = form.get("about").parse().ok();
    match read(&form) {
        Ok(text) => {
            partner.write_message(client, about, &text, FormKey::of_form(&form)).await?.found()?;
            Ok(redirect_with("/portal/messages", Notice::Written))
        }
        Err(errors) => {
            let state = FormState { form: form.clone(), errors };
            let model = portal_model(&partner, &page, &form, Some(state)).await?;
            page.invalid(&say!(page.words(), "messages-title"), model, messages::view).await
        }
    }
}

/// The model of the partner's threads. `asked` names the client whose form is
/// open and the exercise it is about; `refused` is that form with its errors.
async fn portal_model(
    partner: &Partner,
    page: &Page,
    asked: &Form,
    refused: Option<FormState>,
) -> Result<messages::Model, Failure> {
    let w = page.words();
    let client: Option<ClientId> = asked.get("client").parse().ok();
    let older = asked.get(OLDER).parse().ok();
    let boxes = partner.messages(client.zip(older)).await?;
    let about: Option<OccurrenceId> = asked.get("about").parse().ok();
    let view = match about {
        Some(about) => partner.occurrence(about).await?,
        None => None,
    };
    let chosen = boxes.iter().position(|b| client == Some(b.client)).unwrap_or(0);
    let first = Form::default();
    let mut threads = Vec::new();
    for (n, post) in boxes.iter().enumerate() {
        let here = n == chosen;
        let view = view.as_ref().filter(|v| v.client == post.client);
        let mut hidden = vec![("client".to_owned(), post.client.to_string())];
        hidden.extend(view.map(|v| ("about".to_owned(), v.occurrence.to_string())));
        threads.push(Thread {
            name: say!(w, "messages-thread", name = &post.therapist),
            pager: pager(
                format!("/portal/messages?client={}", post.client),
                n,
                if client == Some(post.client) { asked } else { &first },
                post.messages.more,
            ),
            messages: post.messages.rows.iter().map(|l| item(l, false, &page.zone(), w)).collect(),
            action: "/portal/messages".to_owned(),
            hidden,
            about: view.map(|v| v.document.title.clone()).unwrap_or_default(),
            to: post.therapist.clone(),
            form: refused.clone().filter(|_| here).unwrap_or_default(),
            elsewhere: (!here).then(|| format!("/portal/messages?client={}", post.client)),
        });
    }
    let therapist = match boxes.as_slice() {
        [thread] => thread.therapist.clone(),
        _ => say!(w, "your-therapist"),
    };
    Ok(messages::Model {
        title: say!(w, "messages-with", name = &therapist),
        readers: say!(w, "messages-readers", therapist = &therapist),
        policy: None,
        threads,
        guarded: true,
    })
}

/// GET /messages?after=: the therapist's list of threads.
pub async fn list(clinician: Clinician, page: Page, Query(asked): Query) -> Answer {
    let list = List::new("/messages", "after", "threads", &asked);
    let found = clinician.message_list(list.after()).await?;
    let pager = list.pager(found.more, ["Latest messages", "Older messages"]);
    let zone = page.zone();
    let threads = found
        .map(|row| ThreadItem {
            client: row.client,
            title: row.title,
            person: row.person,
            name: row.name,
            last: text::short(row.last_at, &zone),
            is_answered: row.is_answered,
            unread: row.unread,
        })
        .rows;
    page.ok("Messages", message_list::Model { threads, pager }, message_list::view).await
}

/// GET /clients/{id}/messages/{person}?older=: the therapist's thread with a
/// partner.
pub async fn show(
    clinician: Clinician,
    page: Page,
    PathIds((client, person)): PathIds<(ClientId, PersonId)>,
    Query(asked): Query,
) -> Answer {
    let model = model(&clinician, &page, client, person, &asked, FormState::default()).await?;
    below_record(&clinician, &page, client).await?.ok(&model.title.clone(), model, messages::view).await
}

/// POST /clients/{id}/messages/{person}: sends the therapist's message to a
/// partner.
pub async fn answer(
    clinician: Clinician,
    page: Page,
    PathIds((client, person)): PathIds<(ClientId, PersonId)>,
    PostedForm(form): PostedForm,
) -> Answer {
    match read(&form) {
        Ok(text) => {
            clinician.answer_message(client, person, &text, FormKey::of_form(&form)).await?.found()?;
            Ok(redirect_with(&format!("/clients/{client}/messages/{person}"), Notice::Written))
        }
        Err(errors) => {
            let model = model(&clinician, &page, client, person, &Form::default(), FormState { form, errors }).await?;
            below_record(&clinician, &page, client).await?.invalid(&model.title.clone(), model, messages::view).await
        }
    }
}

/// The model of the therapist's thread with a partner.
async fn model(
    clinician: &Clinician,
    page: &Page,
    client: ClientId,
    person: PersonId,
    asked: &Form,
    form: FormState,
) -> Result<messages::Model, Failure> {
    let (name, found) = clinician.messages(client, person, asked.get(OLDER).parse().ok()).await?.found()?;
    let thread = Thread {
        name: name.clone(),
        pager: pager(format!("/clients/{client}/messages/{person}"), 0, asked, found.more),
        messages: found.rows.iter().map(|l| item(l, true, &page.zone(), page.words())).collect(),
        action: format!("/clients/{client}/messages/{person}"),
        hidden: vec![],
        about: String::new(),
        to: name.clone(),
        form,
        elsewhere: None,
    };
    let is_couple = clinician.names(client).await?.is_some_and(|people| people.len() > 1);
    let policy = clinician.policy_state(client).await?;
    let agreed = match &policy {
        Some(PolicyState::InForce { .. }) => "Keep to what you agreed with both about secrets.",
        Some(PolicyState::None | PolicyState::Proposed { .. } | PolicyState::Suspended { .. }) | None => "",
    };
    Ok(messages::Model {
        title: format!("Messages with {name}"),
        readers: format!("{name}’s partner does not read this, and is not told of it. {agreed}"),
        policy: policy.filter(|_| is_couple).map(|state| (client, state)),
        threads: vec![thread],
        guarded: true,
    })
}
