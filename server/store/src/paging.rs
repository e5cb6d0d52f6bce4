//! Pages of lists: how many rows each has, and where the next page begins.
//!
//! A page begins after the last row of the page before it, by the order of the
//! list and then by the row's id. So rows that are added or removed in between
//! neither hide another row nor show one twice. Every list that a person reads
//! is paged like this; [`limits`] has the sizes.

use std::{fmt, ops::Deref, str::FromStr};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use uuid::Uuid;

/// The most rows of each list on one page, and the most rows that one query of
/// a worker reads. The test `suite::lists` makes one row more than each and
/// looks for it.
pub mod limits {
    /// Events of accounts of staff on a page.
    pub const ACCOUNT_EVENTS: i64 = 20;
    /// Imports of client lists on a page.
    pub const CLIENT_IMPORTS: i64 = 50;
    /// Clients of whom something is due for deletion, on a page.
    pub const RETENTION: i64 = 50;
    /// Rows of the audit log on a page.
    pub const AUDIT: i64 = 50;
    /// Notes of a client on a page.
    pub const NOTES: i64 = 50;
    /// Notes of a client that fit a search, on a page.
    pub const FOUND_NOTES: i64 = 20;
    /// Sessions without a signed note on a page.
    pub const MISSING_NOTES: i64 = 50;
    /// A clinician's own drafts of notes on a page.
    pub const DRAFT_NOTES: i64 = 50;
    /// Notes that a supervisor returned, on a page.
    pub const RETURNED_NOTES: i64 = 50;
    /// Notes of an author that are with a supervisor, on a page.
    pub const WAITING_NOTES: i64 = 50;
    /// Notes in a supervisor's queue on a page.
    pub const NOTES_TO_COSIGN: i64 = 50;
    /// Goals of a client on a page.
    pub const GOALS: i64 = 50;
    /// Lines of a goal's history on a page.
    pub const GOAL_EVENTS: i64 = 20;
    /// Plans of a client on a page.
    pub const PLANS: i64 = 10;
    /// Documents of a client on a page.
    pub const DOCUMENTS: i64 = 50;
    /// Documents on a page of a partner's portal.
    pub const OWN_DOCUMENTS: i64 = 50;
    /// Releases of a client on a page.
    pub const RELEASES: i64 = 20;
    /// Disclosures of a client on a page.
    pub const DISCLOSURES: i64 = 20;
    /// Requests for a copy of their data on a page of a partner's portal.
    pub const DATA_REQUESTS: i64 = 20;
    /// Notes and documents of a request for a copy on a page.
    pub const DATA_ITEMS: i64 = 50;
    /// Handovers of a client on a page.
    pub const HANDOVERS: i64 = 50;
    /// Disclosures to confirm, and clients to tell of one, on a page of Today.
    pub const DISCLOSURE_TASKS: i64 = 10;
    /// Notes that a clinician has to write or sign, on a page of Today.
    pub const NOTES_TO_FINISH: i64 = 10;
    /// Exercises with answers not opened yet, on a page of Today.
    pub const NEW_ANSWERS: i64 = 10;
    /// Messages of one thread on a page.
    pub const MESSAGES: i64 = 500;
    /// Threads of messages on a page of the therapist's list.
    pub const THREADS: i64 = 50;
    /// Past sessions of a client on a page.
    pub const PAST_SESSIONS: i64 = 20;
    /// Future sessions of a client on a page.
    pub const SESSIONS_AHEAD: i64 = 20;
    /// Future sessions on a page of a partner's portal, the next one included.
    pub const OWN_SESSIONS: i64 = 12;
    /// Assignments of a client on a page.
    pub const ASSIGNMENTS: i64 = 200;
    /// Occurrences of one assignment on a page.
    pub const OCCURRENCES: i64 = 100;
    /// Pathway progresses of a client on a page.
    pub const PATHWAYS_OF: i64 = 10;
    /// Exercises to do on a page of a partner's portal.
    pub const OPEN_RESPONSES: i64 = 200;
    /// Exercises that were sent, on a page of a partner's portal.
    pub const SENT_RESPONSES: i64 = 50;
    /// Fees on a page.
    pub const FEES: i64 = 50;
    /// Requests for a time on a page.
    pub const REQUESTS: i64 = 100;
    /// Replies that need an answer on a page.
    pub const REPLIES: i64 = 50;
    /// People whose email bounces on a page.
    pub const RETURNED: i64 = 50;
    /// Undelivered emails in the front desk's task list.
    pub const UNDELIVERED: i64 = 20;
    /// Days on which a series could not be booked, on a page.
    pub const GAPS: i64 = 50;
    /// Inquiries for a first session on a page.
    pub const INQUIRIES: i64 = 200;
    /// Earlier wishes (sessions that might be earlier) on a page.
    pub const EARLIER: i64 = 20;
    /// Emails of the practice on a page of the email log.
    pub const EMAILS: i64 = 100;
    /// Emails to one person on a page.
    pub const EMAILS_OF: i64 = 50;
    /// Emails on a page of the demo's mailbox.
    pub const MAILBOX: i64 = 100;
    /// Exercise drafts on a page.
    pub const DRAFTS: i64 = 200;
    /// Days with different hours on a page.
    pub const EXCEPTIONS: i64 = 200;
    /// Sessions outside a therapist's hours on a page.
    pub const OUTSIDE: i64 = 20;
    /// Clients found by name on a page.
    pub const HITS: i64 = 20;
    /// Clients on the front desk's list.
    pub const DESK_CLIENTS: i64 = 30;
    /// Clients that wait for a therapist to accept them.
    pub const OFFERED_CLIENTS: i64 = 10;
    /// Clients found by name on a page that also shows what can be done for
    /// each.
    pub const HITS_WITH_ACTS: i64 = 8;
    /// Sessions that a day of the month view names; the rest is a number.
    pub const NAMED_IN_MONTH: i64 = 4;

