//! Documents of the demo: letters of the practice, and what the first couple's
//! partners handed in.

use app::sheet::{Block, Sheet};
use domain::{
    clients::person::Language,
    ids::ClientId,
    records::{
        document::{DocumentDetails, DocumentKind, FileType},
        note::NoteScope,
    },
};
use store::{Clinician, Partner, Store, Upload};

use super::Result;

/// A file that has arrived for an account; `None`: too many have.
async fn upload(
    store: &Store,
    by: domain::ids::AccountId,
    bytes: &[u8],
    file_type: FileType,
) -> Result<Option<Upload>> {
    let Some(mut file) = store.begin_file(by).await? else { return Ok(None) };
    file.write(bytes).await?;
    Ok(Some(Upload { file: file.finish().await?, file_type, active: false }))
}

/// A letter as a PDF.
fn letter() -> Option<Vec<u8>> {
    let text = |text: &str| Block::Text(text.to_owned());
    let sheet = Sheet {
        title: "Confirmation of attendance".to_owned(),
        subtitle: String::new(),
        language: Language::English,
        practice: "Lakeside Practice".to_owned(),
        blocks: vec![
            text("To whom it may concern"),
            text("Both have come to weekly sessions at our practice since the beginning of October."),
            text("Dr Ruth Abrahams"),
        ],
        footer: "Lakeside Practice".to_owned(),
    };
    crate::pdf::write(&sheet).ok()
}

/// Adds a letter to a client's record.
pub(super) async fn add_letter(store: &Store, clinician: &Clinician, client: ClientId) -> Result<()> {
    let Some(letter) = letter() else { return Ok(()) };
    let Some(file) = upload(store, clinician.me(), &letter, FileType::Pdf).await? else { return Ok(()) };
    let details = DocumentDetails {
        scope: NoteScope::Joint,
        title: "Confirmation of attendance".to_owned(),
        kind: DocumentKind::Letter,
        dated: store.now().date_naive() - chrono::Duration::days(3),
    };
    clinician.add_document(client, &details, &file, false).await?;
    Ok(())
}

/// Lets a partner hand in a page of their own; with `share` their partner reads it.
pub(super) async fn hand_in(
    store: &Store,
    partner: &Partner,
    client: ClientId,
    (title, text): (&str, &str),
    share: bool,
) -> Result<()> {
    let Some(file) = upload(store, partner.me(), text.as_bytes(), FileType::Text).await? else { return Ok(()) };
    partner.hand_in(client, title, &file, (share, false)).await?;
    Ok(())
}
