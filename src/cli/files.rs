//! Reading and writing: bounded, and never half done.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf, is_separator};

use nablatex::source::MAX_BYTES;
use nablatex::{Diagnostic, Source};
use tempfile::Builder;

use super::failure::Failure;
use super::messages;

/// Whether `path` is the `-` that stands for standard input or output.
pub(super) fn is_dash(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Reads a text: a file, or standard input for `-`.
///
/// At most [`MAX_BYTES`] and one more byte are read, so that a huge file or an endless
/// device is refused at once. What is wrong with the bytes themselves is shown here.
pub(super) fn read(path: &Path) -> Result<Source, Failure> {
    let (name, bytes) = if is_dash(path) {
        ("<stdin>".to_owned(), bounded(io::stdin().lock()))
    } else {
        (super::failure::shown(path), File::open(path).and_then(bounded))
    };
    let bytes = bytes.map_err(|error| Failure::Read { path: path.to_owned(), error })?;
    Source::from_bytes(name, bytes).map_err(|unreadable| {
        let diagnostic = Diagnostic::error(unreadable.span, &unreadable.reason);
        messages::diagnostics(&[diagnostic], &unreadable.source);
        Failure::Faulty
    })
}

fn bounded(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a result: to the file, or to standard output where there is none or it is `-`.
pub(super) fn write(to: Option<&Path>, bytes: &[u8]) -> Result<(), Failure> {
    match to {
        Some(path) if !is_dash(path) => write_file(path, bytes),
        _ => write_stdout(bytes),
    }
}

/// Writes to standard output. A reader that closed the pipe has what it wanted.
pub(super) fn write_stdout(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::Write { path: PathBuf::from("standard output"), error })
        }
        _ => Ok(()),
    }
}

/// Refuses an output that is one of the inputs.
pub(super) fn refuse_overwriting(
    output: Option<&Path>,
    inputs: &[Option<&Path>],
) -> Result<(), Failure> {
    let Some(output) = output.filter(|path| !is_dash(path)) else { return Ok(()) };
    let Ok(there) = fs::canonicalize(output) else { return Ok(()) };
    let clash = inputs.iter().flatten().any(|input| {
        !is_dash(input)
            && there.is_file()
            && fs::canonicalize(input).is_ok_and(|input| input == there)
    });
    if clash { Err(Failure::WouldOverwriteInput { path: output.to_owned() }) } else { Ok(()) }
}

/// Writes a file whole or not at all.
///
/// The bytes go to a temporary file in the target's folder, which then takes the target's place:
/// an old file stays whole until the new one is complete, and keeps its permissions. A symbolic
/// link stays a link. What is no regular file (a terminal, a pipe, a device) is written directly.
fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let cannot = |error| Failure::Write { path: path.to_owned(), error };
    let old = match fs::metadata(path) {
        Ok(old) => Some(old),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(cannot(error)),
    };
    if old.as_ref().is_some_and(fs::Metadata::is_dir)
        || path.as_os_str().to_string_lossy().ends_with(is_separator)
    {
        return Err(Failure::WriteToFolder { path: path.to_owned() });
    }
    if is_stream(path) || old.as_ref().is_some_and(|old| !old.is_file()) {
        let stream = OpenOptions::new().append(true).open(path);
        return stream.and_then(|mut stream| stream.write_all(bytes)).map_err(cannot);
    }
    if old.as_ref().is_some_and(|old| old.permissions().readonly()) {
        return Err(Failure::ReadOnly { path: path.to_owned() });
    }
    let target = resolved(path);
    let folder = folder_of(&target);
    if !folder.is_dir() {
        return Err(Failure::NoFolder { path: path.to_owned(), folder: folder.to_owned() });
    }
    replace(&target, folder, old.as_ref(), bytes).map_err(cannot)
}

fn replace(
    target: &Path,
    folder: &Path,
    old: Option<&fs::Metadata>,
    bytes: &[u8],
) -> io::Result<()> {
    let mut builder = Builder::new();
    builder.prefix(".nablatex-");
    // Left to itself tempfile makes files for the owner alone; this leaves it to the umask.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let Some(old) = old {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            // Only root may give a file away; anyone else's new file is their own.
            let _ = std::os::unix::fs::fchown(file.as_file(), Some(old.uid()), Some(old.gid()));
        }
        file.as_file().set_permissions(old.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(target)?;
    Ok(())
}

/// Whether the path is one of the process's own streams, which may stand for a regular file that
/// something else is writing to as well.
fn is_stream(path: &Path) -> bool {
    cfg!(unix)
        && ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc/self/fd"]
            .iter()
            .any(|stream| path.starts_with(stream))
}

/// Where a path leads, through symbolic links, also to a file that does not exist yet.
fn resolved(path: &Path) -> PathBuf {
    if let Ok(there) = fs::canonicalize(path) {
        return there;
    }
    match fs::read_link(path) {
        // `canonicalize` refused circles already, so the links end.
        Ok(link) => resolved(&folder_of(path).join(link)),
        Err(_) => path.to_owned(),
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Creates a file that must not exist yet.
pub(super) fn create_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = folder_of(path);
    if !folder.is_dir() {
        return Err(Failure::NoFolder { path: path.to_owned(), folder: folder.to_owned() });
    }
    let mut file = match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(Failure::Exists { path: path.to_owned() });
        }
        Err(error) => return Err(Failure::Write { path: path.to_owned(), error }),
    };
    file.write_all(bytes).map_err(|error| {
        let _ = fs::remove_file(path);
        Failure::Write { path: path.to_owned(), error }
    })
}
