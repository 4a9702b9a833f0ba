//! Finds in TeX's log what a person needs to see.

use std::fmt;

/// What TeX complained about.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Complaint {
    /// TeX's sentence, such as `Undefined control sequence.`
    message: String,
    /// How far TeX had read when it complained: `l.12 …` and what surrounds it.
    context: Vec<String>,
    /// The line of the document, by its number, where the place lies in the document.
    line: Option<(usize, String)>,
    /// The file that TeX did not find, if that is the complaint.
    pub(super) missing_file: Option<String>,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for line in &self.context {
            write!(f, "\n  {line}")?;
        }
        if let Some((number, text)) = &self.line {
            write!(f, "\n  line {number} of the .tex: {text}")?;
        }
        Ok(())
    }
}

/// How many lines of context are shown at most.
const CONTEXT: usize = 12;
/// How many characters of a line are shown at most.
const WIDTH: usize = 200;

/// The first complaint in a log written with `-file-line-error`; `tex` is the document.
pub(super) fn complaint(log: &str, tex: &str) -> Option<Complaint> {
    let lines: Vec<&str> = log.lines().collect();
    let (at, place, message) = lines.iter().enumerate().find_map(|(at, line)| {
        let (place, message) = error_line(line)?;
        Some((at, place, message))
    })?;
    let mut context = Vec::new();
    for line in &lines[at + 1..] {
        // Where the next complaint or TeX's statistics begin, this one has ended.
        let next = error_line(line).is_some() || line.starts_with("Here is how much");
        if context.len() == CONTEXT || next {
            break;
        }
        if !is_advice(line) {
            context.push(shortened(line.trim_end()));
        }
        if line.starts_with("l.") {
            // TeX breaks the line of the document where it stopped reading.
            let rest = lines[at + 1..].iter().skip_while(|l| !l.starts_with("l.")).nth(1);
            context.extend(
                rest.filter(|rest| !rest.trim().is_empty()).map(|rest| shortened(rest.trim_end())),
            );
            break;
        }
    }
    let line = place.filter(|(file, _)| file.trim_start_matches("./") == "sheet.tex").and_then(
        |(_, number)| {
            let text = tex.lines().nth(number.checked_sub(1)?)?;
            Some((number, shortened(text.trim())))
        },
    );
    let message = message.strip_prefix("LaTeX Error: ").unwrap_or(message);
    let missing_file = missing_file(message);
    Some(Complaint { missing_file, message: message.to_owned(), context, line })
}

/// The end of what latexmk itself said, for want of a complaint by TeX.
pub(super) fn last_words(told: &str) -> Complaint {
    let lines: Vec<&str> = told.lines().filter(|line| !line.trim().is_empty()).collect();
    let context =
        lines[lines.len().saturating_sub(CONTEXT)..].iter().map(|line| shortened(line)).collect();
    Complaint {
        message: "latexmk ended with an error".into(),
        context,
        line: None,
        missing_file: None,
    }
}

/// Whether latexmk says that there is no pdflatex: in the shell's words, whichever it is.
pub(super) fn lacks_latex(told: &str) -> bool {
    told.lines().any(|line| {
        line.contains("pdflatex")
            && ["not found", "not recognized", "No such file"].iter().any(|no| line.contains(no))
    })
}

/// `./sheet.tex:12: Undefined control sequence.` or `! Emergency stop.`, taken apart.
fn error_line(line: &str) -> Option<(Option<(&str, usize)>, &str)> {
    if let Some(message) = line.strip_prefix("! ") {
        return Some((None, message));
    }
    if let Some(message) = line.strip_prefix("!pdfTeX error: ") {
        return Some((None, message));
    }
    // From the left, past the colon of a drive letter.
    for (colon, _) in line.match_indices(':') {
        let (file, rest) = (&line[..colon], &line[colon + 1..]);
        let Some((number, message)) = rest.split_once(": ") else { continue };
        if let (Ok(number), true) = (number.parse(), file.contains('.')) {
            return Some((Some((file, number)), message));
        }
    }
    None
}

/// What TeX says to someone who sits at its prompt, or about its own insides.
fn is_advice(line: &str) -> bool {
    let line = line.trim();
    let starts = [
        "See the ",
        "Type ",
        "or enter new name",
        "Enter file name",
        "For immediate help",
        "<read *>",
        "<*>",
        "->\\errmessage",
    ];
    line.is_empty() || line == "..." || starts.iter().any(|start| line.starts_with(start))
}

/// The name in ``File `mathtools.sty' not found``.
fn missing_file(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("File `")?;
    let (file, rest) = rest.split_once('\'')?;
    rest.trim_start().starts_with("not found").then(|| file.to_owned())
}

/// A line without what moves a terminal, and no longer than a message may be.
fn shortened(line: &str) -> String {
    let mut text: String =
        line.chars().take(WIDTH).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.chars().nth(WIDTH).is_some() {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_undefined_command_is_shown_with_its_line() {
        let log = "This is pdfTeX\n(./sheet.tex\nLaTeX Font Info: at 10:20: x\n\
                   ./sheet.tex:2: Undefined control sequence.\nl.2 a \\foo\n           b\n\
                   Here is how much of TeX's memory you used:\n";
        let found = complaint(log, "\\begin{document}\na \\foo b\n").unwrap();
        assert_eq!(
            found.to_string(),
            "Undefined control sequence.\n  l.2 a \\foo\n             b\n  line 2 of the .tex: a \\foo b"
        );
    }

    #[test]
    fn a_missing_package_is_named() {
        let log = "! LaTeX Error: File `nosuch.sty' not found.\n\nType X to quit or <RETURN> to proceed,\n\
                   or enter new name. (Default extension: sty)\n\nEnter file name: \n\
                   ./sheet.tex:3: Emergency stop.\n<read *> \n";
        let found = complaint(log, "").unwrap();
        assert_eq!(found.missing_file.as_deref(), Some("nosuch.sty"));
        assert_eq!(found.to_string(), "File `nosuch.sty' not found.");
    }

    #[test]
    fn places_are_taken_apart() {
        assert_eq!(error_line("C:/a b/x.sty:7: Bad."), Some((Some(("C:/a b/x.sty", 7)), "Bad.")));
        assert_eq!(error_line("Overfull \\hbox (1.0pt too wide) at lines 1--2"), None);
        assert_eq!(error_line("Package hyperref Info: 12: x"), None);
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        let cut = shortened(&"ä".repeat(300));
        assert_eq!(cut.chars().count(), WIDTH + 1);
    }

    #[test]
    fn a_missing_engine_is_told_from_other_errors() {
        assert!(lacks_latex("sh: 1: pdflatex: not found"));
        assert!(lacks_latex("'pdflatex' is not recognized as an internal or external command"));
        assert!(!lacks_latex("Rule 'pdflatex': File changes"));
    }
}
