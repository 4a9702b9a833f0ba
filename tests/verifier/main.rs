//! Mutations of sound solutions: whatever is made wrong in one is noticed, and by the fault that it is.

#![allow(clippy::disallowed_methods, reason = "the examples are on disk")]

mod mutations;
mod training;

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use nablatex::derivation::{
    Block, Derivation, DerivationKind, Fault, Solution, StatedActivation, Step, verify,
};
use nablatex::exact::Number;
use nablatex::expr::{Activation, Expr, VariableId};
use nablatex::{Source, solve};

use mutations::{MUTATIONS, double_activation, one_more, opposite};

/// Exercises that have every kind of step between them.
const EXERCISES: [(&str, &str); 7] = [
    ("seed", include_str!("../../examples/exercise2.nabla")),
    ("kinks", include_str!("../../examples/kinks.nabla")),
    ("recurrent", include_str!("../../examples/recurrent.nabla")),
    ("reward", include_str!("../../examples/reward.nabla")),
    ("dead", include_str!("../../examples/dead-unit.nabla")),
    ("activation", include_str!("../../examples/activation.nabla")),
    (
        "everything",
        "input x = 2, z = 1\ntarget y = 1\nparam w = 1/2, u = -1, v = 0, unused = 3\n\
         a = w * x + u\nb = relu(a)\nc = b\nd = c\ne = max(d, v, a)\nf = clip(e, 0, 1)\n\
         g = where(x > 1, f * w, f - w) + huber(e, y) + e^2 / (w + 1)\nh = g * u - v * w\n\
         aside = 2 * a\nloss L = abs(y - h) + 1/10 * w^2\n\
         part \"\" { forward; gradient w, u, v, unused, x, z, aside, L, b, d }\n\
         part \"\" { update sgd(rate = 1/2); forward; gradient h, w; update v by sgd(rate = 1); forward }\n",
    ),
];

fn solution(name: &str, text: &str) -> Solution {
    match solve(&Source::new(name, text)) {
        Ok(solved) => solved.solution,
        Err(diagnostics) => panic!("{name} is refused: {diagnostics:?}"),
    }
}

fn solutions() -> impl Iterator<Item = (&'static str, Solution)> {
    EXERCISES.into_iter().map(|(name, text)| (name, solution(name, text)))
}

/// Every block that is no heading, in order.
fn leaves_of<'b>(blocks: &'b mut [Block], leaves: &mut Vec<&'b mut Block>) {
    for block in blocks {
        match block {
            Block::Part { blocks, .. } | Block::Round { blocks, .. } => leaves_of(blocks, leaves),
            other => leaves.push(other),
        }
    }
}

fn blocks_of(solution: &mut Solution) -> Vec<&mut Block> {
    let mut leaves = Vec::new();
    leaves_of(&mut solution.blocks, &mut leaves);
    leaves
}

/// Every step of the sheet with the pass it belongs to, in order.
fn steps_of(solution: &mut Solution) -> Vec<(usize, &mut Step)> {
    fn of_derivations(derivations: &mut [Derivation]) -> impl Iterator<Item = &mut Step> {
        derivations.iter_mut().flat_map(|derivation| {
            std::iter::once(&mut derivation.goal).chain(&mut derivation.support)
        })
    }
    let mut all = Vec::new();
    for block in blocks_of(solution) {
        match block {
            Block::Forward { pass, steps, .. } => {
                let pass = *pass;
                all.extend(steps.iter_mut().map(|step| (pass, step)));
            }
            Block::Gradient { pass, derivations } => {
                let pass = *pass;
                all.extend(of_derivations(derivations).map(|step| (pass, step)));
            }
            Block::Update { pass, derivations, steps, .. } => {
                let pass = *pass;
                all.extend(of_derivations(derivations).map(|step| (pass, step)));
                all.extend(steps.iter_mut().map(|step| (pass, step)));
            }
            _ => {}
        }
    }
    all
}

#[test]
fn sound_solutions_verify() {
    for (name, solution) in solutions() {
        assert_eq!(verify(&solution), Ok(()), "{name}");
    }
}

/// Every mutation, at every place of every step of every exercise.
#[test]
fn every_mutation_of_a_step_is_noticed() {
    let mut applied: BTreeMap<&str, usize> = BTreeMap::new();
    let mut missed = Vec::new();
    for (name, sound) in solutions() {
        let count = steps_of(&mut sound.clone()).len();
        for position in 0..count {
            for (mutation, mutate, faults) in MUTATIONS {
                for place in 0.. {
                    let mut solution = sound.clone();
                    let (pass, step) = steps_of(&mut solution).swap_remove(position);
                    let before = format!("{:?}", step.symbolic);
                    if !mutate(step, place) {
                        break;
                    }
                    let target = step.target;
                    *applied.entry(mutation).or_default() += 1;
                    match verify(&solution) {
                        Err(error) if faults.contains(&error.fault) => {
                            assert_eq!(error.pass, pass + 1, "{name}: {mutation}: {error}");
                        }
                        other => missed.push(format!(
                            "{name}, pass {}, {target:?}, place {place}: {mutation}: {other:?}\n    {before}",
                            pass + 1
                        )),
                    }
                }
            }
        }
    }
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
    for (mutation, ..) in MUTATIONS {
        assert!(applied.get(mutation).is_some_and(|count| *count > 0), "{mutation} never applied");
    }
    assert!(applied.values().sum::<usize>() > 1_000, "{applied:?}");
}

