//! Steps of an optimiser: its settings in words, its rule line by line.

use super::super::RenderError;
use super::super::view::{Block, SettingView, StepCount};
use super::Builder;
use super::rows::rows;
use crate::derivation::{LookAhead, Step};
use crate::exercise::OptimiserStep;
use crate::expr::{Quantity, Setting, StateLetter, VariableId};
use crate::notation::Symbols as _;
use crate::notation::latex;

impl Builder<'_> {
    pub(super) fn update(
        &mut self,
        optimiser: &OptimiserStep,
        counts: &[(VariableId, u32)],
        steps: &[Step],
        out: &mut Vec<Block>,
    ) -> Result<(), RenderError> {
        let settings = self.settings(optimiser, steps)?;
        let counts = self.counts(counts);
        self.letters.restart();
        let mut drafts = Vec::with_capacity(steps.len());
        let mut parameters = 0;
        for step in steps {
            let mut draft = self.draft(step)?;
            draft.is_assignment = is_assignment(step.target);
            if let (Quantity::Updated(_), Some(last)) = (step.target, draft.links.last_mut()) {
                last.is_answer = true;
                parameters += 1;
            }
            drafts.push(draft);
        }
        let several = parameters > 1;
        out.push(Block::Update { settings, counts, rows: rows(drafts), several });
        Ok(())
    }

    /// The forward pass with the parameters where their velocities would take them.
    pub(super) fn look_ahead(
        &mut self,
        ahead: &LookAhead,
        optimiser: &OptimiserStep,
        out: &mut Vec<Block>,
    ) -> Result<(), RenderError> {
        let settings = self.settings(optimiser, &ahead.positions)?;
        self.letters.restart();
        let positions =
            ahead.positions.iter().map(|step| self.draft(step)).collect::<Result<Vec<_>, _>>()?;
        self.letters.restart();
        let steps =
            ahead.steps.iter().map(|step| self.draft(step)).collect::<Result<Vec<_>, _>>()?;
        let (positions, rows) = (rows(positions), rows(steps));
        out.push(Block::LookAhead { settings, positions, rows });
        Ok(())
    }

    /// The settings that the lines name, each with its value.
    pub(super) fn settings(
        &mut self,
        optimiser: &OptimiserStep,
        steps: &[Step],
    ) -> Result<Vec<SettingView>, RenderError> {
        let mut named: Vec<Setting> = Vec::new();
        for form in steps.iter().flat_map(|step| &step.symbolic) {
            form.for_each_quantity(&mut |quantity| {
                if let Quantity::Setting(setting) = quantity
                    && !named.contains(&setting)
                {
                    named.push(setting);
                }
            });
        }
        let mut shown = Vec::with_capacity(named.len());
        for (setting, variable) in &optimiser.settings.symbols {
            shown.push(SettingView { setting: *setting, equation: self.symbol(*variable) });
        }
        for (setting, literal) in &optimiser.settings.numbers {
            if !named.contains(setting) && *setting != Setting::ClipNorm {
                continue;
            }
            let symbol = latex::symbol(&self.symbols.other(Quantity::Setting(*setting)));
            let value = self.literal(literal)?;
            let sign = if value.is_exact { "=" } else { r"\approx" };
            let equation = format!("{symbol} {sign} {}", latex::inline(&value.math));
            shown.push(SettingView { setting: *setting, equation });
        }
        Ok(shown)
    }

    /// Which step of its own each parameter takes; one entry where all take the same.
    fn counts(&self, counts: &[(VariableId, u32)]) -> Vec<StepCount> {
        let all_alike = counts.windows(2).all(|pair| pair[0].1 == pair[1].1);
        let shown = if all_alike { counts.get(..1) } else { counts.get(..) };
        shown
            .unwrap_or_default()
            .iter()
            .map(|(parameter, count)| StepCount {
                parameter: (!all_alike).then(|| self.symbol(*parameter)),
                count: *count,
            })
            .collect()
    }
}

/// Whether the line gives something a new value, and no letter to an expression.
pub(super) fn is_assignment(target: Quantity) -> bool {
    match target {
        Quantity::Updated(_) => true,
        Quantity::NewState { letter, .. } => matches!(
            letter,
            StateLetter::Velocity | StateLetter::Squares | StateLetter::Mean | StateLetter::Largest
        ),
        _ => false,
    }
}
