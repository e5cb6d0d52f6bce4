//! Limits on how often a password may be tried, and other acts that could be
//! abused.
//!
//! Tries are counted by network, and by name and network together, never by name
//! alone: otherwise anyone who knows a counsellor's login name could lock them out
//! on a working day. A right password takes its try back, so that a practice behind
//! one address does not lock itself out in the morning. Against guessing from many
//! machines, the password's hash and its length are slow enough (NIST SP 800-63B
//! §3.2.2).
//!
//! A person in the same network could still lock out the others: a partner at the
//! same router, anyone on the practice's Wi-Fi. So a browser from which an account
//! has signed in before is counted by itself for that account ([`Place::Browser`]),
//! with the same limit: wrong passwords from the network do not count against it,
//! and it does not help to get around them.

use std::net::IpAddr;

use chrono::Duration;
use domain::{
    clients::person::{EmailAddress, login_name},
    ids::{AccountId, LoginId},
};
use store::{Result, Store};
use uuid::Uuid;

use super::origin::network;

/// The period in which password tries and codes are counted.
const WINDOW: Duration = Duration::minutes(15);
/// The most password tries from one network in [`WINDOW`].
const BY_NETWORK: i64 = 60;
/// The most password tries for one name from one network in [`WINDOW`].
const BY_NAME_AND_NETWORK: i64 = 8;
/// The most wrong passwords for one account, in [`WINDOW`], from a browser from
/// which it has signed in before.
const BY_BROWSER: i64 = 8;
const HOUR: Duration = Duration::hours(1);
/// The most reset links from one network or browser in an hour.
const RESETS: i64 = 5;
/// The most reset links for one name in an hour, from anywhere. Each link that was
/// sent works for its hour beside the others: a stranger who uses up the limit has
/// filled the person's mailbox with links, but has not kept a link from them.
const RESETS_OF_ONE: i64 = 30;
/// The most inquiries with one address from one network in a day.
const INQUIRIES_OF_ONE: i64 = 3;
/// The most inquiries with one address in a day, from anywhere. It is higher, so
/// that a stranger who types an address does not keep its owner from asking.
const INQUIRIES_TO_ONE: i64 = 12;
/// The most inquiries from one network in an hour: couples may share the network of
/// a café.
const INQUIRIES: i64 = 20;
/// The most new email addresses that one account may ask for in an hour: each sends
/// an email to a mailbox that may be another person's.
const ADDRESSES: i64 = 5;
/// The most wrong codes of an authenticator app for one account in a day, from browsers
/// that it does not know: of a million codes three are right at a time.
const CODES_OF_ONE: i64 = 60;
/// The most tries at a code from one network in [`WINDOW`].
const CODES: i64 = 10;

/// Where tries are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// By the network that they come from.
    Network(IpAddr),
    /// By a browser from which this account has signed in before.
    Browser(Uuid),
}

impl Place {
    /// Where the tries for a name or an email address are counted. `browser` is the
    /// token that identifies the browser, if it sends one. Only a browser that has
    /// signed in to an account can tell that the account exists.
    pub async fn for_name(store: &Store, browser: Option<&str>, name_or_email: &str, ip: IpAddr) -> Result<Self> {
        let known = match browser {
            Some(token) => store.known_browser(token, name_or_email).await?,
            None => None,
        };
        Ok(known.map_or(Self::Network(ip), Self::Browser))
    }

    /// Where the tries for an account are counted.
    pub async fn for_account(store: &Store, browser: Option<&str>, account: AccountId, ip: IpAddr) -> Result<Self> {
        let known = match browser {
            Some(token) => store.browser_of(token, account).await?,
            None => None,
        };
        Ok(known.map_or(Self::Network(ip), Self::Browser))
    }
}

/// The key under which tries for a name from a network are counted.
fn name_and_network_key(name: &str, ip: IpAddr) -> String {
    format!("signin:name+ip:{}|{}", name, network(ip))
}

/// Counts a try to sign in; `false` after too many.
pub async fn sign_in(store: &Store, name: &str, place: Place) -> Result<bool> {
    match place {
        Place::Browser(id) => Ok(store.count_try(&format!("signin:browser:{id}"), WINDOW).await? <= BY_BROWSER),
        // The network is counted first: many names from one network make one row,
        // not one each.
        Place::Network(ip) => Ok(store.count_try(&format!("signin:ip:{}", network(ip)), WINDOW).await? <= BY_NETWORK
            && store.count_try(&name_and_network_key(name, ip), WINDOW).await? <= BY_NAME_AND_NETWORK),
    }
}

