//! The dry run of an import: the clients that it would take on, and a report for each
//! row.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use super::{
    Choices, ClientList, Inactive, LONGEST_CELL, Match, Meaning, Pairing, Row, cells,
    dates::{self},
    names::{People, in_order, joined, people},
    problem::{Problem, Trouble},
};
use crate::{
    clients::{
        person::{EmailAddress, Language, NAME_MAX, PersonDetails, SafeContact, Zone},
        phone,
        search::search_key,
    },
    ids::{AccountId, PersonId},
    typed,
};

/// A therapist of the practice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Therapist {
    pub id: AccountId,
    pub name: String,
}

/// A person who is in the practice already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPerson {
    pub id: PersonId,
    pub name: String,
    /// `None`: it is not known.
    pub birth: Option<NaiveDate>,
}

/// What a dry run needs to know of the practice.
#[derive(Clone, Debug)]
pub struct Practice<'a> {
    pub today: NaiveDate,
    pub zone: &'a Zone,
    pub therapists: &'a [Therapist],
    /// The people whose name is one of [`plan_names`].
    pub known: &'a [KnownPerson],
}

/// What an import would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub clients: Vec<PlannedClient>,
    /// A report for each row that is not empty, in their order.
    pub rows: Vec<RowReport>,
}

/// A client that an import would take on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedClient {
    pub a: PlannedPerson,
    /// The second partner; `None`: it is an individual client.
    pub b: Option<PlannedPerson>,
    /// Whether the client goes into the archive.
    pub is_archived: bool,
    /// `None`: neither the row nor the choices name one.
    pub therapist: Option<AccountId>,
}

impl PlannedClient {
    /// The people of the client.
    pub fn people(&self) -> impl Iterator<Item = &PlannedPerson> {
        std::iter::once(&self.a).chain(&self.b)
    }
}

/// A person whom an import would take on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedPerson {
    pub details: PersonDetails,
    pub birth: Option<NaiveDate>,
    /// What else the file says about the person: headings and texts.
    pub kept: Vec<(String, String)>,
    /// The person who is here already; `None`: a new one.
    pub same_as: Option<PersonId>,
}

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Individual,
    Couple,
    LeftOut,
}

/// The report about a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowReport {
    pub number: usize,
    /// The names in the row; empty: there is none.
    pub title: String,
    pub outcome: Outcome,
    pub problems: Vec<Problem>,
    /// What is chosen for a row that matches somebody; `None`: it matches nobody.
    pub chosen: Option<Match>,
}

impl Plan {
    /// How many people would be new.
    pub fn new_people(&self) -> usize {
        self.clients.iter().flat_map(PlannedClient::people).filter(|person| person.same_as.is_none()).count()
    }

    /// How many rows are left out.
    pub fn left_out(&self) -> usize {
        self.rows.iter().filter(|row| row.outcome == Outcome::LeftOut).count()
    }
}

/// The texts of the first columns with these meanings, joined with spaces.
fn joined_text(row: &Row, choices: &Choices, meanings: &[Meaning]) -> String {
    let texts = meanings.iter().filter_map(|meaning| choices.column(*meaning)).map(|at| cells::text(row.cell(at)));
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The people that the name of a row is of.
pub(super) fn row_people(row: &Row, choices: &Choices) -> People {
    let first = joined_text(row, choices, &[Meaning::First]);
    let last = joined_text(row, choices, &[Meaning::Last]);
    if first.is_empty() && last.is_empty() {
        return people(&joined_text(row, choices, &[Meaning::Name]));
    }
    match joined(&first, &last) {
        // A middle name is one person's.
        People::One(_) => People::One(joined_text(row, choices, &[Meaning::First, Meaning::Middle, Meaning::Last])),
        more => more,
    }
}

/// The name of the row as that of one person.
pub(super) fn row_name(row: &Row, choices: &Choices) -> String {
    let apart = joined_text(row, choices, &[Meaning::First, Meaning::Middle, Meaning::Last]);
    if apart.is_empty() { in_order(&joined_text(row, choices, &[Meaning::Name])) } else { apart }
}

/// The names in a list in the form in which names are compared ([`search_key`]).
pub fn plan_names(list: &ClientList, choices: &Choices) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for row in &list.rows {
        let mut add = |name: &str| {
            names.insert(search_key(name));
        };
        match (choices.pairing, row_people(row, choices)) {
            (Pairing::Names, People::Two { a, b, .. }) => {
                add(&a);
                add(&b);
            }
            _ => add(&row_name(row, choices)),
        }
        add(&partner_name(row, choices));
    }
    names.remove("");
    names
}

