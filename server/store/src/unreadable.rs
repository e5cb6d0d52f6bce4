//! One bad row stops one row: a row that cannot be read is left out of its
//! list, logged, and reported on the page that it is missing from; the rest is
//! shown.
//!
//! A row is bad if a sealed value does not open, JSON has another shape, a word
//! belongs to no set, or a time zone is unknown. Lists for people are read with
//! [`legible!`]. Queries that decide something (who has a session, who has
//! submitted a response, which roles an account has) are read with `all!`, and
//! fail.

use std::{cell::RefCell, collections::BTreeSet, future::Future};

use domain::{clients::person::Zone, zone};
use sqlx::{Database, Decode, FromRow, Row, Type, error::BoxDynError, types::Json};

use crate::{Error, Result};

/// What could not be read while a page was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unreadable {
    /// How often an entry could not be read. An entry that is read twice counts
    /// twice.
    pub rows: usize,
    /// The names of the people whose time zone this program does not know, each
    /// with the name of the zone.
    pub zones: BTreeSet<(String, String)>,
}

tokio::task_local! {
    static NOTED: RefCell<Unreadable>;
}

/// Runs a request and collects what it cannot read, for [`noted`].
pub async fn collect_unreadable<F: Future>(request: F) -> F::Output {
    NOTED.scope(RefCell::default(), request).await
}

/// What this request could not read so far. Outside a request it is empty.
pub fn collected_unreadable() -> Unreadable {
    NOTED.try_with(|noted| noted.borrow().clone()).unwrap_or_default()
}

fn note(change: impl FnOnce(&mut Unreadable)) {
    // Outside a request, there is only the log.
    let _ = NOTED.try_with(|noted| change(&mut noted.borrow_mut()));
}

/// Logs an entry that is left out, and counts it for the page.
pub(crate) fn note_row(error: &dyn std::fmt::Display) {
    tracing::error!(%error, "an entry cannot be read and is left out: run `duologue doctor`");
    note(|noted| noted.rows += 1);
}

/// Notes a person's time zone for the page if this program does not know it.
pub fn report_unknown_zone(whose: &str, theirs: &Zone) {
    if !zone::exists(theirs) {
        note(|noted| {
            noted.zones.insert((whose.to_owned(), theirs.name().to_owned()));
        });
    }
}

/// Reads the rows that can be read, and notes the others.
pub(crate) fn keep_legible<T, R>(rows: Vec<R>) -> Vec<T>
where
    R: Row,
    T: for<'r> FromRow<'r, R>,
{
    rows.iter()
        .filter_map(|row| match T::from_row(row) {
            Ok(row) => Some(row),
            Err(error) => {
                note_row(&error);
                None
            }
        })
        .collect()
}

/// Every row of a query as `$row`, without those that cannot be read: for lists
/// that people look at.
macro_rules! legible {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::database::on!(&mut *$tx, c => sqlx::query($sql)$(.bind($bind))*.fetch_all(c).await.map($crate::unreadable::keep_legible::<$row, _>))
    };
}
pub(crate) use legible;

/// The rows of a query as `$row`, without those that cannot be read, for
/// [`crate::Paged::of`]. The query's limit must be one more than a page has. A
/// row that is left out does not end the list.
macro_rules! fetched {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::database::on!(&mut *$tx, c => sqlx::query($sql)$(.bind($bind))*.fetch_all(c).await.map(|rows| {
            let count = rows.len();
            $crate::paging::Fetched { rows: $crate::unreadable::keep_legible::<$row, _>(rows), count }
        }))
    };
}
pub(crate) use fetched;

/// The opened value. `None`: this one entry cannot be read, which is noted.
pub(crate) fn or_skip<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_of_one_row() => {
            note_row(&error);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// JSON that can be empty: a value of another shape is read as the default, and
/// noted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lenient<T>(pub T);

impl<DB: Database, T> Type<DB> for Lenient<T>
where
    Json<T>: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        Json::<T>::type_info()
    }

    fn compatible(ty: &DB::TypeInfo) -> bool {
        Json::<T>::compatible(ty)
    }
}

impl<'r, DB: Database, T: Default> Decode<'r, DB> for Lenient<T>
where
    Json<T>: Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(match Json::<T>::decode(value) {
            Ok(Json(value)) => value,
            Err(error) => {
                note_row(&error);
                T::default()
            }
        }))
    }
}

impl Error {
    /// Whether one row is at fault and not the database or the program, so that
    /// work on other rows can continue.
    pub fn is_of_one_row(&self) -> bool {
        match self {
            Self::Sealed(_) | Self::Zone(_) | Self::Stored(_) => true,
            Self::Database(error) => matches!(error, sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)),
            Self::Migration(_) | Self::Refused(_) | Self::File(_) | Self::PressedBefore | Self::OnlyShown => false,
        }
    }

    /// Why an email is not sent, for the people who deal with undelivered
    /// emails.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Sealed(_) => "What this message said is damaged and cannot be read. Send it again.".to_owned(),
            Self::Zone(zone::UnknownZone(zone)) => format!(
                "Duologue does not know the time zone “{}”. Choose another in the person’s details, then send this again.",
                zone.name()
            ),
            _ => "An entry that this message is about cannot be read. Ask the person who runs Duologue to run “duologue doctor”.".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_request_notes_only_its_own_unreadable_entries() {
        let mars = Zone::parse("Mars/Olympus").unwrap();
        let seen = collect_unreadable(async {
            note_row(&"damaged");
            report_unknown_zone("Amara", &mars);
            report_unknown_zone("Amara", &mars);
            report_unknown_zone("Jonas", &Zone::utc());
            collected_unreadable()
        })
        .await;
        assert_eq!(seen.rows, 1);
        assert_eq!(seen.zones.into_iter().collect::<Vec<_>>(), [("Amara".to_owned(), "Mars/Olympus".to_owned())]);
        note_row(&"outside of any request");
        assert_eq!(collect_unreadable(async { collected_unreadable() }).await, Unreadable::default());
    }
}
