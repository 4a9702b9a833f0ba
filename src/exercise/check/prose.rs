//! Text that people read, with mathematics and computed values in it.

use super::expressions::{Lowering, Names};
use super::{Checker, limits};
use crate::exercise::{CheckError, Prose, Segment};
use crate::syntax::ast::{self, ExprKind};

/// Where a text stands.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Within {
    /// In the head of the sheet, where nothing is computed yet.
    Head,
    /// Among the questions and tasks.
    Sheet,
}

impl Checker {
    /// Resolves a text.
    pub(super) fn prose(&mut self, prose: &ast::Prose, within: Within) -> Option<Prose> {
        self.text_bytes += prose.span.end - prose.span.start;
        if self.text_bytes > limits::TEXT_BYTES {
            let limit = limits::TEXT_BYTES;
            return self.exhausted(prose.span, &CheckError::TooMuchText { limit });
        }
        // Numbers in prose say nothing of how the file writes its numbers.
        let decimals = self.exercise.has_decimals;
        let mut sound = true;
        let mut paragraphs = Vec::with_capacity(prose.paragraphs.len());
        for paragraph in &prose.paragraphs {
            let mut segments = Vec::with_capacity(paragraph.len());
            for segment in paragraph {
                match self.segment(segment, within) {
                    Some(segment) => segments.push(segment),
                    None => sound = false,
                }
            }
            paragraphs.push(segments);
        }
        self.exercise.has_decimals = decimals;
        sound.then_some(Prose { span: prose.span, paragraphs })
    }

    fn segment(&mut self, segment: &ast::Segment, within: Within) -> Option<Segment> {
        match segment {
            ast::Segment::Literal(text) => Some(Segment::Text(text.clone())),
            ast::Segment::Math(expr) => {
                let mut state = Lowering::new(Names::Free, expr.span);
                if matches!(expr.kind, ExprKind::Comparison { .. }) {
                    return self.lower_comparison(expr, &mut state).map(Segment::Comparison);
                }
                self.lower(expr, &mut state).map(Segment::Math)
            }
            ast::Segment::Value { expr, .. } if within == Within::Head => {
                self.error(expr.span, &CheckError::ValueInHead)
            }
            ast::Segment::Value { expr, pass } => {
                let pass = pass.as_ref().map(|pass| self.numbered_pass(pass));
                // Before the first `forward` the value is that of a pass that is not printed.
                self.need_pass(expr.span)?;
                let mut state = Lowering::new(Names::Values, expr.span);
                let lowered = self.lower_operand(expr, &mut state)?;
                let pass = match pass {
                    None => None,
                    Some(pass) => Some(pass?),
                };
                Some(Segment::Value { expr: lowered, pass, span: expr.span })
            }
        }
    }

    /// The pass that `in pass` names: one that the tasks before have made.
    fn numbered_pass(&mut self, pass: &ast::Expr) -> Option<usize> {
        let passes = self.tasks.passes;
        let number = self.integer(pass, "a pass")?;
        match usize::try_from(number) {
            Ok(wanted) if (1..=passes).contains(&wanted) => Some(wanted),
            _ => self.error(pass.span, &CheckError::UnknownPass { pass: number, passes }),
        }
    }
}
