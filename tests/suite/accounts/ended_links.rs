//! Everything that a token alone opens: what ends it for good when an account is
//! disabled, when a couple separates, and when care has ended.
//!
//! The routes come from the program's own table: the test fails for a new route with a
//! token that has no line here.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use chrono::Duration;
use domain::{clients::person::EmailAddress, ids::AccountId, scheduling::session::CalendarTitle};
use duologue::routes;
use store::{EmailFacts, NewClient};
use tests::{
    World,
    app::App,
    both,
    people::{Cast, details, visitor},
};

/// Whose links are tested.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Whose {
    /// A therapist whose account is disabled and enabled again.
    Closed,
    /// A partner of a couple that separates.
    Separated,
    /// A partner of a couple that is archived and restored.
    Archived,
}

/// Whether a link still works afterwards, as described in `docs/access.md`.
fn stays_open(route: &str, whose: Whose) -> bool {
    match (route, whose) {
        // An invitation that nobody accepted, or a feed whose account has to be proven
        // again.
        ("/invitations/{token}" | "/feeds/{token}", _) => false,
        // A person who reads what they wrote after the end of care keeps their login.
        ("/reset/{token}" | "/account/address/{token}", Whose::Archived) => true,
        ("/reset/{token}" | "/account/address/{token}", Whose::Closed | Whose::Separated) => false,
        // Works while the session is booked; a separation cancels it.
        ("/replies/{token}", Whose::Archived) => true,
        ("/replies/{token}", Whose::Separated) => false,
        // A person who gets no email any more may still unsubscribe.
        ("/unsubscribe/{token}", _) => true,
        // Belongs to an inquirer, who is no client yet.
        ("/inquire/{token}", _) => true,
        (route, whose) => panic!("{route}: does it open for one {whose:?}?"),
    }
}

struct Stage {
    app: App,
    cast: Cast,
    /// The account that the links belong to.
    account: AccountId,
    /// Paths by route.
    links: BTreeMap<&'static str, String>,
}

impl Stage {
    async fn new(world: &World, whose: Whose) -> Self {
        let (app, cast) = (App::new(world), Cast::new(&world.store).await);
        let (account, name) = match whose {
            Whose::Closed => (cast.emeka.me(), "emeka"),
            Whose::Separated | Whose::Archived => (cast.amara.me(), "amara"),
        };
        let mut links = BTreeMap::new();
        let who = visitor(&world.store, account).await;
        let me = world.store.signed_in(&who);
        me.make_feed(CalendarTitle::Busy).await.unwrap();
        links.insert("/feeds/{token}", format!("/feeds/{}.ics", me.feed().await.unwrap().unwrap().token));
        me.request_email_change(&EmailAddress::parse("new@example.org").unwrap()).await.unwrap();
        world.store.guest().request_reset(name).await.unwrap();
        match whose {
            Whose::Closed => {
                // A new clinician is invited, so that there is an invitation link.
                let new = store::NewStaff {
                    display_name: "Noor".into(),
                    email: EmailAddress::parse("noor@example.org").unwrap(),
                    zone: tests::people::zone("UTC"),
                    roles: vec![domain::clients::person::Role::Clinician],
                };
                cast.owner.invite_staff(&new).await.unwrap();
            }
            Whose::Separated | Whose::Archived => {
                assert!(matches!(cast.book(&world.store, "2026-11-26 12:30").await, store::Booked::Done(_)));
            }
        }
        let mut stage = Self { app, cast, account, links };
        stage.collect(world, name).await;
        stage
    }

    /// Stores the links in emails that are due to this person.
    async fn collect(&mut self, world: &World, name: &str) {
        for email in world.store.worker().claim_due(100, Duration::minutes(1)).await.unwrap() {
            let theirs = email.recipient_name.to_lowercase().starts_with(name);
            match &email.facts {
                EmailFacts::PasswordReset { token, .. } => {
                    self.links.insert("/reset/{token}", format!("/reset/{token}"));
                }
                EmailFacts::NewAddress { token, .. } => {
                    self.links.insert("/account/address/{token}", format!("/account/address/{token}"));
                }
                EmailFacts::Invitation { token, .. } => {
                    self.links.insert("/invitations/{token}", format!("/invitations/{token}"));
                }
                EmailFacts::Session(facts) if theirs => {
                    if let Some(asks) = &facts.asks {
                        self.links.insert("/replies/{token}", format!("/replies/{asks}"));
                    }
                    if let Some(end) = &email.unsubscribe {
                        self.links.insert("/unsubscribe/{token}", format!("/unsubscribe/{end}"));
                    }
                }
                _ => {}
            }
            world.store.worker().return_claim_early(email.id, email.token, false).await.unwrap();
        }
    }

