//! The settings of the program, read once and typed.
//!
//! They come from the defaults, then `duologue.toml`, then the environment
//! (`DUOLOGUE_LISTEN`, `DUOLOGUE_MAIL__SMTP__HOST`); the later wins. An unknown key
//! is an error, because a misspelt setting would have no effect. Every error names
//! the key and what is wrong with it.

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::NaiveTime;
use domain::{
    clients::person::EmailAddress,
    practice::backups::{BackupEvery, BackupSchedule},
};
use figment::{
    Figment,
    providers::{Env, Format as _, Toml},
};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de::Error as _};

use crate::host::OwnAddress;

/// All settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The address and port that the server listens at.
    pub listen: SocketAddr,
    /// The address that people type, without a slash at its end; links in emails
    /// begin with it.
    pub base_url: String,
    /// The path of a SQLite file, or `postgres://…`.
    pub database: String,
    /// The file with the key that encrypts sealed fields.
    pub key_file: PathBuf,
    /// The file in which the last entry of the audit log is noted; `None`: beside
    /// the key file, with `.head` at the end of its name.
    pub audit_head_file: Option<PathBuf>,
    /// Whether this is the demo: invented people, and a page that shows the emails.
    #[serde(skip)]
    pub demo: bool,
    /// The proxies whose `X-Forwarded-For` is believed.
    #[serde(deserialize_with = "addresses")]
    pub trusted_proxies: Vec<IpAddr>,
    pub connections: Connections,
    pub log: Log,
    pub mail: Mail,
    pub backup: Backup,
    pub metrics: Metrics,
    /// The settings file that was read; `None`: there was none.
    #[serde(skip)]
    pub file: Option<PathBuf>,
}

/// How long the server waits for browsers, and for how many at once.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Connections {
    /// The most connections; 0: as many as the process may have open files for, at
    /// most 2,000.
    pub most: usize,
    /// The most connections from one network address; 0: a quarter of all, but at
    /// least 64.
    pub most_from_one: usize,
    /// How long the head of a request may take from its first byte, and how long a
    /// new connection may send nothing.
    pub head_seconds: u64,
    /// How long a connection is kept after an answer.
    pub idle_seconds: u64,
    /// How long a request may take, with its body; a request with a calendar file
    /// may take longer.
    pub request_seconds: u64,
    /// How long the caller may read nothing of an answer.
    pub answer_seconds: u64,
}

impl Connections {
    /// How long a request may take.
    pub fn request(&self) -> Duration {
        Duration::from_secs(self.request_seconds)
    }
}

impl Default for Connections {
    fn default() -> Self {
        Self { most: 0, most_from_one: 0, head_seconds: 15, idle_seconds: 75, request_seconds: 30, answer_seconds: 30 }
    }
}

/// The settings of the log.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    pub format: LogFormat,
    /// Which lines are logged, such as `info` or `duologue=debug,warn`.
    pub filter: String,
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text for a terminal.
    Pretty,
    /// JSON for a log collector.
    Json,
}

/// The settings of outgoing email.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    pub transport: Transport,
    /// The folder in which emails are written as files.
    pub folder: PathBuf,
    /// The email address that emails come from.
    #[serde(deserialize_with = "address")]
    pub from: EmailAddress,
    /// The address that undeliverable email comes back to, as `name@domain`: each
    /// email has its own `name+…@domain`, which must arrive there too.
    #[serde(deserialize_with = "optional_address")]
    pub bounces: Option<EmailAddress>,
    /// The DKIM signature of emails; `None`: they are not signed.
    pub dkim: Option<Dkim>,
    pub smtp: Smtp,
}

/// The backups that the server makes by itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Backup {
    /// The folder that they are written to; `None`: the server makes none.
    pub folder: Option<PathBuf>,
    pub every: BackupEvery,
    /// The wall time at the practice.
    #[serde(deserialize_with = "time_of_day")]
    pub at: NaiveTime,
    /// How many are kept.
    pub keep: usize,
    /// The public keys (`age1…`) that they are encrypted to.
    pub to: Vec<String>,
    /// The file with the passphrase that they are encrypted with, in place of `to`.
    pub passphrase_file: Option<PathBuf>,
    /// The command that is run after each backup, with the file as its last argument;
    /// empty: none.
    pub command: Vec<String>,
}

