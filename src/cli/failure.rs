//! Every way in which a command ends badly, as data, with its sentence and its exit status.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use nablatex::render::RenderError;

use super::latexmk::TexFailure;

/// The exit status for wrong usage, clap's as well.
pub(super) const USAGE: u8 = 2;
/// The exit status for everything that went wrong at work.
const FAILED: u8 = 1;

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(super) enum Failure {
    /// The exercise has errors; they were shown already.
    Faulty,
    /// Some of the files given to `check` have errors; they were shown already.
    SomeFaulty { faulty: usize, of: usize },
    /// A file could not be read.
    Read { path: PathBuf, error: io::Error },
    /// A file could not be written; what stood there before still does.
    Write { path: PathBuf, error: io::Error },
    /// The file to write is read-only.
    ReadOnly { path: PathBuf },
    /// The path to write to is a folder.
    WriteToFolder { path: PathBuf },
    /// The folder to write into does not exist.
    NoFolder { path: PathBuf, folder: PathBuf },
    /// The file to write is one that was read.
    WouldOverwriteInput { path: PathBuf },
    /// `new` found a file of that name.
    Exists { path: PathBuf },
    /// `new` was given a name that can't name a file.
    NotAFileName { name: PathBuf },
    /// An option that `solve` can't use with this format.
    NotInJson { option: &'static str },
    /// `pdf -` without `-o`.
    PdfNeedsOutput,
    /// The page can't be written as asked.
    Render(RenderError),
    /// LaTeX failed.
    Tex(TexFailure),
}

impl Failure {
    /// Ends the process's work: its exit status, or the end by the signal that interrupted it.
    pub(super) fn end(&self) -> ExitCode {
        match self {
            Self::WouldOverwriteInput { .. }
            | Self::NotAFileName { .. }
            | Self::NotInJson { .. }
            | Self::PdfNeedsOutput => ExitCode::from(USAGE),
            Self::Tex(TexFailure::Interrupted { signal }) => super::latexmk::end_by(*signal),
            _ => ExitCode::from(FAILED),
        }
    }

    /// Whether everything was said before and no message is due.
    pub(super) fn is_told(&self) -> bool {
        matches!(self, Self::Faulty | Self::Tex(TexFailure::Interrupted { .. }))
    }

    /// What to do about it, where that is known.
    pub(super) fn help(&self) -> Option<String> {
        match self {
            Self::Read { path, error } if error.kind() == io::ErrorKind::NotFound => {
                let with_extension = with_extension(path)?;
                Some(format!("did you mean `{}`?", shown(&with_extension)))
            }
            Self::ReadOnly { .. } => {
                Some("make it writable, or choose another place with -o".into())
            }
            Self::WriteToFolder { path } => {
                Some(format!("name a file in it, such as `{}`", shown(&path.join("solution.tex"))))
            }
            Self::NoFolder { folder, .. } => {
                Some(format!("make the folder `{}` first", shown(folder)))
            }
            Self::WouldOverwriteInput { .. } => Some("choose another name for -o".into()),
            Self::Exists { .. } => Some("choose another name, or move that file away first".into()),
            Self::PdfNeedsOutput => Some("say where the PDF goes with `-o OUT.pdf`".into()),
            Self::Tex(failure) => failure.help(),
            _ => None,
        }
    }
}

/// `exercise` for which a file `exercise.nabla` exists.
fn with_extension(path: &Path) -> Option<PathBuf> {
    let mut name = path.file_name()?.to_owned();
    name.push(".nabla");
    let there = path.with_file_name(name);
    there.is_file().then_some(there)
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Faulty => f.write_str("the exercise has errors"),
            Self::SomeFaulty { faulty, of } => {
                let have = if *faulty == 1 { "has" } else { "have" };
                write!(f, "{faulty} of {of} files {have} errors")
            }
            Self::Read { path, error } => {
                write!(f, "cannot read `{}`: {}", shown(path), reason(error))
            }
            // The folder is there, so it belongs to a file system that takes no files.
            Self::Write { path, error } if error.kind() == io::ErrorKind::NotFound => {
                write!(f, "cannot write `{}`: no file can be made there", shown(path))
            }
            Self::Write { path, error } => {
                write!(f, "cannot write `{}`: {}", shown(path), reason(error))
            }
            Self::ReadOnly { path } => {
                write!(f, "cannot write `{}`: the file is read-only", shown(path))
            }
            Self::WriteToFolder { path } => {
                write!(f, "cannot write `{}`: it is a folder", shown(path))
            }
            Self::NoFolder { path, folder } => {
                write!(f, "cannot write `{}`: there is no folder `{}`", shown(path), shown(folder))
            }
            Self::WouldOverwriteInput { path } => {
                write!(f, "`{}` is what is read here: writing there would destroy it", shown(path))
            }
            Self::Exists { path } => {
                write!(f, "`{}` exists already; it was left as it is", shown(path))
            }
            Self::NotAFileName { name } => write!(f, "`{}` cannot name a file", shown(name)),
            Self::NotInJson { option } => {
                write!(
                    f,
                    "`{option}` is about the LaTeX document and means nothing with `--format json`"
                )
            }
            Self::PdfNeedsOutput => {
                f.write_str("an exercise from standard input gives the PDF no name")
            }
            Self::Render(error) => error.fmt(f),
            Self::Tex(failure) => failure.fmt(f),
        }
    }
}

/// A path as messages show it: what the user typed, without anything that moves a terminal.
pub(super) fn shown(path: &Path) -> String {
    path.display()
        .to_string()
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

/// An error of the system in the words of a message.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".into(),
        io::ErrorKind::IsADirectory => "it is a folder".into(),
        io::ErrorKind::NotADirectory => "a part of the path is no folder".into(),
        io::ErrorKind::PermissionDenied => "you have no permission".into(),
        io::ErrorKind::StorageFull => "there is no room left on the device".into(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".into(),
        io::ErrorKind::InvalidFilename => "that is no valid file name".into(),
        _ => error.to_string(),
    }
}
