//! Checks of the surroundings of the program, for [`crate::doctor`]: who can reach
//! it, who else on the machine can read its files, the disk, the clock and the
//! backups. Nothing here opens the database.

use std::{
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Datelike as _, Duration, Utc};
use domain::zone;
use secrecy::ExposeSecret as _;
use store::Address;

use super::finding::Finding;
use crate::{
    config::{Config, Transport},
    portability::backups,
};

/// A backup older than this is late.
const LATE: Duration = Duration::days(2);
/// A backup older than this counts as none.
const ABSENT: Duration = Duration::days(8);
/// With less free space than this, in bytes, the disk is nearly full.
const LITTLE: u64 = 2_000_000_000;
/// With less free space than this, in bytes, the disk is as good as full.
const NONE: u64 = 300_000_000;

/// Runs all checks of the surroundings at the instant `now`.
pub fn look(config: &Config, now: DateTime<Utc>) -> Vec<Finding> {
    let mut found = network(config);
    found.extend(files(config));
    found.extend(room(config));
    found.extend(mail(config));
    found.extend(machine(now));
    found
}

/// Who can reach the program, and whether its callers' networks can be told apart.
fn network(config: &Config) -> Vec<Finding> {
    let mut found = Vec::new();
    let beyond = !config.listen.ip().is_loopback();
    if config.is_https() && config.trusted_proxies.is_empty() {
        found.push(Finding::Note(
            "trusted_proxies is empty: if a proxy stands before Duologue, everybody seems to come from the proxy’s address, and a few wrong passwords shut everybody out. Set trusted_proxies to its address.".to_owned(),
        ));
    }
    if beyond && !config.is_https() && !config.demo {
        found.push(Finding::Fault(format!(
            "It listens at {} without encryption, and base_url is not https: others on the network can read along. Listen on 127.0.0.1, or put a proxy with https before it and set base_url.",
            config.listen
        )));
    } else if beyond {
        found.push(Finding::Note(format!(
            "It listens at {} without encryption of its own: let only the proxy reach it, or listen on 127.0.0.1.",
            config.listen
        )));
    }
    let unprotected = ["sslmode=require", "sslmode=verify-ca", "sslmode=verify-full"];
    if let Some(host) = postgres_host(&config.database)
        && !["", "localhost", "127.0.0.1", "[::1]"].contains(&host)
        && !unprotected.iter().any(|mode| config.database.contains(mode))
    {
        found.push(Finding::Note(format!(
            "The database is on {host}, and its connection need not be encrypted: add sslmode=verify-full to database."
        )));
    }
    found
}

/// The host name in `postgres://name:password@host:port/database`; `None` for any
/// other text.
fn postgres_host(database: &str) -> Option<&str> {
    let (_, rest) = database.split_once("://")?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    Some(if host.starts_with('[') { host } else { host.split(':').next().unwrap_or_default() })
}

/// The files of the practice that other users of the machine could read.
fn files(config: &Config) -> Vec<Finding> {
    let mut paths: Vec<(&str, PathBuf)> = vec![("The key file", config.key_file.clone())];
    if let Ok(Address::File(database)) = config.address() {
        for suffix in ["", "-wal", "-shm"] {
            paths.push(("The database", with_suffix(&database, suffix)));
        }
    }
    if let Some(backup) = config.backup.folder.as_deref().and_then(backups::latest_in) {
        paths.push(("The latest backup", backup));
    }
    if let Some(file) = &config.backup.passphrase_file {
        paths.push(("The passphrase of the backups", file.clone()));
    }
    paths.push(("The folder of mails", config.mail.folder.clone()));
    if let Some(dkim) = &config.mail.dkim {
        paths.push(("The DKIM key", dkim.key_file.clone()));
        if let Err(error) = std::fs::File::open(&dkim.key_file) {
            return vec![Finding::Fault(format!(
                "The DKIM key {} cannot be read, so no mail is signed: {error}.",
                dkim.key_file.display()
            ))];
        }
    }
    if let Some(file) = config.file.as_ref().filter(|file| holds_secrets(file)) {
        paths.push(("The settings file with its password", file.clone()));
    }
    let open: Vec<Finding> =
        paths.iter().filter(|(_, path)| others_read(path)).map(|(what, path)| readable_by_others(what, path)).collect();
    if open.is_empty() {
        return vec![Finding::Well("Nobody else on this machine can read its files.".to_owned())];
    }
    open
}