impl Backup {
    /// When backups are made.
    pub const fn schedule(&self) -> BackupSchedule {
        BackupSchedule { every: self.every, at: self.at }
    }
}

impl Default for Backup {
    fn default() -> Self {
        Self {
            folder: None,
            every: BackupEvery::Day,
            at: NaiveTime::from_hms_opt(2, 30, 0).unwrap_or_default(),
            keep: 14,
            to: vec![],
            passphrase_file: None,
            command: vec![],
        }
    }
}

/// The numbers for Prometheus.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    /// The address and port at which they are read; `None`: there are none.
    pub listen: Option<SocketAddr>,
}

/// A DKIM signature, by which the domain confirms an email.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dkim {
    /// The domain that signs.
    pub domain: String,
    /// The name of the public key in the domain's DNS records.
    pub selector: String,
    /// The private key: Ed25519 or RSA, PKCS #8 in PEM.
    pub key_file: PathBuf,
}

/// How emails leave the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// They are written as files into a folder.
    Files,
    /// They are sent to a mail server.
    Smtp,
}

/// The mail server that emails are sent to.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Smtp {
    /// The host name of the mail server.
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// The user name for the mail server; empty: no sign-in.
    pub username: String,
    pub password: SecretString,
    /// How long one step of sending may take.
    pub timeout_seconds: u64,
    /// The most emails a minute; 0 is no limit.
    pub per_minute: u32,
    /// The most emails a minute to one domain; 0 is no limit.
    pub per_domain_minute: u32,
}

/// How the connection to the mail server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS from the first byte, port 465.
    Tls,
    /// Unencrypted at first, TLS before anything else is sent, port 587.
    Starttls,
    /// No TLS: for a mail server on the same machine.
    None,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 3000)),
            base_url: "http://localhost:3000".to_owned(),
            database: "data/duologue.db".to_owned(),
            key_file: "data/duologue.key".into(),
            audit_head_file: None,
            demo: false,
            trusted_proxies: vec![],
            connections: Connections::default(),
            log: Log::default(),
            mail: Mail::default(),
            backup: Backup::default(),
            metrics: Metrics::default(),
            file: None,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Pretty, filter: "info".to_owned() }
    }
}

impl Default for Mail {
    #[expect(clippy::expect_used, reason = "a constant, and a test reads it")]
    fn default() -> Self {
        Self {
            transport: Transport::Files,
            folder: "data/mail".into(),
            from: EmailAddress::parse("appointments@localhost").expect("an address"),
            bounces: None,
            dkim: None,
            smtp: Smtp::default(),
        }
    }
}

impl Default for Smtp {
    fn default() -> Self {
        Self {
            host: "localhost".to_owned(),
            port: 587,
            security: Security::Starttls,
            username: String::new(),
            password: SecretString::default(),
            timeout_seconds: 30,
            per_minute: 0,
            per_domain_minute: 0,
        }
    }
}

/// A setting that is wrong; the text names the key and what is wrong.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

/// The settings file that is read if none is named.
const FILE: &str = "duologue.toml";

/// The one secret that may come from the environment. It is taken as text, while
/// other values are read as TOML (a password of digits must not become a number).
const PASSWORD: &str = "DUOLOGUE_MAIL__SMTP__PASSWORD";

