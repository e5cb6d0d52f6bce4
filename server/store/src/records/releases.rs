//! Releases (door A): a clinician prepares what leaves and to whom, everyone whom it
//! is about signs in their own login, and until it is sent each can withdraw.
//!
//! Whether a release is open is never stored: it follows from the signatures, its
//! last day and what was sent. Sending takes the locks that signing and withdrawing
//! take, so that a signature that is withdrawn at the same moment is withdrawn
//! before or after, and never in between.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    clients::client::Seat,
    ids::{AccountId, AskId, ClientId, HandoverId, PersonId, ReleaseId},
    records::{
        consents::BlankValues,
        release::{
            CloseReason, Contents, NewRelease, ReleaseFacts, ReleaseKind, ReleaseState, SignedDays, Signing, Term,
            Terms,
        },
    },
    zone,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    After, Clinician, FormKey, Paged, Partner, Result, Store, Tx,
    audit::{Act, AuditAction, AuditThing},
    clients::client::{self, Member, in_care},
    database::{all, maybe, run},
    limits::RELEASES,
    practice::settings::{practice_set_up, today},
    records::{
        consents::{self, AskText, NewAsk},
        handovers::{opened_json, sealed_json},
    },
    unreadable::{self, fetched},
};

/// What one person is asked to sign, in blanks of the text.
#[derive(Clone, Debug)]
pub struct SignerText {
    pub person: PersonId,
    pub blanks: BlankValues,
}

/// A release with its signatures.
#[derive(Clone, Debug)]
pub struct Release {
    pub id: ReleaseId,
    pub client: ClientId,
    pub kind: ReleaseKind,
    pub terms: Terms,
    pub term: Term,
    /// Its last day, in the practice's zone.
    pub ends_on: NaiveDate,
    pub prepared_at: DateTime<Utc>,
    pub prepared_by: AccountId,
    /// The name of the clinician who prepared it.
    pub prepared_name: String,
    pub signers: Vec<Signer>,
    pub state: ReleaseState,
    /// Why it was closed; `None`: it was not.
    pub closed_why: Option<CloseReason>,
    /// Whether the client is a couple.
    pub is_couple: bool,
    /// When it was sent last; `None`: never.
    pub sent_at: Option<DateTime<Utc>>,
    /// The day of the last signature in the practice's zone; `None`: one is missing.
    pub last_signed_on: Option<NaiveDate>,
}

/// A person who signs a release.
#[derive(Clone, Debug)]
pub struct Signer {
    pub person: PersonId,
    pub name: String,
    pub seat: Seat,
    pub ask: AskId,
    pub signing: Signing,
    /// Whether they ticked the line of what is theirs alone.
    pub has_own: bool,
}

impl Release {
    /// The partners whose own part leaves: it was offered, ticked and signed.
    pub fn own_seats(&self) -> Vec<Seat> {
        let ticked = self.signers.iter().filter(|signer| {
            let offered = self.terms.what.own_of(signer.seat).is_some();
            offered && (signer.has_own || self.terms.signs == Some(signer.seat))
        });
        ticked.map(|signer| signer.seat).collect()
    }

    /// The days that leave; `None`: not everyone has signed.
    pub fn days(&self) -> Option<SignedDays> {
        self.last_signed_on.map(|day| self.terms.what.days(day))
    }
}

/// A release as one of its signers sees it. It says nothing of what the other
/// partner ticked, signed or withdrew, beyond whether the release is open.
#[derive(Clone, Debug)]
pub struct OwnRelease {
    pub id: ReleaseId,
    pub kind: ReleaseKind,
    /// What both sign: without the parts that belong to one partner alone.
    pub terms: Terms,
    pub term: Term,
    pub ends_on: NaiveDate,
    pub state: OwnReleaseState,
    /// What they are asked to sign.
    pub ask: AskId,
    /// The reader's seat.
    pub seat: Seat,
    /// What is offered to leave of the reader's own part; `None`: nothing.
    pub own: Option<OwnOffer>,
    /// Whether they have signed, also if they withdrew later.
    pub is_signed: bool,
    /// Whether they can withdraw their signature: something could leave by it.
    pub can_withdraw: bool,
    /// Whether the client is a couple.
    pub is_couple: bool,
    /// The clinician who prepared it.
    pub prepared_by: AccountId,
    pub prepared_name: String,
    pub sent_at: Option<DateTime<Utc>>,
}

