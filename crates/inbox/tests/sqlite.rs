//! What only a file can do: a full disk, a file that cannot be written, one that is locked, one that is another's.

#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use idhooks_inbox::{AcceptOutcome, DeliveryId, Error, ErrorKind, Inbox, Outcome};

use support::{all, caf, capa, details, engine::Engine, finish, is_new, lease, lease_one, request, signed_capa};

fn url(path: &Path) -> String {
    // The small disks of these tests are in memory.
    format!("sqlite:{}?allow_filesystem=tmpfs", path.display())
}

async fn open(path: &Path) -> Result<Inbox, Error> {
    Inbox::open(&url(path)).await
}

/// A small disk of its own; `None` where the test may not mount one.
struct Disk(tempfile::TempDir);

impl Disk {
    fn new(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let disk = Self(folder);
        let mounted = mount(&["-t", "tmpfs", "-o", &format!("size={megabytes}m,mode=0700"), "idhooks-test"], &disk.0);
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

/// So that nobody takes a test for passed that was not run.
#[allow(clippy::print_stderr, reason = "the one way a test can say it")]
fn skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_a_full_disk_is_unavailable_and_loses_nothing() {
    let Some(disk) = Disk::new(3) else { return };
    let path = disk.path().join("inbox.db");
    let inbox = open(&path).await.unwrap();
    let body = |number: usize| format!("{number} {}", "x".repeat(100_000));
    let mut kept: Vec<(usize, DeliveryId)> = Vec::new();
    let mut refused = Vec::new();
    for number in 0..60 {
        match inbox.accept(&signed_capa(body(number))).await {
            Ok(accepted) => kept.push((number, accepted.id())),
            Err(error) => {
                assert!(error.is_unavailable() && error.kind() != ErrorKind::Busy, "{error}");
                assert!(error.to_string().contains("full") || error.to_string().contains("disk"), "{error}");
                refused.push(number);
            }
        }
    }
    assert!(kept.len() > 5 && refused.len() > 5, "{} kept, {} refused", kept.len(), refused.len());

    async fn check(inbox: &Inbox, kept: &[(usize, DeliveryId)], body: impl Fn(usize) -> String) {
        for (number, id) in kept {
            assert!(details(inbox, *id).await.body.unwrap().expose()[..] == *body(*number).as_bytes(), "{number}");
        }
        assert_eq!(all(inbox).await.len(), kept.len());
    }
    check(&inbox, &kept, body).await;

    disk.remount("size=64m");
    for number in refused {
        let accepted = inbox.accept(&signed_capa(body(number))).await.expect("there is space again");
        assert!(is_new(accepted), "what was refused had left nothing");
        kept.push((number, accepted.id()));
    }
    let duplicate = inbox.accept(&signed_capa(body(0))).await.unwrap();
    assert!(matches!(duplicate, AcceptOutcome::Duplicate { .. }));
    inbox.close().await;
    let inbox = open(&path).await.unwrap();
    check(&inbox, &kept, body).await;
    inbox.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_a_disk_that_turned_read_only_is_unavailable_and_works_again() {
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

/// Root may write what is read-only, so this shows something to other users alone; the disk above to root.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn row_34_a_file_or_folder_that_is_read_only_is_unavailable() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
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

/// Else it would go on in a file without a name, which ends with the last process that has it open.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn row_34_a_file_that_is_gone_or_another_is_unavailable() {
    let folder = tempfile::tempdir().unwrap();
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
    let folder = tempfile::tempdir().unwrap();
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
    // Who looks on is not held up.
    assert_eq!(details(&inbox, id).await.summary.id, id);
    let error = open(&path).await.unwrap_err();
    assert!(error.is_unavailable() && error.to_string().contains("locked"), "{error}");

    other.execute_batch("ROLLBACK").unwrap();
    assert!(is_new(inbox.accept(&caf("2", "b")).await.unwrap()));
    // Given up by its caller or not, it is kept once.
    inbox.accept(&caf("3", "c")).await.unwrap();
    assert_eq!(all(&inbox).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_no_inbox_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("letter.txt");
    fs::write(&text, "Dear canary, this is no database. ".repeat(100)).unwrap();
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
async fn a_file_that_is_damaged_is_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
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

/// Personal data is in all of them.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
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
async fn row_35_what_was_purged_is_in_none_of_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = open(&folder.path().join("inbox.db")).await.unwrap();
    let canary = "canary-5d41402abc4b2a76";
    for place in 0..5 {
        inbox.accept(&caf(&format!("{canary}-{place}"), &format!("{canary}-profile-{place}"))).await.unwrap();
    }
    inbox.accept(&support::signed_caf(support::caf_body_of(&format!("{canary}-0"), canary, "OTHER"))).await.unwrap();
    let holds = || holding(folder.path(), canary);
    assert!(holds() > 0);
    for leased in lease(&inbox, request()).await {
        assert!(finish(&inbox, leased.id, leased.token, Outcome::Done).await);
    }
    let purged = inbox.purge(Duration::ZERO).await.unwrap();
    assert_eq!((purged.deliveries, purged.in_log, holds()), (5, false, 0));
}

/// How many of the files in a folder hold that text.
fn holding(folder: &Path, text: &str) -> usize {
    let files = fs::read_dir(folder).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap());
    files.filter(|bytes| bytes.windows(text.len()).any(|part| part == text.as_bytes())).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn row_35_a_log_that_is_read_while_purging_is_emptied_by_the_next_purge() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.db");
    let inbox = open(&path).await.unwrap();
    let canary = "canary-5d41402abc4b2a76";
    inbox.accept(&caf(canary, canary)).await.unwrap();
    let (id, token) = lease_one(&inbox).await;
    assert!(finish(&inbox, id, token, Outcome::Done).await);

    // As a backup does, and a shell that somebody left open.
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN").unwrap();
    let there: i64 = other.query_row("SELECT count(*) FROM idhooks_bodies", (), |row| row.get(0)).unwrap();
    assert_eq!(there, 1);
    let purging = tokio::spawn({
        let inbox = inbox.clone();
        async move { inbox.purge(Duration::ZERO).await.unwrap() }
    });
    let mut longest = Duration::ZERO;
    let mut number = 0;
    while !purging.is_finished() {
        let started = Instant::now();
        inbox.accept(&capa(&format!("meanwhile-{number}"))).await.unwrap();
        longest = longest.max(started.elapsed());
        number += 1;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(longest < Duration::from_secs(2), "what arrives does not wait for who reads: {longest:?}");
    let purged = purging.await.unwrap();
    assert_eq!((purged.deliveries, purged.in_log), (1, true));
    assert!(holding(folder.path(), canary) > 0, "it is told because it is so");

    other.execute_batch("COMMIT").unwrap();
    let purged = inbox.purge(Duration::ZERO).await.unwrap();
    assert_eq!((purged.deliveries, purged.in_log, holding(folder.path(), canary)), (0, false, 0));
    // And it waits for other writers as before.
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waiting = tokio::spawn(async move { inbox.accept(&capa("later")).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    other.execute_batch("COMMIT").unwrap();
    assert!(is_new(waiting.await.unwrap().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_goes_with_the_last_who_closes() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    lease_one(&inbox).await;
    inbox.close().await;
    let path = engine.url.strip_prefix("sqlite:").unwrap();
    assert!(Path::new(path).exists() && !Path::new(&format!("{path}-wal")).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_is_taken_as_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["with space.db", "percent%20.db", "quote'.db", "naïve.db", "colon:.db"] {
        let path = folder.path().join(name);
        open(&path).await.unwrap().close().await;
        assert!(path.exists(), "{name}");
    }
    let path = folder.path().join("slashes.db");
    Inbox::open(&format!("sqlite://{}", path.display())).await.unwrap();
    assert!(path.exists());
}

/// A body that waits to be stored takes its memory until it is stored, also after its sender was told to come again.
#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_wait_are_counted_until_they_are_stored() {
    let folder = tempfile::tempdir().unwrap();
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
    assert!(busy > 40, "{busy} of 50 were turned away");
    let again = || async { inbox.accept(&capa("later")).await.ok() };
    crate::support::eventually("there is room again", again).await;
    assert!(all(&inbox).await.len() < 10);
}

/// A lease that comes when nobody waits for it any more would be an attempt at nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_lease_whose_asker_has_gone_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.db");
    let inbox = open(&path).await.unwrap();
    inbox.accept(&capa("a")).await.unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let asked = tokio::time::timeout(Duration::from_millis(200), inbox.store().claim(request())).await;
    assert!(asked.is_err());
    other.execute_batch("ROLLBACK").unwrap();
    let leased = lease(&inbox, request()).await;
    assert_eq!(leased.iter().map(|leased| leased.attempt).collect::<Vec<_>>(), [1]);
}
