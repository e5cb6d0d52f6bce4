//! PDFs of sheets ([`app::sheet`]), which say the same in the same order as the
//! page to print.
//!
//! A PDF is A4, with a page number on each page, and tagged: headings,
//! paragraphs, lists and tables are elements of a structure tree, which screen
//! readers and programs that read text follow. The letters that it uses are
//! embedded. The same sheet always gives the same bytes, so that a hash of them
//! can be kept.

mod draw;
mod flow;
mod letters;

use app::sheet::Sheet;
use axum::{body::Body, http::HeaderValue};
use tokio::sync::Semaphore;

use crate::{
    download::{self, Shown},
    error::{Answer, Failure},
};

/// How many PDFs are made at the same time. Each takes a processor.
static MAKERS: Semaphore = Semaphore::const_new(2);

/// Makes the PDF of a sheet, on a thread for blocking work.
pub async fn pdf(sheet: &Sheet) -> Result<Vec<u8>, Failure> {
    let _one_of_few = MAKERS.acquire().await.map_err(|_| Failure::Busy)?;
    let sheet = sheet.clone();
    tokio::task::spawn_blocking(move || write(&sheet)).await.map_err(|e| Failure::Broken(e.to_string()))?
}

/// The answer that downloads the PDF of a sheet as a file. `name` is the file's
/// name without its ending.
pub async fn answer(name: &str, sheet: &Sheet) -> Answer {
    let bytes = pdf(sheet).await?;
    let name = domain::records::document::download_name(name, domain::records::document::FileType::Pdf);
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let kind = HeaderValue::from_static("application/pdf");
    Ok(download::answer(kind, &name, length, Shown::Never, Body::from(bytes)))
}

/// Makes the PDF of a sheet on this thread. It takes some hundredths of a second.
pub(crate) fn write(sheet: &Sheet) -> Result<Vec<u8>, Failure> {
    let mut letters = letters::Letters::new()?;
    let flow = flow::flow(sheet, &mut letters);
    draw::draw(sheet, flow, &mut letters)
}

#[cfg(test)]
mod tests;
