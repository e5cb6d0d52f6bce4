//! The intake of the person who answers it, screen by screen.

use app::{
    pages::records::{
        forms,
        intake::{
            fields::answer_lines,
            own::{self, Card, Difference, Own, Screen, ScreenItem, ScreenRow, ScreenState, ShareRow, screen_href},
        },
    },
    say,
    ui::{FormState, shell::Notice},
    words::Words,
};
use chrono::NaiveTime;
use domain::{
    clients::person::{PersonDetails, first_name},
    form::{Errors, Form},
    ids::IntakeId,
    records::intake::{
        Answer, Channel, Item, ItemKind, ItemReaders, ItemState, Screen as ListScreen, difference, field,
    },
};
use store::{IntakeSaved, IntakeShared, OwnIntake, OwnItem, Sharing, intake_mark};

use crate::{
    access::Partner,
    error::{Answer as Reply, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect, redirect_with},
};

/// The address of the overview.
const OVERVIEW: &str = "/portal/intake";

/// GET /portal/intake: how far the person is, with the screens.
pub async fn index(partner: Partner, page: Page) -> Reply {
    let w = page.words();
    let intakes = partner.intakes().await?.iter().map(|own| overview(own, w)).collect();
    page.ok(&say!(w, "intake-title"), own::Model { intakes }, own::view).await
}

/// The screens of an intake with their items, in the order in which they are asked.
fn screens(own: &OwnIntake) -> Vec<(&ListScreen, Vec<&OwnItem>)> {
    let mut found: Vec<(&ListScreen, Vec<&OwnItem>)> = Vec::new();
    for item in &own.items {
        let Some(screen) = own.list.screens.iter().find(|screen| screen.key == item.item.screen) else { continue };
        match found.iter_mut().find(|(known, _)| known.key == screen.key) {
            Some((_, items)) => items.push(item),
            None => found.push((screen, vec![item])),
        }
    }
    found
}

/// The state of a screen.
fn screen_state(items: &[&OwnItem]) -> ScreenState {
    let has_draft = items.iter().any(|one| one.draft.is_some());
    let is_open = items.iter().any(|one| one.item.needed && one.state == ItemState::Open);
    match (is_open, has_draft) {
        (_, true) => ScreenState::Begun,
        (true, false) => ScreenState::Open,
        (false, false) if items.iter().all(|one| one.state == ItemState::Open) => ScreenState::Free,
        (false, false) => ScreenState::Done,
    }
}

/// An intake in the overview.
fn overview(own: &OwnIntake, w: Words) -> Own {
    let language = w.language();
    let rows: Vec<ScreenRow> = screens(own)
        .into_iter()
        .map(|(screen, items)| ScreenRow {
            key: screen.key.clone(),
            title: screen.title.in_language(language).to_owned(),
            state: screen_state(&items),
        })
        .collect();
    let is_left = |row: &&ScreenRow| matches!(row.state, ScreenState::Open | ScreenState::Begun);
    let label = |one: &OwnItem| one.item.label.in_language(language).to_owned();
    let can_share = |one: &&OwnItem| one.item.readers == ItemReaders::Shared && one.answer.is_some();
    let shared = own.items.iter().filter(|one| one.item.readers == ItemReaders::Shared);
    let differences = own.items.iter().filter(|one| one.item.kind == ItemKind::Facts).flat_map(|one| {
        difference(&one.item, one.answer.as_ref(), one.theirs.as_ref(), language)
            .into_iter()
            .filter(domain::records::intake::Fact::differs)
    });
    Own {
        id: own.id,
        partner: own.partner.as_deref().map(|name| first_name(name).to_owned()),
        settled: own.standing.settled,
        needed: own.standing.needed,
        next: rows.iter().find(is_left).map(|row| row.key.clone()),
        screens: rows,
        shareable: own
            .items
            .iter()
            .filter(can_share)
            .map(|one| ShareRow {
                item: one.item.key.clone(),
                label: label(one),
                mark: one.answer.as_ref().map(Answer::fingerprint).unwrap_or_default(),
                is_shared: one.is_shared,
            })
            .collect(),
        shared: shared
            .filter_map(|one| one.theirs.as_ref().map(|theirs| answer_lines(&one.item, theirs, w)))
            .flatten()
            .collect(),
        differences: differences
            .map(|fact| {
                let [mine, theirs] = fact.texts;
                Difference { label: fact.label, mine, theirs }
            })
            .collect(),
    }
}

