//! One's own account: zone, password, the browsers that are signed in.

use domain::{ids::LoginId, session::Wording};
use leptos::prelude::*;

use crate::ui::{Field, FormState, Tone, badge, card, error_summary, facts, page_head, submit, zone_select};

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub name: String,
    pub login_name: Option<String>,
    pub email: String,
    pub zone: FormState,
    pub address: FormState,
    pub logins: Vec<LoginItem>,
    pub password: FormState,
    /// `None`: this account has no sessions of its own.
    pub feed: Option<FeedItem>,
}

/// One's own sessions in a calendar elsewhere.
#[derive(Clone, Debug)]
pub struct FeedItem {
    /// The address, and since when it is there and was read; `None`: there is
    /// none.
    pub address: Option<(String, String)>,
    /// A therapist chooses what entries say; a partner's say `Appointment`.
    pub wording: Option<FormState>,
}

#[derive(Clone, Debug)]
pub struct LoginItem {
    pub id: LoginId,
    pub device: String,
    pub since: String,
    pub last_seen: String,
    /// The browser that asks.
    pub this: bool,
}

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
        view! { <form method="post" action="/account/logins/end-others"><button class="button" type="submit">"Sign out everywhere else"</button></form> }.into_any()
    });
    let (p, a) = (&m.password, &m.address);
    view! {
        {page_head("Your account", "", vec![])}
        {facts(vec![
            ("Name".into(), m.name.clone().into_any()),
            ("You sign in as".into(), m.login_name.clone().unwrap_or_default().into_any()),
            ("E-mail".into(), (if m.email.is_empty() { "none".to_owned() } else { m.email.clone() }).into_any()),
        ])}
        {card("Time zone", view! {
            <form class="form" method="post" action="/account/zone">
                {error_summary(&m.zone)}
                <p class="hint">"Times are shown to you in this zone, with its name."</p>
                {zone_select(&m.zone, "zone", "Your time zone")}
                {submit("Save the zone")}
            </form>
        }.into_any())}
        {card("E-mail", view! {
            <form class="form" method="post" action="/account/email">
                {error_summary(a)}
                <p class="hint">"A link for a new password goes to this address. Nobody but you can change it."</p>
                {Field::new(a, "email", "Your e-mail address").required().autocomplete("email").email()}
                {Field::new(a, "current_password", "Your password").required().autocomplete("current-password").password()}
                {submit("Save the address")}
            </form>
        }.into_any())}
        {card("Password", view! {
            <form class="form" method="post" action="/account/password">
                {error_summary(p)}
                {Field::new(p, "current", "Your password now").required().autocomplete("current-password").password()}
                {Field::new(p, "password", "New password").hint("At least 10 characters. Other browsers will be signed out.").required().autocomplete("new-password").password()}
                {submit("Change the password")}
            </form>
        }.into_any())}
        {m.feed.as_ref().map(feed)}
        {card("Signed in with", view! { <ul class="rows">{logins}</ul>{everywhere} }.into_any())}
    }
    .into_any()
}

fn feed(f: &FeedItem) -> AnyView {
    let wording = f.wording.as_ref().map(|state| {
        let choices = Wording::ALL.iter().map(|w| (w.word().to_owned(), w.label().to_owned())).collect();
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
    let address = f.address.as_ref().map(|(address, since)| {
        view! {
            <div class="field">
                <label for="f-feed">"Subscribe to this address"</label>
                <input id="f-feed" name="feed" type="url" readonly value=address.clone() autocomplete="off"/>
                <p class="hint">{since.clone()}</p>
            </div>
            <form method="post" action="/account/feed">
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
                {wording}
                {instead}
                <p class="form-actions"><button class="button" type="submit" name="do" value="make">{make}</button></p>
            </form>
        }
        .into_any(),
    )
}

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
            password: super::setup::refused("current", "This is not your password."),
            feed: Some(FeedItem {
                address: Some((
                    format!("https://practice.example/feeds/{}.ics", "x".repeat(43)),
                    "Made on 23 November 2026; not read yet.".to_owned(),
                )),
                wording: Some(FormState::default()),
            }),
            ..Model::default()
        },
    ]
}
