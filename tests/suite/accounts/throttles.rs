//! How often a password may be tried, and that nobody can lock out another person by
//! trying.

use axum::http::{StatusCode, header};
use chrono::Duration;
use domain::ids::AccountId;
use tests::{
    World,
    app::{App, Got},
    both,
    people::{Cast, visitor},
};

const PASSWORD: &str = "three tired swans at noon";

struct Door {
    app: App,
    cast: Cast,
    hash: String,
}

impl Door {
    async fn new(world: &World) -> Self {
        let hash = duologue::password::Hasher::default().hash(PASSWORD.to_owned()).await.unwrap();
        Self { app: App::new(world), cast: Cast::with_hash(&world.store, &hash).await, hash }
    }

    async fn try_in(&self, name: &str, password: &str, browser: Option<&str>) -> Got {
        self.app.post("/sign-in", browser, &[("login_name", name), ("password", password)]).await
    }

    /// Signs in from a browser, and returns the cookie by which the browser is known.
    async fn sign_in_browser(&self, name: &str, browser: Option<&str>) -> String {
        let got = self.try_in(name, PASSWORD, browser).await;
        assert_eq!(got.status, StatusCode::SEE_OTHER, "{name}");
        browser_cookie(&got).expect("a browser's cookie")
    }

    /// Whether the network has used up its tries for a name.
    async fn is_shut(&self, name: &str) -> bool {
        self.try_in(name, PASSWORD, None).await.status == StatusCode::TOO_MANY_REQUESTS
    }
}

fn browser_cookie(got: &Got) -> Option<String> {
    let set = got.headers.get_all(header::SET_COOKIE).iter().filter_map(|v| v.to_str().ok());
    set.filter_map(|set| set.split(';').next()).find(|pair| pair.starts_with("duologue-browser=")).map(str::to_owned)
}

both!(known_browser_signs_in_despite_tries_from_its_network, |world| {
    let door = Door::new(&world).await;
    let phone = door.sign_in_browser("amara", None).await;
    let desk = door.sign_in_browser("kofi", None).await;
    // Wrong passwords for her name, and names that do not exist, from the same router:
    // the tries for the name and for the network are used up.
    for _ in 0..9 {
        door.try_in("amara", "wrong wrong wrong", None).await;
    }
    for n in 0..64 {
        door.try_in(&format!("nobody{n}"), "x", None).await;
    }
    for name in ["amara", "kofi", "ruth"] {
        assert!(door.is_shut(name).await, "{name}: without the cookie the limit stays");
    }
    for (name, cookie) in [("amara", &phone), ("kofi", &desk)] {
        assert_eq!(door.try_in(name, PASSWORD, Some(cookie)).await.status, StatusCode::SEE_OTHER, "{name}");
    }
});

