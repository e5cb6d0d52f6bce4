//! Handlers for clients, their people, the caseload and the search for a
//! person.

pub mod api;
pub mod caseload;
pub mod client;
pub mod desk;
pub mod find;
pub mod record;

use domain::{clients::client::title, ids::ClientId};

use crate::page::Page;

/// A page that is below the record of a client in the breadcrumbs; unchanged if
/// the client is not in the caseload.
pub(crate) async fn below_record(clinician: &store::Clinician, page: &Page, client: ClientId) -> store::Result<Page> {
    Ok(match clinician.names(client).await? {
        Some(names) => page.under(format!("/clients/{client}"), title(names.iter().map(|(_, name)| name.as_str()))),
        None => page.clone(),
    })
}
