//! The settings of the practice, a page for each group of them with its own button
//! to save. The rooms and locations are in [`super::places`].

use domain::{
    form::Form,
    ids::{LocationId, RoomId},
    outbox::lead::Lead,
    practice::settings::{
        KindReminders, KindRule, SettingsTab, UNLOCK_HOURS_MAX, WEEK, extra_lead_fields, weekday_name,
    },
    scheduling::{
        reply::ReplyReminders,
        request::PortalRule,
        session::{MINUTES, SessionKind},
    },
};
use leptos::prelude::*;

use super::{
    backups::{self, Backups},
    first_steps, places,
};
use crate::{
    pages::mail::stopped::{self, MailStop},
    ui::{Field, FilterLink, FormState, card, error_summary, field, filters, form_key, page_head, submit, zone_select},
};

/// The view model of a page of the settings.
#[derive(Clone, Debug)]
pub struct Model {
    pub tab: SettingsTab,
    pub form: FormState,
    pub rooms: Vec<RoomItem>,
    pub room_form: FormState,
    pub locations: Vec<LocationItem>,
    pub location_form: FormState,
    /// The folder into which emails are written while no mail server is set;
    /// `None` if one is set.
    pub mail_folder: Option<String>,
    /// The outage of outgoing email; `None` if emails go out.
    pub mail_stop: Option<MailStop>,
    /// Sentences about what an update of the zone database changed; `None` if
    /// nothing did.
    pub zones: Option<Vec<String>>,
    /// The checklist of the first steps, on the first page; `None`: it is done or
    /// hidden.
    pub first_steps: Option<first_steps::Model>,
    /// The outcome of the test email that was just sent: a sentence, and whether it
    /// was sent.
    pub tested: Option<(bool, String)>,
    /// The address to which a test email goes.
    pub own_email: String,
    /// Whether copies of a person's data name the members of staff who opened it.
    pub names_openers: bool,
    pub backups: Backups,
    /// Whether content was kept for its years and is due for deletion.
    pub is_deletion_due: bool,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            tab: SettingsTab::General,
            form: FormState::default(),
            rooms: vec![],
            room_form: FormState::default(),
            locations: vec![],
            location_form: FormState::default(),
            mail_folder: None,
            mail_stop: None,
            zones: None,
            first_steps: None,
            tested: None,
            own_email: String::new(),
            names_openers: false,
            backups: Backups::default(),
            is_deletion_due: false,
        }
    }
}

/// A room in the settings.
#[derive(Clone, Debug)]
pub struct RoomItem {
    pub id: RoomId,
    pub name: String,
    /// The form with the room's features and its location.
    pub form: FormState,
}

/// A location of a practice that has several.
#[derive(Clone, Debug)]
pub struct LocationItem {
    pub id: LocationId,
    pub name: String,
    pub address: String,
    pub form: FormState,
}

/// Renders a page of the settings.
pub fn view(m: &Model) -> AnyView {
    let tabs = SettingsTab::ALL.iter().map(|tab| FilterLink::new(tab.path(), tab.label(), *tab == m.tab)).collect();
    view! {
        {page_head("Settings", "Practice-wide settings.", vec![])}
        {m.first_steps.as_ref().map(first_steps::view)}
        {m.mail_stop.as_ref().map(stopped::view)}
        {m.zones.as_deref().map(zone_changes_card)}
        {backups::late(&m.backups)}
        {m.is_deletion_due.then(deletion_due)}
        {filters("Settings", tabs)}
        {page_of(m)}
    }
    .into_any()
}

/// The sentence about content that is due for deletion.
fn deletion_due() -> AnyView {
    view! {
        <div class="notice" role="status">
            <p><strong>"Records are due for deletion. "</strong><a href="/practice/retention">"See which"</a></p>
        </div>
    }
    .into_any()
}

/// The content below the tabs.
fn page_of(m: &Model) -> AnyView {
    let f = &m.form;
    match m.tab {
        SettingsTab::General => settings_form(m, general_fields(f)),
        SettingsTab::Sessions => settings_form(m, session_fields(f)),
        SettingsTab::Cancellations => settings_form(m, cancellation_fields(f)),
        SettingsTab::Booking => settings_form(m, booking_fields(f)),
        SettingsTab::Email => view! {
            {m.mail_folder.as_deref().map(super::staff::no_mail_server)}
            {settings_form(m, email_fields(f))}
            {test_card(m)}
        }
        .into_any(),
        SettingsTab::Notes => view! { {settings_form(m, note_fields(f))}{names_card(m)} }.into_any(),
        SettingsTab::Places => view! { {places::room_card(m)}{places::location_card(m)} }.into_any(),
        SettingsTab::Backups => backups::cards(&m.backups),
    }
}

/// The card with the choice whether copies of a person's data name who opened it.
fn names_card(m: &Model) -> AnyView {
    let chosen = if m.names_openers { Form::from_pairs([("names", "yes")]) } else { Form::default() };
    card("Copies of a person’s data", view! {
        <form class="form" method="post" action="/practice/own-data">
            {form_key()}
            {Field::new(&FormState::new(chosen), "names", "Name the staff who opened their record").hint("Otherwise a copy says “therapist” or “front desk”.").tick()}
            {submit("Save choice")}
        </form>
    }.into_any())
}

