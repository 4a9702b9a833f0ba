//! Printing a tree and reading the text gives the tree again, spans aside.

use nablatex::exact::{Rational, Relation};
use nablatex::source::{Source, Span};
use nablatex::syntax::ast::{
    Argument, Call, ConventionClause, DataRow, DisplayEntry, EachSize, Expr, ExprKind, Factor,
    File, Ident, Leaf, MetadataField, Name, NumberLiteral, Points, Prose, Range, RepeatCount, Role,
    Segment, Sense, StartEntry, Statement, StatementKind, Targets, Term,
};
use nablatex::syntax::{parse, print};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const NOWHERE: Span = Span::new(0, 0);

/// A tree's debug form with every span the same.
fn without_spans(file: &File) -> String {
    let debug = format!("{file:?}");
    let mut pieces = debug.split("Span { ");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (_, rest) = piece.split_once('}').expect("a span ends");
        text.push_str("Span");
        text.push_str(rest);
    }
    text
}

fn expr(kind: ExprKind) -> Expr {
    Expr { span: NOWHERE, kind }
}

fn ident() -> impl Strategy<Value = Ident> {
    select(vec!["x", "w0", "h", "yhat", "α", "e", "T", "max", "lambda", "net_o1", "w'", "_", "é"])
        .prop_map(|text| Ident { span: NOWHERE, text: text.into() })
}

fn plain_name() -> impl Strategy<Value = Name> {
    ident().prop_map(|ident| Name { span: NOWHERE, ident, indices: Vec::new() })
}

fn number() -> impl Strategy<Value = Expr> {
    let integer = (0_i64..=i64::MAX).prop_map(|value| (Rational::from(value), false));
    let decimal = (0_i64..1_000_000, 0_u32..30, any::<bool>()).prop_map(|(digits, power, down)| {
        let sign = if down { "-" } else { "" };
        let value = Rational::parse_decimal(&format!("{digits}e{sign}{power}"));
        (value.expect("a decimal"), true)
    });
    prop_oneof![integer, decimal]
        .prop_map(|(value, decimal)| expr(ExprKind::Number(NumberLiteral { value, decimal })))
}

/// Expressions by what may stand where: each function's operands are of a tighter kind, so that no
/// parentheses are needed but those in the tree.
#[derive(Clone)]
struct Layers {
    sum: BoxedStrategy<Expr>,
    atom: BoxedStrategy<Expr>,
}

fn layers(depth: u32) -> Layers {
    if depth == 0 {
        let atom =
            prop_oneof![number(), plain_name().prop_map(|name| expr(ExprKind::Name(name)))].boxed();
        return Layers { sum: atom.clone(), atom };
    }
    let inner = layers(depth - 1);
    let group = inner.sum.clone().prop_map(|inner| expr(ExprKind::Group(Box::new(inner))));
    let indexed = (ident(), vec(inner.sum.clone(), 1..3))
        .prop_map(|(ident, indices)| expr(ExprKind::Name(Name { span: NOWHERE, ident, indices })));
    let call = call(inner.sum.clone()).prop_map(|call| expr(ExprKind::Call(call)));
    let atom = prop_oneof![2 => inner.atom.clone(), 1 => group, 1 => indexed, 1 => call].boxed();
    let power = (atom.clone(), inner.atom, any::<bool>()).prop_map(|(base, exponent, negative)| {
        let negated = expr(ExprKind::Negation(Box::new(exponent.clone())));
        let exponent = if negative { negated } else { exponent };
        expr(ExprKind::Power { base: Box::new(base), exponent: Box::new(exponent) })
    });
    let unary = prop_oneof![3 => atom.clone(), 1 => power];
    let negation = unary.clone().prop_map(|operand| expr(ExprKind::Negation(Box::new(operand))));
    let unary = prop_oneof![3 => unary, 1 => negation].boxed();
    let product =
        (unary.clone(), vec((any::<bool>(), unary.clone()), 1..4)).prop_map(|(first, rest)| {
            let mut factors = vec![Factor { divides: false, expr: first }];
            factors.extend(rest.into_iter().map(|(divides, expr)| Factor { divides, expr }));
            expr(ExprKind::Product(factors))
        });
    let product = prop_oneof![unary, product].boxed();
    let sum =
        (product.clone(), vec((any::<bool>(), product.clone()), 1..4)).prop_map(|(first, rest)| {
            let mut terms = vec![Term { minus: false, expr: first }];
            terms.extend(rest.into_iter().map(|(minus, expr)| Term { minus, expr }));
            expr(ExprKind::Sum(terms))
        });
    Layers { sum: prop_oneof![product, sum].boxed(), atom }
}

fn call(value: BoxedStrategy<Expr>) -> impl Strategy<Value = Call> {
    let arguments = vec((proptest::option::of(ident()), value.clone()), 0..3);
    let plain = (ident(), arguments).prop_map(|(function, arguments)| {
        let arguments =
            arguments.into_iter().map(|(name, value)| Argument { name, value }).collect();
        Call { span: NOWHERE, function, arguments }
    });
    let conditional = (comparison(value.clone()), value).prop_map(|(condition, value)| Call {
        span: NOWHERE,
        function: Ident { span: NOWHERE, text: "where".into() },
        arguments: [condition, value.clone(), value]
            .map(|value| Argument { name: None, value })
            .into(),
    });
    prop_oneof![3 => plain, 1 => conditional]
}