impl Config {
    /// Reads the settings. A file that is named must exist; `duologue.toml` may be
    /// missing.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut figment = Figment::new();
        match file {
            Some(path) if !path.is_file() => {
                return Err(ConfigError(format!("there is no settings file at {}", path.display())));
            }
            Some(path) => figment = figment.merge(Toml::file_exact(path)),
            None if Path::new(FILE).is_file() => figment = figment.merge(Toml::file_exact(FILE)),
            None => {}
        }
        figment = figment.merge(Env::prefixed("DUOLOGUE_").ignore(&["config", "mail__smtp__password"]).split("__"));
        #[expect(clippy::disallowed_methods, reason = "the place where settings are read")]
        let password = std::env::var(PASSWORD).ok();
        let mut config = Self::from_figment(&figment, password)?;
        config.file = file.map(Path::to_owned).or_else(|| Some(FILE.into()).filter(|file: &PathBuf| file.is_file()));
        Ok(config)
    }

    fn from_figment(figment: &Figment, password: Option<String>) -> Result<Self, ConfigError> {
        let mut config: Self = figment.extract().map_err(|error| explain(&error))?;
        if let Some(password) = password {
            config.mail.smtp.password = password.into();
        }
        if figment.find_value("base_url").is_err() && config.listen.port() != 0 {
            // The program is tried out on another port: the address has that port.
            config.base_url = format!("http://localhost:{}", config.listen.port());
        }
        config.base_url = config.base_url.trim_end_matches('/').to_owned();
        config.check()?;
        Ok(config)
    }

    /// The file in which the last entry of the audit log is noted.
    pub fn audit_head_file(&self) -> PathBuf {
        self.audit_head_file.clone().unwrap_or_else(|| {
            let mut beside = self.key_file.as_os_str().to_owned();
            beside.push(".head");
            beside.into()
        })
    }

    /// Checks the values that their types do not check.
    fn check(&self) -> Result<(), ConfigError> {
        let wrong = |key: &str, what: &str| Err(ConfigError(format!("setting {key}: {what}")));
        let Some((scheme, rest)) = self.base_url.split_once("://") else {
            return wrong("base_url", "must begin with https:// (or http:// on your own machine)");
        };
        let host = rest.split(['/', ':', '?', '#']).next().unwrap_or_default();
        if host.is_empty() || rest.contains('/') || rest.contains(char::is_whitespace) || rest.contains('@') {
            return wrong("base_url", "must be a scheme and a host only, such as https://practice.example");
        }
        match scheme {
            "https" => {}
            "http"
                if host == "localhost"
                    || rest.starts_with("[::1]")
                    || host.ends_with(".localhost")
                    || host.starts_with("127.") => {}
            "http" => {
                return wrong(
                    "base_url",
                    "must be https:// anywhere but on your own machine: over plain http anyone on the way could read along",
                );
            }
            _ => return wrong("base_url", "must begin with https:// (or http:// on your own machine)"),
        }
        if OwnAddress::read(&self.base_url).is_none() {
            return wrong("base_url", "must be a scheme and a host only, such as https://practice.example");
        }
        let connections = &self.connections;
        for (key, seconds) in [
            ("head_seconds", connections.head_seconds),
            ("idle_seconds", connections.idle_seconds),
            ("request_seconds", connections.request_seconds),
            ("answer_seconds", connections.answer_seconds),
        ] {
            if !(1..=600).contains(&seconds) {
                return wrong(&format!("connections.{key}"), "must lie between 1 and 600");
            }
        }
        if let Err(message) = self.database.parse::<store::Address>() {
            return wrong("database", &message);
        }
        if let Err(error) = self.log.filter.parse::<tracing_subscriber::EnvFilter>() {
            return wrong("log.filter", &error.to_string());
        }
        if self.backup.keep == 0 {
            return wrong("backup.keep", "must be 1 or more");
        }
        if self.backup.passphrase_file.is_some() && !self.backup.to.is_empty() {
            return wrong("backup", "must have either `to` or `passphrase_file`, not both");
        }
        if self.backup.folder.is_some() && self.backup.passphrase_file.is_none() && self.backup.to.is_empty() {
            return wrong("backup", "must have public keys in `to`, or a `passphrase_file`: backups are encrypted");
        }
        if let Err(trouble) = crate::portability::Lock::keys(self.backup.to.iter().map(String::as_str))
            && !self.backup.to.is_empty()
        {
            return wrong("backup.to", &trouble.to_string());
        }
        if self.mail.transport == Transport::Smtp {
            if self.mail.smtp.host.is_empty() {
                return wrong("mail.smtp.host", "must name the mail server");
            }
            if !(1..=300).contains(&self.mail.smtp.timeout_seconds) {
                return wrong("mail.smtp.timeout_seconds", "must lie between 1 and 300");
            }
        }
        // The part that is different in each email takes 49 of the 64 characters
        // that are allowed (RFC 5321).
        if let Some(bounces) = &self.mail.bounces
            && bounces.as_str().rsplit_once('@').is_some_and(|(local, _)| local.len() > 15)
        {
            return wrong("mail.bounces", "must have a short name before the @, of 15 letters at most");
        }
        if let Some(dkim) = &self.mail.dkim {
            let is_name =
                |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c));
            if !is_name(&dkim.domain) || !is_name(&dkim.selector) {
                return wrong("mail.dkim", "domain and selector are names such as practice.example and duologue");
            }
        }
        Ok(())
    }

    /// Whether emails are sent to people's mailboxes or shown on the demo's page.
    /// Otherwise they are files in a folder.
    pub fn sends_mail(&self) -> bool {
        self.demo || self.mail.transport == Transport::Smtp
    }

    /// Whether the practice has an https address.
    pub fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }

    /// The address of the practice's database.
    pub fn address(&self) -> Result<store::Address, ConfigError> {
        self.database.parse().map_err(|message| ConfigError(format!("setting database: {message}")))
    }
}

