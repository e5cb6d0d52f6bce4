//! The language files and the code agree: every key that is used exists, in each
//! language with the same arguments and marks, and none is unused.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use fluent_bundle::FluentResource;
use fluent_syntax::ast;

use super::{labels, sentences, *};
use crate::ui::shell::Notice;

/// A message of a file: its area, its arguments and its marks.
#[derive(Debug, PartialEq, Eq)]
struct Message {
    area: &'static str,
    arguments: BTreeSet<String>,
    marks: Vec<&'static str>,
}

/// The messages of a language by their keys.
fn messages(language: Language) -> BTreeMap<String, Message> {
    let mut messages = BTreeMap::new();
    for (area, file) in files::files(language) {
        let resource = FluentResource::try_new((*file).to_owned())
            .unwrap_or_else(|(_, errors)| panic!("{language:?} {area}: {errors:?}"));
        for entry in resource.entries() {
            match entry {
                ast::Entry::Message(message) => {
                    let key = message.id.name.to_owned();
                    let value = message.value.as_ref().unwrap_or_else(|| panic!("{key} has no text"));
                    assert!(message.attributes.is_empty(), "{key} has attributes, which nothing reads");
                    let mut arguments = BTreeSet::new();
                    let mut text = String::new();
                    read_pattern(value, &mut arguments, &mut text);
                    let marks = ["<a>", "</a>", "<strong>", "</strong>"].into_iter().filter(|m| text.contains(m));
                    let message = Message { area, arguments, marks: marks.collect() };
                    assert!(messages.insert(key.clone(), message).is_none(), "{key} is in {language:?} twice");
                }
                ast::Entry::Comment(_) | ast::Entry::GroupComment(_) | ast::Entry::ResourceComment(_) => {}
                ast::Entry::Term(_) | ast::Entry::Junk { .. } => panic!("{language:?} {area}: {entry:?}"),
            }
        }
    }
    messages
}

/// Collects the arguments and the text of a message.
fn read_pattern(pattern: &ast::Pattern<&str>, arguments: &mut BTreeSet<String>, text: &mut String) {
    for element in &pattern.elements {
        match element {
            ast::PatternElement::TextElement { value } => text.push_str(value),
            ast::PatternElement::Placeable { expression } => {
                let inline = match expression {
                    ast::Expression::Inline(inline) => inline,
                    ast::Expression::Select { selector, variants } => {
                        for variant in variants {
                            read_pattern(&variant.value, arguments, text);
                        }
                        selector
                    }
                };
                match inline {
                    ast::InlineExpression::VariableReference { id } => drop(arguments.insert(id.name.to_owned())),
                    other => panic!("{other:?}: only arguments are allowed here"),
                }
            }
        }
    }
}

/// A use of a message in the code: its file, key and arguments.
#[derive(Debug)]
struct Use {
    file: PathBuf,
    key: String,
    arguments: BTreeSet<String>,
}

/// All Rust files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

/// The folders of the code that names messages, and of the code that writes
/// sentences.
fn folders() -> [PathBuf; 3] {
    let app = Path::new(env!("CARGO_MANIFEST_DIR"));
    [app.join("src"), app.join("../server/src"), app.join("domain/src")]
}

/// Every `say!` of the code.
fn uses() -> Vec<Use> {
    let mut uses = Vec::new();
    for file in folders().iter().flat_map(|folder| sources(folder)) {
        let code = std::fs::read_to_string(&file).unwrap();
        // Not the doc comments, whose keys are examples.
        let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for call in code.split("say!(").skip(1) {
            let parts = parts_of_call(call);
            let quoted = parts.get(1).and_then(|key| key.strip_prefix('"')?.strip_suffix('"'));
            let Some(key) = quoted else { continue };
            let name = |part: &String| part.split_once('=').map(|(name, _)| name.trim().to_owned());
            let arguments = parts[2..].iter().filter_map(name).collect();
            uses.push(Use { file: file.clone(), key: key.to_owned(), arguments });
        }
    }
    uses
}

/// The parts of a macro's call, divided by its commas; `call` begins behind the
/// opening bracket.
fn parts_of_call(call: &str) -> Vec<String> {
    let (mut parts, mut part, mut depth, mut quoted) = (Vec::new(), String::new(), 0, false);
    let mut before = ' ';
    for c in call.chars() {
        match c {
            '"' if before != '\\' && (quoted || before != '\'') => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted && depth == 0 => break,
            ')' | ']' | '}' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                parts.push(std::mem::take(&mut part).trim().to_owned());
                before = c;
                continue;
            }
            _ => {}
        }
        part.push(c);
        before = c;
    }
    parts.push(part.trim().to_owned());
    parts.retain(|part| !part.is_empty());
    parts
}

