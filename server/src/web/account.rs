//! One's own account: the zone times are shown in, the password, and the
//! browsers that are signed in.

use app::{
    pages::account::{self, LoginItem, Model},
    ui::{FormState, shell::Notice},
};
use axum::extract::State;
use domain::{
    form::{Errors, Form, Reader},
    ids::LoginId,
    password as rules,
    zone::exists,
};

use crate::{
    access::{Public, SignedIn, client, cookie},
    error::{Answer, Failure, Found as _},
    form::{At, Typed},
    page::{Page, redirect, redirect_with},
    state::Site,
    web::{with_cookie, without_passwords},
};

const TITLE: &str = "Your account";

async fn model(me: &SignedIn, page: &Page, zone: Option<FormState>, password: FormState) -> Result<Model, Failure> {
    let (name, login_name, email) = me.account().await?;
    let this = me.visitor().login;
    let logins = me
        .logins()
        .await?
        .into_iter()
        .map(|login| LoginItem {
            id: login.id,
            device: login.device,
            since: page.stamp(login.created_at),
            last_seen: page.stamp(login.last_seen_at),
            this: login.id == this,
        })
        .collect();
    let zone = zone.unwrap_or_else(|| FormState {
        form: Form::from_pairs([("zone", me.visitor().zone.name())]),
        errors: Errors::default(),
    });
    Ok(Model { name, login_name, email, zone, logins, password })
}

/// GET /account
pub async fn show(me: SignedIn, page: Page) -> Answer {
    let model = model(&me, &page, None, FormState::default()).await?;
    page.ok(TITLE, model, account::view).await
}

/// POST /account/zone
pub async fn zone(me: SignedIn, page: Page, Typed(form): Typed) -> Answer {
    let mut r = Reader::new(&form);
    let read = match r.zone("zone") {
        Ok(zone) if !exists(&zone) => r.fail("zone", "Please pick a time zone from the list."),
        zone => zone,
    };
    match (r.finish(), read) {
        (Ok(()), Ok(zone)) => {
            me.set_zone(&zone).await?;
            Ok(redirect_with("/account", Notice::Saved))
        }
        (Err(errors), _) | (_, Err(errors)) => {
            let model = model(&me, &page, Some(FormState { form, errors }), FormState::default()).await?;
            page.again(TITLE, model, account::view).await
        }
    }
}

/// POST /account/password: every other browser is signed out by it.
pub async fn password(
    State(site): State<Site>,
    me: SignedIn,
    public: Public,
    page: Page,
    from: client::From,
    Typed(form): Typed,
) -> Answer {
    let (name, login_name, _) = me.account().await?;
    let mut errors = Errors::default();
    if let Err(message) = rules::check(form.get("password"), &[login_name.as_deref().unwrap_or_default(), &name]) {
        errors.add("password", message);
    }
    if errors.is_empty() {
        if !public.own_password_try().await? {
            errors.add("current", "There were too many tries. Please wait a quarter of an hour.");
        } else if !site.hasher.verify(form.get("current").to_owned(), me.password_hash().await?).await? {
            errors.add("current", "This is not your current password.");
        }
    }
    if !errors.is_empty() {
        let model = model(&me, &page, None, FormState { form: without_passwords(form), errors }).await?;
        return page.again(TITLE, model, account::view).await;
    }
    let hash = site.hasher.hash(form.get("password").to_owned()).await?;
    let token = me.change_password(&hash, &from.device).await?;
    Ok(with_cookie(redirect_with("/account", Notice::PasswordChanged), cookie::keep(&token, &site.config)))
}

/// POST /account/logins/{id}/end
pub async fn end_login(me: SignedIn, At(id): At<LoginId>) -> Answer {
    me.end_login(id).await?.found()?;
    if id == me.visitor().login {
        return Ok(redirect("/sign-in"));
    }
    Ok(redirect_with("/account", Notice::LoginEnded))
}

/// POST /account/logins/end-others
pub async fn end_others(me: SignedIn) -> Answer {
    me.end_other_logins().await?;
    Ok(redirect_with("/account", Notice::LoginEnded))
}