/// The error on one line: the key, what is wrong, and where it was set.
fn explain(error: &figment::Error) -> ConfigError {
    let key = error.path.join(".");
    let place = error
        .metadata
        .as_ref()
        .map(|m| format!(" ({})", m.source.as_ref().map_or_else(|| m.name.to_string(), ToString::to_string)))
        .unwrap_or_default();
    let what = match &error.kind {
        figment::error::Kind::UnknownField(name, known) => match nearest(name, known) {
            Some(near) => format!("there is no setting `{name}`. Did you mean `{near}`?"),
            None => format!("there is no setting `{name}`. There are: {}.", known.join(", ")),
        },
        kind => kind.to_string(),
    };
    ConfigError(if key.is_empty() {
        format!("settings: {what}{place}")
    } else {
        format!("setting {key}: {what}{place}")
    })
}

/// The known name that is spelt most like another; `None`: none is near.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let likeness = |other: &&str| strsim::jaro_winkler(name, other);
    let best = known.iter().copied().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(&best) > 0.8).then_some(best)
}

/// The settings file with every setting and its default, each commented out.
pub const REFERENCE: &str = include_str!("reference.toml");

/// Reads a time of day, such as 02:30.
fn time_of_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveTime, D::Error> {
    let text = String::deserialize(deserializer)?;
    NaiveTime::parse_from_str(&text, "%H:%M").map_err(|_| D::Error::custom("must be a time such as 02:30"))
}

