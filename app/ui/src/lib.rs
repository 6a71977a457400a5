//! The design system: tokens, components, charts. It knows no domain.
