//! An archive into an empty database: all of it, or nothing.

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use store::{Address, Clock, Inflow, InflowStart, Keys, LastStep, Store};
use tokio::sync::mpsc;

use super::{
    Manifest, Stage, Step, Trouble, Unlock, Watch,
    archive::{self, Piece, with_suffix},
};

/// What was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    pub manifest: Manifest,
    /// How many emails may have gone out since the archive was written, and wait for
    /// the front desk.
    pub held: u64,
}

/// Removes a SQLite database that is not finished, with the files beside it.
fn remove_unfinished(database: &Path) {
    for left in [database.to_owned(), with_suffix(database, "-wal"), with_suffix(database, "-shm")] {
        let _ = fs::remove_file(left);
    }
}

/// The key file of an archive: beside its place first, then in it.
struct ArrivingKey {
    place: PathBuf,
    arriving: PathBuf,
    /// Whether the same key file was in its place before.
    was_there: bool,
    /// Whether this import put it there.
    is_settled: bool,
}

impl ArrivingKey {
    fn of(place: &Path) -> Self {
        Self { place: place.to_owned(), arriving: with_suffix(place, ".arriving"), was_there: false, is_settled: false }
    }

    /// Writes the key beside its place. A key file that is there already must be the
    /// same.
    fn write(&mut self, text: &str) -> Result<Keys, Trouble> {
        match fs::read_to_string(&self.place) {
            Ok(there) if there.trim() == text.trim() => self.was_there = true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Ok(_) | Err(_) => {
                return Err(Trouble::refused(format!(
                    "There is another key file at {}. Move it away first: it is never overwritten.",
                    self.place.display()
                )));
            }
        }
        if let Some(folder) = self.place.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder)?;
        }
        let _ = fs::remove_file(&self.arriving);
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.arriving)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        Ok(Keys::load(&self.arriving, false)?)
    }

    /// Puts the key in its place.
    fn settle(&mut self) -> io::Result<()> {
        if !self.was_there {
            // A file that came there meanwhile is not replaced.
            fs::hard_link(&self.arriving, &self.place)?;
            self.is_settled = true;
        }
        fs::remove_file(&self.arriving)
    }

    /// Removes the key again, unless it was there before.
    fn take_back(&self) {
        let _ = fs::remove_file(&self.arriving);
        if self.is_settled {
            let _ = fs::remove_file(&self.place);
        }
    }
}

/// Puts an archive into a database that is empty: a SQLite file that does not exist, or
/// a PostgreSQL database without a practice. Emails that may have gone out since are
/// held back. The numbers of rows and the last entry of the audit log are those of the
/// archive, or nothing is kept.
pub async fn import(
    from: &Path,
    unlock: Unlock,
    address: &Address,
    key_file: &Path,
    clock: Clock,
    watch: &Watch,
) -> Result<Imported, Trouble> {
    let mut key = ArrivingKey::of(key_file);
    let outcome = match address {
        Address::File(database) => {
            if database.exists() {
                return Err(not_empty(address));
            }
            let arriving = with_suffix(database, ".arriving");
            // One that was interrupted may have left files behind.
            remove_unfinished(&arriving);
            let target = Address::File(arriving.clone());
            let loaded = load(from, unlock, &target, &mut key, &clock, watch).await;
            let outcome = match loaded {
                Ok((keys, imported)) => settle_file(&target, keys, &clock, &imported).await.map(|()| imported),
                Err(trouble) => Err(trouble),
            };
            // Nothing refuses to start with a key file that has no database yet, but
            // everything refuses a database without its key: the key comes first.
            match outcome.and_then(|imported| {
                key.settle()?;
                fs::rename(&arriving, database)?;
                Ok(imported)
            }) {
                Ok(imported) => Ok(imported),
                Err(trouble) => {
                    remove_unfinished(&arriving);
                    Err(trouble)
                }
            }
        }
        Address::Postgres(_) => match load(from, unlock, address, &mut key, &clock, watch).await {
            Ok((keys, imported)) => match check(address, keys, &clock, &imported).await {
                Ok(()) => Ok(imported),
                Err(trouble) => {
                    // What does not stand the check is taken out again.
                    Inflow::empty(address).await?;
                    Err(trouble)
                }
            },
            Err(trouble) => Err(trouble),
        },
    };
    if outcome.is_err() {
        key.take_back();
    }
    outcome
}

