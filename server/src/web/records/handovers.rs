//! What left the practice: the files that are made of it, its page, and the download
//! of exactly those files.

use app::{
    pages::records::{
        forms::{Block, BlockRow},
        handover::{self, FileItem, Model},
        packet::{self, Made},
    },
    text,
    ui::{Link, Tone},
};
use axum::{body::Body, http::HeaderValue};
use chrono::{DateTime, Utc};
use domain::{
    clients::{client::title, person::Zone},
    form::Form,
    ids::{ClientId, HandoverId},
    records::handover::{FilePart, hash_words},
    zone,
};
use store::{Leaving, MadeFile};

use super::releases::{day, page_links};
use crate::{
    access::Clinician,
    download::{self, Shown},
    error::{Answer, Failure, Found as _},
    form::PathIds,
    page::Page,
    paging::List,
    pdf,
};

/// Makes a PDF and a data file of each part that leaves.
pub(super) async fn files_of(
    leaving: &Leaving,
    by: &str,
    at: DateTime<Utc>,
    zone: &Zone,
) -> Result<Vec<MadeFile>, Failure> {
    let made = Made { by: by.to_owned(), at, zone: zone.clone() };
    let mut files = Vec::new();
    for packet in &leaving.packets {
        let bytes = pdf::pdf(&packet::sheet(packet, &made)).await?;
        files.push(MadeFile { part: packet.part, name: format!("{}.pdf", packet.part.file_stem()), bytes });
        let data = serde_json::json!({ "made_at": at, "by": by, "content": packet });
        let bytes = serde_json::to_vec_pretty(&data).map_err(|error| Failure::Broken(error.to_string()))?;
        files.push(MadeFile { part: packet.part, name: format!("{}.json", packet.part.file_stem()), bytes });
    }
    Ok(files)
}

/// To whose record a file belongs, in words.
fn part_words(part: FilePart, names: &[String]) -> String {
    match (part, names) {
        (FilePart::PartnerA, [name, _]) | (FilePart::PartnerB, [_, name]) => format!("{name}’s own"),
        (FilePart::Joint | FilePart::PartnerA | FilePart::PartnerB | FilePart::Process, _) => part.label().to_owned(),
    }
}

/// GET /handovers/{id}: what left at one time.
pub async fn show(clinician: Clinician, page: Page, PathIds(id): PathIds<HandoverId>) -> Answer {
    let (found, files) = clinician.handover(id).await?.found()?;
    let names: Vec<String> = clinician.names(found.client).await?.found()?.into_iter().map(|(_, name)| name).collect();
    let mut facts = vec![
        ("To".to_owned(), format!("{}\n{}", found.details.recipient, found.details.address).trim_end().to_owned()),
        ("Purpose".to_owned(), found.details.purpose.clone()),
    ];
    if let Some(manner) = found.details.manner {
        facts.push(("How it was sent".to_owned(), manner.label().to_owned()));
    }
    facts.push(("When".to_owned(), text::long(found.sent_at, &page.zone())));
    facts.push(("By".to_owned(), found.sent_by.clone()));
    let release = found.release.map(|id| Link::new(format!("/releases/{id}"), "Open the release"));
    let disclosure = found.disclosure.map(|id| Link::new(format!("/disclosures/{id}"), "Open the disclosure"));
    let files = files.into_iter().map(|file| FileItem {
        number: file.number,
        name: file.name,
        part: part_words(file.part, &names),
        size: text::size(i64::try_from(file.bytes).unwrap_or(i64::MAX)),
        hash: format!("SHA-256 {}", hash_words(&file.sha256)),
        can_fetch: file.can_fetch,
    });
    let model = Model {
        id,
        door: found.door.label().to_owned(),
        facts,
        items: found.details.items,
        files: files.collect(),
        cause: release.or(disclosure),
    };
    let names = title(names.iter().map(String::as_str));
    page.under(format!("/clients/{}", found.client), names).ok("What was sent", model, handover::view).await
}

/// GET /handovers/{id}/files/{number}: exactly a file that left.
pub async fn file(clinician: Clinician, PathIds((id, number)): PathIds<(HandoverId, i64)>) -> Answer {
    let (name, bytes) = clinician.handed_file(id, number).await?.found()?;
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let kind = HeaderValue::from_static("application/octet-stream");
    Ok(download::answer(kind, &name, length, Shown::Never, Body::from(bytes.to_vec())))
}

/// What left of a client's record, for the tab Forms: the query field `left` chooses
/// the page.
pub async fn block(clinician: &Clinician, id: ClientId, asked: &Form, zone: &Zone) -> Result<Block, Failure> {
    let list = List::new(format!("/clients/{id}?tab=forms"), "left", "main", asked);
    let found = clinician.handovers(id, list.after()).await?;
    let rows: Vec<BlockRow> = found
        .rows
        .iter()
        .map(|handover| BlockRow {
            label: format!("{}: to {}", day(zone::date_of(handover.sent_at, zone)), handover.details.recipient),
            href: Some(format!("/handovers/{}", handover.id)),
            states: vec![(Tone::Plain, handover.door.label().to_owned())],
        })
        .collect();
    Ok(Block {
        title: "What was sent".to_owned(),
        intro: if rows.is_empty() { "Nothing was sent.".to_owned() } else { String::new() },
        rows,
        actions: page_links(&list, found.more, ["Latest", "Older"]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_part_is_named_by_its_partner() {
        let names = ["Amara".to_owned(), "Jonas".to_owned()];
        assert_eq!(part_words(FilePart::PartnerB, &names), "Jonas’s own");
        assert_eq!(part_words(FilePart::Joint, &names), "Joint record");
        assert_eq!(part_words(FilePart::PartnerA, &names[..1]), FilePart::PartnerA.label());
    }
}
