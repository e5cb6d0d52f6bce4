//! The second step of signing in: setting an app up, its recovery codes, the question
//! for a code, and what a person does who has lost both.

use app::{
    pages::accounts::{
        sign_in_code::{self, CodeModel},
        two_step::{self, CodesModel, Device, Model, SetUp},
    },
    ui::{FormState, shell::Notice},
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::{
    accounts::factor::{SecondStep, read_app_code, read_recovery_code, recovery_text},
    form::{Errors, Form},
};
use qrcodegen::{QrCode, QrCodeEcc};
use totp_rs::Secret;

use super::{account::check_current_password, sign_in};
use crate::{
    access::{Public, SignedIn, cookie, origin},
    address::{encoded, query},
    error::{Answer, Failure, Found as _},
    form::{PostedForm, without_passwords},
    page::{Page, redirect, redirect_with},
    state::Site,
};

/// The title of the page with the question for a code.
const CODE_TITLE: &str = "Two-step sign-in";
/// The address of the own page.
pub(crate) const PATH: &str = "/account/two-step";

/// The page with the question for a code, after the right password. `next` and `kept`
/// are carried on.
pub(super) async fn ask(
    page: &Page,
    status: StatusCode,
    first_step: String,
    form: &Form,
    errors: Errors,
    days: i64,
) -> Answer {
    let mut carried = Form::default();
    for name in ["next", "kept", "remember"] {
        if form.has(name) {
            carried.set(name, form.get(name));
        }
    }
    carried.set("first", first_step);
    let model = CodeModel { form: FormState { form: carried, errors }, days, is_lost: false };
    page.render(status, CODE_TITLE, model, sign_in_code::view).await
}

/// POST /sign-in/code: the second step of a sign-in.
pub async fn answer(
    State(site): State<Site>,
    public: Public,
    page: Page,
    from: origin::Origin,
    before: cookie::EarlierTokens,
    PostedForm(form): PostedForm,
) -> Answer {
    let Some(account) = public.first_step(form.get("first")).await? else { return Ok(ended()) };
    let days = public.remember_days(account).await?;
    let step = match public.second_step(account, &form_code(&form), &from, &before).await? {
        CodeOutcome::Right(step) => step,
        wrong => {
            let (status, field, message) = match wrong {
                CodeOutcome::TooMany => (
                    StatusCode::TOO_MANY_REQUESTS,
                    "code",
                    "Too many wrong codes. Wait a quarter of an hour, or use a recovery code.",
                ),
                CodeOutcome::WrongRecovery => (
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "recovery",
                    "This recovery code is wrong or was used before. Enter another one.",
                ),
                CodeOutcome::NoCode => {
                    (StatusCode::UNPROCESSABLE_ENTITY, "code", "Enter the six digits that your app shows.")
                }
                CodeOutcome::WrongApp | CodeOutcome::Right(_) => (
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "code",
                    "That code is wrong or was used before. Wait for the next one and enter it.",
                ),
            };
            let first = form.get("first").to_owned();
            return ask(&page, status, first, &form, Errors::at_field(field, message), days).await;
        }
    };
    let days = if form.has("remember") { days } else { 0 };
    let started = public.start_login_after(account, &from.device, &before, step, days).await?;
    Ok(sign_in::enter(&site, &public, &form, &started, account))
}

/// What was typed as a code.
fn form_code(form: &Form) -> Typed {
    if let Some(code) = read_app_code(form.get("code")) {
        return Typed::App(code);
    }
    // A recovery code in the wrong field is meant as one.
    let recovery = read_recovery_code(form.get("recovery")).or_else(|| read_recovery_code(form.get("code")));
    match recovery {
        Some((number, code)) => Typed::Recovery(number, code),
        None if !form.get("recovery").is_empty() => Typed::Recovery(0, String::new()),
        None => Typed::Nothing,
    }
}

/// A code as it was typed.
pub(crate) enum Typed {
    App(String),
    /// A recovery code: its number and its digits.
    Recovery(i64, String),
    Nothing,
}

/// The result of a second step.
pub(crate) enum CodeOutcome {
    Right(SecondStep),
    WrongApp,
    WrongRecovery,
    /// Nothing was typed that could be a code.
    NoCode,
    /// There were too many tries.
    TooMany,
}

/// The answer where the first step was too long ago.
fn ended() -> Response {
    redirect("/sign-in?ended=yes")
}

/// POST /sign-in/lost: a person who gave the right password says that app and codes are
/// lost.
pub async fn lost(public: Public, page: Page, PostedForm(form): PostedForm) -> Answer {
    let Some(account) = public.first_step(form.get("first")).await? else { return Ok(ended()) };
    public.ask_for_reset(account).await?;
    let model = CodeModel { form: FormState::default(), days: 0, is_lost: true };
    page.ok(CODE_TITLE, model, sign_in_code::view).await
}

/// The model of the own page.
async fn model(me: &SignedIn, page: &Page, form: FormState) -> Result<Model, Failure> {
    let own = me.own_factor().await?;
    let set_up = match me.secret_to_set_up().await? {
        Some(secret) => {
            let base32 = secret_text(&secret)?;
            let login = me.account().await?.login_name.unwrap_or_default();
            let address = address(page.practice_name(), &login, &base32);
            Some(SetUp { qr: qr_path(&address), address, secret: grouped(&base32) })
        }
        None => None,
    };
    Ok(Model {
        set_up,
        since: own.since.map(|since| page.stamp(since)).unwrap_or_default(),
        codes_left: own.codes_left,
        is_required: own.is_required,
        reset: own.reset.map(|reset| page.stamp(reset.asked_at)).unwrap_or_default(),
        devices: own
            .devices
            .into_iter()
            .map(|(device, until)| Device { name: page.words().sentence(&device), until: page.stamp(until) })
            .collect(),
        form,
    })
}

/// A secret in base 32, as apps take it.
fn secret_text(secret: &[u8]) -> Result<String, Failure> {
    let bytes: [u8; 20] =
        secret.try_into().map_err(|_| store::Error::Stored("a secret has another length".to_owned()))?;
    Ok(Secret::new_stack(bytes).to_base32())
}

/// The text in groups of four, to be typed by hand.
fn grouped(text: &str) -> String {
    let groups: Vec<String> =
        text.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    groups.join(" ")
}

/// The address that apps read from the square.
fn address(practice: &str, login: &str, secret: &str) -> String {
    let label = encoded(&format!("{practice}:{login}"));
    let rest =
        query(&[("secret", secret), ("issuer", practice), ("algorithm", "SHA1"), ("digits", "6"), ("period", "30")]);
    format!("otpauth://totp/{label}?{rest}")
}

/// The square as the path of an SVG, with the length of its side.
fn qr_path(text: &str) -> (i32, String) {
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else { return (0, String::new()) };
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            path.push_str(&format!("M{x},{y}h1v1h-1z"));
        }
    }
    (code.size(), path)
}

