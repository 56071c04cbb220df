#![cfg(feature = "rustls")]
use idhooks_case_keeper::Client;
#[test]
fn t() {
    for _ in 0..3 {
        let n = std::time::Instant::now();
        let c = Client::builder("a", "b", "https://a.example".parse().unwrap()).build().unwrap();
        eprintln!("{:?}", n.elapsed());
        drop(c);
    }
    let n = std::time::Instant::now();
    let _h = idhooks_case_keeper::http_client::HttpTransport::new().unwrap();
    eprintln!("one transport {:?}", n.elapsed());
}
