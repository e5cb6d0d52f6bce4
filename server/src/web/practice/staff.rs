//! The accounts of the staff: inviting, editing, resetting, deactivating and
//! reactivating them.

use app::{
    pages::{
        accounts::{
            account::Events,
            handed::{self, LinkPurpose},
        },
        practice::staff::{self, EditModel, Model, ResetItem, StaffItem},
    },
    ui::{FormState, shell::Notice},
};
use axum::extract::State;
use domain::{
    accounts::factor::FactorRules,
    form::{Errors, Form},
    ids::{AccountId, EmailId},
    outbox::reminder::EmailKind,
};
use store::{
    HandedInvitation, HandedLink, NewStaff, ResetConfirmed, SentAgain, StaffChanged, StaffMember, Undelivered,
};

use crate::{
    access::Owner,
    config::Transport,
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query},
    page::{Page, redirect_with},
    paging::List,
    state::Site,
    web::accounts::account::event_item,
};

const TITLE: &str = "Staff";

/// The folder to which emails are written instead of being sent; `None`: they
/// are sent, or this is the demo, which has its mailbox page.
pub(crate) fn mail_folder(site: &Site) -> Option<String> {
    let mail = &site.config.mail;
    (mail.transport == Transport::Files && !site.config.demo)
        .then(|| std::path::absolute(&mail.folder).unwrap_or_else(|_| mail.folder.clone()).display().to_string())
}

/// The page's model.
async fn model(site: &Site, owner: &Owner, page: &Page, asked: &Form, form: FormState) -> Result<Model, Failure> {
    let (me, zone) = (owner.me(), page.zone());
    let lost = owner.undelivered().await?;
    let staff = owner
        .staff()
        .await?
        .into_iter()
        .map(|member| StaffItem {
            state: state_text(&member, &lost, page),
            lost: invitation_lost(&member, &lost),
            invited: !member.active && !member.disabled,
            me: member.id == me,
            id: member.id,
            name: member.name,
            email: member.email,
            login_name: member.login_name,
            roles: member.roles,
            access_reset: member.access_reset,
            disabled: member.disabled,
            ahead: member.sessions_ahead,
        })
        .collect();
    let undelivered = lost
        .iter()
        .filter_map(|mail| Some(crate::web::outbox::undelivered::item_for_owner(mail, mail.account?, &zone)))
        .collect();
    Ok(Model {
        mail_folder: mail_folder(site),
        staff,
        undelivered,
        form,
        two_step: FormState::new(owner.factor_rules().await?.form()),
        resets: owner.factor_resets().await?,
        events: events(owner, page, asked).await?,
    })
}

/// Failed and unusual sign-ins of all members of staff.
async fn events(owner: &Owner, page: &Page, asked: &Form) -> Result<Events, Failure> {
    let list = List::new("/staff", "events", "events", asked);
    let found = owner.staff_events(list.after()).await?;
    Ok(Events {
        pager: list.pager(found.more, ["Latest events", "Older events"]),
        rows: found.rows.into_iter().map(|row| event_item(row, page)).collect(),
    })
}

/// Whether the email with a member's invitation was not delivered.
fn invitation_lost(member: &StaffMember, lost: &[Undelivered]) -> bool {
    lost.iter().any(|mail| mail.account == Some(member.id) && mail.kind == EmailKind::Invitation)
}

/// The state of an account in words.
fn state_text(member: &StaffMember, lost: &[Undelivered], page: &Page) -> String {
    if invitation_lost(member, lost) {
        return "Invitation not delivered".to_owned();
    }
    match (member.disabled, member.active, member.invited_until) {
        (true, _, _) => "Deactivated".to_owned(),
        (_, true, _) if member.access_reset => "Access reset; no new password yet".to_owned(),
        (_, true, _) => "Active".to_owned(),
        (_, _, Some(until)) => format!("Invited; the link works until {}", page.stamp(until)),
        _ => "Invitation expired".to_owned(),
    }
}

/// GET /staff?events=: the list of the staff, with failed and unusual sign-ins.
pub async fn index(State(site): State<Site>, owner: Owner, page: Page, Query(asked): Query) -> Answer {
    let form = Form::from_pairs([("zone", page.practice_zone().name())]);
    let model = model(&site, &owner, &page, &asked, FormState { form, errors: Errors::default() }).await?;
    page.ok(TITLE, model, staff::view).await
}

