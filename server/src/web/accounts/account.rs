//! The account page of the signed-in person: time zone, email address,
//! password, calendar feed, and the browsers that are signed in.

use app::{
    pages::accounts::{
        account::{self, EventItem, Events, FeedAddress, FeedItem, LoginItem, Model, Tab},
        new_address,
        own_address::{OwnAddress, PendingAddress, SuggestedAddress},
    },
    say,
    ui::{FormState, shell::Notice},
    words::Words,
};
use axum::{extract::State, http::StatusCode};
use domain::{
    clients::person::Role,
    form::{Errors, Form, Reader},
    ids::LoginId,
    scheduling::session::CalendarTitle,
};
use store::{EmailChange, EventRow, LoginRow, OwnAccount};

use crate::{
    access::{Partner, Public, SignedIn, cookie, origin},
    error::{Answer, Failure, Found as _},
    form::{PathIds, PostedForm, Query, without_passwords},
    new_password::{self, About},
    page::{Page, redirect_with},
    paging::List,
    state::Site,
    web::accounts::sign_in,
};

/// The forms of the account page that were refused, with their errors. `None`:
/// that form was not sent.
#[derive(Default)]
struct Refused {
    language: Option<FormState>,
    zone: Option<FormState>,
    address: Option<FormState>,
    password: FormState,
}

/// The account page's model; a refused form replaces the stored values.
async fn model(site: &Site, me: &SignedIn, page: &Page, tab: Tab, refused: Refused) -> Result<Model, Failure> {
    let OwnAccount { name, login_name, email } = me.account().await?;
    let own = own_address(me).await?;
    let logins = merged(&me.logins().await?, me.visitor().login, page);
    let now = |field: &str, value: &str| FormState::new(Form::from_pairs([(field, value)]));
    Ok(Model {
        tab,
        language: me
            .visitor()
            .has(Role::Partner)
            .then(|| refused.language.unwrap_or_else(|| now("language", me.visitor().language.word()))),
        zone: refused.zone.unwrap_or_else(|| now("zone", me.visitor().zone.name())),
        address: refused.address.unwrap_or_else(|| {
            let suggested = own.as_ref().and_then(|own| own.suggested.as_ref());
            now("email", suggested.map_or(&email, |suggested| &suggested.email))
        }),
        slash_search: me.visitor().person.is_none().then(|| me.visitor().slash_search),
        pending: pending(site, me, page).await?,
        own,
        password: refused.password,
        name,
        login_name,
        email,
        logins,
        events: None,
        feed: feed(site, me, page).await?,
    })
}

/// The logins as the account page shows them: browsers of one name together. `this`
/// is the login of the browser that shows the page.
fn merged(logins: &[LoginRow], this: LoginId, page: &Page) -> Vec<LoginItem> {
    let mut devices: Vec<(&str, Vec<&LoginRow>)> = Vec::new();
    for login in logins {
        match devices.iter_mut().find(|(device, _)| *device == login.device) {
            Some((_, rows)) => rows.push(login),
            None => devices.push((&login.device, vec![login])),
        }
    }
    let item = |(device, rows): (&str, Vec<&LoginRow>)| LoginItem {
        id: rows.iter().map(|row| row.id).find(|id| *id != this),
        count: rows.len(),
        device: device.to_owned(),
        since: rows.iter().map(|row| row.created_at).min().map(|at| page.stamp(at)).unwrap_or_default(),
        last_seen: rows.iter().map(|row| row.last_seen_at).max().map(|at| page.stamp(at)).unwrap_or_default(),
        this: rows.iter().any(|row| row.id == this),
    };
    devices.into_iter().map(item).collect()
}

/// The signed-in client's email address and what is known of it; `None` for
/// staff.
pub(crate) async fn own_address(me: &SignedIn) -> Result<Option<OwnAddress>, Failure> {
    Ok(me.own_address().await?.map(|own| OwnAddress {
        unconfirmed: own.proven_since.is_none(),
        email: own.email,
        suggested: own.suggested.map(|(email, by)| SuggestedAddress { email, by }),
        returned: own.bounced,
    }))
}

