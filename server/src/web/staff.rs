//! The staff's accounts: invited, active, closed.

use app::{
    pages::staff::{self, Model, StaffItem},
    ui::{FormState, shell::Notice},
};
use axum::extract::State;
use domain::{
    form::{Errors, Form},
    ids::AccountId,
    zone,
};
use store::{NewStaff, StaffMember};

use crate::{
    access::Owner,
    config::Transport,
    error::{Answer, Failure, Found as _},
    form::{At, Typed},
    page::{Page, redirect_with},
    state::Site,
};

const TITLE: &str = "Staff";

/// Where mails are written while they are not sent; the demo has a page.
pub(super) fn mail_folder(site: &Site) -> Option<String> {
    let mail = &site.config.mail;
    (mail.transport == Transport::Files && !site.config.demo)
        .then(|| std::path::absolute(&mail.folder).unwrap_or_else(|_| mail.folder.clone()).display().to_string())
}

async fn model(site: &Site, owner: &Owner, page: &Page, form: FormState) -> Result<Model, Failure> {
    let me = owner.me();
    let staff = owner
        .staff()
        .await?
        .into_iter()
        .map(|member| StaffItem {
            state: state(&member, page),
            invited: !member.active && !member.disabled,
            me: member.id == me,
            id: member.id,
            name: member.name,
            email: member.email,
            login_name: member.login_name,
            roles: member.roles,
            disabled: member.disabled,
            ahead: member.ahead,
        })
        .collect();
    Ok(Model { mail_folder: mail_folder(site), staff, form })
}

/// How far an account is, in words.
fn state(member: &StaffMember, page: &Page) -> String {
    match (member.disabled, member.active, member.invited_until) {
        (true, _, _) => "Closed".to_owned(),
        (_, true, _) => "Active".to_owned(),
        (_, _, Some(until)) => format!("Invited; the link works until {}", page.stamp(until)),
        _ => "The invitation has run out".to_owned(),
    }
}

/// GET /staff
pub async fn index(State(site): State<Site>, owner: Owner, page: Page) -> Answer {
    let form = Form::from_pairs([("zone", page.practice_zone().name())]);
    let model = model(&site, &owner, &page, FormState { form, errors: Errors::default() }).await?;
    page.ok(TITLE, model, staff::view).await
}

/// POST /staff
pub async fn create(State(site): State<Site>, owner: Owner, page: Page, Typed(form): Typed) -> Answer {
    let read = NewStaff::read(&form).and_then(|new| {
        if zone::exists(&new.zone) {
            Ok(new)
        } else {
            Err(Errors::one("zone", "Please pick a time zone from the list."))
        }
    });
    match read {
        Ok(new) => {
            owner.invite_staff(&new).await?;
            Ok(redirect_with(
                "/staff",
                if mail_folder(&site).is_some() { Notice::WrittenToFile } else { Notice::Invited },
            ))
        }
        Err(errors) => {
            let model = model(&site, &owner, &page, FormState { form, errors }).await?;
            page.again(TITLE, model, staff::view).await
        }
    }
}

/// POST /staff/{id}/invite
pub async fn invite(owner: Owner, At(id): At<AccountId>) -> Answer {
    owner.invite_again(id).await?.found()?;
    Ok(redirect_with("/staff", Notice::Invited))
}

/// POST /staff/{id}/disable
pub async fn disable(owner: Owner, At(id): At<AccountId>) -> Answer {
    owner.set_disabled(id, true).await?.found()?;
    Ok(redirect_with("/staff", Notice::StaffChanged))
}

/// POST /staff/{id}/enable
pub async fn enable(owner: Owner, At(id): At<AccountId>) -> Answer {
    owner.set_disabled(id, false).await?.found()?;
    Ok(redirect_with("/staff", Notice::StaffChanged))
}
