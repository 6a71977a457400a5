//! Tests that reach across catalogue, model and engine.

mod bridges;
mod columns;
mod companies;
mod dashboards;
mod formulas;
mod known_answers;
mod properties;
mod rollups;
mod validation;