/// The path with `suffix` at the end of its name.
fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Whether the settings file contains a password.
fn holds_secrets(file: &Path) -> bool {
    std::fs::read_to_string(file).is_ok_and(|text| {
        text.lines()
            .map(str::trim)
            .filter(|line| !line.starts_with('#'))
            .any(|line| line.starts_with("password") || (line.contains("postgres") && line.contains('@')))
    })
}

/// Whether other users of the machine can reach and read a file or folder. In a
/// folder that is closed to them it is safe, whatever its own mode is.
fn others_read(path: &Path) -> bool {
    let mode = |path: &Path| std::fs::metadata(path).map(|m| m.permissions().mode());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (Ok(own), Ok(above)) = (mode(path), mode(folder)) else { return false };
    own & 0o044 != 0 && above & 0o011 != 0
}

/// The fault that others can read a file, with the command that cures it.
fn readable_by_others(what: &str, path: &Path) -> Finding {
    let mode = if path.is_dir() { "700" } else { "600" };
    Finding::Fault(format!("{what} ({0}) can be read by other users of this machine: chmod {mode} {0}", path.display()))
}

/// Whether there is space left on the disks that the program writes to.
fn room(config: &Config) -> Vec<Finding> {
    let mut folders = vec![config.mail.folder.clone()];
    if let Ok(Address::File(database)) = config.address() {
        folders.insert(0, database.parent().map(Path::to_owned).unwrap_or_default());
    }
    let mut found = Vec::new();
    for folder in folders {
        let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
        let Ok(disk) = rustix::fs::statvfs(&folder) else { continue };
        found.extend(room_left(&folder, disk.f_bavail.saturating_mul(disk.f_frsize)));
    }
    // The folders are mostly on one disk: one finding is enough.
    found.truncate(1);
    found
}

/// The finding for this many free bytes; `None`: there is enough space.
fn room_left(folder: &Path, free: u64) -> Option<Finding> {
    let text = format!("The disk of {} has {} MB left", folder.display(), free / 1_000_000);
    match free {
        0..NONE => Some(Finding::Fault(format!("{text}: make room now, or nothing can be saved soon."))),
        NONE..LITTLE => Some(Finding::Note(format!("{text}: make room."))),
        _ => None,
    }
}

/// How old the latest good backup is. `last` is when it was begun and its file; `None`:
/// there is none. `is_late`: the schedule of the settings asked for a newer one.
pub fn age_of_backup(
    config: &Config,
    last: Option<(DateTime<Utc>, &str)>,
    is_late: bool,
    now: DateTime<Utc>,
) -> Finding {
    let advice = match &config.backup.folder {
        Some(_) => "Look for the reason on the page Backups of the practice.",
        None => "Let the server make one each night: set folder and to in [backup].",
    };
    let Some((made, file)) = last else {
        let text = format!("No good backup is known. {advice}");
        return if is_late { Finding::Fault(text) } else { Finding::Note(text) };
    };
    let text = format!("The latest good backup is of {}, in {file}", made.format("%Y-%m-%d %H:%M UTC"));
    let age = now - made;
    if is_late || age > ABSENT {
        Finding::Fault(format!("{text}. That is {} hours ago. {advice}", age.num_hours()))
    } else if config.backup.folder.is_none() && age > LATE {
        Finding::Note(format!("{text}. That is late. {advice}"))
    } else {
        Finding::Well(format!("{text}."))
    }
}