/// The new email address that is not confirmed yet; `None`: there is none.
pub(crate) async fn pending(site: &Site, me: &SignedIn, page: &Page) -> Result<Option<PendingAddress>, Failure> {
    Ok(me.pending_email_change().await?.map(|pending| PendingAddress {
        email: pending.email,
        until: page.stamp(pending.until),
        sent: site.config.sends_mail(),
    }))
}

/// GET /account/address/{token}: the page that asks to confirm a new email
/// address. It changes nothing, because mail scanners open links too.
pub async fn new_address(me: SignedIn, page: Page, PathIds(token): PathIds<String>) -> Answer {
    match me.email_of_link(&token).await? {
        None => address_gone(&page).await,
        Some(email) => {
            let title = say!(page.words(), "new-address-title");
            page.ok(&title, new_address::Model { token, email }, new_address::view).await
        }
    }
}

/// POST /account/address/{token}: confirms a new email address.
pub async fn confirm_address(me: SignedIn, page: Page, PathIds(token): PathIds<String>) -> Answer {
    if me.confirm_email_change(&token).await? {
        Ok(redirect_with("/account", Notice::AddressSaved))
    } else {
        address_gone(&page).await
    }
}

/// The page for a confirmation link that is no longer valid.
async fn address_gone(page: &Page) -> Answer {
    page.render(StatusCode::GONE, &say!(page.words(), "link-gone"), (), |()| new_address::gone()).await
}

/// The calendar feed of the signed-in person; `None`: this account may not have
/// one.
async fn feed(site: &Site, me: &SignedIn, page: &Page) -> Result<Option<FeedItem>, Failure> {
    if !me.may_have_feed() {
        return Ok(None);
    }
    let found = me.feed().await?;
    let wording = found.as_ref().map_or(CalendarTitle::Busy, |f| f.wording);
    let address = found.map(|f| {
        let (w, made) = (page.words(), page.stamp(f.made_at));
        let since = match f.read_at {
            Some(at) => say!(w, "account-feed-read", made = made, read = page.stamp(at)),
            None => say!(w, "account-feed-made", made = made),
        };
        let address = format!("{}/feeds/{}.ics", site.config.base_url.trim_end_matches('/'), f.token);
        FeedAddress { href: address, since }
    });
    let form = FormState::new(Form::from_pairs([("wording", wording.word())]));
    Ok(Some(FeedItem { address, wording: me.visitor().has(Role::Clinician).then_some(form) }))
}

/// GET /account: the profile.
pub async fn show(State(site): State<Site>, me: SignedIn, page: Page) -> Answer {
    let model = model(&site, &me, &page, Tab::Profile, Refused::default()).await?;
    page.ok(&title(&page), model, account::view).await
}

/// GET /account/security?events=: the password and the browsers that are signed in.
pub async fn security(State(site): State<Site>, me: SignedIn, page: Page, Query(asked): Query) -> Answer {
    let mut model = model(&site, &me, &page, Tab::Security, Refused::default()).await?;
    if me.visitor().person.is_none() {
        let list = List::new(Tab::Security.path(), "events", "events", &asked);
        let found = me.account_events(list.after()).await?;
        model.events = Some(Events {
            pager: list.pager(found.more, ["Latest events", "Older events"]),
            rows: found
                .rows
                .into_iter()
                .map(|row| EventItem { name: String::new(), ..event_item(row, &page) })
                .collect(),
        });
    }
    page.ok(&title(&page), model, account::view).await
}

/// Something that happened to an account.
pub(crate) fn event_item(row: EventRow, page: &Page) -> EventItem {
    let when = page.stamp(row.at);
    EventItem { when, name: row.name, what: row.event.label().to_owned(), device: row.device }
}

