//! The printed form of an intake, and the page on which the therapist types it in.

use app::{
    pages::records::intake::{fields::field_label, paper},
    say,
    sheet::{self, Block, Sheet},
    ui::{FormState, shell::Notice},
    words::Words,
};
use domain::{
    clients::person::PersonDetails,
    form::{Errors, Form},
    ids::{ClientId, PersonId},
    records::intake::{Item, ItemKind, field, own_fields},
    typed,
};
use store::{IntakeOpened, IntakePaper, IntakePerson, IntakeView};

use crate::{
    access::Clinician,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm},
    page::{Page, redirect_with},
    web::clients::below_record,
};

/// What a line to write on looks like.
const LINE: &str = "______________________________";

/// The intake of a client, and one of its people with their details.
async fn find(
    clinician: &Clinician,
    client: ClientId,
    person: PersonId,
) -> Result<(Box<IntakeView>, IntakePerson, PersonDetails), Failure> {
    let record = clinician.client(client).await?.found()?;
    let member = record.members.into_iter().find(|member| member.person == person).found()?;
    let IntakeOpened::Started(view) = clinician.intake(client).await?.found()? else {
        return Err(Failure::NotFound);
    };
    let who = view.people.iter().find(|one| one.person == person).cloned().found()?;
    Ok((view, who, member.details))
}

/// GET /clients/{id}/intake/{person}/sheet: the form to print, in the person's
/// language.
pub async fn print(
    clinician: Clinician,
    page: Page,
    PathIds((client, person)): PathIds<(ClientId, PersonId)>,
) -> Answer {
    let (view, who, details) = find(&clinician, client, person).await?;
    let sheet = sheet_of(&view, &who, &details, page.practice_name());
    below_record(&clinician, &page, client).await?.ok(&sheet.title.clone(), sheet, sheet::view).await
}

/// The sheet with every item that can be answered on paper.
fn sheet_of(view: &IntakeView, who: &IntakePerson, details: &PersonDetails, practice: &str) -> Sheet {
    let w = Words::new(details.language);
    let mut blocks = vec![Block::Text(say!(w, "intake-sheet-lead"))];
    for (screen, items) in view.list.asked_screens() {
        let items: Vec<&Item> = items.into_iter().filter(|item| item.kind.is_answered()).collect();
        if !items.is_empty() {
            blocks.push(Block::Heading(1, screen.title.in_language(w.language()).to_owned()));
            blocks.extend(items.into_iter().flat_map(|item| item_blocks(item, w)));
        }
    }
    Sheet {
        title: say!(w, "intake-title"),
        subtitle: say!(w, "intake-sheet-for", name = &who.name),
        language: w.language(),
        practice: practice.to_owned(),
        blocks,
        footer: say!(w, "intake-sheet-foot"),
    }
}

/// An item on paper, with space to write.
fn item_blocks(item: &Item, w: Words) -> Vec<Block> {
    let language = w.language();
    let mut blocks = vec![Block::Heading(2, item.label.in_language(language).to_owned())];
    let hint = item.hint.in_language(language);
    if !hint.is_empty() {
        blocks.push(Block::Text(hint.to_owned()));
    }
    let options = || {
        let parts = item.parts.iter().map(|part| format!("☐ {}", part.label.in_language(language)));
        vec![Block::Text(say!(w, "intake-sheet-choose")), Block::List(parts.collect())]
    };
    let blank = |lines: usize| Block::Text(vec![LINE; lines].join("\n"));
    match item.kind {
        ItemKind::Choice | ItemKind::Choices => blocks.extend(options()),
        ItemKind::YesNo => {
            blocks
                .push(Block::List(vec![format!("☐ {}", say!(w, "intake-yes")), format!("☐ {}", say!(w, "intake-no"))]));
        }
        ItemKind::LongText => blocks.push(blank(4)),
        ItemKind::Text | ItemKind::Date | ItemKind::Number => blocks.push(blank(1)),
        ItemKind::Contact
        | ItemKind::SafeContact
        | ItemKind::Emergency
        | ItemKind::Payer
        | ItemKind::Facts
        | ItemKind::Private => {
            let lines = own_fields(item).into_iter().map(|name| (field_label(item, name, w), LINE.to_owned()));
            blocks.push(Block::Facts(lines.collect()));
        }
        ItemKind::Consents | ItemKind::Measure => {}
    }
    blocks
}

