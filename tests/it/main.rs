//! Every integration test, in one binary; `tests/run` installs what they need and runs them.

use ntm_tests as harness;

mod accounts;
mod assign;
mod attacks;
mod audit;
mod bad_input;
mod cli;
mod compile;
mod demo;
mod durability;
mod edits;
mod entities;
mod erase;
mod estimate;
mod forms;
mod javarosa;
mod large;
mod network;
mod openrosa;
mod phone;
mod photos;
mod proof;
mod readme;
mod recompute;
mod regression;
mod review;
mod rounds;
mod rules;
mod scope;
mod settings;
mod submit;
mod sync;
mod tidy;