/// The reader's own part of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnOffer {
    pub notes: bool,
    /// The titles of the documents.
    pub documents: Vec<String>,
    /// Whether they ticked its line.
    pub is_ticked: bool,
}

/// The state of a release for one of its signers. It does not say whether the other
/// partner has signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnReleaseState {
    /// They have not signed.
    ToSign,
    /// They signed at this time, and it was not sent.
    Signed(DateTime<Utc>),
    /// It was sent last at this time.
    Sent(DateTime<Utc>),
    /// They withdrew their signature at this time, before it was sent.
    Withdrawn(DateTime<Utc>),
    /// It cannot be signed or sent any more. Why is not said: it can be that the other
    /// withdrew.
    NoLongerOpen,
}

/// The outcome of withdrawing a signature from a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseWithdrawn {
    /// It is withdrawn: nothing leaves any more.
    Done,
    /// It was sent at this time, before the signature could be withdrawn.
    Sent(DateTime<Utc>),
    /// It cannot be sent any more, or this person has not signed it.
    NotOpen,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    client_id: Uuid,
    #[sqlx(try_from = "String")]
    kind: ReleaseKind,
    terms: Vec<u8>,
    #[sqlx(try_from = "String")]
    term: Term,
    ends_on: NaiveDate,
    prepared_at: DateTime<Utc>,
    prepared_by: Uuid,
    display_name: String,
    closed_why: Option<String>,
    sent_at: Option<DateTime<Utc>>,
    /// Whether a person joined the client who does not sign.
    has_newcomer: bool,
    is_couple: bool,
}

/// SQL: the columns of a [`Row`] for a release `r` that was prepared by the account
/// `a`.
macro_rules! release_columns {
    () => {
        "r.id, r.client_id, r.kind, r.terms, r.term, r.ends_on, r.prepared_at, r.prepared_by, a.display_name,
             r.closed_why, (SELECT max(h.sent_at) FROM handover h WHERE h.release_id = r.id) AS sent_at,
             EXISTS (SELECT 1 FROM client_member n WHERE n.client_id = r.client_id AND n.left_at IS NULL
                 AND n.joined_at > r.prepared_at AND NOT EXISTS (SELECT 1 FROM release_signer s
                     WHERE s.release_id = r.id AND s.person_id = n.person_id)) AS has_newcomer,
             EXISTS (SELECT 1 FROM client k WHERE k.id = r.client_id AND k.kind = 'couple') AS is_couple"
    };
}

#[derive(FromRow)]
struct SignerRow {
    person_id: Uuid,
    name: String,
    #[sqlx(try_from = "String")]
    seat: Seat,
    ask_id: Uuid,
    own: Vec<u8>,
}

/// The place to which the tick of a person's own part is bound.
fn own_place(person: PersonId) -> String {
    format!("release_signer {person}")
}

/// The stored form of the tick: one byte, so that its length says nothing.
const fn own_byte(is_ticked: bool) -> &'static [u8] {
    if is_ticked { b"1" } else { b"0" }
}

/// Opens a release with its signatures.
async fn open(store: &Store, tx: &mut Tx, row: Row) -> Result<Release> {
    let (id, client) = (ReleaseId(row.id), ClientId(row.client_id));
    let key = store.key_of(tx, row.client_id).await?;
    let terms: Terms = opened_json(&key.open("release", row.id, &row.terms)?)?;
    let signers = signers(store, tx, id).await?;
    let zone = practice_set_up(tx).await?.zone;
    let signings: Vec<Signing> = signers.iter().map(|signer| signer.signing).collect();
    let closed_why = row.closed_why.as_deref().map(str::parse::<CloseReason>).transpose()?;
    let facts = ReleaseFacts {
        signings: &signings,
        term: row.term,
        ends_on: row.ends_on,
        // Who joined after it was prepared has not been asked.
        is_closed: closed_why.is_some() || row.has_newcomer && terms.signs.is_none(),
        is_sent: row.sent_at.is_some(),
        today: zone::date_of(store.now(), &zone),
    };
    let (state, last_signed) = (facts.state(), facts.last_signed());
    Ok(Release {
        id,
        client,
        kind: row.kind,
        terms,
        term: row.term,
        ends_on: row.ends_on,
        prepared_at: row.prepared_at,
        prepared_by: AccountId(row.prepared_by),
        prepared_name: row.display_name,
        signers,
        state,
        closed_why,
        is_couple: row.is_couple,
        sent_at: row.sent_at,
        last_signed_on: last_signed.map(|at| zone::date_of(at, &zone)),
    })
}

