//! The program `duologue`: see `duologue help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    duologue::cli::main()
}
