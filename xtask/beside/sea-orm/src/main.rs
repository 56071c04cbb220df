//! The inbox and SeaORM in one program, each with a SQLite file of its own.

use std::error::Error;

use idhooks_capa as capa;
use idhooks_core::{Verified, testing::verified};
use idhooks_inbox::{HandlerError, Handlers, Inbox, Job};
use sea_orm::{ConnectionTrait as _, Database, Statement};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR"))?;
    let file = |name: &str| folder.path().join(name).display().to_string();
    let ledger = Database::connect(format!("sqlite:{}?mode=rwc", file("ledger.db"))).await?;
    ledger.execute_unprepared("CREATE TABLE ledger (delivery INTEGER PRIMARY KEY)").await?;

    let inbox = Inbox::open(&format!("sqlite:{}", file("inbox.db"))).await?;
    inbox.accept(&verified::<capa::Event>(&br#"{"type":"KYC","event":"VERIFIED_USER"}"#[..])).await?;
    let handlers = Handlers::new().on({
        let ledger = ledger.clone();
        move |job: Job<Verified<capa::Event>>| {
            let ledger = ledger.clone();
            async move {
                let insert = format!("INSERT INTO ledger (delivery) VALUES ({})", job.id());
                ledger.execute_unprepared(&insert).await?;
                Ok::<_, HandlerError>(())
            }
        }
    });
    inbox.worker().until_idle().run(handlers).await?;
    let count = Statement::from_string(ledger.get_database_backend(), "SELECT count(*) AS number FROM ledger");
    let row = ledger.query_one_raw(count).await?.ok_or("no row")?;
    let rows: i64 = row.try_get("", "number")?;
    if rows != 1 {
        return Err(format!("the ledger has {rows} rows").into());
    }
    println!("SeaORM beside the inbox: one delivery, one row");
    Ok(())
}
