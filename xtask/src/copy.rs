//! A copy of the workspace, for what would change its files.

use std::{fs, path::Path};

use crate::run::{at, git, remove_folder, root};

/// Copies every file that git tracks, or would track, into an empty folder.
pub(crate) fn workspace(to: &Path) -> Result<(), String> {
    remove_folder(to)?;
    for file in git(&["ls-files", "--cached", "--others", "--exclude-standard", "-z"])?.split_terminator('\0') {
        copy_file(&root().join(file), &to.join(file))?;
    }
    Ok(())
}

/// A link becomes what it leads to. Git also lists files that were removed and not yet committed.
fn copy_file(from: &Path, to: &Path) -> Result<(), String> {
    if !from.is_file() {
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(|error| at(folder, &error))?;
    }
    fs::copy(from, to).map(drop).map_err(|error| at(from, &error))
}