/// GET /portal/intake/{id}?screen=: a screen of the intake; without `screen` the first
/// with something open.
pub async fn show(partner: Partner, page: Page, PathIds(id): PathIds<IntakeId>, Query(asked): Query) -> Reply {
    let own = partner.intake(id).await?.found()?;
    let key = match asked.get("screen") {
        "" => {
            let screens = screens(&own);
            let is_left = |items: &[&OwnItem]| matches!(screen_state(items), ScreenState::Open | ScreenState::Begun);
            let first = screens.iter().find(|(_, items)| is_left(items)).or(screens.first());
            first.map(|(screen, _)| screen.key.clone()).unwrap_or_default()
        }
        key => key.to_owned(),
    };
    let model = screen_model(&own, &key, page.words(), None).found()?;
    below(&page).ok(&model.title.clone(), model, own::screen_view).await
}

/// A page below the overview in the breadcrumbs.
fn below(page: &Page) -> Page {
    page.under(OVERVIEW, say!(page.words(), "intake-title"))
}

/// A form that was refused, with the items that were answered on another device.
struct Refused {
    form: FormState,
    elsewhere: Vec<String>,
    /// Whether the form was only shown again: then it shows what it showed before.
    keeps_marks: bool,
}

/// The model of a screen; `None`: there is no such screen.
fn screen_model(own: &OwnIntake, key: &str, w: Words, refused: Option<Refused>) -> Option<Screen> {
    let screens = screens(own);
    let at = screens.iter().position(|(screen, _)| screen.key == key)?;
    let (screen, items) = screens.get(at)?;
    let form = match &refused {
        Some(refused) => refused.form.clone(),
        None => FormState::new(filled(own, items)),
    };
    Some(Screen {
        intake: own.id,
        key: screen.key.clone(),
        title: screen.title.in_language(w.language()).to_owned(),
        at: at + 1,
        all: screens.len(),
        items: items.iter().map(|one| screen_item(own, one, w, refused.as_ref())).collect(),
        form,
    })
}

/// The form of a screen as it is opened: what is stored, or what is known already.
fn filled(own: &OwnIntake, items: &[&OwnItem]) -> Form {
    let mut form = Form::default();
    for one in items {
        match (one.shown(), one.item.kind) {
            (Some(shown), _) => {
                shown.fill(&one.item, &mut form);
                // What was changed in the settings since then is not undone by this form.
                if let (Some(answer), None) = (&one.answer, &one.draft) {
                    fill_current(&own.details, &one.item, Some(answer), &mut form);
                }
            }
            (None, ItemKind::Contact | ItemKind::SafeContact) => fill_current(&own.details, &one.item, None, &mut form),
            // What the other partner entered is confirmed or corrected.
            (None, ItemKind::Facts) => {
                if let Some(theirs) = &one.theirs {
                    theirs.fill(&one.item, &mut form);
                }
            }
            (
                None,
                ItemKind::Text
                | ItemKind::LongText
                | ItemKind::Choice
                | ItemKind::Choices
                | ItemKind::Date
                | ItemKind::Number
                | ItemKind::YesNo
                | ItemKind::Emergency
                | ItemKind::Consents
                | ItemKind::Payer
                | ItemKind::Private
                | ItemKind::Measure,
            ) => {}
        }
    }
    form
}