    async fn is_open(&self, world: &World, route: &str) -> bool {
        let cookie = match route {
            // This link also needs a login; a disabled account has none.
            "/account/address/{token}" => Some(self.app.cookie(world, self.account).await),
            _ => None,
        };
        let got = self.app.get(&self.links[route], cookie.as_deref()).await;
        match got.status {
            StatusCode::OK => !got.text.contains("This appointment has changed") && !got.text.contains("is over"),
            StatusCode::GONE | StatusCode::NOT_FOUND => false,
            StatusCode::SEE_OTHER => false,
            other => panic!("{route}: {other}"),
        }
    }
}

/// The routes that contain a token.
fn routes_with_tokens() -> Vec<&'static str> {
    let routes = routes::table().into_iter().filter(|r| r.method == Method::GET && r.path.contains("{token}"));
    routes.map(|r| r.path).collect()
}

both!(links_of_a_disabled_account_stay_ended_after_it_is_enabled, |world| {
    let stage = Stage::new(&world, Whose::Closed).await;
    let noor = stage.cast.owner.staff().await.unwrap().into_iter().find(|s| s.name == "Noor").unwrap().id;
    let theirs: Vec<_> = routes_with_tokens().into_iter().filter(|r| stage.links.contains_key(r)).collect();
    assert_eq!(theirs, ["/invitations/{token}", "/reset/{token}", "/account/address/{token}", "/feeds/{token}"]);
    for route in &theirs {
        assert!(stage.is_open(&world, route).await, "{route} opens to begin with");
    }
    let login = stage.app.cookie(&world, stage.account).await;
    for disabled in [true, false] {
        for account in [stage.account, noor] {
            assert!(stage.cast.owner.set_disabled(account, disabled).await.unwrap());
        }
        for route in &theirs {
            assert_eq!(
                stage.is_open(&world, route).await,
                stays_open(route, Whose::Closed),
                "{route}, closed: {disabled}"
            );
        }
        assert_ne!(stage.app.get("/account", Some(&login)).await.status, StatusCode::OK);
    }
    assert_eq!(world.number("SELECT count(*) FROM feed WHERE revoked_at IS NULL").await.unwrap(), 0);
});

both!(links_end_or_stay_as_documented_after_separation_and_archiving, |world| {
    for whose in [Whose::Separated, Whose::Archived] {
        let world = World::new(world.backend).await;
        let mut stage = Stage::new(&world, whose).await;
        // Three days before the session, the reminder asks whether they come.
        world.clock.advance(Duration::minutes(40));
        stage.collect(&world, "amara").await;
        // Another partner of Ruth's is invited and has not accepted yet.
        let cast = &stage.cast;
        let new = NewClient::Couple { a: details("Mei", "mei@example.org", "UTC").into(), b: None };
        let half = cast.ruth.create_client(&new).await.unwrap().unwrap();
        let mei = cast.ruth.names(half).await.unwrap().unwrap()[0].0;
        cast.ruth.invite_partner(half, mei).await.unwrap();
        stage.collect(&world, "amara").await;
        stage.links.insert("/inquire/{token}", inquiry_link(&world).await);
        for route in routes_with_tokens() {
            assert!(stage.links.contains_key(route), "{route} has no link here");
            assert!(stage.is_open(&world, route).await, "{route} opens to begin with");
        }
        let cast = &stage.cast;
        let again: &[bool] = if whose == Whose::Archived { &[true, false] } else { &[true] };
        for archived in again {
            match whose {
                Whose::Separated => {
                    assert!(cast.ruth.separate(cast.couple).await.unwrap());
                    assert!(cast.ruth.separate(half).await.unwrap());
                }
                _ => {
                    assert!(cast.ruth.set_archived(cast.couple, *archived).await.unwrap());
                    assert!(cast.ruth.set_archived(half, *archived).await.unwrap());
                }
            }
            for route in routes_with_tokens() {
                let open = stage.is_open(&world, route).await;
                assert_eq!(open, stays_open(route, whose), "{route} of one {whose:?}, away: {archived}");
            }
        }
    }
});

async fn inquiry_link(world: &World) -> String {
    let form =
        [("name", "Ana"), ("email", "ana.b@example.org"), ("kind", "couple"), ("meeting", "any"), ("part", "any")];
    let form = domain::form::Form::from_pairs(form);
    let new = domain::scheduling::inquiry::Inquiry::read(&form, &tests::people::zone("Europe/Berlin")).unwrap();
    world.store.guest().inquire(&new).await.unwrap();
    for email in world.store.worker().claim_due(100, Duration::minutes(1)).await.unwrap() {
        world.store.worker().return_claim_early(email.id, email.token, false).await.unwrap();
        if let EmailFacts::Inquiry { token, .. } = &email.facts {
            return format!("/inquire/{token}");
        }
    }
    panic!("no link");
}

both!(removing_a_role_ends_its_calendar_feed, |world| {
    let stage = Stage::new(&world, Whose::Closed).await;
    assert!(stage.is_open(&world, "/feeds/{token}").await);
    world
        .by_hand("DELETE FROM account_role WHERE account_id = $1 AND role = 'clinician'", stage.account.0)
        .await
        .unwrap();
    assert!(!stage.is_open(&world, "/feeds/{token}").await);
});
