//! The commands that take the whole practice in or out: `export`, `import`, `backup`,
//! `restore`, `drill` and `copy-to`.

use std::{
    io::{BufRead as _, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use store::{Address, Clock, Store};

use super::{Outcome, begin_head_anew, say, say_held};
use crate::{
    config::Config,
    portability::{
        self, Lock, Stage, Step, Unlock, Watch,
        backups::{self, Report},
        copy, drill, import,
        locks::PASSPHRASE_MIN,
    },
    serve,
};

/// What a file is encrypted to.
#[derive(Args)]
pub struct To {
    /// A public key that opens the file (age1…); may be given more than once
    #[arg(long = "to", value_name = "PUBLIC KEY")]
    to: Vec<String>,
    /// The file with the passphrase; without it and without --to the passphrase is
    /// asked for
    #[arg(long, value_name = "FILE", conflicts_with = "to")]
    passphrase_file: Option<PathBuf>,
}

/// What opens a file.
#[derive(Args)]
pub struct From {
    /// The file with the private key that opens the archive (AGE-SECRET-KEY-1…)
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// The file with the passphrase; without it and without --identity the passphrase
    /// is asked for
    #[arg(long, value_name = "FILE", conflicts_with = "identity")]
    passphrase_file: Option<PathBuf>,
}

impl To {
    /// The lock that the arguments name; without any, a passphrase that is asked for.
    fn lock(&self) -> Result<Lock, Box<dyn std::error::Error + Send + Sync>> {
        if let Some(file) = &self.passphrase_file {
            return Ok(Lock::passphrase_file(file)?);
        }
        if !self.to.is_empty() {
            return Ok(Lock::keys(self.to.iter().map(String::as_str))?);
        }
        let first = ask(&format!("Passphrase of the archive (at least {PASSPHRASE_MIN} characters): "))?;
        let lock = Lock::passphrase(&first)?;
        if std::io::stdin().is_terminal() && ask("The same passphrase again: ")? != first {
            return Err("the two passphrases differ: nothing was written".into());
        }
        Ok(lock)
    }

    /// Whether the arguments name something.
    fn is_given(&self) -> bool {
        !self.to.is_empty() || self.passphrase_file.is_some()
    }
}

impl From {
    /// What the arguments open with; without any, a passphrase that is asked for.
    fn unlock(&self) -> Result<Unlock, Box<dyn std::error::Error + Send + Sync>> {
        if let Some(file) = &self.identity {
            return Ok(Unlock::key_file(file)?);
        }
        if let Some(file) = &self.passphrase_file {
            return Ok(Unlock::passphrase_file(file)?);
        }
        Ok(Unlock::passphrase(&ask("Passphrase of the archive: ")?))
    }
}

/// Reads a secret from the terminal without showing it, or the first line of a pipe.
pub(super) fn ask(question: &str) -> std::io::Result<String> {
    let is_terminal = std::io::stdin().is_terminal();
    let echo = |way: &str| {
        is_terminal && std::process::Command::new("stty").arg(way).status().is_ok_and(|status| status.success())
    };
    if is_terminal {
        let mut out = std::io::stderr();
        write!(out, "{question}")?;
        out.flush()?;
    }
    let hidden = echo("-echo");
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    if hidden {
        echo("echo");
        let _ = writeln!(std::io::stderr());
    }
    read?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// Shows in the terminal how far a long act is. Without a terminal nothing is shown.
fn progress() -> (Watch, ProgressBar) {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(5));
    let style =
        |template: &str| ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let (known, unknown) = (
        style("{prefix} [{bar:30}] {human_pos} of {human_len} rows, {eta} left ({msg})"),
        style("{prefix} {human_pos} rows, {elapsed} ({msg})"),
    );
    let stage: Mutex<Option<Stage>> = Mutex::new(None);
    let shown = bar.clone();
    let watch = Arc::new(move |step: Step<'_>| {
        let mut before = stage.lock().unwrap_or_else(PoisonError::into_inner);
        if *before != Some(step.stage) {
            *before = Some(step.stage);
            shown.reset();
            shown.set_style(if step.all == 0 { unknown.clone() } else { known.clone() });
            shown.set_prefix(match step.stage {
                Stage::Writing => "Writing",
                Stage::Checking => "Checking",
            });
        }
        shown.set_length(step.all.max(step.done));
        shown.set_position(step.done);
        shown.set_message(step.table.to_owned());
    });
    (watch, bar)
}

/// A number of rows in words.
fn rows(number: u64) -> String {
    if number == 1 { "1 row".to_owned() } else { format!("{number} rows") }
}

/// Writes an archive of the practice.
pub async fn export(config: &Config, file: &Path, to: &To) -> Outcome {
    let lock = to.lock()?;
    // The schema is brought up to date, and the key is proven.
    let (store, _) = serve::open(config, Clock::System).await?;
    let (watch, bar) = progress();
    let now = store.now();
    let made = portability::export(&config.address()?, &config.key_file, file, lock, now, &watch).await;
    bar.finish_and_clear();
    let noted = match &made {
        Ok(_) => store.record_export().await,
        Err(_) => Ok(()),
    };
    store.close().await;
    let manifest = made?;
    noted?;
    say(&format!("Exported {} to {}. It was opened again and checked.", rows(manifest.all_rows()), file.display()));
    if let Some(head) = &manifest.audit {
        say(&format!("The last entry of its audit log is {head}"));
    }
    say(
        "The file has everything, with the key file. Keep it in one place, and its passphrase or private key in another.",
    );
    Ok(())
}

/// Puts an archive into an empty database.
pub async fn import(config: &Config, file: &Path, from: &From) -> Outcome {
    let unlock = from.unlock()?;
    let (watch, bar) = progress();
    let address = config.address()?;
    let imported = import::import(file, unlock, &address, &config.key_file, Clock::System, &watch).await;
    bar.finish_and_clear();
    let imported = imported?;
    for (table, number) in imported.manifest.rows.iter().filter(|(_, number)| **number > 0) {
        say(&format!("  {number:>9}  {table}"));
    }
    say(&format!("Imported {}, as many as the archive names.", rows(imported.manifest.all_rows())));
    if let Some(head) = &imported.manifest.audit {
        say(&format!("The audit log is whole and ends as in the archive: {head}"));
    }
    begin_head_anew(config).await?;
    say_held(imported.held);
    Ok(())
}

/// Makes a backup by hand: into this file, or into the folder of the settings.
pub async fn back_up(config: &Config, file: Option<&Path>, to: &To) -> Outcome {
    let lock = if to.is_given() { None } else { backups::lock(&config.backup)? };
    let lock = match lock {
        Some(lock) => lock,
        None => to.lock()?,
    };
    let (store, _) = serve::open(config, Clock::System).await?;
    let into = match (file, &config.backup.folder) {
        (Some(file), _) => file.to_owned(),
        (None, Some(folder)) => backups::path_in(folder, store.now()),
        (None, None) => return Err("name a file, or set folder in [backup]: duologue backup FILE".into()),
    };
    let (watch, bar) = progress();
    let made = backups::make(config, &store, &into, lock, None, &watch).await;
    bar.finish_and_clear();
    store.close().await;
    let report = made?.ok_or("another process is making a backup: try again in a few minutes")?;
    say_backup(&into, &report);
    Ok(())
}

/// Says what a backup contains.
fn say_backup(into: &Path, report: &Report) {
    let megabytes = report.bytes.div_ceil(1_000_000);
    say(&format!(
        "Backed up {} to {} ({megabytes} MB). It was opened again and checked.",
        rows(report.all_rows()),
        into.display()
    ));
    if let Some(head) = &report.audit {
        say(&format!("The last entry of its audit log is {head}"));
    }
}

/// Tries a restore in a scratch folder: of this file, or of the latest in the folder of
/// the settings.
pub async fn drill(config: &Config, file: Option<&Path>, from: &From) -> Outcome {
    let file = match (file, &config.backup.folder) {
        (Some(file), _) => file.to_owned(),
        (None, Some(folder)) => {
            backups::latest_in(folder).ok_or_else(|| format!("there is no backup in {}", folder.display()))?
        }
        (None, None) => return Err("name a backup, or set folder in [backup]: duologue drill FILE".into()),
    };
    let by_settings = config.backup.passphrase_file.as_ref().filter(|_| from.identity.is_none());
    let unlock = match by_settings.filter(|_| from.passphrase_file.is_none()) {
        Some(file) => Unlock::passphrase_file(file)?,
        None => from.unlock()?,
    };
    let (watch, bar) = progress();
    let drilled = drill::drill(&file, unlock, Clock::System, &watch).await;
    bar.finish_and_clear();
    let drilled = drilled?;
    for (table, number) in drilled.manifest.rows.iter().filter(|(_, number)| **number > 0) {
        say(&format!("  {number:>9}  {table}"));
    }
    for line in &drilled.unreadable {
        say(&format!("  cannot be read: {line}"));
    }
    let (all, seconds) = (rows(drilled.manifest.all_rows()), drilled.took.as_secs());
    say(&format!("{} was restored in a scratch folder: {all} in {seconds} s. The folder was removed.", file.display()));
    if drilled.unreadable.is_empty() {
        say("Everything in it can be read, and its audit log is whole.");
        return Ok(());
    }
    Err(format!("{} entries of the backup cannot be read", drilled.unreadable.len()).into())
}

/// Copies the practice into an empty database.
pub async fn copy_to(config: &Config, to: &str) -> Outcome {
    let to: Address = to.parse().map_err(|error: String| error)?;
    let (store, _) = serve::open(config, Clock::System).await?;
    store.close().await;
    let (watch, bar) = progress();
    let copied = copy::copy(&config.address()?, &to, &config.key_file, Clock::System, &watch).await;
    bar.finish_and_clear();
    let copied = copied?;
    let all: u64 = copied.rows.values().sum();
    say(&format!("Copied {} in {} tables. Every row was read back and compared.", rows(all), copied.rows.len()));
    if let Some(head) = &copied.audit {
        say(&format!("The audit log is whole and ends with {head}"));
    }
    say(
        "Changes made since then are not in the copy. If the server was running, stop it, empty the new database and copy again.",
    );
    say("Then set `database` to the new address. The key file stays where it is.");
    Ok(())
}

/// Puts a new key into the key file and seals with it what the old one has sealed.
pub async fn rotate_key(config: &Config, only_key_file: bool) -> Outcome {
    // Two at once would each make a key, and one of them would be lost.
    let mut lock = config.key_file.as_os_str().to_owned();
    lock.push(".lock");
    let lock = std::fs::File::create(lock)?;
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive)
        .map_err(|_| "another duologue rotate-key is running")?;
    let (store, _) = serve::open(config, Clock::System).await?;
    let outcome = rotate_with(config, &store, only_key_file).await;
    store.close().await;
    outcome
}

/// Does the work of [`rotate_key`].
async fn rotate_with(config: &Config, store: &Store, only_key_file: bool) -> Outcome {
    let left = store.sealed_with_older_key().await?;
    if left > 0 {
        say(&format!(
            "An earlier change of the key is not finished: {left} values are still sealed with an older key. They are done first; no new key is made."
        ));
    } else {
        store.rotate_key().await?;
        say(&format!("There is a new key in {}. The old one is in it too, sealed.", config.key_file.display()));
    }
    if only_key_file {
        say("Copy the file to every machine that serves this practice, then run duologue rotate-key.");
        return Ok(());
    }
    let (watch, bar) = progress();
    let all = store.sealed_with_older_key().await?;
    let rekeyed = store.seal_anew(|done| watch(Step { stage: Stage::Writing, table: "keys", done, all })).await;
    bar.finish_and_clear();
    let rekeyed = rekeyed?;
    say(&format!("{} values are sealed with the new key.", rekeyed.anew));
    say("Earlier backups still open, each with the key inside it. Make a new backup now.");
    if rekeyed.unreadable > 0 {
        return Err(format!("{} values do not open with any key: see duologue doctor", rekeyed.unreadable).into());
    }
    Ok(())
}
