//! How an archive is encrypted and opened: with a passphrase, or to public keys.

use std::{io::Read, path::Path, str::FromStr as _};

use age::{
    DecryptError, Decryptor, Encryptor, Identity, IdentityFile,
    secrecy::{ExposeSecret as _, SecretString},
};

use super::Trouble;

/// The fewest characters of a passphrase: it protects everything that people wrote.
pub const PASSPHRASE_MIN: usize = 12;

/// What an archive is encrypted to.
#[derive(Clone)]
pub enum Lock {
    Passphrase(SecretString),
    /// Public keys; each of their private keys opens it.
    Keys(Vec<age::x25519::Recipient>),
}

/// What opens an archive.
pub enum Unlock {
    Passphrase(SecretString),
    /// Private keys.
    Keys(Vec<Box<dyn Identity + Send + Sync>>),
}

impl Lock {
    /// A lock with this passphrase.
    pub fn passphrase(text: &str) -> Result<Self, Trouble> {
        let text = text.trim_end_matches(['\r', '\n']);
        if text.chars().count() < PASSPHRASE_MIN {
            return Err(Trouble::refused(format!("Use a passphrase of at least {PASSPHRASE_MIN} characters.")));
        }
        Ok(Self::Passphrase(SecretString::from(text.to_owned())))
    }

    /// A lock with the passphrase in this file.
    pub fn passphrase_file(path: &Path) -> Result<Self, Trouble> {
        Self::passphrase(&read_secret(path)?)
    }

    /// A lock to these public keys, each such as `age1…`.
    pub fn keys<'a>(keys: impl IntoIterator<Item = &'a str>) -> Result<Self, Trouble> {
        let mut recipients = Vec::new();
        for key in keys {
            let recipient = age::x25519::Recipient::from_str(key.trim());
            recipients.push(recipient.map_err(|_| {
                Trouble::refused(format!(
                    "“{key}” is not a public key: a public key begins with age1 (age-keygen prints it)."
                ))
            })?);
        }
        if recipients.is_empty() {
            return Err(Trouble::refused("Name at least one public key."));
        }
        Ok(Self::Keys(recipients))
    }

    /// The lock with what opens it once more, to verify what was written. A file that
    /// is encrypted to public keys gets one key more, which exists only in memory.
    pub(super) fn with_proof(self) -> (Self, Unlock) {
        match self {
            Self::Passphrase(passphrase) => (Self::Passphrase(passphrase.clone()), Unlock::Passphrase(passphrase)),
            Self::Keys(mut keys) => {
                let once = age::x25519::Identity::generate();
                keys.push(once.to_public());
                (Self::Keys(keys), Unlock::Keys(vec![Box::new(once)]))
            }
        }
    }

    /// What encrypts.
    pub(super) fn encryptor(&self) -> Result<Encryptor, Trouble> {
        match self {
            Self::Passphrase(passphrase) => Ok(Encryptor::with_user_passphrase(passphrase.clone())),
            Self::Keys(keys) => Encryptor::with_recipients(keys.iter().map(|key| key as &dyn age::Recipient))
                .map_err(|error| Trouble::refused(error.to_string())),
        }
    }
}

impl Unlock {
    /// What this passphrase opens.
    pub fn passphrase(text: &str) -> Self {
        Self::Passphrase(SecretString::from(text.trim_end_matches(['\r', '\n']).to_owned()))
    }

    /// What the passphrase in this file opens.
    pub fn passphrase_file(path: &Path) -> Result<Self, Trouble> {
        Ok(Self::passphrase(&read_secret(path)?))
    }

    /// What the private keys in this file open. `age-keygen` makes such a file.
    pub fn key_file(path: &Path) -> Result<Self, Trouble> {
        let text = read_secret(path)?;
        let wrong = || Trouble::refused(format!("{} has no private key of age (AGE-SECRET-KEY-1…).", path.display()));
        let keys = IdentityFile::from_buffer(text.as_bytes()).map_err(|_| wrong())?;
        let keys = keys.into_identities().map_err(|_| wrong())?;
        if keys.is_empty() {
            return Err(wrong());
        }
        Ok(Self::Keys(keys.into_iter().map(|key| key as Box<dyn Identity + Send + Sync>).collect()))
    }

    /// The decrypted content of a file.
    pub(super) fn open<R: Read>(&self, file: R) -> Result<impl Read + use<R>, Trouble> {
        let decryptor = Decryptor::new(file).map_err(|_| {
            Trouble::refused("This is not a Duologue archive: it is not encrypted in the age format, or damaged.")
        })?;
        match self {
            Self::Passphrase(_) if !decryptor.is_scrypt() => Err(Trouble::refused(
                "This archive is encrypted to a public key: give the file of its private key with --identity.",
            )),
            Self::Keys(_) if decryptor.is_scrypt() => {
                Err(Trouble::refused("This archive is encrypted with a passphrase: leave out --identity."))
            }
            Self::Passphrase(passphrase) => {
                let identity = age::scrypt::Identity::new(passphrase.clone());
                decryptor.decrypt(std::iter::once(&identity as &dyn Identity)).map_err(|error| wrong_key(&error))
            }
            Self::Keys(keys) => {
                let keys = keys.iter().map(|key| &**key as &dyn Identity);
                decryptor.decrypt(keys).map_err(|error| wrong_key(&error))
            }
        }
    }
}

/// Why a file does not open.
fn wrong_key(error: &DecryptError) -> Trouble {
    Trouble::refused(match error {
        DecryptError::NoMatchingKeys | DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
            "The archive does not open: the passphrase or the private key is wrong.".to_owned()
        }
        DecryptError::ExcessiveWork { .. } => {
            "The archive does not open here: its passphrase was made for a much faster machine.".to_owned()
        }
        other => format!("The archive does not open: {other}."),
    })
}

/// The text of a file that only its owner may read.
fn read_secret(path: &Path) -> Result<String, Trouble> {
    use std::os::unix::fs::PermissionsExt as _;
    let unreadable = |error| Trouble::refused(format!("{} cannot be read: {error}", path.display()));
    let mode = std::fs::metadata(path).map_err(unreadable)?.permissions().mode();
    if mode & 0o077 != 0 {
        let path = path.display();
        return Err(Trouble::refused(format!("{path} can be read by others on this machine. Run: chmod 600 {path}")));
    }
    std::fs::read_to_string(path).map_err(unreadable)
}

/// The private key with which a test or a person opens what is encrypted to the public
/// one: the text of a file, and the public key.
pub fn new_key() -> (String, String) {
    let key = age::x25519::Identity::generate();
    (format!("{}\n", key.to_string().expose_secret()), key.to_public().to_string())
}
