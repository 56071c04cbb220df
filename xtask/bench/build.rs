//! Tells the program which compiler built it.

use std::{env, process::Command};

fn main() {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().ok();
    let version = version.and_then(|output| String::from_utf8(output.stdout).ok());
    println!("cargo::rustc-env=COMPILER={}", version.as_deref().unwrap_or("an unknown compiler").trim());
    println!("cargo::rerun-if-changed=build.rs");
}
