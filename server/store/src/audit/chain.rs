//! The chain of the audit log, and the check that it is complete.
//!
//! Each entry carries an HMAC-SHA256 over itself, the clients it names and the
//! entry before, under a key that is derived from the key file. A person who
//! can write the database but does not have the key can change, add or swap no
//! entry. Entries that an earlier version wrote carry a plain SHA-256. When the
//! chain was first keyed, the number and the hash of the last such entry were
//! sealed under the same key, so that no later entry can pass for an old one.
//!
//! If the end of the log is cut off, or an older log is put in its place, the
//! chain is still complete in itself. That is noticed by comparing it with a
//! head that is known from elsewhere: the number of the last entry and its
//! HMAC, which the server notes beside the key file, in its log and in every
//! backup ([`AuditHead`]).

use std::{collections::HashMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{
    Error, Result, Store, Tx,
    audit::{Act, AuditAction, AuditRow, AuditThing},
    database::{all, maybe, run},
    keys::PROOF,
    limits::VERIFIED_AT_ONCE,
};

/// How a proof of the key begins once the audit log is keyed. The number of the
/// last entry without a key (8 bytes) and its hash (32 bytes) follow.
const KEYED: &[u8] = b"duologue vault, audit log keyed after ";
/// The link before the first entry.
const BEGIN: [u8; 32] = [0; 32];

/// The last entry of the audit log: its number, which is also the count of the
/// entries, and its link in the chain. It is written as `1415:9f…`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AuditHead {
    pub seq: i64,
    pub mac: Vec<u8>,
}

impl fmt::Display for AuditHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.seq)?;
        self.mac.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl From<AuditHead> for String {
    fn from(head: AuditHead) -> Self {
        head.to_string()
    }
}

impl TryFrom<String> for AuditHead {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl FromStr for AuditHead {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("“{text}” is not the head of an audit log: it looks like 1415: and 64 letters and digits.");
        let (seq, mac) = text.trim().split_once(':').ok_or_else(wrong)?;
        let seq = seq.parse().ok().filter(|seq| *seq >= 0).ok_or_else(wrong)?;
        if mac.len() != 64 || !mac.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let byte = |at: usize| u8::from_str_radix(mac.get(at..at + 2)?, 16).ok();
        let mac = (0..64).step_by(2).map(byte).collect::<Option<Vec<u8>>>().ok_or_else(wrong)?;
        Ok(Self { seq, mac })
    }
}

/// Where the chain is broken. Its text is a sentence for the person who runs
/// the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainFault {
    /// This entry was changed or replaced.
    Changed { seq: i64 },
    /// These entries are missing, from the first to the last of them.
    Missing { from: i64, to: i64 },
    /// This entry was added outside the numbers that the log counts.
    Added { seq: i64 },
    /// The row that counts the entries is missing.
    NoHead,
    /// The row that counts the entries does not name the last entry, which is
    /// this one.
    Head { seq: i64 },
    /// Clients were added to the lists of named clients that belong to no
    /// entry.
    Named,
}

impl fmt::Display for ChainFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { seq } => write!(f, "The audit log was changed from outside at entry {seq}."),
            Self::Missing { from, to } if from == to => write!(f, "Entry {from} of the audit log is missing."),
            Self::Missing { from, to } => write!(f, "Entries {from} to {to} of the audit log are missing."),
            Self::Added { seq } => write!(f, "Entry {seq} was added to the audit log from outside."),
            Self::NoHead => f.write_str(
                "The row that counts the entries of the audit log (audit_head) is missing: nothing can be recorded. Restore a backup.",
            ),
            Self::Head { seq } => {
                write!(f, "The row that counts the entries of the audit log (audit_head) was changed from outside: it should name entry {seq}.")
            }
            Self::Named => f.write_str("Clients were added to the audit log from outside (audit_named)."),
        }
    }
}

/// How the log compares with a head that was noted earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Continuity {
    /// The noted entry is there, and later entries follow it.
    Continued,
    /// The log ends before the noted entry, at this entry.
    EndsAt(i64),
    /// Another entry has the number of the noted entry.
    Replaced,
}

