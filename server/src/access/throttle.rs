//! How often a password may be tried.
//!
//! Tries are counted by network, and by name and network together; never by
//! name alone: whoever knows a counsellor's sign-in name could otherwise keep
//! them out of their own day. A right password takes its try back, so that a
//! practice behind one address does not shut itself out in the morning. What is slow enough against guessing from many
//! machines is the password's hash and its length (NIST SP 800-63B §3.2.2).

use std::net::IpAddr;

use chrono::Duration;
use store::{Result, Store};

use super::client::network;

const WINDOW: Duration = Duration::minutes(15);
const BY_NETWORK: i64 = 60;
const BY_NAME_AND_NETWORK: i64 = 8;
const HOUR: Duration = Duration::hours(1);
const RESETS: i64 = 5;
/// Links for one name, asked for from anywhere: many enough that a stranger's
/// requests leave room for the person's own.
const RESETS_OF_ONE: i64 = 30;
const INQUIRIES_OF_ONE: i64 = 3;
/// Codes of the first run, and passwords asked for again inside.
const CODES: i64 = 10;

fn both(name: &str, ip: IpAddr) -> String {
    format!("signin:name+ip:{}|{}", name.trim().to_lowercase(), network(ip))
}

/// Counts a try to sign in; `false` when there were too many.
pub async fn sign_in(store: &Store, name: &str, ip: IpAddr) -> Result<bool> {
    // One row for a flood of names from one place, not one each.
    Ok(store.count_try(&format!("signin:ip:{}", network(ip)), WINDOW).await? <= BY_NETWORK
        && store.count_try(&both(name, ip), WINDOW).await? <= BY_NAME_AND_NETWORK)
}

/// A right password: the tries before it are forgiven.
pub async fn signed_in(store: &Store, name: &str, ip: IpAddr) -> Result<()> {
    store.forget_tries(&both(name, ip)).await?;
    store.take_try_back(&format!("signin:ip:{}", network(ip))).await
}

/// Counts a request for a reset link; `false` when there were too many.
pub async fn reset(store: &Store, name: &str, ip: IpAddr) -> Result<bool> {
    Ok(store.count_try(&format!("reset:ip:{}", network(ip)), HOUR).await? <= RESETS
        && store.count_try(&format!("reset:name:{}", name.trim().to_lowercase()), HOUR).await? <= RESETS_OF_ONE)
}

/// Counts an inquiry; `false` when there were too many, from one network or
/// with one address: nobody's mailbox is filled from here.
pub async fn inquiry(store: &Store, email: &str, ip: IpAddr) -> Result<bool> {
    Ok(store.count_try(&format!("inquiry:ip:{}", network(ip)), HOUR).await? <= RESETS
        && store.count_try(&format!("inquiry:email:{}", email.to_lowercase()), HOUR * 24).await? <= INQUIRIES_OF_ONE)
}

/// Counts a use of a link or code that could be guessed at.
pub async fn code(store: &Store, what: &str, ip: IpAddr) -> Result<bool> {
    Ok(store.count_try(&format!("{what}:ip:{}", network(ip)), WINDOW).await? <= CODES)
}

/// Counts a try at one's own password inside a login.
pub async fn own_password(store: &Store, account: &str) -> Result<bool> {
    Ok(store.count_try(&format!("password:{account}"), WINDOW).await? <= BY_NAME_AND_NETWORK)
}
