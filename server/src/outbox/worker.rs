//! The worker: claim, write, store, send, finish.
//!
//! It holds a lease on what it sends and finishes with the lease's token
//! only, so that a second worker, or this one after a crash, repeats nothing
//! that is done. Nothing that one message does stops the rest: writing it may
//! fail or panic, its address may be refused. What concerns the mail server
//! as a whole makes the whole outbox rest.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use app::mail::HeaderText;
use chrono::{DateTime, Utc};
use domain::ids::MessageId;
use sha2::{Digest, Sha256};
use store::{Claimed, Store};
use tokio::{
    task::{Id, JoinError, JoinSet},
    time::{Instant, sleep, timeout_at},
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info, warn};
use uuid::Uuid;

use super::{
    Post, message,
    smtp::{LONGEST, Step, Trouble, Verdict},
};
use crate::{fault, state::AppState};

/// So many messages are claimed at once, and so many sent at once.
const CLAIM: i64 = 20;
const AT_ONCE: usize = 4;
const LEASE: Duration = Duration::from_secs(120);
/// Without a knock at the door the outbox is looked at this often.
const LOOK: Duration = Duration::from_secs(5);
/// How often counted tries of the past are cleared away.
const TIDY: Duration = Duration::from_secs(3600);
/// How long the whole server rests after a refusal, and after one that wants
/// a person.
const REST: Duration = Duration::from_secs(60);
const ALARM: Duration = Duration::from_secs(300);
/// How long a message in flight may take when the program is to end.
const FAREWELL: Duration = Duration::from_secs(10);
/// A content refused so often is refused for good.
const UNWANTED: i64 = 3;
const STUMBLED: &str = "The program stumbled over this message. Please tell its authors.";

/// Sends what is due until told to stop; then finishes what is being sent
/// and gives the rest back.
pub async fn run(state: AppState, stop: CancellationToken) {
    let post = match Post::new(state.config()) {
        Ok(post) => Arc::new(post),
        Err(why) => {
            error!(%why, "no mail is sent: the settings do not fit");
            stop.cancelled().await;
            return;
        }
    };
    let worker = Worker { store: state.store().clone(), post, unknown: Arc::default() };
    let mut tidied: Option<Instant> = None;
    loop {
        if tidied.is_none_or(|at| at.elapsed() > TIDY) {
            tidied = Some(Instant::now());
            if let Err(error) = worker.store.forget_old_tries().await {
                warn!(%error, "old tries to sign in were not cleared away");
            }
            if let Err(error) = worker.store.replan_after_sessions().await {
                warn!(%error, "reminders before the next session were not planned again");
            }
            if let Err(error) = worker.store.forget_inquiries().await {
                warn!(%error, "inquiries that nobody confirmed were not erased");
            }
            if let Err(error) = worker.store.forget_undo().await {
                warn!(%error, "what can be undone no more was not cleared away");
            }
            if let Err(error) = worker.store.forget_bodies().await {
                warn!(%error, "what old mails said was not forgotten");
            }
            if let Err(error) = worker.store.forget_form_keys().await {
                warn!(%error, "old keys of forms were not cleared away");
            }
        }
        let pause = match worker.round(&stop).await {
            Round::More => None,
            Round::Quiet => Some(LOOK),
            Round::Rest(time) => {
                // A knock does not shorten a rest.
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = sleep(time) => {}
                }
                None
            }
        };
        if stop.is_cancelled() {
            break;
        }
        if let Some(pause) = pause {
            tokio::select! {
                () = stop.cancelled() => break,
                () = state.wake().notified() => {}
                () = sleep(pause) => {}
            }
        }
    }
    worker.post.close().await;
    debug!("the outbox is at rest");
}

/// What follows a round.
#[derive(Debug, PartialEq, Eq)]
enum Round {
    More,
    Quiet,
    Rest(Duration),
}

/// What follows one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    Rest(Duration),
}

#[derive(Clone)]
struct Worker {
    store: Store,
    post: Arc<Post>,
    /// Messages that may have arrived: tried once more, and not again.
    unknown: Arc<Mutex<HashSet<MessageId>>>,
}

impl Worker {
    /// Claims what is due and sends it.
    async fn round(&self, stop: &CancellationToken) -> Round {
        let lease = chrono::Duration::from_std(LEASE).unwrap_or_default();
        let claimed = match self.store.claim_due(CLAIM, lease).await {
            Ok(claimed) => claimed,
            Err(error) => {
                error!(%error, "the outbox cannot be read");
                return Round::Quiet;
            }
        };
        if claimed.is_empty() {
            return Round::Quiet;
        }
        fault::point("claimed");
        let full = i64::try_from(claimed.len()).is_ok_and(|n| n >= CLAIM);
        match self.send_all(claimed, stop).await {
            Outcome::Rest(time) => Round::Rest(time),
            Outcome::Done if full => Round::More,
            Outcome::Done => Round::Quiet,
        }
    }

