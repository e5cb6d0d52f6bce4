//! Pieces of the sample calendars.

use domain::{
    ids::SessionId,
    scheduling::session::{SessionKind, SessionState},
};

use super::{
    model::{CalView, Day, FreeTime, Item, MonthDay, MonthItem, ViewLink, Whose},
    overlap::lanes,
};

const ID: SessionId = SessionId(uuid::Uuid::nil());

/// A session that begins `top` minutes after 08:00.
fn item(top: i64, minutes: i64, title: &str, state: SessionState) -> Item {
    Item {
        id: ID,
        starts: format!("{:02}:{:02}", 8 + top / 60, top % 60),
        ends: format!("{:02}:{:02}", 8 + (top + minutes) / 60, (top + minutes) % 60),
        top_minutes: top,
        minutes,
        lane: 0,
        lanes: 1,
        title: title.to_owned(),
        short_title: title.to_owned(),
        whose: whose(),
        place: "Garden room".to_owned(),
        kind: SessionKind::Intake,
        over: false,
        movable: state == SessionState::Booked,
        state,
    }
}

/// The therapist of all sample sessions.
pub(super) fn whose() -> Whose {
    Whose { name: "Dr Ngozi Okafor".to_owned(), initials: "NO".to_owned(), hue: 3 }
}

/// Three sessions of a day, of which two overlap.
pub(super) fn busy_items() -> Vec<Item> {
    let mut busy = vec![
        item(60, 90, "Amara & Jonas", SessionState::Booked),
        item(75, 50, &"अनन्या 💛 ".repeat(18), SessionState::Cancelled),
        item(150, 50, &"Wolfeschlegelsteinhausen".repeat(8), SessionState::NoShow),
    ];
    let spans: Vec<(i64, i64)> = busy.iter().map(|i| (i.top_minutes, i.top_minutes + i.minutes)).collect();
    for (item, (lane, of)) in busy.iter_mut().zip(lanes(&spans)) {
        (item.lane, item.lanes) = (lane, of);
    }
    busy
}

/// A column; with `today` it is that of today, on which the therapist is away
/// for two hours.
pub(super) fn day(label: &str, today: bool, items: Vec<Item>) -> Day {
    Day {
        iso: "2026-11-23".to_owned(),
        label: label.to_owned(),
        href: "/calendar?view=day&date=2026-11-23".to_owned(),
        today,
        now: today.then_some(95),
        clinician: String::new(),
        place: String::new(),
        shut: vec![(0, 60), (600, 720)],
        note: if today { "Away 10:00–12:00".to_owned() } else { String::new() },
        items,
    }
}

/// The links to all views, of which `shown` is the current one.
pub(super) fn views(shown: CalView) -> Vec<ViewLink> {
    let link = |v: &CalView| ViewLink { href: format!("/calendar?view={}", v.word()), view: *v, here: *v == shown };
    CalView::ALL.iter().map(link).collect()
}

/// The day `n` of a month: each has `n` sessions; the first is of the month
/// before, 3 is today, and on 4 the practice is closed.
pub(super) fn month_day(n: u32) -> MonthDay {
    MonthDay {
        weekday: "Mon".to_owned(),
        label: n.to_string(),
        href: "/calendar?view=day".to_owned(),
        long: format!("Day {n}"),
        in_month: n > 1,
        today: n == 3,
        note: if n == 4 { "Closed".to_owned() } else { String::new() },
        count: usize::try_from(n).unwrap_or(0),
        free: (n > 3).then(|| FreeTime { time: "09:00".to_owned(), href: "/sessions/new".to_owned() }),
        items: (1..n.min(3))
            .map(|_| MonthItem {
                id: ID,
                text: format!("10:00 {}", "अनन्या 💛 ".repeat(18)),
                state: SessionState::Cancelled,
                whose: Some(whose()),
            })
            .collect(),
    }
}
