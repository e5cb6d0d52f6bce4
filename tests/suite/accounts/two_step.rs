//! Two-step sign-in of the staff.

use axum::http::StatusCode;
use chrono::Duration;
use domain::accounts::factor::FactorRules;
use store::{ResetConfirmed, app_code_by_hand as app_code};
use tests::{
    World,
    app::{App, Got},
    both,
    people::Cast,
};

const PASSWORD: &str = "three tired swans at noon";

/// The program, the people with a password, and the cookies of one browser.
struct Door {
    app: App,
    cast: Cast,
}

impl Door {
    async fn new(world: &World) -> Self {
        let hash = duologue::password::Hasher::default().hash(PASSWORD.to_owned()).await.unwrap();
        Self { app: App::new(world), cast: Cast::with_hash(&world.store, &hash).await }
    }

    /// Sends the form of the first step in a browser with these cookies.
    async fn first(&self, name: &str, cookie: Option<&str>) -> Got {
        self.app.post("/sign-in", cookie, &[("login_name", name), ("password", PASSWORD), ("next", "/account")]).await
    }

    /// Sets an app up for Ruth, who is signed in with this cookie; gives its secret and
    /// the recovery codes.
    async fn set_up(&self, world: &World, cookie: &str) -> (String, Vec<String>) {
        let page = self.app.get("/account/two-step", Some(cookie)).await;
        assert!(page.text.contains("<svg") && page.text.contains("Type the key by hand"), "{}", page.text);
        let secret = secret_of(&page.text);
        let code = app_code(&secret, world.clock.now()).unwrap();
        let wrong = self.app.post("/account/two-step", Some(cookie), &[("code", "12 34")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("Enter the six digits"), "{}", wrong.text);
        let shown = self.app.post("/account/two-step", Some(cookie), &[("code", &code)]).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
        let codes: Vec<String> =
            shown.text.split("<code>").skip(1).map(|rest| rest.split("</code>").next().unwrap().to_owned()).collect();
        assert_eq!(codes.len(), 10, "{}", shown.text);
        (secret, codes)
    }
}

/// The key that the page shows to be typed by hand.
fn secret_of(page: &str) -> String {
    page.split("<code>").nth(1).unwrap_or_else(|| panic!("{page}")).split("</code>").next().unwrap().to_owned()
}

/// The value of a hidden field of a page.
fn field(text: &str, name: &str) -> String {
    let at = text.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("{name}: {text}"));
    text[at..].split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// The cookies that an answer sets, as a browser sends them back.
fn cookies(got: &Got) -> String {
    let set = got.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    set.map(|cookie| cookie.split(';').next().unwrap().to_owned()).collect::<Vec<_>>().join("; ")
}

both!(code_is_asked_after_the_password_and_works_once, |world| {
    let door = Door::new(&world).await;
    let ruth = door.app.cookie(&world, door.cast.ruth.me()).await;
    let (secret, codes) = door.set_up(&world, &ruth).await;
    // Nobody is signed in by the password alone.
    let asked = door.first("ruth", None).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(asked.text.contains("Code from your authenticator app") && cookies(&asked).is_empty(), "{}", asked.text);
    let first = field(&asked.text, "first");
    let enter = async |pairs: &[(&str, &str)]| {
        let all: Vec<(&str, &str)> =
            [("first", first.as_str()), ("next", "/account")].into_iter().chain(pairs.iter().copied()).collect();
        door.app.post("/sign-in/code", None, &all).await
    };
    // The code with which the app was set up was used.
    let used = app_code(&secret, world.clock.now()).unwrap();
    let refused = enter(&[("code", &used)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("wrong or was used before"), "{}", refused.text);
    assert_eq!(field(&refused.text, "first"), first, "the first step is not lost");
    world.clock.advance(Duration::seconds(30));
    let code = app_code(&secret, world.clock.now()).unwrap();
    let entered = enter(&[("code", &code)]).await;
    assert_eq!((entered.status, entered.location()), (StatusCode::SEE_OTHER, "/account"), "{}", entered.text);
    let signed_in = cookies(&entered);
    assert_eq!(door.app.get("/account/two-step", Some(&signed_in)).await.status, StatusCode::OK);
    // The same code again, in another browser at the same moment.
    assert_eq!(enter(&[("code", &code)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // One of half a minute ago still counts, one of two minutes does not.
    world.clock.advance(Duration::seconds(60));
    let before = app_code(&secret, world.clock.now() - Duration::seconds(30)).unwrap();
    assert_eq!(enter(&[("code", &before)]).await.status, StatusCode::SEE_OTHER);
    let old = app_code(&secret, world.clock.now() - Duration::seconds(120)).unwrap();
    assert_eq!(enter(&[("code", &old)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // A recovery code works once, in whichever field it is typed.
    assert_eq!(enter(&[("recovery", &codes[2].to_lowercase())]).await.status, StatusCode::SEE_OTHER);
    let again = enter(&[("recovery", &codes[2])]).await;
    assert!(again.text.contains("This recovery code is wrong or was used before"), "{}", again.text);
    assert_eq!(enter(&[("code", &codes[3].replace('-', " "))]).await.status, StatusCode::SEE_OTHER);
    let page = door.app.get("/account/two-step", Some(&signed_in)).await;
    assert!(page.text.contains("Unused recovery codes") && page.text.contains(">8<"), "{}", page.text);
    // After ten minutes it begins anew.
    world.clock.advance(Duration::minutes(11));
    let code = app_code(&secret, world.clock.now()).unwrap();
    assert_eq!(enter(&[("code", &code)]).await.location(), "/sign-in?ended=yes");
});

/// What the page of a form that is kept would carry, if its text were that of a first step.
fn forged_first_step(world: &World, door: &Door) -> String {
    let text = format!("{} {}", door.cast.ruth.me(), world.clock.now().timestamp_micros());
    world.store.seal_form(text.as_bytes())
}

both!(first_step_does_not_outlive_the_password, |world| {
    let door = Door::new(&world).await;
    let ruth = door.app.cookie(&world, door.cast.ruth.me()).await;
    let (secret, _) = door.set_up(&world, &ruth).await;
    let first = field(&door.first("ruth", None).await.text, "first");
    world.clock.advance(Duration::seconds(60));
    let me = world.store.signed_in(door.cast.ruth.visitor());
    me.change_password("another", "test", None).await.unwrap();
    let code = app_code(&secret, world.clock.now()).unwrap();
    let refused = door.app.post("/sign-in/code", None, &[("first", &first), ("code", &code)]).await;
    assert_eq!(refused.location(), "/sign-in?ended=yes");
    // Neither does anything else that was sealed by us, nor a text of somebody's own.
    for forged in ["", "x", &world.store.seal_form(b"x"), &forged_first_step(&world, &door)] {
        let refused = door.app.post("/sign-in/code", None, &[("first", forged), ("code", &code)]).await;
        assert_eq!(refused.location(), "/sign-in?ended=yes", "{forged}");
    }
});

both!(wrong_codes_are_counted_and_lock_nobody_out, |world| {
    let door = Door::new(&world).await;
    let ruth = door.app.cookie(&world, door.cast.ruth.me()).await;
    let (secret, codes) = door.set_up(&world, &ruth).await;
    // Ruth signs in once from her own browser.
    world.clock.advance(Duration::seconds(60));
    let asked = door.first("ruth", None).await;
    let code = app_code(&secret, world.clock.now()).unwrap();
    let first = field(&asked.text, "first");
    let own = cookies(&door.app.post("/sign-in/code", None, &[("first", &first), ("code", &code)]).await);
    // Somebody with her password guesses from the same network.
    let first = field(&door.first("ruth", None).await.text, "first");
    let mut last = StatusCode::OK;
    for n in 0..12 {
        let guess = format!("{n:06}");
        last = door.app.post("/sign-in/code", None, &[("first", &first), ("code", &guess)]).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let refused = world.number("SELECT count(*) FROM audit WHERE action = 'second step refused'").await.unwrap();
    assert!(refused >= 8, "{refused}");
    // Her own browser is counted by itself.
    world.clock.advance(Duration::seconds(60));
    let first = field(&door.first("ruth", Some(&own)).await.text, "first");
    let code = app_code(&secret, world.clock.now()).unwrap();
    let entered = door.app.post("/sign-in/code", Some(&own), &[("first", &first), ("code", &code)]).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text);
    assert!(!codes.is_empty());
});

both!(device_is_remembered_as_the_practice_allows, |world| {
    let door = Door::new(&world).await;
    let owner = &door.cast.owner;
    let rules = |days| FactorRules { roles: vec![], clinical_days: days, other_days: 0 };
    owner.set_factor_rules(&rules(7)).await.unwrap();
    let ruth = door.app.cookie(&world, door.cast.ruth.me()).await;
    let (secret, _) = door.set_up(&world, &ruth).await;
    let sign_in = async |remember: bool| {
        world.clock.advance(Duration::seconds(60));
        let asked = door.first("ruth", None).await;
        let code = app_code(&secret, world.clock.now()).unwrap();
        let first = field(&asked.text, "first");
        let mut form = vec![("first", first.as_str()), ("code", code.as_str())];
        if remember {
            form.push(("remember", "yes"));
        }
        cookies(&door.app.post("/sign-in/code", None, &form).await)
    };
    let (plain, remembered) = (sign_in(false).await, sign_in(true).await);
    assert_eq!(door.first("ruth", Some(&plain)).await.status, StatusCode::OK, "it is asked again");
    let straight = door.first("ruth", Some(&remembered)).await;
    assert_eq!(straight.status, StatusCode::SEE_OTHER, "{}", straight.text);
    let remembered = cookies(&straight);
    let page = door.app.get("/account/two-step", Some(&remembered)).await;
    assert!(page.text.contains("Remembered devices"), "{}", page.text);
    // For another account the browser is not remembered.
    // Forgetting asks again, and so does the end of the days, and a rule that forbids it.
    assert_eq!(door.app.post("/account/two-step/devices", Some(&remembered), &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(door.first("ruth", Some(&remembered)).await.status, StatusCode::OK);
    let remembered = sign_in(true).await;
    world.clock.advance(Duration::days(7));
    assert_eq!(door.first("ruth", Some(&remembered)).await.status, StatusCode::OK);
    let remembered = sign_in(true).await;
    owner.set_factor_rules(&rules(0)).await.unwrap();
    let asked = door.first("ruth", Some(&remembered)).await;
    assert!(asked.status == StatusCode::OK && !asked.text.contains("Don’t ask again"), "{}", asked.text);
});

both!(staff_who_must_have_it_set_it_up_before_anything_else, |world| {
    let door = Door::new(&world).await;
    let (app, cast) = (&door.app, &door.cast);
    let owner = app.cookie(&world, cast.owner.me()).await;
    let wrong = app.post("/staff/two-step", Some(&owner), &[("factor_clinical", "3")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = [("factor_role", "clinician"), ("factor_clinical", "0"), ("factor_others", "30")];
    assert_eq!(app.post("/staff/two-step", Some(&owner), &form).await.status, StatusCode::SEE_OTHER);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    for path in ["/", "/today", "/account", &format!("/clients/{}", cast.couple), "/practice"] {
        let sent = app.get(path, Some(&ruth)).await;
        assert_eq!((sent.status, sent.location()), (StatusCode::SEE_OTHER, "/account/two-step"), "{path}");
    }
    assert_eq!(
        app.post("/account/zone", Some(&ruth), &[("zone", "Asia/Kolkata")]).await.location(),
        "/account/two-step"
    );
    let page = app.get("/account/two-step", Some(&ruth)).await;
    assert!(page.text.contains("Your practice requires it. Set it up to go on."), "{}", page.text);
    let (_, codes) = door.set_up(&world, &ruth).await;
    assert_eq!(app.get("/today", Some(&ruth)).await.status, StatusCode::OK);
    // It cannot be switched off again, and codes are renewed with the password only.
    let off = app.post("/account/two-step/remove", Some(&ruth), &[("current_password", PASSWORD)]).await;
    assert!(off.text.contains("The practice requires two-step sign-in"), "{}", off.text);
    let wrong = app.post("/account/two-step/codes", Some(&ruth), &[("current_password", "x")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let renewed = app.post("/account/two-step/codes", Some(&ruth), &[("current_password", PASSWORD)]).await;
    assert!(renewed.status == StatusCode::OK && !renewed.text.contains(&codes[0]), "{}", renewed.text);
    // The others go on as before; clients have no such page.
    for other in [cast.desk.me(), cast.owner.me()] {
        let cookie = app.cookie(&world, other).await;
        assert_eq!(app.get("/account", Some(&cookie)).await.status, StatusCode::OK);
    }
    let amara = app.cookie(&world, cast.amara.me()).await;
    assert_eq!(app.get("/account/two-step", Some(&amara)).await.status, StatusCode::NOT_FOUND);
    assert!(!app.get("/account/security", Some(&amara)).await.text.contains("two-step"));
});

both!(lost_phone_is_reset_by_two_people_after_a_day, |world| {
    let door = Door::new(&world).await;
    let (app, cast) = (&door.app, &door.cast);
    let ruth = app.cookie(&world, cast.ruth.me()).await;
    let (secret, _) = door.set_up(&world, &ruth).await;
    let account = cast.ruth.me();
    assert_eq!(cast.owner.confirm_reset(account).await.unwrap(), ResetConfirmed::Gone, "nobody asked");
    let first = field(&door.first("ruth", None).await.text, "first");
    let lost = app.post("/sign-in/lost", None, &[("first", &first)]).await;
    assert!(lost.text.contains("Your request is noted"), "{}", lost.text);
    let owner = app.cookie(&world, cast.owner.me()).await;
    assert!(app.get("/staff", Some(&owner)).await.text.contains("has lost their phone and recovery codes"));
    let page = format!("/staff/{account}/edit");
    assert!(app.get(&page, Some(&owner)).await.text.contains("Confirm the reset"));
    let path = format!("/staff/{account}/two-step");
    let confirmed = app.post(&path, Some(&owner), &[("do", "confirm")]).await;
    assert!(confirmed.location().starts_with(&page), "{}", confirmed.location());
    // Until a day has passed the code is asked, and whoever has the app ends the request.
    world.clock.advance(Duration::hours(23));
    assert_eq!(door.first("ruth", None).await.status, StatusCode::OK);
    world.clock.advance(Duration::hours(1));
    let entered = door.first("ruth", None).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "the old app is removed: {}", entered.text);
    assert_eq!(cast.owner.factor_of(account).await.unwrap(), (false, None));
    // Found again in time, the request is over.
    let ruth = app.cookie(&world, account).await;
    let (secret_two, _) = door.set_up(&world, &ruth).await;
    assert_ne!(secret, secret_two);
    let first = field(&door.first("ruth", None).await.text, "first");
    app.post("/sign-in/lost", None, &[("first", &first)]).await;
    assert!(matches!(cast.owner.confirm_reset(account).await.unwrap(), ResetConfirmed::At(_)));
    world.clock.advance(Duration::seconds(60));
    let code = app_code(&secret_two, world.clock.now()).unwrap();
    let entered = app.post("/sign-in/code", None, &[("first", &first), ("code", &code)]).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER);
    world.clock.advance(Duration::days(2));
    assert_eq!(door.first("ruth", None).await.status, StatusCode::OK, "the app stays");
    // An owner does not confirm an own request, and no client's account is touched.
    assert_eq!(cast.owner.confirm_reset(cast.owner.me()).await.unwrap(), ResetConfirmed::Own);
    assert_eq!(cast.owner.confirm_reset(cast.amara.me()).await.unwrap(), ResetConfirmed::Gone);
    assert_eq!(cast.owner.factor_of(cast.amara.me()).await.unwrap(), (false, None));
    // The person at the machine removes it at once.
    assert_eq!(world.store.remove_second_step(cast.owner.me(), "ruth").await.unwrap(), Some(true));
    assert_eq!(door.first("ruth", None).await.status, StatusCode::SEE_OTHER);
});

both!(secret_that_another_login_has_seen_is_not_used, |world| {
    let door = Door::new(&world).await;
    let (app, ruth) = (&door.app, door.cast.ruth.me());
    // Somebody with the password has looked at the page, and goes.
    let (stranger, own) = (app.cookie(&world, ruth).await, app.cookie(&world, ruth).await);
    let seen = secret_of(&app.get("/account/two-step", Some(&stranger)).await.text);
    let (secret, _) = door.set_up(&world, &own).await;
    assert_ne!(seen, secret);
    let first = field(&door.first("ruth", None).await.text, "first");
    world.clock.advance(Duration::seconds(60));
    let code = app_code(&seen, world.clock.now()).unwrap();
    let refused = app.post("/sign-in/code", None, &[("first", &first), ("code", &code)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    // A code of that secret does not set up this one either, nor does the stranger's page.
    let other = app.cookie(&world, door.cast.emeka.me()).await;
    app.get("/account/two-step", Some(&other)).await;
    let wrong = app.post("/account/two-step", Some(&other), &[("code", &code)]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
});

both!(reset_that_was_confirmed_does_not_remove_a_newer_app, |world| {
    let door = Door::new(&world).await;
    let (app, cast) = (&door.app, &door.cast);
    let account = cast.ruth.me();
    let ruth = app.cookie(&world, account).await;
    door.set_up(&world, &ruth).await;
    let ask = async || {
        let first = field(&door.first("ruth", None).await.text, "first");
        app.post("/sign-in/lost", None, &[("first", &first)]).await;
        assert!(matches!(cast.owner.confirm_reset(account).await.unwrap(), ResetConfirmed::At(_)));
    };
    ask().await;
    // The administrator removes it at once, and Ruth sets up a new one.
    world.store.remove_second_step(cast.owner.me(), "ruth").await.unwrap();
    let ruth = app.cookie(&world, account).await;
    door.set_up(&world, &ruth).await;
    world.clock.advance(Duration::days(2));
    assert_eq!(door.first("ruth", None).await.status, StatusCode::OK, "the new app stays");
    // She sees a request that is not hers, and cancels it.
    let ruth = app.cookie(&world, account).await;
    ask().await;
    assert!(app.get("/account/two-step", Some(&ruth)).await.text.contains("asked to reset your two-step sign-in"));
    assert_eq!(app.post("/account/two-step/keep", Some(&ruth), &[]).await.status, StatusCode::SEE_OTHER);
    world.clock.advance(Duration::days(2));
    assert_eq!(door.first("ruth", None).await.status, StatusCode::OK);
    assert_eq!(cast.owner.factor_of(account).await.unwrap(), (true, None));
});
