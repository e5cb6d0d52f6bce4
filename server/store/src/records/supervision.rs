//! Who supervises whom: the owner says it with dates, and the signed notes of
//! the supervised author go to the supervisors of the day.

use chrono::NaiveDate;
use domain::{
    ids::{AccountId, SupervisionId},
    records::supervision::NewSupervision,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Clinician, Owner, Result, Tx,
    audit::{Act, AuditAction, AuditThing},
    database::{all, maybe, run},
    practice::settings::today,
};

/// One author's supervision by one supervisor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supervision {
    pub id: SupervisionId,
    pub author: AccountId,
    pub author_name: String,
    pub supervisor: AccountId,
    pub supervisor_name: String,
    /// Whether the supervisor's account is deactivated, or is no longer a
    /// therapist's.
    pub supervisor_left: bool,
    /// The first day.
    pub from: NaiveDate,
    /// The last day; `None`: no end is set.
    pub until: Option<NaiveDate>,
}

impl Supervision {
    /// Whether this day is within the dates.
    pub fn is_on(&self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| until >= day)
    }
}

/// The outcome of naming a supervisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SupervisionSet {
    Done,
    /// There is no such therapist.
    Missing,
    /// The supervisor is not a therapist of this practice, or is the author.
    NotASupervisor,
    /// The same supervisor is named already for some of these days.
    Overlaps,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    author_id: Uuid,
    author_name: String,
    supervisor_id: Uuid,
    supervisor_name: String,
    supervisor_left: bool,
    from_on: NaiveDate,
    until_on: Option<NaiveDate>,
}

impl From<Row> for Supervision {
    fn from(row: Row) -> Self {
        Self {
            id: SupervisionId(row.id),
            author: AccountId(row.author_id),
            author_name: row.author_name,
            supervisor: AccountId(row.supervisor_id),
            supervisor_name: row.supervisor_name,
            supervisor_left: row.supervisor_left,
            from: row.from_on,
            until: row.until_on,
        }
    }
}

/// SQL: supervisions with the names of both.
macro_rules! supervisions {
    ($rest:literal) => {
        concat!(
            "SELECT v.id, v.author_id, a.display_name AS author_name, v.supervisor_id,
                 s.display_name AS supervisor_name,
                 (s.disabled_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM account_role r
                     WHERE r.account_id = s.id AND r.role = 'clinician')) AS supervisor_left,
                 v.from_on, v.until_on
             FROM supervision v JOIN account a ON a.id = v.author_id JOIN account s ON s.id = v.supervisor_id ",
            $rest
        )
    };
}

/// The supervisor to whom a note of this author goes that is signed on this day:
/// the one named first of those who can sign in. `None`: the author is not
/// supervised.
pub(crate) async fn supervisor_of(tx: &mut Tx, author: AccountId, on: NaiveDate) -> Result<Option<AccountId>> {
    let found = maybe!(
        tx,
        (Uuid,),
        "SELECT v.supervisor_id FROM supervision v JOIN account s ON s.id = v.supervisor_id
         WHERE v.author_id = $1 AND v.from_on <= $2 AND (v.until_on IS NULL OR v.until_on >= $2)
         ORDER BY (s.disabled_at IS NOT NULL), v.from_on, v.made_at, v.id LIMIT 1",
        author.0,
        on
    )?;
    Ok(found.map(|(supervisor,)| AccountId(supervisor)))
}

/// The supervisions that an account has on either side, the latest first.
async fn of_account(tx: &mut Tx, account: AccountId) -> Result<Vec<Supervision>> {
    let rows = all!(
        tx,
        Row,
        supervisions!("WHERE v.author_id = $1 OR v.supervisor_id = $1 ORDER BY v.from_on DESC, v.id DESC"),
        account.0
    )?;
    Ok(rows.into_iter().map(Supervision::from).collect())
}

/// Whether this account is a therapist of the practice who can sign in.
async fn is_therapist(tx: &mut Tx, account: AccountId) -> Result<bool> {
    let found = maybe!(
        tx,
        (Uuid,),
        "SELECT a.id FROM account a JOIN account_role r ON r.account_id = a.id
         WHERE a.id = $1 AND r.role = 'clinician' AND a.disabled_at IS NULL",
        account.0
    )?;
    Ok(found.is_some())
}

