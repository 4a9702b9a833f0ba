//! Who may import whom: the layers of `docs/architecture.md`, held by reading the source.
//!
//! A path `crate::module::…`, in a `use` or anywhere in the code, makes its module depend on that
//! one; so does `super::super::…` where it climbs to the root. Comments and tests are free. An item
//! of the root itself (`crate::solve`, `crate::Source`) may not be used from inside: the facade is
//! for others.
//!
//! And the templates of every language say the same.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test of the source reads files"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Modules that know nothing of the others; all may import them.
const LEAVES: &[&str] = &["source", "exact", "suggestion"];

/// Each other module, and what it may import beside itself and the leaves.
const LAYERS: &[(&str, &[&str])] = &[
    ("diagnostic", &[]),
    ("syntax", &["diagnostic"]),
    ("expr", &[]),
    ("ops", &["expr"]),
    ("optimisers", &["expr", "ops"]),
    ("notation", &["expr", "ops"]),
    // Its errors become diagnostics; a `display` is checked where it is declared.
    ("exercise", &["diagnostic", "syntax", "expr", "ops", "optimisers", "notation"]),
    // What goes wrong with the numbers is reported at its place, like what the checker finds.
    ("derivation", &["diagnostic", "exercise", "expr", "ops", "optimisers"]),
    // The views read the exercise and its expressions in the steps of the derivation.
    ("render", &["derivation", "notation", "exercise", "expr"]),
];

#[test]
fn modules_import_only_what_lies_beneath() {
    let violations = violations(&sources());
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

#[test]
fn the_command_line_uses_the_facade_alone() {
    // The binary is a crate of its own: what it could misuse is a module that is no part of the facade.
    let facade = [
        "solve",
        "solve_with",
        "SolveOptions",
        "Solved",
        "Solution",
        "Source",
        "Span",
        "Diagnostic",
        "Severity",
        "diagnostic",
        "render",
        "source",
    ];
    for (path, text) in sources() {
        if layer_of(&path).is_none() && path != "lib.rs" {
            for name in names_after(&code(&text), "nablatex::") {
                assert!(facade.contains(&name.as_str()), "src/{path} uses nablatex::{name}");
            }
        }
    }
}

#[test]
fn the_layers_have_no_circle() {
    // Every module stands above all that it imports.
    for (index, (module, imports)) in LAYERS.iter().enumerate() {
        for import in *imports {
            assert!(
                LAYERS[..index].iter().any(|(below, _)| below == import),
                "{module} -> {import}"
            );
        }
    }
}

#[test]
fn a_violation_is_caught() {
    let caught = |path: &str, text: &str| violations(&[(path.to_owned(), text.to_owned())]);
    for (path, text) in [
        ("expr/mod.rs", "use crate::ops::relu;"),
        ("expr/deep/inner.rs", "fn f() { let x = crate::render::tex(); }"),
        ("exact/mod.rs", "use crate::{\n    exact::Rational,\n    syntax::{ast, parse},\n};"),
        ("source.rs", "pub use crate::diagnostic;"),
        ("expr/tree.rs", "use super::super::ops::relu;"),
        ("source.rs", "use super::diagnostic::Severity;"),
        ("ops/mod.rs", "use crate::nosuch::Thing;"),
        ("ops/mod.rs", "use crate::Source;"),
        ("ops/mod.rs", "use crate::*;"),
        (
            "ops/mod.rs",
            r"const A: char = '\''; use crate::render::tex; const B: &str = stringify!('\u{1b}');",
        ),
        ("surprise.rs", "fn f() {}"),
        ("ops/mod.rs", "#[cfg(test)]\nmod tests { use crate::render; }\nuse crate::render::tex;"),
        (
            "ops/mod.rs",
            "const QUOTE: char = '\"'; use crate::render::tex; const MORE: char = '\"';",
        ),
    ] {
        assert_eq!(caught(path, text).len(), 1, "{path}: {text}");
    }
    for (path, text) in [
        ("expr/mod.rs", "use crate::exact::{Rational, Relation};\nuse crate::expr::build;"),
        (
            "expr/mod.rs",
            "//! See [`crate::ops`].\n/* crate::ops /* nested */ crate::ops */ fn f() {}",
        ),
        (
            "expr/mod.rs",
            "const TEXT: &str = \"crate::ops\"; const RAW: &str = r#\"crate::ops \" \"#;",
        ),
        (
            "expr/mod.rs",
            "fn f<'a>(x: &'a str) {}\n#[cfg(test)]\nmod tests { use crate::ops; fn g() {} }",
        ),
        ("expr/tree.rs", "use super::build::sum;"),
        ("ops/mod.rs", "macro_rules! m { () => { $crate::expr::Expr } }"),
        ("ops/mod.rs", "#[cfg(test)]\nuse crate::render;\nuse crate::{exact, expr::Expr};"),
        ("lib.rs", "pub use render::tex; use crate::syntax::parse;"),
        ("cli/solve.rs", "use super::files;"),
    ] {
        assert_eq!(caught(path, text), [""; 0], "{path}: {text}");
    }
}

#[test]
fn every_language_lays_out_the_same() {
    let of_english = laid_out("en");
    assert!(of_english.len() > 2, "{of_english:?}");
    assert_eq!(laid_out("de"), of_english);
}

/// The templates of a language: each file with the fields and variants that its tags name.
fn laid_out(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/tex").join(language);
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let mut named = BTreeSet::new();
        for (open, close) in [("<%", "%>"), ("<$", "$>")] {
            for tag in text.split(open).skip(1) {
                let (inside, _) = tag.split_once(close).expect("a closed tag");
                named.extend(
                    inside
                        .split(|c: char| !c.is_alphanumeric() && !"_.:".contains(c))
                        .map(|word| word.trim_end_matches(".is_empty").trim_end_matches(".iter"))
                        .filter(|word| word.contains("::") || word.contains('.'))
                        // How a list is gone through, counted and called is each language's own.
                        .filter(|word| {
                            !["loop.", "m::", "tex"].iter().any(|own| word.starts_with(own))
                                && word.rsplit('.').next() != Some("len")
                        })
                        .map(str::to_owned),
                );
            }
        }
        files.insert(path.file_name().unwrap().to_str().unwrap().to_owned(), named);
    }
    files
}

