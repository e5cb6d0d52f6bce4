//! Lists of free times: paging forwards and back offers everything that is free exactly
//! once, with the right time on the reader's clock, in any zones of the practice and its
//! reader.

mod brute;
mod named;

use axum::http::StatusCode;
use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, Timelike as _, Utc};
use domain::{
    clients::person::Zone,
    ids::{RoomId, SessionId},
    practice::{
        hours::{Buffers, Exception, ExceptionKind, Hours, Week, read_hours},
        settings::Practice,
    },
    scheduling::{
        request::PortalRules,
        session::{NewSession, Place},
        slots::{Cursor, DayPart, SlotPlace, SlotWish, Suits},
    },
    zone,
};
use proptest::{prelude::*, strategy::ValueTree as _, test_runner::TestRunner};
use store::Booked;
use tests::{World, app::App, people::Cast};

use self::brute::{Brute, Made, Wanted};

/// Zones with unusual rules: half hours, changes by half an hour and by two hours,
/// changes at midnight and just before it, and the zones farthest ahead and behind.
const ODD: [&str; 24] = [
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Asia/Kathmandu",
    "America/St_Johns",
    "America/Santiago",
    "Asia/Beirut",
    "Africa/Cairo",
    "America/Havana",
    "America/Nuuk",
    "Antarctica/Troll",
    "Africa/Casablanca",
    "Pacific/Chatham",
    "Atlantic/Azores",
    "Pacific/Easter",
    "America/Asuncion",
    "Europe/Berlin",
    "America/Los_Angeles",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Europe/London",
    "Pacific/Marquesas",
    "Pacific/Niue",
    "UTC",
];

/// Hours of a day, some usual for a practice and some extreme.
const HOURS: [&str; 9] = [
    "",
    "8-20",
    "9-12, 14-18",
    "07:10-12:05, 13:00-18:35",
    "0-6",
    "0-1:30, 22-23:59",
    "0-23:59",
    "23-23:59",
    "02:00-03:00, 16-17",
];

