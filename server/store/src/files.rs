//! Files: bytes that are sealed in chunks, so that a large file is never held
//! whole in memory.
//!
//! Each file has a key of its own, which its subject's data key seals. So an
//! upload is sealed while it arrives, before it is known whose it is, and a file
//! that gets another subject is not sealed again. Every chunk is bound to its
//! file, its number and whether it is the last: a file that was cut, or whose
//! chunks were swapped or repeated, does not open.

use chrono::Duration;
use domain::ids::{AccountId, FileId};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use zeroize::{Zeroize as _, Zeroizing};

use crate::{
    Error, Result, Store, Tx, Worker,
    database::{maybe, run},
    keys::{DataKey, random},
};

/// The length of a chunk, in bytes; the last one may be shorter.
pub const CHUNK: usize = 256 * 1024;

/// How long an upload may take. What is older and not complete was cut off.
const ARRIVING: Duration = Duration::hours(1);
/// How long a complete upload is kept for a form that was refused.
const LOOSE: Duration = Duration::hours(12);
/// The most uploads of one account that are part of nothing.
const MOST_LOOSE: i64 = 30;

/// A file that arrives: its chunks are sealed and stored one by one, each in a
/// transaction of its own.
pub struct ArrivingFile {
    store: Store,
    id: FileId,
    by: AccountId,
    key: Zeroizing<[u8; 32]>,
    cipher: DataKey,
    /// What is not stored yet: at most a chunk and what arrived last.
    held: Zeroizing<Vec<u8>>,
    chunks: i64,
    bytes: i64,
    hash: Sha256,
}

/// A file that has arrived and is part of nothing yet. Only who has this value
/// can open it.
#[derive(Clone, Serialize, Deserialize)]
pub struct LooseFile {
    id: FileId,
    key: [u8; 32],
    /// The account that uploaded it.
    by: AccountId,
    /// How many bytes it has.
    pub bytes: i64,
    pub sha256: [u8; 32],
}

impl Drop for LooseFile {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl std::fmt::Debug for LooseFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LooseFile({}, {} bytes)", self.id, self.bytes)
    }
}

impl LooseFile {
    /// The account that uploaded the file.
    pub const fn by(&self) -> AccountId {
        self.by
    }
}

/// A file that is opened to be read chunk by chunk.
pub struct OpenFile {
    store: Store,
    id: FileId,
    cipher: DataKey,
    chunks: i64,
    bytes: i64,
}

/// The place to which a chunk is bound, beside its file.
fn place(number: i64, is_last: bool) -> String {
    format!("file_chunk {number} {}", if is_last { "last" } else { "more" })
}

/// Inserts a sealed chunk.
async fn put_chunk(tx: &mut Tx, key: &DataKey, file: FileId, number: i64, is_last: bool, bytes: &[u8]) -> Result<()> {
    run!(
        tx,
        "INSERT INTO file_chunk (file_id, number, body) VALUES ($1, $2, $3)",
        file.0,
        number,
        key.seal(&place(number, is_last), file.0, bytes)
    )?;
    Ok(())
}

impl Store {
    /// Begins a file that arrives for this account. `None`: it has too many that
    /// are part of nothing.
    pub async fn begin_file(&self, by: AccountId) -> Result<Option<ArrivingFile>> {
        self.may_write()?;
        let (id, key) = (FileId(self.clock().id()), Zeroizing::new(random::<32>()));
        let mut tx = self.write_aside().await?;
        let loose =
            maybe!(&mut tx, (i64,), "SELECT count(*) FROM file WHERE sealed_key IS NULL AND made_by = $1", by.0)?;
        if loose.is_some_and(|(count,)| count >= MOST_LOOSE) {
            return Ok(None);
        }
        run!(
            &mut tx,
            "INSERT INTO file (id, chunks, bytes, made_by, made_at) VALUES ($1, 0, 0, $2, $3)",
            id.0,
            by.0,
            self.now()
        )?;
        tx.commit().await?;
        let cipher = DataKey::of(&key);
        let held = Zeroizing::new(Vec::with_capacity(CHUNK));
        let hash = Sha256::new();
        Ok(Some(ArrivingFile { store: self.clone(), id, by, key, cipher, held, chunks: 0, bytes: 0, hash }))
    }

    /// Deletes an upload that is part of nothing. One that has become part of
    /// something stays.
    pub async fn discard_upload(&self, loose: &LooseFile) -> Result<()> {
        let mut tx = self.write_aside().await?;
        run!(&mut tx, "DELETE FROM file WHERE id = $1 AND sealed_key IS NULL", loose.id.0)?;
        tx.commit().await
    }
}