    /// Rows of the audit log that are verified in one query.
    pub const VERIFIED_AT_ONCE: i64 = 5_000;
    /// Sessions that are compared with a therapist's hours in one query.
    pub const COMPARED_AT_ONCE: i64 = 1_000;
    /// Series that one query reads to extend them.
    pub const EXTENDED_AT_ONCE: i64 = 500;
    /// Assignments that one query reads to make their due occurrences.
    pub const MADE_AT_ONCE: i64 = 500;
    /// Old emails whose text is erased in one transaction.
    pub const FORGOTTEN_AT_ONCE: i64 = 500;
    /// Sessions whose reminders are planned again in one transaction. Those
    /// that begin at the same time as the last of them are added.
    pub const REPLANNED_AT_ONCE: i64 = 100;
    /// Notes of a client that one query reads to look for words in them.
    pub const OPENED_AT_ONCE: i64 = 200;
    /// Clients that one query reads to compare with all words of a name.
    pub const SEARCHED_AT_ONCE: i64 = 500;
}

/// The place in a list after which a page begins: what the list is ordered by,
/// then the row's id.
///
/// Written into an address, it tells nothing that the row itself does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    /// The number by which rows are grouped or ordered first; 0 if there is
    /// none.
    pub rank: i64,
    pub at: DateTime<Utc>,
    pub id: Uuid,
    /// The second id of a row that has two; nil if it has one.
    pub second: Uuid,
}

const fn year(year: i32) -> DateTime<Utc> {
    match NaiveDate::from_ymd_opt(year, 1, 1) {
        Some(day) => day.and_time(NaiveTime::MIN).and_utc(),
        None => DateTime::UNIX_EPOCH,
    }
}

impl After {
    /// The place before every row of a list in ascending order.
    pub const START: Self = Self { rank: i64::MIN, at: year(1), id: Uuid::nil(), second: Uuid::nil() };
    /// The place before every row of a list in descending order.
    pub const END: Self = Self { rank: i64::MAX, at: year(9999), id: Uuid::max(), second: Uuid::max() };

    /// The place of a row in a list that is ordered by time.
    pub const fn new(at: DateTime<Utc>, id: Uuid) -> Self {
        Self { rank: 0, at, id, second: Uuid::nil() }
    }

    /// The place of a row in a list that is ordered by days.
    pub const fn day(on: NaiveDate, id: Uuid) -> Self {
        Self::new(on.and_time(NaiveTime::MIN).and_utc(), id)
    }

    /// The place of a row in a list that is ordered by a number of its own.
    pub const fn number(rank: i64) -> Self {
        Self { rank, ..Self::id(Uuid::nil()) }
    }

    /// The place of a row in a list that is ordered by its ids.
    pub const fn id(id: Uuid) -> Self {
        Self::new(DateTime::UNIX_EPOCH, id)
    }

    /// This place in a list that is grouped or ordered by `rank` first.
    pub const fn with_rank(self, rank: i64) -> Self {
        Self { rank, ..self }
    }

    /// This place in a list whose rows have a second id.
    pub const fn and(self, second: Uuid) -> Self {
        Self { second, ..self }
    }
}

impl fmt::Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.rank, self.at.timestamp_micros(), self.id.simple())?;
        if self.second.is_nil() { Ok(()) } else { write!(f, ".{}", self.second.simple()) }
    }
}

