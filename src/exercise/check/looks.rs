//! How the sheet looks and what it assumes: the head, displays, conventions.

use super::Checker;
use super::prose::Within;
use crate::exact::Precision;
use crate::exercise::{CheckError, Language, NumberFormat, NumbersAs};
use crate::expr::{ConventionValue, Kink, TieRule};
use crate::notation::Symbol;
use crate::ops;
use crate::source::Span;
use crate::suggestion::nearest;
use crate::syntax::ast::{self, ExprKind, MetadataField};

/// The most digits that a number is shown with.
const MAX_DIGITS: u32 = 1_000;

impl Checker {
    pub(super) fn metadata(&mut self, field: MetadataField, text: &ast::Prose, span: Span) {
        if field == MetadataField::Language {
            let language = plain_text(text);
            match Language::ALL.into_iter().find(|known| known.code() == language) {
                None => {
                    let known = Language::ALL.map(|known| known.code().to_owned()).to_vec();
                    let error = CheckError::UnknownLanguage { language, known };
                    self.error::<()>(text.span, &error);
                }
                Some(known) => {
                    self.exercise.metadata.language = known;
                    if let Some(first) = self.language.replace(text.span) {
                        self.error::<()>(span, &CheckError::MetadataTwice { field: "lang", first });
                    }
                }
            }
            return;
        }
        let Some(prose) = self.prose(text, Within::Head) else { return };
        let metadata = &mut self.exercise.metadata;
        let (slot, field) = match field {
            MetadataField::Title => (&mut metadata.title, "title"),
            MetadataField::Author => (&mut metadata.author, "author"),
            MetadataField::Course => (&mut metadata.course, "course"),
            MetadataField::Date | MetadataField::Language => (&mut metadata.date, "date"),
        };
        if let Some(first) = slot.replace(prose) {
            self.error::<()>(span, &CheckError::MetadataTwice { field, first: first.span });
        }
    }

    pub(super) fn convention(&mut self, clause: &ast::ConventionClause) {
        let (function, place) = (clause.function.text.clone(), clause.place.text.clone());
        let Some(known) = ops::find(&function) else {
            if self.scope.called_by.contains_key(&function) {
                let error = CheckError::ConventionOfDefinition { function };
                self.error::<()>(clause.span, &error);
                return;
            }
            let nearest = nearest(&function, ops::names()).map(str::to_owned);
            let error = CheckError::UnknownFunction { name: function, nearest };
            self.error::<()>(clause.function.span, &error);
            return;
        };
        let Some(&place_name) = known.kinks().iter().find(|own| **own == place) else {
            let known = known.kinks().iter().map(|own| (*own).to_owned()).collect();
            let error = CheckError::UnknownConvention { function, place, known };
            self.error::<()>(clause.span, &error);
            return;
        };
        let value = if place_name == "tie" {
            match word(&clause.value) {
                Some("first") => ConventionValue::Tie(TieRule::First),
                Some("share") => ConventionValue::Tie(TieRule::Share),
                _ => {
                    let error = CheckError::ConventionValue { function, place, tie: true };
                    self.error::<()>(clause.value.span, &error);
                    return;
                }
            }
        } else if matches!(word(&clause.value), Some("first" | "share")) {
            let error = CheckError::ConventionValue { function, place, tie: false };
            self.error::<()>(clause.value.span, &error);
            return;
        } else {
            let decimals = self.exercise.has_decimals;
            let Some((value, _)) = self.constant(&clause.value, "a convention") else { return };
            // A slope at a kink says nothing of how the file writes its numbers.
            self.exercise.has_decimals = decimals;
            ConventionValue::Slope(value)
        };
        let kink = Kink { operator: known.name(), place: place_name };
        if !self.exercise.conventions.state(kink, value) {
            let error = CheckError::ConventionTwice { function, place };
            self.error::<()>(clause.span, &error);
        }
    }

    /// `digits 4`, `digits 3 significant`, `numbers fractions`
    pub(super) fn number_format(&mut self, kind: &ast::StatementKind) -> Option<NumberFormat> {
        let mut format = NumberFormat::default();
        match kind {
            ast::StatementKind::NumberStyle { decimals: true } => {
                format.style = Some(NumbersAs::Decimals);
            }
            ast::StatementKind::NumberStyle { decimals: false } => {
                format.style = Some(NumbersAs::Fractions);
            }
            ast::StatementKind::Digits { count, significant } => {
                let digits = self.integer(count, "the number of digits")?;
                let least = i64::from(*significant);
                let digits = match u32::try_from(digits) {
                    Ok(digits) if digits <= MAX_DIGITS && i64::from(digits) >= least => digits,
                    _ => {
                        let error = CheckError::DigitsRange { least, most: MAX_DIGITS };
                        return self.error(count.span, &error);
                    }
                };
                let precision = match significant {
                    true => Precision::Significant(digits),
                    false => Precision::Places(digits),
                };
                format.precision = Some(precision);
            }
            _ => return None,
        }
        Some(format)
    }

    pub(super) fn display(&mut self, entry: &ast::DisplayEntry) {
        let Some(name) = self.resolve_name(&entry.name) else { return };
        match Symbol::parse(&entry.text) {
            Ok(symbol) => self.exercise.displays.push((name.clone(), symbol)),
            Err(error) => {
                let error = CheckError::Display { reason: error.to_string() };
                self.error::<()>(entry.text_span, &error);
            }
        }
        if let Some(first) = self.displayed.insert(name.clone(), entry.name.span) {
            let error = CheckError::DisplayTwice { name: name.to_string(), first };
            self.error::<()>(entry.name.span, &error);
        } else if !self.scope.names_something(&name) {
            self.later_names.push((name, entry.name.span));
        }
    }
}

/// The word that an expression is, if it is one.
fn word(expr: &ast::Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) if name.indices.is_empty() => Some(&name.ident.text),
        _ => None,
    }
}

/// The literal text of a string.
fn plain_text(prose: &ast::Prose) -> String {
    prose
        .paragraphs
        .iter()
        .flatten()
        .filter_map(|segment| match segment {
            ast::Segment::Literal(text) => Some(text.as_str()),
            _ => None,
        })
        .collect()
}
