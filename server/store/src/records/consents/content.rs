//! What was signed, in its stored form.

use domain::{ids::AskId, records::consents::Filled};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{Result, Tx, database::maybe};

/// The place to which what was signed is sealed.
pub(super) const CONTENT: &str = "signature.content";

/// What was signed, sealed with the person's key.
#[derive(Serialize, Deserialize)]
pub(super) struct Content {
    pub title: String,
    pub body: String,
    pub statement: String,
    pub typed_name: String,
}

/// The SHA-256 of a text with its blanks filled in.
pub(super) fn sha256(filled: &Filled) -> Vec<u8> {
    Sha256::digest(filled.document().as_bytes()).to_vec()
}

/// Whether an ask is signed.
pub(super) async fn is_signed(tx: &mut Tx, ask: AskId) -> Result<bool> {
    Ok(maybe!(tx, (Uuid,), "SELECT id FROM signature WHERE ask_id = $1", ask.0)?.is_some())
}
