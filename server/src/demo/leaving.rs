//! Releases of the demo: one that waits for the signatures of a couple.

use chrono::{Days, NaiveDate};
use domain::{
    form::Form,
    ids::ClientId,
    records::release::{DEFAULT_DAYS, NewRelease},
};
use store::Clinician;

use super::Result;
use crate::web::records::releases;

/// Asks a couple to sign a release of the list of sessions and of the goals.
pub(super) async fn waiting_release(clinician: &Clinician, client: ClientId, today: NaiveDate) -> Result<()> {
    let Some(offer) = clinician.release_offer(client).await? else { return Ok(()) };
    let Some(people) = clinician.names(client).await? else { return Ok(()) };
    let ends_on = today.checked_add_days(Days::new(DEFAULT_DAYS)).unwrap_or(today).to_string();
    let form = Form::from_pairs([
        ("kind", "record"),
        ("recipient", "Dr. Anna Weiss"),
        ("address", "Hauptstraße 12\n10827 Berlin"),
        ("manner", "post"),
        ("purpose", "Further treatment"),
        ("by", clinician.visitor().name.as_str()),
        ("range", "signature"),
        ("attendance", "yes"),
        ("goals", "yes"),
        ("own.a.notes", "yes"),
        ("own.b.notes", "yes"),
        ("term", "once"),
        ("ends_on", ends_on.as_str()),
    ]);
    let refused = |errors| store::Error::Refused(format!("the demo's release: {errors:?}"));
    let new = NewRelease::read(&form, &offer, today).map_err(refused)?;
    clinician.prepare_release(client, &new, &releases::texts(&new, &offer, &people), None).await?;
    Ok(())
}
