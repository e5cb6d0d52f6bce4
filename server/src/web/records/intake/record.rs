//! The intake in a client's record.

use app::{
    pages::records::{
        forms,
        intake::{
            Mark,
            record::{self, FactRow, ItemPart, Model, PersonPart, Started, State},
        },
    },
    text,
    ui::{FormState, Link, Tone, shell::Notice},
};
use domain::{
    clients::{
        client::title,
        person::{Language, Zone, first_name},
    },
    form::{Form, Reader},
    ids::{ClientId, PersonId},
    records::intake::{Answer, Item, ItemKind, ItemState, difference},
    zone,
};
use store::{IntakeItem, IntakeOpened, IntakePerson, IntakeView};

use super::mark_of;
use crate::{
    access::Clinician,
    error::{Answer as Reply, Failure, Found as _},
    form::{PathIds, PostedForm},
    page::{Page, redirect_with},
    web::clients::below_record,
};

/// The longest reason of a waiver, in characters.
const REASON_MAX: usize = 500;

/// GET /clients/{id}/intake: the intake of a client, with all answers.
pub async fn show(clinician: Clinician, page: Page, PathIds(id): PathIds<ClientId>) -> Reply {
    let model = model(&clinician, &page, id, FormState::default()).await?;
    below_record(&clinician, &page, id).await?.ok("Intake", model, record::view).await
}

/// The model of the page.
async fn model(clinician: &Clinician, page: &Page, client: ClientId, form: FormState) -> Result<Model, Failure> {
    let opened = clinician.intake(client).await?.found()?;
    let names = clinician.names(client).await?.found()?;
    let intake = match opened {
        IntakeOpened::NotStarted => None,
        IntakeOpened::Started(view) => Some(view),
    };
    Ok(Model {
        client,
        title: title(names.iter().map(|(_, name)| name.as_str())),
        can_change: intake.as_ref().is_none_or(|view| view.ended_at.is_none()),
        intake: intake.map(|view| started(&view, &page.zone())),
        form,
    })
}

/// An intake as the page shows it.
fn started(view: &IntakeView, zone: &Zone) -> Started {
    let day = |at| text::day(zone::date_of(at, zone));
    let ended = view.ended_at.map(|at| format!(" It ended on {}.", day(at))).unwrap_or_default();
    Started {
        about: format!(
            "Started on {} by {}, with version {} of the list.{ended}",
            day(view.started_at),
            view.started_by,
            view.version
        ),
        is_ready: view.is_ready,
        facts: facts(view),
        people: view.people.iter().map(person_part).collect(),
    }
}

/// The facts of a couple as each entered them.
fn facts(view: &IntakeView) -> Vec<FactRow> {
    let [a, b] = view.people.as_slice() else { return vec![] };
    let of = |person: &IntakePerson, item: &Item| -> Option<Answer> {
        person.items.iter().find(|one| one.item.key == item.key).and_then(|one| one.answer.clone())
    };
    let mut rows = Vec::new();
    for item in view.list.asked().filter(|item| item.kind == ItemKind::Facts) {
        for fact in difference(item, of(a, item).as_ref(), of(b, item).as_ref(), Language::English) {
            let differs = fact.differs();
            let texts = [&a.name, &b.name].into_iter().zip(fact.texts).filter(|(_, text)| !text.is_empty());
            let texts = texts.map(|(name, text)| (first_name(name).to_owned(), text)).collect();
            rows.push(FactRow { label: fact.label, texts, differs });
        }
    }
    rows
}

/// The part of one person.
fn person_part(person: &IntakePerson) -> PersonPart {
    PersonPart {
        person: person.person,
        name: person.name.clone(),
        settled: person.standing.settled,
        needed: person.standing.needed,
        items: person.items.iter().map(item_part).collect(),
    }
}

