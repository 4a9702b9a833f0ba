//! Runs latexmk on one document, in a folder of its own, within a limit of time.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{env, fmt, thread};

use tempfile::TempDir;

use super::failure::shown;
use super::texlog::{self, Complaint};

/// How long LaTeX may take. A sheet takes seconds; the rest is for a slow disk and new fonts.
const LIMIT: Duration = Duration::from_secs(120);
/// How much of a log's end is read: the complaint stands there.
const LOG_TAIL: u64 = 1 << 20;

/// Why there is no PDF. Where a folder is named it was kept, with the `.tex` and the log in it.
#[derive(Debug)]
pub(super) enum TexFailure {
    /// latexmk, or the perl it needs, is not installed.
    NoLatexmk,
    /// latexmk found no pdflatex.
    NoLatex,
    /// The temporary folder can't be made or written, or latexmk can't be run.
    System { doing: &'static str, error: io::Error },
    /// TeX complained.
    Complaint { complaint: Box<Complaint>, folder: PathBuf },
    /// TeX was not done in time and was stopped.
    TimedOut { limit: Duration, folder: PathBuf },
    /// The user, or the system, stopped us; TeX was stopped too.
    Interrupted { signal: i32 },
}

impl TexFailure {
    /// What to do about it, where that is known.
    pub(super) fn help(&self) -> Option<String> {
        match self {
            Self::NoLatexmk | Self::NoLatex => Some(
                "install a TeX distribution:\n  \
                 Debian, Ubuntu: sudo apt install latexmk texlive-latex-recommended texlive-latex-extra \
                 texlive-fonts-recommended lmodern\n  \
                 macOS:          brew install --cask mactex-no-gui\n  \
                 Windows:        MiKTeX (miktex.org) and Strawberry Perl, or TeX Live (tug.org/texlive)\n\
                 Without TeX, `nablatex solve FILE -o OUT.tex` writes LaTeX for any other place that has it."
                    .into(),
            ),
            Self::Complaint { complaint, .. } => {
                let file = complaint.missing_file.as_deref()?;
                let package = Path::new(file).file_stem().unwrap_or_default().to_string_lossy();
                Some(format!(
                    "`{file}` is not installed:\n  \
                     Debian, Ubuntu: sudo apt install texlive-latex-recommended texlive-latex-extra \
                     texlive-fonts-recommended lmodern\n  \
                     TeX Live:       tlmgr install {package}\n  \
                     MiKTeX:         allow it to install missing packages, or mpm --install={package}"
                ))
            }
            _ => None,
        }
    }
}

impl fmt::Display for TexFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoLatexmk => {
                f.write_str("a PDF needs latexmk, which was not found (nor works without perl)")
            }
            Self::NoLatex => f.write_str("a PDF needs pdflatex, which latexmk did not find"),
            Self::System { doing, error } => write!(f, "cannot {doing}: {error}"),
            Self::Complaint { complaint, folder } => {
                write!(
                    f,
                    "LaTeX failed: {complaint}\n  the log: {}",
                    shown(&folder.join("sheet.log"))
                )
            }
            Self::TimedOut { limit, folder } => write!(
                f,
                "LaTeX was not done after {} seconds and was stopped\n  the log: {}",
                limit.as_secs(),
                shown(&folder.join("sheet.log"))
            ),
            Self::Interrupted { .. } => f.write_str("interrupted"),
        }
    }
}

/// The PDF of a document. With a preamble, files are looked for beside it and in the current
/// folder as well.
pub(super) fn typeset(tex: &str, preamble: Option<&Path>) -> Result<Vec<u8>, TexFailure> {
    let folder = tempfile::Builder::new()
        .prefix("nablatex-")
        .tempdir()
        .map_err(|error| TexFailure::System { doing: "make a temporary folder", error })?;
    run(OsStr::new("latexmk"), tex, preamble, LIMIT, folder)
}

