//! The account pages: the profile with time zone and email address; security with
//! the password and the browsers that are signed in; the calendar feed.

use domain::{clients::person::Language, form::Form, ids::LoginId, scheduling::session::CalendarTitle};
use leptos::prelude::*;

use super::own_address::{OwnAddress, PendingAddress, SuggestedAddress, address_card};
use crate::{
    say,
    ui::{
        Field, FilterLink, FormState, Pager, Tone, badge, card, empty, error_summary, facts, filters, form_key,
        page_head, pager, submit, table, zone_select,
    },
    words::words,
};

/// One of the account's pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// Name, language, time zone and email address.
    #[default]
    Profile,
    /// The password and the browsers that are signed in.
    Security,
    /// The calendar feed.
    Feed,
}

impl Tab {
    /// The address of the page.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Profile => "/account",
            Self::Security => "/account/security",
            Self::Feed => "/account/feed",
        }
    }
}

/// The view model of the account's pages.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub tab: Tab,
    pub name: String,
    pub login_name: Option<String>,
    pub email: String,
    /// The choice of a client's language; `None` for staff, whose pages are in
    /// English.
    pub language: Option<FormState>,
    pub zone: FormState,
    /// Whether the key `/` moves to the search field; `None` for a client.
    pub slash_search: Option<bool>,
    pub address: FormState,
    /// For a client: which email address is used, and why; `None` for staff.
    pub own: Option<OwnAddress>,
    /// A new email address that is not confirmed yet; `None` if there is none.
    pub pending: Option<PendingAddress>,
    pub logins: Vec<LoginItem>,
    /// What happened to the account lately; `None` for a client.
    pub events: Option<Events>,
    pub password: FormState,
    /// The calendar feed; `None` if this account has no sessions of its own.
    pub feed: Option<FeedItem>,
}

/// Failed and unusual sign-ins, and changes of two-step sign-in.
#[derive(Clone, Debug, Default)]
pub struct Events {
    pub rows: Vec<EventItem>,
    pub pager: Pager,
}

/// Something that happened to an account.
#[derive(Clone, Debug)]
pub struct EventItem {
    /// When, such as "Mon 23 Nov 2026, 10:00".
    pub when: String,
    /// The member of staff; empty on their own page.
    pub name: String,
    /// What, such as "Wrong password".
    pub what: String,
    /// The browser; may be empty.
    pub device: String,
}

