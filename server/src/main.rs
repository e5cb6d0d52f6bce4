//! The program `duologue`; `duologue help` lists its commands.

use std::process::ExitCode;

/// An allocator that returns memory to the system after many sign-ins at once, each
/// of which takes 19 MiB. The C library's allocator keeps it. Measured by `make
/// bench`.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    duologue::cli::main()
}
