//! Two-step sign-in of the own account: setting an app up, and what is set up.

use leptos::prelude::*;

use crate::ui::{Field, FormState, card, error_summary, facts, form_key, page_head, submit};

/// The view model of the page.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// What an app needs; `None`: one is set up.
    pub set_up: Option<SetUp>,
    /// Since when an app is set up; empty: none is.
    pub since: String,
    pub codes_left: i64,
    pub is_required: bool,
    pub devices: Vec<Device>,
    /// When a reset was asked for; empty: none is open.
    pub reset: String,
    pub form: FormState,
}

/// What an app needs to be set up.
#[derive(Clone, Debug, Default)]
pub struct SetUp {
    /// The square to scan: the length of its side, and the path of its black fields.
    pub qr: (i32, String),
    /// The address that an app on this device opens.
    pub address: String,
    /// The secret, to be typed by hand.
    pub secret: String,
}

/// The view model of the page with new recovery codes.
#[derive(Clone, Debug, Default)]
pub struct CodesModel {
    pub codes: Vec<String>,
}

/// A browser that is remembered.
#[derive(Clone, Debug)]
pub struct Device {
    pub name: String,
    pub until: String,
}

/// Renders the page.
pub fn view(m: &Model) -> AnyView {
    let body = match &m.set_up {
        Some(set_up) => set_up_card(m, set_up),
        None => is_set_up(m),
    };
    let lead = if m.set_up.is_some() && m.is_required {
        "Your practice requires it. Set it up to go on."
    } else {
        "You sign in with your password and a code from your phone."
    };
    view! {
        {page_head("Two-step sign-in", lead, vec![])}
        {error_summary(&m.form)}
        {body}
    }
    .into_any()
}

/// The card in which an app is set up.
fn set_up_card(m: &Model, set_up: &SetUp) -> AnyView {
    let (side, path) = &set_up.qr;
    let view_box = format!("-4 -4 {} {}", side + 8, side + 8);
    card("Set up", view! {
        <form class="form" method="post" action="/account/two-step" novalidate>
            {form_key()}
            <ol class="steps">
                <li>"Install an authenticator app on your phone, such as Aegis or 2FAS, or use the one in your password manager."</li>
                <li>
                    "Scan this QR code with the app."
                    <div class="qr">
                        <svg viewBox=view_box role="img" aria-label="QR code for your authenticator app" shape-rendering="crispEdges">
                            <rect x="-4" y="-4" width="100%" height="100%" fill="#fff"/>
                            <path d=path.clone() fill="#000"/>
                        </svg>
                    </div>
                    <p><a href=set_up.address.clone()>"Open the app on this device instead"</a></p>
                    <details>
                        <summary>"Type the key by hand instead"</summary>
                        <p class="secret"><code>{set_up.secret.clone()}</code></p>
                    </details>
                </li>
                <li>{Field::new(&m.form, "code", "Enter the code that the app shows").hint("Six digits, such as 492 039.").required().autocomplete("one-time-code").text()}</li>
            </ol>
            {submit("Switch on two-step sign-in")}
        </form>
    }.into_any())
}

