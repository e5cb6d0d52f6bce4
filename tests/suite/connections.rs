//! The program as a process with many, slow or silent callers, and when it is stopped.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::TcpStream,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tests::program::{PROGRAM, Practice, Process, wait_until};

/// Starts the program with this limit of open files and these settings.
fn start(practice: &Practice, files: u32, settings: &[(&str, &str)]) -> Process {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("ulimit -n {files}; exec {PROGRAM} serve")]);
    let mut program = practice.with_environment(shell, 1);
    program.envs(settings.iter().copied()).stdout(Stdio::null()).stderr(Stdio::null());
    let process = Process(program.spawn().expect("the program was built: `make test` builds it first"));
    wait_until("the server answers", || {
        practice.ask("GET", "/healthz", None, "").is_some_and(|a| a.contains("200 OK"))
    });
    process
}

fn send(port: u16, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let _ = stream.write_all(text.as_bytes());
    stream
}

/// What arrives until the other side closes the connection, and after how long it did.
fn read_to_end(mut stream: TcpStream) -> (String, Duration) {
    let begun = Instant::now();
    let mut text = Vec::new();
    if let Err(error) = stream.read_to_end(&mut text) {
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "it is ended");
    }
    (String::from_utf8_lossy(&text).into_owned(), begun.elapsed())
}

/// The processor time in seconds that a process has used.
fn processor_seconds(process: &Process) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.0.id())).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = [11, 12].iter().map(|n| fields[*n].parse::<f64>().unwrap()).sum();
    ticks / 100.0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousand_half_sent_requests_keep_nobody_out() {
    let (practice, _store, _cast) = Practice::new().await;
    // One limit leaves the program no file to spare, the other some.
    for files in [64, 256] {
        let mut server = start(&practice, files, &[]);
        let held: Vec<TcpStream> =
            (0..1_010).map(|_| send(practice.port, "GET /sign-in HTTP/1.1\r\nHost: localhost\r\nCook")).collect();
        let begun = Instant::now();
        for _ in 0..5 {
            let answer = practice.ask("GET", "/sign-in", None, "").expect("an answer");
            assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?} with {files} files", begun.elapsed());
        let before = processor_seconds(&server);
        thread::sleep(Duration::from_secs(2));
        assert!(processor_seconds(&server) - before < 0.5, "it spins");
        assert!(server.0.try_wait().unwrap().is_none(), "it goes on");
        drop(held);
        wait_until("the server answers", || {
            practice.ask("GET", "/readyz", None, "").is_some_and(|a| a.contains("200 OK"))
        });
    }
    // `duologue doctor` tells the administrator about the limit.
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("ulimit -n 256; exec {PROGRAM} doctor")]);
    let said = practice.with_environment(shell, 1).output().unwrap();
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("note   Duologue may open 256 files only, which is 136 connections at once."), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_and_silent_connections_end_after_the_configured_time() {
    let (practice, _store, _cast) = Practice::new().await;
    let settings = [
        ("DUOLOGUE_CONNECTIONS__HEAD_SECONDS", "1"),
        ("DUOLOGUE_CONNECTIONS__IDLE_SECONDS", "1"),
        ("DUOLOGUE_CONNECTIONS__REQUEST_SECONDS", "1"),
        ("DUOLOGUE_CONNECTIONS__ANSWER_SECONDS", "1"),
    ];
    let server = start(&practice, 1_024, &settings);
    let port = practice.port;
    let head = format!("Host: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n");
    let form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100";
    let kinds = [
        ("nothing", String::new(), ""),
        ("half a request line", "GET /sign".to_owned(), ""),
        ("half a head", format!("GET /sign-in HTTP/1.1\r\n{head}Cook"), ""),
        ("idle after an answer", format!("GET /healthz HTTP/1.1\r\n{head}\r\n"), "HTTP/1.1 200 "),
        (
            "a body that does not come",
            format!("POST /sign-in HTTP/1.1\r\n{head}{form}\r\n\r\nlogin_name=r"),
            "HTTP/1.1 503 ",
        ),
        (
            "a call's body that does not come",
            format!("POST /api/note HTTP/1.1\r\n{head}{form}\r\n\r\n{{"),
            "HTTP/1.1 401 ",
        ),
    ];
    let asked: Vec<_> = kinds
        .into_iter()
        .map(|(name, text, answer)| (name, answer, thread::spawn(move || read_to_end(send(port, &text)))))
        .collect();
    while asked.iter().any(|(_, _, one)| !one.is_finished()) {
        let begun = Instant::now();
        assert!(practice.ask("GET", "/sign-in", None, "").is_some_and(|a| a.starts_with("HTTP/1.1 200 ")));
        assert!(begun.elapsed() < Duration::from_secs(2));
    }
    for (name, answer, one) in asked {
        let (text, took) = one.join().unwrap();
        assert!(took < Duration::from_secs(6), "{name}: {took:?}");
        assert!(text.starts_with(answer) && (text.is_empty() == answer.is_empty()), "{name}: {text}");
    }
    drop(server);
}

/// Requests sent before the stop get their answers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_process_answers_pending_requests() {
    let (practice, _store, _cast) = Practice::new().await;
    let mut server = start(&practice, 1_024, &[]);
    let port = practice.port;
    let silent =
        [send(port, ""), send(port, "GET /sign-in HT"), send(port, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")];
    // Each takes a while: passwords are checked two at a time.
    let body = "login_name=nobody&password=three+tired+swans";
    let request = format!(
        "POST /sign-in HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let asked: Vec<_> = (0..8)
        .map(|_| {
            let request = request.clone();
            thread::spawn(move || read_to_end(send(port, &request)))
        })
        .collect();
    thread::sleep(Duration::from_millis(150));
    let told = Command::new("kill").args(["-TERM", &server.0.id().to_string()]).status().unwrap();
    assert!(told.success());
    let begun = Instant::now();
    for one in asked {
        let (text, _) = one.join().unwrap();
        assert!(text.starts_with("HTTP/1.1 422 ") && text.contains("</html>"), "{text}");
    }
    let status = server.0.wait().unwrap();
    assert!(status.success(), "{status}");
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    drop(silent);
}
