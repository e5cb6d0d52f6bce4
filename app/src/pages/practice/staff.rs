//! The staff page: the accounts of the practice and their roles.

use domain::{clients::person::Role, ids::AccountId};
use leptos::prelude::*;

use crate::pages::mail::undelivered::{self, UndeliveredItem};
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
        <p class="after"><a class="button" href="/staff">"Back to staff"</a></p>
    }
    .into_any()
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
        <p class="notice notice-care">
            <strong>"No mail server is set up. "</strong>
            {format!("Emails are written to the folder {folder}. To send email, set [mail.smtp]; see “Mail” in the README.")}
        </p>
    }
    .into_any()
}

/// Sample models of the staff page, rendered by the page tests.
pub fn samples() -> Vec<Model> {
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
    };
    let refused = EditModel {
        form: crate::ui::refused("role", "You are the last owner. Give another person this role first."),
        in_use: false,
        new_email: "ngozi@new.example.org".into(),
        ..model.clone()
    };
    vec![model, refused]
}
