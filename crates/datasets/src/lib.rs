//! Uploaded files: received, kept byte for byte, understood and turned into tables.
