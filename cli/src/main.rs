//! The `ntm` binary. Everything is in the library, so that tests can call it in-process.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// As the server has it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    ntm_cli::main()
}
