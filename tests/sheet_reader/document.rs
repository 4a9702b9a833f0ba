//! A sheet as prose, displays and tables, in order.

use super::Problem;
use super::lexer::{Kind, Token, group_end, tokens};

/// A stretch of a sheet.
#[derive(Clone, Debug)]
pub enum Item<'t> {
    /// Lines of text, up to an empty line or anything else that ends a paragraph.
    Prose {
        text: &'t str,
        line: usize,
    },
    Display(Display<'t>),
    /// The rows of a table, cells apart, and what stands above them.
    Table {
        head: Vec<&'t str>,
        rows: Vec<Vec<&'t str>>,
        line: usize,
    },
}

/// A display: chains of comparisons, with words between.
#[derive(Clone, Debug, Default)]
pub struct Display<'t> {
    pub statements: Vec<Statement<'t>>,
    /// Words, each with its line and the number of statements before it.
    pub words: Vec<(usize, &'t str, usize)>,
    pub line: usize,
    /// Its text, for what is looked for in the characters.
    pub text: &'t str,
}

/// A chain on one or several lines.
#[derive(Clone, Debug, Default)]
pub struct Statement<'t> {
    pub tokens: Vec<Token<'t>>,
    /// What stands behind "as".
    pub reasons: Vec<Vec<Token<'t>>>,
    pub line: usize,
    /// Its last form stands on more than one line.
    pub ends_broken: bool,
}

/// Commands whose lines are paragraphs of their own.
const HEADINGS: [&str; 4] = ["\\section", "\\subsection", "\\subsubsection", "\\steptitle"];

/// The stretches of a document's or fragment's body.
pub fn items(document: &str) -> Result<Vec<Item<'_>>, Problem> {
    let mut items = Vec::new();
    let mut offset =
        document.find("\\begin{document}").map_or(0, |at| at + "\\begin{document}".len());
    let end = document.find("\\end{document}").unwrap_or(document.len());
    let mut paragraph: Option<(usize, usize)> = None;
    let line_of = |at: usize| line_of(document, at);
    while offset < end {
        let rest = &document[offset..end];
        let length = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let line = rest[..length].trim();
        if let Some(name) = environment(line) {
            close_paragraph(document, &mut items, &mut paragraph);
            let close_tag = format!("\\end{{{name}}}");
            let inner_start = offset + length;
            let Some(inner_length) = document[inner_start..end].find(&close_tag) else {
                return Err(Problem::new(line_of(offset), format!("no {close_tag}")));
            };
            let inner = &document[inner_start..inner_start + inner_length];
            let number = line_of(inner_start);
            if name == "align*" {
                items.push(Item::Display(display(inner, number)?));
            } else {
                let (head, body) = inner.split_once("\\endhead").unwrap_or(("", inner));
                let head = table(head).into_iter().last().unwrap_or_default();
                items.push(Item::Table { head, rows: table(body), line: number });
            }
            offset = inner_start + inner_length + close_tag.len();
            continue;
        }
        if line.is_empty() || line.starts_with('%') {
            close_paragraph(document, &mut items, &mut paragraph);
        } else if HEADINGS.iter().any(|heading| line.starts_with(heading)) {
            close_paragraph(document, &mut items, &mut paragraph);
            items.push(Item::Prose { text: &rest[..length], line: line_of(offset) });
        } else if !line.starts_with("\\providecommand") {
            let from = paragraph.map_or(offset, |(from, _)| from);
            paragraph = Some((from, offset + length));
        }
        offset += length;
    }
    close_paragraph(document, &mut items, &mut paragraph);
    Ok(items)
}

/// The number of the line of a place.
fn line_of(document: &str, at: usize) -> usize {
    document[..at].matches('\n').count() + 1
}

/// The paragraph so far, if there is one.
fn close_paragraph<'t>(
    document: &'t str,
    items: &mut Vec<Item<'t>>,
    paragraph: &mut Option<(usize, usize)>,
) {
    if let Some((from, to)) = paragraph.take() {
        items.push(Item::Prose { text: &document[from..to], line: line_of(document, from) });
    }
}

/// The environment that a line opens and that holds mathematics.
fn environment(line: &str) -> Option<&'static str> {
    ["align*", "longtable", "tabular"].into_iter().find(|name| {
        line.strip_prefix("\\begin{")
            .and_then(|rest| rest.strip_prefix(name))
            .is_some_and(|rest| rest.starts_with('}'))
    })
}