/// Reads an email address.
fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<EmailAddress, D::Error> {
    EmailAddress::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// Reads an email address that may be missing.
fn optional_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<EmailAddress>, D::Error> {
    address(deserializer).map(Some)
}

/// Reads IP addresses from a list, or from text with commas (in the environment).
fn addresses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpAddr>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        List(Vec<String>),
        Line(String),
    }
    let parts = match Written::deserialize(deserializer)? {
        Written::List(parts) => parts,
        Written::Line(line) => line.split(',').map(str::to_owned).collect(),
    };
    parts
        .iter()
        .map(|part| part.trim())
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().map_err(|_| D::Error::custom(format!("\"{part}\" is no IP address"))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, ConfigError> {
        Config::from_figment(&Figment::new().merge(Toml::string(text)), None)
    }

    #[test]
    fn without_settings_the_practice_is_on_this_machine() {
        let config = read("").unwrap();
        assert!(!config.is_https());
        assert_eq!(config.mail.transport, Transport::Files);
    }

    #[test]
    fn without_base_url_the_address_has_the_port_that_is_listened_at() {
        assert_eq!(read("listen = \"127.0.0.1:4000\"").unwrap().base_url, "http://localhost:4000");
        let set = "listen = \"127.0.0.1:4000\"\nbase_url = \"https://practice.example\"";
        assert_eq!(read(set).unwrap().base_url, "https://practice.example");
        assert_eq!(read("").unwrap().base_url, "http://localhost:3000");
    }

    #[test]
    fn settings_replace_the_defaults() {
        let config = read("base_url = \"https://practice.example/\"\ntrusted_proxies = \"10.0.0.1, ::1\"\n[mail]\ntransport = \"smtp\"\n[mail.smtp]\nsecurity = \"tls\"").unwrap();
        assert_eq!(config.base_url, "https://practice.example");
        assert_eq!(config.trusted_proxies.len(), 2);
        assert_eq!(config.mail.smtp.security, Security::Tls);
    }

    #[test]
    fn misspelt_setting_is_answered_with_the_nearest() {
        for (text, near) in [
            ("lissten = 1", "`listen`"),
            ("baseurl = \"x\"", "`base_url`"),
            ("[backup]\nfoldr = \"x\"", "`folder`"),
            ("[mail.smtp]\npasword = \"x\"", "`password`"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains("Did you mean") && error.contains(near), "{text}: {error}");
        }
        let far = read("colour = 1").unwrap_err().to_string();
        assert!(far.contains("There are: listen, base_url"), "{far}");
    }

    /// The reference with all its settings switched on says the same as no settings, but
    /// for those that have no default.
    #[test]
    fn reference_has_every_setting_with_its_default() {
        let optional = ["audit_head_file", "bounces", "folder = \"data/backups\"", "passphrase_file", "[mail.dkim]"];
        let optional = |line: &str| optional.iter().any(|name| line.starts_with(name)) || line.contains("9464");
        let mut on = String::new();
        let mut is_dkim = false;
        for line in REFERENCE.lines() {
            let Some(setting) = line.strip_prefix('#').filter(|rest| !rest.starts_with(' ') && !rest.is_empty()) else {
                is_dkim = is_dkim && !line.starts_with('[');
                if !line.starts_with('#') {
                    on.push_str(&format!("{line}\n"));
                }
                continue;
            };
            is_dkim |= setting.starts_with("[mail.dkim]");
            if !is_dkim && !optional(setting) {
                on.push_str(&format!("{setting}\n"));
            }
        }
        let (read, default) = (read(&on).unwrap(), read("").unwrap());
        assert_eq!(format!("{read:?}"), format!("{default:?}"), "{on}");
        // Every field of the settings is named.
        let printed = format!("{default:#?}");
        let fields = printed.lines().filter_map(|line| line.trim().split_once(':')).map(|(name, _)| name);
        for field in fields.filter(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_')) {
            let is_there = ["demo", "file"].contains(&field)
                || REFERENCE.contains(&format!("{field} ="))
                || REFERENCE.contains(&format!("[{field}]"))
                || REFERENCE.contains(&format!(".{field}]"));
            assert!(is_there, "{field} is not in the reference");
        }
    }

    #[test]
    fn every_error_names_its_key() {
        for (text, key) in [
            ("lissten = 1", "lissten"),
            ("[backup]\nfolder = \"b\"", "backups are encrypted"),
            ("[backup]\nfolder = \"b\"\nto = [\"age1x\"]", "is not a public key"),
            ("[backup]\nkeep = 0", "backup.keep"),
            ("[backup]\nat = \"half past two\"", "a time such as 02:30"),
            ("[backup]\nto = [\"x\"]\npassphrase_file = \"y\"", "not both"),
            ("listen = \"nowhere\"", "listen"),
            ("base_url = \"http://practice.example\"", "base_url"),
            ("base_url = \"https://a/b\"", "base_url"),
            ("base_url = \"https://practice.example:x\"", "base_url"),
            ("[connections]\nhead_seconds = 0", "connections.head_seconds"),
            ("[connections]\nmost = -1", "connections.most"),
            ("[mail]\nfrom = \"nobody\"", "mail.from"),
            ("[mail.smtp]\nport = 70000", "mail.smtp.port"),
            ("trusted_proxies = [\"x\"]", "trusted_proxies"),
            ("database = \"mysql://x\"", "database"),
        ] {
            let message = read(text).unwrap_err().to_string();
            assert!(message.contains(key) && !message.contains('\n'), "{message}");
        }
    }

    #[test]
    fn a_password_is_not_printed() {
        let config = Config::from_figment(&Figment::new(), Some("0123".into())).unwrap();
        assert!(!format!("{config:?}").contains("0123"));
        assert_eq!(secrecy::ExposeSecret::expose_secret(&config.mail.smtp.password), "0123");
    }
}