/// Fills the fields of an item that are part of the person's details with those of
/// today; `answer`: what the person answered before.
fn fill_current(details: &PersonDetails, item: &Item, answer: Option<&Answer>, form: &mut Form) {
    let name = |part: &str| field(&item.key, part);
    match item.kind {
        ItemKind::Contact => {
            for (part, value) in [
                ("name", details.name.as_str()),
                ("pronouns", &details.pronouns),
                ("phone", &details.phone),
                ("zone", details.zone.name()),
                ("language", details.language.word()),
            ] {
                form.set(&name(part), value);
            }
        }
        ItemKind::SafeContact => {
            let clock = |time: Option<NaiveTime>| time.map(|at| at.format("%H:%M").to_string()).unwrap_or_default();
            form.set(&name("safe_from"), clock(details.contact.hours.map(|(from, _)| from)));
            form.set(&name("safe_until"), clock(details.contact.hours.map(|(_, until)| until)));
            // Which channels are safe is asked anew, but for email.
            if let Some(channels) = answer.and_then(|answer| answer.0.get("channel")) {
                let email = Channel::Email.word();
                let others = channels.iter().map(String::as_str).filter(|channel| *channel != email);
                let all: Vec<&str> =
                    (!details.contact.portal_only).then_some(email).into_iter().chain(others).collect();
                let field = name("channel");
                form.0.retain(|(name, _)| *name != field);
                form.0.extend(all.into_iter().map(|channel| (field.clone(), channel.to_owned())));
            }
        }
        ItemKind::Text
        | ItemKind::LongText
        | ItemKind::Choice
        | ItemKind::Choices
        | ItemKind::Date
        | ItemKind::Number
        | ItemKind::YesNo
        | ItemKind::Emergency
        | ItemKind::Consents
        | ItemKind::Payer
        | ItemKind::Facts
        | ItemKind::Private
        | ItemKind::Measure => {}
    }
}

/// An item of a screen.
fn screen_item(own: &OwnIntake, one: &OwnItem, w: Words, refused: Option<&Refused>) -> ScreenItem {
    let mark_field = intake_mark(&one.item.key);
    let mark = match refused {
        Some(refused) if refused.keeps_marks => refused.form.form.get(&mark_field).to_owned(),
        Some(_) | None => one.shown().map(Answer::fingerprint).unwrap_or_default(),
    };
    let partner = own.partner.as_deref().map(first_name);
    let mut notes = Vec::new();
    if one.state == ItemState::Waived {
        notes.push(say!(w, "intake-waived"));
    }
    if one.is_from_paper {
        notes.push(say!(w, "intake-from-paper"));
    }
    if one.draft.is_some() {
        notes.push(say!(w, "intake-draft-kept"));
    }
    let is_elsewhere = refused.is_some_and(|refused| refused.elsewhere.contains(&one.item.key));
    let lines = |answer: &Answer| answer_lines(&one.item, answer, w);
    ScreenItem {
        item: one.item.clone(),
        mark,
        readers: readers_line(one.item.readers, partner, w),
        notes,
        theirs: partner
            .filter(|_| one.item.kind == ItemKind::Facts && one.answer.is_none())
            .zip(one.theirs.as_ref())
            .map(|(name, theirs)| (name.to_owned(), lines(theirs))),
        elsewhere: one.shown().filter(|_| is_elsewhere).map(lines).unwrap_or_default(),
        is_done: one.state != ItemState::Open,
    }
}

/// Who reads the answer to an item.
fn readers_line(readers: ItemReaders, partner: Option<&str>, w: Words) -> String {
    match (readers, partner) {
        (ItemReaders::Desk, _) => say!(w, "intake-read-desk"),
        (ItemReaders::Channels, _) => say!(w, "intake-read-channels"),
        (ItemReaders::Alone, _) => say!(w, "intake-read-alone"),
        (ItemReaders::Shared, Some(name)) => say!(w, "intake-read-shared", name = name),
        (ItemReaders::Joint, Some(_)) => say!(w, "intake-read-joint"),
        (ItemReaders::Clinician, _) | (ItemReaders::Shared | ItemReaders::Joint, None) => {
            say!(w, "intake-read-clinician")
        }
    }
}

