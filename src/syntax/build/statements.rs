//! Statements, tasks and blocks.

use pest::iterators::{Pair, Pairs};

use super::Builder;
use crate::exact::Rational;
use crate::source::Span;
use crate::syntax::ast::{
    ConventionClause, DataRow, DisplayEntry, EachSize, Ident, Leaf, MetadataField, Name, Points,
    Prose, Range, RepeatCount, Role, Sense, Statement, StatementKind, Targets,
};
use crate::syntax::error::SyntaxErrorKind;
use crate::syntax::grammar::Rule;

/// What may stand in a block.
#[expect(clippy::large_enum_variant, reason = "nearly every item is a statement")]
pub(in crate::syntax) enum Item {
    Statement(Statement),
    /// The `answer` of a question.
    Answer(Span, Prose),
    /// A row of `data`.
    Row(DataRow),
    /// A row that could not be read.
    LostRow,
}

/// What stands before a block.
pub(in crate::syntax) enum Head {
    Part { title: Prose, points: Option<Points> },
    Question { title: Prose, points: Option<Points> },
    For { index: Ident, range: Range },
    Repeat { count: RepeatCount },
    Each { size: EachSize },
    Data { inputs: Vec<Ident>, outputs: Vec<Ident> },
}

impl Head {
    /// What stands for the faulty head of a block, if the block is worth keeping all the same: the tasks of
    /// a part must not be missed because of its title.
    pub(in crate::syntax) fn substitute(word: &str, span: Span) -> Option<Self> {
        let title = Prose { span, paragraphs: Vec::new() };
        match word {
            "part" => Some(Self::Part { title, points: None }),
            "question" => Some(Self::Question { title, points: None }),
            _ => None,
        }
    }

    fn is_titled(&self) -> bool {
        matches!(self, Self::Part { .. } | Self::Question { .. })
    }

    /// Whether its block holds rows.
    pub(in crate::syntax) fn has_rows(&self) -> bool {
        matches!(self, Self::Data { .. })
    }
}

pub(super) const COMPLETE: &str = "the grammar gives every statement all its parts";

