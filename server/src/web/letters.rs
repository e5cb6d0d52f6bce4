//! What a partner and their therapist write to each other: the partner's
//! side under their portal, the therapist's under the client.

use app::{
    pages::letters::{self, Item, Thread},
    text,
    ui::{FormState, shell::Notice},
};
use domain::{
    form::{Errors, Form, Reader},
    ids::{ClientId, OccurrenceId, PersonId},
    person::Zone,
};
use store::{FormKey, Letter};

use crate::{
    access::{Clinician, Partner},
    error::{Answer, Failure, Found as _},
    form::{Asked, At, Typed},
    page::{Page, redirect_with},
};

/// The longest letter, in characters.
const LONGEST: usize = 10_000;

fn read(form: &Form) -> Result<String, Errors> {
    let mut r = Reader::new(form);
    let text = r.lines("text", 1..=LONGEST, "Please write a few words.");
    r.finish()?;
    text
}

fn keyed(state: Option<FormState>) -> FormState {
    let mut state = state.unwrap_or_default();
    FormKey::give(&mut state.form);
    state
}

fn item(letter: &Letter, therapist_reads: bool, zone: &Zone) -> Item {
    let mine = letter.from_therapist == therapist_reads;
    Item {
        mine,
        by: if mine { "You".to_owned() } else { letter.by.clone() },
        when: text::short(letter.written_at, zone),
        about: letter.about.clone(),
        text: letter.text.clone(),
        read: letter.read_at.is_some(),
    }
}

/// GET /portal/letters?client=&about=
pub async fn index(partner: Partner, page: Page, Asked(asked): Asked) -> Answer {
    let model = portal_model(&partner, &page, &asked, None).await?;
    page.ok("Letters", model, letters::view).await
}

/// POST /portal/letters
pub async fn create(partner: Partner, page: Page, Typed(form): Typed) -> Answer {
    let client: ClientId = form.get("client").parse().map_err(|_| Failure::NotFound)?;
    let about: Option<OccurrenceId> = form.get("about").parse().ok();
    match read(&form) {
        Ok(text) => {
            partner.write_letter(client, about, &text, FormKey::read(&form)).await?.found()?;
            Ok(redirect_with("/portal/letters", Notice::Written))
        }
        Err(errors) => {
            let state = FormState { form: form.clone(), errors };
            let model = portal_model(&partner, &page, &form, Some(state)).await?;
            page.again("Letters", model, letters::view).await
        }
    }
}

/// `asked` names the client and the exercise that the form is opened for.
async fn portal_model(
    partner: &Partner,
    page: &Page,
    asked: &Form,
    refused: Option<FormState>,
) -> Result<letters::Model, Failure> {
    let boxes = partner.letters().await?;
    let about: Option<OccurrenceId> = asked.get("about").parse().ok();
    let view = match about {
        Some(about) => partner.occurrence(about).await?,
        None => None,
    };
    let chosen = boxes.iter().position(|b| asked.get("client") == b.client.to_string()).unwrap_or(0);
    let mut threads = Vec::new();
    for (n, post) in boxes.iter().enumerate() {
        let here = n == chosen;
        let view = view.as_ref().filter(|v| v.client == post.client);
        let mut hidden = vec![("client".to_owned(), post.client.to_string())];
        hidden.extend(view.map(|v| ("about".to_owned(), v.occurrence.to_string())));
        threads.push(Thread {
            name: format!("With {}", post.therapist),
            letters: post.letters.iter().map(|l| item(l, false, &page.zone())).collect(),
            action: "/portal/letters".to_owned(),
            hidden,
            about: view.map(|v| v.document.title.clone()).unwrap_or_default(),
            to: post.therapist.clone(),
            form: keyed(refused.clone().filter(|_| here)),
            elsewhere: (!here).then(|| format!("/portal/letters?client={}", post.client)),
        });
    }
    let therapist = match boxes.as_slice() {
        [one] => one.therapist.clone(),
        _ => "your therapist".to_owned(),
    };
    Ok(letters::Model {
        title: format!("Between you and {therapist}"),
        readers: format!(
            "{therapist} reads this, and whoever stands in while {therapist} is away. Your partner does not, and is not told that you write."
        ),
        threads,
        back: ("/portal".to_owned(), "Back to your page".to_owned()),
        guarded: true,
    })
}

/// GET /clients/{id}/letters/{person}
pub async fn show(clinician: Clinician, page: Page, At((client, person)): At<(ClientId, PersonId)>) -> Answer {
    let model = model(&clinician, &page, client, person, FormState::default()).await?;
    page.ok(&model.title.clone(), model, letters::view).await
}

/// POST /clients/{id}/letters/{person}
pub async fn answer(
    clinician: Clinician,
    page: Page,
    At((client, person)): At<(ClientId, PersonId)>,
    Typed(form): Typed,
) -> Answer {
    match read(&form) {
        Ok(text) => {
            clinician.answer_letter(client, person, &text, FormKey::read(&form)).await?.found()?;
            Ok(redirect_with(&format!("/clients/{client}/letters/{person}"), Notice::Written))
        }
        Err(errors) => {
            let model = model(&clinician, &page, client, person, FormState { form, errors }).await?;
            page.again(&model.title.clone(), model, letters::view).await
        }
    }
}

async fn model(
    clinician: &Clinician,
    page: &Page,
    client: ClientId,
    person: PersonId,
    form: FormState,
) -> Result<letters::Model, Failure> {
    let (name, found) = clinician.letters(client, person).await?.found()?;
    let thread = Thread {
        name: name.clone(),
        letters: found.iter().map(|l| item(l, true, &page.zone())).collect(),
        action: format!("/clients/{client}/letters/{person}"),
        hidden: vec![],
        about: String::new(),
        to: name.clone(),
        form: keyed(Some(form)),
        elsewhere: None,
    };
    Ok(letters::Model {
        title: format!("Between you and {name}"),
        readers: format!(
            "{name}’s partner does not read this, and is not told of it. Keep in mind what your secrets policy says."
        ),
        threads: vec![thread],
        back: (format!("/clients/{client}"), "Back to the record".to_owned()),
        guarded: true,
    })
}
