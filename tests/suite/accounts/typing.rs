//! What people type and paste: every form with a name, an address or a phone number, with
//! invisible characters; how people are found; and which browsers may send a form.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::{
    clients::person::{EmailAddress, PersonDetails},
    form::Form,
    practice::settings::Practice,
};
use store::NewClient;
use tests::{
    World,
    app::{App, Got},
    both,
    people::{Cast, details, person, visitor},
};

/// Three characters that show nothing, as some keyboards and chats add them.
const NOTHING: &str = "\u{200B}\u{2060}\u{3164}";

/// A form with a field to test: who sends it where, and its other fields.
struct Sent {
    path: String,
    cookie: Option<String>,
    field: &'static str,
    rest: Vec<(String, String)>,
}

impl Sent {
    async fn with(&self, app: &App, value: &str) -> Got {
        let fields = self.rest.iter().map(|(n, v)| (n.as_str(), v.as_str())).filter(|(n, _)| *n != self.field);
        let form: Vec<_> = fields.chain([(self.field, value)]).collect();
        app.post(&self.path, self.cookie.as_deref(), &form).await
    }

    /// Checks that a value is refused with this sentence at the field, and shown again as
    /// typed.
    async fn is_refused(&self, app: &App, value: &str, message: &str) {
        let got = self.with(app, value).await;
        let seen = format!("{} {}={value:?}", self.path, self.field);
        assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY, "{seen}");
        assert!(got.text.contains(message), "{seen} says {message}");
        let id = self.field.replace('.', "-");
        assert!(got.text.contains(&format!("{id}-error")), "{seen}: the error is at the field");
        if !value.is_empty() && !value.contains(['\'', '"', '&', '<', '>']) {
            assert!(got.text.contains(value), "{seen} is kept");
        }
    }
}

fn fields(prefix: &str, email: &str) -> Vec<(String, String)> {
    let mut form = Form::default();
    details("Ana Ruiz", email, "Europe/Berlin").fill(&mut form, prefix);
    form.0
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
}

struct Stage {
    app: App,
    cast: Cast,
    owner: Option<String>,
    ruth: Option<String>,
    desk: Option<String>,
    edit: String,
}

impl Stage {
    async fn new(world: &World) -> Self {
        let (app, cast) = (App::new(world), Cast::new(&world.store).await);
        let practice = cast.owner.practice().await.unwrap();
        cast.owner.update_practice(&Practice { inquiries: true, ..practice }).await.unwrap();
        let [owner, ruth, desk] = [cast.owner.me(), cast.ruth.me(), cast.desk.me()];
        let amara = person(&cast.ruth, cast.couple, "Amara Nwosu").await;
        Self {
            owner: Some(app.cookie(world, owner).await),
            ruth: Some(app.cookie(world, ruth).await),
            desk: Some(app.cookie(world, desk).await),
            edit: format!("/clients/{}/partners/{amara}/edit", cast.couple),
            app,
            cast,
        }
    }

