//! Measures one engine on one workload: the loops every driver shares, our own drivers, and a plain book to compare with.

pub mod age;
pub mod bare_book;
pub mod beside;
pub mod clock;
pub mod codec;
pub mod driver;
pub mod emergencies;
pub mod file;
pub mod gateway;
pub mod groups;
pub mod image;
pub mod journal;
pub mod measure;
pub mod memory;
pub mod plan;
pub mod recovery;
pub mod serve;
pub mod stops;
pub mod textbook;
pub mod whole_engine;