#[test]
fn every_message_that_the_code_names_exists_with_these_arguments() {
    let (messages, uses) = (messages(Language::English), uses());
    assert!(uses.len() > 100, "{}", uses.len());
    let mut wrong: Vec<String> = Vec::new();
    for Use { file, key, arguments } in &uses {
        match messages.get(key) {
            None => wrong.push(format!("{}: there is no message {key}", file.display())),
            Some(message) if message.arguments != *arguments => {
                wrong.push(format!("{}: {key} needs {:?} and gets {arguments:?}", file.display(), message.arguments));
            }
            Some(_) => {}
        }
    }
    wrong.extend(labels::keys().into_iter().filter(|key| !messages.contains_key(key)).map(|key| format!("no {key}")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_language_has_the_same_messages_with_the_same_arguments_and_marks() {
    let english = messages(Language::English);
    for language in Language::ALL {
        let other = messages(*language);
        let keys = |of: &BTreeMap<String, Message>| of.keys().cloned().collect::<BTreeSet<_>>();
        let (has, needs) = (keys(&other), keys(&english));
        assert_eq!(needs.difference(&has).collect::<Vec<_>>(), [] as [&String; 0], "missing in {language:?}");
        assert_eq!(has.difference(&needs).collect::<Vec<_>>(), [] as [&String; 0], "only in {language:?}");
        for (key, message) in &other {
            assert_eq!(message, &english[key], "{key} in {language:?}");
        }
    }
}

#[test]
fn no_message_is_unused() {
    let mut used: BTreeSet<String> = uses().into_iter().map(|call| call.key).collect();
    used.extend(labels::keys());
    used.extend(sentences::english().into_iter().map(|(key, _)| key));
    used.extend(Notice::ALL.iter().map(|notice| labels::notice_key(*notice)));
    let unused: Vec<String> = messages(Language::English).into_keys().filter(|key| !used.contains(key)).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn english_sentences_are_those_of_the_code() {
    let code: String = folders().iter().flat_map(|folder| sources(folder)).map(|f| flat(&f)).collect();
    let mut missing = Vec::new();
    for (key, parts) in sentences::english() {
        let text: String = parts
            .iter()
            .map(|part| match part {
                sentences::Part::Text(text) => text.as_str(),
                sentences::Part::Value(_) => "{}",
            })
            .collect();
        if !code.contains(&text) {
            missing.push(format!("{key}: {text}"));
        }
    }
    assert!(missing.is_empty(), "no code writes:\n{}", missing.join("\n"));
}

/// The code of a file in which the arguments of texts have no names: `{}`.
fn flat(file: &Path) -> String {
    let code = std::fs::read_to_string(file).unwrap();
    let mut flat = String::with_capacity(code.len());
    let mut rest = code.as_str();
    while let Some((before, behind)) = rest.split_once('{') {
        flat.push_str(before);
        flat.push('{');
        let name = behind.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(0);
        rest = if behind[name..].starts_with('}') { &behind[name..] } else { behind };
    }
    flat.push_str(rest);
    flat
}

/// The notices that no client reads: only staff can cause them.
const NOTICES_OF_STAFF: &[Notice] = &[
    Notice::DetailsSaved,
    Notice::PaperSaved,
    Notice::PathwaySaved,
    Notice::ProgressSaved,
    Notice::NoteSaved,
    Notice::WordingSaved,
    Notice::Created,
    Notice::DataFinished,
    Notice::ClientCreated,
    Notice::PartnerAdded,
    Notice::Invited,
    Notice::Separated,
    Notice::ClientArchived,
    Notice::ExerciseArchived,
    Notice::PathwayArchived,
    Notice::WordingReset,
    Notice::HoursRemoved,
    Notice::InquiryClosed,
    Notice::StepRemoved,
    Notice::Booked,
    Notice::BookedSeries,
    Notice::MovedSeries,
    Notice::CancelledSeries,
    Notice::Moved,
    Notice::Cancelled,
    Notice::Undone,
    Notice::TooLateToUndo,
    Notice::TakenMeanwhile,
    Notice::StateChanged,
    Notice::AttendanceSaved,
    Notice::FeeCharged,
    Notice::FeeWaived,
    Notice::FeeSettled,
    Notice::FeeReopened,
    Notice::SentAgain,
    Notice::MailTried,
    Notice::NotSentAgain,
    Notice::SessionsAhead,
    Notice::WrittenToFile,
    Notice::RequestDone,
    Notice::UnusualRequest,
    Notice::RequestDeclined,
    Notice::Assigned,
    Notice::IntakeStarted,
    Notice::IntakeWaived,
    Notice::IntakeAsked,
    Notice::IntakeListSaved,
    Notice::Withdrawn,
    Notice::Signed,
    Notice::RoomAdded,
    Notice::RoomArchived,
    Notice::LocationArchived,
    Notice::StaffChanged,
    Notice::ExampleAdded,
    Notice::ExampleRemoved,
    Notice::NoExample,
    Notice::AccessReset,
    Notice::TakenOver,
    Notice::Released,
    Notice::Erased,
    Notice::DeletedForGood,
    Notice::HoldSet,
    Notice::HoldEnded,
    Notice::TooLateToUndoImport,
    Notice::GapSettled,
    Notice::ReplySettled,
    Notice::AddressRetried,
    Notice::EarlierAdded,
    Notice::EarlierRemoved,
    Notice::HoursSaved,
    Notice::DaysAdded,
    Notice::PlaceSaved,
    Notice::StaffSaved,
    Notice::Contacted,
    Notice::ClientTakenOn,
    Notice::ClientBooked,
    Notice::ClientTimeTaken,
    Notice::ClientAccepted,
    Notice::ClientDeclined,
    Notice::ClientAnswered,
    Notice::TherapistAsked,
    Notice::TherapistThere,
    Notice::OnTheList,
    Notice::Paused,
    Notice::Resumed,
    Notice::PathwayGiven,
    Notice::PathwayEnded,
    Notice::DraftRevived,
    Notice::Published,
    Notice::TheSame,
    Notice::Discarded,
    Notice::Reset,
    Notice::NotReset,
    Notice::Resent,
    Notice::NotResent,
    Notice::NoLink,
    Notice::AddressSuggested,
    Notice::FormsAsked,
    Notice::FormsAskedBefore,
    Notice::FormTakenBack,
    Notice::FormRecorded,
    Notice::PolicyProposed,
    Notice::PolicyTakenBack,
    Notice::TextSaved,
    Notice::TextSame,
    Notice::TextArchived,
    Notice::TextRestored,
    Notice::ReleasePrepared,
    Notice::ReleaseClosed,
    Notice::ReleaseNotReady,
    Notice::NothingToSend,
    Notice::HandedOver,
    Notice::DisclosurePrepared,
    Notice::DisclosureConfirmed,
    Notice::DisclosureDeclined,
    Notice::DisclosureDropped,
    Notice::DisclosureNotReady,
    Notice::DisclosureTold,
    Notice::NotInvited,
    Notice::DocumentAdded,
    Notice::DocumentRemoved,
    Notice::TemplateTaken,
    Notice::PlanCopied,
    Notice::NothingToCopy,
    Notice::SectionMoved,
    Notice::SectionMovedBack,
    Notice::NoteUnlocked,
    Notice::LeftoverDiscarded,
    Notice::NoteTemplateSaved,
    Notice::NoteTemplateArchived,
    Notice::NoteTemplateRestored,
    Notice::NoteCosigned,
    Notice::NoteReturned,
    Notice::NoteTakenBack,
    Notice::NoteAnswered,
    Notice::SupervisionSet,
    Notice::SupervisionEnded,
    Notice::TwoStepRemoved,
    Notice::DevicesForgotten,
    Notice::TwoStepRules,
    Notice::ResetConfirmed,
    Notice::ResetDeclined,
];

#[test]
fn every_notice_has_a_text_for_clients_or_is_only_for_staff() {
    let messages = messages(Language::English);
    let unsaid: Vec<&str> = Notice::ALL
        .iter()
        .filter(|n| messages.contains_key(&labels::notice_key(**n)) == NOTICES_OF_STAFF.contains(n))
        .map(|notice| notice.word())
        .collect();
    assert!(unsaid.is_empty(), "write these in app/locales/*/notices.ftl, or name them here: {unsaid:?}");
}

#[test]
fn a_message_that_cannot_be_written_whole_is_english() {
    let hindi = Words::new(Language::Hindi);
    assert_eq!(hindi.message("sign-out", &[]), "साइन आउट करें");
    // An argument is missing: the English sentence cannot be written either.
    assert_eq!(hindi.message("invitation-heading", &[]), "invitation-heading");
    assert_eq!(hindi.message("no-such-key", &[]), "no-such-key");
}

#[test]
fn numbers_choose_the_words_and_are_written_as_the_language_does() {
    let w = Words::ENGLISH;
    assert_eq!(say!(w, "length-minutes", count = 1), "1 minute");
    assert_eq!(say!(w, "length-minutes", count = 1234), "1,234 minutes");
    assert_eq!(say!(Words::new(Language::Hindi), "length-minutes", count = 123_456), "1,23,456 मिनट");
}

#[test]
fn marks_become_links_and_emphasis() {
    // Between texts, Leptos writes an empty comment.
    let html = |text: &str| marked(text, "/portal").to_html().replace("<!>", "");
    assert_eq!(
        html("Go <a>there</a> & <strong>now</strong>."),
        "Go <a href=\"/portal\">there</a> &amp; <strong>now</strong>."
    );
    assert_eq!(html("a < b <a>open"), "a &lt; b &lt;a&gt;open");
}