/// A step of the first pass in place of the same step of a later one.
#[test]
fn stale_steps_are_noticed() {
    let mut applied = 0;
    for (name, sound) in solutions() {
        let steps: Vec<(usize, Step)> = steps_of(&mut sound.clone())
            .into_iter()
            .map(|(pass, step)| (pass, step.clone()))
            .collect();
        for (position, (pass, step)) in steps.iter().enumerate() {
            let stale = steps.iter().find(|(earlier, other)| {
                earlier < pass && other.target == step.target && other.value != step.value
            });
            let Some((_, stale)) = stale else { continue };
            for whole in [true, false] {
                if !whole && (stale.numeric.is_empty() || step.numeric.is_empty()) {
                    continue;
                }
                let mut solution = sound.clone();
                let (_, own) = steps_of(&mut solution).swap_remove(position);
                if whole {
                    *own = stale.clone();
                } else {
                    own.numeric.clone_from(&stale.numeric);
                }
                applied += 1;
                let error = verify(&solution).expect_err("a stale step");
                let expected = if whole { Fault::Value } else { Fault::Forms };
                assert_eq!(error.fault, expected, "{name}: {error}");
                assert_eq!(error.pass, pass + 1, "{name}: {error}");
            }
        }
    }
    assert!(applied > 10, "{applied}");
}

/// What a derivation rests on, taken away.
#[test]
fn missing_support_is_noticed() {
    let mut applied = 0;
    for (name, sound) in solutions() {
        let count = blocks_of(&mut sound.clone()).len();
        for block in 0..count {
            for derivation in 0.. {
                let mut steps = 0;
                for step in 0.. {
                    let mut solution = sound.clone();
                    let mut blocks = blocks_of(&mut solution);
                    let (Block::Gradient { derivations, .. } | Block::Update { derivations, .. }) =
                        &mut *blocks[block]
                    else {
                        break;
                    };
                    let Some(derivation) = derivations.get_mut(derivation) else { break };
                    if step >= derivation.support.len() {
                        steps = derivation.support.len() + 1;
                        break;
                    }
                    let lost = derivation.support.remove(step);
                    applied += 1;
                    let error = verify(&solution).expect_err("a lost step");
                    assert_eq!(error.fault, Fault::Premise, "{name}, {lost:?}: {error}");
                }
                if steps == 0 {
                    break;
                }
            }
        }
    }
    assert!(applied > 20, "{applied}");
}

#[test]
fn a_derivation_of_something_else_is_noticed() {
    for (name, sound) in solutions() {
        let mut solution = sound.clone();
        for block in blocks_of(&mut solution) {
            if let Block::Gradient { derivations, .. } = block {
                let derivation = &mut derivations[0];
                let other = u32::from(derivation.target == VariableId(0));
                derivation.target = VariableId(other);
                derivation.kind = DerivationKind::Chain;
            }
        }
        let error = verify(&solution).expect_err("another target");
        assert_eq!(error.fault, Fault::Target, "{name}: {error}");
    }
}

/// The record of each pass, from which the machine-readable result is written.
#[test]
fn an_altered_record_is_noticed() {
    let mut applied = 0;
    let mut check = |name: &str, solution: &Solution, faults: &[Fault]| {
        applied += 1;
        let error = verify(solution).expect_err("an altered record");
        assert!(faults.contains(&error.fault), "{name}: {error}");
    };
    for (name, sound) in solutions() {
        for pass in 0..sound.passes.len() {
            for value in 0..sound.passes[pass].values.len() {
                let mut solution = sound.clone();
                let value = &mut solution.passes[pass].values[value];
                *value = one_more(value);
                check(name, &solution, &[Fault::Record]);
            }
            for adjoint in 0..sound.passes[pass].adjoints.len() {
                let mut solution = sound.clone();
                let Some(adjoint) = &mut solution.passes[pass].adjoints[adjoint] else { continue };
                *adjoint = one_more(adjoint);
                check(name, &solution, &[Fault::Gradient, Fault::Record]);
            }
            for partial in 0..sound.passes[pass].partials.len() {
                let mut solution = sound.clone();
                let (_, partial) =
                    solution.passes[pass].partials.get_index_mut(partial).expect("a partial");
                *partial = one_more(partial);
                check(name, &solution, &[Fault::Record]);
            }
            for update in 0..sound.passes[pass].updates.len() {
                let mut solution = sound.clone();
                let update = &mut solution.passes[pass].updates[update];
                update.1 = one_more(&update.1);
                check(name, &solution, &[Fault::Record]);
                let mut solution = sound.clone();
                let twice = solution.passes[pass].updates[0].clone();
                solution.passes[pass].updates.push(twice);
                check(name, &solution, &[Fault::Record]);
            }
            // An update that no step of the sheet makes.
            let mut solution = sound.clone();
            solution.passes[pass].updates.push((VariableId(0), Number::from(77)));
            check(name, &solution, &[Fault::Record]);
        }
    }
    assert!(applied > 100, "{applied}");
}

