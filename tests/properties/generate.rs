//! Random exercises, made from a tape of decisions. A shorter tape gives a simpler exercise: where it
//! ends, every decision is the first.

mod tasks;

use num_rational::BigRational;

use super::network::{CURRENT, Conventions, Literal, PREVIOUS, Tree};

/// A leaf or node.
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

/// What a variable is.
pub(crate) enum Kind {
    Leaf { value: BigRational, is_parameter: bool },
    Node(Tree),
}

/// What the file asks for.
#[derive(Clone, Debug)]
pub(crate) enum Task {
    Forward,
    Gradient(Vec<usize>),
    /// Of all parameters or of some.
    Update(Option<Vec<usize>>, Literal),
    Repeat(usize, Vec<Task>),
}

/// An exercise and its text.
pub(crate) struct Exercise {
    pub(crate) text: String,
    pub(crate) variables: Vec<Variable>,
    pub(crate) objective: usize,
    pub(crate) is_maximized: bool,
    pub(crate) conventions: Conventions,
    /// What a file without a part is asked is left out: forward, and the gradient of every parameter.
    pub(crate) tasks: Option<Vec<Task>>,
}

/// Decisions in a row.
struct Tape<'t> {
    rest: std::slice::Iter<'t, u16>,
}

impl Tape<'_> {
    /// A number below `bound`.
    fn below(&mut self, bound: usize) -> usize {
        usize::from(self.rest.next().copied().unwrap_or(0)) % bound
    }

    fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == one_in - 1
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

const fn integer(numerator: i64) -> Literal {
    Literal { numerator, denominator: 1, decimal: false }
}

const fn fraction(numerator: i64, denominator: i64) -> Literal {
    Literal { numerator, denominator, decimal: false }
}

const fn decimal(numerator: i64, denominator: i64) -> Literal {
    Literal { numerator, denominator, decimal: true }
}

/// Small integers mostly, so that kinks and ties are hit.
const VALUES: [Literal; 14] = [
    integer(1),
    integer(0),
    integer(-1),
    integer(2),
    integer(-2),
    integer(1),
    integer(0),
    integer(3),
    fraction(1, 2),
    fraction(-1, 2),
    fraction(-4, 3),
    decimal(1, 2),
    decimal(-1, 4),
    decimal(1, 10),
];
const POSITIVE: [Literal; 5] =
    [integer(1), integer(2), fraction(1, 2), decimal(1, 2), fraction(3, 2)];
const SLOPES: [Literal; 6] =
    [integer(0), integer(1), fraction(1, 2), integer(-1), integer(2), decimal(1, 4)];
const PROBABILITIES: [Literal; 4] = [integer(1), integer(0), fraction(1, 2), decimal(1, 4)];
const EXPONENTS: [Literal; 5] =
    [fraction(1, 2), decimal(1, 2), fraction(-1, 3), decimal(3, 2), fraction(2, 3)];
const RELATIONS: [&str; 6] = [">", ">=", "<", "<=", "==", "!="];
const NAMES: [&str; 8] = ["z", "h", "a", "alpha", "net_o", "u_hidden", "s", "yhat"];

struct Generator<'t> {
    tape: Tape<'t>,
    exercise: Exercise,
    /// What has no consumer yet: nodes that the next ones should use.
    fresh: Vec<usize>,
    /// Whether all values are to be rational.
    is_rational: bool,
}

/// The exercise that a tape describes.
pub(crate) fn exercise(tape: &[u16]) -> Exercise {
    let mut generator = Generator {
        tape: Tape { rest: tape.iter() },
        exercise: Exercise {
            text: String::new(),
            variables: Vec::new(),
            objective: 0,
            is_maximized: false,
            conventions: Conventions::default(),
            tasks: None,
        },
        fresh: Vec::new(),
        is_rational: true,
    };
    generator.is_rational = !generator.tape.chance(2);
    generator.conventions();
    generator.leaves();
    let nodes = match generator.tape.below(8) {
        0..=3 => 1 + generator.tape.below(6),
        4..=6 => 5 + generator.tape.below(14),
        _ => 15 + generator.tape.below(45),
    };
    for _ in 0..nodes {
        if generator.tape.chance(12) {
            generator.family();
        } else {
            let tree = generator.right_hand_side();
            generator.node(tree);
        }
    }
    generator.objective();
    generator.tasks();
    generator.exercise
}

