//! The program `duologue`: see `duologue help`.

use std::process::ExitCode;

/// Gives memory back after a crowd of sign-ins, each of which takes 19 MiB;
/// the C library's keeps it. Measured by `make bench`.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    duologue::cli::main()
}
