//! Reads a repository.

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = octocrab::Octocrab::builder().personal_token("token").build()?;
    println!("{:?}", client.repos("a", "b").get().await?);
    Ok(())
}
