//! Listings.

mod exclude_laws;
mod gitignore;
#[cfg(unix)] // git runs there.
mod gitignore_laws;
mod listing;
#[cfg(target_os = "linux")]
mod listing_faults;
mod listing_laws;
mod printed;
