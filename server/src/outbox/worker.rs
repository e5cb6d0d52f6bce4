//! The worker of the outbox: it claims emails that are due, writes, stores and
//! sends them, and notes their end.
//!
//! A claim is a lease. The worker notes the end of an email only with the lease's
//! token, so that a second worker, or this one after a crash, does not repeat what
//! is done. No email can stop the others: writing it may fail or panic, its address
//! may be refused. A fault of the mail server as a whole, or of ours, stops the
//! queue; the database keeps that for every process. The store then hands out one
//! email at a time to find out whether email can be sent again.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use app::mail::HeaderText;
use chrono::{DateTime, Utc};
use domain::ids::EmailId;
use sha2::{Digest, Sha256};
use store::{Claimed, Obstacle, Refusal, StillClaimed};
use tokio::{
    task::{Id, JoinError, JoinSet},
    time::{Instant, sleep, timeout_at},
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info, warn};
use uuid::Uuid;

use super::{
    Post,
    diagnosis::Meaning,
    email,
    smtp::{LONGEST, Trouble, Verdict},
};
use crate::{fault, state::AppState};

/// How many emails are claimed at a time.
const CLAIM: i64 = 20;
/// How many emails are sent at the same time.
const AT_ONCE: usize = 4;
/// How long a claim lasts.
const LEASE: Duration = Duration::from_secs(120);
/// How often the outbox is checked if nothing wakes the worker.
const LOOK: Duration = Duration::from_secs(5);
/// How often old rows (counted tries, undo data, form keys and others) are cleared
/// away.
const TIDY: Duration = Duration::from_secs(3600);
/// How long an email that is being sent may take when the program stops.
const FAREWELL: Duration = Duration::from_secs(10);
/// The reason that is kept with an email whose writing or sending panicked.
const STUMBLED: &str = "The program stumbled over this message. Please tell its authors.";

/// A claimed email and the token of its lease.
type Lease = (EmailId, Uuid);

/// Sends what is due until `stop` is cancelled; then finishes what is being sent
/// and gives the rest back.
pub async fn run(state: AppState, stop: CancellationToken) {
    let post = match Post::new(state.config()) {
        Ok(post) => Arc::new(post),
        Err(why) => {
            error!(%why, "no mail is sent: the settings do not fit");
            let reason = format!("The settings of mail do not fit: {why}.");
            let obstacle = Obstacle { ours: true, reason, code: "settings".to_owned() };
            if let Err(error) = state.store().worker().stop_mail(&obstacle).await {
                error!(%error, "this cannot be stored");
            }
            stop.cancelled().await;
            return;
        }
    };
    let worker = Worker { store: state.store().worker(), post, unnoted: Arc::default() };
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
            if let Err(error) = worker.store.forget_presses().await {
                warn!(%error, "old presses of forms were not cleared away");
            }
            if let Err(error) = worker.store.empty_bin().await {
                warn!(%error, "the bin was not emptied");
            }
            if let Err(error) = worker.store.forget_form_keys().await {
                warn!(%error, "old keys of forms were not cleared away");
            }
            if let Err(error) = worker.store.forget_evidence().await {
                warn!(%error, "old evidence of signatures was not deleted");
            }
            if let Err(error) = worker.store.clear_loose_files().await {
                warn!(%error, "uploads that were cut off were not cleared away");
            }
            if let Err(error) = worker.store.delete_removed_documents().await {
                warn!(%error, "removed documents were not deleted");
            }
        }
        let pause = match worker.send_due(&stop).await {
            Round::More => None,
            Round::Quiet => Some(LOOK),
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

/// What the worker does after a round.
#[derive(Debug, PartialEq, Eq)]
enum Round {
    /// Another round follows at once.
    More,
    /// It waits until it is woken, or for [`LOOK`].
    Quiet,
}

/// The end of one email, or of all emails of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// The email was sent, which is still to be noted.
    Sent,
    /// The end of the email is noted already.
    Done,
    /// The queue has stopped: nothing else of what was claimed is sent.
    Stopped,
}

#[derive(Clone)]
struct Worker {
    store: store::Worker,
    post: Arc<Post>,
    /// Emails that were sent while the database could not be written, with the
    /// tokens of their leases. They are noted before anything else is claimed, so
    /// that a full disk does not make anything go out twice.
    unnoted: Arc<Mutex<Vec<Lease>>>,
}

