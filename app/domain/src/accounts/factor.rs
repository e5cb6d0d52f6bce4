//! The second step of signing in: who must have one, for how long a browser is
//! remembered, and recovery codes.

use serde::{Deserialize, Serialize};

use crate::{
    clients::person::Role,
    form::{Errors, Form, Reader},
    typed,
};

crate::words! {
    /// How the second step of a sign-in was done.
    pub enum SecondStep {
        App = "app", "Authenticator app";
        Recovery = "recovery", "Recovery code";
        /// The browser is remembered.
        Device = "device", "Remembered device";
    }
}

/// For how many days a browser may be remembered.
pub const REMEMBER_DAYS: [i64; 3] = [0, 7, 30];

/// How many recovery codes a person gets.
pub const RECOVERY_CODES: i64 = 10;

/// The digits of recovery codes: Crockford's base 32, without letters that look alike.
pub const RECOVERY_DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The digits of one code: 80 bits.
pub const RECOVERY_LENGTH: usize = 16;

/// What the practice asks of its staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorRules {
    /// The roles that must have a second step.
    pub roles: Vec<Role>,
    /// For how many days a browser of an owner or a therapist may be remembered.
    pub clinical_days: i64,
    /// For how many days a browser of other staff may be remembered.
    pub other_days: i64,
}

impl FactorRules {
    /// What a new practice asks.
    pub fn of_new_practice() -> Self {
        Self { roles: vec![Role::Owner, Role::Clinician], clinical_days: 0, other_days: 30 }
    }

    /// Whether a person with these roles must have a second step.
    pub fn requires(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.roles.contains(role))
    }

    /// For how many days a browser of a person with these roles may be remembered; 0: it
    /// is asked each time.
    pub fn days(&self, roles: &[Role]) -> i64 {
        if roles.iter().any(|role| matches!(role, Role::Owner | Role::Clinician)) {
            self.clinical_days
        } else {
            self.other_days
        }
    }

    /// Whether a person with these roles must still set up a second step. `required` are
    /// the roles as they are stored.
    pub fn are_owed(required: &str, roles: &[Role], has_factor: bool) -> bool {
        !has_factor && Self::read_roles(required).iter().any(|role| roles.contains(role))
    }

    /// The roles as they are stored.
    pub fn roles_text(&self) -> String {
        self.roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(",")
    }

    /// Reads roles as they are stored; words that are none are left out.
    pub fn read_roles(text: &str) -> Vec<Role> {
        text.split(',').filter_map(|word| word.parse().ok()).collect()
    }

    /// The form of the rules.
    pub fn form(&self) -> Form {
        let mut form = Form::default();
        form.0.extend(self.roles.iter().map(|role| ("factor_role".to_owned(), role.word().to_owned())));
        form.set("factor_clinical", self.clinical_days.to_string());
        form.set("factor_others", self.other_days.to_string());
        form
    }

    /// Reads the rules from their form.
    pub fn read(form: &Form) -> Result<Self, Errors> {
        let mut r = Reader::new(form);
        let mut days = |field: &str| match form.get(field).parse::<i64>() {
            Ok(days) if REMEMBER_DAYS.contains(&days) => Ok(days),
            _ => r.fail(field, "Choose for how long a device is remembered."),
        };
        let (clinical, others) = (days("factor_clinical"), days("factor_others"));
        let staff = [Role::Owner, Role::Clinician, Role::FrontDesk];
        let chosen: Vec<&str> =
            form.0.iter().filter(|(name, _)| name == "factor_role").map(|(_, word)| word.as_str()).collect();
        let roles = staff.into_iter().filter(|role| chosen.contains(&role.word())).collect();
        r.finish()?;
        Ok(Self { roles, clinical_days: clinical?, other_days: others? })
    }
}

/// A code of an authenticator app as it was typed: six digits. `None`: it is none.
pub fn read_app_code(text: &str) -> Option<String> {
    let digits: String = typed::code(text).chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    (digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

/// A recovery code with its number, as a person keeps it: `3-ABCD-EFGH-JKMN-PQRS`.
pub fn recovery_text(number: i64, code: &str) -> String {
    let groups: Vec<String> =
        code.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    format!("{number}-{}", groups.join("-"))
}

/// The number and the digits of a recovery code as it was typed. Case, spaces, hyphens
/// and letters that look alike do not matter. `None`: it is none.
pub fn read_recovery_code(text: &str) -> Option<(i64, String)> {
    let plain: String = typed::code(text)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .collect();
    let (number, code) = plain.split_at_checked(plain.len().checked_sub(RECOVERY_LENGTH)?)?;
    let is_digit = |b: u8| RECOVERY_DIGITS.contains(&b);
    let number: i64 = number.parse().ok()?;
    ((1..=RECOVERY_CODES).contains(&number) && code.bytes().all(is_digit)).then(|| (number, code.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recovery_code_is_read_as_people_type_it() {
        let code = "ABCDEFGHJKMNPQRS";
        let text = recovery_text(3, code);
        assert_eq!(text, "3-ABCD-EFGH-JKMN-PQRS");
        for typed in [text.as_str(), "3 abcd efgh jkmn pqrs", "\u{200b}3-abcd-efgh-jkmn-pqrs "] {
            assert_eq!(read_recovery_code(typed), Some((3, code.to_owned())), "{typed}");
        }
        assert_eq!(read_recovery_code("10-0000-1111-OOOO-IIll"), Some((10, "0000111100001111".to_owned())));
        for wrong in ["", "3", "ABCD-EFGH-JKMN-PQRS", "11-ABCD-EFGH-JKMN-PQRS", "3-ABCD-EFGH-JKMN-PQRU", "é"] {
            assert_eq!(read_recovery_code(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn app_code_is_six_digits_of_any_script() {
        for typed in ["012345", "012 345", " 012-345\n", "०१२३४५"] {
            assert_eq!(read_app_code(typed).as_deref(), Some("012345"), "{typed}");
        }
        for wrong in ["", "12345", "1234567", "12345a"] {
            assert_eq!(read_app_code(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn rules_are_read_as_they_were_filled() {
        let rules = FactorRules::of_new_practice();
        assert_eq!(FactorRules::read(&rules.form()), Ok(rules.clone()));
        assert_eq!(FactorRules::read_roles(&rules.roles_text()), rules.roles);
        assert!(rules.requires(&[Role::FrontDesk, Role::Owner]) && !rules.requires(&[Role::FrontDesk]));
        assert_eq!((rules.days(&[Role::Clinician]), rules.days(&[Role::FrontDesk])), (0, 30));
        let wrong = Form::from_pairs([("factor_clinical", "3"), ("factor_others", "30"), ("factor_role", "partner")]);
        assert!(FactorRules::read(&wrong).unwrap_err().message("factor_clinical").is_some());
        let nobody = Form::from_pairs([("factor_clinical", "0"), ("factor_others", "7"), ("factor_role", "partner")]);
        assert_eq!(FactorRules::read(&nobody).unwrap().roles, [], "clients are not asked by this");
    }
}