/// What is set up, and what can be done with it.
fn is_set_up(m: &Model) -> AnyView {
    let f = &m.form;
    let left = match m.codes_left {
        0 => "You have no recovery codes left. Make new ones now.".to_owned(),
        1 => "You have one recovery code left. Make new ones now.".to_owned(),
        left => format!("You have {left} recovery codes left. Make new ones now."),
    };
    let few = (m.codes_left < 3).then(|| view! { <p class="notice">{left}</p> });
    let reset = (!m.reset.is_empty()).then(|| {
        view! {
            <div class="notice">
                <p>{format!("On {} a person who knows your password asked to reset your two-step sign-in.", m.reset)}</p>
                <form method="post" action="/account/two-step/keep">
                    {form_key()}
                    <button class="button" type="submit">"Cancel the reset"</button>
                </form>
            </div>
        }
        .into_any()
    });
    let devices = (!m.devices.is_empty()).then(|| {
        let rows: Vec<AnyView> = m
            .devices
            .iter()
            .map(|device| view! { <li class="row"><strong>{device.name.clone()}</strong>" "<span class="muted">{format!("until {}", device.until)}</span></li> }.into_any())
            .collect();
        card("Remembered devices", view! {
            <p>"You need no code on these devices."</p>
            <ul class="rows">{rows}</ul>
            <form method="post" action="/account/two-step/devices">
                {form_key()}
                <button class="button" type="submit">"Ask for a code on every device"</button>
            </form>
        }.into_any())
    });
    let remove = (!m.is_required).then(|| {
        card("Switch off", view! {
            <form class="form" method="post" action="/account/two-step/remove" novalidate>
                {form_key()}
                <p>"You then sign in with your password alone."</p>
                {password(f, Some("off"))}
                <p class="form-actions"><button class="button" type="submit">"Switch off two-step sign-in"</button></p>
            </form>
        }.into_any())
    });
    view! {
        {facts(vec![
            ("App set up".to_owned(), m.since.clone().into_any()),
            ("Unused recovery codes".to_owned(), m.codes_left.to_string().into_any()),
        ])}
        {reset}
        {few}
        <div class="columns">
            {card("Recovery codes", view! {
                <form class="form" method="post" action="/account/two-step/codes" novalidate>
                    {form_key()}
                    <p>"New codes replace the old ones, which then no longer work."</p>
                    {password(f, None)}
                    <p class="form-actions"><button class="button" type="submit">"Make new recovery codes"</button></p>
                </form>
            }.into_any())}
            {remove}
            {devices}
        </div>
        <p class="after"><a class="button" href="/account/security">"Back to security"</a></p>
    }
    .into_any()
}

/// The field of the password that confirms an act. `form` is the part of its id where the
/// page has a second one.
fn password(f: &FormState, form: Option<&'static str>) -> AnyView {
    let field = Field::new(f, "current_password", "Your password").unmarked().autocomplete("current-password");
    match form {
        Some(form) => field.within(form).password(),
        None => field.password(),
    }
}

/// Renders the recovery codes, which are shown once.
pub fn codes_view(m: &CodesModel) -> AnyView {
    let rows: Vec<AnyView> =
        m.codes.iter().map(|code| view! { <li><code>{code.clone()}</code></li> }.into_any()).collect();
    view! {
        {page_head("Your recovery codes", "When you do not have your phone, sign in with your password and one of these.", vec![])}
        <p class="notice"><strong>"Print or write them down now. "</strong>"They are shown only this once. Keep them away from your phone."</p>
        <ul class="recovery-codes">{rows}</ul>
        <p class="after"><a class="button button-primary" href="/">"Go to the start page"</a></p>
    }
    .into_any()
}

/// Sample models, rendered by the page tests.
pub fn samples() -> Vec<Model> {
    let new = Model {
        set_up: Some(SetUp {
            qr: (21, "M0,0h1v1h-1z".into()),
            address: "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP".into(),
            secret: "JBSW Y3DP EHPK 3PXP".into(),
        }),
        is_required: true,
        form: crate::ui::refused("code", "That code is wrong."),
        ..Model::default()
    };
    let set = Model {
        since: "Tue 1 Dec, 09:00".into(),
        codes_left: 2,
        reset: "Tue 1 Dec, 09:00".into(),
        devices: vec![Device { name: "Firefox on <Linux>".into(), until: "Thu 31 Dec, 09:00".into() }],
        form: crate::ui::refused("current_password", "This is not your password."),
        ..Model::default()
    };
    vec![new, set.clone(), Model { is_required: true, ..set }]
}

/// Sample codes, rendered by the page tests.
pub fn code_samples() -> Vec<CodesModel> {
    vec![CodesModel { codes: (1..=10).map(|n| format!("{n}-ABCD-EFGH-JKMN-PQRS")).collect() }]
}
