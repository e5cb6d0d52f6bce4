//! Passwords: hashed with argon2id, on threads that may block.
//!
//! The parameters are those of the OWASP Password Storage Cheat Sheet
//! (19 MiB, two passes). Two hashes run at a time, so that a crowd of tries
//! takes memory for two and not for all of them; whoever finds a long queue
//! is told to come back.

use std::sync::{
    LazyLock, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use argon2::{
    Algorithm, Argon2, Block, Params, PasswordHash, Version,
    password_hash::{Ident, Output, ParamsString, Salt, SaltString},
};
use tokio::sync::{Semaphore, SemaphorePermit};

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
/// Hashes at a time.
const AT_ONCE: usize = 2;
/// Tries that may wait for their turn.
const QUEUE: usize = 32;

/// Too many tries wait already, or the process stops.
#[derive(Debug, thiserror::Error)]
#[error("too many passwords wait to be checked")]
pub struct Busy;

/// A password could not be hashed: the system gave no random bytes, or no
/// memory.
#[derive(Debug, thiserror::Error)]
#[error("the password could not be hashed: {0}")]
pub struct Unhashed(String);

/// The memory that hashes work in, as many pieces as work at a time. Taken
/// anew for each hash, it would stay with whichever thread had it: a flood of
/// tries left the process at 900 MB.
static MEMORY: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

fn digest(params: Params, password: &str, salt: &[u8], out: &mut [u8]) -> argon2::Result<()> {
    let mut memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
    memory.resize(params.block_count(), Block::default());
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let done = argon.hash_password_into_with_memory(password.as_bytes(), salt, out, &mut memory);
    MEMORY.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
    done
}

/// Hashes a password. It blocks for some tens of milliseconds: the command
/// line may, a request goes through [`Hasher`].
#[expect(clippy::disallowed_methods, reason = "a salt is random, and it needs no key")]
pub fn hash(password: &str) -> Result<String, Unhashed> {
    let (mut salt, mut out) = ([0_u8; 16], [0_u8; 32]);
    getrandom::fill(&mut salt).map_err(|e| Unhashed(e.to_string()))?;
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|e| Unhashed(e.to_string()))?;
    digest(params.clone(), password, &salt, &mut out).map_err(|e| Unhashed(e.to_string()))?;
    phc(&params, &salt, &out).map_err(|e| Unhashed(e.to_string()))
}

/// A hash with all that is needed to check it, as one text.
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

/// A hash that nothing fits, for names that do not exist: they take as long.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash("nobody signs in with this one").unwrap_or_default());

fn fits(password: &str, hash: &str) -> bool {
    let check = || {
        let kept = PasswordHash::new(hash).ok()?;
        let (expected, params) = (kept.hash?, Params::try_from(&kept).ok()?);
        let (mut salt, mut out) = ([0_u8; Salt::MAX_LENGTH], vec![0_u8; expected.len()]);
        digest(params, password, kept.salt?.decode_b64(&mut salt).ok()?, &mut out).ok()?;
        // Compared in constant time.
        Some(Output::new(&out).ok()? == expected)
    };
    check().unwrap_or(false)
}

/// Hashes and checks for requests.
pub struct Hasher {
    turns: Semaphore,
    waiting: AtomicUsize,
}

impl Default for Hasher {
    fn default() -> Self {
        Self { turns: Semaphore::new(AT_ONCE), waiting: AtomicUsize::new(0) }
    }
}

/// A place in the queue, given back also when the browser went away.
struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Hasher {
    /// The hash to keep of a new password.
    pub async fn hash(&self, password: String) -> Result<String, Busy> {
        self.run(move || hash(&password)).await?.map_err(|error| {
            tracing::error!(%error, "a password was not hashed");
            Busy
        })
    }

    /// Whether a password is the one of a hash. Without a hash it is not, and
    /// that takes as long.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Busy> {
        self.run(move || match hash {
            Some(hash) => fits(&password, &hash),
            None => {
                let _ = std::hint::black_box(fits(&password, &NOBODY));
                false
            }
        })
        .await
    }

    /// One of the two turns: while it is kept, one password less is worked on.
    pub async fn turn(&self) -> Result<SemaphorePermit<'_>, Busy> {
        self.turns.acquire().await.map_err(|_| Busy)
    }

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
    async fn a_password_fits_its_own_hash_only() {
        let hasher = Hasher::default();
        let hash = hasher.hash("three tired swans at noon".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(hasher.verify("three tired swans at noon".into(), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify("three tired swans at dawn".into(), Some(hash)).await.unwrap());
        assert!(!hasher.verify("nobody signs in with this one".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_full_queue_says_so() {
        let hasher = Hasher::default();
        hasher.waiting.store(QUEUE + AT_ONCE, Ordering::Relaxed);
        assert!(hasher.verify("x".into(), None).await.is_err());
        assert_eq!(hasher.waiting.load(Ordering::Relaxed), QUEUE + AT_ONCE);
    }
}