impl ArrivingFile {
    /// Takes the next bytes.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<()> {
        self.hash.update(bytes);
        self.bytes += i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        // A full chunk is stored when more arrives: only then is it known not to
        // be the last.
        while self.held.len() + bytes.len() > CHUNK {
            let (now, later) = bytes.split_at(CHUNK - self.held.len());
            self.held.extend_from_slice(now);
            bytes = later;
            self.store_held(false).await?;
        }
        self.held.extend_from_slice(bytes);
        Ok(())
    }

    async fn store_held(&mut self, is_last: bool) -> Result<()> {
        let mut tx = self.store.write_aside().await?;
        put_chunk(&mut tx, &self.cipher, self.id, self.chunks, is_last, &self.held).await?;
        tx.commit().await?;
        self.chunks += 1;
        self.held.zeroize();
        Ok(())
    }

    /// Stores the last chunk. The file is complete, and part of nothing yet.
    pub async fn finish(mut self) -> Result<LooseFile> {
        self.store_held(true).await?;
        let sha256: [u8; 32] = self.hash.clone().finalize().into();
        let mut tx = self.store.write_aside().await?;
        run!(
            &mut tx,
            "UPDATE file SET chunks = $1, bytes = $2, sha256 = $3 WHERE id = $4",
            self.chunks,
            self.bytes,
            self.cipher.seal("file_sha256", self.id.0, &sha256),
            self.id.0
        )?;
        tx.commit().await?;
        Ok(LooseFile { id: self.id, key: *self.key, by: self.by, bytes: self.bytes, sha256 })
    }

    /// Removes what has arrived.
    pub async fn discard(self) -> Result<()> {
        let mut tx = self.store.write_aside().await?;
        remove(&mut tx, self.id).await?;
        tx.commit().await
    }
}

/// Makes a loose file part of what belongs to a subject. `None`: it was cleared
/// in the meantime, or is part of something already.
pub(crate) async fn adopt(store: &Store, tx: &mut Tx, loose: &LooseFile, subject: Uuid) -> Result<Option<FileId>> {
    let key = store.data_key_or_new(tx, subject).await?;
    let adopted = run!(
        tx,
        "UPDATE file SET subject_id = $1, sealed_key = $2
         WHERE id = $3 AND made_by = $4 AND sealed_key IS NULL AND sha256 IS NOT NULL",
        subject,
        key.seal("file", loose.id.0, &loose.key),
        loose.id.0,
        loose.by.0
    )?;
    Ok((adopted > 0).then_some(loose.id))
}

/// Stores bytes that are in memory as a file of a subject.
pub(crate) async fn write(store: &Store, tx: &mut Tx, subject: Uuid, bytes: &[u8]) -> Result<FileId> {
    let (id, key) = (FileId(store.clock().id()), Zeroizing::new(random::<32>()));
    let (cipher, of_subject) = (DataKey::of(&key), store.data_key_or_new(tx, subject).await?);
    let count = bytes.len().div_ceil(CHUNK).max(1);
    run!(
        tx,
        "INSERT INTO file (id, subject_id, sealed_key, chunks, bytes, sha256, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id.0,
        subject,
        of_subject.seal("file", id.0, &*key),
        i64::try_from(count).unwrap_or(i64::MAX),
        i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        cipher.seal("file_sha256", id.0, &Sha256::digest(bytes)),
        store.now()
    )?;
    for n in 0..count {
        let part = &bytes[n * CHUNK..bytes.len().min((n + 1) * CHUNK)];
        put_chunk(tx, &cipher, id, i64::try_from(n).unwrap_or(i64::MAX), n + 1 == count, part).await?;
    }
    Ok(id)
}

/// The key of a file, opened.
async fn file_key(
    store: &Store,
    tx: &mut Tx,
    file: FileId,
    subject: Uuid,
    sealed: &[u8],
) -> Result<Zeroizing<[u8; 32]>> {
    let key = store.key_of(tx, subject).await?.open("file", file.0, sealed)?;
    let key: [u8; 32] = key.as_slice().try_into().map_err(|_| Error::Sealed("its key has another length"))?;
    Ok(Zeroizing::new(key))
}

/// Opens a file to be read chunk by chunk.
pub(crate) async fn open(store: &Store, tx: &mut Tx, file: FileId) -> Result<OpenFile> {
    let row = maybe!(
        tx,
        (Uuid, Vec<u8>, i64, i64),
        "SELECT subject_id, sealed_key, chunks, bytes FROM file WHERE id = $1 AND sealed_key IS NOT NULL",
        file.0
    )?;
    let Some((subject, sealed, chunks, bytes)) = row else {
        return Err(Error::Stored("a file is missing".to_owned()));
    };
    let key = file_key(store, tx, file, subject, &sealed).await?;
    // Not the request's shared transaction: a slow reader would keep it open.
    Ok(OpenFile { store: store.unshared(), id: file, cipher: DataKey::of(&key), chunks, bytes })
}

impl OpenFile {
    /// How many chunks it has.
    pub const fn chunks(&self) -> i64 {
        self.chunks
    }

    /// How many bytes it has.
    pub fn bytes(&self) -> u64 {
        u64::try_from(self.bytes).unwrap_or_default()
    }

    /// Reads a chunk in a transaction of its own. The error is
    /// [`Error::Sealed`] where it is missing or damaged.
    pub async fn chunk(&self, number: i64) -> Result<Zeroizing<Vec<u8>>> {
        let mut tx = self.store.read().await?;
        self.chunk_in(&mut tx, number).await
    }

