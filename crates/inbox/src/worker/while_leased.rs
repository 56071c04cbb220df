//! A handler that stops with its lease.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use crate::clock;

/// A handler that is not polled any more once its lease is over, also after the machine has slept.
pub(super) struct WhileLeased<F> {
    future: Pin<Box<F>>,
    end: Arc<AtomicU64>,
}

impl<F> WhileLeased<F> {
    /// `end` is an [uptime](clock::uptime) in microseconds; 0 if the lease is lost.
    pub(super) fn new(future: F, end: Arc<AtomicU64>) -> Self {
        Self { future: Box::pin(future), end }
    }
}

impl<F: Future> Future for WhileLeased<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if micros(clock::uptime()) >= self.end.load(Ordering::Relaxed) {
            return Poll::Ready(None);
        }
        self.future.as_mut().poll(cx).map(Some)
    }
}

pub(super) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, task::Waker};

    use super::*;

    /// A handler at an `await`, how often it was polled, and the end of its lease.
    fn handler() -> (WhileLeased<impl Future<Output = ()>>, Arc<AtomicU64>, Arc<AtomicU64>) {
        let (polls, end) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(u64::MAX)));
        let counted = Arc::clone(&polls);
        let future = poll_fn(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            Poll::<()>::Pending
        });
        (WhileLeased::new(future, Arc::clone(&end)), polls, end)
    }

    /// The end is in the past when the machine wakes after another worker took over.
    #[test]
    fn a_handler_whose_lease_ended_while_the_machine_slept_does_not_go_on() {
        let now = micros(clock::uptime());
        for over in [0, 1, now] {
            let (mut handler, polls, end) = handler();
            let mut context = Context::from_waker(Waker::noop());
            assert!(Pin::new(&mut handler).poll(&mut context).is_pending());
            end.store(over, Ordering::Relaxed);
            assert!(matches!(Pin::new(&mut handler).poll(&mut context), Poll::Ready(None)), "{over}");
            assert_eq!(polls.load(Ordering::Relaxed), 1, "the handler was not polled again");
        }
    }

    #[test]
    fn a_handler_with_a_lease_goes_on() {
        let (mut handler, polls, end) = handler();
        end.store(micros(clock::uptime() + Duration::from_secs(60)), Ordering::Relaxed);
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..3 {
            assert!(Pin::new(&mut handler).poll(&mut context).is_pending());
        }
        assert_eq!(polls.load(Ordering::Relaxed), 3);
        let mut done = WhileLeased::new(std::future::ready(7), end);
        assert!(matches!(Pin::new(&mut done).poll(&mut context), Poll::Ready(Some(7))));
    }
}