    /// Each form with a person's fields, to test one field of them.
    fn people(&self, name: &'static str, prefixed: [&'static str; 2]) -> Vec<Sent> {
        let both = [fields("a.", "a1@example.org"), fields("b.", "b1@example.org"), owned(&[("kind", "couple")])];
        let alone = [fields("a.", "c1@example.org"), owned(&[("kind", "individual")])];
        let asks = owned(&[
            ("name", "Ana Ruiz"),
            ("email", "ana@example.org"),
            ("kind", "couple"),
            ("meeting", "any"),
            ("part", "any"),
        ]);
        let therapist =
            [("kind".to_owned(), "couple".to_owned()), ("clinician".to_owned(), self.cast.ruth.me().to_string())];
        let taken_on = [fields("a.", "d1@example.org"), fields("b.", "d2@example.org"), therapist.to_vec()].concat();
        let sent = |path: &str, cookie: &Option<String>, field, rest: Vec<(String, String)>| Sent {
            path: path.to_owned(),
            cookie: cookie.clone(),
            field,
            rest,
        };
        vec![
            sent("/clients", &self.ruth, prefixed[0], both.concat()),
            sent("/clients", &self.ruth, prefixed[1], both.concat()),
            sent("/clients", &self.ruth, prefixed[0], alone.concat()),
            sent(&self.edit, &self.ruth, prefixed[0], fields("a.", "amara@example.org")),
            sent("/desk/clients", &self.desk, prefixed[0], taken_on.clone()),
            sent("/inquire", &None, name, asks.clone()),
            sent("/waitlist", &self.desk, name, asks),
        ]
    }

    fn staff(&self, field: &'static str) -> Sent {
        let rest = owned(&[
            ("display_name", "Ana Ruiz"),
            ("email", "ana@example.org"),
            ("zone", "Europe/Berlin"),
            ("role", "front_desk"),
        ]);
        Sent { path: "/staff".to_owned(), cookie: self.owner.clone(), field, rest }
    }

    async fn practice(&self, field: &'static str) -> Sent {
        let rest = self.cast.owner.practice().await.unwrap().form().0;
        let path = if field == "phone" { "/practice/email" } else { "/practice" };
        Sent { path: path.to_owned(), cookie: self.owner.clone(), field, rest }
    }

    async fn amara(&self) -> PersonDetails {
        let record = self.cast.ruth.client(self.cast.couple).await.unwrap().unwrap();
        record.members.into_iter().map(|m| m.details).find(|d| d.language.word() == "en").unwrap()
    }
}

