//! Tests of stores of objects: in memory, and through a connection.

mod memory;
