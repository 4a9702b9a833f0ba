//! Names that nothing above their use gives. Which mistake that is shows when all names are known.

use std::collections::VecDeque;

use super::{Checker, Unresolved};
use crate::exercise::CheckError;
use crate::expr::VariableId;

impl Checker {
    /// A use of an unknown name is one of three mistakes: it is given nowhere, further down, or by nodes
    /// that need the one in which it is used.
    pub(super) fn explain_unresolved(&mut self) {
        let known = self.scope.names();
        for Unresolved { name, span, within } in std::mem::take(&mut self.unresolved) {
            if self.gives_up() {
                return;
            }
            if self.lost_names.contains(&*name.base) {
                continue;
            }
            let later = self.scope.get(&name);
            let error = match (later, within) {
                (Some(later), Some(within)) => match self.path(later, within) {
                    Some(path) => CheckError::Cycle { path },
                    None => CheckError::UsedBeforeDefinition { name: name.to_string() },
                },
                (Some(_), None) => CheckError::UsedBeforeDefinition { name: name.to_string() },
                (None, _) => self.unknown_name(&name, &known),
            };
            self.error::<()>(span, &error);
        }
        for (name, span) in std::mem::take(&mut self.later_names) {
            if self.gives_up() {
                return;
            }
            if !self.scope.names_something(&name) && !self.lost_names.contains(&*name.base) {
                let error = self.unknown_name(&name, &known);
                self.error::<()>(span, &error);
            }
        }
    }

    /// The names on a shortest way from `start` through its operands to `goal`, closed to a circle.
    fn path(&self, start: VariableId, goal: VariableId) -> Option<Vec<String>> {
        let network = &self.exercise.network;
        let mut came_from = vec![None; network.len()];
        let mut seen = vec![false; network.len()];
        let mut pending = VecDeque::from([start]);
        seen[start.index()] = true;
        while let Some(variable) = pending.pop_front() {
            if variable == goal {
                let mut path = vec![network[goal].name.to_string()];
                let mut at = goal;
                while let Some(previous) = came_from[at.index()] {
                    at = previous;
                    path.push(network[at].name.to_string());
                }
                path.push(network[goal].name.to_string());
                path.reverse();
                return Some(path);
            }
            for &operand in network.operands(variable) {
                if !std::mem::replace(&mut seen[operand.index()], true) {
                    came_from[operand.index()] = Some(variable);
                    pending.push_back(operand);
                }
            }
        }
        None
    }
}