/// The signers of a release, in the order of their seats.
async fn signers(store: &Store, tx: &mut Tx, release: ReleaseId) -> Result<Vec<Signer>> {
    let rows = all!(
        tx,
        SignerRow,
        "SELECT s.person_id, p.name, m.seat, s.ask_id, s.own
         FROM release_signer s JOIN release r ON r.id = s.release_id JOIN person p ON p.id = s.person_id
         JOIN client_member m ON m.client_id = r.client_id AND m.person_id = s.person_id
         WHERE s.release_id = $1 ORDER BY m.seat",
        release.0
    )?;
    let mut found = Vec::new();
    for row in rows {
        let (person, ask) = (PersonId(row.person_id), AskId(row.ask_id));
        let signature = consents::signature_of(store, tx, ask).await?;
        let signing = match signature {
            None => Signing::Due,
            Some(signature) => signature.withdrawn_at.map_or(Signing::Signed(signature.signed_at), Signing::Withdrawn),
        };
        let own = store.key_of(tx, row.person_id).await?.open(&own_place(person), release.0, &row.own)?;
        found.push(Signer {
            person,
            name: row.name,
            seat: row.seat,
            ask,
            signing,
            has_own: own.as_slice() == own_byte(true),
        });
    }
    Ok(found)
}

/// A release in this clinician's care; `None`: there is none. Process notes are
/// their author's: a release of them exists for nobody else.
pub(crate) async fn find(clinician: &Clinician, tx: &mut Tx, release: ReleaseId) -> Result<Option<Release>> {
    let today = today(tx, clinician.now()).await?;
    let row = maybe!(
        tx,
        Row,
        in_care!(
            concat!(
                "SELECT ",
                release_columns!(),
                " FROM release r JOIN client c ON c.id = r.client_id JOIN account a ON a.id = r.prepared_by"
            ),
            "AND r.id = $3 AND (r.kind <> 'process' OR r.prepared_by = $1)"
        ),
        clinician.me().0,
        today,
        release.0
    )?;
    match row {
        Some(row) => open(clinician.store(), tx, row).await.map(Some),
        None => Ok(None),
    }
}

/// Locks a release and everything that can open or close it, so that what is read
/// of it afterwards stays as it is until the end of the transaction.
pub(crate) async fn lock(tx: &mut Tx, release: ReleaseId) -> Result<()> {
    run!(tx, "UPDATE release SET closed_at = closed_at WHERE id = $1", release.0)?;
    let asks = all!(tx, (Uuid,), "SELECT ask_id FROM release_signer WHERE release_id = $1 ORDER BY ask_id", release.0)?;
    for (ask,) in asks {
        consents::lock(tx, AskId(ask)).await?;
    }
    Ok(())
}

/// Closes the open requests for a signature of a release.
async fn close_asks(store: &Store, tx: &mut Tx, release: ReleaseId) -> Result<()> {
    for signer in signers(store, tx, release).await? {
        if signer.signing == Signing::Due {
            consents::close(store, tx, signer.ask).await?;
        }
    }
    Ok(())
}

/// Closes every release of a client that is not over, and counts them: the two have
/// separated. What both sign anew later is a new release.
pub(crate) async fn end_of_client(store: &Store, tx: &mut Tx, client: ClientId, by: AccountId) -> Result<()> {
    for id in open_releases(store, tx, client).await? {
        lock(tx, id).await?;
        close_asks(store, tx, id).await?;
        close(store, tx, id, by, CloseReason::Separation).await?;
    }
    Ok(())
}

/// The releases of a client that are not over.
pub(crate) async fn open_releases(store: &Store, tx: &mut Tx, client: ClientId) -> Result<Vec<ReleaseId>> {
    let rows = all!(
        tx,
        Row,
        concat!(
            "SELECT ",
            release_columns!(),
            " FROM release r JOIN account a ON a.id = r.prepared_by WHERE r.client_id = $1 AND r.closed_at IS NULL"
        ),
        client.0
    )?;
    let mut found = Vec::new();
    for row in rows {
        let opened = unreadable::or_skip(open(store, tx, row).await)?;
        found.extend(opened.filter(|release| !release.state.is_over()).map(|release| release.id));
    }
    Ok(found)
}