fn comparison(value: BoxedStrategy<Expr>) -> impl Strategy<Value = Expr> {
    let relation = select(vec![
        Relation::Less,
        Relation::LessOrEqual,
        Relation::Greater,
        Relation::GreaterOrEqual,
        Relation::Equal,
        Relation::NotEqual,
    ]);
    (value.clone(), relation, value).prop_map(|(left, relation, right)| {
        expr(ExprKind::Comparison { left: Box::new(left), relation, right: Box::new(right) })
    })
}

fn value() -> BoxedStrategy<Expr> {
    layers(2).sum
}

fn name() -> impl Strategy<Value = Name> {
    let indices = prop_oneof![Just(Vec::new()), vec(value(), 1..3)];
    (ident(), indices).prop_map(|(ident, indices)| Name { span: NOWHERE, ident, indices })
}

fn prose() -> impl Strategy<Value = Prose> {
    let literal =
        select(vec!["The path", "costs $3", "\\alpha", "a \"word\"", "100 % # no", "{x}", "é…"])
            .prop_map(|text| Segment::Literal(text.into()));
    let mathematics = prop_oneof![value(), comparison(value()).boxed()].prop_map(Segment::Math);
    let computed = (value(), proptest::option::of(value()))
        .prop_map(|(expr, pass)| Segment::Value { expr, pass });
    let pair = (literal.clone(), prop_oneof![mathematics, computed]);
    let paragraph = (vec(pair, 0..2), literal).prop_map(|(pairs, last)| {
        let mut segments: Vec<Segment> = pairs.into_iter().flat_map(|(a, b)| [a, b]).collect();
        segments.push(last);
        segments
    });
    vec(paragraph, 0..3).prop_map(|paragraphs| Prose { span: NOWHERE, paragraphs })
}

fn range() -> impl Strategy<Value = Range> {
    (value(), value()).prop_map(|(first, last)| Range { span: NOWHERE, first, last })
}

fn points() -> impl Strategy<Value = Option<Points>> {
    proptest::option::of((0_i64..20, 1_i64..4)).prop_map(|points| {
        points.map(|(numerator, denominator)| Points {
            span: NOWHERE,
            value: Rational::new(numerator, denominator).expect("no zero below"),
        })
    })
}

fn targets() -> impl Strategy<Value = Targets> {
    prop_oneof![Just(Targets::All), vec(name(), 1..3).prop_map(Targets::Names)]
}

fn declaring() -> impl Strategy<Value = StatementKind> {
    let role = select(vec![Role::Input, Role::Target, Role::Parameter, Role::Constant]);
    let leaf =
        (name(), proptest::option::of(value())).prop_map(|(name, value)| Leaf { name, value });
    let sense = select(vec![Sense::Minimize, Sense::Maximize]);
    let place = select(vec!["0", "lo", "tie", "-1", "0.5"]);
    let clause = (ident(), place, value()).prop_map(|(function, place, value)| ConventionClause {
        span: NOWHERE,
        function,
        place: Ident { span: NOWHERE, text: place.into() },
        value,
    });
    let entry = (name(), select(vec!["W_0", "\\hat y", "{\\vec w}", ""]))
        .prop_map(|(name, text)| DisplayEntry { name, text_span: NOWHERE, text: text.into() });
    prop_oneof![
        (role, vec(leaf, 1..3))
            .prop_map(|(role, leaves)| StatementKind::Declaration { role, leaves }),
        (name(), value()).prop_map(|(name, value)| StatementKind::Node { name, value }),
        (sense, name(), value()).prop_map(|(sense, name, value)| StatementKind::Objective {
            sense,
            name,
            value
        }),
        (ident(), vec(ident(), 0..3), value()).prop_map(|(name, parameters, body)| {
            StatementKind::Function { name, parameters, body }
        }),
        vec(clause, 1..3).prop_map(|clauses| StatementKind::Convention { clauses }),
        vec(entry, 1..3).prop_map(|entries| StatementKind::Display { entries }),
    ]
}

fn training() -> impl Strategy<Value = StatementKind> {
    let row = (vec(value(), 1..3), vec(value(), 1..3)).prop_map(|(inputs, outputs)| DataRow {
        span: NOWHERE,
        inputs,
        outputs,
    });
    let state = (ident(), name(), value()).prop_map(|(letter, parameter, value)| StartEntry {
        span: NOWHERE,
        letter,
        parameter,
        value,
    });
    prop_oneof![
        (vec(ident(), 1..3), vec(ident(), 1..3), vec(row, 0..4))
            .prop_map(|(inputs, outputs, rows)| StatementKind::Data { inputs, outputs, rows }),
        (name(), value(), proptest::option::of(ident()))
            .prop_map(|(name, value, of)| StatementKind::Given { name, value, of }),
        (ident(), ident(), value()).prop_map(|(name, parameter, body)| {
            StatementKind::Activation { name, parameter, body }
        }),
        vec(state, 1..3).prop_map(|entries| StatementKind::Start { entries }),
        (value(), any::<bool>())
            .prop_map(|(count, significant)| StatementKind::Digits { count, significant }),
        any::<bool>().prop_map(|decimals| StatementKind::NumberStyle { decimals }),
        (name(), name()).prop_map(|(of, by)| StatementKind::Partial { of, by }),
        vec((name(), value()), 1..3).prop_map(|entries| StatementKind::Set { entries }),
        Just(StatementKind::Reset),
        Just(StatementKind::Reminder),
    ]
}

