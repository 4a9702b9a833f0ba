//! What the language means, from text to tree.

use super::ast::{
    EachSize, ExprKind, File, MetadataField, Name, RepeatCount, Segment, Sense, StatementKind,
    Targets,
};
use super::{Parsed, parse, print};
use crate::exact::Rational;
use crate::source::{Source, Span};

fn read(text: &str) -> Parsed {
    parse(&Source::new("test", text))
}

fn file(text: &str) -> File {
    let parsed = read(text);
    assert!(parsed.diagnostics.is_empty(), "{text:?}: {:#?}", parsed.diagnostics);
    assert!(parsed.lost.is_empty());
    parsed.file
}

fn value(text: &str) -> ExprKind {
    match file(&format!("z = {text}")).statements.remove(0).kind {
        StatementKind::Node { value, .. } => value.kind,
        other => panic!("{other:?}"),
    }
}

fn sentences(text: &str) -> Vec<String> {
    read(text).diagnostics.into_iter().map(|diagnostic| diagnostic.sentence).collect()
}

/// The canonical text of an expression with every operation in brackets.
fn shape(kind: &ExprKind) -> String {
    match kind {
        ExprKind::Number(number) => number.value.to_string(),
        ExprKind::Name(name) => name.ident.text.clone(),
        ExprKind::Negation(operand) => format!("[-{}]", shape(&operand.kind)),
        ExprKind::Group(inner) => format!("({})", shape(&inner.kind)),
        ExprKind::Power { base, exponent } => {
            format!("[{}^{}]", shape(&base.kind), shape(&exponent.kind))
        }
        ExprKind::Sum(terms) => {
            let terms = terms.iter().enumerate().map(|(position, term)| {
                let sign = if term.minus { "-" } else { ["", "+"][position.min(1)] };
                format!("{sign}{}", shape(&term.expr.kind))
            });
            format!("[{}]", terms.collect::<String>())
        }
        ExprKind::Product(factors) => {
            let factors = factors.iter().enumerate().map(|(position, factor)| {
                let sign = if factor.divides { "/" } else { ["", "*"][position.min(1)] };
                format!("{sign}{}", shape(&factor.expr.kind))
            });
            format!("[{}]", factors.collect::<String>())
        }
        ExprKind::Call(call) => {
            let arguments = call.arguments.iter().map(|argument| shape(&argument.value.kind));
            format!("{}({})", call.function.text, arguments.collect::<Vec<_>>().join(","))
        }
        ExprKind::Comparison { left, relation, right } => {
            format!("[{}{relation:?}{}]", shape(&left.kind), shape(&right.kind))
        }
    }
}

#[test]
fn operators_bind_as_in_mathematics() {
    for (text, expected) in [
        ("-x^2", "[-[x^2]]"),
        ("-2^2", "[-[2^2]]"),
        ("x^-1", "[x^[-1]]"),
        ("x^-1 * y", "[[x^[-1]]*y]"),
        ("2^3^4", "[2^[3^4]]"),
        ("2^-3^4", "[2^[-[3^4]]]"),
        ("-a * b", "[[-a]*b]"),
        ("a * -b", "[a*[-b]]"),
        ("a - -b", "[a-[-b]]"),
        ("--a", "[-[-a]]"),
        ("a - b + c - d", "[a-b+c-d]"),
        ("a / b * c / d", "[a/b*c/d]"),
        ("a + b * c^d", "[a+[b*[c^d]]]"),
        ("(a + b) - c", "[([a+b])-c]"),
        ("1/2", "[1/2]"),
        ("f(a)^2", "[f(a)^2]"),
        ("where(a + 1 < b, 1, 2)", "where([[a+1]Lessb],1,2)"),
        ("where((a != b), 1, 2)", "where(([aNotEqualb]),1,2)"),
    ] {
        assert_eq!(shape(&value(text)), expected, "{text}");
    }
}

