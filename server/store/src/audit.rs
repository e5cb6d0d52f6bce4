//! The audit log: who did what to which thing, and never the content of the
//! thing.
//!
//! The entries form a chain under a key of the key file
//! ([`crate::audit::chain`]), so that an entry that was changed or removed is
//! noticed. The opening of one record is an entry of its own. The opening of a
//! list is one entry, with the clients that the list named beside it.

pub(crate) mod chain;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::ids::{AccountId, ClientId};
use sqlx::FromRow;
use uuid::Uuid;

pub use words::AuditKind;
pub(crate) use words::{AuditAction, AuditThing};

use crate::{
    After, Clinician, Error, Owner, Paged, Reading, Result, Store, Tx,
    audit::chain::{AuditHead, Continuity},
    database::{all, maybe, on, run},
    limits::AUDIT,
};

/// An act that is to be recorded.
pub(crate) struct Act<'a> {
    by: Option<AccountId>,
    action: AuditAction,
    thing: AuditThing,
    id: Option<Uuid>,
    client: Option<Uuid>,
    detail: &'a str,
}

impl<'a> Act<'a> {
    /// The act of an account. `None`: nobody is signed in, or the program acts.
    pub(crate) fn by(account: impl Into<Option<AccountId>>, action: AuditAction, thing: AuditThing) -> Self {
        Self { by: account.into(), action, thing, id: None, client: None, detail: "" }
    }

    /// An act of the program itself.
    pub(crate) fn by_program(action: AuditAction, thing: AuditThing) -> Self {
        Self::by(None, action, thing)
    }

    /// The id of the thing.
    pub(crate) fn id(self, id: impl Into<Option<Uuid>>) -> Self {
        Self { id: id.into(), ..self }
    }

    /// The client that the thing belongs to.
    pub(crate) fn client(self, client: impl Into<Option<Uuid>>) -> Self {
        Self { client: client.into(), ..self }
    }

    /// What else the entry says; never the content of the thing.
    pub(crate) fn detail(self, detail: &'a str) -> Self {
        Self { detail, ..self }
    }
}

/// An entry of the audit log as it is stored.
#[derive(Clone, Debug, FromRow)]
pub struct AuditRow {
    /// The number of the entry, from 1 without gaps.
    pub seq: i64,
    pub at: DateTime<Utc>,
    /// The account that acted; `None`: the program.
    pub account_id: Option<Uuid>,
    pub action: String,
    pub thing: String,
    pub thing_id: Option<Uuid>,
    /// The client the entry is about; `None`: no client, or the clients that a
    /// list named.
    pub client_id: Option<Uuid>,
    pub detail: String,
    /// The entry's link in the chain.
    pub mac: Vec<u8>,
}

/// An entry of the audit log as the owner sees it.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    pub row: AuditRow,
    /// The name of the member of staff, "A client" or "The program".
    pub who: String,
    /// What was done, as the rest of a sentence after the name: "opened a note".
    pub what: String,
    /// The group of the thing; `None`: this version does not know it.
    pub kind: Option<AuditKind>,
    /// The clients that a list named.
    pub named: Vec<ClientId>,
}

/// Which entries to show; the default is all.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuditFilter {
    /// Only acts of this account.
    pub who: Option<AccountId>,
    /// Only acts about this client, including lists that named it.
    pub client: Option<ClientId>,
    /// Only acts on things of this group.
    pub kind: Option<AuditKind>,
    /// Only acts at this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// Only acts before this instant.
    pub until: Option<DateTime<Utc>>,
}

/// A list that shows how several clients are doing. Its opening is recorded as
/// one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClinicalList {
    /// The page "Today".
    Today,
    /// The page with the caseload.
    Caseload,
    /// The page with the notes to write, to sign and to co-sign.
    Notes,
}

impl ClinicalList {
    const fn thing(self) -> AuditThing {
        match self {
            Self::Today => AuditThing::Today,
            Self::Caseload => AuditThing::Caseload,
            Self::Notes => AuditThing::NoteList,
        }
    }

    /// Whether an entry about this thing records the opening of a list.
    fn is(thing: &str) -> bool {
        [Self::Today, Self::Caseload, Self::Notes].iter().any(|list| list.thing().word() == thing)
    }
}

impl Store {
    /// When the newest entry was made; `None`: the log is empty.
    pub async fn newest_audit_entry_at(&self) -> Result<Option<DateTime<Utc>>> {
        let mut tx = self.read().await?;
        let row = maybe!(&mut tx, (DateTime<Utc>,), "SELECT at FROM audit ORDER BY seq DESC LIMIT 1")?;
        Ok(row.map(|(at,)| at))
    }