/// The rows of a table, without rules.
fn table(text: &str) -> Vec<Vec<&str>> {
    text.split("\\\\")
        .map(|row| {
            let mut row = row.trim();
            while let Some(rest) = ["\\midrule", "\\bottomrule", "\\toprule", "\\addlinespace"]
                .iter()
                .find_map(|rule| row.strip_prefix(rule))
            {
                row = rest.trim_start();
            }
            row
        })
        .filter(|row| row.contains('&'))
        .map(|row| row.split('&').map(str::trim).collect())
        .collect()
}

/// The statements of an `align*`.
fn display(text: &str, line: usize) -> Result<Display<'_>, Problem> {
    let all = tokens(text, line)?;
    let mut builder = Builder {
        display: Display { line, text, ..Display::default() },
        row: Vec::new(),
        reason: None,
    };
    let mut depth = 0_usize;
    let mut position = 0;
    while position < all.len() {
        let token = all[position];
        position += 1;
        match token.kind {
            Kind::Begin(_) => depth += 1,
            Kind::End(_) => depth = depth.saturating_sub(1),
            Kind::Break if depth == 0 => {
                builder.end_row()?;
                continue;
            }
            Kind::Prose(words) => {
                builder.end_row()?;
                let before = builder.display.statements.len();
                builder.display.words.push((token.line, words, before));
                continue;
            }
            Kind::Command("reason" | "reasonbelow") => {
                if all.get(position).map(|next| next.kind) != Some(Kind::Sign('{')) {
                    return Err(Problem::new(token.line, "a reason without braces"));
                }
                let end = group_end(&all, position)?;
                let given = all[position + 1..end - 1].to_vec();
                if given.is_empty() || builder.reason.is_some() {
                    return Err(Problem::new(token.line, "an empty reason, or two on one line"));
                }
                builder.reason = Some(given);
                position = end;
                continue;
            }
            _ => {}
        }
        builder.row.push(token);
    }
    builder.end_row()?;
    if builder.display.statements.is_empty() {
        return Err(Problem::new(line, "an empty display"));
    }
    Ok(builder.display)
}

/// A display up to the present row.
struct Builder<'t> {
    display: Display<'t>,
    row: Vec<Token<'t>>,
    reason: Option<Vec<Token<'t>>>,
}

impl Builder<'_> {
    /// A row that begins left of the column of signs begins a statement; any other continues one.
    fn end_row(&mut self) -> Result<(), Problem> {
        let row = std::mem::take(&mut self.row);
        let reason = self.reason.take();
        let Some(line) = row.first().or(reason.as_ref().and_then(|reason| reason.first())) else {
            return Ok(());
        };
        let line = line.line;
        let begins = row.first().is_some_and(|first| first.kind != Kind::Sign('&'));
        if begins {
            self.display.statements.push(Statement { line, ..Statement::default() });
        }
        let Some(statement) = self.display.statements.last_mut() else {
            return Err(Problem::new(line, "a display begins with a continued line"));
        };
        let formula = without_column_marks(&row);
        if let (false, Some(first)) = (begins, formula.first()) {
            let is_link =
                matches!(first.kind, Kind::Sign('=') | Kind::Command("approx" | "leftarrow"));
            statement.ends_broken = !is_link;
        }
        statement.tokens.extend(formula);
        statement.reasons.extend(reason);
        Ok(())
    }
}

/// Without the `&` of columns; those within case distinctions stay.
fn without_column_marks<'t>(row: &[Token<'t>]) -> Vec<Token<'t>> {
    let mut depth = 0_usize;
    row.iter()
        .filter(|token| {
            match token.kind {
                Kind::Begin(_) => depth += 1,
                Kind::End(_) => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth > 0 || token.kind != Kind::Sign('&')
        })
        .copied()
        .collect()
}

/// The formulas of a line of prose: what stands between dollars, each with its line.
pub fn formulas(text: &str, line: usize) -> Result<Vec<(&str, usize)>, Problem> {
    let mut formulas = Vec::new();
    let mut open: Option<usize> = None;
    let mut escaped = false;
    for (position, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '$' => match open.take() {
                Some(start) => {
                    let at = line + text[..start].matches('\n').count();
                    formulas.push((&text[start..position], at));
                }
                None => open = Some(position + 1),
            },
            _ => {}
        }
    }
    if open.is_some() {
        return Err(Problem::new(line, "a dollar without its partner"));
    }
    Ok(formulas)
}
