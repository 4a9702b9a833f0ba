//! Text that people read, with mathematics and computed values in it.

use super::Checker;
use super::expressions::{Lowering, Names};
use crate::exercise::{CheckError, Prose, Segment};
use crate::expr::{Expr, Quantity};
use crate::syntax::ast::{self, ExprKind};

impl Checker {
    /// Resolves a text. `passes` is how many forward passes stand before it; `None` where no value can
    /// stand, in the head of the file.
    pub(super) fn prose(&mut self, prose: &ast::Prose, passes: Option<usize>) -> Option<Prose> {
        // Numbers in prose say nothing of how the file writes its numbers.
        let decimals = self.exercise.has_decimals;
        let mut sound = true;
        let mut paragraphs = Vec::with_capacity(prose.paragraphs.len());
        for paragraph in &prose.paragraphs {
            let mut segments = Vec::with_capacity(paragraph.len());
            for segment in paragraph {
                match self.segment(segment, passes) {
                    Some(segment) => segments.push(segment),
                    None => sound = false,
                }
            }
            paragraphs.push(segments);
        }
        self.exercise.has_decimals = decimals;
        sound.then_some(Prose { span: prose.span, paragraphs })
    }

    fn segment(&mut self, segment: &ast::Segment, passes: Option<usize>) -> Option<Segment> {
        match segment {
            ast::Segment::Literal(text) => Some(Segment::Text(text.clone())),
            ast::Segment::Math(expr) => {
                let mut state = Lowering::new(Names::Free, None);
                if matches!(expr.kind, ExprKind::Comparison { .. }) {
                    return self.lower_comparison(expr, &mut state).map(Segment::Comparison);
                }
                self.lower(expr, &mut state).map(Segment::Math)
            }
            ast::Segment::Value { expr, pass } => {
                let made = passes.unwrap_or(0);
                let pass = match pass {
                    None => None,
                    Some(pass) => {
                        let number = self.integer(pass, "a pass")?;
                        match usize::try_from(number) {
                            Ok(wanted) if (1..=made).contains(&wanted) => Some(wanted),
                            _ => {
                                let error = CheckError::UnknownPass { pass: number, passes: made };
                                return self.error(pass.span, &error);
                            }
                        }
                    }
                };
                let lowered = self.lower_value(expr)?;
                Some(Segment::Value { expr: lowered, pass, span: expr.span })
            }
        }
    }

    /// An expression whose value is printed: `grad(w0)` stands for an adjoint in it.
    fn lower_value(&mut self, expr: &ast::Expr) -> Option<Expr> {
        if let ExprKind::Call(call) = &expr.kind
            && call.function.text == "grad"
            && let [ast::Argument { name: None, value }] = &call.arguments[..]
            && let ExprKind::Name(name) = &value.kind
        {
            let resolved = self.resolve_name(name)?;
            let Some(variable) = self.scope.get(&resolved) else {
                self.unresolved(resolved, name.span, None);
                return None;
            };
            if self.exercise.network.objective().is_none() {
                return self.error(expr.span, &CheckError::NoObjective);
            }
            return Some(Quantity::Adjoint(variable).into());
        }
        self.lower(expr, &mut Lowering::new(Names::All, None))
    }
}
