//! The staff page: the accounts of the practice and their roles.

use domain::{clients::person::Role, ids::AccountId};
use leptos::prelude::*;

use crate::pages::{
    accounts::account::{Events, events_card},
    mail::undelivered::{self, UndeliveredItem},
};
use crate::ui::{Field, FormState, Tone, badge, card, error_summary, form_key, page_head, submit, table, zone_select};

/// The view model of the staff page.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The folder into which emails are written while no mail server is set;
    /// `None` if one is set.
    pub mail_folder: Option<String>,
    pub staff: Vec<StaffItem>,
    /// Invitations and password resets whose email was not delivered.
    pub undelivered: Vec<UndeliveredItem>,
    pub form: FormState,
    /// The rules of two-step sign-in.
    pub two_step: FormState,
    /// The people whose request to reset two-step sign-in waits: id and name.
    pub resets: Vec<(AccountId, String)>,
    /// Failed and unusual sign-ins of all members of staff.
    pub events: Events,
}

/// An account in the list.
#[derive(Clone, Debug)]
pub struct StaffItem {
    pub id: AccountId,
    pub name: String,
    pub email: String,
    pub login_name: Option<String>,
    pub roles: Vec<Role>,
    /// The state of the account, in words.
    pub state: String,
    /// Whether the invitation has not been accepted yet.
    pub invited: bool,
    /// Whether the email with the invitation was not delivered.
    pub lost: bool,
    /// Whether the access was reset and no new password is chosen yet.
    pub access_reset: bool,
    pub disabled: bool,
    /// Whether it is the reader's own account.
    pub me: bool,
    /// How many sessions ahead are booked with them.
    pub ahead: i64,
}

/// The view model of the page on which a member of staff is edited.
#[derive(Clone, Debug)]
pub struct EditModel {
    pub id: AccountId,
    pub name: String,
    pub form: FormState,
    /// Whether the person has a sign-in name: a new address is theirs to confirm.
    pub in_use: bool,
    /// The new address that is not confirmed yet; empty: there is none.
    pub new_email: String,
    /// Whether two-step sign-in is set up.
    pub has_two_step: bool,
    /// Their request to reset it; `None`: there is none.
    pub reset: Option<ResetItem>,
}

/// A request to reset two-step sign-in.
#[derive(Clone, Debug)]
pub struct ResetItem {
    pub asked: String,
    /// When the old app is removed; empty: nobody has confirmed the request.
    pub ready: String,
    /// Whether it is the reader's own request, which another owner has to confirm.
    pub is_own: bool,
}

/// Renders the staff page.
pub fn view(m: &Model) -> AnyView {
    let rows = m.staff.iter().map(staff_row).collect();
    let f = &m.form;
    view! {
        {page_head("Staff", "Everyone has their own account. Only a couple’s own therapist reads clinical content.", vec![])}
        {m.mail_folder.as_deref().map(no_mail_server)}
        {undelivered::rows(&m.undelivered).map(|rows| card("Not delivered", rows))}
        <div class="after">{table("Staff accounts", &["Name", "Signs in as", "Roles", "Status", "Actions"], rows)}</div>
        {card("Invite staff", view! {
            <form class="form" method="post" action="/staff">
                {form_key()}
                {error_summary(f)}
                {staff_fields(f, "The invitation works once, for seven days.")}
                {submit("Send invitation")}
            </form>
        }.into_any())}
        {two_step_rules(m)}
        {events_card(&m.events)}
    }
    .into_any()
}

/// Renders the page on which a member of staff is edited.
pub fn edit_view(m: &EditModel) -> AnyView {
    let hint = if m.in_use { "They confirm a new address before it is used." } else { "A new invitation goes there." };
    let pending = (!m.new_email.is_empty())
        .then(|| view! { <p class="notice">{format!("{} is not confirmed yet.", m.new_email)}</p> });
    view! {
        {page_head(format!("Edit {}", m.name), "If you remove a role, they are signed out.", vec![])}
        {pending}
        <form class="form card" method="post" action=format!("/staff/{}/edit", m.id)>
            {form_key()}
            {error_summary(&m.form)}
            {staff_fields(&m.form, hint)}
            {submit("Save changes")}
        </form>
        {two_step_card(m)}
        <p class="after"><a class="button" href="/staff">"Back to staff"</a></p>
    }
    .into_any()
}

