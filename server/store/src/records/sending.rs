//! Sending a release, and withdrawing from one: of the two, whichever takes the
//! locks first happens, whole, and the other finds it done.
//!
//! The PDF and the data file are made before, from what is shown to be ready. The
//! transaction that sends gathers everything again under the locks and compares: if
//! anything has changed, nothing leaves, and the caller makes the files anew.

use domain::{
    ids::{ClientId, HandoverId, ReleaseId},
    records::{
        consents::WithdrawnHow,
        handover::{FilePart, HandoverDetails},
        packet::Packet,
        release::{ReleaseState, SignedDays},
    },
};
use uuid::Uuid;

use crate::{
    Clinician, Partner, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    files,
    records::{
        consents,
        handovers::{self, Cause, NewFile, NewHandover},
        leaving::{self, Leaving},
        releases::{self, OwnReleaseState, Release, ReleaseWithdrawn},
    },
};

/// A file that was made of what leaves.
#[derive(Clone, Debug)]
pub struct MadeFile {
    pub part: FilePart,
    /// The name with its ending.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// The outcome of sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It left, and is on record under this id.
    Done(HandoverId),
    /// What leaves has changed since the files were made: make them again.
    Changed,
    /// There is nothing to send: no signed note or document fits.
    Nothing,
    /// It cannot be sent now: it is not signed or confirmed, or was sent, withdrawn
    /// or closed.
    NotReady,
}

impl Clinician {
    /// A release with what leaves by it now, for its files and for the page; the
    /// opening is audited. What leaves is `None` unless the release is ready to send.
    /// `None`: there is no such release in this clinician's care.
    pub async fn release_to_send(&self, id: ReleaseId) -> Result<Option<(Release, Option<Leaving>)>> {
        let mut tx = self.store().read().await?;
        let Some(release) = releases::find(self, &mut tx, id).await? else { return Ok(None) };
        let leaving = match open_days(&release) {
            Some(days) => Some(leaving::of_release(self.store(), &mut tx, &release, days).await?),
            None => None,
        };
        let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Release).id(id.0).client(release.client.0);
        self.store().record_opening(tx, act).await?;
        Ok(Some((release, leaving)))
    }

    /// Sends a release: puts on record that these files left, for ever. `mark` is that
    /// of what they were made of. `None`: there is no such release in this clinician's
    /// care.
    pub async fn send_release(&self, id: ReleaseId, mark: &[u8], made: &[MadeFile]) -> Result<Option<Sent>> {
        let store = self.store();
        let mut tx = store.write().await?;
        if releases::find(self, &mut tx, id).await?.is_none() {
            return Ok(None);
        }
        releases::lock(&mut tx, id).await?;
        let Some(release) = releases::find(self, &mut tx, id).await? else { return Ok(None) };
        let Some(days) = open_days(&release) else { return Ok(Some(Sent::NotReady)) };
        let leaving = leaving::of_release(store, &mut tx, &release, days).await?;
        if let Some(not) = not_sent(&leaving, mark) {
            return Ok(Some(not));
        }
        let details = HandoverDetails {
            recipient: release.terms.recipient.clone(),
            address: release.terms.address.clone(),
            manner: Some(release.terms.manner),
            purpose: release.terms.purpose.clone(),
            items: leaving.packets.iter().flat_map(Packet::lines).collect(),
        };
        let cause = Cause::Release(id);
        let new = NewHandover { client: release.client, cause, by: self.me(), details: &details };
        let handover = handovers::record(store, &mut tx, new).await?;
        put_files(self, &mut tx, handover, release.client, (made, &leaving)).await?;
        tx.commit().await?;
        Ok(Some(Sent::Done(handover)))
    }
}

/// The days that leave by a release that is ready to send; `None`: it is not.
fn open_days(release: &Release) -> Option<SignedDays> {
    release.days().filter(|_| release.state == ReleaseState::Open)
}

/// Why this is not sent; `None`: it can be.
pub(crate) fn not_sent(leaving: &Leaving, mark: &[u8]) -> Option<Sent> {
    if leaving.packets.is_empty() {
        Some(Sent::Nothing)
    } else if leaving.mark != mark {
        Some(Sent::Changed)
    } else {
        None
    }
}

/// Keeps the files that left: those that were made, then the documents as they are.
pub(crate) async fn put_files(
    clinician: &Clinician,
    tx: &mut Tx,
    handover: HandoverId,
    client: ClientId,
    (made, leaving): (&[MadeFile], &Leaving),
) -> Result<()> {
    let store = clinician.store();
    // Process notes are sealed for their author, who alone can send them.
    let subject = |part: FilePart| -> Uuid { if part == FilePart::Process { clinician.me().0 } else { client.0 } };
    let mut number = 0;
    for file in made {
        number += 1;
        let new = NewFile {
            number,
            part: file.part,
            name: &file.name,
            bytes: &file.bytes,
            subject: Some(subject(file.part)),
        };
        handovers::add_file(store, tx, handover, client, new).await?;
    }
    for (part, name, file) in &leaving.documents {
        number += 1;
        let bytes = files::read(store, tx, *file).await?;
        let new = NewFile { number, part: *part, name, bytes: &bytes, subject: Some(subject(*part)) };
        handovers::add_file(store, tx, handover, client, new).await?;
    }
    Ok(())
}

impl Partner {
    /// Withdraws this person's signature from a release, until the moment it is sent.
    /// `None`: they sign no such release.
    pub async fn withdraw_release(&self, id: ReleaseId) -> Result<Option<ReleaseWithdrawn>> {
        let store = self.store();
        let mut tx = store.write().await?;
        if self.find_own_release(&mut tx, id).await?.is_none() {
            return Ok(None);
        }
        releases::lock(&mut tx, id).await?;
        let Some(own) = self.find_own_release(&mut tx, id).await? else { return Ok(None) };
        if !own.can_withdraw {
            return Ok(Some(match own.state {
                OwnReleaseState::Sent(at) => ReleaseWithdrawn::Sent(at),
                OwnReleaseState::Withdrawn(_) => ReleaseWithdrawn::Done,
                OwnReleaseState::ToSign | OwnReleaseState::Signed(_) | OwnReleaseState::NoLongerOpen => {
                    ReleaseWithdrawn::NotOpen
                }
            }));
        }
        let done = consents::withdraw(store, &mut tx, own.ask, self.visitor(), WithdrawnHow::Portal).await?;
        tx.commit().await?;
        Ok(Some(if done { ReleaseWithdrawn::Done } else { ReleaseWithdrawn::NotOpen }))
    }
}
