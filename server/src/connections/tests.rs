//! Tests with real sockets that behave as slow, silent and hostile callers do.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpStream},
    thread::{self, JoinHandle},
    time::Instant,
};

use axum::routing::{get, post};
use tokio::task::spawn_blocking;

use super::*;

/// The time limit of each kind of waiting in these tests.
const SHORT: Duration = Duration::from_millis(600);
/// By when a connection must have ended after its time is over.
const SOON: Duration = Duration::from_secs(3);

struct Server {
    addr: SocketAddr,
    places: Arc<Places>,
    stop: CancellationToken,
    serving: tokio::task::JoinHandle<()>,
}

fn limits(most: usize, time: Duration) -> Limits {
    Limits { most, most_from_one: most, head: time, idle: time, answer: time, proxies: vec![] }
}

impl Server {
    async fn new(limits: Limits) -> Self {
        let router = Router::new()
            .route("/", get(|| async { "hello" }))
            .route(
                "/later",
                get(|| async {
                    sleep(Duration::from_millis(800)).await;
                    "later"
                }),
            )
            .route("/large", get(|| async { vec![b'x'; 64 << 20] }))
            .route("/read", post(|body: String| async move { body.len().to_string() }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (addr, places, stop) =
            (listener.local_addr().unwrap(), Arc::new(Places::new(limits)), CancellationToken::new());
        let serving = tokio::spawn(serve(listener, router, Arc::clone(&places), stop.clone()));
        Self { addr, places, stop, serving }
    }
}

fn connect(addr: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(addr).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

fn send(addr: SocketAddr, text: &str) -> TcpStream {
    let mut stream = connect(addr);
    stream.write_all(text.as_bytes()).unwrap();
    stream
}

/// Everything that arrives until the server ends the connection, and how long that
/// took.
fn until_the_end(mut stream: TcpStream) -> (String, Duration) {
    let begun = Instant::now();
    let mut text = Vec::new();
    let mut part = [0; 64 * 1024];
    loop {
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(n) => text.extend_from_slice(&part[..n]),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::ConnectionReset, "it is ended");
                break;
            }
        }
    }
    (String::from_utf8_lossy(&text).into_owned(), begun.elapsed())
}

/// A request after which the server closes the connection.
const WHOLE: &str = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