/// POST /staff: invites a member of staff.
pub async fn create(State(site): State<Site>, owner: Owner, page: Page, PostedForm(form): PostedForm) -> Answer {
    match NewStaff::read(&form) {
        Ok(new) => {
            owner.invite_staff(&new).await?;
            Ok(redirect_with(
                "/staff",
                if mail_folder(&site).is_some() { Notice::WrittenToFile } else { Notice::Invited },
            ))
        }
        Err(errors) => {
            let model = model(&site, &owner, &page, &Form::default(), FormState { form, errors }).await?;
            page.invalid(TITLE, model, staff::view).await
        }
    }
}

/// POST /staff/{id}/invite: sends an invitation again.
pub async fn invite(owner: Owner, PathIds(id): PathIds<AccountId>) -> Answer {
    owner.invite_again(id).await?.found()?;
    Ok(redirect_with("/staff", Notice::Invited))
}

/// POST /staff/{id}/link: shows an invitation link to hand over, instead of an
/// email.
pub async fn show_invitation_link(
    State(site): State<Site>,
    owner: Owner,
    page: Page,
    PathIds(id): PathIds<AccountId>,
) -> Answer {
    match owner.invite_by_hand(id).await? {
        Some(HandedInvitation { name, token }) => show_link(&site, &page, name, HandedLink::Invitation(token)).await,
        None => Ok(redirect_with("/staff", Notice::NoLink)),
    }
}

/// POST /staff/{id}/emails/{email}: sends an undelivered email again, or shows
/// its link with `do` as `link`.
pub async fn undelivered(
    State(site): State<Site>,
    owner: Owner,
    page: Page,
    PathIds((id, message)): PathIds<(AccountId, EmailId)>,
    PostedForm(form): PostedForm,
) -> Answer {
    if form.get("do") == "link" {
        let name = owner.staff().await?.into_iter().find(|m| m.id == id).found()?.name;
        let link = owner.hand_out_link(id, message).await?;
        return show_link(&site, &page, name, link).await;
    }
    let notice = match owner.send_again(id, message).await? {
        SentAgain::Unknown => return Err(Failure::NotFound),
        SentAgain::Planned => Notice::Resent,
        SentAgain::NotNow => Notice::NotResent,
    };
    Ok(redirect_with("/staff", notice))
}

/// Shows a link that the owner hands to a member of staff.
async fn show_link(site: &Site, page: &Page, name: String, link: HandedLink) -> Answer {
    let (path, token, opens) = match link {
        HandedLink::Invitation(token) => ("invitations", token, LinkPurpose::Invitation),
        HandedLink::Reset(token) => ("reset", token, LinkPurpose::Reset),
        HandedLink::Refused => return Ok(redirect_with("/staff", Notice::NoLink)),
    };
    let link = format!("{}/{path}/{token}", site.config.base_url.trim_end_matches('/'));
    let model = handed::Model { name, link, opens, back: ("/staff".to_owned(), "staff") };
    page.ok("Link to hand over", model, handed::view).await
}

/// The member of staff with this id.
async fn member(owner: &Owner, id: AccountId) -> Result<StaffMember, Failure> {
    owner.staff().await?.into_iter().find(|member| member.id == id).found()
}

/// The model of the page on which a member of staff is edited; `form` replaces what is
/// stored.
async fn edit_model(
    owner: &Owner,
    page: &Page,
    member: StaffMember,
    form: Option<FormState>,
) -> Result<EditModel, Failure> {
    let (has_two_step, reset) = owner.factor_of(member.id).await?;
    let reset = reset.map(|reset| ResetItem {
        asked: page.stamp(reset.asked_at),
        ready: reset.ready_at.map(|ready| page.stamp(ready)).unwrap_or_default(),
        is_own: member.id == owner.me(),
    });
    let form = form.unwrap_or_else(|| {
        let mut form = Form::from_pairs([
            ("display_name", member.name.as_str()),
            ("email", &member.email),
            ("zone", member.zone.name()),
        ]);
        form.0.extend(member.roles.iter().map(|role| ("role".to_owned(), role.word().to_owned())));
        FormState::new(form)
    });
    Ok(EditModel {
        id: member.id,
        name: member.name,
        form,
        in_use: member.login_name.is_some(),
        new_email: member.new_email.unwrap_or_default(),
        has_two_step,
        reset,
    })
}

