//! Compiles the migrations in again whenever one is added: the macro itself only notices changes to those it knows.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
