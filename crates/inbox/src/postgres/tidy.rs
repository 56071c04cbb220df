//! Keeps a lane with many deliveries from being looked through for each of them, and for those of others.
//!
//! Who leases looks at a few of what is due. If nearly all of that is of lanes that are held, it is put behind: out of
//! the way, into an index of its own, where the first of each lane is found at once. `idhooks_lanes` says which lanes
//! have some there. That needs no word from whoever ends a lease: a lane that is in that table and not held goes on.
//!
//! So a delivery that is behind must always have its lane in that table. It is put there by the statement that puts the
//! delivery behind, and taken from there only by one that saw none left, and whose row was not touched since.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::{
    Vendors,
    notify::Signals,
    pool::{Pool, Session, Watch},
};
use crate::Error;

/// How many due deliveries one statement looks at.
const LOOKED_AT: i64 = 1024;

/// Also what is of a lane that has some behind already, held or not. Waits for nothing but the rows of lanes, which go
/// there in their order, and for those who do the same: so no two sessions wait for each other.
const PUT_BEHIND: &str = concat!(
    "WITH blocked AS MATERIALIZED (
        SELECT lane FROM idhooks_leases WHERE lane IS NOT NULL UNION SELECT lane FROM idhooks_lanes
    ), seen AS MATERIALIZED (
        SELECT ctid, lane FROM idhooks_deliveries WHERE ",
    due!(),
    " ORDER BY due_at, id LIMIT $3
    ), those AS MATERIALIZED (
        SELECT d.* FROM seen CROSS JOIN LATERAL (
            SELECT id, lane, vendor, verified FROM idhooks_deliveries
            WHERE ctid = seen.ctid AND state = 0 AND NOT behind FOR UPDATE SKIP LOCKED
        ) AS d WHERE seen.lane IN (SELECT lane FROM blocked)
    ), noted AS (
        INSERT INTO idhooks_lanes AS l (lane, vendor, verified)
        SELECT DISTINCT lane, vendor, verified FROM those ORDER BY lane, vendor, verified
        ON CONFLICT (lane, vendor, verified) DO UPDATE SET times = l.times + 1
    )
    UPDATE idhooks_deliveries SET behind = true WHERE id = ANY (ARRAY (SELECT id FROM those))"
);

/// Lanes that have none behind any more. `times` is compared with what was seen together with the emptiness, and looked
/// at again under the lock: whoever puts one behind counts it up.
const FORGET: &str = "
    WITH empty AS MATERIALIZED (
        SELECT lane, vendor, verified, times FROM idhooks_lanes AS l WHERE (
            SELECT id FROM idhooks_deliveries
            WHERE state = 0 AND behind AND lane = l.lane AND vendor = l.vendor AND verified = l.verified LIMIT 1) IS NULL
    ), those AS (
        SELECT l.lane, l.vendor, l.verified FROM idhooks_lanes AS l JOIN empty USING (lane, vendor, verified, times)
        FOR UPDATE OF l SKIP LOCKED
    )
    DELETE FROM idhooks_lanes AS l USING those
    WHERE l.lane = those.lane AND l.vendor = those.vendor AND l.verified = those.verified";

/// Does it beside the leases of this program, once at a time.
pub(super) struct Tidy {
    pool: Pool,
    signals: Arc<Signals>,
    busy: Arc<AtomicBool>,
}

impl Tidy {
    pub(super) fn new(pool: Pool, signals: Arc<Signals>) -> Self {
        Self { pool, signals, busy: Arc::default() }
    }

    pub(super) fn start(&self, vendors: Vendors) {
        if self.busy.swap(true, Ordering::Relaxed) {
            return;
        }
        let (pool, signals, busy) = (self.pool.clone(), Arc::clone(&self.signals), Busy(Arc::clone(&self.busy)));
        tokio::spawn(async move {
            // If it fails, the next look finds the same to do.
            let put_behind = tidy(&pool, &vendors).await.unwrap_or_default();
            drop(busy);
            if put_behind {
                // Others may be due that stood after those.
                signals.tell_here();
            }
        });
    }
}

/// Says that it is over, the runtime's end included.
struct Busy(Arc<AtomicBool>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Whether anything was put behind.
async fn tidy(pool: &Pool, vendors: &Vendors) -> Result<bool, Error> {
    let (session, watch) = pool.take().await?;
    watch.wait(forget(&session)).await?;
    put_behind(&session, &watch, vendors).await
}

pub(super) async fn forget(session: &Session) -> Result<(), Error> {
    session.execute(FORGET, &[]).await.map(drop)
}

/// Ends once there is more to lease than to put behind in what is looked at.
pub(super) async fn put_behind(session: &Session, watch: &Watch, vendors: &Vendors) -> Result<bool, Error> {
    let mut any = false;
    loop {
        let put =
            watch.wait(session.execute(PUT_BEHIND, &[&vendors.verified, &vendors.unverified, &LOOKED_AT])).await?;
        any |= put > 0;
        if put < LOOKED_AT.unsigned_abs() / 2 {
            return Ok(any);
        }
    }
}
