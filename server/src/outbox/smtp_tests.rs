//! Tests with a mail server of a few lines that answers by a script.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    thread,
};

use super::*;

fn office() -> EmailAddress {
    EmailAddress::parse("office@house.example").unwrap()
}

type Script = &'static [(&'static str, &'static str)];

/// Starts a mail server and returns its port. It answers each command with the line
/// beside its first word in the script; `-` closes the connection, `…` gives no
/// answer. `LINE` is the first line of an email's content.
fn server(script: Script) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || converse(stream.unwrap(), script));
        }
    });
    port
}

/// Answers the commands of one connection.
fn converse(stream: TcpStream, script: Script) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut writer = stream;
    let scripted = |word: &str| script.iter().find(|(w, _)| *w == word).map(|(_, answer)| *answer);
    let mut word = "HELLO".to_owned();
    loop {
        let usual = match word.as_str() {
            "HELLO" => "220 here",
            "EHLO" => "250-here\r\n250 AUTH PLAIN LOGIN",
            "DATA" => "354 go on",
            "AUTH" => "235 welcome",
            "QUIT" => "221 good-bye",
            _ => "250 fine",
        };
        match scripted(&word).unwrap_or(usual) {
            "-" => return,
            // Waits until the other side closes the connection.
            "…" => drop(reader.read_to_end(&mut Vec::new())),
            line => {
                if writer.write_all(format!("{line}\r\n").as_bytes()).is_err() {
                    return;
                }
            }
        }
        let content = word == "DATA" && scripted("DATA").is_none();
        let mut line = String::new();
        loop {
            line.clear();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if !content || line == ".\r\n" {
                break;
            }
            if scripted("LINE") == Some("-") {
                return;
            }
        }
        word =
            if content { "CONTENT".to_owned() } else { line.split([' ', '\r']).next().unwrap_or_default().to_owned() };
    }
}

fn smtp(port: u16) -> Smtp {
    Smtp::new(Settings {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::None,
        login: Some(("name".to_owned(), "password".to_owned())),
        timeout: Duration::from_millis(400),
        hello: Some("house.example".to_owned()),
    })
    .unwrap()
}

async fn send_as(script: Script, careful: bool) -> Result<(), Trouble> {
    let smtp = smtp(server(script));
    smtp.deliver(
        &office(),
        &EmailAddress::parse("ngozi@example.org").unwrap(),
        b"Subject: x\r\n\r\n.hello\r\n",
        careful,
    )
    .await
}

async fn send(script: Script) -> Result<(), Trouble> {
    send_as(script, false).await
}

async fn verdict(script: Script) -> (Step, Verdict) {
    let trouble = send(script).await.unwrap_err();
    (trouble.step, trouble.verdict())
}

fn means(step: Step, meaning: Meaning) -> (Step, Verdict) {
    (step, Verdict::Means(meaning))
}

#[tokio::test]
async fn an_email_is_accepted_and_the_connection_is_used_again() {
    let smtp = smtp(server(&[]));
    for _ in 0..3 {
        smtp.deliver(
            &office(),
            &EmailAddress::parse("ngozi@example.org").unwrap(),
            b"Subject: x\r\n\r\nhello\r\n",
            false,
        )
        .await
        .unwrap();
        assert_eq!(smtp.idle.lock().unwrap().len(), 1);
    }
    smtp.close().await;
}

#[tokio::test]
async fn the_step_and_the_code_decide_what_a_refusal_means() {
    use Meaning::{Address, Later, Message, Ours, Outage};
    for (word, answer, step, meaning) in [
        ("HELLO", "421 too busy", Step::Connect, Outage),
        ("HELLO", "554 no", Step::Connect, Ours),
        ("AUTH", "535 wrong password", Step::SignIn, Ours),
        ("AUTH", "454 4.7.0 try again", Step::SignIn, Outage),
        ("EHLO", "250 here", Step::SignIn, Ours),
        ("MAIL", "550 not you", Step::Sender, Ours),
        ("MAIL", "451 4.3.0 try again", Step::Sender, Outage),
        ("RCPT", "451 greylisted", Step::Recipient, Later),
        ("RCPT", "421 too busy", Step::Recipient, Outage),
        ("RCPT", "451 4.3.0 lookup failure", Step::Recipient, Outage),
        ("RCPT", "550 no such person", Step::Recipient, Address),
        ("RCPT", "550 5.1.1 <ben@two.example>: User unknown (relay07.two.example)", Step::Recipient, Address),
        ("RCPT", "550 5.7.1 Service unavailable, client host blocked", Step::Recipient, Ours),
        ("RCPT", "554 5.7.1 Relay access denied", Step::Recipient, Ours),
        ("RCPT", "530 sign in first", Step::Recipient, Ours),
        ("RCPT", "552 5.2.2 full", Step::Recipient, Message),
        ("DATA", "554 no", Step::Data, Message),
        ("CONTENT", "554 no", Step::Content, Message),
        ("CONTENT", "550 5.7.26 not signed", Step::Content, Ours),
        ("CONTENT", "451 later", Step::Content, Later),
    ] {
        let script: Script = Box::leak(Box::new([(word, answer)]));
        assert_eq!(verdict(script).await, means(step, meaning), "{word} {answer}");
    }
}

