use chrono::NaiveDate;
use domain::{
    clients::person::Zone,
    portability::client_list::{Choices, DateOrder, Meaning, Outcome, Pairing, Plan, Practice, guess, plan},
};

use super::*;

/// A file of the folder `cases`.
macro_rules! case {
    ($name:literal) => {
        include_bytes!(concat!("cases/", $name))
    };
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 12, 1).unwrap()
}

/// What is guessed of a file, and its dry run, in a practice of this zone without
/// clients.
fn run(bytes: &[u8], zone: &str) -> (ClientList, Choices, Plan) {
    let list = read(bytes).unwrap();
    let zone = Zone::parse(zone).unwrap();
    let choices = guess(&list, &zone, today());
    let plan = plan(&list, &choices, &Practice { today: today(), zone: &zone, therapists: &[], known: &[] });
    (list, choices, plan)
}

/// The names of the clients of a plan, each couple joined.
fn clients(plan: &Plan) -> Vec<String> {
    plan.clients.iter().map(|c| c.people().map(|p| p.details.name.clone()).collect::<Vec<_>>().join(" + ")).collect()
}

fn birth(plan: &Plan, client: usize) -> Option<String> {
    plan.clients[client].a.birth.map(|date| date.to_string())
}

#[test]
fn list_with_first_and_last_names_is_read() {
    let (_, choices, plan) = run(case!("first-last.csv"), "America/New_York");
    assert_eq!(clients(&plan), ["Ines Alvarado", "Tomás O’Leary"]);
    assert_eq!(choices.dates, DateOrder::Month);
    assert_eq!((birth(&plan, 0).as_deref(), birth(&plan, 1).as_deref()), (Some("1984-05-13"), Some("1981-03-04")));
    let tom = &plan.clients[1];
    assert!(tom.is_archived);
    assert_eq!(tom.a.details.phone, "+1 212-555-0144");
    let kept: Vec<&str> = tom.a.kept.iter().map(|(_, text)| text.as_str()).collect();
    assert!(kept.contains(&"t.oleary@example.org") && kept.contains(&"(212) 555-0145") && kept.contains(&"12 Elm St"));
    assert!(plan.clients[0].a.kept.contains(&("Notes".to_owned(), "Prefers mornings, by phone".to_owned())));
}

#[test]
fn list_with_last_names_first_is_read() {
    let (_, _, plan) = run(case!("full-name.csv"), "Europe/Berlin");
    assert_eq!(clients(&plan), ["Anna Lind", "Ben Lind"]);
    assert_eq!(birth(&plan, 1).as_deref(), Some("1983-11-30"));
    assert_eq!(plan.clients[0].a.details.phone, "+49 1512 3456789");
}

#[test]
fn list_of_couples_in_one_name_is_read() {
    let (_, choices, plan) = run(case!("couple-name.csv"), "Europe/Berlin");
    assert_eq!(choices.pairing, Pairing::Names);
    assert_eq!(clients(&plan), ["Amara Weber + Jonas Weber", "Mei Lin + Sofia Russo", "Ravi Menon"]);
    assert!(plan.clients[2].is_archived);
}

#[test]
fn list_with_the_partner_in_columns_is_read_behind_its_title() {
    let (list, choices, plan) = run(case!("partner-columns.csv"), "Europe/London");
    assert_eq!(choices.pairing, Pairing::Columns);
    assert_eq!(clients(&plan), ["Kofi Mensah + Ana Mensah", "Lena Vogt"]);
    assert_eq!(list.remarks, ["1 row before the headings were not read."]);
    assert_eq!((list.rows[0].number, list.rows[1].number), (4, 5), "as a spreadsheet shows them");
    assert_eq!(choices.dates, DateOrder::Day, "21/03 proves it");
    assert!(plan.rows[1].problems.is_empty(), "a proved order is not ambiguous: {:?}", plan.rows[1]);
}

#[test]
fn german_spreadsheet_is_read() {
    let (list, choices, plan) = run(case!("german-excel.csv"), "Europe/Berlin");
    assert_eq!(clients(&plan), ["Jürgen Müller + Käthe Müller", "Özlem Straßburger"]);
    assert_eq!(choices.meanings[9], Meaning::Couple);
    assert!(list.remarks[0].contains("Windows-1252"));
    let kept = &plan.clients[0].a.kept;
    assert!(kept.contains(&("Bemerkung".into(), "kommt \"immer\" zu spät\nbitte anrufen".into())), "{kept:?}");
    assert_eq!(plan.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [3, 4, 5]);
}

#[test]
fn other_character_sets_and_separators_are_read() {
    let (_, _, plan) = run(case!("utf16-tabs.txt"), "Asia/Kolkata");
    assert_eq!(clients(&plan), ["अनन्या शर्मा", "Ravi शर्मा"]);
    assert_eq!(plan.clients[0].a.details.phone, "+91 98765 43210");
    let (list, _, plan) = run(case!("garbled.csv"), "Europe/Berlin");
    assert_eq!(clients(&plan), ["Jürgen Müller", "Café Owner", "Anna Lind"]);
    assert!(list.remarks[0].starts_with("3 cells were garbled"), "{:?}", list.remarks);
    assert_eq!(plan.clients[2].a.kept[0].1, "Århus");
}

