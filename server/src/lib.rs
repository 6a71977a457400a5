//! How the product runs: settings, services, URLs.
