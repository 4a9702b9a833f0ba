//! Mutations of what training adds: optimisers with memory, mini-batches, symbols, paths.

use nablatex::derivation::{Block, Options, Solution, Step, verify};
use nablatex::expr::Expr;
use nablatex::{Source, solve_with};

use super::blocks_of;
use super::mutations::one_more;

const DATA: &str = "data (x -> t) { 1 -> 1; 2 -> 0; 3 -> 1 }\n";
const NET: &str = "param w = 1/2, v = 1/3\np = w * x + v\nloss L = (p - t)^2\n";

/// A name, the exercise, and whether its paths are written out.
fn exercises() -> Vec<(&'static str, String, bool)> {
    let training = |tasks: &str| format!("{DATA}{NET}part \"\" {{ {tasks} }}\n");
    vec![
        (
            "momentum",
            training("repeat 2 { forward on 1; update momentum(rate = 1/5, mu = 1/2) }"),
            false,
        ),
        (
            "nesterov",
            training("repeat 2 { forward on 1; update nesterov(rate = 1/5, mu = 1/2) }"),
            false,
        ),
        (
            "adam",
            training("repeat 2 { forward on 2; update adam(rate = 1/5, amsgrad = yes) }"),
            false,
        ),
        (
            "clipped",
            training("forward on 2; update sgd(rate = 1/5, clip_norm = 1, weight_decay = 1/7)"),
            false,
        ),
        (
            "batches",
            training("repeat 2 { each all { forward; gradient w; update sgd(rate = 1/9) } }"),
            false,
        ),
        ("paths", training("forward on 3; gradient w, v"), true),
        (
            "symbols",
            "input x\nparam w, v = 2\nh = w * x + v\nloss L = h^2 * w\n\
             part \"\" { forward; gradient w, v, x; partial L by h; gradient w in symbols }\n"
                .to_owned(),
            false,
        ),
    ]
}

fn solution(name: &str, text: &str, is_expanded: bool) -> Solution {
    let options = Options { expand: is_expanded.then_some(20) };
    match solve_with(&Source::new(name, text), options) {
        Ok(solved) => solved.solution,
        Err(diagnostics) => panic!("{name} is refused: {diagnostics:?}"),
    }
}

/// The steps that only training, symbols and paths have, and all goals.
fn steps_of(solution: &mut Solution) -> Vec<&mut Step> {
    let mut steps = Vec::new();
    for block in blocks_of(solution) {
        match block {
            Block::Update { look_ahead, steps: lines, .. } => {
                if let Some(ahead) = look_ahead {
                    steps.extend(ahead.positions.iter_mut().chain(&mut ahead.steps));
                }
                steps.extend(lines);
            }
            Block::Batch { loss, .. } => steps.extend(loss),
            Block::BatchGradient { means, .. } => steps.extend(means),
            Block::Partial { step, .. } => steps.push(step),
            Block::Gradient { derivations, .. } | Block::Symbols { derivations, .. } => {
                for derivation in derivations {
                    steps.push(&mut derivation.goal);
                    if let Some(paths) = &mut derivation.paths {
                        steps.extend(paths.paths.iter_mut().map(|path| &mut path.step));
                        steps.extend(&mut paths.total);
                    }
                }
            }
            _ => {}
        }
    }
    steps
}

#[test]
fn a_wrong_value_is_noticed() {
    for (name, text, is_expanded) in exercises() {
        let sound = solution(name, &text, is_expanded);
        let count = steps_of(&mut sound.clone()).len();
        assert!(count >= 2, "{name}: {count}");
        for position in 0..count {
            let mut mutated = sound.clone();
            let step = &mut *steps_of(&mut mutated)[position];
            step.value = one_more(&step.value);
            let target = step.target;
            assert!(verify(&mutated).is_err(), "{name}: the value of {target:?}, step {position}");
        }
    }
}

#[test]
fn a_wrong_form_is_noticed() {
    let mut applied = 0;
    for (name, text, is_expanded) in exercises() {
        let sound = solution(name, &text, is_expanded);
        for position in 0..steps_of(&mut sound.clone()).len() {
            for kind in 0..3 {
                let mut mutated = sound.clone();
                let step = &mut *steps_of(&mut mutated)[position];
                let form = match kind {
                    0 => step.symbolic.last_mut(),
                    1 => step.numeric.last_mut(),
                    _ => step.closed.as_mut(),
                };
                let Some(form) = form else { continue };
                *form = Expr::Sum(vec![
                    nablatex::expr::Term { minus: false, expr: form.clone() },
                    nablatex::expr::Term { minus: false, expr: Expr::from(1) },
                ]);
                let target = step.target;
                applied += 1;
                assert!(verify(&mutated).is_err(), "{name}: form {kind} of {target:?}");
            }
        }
    }
    assert!(applied > 60, "{applied}");
}

#[test]
fn a_number_in_place_of_a_symbol_is_noticed() {
    let (name, text, _) = exercises().pop().expect("the exercise over symbols");
    let sound = solution(name, &text, false);
    let mut applied = 0;
    for position in 0..steps_of(&mut sound.clone()).len() {
        let mut mutated = sound.clone();
        let step = &mut *steps_of(&mut mutated)[position];
        if !step.is_symbolic || step.premises.is_empty() {
            continue;
        }
        step.is_symbolic = false;
        step.closed = None;
        step.numeric = vec![Expr::number(step.value.clone())];
        applied += 1;
        let target = step.target;
        assert!(verify(&mutated).is_err(), "a number for {target:?}");
    }
    assert!(applied >= 3, "{applied}");
}

#[test]
fn a_wrong_comparison_of_batches_is_noticed() {
    let (name, text, _) = exercises().swap_remove(4);
    let sound = solution(name, &text, false);
    let mut applied = 0;
    for position in 0..blocks_of(&mut sound.clone()).len() {
        let mut mutated = sound.clone();
        let mut blocks = blocks_of(&mut mutated);
        let Block::Batch { comparison: Some(comparison), .. } = &mut *blocks[position] else {
            continue;
        };
        comparison.before = one_more(&comparison.before);
        applied += 1;
        assert!(verify(&mutated).is_err());
    }
    assert_eq!(applied, 1);
}

#[test]
fn a_missing_path_is_noticed() {
    let text = "param w = 1/2\na = 2 * w\nb = a + w\nloss L = b * a\npart \"\" { gradient w }\n";
    let sound = solution("paths", text, true);
    let mut mutated = sound.clone();
    for block in blocks_of(&mut mutated) {
        if let Block::Gradient { derivations, .. } = block {
            let paths = derivations[0].paths.as_mut().expect("the paths");
            assert_eq!(paths.paths.len(), 3);
            paths.paths.pop();
        }
    }
    assert!(verify(&mutated).is_err());
}