/// Settings that keep email from arriving.
fn mail(config: &Config) -> Vec<Finding> {
    let mail = &config.mail;
    if mail.transport != Transport::Smtp {
        return vec![];
    }
    let mut found = Vec::new();
    let domain = mail.from.as_str().rsplit_once('@').map_or("", |(_, domain)| domain);
    if !domain.contains('.') {
        found.push(Finding::Fault(format!(
            "Mails come from {}, which is no address of yours: set mail.from, or other servers refuse them.",
            mail.from.as_str()
        )));
    }
    if mail.bounces.is_none() {
        found.push(Finding::Note(
            "mail.bounces is not set: the front desk is not told of mail that comes back.".to_owned(),
        ));
    }
    if !mail.smtp.username.is_empty() && mail.smtp.password.expose_secret().is_empty() {
        found.push(Finding::Fault(
            "mail.smtp.username is set without a password: the mail server will refuse the sign-in.".to_owned(),
        ));
    }
    found
}

/// The clock, and whether the program runs as root.
fn machine(now: DateTime<Utc>) -> Vec<Finding> {
    let mut found = Vec::new();
    found.extend(clock(now, zone::database().version.as_str()));
    if rustix::process::geteuid().is_root() {
        found.push(Finding::Note(
            "It runs as root: give it a user of its own, who owns its files and nothing else.".to_owned(),
        ));
    }
    found
}

/// A fault if the clock is before the year of the newest zone rules (`rules`, such
/// as "2026f"); `None`: the clock may be right.
fn clock(now: DateTime<Utc>, rules: &str) -> Option<Finding> {
    let year: i32 = rules.get(..4)?.parse().ok()?;
    (now.year() < year).then(|| {
        Finding::Fault(format!(
            "The clock says {}, before the time zone rules it has ({rules}): set it, and let it be set from the network.",
            now.format("%Y-%m-%d %H:%M UTC")
        ))
    })
}

