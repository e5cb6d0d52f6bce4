//! Undelivered emails, as each kind of reader sees them.

use app::{
    pages::mail::undelivered::{Act, UndeliveredItem},
    text,
};
use domain::{
    clients::person::Zone,
    ids::{AccountId, ClientId},
    outbox::reminder::EmailKind,
};
use store::{Undelivered, UndeliveredInquiry};

use crate::web::day_time;

/// The button that sends an email again.
const AGAIN: Act = Act { name: "do", value: "again", label: "Resend" };
/// The button that shows an email's link.
const LINK: Act = Act { name: "do", value: "link", label: "Show a link to hand over" };

/// What every reader sees of an undelivered email.
fn item(mail: &Undelivered, kind: &str, zone: &Zone) -> UndeliveredItem {
    UndeliveredItem {
        what: match mail.session_starts_at {
            Some(at) => format!("{kind} to {}: {}", mail.name, text::short(at, zone)),
            None => format!("{kind} to {}", mail.name),
        },
        href: String::new(),
        when: day_time(mail.since, zone),
        why: mail.why.clone(),
        reach: String::new(),
        action: String::new(),
        acts: vec![],
    }
}

/// An undelivered email as the therapist sees it on the client's record.
pub(crate) fn item_for_therapist(mail: &Undelivered, client: ClientId, zone: &Zone) -> UndeliveredItem {
    let link = (mail.kind == EmailKind::Invitation).then_some(LINK);
    UndeliveredItem {
        href: mail.session.map(|id| format!("/sessions/{id}")).unwrap_or_default(),
        action: format!("/clients/{client}/emails/{}", mail.email),
        acts: [AGAIN].into_iter().chain(link).collect(),
        ..item(mail, mail.kind.label(), zone)
    }
}

/// An undelivered email to a member of staff, as the owner sees it.
pub(crate) fn item_for_owner(mail: &Undelivered, account: AccountId, zone: &Zone) -> UndeliveredItem {
    UndeliveredItem {
        action: format!("/staff/{account}/emails/{}", mail.email),
        acts: vec![AGAIN, LINK],
        ..item(mail, mail.kind.label(), zone)
    }
}

/// An undelivered email as the front desk sees it. It is called by a neutral
/// name where the email tells what is new in a client's portal.
pub(crate) fn item_for_desk(mail: &Undelivered, zone: &Zone) -> UndeliveredItem {
    let href = match (mail.session, mail.inquiry) {
        (Some(session), _) => format!("/sessions/{session}"),
        (None, Some(_)) => "/waitlist".to_owned(),
        (None, None) => String::new(),
    };
    UndeliveredItem {
        href,
        action: format!("/email-log/{}/resend", mail.email),
        acts: vec![AGAIN],
        ..item(mail, mail.kind.desk_label(), zone)
    }
}

/// An undelivered confirmation on the waitlist: the inquirer's address could not
/// be reached.
pub(crate) fn item_for_waitlist(inquiry: &UndeliveredInquiry, zone: &Zone) -> UndeliveredItem {
    let UndeliveredInquiry { mail, email, phone } = inquiry;
    UndeliveredItem {
        what: mail.name.clone(),
        reach: [email.as_str(), phone].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
        action: mail.inquiry.map(|id| format!("/waitlist/{id}")).unwrap_or_default(),
        acts: vec![
            Act { name: "state", value: "again", label: "Resend" },
            Act { name: "state", value: "listed", label: "Put on the list" },
            Act { name: "state", value: "closed", label: "Close" },
        ],
        ..item(mail, mail.kind.label(), zone)
    }
}