/// GET /account/feed: the calendar feed.
pub async fn show_feed(State(site): State<Site>, me: SignedIn, page: Page) -> Answer {
    let model = model(&site, &me, &page, Tab::Feed, Refused::default()).await?;
    model.feed.is_some().then_some(()).found()?;
    page.ok(&title(&page), model, account::view).await
}

/// The title of the account page.
fn title(page: &Page) -> String {
    say!(page.words(), "account-title")
}

/// POST /account/language: sets the language of a client's pages and emails.
pub async fn language(
    State(site): State<Site>,
    partner: Partner,
    me: SignedIn,
    page: Page,
    PostedForm(form): PostedForm,
) -> Answer {
    let mut r = Reader::new(&form);
    let read = r.word("language", "Choose a language from the list.");
    match (r.finish(), read) {
        (Ok(()), Ok(language)) => {
            partner.set_language(language).await?;
            Ok(redirect_with("/account", Notice::Saved))
        }
        (Err(errors), _) | (_, Err(errors)) => {
            let language = Some(FormState { form, errors });
            let model = model(&site, &me, &page, Tab::Profile, Refused { language, ..Refused::default() }).await?;
            page.invalid(&title(&page), model, account::view).await
        }
    }
}

/// POST /account/zone: sets the zone in which times are shown.
pub async fn zone(State(site): State<Site>, me: SignedIn, page: Page, PostedForm(form): PostedForm) -> Answer {
    let mut r = Reader::new(&form);
    let read = r.zone("zone");
    match (r.finish(), read) {
        (Ok(()), Ok(zone)) => {
            me.set_zone(&zone).await?;
            Ok(redirect_with("/account", Notice::Saved))
        }
        (Err(errors), _) | (_, Err(errors)) => {
            let zone = Some(FormState { form, errors });
            let model = model(&site, &me, &page, Tab::Profile, Refused { zone, ..Refused::default() }).await?;
            page.invalid(&title(&page), model, account::view).await
        }
    }
}

/// POST /account/keyboard: sets whether `/` moves to the search field.
pub async fn keyboard(me: SignedIn, PostedForm(form): PostedForm) -> Answer {
    me.set_slash_search(form.has("slash_search")).await?;
    Ok(redirect_with("/account", Notice::Saved))
}

/// POST /account/password: changes the password and signs out every other
/// browser.
pub async fn password(
    State(site): State<Site>,
    me: SignedIn,
    public: Public,
    page: Page,
    from: origin::Origin,
    before: cookie::EarlierTokens,
    PostedForm(form): PostedForm,
) -> Answer {
    let OwnAccount { name, login_name, email } = me.account().await?;
    let mut errors = Errors::default();
    let about = About {
        practice: page.practice_name(),
        name: &name,
        login_name: login_name.as_deref().unwrap_or_default(),
        email: &email,
    };
    if let Err(message) = new_password::check(form.get("password"), &about) {
        errors.add("password", message);
    }
    if errors.is_empty()
        && let Some(message) = check_current_password(&me, &public, form.get("current")).await?.message(page.words())
    {
        errors.add("current", message);
    }
    if !errors.is_empty() {
        let password = FormState { form: without_passwords(form), errors };
        let model = model(&site, &me, &page, Tab::Security, Refused { password, ..Refused::default() }).await?;
        return page.invalid(&title(&page), model, account::view).await;
    }
    let hash = public.hash(form.get("password").to_owned()).await?;
    let started = me.change_password(&hash, &from.device, before.browser.as_deref()).await?;
    Ok(cookie::with_login_cookies(redirect_with(Tab::Security.path(), Notice::PasswordChanged), &started, &site.config))
}

/// Whether a typed password is the account's.
pub(crate) enum PasswordCheck {
    Right,
    Wrong,
    /// There were too many tries; the password was not looked at.
    TooManyTries,
}

