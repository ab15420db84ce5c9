//! `ntm`, the command line: a client of the server over HTTP. It reads arguments, asks the server,
//! and prints. The one command that is more than that is `demo`, which runs a server in-process.
//!
//! Data goes to stdout and everything else to stderr. Exit codes: 0 done, 1 the answer is "no",
//! 2 it went wrong.

use std::process::ExitCode;

use clap::Parser;

#[macro_use]
mod speech;

pub mod args;
pub mod client;
pub mod cmd;
pub mod credentials;
pub mod demo;
pub mod failure;
pub mod print;

/// Runs the program on the process's arguments and returns its exit code.
pub fn main() -> ExitCode {
    let cli = args::Cli::parse();
    let out = print::Printer::for_process(&cli.global);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failure::report(&error.into(), &out),
    };
    let answer = runtime.block_on(cmd::run(cli.command, &cmd::Context::new(cli.global, &out)));
    match answer {
        Ok(cmd::Answer::Yes) => ExitCode::SUCCESS,
        Ok(cmd::Answer::No) => ExitCode::from(1),
        Err(error) => failure::report(&error, &out),
    }
}
