use chrono::NaiveDate;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{clients::person::Zone, ids::PersonId};

/// A list of these headings and rows, separated by `|`; the first row is row 2 of the
/// file.
fn list(heads: &str, rows: &[&str]) -> ClientList {
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let rows = rows.iter().enumerate().map(|(n, line)| Row { number: n + 2, cells: cells(line) }).collect();
    ClientList { heads: cells(heads), rows, remarks: vec![] }
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 12, 1).unwrap()
}

fn berlin() -> Zone {
    Zone::parse("Europe/Berlin").unwrap()
}

fn therapist(n: u128) -> AccountId {
    AccountId(Uuid::from_u128(n))
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The dry run with these choices in a practice with two therapists and one client.
fn run_with(list: &ClientList, choices: &Choices) -> Plan {
    let therapists = [
        Therapist { id: therapist(1), name: "Dr Ngozi Okafor".into() },
        Therapist { id: therapist(2), name: "Ruth Lind".into() },
    ];
    let known = [
        KnownPerson { id: PersonId(Uuid::from_u128(7)), name: "Ada Osei".into(), birth: Some(day("1985-05-03")) },
        KnownPerson { id: PersonId(Uuid::from_u128(8)), name: "Bea Lind".into(), birth: None },
    ];
    plan(list, choices, &Practice { today: today(), zone: &berlin(), therapists: &therapists, known: &known })
}

/// The dry run with what is guessed.
fn run(list: &ClientList) -> Plan {
    run_with(list, &guess(list, &berlin(), today()))
}

/// The names of the clients of a plan, each couple joined.
fn clients(plan: &Plan) -> Vec<String> {
    plan.clients.iter().map(|c| c.people().map(|p| p.details.name.clone()).collect::<Vec<_>>().join(" + ")).collect()
}

/// What a plan says about a row.
fn said(plan: &Plan, row: usize) -> Vec<Trouble> {
    plan.rows.iter().find(|r| r.number == row).unwrap().problems.iter().map(|p| p.trouble.clone()).collect()
}

#[test]
fn headings_of_practice_programs_are_known() {
    for (heads, expected) in [
        (
            "First Name|Last Name|Preferred Name|Email|Mobile Phone|Home Phone|Date of Birth|Street|City|Zip|Status|Primary Clinician|Notes",
            "first last detail email phone phone birth detail detail detail status therapist detail",
        ),
        (
            "Last, First|Vorname|Nachname|E-Mail-Adresse|Handy|Telefon|Geburtsdatum|Straße|PLZ|Ort|Therapeut:in|Bemerkung",
            "detail first last email phone phone birth detail detail detail therapist detail",
        ),
        (
            "Client Name|Client DOB|Client Email|Partner First Name|Partner Last Name|Partner’s email|Partner Mobile|Partner DOB",
            "name birth email partner_first partner_last partner_email partner_phone partner_birth",
        ),
        ("Name|Partner|Couple ID|Active|Age", "name partner_name couple status detail"),
        (
            "First Name|First Name 2|Surname|Surname 2|Email|Email 2",
            "first partner_first last partner_last email email",
        ),
        ("Client|First Name|Surname", "skip first last"),
    ] {
        let cells = heads.split('|').map(|_| "x").collect::<Vec<_>>().join("|");
        let choices = guess(&list(heads, &[&cells]), &berlin(), today());
        let words: Vec<&str> = choices.meanings.iter().map(|m| m.word()).collect();
        assert_eq!(words.join(" "), expected, "{heads}");
    }
    let empty = guess(&list("Name|Fax", &["Ana Lind|", "Bo Lind|N/A"]), &berlin(), today());
    assert_eq!(empty.meanings, [Meaning::Name, Meaning::Skip], "an empty column is not kept");
    assert_eq!(known_heads(["Surname", "E-mail", "x"]), 2);
}

#[test]
fn columns_without_headings_are_told_by_their_texts() {
    let list = list("||", &["Ana Lind|ana@example.org|030 901820 11", "Bo Osei|bo@example.org|030 901820 12"]);
    let choices = guess(&list, &berlin(), today());
    assert_eq!(choices.meanings, [Meaning::Name, Meaning::Email, Meaning::Phone]);
    assert_eq!(clients(&run(&list)), ["Ana Lind", "Bo Osei"]);
}

#[test]
fn couples_are_made_in_three_ways() {
    let rows = list("Name|Couple ID", &["Ana Lind|7", "Bo Osei|8", "Cem Lind|7", "Dua Osei|", "Eva Lind| 9"]);
    assert_eq!(guess(&rows, &berlin(), today()).pairing, Pairing::Rows);
    assert_eq!(clients(&run(&rows)), ["Ana Lind + Cem Lind", "Bo Osei", "Dua Osei", "Eva Lind"]);
    assert_eq!(said(&run(&rows), 3), [Trouble::AloneInCouple]);

    let named = list(
        "Name|Partner",
        &[
            "Ana Lind|Lind, Cem",
            "Bo Osei|",
            "Cem Lind|Ana Lind",
            "Dua Osei|Nobody Here",
            "Eva Lind|Dua Osei",
            "Fia Lind|Bo Osei",
        ],
    );
    assert_eq!(guess(&named, &berlin(), today()).pairing, Pairing::Rows);
    let plan = run(&named);
    assert_eq!(clients(&plan), ["Ana Lind + Cem Lind", "Bo Osei + Fia Lind", "Dua Osei", "Eva Lind"]);
    assert_eq!(said(&plan, 5), [Trouble::PartnerNotFound]);
    assert_eq!(said(&plan, 6), [Trouble::PartnerNamesAnother]);

    let columns = list(
        "First Name|Last Name|Email|Partner First Name|Partner Last Name|Partner Email",
        &["Ana|Lind|ana@example.org|Cem|Osei|cem@example.org", "Bo|Osei|||| ", "Dua|Lind||||left@example.org"],
    );
    let plan = run(&columns);
    assert_eq!(clients(&plan), ["Ana Lind + Cem Osei", "Bo Osei", "Dua Lind"]);
    assert_eq!(plan.clients[0].b.as_ref().unwrap().details.email.as_ref().unwrap().as_str(), "cem@example.org");
    assert_eq!(said(&plan, 4), [Trouble::PartnerWithoutName]);
    assert_eq!(
        plan.clients[2].a.kept,
        [("Partner Email".to_owned(), "left@example.org".to_owned())],
        "nothing is lost"
    );

    let names = list(
        "Client|Email",
        &[
            "Ana & Cem Lind|both@example.org",
            "Bo Osei|bo@example.org",
            "Dua Lind and Eli Osei|d@example.org; e@example.org",
        ],
    );
    assert_eq!(guess(&names, &berlin(), today()).pairing, Pairing::Names);
    let plan = run(&names);
    assert_eq!(clients(&plan), ["Ana Lind + Cem Lind", "Bo Osei", "Dua Lind + Eli Osei"]);
    let email = |c: usize, b: bool| {
        let person = if b { plan.clients[c].b.as_ref().unwrap() } else { &plan.clients[c].a };
        person.details.email.as_ref().unwrap().as_str().to_owned()
    };
    assert_eq!((email(0, false), email(0, true)), ("both@example.org".into(), "both@example.org".into()));
    assert_eq!((email(2, false), email(2, true)), ("d@example.org".into(), "e@example.org".into()));
    assert_eq!(said(&plan, 2), [Trouble::SharedLastName, Trouble::SharedAddress]);
}

#[test]
fn nobody_is_merged_because_of_an_address() {
    let plan = run(&list("Name|Email", &["Ana Lind|us@example.org", "Cem Lind|us@example.org"]));
    assert_eq!(clients(&plan), ["Ana Lind", "Cem Lind"]);
    assert!(plan.rows.iter().all(|row| row.problems.is_empty()));
}

#[test]
fn match_by_name_and_birth_date_is_suggested() {
    let people = list(
        "Name|DOB",
        &[
            "Ada Osei|3.5.1985",
            "ADA OSEI|1985-05-04",
            "Bea Lind|1.1.1990",
            "Cy Lind|2.2.1992",
            "Cy Lind|2.2.1992",
            "Cy Lind|",
        ],
    );
    let mut choices = guess(&people, &berlin(), today());
    let plan = run_with(&people, &choices);
    assert_eq!(said(&plan, 2), [Trouble::Known]);
    assert_eq!(plan.rows[0].chosen, Some(Match::LeaveOut));
    assert_eq!(said(&plan, 3), [], "another birth date is another person");
    assert_eq!(said(&plan, 4), [Trouble::SameName], "the birth date of the other is not known");
    assert_eq!(said(&plan, 6), [Trouble::Repeated(5)]);
    assert_eq!(clients(&plan), ["ADA OSEI", "Bea Lind", "Cy Lind", "Cy Lind"]);
    choices.matches = [(2, Match::Same), (6, Match::New)].into();
    let plan = run_with(&people, &choices);
    assert_eq!(plan.clients[0].a.same_as, Some(PersonId(Uuid::from_u128(7))));
    assert_eq!((plan.clients.len(), plan.new_people(), plan.left_out()), (6, 5, 0));
}

#[test]
fn what_a_spreadsheet_did_to_a_cell_is_undone_or_said() {
    let plan = run(&list(
        "Name|Phone|DOB|Email|Status",
        &[
            "Ana Lind|'+49 1512 3456789|31170|n/a|active",
            "Bo Osei|4.91512E+12|3/4/85|bo(at)example.org|Paused",
            "#REF!|1|1/1/1900||",
            "Cem Lind|15123456789.0|2030-01-01|=\"cem@example.org\"|closed",
            "|+49 1512 3456789|||",
            "12345||||",
            "dua@example.org||||",
        ],
    ));
    let first = &plan.clients[0].a;
    assert_eq!((first.details.phone.as_str(), first.birth), ("+49 1512 3456789", Some(day("1985-05-03"))));
    assert_eq!(said(&plan, 2), [Trouble::SerialDate(day("1985-05-03"))]);
    assert_eq!(
        said(&plan, 3),
        [
            Trouble::NotAnAddress,
            Trouble::RoundedNumber,
            Trouble::AmbiguousDate(day("1985-04-03")),
            Trouble::UnknownStatus
        ]
    );
    assert_eq!(plan.clients[1].a.kept.len(), 2, "what is not understood is kept");
    assert!(said(&plan, 4).contains(&Trouble::Formula));
    let cem = &plan.clients[2];
    assert_eq!(cem.a.details.phone, "+49 1512 3456789");
    assert_eq!(cem.a.details.email.as_ref().unwrap().as_str(), "cem@example.org");
    assert!(cem.is_archived);
    assert_eq!(said(&plan, 5), [Trouble::FutureBirth]);
    assert_eq!(said(&plan, 6), [Trouble::NoName]);
    assert_eq!(said(&plan, 7), [Trouble::NameWithoutLetters]);
    assert_eq!(said(&plan, 8), [Trouble::AddressAsName]);
    assert_eq!(plan.left_out(), 4);
}

#[test]
fn therapists_are_found_by_name_and_the_chosen_one_gets_the_rest() {
    let list = list(
        "Name|Therapist",
        &[
            "Ana Lind|Ngozi Okafor",
            "Bo Osei|Lind, Ruth",
            "Cem Lind|",
            "Dua Osei|Someone Else",
            "Eli Osei|Dr. Okafor",
            "Fia|Ruth",
        ],
    );
    let choices = Choices { therapist: Some(therapist(9)), ..guess(&list, &berlin(), today()) };
    let plan = run_with(&list, &choices);
    let found: Vec<_> = plan.clients.iter().map(|client| client.therapist).collect();
    assert_eq!(found, [1, 2, 9, 9, 1, 2].map(|n| Some(therapist(n))));
    assert_eq!(said(&plan, 5), [Trouble::UnknownTherapist]);
}

#[test]
fn row_whose_partner_is_left_out_says_so() {
    let list = list("Name|Couple ID|DOB", &["Ada Osei|1|3.5.1985", "Bo Osei|1|", "Cem|2|", "Dua|2|", "Eli|2|"]);
    let plan = run(&list);
    assert_eq!(said(&plan, 3), [Trouble::PartnerLeftOut(2)]);
    assert_eq!(said(&plan, 4), [Trouble::ManyInCouple(3)]);
    assert!(plan.clients.is_empty());
}

#[test]
fn inactive_clients_are_archived_or_left_out() {
    let list = list("Name|Couple|Inactive", &["Ana Lind|1|yes", "Cem Lind|1|no", "Bo Osei||yes", "Dua Osei||"]);
    let mut choices = guess(&list, &berlin(), today());
    let archived = |plan: &Plan| plan.clients.iter().map(|c| c.is_archived).collect::<Vec<_>>();
    assert_eq!(archived(&run_with(&list, &choices)), [false, true, false], "a couple is active if one of them is");
    choices.inactive = Inactive::LeaveOut;
    let plan = run_with(&list, &choices);
    assert_eq!(clients(&plan), ["Ana Lind + Cem Lind", "Dua Osei"]);
    assert_eq!(said(&plan, 4), [Trouble::NotActive]);
}

#[test]
fn choices_are_read_from_their_form_and_refused_at_the_field() {
    let list = list("Name|Email|Mail", &["Ana Lind|a@example.org|"]);
    let choices = guess(&list, &berlin(), today());
    assert_eq!(choices.read(&choices.form(), &list), Ok(choices.clone()));
    let mut form = choices.form();
    form.set("match.2", "new");
    assert_eq!(choices.read(&form, &list).unwrap().matches, [(2, Match::New)].into());
    assert_eq!(choices.read(&Form::default(), &list), Ok(choices.clone()), "a field that is missing keeps its value");
    for (field, value) in [
        ("column.0", "x"),
        ("column.0", "detail"),
        ("column.1", "name"),
        ("pairing", ""),
        ("dates", "x"),
        ("inactive", "x"),
        ("therapist", "x"),
        ("match.99", "new"),
        ("match.2", "x"),
    ] {
        let mut form = choices.form();
        form.set(field, value);
        assert!(choices.read(&form, &list).unwrap_err().message(field).is_some(), "{field}={value}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Each row is in the report once, and each text of a row that is imported is in a
    /// person of the plan: nothing is lost without being said.
    #[test]
    fn no_row_is_lost(
        rows in proptest::collection::vec(proptest::collection::vec("[A-Za-z0-9&@,. ]{0,14}", 6), 0..12),
        pairing in 0_usize..4,
    ) {
        let list = ClientList {
            heads: ["Name", "Email", "Phone", "DOB", "Couple ID", "Notes"].map(str::to_owned).to_vec(),
            rows: rows.iter().enumerate().map(|(n, cells)| Row { number: n + 2, cells: cells.clone() }).collect(),
            remarks: vec![],
        };
        let choices = Choices { pairing: Pairing::ALL[pairing], ..guess(&list, &berlin(), today()) };
        let plan = run_with(&list, &choices);
        let filled = rows.iter().filter(|cells| cells.iter().any(|cell| !cell.trim().is_empty())).count();
        prop_assert_eq!(plan.rows.len(), filled);
        for row in &plan.rows {
            let is_error = row.problems.iter().any(|p| p.trouble.is_error());
            prop_assert_eq!(is_error, row.outcome == Outcome::LeftOut, "{:?}", row);
            for problem in &row.problems {
                prop_assert!(problem.sentence().ends_with('.'), "{}", problem.sentence());
            }
        }
        for person in plan.clients.iter().flat_map(PlannedClient::people) {
            prop_assert!(!person.details.name.is_empty());
        }
    }
}
