//! Strings as text.

use super::Printer;
use crate::exact::Relation;
use crate::syntax::ast::{Expr, ExprKind, Prose, Segment};

impl Printer {
    pub(super) fn prose(&mut self, prose: &Prose) {
        match prose.paragraphs.as_slice() {
            [] => self.word("\"\""),
            [paragraph] => {
                self.word("\"");
                self.paragraph(paragraph);
                self.word("\"");
            }
            paragraphs => {
                self.word("\"\"\"");
                for (position, paragraph) in paragraphs.iter().enumerate() {
                    self.word(if position > 0 { "\n\n" } else { "\n" });
                    self.margin();
                    self.paragraph(paragraph);
                }
                self.word("\n");
                self.margin();
                self.word("\"\"\"");
            }
        }
    }

    fn paragraph(&mut self, segments: &[Segment]) {
        for segment in segments {
            match segment {
                Segment::Literal(text) => self.literal(text),
                Segment::Math(expr) => {
                    self.word("$");
                    self.mathematics(expr);
                    self.word("$");
                }
                Segment::Value { expr, pass } => {
                    self.word("{= ");
                    self.expression(expr);
                    if let Some(pass) = pass {
                        self.word(" in pass ");
                        self.expression(pass);
                    }
                    self.word("}");
                }
            }
        }
    }

    fn literal(&mut self, text: &str) {
        for character in text.chars() {
            if matches!(character, '"' | '\\' | '$') {
                self.word("\\");
            }
            self.text.push(character);
        }
    }

    /// In prose, equality is written with one sign, as on paper.
    fn mathematics(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Comparison { left, relation: Relation::Equal, right } => {
                self.comparison(left, "=", right);
            }
            _ => self.expression(expr),
        }
    }
}