    /// Sends a few at once. Where the server is to rest, or the program to
    /// end, what has not been begun is given back.
    async fn send_all(&self, claimed: Vec<Claimed>, stop: &CancellationToken) -> Outcome {
        // What is begun later than this could outlive its lease.
        let begin_until = Instant::now() + (LEASE - LONGEST) / 2;
        let Some(written) = self.write_all(claimed).await else { return Outcome::Rest(REST) };
        let mut waiting = written.into_iter();
        let mut sent: Vec<(MessageId, Uuid)> = Vec::new();
        let mut sending = JoinSet::new();
        let mut begun: HashMap<Id, (MessageId, Uuid)> = HashMap::new();
        let mut outcome = Outcome::Done;
        loop {
            let open = outcome == Outcome::Done && !stop.is_cancelled() && Instant::now() < begin_until;
            while open && sending.len() < AT_ONCE {
                let Some((claimed, bytes)) = waiting.next() else { break };
                let (worker, held) = (self.clone(), (claimed.id, claimed.token));
                let task = sending.spawn(async move { worker.send(claimed, &bytes).await });
                begun.insert(task.id(), held);
            }
            tokio::select! {
                joined = sending.join_next_with_id() => match joined {
                    Some(joined) => {
                        outcome = worse(outcome, self.joined(joined, &mut begun, &mut sent).await);
                        // Those that ended meanwhile are noted with it.
                        while let Some(joined) = sending.try_join_next_with_id() {
                            outcome = worse(outcome, self.joined(joined, &mut begun, &mut sent).await);
                        }
                        self.note_sent(&mut sent).await;
                    }
                    None => break,
                },
                () = stop.cancelled() => break,
            }
        }
        let farewell = Instant::now() + FAREWELL;
        while let Ok(Some(joined)) = timeout_at(farewell, sending.join_next_with_id()).await {
            outcome = worse(outcome, self.joined(joined, &mut begun, &mut sent).await);
            self.note_sent(&mut sent).await;
        }
        sending.shutdown().await;
        let never = waiting.map(|(claimed, _)| (claimed.id, claimed.token, false));
        let cut_off = begun.into_values().map(|(id, token)| (id, token, true));
        for (id, token, begun) in never.chain(cut_off) {
            if let Err(error) = self.store.release(id, token, begun).await {
                error!(%error, id = %id, "a claim cannot be given back; it ends by itself");
            }
        }
        outcome
    }

    /// Writes what was claimed, and keeps it in one go before anything is sent:
    /// nothing is sent that is not on record. What cannot be written fails by
    /// itself; `None`: nothing can be kept.
    async fn write_all(&self, claimed: Vec<Claimed>) -> Option<Vec<(Claimed, Vec<u8>)>> {
        let mut written = Vec::new();
        for claimed in claimed {
            let (id, token) = (claimed.id, claimed.token);
            if let Some(bytes) = claimed.stored.clone() {
                written.push((claimed, bytes));
                continue;
            }
            let (post, now) = (Arc::clone(&self.post), self.store.now());
            // A task of its own: a panic is the end of that message only.
            let writing = tokio::spawn(async move {
                let bytes = message::write(&claimed, &post.from, &post.base_url, now);
                let bytes = bytes.map(|bytes| post.signed(bytes, now));
                (claimed, bytes)
            });
            match writing.await {
                Ok((claimed, Ok(bytes))) => written.push((claimed, bytes)),
                Ok((_, Err(error))) => {
                    error!(id = %id, %error, "a message cannot be written");
                    self.fail(id, token, &format!("This message could not be written: {error}.")).await;
                }
                Err(_) => {
                    error!(id = %id, "the program stumbled over a message");
                    self.fail(id, token, STUMBLED).await;
                }
            }
        }
        let bodies: Vec<_> = written.iter().map(|(c, bytes)| (c.id, c.token, bytes.clone())).collect();
        match self.store.store_bodies(&bodies).await {
            Ok(held) => {
                fault::point("kept");
                written.retain(|(claimed, _)| held.contains(&claimed.id));
                Some(written)
            }
            Err(error) => {
                error!(%error, "messages cannot be stored; their claims end by themselves");
                None
            }
        }
    }