#[cfg(test)]
mod tests {
    use domain::clients::person::EmailAddress;

    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-23T09:00:00Z".parse().unwrap()
    }

    fn text(found: &[Finding]) -> String {
        found.iter().map(|f| format!("{f}\n")).collect()
    }

    /// A practice in a folder of its own, whose files have this Unix mode.
    fn practice_with_mode(mode: u32) -> (tempfile::TempDir, Config) {
        let folder = tempfile::tempdir().unwrap();
        let rights = |path: &Path, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        rights(folder.path(), if mode & 0o077 == 0 { 0o700 } else { 0o755 });
        let at = |name: &str| folder.path().join(name);
        for name in ["d.db", "d.db-wal", "d.key", "duologue.toml", "dkim.pem"] {
            std::fs::write(at(name), "password = \"x\"").unwrap();
            rights(&at(name), mode);
        }
        std::fs::create_dir(at("backup")).unwrap();
        std::fs::create_dir(at("mail")).unwrap();
        for name in ["backup/duologue-2026-12-01T023000Z.age", "passphrase"] {
            std::fs::write(at(name), "x").unwrap();
            rights(&at(name), mode);
        }
        for name in ["backup", "mail"] {
            rights(&at(name), if mode & 0o077 == 0 { 0o700 } else { 0o755 });
        }
        let mut config = Config {
            database: at("d.db").display().to_string(),
            key_file: at("d.key"),
            file: Some(at("duologue.toml")),
            ..Config::default()
        };
        config.mail.folder = at("mail");
        config.mail.dkim =
            Some(crate::config::Dkim { domain: "p.example".into(), selector: "d".into(), key_file: at("dkim.pem") });
        config.backup.folder = Some(at("backup"));
        config.backup.passphrase_file = Some(at("passphrase"));
        (folder, config)
    }

    #[test]
    fn each_file_that_others_can_read_is_named() {
        let (_folder, config) = practice_with_mode(0o600);
        assert!(files(&config).iter().all(|f| !f.is_fault()), "{}", text(&files(&config)));
        for mode in [0o644, 0o640, 0o604] {
            let (_folder, config) = practice_with_mode(mode);
            let found = text(&files(&config));
            for name in [
                "d.db)",
                "d.db-wal",
                "d.key",
                "duologue.toml",
                "dkim.pem",
                "backup/duologue-2026-12-01T023000Z.age",
                "passphrase",
                "/mail)",
            ] {
                assert!(
                    found.lines().any(|line| line.starts_with("FAULT") && line.contains(name)),
                    "{mode:o} {name}: {found}"
                );
            }
        }
        // Settings without a secret may be readable.
        let (_folder, config) = practice_with_mode(0o644);
        std::fs::write(config.file.as_ref().unwrap(), "# password = \"x\"\nlisten = \"127.0.0.1:1\"").unwrap();
        assert!(!text(&files(&config)).contains("duologue.toml"));
        // In a folder that is closed to others no file can be reached.
        let (folder, config) = practice_with_mode(0o644);
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        let found = text(&files(&config));
        assert!(!found.contains("d.db)") && !found.contains("d.key"), "{found}");
    }

    #[test]
    fn https_without_trusted_proxies_is_reported() {
        let mut config = Config { base_url: "https://practice.example".into(), ..Config::default() };
        assert!(text(&network(&config)).contains("trusted_proxies"));
        config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        assert!(network(&config).is_empty());
        config.base_url = "http://localhost:3000".into();
        config.trusted_proxies.clear();
        assert!(network(&config).is_empty());
    }

    #[test]
    fn listening_beyond_the_machine_without_encryption_is_reported() {
        let mut config = Config { listen: "0.0.0.0:3000".parse().unwrap(), ..Config::default() };
        assert!(network(&config)[0].is_fault());
        config.base_url = "https://practice.example".into();
        config.trusted_proxies = vec!["10.0.0.1".parse().unwrap()];
        let found = network(&config);
        assert!(!found[0].is_fault() && text(&found).contains("0.0.0.0:3000"));
    }

    #[test]
    fn an_unencrypted_connection_to_a_remote_database_is_reported() {
        let at = |database: &str| text(&network(&Config { database: database.into(), ..Config::default() }));
        assert!(at("postgres://duo:pw@db.example:5432/duologue").contains("db.example"));
        assert!(!at("postgres://duo:pw@db.example/duologue").contains("pw"));
        for well in
            ["postgres://duo@localhost/duologue", "postgres://duo@db.example/d?sslmode=verify-full", "data/d.db"]
        {
            assert_eq!(at(well), "", "{well}");
        }
    }

    #[test]
    fn late_or_missing_backup_is_reported() {
        let (_folder, config) = practice_with_mode(0o600);
        let made: DateTime<Utc> = "2026-12-01T02:30:00Z".parse().unwrap();
        let found = |config: &Config, is_late, hours| {
            age_of_backup(config, Some((made, "one.age")), is_late, made + Duration::hours(hours)).to_string()
        };
        assert!(found(&config, false, 30).starts_with("ok"));
        assert!(found(&config, true, 31).starts_with("FAULT"));
        let by_hand = Config::default();
        assert!(found(&by_hand, false, 30).starts_with("ok"));
        assert!(found(&by_hand, false, 72).starts_with("note"));
        assert!(found(&by_hand, false, 216).starts_with("FAULT"));
        assert!(age_of_backup(&by_hand, None, false, made).to_string().starts_with("note"));
        assert!(age_of_backup(&config, None, true, made).is_fault());
    }

    #[test]
    fn a_nearly_full_disk_is_reported() {
        let at = Path::new("data");
        assert!(room_left(at, NONE - 1).is_some_and(|f| f.is_fault()));
        assert!(room_left(at, LITTLE - 1).is_some_and(|f| !f.is_fault()));
        assert!(room_left(at, LITTLE).is_none());
    }

    #[test]
    fn settings_with_which_email_cannot_arrive_are_reported() {
        let mut config = Config::default();
        config.mail.transport = Transport::Smtp;
        config.mail.smtp.username = "duologue".into();
        let found = text(&mail(&config));
        assert!(
            found.contains("mail.from") && found.contains("mail.bounces") && found.contains("without a password"),
            "{found}"
        );
        config.mail.from = EmailAddress::parse("appointments@practice.example").unwrap();
        config.mail.bounces = Some(config.mail.from.clone());
        config.mail.smtp.password = "x".to_owned().into();
        assert!(mail(&config).is_empty());
    }

    #[test]
    fn a_clock_before_the_year_of_the_zone_rules_is_a_fault() {
        assert!(clock("1970-01-01T00:00:00Z".parse().unwrap(), "2026f").is_some_and(|f| f.is_fault()));
        assert!(clock(now(), "2026f").is_none() && clock(now(), "unknown").is_none());
    }
}
