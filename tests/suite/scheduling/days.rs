//! Days of every length on every page that shows them: of 23 and 25 hours, half an hour
//! longer or shorter, without a midnight, and with sessions across each change.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use domain::{
    clients::person::Zone,
    ids::SessionId,
    practice::settings::Practice,
    scheduling::{
        request::PortalRules,
        session::{NewSession, Place},
    },
    zone,
};
use store::Booked;
use tests::{Backend, World, app::App, people::Cast};

/// A zone and the instant at which its clocks change.
type Change = (Zone, DateTime<Utc>);

/// One clock change of each kind from 2026 to 2037. The kind is the offsets before and
/// after it, and the time of day.
fn kinds_of_change() -> Vec<Change> {
    let (first, last) = ("2026-12-01T00:00:00Z".parse().unwrap(), "2038-01-01T00:00:00Z".parse().unwrap());
    let mut kinds: BTreeMap<(i32, i32, NaiveTime), Vec<Change>> = BTreeMap::new();
    for zone in zone::all() {
        for change in zone::observances(zone, first, last).unwrap().into_iter().skip(1) {
            let at = change.onset.and_utc() - Duration::seconds(i64::from(change.before));
            kinds.entry((change.before, change.offset, change.onset.time())).or_default().push((zone.clone(), at));
        }
    }
    // Take another year for each kind, so that all years are covered.
    let nth = |(n, mut of): (usize, Vec<_>)| of.swap_remove(n * 5 % of.len());
    kinds.into_values().enumerate().map(nth).collect()
}

struct Stage {
    world: World,
    app: App,
    cast: Cast,
}

impl Stage {
    async fn book(&self, zone: &Zone, at: DateTime<Utc>) -> Option<(SessionId, DateTime<Utc>)> {
        let wall = zone::wall_time(at, zone);
        let timings = [0, 1].map(|fold| (fold, store::timing(wall, zone, 50, Some(fold)).unwrap()));
        let (fold, timing) = timings.into_iter().find(|(_, timing)| timing.starts_at == at).unwrap();
        let place = Place::Link(String::new());
        let base = self.cast.wish(&self.world.store, &wall.format("%Y-%m-%d %H:%M").to_string());
        let wish = NewSession { fold: Some(fold), outside: true, place, ..base };
        match self.cast.desk.book(&wish, &timing).await.unwrap() {
            Booked::Done(id) => Some((id, at)),
            _ => None,
        }
    }

    async fn page(&self, path: &str, cookie: &str) -> String {
        let got = self.app.get(path, Some(cookie)).await;
        assert_eq!(got.status, StatusCode::OK, "{path} at {}", self.world.store.now());
        got.text
    }

