//! The data files that ship inside the program: forms, criteria sets, units. Each file carries its
//! own provenance; this is the only place that embeds them.
