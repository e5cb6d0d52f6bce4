//! The table of connections: what each is doing and since when, and which one is
//! ended to make room.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use super::limits::Limits;

/// How long a body may arrive, or an answer go out, before its connection may be
/// ended to make room.
const SLOW: Duration = Duration::from_secs(5);
/// How long a connection has for its first request before it may be ended to make
/// room for one of another network.
const FIRST: Duration = Duration::from_millis(100);
/// How many connections that were told to end may still exist beside `most`.
const LEAVING: usize = 32;
/// The lowest average speed at which an answer may be read, in bytes a second.
const SLOWEST: u64 = 4 * 1024;

/// All connections of the server.
pub struct Places {
    limits: Limits,
    time: Arc<Time>,
    taken: Mutex<Taken>,
    freed: Notify,
}

#[derive(Default)]
struct Taken {
    next: u64,
    connections: HashMap<u64, Arc<Connection>>,
}

/// The answer to a new connection.
pub enum Entry {
    /// There is a place for it.
    In(OccupiedPlace),
    /// Its network has as many connections as it may have, each of them at work.
    Refused,
    /// There are as many connections as there may be, each of them at work or new.
    Full,
}

impl Places {
    /// A table without connections, with these limits.
    pub fn new(limits: Limits) -> Self {
        Self { limits, time: Arc::new(Time::new()), taken: Mutex::default(), freed: Notify::new() }
    }

    /// The limits on the connections.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How many connections there are.
    pub fn count(&self) -> usize {
        self.taken().connections.len()
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds a place for a connection from this address; a connection that waits
    /// may be ended for it. `all` ends every connection; with `always` the
    /// connection is accepted in any case.
    pub fn enter(places: &Arc<Self>, ip: IpAddr, all: &CancellationToken, always: bool) -> Entry {
        let network = places.network(ip);
        let mut taken = places.taken();
        let staying = || taken.connections.values().filter(|c| !c.end.is_cancelled());
        if let Some(network) = network {
            let own = || staying().filter(move |c| c.network == Some(network));
            if !always && own().count() >= places.limits.most_from_one && !end_one(own(), Duration::ZERO) {
                return Entry::Refused;
            }
        }
        let is_full = staying().count() >= places.limits.most && !end_one(staying(), FIRST);
        if !always && (is_full || taken.connections.len() >= places.limits.most + LEAVING) {
            return Entry::Full;
        }
        let connection = Arc::new(Connection::new(network, Arc::clone(&places.time), all.child_token()));
        taken.next += 1;
        let id = taken.next;
        taken.connections.insert(id, Arc::clone(&connection));
        Entry::In(OccupiedPlace { places: Arc::clone(places), id, connection })
    }

    /// The network that a connection is counted for. `None`: it is not counted,
    /// because all callers may come from this address.
    fn network(&self, ip: IpAddr) -> Option<IpAddr> {
        let ip = ip.to_canonical();
        if ip.is_loopback() || self.limits.proxies.contains(&ip) {
            return None;
        }
        Some(match ip {
            IpAddr::V4(_) => ip,
            // An IPv6 customer usually has a whole /64.
            IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX))),
        })
    }

    /// Ends one connection that does no work, if there is one.
    pub fn make_room(&self) {
        let taken = self.taken();
        end_one(taken.connections.values().filter(|c| !c.end.is_cancelled()), FIRST);
    }

    /// Ends the connections whose time is over. With `farewell` the server is
    /// stopping, and no connection may wait for a request longer than that.
    pub fn end_overdue(&self, farewell: Option<Duration>) {
        for connection in self.taken().connections.values().filter(|c| c.is_overdue(&self.limits, farewell)) {
            connection.end.cancel();
        }
    }

    /// Waits until a connection has ended, or for 100 milliseconds.
    pub async fn wait_for_place(&self) {
        tokio::select! {
            () = self.freed.notified() => {}
            () = sleep(Duration::from_millis(100)) => {}
        }
    }

    /// Waits until there is no connection.
    pub async fn wait_until_empty(&self) {
        while self.count() > 0 {
            self.wait_for_place().await;
        }
    }
}

