//! The program from the outside: how it starts, what it refuses, how it stops, what it keeps.

mod commands;
mod demo;
mod migrations;
mod presence;
mod refusals;
mod rules;
mod stops;

use std::net::SocketAddr;
use std::path::Path;

use redress::demo::DemoFile;

use crate::support::process::free_address;
use crate::support::program::{Program, argument, demo_file};
use crate::support::{Api, eventually};

/// A server on the private PostgreSQL of a data folder, with the demo's data.
struct Embedded {
    program: Program,
    address: SocketAddr,
    api: Api,
    demo: DemoFile,
}

impl Embedded {
    async fn start(data: &Path) -> Self {
        let address = free_address();
        let listen = address.to_string();
        let flags = [
            "serve",
            "--demo",
            "--listen",
            &listen,
            "--data-dir",
            argument(data),
        ];
        let mut program = Program::start(&flags);
        program.says("ready at ").await;
        let demo = eventually("demo.json", async || DemoFile::read(&demo_file(data)).ok()).await;
        Self {
            program,
            address,
            api: Api::at(&format!("http://{address}")),
            demo,
        }
    }
}