/// The error of a text that is not a place in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPlace;

impl FromStr for After {
    type Err = NoPlace;
    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let parts: Vec<&str> = text.split('.').collect();
        let (rank, at, id, second) = match parts.as_slice() {
            [rank, at, id] => (rank, at, id, None),
            [rank, at, id, second] => (rank, at, id, Some(second)),
            _ => return Err(NoPlace),
        };
        let rank = rank.parse().map_err(|_| NoPlace)?;
        let at = at.parse().ok().and_then(DateTime::from_timestamp_micros).ok_or(NoPlace)?;
        let uuid = |text: &str| text.parse().map_err(|_| NoPlace);
        let (id, second) = (uuid(id)?, second.map_or(Ok(Uuid::nil()), |text| uuid(text))?);
        // Both databases can compare the times in this range, and have no time
        // outside it.
        (Self::START.at <= at && at <= Self::END.at).then_some(Self { rank, at, id, second }).ok_or(NoPlace)
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paged<T> {
    pub rows: Vec<T>,
    /// The place after which the next page begins. `None`: this is the last
    /// page.
    pub more: Option<After>,
}

impl<T> Default for Paged<T> {
    fn default() -> Self {
        Self { rows: vec![], more: None }
    }
}

/// Rows that were queried with a limit of one more than a page has.
pub(crate) struct Fetched<T> {
    /// The rows that can be read.
    pub rows: Vec<T>,
    /// How many rows the database returned, those that cannot be read included.
    pub count: usize,
}

impl<T> From<Vec<T>> for Fetched<T> {
    fn from(rows: Vec<T>) -> Self {
        Self { count: rows.len(), rows }
    }
}

impl<T> Deref for Fetched<T> {
    type Target = Vec<T>;
    fn deref(&self) -> &Vec<T> {
        &self.rows
    }
}

impl<T> Paged<T> {
    /// Makes a page of rows that were queried with a limit of `most + 1`.
    pub(crate) fn of(rows: impl Into<Fetched<T>>, most: i64, place: impl Fn(&T) -> After) -> Self {
        let Fetched { mut rows, count } = rows.into();
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let is_last = count <= most;
        rows.truncate(most);
        let more = if is_last { None } else { rows.last().map(place) };
        Self { rows, more }
    }

    /// Changes each row of the page; the place of the next page stays.
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Paged<U> {
        Paged { rows: self.rows.into_iter().map(each).collect(), more: self.more }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn place_round_trips_through_its_text(rank: i64, micros in -62_135_596_800_000_000_i64..253_370_764_800_000_000, id: u128, second: u128) {
            let at = DateTime::from_timestamp_micros(micros).unwrap();
            let place = After { rank, ..After::new(at, Uuid::from_u128(id)).and(Uuid::from_u128(second)) };
            prop_assert_eq!(place.to_string().parse(), Ok(place));
            let one = After::new(at, Uuid::from_u128(id));
            prop_assert_eq!(one.to_string().parse(), Ok(one));
        }

        #[test]
        fn parsed_place_is_in_the_range_of_both_databases(text in "\\PC{0,60}") {
            if let Ok(place) = text.parse::<After>() {
                prop_assert!(After::START.at <= place.at && place.at <= After::END.at);
            }
        }

        #[test]
        fn pages_show_every_row_once(count in 0_i64..60, most in 1_i64..20) {
            let all: Vec<i64> = (0..count).collect();
            let (mut seen, mut after, mut pages) = (vec![], -1, 0);
            loop {
                let found = all.iter().copied().filter(|n| *n > after).take(usize::try_from(most + 1).unwrap());
                let page = Paged::of(found.collect::<Vec<_>>(), most, |n| After::number(*n));
                pages += 1;
                prop_assert!(i64::try_from(page.rows.len()).unwrap() <= most);
                seen.extend(page.rows);
                let Some(more) = page.more else { break };
                after = more.rank;
            }
            prop_assert_eq!(seen, all);
            prop_assert_eq!(pages, ((count + most - 1) / most).max(1), "no page is empty but the only one");
        }
    }

    #[test]
    fn place_out_of_range_is_refused() {
        for text in ["", "0", "0.0", "0.0.x", "x.0.00000000000000000000000000000000", "0.9223372036854775807.0", "0..0"]
        {
            assert_eq!(text.parse::<After>(), Err(NoPlace), "{text}");
        }
        let far = format!("0.{}.{}", year(10_000).timestamp_micros(), Uuid::nil().simple());
        assert_eq!(far.parse::<After>(), Err(NoPlace));
    }
}
