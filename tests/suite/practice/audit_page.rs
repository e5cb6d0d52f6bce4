//! The owner's audit page: sentences by day, filters, and the CSV file.

use chrono::Duration;
use store::{AuditFilter, AuditKind};
use tests::{app::App, both, people::Cast};

both!(audit_log_is_filtered_by_kind_and_day, |world| {
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    cast.owner.add_room("Attic", None).await.unwrap();
    world.clock.advance(Duration::days(1));
    let olive = app.cookie(&world, cast.owner.me()).await;
    assert!(matches!(cast.book(&world.store, "2026-11-26 10:00").await, store::Booked::Done(_)));
    let list = async |filter: AuditFilter| {
        let rows = cast.owner.audit_log(filter, None).await.unwrap().rows;
        rows.into_iter().map(|entry| entry.what).collect::<Vec<_>>()
    };
    let kind = |kind| AuditFilter { kind: Some(kind), ..AuditFilter::default() };
    assert_eq!(list(kind(AuditKind::Sessions)).await, ["booked a session"]);
    assert!(list(kind(AuditKind::Practice)).await.contains(&"created a room".to_owned()));
    let today = world.clock.now() - Duration::hours(2);
    assert_eq!(list(AuditFilter { from: Some(today), ..kind(AuditKind::Practice) }).await, [] as [String; 0]);
    let before = list(AuditFilter { until: Some(today), ..AuditFilter::default() }).await;
    assert!(before.contains(&"created a room".to_owned()) && !before.contains(&"booked a session".to_owned()));
    let never = AuditFilter { from: Some(today), until: Some(today), ..AuditFilter::default() };
    assert_eq!(list(never).await, [] as [String; 0]);

    let page = app.get("/audit?kind=practice", Some(&olive)).await.text;
    assert!(page.contains("Monday 23 November 2026") && page.contains("created a room"), "{page}");
    assert!(!page.contains("Tuesday 24 November 2026"));
    assert!(page.contains("href=\"/audit.csv?kind=practice\""), "{page}");
    let days = app.get("/audit?from=2026-11-24&until=2026-11-24", Some(&olive)).await.text;
    assert!(days.contains("booked a session") && !days.contains("created a room"), "{days}");
    let refused = app.get("/audit?from=2026-11-24&until=2026-11-23", Some(&olive)).await;
    assert!(refused.status == 422 && refused.text.contains("on or after the first"), "{}", refused.text);

    let file = app.get("/audit.csv?from=2026-11-24&until=2026-11-24", Some(&olive)).await;
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    let lines: Vec<&str> = file.text.split("\r\n").collect();
    assert_eq!(lines[0], "\"No.\",\"Date\",\"Time\",\"Person\",\"Entry\",\"Kind\",\"Records\",\"Id\"");
    let booked = lines.iter().find(|line| line.contains("booked a session")).unwrap();
    assert!(booked.contains("\"2026-11-24\"") && booked.contains(&cast.couple.to_string()), "{booked}");
    assert!(!file.text.contains("created a room") && !file.text.contains("Amara"), "{}", file.text);
    assert_eq!(app.get("/audit.csv?from=soon", Some(&olive)).await.status, 400);
});

/// A file has every entry, and a name that looks like a formula is none.
#[tokio::test]
async fn csv_of_the_audit_log_has_every_entry() {
    let world = tests::World::new(tests::Backend::Sqlite).await;
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let olive = app.cookie(&world, cast.owner.me()).await;
    world.raw("UPDATE account SET display_name = '=1+1' WHERE login_name = 'ruth'").await.unwrap();
    for n in 0..120 {
        cast.owner.add_room(&format!("Room {n}"), None).await.unwrap();
    }
    let file = app.get("/audit.csv", Some(&olive)).await.text;
    let entries = usize::try_from(world.number("SELECT count(*) FROM audit").await.unwrap()).unwrap();
    assert_eq!(file.trim_end().split("\r\n").count(), entries + 1);
    assert!(file.contains("\"'=1+1\"") && !file.contains("\"=1+1\""));
}
