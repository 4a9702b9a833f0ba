//! Every faulty file in `tests/faulty/` with the messages it gets, as one snapshot each.

#![allow(clippy::disallowed_methods, clippy::expect_used, reason = "the files are on disk")]

use std::path::{Path, PathBuf};

use nablatex::diagnostic::{Color, render};
use nablatex::{Diagnostic, Source};

/// What the tool says about a file.
fn messages(path: &Path, bytes: Vec<u8>) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let source = match Source::from_bytes(name, bytes) {
        Ok(source) => source,
        Err(unreadable) => {
            let diagnostic = Diagnostic::error(unreadable.span, &unreadable.reason);
            return render(&[diagnostic], &unreadable.source, Color::Never);
        }
    };
    match nablatex::solve(&source) {
        Ok(solved) => render(&solved.warnings, &source, Color::Never),
        Err(diagnostics) => {
            assert_ordered_and_single(&diagnostics, &source);
            render(&diagnostics, &source, Color::Never)
        }
    }
}

/// Messages stand in the order of their places, and no place has two.
fn assert_ordered_and_single(diagnostics: &[Diagnostic], source: &Source) {
    for pair in diagnostics.windows(2) {
        let [first, second] = pair else { continue };
        assert!(first.span < second.span, "{}: {first:?}, then {second:?}", source.name());
    }
    for diagnostic in diagnostics {
        let Diagnostic { sentence, span, .. } = diagnostic;
        assert!(!sentence.is_empty() && !sentence.ends_with('.'), "{}: {sentence}", source.name());
        assert!(span.end <= source.text().len(), "{}: {sentence}", source.name());
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder of faulty files");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "nabla"))
        .collect();
    files.sort();
    files
}

#[test]
fn every_faulty_file_gets_its_messages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faulty");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root.join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for path in files(&root) {
        let bytes = std::fs::read(&path).expect("a readable file");
        let messages = messages(&path, bytes);
        let kind = path.parent().and_then(Path::file_name).unwrap_or_default();
        if kind == "accepted" {
            assert!(!messages.contains("error"), "{}: {messages}", path.display());
        } else {
            assert!(messages.contains("error"), "{} has no error", path.display());
        }
        let relative =
            path.strip_prefix(&root).expect("a file below the folder").with_extension("");
        let name = relative.to_string_lossy().replace(['/', '\\'], "-");
        settings.bind(|| insta::assert_snapshot!(name, messages));
    }
}
