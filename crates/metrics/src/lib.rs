//! The metric catalogue, what companies report, and what follows from it.
