//! A new key for the practice, while people work: what the key file seals is sealed
//! anew, some values in each transaction. It can be interrupted at any point, because
//! the key file opens both.

use uuid::Uuid;

use crate::{
    Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
};

/// How many values one transaction seals anew.
const AT_ONCE: i64 = 500;

/// How a change of the key went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rekeyed {
    /// How many values the new key seals now that an older one had sealed.
    pub anew: u64,
    /// How many do not open, with any key.
    pub unreadable: u64,
}

/// Seals some values of a table anew, those after an id. Gives the last id that was
/// looked at; `None`: there are no more.
macro_rules! some_anew {
    ($store:expr, $tx:expr, $place:literal, $after:expr, $done:expr, $select:literal, $update:literal) => {{
        let found = all!($tx, (Uuid, Vec<u8>), $select, $store.keys().present_prefix(), $after, AT_ONCE)?;
        let last = found.last().map(|(id, _)| *id).filter(|_| found.len() as i64 == AT_ONCE);
        for (id, sealed) in found {
            match $store.keys().open_master($place, id, &sealed) {
                Ok(plain) => {
                    $done.anew += run!($tx, $update, $store.keys().seal_master($place, id, &plain), id, sealed)?
                }
                Err(_) => $done.unreadable += 1,
            }
        }
        last
    }};
}

/// The tables with values that the key file seals.
#[derive(Clone, Copy)]
enum Sealed {
    DataKeys,
    Bin,
    Factors,
    Presses,
}

impl Store {
    /// How many values an older key of the key file seals.
    pub async fn sealed_with_older_key(&self) -> Result<u64> {
        if self.keys().number() < 2 {
            return Ok(0);
        }
        let (mut tx, prefix) = (self.read().await?, self.keys().present_prefix());
        let count = maybe!(
            &mut tx,
            (i64,),
            "SELECT (SELECT count(*) FROM data_key WHERE substr(wrapped, 1, 9) <> $1)
                 + (SELECT count(*) FROM bin WHERE substr(content, 1, 9) <> $1)
                 + (SELECT count(*) FROM press WHERE answer IS NOT NULL AND substr(answer, 1, 9) <> $1)
                 + (SELECT count(*) FROM factor WHERE substr(secret, 1, 9) <> $1)
                 + (SELECT count(*) FROM vault WHERE substr(proof, 1, 9) <> $1)",
            &prefix
        )?;
        Ok(count.map_or(0, |(count,)| u64::try_from(count).unwrap_or_default()))
    }

    /// Whether the database is to be sealed with the present key: `rotate-key` has
    /// begun. A key file alone that has a new key changes nothing yet.
    pub async fn is_key_in_use(&self) -> Result<bool> {
        let mut tx = self.read().await?;
        let proof = maybe!(&mut tx, (Vec<u8>,), "SELECT proof FROM vault WHERE id = 1")?;
        Ok(proof.is_some_and(|(proof,)| proof.starts_with(&self.keys().present_prefix())))
    }

    /// Reads the key file again. `true`: another process has put a new key into it.
    pub fn refresh_keys(&self) -> bool {
        self.keys().refresh()
    }

    /// Puts a new key into the key file. Only what is sealed from now on is sealed with
    /// it; [`Self::seal_anew`] does the rest.
    pub async fn rotate_key(&self) -> Result<()> {
        self.keys().rotate().map_err(|error| crate::Error::Refused(error.to_string()))?;
        let mut tx = self.write().await?;
        self.record(&mut tx, Act::by_program(AuditAction::Rekeyed, AuditThing::Database)).await?;
        tx.commit().await
    }

    /// Seals everything anew that an older key of the key file has sealed. `each` is
    /// told after each transaction how many values are done.
    pub async fn seal_anew(&self, mut each: impl FnMut(u64)) -> Result<Rekeyed> {
        let mut done = Rekeyed::default();
        // The proof comes first: from here on a process without the new key is refused
        // when it starts, and servers that have it help to seal the rest.
        let mut tx = self.write().await?;
        let proof = maybe!(&mut tx, (Vec<u8>,), "UPDATE vault SET proof = proof WHERE id = 1 RETURNING proof")?;
        if let Some((proof,)) = proof.filter(|(proof,)| !proof.starts_with(&self.keys().present_prefix())) {
            let plain = self.keys().open_master("vault", Uuid::nil(), &proof)?;
            let anew = self.keys().seal_master("vault", Uuid::nil(), &plain);
            done.anew += run!(&mut tx, "UPDATE vault SET proof = $1 WHERE id = 1 AND proof = $2", anew, proof)?;
        }
        tx.commit().await?;
        for table in [Sealed::DataKeys, Sealed::Bin, Sealed::Factors, Sealed::Presses] {
            let mut after = Some(Uuid::nil());
            while let Some(from) = after {
                let mut tx = self.write().await?;
                after = self.some_anew(&mut tx, table, from, &mut done).await?;
                tx.commit().await?;
                each(done.anew);
            }
        }
        Ok(done)
    }

    /// Seals some values of a table anew.
    async fn some_anew(&self, tx: &mut Tx, table: Sealed, after: Uuid, done: &mut Rekeyed) -> Result<Option<Uuid>> {
        Ok(match table {
            // The practice's own key has the nil id.
            Sealed::DataKeys => some_anew!(
                self,
                tx,
                "data_key",
                after,
                done,
                "SELECT subject_id, wrapped FROM data_key
                 WHERE substr(wrapped, 1, 9) <> $1 AND subject_id >= $2 ORDER BY subject_id LIMIT $3",
                "UPDATE data_key SET wrapped = $1 WHERE subject_id = $2 AND wrapped = $3"
            ),
            Sealed::Bin => some_anew!(
                self,
                tx,
                "bin",
                after,
                done,
                "SELECT id, content FROM bin WHERE substr(content, 1, 9) <> $1 AND id >= $2 ORDER BY id LIMIT $3",
                "UPDATE bin SET content = $1 WHERE id = $2 AND content = $3"
            ),
            Sealed::Factors => some_anew!(
                self,
                tx,
                "factor",
                after,
                done,
                "SELECT account_id, secret FROM factor
                 WHERE substr(secret, 1, 9) <> $1 AND account_id >= $2 ORDER BY account_id LIMIT $3",
                "UPDATE factor SET secret = $1 WHERE account_id = $2 AND secret = $3"
            ),
            Sealed::Presses => some_anew!(
                self,
                tx,
                "press",
                after,
                done,
                "SELECT id, answer FROM press
                 WHERE answer IS NOT NULL AND substr(answer, 1, 9) <> $1 AND id >= $2 ORDER BY id LIMIT $3",
                "UPDATE press SET answer = $1 WHERE id = $2 AND answer = $3"
            ),
        })
    }
}