fn run(
    latexmk: &OsStr,
    tex: &str,
    preamble: Option<&Path>,
    limit: Duration,
    folder: TempDir,
) -> Result<Vec<u8>, TexFailure> {
    let at = folder.path().to_owned();
    fs::write(at.join("sheet.tex"), tex)
        .map_err(|error| TexFailure::System { doing: "write to the temporary folder", error })?;
    let mut command = command(latexmk, &at, preamble);
    let told = File::create(at.join("latexmk.log"))
        .and_then(|told| {
            command.stderr(told.try_clone()?).stdout(told);
            Ok(())
        })
        .and_then(|()| interrupt::watch());
    told.map_err(|error| TexFailure::System { doing: "prepare latexmk", error })?;

    let child = command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => TexFailure::NoLatexmk,
        _ => TexFailure::System { doing: "run latexmk", error },
    })?;
    let ended = wait(child, limit)
        .map_err(|error| TexFailure::System { doing: "wait for latexmk", error })?;
    match ended {
        Ended::Itself(status) if status.success() => fs::read(at.join("sheet.pdf"))
            .map_err(|error| TexFailure::System { doing: "read the PDF that latexmk made", error }),
        Ended::Itself(_) => {
            let told = tail(&at.join("latexmk.log"));
            let log = tail(&at.join("sheet.log"));
            if log.is_empty() && texlog::lacks_latex(&told) {
                return Err(TexFailure::NoLatex);
            }
            let complaint =
                texlog::complaint(&log, tex).unwrap_or_else(|| texlog::last_words(&told));
            Err(TexFailure::Complaint { complaint: Box::new(complaint), folder: folder.keep() })
        }
        Ended::TimedOut => Err(TexFailure::TimedOut { limit, folder: folder.keep() }),
        Ended::Interrupted(signal) => Err(TexFailure::Interrupted { signal }),
    }
}

fn command(latexmk: &OsStr, folder: &Path, preamble: Option<&Path>) -> Command {
    let mut command = Command::new(latexmk);
    // Only the plain name goes to TeX, which has trouble with blanks and tildes in paths.
    command.current_dir(folder).stdin(Stdio::null()).args([
        "-norc",
        "-pdf",
        "-interaction=nonstopmode",
        "-halt-on-error",
        "-file-line-error",
        "-no-shell-escape",
        "sheet.tex",
    ]);
    // The same document gives the same bytes on every day.
    if env::var_os("SOURCE_DATE_EPOCH").is_none() {
        command.env("SOURCE_DATE_EPOCH", "0");
    }
    command.env("FORCE_SOURCE_DATE", "1");
    // Messages on one line each.
    command.envs([("max_print_line", "10000"), ("error_line", "254"), ("half_error_line", "238")]);
    command.env("openout_any", "p");
    match preamble {
        Some(preamble) => {
            command.env("TEXINPUTS", inputs(preamble));
        }
        // Nothing but the document and TeX's own files needs to be read.
        None => {
            command.env("openin_any", "p");
        }
    }
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

/// TeX's search path: here, the preamble's folder, the current one, then what was set before. An
/// empty last entry stands for TeX's own files.
fn inputs(preamble: &Path) -> OsString {
    let separator = if cfg!(windows) { ";" } else { ":" };
    let mut path = OsString::from(".");
    let beside = std::path::absolute(preamble)
        .ok()
        .and_then(|preamble| preamble.parent().map(Path::to_owned));
    for folder in [beside, env::current_dir().ok()].into_iter().flatten() {
        path.push(separator);
        path.push(folder);
    }
    path.push(separator);
    path.push(env::var_os("TEXINPUTS").unwrap_or_default());
    path
}

enum Ended {
    Itself(ExitStatus),
    TimedOut,
    Interrupted(i32),
}

/// Waits for the end, or brings it about, with everything that the child started.
fn wait(mut child: Child, limit: Duration) -> io::Result<Ended> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Ended::Itself(status));
        }
        let ended = match interrupt::signal() {
            Some(signal) => Ended::Interrupted(signal),
            None if start.elapsed() >= limit => Ended::TimedOut,
            None => {
                thread::sleep(Duration::from_millis(10));
                continue;
            }
        };
        kill_with_descendants(&mut child);
        child.wait()?;
        return Ok(ended);
    }
}

#[cfg(unix)]
fn kill_with_descendants(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    // The child is the first of a group of its own; if the group is gone, nothing is left to do.
    let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
}