/// Closes a release. The caller has locked it.
async fn close(store: &Store, tx: &mut Tx, id: ReleaseId, by: AccountId, why: CloseReason) -> Result<()> {
    run!(
        tx,
        "UPDATE release SET closed_at = $1, closed_by = $2, closed_why = $3 WHERE id = $4 AND closed_at IS NULL",
        store.now(),
        by.0,
        why.word(),
        id.0
    )?;
    Ok(())
}

impl Clinician {
    /// Prepares a release and asks everyone who signs it for their signature, once for
    /// each form key. `texts` are the blanks of what each person of the client is asked
    /// to sign. `None`: not in the caseload, or nobody could sign it.
    pub async fn prepare_release(
        &self,
        client: ClientId,
        new: &NewRelease,
        texts: &[SignerText],
        form: Option<FormKey>,
    ) -> Result<Option<ReleaseId>> {
        let store = self.store();
        let mut tx = store.write().await?;
        if client::kind_in_caseload(self, &mut tx, client).await?.is_none() {
            return Ok(None);
        }
        let signers = who_signs(store, &mut tx, client, new.terms.signs).await?;
        if signers.is_empty() || signers.iter().any(|m| texts.iter().all(|text| text.person != m.person)) {
            return Ok(None);
        }
        let id = store.clock().id();
        if let Some(before) = store.claim_form_key(&mut tx, form, self.me(), id).await? {
            return Ok(Some(ReleaseId(before)));
        }
        let key = store.data_key_or_new(&mut tx, client.0).await?;
        run!(
            &mut tx,
            "INSERT INTO release (id, client_id, kind, terms, term, ends_on, prepared_at, prepared_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            id,
            client.0,
            new.kind.word(),
            key.seal("release", id, &sealed_json(&new.terms)?),
            new.term.word(),
            new.ends_on,
            self.now(),
            self.me().0
        )?;
        let id = ReleaseId(id);
        for member in &signers {
            let Some(text) = texts.iter().find(|text| text.person == member.person) else { continue };
            let ask = ask(store, &mut tx, (client, new.kind), text, self.me()).await?;
            put_signer(store, &mut tx, id, text.person, ask).await?;
        }
        let act = Act::by(self.me(), AuditAction::Created, AuditThing::Release).id(id.0).client(client.0);
        store.record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(Some(id))
    }

