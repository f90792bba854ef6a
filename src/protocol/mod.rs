//! Wire types: what goes over the sockets, and how it becomes domain types. docs/PROTOCOL.md explains each.

pub mod close;
pub mod host;
pub mod viewer;