/// The name of the partner in the partner's columns.
fn partner_name(row: &Row, choices: &Choices) -> String {
    let apart = joined_text(row, choices, &[Meaning::PartnerFirst, Meaning::PartnerLast]);
    if apart.is_empty() { in_order(&value_of(row, choices, Meaning::PartnerName)) } else { apart }
}

/// The text of the first column with a meaning; empty: there is none.
fn value_of(row: &Row, choices: &Choices, meaning: Meaning) -> String {
    choices.column(meaning).map_or_else(String::new, |at| cells::value(row.cell(at)))
}

/// A person of a row, as far as it was read.
#[derive(Clone, Debug)]
struct Draft {
    name: String,
    pronouns: String,
    email: Option<EmailAddress>,
    phone: String,
    birth: Option<NaiveDate>,
    kept: Vec<(String, String)>,
    same_as: Option<PersonId>,
}

impl Draft {
    /// A person of whom only the name is known.
    fn new(name: String) -> Self {
        Self {
            name,
            pronouns: String::new(),
            email: None,
            phone: String::new(),
            birth: None,
            kept: vec![],
            same_as: None,
        }
    }

    fn planned(self, zone: &Zone) -> PlannedPerson {
        PlannedPerson {
            details: PersonDetails {
                name: self.name,
                pronouns: self.pronouns,
                email: self.email,
                phone: self.phone,
                zone: zone.clone(),
                language: Language::English,
                contact: SafeContact::default(),
            },
            birth: self.birth,
            kept: self.kept,
            same_as: self.same_as,
        }
    }
}

/// A row that was read, before rows are put together.
struct Read<'a> {
    row: &'a Row,
    people: Vec<Draft>,
    problems: Vec<Problem>,
    is_active: bool,
    therapist: Option<AccountId>,
    chosen: Option<Match>,
}

impl Read<'_> {
    fn is_left_out(&self) -> bool {
        self.problems.iter().any(|problem| problem.trouble.is_error())
    }

    fn title(&self) -> String {
        self.people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>().join(" & ")
    }
}

/// Reads the rows of a list.
struct Reader<'a> {
    list: &'a ClientList,
    choices: &'a Choices,
    practice: &'a Practice<'a>,
    /// The people who are in the practice, by their names.
    known: HashMap<String, Vec<&'a KnownPerson>>,
    /// The therapists, by their names as they are compared.
    therapists: Vec<(String, AccountId)>,
    /// Whether the dates of the columns prove their order.
    dates_are_proved: bool,
}

/// Makes the dry run of an import.
pub fn plan(list: &ClientList, choices: &Choices, practice: &Practice<'_>) -> Plan {
    let mut known: HashMap<String, Vec<&KnownPerson>> = HashMap::new();
    for person in practice.known {
        known.entry(search_key(&person.name)).or_default().push(person);
    }
    let therapists = practice.therapists.iter().map(|therapist| (search_key(&therapist.name), therapist.id)).collect();
    let births = [Meaning::Birth, Meaning::PartnerBirth].into_iter().filter_map(|meaning| choices.column(meaning));
    let texts = births.flat_map(|column| list.rows.iter().map(move |row| row.cell(column)));
    let dates_are_proved = dates::evidence(texts, practice.today) == dates::Evidence::Proved(choices.dates);
    let reader = Reader { list, choices, practice, known, therapists, dates_are_proved };
    let mut rows: Vec<Read<'_>> = list.rows.iter().filter_map(|row| reader.read(row)).collect();
    reader.find_repeated(&mut rows);
    let couples = if choices.pairing == Pairing::Rows { reader.pair(&mut rows) } else { vec![None; rows.len()] };
    reader.finish(rows, &couples)
}

impl<'a> Reader<'a> {
    /// The heading of a column for a person to read.
    fn head(&self, column: usize) -> String {
        match self.list.heads.get(column) {
            Some(head) if !head.is_empty() => head.clone(),
            _ => format!("Column {}", column + 1),
        }
    }

