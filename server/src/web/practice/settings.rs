//! The pages of the practice's settings, one for each group of them; the last shows
//! the rooms and locations.

use app::{
    pages::practice::{
        backups::{self, Backups},
        settings::{self, LocationItem, Model, RoomItem},
    },
    text,
    ui::{FormState, shell::Notice},
};
use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::{
    clients::person::Zone,
    form::Form,
    ids::{LocationId, RoomId},
    practice::{
        backups::BACKUP_GRACE,
        settings::{Location, SettingsTab},
    },
    zone,
};
use store::{BackupRun, RoomOffer, ZonesChanged};

use crate::{
    access::{Owner, SignedIn},
    error::{Answer, Failure},
    form::PostedForm,
    outbox,
    page::{Page, redirect_with},
    state::Site,
};

/// The title of the page with the rooms and locations.
pub(crate) const PLACES: &str = SettingsTab::Places.label();

/// The form of the page that was refused, with its errors.
pub(crate) enum Refused {
    None,
    Settings(FormState),
    NewRoom(FormState),
    Room(RoomId, FormState),
    NewLocation(FormState),
    Location(LocationId, FormState),
}

/// The model of the page with the rooms and locations; a refused form replaces the
/// stored values.
pub(crate) async fn places(site: &Site, owner: &Owner, refused: Refused) -> Result<Model, Failure> {
    model(site, owner, SettingsTab::Places, refused).await
}

/// The model of a page of the settings; a refused form replaces the stored values.
async fn model(site: &Site, owner: &Owner, tab: SettingsTab, refused: Refused) -> Result<Model, Failure> {
    let practice = owner.practice().await?;
    let is_places = tab == SettingsTab::Places;
    let mut model = Model {
        tab,
        form: FormState::new(practice.form()),
        mail_folder: super::staff::mail_folder(site),
        mail_stop: owner
            .mail_stop()
            .await?
            .map(|stop| crate::web::outbox::log::mail_stop_item(stop, "/practice/mail", &practice.zone)),
        zones: owner.zones_changed().await?.map(|changed| zone_change_lines(&changed, &practice.zone)),
        ..Model::default()
    };
    if is_places {
        model.rooms = owner.rooms().await?.into_iter().map(room_item).collect();
        model.locations = owner.locations().await?.into_iter().map(location_item).collect();
    }
    model.backups = backups(site, owner, tab, &practice.zone).await?;
    model.is_deletion_due = owner.is_deletion_due().await?;
    if tab == SettingsTab::Notes {
        model.names_openers = owner.names_openers().await?;
    }
    if tab == SettingsTab::General {
        model.first_steps = super::first_steps::model(owner.scope(), "/practice").await?;
    }
    match refused {
        Refused::None => {}
        Refused::Settings(form) => model.form = form,
        Refused::NewRoom(form) => model.room_form = form,
        Refused::NewLocation(form) => model.location_form = form,
        Refused::Room(id, form) => model.rooms.iter_mut().filter(|r| r.id == id).for_each(|r| r.form = form.clone()),
        Refused::Location(id, form) => {
            model.locations.iter_mut().filter(|l| l.id == id).for_each(|l| l.form = form.clone());
        }
    }
    Ok(model)
}

/// What the page shows of backups: the list is on its own tab, and that one is late on
/// every tab.
async fn backups(site: &Site, owner: &Owner, tab: SettingsTab, zone: &Zone) -> Result<Backups, Failure> {
    let settings = &site.config.backup;
    let now = owner.now();
    let last = owner.last_good_backup().await?;
    let begun = last.as_ref().map(|last| last.started_at);
    let is_late =
        settings.folder.is_some() && settings.schedule().is_late(begun, now, zone).map_err(store::Error::from)?;
    let runs = if tab == SettingsTab::Backups { owner.backups().await? } else { vec![] };
    Ok(Backups {
        schedule: settings
            .folder
            .as_ref()
            .map_or_else(String::new, |_| format!("{} at {}", settings.every.label(), text::time(settings.at))),
        last_good: begun.map(|begun| text::short(begun, zone)).unwrap_or_default(),
        is_late,
        rows: runs.into_iter().map(|run| backup_row(run, now, zone)).collect(),
    })
}

/// A backup that was made or tried.
fn backup_row(run: BackupRun, now: DateTime<Utc>, zone: &Zone) -> backups::Row {
    let state = match (&run.ended_at, run.trouble.as_str()) {
        (None, _) if now - run.started_at < BACKUP_GRACE => backups::State::UnderWay,
        (None, _) => backups::State::Interrupted,
        (Some(_), "") => backups::State::Good,
        (Some(_), _) => backups::State::Failed,
    };
    let detail = match state {
        backups::State::Good => format!(
            "{}, {}",
            text::size(run.bytes),
            if run.row_count == 1 { "1 row".to_owned() } else { format!("{} rows", run.row_count) }
        ),
        backups::State::UnderWay | backups::State::Interrupted | backups::State::Failed => run.trouble,
    };
    backups::Row { started: text::short(run.started_at, zone), state, place: run.place, detail }
}