both!(invisible_name_is_refused_on_every_form, |world| {
    let stage = Stage::new(&world).await;
    let mut forms = stage.people("name", ["a.name", "b.name"]);
    forms.push(stage.staff("display_name"));
    forms.push(stage.practice("name").await);
    for (path, field) in [("/rooms", "room"), ("/locations", "location")] {
        forms.push(Sent { path: path.to_owned(), cookie: stage.owner.clone(), field, rest: vec![] });
    }
    for form in forms {
        let said = form.with(&stage.app, "").await.text;
        let message = said.split("class=\"error\">").nth(1).unwrap_or_default().split('<').next().unwrap_or_default();
        assert!(message.starts_with("Enter "), "{} {}: {message}", form.path, form.field);
        for nothing in [NOTHING, "\u{2800}", " \u{A0}\u{202E}\u{E0041}"] {
            form.is_refused(&stage.app, nothing, message).await;
        }
    }
    let title = stage.app.post("/pathways", stage.ruth.as_deref(), &[("title", NOTHING), ("do", "save")]).await;
    assert_eq!(title.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(title.text.contains("title-error"));
});

both!(email_address_is_checked_on_every_form, |world| {
    let stage = Stage::new(&world).await;
    let mut forms = stage.people("email", ["a.email", "b.email"]);
    forms.push(stage.staff("email"));
    forms.push(Sent {
        path: "/account/email".to_owned(),
        cookie: stage.owner.clone(),
        field: "email",
        rest: owned(&[("current_password", "wrong")]),
    });
    let forgot = Sent { path: "/forgot".to_owned(), cookie: None, field: "login_name_or_email", rest: vec![] };
    for bad in ["ana@-example.org", "ana@example-.org", "ana@exa_mple.org", "ana@a..example.org", "a..b@example.org"] {
        for form in forms.iter().chain([&forgot]) {
            form.is_refused(&stage.app, bad, "Enter an email address such as name@example.org.").await;
        }
    }
    for form in &forms {
        form.is_refused(&stage.app, "ana@[192.0.2.1]", "not in numbers").await;
        form.is_refused(&stage.app, "ana@intranet", "Enter an email address").await;
        let got = form.with(&stage.app, "\u{200B}a\u{AD}na.r＠Müller-Probe．example\u{202C}").await;
        match form.path.as_str() {
            // The address is valid, the password is not.
            "/account/email" => {
                assert!(!got.text.contains("email-error") && got.text.contains("current_password-error"));
            }
            "/inquire" => assert_eq!(got.status, StatusCode::OK),
            _ => assert_eq!(got.status, StatusCode::SEE_OTHER, "{} {}", form.path, got.text),
        }
    }
    // For a person with a login it is a suggestion.
    let record = stage.cast.ruth.client(stage.cast.couple).await.unwrap().unwrap();
    let suggested = record.members.into_iter().find_map(|m| m.address.suggested).unwrap().0;
    assert_eq!(suggested.as_str(), "ana.r@müller-probe.example");
    let kept = stage.cast.owner.staff().await.unwrap();
    assert!(kept.iter().any(|m| m.email == "ana.r@müller-probe.example"));
    let noted = stage.cast.desk.inquiries(None).await.unwrap().rows;
    assert!(noted.iter().all(|i| i.email == "ana.r@müller-probe.example") && noted.len() == 1);
});

both!(phone_number_is_normalised_on_every_form, |world| {
    let stage = Stage::new(&world).await;
    let mut forms = stage.people("phone", ["a.phone", "b.phone"]);
    forms.push(stage.practice("phone").await);
    for form in &forms {
        for bad in ["call me", "1", "ana99@example.org"] {
            form.is_refused(&stage.app, bad, "Enter a phone number, such as +49 30 901820.").await;
        }
        let got = form.with(&stage.app, "\u{202A}0151/234\u{2011}56789 ext. 12\u{202C}").await;
        assert!(matches!(got.status, StatusCode::OK | StatusCode::SEE_OTHER), "{}: {}", form.path, got.text);
    }
    let kept = "+49 1512 3456789 ext. 12";
    assert_eq!(stage.amara().await.phone, kept);
    assert_eq!(stage.cast.owner.practice().await.unwrap().phone, kept);
    assert!(stage.cast.desk.inquiries(None).await.unwrap().rows.iter().all(|i| i.phone == kept));
    // The number is shown as it is stored, and a press dials it.
    let page = stage.app.get(&format!("/clients/{}?tab=details", stage.cast.couple), stage.ruth.as_deref()).await.text;
    assert!(page.contains("href=\"tel:+4915123456789;ext=12\"") && page.contains(kept));
    // A number that no numbering plan knows is stored as it was typed.
    let edit = &forms[3];
    for short in ["ext. 12", "0151 23456789 evenings"] {
        assert_eq!(edit.with(&stage.app, short).await.status, StatusCode::SEE_OTHER);
        assert_eq!(stage.amara().await.phone, short);
    }
});

async fn hit_count(cast: &Cast, text: &str) -> usize {
    cast.desk.find_clients(text, 20, None).await.unwrap().rows.len()
}

both!(people_are_found_as_others_write_them, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let [desk, ruth] = [app.cookie(&world, cast.desk.me()).await, app.cookie(&world, cast.ruth.me()).await];
    for (n, (name, typed)) in [
        ("Łukasz Wójcik", "lukasz"),
        ("Søren Kjær", "Soren kjaer"),
        ("Đorđe Petrović", "Dorde"),
        ("Jürgen Groß", "Juergen gross"),
        ("Siobhán O’Neill", "Oneill"),
        ("Omar Al-Hassan", "alhassan"),
        ("Işık Yılmaz", "isik"),
        ("अनन्या शर्मा", "अनन्या"),
    ]
    .into_iter()
    .enumerate()
    {
        let details = details(name, &format!("p{n}@example.org"), "Europe/Berlin");
        let client = cast.ruth.create_client(&NewClient::Individual(details.into())).await.unwrap().unwrap();
        let hits = cast.desk.find_clients(typed, 20, None).await.unwrap().rows;
        assert_eq!(hits.iter().map(|h| h.client).collect::<Vec<_>>(), [client], "{typed}");
        // The person is also found on the pages: search, the booking form and the
        // caseload.
        let q: String = typed.bytes().map(|b| format!("%{b:02X}")).collect();
        for (path, cookie) in [("/find", &desk), ("/sessions/new", &desk), ("/caseload", &ruth)] {
            let page = app.get(&format!("{path}?q=%E2%80%8B{q}%C2%A0"), Some(cookie)).await.text;
            assert!(page.contains(name), "{path}: {typed}");
            assert!(!page.contains("Demir") && !page.contains("Jonas Weber"), "{path}: {typed} and nobody else");
        }
    }
    for other in ["अनन्यी", "अनन्ये", "Lukarz", "ran", "\u{200B}", "'", "-"] {
        assert_eq!(hit_count(&cast, other).await, 0, "{other}");
    }
});

