//! Every mail as it reads, and what none of them may say.

use super::*;

fn appointment(zone: &str, practice_zone: &str) -> Appointment {
    Appointment {
        starts_at: "2026-11-26T09:00:00Z".parse().unwrap(),
        ends_at: "2026-11-26T09:50:00Z".parse().unwrap(),
        zone: Zone::parse(zone).unwrap(),
        practice_zone: Zone::parse(practice_zone).unwrap(),
        place: "Room 2".into(),
        link: "".into(),
        clinician: "Maren Holt".into(),
        next: vec![],
        more: false,
        over: false,
        asks: None,
        joint: true,
    }
}

fn berlin() -> Appointment {
    appointment("Europe/Berlin", "Europe/Berlin")
}

fn mail(name: &str, about: About) -> Mail {
    Mail { sender: "Appointments".into(), phone: "+49 30 901820".into(), recipient: name.into(), about }
}

fn link(path: &str) -> Link {
    Link {
        url: HeaderText::new(&format!("https://house.example/{path}")),
        expires_at: "2026-11-30T09:00:00Z".parse().unwrap(),
        zone: Zone::parse("Europe/Berlin").unwrap(),
    }
}

fn all(name: &str, a: &Appointment) -> Vec<Rendered> {
    [
        About::Confirmation(a.clone()),
        About::Reminder(a.clone()),
        About::Moved(a.clone()),
        About::Cancelled(a.clone()),
        About::Invitation(link("invitations/abc")),
        About::PasswordReset { link: link("reset/abc"), login_name: "ngozi".into() },
        About::Test,
        About::Waiting { url: "https://house.example/portal".into() },
        About::Planned { url: "https://house.example/portal".into(), starts_at: a.starts_at, zone: a.zone.clone() },
    ]
    .into_iter()
    .map(|about| render(&mail(name, about)).unwrap())
    .collect()
}

#[test]
fn a_confirmation_reads_well_as_text() {
    let rendered = render(&mail("Ngozi Okafor", About::Confirmation(berlin()))).unwrap();
    assert_eq!(rendered.subject.as_str(), "Appointment on Thursday 26 November");
    assert_eq!(
        rendered.text,
        "Hello Ngozi Okafor, your appointment is on Thursday 26 November 2026, 10:00 to 10:50, Berlin time (UTC+1).\n\
         Where: Room 2. With: Maren Holt. If you cannot come, please call +49 30 901820.\n\
         \n\
         Appointments\n\
         +49 30 901820\n"
    );
}

