//! The three screens of a partner's first sign-in: how privacy works, how the
//! practice may contact them, and what happens next. They can be skipped, and read
//! again from the settings.

use domain::exercises::exercise::Scope;
use leptos::prelude::*;

use super::contact::{alone_field, hours_fields, main_fields};
use crate::pages::exercises::step::scope_badge;
use crate::{
    say,
    ui::{FormState, error_summary, form_key, phone_line},
    words::words,
};

/// The query parameter and form field that names a screen.
pub const SCREEN: &str = "screen";

domain::words! {
    /// A screen of the first sign-in.
    #[derive(Default)]
    pub enum Screen {
        #[default]
        Privacy = "privacy", "How privacy works";
        Contact = "contact", "How we may contact you";
        Next = "next", "What happens next";
    }
}

impl Screen {
    /// The address of the screen.
    pub fn href(self) -> String {
        format!("/portal/welcome?{SCREEN}={}", self.word())
    }
}

/// The view model of the screens.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub screen: Screen,
    /// The therapist's name; `None` if there is none yet.
    pub therapist: Option<String>,
    /// The other partner's first name; `None` for a person without one.
    pub partner: Option<String>,
    /// The form of the contact choices.
    pub form: FormState,
    /// The date and time of the next session; empty if none is booked.
    pub next_session: String,
    /// The practice's phone number; may be empty.
    pub phone: String,
}

/// Renders one of the screens.
pub fn view(m: &Model) -> AnyView {
    let w = words();
    let content = match m.screen {
        Screen::Privacy => privacy(m),
        Screen::Contact => contact(m),
        Screen::Next => next(m),
    };
    let place = Screen::ALL.iter().position(|screen| *screen == m.screen).map_or(1, |n| n + 1);
    view! {
        <article class="welcome">
            <p class="muted">{say!(w, "welcome-place", at = place, all = Screen::ALL.len())}</p>
            <header class="page-head"><h1>{w.label(m.screen)}</h1></header>
            {content}
        </article>
    }
    .into_any()
}

/// The form that leaves the screens; `text` is its button.
fn leave(text: String, class: &'static str) -> AnyView {
    view! {
        <form method="post" action="/portal/welcome">{form_key()}<button class=class type="submit" name="do" value="done">{text}</button></form>
    }
    .into_any()
}

/// The screen about privacy.
fn privacy(m: &Model) -> AnyView {
    let w = words();
    let therapist = &m.therapist.clone().unwrap_or_else(|| say!(w, "your-therapist"));
    let partner = m.partner.as_deref();
    let scopes: &[Scope] = match partner {
        Some(_) => &[Scope::Mine, Scope::Therapist, Scope::Reveal, Scope::Couple],
        None => &[Scope::Mine, Scope::Therapist],
    };
    let marks: Vec<AnyView> =
        scopes.iter().map(|scope| view! { <li>{scope_badge(*scope, partner, therapist)}</li> }.into_any()).collect();
    let messages = match partner {
        Some(partner) => say!(w, "welcome-messages-couple", therapist = therapist, partner = partner),
        None => say!(w, "welcome-messages", therapist = therapist),
    };
    let secrets = partner.map(|_| {
        let text = say!(w, "welcome-secrets", therapist = therapist);
        view! { <p>{text}</p> }.into_any()
    });
    view! {
        <p>{say!(w, "welcome-marks")}</p>
        <ul class="plain welcome-marks">{marks}</ul>
        <p>{say!(w, "welcome-drafts")}</p>
        <p>{messages}</p>
        <p>{say!(w, "welcome-desk")}</p>
        {secrets}
        <div class="form-actions">
            <a class="button button-primary" href=Screen::Contact.href()>{say!(w, "welcome-continue")}</a>
            {leave(say!(w, "welcome-skip"), "button")}
        </div>
    }
    .into_any()
}

/// The screen with the contact choices.
fn contact(m: &Model) -> AnyView {
    let w = words();
    let partner = m
        .partner
        .as_ref()
        .map(|partner| view! { <p class="lead">{say!(w, "welcome-unseen", partner = partner)}</p> }.into_any());
    let open = !m.form.errors.is_empty();
    view! {
        {partner}
        {error_summary(&m.form)}
        <form class="form narrow" method="post" action="/portal/welcome" novalidate>
            {form_key()}
            <input type="hidden" name=SCREEN value=Screen::Contact.word() autocomplete="off"/>
            {main_fields(&m.form)}
            <details open=open>
                <summary>{say!(w, "welcome-more")}</summary>
                {alone_field(&m.form)}
                {hours_fields(&m.form)}
            </details>
            <div class="form-actions">
                <button class="button button-primary" type="submit">{say!(w, "welcome-save")}</button>
                <a class="button" href=Screen::Privacy.href()>{say!(w, "back")}</a>
            </div>
        </form>
        <p class="after"><a href=Screen::Next.href()>{say!(w, "welcome-leave")}</a></p>
    }
    .into_any()
}

/// The screen about what happens next.
fn next(m: &Model) -> AnyView {
    let w = words();
    let therapist = &m.therapist.clone().unwrap_or_else(|| say!(w, "your-therapist"));
    let session = if m.next_session.is_empty() {
        say!(w, "welcome-no-session")
    } else {
        say!(w, "welcome-session", when = &m.next_session)
    };
    view! {
        <ul class="stack">
            <li>{session}</li>
            <li>{say!(w, "welcome-exercise", therapist = therapist)}</li>
            <li>{say!(w, "welcome-another-time")}</li>
            <li>{say!(w, "welcome-again")}</li>
        </ul>
        {phone_line(&m.phone)}
        <div class="form-actions">
            {leave(say!(w, "welcome-go"), "button button-primary")}
            <a class="button" href=Screen::Contact.href()>{say!(w, "back")}</a>
        </div>
    }
    .into_any()
}

/// Sample models: each screen for a partner of a couple and for a person alone; a
/// refused form.
pub fn samples() -> Vec<Model> {
    let couple = Model {
        therapist: Some("Dr Ruth Abrahams".into()),
        partner: Some("Jonas".into()),
        next_session: "Mon 30 Nov, 10:00".into(),
        phone: "+49 30 5550 100".into(),
        ..Model::default()
    };
    let mut all = Vec::new();
    for screen in Screen::ALL {
        all.push(Model { screen: *screen, ..couple.clone() });
        all.push(Model { screen: *screen, ..Model::default() });
    }
    let form = crate::ui::refused("safe_until", "Please give both hours, or neither.");
    all.push(Model { screen: Screen::Contact, form, partner: Some("अनन्या".repeat(30)), ..couple });
    all
}
