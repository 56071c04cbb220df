//! Lists applications.

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = svix::api::Svix::new("token".to_owned(), None);
    println!("{:?}", client.application().list(None).await?);
    Ok(())
}