both!(known_browser_has_its_own_limit, |world| {
    let door = Door::new(&world).await;
    let phone = door.sign_in_browser("amara", None).await;
    for n in 0..8 {
        let wrong = door.try_in("amara", "wrong wrong wrong", Some(&phone)).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{n}");
    }
    assert_eq!(door.try_in("amara", PASSWORD, Some(&phone)).await.status, StatusCode::TOO_MANY_REQUESTS);
    // Her tries do not affect others, and she may try again later.
    assert!(!door.is_shut("jonas").await);
    world.clock.advance(Duration::minutes(15));
    let phone = door.sign_in_browser("amara", Some(&phone)).await;
    // The cookie counts only for her: neither another person's cookie nor an invented one
    // gets around the network's limit.
    let jonas = door.sign_in_browser("jonas", None).await;
    for _ in 0..8 {
        door.try_in("amara", "wrong wrong wrong", Some(&jonas)).await;
    }
    assert!(door.is_shut("amara").await);
    let made_up = format!("duologue-browser={}", "A".repeat(43));
    for cookie in [&jonas, &made_up] {
        assert_eq!(door.try_in("amara", PASSWORD, Some(cookie)).await.status, StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(door.try_in("amara", PASSWORD, Some(&phone)).await.status, StatusCode::SEE_OTHER);
});

both!(throttling_does_not_reveal_whether_a_name_exists, |world| {
    let door = Door::new(&world).await;
    let jonas = door.sign_in_browser("jonas", None).await;
    for browser in [None, Some(jonas.as_str())] {
        let mut seen = Vec::new();
        for name in ["amara", "nobody"] {
            let mut answers = Vec::new();
            for _ in 0..10 {
                let got = door.try_in(name, "wrong wrong wrong", browser).await;
                let text = got.text.replace(name, "it");
                let said = text
                    .split("id=\"errors\"")
                    .nth(1)
                    .unwrap_or_default()
                    .split("</div>")
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                answers.push((got.status, said, got.headers.contains_key(header::SET_COOKIE)));
            }
            assert_eq!(answers[9].0, StatusCode::TOO_MANY_REQUESTS);
            seen.push(answers);
        }
        assert_eq!(seen[0], seen[1]);
        world.clock.advance(Duration::minutes(16));
    }
});

both!(browser_stays_known_until_a_password_change_remote_sign_out_or_expiry, |world| {
    let door = Door::new(&world).await;
    let (amara, kofi) = (door.cast.amara.me(), door.cast.desk.me());
    let knows = async |cookie: &str, name: &str| {
        let token = cookie.trim_start_matches("duologue-browser=");
        world.store.known_browser(token, name).await.unwrap().is_some()
    };
    let sign_in_here = async |account: AccountId| world.store.signed_in(&visitor(&world.store, account).await);
    for end in ["rotation", "password", "reset", "everywhere", "closing", "time"] {
        world.clock.advance(Duration::hours(1));
        let phone = door.sign_in_browser("kofi", None).await;
        assert!(knows(&phone, "kofi").await && knows(&phone, "kofi@example.org").await, "{end}");
        assert!(!knows(&phone, "ruth").await && !knows(&phone, "").await, "{end}");
        match end {
            "rotation" => {
                let next = door.sign_in_browser("kofi", Some(&phone)).await;
                assert!(next != phone && knows(&next, "kofi").await);
            }
            "password" => drop(sign_in_here(kofi).await.change_password(&door.hash, "desk", None).await.unwrap()),
            "reset" => {
                let token = world.store.hand_out_reset(door.cast.owner.me(), "kofi").await.unwrap().unwrap();
                assert!(world.store.guest().reset_password(&token, &door.hash).await.unwrap().is_some());
            }
            "everywhere" => drop(sign_in_here(kofi).await.end_other_logins().await.unwrap()),
            "closing" => {
                assert!(door.cast.owner.set_disabled(kofi, true).await.unwrap());
                assert!(door.cast.owner.set_disabled(kofi, false).await.unwrap());
            }
            _ => {
                world.clock.advance(Duration::days(180));
                world.store.worker().forget_old_tries().await.unwrap();
            }
        }
        assert!(!knows(&phone, "kofi").await, "{end}");
    }
    // Two people use one tablet: when either signs in again, both stay known.
    let tablet = door.sign_in_browser("amara", None).await;
    let tablet = door.sign_in_browser("jonas", Some(&tablet)).await;
    assert!(knows(&tablet, "amara").await && knows(&tablet, "jonas").await);
    // After she changes her password there, he stays known, and she is known by the new
    // cookie.
    let changed = sign_in_here(amara)
        .await
        .change_password(&door.hash, "tablet", Some(&tablet["duologue-browser=".len()..]))
        .await;
    let tablet = changed.unwrap().browser;
    assert!(knows(&tablet, "amara").await && knows(&tablet, "jonas").await);
    // A lost phone that is signed out from elsewhere is forgotten; a phone that is signed
    // out by hand is not.
    let phone = door.sign_in_browser("amara", None).await;
    let me = sign_in_here(amara).await;
    let lost = me.logins().await.unwrap().into_iter().find(|l| l.device != "test" && l.device != "tablet").unwrap();
    assert!(me.end_login(lost.id).await.unwrap());
    assert!(!knows(&phone, "amara").await);
    let got = door.try_in("amara", PASSWORD, None).await;
    let (login, phone) = (got.cookie().unwrap(), browser_cookie(&got).unwrap());
    door.app.post("/sign-out", Some(&format!("{login}; {phone}")), &[]).await;
    assert!(knows(&phone, "amara").await);
    // The database does not contain the cookies themselves.
    assert_eq!(world.number("SELECT count(*) FROM browser WHERE length(token_hash) <> 32").await.unwrap(), 0);
});

both!(known_browser_gets_a_reset_link_when_its_network_is_throttled, |world| {
    let door = Door::new(&world).await;
    let phone = door.sign_in_browser("amara", None).await;
    let resets = "SELECT count(*) FROM password_reset";
    let ask = async |typed: &str, browser: Option<&str>| {
        let got = door.app.post("/forgot", browser, &[("login_name_or_email", typed)]).await;
        assert_eq!(got.location(), "/forgot?done=yes");
        world.number(resets).await.unwrap()
    };
    for n in 0..6 {
        ask(&format!("nobody{n}"), None).await;
    }
    assert_eq!(ask("amara", None).await, 0, "without the cookie the limit stays");
    assert_eq!(ask("jonas", Some(&phone)).await, 0, "it is hers alone");
    for typed in ["amara", "amara@example.org", "Amara", "amara", "amara"] {
        ask(typed, Some(&phone)).await;
    }
    assert_eq!(world.number(resets).await.unwrap(), 5);
    assert_eq!(ask("amara", Some(&phone)).await, 5, "and has a limit of its own");
});

both!(wrong_passwords_in_one_login_do_not_throttle_another, |world| {
    let door = Door::new(&world).await;
    let mine = door.app.cookie(&world, door.cast.amara.me()).await;
    let taken = door.app.cookie(&world, door.cast.amara.me()).await;
    let change = async |cookie: &str, password: &str, n: usize| {
        let form = [("email", "amara.new@example.org"), ("current_password", password), ("n", &n.to_string())];
        door.app.post("/account/email", Some(cookie), &form).await
    };
    for n in 0..9 {
        change(&taken, "wrong wrong wrong", n).await;
    }
    assert!(change(&taken, PASSWORD, 10).await.text.contains("too many tries"));
    assert!(change(&mine, PASSWORD, 11).await.location().contains("address_asked"));
});

both!(inquiry_limit_for_an_address_is_counted_by_network, |world| {
    let store = &world.store;
    let place = |n: u8| std::net::IpAddr::from([203, 0, 113, n]);
    let ask = async |n: u8| duologue::access::throttle::inquiry(store, "ana@example.org", place(n)).await.unwrap();
    for n in 0..4 {
        assert_eq!(ask(1).await, n < 3, "{n}");
    }
    assert!(ask(2).await, "from elsewhere it is another's word");
});