fn simple() -> impl Strategy<Value = StatementKind> {
    let field = select(vec![
        MetadataField::Title,
        MetadataField::Author,
        MetadataField::Course,
        MetadataField::Date,
        MetadataField::Language,
    ]);
    let optimiser = call(value()).prop_filter("`by` is decided by the names", |_| true);
    prop_oneof![
        4 => declaring(),
        4 => training(),
        1 => (field, prose()).prop_map(|(field, text)| StatementKind::Metadata { field, text }),
        1 => prose().prop_map(|text| StatementKind::Text { text }),
        1 => prose().prop_map(|text| StatementKind::Note { text }),
        1 => proptest::option::of(value()).prop_map(|row| StatementKind::Forward { row }),
        1 => (targets(), any::<bool>())
            .prop_map(|(targets, in_symbols)| StatementKind::Gradient { targets, in_symbols }),
        1 => (targets(), optimiser)
            .prop_map(|(parameters, optimiser)| StatementKind::Update { parameters, optimiser }),
        1 => (prose(), points(), vec(prose(), 0..3)).prop_map(|(title, points, answers)| {
            StatementKind::Question { title, points, answers }
        }),
    ]
}

fn statement() -> impl Strategy<Value = Statement> {
    let simple = simple().prop_map(|kind| Statement { span: NOWHERE, kind });
    simple.prop_recursive(3, 12, 3, |inner| {
        let body = vec(inner, 0..3);
        let count = prop_oneof![
            value().prop_map(RepeatCount::Times),
            (ident(), range()).prop_map(|(index, range)| RepeatCount::Range { index, range }),
        ];
        let size = prop_oneof![
            Just(EachSize::Row),
            Just(EachSize::All),
            value().prop_map(EachSize::Batch),
        ];
        prop_oneof![
            (prose(), points(), body.clone())
                .prop_map(|(title, points, body)| { StatementKind::Part { title, points, body } }),
            (ident(), range(), body.clone()).prop_map(|(index, range, body)| StatementKind::For {
                index,
                range,
                body
            }),
            (count, body.clone()).prop_map(|(count, body)| StatementKind::Repeat { count, body }),
            (size, body).prop_map(|(size, body)| StatementKind::Each { size, body }),
        ]
        .prop_map(|kind| Statement { span: NOWHERE, kind })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn printed_trees_are_read_as_themselves(statements in vec(statement(), 0..4)) {
        let file = File { statements };
        let text = print(&file);
        let parsed = parse(&Source::new("printed", text.clone()));
        prop_assert!(parsed.diagnostics.is_empty(), "{text}\n{:#?}", parsed.diagnostics);
        prop_assert_eq!(without_spans(&parsed.file), without_spans(&file), "{}", text);
        prop_assert_eq!(print(&parsed.file), text);
    }
}

#[test]
fn parentheses_are_added_where_a_tree_needs_them() {
    let x = || {
        expr(ExprKind::Name(Name {
            span: NOWHERE,
            ident: Ident { span: NOWHERE, text: "x".into() },
            indices: Vec::new(),
        }))
    };
    let sum = |a, b| {
        expr(ExprKind::Sum(vec![Term { minus: false, expr: a }, Term { minus: true, expr: b }]))
    };
    let product = |a, b| {
        let second = Factor { divides: true, expr: b };
        expr(ExprKind::Product(vec![Factor { divides: false, expr: a }, second]))
    };
    let power = |a, b| expr(ExprKind::Power { base: Box::new(a), exponent: Box::new(b) });
    let negation = |a| expr(ExprKind::Negation(Box::new(a)));
    let printed = |value| {
        let name = Name {
            span: NOWHERE,
            ident: Ident { span: NOWHERE, text: "z".into() },
            indices: vec![],
        };
        let kind = StatementKind::Node { name, value };
        print(&File { statements: vec![Statement { span: NOWHERE, kind }] })
    };
    assert_eq!(printed(sum(x(), sum(x(), x()))), "z = x - (x - x)\n");
    assert_eq!(printed(product(sum(x(), x()), product(x(), x()))), "z = (x - x) / (x / x)\n");
    assert_eq!(printed(power(power(x(), x()), negation(x()))), "z = (x^x)^-x\n");
    assert_eq!(printed(power(negation(x()), sum(x(), x()))), "z = (-x)^(x - x)\n");
    assert_eq!(printed(negation(product(x(), x()))), "z = -(x / x)\n");
}