#[test]
fn a_reminder_names_both_zones() {
    let mut a = appointment("Asia/Kolkata", "Europe/Berlin");
    a.link = "https://meet.example/r/7".into();
    let mut mail = mail("नेहा शर्मा", About::Reminder(a));
    mail.phone = "".into();
    let rendered = render(&mail).unwrap();
    assert_eq!(rendered.subject.as_str(), "Reminder: appointment on Thursday 26 November");
    assert_eq!(
        rendered.text,
        "Hello नेहा शर्मा, a reminder of your appointment on Thursday 26 November 2026, 14:30 to 15:20, Kolkata time (UTC+5:30). \
         That is 10:00 to 10:50 in Berlin (UTC+1).\n\
         With: Maren Holt. Online: https://meet.example/r/7\n\
         \n\
         Appointments\n"
    );
    assert!(rendered.html.contains(r#"<a href="https://meet.example/r/7">"#));
}

#[test]
fn a_reminder_that_asks_has_a_link_for_each_reply() {
    let asks = |joint| {
        let a = Appointment { asks: Some("https://house.example/replies/t".into()), joint, ..berlin() };
        render(&mail("Ada", About::Reminder(a))).unwrap()
    };
    let two = asks(true);
    assert!(
        two.text.ends_with(
            "\n\nPlease tell us with one press:\n\
         We are both coming: https://house.example/replies/t?reply=coming\n\
         Only I can come: https://house.example/replies/t?reply=alone\n\
         We need another time: https://house.example/replies/t?reply=another\n\
         \nAppointments\n+49 30 901820\n"
        ),
        "{}",
        two.text
    );
    assert!(two.html.contains(r#"<a href="https://house.example/replies/t?reply=alone">Only I can come</a>"#));
    let one = asks(false);
    assert!(one.text.contains("I am coming: ") && !one.text.contains("=alone"));
}

#[test]
fn the_other_mails_as_text() {
    let texts: Vec<String> = all("Ada", &berlin()).into_iter().map(|r| format!("{}\n{}", r.subject, r.text)).collect();
    let foot = "\nAppointments\n+49 30 901820\n";
    assert_eq!(
        texts[2],
        format!(
            "Appointment moved to Thursday 26 November\n\
             Hello Ada, your appointment has moved. It is now on Thursday 26 November 2026, 10:00 to 10:50, Berlin time (UTC+1).\n\
             Where: Room 2. With: Maren Holt. If you cannot come, please call +49 30 901820.\n{foot}"
        )
    );
    assert_eq!(
        texts[3],
        format!(
            "Appointment on Thursday 26 November is cancelled\n\
             Hello Ada, your appointment on Thursday 26 November 2026, 10:00 to 10:50, Berlin time (UTC+1), has been cancelled.\n\
             There is nothing you need to do. To find another time, please call +49 30 901820.\n{foot}"
        )
    );
    assert_eq!(
        texts[4],
        format!(
            "Your invitation\n\
             Hello Ada, an account has been prepared for you. Please choose your sign-in name and password here:\n\
             https://house.example/invitations/abc\n\
             The link is for you alone and works until Monday 30 November 2026, 10:00, Berlin time (UTC+1).\n{foot}"
        )
    );
    assert_eq!(
        texts[5],
        format!(
            "Choose a new password\n\
             Hello Ada, somebody asked for a new password for the sign-in name ngozi. If it was you, choose it here:\n\
             https://house.example/reset/abc\n\
             The link works once, until Monday 30 November 2026, 10:00, Berlin time (UTC+1). If it was not you, nothing has changed and you need not do anything.\n{foot}"
        )
    );
    assert_eq!(
        texts[6],
        format!(
            "Test message\nHello Ada, this is a test message from Appointments.\nIf you can read it, mail arrives at this address.\n{foot}"
        )
    );
}

#[test]
fn no_mail_says_what_it_is_about() {
    for rendered in all("Ada", &berlin()) {
        for part in [rendered.subject.as_str(), &rendered.text, &rendered.html] {
            assert!(HeaderText::new(part).is_neutral(), "{part}");
            assert!(!part.to_lowercase().contains("session"), "{part}");
        }
    }
}

#[test]
fn names_that_give_it_away_are_left_out() {
    let mut a = berlin();
    a.place = "Couples therapy room".into();
    a.clinician = "Maren Holt, psychotherapist".into();
    let mut mail = mail("Ada", About::Confirmation(a));
    mail.sender = "Bridge House Counselling".into();
    mail.phone = "".into();
    let rendered = render(&mail).unwrap();
    assert_eq!(
        rendered.text,
        "Hello Ada, your appointment is on Thursday 26 November 2026, 10:00 to 10:50, Berlin time (UTC+1).\n\nAppointments\n"
    );
    assert!(!rendered.html.contains("Holt"));
}

#[test]
fn hostile_and_unusual_names() {
    for name in ["Ada\r\nBcc: all@example.org", "👩‍👩‍👧 Zoë", "नेहा", "<script>alert(1)</script>", "", &"x".repeat(200)]
    {
        for rendered in all(name, &berlin()) {
            assert!(!rendered.subject.as_str().contains(['\r', '\n']));
            assert!(!rendered.text.contains("\nBcc:") && !rendered.text.contains('\r'));
            assert!(!rendered.html.contains("<script"), "{}", rendered.html);
        }
    }
    let rendered = render(&mail("", About::Test)).unwrap();
    assert!(rendered.text.starts_with("Hello, this is"), "{}", rendered.text);
}

#[test]
fn the_html_fetches_nothing_and_follows_the_readers_theme() {
    for rendered in all("Ada", &berlin()) {
        let html = &rendered.html;
        assert!(html.contains(r#"name="color-scheme" content="light dark""#));
        for outside in ["<img", "<link", "src=", "url(", "@import", "background"] {
            assert!(!html.contains(outside), "{outside} in {html}");
        }
        assert!(html.contains(&format!("<title>{}</title>", rendered.subject)));
    }
}

#[test]
fn a_link_that_is_no_address_is_not_followed() {
    let mut a = berlin();
    a.link = "javascript:alert(1)".into();
    let rendered = render(&mail("Ada", About::Confirmation(a))).unwrap();
    assert!(!rendered.html.contains("href"), "{}", rendered.html);
}