    /// Opens every page that a clock change affects.
    async fn check_pages(&self, zone: &Zone, at: DateTime<Utc>) {
        let Self { world, cast, app } = self;
        world.clock.advance(at - Duration::hours(30) - world.store.now());
        let practice = cast.owner.practice().await.unwrap();
        cast.owner.update_practice(&Practice { zone: zone.clone(), ..practice }).await.unwrap();
        let (desk, amara) = (app.cookie(world, cast.desk.me()).await, app.cookie(world, cast.amara.me()).await);
        app.post("/account/zone", Some(&amara), &[("zone", zone.name())]).await;
        let date = zone::date_of(at, zone);
        let late = zone::instant(date.and_hms_opt(23, 30, 0).unwrap(), zone).unwrap();
        let mut sessions = Vec::new();
        for start in [-90, -30, 30, 90].map(|minutes| at + Duration::minutes(minutes)).into_iter().chain([late]) {
            sessions.extend(self.book(zone, start).await);
        }
        assert!(sessions.len() >= 4, "{} {at}", zone.name());
        // The days on which a session takes place, by its minutes.
        let days_of = |start: DateTime<Utc>| -> BTreeSet<NaiveDate> {
            (0..50).map(|m| zone::date_of(start + Duration::minutes(m), zone)).collect()
        };
        let shown = |text: &str, id: SessionId| text.matches(&format!("href=\"/sessions/{id}\"")).count();
        for day in [-1, 0, 1].map(|n| date + Duration::days(n)) {
            let ruth = cast.ruth.me();
            let by = [String::new(), "&by=room".to_owned(), format!("&clinician={ruth}")];
            for by in by {
                let text = self.page(&format!("/calendar?view=day&date={day}{by}"), &desk).await;
                for (id, start) in &sessions {
                    let expected = usize::from(days_of(*start).contains(&day));
                    assert_eq!(shown(&text, *id), expected, "{} {start} on {day}{by}", zone.name());
                }
            }
        }
        for (view, days) in [("week", 7), ("agenda", 7)] {
            let first = if view == "week" { date.week(chrono::Weekday::Mon).first_day() } else { date };
            let text = self.page(&format!("/calendar?view={view}&date={date}"), &desk).await;
            for (id, start) in &sessions {
                let within = first..first + Duration::days(days);
                let expected = days_of(*start).iter().filter(|day| within.contains(day)).count();
                assert_eq!(shown(&text, *id), expected, "{} {start} {view}", zone.name());
            }
        }
        // The month has each session once, on the day of its start: it names the first
        // and counts the rest.
        let month = self.page(&format!("/calendar?view=month&date={date}"), &desk).await;
        let mut by_day: BTreeMap<NaiveDate, Vec<SessionId>> = BTreeMap::new();
        for (id, start) in &sessions {
            by_day.entry(zone::date_of(*start, zone)).or_default().push(*id);
        }
        let most = usize::try_from(store::limits::NAMED_IN_MONTH).unwrap();
        for (day, ids) in by_day {
            let named = ids.iter().filter(|id| month.contains(&format!("/sessions/{id}\""))).count();
            assert_eq!(named, ids.len().min(most), "{} {day}", zone.name());
            let rest = format!("{} more, {}", ids.len().saturating_sub(most), day.format("%A %-d %B %Y"));
            assert_eq!(month.contains(&rest), ids.len() > most, "{} {rest}", zone.name());
        }
        self.page(&format!("/calendar?view=month&date={date}&clinician={}", cast.ruth.me()), &desk).await;
        self.page(&format!("/clinicians/{}/hours", cast.ruth.me()), &desk).await;
        let portal = self.page("/portal/sessions", &amara).await;
        for (id, start) in &sessions {
            assert_eq!(portal.matches(&format!("/portal/sessions/{id}\"")).count(), 1, "{} {start}", zone.name());
        }
        self.page(&format!("/portal/times?session={}", sessions[sessions.len() - 1].0), &amara).await;
        // The front desk's day: in the hour of the change, an hour earlier, and a day
        // later.
        for hours in [30, -1, 24] {
            world.clock.advance(Duration::hours(hours));
            let today = zone::date_of(world.store.now(), zone);
            let text = self.page("/desk", &app.cookie(world, cast.desk.me()).await).await;
            for (id, start) in &sessions {
                let expected = days_of(*start).contains(&today);
                assert_eq!(shown(&text, *id) > 0, expected, "{} {start} at the desk on {today}", zone.name());
            }
            self.page("/portal", &app.cookie(world, cast.amara.me()).await).await;
            self.page("/today", &app.cookie(world, cast.ruth.me()).await).await;
        }
        world.clock.advance(Duration::hours(-60));
        for (id, _) in sessions {
            cast.desk.cancel(id, &tests::cancelled("the next change")).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_shows_sessions_on_the_right_day_across_clock_changes() {
    let world = World::new(Backend::Sqlite).await;
    let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
    let practice = cast.owner.practice().await.unwrap();
    let portal = PortalRules { days: 3, max_coming_sessions: 30, ..practice.portal };
    cast.owner.update_practice(&Practice { portal, notice_hours: 0, ..practice }).await.unwrap();
    let stage = Stage { world, app, cast };
    let kinds = kinds_of_change();
    assert!(kinds.len() > 40, "{}", kinds.len());
    for (zone, at) in &kinds {
        stage.check_pages(zone, *at).await;
    }
}
