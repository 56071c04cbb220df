//! Verify and decode one event: this crate, the floor, code written by hand, and peers, side by side
//! in one run, because only ratios carry over from one machine to another.

mod bodies;
mod client;
mod contestants;
mod measure;
mod server;

use bodies::Sample;
use contestants::Contestants;

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    match std::env::args().nth(1).as_deref() {
        Some(server::SERVE) => return server::serve(),
        Some("client") => return client::run(),
        _ => {}
    }
    receive();
    println!();
    client::run()
}

fn receive() {
    println!("verify + decode, median of {} interleaved rounds; ratios are round by round\n", measure::ROUNDS);
    println!(
        "{:>7} {:>9} {:>9} {:>7} {:>9} {:>7} {:>9} {:>7} {:>9} {:>7}",
        "body", "floor", "idhooks", "/floor", "by hand", "slower", "std.webh.", "slower", "svix", "slower"
    );
    for sample in Sample::all() {
        let contestants = Contestants::new(&sample);
        let [floor, ours, hand, standard, svix] = measure::medians([
            &|| contestants.floor(),
            &|| contestants.ours(),
            &|| contestants.by_hand(),
            &|| contestants.standardwebhooks(),
            &|| contestants.svix(),
        ]);
        let ratio = |of: &measure::Rounds, to: &measure::Rounds| of.ratio(to);
        println!(
            "{:>5} B {:>6.0} ns {:>6.0} ns {:>6.2}x {:>6.0} ns {:>6.2}x {:>6.0} ns {:>6.2}x {:>6.0} ns {:>6.2}x",
            sample.body.len(),
            floor.median(),
            ours.median(),
            ratio(&ours, &floor),
            hand.median(),
            ratio(&hand, &ours),
            standard.median(),
            ratio(&standard, &ours),
            svix.median(),
            ratio(&svix, &ours),
        );
    }
    println!(
        "\nbounds: at most 1.40x the floor at 400 B and 2 KB; by hand at least 1.8x slower; peers at least 3.3x slower"
    );
    println!("(standardwebhooks and svix check their own scheme, which also covers an id and a time)");
}
