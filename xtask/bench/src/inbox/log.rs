//! The floor: a log that is only appended to. One thread takes what has gathered, writes it with one call, has it
//! put on disk, and answers everyone.

use std::{
    fs::{self, File},
    io::{Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    thread,
};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use crate::Outcome;

const BYTES: usize = 64 << 20;

/// A file whose place on disk is known beforehand, so that no write has to find one. When it is full it begins anew.
pub(super) struct Preallocated {
    file: File,
    path: PathBuf,
    at: usize,
}

impl Preallocated {
    pub(super) fn new(path: &Path) -> Outcome<Self> {
        let mut file = File::create(path)?;
        let zeros = vec![0; 1 << 20];
        for _ in 0..BYTES / zeros.len() {
            file.write_all(&zeros)?;
        }
        file.sync_all()?;
        file.rewind()?;
        Ok(Self { file, path: path.to_owned(), at: 0 })
    }

    /// `fdatasync`, where there is one.
    pub(super) fn append(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        if self.at + bytes.len() > BYTES {
            self.at = 0;
            self.file.seek(SeekFrom::Start(0))?;
        }
        self.at += bytes.len();
        self.file.write_all(bytes)?;
        self.file.sync_data()
    }
}

impl Drop for Preallocated {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

struct Record {
    body: Bytes,
    on_disk: oneshot::Sender<()>,
}

/// Grouped as the inbox groups.
#[derive(Clone)]
pub(super) struct Log(mpsc::Sender<Record>);

impl Log {
    pub(super) fn start(file: Preallocated) -> Self {
        let (send, receive) = mpsc::channel(4096);
        thread::spawn(move || write(file, receive));
        Self(send)
    }

    pub(super) async fn append(&self, body: Bytes) -> Outcome<()> {
        let (on_disk, answer) = oneshot::channel();
        self.0.send(Record { body, on_disk }).await.map_err(|_| "the log has ended")?;
        Ok(answer.await?)
    }
}

fn write(mut file: Preallocated, mut records: mpsc::Receiver<Record>) {
    let (mut waiting, mut bytes) = (Vec::new(), Vec::new());
    while let Some(first) = records.blocking_recv() {
        let mut next = Some(first);
        while let Some(record) = next.take() {
            bytes.extend_from_slice(&record.body);
            waiting.push(record.on_disk);
            next = records.try_recv().ok();
        }
        if file.append(&bytes).is_err() {
            return;
        }
        bytes.clear();
        for on_disk in waiting.drain(..) {
            let _ = on_disk.send(());
        }
    }
}
