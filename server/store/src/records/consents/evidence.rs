//! The network address and the browser of a signature: kept sealed for ninety days,
//! then deleted. Neither the other partner nor the front desk ever sees them.

use chrono::Duration;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Error, Result, Worker, database::run, keys::DataKey};

/// How long the evidence is kept.
const KEPT: Duration = Duration::days(90);

/// The place to which the evidence is sealed.
const PLACE: &str = "signature.evidence";

/// Where a signature came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The network address.
    pub ip: String,
    /// The browser and the system in words, such as "Firefox on Android".
    pub browser: String,
}

impl Evidence {
    /// The stored form of the evidence of a signature.
    pub(super) fn seal(&self, key: &DataKey, signature: Uuid) -> Result<Vec<u8>> {
        let plain = serde_json::to_vec(self).map_err(|error| Error::Stored(error.to_string()))?;
        Ok(key.seal(PLACE, signature, &plain))
    }

    /// The evidence of a signature from its stored form.
    pub(super) fn open(key: &DataKey, signature: Uuid, sealed: &[u8]) -> Result<Self> {
        let plain = key.open(PLACE, signature, sealed)?;
        serde_json::from_slice(&plain).map_err(|_| Error::Stored("the evidence of a signature".to_owned()))
    }
}

impl Worker {
    /// Deletes the evidence of signatures that are older than ninety days.
    pub async fn forget_evidence(&self) -> Result<()> {
        let mut tx = self.write().await?;
        run!(
            &mut tx,
            "UPDATE signature SET evidence = NULL WHERE evidence IS NOT NULL AND recorded_at < $1",
            self.now() - KEPT
        )?;
        tx.commit().await
    }
}
