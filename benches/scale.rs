//! What very many viewers need, on paper: a simulation of edges, languages and the messages between nodes.
//!
//! Its inputs are figures that were measured on one machine (2 cores of an AMD EPYC) with the command beside each, or, where it says
//! so, supposed; take them again on yours and hand them in. It says which resource of which node ends first, and what an edge's death asks of the others.
//! `cargo bench --bench scale`, or `-- --viewers 1000000 --languages 40 --cores 8`

#![expect(clippy::print_stdout, reason = "a program with a report")]

use clap::{Parser, ValueEnum};

#[derive(Parser)]
struct Inputs {
    /// Numbers of viewers to reckon with
    #[arg(long, value_delimiter = ',', default_value = "10000,100000,1000000,10000000")]
    viewers: Vec<u64>,
    /// Languages; the k-th has 1/k as many viewers as the first (Zipf)
    #[arg(long, default_value_t = 40)]
    languages: usize,
    /// How viewers come to edges: by turns, or those of a language together
    #[arg(long, value_enum, default_value = "turns")]
    placing: Placing,

    /// Messages a second in a language: partials, finals, cards
    #[arg(long, default_value_t = 5.0)]
    rate: f64,
    /// Bytes of a message on the wire, with its frame and the headers of TCP and IP (539 bytes of text: `make nchan`)
    #[arg(long, default_value_t = 600.0)]
    message_bytes: f64,
    /// Resident bytes of a viewer (3.6 KB over a WebSocket, 21.2 over server-sent events: `make nchan`, `benches/load.sh --sse`)
    #[arg(long, default_value_t = 3_600.0)]
    viewer_bytes: f64,
    /// Processor time of one message to one viewer, in µs, the kernel's with it, without TLS (`make nchan`)
    #[arg(long, default_value_t = 8.4)]
    delivery_us: f64,
    /// Processor time of a viewer who comes in, its twelve last events with it, in µs (supposed)
    #[arg(long, default_value_t = 300.0)]
    join_us: f64,
    /// Messages a second that a core of nats-server hands on to nodes (supposed)
    #[arg(long, default_value_t = 100_000.0)]
    nats_rate: f64,
    /// Finals a second in a show (the tour: 30 in 177 s)
    #[arg(long, default_value_t = 0.17)]
    finals: f64,
    /// Share of the finals that the phrasebook does not know (of the reference set's commercial sentences 68 % in Mandarin)
    #[arg(long, default_value_t = 0.68)]
    free_speech: f64,
    /// Processor time of the language model for one final in one language, in s (1.5 to 3: config/reference.toml)
    #[arg(long, default_value_t = 2.0)]
    model_s: f64,

    /// Cores of an edge
    #[arg(long, default_value_t = 2.0)]
    cores: f64,
    /// Memory of an edge, in GiB
    #[arg(long, default_value_t = 24.0)]
    memory_gib: f64,
    /// Network of an edge, in Gbit/s
    #[arg(long, default_value_t = 1.0)]
    network_gbit: f64,

    /// `cargo bench` says so
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Placing {
    Turns,
    Language,
}

/// How full a resource may be in the steady state: what is left is for the viewers of an edge that died.
const FULL: f64 = 0.6;

fn main() {
    let inputs = Inputs::parse();
    let (edge, ends) = edge_capacity(&inputs);
    println!("An edge of {} cores carries {edge} viewers: its {ends} ends first.", inputs.cores);
    let model_cores = inputs.finals * inputs.free_speech * inputs.model_s * inputs.languages as f64;
    println!(
        "An origin needs {model_cores:.1} cores for the free speech of one room in {} languages.\n",
        inputs.languages
    );
    println!(
        "{:>12} {:>8} {:>12} {:>12} {:>14} {:>12} {:>11}",
        "viewers", "edges", "languages", "NATS in", "NATS out", "NATS cores", "edge dies"
    );
    println!(
        "{:>12} {:>8} {:>12} {:>12} {:>14} {:>12} {:>11}",
        "", "", "an edge", "messages/s", "messages/s", "", "back in s"
    );
    for viewers in &inputs.viewers {
        report(&inputs, *viewers, edge);
    }
}

/// Viewers that an edge carries, and what keeps it from more.
fn edge_capacity(inputs: &Inputs) -> (u64, &'static str) {
    let limits = [
        (inputs.cores * 1e6 / (inputs.delivery_us * inputs.rate), "processor"),
        (inputs.memory_gib * (1_u64 << 30) as f64 / inputs.viewer_bytes, "memory"),
        (inputs.network_gbit * 1e9 / 8.0 / (inputs.message_bytes * inputs.rate), "network"),
    ];
    let least = limits.iter().copied().min_by(|a, b| a.0.total_cmp(&b.0));
    least.map_or((0, "nothing"), |(viewers, name)| ((viewers * FULL) as u64, name))
}

fn report(inputs: &Inputs, viewers: u64, edge: u64) {
    let edges = viewers.div_ceil(edge.max(1)).max(2) as usize;
    let languages = followed(&by_language(viewers, inputs.languages), edges, inputs.placing);
    let watched = languages.iter().copied().max().unwrap_or(0);
    let incoming = inputs.languages as f64 * inputs.rate;
    let outgoing = languages.iter().sum::<usize>() as f64 * inputs.rate;
    // Those of one edge come to the others, which have the rest of their processors for them.
    let joins = viewers as f64 / edges as f64;
    let free = (edges - 1) as f64 * inputs.cores * (1.0 - FULL);
    let back_s = joins * inputs.join_us / 1e6 / free;
    println!(
        "{viewers:>12} {edges:>8} {watched:>12} {incoming:>12.0} {outgoing:>14.0} {:>12.1} {back_s:>11.2}",
        outgoing / inputs.nats_rate
    );
}

/// Viewers of each language, the most watched first.
fn by_language(viewers: u64, languages: usize) -> Vec<u64> {
    let weights: Vec<f64> = (1..=languages).map(|rank| 1.0 / rank as f64).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| (viewers as f64 * weight / sum).round() as u64).collect()
}

/// How many languages each edge follows.
fn followed(viewers: &[u64], edges: usize, placing: Placing) -> Vec<usize> {
    let all: u64 = viewers.iter().sum();
    let mut first = 0;
    let mut followed = vec![0; edges];
    for count in viewers {
        let last = first + count;
        for (index, languages) in followed.iter_mut().enumerate() {
            let here = match placing {
                // Less than one a turn: some edges have none.
                Placing::Turns => (index as u64) < *count,
                Placing::Language => {
                    let from = all * index as u64 / edges as u64;
                    let to = all * (index as u64 + 1) / edges as u64;
                    first < to && last > from
                }
            };
            *languages += usize::from(here);
        }
        first = last;
    }
    followed
}
