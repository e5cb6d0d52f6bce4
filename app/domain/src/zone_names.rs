//! The names by which people choose a time zone: a place with its offset, such as
//! "London (UTC+0)".
//!
//! The zone database keeps old names of zones beside the current ones. They stay
//! valid where they are stored, but they are not offered: "LHI" and "West" tell
//! nobody where that is.

use chrono::{DateTime, Utc};

use crate::{
    clients::person::Zone,
    typed,
    zone::{all, exists, wall},
};

/// Old names that are left out of the choice. Each is another name of a zone that is
/// offered (the file `backward` of the zone database).
pub(crate) const OLD: [&str; 71] = [
    "Africa/Asmera",
    "Africa/Timbuktu",
    "America/Argentina/ComodRivadavia",
    "America/Atka",
    "America/Buenos_Aires",
    "America/Catamarca",
    "America/Coral_Harbour",
    "America/Cordoba",
    "America/Ensenada",
    "America/Fort_Wayne",
    "America/Godthab",
    "America/Indianapolis",
    "America/Jujuy",
    "America/Knox_IN",
    "America/Louisville",
    "America/Mendoza",
    "America/Montreal",
    "America/Nipigon",
    "America/Pangnirtung",
    "America/Porto_Acre",
    "America/Rainy_River",
    "America/Rosario",
    "America/Santa_Isabel",
    "America/Shiprock",
    "America/Thunder_Bay",
    "America/Virgin",
    "America/Yellowknife",
    "Antarctica/South_Pole",
    "Asia/Ashkhabad",
    "Asia/Calcutta",
    "Asia/Choibalsan",
    "Asia/Chongqing",
    "Asia/Chungking",
    "Asia/Dacca",
    "Asia/Harbin",
    "Asia/Istanbul",
    "Asia/Kashgar",
    "Asia/Katmandu",
    "Asia/Macao",
    "Asia/Rangoon",
    "Asia/Saigon",
    "Asia/Tel_Aviv",
    "Asia/Thimbu",
    "Asia/Ujung_Pandang",
    "Asia/Ulan_Bator",
    "Atlantic/Faeroe",
    "Atlantic/Jan_Mayen",
    "Australia/ACT",
    "Australia/Canberra",
    "Australia/Currie",
    "Australia/LHI",
    "Australia/NSW",
    "Australia/North",
    "Australia/Queensland",
    "Australia/South",
    "Australia/Tasmania",
    "Australia/Victoria",
    "Australia/West",
    "Australia/Yancowinna",
    "Europe/Belfast",
    "Europe/Kiev",
    "Europe/Nicosia",
    "Europe/Tiraspol",
    "Europe/Uzhgorod",
    "Europe/Zaporozhye",
    "Pacific/Enderbury",
    "Pacific/Johnston",
    "Pacific/Ponape",
    "Pacific/Samoa",
    "Pacific/Truk",
    "Pacific/Yap",
];

/// The place of a zone as people write it: "Berlin", or "Knox, Indiana" where the
/// database names a region as well.
pub fn place(zone: &Zone) -> String {
    let parts: Vec<&str> = zone.name().split('/').collect();
    let text = match parts.as_slice() {
        [_, "DumontDUrville"] => return "Dumont d’Urville".to_owned(),
        [_, region, place] => format!("{place}, {region}"),
        [.., place] => (*place).to_owned(),
        [] => String::new(),
    };
    text.replace('_', " ")
}

/// The text of a zone in a field or a list, with its offset at an instant: "London
/// (UTC+0)".
pub fn label(zone: &Zone, at: DateTime<Utc>) -> String {
    if *zone == Zone::utc() {
        return place(zone);
    }
    let offset = wall(at, zone).utc_offset();
    format!("{} ({})", place(zone), if offset == "UTC" { "UTC+0" } else { &offset })
}

/// Finds the zone that a person typed or chose: its place, with or without the
/// offset behind it, or its name in the database. `None`: there is none.
pub fn find(text: &str) -> Option<Zone> {
    if let Some(zone) = Zone::parse(text).filter(exists) {
        return Some(zone);
    }
    // Far longer than any name; checked before the text is cleaned.
    if text.len() > 200 {
        return None;
    }
    let typed = typed::line(text).to_lowercase().replace('\'', "’");
    let wanted = typed.split_once(" (utc").map_or(typed.as_str(), |(place, _)| place).trim();
    all().iter().find(|zone| place(zone).to_lowercase() == wanted).cloned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_zone_is_found_by_its_label_and_by_its_name() {
        for at in ["2026-01-15T12:00:00Z", "2026-07-15T12:00:00Z"] {
            let at = at.parse().unwrap();
            for zone in all() {
                assert_eq!(find(&label(zone, at)).as_ref(), Some(zone));
                assert_eq!(find(zone.name()).as_ref(), Some(zone));
            }
        }
        let places: BTreeSet<String> = all().iter().map(place).collect();
        assert_eq!(places.len(), all().len(), "no two zones have the same place");
    }

    #[test]
    fn labels_name_a_place_and_its_offset() {
        let at = "2026-11-29T12:00:00Z".parse().unwrap();
        for (name, text) in [
            ("Europe/London", "London (UTC+0)"),
            ("Europe/Berlin", "Berlin (UTC+1)"),
            ("Asia/Kathmandu", "Kathmandu (UTC+5:45)"),
            ("America/St_Johns", "St Johns (UTC−3:30)"),
            ("America/Indiana/Knox", "Knox, Indiana (UTC−6)"),
            ("Antarctica/DumontDUrville", "Dumont d’Urville (UTC+10)"),
        ] {
            assert_eq!(label(&Zone::parse(name).unwrap(), at), text);
        }
    }

    #[test]
    fn typed_places_are_found_whatever_their_case_and_old_names_stay_valid() {
        let found = |text: &str| find(text).map(|zone| zone.name().to_owned());
        assert_eq!(found(" berlin "), Some("Europe/Berlin".to_owned()));
        assert_eq!(found("Dumont d'Urville"), Some("Antarctica/DumontDUrville".to_owned()));
        assert_eq!(found("Asia/Calcutta"), Some("Asia/Calcutta".to_owned()), "where it is stored");
        for unknown in ["", "Mars", "West", "LHI", "(UTC+1)"] {
            assert_eq!(found(unknown), None, "{unknown}");
        }
        assert!(all().iter().all(|zone| !OLD.contains(&zone.name())));
    }
}