/// What the sheet says of the functions that keep their names.
#[test]
fn a_wrong_statement_of_an_activation_is_noticed() {
    let kinked = "const c = 2\nparam w = 3\nactivation A(t) = relu(t) + c * t^3\n\
                  activation B(t) = t * A(t)\nloss L = B(w)\n";
    let texts =
        [("activation", include_str!("../../examples/activation.nabla")), ("kinked", kinked)];
    for (name, sound) in texts.map(|(name, text)| (name, solution(name, text))) {
        assert_eq!(sound.activations.len(), 2, "{name}");
        for position in 0..sound.activations.len() {
            let check = |fault: Fault, alter: &dyn Fn(&mut Vec<StatedActivation>)| {
                let mut solution = sound.clone();
                alter(&mut solution.activations);
                let error = verify(&solution).expect_err("a wrong statement");
                assert_eq!(error.fault, fault, "{name}: {error}");
            };
            check(Fault::Gradient, &|all| all[position].derivative = Expr::from(7));
            check(Fault::Gradient, &|all| {
                let right = all[position].derivative.clone();
                all[position].derivative = opposite(&right);
            });
            check(Fault::Gradient, &|all| {
                all[position].derivative = all[position].definition.clone();
            });
            check(Fault::Forms, &|all| {
                let right = all[position].definition.clone();
                all[position].definition = opposite(&right);
            });
            check(Fault::Target, &|all| {
                let own = &all[position].function;
                let doubled =
                    Activation::new(own.name().to_owned(), own.parameter(), Expr::from(2));
                all[position].function = Arc::new(doubled);
            });
            check(Fault::Target, &|all| all.push(all[position].clone()));
            check(if position == 0 { Fault::Target } else { Fault::Premise }, &|all| {
                all.remove(position);
            });
        }
    }
}

/// A step that calls another function than the network, or another derivative.
#[test]
fn another_activation_in_a_step_is_noticed() {
    let sound = solution("activation", include_str!("../../examples/activation.nabla"));
    let mut applied = 0;
    for position in 0..steps_of(&mut sound.clone()).len() {
        for numeric in [false, true] {
            for form in 0.. {
                let mut solution = sound.clone();
                let (_, step) = steps_of(&mut solution).swap_remove(position);
                let forms = if numeric { &mut step.numeric } else { &mut step.symbolic };
                let Some(form) = forms.get_mut(form) else { break };
                if double_activation(form) {
                    applied += 1;
                    let error = verify(&solution).expect_err("another function");
                    assert_eq!(error.fault, Fault::Forms, "{error}");
                }
            }
        }
    }
    assert!(applied >= 6, "{applied}");
}

#[test]
fn a_wrong_comparison_is_noticed() {
    let mut applied = 0;
    for (name, sound) in solutions() {
        let count = blocks_of(&mut sound.clone()).len();
        for block in 0..count {
            for kind in 0..3 {
                let mut solution = sound.clone();
                let mut blocks = blocks_of(&mut solution);
                let Block::Forward { comparison: Some(comparison), .. } = &mut *blocks[block]
                else {
                    continue;
                };
                match kind {
                    0 => comparison.before = one_more(&comparison.before),
                    1 => comparison.after = one_more(&comparison.after),
                    _ => {
                        comparison.ordering = match comparison.ordering {
                            Ordering::Less => Ordering::Equal,
                            other => other.reverse().then(Ordering::Less),
                        }
                    }
                }
                applied += 1;
                let error = verify(&solution).expect_err("a wrong comparison");
                assert_eq!(error.fault, Fault::Value, "{name}: {error}");
            }
        }
    }
    assert!(applied >= 9, "{applied}");
}

#[test]
fn another_rate_is_noticed() {
    let mut applied = 0;
    for (name, sound) in solutions() {
        let count = blocks_of(&mut sound.clone()).len();
        for block in 0..count {
            let mut solution = sound.clone();
            let mut blocks = blocks_of(&mut solution);
            let Block::Update { optimiser, .. } = &mut *blocks[block] else { continue };
            let (_, rate) = &mut optimiser.settings.numbers[0];
            rate.value = one_more(&rate.value);
            applied += 1;
            // Where all gradients are 0, the printed forms still hold the old rate.
            let error = verify(&solution).expect_err("another rate");
            assert!(matches!(error.fault, Fault::Value | Fault::Forms), "{name}: {error}");
        }
    }
    assert!(applied >= 3, "{applied}");
}
