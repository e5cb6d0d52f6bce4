//! The example couple that an owner who sees clients can add to a new practice, made
//! by the demo's code: sessions, exercises and answers. Nobody is written to, because
//! the two people have no address, and nobody can sign in as them.

use chrono::Duration;
use domain::{
    clients::person::{Language, PersonDetails, SafeContact, Zone},
    zone,
};
use store::{Bookings, Clinician};

use super::{
    Result,
    acts::{answer, assign, book},
};

/// The names of the two people. They are marked wherever they are shown.
const NAMES: [&str; 2] = ["Robin (example)", "Sam (example)"];

/// How many weeks ago the example couple came.
const WEEKS: i64 = 3;

/// Adds the example couple to the caseload of this therapist; `zone` is that of the
/// practice. `false`: there are clients already, and nothing is done.
pub async fn add(clinician: &Clinician, bookings: &Bookings, zone: &Zone) -> Result<bool> {
    let (now, today) = (clinician.now(), zone::date_of(clinician.now(), zone));
    let people = NAMES.map(|name| person_details(name, zone));
    let Some(couple) = clinician.create_example(people, now - Duration::weeks(WEEKS)).await? else {
        return Ok(false);
    };
    for (day, hour) in [(-14, 10), (-7, 10), (1, 10), (8, 10)] {
        book(bookings, (zone, today), (couple.client, clinician.me()), day, hour).await?;
    }
    let library = clinician.library().await?;
    for (slug, done) in [("reachable", [2, 2]), ("home-exhausted", [1, 0])] {
        let Some(exercise) = library.iter().find(|exercise| exercise.document.slug == slug) else { continue };
        if assign(clinician, today, couple.client, slug, done).await? {
            for (seat, (partner, how_far)) in couple.partners.iter().zip(done).enumerate() {
                answer(partner, today, &exercise.document, (seat, how_far)).await?;
            }
        }
    }
    Ok(true)
}

/// A person of the example, without an address or a phone number.
fn person_details(name: &str, zone: &Zone) -> PersonDetails {
    PersonDetails {
        name: name.to_owned(),
        pronouns: String::new(),
        email: None,
        phone: String::new(),
        zone: zone.clone(),
        language: Language::English,
        contact: SafeContact { portal_only: true, ..SafeContact::default() },
    }
}
