//! A restore drill: an archive is brought back into a scratch folder, looked through,
//! and removed again. The practice is not touched.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use store::{Address, Clock, Keys, Store};

use super::{Manifest, Trouble, Unlock, Watch, archive::with_suffix, import};

/// What a drill found.
#[derive(Clone, Debug)]
pub struct Drilled {
    pub manifest: Manifest,
    /// How many sealed values or rows do not open, of which tables.
    pub unreadable: Vec<String>,
    pub took: Duration,
}

/// A folder that is removed when the drill is over.
struct Scratch(PathBuf);

impl Scratch {
    /// Makes the folder beside the archive, for nobody else to read.
    fn new(archive: &Path) -> Result<Self, Trouble> {
        use std::os::unix::fs::DirBuilderExt as _;
        let path = with_suffix(archive, ".drill");
        let _ = fs::remove_dir_all(&path);
        fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Brings an archive back into a scratch folder and reads everything in it.
pub async fn drill(archive: &Path, unlock: Unlock, clock: Clock, watch: &Watch) -> Result<Drilled, Trouble> {
    let begun = Instant::now();
    let scratch = Scratch::new(archive)?;
    let (database, key) = (scratch.0.join("duologue.db"), scratch.0.join("duologue.key"));
    let address = Address::File(database);
    let imported = import::import(archive, unlock, &address, &key, clock.clone(), watch).await?;
    let store = Store::open(&address, Keys::load(&key, false)?, clock).await?;
    let bad = store.bad_rows().await;
    store.close().await;
    let unreadable = bad?.into_iter().map(|row| format!("{} {}: {}", row.table, row.id, row.wrong)).collect();
    Ok(Drilled { manifest: imported.manifest, unreadable, took: begun.elapsed() })
}
