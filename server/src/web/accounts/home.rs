//! The start page, which redirects each visitor to their own first page.

use domain::clients::person::Role;

use crate::{
    access::Partner,
    error::{Answer, Failure},
    page::{Page, redirect},
};

/// GET /: redirects by the visitor's role. `partner` is an error for a visitor who
/// has no portal.
pub async fn show(page: Page, partner: Result<Partner, Failure>) -> Answer {
    if let Ok(partner) = partner
        && !partner.is_welcomed().await?
    {
        return Ok(redirect("/portal/welcome"));
    }
    let has = |role| page.visitor().is_some_and(|v| v.has(role));
    let first = if page.practice().is_none() {
        "/setup"
    } else if page.visitor().is_none() {
        "/sign-in"
    } else if has(Role::Partner) {
        "/portal"
    } else if has(Role::Clinician) {
        "/today"
    } else if has(Role::FrontDesk) {
        "/desk"
    } else if has(Role::Owner) {
        "/practice"
    } else {
        "/account"
    };
    Ok(redirect(first))
}
