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
    ids::{FileId, LocationId},
    outbox::{
        lead::Lead,
        reminder::{EmailKind, EmailState},
        wording::WordingKind,
    },
    portability::client_list::ClientList,
    practice::{
        hours::{ExceptionKind, Week},
        settings::KindRule,
    },
    records::{
        consents::{BlankValues, ConsentKind, CopyGiven, Proof, SignMethod, WithdrawnHow},
        disclosure::{Details, Ground as LegalGround},
        document::{DocumentKind, FileType},
        goal::{GoalBody, GoalState},
        handover::{Door, FilePart, HandoverDetails},
        intake::{Answer as IntakeAnswer, IntakeList},
        note::{NoteDocument, NoteHeader, NoteScope, NoteSection, NoteTemplate},
        own_data::{Decision, Ground, ItemKind, Way},
        policy::{Decisions, Preset},
        release::{CloseReason, ReleaseKind, Term, Terms},
        retention::{ErasureLine, RetentionYears},
        supervision::CosignOutcome,
    },
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
    files,
    keys::{DataKey, PRACTICE},
    records::{handovers::FileAbout, imported::ImportedDetails, own_data::CopyFormat},
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
        self.check_sealed_notes().await?;
        self.check_goals().await?;
        self.check_files().await?;
        self.check_data_requests().await?;
        self.check_consents().await?;
        self.check_leaving().await?;
        self.check_intake().await?;
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

    /// Checks the titles of documents, the keys of files, and every chunk of each
    /// file. Of a file one chunk is held in memory at a time.
    async fn check_files(&mut self) -> Result<()> {
        sealed!(
            self,
            "document",
            "title",
            "document",
            "id",
            "CASE WHEN person_id IS NOT NULL THEN person_id WHEN scope = 'process' THEN author_id ELSE client_id END",
            "document",
            is_text
        );
        let files = all!(&mut self.tx, (Uuid,), "SELECT id FROM file WHERE sealed_key IS NOT NULL ORDER BY id")?;
        for (id,) in files {
            match files::check(self.store, &mut self.tx, FileId(id)).await {
                Ok(()) => {}
                Err(Error::Sealed(why)) => self.note("file_chunk", &id, &format!("body: {why}")),
                Err(error) if error.is_of_one_row() => self.note("file", &id, "sealed_key: its data key does not open"),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Checks the sealed values of forms, signatures and secrets policies.
    async fn check_consents(&mut self) -> Result<()> {
        type Words = BTreeMap<String, String>;
        let values = is_json::<BlankValues>;
        sealed!(self, "consent_ask", "blanks", "consent_ask.blanks", "id", "person_id", "consent_ask", values);
        let words = is_json::<Words>;
        sealed!(self, "signature", "content", "signature.content", "id", "person_id", "signature", words);
        sealed!(self, "signature", "evidence", "signature.evidence", "id", "person_id", "signature", words);
        let decisions = is_json::<Decisions>;
        sealed!(self, "policy", "decisions", "policy.decisions", "id", "client_id", "policy", decisions);
        Ok(())
    }

    /// Checks the sealed values and the words of releases, disclosures and what left.
    async fn check_leaving(&mut self) -> Result<()> {
        words!(self, "release", "kind", Uuid, "id", is_word::<ReleaseKind>);
        words!(self, "release", "term", Uuid, "id", is_word::<Term>);
        words!(self, "release", "closed_why", Uuid, "id", is_word::<CloseReason>);
        words!(self, "disclosure", "ground", Uuid, "id", is_word::<LegalGround>);
        words!(self, "handover", "door", Uuid, "id", is_word::<Door>);
        words!(self, "handover_file", "part", Uuid, "handover_id", is_word::<FilePart>);
        sealed!(self, "release", "terms", "release", "id", "client_id", "release", is_json::<Terms>);
        let details = is_json::<Details>;
        sealed!(self, "disclosure", "details", "disclosure", "id", "client_id", "disclosure", details);
        sealed!(
            self,
            "disclosure",
            "answer_reason",
            "disclosure.answer_reason",
            "id",
            "client_id",
            "disclosure",
            is_text
        );
        sealed!(
            self,
            "disclosure_silence",
            "reason",
            "disclosure_silence",
            "disclosure_silence.id",
            "d.client_id",
            "disclosure_silence JOIN (SELECT id AS of_disclosure, client_id FROM disclosure) d
                 ON d.of_disclosure = disclosure_silence.disclosure_id",
            is_text
        );
        sealed!(self, "handover", "details", "handover", "id", "client_id", "handover", is_json::<HandoverDetails>);
        let signers = all!(
            &mut self.tx,
            (Uuid, Uuid, Vec<u8>),
            "SELECT release_id, person_id, own FROM release_signer ORDER BY release_id, person_id"
        )?;
        for (release, person, own) in signers {
            let place = format!("release_signer {person}");
            self.check_sealed("release_signer", "own", &place, release, person, &own, any_bytes).await?;
        }
        let files = all!(
            &mut self.tx,
            (Uuid, i64, Uuid, Vec<u8>),
            "SELECT f.handover_id, f.number, h.client_id, f.about
             FROM handover_file f JOIN handover h ON h.id = f.handover_id ORDER BY f.handover_id, f.number"
        )?;
        for (handover, number, client, about) in files {
            let place = format!("handover_file {number}");
            let fits = is_json::<FileAbout>;
            self.check_sealed("handover_file", "about", &place, handover, client, &about, fits).await?;
        }
        Ok(())
    }

    /// Checks the intake lists, and the sealed values of intakes, imports and holds.
    async fn check_intake(&mut self) -> Result<()> {
        let details = is_json::<ImportedDetails>;
        sealed!(
            self,
            "imported_details",
            "sealed",
            "imported_details",
            "person_id",
            "person_id",
            "imported_details",
            details
        );
        let list = is_json::<ClientList>;
        sealed!(
            self,
            "client_import",
            "content",
            "client_import",
            "id",
            "CASE WHEN 1 = 0 THEN created_by END",
            "client_import",
            list
        );
        sealed!(self, "client", "hold_why", "client.hold_why", "id", "id", "client", is_text);
        shaped!(self, "erasure", "report", Uuid, "id", Vec<ErasureLine>);
        shaped!(self, "practice", "retention", i64, "id", RetentionYears);
        shaped!(self, "intake_list", "list", Uuid, "id", IntakeList);
        let answer = is_json::<IntakeAnswer>;
        sealed!(self, "intake_answer", "answer", "intake_answer.answer", "id", "person_id", "intake_answer", answer);
        sealed!(self, "intake_answer", "draft", "intake_answer.draft", "id", "person_id", "intake_answer", answer);
        sealed!(
            self,
            "intake_answer",
            "waived_why",
            "intake_answer.waived_why",
            "id",
            "client_id",
            "intake_answer",
            is_text
        );
        Ok(())
    }

    /// Checks the sealed values of people's requests for a copy of their data.
    async fn check_data_requests(&mut self) -> Result<()> {
        sealed!(self, "data_request", "checked", "data_request.checked", "id", "person_id", "data_request", is_text);
        sealed!(
            self,
            "data_request",
            "extension",
            "data_request.extension",
            "id",
            "person_id",
            "data_request",
            is_text
        );
        sealed!(
            self,
            "data_decision",
            "reason",
            "data_decision.reason",
            "id",
            "CASE WHEN kind = 'process_note' THEN decided_by ELSE client_id END",
            "data_decision",
            is_text
        );
        sealed!(
            self,
            "data_decision",
            "text",
            "data_decision.text",
            "id",
            "CASE WHEN kind = 'process_note' THEN decided_by ELSE client_id END",
            "data_decision",
            is_text
        );
        Ok(())
    }

    /// Checks the sealed values and the words of goals, plans and co-signatures.
    async fn check_goals(&mut self) -> Result<()> {
        words!(self, "goal", "state", Uuid, "id", is_word::<GoalState>);
        words!(self, "goal_event", "state", Uuid, "id", is_word::<GoalState>);
        words!(self, "cosign", "outcome", Uuid, "id", is_word::<CosignOutcome>);
        let shape = is_json::<GoalBody>;
        sealed!(self, "goal", "body", "goal", "id", "client_id", "goal", shape);
        sealed!(
            self,
            "goal_event",
            "body",
            "goal_event",
            "goal_event.id",
            "g.client_id",
            "goal_event JOIN (SELECT id AS goal, client_id FROM goal) g ON g.goal = goal_event.goal_id",
            shape
        );
        sealed!(
            self,
            "goal_event",
            "remark",
            "goal_event.remark",
            "goal_event.id",
            "g.client_id",
            "goal_event JOIN goal g ON g.id = goal_event.goal_id",
            is_text
        );
        sealed!(self, "treatment_plan", "body", "treatment_plan", "id", "client_id", "treatment_plan", is_text);
        sealed!(
            self,
            "cosign",
            "comment",
            "cosign.comment",
            "cosign.id",
            "n.client_id",
            "cosign JOIN note n ON n.id = cosign.note_id",
            is_text
        );
        Ok(())
    }

    /// Checks every sealed value of notes.
    async fn check_sealed_notes(&mut self) -> Result<()> {
        let shape = is_json::<NoteDocument>;
        // A note from before there were sections is a text.
        sealed!(
            self,
            "note",
            "body",
            "note",
            "id",
            "CASE WHEN scope = 'process' THEN author_id ELSE client_id END",
            "(SELECT * FROM note WHERE revision = 0) note",
            is_text
        );
        sealed!(
            self,
            "note",
            "body",
            "note",
            "id",
            "CASE WHEN scope = 'process' THEN author_id ELSE client_id END",
            "(SELECT * FROM note WHERE revision > 0) note",
            shape
        );
        sealed!(
            self,
            "note",
            "header",
            "note.header",
            "id",
            "CASE WHEN scope = 'process' THEN author_id ELSE client_id END",
            "note",
            is_json::<NoteHeader>
        );
        sealed!(
            self,
            "note",
            "without_policy",
            "note.without_policy",
            "id",
            "CASE WHEN scope = 'process' THEN author_id ELSE client_id END",
            "note",
            is_text
        );
        sealed!(self, "note_leftover", "body", "note_leftover", "id", "account_id", "note_leftover", shape);
        sealed!(self, "note_move", "body", "note_move", "id", "account_id", "note_move", is_json::<NoteSection>);
        sealed!(
            self,
            "note_unlock",
            "reason",
            "note_unlock.reason",
            "note_unlock.id",
            "n.client_id",
            "note_unlock JOIN note n ON n.id = note_unlock.note_id",
            is_text
        );
        Ok(())
    }

    /// Checks every JSON column.
    async fn check_shapes(&mut self) -> Result<()> {
        shaped!(self, "exercise_version", "document", Uuid, "id", Document);
        shaped!(self, "exercise_draft", "form", Uuid, "id", Form);
        shaped!(self, "note_template_version", "document", Uuid, "id", NoteTemplate);
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
        words!(self, "signature", "zone", Uuid, "id", is_zone);
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
        words!(self, "document", "scope", Uuid, "id", is_word::<NoteScope>);
        words!(self, "document", "kind", Uuid, "id", is_word::<DocumentKind>);
        words!(self, "document", "type", Uuid, "id", is_word::<FileType>);
        words!(self, "consent_text", "kind", Uuid, "id", is_word::<ConsentKind>);
        words!(self, "consent_wording", "language", Uuid, "version_id", is_word::<Language>);
        words!(self, "signature", "language", Uuid, "id", is_word::<Language>);
        words!(self, "signature", "method", Uuid, "id", is_word::<SignMethod>);
        words!(self, "signature", "proof", Uuid, "id", is_word::<Proof>);
        words!(self, "signature", "copy", Uuid, "id", is_word::<CopyGiven>);
        words!(self, "signature", "withdrawn_how", Uuid, "id", is_word::<WithdrawnHow>);
        words!(self, "policy", "preset", Uuid, "id", is_word::<Preset>);
        words!(self, "answer", "scope", Uuid, "id", is_word::<Scope>);
        words!(self, "data_request", "way", Uuid, "id", is_word::<Way>);
        words!(self, "data_decision", "kind", Uuid, "id", is_word::<ItemKind>);
        words!(self, "data_decision", "decision", Uuid, "id", is_word::<Decision>);
        words!(self, "data_decision", "ground", Uuid, "id", is_word::<Ground>);
        words!(self, "data_copy", "format", Uuid, "id", is_word::<CopyFormat>);
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
