//! The first run: sets up the practice and its owner. The form asks for a code
//! that the program prints in its terminal.

use app::{pages::accounts::setup, ui::FormState};
use axum::extract::State;
use domain::{
    accounts::factor::FactorRules,
    clients::person::{NAME_MAX, Role, read_login_name},
    form::{Errors, Form, Reader},
    practice::settings::Practice,
};
use store::Setup;

use crate::{
    access::{Public, cookie, origin},
    error::{Answer, Failure},
    form::{PostedForm, without_passwords},
    new_password::{self, About},
    page::{Page, redirect},
    state::Site,
};

const TITLE: &str = "Set up your practice";

/// Reads the form; the password's hash is still empty in the result.
pub fn read(form: &Form) -> Result<Setup, Errors> {
    let mut r = Reader::new(form);
    let name = r.text("name", 1..=NAME_MAX, "Enter the practice’s name.");
    let zone = r.zone("zone");
    let display_name = r.text("display_name", 1..=NAME_MAX, "Enter your name.");
    let email = r.email("email");
    let login_name = match read_login_name(form.get("login_name")) {
        Ok(name) => Ok(name),
        Err(message) => r.fail("login_name", message),
    };
    let about = About {
        practice: form.get("name"),
        name: form.get("display_name"),
        login_name: form.get("login_name"),
        email: form.get("email"),
    };
    if let Err(message) = new_password::check(form.get("password"), &about) {
        let _ = r.fail::<()>("password", message);
    }
    // Each role is counted once, however often it was sent.
    let roles = [Role::Clinician, Role::FrontDesk]
        .into_iter()
        .filter(|role| form.all("role").any(|word| word.parse::<Role>() == Ok(*role)))
        .collect();
    r.finish()?;
    Ok(Setup {
        factor_rules: Some(FactorRules::of_new_practice()),
        practice: Practice::new(name?, zone?),
        display_name: display_name?,
        email: email?,
        login_name: login_name?,
        password_hash: String::new(),
        roles,
    })
}

/// GET /setup: the form of the first run; not found once a practice exists.
pub async fn show(public: Public, page: Page) -> Answer {
    if public.practice().await?.is_some() {
        return Err(Failure::NotFound);
    }
    page.ok(TITLE, setup::Model { form: FormState::default() }, setup::view).await
}

/// POST /setup: sets up the practice and signs its owner in.
pub async fn create(
    State(site): State<Site>,
    public: Public,
    page: Page,
    from: origin::Origin,
    before: cookie::EarlierTokens,
    PostedForm(form): PostedForm,
) -> Answer {
    if public.practice().await?.is_some() {
        return Err(Failure::NotFound);
    }
    let code = match public.setup_code_fits(form.get("code"), from.ip).await? {
        Some(true) => Ok(()),
        Some(false) => Err("That code doesn’t match the one in the terminal."),
        None => Err("Too many tries. Wait a quarter of an hour."),
    };
    let read = read(&form);
    let (new, code) = match (read, code) {
        (Ok(new), Ok(())) => (new, form.get("password").to_owned()),
        (read, code) => {
            let mut errors = read.err().unwrap_or_default();
            if let Err(message) = code {
                errors.add("code", message);
            }
            return page
                .invalid(TITLE, setup::Model { form: FormState { form: without_passwords(form), errors } }, setup::view)
                .await;
        }
    };
    let password_hash = public.hash(code).await?;
    let Some(account) = public.set_up(&Setup { password_hash, ..new }).await? else { return Err(Failure::NotFound) };
    let started = public.start_login(account, &from.device, &before).await?;
    Ok(cookie::with_login_cookies(redirect("/practice"), &started, &site.config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_run_form_is_read_whole_or_refused() {
        let mut form = Form::from_pairs([
            ("name", "Bridge House"),
            ("zone", "Europe/Berlin"),
            ("display_name", "Ada"),
            ("email", "ada@example.org"),
            ("login_name", "Ada"),
            ("password", "three tired swans at noon"),
            ("role", "clinician"),
            ("role", "partner"),
            ("role", "clinician"),
        ]);
        let new = read(&form).unwrap();
        assert_eq!((new.login_name.as_str(), new.roles), ("ada", vec![Role::Clinician]));
        form.set("zone", "Mars/Olympus");
        form.set("password", "password123");
        let errors = read(&form).err().unwrap();
        assert!(errors.message("zone").is_some() && errors.message("password").is_some());
    }
}
