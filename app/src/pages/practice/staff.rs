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
    pub disabled: bool,
    /// Whether it is the reader's own account.
    pub me: bool,
    /// How many sessions ahead are booked with them.
    pub ahead: i64,
}

/// Renders the staff page.
pub fn view(m: &Model) -> AnyView {
    let rows = m
        .staff
        .iter()
        .map(|s| {
            let tone = if s.disabled || s.lost { Tone::Care } else if s.invited { Tone::Wait } else { Tone::Good };
            let post = |verb: &str, text: &str| {
                view! {
                    <form method="post" action=format!("/staff/{}/{verb}", s.id)>
                        {form_key()}
                        <button class="button" type="submit">{text.to_owned()}<span class="quiet">{format!(": {}", s.name)}</span></button>
                    </form>
                }
                .into_any()
            };
            let actions = if s.me {
                "You".into_any()
            } else if s.disabled {
                post("enable", "Open the account")
            } else if s.invited {
                // An undelivered invitation is listed above, with its own
                // buttons.
                let invite = (!s.lost).then(|| view! { {post("invite", "Invite again")}{post("link", "Show a link")} });
                view! { <div class="actions">{invite}{post("disable", "Withdraw")}</div> }.into_any()
            } else {
                let ahead = match s.ahead {
                    0 => "No session is booked with them.".to_owned(),
                    1 => "One session is booked with them: it stays in the calendar until it is moved or cancelled.".to_owned(),
                    n => format!("{n} sessions are booked with them: they stay in the calendar until they are moved or cancelled."),
                };
                view! {
                    <details>
                        <summary>"Close the account"<span class="quiet">{format!(": {}", s.name)}</span></summary>
                        <p class="hint">{format!("They are signed out everywhere. {ahead}")}</p>
                        {post("disable", "Close it now")}
                    </details>
                }
                .into_any()
            };
            vec![
                view! { <strong>{s.name.clone()}</strong><br/><span class="muted">{s.email.clone()}</span> }.into_any(),
                s.login_name.clone().unwrap_or_else(|| "–".into()).into_any(),
                s.roles.iter().map(|r| r.label()).collect::<Vec<_>>().join(", ").into_any(),
                badge(tone, s.state.clone()),
                actions,
            ]
        })
        .collect();
    let roles = [Role::Clinician, Role::FrontDesk, Role::Owner]
        .iter()
        .map(|r| (r.word().to_owned(), r.label().to_owned()))
        .collect();
    let f = &m.form;
    view! {
        {page_head("Staff", "Everyone has an own account. Nobody but the couples’ own therapists reads clinical content.", vec![])}
        {m.mail_folder.as_deref().map(no_mail_server)}
        {undelivered::rows(&m.undelivered).map(|rows| card("Not delivered", rows))}
        <div class="after">{table("Staff accounts", &["Name", "Signs in as", "Roles", "State", "Actions"], rows)}</div>
        {card("Invite somebody", view! {
            <form class="form" method="post" action="/staff">
                {form_key()}
                {error_summary(f)}
                {Field::new(f, "display_name", "Name").required().text()}
                {Field::new(f, "email", "E-mail").hint("The invitation goes there. It works once, for seven days.").required().email()}
                {zone_select(f, "zone", "Time zone")}
                {Field::new(f, "role", "Roles").required().ticks(roles)}
                {submit("Send the invitation")}
            </form>
        }.into_any())}
    }
    .into_any()
}

/// The notice that no mail server is set, so that nobody gets emails.
pub fn no_mail_server(folder: &str) -> AnyView {
    view! {
        <p class="notice notice-care">
            <strong>"No mail server is set yet. "</strong>
            {format!("Mails are written to the folder {folder} instead of being sent. The manual tells how to set it up: mail.smtp.")}
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
            form: crate::ui::refused("email", "Please write an e-mail address."),
        },
    ]
}
