//! What the figures depend on.

use std::{fs, thread};

pub fn print() {
    let cores = thread::available_parallelism().map_or_else(|_| "?".to_owned(), |cores| cores.to_string());
    let profile = if cfg!(debug_assertions) { "debug profile, so worth nothing" } else { "release profile" };
    println!("{}, {cores} cores; {}, {profile}", processor(), env!("COMPILER"));
    println!("peers: standardwebhooks {}, svix {}", locked("standardwebhooks"), locked("svix"));
    if let Ok(load) = fs::read_to_string("/proc/loadavg") {
        println!("load before the run: {}", load.split(' ').next().unwrap_or("?"));
    }
}

fn processor() -> String {
    let known = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = known.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map_or(std::env::consts::ARCH, |(_, name)| name).to_owned()
}

/// The version of a dependency.
fn locked(name: &str) -> &'static str {
    const LOCK: &str = include_str!("../Cargo.lock");
    let entry = LOCK.split("[[package]]").find(|entry| entry.contains(&format!("name = \"{name}\"\n")));
    entry.and_then(|entry| entry.split("version = \"").nth(1)?.split('"').next()).unwrap_or("?")
}
