//! Encryption of single fields (sealed values), and the tokens in links.
//!
//! The key file contains the key. It encrypts a data key for each subject (a
//! person, a client, the practice). The data keys seal single fields with
//! XChaCha20-Poly1305. Every sealed value names its key and is bound to its
//! place and its row: copied to another row it does not open.
//!
//! The key can be changed while the server runs ([`Keys::rotate`]). The keys before
//! it stay in the key file, sealed by the new one: they open what is not yet sealed
//! anew, and the first of them is what tokens in links and the chain of the audit log
//! are computed with, which a change must not break.

use std::{
    fs::OpenOptions,
    io::{Read as _, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use chacha20poly1305::{
    Key, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, KeyInit as _, Payload},
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    Error, Result, Store, Tx,
    database::{maybe, run},
};

/// The proof of the key as an earlier version wrote it, before the audit log
/// was keyed (see [`crate::audit::chain`]).
pub(crate) const PROOF: &[u8] = b"duologue vault";
/// The first byte of a sealed value: the version of its format.
const FORMAT: u8 = 1;
/// The length of a key's id in a sealed value, in bytes.
const KEY_ID_LEN: usize = 8;
/// The length of the nonce, in bytes.
const NONCE_LEN: usize = 24;

/// Why a key file cannot be used. The texts are for the person who runs the
/// program.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file does not exist and must not be created, because the database
    /// contains sealed values.
    #[error(
        "There is no key file at {0}, but the database holds sealed values. Put the key file back; a new key would not open them."
    )]
    Missing(String),
    /// The file could not be read.
    #[error("The key file {0} is not readable: {1}")]
    Unreadable(String, std::io::Error),
    /// The file does not contain 32 bytes in base64.
    #[error("The key file {0} does not hold a key (32 bytes in base64 on one line).")]
    Malformed(String),
    /// The file's mode lets other users of the machine read it.
    #[error("The key file {0} can be read by others on this machine. Run: chmod 600 {0}")]
    Open(String),
    /// The file could not be created.
    #[error("The key file {0} cannot be written: {1}")]
    Unwritable(String, std::io::Error),
}

/// The keys of the key file, and the keys that are derived from the first of them.
pub struct Keys {
    /// The present key and those before it, the newest first.
    ring: RwLock<Vec<Arc<MasterKey>>>,
    /// The key file; `None`: the keys are of a test.
    file: Option<PathBuf>,
    /// A key derived from the key file, for the tokens in links.
    tokens: Zeroizing<[u8; 32]>,
    /// A key derived from the key file, for keyed hashes such as those of
    /// forms.
    forms: ring::hmac::Key,
    /// A key derived from the key file, for the chain of the audit log.
    audit: ring::hmac::Key,
}

/// A key of the key file, as it seals.
struct MasterKey {
    cipher: XChaCha20Poly1305,
    id: [u8; KEY_ID_LEN],
    /// The 32 bytes in the key file.
    bytes: Zeroizing<[u8; 32]>,
}

impl MasterKey {
    /// The key of these 32 bytes.
    fn new(bytes: &[u8; 32]) -> Self {
        Self {
            cipher: XChaCha20Poly1305::new(Key::from_slice(&*derive(b"duologue wrap", bytes))),
            id: id(&*derive(b"duologue id", bytes)),
            bytes: Zeroizing::new(*bytes),
        }
    }
}

/// A key that is derived from a key of the key file for one purpose.
fn derive(purpose: &[u8], key: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(<[u8; 32]>::from(Sha256::new().chain_update(purpose).chain_update(key).finalize()))
}

/// The word before a key that was in use earlier, in the key file.
const OLD: &str = "old ";
/// The place that an earlier key is bound to in the key file.
const OLD_PLACE: &str = "old key";

/// Reads the 32 bytes of a key in base64. `None`: they are none.
fn read_key(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let bytes = Zeroizing::new(BASE64.decode(text.trim()).ok()?);
    Some(Zeroizing::new(bytes.as_slice().try_into().ok()?))
}

