//! `docs/operators.md`, generated from the registries: `BLESS=1 cargo test --test docs` writes it.

use std::fmt::Write as _;
use std::fs;

use nablatex::exact::Relation;
use nablatex::expr::{
    Case, Condition, Conventions, Expr, Function, Kink, Names, Parameter, ParameterKind, Quantity,
    VariableId, differentiate, to_text,
};
use nablatex::{ops, optimisers};

use crate::root;

const HEAD: &str = "\
# Functions and optimisers

<!-- Generated from the registries in `src/ops` and `src/optimisers` by `tests/docs/reference.rs`.
     Do not edit: `BLESS=1 cargo test --test docs` writes it anew. -->

Every function that an exercise can call, and every optimiser. All are on numbers: there are no vectors or
matrices. A parameter with a default may be left out; any parameter may be given by its name, as in
`huber(a, b, delta = 2)`, except those of `max` and `min`.

";

const BETWEEN: &str = "
`reduction` may be `mean`, `sum` or `none`; of a single pair of numbers all three are the same.

## Kinks

Where a derivative does not exist, and the value that is taken there. `convention` changes it, and every
convention that an exercise met is named on its sheet.

| place | value unless a `convention` says otherwise |
| --- | --- |
";

const AFTER: &str = "
`max(0, z)` and `max(z, 0)`, with the number 0 written out and no third argument, are `relu(z)`, its
convention included, and print as they were written. `relu6` and `hard_sigmoid` follow the conventions of
`clip` unless they have one of their own. At a tie of `max` and `min` the convention is `share` (1/k for
each of the k that tie) or `first`.

## Optimisers

| optimiser | rule |
| --- | --- |
";

/// The parameters of one function by name.
struct Arguments(Vec<&'static str>);

impl Names for Arguments {
    fn name(&self, quantity: Quantity) -> String {
        match quantity {
            Quantity::Variable(variable) => self.0[variable.index()].to_owned(),
            _ => String::new(),
        }
    }
}

impl Arguments {
    /// One name an argument; what may be repeated stands twice.
    fn of(function: &dyn Function) -> Self {
        let mut names = Vec::new();
        for parameter in function.parameters() {
            match parameter.kind {
                ParameterKind::Word(_) => {}
                ParameterKind::Condition => names.push("c"),
                _ => names.push(parameter.name),
            }
        }
        Self(names)
    }

    fn expressions(&self, function: &dyn Function) -> Vec<Expr> {
        let variables = (0..).map(|position| Expr::from(VariableId(position)));
        let kinds = function.parameters().iter().map(|parameter| parameter.kind);
        variables
            .zip(kinds)
            .take(self.0.len())
            .map(|(variable, kind)| match kind {
                // As the checker hands a condition over: 1 where it holds.
                ParameterKind::Condition => indicator(variable),
                _ => variable,
            })
            .collect()
    }
}

fn indicator(left: Expr) -> Expr {
    let condition = Condition { left, relation: Relation::Greater, right: Expr::from(0) };
    Expr::Cases(vec![
        Case { value: Expr::from(1), conditions: vec![condition], kink: None },
        Case { value: Expr::from(0), conditions: Vec::new(), kink: None },
    ])
}

/// `huber(a, b, delta = 1)`
fn signature(function: &dyn Function) -> String {
    let parameter = |parameter: &Parameter| match parameter.kind {
        ParameterKind::Variadic { .. } => format!("{}, …", parameter.name),
        ParameterKind::Optional(default) | ParameterKind::Threshold(default) => {
            format!("{} = {default}", parameter.name)
        }
        ParameterKind::Word(words) => format!("{} = {}", parameter.name, words[0]),
        _ => parameter.name.to_owned(),
    };
    let parameters: Vec<String> = function.parameters().iter().map(parameter).collect();
    format!("{}({})", function.name(), parameters.join(", "))
}

/// A derivative in words; what it is at a kink stands in a table of its own.
fn by_cases(derivative: &Expr, names: &Arguments) -> String {
    let Expr::Cases(cases) = derivative else { return format!("`{}`", to_text(derivative, names)) };
    let mut parts = Vec::new();
    for case in cases.iter().filter(|case| case.kink.is_none()) {
        let conditions: Vec<String> = case
            .conditions
            .iter()
            .map(|condition| {
                let [left, right] = [&condition.left, &condition.right].map(|e| to_text(e, names));
                format!("`{left} {} {right}`", condition.relation.symbol())
            })
            .collect();
        let value = to_text(&case.value, names);
        parts.push(if conditions.is_empty() {
            format!("else `{value}`")
        } else {
            format!("`{value}` where {}", conditions.join(" and "))
        });
    }
    parts.join(", ")
}

/// A cell of a table: a bar would end it.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn functions(out: &mut String) {
    out.push_str("| function | value | derivative by its first argument |\n| --- | --- | --- |\n");
    for function in ops::all() {
        let names = Arguments::of(function);
        // The condition of `where` has no derivative: of that, by the branch.
        let by = u32::from(matches!(function.parameters()[0].kind, ParameterKind::Condition));
        let built = function.build(names.expressions(function));
        let by = Quantity::Variable(VariableId(by));
        let derivative = differentiate(&built, by, &Conventions::default());
        let _ = writeln!(
            out,
            "| `{}` | {} | {} |",
            signature(function),
            cell(function.summary()),
            cell(&by_cases(&derivative, &names).replace("`c > 0`", "the condition holds"))
        );
    }
}

fn kinks(out: &mut String) {
    for function in ops::all().filter(|function| !function.kinks().is_empty()) {
        let names = Arguments::of(function);
        let Expr::Call { operator, arguments } = function.build(names.expressions(function)) else {
            panic!("{} has a kink and is no operator", function.name());
        };
        let partial = operator.partial(&arguments, 0, &Conventions::default());
        let cases = match &partial {
            Expr::Cases(cases) => cases.as_slice(),
            // The slope there is infinite.
            _ => &[],
        };
        for place in function.kinks() {
            let at = |kink: Kink| kink.place == *place;
            let case = cases.iter().find(|case| case.kink.is_some_and(at));
            let value = case.map(|case| to_text(&case.value, &names));
            let value = match (value, *place) {
                (_, "tie") => "`share`".to_owned(),
                (Some(value), _) => format!("`{value}`"),
                (None, _) if cases.is_empty() => "an error".to_owned(),
                (None, _) => panic!("{}'({place}) has no value", function.name()),
            };
            let _ = writeln!(out, "| `{}'({place})` | {value} |", function.name());
        }
    }
}

fn reference() -> String {
    let mut out = HEAD.to_owned();
    functions(&mut out);
    out.push_str(BETWEEN);
    kinks(&mut out);
    out.push_str(AFTER);
    for optimiser in optimisers::all() {
        let options: Vec<&str> = optimiser.options().iter().map(|option| option.name).collect();
        let signature = format!("{}({})", optimiser.name(), options.join(", "));
        let _ = writeln!(out, "| `{signature}` | {} |", cell(optimiser.summary()));
    }
    out
}

#[test]
fn the_reference_is_up_to_date() {
    let path = root().join("docs/operators.md");
    let fresh = reference();
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &fresh).unwrap();
    }
    let stands = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        stands == fresh,
        "docs/operators.md is stale: `BLESS=1 cargo test --test docs` writes it anew"
    );
}
