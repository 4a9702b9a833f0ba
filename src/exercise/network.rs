//! The network: leaves and nodes in an order in which operands precede consumers.

use std::ops::Index;

use rustc_hash::FxHashMap;

use super::Name;
use crate::expr::{Expr, Literal, Quantity, VariableId};
use crate::source::Span;

pub use crate::syntax::ast::{Role, Sense};

/// A leaf or node.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name in the file.
    pub name: Name,
    /// Where its name is given.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What a variable is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A declared value.
    Leaf {
        /// What it is for.
        role: Role,
        /// Where its value comes from.
        value: LeafValue,
    },
    /// A computed value.
    Node {
        /// The right-hand side.
        definition: Expr,
        /// The distinct variables of the right-hand side, in reading order.
        operands: Vec<VariableId>,
        /// Those of them through which the node has a derivative.
        moving: Vec<VariableId>,
        /// Where the right-hand side stands.
        definition_span: Span,
    },
}

/// Where a leaf has its value from.
#[derive(Clone, Debug)]
pub enum LeafValue {
    /// The file declares it.
    Declared(Literal),
    /// The present row of `data`.
    Data,
    /// It has none and stays a symbol.
    Symbol,
}

impl LeafValue {
    /// The value, where the file declares one.
    pub fn declared(&self) -> Option<&Literal> {
        match self {
            Self::Declared(literal) => Some(literal),
            Self::Data | Self::Symbol => None,
        }
    }
}

/// The scalar that is differentiated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Objective {
    /// Its node.
    pub variable: VariableId,
    /// Whether a step lowers or raises it.
    pub sense: Sense,
    /// Whether it only stands for upstream gradients that the file gives, and for no formula.
    pub is_given: bool,
}

/// Leaves and nodes, in file order, which is a topological order.
#[derive(Clone, Debug, Default)]
pub struct Network {
    variables: Vec<Variable>,
    objective: Option<Objective>,
    /// For each variable whether any node uses it.
    is_used: Vec<bool>,
    /// For each variable the nodes that have a derivative by it, in file order.
    consumers: Vec<Vec<VariableId>>,
    /// For each variable whether the objective depends on it (the objective itself included).
    reaches: Vec<bool>,
    /// For the nodes that have any: parts that may turn out to have no value, and where they stand.
    places: FxHashMap<VariableId, Vec<(Expr, Span)>>,
}

impl Index<VariableId> for Network {
    type Output = Variable;
    fn index(&self, variable: VariableId) -> &Variable {
        &self.variables[variable.index()]
    }
}

impl Network {
    /// Adds a variable whose operands are in the network already.
    pub(super) fn push(&mut self, variable: Variable) -> VariableId {
        let id = VariableId(u32::try_from(self.variables.len()).unwrap_or(u32::MAX));
        if let Kind::Node { operands, moving, .. } = &variable.kind {
            for operand in operands {
                self.is_used[operand.index()] = true;
            }
            for operand in moving {
                self.consumers[operand.index()].push(id);
            }
        }
        self.variables.push(variable);
        self.consumers.push(Vec::new());
        self.is_used.push(false);
        id
    }

    /// Notes where the parts of `node` stand that may turn out to have no value.
    pub(super) fn note_places(&mut self, node: VariableId, places: Vec<(Expr, Span)>) {
        if !places.is_empty() {
            self.places.insert(node, places);
        }
    }

    /// Where a part of the right-hand side of `node` stands, if it was noted.
    pub fn place_of(&self, node: VariableId, part: &Expr) -> Option<Span> {
        let places = self.places.get(&node)?;
        places.iter().find(|(own, _)| own == part).map(|(_, span)| *span)
    }

    /// Names the objective. One network has one.
    pub(super) fn set_objective(&mut self, objective: Objective) {
        self.objective = Some(objective);
    }

    /// Marks what the objective depends on; called once the network is complete.
    pub(super) fn finish(&mut self) {
        self.reaches = vec![false; self.variables.len()];
        let Some(objective) = self.objective else { return };
        self.reaches[objective.variable.index()] = true;
        for position in (0..self.variables.len()).rev() {
            if self.reaches[position]
                && let Kind::Node { moving, .. } = &self.variables[position].kind
            {
                for operand in moving {
                    self.reaches[operand.index()] = true;
                }
            }
        }
    }

    /// How many leaves and nodes there are.
    pub fn len(&self) -> usize {
        self.variables.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.variables.is_empty()
    }

    /// Every variable, operands before consumers.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = VariableId> + use<> {
        (0..u32::try_from(self.variables.len()).unwrap_or(u32::MAX)).map(VariableId)
    }

    /// The scalar that is differentiated, if the file has one.
    pub fn objective(&self) -> Option<Objective> {
        self.objective
    }

    /// Whether `variable` is the objective.
    pub fn is_objective(&self, variable: VariableId) -> bool {
        self.objective.is_some_and(|objective| objective.variable == variable)
    }

    /// Whether `variable` stands for upstream gradients that the file gives.
    pub fn is_given(&self, variable: VariableId) -> bool {
        self.objective.is_some_and(|own| own.is_given && own.variable == variable)
    }

    /// Whether any node uses `variable`.
    pub fn is_used(&self, variable: VariableId) -> bool {
        self.is_used[variable.index()]
    }

    /// The nodes that have a derivative by `variable`, in file order.
    pub fn consumers(&self, variable: VariableId) -> &[VariableId] {
        &self.consumers[variable.index()]
    }

    /// The nodes that use `variable` and on which the objective depends.
    pub fn consumers_toward_objective(
        &self,
        variable: VariableId,
    ) -> impl Iterator<Item = VariableId> + '_ {
        self.consumers(variable)
            .iter()
            .copied()
            .filter(|consumer| self.reaches_objective(*consumer))
    }

    /// Whether the objective depends on `variable`, or is it.
    pub fn reaches_objective(&self, variable: VariableId) -> bool {
        self.reaches[variable.index()]
    }

    /// Whether some leaf stays a symbol.
    pub fn has_symbols(&self) -> bool {
        self.variables
            .iter()
            .any(|variable| matches!(variable.kind, Kind::Leaf { value: LeafValue::Symbol, .. }))
    }

    /// The right-hand side, if `variable` is a node.
    pub fn definition(&self, variable: VariableId) -> Option<&Expr> {
        match &self[variable].kind {
            Kind::Node { definition, .. } => Some(definition),
            Kind::Leaf { .. } => None,
        }
    }

    /// The distinct variables of the right-hand side, in reading order; none for a leaf.
    pub fn operands(&self, variable: VariableId) -> &[VariableId] {
        match &self[variable].kind {
            Kind::Node { operands, .. } => operands,
            Kind::Leaf { .. } => &[],
        }
    }

    /// The variable that `variable` merely renames: `yhat = z2`.
    pub fn identity_of(&self, variable: VariableId) -> Option<VariableId> {
        match self.definition(variable)? {
            Expr::Quantity(Quantity::Variable(operand)) => Some(*operand),
            _ => None,
        }
    }

    /// The role, if `variable` is a leaf.
    pub fn role(&self, variable: VariableId) -> Option<Role> {
        match self[variable].kind {
            Kind::Leaf { role, .. } => Some(role),
            Kind::Node { .. } => None,
        }
    }

    /// The leaves of a role, in file order.
    pub fn leaves(&self, role: Role) -> impl Iterator<Item = VariableId> + '_ {
        self.ids().filter(move |id| self.role(*id) == Some(role))
    }
}