/// All files of `src/`: the path in it, with `/`, and the text.
fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, root: &Path, into: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, into);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                // Files of tests alone are as free as tests beneath the code.
                if !name.ends_with("tests.rs") {
                    into.push((name, fs::read_to_string(&path).unwrap()));
                }
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    walk(&root, &root, &mut sources);
    sources.sort();
    assert!(!sources.is_empty());
    sources
}

/// The library's module that a file belongs to; `None` for the root and the binary.
fn layer_of(path: &str) -> Option<&str> {
    let first = path.split('/').next()?;
    let module = first.strip_suffix(".rs").unwrap_or(first);
    (!["lib", "main", "cli"].contains(&module)).then_some(module)
}

fn violations(sources: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in sources {
        let Some(module) = layer_of(path) else { continue };
        let layer = LAYERS.iter().find(|(name, _)| *name == module);
        if layer.is_none() && !LEAVES.contains(&module) {
            found.push(format!(
                "src/{path}: `{module}` stands in no layer; give it one in tests/architecture.rs"
            ));
            continue;
        }
        let allowed = layer.map_or(&[][..], |(_, imports)| imports);
        let code = code(text);
        let mut imports = names_after(&code, "crate::");
        imports.extend(names_after_supers(&code, depth(path)));
        imports.sort();
        imports.dedup();
        for import in imports {
            let leaf = layer.is_some() && LEAVES.contains(&import.as_str());
            if import != module && !leaf && !allowed.contains(&import.as_str()) {
                found.push(format!("src/{path}: `{module}` may not import `{import}`"));
            }
        }
    }
    found
}

/// How many `super::` lead from a file's module to the root.
fn depth(path: &str) -> usize {
    path.split('/').filter(|part| *part != "mod.rs").count()
}

/// The first names of the paths that begin with `prefix`, those of a group `{a::b, c}` one by one.
fn names_after(code: &str, prefix: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        if !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
            names.extend(first_names(&code[at + prefix.len()..]));
        }
    }
    names
}

/// The same for `super::super::…` that climbs to the root.
fn names_after_supers(code: &str, depth: usize) -> Vec<String> {
    names_after(code, &"super::".repeat(depth)).into_iter().filter(|name| name != "super").collect()
}

fn first_names(path: &str) -> Vec<String> {
    let Some(group) = path.strip_prefix('{') else {
        let end = path.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(path.len());
        let name = if end == 0 { "*" } else { &path[..end] };
        return vec![name.to_owned()];
    };
    let mut names = Vec::new();
    let mut nesting = 0;
    let mut begins = true;
    for (at, c) in group.char_indices() {
        match c {
            '{' => nesting += 1,
            '}' if nesting == 0 => break,
            '}' => nesting -= 1,
            ',' if nesting == 0 => begins = true,
            c if begins && !c.is_whitespace() => {
                names.extend(first_names(&group[at..]));
                begins = false;
            }
            _ => {}
        }
    }
    names
}

/// A text without comments, the insides of literals, and what is compiled for tests only.
fn code(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(length) = comment(rest).or_else(|| literal(rest)) {
            code.push(' ');
            rest = &rest[length..];
        } else {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    without_tests(&code)
}

/// The length of the comment that the text begins with.
fn comment(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    text.starts_with("/*").then_some(())?;
    let mut nesting = 0;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            nesting += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            nesting -= 1;
            at += 2;
            if nesting == 0 {
                return Some(at);
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    Some(text.len())
}

/// The length of the string or character literal that the text begins with; a lifetime is none.
fn literal(text: &str) -> Option<usize> {
    if let Some(raw) = text.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let inside = raw[hashes..].strip_prefix('"')?;
        let close = format!("\"{}", "#".repeat(hashes));
        return Some(2 + hashes + inside.find(&close)? + close.len());
    }
    let mut characters = text.char_indices();
    match characters.next()?.1 {
        '"' => loop {
            match characters.next()? {
                (at, '"') => return Some(at + 1),
                (_, '\\') => drop(characters.next()),
                _ => {}
            }
        },
        '\'' => {
            // `'a'`, `'\n'`, `'\u{1b}'`; without the second quote it is a lifetime.
            let escape = characters.next()?.1 == '\\';
            if escape {
                characters.next();
            }
            let close =
                if escape { characters.find(|(_, c)| *c == '\'') } else { characters.next() };
            close.filter(|(_, c)| *c == '\'').map(|(at, _)| at + 1)
        }
        _ => None,
    }
}

/// Takes out each item beneath `#[cfg(test)]`: up to its `;` or the end of its braces.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut kept = String::new();
    let mut rest = code;
    while let Some(at) = rest.find(MARK) {
        kept.push_str(&rest[..at]);
        let item = &rest[at + MARK.len()..];
        let mut nesting = 0;
        let mut end = item.len();
        for (at, c) in item.char_indices() {
            match c {
                '{' => nesting += 1,
                '}' => nesting -= 1,
                _ => {}
            }
            if nesting == 0 && (c == '}' || c == ';') {
                end = at + 1;
                break;
            }
        }
        rest = &item[end..];
    }
    kept + rest
}
