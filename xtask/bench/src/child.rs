//! This program once more, as something to be measured from outside.

use std::{
    env, fs,
    io::{self, BufRead as _, BufReader, Read as _},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};

use crate::Outcome;

/// A server in a process of its own, so that its time and memory are not ours.
pub(crate) struct Server {
    process: Child,
    address: String,
}

impl Server {
    /// Starts this program with `arguments`, which make it print an address and serve there.
    pub(crate) fn spawn(arguments: &[&str]) -> Outcome<Self> {
        let mut command = Command::new(env::current_exe()?);
        // Its input is a pipe that nothing is written to: it ends when we end, however that comes.
        let mut process = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        BufReader::new(process.stdout.take().ok_or("no output")?).read_line(&mut address)?;
        let server = Self { process, address: address.trim().to_owned() };
        if server.address.is_empty() { Err("a server did not start".into()) } else { Ok(server) }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Called by a server: ends it when the program that started it is gone.
pub(crate) fn end_with_parent() {
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
}

/// Runs `program` and gives the figures it printed, a row a line.
pub(crate) fn figures(program: &Path, arguments: &[String]) -> Outcome<Vec<Vec<f64>>> {
    let shown = || format!("{} {}", program.file_name().unwrap_or_default().display(), arguments.join(" "));
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{}: {}", shown(), output.status).into());
    }
    let text = String::from_utf8(output.stdout)?;
    let row = |line: &str| line.split_whitespace().map(str::parse).collect::<Result<Vec<f64>, _>>();
    let rows = text.lines().map(row).collect::<Result<Vec<_>, _>>()?;
    if rows.is_empty() { Err(format!("{}: no figures", shown()).into()) } else { Ok(rows) }
}

/// The program beside this one with that name.
pub(crate) fn beside(name: &str) -> Outcome<std::path::PathBuf> {
    let path = env::current_exe()?.with_file_name(name).with_extension(env::consts::EXE_EXTENSION);
    if fs::exists(&path)? { Ok(path) } else { Err(format!("{name} was not built").into()) }
}
