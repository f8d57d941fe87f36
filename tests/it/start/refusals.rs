//! What the program refuses to start with, and how it says so.

use std::net::TcpListener;

use crate::support::postgres::TestDatabase;
use crate::support::process::free_address;
use crate::support::program::{Program, argument, data_folder, run};

#[actix::test]
async fn a_port_in_use_is_named_with_the_flag_to_choose_another() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = data_folder();
    let flags = [
        "serve",
        "--listen",
        &address,
        "--data-dir",
        argument(data.path()),
    ];
    let ended = run(&flags, "").await;
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains(&address) && ended.err.contains("--listen"),
        "{}",
        ended.err
    );
    assert!(
        !data.path().join("postgres").exists(),
        "the database was begun"
    );
}

#[actix::test]
async fn a_server_on_a_database_of_ones_own_needs_a_secret() {
    let database = TestDatabase::create().await;
    let listen = free_address().to_string();
    let flags = [
        "serve",
        "--listen",
        &listen,
        "--database-url",
        database.url(),
    ];
    let ended = run(&flags, "").await;
    assert_eq!(ended.code, Some(1));
    for part in ["JWT_SECRET", "DATABASE_URL", "openssl"] {
        assert!(ended.err.contains(part), "{part}: {}", ended.err);
    }
    let short = [
        &flags[..],
        &["--jwt-secret", "0123456789012345678901234567890"],
    ]
    .concat();
    let ended = run(&short, "").await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("at least 32 bytes"), "{}", ended.err);
    assert!(!ended.err.contains("0123456789"), "{}", ended.err);
    database.remove().await;
}

#[actix::test]
async fn settings_that_cannot_be_are_refused_by_name() {
    for (flags, named) in [
        (&["--listen", "nowhere"][..], "--listen"),
        (&["--keep-alive", "0.5"], "at least 1 second"),
        (&["--allowed-origins", "nowhere"], "--allowed-origins"),
        (&["--rate-login", "0"], "--rate-login"),
        (&["--trusted-proxies", "10.0.0.0/33"], "--trusted-proxies"),
        (
            &["--trusted-proxies", "10.0.0.7,proxy"],
            "--trusted-proxies",
        ),
        (&["--drain-delay=-1"], "--drain-delay"),
        (&["--body-deadline=-1"], "--body-deadline"),
        (&["--body-deadline", "NaN"], "--body-deadline"),
        (
            &[
                "--database-url",
                "mysql://x",
                "--jwt-secret",
                "a secret of tests that is long enough",
            ],
            "DATABASE_URL",
        ),
        (&["--colour", "red"], "--colour"),
    ] {
        let data = data_folder();
        let line = [&["serve", "--data-dir", argument(data.path())][..], flags].concat();
        let ended = run(&line, "").await;
        assert!(ended.code.is_some_and(|code| code != 0), "{flags:?}");
        assert!(ended.err.contains(named), "{flags:?}: {}", ended.err);
    }
}

#[actix::test]
async fn a_database_that_is_away_is_waited_for_with_a_line_that_keeps_its_password() {
    let listen = free_address().to_string();
    let away = free_address();
    let url = format!("postgres://redress:hushhush@{away}/redress?sslmode=disable");
    let mut program = Program::start(&[
        "serve",
        "--listen",
        &listen,
        "--database-url",
        &url,
        "--jwt-secret",
        "a secret of tests that is long enough",
    ]);
    program.says("waiting for the database").await;
    assert!(
        program.err().contains(&away.port().to_string()),
        "{}",
        program.err()
    );
    assert!(!program.err().contains("hushhush"), "{}", program.err());
    program.signal(rustix::process::Signal::TERM);
    assert_eq!(program.ended().await.code, Some(0));
}
