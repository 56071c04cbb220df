//! What a target starts from. It is written when the target starts, so that each target's seeds stand beside what it
//! does with them, in the form it takes them, and are never older than the fixtures.

use std::{collections::BTreeSet, env, fs, path::PathBuf};

use idhooks_fixtures::Fixture;

/// Writes each of `bodies` into the corpus folder, which is the first folder among the arguments.
///
/// Under their numbers, so that a later start writes the same files.
pub fn plant(bodies: impl IntoIterator<Item = impl Into<Vec<u8>>>) {
    let Some(folder) = env::args_os().skip(1).map(PathBuf::from).find(|path| path.is_dir()) else { return };
    let bodies: BTreeSet<Vec<u8>> = bodies.into_iter().map(Into::into).collect();
    for (number, body) in bodies.iter().enumerate() {
        let file = folder.join(format!("seed-{number:03}"));
        fs::write(&file, body).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}

/// The webhook bodies of one vendor.
pub fn fixtures(of: &'static [Fixture]) -> impl Iterator<Item = &'static [u8]> {
    of.iter().map(|fixture| fixture.body)
}

/// Those that leave time for many others.
pub fn small(of: impl Iterator<Item = &'static Fixture>) -> impl Iterator<Item = &'static [u8]> {
    of.map(|fixture| fixture.body).filter(|body| body.len() < 4096)
}