/// Ends one connection, of the network that has the most: the one that has waited
/// longest, or if none waits, the one whose body has been arriving or whose answer
/// has been going out for the longest time. `at_least` is the shortest waiting time
/// that counts. `false`: all are at work or new.
fn end_one<'a>(connections: impl Iterator<Item = &'a Arc<Connection>> + Clone, at_least: Duration) -> bool {
    let mut of: HashMap<IpAddr, usize> = HashMap::new();
    for network in connections.clone().filter_map(|c| c.network) {
        *of.entry(network).or_default() += 1;
    }
    let crowd = |c: &Connection| c.network.and_then(|network| of.get(&network)).copied().unwrap_or(1);
    let longest = |of: &dyn Fn(&Connection) -> Option<Duration>| {
        let with_age = connections.clone().filter_map(|c| Some((crowd(c), of(c)?, c)));
        with_age.max_by_key(|(crowd, age, _)| (*crowd, *age)).map(|(_, _, c)| c)
    };
    let one = longest(&|c| c.waiting_time().filter(|age| *age >= at_least))
        .or_else(|| longest(&|c| c.slow_time().filter(|age| *age > SLOW)));
    if let Some(one) = one {
        one.end.cancel();
    }
    one.is_some()
}

/// A place in the table, which is free again when this is dropped.
pub struct OccupiedPlace {
    places: Arc<Places>,
    id: u64,
    connection: Arc<Connection>,
}

impl OccupiedPlace {
    /// The connection at this place.
    pub fn connection(&self) -> Arc<Connection> {
        Arc::clone(&self.connection)
    }
}

impl Drop for OccupiedPlace {
    fn drop(&mut self) {
        self.places.taken().connections.remove(&self.id);
        self.places.freed.notify_one();
    }
}

/// The clock of the table: the time since the server began, in milliseconds.
struct Time {
    begin: Instant,
    /// How many milliseconds a test is ahead.
    #[cfg(test)]
    ahead: AtomicU64,
}

impl Time {
    fn new() -> Self {
        Self {
            begin: Instant::now(),
            #[cfg(test)]
            ahead: AtomicU64::new(0),
        }
    }

    fn now(&self) -> u64 {
        let passed = u64::try_from(self.begin.elapsed().as_millis()).unwrap_or(u64::MAX / 2);
        #[cfg(test)]
        let passed = passed + self.ahead.load(Relaxed);
        passed
    }
}

/// An instant in the life of a connection, or none: 0 is none, otherwise
/// milliseconds plus one.
#[derive(Default)]
struct Since(AtomicU64);

impl Since {
    fn set(&self, time: &Time) {
        self.0.store(time.now() + 1, Relaxed);
    }

    fn set_once(&self, time: &Time) {
        if self.0.load(Relaxed) == 0 {
            self.set(time);
        }
    }

    fn clear(&self) {
        self.0.store(0, Relaxed);
    }

    fn is_set(&self) -> bool {
        self.0.load(Relaxed) > 0
    }

    /// How long ago the instant was; `None`: none is set.
    fn age(&self, time: &Time) -> Option<Duration> {
        let at = self.0.load(Relaxed).checked_sub(1)?;
        Some(Duration::from_millis(time.now().saturating_sub(at)))
    }
}

/// What one connection is doing.
pub struct Connection {
    /// The network that it is counted for; `None`: it is not counted.
    network: Option<IpAddr>,
    time: Arc<Time>,
    /// Since when it waits for the next request, or for the rest of its head.
    waiting: Since,
    /// When the first byte of that head arrived.
    head: Since,
    /// Since when the body of a request is arriving.
    receiving: Since,
    /// Since when the caller reads an answer more slowly than it is written.
    stuck: Since,
    /// How many bytes of it the caller has taken since then.
    went: AtomicU64,
    /// How many answers were given.
    answers: AtomicU64,
    end: CancellationToken,
}

impl Connection {
    fn new(network: Option<IpAddr>, time: Arc<Time>, end: CancellationToken) -> Self {
        let connection = Self {
            network,
            time,
            waiting: Since::default(),
            head: Since::default(),
            receiving: Since::default(),
            stuck: Since::default(),
            went: AtomicU64::new(0),
            answers: AtomicU64::new(0),
            end,
        };
        connection.waiting.set(&connection.time);
        connection
    }