    /// Records an act in the transaction that does it.
    pub(crate) async fn record(&self, tx: &mut Tx, act: Act<'_>) -> Result<()> {
        self.audit_naming(tx, act, &BTreeSet::new()).await
    }

    /// Records an act with the clients that it named. A trigger of the database
    /// sets the entry's link as the new head of the chain.
    async fn audit_naming(&self, tx: &mut Tx, act: Act<'_>, named: &BTreeSet<Uuid>) -> Result<()> {
        let head = maybe!(tx, (i64, Vec<u8>), "UPDATE audit_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, mac")?;
        let (seq, before) = head.ok_or_else(|| Error::Stored("the audit log has no head".to_owned()))?;
        let mut row = AuditRow {
            seq,
            at: self.now(),
            account_id: act.by.map(|a| a.0),
            action: act.action.word().to_owned(),
            thing: act.thing.word().to_owned(),
            thing_id: act.id,
            client_id: act.client,
            detail: act.detail.to_owned(),
            mac: vec![],
        };
        let named: Vec<Uuid> = named.iter().copied().collect();
        row.mac = self.link(&before, &row, &named);
        run!(
            tx,
            "INSERT INTO audit (seq, at, account_id, action, thing, thing_id, client_id, detail, mac)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            row.seq,
            row.at,
            row.account_id,
            &row.action,
            &row.thing,
            row.thing_id,
            row.client_id,
            &row.detail,
            &row.mac
        )?;
        if !named.is_empty() {
            // All in one statement, because a page of the caseload names forty
            // clients.
            let ids: Vec<String> = named.iter().map(|id| format!("\"{}\"", id.simple())).collect();
            let json = format!("[{}]", ids.join(","));
            on!(
                &mut *tx,
                sqlite c => sqlx::query(
                        "INSERT INTO audit_named (seq, client_id) SELECT $1, unhex(value) FROM json_each($2)")
                    .bind(row.seq).bind(json).execute(c).await.map(drop),
                postgres c => sqlx::query(
                        "INSERT INTO audit_named (seq, client_id)
                         SELECT $1, client_id FROM unnest($2::uuid[]) AS named (client_id)")
                    .bind(row.seq).bind(named).execute(c).await.map(drop)
            )?;
        }
        Ok(())
    }

    /// Records that something was opened, after it was read and before it is
    /// handed out. Nothing is shown that is not recorded, and the one
    /// connection that writes is not kept waiting while pages are read.
    pub(crate) async fn record_opening(&self, read: Reading, act: Act<'_>) -> Result<()> {
        drop(read);
        let mut tx = self.write_aside().await?;
        self.record(&mut tx, act).await?;
        tx.commit().await?;
        self.read_anew();
        Ok(())
    }
}

impl Clinician {
    /// Records that a list was opened, before it is shown: one entry with the
    /// clients about whom the list shows something clinical. Without such
    /// clients nothing is recorded.
    pub async fn record_list(&self, list: ClinicalList, clients: impl IntoIterator<Item = ClientId>) -> Result<()> {
        let named: BTreeSet<Uuid> = clients.into_iter().map(|client| client.0).collect();
        if named.is_empty() {
            return Ok(());
        }
        let mut tx = self.store().write_aside().await?;
        let act = Act::by(self.me(), AuditAction::Opened, list.thing());
        self.store().audit_naming(&mut tx, act, &named).await?;
        tx.commit().await?;
        self.store().read_anew();
        Ok(())
    }
}

/// SQL: the latest entries of a filter. `$1` is the number that all have to be
/// below, `$2` is how many to fetch at most, `$3` the number that all have to be
/// above; `$4` has the words of the things to show between commas, or is empty.
macro_rules! entries {
    ($($which:literal)?) => {
        concat!(
            "SELECT a.* FROM audit a WHERE a.seq < $1 AND a.seq > $3 AND a.at >= $5 AND a.at < $6
                AND ($4 = '' OR $4 LIKE '%,' || a.thing || ',%') ",
            $($which,)?
            " ORDER BY a.seq DESC LIMIT $2"
        )
    };
}

/// The first and the last instant that an entry can have.
const ALL_TIME: (DateTime<Utc>, DateTime<Utc>) = (instant(-2_208_988_800), instant(7_258_118_400));

/// An instant by its seconds since 1970.
const fn instant(seconds: i64) -> DateTime<Utc> {
    match DateTime::from_timestamp(seconds, 0) {
        Some(at) => at,
        None => DateTime::UNIX_EPOCH,
    }
}

impl Owner {
    /// A page of the entries, the latest first, with the names of the accounts
    /// that acted.
    pub async fn audit_log(&self, filter: AuditFilter, after: Option<After>) -> Result<Paged<AuditEntry>> {
        let mut tx = self.store().read().await?;
        let (mut before, most) = (after.unwrap_or(After::END).rank, AUDIT + 1);
        let (who, client) = (filter.who.map(|a| a.0), filter.client.map(|c| c.0));
        let (from, until) = (filter.from.unwrap_or(ALL_TIME.0), filter.until.unwrap_or(ALL_TIME.1));
        let mut above = 0;
        if filter.from.is_some() || filter.until.is_some() {
            // By the index on the time: entries of other days are not looked at.
            let range = maybe!(
                &mut tx,
                (Option<i64>, Option<i64>),
                "SELECT min(seq), max(seq) FROM audit WHERE at >= $1 AND at < $2",
                from,
                until
            )?;
            let Some((Some(first), Some(last))) = range else { return Ok(Paged { rows: vec![], more: None }) };
            (above, before) = (first - 1, before.min(last + 1));
        }
        let things = filter.kind.map(AuditKind::words).unwrap_or_default();
        let rows = match (who, client) {
            (None, None) => all!(&mut tx, AuditRow, entries!(), before, most, above, &things, from, until)?,
            (Some(who), None) => all!(
                &mut tx,
                AuditRow,
                entries!("AND a.account_id = $7"),
                before,
                most,
                above,
                &things,
                from,
                until,
                who
            )?,
            (None, Some(client)) => all!(
                &mut tx,
                AuditRow,
                entries!(
                    "AND a.seq IN (SELECT x.seq FROM audit x WHERE x.client_id = $7
                         UNION ALL SELECT n.seq FROM audit_named n WHERE n.client_id = $7)"
                ),
                before,
                most,
                above,
                &things,
                from,
                until,
                client
            )?,
            (Some(who), Some(client)) => all!(
                &mut tx,
                AuditRow,
                entries!(
                    "AND a.seq IN (SELECT x.seq FROM audit x WHERE x.client_id = $7
                         UNION ALL SELECT n.seq FROM audit_named n WHERE n.client_id = $7)
                     AND a.account_id = $8"
                ),
                before,
                most,
                above,
                &things,
                from,
                until,
                client,
                who
            )?,
        };
        let page = Paged::of(rows, AUDIT, |row| After::number(row.seq));
        let mut named: BTreeMap<i64, Vec<ClientId>> = BTreeMap::new();
        for row in page.rows.iter().filter(|row| row.client_id.is_none() && ClinicalList::is(&row.thing)) {
            let listed =
                all!(&mut tx, (Uuid,), "SELECT client_id FROM audit_named WHERE seq = $1 ORDER BY client_id", row.seq)?;
            named.insert(row.seq, listed.into_iter().map(|(client,)| ClientId(client)).collect());
        }
        let names = self.names_of_staff(&mut tx).await?;
        Ok(page.map(|row| AuditEntry {
            what: words::sentence(&row.action, &row.thing, &row.detail),
            kind: AuditKind::of(&row.thing),
            who: match row.account_id {
                None => "The program".to_owned(),
                Some(id) => {
                    names.iter().find(|(a, _)| a.0 == id).map_or_else(|| "A client".to_owned(), |(_, n)| n.clone())
                }
            },
            named: named.remove(&row.seq).unwrap_or_default(),
            row,
        }))
    }

    /// Compares the log with a head that was noted earlier.
    pub async fn compare_audit_head(&self, known: &AuditHead) -> Result<Continuity> {
        self.store().compare_audit_head(known).await
    }

    /// All members of staff by name, including those whose account is closed.
    pub async fn audited_staff(&self) -> Result<Vec<(AccountId, String)>> {
        let mut tx = self.store().read().await?;
        self.names_of_staff(&mut tx).await
    }

    /// The ids and names of all members of staff, by name.
    async fn names_of_staff(&self, tx: &mut Tx) -> Result<Vec<(AccountId, String)>> {
        let names = all!(
            tx,
            (Uuid, String),
            "SELECT id, display_name FROM account WHERE person_id IS NULL ORDER BY display_name, id"
        )?;
        Ok(names.into_iter().map(|(id, name)| (AccountId(id), name)).collect())
    }
}