    /// Reads a row; `None`: it is empty, or has the headings again.
    fn read(&self, row: &'a Row) -> Option<Read<'a>> {
        let is_empty = row.cells.iter().all(|cell| typed::is_blank(cell));
        let repeats_heads = self.list.heads.iter().any(|head| !head.is_empty())
            && self.list.heads.iter().enumerate().all(|(at, head)| cells::text(row.cell(at)) == *head);
        if is_empty || repeats_heads {
            return None;
        }
        let mut read = Read { row, people: vec![], problems: vec![], is_active: true, therapist: None, chosen: None };
        self.read_shape(&mut read);
        self.read_people(&mut read);
        self.read_emails(&mut read);
        self.read_phones(&mut read);
        self.read_births(&mut read);
        for (meaning, at) in [(Meaning::Pronouns, 0), (Meaning::PartnerPronouns, 1)] {
            if let (true, Some(person)) = (self.is_used(meaning), read.people.get_mut(at)) {
                person.pronouns = value_of(row, self.choices, meaning).chars().take(60).collect();
            }
        }
        self.read_status(&mut read);
        self.read_therapist(&mut read);
        self.keep_details(&mut read);
        self.find_known(&mut read);
        Some(read)
    }

    /// Whether columns with this meaning are read: those about the partner only if both
    /// partners are in one row.
    fn is_used(&self, meaning: Meaning) -> bool {
        !meaning.is_of_partner() || self.choices.pairing == Pairing::Columns
    }

    /// Checks the cells of a row.
    fn read_shape(&self, read: &mut Read<'_>) {
        let beyond = read.row.cells.get(self.list.heads.len()..).unwrap_or_default();
        if let Some(extra) = beyond.iter().find(|cell| !typed::is_blank(cell)) {
            read.problems.push(Problem::at("", extra, Trouble::ExtraCells));
        }
        for (at, cell) in read.row.cells.iter().enumerate().take(self.list.heads.len()) {
            if cell.len() > LONGEST_CELL && cell.chars().count() > LONGEST_CELL {
                read.problems.push(Problem::at(&self.head(at), cell, Trouble::CellTooLong));
            }
        }
    }

    /// Reads the names of a row.
    fn read_people(&self, read: &mut Read<'_>) {
        let (row, choices) = (read.row, self.choices);
        let meaning = [Meaning::First, Meaning::Last, Meaning::Name].into_iter().find(|m| choices.column(*m).is_some());
        let column = meaning.and_then(|meaning| choices.column(meaning)).map(|at| self.head(at)).unwrap_or_default();
        let whole = row_name(row, choices);
        let mut names = vec![whole.clone()];
        match (choices.pairing, row_people(row, choices)) {
            (Pairing::Names, People::Two { a, b, shared }) => {
                if shared {
                    read.problems.push(Problem::at(&column, &whole, Trouble::SharedLastName));
                } else if !b.contains(' ') && a.contains(' ') {
                    read.problems.push(Problem::at(&column, &whole, Trouble::NoLastName));
                }
                names = vec![a, b];
            }
            (Pairing::Names, People::OnlyTitles) => {
                read.problems.push(Problem::at(&column, &whole, Trouble::OnlyTitles));
            }
            (Pairing::Names, People::Many) => {
                read.problems.push(Problem::at(&column, &whole, Trouble::ManyPeople));
            }
            (_, People::Two { .. }) => read.problems.push(Problem::at(&column, &whole, Trouble::LooksLikeTwo)),
            _ => {}
        }
        if choices.pairing == Pairing::Columns {
            let partner = partner_name(row, choices);
            let has_more = self.partner_columns().any(|at| !cells::value(row.cell(at)).is_empty());
            if !partner.is_empty() {
                names.push(partner);
            } else if has_more {
                read.problems.push(Problem::of_row(Trouble::PartnerWithoutName));
            }
        }
        for name in &names {
            if let Some(trouble) = name_trouble(name) {
                read.problems.push(Problem::at(&column, name, trouble));
            }
        }
        read.people = names.into_iter().map(Draft::new).collect();
    }

    /// The columns about the partner.
    fn partner_columns(&self) -> impl Iterator<Item = usize> + '_ {
        self.choices.meanings.iter().enumerate().filter(|(_, meaning)| meaning.is_of_partner()).map(|(at, _)| at)
    }

