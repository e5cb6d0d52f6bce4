//! The bin: puts back what was deleted, for the undo button after it.

use app::{pages::mail::wording, ui::shell::Notice};
use store::{BinPlace, Restored};
use uuid::Uuid;

use crate::{
    access::SignedIn,
    error::{Answer, Failure},
    form::PathIds,
    page::redirect_with,
};

/// POST /bin/{id}/restore: puts an item of the bin back.
pub async fn restore(me: SignedIn, PathIds(id): PathIds<Uuid>) -> Answer {
    let is_client = me.visitor().person.is_some();
    match me.restore(id).await? {
        Restored::Done(stood) => Ok(redirect_with(&page_of(stood, is_client)?, Notice::Restored)),
        Restored::Overwritten(stood) => Ok(redirect_with(&page_of(stood, is_client)?, Notice::NotRestored)),
        Restored::Gone => Err(Failure::NotFound),
    }
}

/// The address of the page that shows the item that was put back, to a client or
/// to staff.
fn page_of(stood: BinPlace, is_client: bool) -> Result<String, Failure> {
    Ok(match stood {
        BinPlace::Draft(id) => format!("/authoring/{id}"),
        BinPlace::Wording(kind, language) => {
            let kind = kind.parse().map_err(store::Error::from)?;
            wording::path(kind, language.parse().map_err(store::Error::from)?)
        }
        BinPlace::Hours(clinician) => format!("/clinicians/{clinician}/hours"),
        BinPlace::Response(assignment, number) => format!("/assignments/{assignment}?number={number}"),
        BinPlace::PathwayProgress(id) => format!("/pathway-progress/{id}"),
        BinPlace::Assignment(id) => format!("/assignments/{id}"),
        BinPlace::Pathway(slug) => format!("/pathways/{slug}"),
        BinPlace::Practice => "/practice/places".to_owned(),
        BinPlace::Waitlist => "/waitlist".to_owned(),
        BinPlace::Document(id) if is_client => format!("/portal/documents/{id}"),
        BinPlace::Document(id) => format!("/documents/{id}"),
    })
}