impl Worker {
    /// Claims what is due and sends it.
    async fn send_due(&self, stop: &CancellationToken) -> Round {
        self.note_sent(&mut Vec::new(), &[]).await;
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
        // After a probe, the rest may be sent, or another probe is due at once.
        let more = claimed.iter().any(|c| c.probe) || i64::try_from(claimed.len()).is_ok_and(|n| n >= CLAIM);
        match self.send_all(claimed, stop).await {
            Some(Outcome::Stopped) => Round::More,
            Some(Outcome::Sent | Outcome::Done) if more => Round::More,
            Some(Outcome::Sent | Outcome::Done) | None => Round::Quiet,
        }
    }

    /// Sends a few emails at the same time. If the queue stops or the program is to
    /// end, emails that were not begun are given back. `None`: nothing could be
    /// stored, so nothing was sent.
    async fn send_all(&self, claimed: Vec<Claimed>, stop: &CancellationToken) -> Option<Outcome> {
        // An email that is begun later than this could outlive its lease.
        let begin_until = Instant::now() + (LEASE - LONGEST) / 2;
        let written = self.write_all(claimed).await?;
        let mut waiting = written.into_iter();
        // It is noted already that these begin.
        let mut next: Vec<(Claimed, Vec<u8>)> = waiting.by_ref().take(AT_ONCE).collect();
        let mut sent: Vec<Lease> = Vec::new();
        let mut sending = JoinSet::new();
        let mut begun: HashMap<Id, Lease> = HashMap::new();
        let mut outcome = Outcome::Done;
        loop {
            let open = outcome != Outcome::Stopped && !stop.is_cancelled() && Instant::now() < begin_until;
            if open {
                for (claimed, bytes) in next.drain(..) {
                    let (worker, held) = (self.clone(), (claimed.id, claimed.token));
                    let task = sending.spawn(async move { worker.send(claimed, &bytes).await });
                    begun.insert(task.id(), held);
                }
            }
            tokio::select! {
                joined = sending.join_next_with_id() => match joined {
                    Some(joined) => {
                        outcome = worse(outcome, self.take_outcome(joined, &mut begun, &mut sent).await);
                        // Emails that ended meanwhile are noted in the same
                        // transaction.
                        while let Some(joined) = sending.try_join_next_with_id() {
                            outcome = worse(outcome, self.take_outcome(joined, &mut begun, &mut sent).await);
                        }
                        if open && outcome != Outcome::Stopped {
                            next.extend(waiting.by_ref().take(AT_ONCE - sending.len()));
                        }
                        let begins: Vec<Lease> = next.iter().map(|(c, _)| (c.id, c.token)).collect();
                        let may = self.note_sent(&mut sent, &begins).await;
                        next.retain(|(c, _)| may.contains(&c.id));
                    }
                    None => break,
                },
                () = stop.cancelled() => break,
            }
        }
        let farewell = Instant::now() + FAREWELL;
        while let Ok(Some(joined)) = timeout_at(farewell, sending.join_next_with_id()).await {
            outcome = worse(outcome, self.take_outcome(joined, &mut begun, &mut sent).await);
            self.note_sent(&mut sent, &[]).await;
        }
        sending.shutdown().await;
        let never = next.into_iter().chain(waiting).map(|(claimed, _)| (claimed.id, claimed.token, false));
        let cut_off = begun.into_values().map(|(id, token)| (id, token, true));
        for (id, token, begun) in never.chain(cut_off) {
            if let Err(error) = self.store.return_claim_early(id, token, begun).await {
                error!(%error, id = %id, "a claim cannot be given back; it ends by itself");
            }
        }
        Some(outcome)
    }