/// The refusal of a database that has something in it.
fn not_empty(address: &Address) -> Trouble {
    Trouble::refused(match address {
        Address::File(path) => {
            format!("{} exists already. Move it away first: an import never overwrites.", path.display())
        }
        Address::Postgres(_) => {
            "The PostgreSQL database is not empty. Give one that was just created: nothing is ever overwritten."
                .to_owned()
        }
    })
}

/// Reads the archive into the database and commits. The key is in its place before
/// PostgreSQL commits.
async fn load(
    from: &Path,
    unlock: Unlock,
    target: &Address,
    key: &mut ArrivingKey,
    clock: &Clock,
    watch: &Watch,
) -> Result<(Keys, Imported), Trouble> {
    let (sender, mut pieces) = mpsc::channel::<Piece>(2);
    let path = from.to_owned();
    let reader = tokio::task::spawn_blocking(move || {
        archive::read(&path, &unlock, |piece| {
            sender.blocking_send(piece).map_err(|_| Trouble::refused("The import was stopped."))
        })
    });
    let taken = take(&mut pieces, target, key, clock, watch).await;
    drop(pieces);
    let read = reader.await.map_err(io::Error::from)?;
    match (taken, read) {
        (Ok(Some(done)), Ok(())) => Ok(done),
        // What stopped the reader says more than that the pieces ended.
        (Ok(None), Err(trouble)) => Err(trouble),
        (Err(trouble), _) => Err(trouble),
        (Ok(_), _) => Err(Trouble::refused("The archive is cut off: its manifest is missing.")),
    }
}

/// Writes the pieces into the database. `None`: they ended before their end.
async fn take(
    pieces: &mut mpsc::Receiver<Piece>,
    target: &Address,
    key: &mut ArrivingKey,
    clock: &Clock,
    watch: &Watch,
) -> Result<Option<(Keys, Imported)>, Trouble> {
    let (mut inflow, mut keys, mut done) = (None, None, 0);
    while let Some(piece) = pieces.recv().await {
        match piece {
            Piece::Head(head) => match Inflow::begin(target, head.contents).await? {
                InflowStart::Begun(begun) => inflow = Some(begun),
                InflowStart::NotEmpty => return Err(not_empty(target)),
            },
            Piece::Key(text) => keys = Some(key.write(&text)?),
            Piece::Part(part) => {
                let Some(inflow) = &mut inflow else { return Err(Trouble::refused("The archive has no head.")) };
                inflow.write(&part).await?;
                done += part.rows;
                watch(Step { stage: Stage::Writing, table: &part.table, done, all: 0 });
            }
            Piece::End(manifest) => {
                let Some(inflow) = inflow else { return Err(Trouble::refused("The archive has no head.")) };
                let Some(keys) = keys else { return Err(Trouble::refused("The archive has no key file.")) };
                if matches!(target, Address::Postgres(_)) {
                    key.settle()?;
                }
                let (all, mut done) = (manifest.all_rows(), 0);
                let last = LastStep { keys: &keys, held_at: Some(clock.now()) };
                let held = inflow
                    .finish(&manifest.rows, last, |table, rows| {
                        done += rows;
                        watch(Step { stage: Stage::Checking, table, done, all });
                    })
                    .await?;
                return Ok(Some((keys, Imported { manifest: *manifest, held })));
            }
        }
    }
    Ok(None)
}

/// Opens what was written, checks its audit log against the archive's, and records the
/// import.
async fn check(address: &Address, keys: Keys, clock: &Clock, imported: &Imported) -> Result<(), Trouble> {
    let store = Store::open(address, keys, clock.clone()).await?;
    let checked = check_log(&store, imported).await;
    store.close().await;
    checked
}

/// Checks the audit log against the archive's, and records the import.
async fn check_log(store: &Store, imported: &Imported) -> Result<(), Trouble> {
    if let Err(fault) = store.verify_audit().await? {
        return Err(Trouble::refused(format!("The audit log of the archive is not whole: {fault}")));
    }
    if let Some(head) = &imported.manifest.audit
        && let Some(fault) = store.compare_audit_head(head).await?.fault(head, "in the archive")
    {
        return Err(Trouble::refused(fault));
    }
    store.record_restore(imported.held).await?;
    Ok(())
}

/// [`check`]s a SQLite file, and makes it one file again.
async fn settle_file(address: &Address, keys: Keys, clock: &Clock, imported: &Imported) -> Result<(), Trouble> {
    check(address, keys, clock, imported).await?;
    let Address::File(path) = address else { return Ok(()) };
    if store::fold_in(path).await? {
        return Ok(());
    }
    Err(Trouble::refused("The database that was written could not be closed."))
}
