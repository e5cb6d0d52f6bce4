//! The start page, which redirects each visitor to their own first page.

use domain::clients::person::Role;

use crate::{
    error::Answer,
    page::{Page, redirect},
};

/// GET /: redirects by the visitor's role.
pub async fn show(page: Page) -> Answer {
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