/// Reads the keys of a key file, the newest first. `None`: it is no key file.
fn read_ring(text: &str) -> Option<Vec<Arc<MasterKey>>> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let present = MasterKey::new(&*read_key(lines.next()?)?);
    let mut ring = Vec::new();
    for line in lines {
        let sealed = BASE64.decode(line.strip_prefix(OLD)?.trim()).ok()?;
        let plain = open(&present.cipher, present.id, OLD_PLACE, Uuid::nil(), &sealed).ok()?;
        ring.push(Arc::new(MasterKey::new(plain.as_slice().try_into().ok()?)));
    }
    ring.insert(0, Arc::new(present));
    Some(ring)
}

/// The text of a key file with these keys, the newest first.
fn ring_text(ring: &[Arc<MasterKey>]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::new());
    if let Some((present, old)) = ring.split_first() {
        text.push_str(&Zeroizing::new(BASE64.encode(*present.bytes)));
        text.push('\n');
        for key in old {
            let sealed = seal(&present.cipher, present.id, OLD_PLACE, Uuid::nil(), &*key.bytes);
            text.push_str(&format!("{OLD}{}\n", BASE64.encode(sealed)));
        }
    }
    text
}

/// Writes a key file that must not exist yet.
fn write_key_file(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Reads the text of a key file, which nobody else may read.
fn read_key_file(path: &Path, mut file: std::fs::File) -> Result<Zeroizing<String>, KeyFileError> {
    let name = path.display().to_string();
    let mode = file.metadata().map_err(|e| KeyFileError::Unreadable(name.clone(), e))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(KeyFileError::Open(name));
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(|e| KeyFileError::Unreadable(name, e))?;
    Ok(text)
}

/// The key that seals the fields of one subject.
pub(crate) struct DataKey {
    cipher: XChaCha20Poly1305,
    id: [u8; KEY_ID_LEN],
}

/// Random bytes from the operating system, which nobody can guess.
#[expect(clippy::disallowed_methods, reason = "the one source of random bytes")]
#[expect(clippy::expect_used, reason = "without the system's random source nothing may go on")]
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

impl Keys {
    /// Reads the key file. If the file does not exist, it is created where
    /// `may_create` is true (no sealed value exists yet); otherwise the error
    /// is [`KeyFileError::Missing`].
    pub fn load(path: &Path, may_create: bool) -> Result<Self, KeyFileError> {
        let name = path.display().to_string();
        match std::fs::File::open(path) {
            Ok(file) => {
                let text = read_key_file(path, file)?;
                let ring = read_ring(&text).ok_or(KeyFileError::Malformed(name))?;
                Self::of_ring(ring, Some(path.to_owned()))
                    .ok_or_else(|| KeyFileError::Missing(path.display().to_string()))
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                if !may_create {
                    return Err(KeyFileError::Missing(name));
                }
                let ring = vec![Arc::new(MasterKey::new(&random::<32>()))];
                write_key_file(path, &ring_text(&ring)).map_err(|e| KeyFileError::Unwritable(name.clone(), e))?;
                Self::of_ring(ring, Some(path.to_owned())).ok_or(KeyFileError::Missing(name))
            }
            Err(e) => Err(KeyFileError::Unreadable(name, e)),
        }
    }

    /// Derives all keys from the 32 bytes of a key.
    #[expect(clippy::expect_used, reason = "the ring has this key")]
    pub fn new(key: &[u8; 32]) -> Self {
        Self::of_ring(vec![Arc::new(MasterKey::new(key))], None).expect("a ring of one key")
    }

    /// The keys of a ring, the newest first; `None`: it is empty.
    fn of_ring(ring: Vec<Arc<MasterKey>>, file: Option<PathBuf>) -> Option<Self> {
        let first = Arc::clone(ring.last()?);
        let derive = |purpose: &[u8]| derive(purpose, &first.bytes);
        Some(Self {
            ring: RwLock::new(ring),
            file,
            tokens: derive(b"duologue token"),
            forms: ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &*derive(b"duologue form")),
            audit: ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &*derive(b"duologue audit")),
        })
    }

    /// The keys that seal and open, the newest first.
    fn masters(&self) -> RwLockReadGuard<'_, Vec<Arc<MasterKey>>> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key with this id; `None`: there is none.
    fn master(&self, id: &[u8]) -> Option<Arc<MasterKey>> {
        self.masters().iter().find(|key| key.id == id).cloned()
    }

    /// The present key.
    #[expect(clippy::expect_used, reason = "a ring is never empty")]
    fn present(&self) -> Arc<MasterKey> {
        Arc::clone(self.masters().first().expect("a key"))
    }

    /// Reads the key file again, because another process may have changed the key. A
    /// file that cannot be read, or that has lost a key, changes nothing. `true`: there
    /// is a new key.
    pub fn refresh(&self) -> bool {
        let Some(path) = &self.file else { return false };
        let text = std::fs::File::open(path)
            .map_err(|error| KeyFileError::Unreadable(path.display().to_string(), error))
            .and_then(|file| read_key_file(path, file));
        let fresh = match text.map(|text| read_ring(&text)) {
            Ok(Some(fresh)) => fresh,
            Ok(None) => {
                tracing::error!(file = %path.display(), "the key file does not hold a key any more");
                return false;
            }
            Err(error) => {
                tracing::error!(%error, "the key file cannot be read again");
                return false;
            }
        };
        let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        let keeps_all = ring.iter().all(|old| fresh.iter().any(|new| new.id == old.id));
        let is_new = keeps_all && fresh.len() > ring.len();
        if is_new {
            *ring = fresh;
        }
        is_new
    }

    /// Puts a new key into the key file, which seals the keys before it. The file is
    /// the old one or the new one, whenever the process is killed. What is in the
    /// database still has to be sealed anew: [`Store::seal_some_anew`].
    pub fn rotate(&self) -> Result<(), KeyFileError> {
        let Some(path) = &self.file else { return Ok(()) };
        let unwritable = |e| KeyFileError::Unwritable(path.display().to_string(), e);
        // Another process may have put a key into the file since it was read.
        self.refresh();
        let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        let mut fresh = vec![Arc::new(MasterKey::new(&random::<32>()))];
        fresh.extend(ring.iter().cloned());
        let mut arriving = path.as_os_str().to_owned();
        arriving.push(".arriving");
        let arriving = PathBuf::from(arriving);
        let _ = std::fs::remove_file(&arriving);
        write_key_file(&arriving, &ring_text(&fresh)).map_err(unwritable)?;
        // The file stays its owner's, also when an administrator runs this.
        let before = std::fs::metadata(path).map_err(unwritable)?;
        std::os::unix::fs::chown(&arriving, Some(before.uid()), Some(before.gid())).map_err(unwritable)?;
        std::fs::rename(&arriving, path).map_err(unwritable)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(unwritable)?;
        *ring = fresh;
        Ok(())
    }

    /// How many keys there are: more than one after a change.
    pub fn number(&self) -> usize {
        self.masters().len()
    }

    /// What a value begins with that the present key has sealed.
    pub(crate) fn present_prefix(&self) -> Vec<u8> {
        [&[FORMAT][..], &self.present().id].concat()
    }

    /// The token in a link that was issued under this id for this purpose. It
    /// is computed from the key, so an email can be written again although the
    /// token is not stored.
    pub fn token(&self, purpose: &str, issued: Uuid) -> String {
        // Keyed hashing with SHA-256 over fixed-length inputs, nested as HMAC.
        let inner =
            Sha256::new().chain_update(*self.tokens).chain_update(purpose).chain_update(issued.as_bytes()).finalize();
        let outer = Sha256::new().chain_update(inner).chain_update(*self.tokens).finalize();
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(outer)
    }

    /// A short token that contains its id. It is for links that a person opens
    /// without a login and that change little. [`Self::linked`] reads it.
    pub(crate) fn short_token(&self, purpose: &str, id: Uuid) -> String {
        let mac = Sha256::digest(self.token(purpose, id));
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode([&id.as_bytes()[..], &mac[..16]].concat())
    }

    /// A short token that contains its id, in lower-case letters and digits so
    /// that it can be part of an email address. [`Self::tagged`] reads it.
    pub(crate) fn address_tag(&self, purpose: &str, id: Uuid) -> String {
        let mac = Sha256::digest(self.token(purpose, id));
        let mac: String = mac[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}{mac}", id.simple())
    }

    /// The id in a token of [`Self::tag`]; `None`: this program did not make
    /// the token.
    pub(crate) fn id_of_tag(&self, purpose: &str, tag: &str) -> Option<Uuid> {
        let id = Uuid::parse_str(tag.get(..32)?).ok()?;
        (token_hash(&self.address_tag(purpose, id)) == token_hash(&tag.to_lowercase())).then_some(id)
    }

    /// The id in a token of [`Self::link`]; `None`: this program did not make
    /// the token.
    pub(crate) fn id_of_link(&self, purpose: &str, token: &str) -> Option<Uuid> {
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token).ok()?;
        let id = Uuid::from_slice(bytes.get(..16)?).ok()?;
        // The hashes are compared, so that the time of the comparison tells
        // nothing about the token.
        (token_hash(&self.short_token(purpose, id)) == token_hash(token)).then_some(id)
    }

    /// The keyed hash (HMAC-SHA256) of several values in this order: 32 bytes
    /// that tell nothing about the values without the key file.
    pub(crate) fn mac<'a>(&self, purpose: &'a str, parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
        sign(&self.forms, std::iter::once(purpose.as_bytes()).chain(parts))
    }

    /// The link of an audit entry in the chain of the audit log (HMAC-SHA256):
    /// 32 bytes that nobody can compute without the key file.
    pub(crate) fn audit_mac<'a>(&self, parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
        sign(&self.audit, parts)
    }

    /// Seals a value with the key of the key file. `place` and `row` are needed
    /// again to open it.
    pub(crate) fn seal_master(&self, place: &str, row: Uuid, plain: &[u8]) -> Vec<u8> {
        let key = self.present();
        seal(&key.cipher, key.id, place, row, plain)
    }

    /// Opens a value of [`Self::seal_master`]. Gives [`Error::Sealed`] with
    /// another key, place or row, or where the value is damaged.
    pub(crate) fn open_master(&self, place: &str, row: Uuid, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let id = sealed.get(1..=KEY_ID_LEN).ok_or(Error::Sealed("it is too short"))?;
        let key = self.master(id).or_else(|| self.refresh().then(|| self.master(id)).flatten());
        let key = key.ok_or(Error::Sealed("it was sealed with another key"))?;
        open(&key.cipher, key.id, place, row, sealed)
    }
}

