//! The first run: the practice and its owner, for whoever reads the code in
//! the terminal.

use app::{pages::setup, ui::FormState};
use axum::extract::State;
use domain::{
    form::{Errors, Form, Reader},
    password,
    person::{NAME_MAX, Role, read_login_name},
    practice::Practice,
    zone,
};
use store::Setup;

use crate::{
    access::{Public, client, cookie},
    error::{Answer, Failure},
    form::Typed,
    page::{Page, redirect},
    state::Site,
    web::{with_cookie, without_passwords},
};

const TITLE: &str = "Set up your practice";

/// What the form says, with the password's hash still empty.
pub fn read(form: &Form) -> Result<Setup, Errors> {
    let mut r = Reader::new(form);
    let name = r.text("name", 1..=NAME_MAX, "Please write the practice's name.");
    let zone = match r.zone("zone") {
        Ok(zone) if !zone::exists(&zone) => r.fail("zone", "Please pick a time zone from the list."),
        zone => zone,
    };
    let display_name = r.text("display_name", 1..=NAME_MAX, "Please write your name.");
    let email = r.email("email");
    let login_name = match read_login_name(form.get("login_name")) {
        Ok(name) => Ok(name),
        Err(message) => r.fail("login_name", message),
    };
    if let Err(message) =
        password::check(form.get("password"), &[form.get("login_name"), form.get("name"), form.get("display_name")])
    {
        let _ = r.fail::<()>("password", message);
    }
    let roles = form
        .all("role")
        .filter_map(|word| word.parse().ok())
        .filter(|role| matches!(role, Role::Clinician | Role::FrontDesk))
        .collect();
    r.finish()?;
    Ok(Setup {
        practice: Practice::new(name?, zone?),
        display_name: display_name?,
        email: email?,
        login_name: login_name?,
        password_hash: String::new(),
        roles,
    })
}

/// GET /setup
pub async fn show(public: Public, page: Page) -> Answer {
    if public.practice().await?.is_some() {
        return Err(Failure::NotFound);
    }
    page.ok(TITLE, setup::Model { form: FormState::default() }, setup::view).await
}

/// POST /setup
pub async fn create(
    State(site): State<Site>,
    public: Public,
    page: Page,
    from: client::From,
    Typed(form): Typed,
) -> Answer {
    if public.practice().await?.is_some() {
        return Err(Failure::NotFound);
    }
    let code = match public.setup_code_fits(form.get("code"), from.ip).await? {
        Some(true) => Ok(()),
        Some(false) => Err("This is not the code that the program printed in its terminal when it started."),
        None => Err("There were too many tries. Please wait a quarter of an hour."),
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
                .again(TITLE, setup::Model { form: FormState { form: without_passwords(form), errors } }, setup::view)
                .await;
        }
    };
    let password_hash = public.hash(code).await?;
    let Some(account) = public.set_up(&Setup { password_hash, ..new }).await? else { return Err(Failure::NotFound) };
    let token = public.start_login(account, &from.device, None).await?;
    Ok(with_cookie(redirect("/practice"), cookie::keep(&token, &site.config)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_run_is_read_whole_or_not_at_all() {
        let mut form = Form::from_pairs([
            ("name", "Bridge House"),
            ("zone", "Europe/Berlin"),
            ("display_name", "Ada"),
            ("email", "ada@example.org"),
            ("login_name", "Ada"),
            ("password", "three tired swans at noon"),
            ("role", "clinician"),
            ("role", "partner"),
        ]);
        let new = read(&form).unwrap();
        assert_eq!((new.login_name.as_str(), new.roles), ("ada", vec![Role::Clinician]));
        form.set("zone", "Mars/Olympus");
        form.set("password", "password123");
        let errors = read(&form).err().unwrap();
        assert!(errors.of("zone").is_some() && errors.of("password").is_some());
    }
}
