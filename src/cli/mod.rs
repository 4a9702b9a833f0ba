//! Commands and their options, as clap reads them.
//!
//! One file a command (`solve`, `check`, `pdf`, `new`, `completions`); beneath them `files` reads
//! and writes, `latexmk` and `texlog` run TeX and read its complaints, `messages` prints on
//! standard error, `failure` knows every way a command can end badly.

mod check;
mod completions;
mod failure;
mod files;
mod latexmk;
mod messages;
mod new;
mod page;
mod pdf;
mod solve;
mod texlog;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Exact worked solutions of neural-network gradient exercises, as LaTeX.
///
/// You describe a network, its numbers and what is asked in a small text file; nablatex works out
/// the forward pass, every derivative by the chain rule and every update, in exact fractions, and
/// writes the sheet that a good teaching assistant would hand out.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, disable_help_subcommand = true, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Start here:
  nablatex new week3            write week3.nabla, a commented exercise
  nablatex solve week3.nabla    print its worked solution as LaTeX
  nablatex pdf week3.nabla      make week3.pdf (needs a LaTeX installation)

Exit status: 0 done; 1 the exercise is faulty, or a file or LaTeX failed; 2 wrong usage.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the worked solution of an exercise
    Solve(solve::Arguments),
    /// Report every error and warning of exercises, writing nothing
    Check(check::Arguments),
    /// Typeset the worked solution as a PDF, through latexmk
    Pdf(pdf::Arguments),
    /// Write a commented exercise to start from
    New(new::Arguments),
    /// Print the tab completions for a shell
    Completions(completions::Arguments),
}

/// Runs the command that the process was started with.
pub(crate) fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(answer) => {
            // Help and version come this way too. If nobody reads them, there is nobody to tell.
            let _ = answer.print();
            return ExitCode::from(if answer.use_stderr() { failure::USAGE } else { 0 });
        }
    };
    let done = match &cli.command {
        Command::Solve(arguments) => solve::run(arguments),
        Command::Check(arguments) => check::run(arguments),
        Command::Pdf(arguments) => pdf::run(arguments),
        Command::New(arguments) => new::run(arguments),
        Command::Completions(arguments) => completions::run(arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            messages::failure(&failure);
            failure.end()
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    #[test]
    fn the_commands_are_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_help_with_an_example() {
        let mut cli = Cli::command();
        cli.build();
        for command in cli.get_subcommands_mut() {
            let name = command.get_name().to_owned();
            for help in [command.render_help(), command.render_long_help()] {
                let help = help.to_string();
                assert!(help.contains("Usage: nablatex"), "{name}: {help}");
                assert!(
                    help.contains(&format!("  nablatex {name} ")),
                    "{name} shows no example: {help}"
                );
            }
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{name}: {} has no help", argument.get_id());
            }
        }
        assert!(cli.render_long_help().to_string().contains("Exit status"));
    }
}