/// The HMAC of several values.
fn sign<'a>(key: &ring::hmac::Key, parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut mac = ring::hmac::Context::with_key(key);
    for part in parts {
        // Each value has its length before it, so that no value runs into the
        // next.
        mac.update(&u64::try_from(part.len()).unwrap_or_default().to_le_bytes());
        mac.update(part);
    }
    mac.sign().as_ref().to_vec()
}

/// The id of a key: the first bytes of its SHA-256. It tells nothing about the
/// key.
fn id(key: &[u8]) -> [u8; KEY_ID_LEN] {
    let hash = Sha256::digest(key);
    std::array::from_fn(|i| hash[i])
}

/// The place and the row as the associated data of a sealed value, which binds
/// the value to them.
fn associated_data(place: &str, row: Uuid) -> Vec<u8> {
    [place.as_bytes(), &[0], row.as_bytes()].concat()
}

/// Encrypts a value. The result is the format version, the id of the key, the
/// nonce and the cipher text.
#[expect(clippy::expect_used, reason = "the cipher fails only for inputs above 256 GiB")]
fn seal(cipher: &XChaCha20Poly1305, id: [u8; KEY_ID_LEN], place: &str, row: Uuid, plain: &[u8]) -> Vec<u8> {
    let nonce = random::<NONCE_LEN>();
    let text = cipher
        .encrypt(XNonce::from_slice(&nonce), Payload { msg: plain, aad: &associated_data(place, row) })
        .expect("fields are far below the cipher's limit");
    [&[FORMAT][..], &id, &nonce, &text].concat()
}

