//! Allocations an event, and the memory that reading hostile bodies takes.

use std::{collections::BTreeMap, env};

use idhooks_fixtures::suite::peak_ratio;

use crate::{
    Effort, Outcome, Verdict, child,
    contestants::{Call, Contestant, Contestants},
    hostile::{Case, Decode, cases},
    sample::Sample,
    vendors,
};

/// The program that counts allocations: another one, so that nothing is timed under its allocator.
const COUNTER: &str = "memory";
/// The words it is told what to count by; the second also makes this program measure one body.
pub const ALLOCATIONS: &str = "allocations";
pub const PEAK: &str = "peak";

pub(crate) fn run(effort: Effort, verdict: &mut Verdict) -> Outcome<()> {
    allocations()?;
    hostile(effort, verdict)
}

/// The contestants whose allocations are counted.
pub fn counted(sample: usize) -> Outcome<Option<[Call; 4]>> {
    let Some(Sample { contestants, .. }) = vendors::samples()?.into_iter().nth(sample) else { return Ok(None) };
    let Contestants { floor, ours, by_hand, svix, .. } = contestants;
    Ok(Some([floor, ours, by_hand, svix].map(|Contestant { both, .. }| both)))
}

fn allocations() -> Outcome<()> {
    println!("\n## Memory: allocations of one event, verified and decoded (a reallocation is one more)\n");
    let who = ["floor", "idhooks", "by hand", "svix + Value"];
    print!("{:<56}", "");
    who.iter().for_each(|name| print!(" {name:>20}"));
    println!("\n{:<56}{}", "", format!(" {:>8} {:>11}", "count", "bytes").repeat(who.len()));
    let rows = child::figures(&child::beside(COUNTER)?, &[ALLOCATIONS.to_owned()])?;
    let samples = vendors::samples()?;
    if rows.len() != samples.len() {
        return Err("not every body was counted".into());
    }
    for (sample, row) in samples.iter().zip(rows) {
        print!("{:<11} {:<35} {:>6} B", sample.vendor, sample.name, sample.bytes);
        row.chunks(2).for_each(|pair| print!(" {:>8.0} {:>9.0} B", pair[0], pair[1]));
        println!();
    }
    Ok(())
}

/// What reading one body takes besides it, for each of its bytes.
#[derive(Clone, Copy, Default)]
struct Peak {
    /// As the kernel counts it: what the machine must have.
    resident: f64,
    /// As asked for, the old block and the new one while something grows.
    asked: f64,
}

impl Peak {
    fn of(index: usize, bytes: usize) -> Outcome<Self> {
        let arguments = [PEAK.to_owned(), index.to_string(), bytes.to_string()];
        let figure = |program| Outcome::Ok(child::figures(program, &arguments)?[0][0]);
        Ok(Self { resident: figure(&env::current_exe()?)?, asked: figure(&child::beside(COUNTER)?)? })
    }

    fn worse(self, other: Self) -> Self {
        Self { resident: self.resident.max(other.resident), asked: self.asked.max(other.asked) }
    }
}

fn hostile(effort: Effort, verdict: &mut Verdict) -> Outcome<()> {
    let bytes = effort.pick(10_000_000, 100_000);
    println!("\n## Memory: what decoding a hostile body of {} MB takes besides it,", bytes as f64 / 1e6);
    println!(
        "   as a multiple of the body: resident, as the kernel counts it / asked for, each in a process of its own\n"
    );
    let (mut common, mut lists) = (Table::default(), Vec::new());
    // The worst of each vendor, and where it stands.
    let mut worst: BTreeMap<&str, (Peak, String)> = BTreeMap::new();
    for (index, case) in cases().into_iter().enumerate() {
        let peak = Peak::of(index, bytes)?;
        let of_vendor = worst.entry(case.vendor).or_default();
        if peak.resident >= of_vendor.0.resident {
            *of_vendor = (peak, format!("{} ({})", case.shape, case.member));
        }
        if case.common { common.put(&case, peak) } else { lists.push((case, peak)) }
    }
    common.print();
    println!("\nlists the types know");
    for (case, peak) in &lists {
        println!("{:<11} {:<93} {:>13}", case.vendor, case.shape, shown(*peak));
    }
    println!();
    for (vendor, (peak, shape)) in worst {
        println!("{vendor:<11} most: {:.2}, {shape}", peak.resident);
        verdict.at_most(format!("peak memory of decode besides the body, {vendor}"), peak.resident, 2.5, None)?;
    }
    Ok(())
}

/// Shape by shape, vendor by vendor; where a shape was put to several members, the worst of them.
#[derive(Default)]
struct Table {
    shapes: Vec<String>,
    vendors: Vec<&'static str>,
    peaks: BTreeMap<(String, &'static str), Peak>,
}

impl Table {
    fn put(&mut self, case: &Case, peak: Peak) {
        if !self.shapes.contains(&case.shape) {
            self.shapes.push(case.shape.clone());
        }
        if !self.vendors.contains(&case.vendor) {
            self.vendors.push(case.vendor);
        }
        let cell = self.peaks.entry((case.shape.clone(), case.vendor)).or_default();
        *cell = cell.worse(peak);
    }

    fn print(&self) {
        print!("{:<48}", "");
        self.vendors.iter().for_each(|vendor| print!(" {vendor:>13}"));
        println!();
        for shape in &self.shapes {
            print!("{shape:<48}");
            for vendor in &self.vendors {
                print!(" {:>13}", shown(self.peaks.get(&(shape.clone(), *vendor)).copied().unwrap_or_default()));
            }
            println!();
        }
    }
}

fn shown(Peak { resident, asked }: Peak) -> String {
    format!("{resident:.2} / {asked:.2}")
}

/// The case with that number, and its body.
pub fn body_of(case: &str, bytes: &str) -> Outcome<(Decode, Vec<u8>)> {
    let case = cases().into_iter().nth(case.parse()?).ok_or("no such case")?;
    let body = case.body(bytes.parse()?);
    Ok((case.decode, body))
}

/// Prints what reading that body takes in this process.
pub fn print_peak(case: &str, bytes: &str) -> Outcome<()> {
    let (decode, body) = body_of(case, bytes)?;
    let ratio = peak_ratio(&body, decode).ok_or("the kernel does not tell how much memory a process takes")?;
    println!("{ratio}");
    Ok(())
}