    /// The cells that are read for a person: columns of this meaning that are not empty.
    fn cells_of<'r>(&'r self, row: &'r Row, meaning: Meaning) -> impl Iterator<Item = (usize, String)> + 'r {
        let columns = self.choices.columns(meaning).filter(move |_| self.is_used(meaning));
        columns.map(move |at| (at, cells::value(row.cell(at)))).filter(|(_, text)| !text.is_empty())
    }

    /// Reads the email addresses of a row.
    fn read_emails(&self, read: &mut Read<'_>) {
        let shared = self.choices.pairing == Pairing::Names && read.people.len() == 2;
        for (meaning, whose) in [(Meaning::Email, 0), (Meaning::PartnerEmail, 1)] {
            let mut given = 0;
            for (at, text) in self.cells_of(read.row, meaning) {
                for part in cells::several(&text) {
                    let target = if shared { given.min(1) } else { whose };
                    let Some(person) = read.people.get_mut(target) else { continue };
                    match EmailAddress::parse(part) {
                        Ok(email) if person.email.is_none() => {
                            person.email = Some(email);
                            given += 1;
                        }
                        Ok(_) => {
                            let repeats = person.email.as_ref().is_some_and(|e| e.key() == EmailAddress::key_of(part));
                            if !repeats {
                                person.kept.push((self.head(at), part.to_owned()));
                            }
                            if !repeats && part != text {
                                read.problems.push(Problem::at(&self.head(at), part, Trouble::MoreAddresses));
                            }
                        }
                        Err(_) => {
                            person.kept.push((self.head(at), part.to_owned()));
                            read.problems.push(Problem::at(&self.head(at), part, Trouble::NotAnAddress));
                        }
                    }
                }
            }
        }
        if let (true, [a, b]) = (shared, read.people.as_mut_slice())
            && let (Some(email), None) = (&a.email, &b.email)
        {
            b.email = Some(email.clone());
            read.problems.push(Problem::at("", email.as_str(), Trouble::SharedAddress));
        }
    }

    /// Reads the phone numbers of a row.
    fn read_phones(&self, read: &mut Read<'_>) {
        let shared = self.choices.pairing == Pairing::Names && read.people.len() == 2;
        for (meaning, whose) in [(Meaning::Phone, 0), (Meaning::PartnerPhone, 1)] {
            let mut given = 0;
            for (at, text) in self.cells_of(read.row, meaning) {
                let parts = cells::several(&text);
                let has_several = shared && parts.len() == 2 && parts.iter().all(|part| digits(part) >= 6);
                for part in if has_several { parts } else { vec![text.as_str()] } {
                    let target = if shared && has_several { given.min(1) } else { whose };
                    let Some(person) = read.people.get_mut(target) else { continue };
                    let trouble = match phone::read(cells::without_decimals(part), Some(self.practice.zone)) {
                        _ if cells::is_rounded(part) => Trouble::RoundedNumber,
                        Ok(phone) if person.phone.is_empty() => {
                            person.phone = phone;
                            given += 1;
                            continue;
                        }
                        Ok(phone) => {
                            if phone != person.phone {
                                person.kept.push((self.head(at), part.to_owned()));
                            }
                            continue;
                        }
                        Err(_) => Trouble::NotAPhone,
                    };
                    person.kept.push((self.head(at), part.to_owned()));
                    read.problems.push(Problem::at(&self.head(at), part, trouble));
                }
            }
        }
        if let (true, [a, b]) = (shared, read.people.as_mut_slice())
            && b.phone.is_empty()
            && !a.phone.is_empty()
        {
            b.phone = a.phone.clone();
            read.problems.push(Problem::at("", &a.phone, Trouble::SharedPhone));
        }
    }