    /// Notes what was sent.
    async fn note_sent(&self, sent: &mut Vec<(MessageId, Uuid)>) {
        if sent.is_empty() {
            return;
        }
        let noted = std::mem::take(sent);
        match self.store.finish_all_sent(&noted).await {
            Ok(held) => {
                fault::point("noted");
                for (id, _) in noted.iter().filter(|(id, _)| !held.contains(id)) {
                    warn!(id = %id, "sent, but the lease had ended: it may be sent once more");
                }
            }
            Err(error) => {
                for (id, _) in &noted {
                    error!(id = %id, %error, "sent, but this cannot be stored: it may be sent once more");
                }
            }
        }
    }

    /// How one message ended; a panic is the end of that message only.
    async fn joined(
        &self,
        joined: Result<(Id, Option<Outcome>), JoinError>,
        begun: &mut HashMap<Id, (MessageId, Uuid)>,
        sent: &mut Vec<(MessageId, Uuid)>,
    ) -> Outcome {
        match joined {
            Ok((task, outcome)) => {
                let held = begun.remove(&task);
                outcome.unwrap_or_else(|| {
                    sent.extend(held);
                    Outcome::Done
                })
            }
            Err(error) => {
                if let Some((id, token)) = begun.remove(&error.id()) {
                    error!(id = %id, "the program stumbled over a message");
                    self.fail(id, token, STUMBLED).await;
                }
                Outcome::Done
            }
        }
    }

    /// One message, from its bytes to its end; `None`: it was sent.
    async fn send(&self, claimed: Claimed, bytes: &[u8]) -> Option<Outcome> {
        if let Err(wait) = self.post.limits.turn(claimed.recipient.as_str()) {
            let at = self.store.now() + chrono::Duration::from_std(wait).unwrap_or_default();
            if let Err(error) = self.store.put_off(claimed.id, claimed.token, at).await {
                error!(id = %claimed.id, %error, "a message cannot be put off; it comes when the lease ends");
            }
            return Some(Outcome::Done);
        }
        match self.post.deliver(&claimed.recipient, &claimed.message_id, &claimed.way_back, bytes).await {
            Ok(()) => {
                fault::point("answered");
                info!(id = %claimed.id, kind = claimed.kind.word(), attempts = claimed.attempts, "sent");
                self.known(claimed.id);
                None
            }
            Err(trouble) => Some(self.troubled(&claimed, &trouble).await),
        }
    }

    /// What trouble means for its message and for the rest.
    async fn troubled(&self, claimed: &Claimed, trouble: &Trouble) -> Outcome {
        let (id, token) = (claimed.id, claimed.token);
        let verdict = trouble.verdict();
        let advice = self.post.advice(trouble);
        match verdict {
            Verdict::Stop | Verdict::Unwanted => {
                error!(id = %id, trouble = trouble.brief(), "MAIL IS STOPPED for {} minutes: run `duologue send-test` to see why", ALARM.as_secs() / 60);
            }
            Verdict::Rest | Verdict::Unknown => {
                warn!(id = %id, trouble = trouble.brief(), "the mail server is not to be had: mail rests for {} seconds", REST.as_secs());
            }
            Verdict::Later | Verdict::Never => {
                warn!(id = %id, trouble = trouble.brief(), attempts = claimed.attempts, "not sent");
            }
        }
        match verdict {
            // The address itself was refused: nothing more goes there.
            Verdict::Never if trouble.step == Step::Recipient => self.refused(id, token, &advice, &trouble.text).await,
            Verdict::Never => self.fail(id, token, &advice).await,
            Verdict::Unwanted if claimed.attempts >= UNWANTED => self.fail(id, token, &advice).await,
            Verdict::Unknown if !self.first_unknown(id) => {
                self.fail(
                    id,
                    token,
                    "The mail server twice took this message without confirming it: it may have arrived.",
                )
                .await;
            }
            _ => self.retry(claimed, verdict, &advice).await,
        }
        match verdict {
            Verdict::Rest | Verdict::Unknown => Outcome::Rest(REST),
            Verdict::Stop | Verdict::Unwanted => Outcome::Rest(ALARM),
            Verdict::Later | Verdict::Never => Outcome::Done,
        }
    }

    async fn retry(&self, claimed: &Claimed, verdict: Verdict, why: &str) {
        let (id, token) = (claimed.id, claimed.token);
        match next_try(self.store.now(), claimed.not_after, claimed.attempts, verdict, id) {
            Some(at) => {
                if let Err(error) = self.store.finish_retry(id, token, at, why, verdict == Verdict::Unknown).await {
                    error!(id = %id, %error, "a next try cannot be stored; it comes when the lease ends");
                }
            }
            None => self.fail(id, token, why).await,
        }
    }

