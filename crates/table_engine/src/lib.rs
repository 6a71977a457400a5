//! Uploaded tables as Parquet, queried with DataFusion.