#[cfg(not(unix))]
fn kill_with_descendants(child: &mut Child) {
    let _ = Command::new("taskkill")
        .args(["/T", "/F", "/PID", &child.id().to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let _ = child.kill();
}

/// The end of a log. TeX writes bytes of any encoding.
fn tail(log: &Path) -> String {
    let mut bytes = Vec::new();
    let read = File::open(log).and_then(|mut log| {
        let length = log.metadata()?.len();
        log.seek(SeekFrom::Start(length.saturating_sub(LOG_TAIL)))?;
        log.read_to_end(&mut bytes)
    });
    // No log is as good as an empty one: both say nothing.
    read.map_or(String::new(), |_| String::from_utf8_lossy(&bytes).into_owned())
}

/// Ends this process as the signal would have, had it not been caught.
pub(super) fn end_by(signal: i32) -> ExitCode {
    #[cfg(unix)]
    let _ = signal_hook::low_level::emulate_default_handler(signal);
    ExitCode::from(u8::try_from(128 + signal).unwrap_or(1))
}

/// TeX runs in a process group of its own, so the terminal's Ctrl-C reaches only us: we note it
/// and stop TeX ourselves, and the temporary folder goes too.
#[cfg(unix)]
mod interrupt {
    use std::io;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, OnceLock};

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

    static CAUGHT: OnceLock<Arc<AtomicUsize>> = OnceLock::new();

    pub(super) fn watch() -> io::Result<()> {
        let caught = CAUGHT.get_or_init(Arc::default);
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register_usize(
                signal,
                Arc::clone(caught),
                usize::try_from(signal).unwrap_or(0),
            )?;
        }
        Ok(())
    }

    pub(super) fn signal() -> Option<i32> {
        let caught = CAUGHT.get()?.load(Ordering::Relaxed);
        i32::try_from(caught).ok().filter(|&signal| signal != 0)
    }
}

/// Elsewhere the console stops everything that runs in it.
#[cfg(not(unix))]
mod interrupt {
    #[expect(clippy::unnecessary_wraps, reason = "as where it can fail")]
    pub(super) fn watch() -> std::io::Result<()> {
        Ok(())
    }

    pub(super) fn signal() -> Option<i32> {
        None
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::sync::Mutex;

    use super::*;

    /// One at a time: a script can't be run while another thread's new process still holds it open.
    static ONE: Mutex<()> = Mutex::new(());

    /// Runs a shell script in latexmk's place.
    fn with(script: &str, limit: Duration) -> (Result<Vec<u8>, TexFailure>, PathBuf) {
        let _one = ONE.lock();
        let place = tempfile::tempdir().unwrap();
        let latexmk = place.path().join("latexmk");
        fs::write(&latexmk, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&latexmk, fs::Permissions::from_mode(0o755)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().to_owned();
        (run(latexmk.as_os_str(), "tex", None, limit, folder), at)
    }

    const LONG: Duration = Duration::from_secs(30);

    #[test]
    fn the_pdf_is_read_and_the_folder_goes() {
        let (pdf, at) = with("cp sheet.tex sheet.pdf", LONG);
        assert_eq!(pdf.unwrap(), b"tex");
        assert!(!at.exists());
    }

    #[test]
    fn a_run_that_hangs_is_stopped_with_its_descendants() {
        let start = Instant::now();
        let (pdf, at) = with("sleep 300 & echo $! > pid; wait", Duration::from_millis(500));
        assert!(start.elapsed() < Duration::from_secs(20));
        let failure = pdf.unwrap_err();
        assert!(matches!(failure, TexFailure::TimedOut { .. }), "{failure:?}");
        let descendant = fs::read_to_string(at.join("pid")).unwrap();
        let alive = || {
            // A zombie, that nobody has collected yet, is dead as well.
            fs::read_to_string(format!("/proc/{}/stat", descendant.trim()))
                .is_ok_and(|stat| !stat.contains(") Z "))
        };
        while alive() && start.elapsed() < Duration::from_secs(20) {
            thread::sleep(Duration::from_millis(10));
        }
        assert!(!alive());
        fs::remove_dir_all(at).unwrap();
    }

    #[test]
    fn a_complaint_keeps_the_folder_and_says_where() {
        let (pdf, at) =
            with("echo './sheet.tex:1: Undefined control sequence.' > sheet.log; exit 12", LONG);
        let text = pdf.unwrap_err().to_string();
        assert!(text.contains("Undefined control sequence."), "{text}");
        assert!(text.contains(at.join("sheet.log").to_str().unwrap()), "{text}");
        assert!(at.join("sheet.tex").exists());
        fs::remove_dir_all(at).unwrap();
    }

    #[test]
    fn without_a_log_latexmk_itself_is_quoted() {
        let (pdf, at) = with("echo 'sh: 1: pdflatex: not found'; exit 11", LONG);
        assert!(matches!(pdf, Err(TexFailure::NoLatex)), "{pdf:?}");
        assert!(!at.exists());
        let (pdf, at) = with("echo 'Latexmk: something odd' >&2; exit 9", LONG);
        let text = pdf.unwrap_err().to_string();
        assert!(text.contains("something odd"), "{text}");
        fs::remove_dir_all(at).unwrap();
    }
}
