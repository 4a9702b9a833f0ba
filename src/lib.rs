//! Worked solutions for neural-network gradient exercises: every derivative by the chain rule, every
//! number exact, written as LaTeX.
//!
//! The whole way from a text to a sheet:
//!
//! ```
//! use nablatex::{Source, render, solve};
//!
//! let source = Source::new(
//!     "neuron.nabla",
//!     "input x = 2\nparam w = 3\nz = w * x\nloss L = (z - 5)^2\n",
//! );
//! let solved = solve(&source).expect("the exercise is sound");
//! let sheet = render::tex(&solved.solution, &render::Options::default())?;
//! assert!(sheet.contains(r"\pdv{L}{w}"));
//! # Ok::<(), render::RenderError>(())
//! ```
//!
//! `docs/architecture.md` says what each module is for and why it is as it is.

pub mod derivation;
pub mod diagnostic;
pub mod exact;
pub mod exercise;
pub mod expr;
pub mod notation;
pub mod ops;
pub mod optimisers;
pub mod render;
pub mod source;
mod suggestion;
pub mod syntax;

pub use derivation::{Options as SolveOptions, Solution};
pub use diagnostic::{Diagnostic, Severity};
pub use source::{Source, Span};

/// A solution with what was noticed on the way.
#[derive(Clone, Debug)]
pub struct Solved {
    /// The verified solution.
    pub solution: Solution,
    /// What may not be meant.
    pub warnings: Vec<Diagnostic>,
}

/// Reads, checks and solves an exercise, and verifies the solution.
///
/// # Errors
/// Every error and warning of the text, in the order of their places.
pub fn solve(source: &Source) -> Result<Solved, Vec<Diagnostic>> {
    solve_with(source, SolveOptions::default())
}

/// [`solve`] with a choice of how much is derived.
///
/// # Errors
/// As [`solve`], and where the choice asks for more than its limit.
pub fn solve_with(source: &Source, options: SolveOptions) -> Result<Solved, Vec<Diagnostic>> {
    let parsed = syntax::parse(source);
    let (exercise, mut warnings) = exercise::check(&parsed)?;
    match derivation::derive(exercise, options) {
        Ok(solution) => Ok(Solved { solution, warnings }),
        Err(errors) => {
            warnings.extend(errors);
            warnings.sort_by_key(|diagnostic| diagnostic.span);
            Err(warnings)
        }
    }
}