/// The lines about sessions that moved with a newer time-zone database.
fn zone_change_lines(changed: &ZonesChanged, zone: &Zone) -> Vec<String> {
    let day = text::day(zone::date_of(changed.at, zone));
    let count = |n: i64, one: &str, many: &str| if n == 1 { one.to_owned() } else { format!("{n} {many}") };
    let mut lines = vec![format!(
        "Since {day} this program knows the rules of time zones as of {}. {} at another instant than before, at \
         the same time on the practice’s clock. Reminders have moved along. Clients with an invitation get a \
         corrected calendar entry; those in another time zone are told their new local time.",
        changed.version,
        count(changed.sessions, "One session begins", "sessions begin"),
    )];
    if changed.elsewhere > 0 {
        lines.push(format!(
            "{} in another time zone, at another hour there from now on. Call those who get no e-mail.",
            count(changed.elsewhere, "One of them is for a client", "of them are for clients"),
        ));
    }
    if changed.over > 0 {
        lines.push(format!(
            "{} over another one now. The calendar shows which.",
            count(changed.over, "One of them lies", "of them lie")
        ));
    }
    lines
}

/// A room with the form for what it offers and its location.
fn room_item(found: RoomOffer) -> RoomItem {
    let location = found.location.map(|l| l.to_string()).unwrap_or_default();
    let form = FormState::new(Form::from_pairs([("offers", found.offers.join(", ")), ("location", location)]));
    RoomItem { id: found.room.id, name: found.name, form }
}

/// A location with its form.
fn location_item((id, found): (LocationId, Location)) -> LocationItem {
    LocationItem { id, form: FormState::new(found.form()), name: found.name, address: found.address }
}

/// POST /practice/own-data: sets whether copies of a person's data name the members of
/// staff who opened it.
pub async fn own_data(owner: Owner, PostedForm(form): PostedForm) -> Answer {
    owner.set_names_openers(form.has("names")).await?;
    Ok(redirect_with(SettingsTab::Notes.path(), Notice::Saved))
}

/// The title of a page of the settings.
const fn title(tab: SettingsTab) -> &'static str {
    if matches!(tab, SettingsTab::General) { "Settings" } else { tab.label() }
}

/// The page of the settings at the address of the request.
fn tab_of(page: &Page) -> Result<SettingsTab, Failure> {
    SettingsTab::at(page.path()).ok_or(Failure::NotFound)
}

/// GET /practice, /practice/sessions …: a page of the settings.
pub async fn show(State(site): State<Site>, owner: Owner, me: SignedIn, page: Page) -> Answer {
    let tab = tab_of(&page)?;
    let mut model = model(&site, &owner, tab, Refused::None).await?;
    model.own_email = me.account().await?.email;
    page.ok(title(tab), model, settings::view).await
}

/// POST /practice/mail: tries to send email again after a mail stop.
pub async fn try_mail_now(owner: Owner) -> Answer {
    owner.try_mail_now().await?;
    Ok(redirect_with("/practice", Notice::MailTried))
}

/// POST /practice/email/test: sends a test email to the owner's own address, by the
/// configured way and at once, and says where it went.
pub async fn send_test(State(site): State<Site>, owner: Owner, me: SignedIn, page: Page) -> Answer {
    let tab = SettingsTab::Email;
    let mut model = model(&site, &owner, tab, Refused::None).await?;
    model.own_email = me.account().await?.email;
    match outbox::send_test(&site.config, &model.own_email).await {
        Ok(said) => {
            owner.record_test_email().await?;
            model.tested = Some((true, said));
            page.ok(title(tab), model, settings::view).await
        }
        Err(said) => {
            model.tested = Some((false, said));
            page.invalid(title(tab), model, settings::view).await
        }
    }
}

/// POST /practice, /practice/sessions …: saves a page of the settings.
pub async fn update(
    State(site): State<Site>,
    owner: Owner,
    me: SignedIn,
    page: Page,
    PostedForm(form): PostedForm,
) -> Answer {
    let tab = tab_of(&page)?;
    match owner.practice().await?.read(tab, &form) {
        Ok(new) => {
            owner.update_settings(tab, &new).await?;
            Ok(redirect_with(tab.path(), Notice::Saved))
        }
        Err(errors) => {
            let mut model = model(&site, &owner, tab, Refused::Settings(FormState { form, errors })).await?;
            model.own_email = me.account().await?.email;
            page.invalid(title(tab), model, settings::view).await
        }
    }
}
