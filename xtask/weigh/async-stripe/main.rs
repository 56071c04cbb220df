//! Lists customers.

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = stripe::Client::new("key");
    println!("{:?}", stripe_core::customer::ListCustomer::new().send(&client).await?);
    Ok(())
}