    /// Reads the dates of birth of a row.
    fn read_births(&self, read: &mut Read<'_>) {
        let shared = self.choices.pairing == Pairing::Names && read.people.len() == 2;
        for (meaning, whose) in [(Meaning::Birth, 0), (Meaning::PartnerBirth, 1)] {
            let Some((at, text)) = self.cells_of(read.row, meaning).next() else { continue };
            let parts: Vec<&str> = text.split([';', '|', '&']).map(str::trim).filter(|part| !part.is_empty()).collect();
            if shared && parts.len() != 2 {
                for person in &mut read.people {
                    person.kept.push((self.head(at), text.clone()));
                }
                read.problems.push(Problem::at(&self.head(at), &text, Trouble::SharedBirth));
                continue;
            }
            let parts = if shared { parts } else { vec![text.as_str()] };
            for (n, part) in parts.into_iter().enumerate() {
                let Some(person) = read.people.get_mut(whose + n) else { continue };
                match dates::birth(part, self.choices.dates, self.practice.today) {
                    Ok((date, doubt)) => {
                        person.birth = Some(date);
                        let ambiguous = (!self.dates_are_proved && dates::is_ambiguous(part, self.practice.today))
                            .then_some(Trouble::AmbiguousDate(date));
                        if let Some(trouble) = ambiguous.or(doubt) {
                            read.problems.push(Problem::at(&self.head(at), part, trouble));
                        }
                    }
                    Err(trouble) => {
                        person.kept.push((self.head(at), part.to_owned()));
                        read.problems.push(Problem::at(&self.head(at), part, trouble));
                    }
                }
            }
        }
    }

    /// Reads whether the client is active.
    fn read_status(&self, read: &mut Read<'_>) {
        let Some(at) = self.choices.column(Meaning::Status) else { return };
        let text = cells::value(read.row.cell(at));
        if text.is_empty() {
            return;
        }
        let head = search_key(&self.head(at));
        let is_reversed = ["inactive", "archived", "inaktiv", "archiviert"].contains(&head.as_str());
        let said = cells::yes_or_no(&text).map(|yes| yes != is_reversed).or_else(|| cells::is_active(&text));
        match said {
            Some(is_active) => read.is_active = is_active,
            None => read.problems.push(Problem::at(&self.head(at), &text, Trouble::UnknownStatus)),
        }
    }

    /// Reads the therapist.
    fn read_therapist(&self, read: &mut Read<'_>) {
        read.therapist = self.choices.therapist;
        let Some(at) = self.choices.column(Meaning::Therapist) else { return };
        let text = cells::value(read.row.cell(at));
        if text.is_empty() {
            return;
        }
        let found = self.therapists_named(&search_key(&in_order(&text)));
        match found.as_slice() {
            [one] => read.therapist = Some(*one),
            [] => read.problems.push(Problem::at(&self.head(at), &text, Trouble::UnknownTherapist)),
            _ => read.problems.push(Problem::at(&self.head(at), &text, Trouble::AmbiguousTherapist)),
        }
    }

    /// The therapists with this name, or with these words in their name: “Ngozi”, or “Dr
    /// Okafor”.
    fn therapists_named(&self, key: &str) -> Vec<AccountId> {
        let is_title = |word: &&str| ["dr", "prof", "dipl", "psych", "mr", "mrs", "ms"].contains(word);
        let words = |key: &str| key.split(' ').filter(|word| !is_title(word)).map(str::to_owned).collect::<Vec<_>>();
        let wanted = words(key);
        let whole = self.therapists.iter().filter(|(name, _)| words(name) == wanted);
        let whole: Vec<AccountId> = whole.map(|(_, id)| *id).collect();
        if !whole.is_empty() || wanted.is_empty() {
            return whole;
        }
        let has_all = |name: &str| wanted.iter().all(|word| words(name).contains(word));
        self.therapists.iter().filter(|(name, _)| has_all(name)).map(|(_, id)| *id).collect()
    }

    /// Keeps what no field has as details of the person: for both partners of one row if
    /// it is not about one of them.
    fn keep_details(&self, read: &mut Read<'_>) {
        for (at, meaning) in self.choices.meanings.iter().enumerate() {
            let is_kept = *meaning == Meaning::Detail
                || (*meaning == Meaning::Couple && self.choices.pairing != Pairing::Rows)
                || (meaning.is_of_partner()
                    && self.choices.pairing != Pairing::Columns
                    && *meaning != Meaning::PartnerName)
                || (*meaning == Meaning::PartnerName
                    && matches!(self.choices.pairing, Pairing::Single | Pairing::Names));
            let is_lost = meaning.is_of_partner() && self.choices.pairing == Pairing::Columns && read.people.len() == 1;
            let text = typed::lines(read.row.cell(at));
            let text = text.trim();
            if !(is_kept || is_lost) || cells::value(text).is_empty() {
                continue;
            }
            if text.contains('\u{FFFD}') {
                read.problems.push(Problem::at(&self.head(at), text, Trouble::LostCharacters));
            }
            for person in &mut read.people {
                person.kept.push((self.head(at), text.to_owned()));
            }
        }
    }

