//! From the source tree back to a text.
//!
//! Printing what was parsed and parsing it again gives the same tree, spans aside. Parentheses stand in
//! the tree; where a tree that was not parsed needs more, they are added.

mod expressions;
mod prose;
mod training;

use std::fmt::Write;

use super::ast::{
    ConventionClause, DisplayEntry, File, Leaf, MetadataField, Points, Prose, Role, Sense,
    Statement, StatementKind, Targets,
};
use crate::exact::Rational;

/// The canonical text of a file: one statement a line, blocks indented by two blanks.
///
/// ```
/// use nablatex::{source::Source, syntax};
///
/// let parsed = syntax::parse(&Source::new("exercise.nabla", "part \"A\"(1 point){forward;gradient w}"));
/// assert_eq!(
///     syntax::print(&parsed.file),
///     "part \"A\" (1 point) {\n  forward\n  gradient w\n}\n",
/// );
/// ```
pub fn print(file: &File) -> String {
    let mut printer = Printer { text: String::new(), indent: 0 };
    printer.statements(&file.statements);
    printer.text
}

struct Printer {
    text: String,
    /// The blocks around the present statement.
    indent: usize,
}

impl Printer {
    fn word(&mut self, word: &str) {
        self.text.push_str(word);
    }

    /// Something that prints as itself.
    fn display(&mut self, shown: impl std::fmt::Display) {
        write!(self.text, "{shown}").expect("a string takes all that is written");
    }

    fn margin(&mut self) {
        self.text.extend(std::iter::repeat_n("  ", self.indent));
    }

    fn list<T>(&mut self, items: &[T], mut item: impl FnMut(&mut Self, &T)) {
        for (position, listed) in items.iter().enumerate() {
            if position > 0 {
                self.word(", ");
            }
            item(self, listed);
        }
    }

    fn statements(&mut self, statements: &[Statement]) {
        for statement in statements {
            self.margin();
            self.statement(&statement.kind);
            self.word("\n");
        }
    }

    fn statement(&mut self, kind: &StatementKind) {
        match kind {
            StatementKind::Metadata { field, text } => self.with_text(field_word(*field), text),
            StatementKind::Declaration { role, leaves } => {
                self.word(role_word(*role));
                self.word(" ");
                self.list(leaves, Self::leaf);
            }
            StatementKind::Node { name, value } => {
                self.name(name);
                self.word(" = ");
                self.expression(value);
            }
            StatementKind::Objective { sense, name, value } => {
                self.word(match sense {
                    Sense::Minimize => "loss ",
                    Sense::Maximize => "maximize ",
                });
                self.name(name);
                self.word(" = ");
                self.expression(value);
            }
            StatementKind::Function { name, parameters, body } => {
                self.word("def ");
                self.word(&name.text);
                self.word("(");
                self.list(parameters, |printer, parameter| printer.word(&parameter.text));
                self.word(") = ");
                self.expression(body);
            }
            StatementKind::For { index, range, body } => {
                self.word("for ");
                self.word(&index.text);
                self.word(" in ");
                self.range(range);
                self.block(body);
            }
            StatementKind::Convention { clauses } => {
                self.word("convention ");
                self.list(clauses, Self::clause);
            }
            StatementKind::Display { entries } => {
                self.word("display ");
                self.list(entries, Self::entry);
            }
            StatementKind::Part { title, points, body } => {
                self.title("part", title, points.as_ref());
                self.block(body);
            }
            StatementKind::Question { title, points, answers } => {
                self.title("question", title, points.as_ref());
                self.answers(answers);
            }
            StatementKind::Text { text } => self.with_text("text", text),
            StatementKind::Note { text } => self.with_text("note", text),
            StatementKind::Gradient { targets, in_symbols } => {
                self.word("gradient ");
                match targets {
                    Targets::All => self.word("all"),
                    Targets::Names(names) => self.list(names, Self::name),
                }
                if *in_symbols {
                    self.word(" in symbols");
                }
            }
            StatementKind::Update { parameters, optimiser } => {
                self.word("update ");
                if let Targets::Names(names) = parameters {
                    self.list(names, Self::name);
                    self.word(" by ");
                }
                self.call(optimiser);
            }
            other => self.training(other),
        }
    }

    fn block(&mut self, body: &[Statement]) {
        self.open_block();
        self.statements(body);
        self.close_block();
    }

    fn answers(&mut self, answers: &[Prose]) {
        self.open_block();
        for answer in answers {
            self.margin();
            self.with_text("answer", answer);
            self.word("\n");
        }
        self.close_block();
    }

    fn open_block(&mut self) {
        self.word(" {\n");
        self.indent += 1;
    }

    fn close_block(&mut self) {
        self.indent -= 1;
        self.margin();
        self.word("}");
    }

    fn with_text(&mut self, word: &str, text: &Prose) {
        self.word(word);
        self.word(" ");
        self.prose(text);
    }

    fn title(&mut self, word: &str, title: &Prose, points: Option<&Points>) {
        self.with_text(word, title);
        if let Some(points) = points {
            self.word(" (");
            self.display(&points.value);
            self.word(if points.value == Rational::from(1) { " point)" } else { " points)" });
        }
    }

    fn leaf(&mut self, leaf: &Leaf) {
        self.name(&leaf.name);
        if let Some(value) = &leaf.value {
            self.word(" = ");
            self.expression(value);
        }
    }

    fn clause(&mut self, clause: &ConventionClause) {
        self.word(&clause.function.text);
        self.word("'(");
        self.word(&clause.place.text);
        self.word(") = ");
        self.expression(&clause.value);
    }

    fn entry(&mut self, entry: &DisplayEntry) {
        self.name(&entry.name);
        self.word(" = \"");
        self.word(&entry.text);
        self.word("\"");
    }
}

fn field_word(field: MetadataField) -> &'static str {
    match field {
        MetadataField::Title => "title",
        MetadataField::Author => "author",
        MetadataField::Course => "course",
        MetadataField::Date => "date",
        MetadataField::Language => "lang",
    }
}

fn role_word(role: Role) -> &'static str {
    match role {
        Role::Input => "input",
        Role::Target => "target",
        Role::Parameter => "param",
        Role::Constant => "const",
    }
}
