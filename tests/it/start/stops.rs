//! How the server stops: in order, within its time.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::Embedded;
use crate::support::Officer;
use crate::support::program::data_folder;

#[actix::test]
async fn a_signal_stops_the_server_within_ten_seconds_also_with_an_open_socket() {
    let data = data_folder();
    for signal in [Signal::TERM, Signal::INT] {
        let server = Embedded::start(data.path()).await;
        let admin = &server.demo.admin;
        let token = server.api.login(&admin.email, &admin.password).await;
        let mut officer = Officer::connect(server.address, &token).await;
        officer.join("north", None).await;
        let begun = Instant::now();
        server.program.signal(signal);
        assert_eq!(officer.closed().await.0, 4000, "told to come back");
        let ended = server.program.ended().await;
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "{:?}",
            begun.elapsed()
        );
        assert!(ended.err.contains("stopped"), "{}", ended.err);
        assert!(!ended.err.contains("\"level\":\"error\""), "{}", ended.err);
    }
}
