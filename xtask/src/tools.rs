//! Tools that have to be compiled: built once, at a pinned version, and kept outside the target folder.

use std::{
    env,
    path::PathBuf,
    process::{Command, Stdio},
};

use crate::run::{cargo, remove_folder, root, run};

/// A cargo tool of the public registry.
pub(crate) struct Tool {
    /// Of the crate and of its program.
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
}

impl Tool {
    /// Its subcommand, in the workspace's root.
    pub(crate) fn command(&self) -> Result<Command, String> {
        let mut command = Command::new(self.program()?);
        let subcommand = self.name.trim_start_matches("cargo-");
        command.arg(subcommand).current_dir(root()).stdin(Stdio::null());
        Ok(command)
    }

    /// Its program; built first, which takes minutes, if this version was never built on this machine.
    pub(crate) fn program(&self) -> Result<PathBuf, String> {
        let Self { name, version } = self;
        let root = cache()?.join(format!("{name}-{version}"));
        let program = root.join("bin").join(name).with_extension(env::consts::EXE_EXTENSION);
        if !program.is_file() {
            let mut install = cargo(&["install", "--quiet", "--locked", name, "--version", version, "--root"]);
            run(install.arg(&root).arg("--target-dir").arg(root.join("target")))?;
            remove_folder(&root.join("target"))?;
        }
        Ok(program)
    }
}

/// `IDHOOKS_TOOLS`, or the user's cache.
fn cache() -> Result<PathBuf, String> {
    let folder = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    folder("IDHOOKS_TOOLS")
        .or_else(|| Some(folder("XDG_CACHE_HOME")?.join("idhooks/tools")))
        .or_else(|| Some(env::home_dir()?.join(".cache/idhooks/tools")))
        .ok_or_else(|| "no folder for tools: set IDHOOKS_TOOLS".to_owned())
}
