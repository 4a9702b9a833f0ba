//! Data, given gradients, how numbers print, and the tasks that train, as text.

use super::Printer;
use crate::syntax::ast::{
    DataRow, EachSize, Expr, Ident, Name, RepeatCount, StartEntry, StatementKind,
};

impl Printer {
    /// A statement that [`Printer::statement`] leaves to this.
    pub(super) fn training(&mut self, kind: &StatementKind) {
        match kind {
            StatementKind::Data { inputs, outputs, rows } => {
                self.word("data (");
                self.list(inputs, Self::ident);
                self.word(" -> ");
                self.list(outputs, Self::ident);
                self.word(")");
                self.rows(rows);
            }
            StatementKind::Given { name, value, of } => {
                self.word("given grad(");
                self.name(name);
                self.word(")");
                if let Some(loss) = of {
                    self.word(" of ");
                    self.ident(loss);
                }
                self.word(" = ");
                self.expression(value);
            }
            StatementKind::Activation { name, parameter, body } => {
                self.word("activation ");
                self.ident(name);
                self.word("(");
                self.ident(parameter);
                self.word(") = ");
                self.expression(body);
            }
            StatementKind::Start { entries } => {
                self.word("start ");
                self.list(entries, Self::state);
            }
            StatementKind::Digits { count, significant } => {
                self.word("digits ");
                self.expression(count);
                if *significant {
                    self.word(" significant");
                }
            }
            StatementKind::NumberStyle { decimals } => {
                self.word(if *decimals { "numbers decimals" } else { "numbers fractions" });
            }
            StatementKind::Forward { row } => {
                self.word("forward");
                if let Some(row) = row {
                    self.word(" on ");
                    self.expression(row);
                }
            }
            StatementKind::Partial { of, by } => {
                self.word("partial ");
                self.name(of);
                self.word(" by ");
                self.name(by);
            }
            StatementKind::Set { entries } => {
                self.word("set ");
                self.list(entries, Self::setting);
            }
            StatementKind::Reset => self.word("reset"),
            StatementKind::Reminder => self.word("reminder"),
            StatementKind::Repeat { count, body } => {
                self.word("repeat ");
                match count {
                    RepeatCount::Times(times) => self.expression(times),
                    RepeatCount::Range { index, range } => {
                        self.ident(index);
                        self.word(" in ");
                        self.range(range);
                    }
                }
                self.block(body);
            }
            StatementKind::Each { size, body } => {
                self.word("each");
                match size {
                    EachSize::Row => {}
                    EachSize::Batch(rows) => {
                        self.word(" ");
                        self.expression(rows);
                    }
                    EachSize::All => self.word(" all"),
                }
                self.block(body);
            }
            _ => unreachable!("all others are printed where this is called"),
        }
    }

    fn ident(&mut self, ident: &Ident) {
        self.word(&ident.text);
    }

    fn rows(&mut self, rows: &[DataRow]) {
        self.open_block();
        for row in rows {
            self.margin();
            self.list(&row.inputs, Self::expression);
            self.word(" -> ");
            self.list(&row.outputs, Self::expression);
            self.word("\n");
        }
        self.close_block();
    }

    fn setting(&mut self, (name, value): &(Name, Expr)) {
        self.name(name);
        self.word(" = ");
        self.expression(value);
    }

    fn state(&mut self, entry: &StartEntry) {
        self.ident(&entry.letter);
        self.word("[");
        self.name(&entry.parameter);
        self.word("] = ");
        self.expression(&entry.value);
    }
}
