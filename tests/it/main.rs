//! Every integration test, in one binary; `tests/run` installs what they need and runs them.

mod harness;

mod accounts;
mod audit;
mod bad_input;
mod cli;
mod demo;
mod durability;
mod forms;
mod javarosa;
mod openrosa;
mod proof;
mod readme;
mod recompute;
mod regression;
mod rounds;
mod rules;
mod scope;
mod settings;
mod tidy;