/// GET /clients/{id}/intake/{person}/paper: the page that types in a printed form.
pub async fn form(
    clinician: Clinician,
    page: Page,
    PathIds((client, person)): PathIds<(ClientId, PersonId)>,
) -> Answer {
    let (view, who, details) = find(&clinician, client, person).await?;
    view.ended_at.is_none().then_some(()).found()?;
    let mut typed = Form::default();
    for item in view.list.asked() {
        let entered = who.items.iter().find(|one| one.item.key == item.key && one.entered_by.is_some());
        if let Some(answer) = entered.and_then(|one| one.answer.as_ref()) {
            answer.fill(item, &mut typed);
        } else if item.kind == ItemKind::Contact {
            typed.set(&field(&item.key, "zone"), details.zone.name());
            typed.set(&field(&item.key, "language"), details.language.word());
        }
    }
    let model = model(client, &view, &who, FormState::new(typed));
    below(&clinician, &page, client).await?.ok("Printed form", model, paper::view).await
}

/// A page below the intake in the breadcrumbs.
async fn below(clinician: &Clinician, page: &Page, client: ClientId) -> Result<Page, Failure> {
    Ok(below_record(clinician, page, client).await?.under(format!("/clients/{client}/intake"), "Intake"))
}

/// The model of the page.
fn model(client: ClientId, view: &IntakeView, who: &IntakePerson, form: FormState) -> paper::Model {
    let is_theirs = |item: &Item| {
        let one = who.items.iter().find(|one| one.item.key == item.key);
        one.is_some_and(|one| one.answer.is_some() && one.entered_by.is_none())
    };
    let screens = view.list.asked_screens().into_iter().filter_map(|(screen, items)| {
        let items: Vec<Item> =
            items.into_iter().filter(|item| item.kind.is_answered() && !is_theirs(item)).cloned().collect();
        (!items.is_empty()).then(|| (screen.title.in_english().to_owned(), items))
    });
    paper::Model {
        client,
        person: who.person,
        name: who.name.clone(),
        screens: screens.collect(),
        answered: view.list.asked().filter(|item| is_theirs(item)).map(|i| i.label.in_english().to_owned()).collect(),
        form,
    }
}

/// POST /clients/{id}/intake/{person}/paper: stores what a person wrote on a printed
/// form.
pub async fn enter(
    clinician: Clinician,
    page: Page,
    PathIds((client, person)): PathIds<(ClientId, PersonId)>,
    PostedForm(form): PostedForm,
) -> Answer {
    let (view, who, details) = find(&clinician, client, person).await?;
    let errors = if form.is_shown_again() {
        form.shown_again_error()
    } else {
        match clinician.enter_intake_paper(client, person, &complete(&form, &view, &details)).await? {
            IntakePaper::Saved => {
                return Ok(redirect_with(&format!("/clients/{client}/intake"), Notice::PaperSaved));
            }
            IntakePaper::Gone => return Err(Failure::NotFound),
            IntakePaper::Unfit(errors) => errors,
        }
    };
    refuse(&clinician, &page, (client, &view, &who), form, errors).await
}

/// Shows the page again with what was typed.
async fn refuse(
    clinician: &Clinician,
    page: &Page,
    (client, view, who): (ClientId, &IntakeView, &IntakePerson),
    form: Form,
    errors: Errors,
) -> Answer {
    let model = model(client, view, who, FormState { form, errors });
    below(clinician, page, client).await?.invalid("Printed form", model, paper::view).await
}

/// The form with what the practice knows already, where contact details were typed:
/// nobody is asked on paper for a name that is on the record. Where none were typed, the
/// fields that always have a value are left out.
fn complete(form: &Form, view: &IntakeView, details: &PersonDetails) -> Form {
    let mut form = form.clone();
    for item in view.list.asked().filter(|item| item.kind == ItemKind::Contact) {
        let name = |name: &str| field(&item.key, name);
        let has_any = ["name", "pronouns", "birth", "phone", "address"]
            .iter()
            .any(|typed_name| !typed::is_blank(form.get(&name(typed_name))));
        if !has_any {
            form.0.retain(|(field, _)| *field != name("zone") && *field != name("language"));
            continue;
        }
        for (known, value) in [
            ("name", details.name.as_str()),
            ("phone", &details.phone),
            ("zone", details.zone.name()),
            ("language", details.language.word()),
        ] {
            if typed::is_blank(form.get(&name(known))) {
                form.set(&name(known), value);
            }
        }
    }
    form
}
