//! Password hashes: argon2id, on threads that may block.
//!
//! The parameters are those of the OWASP Password Storage Cheat Sheet (19 MiB, two
//! passes). Only two hashes run at a time, so that many tries at once need memory
//! for two hashes, not for all of them. A try that finds a long queue is refused
//! and may be repeated later.

use std::sync::{
    LazyLock, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use argon2::{
    Algorithm, Argon2, Block, Params, PasswordHash, Version,
    password_hash::{Ident, Output, ParamsString, Salt, SaltString},
};
use domain::accounts::password::normalize;
use tokio::sync::{Semaphore, SemaphorePermit};

/// The memory of a hash, in KiB.
const MEMORY_KIB: u32 = 19_456;
/// How often a hash goes through its memory.
const PASSES: u32 = 2;
/// How many hashes run at a time.
const AT_ONCE: usize = 2;
/// How many tries may wait for their turn.
const QUEUE: usize = 32;

/// Too many tries wait already, or the process is stopping.
#[derive(Debug, thiserror::Error)]
#[error("too many passwords wait to be checked")]
pub struct Busy;

/// A password could not be hashed: the system gave no random bytes or no memory.
#[derive(Debug, thiserror::Error)]
#[error("the password could not be hashed: {0}")]
pub struct Unhashed(String);

/// The memory that hashes work in: as many pieces as hashes have run at a time. If
/// each hash took new memory, that would stay with the thread that had it: a flood
/// of tries left the process at 900 MB.
static MEMORY: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

/// Hashes with memory from [`MEMORY`], and puts it back.
fn digest(params: Params, password: &str, salt: &[u8], out: &mut [u8]) -> argon2::Result<()> {
    let mut memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
    memory.resize(params.block_count(), Block::default());
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let done = argon.hash_password_into_with_memory(password.as_bytes(), salt, out, &mut memory);
    MEMORY.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
    done
}

/// Hashes a password. This blocks for some tens of milliseconds: the command line
/// may call it; requests use [`Hasher`].
#[expect(clippy::disallowed_methods, reason = "a salt is random, and it needs no key")]
pub fn hash(password: &str) -> Result<String, Unhashed> {
    let (mut salt, mut out) = ([0_u8; 16], [0_u8; 32]);
    getrandom::fill(&mut salt).map_err(|e| Unhashed(e.to_string()))?;
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|e| Unhashed(e.to_string()))?;
    digest(params.clone(), &normalize(password), &salt, &mut out).map_err(|e| Unhashed(e.to_string()))?;
    phc(&params, &salt, &out).map_err(|e| Unhashed(e.to_string()))
}

/// The hash with its parameters and salt as one text (a PHC string).
fn phc(params: &Params, salt: &[u8], out: &[u8]) -> argon2::password_hash::Result<String> {
    let salt = SaltString::encode_b64(salt)?;
    let hash = PasswordHash {
        algorithm: Ident::new("argon2id")?,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params)?,
        salt: Some(salt.as_salt()),
        hash: Some(Output::new(out)?),
    };
    Ok(hash.to_string())
}

/// A hash that no password fits, for names that do not exist: checking takes as
/// long as for those that do.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash("nobody signs in with this one").unwrap_or_default());

/// Whether a password fits a hash; `false` also for a hash that cannot be read.
fn fits(password: &str, hash: &str) -> bool {
    let check = || {
        let kept = PasswordHash::new(hash).ok()?;
        let (expected, params) = (kept.hash?, Params::try_from(&kept).ok()?);
        let (mut salt, mut out) = ([0_u8; Salt::MAX_LENGTH], vec![0_u8; expected.len()]);
        digest(params, password, kept.salt?.decode_b64(&mut salt).ok()?, &mut out).ok()?;
        // `Output` compares in constant time.
        Some(Output::new(&out).ok()? == expected)
    };
    check().unwrap_or(false)
}

/// Whether a password fits in its normalised form or as it was typed: earlier
/// versions of the program hashed the typed form.
fn fits_either(password: &str, hash: &str) -> bool {
    let normalized = normalize(password);
    fits(&normalized, hash) || (normalized != password && fits(password, hash))
}

/// Hashes and checks passwords for requests.
pub struct Hasher {
    turns: Semaphore,
    waiting: AtomicUsize,
}

impl Default for Hasher {
    fn default() -> Self {
        Self { turns: Semaphore::new(AT_ONCE), waiting: AtomicUsize::new(0) }
    }
}

/// A place in the queue; it is given back even if the browser closes the
/// connection.
struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Hasher {
    /// The hash of a new password.
    pub async fn hash(&self, password: String) -> Result<String, Busy> {
        self.run(move || hash(&password)).await?.map_err(|error| {
            tracing::error!(%error, "a password was not hashed");
            Busy
        })
    }

    /// Whether a password fits a hash. `None` as hash: it does not, and finding
    /// that out takes as long.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Busy> {
        self.run(move || match hash {
            Some(hash) => fits_either(&password, &hash),
            None => {
                let _ = std::hint::black_box(fits_either(&password, &NOBODY));
                false
            }
        })
        .await
    }

    /// Takes one of the two turns: as long as it is kept, one hash less can run.
    pub async fn turn(&self) -> Result<SemaphorePermit<'_>, Busy> {
        self.turns.acquire().await.map_err(|_| Busy)
    }

    /// Runs `work` on a blocking thread once it has a turn, or refuses it if the
    /// queue is full.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let place = Place(&self.waiting);
        if before >= QUEUE + AT_ONCE {
            return Err(Busy);
        }
        let turn = self.turn().await?;
        let done = tokio::task::spawn_blocking(work).await.map_err(|_| Busy)?;
        drop((turn, place));
        Ok(done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_fits_a_hash() {
        let hasher = Hasher::default();
        let hash = hasher.hash("three tired swans at noon".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(hasher.verify("three tired swans at noon".into(), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify("three tired swans at dawn".into(), Some(hash)).await.unwrap());
        assert!(!hasher.verify("nobody signs in with this one".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn normalised_passwords_and_hashes_of_old_versions_fit() {
        let hasher = Hasher::default();
        let hash = hasher.hash("mari\u{301}a sees\u{A0}three".into()).await.unwrap();
        assert!(hasher.verify("mar\u{ED}a sees three".into(), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify("maria sees three".into(), Some(hash)).await.unwrap());
        // A hash as earlier versions made it: of the bytes that were typed.
        let (typed, salt, mut out) = ("mari\u{301}a sees three", [3_u8; 16], [0_u8; 32]);
        let params = Params::new(MEMORY_KIB, PASSES, 1, None).unwrap();
        digest(params.clone(), typed, &salt, &mut out).unwrap();
        let old = phc(&params, &salt, &out).unwrap();
        assert!(hasher.verify(typed.into(), Some(old.clone())).await.unwrap());
        assert!(!hasher.verify("mar\u{ED}a sees thre".into(), Some(old)).await.unwrap());
    }

    #[tokio::test]
    async fn a_full_queue_refuses_a_try() {
        let hasher = Hasher::default();
        hasher.waiting.store(QUEUE + AT_ONCE, Ordering::Relaxed);
        assert!(hasher.verify("x".into(), None).await.is_err());
        assert_eq!(hasher.waiting.load(Ordering::Relaxed), QUEUE + AT_ONCE);
    }
}