    /// Notes that a request has arrived, except perhaps its body.
    pub fn note_request(&self) {
        self.waiting.clear();
        self.head.clear();
    }

    /// Notes that the answer to the request is written, or on its way.
    pub fn note_answered(&self) {
        self.answers.fetch_add(1, Relaxed);
        self.head.clear();
        self.waiting.set(&self.time);
    }

    /// Notes that bytes arrived.
    pub fn note_received(&self) {
        if self.waiting.is_set() {
            self.head.set_once(&self.time);
        }
    }

    /// Notes whether the body of a request is arriving.
    pub fn set_receiving(&self, does: bool) {
        if does {
            self.receiving.set(&self.time);
        } else {
            self.receiving.clear();
        }
    }

    /// Notes that the caller took this many bytes of an answer.
    pub fn note_taken(&self, bytes: usize) {
        self.went.fetch_add(u64::try_from(bytes).unwrap_or(u64::MAX), Relaxed);
    }

    /// Notes that the caller does not take more at the moment.
    pub fn note_stuck(&self) {
        if !self.stuck.is_set() {
            self.went.store(0, Relaxed);
            self.stuck.set(&self.time);
        }
    }

    /// Notes that everything there was to write is written.
    pub fn note_flushed(&self) {
        self.stuck.clear();
    }

    /// Waits until the connection must end.
    pub async fn wait_for_end(&self) {
        self.end.cancelled().await;
    }

    /// How long it has been waiting for a request; `None`: it does not wait.
    fn waiting_time(&self) -> Option<Duration> {
        if self.stuck.is_set() { None } else { self.waiting.age(&self.time) }
    }

    /// How long a body has been arriving or an answer going out; `None`: neither.
    fn slow_time(&self) -> Option<Duration> {
        self.receiving.age(&self.time).max(self.stuck.age(&self.time))
    }

