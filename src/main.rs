//! `nablatex`, the command line.
//!
//! This binary alone touches files, the terminal and exit statuses; the mathematics is the
//! library's, used through its facade like any other program would.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "files, the clock and other programs are what the command line is for"
)]

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    cli::run()
}
