//! The demo's own day: sessions around the present hour, who has arrived, a note
//! that is not signed, requests, and an email that was not delivered.

use chrono::{Duration, Timelike};
use domain::{
    ids::{ClientId, PersonId, SessionId},
    records::note::{NoteScope, NoteText},
    scheduling::{attendance::Mark, session::SessionState},
    zone,
};
use store::{Bookings, Clinician, EmailFacts, NoteWork, SaveKind};

use super::{
    Demo, Result, missing_scope,
    people::{PAIRS, Pair},
    place,
};

/// The couple who did not come this morning: their index in [`PAIRS`].
const NO_SHOW: usize = 10;
/// The couple whose session this morning has a note that is not signed yet.
const UNSIGNED: usize = 2;
/// The couple of whom one has arrived for their next session.
const WAITING: usize = 11;
/// The person who asks the practice for another time, and comes alone.
const ASKS_ALONE: usize = 5;
/// The couple of whom one asks the other for another time.
const ASKS_PARTNER: usize = 9;
/// The person whose email does not arrive.
const UNREACHED: &str = "Mei-Ling Chou";

/// A client of the demo with its people.
type Unit = (ClientId, Vec<(PersonId, String)>);

impl Demo<'_> {
    /// Books the sessions of today around the present hour, and sets their state.
    pub(super) async fn fill_today(&self, desk: &Bookings, clinicians: &[Clinician], units: &[Unit]) -> Result<()> {
        let now = self.store.now();
        let present = place::full_hour_of(now, &self.zone);
        for (index, (pair, (client, people))) in PAIRS.iter().zip(units).enumerate() {
            let Some(offset) = pair.today else { continue };
            // The first full hour of the day is eight.
            let hour = (present + offset).max(8);
            let clinician = clinicians[pair.clinician].me();
            let Some((id, timing)) = self.book(desk, *client, clinician, 0, u32::try_from(hour).unwrap_or(8)).await?
            else {
                continue;
            };
            if timing.ends_at <= now {
                if index == NO_SHOW {
                    desk.set_state(id, SessionState::Booked).await?;
                    desk.set_state(id, SessionState::NoShow).await?;
                }
                if index == UNSIGNED {
                    self.note_without_signature(&clinicians[pair.clinician], *client, id).await?;
                }
            } else if timing.starts_at <= now {
                // They came a few minutes before the start.
                let then = store::Clock::fixed(timing.starts_at - Duration::minutes(4));
                let then = self.store.with_clock(then).front_desk(desk.visitor()).ok_or_else(missing_scope)?;
                then.set_state(id, SessionState::Arrived).await?;
            } else if index == WAITING
                && let Some((first, _)) = people.first()
            {
                desk.mark_attendance(id, Mark::Arrived(Some(*first))).await?;
            }
        }
        Ok(())
    }

    /// Signed notes of the sessions that are over, up to one that is still to be
    /// written.
    pub(super) async fn write_notes(&self, clinicians: &[Clinician]) -> Result<()> {
        const BODIES: [&str; 3] = [
            "They brought the evening exercise. Each could say what the other had meant. Next time: the weekends, which still go wrong.",
            "A slower session. One of them needed time, and the other waited. Next time: how a pause can be asked for.",
            "Looked back on the week with the weekly measure. Both lines went up a little. Next time: what made the better days.",
        ];
        for clinician in clinicians {
            let mut after = None;
            let mut written = 0;
            loop {
                let open = clinician.notes_to_finish(None, after).await?;
                for note in open.rows {
                    let NoteWork::Write(session) = note.work else { continue };
                    written += 1;
                    if written == 1 {
                        continue;
                    }
                    let body = BODIES[written % BODIES.len()].to_owned();
                    let text = NoteText::free(NoteScope::Joint, body);
                    clinician.create_note(note.client, Some(session), None, &text, SaveKind::Signed).await?;
                }
                after = open.more;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// A note about this morning's session that its author has not signed.
    async fn note_without_signature(&self, by: &Clinician, client: ClientId, session: SessionId) -> Result<()> {
        let note = NoteText::free(
            NoteScope::Joint,
            "Began with the week: two good evenings, one quarrel about the visit. They named it sooner than last time. To add: what they agreed for the visit.",
        );
        by.create_note(client, Some(session), None, &note, SaveKind::Saved).await?;
        Ok(())
    }

    /// A request that the practice has to answer, and one that a partner has to
    /// answer first.
    pub(super) async fn ask_for_other_times(&self) -> Result<()> {
        for pair in [&PAIRS[ASKS_ALONE], &PAIRS[ASKS_PARTNER]] {
            self.ask_for_another_time(pair).await?;
        }
        Ok(())
    }

    /// The first of these partners asks for another time for their last session.
    async fn ask_for_another_time(&self, pair: &Pair) -> Result<()> {
        // Long enough ago that it cannot be taken back unseen any more.
        let then = self.store.with_clock(store::Clock::fixed(self.store.now() - Duration::minutes(20)));
        let partner = self.partner_in(&then, pair.a.0).await?;
        let Some(last) = partner.sessions_ahead(None).await?.rows.pop() else { return Ok(()) };
        let Some(times) = partner.requestable_times(Some(last.id), None, None, 12).await? else { return Ok(()) };
        // A time of another hour, and a full one if there is any.
        let full = times.found.iter().find(|slot| zone::wall_time(slot.at, &self.zone).minute() == 0);
        if let Some(slot) = full.or(times.found.first()) {
            partner.request_time(Some(last.id), None, slot.at).await?;
        }
        Ok(())
    }

    /// Lets the confirmation of one person's booking fail.
    pub(super) async fn lose_an_email(&self) -> Result<()> {
        let due = self.store.worker().claim_due(500, Duration::minutes(1)).await?;
        let sessions = || due.iter().filter(|email| matches!(email.facts, EmailFacts::Session(_)));
        // At some hours her email is not due yet: then somebody else's is lost, but
        // not that of the couple who can be signed in as.
        let (a, b) = (PAIRS[0].a.0, PAIRS[0].b.map_or("", |b| b.0));
        let lost = sessions()
            .find(|email| email.recipient_name == UNREACHED)
            .or_else(|| sessions().find(|email| email.recipient_name != a && email.recipient_name != b))
            .map(|email| email.id);
        for email in &due {
            if lost == Some(email.id) {
                let said = "550 5.1.1 The email account that you tried to reach does not exist";
                self.store.worker().finish_failed(email.id, email.token, said).await?;
            } else {
                self.store.worker().return_claim_early(email.id, email.token, false).await?;
            }
        }
        Ok(())
    }
}
