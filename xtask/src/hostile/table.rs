//! The table, row by row and crate by crate.

use std::collections::BTreeSet;

use idhooks_fixtures::hostile::{Cell, Row, Test, places};

/// The longest part of a case that is shown.
const CASE: usize = 50;

const LEGEND: &str = "\
number of tests that passed; - does not apply. Why, and which tests: fixtures/HOSTILE.md";

/// Prints it; `results` are those of each test that is meant. An error if one failed, did not run, or is missing.
#[allow(clippy::print_stdout, reason = "the table is what was asked for")]
pub(super) fn print(rows: &[Row], results: impl Fn(&str, &Test) -> Vec<bool>) -> Result<(), String> {
    let (table, problems) = render(rows, results);
    print!("{table}");
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

fn render(rows: &[Row], results: impl Fn(&str, &Test) -> Vec<bool>) -> (String, Vec<String>) {
    let mut problems = Vec::new();
    let (mut passed, mut shown) = (0, 0);
    let mut seen = BTreeSet::new();
    let mut table = line("row", "case", places().map(str::to_owned));
    for row in rows {
        let cells = row.cells.iter().map(|(place, cell)| {
            let tests = match cell {
                Cell::Shown(tests) => tests,
                Cell::DoesNotApply | Cell::NotNamed => return "-".to_owned(),
            };
            let mut all = Vec::new();
            for test in tests {
                let results = results(place, test);
                if results.is_empty() {
                    problems.push(format!("row {}: {place}: {test} did not run", row.number));
                    all.push(false);
                } else if results.contains(&false) {
                    problems.push(format!("row {}: {place}: {test} failed", row.number));
                }
                if seen.insert((*place, test.to_string())) {
                    passed += results.iter().filter(|passed| **passed).count();
                }
                all.extend(results);
            }
            match all.iter().filter(|passed| !**passed).count() {
                0 => all.len().to_string(),
                bad => format!("{bad} BAD"),
            }
        });
        let text = line(&row.number.to_string(), &row.case, cells);
        let is_shown = row.cells.iter().any(|(_, cell)| matches!(cell, Cell::Shown(_)));
        if !is_shown {
            problems.push(format!("row {}: no crate shows it", row.number));
        }
        shown += usize::from(is_shown);
        table.push_str(&text);
    }
    table.push_str(&format!("\n{LEGEND}\n"));
    table.push_str(&format!("{passed} tests passed; {shown} rows shown\n"));
    (table, problems)
}

fn line(number: &str, case: &str, cells: impl Iterator<Item = String>) -> String {
    let case: String = if case.chars().count() > CASE {
        case.chars().take(CASE - 1).chain(['…']).collect()
    } else {
        case.to_owned()
    };
    let mut line = format!("{number:>3}  {case:<CASE$}");
    for (cell, place) in cells.zip(places()) {
        let width = place.len().max(5);
        line.push_str(&format!("  {cell:>width$}"));
    }
    line + "\n"
}

#[cfg(test)]
mod tests {
    use idhooks_fixtures::hostile::rows;

    use super::*;

    #[test]
    fn a_test_that_failed_or_did_not_run_is_a_problem() {
        let rows = rows().unwrap();
        let (table, problems) = render(&rows, |_, _| vec![true]);
        // The heading, a line for each row, and three lines below.
        assert_eq!((table.lines().count(), problems.len()), (rows.len() + 4, 0), "{problems:?}");
        assert!(table.lines().all(|line| line.len() < 80 + 15 * places().count()) && !table.contains("BAD"));

        let is_one = |place: &str, test: &Test| place == "caf" && test.name.starts_with("row_08_");
        for (result, why) in [(vec![], "did not run"), (vec![true, false], "failed")] {
            let (table, problems) =
                render(&rows, |place, test| if is_one(place, test) { result.clone() } else { vec![true] });
            let wanted = format!("row 8: caf: tests/signature.rs::row_08_one_flipped_bit_is_refused {why}");
            assert_eq!(problems, [wanted]);
            assert_eq!(table.matches("1 BAD").count(), 1);
        }
    }

    #[test]
    fn a_row_that_nobody_shows_is_a_problem() {
        let mut rows = rows().unwrap();
        rows[0].cells = places().map(|place| (place, Cell::DoesNotApply)).collect();
        assert_eq!(render(&rows, |_, _| vec![true]).1, ["row 1: no crate shows it"]);
    }
}
