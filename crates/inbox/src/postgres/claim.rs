//! Claims, and the sweep that moves on what time has moved on.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use tokio_postgres::Row;

use super::{
    errors::{Failure, failed},
    param::params,
    rows::{Kinds, Mapped, delay},
    session::{Purpose, Session},
};
use crate::{
    DeliveryId, Error, row,
    store::{ClaimRequest, Claimed, DeliveryKind, DeliveryRecord, Expired, KindRequest, LEASE_EXPIRED, MAX_LEASE},
};

/// How often to sweep, unless something is known to be due before.
const SWEEP_INTERVAL: Duration = Duration::from_millis(200);

/// How often to sweep without a lower bound: a transaction may commit later than the bound allows for.
const UNBOUNDED_SWEEP: Duration = Duration::from_secs(60);

/// How often a claim reads further back than to what was claimed last, and without any lower bound, and at least how many
/// times as long as that took the last time. Transactions do not commit in the order of their times.
const WIDE_CLAIM: Duration = Duration::from_millis(200);
const UNBOUNDED_CLAIM: Duration = Duration::from_secs(1);
const PAUSE: u32 = 20;

/// How far a wide claim reads back, and how long before its bound the end of a lease may be that a sweep did not see.
const WIDE: Duration = Duration::from_millis(500);
const SLACK: Duration = Duration::from_secs(1);

/// How many deliveries one sweep moves on at most, of each sort.
const MAX_SWEEP: usize = 256;

const LOCK: &str = include_str!("sql/lock.sql");

/// State that the claims of this process share.
#[derive(Default)]
pub(super) struct ClaimState {
    bounds: Mutex<HashMap<(DeliveryKind, i64), Bound>>,
    sweep: Mutex<SweepState>,
}

/// From where on the entries of a kind are read. Those before are dead: an old snapshot keeps the server from removing
/// them, and reading them at each claim would make claims slower and slower.
#[derive(Default)]
struct Bound {
    /// The lowest time of what was claimed last.
    due_at: Option<SystemTime>,
    /// When the next claim reads further back.
    wide_at: Option<Instant>,
    unbounded_at: Option<Instant>,
}

/// How far a claim reads back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Last,
    Wide,
    Unbounded,
}

impl Bound {
    fn reach(&self, now: Instant) -> Reach {
        let is_due = |at: Option<Instant>| at.is_none_or(|at| at <= now);
        match (is_due(self.unbounded_at), is_due(self.wide_at)) {
            (true, _) => Reach::Unbounded,
            (_, true) => Reach::Wide,
            _ => Reach::Last,
        }
    }

    fn lowest(&self, reach: Reach) -> SystemTime {
        let lowest = match reach {
            Reach::Last => self.due_at,
            Reach::Wide => self.due_at.and_then(|due_at| due_at.checked_sub(WIDE)),
            Reach::Unbounded => None,
        };
        lowest.unwrap_or(UNIX_EPOCH)
    }

    /// Notes what a claim that began at `began` found.
    fn note(&mut self, reach: Reach, began: Instant, lowest: Option<SystemTime>) {
        let pause = |least: Duration| Some(Instant::now() + least.max(began.elapsed() * PAUSE));
        if reach >= Reach::Wide {
            self.wide_at = pause(WIDE_CLAIM);
        }
        if reach == Reach::Unbounded {
            self.unbounded_at = pause(UNBOUNDED_CLAIM);
        }
        self.due_at = lowest.or(self.due_at);
    }
}

#[derive(Default)]
struct SweepState {
    swept_at: Option<Instant>,
    unbounded_at: Option<Instant>,
    /// No lease that holds ends before, and nothing that is scheduled is due before.
    bound: Option<SystemTime>,
    /// When something that is scheduled is known to be due.
    next: Option<Instant>,
    /// When a lease that this process gave may expire.
    lease_end: Option<Instant>,
    /// The decoders that what is undecodable was compared with.
    decoders: HashMap<DeliveryKind, i64>,
}

