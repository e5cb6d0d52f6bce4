//! The whole practice in and out: archives, moves between the databases, backups by a
//! schedule.

mod archive;
mod backups;
mod client_lists;
mod moving;
mod rekeying;
mod upgrade;

use std::path::{Path, PathBuf};

use duologue::{
    demo,
    portability::{self, Lock, Manifest, Unlock, import, import::Imported, unwatched},
};
use store::{Address, Keys, Store};
use tests::{Backend, World, program::KEY_FILE, templates};

/// The passphrase of the tests' archives.
pub const PASSPHRASE: &str = "four herons on the ice";

/// A database that is empty: a file that does not exist, or a new one in the cluster.
pub async fn empty(world: &World, backend: Backend, name: &str) -> Address {
    match backend {
        Backend::Sqlite => world.folder.path().join(name).join("practice.db").display().to_string(),
        Backend::Postgres => templates::empty_in_cluster().await,
    }
    .parse()
    .unwrap()
}

/// The key file of the tests, in the world's folder.
pub fn key_file(world: &World) -> PathBuf {
    let path = world.folder.path().join("test.key");
    std::fs::write(&path, KEY_FILE).unwrap();
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    path
}

/// A world with the demo practice, which has rows in nearly every table.
pub async fn demo(backend: Backend) -> World {
    let world = World::new(backend).await;
    world.store.load_library(&duologue::library::documents().unwrap()).await.unwrap();
    world.store.load_pathways(&duologue::library::pathways().unwrap()).await.unwrap();
    world.store.load_intake_list(&duologue::library::intake_list().unwrap()).await.unwrap();
    world.store.load_note_templates(&duologue::note_templates::templates().unwrap()).await.unwrap();
    demo::fill(&world.store, tests::people::NO_HASH).await.unwrap();
    world
}

/// Exports a database to a public key; gives the manifest and what opens the file.
pub async fn export(world: &World, from: &Address, into: &Path) -> (Manifest, PathBuf) {
    let (private, public) = portability::locks::new_key();
    let identity = into.with_extension("identity");
    std::fs::write(&identity, private).unwrap();
    std::fs::set_permissions(&identity, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let lock = Lock::keys([public.as_str()]).unwrap();
    let manifest =
        portability::export(from, &key_file(world), into, lock, world.clock.now(), &unwatched()).await.unwrap();
    (manifest, identity)
}

/// Imports an archive; the key file is put beside the database, or into the world's
/// folder.
pub async fn import(
    world: &World,
    from: &Path,
    identity: &Path,
    to: &Address,
) -> Result<Imported, portability::Trouble> {
    let unlock = Unlock::key_file(identity).unwrap();
    let key = match to {
        Address::File(path) => path.with_extension("key"),
        Address::Postgres(_) => key_file(world),
    };
    import::import(from, unlock, to, &key, world.clock.clone(), &unwatched()).await
}

/// Opens a database that was written.
pub async fn open(world: &World, address: &Address) -> Store {
    Store::open(address, Keys::new(&tests::KEY), world.clock.clone()).await.unwrap()
}