/// The card about a member's two-step sign-in.
fn two_step_card(m: &EditModel) -> AnyView {
    let state = if m.has_two_step { "It is set up." } else { "It is not set up." };
    let request = m.reset.as_ref().map(|reset| {
        let action = format!("/staff/{}/two-step", m.id);
        if !reset.ready.is_empty() {
            return view! {
                <p>{format!("Reset confirmed. The old app is removed on {}, unless they sign in with a code before then.", reset.ready)}</p>
                <form method="post" action=action>
                    {form_key()}
                    <button class="button" type="submit" name="do" value="decline">"Stop the reset"</button>
                </form>
            }
            .into_any();
        }
        if reset.is_own {
            return view! { <p>{format!("You asked for a reset on {}. Another owner has to confirm it.", reset.asked)}</p> }.into_any();
        }
        view! {
            <p>{format!("{} asked for a reset on {}.", m.name, reset.asked)}</p>
            <form class="form" method="post" action=action>
                {form_key()}
                <p>"Confirm only if you have seen them. Another person who knows the password could have asked."</p>
                <div class="form-actions">
                    <button class="button button-primary" type="submit" name="do" value="confirm">"Confirm the reset"</button>
                    <button class="button" type="submit" name="do" value="decline">"Decline the reset"</button>
                </div>
            </form>
        }
        .into_any()
    });
    view! { <div class="after">{card("Two-step sign-in", view! { <p>{state}</p>{request} }.into_any())}</div> }
        .into_any()
}

/// The card with the rules of two-step sign-in, and who waits for a reset.
fn two_step_rules(m: &Model) -> AnyView {
    let roles = [Role::Owner, Role::Clinician, Role::FrontDesk]
        .iter()
        .map(|role| (role.word().to_owned(), role.label().to_owned()))
        .collect();
    let days: Vec<(String, String)> =
        [("0", "Always ask"), ("7", "7 days"), ("30", "30 days")].map(|(n, l)| (n.to_owned(), l.to_owned())).to_vec();
    let f = &m.two_step;
    let waiting: Vec<AnyView> = m
        .resets
        .iter()
        .map(|(id, name)| {
            view! { <li><a href=format!("/staff/{id}/edit")>{name.clone()}</a>" has lost their phone and recovery codes"</li> }.into_any()
        })
        .collect();
    let waiting = (!waiting.is_empty())
        .then(|| view! { <div class="notice"><p>"Confirm or decline a reset:"</p><ul>{waiting}</ul></div> });
    card("Two-step sign-in", view! {
        {waiting}
        <form class="form" method="post" action="/staff/two-step">
            {form_key()}
            {error_summary(f)}
            {Field::new(f, "factor_role", "Who must use it").hint("They set it up at the next page they open.").unmarked().ticks(roles)}
            {Field::new(f, "factor_clinical", "Remember owners’ and therapists’ devices for").unmarked().select(days.clone())}
            {Field::new(f, "factor_others", "Remember other staff’s devices for").unmarked().select(days)}
            {submit("Save two-step sign-in")}
        </form>
    }.into_any())
}

/// The fields of a member of staff.
fn staff_fields(f: &FormState, email_hint: &'static str) -> AnyView {
    let roles = [Role::Clinician, Role::FrontDesk, Role::Owner]
        .iter()
        .map(|r| (r.word().to_owned(), r.label().to_owned()))
        .collect();
    view! {
        {Field::new(f, "display_name", "Name").required().text()}
        {Field::new(f, "email", "Email address").hint(email_hint).required().email()}
        {zone_select(f, "zone", "Time zone")}
        {Field::new(f, "role", "Roles").required().ticks(roles)}
    }
    .into_any()
}

/// The row of an account: who it is, its state, and the menu of what can be done.
fn staff_row(s: &StaffItem) -> Vec<AnyView> {
    let tone = if s.disabled || s.lost {
        Tone::Care
    } else if s.invited || s.access_reset {
        Tone::Wait
    } else {
        Tone::Good
    };
    let me = s.me.then_some(" (you)");
    vec![
        view! { <strong>{s.name.clone()}</strong>{me}<br/><span class="muted">{s.email.clone()}</span> }.into_any(),
        s.login_name.clone().unwrap_or_else(|| "–".into()).into_any(),
        s.roles.iter().map(|r| r.label()).collect::<Vec<_>>().join(", ").into_any(),
        badge(tone, s.state.clone()),
        row_menu(s),
    ]
}

