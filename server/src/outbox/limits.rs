//! Limits on how fast email leaves: in all, and to one domain. A mail provider that
//! gets a hundred emails in a second takes the sender for a spammer.

use std::{num::NonZeroU32, time::Duration};

use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    state::{InMemoryState, NotKeyed, keyed::HashMapStateStore},
};

type Domains = RateLimiter<String, HashMapStateStore<String>, DefaultClock>;
type All = RateLimiter<NotKeyed, InMemoryState, DefaultClock>;

/// The limits for a minute; `None`: there is no limit.
pub struct Limits {
    all: Option<All>,
    domains: Option<Domains>,
}

impl Limits {
    /// At most `all` emails a minute, and at most `domain` a minute to one domain;
    /// 0 is no limit.
    pub fn new(all: u32, domain: u32) -> Self {
        let quota = |n| NonZeroU32::new(n).map(Quota::per_minute);
        Self { all: quota(all).map(RateLimiter::direct), domains: quota(domain).map(RateLimiter::hashmap) }
    }

    /// Takes a turn for an email to this address. The error is how long to wait for
    /// one.
    pub fn turn(&self, address: &str) -> Result<(), Duration> {
        let clock = DefaultClock::default();
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain).to_lowercase();
        if let Some(domains) = &self.domains {
            domains.check_key(&domain).map_err(|until| until.wait_time_from(clock.now()))?;
        }
        if let Some(all) = &self.all {
            all.check().map_err(|until| until.wait_time_from(clock.now()))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_of_a_domain_does_not_delay_another() {
        let limits = Limits::new(0, 2);
        for _ in 0..2 {
            assert_eq!(limits.turn("a@one.example"), Ok(()));
        }
        let wait = limits.turn("b@ONE.example").unwrap_err();
        assert!(wait > Duration::from_secs(20) && wait <= Duration::from_secs(30), "{wait:?}");
        assert_eq!(limits.turn("a@two.example"), Ok(()));
        let all = Limits::new(1, 0);
        assert_eq!(all.turn("a@one.example"), Ok(()));
        assert!(all.turn("a@two.example").is_err());
        let none = Limits::new(0, 0);
        assert!((0..1000).all(|_| none.turn("a@one.example").is_ok()));
    }
}