    /// Reads the whole file, such as a picture that is to be decoded: chunk by
    /// chunk, each in a transaction of its own.
    pub async fn whole(&self) -> Result<Zeroizing<Vec<u8>>> {
        let mut whole = Zeroizing::new(Vec::with_capacity(usize::try_from(self.bytes).unwrap_or_default()));
        for number in 0..self.chunks {
            whole.extend_from_slice(&self.chunk(number).await?);
        }
        Ok(whole)
    }

    async fn chunk_in(&self, tx: &mut Tx, number: i64) -> Result<Zeroizing<Vec<u8>>> {
        let row = maybe!(
            tx,
            (Vec<u8>,),
            "SELECT body FROM file_chunk WHERE file_id = $1 AND number = $2",
            self.id.0,
            number
        )?;
        let Some((body,)) = row else { return Err(Error::Sealed("a part of it is missing")) };
        self.cipher.open(&place(number, number + 1 == self.chunks), self.id.0, &body)
    }
}

/// Reads a whole file, for a file that is known to be small. The error is
/// [`Error::Sealed`] where a part is missing or damaged.
pub(crate) async fn read(store: &Store, tx: &mut Tx, file: FileId) -> Result<Zeroizing<Vec<u8>>> {
    let open = open(store, tx, file).await?;
    let mut whole = Zeroizing::new(Vec::with_capacity(usize::try_from(open.bytes).unwrap_or_default()));
    for n in 0..open.chunks {
        whole.extend_from_slice(&open.chunk_in(tx, n).await?);
    }
    if i64::try_from(whole.len()) != Ok(open.bytes) || sha256(store, tx, file).await? != *Sha256::digest(&*whole) {
        return Err(Error::Sealed("it is not the file that was stored"));
    }
    Ok(whole)
}

/// The SHA-256 of a file, as it was stored.
pub(crate) async fn sha256(store: &Store, tx: &mut Tx, file: FileId) -> Result<Vec<u8>> {
    let open = open(store, tx, file).await?;
    let row = maybe!(tx, (Option<Vec<u8>>,), "SELECT sha256 FROM file WHERE id = $1", file.0)?;
    let sealed = row.and_then(|(sealed,)| sealed).ok_or(Error::Sealed("its hash is missing"))?;
    Ok(open.cipher.open("file_sha256", file.0, &sealed)?.to_vec())
}

/// Reads a file chunk by chunk to see whether it is the one that was stored. The
/// error is [`Error::Sealed`] where it is not.
pub(crate) async fn check(store: &Store, tx: &mut Tx, file: FileId) -> Result<()> {
    let open = open(store, tx, file).await?;
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    for n in 0..open.chunks {
        let chunk = open.chunk_in(tx, n).await?;
        hash.update(&*chunk);
        bytes += i64::try_from(chunk.len()).unwrap_or(i64::MAX);
    }
    let is_whole = bytes == open.bytes && sha256(store, tx, file).await? == *hash.finalize();
    if is_whole { Ok(()) } else { Err(Error::Sealed("it is not the file that was stored")) }
}

/// Seals the key of a file for another subject.
pub(crate) async fn give_to(store: &Store, tx: &mut Tx, file: FileId, subject: Uuid) -> Result<()> {
    let row = maybe!(
        tx,
        (Uuid, Vec<u8>),
        "SELECT subject_id, sealed_key FROM file WHERE id = $1 AND sealed_key IS NOT NULL",
        file.0
    )?;
    let Some((before, sealed)) = row else { return Err(Error::Stored("a file is missing".to_owned())) };
    if before == subject {
        return Ok(());
    }
    let key = file_key(store, tx, file, before, &sealed).await?;
    let sealed = store.data_key_or_new(tx, subject).await?.seal("file", file.0, &*key);
    run!(tx, "UPDATE file SET subject_id = $1, sealed_key = $2 WHERE id = $3", subject, sealed, file.0)?;
    Ok(())
}

/// Deletes a file with its chunks.
pub(crate) async fn remove(tx: &mut Tx, file: FileId) -> Result<()> {
    run!(tx, "DELETE FROM file WHERE id = $1", file.0)?;
    Ok(())
}

impl Worker {
    /// Deletes uploads that were cut off, and those whose form was never sent
    /// again. Each is a transaction of its own: a file may be large.
    pub async fn clear_loose_files(&self) -> Result<()> {
        loop {
            let mut tx = self.write().await?;
            let row = maybe!(
                &mut tx,
                (Uuid,),
                "SELECT id FROM file WHERE sealed_key IS NULL
                    AND (made_at < $1 OR (sha256 IS NULL AND made_at < $2)) ORDER BY made_at LIMIT 1",
                self.now() - LOOSE,
                self.now() - ARRIVING
            )?;
            let Some((id,)) = row else { return Ok(()) };
            remove(&mut tx, FileId(id)).await?;
            tx.commit().await?;
        }
    }
}