impl Continuity {
    /// What is wrong, as a sentence; `None`: nothing is wrong. `place` says
    /// where the head was noted, such as "in the file data/duologue.key.head".
    pub fn fault(self, known: &AuditHead, place: &str) -> Option<String> {
        let seq = known.seq;
        match self {
            Self::Continued => None,
            Self::EndsAt(last) if last + 1 == seq => Some(format!(
                "The audit log ends at entry {last}, and entry {seq} was noted {place}: its last entry is missing."
            )),
            Self::EndsAt(last) => Some(format!(
                "The audit log ends at entry {last}, and entry {seq} was noted {place}: its last {} entries are missing.",
                seq - last
            )),
            Self::Replaced => Some(format!(
                "Entry {seq} of the audit log is another than was noted {place}: the log was rewritten, or an older one was put in its place."
            )),
        }
    }
}

/// The link of an entry that an earlier version wrote, without a key.
fn unkeyed_link(before: &[u8], row: &AuditRow) -> Vec<u8> {
    let id = |id: Option<Uuid>| id.map(|i| i.to_string()).unwrap_or_default();
    let mut hash = Sha256::new().chain_update(before);
    for part in [
        &row.seq.to_string(),
        &row.at.timestamp_micros().to_string(),
        &id(row.account_id),
        &row.action,
        &row.thing,
        &id(row.thing_id),
        &id(row.client_id),
        &row.detail,
    ] {
        hash.update(u64::try_from(part.len()).unwrap_or_default().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

/// The entries from before the chain was keyed: how many there are, and the
/// link of the last one.
struct Unkeyed {
    seq: i64,
    mac: Vec<u8>,
}

impl Unkeyed {
    /// The content of the proof of the key for a log that was keyed after these
    /// entries.
    fn proof(&self) -> Vec<u8> {
        [KEYED, &self.seq.to_le_bytes(), &self.mac].concat()
    }

    /// Reads the content of a proof of the key; `None`: it is from before the chain
    /// was keyed.
    fn from_proof(proof: &[u8]) -> Option<Self> {
        let (seq, mac) = proof.strip_prefix(KEYED)?.split_first_chunk::<8>()?;
        Some(Self { seq: i64::from_le_bytes(*seq), mac: mac.to_vec() })
    }
}

impl Store {
    /// The link of an entry: the HMAC over the link before it, the entry and
    /// the clients that it names, each value with its length before it.
    pub(crate) fn link(&self, before: &[u8], row: &AuditRow, named: &[Uuid]) -> Vec<u8> {
        let (seq, at) = (row.seq.to_le_bytes(), row.at.timestamp().to_le_bytes());
        let part_of_second = row.at.timestamp_subsec_nanos().to_le_bytes();
        // An id has sixteen bytes; no id has none.
        let id = |id: &'_ Option<Uuid>| id.map(|id| id.as_bytes().to_vec()).unwrap_or_default();
        let (account, thing, client) = (id(&row.account_id), id(&row.thing_id), id(&row.client_id));
        let parts: [&[u8]; 10] = [
            before,
            &seq,
            &at,
            &part_of_second,
            &account,
            row.action.as_bytes(),
            row.thing.as_bytes(),
            &thing,
            &client,
            row.detail.as_bytes(),
        ];
        self.keys().audit_mac(parts.into_iter().chain(named.iter().map(|id| id.as_bytes().as_slice())))
    }

    /// Checks that the key file is the one that this database was written with,
    /// and keys the chain of a log that is not keyed yet. Gives
    /// [`Error::Refused`] for another key file, and for a database that
    /// contains a practice but no proof.
    pub(crate) async fn prove_key(&self) -> Result<()> {
        let mut tx = self.write().await?;
        match maybe!(&mut tx, (Vec<u8>,), "SELECT proof FROM vault WHERE id = 1")? {
            Some((proof,)) => {
                if &**self.open_proof(&proof)? == PROOF {
                    self.key_the_chain(&mut tx).await?;
                }
            }
            None => {
                // A new database is empty. One that lost its proof was changed
                // from outside, and without this check it would begin a new
                // log.
                if maybe!(&mut tx, (Uuid,), "SELECT id FROM account LIMIT 1")?.is_some() {
                    return Err(Error::Refused(
                        "The database holds a practice, and the row that proves its key (vault) is missing: it was changed from outside. Restore a backup."
                            .to_owned(),
                    ));
                }
                let begin = Unkeyed { seq: 0, mac: BEGIN.to_vec() };
                let proof = self.keys().seal_master("vault", Uuid::nil(), &begin.proof());
                run!(&mut tx, "INSERT INTO vault (id, proof) VALUES (1, $1)", proof)?;
                run!(&mut tx, "INSERT INTO audit_head (id, seq, mac) VALUES (1, 0, $1)", BEGIN.to_vec())?;
            }
        }
        tx.commit().await
    }

    /// Opens the proof of the key. Gives [`Error::Refused`] with another key
    /// file.
    fn open_proof(&self, proof: &[u8]) -> Result<zeroize::Zeroizing<Vec<u8>>> {
        self.keys().open_master("vault", Uuid::nil(), proof).map_err(|_| {
            Error::Refused(
                "The key file is not the one this database was written with. Put the right key file in its place; \
                 without it nothing that people wrote can be read."
                    .to_owned(),
            )
        })
    }

    /// Keys the chain from here on, once: the number and the hash of the last
    /// entry so far are sealed, and the first entry under the key links to that
    /// entry.
    async fn key_the_chain(&self, tx: &mut Tx) -> Result<()> {
        // Two processes that start at the same time run one after the other
        // from here.
        let proof = maybe!(tx, (Vec<u8>,), "UPDATE vault SET proof = proof WHERE id = 1 RETURNING proof")?;
        let Some((proof,)) = proof else { return Ok(()) };
        if &**self.open_proof(&proof)? != PROOF {
            return Ok(());
        }
        let last = maybe!(tx, (i64, Vec<u8>), "UPDATE audit_head SET seq = seq WHERE id = 1 RETURNING seq, mac")?;
        let before = match last {
            Some((seq, mac)) => Unkeyed { seq, mac },
            None => {
                let last = maybe!(tx, (i64, Vec<u8>), "SELECT seq, mac FROM audit ORDER BY seq DESC LIMIT 1")?;
                let (seq, mac) = last.unwrap_or((0, BEGIN.to_vec()));
                run!(tx, "INSERT INTO audit_head (id, seq, mac) VALUES (1, $1, $2)", seq, &mac)?;
                Unkeyed { seq, mac }
            }
        };
        let sealed = self.keys().seal_master("vault", Uuid::nil(), &before.proof());
        run!(tx, "UPDATE vault SET proof = $1 WHERE id = 1", sealed)?;
        let detail = format!("after {} entries", before.seq);
        let act = Act::by_program(AuditAction::Keyed, AuditThing::AuditLog).detail(&detail);
        self.record(tx, act).await
    }

    /// The entries from before the chain was keyed, as the proof of the key
    /// names them.
    async fn unkeyed_part(&self, tx: &mut Tx) -> Result<Unkeyed> {
        let proof = maybe!(tx, (Vec<u8>,), "SELECT proof FROM vault WHERE id = 1")?;
        let (proof,) = proof.ok_or_else(|| Error::Stored("the proof of the key is missing".to_owned()))?;
        Unkeyed::from_proof(&self.open_proof(&proof)?)
            .ok_or_else(|| Error::Stored("the audit log is not keyed".to_owned()))
    }

    /// The last entry of the audit log; `None`: the row that counts the entries
    /// is missing.
    pub async fn audit_head(&self) -> Result<Option<AuditHead>> {
        let mut tx = self.read().await?;
        let head = maybe!(&mut tx, (i64, Vec<u8>), "SELECT seq, mac FROM audit_head WHERE id = 1")?;
        Ok(head.map(|(seq, mac)| AuditHead { seq, mac }))
    }

    /// Compares the log with a head that was noted earlier. It looks only at
    /// one entry; [`Self::verify_audit`] checks the chain up to there.
    pub async fn compare_audit_head(&self, known: &AuditHead) -> Result<Continuity> {
        if known.seq == 0 {
            return Ok(Continuity::Continued);
        }
        let mut tx = self.read().await?;
        let there = maybe!(&mut tx, (Vec<u8>,), "SELECT mac FROM audit WHERE seq = $1", known.seq)?;
        Ok(match there {
            Some((mac,)) if mac == known.mac => Continuity::Continued,
            Some(_) => Continuity::Replaced,
            None => {
                let last = maybe!(&mut tx, (Option<i64>,), "SELECT max(seq) FROM audit WHERE seq < $1", known.seq)?;
                Continuity::EndsAt(last.and_then(|(seq,)| seq).unwrap_or(0))
            }
        })
    }

    /// Checks the whole chain from its beginning. `Ok(Ok(..))` is the last
    /// entry of an intact chain; `Ok(Err(..))` is the first fault.
    pub async fn verify_audit(&self) -> Result<Result<AuditHead, ChainFault>> {
        let mut tx = self.read().await?;
        let old = self.unkeyed_part(&mut tx).await?;
        if let Some((seq,)) = maybe!(&mut tx, (i64,), "SELECT seq FROM audit WHERE seq < 1 ORDER BY seq LIMIT 1")? {
            return Ok(Err(ChainFault::Added { seq }));
        }
        let (mut before, mut expected, mut names) = (BEGIN.to_vec(), 1, 0_i64);
        loop {
            let rows = all!(
                &mut tx,
                AuditRow,
                "SELECT * FROM audit WHERE seq >= $1 ORDER BY seq LIMIT $2",
                expected,
                VERIFIED_AT_ONCE
            );
            let rows = match rows.map_err(Error::from) {
                Ok(rows) => rows,
                Err(error) if error.is_of_one_row() => return self.first_unreadable(&mut tx, expected).await.map(Err),
                Err(error) => return Err(error),
            };
            let Some(last) = rows.last().map(|row| row.seq) else { break };
            let mut named: HashMap<i64, Vec<Uuid>> = HashMap::new();
            let listed = all!(
                &mut tx,
                (i64, Uuid),
                "SELECT seq, client_id FROM audit_named WHERE seq >= $1 AND seq <= $2 ORDER BY seq, client_id",
                expected,
                last
            )?;
            for (seq, client) in listed {
                named.entry(seq).or_default().push(client);
                names += 1;
            }
            for row in rows {
                if row.seq != expected {
                    return Ok(Err(ChainFault::Missing { from: expected, to: row.seq - 1 }));
                }
                let named = named.remove(&row.seq).unwrap_or_default();
                let holds = if row.seq > old.seq {
                    row.mac == self.link(&before, &row, &named)
                } else {
                    let sealed = row.seq < old.seq || row.mac == old.mac;
                    sealed && named.is_empty() && row.mac == unkeyed_link(&before, &row)
                };
                if !holds {
                    return Ok(Err(ChainFault::Changed { seq: expected }));
                }
                before = row.mac;
                expected += 1;
            }
        }
        let last = expected - 1;
        if last < old.seq {
            return Ok(Err(ChainFault::Missing { from: expected, to: old.seq }));
        }
        let head = maybe!(&mut tx, (i64, Vec<u8>), "SELECT seq, mac FROM audit_head WHERE id = 1")?;
        let all_names = maybe!(&mut tx, (i64,), "SELECT count(*) FROM audit_named")?.map_or(0, |(n,)| n);
        Ok(match head {
            None => Err(ChainFault::NoHead),
            Some((seq, _)) if seq > last => Err(ChainFault::Missing { from: expected, to: seq }),
            Some((seq, mac)) if seq < last || mac != before => Err(ChainFault::Head { seq: last }),
            Some(_) if all_names != names => Err(ChainFault::Named),
            Some((seq, mac)) => Ok(AuditHead { seq, mac }),
        })
    }

    /// The first entry from this number on that cannot be read at all, as a
    /// fault.
    async fn first_unreadable(&self, tx: &mut Tx, from: i64) -> Result<ChainFault> {
        for seq in from..from + VERIFIED_AT_ONCE {
            match maybe!(tx, AuditRow, "SELECT * FROM audit WHERE seq = $1", seq).map_err(Error::from) {
                Ok(_) => {}
                Err(error) if error.is_of_one_row() => return Ok(ChainFault::Changed { seq }),
                Err(error) => return Err(error),
            }
        }
        Ok(ChainFault::Changed { seq: from })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, Keys};

    /// The log has one entry more than one query reads: the last entry is
    /// checked as well.
    #[tokio::test]
    async fn chain_is_verified_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let address = folder.path().join("test.db").display().to_string().parse().unwrap();
        let store = Store::open(&address, Keys::new(&[7; 32]), Clock::System).await.unwrap();
        let mut tx = store.write().await.unwrap();
        for _ in 0..=VERIFIED_AT_ONCE {
            let act = Act::by_program(AuditAction::Keyed, AuditThing::AuditLog);
            store.record(&mut tx, act).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(store.verify_audit().await.unwrap().unwrap().seq, VERIFIED_AT_ONCE + 1);
        let mut tx = store.write().await.unwrap();
        run!(&mut tx, "UPDATE audit SET detail = 'z' WHERE seq = $1", VERIFIED_AT_ONCE + 1).unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.verify_audit().await.unwrap(), Err(ChainFault::Changed { seq: VERIFIED_AT_ONCE + 1 }));
    }

    #[test]
    fn head_is_read_back_as_it_was_written() {
        let head = AuditHead { seq: 1415, mac: (0..32).collect() };
        assert_eq!(head.to_string().parse(), Ok(head.clone()));
        assert_eq!(serde_json::from_str::<AuditHead>(&serde_json::to_string(&head).unwrap()).unwrap(), head);
        for bad in ["", "1415", "1415:", "x:00", "-1:00", &head.to_string()[..60], &format!("{head}0"), "1:é"] {
            assert!(bad.parse::<AuditHead>().is_err(), "{bad}");
        }
    }

    /// The content of one field never counts as the content of the next field.
    #[tokio::test]
    async fn different_entries_have_different_links() {
        let folder = tempfile::tempdir().unwrap();
        let address = folder.path().join("test.db").display().to_string().parse().unwrap();
        let store = Store::open(&address, Keys::new(&[7; 32]), Clock::System).await.unwrap();
        let id = Uuid::from_u128(1);
        let row = |action: &str, thing: &str, detail: &str, ids: [Option<Uuid>; 3]| AuditRow {
            seq: 1,
            at: chrono::DateTime::UNIX_EPOCH,
            account_id: ids[0],
            action: action.to_owned(),
            thing: thing.to_owned(),
            thing_id: ids[1],
            client_id: ids[2],
            detail: detail.to_owned(),
            mac: vec![],
        };
        let none = [None; 3];
        let rows = [
            (row("ab", "c", "", none), vec![]),
            (row("a", "bc", "", none), vec![]),
            (row("abc", "", "", none), vec![]),
            (row("a\0b", "c", "", none), vec![]),
            (row("a", "b\0c", "", none), vec![]),
            (row("ab", "", "c", none), vec![]),
            (row("ab", "c", "", [Some(id), None, None]), vec![]),
            (row("ab", "c", "", [None, Some(id), None]), vec![]),
            (row("ab", "c", "", [None, None, Some(id)]), vec![]),
            (row("ab", "c", "", [Some(Uuid::nil()), None, None]), vec![]),
            (row("ab", "c", "", none), vec![id]),
            (row("ab", "c", "", none), vec![id, id]),
        ];
        let links: std::collections::HashSet<_> =
            rows.iter().map(|(row, named)| store.link(&BEGIN, row, named)).collect();
        assert_eq!(links.len(), rows.len());
    }
}
