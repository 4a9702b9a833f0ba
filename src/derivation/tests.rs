//! Derivations on small networks: what each step says, not only its value.

use super::{Block, Derivation, DerivationKind, Justification, Solution, Step, verify};
use crate::expr::{Names, Quantity, VariableId, to_text};
use crate::{Source, solve};

fn solved(text: &str) -> Solution {
    match solve(&Source::new("network", text)) {
        Ok(solved) => solved.solution,
        Err(diagnostics) => panic!("{text}{diagnostics:?}"),
    }
}

fn derivations(solution: &Solution) -> Vec<&Derivation> {
    fn collect<'s>(blocks: &'s [Block], found: &mut Vec<&'s Derivation>) {
        for block in blocks {
            match block {
                Block::Part { blocks, .. } | Block::Round { blocks, .. } => collect(blocks, found),
                Block::Gradient { derivations, .. } | Block::Update { derivations, .. } => {
                    found.extend(derivations);
                }
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    collect(&solution.blocks, &mut found);
    found
}

/// A step as one line: target, forms, value.
fn line(solution: &Solution, step: &Step) -> String {
    let names: &dyn Names = &solution.exercise;
    let mut parts = vec![names.name(step.target)];
    let forms = step.symbolic.iter().chain(&step.numeric);
    parts.extend(forms.map(|form| to_text(form, names)));
    parts.push(step.value.to_string());
    parts.join(" = ")
}

/// Every derivation with its support, a line a step.
fn lines(text: &str) -> Vec<String> {
    let solution = solved(text);
    assert_eq!(verify(&solution), Ok(()));
    derivations(&solution)
        .into_iter()
        .flat_map(|derivation| std::iter::once(&derivation.goal).chain(&derivation.support))
        .map(|step| line(&solution, step))
        .collect()
}

fn kinds(text: &str) -> Vec<DerivationKind> {
    derivations(&solved(text)).into_iter().map(|derivation| derivation.kind).collect()
}

#[test]
fn a_chain_is_one_factor_a_node() {
    let text = "input x = 2\nparam w = 3\nz = w * x\nloss L = (z - 5)^2\n";
    assert_eq!(
        lines(text),
        [
            "grad(w) = grad(z) * partial(z, w) = grad(z) * x = 2 * 2 = 4",
            "grad(z) = 2 * (z - 5) = 2 * (6 - 5) = 2 * 1 = 2",
        ]
    );
}

#[test]
fn fan_out_is_a_sum_with_one_summand_a_consumer() {
    let text = "param w = 3\na = 2 * w\nb = w^2\nc = 5 * w\nloss L = a * b\n";
    let solution = solved(text);
    let derivation = derivations(&solution)[0];
    // c does not reach the loss.
    let consumers = vec![VariableId(1), VariableId(2)];
    assert_eq!(derivation.goal.justification, Justification::ChainRule { consumers });
    assert_eq!(
        lines(text),
        [
            "grad(w) = grad(a) * partial(a, w) + grad(b) * partial(b, w) = grad(a) * 2 + grad(b) * 2 * w \
             = 9 * 2 + 6 * 2 * 3 = 18 + 36 = 54",
            "grad(a) = b = 9",
            "grad(b) = a = 6",
        ]
    );
}

#[test]
fn a_parameter_used_several_times_in_one_node_has_one_local_partial() {
    let text = "input x = 2\nparam w = 3\nz = w * x * w + w\nloss L = z / 13\n";
    assert_eq!(
        lines(text)[0],
        "grad(w) = grad(z) * partial(z, w) = grad(z) * (2 * x * w + 1) \
         = 1/13 * (2 * 2 * 3 + 1) = 1/13 * 13 = 1"
    );
}

#[test]
fn an_operand_of_the_objective_is_used_directly_and_indirectly() {
    let text = "param w = 3\nz = 2 * w\nloss L = z * w + w^2\n";
    assert_eq!(
        lines(text),
        [
            "grad(w) = grad(z) * partial(z, w) + partial(L, w) = grad(z) * 2 + (z + 2 * w) \
             = 3 * 2 + (6 + 2 * 3) = 6 + 12 = 18",
            "grad(z) = w = 3",
        ]
    );
}

#[test]
fn identity_nodes_take_no_detour() {
    let text = "param w = 3\na = 2 * w\nb = a\nc = b\nloss L = c^2\n\
                part \"\" { gradient w, a, b, c }\n";
    let solution = solved(text);
    let derivations = derivations(&solution);
    let kinds: Vec<DerivationKind> = derivations.iter().map(|d| d.kind).collect();
    // The step for a goes on through b and c, which stand above then.
    let repeated = DerivationKind::Repeated;
    assert_eq!(kinds, [DerivationKind::Chain, repeated, repeated, repeated]);
    let support = &derivations[0].support[0];
    assert_eq!(support.also, [2, 3].map(|id| Quantity::Adjoint(VariableId(id))));
    assert_eq!(line(&solution, support), "grad(a) = grad(b) = grad(c) = 2 * c = 2 * 6 = 12");
}

#[test]
fn an_identity_among_several_consumers_adds_its_adjoint() {
    let text = "param w = 3\nb = w\nc = w^2\nloss L = b * c\n";
    assert_eq!(
        lines(text)[0],
        "grad(w) = grad(b) + grad(c) * partial(c, w) = grad(b) + grad(c) * 2 * w = 9 + 3 * 2 * 3 = 9 + 18 = 27"
    );
}

#[test]
fn an_objective_that_renames_a_node_passes_one_on() {
    let text = "param w = 3\nz = w^2\nloss L = z\n";
    assert_eq!(
        lines(text),
        ["grad(w) = grad(z) * partial(z, w) = grad(z) * 2 * w = 1 * 2 * 3 = 6", "grad(z) = 1 = 1"]
    );
}

#[test]
fn the_seed_and_what_the_objective_does_not_depend_on() {
    let text = "param w = 3, unused = 1, astray = 2\nz = w^2\nbeside = astray * w\nloss L = z + w\n\
                beyond = L * w\npart \"\" { gradient L, unused, astray, beyond, z, w }\n";
    assert_eq!(
        kinds(text),
        [
            DerivationKind::Seed,
            DerivationKind::Unused,
            DerivationKind::Unreached,
            DerivationKind::Unused,
            DerivationKind::Chain,
            DerivationKind::Chain,
        ]
    );
    assert_eq!(
        lines(text),
        [
            "grad(L) = 1",
            "grad(unused) = 0",
            "grad(astray) = 0",
            "grad(beyond) = 0",
            "grad(z) = 1 = 1",
            // Neither what is beside the way to the loss nor what is beyond it counts.
            "grad(w) = grad(z) * partial(z, w) + partial(L, w) = grad(z) * 2 * w + 1 = 1 * 2 * 3 + 1 = 6 + 1 = 7",
        ]
    );
}

#[test]
fn every_adjoint_is_derived_once_in_a_pass() {
    let text = "param u = 2, v = 3\nz = u * v\nh = relu(z)\nloss L = h^2\n\
                part \"\" { gradient u, v, h, z; update sgd(rate = 1); forward; gradient u }\n";
    let solution = solved(text);
    let all: Vec<String> = lines(text);
    let first: Vec<&String> = all.iter().take(7).collect();
    let mut targets: Vec<&str> =
        first.iter().filter(|l| l.matches(" = ").count() > 1).map(|l| &l[..7]).collect();
    let count = targets.len();
    targets.sort_unstable();
    targets.dedup();
    assert_eq!(targets.len(), count, "{all:?}");
    // A later pass derives them anew.
    let last = *derivations(&solution).last().expect("a derivation");
    assert_eq!(last.kind, DerivationKind::Chain);
    assert!(!last.support.is_empty());
}

#[test]
fn a_branch_says_why_it_is_taken() {
    for (value, condition, convention) in
        [("2", "z > 0", None), ("-1", "z <= 0", None), ("0", "z == 0", Some("0"))]
    {
        let text = format!("param w = {value}\nz = w\nh = relu(z)\nloss L = h + w\n");
        let solution = solved(&text);
        let support = derivations(&solution)
            .into_iter()
            .flat_map(|derivation| &derivation.support)
            .find(|step| matches!(step.target, Quantity::LocalPartial { .. }));
        let [branch] = &support.expect("the partial of relu").branches[..] else {
            panic!("one branch: {support:?}")
        };
        let names: &dyn Names = &solution.exercise;
        let own = &branch.condition;
        let shown = format!(
            "{} {} {}",
            to_text(&own.left, names),
            own.relation.symbol(),
            to_text(&own.right, names)
        );
        assert_eq!((shown.as_str(), branch.kink.map(|kink| kink.place)), (condition, convention));
    }
}

#[test]
fn updates_happen_all_at_once_and_each_way() {
    for (keyword, after) in [("loss", ["-1", "0"]), ("maximize", ["5", "4"])] {
        let text = format!(
            "param u = 2, v = 2\nz = u * v\n{keyword} L = z + u\n\
             part \"\" {{ forward; update sgd(rate = 1); forward }}\n"
        );
        let solution = solved(&text);
        let values = &solution.passes[1].values;
        assert_eq!([values[0].to_string(), values[1].to_string()], after, "{keyword}");
    }
}

#[test]
fn what_nothing_asked_for_is_derived_with_the_update() {
    let text = "param u = 2, v = 3\nloss L = u * v\n\
                part \"\" { gradient u; update sgd(rate = 1) }\n";
    let solution = solved(text);
    let targets: Vec<u32> = derivations(&solution).iter().map(|d| d.target.0).collect();
    assert_eq!(targets, [0, 1]);
}

#[test]
fn a_pass_before_the_first_forward_is_recorded_and_not_printed() {
    let solution = solved("param w = 2\nloss L = w^2\npart \"\" { gradient w }\n");
    assert_eq!(solution.passes.len(), 1);
    assert_eq!(derivations(&solution).len(), 1);
}

/// Found by random networks or by looking for trouble: each was wrong or withheld once.
#[test]
fn what_went_wrong_once() {
    for (text, gradient) in [
        // The threshold of smooth_l1 itself.
        ("param w = 1\nloss L = smooth_l1(w, 0)\n", "1"),
        // Both bounds at once, by one parameter that is both.
        ("param w = 1\nz = 1\nloss L = clip(z, w, w)\n", "1"),
        // Two halves of clip are two functions.
        ("param w = 2\nloss L = clip(w, 0, inf) * clip(w, -inf, 3)\n", "4"),
        ("param w = 2\nloss L = clip(w, 0, inf) * clip(w, -inf, 0)\n", "0"),
        // Branches that agree but are distinctions themselves.
        ("param w = 2\nloss L = where(w > 0, relu(w), relu(w))\n", "1"),
        ("param w = 2\nloss L = where(w > 0, where(w > 1, w, 2), where(w > 1, w, 2))\n", "1"),
        // A power of 0 and a power of a power.
        ("param w = 0\nloss L = w^0 + w\n", "1"),
        ("param w = 2\nloss L = 1 / (w^2)^3\n", "-3/64"),
        // Ties within ties.
        ("param w = 2\nloss L = max(w, min(w, 3), 2)\n", "2/3"),
        ("convention max'(tie) = first\nparam w = 2\nloss L = max(2, w, w)\n", "0"),
    ] {
        let solution = solved(text);
        let derived = solution.passes[0].adjoints[0].as_ref().expect("a gradient");
        assert_eq!(derived.to_string(), gradient, "{text}");
    }
}

/// Where a partial stands in the node's own value, as σ′ = σ(1 − σ), beside a case distinction.
#[test]
fn smooth_functions_of_piecewise_ones_are_derived() {
    for (function, gradient) in [
        ("sigmoid(relu(w))", "sigmoid(1)"),
        ("tanh(abs(w))", "tanh(1)"),
        ("exp(max(w, -2))", "exp(1)"),
        ("sqrt(3 + abs(w))", "1/4"),
    ] {
        let solution = solved(&format!("param w = 1\nu = {function}\nloss L = u\n"));
        let derived = solution.passes[0].adjoints[0].as_ref().expect("a gradient");
        assert!(derived.to_string().contains(gradient), "{function}: {derived}");
    }
}
