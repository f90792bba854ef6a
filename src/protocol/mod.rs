//! Wire types: what goes over the sockets, and how it becomes domain types. docs/PROTOCOL.md explains each.

pub mod close;
pub mod glossary;
pub mod host;
pub mod inquiry;
pub mod nodes;
pub mod problem;
pub mod rest;
pub mod translated;
pub mod viewer;