/// Whether the visitor has an app that is set up.
async fn with_app(me: &SignedIn) -> Result<(), Failure> {
    is_for(me)?;
    me.own_factor().await?.since.map(drop).found()
}

/// Whether the page is for this visitor: two-step sign-in is for staff.
fn is_for(me: &SignedIn) -> Result<(), Failure> {
    me.visitor().person.is_none().then_some(()).found()
}

/// GET /account/two-step: the own second step.
pub async fn show(me: SignedIn, page: Page) -> Answer {
    is_for(&me)?;
    page.ok(CODE_TITLE, model(&me, &page, FormState::default()).await?, two_step::view).await
}

/// The own page with errors.
async fn refuse(me: &SignedIn, page: &Page, form: Form, errors: Errors) -> Answer {
    let form = FormState { form: without_passwords(form), errors };
    page.invalid(CODE_TITLE, model(me, page, form).await?, two_step::view).await
}

/// New recovery codes: as they are shown, and their hashes.
async fn new_codes(public: &Public) -> Result<(Vec<String>, Vec<String>), Failure> {
    let (mut shown, mut hashes) = (Vec::new(), Vec::new());
    for (number, code) in (1_i64..).zip(store::new_recovery_codes()) {
        hashes.push(public.hash(code.to_string()).await?);
        shown.push(recovery_text(number, &code));
    }
    Ok((shown, hashes))
}

/// POST /account/two-step: sets the app up, and shows the recovery codes once.
pub async fn set_up(me: SignedIn, public: Public, page: Page, PostedForm(form): PostedForm) -> Answer {
    is_for(&me)?;
    me.has_begun_set_up().await?.then_some(()).found()?;
    let Some(code) = read_app_code(form.get("code")) else {
        let errors = Errors::at_field("code", "Enter the six digits that your app shows.");
        return refuse(&me, &page, form, errors).await;
    };
    if !public.own_password_try().await? {
        return refuse(&me, &page, form, Errors::at_field("code", "Too many tries. Wait a quarter of an hour.")).await;
    }
    let (shown, hashes) = new_codes(&public).await?;
    if !me.set_up_app(&code, &hashes).await? {
        let errors = Errors::at_field("code", "That code is wrong. Check that your phone’s clock is right.");
        return refuse(&me, &page, form, errors).await;
    }
    public.own_password_right().await?;
    page.ok("Recovery codes", CodesModel { codes: shown }, two_step::codes_view).await
}

