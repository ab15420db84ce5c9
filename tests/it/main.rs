//! Every integration test, in one binary; `tests/run` installs what they need and runs them.

mod harness;

mod accounts;
mod attacks;
mod bad_input;
mod cli;
mod demo;
mod durability;
mod edits;
mod forms;
mod javarosa;
mod network;
mod openrosa;
mod proof;
mod readme;
mod recompute;
mod regression;
mod rounds;
mod rules;
mod settings;
mod tidy;