/// The form of a page, with its button.
fn settings_form(m: &Model, fields: AnyView) -> AnyView {
    card(
        m.tab.label(),
        view! {
            <form class="form" method="post" action=m.tab.path()>
                {form_key()}
                {error_summary(&m.form)}
                {fields}
                {submit("Save settings")}
            </form>
        }
        .into_any(),
    )
}

/// The fields of the page "General & hours".
fn general_fields(f: &FormState) -> AnyView {
    let week = WEEK.iter().map(|day| (day.to_string(), weekday_name(*day).to_owned())).collect();
    view! {
        {Field::new(f, "name", "Practice name").required().text()}
        {zone_select(f, "zone", "Time zone")}
        <div class="columns">
            {Field::new(f, "opens", "Opens").required().time()}
            {Field::new(f, "closes", "Closes").required().time()}
        </div>
        <div class="chips">{Field::new(f, "open_days", "Open on").hint("Free times are offered within these hours.").required().ticks(week)}</div>
    }
    .into_any()
}

/// The fields of the page "Session types & reminders".
fn session_fields(f: &FormState) -> AnyView {
    let asks = ReplyReminders::ALL.iter().map(|a| (a.word().to_owned(), a.label().to_owned())).collect();
    let kinds: Vec<AnyView> = SessionKind::ALL.iter().map(|kind| kind_fields(f, *kind)).collect();
    view! {
        {lead_fields(f, "leads", "Reminders before a session")}
        {Field::new(f, "asks", "Ask for confirmation in").hint("The email has links to reply without signing in.").required().radios(asks)}
        <h3>"Session types"</h3>
        {kinds}
        <p><a href="/practice/intake">"Edit the intake list"</a></p>
    }
    .into_any()
}

/// The fields of the page "Cancellations & fees".
fn cancellation_fields(f: &FormState) -> AnyView {
    view! {
        {Field::new(f, "notice_hours", "Cancellation notice (hours)").hint("A later cancellation counts as late.").required().number(0, 336)}
        {Field::new(f, "late_fee", "No-show and late cancellation fee").hint("For example 60 €. Nothing is charged automatically.").text()}
        {Field::new(f, "fee_if_one_absent", "Suggest it also if only one of two comes").tick()}
        {Field::new(f, "quiet_minutes", "Undo window (minutes)").hint("Emails about a change go out after it.").required().number(0, 60)}
    }
    .into_any()
}

/// The fields of the page "Online booking".
fn booking_fields(f: &FormState) -> AnyView {
    let rules = PortalRule::ALL.iter().map(|r| (r.word().to_owned(), r.label().to_owned())).collect();
    view! {
        {Field::new(f, "portal_rule", "Online booking").hint("With two partners, both agree first.").required().radios(rules)}
        <div class="columns">
            {Field::new(f, "portal_days", "Days ahead").hint("How far ahead clients can book.").required().number(1, 366)}
            {Field::new(f, "portal_ahead", "Upcoming sessions at most").hint("With more booked, clients call.").required().number(1, 30)}
        </div>
        {Field::new(f, "inquiries", "Show a public page for new clients").hint("At /inquire. It asks for no reason.").tick()}
    }
    .into_any()
}

/// The fields of the page "Email".
fn email_fields(f: &FormState) -> AnyView {
    view! {
        {Field::new(f, "sender_name", "Sender name").hint("Choose a name that does not mention therapy.").required().text()}
        {Field::new(f, "phone", "Phone number in emails").tel()}
        <p><a href="/wordings">"Edit email templates"</a></p>
    }
    .into_any()
}

/// The fields of the page "Notes".
fn note_fields(f: &FormState) -> AnyView {
    view! {
        {Field::new(f, "note_unlock_hours", "Unlocking a signed note (hours)").hint("0: never. Its author gives a reason, which stays on record.").required().number(0, UNLOCK_HOURS_MAX)}
        <p><a href="/practice/note-templates">"Edit note templates"</a></p>
    }
    .into_any()
}

/// The card with the button that sends a test email to the reader.
fn test_card(m: &Model) -> AnyView {
    let tested = m.tested.as_ref().map(|(sent, said)| {
        let role = if *sent { "status" } else { "alert" };
        view! { <p class="notice" role=role>{said.clone()}</p> }
    });
    card(
        "Test email",
        view! {
            {tested}
            <form class="form" method="post" action="/practice/email/test">
                {form_key()}
                <p>{format!("It goes to {}, your own address.", m.own_email)}</p>
                <p class="form-actions"><button class="button" type="submit">"Send test email"</button></p>
            </form>
        }
        .into_any(),
    )
}

