//! Tests with files of many kinds and what is read from each. The practice is in
//! Berlin, and the days are those of a year from 24 November 2026.

use std::{sync::atomic::AtomicBool, time::Instant};

use proptest::prelude::*;

use super::*;

static GO: AtomicBool = AtomicBool::new(false);

fn days() -> Days {
    ("2026-11-24".parse().unwrap(), "2027-11-24".parse().unwrap())
}

fn berlin() -> Zone {
    Zone::parse("Europe/Berlin").unwrap()
}

fn found(bytes: &[u8]) -> Found {
    read(bytes, days(), &berlin(), &GO).unwrap()
}

/// The rows as text, such as `2026-12-01 10:00–11:00 Title`, with `free` for free
/// time and `?` for a doubt.
fn rows_as_text(found: &Found) -> Vec<String> {
    let row = |r: &Row| {
        let days = if r.day.first == r.day.last {
            r.day.first.to_string()
        } else {
            format!("{}..{}", r.day.first, r.day.last)
        };
        let hours = r.day.hours.map_or_else(|| "all day".to_owned(), |h| h.to_string());
        let marks = [(r.is_free, " free"), (!r.doubts.is_empty(), " ?")];
        let marks: String = marks.into_iter().filter(|(is, _)| *is).map(|(_, mark)| mark).collect();
        format!("{days} {hours} {}{marks}", r.day.reason)
    };
    found.rows.iter().map(row).collect()
}

fn left_out(found: &Found) -> Vec<String> {
    found.left_out.iter().map(|l| format!("{}: {}", l.title, l.why)).collect()
}

fn doubts(found: &Found) -> Vec<String> {
    found.rows.iter().flat_map(|r| r.doubts.iter().map(|d| format!("{}: {d}", r.day.reason))).collect()
}

/// What is read from a file: its rows, the entries that are left out, and how many
/// entries are past and later.
struct Case {
    file: &'static [u8],
    rows: &'static [&'static str],
    left_out: &'static [&'static str],
    past: usize,
    later: usize,
}

macro_rules! case {
    ($name:literal, [$($row:literal),*], [$($out:literal),*], $past:literal, $later:literal) => {
        ($name, Case { file: include_bytes!(concat!("cases/", $name, ".ics")), rows: &[$($row),*], left_out: &[$($out),*], past: $past, later: $later })
    };
}

