//! What an exercise asks for.

use super::{Generator, Kind, Task, decimal, fraction, integer};

impl Generator<'_> {
    fn targets(&mut self) -> Vec<usize> {
        let count = self.exercise.variables.len();
        let mut targets: Vec<usize> =
            (0..=self.tape.below(6)).map(|_| self.tape.below(count)).collect();
        targets.push(self.exercise.variables.len() - 1 - self.tape.below(count));
        let mut seen = Vec::new();
        targets.retain(|target| {
            !seen.contains(target) && {
                seen.push(*target);
                true
            }
        });
        targets
    }

    pub(super) fn tasks(&mut self) {
        if self.tape.chance(3) {
            return;
        }
        let mut tasks = Vec::new();
        if !self.tape.chance(6) {
            tasks.push(Task::Forward);
        }
        for _ in 0..self.tape.below(3) {
            tasks.push(Task::Gradient(self.targets()));
        }
        if self.tape.chance(2) {
            let all: Vec<usize> = (0..self.exercise.variables.len())
                .filter(|position| self.is_parameter(*position))
                .collect();
            let rate = self.tape.pick(&[integer(1), fraction(1, 2), decimal(1, 10), integer(2)]);
            match self.tape.below(3) {
                0 => tasks.push(Task::Update(None, rate)),
                1 => tasks.push(Task::Update(Some(vec![all[0]]), rate)),
                _ => {
                    let round = vec![Task::Forward, Task::Update(None, rate)];
                    tasks.push(Task::Repeat(2, round));
                }
            }
            tasks.push(Task::Forward);
            if self.tape.chance(2) {
                tasks.push(Task::Gradient(self.targets()));
            }
        }
        let body: String = tasks.iter().map(|task| self.task_text(task)).collect();
        self.line(&format!("part \"All of it\" {{\n{body}}}"));
        self.exercise.tasks = Some(tasks);
    }

    fn is_parameter(&self, position: usize) -> bool {
        matches!(self.exercise.variables[position].kind, Kind::Leaf { is_parameter: true, .. })
    }

    fn task_text(&self, task: &Task) -> String {
        let names = |positions: &[usize]| {
            let names: Vec<&str> = positions
                .iter()
                .map(|position| self.exercise.variables[*position].name.as_str())
                .collect();
            names.join(", ")
        };
        match task {
            Task::Forward => "forward\n".to_owned(),
            Task::Gradient(targets) => format!("gradient {}\n", names(targets)),
            Task::Update(None, rate) => format!("update sgd(rate = {})\n", rate.text()),
            Task::Update(Some(some), rate) => {
                format!("update {} by sgd(rate = {})\n", names(some), rate.text())
            }
            Task::Repeat(count, body) => {
                let body: String = body.iter().map(|task| self.task_text(task)).collect();
                format!("repeat {count} {{\n{body}}}\n")
            }
        }
    }
}
