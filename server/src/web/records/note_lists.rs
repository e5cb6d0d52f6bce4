//! The notes that a therapist has to work on, in lists.

use app::{
    pages::records::note_lists::{self, Item, Model, Tab, WaitingItem},
    text,
};
use domain::{clients::person::Zone, ids::ClientId};
use store::{ClinicalList, DraftNote, MissingNote, NoteCounts, NoteToCosign, SupervisedNote};

use crate::{
    access::Clinician,
    error::{Answer, Failure},
    form::Query,
    page::Page,
    paging::List,
};

/// GET /notes?tab=&after=&waiting=: a list of notes to work on. `after` chooses its
/// page, `waiting` the page of the notes that are with a supervisor.
pub async fn index(clinician: Clinician, page: Page, Query(asked): Query) -> Answer {
    let zone = page.zone();
    let counts = clinician.note_counts().await?;
    let tab = match asked.get("tab").parse().unwrap_or_default() {
        Tab::Cosign if counts.to_cosign.is_none() => Tab::Missing,
        tab => tab,
    };
    let list = List::new(tab.address(), "after", "list", &asked);
    let labels = ["Oldest notes", "More notes"];
    let mut model = Model { tab, tabs: tabs(&counts), ..Model::default() };
    let mut named: Vec<ClientId> = Vec::new();
    match tab {
        Tab::Missing => {
            let found = clinician.missing_notes(list.after()).await?;
            model.pager = list.pager(found.more, labels);
            for missing in found.rows {
                named.push(missing.client);
                model.rows.push(missing_item(&missing, &zone));
            }
        }
        Tab::Drafts => {
            let found = clinician.draft_notes(list.after()).await?;
            model.pager = list.pager(found.more, labels);
            for draft in found.rows {
                named.push(draft.client);
                model.rows.push(draft_item(&draft, &zone));
            }
            let list = List::new(tab.address(), "waiting", "waiting", &asked);
            let found = clinician.waiting_notes(list.after()).await?;
            model.waiting_pager = list.pager(found.more, ["First notes", "More notes with your supervisor"]);
            for waiting in found.rows {
                named.push(waiting.client);
                model.waiting.push(waiting_item(&waiting, &zone));
            }
        }
        Tab::Cosign => {
            let found = clinician.notes_to_cosign(list.after()).await?;
            model.pager = list.pager(found.more, labels);
            for note in found.rows {
                named.push(note.client);
                model.rows.push(cosign_item(&note, &zone));
            }
        }
        Tab::Returned => {
            let found = clinician.returned_notes(list.after()).await?;
            model.pager = list.pager(found.more, labels);
            for returned in found.rows {
                named.push(returned.client);
                model.rows.push(returned_item(&returned, &zone));
            }
        }
    }
    // The audit log records whom the list names before it is shown.
    clinician.record_list(ClinicalList::Notes, named).await?;
    page.ok("Notes", model, note_lists::view).await
}

/// The lists that concern this therapist, with how many notes each has.
fn tabs(counts: &NoteCounts) -> Vec<(Tab, i64)> {
    let mut tabs = vec![(Tab::Missing, counts.missing), (Tab::Drafts, counts.drafts)];
    tabs.extend(counts.to_cosign.map(|count| (Tab::Cosign, count)));
    tabs.push((Tab::Returned, counts.returned));
    tabs
}

/// A session without a signed note.
fn missing_item(missing: &MissingNote, zone: &Zone) -> Item {
    let about = format!("Session on {}", text::short(missing.at, zone));
    let title = missing.title.clone();
    match missing.draft {
        Some(draft) => Item { href: format!("/notes/{draft}"), act: "Sign note", title, about },
        None => {
            let href = format!("/clients/{}/notes/new?session={}", missing.client, missing.session);
            Item { href, act: "Write note", title, about }
        }
    }
}

/// A note that is not signed.
fn draft_item(draft: &DraftNote, zone: &Zone) -> Item {
    let about = match draft.session_at {
        Some(at) => format!("Session on {}", text::short(at, zone)),
        None => format!("Begun {}", text::short(draft.begun_at, zone)),
    };
    let about = if draft.is_undecided { format!("{about} · no record chosen yet") } else { about };
    Item { href: format!("/notes/{}", draft.note), act: "Sign note", title: draft.title.clone(), about }
}

/// A note that is with a supervisor.
fn waiting_item(waiting: &SupervisedNote, zone: &Zone) -> WaitingItem {
    let about = format!("Sent to {}, {}", waiting.by, text::short(waiting.at, zone));
    WaitingItem { note: waiting.note, title: waiting.title.clone(), about }
}

/// A note to co-sign.
fn cosign_item(note: &NoteToCosign, zone: &Zone) -> Item {
    let about = format!("Signed by {}, {}", note.author, text::short(note.asked_at, zone));
    Item { href: format!("/cosign/{}", note.note), act: "Read note", title: note.title.clone(), about }
}

/// A note that a supervisor returned.
fn returned_item(returned: &SupervisedNote, zone: &Zone) -> Item {
    let about = format!("Returned by {}, {}", returned.by, text::short(returned.at, zone));
    Item { href: format!("/notes/{}", returned.note), act: "Change note", title: returned.title.clone(), about }
}

/// How many sessions of this therapist have no signed note, for Today.
pub(crate) async fn missing_count(clinician: &Clinician) -> Result<i64, Failure> {
    Ok(clinician.missing_notes_count().await?)
}
