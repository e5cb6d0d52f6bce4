//! The settings' pages: each saves its own fields; the checklist of a new practice.

use domain::{outbox::lead::Lead, practice::settings::SettingsTab};
use tests::{Backend, World, app::App, both, people::Cast};

both!(each_page_of_the_settings_saves_its_own_fields_only, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let olive = app.cookie(&world, cast.owner.me()).await;
    let before = cast.owner.practice().await.unwrap();
    // A form that also has fields of other pages changes nothing of them.
    let form =
        [("notice_hours", "48"), ("late_fee", "60 €"), ("quiet_minutes", "5"), ("name", "Other"), ("leads", "2d")];
    let saved = app.post("/practice/cancellations", Some(&olive), &form).await;
    assert_eq!((saved.status.as_u16(), saved.location()), (303, "/practice/cancellations?notice=saved"));
    let after = cast.owner.practice().await.unwrap();
    assert_eq!((after.notice_hours, after.late_fee.as_str(), after.quiet_minutes), (48, "60 €", 5));
    let unchanged = |practice: &domain::practice::settings::Practice| {
        let mut practice = practice.clone();
        practice.take(SettingsTab::Cancellations, &before);
        practice
    };
    assert_eq!(unchanged(&after), unchanged(&before));
    // Two windows: what was saved on one page is not undone by the other.
    let mut stale = before.clone();
    stale.sender_name = "Front desk".into();
    cast.owner.update_settings(SettingsTab::Email, &stale).await.unwrap();
    let both = cast.owner.practice().await.unwrap();
    assert_eq!((both.notice_hours, both.sender_name.as_str()), (48, "Front desk"));
    // Reminders are ticked, or added as a number with its unit.
    let mut form = vec![("leads", "3d"), ("leads.count", "5"), ("leads.unit", "h"), ("asks", "first")];
    for kind in ["intake", "regular", "check_in", "closing"] {
        let name: &'static str = match kind {
            "intake" => "kind.intake.minutes",
            "regular" => "kind.regular.minutes",
            "check_in" => "kind.check_in.minutes",
            _ => "kind.closing.minutes",
        };
        form.push((name, "50"));
    }
    assert_eq!(app.post("/practice/sessions", Some(&olive), &form).await.status, 303);
    let practice = cast.owner.practice().await.unwrap();
    assert_eq!(practice.leads, [Lead::Days(3), Lead::Hours(5)]);
    let page = app.get("/practice/sessions", Some(&olive)).await.text;
    assert!(page.contains("value=\"5h\"") && page.contains("5 hours before"), "{page}");
    // A refused page shows what was typed.
    let refused = app.post("/practice/email", Some(&olive), &[("sender_name", ""), ("phone", "12 typed")]).await;
    assert!(refused.status == 422 && refused.text.contains("12 typed"), "{}", refused.text);
});

#[tokio::test]
async fn checklist_follows_what_is_there_until_it_is_hidden() {
    let world = World::new(Backend::Sqlite).await;
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let olive = app.cookie(&world, cast.owner.me()).await;
    let page = app.get("/practice", Some(&olive)).await.text;
    // The cast has rooms, staff and clients who are invited; nothing was booked yet.
    assert!(page.contains("Set up your practice") && page.contains("4 of 7 done"), "{page}");
    assert!(!page.contains("href=\"/clients/new\""), "the owner sees no clients");
    let sent = app.post("/practice/email/test", Some(&olive), &[]).await;
    assert!(sent.status == 200 && sent.text.contains("was written into"), "{}", sent.text);
    assert!(app.get("/practice", Some(&olive)).await.text.contains("5 of 7 done"));
    assert!(matches!(cast.book(&world.store, "2026-11-26 10:00").await, store::Booked::Done(_)));
    let general = [
        ("name", "Lakeside"),
        ("zone", "Berlin (UTC+1)"),
        ("opens", "08:00"),
        ("closes", "20:00"),
        ("open_days", "Mon"),
    ];
    world.clock.advance(chrono::Duration::minutes(1));
    let nearly = app.get("/practice", Some(&olive)).await.text;
    assert!(nearly.contains("6 of 7 done"), "{nearly}");
    assert_eq!(app.post("/practice", Some(&olive), &general).await.status, 303);
    assert!(!app.get("/practice", Some(&olive)).await.text.contains("Set up your practice"), "all is done");
}

#[tokio::test]
async fn hidden_checklist_stays_hidden() {
    let world = World::new(Backend::Sqlite).await;
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let olive = app.cookie(&world, cast.owner.me()).await;
    let hidden = app.post("/practice/first-steps", Some(&olive), &[("back", "https://evil.example")]).await;
    assert_eq!(hidden.location(), "/practice");
    assert!(!app.get("/practice", Some(&olive)).await.text.contains("Set up your practice"));
    assert_eq!(cast.owner.first_steps(true).await.unwrap(), None);
}
