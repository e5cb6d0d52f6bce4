//! How many connections there may be, and how long each may take.

use std::{net::IpAddr, time::Duration};

use crate::config::Config;

/// The most connections, however many files the process may open.
const MOST: usize = 2_000;
/// The number of open files that are left for the database, the email and the rest.
const FOR_THE_REST: usize = 120;
/// The lowest limit for the connections of one network address. A whole practice
/// may be behind it, with several connections for each browser.
const FOR_A_HOUSE: usize = 64;

/// The limits on the number of connections, and on how long each may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The most connections at once.
    pub most: usize,
    /// The most connections from one network address.
    pub most_from_one: usize,
    /// How long the head of a request may take from its first byte, and how long a
    /// new connection may send nothing.
    pub head: Duration,
    /// How long a connection is kept after an answer.
    pub idle: Duration,
    /// How long the caller may read nothing of an answer.
    pub answer: Duration,
    /// The proxies that all callers come through: their connections are not counted
    /// as one network's.
    pub proxies: Vec<IpAddr>,
}

impl Limits {
    /// The limits of the settings, for a process that may have at most `open_files`
    /// files open.
    pub fn new(config: &Config, open_files: usize) -> Self {
        let set = &config.connections;
        let fits = most(open_files);
        let most = if set.most == 0 { fits } else { set.most.min(fits) };
        let most_from_one =
            if set.most_from_one == 0 { most.div_ceil(4).max(FOR_A_HOUSE).min(most) } else { set.most_from_one };
        Self {
            most,
            most_from_one,
            head: Duration::from_secs(set.head_seconds),
            idle: Duration::from_secs(set.idle_seconds),
            answer: Duration::from_secs(set.answer_seconds),
            proxies: config.trusted_proxies.iter().map(IpAddr::to_canonical).collect(),
        }
    }

    /// How often connections are checked for their time limits.
    pub(super) fn check_interval(&self) -> Duration {
        let shortest = self.head.min(self.idle).min(self.answer);
        (shortest / 4).clamp(Duration::from_millis(50), Duration::from_secs(1))
    }
}

/// How many connections fit into a process that may have at most this many files
/// open.
pub fn most(open_files: usize) -> usize {
    open_files.saturating_sub(FOR_THE_REST).max(open_files / 2).clamp(1, MOST)
}