    /// A page of a client's releases, the latest first; the opening is audited. Those
    /// of process notes are in it for their author only.
    pub async fn releases(&self, client: ClientId, after: Option<After>) -> Result<Paged<Release>> {
        let after = after.unwrap_or(After::END);
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = fetched!(
            &mut tx,
            Row,
            in_care!(
                concat!(
                    "SELECT ",
                    release_columns!(),
                    " FROM release r JOIN client c ON c.id = r.client_id JOIN account a ON a.id = r.prepared_by"
                ),
                "AND r.client_id = $3 AND (r.kind <> 'process' OR r.prepared_by = $1)
                 AND (r.prepared_at, r.id) < ($4, $5) ORDER BY r.prepared_at DESC, r.id DESC LIMIT $6"
            ),
            self.me().0,
            today,
            client.0,
            after.at,
            after.id,
            RELEASES + 1
        )?;
        let Paged { rows, more } = Paged::of(rows, RELEASES, |row| After::new(row.prepared_at, row.id));
        let mut opened = Vec::new();
        for row in rows {
            opened.extend(unreadable::or_skip(open(self.store(), &mut tx, row).await)?);
        }
        if !opened.is_empty() {
            let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Releases).client(client.0);
            self.store().record_opening(tx, act).await?;
        }
        Ok(Paged { rows: opened, more })
    }

    /// A release; the opening is audited. `None`: there is none in this clinician's
    /// care.
    pub async fn release(&self, id: ReleaseId) -> Result<Option<Release>> {
        let mut tx = self.store().read().await?;
        let Some(release) = find(self, &mut tx, id).await? else { return Ok(None) };
        let act = Act::by(self.me(), AuditAction::Opened, AuditThing::Release).id(id.0).client(release.client.0);
        self.store().record_opening(tx, act).await?;
        Ok(Some(release))
    }

    /// When and by which handover a release left, the latest first.
    pub async fn handovers_of_release(&self, id: ReleaseId) -> Result<Vec<(HandoverId, DateTime<Utc>)>> {
        let mut tx = self.store().read().await?;
        if find(self, &mut tx, id).await?.is_none() {
            return Ok(vec![]);
        }
        let rows = all!(
            &mut tx,
            (Uuid, DateTime<Utc>),
            "SELECT id, sent_at FROM handover WHERE release_id = $1 ORDER BY sent_at DESC, id DESC",
            id.0
        )?;
        Ok(rows.into_iter().map(|(id, at)| (HandoverId(id), at)).collect())
    }

    /// Closes a release that is not over. `false`: there is none in this clinician's
    /// care, or it is over.
    pub async fn close_release(&self, id: ReleaseId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        if find(self, &mut tx, id).await?.is_none() {
            return Ok(false);
        }
        lock(&mut tx, id).await?;
        let Some(release) = find(self, &mut tx, id).await?.filter(|release| !release.state.is_over()) else {
            return Ok(false);
        };
        close_asks(self.store(), &mut tx, id).await?;
        close(self.store(), &mut tx, id, self.me(), CloseReason::Clinician).await?;
        let act = Act::by(self.me(), AuditAction::Closed, AuditThing::Release).id(id.0).client(release.client.0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// The people who sign: everyone of the client, or the one in this seat.
async fn who_signs(store: &Store, tx: &mut Tx, client: ClientId, only: Option<Seat>) -> Result<Vec<Member>> {
    let members = client::members_of(store, tx, &[client]).await?;
    Ok(members.into_iter().map(|(_, m)| m).filter(|m| only.is_none_or(|seat| m.seat == seat)).collect())
}

/// Asks a person to sign a release. A frozen record takes nothing more: what its two
/// people sign then belongs to each of them alone.
async fn ask(
    store: &Store,
    tx: &mut Tx,
    (client, kind): (ClientId, ReleaseKind),
    text: &SignerText,
    by: AccountId,
) -> Result<AskId> {
    let is_frozen = client::is_separated(tx, client).await?;
    let new = NewAsk {
        client: (!is_frozen).then_some(client),
        person: text.person,
        text: AskText::Key(kind.text_key()),
        blanks: text.blanks.clone(),
        by,
    };
    consents::ask(store, tx, new).await
}

/// Adds a person who signs, with nothing of their own ticked.
async fn put_signer(store: &Store, tx: &mut Tx, release: ReleaseId, person: PersonId, ask: AskId) -> Result<()> {
    let key = store.data_key_or_new(tx, person.0).await?;
    run!(
        tx,
        "INSERT INTO release_signer (release_id, person_id, ask_id, own) VALUES ($1, $2, $3, $4)",
        release.0,
        person.0,
        ask.0,
        key.seal(&own_place(person), release.0, own_byte(false))
    )?;
    Ok(())
}

impl OwnRelease {
    /// The release as this person sees it; `None`: they do not sign it.
    fn of(release: Release, person: PersonId) -> Option<Self> {
        let signer = release.signers.iter().find(|signer| signer.person == person)?;
        let (seat, ask) = (signer.seat, signer.ask);
        let own = release.terms.what.own_of(seat).map(|part| OwnOffer {
            notes: part.notes,
            documents: part.documents.iter().map(|document| document.title.clone()).collect(),
            is_ticked: signer.has_own || release.terms.signs == Some(seat),
        });
        let state = match (release.state, signer.signing, release.sent_at) {
            (_, _, Some(at)) => OwnReleaseState::Sent(at),
            (_, Signing::Withdrawn(at), None) => OwnReleaseState::Withdrawn(at),
            (ReleaseState::Signing, Signing::Due, None) => OwnReleaseState::ToSign,
            (ReleaseState::Signing | ReleaseState::Open, Signing::Signed(at), None) => OwnReleaseState::Signed(at),
            _ => OwnReleaseState::NoLongerOpen,
        };
        let is_signed = signer.signing != Signing::Due;
        let can_withdraw = matches!(signer.signing, Signing::Signed(_)) && !release.state.is_over();
        let what = Contents { own: vec![], ..release.terms.what };
        Some(Self {
            id: release.id,
            kind: release.kind,
            terms: Terms { what, ..release.terms },
            term: release.term,
            ends_on: release.ends_on,
            state,
            ask,
            seat,
            own,
            is_signed,
            can_withdraw,
            is_couple: release.is_couple,
            prepared_by: release.prepared_by,
            prepared_name: release.prepared_name,
            sent_at: release.sent_at,
        })
    }
}

impl Partner {
    /// The releases that this person signs, the latest first.
    pub async fn own_releases(&self) -> Result<Vec<OwnRelease>> {
        let mut tx = self.store().read().await?;
        let rows = all!(
            &mut tx,
            Row,
            concat!(
                "SELECT ",
                release_columns!(),
                " FROM release r JOIN account a ON a.id = r.prepared_by JOIN client c ON c.id = r.client_id
                 JOIN release_signer s ON s.release_id = r.id AND s.person_id = $1
                 WHERE c.separated_at IS NULL OR r.prepared_at > c.separated_at
                 ORDER BY r.prepared_at DESC, r.id DESC"
            ),
            self.person().0
        )?;
        let mut found = Vec::new();
        for row in rows {
            let release = unreadable::or_skip(open(self.store(), &mut tx, row).await)?;
            found.extend(release.and_then(|release| OwnRelease::of(release, self.person())));
        }
        Ok(found)
    }

    /// A release that this person signs. `None`: there is none.
    pub async fn own_release(&self, id: ReleaseId) -> Result<Option<OwnRelease>> {
        let mut tx = self.store().read().await?;
        self.find_own_release(&mut tx, id).await
    }

    /// [`Self::own_release`], within a transaction.
    pub(crate) async fn find_own_release(&self, tx: &mut Tx, id: ReleaseId) -> Result<Option<OwnRelease>> {
        let row = maybe!(
            tx,
            Row,
            concat!(
                "SELECT ",
                release_columns!(),
                " FROM release r JOIN account a ON a.id = r.prepared_by JOIN client c ON c.id = r.client_id
                 JOIN release_signer s ON s.release_id = r.id AND s.person_id = $1
                 WHERE r.id = $2 AND (c.separated_at IS NULL OR r.prepared_at > c.separated_at)"
            ),
            self.person().0,
            id.0
        )?;
        let Some(row) = row else { return Ok(None) };
        Ok(OwnRelease::of(open(self.store(), tx, row).await?, self.person()))
    }

    /// Ticks the line of this person's own part, or takes the tick away, and gives
    /// what is to be signed then. `blanks` fill its text. `None`: they do not sign this
    /// release, have signed it, or it is over.
    pub async fn choose_own_part(&self, id: ReleaseId, is_ticked: bool, blanks: BlankValues) -> Result<Option<AskId>> {
        let store = self.store();
        let mut tx = store.write().await?;
        if self.find_own_release(&mut tx, id).await?.is_none() {
            return Ok(None);
        }
        lock(&mut tx, id).await?;
        let own = self.find_own_release(&mut tx, id).await?;
        let Some(own) = own.filter(|own| own.state == OwnReleaseState::ToSign) else { return Ok(None) };
        match &own.own {
            // Who signs alone signs for their own part, and has nothing to tick.
            Some(offer) if offer.is_ticked != is_ticked && own.terms.signs.is_none() => {}
            _ => return Ok(Some(own.ask)),
        }
        let client = maybe!(&mut tx, (Uuid,), "SELECT client_id FROM release WHERE id = $1", id.0)?;
        let Some((client,)) = client else { return Ok(None) };
        consents::close(store, &mut tx, own.ask).await?;
        let text = SignerText { person: self.person(), blanks };
        let ask = ask(store, &mut tx, (ClientId(client), own.kind), &text, own.prepared_by).await?;
        let key = store.data_key_or_new(&mut tx, self.person().0).await?;
        run!(
            &mut tx,
            "UPDATE release_signer SET ask_id = $1, own = $2 WHERE release_id = $3 AND person_id = $4",
            ask.0,
            key.seal(&own_place(self.person()), id.0, own_byte(is_ticked)),
            id.0,
            self.person().0
        )?;
        let act = Act::by(self.me(), AuditAction::Changed, AuditThing::Release).id(id.0).client(client);
        store.record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(Some(ask))
    }
}
