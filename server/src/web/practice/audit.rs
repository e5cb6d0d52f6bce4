//! The audit log: who did what and when. It never shows content.

use app::{
    pages::practice::audit::{self, AuditItem, Model},
    ui::FormState,
};
use axum::extract::State;
use domain::{
    form::{Errors, Form},
    ids::ClientId,
};
use store::{AuditEntry, AuditFilter, AuditRow};
use uuid::Uuid;

use crate::{
    access::Owner, address::query, audit_heads, error::Answer, form::Query, page::Page, paging::List, state::Site,
};

/// GET /audit?who=&record=&after=: the audit log. `record` is a client's id or
/// the address of their page.
pub async fn index(State(site): State<Site>, owner: Owner, page: Page, Query(asked): Query) -> Answer {
    let typed = asked.get("record").trim();
    let client = id_in(typed).map(ClientId);
    let staff = owner.audited_staff().await?;
    // Only staff can be chosen: the owner must not list what one client does.
    let who = asked.get("who").parse().ok().filter(|who| staff.iter().any(|(id, _)| id == who));
    let filter = AuditFilter { who, client };
    let mut kept: Vec<(&str, &str)> = vec![];
    for name in ["who", "record"] {
        if !asked.get(name).is_empty() {
            kept.push((name, asked.get(name)));
        }
    }
    let here = if kept.is_empty() { "/audit".to_owned() } else { format!("/audit?{}", query(&kept)) };
    let list = List::new(here, "after", "log", &asked);
    let unknown = !typed.is_empty() && client.is_none();
    let form = Form::from_pairs([("who", asked.get("who")), ("record", asked.get("record"))]);
    let errors = match unknown {
        true => Errors::at_field("record", "That is no record. Paste the address of the client’s page."),
        false => Errors::default(),
    };
    let mut model =
        Model { filter: FormState { form, errors }, staff, fault: fault(&site, &owner).await?, ..Model::default() };
    if unknown {
        return page.invalid("Audit log", model, audit::view).await;
    }
    let log = owner.audit_log(filter, list.after()).await?;
    model.pager = list.pager(log.more, ["Latest entries", "Older entries"]);
    model.rows = log.rows.into_iter().map(|entry| item(entry, &page)).collect();
    page.ok("Audit log", model, audit::view).await
}

/// One entry of the audit log as the page shows it.
fn item(entry: AuditEntry, page: &Page) -> AuditItem {
    let AuditEntry { row, who, named } = entry;
    AuditItem {
        seq: row.seq,
        at: page.stamp(row.at),
        what: entry_text(&row),
        who,
        records: row.client_id.map(ClientId).into_iter().chain(named).collect(),
    }
}

/// The first id in a text, such as that of `https://…/clients/0198…/brief`.
fn id_in(text: &str) -> Option<Uuid> {
    text.split(['/', '?', '#', '&', '=', ' ']).find_map(|part| Uuid::parse_str(part).ok())
}

/// What is wrong if the audit log does not continue the head that was noted
/// outside the database; empty: it does, or no head was noted. This is a quick
/// look: `duologue doctor` checks the whole chain.
async fn fault(site: &Site, owner: &Owner) -> Result<String, store::Error> {
    match audit_heads::read(&site.config.audit_head_file()) {
        Ok(Some(known)) => {
            let continues = owner.compare_audit_head(&known.head).await?;
            Ok(continues.fault(&known.head, &known.place).unwrap_or_default())
        }
        Ok(None) => Ok(String::new()),
        Err(trouble) => Ok(trouble),
    }
}

/// The text of an entry, such as "note: opened (…0198)": the kind of thing, the
/// act and the end of its id.
fn entry_text(row: &AuditRow) -> String {
    let mut text = format!("{}: {}", row.thing, row.action);
    if !row.detail.is_empty() {
        text.push_str(&format!(", {}", row.detail));
    }
    if let Some(id) = row.thing_id {
        let id = id.simple().to_string();
        // The ids of one day differ in their last digits only.
        text.push_str(&format!(" (…{})", id.get(24..).unwrap_or_default()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_id_is_found_in_the_address_of_their_page() {
        let id = Uuid::from_u128(7);
        for text in [
            format!("{id}"),
            format!("https://portal.example.org/clients/{id}"),
            format!("/clients/{id}/brief?all=1#top"),
            format!("/audit?record={id}"),
        ] {
            assert_eq!(id_in(&text), Some(id), "{text}");
        }
        for text in ["", "Amara", "https://portal.example.org/clients/", "…0198"] {
            assert_eq!(id_in(text), None, "{text}");
        }
    }
}