both!(search_keys_of_an_earlier_version_are_recomputed, |world| {
    let cast = Cast::new(&world.store).await;
    let couple = NewClient::Couple {
        a: details("Łukasz Wójcik", "lukasz@müller.example", "UTC").into(),
        b: Some(details("Søren Kjær", "s@example.org", "UTC").into()),
    };
    let client = cast.ruth.create_client(&couple).await.unwrap().unwrap();
    let lukasz = person(&cast.ruth, client, "Łukasz Wójcik").await;
    // As an earlier version left it. The other keys are done, as after a start that was
    // killed half-way.
    for forget in [
        "UPDATE person SET search_name = 'łukasz wojcik', email_key = '', keys_version = 0 WHERE id = $1",
        "UPDATE account SET email_key = '', keys_version = 0 WHERE id = $1",
    ] {
        let id = if forget.contains("person") { lukasz.0 } else { cast.ruth.me().0 };
        assert_eq!(world.by_hand(forget, id).await.unwrap(), 1);
    }
    assert_eq!((hit_count(&cast, "lukasz").await, hit_count(&cast, "soren").await), (0, 1));
    world.store.guest().request_reset("ruth@example.org").await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM password_reset").await.unwrap(), 0);
    for _ in 0..2 {
        world.second().await;
        assert_eq!((hit_count(&cast, "lukasz").await, hit_count(&cast, "soren").await), (1, 1));
    }
    world.store.guest().request_reset("ruth@example.org").await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM password_reset").await.unwrap(), 1);
    assert_eq!(
        world.number("SELECT count(*) FROM person WHERE email_key = 'lukasz@xn--mller-kva.example'").await.unwrap(),
        1
    );
});

both!(one_mailbox_is_recognised_however_it_is_written, |world| {
    let cast = Cast::new(&world.store).await;
    let email = |text: &str| EmailAddress::parse(text).unwrap();
    let change = async |account, to| {
        let who = visitor(&world.store, account).await;
        tests::people::change_address(&world.store, &who, &email(to)).await;
    };
    change(cast.owner.me(), "Olive@Müller.example").await;
    let resets = "SELECT count(*) FROM password_reset WHERE used_at IS NULL";
    for (n, typed) in
        ["olive@xn--mller-kva.example", "OLIVE@MÜLLER.EXAMPLE", "\u{200B}olive＠müller．example ", "ＯＬＩＶＥ"]
            .into_iter()
            .enumerate()
    {
        world.store.guest().request_reset(typed).await.unwrap();
        assert_eq!(world.number(resets).await.unwrap(), i64::try_from(n).unwrap() + 1, "{typed}");
    }
    world.store.guest().request_reset("olive@muller.example").await.unwrap();
    assert_eq!(world.number(resets).await.unwrap(), 4, "another mailbox");
    // An address that two partners share, however it is spelled, gets no reset link.
    change(cast.amara.me(), "us@müller.example").await;
    change(cast.jonas.me(), "US@xn--mller-kva.example").await;
    world.store.guest().request_reset("us@müller.example").await.unwrap();
    assert_eq!(world.number(resets).await.unwrap(), 4, "shared");
    // If only the spelling changes, the bounce mark remains.
    let person = person(&cast.ruth, cast.couple, "Amara Nwosu").await;
    let marks = "UPDATE person SET returned_at = created_at, returned_why = 'full' WHERE id = $1";
    world.by_hand(marks, person.0).await.unwrap();
    let record = cast.ruth.client(cast.couple).await.unwrap().unwrap();
    let mut changed = record.members.into_iter().find(|m| m.person == person).unwrap().details;
    let marked = "SELECT count(*) FROM person WHERE returned_at IS NOT NULL";
    changed.email = changed.email.map(|e| email(&e.as_str().to_uppercase()));
    assert_eq!(cast.ruth.update_person(cast.couple, person, &changed).await.unwrap(), store::PersonUpdate::Saved);
    assert_eq!(world.number(marked).await.unwrap(), 1);
    change(cast.amara.me(), "new@example.org").await;
    assert_eq!(world.number(marked).await.unwrap(), 0);
});

