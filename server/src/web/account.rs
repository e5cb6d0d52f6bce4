//! One's own account: the zone times are shown in, the password, and the
//! browsers that are signed in.

use app::{
    pages::account::{self, FeedItem, LoginItem, Model},
    ui::{FormState, shell::Notice},
};
use axum::extract::State;
use domain::{
    form::{Errors, Form, Reader},
    ids::LoginId,
    password as rules,
    person::Role,
    session::Wording,
    zone::exists,
};

use crate::{
    access::{Public, SignedIn, client, cookie},
    error::{Answer, Failure, Found as _},
    form::{At, Typed},
    page::{Page, redirect_with},
    state::Site,
    web::{sign_in, with_cookie, without_passwords},
};

const TITLE: &str = "Your account";

/// Which of the page's forms was refused.
#[derive(Default)]
struct Refused {
    zone: Option<FormState>,
    address: Option<FormState>,
    password: FormState,
}

async fn model(site: &Site, me: &SignedIn, page: &Page, refused: Refused) -> Result<Model, Failure> {
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
    let now = |field: &str, value: &str| FormState::new(Form::from_pairs([(field, value)]));
    Ok(Model {
        zone: refused.zone.unwrap_or_else(|| now("zone", me.visitor().zone.name())),
        address: refused.address.unwrap_or_else(|| now("email", &email)),
        password: refused.password,
        name,
        login_name,
        email,
        logins,
        feed: feed(site, me, page).await?,
    })
}

async fn feed(site: &Site, me: &SignedIn, page: &Page) -> Result<Option<FeedItem>, Failure> {
    if !me.may_have_feed() {
        return Ok(None);
    }
    let found = me.feed().await?;
    let wording = found.as_ref().map_or(Wording::Busy, |f| f.wording);
    let address = found.map(|f| {
        let read =
            f.read_at.map_or_else(|| "not read yet".to_owned(), |at| format!("last read about {}", page.stamp(at)));
        let address = format!("{}/feeds/{}.ics", site.config.base_url.trim_end_matches('/'), f.token);
        (address, format!("Made on {}; {read}.", page.stamp(f.made_at)))
    });
    let form = FormState::new(Form::from_pairs([("wording", wording.word())]));
    Ok(Some(FeedItem { address, wording: me.visitor().has(Role::Clinician).then_some(form) }))
}

/// GET /account
pub async fn show(State(site): State<Site>, me: SignedIn, page: Page) -> Answer {
    let model = model(&site, &me, &page, Refused::default()).await?;
    page.ok(TITLE, model, account::view).await
}

/// POST /account/zone
pub async fn zone(State(site): State<Site>, me: SignedIn, page: Page, Typed(form): Typed) -> Answer {
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
            let model =
                model(&site, &me, &page, Refused { zone: Some(FormState { form, errors }), ..Refused::default() })
                    .await?;
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
    if errors.is_empty()
        && let Err(message) = proven(&me, &public, form.get("current")).await?
    {
        errors.add("current", message);
    }
    if !errors.is_empty() {
        let password = FormState { form: without_passwords(form), errors };
        let model = model(&site, &me, &page, Refused { password, ..Refused::default() }).await?;
        return page.again(TITLE, model, account::view).await;
    }
    let hash = public.hash(form.get("password").to_owned()).await?;
    let token = me.change_password(&hash, &from.device).await?;
    Ok(with_cookie(redirect_with("/account", Notice::PasswordChanged), cookie::keep(&token, &site.config)))
}

/// Whether whoever sits there knows the password of the login.
async fn proven(me: &SignedIn, public: &Public, typed: &str) -> Result<Result<(), &'static str>, Failure> {
    Ok(if !public.own_password_try().await? {
        Err("There were too many tries. Please wait a quarter of an hour.")
    } else if !public.verify(typed.to_owned(), me.password_hash().await?).await? {
        Err("This is not your current password.")
    } else {
        Ok(())
    })
}

/// POST /account/email
pub async fn email(State(site): State<Site>, me: SignedIn, public: Public, page: Page, Typed(form): Typed) -> Answer {
    let mut r = Reader::new(&form);
    let email = r.email("email");
    let mut errors = r.finish().err().unwrap_or_default();
    if errors.is_empty()
        && let Err(message) = proven(&me, &public, form.get("current_password")).await?
    {
        errors.add("current_password", message);
    }
    match email {
        Ok(email) if errors.is_empty() => {
            me.set_email(&email).await?;
            Ok(redirect_with("/account", Notice::Saved))
        }
        _ => {
            let address = Some(FormState { form: without_passwords(form), errors });
            let model = model(&site, &me, &page, Refused { address, ..Refused::default() }).await?;
            page.again(TITLE, model, account::view).await
        }
    }
}

/// POST /account/logins/{id}/end
pub async fn end_login(State(site): State<Site>, me: SignedIn, At(id): At<LoginId>) -> Answer {
    if id == me.visitor().login {
        return sign_in::destroy(State(site), me).await;
    }
    me.end_login(id).await?.found()?;
    Ok(redirect_with("/account", Notice::LoginEnded))
}

/// POST /account/logins/end-others
pub async fn end_others(me: SignedIn) -> Answer {
    me.end_other_logins().await?;
    Ok(redirect_with("/account", Notice::LoginEnded))
}