/// Sends one request on a connection of its own; returns how long its answer took.
fn ask(addr: SocketAddr) -> Duration {
    let begun = Instant::now();
    let (text, _) = until_the_end(send(addr, WHOLE));
    assert!(text.ends_with("hello"), "{text}");
    begun.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_kind_of_silent_connection_ends_while_others_are_served() {
    let server = Server::new(limits(100, SHORT)).await;
    let addr = server.addr;
    spawn_blocking(move || {
        let kinds: Vec<(&str, JoinHandle<(String, Duration)>)> = vec![
            ("no byte", thread::spawn(move || until_the_end(connect(addr)))),
            ("half a request line", thread::spawn(move || until_the_end(send(addr, "GET /sign")))),
            ("half a head", thread::spawn(move || until_the_end(send(addr, "GET / HTTP/1.1\r\nHost: x\r\nCoo")))),
            (
                "idle after an answer",
                thread::spawn(move || until_the_end(send(addr, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"))),
            ),
            (
                "half a head after an answer",
                thread::spawn(move || {
                    let mut stream = send(addr, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
                    thread::sleep(Duration::from_millis(100));
                    stream.write_all(b"GET / HT").unwrap();
                    until_the_end(stream)
                }),
            ),
            (
                "a byte now and then",
                thread::spawn(move || {
                    let mut stream = send(addr, "GET / HTTP/1.1\r\nX: ");
                    let drops = stream.try_clone().unwrap();
                    thread::spawn(move || {
                        let mut drops = drops;
                        while drops.write_all(b"x").is_ok() {
                            thread::sleep(Duration::from_millis(50));
                        }
                    });
                    let begun = Instant::now();
                    let mut rest = Vec::new();
                    let _ = stream.read_to_end(&mut rest);
                    let _ = stream.shutdown(Shutdown::Both);
                    (String::from_utf8_lossy(&rest).into_owned(), begun.elapsed())
                }),
            ),
            ("HTTP/2", thread::spawn(move || until_the_end(send(addr, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")))),
        ];
        while kinds.iter().any(|(_, kind)| !kind.is_finished()) {
            assert!(ask(addr) < Duration::from_secs(1));
            thread::sleep(Duration::from_millis(50));
        }
        for (name, kind) in kinds {
            let (text, took) = kind.join().unwrap();
            assert!(took < SOON, "{name}: {took:?}");
            assert_eq!(text.contains("hello"), name.ends_with("an answer"), "{name}: {text}");
        }
    })
    .await
    .unwrap();
    assert_eq!(server.places.count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_the_caller_does_not_read_is_ended() {
    let server = Server::new(limits(100, SHORT)).await;
    let (addr, places) = (server.addr, Arc::clone(&server.places));
    spawn_blocking(move || {
        let mut slow = send(addr, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
        let begun = Instant::now();
        while places.count() == 0 {
            assert!(begun.elapsed() < SOON);
        }
        while places.count() > 0 {
            assert!(begun.elapsed() < SOON, "it is still there");
            thread::sleep(Duration::from_millis(50));
            if begun.elapsed() > SHORT {
                break;
            }
        }
        let ended = Instant::now();
        // Another connection is served meanwhile.
        assert!(ask(addr) < Duration::from_secs(1));
        while places.count() > 0 {
            assert!(ended.elapsed() < SOON, "it is still there");
            thread::sleep(Duration::from_millis(50));
        }
        let mut taken = Vec::new();
        let _ = slow.read_to_end(&mut taken);
        assert!(taken.len() < 64 << 20, "all of it was taken");
        // A caller who reads the answer gets all of it.
        let (text, _) = until_the_end(send(addr, "GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        assert!(text.len() > 64 << 20);
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_half_sent_heads_do_not_lock_out_other_callers() {
    // No time limit is reached here: a new connection ends one that waits.
    let server = Server::new(limits(40, Duration::from_secs(600))).await;
    let (addr, places) = (server.addr, Arc::clone(&server.places));
    spawn_blocking(move || {
        let mut held = vec![];
        for round in 0..5 {
            held.extend((0..60).map(|_| send(addr, "GET / HTTP/1.1\r\nHost: x\r\nCook")));
            let took = ask(addr);
            assert!(took < Duration::from_secs(2), "round {round}: {took:?}");
            assert!(places.count() <= 40 + 32, "{} connections", places.count());
        }
        // A body that does not arrive keeps its place for a while, but not for
        // ever.
        let body = "POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx";
        held.extend((0..60).map(|_| send(addr, body)));
        let took = ask(addr);
        assert!(took < Duration::from_secs(15), "{took:?}");
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_all_places_are_at_work_the_next_request_waits() {
    let server = Server::new(limits(2, Duration::from_secs(600))).await;
    let addr = server.addr;
    spawn_blocking(move || {
        let later = "GET /later HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        let asked: Vec<_> = (0..6).map(|_| thread::spawn(move || until_the_end(send(addr, later)))).collect();
        for one in asked {
            let (text, _) = one.join().unwrap();
            assert!(text.ends_with("later"), "{text}");
        }
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_is_too_long_is_refused() {
    let server = Server::new(limits(10, Duration::from_secs(600))).await;
    let addr = server.addr;
    spawn_blocking(move || {
        let mut stream = connect(addr);
        let long = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "x".repeat(40 * 1024));
        let _ = stream.write_all(long.as_bytes());
        let (text, _) = until_the_end(stream);
        assert!(text.starts_with("HTTP/1.1 431 "), "{text}");
        assert!(ask(addr) < Duration::from_secs(1));
    })
    .await
    .unwrap();
}

/// A request that was sent before the stop is answered; a caller who only keeps a
/// connection open does not delay the stop.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_answers_open_requests_and_ends_silent_connections() {
    let server = Server::new(limits(100, Duration::from_secs(600))).await;
    let (addr, stop) = (server.addr, server.stop.clone());
    let stopping = spawn_blocking(move || {
        let silent = [connect(addr), send(addr, "GET / HT"), send(addr, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")];
        let later = "GET /later HTTP/1.1\r\nHost: x\r\n\r\n";
        let asked: Vec<_> = (0..20).map(|_| thread::spawn(move || until_the_end(send(addr, later)))).collect();
        thread::sleep(Duration::from_millis(300));
        let last = send(addr, WHOLE);
        stop.cancel();
        let (text, _) = until_the_end(last);
        assert!(text.ends_with("hello"), "{text}");
        for one in asked {
            let (text, _) = one.join().unwrap();
            assert!(text.ends_with("later"), "{text}");
        }
        silent
    });
    let _silent = stopping.await.unwrap();
    timeout(Duration::from_secs(6), server.serving).await.expect("it stops").unwrap();
    assert_eq!(server.places.count(), 0);
}
