//! The conformance suite: every engine runs each case, on a store of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]
#![cfg(any(feature = "sqlite", feature = "postgres"))]

#[path = "../support/mod.rs"]
mod support;

/// Makes a test of each case for each engine. A file lists its cases once, at its top.
macro_rules! cases {
    ($($case:ident),+ $(,)?) => {
        #[cfg(feature = "sqlite")]
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                super::$case(crate::support::engine::Engine::sqlite()).await;
            })+
        }

        #[cfg(feature = "postgres")]
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                if let Some(engine) = crate::support::engine::Engine::postgres().await {
                    super::$case(engine).await;
                }
            })+
        }
    };
}

mod accept;
#[cfg(all(feature = "sqlite", feature = "postgres"))]
mod alike;
mod backlog;
mod keys;
mod leases;
mod listing;
mod outcomes;
mod purge;
mod states;
mod subjects;
mod suspects;
mod work;
