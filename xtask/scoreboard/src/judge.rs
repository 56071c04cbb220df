//! Runs one contestant on one case in a child process, and says how it did.

use std::{
    env, fmt,
    io::Read as _,
    os::unix::process::ExitStatusExt as _,
    process::{Command, ExitCode, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    cases::{Case, Wanted},
    peers::{PEERS, Peer, Read},
};

/// The largest body is about 20 MB. Debug assertions are on, so this is generous.
const SECONDS: u64 = 30;
const MEGABYTES: u64 = 1024;

pub const NOTES: &str = "\
Each pair ran in a process of its own, with 30 seconds and 1 GB, and with arithmetic checked (a release build that does not
check wraps around instead of panicking). A case is built in the contestant's own scheme: webhook-verify is called for Standard
Webhooks, async-stripe for Stripe. n/a: it has no such thing (no time is signed, one secret, it is handed the header's value, it
does not read the body). wrong: it accepted what must be rejected, or the other way round, or gave back something else.
webhook-verify leaves headers that come twice to its callers, by its documentation; here it is given them as they came.";

/// How a child tells its parent.
const ACCEPTED: &str = "accepted";
const REJECTED: &str = "rejected";
const NOT_APPLICABLE: &str = "n/a";
const ALTERED: &str = "altered";

pub enum Verdict {
    Ok,
    Wrong(&'static str),
    Died(&'static str),
    NotApplicable,
}

impl Verdict {
    pub fn place(&self) -> usize {
        match self {
            Self::Ok => 0,
            Self::Wrong(_) => 1,
            Self::Died(_) => 2,
            Self::NotApplicable => 3,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => f.write_str("ok"),
            Self::Wrong(what) => write!(f, "wrong: {what}"),
            Self::Died(how) => write!(f, "died: {how}"),
            Self::NotApplicable => f.write_str("n/a"),
        }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rejected => "reject",
            Self::Accepted => "accept",
            Self::Survived => "survive",
            Self::SameId(_) | Self::SameAmount(_) => "keep",
        })
    }
}

/// The child: does it, and prints one word.
pub fn child(cases: &[Case], peer: &str, case: &str) -> ExitCode {
    let peer = PEERS.iter().find(|known| known.name == peer);
    let case = case.parse().ok().and_then(|at: usize| cases.get(at));
    let (Some(peer), Some(case)) = (peer, case) else {
        eprintln!("no such contestant or case");
        return ExitCode::from(2);
    };
    let Some(attempt) = (case.attempt)(peer) else {
        println!("{NOT_APPLICABLE}");
        return ExitCode::SUCCESS;
    };
    match ((peer.verify)(&attempt), &case.wanted) {
        (Ok(read), wanted) if !wanted.is_kept(&read) => println!("{ALTERED}"),
        (Ok(_), _) => println!("{ACCEPTED}"),
        (Err(why), _) => {
            println!("{REJECTED}");
            eprintln!("{why}");
        }
    }
    ExitCode::SUCCESS
}

impl Wanted {
    fn is_kept(&self, read: &Read) -> bool {
        match self {
            Self::SameId(id) => read.id.as_deref() == Some(id),
            Self::SameAmount(digits) => read.amount.as_deref() == Some(digits),
            Self::Rejected | Self::Accepted | Self::Survived => true,
        }
    }
}

/// The parent: runs the child within bounds.
pub fn judge(peer: &Peer, case: &Case, at: usize) -> Verdict {
    let program = env::current_exe().expect("this program");
    // The shell sets the bound on memory, because doing so from here would take unsafe code.
    let mut child = Command::new("sh")
        .args(["-c", &format!("ulimit -c 0; ulimit -v {} && exec \"$0\" \"$@\"", MEGABYTES * 1024)])
        .arg(program)
        .args([peer.name, &at.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("sh starts");
    let until = Instant::now() + Duration::from_secs(SECONDS);
    let status = loop {
        match child.try_wait().expect("a child") {
            Some(status) => break status,
            None if Instant::now() < until => thread::sleep(Duration::from_millis(2)),
            None => {
                child.kill().expect("a child");
                child.wait().expect("a child");
                return Verdict::Died("hang");
            }
        }
    };
    let (mut said, mut told) = (String::new(), String::new());
    child.stdout.take().expect("piped").read_to_string(&mut said).expect("a word");
    child.stderr.take().expect("piped").read_to_string(&mut told).expect("text");
    verdict(&case.wanted, status, said.trim(), &told)
}

fn verdict(wanted: &Wanted, status: ExitStatus, said: &str, told: &str) -> Verdict {
    if !status.success() {
        return Verdict::Died(match (status.code(), status.signal()) {
            _ if told.contains("memory allocation of") => "memory",
            _ if told.contains("overflowed its stack") => "stack",
            (Some(101), _) => "panic",
            (_, Some(6)) => "abort",
            _ => "crash",
        });
    }
    match (said, wanted) {
        (NOT_APPLICABLE, _) => Verdict::NotApplicable,
        (ALTERED, _) => Verdict::Wrong("altered"),
        (ACCEPTED, Wanted::Rejected) => Verdict::Wrong("accepted"),
        (REJECTED, Wanted::Accepted) => Verdict::Wrong("rejected"),
        (ACCEPTED | REJECTED, _) => Verdict::Ok,
        _ => Verdict::Died("silent"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(wanted: &Wanted, status: i32, said: &str, told: &str) -> String {
        verdict(wanted, ExitStatus::from_raw(status), said, told).to_string()
    }

    #[test]
    fn each_way_to_end_is_told_apart() {
        assert_eq!(shown(&Wanted::Rejected, 0, "rejected", ""), "ok");
        assert_eq!(shown(&Wanted::Rejected, 0, "accepted", ""), "wrong: accepted");
        assert_eq!(shown(&Wanted::Accepted, 0, "rejected", ""), "wrong: rejected");
        assert_eq!(shown(&Wanted::Survived, 0, "rejected", ""), "ok");
        assert_eq!(shown(&Wanted::SameId("a"), 0, "altered", ""), "wrong: altered");
        assert_eq!(shown(&Wanted::Rejected, 0, "n/a", ""), "n/a");
        assert_eq!(shown(&Wanted::Rejected, 0, "", ""), "died: silent");
        assert_eq!(shown(&Wanted::Rejected, 101 << 8, "", "thread 'main' panicked"), "died: panic");
        assert_eq!(shown(&Wanted::Rejected, 6, "", "memory allocation of 8 bytes failed"), "died: memory");
        assert_eq!(shown(&Wanted::Rejected, 6, "", "thread 'main' has overflowed its stack"), "died: stack");
        assert_eq!(shown(&Wanted::Rejected, 11, "", ""), "died: crash");
    }
}
