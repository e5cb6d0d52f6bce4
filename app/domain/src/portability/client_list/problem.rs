//! What is doubtful in a row of a client list: which cell, and why.

use chrono::NaiveDate;

/// Something that a person should know about a row before they import it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The heading of the column; empty: it is about the whole row.
    pub column: String,
    /// The text of the cell, shortened; empty: none is shown.
    pub value: String,
    pub trouble: Trouble,
}

/// The longest text of a cell in a report, in characters.
const LONGEST_SHOWN: usize = 60;

impl Problem {
    /// A problem of a cell.
    pub(crate) fn at(column: &str, value: &str, trouble: Trouble) -> Self {
        let shown: String = value.split_whitespace().collect::<Vec<_>>().join(" ");
        let value = match shown.char_indices().nth(LONGEST_SHOWN) {
            Some((end, _)) => format!("{}…", &shown[..end]),
            None => shown,
        };
        Self { column: column.to_owned(), value, trouble }
    }

    /// A problem of a whole row.
    pub(crate) const fn of_row(trouble: Trouble) -> Self {
        Self { column: String::new(), value: String::new(), trouble }
    }

    /// The problem as a sentence.
    pub fn sentence(&self) -> String {
        let place = match (self.column.is_empty(), self.value.is_empty()) {
            (true, true) => String::new(),
            (true, false) => format!("“{}”: ", self.value),
            (false, true) => format!("{}: ", self.column),
            (false, false) => format!("{}, “{}”: ", self.column, self.value),
        };
        let text = self.trouble.text();
        if place.is_empty() {
            let mut letters = text.chars();
            let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
            return format!("{first}{}", letters.as_str());
        }
        format!("{place}{text}")
    }
}

/// What is wrong or doubtful. A row with an [error](Self::is_error) is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The row has no name.
    NoName,
    /// The name has more than 200 characters.
    NameTooLong,
    /// The name has no letter.
    NameWithoutLetters,
    /// The name is only a title and a last name of two people: “Mr & Mrs Lind”.
    OnlyTitles,
    /// The name is of three people or more.
    ManyPeople,
    /// The name has an email address in it.
    AddressAsName,
    /// The row has text beyond the last column with a heading.
    ExtraCells,
    /// A cell has more text than is accepted.
    CellTooLong,
    /// The spreadsheet could not compute the cell.
    Formula,
    /// More than two rows have the same couple number.
    ManyInCouple(usize),
    /// Two or more rows name this person as their partner.
    NamedTwice,
    /// The row is not active, and inactive clients are left out.
    NotActive,
    /// The row is left out because its partner's row is.
    PartnerLeftOut(usize),
    /// Somebody with this name and birth date is in the practice already.
    Known,
    /// Another row of the file has this name and birth date.
    Repeated(usize),

    /// Somebody with this name is in the practice; at least one birth date is not known.
    SameName,
    /// Only one row has this couple number.
    AloneInCouple,
    /// The named partner is in no row.
    PartnerNotFound,
    /// The named partner names another person.
    PartnerNamesAnother,
    /// The named partner's name is in several rows.
    PartnerAmbiguous,
    /// The text is no email address.
    NotAnAddress,
    /// A second address that is kept as a detail.
    MoreAddresses,
    /// Both partners get the one address of their row.
    SharedAddress,
    /// The text is no phone number.
    NotAPhone,
    /// A spreadsheet has rounded the number.
    RoundedNumber,
    /// Both partners get the one phone number of their row.
    SharedPhone,
    /// The text is no date.
    NotADate,
    /// The date is in the future.
    FutureBirth,
    /// The date is more than 120 years ago, or what a program writes for an unknown date.
    UnlikelyBirth(NaiveDate),
    /// The date has no year.
    NoYear,
    /// The date does not exist in the chosen order of day and month.
    OtherOrder,
    /// The date can be read in two ways.
    AmbiguousDate(NaiveDate),
    /// The year has two digits.
    ShortYear(NaiveDate),
    /// The date is a number of a spreadsheet.
    SerialDate(NaiveDate),
    /// There is one birth date for two people.
    SharedBirth,
    /// No therapist has this name.
    UnknownTherapist,
    /// Several therapists have this name.
    AmbiguousTherapist,
    /// The word does not tell whether the client is active.
    UnknownStatus,
    /// The name looks like that of two people, and couples are not written so.
    LooksLikeTwo,
    /// Characters are lost: another program could not read them.
    LostCharacters,
    /// The last name was taken from the partner's.
    SharedLastName,
    /// The partner has no last name of their own in the file.
    NoLastName,
    /// The partner's columns have something, but no name.
    PartnerWithoutName,
}

