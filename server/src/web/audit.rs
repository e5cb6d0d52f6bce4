//! The audit log: who did what and when; never what it said.

use app::pages::audit::{self, AuditItem, Model};
use store::AuditRow;

use crate::{access::Owner, error::Answer, form::Asked, page::Page};

/// GET /audit?before=
pub async fn index(owner: Owner, page: Page, Asked(asked): Asked) -> Answer {
    let before = asked.get("before").parse::<i64>().ok().filter(|n| *n > 0);
    let log = owner.audit_log(before).await?;
    let older = log.last().map(|(row, _)| row.seq).filter(|seq| *seq > 1);
    let rows = log
        .into_iter()
        .map(|(row, who)| AuditItem { seq: row.seq, at: page.stamp(row.at), what: what(&row), who })
        .collect();
    page.ok("Audit log", Model { rows, older }, audit::view).await
}

/// "note opened (0198…)": the act, the kind of thing, the head of its id.
fn what(row: &AuditRow) -> String {
    let mut text = format!("{}: {}", row.thing, row.action);
    if !row.detail.is_empty() {
        text.push_str(&format!(", {}", row.detail));
    }
    if let Some(id) = row.thing_id {
        let id = id.simple().to_string();
        // The tail is what differs between ids of one day.
        text.push_str(&format!(" (…{})", id.get(24..).unwrap_or_default()));
    }
    text
}