/// The card with what happened to accounts.
pub fn events_card(events: &Events) -> AnyView {
    let named = events.rows.iter().any(|event| !event.name.is_empty());
    let rows: Vec<Vec<AnyView>> = events
        .rows
        .iter()
        .map(|event| {
            let mut cells = vec![event.when.clone().into_any()];
            if named {
                cells.push(event.name.clone().into_any());
            }
            cells.extend([event.what.clone().into_any(), event.device.clone().into_any()]);
            cells
        })
        .collect();
    let columns: &[&str] = if named { &["When", "Who", "What", "Browser"] } else { &["When", "What", "Browser"] };
    let list = if rows.is_empty() {
        empty("Nothing unusual so far.", None)
    } else {
        table("Failed and unusual sign-ins", columns, rows)
    };
    view! { <section class="card" id="events"><h2>"Failed and unusual sign-ins"</h2>{list}{pager(&events.pager)}</section> }
        .into_any()
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

/// The browsers of one name that are signed in to the account.
#[derive(Clone, Debug)]
pub struct LoginItem {
    /// A login of these that is not this browser's, by which they are signed out;
    /// `None`: only this browser.
    pub id: Option<LoginId>,
    /// How many times they are signed in.
    pub count: usize,
    pub device: String,
    pub since: String,
    pub last_seen: String,
    /// Whether the browser that shows the page is among them.
    pub this: bool,
}

/// Renders the account page that is open.
pub fn view(m: &Model) -> AnyView {
    let w = words();
    let link = |tab: Tab, text: String| FilterLink::new(tab.path(), text, m.tab == tab);
    let mut tabs =
        vec![link(Tab::Profile, say!(w, "account-tab-profile")), link(Tab::Security, say!(w, "account-tab-security"))];
    if m.feed.is_some() {
        tabs.push(link(Tab::Feed, say!(w, "account-tab-feed")));
    }
    let open = match m.tab {
        Tab::Profile => profile(m),
        Tab::Security => security(m),
        Tab::Feed => m.feed.as_ref().map(feed_card).into_any(),
    };
    view! {
        {page_head(say!(w, "account-title"), "", vec![])}
        {filters(&say!(w, "account-title"), tabs)}
        {open}
    }
    .into_any()
}

/// The profile: name, language, time zone and email address.
fn profile(m: &Model) -> AnyView {
    let w = words();
    let email = if m.email.is_empty() { say!(w, "account-email-none") } else { m.email.clone() };
    view! {
        {facts(vec![
            (say!(w, "account-name"), m.name.clone().into_any()),
            (say!(w, "account-login-name"), m.login_name.clone().unwrap_or_default().into_any()),
            (say!(w, "account-email"), email.into_any()),
        ])}
        <div class="columns">
        {m.language.as_ref().map(language_card)}
        {card(say!(w, "account-zone"), view! {
            <form class="form" method="post" action="/account/zone">
                {form_key()}
                {error_summary(&m.zone)}
                <p class="hint">{say!(w, "account-zone-hint")}</p>
                {zone_select(&m.zone, "zone", &say!(w, "account-zone-field"))}
                {submit(say!(w, "account-zone-save"))}
            </form>
        }.into_any())}
        {m.slash_search.map(keyboard_card)}
        {address_card(&m.address, "/account/email", m.own.as_ref(), m.pending.as_ref())}
        </div>
    }
    .into_any()
}

/// The card with the choice of keys, for staff.
fn keyboard_card(slash_search: bool) -> AnyView {
    let chosen = if slash_search { Form::from_pairs([("slash_search", "yes")]) } else { Form::default() };
    card("Keyboard", view! {
        <form class="form" method="post" action="/account/keyboard">
            {form_key()}
            {Field::new(&FormState::new(chosen), "slash_search", "Press / to search").hint("Ctrl+K always moves to the search field.").tick()}
            {submit("Save keyboard")}
        </form>
    }.into_any())
}

/// The password, and the browsers that are signed in.
fn security(m: &Model) -> AnyView {
    let w = words();
    let logins: Vec<AnyView> = m.logins.iter().map(login_row).collect();
    let others = m.logins.iter().any(|l| l.id.is_some());
    let everywhere = others.then(|| {
        view! { <form method="post" action="/account/logins/end-others">{form_key()}<button class="button" type="submit">{say!(w, "account-logins-end")}</button></form> }.into_any()
    });
    let p = &m.password;
    view! {
        <div class="columns">
        {card(say!(w, "account-password"), view! {
            <form class="form" method="post" action="/account/password">
                {form_key()}
                {error_summary(p)}
                {Field::new(p, "current", say!(w, "account-password-current")).required().autocomplete("current-password").password()}
                {Field::new(p, "password", say!(w, "account-password-new")).hint(say!(w, "account-password-hint")).required().autocomplete("new-password").password()}
                {submit(say!(w, "account-password-save"))}
            </form>
        }.into_any())}
        {m.slash_search.is_some().then(two_step_card)}
        {card(say!(w, "account-logins"), view! { <ul class="rows">{logins}</ul>{everywhere} }.into_any())}
        </div>
        {m.events.as_ref().map(events_card)}
    }
    .into_any()
}

/// The way to two-step sign-in, for staff.
fn two_step_card() -> AnyView {
    card(
        "Two-step sign-in",
        view! {
            <p>"You sign in with your password and a code from your phone."</p>
            <p><a class="button" href="/account/two-step">"Set up or change two-step sign-in"</a></p>
        }
        .into_any(),
    )
}

/// The row of the browsers of one name.
fn login_row(l: &LoginItem) -> AnyView {
    let w = words();
    let name = match l.count {
        0 | 1 => w.sentence(&l.device),
        count => say!(w, "account-login-several", device = w.sentence(&l.device), count = count),
    };
    let this = l.this.then(|| badge(Tone::Good, say!(w, "account-login-this")));
    let end = l.id.map(|id| {
        let text = if l.this { say!(w, "account-login-end-rest") } else { say!(w, "account-login-end") };
        view! {
            <form method="post" action=format!("/account/logins/{id}/end")>
                {form_key()}
                <button class="button" type="submit">{text}<span class="quiet">{format!(" {}", l.device)}</span></button>
            </form>
        }
        .into_any()
    });
    view! {
        <li class="row">
            <div><strong>{name}</strong><br/><span class="muted">{say!(w, "account-login-used", since = &l.since, used = &l.last_seen)}</span></div>
            <div class="actions">{this}{end}</div>
        </li>
    }
    .into_any()
}

/// The card with the choice of a client's language. Each language is named in
/// itself.
pub fn language_card(state: &FormState) -> AnyView {
    let w = words();
    let languages = Language::ALL.iter().map(|l| (l.word().to_owned(), l.label().to_owned())).collect();
    card(
        say!(w, "account-language"),
        view! {
            <form class="form" method="post" action="/account/language">
                {form_key()}
                {error_summary(state)}
                {Field::new(state, "language", say!(w, "account-language-field"))
                    .hint(say!(w, "account-language-hint"))
                    .required()
                    .select(languages)}
                {submit(say!(w, "account-language-save"))}
            </form>
        }
        .into_any(),
    )
}

/// The card with the calendar feed.
fn feed_card(f: &FeedItem) -> AnyView {
    let w = words();
    let wording = f.wording.as_ref().map(|state| {
        let choices = CalendarTitle::ALL.iter().map(|w| (w.word().to_owned(), w.label().to_owned())).collect();
        Field::new(state, "wording", say!(w, "account-feed-wording"))
            .hint(say!(w, "account-feed-wording-hint"))
            .required()
            .radios(choices)
    });
    let says = match f.wording {
        Some(_) => say!(w, "account-feed-staff"),
        None => say!(w, "account-feed-client"),
    };
    let address = f.address.as_ref().map(|FeedAddress { href, since }| {
        view! {
            <div class="field">
                <label for="f-feed">{say!(w, "account-feed-address")}</label>
                <input id="f-feed" name="feed" type="url" readonly value=href.clone() autocomplete="off"/>
                <p class="hint">{since.clone()}</p>
            </div>
            <form method="post" action="/account/feed">
                {form_key()}
                <button class="button" type="submit" name="do" value="stop">{say!(w, "account-feed-stop")}</button>
            </form>
        }
        .into_any()
    });
    let make = match f.address {
        Some(_) => say!(w, "account-feed-make-new"),
        None => say!(w, "account-feed-make"),
    };
    let instead = f.address.is_some().then(|| view! { <p class="hint">{say!(w, "account-feed-instead")}</p> });
    card(
        say!(w, "account-feed"),
        view! {
            <p>{says}</p>
            <p class="muted">{say!(w, "account-feed-key")}</p>
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

/// Sample models of the account's pages, rendered by the page tests.
pub fn samples() -> Vec<Model> {
    let login = |this: bool, count| LoginItem {
        id: (!this).then(|| LoginId(uuid::Uuid::nil())),
        count,
        device: "Firefox on Android".into(),
        since: "Mon".into(),
        last_seen: "now".into(),
        this,
    };
    let full = Model {
        slash_search: Some(true),
        name: "अनन्या 💛".repeat(20),
        login_name: Some("ananya".into()),
        language: Some(FormState::default()),
        logins: vec![login(true, 1), login(false, 5)],
        events: Some(Events {
            rows: vec![EventItem {
                when: "Mon 23 Nov 2026, 10:00".into(),
                name: String::new(),
                what: "Wrong password".into(),
                device: "Firefox <b>".into(),
            }],
            pager: Pager { first: None, more: Some(("/account/security?events=1".into(), "Older events")) },
        }),
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
    };
    let new_feed = Some(FeedItem { address: None, wording: None });
    vec![
        Model::default(),
        Model { tab: Tab::Feed, feed: new_feed, ..Model::default() },
        Model { tab: Tab::Security, ..full.clone() },
        Model { tab: Tab::Feed, ..full.clone() },
        full,
    ]
}