    /// Looks for people who are in the practice already.
    fn find_known(&self, read: &mut Read<'_>) {
        let chosen = self.choices.matches.get(&read.row.number).copied().unwrap_or(Match::LeaveOut);
        for person in &mut read.people {
            let Some(known) = self.known.get(&search_key(&person.name)) else { continue };
            let same = known.iter().find(|known| known.birth.is_some() && known.birth == person.birth);
            let is_open = known.iter().any(|known| known.birth.is_none() || person.birth.is_none());
            match (same, chosen) {
                (Some(same), chosen) => {
                    read.chosen = Some(chosen);
                    match chosen {
                        Match::LeaveOut => read.problems.push(Problem::at("", &person.name, Trouble::Known)),
                        Match::Same => person.same_as = Some(same.id),
                        Match::New => {}
                    }
                }
                (None, _) if is_open => read.problems.push(Problem::at("", &person.name, Trouble::SameName)),
                (None, _) => {}
            }
        }
    }

    /// Marks the rows whose name and birth date an earlier row has.
    fn find_repeated(&self, rows: &mut [Read<'_>]) {
        let mut seen: HashMap<(String, NaiveDate), usize> = HashMap::new();
        for read in rows {
            let number = read.row.number;
            for person in &read.people {
                let Some(birth) = person.birth else { continue };
                let first = *seen.entry((search_key(&person.name), birth)).or_insert(number);
                if first == number {
                    continue;
                }
                let chosen = self.choices.matches.get(&number).copied().unwrap_or(Match::LeaveOut);
                read.chosen = Some(chosen);
                if chosen != Match::New {
                    read.problems.push(Problem::at("", &person.name, Trouble::Repeated(first)));
                }
            }
        }
    }

    /// Puts two rows together where they are a couple: for each row the place of the
    /// other.
    fn pair(&self, rows: &mut [Read<'_>]) -> Vec<Option<usize>> {
        let mut other: Vec<Option<usize>> = vec![None; rows.len()];
        self.pair_by_number(rows, &mut other);
        self.pair_by_name(rows, &mut other);
        for at in 0..rows.len() {
            let Some(partner) = other[at] else { continue };
            if rows[partner].is_left_out() && !rows[at].is_left_out() {
                let trouble = Trouble::PartnerLeftOut(rows[partner].row.number);
                rows[at].problems.push(Problem::of_row(trouble));
            }
        }
        other
    }

    /// Puts rows with the same couple number together.
    fn pair_by_number(&self, rows: &mut [Read<'_>], other: &mut [Option<usize>]) {
        let Some(column) = self.choices.column(Meaning::Couple) else { return };
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, read) in rows.iter().enumerate() {
            let number = cells::value(read.row.cell(column)).to_lowercase();
            if !number.is_empty() {
                groups.entry(number).or_default().push(at);
            }
        }
        let has_names = self.choices.column(Meaning::PartnerName).is_some();
        for members in groups.into_values() {
            match members.as_slice() {
                [a, b] => (other[*a], other[*b]) = (Some(*b), Some(*a)),
                [_] if has_names => {}
                alone_or_many => {
                    for at in alone_or_many {
                        let text = cells::value(rows[*at].row.cell(column));
                        let trouble = if members.len() == 1 {
                            Trouble::AloneInCouple
                        } else {
                            Trouble::ManyInCouple(members.len())
                        };
                        rows[*at].problems.push(Problem::at(&self.head(column), &text, trouble));
                    }
                }
            }
        }
    }

    /// Puts rows together of which one names the other.
    fn pair_by_name(&self, rows: &mut [Read<'_>], other: &mut [Option<usize>]) {
        let Some(column) = self.choices.column(Meaning::PartnerName) else { return };
        let key = |read: &Read<'_>| read.people.first().map(|person| search_key(&person.name)).unwrap_or_default();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, read) in rows.iter().enumerate() {
            by_name.entry(key(read)).or_default().push(at);
        }
        let named: Vec<String> =
            rows.iter().map(|read| search_key(&in_order(&cells::value(read.row.cell(column))))).collect();
        let mut namers: Vec<Vec<usize>> = vec![vec![]; rows.len()];
        for (at, name) in named.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            if let Some([one]) = by_name.get(name).map(Vec::as_slice) {
                namers[*one].push(at);
            }
        }
        for at in 0..rows.len() {
            if named[at].is_empty() || other[at].is_some() {
                continue;
            }
            let trouble = match by_name.get(&named[at]).map(Vec::as_slice) {
                None => Trouble::PartnerNotFound,
                Some([one]) if *one == at => Trouble::PartnerNotFound,
                Some([one]) => {
                    let names_back = named[*one].is_empty() || named[*one] == key(&rows[at]);
                    match (names_back, namers[*one].len(), other[*one]) {
                        (true, 1, None) => {
                            (other[at], other[*one]) = (Some(*one), Some(at));
                            continue;
                        }
                        (true, ..) => Trouble::NamedTwice,
                        (false, ..) => Trouble::PartnerNamesAnother,
                    }
                }
                Some(_) => Trouble::PartnerAmbiguous,
            };
            let text = cells::value(rows[at].row.cell(column));
            if !trouble.is_error()
                && let Some(person) = rows[at].people.first_mut()
            {
                person.kept.push((self.head(column), text.clone()));
            }
            rows[at].problems.push(Problem::at(&self.head(column), &text, trouble));
        }
    }

    /// Makes clients of the rows, and the report.
    fn finish(&self, mut rows: Vec<Read<'_>>, other: &[Option<usize>]) -> Plan {
        let leaves_out = self.choices.inactive == Inactive::LeaveOut;
        // A couple is active if one of the two is.
        let active: Vec<bool> =
            (0..rows.len()).map(|at| rows[at].is_active || other[at].is_some_and(|o| rows[o].is_active)).collect();
        for (read, is_active) in rows.iter_mut().zip(&active) {
            if leaves_out && !is_active {
                read.problems.push(Problem::of_row(Trouble::NotActive));
            }
        }
        let mut plan = Plan::default();
        for at in 0..rows.len() {
            let read = &rows[at];
            let is_left_out = read.is_left_out();
            let is_couple = other[at].is_some() || read.people.len() == 2;
            let outcome = match (is_left_out, is_couple) {
                (true, _) => Outcome::LeftOut,
                (false, true) => Outcome::Couple,
                (false, false) => Outcome::Individual,
            };
            let (title, problems, chosen) = (read.title(), read.problems.clone(), read.chosen);
            plan.rows.push(RowReport { number: read.row.number, title, outcome, problems, chosen });
            // The first row of a couple makes the client.
            if is_left_out || other[at].is_some_and(|partner| partner < at) {
                continue;
            }
            let mut people: Vec<Draft> = read.people.clone();
            people.extend(other[at].and_then(|partner| rows[partner].people.first().cloned()));
            let therapist = read.therapist.or_else(|| rows[other[at]?].therapist);
            let mut people = people.into_iter().map(|person| person.planned(self.practice.zone));
            let Some(a) = people.next() else { continue };
            plan.clients.push(PlannedClient { a, b: people.next(), is_archived: !active[at], therapist });
        }
        plan
    }
}

/// How many digits a text has.
fn digits(text: &str) -> usize {
    text.chars().filter(|c| c.is_numeric()).count()
}

/// What is wrong with a name; `None`: nothing.
fn name_trouble(name: &str) -> Option<Trouble> {
    if name.is_empty() {
        Some(Trouble::NoName)
    } else if name.chars().count() > NAME_MAX {
        Some(Trouble::NameTooLong)
    } else if cells::is_formula_error(name) || name.starts_with('=') {
        Some(Trouble::Formula)
    } else if name.contains('@') {
        Some(Trouble::AddressAsName)
    } else if !name.chars().any(char::is_alphabetic) {
        Some(Trouble::NameWithoutLetters)
    } else if name.contains('\u{FFFD}') {
        Some(Trouble::LostCharacters)
    } else {
        None
    }
}