/// Decrypts a value of [`seal`]. [`Error::Sealed`] names the cause where that
/// fails.
fn open(
    cipher: &XChaCha20Poly1305,
    id: [u8; KEY_ID_LEN],
    place: &str,
    row: Uuid,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>> {
    let (version, rest) = sealed.split_first().ok_or(Error::Sealed("it is empty"))?;
    let (key, rest) = rest.split_at_checked(KEY_ID_LEN).ok_or(Error::Sealed("it is too short"))?;
    let (nonce, text) = rest.split_at_checked(NONCE_LEN).ok_or(Error::Sealed("it is too short"))?;
    if *version != FORMAT {
        return Err(Error::Sealed("it has another format"));
    }
    if key != id {
        return Err(Error::Sealed("it was sealed with another key"));
    }
    cipher
        .decrypt(XNonce::from_slice(nonce), Payload { msg: text, aad: &associated_data(place, row) })
        .map(Zeroizing::new)
        .map_err(|_| Error::Sealed("it is damaged or stands in another row"))
}

impl DataKey {
    /// The key of these 32 bytes.
    pub(crate) fn of(key: &[u8; 32]) -> Self {
        Self { cipher: XChaCha20Poly1305::new(Key::from_slice(key)), id: id(key) }
    }

    /// Seals a value of this subject, bound to its place and its row.
    pub(crate) fn seal(&self, place: &str, row: Uuid, plain: &[u8]) -> Vec<u8> {
        seal(&self.cipher, self.id, place, row, plain)
    }

    /// Opens a value of [`Self::seal`]. Gives [`Error::Sealed`] with another
    /// key, place or row, or where the value is damaged.
    pub(crate) fn open(&self, place: &str, row: Uuid, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        open(&self.cipher, self.id, place, row, sealed)
    }

    /// Opens a sealed text. Gives [`Error::Sealed`] also where the value is not
    /// UTF-8.
    pub(crate) fn open_text(&self, place: &str, row: Uuid, sealed: &[u8]) -> Result<String> {
        String::from_utf8(self.open(place, row, sealed)?.to_vec()).map_err(|_| Error::Sealed("it is no text"))
    }
}

/// The subject of values that belong to the practice itself, such as emails to
/// staff.
pub(crate) const PRACTICE: Uuid = Uuid::nil();

impl Store {
    /// The data key of a subject; it is made where there is none yet. Needs a
    /// transaction that writes.
    pub(crate) async fn data_key_or_new(&self, tx: &mut Tx, subject: Uuid) -> Result<DataKey> {
        if let Some(key) = self.data_key(tx, subject).await? {
            return Ok(key);
        }
        let fresh = Zeroizing::new(random::<32>());
        let wrapped = self.keys().seal_master("data_key", subject, &*fresh);
        run!(
            tx,
            "INSERT INTO data_key (subject_id, wrapped, created_at) VALUES ($1, $2, $3)
             ON CONFLICT (subject_id) DO NOTHING",
            subject,
            wrapped,
            self.now()
        )?;
        self.data_key(tx, subject).await?.ok_or(Error::Sealed("its key was not kept"))
    }

    /// The data key of a subject; `None`: there is none yet, or it was erased.
    pub(crate) async fn data_key(&self, tx: &mut Tx, subject: Uuid) -> Result<Option<DataKey>> {
        let Some((wrapped,)) = maybe!(tx, (Vec<u8>,), "SELECT wrapped FROM data_key WHERE subject_id = $1", subject)?
        else {
            return Ok(None);
        };
        self.unwrap_key(subject, &wrapped).map(Some)
    }

    /// Decrypts the data key of a subject from its stored form.
    pub(crate) fn unwrap_key(&self, subject: Uuid, wrapped: &[u8]) -> Result<DataKey> {
        let key = self.keys().open_master("data_key", subject, wrapped)?;
        let key: &[u8; 32] = key.as_slice().try_into().map_err(|_| Error::Sealed("its key has another length"))?;
        Ok(DataKey::of(key))
    }

    /// The data key that opens the sealed values of a subject. Gives
    /// [`Error::Sealed`] where there is none.
    pub(crate) async fn key_of(&self, tx: &mut Tx, subject: Uuid) -> Result<DataKey> {
        self.data_key(tx, subject).await?.ok_or(Error::Sealed("its key was erased"))
    }
}

/// The SHA-256 of a token. Only this hash is stored, never the token.
pub(crate) fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data_key(byte: u8) -> DataKey {
        let key = [byte; 32];
        DataKey { cipher: XChaCha20Poly1305::new(Key::from_slice(&key)), id: id(&key) }
    }

    #[test]
    fn sealed_value_opens_only_in_its_row_with_its_key() {
        let (key, row) = (data_key(1), Uuid::from_u128(1));
        let sealed = key.seal("answer", row, b"tender");
        assert_eq!(&**key.open("answer", row, &sealed).unwrap(), b"tender");
        assert!(key.open("answer", Uuid::from_u128(2), &sealed).is_err());
        assert!(key.open("note", row, &sealed).is_err());
        assert!(data_key(2).open("answer", row, &sealed).is_err());
        let mut damaged = sealed.clone();
        *damaged.last_mut().unwrap() ^= 1;
        assert!(key.open("answer", row, &damaged).is_err());
        assert!(!sealed.windows(6).any(|w| w == b"tender"));
    }

    #[test]
    fn key_file_is_created_once_and_refused_if_others_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("duologue.key");
        assert!(matches!(Keys::load(&path, false), Err(KeyFileError::Missing(_))));
        let made = Keys::load(&path, true).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let again = Keys::load(&path, false).unwrap();
        let row = Uuid::nil();
        assert!(again.open_master("vault", row, &made.seal_master("vault", row, PROOF)).is_ok());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Keys::load(&path, false), Err(KeyFileError::Open(_))));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&path, "short").unwrap();
        assert!(matches!(Keys::load(&path, true), Err(KeyFileError::Malformed(_))));
    }

    #[test]
    fn changed_key_opens_what_is_older_and_leaves_tokens_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("duologue.key");
        let keys = Keys::load(&path, true).unwrap();
        let (row, before) = (Uuid::nil(), std::fs::read_to_string(&path).unwrap());
        let (sealed, token) = (keys.seal_master("vault", row, PROOF), keys.token("reset", row));
        // Another process has the same file.
        let server = Keys::load(&path, false).unwrap();
        keys.rotate().unwrap();
        keys.rotate().unwrap();
        assert_eq!(keys.number(), 3);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!std::fs::read_to_string(&path).unwrap().contains(before.trim()), "the old key lies open");
        let anew = keys.seal_master("vault", row, PROOF);
        assert!(anew.starts_with(&keys.present_prefix()) && !sealed.starts_with(&keys.present_prefix()));
        for keys in [&keys, &server, &Keys::load(&path, false).unwrap()] {
            assert!(keys.open_master("vault", row, &anew).is_ok() && keys.open_master("vault", row, &sealed).is_ok());
            assert_eq!(keys.token("reset", row), token);
        }
        // The old file opens nothing that is sealed since.
        let old = folder.path().join("old.key");
        write_key_file(&old, &before).unwrap();
        assert!(Keys::load(&old, false).unwrap().open_master("vault", row, &anew).is_err());
        // A line that somebody changed is refused.
        let text = std::fs::read_to_string(&path).unwrap().replace("old ", "old A");
        std::fs::write(&path, text).unwrap();
        assert!(matches!(Keys::load(&path, false), Err(KeyFileError::Malformed(_))));
        assert!(!server.refresh(), "and changes nothing while the program runs");
    }

    #[test]
    fn tokens_differ_by_purpose_and_id() {
        let keys = Keys::new(&[7; 32]);
        let id = Uuid::from_u128(5);
        assert_eq!(keys.token("invitation", id), keys.token("invitation", id));
        assert_ne!(keys.token("invitation", id), keys.token("reset", id));
        assert_ne!(keys.token("invitation", id), Keys::new(&[8; 32]).token("invitation", id));
    }
}