#[test]
fn list_without_headings_says_so() {
    let (list, choices, plan) = run(case!("no-headings.csv"), "Europe/Berlin");
    assert_eq!(list.remarks, ["No row with headings was found. Choose what each column means."]);
    assert_eq!(choices.meanings, [Meaning::Name, Meaning::Email, Meaning::Phone]);
    assert_eq!(clients(&plan), ["Anna Lind", "Ben Osei"]);
}

#[test]
fn habits_of_spreadsheets_cost_no_row() {
    let (list, _, plan) = run(case!("habits.csv"), "Europe/Berlin");
    assert_eq!(list.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 4, 5, 6, 7]);
    assert_eq!(clients(&plan), ["Anna Lind", "Ben Osei"]);
    let outcomes: Vec<_> = plan.rows.iter().map(|row| (row.number, row.outcome)).collect();
    let (alone, out) = (Outcome::Individual, Outcome::LeftOut);
    assert_eq!(outcomes, [(2, alone), (4, alone), (5, out), (7, out)], "a repeated heading is no row");
    assert_eq!(birth(&plan, 0).as_deref(), Some("1985-05-03"));
    assert_eq!(plan.clients[1].a.details.email.as_ref().unwrap().as_str(), "ben@example.org");
}

#[test]
fn cards_of_address_books_are_read() {
    let (_, choices, plan) = run(case!("apple.vcf"), "Europe/Berlin");
    assert_eq!(choices.pairing, Pairing::Rows);
    assert_eq!(clients(&plan), ["Anna Maria Lind + Ben Osei"]);
    let anna = &plan.clients[0].a;
    assert_eq!(anna.details.phone, "+49 1512 3456789", "the mobile number first");
    assert_eq!(anna.details.email.as_ref().unwrap().as_str(), "anna@example.org");
    assert_eq!(anna.birth.unwrap().to_string(), "1985-05-03");
    let kept = |head: &str| anna.kept.iter().find(|(h, _)| h == head).map(|(_, text)| text.as_str());
    assert_eq!(kept("Notes"), Some("Prefers evenings, after 18:00.\nTwo children."));
    assert_eq!(kept("Address"), Some("Seestraße 4, Berlin, 10115, Germany"));
    assert_eq!(plan.clients[0].b.as_ref().unwrap().birth, None, "a birthday without a year is no date of birth");

    let (_, _, plan) = run(case!("phone-2.1.vcf"), "Europe/Berlin");
    assert_eq!(clients(&plan), ["Jürgen Müller", "Mei Lin + Sofia Russo"]);
    assert_eq!(plan.clients[0].a.kept[0].1, "first line\nsecond");
    assert_eq!(plan.clients[1].a.details.phone, "+49 30 90182011");
    assert_eq!(plan.clients[1].a.details.pronouns, "she/her");
    assert_eq!(plan.rows.last().unwrap().outcome, Outcome::LeftOut, "a company has no name of a person");
}

#[test]
fn what_is_no_list_is_refused_in_words() {
    for (bytes, expected) in [
        (&b""[..], Unread::Empty),
        (b"\r\n,,\r\n", Unread::Empty),
        (b"Name,Email\r\n", Unread::Empty),
        (b"PK\x03\x04rest", Unread::Workbook),
        (b"\xD0\xCF\x11\xE0rest", Unread::Workbook),
        (b"%PDF-1.7", Unread::Pdf),
        (b"<!DOCTYPE html><table>", Unread::WebPage),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", Unread::Calendar),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07", Unread::NotText),
    ] {
        assert_eq!(read(bytes).unwrap_err(), expected, "{bytes:?}");
    }
    let many = format!("Name\n{}", "Anna Lind\n".repeat(20_001));
    assert_eq!(read(many.as_bytes()).unwrap_err(), Unread::TooManyRows(20_001));
    let wide = format!("Name,Email,{}\nAnna", "x,".repeat(300));
    assert_eq!(read(wide.as_bytes()).unwrap_err(), Unread::TooManyColumns);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
        let _ = read(&bytes).map(|list| guess(&list, &Zone::utc(), today()));
    }

    #[test]
    fn any_card_is_read(lines in proptest::collection::vec("(N|FN|TEL|EMAIL|BDAY|NOTE|ADR|item1\\.X-A|BEGIN|END|)[;:=,A-Z\"\\\\ ]{0,12}", 0..12)) {
        let text = format!("BEGIN:VCARD\r\n{}\r\nEND:VCARD\r\n", lines.join("\r\n"));
        let read = read(text.as_bytes());
        proptest::prop_assert!(matches!(read, Ok(_) | Err(Unread::Empty)));
    }
}
