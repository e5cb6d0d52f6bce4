//! A mail server of a few lines, and every kind of trouble with it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    thread,
};

use super::*;

fn office() -> Email {
    Email::parse("office@house.example").unwrap()
}

type Script = &'static [(&'static str, &'static str)];

/// Answers each connection: to a command with the line beside its first word
/// in the script; `-` hangs up, `…` says nothing.
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
            // Until the other side hangs up.
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

async fn send(script: Script) -> Result<(), Trouble> {
    let smtp = smtp(server(script));
    smtp.deliver(&office(), &Email::parse("ngozi@example.org").unwrap(), b"Subject: x\r\n\r\n.hello\r\n").await
}

async fn verdict(script: Script) -> (Step, Verdict) {
    let trouble = send(script).await.unwrap_err();
    (trouble.step, trouble.verdict())
}

#[tokio::test]
async fn a_mail_is_taken_and_the_connection_used_again() {
    let smtp = smtp(server(&[]));
    for _ in 0..3 {
        smtp.deliver(&office(), &Email::parse("ngozi@example.org").unwrap(), b"Subject: x\r\n\r\nhello\r\n")
            .await
            .unwrap();
        assert_eq!(smtp.idle.lock().unwrap().len(), 1);
    }
    smtp.close().await;
}

#[tokio::test]
async fn each_refusal_has_its_own_consequence() {
    assert_eq!(verdict(&[("HELLO", "421 too busy")]).await, (Step::Connect, Verdict::Rest));
    assert_eq!(verdict(&[("HELLO", "554 no")]).await, (Step::Connect, Verdict::Stop));
    assert_eq!(verdict(&[("AUTH", "535 wrong password")]).await, (Step::SignIn, Verdict::Stop));
    assert_eq!(verdict(&[("EHLO", "250 here")]).await, (Step::SignIn, Verdict::Stop));
    assert_eq!(verdict(&[("MAIL", "550 not you")]).await, (Step::Sender, Verdict::Stop));
    assert_eq!(verdict(&[("RCPT", "451 greylisted")]).await, (Step::Recipient, Verdict::Later));
    assert_eq!(verdict(&[("RCPT", "421 too busy")]).await, (Step::Recipient, Verdict::Rest));
    assert_eq!(verdict(&[("RCPT", "550 no such person")]).await, (Step::Recipient, Verdict::Never));
    assert_eq!(verdict(&[("RCPT", "554 5.7.1 Relay access denied")]).await, (Step::Recipient, Verdict::Stop));
    assert_eq!(verdict(&[("RCPT", "530 sign in first")]).await, (Step::Recipient, Verdict::Stop));
    assert_eq!(verdict(&[("DATA", "554 no")]).await, (Step::Data, Verdict::Unwanted));
    assert_eq!(verdict(&[("CONTENT", "554 no")]).await, (Step::Content, Verdict::Unwanted));
    assert_eq!(verdict(&[("CONTENT", "451 later")]).await, (Step::Content, Verdict::Later));
}

#[tokio::test]
async fn silence_and_broken_connections() {
    assert_eq!(verdict(&[("HELLO", "…")]).await, (Step::Connect, Verdict::Rest));
    assert_eq!(verdict(&[("HELLO", "-")]).await, (Step::Connect, Verdict::Rest));
    assert_eq!(verdict(&[("RCPT", "-")]).await, (Step::Recipient, Verdict::Rest));
    assert_eq!(verdict(&[("CONTENT", "-")]).await, (Step::Content, Verdict::Unknown));
    assert_eq!(verdict(&[("CONTENT", "…")]).await, (Step::Content, Verdict::Unknown));
}

#[tokio::test]
async fn nobody_there() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let to = Email::parse("ngozi@example.org").unwrap();
    let trouble = smtp(port).deliver(&office(), &to, b"x").await.unwrap_err();
    assert_eq!((trouble.cause.clone(), trouble.verdict()), (Cause::Refused, Verdict::Rest));
    assert!(trouble.advice("mail.house.example", port).contains("accepts no connection on port"));
}

#[tokio::test]
async fn an_address_the_server_cannot_write_to() {
    let smtp = smtp(server(&[]));
    let trouble = smtp.deliver(&office(), &Email::parse("maría@example.org").unwrap(), b"x").await.unwrap_err();
    assert_eq!((trouble.step, trouble.verdict()), (Step::Recipient, Verdict::Never));
}

#[tokio::test]
async fn what_the_server_said_is_kept_on_one_line() {
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
