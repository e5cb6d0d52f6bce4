//! The intake at the front desk.

use app::{
    pages::records::intake::desk::{self, Model, PersonPart, Started},
    ui::shell::Notice,
};
use domain::ids::ClientId;
use store::DeskIntake;

use super::mark_of;
use crate::{
    access::FrontDesk,
    error::{Answer, Found as _},
    form::PathIds,
    page::{Page, redirect_with},
};

/// GET /desk/clients/{id}/intake: how far each person is, and what is open.
pub async fn show(desk: FrontDesk, page: Page, PathIds(id): PathIds<ClientId>) -> Answer {
    let client = desk.desk_client(id).await?.found()?;
    let intake = desk.desk_intake(id).await?;
    let model = Model { client: id, title: client.title(), intake: intake.map(started) };
    page.under(format!("/desk/clients/{id}"), client.title()).ok("Intake", model, desk::view).await
}

/// An intake as the page shows it.
fn started(intake: DeskIntake) -> Started {
    let mark = mark_of(&intake.standing);
    let people = intake.standing.people.into_iter().map(|person| {
        let lines = intake.answers.iter().find(|one| one.person == person.person).map(|one| one.lines.clone());
        PersonPart {
            name: person.name,
            settled: person.standing.settled,
            needed: person.standing.needed,
            open: person.open,
            lines: lines.unwrap_or_default(),
        }
    });
    Started { mark, people: people.collect() }
}

/// POST /desk/clients/{id}/intake: starts the intake of a client.
pub async fn start(desk: FrontDesk, PathIds(id): PathIds<ClientId>) -> Answer {
    desk.desk_client(id).await?.found()?;
    desk.start_intake_at_desk(id).await?.found()?;
    Ok(redirect_with(&format!("/desk/clients/{id}/intake"), Notice::IntakeStarted))
}