/// Forgives the tries before a right password.
pub async fn signed_in(store: &Store, name: &str, place: Place) -> Result<()> {
    match place {
        Place::Browser(id) => store.forget_tries(&format!("signin:browser:{id}")).await,
        Place::Network(ip) => {
            store.forget_tries(&name_and_network_key(name, ip)).await?;
            store.take_try_back(&format!("signin:ip:{}", network(ip))).await
        }
    }
}

/// The key under which codes for an account from a network are counted.
fn code_key(account: AccountId, ip: IpAddr) -> String {
    format!("code:account+ip:{account}|{}", network(ip))
}

/// Counts a try at the second step of a sign-in; `false` after too many. Tries at six
/// digits are also counted by account, whatever network they come from: somebody who has
/// the password could guess from many. A browser that the account knows is counted by
/// itself, and a recovery code cannot be guessed, so that this locks nobody out.
pub async fn second_step(store: &Store, account: AccountId, place: Place, is_app: bool) -> Result<bool> {
    match place {
        Place::Browser(id) => Ok(store.count_try(&format!("code:browser:{id}"), WINDOW).await? <= BY_BROWSER),
        Place::Network(ip) => Ok(store.count_try(&code_key(account, ip), WINDOW).await? <= BY_NAME_AND_NETWORK
            && (!is_app || store.count_try(&format!("code:account:{account}"), HOUR * 24).await? <= CODES_OF_ONE)),
    }
}

/// Forgives the tries before a right code.
pub async fn second_step_right(store: &Store, account: AccountId, place: Place) -> Result<()> {
    match place {
        Place::Browser(id) => store.forget_tries(&format!("code:browser:{id}")).await,
        Place::Network(ip) => {
            store.forget_tries(&code_key(account, ip)).await?;
            store.take_try_back(&format!("code:account:{account}")).await
        }
    }
}

/// Counts a request for a reset link; `false` after too many.
pub async fn reset(store: &Store, name: &str, place: Place) -> Result<bool> {
    let ip = match place {
        Place::Browser(id) => return Ok(store.count_try(&format!("reset:browser:{id}"), HOUR).await? <= RESETS),
        Place::Network(ip) => ip,
    };
    // An email address counts as the same, however it is written.
    let name = EmailAddress::parse(name).map_or_else(|_| login_name(name), |email| email.key());
    Ok(store.count_try(&format!("reset:ip:{}", network(ip)), HOUR).await? <= RESETS
        && store.count_try(&format!("reset:name:{name}"), HOUR).await? <= RESETS_OF_ONE)
}

/// Counts an inquiry; `false` after too many from one network or with one address,
/// so that nobody's mailbox can be filled from here.
pub async fn inquiry(store: &Store, email: &str, ip: IpAddr) -> Result<bool> {
    let (email, network) = (EmailAddress::key_of(email), network(ip));
    let day = HOUR * 24;
    Ok(store.count_try(&format!("inquiry:ip:{network}"), HOUR).await? <= INQUIRIES
        && store.count_try(&format!("inquiry:email+ip:{email}|{network}"), day).await? <= INQUIRIES_OF_ONE
        && store.count_try(&format!("inquiry:email:{email}"), day).await? <= INQUIRIES_TO_ONE)
}

/// Counts the use of a link or code that could be guessed; `false` after too many.
pub async fn code(store: &Store, what: &str, ip: IpAddr) -> Result<bool> {
    Ok(store.count_try(&format!("{what}:ip:{}", network(ip)), WINDOW).await? <= CODES)
}

/// The key under which tries at the own password of a login are counted.
fn own_password_key(login: LoginId) -> String {
    format!("password:{login}")
}

/// Counts a try at the own password inside a login; `false` after too many. Each
/// login has its own count: a person who has another login of the account uses up
/// nothing here.
pub async fn own_password(store: &Store, login: LoginId) -> Result<bool> {
    Ok(store.count_try(&own_password_key(login), WINDOW).await? <= BY_NAME_AND_NETWORK)
}

/// Forgives the tries before the right own password.
pub async fn own_password_right(store: &Store, login: LoginId) -> Result<()> {
    store.forget_tries(&own_password_key(login)).await
}

/// Counts a request to change an email address; `false` after too many.
pub async fn address(store: &Store, account: &str) -> Result<bool> {
    Ok(store.count_try(&format!("address:{account}"), HOUR).await? <= ADDRESSES)
}