#[tokio::test]
async fn a_lost_answer_after_the_content_is_unknown_and_before_it_an_outage() {
    assert_eq!(verdict(&[("HELLO", "…")]).await, means(Step::Connect, Meaning::Outage));
    assert_eq!(verdict(&[("HELLO", "-")]).await, means(Step::Connect, Meaning::Outage));
    assert_eq!(verdict(&[("RCPT", "-")]).await, means(Step::Recipient, Meaning::Outage));
    assert_eq!(verdict(&[("CONTENT", "-")]).await, (Step::Content, Verdict::Unknown));
    assert_eq!(verdict(&[("CONTENT", "…")]).await, (Step::Content, Verdict::Unknown));
}

/// The server accepts DATA, reads a line of the content, and closes the connection.
#[tokio::test]
async fn a_connection_that_breaks_before_the_final_dot_has_delivered_nothing() {
    let script: Script = &[("LINE", "-")];
    let trouble = send_as(script, true).await.unwrap_err();
    assert_eq!((trouble.step, trouble.verdict()), means(Step::Data, Meaning::Outage));
    // After the dot it may be delivered; watching the connection does not change
    // that.
    let trouble = send_as(&[("CONTENT", "-")], true).await.unwrap_err();
    assert_eq!(trouble.verdict(), Verdict::Unknown);
    send_as(&[], true).await.unwrap();
}

#[tokio::test]
async fn a_refused_connection_is_an_outage() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let to = EmailAddress::parse("ngozi@example.org").unwrap();
    let trouble = smtp(port).deliver(&office(), &to, b"x", false).await.unwrap_err();
    assert_eq!((trouble.cause.clone(), trouble.verdict()), (Cause::Refused, Verdict::Means(Meaning::Outage)));
    assert!(trouble.advice("mail.house.example", port).contains("accepts no connection on port"));
}

#[tokio::test]
async fn an_address_that_the_server_does_not_support_is_not_bad() {
    let smtp = smtp(server(&[]));
    let to = |address: &str| EmailAddress::parse(address).unwrap();
    let trouble = smtp.deliver(&office(), &to("maría@example.org"), b"x", false).await.unwrap_err();
    assert_eq!((trouble.step, trouble.verdict()), means(Step::Recipient, Meaning::Message));
    let advice = trouble.advice("mail.house.example", 587);
    assert!(advice.contains("letters before the @") && advice.contains("Use another address"), "{advice}");
    // An international domain needs no extension of the server.
    smtp.deliver(&office(), &to("ana@müller-probe.example"), b"Subject: x\r\n\r\nx\r\n", false).await.unwrap();
}

#[tokio::test]
async fn the_text_of_the_server_is_kept_on_one_line() {
    let trouble = send(&[("RCPT", "550-5.1.1 No such\r\n550 5.1.1 person")]).await.unwrap_err();
    assert_eq!(trouble.cause, Cause::Answer(550));
    assert!(trouble.text.contains("No such") && !trouble.text.contains('\n'), "{}", trouble.text);
    assert_eq!(trouble.brief(), "Recipient: 550");
    let advice = trouble.advice("mail.house.example", 587);
    assert!(advice.starts_with("mail.house.example does not take mail for this address."), "{advice}");
}

#[test]
fn advice_names_the_setting_to_look_at() {
    let advice = |step, cause| {
        Trouble { step, cause, text: "the words of the server".to_owned() }.advice("mail.house.example", 587)
    };
    for (step, cause, word) in [
        (Step::Name, Cause::NotFound, "mail.smtp.host"),
        (Step::Connect, Cause::Refused, "mail.smtp.port"),
        (Step::Connect, Cause::TimedOut, "firewall"),
        (Step::Protect, Cause::Certificate, "certificate"),
        (Step::Protect, Cause::Unable, "mail.smtp.security"),
        (Step::SignIn, Cause::Answer(535), "mail.smtp.password"),
        (Step::Sender, Cause::Answer(550), "mail.from"),
    ] {
        let said = advice(step, cause);
        assert!(said.contains(word), "{said}");
    }
}
