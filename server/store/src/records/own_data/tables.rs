//! Each table of the schema, with the part of a copy that it is in, or the reason why
//! it is in none. A test compares the list with the schema, so that the author of a
//! new table decides about it.

use domain::records::own_data::copy::Part;

/// Where a table is in a copy of a person's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableUse {
    /// What is a person's own in it is in this part.
    In(Part),
    /// It is in no part, for this reason.
    Out(&'static str),
}

/// Rows that hold no person's content.
const PRACTICE: TableUse = TableUse::Out("It is the practice’s own: no person’s content is in it.");

/// Rows that only the program needs.
const MACHINE: TableUse = TableUse::Out("The program’s own: ids, hashes and keys that say nothing of a person.");

/// Rows that other members of staff wrote for themselves.
const STAFF: TableUse = TableUse::Out("It is about members of staff and their work, not about a client’s person.");

/// Each table with its use, by name.
const TABLES: &[(&str, TableUse)] = &[
    ("acceptance", TableUse::In(Part::Exercises)),
    ("account", TableUse::In(Part::Account)),
    ("account_event", STAFF),
    ("account_role", STAFF),
    ("address_change", TableUse::Out("An address in use is in “About you”; others were never used, and links end.")),
    ("agreement", TableUse::In(Part::Exercises)),
    ("answer", TableUse::In(Part::Exercises)),
    ("assignment", TableUse::In(Part::Exercises)),
    ("audit", TableUse::In(Part::Opened)),
    ("audit_head", MACHINE),
    ("audit_named", TableUse::Out("Lists of many clients, such as Today, name a client without opening the record.")),
    ("backup_run", PRACTICE),
    ("bin", TableUse::Out("What was deleted is removed for good after thirty days.")),
    ("browser", TableUse::Out("A hash by which a browser is recognised; where a person signed in is in another part.")),
    ("care", TableUse::In(Part::Care)),
    ("client", TableUse::In(Part::Care)),
    ("client_import", TableUse::Out("How a list came in; its rows are removed, and who came with it is in the copy.")),
    ("client_member", TableUse::In(Part::Care)),
    ("consent_ask", TableUse::Out("What is to be signed is a text of the practice; what was signed is in the copy.")),
    ("consent_text", PRACTICE),
    ("consent_version", TableUse::In(Part::Consents)),
    ("consent_wording", PRACTICE),
    ("cosign", TableUse::Out("What a supervisor wrote to a colleague about their work.")),
    ("data_copy", TableUse::In(Part::Copies)),
    ("data_decision", TableUse::In(Part::LeftOut)),
    ("data_download", TableUse::In(Part::Copies)),
    ("data_key", MACHINE),
    ("data_request", TableUse::In(Part::Copies)),
    ("data_request_part", TableUse::In(Part::Copies)),
    ("disclosure", TableUse::In(Part::Releases)),
    ("disclosure_silence", TableUse::Out("Why a person is not told: the law forbids to tell it.")),
    ("document", TableUse::In(Part::Documents)),
    ("earlier_wish", TableUse::Out("A wish for an earlier time is over with its session.")),
    ("email", TableUse::In(Part::Emails)),
    (
        "erasure",
        TableUse::Out("That something was erased, and what is kept until when; the report is handed over by itself."),
    ),
    ("exercise", PRACTICE),
    ("exercise_draft", PRACTICE),
    ("exercise_version", TableUse::In(Part::Exercises)),
    ("factor", STAFF),
    ("factor_reset", STAFF),
    (
        "fee_suggestion",
        TableUse::Out("A fee of a session, until it is in an invoice: who owes it can be the other partner."),
    ),
    ("feed", TableUse::Out("The address of a calendar, as a hash; the sessions in it are in the copy.")),
    ("file", TableUse::In(Part::Documents)),
    ("file_chunk", TableUse::In(Part::Documents)),
    ("form_key", MACHINE),
    ("goal", TableUse::Out("Goals are set together and stand in the notes, which are decided about one by one.")),
    ("goal_event", TableUse::Out("Goals are set together and stand in the notes, which are decided about one by one.")),
    ("handover", TableUse::In(Part::Releases)),
    ("handover_file", TableUse::Out("The bytes that were sent to others; what they contained is in the copy.")),
    ("hours_exception", STAFF),
    ("imported_details", TableUse::In(Part::Person)),
    ("inquiry", TableUse::Out("An inquiry belongs to nobody’s record; it is removed or taken over into one.")),
    ("intake", TableUse::In(Part::Intake)),
    ("intake_answer", TableUse::In(Part::Intake)),
    ("intake_list", TableUse::In(Part::Intake)),
    ("invitation", TableUse::Out("A link that ended; since when there is an account is in the copy.")),
    ("location", PRACTICE),
    ("login", TableUse::In(Part::SignIns)),
    ("mail_queue", MACHINE),
    ("mail_suspect", MACHINE),
    ("message", TableUse::In(Part::Messages)),
    ("note", TableUse::In(Part::Notes)),
    ("note_leftover", TableUse::Out("What was typed beside a signed note and is no note.")),
    ("note_move", TableUse::Out("How a section came into another note, which is decided about by itself.")),
    ("note_template", PRACTICE),
    ("note_template_default", STAFF),
    ("note_template_version", TableUse::In(Part::Notes)),
    ("note_unlock", TableUse::Out("Why an author opened a note again; the note itself is decided about.")),
    ("occupancy", MACHINE),
    ("occurrence", TableUse::In(Part::Exercises)),
    ("password_reset", TableUse::Out("A link that ended; when the password was changed is in the copy.")),
    ("pathway", PRACTICE),
    ("pathway_progress", TableUse::Out("The order in which exercises are given; the exercises are in the copy.")),
    ("person", TableUse::In(Part::Person)),
    ("plan", TableUse::In(Part::Exercises)),
    ("policy", TableUse::Out("A proposal of both; what the person signed of it is in the copy.")),
    ("practice", PRACTICE),
    ("press", MACHINE),
    ("progress_step", TableUse::Out("The order in which exercises are given; the exercises are in the copy.")),
    ("recovery_code", STAFF),
    ("release", TableUse::In(Part::Releases)),
    ("release_signer", TableUse::In(Part::Releases)),
    ("response", TableUse::In(Part::Exercises)),
    ("room", PRACTICE),
    ("series", TableUse::Out("The rule by which sessions were booked; the sessions are in the copy.")),
    ("series_gap", TableUse::Out("The rule by which sessions were booked; the sessions are in the copy.")),
    ("session", TableUse::In(Part::Sessions)),
    ("session_attendee", TableUse::In(Part::Sessions)),
    ("session_change", TableUse::In(Part::Sessions)),
    ("session_reply", TableUse::In(Part::Sessions)),
    ("session_request", TableUse::In(Part::Requests)),
    ("session_undo", TableUse::Out("A session as it was for some minutes.")),
    ("signature", TableUse::In(Part::Consents)),
    ("supervision", STAFF),
    ("throttle", MACHINE),
    (
        "treatment_plan",
        TableUse::Out("The plan is made together and stands in the notes, which are decided about one by one."),
    ),
    ("vault", MACHINE),
    ("wording", PRACTICE),
    ("working_week", STAFF),
    ("write_probe", MACHINE),
];

/// Each table of the schema with its use in a copy of a person's data, by name.
pub fn people_tables() -> &'static [(&'static str, TableUse)] {
    TABLES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_made_of_a_table_and_each_reason_is_a_sentence() {
        // These parts have the columns of tables that another part names.
        let beside = [Part::Contact];
        for part in Part::ALL.iter().filter(|part| !beside.contains(part)) {
            assert!(TABLES.iter().any(|(_, of)| *of == TableUse::In(*part)), "{part:?}");
        }
        for (table, of) in TABLES {
            if let TableUse::Out(reason) = of {
                assert!(reason.len() > 20 && reason.ends_with('.'), "{table}");
            }
        }
        assert!(TABLES.is_sorted_by_key(|(table, _)| *table));
    }
}
