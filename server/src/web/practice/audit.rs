//! The audit log: who did what and when. It never shows content.

use app::{
    pages::practice::audit::{self, AuditDay, AuditItem, Model},
    text,
    ui::FormState,
};
use axum::{extract::State, http::header, response::IntoResponse as _};
use chrono::{Duration, NaiveDate};
use domain::{
    clients::person::Zone,
    csv,
    form::{Errors, Form, parse_date},
    ids::{AccountId, ClientId},
    zone,
};
use store::{AuditEntry, AuditFilter, AuditKind};
use uuid::Uuid;

use crate::{
    access::Owner,
    address::query,
    audit_heads,
    error::{Answer, Failure},
    form::Query,
    page::Page,
    paging::List,
    state::Site,
};

/// The most entries of one CSV file. A log that is longer is exported in parts.
const CSV_ROWS: usize = 50_000;

/// What the address of the page or of the file asks for.
struct Asked {
    filter: AuditFilter,
    form: FormState,
    staff: Vec<(AccountId, String)>,
}

impl Asked {
    /// Reads the filter: `who`, `kind`, `record` (a client's id or the address of their
    /// page) and the days `from` and `until` in the reader's time zone.
    async fn read(owner: &Owner, page: &Page, asked: &Form) -> Result<Self, Failure> {
        let staff = owner.audited_staff().await?;
        let mut errors = Errors::default();
        let typed = asked.get("record").trim();
        let client = id_in(typed).map(ClientId);
        if !typed.is_empty() && client.is_none() {
            errors.add("record", "Paste the address of a client’s page.");
        }
        let mut day = |name: &str| {
            let date = parse_date(asked.get(name));
            if date.is_none() && !asked.get(name).trim().is_empty() {
                errors.add(name, "Enter a date.");
            }
            date
        };
        let (first, last) = (day("from"), day("until"));
        if let (Some(first), Some(last)) = (first, last)
            && last < first
        {
            errors.add("until", "Enter a day on or after the first one.");
        }
        let zone = page.zone();
        let start = |date: NaiveDate| zone::day_start(date, &zone).map_err(store::Error::from);
        let filter = AuditFilter {
            // Only staff can be chosen: the owner must not list what one client does.
            who: asked.get("who").parse().ok().filter(|who| staff.iter().any(|(id, _)| id == who)),
            client,
            kind: asked.get("kind").parse().ok(),
            from: first.map(start).transpose()?,
            until: last.map(|last| start(last + Duration::days(1))).transpose()?,
        };
        let form = Form::from_pairs(audit::FILTERS.map(|name| (name, asked.get(name))));
        Ok(Self { filter, form: FormState { form, errors }, staff })
    }

    /// The address with this filter.
    fn address(&self, path: &str) -> String {
        let form = &self.form.form;
        let kept: Vec<(&str, &str)> = audit::FILTERS
            .into_iter()
            .map(|name| (name, form.get(name)))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", query(&kept)) }
    }
}

/// GET /audit?who=&kind=&record=&from=&until=&after=: the audit log.
pub async fn index(State(site): State<Site>, owner: Owner, page: Page, Query(asked): Query) -> Answer {
    let read = Asked::read(&owner, &page, &asked).await?;
    let list = List::new(read.address("/audit"), "after", "log", &asked);
    let kinds = AuditKind::ALL.iter().map(|kind| (kind.word().to_owned(), kind.label().to_owned())).collect();
    let csv = read.address("/audit.csv");
    let (filter, refused) = (read.filter, !read.form.errors.is_empty());
    let mut model =
        Model { filter: read.form, staff: read.staff, kinds, fault: fault(&site, &owner).await?, ..Model::default() };
    if refused {
        return page.invalid("Audit log", model, audit::view).await;
    }
    let log = owner.audit_log(filter, list.after()).await?;
    model.csv = csv;
    model.pager = list.pager(log.more, ["Latest entries", "Older entries"]);
    model.days = days(log.rows, &page.zone());
    page.ok("Audit log", model, audit::view).await
}

/// GET /audit.csv?who=&kind=&record=&from=&until=: the filtered entries as a file.
pub async fn download(owner: Owner, page: Page, Query(asked): Query) -> Answer {
    let read = Asked::read(&owner, &page, &asked).await?;
    if !read.form.errors.is_empty() {
        return Err(Failure::BadRequest);
    }
    let zone = page.zone();
    let mut file = csv::line(["No.", "Date", "Time", "Person", "Entry", "Kind", "Records", "Id"]);
    let (mut after, mut count) = (None, 0);
    loop {
        let log = owner.audit_log(read.filter, after).await?;
        for entry in &log.rows {
            file.push_str(&csv_line(entry, &zone));
        }
        count += log.rows.len();
        after = log.more;
        let Some(last) = log.rows.last().filter(|_| after.is_some()) else { break };
        if count >= CSV_ROWS {
            let day = zone::date_of(last.row.at, &zone);
            let rest = format!("Older entries follow. Set “Until” to {day} to download them.");
            file.push_str(&csv::line(["", "", "", "", &rest, "", "", ""]));
            break;
        }
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit-log.csv\""),
    ];
    Ok((headers, file).into_response())
}

/// The line of an entry in the file.
fn csv_line(entry: &AuditEntry, zone: &Zone) -> String {
    let wall = zone::wall_time(entry.row.at, zone);
    let records: Vec<String> = records(entry).iter().map(ToString::to_string).collect();
    csv::line([
        entry.row.seq.to_string().as_str(),
        &wall.date().to_string(),
        &wall.format("%H:%M:%S").to_string(),
        &entry.who,
        &entry.what,
        entry.kind.map_or("", AuditKind::label),
        &records.join(" "),
        &entry.row.thing_id.map(|id| id.to_string()).unwrap_or_default(),
    ])
}

/// The entries by their days, in their order.
fn days(rows: Vec<AuditEntry>, zone: &Zone) -> Vec<AuditDay> {
    let mut days: Vec<AuditDay> = Vec::new();
    for entry in rows {
        let day = zone::date_of(entry.row.at, zone).format("%A %-d %B %Y").to_string();
        match days.last_mut() {
            Some(last) if last.day == day => last.rows.push(item(entry, zone)),
            _ => days.push(AuditDay { day, rows: vec![item(entry, zone)] }),
        }
    }
    days
}

/// The clients whose records an entry is about.
fn records(entry: &AuditEntry) -> Vec<ClientId> {
    entry.row.client_id.map(ClientId).into_iter().chain(entry.named.iter().copied()).collect()
}

/// One entry of the audit log as the page shows it.
fn item(entry: AuditEntry, zone: &Zone) -> AuditItem {
    let records = records(&entry);
    let AuditEntry { row, who, what, .. } = entry;
    // The ids of one day differ in their last digits only.
    let id = row.thing_id.map(|id| format!("…{}", id.simple().to_string().get(24..).unwrap_or_default()));
    AuditItem { seq: row.seq, at: text::clock(row.at, zone), who, what, id: id.unwrap_or_default(), records }
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
