//! The intake: the pages of the person who answers it, of the therapist, of the front
//! desk, and the owner's page of the list.

pub mod desk;
pub mod list;
pub mod own;
pub mod paper;
pub mod record;

use app::pages::records::intake::Mark;
use domain::clients::person::first_name;
use store::IntakeStanding;

/// How far the people of a client are, as a badge: "Intake ready" or "Intake: Amara 3
/// of 6, Jonas ready".
pub(crate) fn mark_of(standing: &IntakeStanding) -> Mark {
    if standing.is_ready {
        return Mark { is_ready: true, text: "Intake ready".to_owned() };
    }
    let several = standing.people.len() > 1;
    let each: Vec<String> = standing
        .people
        .iter()
        .map(|person| {
            let is = person.standing;
            let text = if is.is_ready() { "ready".to_owned() } else { format!("{} of {}", is.settled, is.needed) };
            if several { format!("{} {text}", first_name(&person.name)) } else { text }
        })
        .collect();
    Mark { is_ready: false, text: format!("Intake: {}", each.join(", ")) }
}