/// Checks the password of a form on the own page. `Err`: the page with its errors.
async fn with_password(me: &SignedIn, public: &Public, page: &Page, form: &Form) -> Result<(), Answer> {
    let checked = match check_current_password(me, public, form.get("current_password")).await {
        Ok(checked) => checked,
        Err(failure) => return Err(Err(failure)),
    };
    match checked.message(page.words()) {
        None => Ok(()),
        Some(message) => Err(refuse(me, page, form.clone(), Errors::at_field("current_password", message)).await),
    }
}

/// POST /account/two-step/codes: shows new recovery codes once.
pub async fn renew_codes(me: SignedIn, public: Public, page: Page, PostedForm(form): PostedForm) -> Answer {
    with_app(&me).await?;
    if let Err(answer) = with_password(&me, &public, &page, &form).await {
        return answer;
    }
    let (shown, hashes) = new_codes(&public).await?;
    me.renew_recovery_codes(&hashes).await?.then_some(()).found()?;
    page.ok("Recovery codes", CodesModel { codes: shown }, two_step::codes_view).await
}

/// POST /account/two-step/remove: switches two-step sign-in off, where the practice
/// does not require it.
pub async fn remove(me: SignedIn, public: Public, page: Page, PostedForm(form): PostedForm) -> Answer {
    with_app(&me).await?;
    if let Err(answer) = with_password(&me, &public, &page, &form).await {
        return answer;
    }
    if me.remove_own_factor().await? {
        return Ok(redirect_with(PATH, Notice::TwoStepRemoved));
    }
    let errors = Errors::of_form(
        "The practice requires two-step sign-in, so you cannot switch it off. To use another phone, sign out, sign in again and choose “I have lost my phone and my codes”.",
    );
    refuse(&me, &page, form, errors).await
}

/// POST /account/two-step/devices: asks for a code in every browser again.
pub async fn forget_devices(me: SignedIn) -> Answer {
    with_app(&me).await?;
    me.forget_remembered().await?;
    Ok(redirect_with(PATH, Notice::DevicesForgotten))
}

/// POST /account/two-step/keep: ends a request to reset the own second step.
pub async fn keep(me: SignedIn) -> Answer {
    is_for(&me)?;
    me.keep_factor().await?.then_some(()).found()?;
    Ok(redirect_with(PATH, Notice::ResetDeclined))
}

/// The answer to everything else that a person asks for who must set up a second step
/// first.
pub(crate) fn set_up_first(is_call: bool) -> Response {
    if is_call {
        return (StatusCode::FORBIDDEN, "Set up two-step sign-in first.").into_response();
    }
    redirect(PATH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn square_holds_the_address_that_apps_read() {
        let address = address("Lakeside & Sons", "ada", "JBSWY3DPEHPK3PXP");
        assert_eq!(
            address,
            "otpauth://totp/Lakeside%20%26%20Sons%3Aada?secret=JBSWY3DPEHPK3PXP&issuer=Lakeside%20%26%20Sons\
             &algorithm=SHA1&digits=6&period=30"
        );
        let (side, path) = qr_path(&address);
        assert!(side >= 21 && path.starts_with("M0,0h1"), "{side}");
        assert_eq!(grouped("ABCDEFGHIJ"), "ABCD EFGH IJ");
    }

    #[test]
    fn recovery_code_in_the_field_of_the_app_is_one() {
        let form = |code: &str, recovery: &str| form_code(&Form::from_pairs([("code", code), ("recovery", recovery)]));
        assert!(matches!(form("123 456", ""), Typed::App(code) if code == "123456"));
        assert!(matches!(form("3-ABCD-EFGH-JKMN-PQRS", ""), Typed::Recovery(3, _)));
        assert!(matches!(form("", "3-ABCD-EFGH-JKMN-PQRS"), Typed::Recovery(3, _)));
        assert!(matches!(form("", "x"), Typed::Recovery(0, _)));
        assert!(matches!(form("", ""), Typed::Nothing));
    }
}