impl PasswordCheck {
    /// The sentence to show at the field; `None`: the password is right.
    pub(crate) fn message(&self, w: Words) -> Option<String> {
        match self {
            Self::Right => None,
            Self::Wrong => Some(say!(w, "account-password-wrong")),
            Self::TooManyTries => Some(say!(w, "account-password-too-many")),
        }
    }
}

/// Compares a typed password with the account's, and counts the try.
pub(crate) async fn check_current_password(
    me: &SignedIn,
    public: &Public,
    typed: &str,
) -> Result<PasswordCheck, Failure> {
    if !public.own_password_try().await? {
        return Ok(PasswordCheck::TooManyTries);
    }
    if !public.verify(typed.to_owned(), me.password_hash().await?).await? {
        return Ok(PasswordCheck::Wrong);
    }
    public.own_password_right().await?;
    Ok(PasswordCheck::Right)
}

/// POST /account/email: asks for another email address.
pub async fn email(
    State(site): State<Site>,
    me: SignedIn,
    public: Public,
    page: Page,
    PostedForm(form): PostedForm,
) -> Answer {
    match change_email((&me, &public), form, page.words()).await? {
        AddressForm::Done(notice) => Ok(redirect_with("/account", notice)),
        AddressForm::Refused(address) => {
            let address = Some(address);
            let model = model(&site, &me, &page, Tab::Profile, Refused { address, ..Refused::default() }).await?;
            page.invalid(&title(&page), model, account::view).await
        }
    }
}

/// How a form with another email address ended.
pub(crate) enum AddressForm {
    /// It was acted on; the notice says how.
    Done(Notice),
    /// It has errors: the form with its messages.
    Refused(FormState),
}

/// Asks for another email address, which is used once its link has been
/// confirmed. With `do` as `keep` or `cancel`, keeps the address in use
/// instead of a suggested or requested one.
pub(crate) async fn change_email(
    (me, public): (&SignedIn, &Public),
    form: Form,
    w: Words,
) -> Result<AddressForm, Failure> {
    if form.get("do") == "keep" {
        me.keep_email().await?;
        return Ok(AddressForm::Done(Notice::AddressKept));
    }
    if form.get("do") == "cancel" {
        me.cancel_email_change().await?;
        return Ok(AddressForm::Done(Notice::AddressKept));
    }
    let mut r = Reader::new(&form);
    let email = r.email("email");
    let mut errors = r.finish().err().unwrap_or_default();
    if errors.is_empty()
        && let Some(message) = check_current_password(me, public, form.get("current_password")).await?.message(w)
    {
        errors.add("current_password", message);
    }
    // Each try sends an email to a mailbox that may be another person's.
    if errors.is_empty() && !public.address_try().await? {
        errors.add("email", say!(w, "address-too-many"));
    }
    Ok(match email {
        Ok(email) if errors.is_empty() => AddressForm::Done(match me.request_email_change(&email).await? {
            EmailChange::LinkSent => Notice::AddressAsked,
            EmailChange::InUse => Notice::AddressKept,
        }),
        _ => AddressForm::Refused(FormState { form: without_passwords(form), errors }),
    })
}

/// POST /account/logins/{id}/end: signs out the browsers of one name, except the
/// one that asks.
pub async fn end_login(State(site): State<Site>, me: SignedIn, PathIds(id): PathIds<LoginId>) -> Answer {
    if id == me.visitor().login {
        return sign_in::destroy(State(site), me).await;
    }
    me.end_logins_like(id).await?.found()?;
    Ok(redirect_with(Tab::Security.path(), Notice::LoginEnded))
}

/// POST /account/logins/end-others: signs out every browser but this one.
pub async fn end_others(me: SignedIn) -> Answer {
    me.end_other_logins().await?;
    Ok(redirect_with(Tab::Security.path(), Notice::LoginEnded))
}
