//! Sends as vendors do: again and again, until the answer is 200.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU16, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use reqwest::{Client, StatusCode};
use tokio::{task::JoinSet, time::sleep};

use crate::{deliveries::Delivery, vendors::Vendor};

/// Vendors give up sooner or later; long before, something is wrong here.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many send at the same time.
const SENDERS: usize = 32;

/// What became of what was sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) requests: u64,
    /// Numbers of the deliveries that were answered 200.
    pub(crate) acknowledged: Vec<u32>,
    pub(crate) unacknowledged: u64,
    pub(crate) duplicates: u64,
    /// Of those.
    pub(crate) duplicates_not_200: u64,
    /// Other bodies under a key that was taken, answered 200.
    pub(crate) conflicts: u64,
    pub(crate) conflicts_not_200: u64,
    /// Answers 503.
    pub(crate) busy: u64,
    /// Requests whose receiver was killed before it answered.
    pub(crate) unanswered: u64,
    /// Times when there was no receiver to send to.
    pub(crate) nobody_there: u64,
    /// Answers that are neither 200 nor 503.
    pub(crate) strange: u64,
}

/// The ports of the receivers; 0 while one is down.
pub(crate) type Doors = Arc<[Arc<AtomicU16>]>;

/// So many closed doors.
pub(crate) fn doors(count: usize) -> Doors {
    (0..count).map(|_| Arc::new(AtomicU16::new(0))).collect()
}

#[derive(Clone, Copy)]
enum Kind {
    First,
    Duplicate,
    Conflict,
}

/// A number of senders at work.
pub(crate) struct Sender(Arc<Shared>);

struct Shared {
    client: Client,
    doors: Doors,
    deliveries: Arc<[Delivery]>,
    waiting: Mutex<VecDeque<(Kind, u32)>>,
    tally: Mutex<Tally>,
    seed: u64,
    /// How many of a hundred are sent again, once at the same moment and once later.
    again: u8,
}

impl Sender {
    pub(crate) fn new(doors: &Doors, deliveries: &Arc<[Delivery]>, seed: u64) -> Result<Self, String> {
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(8)).build();
        let waiting = (0_u32..).take(deliveries.len()).map(|number| (Kind::First, number)).collect();
        Ok(Self(Arc::new(Shared {
            client: client.map_err(|error| error.to_string())?,
            doors: Arc::clone(doors),
            deliveries: Arc::clone(deliveries),
            waiting: Mutex::new(waiting),
            tally: Mutex::default(),
            seed,
            again: 8,
        })))
    }

    /// What became of it so far.
    pub(crate) fn tally(&self) -> Tally {
        self.0.tally.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sends all, and returns once all is answered or given up.
    pub(crate) async fn send(&self) -> Result<Tally, String> {
        let mut senders = JoinSet::new();
        for place in 0..SENDERS as u64 {
            let shared = Arc::clone(&self.0);
            senders.spawn(async move { shared.work(fastrand::Rng::with_seed(shared.seed ^ (place << 48))).await });
        }
        while let Some(ended) = senders.join_next().await {
            ended.map_err(|error| format!("a sender stopped: {error}"))??;
        }
        Ok(self.tally())
    }
}

impl Shared {
    async fn work(&self, mut random: fastrand::Rng) -> Result<(), String> {
        while let Some((kind, number)) = self.next() {
            let delivery = usize::try_from(number).ok().and_then(|place| self.deliveries.get(place));
            let delivery = delivery.ok_or("there is no such delivery")?;
            match kind {
                Kind::First => self.first(number, delivery, &mut random).await?,
                Kind::Duplicate => self.duplicate(delivery, &mut random).await?,
                Kind::Conflict => {
                    let body = delivery.conflicting.clone().unwrap_or_default();
                    let answered = self.until_200(delivery.vendor, body, &mut random).await?;
                    self.count(|tally| if answered { tally.conflicts += 1 } else { tally.conflicts_not_200 += 1 });
                }
            }
        }
        Ok(())
    }

    fn next(&self) -> Option<(Kind, u32)> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    fn count(&self, count: impl FnOnce(&mut Tally)) {
        count(&mut self.tally.lock().unwrap_or_else(PoisonError::into_inner));
    }

    async fn first(&self, number: u32, delivery: &Delivery, random: &mut fastrand::Rng) -> Result<(), String> {
        let twin = random.u8(..100) < self.again;
        let body = delivery.body.clone();
        let mut other = random.fork();
        let first = self.until_200(delivery.vendor, body, random);
        let answered = if twin {
            let (first, second) = tokio::join!(first, self.duplicate(delivery, &mut other));
            second?;
            first?
        } else {
            first.await?
        };
        self.count(|tally| if answered { tally.acknowledged.push(number) } else { tally.unacknowledged += 1 });
        let mut later = Vec::new();
        if random.u8(..100) < self.again {
            later.push((Kind::Duplicate, number));
        }
        if answered && delivery.conflicting.is_some() && random.u8(..100) < 2 {
            later.push((Kind::Conflict, number));
        }
        if !later.is_empty() {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            for item in later {
                let place = random.usize(..=waiting.len());
                waiting.insert(place, item);
            }
        }
        Ok(())
    }

    async fn duplicate(&self, delivery: &Delivery, random: &mut fastrand::Rng) -> Result<(), String> {
        let answered = self.until_200(delivery.vendor, delivery.body.clone(), random).await?;
        self.count(|tally| {
            tally.duplicates += 1;
            tally.duplicates_not_200 += u64::from(!answered);
        });
        Ok(())
    }

    /// Whether it was answered 200 in the end.
    async fn until_200(&self, vendor: Vendor, body: Bytes, random: &mut fastrand::Rng) -> Result<bool, String> {
        let signature = vendor.sign(&body).map_err(|error| error.to_string())?;
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            match self.once(vendor, body.clone(), signature.as_ref(), random).await {
                Some(StatusCode::OK) => return Ok(true),
                Some(StatusCode::SERVICE_UNAVAILABLE) => self.count(|tally| tally.busy += 1),
                Some(status) => {
                    self.count(|tally| {
                        tally.strange += 1;
                        if tally.strange == 1 {
                            eprintln!("  a delivery of {} was answered {status}", vendor.name());
                        }
                    });
                    return Ok(false);
                }
                None => {}
            }
            sleep(Duration::from_millis(random.u64(10..150))).await;
        }
        Ok(false)
    }

    /// The status, if there was an answer.
    async fn once(
        &self,
        vendor: Vendor,
        body: Bytes,
        signature: Option<&(&'static str, String)>,
        random: &mut fastrand::Rng,
    ) -> Option<StatusCode> {
        let port = random.choice(&*self.doors)?.load(Ordering::Relaxed);
        if port == 0 {
            self.count(|tally| tally.nobody_there += 1);
            return None;
        }
        self.count(|tally| tally.requests += 1);
        let url = format!("http://127.0.0.1:{port}/{}", vendor.name());
        let mut request = self.client.post(url).header("content-type", "application/json").body(body);
        if let Some((name, value)) = signature {
            request = request.header(*name, value);
        }
        let status = request.send().await.ok().map(|answer| answer.status());
        self.count(|tally| tally.unanswered += u64::from(status.is_none()));
        status
    }
}
