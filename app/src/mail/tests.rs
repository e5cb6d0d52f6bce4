//! Tests of all emails: their exact texts, and the words that none of them may
//! contain.

use domain::outbox::wording::Part;

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
    Mail {
        sender: "Appointments".into(),
        phone: "+49 30 901820".into(),
        recipient: name.into(),
        language: Language::English,
        wording: None,
        about,
    }
}

fn link(path: &str) -> Link {
    Link {
        url: HeaderText::new(&format!("https://house.example/{path}")),
        expires_at: "2026-11-30T09:00:00Z".parse().unwrap(),
        zone: Zone::parse("Europe/Berlin").unwrap(),
    }
}

/// Renders one email of almost every kind.
fn all_mails(name: &str, a: &Appointment) -> Vec<Rendered> {
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
        About::CalendarUpdate(a.clone()),
        About::LocalTime(a.clone()),
    ]
    .into_iter()
    .map(|about| render(&mail(name, about)).unwrap())
    .collect()
}

#[test]
fn confirmation_has_this_text() {
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
fn reminder_names_both_zones() {
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
fn reminder_with_a_question_has_a_link_for_each_reply() {
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
fn other_emails_have_these_texts() {
    let texts: Vec<String> =
        all_mails("Ada", &berlin()).into_iter().map(|r| format!("{}\n{}", r.subject, r.text)).collect();
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
             Hello Ada, you have been invited to your own page. Set up your sign-in here:\n\
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
fn zone_rule_emails_say_what_changed_and_what_did_not() {
    let quiet = render(&mail("Ada", About::CalendarUpdate(berlin()))).unwrap();
    assert_eq!(quiet.subject.as_str(), "Calendar entry for Thursday 26 November");
    assert_eq!(
        quiet.text,
        "Hello Ada, nothing has changed: your appointment is on Thursday 26 November 2026, 10:00 to 10:50, Berlin time (UTC+1), as before.\n\
         The rules for time zones have changed, so your calendar may show another hour. The entry with this message corrects it.\n\
         \n\
         Appointments\n\
         +49 30 901820\n"
    );
    let told = render(&mail("Ada", About::LocalTime(appointment("America/New_York", "Europe/Berlin")))).unwrap();
    assert_eq!(told.subject.as_str(), "Appointment on Thursday 26 November: new local time");
    assert!(
        told.text.starts_with(
            "Hello Ada, the rules for time zones have changed. Where you are, your appointment is now on Thursday 26 November 2026, 04:00 to 04:50, New York time (UTC−5). \
             That is 10:00 to 10:50 in Berlin (UTC+1), as before.\n"
        ),
        "{}",
        told.text
    );
}

#[test]
fn no_email_contains_a_clinical_word() {
    for rendered in all_mails("Ada", &berlin()) {
        for part in [rendered.subject.as_str(), &rendered.text, &rendered.html] {
            assert!(HeaderText::new(part).is_neutral(), "{part}");
            assert!(!part.to_lowercase().contains("session"), "{part}");
        }
    }
}

#[test]
fn clinical_names_are_left_out() {
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
fn hostile_names_break_neither_header_nor_html() {
    for name in ["Ada\r\nBcc: all@example.org", "👩‍👩‍👧 Zoë", "नेहा", "<script>alert(1)</script>", "", &"x".repeat(200)]
    {
        for rendered in all_mails(name, &berlin()) {
            assert!(!rendered.subject.as_str().contains(['\r', '\n']));
            assert!(!rendered.text.contains("\nBcc:") && !rendered.text.contains('\r'));
            assert!(!rendered.html.contains("<script"), "{}", rendered.html);
        }
    }
    let rendered = render(&mail("", About::Test)).unwrap();
    assert!(rendered.text.starts_with("Hello, this is"), "{}", rendered.text);
}

#[test]
fn html_loads_nothing_and_follows_the_readers_theme() {
    for rendered in all_mails("Ada", &berlin()) {
        let html = &rendered.html;
        assert!(html.contains(r#"name="color-scheme" content="light dark""#));
        for outside in ["<img", "<link", "src=", "url(", "@import", "background"] {
            assert!(!html.contains(outside), "{outside} in {html}");
        }
        assert!(html.contains(&format!("<title>{}</title>", rendered.subject)));
    }
}

#[test]
fn only_web_addresses_become_links() {
    let mut a = berlin();
    a.link = "javascript:alert(1)".into();
    let rendered = render(&mail("Ada", About::Confirmation(a))).unwrap();
    assert!(!rendered.html.contains("href"), "{}", rendered.html);
}

#[test]
fn shipped_wordings_parse_and_use_every_placeholder() {
    for kind in WordingKind::ALL {
        for language in Language::ALL {
            let shipped = shipped(*kind, *language);
            let wording = Wording::read(*kind, &shipped).unwrap_or_else(|e| panic!("{kind:?} {language:?}: {e:?}"));
            let used = |p: Placeholder| {
                let is = |part: &Part| *part == Part::Value(p);
                wording.subject.iter().chain(&wording.body).any(|part| match part {
                    Part::Optional(inside) => inside.iter().any(is),
                    part => is(part),
                })
            };
            for placeholder in kind.placeholders() {
                assert!(used(*placeholder), "{kind:?} in {language:?} does not say {placeholder:?}");
            }
        }
    }
}

#[test]
fn hindi_emails_contain_no_english_words() {
    let a = Appointment {
        asks: Some("https://house.example/replies/t".into()),
        next: vec!["2026-12-03T09:00:00Z".parse().unwrap()],
        more: true,
        ..appointment("Asia/Kolkata", "Europe/Berlin")
    };
    let hindi = |about| render(&Mail { language: Language::Hindi, ..mail("नेहा शर्मा", about) }).unwrap();
    let reminder = hindi(About::Reminder(a.clone()));
    assert_eq!(reminder.subject.as_str(), "याद दिलाने के लिए: गुरुवार 26 नवंबर को अपॉइंटमेंट");
    assert_eq!(
        reminder.text,
        "नमस्ते नेहा शर्मा, याद दिलाने के लिए: आपका अपॉइंटमेंट इस समय है: गुरुवार 26 नवंबर 2026, 14:30 से 15:20 तक, Kolkata का समय (UTC+5:30)। \
         यानी Berlin में 10:00 से 10:50 तक (UTC+1)।\n\
         स्थान: Room 2। किसके साथ: Maren Holt। यदि आप न आ सकें, तो कृपया +49 30 901820 पर फ़ोन करें।\n\
         \n\
         कृपया एक क्लिक से बताएँ:\n\
         हम दोनों आ रहे हैं: https://house.example/replies/t?reply=coming\n\
         केवल मेरा आना संभव है: https://house.example/replies/t?reply=alone\n\
         हमें कोई और समय चाहिए: https://house.example/replies/t?reply=another\n\
         \n\
         Appointments\n\
         +49 30 901820\n"
    );
    assert!(reminder.html.contains(r#"<html lang="hi">"#));
    let booked = hindi(About::Confirmation(a.clone())).text;
    assert!(booked.contains("- गुरुवार 3 दिसंबर 2026, 14:30, Kolkata का समय (UTC+5:30)\n- और इसी तरह आगे\n"), "{booked}");
    // The text has no English words except names. The address is removed first.
    for rendered in [
        hindi(About::Moved(a.clone())),
        hindi(About::Cancelled(Appointment { over: true, ..a.clone() })),
        hindi(About::CalendarUpdate(a.clone())),
        hindi(About::LocalTime(a)),
        hindi(About::Invitation(link("x"))),
        hindi(About::PasswordReset { link: link("x"), login_name: "नेहा".into() }),
        hindi(About::ConfirmAddress(link("x"))),
    ] {
        let text = rendered.text.replace("https://house.example/x", "");
        let known = ["Appointments", "Room", "Maren", "Holt", "Kolkata", "Berlin", "UTC"];
        let words = text.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| !w.is_empty());
        assert_eq!(words.filter(|w| !known.contains(w)).collect::<Vec<_>>(), [] as [&str; 0], "{text}");
    }
}

#[test]
fn practices_own_wording_is_rendered() {
    let form = |subject: &str, body: &str| domain::form::Form::from_pairs([("subject", subject), ("body", body)]);
    let own = Wording::read(
        WordingKind::Confirmation,
        &form(
            "See you on {day} <3",
            "Dear[ {name}]\n\n<b>{when}</b>\n[{elsewhere}]\n[{place}]\n[{link}]\n\n[More & more:\n{next}]\nUntil then!",
        ),
    )
    .unwrap();
    let a = Appointment { next: vec!["2026-12-03T09:00:00Z".parse().unwrap()], ..berlin() };
    let rendered = render(&Mail { wording: Some(own.clone()), ..mail("Ada <x>", About::Confirmation(a)) }).unwrap();
    assert_eq!(rendered.subject.as_str(), "See you on Thursday 26 November <3");
    assert_eq!(
        rendered.text,
        "Dear Ada <x>\n\n<b>Thursday 26 November 2026, 10:00 to 10:50, Berlin time (UTC+1)</b>\nRoom 2\n\nMore & more:\n\
         - Thursday 3 December 2026, 10:00, Berlin time (UTC+1)\nUntil then!\n"
    );
    let body = rendered.html.split("margin:0 auto\">").nth(1).unwrap();
    assert!(body.contains("Dear Ada &#60;x&#62;</p>"), "{body}");
    assert!(body.contains("&#60;b&#62;<strong>Thursday 26"), "{body}");
    assert!(body.contains("&#60;/b&#62;<br>Room 2</p>"), "{body}");
    assert!(body.contains("<p style=\"margin:0 0 16px\">More &#38; more:</p>\n<ul"), "{body}");
    // An optional part without a value removes its line.
    let bare = Appointment { place: "".into(), ..berlin() };
    let rendered = render(&Mail { wording: Some(own), ..mail("", About::Confirmation(bare)) }).unwrap();
    assert_eq!(
        rendered.text,
        "Dear\n\n<b>Thursday 26 November 2026, 10:00 to 10:50, Berlin time (UTC+1)</b>\n\nUntil then!\n"
    );
}