    /// Whether it has taken longer than it may.
    fn is_overdue(&self, limits: &Limits, farewell: Option<Duration>) -> bool {
        if let Some(stuck) = self.stuck.age(&self.time) {
            return stuck > limits.answer + Duration::from_secs(self.went.load(Relaxed) / SLOWEST);
        }
        let Some(waiting) = self.waiting_time() else { return false };
        let head = self.head.age(&self.time);
        let is_new = self.answers.load(Relaxed) == 0;
        let (age, limit) = match head {
            Some(head) => (head, limits.head),
            None if is_new => (waiting, limits.head),
            None => (waiting, limits.idle),
        };
        age > limit || farewell.is_some_and(|farewell| waiting > farewell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(most: usize, most_from_one: usize, proxies: &[&str]) -> Arc<Places> {
        let (head, idle, answer) = (Duration::from_secs(15), Duration::from_secs(75), Duration::from_secs(30));
        let proxies = proxies.iter().map(|ip| ip.parse().unwrap()).collect();
        Arc::new(Places::new(Limits { most, most_from_one, head, idle, answer, proxies }))
    }

    fn enter(places: &Arc<Places>, ip: &str) -> Entry {
        Places::enter(places, ip.parse().unwrap(), &CancellationToken::new(), false)
    }

    fn held(places: &Arc<Places>, ip: &str) -> OccupiedPlace {
        match enter(places, ip) {
            Entry::In(held) => held,
            Entry::Refused | Entry::Full => panic!("no place for {ip}"),
        }
    }

    fn is_ended(held: &OccupiedPlace) -> bool {
        held.connection.end.is_cancelled()
    }

    fn later(places: &Places, seconds: u64) {
        places.time.ahead.fetch_add(seconds * 1000, Relaxed);
    }

    #[test]
    fn the_connection_that_waited_longest_is_ended_for_a_new_one() {
        let places = places(3, 3, &[]);
        let first = held(&places, "192.0.2.1");
        later(&places, 1);
        let second = held(&places, "192.0.2.2");
        later(&places, 1);
        let third = held(&places, "192.0.2.3");
        // A connection that is being answered stays.
        first.connection.note_request();
        later(&places, 1);
        let fourth = held(&places, "192.0.2.4");
        assert!(!is_ended(&first) && is_ended(&second) && !is_ended(&third) && !is_ended(&fourth));
    }

    #[test]
    fn the_network_with_the_most_connections_loses_one_first() {
        let places = places(4, 4, &[]);
        let alone = held(&places, "192.0.2.1");
        later(&places, 5);
        let many: Vec<_> = (0..3).map(|n| held(&places, &format!("2001:db8::{n}"))).collect();
        later(&places, 1);
        let _new = held(&places, "192.0.2.9");
        assert!(!is_ended(&alone), "although it has waited longest");
        assert_eq!(many.iter().filter(|held| is_ended(held)).count(), 1);
    }

    #[test]
    fn a_network_over_its_share_ends_only_its_own_connections() {
        let places = places(100, 2, &[]);
        let other = held(&places, "192.0.2.2");
        later(&places, 1);
        let (one, two) = (held(&places, "2001:db8::1"), held(&places, "2001:db8::2"));
        later(&places, 1);
        let three = held(&places, "2001:db8:0:0:ffff::3");
        assert!(is_ended(&one) != is_ended(&two), "one of its own went");
        assert!(!is_ended(&three) && !is_ended(&other));
        for busy in [&one, &two, &three] {
            busy.connection.note_request();
        }
        assert!(matches!(enter(&places, "2001:db8::4"), Entry::Refused));
        held(&places, "2001:db8:0:1::4");
    }

    #[test]
    fn connections_of_a_proxy_and_of_localhost_are_not_limited() {
        let places = places(100, 1, &["10.0.0.1"]);
        for ip in ["127.0.0.1", "::1", "10.0.0.1", "::ffff:10.0.0.1"] {
            let two = [held(&places, ip), held(&places, ip)];
            assert!(two.iter().all(|held| !is_ended(held)), "{ip}");
        }
        let two = [held(&places, "10.0.0.2"), held(&places, "10.0.0.2")];
        assert_eq!(two.iter().filter(|held| is_ended(held)).count(), 1);
    }

    #[test]
    fn slow_bodies_and_readers_are_ended_when_all_are_at_work() {
        let places = places(2, 2, &[]);
        let (body, quick) = (held(&places, "192.0.2.1"), held(&places, "192.0.2.2"));
        body.connection.note_request();
        body.connection.set_receiving(true);
        quick.connection.note_request();
        assert!(matches!(enter(&places, "192.0.2.3"), Entry::Full), "a body may take a while");
        later(&places, 6);
        let third = held(&places, "192.0.2.3");
        assert!(is_ended(&body) && !is_ended(&quick) && !is_ended(&third));
        quick.connection.note_stuck();
        later(&places, 6);
        third.connection.note_request();
        drop(body);
        let _fourth = held(&places, "192.0.2.4");
        assert!(is_ended(&quick) && !is_ended(&third));
    }

    #[test]
    fn each_kind_of_waiting_has_its_time_limit() {
        let places = places(100, 100, &[]);
        let over = |held: &OccupiedPlace| {
            places.end_overdue(None);
            is_ended(held)
        };
        let silent = held(&places, "192.0.2.1");
        let drops = held(&places, "192.0.2.1");
        later(&places, 14);
        drops.connection.note_received();
        assert!(!over(&silent) && !over(&drops));
        later(&places, 2);
        assert!(over(&silent) && !over(&drops), "its head has begun");
        for _ in 0..13 {
            later(&places, 1);
            drops.connection.note_received();
        }
        assert!(!over(&drops));
        later(&places, 1);
        assert!(over(&drops), "a byte a second makes it no longer");

        let kept = held(&places, "192.0.2.1");
        kept.connection.note_request();
        later(&places, 60);
        assert!(!over(&kept), "it is at work");
        kept.connection.note_answered();
        later(&places, 74);
        assert!(!over(&kept));
        later(&places, 2);
        assert!(over(&kept));

        let slow = held(&places, "192.0.2.1");
        slow.connection.note_request();
        slow.connection.note_stuck();
        later(&places, 29);
        slow.connection.note_taken(40 * 1024);
        later(&places, 10);
        assert!(!over(&slow), "it takes its answer");
        later(&places, 2);
        assert!(over(&slow));

        let last = held(&places, "192.0.2.1");
        later(&places, 3);
        places.end_overdue(Some(Duration::from_secs(2)));
        assert!(is_ended(&last), "the server stops");
    }
}
