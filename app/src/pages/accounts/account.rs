//! The account page: time zone, email address, password, and the browsers that
//! are signed in.

use domain::{ids::LoginId, scheduling::session::CalendarTitle};
use leptos::prelude::*;

use super::own_address::{OwnAddress, PendingAddress, SuggestedAddress, address_card};
use crate::ui::{Field, FormState, Tone, badge, card, error_summary, facts, form_key, page_head, submit, zone_select};

/// The view model of the account page.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub name: String,
    pub login_name: Option<String>,
    pub email: String,
    pub zone: FormState,
    pub address: FormState,
    /// For a client: which email address is used, and why; `None` for staff.
    pub own: Option<OwnAddress>,
    /// A new email address that is not confirmed yet; `None` if there is none.
    pub pending: Option<PendingAddress>,
    pub logins: Vec<LoginItem>,
    pub password: FormState,
    /// The calendar feed; `None` if this account has no sessions of its own.
    pub feed: Option<FeedItem>,
}

/// The calendar feed of the account's own sessions.
#[derive(Clone, Debug)]
pub struct FeedItem {
    /// `None` if there is no feed.
    pub address: Option<FeedAddress>,
    /// The choice of what entries say, for a therapist; `None` for a partner,
    /// whose entries always say `Appointment`.
    pub wording: Option<FormState>,
}

/// The address of a calendar feed.
#[derive(Clone, Debug)]
pub struct FeedAddress {
    pub href: String,
    /// A sentence on when it was made and last read.
    pub since: String,
}

/// A browser that is signed in to the account.
#[derive(Clone, Debug)]
pub struct LoginItem {
    pub id: LoginId,
    pub device: String,
    pub since: String,
    pub last_seen: String,
    /// Whether this is the browser that shows the page.
    pub this: bool,
}

/// Renders the account page.
pub fn view(m: &Model) -> AnyView {
    let others = m.logins.iter().any(|l| !l.this);
    let logins: Vec<AnyView> = m
        .logins
        .iter()
        .map(|l| {
            let end = if l.this {
                badge(Tone::Good, "This browser")
            } else {
                view! {
                    <form method="post" action=format!("/account/logins/{}/end", l.id)>
                        {form_key()}
                        <button class="button" type="submit">"Sign out"<span class="quiet">{format!(" {}", l.device)}</span></button>
                    </form>
                }
                .into_any()
            };
            view! {
                <li class="row">
                    <div><strong>{l.device.clone()}</strong><br/><span class="muted">{format!("Since {}, last used {}", l.since, l.last_seen)}</span></div>
                    {end}
                </li>
            }
            .into_any()
        })
        .collect();
    let everywhere = others.then(|| {
        view! { <form method="post" action="/account/logins/end-others">{form_key()}<button class="button" type="submit">"Sign out everywhere else"</button></form> }.into_any()
    });
    let p = &m.password;
    view! {
        {page_head("Your account", "", vec![])}
        {facts(vec![
            ("Name".into(), m.name.clone().into_any()),
            ("You sign in as".into(), m.login_name.clone().unwrap_or_default().into_any()),
            ("E-mail".into(), (if m.email.is_empty() { "none".to_owned() } else { m.email.clone() }).into_any()),
        ])}
        {card("Time zone", view! {
            <form class="form" method="post" action="/account/zone">
                {form_key()}
                {error_summary(&m.zone)}
                <p class="hint">"Times are shown to you in this zone, with its name."</p>
                {zone_select(&m.zone, "zone", "Your time zone")}
                {submit("Save the zone")}
            </form>
        }.into_any())}
        {address_card(&m.address, "/account/email", m.own.as_ref(), m.pending.as_ref())}
        {card("Password", view! {
            <form class="form" method="post" action="/account/password">
                {form_key()}
                {error_summary(p)}
                {Field::new(p, "current", "Your password now").required().autocomplete("current-password").password()}
                {Field::new(p, "password", "New password").hint("At least 10 characters. Other browsers will be signed out.").required().autocomplete("new-password").password()}
                {submit("Change the password")}
            </form>
        }.into_any())}
        {m.feed.as_ref().map(feed_card)}
        {card("Signed in with", view! { <ul class="rows">{logins}</ul>{everywhere} }.into_any())}
    }
    .into_any()
}

/// The card with the calendar feed.
fn feed_card(f: &FeedItem) -> AnyView {
    let wording = f.wording.as_ref().map(|state| {
        let choices = CalendarTitle::ALL.iter().map(|w| (w.word().to_owned(), w.label().to_owned())).collect();
        Field::new(state, "wording", "What an entry says")
            .hint("Calendars are often shared with a family or an employer.")
            .required()
            .radios(choices)
    });
    let says = match f.wording {
        Some(_) => "Your sessions, in the calendar of your phone or computer.",
        None => {
            "Your appointments, in the calendar of your phone or computer. An entry says “Appointment”, the time and, for a meeting online, the link."
        }
    };
    let address = f.address.as_ref().map(|FeedAddress { href, since }| {
        view! {
            <div class="field">
                <label for="f-feed">"Subscribe to this address"</label>
                <input id="f-feed" name="feed" type="url" readonly value=href.clone() autocomplete="off"/>
                <p class="hint">{since.clone()}</p>
            </div>
            <form method="post" action="/account/feed">
                {form_key()}
                <button class="button" type="submit" name="do" value="stop">"Stop this address"</button>
            </form>
        }
        .into_any()
    });
    let make = if f.address.is_some() { "Make a new address" } else { "Make an address" };
    let instead =
        f.address.is_some().then(|| view! { <p class="hint">"The address above reads nothing any more then."</p> });
    card(
        "Your calendar",
        view! {
            <p>{says}</p>
            <p class="muted">"Whoever has the address can read it without signing in. Treat it like a key, and stop it when in doubt."</p>
            {address}
            <form class="form" method="post" action="/account/feed">
                {form_key()}
                {wording}
                {instead}
                <p class="form-actions"><button class="button" type="submit" name="do" value="make">{make}</button></p>
            </form>
        }
        .into_any(),
    )
}

/// Sample models of the account page, rendered by the page tests.
pub fn samples() -> Vec<Model> {
    let login = |this| LoginItem {
        id: LoginId(uuid::Uuid::nil()),
        device: "Firefox on Android".into(),
        since: "Mon".into(),
        last_seen: "now".into(),
        this,
    };
    vec![
        Model { feed: Some(FeedItem { address: None, wording: None }), ..Model::default() },
        Model {
            name: "अनन्या 💛".repeat(20),
            login_name: Some("ananya".into()),
            logins: vec![login(true), login(false)],
            own: Some(OwnAddress {
                email: "ananya@example.org".into(),
                unconfirmed: true,
                suggested: Some(SuggestedAddress { email: "<new>@example.org".into(), by: "Ruth Abrahams".into() }),
                returned: true,
            }),
            pending: Some(PendingAddress { email: "<new>@example.org".into(), until: "Tue".into(), sent: true }),
            password: crate::ui::refused("current", "This is not your password."),
            feed: Some(FeedItem {
                address: Some(FeedAddress {
                    href: format!("https://practice.example/feeds/{}.ics", "x".repeat(43)),
                    since: "Made on 23 November 2026; not read yet.".to_owned(),
                }),
                wording: Some(FormState::default()),
            }),
            ..Model::default()
        },
    ]
}
