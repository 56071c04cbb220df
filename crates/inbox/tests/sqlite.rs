//! SQLite: full and read-only disks, locks of other programs, files that are not an inbox.

#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use idhooks_inbox::{AcceptOutcome, DeliveryId, Error, ErrorKind, Inbox};

use support::{
    all, caf, capa, claim, claim_one, details,
    engine::{Engine, folder},
    is_new, request, signed_capa, summary,
};

fn url(path: &Path) -> String {
    // The small disks of these tests are in memory.
    format!("sqlite:{}?allow_filesystem=tmpfs", path.display())
}

async fn open(path: &Path) -> Result<Inbox, Error> {
    Inbox::open(&url(path)).await
}

/// A small disk; `None` where the test may not mount one.
struct Disk(tempfile::TempDir);

impl Disk {
    fn new(megabytes: u32) -> Option<Self> {
        Self::of("tmpfs", &format!("size={megabytes}m,mode=0700"))
    }

    fn of(file_system: &str, options: &str) -> Option<Self> {
        let disk = Self(folder());
        let mounted = mount(&["-t", file_system, "-o", options, "idhooks-test"], &disk.0);
        if !mounted {
            skipped("a disk cannot be mounted: it needs root on Linux");
        }
        mounted.then_some(disk)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn remount(&self, how: &str) {
        assert!(mount(&["-o", &format!("remount,{how}")], &self.0), "remount {how}");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily, because a store may still be open when a test fails.
        drop(Command::new("umount").arg("-l").arg(self.0.path()).output());
    }
}

fn mount(arguments: &[&str], at: &tempfile::TempDir) -> bool {
    cfg!(target_os = "linux")
        && Command::new("mount").args(arguments).arg(at.path()).output().is_ok_and(|output| output.status.success())
}

/// Says that a test did not run.
#[allow(clippy::print_stderr, reason = "the one way a test can say it")]
fn skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
}

/// Such a disk loses everything at a restart. The tests below allow it by name.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_in_memory_is_refused_unless_it_is_allowed_by_name() {
    for name in ["tmpfs", "ramfs"] {
        let Some(disk) = Disk::of(name, "mode=0700") else { return };
        let path = disk.path().join("inbox.db");
        let open_with = async |parameters: &str| Inbox::open(&format!("sqlite:{}{parameters}", path.display())).await;
        for parameters in ["", "?allow_filesystem=nfs", "?allow_filesystem="] {
            let error = open_with(parameters).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotDurable);
            assert!(error.to_string().contains(&format!("?allow_filesystem={name}")), "{error}");
            assert!(!path.exists(), "nothing is created where the store is refused");
        }
        let inbox = open_with(&format!("?allow_filesystem={name}")).await.unwrap();
        inbox.accept(&caf("1", "a")).await.unwrap();
        inbox.close().await;
        assert!(open_with("").await.is_err(), "also of a file that exists");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_a_full_disk_is_unavailable_and_loses_nothing() {
    let Some(disk) = Disk::new(3) else { return };
    let path = disk.path().join("inbox.db");
    let inbox = open(&path).await.unwrap();
    let body = |number: usize| format!("{number} {}", "x".repeat(100_000));
    let mut stored: Vec<(usize, DeliveryId)> = Vec::new();
    let mut failed = Vec::new();
    for number in 0..60 {
        match inbox.accept(&signed_capa(body(number))).await {
            Ok(accepted) => stored.push((number, accepted.id())),
            Err(error) => {
                assert!(error.is_unavailable() && error.kind() != ErrorKind::Busy, "{error}");
                assert!(error.to_string().contains("full") || error.to_string().contains("disk"), "{error}");
                failed.push(number);
            }
        }
    }
    assert!(stored.len() > 5 && failed.len() > 5, "{} stored, {} failed", stored.len(), failed.len());

    async fn check(inbox: &Inbox, stored: &[(usize, DeliveryId)], body: impl Fn(usize) -> String) {
        for (number, id) in stored {
            assert!(details(inbox, *id).await.body.unwrap().expose()[..] == *body(*number).as_bytes(), "{number}");
        }
        assert_eq!(all(inbox).await.len(), stored.len());
    }
    check(&inbox, &stored, body).await;

    disk.remount("size=64m");
    for number in failed {
        let accepted = inbox.accept(&signed_capa(body(number))).await.expect("there is space again");
        assert!(is_new(accepted), "the failed accept left nothing");
        stored.push((number, accepted.id()));
    }
    let duplicate = inbox.accept(&signed_capa(body(0))).await.unwrap();
    assert!(matches!(duplicate, AcceptOutcome::Duplicate { .. }));
    inbox.close().await;
    let inbox = open(&path).await.unwrap();
    check(&inbox, &stored, body).await;
    inbox.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_a_read_only_disk_is_unavailable_until_it_is_writable() {
    let Some(disk) = Disk::new(8) else { return };
    let path = disk.path().join("inbox.db");
    let inbox = open(&path).await.unwrap();
    let id = inbox.accept(&caf("1", "a")).await.unwrap().id();
    inbox.close().await;
    disk.remount("ro");
    let error = open(&path).await.unwrap_err();
    assert!(error.is_unavailable() && error.to_string().contains("cannot write"), "{error}");
    disk.remount("rw");
    let inbox = open(&path).await.unwrap();
    assert_eq!(inbox.accept(&caf("1", "a")).await.unwrap(), AcceptOutcome::Duplicate { id });
    inbox.close().await;
}

/// Root may write read-only files, so this tests something for other users only.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn row_34_a_file_or_folder_that_is_read_only_is_unavailable() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    let path = folder.path().join("inbox.db");
    open(&path).await.unwrap().close().await;
    let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    set(&path, 0o400);
    if fs::OpenOptions::new().write(true).open(&path).is_ok() {
        return skipped("this user may write what is read-only");
    }
    let error = open(&path).await.unwrap_err();
    assert!(error.is_unavailable(), "{error}");
    set(&path, 0o600);
    set(folder.path(), 0o500);
    let new = open(&folder.path().join("other.db")).await.unwrap_err();
    assert!(new.is_unavailable(), "{new}");
    set(folder.path(), 0o700);
    open(&path).await.unwrap();
}

