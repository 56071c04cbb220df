//! The inbox and sqlx in one program, each with a SQLite file of its own.

use std::error::Error;

use idhooks_capa as capa;
use idhooks_core::{Verified, testing::verified};
use idhooks_inbox::{Handlers, Inbox, Job};
use sqlx::sqlite::SqlitePool;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR"))?;
    let file = |name: &str| folder.path().join(name).display().to_string();
    let ledger = SqlitePool::connect(&format!("sqlite:{}?mode=rwc", file("ledger.db"))).await?;
    sqlx::query("CREATE TABLE ledger (delivery INTEGER PRIMARY KEY)").execute(&ledger).await?;

    let inbox = Inbox::open(&format!("sqlite:{}", file("inbox.db"))).await?;
    inbox.accept(&verified::<capa::Event>(&br#"{"type":"KYC","event":"VERIFIED_USER"}"#[..])).await?;
    let handlers = Handlers::new().on({
        let ledger = ledger.clone();
        move |job: Job<Verified<capa::Event>>| {
            let ledger = ledger.clone();
            async move {
                let insert = sqlx::query("INSERT INTO ledger (delivery) VALUES (?)").bind(job.id().get());
                insert.execute(&ledger).await?;
                Ok::<_, idhooks_inbox::HandlerError>(())
            }
        }
    });
    inbox.worker().until_idle().run(handlers).await?;
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM ledger").fetch_one(&ledger).await?;
    if rows != 1 {
        return Err(format!("the ledger has {rows} rows").into());
    }
    println!("sqlx beside the inbox: one delivery, one row");
    Ok(())
}