/// POST /staff/two-step: sets who must use two-step sign-in.
pub async fn two_step(State(site): State<Site>, owner: Owner, page: Page, PostedForm(form): PostedForm) -> Answer {
    match FactorRules::read(&form) {
        Ok(rules) => {
            owner.set_factor_rules(&rules).await?;
            Ok(redirect_with("/staff", Notice::TwoStepRules))
        }
        Err(errors) => {
            let mut model = model(&site, &owner, &page, &Form::default(), FormState::default()).await?;
            model.two_step = FormState { form, errors };
            page.invalid(TITLE, model, staff::view).await
        }
    }
}

/// POST /staff/{id}/two-step: confirms or declines a request to reset two-step sign-in.
pub async fn reset_two_step(
    owner: Owner,
    page: Page,
    PathIds(id): PathIds<AccountId>,
    PostedForm(form): PostedForm,
) -> Answer {
    let path = format!("/staff/{id}/edit");
    if form.get("do") == "decline" {
        owner.refuse_reset(id).await?.then_some(()).found()?;
        return Ok(redirect_with(&path, Notice::ResetDeclined));
    }
    match owner.confirm_reset(id).await? {
        ResetConfirmed::At(_) => Ok(redirect_with(&path, Notice::ResetConfirmed)),
        ResetConfirmed::Gone => Err(Failure::NotFound),
        ResetConfirmed::Own => {
            let model = edit_model(&owner, &page, member(&owner, id).await?, None).await?;
            page.invalid(&format!("Edit {}", model.name), model, staff::edit_view).await
        }
    }
}

/// GET /staff/{id}/edit: the form with the name, the address, the time zone and the
/// roles of a member of staff.
pub async fn edit(owner: Owner, page: Page, PathIds(id): PathIds<AccountId>) -> Answer {
    let model = edit_model(&owner, &page, member(&owner, id).await?, None).await?;
    page.ok(&format!("Edit {}", model.name), model, staff::edit_view).await
}

/// POST /staff/{id}/edit: changes a member of staff.
pub async fn update(owner: Owner, page: Page, PathIds(id): PathIds<AccountId>, PostedForm(form): PostedForm) -> Answer {
    let errors = match NewStaff::read(&form) {
        Ok(new) => match owner.change_staff(id, &new).await? {
            StaffChanged::Done => return Ok(redirect_with("/staff", Notice::StaffSaved)),
            StaffChanged::AddressAsked => return Ok(redirect_with("/staff", Notice::AddressSuggested)),
            StaffChanged::Missing => return Err(Failure::NotFound),
            StaffChanged::LastOwner => {
                Errors::at_field("role", "You are the last owner. Give another person this role first.")
            }
            StaffChanged::SessionsAhead(n) => Errors::at_field("role", sessions_ahead(n)),
        },
        Err(errors) => errors,
    };
    let model = edit_model(&owner, &page, member(&owner, id).await?, Some(FormState { form, errors })).await?;
    page.invalid(&format!("Edit {}", model.name), model, staff::edit_view).await
}

/// The error at the roles of a therapist with sessions ahead.
fn sessions_ahead(n: i64) -> String {
    let count = if n == 1 { "One session is".to_owned() } else { format!("{n} sessions are") };
    format!("{count} booked with this therapist. Move or cancel them before you remove the role.")
}

/// POST /staff/{id}/reset: ends the access of a member of staff, who gets a link for a
/// new password by email.
pub async fn reset(owner: Owner, PathIds(id): PathIds<AccountId>) -> Answer {
    owner.reset_access(id).await?.then_some(()).found()?;
    Ok(redirect_with("/staff", Notice::AccessReset))
}

/// POST /staff/{id}/disable: closes an account.
pub async fn disable(owner: Owner, PathIds(id): PathIds<AccountId>) -> Answer {
    owner.set_disabled(id, true).await?.found()?;
    Ok(redirect_with("/staff", Notice::StaffChanged))
}

/// POST /staff/{id}/enable: opens a closed account again.
pub async fn enable(owner: Owner, PathIds(id): PathIds<AccountId>) -> Answer {
    owner.set_disabled(id, false).await?.found()?;
    Ok(redirect_with("/staff", Notice::StaffChanged))
}
