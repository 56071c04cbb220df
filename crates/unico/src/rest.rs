//! What Unico's REST API answers.
//!
//! Unico has two contracts, with hosts, ids, words and errors of their own: [`web`] for "Web & SDK" ("by Unico")
//! and [`api`] for "API" ("by Client"). Together with the webhook that makes three vocabularies for one outcome, and
//! the vendor says that they are not the same. So each has types of its own here, and none turns into another.
//!
//! | | webhook | [`web`] | [`api`] |
//! |---|---|---|---|
//! | state | [`ProcessState`](crate::ProcessState) | [`web::ProcessState`] | [`CheckStatus`](crate::CheckStatus), a number |
//! | outcome | [`ProcessResult`](crate::ProcessResult), `ok` | [`web::ProcessResult`], `PROCESS_RESULT_OK` | [`api::UnicoIdResult`], `yes` |
//!
//! **Nothing here says "approved"**, because no page of Unico says which answers add up to it. Only what identifies
//! a thing is required; everything else may be absent, and an absent answer is never a good one.

pub mod api;
pub mod web;
