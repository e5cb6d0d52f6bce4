//! The search of `duologue doctor` for rows that this program cannot read. A
//! row is named by its table and id; its content is never shown.

use std::collections::BTreeMap;

use domain::{
    clients::{
        client::{ClientKind, Seat},
        person::{AloneMail, Language, Role, Zone},
    },
    exercises::{
        assignment::Due,
        exercise::{Document, Scope},
        pathway::Pathway,
        response::Answers,
        step::Answer,
    },
    form::Form,
    ids::LocationId,
    outbox::{
        lead::Lead,
        reminder::{EmailKind, EmailState},
        wording::WordingKind,
    },
    practice::{
        hours::{ExceptionKind, Week},
        settings::KindRule,
    },
    records::note::NoteScope,
    scheduling::{
        attendance::Presence,
        fee::FeeState,
        inquiry::{InquiryState, MeetingWish},
        reply::Reply,
        request::{RequestKind, RequestState},
        session::{CalendarTitle, SessionKind, SessionState},
        slots::DayPart,
    },
    zone,
};
use serde::de::DeserializeOwned;
use sqlx::{Database, Decode, Type, error::BoxDynError, types::Json};
use uuid::Uuid;

use crate::{
    Error, Reading, Result, Store,
    database::all,
    exercises::{not_now, plans::PlanState},
    keys::{DataKey, PRACTICE},
};

/// A row that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    pub table: &'static str,
    /// The id of the row, or another value that names it.
    pub id: String,
    /// The fault, such as "body: it is damaged or stands in another row".
    pub wrong: String,
}

/// How many rows with sealed values one query reads at most.
const PAGE: i64 = 500;

/// A sealed value: the id of its row, the subject whose key opens it (`None`:
/// the practice), and the value.
type Sealed = (Uuid, Option<Uuid>, Vec<u8>);

/// A search for unreadable rows, with the data keys it has used and the rows it
/// has found.
struct Search<'a> {
    store: &'a Store,
    tx: Reading,
    keys: BTreeMap<Uuid, Option<DataKey>>,
    found: Vec<BadRow>,
}

/// Checks every sealed value of a column. `$id` and `$subject` are columns of
/// `$from`, which is what follows FROM in the query; `$fits` checks the
/// decrypted value.
macro_rules! sealed {
    (
        $search:expr, $table:literal, $column:literal, $place:literal, $id:literal, $subject:literal, $from:literal,
        $fits:expr
    ) => {{
        let mut after = Uuid::nil();
        loop {
            let rows = all!(
                &mut $search.tx,
                Sealed,
                concat!(
                    "SELECT ",
                    $id,
                    ", ",
                    $subject,
                    ", ",
                    $column,
                    " FROM ",
                    $from,
                    " WHERE ",
                    $id,
                    " > $1 AND ",
                    $column,
                    " IS NOT NULL ORDER BY ",
                    $id,
                    " LIMIT $2"
                ),
                after,
                PAGE
            )?;
            let full = i64::try_from(rows.len()).is_ok_and(|n| n == PAGE);
            for (id, subject, value) in rows {
                after = id;
                $search.check_sealed($table, $column, $place, id, subject.unwrap_or(PRACTICE), &value, $fits).await?;
            }
            if !full {
                break;
            }
        }
    }};
}

/// Checks that every value of a JSON column has the shape of the type `$of`.
macro_rules! shaped {
    ($search:expr, $table:literal, $column:literal, $id:ty, $key:literal, $of:ty) => {{
        let rows = all!(
            &mut $search.tx,
            ($id, Shape<$of>),
            concat!("SELECT ", $key, ", ", $column, " FROM ", $table, " WHERE ", $column, " IS NOT NULL")
        )?;
        for (id, shape) in rows {
            if !shape.fits {
                $search.note($table, &id, concat!($column, ": JSON of another shape"));
            }
        }
    }};
}

/// Checks every different word of a column. `$knows` says whether the program
/// knows a word.
macro_rules! words {
    ($search:expr, $table:literal, $column:literal, $id:ty, $key:literal, $knows:expr) => {{
        let words = all!(
            &mut $search.tx,
            (String,),
            concat!("SELECT DISTINCT ", $column, " FROM ", $table, " WHERE ", $column, " IS NOT NULL")
        )?;
        for (word,) in words {
            if $knows(&word) {
                continue;
            }
            let rows = all!(
                &mut $search.tx,
                ($id,),
                concat!("SELECT ", $key, " FROM ", $table, " WHERE ", $column, " = $1 ORDER BY 1"),
                &word
            )?;
            for (id,) in rows {
                $search.note($table, &id, concat!($column, ": not known to this program"));
            }
        }
    }};
}