impl Trouble {
    /// Whether the row is left out because of it.
    pub const fn is_error(&self) -> bool {
        match self {
            Self::NoName
            | Self::NameTooLong
            | Self::NameWithoutLetters
            | Self::OnlyTitles
            | Self::ManyPeople
            | Self::AddressAsName
            | Self::ExtraCells
            | Self::CellTooLong
            | Self::Formula
            | Self::ManyInCouple(_)
            | Self::NamedTwice
            | Self::NotActive
            | Self::PartnerLeftOut(_)
            | Self::Known
            | Self::Repeated(_) => true,
            Self::SameName
            | Self::AloneInCouple
            | Self::PartnerNotFound
            | Self::PartnerNamesAnother
            | Self::PartnerAmbiguous
            | Self::NotAnAddress
            | Self::MoreAddresses
            | Self::SharedAddress
            | Self::NotAPhone
            | Self::RoundedNumber
            | Self::SharedPhone
            | Self::NotADate
            | Self::FutureBirth
            | Self::UnlikelyBirth(_)
            | Self::NoYear
            | Self::OtherOrder
            | Self::AmbiguousDate(_)
            | Self::ShortYear(_)
            | Self::SerialDate(_)
            | Self::SharedBirth
            | Self::UnknownTherapist
            | Self::AmbiguousTherapist
            | Self::UnknownStatus
            | Self::LooksLikeTwo
            | Self::LostCharacters
            | Self::SharedLastName
            | Self::NoLastName
            | Self::PartnerWithoutName => false,
        }
    }

    /// Whether a person can decide otherwise for the row.
    pub const fn is_match(&self) -> bool {
        matches!(self, Self::Known | Self::Repeated(_))
    }

    /// The sentence, which begins in lower case to follow the name of a cell.
    fn text(&self) -> String {
        let day = |date: &NaiveDate| date.format("%-d %B %Y").to_string();
        match self {
            Self::NoName => "there is no name in this row. Enter one in the file, or check which column has it.".into(),
            Self::NameTooLong => "this name has more than 200 characters. Shorten it in the file.".into(),
            Self::NameWithoutLetters => "this is no name. Check which column has the name.".into(),
            Self::OnlyTitles => "this names no first name. Enter both names in the file.".into(),
            Self::ManyPeople => "this names more than two people. Enter two of them in the file.".into(),
            Self::AddressAsName => "this is an email address, not a name. Check which column has the name.".into(),
            Self::ExtraCells => {
                "this row has more cells than there are headings. Put a text with a comma or semicolon in quotes."
                    .into()
            }
            Self::CellTooLong => "this text has more than 20,000 characters. Shorten it in the file.".into(),
            Self::Formula => "the spreadsheet could not compute this cell. Enter its value in the file.".into(),
            Self::ManyInCouple(n) => format!("{n} rows have this couple number; a couple has two people."),
            Self::NamedTwice => "several rows name this person as their partner. Correct it in the file.".into(),
            Self::NotActive => "this client is not active, and you chose to leave those out.".into(),
            Self::PartnerLeftOut(row) => format!("row {row}, the partner, is left out. Correct that row in the file."),
            Self::Known => "a person with this name and date of birth is here already.".into(),
            Self::Repeated(row) => format!("row {row} has the same name and date of birth."),
            Self::SameName => "a person with this name is here already; the dates of birth can’t be compared.".into(),
            Self::AloneInCouple => "no other row has this couple number: imported as an individual client.".into(),
            Self::PartnerNotFound => {
                "this partner is in no other row: imported as an individual client, the name is kept as a detail."
                    .into()
            }
            Self::PartnerNamesAnother => {
                "this person names another partner: imported as an individual client, the name is kept as a detail."
                    .into()
            }
            Self::PartnerAmbiguous => {
                "several rows have this name: imported as an individual client, the name is kept as a detail.".into()
            }
            Self::NotAnAddress => "this is no email address: kept as a detail.".into(),
            Self::MoreAddresses => "this is a second address or number: kept as a detail.".into(),
            Self::SharedAddress => "both partners get this address. Change it if it is one partner’s alone.".into(),
            Self::NotAPhone => "this is no phone number: kept as a detail.".into(),
            Self::RoundedNumber => "a spreadsheet has rounded this number: kept as a detail.".into(),
            Self::SharedPhone => "both partners get this number. Change it if it is one partner’s alone.".into(),
            Self::NotADate => "this is no date: kept as a detail.".into(),
            Self::FutureBirth => "this date of birth is in the future: kept as a detail.".into(),
            Self::UnlikelyBirth(date) => format!("{} is no likely date of birth: kept as a detail.", day(date)),
            Self::NoYear => "this date has no year: kept as a detail.".into(),
            Self::OtherOrder => "there is no such date in the order you chose: kept as a detail.".into(),
            Self::AmbiguousDate(date) => format!("read as {}. Check the order of day and month.", day(date)),
            Self::ShortYear(date) => format!("read as {}.", day(date)),
            Self::SerialDate(date) => format!("read as {}, as spreadsheets count days.", day(date)),
            Self::SharedBirth => "there is one date of birth for two people: kept as a detail.".into(),
            Self::UnknownTherapist => "no therapist has this name: the therapist chosen above gets the client.".into(),
            Self::AmbiguousTherapist => {
                "several therapists have this name: the therapist chosen above gets the client.".into()
            }
            Self::UnknownStatus => "this doesn’t say whether the client is active: imported as active.".into(),
            Self::LooksLikeTwo => {
                "this looks like two people. If it is a couple, choose above that one name has both partners.".into()
            }
            Self::LostCharacters => {
                "another program has lost letters here. Export the file again as UTF-8, or correct the name later."
                    .into()
            }
            Self::SharedLastName => "both partners get this last name.".into(),
            Self::NoLastName => "the second partner has no last name in the file.".into(),
            Self::PartnerWithoutName => {
                "the partner has no name: imported as an individual client, the rest is kept as a detail.".into()
            }
        }
    }
}
