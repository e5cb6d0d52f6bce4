//! What a person sees who starts the program for the first time.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    path::Path,
    process::{Command, Output, Stdio},
    time::Duration,
};

use tests::program::{PROGRAM, Process, ROOT, wait_until};

/// The program in an empty folder, with only its port set.
fn program(folder: &Path, port: u16, arguments: &[&str]) -> Command {
    let mut program = Command::new(PROGRAM);
    program
        .args(arguments)
        .current_dir(folder)
        .env_remove("DUOLOGUE_TEST_POSTGRES")
        .env_remove("DUOLOGUE_TEST_PYTHON")
        .env("DUOLOGUE_LISTEN", format!("127.0.0.1:{port}"))
        .env("DUOLOGUE_BASE_URL", format!("http://localhost:{port}"));
    program
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn output_text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn first_start_logs_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let log = folder.path().join("log");
    let out = std::fs::File::create(&log).unwrap();
    let child = program(folder.path(), port, &["serve"]).stdout(out.try_clone().unwrap()).stderr(out).spawn().unwrap();
    let server = Process(child);
    wait_until("the server answers", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
    // Wait for the first round of the jobs and the worker.
    std::thread::sleep(Duration::from_secs(7));
    drop(server);
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("Set up the practice at"), "{log}");
    assert!(!log.contains("ERROR") && !log.contains("WARN"), "{log}");
}

#[test]
fn port_in_use_is_reported_before_anything_is_created() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    for command in ["demo", "serve"] {
        let folder = tempfile::tempdir().unwrap();
        let done = program(folder.path(), port, &[command]).output().unwrap();
        assert!(!done.status.success());
        let said = output_text(&done);
        assert_eq!(said.trim().lines().count(), 1, "{said}");
        assert!(said.contains(&format!("port {port} is used by another program")), "{said}");
        assert!(said.contains("DUOLOGUE_LISTEN=127.0.0.1:"), "{said}");
        let made: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert!(made.is_empty(), "{command} made {made:?}");
    }
}

#[test]
fn setup_reads_the_password_from_standard_input() {
    const WHO: [&str; 11] = [
        "setup",
        "--practice",
        "Lakeside",
        "--zone",
        "Europe/Berlin",
        "--name",
        "Ada Lind",
        "--email",
        "ada@example.org",
        "--login-name",
        "ada",
    ];
    let folder = tempfile::tempdir().unwrap();
    let without = program(folder.path(), 1, &WHO).stdin(Stdio::null()).output().unwrap();
    assert!(!without.status.success());
    assert!(output_text(&without).contains("no password was given"), "{}", output_text(&without));
    assert!(output_text(&without).contains("first line of standard input"), "{}", output_text(&without));
    let help = program(folder.path(), 1, &["setup", "--help"]).output().unwrap();
    assert!(output_text(&help).contains("first line of standard input"), "{}", output_text(&help));
    let mut child = program(folder.path(), 1, &WHO)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"three tired swans\n").unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success(), "{}", output_text(&done));
    assert!(output_text(&done).contains("Lakeside is set up. Sign in as ada"), "{}", output_text(&done));
}

/// An apt-get that is locked by another one twice.
#[test]
fn apt_script_waits_for_another_apt() {
    let folder = tempfile::tempdir().unwrap();
    let calls = folder.path().join("calls");
    let fake = folder.path().join("apt-get");
    std::fs::write(
        &fake,
        format!(
            "#!/bin/sh\necho \"$@\" >>'{0}'\n\
             [ \"$1\" = update ] && [ \"$(grep -c update '{0}')\" -lt 3 ] && {{ \
             echo 'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 1' >&2; exit 100; }}\nexit 0\n",
            calls.display()
        ),
    )
    .unwrap();
    std::fs::write(folder.path().join("sudo"), "#!/bin/sh\nexec \"$@\"\n").unwrap();
    for name in ["apt-get", "sudo"] {
        let place = folder.path().join(name);
        std::fs::set_permissions(place, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let run = |wait: &str| {
        let mut script = Command::new(format!("{ROOT}/tests/support/apt.sh"));
        script.arg("chromium").env("APT_PAUSE", "0.1").env("APT_WAIT", wait);
        script.env("PATH", format!("{}:/usr/bin:/bin", folder.path().display()));
        script.output().unwrap()
    };
    let done = run("600");
    assert!(done.status.success(), "{}", output_text(&done));
    assert!(output_text(&done).contains("Waiting for another apt"), "{}", output_text(&done));
    let mut text = String::new();
    std::fs::File::open(&calls).unwrap().read_to_string(&mut text).unwrap();
    let calls_made: Vec<&str> = text.lines().collect();
    assert_eq!(calls_made.len(), 4, "{text}");
    assert!(calls_made.iter().all(|call| call.contains("DPkg::Lock::Timeout=600")), "{text}");
    assert!(calls_made[3].starts_with("install") && calls_made[3].ends_with("chromium"), "{text}");
    // It does not wait for ever.
    std::fs::remove_file(&calls).unwrap();
    let given_up = run("0");
    assert!(!given_up.status.success());
    assert!(output_text(&given_up).contains("Could not get lock"), "{}", output_text(&given_up));
}
