//! Intakes of the demo: one that is under way, in which a partner has answered half and
//! the other has begun, and one that is ready.

use domain::{
    form::Form,
    ids::{ClientId, IntakeId},
};
use store::{Clinician, IntakeStarted, Partner, Sharing};

use super::Result;

/// The answers that both people of the ready couple give beside their own details.
const READY: &[(&str, &[(&str, &str)])] = &[
    ("reach", &[("s.safe_contact.channel", "email"), ("s.safe_contact.others", "no")]),
    ("emergency", &[("s.emergency.none", "yes")]),
    ("facts", &[("s.facts.since", "Spring 2019"), ("s.facts.living", "2021")]),
    ("private", &[]),
];

/// Starts the intake of a client; `None`: it cannot be started.
async fn start(clinician: &Clinician, client: ClientId) -> Result<Option<IntakeId>> {
    Ok(clinician.start_intake(client).await?.map(|started| match started {
        IntakeStarted::Started(id) | IntakeStarted::There(id) => id,
    }))
}

/// Saves screens of an intake as a person would.
async fn answer(partner: &Partner, intake: IntakeId, screens: &[(&str, &[(&str, &str)])]) -> Result<()> {
    for (screen, fields) in screens {
        partner.save_intake(intake, screen, &Form::from_pairs(fields.iter().copied()), true).await?;
    }
    Ok(())
}

/// Saves a person's own details with a date of birth.
async fn answer_contact(partner: &Partner, intake: IntakeId, birth: &str) -> Result<()> {
    let Some(own) = partner.intake(intake).await? else { return Ok(()) };
    let details = own.details;
    let phone = if details.phone.is_empty() { "+49 30 5550 112" } else { &details.phone };
    let fields = [
        ("s.contact.name", details.name.as_str()),
        ("s.contact.pronouns", &details.pronouns),
        ("s.contact.birth", birth),
        ("s.contact.phone", phone),
        ("s.contact.zone", details.zone.name()),
        ("s.contact.language", details.language.word()),
    ];
    answer(partner, intake, &[("about", &fields)]).await
}

/// An intake under way: the first partner has answered half, the other has corrected
/// the facts.
pub(super) async fn under_way(clinician: &Clinician, client: ClientId, partners: [&Partner; 2]) -> Result<()> {
    let Some(intake) = start(clinician, client).await? else { return Ok(()) };
    let [first, second] = partners;
    answer_contact(first, intake, "1988-04-12").await?;
    let screens: &[(&str, &[(&str, &str)])] = &[
        ("reach", &[("s.safe_contact.channel", "email"), ("s.safe_contact.others", "no")]),
        ("why", &[("s.why_now.value", "We talk about chores and mean something else."), ("s.areas.value", "talking")]),
        ("facts", &[("s.facts.since", "June 2014"), ("s.facts.living", "2016")]),
    ];
    answer(first, intake, screens).await?;
    let seen = first.intake(intake).await?.and_then(|own| own.mark("why_now")).unwrap_or_default();
    first.share_intake_item(intake, "why_now", Sharing::Share { seen: &seen }).await?;
    answer(second, intake, &[("facts", &[("s.facts.since", "June 2014"), ("s.facts.living", "2017")])]).await
}

/// An intake that is ready: both have answered what is needed, and their therapist does
/// without signatures in the program, which they gave on paper.
pub(super) async fn ready(clinician: &Clinician, client: ClientId, partners: [&Partner; 2]) -> Result<()> {
    let Some(intake) = start(clinician, client).await? else { return Ok(()) };
    for (partner, birth) in partners.into_iter().zip(["1990-01-30", "1986-11-02"]) {
        answer_contact(partner, intake, birth).await?;
        answer(partner, intake, READY).await?;
        let why = Some("Signed on paper, in the folder.");
        clinician.waive_intake_item(client, partner.person(), "consents", why).await?;
    }
    Ok(())
}