both!(address_that_is_no_longer_accepted_is_kept_and_shown, |world| {
    let stage = Stage::new(&world).await;
    let person = person(&stage.cast.ruth, stage.cast.couple, "Amara Nwosu").await;
    world.by_hand("UPDATE person SET email = 'ana@-example.org' WHERE id = $1", person.0).await.unwrap();
    let page = stage.app.get(&stage.edit, stage.ruth.as_deref()).await;
    assert!(page.text.contains("In use: ana@-example.org."));
});

fn sign_in_request(method: &str, host: &'static str, headers: &[(&'static str, &'static str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri("/sign-in").header(header::HOST, host);
    request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from("login_name=ruth&password=wrong")).unwrap()
}

/// The program at another address than localhost.
fn app_at(world: &World, base_url: &str) -> App {
    App::with(world, |config| base_url.clone_into(&mut config.base_url))
}

both!(forms_from_browsers_without_sec_fetch_need_own_origin_or_referer, |world| {
    let app = app_at(&world, "http://practice.test:3106");
    let _cast = Cast::new(&world.store).await;
    let lan = "practice.test:3106";
    assert_eq!(app.send(sign_in_request("GET", lan, &[])).await.headers["referrer-policy"], "same-origin");
    // Chromium over plain http to a name; Safari before 16.4; Firefox before 70, which
    // sends no Origin with a form.
    for own in [
        &[("origin", "http://practice.test:3106"), ("referer", "http://practice.test:3106/sign-in")][..],
        &[("origin", "http://practice.test:3106")],
        &[("referer", "http://practice.test:3106/sign-in?next=/clients")],
    ] {
        assert_eq!(
            app.send(sign_in_request("POST", lan, own)).await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{own:?}: a wrong password"
        );
    }
    for foreign in [
        &[("origin", "null")][..],
        &[("origin", "null"), ("referer", "http://practice.test:3106/")],
        &[("origin", "http://evil.test"), ("referer", "http://practice.test:3106/")],
        &[("referer", "http://evil.test/http://practice.test:3106/")],
        &[],
    ] {
        assert_eq!(app.send(sign_in_request("POST", lan, foreign)).await.status, StatusCode::FORBIDDEN, "{foreign:?}");
    }
});

both!(plain_http_form_is_refused_if_the_practice_uses_https, |world| {
    let _cast = Cast::new(&world.store).await;
    let app = app_at(&world, "https://practice.example");
    for (host, origin) in [
        ("192.168.1.5:3000", "http://192.168.1.5:3000"),
        ("practice.test:3000", "http://practice.test:3000"),
        ("practice.example:3000", "http://practice.example:3000"),
        // Through a web server that also accepts plain http.
        ("practice.example", "http://practice.example"),
    ] {
        let got = app.send(sign_in_request("POST", host, &[("origin", origin)])).await;
        assert_eq!(got.status, StatusCode::FORBIDDEN, "{origin}");
        assert!(got.text.contains("You can’t sign in or send anything here. Open https://practice.example instead."));
    }
    let got = app.send(sign_in_request("POST", "practice.example", &[("origin", "https://practice.example")])).await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
});