impl Generator<'_> {
    fn line(&mut self, line: &str) {
        self.exercise.text.push_str(line);
        self.exercise.text.push('\n');
    }

    fn conventions(&mut self) {
        if self.tape.chance(2) {
            self.line("def gate(a, b) = a * b - b");
        } else {
            self.line("def gate(first, second) = (first - 1) * second");
        }
        for (function, places) in [
            ("relu", &["0"][..]),
            ("abs", &["0"]),
            ("l1", &["0"]),
            ("hinge", &["0"]),
            ("sign", &["0"]),
            ("step", &["0"]),
            ("leaky_relu", &["0"]),
            ("elu", &["0"]),
            ("clip", &["lo", "hi"]),
            ("relu6", &["lo", "hi"]),
            ("hard_sigmoid", &["lo", "hi"]),
        ] {
            for place in places {
                if self.tape.chance(4) {
                    let slope = self.tape.pick(&SLOPES);
                    self.exercise.conventions.slopes.push((function, place, slope));
                    self.line(&format!("convention {function}'({place}) = {}", slope.text()));
                }
            }
        }
        for function in ["max", "min"] {
            if self.tape.chance(3) {
                let first = self.tape.chance(2);
                self.exercise.conventions.ties.push((function, first));
                let rule = if first { "first" } else { "share" };
                self.line(&format!("convention {function}'(tie) = {rule}"));
            }
        }
    }

    fn leaf(&mut self, role: &str, name: String, literal: Literal) -> usize {
        self.line(&format!("{role} {name} = {}", literal.text()));
        let kind = Kind::Leaf { value: literal.value(), is_parameter: role == "param" };
        self.exercise.variables.push(Variable { name, kind });
        self.exercise.variables.len() - 1
    }

    fn leaves(&mut self) {
        let sign = self.tape.pick(&[integer(1), integer(-1)]);
        self.leaf("target", "label".to_owned(), sign);
        for (role, prefix, least, more) in [
            ("param", "w", 1, 5),
            ("input", "x", 1, 3),
            ("const", "c", 0, 2),
            ("target", "y", 0, 2),
        ] {
            for index in 0..least + self.tape.below(more) {
                let value = self.tape.pick(&VALUES);
                self.leaf(role, format!("{prefix}{index}"), value);
            }
        }
    }

    /// A variable: something fresh, something recent, or anything.
    fn variable(&mut self) -> Tree {
        let count = self.exercise.variables.len();
        let choice = self.tape.below(4);
        if choice >= 2 && !self.fresh.is_empty() {
            let position = self.tape.below(self.fresh.len());
            return Tree::Variable(self.fresh.swap_remove(position));
        }
        let position = if choice == 1 {
            count - 1 - self.tape.below(count.min(4))
        } else {
            self.tape.below(count)
        };
        self.fresh.retain(|fresh| *fresh != position);
        Tree::Variable(position)
    }

    fn literal(&mut self) -> Tree {
        Tree::Number(self.tape.pick(&VALUES))
    }

    /// Something that does not grow as fast as a product of nodes would.
    fn small(&mut self) -> Tree {
        match self.tape.below(6) {
            0..=2 => self.variable(),
            3 => self.literal(),
            4 => Tree::Sum(vec![(false, self.variable()), (self.tape.chance(2), self.variable())]),
            _ => Tree::Negation(Box::new(self.variable())),
        }
    }

    fn product(&mut self) -> Tree {
        let leaf = Tree::Variable(self.tape.below(self.exercise.variables.len().min(6)));
        match self.tape.below(5) {
            0..=2 => Tree::Product(vec![(false, leaf), (false, self.variable())]),
            3 => Tree::Product(vec![(false, self.literal()), (false, leaf), (false, self.small())]),
            _ => Tree::Product(vec![(false, leaf.clone()), (false, self.small()), (false, leaf)]),
        }
    }

    fn weighted_sum(&mut self) -> Tree {
        let count = 2 + self.tape.below(3);
        let terms = (0..count)
            .map(|position| {
                let term = if self.tape.chance(4) { self.small() } else { self.product() };
                (position > 0 && self.tape.chance(4), term)
            })
            .collect();
        Tree::Sum(terms)
    }

    fn operand(&mut self) -> Tree {
        match self.tape.below(6) {
            0..=2 => self.variable(),
            3 => self.weighted_sum(),
            4 => self.small(),
            _ => self.product(),
        }
    }

    fn right_hand_side(&mut self) -> Tree {
        match self.tape.below(16) {
            0..=2 => self.weighted_sum(),
            3..=8 => self.call(),
            9 => self.variable(),
            10 => {
                let denominator = self.operand();
                Tree::Product(vec![(false, self.operand()), (true, denominator)])
            }
            11 => {
                let exponent = self.tape.pick(&[2, 3, -1, 2, 0, 1, -2]);
                Tree::Power(Box::new(self.small()), exponent)
            }
            12 => Tree::Where(
                Box::new([self.operand(), self.small()]),
                self.tape.pick(&RELATIONS),
                Box::new([self.operand(), self.small()]),
            ),
            13 => Tree::Sum(vec![(self.tape.chance(2), self.call()), (false, self.call())]),
            14 => {
                let scale = self.tape.pick(&VALUES);
                Tree::Product(vec![(false, Tree::Number(scale)), (false, self.call())])
            }
            _ => Tree::Product(vec![
                (false, self.small()),
                (self.tape.chance(3), self.small()),
                (self.tape.chance(3), self.call()),
            ]),
        }
    }

    fn call(&mut self) -> Tree {
        if !self.is_rational && self.tape.chance(2) {
            return self.smooth();
        }
        let one = |own: &mut Self, name| Tree::Call(name, vec![own.operand()]);
        match self.tape.below(16) {
            0..=2 => one(self, "relu"),
            3 => one(self, "abs"),
            4 => {
                let name = self.tape.pick(&["sign", "step", "square"]);
                one(self, name)
            }
            5 => {
                let name = self.tape.pick(&["relu6", "hard_sigmoid"]);
                one(self, name)
            }
            6 => {
                let mut arguments = vec![self.operand()];
                if !self.tape.chance(3) {
                    arguments.push(self.small());
                }
                Tree::Call("leaky_relu", arguments)
            }
            7 => Tree::Call("max", vec![Tree::Number(integer(0)), self.operand()]),
            8 => Tree::Call("max", vec![self.operand(), Tree::Number(integer(0))]),
            9 | 10 => {
                let name = self.tape.pick(&["max", "min"]);
                let count = 2 + self.tape.below(3);
                Tree::Call(name, (0..count).map(|_| self.small()).collect())
            }
            11 => self.clip(),
            12 => Tree::Call("gate", vec![self.operand(), self.small()]),
            13 => {
                let name = self.tape.pick(&["huber", "smooth_l1"]);
                let mut arguments = vec![self.operand(), self.small()];
                if self.tape.chance(2) {
                    arguments.push(Tree::Number(self.tape.pick(&POSITIVE)));
                }
                Tree::Call(name, arguments)
            }
            14 => {
                let name = self.tape.pick(&["l1", "mse"]);
                Tree::Call(name, vec![self.operand(), self.small()])
            }
            _ => {
                let label = if self.tape.chance(2) {
                    Tree::Number(self.tape.pick(&[integer(1), integer(-1)]))
                } else {
                    Tree::Variable(0)
                };
                Tree::Call("hinge", vec![self.operand(), label])
            }
        }
    }

    /// Something of small size: exponentials grow fast.
    fn tame(&mut self) -> Tree {
        match self.tape.below(5) {
            0 => {
                let [low, high] = [integer(-2), integer(2)].map(|end| Box::new(Tree::Number(end)));
                Tree::Clip(Box::new(self.operand()), Some(low), Some(high))
            }
            1 => Tree::Call("tanh", vec![self.small()]),
            2 => Tree::Call("sin", vec![self.small()]),
            3 => self.literal(),
            _ => Tree::Variable(self.tape.below(self.exercise.variables.len().min(6))),
        }
    }

    fn positive(&mut self) -> Tree {
        match self.tape.below(5) {
            0 => Tree::Call("exp", vec![self.tame()]),
            1 => Tree::Call("sigmoid", vec![self.tame()]),
            2 => Tree::Number(self.tape.pick(&POSITIVE)),
            3 => {
                let size = Tree::Call("abs", vec![self.small()]);
                Tree::Sum(vec![(false, Tree::Number(integer(1))), (false, size)])
            }
            _ => {
                let square = Tree::Power(Box::new(self.small()), 2);
                let more = Tree::Number(self.tape.pick(&POSITIVE));
                Tree::Sum(vec![(false, square), (false, more)])
            }
        }
    }

    /// A function whose values are irrational most of the time.
    fn smooth(&mut self) -> Tree {
        match self.tape.below(8) {
            0 | 1 => {
                const ACTIVATIONS: [&str; 6] =
                    ["sigmoid", "tanh", "softplus", "silu", "gelu", "elu"];
                let name = self.tape.pick(&ACTIVATIONS);
                Tree::Call(name, vec![self.tame()])
            }
            2 => {
                let name = self.tape.pick(&["log", "ln", "log2", "log10", "sqrt"]);
                Tree::Call(name, vec![self.positive()])
            }
            3 => {
                let name = self.tape.pick(&["exp", "sin", "cos", "tan"]);
                Tree::Call(name, vec![self.tame()])
            }
            4 => {
                let alpha = Tree::Number(self.tape.pick(&POSITIVE));
                Tree::Call("elu", vec![self.tame(), alpha])
            }
            5 => {
                let target = Tree::Number(self.tape.pick(&PROBABILITIES));
                if self.tape.chance(2) {
                    return Tree::Call("bce_with_logits", vec![self.tame(), target]);
                }
                let probability = Tree::Call("sigmoid", vec![self.tame()]);
                Tree::Call("bce", vec![probability, target])
            }
            6 => Tree::Call("detach", vec![self.operand()]),
            _ => {
                let exponent = if self.tape.chance(3) {
                    // Of a parameter: constants in an exponent are numbers in place, without derivatives.
                    let sum = vec![(false, Tree::Variable(1)), (false, self.small())];
                    Tree::Call(self.tape.pick(&["tanh", "sin"]), vec![Tree::Sum(sum)])
                } else {
                    Tree::Number(self.tape.pick(&EXPONENTS))
                };
                Tree::RealPower(Box::new([self.positive(), exponent]))
            }
        }
    }

    fn clip(&mut self) -> Tree {
        let z = Box::new(self.operand());
        let low = Tree::Number(self.tape.pick(&[integer(0), integer(-1), integer(1)]));
        let high = Tree::Number(self.tape.pick(&[integer(1), integer(2), decimal(3, 2)]));
        match self.tape.below(4) {
            0 => Tree::Clip(z, Some(Box::new(low)), Some(Box::new(high))),
            1 => Tree::Clip(z, Some(Box::new(low)), None),
            2 => Tree::Clip(z, None, Some(Box::new(self.small()))),
            _ => Tree::Clip(z, Some(Box::new(self.small())), Some(Box::new(high))),
        }
    }

    fn node(&mut self, tree: Tree) -> usize {
        let position = self.exercise.variables.len();
        let name = format!("{}{position}", self.tape.pick(&NAMES));
        self.push_node(name, tree, "")
    }

    fn push_node(&mut self, name: String, tree: Tree, keyword: &str) -> usize {
        let text = tree.text(&|variable| self.exercise.variables[variable].name.clone());
        self.line(&format!("{keyword}{name} = {text}"));
        self.exercise.variables.push(Variable { name, kind: Kind::Node(tree) });
        let position = self.exercise.variables.len() - 1;
        self.fresh.push(position);
        position
    }

    /// A recurrent family of nodes: shared weights, one member a step.
    fn family(&mut self) {
        let count = self.exercise.variables.len();
        let (state, input) = (format!("state{count}"), format!("data{count}"));
        let steps = 1 + self.tape.below(4);
        let start = self.tape.pick(&VALUES);
        let role = self.tape.pick(&["const", "param", "input"]);
        let mut previous = self.leaf(role, format!("{state}[0]"), start);
        let inputs: Vec<usize> = (1..=steps)
            .map(|step| {
                let value = self.tape.pick(&VALUES);
                self.leaf("input", format!("{input}[{step}]"), value)
            })
            .collect();
        let [before, now] = [PREVIOUS, CURRENT].map(Tree::Variable);
        let recurrent = Tree::Product(vec![(false, self.variable()), (false, before.clone())]);
        let fed = Tree::Product(vec![(false, self.variable()), (false, now.clone())]);
        let sum = Tree::Sum(vec![(false, recurrent), (self.tape.chance(4), fed)]);
        let body = match self.tape.below(4) {
            0 => Tree::Call("relu", vec![sum]),
            1 => sum,
            2 => Tree::Call("max", vec![before, sum]),
            _ => Tree::Call("gate", vec![sum, now]),
        };
        let text = body.text(&|variable| match variable {
            PREVIOUS => format!("{state}[t-1]"),
            CURRENT => format!("{input}[t]"),
            other => self.exercise.variables[other].name.clone(),
        });
        self.line(&format!("for t in 1..{steps} {{\n  {state}[t] = {text}\n}}"));
        for (step, current) in (1..=steps).zip(inputs) {
            let tree = body.filled(previous, current);
            let name = format!("{state}[{step}]");
            self.exercise.variables.push(Variable { name, kind: Kind::Node(tree) });
            previous = self.exercise.variables.len() - 1;
        }
        self.fresh.push(previous);
    }

    fn objective(&mut self) {
        let prediction = self.variable();
        let target = self.small();
        let error = Tree::Sum(vec![(false, target.clone()), (true, prediction.clone())]);
        let tree = match self.tape.below(10) {
            0 => Tree::Power(Box::new(error), 2),
            1 => Tree::Call("mse", vec![prediction, target]),
            2 => Tree::Call("abs", vec![error]),
            3 => Tree::Product(vec![
                (false, Tree::Number(fraction(1, 2))),
                (false, Tree::Power(Box::new(error), 2)),
            ]),
            4 => Tree::Call("huber", vec![prediction, target]),
            5 => Tree::Call("l1", vec![prediction, target]),
            6 => Tree::Call("hinge", vec![prediction, Tree::Variable(0)]),
            // Everything that has no consumer yet, so that much reaches the loss.
            7 | 8 => {
                let mut terms = vec![(false, prediction)];
                terms.extend(self.fresh.drain(..).map(|fresh| (false, Tree::Variable(fresh))));
                terms.push((true, target));
                Tree::Sum(terms)
            }
            _ => prediction,
        };
        self.exercise.is_maximized = self.tape.chance(4);
        let keyword = if self.exercise.is_maximized { "maximize " } else { "loss " };
        self.exercise.objective = self.push_node("L".to_owned(), tree, keyword);
        if self.tape.chance(5) {
            // Something that the objective does not depend on, but that depends on it.
            let tree = self.product();
            let beyond =
                Tree::Sum(vec![(false, Tree::Variable(self.exercise.objective)), (false, tree)]);
            self.push_node("beyond".to_owned(), beyond, "");
        }
    }
}