/// Otherwise it would go on in a file without a name, which is gone when the last process closes it.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn row_34_a_moved_or_replaced_file_is_unavailable() {
    let folder = folder();
    let [path, away] = ["inbox.db", "away.db"].map(|name| folder.path().join(name));
    let inbox = open(&path).await.unwrap();
    let id = inbox.accept(&caf("1", "a")).await.unwrap().id();
    fs::rename(&path, &away).unwrap();
    for write_another in [false, true] {
        if write_another {
            fs::write(&path, "").unwrap();
        }
        let error = inbox.accept(&caf("2", "a")).await.unwrap_err();
        assert!(error.is_unavailable() && error.to_string().contains("deleted or replaced"), "{error}");
    }
    fs::rename(&away, &path).unwrap();
    assert_eq!(inbox.accept(&caf("1", "a")).await.unwrap(), AcceptOutcome::Duplicate { id });
    assert!(is_new(inbox.accept(&caf("2", "a")).await.unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_a_lock_of_another_program_is_unavailable_in_bounded_time() {
    let folder = folder();
    let path = folder.path().join("inbox.db");
    let inbox = open(&path).await.unwrap();
    let quick = Inbox::builder().accept_timeout(Duration::from_millis(300)).open(&url(&path)).await.unwrap();
    let id = inbox.accept(&caf("1", "a")).await.unwrap().id();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();

    let started = Instant::now();
    let error = quick.accept(&caf("3", "c")).await.unwrap_err();
    assert!(error.is_unavailable() && started.elapsed() < Duration::from_secs(3), "{error}: {:?}", started.elapsed());
    let error = inbox.accept(&caf("2", "b")).await.unwrap_err();
    assert!(error.is_unavailable() && error.kind() != ErrorKind::Busy, "{error}");
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    // Readers do not wait.
    assert_eq!(summary(&inbox, id).await.id, id);
    let error = open(&path).await.unwrap_err();
    assert!(error.is_unavailable() && error.to_string().contains("locked"), "{error}");

    other.execute_batch("ROLLBACK").unwrap();
    assert!(is_new(inbox.accept(&caf("2", "b")).await.unwrap()));
    // Whether or not its caller gave up, it is stored once.
    inbox.accept(&caf("3", "c")).await.unwrap();
    assert_eq!(all(&inbox).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_not_an_inbox_are_not_changed() {
    let folder = folder();
    let text = folder.path().join("letter.txt");
    fs::write(&text, "Dear canary, this is not a database. ".repeat(100)).unwrap();
    let error = open(&text).await.unwrap_err();
    assert!(error.kind() == ErrorKind::IncompatibleSchema && !format!("{error:?}").contains("canary"), "{error:?}");
    assert!(fs::read_to_string(&text).unwrap().starts_with("Dear"));

    let theirs = folder.path().join("theirs.db");
    rusqlite::Connection::open(&theirs).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    let error = open(&theirs).await.unwrap_err();
    assert!(error.kind() == ErrorKind::IncompatibleSchema && error.to_string().contains("another program"), "{error}");
    let tables: i64 = rusqlite::Connection::open(&theirs)
        .unwrap()
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .unwrap();
    assert_eq!(tables, 1);

    let unusable = [("no/such/folder/inbox.db", "does not exist"), ("", "cannot open")];
    for (path, words) in unusable {
        let error = open(&folder.path().join(path)).await.unwrap_err();
        assert!(error.is_unavailable() && error.to_string().contains(words), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_reported_as_damaged() {
    let folder = folder();
    let path = folder.path().join("inbox.db");
    let inbox = open(&path).await.unwrap();
    for place in 0..20 {
        inbox.accept(&signed_capa(format!("{place} canary {}", "x".repeat(5000)))).await.unwrap();
    }
    inbox.close().await;
    let mut bytes = fs::read(&path).unwrap();
    let from = 4096;
    bytes[from..].fill(0x5a);
    fs::write(&path, bytes).unwrap();
    let error = match open(&path).await {
        Ok(inbox) => inbox.accept(&capa("a")).await.unwrap_err(),
        Err(error) => error,
    };
    assert!(error.to_string().contains("damaged") && !format!("{error:?}").contains("canary"), "{error:?}");
}

/// All of them hold personal data.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn only_the_owner_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    let inbox = open(&folder.path().join("inbox.db")).await.unwrap();
    inbox.accept(&caf("1", "a")).await.unwrap();
    let mut files = 0;
    for file in fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}: {mode:o}", file.file_name());
        files += 1;
    }
    assert_eq!(files, 3, "the database, its log, and the log's index");
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_the_store_removes_the_log() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    claim_one(&inbox).await;
    inbox.close().await;
    let path = engine.path();
    assert!(Path::new(path).exists() && !Path::new(&format!("{path}-wal")).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_is_not_decoded() {
    let folder = folder();
    for name in ["with space.db", "percent%20.db", "quote'.db", "naïve.db", "colon:.db"] {
        let path = folder.path().join(name);
        open(&path).await.unwrap().close().await;
        assert!(path.exists(), "{name}");
    }
    let path = folder.path().join("slashes.db");
    Inbox::open(&format!("sqlite://{}", path.display())).await.unwrap();
    assert!(path.exists());
}

/// A body counts until it is stored, also after its sender got an error.
#[tokio::test(flavor = "multi_thread")]
async fn pending_bodies_count_until_they_are_stored() {
    let folder = folder();
    let path = folder.path().join("inbox.db");
    let few = Inbox::builder().max_pending_bytes(8 * 1024).accept_timeout(Duration::from_millis(10));
    let inbox = few.open(&url(&path)).await.unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut busy = 0;
    for number in 0..50 {
        busy +=
            u32::from(inbox.accept(&capa(&format!("customer-{number}"))).await.unwrap_err().kind() == ErrorKind::Busy);
    }
    other.execute_batch("ROLLBACK").unwrap();
    assert!(busy > 40, "{busy} of 50 were busy");
    let again = || async { inbox.accept(&capa("later")).await.ok() };
    crate::support::eventually("there is memory again", again).await;
    assert!(all(&inbox).await.len() < 10);
}

/// Nobody would hold the lease.
#[tokio::test(flavor = "multi_thread")]
async fn a_claim_whose_caller_has_gone_claims_nothing() {
    let folder = folder();
    let path = folder.path().join("inbox.db");
    let inbox = open(&path).await.unwrap();
    inbox.accept(&capa("a")).await.unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let asked = tokio::time::timeout(Duration::from_millis(200), inbox.store().claim(request())).await;
    assert!(asked.is_err());
    other.execute_batch("ROLLBACK").unwrap();
    let claimed = claim(&inbox, request()).await;
    assert_eq!(claimed.iter().map(|record| record.attempt()).collect::<Vec<_>>(), [1]);
}
