//! Pure numerics shared by the engines.
