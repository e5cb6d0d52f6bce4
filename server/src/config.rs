//! The settings, read once and typed.
//!
//! Defaults, then `duologue.toml`, then the environment (`DUOLOGUE_LISTEN`,
//! `DUOLOGUE_MAIL__SMTP__HOST`): the later wins. A key nobody knows is an
//! error, because a misspelt setting is one that does not hold. Every error
//! names the key and what is wrong with it.

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use domain::person::Email;
use figment::{
    Figment,
    providers::{Env, Format as _, Toml},
};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de::Error as _};

/// Everything that can be set.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub listen: SocketAddr,
    /// The address people type, without a slash at its end; links in mails
    /// begin with it.
    pub base_url: String,
    /// A file, or `postgres://…`.
    pub database: String,
    pub key_file: PathBuf,
    /// Invented people, and a page that shows the mails.
    #[serde(skip)]
    pub demo: bool,
    /// Proxies whose `X-Forwarded-For` is believed.
    #[serde(deserialize_with = "addresses")]
    pub trusted_proxies: Vec<IpAddr>,
    pub log: Log,
    pub mail: Mail,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    pub format: LogFormat,
    /// Such as `info` or `duologue=debug,warn`.
    pub filter: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Pretty,
    Json,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    pub transport: Transport,
    /// Where mails are written as files.
    pub folder: PathBuf,
    /// The address mails come from.
    #[serde(deserialize_with = "address")]
    pub from: Email,
    /// The address that undeliverable mail comes back to, as `name@domain`:
    /// each mail has `name+…@domain` of its own, which has to arrive there
    /// too.
    #[serde(deserialize_with = "optional_address")]
    pub bounces: Option<Email>,
    /// Signing what is sent.
    pub dkim: Option<Dkim>,
    pub smtp: Smtp,
}

/// A signature that the domain vouches for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dkim {
    pub domain: String,
    /// Under which name the public key stands in the domain's records.
    pub selector: String,
    /// The private key: Ed25519 or RSA, PKCS #8 in PEM.
    pub key_file: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    Files,
    Smtp,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Smtp {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub username: String,
    pub password: SecretString,
    pub timeout_seconds: u64,
    /// So many mails a minute leave at most, and so many to one domain; 0 is
    /// no limit.
    pub per_minute: u32,
    pub per_domain_minute: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS from the first byte, port 465.
    Tls,
    /// Plain first, TLS before anything is said, port 587.
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
            demo: false,
            trusted_proxies: vec![],
            log: Log::default(),
            mail: Mail::default(),
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
            from: Email::parse("appointments@localhost").expect("an address"),
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

/// A setting that cannot stand.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

/// The settings file that need not be named.
const FILE: &str = "duologue.toml";

/// The one secret the environment may bring: taken as it is, where other
/// values are read as TOML would (a password of digits is no number).
const PASSWORD: &str = "DUOLOGUE_MAIL__SMTP__PASSWORD";

impl Config {
    /// Reads the settings. A file that was named must exist; the one that was
    /// not named may.
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
        Self::from_figment(&figment, password)
    }

    fn from_figment(figment: &Figment, password: Option<String>) -> Result<Self, ConfigError> {
        let mut config: Self = figment.extract().map_err(|error| explain(&error))?;
        if let Some(password) = password {
            config.mail.smtp.password = password.into();
        }
        config.base_url = config.base_url.trim_end_matches('/').to_owned();
        config.check()?;
        Ok(config)
    }

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
        if let Err(message) = self.database.parse::<store::Address>() {
            return wrong("database", &message);
        }
        if let Err(error) = self.log.filter.parse::<tracing_subscriber::EnvFilter>() {
            return wrong("log.filter", &error.to_string());
        }
        if self.mail.transport == Transport::Smtp {
            if self.mail.smtp.host.is_empty() {
                return wrong("mail.smtp.host", "must name the mail server");
            }
            if !(1..=300).contains(&self.mail.smtp.timeout_seconds) {
                return wrong("mail.smtp.timeout_seconds", "must lie between 1 and 300");
            }
        }
        // Each mail's own part takes 49 of the 64 characters there are (RFC 5321).
        if let Some(bounces) = &self.mail.bounces
            && bounces.as_str().rsplit_once('@').is_some_and(|(local, _)| local.len() > 15)
        {
            return wrong("mail.bounces", "must have a short name before the @, of 15 letters at most");
        }
        if let Some(dkim) = &self.mail.dkim {
            let named =
                |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c));
            if !named(&dkim.domain) || !named(&dkim.selector) {
                return wrong("mail.dkim", "domain and selector are names such as practice.example and duologue");
            }
        }
        Ok(())
    }

    pub fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }

    /// Where the practice is kept.
    pub fn address(&self) -> Result<store::Address, ConfigError> {
        self.database.parse().map_err(|message| ConfigError(format!("setting database: {message}")))
    }

    /// `host` or `host:port` of the address that people type.
    pub fn host(&self) -> &str {
        self.base_url.split_once("://").map_or("", |(_, host)| host)
    }
}

/// One line: the key, what is wrong, and where it was set.
fn explain(error: &figment::Error) -> ConfigError {
    let key = error.path.join(".");
    let place = error
        .metadata
        .as_ref()
        .map(|m| format!(" ({})", m.source.as_ref().map_or_else(|| m.name.to_string(), ToString::to_string)))
        .unwrap_or_default();
    let what = error.kind.to_string();
    ConfigError(if key.is_empty() {
        format!("settings: {what}{place}")
    } else {
        format!("setting {key}: {what}{place}")
    })
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Email, D::Error> {
    Email::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

fn optional_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Email>, D::Error> {
    address(deserializer).map(Some)
}

/// A list, or in the environment addresses between commas.
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
    fn nothing_set_is_a_practice_on_this_machine() {
        let config = read("").unwrap();
        assert!(!config.is_https());
        assert_eq!(config.mail.transport, Transport::Files);
    }

    #[test]
    fn what_was_set_holds() {
        let config = read("base_url = \"https://practice.example/\"\ntrusted_proxies = \"10.0.0.1, ::1\"\n[mail]\ntransport = \"smtp\"\n[mail.smtp]\nsecurity = \"tls\"").unwrap();
        assert_eq!(config.base_url, "https://practice.example");
        assert_eq!(config.trusted_proxies.len(), 2);
        assert_eq!(config.mail.smtp.security, Security::Tls);
    }

    #[test]
    fn an_error_names_the_key() {
        for (text, key) in [
            ("lissten = 1", "lissten"),
            ("listen = \"nowhere\"", "listen"),
            ("base_url = \"http://practice.example\"", "base_url"),
            ("base_url = \"https://a/b\"", "base_url"),
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
