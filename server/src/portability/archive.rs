//! The archive as a file: written, read and verified.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, BufReader, BufWriter, Read, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};
use store::{Address, AuditHead, Contents, Counts, Keys, Outflow, Part};
use tokio::sync::mpsc;

use super::{Lock, Stage, Step, Trouble, Unlock, Watch};

/// The name of the format in an archive's head.
const FORMAT: &str = "duologue-archive";
/// The version of the format that this program writes, and the newest that it reads.
const VERSION: u32 = 1;
/// The first entry: what the archive is.
const HEAD: &str = "archive.json";
/// The entry with the key file.
const KEY: &str = "duologue.key";
/// The last entry: what each other one must be.
const MANIFEST: &str = "manifest.json";
/// The longest entry that is read, in bytes. A part is some megabytes, and a row is
/// shorter than that.
const ENTRY_MAX: u64 = 256 * 1024 * 1024;

/// The first entry of an archive: what it is, and how its rows are to be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub format: String,
    pub version: u32,
    /// The version of the program that wrote it.
    pub program: String,
    pub made_at: DateTime<Utc>,
    #[serde(flatten)]
    pub contents: Contents,
}

/// One entry, as the manifest states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub path: String,
    pub bytes: u64,
    /// The SHA-256 in hexadecimal digits.
    pub sha256: String,
}

/// The last entry of an archive: every other entry with its checksum, the number of
/// rows of each table, and the last entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub entries: Vec<Entry>,
    pub rows: Counts,
    /// `None`: the log had no entry.
    pub audit: Option<AuditHead>,
}

impl Manifest {
    /// The number of all rows.
    pub fn all_rows(&self) -> u64 {
        self.rows.values().sum()
    }
}

/// What an archive holds, in the order of the file.
pub(super) enum Piece {
    Head(Box<Head>),
    /// The text of the key file.
    Key(zeroize::Zeroizing<String>),
    Part(Part),
    /// The end, after every checksum was right.
    End(Box<Manifest>),
}

/// The SHA-256 of bytes in hexadecimal digits.
fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The path with this text after the file name.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    path.with_file_name(name)
}

/// Writes an archive of a database into a file that must not exist yet, and opens it
/// again to verify it. People may go on working meanwhile. A file that is there is
/// whole: it gets its name at the end.
pub async fn export(
    address: &Address,
    key_file: &Path,
    into: &Path,
    lock: Lock,
    now: DateTime<Utc>,
    watch: &Watch,
) -> Result<Manifest, Trouble> {
    if into.exists() {
        return Err(Trouble::refused(format!("{} exists already: give another name.", into.display())));
    }
    let mut flow = Outflow::begin(address).await?;
    // The key is read after the rows are fixed: a newer key file opens older rows.
    let key = std::fs::read(key_file)
        .map_err(|error| Trouble::refused(format!("The key file {} cannot be read: {error}", key_file.display())))?;
    if !flow.is_sealed_with(&Keys::load(key_file, false)?).await? {
        return Err(Trouble::refused("The key file is not the one that this database was written with."));
    }
    let contents = flow.contents().clone();
    let program = env!("CARGO_PKG_VERSION").to_owned();
    let head = Head { format: FORMAT.to_owned(), version: VERSION, program, made_at: now, contents };
    let counts = flow.counts().await?;
    let first = vec![
        (HEAD.to_owned(), json(&head)?),
        (KEY.to_owned(), key),
        ("people.csv".to_owned(), flow.people().await?.into_bytes()),
        ("sessions.csv".to_owned(), flow.sessions().await?.into_bytes()),
    ];
    let audit = flow.audit_head().await?;
    if let Some(folder) = into.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let unfinished = with_suffix(into, ".unfinished");
    let (lock, unlock) = lock.with_proof();
    let (parts, taken) = mpsc::channel(2);
    let writing = Writing { path: unfinished.clone(), first, counts, audit, made_at: now };
    let writer = {
        let watch = Watch::clone(watch);
        tokio::task::spawn_blocking(move || writing.run(&lock, taken, &watch))
    };
    let sent = flow.send(&parts).await;
    drop(parts);
    let written = writer.await.map_err(io::Error::from)?;
    let outcome = match sent {
        Ok(()) => written,
        Err(error) => Err(error.into()),
    };
    let checked = match outcome {
        Ok(manifest) => verify_as(&unfinished, unlock, watch, Some(manifest)).await,
        Err(error) => Err(error),
    };
    match checked {
        Ok(manifest) => {
            std::fs::rename(&unfinished, into)?;
            if let Some(folder) = into.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                File::open(folder)?.sync_all()?;
            }
            Ok(manifest)
        }
        Err(error) => {
            let _ = std::fs::remove_file(&unfinished);
            Err(error)
        }
    }
}

