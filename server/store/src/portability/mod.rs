//! The whole practice in and out: every row of every table, read in one consistent
//! state and written into an empty database of either kind.
//!
//! Rows travel as lines of JSON (`rows`), in parts of some megabytes. What is written
//! is read back and compared before it is kept. `duologue export`, `import`, `backup`
//! and `copy-to` are made of these; how the parts become a file is the server's.

mod catalogue;
mod client_list;
mod reading;
mod rekeying;
mod rows;
mod runs;
mod upgrade;
mod writing;

pub use self::{
    catalogue::{Column, Kind, Table},
    client_list::{ClientImport, ImportBegun, ImportRun, ImportState, ImportUndone, OpenImport},
    reading::{Contents, Counts, Outflow, Part},
    rekeying::Rekeyed,
    runs::{BackupEnd, BackupRun},
    upgrade::copy_before_upgrade,
    writing::{Inflow, InflowStart, LastStep, fold_in},
};