/// POST /portal/intake/{id}: saves a screen; `do` is `next`, `back` or `later`.
pub async fn save(partner: Partner, page: Page, PathIds(id): PathIds<IntakeId>, PostedForm(form): PostedForm) -> Reply {
    let w = page.words();
    let screen = form.get("screen").to_owned();
    let act = form.get("do").to_owned();
    if form.is_shown_again() {
        let own = partner.intake(id).await?.found()?;
        let errors = form.shown_again_error();
        let refused = Refused { form: FormState { form, errors }, elsewhere: vec![], keeps_marks: true };
        return show_refused(&page, &own, &screen, refused).await;
    }
    let leaves = act != "next";
    let (errors, elsewhere) = match partner.save_intake(id, &screen, &form, leaves).await? {
        IntakeSaved::Gone => return Err(Failure::NotFound),
        IntakeSaved::Done => {
            let own = partner.intake(id).await?.found()?;
            return Ok(after_saving(&own, &screen, &act));
        }
        IntakeSaved::Unfit(errors) => (errors, vec![]),
        IntakeSaved::Elsewhere(keys) => (Errors::of_form(say!(w, "intake-changed-elsewhere")), keys),
    };
    let own = partner.intake(id).await?.found()?;
    let refused = Refused { form: FormState { form, errors }, elsewhere, keeps_marks: false };
    show_refused(&page, &own, &screen, refused).await
}

/// Shows a screen again with what was typed.
async fn show_refused(page: &Page, own: &OwnIntake, screen: &str, refused: Refused) -> Reply {
    let model = screen_model(own, screen, page.words(), Some(refused)).found()?;
    below(page).invalid(&model.title.clone(), model, own::screen_view).await
}

/// Where a saved screen leads: to the next or the one before, or to the overview.
fn after_saving(own: &OwnIntake, screen: &str, act: &str) -> axum::response::Response {
    let keys: Vec<&str> = screens(own).iter().map(|(screen, _)| screen.key.as_str()).collect();
    let at = keys.iter().position(|key| *key == screen);
    let to = match (act, at) {
        ("next", Some(at)) => keys.get(at + 1),
        ("back", Some(at)) => at.checked_sub(1).and_then(|at| keys.get(at)),
        _ => None,
    };
    match to {
        Some(key) => redirect(&screen_href(own.id, key)),
        None => redirect_with(OVERVIEW, Notice::IntakeSaved),
    }
}

/// POST /portal/intake/{id}/sharing: shares the answer to `item` with the other
/// partner, or takes that back with `do` as `hide`.
pub async fn share(partner: Partner, PathIds(id): PathIds<IntakeId>, PostedForm(form): PostedForm) -> Reply {
    let (to, done) = match form.get("do") {
        "hide" => (Sharing::Hide, Notice::TakenBack),
        _ => (Sharing::Share { seen: form.get("mark") }, Notice::Shared),
    };
    match partner.share_intake_item(id, form.get("item"), to).await? {
        IntakeShared::Done => Ok(redirect_with(OVERVIEW, done)),
        IntakeShared::Changed => Ok(redirect_with(OVERVIEW, Notice::NotShared)),
        IntakeShared::Gone => Err(Failure::NotFound),
    }
}

/// The card on the portal's first page; `None`: nothing that is needed is open.
pub(crate) async fn portal_card(partner: &Partner) -> Result<Option<Card>, Failure> {
    let standings = partner.intake_standings().await?;
    let open = standings.iter().map(|one| one.standing).find(|standing| !standing.is_ready());
    Ok(open.map(|standing| Card { settled: standing.settled, needed: standing.needed }))
}

/// The section on the portal's page of forms; empty: the person has no intake.
pub(crate) async fn portal_section(partner: &Partner, w: Words) -> Result<forms::Section, Failure> {
    let items = partner.intake_standings().await?.into_iter().map(|one| forms::Item {
        label: say!(w, "intake-title"),
        href: OVERVIEW.to_owned(),
        state: say!(w, "intake-count", done = one.standing.settled, all = one.standing.needed),
        is_open: !one.standing.is_ready(),
    });
    Ok(forms::Section { title: say!(w, "intake-section"), intro: String::new(), items: items.collect() })
}