/// An item of one person.
fn item_part(one: &IntakeItem) -> ItemPart {
    let label = one.item.label.in_english().to_owned();
    let lines = one.answer.as_ref().map(|answer| answer.lines(&one.item, Language::English)).unwrap_or_default();
    let mut notes = Vec::new();
    if let Some(by) = &one.entered_by {
        notes.push(format!("Entered from paper by {by}."));
    }
    if one.is_shared {
        notes.push("Shared with the partner.".to_owned());
    }
    ItemPart {
        key: one.item.key.clone(),
        readers: one.item.readers.label(),
        needed: one.item.needed,
        state: match (one.state, &one.waiver) {
            (ItemState::Done, _) => State::Done,
            (ItemState::Waived, Some(waiver)) => State::Waived { by: waiver.by.clone(), why: waiver.why.clone() },
            (ItemState::Waived, None) => State::Waived { by: String::new(), why: String::new() },
            (ItemState::Open, _) => State::Open,
        },
        // A line that says no more than the item's label has none of its own.
        lines: lines
            .into_iter()
            .map(|(line, text)| if line == label { (String::new(), text) } else { (line, text) })
            .collect(),
        note: notes.join(" "),
        label,
    }
}

/// POST /clients/{id}/intake: starts the intake of a client.
pub async fn start(clinician: Clinician, PathIds(id): PathIds<ClientId>) -> Reply {
    clinician.start_intake(id).await?.found()?;
    Ok(redirect_with(&format!("/clients/{id}/intake"), Notice::IntakeStarted))
}

/// POST /clients/{id}/intake/{person}/waiver: does without the item `item` of a person
/// for the reason `why`, or asks it again with `do` as `ask`.
pub async fn waive(
    clinician: Clinician,
    page: Page,
    PathIds((client, person)): PathIds<(ClientId, PersonId)>,
    PostedForm(mut form): PostedForm,
) -> Reply {
    let here = format!("/clients/{client}/intake");
    let item = form.get("item").to_owned();
    if form.get("do") == "ask" && !form.is_shown_again() {
        clinician.waive_intake_item(client, person, &item, None).await?.found()?;
        return Ok(redirect_with(&here, Notice::IntakeAsked));
    }
    match read_reason(&form) {
        Ok(why) => {
            clinician.waive_intake_item(client, person, &item, Some(&why)).await?.found()?;
            Ok(redirect_with(&here, Notice::IntakeWaived))
        }
        Err(errors) => {
            form.set("person", person.to_string());
            let model = model(&clinician, &page, client, FormState { form, errors }).await?;
            below_record(&clinician, &page, client).await?.invalid("Intake", model, record::view).await
        }
    }
}

/// Reads the reason of a waiver.
fn read_reason(form: &Form) -> Result<String, domain::form::Errors> {
    let mut r = Reader::new(form);
    let why = r.text("why", 1..=REASON_MAX, "Enter the reason.");
    r.finish()?;
    why
}

/// How far a client is, for the overview of the record; `None`: no intake was started.
pub(crate) async fn mark(clinician: &Clinician, client: ClientId) -> Result<Option<Mark>, Failure> {
    Ok(clinician.intake_standing(client).await?.map(|standing| mark_of(&standing)))
}

/// The part of the record's tab Forms.
pub(crate) async fn block(clinician: &Clinician, client: ClientId) -> Result<forms::Block, Failure> {
    let standing = clinician.intake_standing(client).await?;
    let href = format!("/clients/{client}/intake");
    let Some(standing) = standing else {
        let actions = vec![Link::new(href, "Start intake")];
        return Ok(forms::Block {
            title: "Intake".to_owned(),
            intro: "No intake was started.".to_owned(),
            rows: vec![],
            actions,
        });
    };
    let rows = standing.people.iter().map(|person| {
        let is = person.standing;
        let tone = if is.is_ready() { Tone::Good } else { Tone::Wait };
        let mut states = vec![(tone, format!("{} of {}", is.settled, is.needed))];
        states.extend(person.open.iter().map(|label| (Tone::Plain, label.clone())));
        forms::BlockRow { label: person.name.clone(), href: Some(href.clone()), states }
    });
    Ok(forms::Block { title: "Intake".to_owned(), intro: String::new(), rows: rows.collect(), actions: vec![] })
}