#[test]
fn numbers_are_exact() {
    let half = Rational::new(1, 2).unwrap();
    for (text, expected, decimal) in [
        ("3", Rational::from(3), false),
        ("1_000", Rational::from(1000), false),
        ("0.15", Rational::new(3, 20).unwrap(), true),
        (".5", half.clone(), true),
        ("5e-1", half, true),
        ("1E+3", Rational::from(1000), true),
    ] {
        match value(text) {
            ExprKind::Number(number) => {
                assert_eq!((number.value, number.decimal), (expected, decimal));
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(sentences(&format!("a = {}", "9".repeat(1001))).len(), 1);
    assert_eq!(sentences("a = 1e10001").len(), 1);
    file(&format!("a = {}; b = 1e10000; c = 1e-10_000", "9".repeat(1000)));
}

#[test]
fn names_of_many_kinds() {
    for name in [
        "e", "T", "max", "lambda", "datum", "on", "of", "grad", "all", "by", "w'", "w''", "_", "α",
        "ж1",
    ] {
        file(&format!("{name} = 1; z = {name} + {name}"));
    }
    // Composed and decomposed spellings are one name.
    let parsed = file("\u{E9} = 1; z = e\u{301}");
    let StatementKind::Node { value, .. } = &parsed.statements[1].kind else { panic!() };
    assert_eq!(shape(&value.kind), "\u{E9}");
    assert_eq!(value.span, Span::new(12, 15));
}

#[test]
fn statements_of_every_kind() {
    let parsed = file(
        "lang \"de\"; maximize P = x; for t in 1..n-1 { h[t] = h[t-1] }\n\
         convention relu'(0) = 1, max'(tie) = first; gradient all; gradient all, W[2,1]\n\
         update sgd(rate = 1); update w5, w6 by sgd(rate = 1); repeat n { }; repeat k in 1..3 { }",
    );
    let kinds: Vec<_> = parsed.statements.into_iter().map(|statement| statement.kind).collect();
    assert!(matches!(kinds[0], StatementKind::Metadata { field: MetadataField::Language, .. }));
    assert!(matches!(kinds[1], StatementKind::Objective { sense: Sense::Maximize, .. }));
    assert!(matches!(&kinds[2], StatementKind::For { body, .. } if body.len() == 1));
    match &kinds[3] {
        StatementKind::Convention { clauses } => {
            assert_eq!((&*clauses[0].function.text, &*clauses[0].place.text), ("relu", "0"));
            assert_eq!((&*clauses[1].function.text, &*clauses[1].place.text), ("max", "tie"));
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        kinds[4],
        StatementKind::Gradient { targets: Targets::All, in_symbols: false }
    ));
    assert!(
        matches!(&kinds[5], StatementKind::Gradient { targets: Targets::Names(names), .. } if names.len() == 2)
    );
    assert!(matches!(kinds[6], StatementKind::Update { parameters: Targets::All, .. }));
    assert!(matches!(kinds[7], StatementKind::Update { parameters: Targets::Names(_), .. }));
    assert!(matches!(kinds[8], StatementKind::Repeat { count: RepeatCount::Times(_), .. }));
    assert!(matches!(kinds[9], StatementKind::Repeat { count: RepeatCount::Range { .. }, .. }));
}

#[test]
fn statements_of_training() {
    let parsed = file(
        "given grad(z) = -3; given grad(h[1]) of H = 2 * a\nactivation A(t) = t / 10\n\
         start v[w] = -1, t[W[2,1]] = 3\ndigits 4; digits n + 1 significant\nnumbers decimals\n\
         forward; forward on 2; gradient w, all_k in symbols; partial z2 by h[1]\n\
         set x = 2, w[2,1] = -1\nreset; each { forward }; each 2 * k { }; each all { reset }",
    );
    let kinds: Vec<_> = parsed.statements.into_iter().map(|statement| statement.kind).collect();
    let shown = |name: &Name| format!("{}/{}", name.ident.text, name.indices.len());
    match &kinds[0..2] {
        [
            StatementKind::Given { name: first, value, of: None },
            StatementKind::Given { name: second, of: Some(of), .. },
        ] => {
            assert_eq!((shown(first), shape(&value.kind)), ("z/0".into(), "[-3]".into()));
            assert_eq!((shown(second), of.text.as_str()), ("h/1".into(), "H"));
        }
        other => panic!("{other:?}"),
    }
    assert!(
        matches!(&kinds[2], StatementKind::Activation { name, parameter, .. } if name.text == "A" && parameter.text == "t")
    );
    let StatementKind::Start { entries } = &kinds[3] else { panic!("{:?}", kinds[3]) };
    assert_eq!((&*entries[0].letter.text, shown(&entries[0].parameter)), ("v", "w/0".into()));
    assert_eq!((&*entries[1].letter.text, shown(&entries[1].parameter)), ("t", "W/2".into()));
    assert_eq!(entries[1].span, Span::new(92, 105));
    assert!(matches!(kinds[4], StatementKind::Digits { significant: false, .. }));
    assert!(
        matches!(&kinds[5], StatementKind::Digits { significant: true, count } if shape(&count.kind) == "[n+1]")
    );
    assert!(matches!(kinds[6], StatementKind::NumberStyle { decimals: true }));
    assert!(matches!(kinds[7], StatementKind::Forward { row: None }));
    assert!(matches!(kinds[8], StatementKind::Forward { row: Some(_) }));
    assert!(
        matches!(&kinds[9], StatementKind::Gradient { targets: Targets::Names(names), in_symbols: true } if names.len() == 2)
    );
    assert!(
        matches!(&kinds[10], StatementKind::Partial { of, by } if shown(of) == "z2/0" && shown(by) == "h/1")
    );
    assert!(matches!(&kinds[11], StatementKind::Set { entries } if shown(&entries[1].0) == "w/2"));
    assert!(matches!(kinds[12], StatementKind::Reset));
    assert!(
        matches!(&kinds[13], StatementKind::Each { size: EachSize::Row, body } if body.len() == 1)
    );
    assert!(matches!(kinds[14], StatementKind::Each { size: EachSize::Batch(_), .. }));
    assert!(matches!(kinds[15], StatementKind::Each { size: EachSize::All, .. }));
}

#[test]
fn data_has_a_row_a_line() {
    let parsed = file(
        "data (x1, x2 -> t) {\n  0, 1 -> 1 # one\n -1, -x ->\n  -1\n\n- 2,\n-3 -> 1, 2; 4 -> 5\n}\n\
         data (a -> b) { }; data (a ->\n b) { 1 -> 2 }",
    );
    let StatementKind::Data { inputs, outputs, rows } = &parsed.statements[0].kind else {
        panic!("{parsed:?}")
    };
    assert_eq!((inputs.len(), outputs.len()), (2, 1));
    let rows = rows.iter().map(|row| {
        let shown = |side: &[super::ast::Expr]| {
            side.iter().map(|expr| shape(&expr.kind)).collect::<Vec<_>>().join(",")
        };
        format!("{}:{}", shown(&row.inputs), shown(&row.outputs))
    });
    assert_eq!(rows.collect::<Vec<_>>(), ["0,1:1", "[-1],[-x]:[-1]", "[-2],[-3]:1,2", "4:5"]);
    let counts = parsed.statements.iter().map(|statement| match &statement.kind {
        StatementKind::Data { rows, .. } => rows.len(),
        other => panic!("{other:?}"),
    });
    assert_eq!(counts.collect::<Vec<_>>(), [4, 0, 1]);
}

#[test]
fn options_may_be_words() {
    file("update adam(rate = 0.1, amsgrad = yes); update sgd(rate = 1, nesterov = no)");
}

#[test]
fn prose_has_paragraphs_mathematics_and_values() {
    let parsed = file(
        "text \"\"\"\n  One $a < b$\n  line.\n \n\n  Two \\$5 \\\"q\\\" \\\\x 100% #1 {= L in pass 2}\n\"\"\"",
    );
    let StatementKind::Text { text } = &parsed.statements[0].kind else { panic!() };
    let [first, second] = text.paragraphs.as_slice() else { panic!("{text:?}") };
    assert!(matches!(&first[0], Segment::Literal(text) if text == "One "));
    assert!(matches!(&first[1], Segment::Math(expr) if shape(&expr.kind) == "[aLessb]"));
    assert!(matches!(&first[2], Segment::Literal(text) if text == " line."));
    assert!(matches!(&second[0], Segment::Literal(text) if text == "Two $5 \"q\" \\x 100% #1 "));
    assert!(matches!(&second[1], Segment::Value { pass: Some(_), .. }));
    assert_eq!(second.len(), 2);
    for empty in ["\"\"", "\"  \"", "\"\"\"\n\n\"\"\""] {
        let parsed = file(&format!("text {empty}"));
        assert!(
            matches!(&parsed.statements[0].kind, StatementKind::Text { text } if text.paragraphs.is_empty())
        );
    }
}

#[test]
fn display_texts_are_raw() {
    let parsed = file("display w0 = \"\\hat{W}_0\\\"");
    let StatementKind::Display { entries } = &parsed.statements[0].kind else { panic!() };
    assert_eq!(entries[0].text, "\\hat{W}_0\\");
    assert_eq!(entries[0].text_span, Span::new(14, 24));
}

#[test]
fn what_was_lost_is_known() {
    let parsed = read("a = 1 +\nloss L = a *\nfor t in { b = 1 }\npart \"A\" (x) { forward }");
    assert_eq!(parsed.diagnostics.len(), 4);
    let lost: Vec<_> =
        parsed.lost.iter().map(|lost| (lost.word.as_deref(), lost.names.join(" "))).collect();
    let expected = [(None, "a"), (Some("loss"), "L a"), (Some("for"), "b t")];
    assert_eq!(lost, expected.map(|(word, names)| (word, names.to_owned())));
    // The tasks of a part with a faulty head are kept.
    assert!(
        matches!(&parsed.file.statements[0].kind, StatementKind::Part { body, .. } if body.len() == 1)
    );
}

#[test]
fn data_with_a_mistake_is_lost_and_nothing_else() {
    for text in [
        "data (x -> t) {\n  0 -> 1\n  1 1\n}\nz = 1",
        "data (x -> t {\n  0 -> 1\n  1 -> 1\n}\nz = 1",
        "data (x, t) {\n  0 -> 1\n  -1 -> 1\n}\nz = 1",
        "data (x -> t) {\n  0 -> in\n}\nz = 1",
    ] {
        let parsed = read(text);
        assert_eq!(parsed.diagnostics.len(), 1, "{text}: {:#?}", parsed.diagnostics);
        let lost = parsed.lost.last().unwrap();
        assert_eq!((lost.word.as_deref(), lost.names.join(" ")), (Some("data"), "t x".into()));
        assert_eq!(parsed.file.statements.len(), 1, "{text}");
    }
    // What follows data that is not closed is read as what it is.
    let parsed = read("data (x -> t) {\n  0 -> 1\nz = x\npart \"A\" {\n  forward\n}\n");
    assert_eq!(parsed.diagnostics.len(), 1, "{:#?}", parsed.diagnostics);
    let kinds: Vec<_> = parsed.file.statements.iter().map(|statement| &statement.kind).collect();
    assert!(matches!(
        kinds[..],
        [StatementKind::Data { .. }, StatementKind::Node { .. }, StatementKind::Part { .. }]
    ));
}

#[test]
fn one_message_for_one_mistake() {
    for text in [
        "a = 2x",
        "a = (1 + 2",
        "a = 1)",
        "a = \"b",
        "part \"A { forward }",
        "part \"A (3 points) {\n forward\n}",
        "part \"A\" { forward",
        "each { forward; 1 2 3 }",
        "data (x -> t) {\n 0, 0 = 0\n -1, 2 -> 1\n}",
        "data (x -> t) {\n 0, 0 -> 0\nforward\nz = 1\n}",
        "data x -> t {\n 0, 0 -> 0\n -1 -> 1\n}",
        "data (x -> t) {\n part \"A\" { forward }\n}",
        "dta (x -> t) {\n 0, 0 -> 0\n}",
        "data (x -> t)\n{\n 0 -> 0\n}",
        "each\n{\n forward\n}",
        "each 2",
        "prat \"A\" { forward }",
        "a = f(1; 2)",
        "a = [1, 2]",
        "part \"A\"\n{\n forward\n}",
        "text \"\"\"abc\n\nforward {\n",
        "z = a @ b",
        "a = relu(1,\nb = 2\nc = 3",
        "for t in 1..3 h[t] = 1",
        "question \"Q\" { answer \"a }",
        "convention relu = 1",
        "a == 3",
    ] {
        assert_eq!(sentences(text).len(), 1, "{text}: {:#?}", sentences(text));
    }
}

#[test]
fn too_many_errors_are_not_listed() {
    let parsed = read(&"forwrad\n".repeat(1000));
    assert_eq!(parsed.diagnostics.len(), super::MAX_ERRORS + 1);
    assert!(parsed.diagnostics.last().unwrap().sentence.starts_with("more than 100 errors"));
}

#[test]
fn printing_keeps_the_meaning() {
    let text = "param w0 = 1 / 2, w1 = -0.15\nloss L = (w0 - w1)^-2 * f(w0, slope = 1e30)\n";
    assert_eq!(print(&file(text)), text);
}