impl ClaimState {
    /// Notes that something that is scheduled is due in so much time.
    pub(super) fn note_due(&self, after: Duration) {
        earliest(&mut lock(&self.sweep).next, after);
    }

    /// Notes that a lease may expire in so much time.
    pub(super) fn note_lease(&self, time: Duration) {
        earliest(&mut lock(&self.sweep).lease_end, time);
    }

    /// Notes that a delivery is undecodable, so that another decoder may try it at once.
    pub(super) fn note_undecodable(&self) {
        lock(&self.sweep).decoders.clear();
    }

    /// Begins a sweep if it is time for one. Returns its lower bound.
    fn begin_sweep(&self, kinds: &[KindRequest]) -> Option<SystemTime> {
        let (mut sweep, now) = (lock(&self.sweep), Instant::now());
        let newer = |request: &KindRequest| {
            sweep.decoders.get(&request.kind).is_none_or(|swept| *swept < request.decoder_version)
        };
        let is_due = sweep.swept_at.is_none_or(|swept| now >= swept + SWEEP_INTERVAL)
            || [sweep.next, sweep.lease_end].into_iter().flatten().any(|at| at <= now)
            || kinds.iter().any(newer);
        if !is_due {
            return None;
        }
        (sweep.swept_at, sweep.next, sweep.lease_end) = (Some(now), None, None);
        for request in kinds {
            let swept = sweep.decoders.entry(request.kind.clone()).or_insert(request.decoder_version);
            *swept = request.decoder_version.max(*swept);
        }
        if sweep.unbounded_at.is_none_or(|unbounded| now >= unbounded + UNBOUNDED_SWEEP) {
            sweep.unbounded_at = Some(now);
            sweep.bound = None;
        }
        Some(sweep.bound.unwrap_or(UNIX_EPOCH))
    }

    fn until_next(&self) -> Option<Duration> {
        lock(&self.sweep).next.map(|next| next.saturating_duration_since(Instant::now()))
    }

    /// Returns how far a claim reads back for each kind, at least to `least`, and until when that is.
    fn reaches(&self, request: &ClaimRequest, least: Reach) -> Vec<(Reach, SystemTime)> {
        let (mut bounds, now) = (lock(&self.bounds), Instant::now());
        let reach = |kind: &KindRequest| {
            let bound = bounds.entry((kind.kind.clone(), kind.decoder_version)).or_default();
            let reach = bound.reach(now).max(least);
            (reach, bound.lowest(reach))
        };
        request.kinds.iter().map(reach).collect()
    }

    fn note_claim(
        &self,
        request: &ClaimRequest,
        reaches: &[(Reach, SystemTime)],
        began: Instant,
        deliveries: &[DeliveryRecord],
    ) {
        let mut bounds = lock(&self.bounds);
        for (kind, (reach, _)) in request.kinds.iter().zip(reaches) {
            let of_kind = deliveries.iter().filter(|record| record.kind == kind.kind);
            let lowest = of_kind.map(|record| record.due_at).min();
            if let Some(bound) = bounds.get_mut(&(kind.kind.clone(), kind.decoder_version)) {
                bound.note(*reach, began, lowest);
            }
        }
    }
}

