//! The example couple of a new practice: it is marked, nobody is written to, and all of
//! it can be removed again.

use std::collections::BTreeMap;

use domain::{
    clients::person::{EmailAddress, Role},
    ids::AccountId,
    practice::settings::Practice,
};
use store::Setup;
use tests::{
    World,
    app::App,
    both,
    people::{NO_HASH, details, visitor, zone},
};

use crate::presses::row_counts;

/// A new practice of one person with every role, and the library.
async fn solo(world: &World) -> AccountId {
    world.store.load_library(&duologue::library::documents().unwrap()).await.unwrap();
    let setup = Setup {
        factor_rules: None,
        practice: Practice::new("Lakeside".into(), zone("Europe/Berlin")),
        display_name: "Olive Owner".into(),
        email: EmailAddress::parse("olive@example.org").unwrap(),
        login_name: "olive".into(),
        password_hash: NO_HASH.into(),
        roles: vec![Role::Clinician, Role::FrontDesk],
    };
    world.store.guest().set_up(&setup).await.unwrap().unwrap()
}

/// The number of rows of each table but the audit log, what sign-ins leave, and the
/// keys of forms.
async fn rows(world: &World) -> BTreeMap<String, i64> {
    let counts = row_counts(world).await;
    let other = ["audit", "audit_named", "login", "browser", "form_key", "press", "throttle", "write_probe"];
    counts.into_iter().filter(|(table, _)| !other.contains(&table.as_str())).collect()
}

both!(example_couple_is_added_to_an_empty_practice_and_removed_whole, |world| {
    let owner = solo(&world).await;
    let app = App::new(&world);
    let olive = app.cookie(&world, owner).await;
    let before = rows(&world).await;
    let today = app.get("/today", Some(&olive)).await.text;
    assert!(today.contains("Set up your practice") && today.contains("Add example data"), "{today}");
    let added = app.post("/practice/example", Some(&olive), &[("do", "add"), ("back", "/today")]).await;
    assert_eq!(added.location(), "/today?notice=example_added", "{}", added.text);
    let caseload = app.get("/caseload", Some(&olive)).await.text;
    assert!(caseload.contains("Robin (example)") && caseload.contains("Sam (example)"), "{caseload}");
    let there = rows(&world).await;
    for table in ["session", "response", "answer", "client", "person", "account"] {
        assert!(there[table] > before[table], "{table}");
    }
    assert_eq!(
        world.number("SELECT count(*) FROM email WHERE recipient <> ''").await.unwrap(),
        0,
        "nobody is written to"
    );
    assert_eq!(
        world.number("SELECT count(*) FROM login WHERE ended_at IS NULL").await.unwrap(),
        1,
        "the owner’s alone"
    );
    // The steps still have to be done: the example is no client.
    let progress =
        world.store.owner(&visitor(&world.store, owner).await).unwrap().first_steps(true).await.unwrap().unwrap();
    assert!(!progress.client && !progress.session && !progress.invited, "{progress:?}");
    // A second press adds nothing.
    let again = app.post("/practice/example", Some(&olive), &[("do", "add")]).await;
    assert_eq!(again.location(), "/practice?notice=no_example");
    assert_eq!(rows(&world).await, there);
    // A client of the practice may be beside it, and stays when it is removed.
    let therapist = world.store.clinician(&visitor(&world.store, owner).await).unwrap();
    let lea = details("Lea Brandt", "lea@example.org", "Europe/Berlin").into();
    therapist.create_client(&store::NewClient::Individual(lea)).await.unwrap().unwrap();
    assert!(app.get("/practice", Some(&olive)).await.text.contains("Remove example data"));
    let removed = app.post("/practice/example", Some(&olive), &[("do", "remove")]).await;
    assert_eq!(removed.location(), "/practice?notice=example_removed", "{}", removed.text);
    let mut left = rows(&world).await;
    for (table, made) in [("client", 1), ("client_member", 1), ("person", 1), ("care", 1), ("data_key", 2)] {
        let count = left.get_mut(table).unwrap();
        *count -= made;
    }
    let differ: Vec<_> =
        left.iter().filter(|(table, count)| before[*table] != **count && *table != "data_key").collect();
    assert!(differ.is_empty(), "{differ:?}");
    assert!(app.get("/caseload", Some(&olive)).await.text.contains("Lea Brandt"));
    assert!(!app.get("/practice", Some(&olive)).await.text.contains("Add example data"), "there are clients");
    assert!(world.store.verify_audit().await.unwrap().is_ok());
});

#[tokio::test]
async fn only_a_therapist_adds_the_example() {
    let world = World::new(tests::Backend::Sqlite).await;
    let cast = tests::people::Cast::new(&world.store).await;
    let app = App::new(&world);
    let olive = app.cookie(&world, cast.owner.me()).await;
    let refused = app.post("/practice/example", Some(&olive), &[("do", "add")]).await;
    assert_eq!(refused.status, 404, "the owner sees no clients");
    assert!(!cast.owner.remove_example().await.unwrap(), "there is none");
    assert_eq!(world.number("SELECT count(*) FROM client").await.unwrap(), 2);
}