/// A practice, a reader, and what is booked already.
#[derive(Clone, Debug)]
struct Case {
    practice: Zone,
    reader: Zone,
    now: DateTime<Utc>,
    notice: i64,
    days: i64,
    /// The therapist's week; `None` for the practice's hours.
    week: Option<[&'static str; 7]>,
    buffers: Buffers,
    /// The number of days until a day that is closed, and until one with hours of its
    /// own.
    closed: Option<i64>,
    opened: Option<i64>,
    /// The times that the reader likes; `None` where they set none.
    prefers: Option<[&'static str; 7]>,
    /// The session to be moved: its start in minutes after the notice period, its length,
    /// and whether it is online.
    moved: (i64, i64, bool),
    /// Other sessions: start, length, and whose they are.
    others: Vec<(i64, i64, usize)>,
    /// The number of times on a page of the store; with many free times a page has more.
    most: usize,
}

fn any_zone() -> impl Strategy<Value = Zone> {
    let named = |name: &str| Zone::parse(name).unwrap();
    prop_oneof![
        prop::sample::select(&ODD[..]).prop_map(named),
        any::<prop::sample::Index>().prop_map(|index| index.get(zone::all()).clone()),
    ]
}

fn any_week() -> impl Strategy<Value = [&'static str; 7]> {
    prop::array::uniform7(prop::sample::select(&HOURS[..]))
}

fn any_case() -> impl Strategy<Value = Case> {
    let times = (
        0..3_900_000i64,
        any::<Option<bool>>(),
        -30..200i64,
        prop::sample::select(&[0i64, 1, 24, 48, 72][..]),
        1..9i64,
    );
    let hours = (
        prop::option::of(any_week()),
        prop::sample::select(&[(0i64, 0i64), (0, 10), (15, 0), (120, 5)][..]),
        prop::option::of(0..8i64),
        prop::option::of(0..8i64),
        prop::option::weighted(0.3, any_week()),
    );
    let minutes = prop::sample::select(&[10i64, 25, 50, 60, 90, 180][..]);
    let sessions = (
        (0..11_000i64, minutes, any::<bool>()),
        prop::collection::vec((prop_oneof![1 => -200..90i64, 3 => 0..11_000i64], 10..200i64, 0..4usize), 0..14),
        1..20usize,
    );
    (any_zone(), any_zone(), times, hours, sessions).prop_map(|(practice, reader, times, hours, sessions)| {
        let (minute, near, ahead, notice, days) = times;
        let begin: DateTime<Utc> = "2026-12-01T00:00:00Z".parse().unwrap();
        let mut now = begin + Duration::minutes(minute);
        // Two times in three, shortly before a clock change in one of the two zones.
        if let Some(whose) = near {
            let zone = if whose { &practice } else { &reader };
            let changes = zone::observances(zone, now, now + Duration::days(400)).unwrap();
            if let Some(change) = changes.get(1) {
                let at = change.onset.and_utc() - Duration::seconds(i64::from(change.before));
                now = at - Duration::hours(ahead + notice);
            }
        }
        let now = now - Duration::seconds(i64::from(now.second()));
        let (week, (before, after), closed, opened, prefers) = hours;
        let (moved, others, most) = sessions;
        Case {
            practice,
            reader,
            now,
            notice,
            days: days + notice / 24,
            week,
            buffers: Buffers { before, after },
            closed,
            opened,
            prefers,
            moved,
            others,
            most,
        }
    })
}

fn read_week(texts: &[&str; 7]) -> Week {
    Week(texts.map(|text| read_hours(text).unwrap()))
}

/// A practice in which one case after another is played.
struct Stage {
    world: World,
    app: App,
    cast: Cast,
    rooms: [RoomId; 2],
    made: Vec<Made>,
    /// How many times have been offered in total.
    offered: usize,
}

impl Stage {
    async fn new(world: World) -> Self {
        let (app, cast) = (App::new(&world), Cast::new(&world.store).await);
        cast.owner.add_room("Attic", None).await.unwrap();
        let attic = cast.owner.rooms().await.unwrap().into_iter().find(|r| r.room.name == "Attic").unwrap();
        let rooms = [cast.room, attic.room.id];
        Self { world, app, cast, rooms, made: vec![], offered: 0 }
    }

    async fn set_up_case(&self, case: &Case) -> String {
        let Self { world, app, cast, .. } = self;
        world.clock.advance(case.now - world.store.now());
        let practice = cast.owner.practice().await.unwrap();
        let portal = PortalRules { days: case.days, max_coming_sessions: 30, ..practice.portal };
        let changed = Practice { zone: case.practice.clone(), notice_hours: case.notice, portal, ..practice };
        cast.owner.update_practice(&changed).await.unwrap();
        let (ruth, since) = (cast.ruth.me(), "2026-01-01".parse().unwrap());
        // Buffers are set together with a week.
        let week = case.week.as_ref().map(read_week);
        cast.desk.set_week(ruth, since, &week.clone().unwrap_or_default().into(), case.buffers).await.unwrap();
        if week.is_none() {
            assert!(cast.desk.remove_week(ruth, since).await.unwrap().is_some());
        }
        for (day, kind, hours) in self.exceptions(case) {
            let exception =
                Exception { first: day, last: day, hours, kind, whole_practice: false, reason: String::new() };
            assert!(cast.desk.add_exception(ruth, &exception).await.unwrap());
        }
        cast.amara.set_prefers(case.prefers.as_ref().map(read_week).as_ref()).await.unwrap();
        let cookie = app.cookie(world, cast.amara.me()).await;
        let set = app.post("/account/zone", Some(&cookie), &[("zone", case.reader.name())]).await;
        assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.text);
        cookie
    }

    fn exceptions(&self, case: &Case) -> Vec<(NaiveDate, ExceptionKind, Option<Hours>)> {
        let day = |n: i64| zone::date_of(case.now, &case.practice) + Duration::days(n);
        let early = read_hours("05:05-07:30").unwrap().pop();
        let closed = case.closed.map(|n| (day(n), ExceptionKind::Away, None));
        let opened = case.opened.map(|n| (day(n), ExceptionKind::Open, early));
        closed.into_iter().chain(opened).collect()
    }

    async fn book(
        &mut self,
        case: &Case,
        at: DateTime<Utc>,
        minutes: i64,
        whose: usize,
        online: bool,
    ) -> Option<SessionId> {
        let Self { world, cast, rooms, .. } = &*self;
        let wall = zone::wall_time(at, &case.practice);
        let timings = [0, 1].map(|fold| (fold, store::timing(wall, &case.practice, minutes, Some(fold)).unwrap()));
        let (fold, timing) = timings.into_iter().find(|(_, timing)| timing.starts_at == at).unwrap();
        // The couple or the others, each with Ruth or Emeka.
        let (client, clinician, room) = match whose {
            0 => (cast.couple, cast.ruth.me(), rooms[0]),
            1 => (cast.couple, cast.emeka.me(), rooms[1]),
            2 => (cast.other_couple, cast.ruth.me(), rooms[1]),
            _ => (cast.other_couple, cast.emeka.me(), rooms[0]),
        };
        let place = if online { Place::Link(String::new()) } else { Place::Room(room) };
        let base = cast.wish(&world.store, &wall.format("%Y-%m-%d %H:%M").to_string());
        let wish = NewSession { client, clinician, place, minutes, fold: Some(fold), outside: true, ..base };
        let Booked::Done(id) = cast.desk.book(&wish, &timing).await.unwrap() else { return None };
        self.made.push(Made {
            id,
            from: at,
            until: at + Duration::minutes(minutes),
            ruth: (clinician == cast.ruth.me()).then_some(case.buffers),
            room: (!online).then_some(room),
            couple: client == cast.couple,
        });
        Some(id)
    }

    /// Plays one case: compares every list of free times with what is really free.
    async fn play(&mut self, case: &Case) {
        let cookie = self.set_up_case(case).await;
        let soonest = case.now + Duration::hours(case.notice);
        let (offset, minutes, online) = case.moved;
        let at = |offset: i64| soonest + Duration::minutes(20 + offset / 5 * 5);
        let Some(moved) = self.book(case, at(offset), minutes, 0, online).await else { return };
        for (offset, minutes, whose) in &case.others {
            if at(*offset) > case.now {
                self.book(case, at(*offset), *minutes, *whose, false).await;
            }
        }
        let latest = case.now + Duration::days(case.days);
        let brute = Brute::new(case, &self.exceptions(case), &self.made);
        let rooms = if online { vec![] } else { self.rooms.to_vec() };
        let own =
            Wanted { minutes, rooms, couple: true, suits: true, by_day: true, but: Some(moved), part: DayPart::Any };
        let free: Vec<_> = brute.free(&own).into_iter().filter(|at| soonest <= *at && *at <= latest).collect();
        self.offered += free.len();
        self.check_store_pages(case, moved, &free).await;
        self.check_portal_pages(case, &cookie, moved, &free).await;
        self.check_desk_pages(case, &brute, minutes).await;
        self.check_other_lists(case, &brute, minutes).await;
        for (id, _) in self.cast.desk.hours(self.cast.ruth.me(), None, None).await.unwrap().unwrap().exceptions.rows {
            assert!(self.cast.desk.remove_exception(id).await.unwrap().is_some());
        }
    }

    /// The pages of the store: forwards, back, and from an arbitrary instant.
    async fn check_store_pages(&self, case: &Case, moved: SessionId, free: &[DateTime<Utc>]) {
        let most = case.most.max(free.len() / 12);
        let page = async |cursor: Option<Cursor>| {
            let page = self.cast.amara.requestable_times(Some(moved), None, cursor, most).await.unwrap().unwrap();
            (page.found.iter().map(|slot| slot.at).collect::<Vec<_>>(), page.earlier, page.later)
        };
        let (mut pages, mut cursor) = (Vec::new(), None);
        loop {
            let (found, earlier, later) = page(cursor).await;
            assert_eq!(earlier.is_some(), !pages.is_empty(), "{case:?}: the way back of page {}", pages.len());
            assert!(found.len() == most || later.is_none(), "{case:?}: {} of {most}", found.len());
            pages.push((found, earlier));
            assert!(pages.len() <= free.len() / most + 1, "{case:?}: it does not end");
            cursor = later;
            if cursor.is_none() {
                break;
            }
        }
        let shown: Vec<_> = pages.iter().flat_map(|(found, _)| found.iter().copied()).collect();
        assert_eq!(shown, free, "{case:?}");
        // Back from the last page: the same pages in reverse.
        let (mut before, mut back) = (pages.last().and_then(|(_, earlier)| *earlier), Vec::new());
        while let Some(cursor) = before {
            let (found, earlier, later) = page(Some(cursor)).await;
            assert!(later.is_some(), "{case:?}: the way on from a page that was gone back to");
            back.push(found);
            assert!(back.len() < pages.len(), "{case:?}: it does not end");
            before = earlier;
        }
        back.reverse();
        let forwards: Vec<_> = pages[..pages.len() - 1].iter().map(|(found, _)| found.clone()).collect();
        assert_eq!(back, forwards, "{case:?}");
        // A link that was kept: from an instant on, and before one.
        let anywhere = case.now + Duration::minutes(case.moved.0 * 2 + 7);
        let split = free.partition_point(|at| *at < anywhere);
        let (found, earlier, later) = page(Some(Cursor::From(anywhere))).await;
        assert_eq!(found, free[split..].iter().copied().take(most).collect::<Vec<_>>(), "{case:?}");
        assert_eq!((earlier.is_some(), later.is_some()), (split > 0, free.len() - split > most), "{case:?}");
        let (found, ..) = page(Some(Cursor::Before(anywhere))).await;
        let expected =
            if split == 0 { &free[..most.min(free.len())] } else { &free[split.saturating_sub(most)..split] };
        assert_eq!(found, expected, "{case:?}");
    }

    /// Follows the links of the portal's pages, like a person without scripts.
    async fn check_portal_pages(&self, case: &Case, cookie: &str, moved: SessionId, free: &[DateTime<Utc>]) {
        let walk = follow_pages(&self.app, cookie, &format!("/portal/times?session={moved}"), &case.reader).await;
        assert_eq!(walk.shown(), free, "{case:?}");
        assert_eq!(walk.back, walk.forwards, "{case:?}");
    }

    /// The practice's own search, over the same days.
    async fn check_desk_pages(&self, case: &Case, brute: &Brute<'_>, minutes: i64) {
        let until = case.now + Duration::days(case.days);
        let part = DayPart::ALL[case.most % DayPart::ALL.len()];
        let wanted =
            Wanted { minutes, rooms: vec![self.rooms[0]], couple: true, suits: false, by_day: false, but: None, part };
        let free: Vec<_> = brute.free(&wanted).into_iter().filter(|at| *at > case.now && *at < until).collect();
        let mut wish = SlotWish {
            client: self.cast.couple,
            attendee: None,
            clinician: Some(self.cast.ruth.me()),
            place: SlotPlace::Room(self.rooms[0]),
            minutes,
            from: zone::date_of(case.now, &case.practice),
            cursor: None,
            part,
            preferred_times: Suits::NoMatter,
        };
        let most = case.most.max(free.len() / 6);
        let (mut shown, mut last) = (Vec::new(), None);
        for n in 0.. {
            assert!(n <= free.len() / most + 2, "{case:?}: it does not end");
            let page = self.cast.desk.slots(&wish, most).await.unwrap().unwrap();
            assert!(n == 0 || page.earlier.is_some(), "{case:?}");
            shown.extend(page.found.iter().map(|slot| slot.at));
            last = page.later.or(last);
            let Some(Cursor::From(next)) = page.later else { break };
            if next >= until {
                break;
            }
            wish.cursor = page.later;
        }
        shown.retain(|at| *at < until);
        assert_eq!(shown, free, "{case:?}");
        // And back again.
        wish.cursor = Some(Cursor::Before(until));
        let mut back = Vec::new();
        for n in 0.. {
            assert!(n <= free.len() / most + 2, "{case:?}: it does not end");
            let page = self.cast.desk.slots(&wish, most).await.unwrap().unwrap();
            back.splice(0..0, page.found.iter().map(|slot| slot.at));
            wish.cursor = page.earlier;
            if wish.cursor.is_none() {
                break;
            }
        }
        assert_eq!(back, free, "{case:?}");
    }

    /// The next times of the booking form, the days of a month, and the front desk's day.
    async fn check_other_lists(&self, case: &Case, brute: &Brute<'_>, minutes: i64) {
        let (desk, ruth) = (&self.cast.desk, self.cast.ruth.me());
        let end = case.now + Duration::days(case.days);
        let wanted = Wanted {
            minutes,
            rooms: vec![self.rooms[1]],
            couple: true,
            suits: false,
            by_day: false,
            but: None,
            part: DayPart::Any,
        };
        self.cast.amara.set_prefers(None).await.unwrap();
        let free = brute.free(&wanted).into_iter().filter(|at| *at > case.now && *at < end);
        let next: Vec<_> = free.take(6).collect();
        let offered = desk
            .free_times(self.cast.couple, None, ruth, Some(self.rooms[1]), case.now, minutes, 6)
            .await
            .unwrap()
            .times;
        let within: Vec<_> = offered.iter().copied().filter(|at| *at < end).collect();
        assert_eq!(within, next, "{case:?}");
        // For the therapist alone: the first free time of each day.
        let alone = Wanted { rooms: vec![], couple: false, ..wanted };
        let mut firsts: Vec<(NaiveDate, DateTime<Utc>)> = Vec::new();
        for at in brute.free(&alone).into_iter().filter(|at| *at > case.now && *at < end) {
            let date = zone::date_of(at, &case.practice);
            if firsts.last().is_none_or(|(last, _)| *last != date) {
                firsts.push((date, at));
            }
        }
        let mut days =
            desk.free_days(ruth, zone::date_of(case.now, &case.practice), case.days + 1, minutes).await.unwrap();
        days.retain(|(_, at)| *at < end);
        assert_eq!(days, firsts, "{case:?}");
        // Today: the first free time of each stretch.
        let (_, midnight) = zone::day(zone::date_of(case.now, &case.practice), &case.practice).unwrap();
        let mut stretches = Vec::new();
        let mut last: Option<DateTime<Utc>> = None;
        for at in brute.free(&Wanted { minutes: 50, ..alone }) {
            if at > case.now && at < midnight {
                if last.is_none_or(|last| at - last > Duration::minutes(15)) {
                    stretches.push(at);
                }
                last = Some(at);
            }
        }
        let today = desk.free_today().await.unwrap().therapists;
        let hers = &today.iter().find(|(id, ..)| *id == ruth).unwrap().2;
        let hers: Vec<DateTime<Utc>> = hers.iter().map(|start| start.at).collect();
        assert_eq!(hers, stretches, "{case:?}");
    }
}

/// What the pages of a list show, followed to the end and back.
struct Walk {
    forwards: Vec<Vec<DateTime<Utc>>>,
    back: Vec<Vec<DateTime<Utc>>>,
    /// The text of the last page.
    end: String,
}

impl Walk {
    fn shown(&self) -> Vec<DateTime<Utc>> {
        self.forwards.concat()
    }
}

/// The address of a link on a page; `None` where there is no such link.
fn link_target(text: &str, label: &str) -> Option<String> {
    let (before, _) = text.split_once(&format!(">{label}</a>"))?;
    let (_, href) = before.rsplit_once("href=\"")?;
    Some(href.split('"').next()?.replace("&amp;", "&"))
}

/// The times on a page; each is checked against the reader's clock.
fn times_on_page(text: &str, reader: &Zone) -> Vec<DateTime<Utc>> {
    let mut found = Vec::new();
    for day in text.split("<h2>").skip(1) {
        let (heading, day) = day.split_once("</h2>").unwrap();
        for link in day.split("&amp;at=").skip(1) {
            let at: DateTime<Utc> = link.split(['"', '&']).next().unwrap().replace("%3A", ":").parse().unwrap();
            let wall: NaiveDateTime = zone::wall_time(at, reader);
            assert_eq!(heading, wall.format("%A %-d %B %Y").to_string(), "{at}");
            let label = format!("aria-label=\"{}", wall.format("%a %-d %b, %H:%M"));
            let face = format!(">{}", wall.format("%H:%M"));
            let link = link.split("</a>").next().unwrap();
            assert!(link.contains(&label) && link.contains(&face), "{at}: {link}");
            found.push(at);
        }
    }
    found
}

async fn follow_pages(app: &App, cookie: &str, first: &str, reader: &Zone) -> Walk {
    let get = async |path: &str| {
        let got = app.get(path, Some(cookie)).await;
        assert_eq!(got.status, StatusCode::OK, "{path}");
        got.text
    };
    let mut walk = Walk { forwards: vec![], back: vec![], end: String::new() };
    let (mut path, mut earlier) = (first.to_owned(), None);
    loop {
        walk.end = get(&path).await;
        walk.forwards.push(times_on_page(&walk.end, reader));
        assert!(walk.forwards.len() < 200, "{first}: it does not end");
        earlier = link_target(&walk.end, "Earlier times").or(earlier);
        assert_eq!(link_target(&walk.end, "Earlier times").is_some(), path != first, "{path}: the way back");
        let Some(next) = link_target(&walk.end, "Later times") else { break };
        path = next;
    }
    walk.back.push(walk.forwards.last().cloned().unwrap_or_default());
    while let Some(path) = earlier {
        let text = get(&path).await;
        walk.back.push(times_on_page(&text, reader));
        assert!(walk.back.len() <= walk.forwards.len(), "{first}: back does not end");
        assert!(link_target(&text, "Later times").is_some(), "{path}: the way on");
        earlier = link_target(&text, "Earlier times");
    }
    walk.back.reverse();
    walk
}

async fn play_cases(world: World, count: usize) {
    let mut stage = Stage::new(world).await;
    let mut runner = TestRunner::deterministic();
    for _ in 0..count {
        let case = any_case().new_tree(&mut runner).unwrap().current();
        stage.play(&case).await;
    }
    assert!(stage.made.len() > 2 * count && stage.offered > 20 * count, "most of it was booked, and much was free");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_free_time_is_offered_once_in_any_zones_sqlite() {
    play_cases(World::new(tests::Backend::Sqlite).await, 70).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_free_time_is_offered_once_in_any_zones_postgres() {
    play_cases(World::new(tests::Backend::Postgres).await, 8).await;
}