/// Whether a JSON value has the shape of a type.
struct Shape<T> {
    fits: bool,
    of: std::marker::PhantomData<T>,
}

impl<DB: Database, T> Type<DB> for Shape<T>
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

impl<'r, DB: Database, T> Decode<'r, DB> for Shape<T>
where
    Json<T>: Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self { fits: Json::<T>::decode(value).is_ok(), of: std::marker::PhantomData })
    }
}

/// Whether the text is a word of this set.
fn is_word<T: std::str::FromStr>(word: &str) -> bool {
    word.parse::<T>().is_ok()
}

/// Whether this program knows the time zone.
fn is_zone(name: &str) -> bool {
    Zone::parse(name).is_some_and(|zone| zone::exists(&zone))
}

/// Accepts every value, for sealed values without a shape.
fn any_bytes(_: &[u8]) -> bool {
    true
}

/// Whether the value is UTF-8.
fn is_text(plain: &[u8]) -> bool {
    std::str::from_utf8(plain).is_ok()
}

/// Whether the value is a reason for putting an exercise off.
fn is_reason(plain: &[u8]) -> bool {
    not_now::read(plain).is_some()
}

/// Whether the value is JSON of this type.
fn is_json<T: DeserializeOwned>(plain: &[u8]) -> bool {
    serde_json::from_slice::<T>(plain).is_ok()
}