/// An archive that is being written.
struct Writing {
    path: PathBuf,
    /// The entries before the rows.
    first: Vec<(String, Vec<u8>)>,
    counts: Counts,
    audit: Option<AuditHead>,
    made_at: DateTime<Utc>,
}

impl Writing {
    /// Writes the file to its end.
    fn run(self, lock: &Lock, mut parts: mpsc::Receiver<Part>, watch: &Watch) -> Result<Manifest, Trouble> {
        let _ = std::fs::remove_file(&self.path);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.path)?;
        let sealed = lock.encryptor()?.wrap_output(BufWriter::new(file))?;
        let mut tar = Tar { tar: tar::Builder::new(sealed), entries: Vec::new(), made_at: self.made_at };
        for (path, bytes) in self.first {
            tar.add(&path, &bytes)?;
        }
        let (all, mut done) = (self.counts.values().sum(), 0);
        let mut rows = Counts::new();
        let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
        while let Some(part) = parts.blocking_recv() {
            let number = numbers.entry(part.table.clone()).or_default();
            *number += 1;
            tar.add(&format!("tables/{}/{number:05}.jsonl", part.table), &part.lines)?;
            *rows.entry(part.table.clone()).or_default() += part.rows;
            done += part.rows;
            watch(Step { stage: Stage::Writing, table: &part.table, done, all });
        }
        let is_whole = self.counts.iter().all(|(table, count)| rows.get(table).copied().unwrap_or_default() == *count);
        if !is_whole {
            return Err(Trouble::refused("Not every row could be read: nothing was written."));
        }
        let manifest = Manifest { entries: tar.entries.clone(), rows: self.counts, audit: self.audit };
        tar.add(MANIFEST, &json(&manifest)?)?;
        let file = tar.tar.into_inner()?.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok(manifest)
    }
}

/// A tar file that notes what is written into it.
struct Tar<W: Write> {
    tar: tar::Builder<W>,
    entries: Vec<Entry>,
    made_at: DateTime<Utc>,
}

impl<W: Write> Tar<W> {
    /// Adds a file.
    fn add(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(u64::try_from(bytes.len()).unwrap_or_default());
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(self.made_at.timestamp()).unwrap_or_default());
        self.tar.append_data(&mut header, path, bytes)?;
        let bytes_long = u64::try_from(bytes.len()).unwrap_or_default();
        self.entries.push(Entry { path: path.to_owned(), bytes: bytes_long, sha256: sha256(bytes) });
        Ok(())
    }
}

/// A value as JSON that people can read.
fn json(value: &impl Serialize) -> Result<Vec<u8>, Trouble> {
    serde_json::to_vec_pretty(value).map_err(|error| Trouble::refused(error.to_string()))
}

/// Reads an archive piece by piece. It ends with [`Piece::End`], or with an error.
pub(super) fn read(
    path: &Path,
    unlock: &Unlock,
    mut each: impl FnMut(Piece) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let file =
        File::open(path).map_err(|error| Trouble::refused(format!("{} cannot be read: {error}", path.display())))?;
    let mut tar = tar::Archive::new(unlock.open(BufReader::new(file))?);
    let damaged = |error: io::Error| Trouble::refused(format!("The archive is damaged or cut off: {error}."));
    let (mut seen, mut rows, mut is_ended) = (Vec::new(), Counts::new(), false);
    for entry in tar.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if is_ended || entry.size() > ENTRY_MAX || entry.header().entry_type() != tar::EntryType::Regular {
            return Err(Trouble::refused(format!("The archive has an entry that does not belong in it: “{name}”.")));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(entry.size()).unwrap_or_default());
        entry.read_to_end(&mut bytes).map_err(damaged)?;
        if seen.is_empty() && name != HEAD {
            return Err(Trouble::refused("This is not a Duologue archive."));
        }
        if name == MANIFEST {
            let manifest: Manifest = of_json(MANIFEST, &bytes)?;
            check(&manifest, &seen, &rows)?;
            is_ended = true;
            each(Piece::End(Box::new(manifest)))?;
            continue;
        }
        let long = u64::try_from(bytes.len()).unwrap_or_default();
        seen.push(Entry { path: name.clone(), bytes: long, sha256: sha256(&bytes) });
        if let Some(piece) = piece(&name, bytes)? {
            if let Piece::Part(part) = &piece {
                *rows.entry(part.table.clone()).or_default() += part.rows;
            }
            each(piece)?;
        }
    }
    if is_ended { Ok(()) } else { Err(Trouble::refused("The archive is cut off: its manifest is missing.")) }
}