fn cases() -> Vec<(&'static str, Case)> {
    vec![
        case!(
            "outlook",
            [
                "2026-12-03 14:30–15:20 Supervision Köln",
                "2026-12-04 14:00–15:00 Boston call ?",
                "2026-12-21..2026-12-23 all day Away",
                "2026-12-28 all day Free day free"
            ],
            [],
            0,
            0
        ),
        case!(
            "google",
            [
                "2027-03-10 09:00–10:00 In UTC ?",
                "2027-03-17 19:00–20:30 Choir",
                "2027-04-01 20:00–21:30 Choir (moved)",
                "2027-04-07 19:00–20:30 Choir",
                "2027-05-01 all day Holiday free"
            ],
            [],
            0,
            0
        ),
        case!(
            "apple",
            [
                "2027-03-10 15:00–16:00 Over the ocean",
                "2027-03-17 14:00–15:00 Over the ocean",
                "2027-03-24 14:00–15:00 Over the ocean",
                "2027-06-12 all day Birthday, no year",
                "2027-09-30 all day Birthday 1956"
            ],
            ["Leap birthday: it has no date in these days"],
            0,
            0
        ),
        case!(
            "thunderbird",
            ["2026-12-07 09:00–09:30 Team", "2026-12-08 09:00–09:30 Team", "2026-12-09 09:00–09:30 Team"],
            [],
            0,
            0
        ),
        case!(
            "practice-system",
            ["2026-12-08 10:00–10:50 Müller & Sørensen – Gespräch", "2026-12-09 10:00–10:50 Zweiter"],
            ["Unlesbar: its start can’t be read", "Verdreht: it ends before it starts", "Merker: it has no length"],
            0,
            0
        ),
        case!(
            "rdates",
            [
                "2026-12-02 09:00–09:45 Loose dates",
                "2026-12-09 09:00–09:45 Loose dates",
                "2026-12-16 11:00–11:45 Loose dates",
                "2027-01-05 09:00–10:00 Periods",
                "2027-01-06 09:00–09:30 Periods",
                "2027-01-07 09:00–11:30 Periods",
                "2027-02-01 all day Two days",
                "2027-02-05 all day Two days",
                "2027-03-01 09:00–23:59 A week",
                "2027-03-02..2027-03-07 all day A week",
                "2027-03-08 00:00–09:00 A week"
            ],
            ["Negative: its DURATION is negative"],
            0,
            0
        ),
        case!(
            "range",
            [
                "2027-03-02 09:00–10:00 Group",
                "2027-03-09 09:00–10:00 Group",
                "2027-03-17 16:00–17:30 Group, new time",
                "2027-03-25 08:00–09:00 Group, once",
                "2027-03-31 16:00–17:30 Group, new time"
            ],
            [],
            0,
            0
        ),
        case!(
            "versions",
            [
                "2026-12-03 09:00–10:00 Newest",
                "2026-12-04 11:00–12:00 New stamp",
                "2026-12-06 09:00–10:00 Same id, one ?",
                "2026-12-07 09:00–10:00 Same id, other ?",
                "2026-12-08 09:00–10:00 Twice",
                "2026-12-14 09:00–10:00 Days",
                "2026-12-16 09:00–10:00 Days"
            ],
            [
                "Old: the file has a newer version of it",
                "Old stamp: the file has a newer version of it",
                "Called off: it is cancelled",
                "Called off: the file has a newer version of it",
                "Twice: the file has it twice",
                "Days: it is cancelled"
            ],
            0,
            0
        ),
        case!(
            "cancel",
            ["2026-12-03 13:00–14:00 In the third calendar"],
            ["Withdrawn: it is cancelled", "An answer: it is an answer to an invitation, not an appointment"],
            0,
            0
        ),
        case!(
            "whole-days",
            [
                "2026-12-07 all day Until a local midnight",
                "2026-12-14 all day Until a local midnight",
                "2026-12-21 all day Until a local midnight",
                "2027-01-04 all day Until a date",
                "2027-01-11 all day Until a date",
                "2027-02-01 all day No end of its own",
                "2027-02-15 all day Date with a midnight",
                "2027-02-17 09:30–10:30 Date with a time ?",
                "2027-02-19..2027-02-20 all day Midnights in UTC",
                "2027-03-01..2027-11-23 all day Two years"
            ],
            [],
            0,
            0
        ),
        case!(
            "exceptions",
            [
                "2026-12-01 18:00–19:00 Evenings",
                "2026-12-05 18:00–19:00 Evenings",
                "2026-12-10 09:00–10:00 Wrong hour",
                "2026-12-11 09:00–10:00 Wrong hour ?",
                "2026-12-15 09:00–10:00 Exrule"
            ],
            [],
            0,
            0
        ),
        case!(
            "clock-changes",
            [
                "2027-03-26 02:30–03:00 Nights",
                "2027-03-27 02:30–03:00 Nights",
                "2027-03-27 22:00–23:59 A day of 23 hours",
                "2027-03-28 00:00–22:00 A day of 23 hours",
                "2027-03-28 03:30–04:30 In the gap",
                "2027-03-28 03:30–04:00 Nights",
                "2027-03-29 02:30–03:00 Nights",
                "2027-10-31 02:00–03:00 Over the fold"
            ],
            [],
            0,
            0
        ),
        case!(
            "rules",
            [
                "2026-12-01 10:00–11:00 Never ?",
                "2026-12-02 10:00–11:00 Hourly ?",
                "2026-12-25 10:00–11:00 Last Friday",
                "2027-01-29 10:00–11:00 Last Friday",
                "2027-02-26 10:00–11:00 Last Friday"
            ],
            [
                "Never, since long: it has no date in these days",
                "None: line 41: how it repeats isn’t understood (a value that isn’t allowed)"
            ],
            1,
            1
        ),
        case!(
            "zones",
            [
                "2026-12-01 09:00–10:00 Windows name",
                "2026-12-03 04:30–05:30 Unknown zone ?",
                "2026-12-04 15:00–16:00 Path",
                "2026-12-05 04:30–05:30 Floating",
                "2026-12-06 15:00–16:00 Offset",
                "2027-07-01 09:00–10:00 Display name"
            ],
            [],
            0,
            0
        ),
        case!("lower-case", ["2026-12-01 09:00–10:00 Lower, case; and lines"], [], 0, 0),
        case!("folds", ["2026-12-01 10:00–11:00 Zoë & Łukasz 💛 Paargespräch"], [], 0, 0),
        case!("utf-16", ["2026-12-01 10:00–11:00 नेहा und Jörg"], [], 0, 0),
        case!(
            "cut-off",
            ["2026-12-01 10:00–11:00 Whole", "2026-12-02 10:00–11:00 No end ?", "2026-12-03 10:00–11:00 Odd ?"],
            [],
            0,
            0
        ),
    ]
}

