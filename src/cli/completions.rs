//! `nablatex completions SHELL`: what a shell needs to complete commands and options.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::failure::Failure;
use super::{Cli, files};

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The shell to complete for
    shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  nablatex completions bash > ~/.local/share/bash-completion/completions/nablatex
  nablatex completions zsh > ~/.zfunc/_nablatex        (with ~/.zfunc in fpath)
  nablatex completions fish > ~/.config/fish/completions/nablatex.fish
  nablatex completions powershell >> $PROFILE";

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "nablatex", &mut script);
    files::write_stdout(&script)
}