/// What an entry is; `None`: it is for people, and nothing reads it.
fn piece(name: &str, bytes: Vec<u8>) -> Result<Option<Piece>, Trouble> {
    if name == HEAD {
        let head: Head = of_json(HEAD, &bytes)?;
        if head.format != FORMAT {
            return Err(Trouble::refused("This is not a Duologue archive."));
        }
        if head.version > VERSION {
            return Err(Trouble::refused(
                "The archive was written by a newer version of Duologue: install that version, or a newer one.",
            ));
        }
        return Ok(Some(Piece::Head(Box::new(head))));
    }
    if name == KEY {
        let text = String::from_utf8(bytes).map_err(|_| Trouble::refused("The key file in the archive is damaged."))?;
        return Ok(Some(Piece::Key(zeroize::Zeroizing::new(text))));
    }
    let table = name.strip_prefix("tables/").and_then(|rest| rest.split_once('/')).map(|(table, _)| table.to_owned());
    Ok(table.map(|table| {
        let rows = bytes.iter().filter(|byte| **byte == b'\n').count();
        Piece::Part(Part { table, rows: u64::try_from(rows).unwrap_or_default(), lines: bytes })
    }))
}

/// Reads an entry of JSON.
fn of_json<T: DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<T, Trouble> {
    serde_json::from_slice(bytes).map_err(|_| Trouble::refused(format!("{name} in the archive cannot be read.")))
}

/// Checks what was read against the manifest.
fn check(manifest: &Manifest, seen: &[Entry], rows: &Counts) -> Result<(), Trouble> {
    for (stated, read) in manifest.entries.iter().zip(seen) {
        if stated != read {
            return Err(Trouble::refused(format!(
                "The archive is damaged: “{}” is not what its manifest says.",
                read.path
            )));
        }
    }
    let count = |counts: &Counts, table: &str| counts.get(table).copied().unwrap_or_default();
    let all_tables = manifest.rows.keys().chain(rows.keys());
    let same_rows = all_tables.into_iter().all(|table| count(&manifest.rows, table) == count(rows, table));
    if manifest.entries.len() != seen.len() || !same_rows {
        return Err(Trouble::refused("The archive is damaged: it does not hold what its manifest says."));
    }
    Ok(())
}

/// Opens an archive, reads all of it and compares it with its manifest.
pub async fn verify(path: &Path, unlock: Unlock, watch: &Watch) -> Result<Manifest, Trouble> {
    verify_as(path, unlock, watch, None).await
}

/// Opens an archive, reads all of it and compares it with its manifest, and that with
/// the one that was written.
async fn verify_as(path: &Path, unlock: Unlock, watch: &Watch, written: Option<Manifest>) -> Result<Manifest, Trouble> {
    let (path, watch) = (path.to_owned(), Watch::clone(watch));
    let verified = tokio::task::spawn_blocking(move || {
        let (mut done, mut end) = (0, None);
        let all = written.as_ref().map_or(0, Manifest::all_rows);
        read(&path, &unlock, |piece| {
            match piece {
                Piece::Part(part) => {
                    done += part.rows;
                    watch(Step { stage: Stage::Checking, table: &part.table, done, all });
                }
                Piece::End(manifest) => end = Some(*manifest),
                Piece::Head(_) | Piece::Key(_) => {}
            }
            Ok(())
        })?;
        let end = end.ok_or_else(|| Trouble::refused("The archive is cut off: its manifest is missing."))?;
        if written.is_some_and(|written| written != end) {
            return Err(Trouble::refused("The archive that was written reads differently: the disk may be damaged."));
        }
        Ok(end)
    });
    verified.await.map_err(io::Error::from)?
}
