//! Data, given gradients, and the tasks that train with them.

use pest::iterators::Pair;

use super::Builder;
use super::statements::{COMPLETE, Item, only, parts};
use crate::syntax::ast::{DataRow, EachSize, Expr, Ident, Name, StartEntry, StatementKind};
use crate::syntax::error::SyntaxErrorKind;
use crate::syntax::grammar::Rule;

impl Builder<'_> {
    /// The rows of a `data`; none if one of them is lost: a table with a gap has other row numbers.
    pub(super) fn rows(&mut self, items: Vec<Item>) -> Option<Vec<DataRow>> {
        let mut rows = Vec::with_capacity(items.len());
        let mut complete = true;
        let mut strangers = Vec::new();
        for item in items {
            match item {
                Item::Row(row) => rows.push(row),
                Item::LostRow => complete = false,
                Item::Statement(statement) => strangers.push(statement.span),
                Item::Answer(span, _) => strangers.push(span),
            }
        }
        // Once: where the `}` is in the wrong place, all that follows is no row.
        if let Some(first) = strangers.first() {
            self.report(*first, SyntaxErrorKind::NotARow);
        }
        for span in strangers {
            self.lose(span);
        }
        complete.then_some(rows)
    }

    pub(super) fn row(&mut self, pair: Pair<'_, Rule>) -> DataRow {
        let span = self.span(&pair);
        let mut entries = parts(pair).map(|pair| -> Vec<Expr> {
            pair.into_inner().map(|pair| self.expression(pair)).collect()
        });
        let mut next = || entries.next().expect(COMPLETE);
        DataRow { span, inputs: next(), outputs: next() }
    }

    pub(super) fn idents(&mut self, pair: Pair<'_, Rule>) -> Vec<Ident> {
        pair.into_inner().map(|pair| self.ident(&pair)).collect()
    }

    /// `given grad(z) = -3`, from its parts.
    pub(super) fn given<'i>(
        &mut self,
        mut inner: impl Iterator<Item = Pair<'i, Rule>>,
    ) -> StatementKind {
        let mut next = || inner.next().expect(COMPLETE);
        let name = self.name(only(next()));
        let second = next();
        match inner.next() {
            Some(value) => {
                let of = Some(self.ident(&second));
                StatementKind::Given { name, value: self.expression(value), of }
            }
            None => StatementKind::Given { name, value: self.expression(second), of: None },
        }
    }

    /// `x = 2` of a `set`.
    pub(super) fn setting(&mut self, pair: Pair<'_, Rule>) -> (Name, Expr) {
        let mut inner = parts(pair);
        let mut next = || inner.next().expect(COMPLETE);
        (self.name(next()), self.expression(next()))
    }

    /// `v[w] = -1` of a `start`.
    pub(super) fn state(&mut self, pair: Pair<'_, Rule>) -> StartEntry {
        let span = self.span(&pair);
        let mut inner = parts(pair);
        let mut next = || inner.next().expect(COMPLETE);
        StartEntry {
            span,
            letter: self.ident(&next()),
            parameter: self.name(only(next())),
            value: self.expression(next()),
        }
    }

    /// What stands between `each` and its block.
    pub(super) fn size(&mut self, pair: Option<Pair<'_, Rule>>) -> EachSize {
        match pair {
            None => EachSize::Row,
            Some(pair) if pair.as_rule() == Rule::all => EachSize::All,
            Some(pair) => EachSize::Batch(self.expression(pair)),
        }
    }
}
