//! Every parser that reads foreign bytes, one function each: what the targets feed, and the project's own tests too
//! (tests/it/foreign.rs, which reads `bodies.rs` itself).

pub mod bodies;