    /// Writes the claimed emails and stores all of them before any is sent, so that
    /// nothing is sent that is not on record. An email that cannot be written fails
    /// alone. `None`: nothing can be stored.
    async fn write_all(&self, claimed: Vec<Claimed>) -> Option<Vec<(Claimed, Vec<u8>)>> {
        let mut written = Vec::new();
        for claimed in claimed {
            let (id, token) = (claimed.id, claimed.token);
            if let Some(bytes) = claimed.stored.clone() {
                written.push((claimed, bytes));
                continue;
            }
            let (post, now) = (Arc::clone(&self.post), self.store.now());
            // A task of its own: a panic ends only this email.
            let writing = tokio::spawn(async move {
                let bytes = email::write(&claimed, &post.from, &post.base_url, now);
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
        match self.store.store_bodies(&bodies, AT_ONCE).await {
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

    /// Notes what was sent, including what could not be noted before, and that
    /// sending the emails `begins` starts now. Returns which of those may be sent.
    async fn note_sent(&self, sent: &mut Vec<Lease>, begins: &[Lease]) -> HashSet<EmailId> {
        let mut noted = std::mem::take(&mut *self.unnoted.lock().unwrap_or_else(PoisonError::into_inner));
        noted.append(sent);
        if noted.is_empty() && begins.is_empty() {
            return HashSet::new();
        }
        match self.store.finish_and_begin(&noted, begins).await {
            Ok(StillClaimed { sent: held, begun }) => {
                fault::point("noted");
                for (id, _) in noted.iter().filter(|(id, _)| !held.contains(id)) {
                    warn!(id = %id, "sent, but the lease had ended: it may be sent once more");
                }
                begun
            }
            Err(error) => {
                error!(mails = noted.len(), %error, "sent, but this cannot be stored yet");
                self.unnoted.lock().unwrap_or_else(PoisonError::into_inner).extend(noted);
                HashSet::new()
            }
        }
    }

    /// The outcome of a task that sent one email. A panic ends only that email.
    async fn take_outcome(
        &self,
        joined: Result<(Id, Outcome), JoinError>,
        begun: &mut HashMap<Id, Lease>,
        sent: &mut Vec<Lease>,
    ) -> Outcome {
        match joined {
            Ok((task, outcome)) => {
                let held = begun.remove(&task);
                if outcome == Outcome::Sent {
                    sent.extend(held);
                }
                outcome
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

    /// Sends one email whose bytes are written.
    async fn send(&self, claimed: Claimed, bytes: &[u8]) -> Outcome {
        if let Err(wait) = self.post.limits.turn(claimed.recipient.as_str()) {
            let at = self.store.now() + chrono::Duration::from_std(wait).unwrap_or_default();
            if let Err(error) = self.store.postpone_claim(claimed.id, claimed.token, at).await {
                error!(id = %claimed.id, %error, "a message cannot be put off; it comes when the lease ends");
            }
            return Outcome::Done;
        }
        match self.post.deliver(&claimed, bytes).await {
            Ok(()) => {
                fault::point("answered");
                info!(id = %claimed.id, kind = claimed.kind.word(), attempts = claimed.attempts, "sent");
                Outcome::Sent
            }
            Err(trouble) => self.handle_trouble(&claimed, &trouble).await,
        }
    }

    /// Decides what a failure means for the email and for the queue, and stores it.
    async fn handle_trouble(&self, claimed: &Claimed, trouble: &Trouble) -> Outcome {
        let (id, token) = (claimed.id, claimed.token);
        let verdict = trouble.verdict();
        let reason = HeaderText::new(&self.post.advice(trouble)).to_string();
        let obstacle = |ours| Obstacle { ours, reason: reason.clone(), code: trouble.code() };
        let brief = trouble.brief();
        let (stored, outcome) = match verdict {
            Verdict::Means(Meaning::Ours) => {
                error!(id = %id, trouble = brief, "MAIL IS STOPPED: run `duologue send-test` to see why");
                (self.store.finish_obstructed(id, token, &obstacle(true), None).await, Outcome::Stopped)
            }
            Verdict::Means(Meaning::Outage) => {
                warn!(id = %id, trouble = brief, "the mail server is not to be had: mail rests");
                (self.store.finish_obstructed(id, token, &obstacle(false), None).await, Outcome::Stopped)
            }
            Verdict::Unknown => {
                warn!(id = %id, trouble = brief, "no answer to a mail that was handed over: mail rests");
                let again = self.store.now() + chrono::Duration::minutes(1);
                (self.store.finish_obstructed(id, token, &obstacle(false), Some(again)).await, Outcome::Stopped)
            }
            Verdict::Means(Meaning::Later) => {
                warn!(id = %id, trouble = brief, attempts = claimed.attempts, "not sent yet");
                match next_try(self.store.now(), claimed.not_after, claimed.attempts, id) {
                    Some(at) => (self.store.finish_retry(id, token, at, &reason, false).await, Outcome::Done),
                    None => (self.store.finish_failed(id, token, &reason).await, Outcome::Done),
                }
            }
            Verdict::Means(meaning @ (Meaning::Message | Meaning::Address)) => {
                warn!(id = %id, trouble = brief, attempts = claimed.attempts, "not sent");
                let refusal = Refusal {
                    said: HeaderText::new(&trouble.text).to_string(),
                    reason: reason.clone(),
                    code: trouble.code(),
                    address: meaning == Meaning::Address,
                    certain: trouble.is_certain(),
                };
                (self.store.finish_refusal(id, token, &refusal).await, Outcome::Done)
            }
        };
        if let Err(error) = stored {
            error!(id = %id, %error, "how a message ended cannot be stored; it is tried again when the lease ends");
        }
        outcome
    }

    /// Stores that an email has failed for good.
    async fn fail(&self, id: EmailId, token: Uuid, why: &str) {
        if let Err(error) = self.store.finish_failed(id, token, HeaderText::new(why).as_str()).await {
            error!(id = %id, %error, "a failure cannot be stored");
        }
    }
}

/// The outcome that counts for the round: once stopped, always stopped.
fn worse(a: Outcome, b: Outcome) -> Outcome {
    match (a, b) {
        (Outcome::Stopped, _) | (_, Outcome::Stopped) => Outcome::Stopped,
        (Outcome::Sent | Outcome::Done, Outcome::Sent | Outcome::Done) => Outcome::Done,
    }
}

/// When an email is tried again that the mail server wants later, as with
/// greylisting: after 5, 5, 15 and then every 30 minutes. Up to a quarter is added,
/// so that emails that were put off together do not return together; it is computed
/// from the email's id and so is always the same. `None`: it would be after
/// `not_after`, when nobody needs the email any more.
fn next_try(now: DateTime<Utc>, not_after: DateTime<Utc>, attempts: i64, id: EmailId) -> Option<DateTime<Utc>> {
    let minutes = match attempts {
        ..=2 => 5,
        3 => 15,
        _ => 30,
    };
    let wait = chrono::Duration::minutes(minutes);
    let digest = Sha256::digest(format!("{id}:{attempts}"));
    let jitter = wait * i32::from(digest[0]) / (4 * 255);
    // If the next time is too late, there is one last try in time.
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

    fn wait(attempts: i64, id: u128) -> f64 {
        let now = at("2026-11-23T09:00:00Z");
        let next = next_try(now, at("2026-12-23T09:00:00Z"), attempts, EmailId(Uuid::from_u128(id))).unwrap();
        (next - now).as_seconds_f64() / 60.0
    }

    #[test]
    fn waits_between_tries_grow_and_are_spread() {
        for (attempts, least) in [(1, 5.0), (2, 5.0), (3, 15.0), (4, 30.0), (9, 30.0)] {
            for id in 0..50 {
                let minutes = wait(attempts, id);
                assert!((least..=least * 1.25).contains(&minutes), "{attempts}: {minutes}");
            }
        }
        assert_eq!(wait(2, 7), wait(2, 7));
        let spread: HashSet<u64> = (0..50).map(|id| (wait(1, id) * 600.0) as u64).collect();
        assert!(spread.len() > 20);
    }

    #[test]
    fn no_try_is_made_when_it_is_too_late() {
        let now = at("2026-11-23T09:00:00Z");
        let id = EmailId(Uuid::from_u128(1));
        assert_eq!(next_try(now, now + chrono::Duration::minutes(2), 4, id), None);
        let soon = now + chrono::Duration::minutes(20);
        assert_eq!(next_try(now, soon, 4, id), Some(now + chrono::Duration::minutes(18)), "one last try");
    }

    #[test]
    fn one_stopped_email_stops_the_round() {
        assert_eq!(worse(Outcome::Stopped, Outcome::Sent), Outcome::Stopped);
        assert_eq!(worse(Outcome::Done, Outcome::Stopped), Outcome::Stopped);
        assert_eq!(worse(Outcome::Done, Outcome::Sent), Outcome::Done);
    }
}
