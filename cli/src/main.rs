//! The `ntm` binary. Everything is in the library, so that tests can call it in-process.

use std::process::ExitCode;

fn main() -> ExitCode {
    ntm_cli::main()
}