#[test]
fn every_example_file_gives_its_rows() {
    let mut wrong = String::new();
    for (name, case) in cases() {
        let found = found(case.file);
        let (rows, out) = (rows_as_text(&found), left_out(&found));
        if rows != case.rows || out != case.left_out || (found.past, found.later) != (case.past, case.later) {
            wrong.push_str(&format!(
                "{name}: {rows:#?}\n{out:#?}\npast {} later {}\n{:#?}\n",
                found.past,
                found.later,
                doubts(&found)
            ));
        }
        assert_eq!(entries(case.file), found.shown + found.past + found.later + found.left_out.len(), "{name}");
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// How many entries a file has, counted by its lines.
fn entries(bytes: &[u8]) -> usize {
    let lines = normalise::lines(bytes);
    lines.iter().filter(|l| l.text.trim().eq_ignore_ascii_case("BEGIN:VEVENT")).count()
}

#[test]
fn doubts_hints_and_remarks_are_reported() {
    let of = |name: &str| {
        let cases = cases();
        found(cases.iter().find(|(n, _)| *n == name).unwrap().1.file)
    };
    assert_eq!(
        of("thunderbird").remarks,
        [
            "1 list of busy times was left out: only appointments are imported.",
            "1 journal entry was left out: only appointments are imported.",
            "1 task was left out: only appointments are imported."
        ]
    );
    assert_eq!(
        of("practice-system").remarks,
        ["“Müller & Sørensen – Gespräch”: line 11 isn’t understood and was left out."]
    );
    for (name, expected) in [
        ("outlook", "Boston call: it is marked as tentative"),
        ("google", "In UTC: it is marked as tentative"),
        ("versions", "Same id, one: another entry in the file has the same UID"),
        ("whole-days", "Date with a time: line 43: it is marked as a whole day but has a time"),
        ("exceptions", "Wrong hour: an exception on this day names another time"),
        ("rules", "Never: its first date doesn’t fit its rule"),
        ("rules", "Hourly: line 33: how it repeats isn’t understood (it repeats more often than once a day)"),
        ("zones", "Unknown zone: its time zone “Nowhere Time” isn’t known and was read as Kolkata time"),
        ("cut-off", "No end: its end is missing in the file"),
        ("cut-off", "Odd: line 22 isn’t understood and was left out"),
    ] {
        let told = doubts(&of(name));
        assert!(told.iter().any(|d| d == expected), "{name}: {told:#?}");
    }
    let hints: Vec<_> = of("clock-changes").rows.into_iter().filter_map(|r| Some((r.day.reason, r.hint?))).collect();
    assert_eq!(hints.iter().map(|(t, _)| t.as_str()).collect::<Vec<_>>(), ["In the gap", "Nights", "Over the fold"]);
    let unknown = found(b"BEGIN:VCALENDAR\nX-WR-TIMEZONE:Mars/Olympus\nBEGIN:VEVENT\nDTSTART:20261201T090000\nDURATION:PT1H\nEND:VEVENT\n");
    assert!(unknown.remarks[0].contains("Mars/Olympus") && unknown.remarks[0].contains("Berlin"));
}

#[test]
fn a_file_without_a_calendar_is_refused() {
    for text in ["", "slug = \"x\"", "BEGIN:VCARD\nEND:VCARD\n", "<html></html>"] {
        assert_eq!(read(text.as_bytes(), days(), &berlin(), &GO), Err(Unread::NoCalendar), "{text}");
    }
    assert_eq!(found(b"BEGIN:VCALENDAR\nEND:VCALENDAR\n"), Found::default());
    // Components outside of a calendar are read all the same.
    assert_eq!(found(b"BEGIN:VEVENT\nDTSTART:20261201T090000Z\nDURATION:PT1H\nEND:VEVENT\n").shown, 1);
}

/// A series is compared by instants: an entry that names the replaced time in UTC,
/// in another zone or by its day replaces the same time.
#[test]
fn a_replaced_date_is_found_in_every_spelling() {
    for name in [
        "RECURRENCE-ID:20270310T090000Z",
        "RECURRENCE-ID;VALUE=DATE:20270310",
        "RECURRENCE-ID;TZID=Asia/Kolkata:20270310T143000",
    ] {
        let text = format!(
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART;TZID=Europe/Berlin:20270303T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2\nSUMMARY:A\nEND:VEVENT\n\
             BEGIN:VEVENT\nUID:1\n{name}\nDTSTART;TZID=Europe/Berlin:20270311T120000\nDURATION:PT1H\nSUMMARY:B\nEND:VEVENT\nEND:VCALENDAR\n"
        );
        assert_eq!(
            rows_as_text(&found(text.as_bytes())),
            ["2027-03-03 10:00–11:00 A", "2027-03-11 12:00–13:00 B"],
            "{name}"
        );
    }
}

fn events(count: usize, lines: impl Fn(usize) -> String) -> Vec<u8> {
    let mut text = String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n");
    for n in 0..count {
        text.push_str(&format!("BEGIN:VEVENT\r\nUID:{n}\r\n{}END:VEVENT\r\n", lines(n)));
    }
    text.push_str("END:VCALENDAR\r\n");
    text.into_bytes()
}

/// No file takes long, whatever its rules are: entries beyond the budget are given
/// up with a sentence.
#[test]
fn hostile_files_are_answered_within_seconds() {
    for rule in [
        "FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=2",
        "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=2",
        "FREQ=DAILY",
        "FREQ=DAILY;COUNT=1000000",
        "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=0,1,2,3,4,5,6,7,8;BYSETPOS=-1",
    ] {
        let bytes = events(2_000, |_| format!("DTSTART:16040101T000000Z\r\nDURATION:PT1M\r\nRRULE:{rule}\r\n"));
        let begun = Instant::now();
        let found = found(&bytes);
        let took = begun.elapsed();
        println!("{rule}: {took:?}");
        assert!(took.as_secs() < 8, "{rule}: {took:?}");
        assert_eq!(found.shown + found.past + found.later + found.left_out.len(), 2_000, "{rule}");
        let given_up = found.left_out.iter().filter(|l| l.why == TOO_MUCH).count();
        assert_eq!(
            given_up > 0,
            found.remarks.iter().any(|r| r.contains(&format!("{given_up} entries were left out"))),
            "{rule}"
        );
    }
    let many = |what: &str, n: usize| what.repeat(n);
    let one = |lines: &str| {
        format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20261201T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY\n{lines}END:VEVENT\nEND:VCALENDAR\n").into_bytes()
    };
    for (name, bytes) in [
        ("entries", many("BEGIN:VEVENT\nDTSTART:20261201T090000Z\n", 200_000).into_bytes()),
        ("calendars", many("BEGIN:VCALENDAR\nBEGIN:VEVENT\n", 200_000).into_bytes()),
        (
            "nested",
            many("BEGIN:X\n", 100_000)
                .into_bytes()
                .into_iter()
                .chain(*b"BEGIN:VCALENDAR\n")
                .chain(many("END:Y\n", 100_000).into_bytes())
                .collect(),
        ),
        ("exceptions", one(&many("EXDATE:20261203T090000Z\nEXDATE:20261203T080000Z\n", 50_000))),
        (
            "dates",
            one(&(0..50_000)
                .map(|n| {
                    format!(
                        "RDATE:{}\n",
                        (NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + Duration::days(n)).format("%Y%m%dT080000Z")
                    )
                })
                .collect::<String>()),
        ),
        ("bad lines", one(&many("RDATE:soon\nnonsense\n", 100_000))),
        (
            "one id",
            (0..20_000)
                .map(|n| {
                    format!(
                        "BEGIN:VEVENT\nUID:1\nDTSTART:20261201T0900{:02}Z\nDURATION:PT1H\nSUMMARY:{n}\nEND:VEVENT\n",
                        n % 60
                    )
                })
                .collect::<String>()
                .into_bytes(),
        ),
        (
            "parts",
            one("")
                .into_iter()
                .chain((0..20_000).flat_map(|n| {
                    format!(
                        "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20261201T09{:02}{:02}Z\nDTSTART:20261201T090000Z\nDURATION:PT1H\nEND:VEVENT\n",
                        n / 60 % 60,
                        n % 60
                    )
                    .into_bytes()
                }))
                .collect(),
        ),
    ] {
        let begun = Instant::now();
        match read(&bytes, days(), &berlin(), &GO) {
            Ok(found) => assert_eq!(entries(&bytes), found.shown + found.past + found.later + found.left_out.len(), "{name}"),
            Err(why) => panic!("{name}: {why:?}"),
        }
        assert!(begun.elapsed().as_secs() < 12, "{name}: {:?}", begun.elapsed());
        println!("{name}: {:?}", begun.elapsed());
    }
    let stopped = AtomicBool::new(true);
    let bytes = events(10, |_| "DTSTART:20261201T090000Z\r\nRRULE:FREQ=DAILY\r\n".to_owned());
    assert_eq!(read(&bytes, days(), &berlin(), &stopped), Err(Unread::Stopped));
}

/// A file with ten years of entries and long descriptions, five megabytes: every
/// entry is accounted for.
#[test]
fn every_entry_of_a_file_of_ten_years_is_accounted_for() {
    let begin = NaiveDate::from_ymd_opt(2017, 11, 24).unwrap();
    let text = "text ".repeat(400);
    let bytes = events(2_500, |n| {
        let day = begin + Duration::days(n as i64 * 3 / 2);
        format!(
            "DTSTART:{}T080000Z\r\nDURATION:PT50M\r\nSUMMARY:entry {n}\r\nDESCRIPTION:{text}\r\n",
            day.format("%Y%m%d")
        )
    });
    assert!(bytes.len() > 5_000_000);
    let begun = Instant::now();
    let found = found(&bytes);
    assert!(begun.elapsed().as_secs() < 8, "{:?}", begun.elapsed());
    assert_eq!((found.shown, found.past, found.later, found.left_out.len()), (243, 2_192, 65, 0));
    assert_eq!(found.rows.len(), 243);
}

/// Lines as calendars contain them, right and wrong.
fn any_line() -> impl Strategy<Value = String> {
    "(BEGIN|END|DTSTART|DTEND|RRULE|EXDATE|RDATE|RECURRENCE-ID|DURATION|SUMMARY|SEQUENCE|UID|STATUS|TZID=|DTSTART;TZID=X|DTSTART;VALUE=DATE)?[;:=]?\
     (VEVENT|VCALENDAR|VTIMEZONE|STANDARD|X|FREQ=(DAILY|WEEKLY|YEARLY|MONTHLY)(;BYDAY=-?[1-5](MO|FR))?(;COUNT=9|;UNTIL=20270201T000000Z)?|2027010[1-9](T[0-2]00000Z?)?|\
     1604010[1-9]|99991231T235959Z|P[0-9]{1,30}[DWY]|CANCELLED|[+-][0-2][0-9]00|.{0,9})"
}

proptest! {
    /// Any file gives an answer without a panic, and every entry is accounted for.
    #[test]
    fn any_file_can_be_read_without_a_panic(blocks in prop::collection::vec(prop::collection::vec(any_line(), 0..9), 0..5)) {
        let blocks = blocks.iter().map(|lines| format!("BEGIN:VEVENT\n{}\nEND:VEVENT\n", lines.join("\n")));
        let text = format!("BEGIN:VCALENDAR\n{}END:VCALENDAR\n", blocks.collect::<String>());
        let found = found(text.as_bytes());
        prop_assert_eq!(entries(text.as_bytes()), found.shown + found.past + found.later + found.left_out.len(), "{}", text);
        let (from, until) = days();
        for row in &found.rows {
            prop_assert!(from <= row.day.first && row.day.first <= row.day.last && row.day.last < until);
            prop_assert!(row.day.hours.is_none_or(|h| h.from < h.until));
        }
    }

    /// Line ends, and folds at any octet, do not change what is read.
    #[test]
    fn line_ends_and_folds_do_not_change_the_rows(
        index in any::<prop::sample::Index>(),
        end in prop::sample::select(vec!["\r\n", "\n", "\r", "\r\r\n"]),
        fold in prop::sample::select(vec![" ", "\t"]),
        at in prop::collection::vec(1..40_usize, 1..20),
    ) {
        let cases = cases();
        let (name, case) = index.get(&cases);
        prop_assume!(*name != "utf-16");
        let lines = normalise::lines(case.file);
        let mut bytes = Vec::new();
        for (n, line) in lines.iter().enumerate() {
            let mut rest = line.text.as_bytes();
            // A line that begins with white space would itself be read as a fold.
            let width = at[n % at.len()];
            while rest.len() > width && !matches!(rest[width], b' ' | b'\t') && !rest[..width].iter().all(u8::is_ascii_whitespace) {
                bytes.extend_from_slice(&rest[..width]);
                bytes.extend_from_slice(end.as_bytes());
                bytes.extend_from_slice(fold.as_bytes());
                rest = &rest[width..];
            }
            bytes.extend_from_slice(rest);
            bytes.extend_from_slice(end.as_bytes());
        }
        prop_assert_eq!(rows_as_text(&found(&bytes)), rows_as_text(&found(case.file)), "{}", name);
    }
}