impl Clinician {
    /// The supervisions of today that this clinician has, as the author or as
    /// the supervisor.
    pub async fn supervisions(&self) -> Result<Vec<Supervision>> {
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let mut found = of_account(&mut tx, self.me()).await?;
        found.retain(|supervision| supervision.is_on(today));
        Ok(found)
    }
}

impl Owner {
    /// All supervisions of today and later, by the author's name.
    pub async fn supervisions(&self) -> Result<Vec<Supervision>> {
        let mut tx = self.store().read().await?;
        let today = today(&mut tx, self.now()).await?;
        let rows = all!(
            &mut tx,
            Row,
            supervisions!("WHERE v.until_on IS NULL OR v.until_on >= $1 ORDER BY a.display_name, v.from_on, v.id"),
            today
        )?;
        Ok(rows.into_iter().map(Supervision::from).collect())
    }

    /// The supervisions of a member of staff on either side, also past ones, the
    /// latest first. `None`: there is no such member of staff.
    pub async fn supervisions_of(&self, account: AccountId) -> Result<Option<Vec<Supervision>>> {
        let mut tx = self.store().read().await?;
        let known = maybe!(&mut tx, (Uuid,), "SELECT id FROM account WHERE id = $1 AND person_id IS NULL", account.0)?;
        if known.is_none() {
            return Ok(None);
        }
        of_account(&mut tx, account).await.map(Some)
    }

    /// Names a supervisor of a therapist.
    pub async fn set_supervision(&self, author: AccountId, new: &NewSupervision) -> Result<SupervisionSet> {
        let mut tx = self.store().write().await?;
        // Two owners' changes run one after the other: each sees the other's.
        run!(&mut tx, "UPDATE practice SET updated_at = updated_at WHERE id = 1")?;
        if !is_therapist(&mut tx, author).await? {
            return Ok(SupervisionSet::Missing);
        }
        if new.supervisor == author || !is_therapist(&mut tx, new.supervisor).await? {
            return Ok(SupervisionSet::NotASupervisor);
        }
        let overlapping = maybe!(
            &mut tx,
            (Uuid,),
            "SELECT id FROM supervision WHERE author_id = $1 AND supervisor_id = $2
             AND (until_on IS NULL OR until_on >= $3) AND from_on <= $4 LIMIT 1",
            author.0,
            new.supervisor.0,
            new.from,
            new.until.unwrap_or(LAST_DAY)
        )?;
        if overlapping.is_some() {
            return Ok(SupervisionSet::Overlaps);
        }
        let id = self.store().clock().id();
        run!(
            &mut tx,
            "INSERT INTO supervision (id, author_id, supervisor_id, from_on, until_on, made_at, made_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            id,
            author.0,
            new.supervisor.0,
            new.from,
            new.until,
            self.now(),
            self.me().0
        )?;
        let act = Act::by(self.me(), AuditAction::Added, AuditThing::Supervision).id(id);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(SupervisionSet::Done)
    }

    /// Ends a supervision: today is its last day, and one that has not begun is
    /// removed. `false`: there is none to end.
    pub async fn end_supervision(&self, author: AccountId, supervision: SupervisionId) -> Result<bool> {
        let mut tx = self.store().write().await?;
        let today = today(&mut tx, self.now()).await?;
        let removed = run!(
            &mut tx,
            "DELETE FROM supervision WHERE id = $1 AND author_id = $2 AND from_on > $3",
            supervision.0,
            author.0,
            today
        )?;
        let ended = run!(
            &mut tx,
            "UPDATE supervision SET until_on = $3 WHERE id = $1 AND author_id = $2 AND from_on <= $3
             AND (until_on IS NULL OR until_on > $3)",
            supervision.0,
            author.0,
            today
        )?;
        if removed + ended == 0 {
            return Ok(false);
        }
        let act = Act::by(self.me(), AuditAction::Ended, AuditThing::Supervision).id(supervision.0);
        self.store().record(&mut tx, act).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// The last day that a form can name.
const LAST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2200, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};