impl Search<'_> {
    /// Adds a row to those found.
    fn note(&mut self, table: &'static str, id: &impl ToString, wrong: &str) {
        self.found.push(BadRow { table, id: id.to_string(), wrong: wrong.to_owned() });
    }

    /// Decrypts a sealed value, and adds its row to those found if that fails or
    /// if `fits` refuses the value.
    #[expect(clippy::too_many_arguments, reason = "a place and its value")]
    async fn check_sealed(
        &mut self,
        table: &'static str,
        column: &str,
        place: &str,
        id: Uuid,
        subject: Uuid,
        sealed: &[u8],
        fits: fn(&[u8]) -> bool,
    ) -> Result<()> {
        if !self.keys.contains_key(&subject) {
            let key = match self.store.key_of(&mut self.tx, subject).await {
                Ok(key) => Some(key),
                Err(error) if error.is_of_one_row() => None,
                Err(error) => return Err(error),
            };
            self.keys.insert(subject, key);
        }
        let wrong = match self.keys.get(&subject) {
            Some(Some(key)) => match key.open(place, id, sealed) {
                Ok(plain) if fits(&plain) => return Ok(()),
                Ok(_) => "it has another shape".to_owned(),
                Err(Error::Sealed(why)) => why.to_owned(),
                Err(error) => return Err(error),
            },
            _ => "its data key does not open".to_owned(),
        };
        self.note(table, &id, &format!("{column}: {wrong}"));
        Ok(())
    }

    /// Checks every sealed value.
    async fn check_sealed_values(&mut self) -> Result<()> {
        sealed!(self, "email", "bytes", "email", "id", "person_id", "email", any_bytes);
        sealed!(self, "answer", "body", "answer", "id", "person_id", "answer", is_json::<Answer>);
        sealed!(self, "response", "draft", "response.draft", "id", "person_id", "response", is_json::<Answers>);
        sealed!(
            self,
            "note",
            "body",
            "note",
            "id",
            "CASE WHEN scope = 'process' THEN author_id ELSE client_id END",
            "note",
            is_text
        );
        sealed!(self, "response", "not_now", "response.not_now", "id", "person_id", "response", is_reason);
        sealed!(
            self,
            "session_change",
            "reason",
            "session_change.reason",
            "session_change.id",
            "s.client_id",
            "session_change JOIN session s ON s.id = session_change.session_id",
            is_text
        );
        sealed!(self, "message", "body", "message", "id", "person_id", "message", is_text);
        sealed!(
            self,
            "agreement",
            "body",
            "agreement",
            "agreement.id",
            "g.client_id",
            "agreement JOIN occurrence o ON o.id = agreement.occurrence_id JOIN assignment g ON g.id = o.assignment_id",
            is_text
        );
        sealed!(self, "assignment", "word_along", "assignment.word_along", "id", "client_id", "assignment", is_text);
        Ok(())
    }

    /// Checks every JSON column.
    async fn check_shapes(&mut self) -> Result<()> {
        shaped!(self, "exercise_version", "document", Uuid, "id", Document);
        shaped!(self, "exercise_draft", "form", Uuid, "id", Form);
        shaped!(self, "pathway", "document", Uuid, "id", Pathway);
        shaped!(self, "working_week", "hours", Uuid, "account_id", Week);
        shaped!(self, "working_week", "at_locations", Uuid, "account_id", BTreeMap<LocationId, Week>);
        shaped!(self, "room", "offers", Uuid, "id", Vec<String>);
        shaped!(self, "person", "prefers", Uuid, "id", Week);
        shaped!(self, "person", "leads", Uuid, "id", Vec<Lead>);
        shaped!(self, "practice", "leads", i64, "id", Vec<Lead>);
        shaped!(self, "practice", "kinds", i64, "id", Vec<KindRule>);
        Ok(())
    }

    /// Checks every time zone.
    async fn check_zones(&mut self) -> Result<()> {
        words!(self, "practice", "zone", i64, "id", is_zone);
        words!(self, "account", "zone", Uuid, "id", is_zone);
        words!(self, "person", "zone", Uuid, "id", is_zone);
        words!(self, "session", "zone", Uuid, "id", is_zone);
        words!(self, "session_undo", "zone", Uuid, "session_id", is_zone);
        words!(self, "session_request", "zone", Uuid, "id", is_zone);
        words!(self, "series", "zone", Uuid, "id", is_zone);
        words!(self, "plan", "zone", Uuid, "id", is_zone);
        Ok(())
    }

    /// Checks every column that holds a word of a set.
    async fn check_words(&mut self) -> Result<()> {
        words!(self, "account_role", "role", Uuid, "account_id", is_word::<Role>);
        words!(self, "person", "language", Uuid, "id", is_word::<Language>);
        words!(self, "person", "alone_mail", Uuid, "id", is_word::<AloneMail>);
        words!(self, "client", "kind", Uuid, "id", is_word::<ClientKind>);
        words!(self, "client_member", "seat", Uuid, "person_id", is_word::<Seat>);
        words!(self, "session", "kind", Uuid, "id", is_word::<SessionKind>);
        words!(self, "session", "state", Uuid, "id", is_word::<SessionState>);
        words!(self, "session_undo", "state", Uuid, "session_id", is_word::<SessionState>);
        words!(self, "series", "kind", Uuid, "id", is_word::<SessionKind>);
        words!(self, "email", "kind", Uuid, "id", is_word::<EmailKind>);
        words!(self, "email", "state", Uuid, "id", is_word::<EmailState>);
        words!(self, "session_request", "kind", Uuid, "id", is_word::<RequestKind>);
        words!(self, "session_request", "state", Uuid, "id", is_word::<RequestState>);
        words!(self, "session_reply", "reply", Uuid, "session_id", is_word::<Reply>);
        words!(self, "session_attendee", "presence", Uuid, "session_id", is_word::<Presence>);
        words!(self, "fee_suggestion", "state", Uuid, "session_id", is_word::<FeeState>);
        words!(self, "inquiry", "kind", Uuid, "id", is_word::<ClientKind>);
        words!(self, "inquiry", "part", Uuid, "id", is_word::<DayPart>);
        words!(self, "inquiry", "meeting", Uuid, "id", is_word::<MeetingWish>);
        words!(self, "inquiry", "state", Uuid, "id", is_word::<InquiryState>);
        words!(self, "earlier_wish", "part", Uuid, "session_id", is_word::<DayPart>);
        words!(self, "hours_exception", "kind", Uuid, "id", is_word::<ExceptionKind>);
        words!(self, "note", "scope", Uuid, "id", is_word::<NoteScope>);
        words!(self, "answer", "scope", Uuid, "id", is_word::<Scope>);
        words!(self, "assignment", "due", Uuid, "id", is_word::<Due>);
        words!(self, "plan", "state", Uuid, "id", is_word::<PlanState>);
        words!(self, "feed", "wording", Uuid, "id", is_word::<CalendarTitle>);
        words!(self, "wording", "kind", String, "kind || ' ' || language", is_word::<WordingKind>);
        words!(self, "wording", "language", String, "kind || ' ' || language", is_word::<Language>);
        Ok(())
    }
}

impl Store {
    /// All rows that this program cannot read, by table and id.
    pub async fn bad_rows(&self) -> Result<Vec<BadRow>> {
        let mut search = Search { store: self, tx: self.read().await?, keys: BTreeMap::new(), found: Vec::new() };
        search.check_zones().await?;
        search.check_words().await?;
        search.check_shapes().await?;
        search.check_sealed_values().await?;
        Ok(search.found)
    }
}
