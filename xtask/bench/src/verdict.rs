//! Bounds, and whether they hold.

use crate::{Effort, Outcome};

enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

struct Line {
    what: String,
    measured: f64,
    bound: Limit,
    aim: Option<f64>,
}

/// Every bound that was measured, in the order measured.
#[derive(Default)]
pub struct Verdict(Vec<Line>);

impl Verdict {
    pub(crate) fn at_most(&mut self, what: String, measured: f64, bound: f64, aim: Option<f64>) -> Outcome<()> {
        self.judge(what, measured, Limit::AtMost(bound), aim)
    }

    pub(crate) fn at_least(&mut self, what: String, measured: f64, bound: f64, aim: Option<f64>) -> Outcome<()> {
        self.judge(what, measured, Limit::AtLeast(bound), aim)
    }

    fn judge(&mut self, what: String, measured: f64, bound: Limit, aim: Option<f64>) -> Outcome<()> {
        if !measured.is_finite() || measured < 0.0 {
            return Err(format!("{what}: measured {measured}, which is no figure").into());
        }
        self.0.push(Line { what, measured, bound, aim });
        Ok(())
    }

    /// A quick run's figures are not judged.
    pub fn print(&self, effort: Effort) {
        if effort == Effort::Quick {
            return println!("\n{} bounds can be measured", self.0.len());
        }
        println!("\n## Verdict\n");
        println!("{:<66} {:>9} {:>9} {:>8}", "what", "measured", "bound", "aim");
        for line in &self.0 {
            let (sign, bound) = match line.bound {
                Limit::AtMost(bound) => ("≤", bound),
                Limit::AtLeast(bound) => ("≥", bound),
            };
            let aim = line.aim.map(|aim| format!("{sign} {aim:.2}")).unwrap_or_default();
            let bound = format!("{sign} {bound:.2}");
            println!("{:<66} {:>9.3} {bound:>9} {aim:>8}  {}", line.what, line.measured, line.said());
        }
        let missed = self.0.iter().filter(|line| !line.holds()).count();
        println!("\n{} of {} bounds hold", self.0.len() - missed, self.0.len());
    }
}

impl Line {
    fn meets(&self, limit: f64) -> bool {
        match self.bound {
            Limit::AtMost(_) => self.measured <= limit,
            Limit::AtLeast(_) => self.measured >= limit,
        }
    }

    fn holds(&self) -> bool {
        let (Limit::AtMost(bound) | Limit::AtLeast(bound)) = self.bound;
        self.meets(bound)
    }

    fn said(&self) -> &'static str {
        match (self.holds(), self.aim.map(|aim| self.meets(aim))) {
            (false, _) => "DOES NOT HOLD",
            (true, Some(true)) => "holds, aim met",
            (true, _) => "holds",
        }
    }
}