fn earliest(at: &mut Option<Instant>, after: Duration) {
    if let Some(then) = Instant::now().checked_add(after) {
        *at = Some(at.map_or(then, |at| at.min(then)));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) async fn claim(session: &mut Session, state: &ClaimState, request: &ClaimRequest) -> Result<Claimed, Error> {
    let (expired, more_due) = match state.begin_sweep(&request.kinds) {
        Some(bound) => sweep(session, state, request, bound).await?,
        None => (Vec::new(), false),
    };
    let deliveries = claim_ready(session, state, request).await?;
    let mut claimed = Claimed { deliveries, expired, ..Claimed::default() };
    if claimed.deliveries.is_empty() && request.limit > 0 && suspect_waits(session, request).await? {
        if request.idle {
            claimed.deliveries = claim_suspect(session, request).await?;
        } else {
            claimed.suspect_waiting = true;
        }
    }
    if !claimed.deliveries.is_empty() {
        state.note_lease(request.lease);
    }
    let more = more_due || request.limit > 0 && claimed.deliveries.len() >= request.limit;
    claimed.next = if more { Some(Duration::ZERO) } else { state.until_next() };
    Ok(claimed)
}

/// Claims what is ready. Before it finds nothing, it reads further back.
async fn claim_ready(
    session: &mut Session,
    state: &ClaimState,
    request: &ClaimRequest,
) -> Result<Vec<DeliveryRecord>, Error> {
    let reaches = state.reaches(request, Reach::Last);
    let deliveries = claim_within(session, state, request, &reaches).await?;
    if !deliveries.is_empty() || reaches.iter().all(|(reach, _)| *reach > Reach::Last) {
        return Ok(deliveries);
    }
    let reaches = state.reaches(request, Reach::Wide);
    claim_within(session, state, request, &reaches).await
}

async fn claim_within(
    session: &mut Session,
    state: &ClaimState,
    request: &ClaimRequest,
    reaches: &[(Reach, SystemTime)],
) -> Result<Vec<DeliveryRecord>, Error> {
    let Kinds { vendor, verified, decoder_version } = Kinds::of(&request.kinds);
    let running: Vec<i64> = request.kinds.iter().map(|kind| i64::try_from(kind.running).unwrap_or(i64::MAX)).collect();
    let lowest: Vec<SystemTime> = reaches.iter().map(|(_, lowest)| *lowest).collect();
    let limit = i64::try_from(request.limit).unwrap_or(i64::MAX);
    let (lease, worker) = (request.lease.min(MAX_LEASE).as_secs_f64(), &*request.worker);
    let values = params![&vendor, &verified, &decoder_version, &running, &lowest, &limit, &lease, &worker];
    let began = Instant::now();
    let deliveries = records(&session.run(include_str!("sql/claim.sql"), &values).await?)?;
    state.note_claim(request, reaches, began, &deliveries);
    Ok(deliveries)
}

async fn suspect_waits(session: &mut Session, request: &ClaimRequest) -> Result<bool, Failure> {
    let Kinds { vendor, verified, decoder_version } = Kinds::of(&request.kinds);
    let values = params![&vendor, &verified, &decoder_version];
    let rows = session.run(include_str!("sql/suspects.sql"), &values).await?;
    rows.first().map_or(Ok(false), |row| Ok(row.try_get("waiting")?))
}

async fn claim_suspect(session: &mut Session, request: &ClaimRequest) -> Result<Vec<DeliveryRecord>, Error> {
    let Kinds { vendor, verified, decoder_version } = Kinds::of(&request.kinds);
    let (lease, worker) = (request.lease.min(MAX_LEASE).as_secs_f64(), &*request.worker);
    let values = params![&vendor, &verified, &decoder_version, &lease, &worker];
    records(&session.run(include_str!("sql/claim_suspect.sql"), &values).await?)
}

fn records(rows: &[Row]) -> Result<Vec<DeliveryRecord>, Error> {
    rows.iter().map(|row| row::record_with_body(&Mapped(row))).collect()
}

/// Takes expired leases back, makes ready what is due, and unblocks what waited for it. Returns the deliveries whose
/// lease had expired, and whether there is more to move on.
async fn sweep(
    session: &mut Session,
    state: &ClaimState,
    request: &ClaimRequest,
    bound: SystemTime,
) -> Result<(Vec<Expired>, bool), Failure> {
    let Kinds { vendor, verified, decoder_version } = Kinds::of(&request.kinds);
    let values = params![&bound, &vendor, &verified, &decoder_version];
    let found = session.run(include_str!("sql/sweep_find.sql"), &values).await?;
    let Some(found) = found.first() else { return Ok((Vec::new(), false)) };
    let now: SystemTime = found.try_get("now")?;
    let next: Option<SystemTime> = found.try_get("next")?;
    if let Some(next) = next {
        state.note_due(next.duration_since(now).unwrap_or_default());
    }
    let ids: Vec<i64> = found.try_get::<_, Option<_>>("ids")?.unwrap_or_default();
    if ids.len() < MAX_SWEEP {
        lock(&state.sweep).bound = now.checked_sub(SLACK);
    }
    if ids.is_empty() {
        return Ok((Vec::new(), false));
    }
    let keys: Vec<i64> = found.try_get::<_, Option<_>>("keys")?.unwrap_or_default();
    let most = i32::try_from(request.max_lost_leases).unwrap_or(i32::MAX);
    let (first, longest) = (delay(request.backoff.first()), delay(request.backoff.longest()));
    let expire = params![&ids, &most, &first, &longest, &LEASE_EXPIRED];
    let promote = params![&ids, &vendor, &verified, &decoder_version];
    let keys = params![&keys];
    let statements: [(&str, &[_]); 4] = [
        (LOCK, &keys),
        (include_str!("sql/expire.sql"), &expire),
        (include_str!("sql/unblock.sql"), &keys),
        (include_str!("sql/promote.sql"), &promote),
    ];
    let mut results = session.transaction(Purpose::Write, &statements).await?;
    let expired = results.swap_remove(1);
    if !expired.is_empty() {
        state.note_due(request.backoff.wait(1, 0.0));
    }
    let expired = expired.iter().map(|row| {
        Ok(Expired {
            id: DeliveryId::new(row.try_get("id")?),
            vendor: row.try_get::<_, String>("vendor")?.into(),
            dead: row.try_get("dead")?,
        })
    });
    let expired = expired.collect::<Result<_, tokio_postgres::Error>>().map_err(failed)?;
    Ok((expired, ids.len() >= MAX_SWEEP))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_reads_further_back_now_and_then() {
        let (mut bound, now) = (Bound::default(), Instant::now());
        assert_eq!((bound.reach(now), bound.lowest(Reach::Last)), (Reach::Unbounded, UNIX_EPOCH));
        let due_at = SystemTime::now();
        bound.note(Reach::Unbounded, now, Some(due_at));
        assert_eq!((bound.reach(Instant::now()), bound.lowest(Reach::Last)), (Reach::Last, due_at));
        let later = Instant::now() + WIDE_CLAIM;
        assert_eq!((bound.reach(later), bound.lowest(Reach::Wide)), (Reach::Wide, due_at - WIDE));
        assert_eq!(bound.reach(Instant::now() + UNBOUNDED_CLAIM), Reach::Unbounded);
        // One that took long is not repeated soon.
        bound.note(Reach::Unbounded, now.checked_sub(Duration::from_secs(2)).unwrap(), None);
        assert_eq!(bound.reach(Instant::now() + Duration::from_secs(39)), Reach::Last);
        assert_eq!(bound.lowest(Reach::Last), due_at);
    }

    #[test]
    fn sweeps_when_something_is_due_and_else_at_intervals() {
        let state = ClaimState::default();
        assert_eq!(state.begin_sweep(&[]), Some(UNIX_EPOCH));
        assert_eq!(state.begin_sweep(&[]), None);
        state.note_due(Duration::from_secs(60));
        state.note_lease(Duration::from_secs(60));
        assert_eq!(state.begin_sweep(&[]), None);
        state.note_due(Duration::ZERO);
        assert!(state.begin_sweep(&[]).is_some(), "a retry is due");
        state.note_lease(Duration::ZERO);
        assert!(state.begin_sweep(&[]).is_some(), "a lease has expired");
        lock(&state.sweep).swept_at = Instant::now().checked_sub(SWEEP_INTERVAL);
        assert!(state.begin_sweep(&[]).is_some(), "an interval has passed");
        let kind = DeliveryKind { vendor: "capa".into(), verified: true };
        let kinds = |decoder_version| [KindRequest { kind: kind.clone(), decoder_version, running: 0 }];
        assert!(state.begin_sweep(&kinds(2)).is_some(), "a first decoder");
        assert_eq!(state.begin_sweep(&kinds(1)), None, "an older decoder");
        assert!(state.begin_sweep(&kinds(3)).is_some(), "a newer decoder");
    }
}