    async fn refused(&self, id: MessageId, token: Uuid, why: &str, said: &str) {
        self.known(id);
        let (why, said) = (HeaderText::new(why), HeaderText::new(said));
        if let Err(error) = self.store.finish_refused(id, token, why.as_str(), said.as_str()).await {
            error!(id = %id, %error, "a refusal cannot be stored");
        }
    }

    async fn fail(&self, id: MessageId, token: Uuid, why: &str) {
        self.known(id);
        if let Err(error) = self.store.finish_failed(id, token, HeaderText::new(why).as_str()).await {
            error!(id = %id, %error, "a failure cannot be stored");
        }
    }

    /// Whether this is the first time that a message may have arrived.
    fn first_unknown(&self, id: MessageId) -> bool {
        self.unknown.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(id)
    }

    fn known(&self, id: MessageId) {
        self.unknown.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(&id);
    }
}

fn worse(a: Outcome, b: Outcome) -> Outcome {
    match (a, b) {
        (Outcome::Rest(a), Outcome::Rest(b)) => Outcome::Rest(a.max(b)),
        (Outcome::Rest(time), _) | (_, Outcome::Rest(time)) => Outcome::Rest(time),
        _ => Outcome::Done,
    }
}

/// When a message is tried again: after 1, 5, 15 minutes and then every
/// hour; where a server asked to come back later (greylisting), after 5 at
/// first. Up to a quarter is added, so that what failed together does not
/// return together; it is taken from the message's id and so is always the
/// same. `None`: past its last hour the message would say nothing anyone
/// needs.
fn next_try(
    now: DateTime<Utc>,
    not_after: DateTime<Utc>,
    attempts: i64,
    verdict: Verdict,
    id: MessageId,
) -> Option<DateTime<Utc>> {
    let minutes = match (verdict, attempts) {
        (Verdict::Later | Verdict::Stop | Verdict::Unwanted, ..=2) | (_, 2) => 5,
        (_, ..=1) => 1,
        (_, 3) => 15,
        _ => 60,
    };
    let wait = chrono::Duration::minutes(minutes);
    let digest = Sha256::digest(format!("{id}:{attempts}"));
    let jitter = wait * i32::from(digest[0]) / (4 * 255);
    // Where the next hour is too late there is one last try in time.
    let last = not_after - chrono::Duration::minutes(2);
    let at = (now + wait + jitter).min(last);
    (at >= now + chrono::Duration::minutes(1)).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn wait(attempts: i64, verdict: Verdict, id: u128) -> f64 {
        let now = at("2026-11-23T09:00:00Z");
        let next =
            next_try(now, at("2026-12-23T09:00:00Z"), attempts, verdict, MessageId(Uuid::from_u128(id))).unwrap();
        (next - now).as_seconds_f64() / 60.0
    }

    #[test]
    fn the_waits_grow_and_are_spread() {
        for (attempts, least) in [(1, 1.0), (2, 5.0), (3, 15.0), (4, 60.0), (9, 60.0)] {
            for id in 0..50 {
                let minutes = wait(attempts, Verdict::Rest, id);
                assert!((least..=least * 1.25).contains(&minutes), "{attempts}: {minutes}");
            }
        }
        assert!(wait(1, Verdict::Later, 1) >= 5.0, "greylisting");
        assert_eq!(wait(2, Verdict::Rest, 7), wait(2, Verdict::Rest, 7));
        let spread: HashSet<u64> = (0..50).map(|id| (wait(1, Verdict::Rest, id) * 600.0) as u64).collect();
        assert!(spread.len() > 20);
    }

    #[test]
    fn nothing_is_tried_when_it_is_too_late() {
        let now = at("2026-11-23T09:00:00Z");
        let id = MessageId(Uuid::from_u128(1));
        assert_eq!(next_try(now, now + chrono::Duration::minutes(2), 4, Verdict::Rest, id), None);
        let soon = now + chrono::Duration::minutes(20);
        assert_eq!(
            next_try(now, soon, 4, Verdict::Rest, id),
            Some(now + chrono::Duration::minutes(18)),
            "one last try"
        );
    }

    #[test]
    fn the_longer_rest_wins() {
        assert_eq!(worse(Outcome::Rest(REST), Outcome::Done), Outcome::Rest(REST));
        assert_eq!(worse(Outcome::Rest(REST), Outcome::Rest(ALARM)), Outcome::Rest(ALARM));
        assert_eq!(worse(Outcome::Done, Outcome::Done), Outcome::Done);
    }
}