impl Builder<'_> {
    /// The statements of a file.
    pub(in crate::syntax) fn statements(&mut self, pairs: Pairs<'_, Rule>) -> Vec<Statement> {
        let items = self.items(pairs);
        self.without_answers(items)
    }

    fn items(&mut self, pairs: Pairs<'_, Rule>) -> Vec<Item> {
        pairs
            .filter(|pair| pair.as_rule() != Rule::EOI)
            .filter_map(|pair| self.item(pair))
            .collect()
    }

    /// An `answer` outside of a question is an error.
    pub(in crate::syntax) fn without_answers(&mut self, items: Vec<Item>) -> Vec<Statement> {
        let mut statements = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Item::Statement(statement) => statements.push(statement),
                Item::Answer(span, _) => self.report(span, SyntaxErrorKind::MisplacedAnswer),
                // Rows are read in `data` alone.
                Item::Row(_) | Item::LostRow => {}
            }
        }
        statements
    }

    /// Anything but an `answer` in a question is an error.
    fn answers(&mut self, items: Vec<Item>) -> Vec<Prose> {
        let mut answers = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Item::Answer(_, text) => answers.push(text),
                Item::Statement(statement) => {
                    self.report(statement.span, SyntaxErrorKind::NotAnAnswer);
                }
                Item::Row(_) | Item::LostRow => {}
            }
        }
        answers
    }

    /// One statement; none if it is lost because of an error in it.
    pub(in crate::syntax) fn item(&mut self, pair: Pair<'_, Rule>) -> Option<Item> {
        let span = self.span(&pair);
        if pair.as_rule() == Rule::compound {
            let mut inner = pair.into_inner();
            let faults = self.faults;
            let head = self.head(inner.next().expect(COMPLETE));
            let head = (self.faults == faults || head.is_titled()).then_some(head);
            let items = self.items(inner.next().expect(COMPLETE).into_inner());
            return self.block(span, head, items);
        }
        let faults = self.faults;
        let is_row = pair.as_rule() == Rule::row;
        let item = if is_row { Item::Row(self.row(pair)) } else { self.simple(span, pair) };
        if self.faults > faults {
            self.lose(span);
            return is_row.then_some(Item::LostRow);
        }
        Some(item)
    }

    /// A statement without a block.
    fn simple(&mut self, span: Span, pair: Pair<'_, Rule>) -> Item {
        let rule = pair.as_rule();
        let mut inner = parts(pair);
        let mut next = || inner.next().expect(COMPLETE);
        let kind = match rule {
            Rule::node => {
                StatementKind::Node { name: self.name(next()), value: self.expression(next()) }
            }
            Rule::declaration => StatementKind::Declaration {
                role: role(next().as_str()),
                leaves: inner.map(|pair| self.leaf(pair)).collect(),
            },
            Rule::objective => StatementKind::Objective {
                sense: if next().as_str() == "loss" { Sense::Minimize } else { Sense::Maximize },
                name: self.name(next()),
                value: self.expression(next()),
            },
            Rule::metadata => StatementKind::Metadata {
                field: field(next().as_str()),
                text: self.string(&next()),
            },
            Rule::function => StatementKind::Function {
                name: self.ident(&next()),
                parameters: next().into_inner().map(|pair| self.ident(&pair)).collect(),
                body: self.expression(next()),
            },
            Rule::convention => {
                StatementKind::Convention { clauses: inner.map(|pair| self.clause(pair)).collect() }
            }
            Rule::display => {
                StatementKind::Display { entries: inner.map(|pair| self.entry(pair)).collect() }
            }
            Rule::answer => return Item::Answer(span, self.string(&next())),
            Rule::text => StatementKind::Text { text: self.string(&next()) },
            Rule::note => StatementKind::Note { text: self.string(&next()) },
            Rule::forward => {
                StatementKind::Forward { row: inner.next().map(|pair| self.expression(pair)) }
            }
            Rule::gradient => StatementKind::Gradient {
                targets: self.targets(next()),
                in_symbols: inner.next().is_some(),
            },
            Rule::update => {
                let first = next();
                self.update(first, inner)
            }
            Rule::partial => {
                StatementKind::Partial { of: self.name(next()), by: self.name(next()) }
            }
            Rule::set => {
                StatementKind::Set { entries: inner.map(|pair| self.setting(pair)).collect() }
            }
            Rule::reset => StatementKind::Reset,
            Rule::reminder => StatementKind::Reminder,
            Rule::given => self.given(inner),
            Rule::activation => StatementKind::Activation {
                name: self.ident(&next()),
                parameter: self.ident(&only(next())),
                body: self.expression(next()),
            },
            Rule::start => {
                StatementKind::Start { entries: inner.map(|pair| self.state(pair)).collect() }
            }
            Rule::digits => StatementKind::Digits {
                count: self.expression(next()),
                significant: inner.next().is_some(),
            },
            Rule::numbers => StatementKind::NumberStyle { decimals: next().as_str() == "decimals" },
            other => unreachable!("{other:?} is no statement"),
        };
        Item::Statement(Statement { span, kind })
    }

    /// What stands before a block.
    pub(in crate::syntax) fn head(&mut self, pair: Pair<'_, Rule>) -> Head {
        let rule = pair.as_rule();
        let mut inner = parts(pair);
        if rule == Rule::each_head {
            return Head::Each { size: self.size(inner.next()) };
        }
        let first = inner.next().expect(COMPLETE);
        let second = inner.next();
        match (rule, second) {
            (Rule::part_head, points) => Head::Part {
                title: self.string(&first),
                points: points.map(|pair| self.points(pair)),
            },
            (Rule::question_head, points) => Head::Question {
                title: self.string(&first),
                points: points.map(|pair| self.points(pair)),
            },
            (Rule::for_head, Some(range)) => {
                Head::For { index: self.ident(&first), range: self.range(range) }
            }
            (Rule::repeat_head, Some(range)) => {
                let count =
                    RepeatCount::Range { index: self.ident(&first), range: self.range(range) };
                Head::Repeat { count }
            }
            (Rule::repeat_head, None) => {
                Head::Repeat { count: RepeatCount::Times(self.expression(first)) }
            }
            (Rule::table_head, None) => {
                let mut columns = parts(first).map(|pair| self.idents(pair));
                let mut next = || columns.next().expect(COMPLETE);
                Head::Data { inputs: next(), outputs: next() }
            }
            (other, _) => unreachable!("{other:?} heads no block"),
        }
    }

    /// A block with its head; without one it is lost.
    pub(in crate::syntax) fn block(
        &mut self,
        span: Span,
        head: Option<Head>,
        items: Vec<Item>,
    ) -> Option<Item> {
        let kind = match head {
            None => {
                self.lose(span);
                return None;
            }
            Some(Head::Question { title, points }) => {
                StatementKind::Question { title, points, answers: self.answers(items) }
            }
            Some(Head::Part { title, points }) => {
                StatementKind::Part { title, points, body: self.without_answers(items) }
            }
            Some(Head::For { index, range }) => {
                StatementKind::For { index, range, body: self.without_answers(items) }
            }
            Some(Head::Repeat { count }) => {
                StatementKind::Repeat { count, body: self.without_answers(items) }
            }
            Some(Head::Each { size }) => {
                StatementKind::Each { size, body: self.without_answers(items) }
            }
            Some(Head::Data { inputs, outputs }) => {
                let Some(rows) = self.rows(items) else {
                    self.lose(span);
                    return None;
                };
                StatementKind::Data { inputs, outputs, rows }
            }
        };
        Some(Item::Statement(Statement { span, kind }))
    }

    fn update<'i>(
        &mut self,
        first: Pair<'i, Rule>,
        rest: impl Iterator<Item = Pair<'i, Rule>>,
    ) -> StatementKind {
        let mut rest = rest;
        let mut next = || rest.next().expect(COMPLETE);
        let (parameters, function) = match first.as_rule() {
            Rule::names => (self.targets(first), next()),
            _ => (Targets::All, first),
        };
        let function = self.word(&function);
        let optimiser = self.call(function, next());
        optimiser.arguments.iter().for_each(|argument| self.check_depth(&argument.value));
        StatementKind::Update { parameters, optimiser }
    }

    fn targets(&mut self, pair: Pair<'_, Rule>) -> Targets {
        let names: Vec<Name> = pair.into_inner().map(|pair| self.name(pair)).collect();
        match names.as_slice() {
            [only] if only.ident.text == "all" && only.indices.is_empty() => Targets::All,
            _ => Targets::Names(names),
        }
    }

    pub(super) fn name(&mut self, pair: Pair<'_, Rule>) -> Name {
        let span = self.span(&pair);
        let mut inner = pair.into_inner();
        let ident = self.ident(&inner.next().expect(COMPLETE));
        let indices = inner.next().into_iter().flat_map(Pair::into_inner);
        let indices = indices.map(|pair| self.expression(pair)).collect();
        Name { span, ident, indices }
    }

    fn leaf(&mut self, pair: Pair<'_, Rule>) -> Leaf {
        let mut inner = parts(pair);
        let name = self.name(inner.next().expect(COMPLETE));
        let value = inner.next().map(|pair| self.expression(pair));
        Leaf { name, value }
    }

    fn clause(&mut self, pair: Pair<'_, Rule>) -> ConventionClause {
        let span = self.span(&pair);
        let mut inner = parts(pair);
        let mut next = || inner.next().expect(COMPLETE);
        let mut function = self.word(&next());
        if let Some(name) = function.text.strip_suffix('\'') {
            function.text.truncate(name.len());
        } else {
            let kind = SyntaxErrorKind::ConventionWithoutPrime { function: function.text.clone() };
            self.report(function.span, kind);
        }
        let place = self.word(&next());
        let value = self.expression(next());
        ConventionClause { span, function, place, value }
    }

    fn entry(&mut self, pair: Pair<'_, Rule>) -> DisplayEntry {
        let mut inner = parts(pair);
        let name = self.name(inner.next().expect(COMPLETE));
        let quoted = self.span(&inner.next().expect(COMPLETE));
        let text_span = Span::new(quoted.start + 1, quoted.end - 1);
        DisplayEntry { name, text_span, text: self.text[text_span.start..text_span.end].into() }
    }

    fn string(&mut self, pair: &Pair<'_, Rule>) -> Prose {
        let span = self.span(pair);
        self.prose(span)
    }

    fn points(&mut self, pair: Pair<'_, Rule>) -> Points {
        let span = self.span(&pair);
        let mut inner = pair.into_inner();
        let mut value = self.number(&inner.next().expect(COMPLETE)).value;
        if let Some(divisor) = inner.next() {
            let divisor = self.number(&divisor).value;
            let numerator = value.numerator() * divisor.denominator();
            let denominator = value.denominator() * divisor.numerator();
            match Rational::new(numerator, denominator) {
                Some(quotient) => value = quotient,
                None => self.report(span, SyntaxErrorKind::PointsByZero),
            }
        }
        Points { span, value }
    }

    fn range(&mut self, pair: Pair<'_, Rule>) -> Range {
        let span = self.span(&pair);
        let mut inner = parts(pair);
        let first = self.expression(inner.next().expect(COMPLETE));
        let last = self.expression(inner.next().expect(COMPLETE));
        Range { span, first, last }
    }
}

/// What a pair is made of, signs aside.
pub(super) fn parts(pair: Pair<'_, Rule>) -> impl Iterator<Item = Pair<'_, Rule>> {
    pair.into_inner().filter(|pair| !is_sign(pair.as_rule()))
}

/// What a pair is made of that is one thing in brackets.
pub(super) fn only(pair: Pair<'_, Rule>) -> Pair<'_, Rule> {
    parts(pair).next().expect(COMPLETE)
}

fn is_sign(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::equals
            | Rule::through
            | Rule::arrow
            | Rule::closes
            | Rule::within
            | Rule::by
            | Rule::on
            | Rule::of
            | Rule::grad
    )
}

fn role(word: &str) -> Role {
    match word {
        "input" => Role::Input,
        "target" => Role::Target,
        "param" => Role::Parameter,
        _ => Role::Constant,
    }
}

fn field(word: &str) -> MetadataField {
    match word {
        "title" => MetadataField::Title,
        "author" => MetadataField::Author,
        "course" => MetadataField::Course,
        "date" => MetadataField::Date,
        _ => MetadataField::Language,
    }
}