/// The menu of a row.
fn row_menu(s: &StaffItem) -> AnyView {
    let post = |verb: &str, text: &str| {
        view! {
            <form method="post" action=format!("/staff/{}/{verb}", s.id)>
                {form_key()}
                <button class="button" type="submit">{text.to_owned()}<span class="quiet">{format!(": {}", s.name)}</span></button>
            </form>
        }
        .into_any()
    };
    let edit = view! {
        <a class="button" href=format!("/staff/{}/edit", s.id)>"Edit"<span class="quiet">{format!(": {}", s.name)}</span></a>
    };
    let supervision = s.roles.contains(&Role::Clinician).then(|| {
        view! {
            <a class="button" href=format!("/staff/{}/supervision", s.id)>"Supervision"<span class="quiet">{format!(": {}", s.name)}</span></a>
        }
        .into_any()
    });
    if s.me {
        return view! { <div class="actions">{edit}{supervision}</div> }.into_any();
    }
    let acts = if s.disabled {
        post("enable", "Reactivate")
    } else if s.invited {
        // An undelivered invitation is listed above, with its own buttons.
        let invite = (!s.lost).then(|| view! { {post("invite", "Resend invitation")}{post("link", "Copy link")} });
        view! { {invite}{post("disable", "Deactivate")} }.into_any()
    } else {
        view! {
            <p class="hint">"Resetting access signs them out and emails a link for a new password."</p>
            {post("reset", "Reset access")}
            <p class="hint">{format!("Deactivating signs them out everywhere. {}", ahead_text(s.ahead))}</p>
            {post("disable", "Deactivate")}
        }
        .into_any()
    };
    view! {
        <div class="actions">
            {edit}
            {supervision}
            <details class="row-menu">
                <summary>"More"<span class="quiet">{format!(": {}", s.name)}</span></summary>
                <div class="row-menu-acts">{acts}</div>
            </details>
        </div>
    }
    .into_any()
}

/// The sentence about the sessions ahead of a therapist.
fn ahead_text(ahead: i64) -> String {
    match ahead {
        0 => "No sessions are booked with them.".to_owned(),
        1 => "One session stays in the calendar until you move or cancel it.".to_owned(),
        n => format!("{n} sessions stay in the calendar until you move or cancel them."),
    }
}

/// The notice that no mail server is set, so that nobody gets emails.
pub fn no_mail_server(folder: &str) -> AnyView {
    view! {
        <p class="notice">
            <strong>"No mail server is set up. "</strong>
            {format!("Emails are written to the folder {folder}. To send email, set [mail.smtp]; see “Mail” in the README.")}
        </p>
    }
    .into_any()
}

/// Sample models of the staff page, rendered by the page tests.
pub fn samples() -> Vec<Model> {
    use crate::pages::accounts::account::EventItem;
    let item = |me, invited, disabled| StaffItem {
        id: AccountId(uuid::Uuid::nil()),
        name: "Dr Ngozi Okafor-Fernández ".repeat(8),
        email: "ngozi@example.org".into(),
        login_name: Some("ngozi".into()),
        roles: vec![Role::Owner, Role::Clinician],
        state: "Active".into(),
        invited,
        lost: invited,
        access_reset: !invited,
        disabled,
        me,
        ahead: 17,
    };
    vec![
        Model::default(),
        Model {
            staff: vec![
                item(true, false, false),
                item(false, true, false),
                item(false, false, true),
                item(false, false, false),
            ],
            undelivered: undelivered::samples(),
            mail_folder: Some("/srv/duologue/data/mail".to_owned()),
            form: crate::ui::refused("email", "Enter an email address."),
            two_step: crate::ui::refused("factor_clinical", "Choose for how long a device is remembered."),
            resets: vec![(AccountId(uuid::Uuid::from_u128(1)), "Ngozi <b>".to_owned())],
            events: Events {
                rows: vec![EventItem {
                    when: "Mon 23 Nov 2026, 10:00".into(),
                    name: "Ngozi <b>".into(),
                    what: "Wrong password".into(),
                    device: String::new(),
                }],
                ..Events::default()
            },
        },
    ]
}

/// Sample models of the page on which a member of staff is edited.
pub fn edit_samples() -> Vec<EditModel> {
    let model = EditModel {
        id: AccountId(uuid::Uuid::nil()),
        name: "Dr Ngozi Okafor-Fernández ".repeat(8),
        form: FormState::default(),
        in_use: true,
        new_email: String::new(),
        has_two_step: true,
        reset: Some(ResetItem { asked: "Tue 1 Dec, 09:00".into(), ready: String::new(), is_own: false }),
    };
    let refused = EditModel {
        form: crate::ui::refused("role", "You are the last owner. Give another person this role first."),
        in_use: false,
        new_email: "ngozi@new.example.org".into(),
        reset: Some(ResetItem { asked: "Tue 1 Dec, 09:00".into(), ready: "Wed 2 Dec, 09:00".into(), is_own: false }),
        ..model.clone()
    };
    let own = EditModel {
        reset: Some(ResetItem { asked: "Tue 1 Dec, 09:00".into(), ready: String::new(), is_own: true }),
        ..model.clone()
    };
    let none = EditModel { has_two_step: false, reset: None, ..model.clone() };
    vec![model, refused, own, none]
}
