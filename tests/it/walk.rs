//! Listings.

mod exclude_laws;
mod gitignore;
mod listing;
#[cfg(target_os = "linux")]
mod listing_faults;
mod listing_laws;
mod printed;