/// The fields for lead times of reminders: those that are common or chosen, to tick,
/// and one more as a number with its unit.
fn lead_fields(f: &FormState, name: &str, label: &str) -> AnyView {
    let mut leads = Lead::OWN.to_vec();
    leads.extend(f.form.all(name).filter_map(|text| text.parse().ok()).filter(|lead| !Lead::OWN.contains(lead)));
    let options = leads.into_iter().map(|lead| (lead.to_string(), lead.words())).collect();
    let [count, unit] = extra_lead_fields(name);
    let units = [("d", "days before"), ("h", "hours before")].map(|(unit, text)| (unit.to_owned(), text.to_owned()));
    let hint = if name == "leads" { "None ticked: no reminders." } else { "" };
    view! {
        <div class="leads">
            <div class="chips">{Field::new(f, name, label).hint(hint).unmarked().ticks(options)}</div>
            <div class="inline-fields">
                {Field::new(f, count, "Another reminder").unmarked().number(1, 72)}
                {Field::new(f, unit, "Unit").unmarked().select(units.to_vec())}
            </div>
        </div>
    }
    .into_any()
}

/// The fields of a kind of session: its length and its reminders.
fn kind_fields(f: &FormState, kind: SessionKind) -> AnyView {
    let [minutes, reminders, leads] = KindRule::fields(kind);
    let which = KindReminders::ALL.iter().map(|r| (r.word().to_owned(), r.label().to_owned())).collect();
    view! {
        <fieldset class="session-kind">
            <legend id=field::id(&format!("kind.{}", kind.word()))>{kind.label()}</legend>
            {Field::new(f, minutes, "Length (minutes)").required().number(*MINUTES.start(), *MINUTES.end())}
            <div class="chips">{Field::new(f, reminders, "Reminders").unmarked().radios(which)}</div>
            <div class="kind-leads">{lead_fields(f, &leads, "Send")}</div>
        </fieldset>
    }
    .into_any()
}

/// The card about changed zone rules.
fn zone_changes_card(lines: &[String]) -> AnyView {
    let lines: Vec<AnyView> = lines.iter().map(|line| view! { <p>{line.clone()}</p> }.into_any()).collect();
    card("Time zones have changed", lines.into_any())
}

/// Sample models of the pages of the settings, rendered by the page tests: each page
/// as it is and refused.
pub fn samples() -> Vec<Model> {
    let refused = Model {
        tab: SettingsTab::Places,
        form: FormState::default(),
        rooms: vec![RoomItem {
            id: RoomId(uuid::Uuid::nil()),
            name: "Garden room ".repeat(15),
            form: crate::ui::refused("offers", "Enter at most twelve features."),
        }],
        room_form: crate::ui::refused("room", "There is a room of this name."),
        locations: vec![LocationItem {
            id: LocationId(uuid::Uuid::from_u128(1)),
            name: "Lakeside house ".repeat(13),
            address: "12 Mill Lane, 10997 Berlin ".repeat(7),
            form: crate::ui::refused("location", "Rooms or hours are still there: Garden room."),
        }],
        location_form: crate::ui::refused("location", "There is a location of this name already."),
        mail_folder: Some("/srv/duologue/data/mail".to_owned()),
        mail_stop: stopped::samples().into_iter().nth(1),
        zones: Some(vec![
            "Since Monday 23 November 2026 this program knows the rules of time zones as of 2026f.".to_owned(),
        ]),
        first_steps: first_steps::samples().into_iter().next(),
        tested: Some((false, "The mail server cannot be reached. ".repeat(4))),
        own_email: "marlene@example.org".to_owned(),
        names_openers: true,
        backups: backups::samples().remove(1),
        is_deletion_due: true,
    };
    let of =
        |model: &Model| SettingsTab::ALL.iter().map(|tab| Model { tab: *tab, ..model.clone() }).collect::<Vec<_>>();
    let mut all = [of(&Model::default()), of(&refused)].concat();
    for model in &mut all[SettingsTab::ALL.len()..] {
        let field = match model.tab {
            SettingsTab::General => "name",
            SettingsTab::Sessions => "leads",
            SettingsTab::Cancellations => "notice_hours",
            SettingsTab::Booking => "portal_days",
            SettingsTab::Email => "sender_name",
            SettingsTab::Notes => "note_unlock_hours",
            SettingsTab::Places | SettingsTab::Backups => continue,
        };
        model.form = crate::ui::refused(field, "Check this field.");
    }
    all
}

#[cfg(test)]
mod tests {
    use domain::form::Form;

    use super::*;

    #[test]
    fn chosen_lead_time_that_is_not_common_is_offered_and_ticked() {
        let form = FormState::new(Form::from_pairs([("leads", "5d"), ("leads", "1d")]));
        let html = Owner::new().with(|| lead_fields(&form, "leads", "Reminders").to_html());
        assert!(html.contains("value=\"5d\"") && html.contains("5 days before"), "{html}");
        assert_eq!(html.matches(" checked").count(), 2, "{html}");
    }

    #[test]
    fn each_page_has_its_own_form() {
        for model in samples().into_iter().filter(|m| !matches!(m.tab, SettingsTab::Places | SettingsTab::Backups)) {
            let html = Owner::new().with(|| view(&model).to_html());
            assert!(html.contains(&format!("action=\"{}\"", model.tab.path())), "{:?}", model.tab);
            assert_eq!(html.matches("Save settings").count(), 1, "{:?}", model.tab);
        }
    }
}
