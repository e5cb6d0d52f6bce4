//! The demo's signed note in the sections of a template, with an addendum.

use domain::{
    ids::ClientId,
    records::note::{NoteScope, NoteText},
};
use store::{Clinician, NoteAbout, NoteWrite, Result, SaveKind};

/// What is written in the section with a key.
fn text_of(key: &str) -> &'static str {
    match key {
        "report-a" => "The weeks around the move were loud. What helped: the half hour after supper.",
        "report-b" => "Felt blamed for the boxes in the hall. Liked the evenings more than he had thought.",
        "between" => "They told the story of the move together. Twice one of them stopped, waited and began again.",
        "interventions" => {
            "Slowed down the quarrel about the boxes, sentence by sentence. The exercise stays as it is."
        }
        "risk-a" | "risk-b" => "Asked alone, none told.",
        "goals" => "Quarrels that end on the same evening.",
        "plan" => "The new evening ritual continues. Next time: what each of them needs when the other goes quiet.",
        _ => "",
    }
}

/// Writes and signs a note about a client with the clinician's template, and adds to
/// it.
pub(super) async fn signed_note(clinician: &Clinician, client: ClientId) -> Result<()> {
    let Some(form) = clinician.new_note_form(client, None).await? else { return Ok(()) };
    let mut document = form.layout.template.empty_note();
    for section in &mut document.sections {
        section.text = text_of(&section.key).to_owned();
    }
    if document.is_empty() {
        // Without a template the note is one text.
        for section in &mut document.sections {
            section.text = format!("{} {}", text_of("between"), text_of("plan"));
        }
    }
    let text = NoteText::new(NoteScope::Joint, document, None);
    let about = NoteAbout { template: form.template.map(|(_, version)| version), ..NoteAbout::default() };
    let signed = clinician.create_note_once(client, about, &text, SaveKind::Signed, None).await?;
    if let NoteWrite::Saved(note) = signed {
        let more = NoteText::free(NoteScope::Joint, "The date of the move was the 2nd, not the 12th.");
        clinician.create_note(client, None, Some(note), &more, SaveKind::Signed).await?;
    }
    Ok(())
}
