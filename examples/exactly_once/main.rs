//! Exactly once: a handler writes to a ledger and completes its job in one PostgreSQL transaction, with sqlx.
//! `DATABASE_URL=postgres://user:password@localhost/database cargo run --example exactly_once`
use std::error::Error;

use idhooks::{
    Secret, Verified, capa,
    inbox::{Backoff, HandlerError, Handlers, Inbox, Job, PostgresConfig},
};
use sqlx::{AssertSqlSafe, PgPool, postgres::PgConnectOptions, raw_sql};

// The README of idhooks-inbox shows this function.
async fn handle(pool: PgPool, job: Job<Verified<capa::Event>>) -> Result<(), HandlerError> {
    let complete = job.complete_in()?;
    let mut transaction = pool.begin().await?;
    let insert = sqlx::query("INSERT INTO ledger (delivery, event) VALUES ($1, $2)");
    insert.bind(job.id().get()).bind(job.event().name()).execute(&mut *transaction).await?;

    // The last statement: it fails if another worker holds the delivery by now, and sqlx rolls back.
    let statement = sqlx::query(AssertSqlSafe(complete.sql()));
    statement.bind(complete.id()).bind(complete.token()).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}

/// Fails before its first commit and after its second one, as a process does that is killed.
async fn handle_and_fail(pool: PgPool, job: Job<Verified<capa::Event>>) -> Result<(), HandlerError> {
    println!("attempt {}", job.attempt());
    if job.attempt() == 1 {
        return Err(HandlerError::new("failed before the commit"));
    }
    handle(pool, job).await?;
    Err(HandlerError::new("failed after the commit"))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let Ok(url) = std::env::var("DATABASE_URL") else {
        println!("no database: set DATABASE_URL=postgres://user:password@localhost/database");
        return Ok(());
    };
    let options: PgConnectOptions = url.parse()?;
    let pool = PgPool::connect_with(options.options([("search_path", "idhooks_example")])).await?;
    raw_sql("DROP SCHEMA IF EXISTS idhooks_example CASCADE; CREATE SCHEMA idhooks_example").execute(&pool).await?;
    raw_sql("CREATE TABLE ledger (delivery bigint NOT NULL, event text NOT NULL)").execute(&pool).await?;

    // The same database as the ledger, because one transaction changes both.
    let inbox = Inbox::builder().open_postgres(PostgresConfig::new(&url)?.schema("idhooks_example")).await?;
    let secret = Secret::new("demo-secret")?; // in production: `capa::Verifier::from_env()?`
    let body = br#"{"type":"TRANSACTION","event":"COMPLETED_ON_RAMP","transactionId":"t-1"}"#;
    let delivery = capa::Verifier::new(secret.clone()).verify(&[capa::sign(&secret, body)], &body[..])?;
    let id = inbox.accept(&delivery).await?.id();

    let ledger = pool.clone();
    let handlers = Handlers::new().on(move |job| handle_and_fail(ledger.clone(), job));
    let at_once = Backoff::NONE; // by default ten seconds and more
    inbox.worker().backoff(at_once).until_idle().run(handlers).await?;

    let lines: i64 = sqlx::query_scalar("SELECT count(*) FROM ledger").fetch_one(&pool).await?;
    let state = inbox.get(id).await?.map_or("gone", |details| details.summary.state.as_str());
    println!("lines in the ledger: {lines}; state of the delivery: {state}");
    inbox.close().await;
    raw_sql("DROP SCHEMA idhooks_example CASCADE").execute(&pool).await?;
    Ok(())
}

#[test]
fn the_readme_shows_the_handler() {
    let (source, readme) = (include_str!("main.rs"), include_str!("../../crates/inbox/README.md"));
    let start = source.find("async fn handle(").unwrap();
    let handler = &source[start..start + source[start..].find("\n}\n").unwrap()];
    assert!(readme.contains(handler), "{handler}");
}
